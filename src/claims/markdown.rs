//! Ordinary Markdown, taken apart into sentences that know where they stand.
//!
//! Headings and the words before a list are kept with what stands below them, since "Components removed" makes a claim
//! of every bare name in its list. Emphasis, links and emoji are dropped, code spans keep their backquotes, struck-out
//! text is not said at all, a check mark in front counts as one. Invariant: every sentence carries its line in the
//! document. Absent on purpose: what a sentence says; see `sentence` and `table`.

use super::sentence::{self, Outcome};
use super::{Claims, DOCUMENT_LIMIT, Document, Source, UnreadSentence, exact, mojibake, table};
use crate::span::LineIndex;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// What stands in front of a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mark {
    #[default]
    None,
    /// `[x]`, ✅.
    Done,
    /// ❌.
    Failed,
    /// `[ ]`, ⏳.
    Open,
}

/// A sentence, or the part of one that stands on a line of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Sentence {
    /// Without markup; code spans in backquotes.
    pub text: String,
    pub mark: Mark,
    /// Headings above it, outermost first.
    pub trail: Vec<String>,
    /// What introduces the list that it is an item of.
    pub lead: Option<String>,
    pub is_heading: bool,
}

/// A sentence longer than this many bytes is not looked into.
const SENTENCE_LIMIT: usize = 4096;

pub(super) fn read(document: &Document) -> Result<Claims, Vec<exact::ExactError>> {
    let mut cut = document.text.len().min(DOCUMENT_LIMIT);
    while !document.text.is_char_boundary(cut) {
        cut -= 1;
    }
    let text = mojibake::repair(&document.text[..cut]);
    let text = plain_bullets(&text);
    let mut reader = Reader::new(document, &text);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for (event, range) in Parser::new_ext(&text, options).into_offset_iter() {
        let is_dunder =
            matches!(event, Event::Start(Tag::Strong) | Event::End(TagEnd::Strong)) && is_dunder(&text[range.clone()]);
        match is_dunder {
            true => reader.push("__", range.start),
            false => reader.event(event, range.start),
        }
    }
    if cut < document.text.len() {
        let line = reader.lines.count();
        reader.unread(line, "the document is longer than what is read of it".into());
    }
    if reader.errors.is_empty() { Ok(reader.claims) } else { Err(reader.errors) }
}

/// `__init__`, which is Python's and not emphasis.
fn is_dunder(text: &str) -> bool {
    let inner = text.strip_prefix("__").and_then(|rest| rest.strip_suffix("__"));
    inner.is_some_and(|inner| {
        inner.starts_with(|c: char| c.is_ascii_lowercase())
            && inner.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    })
}

/// Bullets that Markdown does not know, as it knows them.
fn plain_bullets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let body = line.trim_start();
        let indent = &line[..line.len() - body.len()];
        match body.strip_prefix(['•', '◦', '▪', '‣', '·']) {
            Some(rest) => {
                out.push_str(indent);
                out.push('-');
                out.push_str(rest);
            }
            None => out.push_str(line),
        }
    }
    out
}

struct Reader<'d> {
    document: &'d Document,
    lines: LineIndex,
    claims: Claims,
    errors: Vec<exact::ExactError>,
    trail: Vec<(HeadingLevel, String)>,
    heading: Option<HeadingLevel>,
    /// The block being read, with the line of each piece of it.
    buffer: String,
    starts: Vec<(usize, u32)>,
    mark: Mark,
    /// What introduces each open list.
    leads: Vec<Option<String>>,
    /// The last block that was read.
    before: String,
    struck: u32,
    /// The open code block: its info string and text.
    code: Option<(String, String, u32)>,
    rows: Vec<table::Row>,
    cells: Vec<String>,
    in_table: bool,
}

impl<'d> Reader<'d> {
    fn new(document: &'d Document, text: &str) -> Self {
        Self {
            document,
            lines: LineIndex::new(text.as_bytes()),
            claims: Claims::default(),
            errors: Vec::new(),
            trail: Vec::new(),
            heading: None,
            buffer: String::new(),
            starts: Vec::new(),
            mark: Mark::None,
            leads: Vec::new(),
            before: String::new(),
            struck: 0,
            code: None,
            rows: Vec::new(),
            cells: Vec::new(),
            in_table: false,
        }
    }

    fn event(&mut self, event: Event<'_>, at: usize) {
        match event {
            Event::Text(text) => match &mut self.code {
                Some((_, code, _)) => code.push_str(&text),
                None => self.push(&text, at),
            },
            Event::Code(code) => self.push(&format!("`{code}`"), at),
            Event::SoftBreak | Event::HardBreak => self.buffer.push('\n'),
            Event::TaskListMarker(is_done) => self.mark = if is_done { Mark::Done } else { Mark::Open },
            Event::Start(tag) => self.start(tag, at),
            Event::End(tag) => self.end(tag),
            _ => {}
        }
    }

    fn push(&mut self, text: &str, at: usize) {
        if self.struck > 0 {
            return;
        }
        self.starts.push((self.buffer.len(), self.lines.line(at as u32)));
        self.buffer.push_str(text);
    }

    fn start(&mut self, tag: Tag<'_>, at: usize) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.leads.clear();
                self.heading = Some(level);
            }
            Tag::Paragraph => self.flush(),
            Tag::List(_) => {
                self.flush();
                let lead = (!self.before.is_empty()).then(|| self.before.clone());
                // the words before a list introduce it if they end in a colon, or if they are the item around it
                let introduces = !self.leads.is_empty() || self.before.trim_end().ends_with(':');
                self.leads.push(lead.filter(|_| introduces).or_else(|| self.leads.last().cloned().flatten()));
            }
            Tag::Item => {
                self.flush();
                self.mark = Mark::None;
            }
            Tag::Strikethrough => self.struck += 1,
            Tag::CodeBlock(kind) => {
                self.flush();
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((info, String::new(), self.lines.line(at as u32)));
            }
            Tag::Table(_) => {
                self.flush();
                self.in_table = true;
            }
            Tag::TableHead | Tag::TableRow => {
                self.cells.clear();
                self.rows.push(table::Row { cells: Vec::new(), line: self.lines.line(at as u32) });
            }
            Tag::TableCell => {
                self.buffer.clear();
                self.starts.clear();
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                let text = squeeze(&self.buffer);
                self.flush();
                self.heading = None;
                self.trail.retain(|(other, _)| *other < level);
                self.trail.push((level, text));
                self.before.clear();
            }
            TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.flush();
                self.leads.pop();
                self.before.clear();
            }
            TagEnd::Strikethrough => self.struck = self.struck.saturating_sub(1),
            TagEnd::CodeBlock => {
                if let Some((info, code, line)) = self.code.take() {
                    self.code_block(&info, &code, line);
                }
            }
            TagEnd::TableCell => {
                let cell = squeeze(&self.buffer);
                self.buffer.clear();
                self.starts.clear();
                if let Some(row) = self.rows.last_mut() {
                    row.cells.push(cell);
                }
            }
            TagEnd::Table => {
                self.in_table = false;
                let rows = std::mem::take(&mut self.rows);
                let trail = self.headings();
                for (line, outcome, text) in table::interpret(&rows, &trail, self.document) {
                    self.take(line, outcome, &text);
                }
            }
            _ => {}
        }
    }

    fn headings(&self) -> Vec<String> {
        self.trail.iter().map(|(_, text)| text.clone()).collect()
    }

    /// Ends the block that is being read, and interprets its sentences.
    fn flush(&mut self) {
        if self.in_table || self.buffer.trim().is_empty() {
            self.buffer.clear();
            self.starts.clear();
            return;
        }
        let buffer = std::mem::take(&mut self.buffer);
        let starts = std::mem::take(&mut self.starts);
        let line_at = |at: usize| {
            let next = starts.partition_point(|(start, _)| *start <= at);
            starts[next.saturating_sub(1)].1
        };
        let lead = self.leads.last().cloned().flatten();
        let trail = self.headings();
        let mut mark = self.mark;
        for (at, piece) in pieces(&buffer) {
            let (own, text) = strip_mark(piece);
            if own != Mark::None {
                mark = own;
            }
            let text = squeeze(text);
            if text.is_empty() {
                continue;
            }
            let line = line_at(at + (piece.len() - piece.trim_start().len()));
            if text.len() > SENTENCE_LIMIT {
                self.unread(line, text.chars().take(200).collect::<String>() + " …");
                continue;
            }
            let is_heading = self.heading.is_some();
            let sentence = Sentence { text: text.clone(), mark, trail: trail.clone(), lead: lead.clone(), is_heading };
            let outcome = sentence::interpret(&sentence, self.document);
            self.take(line, outcome, &text);
        }
        self.before = squeeze(&buffer);
    }

    fn take(&mut self, line: u32, outcome: Outcome, text: &str) {
        let source = self.source(line);
        for mut claim in outcome.claims {
            claim.source = source.clone();
            if !self.claims.claims.contains(&claim) {
                self.claims.claims.push(claim);
            }
        }
        if outcome.is_unread {
            self.unread(line, text.to_owned());
        }
    }

    fn unread(&mut self, line: u32, text: String) {
        self.claims.unread.push(UnreadSentence { source: self.source(line), text });
    }

    fn source(&self, line: u32) -> Source {
        Source { document: self.document.name.clone(), line, commit: self.document.commit().map(str::to_owned) }
    }

    fn code_block(&mut self, info: &str, code: &str, line: u32) {
        let language = info.split_whitespace().next().unwrap_or_default();
        match language {
            "solely" => match exact::read(code, &self.document.name, line) {
                Ok(claims) => self.claims.claims.extend(claims),
                Err(errors) => self.errors.extend(errors),
            },
            "json" => {
                let trail = self.headings();
                let outcome = table::json_values(code, &trail, &self.before);
                self.take(line, outcome, "");
            }
            _ => {}
        }
    }
}

/// The sentences of a block: lines that begin anew, and what ends in a full stop.
fn pieces(block: &str) -> Vec<(usize, &str)> {
    let mut cuts = vec![0];
    let bytes = block.as_bytes();
    let mut in_code = false;
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'`' => in_code = !in_code,
            b'\n' => {
                let before = block[..at].trim_end();
                if begins_anew(&block[at + 1..]) || before.ends_with(['.', ':', '!', '?', ';']) {
                    cuts.push(at + 1);
                    in_code = false;
                }
            }
            b'.' | b'!' | b'?' if !in_code => {
                let rest = &block[at + 1..];
                let next = rest.trim_start_matches([' ', '\n']);
                let is_end = rest.len() != next.len()
                    && next.chars().next().is_some_and(|c| c.is_uppercase() || c == '`' || !c.is_ascii());
                if is_end && !ends_in_abbreviation(&block[..at]) {
                    cuts.push(at + 1);
                }
            }
            _ => {}
        }
    }
    cuts.push(block.len());
    cuts.windows(2)
        .map(|pair| (pair[0], &block[pair[0]..pair[1]]))
        .filter(|(_, piece)| !piece.trim().is_empty())
        .collect()
}

/// A line that is a statement of its own, not the end of one that was wrapped: it begins with a sign, or with a label.
fn begins_anew(line: &str) -> bool {
    let line = line.lines().next().unwrap_or_default().trim_start();
    let Some(first) = line.chars().next() else { return true };
    let is_sign = !first.is_ascii() && !first.is_alphanumeric() || matches!(first, '-' | '*' | '+' | '>');
    let is_label = first.is_uppercase() && line.find(':').is_some_and(|at| at < 40 && !line[..at].contains('.'));
    is_sign || is_label
}

fn ends_in_abbreviation(text: &str) -> bool {
    let word = text.rsplit([' ', '(', '\n']).next().unwrap_or_default().to_ascii_lowercase();
    matches!(word.as_str(), "e.g" | "i.e" | "vs" | "etc" | "cf" | "approx" | "no" | "ca") || word.len() == 1
}

/// A sign in front of a sentence, and the sentence without it.
fn strip_mark(piece: &str) -> (Mark, &str) {
    let mut mark = Mark::None;
    let mut rest = piece.trim();
    while let Some(first) = rest.chars().next() {
        let is_text = first.is_alphanumeric()
            || matches!(
                first,
                '`' | '_'
                    | '/'
                    | '.'
                    | '('
                    | '['
                    | '~'
                    | '<'
                    | '>'
                    | '≈'
                    | '≥'
                    | '≤'
                    | '"'
                    | '\''
                    | '+'
                    | '$'
                    | '#'
                    | '@'
            );
        let is_number = matches!(first, '-') && rest[1..].starts_with(|c: char| c.is_ascii_digit());
        if is_text || is_number {
            break;
        }
        match first {
            '✅' | '✔' | '☑' | '✓' | '🎉' => mark = Mark::Done,
            '❌' | '✗' | '✘' | '🚫' | '⛔' => mark = Mark::Failed,
            '⏳' | '🔄' | '🚧' | '⬜' | '🔜' => mark = Mark::Open,
            _ => {}
        }
        rest = rest[first.len_utf8()..].trim_start();
    }
    (mark, rest)
}

/// One line, single spaces, without emoji and without signs that only adorn; arrows and dashes in one way.
pub(super) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '→' | '⟶' | '➜' | '➔' | '⇒' => out.push_str(" -> "),
            '–' | '—' | '−' => out.push('-'),
            '“' | '”' => out.push('"'),
            '‘' | '’' => out.push('\''),
            '≈' | '≥' | '≤' | '×' | '…' => out.push(char),
            '✅' | '✔' | '☑' | '✓' => out.push_str(" \u{2713} "),
            '❌' | '✗' | '✘' => out.push_str(" \u{2717} "),
            c if c.is_ascii() && !c.is_control() => out.push(c),
            c if c.is_alphanumeric() => out.push(c),
            // emoji, their joiners, control characters
            _ => out.push(' '),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_falls_into_sentences() {
        let texts = |block| pieces(block).into_iter().map(|(_, piece)| piece.trim()).collect::<Vec<_>>();
        assert_eq!(texts("Removed a.\nRemoved b, e.g. Here. And c"), ["Removed a.", "Removed b, e.g. Here.", "And c"]);
        assert_eq!(texts("all authentication\nnow goes"), ["all authentication\nnow goes"]);
        assert_eq!(texts("✅ **A**: x\n✅ **B**: y").len(), 2);
        assert_eq!(texts("see `a.B. C` now"), ["see `a.B. C` now"]);
    }

    #[test]
    fn signs_are_taken_off() {
        assert_eq!(strip_mark("✅ **done**"), (Mark::Done, "done**"));
        assert_eq!(strip_mark("❌ gone"), (Mark::Failed, "gone"));
        assert_eq!(strip_mark("🚨 `a`"), (Mark::None, "`a`"));
        assert_eq!(strip_mark("-309 lines"), (Mark::None, "-309 lines"));
        assert_eq!(squeeze("478 → 36 — done 🎉"), "478 -> 36 - done");
    }
}
