//! The standing of a finding: what it does to a verdict, and what people have said about it.
//!
//! Invariant: triage marks a finding and never drops it, so findings raised = reported + suppressed + accepted. Absent
//! on purpose: how comments and baselines are read; that is `triage`.

use super::{Context, Verdict};
use crate::span::Location;

/// The verdict that a finding forces upon one context of its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    pub context: Context,
    /// `Fail`, or `Incomplete` where nobody can tell whether the finding means the symbol.
    pub verdict: Verdict,
}

/// What was decided about a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The comment that takes it out of the verdict.
    pub suppressed: Option<Suppression>,
    /// The entry of the baseline that accepts it.
    pub accepted: Option<Acceptance>,
    /// Where the run is compared with a base: whether the change brought it.
    pub novelty: Option<Novelty>,
}

/// A comment that suppresses a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Where the comment stands.
    pub location: Location,
    pub reason: String,
    /// The day on which it ends.
    pub until: Option<jiff::civil::Date>,
}

/// What an entry of the baseline says about who accepted a finding, when and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Acceptance {
    pub by: String,
    pub date: Option<jiff::civil::Date>,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty {
    /// The base did not have it, or had it suppressed or accepted.
    Introduced,
    /// The base had it, and it counted there.
    Existing,
}
