//! Why a ledger cannot be made at all.

use std::path::PathBuf;

/// The run cannot go on. What is merely out of sight is a gap instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no git repository at `{path}` or above it: {why}")]
    NoRepository { path: PathBuf, why: String },
    #[error("`{revision}` is not a revision of this repository: {why}")]
    NoRevision { revision: String, why: String },
    #[error("`{revision}` is not a commit: {why}")]
    NotACommit { revision: String, why: String },
    #[error("`{base}` and `{head}` have no common ancestor")]
    NoMergeBase { base: String, head: String },
    #[error("the repository at `{path}` has no work tree")]
    NoWorkTree { path: PathBuf },
    #[error("the index cannot be read: {why}")]
    Index { why: String },
    #[error("object `{id}` cannot be read: {why}")]
    Object { id: String, why: String },
    #[error("history ends at `{commit}`: the clone is shallow")]
    Shallow { commit: String },
    #[error("the base `{base}` is not in this clone")]
    NoBase { base: String, command: String },
    #[error("the clone is shallow and ends before `{base}` and `{head}` forked, so nothing can be compared")]
    ShallowBase { base: String, head: String, command: String },
    #[error("`git` is needed to compare a work tree and did not run: {why}")]
    GitProgram { why: String },
}

impl Error {
    /// What to do about it, where that is known.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Error::NoBase { command, .. } => return Some(format!("run `{command}`")),
            Error::ShallowBase { command, .. } => {
                return Some(format!("run `{command}`, or `git fetch --deepen=100` until it is enough"));
            }
            Error::NoRepository { .. } => Some("name the repository with `--repo DIR`; a bare one will do"),
            Error::NoRevision { .. } => Some("write a range as `BASE..HEAD`, `BASE...HEAD`, or one commit"),
            Error::NoMergeBase { .. } => Some("`BASE..HEAD` compares two unrelated commits directly"),
            Error::Shallow { .. } => Some("fetch the history first: `git fetch --unshallow`"),
            Error::NoWorkTree { .. } => Some("compare two revisions instead: `BASE..HEAD`"),
            Error::GitProgram { .. } => Some("install git, or compare two revisions, which needs no `git`"),
            Error::NotACommit { .. } | Error::Index { .. } | Error::Object { .. } => None,
        };
        help.map(str::to_owned)
    }
}
