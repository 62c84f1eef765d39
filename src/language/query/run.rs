//! Runs compiled queries over one text.
//!
//! Invariants: one parse for all queries; spans are those of the text that was given; the same text gives the same
//! answer. Absent on purpose: syntax errors, whose ranges the facts report: a query matches in what the parser
//! recovered; and budgets, see [`tree`].

use super::{Capture, CompiledQuery, QueryMatch};
use crate::gap::Reason;
use crate::language::LanguageSpec;
use crate::language::tree::{self, TEXT_LIMIT};
use crate::span::Span;
use tree_sitter::{Parser, QueryCapture, QueryCursor, Tree};

/// Comment blocks of this many lines, blank ones inside counted, are blanked before the parse: tree-sitter-python
/// reads a whole block again for each comment in it, which makes 4,000 lines take seconds.
const BLANKED_LINES: usize = 50;

/// One thread's parser and cursor.
pub struct QueryEngine {
    parser: Parser,
    cursor: QueryCursor,
}

impl QueryEngine {
    pub fn new(language: &LanguageSpec) -> QueryEngine {
        let mut parser = Parser::new();
        let grammar = language.grammar.expect("queries are written for languages with a grammar");
        parser.set_language(&grammar()).expect("every grammar of the registry has a version that is read");
        QueryEngine { parser, cursor: tree::query_cursor() }
    }

    /// The matches of each query, sorted by position and without duplicates. `comments` are the text's, sorted.
    pub fn run(
        &mut self,
        text: &str,
        comments: &[Span],
        queries: &[&CompiledQuery],
    ) -> Result<Vec<Vec<QueryMatch>>, Reason> {
        if text.len() as u64 > TEXT_LIMIT {
            return Err(Reason::TooLarge { size: text.len() as u64, limit: TEXT_LIMIT });
        }
        let blanked = blank_comments(text, comments);
        let bytes = blanked.as_deref().unwrap_or(text.as_bytes());
        let tree = tree::parse(&mut self.parser, bytes);
        let tree =
            tree.ok_or_else(|| Reason::Budget("the query parser needs too many steps for this file".to_string()))?;
        queries.iter().map(|query| self.find_matches(&tree, bytes, query)).collect()
    }

    fn find_matches(&mut self, tree: &Tree, bytes: &[u8], query: &CompiledQuery) -> Result<Vec<QueryMatch>, Reason> {
        let mut found = Vec::new();
        let is_whole = tree::each_match(&mut self.cursor, &query.query, tree, bytes, |matched| {
            push_match(query, matched.pattern_index, matched.captures(), &mut found);
        });
        if !is_whole {
            return Err(Reason::Budget(format!("query `{}` needs too many steps for this file", query.name)));
        }
        Ok(settle(found))
    }
}

/// A match with the index of the pattern that made it.
type Found = (usize, QueryMatch);

/// One match for each reference captured, or one for the name.
fn push_match(query: &CompiledQuery, pattern: usize, captures: &[QueryCapture<'_>], found: &mut Vec<Found>) {
    let mut matched = QueryMatch::default();
    let mut references = Vec::new();
    for capture in captures {
        let span = Span::new(capture.node.start_byte() as u32, capture.node.end_byte() as u32);
        match query.captures[capture.index as usize] {
            Some(Capture::Name) => matched.name = matched.name.or(Some(span)),
            Some(Capture::Definition(role)) => matched.definition = matched.definition.or(Some((role, span))),
            Some(Capture::Registration) => matched.registration = matched.registration.or(Some(span)),
            Some(Capture::Reference(role)) => references.push((role, span)),
            None => {}
        }
    }
    if references.is_empty() && matched.name.is_some() {
        found.push((pattern, matched));
    }
    found.extend(references.into_iter().map(|it| (pattern, QueryMatch { reference: Some(it), ..matched })));
}

/// Sorted, and one match per place: of several patterns that lead to one name, the last in the file counts.
fn settle(mut found: Vec<Found>) -> Vec<QueryMatch> {
    let place = |matched: &QueryMatch| (matched.anchor(), matched.name, matched.reference);
    found.sort_by(|(a_pattern, a), (b_pattern, b)| {
        place(a).cmp(&place(b)).then(b_pattern.cmp(a_pattern)).then(a.cmp(b))
    });
    found.dedup_by_key(|(_, matched)| place(matched));
    found.into_iter().map(|(_, matched)| matched).collect()
}

/// The text with long blocks of comments turned into spaces, or `None` when it has none.
fn blank_comments(text: &str, comments: &[Span]) -> Option<Vec<u8>> {
    let mut blanked: Option<Vec<u8>> = None;
    let mut first = 0;
    for next in 1..=comments.len() {
        let goes_on = comments.get(next).is_some_and(|comment| {
            let between = text.get(comments[next - 1].end as usize..comment.start as usize);
            between.is_some_and(|between| between.bytes().all(|byte| byte.is_ascii_whitespace()))
        });
        if goes_on {
            continue;
        }
        let block = &comments[first..next];
        first = next;
        let range = block[0].start as usize..block[block.len() - 1].end as usize;
        let lines = 1 + text.get(range).map_or(0, |block| memchr::memchr_iter(b'\n', block.as_bytes()).count());
        if lines < BLANKED_LINES {
            continue;
        }
        let bytes = blanked.get_or_insert_with(|| text.as_bytes().to_vec());
        for comment in block {
            bytes[comment.start as usize..comment.end as usize].fill(b' ');
        }
    }
    blanked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::python;
    use crate::language::query::{DefinitionRole, QuerySource, ReferenceRole};
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    /// Far more than any case takes, far less than a quadratic one would.
    const LONG: Duration = Duration::from_secs(20);

    fn compile(text: &str) -> CompiledQuery {
        let source = QuerySource { name: "q".to_string(), text: text.to_string(), file: "q.scm".to_string() };
        CompiledQuery::compile(&python::SPEC, &source).unwrap()
    }

    fn run(query: &str, text: &str) -> Result<Vec<QueryMatch>, Reason> {
        let comments = python::extract(text).comments;
        let query = compile(query);
        let mut found = QueryEngine::new(&python::SPEC).run(text, &comments, &[&query])?;
        Ok(found.remove(0))
    }

    const FUNCTIONS: &str = "(function_definition name: (identifier) @name) @definition.function";

    #[test]
    fn matches_are_sorted_and_one_per_place() {
        let query = "(call function: (identifier) @reference)
            (call function: (identifier) @reference.call arguments: (argument_list (identifier) @reference))
            (module (expression_statement (call function: (identifier) @reference)))";
        let text = "b(a)\na()\n";
        let found = run(query, text).unwrap();
        let found: Vec<_> = found.iter().map(|it| (it.anchor().start, it.reference.unwrap().0)).collect();
        // A call and a plain reference at one place are two claims; the same claim twice is one.
        let (any, call) = (ReferenceRole::Any, ReferenceRole::Call);
        assert_eq!(found, [(0, any), (0, call), (2, any), (5, any)]);
    }

    #[test]
    fn long_comment_blocks_are_blanked_and_offsets_stay() {
        let mut text = String::from("def f():\n    x = 'é' # short\n");
        for line in 0..4000 {
            text.push_str(if line % 7 == 0 { "\n" } else { "    # é REMOVED def g(): pass\n" });
        }
        text.push_str("    return x\n\ndef last(): ...\n");
        let started = Instant::now();
        let found = run(FUNCTIONS, &text).unwrap();
        assert!(started.elapsed() < LONG, "{:?}", started.elapsed());
        let names: Vec<&str> = found.iter().map(|found| found.name.unwrap().slice(&text)).collect();
        assert_eq!(names, ["f", "last"]);
        assert_eq!(
            found[0].definition,
            Some((DefinitionRole::Function, Span::new(0, text.find("\n\ndef last").unwrap() as u32)))
        );
    }

    /// 4,000 comments in a body, which the scanner reads once for each of them.
    fn commented_body() -> String {
        format!("def f():\n    x = 1\n{}    return x\n", "    # a comment of some length\n".repeat(4_000))
    }

    #[test]
    fn what_the_scanner_reads_again_and_again_exhausts_the_budget() {
        let query = compile(FUNCTIONS);
        let mut engine = QueryEngine::new(&python::SPEC);
        for text in [commented_body(), "\\\n".repeat(50_000)] {
            let started = Instant::now();
            let found = engine.run(&text, &[], &[&query]);
            assert!(matches!(found, Err(Reason::Budget(_))), "{found:?}");
            assert!(started.elapsed() < LONG, "{:?}", started.elapsed());
            assert_eq!(engine.run("def f(): ...\n", &[], &[&query]).unwrap()[0].len(), 1, "the next file is read");
        }
        assert_eq!(run(FUNCTIONS, &commented_body()).unwrap().len(), 1, "comments that are named are no burden");
    }

    #[test]
    fn a_query_that_branches_without_end_gives_up() {
        let text = format!("f({})\n", "a, ".repeat(3_000));
        let query =
            "(argument_list (identifier)* @reference . (identifier)* @reference . (identifier)* @reference (string))";
        let started = Instant::now();
        let found = run(query, &text);
        assert!(found.is_ok() || matches!(found, Err(Reason::Budget(_))));
        assert!(started.elapsed() < LONG, "{:?}", started.elapsed());
    }

    #[test]
    fn hostile_shapes_end_in_matches_or_a_gap() {
        let shapes = [
            format!("def f(): ...\nx = {}{}\n", "[".repeat(5_000), "]".repeat(5_000)),
            "[".repeat(50_000),
            "(".repeat(5_000) + "def f(): ...\n",
            (0..300).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect::<String>()
                + &" ".repeat(300)
                + "f()\n",
            "not ".repeat(20_000),
            "x = ".to_string() + &"a.".repeat(50_000) + "b\n",
            "f'{".repeat(3_000),
            "\"\"\"".repeat(3_001),
            "\\\n".repeat(50_000),
            "\t \r\x0c\u{feff}\0".repeat(5_000),
        ];
        let queries = [compile(FUNCTIONS), compile("(_) @reference")];
        let mut engine = QueryEngine::new(&python::SPEC);
        for text in shapes {
            let started = Instant::now();
            let found = engine.run(&text, &[], &[&queries[0], &queries[1]]);
            assert!(found.is_ok() || matches!(found, Err(Reason::Budget(_))));
            assert!(started.elapsed() < LONG, "{:?}: {:?}", &text[..20], started.elapsed());
        }
    }

    #[test]
    fn a_long_line_is_read_and_a_huge_one_is_a_gap() {
        let line = |values: usize| format!("x = [{}]; f()\n", "1, ".repeat(values));
        let query = compile("(call function: (_) @reference)");
        let mut engine = QueryEngine::new(&python::SPEC);
        assert_eq!(engine.run(&line(100_000), &[], &[&query]).unwrap()[0].len(), 1);
        let found = engine.run(&line(2_000_000), &[], &[&query]);
        assert!(matches!(found, Err(Reason::TooLarge { limit: TEXT_LIMIT, .. })), "{found:?}");
    }

    #[test]
    fn the_same_text_gives_the_same_answer() {
        let text = "def f(:\n  g(\nclass A:\n def h(self): return [\ndef i(): ...\n".repeat(50);
        let first = run("(_) @reference", &text);
        assert_eq!(run("(_) @reference", &text), first);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn no_text_and_no_comment_spans_panic(
            text in "([ -~\n\t\u{e9}\u{1f600}]|def |class |\\(|\\[|#|\"\"\"|:\n    ){0,200}",
            cuts in proptest::collection::vec(0u32..400, 0..6),
        ) {
            let mut ends: Vec<u32> = cuts.into_iter().filter(|&at| text.is_char_boundary(at as usize)).collect();
            ends.sort();
            let comments: Vec<Span> = ends.chunks_exact(2).map(|pair| Span::new(pair[0], pair[1])).collect();
            let query = compile("(_) @reference");
            let _ = QueryEngine::new(&python::SPEC).run(&text, &comments, &[&query]);
        }

        #[test]
        fn no_query_text_panics(text in "([()\\[\\]@#\"; a-z?.\\\\_!]|\\(identifier\\) @name|\\(#eq\\? @name \"x\"\\)|\u{e9}|\n|\r\n){0,40}") {
            let source = QuerySource { name: "q".into(), text, file: "q.scm".into() };
            let _ = CompiledQuery::compile(&python::SPEC, &source).map_err(|error| error.to_string());
        }
    }
}
