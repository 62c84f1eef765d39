//! Rust, on rustc's lexer and syn's parser: text to [`Facts`].
//!
//! Tokens say what a line is and where things begin and end; the tree says what is defined, and what is named where. syn
//! does not recover: a text that it refuses has its lines and comments, and is otherwise unread. Code in the brackets of a
//! macro is read where it is items, arguments or statements. Invariant: what stands in a text depends on the text alone,
//! never on a crate around it. Absent: what a macro expands to, and what a program runs.

mod builtin;
mod depth;
mod end;
mod expression;
mod feature;
mod fragment;
mod ident;
mod invocation;
mod item;
mod layout;
mod line;
mod module;
mod path;
mod sketch;
#[cfg(test)]
mod tests;
mod token;
mod word;

use super::{LanguageSpec, Linking, ModuleSearch, print};
use crate::facts::{Facts, Fragments, Scope, ScopeKind, Unread, Value};
use crate::span::{LineIndex, Span};
use proc_macro2::LineColumn;

pub const SPEC: LanguageSpec = LanguageSpec {
    name: "rust",
    extensions: &["rs"],
    comment: "//",
    linking: Some(&LINKING),
    extract,
    fragments: fragment::fragments,
    both,
    sketch: Some(sketch::sketch),
    layout: layout::layout,
    grammar: None,
    queries: &[],
    // `new_unchecked` is a constructor, and `bind_v6` is of the Internet Protocol.
    unversioned: &["new", "v4", "v6"],
    manifest: Some(&module::MANIFEST),
};

const LINKING: Linking = Linking {
    search: ModuleSearch::Paths(module::candidates),
    builtins: "std",
    is_builtin: builtin::is_builtin,
    has_spaces: true,
    crates: Some(&module::CRATES),
    is_followed: false,
    is_starred: |_| true,
};

/// Stack that must be free before a file is parsed and walked, in all and for each level of nesting: syn descends once
/// per level.
const STACK_BASE: usize = 1 << 20;
const STACK_PER_LEVEL: usize = 96 << 10;

/// The facts of one Rust text. Never fails: what cannot be read is listed in [`Facts::unread`].
pub fn extract(text: &str) -> Facts {
    let words = Words::new(text);
    words.facts(parsed(&words, |file, locator| item::items(file, locator, &words.tokens)))
}

fn both(text: &str) -> (Facts, Fragments) {
    let words = Words::new(text);
    let read = parsed(&words, |file, locator| {
        (item::items(file, locator, &words.tokens), fragment::walk(file, locator, &words.tokens))
    });
    let (facts, fragments) = match read {
        Ok((facts, fragments)) => (Ok(facts), Ok(fragments)),
        Err(unread) => (Err(unread.clone()), Err(unread)),
    };
    (words.facts(facts), words.fragments(fragments))
}

/// A text as its tokens say it, before anyone parses it.
struct Words<'t> {
    text: &'t str,
    tokens: Vec<token::Token>,
    index: LineIndex,
}

impl<'t> Words<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, tokens: token::tokens(text), index: LineIndex::new(text.as_bytes()) }
    }

    /// The facts of the text, of which the tree gave a part.
    fn facts(&self, read: Result<Facts, Vec<Unread>>) -> Facts {
        let span = Span::new(0, self.text.len() as u32);
        let comments = self.tokens.iter().filter(|it| it.is_comment());
        let found = read.unwrap_or_else(|unread| Facts {
            values: vec![Value::Unknown],
            scopes: vec![Scope { kind: ScopeKind::Module, parent: None, definition: None, span }],
            unread,
            ..Facts::default()
        });
        Facts {
            lines: line::classify(self.text, &self.tokens, &self.index),
            comments: comments.clone().filter(|it| !it.is_doc()).map(|it| it.span).collect(),
            docstrings: comments.filter(|it| it.is_doc()).map(|it| it.span).collect(),
            line_index: self.index.clone(),
            ..found
        }
    }

    /// The same for its fragments.
    fn fragments(&self, read: Result<Fragments, Vec<Unread>>) -> Fragments {
        let mut fragments = read.unwrap_or_else(|unread| Fragments { unread, ..Fragments::default() });
        fragments.is_generated = print::says_generated(self.text);
        fragments.place_unread(&self.index);
        fragments
    }
}

/// Reads the tree of a text, or says what keeps it from being read.
fn parsed<T>(words: &Words<'_>, read: impl FnOnce(&syn::File, &Locator<'_>) -> T) -> Result<T, Vec<Unread>> {
    let Words { text, tokens, index } = words;
    let depth = match depth::bound(text, tokens) {
        Ok(depth) => depth,
        Err(reason) => return Err(vec![Unread { span: Span::new(0, text.len() as u32), reason }]),
    };
    let locator = Locator { text, index, reads_macros: depth.with_macros };
    let needed = STACK_BASE + STACK_PER_LEVEL * depth.levels as usize;
    let read = stacker::maybe_grow(needed, needed, || match syn::parse_file(text) {
        Ok(file) => Ok(read(&file, &locator)),
        Err(error) => Err(locator.refused(&error)),
    });
    // The lexer behind syn keeps every text that it has places in.
    proc_macro2::extra::invalidate_current_thread_spans();
    read
}

/// Turns syn's places into ours.
struct Locator<'a> {
    text: &'a str,
    index: &'a LineIndex,
    /// What stands in the brackets of macros is not nested too deep to be parsed.
    reads_macros: bool,
}

impl Locator<'_> {
    fn offset(&self, at: LineColumn) -> u32 {
        let line = self.index.span(at.line as u32);
        let text = line.slice(self.text);
        // syn does not count the byte order mark.
        let mark = if at.line == 1 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let text = &text[mark..];
        let column = match text.is_char_boundary(at.column) && text.as_bytes()[..at.column].is_ascii() {
            true => at.column,
            false => text.char_indices().nth(at.column).map_or(text.len(), |(at, _)| at),
        };
        line.start + (mark + column) as u32
    }

    fn span(&self, span: proc_macro2::Span) -> Span {
        Span::new(self.offset(span.start()), self.offset(span.end()))
    }

    /// Where a name stands, without `r#`.
    fn name_span(&self, ident: &syn::Ident) -> Span {
        let span = self.span(ident.span());
        match span.slice(self.text).starts_with("r#") {
            true => Span::new(span.start + 2, span.end),
            false => span,
        }
    }

    /// All of a text that syn refuses, what begins at the line of the error first.
    fn refused(&self, error: &syn::Error) -> Vec<Unread> {
        let length = self.text.len() as u32;
        let line = error.span().start().line as u32;
        let start = self.index.span(line.max(1)).start.min(length);
        let reason = error.to_string();
        let mut unread = vec![Unread { span: Span::new(start, length), reason: reason.clone() }];
        if start > 0 {
            unread.push(Unread { span: Span::new(0, start), reason });
        }
        unread
    }
}
