//! The answer of `verify`: each problem, then whether the bundle is genuine.

use super::counted;
use crate::evidence::{Sources, VerifyReport};
use crate::finding::Verdict;
use crate::report::RenderOptions;
use crate::report::escape::safe;
use crate::report::paint::Paint;
use std::fmt::Write;

pub fn render(report: &VerifyReport, _sources: &Sources, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut out = String::new();
    for problem in report.problems.iter().take(options.max.unwrap_or(usize::MAX)) {
        let kind = paint.as_verdict(problem.verdict, problem.kind.name());
        let _ = writeln!(out, "{kind}: {}", safe(&problem.message));
    }
    let left = report.problems.len().saturating_sub(options.max.unwrap_or(usize::MAX));
    if left > 0 {
        let _ = writeln!(out, "… and {} (--max 0 shows all)", counted(left as u64, "more problem"));
    }
    if !report.commit.is_empty() {
        let _ = writeln!(out, "the bundle is about {}", safe(&report.commit));
        let _ = writeln!(out, "it says: {}", safe(&report.summary));
    }
    if let Some(who) = &report.signed_by {
        let _ = writeln!(out, "signed by {}", safe(who));
    }
    let sentence = match report.verdict {
        Verdict::Pass => "verified: every byte of the record was derived again",
        Verdict::Incomplete => "incomplete: the record could not be derived here",
        Verdict::Fail => "not verified",
    };
    let _ = writeln!(out, "{}", paint.as_verdict(report.verdict, sentence));
    out
}
