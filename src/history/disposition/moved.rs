//! Moved lines: blocks that disappear in one place and appear in another, in the same file or a different one.
//!
//! The idea is that of `git diff --color-moved` with `--color-moved-ws=allow-indentation-change`: a block is a run of
//! deleted lines that equals a run of added lines but for one shift of indentation, and holds at least
//! [`LEAST_TEXT`] letters and digits. Unlike git, which only colours, blocks are taken largest first and a line is
//! taken once, so moves are one-to-one and the ledger balances.
//!
//! Invariant: both sides of every move have the same number of lines. Absent on purpose: copies; the original is
//! still there, so nothing moved. A line that occurs more than [`MOST_PLACES`] times among the added ones does not
//! begin a block, which bounds the work; it can stand inside one.

use super::reformatted::letters;
use super::{ChangedText, Disposition, FileLines};
use crate::language::layout::fingerprint;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// Letters and digits that a block needs; git's own minimum (`COLOR_MOVED_MIN_ALNUM_COUNT`).
const LEAST_TEXT: usize = 20;

const MOST_PLACES: usize = 64;

/// A block that changed its place. Files are indices into the change; lines are 0-based.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    pub base_file: usize,
    pub base: Range32,
    pub head_file: usize,
    pub head: Range32,
}

/// Lines `start..end`, ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range32 {
    pub start: u32,
    pub end: u32,
}

impl Range32 {
    pub fn range(self) -> Range<u32> {
        self.start..self.end
    }
}

/// A deleted or an added line, as it is compared.
struct Line {
    file: usize,
    line: u32,
    /// Of the text between indentation and line end; `None` for a blank line.
    print: Option<u64>,
    /// Width of the indentation; a tab counts to the next multiple of eight.
    indent: i64,
    letters: usize,
}

impl Line {
    fn new(file: usize, line: u32, text: &[u8]) -> Self {
        let body = text.trim_ascii();
        let print = (!body.is_empty()).then(|| fingerprint(body));
        Self { file, line, print, indent: indentation(text), letters: letters(body) }
    }

    fn follows(&self, before: &Line) -> bool {
        self.file == before.file && self.line == before.line + 1
    }
}

fn indentation(text: &[u8]) -> i64 {
    let mut width = 0;
    for byte in text {
        match byte {
            b' ' => width += 1,
            b'\t' => width = width / 8 * 8 + 8,
            _ => break,
        }
    }
    width
}

/// A candidate: `length` lines from `base` equal those from `head`. Ordered from the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Block {
    letters: usize,
    same_file: bool,
    base: Reverse<usize>,
    head: Reverse<usize>,
    length: usize,
}

pub fn mark(files: &[ChangedText<'_>], lines: &mut [FileLines]) -> Vec<Move> {
    let base = left_over(files, lines, Disposition::Removed);
    let head = left_over(files, lines, Disposition::Added);
    if base.is_empty() || head.is_empty() {
        return Vec::new();
    }
    let mut heap = BinaryHeap::from(candidates(&base, &head));
    let mut taken_base = vec![false; base.len()];
    let mut taken_head = vec![false; head.len()];
    let mut moves = Vec::new();
    while let Some(block) = heap.pop() {
        let (Reverse(from), Reverse(to)) = (block.base, block.head);
        let is_free = |offset: usize| !taken_base[from + offset] && !taken_head[to + offset];
        let free: Vec<bool> = (0..block.length).map(is_free).collect();
        if free.contains(&false) {
            // A larger block took some of it; what is left competes again, as smaller blocks.
            let mut start = 0;
            for run in free.chunk_by(|a, b| a == b) {
                if run[0] {
                    heap.extend(block_of(&base, &head, from + start, to + start, run.len()));
                }
                start += run.len();
            }
            continue;
        }
        taken_base[from..from + block.length].fill(true);
        taken_head[to..to + block.length].fill(true);
        let (gone, come, length) = (&base[from], &head[to], block.length as u32);
        moves.push(Move {
            base_file: gone.file,
            base: Range32 { start: gone.line, end: gone.line + length },
            head_file: come.file,
            head: Range32 { start: come.line, end: come.line + length },
        });
    }
    for (line, _) in base.iter().zip(taken_base).filter(|(_, taken)| *taken) {
        lines[line.file].base[line.line as usize] = Disposition::Moved;
    }
    for (line, _) in head.iter().zip(taken_head).filter(|(_, taken)| *taken) {
        lines[line.file].head[line.line as usize] = Disposition::Moved;
    }
    moves.sort_unstable();
    moves
}

fn left_over(files: &[ChangedText<'_>], lines: &[FileLines], what: Disposition) -> Vec<Line> {
    let mut found = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let (side, text) = match what {
            Disposition::Removed => (&lines[index].base, &file.diff.base),
            _ => (&lines[index].head, &file.diff.head),
        };
        for (line, _) in side.iter().enumerate().filter(|(_, disposition)| **disposition == what) {
            found.push(Line::new(index, line as u32, text.line(line as u32)));
        }
    }
    found
}

/// Every maximal block that is large enough.
fn candidates(base: &[Line], head: &[Line]) -> Vec<Block> {
    let mut places: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for (index, line) in head.iter().enumerate() {
        if let Some(print) = line.print {
            places.entry(print).or_default().push(index);
        }
    }
    let mut blocks = Vec::new();
    // The ends of the blocks found so far, by the difference of the two positions: a pair inside one begins no other.
    let mut covered: FxHashMap<i64, usize> = FxHashMap::default();
    for (from, line) in base.iter().enumerate() {
        let Some(here) = line.print.and_then(|print| places.get(&print)) else { continue };
        if here.len() > MOST_PLACES {
            continue;
        }
        for &to in here {
            let diagonal = from as i64 - to as i64;
            if covered.get(&diagonal).is_some_and(|&end| from < end) {
                continue;
            }
            let (start, end) = extend(base, head, from, to);
            covered.insert(diagonal, end);
            blocks.extend(block_of(base, head, start, (start as i64 - diagonal) as usize, end - start));
        }
    }
    blocks
}

/// The largest run around a pair of equal lines, as a range of base positions.
fn extend(base: &[Line], head: &[Line], from: usize, to: usize) -> (usize, usize) {
    let shift = head[to].indent - base[from].indent;
    let matches =
        |one: &Line, two: &Line| one.print == two.print && (one.print.is_none() || two.indent - one.indent == shift);
    let mut start = 0;
    while start < from.min(to)
        && base[from - start].follows(&base[from - start - 1])
        && head[to - start].follows(&head[to - start - 1])
        && matches(&base[from - start - 1], &head[to - start - 1])
    {
        start += 1;
    }
    let mut length = 1;
    while from + length < base.len()
        && to + length < head.len()
        && base[from + length].follows(&base[from + length - 1])
        && head[to + length].follows(&head[to + length - 1])
        && matches(&base[from + length], &head[to + length])
    {
        length += 1;
    }
    (from - start, from + length)
}

fn block_of(base: &[Line], head: &[Line], from: usize, to: usize, length: usize) -> Option<Block> {
    let letters = base[from..from + length].iter().map(|line| line.letters).sum();
    let same_file = base[from].file == head[to].file;
    (letters >= LEAST_TEXT).then_some(Block { letters, same_file, base: Reverse(from), head: Reverse(to), length })
}
