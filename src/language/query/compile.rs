//! From a query's text to a [`CompiledQuery`], or to an error that says where and what is legal.
//!
//! Invariant: what tree-sitter would accept and then not act on (unknown predicates, `#set!`) is an error here, since
//! a query that matches more than it says is worse than none. Absent on purpose: running.

use super::literal::{self, Literals};
use super::{CAPTURES, Capture, DefinitionRole, QuerySource};
use crate::language::LanguageSpec;
use crate::span::LineIndex;
use aho_corasick::AhoCorasick;
use tree_sitter::{CaptureQuantifier, Language, Query, QueryErrorKind};

/// What is wrong with a query, and where in its file; line and column are 1-based.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct QueryError {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub message: String,
    pub help: Option<String>,
}

/// A query ready to run; threads share it.
#[derive(Debug)]
pub struct CompiledQuery {
    pub name: String,
    pub(super) query: Query,
    /// What each of the query's captures is; `None` for the private ones. By index.
    pub(super) captures: Vec<Option<Capture>>,
    literals: Option<Literals>,
    finder: Option<AhoCorasick>,
}

const PREDICATES: &[&str] = &[
    "eq?",
    "not-eq?",
    "any-eq?",
    "any-not-eq?",
    "match?",
    "not-match?",
    "any-match?",
    "any-not-match?",
    "any-of?",
    "not-any-of?",
];

impl CompiledQuery {
    pub fn compile(language: &LanguageSpec, source: &QuerySource) -> Result<CompiledQuery, QueryError> {
        let grammar = (language.grammar.expect("queries are written for languages with a grammar"))();
        let query = Query::new(&grammar, &source.text).map_err(|error| explain(source, &grammar, &error))?;
        check_tokens(source)?;
        let mut captures = Vec::new();
        for &name in query.capture_names() {
            captures.push(resolve_capture(source, name)?);
        }
        if query.pattern_count() == 0 {
            return Err(at(source, 0, "the query has no pattern", None));
        }
        for pattern in 0..query.pattern_count() {
            check_pattern(source, &query, &captures, pattern)?;
        }
        let literals = literal::of_query(&query, &source.text);
        let finder = literals.as_ref().and_then(|literals| AhoCorasick::new(literals).ok());
        Ok(CompiledQuery { name: source.name.clone(), query, captures, literals, finder })
    }

    /// A file that the query can match holds at least one of these; `None` when any file may match.
    pub fn literals(&self) -> Option<&[String]> {
        self.literals.as_deref()
    }

    /// Whether the query can match in a text; `false` is certain.
    pub fn may_match(&self, text: &[u8]) -> bool {
        self.finder.as_ref().is_none_or(|finder| finder.is_match(text))
    }
}

fn resolve_capture(source: &QuerySource, name: &str) -> Result<Option<Capture>, QueryError> {
    if name.starts_with('_') {
        return Ok(None);
    }
    if let Some((_, capture)) = CAPTURES.iter().find(|(legal, _)| *legal == name) {
        return Ok(Some(*capture));
    }
    let legal: Vec<String> = CAPTURES.iter().map(|(legal, _)| format!("`@{legal}`")).collect();
    let mut help = format!("legal are {} and any that begins with `@_`", legal.join(", "));
    if let Some(meant) = nearest(name, CAPTURES.iter().map(|(legal, _)| *legal)) {
        help = format!("did you mean `@{meant}`? {help}");
    }
    let token = literal::tokens(&source.text).find(|token| token.text.strip_prefix('@') == Some(name));
    Err(at(source, token.map_or(0, |token| token.start), format!("unknown capture `@{name}`"), Some(help)))
}

/// Every pattern must lead to a name or a reference, and a definition is known by its name.
fn check_pattern(
    source: &QuerySource,
    query: &Query,
    captures: &[Option<Capture>],
    pattern: usize,
) -> Result<(), QueryError> {
    let start = query.start_byte_for_pattern(pattern);
    let held = query.capture_quantifiers(pattern).iter().zip(captures);
    let held: Vec<Capture> =
        held.filter(|(quantifier, _)| **quantifier != CaptureQuantifier::Zero).filter_map(|(_, it)| *it).collect();
    let has_name = held.contains(&Capture::Name);
    if let Some((name, _)) = CAPTURES.iter().find(|(_, it)| matches!(it, Capture::Definition(_)) && held.contains(it))
        && !has_name
    {
        let help = "capture the identifier: `name: (identifier) @name`".to_string();
        return Err(at(source, start, format!("a pattern with `@{name}` has no `@name`"), Some(help)));
    }
    if !has_name && !held.iter().any(|it| matches!(it, Capture::Reference(_))) {
        let help = "a match is known by the name it defines or the reference it makes".to_string();
        return Err(at(source, start, "a pattern captures neither `@name` nor `@reference`", Some(help)));
    }
    Ok(())
}

/// What the grammar accepts and this tool does not act on.
fn check_tokens(source: &QuerySource) -> Result<(), QueryError> {
    let mut opens = false;
    for token in literal::tokens(&source.text) {
        if let Some(predicate) = token.text.strip_prefix('#')
            && !PREDICATES.contains(&predicate)
        {
            let legal: Vec<String> = PREDICATES.iter().map(|legal| format!("`#{legal}`")).collect();
            let mut help = format!("legal are {}", legal.join(", "));
            if let Some(meant) = nearest(predicate, PREDICATES.iter().copied()) {
                help = format!("did you mean `#{meant}`? {help}");
            }
            return Err(at(source, token.start, format!("unknown predicate `#{predicate}`"), Some(help)));
        }
        if opens && token.text == "comment" {
            let help = "comments and docstrings are searched as text; name the text in the policy".to_string();
            return Err(at(source, token.start, "queries do not see comments", Some(help)));
        }
        opens = token.text == "(";
    }
    Ok(())
}

fn explain(source: &QuerySource, grammar: &Language, error: &tree_sitter::QueryError) -> QueryError {
    let quoted = error.message.trim_matches('"');
    match error.kind {
        QueryErrorKind::NodeType => {
            let kinds = (0..grammar.node_kind_count() as u16).filter(|&id| grammar.node_kind_is_visible(id));
            let meant = nearest(quoted, kinds.filter_map(|id| grammar.node_kind_for_id(id)));
            let help = meant.map(|meant| format!("did you mean `{meant}`?"));
            at(source, error.offset, format!("the grammar has no node `{quoted}`"), help)
        }
        QueryErrorKind::Field => {
            let fields = (1..=grammar.field_count() as u16).filter_map(|id| grammar.field_name_for_id(id));
            let help = nearest(quoted, fields).map(|meant| format!("did you mean `{meant}`?"));
            at(source, error.offset, format!("the grammar has no field `{quoted}`"), help)
        }
        QueryErrorKind::Capture => {
            at(source, error.offset, format!("a predicate names `@{quoted}`, which the pattern does not capture"), None)
        }
        QueryErrorKind::Structure => {
            let help = "the grammar never puts these nodes inside each other like this".to_string();
            at(source, error.offset, "the pattern cannot match anything", Some(help))
        }
        QueryErrorKind::Syntax => {
            let help = "see tree-sitter's page on query syntax; parentheses and quotes must be balanced".to_string();
            at(source, error.offset, "the query cannot be read from here on", Some(help))
        }
        QueryErrorKind::Predicate | QueryErrorKind::Language => {
            let offset = LineIndex::new(source.text.as_bytes()).span(error.row as u32 + 1).start;
            let message = error.message.trim_end_matches('.').replace('"', "`");
            let first = message.chars().next().map(|c| c.to_lowercase().to_string()).unwrap_or_default();
            let rest: String = message.chars().skip(1).collect();
            at(source, offset as usize, first + &rest, None)
        }
    }
}

fn at(source: &QuerySource, offset: usize, message: impl Into<String>, help: Option<String>) -> QueryError {
    let position = LineIndex::new(source.text.as_bytes()).position(offset as u32, &source.text);
    QueryError {
        file: source.file.clone(),
        line: position.line,
        column: position.column,
        message: message.into(),
        help,
    }
}

fn nearest<'a>(name: &str, legal: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = legal.map(|it| (strsim::jaro_winkler(name, it), it)).filter(|(score, _)| *score > 0.8);
    scored.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1))).map(|(_, it)| it)
}

impl DefinitionRole {
    pub fn name(self) -> &'static str {
        match self {
            DefinitionRole::Function => "function",
            DefinitionRole::Method => "method",
            DefinitionRole::Class => "class",
            DefinitionRole::Constant => "constant",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::python;

    fn compile(text: &str) -> Result<CompiledQuery, QueryError> {
        let source = QuerySource { name: "q".to_string(), text: text.to_string(), file: "q.scm".to_string() };
        CompiledQuery::compile(&python::SPEC, &source)
    }

    #[test]
    fn errors_say_where_and_what_is_legal() {
        let cases = [
            ("(identifier) @nmae", "q.scm:1:14: unknown capture `@nmae`", "did you mean `@name`?"),
            ("; text\n(module) @names @_x", "q.scm:2:10: unknown capture `@names`", "`@reference.call`"),
            ("(class_def name: (identifier) @name)", "q.scm:1:2: the grammar has no node `class_def`", "class_def"),
            ("(class_definition nam: (_) @name)", "q.scm:1:19: the grammar has no field `nam`", "`name`"),
            ("(call) @_x", "q.scm:1:1: a pattern captures neither `@name` nor `@reference`", "known by"),
            ("((identifier) @name)\n(call) @definition.class", "q.scm:2:1: a pattern with `@definition.class`", ""),
            ("((identifier) @name (#mach? @name \"a\"))", "q.scm:1:22: unknown predicate `#mach?`", "`#match?`"),
            ("((identifier) @name (#set! x y))", "q.scm:1:22: unknown predicate `#set!`", "legal are"),
            ("((identifier) @name (#eq? @nam \"a\"))", "q.scm:1:28: a predicate names `@nam`", ""),
            ("((identifier) @name (#match? @name \"(\"))", "q.scm:1:1: invalid regex", ""),
            ("(comment) @reference", "q.scm:1:2: queries do not see comments", "as text"),
            ("(identifier @name", "q.scm:1:", ""),
            ("(module (identifier) @name)", "q.scm:1:", ""),
            ("; nothing\n", "q.scm:1:1: the query has no pattern", ""),
        ];
        for (text, message, help) in cases {
            let error = compile(text).err().unwrap_or_else(|| panic!("{text} compiled"));
            assert!(error.to_string().starts_with(message), "{text}: {error}");
            assert!(error.help.clone().unwrap_or_default().contains(help), "{text}: {:?}", error.help);
            assert!(!error.message.contains('\n') && !error.message.ends_with('.'), "{error}");
        }
    }

    #[test]
    fn a_file_without_any_of_the_literals_cannot_match() {
        let query = compile("((identifier) @name (#any-of? @name \"alpha\" \"beta\"))").unwrap();
        assert_eq!(query.literals(), Some(&["alpha".to_string(), "beta".to_string()][..]));
        assert!(query.may_match(b"x = beta") && !query.may_match(b"x = gamma"));
        assert!(compile("(identifier) @name").unwrap().may_match(b""));
    }
}
