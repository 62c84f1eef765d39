//! Changes: which files differ between two states, and which of them are the same file under another name.
//!
//! Invariant: changes are sorted by path and every path of a side occurs once; a rename is what git calls one, at the
//! similarity and limit given. Without `git`, or where it gave up, the list has no renames and a gap says so. Absent
//! on purpose: lines.

use super::git::{self, Content, Read};
use super::process::{self, Against, RawRecord, RenameSettings};
use super::{Endpoint, Error, Git, Range};
use crate::gap::{Extent, Gap, Reason, Stage};
use crate::span::RepoPath;
use gix::ObjectId;

/// Whether a file that disappears here and one that appears there may be one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renames {
    Off,
    On(RenameSettings),
}

impl Default for Renames {
    fn default() -> Self {
        Renames::On(RenameSettings::default())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileMode {
    Regular,
    Executable,
    Link,
    Submodule,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileState {
    pub path: RepoPath,
    pub mode: FileMode,
    pub content: Content,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Added,
    Deleted,
    /// Content, mode, or both.
    Modified,
    /// A file became a link or a submodule, or the other way round.
    TypeChanged,
    /// Similarity in percent; 100 is the same content.
    Renamed(u8),
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Added => "added",
            Status::Deleted => "deleted",
            Status::Modified => "modified",
            Status::TypeChanged => "type-changed",
            Status::Renamed(_) => "renamed",
        }
    }
}

/// One file that differs. At least one side is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub base: Option<FileState>,
    pub head: Option<FileState>,
    pub status: Status,
    /// Attributes of the work tree make the content binary or text, whatever its bytes.
    pub forced: process::Forced,
}

impl Change {
    /// The path at head, or at base where the file is gone.
    pub fn path(&self) -> &RepoPath {
        let state = self.head.as_ref().or(self.base.as_ref()).expect("a change has a side");
        &state.path
    }

    /// The path at base, where it is another one.
    pub fn old_path(&self) -> Option<&RepoPath> {
        let base = &self.base.as_ref()?.path;
        (base != self.path()).then_some(base)
    }
}

/// The changes of one range, with what could not be seen of them.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub list: Vec<Change>,
    pub gaps: Vec<Gap>,
}

/// Compares the two ends of a range.
///
/// # Errors
/// When a tree or the index cannot be read, or when a work tree is compared and `git` does not run.
pub fn compare(git: &Git, range: &Range, renames: Renames, paths: &[String]) -> Result<Changes, Error> {
    let base = range.base.tree().ok_or_else(|| Error::Index { why: "only a revision can be the base".into() })?;
    let mut changes = match (&range.head, range.head.tree()) {
        (_, Some(head)) => compare_trees(git, &[(base, head)], renames, paths)?.remove(0),
        (Endpoint::Index(file), None) => compare_disk(git, base, Against::Index(file.clone()), renames, paths)?,
        (_, None) => compare_disk(git, base, Against::WorkTree, renames, paths)?,
    };
    ask_attributes(git, std::slice::from_mut(&mut changes));
    Ok(changes)
}

/// Compares many pairs of trees with one process at most. Attributes are not asked; see [`ask_attributes`].
pub fn compare_trees(
    git: &Git,
    pairs: &[(ObjectId, ObjectId)],
    renames: Renames,
    paths: &[String],
) -> Result<Vec<Changes>, Error> {
    let repository = git.local();
    let mut all = Vec::with_capacity(pairs.len());
    for &(base, head) in pairs {
        all.push(Changes { list: tree_changes(&repository, base, head, paths)?, gaps: Vec::new() });
    }
    if let Renames::On(settings) = renames {
        pair_renames(git, pairs, settings, paths, &mut all);
    }
    Ok(all.into_iter().map(sorted).collect())
}

/// Takes git's pairs for the changes that can hold a rename: those that both remove and add a file.
fn pair_renames(
    git: &Git,
    pairs: &[(ObjectId, ObjectId)],
    settings: RenameSettings,
    paths: &[String],
    all: &mut [Changes],
) {
    let has = |changes: &Changes, status| changes.list.iter().any(|change| change.status == status);
    let candidates: Vec<usize> =
        (0..all.len()).filter(|&index| has(&all[index], Status::Added) && has(&all[index], Status::Deleted)).collect();
    if candidates.is_empty() {
        return;
    }
    let asked: Vec<(ObjectId, ObjectId)> = candidates.iter().map(|&index| pairs[index]).collect();
    for (index, answer) in candidates.into_iter().zip(process::diff_trees(git, &asked, settings, paths)) {
        match answer {
            Some(records) => {
                all[index] = from_records(git, records);
                let limit = limit_gap(&all[index].list, settings);
                all[index].gaps.extend(limit);
            }
            None => {
                let why = "`git` gave no renames, so none are paired";
                all[index].gaps.push(gap("", Reason::Other(why.into())));
            }
        }
    }
}

/// Marks the changes whose content attributes call binary or text. One process for all of them.
pub fn ask_attributes(git: &Git, all: &mut [Changes]) {
    if git.work_tree().is_none() {
        return;
    }
    let mut paths: Vec<&[u8]> = Vec::new();
    for change in all.iter().flat_map(|changes| &changes.list) {
        paths.push(change.path().as_str().as_bytes());
    }
    let kinds = process::forced_kinds(git, &paths);
    for (change, forced) in all.iter_mut().flat_map(|changes| &mut changes.list).zip(kinds) {
        change.forced = forced;
    }
}

fn sorted(mut changes: Changes) -> Changes {
    changes.list.sort_by(|a, b| (a.path(), a.old_path()).cmp(&(b.path(), b.old_path())));
    changes
}

/// The changes of two trees by their entries alone, without renames.
fn tree_changes(
    repository: &gix::Repository,
    base: ObjectId,
    head: ObjectId,
    paths: &[String],
) -> Result<Vec<Change>, Error> {
    use gix::object::tree::diff::ChangeDetached as Tree;
    let tree = |id: ObjectId| {
        repository.find_tree(id).map_err(|why| Error::Object { id: id.to_string(), why: why.to_string() })
    };
    let options = gix::diff::Options::default().with_rewrites(None);
    let found = repository
        .diff_tree_to_tree(&tree(base)?, &tree(head)?, options)
        .map_err(|why| Error::Object { id: head.to_string(), why: why.to_string() })?;
    let mut list = Vec::new();
    for change in found {
        let (location, base, head) = match change {
            Tree::Addition { location, entry_mode, id, .. } => (location, None, Some((entry_mode, id))),
            Tree::Deletion { location, entry_mode, id, .. } => (location, Some((entry_mode, id)), None),
            Tree::Modification { location, previous_entry_mode, previous_id, entry_mode, id } => {
                (location, Some((previous_entry_mode, previous_id)), Some((entry_mode, id)))
            }
            Tree::Rewrite { .. } => continue,
        };
        if !is_asked_for(&location, paths) {
            continue;
        }
        let path = RepoPath::from_bytes(&location);
        let state = |side: Option<(gix::object::tree::EntryMode, ObjectId)>| {
            let (mode, id) = side?;
            let mode = file_mode(u32::from(mode.value()))?;
            Some(FileState { path: path.clone(), mode, content: stored(mode, id) })
        };
        let (base, head) = (state(base), state(head));
        let status = match (&base, &head) {
            (None, None) => continue,
            (None, Some(_)) => Status::Added,
            (Some(_), None) => Status::Deleted,
            (Some(base), Some(head)) if kind(base.mode) == kind(head.mode) => Status::Modified,
            _ => Status::TypeChanged,
        };
        list.push(Change { base, head, status, forced: process::Forced::No });
    }
    Ok(list)
}

/// A tree against the index or the files on disk, which `git` compares.
fn compare_disk(
    git: &Git,
    base: ObjectId,
    against: Against,
    renames: Renames,
    paths: &[String],
) -> Result<Changes, Error> {
    let settings = match renames {
        Renames::On(settings) => Some(settings),
        Renames::Off => None,
    };
    let records = process::diff_index(git, base, &against, settings, paths)?;
    let mut changes = from_records(git, records);
    if let Some(settings) = settings {
        changes.gaps.extend(limit_gap(&changes.list, settings));
    }
    let repository = git.local();
    changes.list.retain(|change| !is_only_touched(&repository, change));
    if against == Against::WorkTree {
        mark_converted(git, &mut changes.list);
    }
    Ok(sorted(changes))
}

/// Marks files whose bytes git changes when it adds them: their lines on disk are not those that git counts.
fn mark_converted(git: &Git, list: &mut [Change]) {
    let mut files: Vec<&mut FileState> = list
        .iter_mut()
        .filter_map(|change| change.head.as_mut())
        .filter(|state| matches!(state.content, Content::File(_)))
        .collect();
    let paths: Vec<Vec<u8>> = files.iter().map(|state| state.path.as_str().as_bytes().to_vec()).collect();
    let paths: Vec<&[u8]> = paths.iter().map(Vec::as_slice).collect();
    for (state, conversion) in files.iter_mut().zip(process::conversions(git, &paths)) {
        let is_converted = match (conversion, &state.content) {
            (process::Conversion::Never, _) => false,
            (process::Conversion::LineEnds, Content::File(path)) => {
                std::fs::read(path).is_ok_and(|bytes| memchr::memmem::find(&bytes, b"\r\n").is_some())
            }
            _ => true,
        };
        if is_converted {
            state.content = Content::Converted;
        }
    }
}

/// A file of the work tree whose time differs from the index and whose content does not.
fn is_only_touched(repository: &gix::Repository, change: &Change) -> bool {
    let (Some(base), Some(head)) = (&change.base, &change.head) else { return false };
    if base.path != head.path || base.mode != head.mode || !matches!(head.content, Content::File(_) | Content::Link(_))
    {
        return false;
    }
    match (git::read(repository, &base.content), git::read(repository, &head.content)) {
        (Read::Bytes(base), Read::Bytes(head)) => base == head,
        _ => false,
    }
}

fn from_records(git: &Git, records: Vec<RawRecord>) -> Changes {
    let mut changes = Changes::default();
    for record in records {
        if record.status == b'U' {
            let path = RepoPath::from_bytes(&record.head_path);
            changes.gaps.push(gap(path.as_str(), Reason::Unmerged));
            continue;
        }
        let base = file_mode(record.base_mode).map(|mode| FileState {
            path: RepoPath::from_bytes(&record.base_path),
            mode,
            content: stored(mode, record.base_id),
        });
        let head = file_mode(record.head_mode).map(|mode| FileState {
            path: RepoPath::from_bytes(&record.head_path),
            mode,
            content: if record.head_id.is_null() { on_disk(git, mode, &record) } else { stored(mode, record.head_id) },
        });
        if base.is_none() && head.is_none() {
            continue;
        }
        let status = match record.status {
            b'A' => Status::Added,
            b'D' => Status::Deleted,
            b'T' => Status::TypeChanged,
            b'R' => Status::Renamed(record.score.unwrap_or(0)),
            _ => Status::Modified,
        };
        changes.list.push(Change { base, head, status, forced: process::Forced::No });
    }
    changes
}

fn stored(mode: FileMode, id: ObjectId) -> Content {
    match mode {
        FileMode::Submodule => Content::Submodule(id),
        _ => Content::Blob(id),
    }
}

fn on_disk(git: &Git, mode: FileMode, record: &RawRecord) -> Content {
    let root = git.work_tree().unwrap_or(git.directory());
    let path = match gix::path::from_byte_slice(&record.head_path) {
        Ok(relative) => root.join(relative),
        Err(_) => root.join(String::from_utf8_lossy(&record.head_path).as_ref()),
    };
    match mode {
        FileMode::Link => Content::Link(path),
        // What the submodule has checked out is its own history; git names the recorded commit.
        FileMode::Submodule => Content::Submodule(record.base_id),
        _ => Content::File(path),
    }
}

/// `None` for folders and for no file at all.
fn file_mode(mode: u32) -> Option<FileMode> {
    match mode & 0o170000 {
        0o100000 if mode & 0o111 != 0 => Some(FileMode::Executable),
        0o100000 => Some(FileMode::Regular),
        0o120000 => Some(FileMode::Link),
        0o160000 => Some(FileMode::Submodule),
        _ => None,
    }
}

/// Regular and executable files are one kind; a change between them is a mode change.
fn kind(mode: FileMode) -> FileMode {
    if mode == FileMode::Executable { FileMode::Regular } else { mode }
}

fn is_asked_for(location: &[u8], paths: &[String]) -> bool {
    paths.is_empty()
        || paths.iter().any(|path| {
            let path = path.trim_end_matches('/').as_bytes();
            path.is_empty()
                || location.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.first() == Some(&b'/'))
        })
}

/// Git compares contents only while unpaired removals times unpaired additions stay within the limit's square, and
/// pairs nothing by content beyond it. So what is left unpaired tells whether it gave up.
fn limit_gap(list: &[Change], settings: RenameSettings) -> Option<Gap> {
    let count = |status: Status| list.iter().filter(|change| change.status == status).count() as u64;
    let (deleted, added) = (count(Status::Deleted), count(Status::Added));
    let limit = u64::from(settings.limit);
    (limit > 0 && deleted * added > limit * limit).then(|| {
        let why = format!(
            "{deleted} removed and {added} added paths exceed the rename limit of {limit}, so only exact renames are paired"
        );
        gap("", Reason::Other(why))
    })
}

fn gap(path: &str, reason: Reason) -> Gap {
    Gap { path: RepoPath::new(path), stage: Stage::History, reason, extent: Extent::Whole }
}
