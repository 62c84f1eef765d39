//! The words around a finding, which tell it from its neighbours; the rules stand in `finding::fingerprint`.
//!
//! Invariant: what is read is the text of the finding's own file, comments left out where it is code, so a comment that
//! suppresses a finding does not change it. Absent on purpose: what the words mean.

use crate::facts::Facts;
use crate::finding::{Context, Finding, Tier};
use crate::language::layout::Layout;
use crate::source::SourceSet;
use crate::span::{LineIndex, Span};
use crate::workspace::EntryId;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Words on either side, in code and in text.
const CODE_WORDS: usize = 4;
const TEXT_WORDS: usize = 3;

/// A word is cut after this many characters: a data file may hold one of a megabyte.
const WORD_LENGTH: usize = 40;

/// The farthest that words are looked for, in bytes: a minified file is one line.
const REACH: usize = 512;

/// Fills in the words and the number of each finding. Findings are sorted by place.
pub fn complete(findings: &mut [Finding], sources: &SourceSet<'_>) {
    let by_file: Vec<&mut [Finding]> =
        findings.chunk_by_mut(|one, next| one.location.path == next.location.path).collect();
    by_file.into_par_iter().for_each(|findings| find_words(findings, sources));
    let mut ordinals: BTreeMap<_, u32> = BTreeMap::new();
    for finding in findings {
        let path = &finding.location.path;
        let (rule, identity) = (&finding.rule.0, &finding.identity);
        let key = (
            rule.clone(),
            finding.symbol.clone(),
            finding.kind,
            path.clone(),
            identity.inside.clone(),
            identity.code.clone(),
        );
        let ordinal = ordinals.entry(key).or_default();
        *ordinal += 1;
        finding.identity.ordinal = *ordinal;
    }
}

/// Fills in the words of the findings of one file. What they are depends on the content of the file and on where it is
/// looked at.
fn find_words(findings: &mut [Finding], sources: &SourceSet<'_>) {
    let is_told_by_words = |it: &&mut Finding| {
        !matches!(it.kind, "definition" | "successor" | "successor-not-wired" | "import" | "export")
    };
    let mut findings: Vec<&mut Finding> = findings.iter_mut().filter(is_told_by_words).collect();
    let Some(first) = findings.first() else { return };
    let Some(id) = sources.snapshot().find(&first.location.path) else { return };
    let mut question = sources.language(id).map_or("", |language| language.name).as_bytes().to_vec();
    for finding in &findings {
        question.extend(finding.location.start.line.to_le_bytes());
        question.extend(finding.location.start.column.to_le_bytes());
        question.extend([u8::from(is_text(finding)), u8::from(is_prose(finding))]);
    }
    let words = sources.recall(id, "words", &question, || {
        let mut page = Page::load(sources, id)?;
        Some(findings.iter().map(|finding| page.words(finding)).collect::<Vec<String>>())
    });
    for (finding, words) in findings.iter_mut().zip(words.unwrap_or_default()) {
        finding.identity.code = words;
    }
}

fn is_text(finding: &Finding) -> bool {
    finding.tier == Some(Tier::Text)
}

fn is_prose(finding: &Finding) -> bool {
    finding.context == Context::Docs
}

/// The text of a file with findings.
struct Page {
    text: String,
    lines: LineIndex,
    facts: Option<Arc<Facts>>,
    /// Made where a finding stands in code.
    layout: Option<Layout>,
    read_layout: Option<fn(&str) -> Layout>,
}

impl Page {
    fn load(sources: &SourceSet<'_>, id: EntryId) -> Option<Self> {
        let text = sources.text(id)?;
        let lines = LineIndex::new(text.as_bytes());
        let read_layout = sources.language(id).map(|language| language.layout);
        Some(Self { lines, facts: sources.facts(id), layout: None, read_layout, text })
    }

    fn words(&mut self, finding: &Finding) -> String {
        let number = finding.location.start.line;
        let line = self.lines.span(number);
        let within = line.slice(&self.text);
        let column = finding.location.start.column as usize - 1;
        let at = line.start as usize + within.char_indices().nth(column).map_or(within.len(), |(at, _)| at);
        let count = if is_text(finding) { TEXT_WORDS } else { CODE_WORDS };
        if let Some(comment) = self.comment(number, at as u32) {
            return around(&self.text, comment, at, count, &[]);
        }
        let bounds = match self.read_layout {
            Some(_) => self.statement(number),
            None if is_prose(finding) => self.grow(number, |line| !line.trim().is_empty()),
            // Data files have no paragraphs.
            None => line,
        };
        let comments = self.facts.as_ref().map_or(&[][..], |facts| &facts.comments);
        around(&self.text, bounds, at, count, comments)
    }

    /// The logical line that holds a line.
    fn statement(&mut self, line: u32) -> Span {
        let read = self.read_layout;
        let layout = self.layout.get_or_insert_with(|| read.map_or_else(Layout::default, |read| read(&self.text)));
        let lines = layout.statement_around(line - 1).unwrap_or(line - 1..line);
        Span { start: self.lines.span(lines.start + 1).start, end: self.lines.span(lines.end).end }
    }

    /// The comment that holds a place, with the comments right above and below it if it has its lines to itself.
    fn comment(&self, line: u32, at: u32) -> Option<Span> {
        let comments = &self.facts.as_ref()?.comments;
        let comment = comments.get(comments.partition_point(|it| it.end <= at)).filter(|it| it.start <= at)?;
        let is_comment = |line: &str| line.trim_start().starts_with('#');
        Some(if is_comment(self.lines.span(line).slice(&self.text)) { self.grow(line, is_comment) } else { *comment })
    }

    /// The lines around one that are like it.
    fn grow(&self, line: u32, is_alike: impl Fn(&str) -> bool) -> Span {
        let is_in = |line: u32| is_alike(self.lines.span(line).slice(&self.text));
        let (mut first, mut last) = (line, line);
        while first > 1 && line - first < 20 && is_in(first - 1) {
            first -= 1;
        }
        while last < self.lines.count() && last - line < 20 && is_in(last + 1) {
            last += 1;
        }
        Span { start: self.lines.span(first).start, end: self.lines.span(last).end }
    }
}

/// Up to `count` words on either side of the word at an offset, and that word, within bounds.
fn around(text: &str, bounds: Span, at: usize, count: usize, comments: &[Span]) -> String {
    let at = at.clamp(bounds.start as usize, bounds.end as usize);
    let start = floor(text, (bounds.start as usize).max(at.saturating_sub(REACH)));
    let end = floor(text, (bounds.end as usize).min(at + REACH));
    let is_comment = |offset: usize| {
        let index = comments.partition_point(|it| it.end as usize <= offset);
        comments.get(index).is_some_and(|it| it.start as usize <= offset)
    };
    let mut before: Vec<&str> = Vec::new();
    let mut after: Vec<&str> = Vec::new();
    let mut offset = start;
    for piece in text[start..end].split_inclusive(|c: char| !is_word(c)) {
        let word = piece.trim_end_matches(|c: char| !is_word(c));
        if !word.is_empty() && !is_comment(offset) {
            if offset < at { before.push(word) } else { after.push(word) }
        }
        offset += piece.len();
    }
    let words = before[before.len().saturating_sub(count)..].iter().chain(after.iter().take(count + 1));
    words.map(|word| &word[..floor(word, WORD_LENGTH)]).collect::<Vec<_>>().join(" ")
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The nearest boundary of a character at or before an offset.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, comments: &[Span]) -> String {
        let bounds = Span::new(0, text.len() as u32);
        around(text, bounds, text.find("old").unwrap(), 2, comments)
    }

    #[test]
    fn layout_and_quotes_do_not_count() {
        assert_eq!(words("x = f(old( 'a', b))", &[]), "x f old a b");
        assert_eq!(words("x = f(\n    old(\n        \"a\",\n        b,\n    )\n)", &[]), "x f old a b");
        assert_ne!(words("x = f(old(c, b))", &[]), "x f old a b");
    }

    #[test]
    fn comments_do_not_count_in_code() {
        let text = "f(old, # why\n b)";
        assert_eq!(words(text, &[Span::new(7, 12)]), "f old b");
        assert_eq!(words(text, &[]), "f old why b");
    }

    #[test]
    fn an_endless_word_is_cut() {
        let text = format!("{} old", "é".repeat(9000));
        assert!(words(&text, &[]).len() <= WORD_LENGTH + 4);
    }
}
