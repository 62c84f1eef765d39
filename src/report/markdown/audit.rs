//! An audit as a comment: the recommendation, then what was claimed and what is true.

use super::text::{block, code, reason, text};
use super::{Page, head, place, removed};
use crate::evidence::{AuditItem, AuditReport, JudgedClaim, Sources};
use crate::report::RenderOptions;
use crate::report::audit::{DERIVATION, by_status, command, stood_before, summary};
use crate::words::counted;

/// Claims that stand in the open; the others are folded.
const CLAIMS_OPEN: usize = 20;

/// Places told of one item.
const PLACES: usize = 3;

pub fn render(report: &AuditReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut page = Page::default();
    page.push(&format!("## solely audit: {}\n\n> {}\n\n", report.recommendation.words(), text(&summary(report))));

    let rows: Vec<String> = by_status(&report.claims).into_iter().map(claim).collect();
    let (open, rest) = rows.split_at(rows.len().min(CLAIMS_OPEN));
    let titles = head(&["claim", "status", "because"]);
    if open.is_empty() {
        page.push("No claim was judged.\n\n");
    } else {
        page.table(&titles, open);
    }
    page.folded(&counted(rest.len() as u64, "more claim"), &titles, rest);

    let others = |items: &[AuditItem]| items.iter().filter(|item| item.kind != "claim").map(item).collect::<Vec<_>>();
    let rows = others(&report.blocking);
    if !rows.is_empty() {
        page.push(&format!("**In the way besides claims: {}**\n\n", rows.len()));
        page.table(&head(&["kind", "what"]), &rows);
    }
    let stood = report.standing.iter().filter_map(|it| Some((it, stood_before(it)?)));
    let rows: Vec<String> = stood.map(|(it, sentence)| format!("| {} | {sentence} |", code(&it.rule))).collect();
    page.folded(
        &format!("Stood before the change: {}", counted(rows.len() as u64, "built-in rule")),
        &head(&["rule", "what"]),
        &rows,
    );
    let rows = others(&report.open);
    page.folded(&format!("Not decided: {}", rows.len()), &head(&["kind", "what"]), &rows);
    let unread = report.unread.iter();
    let rows: Vec<String> =
        unread.map(|it| format!("| {} | {} |", text(&it.text), code(&it.source.to_string()))).collect();
    let title = format!("Not understood: {}", counted(rows.len() as u64, "sentence"));
    page.folded(&title, &head(&["sentence", "where"]), &rows);

    let rows: Vec<String> = report.unmentioned.iter().map(|symbol| format!("- {}", code(symbol))).collect();
    let title = format!("Removed, and no claim says so: {}", counted(rows.len() as u64, "definition"));
    page.folded(&title, "", &rows);

    // what was not seen comes before what is long, so that a full page does not lose it
    page.gaps(&report.gaps);
    let rows: Vec<String> = report.limits.iter().map(|limit| format!("- {}", text(limit))).collect();
    page.folded("Limits", "", &rows);
    evidence(&mut page, report);
    removed::parts(&mut page, &report.removed);
    let fresh = report.duplicates.fresh.iter().map(|group| format!("- {}", text(&group.message)));
    let rows: Vec<String> = fresh.collect();
    page.folded(&format!("Duplicates that the change brought: {}", counted(rows.len() as u64, "group")), "", &rows);
    let digest: String = report.policy.identity.digest.chars().take(12).collect();
    page.push(&format!(
        "Derive it again:\n\n{}\n<sub>{DERIVATION} Policy <code>{digest}</code>. solely {}</sub>\n",
        block("sh", &command(report)),
        env!("CARGO_PKG_VERSION")
    ));
    page.finish()
}

fn evidence(page: &mut Page, report: &AuditReport) {
    let rows: Vec<String> = report
        .outside
        .iter()
        .flat_map(|outside| outside.checks.iter().map(move |check| (outside, check)))
        .map(|(outside, check)| {
            let (what, detail) = (text(&check.what), text(&check.detail));
            format!("| **{}** | {} {} | {what}: {detail} |", check.verdict.name(), outside.kind, code(&outside.path))
        })
        .collect();
    page.folded(
        &format!("Evidence from outside: {}", counted(rows.len() as u64, "check")),
        &head(&["verdict", "evidence", "what"]),
        &rows,
    );
}

fn claim(judged: &JudgedClaim) -> String {
    let source = &judged.claim.source;
    let proof = judged.proof.as_ref().map(|proof| format!("; would prove it: {}", text(proof))).unwrap_or_default();
    let belongs = judged.belongs_to.as_ref().map(|commit| format!("; its numbers belong to {}", code(commit)));
    format!(
        "| {}<br>{} | **{}** | {}{proof}{}{} |",
        text(&judged.claim.text),
        code(&source.to_string()),
        judged.status.name(),
        reason(&judged.because),
        belongs.unwrap_or_default(),
        places(&judged.places)
    )
}

fn item(item: &AuditItem) -> String {
    format!("| {} | {}{} |", item.kind, text(&item.message), places(&item.places))
}

fn places(places: &[crate::span::Location]) -> String {
    let told: Vec<String> = places.iter().take(PLACES).map(place).collect();
    let more = if places.len() > PLACES { format!(" and {} more", places.len() - PLACES) } else { String::new() };
    if told.is_empty() { String::new() } else { format!("<br>{}{more}", told.join(", ")) }
}
