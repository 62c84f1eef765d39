//! `parallel-implementation`: classes that do one job behind different names.
//!
//! Classes with the same public methods, where a method counts by how rare its name is among the classes of the tree
//! (inverse document frequency; Spärck Jones, "A statistical interpretation of term specificity", 1972), and whose
//! signatures or bodies are alike too, and whose methods of one name mostly say the same. Statements keep what they call,
//! so bodies that are alike have the same collaborators.
//! Pairs are looked for through their rarer methods alone, so the cost is near-linear. Invariant: no two members of a
//! group inherit from one another or implement one declared interface. Absent on purpose: classes of one name, which are
//! `duplicate-definition`.

use super::corpus::{Corpus, UnitRef};
use super::hierarchy::{Hierarchy, is_telling};
use super::members::{Members, Method, members};
use super::shelf::{are_counterparts, are_ends};
use super::{DuplicateKind, DuplicateSpec, DuplicatesOutput, Group, Instance, Search};
use crate::checks::successor::words;
use crate::facts::Unit;
use crate::words::are_opposite;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

pub const SPEC: DuplicateSpec = DuplicateSpec {
    kind: DuplicateKind::ParallelImplementation,
    explanation: include_str!("parallel_implementation.md"),
    run: find,
};

/// Public methods that two classes have in common at least.
const METHODS: usize = 3;

/// How much two classes are one job, at least, from 0 to 1.
const LIKE: f64 = 0.46;

/// How much of the methods of one name has to be the same: at all; of classes whose names begin alike; of kinds of one
/// thing, which stand side by side; of variants, one named for the other; and of classes with a common base, of modules for
/// two back ends, or of two ends of a program, of which each is asked for its own.
const ALIKE: f64 = 0.6;
const ALIKE_OF_RELATIVES: f64 = 0.45;
const ALIKE_OF_KINDS: f64 = 0.8;
const ALIKE_OF_VARIANTS: f64 = 0.3;
const ALIKE_BELOW_A_BASE: f64 = 0.9;

/// Statements that methods of one name have in common at least.
const STATEMENTS: usize = 5;

/// Statements up to which a method may only hand on to what its type holds, in Rust.
const HANDS_ON: usize = 2;

/// A method that more classes than this have is a convention of the tree.
const CLASSES_OF_A_METHOD: usize = 24;

/// A statement that more classes than this have says nothing of the job.
const CLASSES_OF_A_STATEMENT: usize = 40;

/// Words of names, bases and folders whose classes are alike by design, or stand in for others.
const BY_DESIGN: &str = "\
    mock fake stub dummy null noop test testing example sample demo serializer schema encoder decoder form \
    admin migration visitor transformer proxy adapter wrapper mixin exception error middleware command view \
    viewset field widget lookup protocol interface abstract strategy plugin enum namedtuple typeddict async \
    sync";

/// Traits of Rust that types of every kind implement.
const PLAIN_TRAITS: &[&str] = &[
    "Add",
    "AddAssign",
    "AsMut",
    "AsRef",
    "Borrow",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deref",
    "DerefMut",
    "Deserialize",
    "Display",
    "Drop",
    "Eq",
    "Error",
    "Extend",
    "From",
    "FromIterator",
    "FromStr",
    "Hash",
    "Index",
    "IndexMut",
    "Into",
    "IntoIterator",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Send",
    "Serialize",
    "Sub",
    "Sync",
    "TryFrom",
    "Unpin",
];

/// Words of names by which a type is a form of another: borrowed, shared, to be changed.
const FORMS: &[&str] = &["arc", "borrowed", "buf", "local", "mut", "owned", "raw", "rc", "ref", "shared"];

/// Words for numbers, by which a type is one of a row.
const NUMBERS: &[&str] = &["one", "two", "three", "four", "single", "double", "triple"];

struct Class<'c> {
    at: UnitRef,
    unit: &'c Unit,
    /// Public methods by name.
    methods: BTreeMap<&'c str, Method<'c>>,
    /// Traits that it implements.
    traits: BTreeSet<&'c str>,
    /// The shapes of its statements, headers and trivial ones left out.
    shapes: FxHashSet<u64>,
}

struct Tree<'c> {
    corpus: &'c Corpus,
    /// By file of the corpus.
    paths: Vec<&'c str>,
    classes: Vec<Class<'c>>,
    /// For each method name, how many classes of the tree have it.
    frequency: FxHashMap<&'c str, usize>,
    shape_frequency: FxHashMap<u64, usize>,
    /// Public methods that a class of a name declares.
    declared: FxHashMap<&'c str, Vec<(bool, FxHashSet<&'c str>)>>,
    hierarchy: Hierarchy<'c>,
    /// The methods of every abstract class and protocol.
    interfaces: Vec<FxHashSet<&'c str>>,
}

fn find(search: &Search<'_, '_, '_>) -> DuplicatesOutput {
    let paths = search.corpus.files.iter().map(|it| search.input.path(it.id).as_str()).collect();
    let tree = Tree::new(search.corpus, paths);
    let mut holders: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, class) in tree.classes.iter().enumerate() {
        for name in class.methods.keys().filter(|name| tree.frequency[**name] <= CLASSES_OF_A_METHOD) {
            holders.entry(name).or_default().push(at);
        }
    }
    let mut pairs: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for holders in holders.values() {
        for (position, &a) in holders.iter().enumerate() {
            holders[position + 1..].iter().for_each(|&b| *pairs.entry((a, b)).or_default() += 1);
        }
    }
    let mut alike: Vec<(u32, usize, usize)> = pairs
        .into_iter()
        .filter(|(_, common)| *common >= METHODS)
        .filter_map(|((a, b), _)| tree.likeness(&tree.classes[a], &tree.classes[b]).map(|score| (score, a, b)))
        .collect();
    // the surest pairs first; a group is what is like its first member
    alike.sort_by_key(|&(score, a, b)| (std::cmp::Reverse(score), a, b));
    let mut neighbours: BTreeMap<usize, BTreeMap<usize, u32>> = BTreeMap::new();
    for &(score, a, b) in &alike {
        neighbours.entry(a).or_default().insert(b, score);
        neighbours.entry(b).or_default().insert(a, score);
    }
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut groups = Vec::new();
    for &(_, a, b) in &alike {
        if taken.contains(&a) || taken.contains(&b) {
            continue;
        }
        let more = |of: usize| neighbours[&of].keys().filter(|it| !taken.contains(it)).count();
        let leader = if more(b) > more(a) { b } else { a };
        let mut members = vec![leader];
        for (&other, _) in neighbours[&leader].iter().filter(|(it, _)| !taken.contains(it)) {
            let fits =
                members.iter().all(|&it| it == leader || !tree.is_by_design(&tree.classes[it], &tree.classes[other]));
            if fits {
                members.push(other);
            }
        }
        taken.extend(&members);
        let least = members[1..].iter().map(|it| neighbours[&leader][it]).min().unwrap_or(0);
        groups.push(group(search, &tree, &members, least));
    }
    DuplicatesOutput { groups, bounds: Vec::new() }
}

impl<'c> Tree<'c> {
    fn new(corpus: &'c Corpus, paths: Vec<&'c str>) -> Self {
        let mut members = members(corpus, &paths);
        let mut tree = Tree {
            corpus,
            paths,
            classes: Vec::new(),
            frequency: FxHashMap::default(),
            shape_frequency: FxHashMap::default(),
            declared: FxHashMap::default(),
            hierarchy: Hierarchy::new(corpus),
            interfaces: Vec::new(),
        };
        for (at, unit) in corpus.units().filter(|(_, unit)| unit.is_class()) {
            let Members { methods, traits } = members.remove(&at).unwrap_or_default();
            let names: FxHashSet<&str> = methods.keys().copied().collect();
            let is_abstract = methods.values().any(|it| it.unit.is_abstract_method())
                || unit.has_abstract_base()
                || unit.is_interface
                || !methods.is_empty() && methods.values().all(|it| it.unit.is_stub);
            if is_abstract && names.len() >= 2 {
                tree.interfaces.push(names.clone());
            }
            tree.declared.entry(unit.last_name()).or_default().push((is_abstract, names));
            if corpus.is_test(at) || is_abstract {
                continue;
            }
            for name in methods.keys() {
                *tree.frequency.entry(name).or_default() += 1;
            }
            let heads: FxHashSet<u32> = methods.values().map(|it| it.unit.lines.start).collect();
            // What stands in blocks of methods stands outside of the type.
            let outside = methods.values().filter(|it| it.unit.parent != Some(at.unit) || it.at.file != at.file);
            let shapes: FxHashSet<u64> = corpus
                .prints(at)
                .iter()
                .filter(|it| !heads.contains(&it.start))
                .chain(outside.flat_map(|it| &corpus.prints(it.at)[1..]))
                .filter(|it| !it.is_trivial && it.words > 2)
                .map(|it| it.shape)
                .collect();
            for &shape in &shapes {
                *tree.shape_frequency.entry(shape).or_default() += 1;
            }
            let own = unit.last_name().to_lowercase();
            let is_left_out = unit.is_conditional
                || unit.parent.is_some()
                || methods.len() < METHODS
                || BY_DESIGN.split(' ').any(|word| has_word(unit.last_name(), word))
                || unit.bases.iter().any(|base| BY_DESIGN.split(' ').any(|word| has_word(base, word)))
                || own.is_empty();
            if !is_left_out {
                tree.classes.push(Class { at, unit, methods, traits, shapes });
            }
        }
        tree
    }

    fn weight(&self, name: &str) -> f64 {
        let frequency = self.frequency.get(name).copied().unwrap_or(1);
        if frequency > CLASSES_OF_A_METHOD {
            return 0.0;
        }
        (1.0 + self.classes.len() as f64 / frequency as f64).ln()
    }

    /// How much two classes are one job, in thousandths; `None` is not enough.
    fn likeness(&self, a: &Class<'c>, b: &Class<'c>) -> Option<u32> {
        if a.unit.last_name() == b.unit.last_name() || self.is_by_design(a, b) || self.are_vendors(a, b) {
            return None;
        }
        // what makes a thing has to be told the same as the thing itself
        let makes = |class: &Class<'c>| has_word(class.unit.last_name(), "builder");
        if makes(a) != makes(b) {
            return None;
        }
        let common: Vec<&str> = a.methods.keys().filter(|name| b.methods.contains_key(*name)).copied().collect();
        let shared: f64 = common.iter().map(|name| self.weight(name)).sum();
        let all: f64 = a
            .methods
            .keys()
            .chain(b.methods.keys().filter(|name| !a.methods.contains_key(*name)))
            .map(|it| self.weight(it))
            .sum();
        let telling = common.iter().filter(|name| self.weight(name) > 0.0).count();
        if telling < METHODS || all == 0.0 {
            return None;
        }
        let names = shared / all;
        let pairs: Vec<(Method<'_>, Method<'_>)> =
            common.iter().map(|name| (a.methods[name], b.methods[name])).collect();
        // the same job done with and without waiting is a twin
        if pairs.iter().all(|(x, y)| x.unit.is_async != y.unit.is_async) {
            return None;
        }
        let is_hollow = |class: &Class<'c>| common.iter().all(|name| self.body(class.methods[name]).len() <= 1);
        if is_hollow(a) || is_hollow(b) {
            return None;
        }
        let does = |it: &Method<'_>| self.body(*it).len() > HANDS_ON;
        if self.is_rust(a) && pairs.iter().filter(|(x, y)| does(x) && does(y)).count() < METHODS {
            return None;
        }
        let heads = pairs.iter().filter(|(x, y)| self.head(*x) == self.head(*y)).count() as f64 / pairs.len() as f64;
        let bodies = self.bodies(a, b);
        let is_same = self.alike(&pairs) >= self.needed(a, b);
        let is_one = names >= 0.6 && (heads >= 0.5 && bodies >= 0.08 || bodies >= 0.2)
            || names >= 0.4 && bodies >= 0.3
            || common.len() >= 5 && names >= 0.35 && heads >= 0.5 && bodies >= 0.15;
        let score = 0.5 * names + 0.2 * heads + 0.3 * bodies;
        (is_one && is_same && score >= LIKE).then_some((score * 1000.0) as u32)
    }

    /// Statements in common of the methods of one name, of those that the smaller ones have; 0 where that is next to none.
    fn alike(&self, pairs: &[(Method<'_>, Method<'_>)]) -> f64 {
        let (mut both, mut all) = (0, 0);
        for (x, y) in pairs {
            let [x, y] = [*x, *y].map(|it| FxHashSet::from_iter(self.body(it)));
            both += x.intersection(&y).count();
            all += x.len().min(y.len());
        }
        if both < STATEMENTS { 0.0 } else { both as f64 / all as f64 }
    }

    /// How much of their methods has to be the same: the less, the more their names say that they are one job.
    fn needed(&self, a: &Class<'c>, b: &Class<'c>) -> f64 {
        let (up, other) = (self.above(a), self.above(b));
        let [left, right] = [a, b].map(|it| self.paths[it.at.file as usize]);
        let (x, y) = (words(a.unit.last_name()), words(b.unit.last_name()));
        let are_mirrored = are_ends(left, right) || x.iter().zip(&y).any(|(x, y)| are_opposite(x, y));
        if up.intersection(&other).any(|base| is_telling(base)) || are_counterparts(left, right) || are_mirrored {
            return ALIKE_BELOW_A_BASE;
        }
        let tail = x.iter().rev().zip(y.iter().rev()).take_while(|(x, y)| x == y).count();
        // `PagedAllocator` beside `Allocator`
        if tail == x.len().min(y.len()) || tail > 1 {
            return ALIKE_OF_VARIANTS;
        }
        let folder = |class: &Class<'c>| self.paths[class.at.file as usize].rsplit_once('/').map(|(folder, _)| folder);
        // `PandasSplitter` beside `SparkSplitter`
        if a.at.file == b.at.file || tail > 0 && folder(a) == folder(b) {
            return ALIKE_OF_KINDS;
        }
        if x[0] == y[0] { ALIKE_OF_RELATIVES } else { ALIKE }
    }

    fn is_rust(&self, class: &Class<'c>) -> bool {
        self.paths[class.at.file as usize].ends_with(".rs")
    }

    /// Bases and traits that say what a class is, and theirs.
    fn above(&self, class: &Class<'c>) -> BTreeSet<&'c str> {
        let mut found = self.hierarchy.ancestors(class.unit);
        found.extend(class.traits.iter().filter(|it| !PLAIN_TRAITS.contains(it)));
        found
    }

    fn body(&self, method: Method<'_>) -> Vec<u64> {
        self.corpus.prints(method.at).iter().skip(1).filter(|it| !it.is_trivial).map(|it| it.shape).collect()
    }

    fn head(&self, method: Method<'_>) -> Option<u64> {
        self.corpus.prints(method.at).first().map(|print| print.shape)
    }

    /// Statements in common of those that the smaller class has, common phrases of the tree left out.
    fn bodies(&self, a: &Class<'c>, b: &Class<'c>) -> f64 {
        let telling = |class: &Class<'c>| {
            class.shapes.iter().filter(|it| self.shape_frequency[*it] <= CLASSES_OF_A_STATEMENT).count()
        };
        let common =
            a.shapes.iter().filter(|it| b.shapes.contains(it) && self.shape_frequency[*it] <= CLASSES_OF_A_STATEMENT);
        let least = telling(a).min(telling(b));
        if least == 0 { 0.0 } else { common.count() as f64 / least as f64 }
    }

    /// `azure/files.py: AzureFiles` beside `openai/files.py: OpenAIFiles`: each is named for the folder of what it adapts.
    fn are_vendors(&self, a: &Class<'c>, b: &Class<'c>) -> bool {
        let paths = [a, b].map(|it| self.paths[it.at.file as usize]);
        let [x, y] = paths.map(|path| path.split('/').collect::<Vec<_>>());
        let Some(at) = x.iter().zip(&y).position(|(x, y)| x != y) else { return false };
        if at + 1 >= x.len() || at + 1 >= y.len() {
            return false;
        }
        let is_named_for = |class: &Class<'c>, folder: &str| {
            class.unit.last_name().to_lowercase().contains(&folder.replace('_', "").to_lowercase())
        };
        is_named_for(a, x[at]) && is_named_for(b, y[at])
    }

    /// One inherits from the other, or both implement an interface that the tree declares.
    fn is_by_design(&self, a: &Class<'c>, b: &Class<'c>) -> bool {
        let (up, other) = (self.above(a), self.above(b));
        let (x, y) = (a.unit.last_name(), b.unit.last_name());
        let holds = |class: &Class<'c>, other: &str| class.unit.holds.iter().any(|it| **it == *other);
        if self.is_rust(a) && self.is_rust(b) && (are_forms(x, y) || holds(a, y) || holds(b, x)) {
            return true;
        }
        if up.contains(b.unit.last_name()) || other.contains(a.unit.last_name()) {
            return true;
        }
        let common: FxHashSet<&str> = a.methods.keys().filter(|name| b.methods.contains_key(*name)).copied().collect();
        let declares = |base: &&str| match self.declared.get(*base) {
            // what an outside base declares is not known: it may be all of it
            None => !matches!(*base, "object" | "Generic" | "ABC" | "BaseModel"),
            Some(classes) => classes.iter().any(|(is_abstract, names)| {
                let held = common.iter().filter(|name| names.contains(*name)).count();
                held * 2 >= common.len() || *is_abstract && held >= 2
            }),
        };
        up.intersection(&other).any(declares)
            || self
                .interfaces
                .iter()
                .any(|names| common.iter().filter(|it| names.contains(*it)).count() * 5 >= common.len() * 4)
    }
}

/// Whether two names differ in what says the form in which something is held (`GuardMut`, `OwnedGuard`), or in a number
/// (`One`, `Two`; `Aligned4`, `Aligned8`).
fn are_forms(a: &str, b: &str) -> bool {
    let is_number = |word: &str| NUMBERS.contains(&word) || word.chars().all(|c| c.is_ascii_digit());
    let plain = |name: &str| {
        let words = words(name.trim_end_matches(|c: char| c.is_ascii_digit()));
        words.into_iter().filter(|it| !FORMS.contains(&it.as_str()) && !is_number(it)).collect::<Vec<_>>()
    };
    a != b && plain(a) == plain(b)
}

/// Whether a name has the word: at its beginning, at its end, or between capitals.
fn has_word(name: &str, word: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_start = |at: usize| {
        at == 0 || name[at..].starts_with(|c: char| c.is_ascii_uppercase()) || lower.as_bytes()[at - 1] == b'_'
    };
    let is_end = |at: usize| !name[at..].starts_with(|c: char| c.is_ascii_lowercase());
    lower.len() == name.len() && lower.match_indices(word).any(|(at, _)| is_start(at) && is_end(at + word.len()))
}

fn group(search: &Search<'_, '_, '_>, tree: &Tree<'_>, members: &[usize], score: u32) -> Group {
    let mut members = members.to_vec();
    members.sort_unstable();
    let classes: Vec<&Class<'_>> = members.iter().map(|&at| &tree.classes[at]).collect();
    let mut common: Vec<&str> = classes[0].methods.keys().copied().collect();
    common.retain(|name| classes.iter().all(|it| it.methods.contains_key(name)));
    common.sort_by(|a, b| tree.weight(b).total_cmp(&tree.weight(a)).then(a.cmp(b)));
    let names: Vec<String> = classes.iter().map(|it| format!("`{}`", it.unit.last_name())).take(5).collect();
    let shown: Vec<String> = common.iter().take(4).map(|name| format!("`{name}`")).collect();
    let more = if common.len() > 4 { ", …" } else { "" };
    let (methods, count) = (common.len(), classes.len());
    let instances: Vec<Instance> = classes.iter().map(|it| search.instance(it.at)).collect();
    Group {
        kind: DuplicateKind::ParallelImplementation,
        reasons: vec![DuplicateKind::ParallelImplementation],
        clone_type: None,
        similarity: score,
        disagrees: true,
        message: format!(
            "{count} classes do one job behind different names ({}): {methods} methods in common ({}{more})",
            names.join(", "),
            shown.join(", ")
        ),
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
    fn words_stand_alone_in_names() {
        assert!(has_word("MockStore", "mock") && has_word("StoreStub", "stub") && has_word("AsyncStore", "async"));
        assert!(are_forms("GuardMut", "Guard") && are_forms("OwnedGuard", "RefGuard") && !are_forms("Guard", "Lock"));
        assert!(are_forms("One", "Two") && are_forms("Aligned4", "Aligned8") && !are_forms("OneShot", "TwoWay"));
        assert!(!has_word("Stubborn", "stub") && !has_word("Transformers", "form") && !has_word("Platform", "form"));
    }
}
