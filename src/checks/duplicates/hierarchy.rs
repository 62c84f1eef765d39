//! Which classes a class inherits from, by name.
//!
//! Invariant: the same for every order of files. Absent on purpose: which class of several of one name is meant; all of
//! them count, so a class has rather too many ancestors than too few.

use super::corpus::Corpus;
use crate::facts::Unit;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Ancestors of a class that are followed.
const ANCESTORS: usize = 64;

/// Bases that say nothing about what a class is.
const PLAIN_BASES: &[&str] = &["object", "Generic", "ABC", "BaseModel"];

pub struct Hierarchy<'c> {
    bases: FxHashMap<&'c str, BTreeSet<&'c str>>,
}

impl<'c> Hierarchy<'c> {
    pub fn new(corpus: &'c Corpus) -> Self {
        let mut bases: FxHashMap<&str, BTreeSet<&str>> = FxHashMap::default();
        for (_, unit) in corpus.units().filter(|(_, unit)| unit.is_class()) {
            bases.entry(unit.last_name()).or_default().extend(unit.bases.iter().map(|base| &**base));
        }
        Self { bases }
    }

    /// Names of the bases, and of theirs.
    pub fn ancestors(&self, unit: &'c Unit) -> BTreeSet<&'c str> {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = unit.bases.iter().map(|base| &**base).collect();
        while let Some(base) = open.pop() {
            if found.len() < ANCESTORS && found.insert(base) {
                open.extend(self.bases.get(base).into_iter().flatten());
            }
        }
        found
    }

    /// Whether one of two classes inherits from the other.
    pub fn is_line(&self, a: &'c Unit, b: &'c Unit) -> bool {
        self.ancestors(a).contains(b.last_name()) || self.ancestors(b).contains(a.last_name())
    }
}

/// Whether a base says something about what a class is.
pub fn is_telling(base: &str) -> bool {
    !PLAIN_BASES.contains(&base)
}
