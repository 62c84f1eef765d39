//! The facts of a text: what it defines, its lines, its comments.
//!
//! Invariant: facts depend on the text alone. Absent, so far: what a name means.

use super::structure::Defined;
use super::token::Role;
use super::{Reading, layout};
use crate::facts::{
    Binding, BindingKind, Definition, DefinitionId, DefinitionKind, Facts, Guards, Interner, MODULE_SCOPE, Scope,
    ScopeId, ScopeKind, Traits, Value,
};
use crate::span::Span;

pub fn facts(reading: Reading<'_>) -> Facts {
    let text = reading.text;
    let whole = Span::new(0, text.len() as u32);
    let spans = |role: Role| reading.tokens.iter().filter(move |it| it.role == role).map(|it| it.span).collect();
    let mut facts = Facts {
        values: vec![Value::Unknown],
        scopes: vec![Scope { kind: ScopeKind::Module, parent: None, definition: None, span: whole }],
        lines: layout::classes(text, &reading.tokens, &reading.index),
        comments: spans(Role::Comment),
        docstrings: spans(Role::Doc),
        unread: reading.unread,
        ..Facts::default()
    };
    let mut interner = Interner::default();
    for defined in &reading.structure.definitions {
        define(&mut facts, &mut interner, text, defined);
    }
    facts.names.seal();
    facts.bindings.sort_by_key(|binding| (binding.scope, binding.name, binding.span));
    facts.line_index = reading.index;
    facts
}

fn define(facts: &mut Facts, interner: &mut Interner, text: &str, defined: &Defined) {
    let id = DefinitionId(facts.definitions.len() as u32);
    let kind = defined.kind.definition;
    let parent = defined.parent.map(DefinitionId);
    let scope = parent.and_then(|parent| facts.definition(parent).body_scope).unwrap_or(MODULE_SCOPE);
    let name = interner.intern(&mut facts.names, defined.name.slice(text));
    let body = match kind {
        DefinitionKind::Function | DefinitionKind::Method => Some(ScopeKind::Function),
        _ if kind.has_members() => Some(ScopeKind::Class),
        _ => None,
    };
    let body_scope = body.map(|kind| {
        facts.scopes.push(Scope { kind, parent: Some(scope), definition: Some(id), span: defined.span });
        ScopeId(facts.scopes.len() as u32 - 1)
    });
    facts.definitions.push(Definition {
        kind,
        name,
        name_span: defined.name,
        span: defined.span,
        parent,
        scope,
        body_scope,
        traits: Traits {
            is_async: defined.is_async,
            is_abstract: defined.kind.is_signature || kind == DefinitionKind::Interface,
            is_stub: defined.kind.is_signature,
            ..Traits::default()
        },
        bases: Vec::new(),
        decorators: Vec::new(),
        returns: None,
        subject: None,
        gives: Vec::new(),
        guards: if defined.is_in_function { Guards::FUNCTION } else { Guards::NONE },
    });
    let kind = BindingKind::Definition(id);
    let from = defined.name.start;
    facts.bindings.push(Binding { scope, name, span: defined.name, from, kind, value: None, annotation: None });
}
