//! `duplicate-enum`: one set of values, listed in several modules, first of all where the lists differ.
//!
//! Enumerations, `Literal` aliases, Django choices and named displays of texts. Sets are equal
//! when their values are, case and dashes apart; almost equal when one value is missing or another on either side. Sets that
//! share a rare value are compared, so the cost is near-linear (a prefix filter: Bayardo, Ma and Srikant, "Scaling Up
//! All Pairs Similarity Search", 2007). Invariant: a group spans two modules. Absent on purpose: sets without a name,
//! and the keys of dictionaries: a table by the values of a set uses it.

use super::{DuplicateKind, DuplicateSpec, DuplicatesOutput, Group, Instance, Search};
use crate::facts::{SetForm, ValueSet};
use crate::finding::Context;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

pub const SPEC: DuplicateSpec =
    DuplicateSpec { kind: DuplicateKind::DuplicateEnum, explanation: include_str!("duplicate_enum.md"), run: find };

/// Values that say too little by themselves: sets of these alone are one only under one name.
const UBIQUITOUS: &str = "\
    get post put patch delete head options trace true false yes no on off none null debug info warn warning \
    error critical fatal notset low medium high normal minimal small large min max asc desc left right top \
    bottom id name type kind key value values data status state message description title code text url path \
    date time timestamp user user_id email created_at updated_at start end unknown other default all any a b c \
    x y z success failed failure healthy unhealthy degraded development staging production testing test local \
    dev prod open closed half_open enabled disabled active inactive args kwargs self int float str bool list \
    dict set string integer number boolean array object username password host port count total average avg sum \
    mean second minute hour day week month year seconds minutes hours days weeks months years";

/// Words of names that say what kind of thing a set is, and not which.
const PLAIN_WORDS: &str = "\
    status statuses state states type types kind kinds level levels mode modes enum choices values valid \
    allowed supported known all names name list set map options categories category keys fields default \
    required config metric metrics";

/// Words of the name of a display that lists the values of something, and not the fields of a record.
const STATUS_WORDS: &str = "\
    status statuses state states type types kind kinds level levels mode modes phase phases role roles tier \
    tiers plan plans priority priorities severity severities category categories event events environment \
    environments choices stage stages actions operations permissions scopes providers formats";

/// Sets that share a value with more others than this are not compared through it.
const SETS_OF_A_VALUE: usize = 300;

fn is_among(words: &str, word: &str) -> bool {
    words.split(' ').any(|it| it == word)
}

struct Member<'c> {
    file: u32,
    set: &'c ValueSet,
}

/// Sets with equal values.
struct Class<'c> {
    values: Vec<Box<str>>,
    members: Vec<Member<'c>>,
}

fn find(search: &Search<'_, '_, '_>) -> DuplicatesOutput {
    let mut by_values: BTreeMap<Vec<Box<str>>, Vec<Member<'_>>> = BTreeMap::new();
    for (file, it) in search.corpus.files.iter().enumerate() {
        let path = search.input.path(it.id).as_str();
        if it.context == Context::Tests || path.contains("/migrations/") || path.contains("/versions/") {
            continue;
        }
        for set in it.fragments.sets.iter().filter(|it| is_listing(it)) {
            let member = Member { file: file as u32, set };
            by_values.entry(folded(&set.values)).or_default().push(member);
        }
    }
    let mut classes: Vec<Class<'_>> =
        by_values.into_iter().map(|(values, members)| Class { values, members }).collect();
    // the largest lead; the others join what they are almost equal to
    classes.sort_by(|a, b| {
        (b.members.len(), b.values.len(), &a.values).cmp(&(a.members.len(), a.values.len(), &b.values))
    });
    let near = near(&classes);
    let mut taken = vec![false; classes.len()];
    let mut groups = Vec::new();
    for leader in 0..classes.len() {
        if std::mem::replace(&mut taken[leader], true) {
            continue;
        }
        let mut together = vec![leader];
        for &other in &near[leader] {
            if !std::mem::replace(&mut taken[other], true) {
                together.push(other);
            }
        }
        groups.extend(meanings(&classes, &together).into_iter().filter_map(|members| group(search, members)));
    }
    DuplicatesOutput { groups, bounds: Vec::new() }
}

/// Whether a set lists what something can be. Displays and keys have to say so by their name.
fn is_listing(set: &ValueSet) -> bool {
    let short = set.values.iter().filter(|it| it.chars().count() < 3).count();
    let is_named = || words(&set.name).iter().any(|word| is_among(STATUS_WORDS, word));
    let is_plain = |value: &str| value.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | ' '));
    let is_worded = set.values.iter().all(|it| is_plain(it));
    !set.name.starts_with("__")
        && short * 2 < set.values.len()
        && match set.form {
            SetForm::Enumeration | SetForm::Literal | SetForm::Choices => true,
            SetForm::Collection => is_worded && is_named(),
        }
}

fn folded(values: &[Box<str>]) -> Vec<Box<str>> {
    let mut folded: Vec<Box<str>> = values.iter().map(|it| fold(it)).collect();
    folded.sort();
    folded.dedup();
    folded
}

fn fold(value: &str) -> Box<str> {
    value.to_lowercase().replace(['-', ' '], "_").into()
}

/// For each class, the later ones that are almost equal to it.
fn near(classes: &[Class<'_>]) -> Vec<Vec<usize>> {
    let mut holders: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, class) in classes.iter().enumerate() {
        class.values.iter().for_each(|value| holders.entry(value).or_default().push(at));
    }
    let mut near = vec![Vec::new(); classes.len()];
    for (at, class) in classes.iter().enumerate() {
        let mut rare: Vec<&[usize]> = class.values.iter().map(|value| &holders[&**value][..]).collect();
        rare.sort_by_key(|holders| holders.len());
        // sets that differ by one value share one of any two
        let mut candidates: BTreeSet<usize> = BTreeSet::new();
        for holders in rare.iter().take(3).filter(|holders| holders.len() <= SETS_OF_A_VALUE) {
            candidates.extend(holders.iter().filter(|&&other| other > at));
        }
        for other in candidates {
            if is_near(class, &classes[other]) {
                near[at].push(other);
            }
        }
    }
    near
}

/// One value missing or another, and enough in common to mean the same; less is enough where the names agree.
fn is_near(a: &Class<'_>, b: &Class<'_>) -> bool {
    let common: Vec<&Box<str>> = a.values.iter().filter(|value| b.values.contains(value)).collect();
    let (left, right) = (a.values.len() - common.len(), b.values.len() - common.len());
    let telling = common.iter().filter(|it| !is_among(UBIQUITOUS, it)).count();
    if left > 1 || right > 1 || common.len() < 3 {
        return false;
    }
    telling >= 6 || telling >= 2 && (are_alike(a, b))
}

/// Whether a name of one shares a telling word with a name of the other.
fn are_alike(a: &Class<'_>, b: &Class<'_>) -> bool {
    a.members.iter().any(|a| b.members.iter().any(|b| share_word(a.set, b.set)))
}

fn share_word(a: &ValueSet, b: &ValueSet) -> bool {
    let telling = |set: &ValueSet| -> Vec<String> {
        words(&set.name).into_iter().filter(|word| !is_among(PLAIN_WORDS, word)).collect()
    };
    let others = telling(b);
    last(&a.name) == last(&b.name) || telling(a).iter().any(|word| others.contains(word))
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The words of the last part of a name, in lower case, without a plural's `s`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in last(name).chars() {
        if c == '_' || c.is_uppercase() && was_lower {
            words.push(String::new());
        }
        was_lower = c.is_lowercase() || c.is_numeric();
        if c != '_' {
            words.last_mut().expect("never empty").extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The members that mean one thing. Words that every tree has mean what their name says: `Severity` and `Priority` both go
/// from low to high.
fn meanings<'m, 'c>(classes: &'m [Class<'c>], together: &[usize]) -> Vec<Vec<&'m Member<'c>>> {
    let members = together.iter().flat_map(|&at| &classes[at].members);
    let telling = classes[together[0]].values.iter().filter(|it| !is_among(UBIQUITOUS, it)).count();
    if telling >= 3 {
        return vec![members.collect()];
    }
    let mut by_word: BTreeMap<String, Vec<&Member<'_>>> = BTreeMap::new();
    for member in members {
        let word = words(&member.set.name).into_iter().rfind(|word| !is_among(PLAIN_WORDS, word));
        by_word.entry(word.unwrap_or_default()).or_default().push(member);
    }
    by_word.into_values().collect()
}

fn group(search: &Search<'_, '_, '_>, mut members: Vec<&Member<'_>>) -> Option<Group> {
    // displays are users of a set as often as copies; they need a declared one beside them, or one another's name
    let is_declared = |it: &Member<'_>| it.set.form != SetForm::Collection;
    if !members.iter().any(|it| is_declared(it)) {
        let first = members.first()?.set;
        members.retain(|it| last(&it.set.name) == last(&first.name));
    }
    let files: BTreeSet<u32> = members.iter().map(|it| it.file).collect();
    if files.len() < 2 {
        return None;
    }
    members.sort_by_key(|it| (it.file, it.set.lines));
    let norm = &members
        .iter()
        .max_by_key(|it| (is_declared(it), it.set.values.len(), std::cmp::Reverse((it.file, it.set.lines))))?
        .set
        .values;
    let differences: Vec<Option<String>> = members.iter().map(|it| difference(norm, &it.set.values)).collect();
    let disagrees = differences.iter().any(Option::is_some);
    let names: BTreeSet<&str> = members.iter().map(|it| last(&it.set.name)).collect();
    let named: Vec<String> = names.iter().take(4).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > 4 { format!(" and {} more names", names.len() - 4) } else { String::new() };
    let how = if disagrees { "almost the same values" } else { "the same values" };
    let message = format!(
        "{} sets in {} modules have {how} ({}): {}{more}",
        members.len(),
        files.len(),
        sample(norm),
        named.join(", ")
    );
    let instances: Vec<Instance> = members
        .iter()
        .zip(differences)
        .map(|(it, difference)| Instance {
            what: if it.set.is_class { "class" } else { "constant" },
            detail: disagrees.then(|| difference.unwrap_or_else(|| format!("{} values", it.set.values.len()))),
            ..search.instance_at(it.file, it.set.lines, &it.set.name)
        })
        .collect();
    Some(Group {
        kind: DuplicateKind::DuplicateEnum,
        reasons: vec![DuplicateKind::DuplicateEnum],
        clone_type: None,
        similarity: 0,
        disagrees,
        message,
        parts: Vec::new(),
        canonical: None,
        instances,
        details: Default::default(),
    })
}

/// What a set lacks and has beside another; values that differ in case alone are named as they are.
fn difference(norm: &[Box<str>], values: &[Box<str>]) -> Option<String> {
    let mut parts = Vec::new();
    for value in norm.iter().filter(|it| !values.contains(it)) {
        match values.iter().find(|it| fold(it) == fold(value)) {
            Some(other) => parts.push(format!("`{other}` for `{value}`")),
            None => parts.push(format!("without `{value}`")),
        }
    }
    for value in values.iter().filter(|it| !norm.contains(it) && !norm.iter().any(|other| fold(other) == fold(it))) {
        parts.push(format!("with `{value}`"));
    }
    if parts.len() > 3 {
        let left = parts.len() - 2;
        parts.truncate(2);
        parts.push(format!("{left} more"));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn sample(values: &[Box<str>]) -> String {
    let shown: Vec<String> = values.iter().take(4).map(|it| format!("`{it}`")).collect();
    let more = if values.len() > 4 { ", …" } else { "" };
    shown.join(", ") + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words() {
        assert_eq!(words("shop.OrderStatus"), ["order", "status"]);
        assert_eq!(words("VALID_ORDER_STATES"), ["valid", "order", "states"]);
    }

    #[test]
    fn a_difference_names_what_is_missing_and_what_is_written_otherwise() {
        let set = |values: &[&str]| values.iter().map(|it| (*it).into()).collect::<Vec<Box<str>>>();
        let told = difference(&set(&["open", "paid", "sent"]), &set(&["OPEN", "paid"]));
        assert_eq!(told.as_deref(), Some("`OPEN` for `open`, without `sent`"));
        assert_eq!(difference(&set(&["a"]), &set(&["a"])), None);
    }
}
