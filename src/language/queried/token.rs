//! Tokens: what `tokens.scm` says of the leaves of a tree.
//!
//! Invariant: tokens are in order and do not overlap, and every byte that is no white space is in one, also where the
//! grammar skipped it. Absent on purpose: what tokens make up; see `structure`.

use super::{Captures, span_of};
use crate::language::tree;
use crate::span::Span;
use rustc_hash::FxHashMap;
use tree_sitter::Tree;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Comment,
    /// A comment that documents what follows.
    Doc,
    /// A literal, quotes included, taken whole.
    Text,
    /// The same, where it tells things apart as a name does.
    Label,
    Number,
    /// Text in which white space is layout: that of an element in markup.
    Prose,
    /// The name of a variable.
    Name,
    /// A name behind a dot, or another name that is none of a variable.
    Attribute,
    /// The name of a field or an argument where it is given.
    Field,
    /// A bracket that only groups.
    Group,
    /// What may be left out or written without a change of meaning.
    Optional,
    /// A word that says who may see what follows: `export`, `public`. A copy with another one is a copy all the same.
    Modifier,
    /// Keywords, operators, brackets.
    Mark,
}

/// The vocabulary of `tokens.scm`.
pub const ROLES: &[(&str, Role)] = &[
    ("comment", Role::Comment),
    ("comment.doc", Role::Doc),
    ("text", Role::Text),
    ("text.label", Role::Label),
    ("number", Role::Number),
    ("prose", Role::Prose),
    ("name", Role::Name),
    ("attribute", Role::Attribute),
    ("field", Role::Field),
    ("group", Role::Group),
    ("optional", Role::Optional),
    ("modifier", Role::Modifier),
    ("mark", Role::Mark),
];

#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub span: Span,
    pub role: Role,
}

impl Token {
    pub fn is_comment(&self) -> bool {
        matches!(self.role, Role::Comment | Role::Doc)
    }
}

/// The tokens of a text; `None` where finding them takes too many steps.
pub fn read(captures: &Captures<Role>, tree: &Tree, text: &str) -> Option<Vec<Token>> {
    // of several patterns, the last one counts
    let mut roles: FxHashMap<Span, (usize, Role)> = FxHashMap::default();
    let is_whole = captures.each(tree, text, |pattern, captured| {
        for &(role, span) in captured {
            let slot = roles.entry(span).or_insert((pattern, role));
            if slot.0 <= pattern {
                *slot = (pattern, role);
            }
        }
    });
    if !is_whole {
        return None;
    }
    let mut tokens = Tokens { text, end: 0, list: Vec::new() };
    tree::walk(tree, |node| {
        let span = span_of(node);
        let role = roles.get(&span).map(|(_, role)| *role);
        let is_token = node.child_count() == 0
            || matches!(role, Some(Role::Comment | Role::Doc | Role::Text | Role::Label | Role::Number | Role::Prose));
        if is_token && !span.is_empty() {
            tokens.push(span, role.unwrap_or(Role::Mark));
        }
        !is_token
    });
    tokens.skipped(text.len() as u32);
    Some(tokens.list)
}

struct Tokens<'t> {
    text: &'t str,
    /// What lies before it is in tokens, or white space.
    end: u32,
    list: Vec<Token>,
}

impl Tokens<'_> {
    fn push(&mut self, span: Span, role: Role) {
        self.skipped(span.start);
        self.end = self.end.max(span.end);
        match role {
            Role::Prose => self.words(span, role),
            // White space in a literal counts, and a comment ends with its line at most.
            Role::Text | Role::Label => self.list.push(Token { span, role }),
            _ => self.trimmed(span, role),
        }
    }

    /// What lies between two leaves.
    fn skipped(&mut self, until: u32) {
        if self.end < until {
            self.trimmed(Span::new(self.end, until), Role::Mark);
        }
    }

    fn trimmed(&mut self, span: Span, role: Role) {
        let text = span.slice(self.text);
        let start = span.start + (text.len() - text.trim_start().len()) as u32;
        let end = span.end - (text.len() - text.trim_end().len()) as u32;
        if start < end {
            self.list.push(Token { span: Span::new(start, end), role });
        }
    }

    fn words(&mut self, span: Span, role: Role) {
        let text = span.slice(self.text);
        for word in text.split_whitespace() {
            let start = span.start + (word.as_ptr() as usize - text.as_ptr() as usize) as u32;
            self.list.push(Token { span: Span::new(start, start + word.len() as u32), role });
        }
    }
}

/// For each token, whether it is a comma before a closing bracket, which is layout.
pub fn closing_commas(text: &str, tokens: &[Token]) -> Vec<bool> {
    let mut are = vec![false; tokens.len()];
    let code = || tokens.iter().enumerate().filter(|(_, token)| !token.is_comment());
    let mut before = "";
    for ((at, token), next) in code().zip(code().skip(1)) {
        let written = token.span.slice(text);
        let closes = matches!(next.1.span.slice(text), ")" | "]" | "}" | ">");
        // `[,]` has an element that is left out
        are[at] = written == "," && closes && !matches!(before, "," | "[" | "(" | "{");
        before = written;
    }
    are
}
