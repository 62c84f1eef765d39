//! The `json` format: exactly one document, a contract with its readers.
//!
//! Invariant: the fields of `super::record`, in that order, then a newline. Absent on purpose: colour and limits;
//! a machine gets everything.

use super::audit::Statement;
use super::doctor::DoctorDocument;
use super::duplicates::DuplicatesDocument;
use super::explain::ExplainDocument;
use super::plan::PlanDocument;
use super::record::{
    CheckHead, FindingRecord, GapRecord, RefsHead, RuleRecord, SymbolReferencesRecord, WarningRecord, WhyNotRecord,
};
use super::removed::RemovedDocument;
use super::trend::TrendDocument;
use super::verify::VerifyDocument;
use super::{FormatSpec, RenderOptions, escape};
use crate::evidence::{
    AuditReport, CheckReport, DoctorReport, DuplicatesReport, ExplainReport, PlanReport, RefsReport, RemovedReport,
    Sources, TrendReport, VerifyReport,
};
use schemars::JsonSchema;
use serde::Serialize;

pub const SPEC: FormatSpec = FormatSpec {
    check: Some(check),
    refs: Some(refs),
    plan: Some(plan),
    explain: Some(explain),
    removed: Some(removed),
    duplicates: Some(duplicates),
    audit: Some(audit),
    verify: Some(verify),
    trend: Some(trend),
    doctor: Some(doctor),
    ..FormatSpec::new("json", "one JSON document")
};

#[derive(Serialize, JsonSchema)]
pub struct CheckDocument<'a> {
    #[serde(flatten)]
    head: CheckHead<'a>,
    rules: Vec<RuleRecord<'a>>,
    findings: Vec<FindingRecord<'a>>,
    gaps: Vec<GapRecord<'a>>,
    warnings: Vec<WarningRecord<'a>>,
}

impl<'a> CheckDocument<'a> {
    pub fn of(report: &'a CheckReport) -> Self {
        Self {
            head: CheckHead::of(report),
            rules: report.rules.iter().map(RuleRecord::of).collect(),
            findings: report.told().map(FindingRecord::of).collect(),
            gaps: report.gaps.iter().map(GapRecord::of).collect(),
            warnings: report.warnings.iter().map(WarningRecord::of).collect(),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RefsDocument<'a> {
    #[serde(flatten)]
    head: RefsHead<'a>,
    symbols: Vec<SymbolReferencesRecord<'a>>,
    /// Why a place is a reference to each symbol or is none, where that was asked.
    why_not: Vec<WhyNotRecord<'a>>,
    gaps: Vec<GapRecord<'a>>,
}

fn check(report: &CheckReport, _sources: &Sources, _options: &RenderOptions) -> String {
    document(&CheckDocument::of(report))
}

fn refs(report: &RefsReport, _sources: &Sources, _options: &RenderOptions) -> String {
    document(&RefsDocument {
        head: RefsHead::of(report),
        symbols: report.symbols.iter().map(SymbolReferencesRecord::of).collect(),
        why_not: report.why_not.iter().map(WhyNotRecord::of).collect(),
        gaps: report.gaps.iter().map(GapRecord::of).collect(),
    })
}

fn plan(report: &PlanReport, _sources: &Sources, _options: &RenderOptions) -> String {
    document(&PlanDocument::of(report))
}

fn explain(report: &ExplainReport, _sources: &Sources, _options: &RenderOptions) -> String {
    document(&ExplainDocument::of(report))
}

fn removed(report: &RemovedReport, _sources: &Sources, _options: &RenderOptions) -> String {
    document(&RemovedDocument::of(report))
}

fn duplicates(report: &DuplicatesReport, _sources: &Sources, _options: &RenderOptions) -> String {
    document(&DuplicatesDocument::of(report))
}

fn audit(report: &AuditReport, _sources: &Sources, _options: &RenderOptions) -> String {
    document(&Statement::of(report))
}

fn verify(report: &VerifyReport, _sources: &Sources, _options: &RenderOptions) -> String {
    document(&VerifyDocument::of(report))
}

fn trend(report: &TrendReport, _sources: &Sources, _options: &RenderOptions) -> String {
    document(&TrendDocument::of(report))
}

fn doctor(report: &DoctorReport, _sources: &Sources, _options: &RenderOptions) -> String {
    document(&DoctorDocument::of(report))
}

fn document(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("records hold strings, numbers and lists alone");
    text.push('\n');
    escape::safe_json(text)
}
