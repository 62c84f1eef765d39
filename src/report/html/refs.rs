//! The references to symbols as a page.

use super::*;
use crate::evidence::{ReferenceReport, RefsReport, Sources, SymbolReferences, WhyNot};
use crate::report::RenderOptions;

pub fn render(report: &RefsReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let all: u64 = report.symbols.iter().map(|symbol| symbol.references.len() as u64).sum();
    let verdict = counted(all, "reference");
    let sentence = format!("{verdict} to {}", counted(report.symbols.len() as u64, "symbol"));
    let top = Top {
        command: "refs",
        tone: Tone::Plain,
        verdict: &verdict,
        sentence: &sentence,
        remark: None,
        facts: facts(&report.snapshot, report.counts),
    };
    let (command, remark) = snapshot_command("refs", &report.snapshot);
    let names: Vec<&str> = report.symbols.iter().map(|symbol| symbol.symbol.as_str()).collect();
    let command = format!("{command} {}", names.join(" "));
    let whys = html! { @for why in &report.why_not { (why_not(why)) } };
    let symbols = html! { @for it in &report.symbols { (symbol(it)) } };
    let parts = vec![
        Part::new("why-not", "Why a place is a reference, or is none", "", whys),
        Part::new("symbols", "Symbols", "By context and kind, with the imports that lead there.", symbols),
        gaps(&report.gaps),
        derivation(&command, remark),
    ];
    page(&top, &[], parts)
}

fn symbol(report: &SymbolReferences) -> Markup {
    let mut references: Vec<&ReferenceReport> = report.references.iter().collect();
    references.sort_by_key(|it| (it.context, it.kind, it.location.clone()));
    let rows = references.into_iter().map(reference).collect();
    let title = html! { (name(&report.symbol)) ": " (counted(report.references.len() as u64, "reference")) };
    let defined = html! {
        @if report.definitions.is_empty() { p.aside { "not defined in what was seen" } }
        @for at in &report.definitions { p.aside { "defined in " (place(at)) } }
    };
    let body = html! { (defined) (table(&["place", "context", "kind", "proof", "through"], rows)) };
    folded(title, true, body)
}

fn reference(it: &ReferenceReport) -> Markup {
    html! { tr {
        td.place { (place(&it.location)) }
        td { (it.context.name()) }
        td { (it.kind.name()) }
        td { (it.within.unwrap_or(it.tier.name())) }
        td { @for hop in &it.via { div { (name(&format!("{}:{}", hop.path, hop.line))) " " (prose(&hop.what)) } } }
    } }
}

fn why_not(why: &WhyNot) -> Markup {
    let rows = why.reasons.iter().map(|it| {
        html! { tr {
            td { @if let Some(column) = it.column { (column) } }
            td { (prose(&it.because)) }
            td.place { @if let Some(at) = &it.related { (place(at)) } }
        } }
    });
    html! {
        p { (name(&format!("{}:{}", why.path, why.line))) " and " (name(&why.symbol)) }
        (table(&["column", "because", "see"], rows.collect()))
    }
}
