//! The references to symbols as a comment.

use super::text::{code, text};
use super::{Page, head, place, provenance};
use crate::evidence::{ReferenceReport, RefsReport, Sources};
use crate::report::RenderOptions;
use crate::report::escape::html;
use crate::words::counted;

pub fn render(report: &RefsReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut page = Page::default();
    let all: u64 = report.symbols.iter().map(|symbol| symbol.references.len() as u64).sum();
    let symbols = counted(report.symbols.len() as u64, "symbol");
    page.push(&format!("## solely refs\n\n> {} to {symbols}\n\n", counted(all, "reference")));
    let rows: Vec<String> = report
        .symbols
        .iter()
        .map(|symbol| {
            let defined: Vec<String> = symbol.definitions.iter().take(3).map(place).collect();
            let defined = if defined.is_empty() { "not defined".to_owned() } else { defined.join(", ") };
            format!("| {} | {defined} | {} |", code(&symbol.symbol), symbol.references.len())
        })
        .collect();
    page.table(&head(&["symbol", "defined at", "references#"]), &rows);
    for symbol in &report.symbols {
        let rows: Vec<String> = symbol.references.iter().map(reference).collect();
        let title = format!("<code>{}</code>: {}", html(&symbol.symbol), counted(rows.len() as u64, "reference"));
        page.folded(&title, &head(&["place", "kind", "context", "proof", "through"]), &rows);
    }
    for why in &report.why_not {
        let rows = why.reasons.iter().map(|it| {
            let at = it.related.as_ref().map(place).unwrap_or_default();
            let column = it.column.map_or(String::new(), |column| column.to_string());
            format!("| {column} | {} | {at} |", text(&it.because))
        });
        let rows: Vec<String> = rows.collect();
        let place = html(&format!("{}:{}", why.path, why.line));
        let title = format!("Why <code>{place}</code> is a reference to <code>{}</code> or is none", html(&why.symbol));
        page.folded(&title, &head(&["column#", "because", "see"]), &rows);
    }
    page.gaps(&report.gaps);
    page.push(&provenance("refs", &report.snapshot, report.counts, None));
    page.finish()
}

fn reference(reference: &ReferenceReport) -> String {
    let via: Vec<String> = reference.via.iter().map(|hop| code(&format!("{}:{}", hop.path, hop.line))).collect();
    let (kind, context, tier) = (reference.kind.name(), reference.context.name(), reference.tier.name());
    format!("| {} | {kind} | {context} | {tier} | {} |", place(&reference.location), via.join(", "))
}
