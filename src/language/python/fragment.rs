//! Fragments of a Python text: statements and units as hashes.
//!
//! The tree says where statements begin and what they belong to; the tokens say what they are. Each token is in at most
//! one print: the header of a compound statement is a print, and so is what stands between two of its bodies (`else:`).
//! Which names are local is read off the tokens (parameters, targets of assignments, `for`, `as`, `:=`), since a name
//! blinded too much or too little moves no boundary. Invariant: quotes, trailing commas, comments, docstrings and line
//! breaks change no hash.

use super::word::{Word, parameters, read_words, string_content, targets};
use super::{frame, module, parsed, span_of, unread};
use crate::facts::{Constant, EnvironmentDefault, Fragments, Print, PrintRange, Unit, UnitKind, ValueSet};
use crate::language::print::{self, RawPrint, Word as _, cut, fold};
use crate::span::{LineIndex, LineRange};
use ruff_python_ast as ast;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, Mod, Stmt};
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange};

/// Never fails: what cannot be read is listed in [`Fragments::unread`].
pub fn fragments(text: &str) -> Fragments {
    parsed(text, |tree| of_tree(text, tree)).unwrap_or_else(|reason| Fragments::unreadable(&reason, text))
}

pub fn of_tree(text: &str, tree: &Parsed<Mod>) -> Fragments {
    let index = LineIndex::new(text.as_bytes());
    let words = read_words(text, tree.tokens());
    let mut walk = Walk::new(text, &words, &index);
    walk.body(&module(tree).body, false);
    let mut fragments = walk.finish();
    fragments.is_generated = print::says_generated(text);
    fragments.unread.extend(unread(tree));
    fragments.unread.sort_by_key(|unread| unread.span);
    fragments.place_unread(&index);
    fragments
}

struct Walk<'a> {
    text: &'a str,
    words: &'a [Word],
    index: &'a LineIndex,
    out: Fragments,
    raw: Vec<RawPrint>,
    /// For each unit, the position of its own name in `words`.
    owns: Vec<usize>,
    unit: Option<u32>,
    function: Option<u32>,
    depth: u8,
}

/// How much a statement says; see [`Print`].
struct Weight {
    is_trivial: bool,
    is_frame: bool,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str, words: &'a [Word], index: &'a LineIndex) -> Self {
        Self {
            text,
            words,
            index,
            out: Fragments::default(),
            raw: Vec::new(),
            owns: Vec::new(),
            unit: None,
            function: None,
            depth: 0,
        }
    }

    fn at(&self, offset: u32) -> usize {
        self.words.partition_point(|word| word.start < offset)
    }

    fn body(&mut self, body: &[Stmt], is_conditional: bool) {
        self.depth = self.depth.saturating_add(1);
        for statement in body {
            stacker::maybe_grow(64 << 10, 1 << 20, || self.statement(statement, is_conditional));
        }
        self.depth -= 1;
    }

    fn statement(&mut self, statement: &Stmt, is_conditional: bool) {
        let bodies: Vec<&[Stmt]> = match statement {
            Stmt::FunctionDef(function) => return self.function(function, is_conditional),
            Stmt::ClassDef(class) => return self.class(class, is_conditional),
            Stmt::Expr(it) if it.value.is_string_literal_expr() => return,
            Stmt::For(it) => vec![&it.body, &it.orelse],
            Stmt::While(it) => vec![&it.body, &it.orelse],
            Stmt::With(it) => vec![&it.body],
            Stmt::If(it) => {
                let mut bodies: Vec<&[Stmt]> = vec![&it.body];
                bodies.extend(it.elif_else_clauses.iter().map(|clause| &clause.body[..]));
                bodies
            }
            Stmt::Try(it) => {
                let mut bodies: Vec<&[Stmt]> = vec![&it.body];
                bodies.extend(it.handlers.iter().map(|handler| {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    &handler.body[..]
                }));
                bodies.push(&it.orelse);
                bodies.push(&it.finalbody);
                bodies
            }
            Stmt::Match(it) => it.cases.iter().map(|case| &case.body[..]).collect(),
            _ => {
                self.declaration(statement, is_conditional);
                let is_trivial = matches!(
                    statement,
                    Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Pass(_) | Stmt::Global(_) | Stmt::Nonlocal(_)
                );
                let is_frame = self.function.is_some() && frame::is_frame(statement);
                self.print(statement.range(), None, Weight { is_trivial, is_frame });
                return;
            }
        };
        let conditional = is_conditional || matches!(statement, Stmt::If(_) | Stmt::Try(_) | Stmt::Match(_));
        let mut from = statement.range().start();
        for (at, body) in bodies.into_iter().enumerate() {
            let (Some(first), Some(last)) = (body.first(), body.last()) else { continue };
            let weight = Weight { is_trivial: false, is_frame: frame::is_frame_at(statement, at) };
            self.print(TextRange::new(from, first.range().start().max(from)), None, weight);
            self.body(body, conditional);
            from = last.range().end();
        }
    }

    fn function(&mut self, function: &ast::StmtFunctionDef, is_conditional: bool) {
        let parent_is_class = self.unit.is_some_and(|unit| self.out.units[unit as usize].is_class());
        let kind = if parent_is_class { UnitKind::Method } else { UnitKind::Function };
        let unit =
            self.open(kind, &function.name, function.range(), &function.decorator_list, &function.body, is_conditional);
        self.out.units[unit as usize].is_async = function.is_async;
        let outer = self.function;
        self.function = outer.or(Some(unit));
        self.close(unit, &function.body, &function.decorator_list, &function.name, function.range());
        self.function = outer;
    }

    fn class(&mut self, class: &ast::StmtClassDef, is_conditional: bool) {
        let unit =
            self.open(UnitKind::Class, &class.name, class.range(), &class.decorator_list, &class.body, is_conditional);
        if let Some(arguments) = &class.arguments {
            let bases = arguments.args.iter().filter_map(last_name).map(Box::from).collect();
            self.out.units[unit as usize].bases = bases;
        }
        if let Some((form, values)) = super::value_set::of_class(class) {
            let Unit { name, lines, .. } = self.out.units[unit as usize].clone();
            self.out.sets.push(ValueSet { form, name, lines, is_class: true, values });
        }
        self.close(unit, &class.body, &class.decorator_list, &class.name, class.range());
    }

    fn open(
        &mut self,
        kind: UnitKind,
        name: &ast::Identifier,
        range: TextRange,
        decorators: &[ast::Decorator],
        body: &[Stmt],
        is_conditional: bool,
    ) -> u32 {
        let path = match self.unit {
            Some(parent) => format!("{}.{}", self.out.units[parent as usize].name, name.as_str()),
            None => name.as_str().to_owned(),
        };
        let at = self.out.prints.len() as u32;
        let lines = self.index.lines(span_of(range));
        self.out.units.push(Unit {
            is_stub: super::statement::is_stub(body),
            is_conditional,
            decorators: decorators.iter().filter_map(|it| last_name(&it.expression)).map(Box::from).collect(),
            ..Unit::new(kind, path.into(), lines, PrintRange { start: at, end: at }, self.unit)
        });
        self.owns.push(0);
        self.out.units.len() as u32 - 1
    }

    /// Prints the header and the body of a unit.
    fn close(
        &mut self,
        unit: u32,
        body: &[Stmt],
        decorators: &[ast::Decorator],
        name: &ast::Identifier,
        range: TextRange,
    ) {
        let outer = self.unit.replace(unit);
        let start = decorators.last().map_or(range.start(), |last| last.range().end());
        let own = self.at(name.range().start().to_u32());
        let until = body.first().map_or(range.end(), |first| first.range().start()).max(start);
        self.owns[unit as usize] = own;
        self.print(TextRange::new(start, until), Some(own), Weight { is_trivial: false, is_frame: true });
        self.body(body, false);
        self.out.units[unit as usize].prints.end = self.out.prints.len() as u32;
        self.unit = outer;
    }

    fn print(&mut self, range: TextRange, own: Option<usize>, weight: Weight) {
        let words = self.at(range.start().to_u32())..self.at(range.end().to_u32());
        if words.is_empty() {
            return;
        }
        let tokens = &self.words[words.clone()];
        let start = self.index.line(tokens[0].start);
        let end = self.index.line(self.end_of(words.end - 1)).max(start);
        let lines = LineRange { start, end };
        let print = print::unhashed(tokens, lines, self.unit, self.depth, weight.is_trivial);
        self.out.prints.push(Print { is_frame: weight.is_frame, ..print });
        self.raw.push(RawPrint { words, own, function: self.function });
    }

    /// The last line of a token: its start, or, for a string over several lines, the offset before the next token.
    fn end_of(&self, word: usize) -> u32 {
        let token = self.words[word];
        if token.token != TokenKind::String {
            return token.start;
        }
        let rest = &self.text[token.start as usize..];
        let body = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let prefix = rest.len() - body.len();
        for quotes in ["\"\"\"", "'''"] {
            if let Some(inner) = body.strip_prefix(quotes) {
                return token.start + (prefix + 3 + inner.find(quotes).unwrap_or(0)) as u32;
            }
        }
        token.start
    }

    /// Constants, and sets of values.
    fn declaration(&mut self, statement: &Stmt, is_conditional: bool) {
        let class = self.unit.map(|unit| &self.out.units[unit as usize]);
        if self.function.is_some() || class.is_some_and(|class| !class.is_class()) {
            return;
        }
        let prefix = class.map_or(String::new(), |class| format!("{}.", class.name));
        let (target, value) = match statement {
            Stmt::Assign(it) if it.targets.len() == 1 => (&it.targets[0], &*it.value),
            Stmt::AnnAssign(ast::StmtAnnAssign { target, value: Some(value), .. }) => (&**target, &**value),
            _ => return,
        };
        let Expr::Name(name) = target else { return };
        let text = name.id.as_str();
        if let Some((form, values)) = super::value_set::of_value(value) {
            let lines = self.index.lines(span_of(statement.range()));
            let name = format!("{prefix}{text}").into();
            self.out.sets.push(ValueSet { form, name, lines, is_class: false, values });
        }
        if !prefix.is_empty() {
            return;
        }
        let is_capital = text.chars().any(|c| c.is_ascii_uppercase()) && !text.chars().any(|c| c.is_ascii_lowercase());
        if !is_capital || text.starts_with("__") {
            return;
        }
        let words = &self.words[self.at(value.range().start().to_u32())..self.at(value.range().end().to_u32())];
        self.out.constants.push(Constant {
            name: text.into(),
            lines: self.index.lines(span_of(statement.range())),
            value: words.iter().fold(0, |hash, word| fold(hash, word.hash)),
            text: cut(span_of(value.range()).slice(self.text)),
            is_conditional,
            is_literal: is_literal(value),
            tokens: words.len() as u32,
        });
    }

    fn finish(mut self) -> Fragments {
        // parameters, and targets of assignments, read off the tokens
        let locals = print::locals(&self.raw, self.words, |raw, words, names| match raw.own {
            Some(_) => parameters(words, names),
            None => targets(words, names),
        });
        print::hash(&mut self.out, &self.raw, &self.owns, self.words, &locals);
        self.defaults();
        self.out
    }

    /// `getenv("KEY", default)`, and `get` of something whose name says that it is the environment.
    fn defaults(&mut self) {
        for (raw, print) in self.raw.iter().zip(&self.out.prints) {
            for at in raw.words.clone() {
                let Some(call) = self.words.get(at..at + 4) else { break };
                let shape = [call[0].token, call[1].token, call[2].token, call[3].token];
                if shape != [TokenKind::Name, TokenKind::Lpar, TokenKind::String, TokenKind::Comma] {
                    continue;
                }
                let name = identifier(&self.text[call[0].start as usize..]);
                let receiver = |back: usize| {
                    at.checked_sub(back).map_or("", |at| identifier(&self.text[self.words[at].start as usize..]))
                };
                let is_key =
                    |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_ascii_lowercase() || c == ' ');
                let key = string_content(string_literal(&self.text[call[2].start as usize..call[3].start as usize]));
                let reads = match name {
                    "getenv" => true,
                    // `os.environ.get`, `self.env.get`, `get_env().get`
                    "get" => {
                        let through = if receiver(2).is_empty() { receiver(4) } else { receiver(2) };
                        is_key(key) && through.to_ascii_lowercase().contains("env")
                    }
                    _ => false,
                };
                if !reads {
                    continue;
                }
                let mut nesting = 1;
                let mut end = at + 4;
                while end < raw.words.end {
                    match self.words[end].token {
                        TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => nesting += 1,
                        TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => nesting -= 1,
                        _ => {}
                    }
                    if nesting == 0 {
                        break;
                    }
                    end += 1;
                }
                let words = &self.words[at + 4..end];
                let (Some(first), Some(close)) = (words.first(), self.words.get(end)) else { continue };
                self.out.defaults.push(EnvironmentDefault {
                    key: key.into(),
                    line: self.index.line(call[0].start),
                    value: words.iter().fold(0, |hash, word| fold(hash, word.hash)),
                    text: cut(self.text[first.start as usize..close.start as usize].trim_end().trim_end_matches(',')),
                    is_literal: words.len() == 1
                        && (first.is_literal()
                            || matches!(first.token, TokenKind::True | TokenKind::False | TokenKind::None)),
                    unit: print.unit,
                });
            }
        }
    }
}

/// The identifier that a text begins with.
fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The literal that a text begins with, without what follows it.
fn string_literal(text: &str) -> &str {
    let end = text.rfind(['"', '\'']).map_or(text.len(), |at| at + 1);
    &text[..end]
}

fn is_literal(value: &Expr) -> bool {
    match value {
        Expr::UnaryOp(it) => is_literal(&it.operand),
        Expr::List(it) => it.elts.iter().all(is_literal),
        Expr::Tuple(it) => it.elts.iter().all(is_literal),
        Expr::Set(it) => it.elts.iter().all(is_literal),
        Expr::Dict(it) => {
            it.items.iter().all(|item| item.key.as_ref().is_some_and(is_literal) && is_literal(&item.value))
        }
        other => other.is_literal_expr(),
    }
}

fn last_name(expression: &Expr) -> Option<&str> {
    super::statement::last_name(expression)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> Unit {
        fragments(text).units.remove(0)
    }

    #[test]
    fn layout_comments_docstrings_and_quotes_leave_no_trace() {
        let plain = unit("def f(a, b):\n    x = g(a, 'one')\n    return [x, b]\n");
        let dressed = unit(
            "@wrap\ndef h(\n    a,\n    b,\n):\n    \"\"\"Says it.\"\"\"\n    # why\n    x = g(\n        a,\n        \"one\",\n    )\n\n    return [x, b,]\n",
        );
        assert_eq!(plain.exact, dressed.exact);
        assert_eq!((plain.lines.start, dressed.lines.start, dressed.lines.end), (1, 1, 13));
        assert_ne!(plain.exact, unit("def f(a, b):\n    x = g(a, 'two')\n    return [x, b]\n").exact);
        assert_ne!(unit("def f():\n    return (a)\n").exact, unit("def f():\n    return (a,)\n").exact);
    }

    #[test]
    fn names_replaced_one_for_one_are_a_renaming() {
        let one = unit("def f(a, b):\n    x = a + b\n    return x * a\n");
        let renamed = unit("def g(p, q):\n    y = p + q\n    return y * p\n");
        let mixed = unit("def g(p, q):\n    y = p + q\n    return y * q\n");
        assert_ne!(one.exact, renamed.exact);
        assert_eq!(one.renamed, renamed.renamed);
        assert_ne!(one.renamed, mixed.renamed);
        assert_eq!(one.blind, mixed.blind);
    }

    #[test]
    fn nesting_counts() {
        let inside = unit("def f(a):\n    if a:\n        b()\n        c()\n");
        let outside = unit("def f(a):\n    if a:\n        b()\n    c()\n");
        assert_ne!(inside.exact, outside.exact);
    }

    #[test]
    fn a_shape_keeps_what_is_called_and_forgets_what_is_local() {
        let one = fragments("def f(a):\n    for i in a.items():\n        total = send(i, key='x')\n");
        let two = fragments("def f(q):\n    for z in q.items():\n        s = send(z, key='y')\n");
        let three = fragments("def f(q):\n    for z in q.values():\n        s = take(z, key='y')\n");
        assert_eq!(
            one.prints.iter().map(|it| it.shape).collect::<Vec<_>>()[1..],
            two.prints.iter().map(|it| it.shape).collect::<Vec<_>>()[1..]
        );
        assert_ne!(two.prints[1].shape, three.prints[1].shape);
        assert_ne!(two.prints[2].shape, three.prints[2].shape);
    }

    #[test]
    fn constants_and_defaults_are_declared_facts() {
        let found = fragments(
            "LIMIT = 5\nname = 'x'\nA = os.getenv('HOST', 'here')\ndef f():\n    return env.environ.get(\"PORT\", int(\"80\"))\n",
        );
        assert_eq!(
            found.constants.iter().map(|it| (&*it.name, &*it.text)).collect::<Vec<_>>(),
            [("LIMIT", "5"), ("A", "os.getenv('HOST', 'here')")]
        );
        assert_eq!(
            found.defaults.iter().map(|it| (&*it.key, &*it.text, it.line, it.is_literal)).collect::<Vec<_>>(),
            [("HOST", "'here'", 3, true), ("PORT", "int(\"80\")", 5, false)]
        );
    }
}
