//! `[[evidence]]` and `[removal]`: what an audit asks for beside the rules.
//!
//! Invariant: a key stands only where its kind of evidence knows it, and every pattern, time, bound and pointer is
//! valid. Absent on purpose: the files themselves; those are read by an audit.

use super::raw::{RawBound, RawEvidence, RawEvidenceKind, RawExpect, RawExpected, RawRemoval};
use super::validate::Validator;
use super::{PolicyPlace, SymbolPattern};
use regex::Regex;
use std::fmt;
use std::ops::Range;
use toml::Spanned;

/// One `[[evidence]]` table.
#[derive(Clone, Debug)]
pub struct EvidenceRule {
    /// As the policy writes it: relative to the policy's folder, with globs.
    pub path: String,
    /// The commit that the policy says it is of.
    pub commit: Option<String>,
    /// Where a JSON document names its commit.
    pub commit_at: Option<String>,
    pub kind: EvidenceKind,
    pub place: PolicyPlace,
}

#[derive(Clone, Debug)]
pub enum EvidenceKind {
    Log(LogDemand),
    Junit(JunitDemand),
    Json(JsonDemand),
    Coverage(CoverageDemand),
}

#[derive(Clone, Debug)]
pub struct LogDemand {
    pub forbid: Vec<Regex>,
    pub require: Vec<Regex>,
    /// Seconds since 1970.
    pub from: Option<i64>,
    pub to: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct JunitDemand {
    /// Globs over test names.
    pub require: Vec<String>,
    pub expect_failures: Vec<String>,
    pub tests: Option<Bound>,
}

#[derive(Clone, Debug)]
pub struct JsonDemand {
    /// JSON pointer and what it must hold, by pointer.
    pub expect: Vec<(String, Expected)>,
}

#[derive(Clone, Debug)]
pub struct CoverageDemand {
    pub symbol: Option<SymbolPattern>,
    /// Thousandths of the lines.
    pub at_least: Option<u32>,
}

/// What a value of a JSON document must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    Text(String),
    Truth(bool),
    Number(f64),
    Compare(Operator, f64),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Text(text) => f.write_str(text),
            Expected::Truth(truth) => truth.fmt(f),
            Expected::Number(number) => number.fmt(f),
            Expected::Compare(operator, number) => write!(f, "{} {number}", operator.sign()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

impl Operator {
    pub fn sign(self) -> &'static str {
        match self {
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::GreaterOrEqual => ">=",
            Operator::Greater => ">",
        }
    }

    pub fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Operator::Less => left < right,
            Operator::LessOrEqual => left <= right,
            Operator::Equal => left == right,
            Operator::NotEqual => left != right,
            Operator::GreaterOrEqual => left >= right,
            Operator::Greater => left > right,
        }
    }

    /// The operator that a text begins with, and the rest; a longer sign goes before a shorter one.
    fn split(text: &str) -> Option<(Operator, &str)> {
        use Operator::*;
        let signs = [
            ("<=", LessOrEqual),
            (">=", GreaterOrEqual),
            ("==", Equal),
            ("!=", NotEqual),
            ("<", Less),
            (">", Greater),
            ("=", Equal),
        ];
        signs.into_iter().find_map(|(sign, operator)| Some((operator, text.trim().strip_prefix(sign)?.trim())))
    }
}

/// A number that something must keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    pub operator: Operator,
    pub number: i64,
}

impl Bound {
    pub fn holds(self, value: i64) -> bool {
        self.operator.holds(value, self.number)
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.operator.sign(), self.number)
    }
}

/// What of a removal is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    NetLines,
    DeletedLines,
    NetCodeLines,
    RemovedDefinitions,
    Reintroduced,
    Broken,
}

impl Measure {
    pub fn name(self) -> &'static str {
        match self {
            Measure::NetLines => "net-lines",
            Measure::DeletedLines => "deleted-lines",
            Measure::NetCodeLines => "net-code-lines",
            Measure::RemovedDefinitions => "removed-definitions",
            Measure::Reintroduced => "reintroduced",
            Measure::Broken => "broken",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    pub measure: Measure,
    pub bound: Bound,
    pub place: PolicyPlace,
}

pub(super) fn expectations(validator: &mut Validator<'_>, raw: RawRemoval) -> Vec<Expectation> {
    let RawExpect { net_lines, deleted_lines, net_code_lines, removed_definitions, reintroduced, broken } = raw.expect;
    let mut found = Vec::new();
    for (measure, raw) in [
        (Measure::NetLines, net_lines),
        (Measure::DeletedLines, deleted_lines),
        (Measure::NetCodeLines, net_code_lines),
        (Measure::RemovedDefinitions, removed_definitions),
        (Measure::Reintroduced, reintroduced),
        (Measure::Broken, broken),
    ] {
        let Some(raw) = raw else { continue };
        let place = validator.text.place(&raw.span());
        found.extend(bound(validator, &raw).map(|bound| Expectation { measure, bound, place }));
    }
    found
}

fn bound(validator: &mut Validator<'_>, raw: &Spanned<RawBound>) -> Option<Bound> {
    let parsed = match raw.get_ref() {
        RawBound::Number(number) => Some(Bound { operator: Operator::Equal, number: *number }),
        RawBound::Text(text) => {
            let (operator, number) = Operator::split(text).unwrap_or((Operator::Equal, text.trim()));
            number.parse().ok().map(|number| Bound { operator, number })
        }
    };
    if parsed.is_none() {
        validator.error(raw.span(), "not a bound", "write a whole number, or a comparison such as `\">= 300\"`");
    }
    parsed
}

pub(super) fn rule(validator: &mut Validator<'_>, table: Spanned<RawEvidence>) -> Option<EvidenceRule> {
    let span = table.span();
    let raw = table.into_inner();
    let before = validator.errors_so_far();
    refuse_strangers(validator, &raw);
    let path = raw.path.get_ref().clone();
    if path.trim().is_empty() || path.starts_with('/') || path.split('/').any(|part| part == "..") {
        validator.error(
            raw.path.span(),
            format!("`{path}` is not a path below the policy"),
            "write a path such as `logs/*.jsonl`",
        );
    }
    let commit = raw.commit.as_ref().map(|commit| commit_id(validator, commit));
    let commit_at = raw.commit_at.as_ref().map(|at| pointer(validator, at.get_ref(), at.span()));
    let kind = match raw.kind {
        RawEvidenceKind::Log => EvidenceKind::Log(log(validator, &raw, &span)),
        RawEvidenceKind::Junit => EvidenceKind::Junit(JunitDemand {
            require: texts(&raw.require_tests),
            expect_failures: texts(&raw.expect_failures),
            tests: raw.tests.as_ref().and_then(|tests| bound(validator, tests)),
        }),
        RawEvidenceKind::Json => EvidenceKind::Json(json(validator, &raw, &span)),
        RawEvidenceKind::Coverage => EvidenceKind::Coverage(coverage(validator, &raw, &span)),
    };
    let place = validator.text.place(&span);
    (validator.errors_so_far() == before).then_some(EvidenceRule { path, commit, commit_at, kind, place })
}

/// Keys of another kind are errors.
fn refuse_strangers(validator: &mut Validator<'_>, raw: &RawEvidence) {
    use RawEvidenceKind::{Coverage, Json, Junit, Log};
    let keys: [(&str, Option<Range<usize>>, RawEvidenceKind); 11] = [
        ("commit-at", raw.commit_at.as_ref().map(Spanned::span), Json),
        ("forbid", raw.forbid.as_ref().map(Spanned::span), Log),
        ("require", raw.require.as_ref().map(Spanned::span), Log),
        ("from", raw.from.as_ref().map(Spanned::span), Log),
        ("to", raw.to.as_ref().map(Spanned::span), Log),
        ("require-tests", raw.require_tests.as_ref().map(Spanned::span), Junit),
        ("expect-failures", raw.expect_failures.as_ref().map(Spanned::span), Junit),
        ("tests", raw.tests.as_ref().map(Spanned::span), Junit),
        ("expect", raw.expect.as_ref().map(Spanned::span), Json),
        ("symbol", raw.symbol.as_ref().map(Spanned::span), Coverage),
        ("at-least", raw.at_least.as_ref().map(Spanned::span), Coverage),
    ];
    let own: Vec<&str> = keys.iter().filter(|(.., kind)| *kind == raw.kind).map(|(key, ..)| *key).collect();
    for (key, span, kind) in &keys {
        if let Some(span) = span
            && *kind != raw.kind
        {
            let message = format!("`{key}` does not go with this kind of evidence");
            validator.error(span.clone(), message, format!("its keys are `{}`", own.join("`, `")));
        }
    }
}

fn texts(raw: &Option<Spanned<Vec<Spanned<String>>>>) -> Vec<String> {
    raw.iter().flat_map(|list| list.get_ref()).map(|text| text.get_ref().clone()).collect()
}

fn log(validator: &mut Validator<'_>, raw: &RawEvidence, span: &Range<usize>) -> LogDemand {
    let mut patterns = |list: &Option<Spanned<Vec<Spanned<String>>>>| {
        let mut found = Vec::new();
        for text in list.iter().flat_map(|list| list.get_ref()) {
            match regex::RegexBuilder::new(text.get_ref()).size_limit(1 << 20).build() {
                Ok(pattern) => found.push(pattern),
                Err(why) => {
                    let why = why.to_string();
                    let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                    validator.error(
                        text.span(),
                        format!("bad pattern: {why}"),
                        "patterns are those of the Rust crate `regex`",
                    );
                }
            }
        }
        found
    };
    let (forbid, require) = (patterns(&raw.forbid), patterns(&raw.require));
    if raw.forbid.is_none() && raw.require.is_none() {
        let message = "the log is asked for nothing, so it can never fail";
        validator.error_of_whole(span.clone(), message, "add `forbid = [\"…\"]` or `require = [\"…\"]`");
    }
    let mut time = |raw: &Option<Spanned<String>>| {
        let text = raw.as_ref()?;
        let parsed = text.get_ref().parse::<jiff::Timestamp>().ok();
        if parsed.is_none() {
            let message = format!("`{}` is not a time", text.get_ref());
            validator.error(text.span(), message, "write it in RFC 3339, with its zone: `2025-09-11T22:23:19Z`");
        }
        parsed.map(jiff::Timestamp::as_second)
    };
    let (from, to) = (time(&raw.from), time(&raw.to));
    if let (Some(from), Some(to), Some(at)) = (from, to, &raw.to)
        && from > to
    {
        validator.error(at.span(), "the window ends before it begins", "exchange `from` and `to`");
    }
    LogDemand { forbid, require, from, to }
}

fn json(validator: &mut Validator<'_>, raw: &RawEvidence, span: &Range<usize>) -> JsonDemand {
    let mut expect = Vec::new();
    match &raw.expect {
        Some(table) => {
            for (key, value) in table.get_ref() {
                let pointer = pointer(validator, key, table.span());
                let expected = match value {
                    RawExpected::Truth(truth) => Expected::Truth(*truth),
                    RawExpected::Integer(number) => Expected::Number(*number as f64),
                    RawExpected::Float(number) => Expected::Number(*number),
                    RawExpected::Text(text) => match Operator::split(text) {
                        Some((operator, number)) => match number.parse() {
                            Ok(number) => Expected::Compare(operator, number),
                            Err(_) => {
                                let help = "a text that begins with a sign compares a number: `\">= 3\"`";
                                validator.error(table.span(), format!("`{text}` compares no number"), help);
                                continue;
                            }
                        },
                        None => Expected::Text(text.clone()),
                    },
                };
                expect.push((pointer, expected));
            }
        }
        None => {
            let message = "the document is asked for nothing, so it can never fail";
            validator.error_of_whole(span.clone(), message, "add `expect = { \"/status\" = \"healthy\" }`");
        }
    }
    JsonDemand { expect }
}

fn coverage(validator: &mut Validator<'_>, raw: &RawEvidence, span: &Range<usize>) -> CoverageDemand {
    let symbol = raw.symbol.as_ref().and_then(|symbol| validator.symbol(symbol));
    let at_least = raw.at_least.as_ref().and_then(|share| {
        let value = *share.get_ref();
        let is_share = (0.0..=1.0).contains(&value);
        if !is_share {
            validator.error(
                share.span(),
                format!("`{value}` is not a share"),
                "write a number from 0 to 1, such as `0.9`",
            );
        }
        is_share.then_some((value * 1000.0).round() as u32)
    });
    if raw.at_least.is_none() {
        let message = "the coverage is asked for nothing, so it can never fail";
        validator.error_of_whole(span.clone(), message, "add `at-least = 0.9`");
    }
    CoverageDemand { symbol, at_least }
}

fn pointer(validator: &mut Validator<'_>, text: &str, span: Range<usize>) -> String {
    if !text.is_empty() && !text.starts_with('/') {
        validator.error(span, format!("`{text}` is not a JSON pointer"), format!("write `/{text}`"));
    }
    text.to_owned()
}

fn commit_id(validator: &mut Validator<'_>, commit: &Spanned<String>) -> String {
    let text = commit.get_ref();
    let is_id = (7..=40).contains(&text.len()) && text.chars().all(|c| c.is_ascii_hexdigit());
    if !is_id {
        validator.error(
            commit.span(),
            format!("`{text}` is not the id of a commit"),
            "write at least 7 hexadecimal digits",
        );
    }
    text.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    fn faults(text: &str) -> Vec<String> {
        match Policy::parse(text, "solely.toml", &|_| Ok(None)) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn evidence_is_read_whole_or_refused_at_its_place() {
        let good = "[[evidence]]\nkind = \"log\"\npath = \"a.log\"\nforbid = [\"x\"]\nfrom = \"2026-01-01T00:00:00Z\"\n\
                    [[evidence]]\nkind = \"coverage\"\npath = \"c.xml\"\nat-least = 0.9\n\
                    [[evidence]]\nkind = \"json\"\npath = \"h.json\"\nexpect = { \"/a\" = 1, \"/b\" = true, \"/c\" = \">= 2.5\" }\n\
                    [removal]\nexpect = { net-lines = \">= 300\", reintroduced = 0 }\n";
        assert_eq!(faults(good), [] as [&str; 0]);
        for (text, fault) in [
            ("[[evidence]]\nkind = \"log\"\npath = \"a\"\nforbid = [\"(\"]\n", "solely.toml:4:11: bad pattern"),
            ("[[evidence]]\nkind = \"log\"\npath = \"/a\"\nforbid = [\"a\"]\n", "solely.toml:3:8: `/a` is not a path"),
            ("[[evidence]]\nkind = \"log\"\npath = \"a\"\n", "solely.toml:1:1: the log is asked for nothing"),
            (
                "[[evidence]]\nkind = \"log\"\npath = \"a\"\nrequire = [\"a\"]\nto = \"noon\"\n",
                "solely.toml:5:6: `noon` is not a time",
            ),
            (
                "[[evidence]]\nkind = \"junit\"\npath = \"a\"\nforbid = [\"a\"]\n",
                "solely.toml:4:10: `forbid` does not go with",
            ),
            ("[[evidence]]\nkind = \"json\"\npath = \"a\"\nexpect = { \"a\" = 1 }\n", "`a` is not a JSON pointer"),
            ("[[evidence]]\nkind = \"coverage\"\npath = \"a\"\nat-least = 9\n", "solely.toml:4:12: `9` is not a share"),
            ("[[evidence]]\nkind = \"xml\"\npath = \"a\"\n", "unknown value `xml`"),
            ("[removal]\nexpect = { net-lines = \"many\" }\n", "solely.toml:2:24: not a bound"),
            ("[removal]\nexpect = { lines = 1 }\n", "unknown key `lines`"),
        ] {
            let found = faults(text);
            assert!(found.iter().any(|it| it.contains(fault)), "{text}: {found:?}");
        }
    }
}
