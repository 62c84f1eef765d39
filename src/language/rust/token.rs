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

/// Where the item begins whose name stands at an offset: behind the bracket or the separator before it, with its doc
/// comments and attributes; inner ones are those of what is around it.
pub fn item_start(text: &str, tokens: &[Token], name: u32) -> u32 {
    let mut first = position(tokens, name);
    let mut at = first;
    while at > 0 {
        let token = tokens[at - 1];
        let is_inner = || token.span.slice(text).as_bytes().get(2) == Some(&b'!');
        match token.kind {
            TokenKind::Semi | TokenKind::OpenBrace | TokenKind::CloseBrace => break,
            TokenKind::CloseBracket | TokenKind::CloseParen => {
                let Some(open) = opening(tokens, at - 1) else { break };
                if let [.., pound, bang] = &tokens[..open]
                    && (pound.kind, bang.kind) == (TokenKind::Pound, TokenKind::Bang)
                {
                    break;
                }
                (at, first) = (open, open);
            }
            TokenKind::OpenParen | TokenKind::OpenBracket => break,
            _ if token.is_doc() && is_inner() => break,
            // A comment that is none of the item's docs counts only between them.
            _ if token.is_comment() && !token.is_doc() => at -= 1,
            _ => {
                at -= 1;
                first = at;
            }
        }
    }
    tokens.get(first).map_or(name, |token| token.span.start.min(name))
}

/// The first offset from the given one on at which neither a comment nor an attribute begins.
pub fn without_attributes(tokens: &[Token], offset: u32) -> u32 {
    let mut at = position(tokens, offset);
    while let Some(token) = tokens.get(at) {
        let kind = |distance: usize| tokens.get(at + distance).map(|token| token.kind);
        let open = match (token.kind, kind(1), kind(2)) {
            (TokenKind::Pound, Some(TokenKind::OpenBracket), _) => at + 1,
            (TokenKind::Pound, Some(TokenKind::Bang), Some(TokenKind::OpenBracket)) => at + 2,
            _ if token.is_comment() => {
                at += 1;
                continue;
            }
            _ => return token.span.start,
        };
        at = closing(tokens, open).map_or(tokens.len(), |close| close + 1);
    }
    offset
}

/// The bracket that a closing one belongs to.
pub fn opening(tokens: &[Token], close: usize) -> Option<usize> {
    let mut nesting = 0u32;
    (0..=close).rev().find(|&at| {
        if tokens[at].closes() {
            nesting += 1;
        } else if tokens[at].opens() {
            nesting = nesting.saturating_sub(1);
        }
        nesting == 0
    })
}

/// The bracket that belongs to an opening one.
pub fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut nesting = 0u32;
    (open..tokens.len()).find(|&at| {
        if tokens[at].opens() {
            nesting += 1;
        } else if tokens[at].closes() {
            nesting = nesting.saturating_sub(1);
        }
        nesting == 0
    })
}

/// For each token, whether it is a comma that is only layout: one before a closing bracket, except the one that makes a
/// tuple of its only element.
pub fn layout_commas(tokens: &[Token]) -> Vec<bool> {
    /// An open bracket: whether it groups, and how many commas stand in it so far.
    struct Bracket {
        groups: bool,
        commas: u32,
    }
    let mut found = vec![false; tokens.len()];
    let mut open: Vec<Bracket> = Vec::new();
    let mut before: Option<(usize, TokenKind)> = None;
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| !token.is_comment()) {
        let last = before.map(|(_, kind)| kind);
        if token.opens() {
            let applies = matches!(
                last,
                Some(
                    TokenKind::Ident
                        | TokenKind::CloseParen
                        | TokenKind::CloseBracket
                        | TokenKind::Gt
                        | TokenKind::Bang
                )
            );
            open.push(Bracket { groups: token.kind == TokenKind::OpenParen && !applies, commas: 0 });
        } else if token.closes()
            && let Some(bracket) = open.pop()
            && let Some((comma, TokenKind::Comma)) = before
        {
            found[comma] = !(bracket.groups && bracket.commas == 1);
        } else if token.kind == TokenKind::Comma
            && let Some(bracket) = open.last_mut()
        {
            bracket.commas += 1;
        }
        before = Some((at, token.kind));
    }
    found
}
