//! Annotations: the instance that a type promises.
//!
//! `Optional[A]`, `A | None`, `Annotated[A, …]` promise an `A`; `type[A]` promises the class itself; a container
//! promises nothing about what is looked up on it. Invariant: what an annotation gives is at best likely, since
//! annotations are not checked at run time. Absent on purpose: generics.

use super::entity::{DefinitionRef, Entity, Resolved};
use super::resolve::Resolver;
use crate::facts::{DefinitionKind, Value, ValueId};
use crate::workspace::EntryId;

/// Wrappers whose first argument is the type.
const TRANSPARENT: &[&str] =
    &["Optional", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "Awaitable", "Coroutine"];

impl Resolver<'_, '_> {
    /// The instances that a value of this type may be; unknown if the type says nothing.
    pub fn annotation(&mut self, file: EntryId, annotation: ValueId) -> Vec<Resolved> {
        let Some(facts) = self.facts(file) else { return vec![Resolved::unknown()] };
        match facts.value(annotation) {
            Value::Either { left, right } => {
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
                    .flat_map(|it| self.own_instance(file, annotation, it).unwrap_or_else(|| self.instance(it)))
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
        self.is_class(class).then(|| vec![Resolved::new(Entity::Instance { class, behind: None }).likely()])
    }

    fn parametrised(&mut self, file: EntryId, base: ValueId, index: Option<ValueId>) -> Vec<Resolved> {
        let bases = self.value(file, base);
        let mut found = Vec::new();
        for resolved in bases.iter() {
            let Entity::External(path) = &resolved.entity else {
                found.extend(self.instance(resolved));
                continue;
            };
            let name = path.rsplit('.').next().unwrap_or(path);
            let Some(index) = index else { continue };
            let first = match self.facts(file).map(|facts| facts.value(index)) {
                Some(Value::Pair { first, .. }) => first,
                _ => index,
            };
            match name {
                "Union" => found.extend(self.annotation(file, index)),
                "type" | "Type" => found.extend(self.value(file, first).iter().cloned().map(Resolved::likely)),
                _ if TRANSPARENT.contains(&name) => found.extend(self.annotation(file, first)),
                _ => found.push(Resolved::unknown()),
            }
        }
        found
    }

    /// The instance of a class that an annotation names.
    fn instance(&mut self, named: &Resolved) -> Vec<Resolved> {
        let Entity::Definition(definition) = named.entity else {
            return match &named.entity {
                // `None` and `Any` add nothing; the rest of a union still counts.
                Entity::External(path) if path == "builtins.None" => Vec::new(),
                _ => vec![Resolved::unknown()],
            };
        };
        let Some(facts) = self.facts(definition.file) else { return vec![Resolved::unknown()] };
        if facts.definition(definition.id).kind != DefinitionKind::Class {
            return vec![Resolved::unknown()];
        }
        let instance = Resolved::new(Entity::Instance { class: definition, behind: None });
        vec![instance.behind(&named.clone().forget_names()).likely()]
    }
}
