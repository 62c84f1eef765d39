//! The `markdown` format: a comment for an issue or a pull request, or the summary of a job.
//!
//! Order: the verdict and the sentence to quote, then what it rests on, then every place, folded. Invariants: at most
//! 65,536 characters, which is what GitHub takes of a comment, and what is cut is counted where it is cut; every element
//! that is opened is closed; nothing of a repository is Markdown (`text`). Absent on purpose: code frames.

mod audit;
mod check;
mod duplicates;
mod explain;
mod plan;
mod refs;
mod removed;
mod text;
mod trend;
mod verify;

use super::{FormatSpec, escape};
use crate::evidence::{Counts, PolicyIdentity, SnapshotIdentity};
use crate::gap::Gap;
use crate::span::Location;
use crate::words::{counted, grouped};
use std::fmt::Write;
use text::code;

pub const SPEC: FormatSpec = FormatSpec {
    check: Some(check::render),
    refs: Some(refs::render),
    plan: Some(plan::render),
    explain: Some(explain::render),
    removed: Some(removed::render),
    duplicates: Some(duplicates::render),
    audit: Some(audit::render),
    verify: Some(verify::render),
    trend: Some(trend::render),
    ..FormatSpec::new("markdown", "a comment for an issue or a pull request")
};

/// Characters that GitHub takes of a comment.
const LIMIT: usize = 65_536;

/// Characters kept free for what follows a part that fills the page: titles, what was cut, and the last lines.
const RESERVE: usize = 6_000;

/// Rows of a table that always stand in the open, at most.
const OPEN_ROWS: usize = 30;

/// A comment that is being written.
#[derive(Default)]
struct Page {
    out: String,
    chars: usize,
}

impl Page {
    fn push(&mut self, part: &str) {
        self.out.push_str(part);
        self.chars += part.chars().count();
    }

    /// Rows, as long as there is room; the number of those that were written.
    fn rows(&mut self, rows: &[String]) -> usize {
        for (at, row) in rows.iter().enumerate() {
            if self.chars + row.chars().count() + 1 > LIMIT - RESERVE {
                return at;
            }
            self.push(row);
            self.push("\n");
        }
        rows.len()
    }

    /// A part that the reader opens. The title is text of ours.
    fn folded(&mut self, title: &str, head: &str, rows: &[String]) {
        if rows.is_empty() {
            return;
        }
        self.push(&format!("<details><summary>{title}</summary>\n\n{head}"));
        let shown = self.rows(rows);
        self.cut(rows.len() - shown);
        self.push("\n</details>\n\n");
    }

    /// A table in the open, of the first rows alone.
    fn table(&mut self, head: &str, rows: &[String]) {
        self.push(head);
        let shown = self.rows(&rows[..rows.len().min(OPEN_ROWS)]);
        self.cut(rows.len() - shown);
        self.push("\n");
    }

    fn cut(&mut self, left: usize) {
        if left > 0 {
            let rows = counted(left as u64, "row");
            self.push(&format!("\n… and {rows} more that a comment has no room for; `--format json` holds all.\n"));
        }
    }

    fn gaps(&mut self, gaps: &[Gap]) {
        let row = |gap: &Gap| format!("| {} | {} |", code(gap.path.as_str()), text::text(&gap.reason.to_string()));
        let rows: Vec<String> = gaps.iter().map(row).collect();
        let title = format!("Not seen: {}", counted(gaps.len() as u64, "gap"));
        self.folded(&title, "| file | why |\n|---|---|\n", &rows);
    }

    fn finish(self) -> String {
        debug_assert!(self.chars <= LIMIT, "{} characters", self.chars);
        self.out.trim_end().to_owned() + "\n"
    }
}

/// A table's first two lines; a column whose title ends in `#` holds numbers.
fn head(titles: &[&str]) -> String {
    let (mut names, mut rule) = ("|".to_owned(), "|".to_owned());
    for title in titles {
        let _ = write!(names, " {} |", title.trim_end_matches('#'));
        rule.push_str(if title.ends_with('#') { "---:|" } else { "---|" });
    }
    format!("{names}\n{rule}\n")
}

fn place(location: &Location) -> String {
    code(&format!("{}:{}", location.path, location.start.line))
}

/// What was judged, with what, and how to derive it again.
fn provenance(command: &str, snapshot: &SnapshotIdentity, counts: Counts, policy: Option<&PolicyIdentity>) -> String {
    let seen = format!(
        "{} discovered, {} analyzed, {} not seen",
        counted(counts.discovered, "file"),
        grouped(counts.analyzed),
        grouped(counts.gaps)
    );
    let mut out = format!("<sub>{seen}. ");
    let commit = snapshot.commit.as_deref().map(escape::safe);
    match (snapshot.kind, &commit) {
        ("revision", Some(commit)) => {
            let _ = write!(out, "Derive it again: <code>solely {command} --rev {commit}</code>. ");
        }
        (kind, Some(commit)) => _ = write!(out, "Judged: {kind} at <code>{commit}</code>. "),
        (kind, None) => _ = write!(out, "Judged: {kind}. "),
    }
    if let Some(policy) = policy {
        let short: String = policy.digest.chars().take(12).collect();
        let _ = write!(out, "Policy <code>{short}</code>. ");
    }
    let _ = writeln!(out, "solely {}</sub>", env!("CARGO_PKG_VERSION"));
    out
}
