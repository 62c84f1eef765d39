//! The answer of `plan`: what to rewrite, what to delete in which order, the tests, and what stays.

use super::{counted, grouped, sight};
use crate::evidence::{PlanReport, ReferenceReport, Sources, TestFate};
use crate::finding::Tier;
use crate::report::RenderOptions;
use crate::report::escape::safe;
use crate::report::paint::Paint;
use crate::report::sentence;
use crate::span::Location;
use std::fmt::Write;

pub fn render(report: &PlanReport, _sources: &Sources, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let max = options.max.unwrap_or(usize::MAX);
    let mut out = String::new();
    let asked: Vec<String> = report.asked.iter().map(|it| safe(it).into_owned()).collect();
    let _ = writeln!(out, "{} {}\n", paint.bold("plan to remove"), asked.join(", "));
    rewrite(report, max, paint, &mut out);
    removals(report, paint, &mut out);
    tests(report, max, paint, &mut out);
    let places = report.write_only.iter().map(|(symbol, location)| format!("{}  {}", place(location), safe(symbol)));
    part("Written, and read by nothing in production then", places.collect(), max, paint, &mut out);
    let kept = report.kept.iter().map(|kept| {
        let at = kept.location.as_ref().map_or(String::new(), |it| format!(", {}", place(it)));
        format!("{}  {}", safe(&kept.symbol), paint.dim(&format!("{}{at}", kept.because)))
    });
    part("Looked at, and stays", kept.collect(), max, paint, &mut out);
    if !report.mentions.is_empty() {
        let _ = writeln!(out, "{} (`solely refs` lists them)\n", sentence::mentions(report));
    }
    let gaps = sight::gaps(&report.gaps, options.max, paint);
    if !gaps.is_empty() {
        out.push_str(&gaps);
        out.push('\n');
    }
    let _ = writeln!(out, "{}: {}", paint.bold("in all"), sentence::plan(report));
    let _ = writeln!(out, "{}", sight::summary(&report.snapshot, report.counts, paint));
    out
}

fn rewrite(report: &PlanReport, max: usize, paint: Paint, out: &mut String) {
    let line = |(symbol, reference): &(String, ReferenceReport)| {
        let tier = match reference.tier {
            Tier::Proven => String::new(),
            tier => format!(", {}", tier.name()),
        };
        let how = paint.dim(&format!("{}{tier}", reference.kind.name()));
        format!("{}  {}  {how}", place(&reference.location), safe(symbol))
    };
    let title = format!("First rewrite {} in production", counted(report.rewrite.len() as u64, "reference"));
    part(&title, report.rewrite.iter().map(line).collect(), max, paint, out);
}

fn removals(report: &PlanReport, paint: Paint, out: &mut String) {
    if report.removals.is_empty() {
        let _ = writeln!(out, "{}\n", paint.yellow("nothing is left to delete: what follows is the residue"));
        return;
    }
    let mut step = 0;
    for removal in &report.removals {
        if removal.step != step {
            step = removal.step;
            let _ = writeln!(out, "{}", paint.bold(&format!("Step {step}: delete")));
        }
        let Location { path, start, end_line } = &removal.location;
        let lines = match (removal.is_inside, removal.lines.total()) {
            (true, _) => "inside what goes".to_owned(),
            (false, 0) => "part of a line".to_owned(),
            (false, lines) => counted(lines, "line"),
        };
        let _ = writeln!(
            out,
            "  {:<9} {}  {}:{}-{end_line}  {}",
            removal.kind,
            paint.bold(&safe(&removal.symbol)),
            safe(path.as_str()),
            start.line,
            paint.dim(&format!("{lines}; {}", safe(&removal.because)))
        );
    }
    out.push('\n');
}

fn tests(report: &PlanReport, max: usize, paint: Paint, out: &mut String) {
    for fate in TestFate::ALL {
        let tests = report.tests.iter().filter(|test| test.fate == fate);
        let lines: Vec<String> = tests.map(|test| format!("{}  {}", place(&test.location), safe(&test.name))).collect();
        let title = format!("{} ({})", sentence::fate(fate), grouped(lines.len() as u64));
        part(&title, lines, max, paint, out);
    }
}

/// A titled list, cut where there is no room; nothing for an empty one.
fn part(title: &str, lines: Vec<String>, max: usize, paint: Paint, out: &mut String) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", paint.bold(title));
    for line in lines.iter().take(max) {
        let _ = writeln!(out, "  {line}");
    }
    if lines.len() > max {
        let more = grouped((lines.len() - max) as u64);
        let _ = writeln!(out, "  {}", paint.dim(&format!("… and {more} more (--max 0 shows all)")));
    }
    out.push('\n');
}

fn place(location: &Location) -> String {
    format!("{}:{}", safe(location.path.as_str()), location.start.line)
}
