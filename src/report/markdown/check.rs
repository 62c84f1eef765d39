//! A check as a comment.

use super::text::{code, text};
use super::{Page, head, place, provenance};
use crate::evidence::{CheckReport, RuleReport, Sources};
use crate::finding::{Finding, Severity, Tier, Verdict};
use crate::report::RenderOptions;
use crate::report::escape::html;
use crate::report::words::{counted, grouped};
use std::collections::BTreeMap;

pub fn render(report: &CheckReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut page = Page::default();
    page.push(&format!("## solely check: {}\n\n> {}\n\n", report.verdict.name(), sentence(report)));
    let (spoken, passed): (Vec<&RuleReport>, Vec<&RuleReport>) =
        report.rules.iter().partition(|rule| rule.verdict != Verdict::Pass);
    let row = |rule: &&RuleReport| {
        format!("| **{}** | {} | {} |", rule.verdict.name(), code(&rule.id), text(&rule.conclusion))
    };
    if !spoken.is_empty() {
        let rows: Vec<String> = spoken.iter().map(row).collect();
        page.table(&head(&["verdict", "rule", "what was found"]), &rows);
    }
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    report.findings.iter().for_each(|finding| by_rule.entry(&finding.rule.0).or_default().push(finding));
    for rule in &report.rules {
        let mut findings = by_rule.remove(rule.id.as_str()).unwrap_or_default();
        // what breaks or counts stands before what is only text
        findings.sort_by_key(|it| (it.severity, it.tier == Some(Tier::Text), it.kind != "definition", it.context));
        let rows: Vec<String> = findings.into_iter().map(finding).collect();
        let title = format!("<code>{}</code>: {}", html(&rule.id), counted(rows.len() as u64, "finding"));
        page.folded(&title, &head(&["", "place", "what", "context", "proof"]), &rows);
    }
    let rows: Vec<String> = report.warnings.iter().map(|warning| format!("- {}", text(&warning.message))).collect();
    page.folded(&counted(rows.len() as u64, "warning"), "", &rows);
    let rows: Vec<String> = passed.iter().map(row).collect();
    let title = format!("{} that pass", counted(rows.len() as u64, "rule"));
    page.folded(&title, &head(&["verdict", "rule", "what was found"]), &rows);
    page.gaps(&report.gaps);
    page.push(&provenance("check", &report.snapshot, report.counts, Some(&report.policy)));
    page.finish()
}

/// "2 of 3 rules fail: 5 errors, 1 note in 4 files".
pub fn sentence(report: &CheckReport) -> String {
    let tally = |verdict| report.rules.iter().filter(|rule| rule.verdict == verdict).count() as u64;
    let [fail, open] = [Verdict::Fail, Verdict::Incomplete].map(tally);
    let all = counted(report.rules.len() as u64, "rule");
    let mut parts = Vec::new();
    if fail > 0 {
        parts.push(format!("{} of {all} {}", grouped(fail), if fail == 1 { "fails" } else { "fail" }));
    }
    if open > 0 {
        parts.push(format!("{} of {all} cannot be decided", grouped(open)));
    }
    if parts.is_empty() && report.verdict == Verdict::Pass {
        parts.push(format!("all of {all} hold"));
    }
    let count = |severity| report.findings.iter().filter(|it| it.severity == severity).count() as u64;
    let kinds = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| (count(severity), severity.name()));
    let found: Vec<String> = kinds.iter().filter(|(n, _)| *n > 0).map(|(n, noun)| counted(*n, noun)).collect();
    if !found.is_empty() {
        let mut files: Vec<&str> = report.findings.iter().map(|it| it.location.path.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        parts.push(format!("{} in {}", found.join(", "), counted(files.len() as u64, "file")));
    }
    if report.counts.gaps > 0 {
        parts.push(format!("{} not seen", counted(report.counts.gaps, "file")));
    }
    if parts.is_empty() { report.verdict.name().to_owned() } else { parts.join("; ") }
}

fn finding(finding: &Finding) -> String {
    let help = finding.help.as_ref().map(|help| format!("; {}", text(help))).unwrap_or_default();
    let severity = finding.severity.name();
    let (place, message) = (place(&finding.location), text(&finding.message));
    let proof = finding.tier.map_or("", Tier::name);
    format!("| {severity} | {place} | {message}{help} | {} | {proof} |", finding.context.name())
}
