//! `solely`: one implementation, and proof that the others are gone.

#![forbid(unsafe_code)]

// Vocabulary: used by every stage, uses none.
pub mod facts;
pub mod finding;
pub mod gap;
pub mod span;

// Stages, in flow order.
pub mod checks;
pub mod cli;
pub mod evidence;
pub mod history;
pub mod language;
pub mod policy;
pub mod project;
pub mod report;
pub mod source;
pub mod triage;
pub mod workspace;
