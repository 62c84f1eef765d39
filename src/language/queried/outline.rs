//! The facts of a text: what it defines, binds, takes, gives and refers to.
//!
//! A binding holds in all of its scope, at any time: what order statements run in is not asked. `this` is a name that
//! methods bind. A value that leads to no name is unknown. Invariants: facts depend on the text alone; every name is a
//! definition, bound, part of an import, or a reference. Absent on purpose: what functions give back, and the flow of
//! objects through calls.

use super::link::{BindingParts, Importing, Links, Taken, Way};
use super::scope::Scopes;
use super::structure::{Defined, Structure};
use super::token::Role;
use super::{Reading, layout};
use crate::facts::{
    AT_ANY_TIME, Access, AttributeAssignment, Binding, BindingKind, Definition, DefinitionId, DefinitionKind, Facts,
    Guards, Import, ImportId, ImportTarget, Interner, MODULE_SCOPE, NameId, Reference, ReferenceKind, Scope, ScopeId,
    ScopeKind, Space, Traits, UNNAMED, Value, ValueId, WHOLE,
};
use crate::span::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// The value of which nothing is known.
const UNKNOWN: ValueId = ValueId(0);

/// The object that a method is called on.
const THIS: &str = "this";

pub fn facts(reading: &Reading<'_>, links: &Links) -> Facts {
    let text = reading.text;
    let whole = Span::new(0, text.len() as u32);
    let spans = |role: Role| reading.tokens.iter().filter(move |it| it.role == role).map(|it| it.span).collect();
    let facts = Facts {
        values: vec![Value::Unknown],
        scopes: vec![Scope { kind: ScopeKind::Module, parent: None, definition: None, span: whole }],
        lines: layout::classes(text, &reading.tokens, &reading.index),
        comments: spans(Role::Comment),
        docstrings: spans(Role::Doc),
        line_index: reading.index.clone(),
        unread: reading.unread.clone(),
        ..Facts::default()
    };
    let scopes = Scopes::new(&reading.structure, links);
    let mut writer = Writer {
        text,
        structure: &reading.structure,
        links,
        scopes: &scopes,
        facts,
        interner: Interner::default(),
        values: FxHashMap::default(),
        modules: FxHashMap::default(),
        bound: FxHashSet::default(),
    };
    writer.scopes();
    writer.definitions();
    writer.imports();
    writer.values();
    writer.bindings();
    writer.exports();
    writer.complete_definitions();
    writer.attributes();
    writer.references();
    let mut facts = writer.facts;
    facts.names.seal();
    facts.bindings.sort_by_key(|binding| (binding.scope, binding.name, binding.span));
    facts.references.sort_by_key(|it| (it.span.start, it.span.end));
    facts
}

struct Writer<'a> {
    text: &'a str,
    structure: &'a Structure,
    links: &'a Links,
    scopes: &'a Scopes,
    facts: Facts,
    interner: Interner,
    /// Values of expressions, by where they stand.
    values: FxHashMap<Span, ValueId>,
    /// Files that calls lead to, by where the calls stand.
    modules: FxHashMap<Span, ImportId>,
    /// Places that are no references: names of definitions, of bindings and of imports.
    bound: FxHashSet<Span>,
}

impl Writer<'_> {
    fn name(&mut self, text: &str) -> NameId {
        self.interner.intern(&mut self.facts.names, text)
    }

    fn name_at(&mut self, span: Span) -> NameId {
        let text = self.text;
        self.name(span.slice(text))
    }

    fn value(&mut self, value: Value) -> ValueId {
        self.facts.values.push(value);
        ValueId(self.facts.values.len() as u32 - 1)
    }

    /// A name as it is read somewhere.
    fn read(&mut self, name: NameId, at: u32) -> ValueId {
        let scope = self.scopes.of_name(at);
        self.value(Value::Name { name, scope, at, space: Space::One })
    }

    fn value_at(&mut self, span: Span) -> ValueId {
        if let Some(&known) = self.values.get(&span) {
            return known;
        }
        let is_name = self.links.references.get(&span).is_some_and(|(_, kind)| *kind != ReferenceKind::Keyword);
        let value = match is_name {
            true => {
                let name = self.name_at(span);
                self.read(name, span.start)
            }
            false => UNKNOWN,
        };
        self.values.insert(span, value);
        value
    }

    fn bind(&mut self, scope: ScopeId, name: NameId, span: Span, kind: BindingKind) -> &mut Binding {
        let from = AT_ANY_TIME;
        self.facts.bindings.push(Binding { scope, name, span, from, kind, value: None, annotation: None });
        self.facts.bindings.last_mut().expect("one was added")
    }

    fn guards(&self, scope: ScopeId) -> Guards {
        if self.facts.is_in_function(scope) { Guards::FUNCTION } else { Guards::NONE }
    }

    fn scopes(&mut self) {
        self.facts.scopes.extend(self.scopes.list().iter().cloned());
        let this = self.name(THIS);
        for &scope in self.scopes.with_object() {
            let span = Span::new(self.facts.scope(scope).span.start, self.facts.scope(scope).span.start);
            let is_method = self
                .facts
                .scope(scope)
                .definition
                .is_some_and(|id| self.structure.definitions[id.index()].kind.definition == DefinitionKind::Method);
            let kind = if is_method { BindingKind::Parameter(0) } else { BindingKind::Other };
            self.bind(scope, this, span, kind);
        }
    }

    fn definitions(&mut self) {
        for (at, defined) in self.structure.definitions.iter().enumerate() {
            let id = DefinitionId(at as u32);
            let definition = self.definition(id, defined);
            let (scope, name) = (definition.scope, definition.name);
            self.facts.definitions.push(definition);
            self.bound.insert(defined.name);
            let around = defined.parent.map(|parent| self.structure.definitions[parent as usize].kind.definition);
            let is_block = |kind: DefinitionKind| kind == DefinitionKind::Implementation;
            if is_block(defined.kind.definition) || around.is_some_and(is_block) {
                continue;
            }
            // A constant is bound like any other value; see `bindings`.
            if defined.kind.definition != DefinitionKind::Constant {
                self.bind(scope, name, defined.name, BindingKind::Definition(id));
            } else if !self.links.bindings.contains_key(&defined.name) {
                self.bind(scope, name, defined.name, BindingKind::Assignment);
            }
        }
    }

    fn definition(&mut self, id: DefinitionId, defined: &Defined) -> Definition {
        let kind = defined.kind.definition;
        let body_scope = self.scopes.body(id);
        Definition {
            kind,
            name: self.name_at(defined.name),
            name_span: defined.name,
            span: defined.span,
            parent: defined.parent.map(DefinitionId),
            scope: self.scopes.around(id, defined.code.start),
            body_scope,
            traits: Traits {
                is_async: defined.is_async,
                is_static: defined.is_static,
                is_property: defined.is_property,
                is_abstract: defined.kind.is_signature || kind == DefinitionKind::Interface,
                is_stub: defined.kind.is_signature,
                ..Traits::default()
            },
            bases: Vec::new(),
            decorators: Vec::new(),
            returns: None,
            subject: None,
            gives: vec![UNKNOWN],
            guards: if defined.is_in_function { Guards::FUNCTION } else { Guards::NONE },
        }
    }

    fn complete_definitions(&mut self) {
        let structure = self.structure;
        for (at, defined) in structure.definitions.iter().enumerate() {
            let bases: Vec<ValueId> = defined.bases.iter().map(|&base| self.base_at(base)).collect();
            self.facts.definitions[at].bases = bases;
            // What a decorator makes of a definition is not known, only that there is one.
            self.facts.definitions[at].decorators = vec![UNKNOWN; defined.decorators.len()];
        }
    }

    /// The value of a base class, of which the last name is known.
    fn base_at(&mut self, last: Span) -> ValueId {
        let whole = self.scopes.member_around(last).unwrap_or(last);
        self.value_at(whole)
    }

    /// The text that leads to a file, without its quotes.
    fn source(&mut self, source: Span) -> (NameId, Span) {
        let text = source.slice(self.text);
        let inner = text.trim_matches(['"', '\'', '`']);
        let start = source.start + (inner.as_ptr() as usize - text.as_ptr() as usize) as u32;
        (self.name(inner), Span::new(start, start + inner.len() as u32))
    }

    fn imports(&mut self) {
        for importing in &self.links.imports {
            let Importing { statement, source, taken } = *importing;
            let (module, module_span) = self.source(source);
            let none = Span::new(statement.start, statement.start);
            let (target, alias, bound_span) = match taken {
                Taken::Effect => (ImportTarget::Module, None, none),
                Taken::All => (ImportTarget::Star, None, none),
                Taken::Module(name) => (ImportTarget::Module, Some(self.name_at(name)), name),
                Taken::Default(name) => {
                    let default = self.name(UNNAMED);
                    (ImportTarget::Name(default, name), Some(self.name_at(name)), name)
                }
                Taken::Name { name, alias } => {
                    let bound = alias.unwrap_or(name);
                    let alias = alias.map(|alias| self.name_at(alias));
                    (ImportTarget::Name(self.name_at(name), name), alias, bound)
                }
            };
            let is_type = self.links.type_imports.contains(&statement);
            let id = ImportId(self.facts.imports.len() as u32);
            self.facts.imports.push(Import {
                level: 0,
                module: Some(module),
                module_span,
                target,
                alias,
                path: None,
                is_public: false,
                bound_span,
                scope: MODULE_SCOPE,
                guards: if is_type { Guards::TYPE_CHECKING } else { Guards::NONE },
                statement,
            });
            self.bound.insert(bound_span);
            if let ImportTarget::Name(_, span) = target {
                self.bound.insert(span);
            }
            if !matches!(taken, Taken::Effect | Taken::All) {
                let name = self.name_at(bound_span);
                self.bind(MODULE_SCOPE, name, bound_span, BindingKind::Import(id));
            }
        }
    }

    /// Makes the values that lead to names, smaller ones first, since they are parts of larger ones.
    fn values(&mut self) {
        let mut ways: Vec<(Span, Way)> = self.links.values.iter().map(|(&span, &way)| (span, way)).collect();
        ways.sort_by_key(|(span, _)| (span.end - span.start, span.start));
        for (span, way) in ways {
            let value = match way {
                Way::Attribute { object, property } => {
                    let (base, name) = (self.value_at(object), self.name_at(property));
                    let value = self.value(Value::Attribute { base, name, space: Space::One });
                    self.values.insert(property, value);
                    value
                }
                Way::Call { function } => {
                    let function = self.value_at(function);
                    self.value(Value::Call { function, argument: None })
                }
                Way::Same { of } => {
                    if let Some(&import) = self.modules.get(&of) {
                        self.modules.insert(span, import);
                    }
                    self.value_at(of)
                }
                Way::Either { left, right } => {
                    let (left, right) = (self.value_at(left), self.value_at(right));
                    self.value(Value::Either { left, right })
                }
                Way::This => {
                    let this = self.name(THIS);
                    self.read(this, span.start)
                }
                Way::Super => {
                    let scope = self.scopes.at(span.start);
                    self.value(Value::Super { scope })
                }
                Way::Module { source } => self.module_value(span, source),
            };
            self.values.insert(span, value);
        }
    }

    /// The file that a call leads to: an import whose name no text can hold.
    fn module_value(&mut self, call: Span, source: Span) -> ValueId {
        let (module, module_span) = self.source(source);
        let name = format!("import {}", self.facts.names.get(module));
        let name = self.name(&name);
        let scope = self.scopes.at(call.start);
        let none = Span::new(call.start, call.start);
        let id = ImportId(self.facts.imports.len() as u32);
        self.facts.imports.push(Import {
            level: 0,
            module: Some(module),
            module_span,
            target: ImportTarget::Module,
            alias: Some(name),
            path: None,
            is_public: false,
            bound_span: none,
            scope: MODULE_SCOPE,
            guards: self.guards(scope),
            statement: call,
        });
        self.bind(MODULE_SCOPE, name, none, BindingKind::Import(id));
        self.modules.insert(call, id);
        self.value(Value::Name { name, scope: MODULE_SCOPE, at: call.start, space: Space::One })
    }

    /// The same import under the name that a variable gives it.
    fn take_whole(&mut self, import: ImportId, name: NameId, bound_span: Span, scope: ScopeId) -> ImportId {
        let import = self.facts.imports[import.index()].clone();
        self.facts.imports.push(Import { alias: Some(name), bound_span, scope, ..import });
        ImportId(self.facts.imports.len() as u32 - 1)
    }

    fn bindings(&mut self) {
        let mut places: Vec<(Span, BindingParts)> = self.links.bindings.iter().map(|(&at, &it)| (at, it)).collect();
        places.sort_by_key(|(span, _)| *span);
        for (span, parts) in places {
            let defined = self.structure.named(span);
            if defined.is_some_and(|it| it.kind.definition != DefinitionKind::Constant) {
                continue;
            }
            let scope = match parts.of_function {
                true => self.scopes.function_at(span.start),
                false => self.scopes.at(span.start),
            };
            let name = self.name_at(span);
            let value = match parts.member {
                Some((member, of)) => {
                    let base = of.map_or(UNKNOWN, |of| self.value_at(of));
                    let name = self.name_at(member);
                    let value = self.value(Value::Attribute { base, name, space: Space::One });
                    self.refer(member, value, ReferenceKind::Attribute, Access::Read);
                    of.map(|_| value)
                }
                None => parts.value.map(|value| self.value_at(value)),
            };
            let annotation = parts.annotation.map(|annotation| self.value_at(annotation));
            self.bound.insert(span);
            if let Some(&import) = parts.value.filter(|_| parts.member.is_none()).and_then(|it| self.modules.get(&it)) {
                let import = self.take_whole(import, name, span, scope);
                self.bind(scope, name, span, BindingKind::Import(import));
                continue;
            }
            let kind = match value {
                None if defined.is_none() => BindingKind::Other,
                _ => BindingKind::Assignment,
            };
            let binding = self.bind(scope, name, span, kind);
            (binding.value, binding.annotation) = (value, annotation.filter(|it| *it != UNKNOWN));
        }
        let mut scopes_of: FxHashSet<(ScopeId, NameId)> = FxHashSet::default();
        scopes_of.extend(self.facts.bindings.iter().map(|it| (it.scope, it.name)));
        for &(span, value) in &self.links.rebindings {
            let name = self.name_at(span);
            let mut scope = Some(self.scopes.at(span.start));
            while let Some(at) = scope.filter(|&at| !scopes_of.contains(&(at, name))) {
                scope = self.facts.scope(at).parent;
            }
            let Some(scope) = scope else { continue };
            let value = value.map(|value| self.value_at(value));
            self.bind(scope, name, span, BindingKind::Assignment).value = value;
        }
    }

    fn exports(&mut self) {
        let mut given: Vec<NameId> = Vec::new();
        for &span in &self.links.exports {
            given.push(self.name_at(span));
        }
        for &(alias, bound) in &self.links.exported_as {
            let name = self.name_at(alias);
            self.bound.insert(alias);
            given.push(name);
            let is_defined = self.structure.named(alias).is_some();
            let value = self.value_of_export(bound);
            if !is_defined {
                self.bind(MODULE_SCOPE, name, alias, BindingKind::Assignment).value = Some(value);
            }
        }
        for (places, name) in [(&self.links.defaults, UNNAMED), (&self.links.wholes, WHOLE)] {
            for &(word, bound) in places {
                let name = self.name(name);
                given.push(name);
                let value = self.value_of_export(bound);
                if self.structure.named(word).is_none() {
                    let place = Span::new(word.start, word.start);
                    self.bind(MODULE_SCOPE, name, place, BindingKind::Assignment).value = Some(value);
                }
            }
        }
        for at in 0..self.facts.imports.len() {
            let import = &self.facts.imports[at];
            let is_export = import.statement.slice(self.text).starts_with("export");
            let name = match import.target {
                ImportTarget::Name(name, _) => import.alias.unwrap_or(name),
                ImportTarget::Module if import.alias.is_some() => import.alias.unwrap_or(NameId(0)),
                ImportTarget::Module => continue,
                ImportTarget::Star => {
                    self.facts.has_open_exports = true;
                    continue;
                }
            };
            if is_export {
                given.push(name);
            }
        }
        given.sort_unstable();
        given.dedup();
        if !given.is_empty() || self.facts.has_open_exports {
            self.facts.exports = Some(given);
        }
    }

    /// The value of a name that stands there, whether it is read or defined.
    fn value_of_export(&mut self, bound: Span) -> ValueId {
        if self.structure.named(bound).is_some() {
            let name = self.name_at(bound);
            return self.value(Value::Name { name, scope: MODULE_SCOPE, at: bound.start, space: Space::One });
        }
        self.value_at(bound)
    }

    /// Attributes that methods set on their object.
    fn attributes(&mut self) {
        let mut attributes = self.links.attributes.clone();
        attributes.sort_unstable();
        for (span, value, annotation) in attributes {
            let Some(class) = self.scopes.class_at(span.start) else { continue };
            let name = self.name_at(span);
            let value = value.map(|value| self.value_at(value));
            let annotation = annotation.map(|it| self.value_at(it)).filter(|it| *it != UNKNOWN);
            self.facts.attributes.push(AttributeAssignment { class, name, span, value, annotation });
        }
    }

    fn references(&mut self) {
        let references: Vec<(Span, ReferenceKind)> =
            self.links.references.iter().map(|(&span, &(_, kind))| (span, kind)).collect();
        for (span, kind) in references {
            if self.bound.contains(&span) {
                continue;
            }
            let access = self.links.access(span);
            let value = self.value_at(span);
            self.refer(span, value, kind, access);
        }
    }

    fn refer(&mut self, span: Span, value: ValueId, kind: ReferenceKind, access: Access) {
        let scope = self.scopes.at(span.start);
        let guards = self.guards(scope);
        self.facts.references.push(Reference { span, value, kind, access, scope, guards });
        self.bound.insert(span);
    }
}
