//! Suppressions: comments that take findings out of the verdict, and what is wrong with such comments.
//!
//! ```text
//! # solely: ignore[orders-v2] -- the importer goes in March
//! # solely: ignore[orders-v2, environment-access] until=2027-01-01 -- the importer goes in March
//! # solely: ignore-file[orders-v2] -- a copy of the old module, kept for comparison
//! ```
//!
//! The ids and the reason are mandatory; the date may also stand behind the reason, as `(until=2027-01-01)`. From that
//! day on the comment suppresses nothing and fails; it warns in the 14 days before. On a line of its own a comment
//! covers the statement below, or the definition whose header stands there; behind code it covers its statement, on a
//! header the whole definition; `ignore-file` covers the file. Invariant: a comment that does nothing is told. Absent on
//! purpose: where comments stand in a file; that is `comment`.

use super::comment::{Comment, comments};
use super::{NO_COMMENT_REACHES, OwnRule, TriageInput};
use crate::checks::RULES_OF_CHANGES;
use crate::finding::{Finding, Suppression};
use crate::span::Location;
use std::collections::BTreeMap;

/// How long before its end a suppression warns, in days.
const NOTICE: i64 = 14;

/// What a comment demands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Directive {
    is_file: bool,
    rules: Vec<String>,
    until: Option<jiff::civil::Date>,
    reason: String,
}

/// Marks what comments suppress, and returns what is wrong with comments.
pub fn apply(input: &TriageInput<'_, '_>, findings: &mut [Finding]) -> Vec<Finding> {
    let mut by_path: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        by_path.entry(finding.location.path.clone()).or_default().push(index);
    }
    let mut faults = Vec::new();
    for id in input.sources.marked(input.ids) {
        let path = input.sources.path(id);
        if !input.scope.holds(path) {
            continue;
        }
        let nearby = by_path.get(path).map_or(&[][..], Vec::as_slice);
        for comment in comments(input.sources, id) {
            match parse(&comment.text) {
                None => {}
                Some(Err(Fault { rule, message, help })) => {
                    faults.push(input.own(rule, &comment.location, &comment.text, message, help));
                }
                Some(Ok(directive)) => obey(input, &comment, &directive, nearby, findings, &mut faults),
            }
        }
    }
    faults
}

fn obey(
    input: &TriageInput<'_, '_>,
    comment: &Comment,
    directive: &Directive,
    nearby: &[usize],
    findings: &mut [Finding],
    faults: &mut Vec<Finding>,
) {
    let Comment { location, covers, text } = comment;
    let mut fault = |rule, message: String, help: String| faults.push(input.own(rule, location, text, message, help));
    let is_expired = directive.until.is_some_and(|date| input.today >= date);
    let mut is_used = false;
    for rule in &directive.rules {
        if NO_COMMENT_REACHES.contains(&rule.as_str()) {
            let message = format!("`{rule}` cannot be suppressed");
            fault(OwnRule::UnknownRule, message, "mend what it tells of, or take the id out".into());
            continue;
        }
        let is_known =
            input.policy.rules.iter().any(|it| it.id.0 == *rule) || RULES_OF_CHANGES.contains(&rule.as_str());
        if !is_known {
            let message = format!("the policy has no rule `{rule}`, so this suppresses nothing");
            fault(OwnRule::UnknownRule, message, near(input, rule));
            continue;
        }
        let mut meets = false;
        for &index in nearby {
            let finding = &mut findings[index];
            let is_covered = directive.is_file || covers.contains(finding.location.start.line);
            if finding.rule.0 != *rule || !is_covered {
                continue;
            }
            meets = true;
            if !is_expired && finding.standing.suppressed.is_none() {
                let (reason, until) = (directive.reason.clone(), directive.until);
                finding.standing.suppressed = Some(Suppression { location: location.clone(), reason, until });
            }
        }
        is_used |= meets;
        // What only a comparison with a base finds is not there in every run.
        if !meets && !RULES_OF_CHANGES.contains(&rule.as_str()) {
            let message = format!("`{rule}` finds nothing here, so this suppresses nothing");
            fault(OwnRule::Unused, message, "take the comment out".into());
        }
    }
    let Some(until) = directive.until.filter(|_| is_used) else { return };
    let rules = directive.rules.join("`, `");
    if is_expired {
        let message = format!("the suppression of `{rules}` ended on {until}");
        fault(OwnRule::Expired, message, "mend what it hides, or say why it needs longer".into());
    } else if let Ok(left) = until.since(input.today).map(|span| i64::from(span.get_days()))
        && left <= NOTICE
    {
        let days = if left == 1 { "1 day".to_owned() } else { format!("{left} days") };
        let message = format!("the suppression of `{rules}` ends in {days}, on {until}");
        fault(OwnRule::Expiring, message, "mend what it hides before it fails".into());
    }
}

fn near(input: &TriageInput<'_, '_>, rule: &str) -> String {
    let ids = input.policy.rules.iter().map(|it| it.id.0.as_str());
    let best = ids.map(|id| (strsim::jaro_winkler(id, rule), id)).max_by(|a, b| a.0.total_cmp(&b.0));
    match best.filter(|(likeness, _)| *likeness > 0.85) {
        Some((_, id)) => format!("did you mean `{id}`?"),
        None => "`solely policy check` lists the rules".into(),
    }
}

/// What is wrong with a comment's own words.
struct Fault {
    rule: OwnRule,
    message: String,
    help: String,
}

/// Reads what stands behind the marker; `None` where it is not meant for us.
fn parse(text: &str) -> Option<Result<Directive, Fault>> {
    let length = text.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(text.len());
    let (word, rest) = text.split_at(length);
    let rest = rest.trim_start();
    let is_file = match word {
        "ignore" => false,
        "ignore-file" => true,
        _ if rest.starts_with('[') => {
            return Some(Err(malformed(format!("`{word}` is no word of a suppression"))));
        }
        _ => return None,
    };
    Some(parse_rest(is_file, rest))
}

fn parse_rest(is_file: bool, rest: &str) -> Result<Directive, Fault> {
    let Some((ids, rest)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return Err(malformed("a suppression names its rules in brackets".into()));
    };
    let rules: Vec<String> = ids.split(',').map(|id| id.trim().to_owned()).collect();
    let is_id =
        |id: &String| !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if let Some(bad) = rules.iter().find(|id| !is_id(id)) {
        return Err(malformed(format!("`{bad}` is not the id of a rule")));
    }
    let (before, reason) = match rest.split_once("--") {
        Some((before, reason)) => (before.trim(), reason.trim()),
        None => (rest.trim(), ""),
    };
    let (reason, behind) = match reason.strip_suffix(')').and_then(|text| text.rsplit_once("(until=")) {
        Some((reason, date)) => (reason.trim(), Some(date)),
        None => (reason, None),
    };
    let date = match (before.strip_prefix("until="), behind) {
        (Some(date), None) => Some(date),
        (None, behind) if before.is_empty() => behind,
        (Some(_), Some(_)) => return Err(malformed("a suppression ends once, but two dates are given".into())),
        (None, _) => return Err(malformed(format!("`{before}` stands where only a date may"))),
    };
    let until = match date {
        None => None,
        Some(text) => match text.parse() {
            Ok(date) if text.len() == "2027-01-01".len() => Some(date),
            _ => return Err(malformed(format!("`{text}` is not a date"))),
        },
    };
    if !reason.chars().any(char::is_alphanumeric) {
        return Err(Fault {
            rule: OwnRule::NoReason,
            message: format!("the suppression of `{}` gives no reason, so it suppresses nothing", rules.join("`, `")),
            help: "say why behind two dashes: `solely: ignore[…] -- why`".into(),
        });
    }
    Ok(Directive { is_file, rules, until, reason: reason.to_owned() })
}

fn malformed(message: String) -> Fault {
    let help = "write `solely: ignore[rule-id] -- why`, or `solely: ignore[rule-id] until=2027-01-01 -- why`".into();
    Fault { rule: OwnRule::Malformed, message, help }
}

impl TriageInput<'_, '_> {
    /// A finding about a comment.
    fn own(&self, rule: OwnRule, location: &Location, text: &str, message: String, help: String) -> Finding {
        let symbol = text.split_once('[').and_then(|(_, ids)| ids.split_once(']')).map_or(text, |(ids, _)| ids);
        self.finding(rule, location.clone(), "suppression", symbol.trim(), text, message, help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Vec<String>, Option<String>, String), &'static str> {
        match parse(text).expect("meant for us") {
            Ok(it) => Ok((it.rules, it.until.map(|date| date.to_string()), it.reason)),
            Err(fault) => Err(fault.rule.spec().id),
        }
    }

    #[test]
    fn rules_date_and_reason_are_read() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let date = Some("2027-01-01".to_owned());
        assert_eq!(read("ignore[a] -- why"), Ok((ids(&["a"]), None, "why".into())));
        assert_eq!(
            read("ignore[a, b-2] until=2027-01-01 -- why -- so"),
            Ok((ids(&["a", "b-2"]), date.clone(), "why -- so".into()))
        );
        assert_eq!(read("ignore-file[a]-- why (until=2027-01-01)"), Ok((ids(&["a"]), date, "why".into())));
    }

    #[test]
    fn what_is_wrong_is_told_by_its_kind() {
        for (text, rule) in [
            ("ignore", "malformed-suppression"),
            ("ignore -- why", "malformed-suppression"),
            ("ignore[] -- why", "malformed-suppression"),
            ("ignore[A b] -- why", "malformed-suppression"),
            ("ignore[a] because -- why", "malformed-suppression"),
            ("ignore[a] until=tomorrow -- why", "malformed-suppression"),
            ("ignore[a] until=2027-13-01 -- why", "malformed-suppression"),
            ("ignore[a] until=2027-01-01T00:00 -- why", "malformed-suppression"),
            ("disable[a] -- why", "malformed-suppression"),
            ("ignore[a]", "suppression-without-reason"),
            ("ignore[a] --", "suppression-without-reason"),
            ("ignore[a] until=2027-01-01 -- ...", "suppression-without-reason"),
        ] {
            assert_eq!(read(text), Err(rule), "{text}");
        }
        assert!(parse("a tool that finds second implementations").is_none());
    }
}
