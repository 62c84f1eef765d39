//! Words: the tokens of a Python text that count, as hashes.
//!
//! Invariant: quotes, string prefixes, comments, line breaks and trailing commas that mean nothing leave no word.
//! Absent on purpose: statements; see `fragment`.

use super::span_of;
use crate::language::print::{self, WordKind, fold, hash_of};
use crate::span::Span;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

/// A token that counts.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    pub start: u32,
    pub kind: WordKind,
    pub token: TokenKind,
    /// Begins with a capital: a class or a constant.
    pub is_capital: bool,
    pub hash: u64,
}

impl print::Word for Word {
    fn kind(self) -> WordKind {
        self.kind
    }

    fn hash(self) -> u64 {
        self.hash
    }

    /// What a function does not bind is told from a variable by a capital; a variable may stand in the function around.
    fn is_told(self, next: Option<Self>) -> bool {
        self.is_capital || next.is_some_and(|next| next.token == TokenKind::Lpar)
    }
}

/// A round bracket that groups, neither a call's nor a parameter list's.
struct Group {
    open: usize,
    close: usize,
    /// The token before it leaves no doubt where the group begins.
    is_delimited: bool,
    has_comma: bool,
    /// Something binds less than a conditional inside.
    is_loose: bool,
}

/// An open bracket: its position in the words, whether it is a call's or a subscript's, and what stands in it.
struct Bracket {
    kind: TokenKind,
    at: usize,
    applies: bool,
    is_delimited: bool,
    commas: u32,
    is_loose: bool,
}

/// Collects words, and takes back those that turn out to say nothing.
#[derive(Default)]
struct Reader {
    words: Vec<Word>,
    open: Vec<Bracket>,
    /// The group that was closed last, until the next token says whether it was needed.
    group: Option<Group>,
    /// Hash and length of the string so far: neighbours are one.
    text: Option<(u64, usize)>,
    /// Depth of f-strings.
    formatted: u32,
}

/// The tokens that count, in order.
pub fn read_words(text: &str, tokens: &Tokens) -> Vec<Word> {
    let mut reader = Reader { words: Vec::with_capacity(tokens.len()), ..Reader::default() };
    for token in tokens.iter() {
        let kind = token.kind();
        if matches!(kind, TokenKind::Comment | TokenKind::NonLogicalNewline | TokenKind::Indent | TokenKind::Dedent) {
            continue;
        }
        reader.read(kind, span_of(token.range()), text);
    }
    reader.words.retain(|word| word.hash != DROPPED);
    reader.words
}

/// The hash of a word that is taken back.
const DROPPED: u64 = 0;

impl Reader {
    fn read(&mut self, kind: TokenKind, span: Span, text: &str) {
        if let Some(group) = self.group.take() {
            self.settle(group, kind);
        }
        match kind {
            TokenKind::String => {
                let literal = span.slice(text);
                let is_raw = literal.chars().take_while(char::is_ascii_alphabetic).any(|c| matches!(c, 'r' | 'R'));
                return self.text(kind, span, string_content(literal), is_raw);
            }
            TokenKind::FStringMiddle | TokenKind::TStringMiddle => {
                return self.text(kind, span, span.slice(text), false);
            }
            TokenKind::FStringStart | TokenKind::TStringStart => {
                self.formatted += 1;
                return;
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                self.formatted = self.formatted.saturating_sub(1);
                return;
            }
            _ => {}
        }
        self.text = None;
        match kind {
            TokenKind::Newline | TokenKind::Semi | TokenKind::EndOfFile => {}
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => {
                self.push(WordKind::Number, kind, span, hash_of(span.slice(text).as_bytes()));
            }
            TokenKind::Name => {
                let role = match self.words.last() {
                    Some(previous) if previous.token == TokenKind::Dot => WordKind::Attribute,
                    _ => WordKind::Name,
                };
                let name = span.slice(text);
                self.push(role, kind, span, hash_of(name.as_bytes()));
                if let Some(word) = self.words.last_mut() {
                    word.is_capital = name.trim_start_matches('_').starts_with(char::is_uppercase);
                }
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => self.open(kind, span),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => self.close(kind, span),
            TokenKind::Comma | TokenKind::Equal | TokenKind::If | TokenKind::Lambda | TokenKind::For => {
                self.separate(kind);
                self.push(WordKind::Mark, kind, span, mark(kind));
            }
            TokenKind::ColonEqual | TokenKind::Yield | TokenKind::Star => {
                if let Some(bracket) = self.open.last_mut() {
                    bracket.is_loose = true;
                }
                self.push(WordKind::Mark, kind, span, mark(kind));
            }
            _ => self.push(WordKind::Mark, kind, span, mark(kind)),
        }
    }

    fn push(&mut self, kind: WordKind, token: TokenKind, span: Span, hash: u64) {
        self.words.push(Word { start: span.start, kind, token, is_capital: false, hash });
    }

    /// A string, or the part of one that is not code. What follows a string is part of it.
    fn text(&mut self, token: TokenKind, span: Span, content: &str, is_raw: bool) {
        let (hash, length) = text_hash(content, is_raw);
        let (before, known) = self.text.unwrap_or((0, 0));
        let whole = before.wrapping_mul(power(length)).wrapping_add(hash);
        if self.text.is_some() {
            self.words.pop();
        }
        let start = span.start;
        self.words.push(Word {
            start,
            kind: WordKind::Text,
            token,
            is_capital: false,
            hash: fold(whole, (known + length) as u64),
        });
        self.text = Some((whole, known + length));
    }

    fn open(&mut self, kind: TokenKind, span: Span) {
        let previous = self.words.last();
        let applies = previous.is_some_and(|it| {
            matches!(it.kind, WordKind::Name | WordKind::Attribute)
                || matches!(it.token, TokenKind::Rpar | TokenKind::Rsqb)
        });
        let is_delimited = previous.is_none_or(|it| is_delimiter(it.token));
        let at = self.words.len();
        self.open.push(Bracket { kind, at, applies, is_delimited, commas: 0, is_loose: false });
        let hash = if self.formatted > 0 { fold(mark(kind), 1) } else { mark(kind) };
        let role = if kind == TokenKind::Lpar && !applies { WordKind::Group } else { WordKind::Mark };
        self.push(role, kind, span, hash);
    }

    fn close(&mut self, kind: TokenKind, span: Span) {
        let Some(bracket) = self.open.pop() else { return self.push(WordKind::Mark, kind, span, mark(kind)) };
        // a trailing comma says nothing, except in `(a,)` and `x[a,]`
        let is_tuple = bracket.kind == TokenKind::Lpar && !bracket.applies;
        let is_index = bracket.kind == TokenKind::Lsqb && bracket.applies;
        let says = bracket.commas < 2 && (is_tuple || is_index);
        if self.words.last().is_some_and(|it| it.token == TokenKind::Comma) && !says {
            self.words.pop();
        }
        let close = self.words.len();
        let role = if is_tuple { WordKind::Group } else { WordKind::Mark };
        self.push(role, kind, span, mark(kind));
        if is_tuple && close > bracket.at + 1 {
            let Bracket { at: open, is_delimited, is_loose, commas, .. } = bracket;
            self.group = Some(Group { open, close, is_delimited, has_comma: commas > 0, is_loose });
        }
    }

    /// Takes a group's brackets back if what stands around it delimits it as well.
    fn settle(&mut self, group: Group, next: TokenKind) {
        let ends = matches!(next, TokenKind::Newline | TokenKind::EndOfFile | TokenKind::Semi);
        let is_closed =
            ends || matches!(
                next,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::Comma | TokenKind::Colon
            ) || matches!(next, TokenKind::If | TokenKind::Else | TokenKind::For) && !group.is_loose;
        let is_needed = match group.has_comma {
            // `return (a, b)` is `return a, b`
            true => {
                !ends
                    || group.open > 0
                        && !matches!(self.words[group.open - 1].token, TokenKind::Equal | TokenKind::Return)
            }
            false => group.is_loose && !ends,
        };
        if group.is_delimited && is_closed && !is_needed {
            self.words[group.open].hash = DROPPED;
            self.words[group.close].hash = DROPPED;
        }
    }

    fn separate(&mut self, kind: TokenKind) {
        let Some(bracket) = self.open.last_mut() else { return };
        match kind {
            TokenKind::Comma => bracket.commas += 1,
            TokenKind::Equal if bracket.kind == TokenKind::Lpar && bracket.applies => {
                if let Some(last) = self.words.last_mut()
                    && last.kind == WordKind::Name
                {
                    last.kind = WordKind::Keyword;
                }
            }
            TokenKind::Equal => {}
            _ => bracket.is_loose = true,
        }
    }
}

/// Tokens behind which an expression begins that nothing before it can bind to.
fn is_delimiter(token: TokenKind) -> bool {
    matches!(
        token,
        TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::Comma
            | TokenKind::Colon
            | TokenKind::Equal
            | TokenKind::Return
            | TokenKind::If
            | TokenKind::Elif
            | TokenKind::Else
            | TokenKind::While
            | TokenKind::Assert
            | TokenKind::In
            | TokenKind::Yield
            | TokenKind::PlusEqual
            | TokenKind::With
    )
}

const BASE: u64 = 0x0100_0000_01B3;

fn power(length: usize) -> u64 {
    BASE.wrapping_pow(length as u32)
}

/// A hash of a string's value that can be continued by the next one's, and the number of bytes.
fn text_hash(content: &str, is_raw: bool) -> (u64, usize) {
    let (mut hash, mut length) = (0u64, 0);
    let mut bytes = content.bytes();
    while let Some(byte) = bytes.next() {
        let value = match byte {
            b'\\' if !is_raw => match bytes.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'r') => b'\r',
                Some(b'\n') => continue,
                Some(other) if matches!(other, b'\\' | b'\'' | b'"') => other,
                Some(other) => other ^ 0x80,
                None => byte,
            },
            byte => byte,
        };
        hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(value) + 1);
        length += 1;
    }
    (hash, length)
}

fn mark(kind: TokenKind) -> u64 {
    fold(0x6d61_726b, kind as u64)
}

/// What stands between the quotes.
pub fn string_content(literal: &str) -> &str {
    let body = literal.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    for quotes in ["\"\"\"", "'''", "\"", "'"] {
        if let Some(inner) = body.strip_prefix(quotes) {
            return inner.strip_suffix(quotes).unwrap_or(inner);
        }
    }
    body
}

/// Parameters of a `def`: names behind `(`, `,`, `*` and `**` at the first level of brackets.
pub fn parameters(words: &[Word], names: &mut FxHashSet<u64>) {
    let mut nesting = 0u32;
    for pair in words.windows(2) {
        match pair[0].token {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => nesting += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        let begins =
            matches!(pair[0].token, TokenKind::Lpar | TokenKind::Comma | TokenKind::Star | TokenKind::DoubleStar);
        if nesting == 1 && begins && pair[1].token == TokenKind::Name {
            names.insert(pair[1].hash);
        }
        if nesting == 0 && pair[0].token == TokenKind::Rpar {
            return;
        }
    }
}

/// Names that a statement binds: targets of `=`, `:`, `for`, `as`, `:=`, and parameters of `lambda`.
pub fn targets(words: &[Word], names: &mut FxHashSet<u64>) {
    let mut nesting = 0u32;
    let mut in_for = false;
    let mut in_lambda = false;
    let last_equal = assigned_until(words);
    for (at, word) in words.iter().enumerate() {
        match word.token {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => nesting += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => nesting = nesting.saturating_sub(1),
            TokenKind::For => in_for = true,
            TokenKind::In => in_for = false,
            TokenKind::Lambda => in_lambda = true,
            TokenKind::Colon => in_lambda = false,
            TokenKind::Name if word.kind == WordKind::Name => {
                let next = words.get(at + 1).map(|word| word.token);
                let before = at.checked_sub(1).map(|at| words[at].token);
                let is_plain = !matches!(next, Some(TokenKind::Dot | TokenKind::Lsqb | TokenKind::Lpar));
                let is_target = at < last_equal && nesting <= 1;
                let is_named = next == Some(TokenKind::ColonEqual) || before == Some(TokenKind::As);
                if is_plain && (is_target || in_for || in_lambda || is_named) {
                    names.insert(word.hash);
                }
            }
            _ => {}
        }
    }
}

/// The position of the last `=` outside brackets, or of the operator of an augmented or annotated assignment.
fn assigned_until(words: &[Word]) -> usize {
    let mut nesting = 0u32;
    let mut until = 0;
    for (at, word) in words.iter().enumerate() {
        match word.token {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => nesting += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => nesting = nesting.saturating_sub(1),
            TokenKind::Lambda => return until,
            TokenKind::Equal if nesting == 0 => until = at,
            // `x: int = 1`
            TokenKind::Colon if nesting == 0 => return if at == 1 { 1 } else { until },
            _ => {}
        }
    }
    until
}
