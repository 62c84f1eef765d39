//! `solely`: one implementation, and proof that the others are gone.

#![forbid(unsafe_code)]

// Vocabulary: used by every stage, uses none.
pub mod span;
pub mod gap;
pub mod finding;
pub mod facts;
pub mod progress;

// Stages, in flow order.
pub mod language;
pub mod policy;
pub mod workspace;
pub mod source;
pub mod project;
pub mod history;
pub mod evidence;
pub mod checks;
pub mod triage;
pub mod report;
pub mod cli;
