//! The class of every physical line of a Rust text.
//!
//! Doc comments are docstrings, all other comments are comments, and whatever else is a token is code, a string over
//! several lines with its blank ones included. Invariant: see [`Classes`]. Absent on purpose: `#[doc = "…"]`, which is
//! code.

use super::token::Token;
use crate::facts::LineClass;
use crate::language::line::Classes;
use crate::span::LineIndex;

pub fn classify(text: &str, tokens: &[Token], index: &LineIndex) -> Vec<LineClass> {
    let mut classes = Classes::new(index);
    for token in tokens {
        let class = match (token.is_doc(), token.is_comment()) {
            (true, _) => LineClass::Docstring,
            (false, true) => LineClass::Comment,
            (false, false) => LineClass::Code,
        };
        classes.mark(token.span, class);
    }
    classes.finish(text)
}
