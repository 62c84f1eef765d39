//! Calls: what a constructor makes, what a function gives back, and what some callables of the standard library do.
//!
//! A function gives what its annotation promises, and without one what its `return` statements give. Invariant: a call
//! gives something likely at best, and what is `self` inside the function is the receiver outside. Absent on purpose:
//! arguments; a function that gives back its parameter gives nothing known, unless a type variable says so.

use super::entity::{DefinitionRef, Entity, HolderKind, Resolved};
use super::holder::held;
use super::resolve::{Resolver, distinct};
use crate::facts::{BindingKind, Definition, DefinitionKind, Facts, NameId, Value, ValueId};
use crate::workspace::EntryId;
use std::sync::Arc;

/// Calls inside calls that are followed to find what one gives back.
const CALL_LIMIT: u32 = 32;

impl Resolver<'_, '_> {
    /// What a call gives.
    pub(super) fn call(&mut self, file: EntryId, function: &Resolved, argument: Option<ValueId>) -> Vec<Resolved> {
        match &function.entity {
            Entity::Definition(definition) => {
                let Some(facts) = self.facts(definition.file) else { return vec![Resolved::unknown()] };
                let called = facts.definition(definition.id);
                match called.kind {
                    DefinitionKind::Struct | DefinitionKind::Enum => {
                        vec![Resolved::instance(*definition).behind(function).forget_names()]
                    }
                    DefinitionKind::TypeAlias => self.instance(function),
                    DefinitionKind::Class => {
                        let mut made = Resolved::instance(*definition).behind(function);
                        made.passed.clear();
                        made.is_own = function.is_own;
                        self.made(function, *definition, made)
                    }
                    DefinitionKind::Function | DefinitionKind::Method => {
                        match self.by_type_variable(file, &facts, called, argument) {
                            Some(found) => found.into_iter().map(|it| it.behind(function).forget_names()).collect(),
                            None => self.result(function),
                        }
                    }
                    _ => vec![Resolved::unknown()],
                }
            }
            // A variant of an enum, with what it holds.
            Entity::Instance { class, .. } if self.is_spaced(class.file) => vec![function.clone().likely()],
            Entity::Instance { .. } => {
                let methods = self.attribute(function, "__call__");
                let is_method = |it: &&Resolved| matches!(it.entity, Entity::Definition(_));
                methods.iter().filter(is_method).flat_map(|it| self.result(it)).collect()
            }
            Entity::Holder(holder) if holder.kind == HolderKind::Callable => held(holder, 0),
            Entity::External(path) => self.external_call(file, &path.clone(), argument),
            _ => vec![Resolved::unknown()],
        }
    }

    /// What calling a class gives: an instance, and what its own `__new__` returns, which may be something else alone.
    fn made(&mut self, function: &Resolved, class: DefinitionRef, instance: Resolved) -> Vec<Resolved> {
        if !self.has_own_new(class) {
            return vec![instance];
        }
        let makers = self.attribute(function, "__new__");
        let mut made: Vec<Resolved> = makers.iter().flat_map(|it| self.result(it)).collect();
        let is_closed = !made.is_empty() && made.iter().all(|it| matches!(it.entity, Entity::Instance { .. }));
        made.retain(|it| matches!(it.entity, Entity::Instance { .. }));
        if !is_closed {
            made.insert(0, instance);
        }
        made
    }

    /// `left | right`, by the method behind the operator; where no operand of the project has one, mostly of the class of
    /// an operand, if the operator is one that joins.
    pub(super) fn operation(&mut self, left: &[Resolved], right: &[Resolved], method: &str) -> Vec<Resolved> {
        let mut found = Vec::new();
        for it in left.iter().filter(|it| matches!(it.entity, Entity::Instance { .. })) {
            let methods = self.attribute(it, method);
            let given = methods.iter().flat_map(|it| self.result(it));
            found.extend(given.filter(|it| matches!(it.entity, Entity::Instance { .. } | Entity::Holder(_))));
        }
        match method {
            _ if !found.is_empty() => found,
            "__or__" | "__and__" | "__add__" => left.iter().chain(right).cloned().collect(),
            _ => vec![Resolved::unknown()],
        }
    }

    /// Of the overloads of a function the first, which is the one for the plainest call; without overloads all.
    pub(super) fn without_overloads(&self, functions: &[Resolved]) -> Vec<Resolved> {
        let mut kept: Vec<Resolved> = Vec::with_capacity(functions.len());
        let mut overloaded: Vec<DefinitionRef> = Vec::new();
        for function in functions {
            let Entity::Definition(definition) = function.entity else {
                kept.push(function.clone());
                continue;
            };
            let Some(facts) = self.facts(definition.file) else { continue };
            let of = |id: DefinitionRef| (id.file, facts.definition(id.id).scope, facts.definition(id.id).name);
            if overloaded.iter().any(|&first| first.file == definition.file && of(first) == of(definition)) {
                continue;
            }
            if facts.definition(definition.id).traits.is_overload {
                overloaded.push(definition);
            }
            kept.push(function.clone());
        }
        kept
    }

    /// What a function of the project gives back, with the receiver that it was reached through put in.
    pub(super) fn result(&mut self, function: &Resolved) -> Vec<Resolved> {
        let Entity::Definition(definition) = function.entity else { return vec![Resolved::unknown()] };
        let given = match function.bound {
            Some((class, _)) => self.given_to(definition, class),
            None => self.given(definition),
        };
        let own = |it: &Resolved| it.clone().received_by(function.bound).behind(function).likely().forget_names();
        given.iter().map(own).collect()
    }

    /// What a method gives back to a receiver of a class below its own: where it hands on what another method of the
    /// receiver gives, the method of that class counts.
    fn given_to(&mut self, method: DefinitionRef, class: DefinitionRef) -> Arc<[Resolved]> {
        let Some(facts) = self.facts(method.file) else { return Arc::from([Resolved::unknown()]) };
        let called = facts.definition(method.id);
        let is_own = called.parent.is_some_and(|id| DefinitionRef { file: method.file, id } == class);
        let hands_on: Vec<Option<NameId>> = called.gives.iter().map(|&it| receiver_call(&facts, called, it)).collect();
        let is_plain = called.returns.is_none() && !called.traits.is_generator && !called.traits.is_context_manager;
        if is_own || !is_plain || hands_on.iter().all(Option::is_none) {
            return self.given(method);
        }
        match self.given_to.get(&(method, class)) {
            Some(Some(known)) => return known.clone(),
            Some(None) => return self.cut_short(&[]),
            None => {}
        }
        if self.depth >= CALL_LIMIT {
            return self.cut_short(&[Resolved::unknown()]);
        }
        self.given_to.insert((method, class), None);
        self.depth += 1;
        let receiver = match called.traits.is_class_method {
            true => Resolved::new(Entity::Definition(class)),
            false => Resolved::instance(class),
        };
        let mut found = Vec::new();
        for (&value, name) in called.gives.iter().zip(hands_on) {
            match name {
                Some(name) => {
                    let methods = self.attribute(&receiver, facts.name(name));
                    found.extend(methods.iter().flat_map(|it| self.call(method.file, it, None)));
                }
                None => found.extend(self.value(method.file, value).iter().cloned()),
            }
        }
        self.depth -= 1;
        let found: Arc<[Resolved]> = distinct(found).into();
        self.given_to.insert((method, class), Some(found.clone()));
        found
    }

    /// What a function gives back, as seen from inside. Nothing while it is being worked out already.
    pub(super) fn given(&mut self, function: DefinitionRef) -> Arc<[Resolved]> {
        match self.given.get(&function) {
            Some(Some(known)) => return known.clone(),
            Some(None) => return self.cut_short(&[]),
            None => {}
        }
        if self.depth >= CALL_LIMIT {
            return self.cut_short(&[Resolved::unknown()]);
        }
        self.given.insert(function, None);
        self.depth += 1;
        let found = self.given_afresh(function);
        self.depth -= 1;
        let found: Arc<[Resolved]> = distinct(found).into();
        self.given.insert(function, Some(found.clone()));
        found
    }

    fn given_afresh(&mut self, function: DefinitionRef) -> Vec<Resolved> {
        let Some(facts) = self.facts(function.file) else { return vec![Resolved::unknown()] };
        let called = facts.definition(function.id);
        let mut found = Vec::new();
        if let Some(returns) = called.returns {
            found = self.annotation(function.file, returns);
            if returns_receiver(&facts, called)
                && let Some(parent) = called.parent
            {
                let class = DefinitionRef { file: function.file, id: parent };
                found = vec![Resolved::instance(class).own()];
            }
        }
        if found.iter().all(Resolved::is_unknown) {
            let given: Vec<Resolved> =
                called.gives.iter().flat_map(|&value| self.value(function.file, value).to_vec()).collect();
            if !given.is_empty() {
                found = match called.traits.is_generator {
                    true => vec![Resolved::holder(HolderKind::Many, vec![distinct(given)])],
                    false => given,
                };
            }
        }
        if called.traits.is_context_manager {
            for it in &mut found {
                if let Entity::Holder(holder) = &it.entity
                    && holder.kind == HolderKind::Many
                {
                    *it = Resolved::holder(HolderKind::Context, vec![held(holder, 0)]);
                }
            }
        }
        if found.is_empty() {
            found.push(Resolved::unknown());
        }
        found
    }

    /// `def get(kind: type[T]) -> T`: what the first argument says.
    fn by_type_variable(
        &mut self,
        file: EntryId,
        facts: &Facts,
        called: &Definition,
        argument: Option<ValueId>,
    ) -> Option<Vec<Resolved>> {
        let variable = type_variable(facts, called.returns?)?;
        let first = u16::from(called.kind == DefinitionKind::Method && !called.traits.is_static);
        let (annotation, is_class) = parameter_variable(facts, called, first)?;
        if annotation != variable {
            return None;
        }
        let argument = match self.facts(file)?.value(argument?) {
            Value::Arguments { pair } => match self.facts(file)?.value(pair) {
                Value::Pair { first, .. } => first,
                _ => return None,
            },
            _ => argument?,
        };
        let given = self.value(file, argument);
        let found: Vec<Resolved> = given
            .iter()
            .filter_map(|it| match (&it.entity, is_class) {
                (Entity::Definition(class), true) if self.is_class(*class) => Some(Resolved::instance(*class)),
                (Entity::Instance { .. }, false) => Some(it.clone().likely()),
                _ => None,
            })
            .collect();
        (!found.is_empty()).then_some(found)
    }

    /// What `super(Class, …)` stands for.
    fn behind_class(&self, class: &Resolved) -> Resolved {
        match class.entity {
            Entity::Definition(definition) if self.is_class(definition) => {
                let entity = Entity::Instance { class: definition, behind: Some(definition) };
                Resolved::new(entity).behind(&class.clone().forget_names())
            }
            _ => Resolved::unknown(),
        }
    }

    /// Callables of the standard library that hand on what they are given.
    fn external_call(&mut self, file: EntryId, path: &str, argument: Option<ValueId>) -> Vec<Resolved> {
        let Some(facts) = self.facts(file) else { return vec![Resolved::unknown()] };
        let module = super::module::ModuleRef::File(file);
        let Some(argument) = argument else {
            return match path {
                "builtins.globals" => vec![Resolved::new(Entity::Module(module))],
                _ => vec![Resolved::unknown()],
            };
        };
        let all = match facts.value(argument) {
            Value::Arguments { pair } => self.each_of(file, &facts, Some(pair)),
            _ => Vec::new(),
        };
        let first = match all.first() {
            Some(first) => first.clone(),
            None => self.value(file, argument).to_vec(),
        };
        let many = |held: Vec<Resolved>| vec![Resolved::holder(HolderKind::Many, vec![held])];
        let is_several = !all.is_empty();
        match path {
            "functools.partial"
            | "functools.partialmethod"
            | "copy.copy"
            | "copy.deepcopy"
            | "copy.replace"
            | "dataclasses.replace"
            | "weakref.proxy"
            | "contextlib.closing"
            | "contextlib.aclosing"
            | "inspect.unwrap"
            | "builtins.vars" => first,
            "builtins.staticmethod" | "builtins.classmethod" => first,
            "typing.cast" | "typing_extensions.cast" => {
                self.annotation(file, argument).into_iter().map(Resolved::likely).collect()
            }
            "typing.TypeVar" | "typing_extensions.TypeVar" => self.annotation(file, argument),
            // `super(Order, self)`; the short form is a value of its own.
            "builtins.super" => first.iter().map(|it| self.behind_class(it)).collect(),
            "builtins.type" => first.iter().map(class_of).collect(),
            "builtins.list" | "builtins.set" | "builtins.frozenset" | "builtins.sorted" | "builtins.reversed"
            | "builtins.iter" | "builtins.tuple" | "collections.deque" | "itertools.islice" | "itertools.cycle" => {
                many(self.elements(&first))
            }
            "builtins.dict" | "collections.OrderedDict" => first,
            "builtins.next" | "builtins.anext" => self.elements(&first),
            "builtins.max" | "builtins.min" if !is_several => self.elements(&first),
            "builtins.enumerate" => {
                let pair = Resolved::holder(HolderKind::Tuple, vec![Vec::new(), self.elements(&first)]);
                many(vec![pair])
            }
            "builtins.zip" | "itertools.zip_longest" => {
                let columns = if is_several { all } else { vec![first] };
                let held = columns.iter().map(|column| self.elements(column)).collect();
                many(vec![Resolved::holder(HolderKind::Tuple, held)])
            }
            "builtins.filter" if is_several => many(self.elements(&all[1])),
            "builtins.map" => many(first.iter().flat_map(|it| self.call(file, it, None)).collect()),
            "itertools.chain" => many(self.elements(&first)),
            "itertools.chain.from_iterable" => {
                let inner = self.elements(&first);
                many(self.elements(&inner))
            }
            // `reduce(join, parts, start)`
            "functools.reduce" if is_several => {
                let mut given: Vec<Resolved> = all[0].iter().flat_map(|it| self.call(file, it, None)).collect();
                given.extend(all.get(2).cloned().unwrap_or_else(|| self.elements(&all[1])));
                if given.iter().any(|it| !it.is_unknown()) {
                    given.retain(|it| !it.is_unknown());
                }
                given
            }
            "contextlib.nullcontext" => vec![Resolved::holder(HolderKind::Context, vec![first])],
            "weakref.ref" => vec![Resolved::holder(HolderKind::Callable, vec![first])],
            "collections.defaultdict" => {
                let made = first.iter().flat_map(|it| self.call(file, it, None)).collect();
                vec![Resolved::holder(HolderKind::Table, vec![Vec::new(), made])]
            }
            "importlib.import_module" | "builtins.__import__" => match facts.value(argument) {
                Value::Text(text) => self.path(facts.name(text), file).into_iter().map(Resolved::likely).collect(),
                _ => vec![Resolved::unknown()],
            },
            "builtins.getattr" if is_several => match second_text(&facts, argument) {
                Some(name) => first.iter().flat_map(|it| self.attribute(it, name)).map(Resolved::likely).collect(),
                None => vec![Resolved::unknown()],
            },
            _ => vec![Resolved::unknown()],
        }
    }

    fn elements(&mut self, of: &[Resolved]) -> Vec<Resolved> {
        distinct(of.iter().flat_map(|it| self.element(it)).collect())
    }
}

/// `type(order)`.
fn class_of(it: &Resolved) -> Resolved {
    match it.entity {
        Entity::Instance { class, .. } => {
            let class = Resolved::new(Entity::Definition(class)).likely();
            if it.is_own { class.own() } else { class }
        }
        _ => Resolved::unknown(),
    }
}

/// The literal that is the second argument.
fn second_text(facts: &Facts, argument: ValueId) -> Option<&str> {
    let Value::Arguments { pair } = facts.value(argument) else { return None };
    let Value::Pair { rest: Some(rest), .. } = facts.value(pair) else { return None };
    let Value::Pair { first, .. } = facts.value(rest) else { return None };
    match facts.value(first) {
        Value::Text(text) => Some(facts.name(text)),
        _ => None,
    }
}

/// The method whose result a method hands on: `save` of `return self.save(…)`.
fn receiver_call(facts: &Facts, method: &Definition, given: ValueId) -> Option<NameId> {
    if method.kind != DefinitionKind::Method || method.traits.is_static {
        return None;
    }
    let function = match facts.value(given) {
        Value::Call { function, .. } => function,
        Value::Awaited { value } => return receiver_call(facts, method, value),
        _ => return None,
    };
    let Value::Attribute { base, name, .. } = facts.value(function) else { return None };
    let Value::Name { name: receiver, .. } = facts.value(base) else { return None };
    let mut bound = facts.bindings_of(method.body_scope?, receiver).iter();
    bound.any(|it| it.kind == BindingKind::Parameter(0)).then_some(name)
}

/// A bare name as annotation, which may be a type variable.
fn type_variable(facts: &Facts, annotation: ValueId) -> Option<NameId> {
    match facts.value(annotation) {
        Value::Name { name, .. } => Some(name),
        // `Optional[T]`, `Awaitable[T]`
        Value::Item { index: Some(index), .. } => match facts.value(index) {
            Value::Name { name, .. } => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// The bare name that annotates a parameter, and whether it stands in `type[…]`.
fn parameter_variable(facts: &Facts, called: &Definition, position: u16) -> Option<(NameId, bool)> {
    let scope = called.body_scope?;
    let start = facts.bindings.partition_point(|it| it.scope < scope);
    let of_function = facts.bindings[start..].iter().take_while(|it| it.scope == scope);
    let mut parameters = of_function.filter(|it| it.kind == BindingKind::Parameter(position));
    let annotation = parameters.next()?.annotation?;
    match facts.value(annotation) {
        Value::Name { name, .. } => Some((name, false)),
        Value::Item { base, index: Some(index) } => {
            let is_type = facts.last_name(base).is_some_and(|it| matches!(facts.name(it), "type" | "Type"));
            match facts.value(index) {
                Value::Name { name, .. } if is_type => Some((name, true)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `def copy(self: T) -> T`, `def make(cls: type[T]) -> T`: the receiver, by a type variable of its own.
fn returns_receiver(facts: &Facts, called: &Definition) -> bool {
    let Some(returned) = called.returns.and_then(|returns| type_variable(facts, returns)) else { return false };
    called.kind == DefinitionKind::Method
        && parameter_variable(facts, called, 0).is_some_and(|(variable, _)| variable == returned)
}
