//! Scopes of a text: where names are bound, and where they are read.
//!
//! Invariants: the module's own scope comes first and holds all; a scope has a smaller number than those in it. Absent on
//! purpose: what is bound; see `outline`.

use super::link::{Links, ScopeForm, Way};
use super::structure::Structure;
use crate::facts::{DefinitionId, DefinitionKind, MODULE_SCOPE, Scope, ScopeId, ScopeKind};
use crate::span::Span;
use rustc_hash::FxHashMap;

pub struct Scopes {
    /// All but the module's own.
    list: Vec<Scope>,
    /// Those of functions that have an object of their own.
    with_object: Vec<ScopeId>,
    bodies: FxHashMap<DefinitionId, ScopeId>,
    /// Values that are a member of something, by their last names.
    members: FxHashMap<Span, Span>,
}

impl Scopes {
    pub fn new(structure: &Structure, links: &Links) -> Self {
        let mut found: Vec<(Span, ScopeForm)> = links.scopes.iter().map(|(&span, &form)| (span, form)).collect();
        found.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let mut owners = owners(structure, &found);
        let mut scopes = Self {
            list: Vec::new(),
            with_object: Vec::new(),
            bodies: FxHashMap::default(),
            members: FxHashMap::default(),
        };
        let mut open: Vec<ScopeId> = Vec::new();
        for (at, &(span, form)) in found.iter().enumerate() {
            while open.last().is_some_and(|top| scopes.get(*top).span.end <= span.start) {
                open.pop();
            }
            let id = ScopeId(at as u32 + 1);
            let definition = owners.remove(&at);
            let kind = match form {
                ScopeForm::Class => ScopeKind::Class,
                ScopeForm::Function | ScopeForm::Arrow | ScopeForm::Value => ScopeKind::Function,
                ScopeForm::Block => ScopeKind::Expression,
            };
            scopes.list.push(Scope {
                kind,
                parent: Some(open.last().copied().unwrap_or(MODULE_SCOPE)),
                definition,
                span,
            });
            if let Some(definition) = definition {
                scopes.bodies.insert(definition, id);
            }
            let is_method = definition
                .is_some_and(|it| structure.definitions[it.index()].kind.definition == DefinitionKind::Method);
            if matches!(form, ScopeForm::Function | ScopeForm::Value) || is_method {
                scopes.with_object.push(id);
            }
            open.push(id);
        }
        for (&span, way) in &links.values {
            if let Way::Attribute { property, .. } = way {
                scopes.members.insert(*property, span);
            }
        }
        scopes
    }

    fn get(&self, id: ScopeId) -> &Scope {
        &self.list[id.index() - 1]
    }

    pub fn list(&self) -> &[Scope] {
        &self.list
    }

    pub fn with_object(&self) -> &[ScopeId] {
        &self.with_object
    }

    /// The scope that the body of a definition opens.
    pub fn body(&self, id: DefinitionId) -> Option<ScopeId> {
        self.bodies.get(&id).copied()
    }

    /// The innermost scope around an offset.
    pub fn at(&self, offset: u32) -> ScopeId {
        let next = self.list.partition_point(|it| it.span.start <= offset);
        let mut at = ScopeId(next as u32);
        while at != MODULE_SCOPE && self.get(at).span.end <= offset {
            at = self.get(at).parent.unwrap_or(MODULE_SCOPE);
        }
        at
    }

    /// The scope in which a name that stands there is looked up: members of a class are not seen without its object.
    pub fn of_name(&self, offset: u32) -> ScopeId {
        let mut at = self.at(offset);
        while at != MODULE_SCOPE && self.get(at).kind == ScopeKind::Class {
            at = self.get(at).parent.unwrap_or(MODULE_SCOPE);
        }
        at
    }

    /// The scope of the function around an offset, or that of the module.
    pub fn function_at(&self, offset: u32) -> ScopeId {
        let mut at = self.at(offset);
        while at != MODULE_SCOPE && self.get(at).kind != ScopeKind::Function {
            at = self.get(at).parent.unwrap_or(MODULE_SCOPE);
        }
        at
    }

    /// The scope in which the name of a definition that begins there is bound.
    pub fn around(&self, id: DefinitionId, start: u32) -> ScopeId {
        let at = self.at(start);
        match self.body(id) == Some(at) {
            true => self.get(at).parent.unwrap_or(MODULE_SCOPE),
            false => at,
        }
    }

    /// The class around an offset.
    pub fn class_at(&self, offset: u32) -> Option<DefinitionId> {
        let mut at = self.at(offset);
        while at != MODULE_SCOPE {
            let scope = self.get(at);
            if scope.kind == ScopeKind::Class {
                return scope.definition;
            }
            at = scope.parent.unwrap_or(MODULE_SCOPE);
        }
        None
    }

    /// The value whose last name this is: `shop.Store` of `Store`.
    pub fn member_around(&self, last: Span) -> Option<Span> {
        self.members.get(&last).copied()
    }
}

/// The definitions whose bodies scopes are, by the position of the scope: of a function the longest function in it, of
/// anything else the first body of a class.
fn owners(structure: &Structure, scopes: &[(Span, ScopeForm)]) -> FxHashMap<usize, DefinitionId> {
    let mut owners: FxHashMap<usize, DefinitionId> = FxHashMap::default();
    for (at, defined) in structure.definitions.iter().enumerate() {
        let is_function = matches!(defined.kind.definition, DefinitionKind::Function | DefinitionKind::Method);
        if !is_function && !defined.kind.definition.has_members() {
            continue;
        }
        let is_body = |form: ScopeForm| match form {
            ScopeForm::Function | ScopeForm::Arrow => is_function,
            ScopeForm::Class => !is_function,
            ScopeForm::Block | ScopeForm::Value => false,
        };
        let first = scopes.partition_point(|(span, _)| span.start < defined.code.start);
        let mut best: Option<usize> = None;
        let mut next = first;
        while let Some(&(span, form)) = scopes.get(next).filter(|(span, _)| span.end <= defined.code.end) {
            let length = |at: usize| scopes[at].0.end - scopes[at].0.start;
            let is_longer = best.is_none_or(|best| length(next) > length(best));
            match is_body(form) && span.start >= defined.code.start {
                true => {
                    best = if is_longer { Some(next) } else { best };
                    // nothing in it is longer
                    next = scopes.partition_point(|(it, _)| it.start < span.end);
                }
                false => next += 1,
            }
        }
        if let Some(best) = best {
            owners.entry(best).or_insert(DefinitionId(at as u32));
        }
    }
    owners
}
