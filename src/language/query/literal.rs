//! Literals that a text must hold for a query to match in it, so that most files need no parse.
//!
//! Invariant: the set is never too small; where a predicate's demand is not certain, the pattern demands nothing.
//! Literals come from `#eq?`, `#any-of?` and `#match?` on captures that every match of the pattern has. Absent on
//! purpose: literals of the pattern's own syntax, such as keywords, which nearly every file holds.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind};
use tree_sitter::{CaptureQuantifier, Query};

/// One of these is in every text that matches. Sorted, without duplicates.
pub(super) type Literals = Vec<String>;

/// Shorter literals are in nearly every file.
const SHORTEST: usize = 2;

pub(super) fn of_query(query: &Query, text: &str) -> Option<Literals> {
    let mut all = Vec::new();
    for pattern in 0..query.pattern_count() {
        all.extend(of_pattern(query, text, pattern)?);
    }
    all.sort();
    all.dedup();
    // A text that holds the longer of two holds the shorter one too.
    let covers = |literal: &String, by: &String| literal != by && literal.contains(by.as_str());
    let shortest = all.iter().filter(|literal| !all.iter().any(|by| covers(literal, by)));
    Some(shortest.cloned().collect())
}

/// The demand of the predicate that says most: the one whose shortest literal is the longest.
fn of_pattern(query: &Query, text: &str, pattern: usize) -> Option<Literals> {
    let source = &text[query.start_byte_for_pattern(pattern)..query.end_byte_for_pattern(pattern)];
    let quantifiers = query.capture_quantifiers(pattern);
    let is_in_every_match = |capture: &str| {
        let index = query.capture_index_for_name(capture);
        let quantifier = index.and_then(|index| quantifiers.get(index as usize));
        matches!(quantifier, Some(CaptureQuantifier::One | CaptureQuantifier::OneOrMore))
    };
    let mut best: Option<Literals> = None;
    for (predicate, arguments) in predicates(source) {
        let Some(capture) = arguments.first().and_then(|argument| argument.text.strip_prefix('@')) else { continue };
        if !is_in_every_match(capture) {
            continue;
        }
        let values: Option<Vec<String>> = arguments[1..].iter().map(Token::value).collect();
        let Some(values) = values else { continue };
        let literals = match (predicate, &values[..]) {
            ("eq?" | "any-eq?" | "any-of?", values) => accept(values.to_vec()),
            ("match?" | "any-match?", [regex]) => of_regex(regex),
            _ => None,
        };
        if let Some(literals) = literals
            && best.as_ref().is_none_or(|best| shortest(best) < shortest(&literals))
        {
            best = Some(literals);
        }
    }
    best
}

fn of_regex(regex: &str) -> Option<Literals> {
    let hir = ParserBuilder::new().utf8(false).build().parse(regex).ok()?;
    of_hir(&hir)
}

/// What every match of an expression holds: at its start, at its end, or in one of its parts.
fn of_hir(hir: &Hir) -> Option<Literals> {
    let mut candidates = vec![at_edge(hir, ExtractKind::Prefix), at_edge(hir, ExtractKind::Suffix)];
    match hir.kind() {
        HirKind::Capture(capture) => candidates.push(of_hir(&capture.sub)),
        HirKind::Repetition(repetition) if repetition.min > 0 => candidates.push(of_hir(&repetition.sub)),
        HirKind::Concat(parts) => {
            for from in 1..parts.len() {
                candidates.push(at_edge(&Hir::concat(parts[from..].to_vec()), ExtractKind::Prefix));
            }
            candidates.extend(parts.iter().map(of_hir));
        }
        HirKind::Alternation(branches) => {
            let each: Option<Vec<Literals>> = branches.iter().map(of_hir).collect();
            candidates.push(each.and_then(|each| accept(each.concat())));
        }
        _ => {}
    }
    candidates.into_iter().flatten().reduce(|best, next| if shortest(&best) < shortest(&next) { next } else { best })
}

fn at_edge(hir: &Hir, kind: ExtractKind) -> Option<Literals> {
    let sequence = Extractor::new().kind(kind).extract(hir);
    let texts = sequence.literals()?.iter().map(|literal| String::from_utf8(literal.as_bytes().to_vec()).ok());
    accept(texts.collect::<Option<Vec<String>>>()?)
}

fn accept(mut literals: Vec<String>) -> Option<Literals> {
    literals.sort();
    literals.dedup();
    (!literals.is_empty() && shortest(&literals) >= SHORTEST).then_some(literals)
}

fn shortest(literals: &[String]) -> usize {
    literals.iter().map(String::len).min().unwrap_or(0)
}

/// A word, a string with its quotes, or a bracket of a query's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub start: usize,
    pub text: &'a str,
}

impl Token<'_> {
    /// The value of an argument that is a string or a bare word, with escapes undone; `None` for a capture.
    fn value(&self) -> Option<String> {
        if self.text.starts_with('@') {
            return None;
        }
        let Some(quoted) = self.text.strip_prefix('"') else { return Some(self.text.to_string()) };
        let mut value = String::new();
        let mut characters = quoted.strip_suffix('"')?.chars();
        while let Some(character) = characters.next() {
            value.push(match character {
                '\\' => match characters.next()? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    '0' => '\0',
                    other => other,
                },
                other => other,
            });
        }
        Some(value)
    }
}

/// The tokens of a query, comments left out.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = &text[at..];
            let start = at;
            let length = match rest.bytes().next()? {
                b';' => {
                    at += rest.find('\n').unwrap_or(rest.len());
                    continue;
                }
                b'"' => string_length(rest),
                b'(' | b')' | b'[' | b']' => 1,
                byte if byte.is_ascii_whitespace() => {
                    at += 1;
                    continue;
                }
                _ => rest.find(|c: char| c.is_whitespace() || "()[]\";".contains(c)).unwrap_or(rest.len()),
            };
            // White space beyond ASCII is a token of its own, which no reader of tokens knows.
            let length = if length == 0 { rest.chars().next()?.len_utf8() } else { length };
            at += length;
            return Some(Token { start, text: &text[start..at] });
        }
    })
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return index + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// `(#name argument…)` in a pattern's text.
fn predicates(source: &str) -> Vec<(&str, Vec<Token<'_>>)> {
    let mut found: Vec<(&str, Vec<Token>)> = Vec::new();
    let mut is_open = false;
    for token in tokens(source) {
        if let Some(name) = token.text.strip_prefix('#') {
            found.push((name, Vec::new()));
            is_open = true;
        } else if token.text == ")" {
            is_open = false;
        } else if is_open && let Some((_, arguments)) = found.last_mut() {
            arguments.push(token);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::python;

    #[test]
    fn literals_are_taken_only_where_they_are_certain() {
        let cases: &[(&str, Option<&[&str]>)] = &[
            (r#"((identifier) @name (#eq? @name "handle"))"#, Some(&["handle"])),
            (r#"((identifier) @name (#match? @name "^_?handle_"))"#, Some(&["handle_"])),
            (r#"((identifier) @name (#match? @name ".*_(legacy|old)$"))"#, Some(&["_legacy", "_old"])),
            (r#"((identifier) @name (#match? @name "[a-z]V2[A-Z]|[a-z]+(Legacy|Old)?Store"))"#, Some(&["Store", "V2"])),
            (r#"((identifier) @name (#match? @name "[a-z]V2[A-Z]|[a-z]+(Legacy|Old)?"))"#, None),
            (r#"((identifier) @name (#match? @name "a*"))"#, None),
            (r#"((identifier) @name (#match? @name "^.{3,}$"))"#, None),
            (r#"((identifier) @name (#not-eq? @name "handle"))"#, None),
            (r#"((identifier) @name (#not-match? @name "^handle"))"#, None),
            // One capture of two: a match may lack it.
            (r#"([(identifier) @name (string) @reference] (#eq? @name "handle"))"#, None),
            (r#"((identifier) @name (#eq? @name "a"))"#, None),
            (r#"((identifier) @name (#match? @name "^x") (#eq? @name "xyz"))"#, Some(&["xyz"])),
            // Two patterns: either may match.
            (
                r#"((identifier) @name (#eq? @name "one")) ((identifier) @name (#eq? @name "two"))"#,
                Some(&["one", "two"]),
            ),
            (r#"((identifier) @name (#eq? @name "one")) (identifier) @name"#, None),
            (r#"((string) @reference (#match? @reference "^\"GET \\d"))"#, Some(&["\"GET "])),
        ];
        for (text, expected) in cases {
            let query = Query::new(&python::SPEC.grammar.unwrap()(), text).unwrap();
            let found = of_query(&query, text);
            let found = found.as_ref().map(|literals| literals.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), *expected, "{text}");
        }
    }

    #[test]
    fn a_text_that_a_regex_matches_holds_one_of_its_literals() {
        let regexes = ["(?i)handler", "h[aeiou]+ndle", "(a|bc)?handle[0-9]{2}", "(?:^|_)v\\d+(_|$)", "[hH]andle|x.y"];
        let texts =
            ["HANDLER", "haundle", "handle42", "bchandle00", "load_v2", "v10_x", "Handle", "x-y", "\u{1e9e}", ""];
        for regex in regexes {
            let matcher = regex::Regex::new(regex).unwrap();
            let literals = of_regex(regex);
            for text in texts.iter().filter(|text| matcher.is_match(text)) {
                let holds = literals.as_ref().is_none_or(|literals| literals.iter().any(|it| text.contains(it)));
                assert!(holds, "{regex} matches {text}, which holds none of {literals:?}");
            }
        }
    }

    #[test]
    fn tokens_know_strings_and_comments() {
        let text = "; (#no)\n(a b: \"x;(\\\"\" ; @c\n #eq?)";
        let found: Vec<&str> = tokens(text).map(|token| token.text).collect();
        assert_eq!(found, ["(", "a", "b:", "\"x;(\\\"\"", "#eq?", ")"]);
    }
}
