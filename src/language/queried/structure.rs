//! Structure: what `structure.scm` says of a text: statements, definitions, the names that functions bind.
//!
//! Invariants: definitions are in source order, those around others first; a definition begins with the decorators and
//! doc comments above it. Absent on purpose: statements as hashes (see `fragment`), and what a name means.

use super::Captures;
use super::frame::Frames;
use super::token::{Role as TokenRole, Token};
use crate::facts::{DefinitionKind, SetForm, UnitKind};
use crate::span::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::Tree;

/// What is defined, and which unit of duplicates it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub definition: DefinitionKind,
    pub unit: Option<UnitKind>,
    /// It is declared, and has no body.
    pub is_signature: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The whole definition. Needs a `@name` in its match.
    Definition(Kind),
    /// What other patterns take for a definition, and is none.
    NoDefinition,
    /// The name of what the match is about.
    Name,
    /// A base class of what the match names.
    Base,
    /// What the match names runs apart from what calls it.
    Async,
    /// What the match names belongs to a class, and not to its objects.
    Static,
    /// What the match names is read like a field.
    Property,
    /// The value of the constant that the match names.
    Value,
    /// The values that the match names, all of them written out.
    Set(SetForm),
    /// A definition of this node is all that `@whole` holds.
    Part,
    Whole,
    Decorator,
    Statement,
    /// A statement that says nothing by itself.
    Trivial,
    /// Part of the statement around it, and none of its own.
    StatementPart,
    /// Whatever binds names as a function does.
    Function,
    /// A name that a function binds.
    Local,
}

const fn definition(definition: DefinitionKind, unit: Option<UnitKind>) -> Role {
    Role::Definition(Kind { definition, unit, is_signature: false })
}

const fn signature(definition: DefinitionKind) -> Role {
    Role::Definition(Kind { definition, unit: None, is_signature: true })
}

/// The vocabulary of `structure.scm`.
pub const ROLES: &[(&str, Role)] = &[
    ("definition.function", definition(DefinitionKind::Function, Some(UnitKind::Function))),
    ("definition.method", definition(DefinitionKind::Method, Some(UnitKind::Method))),
    ("definition.signature", signature(DefinitionKind::Function)),
    ("definition.signature.method", signature(DefinitionKind::Method)),
    ("definition.class", definition(DefinitionKind::Class, Some(UnitKind::Class))),
    ("definition.interface", definition(DefinitionKind::Interface, Some(UnitKind::Class))),
    ("definition.struct", definition(DefinitionKind::Struct, Some(UnitKind::Class))),
    ("definition.enum", definition(DefinitionKind::Enum, Some(UnitKind::Class))),
    ("definition.implementation", definition(DefinitionKind::Implementation, None)),
    ("definition.record", definition(DefinitionKind::TypeAlias, Some(UnitKind::Class))),
    ("definition.type", definition(DefinitionKind::TypeAlias, None)),
    ("definition.constant", definition(DefinitionKind::Constant, None)),
    ("definition.module", definition(DefinitionKind::Module, None)),
    ("definition.none", Role::NoDefinition),
    ("name", Role::Name),
    ("base", Role::Base),
    ("async", Role::Async),
    ("static", Role::Static),
    ("property", Role::Property),
    ("value", Role::Value),
    ("set.enumeration", Role::Set(SetForm::Enumeration)),
    ("set.literal", Role::Set(SetForm::Literal)),
    ("part", Role::Part),
    ("whole", Role::Whole),
    ("decorator", Role::Decorator),
    ("statement", Role::Statement),
    ("statement.trivial", Role::Trivial),
    ("statement.part", Role::StatementPart),
    ("function", Role::Function),
    ("local", Role::Local),
];

/// A definition, as the text has it.
#[derive(Clone, Debug)]
pub struct Defined {
    pub kind: Kind,
    pub name: Span,
    /// Without its doc comments.
    pub code: Span,
    /// From its doc comments to the end of its body.
    pub span: Span,
    /// The definition around it, by position.
    pub parent: Option<u32>,
    pub bases: Vec<Span>,
    pub decorators: Vec<Span>,
    pub is_async: bool,
    pub is_static: bool,
    pub is_property: bool,
    /// It stands in the body of a function.
    pub is_in_function: bool,
}

pub struct Structure {
    pub definitions: Vec<Defined>,
    /// Positions of definitions.
    by_name: FxHashMap<Span, u32>,
    pub frames: Frames,
    /// Functions that stand in no other, sorted.
    pub functions: Vec<Span>,
    /// Decorators of definitions, sorted.
    decorators: Vec<Span>,
    /// Names that functions bind, where they are bound.
    pub locals: Vec<Span>,
    /// Constants by the spans of their names, with their values.
    pub values: Vec<(Span, Span)>,
    pub sets: Vec<(SetForm, Span, Span)>,
}

/// What the captures say, one by one.
#[derive(Default)]
struct Collected {
    /// By the span of the name: the last pattern that captured it, and the widest node.
    definitions: FxHashMap<Span, (usize, Kind, Span)>,
    /// Names of what is no definition.
    others: FxHashSet<Span>,
    bases: FxHashMap<Span, Vec<Span>>,
    asyncs: FxHashSet<Span>,
    statics: FxHashSet<Span>,
    properties: FxHashSet<Span>,
    values: Vec<(Span, Span)>,
    sets: Vec<(SetForm, Span, Span)>,
    wholes: FxHashMap<Span, Span>,
    decorators: Vec<Span>,
    statements: Vec<Span>,
    trivial: FxHashSet<Span>,
    parts: FxHashSet<Span>,
    functions: Vec<Span>,
    locals: Vec<Span>,
}

impl Collected {
    fn take(&mut self, pattern: usize, captured: &[(Role, Span)]) {
        let find = |role: Role| captured.iter().find(|(it, _)| *it == role).map(|(_, span)| *span);
        let name = find(Role::Name);
        for &(role, span) in captured {
            match (role, name) {
                (Role::Definition(kind), Some(name)) => {
                    let slot = self.definitions.entry(name).or_insert((pattern, kind, span));
                    if slot.0 <= pattern {
                        (slot.0, slot.1) = (pattern, kind);
                    }
                    slot.2 = Span::new(slot.2.start.min(span.start), slot.2.end.max(span.end));
                }
                (Role::NoDefinition, Some(name)) => {
                    self.others.insert(name);
                }
                (Role::Base, Some(name)) => self.bases.entry(name).or_default().push(span),
                (Role::Async, Some(name)) => {
                    self.asyncs.insert(name);
                }
                (Role::Static, Some(name)) => {
                    self.statics.insert(name);
                }
                (Role::Property, Some(name)) => {
                    self.properties.insert(name);
                }
                (Role::Value, Some(name)) => self.values.push((name, span)),
                (Role::Set(form), Some(name)) => self.sets.push((form, name, span)),
                (Role::Whole, _) => {
                    if let Some(part) = find(Role::Part) {
                        self.wholes.insert(part, span);
                    }
                }
                (Role::Decorator, _) => self.decorators.push(span),
                (Role::Statement, _) => self.statements.push(span),
                (Role::Trivial, _) => {
                    self.statements.push(span);
                    self.trivial.insert(span);
                }
                (Role::StatementPart, _) => {
                    self.parts.insert(span);
                }
                (Role::Function, _) => self.functions.push(span),
                (Role::Local, _) => self.locals.push(span),
                _ => {}
            }
        }
    }

    /// The widest node that holds nothing but this one.
    fn whole(&self, span: Span) -> Span {
        let mut at = span;
        while let Some(&whole) = self.wholes.get(&at).filter(|whole| **whole != at) {
            at = whole;
        }
        at
    }
}

impl Structure {
    /// The definition whose name stands exactly there.
    pub fn named(&self, name: Span) -> Option<&Defined> {
        self.by_name.get(&name).map(|&at| &self.definitions[at as usize])
    }

    /// Lets each definition begin with the doc comments directly above it, which any comment is where `is_any`.
    pub fn take_docs(&mut self, tokens: &mut [Token], text: &str, is_any: bool) {
        for definition in &mut self.definitions {
            let before = tokens.partition_point(|token| token.span.start < definition.code.start);
            let mut start = definition.code.start;
            for token in tokens[..before].iter_mut().rev() {
                let may_be = token.role == TokenRole::Doc || is_any && token.role == TokenRole::Comment;
                let between = Span::new(token.span.end, start).slice(text);
                let line = text[..token.span.start as usize].rsplit('\n').next().unwrap_or("");
                if !may_be || between.matches('\n').count() > 1 || !line.trim().is_empty() {
                    break;
                }
                token.role = TokenRole::Doc;
                start = token.span.start;
            }
            definition.span = Span::new(start, definition.code.end);
        }
    }

    /// Whether a token is part of a definition's decorator.
    pub fn is_decorator(&self, token: Span) -> bool {
        let next = self.decorators.partition_point(|it| it.start <= token.start);
        self.decorators[..next].last().is_some_and(|it| it.contains(token))
    }

    /// The outermost function around an offset, by its position.
    pub fn function_at(&self, offset: u32) -> Option<u32> {
        let next = self.functions.partition_point(|it| it.start <= offset);
        (next > 0 && offset < self.functions[next - 1].end).then(|| next as u32 - 1)
    }

    /// `None` where finding it takes too many steps.
    pub fn read(captures: &Captures<Role>, tree: &Tree, text: &str, tokens: &[Token]) -> Option<Self> {
        let mut found = Collected::default();
        if !captures.each(tree, text, |pattern, captured| found.take(pattern, captured)) {
            return None;
        }
        found.decorators.sort_unstable();
        found.decorators.dedup();
        found.locals.sort_unstable();
        let mut definitions: Vec<Defined> = found
            .definitions
            .iter()
            .filter(|(name, _)| !found.others.contains(*name))
            .map(|(&name, &(_, kind, span))| {
                let code = with_decorators(found.whole(span), tokens, &found.decorators);
                Defined {
                    kind,
                    name,
                    code,
                    span: code,
                    parent: None,
                    bases: found.bases.get(&name).cloned().unwrap_or_default(),
                    decorators: Vec::new(),
                    is_async: found.asyncs.contains(&name),
                    is_static: found.statics.contains(&name),
                    is_property: found.properties.contains(&name),
                    is_in_function: false,
                }
            })
            .collect();
        definitions.sort_by_key(|it| (it.code.start, std::cmp::Reverse(it.code.end), it.name.start));
        let parts = &found.parts;
        let statements = found.statements.iter().filter(|span| !parts.contains(*span));
        let statements = statements.map(|&span| (found.whole(span), found.trivial.contains(&span)));
        let mut frames = Frames::new(tokens, &found.decorators, statements, &definitions);
        let functions = outermost(std::mem::take(&mut found.functions));
        // A name that a function or a block gives to a value is no constant.
        let is_kept: Vec<bool> = definitions
            .iter()
            .map(|it| {
                let is_local = || holds(&functions, it.code.start) || !frames.is_outermost(it, &definitions);
                it.kind.definition != DefinitionKind::Constant || !is_local()
            })
            .collect();
        frames.renumber(&is_kept);
        let mut kept = is_kept.into_iter();
        definitions.retain(|_| kept.next().unwrap_or(true));
        nest(&mut definitions, &functions);
        for decorator in &found.decorators {
            let next = definitions.partition_point(|it| it.code.start <= decorator.start);
            let own = definitions[..next].last_mut().filter(|it| decorator.end <= it.name.start);
            if let Some(own) = own {
                own.decorators.push(*decorator);
            }
        }
        let Collected { decorators, locals, mut values, mut sets, .. } = found;
        values.sort_unstable();
        sets.sort_by_key(|(_, name, _)| *name);
        let by_name = definitions.iter().enumerate().map(|(at, it)| (it.name, at as u32)).collect();
        Some(Self { definitions, by_name, frames, functions, decorators, locals, values, sets })
    }
}

/// Says of each definition which one it stands in.
fn nest(definitions: &mut [Defined], functions: &[Span]) {
    let mut open: Vec<usize> = Vec::new();
    for at in 0..definitions.len() {
        let code = definitions[at].code;
        let is_over = |top: &Defined| {
            // A block of methods may be one method.
            let is_block = top.kind.definition == DefinitionKind::Implementation;
            top.code.end <= code.start || top.code == code && !is_block
        };
        while open.last().is_some_and(|&top| is_over(&definitions[top])) {
            open.pop();
        }
        definitions[at].parent = open.last().map(|&top| top as u32);
        definitions[at].is_in_function = holds(functions, code.start);
        open.push(at);
    }
}

/// Those that stand in no other, sorted.
fn outermost(mut functions: Vec<Span>) -> Vec<Span> {
    functions.sort_by_key(|it| (it.start, std::cmp::Reverse(it.end)));
    let mut end = 0;
    functions.retain(|it| {
        let is_outermost = end <= it.start;
        end = end.max(it.end);
        is_outermost
    });
    functions
}

/// Whether an offset lies in one of the spans, behind its beginning.
fn holds(spans: &[Span], offset: u32) -> bool {
    let next = spans.partition_point(|it| it.start < offset);
    next > 0 && offset < spans[next - 1].end
}

/// A span with the decorators directly before it.
fn with_decorators(span: Span, tokens: &[Token], decorators: &[Span]) -> Span {
    let mut start = span.start;
    loop {
        let before = tokens.partition_point(|token| token.span.start < start);
        let Some(last) = tokens[..before].iter().rev().find(|token| !token.is_comment()) else { break };
        let next = decorators.partition_point(|it| it.start <= last.span.start);
        match decorators[..next].last() {
            Some(decorator) if decorator.contains(last.span) => start = decorator.start,
            _ => break,
        }
    }
    Span::new(start, span.end)
}
