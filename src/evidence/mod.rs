//! Stage 7, evidence: everything a run found, ready to be rendered.
//!
//! Invariants: `counts` balance (discovered = analyzed + gaps); lists are sorted; nothing here depends on the clock,
//! the machine, or the number of threads. Absent on purpose: bytes; `report` makes them.

mod audit;
mod doctor;
mod explain;
mod plan;
mod removed;
mod trend;
mod verify;

pub use audit::{
    Assertion, AuditArguments, AuditItem, AuditReport, Claim, ClaimCounts, Document, DocumentKind, DuplicateChange,
    Expectation, JudgedClaim, MeasuredExpectation, OutsideCheck, OutsideFile, OutsideReport, PolicyEvidence,
    Recommendation, Source, Standing, Status, UnreadSentence,
};
pub use doctor::{
    BaselineFound, CacheFound, DoctorReport, ExpectedGap, FileCounts, ImportRoot, PolicyFile, PolicyFound, RulePack,
    Scan, Trouble, Variable,
};
pub use explain::{ExplainReport, Explained, ExplainedRule};
pub use plan::{Kept, PlanReport, PlannedTestReport, Removal, TestFate};
pub use removed::{Aftermath, BrokenReference, Headline, RangeEnd, RemovedReport, SymbolNames, Useless};
pub use trend::{
    DuplicateCounts, Estimate, LegacyCounts, Quantity, Reading, RuleCounts, TrendCounts, TrendReport, TrendSample,
    estimates,
};
pub use verify::{Problem, ProblemKind, VerifyReport};

use crate::facts::ReferenceKind;
use crate::finding::{Context, Finding, Hop, Novelty, Tier, Verdict};
use crate::gap::Gap;
use crate::span::{Location, RepoPath};
use std::collections::BTreeMap;

pub use crate::checks::duplicates::{
    Agreement, Change, CloneType, Details, Difference, DuplicateKind, Group, Instance, Production, Registration, Uses,
};
pub use crate::checks::{Census, CountedSymbol, RuleReport, State, SymbolReport, TierCounts, Warning};
pub use crate::history::LastChange;
pub use crate::project::{Occurrences, PlaceReason};
pub use crate::triage::{BaselineUse, Comparison};

/// What was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotIdentity {
    /// `worktree`, `index`, `revision` or `memory`.
    pub kind: &'static str,
    pub commit: Option<String>,
    pub tree: Option<String>,
}

/// Files seen. `discovered = analyzed + gaps`; the others were not discovered, and are told so that nothing is silent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub discovered: u64,
    /// Files read whole and understood as far as their language allows.
    pub analyzed: u64,
    /// Files with at least one gap. The list of gaps may be longer: a file can have several.
    pub gaps: u64,
    /// Symbolic links, which are not followed: their targets are judged where they stand.
    pub links: u64,
    /// Files that the policy's `include` and `exclude` leave out.
    pub excluded: u64,
}

/// The answer of `solely check`.
#[derive(Clone, Debug)]
pub struct CheckReport {
    pub verdict: Verdict,
    pub snapshot: SnapshotIdentity,
    pub counts: Counts,
    pub rules: Vec<RuleReport>,
    /// Sorted by path, position, rule.
    pub findings: Vec<Finding>,
    pub gaps: Vec<Gap>,
    pub warnings: Vec<Warning>,
    /// The policy's file and digest, or the built-in default.
    pub policy: PolicyIdentity,
    /// What the baseline did, where there is one.
    pub baseline: Option<BaselineUse>,
    /// What the run was compared with, where only a change is judged.
    pub comparison: Option<Comparison>,
}

impl CheckReport {
    /// The findings to tell: all, or those that the change introduced.
    pub fn told(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.standing.novelty != Some(Novelty::Existing))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyIdentity {
    pub file: Option<String>,
    pub digest: String,
}

/// One reference to a symbol.
#[derive(Clone, Debug)]
pub struct ReferenceReport {
    pub location: Location,
    pub kind: ReferenceKind,
    pub within: Option<&'static str>,
    /// For a flag: `read` or `write`.
    pub access: Option<&'static str>,
    pub tier: Tier,
    pub context: Context,
    pub via: Vec<Hop>,
}

/// The answer of `solely refs` for one symbol.
#[derive(Clone, Debug)]
pub struct SymbolReferences {
    pub symbol: String,
    pub definitions: Vec<Location>,
    /// Sorted by path and position.
    pub references: Vec<ReferenceReport>,
    pub occurrences: Occurrences,
}

/// The answer of `solely refs`.
#[derive(Clone, Debug)]
pub struct RefsReport {
    pub snapshot: SnapshotIdentity,
    pub counts: Counts,
    pub symbols: Vec<SymbolReferences>,
    /// Why a place is a reference to each symbol or is none, where that was asked.
    pub why_not: Vec<WhyNot>,
    pub gaps: Vec<Gap>,
}

/// Why a line is, or is not, a reference to a symbol.
#[derive(Clone, Debug)]
pub struct WhyNot {
    pub symbol: String,
    pub path: RepoPath,
    pub line: u32,
    /// At least one.
    pub reasons: Vec<PlaceReason>,
}

/// The answer of `solely duplicates`.
#[derive(Clone, Debug)]
pub struct DuplicatesReport {
    pub snapshot: SnapshotIdentity,
    pub counts: Counts,
    /// The revision whose groups are left out, where only new ones were asked for.
    pub new_since: Option<String>,
    /// The most important first.
    pub groups: Vec<Group>,
    /// Sentences on what bounded the search.
    pub bounds: Vec<String>,
    pub gaps: Vec<Gap>,
}

/// Texts of the files that a report quotes, by path.
pub type Sources = BTreeMap<RepoPath, String>;
