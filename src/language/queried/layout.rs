//! The layout of a text: what stays when a formatter has been over it, and what its lines are.
//!
//! Indentation, line ends, the quotes of plain strings, commas before a closing bracket and what the language says is
//! optional do not count. A piece of a frame is a statement. Absent on purpose: brackets that only group, which change
//! the tokens.

use super::Reading;
use super::token::{Role, Token, closing_commas};
use crate::facts::LineClass;
use crate::language::layout::{Builder, Layout, fingerprint, string_fingerprint};
use crate::language::line::Classes;
use crate::span::LineIndex;

pub fn layout(reading: &Reading<'_>) -> Layout {
    let (text, tokens) = (reading.text, &reading.tokens);
    let mut out = Builder::new(text, &reading.index);
    let is_closing = closing_commas(text, tokens);
    let mut pieces = reading.structure.frames.pieces(tokens).into_iter().peekable();
    for (at, token) in tokens.iter().enumerate() {
        if token.is_comment() {
            out.comment(token.span);
        } else if token.role != Role::Optional && !is_closing[at] {
            enter(&mut out, *token);
        }
        if pieces.next_if(|piece| piece.tokens.end == at + 1).is_some() {
            out.end_statement();
        }
    }
    let mut layout = out.finish();
    layout.classes = classes(text, tokens, &reading.index);
    layout.unread = reading.unread.clone();
    layout
}

fn enter(out: &mut Builder<'_>, token: Token) {
    let text = token.span.slice(out.text);
    let print =
        if matches!(token.role, Role::Text | Role::Label) { string_fingerprint(text) } else { fingerprint(text) };
    match out.lines_of(token.span).len() {
        1 => out.part(out.line_of(token.span), print),
        _ => out.lines(token.span, false),
    }
    out.token(token.span, print);
}

/// The class of every line: see [`Classes`].
pub fn classes(text: &str, tokens: &[Token], index: &LineIndex) -> Vec<LineClass> {
    let mut classes = Classes::new(index);
    for token in tokens {
        let class = match token.role {
            Role::Comment => LineClass::Comment,
            Role::Doc => LineClass::Docstring,
            _ => LineClass::Code,
        };
        classes.mark(token.span, class);
    }
    classes.finish(text)
}
