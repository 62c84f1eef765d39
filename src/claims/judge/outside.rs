//! Claims that no repository can show, held against evidence from outside.
//!
//! Invariant: evidence that is missing, stale or empty proves nothing, so a claim is verified only by evidence that is
//! itself whole; it may refute all the same. Absent on purpose: trust in a summary; a report that says "6/6" is a
//! claim, and the result file is the evidence.

use super::{Answer, Judge};
use crate::claims::{OutsideClaim, Says, Topic};
use crate::finding::Verdict;
use crate::outside::{Content, Coverage, Junit, Outcome, OutsideReport};
use crate::words::shortened;
use serde_json::Value;

impl Judge<'_, '_> {
    pub(super) fn outside(&self, claim: &OutsideClaim) -> Answer {
        let wanted = match claim.topic {
            Topic::Log => "log",
            Topic::Tests => "junit",
            Topic::Coverage => "coverage",
            Topic::Health | Topic::Run => "json",
        };
        let given: Vec<&OutsideReport> = self.case.outside.iter().filter(|report| report.kind == wanted).collect();
        if given.is_empty() {
            return Answer::unprovable("nothing in the repository shows it", claim.topic.proof());
        }
        let mut answers = given.iter().filter_map(|report| {
            let answer = compare(&claim.says, report)?;
            // what is stale or cut short proves nothing
            let hole = report.checks.iter().find(|check| check.verdict == Verdict::Incomplete);
            Some(match hole {
                Some(check) if answer.0 == Held::Yes => {
                    (Held::Open, format!("{}: {}, but {}", report.path, answer.1, check.detail))
                }
                _ => (answer.0, format!("{}: {}", report.path, answer.1)),
            })
        });
        let Some(first) = answers.next() else {
            let paths: Vec<&str> = given.iter().map(|report| report.path.as_str()).collect();
            return Answer::unprovable(
                format!("{} says nothing about it that can be compared", super::listed(&paths)),
                claim.topic.proof(),
            );
        };
        let mut all = vec![first];
        all.extend(answers);
        let because = all.iter().map(|(_, because)| because.clone()).collect::<Vec<_>>().join("; ");
        match () {
            () if all.iter().any(|(held, _)| *held == Held::No) => Answer::refuted(because),
            () if all.iter().all(|(held, _)| *held == Held::Yes) => Answer::verified(because),
            () => Answer::unprovable(because, "evidence of head that is whole, and tells just this"),
        }
    }
}

/// What a piece of evidence says of a claim that it speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Yes,
    No,
    /// It speaks of it, and leaves it open.
    Open,
}

impl From<bool> for Held {
    fn from(is_true: bool) -> Self {
        if is_true { Held::Yes } else { Held::No }
    }
}

/// Whether what is said holds, and why; `None` where the evidence does not speak of it.
fn compare(says: &Says, report: &OutsideReport) -> Option<(Held, String)> {
    let plain = |(is_true, because): (bool, String)| (Held::from(is_true), because);
    match &report.content {
        Content::Log(log) => compare_log(says, &log.lines),
        Content::Junit(junit) => match says {
            Says::AllPassed { of } => all_passed(of, junit),
            _ => compare_tests(says, junit).map(plain),
        },
        Content::Json(documents) => match says {
            Says::Record { label, value } => super::record::compare(label, value, documents),
            _ => compare_value(says, documents).map(plain),
        },
        Content::Coverage(coverage) => compare_coverage(says, coverage).map(plain),
    }
}

/// Words by which a line of a log tells what a claim calls by one of them.
const LOG_FAMILIES: &[(&str, &[&str])] = &[
    ("error", &["error", "exception", "traceback", "critical", "fatal", "panic"]),
    ("exception", &["exception", "traceback"]),
    ("warning", &["warn"]),
];

fn compare_log(says: &Says, lines: &[String]) -> Option<(Held, String)> {
    let count = lines.len();
    if count == 0 {
        return None;
    }
    match says {
        Says::NoLine(words) => {
            let is_of = |line: &String, word: &String| match LOG_FAMILIES.iter().find(|family| family.0 == word) {
                Some((_, family)) => family.iter().any(|one| holds_word(line, one)),
                None => holds_word(line, word),
            };
            let said = words.join(" ");
            if let Some(line) = lines.iter().find(|line| words.iter().all(|word| is_of(line, word))) {
                return Some((Held::No, format!("a line is about \"{said}\": {}", short(line))));
            }
            // `v2` is in every line about it; "new errors" may be in a line that does not say `new`
            let is_told = |word: &&String| word.chars().any(|c| c.is_ascii_digit());
            let is_nowhere = |word: &String| !lines.iter().any(|line| is_of(line, word));
            if words.iter().filter(is_told).any(is_nowhere) || words.iter().all(is_nowhere) {
                return Some((Held::Yes, format!("none of {count} lines is about \"{said}\"")));
            }
            let near = lines.iter().find(|line| words.iter().any(|word| is_of(line, word)))?;
            Some((Held::Open, format!("a line is about a part of \"{said}\": {}", short(near))))
        }
        Says::OnlyLines { with, holds } => {
            let meant: Vec<&String> = lines.iter().filter(|line| holds_word(line, with)).collect();
            if meant.is_empty() {
                return None;
            }
            if let Some(line) = meant.iter().find(|line| !holds_word(line, holds)) {
                return Some((Held::No, format!("a line of {with} does not hold {holds}: {}", short(line))));
            }
            // only `v3`: no `v2` beside it, nor anywhere, since a line may be of it and not say so
            if !is_version(holds) {
                return Some((Held::Open, format!("all lines of {with} hold {holds}, and may hold more")));
            }
            let is_other = |word: &str| is_version(word) && word != holds;
            let other = |line: &&String| line.to_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).any(is_other);
            if let Some(line) = meant.iter().copied().find(other) {
                return Some((Held::No, format!("a line of {with} holds more than {holds}: {}", short(line))));
            }
            if let Some(line) = lines.iter().find(other) {
                return Some((Held::Open, format!("a line that does not say {with} holds another: {}", short(line))));
            }
            let number = crate::words::counted(meant.len() as u64, "line");
            Some((Held::Yes, format!("{holds} alone is in the {number} of {with}")))
        }
        _ => None,
    }
}

/// `v3`, `v12`.
fn is_version(word: &str) -> bool {
    word.strip_prefix('v').is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
}

/// Whether a line holds a word, whatever its case, at least at the beginning of a word: `error` in `ERRORS`.
fn holds_word(line: &str, word: &str) -> bool {
    let line = line.to_lowercase();
    line.match_indices(word).any(|(at, _)| !line[..at].chars().next_back().is_some_and(char::is_alphanumeric))
}

fn short(line: &str) -> String {
    shortened(line, 120).into_owned()
}

/// "All tests pass": one that failed refutes it. That all passed which are told of does not say that these are all.
fn all_passed(of: &[String], junit: &Junit) -> Option<(Held, String)> {
    let is_meant = |name: &str| of.iter().all(|word| name.to_lowercase().contains(word.as_str()));
    let meant: Vec<_> = junit.cases.iter().filter(|case| is_meant(&case.name)).collect();
    let count = |outcome| meant.iter().filter(|case| case.outcome == outcome).count() as u64;
    let (passed, failed) = (count(Outcome::Passed), count(Outcome::Failed));
    let because = format!("{passed} of {} passed", crate::words::counted(meant.len() as u64, "test"));
    match failed {
        _ if meant.is_empty() => None,
        0 => Some((Held::Open, format!("{because}; that these are all of them is not to be seen"))),
        failed if failed <= junit.expected_failures => {
            Some((Held::Open, format!("{because}; the policy expects {} to fail", junit.expected_failures)))
        }
        failed => Some((Held::No, format!("{because}, {failed} failed"))),
    }
}

fn compare_tests(says: &Says, junit: &Junit) -> Option<(bool, String)> {
    let total = junit.total();
    match says {
        Says::TestTotal(count) => Some((total == *count, format!("{total} tests were run"))),
        Says::ExpectedFailures(count) => {
            let expected = junit.expected_failures;
            Some((expected == *count, format!("{expected} of the failures are expected by the policy")))
        }
        Says::Passed { passed, total: said, of } if !of.is_empty() => {
            // "integration tests 5/5" is about the tests of that name, or their suite
            let named = |name: &str| {
                let name = name.to_lowercase();
                of.iter().all(|word| name.contains(word.as_str()))
            };
            let cases: Vec<_> = junit.cases.iter().filter(|case| named(&case.name)).collect();
            let suites = junit.suites.iter().filter(|suite| named(&suite.name));
            let found = match cases.is_empty() {
                false => {
                    let passed = cases.iter().filter(|case| case.outcome == Outcome::Passed).count();
                    (passed as u64, cases.len() as u64)
                }
                true => suites.fold((0, 0), |sum, suite| (sum.0 + suite.passed, sum.1 + suite.total)),
            };
            let because = format!("{} of {} tests of \"{}\" passed", found.0, found.1, of.join(" "));
            (found.1 > 0).then_some((found == (*passed, *said), because))
        }
        Says::Passed { passed, total: said, .. } => {
            let all = (junit.passed(), total);
            let counted = (junit.passed(), total - junit.expected_failures);
            let fits = |pair: (u64, u64)| pair == (*passed, *said);
            if fits(all) {
                return Some((true, format!("{} of {} tests passed", all.0, all.1)));
            }
            if fits(counted) {
                let expected = junit.expected_failures;
                return Some((
                    true,
                    format!("{} of {} tests passed, {expected} expected failures left out", counted.0, counted.1),
                ));
            }
            // fewer tests than there are: a part of them, and nothing says which
            let is_about_all = *said >= total || *said == counted.1;
            is_about_all.then(|| (false, format!("{} of {} tests passed", all.0, all.1)))
        }
        _ => None,
    }
}

fn compare_value(says: &Says, documents: &[Value]) -> Option<(bool, String)> {
    let Says::Value { key, value } = says else { return None };
    let mut found = Vec::new();
    for document in documents {
        scalars(document, &mut String::new(), 0, &mut |pointer, text| {
            let last = pointer.rsplit('/').next().unwrap_or(pointer);
            if last.eq_ignore_ascii_case(key) {
                found.push((pointer.to_owned(), text));
            }
        });
    }
    // the outermost value of that name is the one that a report quotes
    let (pointer, text) = found.into_iter().min_by_key(|(pointer, _)| pointer.matches('/').count())?;
    Some((text.eq_ignore_ascii_case(value), format!("`{pointer}` is `{text}`")))
}

pub(super) fn scalars(value: &Value, pointer: &mut String, depth: usize, take: &mut dyn FnMut(&str, String)) {
    let mut inner = |key: &str, value: &Value| {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(key);
        if depth < crate::outside::DEPTH_LIMIT {
            scalars(value, pointer, depth + 1, take);
        }
        pointer.truncate(length);
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| inner(key, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, value)| inner(&at.to_string(), value)),
        Value::Null => {}
        scalar => take(pointer, plain_text(scalar)),
    }
}

/// A value as a report writes it: a string without quotes.
pub(super) fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn compare_coverage(says: &Says, coverage: &Coverage) -> Option<(bool, String)> {
    let Says::Covered { tenths, of } = says else { return None };
    let (covered, lines, what) = match of.is_empty() {
        true => {
            let (covered, lines) = coverage.total();
            (covered, lines, "all lines".to_owned())
        }
        false => {
            let is_it = |symbol: &str| {
                let lower = symbol.to_lowercase();
                of.iter().all(|word| lower.contains(word.as_str()))
            };
            let meant: Vec<_> = coverage.symbols.iter().filter(|(symbol, ..)| is_it(symbol)).collect();
            let names: Vec<&str> = meant.iter().map(|(symbol, ..)| symbol.as_str()).collect();
            let sum = |of: fn(&(String, u64, u64)) -> u64| meant.iter().map(|it| of(it)).sum::<u64>();
            (sum(|it| it.1), sum(|it| it.2), format!("the lines of {}", super::listed(&names)))
        }
    };
    if lines == 0 {
        return None;
    }
    let measured = covered as f64 * 1000.0 / lines as f64;
    let tolerance = if tenths % 10 == 0 { 5.0 } else { 0.5 };
    // a hundred is every line
    let is_true = match tenths {
        1000 => covered == lines,
        tenths => (measured - f64::from(*tenths)).abs() <= tolerance,
    };
    Some((is_true, format!("{covered} of {lines} of {what} are covered")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::topic;
    use crate::outside::TestCase;

    /// What a log says of a sentence: `None` where it says nothing.
    fn held(sentence: &str, lines: &[&str]) -> Option<Held> {
        let (topic, says) = topic::outside(sentence, &["Logs".to_owned()])?;
        assert_eq!(topic, Topic::Log, "{sentence}");
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        compare_log(&says, &lines).map(|(held, _)| held)
    }

    #[test]
    fn a_log_is_held_against_all_that_a_sentence_may_mean() {
        let bad = &[
            "INFO Order handler V3 ready",
            "ERROR Order handler V3 fell back to V2 legacy",
            "WARNING handler exception: Traceback",
        ];
        for sentence in [
            "No errors in the logs",
            "Zero errors in logs",
            "Logs are clean",
            "No tracebacks in the log",
            "No warnings in the logs",
            "No V2 messages in the logs",
            "Zero V2-related logs",
            "Zero V2 error messages",
            "All Order logs show V3 pattern only",
        ] {
            assert_eq!(held(sentence, bad), Some(Held::No), "{sentence}");
        }
        assert_eq!(held("No new errors in the logs", bad), Some(Held::Open));
        assert_eq!(held("No V4 errors in the logs", bad), Some(Held::Yes));
        assert_eq!(
            held("All Order logs show V3 pattern only", &["Order V3 ready", "ERROR V2 legacy"]),
            Some(Held::Open)
        );
        let good = &["INFO Order handler V3 ready", "INFO Order served by V3"];
        for sentence in [
            "No errors in the logs",
            "No new errors in the logs",
            "No tracebacks in the log",
            "Zero V2-related logs",
            "Zero V2 error messages",
            "All Order logs show V3 pattern only",
        ] {
            assert_eq!(held(sentence, good), Some(Held::Yes), "{sentence}");
        }
        assert_eq!(held("All Order logs show success only", &["Order success"]), Some(Held::Open));
        assert_eq!(held("No errors in the logs", &[]), None);
    }

    #[test]
    fn all_tests_are_refuted_by_one_that_failed_and_verified_by_none() {
        let junit = |outcomes: &[(&str, Outcome)], expected_failures| {
            let case = |(name, outcome): &(&str, Outcome)| TestCase { name: (*name).to_owned(), outcome: *outcome };
            Junit { cases: outcomes.iter().map(case).collect(), expected_failures, ..Junit::default() }
        };
        let held = |sentence: &str, junit: &Junit| {
            let (_, says) = topic::outside(sentence, &[])?;
            let Says::AllPassed { of } = says else { panic!("{sentence}: {says:?}") };
            all_passed(&of, junit).map(|(held, _)| held)
        };
        let good = [("unit.test_a", Outcome::Passed), ("integration.test_b", Outcome::Passed)];
        let bad = [("unit.test_a", Outcome::Passed), ("integration.test_b", Outcome::Failed)];
        assert_eq!(held("All tests pass", &junit(&good, 0)), Some(Held::Open));
        assert_eq!(held("All tests are passing", &junit(&bad, 0)), Some(Held::No));
        assert_eq!(held("All tests pass", &junit(&bad, 1)), Some(Held::Open));
        assert_eq!(held("All unit tests passed", &junit(&bad, 0)), Some(Held::Open));
        assert_eq!(held("All integration tests passed", &junit(&bad, 0)), Some(Held::No));
        assert_eq!(held("All smoke tests passed", &junit(&bad, 0)), None);
        assert_eq!(held("All tests pass", &junit(&[], 0)), None);
    }
}
