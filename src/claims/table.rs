//! Tables and JSON blocks of a report: rows that say what was expected and what was found.
//!
//! Invariant: every row of a table with a column of results is a claim or unread. Absent on purpose: tables that only
//! list things.

use super::markdown::{Mark, Sentence};
use super::name::Name;
use super::sentence::{self, Outcome, Phrase};
use super::topic::{self, describing_words};
use super::{Assertion, Claim, Document, OutsideClaim, Says, Source, Subject, Topic};

/// A row, with the line it stands on.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub cells: Vec<String>,
    pub line: u32,
}

/// The claims of a table: line, outcome and text of each row.
pub(super) fn interpret(rows: &[Row], trail: &[String], document: &Document) -> Vec<(u32, Outcome, String)> {
    let Some((header, body)) = rows.split_first() else { return Vec::new() };
    let column = |words: &[&str]| {
        header.cells.iter().position(|cell| {
            let lower = cell.to_lowercase();
            words.iter().any(|word| lower.contains(word))
        })
    };
    let actual = column(&["actual", "result", "observed", "found", "measured"]);
    let expected = column(&["expected"]);
    let mut out = Vec::new();
    for row in body {
        let label = row.cells.first().map_or("", String::as_str);
        let value = actual.or(expected).and_then(|at| row.cells.get(at));
        let text = row.cells.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" | ");
        let outcome = match value {
            Some(value) if !label.is_empty() => check(label, value, &text, trail),
            _ => {
                let said = match row.cells.len() {
                    0 => continue,
                    1 => label.to_owned(),
                    _ => format!("{label}: {}", row.cells[1..].join(", ")),
                };
                let sentence = Sentence {
                    text: said,
                    mark: Mark::None,
                    trail: with_header(trail, header),
                    lead: None,
                    is_heading: false,
                };
                sentence::interpret(&sentence, document)
            }
        };
        out.push((row.line, outcome, text));
    }
    out
}

/// A header whose first cell says "Removed file" introduces the rows as a heading does.
fn with_header(trail: &[String], header: &Row) -> Vec<String> {
    let mut trail = trail.to_vec();
    trail.extend(header.cells.first().filter(|cell| !cell.is_empty()).cloned());
    trail
}

/// A row that says what a check found.
fn check(label: &str, value: &str, text: &str, trail: &[String]) -> Outcome {
    let plain = value.trim().trim_matches('`').trim_matches('\u{2713}').trim().to_lowercase();
    let truth = match plain.as_str() {
        "true" | "yes" | "present" | "exists" => Some(true),
        "false" | "no" | "absent" | "missing" | "not found" => Some(false),
        _ => None,
    };
    let lower = label.to_lowercase();
    let asks_existence = ["exist", "present", "defined", "available"].iter().any(|word| lower.contains(word));
    let asks_removal = lower.contains("removed") || lower.contains("deleted") || lower.contains("absent");
    if let (Some(truth), true) = (truth, asks_existence != asks_removal) {
        let subject = subject(label);
        let Some(subject) = subject else { return Outcome { claims: Vec::new(), is_unread: true } };
        let exists = truth == asks_existence;
        let assertion = if exists { Assertion::Exists(subject) } else { Assertion::Absent(subject) };
        return one(text, assertion);
    }
    let shape = format!("{label}: {plain}");
    if let Some((topic, says)) = topic::outside(&shape, trail) {
        return one(text, Assertion::Outside(OutsideClaim { topic, says }));
    }
    let number = plain.chars().any(|c| c.is_ascii_digit());
    let says_works = ["success", "functional", "pass", "ok", "working", "healthy", "operational"]
        .iter()
        .any(|word| plain.starts_with(word));
    if says_works && !number {
        return one(text, Assertion::Outside(OutsideClaim { topic: Topic::Run, says: Says::Nothing }));
    }
    Outcome { claims: Vec::new(), is_unread: true }
}

/// What a label is about: the name in it, or the words that describe it.
fn subject(label: &str) -> Option<Subject> {
    let phrase = Phrase::new(label);
    let names: Vec<Name> = phrase.names_in(&phrase.shape);
    match names.len() {
        1 => Some(Subject::Named(names.into_iter().next()?)),
        0 => Some(describing_words(label)).filter(|words| !words.is_empty()).map(Subject::Described),
        _ => None,
    }
}

fn one(text: &str, assertion: Assertion) -> Outcome {
    let source = Source { document: String::new(), line: 0, commit: None };
    let text = text.replace('\u{2713}', "").split_whitespace().collect::<Vec<_>>().join(" ");
    Outcome {
        claims: vec![Claim { text, source, assertion, unjudged: Vec::new(), is_partial: false }],
        is_unread: false,
    }
}

/// The values of a JSON block that stands below a heading, or behind words, about the health of a service.
pub(super) fn json_values(code: &str, trail: &[String], before: &str) -> Outcome {
    let about = format!("{} {before}", trail.join(" ")).to_lowercase();
    if !about.contains("health") {
        return Outcome::default();
    }
    let Ok(serde_json::Value::Object(object)) = serde_json::from_str::<serde_json::Value>(code) else {
        return Outcome::default();
    };
    let mut outcome = Outcome::default();
    for (key, value) in object {
        let value = match value {
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Bool(truth) => truth.to_string(),
            _ => continue,
        };
        let text = format!("{key}: {value}");
        let says = Says::Value { key, value };
        outcome.claims.extend(one(&text, Assertion::Outside(OutsideClaim { topic: Topic::Health, says })).claims);
    }
    outcome
}
