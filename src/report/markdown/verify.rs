//! The verification of a bundle as a comment: whether it is genuine, and every difference.

use super::text::{code, text};
use super::{Page, head};
use crate::evidence::{Sources, VerifyReport};
use crate::finding::Verdict;
use crate::report::RenderOptions;

pub fn render(report: &VerifyReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut page = Page::default();
    let sentence = match report.verdict {
        Verdict::Pass => "verified",
        Verdict::Incomplete => "incomplete",
        Verdict::Fail => "not verified",
    };
    page.push(&format!("## solely verify: {sentence}\n\n"));
    if !report.commit.is_empty() {
        page.push(&format!(
            "The bundle is about {} and says:\n\n> {}\n\n",
            code(&report.commit),
            text(&report.summary)
        ));
    }
    if let Some(who) = &report.signed_by {
        page.push(&format!("Signed by {}.\n\n", code(who)));
    }
    let rows: Vec<String> = report
        .problems
        .iter()
        .map(|problem| {
            format!("| **{}** | {} | {} |", problem.verdict.name(), problem.kind.name(), text(&problem.message))
        })
        .collect();
    match rows.is_empty() {
        true => page.push("Every byte of the record was derived again.\n\n"),
        false => page.table(&head(&["verdict", "kind", "what"]), &rows),
    }
    page.push(&format!("<sub>solely {}</sub>\n", env!("CARGO_PKG_VERSION")));
    page.finish()
}
