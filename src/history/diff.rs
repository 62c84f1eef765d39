//! The line diff of two contents, equal to git's numstat.
//!
//! Lines keep their terminators, so a lost final newline and a change from CRLF to LF count as git counts them. The
//! algorithm is Myers as git runs it, from `gix-imara-diff`, with git's shifting of hunks (`xdl_change_compact`).
//! A content is binary when its first 8000 bytes hold a NUL, as in git's `buffer_is_binary`.
//!
//! Invariant: `base_lines - deleted = head_lines - added`, and hunks are in order and do not touch. Absent on purpose:
//! `git diff -U0`, whose counts differ from numstat's where git trims the common tail first.

use super::changes::{Change, FileState};
use super::git::{self, Content, Read};
use super::process::Forced;
use crate::gap::{Extent, Gap, Reason, Stage};
use crate::span::LineIndex;
use gix::diff::blob::{Algorithm, Diff, InternedInput};
use std::ops::Range;

/// Bytes that git looks at to tell binary from text.
const FIRST_FEW_BYTES: usize = 8000;

/// One content and where its lines start. Lines are 0-based here; reports count from one.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub bytes: Vec<u8>,
    pub lines: LineIndex,
}

impl Text {
    pub fn new(bytes: Vec<u8>) -> Self {
        let lines = LineIndex::new(&bytes);
        Self { bytes, lines }
    }

    pub fn count(&self) -> u32 {
        self.lines.count()
    }

    /// A line with its terminator.
    pub fn line(&self, line: u32) -> &[u8] {
        let span = self.lines.span(line + 1);
        &self.bytes[span.start as usize..span.end as usize]
    }
}

/// Lines `base` became lines `head`. One of the two may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    pub base: Range<u32>,
    pub head: Range<u32>,
}

/// What a comparison of two contents gives.
#[derive(Clone, Debug)]
pub enum FileDiff {
    Text(TextDiff),
    /// Git prints `-` for both numbers.
    Binary,
    /// A side could not be read; there are no numbers, and the gap says why.
    Unread(Gap),
}

#[derive(Clone, Debug, Default)]
pub struct TextDiff {
    pub base: Text,
    pub head: Text,
    pub hunks: Vec<Hunk>,
}

impl TextDiff {
    /// Lines of base that head does not have, as `git diff --numstat` counts them.
    pub fn deleted(&self) -> u64 {
        self.hunks.iter().map(|hunk| hunk.base.len() as u64).sum()
    }

    pub fn added(&self) -> u64 {
        self.hunks.iter().map(|hunk| hunk.head.len() as u64).sum()
    }
}

/// Compares the two sides of a change.
///
/// Where only the name or the mode differs there are no hunks, and the content is still read: git calls a renamed
/// binary file binary, and the definitions of a renamed source file are somebody's.
pub fn diff(repository: &gix::Repository, change: &Change) -> FileDiff {
    let base = match side(repository, change.base.as_ref(), change.forced) {
        Ok(side) => side,
        Err(gap) => return FileDiff::Unread(gap),
    };
    let is_same = matches!((&change.base, &change.head), (Some(base), Some(head)) if base.content == head.content);
    let head = match if is_same { Ok(base.clone()) } else { side(repository, change.head.as_ref(), change.forced) } {
        Ok(side) => side,
        Err(gap) => return FileDiff::Unread(gap),
    };
    let (Some(base), Some(head)) = (base, head) else { return FileDiff::Binary };
    let hunks = if base == head { Vec::new() } else { hunks(&base, &head) };
    FileDiff::Text(TextDiff { base: Text::new(base), head: Text::new(head), hunks })
}

/// The bytes of one side, empty where there is none, `None` where they are binary.
fn side(repository: &gix::Repository, state: Option<&FileState>, forced: Forced) -> Result<Option<Vec<u8>>, Gap> {
    let Some(state) = state else { return Ok(Some(Vec::new())) };
    let is_file = !matches!(state.content, Content::Submodule(_));
    if is_file && forced == Forced::Binary {
        return Ok(None);
    }
    if git::size(repository, &state.content).is_some_and(|size| size > git::BIG_FILE) {
        return Ok(None);
    }
    let reason = match git::read(repository, &state.content) {
        Read::Bytes(bytes) if forced != Forced::Text && is_binary(&bytes) => return Ok(None),
        Read::Bytes(bytes) => return Ok(Some(bytes)),
        Read::Missing => Reason::MissingObject,
        Read::Failed(why) => Reason::Unreadable(why),
    };
    Err(Gap { path: state.path.clone(), stage: Stage::History, reason, extent: Extent::Unavailable })
}

fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(FIRST_FEW_BYTES)]).is_some()
}

/// The hunks of two byte strings, as git finds them.
pub fn hunks(base: &[u8], head: &[u8]) -> Vec<Hunk> {
    let input = InternedInput::new(base, head);
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    diff.hunks().map(|hunk| Hunk { base: hunk.before, head: hunk.after }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(base: &str, head: &str) -> (usize, usize) {
        let hunks = hunks(base.as_bytes(), head.as_bytes());
        (hunks.iter().map(|hunk| hunk.base.len()).sum(), hunks.iter().map(|hunk| hunk.head.len()).sum())
    }

    #[test]
    fn terminators_belong_to_lines() {
        assert_eq!(counts("a\nb", "a\nb\n"), (1, 1));
        assert_eq!(counts("a\r\nb\r\n", "a\nb\n"), (2, 2));
        assert_eq!(counts("", "a\nb"), (0, 2));
    }

    #[test]
    fn a_nul_past_the_first_bytes_is_text() {
        let mut bytes = vec![b'a'; FIRST_FEW_BYTES];
        bytes.push(0);
        assert!(!is_binary(&bytes));
        assert!(is_binary(b"a\0"));
    }
}
