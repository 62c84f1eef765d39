//! A check as a page.

use super::chart::{Bar, Chart, Series, bars};
use super::*;
use crate::evidence::{CheckReport, RuleReport, Sources, State, SymbolReport, Warning};
use crate::finding::{Context, Finding, Severity, Tier};
use crate::report::RenderOptions;
use crate::report::frame::{Quotes, excerpt};
use crate::report::sentence;

/// Characters of a quoted line of code.
const LINE_CHARS: usize = 200;

/// Symbols of one rule that are listed in the open.
const SYMBOLS_OPEN: usize = 12;

const TIERS: [Series; 4] = [
    Series { name: "proven", class: "s1" },
    Series { name: "likely", class: "s2" },
    Series { name: "name-only", class: "s5" },
    Series { name: "text", class: "s4" },
];

const STATES: [Series; 5] = [
    Series { name: "present", class: "sf" },
    Series { name: "unused", class: "s5" },
    Series { name: "removed", class: "s3" },
    Series { name: "residue", class: "s4" },
    Series { name: "gone", class: "sp" },
];

pub fn render(report: &CheckReport, sources: &Sources, _options: &RenderOptions) -> String {
    let sentence = sentence::check(report);
    let mut facts = facts(&report.snapshot, report.counts);
    let file = report.policy.file.as_deref().unwrap_or("built in");
    let digest: String = report.policy.digest.chars().take(12).collect();
    facts.push(("policy", html! { (name(file)) ", digest " code title=(report.policy.digest) { (digest) } }));
    let top = Top {
        command: "check",
        tone: Tone::of(report.verdict),
        verdict: report.verdict.name(),
        sentence: &sentence,
        remark: alone(report),
        facts,
    };
    let (command, remark) = snapshot_command("check", &report.snapshot);
    let parts = vec![
        Part::new("rules", "Rules", "What the policy demands, and what was found.", rules(report)),
        Part::new("findings", "Findings", "Every place, with the way that leads there.", findings(report, sources)),
        Part::new("aside", "Set aside", "Found, and not counted.", set_aside(report)),
        Part::new("warnings", "Warnings", "About the policy, not about the code.", warnings(&report.warnings)),
        gaps(&report.gaps),
        derivation(&command, remark),
    ];
    page(&top, &figures(report), parts)
}

/// What was found, where one rule alone decides.
fn alone(report: &CheckReport) -> Option<&str> {
    let mut spoken = report.rules.iter().filter(|rule| rule.verdict != Verdict::Pass);
    let first = spoken.next()?;
    spoken.next().is_none().then_some(first.conclusion.as_str())
}

fn figures(report: &CheckReport) -> Vec<Markup> {
    let symbols: Vec<&SymbolReport> = report.rules.iter().flat_map(|rule| &rule.symbols).collect();
    if symbols.is_empty() {
        return Vec::new();
    }
    let states = [State::Present, State::Unused, State::Removed, State::Residue, State::Gone];
    let of_state = |state| symbols.iter().filter(|symbol| symbol.state == state).count() as u64;
    let rows: Vec<Bar> = states
        .iter()
        .enumerate()
        .map(|(at, state)| {
            let mut values = vec![0; states.len()];
            values[at] = of_state(*state);
            Bar { label: html! { (state.name()) }, values }
        })
        .collect();
    // each row is of one colour, which its label names
    let lifecycle = Chart {
        title: "Symbols by state",
        caption: "From defined and used to gone. Derived from what was seen.",
        series: &STATES,
        has_long_labels: false,
        has_legend: false,
    };
    std::iter::once(bars(&lifecycle, &rows)).chain(references(report)).collect()
}

/// What still means a symbol of the policy, where there are symbols.
pub fn references(report: &CheckReport) -> Option<Markup> {
    let symbols: Vec<&SymbolReport> = report.rules.iter().flat_map(|rule| &rule.symbols).collect();
    if symbols.is_empty() {
        return None;
    }
    let rows: Vec<Bar> = Context::ALL
        .iter()
        .map(|context| {
            let mut values = vec![0; 4];
            for counts in symbols.iter().filter_map(|symbol| symbol.by_context.get(context)) {
                let each = [counts.proven, counts.likely, counts.name_only, counts.text];
                values.iter_mut().zip(each).for_each(|(sum, value)| *sum += value);
            }
            Bar { label: html! { (context.name()) }, values }
        })
        .collect();
    let chart = Chart {
        title: "References by context and proof",
        caption: "Places that mean a symbol of the policy; definitions not counted.",
        series: &TIERS,
        has_long_labels: false,
        has_legend: true,
    };
    Some(bars(&chart, &rows))
}

fn rules(report: &CheckReport) -> Markup {
    let mut rules: Vec<&RuleReport> = report.rules.iter().collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.verdict));
    let rows = rules.iter().map(|rule| {
        html! {
            tr {
                td { (chip(Tone::of(rule.verdict), rule.verdict.name())) }
                td { p { strong { (name(&rule.id)) } } p.aside { (prose(&rule.summary)) } }
                td {
                    p { (prose(&rule.conclusion)) }
                    @if !rule.contexts.is_empty() {
                        p { @for (context, verdict) in &rule.contexts {
                            (chip(Tone::of(*verdict), &format!("{} {}", context.name(), verdict.name()))) " "
                        } }
                    }
                    @if let Some(first) = rule.spoiled_by.first() {
                        p.aside { "Kept open by " (name(first.as_str()))
                            @if rule.spoiled_by.len() > 1 { " and " (grouped(rule.spoiled_by.len() as u64 - 1)) " more" }
                            ", which could not be read." }
                    }
                    (symbols(rule))
                }
            }
        }
    });
    table(&["verdict", "rule", "what was found"], rows.collect())
}

fn symbols(rule: &RuleReport) -> Markup {
    let line = |symbol: &SymbolReport| {
        let tone = match symbol.state {
            State::Present | State::Unused | State::Removed => Tone::Fail,
            State::Residue => Tone::Open,
            State::Gone => Tone::Pass,
        };
        html! { p.state { (chip(tone, symbol.state.name())) " " (name(&symbol.symbol)) } }
    };
    let (open, rest) = rule.symbols.split_at(rule.symbols.len().min(SYMBOLS_OPEN));
    html! {
        @for symbol in open { (line(symbol)) }
        @if !rest.is_empty() {
            (folded(html! { (counted(rest.len() as u64, "more symbol")) }, false, html! { @for symbol in rest { (line(symbol)) } }))
        }
    }
}

pub fn findings(report: &CheckReport, sources: &Sources) -> Markup {
    let mut quotes = Quotes::new(sources);
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    let counting = report.told().filter(|finding| finding.counts());
    counting.for_each(|finding| by_rule.entry(&finding.rule.0).or_default().push(finding));
    let order = |id: &str| report.rules.iter().position(|rule| rule.id == id);
    let mut rules: Vec<(&str, Vec<&Finding>)> = by_rule.into_iter().collect();
    rules.sort_by_key(|(id, _)| order(id));
    let is_alone = rules.len() == 1;
    html! {
        @for (id, mut findings) in rules {
            @let title = html! { (name(id)) span.aside { ": " (tally(&findings)) } };
            (folded(title, is_alone, {
                findings.sort_by_key(|it| (it.severity, it.tier == Some(Tier::Text), it.kind != "definition", it.context));
                table(&["", "place", "what"], findings.iter().map(|it| row(it, &mut quotes)).collect())
            }))
        }
    }
}

fn tally(findings: &[&Finding]) -> String {
    let count = |severity| findings.iter().filter(|it| it.severity == severity).count() as u64;
    let kinds = [Severity::Error, Severity::Warning, Severity::Note].map(|it| (count(it), it.name()));
    let parts: Vec<String> = kinds.iter().filter(|(n, _)| *n > 0).map(|(n, noun)| counted(*n, noun)).collect();
    parts.join(", ")
}

fn row(finding: &Finding, quotes: &mut Quotes<'_>) -> Markup {
    let tone = match finding.severity {
        Severity::Error => Tone::Fail,
        Severity::Warning => Tone::Open,
        Severity::Note => Tone::Plain,
    };
    let mut about = vec![finding.context.name()];
    about.extend(finding.tier.map(Tier::name));
    let mark = finding.symbol.rsplit(['.', ':']).next().unwrap_or_default();
    let quoted = quotes.find_line(&finding.location.path, finding.location.start.line);
    let quoted = quoted.map(|line| {
        let indent = line.chars().take_while(|char| char.is_whitespace()).count() as u32;
        let column = finding.location.start.column.saturating_sub(indent);
        excerpt(line.trim_start(), column, mark, LINE_CHARS)
    });
    html! {
        tr {
            td { (chip(tone, finding.severity.name())) }
            td.place { (place(&finding.location)) p.aside { (about.join(", ")) } }
            td {
                p { (prose(&finding.message)) }
                @if let Some(line) = quoted {
                    pre { (line.text[..line.mark.start]) mark { (line.text[line.mark.clone()]) } (line.text[line.mark.end..]) }
                }
                @for hop in &finding.via {
                    p.aside { (prose(&hop.what)) " (" (name(&format!("{}:{}", hop.path, hop.line))) ")" }
                }
                @for other in &finding.related { p.aside { (prose(&other.message)) ": " (place(&other.location)) } }
                @if let Some(help) = &finding.help { p.aside { "Help: " (prose(help)) } }
            }
        }
    }
}

fn warnings(warnings: &[Warning]) -> Markup {
    if warnings.is_empty() {
        return html! {};
    }
    html! {
        ul.plain { @for warning in warnings {
            li {
                (prose(&warning.message))
                @if let Some(place) = &warning.place { " " span.aside { (name(&format!("{}:{}", place.file, place.line))) } }
                @if let Some(help) = &warning.help { " " span.aside { (prose(help)) } }
            }
        } }
    }
}

/// What was suppressed or accepted, who said so, and what was there before.
fn set_aside(report: &CheckReport) -> Markup {
    let lines = sentence::set_aside(report);
    let rows = report.told().filter(|finding| !finding.counts()).map(|finding| {
        let standing = &finding.standing;
        html! {
            tr {
                td { (name(&finding.rule.0)) }
                td.place { (place(&finding.location)) }
                td { (prose(&finding.message)) }
                td {
                    @if let Some(comment) = &standing.suppressed { p { "suppressed: " (prose(&comment.reason)) } }
                    @if let Some(entry) = &standing.accepted { p { "accepted by " (entry.by) ": " (prose(&entry.reason)) } }
                }
            }
        }
    });
    let rows = table(&["rule", "place", "what", "why"], rows.collect());
    html! { @for line in &lines { p { (prose(line)) } } (rows) }
}
