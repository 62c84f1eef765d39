//! Changed lines: a deleted line and an added line of one hunk that are versions of each other.
//!
//! Two lines are as similar as their words: twice the number of words they share, counted with repetition, over the
//! words of both (Sørensen–Dice on bags of words; a word is a run of letters, digits and underscores, or one other
//! character). Lines pair from [`LEAST_SIMILARITY`] on, in order, so that the sum of similarities is greatest
//! (Needleman–Wunsch without gap costs).
//!
//! Invariant: pairs are one-to-one and do not cross. Absent on purpose: hunks with more than [`MOST_PAIRS`] pairs of
//! left-over lines; a rewrite of that size has no changed lines, only removed and added ones.

use super::{Disposition, FileLines};
use crate::history::diff::{Hunk, Text, TextDiff};
use crate::history::similarity::{ceiling, dice};
use crate::language::layout::{fingerprint, words};

/// In thousandths.
const LEAST_SIMILARITY: u32 = 600;

const MOST_PAIRS: usize = 250_000;

pub fn mark(diff: &TextDiff, lines: &mut FileLines) {
    for hunk in &diff.hunks {
        mark_hunk(diff, hunk, lines);
    }
}

fn mark_hunk(diff: &TextDiff, hunk: &Hunk, lines: &mut FileLines) {
    let in_base: Vec<u32> =
        hunk.base.clone().filter(|&line| lines.base[line as usize] == Disposition::Removed).collect();
    let in_head: Vec<u32> = hunk.head.clone().filter(|&line| lines.head[line as usize] == Disposition::Added).collect();
    if in_base.is_empty() || in_head.is_empty() || in_base.len() * in_head.len() > MOST_PAIRS {
        return;
    }
    let base: Vec<Vec<u64>> = in_base.iter().map(|&line| bag(&diff.base, line)).collect();
    let head: Vec<Vec<u64>> = in_head.iter().map(|&line| bag(&diff.head, line)).collect();
    for (one, two) in pair(&base, &head) {
        lines.base[in_base[one] as usize] = Disposition::Changed;
        lines.head[in_head[two] as usize] = Disposition::Changed;
    }
}

/// The words of a line, sorted.
fn bag(text: &Text, line: u32) -> Vec<u64> {
    let mut bag: Vec<u64> = words(text.line(line)).map(fingerprint).collect();
    bag.sort_unstable();
    bag
}

/// Thousandths of similarity of two sorted bags; 0 below the threshold.
fn similarity(one: &[u64], two: &[u64]) -> u32 {
    if ceiling(one.len(), two.len()) < LEAST_SIMILARITY {
        return 0;
    }
    let similarity = dice(one, two);
    if similarity < LEAST_SIMILARITY { 0 } else { similarity }
}

/// The pairs, in order, whose similarities sum highest.
fn pair(base: &[Vec<u64>], head: &[Vec<u64>]) -> Vec<(usize, usize)> {
    let width = head.len() + 1;
    let mut alike = vec![0u32; base.len() * head.len()];
    // best[i][j]: the greatest sum for the lines from i and from j on.
    let mut best = vec![0u32; (base.len() + 1) * width];
    for one in (0..base.len()).rev() {
        for two in (0..head.len()).rev() {
            let alike_here = similarity(&base[one], &head[two]);
            alike[one * head.len() + two] = alike_here;
            let skip = best[(one + 1) * width + two].max(best[one * width + two + 1]);
            let take = if alike_here > 0 { alike_here + best[(one + 1) * width + two + 1] } else { 0 };
            best[one * width + two] = skip.max(take);
        }
    }
    let mut pairs = Vec::new();
    let (mut one, mut two) = (0, 0);
    while one < base.len() && two < head.len() {
        let here = best[one * width + two];
        let alike_here = alike[one * head.len() + two];
        if alike_here > 0 && here == alike_here + best[(one + 1) * width + two + 1] {
            pairs.push((one, two));
            one += 1;
            two += 1;
        } else if here == best[(one + 1) * width + two] {
            one += 1;
        } else {
            two += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bags(lines: &[&str]) -> Vec<Vec<u64>> {
        lines.iter().map(|line| bag(&Text::new(line.as_bytes().to_vec()), 0)).collect()
    }

    #[test]
    fn the_best_pairs_win_and_do_not_cross() {
        let base = bags(&["value = load(path)", "other = 1", "return value"]);
        let head = bags(&["value = load(path, mode)", "return value + 1"]);
        assert_eq!(pair(&base, &head), [(0, 0), (2, 1)]);
    }

    #[test]
    fn unlike_and_blank_lines_do_not_pair() {
        assert_eq!(pair(&bags(&["import os", ""]), &bags(&["def f(a, b):", ""])), []);
    }
}
