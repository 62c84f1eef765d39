//! Entities: what a value can turn out to be.
//!
//! Invariant: every way that leads to an entity is kept with it ([`Resolved`]): the names it passed through, and the
//! steps a person can follow. Absent on purpose: how to get there; see `resolve`.

use super::module::ModuleRef;
use super::symbol::Symbol;
use crate::facts::DefinitionId;
use crate::finding::{Hop, Tier};
use crate::workspace::EntryId;
use std::sync::Arc;

/// A definition in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefinitionRef {
    pub file: EntryId,
    pub id: DefinitionId,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Entity {
    Module(ModuleRef),
    /// The function or class itself, or a constant whose value leads nowhere.
    Definition(DefinitionRef),
    /// An instance of a class; after `super()` its members are looked up behind the class given.
    Instance {
        class: DefinitionRef,
        behind: Option<DefinitionRef>,
    },
    /// A container or another generic type of the standard library.
    Holder(Arc<Holder>),
    /// A name that should be there and is not.
    Missing(Symbol),
    /// Something outside the project, by its dotted name.
    External(String),
    /// Nothing is known.
    Unknown,
}

/// What a generic type of the standard library does with what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HolderKind {
    /// A list, a set, an iterator: one kind of element.
    Many,
    /// A dictionary: keys and values.
    Table,
    /// One kind for each place.
    Tuple,
    /// Something that gives it when called.
    Callable,
    /// A context manager that gives it when entered.
    Context,
}

/// `list[Order]`, `{"a": save}`, `(save, load)`: what is looked up on it is known by the kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    pub kind: HolderKind,
    pub held: Vec<Vec<Resolved>>,
}

impl std::hash::Hash for Holder {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.kind, self.held.len()).hash(state);
    }
}

/// An entity, and how sure it is that the value is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    pub entity: Entity,
    /// [`Tier::Proven`], or [`Tier::Likely`] once a class was inferred on the way.
    pub tier: Tier,
    /// Names passed on the way: re-exports, aliases, attributes.
    pub passed: Vec<Arc<Symbol>>,
    pub hops: Vec<Arc<Hop>>,
    /// It is `self` or `cls`, or made from them: in a subclass it is of the subclass.
    pub is_own: bool,
    /// The class through which a method was reached, and whether that was `self` or `cls`.
    pub bound: Option<(DefinitionRef, bool)>,
}

impl Resolved {
    pub fn new(entity: Entity) -> Self {
        Self { entity, tier: Tier::Proven, passed: Vec::new(), hops: Vec::new(), is_own: false, bound: None }
    }

    pub fn unknown() -> Self {
        Self::new(Entity::Unknown)
    }

    /// An instance of a class, inferred.
    pub fn instance(class: DefinitionRef) -> Self {
        Self::new(Entity::Instance { class, behind: None }).likely()
    }

    pub fn holder(kind: HolderKind, held: Vec<Vec<Resolved>>) -> Self {
        Self::new(Entity::Holder(Arc::new(Holder { kind, held }))).likely()
    }

    pub fn is_unknown(&self) -> bool {
        self.entity == Entity::Unknown
    }

    /// The same, inferred. What is unknown is no surer or less sure.
    pub fn likely(mut self) -> Self {
        if !self.is_unknown() {
            self.tier = self.tier.max(Tier::Likely);
        }
        self
    }

    /// This result as `self` or `cls`, or made from them.
    pub fn own(mut self) -> Self {
        self.is_own = true;
        self
    }

    /// What is the receiver, seen from outside: of the class through which the method was reached.
    pub fn received_by(mut self, receiver: Option<(DefinitionRef, bool)>) -> Self {
        if !self.is_own {
            return self;
        }
        self.is_own = receiver.is_some_and(|(_, is_own)| is_own);
        let Some((class, _)) = receiver else { return self };
        match &mut self.entity {
            Entity::Instance { class: own, behind } => (*own, *behind) = (class, None),
            Entity::Definition(own) => *own = class,
            _ => {}
        }
        self
    }

    /// This result, reached by way of another.
    pub fn behind(mut self, way: &Resolved) -> Self {
        if !self.is_unknown() {
            self.tier = self.tier.max(way.tier);
        }
        self.passed.splice(..0, way.passed.iter().cloned());
        self.hops.splice(..0, way.hops.iter().cloned());
        self
    }

    /// The same way, without what it passed: a member of a class is not the class.
    pub fn forget_names(mut self) -> Self {
        self.passed.clear();
        self
    }
}
