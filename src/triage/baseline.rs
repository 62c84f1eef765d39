//! The baseline: findings that were accepted, each with who, when and why.
//!
//! `solely-baseline.jsonl` stands beside the policy. Its first line names the format, each further line is one finding:
//!
//! ```text
//! {"schema":"solely/baseline/1"}
//! {"path":"shop/a.py","rule":"orders-v2","symbol":"shop.orders:save_v2","kind":"call","inside":"Cart.pay","code":"return save_v2 order","severity":"error","by":"Ada <ada@example.org>","date":"2026-11-22","reason":"goes with the importer"}
//! ```
//!
//! One line per finding, sorted, without line numbers: two branches that accept different findings merge without a
//! conflict unless their lines are neighbours, and `*.jsonl merge=union` in `.gitattributes` merges those too. Entries
//! may stand in any order; equal findings are told apart by their `ordinal`, left out where it is 1.
//!
//! Invariants: an entry accepts one finding, and none that weighs more than when it was accepted; an entry that accepts
//! nothing becomes a finding. A conflict that nobody resolved, an unknown format, a second entry for one finding and
//! what is no JSON are errors with their line. Absent on purpose: who the user is and what day it is.

use super::pairing::{Known, Moves, pair};
use super::{OwnRule, TriageInput};
use crate::checks::RULES_OF_CHANGES;
use crate::finding::{Acceptance, Finding, Gate, Severity, Verdict};
use crate::policy::PolicyError;
use crate::span::{Location, Position, RepoPath};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The format, which the first line names.
const SCHEMA: &str = "solely/baseline/1";

/// An accepted finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub known: Known,
    pub ordinal: u32,
    pub acceptance: Acceptance,
}

/// The entries of a file, each with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    pub path: RepoPath,
    pub entries: Vec<(Entry, u32)>,
}

/// What a baseline did in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineUse {
    pub path: RepoPath,
    pub entries: u64,
    /// Findings that it accepts.
    pub accepted: u64,
    /// Entries that accept nothing any more.
    pub stale: u64,
}

/// The wire form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    path: String,
    rule: String,
    symbol: String,
    kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    inside: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    code: String,
    #[serde(default = "first", skip_serializing_if = "is_first")]
    ordinal: u32,
    severity: String,
    by: String,
    date: String,
    reason: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema: String,
}

fn first() -> u32 {
    1
}

fn is_first(ordinal: &u32) -> bool {
    *ordinal == 1
}

const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

impl Baseline {
    pub fn empty(path: RepoPath) -> Self {
        Self { path, entries: Vec::new() }
    }

    /// Reads a file, or says everything that is wrong with it.
    pub fn parse(text: &str, path: &RepoPath) -> Result<Self, Vec<PolicyError>> {
        let mut errors = Vec::new();
        let mut entries: Vec<(Entry, u32)> = Vec::new();
        let mut seen: BTreeMap<(Known, u32), u32> = BTreeMap::new();
        let mut has_head = false;
        let mut start = 0;
        for (number, whole) in (1..).zip(text.split_inclusive('\n')) {
            let line = whole.trim_end_matches(['\n', '\r']);
            let span = start..start + line.len();
            start += whole.len();
            let error = |message: String, help: &str| {
                PolicyError::in_text(path.as_str(), text, span.clone(), message).with_help(help)
            };
            if line.trim().is_empty() {
                continue;
            }
            if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark)) {
                let help = "keep the entries of both sides and take the marks out, then run `solely baseline`";
                errors.push(error("a merge conflict is not resolved".into(), help));
                continue;
            }
            if !has_head {
                has_head = true;
                match serde_json::from_str::<Head>(line) {
                    Ok(head) if head.schema == SCHEMA => {}
                    Ok(head) => {
                        let message = format!("`{}` is not a format that this version reads", head.schema);
                        errors.push(error(
                            message,
                            &format!("it reads `{SCHEMA}`; a newer `solely` may have written this"),
                        ));
                        return Err(errors);
                    }
                    Err(_) => {
                        let message = "this is not a baseline: the first line does not name the format".to_owned();
                        errors.push(error(message, "`solely baseline` writes the file"));
                        return Err(errors);
                    }
                }
                continue;
            }
            match read_entry(line) {
                Ok(entry) => {
                    let key = (Known { severity: Severity::Note, ..entry.known.clone() }, entry.ordinal);
                    match seen.insert(key, number) {
                        Some(other) => {
                            let message = format!("a second entry for the finding of line {other}");
                            errors.push(error(message, "keep the one whose reason holds"));
                        }
                        None => entries.push((entry, number)),
                    }
                }
                Err(message) => errors.push(error(message, "`solely baseline` writes the file; take the line out")),
            }
        }
        if !has_head && errors.is_empty() {
            let message = "the file is empty; a baseline without entries has its first line";
            errors.push(PolicyError::of_file(path.as_str(), message).with_help("`solely baseline` writes the file"));
        }
        if errors.is_empty() { Ok(Self { path: path.clone(), entries }) } else { Err(errors) }
    }

    /// The bytes of a file with these entries: sorted, and nothing but them.
    pub fn render(entries: &[Entry]) -> String {
        let json = |value: serde_json::Result<String>| value.expect("texts and numbers alone");
        let mut sorted: Vec<&Entry> = entries.iter().collect();
        sorted.sort();
        let mut out = json(serde_json::to_string(&Head { schema: SCHEMA.into() }));
        out.push('\n');
        for Entry { known, ordinal, acceptance } in sorted {
            let Known { path, rule, symbol, kind, inside, code, severity } = known.clone();
            let Acceptance { by, date, reason } = acceptance.clone();
            let (severity, date) = (severity.name().to_owned(), date.map_or_else(String::new, |date| date.to_string()));
            let ordinal = *ordinal;
            let line = Line { path, rule, symbol, kind, inside, code, ordinal, severity, by, date, reason };
            out.push_str(&json(serde_json::to_string(&line)));
            out.push('\n');
        }
        out
    }

    fn known(&self) -> Vec<Known> {
        self.entries.iter().map(|(entry, _)| entry.known.clone()).collect()
    }
}

fn read_entry(text: &str) -> Result<Entry, String> {
    let line: Line = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let message = message.split(" at line").next().unwrap_or_default().to_owned();
        format!("not an entry: {message}")
    })?;
    let Some(severity) = SEVERITIES.into_iter().find(|it| it.name() == line.severity) else {
        return Err(format!("not an entry: `{}` is no severity", line.severity));
    };
    let date = line.date.parse().map_err(|_| format!("not an entry: `{}` is not a date", line.date))?;
    for (name, value) in [("by", &line.by), ("reason", &line.reason)] {
        if value.trim().is_empty() {
            return Err(format!("not an entry: `{name}` is empty"));
        }
    }
    let Line { path, rule, symbol, kind, inside, code, ordinal, by, reason, .. } = line;
    let known = Known { path, rule, symbol, kind, inside, code, severity };
    Ok(Entry { known, ordinal, acceptance: Acceptance { by, date: Some(date), reason } })
}

/// Whether a baseline may accept a finding: what is only told needs no acceptance, and what people say about findings is
/// mended where they say it.
fn is_acceptable(finding: &Finding) -> bool {
    let is_own = super::OWN_RULES.iter().any(|spec| spec.id == finding.rule.0);
    finding.severity < Severity::Note && finding.standing.suppressed.is_none() && !is_own && finding.kind != "successor"
}

/// The entry of each acceptable finding; findings by index, entries by index.
fn matches(input: &TriageInput<'_, '_>, baseline: &Baseline, findings: &[Finding]) -> Vec<(usize, Option<usize>)> {
    let candidates: Vec<usize> = (0..findings.len()).filter(|&index| is_acceptable(&findings[index])).collect();
    let found: Vec<Known> = candidates.iter().map(|&index| Known::of(&findings[index])).collect();
    let known = baseline.known();
    let paths: BTreeSet<&str> = known.iter().map(|it| it.path.as_str()).collect();
    let scopes: BTreeSet<(&str, &str)> = known.iter().map(|it| (it.path.as_str(), it.inside.as_str())).collect();
    let moves = Moves {
        renamed: BTreeMap::new(),
        is_there: &|path| input.sources.snapshot().find(&RepoPath::new(path)).is_some(),
        was_there: &|path| paths.contains(path),
        defines: &|path, inside| defines(input.sources, path, inside),
        defined: &|path, inside| scopes.contains(&(path, inside)),
    };
    candidates.into_iter().zip(pair(&known, &found, &moves)).collect()
}

/// Whether a file of a snapshot holds a definition.
pub(super) fn defines(sources: &crate::source::SourceSet<'_>, path: &str, inside: &str) -> bool {
    let facts = sources.snapshot().find(&RepoPath::new(path)).and_then(|id| sources.facts(id));
    facts.is_some_and(|facts| facts.definition_ids().any(|id| facts.qualified_name(id) == inside))
}

/// Marks what the baseline accepts, and adds what is stale in it.
pub(super) fn apply(
    input: &TriageInput<'_, '_>,
    baseline: &Baseline,
    findings: &mut [Finding],
    own: &mut Vec<Finding>,
) -> BaselineUse {
    let mut is_met = vec![false; baseline.entries.len()];
    let mut accepted = 0;
    for (index, entry) in matches(input, baseline, findings) {
        let Some(entry) = entry else { continue };
        is_met[entry] = true;
        let Entry { known, acceptance, .. } = &baseline.entries[entry].0;
        let finding = &mut findings[index];
        if known.severity <= finding.severity {
            finding.standing.accepted = Some(acceptance.clone());
            accepted += 1;
        } else {
            let help = format!("it was accepted as a {}; it weighs more now", known.severity.name());
            finding.help = Some(finding.help.take().map_or(help.clone(), |before| format!("{before}; {help}")));
        }
    }
    let mut stale = 0;
    for ((entry, line), _) in baseline.entries.iter().zip(&is_met).filter(|(_, met)| !**met) {
        let known = &entry.known;
        // Outside the paths asked for, and of what only a comparison finds, nothing is known.
        if !input.scope.holds(&RepoPath::new(&known.path)) || RULES_OF_CHANGES.contains(&known.rule.as_str()) {
            continue;
        }
        stale += 1;
        let start = Position { line: *line, column: 1 };
        let location = Location { path: baseline.path.clone(), start, end_line: *line };
        let code = format!("{} {} {} {} {}", known.path, known.rule, known.kind, known.inside, known.code);
        let message =
            format!("`{}` of `{}` in {} is accepted, but no longer there", known.kind, known.symbol, known.path);
        let help = "`solely baseline --prune` takes it out".to_owned();
        let mut finding = input.finding(OwnRule::StaleEntry, location, "baseline", &known.symbol, &code, message, help);
        if input.strict_baseline {
            finding.severity = Severity::Error;
            finding.gate = Some(Gate { context: finding.context, verdict: Verdict::Fail });
        }
        own.push(finding);
    }
    BaselineUse { path: baseline.path.clone(), entries: baseline.entries.len() as u64, accepted, stale }
}

/// How a baseline changes when it is brought up to date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// What the file then holds.
    pub entries: Vec<Entry>,
    pub kept: u64,
    /// Kept, but under another path, definition or number.
    pub moved: u64,
    pub added: Vec<Entry>,
    pub removed: Vec<Entry>,
}

/// Brings a baseline up to date: what still occurs is kept with its acceptance, what does not is taken out, and what is
/// not accepted yet is added if an acceptance is given for it.
pub fn update(
    input: &TriageInput<'_, '_>,
    baseline: &Baseline,
    findings: &[Finding],
    acceptance: Option<&Acceptance>,
) -> Update {
    let mut update = Update::default();
    let mut is_met = vec![false; baseline.entries.len()];
    for (index, entry) in matches(input, baseline, findings) {
        let (now, ordinal) = (Known::of(&findings[index]), findings[index].identity.ordinal);
        let before = entry.map(|entry| &baseline.entries[entry].0);
        if let Some(entry) = entry {
            is_met[entry] = true;
        }
        let is_heavier = before.is_some_and(|entry| now.severity < entry.known.severity);
        match (before, acceptance) {
            (Some(entry), acceptance) if !is_heavier || acceptance.is_none() => {
                // What weighs more now keeps its old weight until somebody accepts the new one.
                let severity = if is_heavier { entry.known.severity } else { now.severity };
                let moved = Entry { known: Known { severity, ..now }, ordinal, acceptance: entry.acceptance.clone() };
                update.kept += 1;
                update.moved += u64::from(moved != *entry);
                update.entries.push(moved);
            }
            (_, Some(acceptance)) => {
                let added = Entry { known: now, ordinal, acceptance: acceptance.clone() };
                update.added.push(added.clone());
                update.entries.push(added);
            }
            (_, None) => {}
        }
    }
    for ((entry, _), _) in baseline.entries.iter().zip(&is_met).filter(|(_, met)| !**met) {
        match RULES_OF_CHANGES.contains(&entry.known.rule.as_str()) {
            true => update.entries.push(entry.clone()),
            false => update.removed.push(entry.clone()),
        }
    }
    update
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::BASELINE_FILE;

    fn entry(path: &str, code: &str) -> Entry {
        Entry {
            known: Known {
                path: path.into(),
                rule: "orders-v2".into(),
                symbol: "shop.orders:save_v2".into(),
                kind: "call".into(),
                inside: String::new(),
                code: code.into(),
                severity: Severity::Error,
            },
            ordinal: 1,
            acceptance: Acceptance { by: "Ada".into(), date: "2026-11-22".parse().ok(), reason: "why".into() },
        }
    }

    fn faults(text: &str) -> Vec<String> {
        let errors = Baseline::parse(text, &RepoPath::new(BASELINE_FILE)).expect_err("must be refused");
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_written_is_read_again_in_any_order() {
        let entries = [entry("b.py", "x"), entry("a.py", "\u{202e}\"y\\")];
        let text = Baseline::render(&entries);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].contains("a.py") && lines[2].contains("b.py"), "{text}");
        for text in [text.clone(), format!("{}\r\n{}\r\n\r\n{}", lines[0], lines[2], lines[1])] {
            let read = Baseline::parse(&text, &RepoPath::new(BASELINE_FILE)).unwrap();
            let mut read: Vec<Entry> = read.entries.into_iter().map(|(entry, _)| entry).collect();
            read.sort();
            assert_eq!(read, [entries[1].clone(), entries[0].clone()]);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let head = "{\"schema\":\"solely/baseline/1\"}\n";
        let line = Baseline::render(&[entry("a.py", "x")]).lines().nth(1).unwrap().to_owned() + "\n";
        for (text, fault) in [
            (format!("{head}<<<<<<< HEAD\n{line}"), "solely-baseline.jsonl:2:1: a merge conflict is not resolved"),
            ("<<<<<<< HEAD\n".to_owned(), "solely-baseline.jsonl:1:1: a merge conflict is not resolved"),
            (format!("{head}{line}{line}"), "solely-baseline.jsonl:3:1: a second entry for the finding of line 2"),
            (
                line.clone(),
                "solely-baseline.jsonl:1:1: this is not a baseline: the first line does not name the format",
            ),
            (
                "{\"schema\":\"solely/baseline/9\"}\n".to_owned(),
                "solely-baseline.jsonl:1:1: `solely/baseline/9` is not a format that this version reads",
            ),
            (format!("{head}{{\"path\":"), "solely-baseline.jsonl:2:1: not an entry: EOF while parsing a value"),
            (String::new(), "solely-baseline.jsonl: the file is empty; a baseline without entries has its first line"),
            (
                format!("{head}{}", line.replace("\"Ada\"", "\" \"")),
                "solely-baseline.jsonl:2:1: not an entry: `by` is empty",
            ),
            (
                format!("{head}{}", line.replace("\"error\"", "\"fatal\"")),
                "solely-baseline.jsonl:2:1: not an entry: `fatal` is no severity",
            ),
            (
                format!("{head}{}", line.replace("2026-11-22", "soon")),
                "solely-baseline.jsonl:2:1: not an entry: `soon` is not a date",
            ),
        ] {
            assert_eq!(faults(&text), [fault], "{text}");
        }
        let unknown = faults(&format!("{head}{}", line.replace("\"by\"", "\"line\":3,\"by\"")));
        assert!(unknown[0].contains("unknown field `line`"), "{unknown:?}");
    }
}
