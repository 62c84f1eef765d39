//! The layout of a Python text: what stays when black has been over it.
//!
//! Indentation, line ends, the quotes of plain strings and commas before a closing bracket do not count, except the
//! comma that makes a tuple or an index: `(a,)` is not `(a)`. A docstring may be re-indented, another string may not.
//! Absent on purpose: redundant parentheses, which change the tokens and so count as a change.

use super::{line, module, parsed, span_of, unread};
use crate::language::layout::{Builder, Layout, fingerprint, string_fingerprint, unreadable};
use crate::span::{LineIndex, Span};
use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, Mod, Stmt};
use ruff_python_parser::Parsed;
use ruff_text_size::Ranged;

pub fn layout(text: &str) -> Layout {
    parsed(text, |tree| of_tree(text, tree)).unwrap_or_else(|reason| unreadable(text, reason))
}

fn of_tree(text: &str, tree: &Parsed<Mod>) -> Layout {
    let index = LineIndex::new(text.as_bytes());
    let body = &module(tree).body;
    let mut docstrings = Docstrings::default();
    docstrings.find(body);
    docstrings.visit_body(body);
    docstrings.0.sort_unstable();
    let mut reader = Reader::new(Builder::new(text, &index), &docstrings.0);
    for token in tree.tokens().iter() {
        reader.token(token.kind(), span_of(token.range()));
    }
    reader.end_statement();
    let mut layout = reader.out.finish();
    layout.classes = line::classify(text, tree.tokens(), &index, &docstrings.0);
    layout.unread.extend(unread(tree));
    layout
}

/// The spans of docstrings: a string that is the first statement of a module, a function or a class.
#[derive(Default)]
struct Docstrings(Vec<Span>);

impl Docstrings {
    fn find(&mut self, body: &[Stmt]) {
        if let Some(Stmt::Expr(first)) = body.first()
            && let Expr::StringLiteral(literal) = &*first.value
        {
            self.0.push(span_of(literal.range()));
        }
    }
}

impl<'a> StatementVisitor<'a> for Docstrings {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.find(&function.body),
            Stmt::ClassDef(class) => self.find(&class.body),
            _ => {}
        }
        walk_stmt(self, statement);
    }
}

/// An open bracket and whether a comma before its end is only layout.
struct Bracket {
    commas: u32,
    /// One comma is needed to make it what it is: a tuple, an index.
    needs_comma: bool,
}

struct Reader<'a> {
    out: Builder<'a>,
    docstrings: &'a [Span],
    brackets: Vec<Bracket>,
    /// The kind of the last token that counts, which tells a call from a tuple.
    previous: Option<TokenKind>,
    /// A comma that counts only if something other than a closing bracket follows.
    comma: Option<Span>,
}

impl<'a> Reader<'a> {
    fn new(out: Builder<'a>, docstrings: &'a [Span]) -> Self {
        Self { out, docstrings, brackets: Vec::new(), previous: None, comma: None }
    }

    fn token(&mut self, kind: TokenKind, span: Span) {
        match kind {
            TokenKind::Indent | TokenKind::Dedent | TokenKind::EndOfFile => {}
            // A comma that ends its line is layout as far as the line is concerned.
            TokenKind::NonLogicalNewline => {}
            TokenKind::Newline => self.end_statement(),
            TokenKind::Comment => self.out.comment(span),
            TokenKind::Comma if !self.brackets.is_empty() => {
                self.flush_comma(kind, span);
                self.comma = Some(span);
            }
            _ => {
                self.flush_comma(kind, span);
                self.track_brackets(kind);
                self.count(kind, span);
            }
        }
    }

    /// Decides whether the comma seen last counts, now that the next token is known.
    fn flush_comma(&mut self, next: TokenKind, next_span: Span) {
        let Some(span) = self.comma.take() else { return };
        let closes = matches!(next, TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace);
        let Some(bracket) = self.brackets.last_mut() else { return };
        bracket.commas += 1;
        let is_layout = closes && (!bracket.needs_comma || bracket.commas > 1);
        if !is_layout {
            let print = fingerprint(",");
            let line = self.out.line_of(span);
            self.out.sign(line, ",", print);
            if self.out.line_of(next_span) == line {
                self.out.part(line, print);
            }
        }
    }

    fn track_brackets(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                let after_value = matches!(
                    self.previous,
                    Some(TokenKind::Name | TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::String)
                );
                let needs_comma = match kind {
                    TokenKind::Lpar => !after_value,
                    TokenKind::Lsqb => after_value,
                    _ => false,
                };
                self.brackets.push(Bracket { commas: 0, needs_comma });
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                self.brackets.pop();
            }
            _ => {}
        }
    }

    fn count(&mut self, kind: TokenKind, span: Span) {
        let text = span.slice(self.out.text);
        let is_docstring = kind == TokenKind::String && self.is_docstring(span);
        let print = match kind {
            TokenKind::String if is_docstring => fingerprint(text.lines().map(str::trim).collect::<Vec<_>>()),
            TokenKind::String => string_fingerprint(text),
            _ => fingerprint(text),
        };
        if self.out.lines_of(span).len() > 1 {
            self.out.lines(span, is_docstring);
        } else {
            self.out.part(self.out.line_of(span), print);
        }
        self.out.token(span, print);
        self.previous = Some(kind);
    }

    fn is_docstring(&self, span: Span) -> bool {
        let next = self.docstrings.partition_point(|docstring| docstring.start <= span.start);
        next > 0 && self.docstrings[next - 1].contains(span)
    }

    fn end_statement(&mut self) {
        self.comma = None;
        self.brackets.clear();
        self.previous = None;
        self.out.end_statement();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::layout::BLANK;

    fn same(a: &str, b: &str) -> bool {
        let prints = |text| layout(text).statements.into_iter().map(|s| s.fingerprint).collect::<Vec<_>>();
        prints(a) == prints(b)
    }

    #[test]
    fn black_changes_layout_only() {
        assert!(same("f(a, b=1)\n", "f(\n    a,\n    b=1,\n)\n"));
        assert!(same("x = 'a'\n", "x = \"a\"\n"));
        assert!(same("if x:\n  y = 1\n", "if x:\n        y = 1\n"));
        assert!(same("x = {'a': 1}\n", "x = {\n    'a': 1,\n}\n"));
        assert!(same("def f(a):\n    \"\"\"One\n    two\"\"\"\n", "def f(\n  a,\n):\n  \"\"\"One\n  two\"\"\"\n"));
    }

    #[test]
    fn a_comma_or_a_string_that_means_something_counts() {
        assert!(!same("x = (a,)\n", "x = (a)\n"));
        assert!(!same("x = a[1,]\n", "x = a[1]\n"));
        assert!(!same("x = 1,\n", "x = 1\n"));
        assert!(!same("x = 'a'\n", "x = 'b'\n"));
        assert!(!same("x = '''a\n  b'''\n", "x = '''a\nb'''\n"));
        assert!(!same("x = 'a'  # one\n", "x = 'a'\n"));
    }

    #[test]
    fn a_comma_at_the_end_of_a_line_does_not_count_for_the_line() {
        let lines = |text| layout(text).lines;
        let (base, head) = (lines("f(\n    a,\n    b\n)\n"), lines("f(\n    a\n)\n"));
        assert_eq!(base[1], head[1]);
        assert_eq!(lines("a\n\n\tb\n").len(), 3);
        assert_eq!(lines("a\n\n\tb\n")[1], BLANK);
    }

    #[test]
    fn classes_are_those_of_the_facts() {
        let text = "'''Doc\n\n    more'''\n# c\nclass A:\n    'doc'\n\n    x = '''\n\n'''\n    def f(self):\n        if x:\n            'not a doc'\n        (\n            'x'\n        )\n";
        assert_eq!(layout(text).classes, super::super::extract(text).lines);
    }

    #[test]
    fn statements_are_found_by_line() {
        let found = layout("a = 1\nf(\n  b,\n)\nc\n");
        assert_eq!(found.statements.iter().map(|s| s.lines.clone()).collect::<Vec<_>>(), [0..1, 1..4, 4..5]);
        assert_eq!(found.statements_in(&(2..3)), 1..2);
    }
}
