//! `clone`: the same code twice; exact, renamed, or nearly the same.
//!
//! Four steps, each over what the ones before left:
//! 1. Units whose hashes are equal, as written (exact) or with names replaced one for one (renamed), and which are more
//!    than one form of two jobs ([`likeness`]). Hashing whole sub-trees: Baxter et al., "Clone Detection Using Abstract
//!    Syntax Trees", 1998; the renaming: Baker, "Parameterized Duplication in Strings", 1997.
//! 2. Near-miss units ([`near`]): statements are the tokens of an inverted index with a prefix filter (Sajnani et al.,
//!    "SourcererCC", 2016), candidates are confirmed by alignment (Roy and Cordy, "NiCad", 2008; Nakagawa et al., "NIL",
//!    2021).
//! 3. Runs of statements inside units ([`run`]): windows of statements, hashed and grown.
//! 4. A group all of whose copies lie in the copies of one larger group is not told again.
//!
//! Invariants: groups of units are disjoint; nothing is compared with everything. Absent on purpose: which copy wins.

mod align;
mod likeness;
mod near;
mod run;

use super::corpus::{Corpus, UnitRef};
use super::{DuplicateKind, DuplicateSpec, DuplicatesOutput, Group, Instance, Search};
use crate::facts::{PrintRange, Unit};
use crate::words::counted;
use likeness::Likeness;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

pub const SPEC: DuplicateSpec =
    DuplicateSpec { kind: DuplicateKind::Clone, explanation: include_str!("../clone.md"), run: find };

/// How alike the copies of a clone are, by the least alike of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CloneType {
    Exact,
    /// Names and literals differ, each name always by the same other name.
    Renamed,
    /// Names differ, without a rule.
    RenamedInconsistently,
    /// Statements were added, removed or changed.
    NearMiss,
}

impl CloneType {
    /// The word of the contract.
    pub fn name(self) -> &'static str {
        match self {
            CloneType::Exact => "exact",
            CloneType::Renamed | CloneType::RenamedInconsistently => "renamed",
            CloneType::NearMiss => "near-miss",
        }
    }
}

/// Tokens that a clone has at least.
const MIN_TOKENS: u32 = 45;

/// Tokens, or statements below its header, that one has that is not exact: of the short ones that were read by eye half
/// were a form alone.
const MIN_TOKENS_APART: u32 = 60;
const MIN_STATEMENTS_APART: u32 = 8;

/// Different statements that a clone has at least, unless it is exact.
const MIN_VARIETY: u8 = 4;

/// Different statements that are no coincidence, however many literals stand in them.
const TELLING_VARIETY: u8 = 6;

/// Copies of one thing, before they have paths.
struct Cluster {
    members: Vec<UnitRef>,
    kind: CloneType,
    similarity: u32,
}

/// One copy: a run of prints in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Copy {
    file: u32,
    prints: PrintRange,
    unit: Option<UnitRef>,
}

struct Found {
    kind: CloneType,
    similarity: u32,
    tokens: u32,
    copies: Vec<Copy>,
}

fn find(search: &Search<'_, '_, '_>) -> DuplicatesOutput {
    let corpus = search.corpus;
    search.input.progress.stage("comparing units", 0);
    let likeness = Likeness::new(corpus);
    let equal = equal_units(search, &likeness);
    let near = near::join(corpus, &likeness, equal);
    let mut found: Vec<Found> = near.clusters.iter().map(|cluster| found(corpus, cluster)).collect();
    found.iter_mut().for_each(drop_nested);
    found.retain(|found| found.copies.len() > 1);
    let runs = run::find(search, &likeness, &found);
    found.extend(runs.found);
    let groups = maximal(found).into_iter().map(|found| group(search, found)).collect();
    let mut bounds = Vec::new();
    if corpus.migrations > 0 {
        bounds.push(format!("{} of a schema left out", counted(corpus.migrations as u64, "migration")));
    }
    if corpus.generated > 0 {
        bounds.push(format!("{} left out", counted(corpus.generated as u64, "generated file")));
    }
    if corpus.templates > 0 {
        bounds.push(format!("{} of files to be written left out", counted(corpus.templates as u64, "template")));
    }
    if corpus.vendored > 0 {
        bounds.push(format!("{} of other projects left out", counted(corpus.vendored as u64, "vendored file")));
    }
    let common = near.skipped_statements + runs.skipped_windows;
    if common > 0 {
        bounds.push(format!("{common} statements are too common in this tree to look for near-miss clones by them"));
    }
    if near.skipped_units > 0 {
        bounds.push(format!("{} units are too long to be aligned with others", near.skipped_units));
    }
    DuplicatesOutput { groups, bounds }
}

/// Whether a unit is large enough to be a clone.
fn is_large(unit: &Unit, min_lines: u32) -> bool {
    !unit.is_stub && unit.tokens >= MIN_TOKENS && unit.lines.end - unit.lines.start + 1 >= min_lines
}

/// Whether a unit is large enough for copies that differ.
fn may_differ(unit: &Unit) -> bool {
    unit.tokens >= MIN_TOKENS_APART || unit.prints.end - unit.prints.start > MIN_STATEMENTS_APART
}

/// Whether a shape says something: it is not one statement again and again, and not mostly literals (a template, a
/// table), unless its statements are many that differ.
fn says_something(unit: &Unit) -> bool {
    let is_mostly_literals = unit.literals * 5 > unit.words * 3;
    unit.variety >= if is_mostly_literals { TELLING_VARIETY } else { MIN_VARIETY }
}

/// Clusters of units that are equal but for names, single ones included.
fn equal_units(search: &Search<'_, '_, '_>, likeness: &Likeness<'_>) -> Vec<Cluster> {
    let mut classes: FxHashMap<(bool, u64), Vec<UnitRef>> = FxHashMap::default();
    for (at, unit) in search.corpus.units() {
        if is_large(unit, search.options.min_lines) {
            let key = if says_something(unit) && may_differ(unit) { unit.renamed } else { unit.exact };
            classes.entry((unit.is_class(), key)).or_default().push(at);
        }
    }
    let mut clusters: Vec<Cluster> = classes
        .into_values()
        .flat_map(|members| likeness.split(members))
        .map(|members| {
            let first = search.corpus.unit(members[0]).exact;
            let is_exact = members.iter().all(|&at| search.corpus.unit(at).exact == first);
            let kind = if is_exact { CloneType::Exact } else { CloneType::Renamed };
            Cluster { members, kind, similarity: 1000 }
        })
        .collect();
    clusters.sort_by(|a, b| a.members.cmp(&b.members));
    clusters
}

fn found(corpus: &Corpus, cluster: &Cluster) -> Found {
    let copy = |&at: &UnitRef| Copy { file: at.file, prints: corpus.unit(at).prints, unit: Some(at) };
    Found {
        kind: cluster.kind,
        similarity: cluster.similarity,
        tokens: cluster.members.iter().map(|&at| corpus.unit(at).tokens).max().unwrap_or(0),
        copies: cluster.members.iter().map(copy).collect(),
    }
}

/// A decorator is much like the function it returns. Of copies that stand in one another the outer ones stay where there
/// are two of them at least, since they tell more; else the inner ones.
fn drop_nested(found: &mut Found) {
    let ranges: Vec<(u32, PrintRange)> = found.copies.iter().map(|copy| (copy.file, copy.prints)).collect();
    let holds = |(outer_file, outer): &(u32, PrintRange), (file, inner): &(u32, PrintRange)| {
        outer_file == file && outer != inner && outer.start <= inner.start && inner.end <= outer.end
    };
    let is_inner = |copy: &(u32, PrintRange)| ranges.iter().any(|other| holds(other, copy));
    let is_outer = |copy: &(u32, PrintRange)| ranges.iter().any(|other| holds(copy, other));
    let keeps_outer = ranges.iter().filter(|copy| !is_inner(copy)).count() > 1;
    let is_dropped = |copy: &Copy| {
        let copy = (copy.file, copy.prints);
        if keeps_outer { is_inner(&copy) } else { is_outer(&copy) }
    };
    found.copies.retain(|copy| !is_dropped(copy));
}

/// Drops what a larger group already tells: every copy lies in a copy of it.
fn maximal(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|a, b| (std::cmp::Reverse(a.tokens), &a.copies).cmp(&(std::cmp::Reverse(b.tokens), &b.copies)));
    // per file: ranges of kept copies with their group
    let mut kept: BTreeMap<u32, Vec<(PrintRange, usize)>> = BTreeMap::new();
    let mut out: Vec<Found> = Vec::new();
    for candidate in found {
        let around = |copy: &Copy| -> Vec<usize> {
            let holds = |range: &PrintRange| range.start <= copy.prints.start && copy.prints.end <= range.end;
            kept.get(&copy.file)
                .into_iter()
                .flatten()
                .filter(|(range, _)| holds(range))
                .map(|(_, group)| *group)
                .collect()
        };
        let mut common = around(&candidate.copies[0]);
        for copy in &candidate.copies[1..] {
            if common.is_empty() {
                break;
            }
            let other = around(copy);
            common.retain(|group| other.contains(group));
        }
        if !common.is_empty() {
            continue;
        }
        for copy in &candidate.copies {
            kept.entry(copy.file).or_default().push((copy.prints, out.len()));
        }
        out.push(candidate);
    }
    out
}

fn group(search: &Search<'_, '_, '_>, found: Found) -> Group {
    let corpus = search.corpus;
    let mut instances: Vec<Instance> = found
        .copies
        .iter()
        .map(|copy| match copy.unit {
            Some(at) => search.instance(at),
            None => {
                let lines = corpus.lines(copy.file, &(copy.prints.start..copy.prints.end));
                let fragments = &corpus.files[copy.file as usize].fragments;
                let unit = fragments.prints[copy.prints.start as usize].unit;
                let name = fragments.units.get(unit as usize).map_or("", |unit| &unit.name);
                search.instance_at(copy.file, lines, name)
            }
        })
        .collect();
    instances.sort_by(|a, b| (&a.path, a.lines).cmp(&(&b.path, b.lines)));
    let what = instances[0].what;
    let how = match found.kind {
        CloneType::Exact => "the same".to_owned(),
        CloneType::Renamed => "the same but for names and literals".to_owned(),
        CloneType::RenamedInconsistently => "the same but for names, which do not correspond one to one".to_owned(),
        CloneType::NearMiss => format!("{} % the same", found.similarity / 10),
    };
    let plural = match what {
        "statements" => "runs of statements",
        "class" => "classes",
        "impl" => "impl blocks",
        "method" => "methods",
        _ => "functions",
    };
    Group {
        kind: DuplicateKind::Clone,
        reasons: vec![DuplicateKind::Clone],
        clone_type: Some(found.kind),
        similarity: found.similarity,
        disagrees: found.kind != CloneType::Exact,
        message: format!("{} {plural} are {how}", instances.len()),
        parts: Vec::new(),
        canonical: None,
        instances,
        details: Default::default(),
    }
}
