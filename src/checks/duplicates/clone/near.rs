//! Near-miss units: what shares most of its statements, in order.
//!
//! Each statement shape is a token of an inverted index. Two units that share at least [`OVERLAP`] of the statements of
//! the longer one share one of the rarest statements of both (the prefix filter of Sajnani et al., "SourcererCC", 2016),
//! so only those are looked up. A candidate is confirmed by alignment, and each unit joins the unit most like it among
//! the longer ones, which gives groups. Bounded: a statement that stands in more than [`COMMON`] units leads nowhere,
//! and is counted. Invariant: the outcome does not depend on the order of the units.

use super::align::{LIMIT, align};
use super::likeness::Likeness;
use super::{CloneType, Cluster, MIN_TOKENS, may_differ, says_something};
use crate::checks::duplicates::corpus::{Corpus, UnitRef};
use crate::facts::Print;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Statements in common, in thousandths of the longer unit, below which two units are not looked at.
const OVERLAP: usize = 500;

/// What an alignment has to reach, in thousandths, of statements and of their tokens, by the statements of the longer
/// unit: two of five are soon the same, and below these the groups that were read by eye were as often guards alone as they
/// were copies.
const FLOORS: [(usize, u32); 3] = [(24, 650), (8, 680), (0, 750)];

/// Statements that a unit has at least to be alike as a whole.
const WHOLE_STATEMENTS: usize = 8;

/// What makes two units alike whose statements all stand everywhere.
const WHOLE: u32 = 950;

/// A statement in more units than this is no lead.
const COMMON: usize = 200;

/// A statement in more units than this proves nothing.
const RARE: u32 = 48;

/// Statements that a near-miss clone has at least.
const MIN_STATEMENTS: usize = 5;

pub struct Near {
    /// Groups of two and more.
    pub clusters: Vec<Cluster>,
    pub skipped_statements: usize,
    pub skipped_units: usize,
}

struct Candidate {
    /// Index into the clusters.
    cluster: usize,
    at: UnitRef,
    is_class: bool,
    /// Shapes numbered by their repetition, rarest first.
    tokens: Vec<u32>,
}

/// Joins clusters whose units are nearly alike.
pub fn join(corpus: &Corpus, likeness: &Likeness<'_>, clusters: Vec<Cluster>) -> Near {
    let body = |at: UnitRef| &corpus.prints(at)[1..];
    // the same unit of a cluster, whatever the paths are: the one with the least hash
    let mut picked: Vec<(usize, UnitRef)> = Vec::new();
    for (cluster, it) in clusters.iter().enumerate() {
        let least = it.members.iter().copied().min_by_key(|&at| (corpus.unit(at).exact, at)).expect("not empty");
        let unit = corpus.unit(least);
        if unit.tokens >= MIN_TOKENS && may_differ(unit) && body(least).len() >= MIN_STATEMENTS && says_something(unit)
        {
            picked.push((cluster, least));
        }
    }
    let shaped: Vec<Vec<u64>> = picked.par_iter().map(|&(_, at)| shapes(body(at))).collect();
    let mut frequency: FxHashMap<u64, u32> = FxHashMap::default();
    for &shape in shaped.iter().flatten() {
        *frequency.entry(shape).or_default() += 1;
    }
    // ranks: the rarest shape is 0
    let mut order: Vec<(u32, u64)> = frequency.iter().map(|(&shape, &count)| (count, shape)).collect();
    order.par_sort_unstable();
    let rank: FxHashMap<u64, u32> = order.iter().enumerate().map(|(at, &(_, shape))| (shape, at as u32)).collect();
    let first_shared = order.partition_point(|&(count, _)| count < 2) as u32;
    let first_common = order.partition_point(|&(count, _)| count <= COMMON as u32) as u32;

    let candidate = |(&(cluster, at), shapes): (&(usize, UnitRef), Vec<u64>)| {
        let mut tokens: Vec<u32> = shapes.iter().map(|shape| rank[shape]).collect();
        tokens.sort_unstable();
        let is_short = tokens.len() * tokens.len() <= LIMIT;
        is_short.then(|| Candidate { cluster, at, is_class: corpus.unit(at).is_class(), tokens })
    };
    let mut units: Vec<Candidate> = picked.par_iter().zip(shaped).filter_map(candidate).collect();
    let skipped_units = picked.len() - units.len();
    // longer ones first; equal lengths by content
    units.par_sort_by_cached_key(|it| (std::cmp::Reverse(it.tokens.len()), corpus.unit(it.at).exact, it.at));

    let mut index: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (position, unit) in units.iter().enumerate() {
        for &token in prefix(&unit.tokens) {
            if (first_shared..first_common).contains(&token) {
                index.entry(token).or_default().push(position as u32);
            }
        }
    }
    // the first of which so many statements are enough: the rarest in common leaves no more than what follows it
    let first_within = |left: usize| units.partition_point(|it| it.tokens.len() * OVERLAP / 1000 > left);
    let is_rare = |shape: u64| frequency.get(&fold_first(shape)).is_none_or(|&count| count <= RARE);
    let best: Vec<Option<(u32, u32)>> = units
        .par_iter()
        .enumerate()
        .map(|(position, unit)| {
            let mut candidates: Vec<u32> = prefix(&unit.tokens)
                .iter()
                .enumerate()
                .filter_map(|(at, token)| Some((at, index.get(token)?)))
                .flat_map(|(at, list)| {
                    let first = first_within(unit.tokens.len() - at);
                    let list = &list[list.partition_point(|&other| (other as usize) < first)..];
                    list.iter().copied().take_while(|&other| (other as usize) < position)
                })
                .collect();
            candidates.sort_unstable();
            candidates.dedup();
            let mut best: Option<(u32, u32)> = None;
            for other in candidates {
                let longer = &units[other as usize];
                let needed = longer.tokens.len() * OVERLAP / 1000;
                if longer.is_class != unit.is_class
                    || !share(&unit.tokens, &longer.tokens, needed)
                    || is_inside(corpus, longer.at, unit.at)
                {
                    continue;
                }
                let (a, b) = (body(longer.at), body(unit.at));
                if a.len() * b.len() > LIMIT {
                    continue;
                }
                let alignment = align(a, b, &is_rare);
                let is_whole = alignment.statements.min(alignment.tokens) >= WHOLE && a.len() >= WHOLE_STATEMENTS;
                let proves = is_whole || alignment.rare >= 2.max(alignment.matched / 4);
                let floor = FLOORS.iter().find(|(least, _)| a.len() >= *least).map_or(WHOLE, |(_, floor)| *floor);
                let similarity = alignment.statements.min(alignment.tokens);
                let is_one = similarity >= floor && proves;
                let is_better = best.is_none_or(|(_, known)| similarity > known);
                if is_one && is_better && !likeness.are_two_jobs(longer.at, unit.at, similarity) {
                    best = Some((other, similarity));
                }
            }
            best
        })
        .collect();
    Near {
        clusters: grouped(clusters, &units, &best, corpus),
        skipped_statements: order.len() - first_common as usize,
        skipped_units,
    }
}

/// The tokens of which two similar units share one.
fn prefix(tokens: &[u32]) -> &[u32] {
    let needed = (tokens.len() * OVERLAP).div_ceil(1000).max(1);
    &tokens[..tokens.len() - needed + 1]
}

/// Clusters joined along the best matches.
fn grouped(clusters: Vec<Cluster>, units: &[Candidate], best: &[Option<(u32, u32)>], corpus: &Corpus) -> Vec<Cluster> {
    let mut root: Vec<usize> = (0..clusters.len()).collect();
    let mut similarity = vec![1000; clusters.len()];
    let mut kind: Vec<CloneType> = clusters.iter().map(|cluster| cluster.kind).collect();
    // best matches point to earlier units, so their roots are known
    for (unit, best) in units.iter().zip(best) {
        let Some((other, alike)) = *best else { continue };
        let longer = &units[other as usize];
        let target = root[longer.cluster];
        root[unit.cluster] = target;
        let is_same_shape = corpus.unit(unit.at).blind == corpus.unit(longer.at).blind;
        let link = if is_same_shape { CloneType::RenamedInconsistently } else { CloneType::NearMiss };
        kind[target] = kind[target].max(link).max(clusters[unit.cluster].kind);
        similarity[target] = similarity[target].min(alike);
    }
    let mut members: Vec<Vec<UnitRef>> = vec![Vec::new(); clusters.len()];
    for (at, cluster) in clusters.iter().enumerate() {
        members[root[at]].extend(&cluster.members);
    }
    let mut joined: Vec<Cluster> = Vec::new();
    for (at, mut members) in members.into_iter().enumerate() {
        if members.len() >= 2 {
            members.sort_unstable();
            joined.push(Cluster { members, kind: kind[at], similarity: similarity[at] });
        }
    }
    joined
}

/// Shapes of the statements; the second of the same is another token than the first.
fn shapes(prints: &[Print]) -> Vec<u64> {
    let mut seen: FxHashMap<u64, u64> = FxHashMap::default();
    prints
        .iter()
        .map(|print| {
            let count = seen.entry(print.shape).or_default();
            *count += 1;
            print.shape.rotate_left(7).wrapping_add(*count)
        })
        .collect()
}

/// The token of the first statement of a shape.
fn fold_first(shape: u64) -> u64 {
    shape.rotate_left(7).wrapping_add(1)
}

/// Whether one of two units stands in the other.
fn is_inside(corpus: &Corpus, a: UnitRef, b: UnitRef) -> bool {
    let (x, y) = (&corpus.unit(a).prints, &corpus.unit(b).prints);
    a.file == b.file && x.start < y.end && y.start < x.end
}

/// Whether two sorted lists share so many elements. Rare ones stand first, so most pairs are given up early.
fn share(a: &[u32], b: &[u32], needed: usize) -> bool {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while count < needed {
        if count + (a.len() - i).min(b.len() - j) < needed {
            return false;
        }
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                (i, j, count) = (i + 1, j + 1, count + 1);
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn giving_up_early_changes_nothing(
            a in prop::collection::btree_set(0u32..40, 0..20),
            b in prop::collection::btree_set(0u32..40, 0..20),
            needed in 0usize..12,
        ) {
            let list = |set: &BTreeSet<u32>| set.iter().copied().collect::<Vec<u32>>();
            prop_assert_eq!(share(&list(&a), &list(&b), needed), a.intersection(&b).count() >= needed);
        }
    }
}
