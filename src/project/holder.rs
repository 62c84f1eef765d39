//! Containers: what a list, a dictionary, a tuple or an iterator holds, and what comes out of it.
//!
//! Invariant: what comes out is at best likely. Absent on purpose: what is put in later (`orders.append(order)`).

use super::entity::{Entity, Holder, HolderKind, Resolved};
use super::resolve::Resolver;
use crate::facts::{Facts, Value, ValueId};
use crate::workspace::EntryId;

impl Resolver<'_, '_> {
    /// A list, set, tuple or dictionary as it is written out.
    pub(super) fn display(&mut self, file: EntryId, facts: &Facts, id: ValueId) -> Resolved {
        match facts.value(id) {
            Value::Many { element } => Resolved::holder(HolderKind::Many, vec![self.any_of(file, facts, element)]),
            Value::Table { key, value } => {
                let held = vec![self.any_of(file, facts, key), self.any_of(file, facts, value)];
                Resolved::holder(HolderKind::Table, held)
            }
            _ => Resolved::holder(HolderKind::Tuple, self.each_of(file, facts, Some(id))),
        }
    }

    /// The meanings of each part of a `Pair`.
    pub(super) fn each_of(&mut self, file: EntryId, facts: &Facts, mut next: Option<ValueId>) -> Vec<Vec<Resolved>> {
        let mut held = Vec::new();
        while let Some(id) = next {
            let Value::Pair { first, rest } = facts.value(id) else { break };
            held.push(self.value(file, first).to_vec());
            next = rest;
        }
        held
    }

    /// The meanings of all parts of a `Pair` together.
    fn any_of(&mut self, file: EntryId, facts: &Facts, id: ValueId) -> Vec<Resolved> {
        match facts.value(id) {
            Value::Pair { .. } => super::resolve::distinct(self.each_of(file, facts, Some(id)).concat()),
            _ => self.value(file, id).to_vec(),
        }
    }

    /// What iterating over a value gives.
    pub(super) fn element(&mut self, of: &Resolved) -> Vec<Resolved> {
        match &of.entity {
            Entity::Holder(holder) => held_element(holder),
            Entity::Instance { .. } => {
                let iterators = self.method_result(of, "__iter__");
                let mut found = Vec::new();
                for iterator in &iterators {
                    match &iterator.entity {
                        Entity::Holder(holder) => found.extend(held_element(holder)),
                        Entity::Instance { .. } => found.extend(self.method_result(iterator, "__next__")),
                        _ => found.push(Resolved::unknown()),
                    }
                }
                if iterators.iter().all(Resolved::is_unknown) {
                    found = self.method_result(of, "__getitem__");
                }
                found
            }
            // `for color in Color`: the members of an enumeration are its instances.
            Entity::Definition(class) if self.is_class(*class) => vec![Resolved::instance(*class)],
            _ => vec![Resolved::unknown()],
        }
    }

    /// What `with value as x` binds.
    pub(super) fn entered(&mut self, manager: &Resolved) -> Vec<Resolved> {
        match &manager.entity {
            Entity::Holder(holder) if holder.kind == HolderKind::Context => held(holder, 0),
            Entity::Instance { .. } => {
                let mut found = self.method_result(manager, "__enter__");
                if found.iter().all(Resolved::is_unknown) {
                    found = self.method_result(manager, "__aenter__");
                }
                // Most context managers return themselves.
                match found.iter().all(Resolved::is_unknown) {
                    true => vec![manager.clone().likely()],
                    false => found,
                }
            }
            _ => vec![Resolved::unknown()],
        }
    }

    /// What calling a method of a value gives, with its receiver put in.
    fn method_result(&mut self, of: &Resolved, name: &str) -> Vec<Resolved> {
        let methods = self.attribute(of, name);
        let is_method = |it: &&Resolved| matches!(it.entity, Entity::Definition(_));
        methods.iter().filter(is_method).flat_map(|it| self.result(it)).collect()
    }

    /// One place of an unpacked value.
    pub(super) fn part(&mut self, of: &Resolved, index: u16) -> Vec<Resolved> {
        match &of.entity {
            Entity::Holder(holder) if holder.kind == HolderKind::Tuple => held(holder, index as usize),
            _ => self.element(of),
        }
    }

    /// `value[index]`.
    pub(super) fn item(
        &mut self,
        file: EntryId,
        facts: &Facts,
        of: &Resolved,
        index: Option<ValueId>,
    ) -> Vec<Resolved> {
        let key = index.and_then(|index| match facts.value(index) {
            Value::Text(text) => Some(facts.name(text)),
            _ => None,
        });
        match (&of.entity, key) {
            (Entity::Holder(holder), _) => match holder.kind {
                HolderKind::Table => held(holder, 1),
                _ => held_element(holder),
            },
            // `globals()["save"]`
            (Entity::Module(module), Some(key)) => {
                self.member_of_module(&module.clone(), key).into_iter().map(Resolved::likely).collect()
            }
            // `sys.modules["shop.orders"]`
            (Entity::External(path), Some(key)) if path == "sys.modules" => {
                self.path(key, file).into_iter().map(Resolved::likely).collect()
            }
            (Entity::Instance { .. }, _) => self.method_result(of, "__getitem__"),
            // `Box[Order]` is a `Box`.
            (Entity::Definition(class), _) if self.is_class(*class) => vec![of.clone()],
            _ => vec![Resolved::unknown()],
        }
    }

    /// A method of a container, as something that gives what it holds.
    pub(super) fn held_member(&mut self, holder: &Holder, name: &str) -> Vec<Resolved> {
        let whole = || vec![Resolved::holder(holder.kind, holder.held.clone())];
        let gives = match (holder.kind, name) {
            (HolderKind::Table, "values") => vec![Resolved::holder(HolderKind::Many, vec![held(holder, 1)])],
            (HolderKind::Table, "keys") => vec![Resolved::holder(HolderKind::Many, vec![held(holder, 0)])],
            (HolderKind::Table, "items") => {
                let pair = Resolved::holder(HolderKind::Tuple, vec![held(holder, 0), held(holder, 1)]);
                vec![Resolved::holder(HolderKind::Many, vec![vec![pair]])]
            }
            (HolderKind::Table, "popitem") => vec![Resolved::holder(HolderKind::Tuple, holder.held.clone())],
            (HolderKind::Table, "get" | "pop" | "setdefault") => held(holder, 1),
            (HolderKind::Many, "pop" | "popleft" | "__next__" | "__anext__" | "send") => held(holder, 0),
            (HolderKind::Many, "iter" | "iter_mut" | "into_iter") => whole(),
            (_, "copy" | "union" | "intersection" | "difference" | "__iter__" | "__aiter__") => whole(),
            _ => return vec![Resolved::new(Entity::External(format!("builtins.{}.{name}", kind_name(holder))))],
        };
        vec![Resolved::holder(HolderKind::Callable, vec![gives])]
    }
}

fn kind_name(holder: &Holder) -> &'static str {
    match holder.kind {
        HolderKind::Table => "dict",
        HolderKind::Tuple => "tuple",
        HolderKind::Many => "list",
        HolderKind::Callable | HolderKind::Context => "object",
    }
}

/// What a container holds at one place of its kind; unknown where it does not say.
pub(super) fn held(holder: &Holder, index: usize) -> Vec<Resolved> {
    match holder.held.get(index) {
        Some(held) if !held.is_empty() => held.iter().cloned().map(Resolved::likely).collect(),
        _ => vec![Resolved::unknown()],
    }
}

/// What iterating over a container gives: the keys of a dictionary, any part of a tuple.
fn held_element(holder: &Holder) -> Vec<Resolved> {
    match holder.kind {
        HolderKind::Many | HolderKind::Table => held(holder, 0),
        HolderKind::Tuple => (0..holder.held.len()).flat_map(|index| held(holder, index)).collect(),
        HolderKind::Callable | HolderKind::Context => vec![Resolved::unknown()],
    }
}
