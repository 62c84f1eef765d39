//! Claims that no repository can show, held against evidence from outside.
//!
//! Invariant: evidence that is missing, stale or empty proves nothing, so a claim is verified only by evidence that is
//! itself whole; it may refute all the same. Absent on purpose: trust in a summary; a report that says "6/6" is a
//! claim, and the result file is the evidence.

use super::{Answer, Judge};
use crate::claims::{OutsideClaim, Says, Topic};
use crate::finding::Verdict;
use crate::outside::{Content, Coverage, Junit, Log, Outcome, OutsideReport};
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
                Some(check) if answer.0 => {
                    (Some(false), format!("{}: {}, but {}", report.path, answer.1, check.detail))
                }
                _ => (answer.0.then_some(true), format!("{}: {}", report.path, answer.1)),
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
            () if all.iter().any(|(is_true, _)| is_true.is_none()) => Answer::refuted(because),
            () if all.iter().all(|(is_true, _)| *is_true == Some(true)) => Answer::verified(because),
            () => Answer::unprovable(because, "evidence of head that is whole"),
        }
    }
}

/// Whether what is said holds, and why; `None` where the evidence does not speak of it.
fn compare(says: &Says, report: &OutsideReport) -> Option<(bool, String)> {
    match &report.content {
        Content::Log(log) => compare_log(says, log),
        Content::Junit(junit) => compare_tests(says, junit),
        Content::Json(documents) => compare_value(says, documents),
        Content::Coverage(coverage) => compare_coverage(says, coverage),
    }
}

fn compare_log(says: &Says, log: &Log) -> Option<(bool, String)> {
    let count = log.lines.len();
    if count == 0 {
        return None;
    }
    match says {
        Says::NoLine(words) => {
            let found = log.lines.iter().find(|line| words.iter().all(|word| holds_word(line, word)));
            let words = words.join(" ");
            Some(match found {
                Some(line) => (false, format!("a line holds \"{words}\": {}", short(line))),
                None => (true, format!("none of {count} lines holds \"{words}\"")),
            })
        }
        Says::OnlyLines { with, holds } => {
            let lines: Vec<&String> = log.lines.iter().filter(|line| holds_word(line, with)).collect();
            if lines.is_empty() {
                return None;
            }
            Some(match lines.iter().find(|line| !holds_word(line, holds)) {
                Some(line) => (false, format!("a line of {with} does not hold {holds}: {}", short(line))),
                None => (true, format!("all {} lines of {with} hold {holds}", lines.len())),
            })
        }
        _ => None,
    }
}

/// Whether a line holds a word, whatever its case, at least at the beginning of a word: `error` in `ERRORS`.
fn holds_word(line: &str, word: &str) -> bool {
    let line = line.to_lowercase();
    line.match_indices(word).any(|(at, _)| !line[..at].chars().next_back().is_some_and(char::is_alphanumeric))
}

fn short(line: &str) -> String {
    let text: String = line.chars().take(120).collect();
    if text.len() < line.len() { text + "…" } else { text }
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

fn scalars(value: &Value, pointer: &mut String, depth: usize, take: &mut dyn FnMut(&str, String)) {
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
        Value::String(text) => take(pointer, text.clone()),
        Value::Null => {}
        other => take(pointer, other.to_string()),
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
