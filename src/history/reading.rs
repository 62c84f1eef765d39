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
use crate::language::layout::{Layout, LayoutToken, Statement};
use gix::ObjectId;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of layouts that are kept for a later change.
const BUDGET: usize = 192 << 20;

/// A blob, and what its path says of its language.
type Key = (ObjectId, Box<str>);

/// Layouts that more than one change needs. Without an announcement nothing is kept.
#[derive(Default)]
pub struct Readings {
    shelf: Mutex<Shelf>,
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
        Self { shelf: Mutex::new(Shelf { expected, bytes: 0 }) }
    }

    /// The layout of one side. Its tokens may be missing where the layout was kept from an earlier change.
    pub fn layout(&self, state: &FileState, text: &Text) -> Arc<Layout> {
        let key = key(Some(state));
        if let Some(kept) = key.as_ref().and_then(|key| self.take(key)) {
            return kept;
        }
        let mut layout = class::layout(&state.path, text);
        let Some(key) = key.filter(|key| self.is_expected(key)) else { return Arc::new(layout) };
        layout.tokens = Vec::new();
        let layout = Arc::new(layout);
        self.keep(key, &layout);
        layout
    }

    /// Says that the layout of one side is not needed after all.
    pub fn decline(&self, state: Option<&FileState>) {
        if let Some(key) = key(state) {
            self.take(&key);
        }
    }

    /// Uses up one announcement. The last one takes the layout off the shelf.
    fn take(&self, key: &Key) -> Option<Arc<Layout>> {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let (uses, kept) = shelf.expected.get_mut(key)?;
        *uses -= 1;
        let (is_last, layout) = (*uses == 0, kept.clone());
        if is_last {
            shelf.expected.remove(key);
            shelf.bytes -= layout.as_deref().map_or(0, size);
        }
        layout
    }

    fn is_expected(&self, key: &Key) -> bool {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner).expected.contains_key(key)
    }

    fn keep(&self, key: Key, layout: &Arc<Layout>) {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = size(layout);
        if shelf.bytes + bytes > BUDGET {
            return;
        }
        if let Some((_, kept)) = shelf.expected.get_mut(&key)
            && kept.is_none()
        {
            *kept = Some(layout.clone());
            shelf.bytes += bytes;
        }
    }
}

/// Bytes on the heap, without spare capacity.
fn size(layout: &Layout) -> usize {
    layout.tokens.len() * size_of::<LayoutToken>()
        + layout.statements.len() * size_of::<Statement>()
        + layout.lines.len() * size_of::<u64>()
        + layout.classes.len()
}

fn key(state: Option<&FileState>) -> Option<Key> {
    let state = state?;
    let Content::Blob(id) = state.content else { return None };
    Some((id, state.path.extension().unwrap_or(state.path.file_name()).into()))
}
