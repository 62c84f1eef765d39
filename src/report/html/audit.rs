//! An audit as a page: may the issue be closed, and what does the answer rest on?

use super::chart::{Bar, Chart, Series, bars};
use super::*;
use crate::evidence::{
    AuditItem, AuditReport, JudgedClaim, OutsideReport, Recommendation, RuleReport, Sources, Status, UnreadSentence,
};
use crate::report::RenderOptions;
use crate::report::audit::{DERIVATION, by_status, command, stood_before, summary};
use crate::report::sentence::lead;

/// Places told of one item.
const PLACES: usize = 6;

const STATUSES: [Series; 4] = [
    Series { name: "verified", class: "sp" },
    Series { name: "refuted", class: "sf" },
    Series { name: "unprovable", class: "so" },
    Series { name: "not understood", class: "s4" },
];

pub fn render(report: &AuditReport, sources: &Sources, _options: &RenderOptions) -> String {
    let sentence = summary(report);
    let verdict = match report.recommendation {
        Recommendation::Close => "Close the issue",
        Recommendation::DoNotClose => "Do not close the issue",
        Recommendation::Incomplete => "Incomplete",
    };
    let mut facts = Vec::new();
    if let Some(issue) = &report.arguments.issue {
        facts.push(("issue", name(issue)));
    }
    facts.push(("base", commit_id(&report.removed.base.name)));
    facts.push(("head", commit_id(&report.removed.head.name)));
    let digest: String = report.policy.identity.digest.chars().take(12).collect();
    let origin = match &report.policy.identity.file {
        Some(file) => html! { (name(file)) ", " (report.policy.origin) },
        None => html! { "built in" },
    };
    facts.push(("policy", html! { (origin) ", digest " code { (digest) } }));
    let counts = report.at_head.counts;
    facts.push(("files at head", html! { (grouped(counts.discovered)) ", " (grouped(counts.gaps)) " not seen" }));
    let top =
        Top { command: "audit", tone: Tone::of(report.verdict), verdict, sentence: &sentence, remark: None, facts };
    let blocking = format!("In the way: {}", grouped(report.blocking.len() as u64));
    let open = format!("Not decided: {}", grouped(report.open.len() as u64));
    let claims = format!("Claims: {}", grouped(report.claims.len() as u64));
    let unread = format!("Not understood: {}", grouped(report.unread.len() as u64));
    let parts = vec![
        Part::new("blocking", blocking, "Each of these keeps the issue from being closed.", blocking_items(report)),
        Part::new(
            "claims",
            claims,
            "What was said, held against the commits and the tree.",
            claims_table(&report.claims),
        ),
        Part::new(
            "unread",
            unread,
            "Sentences that look like claims and that no pattern fits: nobody has judged them.",
            unread_list(&report.unread),
        ),
        Part::new("open", open, "What the answer needs and could not be decided.", open_items(report)),
        Part::new(
            "rules",
            "Rules",
            "The policy of head, held against base and against head. A built-in rule stands in the way by what the change brought.",
            rules(report),
        ),
        Part::new("ledger", "Ledger", "What the removed lines belonged to, and what became of it.", ledger(report)),
        Part::new(
            "broken",
            "Left broken",
            "Places at head that still mean what the change took away.",
            removed::broken(&report.removed),
        ),
        Part::new(
            "evidence",
            "Evidence from outside",
            "Files that the policy names, bound to this page by their digests.",
            evidence(&report.outside),
        ),
        Part::new("expectations", "Expectations", "Bounds that the policy sets.", expectations(report)),
        Part::new(
            "duplicates",
            "Duplicates",
            "Copies that the change brought, and those that stand beside it.",
            duplicate_parts(report),
        ),
        Part::new(
            "findings",
            "Findings at head",
            "What the change brought, what the project's own rules found, and what lies in the files that the change touches.",
            check::findings(&report.at_head, sources),
        ),
        gaps(&report.gaps),
        Part::new(
            "limits",
            "Limits",
            "What the answer does not cover.",
            plain(report.limits.iter().map(String::as_str)),
        ),
        derivation(&command(report), DERIVATION),
    ];
    page(&top, &figures(report), parts)
}

fn figures(report: &AuditReport) -> Vec<Markup> {
    let counts = report.claim_counts();
    let values = [counts.verified, counts.refuted, counts.unprovable, counts.unread];
    let rows: Vec<Bar> = STATUSES
        .iter()
        .enumerate()
        .map(|(at, series)| {
            let mut own = vec![0; STATUSES.len()];
            own[at] = values[at];
            Bar { label: html! { (series.name) }, values: own }
        })
        .collect();
    let chart = Chart {
        title: "Claims by status",
        caption: "A claim that nothing here can show is not a pass.",
        series: &STATUSES,
        has_long_labels: false,
        has_legend: false,
    };
    let mut figures = vec![bars(&chart, &rows)];
    figures.extend(removed::figures(&report.removed));
    // what built-in rules name is nothing that this change promised to take away
    let is_general = |rule: &RuleReport| report.standing.iter().any(|it| it.rule == rule.id);
    if !report.at_head.rules.iter().all(is_general) {
        figures.extend(check::references(&report.at_head));
    }
    figures
}

fn items(items: &[AuditItem], tone: Tone) -> Markup {
    let rows = items.iter().map(|item| {
        html! {
            tr {
                td { (chip(tone, item.kind)) }
                td {
                    p { (prose(&item.message)) }
                    (places(&item.places))
                }
            }
        }
    });
    table(&["kind", "what"], rows.collect())
}

/// Blocking items; a refuted claim by its words alone, since its reasons stand among the claims.
fn blocking_items(report: &AuditReport) -> Markup {
    let others: Vec<AuditItem> = report.blocking.iter().filter(|item| item.kind != "claim").cloned().collect();
    let refuted: Vec<&JudgedClaim> = report.claims.iter().filter(|judged| judged.status == Status::Refuted).collect();
    html! {
        (items(&others, Tone::Fail))
        @if !refuted.is_empty() {
            p { (counted(refuted.len() as u64, "refuted claim")) ":" }
            ul.plain { @for judged in refuted { li {
                "“" (prose(&judged.claim.text)) "” "
                span.aside { (name(&judged.claim.source.to_string())) }
            } } }
        }
    }
}

/// Open items, claims left out: those stand among the claims.
fn open_items(report: &AuditReport) -> Markup {
    let (claims, others): (Vec<AuditItem>, Vec<AuditItem>) =
        report.open.iter().cloned().partition(|item| item.kind == "claim");
    html! {
        (items(&others, Tone::Open))
        @if !claims.is_empty() {
            p.aside { (counted(claims.len() as u64, "unprovable claim")) ", told above with what would prove it." }
        }
    }
}

fn places(places: &[Location]) -> Markup {
    html! {
        @if !places.is_empty() {
            p.aside {
                @for (at, location) in places.iter().take(PLACES).enumerate() {
                    @if at > 0 { ", " }
                    (place(location))
                }
                @if places.len() > PLACES { " and " (grouped((places.len() - PLACES) as u64)) " more" }
            }
        }
    }
}

fn claims_table(claims: &[JudgedClaim]) -> Markup {
    let rows = by_status(claims).into_iter().map(|judged| {
        let tone = match judged.status {
            Status::Verified => Tone::Pass,
            Status::Refuted => Tone::Fail,
            Status::Unprovable => Tone::Open,
        };
        let source = &judged.claim.source;
        html! {
            tr {
                td { (chip(tone, judged.status.name())) }
                td.claim {
                    p { "“" (prose(&judged.claim.text)) "”" }
                    p.aside { (name(&source.to_string())) }
                }
                td {
                    (reason(&judged.because))
                    @if let Some(proof) = &judged.proof { p.aside { "What would prove it: " (prose(proof)) } }
                    @if let Some(commit) = &judged.belongs_to { p.aside { "Its numbers belong to commit " (commit_id(commit)) } }
                    @if !judged.meant.is_empty() && !judged.because.starts_with("read as") {
                        p.aside { "Read as " @for (at, symbol) in judged.meant.iter().take(PLACES).enumerate() {
                            @if at > 0 { ", " } (name(symbol)) } }
                    }
                    (places(&judged.places))
                }
            }
        }
    });
    table(&["status", "claim", "because"], rows.collect())
}

/// What a reason says first, and the rest of a long one for whom opens it.
fn reason(because: &str) -> Markup {
    let (first, rest) = lead(because);
    html! {
        p { (prose(first)) }
        @if let Some(rest) = rest { (folded(html! { "more" }, false, html! { p { (prose(rest)) } })) }
    }
}

fn unread_list(unread: &[UnreadSentence]) -> Markup {
    let rows = unread.iter().map(|it| {
        let place = it.source.to_string();
        html! { tr { td { "“" (prose(&it.text)) "”" } td { (name(&place)) } } }
    });
    let rows: Vec<Markup> = rows.collect();
    match rows.len() {
        0 => html! {},
        1..=10 => table(&["sentence", "where"], rows),
        count => folded(html! { (counted(count as u64, "sentence")) }, false, table(&["sentence", "where"], rows)),
    }
}

fn rules(report: &AuditReport) -> Markup {
    let rows = report.at_head.rules.iter().map(|rule| {
        let before = report.at_base.rules.iter().find(|other| other.id == rule.id);
        let standing = report.standing.iter().find(|it| it.rule == rule.id);
        html! {
            tr {
                td { p { strong { (name(&rule.id)) } } p.aside { (prose(&rule.summary)) } }
                td { @if let Some(before) = before { (chip(Tone::of(before.verdict), before.verdict.name())) } }
                td { (chip(Tone::of(rule.verdict), rule.verdict.name())) }
                td {
                    p { (prose(&rule.conclusion)) }
                    @if let Some(sentence) = standing.and_then(stood_before) { p.aside { (sentence) } }
                }
            }
        }
    });
    table(&["rule", "at base", "at head", "what was found at head"], rows.collect())
}

fn ledger(report: &AuditReport) -> Markup {
    html! {
        p { (prose(&crate::report::sentence::removed(&report.removed.headline()))) "." }
        (removed::definitions(&report.removed))
        @if !report.unmentioned.is_empty() {
            p { "Removed, and named by no claim: "
                @for (at, symbol) in report.unmentioned.iter().take(ROWS).enumerate() { @if at > 0 { ", " } (name(symbol)) } "." }
        }
    }
}

fn evidence(outside: &[OutsideReport]) -> Markup {
    let rows = outside.iter().map(|report| {
        html! {
            tr {
                td { (chip(Tone::of(report.verdict), report.verdict.name())) }
                td {
                    p { (report.kind) " " (name(&report.path)) }
                    @for file in &report.files {
                        p.aside { (name(&file.path)) ", " (grouped(file.size)) " bytes, SHA-256 " code { (file.sha256) } }
                    }
                }
                td { @for check in &report.checks {
                    p { (chip(Tone::of(check.verdict), check.verdict.name())) " " (prose(&check.what)) ": " (prose(&check.detail)) }
                } }
            }
        }
    });
    table(&["verdict", "evidence", "what was asked of it"], rows.collect())
}

fn expectations(report: &AuditReport) -> Markup {
    let rows = report.expectations.iter().map(|it| {
        let tone = if it.holds { Tone::Pass } else { Tone::Fail };
        html! {
            tr {
                td { (chip(tone, if it.holds { "holds" } else { "does not hold" })) }
                td { (it.expectation.measure.name()) }
                td.n data-title="expected" { (it.expectation.bound) }
                td.n data-title="measured" { (it.measured) }
            }
        }
    });
    table(&["", "what", "expected#", "measured#"], rows.collect())
}

fn duplicate_parts(report: &AuditReport) -> Markup {
    let change = &report.duplicates;
    let (fresh, beside) = (change.fresh.len() as u64, change.beside.len() as u64);
    html! {
        p { (grouped(change.at_base)) " groups at base, " (grouped(change.at_head)) " at head; "
            (counted(fresh, "group")) " that the change brought, " (counted(beside, "standing group")) " in the folders that it touches." }
        @if fresh > 0 { (folded(html! { "Brought by the change: " (counted(fresh, "group")) }, true, duplicates::groups(&change.fresh, 0))) }
        @if beside > 0 { (folded(html! { "Beside it: " (counted(beside, "group")) }, false, duplicates::groups(&change.beside, 0))) }
        (plain(change.bounds.iter().map(String::as_str)))
    }
}

fn plain<'a>(sentences: impl Iterator<Item = &'a str>) -> Markup {
    let sentences: Vec<&str> = sentences.collect();
    if sentences.is_empty() {
        return html! {};
    }
    html! { ul.plain { @for sentence in sentences { li { (prose(sentence)) } } } }
}
