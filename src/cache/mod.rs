//! The cache: what was worked out of a content once, kept between runs.
//!
//! A record is found by a [`Key`], a digest of what it was made from: the content's git id, the question, and the
//! build of solely that answered it ([`BUILD`], which changes by itself whenever the source of solely does). So
//! branches, snapshots and work trees share records, and no record can outlive the code that made it.
//!
//! Records lie in a few segments (`segment`), not in a file each: opening ten thousand small files costs more than
//! reading them. A run appends nothing; what it learns goes into a segment of its own, which appears whole when the run
//! ends. So runs need no lock, and one that is killed leaves at most a file that the next ones sweep away. When there
//! are many segments the small ones are merged, and when they take more than the limit the ones not used for the
//! longest time are dropped.
//!
//! Invariants: a cache never changes a result and never ends a run; what is damaged, missing or not writable is worked
//! out again. Records are checked by digest when they are read. Absent on purpose: what records mean (their stage
//! encodes them), the environment and the clock (`cli` gives the folder and the time), and trust: a digest tells
//! damage, not malice, so a cache must not be shared with people who may not decide the verdict.

mod segment;
#[cfg(test)]
mod tests;

use segment::{ENDING, Opened, Segment, SegmentWriter, UNFINISHED};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

/// The build of solely: equal builds work out the same.
pub const BUILD: &str = env!("SOLELY_BUILD");

/// Bytes that segments may take, when nothing else is said.
pub const LIMIT: u64 = 2 << 30;

/// More segments than this are merged.
const SEGMENTS_ALLOWED: usize = 8;

/// A segment is merged with smaller ones only where it is no more than so many times as large as all of them: so each
/// record is written again a few times in its life, and a run that adds little merges little.
const MERGE_RATIO: u64 = 2;

/// An unfinished segment of this age belongs to a run that was killed.
const SWEEP_AGE: Duration = Duration::from_secs(24 * 3600);

/// Uses are noted at most this often.
const TOUCH_AGE: Duration = Duration::from_secs(3600);

/// What a record is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; 16]);

impl Key {
    /// The key of a kind of record and everything that the record depends on, the build of solely apart.
    pub fn new(kind: &str, parts: &[&[u8]]) -> Key {
        let mut hasher = blake3::Hasher::new();
        for part in [BUILD.as_bytes(), kind.as_bytes()].iter().chain(parts) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Key(hasher.finalize().as_bytes()[..16].try_into().expect("16 of 32 bytes"))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// How records of one key belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Shape {
    /// Each is the whole; any is as good as the other.
    Value = 0,
    /// Each is a part of a set of [`SetItem`]s.
    Set = 1,
}

/// An item of a set: a content's id and its size.
pub type SetItem = [u8; 24];

/// Where the cache is, and how much it may take.
#[derive(Clone, Debug)]
pub struct CacheOptions {
    pub folder: PathBuf,
    /// Bytes.
    pub limit: u64,
    /// The present time, by which age is told.
    pub now: SystemTime,
}

/// A cache, or none. Clones are one cache.
#[derive(Clone, Default)]
pub struct Cache(Option<Arc<Store>>);

struct Store {
    options: CacheOptions,
    segments: Vec<Segment>,
    fresh: Mutex<Fresh>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// What this run adds.
enum Fresh {
    Nothing,
    Some(SegmentWriter),
    /// Nothing can be written, and why; told at the end.
    Failed(io::Error),
}

/// How a run used the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheUse {
    pub hits: u64,
    pub misses: u64,
}

impl Cache {
    /// No cache: nothing is found, nothing is kept.
    pub fn none() -> Cache {
        Cache(None)
    }

    /// The cache in a folder, which need not exist. A folder that cannot be read is an empty cache.
    pub fn open(options: CacheOptions) -> Cache {
        let segments = list(&options.folder, ENDING).into_iter().filter(|file| is_of_this_build(&file.path));
        let segments = segments.filter_map(|file| match Segment::open(&file.path) {
            Opened::Segment(segment) => Some(segment),
            Opened::Damaged => {
                let _ = fs::remove_file(&file.path);
                None
            }
            Opened::Unreadable => None,
        });
        let segments = segments.collect();
        let (hits, misses) = (AtomicU64::new(0), AtomicU64::new(0));
        Cache(Some(Arc::new(Store { options, segments, fresh: Mutex::new(Fresh::Nothing), hits, misses })))
    }

    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// The record under a key.
    pub fn get(&self, key: Key) -> Option<Vec<u8>> {
        let store = self.0.as_ref()?;
        let found = store.segments.iter().find_map(|segment| segment.records(key).next());
        let counter = if found.is_some() { &store.hits } else { &store.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// The items under a key, in no order; one may occur twice.
    pub fn set(&self, key: Key) -> Vec<SetItem> {
        let Some(store) = &self.0 else { return Vec::new() };
        let parts = store.segments.iter().flat_map(|segment| segment.records(key));
        parts.flat_map(|part| part.as_chunks().0.to_vec()).collect()
    }

    /// Keeps a record. It is found by later runs.
    pub fn put(&self, key: Key, payload: &[u8]) {
        self.add(key, Shape::Value, payload);
    }

    /// Adds items to the set under a key.
    pub fn extend(&self, key: Key, items: &[SetItem]) {
        if !items.is_empty() {
            self.add(key, Shape::Set, items.as_flattened());
        }
    }

    fn add(&self, key: Key, shape: Shape, payload: &[u8]) {
        let Some(store) = &self.0 else { return };
        let mut fresh = lock(&store.fresh);
        if matches!(*fresh, Fresh::Nothing) {
            *fresh = match prepare(&store.options.folder).and_then(|()| SegmentWriter::create(&store.options.folder)) {
                Ok(writer) => Fresh::Some(writer),
                Err(error) => Fresh::Failed(error),
            };
        }
        if let Fresh::Some(writer) = &mut *fresh
            && let Err(error) = writer.add(key, shape, payload)
        {
            // Dropping the writer takes its file away.
            *fresh = Fresh::Failed(error);
        }
    }

    /// Ends the run: what it added appears, and the cache is kept within its bounds. An error says why nothing was kept.
    pub fn commit(&self) -> io::Result<()> {
        let Some(store) = &self.0 else { return Ok(()) };
        let CacheOptions { folder, limit, now } = &store.options;
        for segment in store.segments.iter().filter(|segment| segment.is_used()) {
            if modified(&segment.path).is_some_and(|at| age(*now, at) > TOUCH_AGE) {
                let _ = segment::touch(&segment.path, *now);
            }
        }
        match std::mem::replace(&mut *lock(&store.fresh), Fresh::Nothing) {
            Fresh::Nothing => return Ok(()),
            Fresh::Failed(error) => return Err(error),
            Fresh::Some(writer) => drop(writer.finish(folder, prefix())?),
        }
        merge(folder)?;
        bound(folder, *limit);
        sweep(folder, *now);
        Ok(())
    }

    /// How this run used the cache so far.
    pub fn usage(&self) -> CacheUse {
        let Some(store) = &self.0 else { return CacheUse::default() };
        CacheUse { hits: store.hits.load(Ordering::Relaxed), misses: store.misses.load(Ordering::Relaxed) }
    }
}

/// Files and bytes that a cache takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheSize {
    pub files: u64,
    pub bytes: u64,
}

pub fn measure(folder: &Path) -> CacheSize {
    let files = [ENDING, UNFINISHED].map(|ending| list(folder, ending));
    let files = files.iter().flatten();
    files.fold(CacheSize::default(), |sum, file| CacheSize { files: sum.files + 1, bytes: sum.bytes + file.bytes })
}

/// Removes the files of a cache, and nothing else that lies in its folder. Returns what was removed.
pub fn clean(folder: &Path) -> io::Result<CacheSize> {
    let mut removed = CacheSize::default();
    for file in [ENDING, UNFINISHED].iter().flat_map(|ending| list(folder, ending)) {
        match fs::remove_file(&file.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => removed = CacheSize { files: removed.files + 1, bytes: removed.bytes + file.bytes },
        }
    }
    Ok(removed)
}

struct CacheFile {
    path: PathBuf,
    bytes: u64,
    modified: SystemTime,
}

/// The files of a folder with an ending, the ones used last first; of equal age by name.
fn list(folder: &Path, ending: &str) -> Vec<CacheFile> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<CacheFile> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().ends_with(ending))
        .filter_map(|entry| {
            let metadata = entry.metadata().ok().filter(|metadata| metadata.is_file())?;
            Some(CacheFile { path: entry.path(), bytes: metadata.len(), modified: metadata.modified().ok()? })
        })
        .collect();
    files.sort_by(|a, b| (b.modified, &a.path).cmp(&(a.modified, &b.path)));
    files
}

/// What the names of this build's segments begin with.
fn prefix() -> &'static str {
    &BUILD[..16]
}

fn is_of_this_build(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix()))
}

/// Makes the folder, marked as one that backups leave out (<https://bford.info/cachedir/>), and that git does not see
/// where it lies in a work tree: what is remembered of a project is no part of it.
fn prepare(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, text) in [
        ("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# The cache of solely.\n"),
        (".gitignore", "*\n"),
    ] {
        let file = folder.join(name);
        if !file.exists() {
            fs::write(file, text)?;
        }
    }
    Ok(())
}

/// Merges the small segments of this build into one, where there are many.
fn merge(folder: &Path) -> io::Result<()> {
    let mut files = list(folder, ENDING);
    files.retain(|file| is_of_this_build(&file.path));
    if files.len() <= SEGMENTS_ALLOWED {
        return Ok(());
    }
    files.sort_by_key(|file| file.bytes);
    let mut sum = 0;
    let small = files.iter().take_while(|file| {
        let is_small = sum == 0 || file.bytes <= MERGE_RATIO * sum;
        sum += file.bytes;
        is_small
    });
    files.truncate(small.count());
    if files.len() < 2 {
        return Ok(());
    }
    let segments: Vec<Segment> = files
        .iter()
        .filter_map(|file| match Segment::open(&file.path) {
            Opened::Segment(segment) => Some(segment),
            Opened::Damaged | Opened::Unreadable => None,
        })
        .collect();
    let mut rows: Vec<(usize, segment::Row)> = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        rows.extend((0..segment.rows()).map(|row| (at, segment.row(row))));
    }
    rows.sort_by_key(|(_, row)| row.key);
    let mut writer = SegmentWriter::create(folder)?;
    for same in rows.chunk_by(|a, b| a.1.key == b.1.key) {
        let mut payloads = same.iter().filter_map(|&(at, row)| segments[at].read(row));
        match same[0].1.shape {
            Shape::Value => {
                if let Some(payload) = payloads.next() {
                    writer.add(same[0].1.key, Shape::Value, &payload)?;
                }
            }
            Shape::Set => {
                let mut items: Vec<SetItem> = payloads.flat_map(|part| part.as_chunks().0.to_vec()).collect();
                items.sort_unstable();
                items.dedup();
                writer.add(same[0].1.key, Shape::Set, items.as_flattened())?;
            }
        }
    }
    let merged = writer.finish(folder, prefix())?;
    for segment in segments.into_iter().filter(|segment| segment.path != merged) {
        let path = segment.path.clone();
        // Where open files cannot be removed, this one is closed first.
        drop(segment);
        let _ = fs::remove_file(path);
    }
    Ok(())
}

/// Drops the segments that were not used for the longest time, of whatever build, until the rest fits. The newest
/// stays, unless it alone is too much.
fn bound(folder: &Path, limit: u64) {
    let mut bytes = 0;
    for file in list(folder, ENDING) {
        bytes += file.bytes;
        if bytes > limit {
            let _ = fs::remove_file(file.path);
        }
    }
}

/// Takes away what killed runs left.
fn sweep(folder: &Path, now: SystemTime) {
    for file in list(folder, UNFINISHED).into_iter().filter(|file| age(now, file.modified) > SWEEP_AGE) {
        let _ = fs::remove_file(file.path);
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// How long ago something was; what lies in the future has no age.
fn age(now: SystemTime, then: SystemTime) -> Duration {
    now.duration_since(then).unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
