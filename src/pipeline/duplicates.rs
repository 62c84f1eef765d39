//! `solely duplicates`: what is implemented more than once.

use super::{Error, PolicyChoice, Question, counts, find_policy, identity, included, included_gaps, open, scope};
use crate::cache::{Cache, Key};
use crate::checks::{self, CheckInput, Scope};
use crate::evidence::{DuplicatesReport, Sources};
use crate::policy::Policy;
use crate::progress::Progress;
use crate::project::Project;
use crate::source::SourceSet;
use crate::workspace::{Selection, Snapshot};
use std::path::PathBuf;

pub struct DuplicatesOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub policy: PolicyChoice,
    pub cache: Cache,
    /// Only what lies under these paths is compared; empty means all. Relative to `repo`.
    pub paths: Vec<String>,
    pub search: checks::duplicates::Options,
}

/// A search to be made.
pub struct Duplicates<'o> {
    options: &'o DuplicatesOptions,
    snapshot: Snapshot,
    policy: Policy,
    scope: Scope,
}

impl<'o> Duplicates<'o> {
    pub fn prepare(options: &'o DuplicatesOptions, progress: &dyn Progress) -> Result<Self, Error> {
        let snapshot = open(&options.repo, &options.selection, &options.cache, progress)?;
        let policy = find_policy(&snapshot, &options.policy)?;
        let scope = scope(&snapshot, &options.paths)?;
        Ok(Self { options, snapshot, policy, scope })
    }
}

impl Question for Duplicates<'_> {
    type Report = DuplicatesReport;

    fn key(&self) -> Option<Key> {
        let DuplicatesOptions { repo, selection, policy: choice, cache: _, paths, search } = self.options;
        let asked = format!("{repo:?} {selection:?} {choice:?} {paths:?} {search:?}");
        let judged_by = format!("{:?} {:?}", self.policy, self.scope);
        Some(Key::new("duplicates", &[&self.snapshot.fingerprint()?, asked.as_bytes(), judged_by.as_bytes()]))
    }

    fn run(&self, progress: &dyn Progress) -> Result<(DuplicatesReport, Sources), Error> {
        let report = compare(&self.snapshot, &self.policy, self.scope.clone(), &self.options.search, progress);
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
    let sources = SourceSet::new(snapshot);
    let project = Project::new(&sources, included(snapshot, policy), &policy.project.roots);
    let input = CheckInput { policy, project: &project, today: jiff::civil::Date::MAX, scope, progress };
    let output = checks::duplicates::find(&input, search);
    let gaps = included_gaps(&sources, policy);
    let counts = counts(&project, policy, &gaps);
    DuplicatesReport { snapshot: identity(snapshot), counts, groups: output.groups, bounds: output.bounds, gaps }
}
