//! The answer of `audit`: claims, what blocks, what is open, the recommendation last.
//!
//! Invariant: refuted claims and blocking items are never left out; verified and unprovable claims are one line each.
//! Absent on purpose: the ledger and the groups; the bundle holds them.

use super::counted;
use crate::evidence::{AuditItem, AuditReport, JudgedClaim, Sources, Status};
use crate::finding::Verdict;
use crate::report::RenderOptions;
use crate::report::audit::{stood_before, summary};
use crate::report::escape::safe;
use crate::report::paint::Paint;
use std::fmt::Write;

pub fn render(report: &AuditReport, _sources: &Sources, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut out = String::new();
    if !report.claims.is_empty() {
        let _ = writeln!(out, "{}", paint.bold("claims"));
    }
    for judged in &report.claims {
        claim(&mut out, judged, paint);
    }
    if !report.unread.is_empty() {
        let title = format!("not understood: {}", counted(report.unread.len() as u64, "sentence"));
        let _ = writeln!(out, "\n{}", paint.bold(&title));
        for unread in report.unread.iter().take(options.max.unwrap_or(usize::MAX)) {
            let place = unread.source.to_string();
            let _ = writeln!(out, "  {}  {}", paint.dim(&safe(&place)), safe(&unread.text));
        }
        left_out(&mut out, report.unread.len(), options.max, "sentence", paint);
    }
    if !report.unmentioned.is_empty() {
        let title = format!("removed, and no claim says so: {}", report.unmentioned.len());
        let _ = writeln!(out, "\n{}", paint.bold(&title));
        for symbol in report.unmentioned.iter().take(options.max.unwrap_or(usize::MAX)) {
            let _ = writeln!(out, "  {}", safe(symbol));
        }
        left_out(&mut out, report.unmentioned.len(), options.max, "definition", paint);
    }
    let stood: Vec<(&str, String)> =
        report.standing.iter().filter_map(|it| Some((it.rule.as_str(), stood_before(it)?))).collect();
    if !stood.is_empty() {
        let _ = writeln!(out, "\n{}", paint.bold("stood before the change"));
        for (rule, sentence) in stood {
            let _ = writeln!(out, "  {}  {sentence}", safe(rule));
        }
    }
    items(&mut out, "open", &report.open, options.max, paint);
    items(&mut out, "blocking", &report.blocking, None, paint);
    let text = safe(&summary(report)).into_owned();
    let painted = match report.verdict {
        Verdict::Pass => paint.green(&text),
        Verdict::Incomplete => paint.yellow(&text),
        Verdict::Fail => paint.red(&text),
    };
    let (base, head) = (&report.removed.base.name, &report.removed.head.name);
    let _ = writeln!(out, "\n{} to {}", base.get(..12).unwrap_or(base), head.get(..12).unwrap_or(head));
    let _ = writeln!(out, "{painted}");
    out
}

fn claim(out: &mut String, judged: &JudgedClaim, paint: Paint) {
    let status = match judged.status {
        Status::Verified => paint.green("verified  "),
        Status::Refuted => paint.red("refuted   "),
        Status::Unprovable => paint.yellow("unprovable"),
    };
    let source = &judged.claim.source;
    let place = source.to_string();
    let _ = writeln!(out, "  {status}  {}  {}", safe(&judged.claim.text), paint.dim(&safe(&place)));
    let _ = writeln!(out, "              {}", safe(&judged.because));
    if let Some(proof) = &judged.proof {
        let _ = writeln!(out, "              {}", paint.dim(&format!("to prove it: {}", safe(proof))));
    }
}

fn items(out: &mut String, title: &str, items: &[AuditItem], max: Option<usize>, paint: Paint) {
    let others: Vec<&AuditItem> = items.iter().filter(|item| item.kind != "claim").collect();
    if others.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", paint.bold(&format!("{title}, besides claims")));
    for item in others.iter().take(max.unwrap_or(usize::MAX)) {
        let _ = writeln!(out, "  {}", safe(&item.message));
        for place in item.places.iter().take(3) {
            let at = format!("{}:{}", place.path, place.start.line);
            let _ = writeln!(out, "      {}", paint.cyan(&safe(&at)));
        }
    }
    left_out(out, others.len(), max, "item", paint);
}

fn left_out(out: &mut String, count: usize, max: Option<usize>, noun: &str, paint: Paint) {
    let left = count.saturating_sub(max.unwrap_or(usize::MAX));
    if left > 0 {
        let text = format!("  … and {} (--max 0 shows all)", counted(left as u64, &format!("more {noun}")));
        let _ = writeln!(out, "{}", paint.dim(&text));
    }
}
