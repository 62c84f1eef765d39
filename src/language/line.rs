//! Line classes by token: the reading that languages share.
//!
//! Invariant: one class per line, as [`LineIndex`] counts lines. A line has the class of the strongest token that
//! touches it, code before docstrings before comments. Absent on purpose: what a token is; a language says that.

use crate::facts::LineClass;
use crate::span::{LineIndex, Span};

/// The classes of a text, while its tokens are entered.
pub struct Classes<'a> {
    index: &'a LineIndex,
    classes: Vec<LineClass>,
}

impl<'a> Classes<'a> {
    pub fn new(index: &'a LineIndex) -> Self {
        Self { index, classes: vec![LineClass::Blank; index.count() as usize] }
    }

    /// Enters a token of a class.
    pub fn mark(&mut self, span: Span, class: LineClass) {
        let lines = self.index.lines(span);
        for line in lines.start..=lines.end {
            let Some(slot) = self.classes.get_mut(line as usize - 1) else { break };
            *slot = strongest(*slot, class);
        }
    }

    /// The classes, once every token is entered.
    pub fn finish(self, text: &str) -> Vec<LineClass> {
        let mut classes = self.classes;
        for line in 1..=classes.len() as u32 {
            let class = &mut classes[line as usize - 1];
            let is_blank = self.index.span(line).slice(text).trim().is_empty();
            match *class {
                LineClass::Docstring if is_blank => *class = LineClass::DocstringBlank,
                LineClass::Comment if is_blank => *class = LineClass::Blank,
                // What no token holds: in Python a lone backslash, which continues the line before it.
                LineClass::Blank if !is_blank => *class = LineClass::Code,
                _ => {}
            }
        }
        classes
    }
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
