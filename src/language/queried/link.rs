//! Links: what `links.scm` says of names: where they are bound, what they are read as, what a file takes and gives.
//!
//! Invariants: a place is one import, one binding, one reference; of several patterns that capture it, the last one says
//! what it is. Absent on purpose: facts (see `outline`), and what a name means.

use super::Captures;
use crate::facts::{Access, ReferenceKind};
use crate::span::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::Tree;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The whole statement; of a match with `@source`, what it takes from there.
    Import,
    /// It takes types alone.
    TypeImport,
    /// The text that leads to a file, quotes included.
    Source,
    ImportName,
    ImportAlias,
    ImportDefault,
    ImportModule,
    ImportAll,
    /// A name that is given to others as it is.
    Export,
    /// A name that `@bound` is given to others by.
    ExportBind,
    /// The word behind which stands what is given without a name.
    ExportDefault,
    /// What the file is when it is taken whole.
    ExportWhole,
    Scope,
    ScopeClass,
    ScopeFunction,
    /// A function that has no object of its own.
    ScopeArrow,
    /// A value that is worked out for each object.
    ScopeValue,
    Bind,
    /// The same, for the function around it and not for the block.
    BindFunction,
    /// A name that gets another value.
    Rebind,
    Bound,
    Annotation,
    /// What is taken from `@of` under this name.
    Member,
    Of,
    /// An attribute of the object around it that is set.
    Attribute,
    Value(Shape),
    Object,
    Property,
    Function,
    Left,
    Right,
    Reference(ReferenceKind),
    Write,
}

/// How a value leads to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `@property` of `@object`.
    Attribute,
    /// What `@function` gives.
    Call,
    /// The same as `@of`.
    Same,
    /// `@left` or `@right`.
    Either,
    This,
    Super,
    /// The file that `@source` leads to.
    Module,
}

/// The vocabulary of `links.scm`.
pub const ROLES: &[(&str, Role)] = &[
    ("import", Role::Import),
    ("import.type", Role::TypeImport),
    ("source", Role::Source),
    ("import.name", Role::ImportName),
    ("import.alias", Role::ImportAlias),
    ("import.default", Role::ImportDefault),
    ("import.module", Role::ImportModule),
    ("import.all", Role::ImportAll),
    ("export", Role::Export),
    ("export.bind", Role::ExportBind),
    ("export.default", Role::ExportDefault),
    ("export.whole", Role::ExportWhole),
    ("scope", Role::Scope),
    ("scope.class", Role::ScopeClass),
    ("scope.function", Role::ScopeFunction),
    ("scope.arrow", Role::ScopeArrow),
    ("scope.value", Role::ScopeValue),
    ("bind", Role::Bind),
    ("bind.function", Role::BindFunction),
    ("rebind", Role::Rebind),
    ("bound", Role::Bound),
    ("annotation", Role::Annotation),
    ("member", Role::Member),
    ("of", Role::Of),
    ("attribute", Role::Attribute),
    ("value.attribute", Role::Value(Shape::Attribute)),
    ("value.call", Role::Value(Shape::Call)),
    ("value.same", Role::Value(Shape::Same)),
    ("value.either", Role::Value(Shape::Either)),
    ("value.this", Role::Value(Shape::This)),
    ("value.super", Role::Value(Shape::Super)),
    ("value.module", Role::Value(Shape::Module)),
    ("object", Role::Object),
    ("property", Role::Property),
    ("function", Role::Function),
    ("left", Role::Left),
    ("right", Role::Right),
    ("reference", Role::Reference(ReferenceKind::Name)),
    ("reference.key", Role::Reference(ReferenceKind::Keyword)),
    ("reference.attribute", Role::Reference(ReferenceKind::Attribute)),
    ("reference.call", Role::Reference(ReferenceKind::Call)),
    ("reference.subclass", Role::Reference(ReferenceKind::Subclass)),
    ("reference.decorator", Role::Reference(ReferenceKind::Decorator)),
    ("reference.annotation", Role::Reference(ReferenceKind::Annotation)),
    ("reference.export", Role::Reference(ReferenceKind::Export)),
    ("write", Role::Write),
];

/// What an import takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Nothing; the file runs.
    Effect,
    Name {
        name: Span,
        alias: Option<Span>,
    },
    /// What the file gives without a name, under this one.
    Default(Span),
    /// The file itself, under this name.
    Module(Span),
    All,
}

#[derive(Clone, Copy, Debug)]
pub struct Importing {
    pub statement: Span,
    pub source: Span,
    pub taken: Taken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeForm {
    Block,
    Class,
    Function,
    Arrow,
    Value,
}

/// How a value leads to a name, with its parts.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    Attribute { object: Span, property: Span },
    Call { function: Span },
    Same { of: Span },
    Either { left: Span, right: Span },
    This,
    Super,
    Module { source: Span },
}

#[derive(Clone, Copy, Debug, Default)]
pub struct BindingParts {
    pub value: Option<Span>,
    pub annotation: Option<Span>,
    /// Taken under this name from that value.
    pub member: Option<(Span, Option<Span>)>,
    pub of_function: bool,
}

/// Everything by the places where it stands.
#[derive(Default)]
pub struct Links {
    pub imports: Vec<Importing>,
    pub type_imports: FxHashSet<Span>,
    pub scopes: FxHashMap<Span, ScopeForm>,
    pub bindings: FxHashMap<Span, BindingParts>,
    pub rebindings: Vec<(Span, Option<Span>)>,
    /// Attributes that are set, with value and annotation.
    pub attributes: Vec<(Span, Option<Span>, Option<Span>)>,
    pub values: FxHashMap<Span, Way>,
    pub references: FxHashMap<Span, (usize, ReferenceKind)>,
    pub writes: FxHashSet<Span>,
    pub exports: Vec<Span>,
    pub exported_as: Vec<(Span, Span)>,
    /// Where something is given without a name, or as the whole, and what.
    pub defaults: Vec<(Span, Span)>,
    pub wholes: Vec<(Span, Span)>,
}

impl Links {
    /// `None` where finding them takes too many steps.
    pub fn read(captures: &Captures<Role>, tree: &Tree, text: &str) -> Option<Self> {
        let mut links = Self::default();
        let is_whole = captures.each(tree, text, |pattern, captured| links.take(pattern, captured));
        links.settle_imports();
        is_whole.then_some(links)
    }

    pub fn access(&self, span: Span) -> Access {
        if self.writes.contains(&span) { Access::Write } else { Access::Read }
    }

    fn take(&mut self, pattern: usize, captured: &[(Role, Span)]) {
        let find = |role: Role| captured.iter().find(|(it, _)| *it == role).map(|(_, span)| *span);
        for &(role, span) in captured {
            match role {
                Role::Import => {
                    let Some(source) = find(Role::Source) else { continue };
                    let named = find(Role::ImportName).map(|name| Taken::Name { name, alias: find(Role::ImportAlias) });
                    let taken = named
                        .or(find(Role::ImportDefault).map(Taken::Default))
                        .or(find(Role::ImportModule).map(Taken::Module))
                        .or(find(Role::ImportAll).map(|_| Taken::All))
                        .unwrap_or(Taken::Effect);
                    if find(Role::TypeImport).is_some() {
                        self.type_imports.insert(span);
                    } else {
                        self.imports.push(Importing { statement: span, source, taken });
                    }
                }
                Role::Export => self.exports.push(span),
                Role::ExportBind => self.exported_as.extend(find(Role::Bound).map(|bound| (span, bound))),
                Role::ExportDefault => self.defaults.extend(find(Role::Bound).map(|bound| (span, bound))),
                Role::ExportWhole => self.wholes.extend(find(Role::Bound).map(|bound| (span, bound))),
                Role::Scope => self.scope(span, ScopeForm::Block),
                Role::ScopeClass => self.scope(span, ScopeForm::Class),
                Role::ScopeFunction => self.scope(span, ScopeForm::Function),
                Role::ScopeArrow => self.scope(span, ScopeForm::Arrow),
                Role::ScopeValue => self.scope(span, ScopeForm::Value),
                Role::Bind | Role::BindFunction => {
                    let parts = self.bindings.entry(span).or_default();
                    parts.of_function |= role == Role::BindFunction;
                    parts.value = parts.value.or(find(Role::Bound));
                    parts.annotation = parts.annotation.or(find(Role::Annotation));
                    if let Some(member) = find(Role::Member) {
                        let of = parts.member.and_then(|(_, of)| of).or(find(Role::Of));
                        parts.member = Some((member, of));
                    }
                }
                Role::Rebind => self.rebindings.push((span, find(Role::Bound))),
                Role::Attribute => self.attributes.push((span, find(Role::Bound), find(Role::Annotation))),
                Role::Value(shape) => {
                    let way = match shape {
                        Shape::Attribute => find(Role::Object)
                            .zip(find(Role::Property))
                            .map(|(object, property)| Way::Attribute { object, property }),
                        Shape::Call => find(Role::Function).map(|function| Way::Call { function }),
                        Shape::Same => find(Role::Of).map(|of| Way::Same { of }),
                        Shape::Either => {
                            find(Role::Left).zip(find(Role::Right)).map(|(left, right)| Way::Either { left, right })
                        }
                        Shape::This => Some(Way::This),
                        Shape::Super => Some(Way::Super),
                        Shape::Module => find(Role::Source).map(|source| Way::Module { source }),
                    };
                    let Some(way) = way else { continue };
                    let is_module = |it: &Way| matches!(it, Way::Module { .. });
                    // a call that leads to a file is no other call
                    if !self.values.get(&span).is_some_and(is_module) {
                        self.values.insert(span, way);
                    }
                }
                Role::Reference(kind) => {
                    let slot = self.references.entry(span).or_insert((pattern, kind));
                    if slot.0 <= pattern {
                        *slot = (pattern, kind);
                    }
                }
                Role::Write => {
                    self.writes.insert(span);
                }
                _ => {}
            }
        }
    }

    fn scope(&mut self, span: Span, form: ScopeForm) {
        let slot = self.scopes.entry(span).or_insert(form);
        // a value that is a function is that function
        if *slot == ScopeForm::Value {
            *slot = form;
        }
    }

    /// In the order of the text; a statement that takes something does not run the file alone.
    fn settle_imports(&mut self) {
        let taking: FxHashSet<Span> =
            self.imports.iter().filter(|it| it.taken != Taken::Effect).map(|it| it.statement).collect();
        self.imports.retain(|it| it.taken != Taken::Effect || !taking.contains(&it.statement));
        let place = |taken: &Taken| match taken {
            Taken::Effect | Taken::All => 0,
            Taken::Name { name, .. } => name.start,
            Taken::Default(span) | Taken::Module(span) => span.start,
        };
        self.imports.sort_by_key(|it| (it.statement, place(&it.taken)));
    }
}
