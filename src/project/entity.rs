//! Entities: what a value can turn out to be.
//!
//! Invariant: every way that leads to an entity is kept with it ([`Resolved`]): the names it passed through, and the
//! steps a person can follow. Absent on purpose: how to get there; see `resolve`.

use super::module::ModuleRef;
use super::symbol::Symbol;
use crate::facts::DefinitionId;
use crate::finding::{Hop, Tier};
use crate::workspace::EntryId;

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
    /// A name that should be there and is not.
    Missing(Symbol),
    /// Something outside the project, by its dotted name.
    External(String),
    /// Nothing is known.
    Unknown,
}

/// An entity, and how sure it is that the value is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    pub entity: Entity,
    /// [`Tier::Proven`], or [`Tier::Likely`] once a class was inferred on the way.
    pub tier: Tier,
    /// Names passed on the way: re-exports, aliases, attributes.
    pub passed: Vec<Symbol>,
    pub hops: Vec<Hop>,
}

impl Resolved {
    pub fn new(entity: Entity) -> Self {
        Self { entity, tier: Tier::Proven, passed: Vec::new(), hops: Vec::new() }
    }

    pub fn unknown() -> Self {
        Self::new(Entity::Unknown)
    }

    pub fn likely(mut self) -> Self {
        self.tier = self.tier.max(Tier::Likely);
        self
    }

    /// This result, reached by way of another.
    pub fn behind(mut self, way: &Resolved) -> Self {
        self.tier = self.tier.max(way.tier);
        let mut passed = way.passed.clone();
        passed.append(&mut self.passed);
        self.passed = passed;
        let mut hops = way.hops.clone();
        hops.append(&mut self.hops);
        self.hops = hops;
        self
    }

    /// The same way, without what it passed: a member of a class is not the class.
    pub fn forget_names(mut self) -> Self {
        self.passed.clear();
        self
    }
}
