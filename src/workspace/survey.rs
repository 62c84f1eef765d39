//! A survey: what a folder's repository is, for people who ask why files are seen or not.
//!
//! Invariant: nothing is judged and nothing is read but what git keeps about itself. Absent on purpose: the files.

use super::disk::attribute_files_with_filters;
use super::{Repository, Snapshot, WorkspaceError};
use std::path::{Path, PathBuf};

/// How a repository is laid out on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    WorkTree,
    /// One of several work trees of a repository (`git worktree add`).
    LinkedWorkTree,
    /// The work tree of a submodule.
    Submodule,
    Bare,
}

impl Layout {
    pub fn name(self) -> &'static str {
        match self {
            Layout::WorkTree => "work-tree",
            Layout::LinkedWorkTree => "linked-work-tree",
            Layout::Submodule => "submodule",
            Layout::Bare => "bare",
        }
    }
}

/// What is known of a repository without looking at its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    pub layout: Layout,
    pub root: Option<PathBuf>,
    pub git_folder: PathBuf,
    /// The folder that was asked for, relative to the root.
    pub prefix: String,
    /// The branch of `HEAD`, without `refs/heads/`; `None` where it is detached.
    pub branch: Option<String>,
    pub commit: Option<String>,
    /// History ends where the clone was cut off.
    pub is_shallow: bool,
    /// A remote gives objects only when asked: blobs may be missing here.
    pub is_partial: bool,
    /// The work tree holds a part of the files alone.
    pub is_sparse: bool,
}

impl Survey {
    /// The repository that holds a folder, or `None` for a plain folder.
    pub fn of(folder: &Path) -> Result<Option<Survey>, WorkspaceError> {
        let Some(repository) = Repository::find(folder)? else { return Ok(None) };
        let git = repository.git.to_thread_local();
        let layout = match (&repository.root, git.kind()) {
            (None, _) => Layout::Bare,
            (_, gix::repository::Kind::LinkedWorkTree) => Layout::LinkedWorkTree,
            (_, gix::repository::Kind::Submodule) => Layout::Submodule,
            (_, gix::repository::Kind::Common) => Layout::WorkTree,
        };
        let settings = git.config_snapshot();
        let promises = |section: &str| {
            let remotes = settings.plumbing().sections_by_name(section).into_iter().flatten();
            remotes.into_iter().any(|it| it.value("promisor").is_some_and(|value| &**value == b"true"))
        };
        Ok(Some(Survey {
            layout,
            root: repository.root.clone(),
            git_folder: git.path().canonicalize().unwrap_or_else(|_| git.path().to_path_buf()),
            prefix: repository.prefix.clone(),
            branch: git.head_name().ok().flatten().map(|name| name.shorten().to_string()),
            commit: repository.head(),
            is_shallow: git.is_shallow().unwrap_or_default(),
            is_partial: settings.string("extensions.partialClone").is_some() || promises("remote"),
            is_sparse: settings.boolean("core.sparseCheckout").unwrap_or_default(),
        }))
    }
}

/// The attribute files that name a program which changes files on their way to the disk (LFS, encryption).
pub fn filters(folder: &Path, snapshot: &Snapshot) -> Vec<String> {
    match (Repository::find(folder), &snapshot.root) {
        (Ok(Some(repository)), Some(root)) => attribute_files_with_filters(&repository, root, snapshot).collect(),
        _ => Vec::new(),
    }
}
