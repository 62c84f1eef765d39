//! Test results in JUnit's XML, as pytest, Maven, Jest and others write it.
//!
//! Counts are taken from the test cases themselves, not from the totals that a suite claims. Invariant: a file without
//! test cases is incomplete; a required test that was skipped did not pass. Absent on purpose: reruns; the worst
//! outcome of a name counts.

use super::xml::{self, Element};
use super::{OutsideCheck, instant, met, missing};
use crate::policy::{JunitDemand, matches_name};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Passed,
    Skipped,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    /// `class.name`, or the name alone.
    pub name: String,
    pub outcome: Outcome,
}

/// The tests that stand directly in one suite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suite {
    pub name: String,
    pub total: u64,
    pub passed: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Junit {
    pub cases: Vec<TestCase>,
    pub suites: Vec<Suite>,
    /// Failures that the policy expects.
    pub expected_failures: u64,
    pub latest: Option<i64>,
}

impl Junit {
    pub fn total(&self) -> u64 {
        self.cases.len() as u64
    }

    pub fn passed(&self) -> u64 {
        self.cases.iter().filter(|case| case.outcome == Outcome::Passed).count() as u64
    }
}

pub(super) fn judge(demand: &JunitDemand, texts: &[(String, Vec<u8>)], checks: &mut Vec<OutsideCheck>) -> Junit {
    let mut junit = Junit::default();
    for (path, bytes) in texts {
        if let Err(why) = read(bytes, &mut junit) {
            checks.push(missing(format!("`{path}` is JUnit XML"), why));
        }
    }
    if texts.is_empty() {
        return junit;
    }
    let is_expected = |name: &str| demand.expect_failures.iter().any(|glob| is_named(glob, name));
    junit.expected_failures =
        junit.cases.iter().filter(|case| case.outcome == Outcome::Failed && is_expected(&case.name)).count() as u64;
    if junit.cases.is_empty() {
        checks.push(missing("holds tests".into(), "no test case is in it, and nothing seen is nothing proved".into()));
        return junit;
    }
    let failed: Vec<&str> = junit
        .cases
        .iter()
        .filter(|case| case.outcome == Outcome::Failed && !is_expected(&case.name))
        .map(|case| case.name.as_str())
        .collect();
    let (total, passed) = (junit.total(), junit.passed());
    let mut detail = format!("{passed} of {total} passed");
    if let Some(first) = failed.first() {
        detail += &format!("; {} failed unexpectedly, first `{first}`", failed.len());
    }
    checks.push(met("no test fails unexpectedly".into(), failed.is_empty(), detail));
    // every test that a glob means has one outcome
    let mut all = |glob: &String, is_it: fn(Outcome) -> bool, [what, not, so]: [&str; 3]| {
        let matching: Vec<&TestCase> = junit.cases.iter().filter(|case| is_named(glob, &case.name)).collect();
        let bad = matching.iter().find(|case| !is_it(case.outcome));
        let detail = match (matching.is_empty(), bad) {
            (true, _) => "no such test was run".to_owned(),
            (_, Some(case)) => format!("`{}` did not {not}", case.name),
            (_, None) => format!("{} tests {so}", matching.len()),
        };
        checks.push(met(what.replace("{}", glob), !matching.is_empty() && bad.is_none(), detail));
    };
    for glob in &demand.expect_failures {
        all(glob, |it| it == Outcome::Failed, ["expects `{}` to fail", "fail", "failed as expected"]);
    }
    for glob in &demand.require {
        all(glob, |it| it == Outcome::Passed, ["requires `{}`", "pass", "passed"]);
    }
    if let Some(bound) = demand.tests {
        checks.push(met(format!("has tests {bound}"), bound.holds(total as i64), format!("{total} tests were run")));
    }
    junit
}

/// Whether a glob means a test by its whole name or by its last part.
fn is_named(glob: &str, name: &str) -> bool {
    let last = name.rsplit(['.', ':']).next().unwrap_or(name);
    matches_name(glob, name) || matches_name(glob, last)
}

fn read(bytes: &[u8], junit: &mut Junit) -> Result<(), String> {
    let mut open: Vec<Suite> = Vec::new();
    let mut case: Option<TestCase> = None;
    let mut latest = None;
    let mut cases = Vec::new();
    let mut suites = Vec::new();
    xml::read(bytes, &mut |element| match &element {
        Element::Start { name, .. } => match name.as_str() {
            "testsuite" => {
                latest = latest.max(element.attribute("timestamp").and_then(instant::find));
                open.push(Suite { name: element.attribute("name").unwrap_or_default().to_owned(), ..Suite::default() });
            }
            "testcase" => {
                let name = element.attribute("name").unwrap_or_default();
                let name = match element.attribute("classname").filter(|class| !class.is_empty()) {
                    Some(class) => format!("{class}.{name}"),
                    None => name.to_owned(),
                };
                case = Some(TestCase { name, outcome: Outcome::Passed });
            }
            "failure" | "error" => worsen(&mut case, Outcome::Failed),
            "skipped" => worsen(&mut case, Outcome::Skipped),
            _ => {}
        },
        Element::End { name } => match name.as_str() {
            "testcase" => {
                let Some(case) = case.take() else { return };
                if let Some(suite) = open.last_mut() {
                    suite.total += 1;
                    suite.passed += u64::from(case.outcome == Outcome::Passed);
                }
                cases.push(case);
            }
            "testsuite" => suites.extend(open.pop().filter(|suite| suite.total > 0)),
            _ => {}
        },
    })?;
    junit.cases.extend(cases);
    junit.suites.extend(suites);
    junit.latest = junit.latest.max(latest);
    Ok(())
}

fn worsen(case: &mut Option<TestCase>, outcome: Outcome) {
    if let Some(case) = case {
        case.outcome = case.outcome.max(outcome);
    }
}
