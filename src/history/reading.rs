//! Readings: the layout of each blob, made once though a blob is the head of one commit and the base of the next.
//!
//! Every side of every change is announced before the work begins and asked for, or declined, once; the last asker
//! takes the layout away. What is kept stays within [`BUDGET`]; beyond it a layout is made again. Invariant: a layout
//! depends on the blob and on the kind of file that the path names. Absent on purpose: facts, which only single ranges
//! need.

use super::changes::{Change, FileState};
use super::class;
use super::diff::Text;
use super::git::Content;
use crate::language::layout::{Layout, Statement};
use gix::ObjectId;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of layouts that are kept for a later change.
const BUDGET: usize = 192 << 20;

/// A blob, and what its path says of its language.
type Key = (ObjectId, Box<str>);

/// Layouts that more than one change needs. Without an announcement nothing is kept.
#[derive(Default)]
pub struct Readings {
    /// Absent without an announcement; then layouts are given whole.
    shelf: Option<Mutex<Shelf>>,
}

#[derive(Default)]
struct Shelf {
    /// How many changes still need the blob, and its layout if it is at hand.
    expected: FxHashMap<Key, (u32, Option<Arc<Layout>>)>,
    bytes: usize,
}

impl Readings {
    /// Announces every side of these changes. Only what the lines of a ledger need is kept of a layout.
    pub fn expect<'c>(changes: impl Iterator<Item = &'c Change>) -> Self {
        let mut expected: FxHashMap<Key, (u32, Option<Arc<Layout>>)> = FxHashMap::default();
        for key in changes.flat_map(|change| [&change.base, &change.head]).filter_map(|state| key(state.as_ref())) {
            expected.entry(key).or_default().0 += 1;
        }
        expected.retain(|_, (uses, _)| *uses > 1);
        Self { shelf: Some(Mutex::new(Shelf { expected, bytes: 0 })) }
    }

    /// The layout of one side. After an announcement it comes without tokens, which are large and of no use to lines.
    pub fn layout(&self, state: &FileState, text: &Text) -> Arc<Layout> {
        let Some(shelf) = &self.shelf else { return Arc::new(class::layout(&state.path, text)) };
        let key = key(Some(state));
        if let Some(kept) = key.as_ref().and_then(|key| lock(shelf).take(key)) {
            return kept;
        }
        let layout = Arc::new(Layout { tokens: Vec::new(), ..class::layout(&state.path, text) });
        if let Some(key) = key {
            lock(shelf).keep(key, &layout);
        }
        layout
    }

    /// Says that the layout of one side is not needed after all.
    pub fn decline(&self, state: Option<&FileState>) {
        if let (Some(shelf), Some(key)) = (&self.shelf, key(state)) {
            lock(shelf).take(&key);
        }
    }
}

fn lock(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shelf {
    /// Uses up one announcement. The last one takes the layout off the shelf.
    fn take(&mut self, key: &Key) -> Option<Arc<Layout>> {
        let (uses, kept) = self.expected.get_mut(key)?;
        *uses -= 1;
        let (is_last, layout) = (*uses == 0, kept.clone());
        if is_last {
            self.expected.remove(key);
            self.bytes -= layout.as_deref().map_or(0, size);
        }
        layout
    }

    /// Keeps a layout that somebody still expects, while there is room.
    fn keep(&mut self, key: Key, layout: &Arc<Layout>) {
        let bytes = size(layout);
        if self.bytes + bytes > BUDGET {
            return;
        }
        if let Some((_, kept @ None)) = self.expected.get_mut(&key) {
            *kept = Some(layout.clone());
            self.bytes += bytes;
        }
    }
}

/// Bytes on the heap, without spare capacity.
fn size(layout: &Layout) -> usize {
    layout.statements.len() * size_of::<Statement>() + layout.lines.len() * size_of::<u64>() + layout.classes.len()
}

fn key(state: Option<&FileState>) -> Option<Key> {
    let state = state?;
    let Content::Blob(id) = state.content else { return None };
    Some((id, state.path.extension().unwrap_or(state.path.file_name()).into()))
}
