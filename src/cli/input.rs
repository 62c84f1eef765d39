//! Which version of the repository a command looks at.

use crate::workspace::Selection;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Input {
    /// Look at this revision instead of the work tree; no checkout is needed
    #[arg(long, env = "SOLELY_REV", value_name = "REV", conflicts_with = "staged")]
    rev: Option<String>,

    /// Look at the staged index, as if it were committed
    #[arg(long)]
    staged: bool,
}

/// The index that a hook commits: `git commit -a`, `-p` and `git commit PATH` make a temporary one, which this variable
/// names, relative to the folder in which git runs the hook.
pub fn index_file() -> Option<PathBuf> {
    let file = std::env::var_os("GIT_INDEX_FILE").filter(|file| !file.is_empty())?;
    Some(std::path::absolute(&file).unwrap_or_else(|_| file.into()))
}

impl Input {
    pub fn selection(&self) -> Selection {
        match &self.rev {
            Some(revision) => Selection::Revision(revision.clone()),
            None if self.staged => index_file().map_or(Selection::Index, Selection::IndexFile),
            None => Selection::WorkTree,
        }
    }
}
