//! The tokens of a Rust text, with their places: rustc's own lexer, without white space.
//!
//! Invariant: tokens are in order, do not overlap, and with the white space between them make up the text. A text that
//! does not lex gives tokens all the same, so lines have their classes even where nothing parses. Absent on purpose:
//! operators of several signs; `::` is two colons.

use crate::span::Span;
pub use ra_ap_rustc_lexer::TokenKind;
use ra_ap_rustc_lexer::{FrontmatterAllowed, strip_shebang, tokenize};

#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

impl Token {
    /// `///`, `//!`, `/**` and `/*!`.
    pub fn is_doc(self) -> bool {
        matches!(
            self.kind,
            TokenKind::LineComment { doc_style: Some(_) } | TokenKind::BlockComment { doc_style: Some(_), .. }
        )
    }

    pub fn is_comment(self) -> bool {
        matches!(self.kind, TokenKind::LineComment { .. } | TokenKind::BlockComment { .. })
    }

    pub fn opens(self) -> bool {
        matches!(self.kind, TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace)
    }

    pub fn closes(self) -> bool {
        matches!(self.kind, TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace)
    }
}

/// Every token of a text, comments included.
pub fn tokens(text: &str) -> Vec<Token> {
    let shebang = strip_shebang(text).unwrap_or(0);
    let mut tokens = Vec::with_capacity(text.len() / 4);
    if shebang > 0 {
        // As rustc does, a shebang says nothing.
        let span = Span::new(0, shebang as u32);
        tokens.push(Token { kind: TokenKind::LineComment { doc_style: None }, span });
    }
    let mut at = shebang as u32;
    for token in tokenize(&text[shebang..], FrontmatterAllowed::No) {
        let span = Span::new(at, at + token.len);
        at = span.end;
        // A byte order mark is no part of the program.
        let is_mark = span.start == 0 && span.slice(text) == "\u{feff}";
        if token.kind != TokenKind::Whitespace && !is_mark {
            tokens.push(Token { kind: token.kind, span });
        }
    }
    tokens
}

/// The position of the first token that does not begin before an offset.
pub fn position(tokens: &[Token], offset: u32) -> usize {
    tokens.partition_point(|token| token.span.start < offset)
}
