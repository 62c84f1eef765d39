//! Features: what `cfg` asks of a crate, and the code that it chooses.
//!
//! A feature is a flag: `#[cfg(feature = "legacy")]`, `cfg_attr`, `cfg!` and the arms of `cfg_if!` read it, and what stands
//! behind such an attribute runs where it chooses so. Two neighbours of which one asks for a condition and the other for
//! `not` of it are two paths. Read from the tokens, so what stands in the brackets of a macro counts too. Invariant: every
//! literal behind `feature =` in a condition of `cfg` is a reading, whatever stands around it. Absent on purpose: what a
//! condition evaluates to, and which of several features one that is made of them depends on: all are read.

use super::token::{Token, TokenKind, closing, position};
use crate::facts::Branch;
use crate::span::Span;
use ra_ap_rustc_lexer::LiteralKind;
use std::collections::BTreeMap;

/// What a text says of features.
#[derive(Default)]
pub struct Features {
    /// The names that are read, without their quotes, in order.
    pub reads: Vec<Span>,
    /// What they choose.
    pub branches: Vec<Branch>,
}

/// A condition with what it is asked for, as the tokens around it say.
struct Choice {
    /// From the attribute on.
    clause: Span,
    test: Span,
    /// The bracket that both stand in.
    around: Option<usize>,
    /// What is asked, without the `not` around it.
    asked: String,
    is_negated: bool,
}

/// The features that a text reads. `tokens` are all of them, comments too.
pub fn features(text: &str, tokens: &[Token]) -> Features {
    // Most texts have none, and the name of one cannot be written otherwise.
    if !text.contains("feature") {
        return Features::default();
    }
    let code: Vec<Token> = tokens.iter().filter(|token| !token.is_comment()).copied().collect();
    let reader = Reader { text, code: &code };
    let mut found = Features::default();
    let mut choices = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (at, token) in code.iter().enumerate() {
        if token.opens() {
            open.push(at);
        } else if token.closes() {
            open.pop();
        }
        let Some((first, behind)) = reader.condition(at) else { continue };
        let reads = reader.reads(first, behind);
        if reads.is_empty() {
            continue;
        }
        found.reads.extend(reads);
        if reader.word(at) != "cfg" || reader.kind(at + 1) == Some(TokenKind::Bang) {
            continue;
        }
        // The bracket of the attribute is open here.
        let around = open.len().checked_sub(2).map(|index| open[index]);
        match reader.is_arm(at) {
            true => found.branches.extend(reader.arm(at, first, behind)),
            false => choices.extend(reader.choice(at, first, behind, around)),
        }
    }
    found.branches.extend(paired(choices));
    found.branches.sort_by_key(|it| it.clause);
    found
}

/// The branches of conditions; those that ask for one thing and for `not` of it in one block are a choice.
fn paired(choices: Vec<Choice>) -> Vec<Branch> {
    let mut groups: BTreeMap<(Option<usize>, String), Vec<Choice>> = BTreeMap::new();
    for choice in choices {
        groups.entry((choice.around, choice.asked.clone())).or_default().push(choice);
    }
    let mut branches = Vec::new();
    for group in groups.into_values() {
        let is_choice = group.iter().any(|it| it.is_negated) && group.iter().any(|it| !it.is_negated);
        let start = group.iter().map(|it| it.clause.start).min().unwrap_or(0);
        let end = group.iter().map(|it| it.clause.end).max().unwrap_or(0);
        branches.extend(group.into_iter().map(|Choice { clause, test, .. }| {
            let whole = if is_choice { Span::new(start, end) } else { clause };
            Branch { whole, test, clause, is_choice }
        }));
    }
    branches
}

struct Reader<'t> {
    text: &'t str,
    /// No comments.
    code: &'t [Token],
}

impl Reader<'_> {
    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.code.get(at).map(|token| token.kind)
    }

    fn word(&self, at: usize) -> &str {
        self.code.get(at).map_or("", |token| token.span.slice(self.text))
    }

    fn span(&self, first: usize, behind: usize) -> Span {
        Span::new(self.code[first].span.start, self.code[behind - 1].span.end)
    }

    /// The tokens of the condition that the word at a place asks for: `cfg(…)` and `cfg_attr(…, …)` behind `#[`, `cfg!(…)`.
    fn condition(&self, at: usize) -> Option<(usize, usize)> {
        let (is_macro, is_attr) = match (self.word(at), self.kind(at + 1)?) {
            ("cfg", TokenKind::Bang) => (true, false),
            ("cfg", TokenKind::OpenParen) => (false, false),
            ("cfg_attr", TokenKind::OpenParen) => (false, true),
            _ => return None,
        };
        if !is_macro && self.attribute_start(at).is_none() {
            return None;
        }
        let open = at + 1 + usize::from(is_macro);
        let close = self.code.get(open).filter(|token| token.opens()).and_then(|_| closing(self.code, open))?;
        let behind = if is_attr { self.until_comma(open + 1, close) } else { close };
        (open + 1 < behind).then_some((open + 1, behind))
    }

    /// The `#` of the attribute whose name stands at a place.
    fn attribute_start(&self, at: usize) -> Option<usize> {
        let before = |distance: usize| at.checked_sub(distance).and_then(|at| self.kind(at));
        match (before(3), before(2), before(1)) {
            (_, Some(TokenKind::Pound), Some(TokenKind::OpenBracket)) => Some(at - 2),
            (Some(TokenKind::Pound), Some(TokenKind::Bang), Some(TokenKind::OpenBracket)) => Some(at - 3),
            _ => None,
        }
    }

    /// The first comma that stands in no bracket of its own, or the end.
    fn until_comma(&self, first: usize, end: usize) -> usize {
        let mut at = first;
        while at < end && self.kind(at) != Some(TokenKind::Comma) {
            at = self.over(at);
        }
        at.min(end)
    }

    /// The next token, behind the brackets that one opens.
    fn over(&self, at: usize) -> usize {
        match self.code[at].opens() {
            true => closing(self.code, at).map_or(self.code.len(), |close| close + 1),
            false => at + 1,
        }
    }

    /// The names behind `feature =`.
    fn reads(&self, first: usize, behind: usize) -> Vec<Span> {
        let is_read = |at: &usize| {
            let value = self.kind(at + 2);
            self.word(*at) == "feature"
                && self.kind(at + 1) == Some(TokenKind::Eq)
                && matches!(value, Some(TokenKind::Literal { kind: LiteralKind::Str { terminated: true }, .. }))
        };
        let value = |at: usize| self.code[at + 2].span;
        let reads = (first..behind.saturating_sub(2)).filter(is_read).map(value);
        reads.map(|span| Span::new(span.start + 1, span.end - 1)).collect()
    }

    /// An attribute with what stands behind it.
    fn choice(&self, at: usize, first: usize, behind: usize, around: Option<usize>) -> Option<Choice> {
        let start = self.attribute_start(at)?;
        let is_inner = self.kind(start + 1) == Some(TokenKind::Bang);
        let clause = match (is_inner, around) {
            (true, Some(open)) => self.span(open, closing(self.code, open).map_or(self.code.len(), |close| close + 1)),
            (true, None) => Span::new(0, self.text.len() as u32),
            (false, _) => self.span(start, self.end_of_thing(self.behind_attributes(start), around)),
        };
        let is_negated = self.word(first) == "not" && closing(self.code, first + 1) == Some(behind - 1);
        let asked = if is_negated { first + 2..behind - 1 } else { first..behind };
        let asked = asked.filter(|&at| at + 1 < behind || self.kind(at) != Some(TokenKind::Comma));
        let asked = asked.map(|at| self.word(at)).collect::<Vec<_>>().join(" ");
        Some(Choice { clause, test: self.span(first, behind), around, asked, is_negated })
    }

    /// The first place from one on at which no attribute stands.
    fn behind_attributes(&self, mut at: usize) -> usize {
        while self.kind(at) == Some(TokenKind::Pound) && self.kind(at + 1) == Some(TokenKind::OpenBracket) {
            at = self.over(at + 1);
        }
        at
    }

    /// The end of an item, a statement, an arm, a field or another element of a list that begins at a place.
    fn end_of_thing(&self, first: usize, around: Option<usize>) -> usize {
        let in_braces = around.is_none_or(|open| self.kind(open) == Some(TokenKind::OpenBrace));
        let at = self.behind_visibility(first);
        let is_assigned = match self.word(at) {
            "use" | "let" | "type" | "static" => true,
            "const" => self.kind(at + 2) == Some(TokenKind::Colon),
            _ => false,
        };
        let is_item = in_braces && ITEMS.contains(&self.word(at));
        // `store: Table<Key, Value>,`
        let is_field = self.kind(at + 1) == Some(TokenKind::Colon) && self.kind(at + 2) != Some(TokenKind::Colon);
        let mut angles = 0i32;
        let mut at = first;
        while let Some(&token) = self.code.get(at) {
            if token.closes() {
                break;
            }
            let next = self.over(at);
            match token.kind {
                TokenKind::Semi => return next,
                TokenKind::Comma if !is_item && !is_assigned && angles <= 0 => return next,
                TokenKind::Lt if is_field => angles += 1,
                TokenKind::Gt if is_field && self.kind(at - 1) != Some(TokenKind::Minus) => angles -= 1,
                TokenKind::OpenBrace if !is_assigned && in_braces && !self.goes_on(next) => {
                    // The comma behind an arm is of the arm.
                    let has_comma = !is_item && self.kind(next) == Some(TokenKind::Comma);
                    return next + usize::from(has_comma);
                }
                _ => {}
            }
            at = next;
        }
        at.max(first + 1).min(self.code.len())
    }

    fn behind_visibility(&self, at: usize) -> usize {
        match (self.word(at), self.kind(at + 1)) {
            ("pub", Some(TokenKind::OpenParen)) => self.over(at + 1),
            ("pub", _) => at + 1,
            _ => at,
        }
    }

    /// Whether what stands behind a block is a part of the same statement.
    fn goes_on(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(TokenKind::Dot | TokenKind::Question | TokenKind::Semi)) || self.word(at) == "else"
    }

    /// Whether an attribute is the condition of an arm of `cfg_if!`: `if #[cfg(…)] {`.
    fn is_arm(&self, at: usize) -> bool {
        self.attribute_start(at).and_then(|start| start.checked_sub(1)).is_some_and(|before| self.word(before) == "if")
    }

    /// The arm of `cfg_if!` that a condition chooses, and the `else` behind it.
    fn arm(&self, at: usize, first: usize, behind: usize) -> Vec<Branch> {
        let Some(start) = self.attribute_start(at) else { return Vec::new() };
        let body = self.behind_attributes(start);
        if self.kind(body) != Some(TokenKind::OpenBrace) {
            return Vec::new();
        }
        // All arms of one statement have its span: back over `} else if #[…] {`, and on to the last.
        let mut head = start - 1;
        while head >= 2 && self.word(head - 1) == "else" && self.kind(head - 2) == Some(TokenKind::CloseBrace) {
            let block = self.opening(head - 2);
            let condition = block.checked_sub(1).map(|close| self.opening(close));
            match condition.and_then(|bracket| bracket.checked_sub(2)) {
                Some(before) if self.word(before) == "if" => head = before,
                _ => break,
            }
        }
        let mut end = self.over(body);
        let mut otherwise = None;
        while self.word(end) == "else" {
            let is_last = self.word(end + 1) != "if";
            let block = if is_last { end + 1 } else { self.behind_attributes(end + 2) };
            if self.kind(block) != Some(TokenKind::OpenBrace) {
                break;
            }
            let behind = self.over(block);
            if is_last && end == self.over(body) {
                otherwise = Some(self.span(end, behind));
            }
            end = behind;
        }
        let (whole, test) = (self.span(head, end), self.span(first, behind));
        let is_choice = head < start - 1 || end > self.over(body);
        let clause = self.span(start - 1, self.over(body));
        let other = otherwise.map(|clause| Branch { whole, test, clause, is_choice });
        [Branch { whole, test, clause, is_choice }].into_iter().chain(other).collect()
    }

    /// The bracket that a closing one belongs to.
    fn opening(&self, close: usize) -> usize {
        super::token::opening(self.code, close).unwrap_or(close)
    }
}

/// Words that an item begins with, in which a comma ends nothing.
const ITEMS: &[&str] = &[
    "async",
    "const",
    "enum",
    "extern",
    "fn",
    "impl",
    "macro_rules",
    "mod",
    "struct",
    "trait",
    "union",
    "unsafe",
    "if",
    "match",
    "for",
    "while",
    "loop",
];

/// The branches of an `if` of Rust itself: its blocks, and what follows one whose body leaves.
pub fn of_condition(
    locate: impl Fn(proc_macro2::Span) -> Span,
    tokens: &[Token],
    condition: &syn::ExprIf,
    end: u32,
) -> Vec<Branch> {
    let mut clauses: Vec<(Span, Option<Span>)> = Vec::new();
    let mut at = Some(condition);
    let mut head = locate(condition.if_token.span);
    while let Some(it) = at {
        let block = it.then_branch.brace_token.span;
        let test = Span::new(locate(it.if_token.span).end, locate(block.open()).start);
        clauses.push((Span::new(head.start, locate(block.close()).end), Some(test)));
        at = None;
        if let Some((word, otherwise)) = &it.else_branch {
            head = locate(word.span);
            match &**otherwise {
                syn::Expr::If(next) => at = Some(next),
                syn::Expr::Block(last) => {
                    let close = locate(last.block.brace_token.span.close());
                    clauses.push((Span::new(head.start, close.end), None));
                }
                _ => {}
            }
        }
    }
    let last = clauses.last().map_or(head.end, |(clause, _)| clause.end);
    let whole = Span::new(clauses[0].0.start, last);
    let next = tokens.get(position(tokens, last)).map_or(end, |token| token.span.start);
    if clauses.len() == 1 && next < end && departs(&condition.then_branch) {
        clauses.push((Span::new(next, end), None));
    }
    let is_choice = clauses.len() > 1;
    let mut asked = Span::default();
    let branch = |(clause, test): (Span, Option<Span>)| {
        asked = test.unwrap_or(asked);
        Branch { whole, test: asked, clause, is_choice }
    };
    clauses.into_iter().map(branch).collect()
}

/// Whether nothing that follows a block runs behind it.
fn departs(block: &syn::Block) -> bool {
    let Some(syn::Stmt::Expr(last, _)) = block.stmts.last() else { return false };
    matches!(last, syn::Expr::Return(_) | syn::Expr::Break(_) | syn::Expr::Continue(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::rust::extract;
    use crate::language::rust::token::tokens;

    /// What each feature chooses, `|` before a choice.
    fn chosen(text: &str) -> Vec<String> {
        let found = features(text, &tokens(text));
        let told = |it: &Branch| format!("{}{}", if it.is_choice { "|" } else { "" }, it.clause.slice(text));
        found.branches.iter().map(told).collect()
    }

    #[test]
    fn every_form_of_a_condition_is_read() {
        let text = "#![cfg(feature = \"a\")]\n#[cfg(all(unix, not(any(feature = \"b\", feature = /* why */ \"c\"))))] fn f() { cfg!(feature = \"d\"); }\n#[cfg_attr(feature = \"e\", doc = \"feature = x\", path = \"feature\")] mod m;\nm! { #[cfg(feature = \"g\")] x }\n";
        let reads: Vec<&str> = features(text, &tokens(text)).reads.iter().map(|it| it.slice(text)).collect();
        assert_eq!(reads, ["a", "b", "c", "d", "e", "g"]);
        let other = "#[cfg(features = \"a\")] #[cfg(test)] #[config(feature = \"b\")] #[doc(cfg(feature = \"c\"))] fn cfg(feature: u8) { cfg(feature = \"d\"); \"#[cfg(feature = 1)]\"; }";
        assert!(features(other, &tokens(other)).reads.is_empty());
        for broken in
            ["#[cfg(feature = \"a\"", "#[cfg(feature =", "#[cfg(", "#[cfg(feature = \"a)]", "#[cfg(feature = \"a\")]"]
        {
            features(broken, &tokens(broken));
        }
    }

    #[test]
    fn a_condition_chooses_what_stands_behind_it() {
        for thing in [
            "use a::{b, c};",
            "mod a;",
            "pub(crate) fn f<A, B>(a: A) -> B { c }",
            "const A: S = S { a: 1 };",
            "const fn f() {}",
            "pub struct S(u8, u8);",
            "impl<A, B> T<A> for S<B> { fn f() {} }",
            "/// Docs.\n#[inline]\nenum E { A, B }",
            "static A: [u8; 2] = [1, 2];",
        ] {
            let text = format!("#[cfg(feature = \"a\")] {thing}");
            assert_eq!(chosen(&format!("struct A;\n{text}\nstruct B;")), [text]);
        }
        for thing in [
            "let a = S { b };",
            "f(S { a }, b);",
            "{ f(); }",
            "if a { b } else { c }",
            "match a { B => c, _ => d }",
            "a.b().c()",
            "m! { a }",
        ] {
            let text = format!("#[cfg(feature = \"a\")] {thing}");
            assert_eq!(chosen(&format!("fn f() {{ g();\n{text}\n}}")), [text]);
        }
        assert_eq!(
            chosen("struct S { a: u8, #[cfg(feature = \"a\")] b: M<u8, Fn(u8) -> u8>, c: u8 }"),
            ["#[cfg(feature = \"a\")] b: M<u8, Fn(u8) -> u8>,"]
        );
        assert_eq!(
            chosen("match a { #[cfg(feature = \"a\")] B => c(), D => { e() } }"),
            ["#[cfg(feature = \"a\")] B => c(),"]
        );
        assert_eq!(
            chosen("match a { #[cfg(feature = \"a\")] B => { c() }, D => e() }"),
            ["#[cfg(feature = \"a\")] B => { c() },"]
        );
        assert_eq!(chosen("f(a, #[cfg(feature = \"a\")] b, c)"), ["#[cfg(feature = \"a\")] b,"]);
        assert_eq!(chosen("f(a, #[cfg(feature = \"a\")] b)"), ["#[cfg(feature = \"a\")] b"]);
        assert_eq!(
            chosen("mod m { #![cfg(feature = \"a\")] fn f() {} } struct A;"),
            ["{ #![cfg(feature = \"a\")] fn f() {} }"]
        );
    }

    #[test]
    fn what_asks_for_a_condition_and_for_its_opposite_is_a_choice() {
        let two = "#[cfg(feature = \"a\")] fn f() {} fn g() {} #[cfg(not(feature = \"a\"))] fn f() {}";
        assert_eq!(chosen(two), ["|#[cfg(feature = \"a\")] fn f() {}", "|#[cfg(not(feature = \"a\"))] fn f() {}"]);
        let whole = features(two, &tokens(two)).branches[1].whole;
        assert_eq!(whole, Span::new(0, two.len() as u32));
        for one in [
            "#[cfg(feature = \"a\")] fn f() {} #[cfg(not(feature = \"b\"))] fn f() {}",
            "#[cfg(feature = \"a\")] fn f() {} #[cfg(feature = \"a\")] fn g() {}",
            "#[cfg(feature = \"a\")] fn f() {} mod m { #[cfg(not(feature = \"a\"))] fn f() {} }",
        ] {
            assert!(chosen(one).iter().all(|it| !it.starts_with('|')), "{one}");
        }
        let arms = "cfg_if! { if #[cfg(feature = \"a\")] { a } else if #[cfg(unix)] { b } else if #[cfg(not(feature = \"b\"))] { c } else { d } }";
        assert_eq!(
            chosen(arms),
            ["|if #[cfg(feature = \"a\")] { a }", "|if #[cfg(not(feature = \"b\"))] { c }", "|else { d }"]
        );
        let wholes: Vec<_> = features(arms, &tokens(arms)).branches.iter().map(|it| it.whole).collect();
        assert!(wholes.iter().all(|it| *it == wholes[0]), "{wholes:?}");
    }

    #[test]
    fn an_if_has_its_clauses_and_what_follows_one_that_leaves() {
        let told = |text: &str| {
            let facts = extract(text);
            let told =
                |it: &Branch| (it.test.slice(text).trim().to_owned(), it.clause.slice(text).to_owned(), it.is_choice);
            facts.branches.iter().map(told).collect::<Vec<_>>()
        };
        let of = |test: &str, clause: &str, is_choice| (test.to_owned(), clause.to_owned(), is_choice);
        assert_eq!(told("fn f() { if a { b } }"), [of("a", "if a { b }", false)]);
        assert_eq!(
            told("fn f() { if a { b } else if c { d } else { e } }"),
            [of("a", "if a { b }", true), of("c", "else if c { d }", true), of("c", "else { e }", true)]
        );
        assert_eq!(
            told("fn f() { if a { return; }\n b(); c() }"),
            [of("a", "if a { return; }", true), of("a", "b(); c() ", true)]
        );
        assert_eq!(told("fn f() { match a { B => if a { return; }, C => d } }"), [of("a", "if a { return; }", false)]);
    }
}
