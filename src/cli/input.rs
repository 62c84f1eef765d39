//! Which version of the repository a command looks at.

use crate::workspace::Selection;

#[derive(clap::Args)]
pub struct Input {
    /// Look at this revision instead of the work tree; no checkout is needed
    #[arg(long, value_name = "REV", conflicts_with = "staged")]
    rev: Option<String>,

    /// Look at the staged index, as if it were committed
    #[arg(long)]
    staged: bool,
}

impl Input {
    pub fn selection(&self) -> Selection {
        match &self.rev {
            Some(revision) => Selection::Revision(revision.clone()),
            // Inside a hook, `git commit PATH` commits a temporary index that this variable names.
            None if self.staged => match std::env::var_os("GIT_INDEX_FILE") {
                Some(file) => Selection::IndexFile(file.into()),
                None => Selection::Index,
            },
            None => Selection::WorkTree,
        }
    }
}
