//! Blob ids: contents by the name that git gives them, and when a file on disk has one that need not be worked out.
//!
//! Git's index holds the id of each tracked file and what the file system said of it. While that is still true the file
//! has not changed, and its content is known without reading it. Two things stand between that and the truth, and both
//! are held here. A file written in the same moment as the index may have changed without a trace (git's "racy" entry,
//! <https://git-scm.com/docs/racy-git>): it does not count as unchanged. And what lies on disk may be the blob after a
//! filter or a change of line endings: then the id of what was read is worked out ([`BlobId::of`]).

use crate::words::hex;
use gix::index::entry::{Flags, Mode, Stage, stat};
use std::fmt;
use std::fs::Metadata;

/// The id that git gives a content (SHA-1, with a check for known attacks).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId([u8; 20]);

impl BlobId {
    /// The id of some bytes.
    pub fn of(bytes: &[u8]) -> Option<BlobId> {
        let id = gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, bytes).ok()?;
        Self::from_git(&id)
    }

    pub(super) fn from_git(id: &gix::oid) -> Option<BlobId> {
        Some(BlobId(id.as_bytes().try_into().ok()?))
    }

    pub fn from_bytes(bytes: [u8; 20]) -> BlobId {
        BlobId(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What the file system says of a file, as far as git's index keeps it: equal stamps, same content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    modified: (u32, u32),
    changed: (u32, u32),
    inode: u32,
    owner: (u32, u32),
    size: u64,
}

impl Stamp {
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt;
        // The index keeps the low 32 bits.
        Some(Stamp {
            modified: (metadata.mtime() as u32, metadata.mtime_nsec() as u32),
            changed: (metadata.ctime() as u32, metadata.ctime_nsec() as u32),
            inode: metadata.ino() as u32,
            owner: (metadata.uid(), metadata.gid()),
            size: metadata.size(),
        })
    }

    /// The stamp as bytes: equal stamps, equal bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        let Stamp { modified, changed, inode, owner, size } = self;
        let mut bytes = [0; 32];
        // The size of what git's index vouches for has 32 bits.
        let numbers = [modified.0, modified.1, changed.0, changed.1, inode, owner.0, owner.1, size as u32];
        for (place, number) in bytes.chunks_exact_mut(4).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// Elsewhere files are read: what an index keeps there is too little.
    #[cfg(not(unix))]
    pub fn of(_metadata: &Metadata) -> Option<Stamp> {
        None
    }
}

/// The blob that an index entry names, if the file with this stamp is still what git saw. Stricter than git: whatever
/// the configuration leaves out of the comparison is compared.
pub(super) fn unchanged(index: &gix::index::State, entry: &gix::index::Entry, stamp: Stamp) -> Option<BlobId> {
    let is_file = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
    if !is_file || entry.stage() != Stage::Unconflicted || entry.flags.contains(Flags::INTENT_TO_ADD) {
        return None;
    }
    let all = stat::Options { trust_ctime: true, check_stat: true, use_nsec: true, use_stdev: false };
    if entry.stat.is_racy(index.timestamp(), all) {
        return None;
    }
    let kept = &entry.stat;
    let seen = Stamp {
        modified: (kept.mtime.secs, kept.mtime.nsecs),
        changed: (kept.ctime.secs, kept.ctime.nsecs),
        inode: kept.ino,
        owner: (kept.uid, kept.gid),
        size: u64::from(kept.size),
    };
    // Git writes a size of 0 where it could not tell whether the file had changed.
    let is_smudged = kept.size == 0 && !entry.id.is_empty_blob();
    (seen == stamp && !is_smudged).then(|| BlobId::from_git(&entry.id)).flatten()
}

/// Whether git may have changed these bytes on their way to the disk: ends of lines, or an expanded `$Id$`. Filters by
/// program are told by the attributes; see `disk`.
pub(super) fn may_be_converted(bytes: &[u8]) -> bool {
    memchr::memchr(b'\r', bytes).is_some() || memchr::memmem::find(bytes, b"$Id").is_some()
}
