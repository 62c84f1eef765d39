//! The answer of `explain`: the finding, its proof, what it does, what would make it pass; then the rule.

use super::{check, counted, sight};
use crate::evidence::{ExplainReport, Explained, ExplainedRule, Sources};
use crate::report::RenderOptions;
use crate::report::escape::safe;
use crate::report::frame::{self, Quotes};
use crate::report::paint::Paint;
use std::fmt::Write;

pub fn render(report: &ExplainReport, sources: &Sources, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut quotes = Quotes::new(sources);
    let mut out = String::new();
    let room = options.max.unwrap_or(usize::MAX).min(report.findings.len());
    for explained in &report.findings[..room] {
        finding(explained, &mut quotes, options, &mut out);
    }
    if room < report.findings.len() {
        let left = counted((report.findings.len() - room) as u64, "finding");
        let _ = writeln!(out, "{}\n", paint.dim(&format!("… and {left} more (--max 0 shows all)")));
    }
    for explained in &report.rules {
        rule(explained, report.findings.is_empty(), paint, &mut out);
    }
    let _ = writeln!(out, "{}", sight::summary(&report.snapshot, report.counts, paint));
    out
}

fn finding(explained: &Explained, quotes: &mut Quotes<'_>, options: &RenderOptions, out: &mut String) {
    let paint = Paint { color: options.color };
    out.push_str(&frame::render(&check::frame(&explained.finding, quotes), options.color, options.width));
    out.push('\n');
    let mut part = |title: &str, lines: &[String]| {
        if !lines.is_empty() {
            let _ = writeln!(out, "{}", paint.bold(title));
            lines.iter().for_each(|line| _ = writeln!(out, "  - {}", safe(line)));
        }
    };
    part("Proof", &explained.proof);
    part("Effect", std::slice::from_ref(&explained.effect));
    part("To make it pass", &explained.remedies);
    let _ = writeln!(out, "{}\n", paint.dim(&format!("fingerprint {}", explained.finding.fingerprint())));
}

/// The rule, with all of its explanation where it is asked for itself.
fn rule(rule: &ExplainedRule, is_asked: bool, paint: Paint, out: &mut String) {
    let verdict = rule.verdict.map_or(String::new(), |verdict| format!(": {}", verdict.name()));
    let title = format!("{} ({}){verdict}", safe(&rule.id), rule.kind);
    let _ = writeln!(out, "{}", paint.bold(&title));
    for line in [&rule.summary, &rule.conclusion].into_iter().filter(|line| !line.is_empty()) {
        let _ = writeln!(out, "  {}", safe(line));
    }
    let sections = rule.sections.iter().filter(|(title, _)| is_asked || title == "How to fix");
    for (title, text) in sections {
        let _ = writeln!(out, "\n  {}", paint.cyan(title));
        text.lines().for_each(|line| _ = writeln!(out, "  {line}"));
    }
    out.push('\n');
}
