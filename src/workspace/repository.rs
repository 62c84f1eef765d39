//! A git repository, found from a folder.
//!
//! Invariant: only the repository's own configuration counts; whom its files belong to does not matter, since nothing
//! of it is run or written. Absent on purpose: the environment, the user's configuration, network access.

use super::WorkspaceError;
use gix::discover::upwards;
use gix::sec::Trust;
use std::path::{Path, PathBuf};

/// A repository that is open for reading. Threads share it.
pub struct Repository {
    pub(crate) git: gix::ThreadSafeRepository,
    /// The root of the work tree, absolute and without links; `None` in a bare repository.
    pub root: Option<PathBuf>,
    /// The folder that was asked for, relative to the root, `/`-separated; empty for the root.
    pub prefix: String,
}

impl Repository {
    /// The repository that holds `folder`, or `None` when it is a plain folder.
    pub fn find(folder: &Path) -> Result<Option<Repository>, WorkspaceError> {
        let unreadable = |source| WorkspaceError::Folder { path: folder.to_path_buf(), source };
        let folder = folder.canonicalize().map_err(unreadable)?;
        if !folder.is_dir() {
            return Err(WorkspaceError::NotAFolder { path: folder });
        }
        let search =
            upwards::Options { trust: upwards::TrustPolicy::Assume(Trust::Full), cross_fs: true, ..Default::default() };
        let git = match gix::ThreadSafeRepository::discover_opts(&folder, search, trust_everything()) {
            Ok(git) => git,
            // A folder with a `.git` that is not a repository is broken, not plain: its revisions are lost from sight.
            Err(error) => match folder.ancestors().find(|ancestor| ancestor.join(".git").exists()) {
                Some(holder) => {
                    let why = first_line(&error);
                    return Err(WorkspaceError::Repository { path: holder.to_path_buf(), why });
                }
                None => return Ok(None),
            },
        };
        let root = git.work_dir().and_then(|root| root.canonicalize().ok());
        let prefix = match &root {
            Some(root) if !folder.starts_with(root.join(".git")) => relative(&folder, root),
            _ => String::new(),
        };
        Ok(Some(Repository { git, root, prefix }))
    }

    /// The commit of `HEAD`, or `None` before the first commit.
    pub(super) fn head(&self) -> Option<String> {
        let git = self.git.to_thread_local();
        let id = git.head().ok()?.try_into_peeled_id().ok()??;
        Some(id.to_string())
    }

    /// Where the repository is, for messages.
    pub(super) fn place(&self) -> PathBuf {
        self.root.clone().unwrap_or_else(|| self.git.path().to_path_buf())
    }
}

/// An error of the git crate in one line.
pub(super) fn first_line(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().trim_end_matches('.').to_string()
}

fn trust_everything() -> gix::sec::trust::Mapping<gix::open::Options> {
    let options = gix::open::Options::isolated().filter_config_section(|_| true);
    gix::sec::trust::Mapping { full: options.clone(), reduced: options }
}

fn relative(folder: &Path, root: &Path) -> String {
    let Ok(inside) = folder.strip_prefix(root) else { return String::new() };
    let names: Vec<_> = inside.iter().map(|name| name.to_string_lossy()).collect();
    names.join("/")
}
