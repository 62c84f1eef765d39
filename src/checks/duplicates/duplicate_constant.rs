//! `duplicate-constant`: the same constant in several modules, first of all with different values.
//!
//! Only literals of modules are compared. A short name (`TIMEOUT`, `MAX_SIZE`) is each module's own; a name of three
//! words is meant to be one fact. Private constants (`_MODEL_DATA_PATH`) that differ are each module's own too. Invariant:
//! constants that agree are told only where the value is one that somebody chose. Absent on purpose: constants of classes,
//! and values that are computed.

use super::{DuplicateKind, DuplicateSpec, DuplicatesOutput, Group, Instance, Search};
use crate::facts::Constant;
use crate::finding::Context;
use std::collections::BTreeMap;

pub const SPEC: DuplicateSpec = DuplicateSpec {
    kind: DuplicateKind::DuplicateConstant,
    explanation: include_str!("duplicate_constant.md"),
    run: find,
};

/// A name that more modules than this define is a convention of the tree.
const MODULES_ALLOWED: usize = 8;

/// Words of a name that is meant to be one fact.
const WORDS: usize = 3;

/// Words that make any name a setting of its own module.
const OWN_WORDS: &[&str] = &["DEFAULT", "LOG", "LOGGER", "BASE", "ROOT", "TEST"];

fn find(search: &Search<'_, '_, '_>) -> DuplicatesOutput {
    let mut names: BTreeMap<&str, Vec<(u32, &Constant)>> = BTreeMap::new();
    for (file, it) in search.corpus.files.iter().enumerate().filter(|(_, it)| it.context != Context::Tests) {
        let mut last: BTreeMap<&str, &Constant> = BTreeMap::new();
        for constant in it.fragments.constants.iter().filter(|it| it.is_literal && !it.is_conditional) {
            last.insert(&constant.name, constant);
        }
        for (name, constant) in last {
            names.entry(name).or_default().push((file as u32, constant));
        }
    }
    let groups = names.into_iter().filter_map(|(name, members)| group(search, name, &members)).collect();
    DuplicatesOutput { groups, bounds: Vec::new() }
}

fn group(search: &Search<'_, '_, '_>, name: &str, members: &[(u32, &Constant)]) -> Option<Group> {
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    let own = words.iter().filter(|word| OWN_WORDS.contains(word)).count();
    if members.len() < 2 || members.len() > MODULES_ALLOWED || words.len() < WORDS + own {
        return None;
    }
    let first = members[0].1;
    let disagrees = members.iter().any(|(_, constant)| constant.value != first.value);
    let is_private = name.starts_with('_');
    if disagrees && is_private || !disagrees && !is_chosen(first) {
        return None;
    }
    let instances: Vec<Instance> = members
        .iter()
        .map(|(file, constant)| Instance {
            what: "constant",
            detail: Some(constant.text.to_string()),
            ..search.instance_at(*file, constant.lines, name)
        })
        .collect();
    let how = if disagrees { "with different values" } else { "with the same value" };
    Some(Group {
        kind: DuplicateKind::DuplicateConstant,
        reasons: vec![DuplicateKind::DuplicateConstant],
        clone_type: None,
        similarity: 0,
        disagrees,
        message: format!("constant `{name}` is set in {} modules, {how}", members.len()),
        parts: Vec::new(),
        canonical: None,
        instances,
        details: Default::default(),
    })
}

/// A value that says something: not a flag, an empty display, or a small number.
fn is_chosen(constant: &Constant) -> bool {
    constant.tokens > 2 || constant.text.len() > 3 && !matches!(&*constant.text, "True" | "False" | "None")
}
