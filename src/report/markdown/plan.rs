//! A removal plan as a comment.

use super::text::{code, text};
use super::{Page, head, place, provenance};
use crate::evidence::{PlanReport, ReferenceReport, Sources};
use crate::report::RenderOptions;
use crate::report::escape::safe;
use crate::report::sentence;
use crate::words::{counted, grouped};

pub fn render(report: &PlanReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut page = Page::default();
    page.push(&format!("## solely plan\n\n> {}\n\n", text(&sentence::plan(report))));
    let asked: Vec<String> = report.asked.iter().take(20).map(|it| code(it)).collect();
    page.push(&format!("To remove: {}\n\n", asked.join(", ")));
    if !report.rewrite.is_empty() {
        page.push("First rewrite, in production:\n\n");
        let rows: Vec<String> = report.rewrite.iter().map(used).collect();
        page.table(&head(&["place", "what it means", "how", "proof"]), &rows);
    }
    match report.removals.is_empty() {
        true => page.push("Nothing is left to delete: what follows is the residue.\n\n"),
        false => {
            page.push("Then delete, step by step:\n\n");
            let rows = report.removals.iter().map(|it| {
                let at = code(&format!("{}:{}-{}", it.location.path, it.location.start.line, it.location.end_line));
                let lines = if it.is_inside { "-".to_owned() } else { grouped(it.lines.total()) };
                let because = text(&safe(&it.because));
                format!("| {} | {} | {} | {at} | {lines} | {because} |", it.step, it.kind, code(&it.symbol))
            });
            let titles = head(&["step#", "kind", "what", "place", "lines#", "because"]);
            page.table(&titles, &rows.collect::<Vec<_>>());
        }
    }
    let rows: Vec<String> = report
        .tests
        .iter()
        .map(|test| format!("| {} | {} | {} |", sentence::fate(test.fate), place(&test.location), code(&test.name)))
        .collect();
    page.folded(&counted(rows.len() as u64, "test"), &head(&["what becomes of it", "place", "test"]), &rows);
    let rows: Vec<String> =
        report.write_only.iter().map(|(symbol, at)| format!("| {} | {} |", place(at), code(symbol))).collect();
    page.folded("Written, and read by nothing in production then", &head(&["place", "attribute"]), &rows);
    let rows: Vec<String> = report
        .kept
        .iter()
        .map(|kept| {
            let at = kept.location.as_ref().map(place).unwrap_or_default();
            format!("| {} | {} | {at} |", code(&kept.symbol), text(&kept.because))
        })
        .collect();
    page.folded("Looked at, and stays", &head(&["what", "because", "place"]), &rows);
    let rows: Vec<String> = report.mentions.iter().map(used).collect();
    let title = format!("Text that names what goes: {}", counted(rows.len() as u64, "mention"));
    page.folded(&title, &head(&["place", "what it means", "how", "proof"]), &rows);
    page.gaps(&report.gaps);
    page.push(&provenance("plan", &report.snapshot, report.counts, None));
    page.finish()
}

fn used((symbol, used): &(String, ReferenceReport)) -> String {
    let (kind, tier) = (used.kind.name(), used.tier.name());
    format!("| {} | {} | {kind} | {tier} |", place(&used.location), code(symbol))
}
