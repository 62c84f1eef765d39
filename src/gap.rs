//! Gaps: what could not be seen, where, at which stage, and why.
//!
//! Invariant: a file that a stage cannot read whole ends here, never in silence. A gap says what it can hide
//! ([`Extent`]), so that a check can tell whether the gap may hold the symbol it proves absent. Absent on purpose:
//! errors that end the run; those are the `Error` of a stage.

use crate::span::{RepoPath, Span};
use std::fmt;

/// The stage at which sight was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    Workspace,
    Source,
    Facts,
    Query,
    Project,
    History,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Stage::Workspace => "workspace",
            Stage::Source => "source",
            Stage::Facts => "facts",
            Stage::Query => "query",
            Stage::Project => "project",
            Stage::History => "history",
        }
    }
}

/// Why something could not be seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The object store lacks the blob (partial clone, shallow clone, damaged repository).
    MissingObject,
    /// A nested repository, whose files are not part of this one.
    Submodule,
    /// Tracked, but left out of the work tree by a sparse checkout.
    SkippedBySparseCheckout,
    /// The index holds more than one version (a merge conflict).
    Unmerged,
    /// Reading failed: permission, vanished file, I/O.
    Unreadable(String),
    /// A device, FIFO or socket.
    NotARegularFile,
    /// Larger than what is read, in bytes.
    TooLarge { size: u64, limit: u64 },
    /// A compressed container, whose members are not read.
    Archive,
    /// Bytes that are not text in the encoding that the language prescribes.
    Encoding(String),
    /// The parser could not read the ranges that the extent names.
    Syntax(String),
    /// Nesting deeper than the parser is given.
    TooDeep { limit: u32 },
    /// The parse or the query took more than its budget.
    Budget(String),
    /// The extractor panicked: our bug, reported as such.
    Internal(String),
    /// History ends at a shallow boundary.
    Shallow,
    /// Anything else, in words.
    Other(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::MissingObject => write!(f, "the object store lacks this blob"),
            Reason::Submodule => write!(f, "a submodule, which is a repository of its own"),
            Reason::SkippedBySparseCheckout => write!(f, "left out of the work tree by a sparse checkout"),
            Reason::Unmerged => write!(f, "unmerged in the index"),
            Reason::Unreadable(why) => write!(f, "could not be read: {why}"),
            Reason::NotARegularFile => write!(f, "not a regular file"),
            Reason::TooLarge { size, limit } => write!(f, "{size} bytes, more than the {limit} that are read"),
            Reason::Archive => write!(f, "an archive, whose members are not read"),
            Reason::Encoding(why) => write!(f, "not readable as text: {why}"),
            Reason::Syntax(why) => write!(f, "does not parse: {why}"),
            Reason::TooDeep { limit } => write!(f, "nested deeper than {limit} levels"),
            Reason::Budget(why) => write!(f, "gave up: {why}"),
            Reason::Internal(why) => write!(f, "internal error: {why}"),
            Reason::Shallow => write!(f, "history ends at a shallow boundary"),
            Reason::Other(why) => write!(f, "{why}"),
        }
    }
}

/// What part of the file the gap covers, and whether its bytes can still be searched for a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// The bytes are not there at all: the gap may hold any name.
    Unavailable,
    /// The bytes are there but were not understood: the gap may hold the names that occur in the file.
    Whole,
    /// Only these byte ranges were not understood.
    Ranges(Vec<Span>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gap {
    pub path: RepoPath,
    pub stage: Stage,
    pub reason: Reason,
    pub extent: Extent,
}
