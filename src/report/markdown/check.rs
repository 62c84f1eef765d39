//! A check as a comment.

use super::text::{code, text};
use super::{Page, head, place, provenance};
use crate::evidence::{CheckReport, RuleReport, Sources};
use crate::finding::{Finding, Tier, Verdict};
use crate::report::RenderOptions;
use crate::report::escape::html;
use crate::report::sentence;
use crate::words::counted;
use std::collections::BTreeMap;

pub fn render(report: &CheckReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut page = Page::default();
    page.push(&format!("## solely check: {}\n\n> {}\n\n", report.verdict.name(), sentence::check(report)));
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
    let counting = report.told().filter(|finding| finding.counts());
    counting.for_each(|finding| by_rule.entry(&finding.rule.0).or_default().push(finding));
    for rule in &report.rules {
        let mut findings = by_rule.remove(rule.id.as_str()).unwrap_or_default();
        // what breaks or counts stands before what is only text
        findings.sort_by_key(|it| (it.severity, it.tier == Some(Tier::Text), it.kind != "definition", it.context));
        let rows: Vec<String> = findings.into_iter().map(finding).collect();
        let title = format!("<code>{}</code>: {}", html(&rule.id), counted(rows.len() as u64, "finding"));
        page.folded(&title, &head(&["", "place", "what", "context", "proof"]), &rows);
    }
    let aside = report.told().filter(|finding| !finding.counts());
    let rows: Vec<String> = aside.map(set_aside).collect();
    let title = format!("Set aside: {}", counted(rows.len() as u64, "finding"));
    page.folded(&title, &head(&["rule", "place", "what", "why"]), &rows);
    let rows: Vec<String> = report.warnings.iter().map(|warning| format!("- {}", text(&warning.message))).collect();
    page.folded(&counted(rows.len() as u64, "warning"), "", &rows);
    let rows: Vec<String> = passed.iter().map(row).collect();
    let title = format!("{} that pass", counted(rows.len() as u64, "rule"));
    page.folded(&title, &head(&["verdict", "rule", "what was found"]), &rows);
    for line in sentence::set_aside(report) {
        page.push(&format!("{}.\n\n", text(&line)));
    }
    page.gaps(&report.gaps);
    page.push(&provenance("check", &report.snapshot, report.counts, Some(&report.policy)));
    page.finish()
}

fn finding(finding: &Finding) -> String {
    let help = finding.help.as_ref().map(|help| format!("; {}", text(help))).unwrap_or_default();
    let severity = finding.severity.name();
    let (place, message) = (place(&finding.location), text(&finding.message));
    let proof = finding.tier.map_or("", Tier::name);
    format!("| {severity} | {place} | {message}{help} | {} | {proof} |", finding.context.name())
}

/// A finding that does not count, and who says so.
fn set_aside(finding: &Finding) -> String {
    let standing = &finding.standing;
    let why = match (&standing.suppressed, &standing.accepted) {
        (Some(comment), _) => format!("suppressed: {}", text(&comment.reason)),
        (None, Some(entry)) => format!("accepted: {}", text(&entry.reason)),
        (None, None) => String::new(),
    };
    let (rule, place, message) = (code(&finding.rule.0), place(&finding.location), text(&finding.message));
    format!("| {rule} | {place} | {message} | {why} |")
}
