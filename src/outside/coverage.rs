//! Coverage reports: Cobertura XML, LCOV, and the JSON of coverage.py, down to the lines of a definition.
//!
//! Invariant: a line counts once per file, and is covered if any record says so; a definition without a single measured
//! line is incomplete. Absent on purpose: branches, and the totals that a report claims of itself.

use super::xml::{self, Element};
use super::{Moment, OutsideCheck, instant, met, missing};
use crate::policy::CoverageDemand;
use serde_json::Value;
use std::collections::BTreeMap;

/// Measured lines of one file: 1-based line, and whether it was run.
pub type FileCoverage = BTreeMap<u32, bool>;

#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// By path as the report writes it.
    pub files: BTreeMap<String, FileCoverage>,
    /// Covered and measured lines of the definitions that the policy names.
    pub symbols: Vec<(String, u64, u64)>,
    pub latest: Option<i64>,
}

impl Coverage {
    /// Covered and measured lines of every file.
    pub fn total(&self) -> (u64, u64) {
        let lines = self.files.values().map(BTreeMap::len).sum::<usize>() as u64;
        let covered = self.files.values().flat_map(BTreeMap::values).filter(|is_run| **is_run).count() as u64;
        (covered, lines)
    }
}

pub(super) fn judge(
    demand: &CoverageDemand,
    moment: &Moment<'_>,
    texts: &[(String, Vec<u8>)],
    checks: &mut Vec<OutsideCheck>,
) -> Coverage {
    let mut coverage = Coverage::default();
    for (path, bytes) in texts {
        if let Err(why) = read(bytes, &mut coverage) {
            checks.push(missing(format!("`{path}` is a coverage report"), why));
        }
    }
    if texts.is_empty() {
        return coverage;
    }
    let (covered, lines, what) = match &demand.symbol {
        None => {
            let (covered, lines) = coverage.total();
            (covered, lines, "all lines".to_owned())
        }
        Some(symbol) => {
            let what = format!("the lines of `{symbol}`");
            let places = (moment.places)(symbol);
            if places.is_empty() {
                checks.push(missing(format!("{what} are covered"), "head does not define it".into()));
                return coverage;
            }
            let (mut covered, mut lines) = (0, 0);
            for (path, span) in places {
                let Some(file) = file_of(&coverage.files, &path) else { continue };
                for (_, is_run) in file.range(span.start..=span.end) {
                    lines += 1;
                    covered += u64::from(*is_run);
                }
            }
            coverage.symbols.push((symbol.to_string(), covered, lines));
            (covered, lines, what)
        }
    };
    if lines == 0 {
        checks.push(missing(format!("{what} are covered"), "none of them is measured".into()));
        return coverage;
    }
    if let Some(least) = demand.at_least {
        let is_met = covered * 1000 >= lines * u64::from(least);
        let detail = format!("{covered} of {lines} are covered");
        checks.push(met(format!("{:.1} % of {what} are covered", f64::from(least) / 10.0), is_met, detail));
    }
    coverage
}

/// The record of a file of the repository: reports name it from their own root.
fn file_of<'c>(files: &'c BTreeMap<String, FileCoverage>, path: &str) -> Option<&'c FileCoverage> {
    if let Some(file) = files.get(path) {
        return Some(file);
    }
    let is_end = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.ends_with('/'));
    let mut found = files.iter().filter(|(name, _)| is_end(name, path) || is_end(path, name));
    // of two files that could be meant, neither is
    match (found.next(), found.next()) {
        (Some((_, file)), None) => Some(file),
        _ => None,
    }
}

fn read(bytes: &[u8], coverage: &mut Coverage) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    match text.trim_start().trim_start_matches('\u{feff}').chars().next() {
        Some('{') => read_coverage_py(bytes, coverage),
        Some('<') => read_cobertura(bytes, coverage),
        Some(_) => read_lcov(&text, coverage),
        None => Err("it is empty".into()),
    }
}

fn read_coverage_py(bytes: &[u8], coverage: &mut Coverage) -> Result<(), String> {
    let document: Value = serde_json::from_slice(bytes).map_err(|why| format!("is not JSON: {why}"))?;
    let files = document.get("files").and_then(Value::as_object).ok_or("has no `files`, as coverage.py writes them")?;
    for (path, file) in files {
        let lines = coverage.files.entry(path.replace('\\', "/")).or_default();
        for (key, is_run) in [("missing_lines", false), ("executed_lines", true)] {
            for line in file.get(key).and_then(Value::as_array).into_iter().flatten() {
                if let Some(line) = line.as_u64().and_then(|line| u32::try_from(line).ok()) {
                    *lines.entry(line).or_default() |= is_run;
                }
            }
        }
    }
    let time = document.pointer("/meta/timestamp").and_then(Value::as_str).and_then(instant::find);
    coverage.latest = coverage.latest.max(time);
    Ok(())
}

fn read_cobertura(bytes: &[u8], coverage: &mut Coverage) -> Result<(), String> {
    let mut file: Option<String> = None;
    let mut time = None;
    let mut is_cobertura = false;
    let mut found: Vec<(String, u32, bool)> = Vec::new();
    xml::read(bytes, &mut |element| match &element {
        Element::Start { name, .. } => match name.as_str() {
            "coverage" => {
                is_cobertura = true;
                let stamp = element.attribute("timestamp").and_then(|text| text.parse::<f64>().ok());
                time = stamp.map(|it| if it > 1e11 { it / 1000.0 } else { it } as i64);
            }
            "class" => file = element.attribute("filename").map(|path| path.replace('\\', "/")),
            "line" => {
                let line = element.attribute("number").and_then(|text| text.parse().ok());
                let hits = element.attribute("hits").and_then(|text| text.parse::<u64>().ok());
                if let (Some(file), Some(line), Some(hits)) = (&file, line, hits) {
                    found.push((file.clone(), line, hits > 0));
                }
            }
            _ => {}
        },
        Element::End { name } if name == "class" => file = None,
        Element::End { .. } => {}
    })?;
    if !is_cobertura {
        return Err("has no `coverage` element, as Cobertura writes it".into());
    }
    for (path, line, is_run) in found {
        *coverage.files.entry(path).or_default().entry(line).or_default() |= is_run;
    }
    coverage.latest = coverage.latest.max(time);
    Ok(())
}

fn read_lcov(text: &str, coverage: &mut Coverage) -> Result<(), String> {
    let mut file: Option<String> = None;
    let mut records = 0;
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("SF:") {
            file = Some(path.trim().replace('\\', "/"));
        } else if line.trim() == "end_of_record" {
            file = None;
        } else if let (Some(path), Some(data)) = (&file, line.strip_prefix("DA:")) {
            let mut parts = data.split(',');
            let number = parts.next().and_then(|text| text.trim().parse::<u32>().ok());
            let hits = parts.next().and_then(|text| text.trim().parse::<i64>().ok());
            if let (Some(number), Some(hits)) = (number, hits) {
                *coverage.files.entry(path.clone()).or_default().entry(number).or_default() |= hits > 0;
                records += 1;
            }
        }
    }
    if records == 0 { Err("has no record that LCOV, Cobertura or coverage.py writes".into()) } else { Ok(()) }
}
