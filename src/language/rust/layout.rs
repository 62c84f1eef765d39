//! The layout of a Rust text: what stays when rustfmt has been over it.
//!
//! Indentation, line ends and commas before a closing bracket do not count. A statement ends behind `;` and `{`, and
//! behind a comma between braces (arms, fields, variants), so `}`, `} else {` and `});` are statements of their own.
//! Absent on purpose: braces around a single expression, which rustfmt adds and takes away; they change the tokens.

use super::line;
use super::token::{Token, TokenKind, layout_commas, tokens};
use crate::language::layout::{BLANK, Layout, LayoutToken, Statement, fingerprint, token_fingerprint};
use crate::span::{LineIndex, Span};
use std::ops::Range;

pub fn layout(text: &str) -> Layout {
    let index = LineIndex::new(text.as_bytes());
    let tokens = tokens(text);
    let mut reader = Reader {
        text,
        index: &index,
        layout: Layout::default(),
        parts: Vec::new(),
        open: Vec::new(),
        statement: Vec::new(),
        lines: None,
    };
    let is_layout = layout_commas(&tokens);
    for (at, token) in tokens.iter().enumerate() {
        if token.is_comment() {
            reader.comment(token.span);
            continue;
        }
        let next = tokens[at + 1..].iter().find(|token| !token.is_comment()).copied();
        match token.kind {
            TokenKind::Comma => reader.comma(token.span, next, is_layout[at]),
            _ => reader.token(*token, next),
        }
    }
    let mut layout = reader.finish();
    layout.classes = line::classify(text, &tokens, &index);
    layout
}

struct Reader<'a> {
    text: &'a str,
    index: &'a LineIndex,
    layout: Layout,
    /// Parts of each line's fingerprint, in order.
    parts: Vec<(u32, u64)>,
    /// Brackets that are open.
    open: Vec<TokenKind>,
    statement: Vec<u64>,
    lines: Option<Range<u32>>,
}

impl Reader<'_> {
    /// `next` is the next token that is no comment.
    fn token(&mut self, token: Token, next: Option<Token>) {
        if token.kind == TokenKind::CloseBrace {
            self.end_statement();
        }
        self.count(token.span);
        if token.opens() {
            self.open.push(token.kind);
        } else if token.closes() {
            self.open.pop();
        }
        let ends = match token.kind {
            TokenKind::OpenBrace => true,
            TokenKind::Semi => self.open.last() != Some(&TokenKind::OpenBracket),
            TokenKind::CloseBrace => next.is_none_or(|next| {
                !next.closes()
                    && !matches!(next.kind, TokenKind::Comma | TokenKind::Semi | TokenKind::Dot | TokenKind::Question)
                    && next.span.slice(self.text) != "else"
            }),
            _ => false,
        };
        if ends {
            self.end_statement();
        }
    }

    fn comment(&mut self, span: Span) {
        for line in self.lines_of(span) {
            let whole = self.index.span(line + 1);
            let part = Span::new(whole.start.max(span.start), whole.end.min(span.end)).slice(self.text).trim();
            if !part.is_empty() {
                let print = fingerprint(part);
                self.parts.push((line, print));
                if self.lines.is_some() {
                    self.statement.push(print);
                }
            }
        }
    }

    fn comma(&mut self, span: Span, next: Option<Token>, is_layout: bool) {
        let line = self.line_of(span);
        let follows_on_line = next.is_some_and(|next| self.line_of(next.span) == line);
        if follows_on_line && !next.is_some_and(Token::closes) {
            self.parts.push((line, fingerprint(",")));
        }
        if self.open.last() == Some(&TokenKind::OpenBrace) {
            self.end_statement();
        } else if !is_layout {
            self.statement.push(fingerprint(","));
            self.layout.tokens.push(LayoutToken { line, fingerprint: token_fingerprint(",") });
        }
    }

    fn count(&mut self, span: Span) {
        let lines = self.lines_of(span);
        let text = span.slice(self.text);
        let print = fingerprint(text);
        for line in lines.clone() {
            let whole = self.index.span(line + 1);
            let part = Span::new(whole.start.max(span.start), whole.end.min(span.end)).slice(self.text);
            let part = part.trim_end_matches(['\r', '\n']);
            if !part.is_empty() {
                self.parts.push((line, fingerprint(part)));
            }
        }
        self.layout.tokens.push(LayoutToken { line: lines.start, fingerprint: token_fingerprint(text) });
        self.statement.push(print);
        let own = self.lines.get_or_insert(lines.clone());
        own.end = own.end.max(lines.end);
    }

    fn end_statement(&mut self) {
        let parts = std::mem::take(&mut self.statement);
        if let Some(lines) = self.lines.take() {
            self.layout.statements.push(Statement { lines, fingerprint: fingerprint(&parts) });
        }
    }

    fn finish(mut self) -> Layout {
        self.end_statement();
        self.layout.lines = vec![BLANK; self.index.count() as usize];
        for parts in self.parts.chunk_by(|a, b| a.0 == b.0) {
            if let Some(line) = self.layout.lines.get_mut(parts[0].0 as usize) {
                *line = fingerprint(parts.iter().map(|part| part.1).collect::<Vec<_>>());
            }
        }
        self.layout
    }

    fn line_of(&self, span: Span) -> u32 {
        self.index.line(span.start) - 1
    }

    fn lines_of(&self, span: Span) -> Range<u32> {
        let lines = self.index.lines(span);
        lines.start - 1..lines.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let prints = |text| layout(text).statements.into_iter().map(|it| it.fingerprint).collect::<Vec<_>>();
        prints(a) == prints(b)
    }

    #[test]
    fn rustfmt_changes_layout_only() {
        assert!(same("f(a, b);", "f(\n    a,\n    b,\n);"));
        assert!(same("struct A { b: u8, c: u8 }", "struct A {\n    b: u8,\n    c: u8,\n}"));
        assert!(same("use a::{b, c};", "use a::{\n    b, c,\n};"));
        assert!(same(
            "match x { A => 1, B => { 2 } C => 3 }",
            "match x {\n    A => 1,\n    B => { 2 },\n    C => 3,\n}"
        ));
        assert!(same("fn f(a: u8) -> u8 { a }", "fn f(\n    a: u8,\n) -> u8 {\n    a\n}"));
    }

    #[test]
    fn what_means_something_counts() {
        assert!(!same("let a = (b,);", "let a = (b);"));
        assert!(!same("fn f() { a }", "fn f() { a; }"));
        assert!(!same("f(\"a b\");", "f(\"a  b\");"));
        assert!(!same("f(a); // one", "f(a, b);"));
    }

    #[test]
    fn statements_are_found_by_line() {
        let found = layout("let a = 1;\nif b {\n    c(\n        d,\n    );\n} else {\n    e\n}\n");
        let lines: Vec<_> = found.statements.iter().map(|it| it.lines.clone()).collect();
        assert_eq!(lines, [0..1, 1..2, 2..5, 5..6, 6..7, 7..8]);
        let found = layout("let a: [u8; 2] = b(|x| {\n    x\n});\n");
        assert_eq!(found.statements.iter().map(|it| it.lines.clone()).collect::<Vec<_>>(), [0..1, 1..2, 2..3]);
    }

    #[test]
    fn a_comma_at_the_end_of_a_line_does_not_count_for_the_line() {
        let (one, two) = (layout("f(\n    a,\n    b\n)").lines, layout("f(\n        a\n)").lines);
        assert_eq!(one[1], two[1]);
        assert_eq!(layout("a\n\n\tb\n").lines[1], BLANK);
    }
}
