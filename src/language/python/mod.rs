//! Python, on ruff's parser: text to [`Facts`].
//!
//! ruff's parser recovers from syntax errors, so a broken file still gives the facts of its sound parts; what it could
//! not read is in [`Facts::unread`]. Extraction is one walk over the tree and one pass over the tokens. Names are not
//! resolved here; expressions are kept as values for the project model. Absent on purpose: flow analysis, and every
//! question that needs a second file.

mod builtin;
mod call;
mod depth;
mod expression;
mod flow;
mod fragment;
mod frame;
mod layout;
mod line;
mod outline;
mod registry;
mod sketch;
mod statement;
#[cfg(test)]
mod tests;
mod value_set;
mod word;

use super::{LanguageSpec, Linking, ModuleSearch};
use crate::facts::{AT_ANY_TIME, Access, MODULE_SCOPE};
use crate::facts::{
    Binding, BindingKind, DefinitionId, Facts, Fragments, Guards, Interner, NameId, Reference, ReferenceKind, Scope,
    ScopeId, ScopeKind, Unread, Value, ValueId,
};
use crate::span::{LineIndex, Span};
use ruff_python_ast::{Mod, ModModule, PySourceType};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

pub use builtin::is_builtin;

pub const SPEC: LanguageSpec = LanguageSpec {
    name: "python",
    extensions: &["py", "pyi", "pyw"],
    comment: "#",
    linking: Some(&LINKING),
    extract,
    fragments: fragment::fragments,
    both,
    sketch: Some(sketch::sketch),
    layout: layout::layout,
    grammar: Some(|| tree_sitter_python::LANGUAGE.into()),
    queries: super::query::PYTHON_QUERIES,
    unversioned: &[],
    manifest: None,
};

const LINKING: Linking = Linking {
    search: ModuleSearch::Roots,
    builtins: "builtins",
    is_builtin: |name| name == "__class__" || is_builtin(name),
    has_spaces: false,
    crates: None,
    is_followed: true,
    is_starred: |name| !name.starts_with('_'),
};

/// Stack that must be free before a file is parsed and walked, and what is allocated where it is not: dropping a
/// deeply nested tree recurses once per level.
const STACK_NEEDED: usize = 24 << 20;
const STACK_SIZE: usize = 128 << 20;

/// The facts of one Python text. Never fails: what cannot be read is listed in [`Facts::unread`].
pub fn extract(text: &str) -> Facts {
    parsed(text, |tree| facts(text, tree)).unwrap_or_else(|reason| super::unreadable(text, reason))
}

fn both(text: &str) -> (Facts, Fragments) {
    let made = parsed(text, |tree| (facts(text, tree), fragment::of_tree(text, tree)));
    made.unwrap_or_else(|reason| super::both_unreadable(text, reason))
}

/// Reads the tree of a text, or says what keeps it from being read.
fn parsed<T>(text: &str, read: impl FnOnce(&Parsed<Mod>) -> T) -> Result<T, String> {
    stacker::maybe_grow(STACK_NEEDED, STACK_SIZE, || match depth::find_excess(text) {
        Some(reason) => Err(reason),
        None => Ok(read(&parse_unchecked(text, ParseOptions::from(PySourceType::Python)))),
    })
}

/// The module that a tree is of.
fn module(tree: &Parsed<Mod>) -> &ModModule {
    match tree.syntax() {
        Mod::Module(module) => module,
        Mod::Expression(_) => unreachable!("a source file is a module"),
    }
}

/// What the parser could not read.
fn unread(tree: &Parsed<Mod>) -> impl Iterator<Item = Unread> {
    tree.errors().iter().map(|error| Unread { span: span_of(error.location), reason: error.error.to_string() })
}

fn facts(text: &str, tree: &Parsed<Mod>) -> Facts {
    let mut extractor = Extractor::new(text);
    extractor.module(module(tree));
    extractor.facts.unread.extend(unread(tree));
    extractor.finish(tree.tokens())
}

fn module_scope(text: &str) -> Scope {
    Scope { kind: ScopeKind::Module, parent: None, definition: None, span: Span::new(0, text.len() as u32) }
}

fn span_of(range: TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}

/// The state of the walk: where it stands, and what it has found.
struct Extractor<'a> {
    text: &'a str,
    facts: Facts,
    interner: Interner,
    scope: ScopeId,
    /// The innermost definition around the walk.
    definition: Option<DefinitionId>,
    guards: Guards,
    /// Names that a scope declares `global`: what it binds to them belongs to the module.
    globals: Vec<(ScopeId, NameId)>,
    /// Where the strings of `__all__` stand.
    exported: Vec<TextRange>,
    /// The innermost block around the walk.
    block: Option<u32>,
    /// An exception raised here may be caught in the same function.
    is_caught: bool,
    /// The end of the statement or clause that binds: from there on, what it binds holds.
    holds_from: u32,
    /// What the function around the walk gives back.
    gives: Vec<ValueId>,
}

/// The value that stands for every expression that leads to no name.
const UNKNOWN: ValueId = ValueId(0);

impl<'a> Extractor<'a> {
    fn new(text: &'a str) -> Self {
        let mut facts = Facts { line_index: LineIndex::new(text.as_bytes()), ..Facts::default() };
        facts.values.push(Value::Unknown);
        facts.scopes.push(module_scope(text));
        Self {
            text,
            facts,
            interner: Interner::default(),
            scope: MODULE_SCOPE,
            definition: None,
            guards: Guards::NONE,
            globals: Vec::new(),
            exported: Vec::new(),
            block: None,
            is_caught: false,
            holds_from: 0,
            gives: Vec::new(),
        }
    }

    fn name(&mut self, text: &str) -> NameId {
        self.interner.intern(&mut self.facts.names, text)
    }

    fn value(&mut self, value: Value) -> ValueId {
        self.facts.values.push(value);
        ValueId(self.facts.values.len() as u32 - 1)
    }

    fn refer(&mut self, range: TextRange, value: ValueId, kind: ReferenceKind, access: Access) {
        let (scope, guards) = (self.scope, self.guards);
        self.facts.references.push(Reference { span: span_of(range), value, kind, access, scope, guards });
    }

    fn bind(
        &mut self,
        scope: ScopeId,
        name: NameId,
        range: TextRange,
        kind: BindingKind,
        value: Option<ValueId>,
        annotation: Option<ValueId>,
    ) {
        let value = value.filter(|&value| value != UNKNOWN);
        let span = span_of(range);
        let from = match kind {
            BindingKind::Assignment | BindingKind::Element | BindingKind::Entered => self.holds_from,
            _ => span.start,
        };
        self.facts.bindings.push(Binding { scope, name, span, from, kind, value, annotation });
    }

    /// Runs `walk` inside a new scope of the given kind, and returns the scope's id.
    fn in_scope(
        &mut self,
        kind: ScopeKind,
        definition: Option<DefinitionId>,
        range: TextRange,
        walk: impl FnOnce(&mut Self, ScopeId),
    ) -> ScopeId {
        let id = ScopeId(self.facts.scopes.len() as u32);
        self.facts.scopes.push(Scope { kind, parent: Some(self.scope), definition, span: span_of(range) });
        let outer = std::mem::replace(&mut self.scope, id);
        walk(self, id);
        self.scope = outer;
        id
    }

    /// Runs `walk` with further guards in force.
    fn guarded(&mut self, guards: Guards, walk: impl FnOnce(&mut Self)) {
        let outer = self.guards;
        self.guards = outer.with(guards);
        walk(self);
        self.guards = outer;
    }

    fn finish(mut self, tokens: &ruff_python_ast::token::Tokens) -> Facts {
        self.facts.names.seal();
        self.facts.docstrings.sort_unstable();
        self.facts.statements.sort_unstable();
        let classes = line::classify(self.text, tokens, &self.facts.line_index, &self.facts.docstrings);
        self.facts.lines = classes;
        self.facts.comments =
            tokens.iter().filter(|token| token.kind().is_comment()).map(|t| span_of(t.range())).collect();
        for binding in self.facts.bindings.iter_mut().filter(|it| it.kind != BindingKind::Outer) {
            if self.globals.contains(&(binding.scope, binding.name)) {
                binding.scope = MODULE_SCOPE;
                binding.from = AT_ANY_TIME;
            }
        }
        self.facts.narrowings.sort_by_key(|it| (it.scope, it.path, it.region.start));
        self.facts.bindings.sort_by_key(|binding| (binding.scope, binding.name, binding.span));
        self.facts.references.sort_by_key(|reference| (reference.span, reference.kind));
        self.facts.strings.sort_by_key(|string| string.span);
        self.facts.unread.sort_by_key(|unread| unread.span);
        self.facts
    }
}
