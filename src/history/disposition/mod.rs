//! Dispositions: what became of every line of base, and where every line of head comes from.
//!
//! Four steps, each on what the one before left over: the diff says which lines are kept; `reformatted` takes lines
//! whose tokens stand on the other side of the same hunk; `moved` takes blocks that stand elsewhere in the change;
//! `changed` pairs similar lines inside a hunk. The rest is removed or added.
//!
//! Invariants, asserted while running: base = kept + moved + reformatted + changed + removed, head = kept + moved +
//! reformatted + changed + added; both sides agree on kept and on changed in every file, and on moved over the whole
//! change. So a line deleted twice and added once moved once. Absent on purpose: what the lines are and whose
//! they were.

mod changed;
mod moved;
mod reformatted;

pub use moved::Move;

use super::diff::TextDiff;
use crate::language::layout::Layout;
use crate::span::RepoPath;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// The diff matches it with a line of the other side.
    Kept,
    /// Part of a block that stands elsewhere on the other side, re-indented perhaps.
    Moved,
    /// Its tokens stand in the same hunk of the other side, laid out differently.
    Reformatted,
    /// Paired with one similar line of the same hunk.
    Changed,
    /// Of base only.
    Removed,
    /// Of head only.
    Added,
}

/// The lines of one side by disposition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub lines: u64,
    pub kept: u64,
    pub moved: u64,
    pub reformatted: u64,
    pub changed: u64,
    /// Removed lines of base, added lines of head.
    pub rest: u64,
}

impl Balance {
    fn of(lines: &[Disposition]) -> Self {
        let mut balance = Self { lines: lines.len() as u64, ..Self::default() };
        for line in lines {
            match line {
                Disposition::Kept => balance.kept += 1,
                Disposition::Moved => balance.moved += 1,
                Disposition::Reformatted => balance.reformatted += 1,
                Disposition::Changed => balance.changed += 1,
                Disposition::Removed | Disposition::Added => balance.rest += 1,
            }
        }
        balance
    }

    pub fn merge(&mut self, other: Balance) {
        self.lines += other.lines;
        self.kept += other.kept;
        self.moved += other.moved;
        self.reformatted += other.reformatted;
        self.changed += other.changed;
        self.rest += other.rest;
    }

    pub fn is_balanced(&self) -> bool {
        self.lines == self.kept + self.moved + self.reformatted + self.changed + self.rest
    }
}

/// One changed text file, as the steps see it.
pub struct ChangedText<'a> {
    pub path: &'a RepoPath,
    pub diff: &'a TextDiff,
    /// The layouts of base and head, where a hunk has lines of both.
    pub layouts: Option<(&'a Layout, &'a Layout)>,
}

/// The dispositions of one file, one per line of each side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileLines {
    pub base: Vec<Disposition>,
    pub head: Vec<Disposition>,
}

impl FileLines {
    fn new(diff: &TextDiff) -> Self {
        let mut base = vec![Disposition::Kept; diff.base.count() as usize];
        let mut head = vec![Disposition::Kept; diff.head.count() as usize];
        for hunk in &diff.hunks {
            base[hunk.base.start as usize..hunk.base.end as usize].fill(Disposition::Removed);
            head[hunk.head.start as usize..hunk.head.end as usize].fill(Disposition::Added);
        }
        Self { base, head }
    }

    pub fn base_balance(&self) -> Balance {
        Balance::of(&self.base)
    }

    pub fn head_balance(&self) -> Balance {
        Balance::of(&self.head)
    }
}

/// What became of every line of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dispositions {
    /// One per file, in the order given.
    pub files: Vec<FileLines>,
    /// Blocks that moved, by base file and line.
    pub moves: Vec<Move>,
}

/// Gives every line of every file its disposition.
///
/// # Panics
/// When the balance does not hold, which is a bug here and never a property of the input.
pub fn dispose(files: &[ChangedText<'_>]) -> Dispositions {
    let mut lines: Vec<FileLines> = files.iter().map(|file| FileLines::new(file.diff)).collect();
    for (file, lines) in files.iter().zip(&mut lines) {
        if let Some((base, head)) = file.layouts {
            reformatted::mark(file.diff, base, head, lines);
        }
    }
    let moves = moved::mark(files, &mut lines);
    for (file, lines) in files.iter().zip(&mut lines) {
        changed::mark(file.diff, lines);
    }
    assert_balance(files, &lines);
    Dispositions { files: lines, moves }
}

fn assert_balance(files: &[ChangedText<'_>], lines: &[FileLines]) {
    let (mut moved_away, mut moved_here) = (0, 0);
    for (file, lines) in files.iter().zip(lines) {
        let (base, head) = (lines.base_balance(), lines.head_balance());
        let path = file.path;
        assert!(base.is_balanced() && head.is_balanced(), "the lines of `{path}` do not balance");
        assert_eq!(base.lines, u64::from(file.diff.base.count()), "lines of base of `{path}`");
        assert_eq!(head.lines, u64::from(file.diff.head.count()), "lines of head of `{path}`");
        assert_eq!(base.kept, head.kept, "kept lines of `{path}`");
        assert_eq!(base.changed, head.changed, "changed lines of `{path}`");
        assert_eq!(base.lines - base.kept, file.diff.deleted(), "deleted lines of `{path}`");
        assert_eq!(head.lines - head.kept, file.diff.added(), "added lines of `{path}`");
        moved_away += base.moved;
        moved_here += head.moved;
    }
    assert_eq!(moved_away, moved_here, "moved lines of the change");
}
