//! Sentences: the answer of a command in one line that a person can quote.
//!
//! Invariant: a sentence to quote holds numbers and words of ours, and no name of the repository.

use super::words::{counted, grouped};
use crate::checks::duplicates::DUPLICATES;
use crate::evidence::{CheckReport, Comparison, Group, Headline};
use crate::finding::{Severity, Verdict};

/// "2 of 3 rules fail: 5 errors, 1 note in 4 files".
pub fn check(report: &CheckReport) -> String {
    let tally = |verdict| report.rules.iter().filter(|rule| rule.verdict == verdict).count() as u64;
    let [fail, open] = [Verdict::Fail, Verdict::Incomplete].map(tally);
    let all = counted(report.rules.len() as u64, "rule");
    let mut parts = Vec::new();
    if fail > 0 {
        parts.push(format!("{} of {all} {}", grouped(fail), if fail == 1 { "fails" } else { "fail" }));
    }
    if open > 0 {
        parts.push(format!("{} of {all} cannot be decided", grouped(open)));
    }
    if parts.is_empty() && report.verdict == Verdict::Pass {
        parts.push(format!("all of {all} hold"));
    }
    let counting = || report.told().filter(|finding| finding.counts());
    let count = |severity| counting().filter(|it| it.severity == severity).count() as u64;
    let kinds = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| (count(severity), severity.name()));
    let found: Vec<String> = kinds.iter().filter(|(n, _)| *n > 0).map(|(n, noun)| counted(*n, noun)).collect();
    if !found.is_empty() {
        let mut files: Vec<&str> = counting().map(|it| it.location.path.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        parts.push(format!("{} in {}", found.join(", "), counted(files.len() as u64, "file")));
    }
    if report.counts.gaps > 0 {
        parts.push(format!("{} not seen", counted(report.counts.gaps, "file")));
    }
    if parts.is_empty() { report.verdict.name().to_owned() } else { parts.join("; ") }
}

/// What was found and does not count, in words; a path and the name of a base are told as they are.
pub fn set_aside(report: &CheckReport) -> Vec<String> {
    let mut lines = Vec::new();
    let suppressed = report.told().filter(|finding| finding.standing.suppressed.is_some()).count() as u64;
    if suppressed > 0 {
        lines.push(format!("suppressed by comments: {}", counted(suppressed, "finding")));
    }
    if let Some(used) = &report.baseline {
        let stale = if used.stale > 0 { format!(", {} no longer there", grouped(used.stale)) } else { String::new() };
        let (path, accepted) = (used.path.as_str(), counted(used.accepted, "finding"));
        lines.push(format!("accepted by {path}: {accepted}{stale}"));
    }
    if let Some(Comparison { base, commit, existing, fixed, .. }) = &report.comparison {
        let commit: String = commit.chars().take(12).collect();
        lines.push(format!(
            "compared with {} at {commit}: {} not shown, {} fixed",
            base,
            counted(*existing, "standing finding"),
            grouped(*fixed)
        ));
    }
    lines
}

/// "12 groups, 3 of them disagree: 5 clone, 7 duplicate-definition".
pub fn duplicates(groups: &[Group]) -> String {
    if groups.is_empty() {
        return "no duplicates found".to_owned();
    }
    let disagree = groups.iter().filter(|group| group.disagrees).count() as u64;
    let disagree = match disagree {
        0 => String::new(),
        1 => ", 1 of which disagrees".to_owned(),
        some => format!(", {} of which disagree", grouped(some)),
    };
    let kinds: Vec<String> = DUPLICATES
        .iter()
        .map(|spec| (groups.iter().filter(|group| group.kind == spec.kind).count() as u64, spec.kind.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", grouped(count)))
        .collect();
    format!("{}{disagree}: {}", counted(groups.len() as u64, "group"), kinds.join(", "))
}

/// "309 net lines: 314 removed, 5 added; 219 net of code; 296 in 7 removed methods; 0 moved".
pub fn removed(headline: &Headline) -> String {
    let noun = match headline.removed_kind {
        Some(kind) => kind.name(),
        None => "definition",
    };
    let plural = match noun {
        _ if headline.removed_definitions == 1 => "",
        "class" | "type alias" => "es",
        _ => "s",
    };
    let mut sentence = format!(
        "{} net lines: {} removed, {} added; {} net of code; {} in {} removed {noun}{plural}; {} moved",
        headline.net,
        headline.deleted,
        headline.added,
        headline.net_code,
        headline.in_removed,
        headline.removed_definitions,
        headline.moved
    );
    if let Some(broken) = headline.broken_in_production {
        let references = if broken == 1 { "reference" } else { "references" };
        sentence += &format!("; {broken} {references} left broken in production");
    }
    if headline.legacy_definitions > 0 {
        sentence += &format!("; {} in {} that the policy names", headline.legacy_lines, headline.legacy_definitions);
    }
    sentence
}
