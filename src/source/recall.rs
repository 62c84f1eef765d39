//! Recall: what earlier runs worked out of contents, by the blob.
//!
//! Facts and fragments are kept under their blob and language, encoded by the types' own derived codec, in which no
//! field can be forgotten (bitcode: on the 147 MB of Python of a large project half the size of borsh's encoding, and
//! as fast to read; 2026-11). An [`Absence`] is the set of blobs that are known to hold nothing that a question asks
//! for, which is what lets a run leave most files unread. Invariant: a record counts only if its content had the size
//! that the file has, since what git's index vouches for may lie on disk with other line endings. Absent on purpose:
//! what could not be read or understood; that is looked at again in every run.

use crate::cache::{Cache, Key, SetItem};
use crate::workspace::BlobId;
use bitcode::{Buffer, DecodeOwned, Encode};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::sync::Mutex;

thread_local! {
    /// One thread's room for encoding and decoding.
    static BUFFER: RefCell<Buffer> = RefCell::new(Buffer::new());
}

/// A blob that a file is known to hold without being read.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub blob: BlobId,
    /// Bytes of the file, where they may be other than the blob's.
    pub size: Option<u64>,
}

impl Known {
    fn fits(self, size: u32) -> bool {
        self.size.is_none_or(|own| own == u64::from(size))
    }
}

/// The record of a kind that was made of a blob. `question` is all that it depends on besides: a language, or what was
/// asked for.
pub fn find<T: DecodeOwned>(cache: &Cache, kind: &str, question: &[u8], known: Known) -> Option<T> {
    let record = cache.get(key(kind, question, known.blob))?;
    let (size, encoded) = record.split_first_chunk()?;
    if !known.fits(u32::from_le_bytes(*size)) {
        return None;
    }
    BUFFER.with_borrow_mut(|buffer| buffer.decode(encoded).ok())
}

/// Keeps what was made of a blob of so many bytes.
pub fn keep<T: Encode>(cache: &Cache, kind: &str, question: &[u8], blob: BlobId, size: usize, made: &T) {
    let Ok(size) = u32::try_from(size) else { return };
    if !cache.is_on() {
        return;
    }
    BUFFER.with_borrow_mut(|buffer| {
        let mut record = size.to_le_bytes().to_vec();
        record.extend_from_slice(buffer.encode(made));
        cache.put(key(kind, question, blob), &record);
    });
}

fn key(kind: &str, question: &[u8], blob: BlobId) -> Key {
    Key::new(kind, &[question, blob.as_bytes()])
}

/// The blobs that are known to hold nothing of what is asked for.
pub struct Absence {
    cache: Cache,
    key: Key,
    known: FxHashMap<BlobId, u32>,
    fresh: Mutex<Vec<SetItem>>,
}

impl Absence {
    /// `question` is all that the answer depends on besides the blob.
    pub fn load(cache: &Cache, kind: &str, question: &[&[u8]]) -> Absence {
        let key = Key::new(kind, question);
        let known = cache.set(key).iter().map(split).collect();
        Absence { cache: cache.clone(), key, known, fresh: Mutex::default() }
    }

    /// Nothing is known, and nothing is kept.
    pub fn none() -> Absence {
        let (known, fresh) = (FxHashMap::default(), Mutex::default());
        Absence { cache: Cache::none(), key: Key::new("none", &[]), known, fresh }
    }

    /// Whether anything is known at all.
    pub fn may_hold(&self) -> bool {
        !self.known.is_empty()
    }

    pub fn holds(&self, known: Known) -> bool {
        self.known.get(&known.blob).is_some_and(|&size| known.fits(size))
    }

    /// Notes that a blob of so many bytes holds nothing.
    pub fn note(&self, blob: BlobId, size: usize) {
        let Ok(size) = u32::try_from(size) else { return };
        if self.cache.is_on() && self.known.get(&blob) != Some(&size) {
            let mut item = [0; 24];
            item[..20].copy_from_slice(blob.as_bytes());
            item[20..].copy_from_slice(&size.to_le_bytes());
            super::lock(&self.fresh).push(item);
        }
    }

    /// Keeps what was noted.
    pub fn keep(self) {
        let mut fresh = self.fresh.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        fresh.sort_unstable();
        self.cache.extend(self.key, &fresh);
    }
}

fn split(item: &SetItem) -> (BlobId, u32) {
    let (blob, size) = item.split_first_chunk().expect("24 bytes");
    (BlobId::from_bytes(*blob), u32::from_le_bytes(size.try_into().expect("4 bytes")))
}
