//! `duplicate-definition`: the same class or function name, defined by several modules.
//!
//! A name alone is weak evidence, so what is a convention is left out: names that many modules define, implementations
//! of one interface, specialisations (`class Form(forms.Form)`), sync and async twins, stubs, overloads, fallbacks under
//! `try` and `if`, test code. A function needs a body like the other's; so does a class whose name is one word, and any
//! other needs members in common, the more so where it stands in another folder.
//! Invariant: a re-export is no definition, since only `class` and `def` are looked at. Absent on purpose: nested ones.

use super::corpus::{Corpus, UnitRef};
use super::shelf::{are_counterparts, are_ends};
use super::{DuplicateKind, DuplicateSpec, DuplicatesOutput, Group, Instance, Search};
use crate::facts::{DefinitionId, Print, Unit, UnitKind};
use crate::language::find_followed;
use crate::span::RepoPath;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

pub const SPEC: DuplicateSpec = DuplicateSpec {
    kind: DuplicateKind::DuplicateDefinition,
    explanation: include_str!("duplicate_definition.md"),
    run: find,
};

/// A class or function that more modules than this define is a convention of the tree.
const MODULES_ALLOWED: usize = 30;
const FUNCTIONS_ALLOWED: usize = 8;

/// Folders whose modules are loaded by name, each defining the same.
const PLUGIN_FOLDERS: &[&str] =
    &["backends", "commands", "loaders", "plugins", "drivers", "providers", "adapters", "migrations", "versions"];

/// Parts of paths that say for which system a file is compiled.
const SYSTEMS: &[&str] = &[
    "unix",
    "linux",
    "windows",
    "macos",
    "darwin",
    "apple",
    "android",
    "ios",
    "wasm",
    "wasm32",
    "wasi",
    "emscripten",
    "freebsd",
    "netbsd",
    "openbsd",
    "solaris",
    "fuchsia",
    "redox",
    "mock",
    "mocks",
    "fallback",
    "stub",
    "nostd",
    "loom",
];

/// Statements in common, in percent of the smaller body, that make two bodies alike.
const ALIKE: usize = 50;

/// Statements in common, in percent of the shorter and of the longer function, that make two functions one.
const MOST: usize = 60;
const MUCH: usize = 50;

/// Methods, fields and attributes in common, in percent of the smaller class, that make two classes of different folders
/// one.
const MEMBERS_AKIN: usize = 40;

/// A method that more classes than this have is a hook of the tree.
const CLASSES_OF_A_HOOK: usize = 40;

/// Bases that say nothing about the job of a class.
const PLAIN_BASES: &[&str] = &[
    "object",
    "Enum",
    "IntEnum",
    "StrEnum",
    "Flag",
    "IntFlag",
    "str",
    "int",
    "dict",
    "list",
    "tuple",
    "BaseModel",
    "BaseSettings",
    "Exception",
    "ValueError",
    "RuntimeError",
    "TypeError",
    "KeyError",
    "TypedDict",
    "NamedTuple",
    "Generic",
    "ABC",
    "Base",
];

/// Decorators that make a declaration of a definition, or leave its use to a framework.
const PLAIN_DECORATORS: &[&str] =
    &["dataclass", "lru_cache", "cache", "contextmanager", "asynccontextmanager", "wraps", "unique", "total_ordering"];

fn find(search: &Search<'_, '_, '_>) -> DuplicatesOutput {
    let corpus = search.corpus;
    let mut names: BTreeMap<(Form, &str), Vec<UnitRef>> = BTreeMap::new();
    for (at, unit) in corpus.units() {
        let is_definition = unit.parent.is_none() && unit.kind != UnitKind::Implementation;
        if is_definition && !corpus.is_test(at) && is_implementation(unit) {
            names.entry((form(unit), &unit.name)).or_default().push(at);
        }
    }
    join_neighbours(search, &mut names);
    let hooks = hooks(corpus);
    let mut groups = Vec::new();
    for ((form, name), mut members) in names {
        // of two in one module the later counts: the first is rebound
        members.dedup_by(|next, kept| {
            let same = next.file == kept.file;
            *kept = if same { *next } else { *kept };
            same
        });
        members.retain(|&at| !(is_unlinked(search, at) && is_of_one_system(search, at)));
        if members.len() < 2 || is_twin(search, &members) {
            continue;
        }
        let is_class = form != Form::Function;
        let members = if is_class { classes(search, &hooks, name, members) } else { functions(search, name, members) };
        if members.len() >= 2 {
            groups.push(group(search, name, is_class, &members));
        }
    }
    DuplicatesOutput { groups, bounds: Vec::new() }
}

/// What a definition is: an enumeration and a class of one name are two things.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Class,
    Enumeration,
    Function,
}

/// In one folder a class and an enumeration of one name are taken for one another all the same.
fn join_neighbours(search: &Search<'_, '_, '_>, names: &mut BTreeMap<(Form, &str), Vec<UnitRef>>) {
    let folder = |at: &UnitRef| search.path(at.file).folder();
    let enumerations: Vec<&str> =
        names.keys().filter(|(form, _)| *form == Form::Enumeration).map(|(_, name)| *name).collect();
    for name in enumerations {
        let (class, enumeration) = ((Form::Class, name), (Form::Enumeration, name));
        let Some(classes) = names.get(&class) else { continue };
        if !names[&enumeration].iter().any(|it| classes.iter().any(|other| folder(it) == folder(other))) {
            continue;
        }
        let moved = names.remove(&enumeration).unwrap_or_default();
        let members = names.get_mut(&class).expect("it was just seen");
        members.extend(moved);
        members.sort_unstable();
    }
}

fn form(unit: &Unit) -> Form {
    let is_enumeration = unit.bases.iter().any(|base| base.ends_with("Enum") || base.ends_with("Flag"));
    match (unit.is_class(), is_enumeration) {
        (false, _) => Form::Function,
        (true, false) => Form::Class,
        (true, true) => Form::Enumeration,
    }
}

fn is_implementation(unit: &Unit) -> bool {
    let is_declaration = unit.bases.iter().any(|base| &**base == "Protocol")
        || unit.decorators.iter().any(|it| matches!(&**it, "overload" | "abstractmethod"));
    let is_hooked = !unit.is_class() && unit.decorators.iter().any(|it| !PLAIN_DECORATORS.contains(&&**it));
    let is_empty = unit.is_stub && !unit.is_class();
    !is_declaration && !is_hooked && !is_empty && !unit.is_conditional && !unit.name.starts_with("__")
}

/// `signal/unix.rs` beside `signal/windows.rs`, or a stand-in for tests: one of them is compiled.
fn is_of_one_system(search: &Search<'_, '_, '_>, at: UnitRef) -> bool {
    let path = search.path(at.file).as_str();
    path.split(['/', '_', '.']).any(|part| SYSTEMS.contains(&part))
}

/// Names of methods that so many classes have that they say nothing about the job.
fn hooks(corpus: &Corpus) -> FxHashSet<&str> {
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    for (_, unit) in corpus.units().filter(|(_, unit)| unit.kind == UnitKind::Method) {
        *counts.entry(unit.last_name()).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count > CLASSES_OF_A_HOOK).map(|(name, _)| name).collect()
}

/// `client/_async/x.py` beside `client/_sync/x.py`.
fn is_twin(search: &Search<'_, '_, '_>, members: &[UnitRef]) -> bool {
    let plain = |at: &UnitRef| {
        let path = search.path(at.file).as_str();
        let folded = path.replace("async", "").replace("sync", "").replace("aio", "");
        (folded.replace('_', ""), folded.len() < path.len())
    };
    let paths: Vec<(String, bool)> = members.iter().map(plain).collect();
    paths.iter().any(|(_, is_marked)| *is_marked) && paths.windows(2).all(|pair| pair[0].0 == pair[1].0)
}

fn classes(search: &Search<'_, '_, '_>, hooks: &FxHashSet<&str>, name: &str, members: Vec<UnitRef>) -> Vec<UnitRef> {
    let corpus = search.corpus;
    // `class Form(forms.Form)` makes another thing out of the first
    let is_special = |at: &UnitRef| corpus.unit(*at).bases.iter().any(|base| &**base == name);
    let members: Vec<UnitRef> = members.into_iter().filter(|at| !is_special(at)).collect();
    if members.len() < 2 || members.len() > MODULES_ALLOWED {
        return Vec::new();
    }
    if is_unlinked(search, members[0]) {
        return of_like_members(corpus, &members);
    }
    let mut bases: BTreeMap<&str, usize> = BTreeMap::new();
    for base in members.iter().flat_map(|at| own_bases(corpus, *at)) {
        *bases.entry(base).or_default() += 1;
    }
    let is_interface = bases.values().any(|&count| count * 2 >= members.len() && count > 1);
    if is_interface || is_plugin(search, &members) {
        return Vec::new();
    }
    let layers: Vec<Option<Layer>> = members.iter().map(|&at| layer(search, at)).collect();
    let told: BTreeSet<Layer> = layers.iter().flatten().copied().collect();
    if told.len() < 2 {
        return of_one_layer(search, hooks, name, members);
    }
    // what stands in one layer is held against what may stand in it too
    let mut found: BTreeSet<UnitRef> = BTreeSet::new();
    for wanted in told {
        let is_it = |at: usize| layers[at].is_none_or(|layer| layer == wanted);
        let held = (0..members.len()).filter(|&at| is_it(at)).map(|at| members[at]).collect();
        found.extend(of_one_layer(search, hooks, name, held));
    }
    found.into_iter().collect()
}

fn of_one_layer(
    search: &Search<'_, '_, '_>,
    hooks: &FxHashSet<&str>,
    name: &str,
    members: Vec<UnitRef>,
) -> Vec<UnitRef> {
    let corpus = search.corpus;
    let like = alike(corpus, &members);
    if word_count(name) < 2 {
        return like;
    }
    // each back end and each end of a program has its own, unless their bodies say otherwise
    let are_for_two = |pair: &[UnitRef]| {
        let [a, b] = [pair[0], pair[1]].map(|at| search.path(at.file).as_str());
        are_counterparts(a, b) || are_ends(a, b)
    };
    if members.windows(2).all(are_for_two) {
        return like;
    }
    // members of different hierarchies do different jobs, unless their bodies say otherwise
    let members: Vec<UnitRef> =
        members.into_iter().filter(|at| own_bases(corpus, *at).is_empty() || like.contains(at)).collect();
    akin(search, hooks, members, &like)
}

/// Whether nothing is known of a definition but its own text: modules of such a language use names again as they like,
/// and what a type does stands elsewhere.
fn is_unlinked(search: &Search<'_, '_, '_>, at: UnitRef) -> bool {
    find_followed(search.path(at.file)).is_none()
}

/// The types that declare half of their fields or variants, and two at least, as another one does.
fn of_like_members(corpus: &Corpus, members: &[UnitRef]) -> Vec<UnitRef> {
    let declared = |at: &UnitRef| corpus.prints(*at)[1..].iter().map(|print| print.exact).collect();
    let declared: Vec<FxHashSet<u64>> = members.iter().map(declared).collect();
    let is_like = |a: usize, b: usize| {
        let both = declared[a].intersection(&declared[b]).count();
        both >= 2 && both * 2 >= declared[a].len().max(declared[b].len())
    };
    let has_like = |a: usize| (0..members.len()).any(|b| a != b && is_like(a, b));
    (0..members.len()).filter(|&at| has_like(at)).map(|at| members[at]).collect()
}

/// The members that have methods, fields and attributes in common with another: one where both stand in one folder and
/// are taken for one another, a good part of them elsewhere. Where both have next to none, the name alone speaks. Names
/// that Python gives a meaning to say nothing about the job.
fn akin(search: &Search<'_, '_, '_>, hooks: &FxHashSet<&str>, members: Vec<UnitRef>, like: &[UnitRef]) -> Vec<UnitRef> {
    let all: Vec<BTreeSet<String>> = members.iter().map(|&at| member_names(search, at)).collect();
    let is_own = |name: &String| !name.starts_with("__") && !hooks.contains(&**name);
    let names: Vec<BTreeSet<String>> =
        all.into_iter().map(|names| names.into_iter().filter(is_own).collect()).collect();
    let folders: Vec<&str> = members.iter().map(|at| search.path(at.file).folder()).collect();
    let forms: Vec<Form> = members.iter().map(|&at| form(search.corpus.unit(at))).collect();
    let are_akin = |a: usize, b: usize| {
        let (least, most) = (names[a].len().min(names[b].len()), names[a].len().max(names[b].len()));
        let common = names[a].intersection(&names[b]).count();
        let is_near = is_near(folders[a], folders[b]);
        // in one package a class and an enumeration are taken for one another, whatever they hold
        let are_mixed = forms[a] != forms[b];
        most == 0 || is_near && are_mixed || common > 0 && (is_near || common * 100 >= least * MEMBERS_AKIN)
    };
    let is_akin = |a: usize| like.contains(&members[a]) || (0..members.len()).any(|b| a != b && are_akin(a, b));
    (0..members.len()).filter(|&at| is_akin(at)).map(|at| members[at]).collect()
}

/// What a class is for between storage and the network: what stands in one layer does not stand in for another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    /// A table of a database.
    Table,
    /// A record in memory.
    Record,
    /// A type of an interface, or what reads and writes one.
    Interface,
}

/// Decorators and bases that tell the layer of a class.
const RECORD_DECORATORS: &[&str] = &["dataclass", "define", "frozen", "attrs"];
const INTERFACE_DECORATORS: &[&str] = &["type", "input", "interface"];
const RECORD_BASES: &[&str] = &["BaseModel", "TypedDict", "NamedTuple"];
const INTERFACE_BASES: &[&str] =
    &["ObjectType", "InputObjectType", "Schema", "SQLAlchemyObjectType", "DjangoObjectType", "Node"];
const TABLE_BASES: &[&str] = &["DeclarativeBase", "Model"];

/// The layer of a class, by its decorators, its bases and its members.
fn layer(search: &Search<'_, '_, '_>, at: UnitRef) -> Option<Layer> {
    let unit = search.corpus.unit(at);
    let has = |names: &[Box<str>], known: &[&str]| names.iter().any(|name| known.contains(&&**name));
    let is_serializer = unit.bases.iter().any(|base| base.ends_with("Serializer"));
    if is_serializer || has(&unit.decorators, INTERFACE_DECORATORS) || has(&unit.bases, INTERFACE_BASES) {
        return Some(Layer::Interface);
    }
    if has(&unit.decorators, RECORD_DECORATORS) || has(&unit.bases, RECORD_BASES) || form(unit) == Form::Enumeration {
        return Some(Layer::Record);
    }
    let names_table = || !unit.bases.is_empty() && member_names(search, at).contains("__tablename__");
    (has(&unit.bases, TABLE_BASES) || names_table()).then_some(Layer::Table)
}

/// Whether two folders are one, or one stands right in the other.
fn is_near(a: &str, b: &str) -> bool {
    let is_in = |outer: &str, inner: &str| inner.rsplit_once('/').is_some_and(|(parent, _)| parent == outer);
    a == b || is_in(a, b) || is_in(b, a)
}

/// What a class has by its own body: methods, fields, constants, and attributes of `self`.
fn member_names(search: &Search<'_, '_, '_>, at: UnitRef) -> BTreeSet<String> {
    let Some(facts) = search.input.project.sources.facts(search.corpus.files[at.file as usize].id) else {
        return BTreeSet::new();
    };
    let unit = search.corpus.unit(at);
    let is_it = |id: &DefinitionId| {
        let definition = facts.definition(*id);
        definition.parent.is_none()
            && facts.name(definition.name) == &*unit.name
            && unit.lines.start == facts.line_index.lines(definition.span).start
    };
    let Some(class) = facts.definition_ids().find(is_it) else { return BTreeSet::new() };
    let body = facts.definition(class).body_scope;
    let own = facts.bindings.iter().filter(|it| Some(it.scope) == body).map(|it| it.name);
    let set = facts.attributes.iter().filter(|it| it.class == class).map(|it| it.name);
    own.chain(set).map(|name| facts.name(name).to_owned()).collect()
}

/// Base classes that say something about the job.
fn own_bases(corpus: &Corpus, at: UnitRef) -> Vec<&str> {
    let bases = corpus.unit(at).bases.iter().map(|base| &**base);
    bases.filter(|base| !PLAIN_BASES.contains(base)).collect()
}

/// `backends/mysql/client.py` beside `backends/oracle/client.py`, or three modules of one folder: each is a plugin that
/// is loaded by the name of its module.
fn is_plugin(search: &Search<'_, '_, '_>, members: &[UnitRef]) -> bool {
    let paths: Vec<&RepoPath> = members.iter().map(|at| search.path(at.file)).collect();
    let parent = |path: &str| path.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
    let same = |key: &dyn Fn(&RepoPath) -> String| paths.windows(2).all(|pair| key(pair[0]) == key(pair[1]));
    let same_file = same(&|path| path.file_name().to_owned());
    let same_grandparent = same(&|path| parent(path.folder()));
    let same_folder = same(&|path| path.folder().to_owned());
    let is_named_for_it = paths[0].as_str().split('/').any(|part| PLUGIN_FOLDERS.contains(&part));
    same_file && same_grandparent && !same_folder || same_folder && paths.len() > 2 && is_named_for_it
}

fn functions(search: &Search<'_, '_, '_>, name: &str, members: Vec<UnitRef>) -> Vec<UnitRef> {
    if word_count(name) < 2 || members.len() > FUNCTIONS_ALLOWED {
        return Vec::new();
    }
    let folder = |at: &UnitRef| search.path(at.file).folder();
    let is_shelf = members.len() > 2 && members.windows(2).all(|pair| folder(&pair[0]) == folder(&pair[1]));
    // each plugin, and each of several modules side by side, writes its own of what is asked of all
    let words: fn(&Print) -> u64 =
        if is_shelf || is_plugin(search, &members) { |print| print.exact } else { |print| print.shape };
    like(search.corpus, &members, words, |least, most| (least * MOST).max(most * MUCH))
}

/// The members whose bodies are like another member's.
fn alike(corpus: &Corpus, members: &[UnitRef]) -> Vec<UnitRef> {
    like(corpus, members, |print| print.shape, |least, most| least.max(most / 2) * ALIKE)
}

/// The members that have enough statements in common with another: `needed` of the shorter and the longer body, in
/// hundredths of statements.
fn like(
    corpus: &Corpus,
    members: &[UnitRef],
    word: fn(&Print) -> u64,
    needed: fn(usize, usize) -> usize,
) -> Vec<UnitRef> {
    // an import says nothing, so a function that imports another one and hands on to it has no body of its own
    let body = |at: UnitRef| corpus.prints(at)[1..].iter().filter(|print| !print.is_trivial);
    let words: Vec<FxHashSet<u64>> = members.iter().map(|&at| body(at).map(word).collect()).collect();
    let is_like = |a: usize, b: usize| {
        let (x, y) = (&words[a], &words[b]);
        let (least, most) = (x.len().min(y.len()), x.len().max(y.len()));
        least >= 2 && x.intersection(y).count() * 100 >= needed(least, most)
    };
    let has_like = |a: usize| (0..members.len()).any(|b| a != b && is_like(a, b));
    (0..members.len()).filter(|&at| has_like(at)).map(|at| members[at]).collect()
}

/// Words of `snake_case` and `CamelCase` names.
fn word_count(name: &str) -> usize {
    let bare = name.trim_matches('_');
    let parts = bare.split('_').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let humps =
                part.as_bytes().windows(2).filter(|it| !it[0].is_ascii_uppercase() && it[1].is_ascii_uppercase());
            1 + humps.count()
        })
        .sum()
}

fn group(search: &Search<'_, '_, '_>, name: &str, is_class: bool, members: &[UnitRef]) -> Group {
    let instances: Vec<Instance> = members.iter().map(|&at| search.instance(at)).collect();
    let first = search.corpus.unit(members[0]).exact;
    let disagrees = members.iter().any(|&at| search.corpus.unit(at).exact != first);
    let what = if is_class { "class" } else { "function" };
    let how = if disagrees { ", and not in the same way" } else { "" };
    Group {
        kind: DuplicateKind::DuplicateDefinition,
        reasons: vec![DuplicateKind::DuplicateDefinition],
        clone_type: None,
        similarity: 0,
        disagrees,
        message: format!("{what} `{name}` is defined in {} modules{how}", members.len()),
        parts: Vec::new(),
        canonical: None,
        instances,
        details: Default::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_both_styles() {
        for (name, count) in [("Config", 1), ("EventType", 2), ("get_user", 2), ("_main", 1), ("HTTPError", 1)] {
            assert_eq!(word_count(name), count, "{name}");
        }
    }
}
