//! The layout of a Rust text: what stays when rustfmt has been over it.
//!
//! Indentation, line ends and commas before a closing bracket do not count. A statement ends behind `;` and `{`, and
//! behind a comma between braces (arms, fields, variants), so `}`, `} else {` and `});` are statements of their own.
//! Absent on purpose: braces around a single expression, which rustfmt adds and takes away; they change the tokens.

use super::line;
use super::token::{Token, TokenKind, layout_commas, tokens};
use crate::language::layout::{Builder, Layout, fingerprint};
use crate::span::{LineIndex, Span};

pub fn layout(text: &str) -> Layout {
    let index = LineIndex::new(text.as_bytes());
    let tokens = tokens(text);
    let mut reader = Reader { out: Builder::new(text, &index), open: Vec::new() };
    let is_layout = layout_commas(&tokens);
    for (at, token) in tokens.iter().enumerate() {
        if token.is_comment() {
            reader.out.comment(token.span);
            continue;
        }
        let next = tokens[at + 1..].iter().find(|token| !token.is_comment()).copied();
        match token.kind {
            TokenKind::Comma => reader.comma(token.span, next, is_layout[at]),
            _ => reader.token(*token, next),
        }
    }
    let mut layout = reader.out.finish();
    layout.classes = line::classify(text, &tokens, &index);
    layout
}

struct Reader<'a> {
    out: Builder<'a>,
    /// Brackets that are open.
    open: Vec<TokenKind>,
}

impl Reader<'_> {
    /// `next` is the next token that is no comment.
    fn token(&mut self, token: Token, next: Option<Token>) {
        if token.kind == TokenKind::CloseBrace {
            self.out.end_statement();
        }
        self.out.lines(token.span, false);
        self.out.token(token.span, fingerprint(token.span.slice(self.out.text)));
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
                    && next.span.slice(self.out.text) != "else"
            }),
            _ => false,
        };
        if ends {
            self.out.end_statement();
        }
    }

    fn comma(&mut self, span: Span, next: Option<Token>, is_layout: bool) {
        let line = self.out.line_of(span);
        let follows_on_line = next.is_some_and(|next| self.out.line_of(next.span) == line);
        if follows_on_line && !next.is_some_and(Token::closes) {
            self.out.part(line, fingerprint(","));
        }
        if self.open.last() == Some(&TokenKind::OpenBrace) {
            self.out.end_statement();
        } else if !is_layout {
            self.out.sign(line, ",", fingerprint(","));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::layout::BLANK;

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
