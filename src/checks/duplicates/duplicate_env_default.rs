//! `duplicate-env-default`: one key of the environment, read with different defaults.
//!
//! `os.getenv("PORT", "80")` here and `os.getenv("PORT", "8080")` there: unset, the two halves of a program disagree.
//! Left out: a function that reads a key with several defaults, since it chooses one per environment, and what only stands
//! for a missing value (`"unknown"`). Invariant: told only where two literal defaults differ, and not just in how a number
//! or a switch is written (`"False"`, `"0"`). Absent on purpose: keys read without a default, and defaults that are computed.

use super::{DuplicateKind, DuplicateSpec, DuplicatesOutput, Group, Instance, Search};
use crate::facts::{EnvironmentDefault, Print};
use crate::finding::Context;
use crate::span::LineRange;
use std::collections::{BTreeMap, BTreeSet};

pub const SPEC: DuplicateSpec = DuplicateSpec {
    kind: DuplicateKind::DuplicateEnvDefault,
    explanation: include_str!("duplicate_env_default.md"),
    run: find,
};

/// Defaults that say that there is none: they are shown or logged, and nothing runs by them.
const PLACEHOLDERS: &[&str] = &["unknown", "not set", "not_set", "unset", "n/a", "undefined", "missing"];

fn find(search: &Search<'_, '_, '_>) -> DuplicatesOutput {
    let mut keys: BTreeMap<&str, Vec<Read<'_>>> = BTreeMap::new();
    for (file, it) in search.corpus.files.iter().enumerate().filter(|(_, it)| it.context != Context::Tests) {
        for default in it.fragments.defaults.iter().filter(|it| it.is_literal && !is_placeholder(&it.text)) {
            keys.entry(&default.key).or_default().push((file as u32, default));
        }
    }
    let groups = keys.into_iter().filter_map(|(key, reads)| group(search, key, &settled(reads))).collect();
    DuplicatesOutput { groups, bounds: Vec::new() }
}

type Read<'c> = (u32, &'c EnvironmentDefault);

/// The reads of functions and modules that have one default for the key.
fn settled(mut reads: Vec<Read<'_>>) -> Vec<Read<'_>> {
    let mut chosen: BTreeMap<(u32, u32), BTreeSet<Value>> = BTreeMap::new();
    for (file, read) in reads.iter().filter(|(_, read)| read.unit != Print::OUTSIDE) {
        chosen.entry((*file, read.unit)).or_default().insert(value(read));
    }
    reads.retain(|(file, read)| chosen.get(&(*file, read.unit)).is_none_or(|values| values.len() == 1));
    reads
}

/// Words that turn something off or on, in lower case.
const OFF: &[&str] = &["0", "false", "no", "off"];
const ON: &[&str] = &["1", "true", "yes", "on"];

/// What a default says: off or on, a number, as which `"30"` and `30.0` are one, or its hash.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Switch(bool),
    Number(u64),
    Other(u64),
}

fn value(read: &EnvironmentDefault) -> Value {
    let text = unquoted(&read.text).to_ascii_lowercase();
    match text.parse::<f64>() {
        _ if OFF.contains(&&*text) => Value::Switch(false),
        _ if ON.contains(&&*text) => Value::Switch(true),
        // `nan` and `inf` are words
        Ok(number) if number.is_finite() => Value::Number((number + 0.0).to_bits()),
        _ => Value::Other(read.value),
    }
}

fn is_placeholder(text: &str) -> bool {
    PLACEHOLDERS.contains(&unquoted(text).to_ascii_lowercase().as_str())
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

fn group(search: &Search<'_, '_, '_>, key: &str, reads: &[Read<'_>]) -> Option<Group> {
    let values: BTreeSet<Value> = reads.iter().map(|(_, read)| value(read)).collect();
    if values.len() < 2 {
        return None;
    }
    let instances = reads
        .iter()
        .map(|(file, read)| {
            let units = &search.corpus.files[*file as usize].fragments.units;
            let name = units.get(read.unit as usize).map_or("", |unit| &unit.name);
            Instance {
                what: "default",
                detail: Some(read.text.to_string()),
                ..search.instance_at(*file, LineRange { start: read.line, end: read.line }, name)
            }
        })
        .collect();
    Some(Group {
        kind: DuplicateKind::DuplicateEnvDefault,
        reasons: vec![DuplicateKind::DuplicateEnvDefault],
        clone_type: None,
        similarity: 0,
        disagrees: true,
        message: format!("`{key}` is read in {} places with {} different defaults", reads.len(), values.len()),
        parts: Vec::new(),
        canonical: None,
        instances,
        details: Default::default(),
    })
}
