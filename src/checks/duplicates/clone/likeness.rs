//! Likeness: what makes two units of one form two jobs.
//!
//! `add_line` beside `remove_line`, one form of a method for each back end below a common base, four calls in a row that
//! each go elsewhere: the form is the same, the job is not, and nothing can be merged. Invariant: units that are the same
//! as written are never told apart. Absent on purpose: how alike two units are; hashes and alignment say that.

use crate::checks::duplicates::corpus::{Corpus, UnitRef};
use crate::checks::duplicates::hierarchy::is_telling;
use crate::checks::successor::words;
use crate::facts::{Print, Unit, UnitKind};
use crate::words::are_opposite;
use rustc_hash::FxHashMap;

/// Names that two renamed units have in common statement by statement, in thousandths, below which they have their form
/// alone in common: the longer the form, the less a coincidence it is. By the different statements that it has.
const COMMON: [(u8, u32); 3] = [(16, 300), (8, 500), (0, 700)];

/// What opposites, in names and in what their statements say, and methods that override one another's base have to have
/// in common, in thousandths.
const COMMON_OF_OPPOSITES: u32 = 900;
const COMMON_OF_SIBLINGS: u32 = 800;

/// Statements that say the same, in thousandths, that what is asked of each has to have: of methods and functions, and of
/// classes with a common base.
const SAID_OF_SIBLINGS: u32 = 800;
const SAID_OF_KINDS: u32 = 500;

/// A name that more classes, or modules, than this define is a hook: each writes its own.
const HOLDERS_OF_A_HOOK: u32 = 8;

/// Forms of one renamed class that are compared with each other; the rest stand alone.
const FORMS: usize = 64;

pub struct Likeness<'c> {
    corpus: &'c Corpus,
    /// How often methods, and functions of modules, have a name.
    holders: FxHashMap<(UnitKind, &'c str), u32>,
}

impl<'c> Likeness<'c> {
    pub fn new(corpus: &'c Corpus) -> Self {
        let mut holders: FxHashMap<(UnitKind, &str), u32> = FxHashMap::default();
        for (_, unit) in corpus.units().filter(|(_, unit)| !unit.is_class()) {
            *holders.entry((unit.kind, unit.last_name())).or_default() += 1;
        }
        Self { corpus, holders }
    }

    /// Splits units that are equal but for names into those that do one job. Linear: units that are the same as written
    /// are taken together by their hash, and what is left is compared with so many at most.
    pub fn split(&self, members: Vec<UnitRef>) -> Vec<Vec<UnitRef>> {
        if members.len() < 2 {
            return vec![members];
        }
        let mut by_exact: FxHashMap<u64, usize> = FxHashMap::default();
        let mut same: Vec<Vec<UnitRef>> = Vec::new();
        for at in members {
            let place = *by_exact.entry(self.corpus.unit(at).exact).or_insert(same.len());
            if place == same.len() {
                same.push(Vec::new());
            }
            same[place].push(at);
        }
        // whatever the paths are: the least hash leads
        same.sort_by_key(|units| self.corpus.unit(units[0]).exact);
        let mut split: Vec<Vec<UnitRef>> = Vec::new();
        for units in same {
            let is_it = |other: &&mut Vec<UnitRef>| self.are_one_job(other[0], units[0]);
            match split.iter_mut().take(FORMS).find(is_it) {
                Some(job) => job.extend(units),
                None => split.push(units),
            }
        }
        split.iter_mut().for_each(|units| units.sort_unstable());
        split
    }

    /// Whether two units that are equal but for names have more than their form in common.
    fn are_one_job(&self, a: UnitRef, b: UnitRef) -> bool {
        let (x, y) = (self.corpus.prints(a), self.corpus.prints(b));
        let common = common(&x[1..], &y[1..]);
        let variety = self.corpus.unit(a).variety;
        let needed = COMMON.iter().find(|(least, _)| variety >= *least).map_or(0, |(_, needed)| *needed);
        common >= needed && !self.are_two_jobs(a, b, common)
    }

    /// Whether two units that have so much in common, in thousandths, are opposites or one form for each back end.
    pub fn are_two_jobs(&self, a: UnitRef, b: UnitRef, common: u32) -> bool {
        let (x, y) = (self.corpus.unit(a), self.corpus.unit(b));
        let said = || said(&self.corpus.statements(a), &self.corpus.statements(b));
        is_opposite_of(x, y) && (common < COMMON_OF_OPPOSITES || said() < COMMON_OF_OPPOSITES)
            || self.are_asked(a, b) && (common < COMMON_OF_SIBLINGS || said() < SAID_OF_SIBLINGS)
            || are_kinds(x, y) && said() < SAID_OF_KINDS
    }

    /// Whether a run of statements in each of two units is the form in which both answer what is asked of them.
    pub fn are_one_form(&self, a: UnitRef, b: UnitRef, x: &[Print], y: &[Print]) -> bool {
        a != b && self.are_asked(a, b) && said(x, y) < SAID_OF_SIBLINGS
    }

    /// Whether something asks each of two units for its own.
    fn are_asked(&self, a: UnitRef, b: UnitRef) -> bool {
        let (x, y) = (self.corpus.unit(a), self.corpus.unit(b));
        self.are_hooks(x, y) || self.are_siblings(a, x, b, y) || are_endpoints(x, y)
    }

    /// Functions, or methods, of one name that many modules or classes define: what calls them asks each for its own.
    fn are_hooks(&self, x: &Unit, y: &Unit) -> bool {
        let key = (x.kind, x.last_name());
        key == (y.kind, y.last_name()) && self.holders.get(&key).is_some_and(|&count| count > HOLDERS_OF_A_HOOK)
    }

    /// Methods of one name in two classes of one base: the base asks each for its own.
    fn are_siblings(&self, a: UnitRef, x: &Unit, b: UnitRef, y: &Unit) -> bool {
        let class = |at: UnitRef, unit: &Unit| {
            let parent = unit.parent.filter(|_| unit.kind == UnitKind::Method)?;
            Some(self.corpus.unit(UnitRef { unit: parent, ..at })).filter(|it| it.holds_methods())
        };
        let (Some(left), Some(right)) = (class(a, x), class(b, y)) else { return false };
        x.last_name() == y.last_name() && left.bases.iter().any(|base| right.bases.contains(base))
    }
}

/// Classes with a common base, which says what they are, and blocks of methods for one trait.
fn are_kinds(x: &Unit, y: &Unit) -> bool {
    x.holds_methods() && y.holds_methods() && x.bases.iter().any(|base| is_telling(base) && y.bases.contains(base))
}

/// What a decorator is named for that makes a function answer requests.
const ENDPOINTS: &[&str] =
    &["route", "get", "post", "put", "patch", "delete", "websocket", "api_route", "expose", "command", "action"];

/// Functions that a framework calls for what each is registered for.
fn are_endpoints(x: &Unit, y: &Unit) -> bool {
    let is_endpoint = |unit: &Unit| unit.decorators.iter().any(|it| ENDPOINTS.contains(&&**it));
    is_endpoint(x) && is_endpoint(y)
}

/// Names that stand in both of two statements, in thousandths of all: what is called, attributes and keywords.
fn common(a: &[Print], b: &[Print]) -> u32 {
    let (mut both, mut all) = (0, 0);
    for (x, y) in a.iter().zip(b).filter(|(x, _)| !x.is_trivial) {
        both += (x.names & y.names).count_ones();
        all += (x.names | y.names).count_ones();
    }
    // statements without a name differ in nothing
    (both * 1000).checked_div(all).unwrap_or(1000)
}

/// Statements that say the same, in thousandths of the longer list: what only a variable's name tells apart says the same,
/// what a literal does says another thing.
fn said(a: &[Print], b: &[Print]) -> u32 {
    let word = |print: &Print| if print.literals == 0 { print.shape } else { print.exact };
    let telling = |prints: &[Print]| prints.iter().filter(|it| !it.is_trivial).map(word).collect::<Vec<u64>>();
    let (x, y) = (telling(a), telling(b));
    let mut left: FxHashMap<u64, u32> = FxHashMap::default();
    x.iter().for_each(|&word| *left.entry(word).or_default() += 1);
    let mut both = 0;
    for word in &y {
        if let Some(count) = left.get_mut(word).filter(|count| **count > 0) {
            *count -= 1;
            both += 1;
        }
    }
    (both * 1000u32).checked_div(x.len().max(y.len()) as u32).unwrap_or(1000)
}

/// `add_line` and `remove_line`, `CreateTable` and `DropTable`.
fn is_opposite_of(a: &Unit, b: &Unit) -> bool {
    let (x, y) = (words(a.last_name()), words(b.last_name()));
    let mut differ = x.iter().zip(&y).filter(|(x, y)| x != y).peekable();
    x.len() == y.len() && differ.peek().is_some() && differ.all(|(x, y)| are_opposite(x, y))
}
