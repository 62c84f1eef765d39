//! Stage 1, which files: a work tree, the staged index, or a revision, all as one [`Snapshot`].
//!
//! Invariants: entries are sorted by path and have no duplicates; a symbolic link is never followed; what cannot be
//! read is a [`crate::gap::Gap`], never an error. Absent on purpose: what the bytes mean.

use crate::span::RepoPath;

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Tracked files and untracked ones that are not ignored, as they are on disk.
    WorkTree,
    /// The index, as if it were committed.
    Index,
    /// Any revision that git understands.
    Revision(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotKind {
    WorkTree,
    Index,
    Revision,
    /// Files given by a caller: examples and tests.
    Memory,
}

impl SnapshotKind {
    pub fn name(self) -> &'static str {
        match self {
            SnapshotKind::WorkTree => "worktree",
            SnapshotKind::Index => "index",
            SnapshotKind::Revision => "revision",
            SnapshotKind::Memory => "memory",
        }
    }
}

/// Index into [`Snapshot::entries`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u32);

/// One regular file.
#[derive(Clone, Debug)]
pub struct Entry {
    pub path: RepoPath,
    /// The blob's id in hexadecimal, where the snapshot knows it without reading (index, revision).
    pub blob: Option<String>,
}
