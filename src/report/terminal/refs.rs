//! The answer of `refs`, symbol by symbol: by context, then by kind, with the imports that lead there.

use super::{check, counted, grouped, last_name, sight};
use crate::evidence::{ReferenceReport, RefsReport, Sources, SymbolReferences, WhyNot};
use crate::facts::ReferenceKind;
use crate::finding::{Context, Hop, Tier};
use crate::report::RenderOptions;
use crate::report::escape::safe;
use crate::report::frame::{self, Excerpt, Quotes};
use crate::report::paint::Paint;
use std::collections::BTreeMap;
use std::fmt::Write;

pub fn render(report: &RefsReport, sources: &Sources, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut quotes = Quotes::new(sources);
    let mut out = String::new();
    for why in &report.why_not {
        out.push_str(&render_why(why, &mut quotes, options));
        out.push('\n');
    }
    let listed = if report.why_not.is_empty() { report.symbols.as_slice() } else { &[] };
    for symbol in listed {
        out.push_str(&render_symbol(symbol, &mut quotes, options));
        out.push('\n');
    }
    let gaps = sight::gaps(&report.gaps, options.max, paint);
    if !gaps.is_empty() {
        out.push_str(&gaps);
        out.push('\n');
    }
    let _ = writeln!(out, "{}", sight::summary(&report.snapshot, report.counts, paint));
    out
}

/// Why a place is a reference or not: the line, and a sentence for each occurrence on it.
fn render_why(why: &WhyNot, quotes: &mut Quotes<'_>, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let is_one = why.reasons.iter().any(|it| it.is_reference);
    let verdict = if is_one { "is a reference to" } else { "is no reference to" };
    let place = format!("{}:{}", safe(why.path.as_str()), why.line);
    let mut out = format!("{} {verdict} {}\n", paint.bold(&place), paint.bold(&safe(&why.symbol)));
    if let Some(text) = quotes.find_line(&why.path, why.line) {
        let room = options.width.saturating_sub(6).max(40);
        let Excerpt { text, .. } = frame::excerpt(text.trim_start(), 1, last_name(&why.symbol), room);
        let _ = writeln!(out, "    {}", paint.dim(&text));
    }
    for reason in &why.reasons {
        let column = reason.column.map_or(String::new(), |column| format!("column {column}: "));
        let at = reason.related.as_ref();
        let at = at.map_or(String::new(), |it| format!(", {}:{}", safe(it.path.as_str()), it.start.line));
        let _ = writeln!(out, "  {column}{}{at}", safe(&reason.because));
        for hop in &reason.via {
            let _ = writeln!(out, "    {}", paint.dim(&via(hop)));
        }
    }
    out
}

fn via(hop: &Hop) -> String {
    format!("via {}:{} {}", safe(hop.path.as_str()), hop.line, safe(&hop.what))
}

fn render_symbol(report: &SymbolReferences, quotes: &mut Quotes<'_>, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut out = String::new();
    let _ = writeln!(out, "{}", paint.bold(&safe(&report.symbol)));
    for place in &report.definitions {
        let _ = writeln!(out, "  defined in {}:{}-{}", safe(place.path.as_str()), place.start.line, place.end_line);
    }
    if report.definitions.is_empty() {
        let _ = writeln!(out, "  {}", paint.yellow("not defined in what was seen"));
    }
    let _ = writeln!(out, "  {}", totals(&report.references));
    let aside = check::others(report.occurrences);
    if !aside.is_empty() {
        let _ = writeln!(out, "  {}", paint.dim(&aside));
    }

    let mut groups: BTreeMap<(Context, ReferenceKind), Vec<&ReferenceReport>> = BTreeMap::new();
    for reference in &report.references {
        groups.entry((reference.context, reference.kind)).or_default().push(reference);
    }
    let asked: Vec<usize> = groups.values().map(Vec::len).collect();
    let shares = super::shares(options.max, &asked);
    let mut present = None;
    for (((context, kind), references), room) in groups.iter().zip(shares) {
        if present != Some(context) {
            let _ = writeln!(out, "\n  {}", paint.cyan(context.name()));
            present = Some(context);
        }
        let _ = writeln!(out, "    {} ({})", kind.name(), grouped(references.len() as u64));
        for reference in &references[..room] {
            out.push_str(&line(reference, last_name(&report.symbol), quotes, options));
        }
        if room < references.len() {
            let left = grouped((references.len() - room) as u64);
            let _ = writeln!(out, "      {}", paint.dim(&format!("… and {left} more (--max 0 shows all)")));
        }
    }
    out
}

fn totals(references: &[ReferenceReport]) -> String {
    if references.is_empty() {
        return "no references in what was seen".to_owned();
    }
    let mut tiers: BTreeMap<Tier, u64> = BTreeMap::new();
    references.iter().for_each(|reference| *tiers.entry(reference.tier).or_default() += 1);
    let tiers: Vec<String> = tiers.iter().map(|(tier, count)| format!("{} {}", grouped(*count), tier.name())).collect();
    format!("{}: {}", counted(references.len() as u64, "reference"), tiers.join(", "))
}

/// Place, tier and the line itself; below it one line per import on the way to the symbol.
fn line(reference: &ReferenceReport, name: &str, quotes: &mut Quotes<'_>, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let location = &reference.location;
    let place = format!("{}:{}:{}", safe(location.path.as_str()), location.start.line, location.start.column);
    let tier = match (reference.tier, reference.within) {
        (Tier::Text, Some(within)) => within,
        (tier, _) => tier.name(),
    };
    let mut out = format!("      {place} {}\n", paint.dim(tier));
    if let Some(text) = quotes.find_line(&location.path, location.start.line) {
        let indent = text.chars().take_while(|char| char.is_whitespace()).count();
        let column = location.start.column.saturating_sub(indent as u32);
        let room = options.width.saturating_sub(10).max(40);
        let Excerpt { text, mark } = frame::excerpt(text.trim_start(), column, name, room);
        let marked = paint.bold(&text[mark.clone()]);
        let _ = writeln!(out, "        {}{marked}{}", &text[..mark.start], &text[mark.end..]);
    }
    for hop in &reference.via {
        let _ = writeln!(out, "        {}", paint.dim(&via(hop)));
    }
    out
}
