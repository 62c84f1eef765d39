//! Series: results of files over successive trees, each kept as long as nothing that it looked at changes.
//!
//! What [`memo`](super::memo) does between runs by a table, a series does within one, from commit to commit: cost follows
//! the files that a commit changed, and those whose results looked at them. Invariant: a result that is kept equals the one
//! that would be made now, because making it is a function of what was noted while it was made ([`watch`]). Absent on
//! purpose: what a result is.

use super::Project;
use super::module::ModuleIndex;
use super::root::METADATA;
use crate::gap::Gap;
use crate::language::{LANGUAGES, find_linked};
use crate::source::watch::{self, Seen};
use crate::span::RepoPath;
use crate::workspace::{BlobId, EntryId};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// How a tree differs from the one before it.
pub struct Step {
    /// Nothing is known of a tree before: everything is to be made.
    pub is_first: bool,
    /// Paths that were added, removed or hold another content.
    changed: FxHashSet<RepoPath>,
    /// Questions about the modules that have another answer.
    questions: FxHashSet<u32>,
    /// The changed files that are judged and there, sorted.
    pub files: Vec<EntryId>,
}

/// The tree that was looked at last.
#[derive(Default)]
pub struct Track {
    files: Option<Vec<(RepoPath, Option<BlobId>)>>,
    declared: Vec<String>,
    /// What was found out of sight in files that have not changed since.
    gaps: Vec<Gap>,
}

impl Track {
    /// Takes a tree in, and says how it differs. What was out of sight in files that are the same is out of sight still.
    pub fn step(&mut self, project: &Project<'_>) -> Step {
        let entry = |id: EntryId| (project.sources.path(id).clone(), project.sources.snapshot().entry(id).blob);
        let files: Vec<(RepoPath, Option<BlobId>)> = project.ids.iter().map(|&id| entry(id)).collect();
        let declared = project.modules.roots().declared.clone();
        let before = self.files.replace(files);
        let (Some(before), Some(files)) = (before, &self.files) else {
            self.declared = declared;
            return Step::first(project);
        };
        let mut changed = FxHashSet::default();
        let mut is_module_set_other = false;
        differing(&before, files, |path, is_on_both_sides| {
            is_module_set_other |= !is_on_both_sides && find_linked(path).is_some();
            changed.insert(path.clone());
        });
        if declared != self.declared || changed.iter().any(names_modules) {
            self.declared = declared;
            self.gaps.clear();
            return Step::first(project);
        }
        let questions = match is_module_set_other {
            true => {
                let modules = before.iter().map(|(path, _)| path).filter(|path| find_linked(path).is_some());
                let modules: Vec<(EntryId, &RepoPath)> =
                    modules.enumerate().map(|(at, path)| (EntryId(at as u32), path)).collect();
                let manifests = project.modules.manifests().clone();
                project.modules.differences(&ModuleIndex::of(&modules, declared, manifests))
            }
            false => FxHashSet::default(),
        };
        self.gaps.retain(|gap| !changed.contains(&gap.path));
        self.gaps.iter().for_each(|gap| project.sources.add_gap(gap.clone()));
        let is_changed = |id: &EntryId| changed.contains(project.sources.path(*id));
        let files = project.ids.iter().copied().filter(is_changed).collect();
        Step { is_first: false, changed, questions, files }
    }

    /// Ends a tree: what was found out of sight is remembered.
    pub fn end(&mut self, project: &Project<'_>) {
        let listed: BTreeSet<&Gap> = project.sources.snapshot().gaps.iter().collect();
        self.gaps = project.sources.gaps().into_iter().filter(|gap| !listed.contains(gap)).collect();
    }
}

impl Step {
    fn first(project: &Project<'_>) -> Self {
        let (changed, questions) = (FxHashSet::default(), FxHashSet::default());
        Self { is_first: true, changed, questions, files: project.ids.clone() }
    }
}

/// Whether a file says what modules are called, by its name: then any file may mean something else.
fn names_modules(path: &RepoPath) -> bool {
    let manifests = || LANGUAGES.iter().filter_map(|language| language.manifest);
    METADATA.contains(&path.file_name()) || manifests().any(|manifest| manifest.file_name == path.file_name())
}

/// Walks two lists that are sorted by path.
fn differing(
    before: &[(RepoPath, Option<BlobId>)],
    after: &[(RepoPath, Option<BlobId>)],
    mut tell: impl FnMut(&RepoPath, bool),
) {
    let (mut at, mut other) = (0, 0);
    loop {
        match (before.get(at), after.get(other)) {
            (None, None) => return,
            (Some((path, blob)), Some((next, now))) if path == next => {
                if blob.is_none() || blob != now {
                    tell(path, true);
                }
                (at, other) = (at + 1, other + 1);
            }
            (Some((path, _)), next) if next.is_none_or(|(next, _)| path < next) => {
                tell(path, false);
                at += 1;
            }
            (_, Some((next, _))) => {
                tell(next, false);
                other += 1;
            }
            (Some(_), None) => unreachable!("what has no counterpart is told above"),
        }
    }
}

/// The results of files.
pub struct Series<T> {
    rows: FxHashMap<RepoPath, Row<T>>,
}

struct Row<T> {
    result: T,
    files: FxHashSet<RepoPath>,
    questions: FxHashSet<u32>,
}

/// What a file gave, and what was looked at for it.
pub type Made<T> = (EntryId, T, Seen);

impl<T> Default for Series<T> {
    fn default() -> Self {
        Self { rows: FxHashMap::default() }
    }
}

impl<T: Send> Series<T> {
    /// The files whose results have to be made in this tree: those that changed, and those that looked at a change. What
    /// they gave before is forgotten.
    pub fn stale(&mut self, project: &Project<'_>, step: &Step) -> Vec<EntryId> {
        if step.is_first {
            self.rows.clear();
            return step.files.clone();
        }
        let is_stale = |path: &RepoPath, row: &Row<T>| {
            step.changed.contains(path)
                || row.questions.iter().any(|it| step.questions.contains(it))
                || row.files.iter().any(|it| step.changed.contains(it))
        };
        let mut stale: BTreeSet<EntryId> = step.files.iter().copied().collect();
        if !step.changed.is_empty() {
            let judged: FxHashSet<EntryId> = project.ids.iter().copied().collect();
            self.rows.retain(|path, row| {
                let is_stale = is_stale(path, row);
                if is_stale && let Some(id) = project.sources.snapshot().find(path).filter(|id| judged.contains(id)) {
                    stale.insert(id);
                }
                !is_stale
            });
        }
        stale.into_iter().collect()
    }

    /// Adds what files gave; `join` puts together what a file gave before and now.
    pub fn add(&mut self, project: &Project<'_>, made: Vec<Made<T>>, join: impl Fn(&mut T, T)) {
        for (id, result, seen) in made {
            let files = seen.files.iter().map(|&file| project.sources.path(file).clone());
            match self.rows.entry(project.sources.path(id).clone()) {
                std::collections::hash_map::Entry::Occupied(mut row) => {
                    let row = row.get_mut();
                    row.files.extend(files);
                    row.questions.extend(seen.questions);
                    join(&mut row.result, result);
                }
                std::collections::hash_map::Entry::Vacant(row) => {
                    row.insert(Row { result, files: files.collect(), questions: seen.questions });
                }
            }
        }
    }

    pub fn results(&self) -> impl Iterator<Item = (&RepoPath, &T)> {
        self.rows.iter().map(|(path, row)| (path, &row.result))
    }

    pub fn results_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.rows.values_mut().map(|row| &mut row.result)
    }
}

/// What files give, each with what it looked at. `None` is for what a file's own content alone says.
pub fn make<T: Send>(files: &[EntryId], work: impl Fn(EntryId) -> Option<T> + Sync) -> Vec<Made<T>> {
    let one = |&id: &EntryId| {
        let (result, seen) = watch::watched(|| work(id));
        Some((id, result?, seen))
    };
    files.par_iter().filter_map(one).collect()
}
