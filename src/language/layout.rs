//! Layout: the tokens of a text, apart from how they are laid out in lines.
//!
//! Two texts with equal statements differ in layout alone: black wrapped a call, a block was dedented, a trailing
//! comma went. The ledger compares layouts to tell reformatting from removal. Invariants: `lines` has one fingerprint
//! per line, as git counts lines; statements are in order and do not share tokens. Absent on purpose: the tokens'
//! meaning, and their text; a 64-bit fingerprint stands for it.

use crate::facts::{LineClass, Unread};
use crate::span::{LineIndex, Span};
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// The fingerprint of a line that holds nothing.
pub const BLANK: u64 = 0;

/// Lines are 0-based.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Without comments, line ends and indentation; empty where no language reads the text.
    pub tokens: Vec<LayoutToken>,
    /// Logical lines, where the language has them.
    pub statements: Vec<Statement>,
    /// What each physical line holds, whatever its indentation; [`BLANK`] for an empty one.
    pub lines: Vec<u64>,
    /// What each physical line is; the same as [`crate::facts::Facts::lines`] where a language reads the text.
    pub classes: Vec<LineClass>,
    /// What the parser could not read.
    pub unread: Vec<Unread>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayoutToken {
    pub line: u32,
    /// Of [`token_fingerprint`]; short, because a large change holds millions of tokens.
    pub fingerprint: u32,
}

/// One logical line: all its tokens, comments inside it included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub lines: Range<u32>,
    pub fingerprint: u64,
}

impl Layout {
    /// The statements that touch a line, as a range of indices.
    pub fn statements_in(&self, lines: &Range<u32>) -> Range<usize> {
        let start = self.statements.partition_point(|statement| statement.lines.end <= lines.start);
        let end = self.statements.partition_point(|statement| statement.lines.start < lines.end);
        start..end.max(start)
    }

    /// The lines of the statement that holds a line.
    pub fn statement_around(&self, line: u32) -> Option<Range<u32>> {
        let statements = &self.statements[self.statements_in(&(line..line + 1))];
        statements.iter().find(|it| it.lines.contains(&line)).map(|it| it.lines.clone())
    }

    pub fn tokens_in(&self, lines: &Range<u32>) -> &[LayoutToken] {
        let start = self.tokens.partition_point(|token| token.line < lines.start);
        let end = self.tokens.partition_point(|token| token.line < lines.end);
        &self.tokens[start..end.max(start)]
    }
}

/// A layout, while its tokens are entered in order.
pub struct Builder<'a> {
    pub text: &'a str,
    index: &'a LineIndex,
    layout: Layout,
    /// Parts of each line's fingerprint, in order within the line.
    parts: Vec<(u32, u64)>,
    statement: Vec<u64>,
    lines: Option<Range<u32>>,
}

impl<'a> Builder<'a> {
    pub fn new(text: &'a str, index: &'a LineIndex) -> Self {
        Self { text, index, layout: Layout::default(), parts: Vec::new(), statement: Vec::new(), lines: None }
    }

    /// The line on which a span begins, 0-based.
    pub fn line_of(&self, span: Span) -> u32 {
        self.index.line(span.start) - 1
    }

    pub fn lines_of(&self, span: Span) -> Range<u32> {
        let lines = self.index.lines(span);
        lines.start - 1..lines.end
    }

    /// What a span has on each of its lines, without line ends.
    fn pieces(&self, span: Span) -> impl Iterator<Item = (u32, &'a str)> {
        let (text, index) = (self.text, self.index);
        self.lines_of(span).map(move |line| {
            let whole = index.span(line + 1);
            let part = Span::new(whole.start.max(span.start), whole.end.min(span.end)).slice(text);
            (line, part.trim_end_matches(['\r', '\n']))
        })
    }

    /// Enters what a line holds beside its tokens.
    pub fn part(&mut self, line: u32, print: u64) {
        self.parts.push((line, print));
    }

    /// Enters a comment: its lines, whatever their indentation. It is part of a statement that has begun.
    pub fn comment(&mut self, span: Span) {
        let pieces: Vec<(u32, &str)> = self.pieces(span).collect();
        for (line, piece) in pieces {
            let piece = piece.trim();
            if !piece.is_empty() {
                let print = fingerprint(piece);
                self.parts.push((line, print));
                if self.lines.is_some() {
                    self.statement.push(print);
                }
            }
        }
    }

    /// Enters the lines of a token, as they are or whatever their indentation.
    pub fn lines(&mut self, span: Span, is_indented: bool) {
        let pieces = self.pieces(span).map(|(line, piece)| (line, if is_indented { piece.trim() } else { piece }));
        let pieces = pieces.filter(|(_, piece)| !piece.is_empty());
        let pieces: Vec<(u32, u64)> = pieces.map(|(line, piece)| (line, fingerprint(piece))).collect();
        self.parts.extend(pieces);
    }

    /// Enters a token into its statement, by the fingerprint of what it says.
    pub fn token(&mut self, span: Span, print: u64) {
        let lines = self.lines_of(span);
        let own = self.lines.get_or_insert(lines.clone());
        own.end = own.end.max(lines.end);
        self.sign(lines.start, span.slice(self.text), print);
    }

    /// The same for a token that makes no statement longer.
    pub fn sign(&mut self, line: u32, written: &str, print: u64) {
        self.layout.tokens.push(LayoutToken { line, fingerprint: token_fingerprint(written) });
        self.statement.push(print);
    }

    pub fn end_statement(&mut self) {
        let parts = std::mem::take(&mut self.statement);
        if let Some(lines) = self.lines.take() {
            self.layout.statements.push(Statement { lines, fingerprint: fingerprint(&parts) });
        }
    }

    pub fn finish(mut self) -> Layout {
        self.end_statement();
        self.parts.sort_by_key(|&(line, _)| line);
        self.layout.lines = vec![BLANK; self.index.count() as usize];
        for parts in self.parts.chunk_by(|a, b| a.0 == b.0) {
            if let Some(line) = self.layout.lines.get_mut(parts[0].0 as usize) {
                *line = fingerprint(parts.iter().map(|part| part.1).collect::<Vec<_>>());
            }
        }
        self.layout
    }
}

/// The fingerprint of a piece of text; never [`BLANK`].
pub fn fingerprint(text: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish().max(1)
}

/// The fingerprint of one token, for comparing bags of many; never 0.
pub fn token_fingerprint(text: &str) -> u32 {
    ((fingerprint(text) >> 32) as u32).max(1)
}

/// A string without quotes or escapes inside is the same in either quotes.
pub fn string_fingerprint(text: &str) -> u64 {
    let Some(open) = text.find(['"', '\'']) else { return fingerprint(text) };
    let (prefix, quoted) = text.split_at(open);
    for quotes in ["\"\"\"", "'''", "\"", "'"] {
        let inner = quoted.strip_prefix(quotes).and_then(|rest| rest.strip_suffix(quotes));
        if let Some(inner) = inner
            && !inner.contains(['"', '\'', '\\', '\n'])
        {
            return fingerprint((prefix.to_ascii_lowercase(), inner));
        }
    }
    fingerprint(text)
}

/// The layout of a text that its language cannot read.
pub fn unreadable(text: &str, reason: String) -> Layout {
    let facts = super::unreadable(text, reason);
    Layout { unread: facts.unread, ..plain(text.as_bytes(), facts.lines) }
}

/// The layout of a text that no language reads: a line is its characters without white space. The classes are for the
/// caller to give.
pub fn plain(text: &[u8], classes: Vec<LineClass>) -> Layout {
    let mut lines = Vec::with_capacity(classes.len());
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let mut hasher = FxHasher::default();
        let mut is_blank = true;
        for part in line.split(u8::is_ascii_whitespace).filter(|part| !part.is_empty()) {
            part.iter().for_each(|byte| byte.hash(&mut hasher));
            is_blank = false;
        }
        lines.push(if is_blank { BLANK } else { hasher.finish().max(1) });
    }
    Layout { lines, classes, ..Layout::default() }
}

/// Words (letters, digits, underscores, and every byte above ASCII) and single other characters; no white space.
pub fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let first = *rest.first()?;
        let length = if is_word(first) { rest.iter().take_while(|&&byte| is_word(byte)).count() } else { 1 };
        let (word, after) = rest.split_at(length);
        rest = after;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_does_not_count_in_a_plain_line() {
        let layout = plain(b"  a = 1\r\na=1\n\t\nb", Vec::new());
        assert_eq!(layout.lines[0], layout.lines[1]);
        assert_eq!(layout.lines[2], BLANK);
        assert_ne!(layout.lines[0], layout.lines[3]);
    }

    #[test]
    fn words_and_signs_are_told_apart() {
        let found: Vec<&[u8]> = words(b" foo_1(b, '\xc3\xa9')").collect();
        let expected: Vec<&[u8]> = vec![b"foo_1", b"(", b"b", b",", b"'", b"\xc3\xa9", b"'", b")"];
        assert_eq!(found, expected);
    }
}
