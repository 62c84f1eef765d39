//! `solely duplicates`: what is implemented more than once.

use super::{Error, PolicyChoice, Question, counts, find_policy, identity, included, included_gaps, open, scope};
use crate::cache::{Cache, Key};
use crate::checks::{self, CheckInput, Scope};
use crate::evidence::{DuplicatesReport, Group, Sources};
use crate::history::{Git, Settings, last_changes};
use crate::policy::Policy;
use crate::progress::Progress;
use crate::project::Project;
use crate::source::SourceSet;
use crate::workspace::{Selection, Snapshot};
use std::ffi::OsString;
use std::path::PathBuf;

pub struct DuplicatesOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub policy: PolicyChoice,
    pub cache: Cache,
    /// Only what lies under these paths is compared; empty means all. Relative to `repo`.
    pub paths: Vec<String>,
    /// A revision whose groups are left out.
    pub new_since: Option<String>,
    pub search: checks::duplicates::Options,
    /// Where `git` is looked for; `None` is the system's usual folders.
    pub search_path: Option<OsString>,
}

/// A search to be made.
pub struct Duplicates<'o> {
    options: &'o DuplicatesOptions,
    snapshot: Snapshot,
    /// The tree whose groups are left out.
    base: Option<Snapshot>,
    policy: Policy,
    scope: Scope,
}

impl<'o> Duplicates<'o> {
    pub fn prepare(options: &'o DuplicatesOptions, progress: &dyn Progress) -> Result<Self, Error> {
        let open = |selection: &Selection| open(&options.repo, selection, &options.cache, progress);
        let snapshot = open(&options.selection)?;
        let policy = find_policy(&snapshot, &options.policy)?;
        let scope = scope(&snapshot, &options.paths)?;
        let base = match &options.new_since {
            Some(revision) => Some(open(&Selection::Revision(revision.clone()))?),
            None => None,
        };
        Ok(Self { options, snapshot, base, policy, scope })
    }

    /// The repository, if there is one, for what its history says.
    fn git(&self) -> Option<Git> {
        let settings = match &self.options.search_path {
            Some(search_path) => Settings { search_path: search_path.clone(), ..Settings::default() },
            None => Settings::default(),
        };
        Git::open(&self.options.repo, settings).ok()
    }
}

impl Question for Duplicates<'_> {
    type Report = DuplicatesReport;

    fn key(&self) -> Option<Key> {
        let DuplicatesOptions { repo, selection, policy: choice, cache: _, paths, new_since, search, search_path } =
            self.options;
        let history = self.git().map(|git| git.is_shallow());
        let asked =
            format!("{repo:?} {selection:?} {choice:?} {paths:?} {new_since:?} {search:?} {search_path:?} {history:?}");
        let judged_by = format!("{:?} {:?}", self.policy, self.scope);
        let base = match &self.base {
            Some(base) => base.fingerprint()?.to_vec(),
            None => Vec::new(),
        };
        let parts: [&[u8]; 4] = [&self.snapshot.fingerprint()?, &base, asked.as_bytes(), judged_by.as_bytes()];
        Some(Key::new("duplicates", &parts))
    }

    fn run(&self, progress: &dyn Progress) -> Result<(DuplicatesReport, Sources), Error> {
        let Self { options, snapshot, base, policy, scope } = self;
        let mut report = compare_with(snapshot, base.as_ref(), policy, scope.clone(), &options.search, progress);
        report.new_since = options.new_since.clone();
        if let (Some(git), Some(commit)) = (self.git(), &snapshot.commit) {
            progress.stage("reading history", 0);
            let examined = options.search.traced.unwrap_or(usize::MAX).min(report.groups.len());
            date(&git, commit, &mut report.groups[..examined]);
        }
        Ok((report, Sources::new()))
    }
}

/// Compares an open snapshot with itself.
pub fn compare(
    snapshot: &Snapshot,
    policy: &Policy,
    scope: Scope,
    search: &checks::duplicates::Options,
    progress: &dyn Progress,
) -> DuplicatesReport {
    compare_with(snapshot, None, policy, scope, search, progress)
}

/// [`compare`], where the project is made already.
pub(super) fn compare_project(
    project: &Project<'_>,
    policy: &Policy,
    search: &checks::duplicates::Options,
    progress: &dyn Progress,
) -> DuplicatesReport {
    let input = CheckInput::new(policy, project, jiff::civil::Date::MAX, Scope::default(), progress);
    report(&input, checks::duplicates::find(&input, search))
}

/// Compares an open snapshot with itself, and leaves out the groups that `base` has too.
pub fn compare_with(
    snapshot: &Snapshot,
    base: Option<&Snapshot>,
    policy: &Policy,
    scope: Scope,
    search: &checks::duplicates::Options,
    progress: &dyn Progress,
) -> DuplicatesReport {
    let sources = SourceSet::new(snapshot);
    let project = Project::new(&sources, included(snapshot, policy), &policy.project.roots);
    let input = CheckInput::new(policy, &project, jiff::civil::Date::MAX, scope.clone(), progress);
    let known = base.map(|base| {
        // every kind: what is old may have been found for another reason; and those that are asked for, which alone
        // are not joined with others
        let sources = SourceSet::beside(base, &sources);
        let project = Project::new(&sources, included(base, policy), &policy.project.roots);
        let input = CheckInput::new(policy, &project, jiff::civil::Date::MAX, scope, progress);
        let every = checks::duplicates::Options { kinds: Vec::new(), traced: Some(0), ..search.clone() };
        let mut known = checks::duplicates::find(&input, &every).groups;
        if !search.kinds.is_empty() {
            let asked = checks::duplicates::Options { traced: Some(0), ..search.clone() };
            known.extend(checks::duplicates::find(&input, &asked).groups);
        }
        known
    });
    report(&input, checks::duplicates::find_new(&input, search, known.as_deref()))
}

fn report(input: &CheckInput<'_, '_>, output: checks::duplicates::DuplicatesOutput) -> DuplicatesReport {
    let sources = input.project.sources;
    let gaps = included_gaps(sources, input.policy);
    DuplicatesReport {
        snapshot: identity(sources.snapshot()),
        counts: counts(input.project, input.policy, &gaps),
        new_since: None,
        groups: output.groups,
        bounds: output.bounds,
        gaps,
    }
}

/// Fills in the last change of every copy.
fn date(git: &Git, commit: &str, groups: &mut [Group]) {
    let paths = groups.iter().flat_map(|group| &group.instances).map(|it| it.path.clone()).collect();
    let changes = last_changes(git, commit, &paths);
    for instance in groups.iter_mut().flat_map(|group| &mut group.instances) {
        instance.last_change = changes.get(&instance.path).cloned();
    }
}
