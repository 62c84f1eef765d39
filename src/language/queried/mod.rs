//! Languages whose facts come from tree-sitter queries alone: text to [`Facts`], fragments and layout.
//!
//! A language is three lists of query files. `tokens.scm` says what a token is, `structure.scm` what is a statement or a
//! definition, `links.scm` what a name is bound to and where it is read. What they capture has a small vocabulary
//! ([`token::ROLES`], [`structure::ROLES`], [`link::ROLES`]); of several patterns that capture one node, the last one counts. Invariants: every byte that is no white space is in exactly one token; what the
//! grammar cannot read is in [`Facts::unread`]; work is bounded by [`tree`](super::tree). Absent on purpose: what only one
//! language has.

mod fragment;
mod frame;
mod layout;
mod link;
mod outline;
mod scope;
mod structure;
#[cfg(test)]
mod tests;
mod token;

use super::layout::Layout;
use super::tree::{self, TEXT_LIMIT};
use crate::facts::{Facts, Fragments, Unread};
use crate::span::{LineIndex, Span};
use link::Links;
use std::sync::OnceLock;
use structure::Structure;
use token::Token;
use tree_sitter::{Language, Node, Parser, Query, Tree};

/// Why a text is not read that is too costly.
const EXCESS: &str = "the parser needs too many steps for this file";

/// A language that queries read.
pub struct Queried {
    /// Languages of one family are written alike, so that copies are found between them.
    family: &'static str,
    grammar: fn() -> Language,
    tokens: &'static [&'static str],
    structure: &'static [&'static str],
    links: &'static [&'static str],
    /// What the grammar refuses and reads where it is written otherwise, in as many bytes.
    rewritings: &'static [(&'static str, &'static str)],
    /// Comments directly above a definition document it.
    has_docs_above: bool,
    compiled: OnceLock<Compiled>,
}

struct Compiled {
    tokens: Captures<token::Role>,
    structure: Captures<structure::Role>,
    links: Captures<link::Role>,
}

/// A query, and what each of its captures is; `None` for those that serve its predicates alone.
struct Captures<R: 'static> {
    query: Query,
    roles: Vec<Option<R>>,
}

impl<R: Copy> Captures<R> {
    /// Panics where a file of the language is wrong, which a test of each language shows.
    fn new(grammar: &Language, files: &[&str], roles: &[(&str, R)]) -> Self {
        let query = Query::new(grammar, &files.join("\n")).unwrap_or_else(|error| panic!("{error}"));
        let role = |name: &&str| match roles.iter().find(|(legal, _)| legal == name) {
            Some((_, role)) => Some(*role),
            None if name.starts_with('_') => None,
            None => panic!("unknown capture `@{name}`"),
        };
        let roles = query.capture_names().iter().map(role).collect();
        Self { query, roles }
    }

    /// Hands over what each match captured, with the position of its pattern; `false` where some are missing.
    fn each(&self, tree: &Tree, text: &str, mut take: impl FnMut(usize, &[(R, Span)])) -> bool {
        let mut captured = Vec::new();
        tree::each_match(&mut tree::query_cursor(), &self.query, tree, text.as_bytes(), |matched| {
            captured.clear();
            let captures = matched.captures().iter();
            captured.extend(
                captures.filter_map(|capture| Some((self.roles[capture.index as usize]?, span_of(capture.node)))),
            );
            take(matched.pattern_index, &captured);
        })
    }
}

fn span_of(node: Node<'_>) -> Span {
    Span::new(node.start_byte() as u32, node.end_byte() as u32)
}

/// A text that was read.
struct Reading<'t> {
    text: &'t str,
    index: LineIndex,
    tokens: Vec<Token>,
    structure: Structure,
    unread: Vec<Unread>,
}

impl Queried {
    pub const fn new(
        family: &'static str,
        grammar: fn() -> Language,
        tokens: &'static [&'static str],
        structure: &'static [&'static str],
        links: &'static [&'static str],
        rewritings: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { family, grammar, tokens, structure, links, rewritings, has_docs_above: false, compiled: OnceLock::new() }
    }

    /// The same, where comments directly above a definition document it.
    pub const fn with_docs_above(mut self) -> Self {
        self.has_docs_above = true;
        self
    }

    fn compiled(&self) -> &Compiled {
        self.compiled.get_or_init(|| {
            let grammar = (self.grammar)();
            Compiled {
                tokens: Captures::new(&grammar, self.tokens, token::ROLES),
                structure: Captures::new(&grammar, self.structure, structure::ROLES),
                links: Captures::new(&grammar, self.links, link::ROLES),
            }
        })
    }

    /// Reads a text, or says what keeps it from being read.
    fn read<'t>(&self, text: &'t str) -> Result<Reading<'t>, String> {
        Ok(self.read_tree(text)?.0)
    }

    fn read_tree<'t>(&self, text: &'t str) -> Result<(Reading<'t>, Tree), String> {
        if text.len() as u64 > TEXT_LIMIT {
            return Err(format!("{} bytes, more than the {TEXT_LIMIT} that are parsed", text.len()));
        }
        let queries = self.compiled();
        let mut parser = Parser::new();
        parser.set_language(&(self.grammar)()).map_err(|error| error.to_string())?;
        let tree = self.parse(&mut parser, text).ok_or(EXCESS)?;
        let mut tokens = token::read(&queries.tokens, &tree, text).ok_or(EXCESS)?;
        let mut structure = Structure::read(&queries.structure, &tree, text, &tokens).ok_or(EXCESS)?;
        structure.take_docs(&mut tokens, text, self.has_docs_above);
        let index = LineIndex::new(text.as_bytes());
        Ok((Reading { text, index, tokens, structure, unread: unread(&tree) }, tree))
    }

    /// The tree of a text. What the grammar wrongly refuses is rewritten, where it reads more of the text then; the places
    /// in the tree stay those of the text.
    fn parse(&self, parser: &mut Parser, text: &str) -> Option<Tree> {
        let tree = tree::parse(parser, text.as_bytes())?;
        let is_rewritable = |(from, _): &(&str, &str)| memchr::memmem::find(text.as_bytes(), from.as_bytes()).is_some();
        if !tree.root_node().has_error() || !self.rewritings.iter().any(is_rewritable) {
            return Some(tree);
        }
        let rewrite = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
        let rewritten = self.rewritings.iter().fold(text.to_owned(), rewrite);
        debug_assert_eq!(rewritten.len(), text.len());
        let second = tree::parse(parser, rewritten.as_bytes())?;
        let unread_bytes = |tree| unread(tree).iter().map(|it| it.span.end - it.span.start + 1).sum::<u32>();
        Some(if unread_bytes(&second) < unread_bytes(&tree) { second } else { tree })
    }

    /// Never fails: what cannot be read is listed in [`Facts::unread`].
    pub fn extract(&self, text: &str) -> Facts {
        let made = self.read_tree(text).and_then(|(reading, tree)| self.facts(&reading, &tree));
        made.unwrap_or_else(|reason| super::unreadable(text, reason))
    }

    fn facts(&self, reading: &Reading<'_>, tree: &Tree) -> Result<Facts, String> {
        let links = Links::read(&self.compiled().links, tree, reading.text).ok_or(EXCESS)?;
        Ok(outline::facts(reading, &links))
    }

    /// Never fails: what cannot be read is listed in [`Fragments::unread`].
    pub fn fragments(&self, text: &str) -> Fragments {
        match self.read(text) {
            Ok(reading) => fragment::fragments(self.family, &reading),
            Err(reason) => Fragments::unreadable(&reason, text),
        }
    }

    /// Both, of one parse.
    pub fn both(&self, text: &str) -> (Facts, Fragments) {
        match self.read_tree(text) {
            Ok((reading, tree)) => {
                let facts = self.facts(&reading, &tree).unwrap_or_else(|reason| super::unreadable(text, reason));
                (facts, fragment::fragments(self.family, &reading))
            }
            Err(reason) => super::both_unreadable(text, reason),
        }
    }

    pub fn layout(&self, text: &str) -> Layout {
        match self.read(text) {
            Ok(reading) => layout::layout(&reading),
            Err(reason) => super::layout::unreadable(text, reason),
        }
    }
}

/// What the grammar could not read: the outermost nodes that hold an error, and where something is missing.
fn unread(tree: &Tree) -> Vec<Unread> {
    let mut unread = Vec::new();
    tree::walk(tree, |node| {
        if node.is_error() {
            unread.push(Unread { span: span_of(node), reason: "syntax error".to_owned() });
        } else if node.is_missing() {
            let span = node.parent().map_or(span_of(node), span_of);
            unread.push(Unread { span, reason: format!("syntax error: `{}` is missing", node.kind()) });
        }
        node.has_error() && !node.is_error()
    });
    unread
}
