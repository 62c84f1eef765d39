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
use std::num::NonZeroU64;
use std::ops::Range;

/// Letters and digits that a block needs; git's own minimum (`COLOR_MOVED_MIN_ALNUM_COUNT`).
const LEAST_TEXT: usize = 20;

const MOST_PLACES: usize = 16;

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
    file: u32,
    line: u32,
    /// Of the text between indentation and line end; `None` for a blank line.
    print: Option<NonZeroU64>,
    /// Width of the indentation; a tab counts to the next multiple of eight.
    indent: i32,
    letters: u32,
}

impl Line {
    fn new(file: usize, line: u32, text: &[u8]) -> Self {
        let body = text.trim_ascii();
        let print = if body.is_empty() { None } else { NonZeroU64::new(fingerprint(body)) };
        Self { file: file as u32, line, print, indent: indentation(text), letters: letters(body) as u32 }
    }

    fn follows(&self, before: &Line) -> bool {
        self.file == before.file && self.line == before.line + 1
    }
}

fn indentation(text: &[u8]) -> i32 {
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
            base_file: gone.file as usize,
            base: Range32 { start: gone.line, end: gone.line + length },
            head_file: come.file as usize,
            head: Range32 { start: come.line, end: come.line + length },
        });
    }
    for (line, _) in base.iter().zip(taken_base).filter(|(_, taken)| *taken) {
        lines[line.file as usize].base[line.line as usize] = Disposition::Moved;
    }
    for (line, _) in head.iter().zip(taken_head).filter(|(_, taken)| *taken) {
        lines[line.file as usize].head[line.line as usize] = Disposition::Moved;
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
    // Most changes add far more than they delete: only what was deleted is looked for.
    let mut places: FxHashMap<NonZeroU64, Vec<usize>> = FxHashMap::default();
    places.extend(base.iter().filter_map(|line| line.print).map(|print| (print, Vec::new())));
    for (index, line) in head.iter().enumerate() {
        if let Some(here) = line.print.and_then(|print| places.get_mut(&print))
            && here.len() <= MOST_PLACES
        {
            here.push(index);
        }
    }
    let find = |line: &Line| {
        let found = line.print.and_then(|print| places.get(&print))?;
        (found.len() <= MOST_PLACES).then_some(found)
    };
    let mut blocks = Vec::new();
    for (from, line) in base.iter().enumerate() {
        for &to in find(line).into_iter().flatten() {
            let shift = head[to].indent - line.indent;
            let mut before = 0;
            while joins(base, head, from - before, to - before, shift) && find(&base[from - before - 1]).is_none() {
                before += 1;
            }
            if joins(base, head, from - before, to - before, shift) {
                // A block is found from the first of its lines that can begin one.
                continue;
            }
            let mut end = 1;
            while from + end < base.len() && to + end < head.len() && joins(base, head, from + end, to + end, shift) {
                end += 1;
            }
            blocks.extend(block_of(base, head, from - before, to - before, before + end));
        }
    }
    blocks
}

/// Whether the lines at two positions and the lines before them make one block: the two before are equal, and each
/// of the four stands where a block needs it. A blank line has no indentation to compare.
fn joins(base: &[Line], head: &[Line], one: usize, two: usize, shift: i32) -> bool {
    if one == 0 || two == 0 || !base[one].follows(&base[one - 1]) || !head[two].follows(&head[two - 1]) {
        return false;
    }
    let is_equal =
        |one: &Line, two: &Line| one.print == two.print && (one.print.is_none() || two.indent - one.indent == shift);
    is_equal(&base[one - 1], &head[two - 1]) && is_equal(&base[one], &head[two])
}

fn block_of(base: &[Line], head: &[Line], from: usize, to: usize, length: usize) -> Option<Block> {
    let letters = base[from..from + length].iter().map(|line| line.letters as usize).sum();
    let same_file = base[from].file == head[to].file;
    (letters >= LEAST_TEXT).then_some(Block { letters, same_file, base: Reverse(from), head: Reverse(to), length })
}
