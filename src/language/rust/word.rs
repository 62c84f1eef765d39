//! Words of a Rust text: the tokens that fragments are made of.
//!
//! Signs that stand together are one (`::`, `=>`, `..=`), except `>>`, which may close two lists of types. Comments and
//! commas before a closing bracket are left out, and so is `pub`. A name in lower case that stands alone is a variable; types,
//! constants, parts of paths, macros and what stands behind a dot are not. Absent on purpose: statements; see `fragment`.

use super::ident::KEYWORDS;
use super::token::{Token, TokenKind, layout_commas};
use crate::language::print::{CallableWord, WordKind, fold, hash_of};
use crate::span::Span;
use ra_ap_rustc_lexer::LiteralKind;

/// Signs of several characters.
const SIGNS: &[&str] = &[
    "..=", "...", "<<=", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "..", "+=", "-=", "*=", "/=", "%=",
    "^=", "&=", "|=", "<<",
];

/// The tokens that count, in order.
pub fn read_words(text: &str, tokens: &[Token]) -> Vec<CallableWord> {
    let dropped = layout_commas(tokens);
    let said = tokens.iter().zip(&dropped).filter(|(token, is_dropped)| !token.is_comment() && !**is_dropped);
    let mut code: Vec<Token> = said.map(|(token, _)| *token).collect();
    drop_visibility(text, &mut code);
    let mut words = Vec::with_capacity(code.len());
    let mut open: Vec<TokenKind> = Vec::new();
    let mut at = 0;
    while let Some(&token) = code.get(at) {
        if token.opens() {
            open.push(token.kind);
        } else if token.closes() {
            open.pop();
        }
        let length = sign_length(text, &code[at..]);
        let span = Span::new(token.span.start, code[at + length - 1].span.end);
        let written = span.slice(text);
        let kind = match token.kind {
            TokenKind::Ident | TokenKind::RawIdent => {
                name_kind(text, &code, at, open.last() == Some(&TokenKind::OpenBrace))
            }
            TokenKind::Lifetime { .. } => WordKind::Attribute,
            TokenKind::Literal { kind: LiteralKind::Int { .. } | LiteralKind::Float { .. }, .. } => WordKind::Number,
            TokenKind::Literal { .. } => WordKind::Text,
            _ => WordKind::Mark,
        };
        let hash =
            if kind == WordKind::Mark { fold(hash_of(written.as_bytes()), 1) } else { hash_of(written.as_bytes()) };
        words.push(CallableWord { span, kind, hash, opens_call: token.kind == TokenKind::OpenParen });
        at += length;
    }
    words
}

/// Takes out `pub`, `pub(crate)` and the like.
fn drop_visibility(text: &str, code: &mut Vec<Token>) {
    let word = |code: &[Token], at: usize| code.get(at).map(|token| token.span.slice(text));
    let mut hidden_until = 0;
    let mut is_said = Vec::with_capacity(code.len());
    for at in 0..code.len() {
        if word(code, at) == Some("pub") {
            let is_narrowed = word(code, at + 1) == Some("(")
                && matches!(word(code, at + 2), Some("crate" | "self" | "super" | "in"));
            let behind = code[at..].iter().position(|token| token.kind == TokenKind::CloseParen);
            hidden_until = at + behind.filter(|_| is_narrowed).unwrap_or(0) + 1;
        }
        is_said.push(at >= hidden_until);
    }
    let mut said = is_said.into_iter();
    code.retain(|_| said.next().unwrap_or(true));
}

/// Tokens that make up the sign at the beginning, or one.
fn sign_length(text: &str, code: &[Token]) -> usize {
    let is_sign = |token: &Token| token.span.end - token.span.start == 1;
    let joined = code.windows(2).take(2).take_while(|it| it[0].span.end == it[1].span.start && is_sign(&it[1])).count();
    if joined == 0 || !is_sign(&code[0]) {
        return 1;
    }
    let most = Span::new(code[0].span.start, code[joined].span.end).slice(text);
    SIGNS.iter().find(|sign| most.starts_with(**sign)).map_or(1, |sign| sign.len())
}

fn name_kind(text: &str, code: &[Token], at: usize, in_braces: bool) -> WordKind {
    let word = code[at].span.slice(text);
    if KEYWORDS.contains(&word) {
        return WordKind::Mark;
    }
    let kind = |distance: usize| code.get(at + distance).map(|token| token.kind);
    let before = |distance: usize| at.checked_sub(distance).map(|at| code[at].kind);
    let is_path =
        |one: Option<TokenKind>, two: Option<TokenKind>| (one, two) == (Some(TokenKind::Colon), Some(TokenKind::Colon));
    let begins_large = word.trim_start_matches('_').starts_with(char::is_uppercase);
    let is_macro = kind(1) == Some(TokenKind::Bang) && kind(2) != Some(TokenKind::Eq);
    let is_part = is_path(kind(1), kind(2)) || is_path(before(1), before(2));
    let is_field = before(1) == Some(TokenKind::Dot) && before(2) != Some(TokenKind::Dot);
    if begins_large || is_macro || is_part || is_field {
        return WordKind::Attribute;
    }
    let is_given = in_braces && matches!(before(1), Some(TokenKind::OpenBrace | TokenKind::Comma));
    if is_given && kind(1) == Some(TokenKind::Colon) { WordKind::Keyword } else { WordKind::Name }
}
