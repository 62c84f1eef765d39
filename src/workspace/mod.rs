//! Stage 1, which files: a work tree, the staged index, or a revision, all as one [`Snapshot`].
//!
//! Invariants: entries are sorted by path and have no duplicates; a symbolic link is never followed; what cannot be
//! read is a [`Gap`], never an error; nothing is fetched and nothing is written. Entries and gaps together cover every
//! file that was found, links aside, which are counted. Absent on purpose: what the bytes mean, the environment (git
//! variables have no effect), and filters (line endings, LFS: bytes are taken as they are stored).

mod blob;
mod disk;
mod object;
mod repository;
mod survey;
#[cfg(test)]
mod tests;

pub use blob::BlobId;
pub use object::Revisions;
pub use repository::Repository;
pub use survey::{Layout, Survey, filters};

use crate::cache::Cache;
use crate::gap::{Extent, Gap, Reason, Stage};
use crate::span::RepoPath;
use blob::Stamp;
use rayon::prelude::*;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// A file larger than this many bytes is not read.
pub const SIZE_LIMIT: u64 = 256 << 20;

/// Memory of more bytes than this is not kept for the next file.
const SPARE_LIMIT: usize = 1 << 20;

/// Files that are read at most to tell one state of a snapshot from another.
const FINGERPRINT_READS: usize = 2_000;

/// A snapshot of more files than this is cut short, so that a tree made to explode costs bounded memory.
const ENTRY_LIMIT: usize = 2_000_000;

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Tracked files and untracked ones that are not ignored, as they are on disk.
    WorkTree,
    /// The index, as if it were committed.
    Index,
    /// Another index file of the same repository: what `GIT_INDEX_FILE` names inside a hook of `git commit PATH`.
    IndexFile(PathBuf),
    /// Any revision that git understands.
    Revision(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotKind {
    WorkTree,
    Index,
    Revision,
    /// Files given by a caller: examples and tests.
    Memory,
}

impl SnapshotKind {
    pub fn name(self) -> &'static str {
        match self {
            SnapshotKind::WorkTree => "worktree",
            SnapshotKind::Index => "index",
            SnapshotKind::Revision => "revision",
            SnapshotKind::Memory => "memory",
        }
    }
}

/// Index into [`Snapshot::entries`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u32);

impl EntryId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One regular file.
#[derive(Clone, Debug)]
pub struct Entry {
    pub path: RepoPath,
    /// The blob, where the snapshot knows it without reading: of the index and of a revision, and of a file on disk that
    /// has not changed since git read it. What lies on disk may differ from the blob in its line endings; sizes tell.
    pub blob: Option<BlobId>,
    /// Bytes, where the snapshot knows them without reading (work tree, memory).
    pub size: Option<u64>,
}

/// Why there is no snapshot. What to do about it is in [`WorkspaceError::hint`].
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("cannot open `{}`: {source}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("`{}` is not a folder", path.display())]
    NotAFolder { path: PathBuf },
    #[error("`{}` is not in a git repository, so it has no {wanted}", path.display())]
    NoRepository { path: PathBuf, wanted: &'static str },
    #[error("the git repository at `{}` cannot be opened: {why}", path.display())]
    Repository { path: PathBuf, why: String },
    #[error("`{}` is a bare repository, which has no work tree", path.display())]
    Bare { path: PathBuf },
    #[error("`{revision}` is not a revision of this repository: {why}")]
    Revision { revision: String, why: String, hint: String },
    #[error("the index cannot be read: {why}")]
    Index { why: String },
}

impl WorkspaceError {
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            WorkspaceError::Folder { .. } | WorkspaceError::NotAFolder { .. } => {
                "`--repo` takes a work tree, a folder in one, a bare repository, or a plain folder"
            }
            WorkspaceError::NoRepository { .. } => "without git only the files on disk can be judged",
            WorkspaceError::Repository { .. } => "`git fsck` in that folder says what is wrong with it",
            WorkspaceError::Bare { .. } => "name a revision: `--rev HEAD`",
            WorkspaceError::Revision { hint, .. } => hint,
            WorkspaceError::Index { .. } => "`git status` in that folder says what is wrong with it",
        };
        Some(hint.to_string())
    }
}

/// The files of one state of a repository, with what could not be seen of it.
pub struct Snapshot {
    pub kind: SnapshotKind,
    /// The revision's commit; for a work tree and an index the commit of `HEAD`, if there is one.
    pub commit: Option<String>,
    /// The revision's tree.
    pub tree: Option<String>,
    /// The work tree's root or the plain folder, where the repository has one.
    pub root: Option<PathBuf>,
    /// The folder that was asked for, relative to the root and without slashes at its ends; empty for the root.
    pub prefix: String,
    pub entries: Vec<Entry>,
    /// What is known beforehand to be out of sight, sorted. Reading finds the rest.
    pub gaps: Vec<Gap>,
    /// Symbolic links, which are not followed and have no entry.
    pub links: u64,
    /// What earlier runs worked out of contents.
    pub cache: Cache,
    store: Store,
}

/// Where the bytes are; the vectors run parallel to [`Snapshot::entries`].
enum Store {
    Disk {
        root: PathBuf,
        /// Path as bytes, where the printed one differs.
        raw: Vec<Option<Vec<u8>>>,
        stamps: Vec<Option<Stamp>>,
        /// A file was read that had changed since it was listed.
        shifted: AtomicBool,
    },
    Objects {
        git: Box<gix::ThreadSafeRepository>,
        ids: Vec<gix::ObjectId>,
    },
    Memory(Vec<Vec<u8>>),
}

impl Snapshot {
    /// The files of `folder`'s repository, or of a plain folder, as `selection` says.
    pub fn open(folder: &Path, selection: &Selection) -> Result<Snapshot, WorkspaceError> {
        let Some(repository) = Repository::find(folder)? else {
            let wanted = match selection {
                Selection::WorkTree => return Ok(disk::plain_folder(folder)),
                Selection::Index | Selection::IndexFile(_) => "index",
                Selection::Revision(_) => "revisions",
            };
            return Err(WorkspaceError::NoRepository { path: folder.to_path_buf(), wanted });
        };
        match selection {
            Selection::WorkTree => {
                let snapshot = disk::work_tree(&repository)?;
                // A folder that the repository around it ignores, as a virtual environment, is asked for by itself.
                match snapshot.sees_prefix() {
                    true => Ok(snapshot),
                    false => Ok(disk::plain_folder(folder)),
                }
            }
            Selection::Index => object::index(&repository, None),
            Selection::IndexFile(file) => object::index(&repository, Some(file)),
            Selection::Revision(revision) => object::revision(&repository, revision),
        }
    }

    /// Files given by a caller. Of two with the same path the first counts.
    pub fn in_memory(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Snapshot {
        let mut listing = Listing::default();
        for (path, bytes) in files {
            listing.push(path.into_bytes(), Some(bytes.len() as u64), bytes);
        }
        let mut snapshot = listing.finish(SnapshotKind::Memory, |sources| {
            Store::Memory(sources.into_iter().map(|source| source.place).collect())
        });
        if let Store::Memory(files) = &snapshot.store {
            for (entry, bytes) in snapshot.entries.iter_mut().zip(files) {
                entry.blob = BlobId::of(bytes);
            }
        }
        snapshot
    }

    /// The same snapshot, with what earlier runs know.
    pub fn with_cache(self, cache: Cache) -> Snapshot {
        Snapshot { cache, ..self }
    }

    /// A digest of everything that can be seen through the snapshot: what has the same digest holds the same. Files on
    /// disk that git's index vouches for are told by their stamps, others are read; `None` where these are too many,
    /// and where a file turned out to have changed since it was listed.
    pub fn fingerprint(&self) -> Option<[u8; 32]> {
        let Snapshot { kind, commit, tree, root, prefix, entries, gaps, links, cache: _, store } = self;
        let is_vouched_for = |at: usize| match store {
            Store::Disk { stamps, .. } => stamps[at].is_some() && entries[at].blob.is_some(),
            Store::Objects { .. } | Store::Memory(_) => true,
        };
        if (0..entries.len()).filter(|&at| !is_vouched_for(at)).count() > FINGERPRINT_READS {
            return None;
        }
        let has_shifted = || matches!(store, Store::Disk { shifted, .. } if shifted.load(Ordering::Relaxed));
        // What a file holds, or a stamp that stands for it, and which of these it is.
        let state = |reader: &mut SnapshotReader<'_>, at: usize| -> (u8, [u8; 32]) {
            let id = EntryId(at as u32);
            match store {
                Store::Disk { stamps, .. } if is_vouched_for(at) => {
                    (0, stamps[at].map(Stamp::to_bytes).unwrap_or_default())
                }
                Store::Disk { .. } => match reader.read(id) {
                    Ok(bytes) => (1, *blake3::hash(&bytes).as_bytes()),
                    Err(gap) => (2, *blake3::hash(format!("{gap:?}").as_bytes()).as_bytes()),
                },
                Store::Objects { .. } | Store::Memory(_) => (3 + u8::from(reader.find_blob(id).is_some()), [0; 32]),
            }
        };
        let states: Vec<(u8, [u8; 32])> =
            (0..entries.len()).into_par_iter().map_init(|| self.reader(), state).collect();
        if has_shifted() {
            return None;
        }
        let mut hasher = blake3::Hasher::new();
        let about = format!("{kind:?} {commit:?} {tree:?} {root:?} {prefix:?} {gaps:?} {links} {}", entries.len());
        hasher.update(&(about.len() as u64).to_le_bytes());
        hasher.update(about.as_bytes());
        let mut row = Vec::new();
        for (Entry { path, blob, size }, (how, state)) in entries.iter().zip(&states) {
            row.clear();
            row.extend_from_slice(&(path.as_str().len() as u64).to_le_bytes());
            row.extend_from_slice(path.as_str().as_bytes());
            row.extend_from_slice(&blob.map_or([0; 20], |blob| *blob.as_bytes()));
            row.extend_from_slice(&size.unwrap_or(u64::MAX).to_le_bytes());
            row.push(*how);
            row.extend_from_slice(state);
            hasher.update(&row);
        }
        Some(*hasher.finalize().as_bytes())
    }

    /// Whether something of the folder that was asked for is in the snapshot.
    fn sees_prefix(&self) -> bool {
        let is_below = |path: &RepoPath| {
            path.as_str()
                .strip_prefix(self.prefix.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.prefix.is_empty()
            || self.entries.iter().any(|entry| is_below(&entry.path))
            || self.gaps.iter().any(|gap| is_below(&gap.path))
    }

    pub fn find(&self, path: &RepoPath) -> Option<EntryId> {
        let index = self.entries.binary_search_by(|entry| entry.path.cmp(path)).ok()?;
        Some(EntryId(index as u32))
    }

    pub fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.index()]
    }

    /// Every entry with its id, in order.
    pub fn ids(&self) -> impl Iterator<Item = (EntryId, &Entry)> {
        self.entries.iter().enumerate().map(|(index, entry)| (EntryId(index as u32), entry))
    }

    /// A reader for one thread; each thread takes its own.
    pub fn reader(&self) -> SnapshotReader<'_> {
        let git = match &self.store {
            Store::Objects { git, .. } => Some(git.to_thread_local()),
            Store::Disk { .. } | Store::Memory(_) => None,
        };
        SnapshotReader { snapshot: self, git, spare: Vec::new() }
    }
}

/// Reads entries; holds the object caches of one thread.
pub struct SnapshotReader<'a> {
    snapshot: &'a Snapshot,
    git: Option<gix::Repository>,
    /// Memory for the next file.
    spare: Vec<u8>,
}

impl SnapshotReader<'_> {
    /// The bytes of an entry, or why they cannot be had.
    pub fn read(&mut self, id: EntryId) -> Result<Vec<u8>, Gap> {
        self.read_blob(id).map(|(bytes, _)| bytes)
    }

    /// The bytes of an entry and, where that is known without working it out, the blob that they are.
    pub fn read_blob(&mut self, id: EntryId) -> Result<(Vec<u8>, Option<BlobId>), Gap> {
        let entry = self.snapshot.entry(id);
        let read = match (&self.snapshot.store, &self.git) {
            (Store::Disk { root, raw, stamps, shifted }, _) => {
                let spare = std::mem::take(&mut self.spare);
                disk::read(root, &entry.path, raw[id.index()].as_deref(), spare).map(|(bytes, stamp)| {
                    // The file may have changed since it was listed.
                    let is_as_listed = stamp.is_some() && stamp == stamps[id.index()];
                    shifted.fetch_or(!is_as_listed, Ordering::Relaxed);
                    let blob = entry.blob.filter(|_| is_as_listed && !blob::may_be_converted(&bytes));
                    (bytes, blob)
                })
            }
            (Store::Objects { ids, .. }, Some(git)) => {
                object::read(git, ids[id.index()]).map(|bytes| (bytes, entry.blob))
            }
            (Store::Memory(files), _) => Ok((files[id.index()].clone(), entry.blob)),
            (Store::Objects { .. }, None) => unreachable!("a reader of objects holds the repository"),
        };
        read.map_err(|reason| unavailable(entry.path.clone(), reason))
    }

    /// Takes back the memory of a file that is not needed any more: fresh memory for each file costs as much as reading.
    pub fn recycle(&mut self, bytes: Vec<u8>) {
        if bytes.capacity() <= SPARE_LIMIT {
            self.spare = bytes;
        }
    }

    /// The blob of an entry whose bytes are there, where it is known without reading. On disk the bytes are those of the
    /// blob only if their sizes are equal: git shortens what it converts.
    pub fn find_blob(&self, id: EntryId) -> Option<BlobId> {
        let blob = self.snapshot.entry(id).blob?;
        match (&self.snapshot.store, &self.git) {
            (Store::Objects { ids, .. }, Some(git)) => git.has_object(ids[id.index()]).then_some(blob),
            _ => Some(blob),
        }
    }
}

/// A gap that may hide anything.
fn unavailable(path: RepoPath, reason: Reason) -> Gap {
    Gap { path, stage: Stage::Workspace, reason, extent: Extent::Unavailable }
}

/// What a walk finds, in any order; `P` says where the bytes are.
struct Listing<P> {
    found: Vec<Found<P>>,
    gaps: Vec<Gap>,
    links: Vec<Vec<u8>>,
}

struct Found<P> {
    path: RepoPath,
    raw: Vec<u8>,
    size: Option<u64>,
    place: P,
}

impl<P> Default for Listing<P> {
    fn default() -> Self {
        Self { found: Vec::new(), gaps: Vec::new(), links: Vec::new() }
    }
}

impl<P> Listing<P> {
    fn push(&mut self, raw: Vec<u8>, size: Option<u64>, place: P) {
        if self.is_full() {
            return;
        }
        self.found.push(Found { path: RepoPath::from_bytes(&raw), raw, size, place });
        if self.is_full() {
            let why = format!("the snapshot holds more than {ENTRY_LIMIT} files");
            self.gaps.push(unavailable(RepoPath::new("."), Reason::Budget(why)));
        }
    }

    fn is_full(&self) -> bool {
        self.found.len() >= ENTRY_LIMIT
    }

    fn gap(&mut self, raw: &[u8], reason: Reason) {
        self.gaps.push(unavailable(RepoPath::from_bytes(raw), reason));
    }

    /// Sorts, and turns a second file under the same printed path into a gap.
    fn finish(mut self, kind: SnapshotKind, store: impl FnOnce(Vec<Found<P>>) -> Store) -> Snapshot {
        self.found.sort_by(|a, b| (&a.path, &a.raw).cmp(&(&b.path, &b.raw)));
        let gaps = &mut self.gaps;
        self.found.dedup_by(|next, kept| {
            let same = next.path == kept.path;
            if same && next.raw != kept.raw {
                let why = "another file's path prints the same".to_string();
                gaps.push(unavailable(next.path.clone(), Reason::Other(why)));
            }
            same
        });
        self.gaps.sort();
        self.gaps.dedup();
        self.links.sort();
        self.links.dedup();
        let entries = self.found.iter().map(|found| Entry { path: found.path.clone(), blob: None, size: found.size });
        Snapshot {
            kind,
            commit: None,
            tree: None,
            root: None,
            prefix: String::new(),
            entries: entries.collect(),
            gaps: self.gaps,
            links: self.links.len() as u64,
            cache: Cache::none(),
            store: store(self.found),
        }
    }
}

/// Whether a path from an index or a tree stays inside the repository, as git itself demands.
fn is_legal(path: &[u8]) -> bool {
    path.split(|&byte| byte == b'/').all(|name| !matches!(name, b"" | b"." | b".." | b".git"))
}
