//! The answer of `removed`: the sentence to quote, the classes of lines, the definitions, the files, the groups.
//!
//! Numbers stand in columns, most telling first. Absent on purpose: the lines themselves; `git diff` shows them.

use super::{counted, grouped, shares, sight};
use crate::evidence::{Aftermath, BrokenReference, RangeEnd, RemovedReport, Sources, SymbolNames};
use crate::facts::LineTally;
use crate::finding::Context;
use crate::history::Fate;
use crate::history::attribution::Attribution;
use crate::history::changes::Renames;
use crate::history::ledger::{ContentKind, DefinitionLedger, FileLedger};
use crate::report::RenderOptions;
use crate::report::escape::safe;
use crate::report::paint::Paint;
use crate::report::sentence;
use crate::span::RepoPath;
use crate::words::{guarded, more};
use std::cmp::Reverse;
use std::fmt::Write;

pub fn render(report: &RemovedReport, _sources: &Sources, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut out = format!("{}\n\n", paint.bold(&sentence::removed(&report.headline())));
    out.push_str(&classes(report));
    let asked = [report.symbols.len(), report.ledger.files.len()];
    let room = shares(options.max, &asked);
    out.push_str(&definitions(report, room[0], paint));
    out.push_str(&files(&report.ledger.files, room[1], paint));
    if let Some(aftermath) = &report.aftermath {
        out.push_str(&broken(aftermath, options.max, paint));
        out.push_str(&useless(aftermath, options.max, paint));
    }
    if let Some(attribution) = &report.attribution {
        out.push_str(&groups(attribution, options, paint));
    }
    let gaps = sight::gaps(&report.gaps, options.max, paint);
    if !gaps.is_empty() {
        let _ = write!(out, "\n{gaps}");
    }
    let ends = format!("{} to {}", end(&report.base), end(&report.head));
    let _ =
        writeln!(out, "\n{ends}: {}, {}", counted(report.ledger.files.len() as u64, "file"), renames(report.renames));
    out
}

/// References that dangle at head, those in production first.
fn broken(aftermath: &Aftermath, max: Option<usize>, paint: Paint) -> String {
    let mut rows: Vec<&BrokenReference> = aftermath.broken.iter().collect();
    if rows.is_empty() {
        return format!("\n{}\n", paint.green("nothing that the change removed is still referred to"));
    }
    rows.sort_by_key(|it| (it.reference.context == Context::Tests, !it.breaks_module));
    let mut out = format!("\n{}\n", paint.bold(&format!("left broken: {}", counted(rows.len() as u64, "reference"))));
    for row in rows.iter().take(max.unwrap_or(usize::MAX)) {
        let location = &row.reference.location;
        let place = format!("{}:{}:{}", location.path, location.start.line, location.start.column);
        let mut about = vec![row.reference.context.name(), row.reference.kind.name(), row.reference.tier.name()];
        if row.breaks_module {
            about.push("the module cannot be imported");
        }
        about.extend(row.guard.map(guarded));
        let _ = writeln!(out, "  {}  {}", paint.cyan(&safe(&place)), safe(&row.symbol));
        let _ = writeln!(out, "      {}", paint.dim(&about.join(", ")));
    }
    out + &left_out(rows.len(), max, "reference", paint)
}

/// What lost its last user.
fn useless(aftermath: &Aftermath, max: Option<usize>, paint: Paint) -> String {
    let rows = &aftermath.useless;
    if rows.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", paint.bold(&format!("lost the last user: {}", rows.len())));
    for row in rows.iter().take(max.unwrap_or(usize::MAX)) {
        let place = format!("{}:{}", row.location.path, row.location.start.line);
        let _ = writeln!(out, "  {}  {} {}", paint.cyan(&safe(&place)), row.kind, safe(&row.symbol));
    }
    out + &left_out(rows.len(), max, "definition", paint)
}

fn left_out(all: usize, max: Option<usize>, noun: &str, paint: Paint) -> String {
    let shown = max.unwrap_or(usize::MAX).min(all);
    if shown == all {
        return String::new();
    }
    format!("  {}\n", paint.dim(&format!("… and {} (--max 0 shows all)", more((all - shown) as u64, noun))))
}

fn end(end: &RangeEnd) -> String {
    safe(&end.name).chars().take(12).collect()
}

fn renames(renames: Renames) -> String {
    match renames {
        Renames::Off => "renames not looked for".to_owned(),
        Renames::On(settings) => format!("renames from {} % on, limit {}", settings.similarity, settings.limit),
    }
}

/// Lines by class, then what became of the deleted ones.
fn classes(report: &RemovedReport) -> String {
    let ledger = &report.ledger;
    let row = |name: &str, tally: LineTally| {
        let docstring = tally.docstring + tally.docstring_blank;
        let cells = [tally.code, tally.comment, docstring, tally.blank, tally.other, tally.total()];
        format!("{name:<9}{}\n", cells.map(|cell| format!("{:>11}", grouped(cell))).concat())
    };
    let titles = ["code", "comment", "docstring", "blank", "other", "total"];
    let mut out = format!("{:<9}{}\n", "", titles.map(|title| format!("{title:>11}")).concat());
    out += &row("deleted", ledger.removed_classes);
    out += &row("added", ledger.added_classes);
    let (base, head) = (ledger.base, ledger.head);
    let [moved, reformatted, changed] = [base.moved, base.reformatted, base.changed].map(grouped);
    let _ = writeln!(
        out,
        "\nof the deleted lines {} removed, {changed} changed, {reformatted} reformatted, {moved} moved; \
         of the added ones {} new",
        grouped(base.rest),
        grouped(head.rest)
    );
    out
}

/// Definitions file by file: what is gone first, and the most of it.
fn definitions(report: &RemovedReport, room: usize, paint: Paint) -> String {
    let mut rows: Vec<(&DefinitionLedger, &SymbolNames)> =
        report.ledger.definitions.iter().zip(&report.symbols).collect();
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by_key(|(definition, _)| (rank(definition.fate), Reverse(definition.deleted.total())));
    let shown = &rows[..room.min(rows.len())];
    let mut files: Vec<&RepoPath> = Vec::new();
    for (definition, _) in shown {
        if !files.contains(&&definition.place().path) {
            files.push(&definition.place().path);
        }
    }
    let mut out = format!("\n{:>8}{:>7}{:>7}  fate       definition\n", "deleted", "code", "added");
    for file in files {
        let _ = writeln!(out, "{}", paint.cyan(&safe(file.as_str())));
        for (definition, names) in shown.iter().filter(|(definition, _)| definition.place().path == *file) {
            out += &definition_row(definition, names, paint);
        }
    }
    if shown.len() < rows.len() {
        let left = format!("… and {} (--max 0 shows all)", more((rows.len() - shown.len()) as u64, "definition"));
        let _ = writeln!(out, "{:>24}{}", "", paint.dim(&left));
    }
    let (outside, headline) = (report.ledger.outside, report.headline());
    if outside.total() > 0 {
        let [total, code] = [outside.total(), outside.code].map(grouped);
        let _ = writeln!(out, "{total:>8}{code:>7}{:>7}  at the top level, in no definition", "");
    }
    if headline.in_removed > 0 && headline.outside_removed > 0 {
        let outside =
            format!("{} deleted lines stand outside of removed definitions", grouped(headline.outside_removed));
        let _ = writeln!(out, "{:>24}{}", "", paint.dim(&outside));
    }
    out
}

fn rank(fate: Fate) -> u8 {
    match fate {
        Fate::Removed => 0,
        Fate::Renamed(_) => 1,
        Fate::Relocated => 2,
        Fate::Modified => 3,
        Fate::Added => 4,
    }
}

fn definition_row(definition: &DefinitionLedger, names: &SymbolNames, paint: Paint) -> String {
    let place = definition.place();
    let lines = format!("{}-{}", place.lines.start, place.lines.end);
    let fate = format!("{:<9}", definition.fate.name());
    let fate = match definition.fate {
        Fate::Removed => paint.green(&fate),
        Fate::Renamed(_) | Fate::Relocated => paint.yellow(&fate),
        Fate::Modified | Fate::Added => fate,
    };
    let mut row = format!(
        "{:>8}{:>7}{:>7}  {fate}  {} {}",
        grouped(definition.deleted.total()),
        grouped(definition.deleted.code),
        grouped(definition.added.total()),
        safe(&place.name),
        paint.dim(&lines)
    );
    if let (Some(symbol), Some(head)) = (&names.head_symbol, &definition.head) {
        let similar = match definition.fate {
            Fate::Renamed(similarity) => format!(", {} % alike", similarity / 10),
            _ => String::new(),
        };
        let there = format!("is {} at {}:{}{similar}", safe(symbol), safe(head.path.as_str()), head.lines.start);
        let _ = write!(row, "\n{:>35}{}", "", paint.yellow(&there));
    }
    if let Some(rule) = &names.rule {
        let _ = write!(row, " {}", paint.cyan(&format!("[{}]", safe(rule))));
    }
    row + "\n"
}

fn files(files: &[FileLedger], room: usize, paint: Paint) -> String {
    let mut rows: Vec<&FileLedger> = files.iter().collect();
    rows.sort_by_key(|file| Reverse(file.deleted));
    let mut out = format!("\n{:>8}{:>7}{:>7}  file\n", "deleted", "moved", "added");
    for file in &rows[..room.min(rows.len())] {
        let numbers = match file.content {
            ContentKind::Text => [file.deleted, file.base.moved, file.added].map(grouped),
            ContentKind::Binary | ContentKind::Unread => ["-", "-", "-"].map(str::to_owned),
        };
        let old = file.old_path.as_ref().map(|path| format!(" was {}", safe(path.as_str()))).unwrap_or_default();
        let kind = match file.content {
            ContentKind::Text => "",
            ContentKind::Binary => " (binary)",
            ContentKind::Unread => " (could not be read)",
        };
        let path = safe(file.path.as_str());
        let _ =
            writeln!(out, "{:>8}{:>7}{:>7}  {path}{kind}{}", numbers[0], numbers[1], numbers[2], paint.yellow(&old));
    }
    if room < rows.len() {
        let left = format!("… and {} (--max 0 shows all)", more((rows.len() - room) as u64, "file"));
        let _ = writeln!(out, "{:>24}{}", "", paint.dim(&left));
    }
    out
}

fn groups(attribution: &Attribution, options: &RenderOptions, paint: Paint) -> String {
    let room = options.max.unwrap_or(usize::MAX).min(attribution.shares.len());
    let title = format!(
        "by {}, {}, {}",
        attribution.by.name(),
        counted(attribution.commits, "commit"),
        attribution.walk.name()
    );
    let mut out = format!("\n{:>8}{:>8}{:>7}{:>8}  {title}\n", "net", "deleted", "moved", "added");
    for share in &attribution.shares[..room] {
        let title = if share.title.is_empty() { String::new() } else { format!(" {}", safe(&share.title)) };
        let key: String = match share.title.is_empty() {
            true => safe(&share.key).into_owned(),
            false => share.key.chars().take(12).collect(),
        };
        let [deleted, moved, added] = [share.deleted, share.moved, share.added].map(grouped);
        let _ = writeln!(out, "{:>8}{deleted:>8}{moved:>7}{added:>8}  {key}{}", share.net(), paint.dim(&title));
    }
    if room < attribution.shares.len() {
        let left = format!("… and {} more (--max 0 shows all)", grouped((attribution.shares.len() - room) as u64));
        let _ = writeln!(out, "{:>33}{}", "", paint.dim(&left));
    }
    out
}
