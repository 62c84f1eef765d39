//! The answer of `solely plan`.
//!
//! Invariant: `removals` stand in the order of deletion. Absent on purpose: how it is worked out; see `project`.

use super::{Counts, ReferenceReport, SnapshotIdentity};
use crate::facts::LineTally;
use crate::gap::Gap;
use crate::span::Location;

pub use crate::project::{Kept, Removal, TestFate};

#[derive(Clone, Debug)]
pub struct PlanReport {
    pub snapshot: SnapshotIdentity,
    pub counts: Counts,
    /// The symbols and flags whose removal is planned.
    pub asked: Vec<String>,
    pub removals: Vec<Removal>,
    /// References in production that must be rewritten before, each with the symbol it means.
    pub rewrite: Vec<(String, ReferenceReport)>,
    pub tests: Vec<PlannedTestReport>,
    /// Attributes that are written and that nothing reads in production any more.
    pub write_only: Vec<(String, Location)>,
    /// Text that names what goes.
    pub mentions: Vec<(String, ReferenceReport)>,
    /// What was looked at and stays.
    pub kept: Vec<Kept>,
    /// The lines of production that go, each counted once.
    pub lines: LineTally,
    /// The lines of the tests that die.
    pub test_lines: LineTally,
    pub gaps: Vec<Gap>,
}

#[derive(Clone, Debug)]
pub struct PlannedTestReport {
    pub fate: TestFate,
    pub name: String,
    /// The whole test, or the first reference outside of one.
    pub location: Location,
    /// Its lines, where it dies.
    pub lines: LineTally,
    pub references: Vec<(String, ReferenceReport)>,
}
