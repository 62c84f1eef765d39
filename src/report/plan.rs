//! Records of `plan`: its JSON contract, field by field.
//!
//! Invariant: names and meanings of fields only grow within `solely/plan/1`; `removals` stand in the order of deletion.
//! Absent on purpose: the layout for people.

use super::record::{
    CountsRecord, GapRecord, ReferenceRecord, SnapshotRecord, TOOL, ToolRecord, counts, reference, snapshot,
};
use super::removed::{ClassRecord, classes};
use crate::evidence::{Kept, PlanReport, PlannedTestReport, ReferenceReport, Removal};
use crate::span::Location;
use schemars::JsonSchema;
use serde::Serialize;

pub const PLAN_SCHEMA: &str = "solely/plan/1";

/// The document.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PlanDocument<'a> {
    #[serde(flatten)]
    head: PlanHead<'a>,
    /// References in production that have to be rewritten before anything is deleted.
    rewrite: Vec<UseRecord<'a>>,
    /// In the order of deletion.
    removals: Vec<RemovalRecord<'a>>,
    tests: Vec<TestRecord<'a>>,
    /// Attributes that are still written and that nothing in production reads then.
    write_only: Vec<PlacedSymbolRecord<'a>>,
    /// What was looked at and stays.
    kept: Vec<KeptRecord<'a>>,
    /// Text that names what goes.
    mentions: Vec<UseRecord<'a>>,
    gaps: Vec<GapRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PlanHead<'a> {
    #[schemars(extend("const" = PLAN_SCHEMA))]
    schema: &'static str,
    tool: ToolRecord,
    snapshot: SnapshotRecord<'a>,
    counts: CountsRecord,
    asked: &'a [String],
    /// The lines of production that go, each counted once.
    lines: ClassRecord,
    /// The lines of the tests that die.
    test_lines: ClassRecord,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RemovalRecord<'a> {
    /// Things of one step go together.
    step: u32,
    kind: &'static str,
    symbol: &'a str,
    path: &'a str,
    start: u32,
    end: u32,
    because: &'a str,
    /// It stands in something that goes anyway.
    inside: bool,
    /// All zero for a part of a line.
    lines: ClassRecord,
}

#[derive(Serialize, JsonSchema)]
pub struct UseRecord<'a> {
    symbol: &'a str,
    #[serde(flatten)]
    reference: ReferenceRecord<'a>,
}

#[derive(Serialize, JsonSchema)]
pub struct TestRecord<'a> {
    #[schemars(schema_with = "super::schema::test_fate")]
    fate: &'static str,
    name: &'a str,
    path: &'a str,
    start: u32,
    end: u32,
    lines: ClassRecord,
    references: Vec<UseRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
pub struct PlacedSymbolRecord<'a> {
    symbol: &'a str,
    path: &'a str,
    line: u32,
}

#[derive(Serialize, JsonSchema)]
pub struct KeptRecord<'a> {
    symbol: &'a str,
    because: &'a str,
    /// A place that keeps it.
    path: Option<&'a str>,
    line: Option<u32>,
}

impl<'a> PlanHead<'a> {
    pub fn of(report: &'a PlanReport) -> Self {
        Self {
            schema: PLAN_SCHEMA,
            tool: TOOL,
            snapshot: snapshot(&report.snapshot),
            counts: counts(report.counts),
            asked: &report.asked,
            lines: classes(report.lines),
            test_lines: classes(report.test_lines),
        }
    }
}

impl<'a> PlanDocument<'a> {
    pub fn of(report: &'a PlanReport) -> Self {
        Self {
            head: PlanHead::of(report),
            rewrite: report.rewrite.iter().map(used).collect(),
            removals: report.removals.iter().map(removal).collect(),
            tests: report.tests.iter().map(test).collect(),
            write_only: report.write_only.iter().map(place).collect(),
            kept: report.kept.iter().map(kept).collect(),
            mentions: report.mentions.iter().map(used).collect(),
            gaps: report.gaps.iter().map(GapRecord::of).collect(),
        }
    }
}

pub fn removal(removal: &Removal) -> RemovalRecord<'_> {
    RemovalRecord {
        step: removal.step,
        kind: removal.kind,
        symbol: &removal.symbol,
        path: removal.location.path.as_str(),
        start: removal.location.start.line,
        end: removal.location.end_line,
        because: &removal.because,
        inside: removal.is_inside,
        lines: classes(removal.lines),
    }
}

pub fn used((symbol, used): &(String, ReferenceReport)) -> UseRecord<'_> {
    UseRecord { symbol, reference: reference(used) }
}

pub fn test(test: &PlannedTestReport) -> TestRecord<'_> {
    TestRecord {
        fate: test.fate.name(),
        name: &test.name,
        path: test.location.path.as_str(),
        start: test.location.start.line,
        end: test.location.end_line,
        lines: classes(test.lines),
        references: test.references.iter().map(used).collect(),
    }
}

pub fn place((symbol, location): &(String, Location)) -> PlacedSymbolRecord<'_> {
    PlacedSymbolRecord { symbol, path: location.path.as_str(), line: location.start.line }
}

pub fn kept(kept: &Kept) -> KeptRecord<'_> {
    let at = kept.location.as_ref();
    let (path, line) = (at.map(|it| it.path.as_str()), at.map(|it| it.start.line));
    KeptRecord { symbol: &kept.symbol, because: &kept.because, path, line }
}
