//! `version-family`: `x`, `x_v2`, `new_x`, `x_legacy`, `UnifiedX`, side by side.
//!
//! Names are taken apart by [`VersionedName`]; what has one lineage under different names is a family. Classes and
//! functions of modules are compared across the tree, methods inside their class, modules inside their folder.
//! A module that only imports what another one holds, and a function that hands on to another version, are no versions:
//! they do nothing by themselves. What is marked holds a family together; a mark that may mean something else (`ZoneTemp`)
//! does so only where the two have methods or statements in common, and so do functions of strangers. Invariant: a family
//! has two different names at least, one of them with a mark. Absent on purpose: which one is the newest; the winner table
//! tells which is used.

use super::corpus::{UnitRef, shapes};
use super::hierarchy::Hierarchy;
use super::shelf::Shelves;
use super::{DuplicateKind, DuplicateSpec, DuplicatesOutput, Group, Instance, Search};
use crate::checks::is_shim;
use crate::checks::successor::{Mark, VersionedName};
use crate::facts::{BindingKind, Facts, MODULE_SCOPE, ReferenceKind, Unit, UnitKind, Value, ValueId};
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

/// Statements, or public methods, in common, in percent of the smaller one, that make two versions of one thing where
/// their names and places alone do not say so.
const STATEMENTS_ALIKE: usize = 30;
const METHODS_ALIKE: usize = 50;

/// Tokens of a body that does nothing by itself: `return self._device.state`.
const TOKENS_OF_ACCESSOR: u32 = 8;

/// The versions of the internet protocol, which live side by side.
const PROTOCOL_VERSIONS: [u32; 2] = [4, 6];

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
    mark: Option<Mark>,
    /// Index into the files of the corpus.
    place: u32,
    file: EntryId,
    /// None for a module.
    unit: Option<UnitRef>,
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
        add(&mut families, kind, home, (name, file.id, at.file, Some(at)), search.instance(at));
    }
    for (position, file) in search.corpus.files.iter().enumerate() {
        let path = search.input.path(file.id);
        let stem = path.file_name().rsplit_once('.').map_or("", |(stem, _)| stem);
        let last = file.fragments.prints.iter().map(|print| print.end).max();
        if let (Some(end), false) = (last, file.context == Context::Tests || stem.starts_with("__")) {
            let whole = search.instance_at(position as u32, LineRange { start: 1, end }, "");
            let whole = Instance { what: "module", ..whole };
            add(&mut families, Kind::Module, path.folder().to_owned(), (stem, file.id, position as u32, None), whole);
        }
    }
    let judge = Judge { search, hierarchy: Hierarchy::new(search.corpus), shelves: Shelves::new(search) };
    let groups = families.into_iter().flat_map(|(key, members)| judge.groups(&key, members)).collect();
    DuplicatesOutput { groups, bounds: Vec::new() }
}

type Families = BTreeMap<Key, Vec<Member>>;

/// A name, and where what it names stands.
type Named<'n> = (&'n str, EntryId, u32, Option<UnitRef>);

fn add(families: &mut Families, kind: Kind, home: String, named: Named<'_>, instance: Instance) {
    let (name, file, place, unit) = named;
    let is_function = matches!(kind, Kind::Function | Kind::Method);
    let lineage = VersionedName::parse(name).lineage(is_function);
    if lineage.words.is_empty() {
        return;
    }
    let folder = instance.path.folder().to_owned();
    let member = Member { name: name.to_owned(), mark: lineage.mark, place, file, unit, folder, instance };
    families.entry(Key { kind, home, words: lineage.words }).or_default().push(member);
}

/// The different names of a family, if its members are one.
fn names_of(members: &[Member]) -> Option<BTreeSet<&str>> {
    let names: BTreeSet<&str> = members.iter().map(|it| it.name.trim_start_matches('_')).collect();
    let is_family = names.len() > 1 && members.iter().any(|it| it.mark.is_some());
    (is_family && names.len() <= NAMES_ALLOWED && members.len() <= 2 * NAMES_ALLOWED).then_some(names)
}

/// The members that do something by themselves.
fn without_shims(search: &Search<'_, '_, '_>, key: &Key, mut members: Vec<Member>) -> Vec<Member> {
    match key.kind {
        Kind::Module => members.retain(|it| !is_shim(search.input, it.file)),
        Kind::Class => members.retain(|it| !is_accessor(search, it)),
        Kind::Function | Kind::Method => {
            members.retain(|it| !is_accessor(search, it));
            let names: BTreeSet<String> = members.iter().map(|it| it.name.clone()).collect();
            members.retain(|it| !hands_on(search, key.kind, it, &names));
        }
    }
    members
}

/// Whether a body only gives or sets one thing.
fn is_accessor(search: &Search<'_, '_, '_>, member: &Member) -> bool {
    let Some(at) = member.unit else { return false };
    let body = &search.corpus.prints(at)[1..];
    body.iter().map(|print| u32::from(print.tokens)).sum::<u32>() <= TOKENS_OF_ACCESSOR
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
    // `models.orders.save(…)`: of another module, where it may have this very name
    let called_elsewhere = |value| match facts.value(value) {
        Value::Attribute { base, name, .. } if kind == Kind::Function && is_imported(&facts, base) => {
            Some(facts.name(name))
        }
        _ => None,
    };
    let is_inside = |offset: u32| member.instance.lines.contains(facts.line_index.line(offset));
    let is_other = |name: &str| name != member.name && names.contains(name);
    let calls = facts.references.iter().any(|it| {
        it.kind == ReferenceKind::Call
            && is_inside(it.span.start)
            && (called(it.value).is_some_and(is_other)
                || called_elsewhere(it.value).is_some_and(|name| names.contains(name)))
    });
    calls
        || facts.strings.iter().any(|it| {
            let text = facts.name(it.text);
            is_inside(it.span.start) && is_other(text.rsplit(['.', ':']).next().unwrap_or(text))
        })
}

/// Whether an expression is a module or name of another file, or an attribute of one.
fn is_imported(facts: &Facts, value: ValueId) -> bool {
    match facts.value(value) {
        Value::Name { name, .. } => {
            facts.bindings_of(MODULE_SCOPE, name).iter().any(|it| matches!(it.kind, BindingKind::Import(_)))
        }
        Value::Attribute { base, .. } => is_imported(facts, base),
        _ => false,
    }
}

/// What decides whether names that look like versions are.
struct Judge<'s, 'a, 'c, 'i> {
    search: &'s Search<'a, 'c, 'i>,
    hierarchy: Hierarchy<'a>,
    shelves: Shelves<'s>,
}

impl Judge<'_, '_, '_, '_> {
    /// The families among what has one lineage: each is held together by what is marked.
    fn groups(&self, key: &Key, members: Vec<Member>) -> Vec<Group> {
        if names_of(&members).is_none() {
            return Vec::new();
        }
        let mut left = without_shims(self.search, key, members);
        let mut groups = Vec::new();
        while let Some(at) = left.iter().position(|it| it.mark.is_some()) {
            let mut family = vec![left.swap_remove(at)];
            let mut next = 0;
            while let Some(member) = family.get(next) {
                let is_it = |it: &Member| self.are_versions(key.kind, member, it);
                let (found, others): (Vec<Member>, Vec<Member>) = left.into_iter().partition(is_it);
                left = others;
                family.extend(found);
                next += 1;
            }
            groups.extend(group(key, family));
        }
        groups
    }

    /// Whether two members of a lineage are versions of one thing, and not strangers of like names.
    fn are_versions(&self, kind: Kind, a: &Member, b: &Member) -> bool {
        let Some(mark) = a.mark.into_iter().chain(b.mark).max() else { return false };
        let corpus = self.search.corpus;
        let (Some(x), Some(y)) = (a.unit, b.unit) else {
            // `stock_old.py` beside `stock.py`
            let is_told = a.name.starts_with(&b.name) || b.name.starts_with(&a.name);
            let whole = |it: &Member| shapes(&corpus.files[it.place as usize].fragments.prints);
            return mark == Mark::Sure || is_told || are_alike(&whole(a), &whole(b));
        };
        if kind == Kind::Class && self.hierarchy.is_line(corpus.unit(x), corpus.unit(y)) {
            return false;
        }
        let is_told = match kind {
            // a record does what its fields say
            Kind::Class => has_methods(self.search, x) && has_methods(self.search, y),
            _ => self.shelves.are_neighbours(&a.folder, &b.folder),
        };
        mark == Mark::Sure && is_told && a.name != b.name
            || are_alike(&corpus.shapes(x), &corpus.shapes(y))
            || have_methods_in_common(self.search, x, y)
    }
}

fn are_alike(a: &FxHashSet<u64>, b: &FxHashSet<u64>) -> bool {
    let least = a.len().min(b.len());
    least > 0 && a.intersection(b).count() * 100 >= least * STATEMENTS_ALIKE
}

fn has_methods(search: &Search<'_, '_, '_>, at: UnitRef) -> bool {
    search.corpus.files[at.file as usize].fragments.units.iter().any(|it| it.parent == Some(at.unit) && !it.is_class())
}

fn have_methods_in_common(search: &Search<'_, '_, '_>, a: UnitRef, b: UnitRef) -> bool {
    let methods = |at: UnitRef| -> BTreeSet<&str> {
        let units = &search.corpus.files[at.file as usize].fragments.units;
        let is_public = |it: &&Unit| it.parent == Some(at.unit) && !it.last_name().starts_with('_');
        units.iter().filter(is_public).map(Unit::last_name).collect()
    };
    let (x, y) = (methods(a), methods(b));
    let least = x.len().min(y.len());
    least > 0 && x.intersection(&y).count() * 100 >= least * METHODS_ALIKE
}

fn group(key: &Key, members: Vec<Member>) -> Option<Group> {
    let names = names_of(&members)?;
    // `old_name` and `new_name` are two ends of a change
    let has = |word: &str| names.iter().any(|name| name.split('_').any(|part| part == word));
    let is_change = (has("old") || has("deprecated")) && has("new");
    let versions: BTreeSet<u32> = members.iter().filter_map(|it| VersionedName::parse(&it.name).version).collect();
    let is_protocol = versions.iter().eq(&PROTOCOL_VERSIONS);
    if is_protocol || members.iter().all(|it| it.mark.is_some()) && is_change {
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
