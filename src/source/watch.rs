//! Watching: what a piece of work looks at, so that its result can be kept until one of these things changes.
//!
//! A piece of work runs on one thread. While it is watched, whoever gives it a file or answers a question about the tree
//! notes that here. Invariant: watching changes no result. Absent on purpose: what a note means to those who compare two
//! trees; that is `project::memo`.

use crate::workspace::EntryId;
use rustc_hash::FxHashSet;
use std::cell::RefCell;

/// What was looked at.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub files: FxHashSet<EntryId>,
    /// Digests of questions that the tree as a whole answers, as [`question`] makes them.
    pub questions: FxHashSet<u32>,
}

impl Seen {
    fn add(&mut self, other: &Seen) {
        self.files.extend(&other.files);
        self.questions.extend(&other.questions);
    }
}

thread_local! {
    /// The watch of the innermost piece of work, where one is watched.
    static WATCH: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

/// Runs a piece of work, and says what it looked at. Watched work inside of watched work counts for both.
pub fn watched<T>(work: impl FnOnce() -> T) -> (T, Seen) {
    let outer = WATCH.replace(Some(Seen::default()));
    let result = work();
    let seen = WATCH.replace(outer).unwrap_or_default();
    also(&seen);
    (result, seen)
}

/// Whether work is watched on this thread.
pub fn is_watching() -> bool {
    WATCH.with_borrow(Option::is_some)
}

/// Counts what was looked at before, for a result that is taken from a table.
pub fn also(seen: &Seen) {
    WATCH.with_borrow_mut(|watch| {
        if let Some(watch) = watch {
            watch.add(seen);
        }
    });
}

pub fn saw_file(file: EntryId) {
    WATCH.with_borrow_mut(|watch| {
        if let Some(watch) = watch {
            watch.files.insert(file);
        }
    });
}

/// Notes that the tree was asked something. Equal digests of two questions make a result depend on more than it does,
/// never on less.
pub fn saw_question(kind: u8, about: &str) {
    WATCH.with_borrow_mut(|watch| {
        if let Some(watch) = watch {
            watch.questions.insert(question(kind, about));
        }
    });
}

/// The digest of a question: FNV-1a, which is the same in every build and on every machine.
pub fn question(kind: u8, about: &str) -> u32 {
    let bytes = std::iter::once(kind).chain(about.bytes());
    let long =
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (long ^ (long >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_work_counts_for_the_outer_and_nothing_outside_is_noted() {
        saw_file(EntryId(9));
        let (inner, seen) = watched(|| {
            saw_file(EntryId(1));
            let ((), inner) = watched(|| saw_question(1, "a"));
            saw_file(EntryId(2));
            inner
        });
        assert!(inner.files.is_empty() && inner.questions.len() == 1);
        assert_eq!((seen.files.len(), seen.questions.len()), (2, 1));
        assert!(!is_watching());
        also(&seen);
        assert_ne!(question(1, "a"), question(2, "a"));
    }
}
