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

/// What a log is said not to hold: the words in front of where it is said to stand, one by one and in the singular.
/// `None` where no word is left that a line could hold.
fn log_words(text: &str) -> Option<Vec<String>> {
    const PLACES: &[&str] = &["in", "from", "of", "on", "at", "across", "within", "throughout", "during"];
    const PLAIN: &[&str] = &[
        "the", "a", "any", "all", "message", "messages", "entry", "entries", "line", "lines", "log", "logs", "found",
        "seen", "detected", "reported", "related",
    ];
    let words = text.split_whitespace().map(|word| word.trim_end_matches("-related"));
    let words = words.take_while(|word| !PLACES.contains(word)).filter(|word| !PLAIN.contains(word));
    let singular = |word: &str| match word.strip_suffix('s') {
        Some(short) if short.len() > 2 && !short.ends_with('s') => short.to_owned(),
        _ => word.to_owned(),
    };
    let words: Vec<String> = words.map(singular).collect();
    (!words.is_empty()).then_some(words)
}

/// What is said of a run: `Build status: SUCCESS`.
fn record(shape: &str) -> Says {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let Some((label, value)) = shape.split_once(':') else { return Says::Nothing };
    let mark = |c: char| matches!(c, ',' | ';' | '(' | ')' | '%' | '`' | '*' | '"' | '|' | '\u{2713}');
    let value = value.split_whitespace().map(|word| word.trim_matches(mark).trim_end_matches('.'));
    let value: Vec<String> = value.filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let label = words(label);
    match label.is_empty() || value.is_empty() || label.len() > 6 {
        true => Says::Nothing,
        false => Says::Record { label, value },
    }
}

/// A claim about logs, health, tests, coverage or a run, by its words and the headings above it.
pub(super) fn outside(shape: &str, trail: &[String]) -> Option<(Topic, Says)> {
    let lower = shape.to_lowercase();
    let above = trail.last().map(|heading| heading.to_lowercase()).unwrap_or_default();
    let is_about = |word: &str| lower.contains(word) || above.contains(word);
    let number = |captures: &Captures<'_>, one: &str, two: &str| {
        captures.name(one).or(captures.name(two)).and_then(|digits| digits.as_str().parse::<u64>().ok())
    };
    if let Some(captures) = LOG_ONLY.captures(&lower) {
        return Some((
            Topic::Log,
            Says::OnlyLines { with: captures["with"].to_owned(), holds: captures["holds"].to_owned() },
        ));
    }
    let none = |words: &str| (Topic::Log, log_words(words).map_or(Says::Nothing, Says::NoLine));
    if let Some(captures) = LOG_NONE.captures(&lower) {
        return Some(none(&captures["words"]));
    }
    if let Some(captures) = LOG_ERRORS.captures(&lower)
        && is_about("log")
    {
        return Some(none(&captures["words"]));
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
                let is_number = word.chars().all(|c| c.is_ascii_digit());
                !is_number
                    && !matches!(
                        word.as_str(),
                        "test" | "tests" | "coverage" | "total" | "overall" | "code" | "functionality" | "validation"
                    )
            })
            .collect();
        return Some((Topic::Coverage, Says::Covered { tenths: whole * 10 + tenth, of }));
    }
    if let Some(captures) = ALL_PASS.captures(&lower) {
        return Some((Topic::Tests, Says::AllPassed { of: tests_meant(&captures["of"]) }));
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
    RUN.is_match(&lower).then(|| (Topic::Run, record(&lower)))
}
