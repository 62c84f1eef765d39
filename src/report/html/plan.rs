//! A removal plan as a page.

use super::*;
use crate::evidence::{PlanReport, ReferenceReport, Removal, Sources};
use crate::report::RenderOptions;
use crate::report::sentence;

pub fn render(report: &PlanReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let sentence = sentence::plan(report);
    let verdict = match report.removals.is_empty() {
        true => "nothing is left to delete".to_owned(),
        false => format!("{} can go", counted(report.lines.total(), "line")),
    };
    let top = Top {
        command: "plan",
        tone: Tone::Plain,
        verdict: &verdict,
        sentence: &sentence,
        remark: None,
        facts: facts(&report.snapshot, report.counts),
    };
    let (command, remark) = snapshot_command("plan", &report.snapshot);
    let command = format!("{command} {}", report.asked.join(" "));
    let tests = report.tests.iter().map(|test| {
        html! { tr { td.place { (place(&test.location)) } td { (name(&test.name)) } td { (sentence::fate(test.fate)) } } }
    });
    let written = report.write_only.iter().map(|(symbol, at)| {
        html! { tr { td.place { (place(at)) } td { (name(symbol)) } } }
    });
    let kept = report.kept.iter().map(|kept| {
        html! { tr {
            td { (name(&kept.symbol)) }
            td { (prose(&kept.because)) }
            td.place { @if let Some(at) = &kept.location { (place(at)) } }
        } }
    });
    let parts = vec![
        Part::new("rewrite", "First rewrite", "Production still uses what goes here.", uses(&report.rewrite)),
        Part::new(
            "delete",
            "Then delete",
            "Step by step: nothing is deleted while something that is there uses it.",
            table(
                &["step#", "kind", "what", "place", "lines#", "because"],
                report.removals.iter().map(removal).collect(),
            ),
        ),
        Part::new("tests", "Tests", "", table(&["place", "test", "what becomes of it"], tests.collect())),
        Part::new(
            "written",
            "Written, and read by nothing in production then",
            "",
            table(&["place", "attribute"], written.collect()),
        ),
        Part::new("kept", "Looked at, and stays", "", table(&["what", "because", "place"], kept.collect())),
        Part::new("mentions", "Text that names what goes", "", uses(&report.mentions)),
        gaps(&report.gaps),
        derivation(&command, remark),
    ];
    page(&top, &[], parts)
}

fn removal(it: &Removal) -> Markup {
    let at = format!("{}:{}-{}", it.location.path, it.location.start.line, it.location.end_line);
    html! { tr {
        (number("step", it.step.into()))
        td { (it.kind) }
        td { (name(&it.symbol)) }
        td.place { (name(&at)) }
        (number("lines", if it.is_inside { 0 } else { it.lines.total() }))
        td { (prose(&it.because)) }
    } }
}

fn uses(uses: &[(String, ReferenceReport)]) -> Markup {
    let rows = uses.iter().map(|(symbol, it)| {
        html! { tr {
            td.place { (place(&it.location)) }
            td { (name(symbol)) }
            td { (it.kind.name()) }
            td { (it.tier.name()) }
        } }
    });
    table(&["place", "what it means", "how", "proof"], rows.collect())
}
