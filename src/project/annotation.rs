//! Annotations: the instance that a type promises.
//!
//! `Optional[A]`, `A | None`, `Annotated[A, …]` promise an `A`; `type[A]` promises the class itself; `list[A]` and its
//! like promise a container of them. Invariant: what an annotation gives is at best likely, since annotations are not
//! checked at run time. Absent on purpose: the parameters of generic classes of the project.

use super::entity::{DefinitionRef, Entity, HolderKind, Resolved};
use super::resolve::Resolver;
use crate::facts::{DefinitionKind, Value, ValueId};
use crate::workspace::EntryId;

/// Wrappers whose first argument is the type.
const TRANSPARENT: &[&str] =
    &["Optional", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "Awaitable", "InitVar"];

/// Types of one kind of element.
#[rustfmt::skip]
const MANY: &[&str] = &[
    "list", "List", "set", "Set", "frozenset", "FrozenSet", "Sequence", "MutableSequence", "Collection", "Container",
    "Iterable", "Iterator", "Generator", "Reversible", "AbstractSet", "MutableSet", "KeysView", "deque", "Deque",
    "AsyncIterable", "AsyncIterator", "AsyncGenerator",
];

/// Types of keys and values.
#[rustfmt::skip]
const TABLES: &[&str] = &[
    "dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict", "ChainMap",
    "WeakValueDictionary", "WeakKeyDictionary", "MappingProxyType",
];

const CONTEXTS: &[&str] =
    &["ContextManager", "AbstractContextManager", "AsyncContextManager", "AbstractAsyncContextManager"];

impl Resolver<'_, '_> {
    /// The instances that a value of this type may be; unknown if the type says nothing.
    pub fn annotation(&mut self, file: EntryId, annotation: ValueId) -> Vec<Resolved> {
        let Some(facts) = self.facts(file) else { return vec![Resolved::unknown()] };
        match facts.value(annotation) {
            Value::Either { left, right } | Value::Operation { left, right, .. } => {
                let mut found = self.annotation(file, left);
                found.extend(self.annotation(file, right));
                found
            }
            Value::Pair { first, rest } => {
                let mut found = self.annotation(file, first);
                if let Some(rest) = rest {
                    found.extend(self.annotation(file, rest));
                }
                found
            }
            Value::Item { base, index } => self.parametrised(file, base, index),
            _ => {
                let named = self.value(file, annotation);
                named
                    .iter()
                    .flat_map(|it| {
                        let known = self.own_instance(file, annotation, it).or_else(|| self.foreign(file, it));
                        known.unwrap_or_else(|| self.instance(it))
                    })
                    .collect()
            }
        }
    }

    /// `Self`: an instance of the class whose body the annotation stands in.
    fn own_instance(&mut self, file: EntryId, annotation: ValueId, named: &Resolved) -> Option<Vec<Resolved>> {
        let Entity::External(path) = &named.entity else { return None };
        if !matches!(path.as_str(), "typing.Self" | "typing_extensions.Self") {
            return None;
        }
        let facts = self.facts(file)?;
        let Value::Name { scope, .. } = facts.value(annotation) else { return None };
        let id = facts.scope(scope).definition?;
        let class = DefinitionRef { file, id };
        self.is_class(class).then(|| vec![Resolved::instance(class).own()])
    }

    fn parametrised(&mut self, file: EntryId, base: ValueId, index: Option<ValueId>) -> Vec<Resolved> {
        let bases = self.value(file, base);
        let mut found = Vec::new();
        for resolved in bases.iter() {
            let aliased = self.aliased(resolved);
            let Entity::External(path) = aliased.as_ref().unwrap_or(&resolved.entity) else {
                found.extend(self.instance(resolved));
                continue;
            };
            let name = path.rsplit('.').next().unwrap_or(path);
            let Some(index) = index else { continue };
            let arguments = self.arguments(file, index);
            if self.is_spaced(file) {
                found.push(self.spaced_holding(file, name, &arguments));
                continue;
            }
            let first = arguments[0];
            match name {
                "Union" => found.extend(self.annotation(file, index)),
                "type" | "Type" => found.extend(self.value(file, first).iter().cloned().map(Resolved::likely)),
                // `Coroutine[Any, Any, Order]` gives an `Order` when it is awaited.
                "Coroutine" => found.extend(self.annotation(file, arguments[arguments.len() - 1])),
                _ if TRANSPARENT.contains(&name) => found.extend(self.annotation(file, first)),
                _ => found.push(self.holding(file, name, &arguments)),
            }
        }
        found
    }

    /// What an alias hands its argument on to: `Result` of `type Result<T> = std::result::Result<T, Error>`.
    fn aliased(&mut self, named: &Resolved) -> Option<Entity> {
        let Entity::Definition(alias) = named.entity else { return None };
        let facts = self.facts(alias.file)?;
        let definition = facts.definition(alias.id);
        match (definition.kind, facts.value(definition.subject?)) {
            (DefinitionKind::TypeAlias, Value::Item { base, .. }) => {
                let base = self.value(alias.file, base);
                base.iter().map(|it| it.entity.clone()).find(|it| matches!(it, Entity::External(_)))
            }
            _ => None,
        }
    }

    /// `Option<Order>`, `Vec<Order>`: what `?` and `for` take from it.
    fn spaced_holding(&mut self, file: EntryId, name: &str, arguments: &[ValueId]) -> Resolved {
        let kind = match name {
            "Option" | "Result" => HolderKind::Context,
            "Vec" | "VecDeque" | "HashSet" | "BTreeSet" => HolderKind::Many,
            "HashMap" | "BTreeMap" => HolderKind::Table,
            _ => return Resolved::unknown(),
        };
        let held = arguments.iter().map(|&argument| self.annotation(file, argument)).collect();
        Resolved::holder(kind, held)
    }

    /// The arguments of a parametrised type.
    fn arguments(&mut self, file: EntryId, index: ValueId) -> Vec<ValueId> {
        let Some(facts) = self.facts(file) else { return vec![index] };
        let mut arguments = Vec::new();
        let mut next = Some(index);
        while let Some(id) = next {
            match facts.value(id) {
                Value::Pair { first, rest } => {
                    arguments.push(first);
                    next = rest;
                }
                _ => {
                    arguments.push(id);
                    next = None;
                }
            }
        }
        arguments
    }

    /// `list[Order]`, `dict[str, Order]`, `Callable[[], Order]`.
    fn holding(&mut self, file: EntryId, name: &str, arguments: &[ValueId]) -> Resolved {
        let mut held: Vec<Vec<Resolved>> = Vec::new();
        let is_known = MANY.contains(&name) || TABLES.contains(&name) || CONTEXTS.contains(&name);
        if is_known || matches!(name, "tuple" | "Tuple" | "ItemsView" | "ValuesView" | "Callable") {
            held = arguments.iter().map(|&argument| self.annotation(file, argument)).collect();
        }
        let holder = |kind, held| Resolved::holder(kind, held);
        match name {
            "tuple" | "Tuple" => match &held[..] {
                // `tuple[Order, ...]`
                [first, rest] if rest.iter().all(Resolved::is_unknown) && !first.iter().all(Resolved::is_unknown) => {
                    holder(HolderKind::Many, vec![first.clone()])
                }
                _ => holder(HolderKind::Tuple, held),
            },
            "ItemsView" => {
                let pair = holder(HolderKind::Tuple, held);
                holder(HolderKind::Many, vec![vec![pair]])
            }
            "ValuesView" => holder(HolderKind::Many, held),
            "Callable" => holder(HolderKind::Callable, held.pop().into_iter().collect()),
            _ if MANY.contains(&name) => holder(HolderKind::Many, held),
            _ if TABLES.contains(&name) => holder(HolderKind::Table, held),
            _ if CONTEXTS.contains(&name) => holder(HolderKind::Context, held),
            _ => Resolved::unknown(),
        }
    }

    /// A value of a type from elsewhere, in a language whose values have one type: nothing of the project.
    fn foreign(&self, file: EntryId, named: &Resolved) -> Option<Vec<Resolved>> {
        let is_foreign = self.is_spaced(file) && matches!(named.entity, Entity::External(_));
        is_foreign.then(|| vec![named.clone().forget_names().likely()])
    }

    /// The instance of a class that an annotation names.
    pub(super) fn instance(&mut self, named: &Resolved) -> Vec<Resolved> {
        let Entity::Definition(definition) = named.entity else {
            return match &named.entity {
                // `None` and `Any` add nothing; the rest of a union still counts.
                Entity::External(path) if path == "builtins.None" => Vec::new(),
                // A type variable stands for its bound, an alias of a generic for what it holds.
                Entity::Instance { .. } | Entity::Holder(_) => vec![named.clone().forget_names().likely()],
                _ => vec![Resolved::unknown()],
            };
        };
        let Some(facts) = self.facts(definition.file) else { return vec![Resolved::unknown()] };
        let defined = facts.definition(definition.id);
        if let (DefinitionKind::TypeAlias, Some(subject)) = (defined.kind, defined.subject) {
            let promised = self.annotation(definition.file, subject);
            return promised.into_iter().map(|it| it.behind(&named.clone().forget_names())).collect();
        }
        if !self.is_class(definition) {
            return vec![Resolved::unknown()];
        }
        vec![Resolved::instance(definition).behind(&named.clone().forget_names())]
    }
}
