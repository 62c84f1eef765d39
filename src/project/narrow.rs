//! Narrowing: what a test that was passed says of a value.
//!
//! Invariant: a test on classes outside the project changes nothing. Absent on purpose: what a failed test excludes.

use super::entity::{DefinitionRef, Entity, Resolved};
use super::resolve::Resolver;
use crate::facts::{Facts, Narrowing, ScopeId, Value, ValueId};
use crate::workspace::EntryId;

impl Resolver<'_, '_> {
    /// What is left of a value behind `isinstance(value, …)`.
    pub(super) fn narrow(
        &mut self,
        file: EntryId,
        facts: &Facts,
        narrowing: &Narrowing,
        found: Vec<Resolved>,
    ) -> Vec<Resolved> {
        let classes = self.tested_classes(file, facts, narrowing.class);
        if classes.is_empty() {
            return found;
        }
        // `order: SpecialOrder` stays one when it passes a test for `Order`.
        let mut kept = Vec::new();
        for it in &found {
            let (Entity::Instance { class, .. } | Entity::Definition(class)) = it.entity else { continue };
            if self.is_class(class) && self.mro(class).classes.iter().any(|base| classes.contains(base)) {
                kept.push(it.clone());
            }
        }
        if !kept.is_empty() {
            return kept;
        }
        let narrowed = |class| match narrowing.is_class {
            true => Resolved::new(Entity::Definition(class)).likely(),
            false => Resolved::instance(class),
        };
        classes.into_iter().map(narrowed).collect()
    }

    /// The classes of the project that a test names.
    fn tested_classes(&mut self, file: EntryId, facts: &Facts, class: ValueId) -> Vec<DefinitionRef> {
        if let Value::Pair { first, rest } = facts.value(class) {
            let mut classes = self.tested_classes(file, facts, first);
            classes.extend(rest.map(|rest| self.tested_classes(file, facts, rest)).unwrap_or_default());
            return classes;
        }
        let mut classes = Vec::new();
        for it in self.value(file, class).iter() {
            match &it.entity {
                Entity::Definition(class) if self.is_class(*class) => classes.push(*class),
                // A tuple of classes that has a name.
                Entity::Holder(holder) => {
                    let held = holder.held.iter().flatten().filter_map(|it| match it.entity {
                        Entity::Definition(class) => Some(class),
                        _ => None,
                    });
                    classes.extend(held);
                }
                _ => {}
            }
        }
        classes.retain(|&class| self.is_class(class));
        classes
    }

    /// `self.order` behind `isinstance(self.order, …)`.
    pub(super) fn narrowed_attribute(
        &mut self,
        file: EntryId,
        facts: &Facts,
        id: ValueId,
        found: Vec<Resolved>,
    ) -> Vec<Resolved> {
        if facts.narrowings.is_empty() {
            return found;
        }
        let Some((path, scope, at)) = dotted(facts, id) else { return found };
        let narrowing = facts.names.find(&path).and_then(|path| facts.narrowed(scope, path, at));
        match narrowing {
            Some(narrowing) => self.narrow(file, facts, narrowing, found),
            None => found,
        }
    }
}

/// `a.b.c` as text, with where its first name is read.
fn dotted(facts: &Facts, id: ValueId) -> Option<(String, ScopeId, u32)> {
    match facts.value(id) {
        Value::Name { name, scope, at, .. } => Some((facts.name(name).to_owned(), scope, at)),
        Value::Attribute { base, name, .. } => {
            let (path, scope, at) = dotted(facts, base)?;
            Some((format!("{path}.{}", facts.name(name)), scope, at))
        }
        _ => None,
    }
}
