//! The `jsonl` format: one JSON object per line, each with its `type`, for streams and `grep`.
//!
//! Invariant: the first line is the `report` with schema, verdict and counts; then follow `rule`, `finding`, `gap` and
//! `warning`, or `symbol` and `gap`, the parts of a plan, `finding` and `rule` of an explanation, or `symbol`, `file`,
//! `move`, `attribution` and `gap`, or `claim`, `unread`, `blocking`, `open`, `evidence` and `gap`, `problem`, or
//! `sample` and `gap`, with the fields of the same records as `json`.

use super::audit::{self, AuditHead};
use super::duplicates::{DuplicatesHead, GroupRecord};
use super::explain::{self, ExplainHead};
use super::plan::{self, PlanHead};
use super::record::{
    CheckHead, FindingRecord, GapRecord, RefsHead, RuleRecord, SymbolReferencesRecord, WarningRecord, WhyNotRecord,
};
use super::removed::{self, RemovedHead};
use super::trend::{SampleRecord, TrendHead};
use super::verify::{self, VerifyHead};
use super::{FormatSpec, RenderOptions, escape};
use crate::evidence::{
    AuditReport, CheckReport, DuplicatesReport, ExplainReport, PlanReport, RefsReport, RemovedReport, Sources,
    TrendReport, VerifyReport,
};
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
    ..FormatSpec::new("jsonl", "one JSON object per line")
};

#[derive(Serialize)]
struct Line<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    record: T,
}

fn check(report: &CheckReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut out = String::new();
    push(&mut out, "report", CheckHead::of(report));
    report.rules.iter().for_each(|rule| push(&mut out, "rule", RuleRecord::of(rule)));
    report.told().for_each(|finding| push(&mut out, "finding", FindingRecord::of(finding)));
    report.gaps.iter().for_each(|gap| push(&mut out, "gap", GapRecord::of(gap)));
    report.warnings.iter().for_each(|warning| push(&mut out, "warning", WarningRecord::of(warning)));
    escape::safe_json(out)
}

fn refs(report: &RefsReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut out = String::new();
    push(&mut out, "report", RefsHead::of(report));
    report.symbols.iter().for_each(|symbol| push(&mut out, "symbol", SymbolReferencesRecord::of(symbol)));
    report.why_not.iter().for_each(|why| push(&mut out, "why-not", WhyNotRecord::of(why)));
    report.gaps.iter().for_each(|gap| push(&mut out, "gap", GapRecord::of(gap)));
    escape::safe_json(out)
}

fn plan(report: &PlanReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut out = String::new();
    push(&mut out, "report", PlanHead::of(report));
    report.rewrite.iter().for_each(|it| push(&mut out, "rewrite", plan::used(it)));
    report.removals.iter().for_each(|it| push(&mut out, "removal", plan::removal(it)));
    report.tests.iter().for_each(|it| push(&mut out, "test", plan::test(it)));
    report.write_only.iter().for_each(|it| push(&mut out, "write-only", plan::place(it)));
    report.kept.iter().for_each(|it| push(&mut out, "kept", plan::kept(it)));
    report.mentions.iter().for_each(|it| push(&mut out, "mention", plan::used(it)));
    report.gaps.iter().for_each(|gap| push(&mut out, "gap", GapRecord::of(gap)));
    escape::safe_json(out)
}

fn explain(report: &ExplainReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut out = String::new();
    push(&mut out, "report", ExplainHead::of(report));
    report.findings.iter().for_each(|it| push(&mut out, "finding", explain::finding(it)));
    report.rules.iter().for_each(|it| push(&mut out, "rule", explain::rule(it)));
    report.gaps.iter().for_each(|gap| push(&mut out, "gap", GapRecord::of(gap)));
    escape::safe_json(out)
}

fn removed(report: &RemovedReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut out = String::new();
    push(&mut out, "report", RemovedHead::of(report));
    removed::definitions(report).for_each(|definition| push(&mut out, "symbol", definition));
    report.ledger.files.iter().for_each(|file| push(&mut out, "file", removed::file(file)));
    report.ledger.moves.iter().for_each(|block| push(&mut out, "move", removed::moved(block)));
    report.attribution.iter().for_each(|groups| push(&mut out, "attribution", removed::attribution(groups)));
    if let Some(aftermath) = &report.aftermath {
        aftermath.broken.iter().for_each(|broken| push(&mut out, "broken", removed::broken(broken)));
        aftermath.useless.iter().for_each(|useless| push(&mut out, "useless", removed::useless(useless)));
    }
    report.gaps.iter().for_each(|gap| push(&mut out, "gap", GapRecord::of(gap)));
    escape::safe_json(out)
}

fn duplicates(report: &DuplicatesReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut out = String::new();
    push(&mut out, "report", DuplicatesHead::of(report));
    report.groups.iter().for_each(|group| push(&mut out, "group", GroupRecord::of(group)));
    report.gaps.iter().for_each(|gap| push(&mut out, "gap", GapRecord::of(gap)));
    escape::safe_json(out)
}

fn audit(report: &AuditReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut out = String::new();
    push(&mut out, "report", AuditHead::of(report));
    report.claims.iter().for_each(|judged| push(&mut out, "claim", audit::claim(judged)));
    report.unread.iter().for_each(|unread| push(&mut out, "unread", audit::unread(unread)));
    report.blocking.iter().for_each(|item| push(&mut out, "blocking", audit::item(item)));
    report.open.iter().for_each(|item| push(&mut out, "open", audit::item(item)));
    report.outside.iter().for_each(|outside| push(&mut out, "evidence", audit::outside(outside)));
    report.gaps.iter().for_each(|gap| push(&mut out, "gap", GapRecord::of(gap)));
    escape::safe_json(out)
}

fn verify(report: &VerifyReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut out = String::new();
    push(&mut out, "report", VerifyHead::of(report));
    report.problems.iter().for_each(|problem| push(&mut out, "problem", verify::problem(problem)));
    escape::safe_json(out)
}

fn trend(report: &TrendReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut out = String::new();
    push(&mut out, "report", TrendHead::of(report));
    report.samples.iter().for_each(|sample| push(&mut out, "sample", SampleRecord::of(sample)));
    report.gaps.iter().for_each(|gap| push(&mut out, "gap", GapRecord::of(gap)));
    escape::safe_json(out)
}

fn push(out: &mut String, kind: &'static str, record: impl Serialize) {
    let line = serde_json::to_string(&Line { kind, record }).expect("records hold strings, numbers and lists alone");
    out.push_str(&line);
    out.push('\n');
}
