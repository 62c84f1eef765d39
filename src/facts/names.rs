//! Names of one blob, interned: equal text, equal id.
//!
//! Invariant: an id is dense and in order of first use, so facts of equal text are equal. Texts lie in one string, and
//! are looked up by bisection, so that a table of names is three allocations, however many names it has. Absent on
//! purpose: a table shared between threads; merging per-blob tables is cheaper than contending for one.

use bitcode::{Decode, Encode};
use rustc_hash::FxHashMap;

/// Index into the [`Names`] of one blob. Ids of different blobs must not be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct NameId(pub u32);

#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct Names {
    /// The texts, one behind the other, by id.
    text: String,
    /// Where each text ends.
    ends: Vec<u32>,
    /// Ids in the order of their texts; see [`Names::seal`].
    sorted: Vec<NameId>,
}

impl Names {
    pub fn get(&self, id: NameId) -> &str {
        let at = id.0 as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start as usize..self.ends[at] as usize]
    }

    pub fn find(&self, text: &str) -> Option<NameId> {
        debug_assert_eq!(self.sorted.len(), self.ends.len(), "names are looked up before they are sealed");
        let at = self.sorted.binary_search_by(|&id| self.get(id).cmp(text)).ok()?;
        Some(self.sorted[at])
    }

    pub fn iter(&self) -> impl Iterator<Item = (NameId, &str)> {
        (0..self.ends.len() as u32).map(|id| (NameId(id), self.get(NameId(id))))
    }

    fn push(&mut self, text: &str) -> NameId {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        NameId(self.ends.len() as u32 - 1)
    }

    /// Makes the names ready to be looked up, once all are there.
    pub fn seal(&mut self) {
        let mut sorted: Vec<NameId> = (0..self.ends.len() as u32).map(NameId).collect();
        sorted.sort_unstable_by(|&a, &b| self.get(a).cmp(self.get(b)));
        self.sorted = sorted;
    }
}

/// Gives names their ids while facts are made.
#[derive(Debug, Default)]
pub struct Interner(FxHashMap<Box<str>, NameId>);

impl Interner {
    pub fn intern(&mut self, names: &mut Names, text: &str) -> NameId {
        if let Some(&id) = self.0.get(text) {
            return id;
        }
        let id = names.push(text);
        self.0.insert(text.into(), id);
        id
    }
}
