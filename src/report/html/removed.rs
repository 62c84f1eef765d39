//! A ledger of removed lines as a page.

use super::chart::{Bar, Chart, Series, bars};
use super::*;
use crate::evidence::{BrokenReference, RemovedReport, Sources};
use crate::facts::LineTally;
use crate::finding::Context;
use crate::history::Fate;
use crate::history::ledger::ContentKind;
use crate::report::RenderOptions;
use crate::report::sentence;
use std::cmp::Reverse;

/// Bars of a chart that lists names.
const BARS: usize = 10;

pub const CLASSES: [Series; 5] = [
    Series { name: "code", class: "s1" },
    Series { name: "comment", class: "s2" },
    Series { name: "docstring", class: "s3" },
    Series { name: "blank", class: "s4" },
    Series { name: "other", class: "s5" },
];

pub fn render(report: &RemovedReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let sentence = sentence::removed(&report.headline());
    let net = report.ledger.net();
    let verdict = match (report.verdict, net) {
        (Verdict::Pass, 1) => "1 net line removed".to_owned(),
        (Verdict::Pass, 0..) => format!("{} net lines removed", grouped(net as u64)),
        (Verdict::Pass, _) => format!("{} net lines added", grouped(net.unsigned_abs())),
        (verdict, _) => verdict.name().to_owned(),
    };
    let renames = match report.renames {
        crate::history::changes::Renames::Off => "not looked for".to_owned(),
        crate::history::changes::Renames::On(settings) => format!("from {} % on", settings.similarity),
    };
    let top = Top {
        command: "removed",
        tone: if report.verdict == Verdict::Pass { Tone::Plain } else { Tone::of(report.verdict) },
        verdict: &verdict,
        sentence: &sentence,
        remark: None,
        facts: vec![
            ("base", commit_id(&report.base.name)),
            ("head", commit_id(&report.head.name)),
            ("files changed", html! { (grouped(report.ledger.files.len() as u64)) }),
            ("renames", html! { (renames) }),
        ],
    };
    let command = format!("solely removed {}..{}", report.base.name, report.head.name);
    let parts = vec![
        Part::new(
            "broken",
            broken_title(report),
            "Places at head that still mean what the change took away.",
            broken(report),
        ),
        Part::new("useless", "Lost the last user", "Had a use at base, and has none at head.", useless(report)),
        Part::new(
            "definitions",
            "Definitions",
            "What the lines belonged to, and what became of it.",
            definitions(report),
        ),
        Part::new("files", "Files", "", files(report)),
        Part::new("groups", "Where it happened", "", groups(report)),
        gaps(&report.gaps),
        derivation(&command, "The numbers equal those of git diff --numstat, whatever the configuration of git says."),
    ];
    page(&top, &figures(report), parts)
}

pub fn figures(report: &RemovedReport) -> Vec<Markup> {
    let ledger = &report.ledger;
    let row = |label: &str, tally: LineTally| {
        let docstring = tally.docstring + tally.docstring_blank;
        Bar { label: html! { (label) }, values: vec![tally.code, tally.comment, docstring, tally.blank, tally.other] }
    };
    let classes = Chart {
        title: "Lines by what they were",
        caption: "Deleted and added lines, as git counts them.",
        series: &CLASSES,
        has_long_labels: false,
        has_legend: true,
    };
    let lines = bars(&classes, &[row("deleted", ledger.removed_classes), row("added", ledger.added_classes)]);

    let base = ledger.base;
    let fates =
        [("removed", base.rest), ("changed", base.changed), ("reformatted", base.reformatted), ("moved", base.moved)];
    let single = |class: &'static str| [Series { name: "lines", class }];
    let what = Chart {
        title: "What became of the deleted lines",
        caption: "A moved block or a new layout is no removal.",
        series: &single("s1"),
        has_long_labels: false,
        has_legend: true,
    };
    let became = bars(&what, &fates.map(|(name, value)| Bar { label: html! { (name) }, values: vec![value] }));

    let mut removed: Vec<_> =
        ledger.definitions.iter().zip(&report.symbols).filter(|(it, _)| it.fate == Fate::Removed).collect();
    removed.sort_by_key(|(it, _)| Reverse(it.deleted.total()));
    let symbols = Chart {
        title: "Removed definitions",
        caption: "The longest first, in deleted lines.",
        series: &CLASSES,
        has_long_labels: true,
        has_legend: true,
    };
    let rows: Vec<Bar> = removed
        .into_iter()
        .take(BARS)
        .map(|(definition, names)| {
            let short = names.symbol.split_once(':').map_or(names.symbol.as_str(), |(_, name)| name);
            Bar { label: name(short), ..row("", definition.deleted) }
        })
        .collect();
    let mut figures = vec![lines, became];
    if !rows.is_empty() {
        figures.push(bars(&symbols, &rows));
    }
    if let Some(aftermath) = &report.aftermath.as_ref().filter(|it| !it.broken.is_empty()) {
        let count = |context| aftermath.broken.iter().filter(|it| it.reference.context == context).count() as u64;
        let left = Chart {
            title: "References left broken, by context",
            caption: "What dangles at head.",
            series: &single("s6"),
            has_long_labels: false,
            has_legend: true,
        };
        let rows = Context::ALL.map(|context| Bar { label: html! { (context.name()) }, values: vec![count(context)] });
        figures.push(bars(&left, &rows));
    }
    figures
}

fn broken_title(report: &RemovedReport) -> String {
    let count = report.aftermath.as_ref().map_or(0, |it| it.broken.len());
    format!("Left broken: {}", counted(count as u64, "reference"))
}

pub fn broken(report: &RemovedReport) -> Markup {
    let Some(aftermath) = &report.aftermath else { return html! {} };
    if aftermath.broken.is_empty() {
        return html! { p { "Nothing that the change removed is still referred to." } };
    }
    let mut broken: Vec<&BrokenReference> = aftermath.broken.iter().collect();
    broken.sort_by_key(|it| (it.reference.context == Context::Tests, !it.breaks_module));
    let rows = broken.iter().map(|it| {
        let reference = &it.reference;
        let tone = if reference.context == Context::Tests || it.guard.is_some() { Tone::Open } else { Tone::Fail };
        html! {
            tr {
                td.place { (place(&reference.location)) }
                td { (name(&it.symbol)) }
                td {
                    p { (reference.kind.name()) ", " (reference.tier.name())
                        @if let Some(guard) = it.guard { ", " (words::guarded(guard)) } }
                    @if it.breaks_module { p { (chip(Tone::Fail, "the module cannot be imported")) } }
                }
                td { (chip(tone, reference.context.name())) }
            }
        }
    });
    table(&["place", "what it means", "how", "context"], rows.collect())
}

fn useless(report: &RemovedReport) -> Markup {
    let useless = report.aftermath.iter().flat_map(|it| &it.useless);
    let rows = useless
        .map(|it| html! { tr { td.place { (place(&it.location)) } td { (it.kind) } td { (name(&it.symbol)) } } });
    table(&["place", "what", "name"], rows.collect())
}

pub fn definitions(report: &RemovedReport) -> Markup {
    let mut rows: Vec<_> = report.ledger.definitions.iter().zip(&report.symbols).collect();
    rows.sort_by_key(|(it, _)| (it.fate != Fate::Removed, Reverse(it.deleted.total())));
    let rows = rows.into_iter().map(|(definition, names)| {
        let tone = if definition.fate == Fate::Removed { Tone::Pass } else { Tone::Plain };
        html! {
            tr {
                td { (chip(tone, definition.fate.name())) }
                td {
                    p { (name(&names.symbol)) }
                    @if let Some(now) = &names.head_symbol { p.aside { "now " (name(now)) } }
                    @if let Some(rule) = &names.rule { p.aside { "rule " (name(rule)) } }
                }
                td { (definition.kind.name()) }
                (number("deleted", definition.deleted.total()))
                (number("of it code", definition.deleted.code))
                (number("added", definition.added.total()))
            }
        }
    });
    table(&["fate", "definition", "kind", "deleted#", "of it code#", "added#"], rows.collect())
}

fn files(report: &RemovedReport) -> Markup {
    let mut files: Vec<_> = report.ledger.files.iter().collect();
    files.sort_by_key(|file| Reverse(file.deleted));
    let rows = files.into_iter().map(|file| {
        html! {
            tr {
                td {
                    p { (name(file.path.as_str())) }
                    @if let Some(old) = &file.old_path { p.aside { "was " (name(old.as_str())) } }
                }
                td { (file.status.name()) }
                @if file.content == ContentKind::Text {
                    (number("deleted", file.deleted)) (number("moved", file.base.moved)) (number("added", file.added))
                } @else {
                    td colspan="3" { (file.content.name()) }
                }
            }
        }
    });
    table(&["file", "status", "deleted#", "moved#", "added#"], rows.collect())
}

fn groups(report: &RemovedReport) -> Markup {
    let Some(attribution) = &report.attribution else { return html! {} };
    let rows = attribution.shares.iter().map(|share| {
        html! {
            tr {
                td { (name(&share.key)) @if !share.title.is_empty() { p { (prose(&share.title)) } } }
                td.n data-title="net" { (share.net()) }
                (number("deleted", share.deleted)) (number("moved", share.moved)) (number("added", share.added))
            }
        }
    });
    table(&[attribution.by.name(), "net#", "deleted#", "moved#", "added#"], rows.collect())
}
