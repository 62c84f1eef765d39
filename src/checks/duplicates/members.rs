//! Members: the public methods of a class, wherever they stand, and the traits that it implements.
//!
//! Methods of a class stand in it. In a language with blocks of methods they stand in these, perhaps in another file: a block
//! is of the type of its name in its own file, otherwise of the one whose path has most folders in common with its own.
//! Invariant: what a block has for a trait is the trait's, and no method of the class. Absent on purpose: which type an alias
//! or a parameter stands for, and blocks of which two types are as near.

use super::corpus::{Corpus, UnitRef};
use crate::facts::{Unit, UnitKind};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// A public method.
#[derive(Clone, Copy)]
pub struct Method<'c> {
    pub at: UnitRef,
    pub unit: &'c Unit,
}

#[derive(Default)]
pub struct Members<'c> {
    pub methods: BTreeMap<&'c str, Method<'c>>,
    /// Traits that blocks of its methods are for.
    pub traits: BTreeSet<&'c str>,
}

/// The members of every class. `paths` are those of the files of the corpus.
pub fn members<'c>(corpus: &'c Corpus, paths: &[&str]) -> FxHashMap<UnitRef, Members<'c>> {
    let mut types: FxHashMap<&str, Vec<UnitRef>> = FxHashMap::default();
    for (at, unit) in corpus.units().filter(|(_, unit)| unit.is_class()) {
        types.entry(unit.last_name()).or_default().push(at);
    }
    let mut owners: FxHashMap<UnitRef, UnitRef> = FxHashMap::default();
    let mut found: FxHashMap<UnitRef, Members<'c>> = FxHashMap::default();
    for (at, block) in corpus.units().filter(|(_, unit)| unit.kind == UnitKind::Implementation) {
        let named = types.get(block.last_name()).map_or(&[][..], Vec::as_slice);
        let Some(owner) = nearest(named, at, paths) else { continue };
        match block.bases.is_empty() {
            true => drop(owners.insert(at, owner)),
            false => found.entry(owner).or_default().traits.extend(block.bases.iter().map(|base| &**base)),
        }
    }
    for (at, unit) in corpus.units().filter(|(_, unit)| unit.kind == UnitKind::Method) {
        let Some(parent) = unit.parent.map(|parent| UnitRef { unit: parent, ..at }) else { continue };
        let owner = match corpus.unit(parent).kind {
            UnitKind::Implementation => owners.get(&parent).copied(),
            _ => Some(parent),
        };
        let name = unit.last_name();
        if let Some(owner) = owner.filter(|_| !name.starts_with('_') && !unit.is_private) {
            found.entry(owner).or_default().methods.insert(name, Method { at, unit });
        }
    }
    found
}

/// Of types of one name the one that is nearest to a place; none where two are.
fn nearest(types: &[UnitRef], at: UnitRef, paths: &[&str]) -> Option<UnitRef> {
    let common = |it: &UnitRef| {
        let [here, there] = [at, *it].map(|it| paths[it.file as usize].split('/'));
        let is_here = it.file == at.file;
        (is_here, here.zip(there).take_while(|(x, y)| x == y).count())
    };
    let best = types.iter().copied().max_by_key(common)?;
    let is_alone = types.iter().filter(|it| common(it) == common(&best)).count() == 1;
    is_alone.then_some(best)
}
