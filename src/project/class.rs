//! Classes: what they inherit, and where a member of one comes from.
//!
//! Invariant: a member that no class of the order holds is missing, and says so for each class that could have held
//! it. Absent on purpose: metaclasses, and descriptors other than properties.

use super::entity::{DefinitionRef, Entity, Resolved};
use super::resolve::{Resolver, distinct};
use crate::facts::{DefinitionKind, Facts, NameId, Value, ValueId};
use crate::workspace::EntryId;
use std::sync::Arc;

/// What a class inherits from, itself first.
#[derive(Clone, Debug)]
pub struct Mro {
    pub classes: Vec<DefinitionRef>,
    /// Some base is outside the project or not known: members may come from there.
    pub is_open: bool,
}

impl Resolver<'_, '_> {
    /// A member of a class or of its instances, by the method resolution order.
    pub fn member_of_class(
        &mut self,
        class: DefinitionRef,
        behind: Option<DefinitionRef>,
        name: &str,
    ) -> Vec<Resolved> {
        let mro = self.mro(class);
        let start = match behind {
            Some(behind) => mro.classes.iter().position(|&it| it == behind).map_or(0, |at| at + 1),
            None => 0,
        };
        for &holder in &mro.classes[start..] {
            let found = self.own_member(holder, name);
            if !found.is_empty() {
                return found.to_vec();
            }
        }
        let mut found = Vec::new();
        let is_open = mro.is_open || self.answers_any_name(&mro);
        if is_open {
            found.push(Resolved::unknown());
        }
        for &holder in &mro.classes[start..] {
            let missing = Resolved::new(Entity::Missing(self.project.symbol_of(holder).member(name)));
            found.push(if is_open { missing.likely() } else { missing });
        }
        found
    }

    fn answers_any_name(&mut self, mro: &Mro) -> bool {
        mro.classes.iter().any(|&class| {
            !self.own_member(class, "__getattr__").is_empty() || !self.own_member(class, "__getattribute__").is_empty()
        })
    }

    /// A name that a class binds in its body, or that its methods assign to `self`.
    fn own_member(&mut self, class: DefinitionRef, name: &str) -> Arc<[Resolved]> {
        let Some(facts) = self.facts(class.file) else { return Arc::from([Resolved::unknown()]) };
        let Some(id) = facts.names.find(name) else { return self.nothing.clone() };
        if let Some(known) = self.members.get(&(class, id)) {
            return known.clone();
        }
        let cuts = self.cuts;
        let found: Arc<[Resolved]> = self.own_member_afresh(class, &facts, id).into();
        if self.cuts == cuts {
            self.members.insert((class, id), found.clone());
        }
        found
    }

    fn own_member_afresh(&mut self, class: DefinitionRef, facts: &Facts, id: NameId) -> Vec<Resolved> {
        let name = facts.name(id);
        let mut found = Vec::new();
        if let Some(scope) = facts.definition(class.id).body_scope {
            for binding in facts.bindings_of(scope, id) {
                for bound in self.binding(class.file, facts, binding).iter() {
                    found.extend(self.described(bound.clone()));
                }
            }
        }
        for attribute in facts.attributes.iter().filter(|it| it.class == class.id && it.name == id) {
            let symbol = Arc::new(self.project.symbol_of(class).member(name));
            let held = match (attribute.annotation, attribute.value) {
                (Some(annotation), _) => self.annotation(class.file, annotation),
                (None, Some(value)) => self.value(class.file, value).to_vec(),
                (None, None) => vec![Resolved::unknown()],
            };
            let held = if held.is_empty() { vec![Resolved::unknown()] } else { held };
            found.extend(held.into_iter().map(|mut it| {
                it.passed.insert(0, symbol.clone());
                it.likely()
            }));
        }
        distinct(found)
    }

    /// Whether a class, or one of the project that it inherits from, says itself how it is made.
    pub(super) fn has_own_new(&mut self, class: DefinitionRef) -> bool {
        let mro = self.mro(class);
        mro.classes.iter().any(|&holder| {
            let Some(facts) = self.facts(holder.file) else { return false };
            let Some(name) = facts.names.find("__new__") else { return false };
            facts.definition(holder.id).body_scope.is_some_and(|scope| !facts.bindings_of(scope, name).is_empty())
        })
    }

    /// A property stands for what it gives; its own symbol is passed on the way.
    fn described(&mut self, bound: Resolved) -> Vec<Resolved> {
        let Entity::Definition(definition) = bound.entity else { return vec![bound] };
        let Some(facts) = self.facts(definition.file) else { return vec![bound] };
        let method = facts.definition(definition.id);
        if method.kind != DefinitionKind::Method || method.decorators.is_empty() {
            return vec![bound];
        }
        if !method.traits.is_property && !self.is_described(definition.file, &method.decorators) {
            return vec![bound];
        }
        let symbol = Arc::new(self.project.symbol_of(definition));
        let given = self.given(definition);
        let stands_for = |it: &Resolved| {
            let mut it = it.clone().forget_names().likely().behind(&bound);
            // That the property is meant is as sure as the way to it; what it gives is inferred.
            it.tier = bound.tier;
            it.passed.push(symbol.clone());
            it
        };
        match given.is_empty() {
            true => vec![stands_for(&Resolved::unknown())],
            false => given.iter().map(stands_for).collect(),
        }
    }

    /// Whether a decorator is a class of the project with a `__get__`, as a lazy property has.
    fn is_described(&mut self, file: EntryId, decorators: &[ValueId]) -> bool {
        let mut classes = Vec::new();
        for &decorator in decorators {
            classes.extend(self.value(file, decorator).iter().filter_map(|it| match it.entity {
                Entity::Definition(class) | Entity::Instance { class, .. } if self.is_class(class) => Some(class),
                _ => None,
            }));
        }
        classes.into_iter().any(|class| !self.own_member(class, "__get__").is_empty())
    }

    /// The method resolution order, by C3 where it exists and depth first where it does not.
    /// Source: Barrett et al., "A Monotonic Superclass Linearization for Dylan", 1996.
    pub fn mro(&mut self, class: DefinitionRef) -> Arc<Mro> {
        match self.mros.get(&class) {
            Some(Some(known)) => return known.clone(),
            // A class that inherits from itself ends here.
            Some(None) => {
                self.cuts += 1;
                return Arc::new(Mro { classes: vec![class], is_open: true });
            }
            None => self.mros.insert(class, None),
        };
        let mut is_open = false;
        let mut bases = Vec::new();
        if let Some(facts) = self.facts(class.file) {
            is_open |= facts.definition(class.id).traits.is_extended;
            for &base in &facts.definition(class.id).bases {
                let (classes, may_be_more) = self.base_classes(class.file, &facts, base);
                is_open |= may_be_more;
                bases.extend(classes);
            }
        }
        let mut lists: Vec<Vec<DefinitionRef>> = Vec::new();
        for &base in &bases {
            let inherited = self.mro(base);
            is_open |= inherited.is_open;
            lists.push(inherited.classes.clone());
        }
        lists.push(bases);
        let mro = Arc::new(Mro { classes: merge(class, lists), is_open });
        self.mros.insert(class, Some(mro.clone()));
        mro
    }

    /// The classes of the project that a base expression names, and whether it may name something else.
    fn base_classes(&mut self, file: EntryId, facts: &Facts, base: ValueId) -> (Vec<DefinitionRef>, bool) {
        // `Base[T]` inherits from `Base`.
        let base = match facts.value(base) {
            Value::Item { base, .. } => base,
            _ => base,
        };
        let found = self.value(file, base);
        let mut classes = Vec::new();
        let mut is_open = found.is_empty();
        for resolved in found.iter() {
            match &resolved.entity {
                Entity::Definition(definition) if self.is_class(*definition) => classes.push(*definition),
                Entity::External(path) if is_transparent_base(path) => {}
                _ => is_open = true,
            }
        }
        classes.dedup();
        (classes, is_open)
    }

    /// The dotted names of a class's own bases outside the project.
    pub fn external_bases(&mut self, class: DefinitionRef) -> Vec<String> {
        let Some(facts) = self.facts(class.file) else { return Vec::new() };
        let mut paths = Vec::new();
        for &base in &facts.definition(class.id).bases {
            for resolved in self.value(class.file, base).iter() {
                if let Entity::External(path) = &resolved.entity {
                    paths.push(path.clone());
                }
            }
        }
        paths
    }

    pub fn is_class(&self, definition: DefinitionRef) -> bool {
        use DefinitionKind::{Class, Enum, Struct, Trait};
        let kind = self.facts(definition.file).map(|facts| facts.definition(definition.id).kind);
        matches!(kind, Some(Class | Enum | Struct | Trait))
    }
}

/// Bases that close a class rather than open it.
fn is_transparent_base(path: &str) -> bool {
    matches!(
        path,
        "builtins.object"
            | "abc.ABC"
            | "typing.Generic"
            | "typing.Protocol"
            | "typing_extensions.Protocol"
            | "enum.Enum"
    )
}

/// C3 merge; falls back to the order of appearance where the lists disagree.
fn merge(class: DefinitionRef, mut lists: Vec<Vec<DefinitionRef>>) -> Vec<DefinitionRef> {
    let mut merged = vec![class];
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return merged;
        }
        let head = lists
            .iter()
            .map(|list| list[0])
            .find(|head| !lists.iter().any(|list| list[1..].contains(head)))
            .unwrap_or(lists[0][0]);
        if !merged.contains(&head) {
            merged.push(head);
        }
        lists.iter_mut().for_each(|list| list.retain(|it| *it != head));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c3_orders_a_diamond_as_python_does() {
        let class = |id| DefinitionRef { file: EntryId(0), id: crate::facts::DefinitionId(id) };
        let (d, b, c, a) = (class(0), class(1), class(2), class(3));
        assert_eq!(merge(d, vec![vec![b, a], vec![c, a], vec![b, c]]), [d, b, c, a]);
    }
}
