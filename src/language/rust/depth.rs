//! A bound on nesting, measured on the tokens before the parse.
//!
//! syn descends once per level, and so does whoever drops the tree, so a hostile file (`((((…`, `!!!!…`, `a.b.b…`) would
//! overflow any stack. Invariant: the tree of a text that [`bound`] lets pass is nested at most as deep as that says.
//! Absent on purpose: exactness; ordinary code stays far below.

use super::token::{Token, TokenKind};

/// Levels of nesting that are given to the parser.
pub const LIMIT: u32 = 2_000;

/// How deep the tree of a text is at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    pub levels: u32,
    /// That counts what stands in the brackets of macros, so it may be parsed as well.
    pub with_macros: bool,
}

/// Says so if the text nests deeper than [`LIMIT`].
pub fn bound(text: &str, tokens: &[Token]) -> Result<Depth, String> {
    for with_macros in [true, false] {
        let levels = depth(text, tokens, with_macros);
        if levels <= LIMIT {
            return Ok(Depth { levels, with_macros });
        }
    }
    Err(format!("nested deeper than {LIMIT} levels"))
}

/// What is open: a bracket, or the whole text.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Operators and keywords since the last separator, each of which may hold the next.
    chain: u32,
    /// What stands in a macro's brackets is kept as it is, and not parsed.
    is_macro: bool,
}

/// An upper bound: open brackets, plus what is chained at each.
fn depth(text: &str, tokens: &[Token], with_macros: bool) -> u32 {
    let mut levels = vec![Level::default()];
    let mut sum = 0u32;
    let mut deepest = 0;
    let mut last = [None; 2];
    let code = || tokens.iter().filter(|token| !token.is_comment());
    for (token, next) in code().zip(code().skip(1).map(Some).chain([None])) {
        let top = levels.len() - 1;
        match token.kind {
            _ if token.opens() => {
                levels[top].chain += 1;
                sum += 1;
                // `name!(…)` and `macro_rules! name {…}`
                let is_macro = !with_macros && matches!(last, [_, Some(TokenKind::Bang)] | [Some(TokenKind::Bang), _]);
                levels.push(Level { chain: 0, is_macro: is_macro || levels[top].is_macro });
            }
            _ if token.closes() && top > 0 => {
                sum -= levels[top].chain;
                levels.pop();
                // Behind a block that nothing goes on with, something new begins.
                if token.kind == TokenKind::CloseBrace && !next.is_some_and(|next| goes_on(text, *next)) {
                    sum -= levels[top - 1].chain;
                    levels[top - 1].chain = 0;
                }
            }
            TokenKind::Comma | TokenKind::Semi => {
                sum -= levels[top].chain;
                levels[top].chain = 0;
            }
            TokenKind::Literal { .. } | TokenKind::Lifetime { .. } | TokenKind::Colon => {}
            TokenKind::Ident if !nests(token.span.slice(text)) => {}
            _ if levels[top].is_macro => {}
            _ => {
                levels[top].chain += 1;
                sum += 1;
            }
        }
        deepest = deepest.max(sum + levels.len() as u32);
        last = [last[1], Some(token.kind)];
    }
    deepest
}

/// Keywords behind which an expression, a type or a pattern goes a level down.
fn nests(word: &str) -> bool {
    matches!(
        word,
        "as" | "async"
            | "await"
            | "box"
            | "break"
            | "const"
            | "dyn"
            | "else"
            | "for"
            | "fn"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "match"
            | "move"
            | "mut"
            | "ref"
            | "return"
            | "static"
            | "try"
            | "unsafe"
            | "while"
            | "yield"
    )
}

/// Whether a token takes up what stands before a `}`.
fn goes_on(text: &str, token: Token) -> bool {
    match token.kind {
        TokenKind::Ident => matches!(token.span.slice(text), "else" | "as"),
        TokenKind::Pound | TokenKind::Lifetime { .. } | TokenKind::CloseBrace => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::rust::token::tokens;

    fn is_too_deep(text: &str) -> bool {
        bound(text, &tokens(text)).is_err()
    }

    #[test]
    fn long_texts_are_not_deep_and_chains_are() {
        for flat in ["x(a.b(1), -2);", "if a { b } else { c }", "match x { A => { 1 } B => { 2 } }", "a + b; "] {
            assert!(!is_too_deep(&format!("fn f() {{ {} }}", flat.repeat(20_000))), "{flat}");
        }
        assert!(!is_too_deep(&"fn f(a: &str) -> u8 { 1 }\n".repeat(20_000)));
        assert!(!is_too_deep(&format!("m! {{ {} }}", "<p> a + b </p>".repeat(20_000))));
        let deep_macro = format!("m! {{ {} }}", "-".repeat(20_000));
        assert!(!bound(&deep_macro, &tokens(&deep_macro)).unwrap().with_macros);
        for deep in ["-", "(", "[", "{", "a.", "!", "&", "*", "|x| ", "Vec<", "if a {} else ", "return ", "a + ", "a? "]
        {
            let text = format!("fn f() {{ {} }}", deep.repeat(20_000));
            assert!(is_too_deep(&text), "{deep}");
        }
    }
}
