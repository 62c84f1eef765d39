//! `solely doctor`: what a run would find, and why, without judging anything.

use super::check::find_baseline;
use super::{Error, PolicyChoice, find_policy, git_settings, identity, included, open, read_text};
use crate::cache::Cache;
use crate::evidence::{
    BaselineFound, CacheFound, DoctorReport, ExpectedGap, FileCounts, ImportRoot, PolicyFile, PolicyFound, RulePack,
    Scan, Trouble, Variable,
};
use crate::finding::Context;
use crate::gap::Reason;
use crate::history;
use crate::language::find_linked;
use crate::policy::{POLICY_FILES, Policy};
use crate::progress::Progress;
use crate::project::{METADATA, Project, declared_roots};
use crate::source::{SourceSet, is_archive};
use crate::workspace::{Selection, Snapshot, Survey, filters};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

pub struct DoctorOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub policy: PolicyChoice,
    pub cache: CacheFound,
    pub environment: Vec<Variable>,
    pub search_path: Option<OsString>,
}

/// Looks at everything that a check depends on. What is wrong is part of the answer.
pub fn doctor(options: &DoctorOptions, progress: &dyn Progress) -> DoctorReport {
    let mut report = DoctorReport {
        troubles: Vec::new(),
        git: history::git_version(&git_settings(options.search_path.as_ref())),
        repository: None,
        notes: Vec::new(),
        policy: None,
        scan: None,
        cache: options.cache.clone(),
        environment: options.environment.clone(),
    };
    match Survey::of(&options.repo) {
        Ok(found) => report.repository = found,
        Err(error) => {
            report.troubles.extend(troubles(error.into()));
            return report;
        }
    }
    let snapshot = match open(&options.repo, &options.selection, &Cache::none(), progress) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            report.troubles.extend(troubles(error));
            return report;
        }
    };
    report.notes = notes(report.repository.as_ref(), &report.git, &filters(&options.repo, &snapshot));
    match find_policy(&snapshot, &options.policy) {
        Err(error) => report.troubles.extend(troubles(error)),
        Ok(policy) => {
            report.policy = Some(policy_found(options, &snapshot, &policy));
            let baseline = find_baseline(&snapshot, &policy).unwrap_or_else(|error| {
                report.troubles.extend(troubles(error));
                None
            });
            let baseline =
                baseline.map(|it| BaselineFound { path: it.path.to_string(), entries: it.entries.len() as u64 });
            report.scan = Some(Scan { baseline, ..scan(&snapshot, &policy) });
        }
    }
    report
}

/// An error as troubles: each fault of a file is one.
fn troubles(error: Error) -> Vec<Trouble> {
    match error {
        Error::Policy(faults) | Error::Baseline(faults) => {
            let told = faults.into_iter().map(|fault| Trouble { message: fault.to_string(), help: fault.help });
            told.collect()
        }
        error => vec![Trouble { message: error.to_string(), help: error.help() }],
    }
}

fn notes(repository: Option<&Survey>, git: &Option<String>, filters: &[String]) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |is_so: bool, text: &str| notes.extend(is_so.then(|| text.to_owned()));
    let is = |ask: fn(&Survey) -> bool| repository.is_some_and(ask);
    note(repository.is_none(), "no git repository: revisions, `--staged` and `--base` need one");
    note(is(|it| it.commit.is_none()), "there is no commit yet");
    note(
        is(|it| it.is_shallow),
        "the clone is shallow: `--base` works only if the fork is in it; `git fetch --unshallow` brings the rest",
    );
    note(
        is(|it| it.is_partial),
        "the clone is partial: blobs that were not fetched are gaps, and nothing is fetched for you",
    );
    note(
        is(|it| it.is_sparse),
        "the checkout is sparse: files outside of it are gaps of the work tree; `--staged` and `--rev` see them",
    );
    note(
        git.is_none(),
        "no `git` on the path: renames and what differs on disk are not known to `removed` and `--base`",
    );
    for file in filters {
        notes.push(format!(
            "`{file}` names a filter (LFS, encryption): files are read in every run, and in the index and in revisions \
             what is stored counts, not what the filter makes of it"
        ));
    }
    notes
}

fn policy_found(options: &DoctorOptions, snapshot: &Snapshot, policy: &Policy) -> PolicyFound {
    let PolicyChoice { config, isolated, set } = &options.policy;
    let is_searched = config.is_none() && !isolated;
    let mut decided = !is_searched;
    let met = Policy::candidates(&snapshot.prefix, &|path: &str| read_text(snapshot, path)).into_iter();
    let met: Vec<PolicyFile> = met
        .map(|(file, holds)| {
            let counts = !decided && holds == Some(true);
            let why = match (holds, counts) {
                (_, true) => "the nearest up the tree",
                (None, _) => "it cannot be read",
                (Some(false), _) => "it has no `[tool.solely]`",
                (Some(true), _) if !is_searched => "the command line names another",
                (Some(true), _) => "one that is nearer, or comes first in its folder, counts",
            };
            decided |= counts;
            PolicyFile { file, counts, why }
        })
        .collect();
    let why = match (config, isolated, &policy.file) {
        (Some(_), ..) => "`--config` names it".to_owned(),
        (None, true, _) => "`--isolated` leaves every file out".to_owned(),
        (None, false, Some(_)) => {
            format!(
                "the nearest up the tree from `{}`",
                if snapshot.prefix.is_empty() { "." } else { &snapshot.prefix }
            )
        }
        (None, false, None) => {
            let names: Vec<String> = POLICY_FILES.iter().map(|name| format!("`{name}`")).collect();
            format!("no {} with a policy from here up to the root", names.join(", "))
        }
    };
    let mut packs: Vec<RulePack> = Vec::new();
    for rule in &policy.rules {
        let source = &rule.place.file;
        match packs.iter_mut().find(|pack| pack.source == *source) {
            Some(pack) => pack.rules.push(rule.id.0.clone()),
            None => packs.push(RulePack { source: source.clone(), rules: vec![rule.id.0.clone()] }),
        }
    }
    PolicyFound { file: policy.file.clone(), why, met, set: set.clone(), packs }
}

fn scan(snapshot: &Snapshot, policy: &Policy) -> Scan {
    let sources = SourceSet::new(snapshot);
    let project = Project::new(&sources, included(snapshot, policy), &policy.project.roots);
    let mut files: BTreeMap<Context, FileCounts> = BTreeMap::new();
    let mut gaps: BTreeMap<String, ExpectedGap> = BTreeMap::new();
    let mut expect = |reason: &Reason, path: &str| {
        let reason = reason.to_string();
        let first = || ExpectedGap { reason: reason.clone(), files: 0, example: path.to_owned() };
        gaps.entry(reason.clone()).or_insert_with(first).files += 1;
    };
    let reader = snapshot.reader();
    for &id in &project.ids {
        let entry = snapshot.entry(id);
        let counts = files.entry(policy.context_of(&entry.path)).or_default();
        match find_linked(&entry.path) {
            Some(_) => counts.parsed += 1,
            None => counts.text += 1,
        }
        if entry.blob.is_some() && reader.find_blob(id).is_none() {
            expect(&Reason::MissingObject, entry.path.as_str());
        } else if is_archive(&entry.path) {
            expect(&Reason::Archive, entry.path.as_str());
        }
    }
    for gap in snapshot.gaps.iter().filter(|gap| policy.judges(&gap.path)) {
        expect(&gap.reason, gap.path.as_str());
    }
    let mut gaps: Vec<ExpectedGap> = gaps.into_values().collect();
    gaps.sort_by_key(|gap| std::cmp::Reverse(gap.files));
    let found = project.modules.roots();
    let roots = found
        .declared
        .iter()
        .map(|folder| ImportRoot { folder: folder.clone(), why: who_says(&sources, policy, folder) });
    let is_further = |root: &&String| !root.is_empty() && !found.declared.contains(root);
    Scan {
        snapshot: identity(snapshot),
        files,
        left_out: (snapshot.entries.len() - project.ids.len()) as u64,
        links: snapshot.links,
        roots: roots.collect(),
        structural_roots: found.structural.iter().filter(is_further).count() as u64,
        tests: policy.project.tests.texts.clone(),
        gaps,
        baseline: None,
    }
}

/// Who declares an import root.
fn who_says(sources: &SourceSet<'_>, policy: &Policy, folder: &str) -> String {
    if !policy.project.roots.is_empty() {
        return "`roots` of the policy".to_owned();
    }
    let metadata = sources.snapshot().ids().filter(|(_, entry)| METADATA.contains(&entry.path.file_name()));
    let mut says = metadata.filter_map(|(id, entry)| Some((&entry.path, sources.text(id)?)));
    let named = says.find(|(path, text)| declared_roots(path, text).iter().any(|root| root == folder));
    named.map_or_else(|| "the layout of the folders".to_owned(), |(path, _)| format!("`{path}`"))
}
