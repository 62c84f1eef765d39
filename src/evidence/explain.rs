//! The answer of `solely explain`.
//!
//! Invariant: every sentence is derived from a finding, its rule and the run. Absent on purpose: code frames; `report`
//! quotes the sources.

use super::{Counts, SnapshotIdentity};
use crate::finding::{Finding, Verdict};
use crate::gap::Gap;

#[derive(Clone, Debug)]
pub struct ExplainReport {
    pub snapshot: SnapshotIdentity,
    pub counts: Counts,
    /// The findings that were asked for, sorted by place.
    pub findings: Vec<Explained>,
    /// Their rules, or the rules that were asked for.
    pub rules: Vec<ExplainedRule>,
    pub gaps: Vec<Gap>,
}

/// A finding with what speaks for it.
#[derive(Clone, Debug)]
pub struct Explained {
    pub finding: Finding,
    /// From the place to the definition, a sentence a step.
    pub proof: Vec<String>,
    /// What it does to the verdict.
    pub effect: String,
    /// What would make it pass, the best way first.
    pub remedies: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct ExplainedRule {
    pub id: String,
    pub kind: &'static str,
    pub summary: String,
    /// `None` for a rule that was not judged.
    pub verdict: Option<Verdict>,
    pub conclusion: String,
    /// Parts of the explanation of its kind, in Markdown: title and text.
    pub sections: Vec<(String, String)>,
}
