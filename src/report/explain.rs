//! Records of `explain`: its JSON contract, field by field.
//!
//! Invariant: names and meanings of fields only grow within `solely/explain/1`; the sentences are for people and may
//! change. Absent on purpose: the layout for people.

use super::record::{CountsRecord, FindingRecord, GapRecord, SnapshotRecord, TOOL, ToolRecord, counts, snapshot};
use crate::evidence::{ExplainReport, Explained, ExplainedRule};
use crate::finding::Verdict;
use schemars::JsonSchema;
use serde::Serialize;

pub const EXPLAIN_SCHEMA: &str = "solely/explain/1";

/// The document.
#[derive(Serialize, JsonSchema)]
pub struct ExplainDocument<'a> {
    #[serde(flatten)]
    head: ExplainHead<'a>,
    findings: Vec<ExplainedRecord<'a>>,
    /// The rules of the findings, or those that were asked for.
    rules: Vec<ExplainedRuleRecord<'a>>,
    gaps: Vec<GapRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
pub struct ExplainHead<'a> {
    #[schemars(extend("const" = EXPLAIN_SCHEMA))]
    schema: &'static str,
    tool: ToolRecord,
    snapshot: SnapshotRecord<'a>,
    counts: CountsRecord,
}

#[derive(Serialize, JsonSchema)]
pub struct ExplainedRecord<'a> {
    finding: FindingRecord<'a>,
    /// From the place to the definition, a sentence a step.
    proof: &'a [String],
    /// What it does to the verdict.
    effect: &'a str,
    /// What would make it pass, the best way first.
    remedies: &'a [String],
}

#[derive(Serialize, JsonSchema)]
pub struct ExplainedRuleRecord<'a> {
    id: &'a str,
    kind: &'static str,
    summary: &'a str,
    /// Null for a rule that was not judged.
    verdict: Option<&'static str>,
    conclusion: &'a str,
    /// The explanation of its kind, in Markdown.
    sections: Vec<SectionRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct SectionRecord<'a> {
    title: &'a str,
    text: &'a str,
}

impl<'a> ExplainHead<'a> {
    pub fn of(report: &'a ExplainReport) -> Self {
        let (snapshot, counts) = (snapshot(&report.snapshot), counts(report.counts));
        Self { schema: EXPLAIN_SCHEMA, tool: TOOL, snapshot, counts }
    }
}

impl<'a> ExplainDocument<'a> {
    pub fn of(report: &'a ExplainReport) -> Self {
        Self {
            head: ExplainHead::of(report),
            findings: report.findings.iter().map(finding).collect(),
            rules: report.rules.iter().map(rule).collect(),
            gaps: report.gaps.iter().map(GapRecord::of).collect(),
        }
    }
}

pub fn finding(explained: &Explained) -> ExplainedRecord<'_> {
    let Explained { finding, proof, effect, remedies } = explained;
    ExplainedRecord { finding: FindingRecord::of(finding), proof, effect, remedies }
}

pub fn rule(rule: &ExplainedRule) -> ExplainedRuleRecord<'_> {
    ExplainedRuleRecord {
        id: &rule.id,
        kind: rule.kind,
        summary: &rule.summary,
        verdict: rule.verdict.map(Verdict::name),
        conclusion: &rule.conclusion,
        sections: rule.sections.iter().map(|(title, text)| SectionRecord { title, text }).collect(),
    }
}
