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
use rustc_hash::{FxHashMap, FxHashSet};

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

/// Tokens of work that two short units of one file have to have in common: that say the same, or that only literals
/// tell apart. A short unit has fewer tokens than the last.
const WORK_SAID: u32 = 36;
const WORK_SHAPED: u32 = 60;
const SHORT: u32 = 90;

/// Of two units of one file that are near, these many tokens of work have to say the same, unless a third of all does.
const WORK_OF_NEAR: u32 = 60;

/// Tokens of work that a run of statements has.
const WORK_OF_RUNS: u32 = 16;

/// Different statements that make a ladder when they come twice and more, each time with other literals.
const RUNGS: usize = 3;

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
            || x.exact != y.exact && self.are_framed_alike(a, b)
    }

    /// Whether two units have a frame or a ladder in common and do different work.
    fn are_framed_alike(&self, a: UnitRef, b: UnitRef) -> bool {
        let (x, y) = (self.corpus.statements(a), self.corpus.statements(b));
        let Common { said, formed, is_ladder } = work_in_common(&x, &y);
        if said >= work(&x).max(work(&y)) {
            return false;
        }
        // what stands beside each other is written in one way
        let all = tokens(&*x).max(tokens(&*y));
        let is_short = all < SHORT && said < WORK_SAID && formed < WORK_SHAPED;
        let is_near = self.corpus.unit(a).blind != self.corpus.unit(b).blind;
        let is_frame = is_short || is_near && said < WORK_OF_NEAR.min(all / 3);
        is_ladder || a.file == b.file && is_frame
    }

    /// Whether a run of statements in each of two units is a ladder, what opposites have in common, or the form in which
    /// both answer what is asked of them.
    pub fn are_one_form(&self, a: UnitRef, b: UnitRef, x: &[Print], y: &[Print]) -> bool {
        let are_opposites = || is_opposite_of(self.corpus.unit(a), self.corpus.unit(b));
        work_in_common(x, y).is_ladder
            || a != b && said(x, y) < SAID_OF_SIBLINGS && self.are_asked(a, b)
            || a != b && said(x, y) < COMMON_OF_OPPOSITES && are_opposites()
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

/// What a statement says: what only a variable's name tells apart says the same, what a literal does says another thing.
fn said_by(print: &Print) -> u64 {
    if print.literals == 0 { print.shape } else { print.exact }
}

/// Statements that say the same, in thousandths of the longer list.
fn said(a: &[Print], b: &[Print]) -> u32 {
    let telling = |prints: &[Print]| prints.iter().filter(|it| !it.is_trivial).count() as u32;
    let both = in_both(a, b, said_by).filter(|it| !it.is_trivial).count() as u32;
    (both * 1000).checked_div(telling(a).max(telling(b))).unwrap_or(1000)
}

fn tokens<'p>(prints: impl IntoIterator<Item = &'p Print>) -> u32 {
    prints.into_iter().map(|it| u32::from(it.tokens)).sum()
}

/// What two lists do alike.
struct Common {
    /// Tokens of work that say the same, and of those that only literals tell apart as well.
    said: u32,
    formed: u32,
    /// A few different statements, again and again with other literals.
    is_ladder: bool,
}

fn work_in_common(a: &[Print], b: &[Print]) -> Common {
    let said = tokens(in_both(a, b, said_by).filter(|it| it.is_work()));
    let formed: Vec<&Print> = in_both(a, b, |print| print.shape).filter(|it| it.is_work()).collect();
    let rungs: FxHashSet<u64> = formed.iter().map(|it| it.shape).collect();
    let count = formed.len();
    let formed = tokens(formed);
    Common { said, formed, is_ladder: rungs.len() <= RUNGS && count >= rungs.len() * 2 && said * 4 < formed }
}

/// The tokens of the statements that do something.
fn work(prints: &[Print]) -> u32 {
    tokens(prints.iter().filter(|it| it.is_work()))
}

/// Whether the statements of a run are a frame around other work.
pub fn is_frame(run: &[Print]) -> bool {
    work(run) < WORK_OF_RUNS
}

/// The statements of the second list that are in the first as well, as often as they are there, by a key.
fn in_both<'p>(a: &[Print], b: &'p [Print], key: fn(&Print) -> u64) -> impl Iterator<Item = &'p Print> {
    let mut left: FxHashMap<u64, u32> = FxHashMap::default();
    a.iter().for_each(|print| *left.entry(key(print)).or_default() += 1);
    b.iter().filter(move |print| {
        let count = left.entry(key(print)).or_default();
        let is_there = *count > 0;
        *count = count.saturating_sub(1);
        is_there
    })
}

/// `add_line` and `remove_line`, `CreateTable` and `DropTable`.
fn is_opposite_of(a: &Unit, b: &Unit) -> bool {
    let (x, y) = (words(a.last_name()), words(b.last_name()));
    let mut differ = x.iter().zip(&y).filter(|(x, y)| x != y).peekable();
    x.len() == y.len() && differ.peek().is_some() && differ.all(|(x, y)| are_opposite(x, y))
}
