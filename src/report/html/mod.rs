//! The `html` format: one page that needs nothing else, for people who decide.
//!
//! Order: the verdict and the sentence to quote, the facts, the numbers as charts, then every place, folded. Invariants:
//! the page loads nothing, runs nothing and says so to the browser (its content security policy); every text of a
//! repository goes through `maud`, which escapes it, and the whole page through [`escape::safe_page`], so that no
//! character changes what is read; dark, light and paper are one page. Absent on purpose: scripts, fonts and links to
//! elsewhere.

mod audit;
mod chart;
mod check;
mod duplicates;
mod plan;
mod refs;
mod removed;
mod trend;

use super::{FormatSpec, curve, escape};
use crate::evidence::{Counts, SnapshotIdentity};
use crate::finding::Verdict;
use crate::gap::Gap;
use crate::span::Location;
use crate::words::{self, counted, grouped};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeMap;

pub const SPEC: FormatSpec = FormatSpec {
    check: Some(check::render),
    refs: Some(refs::render),
    plan: Some(plan::render),
    removed: Some(removed::render),
    duplicates: Some(duplicates::render),
    audit: Some(audit::render),
    trend: Some(trend::render),
    ..FormatSpec::new("html", "one page to read, print and pass on")
};

const STYLE: &str = include_str!("style.css");

/// What the page may do: show itself. No script runs and nothing is loaded, even if a name found a way in.
const SECURITY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Rows of one table. The JSON holds all.
const ROWS: usize = 2_000;

/// Characters of one piece of text.
const TEXT_CHARS: usize = 2_000;

/// How a verdict looks.
#[derive(Clone, Copy)]
enum Tone {
    Pass,
    Fail,
    Open,
    Plain,
}

impl Tone {
    fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Tone::Pass,
            Verdict::Fail => Tone::Fail,
            Verdict::Incomplete => Tone::Open,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Tone::Pass => "pass",
            Tone::Fail => "fail",
            Tone::Open => "open",
            Tone::Plain => "",
        }
    }

    /// A sign beside the word, so that nothing rests on colour.
    fn sign(self) -> Markup {
        let path = match self {
            Tone::Pass => "M3 8.5 6.5 12 13 4.5",
            Tone::Fail => "M4 4 12 12 M12 4 4 12",
            Tone::Open => "M8 3v6 M8 12.4v.6",
            Tone::Plain => return html! {},
        };
        html! {
            svg viewBox="0 0 16 16" aria-hidden="true" {
                path d=(path) fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round" {}
            }
        }
    }
}

/// The top of a page.
struct Top<'a> {
    /// `check`, `removed`, …
    command: &'a str,
    tone: Tone,
    /// What the verdict says, in a few words.
    verdict: &'a str,
    /// The sentence to quote.
    sentence: &'a str,
    /// A remark below it.
    remark: Option<&'a str>,
    facts: Vec<(&'static str, Markup)>,
}

/// A part of a page: where links lead, its title, one sentence on it, and what it holds. Empty parts are left out.
struct Part {
    id: &'static str,
    title: String,
    lead: &'static str,
    body: Markup,
}

impl Part {
    fn new(id: &'static str, title: impl Into<String>, lead: &'static str, body: Markup) -> Self {
        Self { id, title: title.into(), lead, body }
    }
}

fn page(top: &Top<'_>, figures: &[Markup], parts: Vec<Part>) -> String {
    let parts: Vec<Part> = parts.into_iter().filter(|part| !part.body.0.is_empty()).collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(SECURITY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { "solely " (top.command) ": " (top.verdict) }
                style { (PreEscaped(STYLE)) (PreEscaped(curve::STYLE)) }
            }
            body {
                header { div {
                    p.kicker { "solely " (top.command) }
                    h1 { span class={ "verdict " (top.tone.class()) } { (top.tone.sign()) (top.verdict) } }
                    blockquote { (prose(top.sentence)) }
                    @if let Some(remark) = top.remark { p { (prose(remark)) } }
                    dl.facts { @for (name, value) in &top.facts { div { dt { (name) } dd { (value) } } } }
                    @if parts.len() > 1 {
                        nav aria-label="Parts" { @for part in &parts { a href={ "#" (part.id) } { (part.title) } } }
                    }
                } }
                main {
                    @if !figures.is_empty() { div.figures { @for figure in figures { (figure) } } }
                    @for part in &parts {
                        section {
                            h2 id=(part.id) { (part.title) }
                            @if !part.lead.is_empty() { p.lead { (part.lead) } }
                            (part.body)
                        }
                    }
                }
                footer { (concat!("Written by solely ", env!("CARGO_PKG_VERSION"), ". It reads source and history, runs nothing of the project, and sends nothing anywhere.")) }
            }
        }
    };
    escape::safe_page(page.into_string()) + "\n"
}

/// A table in a box that scrolls by itself. Rows beyond [`ROWS`] are told, not shown.
fn table(titles: &[&str], rows: Vec<Markup>) -> Markup {
    if rows.is_empty() {
        return html! {};
    }
    let left = rows.len().saturating_sub(ROWS);
    html! {
        div.scroll { table.stack {
            thead { tr { @for title in titles { th.n[title.ends_with('#')] scope="col" { (title.trim_end_matches('#')) } } } }
            tbody { @for row in rows.iter().take(ROWS) { (row) } }
        } }
        @if left > 0 { p.aside { "… and " (counted(left as u64, "row")) " more; " code { "--format json" } " holds all." } }
    }
}

/// A part that the reader opens; paper shows it open.
fn folded(title: Markup, is_open: bool, body: Markup) -> Markup {
    html! { details open[is_open] { summary { (title) } (body) } }
}

fn chip(tone: Tone, word: &str) -> Markup {
    html! { span class={ "chip " (tone.class()) } { (word) } }
}

/// A number cell, with its title for narrow screens.
fn number(title: &str, value: u64) -> Markup {
    html! { td.n data-title=(title) { (grouped(value)) } }
}

/// A sentence in which backquoted names are code.
fn prose(sentence: &str) -> Markup {
    let sentence = shortened(sentence);
    html! {
        @for (at, part) in sentence.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// A name of the repository: a path, a symbol, a key. It breaks where its parts end.
fn name(text: &str) -> Markup {
    let text = shortened(text);
    html! { code { @for part in text.split_inclusive(['/', '.', ':', '_']) { (part) wbr; } } }
}

fn place(location: &Location) -> Markup {
    name(&format!("{}:{}", location.path, location.start.line))
}

fn shortened(text: &str) -> String {
    words::shortened(&escape::safe(text), TEXT_CHARS).into_owned()
}

/// What could not be seen, by reason, the most frequent first.
fn gaps(gaps: &[Gap]) -> Part {
    let mut reasons: BTreeMap<String, Vec<&Gap>> = BTreeMap::new();
    gaps.iter().for_each(|gap| reasons.entry(gap.reason.to_string()).or_default().push(gap));
    let mut reasons: Vec<(String, Vec<&Gap>)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    let rows = reasons.iter().flat_map(|(reason, members)| {
        members.iter().map(move |gap| {
            html! { tr { td.place { (name(gap.path.as_str())) } td { (prose(reason)) } td { (gap.stage.name()) } } }
        })
    });
    let title = format!("Not seen: {}", counted(gaps.len() as u64, "gap"));
    Part::new(
        "gaps",
        title,
        "Files, or parts of them, on which nothing here can be based.",
        table(&["file", "why", "stage"], rows.collect()),
    )
}

/// Facts that every snapshot has.
fn facts(snapshot: &SnapshotIdentity, counts: Counts) -> Vec<(&'static str, Markup)> {
    let judged = match (snapshot.kind, snapshot.commit.as_deref()) {
        ("revision", Some(commit)) => html! { (commit_id(commit)) },
        ("worktree", Some(commit)) => html! { "work tree at " (commit_id(commit)) },
        ("worktree", None) => html! { "work tree" },
        ("index", _) => html! { "staged index" },
        (kind, _) => html! { (kind) },
    };
    let unseen = if counts.gaps > 0 { format!(", {} not seen", grouped(counts.gaps)) } else { String::new() };
    vec![
        ("judged", judged),
        (
            "files",
            html! { (grouped(counts.discovered)) " discovered, " (grouped(counts.analyzed)) " analyzed" (unseen) },
        ),
    ]
}

fn commit_id(id: &str) -> Markup {
    let id = escape::safe(id);
    html! { code title=(id) { (id.chars().take(12).collect::<String>()) } }
}

/// How somebody else comes to the same page.
fn derivation(command: &str, remark: &str) -> Part {
    let body = html! { code.command { (shortened(command)) } p.aside { (remark) } };
    Part::new("derive", "Derive it again", "", body)
}

/// The command that judges the same snapshot.
fn snapshot_command(command: &str, snapshot: &SnapshotIdentity) -> (String, &'static str) {
    match (snapshot.kind, snapshot.commit.as_deref()) {
        ("revision", Some(commit)) => (
            format!("solely {command} --rev {commit}"),
            "Run it in any clone that has the commit. The same version of solely prints the same bytes.",
        ),
        ("index", _) => (
            format!("solely {command} --staged"),
            "The staged index is not named by a commit; it may have changed since.",
        ),
        _ => (
            format!("solely {command}"),
            "A work tree is not named by a commit; judge a revision to make a page that anyone can derive.",
        ),
    }
}
