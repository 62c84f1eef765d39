//! Queries: what a rule looks for, in tree-sitter's query language.
//!
//! A query is a file: one of `queries/<language>/`, or one beside a user's policy. What it captures has a small
//! vocabulary ([`Capture`]); a capture of any other name is an error, unless it begins with `_`, which keeps it for
//! the query's own predicates. Invariants: a query is compiled once; a file is parsed once for all queries, under a
//! budget that counts work and not time, so that the same text gives the same answer on every machine. A match is
//! joined with the facts of its file by the span of `@name` or `@reference`. Absent on purpose: comments, which the
//! facts hold (long blocks of them are taken out before the parse), and anything that a name means.

mod builtin;
mod compile;
mod literal;
mod run;

pub use builtin::PYTHON_QUERIES;
pub use compile::{CompiledQuery, QueryError};
pub use run::QueryEngine;

use crate::span::Span;

/// A query by name, with its text: built in, or a file beside the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuerySource {
    pub name: String,
    pub text: String,
    /// The file it came from, for messages.
    pub file: String,
}

/// What a captured definition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DefinitionRole {
    Function,
    Method,
    Class,
    Constant,
}

/// What a captured reference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceRole {
    /// `@reference`
    Any,
    /// `@reference.call`
    Call,
}

/// The captures that a query may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// The whole definition; decorators may be left out. Needs a `@name` in its pattern.
    Definition(DefinitionRole),
    /// The name of the definition, which is where the match is joined with the facts.
    Name,
    /// The last name of a reference: `b` in `a.b`.
    Reference(ReferenceRole),
    /// The decorator or call that registers what the match names.
    Registration,
}

/// The vocabulary, as it is written.
pub const CAPTURES: &[(&str, Capture)] = &[
    ("definition.function", Capture::Definition(DefinitionRole::Function)),
    ("definition.method", Capture::Definition(DefinitionRole::Method)),
    ("definition.class", Capture::Definition(DefinitionRole::Class)),
    ("definition.constant", Capture::Definition(DefinitionRole::Constant)),
    ("name", Capture::Name),
    ("reference", Capture::Reference(ReferenceRole::Any)),
    ("reference.call", Capture::Reference(ReferenceRole::Call)),
    ("registration", Capture::Registration),
];

/// What one match of a pattern captured; at least one of `name` and `reference` is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct QueryMatch {
    pub name: Option<Span>,
    pub reference: Option<(ReferenceRole, Span)>,
    pub definition: Option<(DefinitionRole, Span)>,
    pub registration: Option<Span>,
}

impl QueryMatch {
    /// Where the match stands: its name, or else its reference.
    pub fn anchor(&self) -> Span {
        self.name.or(self.reference.map(|(_, span)| span)).unwrap_or_default()
    }
}
