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
            None if self.staged => Selection::Index,
            None => Selection::WorkTree,
        }
    }
}
