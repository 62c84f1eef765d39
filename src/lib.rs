//! `solely`: one implementation, and proof that the others are gone.
//!
//! The modules below stand in flow order, and each uses only those above it; a test holds that.

#![forbid(unsafe_code)]

// Vocabulary: used by every stage, uses none.
pub mod span;
pub mod gap;
pub mod progress;
pub mod facts;
pub mod finding;

// Stages, in flow order.
pub mod language;
pub mod policy;
pub mod workspace;
pub mod source;
pub mod project;
pub mod history;
pub mod checks;
pub mod triage;
pub mod evidence;
pub mod report;
pub mod pipeline;
pub mod cli;
