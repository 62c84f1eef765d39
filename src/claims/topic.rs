//! Topics: claims about logs, health, tests, coverage or a run, which no repository can show.
//!
//! Invariant: nothing read here is ever verified without evidence from outside, so reading may be generous. Absent on
//! purpose: whether the evidence is there.

use super::pattern::*;
use super::{Says, Topic};
use regex::Captures;

/// The words of a description that tell: without articles and without what every description says.
pub(super) fn describing_words(text: &str) -> Vec<String> {
    const PLAIN: &[&str] = &[
        "the",
        "a",
        "an",
        "of",
        "and",
        "method",
        "methods",
        "function",
        "functions",
        "class",
        "classes",
        "handler",
        "handlers",
        "exists",
        "exist",
        "still",
        "is",
        "are",
        "removed",
        "present",
        "defined",
        "code",
        "production",
        "related",
        "pattern",
        "patterns",
        "any",
        "more",
        "in",
        "found",
    ];
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !PLAIN.contains(word));
    words.map(str::to_owned).collect()
}

/// The words in front of "6/6" that say which tests: `integration` of "Integration tests passed".
fn tests_meant(label: &str) -> Vec<String> {
    const PLAIN: &[&str] = &[
        "test",
        "tests",
        "passed",
        "passing",
        "pass",
        "all",
        "total",
        "functional",
        "functionality",
        "suite",
        "results",
    ];
    describing_words(label).into_iter().filter(|word| !PLAIN.contains(&word.as_str())).collect()
}

/// A claim about logs, health, tests, coverage or a run, by its words and the headings above it.
pub(super) fn outside(shape: &str, trail: &[String]) -> Option<(Topic, Says)> {
    let lower = shape.to_lowercase();
    let above = trail.last().map(|heading| heading.to_lowercase()).unwrap_or_default();
    let is_about = |word: &str| lower.contains(word) || above.contains(word);
    let words = |text: &str| {
        text.split_whitespace().map(|word| word.trim_end_matches("-related").to_owned()).collect::<Vec<_>>()
    };
    let number = |captures: &Captures<'_>, one: &str, two: &str| {
        captures.name(one).or(captures.name(two)).and_then(|digits| digits.as_str().parse::<u64>().ok())
    };
    if let Some(captures) = LOG_ONLY.captures(&lower) {
        return Some((
            Topic::Log,
            Says::OnlyLines { with: captures["with"].to_owned(), holds: captures["holds"].to_owned() },
        ));
    }
    if let Some(captures) = LOG_NONE.captures(&lower) {
        return Some((Topic::Log, Says::NoLine(words(&captures["words"]))));
    }
    if let Some(captures) = LOG_ERRORS.captures(&lower)
        && is_about("log")
    {
        let singular = |word: String| word.strip_suffix('s').map(str::to_owned).unwrap_or(word);
        return Some((Topic::Log, Says::NoLine(words(&captures["words"]).into_iter().map(singular).collect())));
    }
    if LOGS_CLEAN.is_match(&lower) {
        return Some((Topic::Log, Says::NoLine(vec!["error".into()])));
    }
    if let Some(captures) = EXPECTED_FAILURES.captures(&lower)
        && let Some(count) = number(&captures, "n", "n2")
    {
        return Some((Topic::Tests, Says::ExpectedFailures(count)));
    }
    if let Some(captures) = TEST_TOTAL.captures(&lower)
        && let Some(count) = number(&captures, "n", "n2")
    {
        return Some((Topic::Tests, Says::TestTotal(count)));
    }
    if let Some(captures) = PASSED_OF.captures(&lower)
        && (TESTS.is_match(&lower) || above.contains("test"))
        && let (Ok(passed), Ok(total)) = (captures["passed"].parse(), captures["total"].parse())
    {
        let of = tests_meant(&lower[..captures.get(0).map_or(0, |whole| whole.start())]);
        return Some((Topic::Tests, Says::Passed { passed, total, of }));
    }
    if is_about("coverage")
        && let Some(captures) = COVERAGE.captures(&lower)
    {
        let whole: u32 = captures["whole"].parse().unwrap_or(0);
        let tenth = captures.name("tenth").and_then(|tenth| tenth.as_str().parse::<u32>().ok()).unwrap_or(0);
        let label = lower.split([':', '|']).next().unwrap_or_default();
        let of = describing_words(label)
            .into_iter()
            .filter(|word| {
                !matches!(
                    word.as_str(),
                    "test" | "tests" | "coverage" | "total" | "overall" | "code" | "functionality" | "validation"
                )
            })
            .collect();
        return Some((Topic::Coverage, Says::Covered { tenths: whole * 10 + tenth, of }));
    }
    if ALL_TESTS.is_match(&lower) {
        return Some((Topic::Tests, Says::Nothing));
    }
    if HEALTH.is_match(&lower) {
        let value = if lower.contains("healthy") { "healthy" } else { "" };
        let says = match value {
            "" => Says::Nothing,
            value => Says::Value { key: "status".into(), value: value.into() },
        };
        return Some((Topic::Health, says));
    }
    RUN.is_match(&lower).then_some((Topic::Run, Says::Nothing))
}
