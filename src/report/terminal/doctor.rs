//! The answer of `doctor`: a line for each thing that was found, with the reason, and last what is wrong.

use super::{counted, grouped};
use crate::evidence::{DoctorReport, PolicyFound, Scan, Sources};
use crate::finding::Context;
use crate::report::RenderOptions;
use crate::report::escape::safe;
use crate::report::paint::Paint;
use crate::workspace::{Layout, Survey};
use std::fmt::Write;

/// Columns of the names at the left.
const NAMES: usize = 12;

pub fn render(report: &DoctorReport, _sources: &Sources, options: &RenderOptions) -> String {
    let mut page = Page { paint: Paint { color: options.color }, out: String::new() };
    let git = report.git.as_ref().map_or_else(|| "no git on the path".to_owned(), |version| format!("git {version}"));
    page.item("version", &format!("solely {}, {git}", env!("CARGO_PKG_VERSION")));
    match &report.repository {
        Some(survey) => page.repository(survey),
        None if report.scan.is_some() || report.policy.is_some() => page.item("repository", "none: a plain folder"),
        None => {}
    }
    report.notes.iter().for_each(|note| page.more(note));
    if let Some(policy) = &report.policy {
        page.policy(policy);
    }
    if let Some(scan) = &report.scan {
        page.scan(scan);
    }
    let cache = &report.cache;
    match &cache.folder {
        Some(folder) => page.item(
            "cache",
            &format!(
                "{folder}: {}, {} of at most {}",
                counted(cache.files, "file"),
                mib(cache.bytes),
                mib(cache.limit)
            ),
        ),
        None => page.item("cache", "none: it is switched off, or there is no folder for it"),
    }
    let mut name = "environment";
    for variable in &report.environment {
        let meaning = variable.meaning.as_deref().unwrap_or("solely has no such variable");
        page.item(std::mem::take(&mut name), &format!("{}={} ({meaning})", variable.name, variable.value));
    }
    if report.environment.is_empty() {
        page.item(name, "no variable has a say");
    }
    let Page { paint, mut out } = page;
    for trouble in &report.troubles {
        let _ = writeln!(out, "{}: {}", paint.red("error"), safe(&trouble.message));
        if let Some(help) = &trouble.help {
            let _ = writeln!(out, "{}: {}", paint.cyan("help"), safe(help));
        }
    }
    let _ = match report.troubles.is_empty() {
        true => writeln!(out, "{}", paint.green("`solely check` can run")),
        false => writeln!(out, "{}", paint.red("`solely check` cannot run")),
    };
    out
}

struct Page {
    paint: Paint,
    out: String,
}

impl Page {
    fn item(&mut self, name: &str, text: &str) {
        let name = self.paint.bold(&format!("{name:<NAMES$}"));
        let _ = writeln!(self.out, "{name} {}", safe(text));
    }

    /// A further line of the last item.
    fn more(&mut self, text: &str) {
        let _ = writeln!(self.out, "{:NAMES$} {}", "", safe(text));
    }

    fn repository(&mut self, it: &Survey) {
        let place = it.root.as_ref().unwrap_or(&it.git_folder).display();
        let layout = match it.layout {
            Layout::WorkTree => "a work tree",
            Layout::LinkedWorkTree => "a linked work tree",
            Layout::Submodule => "the work tree of a submodule",
            Layout::Bare => "a bare repository",
        };
        let commit = it.commit.as_deref().map_or("no commit", |commit| &commit[..commit.len().min(12)]);
        let head = match &it.branch {
            Some(branch) => format!("branch `{branch}` at {commit}"),
            None => format!("detached at {commit}"),
        };
        self.item("repository", &format!("{place}, {layout}, {head}"));
        if !it.prefix.is_empty() {
            self.more(&format!("asked for from its folder `{}`", it.prefix));
        }
    }

    fn policy(&mut self, it: &PolicyFound) {
        let file = it.file.as_deref().unwrap_or("the built-in packs");
        self.item("policy", &format!("{file}: {}", it.why));
        for met in it.met.iter().filter(|met| !met.counts) {
            self.more(&format!("went past {}: {}", met.file, met.why));
        }
        for value in &it.set {
            self.more(&format!("`--set` lays over it: {value}"));
        }
        let mut name = "rules";
        for pack in &it.packs {
            let rules = counted(pack.rules.len() as u64, "rule");
            self.item(std::mem::take(&mut name), &format!("{rules} of {}: {}", pack.source, pack.rules.join(", ")));
        }
    }

    fn scan(&mut self, it: &Scan) {
        let what = match (it.snapshot.kind, &it.snapshot.commit) {
            ("worktree", _) => "the work tree, as it is on disk".to_owned(),
            ("index", _) => "the index, as if it were committed".to_owned(),
            (_, Some(commit)) => format!("the revision {commit}"),
            (kind, None) => kind.to_owned(),
        };
        self.item("judged", &what);
        let folder = |folder: &str| {
            if folder.is_empty() { "the root of the repository".to_owned() } else { format!("`{folder}`") }
        };
        let roots: Vec<String> =
            it.roots.iter().map(|root| format!("{} ({})", folder(&root.folder), root.why)).collect();
        let roots = if roots.is_empty() {
            "the root of the repository; nothing declares another".to_owned()
        } else {
            roots.join(", ")
        };
        self.item("imports", &format!("from {roots}"));
        if it.structural_roots > 0 {
            self.more(&format!(
                "and {} that the layout of packages and scripts suggests",
                counted(it.structural_roots, "folder")
            ));
        }
        self.item("tests", &it.tests.join(", "));
        let mut name = "files";
        for context in Context::ALL {
            let counts = it.files.get(&context).copied().unwrap_or_default();
            let (parsed, text) = (grouped(counts.parsed), grouped(counts.text));
            let line = format!("{:<6} {parsed} parsed, {text} searched as text", context.name());
            self.item(std::mem::take(&mut name), &line);
        }
        if it.left_out > 0 {
            self.more(&format!("left out by the policy: {}", grouped(it.left_out)));
        }
        if it.links > 0 {
            self.more(&format!("symbolic links, which are not followed: {}", grouped(it.links)));
        }
        let mut name = "unseen";
        for gap in &it.gaps {
            let more = if gap.files > 1 { format!(" and {} more", grouped(gap.files - 1)) } else { String::new() };
            self.item(std::mem::take(&mut name), &format!("{}{more}: {}", gap.example, gap.reason));
        }
        if it.gaps.is_empty() {
            self.item(name, "nothing that is known before the files are read");
        }
        match &it.baseline {
            Some(baseline) => {
                self.item("baseline", &format!("{}: {}", baseline.path, counted(baseline.entries, "finding")))
            }
            None => self.item("baseline", "none: `solely baseline` makes one"),
        }
    }
}

fn mib(bytes: u64) -> String {
    format!("{:.0} MiB", bytes as f64 / f64::from(1 << 20))
}
