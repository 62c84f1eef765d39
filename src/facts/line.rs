//! Line classes: what each physical line is.
//!
//! Invariant: every line has exactly one class, so the classes of a file sum to its lines. A line that holds code and
//! a comment is code; a line inside a docstring is docstring text or, without text, a blank of the docstring.

use bitcode::{Decode, Encode};

/// What one physical line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum LineClass {
    Code,
    /// Nothing but a comment.
    Comment,
    Docstring,
    /// A blank line inside a docstring.
    DocstringBlank,
    Blank,
    /// A line of a file whose language is not known.
    Other,
}

/// Counts of lines by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineTally {
    pub code: u64,
    pub comment: u64,
    /// Docstring text, without the blank lines inside docstrings.
    pub docstring: u64,
    pub docstring_blank: u64,
    pub blank: u64,
    pub other: u64,
}

impl LineTally {
    pub fn add(&mut self, class: LineClass) {
        match class {
            LineClass::Code => self.code += 1,
            LineClass::Comment => self.comment += 1,
            LineClass::Docstring => self.docstring += 1,
            LineClass::DocstringBlank => self.docstring_blank += 1,
            LineClass::Blank => self.blank += 1,
            LineClass::Other => self.other += 1,
        }
    }

    pub fn merge(&mut self, other: LineTally) {
        self.code += other.code;
        self.comment += other.comment;
        self.docstring += other.docstring;
        self.docstring_blank += other.docstring_blank;
        self.blank += other.blank;
        self.other += other.other;
    }

    pub fn total(self) -> u64 {
        self.code + self.comment + self.docstring + self.docstring_blank + self.blank + self.other
    }
}
