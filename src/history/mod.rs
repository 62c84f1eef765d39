//! Stage 4', history: two states of a repository become changes, and changes become a ledger of lines.
//!
//! The way is one direction: [`Git`] opens the repository, a [`Range`] names the two states, [`changes`] lists the
//! files that differ, [`diff`] compares two blobs line by line as git's numstat does, [`disposition`] says what became
//! of every line, and [`ledger`] says what the removed lines were and whose.
//!
//! Invariants: added and deleted lines equal `git diff --numstat` whatever the user's git configuration says; every
//! line of base and of head is accounted for once; what cannot be read is a [`crate::gap::Gap`]. Absent on purpose:
//! the environment, the terminal, and any write to the repository.

pub mod attribution;
pub mod changes;
mod class;
pub mod departure;
pub mod diff;
pub mod disposition;
mod error;
mod fate;
mod git;
mod last_change;
pub mod ledger;
pub mod message;
mod naming;
mod process;
mod range;
mod reading;
pub mod sampling;
mod similarity;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use fate::Fate;
pub use git::{Content, Git, Settings, find, version as git_version};
pub use last_change::{LastChange, last_changes};
pub use message::commit_of;
pub use naming::Naming;
pub use process::RenameSettings;
pub use range::{Endpoint, Range, RangeRequest, end_of, fork_point};
pub use reading::Readings;
