//! The `junit` format: a check, an audit or a verification as test results, for whatever shows those.
//!
//! A rule is a suite. Its first case is the rule itself and has the rule's verdict; each symbol of the rule is a case
//! that fails while an error names it. Of an audit each claim is a case, and so is whatever else is in the way or open; of
//! a verification each problem. Invariants: a suite holds a failure or an error exactly when its rule does not
//! pass or an error is found under it; text is safe to show. Absent on purpose: times, which would differ from run to
//! run, and commands that judge nothing.

use super::audit::summary;
use super::notice::{Notice, Notices};
use super::{FormatSpec, RenderOptions, escape::safe};
use crate::evidence::{AuditReport, CheckReport, RuleReport, Sources, Status, VerifyReport};
use crate::finding::{Severity, Verdict};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

pub const SPEC: FormatSpec = FormatSpec {
    check: Some(check),
    audit: Some(audit),
    verify: Some(verify),
    ..FormatSpec::new("junit", "JUnit XML: one test case per rule and symbol, or per claim")
};

fn check(report: &CheckReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let notices = Notices::of_check(report);
    let mut by_symbol: BTreeMap<(&str, &str), Vec<&Notice>> = BTreeMap::new();
    for notice in &notices.notices {
        by_symbol.entry((&notice.rule, &notice.symbol)).or_default().push(notice);
    }
    let mut junit = Report::new(env!("CARGO_PKG_NAME"));
    let mut whole = TestSuite::new(env!("CARGO_PKG_NAME"));
    let gaps: Vec<String> = report.gaps.iter().map(|gap| format!("{}: {}", gap.path, gap.reason)).collect();
    let conclusion = format!("{}; {}", report.verdict.name(), notices.tally());
    whole.add_test_case(case("verdict", "solely", report.verdict, &conclusion, &gaps));
    junit.add_test_suite(whole);
    for rule in &report.rules {
        junit.add_test_suite(suite(rule, &by_symbol));
    }
    written(&junit)
}

fn written(junit: &Report) -> String {
    junit.to_string().map(|text| text.trim_end().to_owned() + "\n").expect("a string takes every byte")
}

fn audit(report: &AuditReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut junit = Report::new(env!("CARGO_PKG_NAME"));
    let mut whole = TestSuite::new(env!("CARGO_PKG_NAME"));
    whole.add_test_case(case("verdict", "solely", report.verdict, &summary(report), &[]));
    for (verdict, items) in [(Verdict::Fail, &report.blocking), (Verdict::Incomplete, &report.open)] {
        for item in items.iter().filter(|item| item.kind != "claim") {
            let places: Vec<String> = item.places.iter().map(|it| format!("{}:{}", it.path, it.start.line)).collect();
            whole.add_test_case(case(&item.message, item.kind, verdict, &item.message, &places));
        }
    }
    junit.add_test_suite(whole);
    let mut claims = TestSuite::new("claims");
    for judged in &report.claims {
        let verdict = match judged.status {
            Status::Verified => Verdict::Pass,
            Status::Refuted => Verdict::Fail,
            Status::Unprovable => Verdict::Incomplete,
        };
        let source = &judged.claim.source;
        let mut lines: Vec<String> = judged.places.iter().map(|it| format!("{}:{}", it.path, it.start.line)).collect();
        lines.extend(judged.proof.iter().map(|proof| format!("would prove it: {proof}")));
        let class = source.to_string();
        let name = format!("{} ({})", judged.claim.text, judged.claim.assertion.name());
        claims.add_test_case(case(&name, &class, verdict, &judged.because, &lines));
    }
    junit.add_test_suite(claims);
    written(&junit)
}

fn verify(report: &VerifyReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut junit = Report::new(env!("CARGO_PKG_NAME"));
    let mut whole = TestSuite::new("bundle");
    whole.add_test_case(case("verdict", "bundle", report.verdict, report.verdict.name(), &[]));
    for problem in &report.problems {
        whole.add_test_case(case(problem.kind.name(), "bundle", problem.verdict, &problem.message, &[]));
    }
    junit.add_test_suite(whole);
    written(&junit)
}

fn suite(rule: &RuleReport, by_symbol: &BTreeMap<(&str, &str), Vec<&Notice>>) -> TestSuite {
    let mut suite = TestSuite::new(&*safe(&rule.id));
    let mut lines: Vec<String> = rule.spoiled_by.iter().map(|path| format!("{path}: could not be read")).collect();
    // a rule about calls or patterns finds symbols that it does not list
    let is_listed = |symbol: &str| rule.symbols.iter().any(|it| it.symbol == symbol);
    let own = by_symbol.range((rule.id.as_str(), "")..).take_while(|((id, _), _)| *id == rule.id);
    let unlisted = own.filter(|((_, symbol), _)| !is_listed(symbol)).flat_map(|(_, notices)| notices);
    lines.extend(unlisted.map(|notice| line(notice)));
    suite.add_test_case(case(&rule.id, &rule.id, rule.verdict, &rule.conclusion, &lines));
    for symbol in &rule.symbols {
        let named = by_symbol.get(&(rule.id.as_str(), symbol.symbol.as_str())).map_or(&[][..], Vec::as_slice);
        let offends = |it: &&&Notice| it.severity == Severity::Error && it.counts();
        let (offences, others): (Vec<&Notice>, Vec<&Notice>) = named.iter().partition(|it| offends(it));
        let verdict = if offences.is_empty() { Verdict::Pass } else { Verdict::Fail };
        let lines: Vec<String> = offences.into_iter().map(line).collect();
        let mut case = case(&symbol.symbol, &rule.id, verdict, symbol.state.name(), &lines);
        if !others.is_empty() {
            let lines: Vec<String> = others.into_iter().map(line).collect();
            case.set_system_out(text(&lines));
        }
        suite.add_test_case(case);
    }
    suite
}

fn case(name: &str, class: &str, verdict: Verdict, message: &str, lines: &[String]) -> TestCase {
    let mut status = match verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        // nobody knows whether it holds, which is what an error says of a test
        Verdict::Incomplete => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    if verdict != Verdict::Pass {
        status.set_type(verdict.name()).set_message(&*safe(message)).set_description(text(lines));
    }
    let mut case = TestCase::new(&*safe(name), status);
    case.set_classname(&*safe(class));
    case
}

fn line(notice: &Notice) -> String {
    let location = &notice.location;
    let mark = match (&notice.marks.suppressed, &notice.marks.accepted) {
        (Some(why), _) => format!(" (suppressed: {why})"),
        (None, Some(why)) => format!(" (accepted: {why})"),
        (None, None) => String::new(),
    };
    let (path, line, column) = (&location.path, location.start.line, location.start.column);
    format!("{path}:{line}:{column}: {}: {}{mark}", notice.severity.name(), notice.message)
}

fn text(lines: &[String]) -> String {
    lines.iter().map(|line| safe(line).into_owned()).collect::<Vec<_>>().join("\n")
}
