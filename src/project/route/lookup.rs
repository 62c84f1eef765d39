//! Names and attributes: what they hold.
//!
//! Scopes are those of the facts, imports and star imports are resolved by [`Resolver`](crate::project::Resolver), and
//! what a name is assigned is evaluated from the sketch. Invariant: a name that is asked for while it is being looked up
//! holds nothing. Absent on purpose: the order of assignments; all of them count.

use super::run::{FileSketch, Run};
use super::value::{Closure, Element, Frame, Instance, Value};
use crate::facts::{
    Addition, BindingKind, BodyId, DefinitionId, DefinitionKind, ImportTarget, MODULE_BODY, MODULE_SCOPE,
};
use crate::project::{DefinitionRef, Entity, ModuleRef};
use crate::span::Span;
use crate::workspace::EntryId;
use std::rc::Rc;

impl<'p, 's> Run<'p, 's> {
    /// What a name holds in a frame.
    pub(super) fn name(&mut self, frame: &Rc<Frame>, name: &str) -> Vec<Value> {
        let mut at = Some(frame.clone());
        let mut is_own = true;
        while let Some(here) = at {
            if let Some(values) = here.bound.borrow().get(name) {
                return values.clone();
            }
            let Some(file) = self.file(here.file) else { return Vec::new() };
            let is_class = file.sketch.body(here.body).kind == Some(DefinitionKind::Class);
            let is_bound = self.binds(&file, here.body, name)
                || file.sketch.has_builders && file.sketch.body(here.body).assigned.contains_key(name);
            if (is_own || !is_class) && is_bound {
                return self.local(&here, &file, name);
            }
            is_own = false;
            at = here.outer.clone();
        }
        if crate::language::python::is_builtin(name) {
            return vec![Value::External(format!("builtins.{name}").into())];
        }
        // from a star import
        self.resolved_member(&ModuleRef::File(frame.file), name)
    }

    fn binds(&self, file: &FileSketch, body: BodyId, name: &str) -> bool {
        let Some(id) = file.facts.names.find(name) else { return false };
        let bindings = file.facts.bindings_of(file.scope_of(body), id);
        !bindings.is_empty() && bindings.iter().all(|it| it.kind != BindingKind::Outer)
    }

    /// A name that the frame's own body binds.
    fn local(&mut self, frame: &Rc<Frame>, file: &Rc<FileSketch>, name: &str) -> Vec<Value> {
        if let Some(known) = frame.known.borrow().get(name) {
            return known.clone();
        }
        frame.known.borrow_mut().insert(name.into(), Vec::new());
        let mut values = Vec::new();
        let Some(id) = file.facts.names.find(name) else { return values };
        for binding in file.facts.bindings_of(file.scope_of(frame.body), id) {
            match binding.kind {
                BindingKind::Import(import) => {
                    let import = &file.facts.imports[import.index()];
                    let (base, dotted) = self.resolver.import_base(frame.file, &file.facts, import);
                    match (import.target, base) {
                        (ImportTarget::Module, _) if import.alias.is_none() && dotted.contains('.') => {
                            let first = dotted.split('.').next().unwrap_or_default();
                            let found = self.resolver.path(first, frame.file);
                            values.extend(found.iter().filter_map(|it| self.entity(&it.entity)));
                        }
                        (ImportTarget::Module, base) => values.extend(self.entity(&base)),
                        (ImportTarget::Name(name, _), Entity::Module(module)) => {
                            values.extend(self.member_of_module(&module, file.facts.name(name)));
                        }
                        (ImportTarget::Name(name, _), Entity::External(path)) => {
                            values.push(Value::External(format!("{path}.{}", file.facts.name(name)).into()));
                        }
                        _ => {}
                    }
                }
                BindingKind::Definition(definition) => {
                    values.extend(self.definition(frame.file, file, definition, Some(frame.clone())));
                }
                BindingKind::Parameter(_) => {
                    let parameters = &file.sketch.body(frame.body).parameters;
                    let default = parameters.iter().find(|it| &*it.name == name).and_then(|it| it.default);
                    if let Some(default) = default {
                        values.extend(self.evaluate(frame, default).into_iter().filter(|it| *it != Value::None));
                    }
                    values.push(Value::Parameter(frame.file, frame.body, name.into()));
                }
                _ => {}
            }
        }
        let body = file.sketch.body(frame.body);
        for (value, way) in body.assigned.get(name).into_iter().flatten() {
            let found = self.evaluate(frame, *value);
            values.extend(self.along(found, way));
        }
        for (iterable, way) in body.elements.get(name).into_iter().flatten() {
            for element in self.elements_of(frame, *iterable) {
                values.extend(self.along(element.values.to_vec(), way));
            }
        }
        for addition in body.additions.get(name).into_iter().flatten() {
            self.add(frame, &mut values, addition);
        }
        let values = distinct(values);
        frame.known.borrow_mut().insert(name.into(), values.clone());
        values
    }

    /// What stands at a way through displays.
    pub(super) fn along(&mut self, values: Vec<Value>, way: &[u16]) -> Vec<Value> {
        let Some((&first, rest)) = way.split_first() else { return values };
        let mut found = Vec::new();
        for value in values {
            if let Value::Sequence(elements) = value
                && let Some(element) = elements.get(first as usize)
            {
                found.extend(self.along(element.values.to_vec(), rest));
            }
        }
        found
    }

    /// Adds an element, a whole list, or an entry to the lists and dictionaries among the values.
    fn add(&mut self, frame: &Rc<Frame>, values: &mut [Value], addition: &Addition) {
        let mut more = Vec::new();
        let mut entry = None;
        match addition {
            Addition::Element(value) => {
                let place = self.place(frame, *value);
                more.push(Element { values: self.evaluate(frame, *value).into(), place });
            }
            Addition::All(value) => more = self.elements_of(frame, *value),
            Addition::Entry(key, value) => {
                let key = match &self.evaluate(frame, *key)[..] {
                    [Value::Text(key)] => Some(key.clone()),
                    _ => None,
                };
                let place = self.place(frame, *value);
                entry = Some((key, Element { values: self.evaluate(frame, *value).into(), place }));
            }
        }
        for value in values {
            match (value, &entry) {
                (Value::Mapping(entries), Some(entry)) => {
                    *entries = entries.iter().chain(std::iter::once(entry)).cloned().collect();
                }
                (Value::Mapping(entries), None) => {
                    if let Addition::All(value) = addition {
                        for it in self.evaluate(frame, *value) {
                            if let Value::Mapping(others) = it {
                                *entries = entries.iter().chain(others.iter()).cloned().collect();
                            }
                        }
                    }
                }
                (Value::Sequence(elements), None) => {
                    *elements = elements.iter().chain(&more).cloned().collect();
                }
                _ => {}
            }
        }
    }

    /// A name of a module: its own, a submodule, or from a star import.
    pub(super) fn member_of_module(&mut self, module: &ModuleRef, name: &str) -> Vec<Value> {
        if let ModuleRef::File(id) = *module
            && let Some(file) = self.file(id)
            && self.binds(&file, MODULE_BODY, name)
        {
            let frame = self.module_frame(id);
            let found = self.local(&frame, &file, name);
            if !found.is_empty() {
                return found;
            }
        }
        self.resolved_member(module, name)
    }

    /// What a path means whose last name stands at a place.
    pub(super) fn linked(&mut self, file: EntryId, name: Span) -> Vec<Value> {
        let Some(here) = self.file(file) else { return Vec::new() };
        let Some(reference) = here.facts.reference_at(name) else { return Vec::new() };
        let meanings = self.resolver.value(file, reference.value);
        let value = |run: &mut Self, entity: &Entity| match entity {
            // The first name of a path may be a crate from outside.
            Entity::Missing(symbol) => Some(Value::External(symbol.name.as_deref()?.into())),
            entity => run.entity(entity),
        };
        distinct(meanings.iter().filter_map(|it| value(self, &it.entity)).collect())
    }

    fn resolved_member(&mut self, module: &ModuleRef, name: &str) -> Vec<Value> {
        let found = self.resolver.member_of_module(module, name);
        let entities: Vec<Entity> = found.into_iter().map(|it| it.entity).collect();
        distinct(entities.iter().filter_map(|it| self.entity(it)).collect())
    }

    fn entity(&mut self, entity: &Entity) -> Option<Value> {
        match entity {
            Entity::Module(module) => Some(Value::Module(module.clone())),
            Entity::External(path) => Some(Value::External(path.as_str().into())),
            Entity::Definition(it) => {
                let file = self.file(it.file)?;
                let definition = file.facts.definition(it.id);
                match definition.kind {
                    DefinitionKind::Constant if definition.scope == MODULE_SCOPE => {
                        let frame = self.module_frame(it.file);
                        let name = file.facts.name(definition.name).to_owned();
                        self.local(&frame, &file, &name).into_iter().next()
                    }
                    _ => self.definition(it.file, &file, it.id, None),
                }
            }
            _ => None,
        }
    }

    fn definition(
        &mut self,
        id: EntryId,
        file: &FileSketch,
        definition: DefinitionId,
        frame: Option<Rc<Frame>>,
    ) -> Option<Value> {
        let body = file.body_of(definition)?;
        if file.sketch.body(body).kind == Some(DefinitionKind::Class) {
            return Some(Value::Class(id, body));
        }
        let outer = frame.or_else(|| Some(self.frame_around(id, body)));
        Some(Value::Function(Rc::new(Closure { file: id, body, outer, receiver: None })))
    }

    /// `value.name`.
    pub(super) fn attribute(&mut self, value: &Value, name: &str) -> Vec<Value> {
        match value {
            Value::Module(module) => self.member_of_module(module, name),
            Value::External(path) => vec![Value::External(format!("{path}.{name}").into())],
            Value::Class(file, body) => self.member_of_class(*file, *body, name, None),
            Value::Instance(instance) => self.member_of_class(instance.file, instance.class, name, Some(instance)),
            // `app.router.add_get`, `api.router.get`
            Value::Host(..) if name == "router" => vec![value.clone()],
            Value::Function(_) | Value::None | Value::Number(_) | Value::Decorator(_) | Value::Pattern(_) => Vec::new(),
            _ => vec![Value::Member(Rc::new((value.clone(), name.into())))],
        }
    }

    /// A member of a class or of an instance of it, by the method resolution order.
    fn member_of_class(
        &mut self,
        file: EntryId,
        class: BodyId,
        name: &str,
        instance: Option<&Rc<Instance>>,
    ) -> Vec<Value> {
        for (holder, body) in self.bases(file, class) {
            let Some(found) = self.file(holder) else { continue };
            let mut values = Vec::new();
            let methods: Vec<BodyId> =
                found.sketch.body_ids().filter(|&it| found.sketch.body(it).parent == Some(body)).collect();
            if let Some(instance) = instance {
                for &method in &methods {
                    let Some(assigned) = found.sketch.body(method).attributes.get(name) else { continue };
                    let frame = self.method_frame(holder, method, instance);
                    for value in assigned.clone() {
                        values.extend(self.evaluate(&frame, value));
                    }
                }
            }
            if values.is_empty() {
                let frame = self.frame_of(holder, body);
                if self.binds(&found, body, name) {
                    values = self.local(&frame, &found, name);
                }
                if let Some(instance) = instance {
                    values.iter_mut().for_each(|it| *it = bound(it, instance));
                }
            }
            if !values.is_empty() {
                return distinct(values);
            }
        }
        match instance {
            None => vec![Value::Member(Rc::new((Value::Class(file, class), name.into())))],
            Some(_) => Vec::new(),
        }
    }

    /// The class and its bases within the project, in order.
    fn bases(&mut self, file: EntryId, class: BodyId) -> Vec<(EntryId, BodyId)> {
        let Some(id) = self.file(file).and_then(|it| it.definition_of(class)) else { return Vec::new() };
        let mro = self.resolver.mro(DefinitionRef { file, id });
        let body = |it: &DefinitionRef| Some((it.file, self.file(it.file)?.body_of(it.id)?));
        mro.classes.iter().filter_map(body).collect()
    }

    /// The dotted names of the outside bases of a class.
    pub(super) fn outside_bases(&mut self, file: EntryId, class: BodyId) -> Vec<String> {
        let Some(id) = self.file(file).and_then(|it| it.definition_of(class)) else { return Vec::new() };
        let mro = self.resolver.mro(DefinitionRef { file, id });
        mro.classes.iter().flat_map(|&it| self.resolver.external_bases(it)).collect()
    }

    /// A method's frame, with what its instance was made with where it is the constructor.
    fn method_frame(&mut self, file: EntryId, method: BodyId, instance: &Rc<Instance>) -> Rc<Frame> {
        let outer = self.frame_around(file, method);
        let is_constructor = self.file(file).is_some_and(|it| &*it.sketch.body(method).name == "__init__");
        let receiver = Some(Value::Instance(instance.clone()));
        let arguments = if is_constructor { instance.arguments.clone() } else { Default::default() };
        let closure = Closure { file, body: method, outer: Some(outer), receiver };
        self.called_frame(&closure, &arguments, instance.chain.to_vec())
    }
}

/// A method as it is got from an instance.
fn bound(value: &Value, instance: &Rc<Instance>) -> Value {
    match value {
        Value::Function(it) => Value::Function(Rc::new(Closure {
            file: it.file,
            body: it.body,
            outer: it.outer.clone(),
            receiver: Some(Value::Instance(instance.clone())),
        })),
        other => other.clone(),
    }
}

/// Values kept of one expression.
const VALUES_KEPT: usize = 24;

pub(super) fn distinct(values: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for value in values {
        if kept.len() < VALUES_KEPT && !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}
