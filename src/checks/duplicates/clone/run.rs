//! Runs of statements: the same code inside units that are not alike as a whole.
//!
//! Windows of [`WINDOW`] statements of one body are hashed by shape; equal windows are grown together while they stay
//! equal, to the length that covers the most statements. A run begins at its outermost level and stays in one function,
//! class or module body. What a group of units already tells is left out, one copy aside, so that a run elsewhere still
//! finds it. Bounded: of windows in more than [`COMMON`] places only the first so many are grown; the rest is counted.
//! Invariant: runs do not overlap.

use super::likeness::{Likeness, is_frame};
use super::{CloneType, Copy, Found, MIN_TOKENS_APART, MIN_VARIETY, Search};
use crate::checks::duplicates::corpus::UnitRef;
use crate::facts::{Fragments, Print, PrintRange};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Statements that a run has at least.
const WINDOW: usize = 5;

const COMMON: usize = 200;

pub struct Runs {
    pub found: Vec<Found>,
    pub skipped_windows: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Window {
    hash: u64,
    file: u32,
    at: u32,
}

pub fn find(search: &Search<'_, '_, '_>, likeness: &Likeness<'_>, units: &[Found]) -> Runs {
    let corpus = search.corpus;
    let mut covered: Vec<Vec<bool>> =
        corpus.files.iter().map(|file| vec![false; file.fragments.prints.len()]).collect();
    for copy in units.iter().flat_map(|found| &found.copies[1..]) {
        cover(&mut covered, copy);
    }
    let mut windows: Vec<Window> = corpus
        .files
        .par_iter()
        .enumerate()
        .flat_map_iter(|(file, it)| windows_of(file as u32, &it.fragments, &covered[file]))
        .collect();
    windows.par_sort_unstable();
    let mut buckets: Vec<&[Window]> = windows.chunk_by(|a, b| a.hash == b.hash).filter(|it| it.len() > 1).collect();
    buckets.par_sort_unstable_by_key(|bucket| (bucket[0].file, bucket[0].at));

    let mut runs = Runs { found: Vec::new(), skipped_windows: 0 };
    for bucket in buckets {
        runs.skipped_windows += usize::from(bucket.len() > COMMON);
        if let Some(found) = grow(search, likeness, &covered, bucket) {
            for copy in &found.copies {
                cover(&mut covered, copy);
            }
            runs.found.push(found);
        }
    }
    runs
}

fn cover(covered: &mut [Vec<bool>], copy: &Copy) {
    covered[copy.file as usize][copy.prints.start as usize..copy.prints.end as usize].fill(true);
}

fn windows_of(file: u32, fragments: &Fragments, covered: &[bool]) -> Vec<Window> {
    let prints = &fragments.prints;
    let mut windows = Vec::new();
    for at in 0..prints.len() {
        let mut hash = 0u64;
        let mut length = 0;
        while length < WINDOW && continues(fragments, covered, at, length) {
            hash = mix(hash, &prints[at + length], prints[at].depth);
            length += 1;
        }
        if length == WINDOW {
            windows.push(Window { hash, file, at: at as u32 });
        }
    }
    windows
}

fn mix(hash: u64, print: &Print, depth: u8) -> u64 {
    (hash.rotate_left(23) ^ print.shape).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(print.depth - depth)
}

/// Whether a run that begins at `at` can have a print at this distance.
fn continues(fragments: &Fragments, covered: &[bool], at: usize, distance: usize) -> bool {
    let prints = &fragments.prints;
    let (first, position) = (&prints[at], at + distance);
    let Some(print) = prints.get(position) else { return false };
    let is_header = fragments.units.get(print.unit as usize).is_some_and(|unit| unit.prints.start as usize == position);
    !covered[position] && !print.is_trivial && !is_header && print.unit == first.unit && print.depth >= first.depth
}

/// The run of the most copies and statements that begins with the windows of a bucket.
fn grow(
    search: &Search<'_, '_, '_>,
    likeness: &Likeness<'_>,
    covered: &[Vec<bool>],
    bucket: &[Window],
) -> Option<Found> {
    let files = &search.corpus.files;
    let is_open = |window: &Window| {
        let fragments = &files[window.file as usize].fragments;
        (0..WINDOW).all(|distance| continues(fragments, &covered[window.file as usize], window.at as usize, distance))
    };
    let open: Vec<Window> = bucket.iter().take(COMMON).copied().filter(is_open).collect();
    let (first, others) = open.split_first()?;
    let length = |other: &Window| common_length(search, covered, first, other);
    let mut grown: Vec<(usize, Window)> = others.iter().map(|it| (length(it), *it)).collect();
    grown.sort_by_key(|(length, window)| (std::cmp::Reverse(*length), *window));
    let best = (0..grown.len()).max_by_key(|&at| (grown[at].0 * (at + 1), grown[at].0))?;
    let length = grown[best].0;
    let mut members: Vec<Window> = grown.iter().filter(|it| it.0 >= length).map(|it| it.1).collect();
    members.push(*first);
    members.sort_by_key(|it| (it.file, it.at));
    let mut copies: Vec<Copy> = Vec::new();
    for member in members {
        let prints = PrintRange { start: member.at, end: member.at + length as u32 };
        if copies.last().is_none_or(|last| last.file != member.file || last.prints.end <= prints.start) {
            copies.push(Copy { file: member.file, prints, unit: None });
        }
    }
    let prints = |copy: &Copy| {
        let prints = &files[copy.file as usize].fragments.prints;
        &prints[copy.prints.start as usize..copy.prints.end as usize]
    };
    let around = |copy: &Copy| {
        let unit = prints(copy)[0].unit;
        (unit != Print::OUTSIDE).then_some(UnitRef { file: copy.file, unit })
    };
    let leader = copies[0].clone();
    copies.retain(|copy| match (around(&leader), around(copy)) {
        (Some(a), Some(b)) => !likeness.are_one_form(a, b, prints(&leader), prints(copy)),
        _ => true,
    });
    if copies.len() < 2 {
        return None;
    }
    let model = prints(&copies[0]);
    let tokens: u32 = model.iter().map(|print| u32::from(print.tokens)).sum();
    let (words, literals) = model.iter().fold((0u32, 0u32), |(words, literals), print| {
        (words + u32::from(print.words), literals + u32::from(print.literals))
    });
    let variety: FxHashSet<u64> = model.iter().map(|print| print.shape).collect();
    let lines = search.corpus.lines(copies[0].file, &(copies[0].prints.start..copies[0].prints.end));
    let is_large = tokens >= MIN_TOKENS_APART && lines.end - lines.start + 1 >= search.options.min_lines;
    let same = |copy: &Copy| prints(copy).iter().zip(model).all(|(a, b)| a.exact == b.exact);
    let kind = if copies.iter().all(same) { CloneType::Exact } else { CloneType::Renamed };
    // other literals in the same places are a table
    let is_table = literals * if kind == CloneType::Exact { 4 } else { 5 } > words * 2;
    let is_frame = kind != CloneType::Exact && is_frame(model);
    if !is_large || is_table || is_frame || variety.len() < usize::from(MIN_VARIETY) {
        return None;
    }
    Some(Found { kind, similarity: 1000, tokens, copies })
}

fn common_length(search: &Search<'_, '_, '_>, covered: &[Vec<bool>], a: &Window, b: &Window) -> usize {
    let of = |window: &Window| &search.corpus.files[window.file as usize].fragments;
    let (x, y) = (of(a), of(b));
    let mut length = 0;
    loop {
        let (i, j) = (a.at as usize + length, b.at as usize + length);
        let both = continues(x, &covered[a.file as usize], a.at as usize, length)
            && continues(y, &covered[b.file as usize], b.at as usize, length);
        let apart = a.file != b.file || i < b.at as usize && j >= b.at as usize || a.at > b.at;
        if !both || !apart {
            return length;
        }
        let depth = |print: &Print, first: &Print| print.depth - first.depth;
        let (p, q) = (&x.prints[i], &y.prints[j]);
        let same_depth = depth(p, &x.prints[a.at as usize]) == depth(q, &y.prints[b.at as usize]);
        if p.shape != q.shape || !same_depth {
            return length;
        }
        length += 1;
    }
}
