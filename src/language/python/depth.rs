//! A bound on nesting, measured before the parse.
//!
//! The parser grows its stack as it needs, so a hostile file of a few megabytes (`-----…1`, `[[[[…`) would cost
//! gigabytes. One pass of the lexer bounds the depth of the tree from above. Invariant: the tree of a text for which
//! [`find_excess`] is silent is nested at most [`LIMIT`] levels, or the text is shorter than [`SMALL`]. Absent on
//! purpose: exactness; ordinary code stays far below.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Levels of nesting that are given to the parser.
pub const LIMIT: u32 = 20_000;

/// Texts up to this many bytes cannot nest deep enough to matter.
const SMALL: usize = 16 << 10;

/// Says so if the text nests deeper than [`LIMIT`].
pub fn find_excess(text: &str) -> Option<String> {
    if text.len() <= SMALL || depth(text) <= LIMIT {
        return None;
    }
    Some(format!("nested deeper than {LIMIT} levels"))
}

/// An upper bound: open brackets and indents, plus the operators chained at each open bracket.
fn depth(text: &str) -> u32 {
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut indents = 0u32;
    // Operators chained since the last separator, for each open bracket; their sum bounds the tree's depth.
    let mut chains = vec![0u32];
    let mut sum = 0u32;
    let mut deepest = 0;
    loop {
        let kind = lexer.next_token();
        let top = chains.len() - 1;
        match kind {
            TokenKind::EndOfFile => return deepest,
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Newline => {
                chains.truncate(1);
                chains[0] = 0;
                sum = 0;
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                chains[top] += 1;
                sum += 1;
                chains.push(0);
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if top > 0 => {
                sum -= chains[top];
                chains.pop();
            }
            TokenKind::Comma => {
                sum -= chains[top];
                chains[top] = 0;
            }
            TokenKind::NonLogicalNewline
            | TokenKind::Comment
            | TokenKind::Name
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::Int
            | TokenKind::Float => {}
            _ => {
                chains[top] += 1;
                sum += 1;
            }
        }
        deepest = deepest.max(sum + indents + chains.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_not_deep_and_chains_are() {
        let list = format!("x = [{}]\n", "a.b(1), ".repeat(50_000));
        assert_eq!(find_excess(&list), None);
        let calls = "f(g(1), -2)\n".repeat(50_000);
        assert_eq!(find_excess(&calls), None);
        for deep in ["-".repeat(50_000), "(".repeat(50_000), "a.".repeat(50_000), "not ".repeat(50_000)] {
            assert!(find_excess(&format!("x = {deep}1\n")).is_some());
        }
    }
}
