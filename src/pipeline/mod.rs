//! The pipeline: the only place that names every stage, straight-line, one file per command.
//!
//! Invariant: each run reads one snapshot, builds one model of it, and returns one report. Absent on purpose: the
//! terminal, the environment and the clock; what a run needs of them comes in its options.

mod audit;
mod baseline;
mod check;
mod doctor;
mod duplicates;
mod explain;
mod init;
mod nearby;
mod plan;
mod policy;
mod refs;
mod removed;
mod standing;
mod trend;
mod verify;

pub use audit::{AuditOptions, PolicySource, audit};
pub use baseline::{BaselineOptions, BaselineOutcome, baseline};
pub use check::{BaseRequest, Check, CheckOptions, judge};
pub use doctor::{DoctorOptions, doctor};
pub use duplicates::{Duplicates, DuplicatesOptions, compare, compare_with};
pub use explain::{ExplainOptions, explain};
pub use init::{InitOptions, InitOutcome, init};
pub use plan::{PlanOptions, plan, plan_in};
pub use policy::{ExampleOutcome, PolicyOptions, PolicySummary, RuleSummary, load_policy, policy_schema, test_policy};
pub use refs::{RefsOptions, refs, why_not};
pub use removed::{RemovedOptions, removed};
pub use trend::{TrendOptions, trend};
pub use verify::{VerifyOptions, verify};

pub use crate::policy::{Frame as PolicyFrame, PolicyError};

use crate::cache::{Cache, Key};
use crate::checks::{self, Scope};
use crate::evidence::{Counts, ReferenceReport, SnapshotIdentity, Sources};
use crate::gap::Gap;
use crate::history::{self, RangeRequest, Settings};
use crate::policy::{FamilyRule, Policy, RuleKind, read_anywhere, read_below};
use crate::progress::Progress;
use crate::project::{Project, TracedReference};
use crate::source::SourceSet;
use crate::span::RepoPath;
use crate::workspace::{EntryId, Selection, Snapshot, SnapshotKind, WorkspaceError};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A run that knows everything its answer depends on, and has not looked into the files yet.
pub trait Question {
    type Report;

    /// The key of the answer: equal keys, equal answers. `None` where the answer depends on more than can be told at a
    /// small price: on history, or on very many files that git does not vouch for.
    fn key(&self) -> Option<Key>;

    fn run(&self, progress: &dyn Progress) -> Result<(Self::Report, Sources), Error>;
}

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the policy is not valid")]
    Policy(Vec<PolicyError>),
    #[error("the baseline is not valid")]
    Baseline(Vec<PolicyError>),
    #[error("{0}")]
    Workspace(#[from] WorkspaceError),
    #[error("{0}")]
    History(#[from] history::Error),
    #[error("{message}")]
    Other { message: String, help: Option<String> },
}

impl Error {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Error::Policy(_) | Error::Baseline(_) => None,
            Error::Workspace(error) => error.hint(),
            Error::History(error) => error.help(),
            Error::Other { help, .. } => help.clone(),
        }
    }
}

fn reference_report(reference: TracedReference, policy: &Policy) -> ReferenceReport {
    ReferenceReport {
        context: policy.context_at(&reference.location.path, reference.in_tests),
        location: reference.location,
        kind: reference.kind,
        within: reference.within,
        access: reference.access.map(|access| access.name()),
        tier: reference.tier,
        via: reference.hops,
    }
}

fn open(repo: &Path, selection: &Selection, cache: &Cache, progress: &dyn Progress) -> Result<Snapshot, Error> {
    progress.stage("listing files", 0);
    Ok(Snapshot::open(repo, selection)?.with_cache(cache.clone()))
}

/// How `git` is run.
fn git_settings(search_path: Option<&OsString>) -> Settings {
    match search_path {
        Some(search_path) => Settings { search_path: search_path.clone(), ..Settings::default() },
        None => Settings::default(),
    }
}

/// Which policy judges.
#[derive(Clone, Debug, Default)]
pub struct PolicyChoice {
    /// A file that the user names, instead of the one found.
    pub config: Option<PathBuf>,
    /// The built-in packs alone.
    pub isolated: bool,
    /// Values laid over it, each `key=value` in TOML.
    pub set: Vec<String>,
}

/// The policy given, or the nearest one in the snapshot, or the built-in packs.
fn find_policy(snapshot: &Snapshot, choice: &PolicyChoice) -> Result<Policy, Error> {
    chosen(choice, || discover(snapshot))
}

/// The nearest policy in a snapshot.
fn discover(snapshot: &Snapshot) -> Result<Option<Policy>, Vec<PolicyError>> {
    Policy::discover(&snapshot.prefix, &|path: &str| read_text(snapshot, path))
}

/// The policy that was chosen, ready to judge by.
fn chosen(
    choice: &PolicyChoice,
    discover: impl FnOnce() -> Result<Option<Policy>, Vec<PolicyError>>,
) -> Result<Policy, Error> {
    let policy = match (&choice.config, choice.isolated) {
        (Some(file), _) => Policy::load(&file.to_string_lossy(), &read_anywhere),
        (None, true) => Ok(Policy::builtin()),
        (None, false) => discover().map(|found| found.unwrap_or_else(Policy::builtin)),
    };
    let policy = policy.and_then(|policy| policy.overlaid(&choice.set, &read_anywhere)).map_err(Error::Policy)?;
    compile_queries(&policy)?;
    Ok(policy)
}

/// A text file that people wrote for `solely`: from the disk for a work tree, also one that git ignores.
fn read_text(snapshot: &Snapshot, path: &str) -> Result<Option<String>, String> {
    match (&snapshot.root, snapshot.kind) {
        (Some(root), SnapshotKind::WorkTree) => read_below(root)(path),
        _ => read_from(snapshot, path),
    }
}

/// A query that does not compile is an error of the policy.
fn compile_queries(policy: &Policy) -> Result<(), Error> {
    for rule in &policy.rules {
        if let RuleKind::Family(FamilyRule { query: Some(query), .. }) = &rule.kind {
            checks::compile_query(query).map_err(|error| Error::Other {
                message: format!("{}:{}:{}: {}", error.file, error.line, error.column, error.message),
                help: error.help,
            })?;
        }
    }
    Ok(())
}

/// A text file of a snapshot, by its path.
fn read_from(snapshot: &Snapshot, path: &str) -> Result<Option<String>, String> {
    let Some(id) = snapshot.find(&RepoPath::new(path)) else { return Ok(None) };
    let bytes = snapshot.reader().read(id).map_err(|gap| gap.reason.to_string())?;
    String::from_utf8(bytes).map(Some).map_err(|error| error.to_string())
}

/// The paths that are judged, relative to the repository. A path that holds nothing is an error.
fn scope(snapshot: &Snapshot, paths: &[String]) -> Result<Scope, Error> {
    let mut scope = Scope::default();
    for path in paths {
        let normal = normalize(&snapshot.prefix, path)
            .ok_or_else(|| Error::Other { message: format!("`{path}` is outside the repository"), help: None })?;
        let one = Scope { paths: vec![normal.clone()] };
        if !snapshot.entries.iter().any(|entry| one.holds(&entry.path)) {
            return Err(Error::Other {
                message: format!("`{path}` holds no file that could be judged"),
                help: Some("paths are relative to `--repo`; ignored files are not judged".to_owned()),
            });
        }
        scope.paths.push(normal);
    }
    Ok(scope)
}

/// `./a/../b` below `prefix`, without the dots; `None` if it leaves the repository.
fn normalize(prefix: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn included(snapshot: &Snapshot, policy: &Policy) -> Vec<EntryId> {
    snapshot.ids().filter(|(_, entry)| policy.judges(&entry.path)).map(|(id, _)| id).collect()
}

fn included_gaps(sources: &SourceSet<'_>, policy: &Policy) -> Vec<Gap> {
    let mut gaps = sources.gaps();
    gaps.retain(|gap| policy.judges(&gap.path));
    gaps
}

/// Files seen and not seen. Both sides of `discovered = analyzed + gaps` are counted, not derived.
fn counts(project: &Project<'_>, policy: &Policy, gaps: &[Gap]) -> Counts {
    let snapshot = project.sources.snapshot();
    let dark: BTreeSet<&RepoPath> = gaps.iter().map(|gap| &gap.path).collect();
    let analyzed = project.ids.iter().filter(|&&id| !dark.contains(project.sources.path(id))).count();
    let without_entry = dark.iter().filter(|path| snapshot.find(path).is_none()).count();
    let counts = Counts {
        discovered: (project.ids.len() + without_entry) as u64,
        analyzed: analyzed as u64,
        gaps: dark.len() as u64,
        links: snapshot.links,
        excluded: snapshot.entries.iter().filter(|entry| !policy.judges(&entry.path)).count() as u64,
    };
    assert_eq!(counts.discovered, counts.analyzed + counts.gaps, "files must balance");
    counts
}

fn identity(snapshot: &Snapshot) -> SnapshotIdentity {
    SnapshotIdentity { kind: snapshot.kind.name(), commit: snapshot.commit.clone(), tree: snapshot.tree.clone() }
}

/// The texts of the files that a report quotes.
fn quoted<'p>(snapshot: &Snapshot, paths: impl Iterator<Item = &'p RepoPath>, policy: &Policy) -> Sources {
    let sources = SourceSet::new(snapshot);
    let mut quoted = Sources::new();
    let paths: BTreeSet<&RepoPath> = paths.collect();
    for path in paths {
        if let Some(text) = snapshot.find(path).and_then(|id| sources.text(id)) {
            quoted.insert(path.clone(), text);
        }
    }
    if let Some(file) = &policy.file
        && let Ok(Some(text)) = read_anywhere(file)
    {
        quoted.insert(RepoPath::new(file), text);
    }
    quoted
}
