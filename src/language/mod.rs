//! Languages: one row per language, each with an adapter that turns text into [`Facts`].
//!
//! What a program *means* comes from a real parser behind the adapter; what a rule *looks for* is a tree-sitter query
//! over the row's grammar ([`query`]). No fact is extracted twice: a query's captures are joined with the facts by
//! span. A new language is one folder of queries, one file here, and one row. Absent on purpose: paths other than the
//! file name, and anything about a project.

pub mod layout;
pub mod python;
pub mod query;

use crate::facts::{Facts, Fragments, LineClass, Scope, ScopeKind, Sketch, Unread, Value};
use crate::span::{LineIndex, RepoPath, Span};

/// A row of the registry.
pub struct LanguageSpec {
    pub name: &'static str,
    /// File name extensions, without the dot.
    pub extensions: &'static [&'static str],
    pub extract: fn(&str) -> Facts,
    /// What duplicates are found by; asked for only where they are looked for.
    pub fragments: fn(&str) -> Fragments,
    /// What wires objects together; asked for only where something is registered.
    pub sketch: fn(&str) -> Sketch,
    /// The text apart from how it is laid out, for telling reformatting from change.
    pub layout: fn(&str) -> layout::Layout,
    pub grammar: fn() -> tree_sitter::Language,
    pub queries: &'static [BuiltinQuery],
}

/// A query of `queries/<language>/`, compiled into the binary.
pub struct BuiltinQuery {
    pub name: &'static str,
    pub text: &'static str,
}

/// Every language, in order of age.
pub const LANGUAGES: &[LanguageSpec] = &[python::SPEC];

/// The language of a file, by its name.
pub fn find_language(path: &RepoPath) -> Option<&'static LanguageSpec> {
    let extension = path.extension()?;
    LANGUAGES.iter().find(|language| language.extensions.contains(&extension))
}

/// The facts of a text that is not understood at all: one unread range, lines that are blank or unknown.
pub fn unreadable(text: &str, reason: String) -> Facts {
    let line_index = LineIndex::new(text.as_bytes());
    let class = |line| match line_index.span(line).slice(text).trim() {
        "" => LineClass::Blank,
        _ => LineClass::Other,
    };
    let span = Span::new(0, text.len() as u32);
    Facts {
        values: vec![Value::Unknown],
        scopes: vec![Scope { kind: ScopeKind::Module, parent: None, definition: None, span }],
        lines: (1..=line_index.count()).map(class).collect(),
        line_index,
        unread: vec![Unread { span, reason }],
        ..Facts::default()
    }
}
