//! What is wrong with a policy, where, and what would be right.
//!
//! Invariant: an error that stands in a file carries the span and the text of that file, so that it can be shown as a
//! code frame without reading anything again. Absent on purpose: how it is shown; that is `report`.

use super::PolicyPlace;
use crate::span::LineIndex;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One thing that is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    pub message: String,
    /// The file as given, or the name of a pack.
    pub file: String,
    /// `None` when the file could not be read at all.
    pub frame: Option<Frame>,
    pub help: Option<String>,
    /// What would be accepted here, if that is a list.
    pub legal: Vec<String>,
}

/// The place of an error, with the text around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub place: PolicyPlace,
    /// Bytes of `text`.
    pub span: Range<usize>,
    /// The whole file.
    pub text: Arc<str>,
}

impl PolicyError {
    /// An error about a file as a whole.
    pub fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self { message: message.into(), file: file.to_string(), frame: None, help: None, legal: Vec::new() }
    }

    /// An error about a part of another file that people write and `solely` reads.
    pub fn in_text(file: &str, text: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        PolicyText::new(file, text).error(span, message)
    }

    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the legal choices, and the one that `word` is most likely meant to be.
    pub fn with_choices<S: AsRef<str>>(mut self, word: &str, choices: &[S]) -> Self {
        if let Some(near) = nearest(word, choices) {
            self.help = Some(format!("did you mean `{near}`?"));
        }
        self.legal = choices.iter().map(|choice| choice.as_ref().to_string()).collect();
        self
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.frame {
            Some(Frame { place, .. }) => write!(f, "{}:{}:{}: {}", place.file, place.line, place.column, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for PolicyError {}

/// A policy text with its name, from which places and errors are made.
pub(super) struct PolicyText {
    pub file: String,
    pub text: Arc<str>,
    lines: LineIndex,
}

impl PolicyText {
    pub fn new(file: &str, text: &str) -> Self {
        Self { file: file.to_string(), text: Arc::from(text), lines: LineIndex::new(text.as_bytes()) }
    }

    pub fn place(&self, span: &Range<usize>) -> PolicyPlace {
        let position = self.lines.position(span.start.min(self.text.len()) as u32, &self.text);
        PolicyPlace { file: self.file.clone(), line: position.line, column: position.column }
    }

    pub fn error(&self, span: Range<usize>, message: impl Into<String>) -> PolicyError {
        let end = span.end.min(self.text.len());
        let span = span.start.min(end)..end;
        let frame = Frame { place: self.place(&span), span, text: Arc::clone(&self.text) };
        PolicyError { frame: Some(frame), ..PolicyError::of_file(&self.file, message) }
    }

    /// The text of a span, if it is one short line; used to show how something should be written.
    pub fn excerpt(&self, span: &Range<usize>) -> Option<&str> {
        let text = self.text.get(span.clone())?;
        (text.len() <= 80 && !text.contains('\n')).then_some(text)
    }
}

/// The choice that `word` is most likely a misspelling of: at most a third of its letters differ, or one is the
/// beginning of the other.
fn nearest<'a, S: AsRef<str>>(word: &str, choices: &'a [S]) -> Option<&'a str> {
    let written = word.to_lowercase().replace('_', "-");
    let mut best = None;
    for choice in choices.iter().map(AsRef::as_ref) {
        let distance = strsim::damerau_levenshtein(&written, choice);
        let limit = (choice.chars().count() / 3).max(1);
        let is_shortened =
            written.len().min(choice.len()) >= 3 && (choice.starts_with(&written) || written.starts_with(choice));
        if (distance <= limit || is_shortened) && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, choice));
        }
    }
    best.map(|(_, choice)| choice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelling_finds_its_word_and_a_stranger_does_not() {
        let choices = ["symbols", "successor", "remove-by", "id"];
        for (word, near) in [
            ("symbol", Some("symbols")),
            ("sucessor", Some("successor")),
            ("remove_by", Some("remove-by")),
            ("ID", Some("id")),
            ("succ", Some("successor")),
            ("symbols-to-remove", Some("symbols")),
            ("anything", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, &choices), near, "{word:?}");
        }
    }

    #[test]
    fn an_error_shows_its_place() {
        let text = PolicyText::new("solely.toml", "é = 1\nxé = 2\n");
        let error = text.error(8..10, "bad");
        assert_eq!(error.to_string(), "solely.toml:2:2: bad");
        assert_eq!(PolicyError::of_file("a.toml", "no such file").to_string(), "a.toml: no such file");
    }

    #[test]
    fn a_span_past_the_end_is_clamped() {
        let text = PolicyText::new("solely.toml", "a\n");
        assert_eq!(text.error(40..90, "bad").frame.map(|frame| frame.span), Some(2..2));
    }
}
