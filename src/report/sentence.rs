//! Sentences: the answer of a command in one line that a person can quote.
//!
//! Invariant: a sentence to quote holds numbers and words of ours, and no name of the repository.

use super::trend::shown;
use crate::checks::duplicates::DUPLICATES;
use crate::evidence::{
    CheckReport, Comparison, Estimate, Group, Headline, PlanReport, Quantity, Reading, TestFate, TrendReport,
    TrendSample,
};
use crate::finding::{Severity, Verdict};
use crate::history::sampling::Every;
use crate::words::{counted, grouped};
use std::collections::BTreeMap;

/// Characters of a reason that stand in the open where it is split.
const LEAD_CHARS: usize = 240;

/// What a reason says first, and the rest of a long one. It is split between two of its parts, so that neither loses a
/// word.
pub fn lead(reason: &str) -> (&str, Option<&str>) {
    let Some((most, _)) = reason.char_indices().nth(2 * LEAD_CHARS) else { return (reason, None) };
    let at_least = reason.char_indices().nth(LEAD_CHARS).map_or(0, |(at, _)| at);
    let breaks = ["; ", ": ", ", ", " "].iter().find_map(|between| {
        let at = reason[at_least..most].find(between)?;
        Some(at_least + at + between.len())
    });
    // between the backquotes of a name there is no break
    match breaks.filter(|&at| reason[..at].matches('`').count().is_multiple_of(2)) {
        Some(at) => (reason[..at].trim_end(), Some(&reason[at..])),
        None => (reason, None),
    }
}

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

/// "7 methods, 1 flag and 3 imports go, 306 lines (231 code, …); first 1 reference to rewrite; tests: 2 vacuous".
pub fn plan(report: &PlanReport) -> String {
    let mut parts = Vec::new();
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    report.removals.iter().for_each(|it| *kinds.entry(it.kind).or_default() += 1);
    let plural = |kind: &str, count: u64| match (count, kind) {
        (1, kind) => format!("1 {kind}"),
        (count, "class") => format!("{} classes", grouped(count)),
        (count, "branch") => format!("{} branches", grouped(count)),
        (count, "type alias") => format!("{} type aliases", grouped(count)),
        (count, kind) => counted(count, kind),
    };
    let gone: Vec<String> = kinds.iter().map(|(kind, count)| plural(kind, *count)).collect();
    match gone.is_empty() {
        true => parts.push("nothing is left to delete".to_owned()),
        false => {
            let verb = if report.removals.len() == 1 { "goes" } else { "go" };
            let lines = report.lines;
            parts.push(format!(
                "{} {verb}, {} ({} code, {} comment, {} docstring, {} blank)",
                gone.join(", "),
                counted(lines.total(), "line"),
                grouped(lines.code),
                grouped(lines.comment),
                grouped(lines.docstring + lines.docstring_blank),
                grouped(lines.blank)
            ));
        }
    }
    if !report.rewrite.is_empty() {
        parts.push(format!("first {} to rewrite", counted(report.rewrite.len() as u64, "reference")));
    }
    let count = |fate| report.tests.iter().filter(|test| test.fate == fate).count() as u64;
    let fates = TestFate::ALL.map(|fate| (count(fate), fate));
    let fates: Vec<String> = fates
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, fate)| match fate {
            TestFate::Dies => format!("{} to delete ({})", grouped(count), counted(report.test_lines.total(), "line")),
            TestFate::Vacuous => format!("{} to pass without proof", grouped(count)),
            TestFate::Breaks => format!("{} to fail", grouped(count)),
            TestFate::Flag => format!("{} to lose the flag", grouped(count)),
            TestFate::Guards => format!("{} to keep", grouped(count)),
        })
        .collect();
    if !fates.is_empty() {
        parts.push(format!("tests: {}", fates.join(", ")));
    }
    parts.join("; ")
}

/// What becomes of tests, in words.
pub fn fate(fate: TestFate) -> &'static str {
    match fate {
        TestFate::Dies => "Tests of nothing else: delete them",
        TestFate::Vacuous => "Tests that would pass without proof, what is gone being caught or only asked about",
        TestFate::Breaks => "Tests that would fail: rewrite them",
        TestFate::Flag => "Tests that set or ask for a flag that nothing reads then: take it out",
        TestFate::Guards => "Tests that it is gone: keep them",
    }
}

/// "text that names what goes: 2 in code, 5 in docs".
pub fn mentions(report: &PlanReport) -> String {
    let mut contexts: BTreeMap<&str, u64> = BTreeMap::new();
    report.mentions.iter().for_each(|(_, it)| *contexts.entry(it.context.name()).or_default() += 1);
    let places: Vec<String> = contexts.iter().map(|(name, count)| format!("{} in {name}", grouped(*count))).collect();
    format!("text that names what goes: {}", places.join(", "))
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

/// "legacy symbols 7 → 0, legacy lines 309 → 0, references to legacy 12 → 0".
pub fn trend(report: &TrendReport) -> String {
    let number =
        |sample: Option<&TrendSample>, quantity| shown(sample.map_or(Reading::Unknown, |it| it.reading(quantity)));
    let part = |quantity: Quantity| {
        let (first, last) = (report.samples.first(), report.samples.last());
        format!("{} {} → {}", quantity.words(), number(first, quantity), number(last, quantity))
    };
    report.quantities().into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// "34 samples from 2025-01-06 to 2025-09-11, the last of each week, of 2,164 commits".
pub fn samples(report: &TrendReport) -> String {
    let dates = match (report.samples.first(), report.samples.last()) {
        (Some(first), Some(last)) => format!(" from {} to {}", first.date(), last.date()),
        _ => String::new(),
    };
    let how = match report.every {
        Every::Commit => "every commit".to_owned(),
        Every::Tag => "every tag".to_owned(),
        Every::Fitting | Every::Count(_) => "evenly spread".to_owned(),
        every => format!("the last commit of each {}", every.name()),
    };
    let count = report.samples.len() as u64;
    format!("{}{dates}, {how}, of {}", counted(count, "sample"), counted(report.commits, "commit"))
}

/// One sentence per estimate.
pub fn estimates(report: &TrendReport) -> Vec<String> {
    let one = |it: &Estimate| {
        format!(
            "estimate: {} reach zero about {}, if they go on falling as in the last {}",
            it.quantity.words(),
            it.date,
            counted(it.samples, "sample")
        )
    };
    report.estimates.iter().map(one).collect()
}

/// How many samples were not seen whole, if any.
pub fn unseen_samples(report: &TrendReport) -> Option<String> {
    let not = report.samples.iter().filter(|it| it.counted.is_err()).count() as u64;
    let in_part = report.samples.iter().filter(|it| it.counted.is_ok() && !it.is_whole()).count() as u64;
    let mut parts = Vec::new();
    if in_part > 0 {
        parts.push(format!("{} seen in part (a number is then a lower bound, \"≥\")", counted(in_part, "sample")));
    }
    if not > 0 {
        parts.push(format!("{} not seen at all (\"?\")", counted(not, "sample")));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}
