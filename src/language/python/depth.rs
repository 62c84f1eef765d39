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
    if text.len() <= SMALL || most_tokens(text) <= LIMIT || depth(text) <= LIMIT {
        return None;
    }
    Some(format!("nested deeper than {LIMIT} levels"))
}

/// No fewer than [`depth`] finds: one for each byte that is neither of a word nor white space nor a comma, another for
/// each bracket that opens, one for each word, among which are the keywords, and three for the module, an indented first
/// line, and what the lexer makes of the end. Written without branches, so that the compiler takes many bytes at once:
/// the lexer takes ten times as long, and most files are far below the limit.
fn most_tokens(text: &str) -> u32 {
    // What a block adds fits a byte: no byte of it adds more than two.
    const BLOCK: usize = 127;
    let is_word = |byte: u8| (byte | 0x20).wrapping_sub(b'a') < 26 || byte.wrapping_sub(b'0') < 10 || byte == b'_';
    let adds = |before: u8, byte: u8| {
        let is_nothing = byte == b' ' || byte == b'\t' || byte == b',';
        let is_open = byte == b'(' || byte == b'[' || byte == b'{';
        let begins_word = is_word(byte) & !is_word(before);
        u8::from(begins_word) + u8::from(!is_word(byte) & !is_nothing) + u8::from(is_open)
    };
    let bytes = text.as_bytes();
    let Some(&first) = bytes.first() else { return 3 };
    let blocks = bytes.chunks(BLOCK).zip(bytes[1..].chunks(BLOCK));
    let sums =
        blocks.map(|(before, block)| before.iter().zip(block).map(|(&before, &byte)| adds(before, byte)).sum::<u8>());
    3 + u32::from(adds(b' ', first)) + sums.map(u32::from).sum::<u32>()
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
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample;

    proptest! {
        #[test]
        fn bytes_bound_what_the_lexer_finds(
            parts in vec(sample::select(vec![
                "((((((((", "(", "[", "{", ")", "]", "}", "not ", "lambda: ", "a", ".", "-", "~", ",", "\n", "\n  ", "\n    if a:",
                "f\"{", "\"", "'", "\"\"\"", "#", " if a else ", "await ", "**", "->", ":=", "é", "?", "“", "1", "0x",
                "\\\n", ";", "@", "\t", "\u{c}",
            ]), 0..200)
        ) {
            let text = parts.concat();
            prop_assert!(depth(&text) <= most_tokens(&text), "{text:?}");
        }
    }

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
