//! `version-family`: `x`, `x_v2`, `new_x`, `x_legacy`, `UnifiedX`, side by side.
//!
//! Names are taken apart by [`VersionedName`]; what has one lineage under different names is a family. Classes and
//! functions of modules are compared across the tree, methods inside their class, modules inside their folder.
//! A module that only imports what another one holds, and a function that hands on to another version, are no versions:
//! they do nothing by themselves. Invariant: a family has two different names at least, one of them with a mark. Absent
//! on purpose: which one is the newest; the winner table tells which is used.

use super::corpus::UnitRef;
use super::{DuplicateKind, DuplicateSpec, DuplicatesOutput, Group, Instance, Search};
use crate::checks::is_shim;
use crate::checks::successor::VersionedName;
use crate::facts::{BindingKind, MODULE_SCOPE, ReferenceKind, UnitKind, Value};
use crate::finding::Context;
use crate::language::find_language;
use crate::span::LineRange;
use crate::workspace::EntryId;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

pub const SPEC: DuplicateSpec =
    DuplicateSpec { kind: DuplicateKind::VersionFamily, explanation: include_str!("version_family.md"), run: find };

/// A lineage of more names than this is a convention of the tree.
const NAMES_ALLOWED: usize = 12;

/// Words that a lineage has at least, where its members stand in different folders.
const WORDS_ACROSS: usize = 2;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    kind: Kind,
    /// The class of methods, the folder of modules; empty across the tree.
    home: String,
    words: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Module,
    Class,
    Function,
    Method,
}

struct Member {
    name: String,
    is_marked: bool,
    file: EntryId,
    folder: String,
    instance: Instance,
}

fn find(search: &Search<'_, '_, '_>) -> DuplicatesOutput {
    let mut families = Families::new();
    let abstracts: FxHashSet<UnitRef> = search
        .corpus
        .units()
        .filter(|(_, unit)| unit.is_abstract_method())
        .filter_map(|(at, unit)| Some(UnitRef { unit: unit.parent?, ..at }))
        .collect();
    for (at, unit) in search.corpus.units() {
        let file = &search.corpus.files[at.file as usize];
        let is_method_of_class = unit.parent.is_some_and(|parent| {
            let parent = &file.fragments.units[parent as usize];
            parent.has_methods() && parent.parent.is_none()
        });
        let home = match (unit.kind, unit.parent) {
            (_, None) => String::new(),
            (UnitKind::Method, Some(parent)) if is_method_of_class => {
                format!("{}:{}", search.input.path(file.id), file.fragments.units[parent as usize].name)
            }
            _ => continue,
        };
        // a protocol and an abstract class say what the others do
        let is_abstract = unit.has_abstract_base() || abstracts.contains(&at);
        if search.corpus.is_test(at) || unit.is_stub || unit.is_conditional || is_abstract {
            continue;
        }
        let kind = match unit.kind {
            UnitKind::Class => Kind::Class,
            UnitKind::Function => Kind::Function,
            UnitKind::Method => Kind::Method,
            UnitKind::Implementation => continue,
        };
        let name = unit.last_name();
        let unversioned = find_language(search.input.path(file.id)).map_or(&[][..], |language| language.unversioned);
        if name.starts_with("__") || name.split('_').any(|word| unversioned.contains(&word)) {
            continue;
        }
        add(&mut families, kind, home, (name, file.id), search.instance(at));
    }
    for (position, file) in search.corpus.files.iter().enumerate() {
        let path = search.input.path(file.id);
        let stem = path.file_name().rsplit_once('.').map_or("", |(stem, _)| stem);
        let last = file.fragments.prints.iter().map(|print| print.end).max();
        if let (Some(end), false) = (last, file.context == Context::Tests || stem.starts_with("__")) {
            let whole = search.instance_at(position as u32, LineRange { start: 1, end }, "");
            let whole = Instance { what: "module", ..whole };
            add(&mut families, Kind::Module, path.folder().to_owned(), (stem, file.id), whole);
        }
    }
    let groups = families.into_iter().filter_map(|(key, members)| group(search, &key, members)).collect();
    DuplicatesOutput { groups, bounds: Vec::new() }
}

type Families = BTreeMap<Key, Vec<Member>>;

fn add(families: &mut Families, kind: Kind, home: String, (name, file): (&str, EntryId), instance: Instance) {
    let is_function = matches!(kind, Kind::Function | Kind::Method);
    let lineage = VersionedName::parse(name).lineage(is_function);
    if lineage.words.is_empty() {
        return;
    }
    let folder = instance.path.folder().to_owned();
    let member = Member { name: name.to_owned(), is_marked: lineage.is_marked, file, folder, instance };
    families.entry(Key { kind, home, words: lineage.words }).or_default().push(member);
}

/// The different names of a family, if its members are one.
fn names_of(members: &[Member]) -> Option<BTreeSet<&str>> {
    let names: BTreeSet<&str> = members.iter().map(|it| it.name.trim_start_matches('_')).collect();
    let is_family = names.len() > 1 && members.iter().any(|it| it.is_marked);
    (is_family && names.len() <= NAMES_ALLOWED && members.len() <= 2 * NAMES_ALLOWED).then_some(names)
}

/// The members that do something by themselves.
fn without_shims(search: &Search<'_, '_, '_>, key: &Key, mut members: Vec<Member>) -> Vec<Member> {
    match key.kind {
        Kind::Module => members.retain(|it| !is_shim(search.input, it.file)),
        Kind::Class => {}
        Kind::Function | Kind::Method => {
            let names: BTreeSet<String> = members.iter().map(|it| it.name.clone()).collect();
            members.retain(|it| !hands_on(search, key.kind, it, &names));
        }
    }
    members
}

/// Whether a function or method calls another version, or names it in a string: it chooses between them, or keeps an old
/// name or address alive.
fn hands_on(search: &Search<'_, '_, '_>, kind: Kind, member: &Member, names: &BTreeSet<String>) -> bool {
    let Some(facts) = search.input.project.sources.facts(member.file) else { return false };
    let is_own = |base| matches!(facts.last_name(base).map(|name| facts.name(name)), Some("self" | "cls"));
    // `Order.from_legacy(…)`: of a class that stands here, not of an object that is at hand or of another module
    let is_class_here = |base| match facts.value(base) {
        Value::Name { name, .. } => {
            let bindings = facts.bindings_of(MODULE_SCOPE, name);
            bindings.iter().any(|it| matches!(it.kind, BindingKind::Definition(_)))
        }
        _ => false,
    };
    let called = |value| match (kind, facts.value(value)) {
        (Kind::Function, Value::Name { name, .. }) => Some(facts.name(name)),
        (Kind::Method, Value::Attribute { base, name, .. }) if is_own(base) => Some(facts.name(name)),
        (_, Value::Attribute { base, name, .. }) if is_class_here(base) => Some(facts.name(name)),
        _ => None,
    };
    let is_inside = |offset: u32| member.instance.lines.contains(facts.line_index.line(offset));
    let is_other = |name: &str| name != member.name && names.contains(name);
    let calls = facts
        .references
        .iter()
        .any(|it| it.kind == ReferenceKind::Call && is_inside(it.span.start) && called(it.value).is_some_and(is_other));
    calls
        || facts.strings.iter().any(|it| {
            let text = facts.name(it.text);
            is_inside(it.span.start) && is_other(text.rsplit(['.', ':']).next().unwrap_or(text))
        })
}

fn group(search: &Search<'_, '_, '_>, key: &Key, members: Vec<Member>) -> Option<Group> {
    names_of(&members)?;
    let members = without_shims(search, key, members);
    let names = names_of(&members)?;
    // `old_name` and `new_name` are two ends of a change
    let has = |word: &str| names.iter().any(|name| name.split('_').any(|part| part == word));
    if members.iter().all(|it| it.is_marked) && has("old") && has("new") {
        return None;
    }
    let folders: BTreeSet<&str> = members.iter().map(|it| it.folder.as_str()).collect();
    if key.words.len() < WORDS_ACROSS && folders.len() > 1 {
        return None;
    }
    let what = match key.kind {
        Kind::Module => "modules",
        Kind::Class => "classes",
        Kind::Function => "functions",
        Kind::Method => "methods",
    };
    let named: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let message = format!("{} {what} are versions of one thing: {}", members.len(), named.join(", "));
    let mut instances: Vec<Instance> = members.into_iter().map(|it| it.instance).collect();
    instances.sort_by(|a, b| (&a.path, a.lines).cmp(&(&b.path, b.lines)));
    Some(Group {
        kind: DuplicateKind::VersionFamily,
        reasons: vec![DuplicateKind::VersionFamily],
        clone_type: None,
        similarity: 0,
        disagrees: false,
        message,
        parts: Vec::new(),
        canonical: None,
        instances,
        details: Default::default(),
    })
}
