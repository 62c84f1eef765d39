//! Explained findings and rules as a comment.

use super::text::{code, text};
use super::{Page, place, provenance};
use crate::evidence::{ExplainReport, Explained, Sources};
use crate::report::RenderOptions;
use crate::words::counted;

pub fn render(report: &ExplainReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut page = Page::default();
    let findings = counted(report.findings.len() as u64, "finding");
    page.push(&format!("## solely explain\n\n> {findings}, {}\n\n", counted(report.rules.len() as u64, "rule")));
    for explained in &report.findings {
        let finding = &explained.finding;
        let title = format!("{} in {}", text(&finding.message), place(&finding.location));
        page.push(&format!("### {}\n\n", title.replace('\n', " ")));
        let rows = rows(explained);
        page.table("| | |\n|---|---|\n", &rows);
    }
    for rule in &report.rules {
        let verdict = rule.verdict.map_or(String::new(), |verdict| format!(", {}", verdict.name()));
        page.push(&format!("### {} ({}{verdict})\n\n", code(&rule.id), rule.kind));
        page.push(&format!("{}. {}\n\n", text(&rule.summary), text(&rule.conclusion)));
        // The explanations are ours, and Markdown already.
        for (title, explanation) in rule.sections.iter().filter(|(title, _)| title == "How to fix") {
            page.push(&format!("**{title}.** {explanation}\n\n"));
        }
    }
    page.gaps(&report.gaps);
    page.push(&provenance("explain", &report.snapshot, report.counts, None));
    page.finish()
}

fn rows(explained: &Explained) -> Vec<String> {
    let rule = format!("| rule | {} |", code(&explained.finding.rule.0));
    let proof = explained.proof.iter().map(|step| format!("| proof | {} |", text(step)));
    let effect = format!("| effect | {} |", text(&explained.effect));
    let remedies = explained.remedies.iter().map(|way| format!("| to make it pass | {} |", text(way)));
    [rule].into_iter().chain(proof).chain([effect]).chain(remedies).collect()
}
