//! Snapshots of files on disk: a work tree, or a plain folder.
//!
//! A work tree is what git would show: tracked files that exist, and untracked ones that are not ignored. The walk is
//! ripgrep's; the index adds tracked files that an ignore rule hides. Invariants: no link is followed, and nothing but
//! a regular file is read. A file that git's index says is unchanged has the blob that the index names (`blob`). Absent on
//! purpose: what differs from what is committed.

use super::blob::{self, Stamp};
use super::{Listing, Repository, SIZE_LIMIT, Snapshot, SnapshotKind, Store, WorkspaceError, is_legal, object};
use crate::gap::Reason;
use crate::span::RepoPath;
use gix::index::entry::{Flags, Mode};
use ignore::{DirEntry, WalkBuilder, WalkState};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fs::{self, File, FileType, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;

/// Every file of a folder that is in no repository; `.gitignore` files count all the same.
pub(super) fn plain_folder(folder: &Path) -> Snapshot {
    let root = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let listing = walk(&root, walker(&root), Nested::Enter);
    snapshot(root, listing)
}

pub(super) fn work_tree(repository: &Repository) -> Result<Snapshot, WorkspaceError> {
    let Some(root) = &repository.root else { return Err(WorkspaceError::Bare { path: repository.place() }) };
    let index = object::load_index(repository, None)?;
    let mut walker = walker(root);
    if let Some(excludes) = local_excludes(repository, root) {
        walker.git_global(false);
        walker.add_ignore(excludes);
    }
    let mut listing = walk(root, walker, Nested::Gap);
    add_tracked(root, &index, &mut listing);
    let mut snapshot = snapshot(root.clone(), listing);
    if !has_filters(repository, root, &snapshot) {
        recognize(&index, &mut snapshot);
    }
    Ok(Snapshot { commit: repository.head(), prefix: repository.prefix.clone(), ..snapshot })
}

/// Gives each file that has not changed since git read it the blob that the index names.
fn recognize(index: &gix::index::File, snapshot: &mut Snapshot) {
    let Store::Disk { raw, stamps, .. } = &snapshot.store else { return };
    let mut tracked = index.entries().iter().peekable();
    for ((entry, raw), stamp) in snapshot.entries.iter_mut().zip(raw).zip(stamps) {
        // Both lists are sorted by the bytes of the path; one that prints as another is left to be read.
        let path = entry.path.as_str().as_bytes();
        while tracked.next_if(|it| <&[u8]>::from(it.path(index)) < path).is_some() {}
        let Some(found) = tracked.next_if(|it| <&[u8]>::from(it.path(index)) == path) else { continue };
        if raw.is_none() {
            entry.blob = stamp.and_then(|stamp| blob::unchanged(index, found, stamp));
        }
    }
}

/// Whether a program may have changed files on their way to the disk (LFS, encryption, encodings): then no blob is
/// taken for what lies there.
fn has_filters(repository: &Repository, root: &Path, snapshot: &Snapshot) -> bool {
    attribute_files_with_filters(repository, root, snapshot).next().is_some()
}

/// The attribute files that name such a program.
pub(super) fn attribute_files_with_filters<'s>(
    repository: &Repository,
    root: &'s Path,
    snapshot: &'s Snapshot,
) -> impl Iterator<Item = String> + 's {
    const OF_REPOSITORY: &str = "info/attributes";
    let names_one = |text: &[u8]| {
        [&b"filter"[..], b"working-tree-encoding"].iter().any(|word| memchr::memmem::find(text, word).is_some())
    };
    // An attribute file that cannot be read may say anything.
    let says_so = move |file: &Path| match fs::read(file) {
        Ok(text) => names_one(&text),
        Err(error) => error.kind() != ErrorKind::NotFound,
    };
    let own = repository.git.to_thread_local().common_dir().join(OF_REPOSITORY);
    let in_tree = snapshot.entries.iter().filter(|entry| entry.path.file_name() == ".gitattributes");
    let in_tree = in_tree.map(|entry| (root.join(entry.path.as_str()), entry.path.to_string()));
    let all = std::iter::once((own, OF_REPOSITORY.to_owned())).chain(in_tree);
    all.filter(move |(file, _)| says_so(file)).map(|(_, name)| name)
}

/// The bytes of a file, and its stamp once they were read; `raw` is its path where the printed one is not the real one,
/// `spare` memory that may be used.
pub(super) fn read(
    root: &Path,
    path: &RepoPath,
    raw: Option<&[u8]>,
    spare: Vec<u8>,
) -> Result<(Vec<u8>, Option<Stamp>), Reason> {
    let file = root.join(to_path(raw.unwrap_or(path.as_str().as_bytes())));
    let opened = open(&file)?;
    let before = opened.metadata().map_err(unreadable)?;
    if !before.is_file() {
        return Err(Reason::NotARegularFile);
    }
    let too_large = |size| Reason::TooLarge { size, limit: SIZE_LIMIT };
    if before.len() > SIZE_LIMIT {
        return Err(too_large(before.len()));
    }
    let mut bytes = spare;
    bytes.clear();
    bytes.reserve(before.len() as usize + 1);
    let mut read = |most| (&opened).take(most).read_to_end(&mut bytes).map(|_| bytes.len() as u64).map_err(unreadable);
    // asking for no more than there is saves asking whether there is more
    let length = read(before.len())?;
    let after = opened.metadata().map_err(unreadable)?;
    // it changes, or the file system does not know sizes
    if length == 0 || after.len() != length {
        let length = read(SIZE_LIMIT + 1 - length)?;
        if length > SIZE_LIMIT {
            return Err(too_large(length));
        }
        let stamp = opened.metadata().ok().and_then(|metadata| Stamp::of(&metadata));
        return Ok((bytes, stamp));
    }
    Ok((bytes, Stamp::of(&after)))
}

fn snapshot(root: PathBuf, listing: Listing<Option<Stamp>>) -> Snapshot {
    let place = root.clone();
    let mut snapshot = listing.finish(SnapshotKind::WorkTree, |found| {
        let stamps = found.iter().map(|found| found.place).collect();
        let raw = found.into_iter().map(|found| (found.raw != found.path.as_str().as_bytes()).then_some(found.raw));
        Store::Disk { root: place, raw: raw.collect(), stamps, shifted: AtomicBool::new(false) }
    });
    snapshot.root = Some(root);
    snapshot
}

/// What to do with a repository inside the folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nested {
    Enter,
    Gap,
}

fn walker(root: &Path) -> WalkBuilder {
    let mut walker = WalkBuilder::new(root);
    walker.hidden(false).ignore(false).parents(false).require_git(false).follow_links(false).current_dir(root);
    walker.filter_entry(|entry| entry.file_name() != ".git");
    walker
}

/// `core.excludesFile` of the repository's own configuration, which replaces the user's.
fn local_excludes(repository: &Repository, root: &Path) -> Option<PathBuf> {
    let git = repository.git.to_thread_local();
    let path = git.config_snapshot().trusted_path("core.excludesFile").ok()??;
    Some(root.join(path))
}

/// What the walk's threads send to the one that lists.
enum Sighting {
    File { path: Vec<u8>, size: Option<u64>, stamp: Option<Stamp> },
    Link { path: Vec<u8> },
    Gap { path: Vec<u8>, reason: Reason },
}

/// Sightings of one thread, sent many at a time: waking the other thread costs more than listing a file.
struct Batch {
    sightings: Vec<Sighting>,
    sender: mpsc::Sender<Vec<Sighting>>,
}

impl Batch {
    const SIZE: usize = 512;

    /// An error means that nobody listens any more.
    fn push(&mut self, sighting: Option<Sighting>) -> Result<(), mpsc::SendError<Vec<Sighting>>> {
        self.sightings.extend(sighting);
        if self.sightings.len() < Self::SIZE { Ok(()) } else { self.send() }
    }

    fn send(&mut self) -> Result<(), mpsc::SendError<Vec<Sighting>>> {
        self.sender.send(std::mem::take(&mut self.sightings))
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        let _ = self.send();
    }
}

fn walk(root: &Path, walker: WalkBuilder, nested: Nested) -> Listing<Option<Stamp>> {
    let (sender, sightings) = mpsc::channel();
    let mut listing = Listing::default();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            walker.build_parallel().run(|| {
                let mut batch = Batch { sightings: Vec::new(), sender: sender.clone() };
                Box::new(move |entry| {
                    let (sighting, state) = match entry {
                        Ok(entry) => sight(root, &entry, nested),
                        Err(error) => (sight_error(root, &error), WalkState::Continue),
                    };
                    match batch.push(sighting) {
                        Err(_) => WalkState::Quit,
                        Ok(()) => state,
                    }
                })
            });
        });
        for sighting in sightings.into_iter().flatten() {
            match sighting {
                Sighting::File { path, size, stamp } => listing.push(path, size, stamp),
                Sighting::Link { path } => listing.links.push(path),
                Sighting::Gap { path, reason } => listing.gap(&path, reason),
            }
            if listing.is_full() {
                break;
            }
        }
    });
    listing
}

fn sight(root: &Path, entry: &DirEntry, nested: Nested) -> (Option<Sighting>, WalkState) {
    let Some(kind) = entry.file_type() else { return (None, WalkState::Continue) };
    let path = from_path(root, entry.path());
    if kind.is_dir() {
        let is_nested = nested == Nested::Gap && entry.depth() > 0 && is_repository(entry.path());
        if is_nested {
            return (Some(Sighting::Gap { path, reason: Reason::Submodule }), WalkState::Skip);
        }
        return (None, WalkState::Continue);
    }
    (Some(sight_file(path, kind, || entry.metadata().ok())), WalkState::Continue)
}

fn sight_file(path: Vec<u8>, kind: FileType, metadata: impl FnOnce() -> Option<Metadata>) -> Sighting {
    if kind.is_symlink() {
        Sighting::Link { path }
    } else if kind.is_file() {
        let metadata = metadata();
        let size = metadata.as_ref().map(Metadata::len);
        Sighting::File { path, size, stamp: metadata.as_ref().and_then(Stamp::of) }
    } else {
        Sighting::Gap { path, reason: Reason::NotARegularFile }
    }
}

/// A folder that cannot be listed hides what it holds; one that vanished holds nothing.
fn sight_error(root: &Path, error: &ignore::Error) -> Option<Sighting> {
    let cause = error.io_error()?;
    if cause.kind() == ErrorKind::NotFound {
        return None;
    }
    let path = error_path(error).map_or_else(|| b".".to_vec(), |path| from_path(root, path));
    Some(Sighting::Gap { path, reason: Reason::Unreadable(cause.kind().to_string()) })
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        ignore::Error::Partial(errors) => errors.iter().find_map(error_path),
        _ => None,
    }
}

fn is_repository(folder: &Path) -> bool {
    let git = folder.join(".git");
    fs::symlink_metadata(&git).is_ok() && gix::discover::is_git(&git).is_ok()
}

/// Tracked files that the walk did not see: those that an ignore rule hides, and those that are not on disk.
fn add_tracked(root: &Path, index: &gix::index::File, listing: &mut Listing<Option<Stamp>>) {
    let seen: FxHashSet<Vec<u8>> = listing.found.iter().map(|found| found.raw.clone()).collect();
    let mut folders = FxHashMap::default();
    for entry in index.entries() {
        let path: &[u8] = entry.path(index);
        let path = path.strip_suffix(b"/").unwrap_or(path);
        if seen.contains(path) {
            continue;
        }
        if !is_legal(path) {
            listing.gap(path, Reason::Other("an index entry outside the repository".to_string()));
            continue;
        }
        if entry.mode.is_submodule() {
            listing.gap(path, Reason::Submodule);
            continue;
        }
        let is_skipped = entry.flags.contains(Flags::SKIP_WORKTREE) || entry.mode == Mode::DIR;
        match tracked_metadata(root, path, &mut folders) {
            // Git takes a tracked path that is now a folder, or lies behind a link, as deleted.
            Ok(Some(metadata)) if !metadata.is_dir() => {
                match sight_file(path.to_vec(), metadata.file_type(), || Some(metadata)) {
                    Sighting::File { path, size, stamp } => listing.push(path, size, stamp),
                    Sighting::Link { path } => listing.links.push(path),
                    Sighting::Gap { path, reason } => listing.gap(&path, reason),
                }
            }
            Ok(_) if is_skipped => listing.gap(path, Reason::SkippedBySparseCheckout),
            Ok(_) => {}
            Err(error) => listing.gap(path, unreadable(error)),
        }
    }
}

/// What stands at a tracked path, or `None` when nothing does. `folders` remembers which folders are real ones.
fn tracked_metadata(
    root: &Path,
    path: &[u8],
    folders: &mut FxHashMap<Vec<u8>, bool>,
) -> Result<Option<Metadata>, io::Error> {
    for (at, _) in path.iter().enumerate().filter(|&(_, &byte)| byte == b'/') {
        let folder = &path[..at];
        let is_real = match folders.get(folder) {
            Some(&is_real) => is_real,
            None => {
                let is_real = existing(&root.join(to_path(folder)))?.is_some_and(|metadata| metadata.is_dir());
                folders.insert(folder.to_vec(), is_real);
                is_real
            }
        };
        if !is_real {
            return Ok(None);
        }
    }
    existing(&root.join(to_path(path)))
}

fn existing(path: &Path) -> Result<Option<Metadata>, io::Error> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

fn unreadable(error: io::Error) -> Reason {
    Reason::Unreadable(error.kind().to_string())
}

/// Opens what was listed as a regular file. Should it have become a link, a pipe or a device since, it is not followed
/// and nobody waits for it; the caller looks what it is.
#[cfg(unix)]
fn open(path: &Path) -> Result<File, Reason> {
    use std::os::unix::fs::OpenOptionsExt;
    let opened = File::options().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path);
    opened.map_err(|why| match why.raw_os_error() {
        // a link, and a socket
        Some(libc::ELOOP | libc::ENXIO) => Reason::NotARegularFile,
        _ => unreadable(why),
    })
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<File, Reason> {
    match fs::symlink_metadata(path).map_err(unreadable)?.is_file() {
        true => File::open(path).map_err(unreadable),
        false => Err(Reason::NotARegularFile),
    }
}

#[cfg(unix)]
fn to_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn to_path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(unix)]
fn from_path(root: &Path, path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    let inside = path.strip_prefix(root).unwrap_or(path).as_os_str().as_bytes();
    if inside.is_empty() { b".".to_vec() } else { inside.to_vec() }
}

#[cfg(not(unix))]
fn from_path(root: &Path, path: &Path) -> Vec<u8> {
    let inside = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    if inside.is_empty() { b".".to_vec() } else { inside.into_bytes() }
}
