//! The class of every physical line of a Python text.
//!
//! Invariant: one class per line, as [`LineIndex`] counts lines. A line is code if any token of code touches it, so a
//! multi-line string that is not a docstring is code, blank lines included. Absent on purpose: the walk of the tree;
//! it only tells where the docstrings are.

use crate::facts::LineClass;
use crate::span::{LineIndex, Span};
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;

/// The classes by token; `docstrings` are sorted.
pub fn classify(text: &str, tokens: &Tokens, index: &LineIndex, docstrings: &[Span]) -> Vec<LineClass> {
    let mut classes = vec![LineClass::Blank; index.count() as usize];
    let mut mark = |span: Span, class: LineClass| {
        let lines = index.lines(span);
        for line in lines.start..=lines.end {
            let Some(slot) = classes.get_mut(line as usize - 1) else { break };
            *slot = strongest(*slot, class);
        }
    };
    for token in tokens.iter() {
        let span = super::span_of(token.range());
        match token.kind() {
            TokenKind::Newline
            | TokenKind::NonLogicalNewline
            | TokenKind::Indent
            | TokenKind::Dedent
            | TokenKind::EndOfFile => {}
            TokenKind::Comment => mark(span, LineClass::Comment),
            TokenKind::String if docstrings.binary_search_by(|d| order(*d, span)).is_ok() => {
                mark(span, LineClass::Docstring)
            }
            _ => mark(span, LineClass::Code),
        }
    }
    for line in 1..=classes.len() as u32 {
        let class = &mut classes[line as usize - 1];
        let is_blank = index.span(line).slice(text).trim().is_empty();
        match *class {
            LineClass::Docstring if is_blank => *class = LineClass::DocstringBlank,
            // A lone backslash continues the line before it.
            LineClass::Blank if !is_blank => *class = LineClass::Code,
            _ => {}
        }
    }
    classes
}

/// Equal if the token lies in the docstring (an implicitly concatenated docstring has several tokens).
fn order(docstring: Span, token: Span) -> std::cmp::Ordering {
    if docstring.contains(token) { std::cmp::Ordering::Equal } else { docstring.start.cmp(&token.start) }
}

fn strongest(a: LineClass, b: LineClass) -> LineClass {
    let rank = |class| match class {
        LineClass::Code => 3,
        LineClass::Docstring => 2,
        LineClass::Comment => 1,
        _ => 0,
    };
    if rank(a) >= rank(b) { a } else { b }
}
