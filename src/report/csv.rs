//! The `csv` format: a row per sample, for spreadsheets and plotting programs (RFC 4180, with `\n` at line ends).
//!
//! Invariants: a number that was not seen is an empty field, never zero; no text of a repository begins a formula. Absent
//! on purpose: titles of commits and rules, which `json` has.

use super::trend::seen;
use super::{FormatSpec, RenderOptions, escape};
use crate::evidence::{Reading, Sources, TrendReport, TrendSample};
use std::fmt::Write;

pub const SPEC: FormatSpec =
    FormatSpec { trend: Some(trend), ..FormatSpec::new("csv", "a row per sample, for spreadsheets") };

const COLUMNS: &str = "commit,time,tags,seen,symbols,lines,proven,likely,name-only,text,unseen,unseen-sources,duplicate-groups,\
                       duplicate-copies,duplicate-lines,duplicates-unseen";

fn trend(report: &TrendReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut out = format!("{COLUMNS}\n");
    for sample in &report.samples {
        let tags = cell(&sample.point.tags.join(" "));
        let numbers: Vec<String> =
            numbers(sample).into_iter().map(|it| it.map_or_else(String::new, |number| number.to_string())).collect();
        let _ =
            writeln!(out, "{},{},{tags},{},{}", sample.point.commit, sample.time(), seen(sample), numbers.join(","));
    }
    out
}

fn numbers(sample: &TrendSample) -> [Option<u64>; 12] {
    let mut row = [None; 12];
    let Ok(counts) = &sample.counted else { return row };
    if !counts.rules.is_empty() {
        let it = counts.legacy;
        let tiers = it.references;
        let used = [tiers.proven, tiers.likely, tiers.name_only, tiers.text];
        row[..2].copy_from_slice(&[it.symbols(), it.lines()].map(Reading::number));
        row[2..6].copy_from_slice(&used.map(|number| it.used(number).number()));
        row[6..8].copy_from_slice(&[Some(it.unseen), Some(it.unseen_sources)]);
    }
    if let Some(it) = counts.duplicates {
        let number = |number| Reading::of(number, it.unseen).number();
        row[8..11].copy_from_slice(&[it.groups, it.copies, it.lines].map(number));
        row[11] = Some(it.unseen);
    }
    row
}

/// A text in quotes where it needs them. One that a spreadsheet would take for a formula is led by an apostrophe
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
fn cell(text: &str) -> String {
    let text = escape::safe(text);
    let text = if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.into_owned() };
    match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_one_cell_and_no_formula() {
        assert_eq!(cell("v1.0 v1.0.1"), "v1.0 v1.0.1");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("a\u{1b}[31m"), "a\\x1b[31m");
    }
}
