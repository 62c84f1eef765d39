//! A sketch: the statements of a text that put objects together, with the literals that facts leave out.
//!
//! A third kind of facts, made only for files that wire something: which router an application includes, under which
//! prefix, from which table. Expressions are an arena, statements refer into it, and nothing is resolved.
//! Invariants: every function, class and the module has one [`Body`], the module first, parents before children; a
//! child expression has a smaller index than its parent. Absent on purpose: operators, tests of conditions, slices, and
//! every other value that cannot lead to an object or to a text.

use super::DefinitionKind;
use crate::span::{LineIndex, Span};
use rustc_hash::FxHashMap;

/// Index into [`Sketch::expressions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExpressionId(pub u32);

/// Index into [`Sketch::bodies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyId(pub u32);

/// The body of the module.
pub const MODULE_BODY: BodyId = BodyId(0);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    Name(Box<str>),
    /// A path that the facts know, by the place of its last name.
    Path(Span),
    Attribute {
        base: ExpressionId,
        name: Box<str>,
    },
    Call(Call),
    Text(Box<str>),
    /// An f-string: literals and expressions in order.
    Joined(Vec<ExpressionId>),
    /// A list, tuple or set.
    Sequence(Vec<ExpressionId>),
    /// `*x` inside a display or a call.
    Starred(ExpressionId),
    /// Keys and values; a value without a key is unpacked by `**`.
    Mapping(Vec<(Option<ExpressionId>, ExpressionId)>),
    Item {
        base: ExpressionId,
        index: ExpressionId,
    },
    /// A whole number, which may be an index.
    Number(i64),
    /// Either of several: `a if c else b`, `a or b`.
    Either(Vec<ExpressionId>),
    /// `left + right`.
    Sum(ExpressionId, ExpressionId),
    /// A comprehension with one `for`: each element of `iterable` is bound to `target`, and gives `element`.
    Each {
        element: ExpressionId,
        target: Target,
        iterable: ExpressionId,
    },
    None,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub function: ExpressionId,
    pub positional: Vec<ExpressionId>,
    /// A keyword without a name is `**x`.
    pub keywords: Vec<(Option<Box<str>>, ExpressionId)>,
}

impl Call {
    pub fn keyword(&self, name: &str) -> Option<ExpressionId> {
        self.keywords.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, value)| *value)
    }

    /// The argument at a position, or of the name that the position has.
    pub fn argument(&self, position: usize, name: &str) -> Option<ExpressionId> {
        self.keyword(name).or_else(|| self.positional.get(position).copied())
    }
}

/// What an assignment binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Name(Box<str>),
    Many(Vec<Target>),
    /// `*rest`, attributes, subscripts.
    Other,
}

/// A statement that may put something together.
#[derive(Clone, Debug)]
pub enum Statement {
    Assign {
        target: Target,
        value: ExpressionId,
    },
    /// A call or another expression by itself, and what a `return` gives.
    Run(ExpressionId),
    For {
        target: Target,
        iterable: ExpressionId,
        body: Vec<Statement>,
    },
    /// Bodies of which one runs: `if` with its `else`, `try` with its handlers. The offset tells the statement.
    Branch {
        start: u32,
        arms: Vec<Vec<Statement>>,
    },
    Define(BodyId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: Box<str>,
    pub default: Option<ExpressionId>,
    pub annotation: Option<ExpressionId>,
    /// `*args` or `**kwargs`.
    pub is_rest: bool,
}

/// What is added to a list or a dictionary after it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addition {
    /// `x.append(value)`.
    Element(ExpressionId),
    /// `x += value`, `x.extend(value)`, `x.update(value)`.
    All(ExpressionId),
    /// `x[key] = value`.
    Entry(ExpressionId, ExpressionId),
}

/// A module, class or function.
#[derive(Clone, Debug)]
pub struct Body {
    /// `None` is the module.
    pub kind: Option<DefinitionKind>,
    pub parent: Option<BodyId>,
    pub name: Box<str>,
    /// Where its name stands, which tells it among the definitions of the facts.
    pub name_span: Span,
    pub parameters: Vec<Parameter>,
    pub decorators: Vec<ExpressionId>,
    pub bases: Vec<ExpressionId>,
    pub returns: Vec<ExpressionId>,
    pub statements: Vec<Statement>,
    /// Values that each name is assigned, with the way through displays: `(a, b) = value` binds `b` to `[1]`.
    pub assigned: FxHashMap<Box<str>, Vec<(ExpressionId, Vec<u16>)>>,
    /// The same for the elements of an iterable: `for a, b in iterable`.
    pub elements: FxHashMap<Box<str>, Vec<(ExpressionId, Vec<u16>)>>,
    /// What is added to a name's list or dictionary.
    pub additions: FxHashMap<Box<str>, Vec<Addition>>,
    /// Values assigned to attributes of the first parameter: `self.x = value`.
    pub attributes: FxHashMap<Box<str>, Vec<ExpressionId>>,
    /// Last names of everything that is called.
    pub called: Vec<Box<str>>,
    /// Names of methods whose call decorates a function in it, or is called in turn: `get` of `app.get("/")(home)`.
    pub hands_over: Vec<Box<str>>,
}

#[derive(Clone, Debug, Default)]
pub struct Sketch {
    pub expressions: Vec<Expression>,
    /// Where each expression stands.
    pub spans: Vec<Span>,
    pub bodies: Vec<Body>,
    pub line_index: LineIndex,
    /// Routers are built by chains of calls, each of which gives the router: `Router::new().route(…)`.
    pub has_builders: bool,
}

impl Sketch {
    /// Adds a body of which nothing is known yet.
    pub fn open(
        &mut self,
        kind: Option<DefinitionKind>,
        parent: Option<BodyId>,
        name: &str,
        name_span: Span,
    ) -> BodyId {
        self.bodies.push(Body {
            kind,
            parent,
            name: name.into(),
            name_span,
            parameters: Vec::new(),
            decorators: Vec::new(),
            bases: Vec::new(),
            returns: Vec::new(),
            statements: Vec::new(),
            assigned: Default::default(),
            elements: Default::default(),
            additions: Default::default(),
            attributes: Default::default(),
            called: Vec::new(),
            hands_over: Vec::new(),
        });
        BodyId(self.bodies.len() as u32 - 1)
    }

    pub fn expression(&self, id: ExpressionId) -> &Expression {
        &self.expressions[id.0 as usize]
    }

    pub fn span(&self, id: ExpressionId) -> Span {
        self.spans[id.0 as usize]
    }

    pub fn body(&self, id: BodyId) -> &Body {
        &self.bodies[id.0 as usize]
    }

    pub fn body_ids(&self) -> impl Iterator<Item = BodyId> + use<> {
        (0..self.bodies.len() as u32).map(BodyId)
    }

    /// The body whose name stands exactly there.
    pub fn body_named_at(&self, name: Span) -> Option<BodyId> {
        self.body_ids().find(|&id| id != MODULE_BODY && self.body(id).name_span == name)
    }
}
