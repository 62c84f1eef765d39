//! `duplicate-constant`: the same constant in several modules, first of all with different values.
//!
//! Only literals of modules are compared. A short name (`TIMEOUT`, `MAX_SIZE`) is each module's own; a name of three
//! words is meant to be one fact where its modules are neighbours, or where they say the same and nobody would say it by
//! chance. Private constants (`_MODEL_DATA_PATH`) that differ are each module's own too. Invariant: constants that agree
//! are told only where the value is one that somebody chose. Absent on purpose: constants of classes, and values that are
//! computed.

use super::shelf::Shelves;
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

/// Letters of a key that somebody chose, of a text that is said once, and of a sentence that is.
const LETTERS_OF_KEY: usize = 8;
const LETTERS: usize = 12;
const LETTERS_OF_SENTENCE: usize = 20;

/// Digits of a number, and tokens of a display, that are no coincidence.
const DIGITS: usize = 4;
const TOKENS_OF_DISPLAY: u32 = 7;

/// How like two texts are that should agree, from 0 to 1.
const NEARLY: f64 = 0.8;

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
    let shelves = Shelves::new(search);
    let groups = names.into_iter().flat_map(|(name, members)| groups(search, &shelves, name, members)).collect();
    DuplicatesOutput { groups, bounds: Vec::new() }
}

/// The constants of one name that are one fact: each group is held together pair by pair.
fn groups(
    search: &Search<'_, '_, '_>,
    shelves: &Shelves<'_>,
    name: &str,
    members: Vec<(u32, &Constant)>,
) -> Vec<Group> {
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    let own = words.iter().filter(|word| OWN_WORDS.contains(word)).count();
    if members.len() < 2 || members.len() > MODULES_ALLOWED || words.len() < WORDS + own {
        return Vec::new();
    }
    let mut left = members;
    let mut found = Vec::new();
    while let Some(first) = left.pop() {
        let mut fact = vec![first];
        let mut next = 0;
        while let Some(&member) = fact.get(next) {
            let is_one = |it: &(u32, &Constant)| are_one(search, shelves, member, *it);
            let (same, others): (Vec<_>, Vec<_>) = left.into_iter().partition(is_one);
            left = others;
            fact.extend(same);
            next += 1;
        }
        if fact.len() > 1 {
            fact.sort_by_key(|(file, _)| *file);
            found.push(group(search, name, &fact));
        }
    }
    found
}

/// Whether two constants of one name are one fact.
fn are_one(search: &Search<'_, '_, '_>, shelves: &Shelves<'_>, a: (u32, &Constant), b: (u32, &Constant)) -> bool {
    let is_near = shelves.are_neighbours(folder(search, a.0), folder(search, b.0));
    if a.1.value == b.1.value {
        return is_chosen(a.1) && is_near || is_distinctive(a.1);
    }
    is_near && !a.1.name.starts_with('_') && may_disagree(&a.1.text, &b.1.text)
}

fn folder<'s>(search: &'s Search<'_, '_, '_>, file: u32) -> &'s str {
    search.path(file).folder()
}

/// Two values that stand for one: numbers, or texts and displays that nearly agree. Of two others each says its own.
fn may_disagree(a: &str, b: &str) -> bool {
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    match (is_number(a), is_number(b)) {
        (true, true) => true,
        (false, false) => strsim::normalized_levenshtein(a, b) >= NEARLY,
        _ => false,
    }
}

/// A value that nobody says twice by chance: not the name once more (`USER_KEY = "user_key"`), nor a word or two.
fn is_distinctive(constant: &Constant) -> bool {
    let text = constant.text.trim_matches(['"', '\'']);
    let is_text = text.len() < constant.text.len();
    if !is_text {
        let digits = constant.text.chars().filter(char::is_ascii_digit).count();
        return constant.tokens >= TOKENS_OF_DISPLAY || constant.tokens == 1 && digits >= DIGITS;
    }
    let name = constant.name.to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_name = words.map(str::to_lowercase).all(|word| name.split('_').any(|it| it == word));
    let least = if text.contains(' ') { LETTERS_OF_SENTENCE } else { LETTERS };
    !is_name && text.chars().count() >= least
}

fn group(search: &Search<'_, '_, '_>, name: &str, members: &[(u32, &Constant)]) -> Group {
    let first = members[0].1;
    let disagrees = members.iter().any(|(_, constant)| constant.value != first.value);
    let instances: Vec<Instance> = members
        .iter()
        .map(|(file, constant)| Instance {
            what: "constant",
            detail: Some(constant.text.to_string()),
            ..search.instance_at(*file, constant.lines, name)
        })
        .collect();
    let how = if disagrees { "with different values" } else { "with the same value" };
    Group {
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
    }
}

/// A value that says something: not a flag, an empty display, a short key, or a small number.
fn is_chosen(constant: &Constant) -> bool {
    let least = if constant.text.starts_with(['"', '\'']) { LETTERS_OF_KEY + 2 } else { DIGITS };
    constant.tokens > 2 || constant.text.len() >= least && !matches!(&*constant.text, "True" | "False" | "None")
}
