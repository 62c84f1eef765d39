//! Duplicates as a comment.

use super::text::{code, text};
use super::{Page, head, provenance};
use crate::checks::duplicates::DUPLICATES;
use crate::evidence::{DuplicatesReport, Group, Instance, Production, Sources};
use crate::report::RenderOptions;
use crate::report::sentence;
use crate::words::{counted, grouped};

/// Copies named of one group; a comment is no inventory.
const COPIES_NAMED: usize = 6;

pub fn render(report: &DuplicatesReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut page = Page::default();
    page.push(&format!("## solely duplicates\n\n> {}\n\n", sentence::duplicates(&report.groups)));
    for spec in DUPLICATES {
        let groups = report.groups.iter().filter(|group| group.kind == spec.kind);
        let rows: Vec<String> = groups.map(row).collect();
        let title = format!("{}: {}", spec.kind.name(), counted(rows.len() as u64, "group"));
        page.folded(&title, &head(&["what", "copies", "keep"]), &rows);
    }
    for bound in &report.bounds {
        page.push(&format!("Bounded: {}.\n\n", text(bound)));
    }
    page.gaps(&report.gaps);
    page.push(&provenance("duplicates", &report.snapshot, report.counts, None));
    page.finish()
}

fn row(group: &Group) -> String {
    let mut copies: Vec<String> = group.instances.iter().take(COPIES_NAMED).map(copy).collect();
    if group.instances.len() > COPIES_NAMED {
        copies.push(format!("and {} more", grouped((group.instances.len() - COPIES_NAMED) as u64)));
    }
    let keep = group.canonical.as_ref();
    let keep = keep.map(|(at, why)| format!("{}: {}", code(&group.instances[*at].symbol), text(why)));
    format!("| {} | {} | {} |", text(&group.message), copies.join("<br>"), keep.unwrap_or_default())
}

fn copy(instance: &Instance) -> String {
    let place = code(&format!("{}:{}-{}", instance.path, instance.lines.start, instance.lines.end));
    let value = instance.detail.as_ref().map(|value| format!(" = {}", code(value))).unwrap_or_default();
    let uses = instance.uses.as_ref().map(|uses| format!(", {}", counted(uses.code, "use"))).unwrap_or_default();
    let production = match &instance.production {
        Some(Production::Reached { .. }) => ", in production",
        Some(Production::Unreached) => ", not in production",
        Some(Production::Unknown { .. }) | None => "",
    };
    format!("{place}{value}{uses}{production}")
}
