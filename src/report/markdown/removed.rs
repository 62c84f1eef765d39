//! A ledger of removed lines as a comment.

use super::text::{code, text};
use super::{Page, head, place};
use crate::evidence::{Aftermath, BrokenReference, RemovedReport, Sources};
use crate::facts::LineTally;
use crate::finding::Context;
use crate::history::Fate;
use crate::history::attribution::Attribution;
use crate::report::RenderOptions;
use crate::report::escape::{html, safe};
use crate::report::sentence;
use crate::words::{counted, grouped};
use std::cmp::Reverse;

pub fn render(report: &RemovedReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut page = Page::default();
    let verdict = match report.verdict.name() {
        "pass" => String::new(),
        verdict => format!(": {verdict}"),
    };
    page.push(&format!("## solely removed{verdict}\n\n> {}\n\n", text(&sentence::removed(&report.headline()))));
    parts(&mut page, report);
    let mut files: Vec<_> = report.ledger.files.iter().collect();
    files.sort_by_key(|file| Reverse(file.deleted));
    let rows: Vec<String> = files
        .iter()
        .map(|file| {
            let old = file.old_path.as_ref().map(|old| format!(" was {}", code(old.as_str()))).unwrap_or_default();
            let [deleted, moved, added] = [file.deleted, file.base.moved, file.added].map(grouped);
            format!("| {}{old} | {deleted} | {moved} | {added} |", code(file.path.as_str()))
        })
        .collect();
    let title = counted(rows.len() as u64, "file");
    page.folded(&title, &head(&["file", "deleted#", "moved#", "added#"]), &rows);
    if let Some(attribution) = &report.attribution {
        groups(&mut page, attribution);
    }
    page.gaps(&report.gaps);
    let (base, head) = (html(&report.base.name), html(&report.head.name));
    page.push(&format!(
        "<sub>Derive it again: <code>solely removed {base}..{head}</code>. Numbers equal <code>git diff --numstat</code>. \
         solely {}</sub>\n",
        env!("CARGO_PKG_VERSION")
    ));
    page.finish()
}

/// The lines by class, what was left broken, and the definitions.
pub fn parts(page: &mut Page, report: &RemovedReport) {
    page.push(&classes(report));
    if let Some(aftermath) = &report.aftermath {
        aftermath_parts(page, aftermath);
    }
    definitions(page, report);
}

fn classes(report: &RemovedReport) -> String {
    let row = |name: &str, tally: LineTally| {
        let docstring = tally.docstring + tally.docstring_blank;
        let cells = [tally.code, tally.comment, docstring, tally.blank, tally.other, tally.total()].map(grouped);
        format!("| {name} | {} |\n", cells.join(" | "))
    };
    let ledger = &report.ledger;
    let titles = head(&["lines", "code#", "comment#", "docstring#", "blank#", "other#", "total#"]);
    format!("{titles}{}{}\n", row("deleted", ledger.removed_classes), row("added", ledger.added_classes))
}

fn aftermath_parts(page: &mut Page, aftermath: &Aftermath) {
    let mut broken: Vec<&BrokenReference> = aftermath.broken.iter().collect();
    if broken.is_empty() {
        page.push("Nothing that the change removed is still referred to.\n\n");
    }
    broken.sort_by_key(|it| (it.reference.context == Context::Tests, !it.breaks_module));
    let rows: Vec<String> = broken
        .iter()
        .map(|it| {
            let reference = &it.reference;
            let breaks = if it.breaks_module { "; the module cannot be imported" } else { "" };
            let (kind, context) = (reference.kind.name(), reference.context.name());
            format!("| {} | {} | {kind}{breaks} | {context} |", place(&reference.location), code(&it.symbol))
        })
        .collect();
    let title = format!("Left broken: {}", counted(rows.len() as u64, "reference"));
    page.folded(&title, &head(&["place", "what it means", "how", "context"]), &rows);
    let useless = aftermath.useless.iter();
    let rows: Vec<String> =
        useless.map(|it| format!("| {} | {} | {} |", place(&it.location), it.kind, code(&it.symbol))).collect();
    page.folded(&format!("Lost the last user: {}", rows.len()), &head(&["place", "what", "name"]), &rows);
}

fn definitions(page: &mut Page, report: &RemovedReport) {
    let mut rows: Vec<_> = report.ledger.definitions.iter().zip(&report.symbols).collect();
    rows.sort_by_key(|(it, _)| (it.fate != Fate::Removed, Reverse(it.deleted.total())));
    let rows: Vec<String> = rows
        .into_iter()
        .map(|(definition, names)| {
            let now = names.head_symbol.as_ref().map(|name| format!(", now {}", code(name))).unwrap_or_default();
            let rule = names.rule.as_ref().map(|rule| format!(" ({})", code(rule))).unwrap_or_default();
            let [deleted, lines, added] =
                [definition.deleted.total(), definition.deleted.code, definition.added.total()].map(grouped);
            let fate = definition.fate.name();
            format!("| {fate} | {}{now}{rule} | {deleted} | {lines} | {added} |", code(&names.symbol))
        })
        .collect();
    let title = counted(rows.len() as u64, "definition");
    page.folded(&title, &head(&["fate", "definition", "deleted#", "of it code#", "added#"]), &rows);
}

fn groups(page: &mut Page, attribution: &Attribution) {
    let rows: Vec<String> = attribution
        .shares
        .iter()
        .map(|share| {
            let [deleted, moved, added] = [share.deleted, share.moved, share.added].map(grouped);
            let key: String = if share.title.is_empty() { safe(&share.key).into() } else { short(&share.key) };
            let title = if share.title.is_empty() { String::new() } else { format!(" {}", text(&share.title)) };
            format!("| {}{title} | {} | {deleted} | {moved} | {added} |", code(&key), share.net())
        })
        .collect();
    let title = format!("By {}, {}", attribution.by.name(), attribution.walk.name());
    page.folded(&title, &head(&[attribution.by.name(), "net#", "deleted#", "moved#", "added#"]), &rows);
}

fn short(id: &str) -> String {
    id.chars().take(12).collect()
}
