//! Readings: the layout of each blob, made once though a blob is the head of one commit and the base of the next.
//!
//! Every side of every change is announced before the work begins and asked for, or declined, once; the last asker
//! takes the layout away, so memory holds what is still to come and no more. Invariant: a layout depends on the blob
//! and on the kind of file that the path names. Absent on purpose: facts, which only single ranges need.

use super::changes::{Change, FileState};
use super::class;
use super::diff::Text;
use super::git::Content;
use crate::language::layout::Layout;
use gix::ObjectId;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

type Key = (ObjectId, Box<str>);
type Cell = Arc<OnceLock<Arc<Layout>>>;

/// Layouts that more than one change needs.
#[derive(Default)]
pub struct Readings {
    shared: Mutex<FxHashMap<Key, (u32, Cell)>>,
}

impl Readings {
    /// Announces every side of these changes.
    pub fn expect<'c>(changes: impl Iterator<Item = &'c Change>) -> Self {
        let mut shared: FxHashMap<Key, (u32, Cell)> = FxHashMap::default();
        for key in changes.flat_map(|change| [&change.base, &change.head]).filter_map(|state| key(state.as_ref())) {
            shared.entry(key).or_default().0 += 1;
        }
        shared.retain(|_, (uses, _)| *uses > 1);
        Self { shared: Mutex::new(shared) }
    }

    /// The layout of one side.
    pub fn layout(&self, state: Option<&FileState>, text: &Text) -> Arc<Layout> {
        let Some(state) = state else { return Arc::default() };
        match self.take(Some(state)) {
            Some(cell) => cell.get_or_init(|| Arc::new(class::layout(&state.path, text))).clone(),
            None => Arc::new(class::layout(&state.path, text)),
        }
    }

    /// Says that the layout of one side is not needed after all.
    pub fn decline(&self, state: Option<&FileState>) {
        self.take(state);
    }

    fn take(&self, state: Option<&FileState>) -> Option<Cell> {
        let key = key(state)?;
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let (uses, cell) = shared.get_mut(&key)?;
        *uses -= 1;
        let cell = cell.clone();
        if *uses == 0 {
            shared.remove(&key);
        }
        Some(cell)
    }
}

fn key(state: Option<&FileState>) -> Option<Key> {
    let state = state?;
    let Content::Blob(id) = state.content else { return None };
    Some((id, state.path.extension().unwrap_or(state.path.file_name()).into()))
}
