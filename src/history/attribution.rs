//! Attribution: the lines of a range by commit, author, file or symbol.
//!
//! Two ways to walk. **First parent** follows the branch: every commit, merges included, is compared with its first
//! parent, so the nets of all commits sum to the net of the whole range where base lies on that line. **Every commit**
//! counts the work where it was done: all commits of the range except merges, whose lines came with their commits.
//! Either way a revert counts against what it reverts: legacy that comes back is added again.
//!
//! Invariant: the entries of any grouping sum to the same totals. Absent on purpose: mailmaps; an author is the name
//! and address that the commit holds.

use super::changes::{self, Renames};
use super::disposition::Balance;
use super::ledger::{Depth, Ledger, Threads, of_changes};
use super::message::title;
use super::range::{commit_endpoint, first_parent, is_shallow};
use super::reading::Readings;
use super::{Endpoint, Error, Git, Range, diff};
use crate::facts::LineTally;
use crate::gap::{Extent, Gap, Reason, Stage};
use crate::span::RepoPath;
use gix::ObjectId;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Commit,
    Author,
    File,
    Symbol,
}

impl By {
    pub fn name(self) -> &'static str {
        match self {
            By::Commit => "commit",
            By::Author => "author",
            By::File => "file",
            By::Symbol => "symbol",
        }
    }
}

/// The group of lines that no definition holds, and of files without definitions.
const OUTSIDE: &str = "(no definition)";

/// Which commits of the range count, and what a merge is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Walk {
    #[default]
    FirstParent,
    EveryCommit,
}

impl Walk {
    pub fn name(self) -> &'static str {
        match self {
            Walk::FirstParent => "first-parent",
            Walk::EveryCommit => "every-commit",
        }
    }
}

/// One group of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// A commit's id, an author, a path, `path:Qualified.name`, or `(no definition)`.
    pub key: String,
    /// The first line of a commit's message; empty for other groups.
    pub title: String,
    /// Commits that touch it.
    pub commits: u64,
    pub added: u64,
    pub deleted: u64,
    pub removed_classes: LineTally,
    pub added_classes: LineTally,
    /// Of the deleted lines, the ones that are neither moved nor reformatted nor changed.
    pub gone: u64,
    pub moved: u64,
}

impl Share {
    pub fn net(&self) -> i64 {
        self.deleted as i64 - self.added as i64
    }
}

#[derive(Clone, Debug)]
pub struct Attribution {
    pub by: By,
    pub walk: Walk,
    /// Commits from the newest; other groups by what they removed on balance, most first.
    pub shares: Vec<Share>,
    pub commits: u64,
    /// Merges that the walk leaves out.
    pub merges_skipped: u64,
    pub added: u64,
    pub deleted: u64,
    pub base: Balance,
    pub head: Balance,
    pub gaps: Vec<Gap>,
}

/// One commit of the range.
struct Step {
    commit: ObjectId,
    pair: (ObjectId, ObjectId),
    author: String,
    title: String,
}

/// Walks the commits of a range and groups their lines.
///
/// # Errors
/// When an end of the range is not a commit, or a commit's tree cannot be read.
pub fn load(
    git: &Git,
    range: &Range,
    renames: Renames,
    paths: &[String],
    by: By,
    walk: Walk,
) -> Result<Attribution, Error> {
    let (steps, merges_skipped, mut gaps) = steps(git, range, walk)?;
    let pairs: Vec<_> = steps.iter().map(|step| step.pair).collect();
    let mut all = changes::compare_trees(git, &pairs, renames, paths)?;
    changes::ask_attributes(git, &mut all);
    let depth = if by == By::Symbol { Depth::Definitions } else { Depth::Lines };
    // Definitions are compared by their tokens, which are not kept.
    let readings = match depth {
        Depth::Lines => Readings::expect(all.iter().flat_map(|changes| &changes.list)),
        Depth::Definitions => Readings::default(),
    };
    let entries: Vec<Entry> = steps
        .par_iter()
        .zip(&all)
        .map_init(
            || git.local(),
            |repository, (step, changes)| {
                let diffs = changes.list.iter().map(|change| diff::diff(repository, change)).collect();
                Entry::new(step, of_changes(&changes.list, diffs, &readings, depth, Threads::ByChange), by)
            },
        )
        .collect();
    gaps.extend(all.into_iter().flat_map(|changes| changes.gaps));

    let mut groups: BTreeMap<String, Share> = BTreeMap::new();
    let mut order = Vec::new();
    let (mut base, mut head) = (Balance::default(), Balance::default());
    let (mut added, mut deleted) = (0, 0);
    for entry in entries {
        base.merge(entry.base);
        head.merge(entry.head);
        added += entry.added;
        deleted += entry.deleted;
        gaps.extend(entry.gaps);
        let mut touched = FxHashSet::default();
        for part in entry.parts {
            let is_first = touched.insert(part.key.clone());
            let share = groups.entry(part.key.clone()).or_insert_with(|| {
                order.push(part.key.clone());
                Share::new(part.key.clone(), part.title.clone())
            });
            share.commits += u64::from(is_first);
            share.add(&part);
        }
    }
    let mut shares: Vec<Share> = order.iter().filter_map(|key| groups.remove(key)).collect();
    if by != By::Commit {
        shares.sort_by(|a, b| (b.net(), &a.key).cmp(&(a.net(), &b.key)));
    }
    assert_eq!(shares.iter().map(|share| share.deleted).sum::<u64>(), deleted, "deleted lines by {}", by.name());
    assert_eq!(shares.iter().map(|share| share.added).sum::<u64>(), added, "added lines by {}", by.name());
    let commits = steps.len() as u64;
    gaps.sort();
    gaps.dedup();
    Ok(Attribution { by, walk, shares, commits, merges_skipped, added, deleted, base, head, gaps })
}

/// What is kept of one commit's ledger.
struct Entry {
    parts: Vec<Share>,
    added: u64,
    deleted: u64,
    base: Balance,
    head: Balance,
    gaps: Vec<Gap>,
}

impl Entry {
    fn new(step: &Step, ledger: Ledger, by: By) -> Self {
        let parts = parts(step, &ledger, by);
        let Ledger { added, deleted, base, head, gaps, .. } = ledger;
        Self { parts, added, deleted, base, head, gaps }
    }
}

impl Share {
    fn new(key: String, title: String) -> Self {
        Self {
            key,
            title,
            commits: 0,
            added: 0,
            deleted: 0,
            removed_classes: LineTally::default(),
            added_classes: LineTally::default(),
            gone: 0,
            moved: 0,
        }
    }

    fn add(&mut self, part: &Share) {
        self.added += part.added;
        self.deleted += part.deleted;
        self.removed_classes.merge(part.removed_classes);
        self.added_classes.merge(part.added_classes);
        self.gone += part.gone;
        self.moved += part.moved;
    }
}

/// What one commit adds to each group.
fn parts(step: &Step, ledger: &Ledger, by: By) -> Vec<Share> {
    let whole = |key: String, title: String| Share {
        added: ledger.added,
        deleted: ledger.deleted,
        removed_classes: ledger.removed_classes,
        added_classes: ledger.added_classes,
        gone: ledger.base.rest,
        moved: ledger.base.moved,
        ..Share::new(key, title)
    };
    match by {
        By::Commit => vec![whole(step.commit.to_string(), step.title.clone())],
        By::Author => vec![whole(step.author.clone(), String::new())],
        By::File => {
            let file = |file: &super::ledger::FileLedger| Share {
                added: file.added,
                deleted: file.deleted,
                removed_classes: file.removed_classes,
                added_classes: file.added_classes,
                gone: file.base.rest,
                moved: file.base.moved,
                ..Share::new(file.path.to_string(), String::new())
            };
            ledger.files.iter().map(file).collect()
        }
        By::Symbol => {
            let definition = |definition: &super::ledger::DefinitionLedger| {
                let place = definition.place();
                Share {
                    added: definition.added.total(),
                    deleted: definition.deleted.total(),
                    removed_classes: definition.deleted,
                    added_classes: definition.added,
                    gone: definition.gone,
                    ..Share::new(format!("{}:{}", place.path, place.name), String::new())
                }
            };
            let (outside, outside_added) = (ledger.outside, ledger.outside_added);
            let elsewhere = Share {
                added: outside_added.total(),
                deleted: outside.total(),
                removed_classes: outside,
                added_classes: outside_added,
                ..Share::new(OUTSIDE.into(), String::new())
            };
            let has_lines = elsewhere.added + elsewhere.deleted > 0;
            ledger.definitions.iter().map(definition).chain(has_lines.then_some(elsewhere)).collect()
        }
    }
}

/// The commits of the range, newest first, each with the trees to compare.
fn steps(git: &Git, range: &Range, walk: Walk) -> Result<(Vec<Step>, u64, Vec<Gap>), Error> {
    let repository = git.local();
    let Listed { commits, merges_skipped } = list(&repository, range, walk)?;
    let mut gaps = Vec::new();
    let mut steps = Vec::with_capacity(commits.len());
    for id in commits {
        if is_shallow(&repository, id) {
            gaps.push(shallow_gap());
            continue;
        }
        steps.push(step(&repository, id)?);
    }
    Ok((steps, merges_skipped, gaps))
}

/// The commits of a range as a walk lists them.
pub(super) struct Listed {
    /// Newest first.
    pub commits: Vec<ObjectId>,
    /// Merges that the walk leaves out.
    pub merges_skipped: u64,
}

/// Lists the commits of a range. A commit whose parents a shallow clone lacks ends its line, and is listed.
pub(super) fn list(repository: &gix::Repository, range: &Range, walk: Walk) -> Result<Listed, Error> {
    let not_a_commit = |end: &Endpoint| Error::NotACommit {
        revision: end.name(),
        why: "commits are told apart only between two commits".into(),
    };
    let head = range.head.commit().ok_or_else(|| not_a_commit(&range.head))?;
    let hidden = match &range.base {
        Endpoint::Empty => None,
        base => Some(base.commit().ok_or_else(|| not_a_commit(base))?),
    };
    let object = |why: &dyn std::fmt::Display| Error::Object { id: head.to_string(), why: why.to_string() };
    let sorting = gix::revision::walk::Sorting::ByCommitTime(Default::default());
    let listed = repository.rev_walk([head]).with_hidden(hidden).sorting(sorting).all().map_err(|why| object(&why))?;
    let mut found = Vec::new();
    for info in listed {
        let info = info.map_err(|why| object(&why))?;
        found.push((info.id, info.parent_ids.to_vec()));
    }
    let mut merges_skipped = 0;
    let mut commits = Vec::new();
    match walk {
        Walk::EveryCommit => {
            for (id, parents) in found {
                if parents.len() > 1 {
                    merges_skipped += 1;
                } else {
                    commits.push(id);
                }
            }
        }
        Walk::FirstParent => {
            let inside: FxHashSet<ObjectId> = found.into_iter().map(|(id, _)| id).collect();
            let mut at = Some(head);
            while let Some(id) = at.filter(|id| inside.contains(id)) {
                commits.push(id);
                at = if is_shallow(repository, id) { None } else { first_parent(repository, id)? };
            }
        }
    }
    Ok(Listed { commits, merges_skipped })
}

fn step(repository: &gix::Repository, id: ObjectId) -> Result<Step, Error> {
    let unreadable = |why: &dyn std::fmt::Display| Error::Object { id: id.to_string(), why: why.to_string() };
    let commit = repository.find_commit(id).map_err(|why| unreadable(&why))?;
    let head = commit.tree_id().map_err(|why| unreadable(&why))?.detach();
    let base = match commit.parent_ids().next() {
        Some(parent) => commit_endpoint(repository, parent.detach())?,
        None => Endpoint::Empty,
    };
    let decoded = commit.decode().map_err(|why| unreadable(&why))?;
    let author = decoded.author().map_err(|why| unreadable(&why))?.trim();
    Ok(Step {
        commit: id,
        pair: (base.tree().expect("a commit has a tree"), head),
        author: format!("{} <{}>", String::from_utf8_lossy(author.name), String::from_utf8_lossy(author.email)),
        title: title(decoded.message),
    })
}

fn shallow_gap() -> Gap {
    let (path, extent) = (RepoPath::new(""), Extent::Unavailable);
    Gap { path, stage: Stage::History, reason: Reason::Shallow, extent }
}
