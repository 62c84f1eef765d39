//! A trend as a page: a curve per quantity, the estimates, and the samples.

use super::*;
use crate::evidence::{Sources, TrendReport, TrendSample};
use crate::report::RenderOptions;
use crate::report::curve;
use crate::report::sentence;
use crate::report::trend::{columns, policy_of_today, seen};

pub fn render(report: &TrendReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let sentence = sentence::trend(report);
    let remark = sentence::unseen_samples(report);
    let top = Top {
        command: "trend",
        tone: Tone::Plain,
        verdict: &sentence::samples(report),
        sentence: &sentence,
        remark: remark.as_deref(),
        facts: vec![
            ("head", commit_id(&report.head)),
            ("commits", html! { (grouped(report.commits)) ", along first parents" }),
            ("policy", html! { (prose(&policy_of_today(report))) }),
        ],
    };
    let figures: Vec<Markup> = report
        .quantities()
        .into_iter()
        .map(|quantity| {
            html! { figure {
                figcaption { (quantity.words()) small { (curve::words(report, quantity)) } }
                (curve::draw(report, quantity, None))
            } }
        })
        .collect();
    let estimates = sentence::estimates(report);
    let estimates =
        html! { @if !estimates.is_empty() { ul.plain { @for line in &estimates { li { (prose(line)) } } } } };
    let columns = columns(report);
    let titles: Vec<String> = columns.iter().map(|(title, _)| format!("{title}#")).collect();
    let titles: Vec<&str> =
        ["date", "commit"].into_iter().chain(titles.iter().map(String::as_str)).chain(["seen", "what"]).collect();
    let row = |sample: &TrendSample| {
        html! { tr {
            td { (sample.date()) }
            td { (commit_id(&sample.point.commit)) }
            @for (title, number) in &columns { td.n data-title=(title) { (number(sample)) } }
            td { (seen(sample)) }
            td {
                (prose(&sample.point.title)) " "
                @for tag in &sample.point.tags { (chip(Tone::Plain, &shortened(tag))) " " }
                @if let Err(why) = &sample.counted { p.aside { (prose(why)) } }
            }
        } }
    };
    let rows = report.samples.iter().rev().map(row).collect();
    let command = match &report.base {
        Some(base) => format!("solely trend {base}..{}", report.head),
        None => format!("solely trend {}", report.head),
    };
    let parts = vec![
        Part::new(
            "estimates",
            "Estimates",
            "They hold if it goes on as in the last samples, and no longer.",
            estimates,
        ),
        Part::new("samples", "Samples", "The newest first.", table(&titles, rows)),
        gaps(&report.gaps),
        derivation(&command, "With the same policy, in any clone that has the commits."),
    ];
    page(&top, &figures, parts)
}
