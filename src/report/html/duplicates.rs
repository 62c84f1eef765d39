//! Duplicates as a page.

use super::chart::{Bar, Chart, Series, bars};
use super::*;
use crate::checks::duplicates::DUPLICATES;
use crate::evidence::{DuplicatesReport, Group, Instance, Production, Sources};
use crate::report::RenderOptions;
use crate::report::sentence;

pub fn render(report: &DuplicatesReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let sentence = sentence::duplicates(&report.groups);
    let verdict = match report.groups.len() {
        0 => "no duplicates found".to_owned(),
        count => format!("{} of duplicates", counted(count as u64, "group")),
    };
    let top = Top {
        command: "duplicates",
        tone: if report.groups.is_empty() { Tone::Pass } else { Tone::Plain },
        verdict: &verdict,
        sentence: &sentence,
        remark: None,
        facts: facts(&report.snapshot, report.counts),
    };
    let (command, remark) = snapshot_command("duplicates", &report.snapshot);
    let bounds = if report.bounds.is_empty() {
        html! {}
    } else {
        html! { ul.plain { @for bound in &report.bounds { li { (prose(bound)) } } } }
    };
    let parts = vec![
        Part::new(
            "groups",
            "Groups",
            "What makes copies of each other, the most important first.",
            groups(&report.groups, 3),
        ),
        Part::new("bounds", "What bounded the search", "", bounds),
        gaps(&report.gaps),
        derivation(&command, remark),
    ];
    page(&top, &figures(&report.groups), parts)
}

fn figures(groups: &[Group]) -> Vec<Markup> {
    if groups.is_empty() {
        return Vec::new();
    }
    let series = [Series { name: "copies agree", class: "s1" }, Series { name: "copies disagree", class: "s6" }];
    let kinds = DUPLICATES.iter().map(|spec| {
        let of_kind = || groups.iter().filter(|group| group.kind == spec.kind);
        let disagree = of_kind().filter(|group| group.disagrees).count() as u64;
        Bar { label: html! { (spec.kind.name()) }, values: vec![of_kind().count() as u64 - disagree, disagree] }
    });
    let by_kind = Chart {
        title: "Groups by kind",
        caption: "The strongest reason of each group.",
        series: &series,
        has_long_labels: false,
        has_legend: true,
    };

    // lines beyond the first copy, which would go if every group became one
    let mut folders: BTreeMap<&str, u64> = BTreeMap::new();
    for group in groups {
        let keep = group.canonical.as_ref().map_or(0, |(at, _)| *at);
        for (_, copy) in group.instances.iter().enumerate().filter(|(at, _)| *at != keep) {
            let folder = copy.path.as_str().rsplit_once('/').map_or(".", |(folder, _)| folder);
            *folders.entry(folder).or_default() += u64::from(copy.lines.end - copy.lines.start + 1);
        }
    }
    let mut folders: Vec<(&str, u64)> = folders.into_iter().collect();
    folders.sort_by_key(|(folder, lines)| (std::cmp::Reverse(*lines), *folder));
    let lines = [Series { name: "lines", class: "s3" }];
    let by_folder = Chart {
        title: "Lines in copies, by folder",
        caption: "Every copy but one of each group; lines that stand in two groups count twice.",
        series: &lines,
        has_long_labels: true,
        has_legend: true,
    };
    let rows: Vec<Bar> =
        folders.into_iter().take(10).map(|(folder, lines)| Bar { label: name(folder), values: vec![lines] }).collect();
    vec![bars(&by_kind, &kinds.collect::<Vec<_>>()), bars(&by_folder, &rows)]
}

/// Groups, the first of which are open.
pub fn groups(groups: &[Group], open: usize) -> Markup {
    let left = groups.len().saturating_sub(ROWS);
    html! {
        @for (at, group) in groups.iter().take(ROWS).enumerate() {
            @let title = html! {
                (prose(&group.message)) " "
                span.aside { (group.reasons.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" + ")) }
                @if group.disagrees { " " (chip(Tone::Open, "disagree")) }
            };
            (folded(title, at < open, copies(group)))
        }
        @if left > 0 { p.aside { "… and " (counted(left as u64, "group")) " more; " code { "--format json" } " holds all." } }
    }
}

fn copies(group: &Group) -> Markup {
    let keep = group.canonical.as_ref().map(|(at, _)| *at);
    let rows = group.instances.iter().enumerate().map(|(at, instance)| copy(instance, keep == Some(at)));
    html! {
        @if let Some((at, why)) = &group.canonical {
            p { "Keep " (name(&group.instances[*at].symbol)) ": " (prose(why)) "." }
        }
        @if !group.parts.is_empty() {
            p.aside { "In them, " (group.parts.iter().take(6).map(|part| shortened(part)).collect::<Vec<_>>().join("; "))
                @if group.parts.len() > 6 { "; and " (group.parts.len() - 6) " more" } }
        }
        (table(&["copy", "place", "uses#", "in tests#", "production"], rows.collect()))
    }
}

fn copy(instance: &Instance, is_canonical: bool) -> Markup {
    let symbol = instance.symbol.split_once(':').map_or(instance.symbol.as_str(), |(_, name)| name);
    let place = format!("{}:{}-{}", instance.path, instance.lines.start, instance.lines.end);
    html! {
        tr {
            td {
                p { (name(symbol)) @if is_canonical { " " (chip(Tone::Pass, "keep")) } }
                @if let Some(value) = &instance.detail { p.aside { "says " (name(value)) } }
            }
            td.place { (name(&place)) p.aside { (instance.context.name()) } }
            @if let Some(uses) = &instance.uses {
                (number("uses", uses.code)) (number("in tests", uses.tests))
            } @else { td {} td {} }
            td {
                @match &instance.production {
                    Some(it @ Production::Reached { from }) => {
                        (it.name()) p.aside { "from " (name(&format!("{}:{}", from.path, from.line))) }
                    }
                    Some(it @ Production::Unknown { because }) => { (it.name()) p.aside { (because) } }
                    Some(it @ Production::Unreached) => { (it.name()) }
                    None => {}
                }
            }
        }
    }
}
