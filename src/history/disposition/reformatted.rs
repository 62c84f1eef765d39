//! Reformatted lines: the same tokens in the same hunk, laid out differently.
//!
//! First by statement: where base and head hold an equal statement and the diff touches both, all deleted and added
//! lines of it are layout. Hunks that share a statement count as one. Then, hunk by hunk, by physical line, so that a
//! re-indented comment or a line that lost its trailing comma is seen inside a statement that did change.
//!
//! Invariant: pairs keep their order and stay inside a hunk; a block that changed place is a move, not a reformatting.
//! A few equal signs among unequal lines (a lone `}`) prove nothing and are left over.

use super::{Disposition, FileLines};
use crate::history::diff::{Hunk, Text, TextDiff};
use crate::language::layout::Layout;
use gix::diff::blob::{Algorithm, Diff, InternedInput};
use std::ops::Range;

/// A run of equal lines counts if it has at least this many letters and digits, or fills its hunk.
const LEAST_TEXT: usize = 4;

pub fn mark(diff: &TextDiff, base: &Layout, head: &Layout, lines: &mut FileLines) {
    for group in groups(&diff.hunks, base, head) {
        mark_statements(&group, base, head, lines);
    }
    for hunk in &diff.hunks {
        if hunk.base.is_empty() || hunk.head.is_empty() {
            continue;
        }
        if is_rewrapped(diff, hunk) {
            fill(&mut lines.base, &hunk.base, Disposition::Removed);
            fill(&mut lines.head, &hunk.head, Disposition::Added);
        } else {
            mark_lines(diff, hunk, base, head, lines);
        }
    }
}

/// Makes reformatted what is still left over in a range.
fn fill(lines: &mut [Disposition], range: &Range<u32>, left_over: Disposition) {
    for line in &mut lines[range.start as usize..range.end as usize] {
        if *line == left_over {
            *line = Disposition::Reformatted;
        }
    }
}

/// Consecutive hunks that touch one statement, on either side.
fn groups(hunks: &[Hunk], base: &Layout, head: &Layout) -> Vec<Vec<Hunk>> {
    let shares = |layout: &Layout, one: &Range<u32>, two: &Range<u32>| {
        !one.is_empty() && !two.is_empty() && layout.statements_in(one).end > layout.statements_in(two).start
    };
    let mut groups: Vec<Vec<Hunk>> = Vec::new();
    for hunk in hunks {
        match groups.last_mut().and_then(|group| Some((group.last()?.clone(), group))) {
            Some((last, group)) if shares(base, &last.base, &hunk.base) || shares(head, &last.head, &hunk.head) => {
                group.push(hunk.clone());
            }
            _ => groups.push(vec![hunk.clone()]),
        }
    }
    groups
}

fn mark_statements(group: &[Hunk], base: &Layout, head: &Layout, lines: &mut FileLines) {
    let touched = |layout: &Layout, side: fn(&Hunk) -> &Range<u32>| {
        let mut touched: Vec<usize> = Vec::new();
        for range in group.iter().map(side).filter(|range| !range.is_empty()) {
            let next = touched.last().map_or(0, |&last| last + 1);
            let statements = layout.statements_in(range);
            touched.extend(statements.start.max(next)..statements.end);
        }
        touched
    };
    let in_base = touched(base, |hunk| &hunk.base);
    let in_head = touched(head, |hunk| &hunk.head);
    let prints = |layout: &Layout, touched: &[usize]| -> Vec<u64> {
        touched.iter().map(|&index| layout.statements[index].fingerprint).collect()
    };
    for (one, two) in common(&prints(base, &in_base), &prints(head, &in_head)) {
        fill(&mut lines.base, &base.statements[in_base[one]].lines, Disposition::Removed);
        fill(&mut lines.head, &head.statements[in_head[two]].lines, Disposition::Added);
    }
}

/// Index pairs of a common subsequence, in order.
fn common(base: &[u64], head: &[u64]) -> Vec<(usize, usize)> {
    if base.is_empty() || head.is_empty() {
        return Vec::new();
    }
    let mut input: InternedInput<u64> = InternedInput::default();
    input.update_before(base.iter().copied());
    input.update_after(head.iter().copied());
    let diff = Diff::compute(Algorithm::Myers, &input);
    let mut pairs = Vec::new();
    let (mut one, mut two) = (0, 0);
    while one < base.len() && two < head.len() {
        if diff.is_removed(one as u32) {
            one += 1;
        } else if diff.is_added(two as u32) {
            two += 1;
        } else {
            pairs.push((one, two));
            one += 1;
            two += 1;
        }
    }
    pairs
}

/// Whether a hunk holds the same characters on both sides, white space aside: prose that was wrapped anew, a bracket
/// that came to a line of its own.
fn is_rewrapped(diff: &TextDiff, hunk: &Hunk) -> bool {
    let mut base = visible(&diff.base, &hunk.base).peekable();
    base.peek().is_some() && base.eq(visible(&diff.head, &hunk.head))
}

fn visible<'a>(text: &'a Text, lines: &Range<u32>) -> impl Iterator<Item = u8> + use<'a> {
    lines.clone().flat_map(|line| text.line(line)).copied().filter(|byte| !byte.is_ascii_whitespace())
}

fn mark_lines(diff: &TextDiff, hunk: &Hunk, base: &Layout, head: &Layout, lines: &mut FileLines) {
    let left_over = |range: &Range<u32>, side: &[Disposition], what: Disposition| -> Vec<u32> {
        range.clone().filter(|&line| side[line as usize] == what).collect()
    };
    let in_base = left_over(&hunk.base, &lines.base, Disposition::Removed);
    let in_head = left_over(&hunk.head, &lines.head, Disposition::Added);
    let prints = |layout: &Layout, left: &[u32]| -> Vec<u64> {
        left.iter().map(|&line| layout.lines.get(line as usize).copied().unwrap_or(u64::MAX)).collect()
    };
    let pairs = common(&prints(base, &in_base), &prints(head, &in_head));
    let fills_hunk = pairs.len() == in_base.len() && pairs.len() == in_head.len();
    for run in pairs.chunk_by(|a, b| in_base[a.0] + 1 == in_base[b.0] && in_head[a.1] + 1 == in_head[b.1]) {
        let text: usize = run.iter().map(|&(one, _)| letters(diff.base.line(in_base[one]))).sum();
        if text < LEAST_TEXT && !fills_hunk {
            continue;
        }
        for &(one, two) in run {
            lines.base[in_base[one] as usize] = Disposition::Reformatted;
            lines.head[in_head[two] as usize] = Disposition::Reformatted;
        }
    }
}

/// Letters and digits of a line, each byte above ASCII counted as one.
pub fn letters(line: &[u8]) -> usize {
    line.iter().filter(|byte| byte.is_ascii_alphanumeric() || **byte >= 0x80).count()
}
