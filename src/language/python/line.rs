//! The class of every physical line of a Python text.
//!
//! Invariant: one class per line, as [`LineIndex`] counts lines. A line is code if any token of code touches it, so a
//! multi-line string that is not a docstring is code, blank lines included. Absent on purpose: the walk of the tree;
//! it only tells where the docstrings are.

use crate::facts::LineClass;
use crate::language::line::Classes;
use crate::span::{LineIndex, Span};
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;

/// The classes by token; `docstrings` are sorted.
pub fn classify(text: &str, tokens: &Tokens, index: &LineIndex, docstrings: &[Span]) -> Vec<LineClass> {
    let mut classes = Classes::new(index);
    for token in tokens.iter() {
        let span = super::span_of(token.range());
        match token.kind() {
            TokenKind::Newline
            | TokenKind::NonLogicalNewline
            | TokenKind::Indent
            | TokenKind::Dedent
            | TokenKind::EndOfFile => {}
            TokenKind::Comment => classes.mark(span, LineClass::Comment),
            TokenKind::String if docstrings.binary_search_by(|d| order(*d, span)).is_ok() => {
                classes.mark(span, LineClass::Docstring);
            }
            _ => classes.mark(span, LineClass::Code),
        }
    }
    classes.finish(text)
}

/// Equal if the token lies in the docstring (an implicitly concatenated docstring has several tokens).
fn order(docstring: Span, token: Span) -> std::cmp::Ordering {
    if docstring.contains(token) { std::cmp::Ordering::Equal } else { docstring.start.cmp(&token.start) }
}
