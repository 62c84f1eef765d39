//! Snapshots of stored objects: a revision's tree, and the index.
//!
//! Invariant: an object that the store lacks is a gap and is never fetched. Absent on purpose: the disk outside the
//! repository's own folder.

use super::repository::first_line;
use super::{BlobId, Listing, Repository, SIZE_LIMIT, Snapshot, SnapshotKind, Store, WorkspaceError, is_legal};
use crate::gap::Reason;
use gix::ObjectId;
use gix::index::entry::{Flags, Mode, Stage};
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryKind;
use std::path::Path;

/// Bytes of trees that are kept between the revisions of one repository, most of whose folders are the same.
const TREE_CACHE: usize = 64 << 20;

/// Many revisions of one repository.
pub struct Revisions {
    repository: Repository,
    git: gix::Repository,
}

impl Revisions {
    /// # Errors
    /// When the folder is in no repository.
    pub fn open(folder: &Path) -> Result<Self, WorkspaceError> {
        let nowhere = || WorkspaceError::NoRepository { path: folder.to_path_buf(), wanted: "revisions" };
        let repository = Repository::find(folder)?.ok_or_else(nowhere)?;
        let mut git = repository.git.to_thread_local();
        git.object_cache_size_if_unset(TREE_CACHE);
        Ok(Self { repository, git })
    }

    /// The files of one of them, as [`Snapshot::open`] gives them.
    ///
    /// # Errors
    /// When it is no revision, or its tree is not there.
    pub fn snapshot(&self, revision: &str) -> Result<Snapshot, WorkspaceError> {
        revision_in(&self.repository, &self.git, revision)
    }
}

/// The tree of a revision: a commit, a tag of one, or anything that leads to a tree.
pub(super) fn revision(repository: &Repository, revision: &str) -> Result<Snapshot, WorkspaceError> {
    revision_in(repository, &repository.git.to_thread_local(), revision)
}

fn revision_in(repository: &Repository, git: &gix::Repository, revision: &str) -> Result<Snapshot, WorkspaceError> {
    let bad = |why: String| WorkspaceError::Revision {
        revision: revision.to_string(),
        why,
        hint: revision_hint(git, revision),
    };
    let id = git.rev_parse_single(revision).map_err(|error| bad(parse_failure(&error)))?;
    let object = git.try_find_object(id).map_err(|error| bad(first_line(&error)))?;
    let Some(object) = object else { return Err(bad("the object store lacks it".to_string())) };
    let object = object.peel_tags_to_end().map_err(|error| bad(first_line(&error)))?;
    let (commit, tree) = match object.kind {
        gix::object::Kind::Commit => {
            let tree = object.to_commit_ref_iter().tree_id().map_err(|error| bad(first_line(&error)))?;
            (Some(object.id.to_string()), tree)
        }
        gix::object::Kind::Tree => (None, object.id),
        kind => return Err(bad(format!("it is a {kind}, not a commit or a tree"))),
    };
    if !matches!(git.try_find_header(tree), Ok(Some(_))) {
        return Err(bad("the object store lacks its tree".to_string()));
    }
    let mut listing = Listing::default();
    list_tree(git, tree, Vec::new(), &mut listing);
    Ok(Snapshot { commit, tree: Some(tree.to_string()), ..snapshot(repository, SnapshotKind::Revision, listing) })
}

/// The staged files, as `git commit` would take them: what is only intended to be added is left out.
pub(super) fn index(repository: &Repository, file: Option<&Path>) -> Result<Snapshot, WorkspaceError> {
    let git = repository.git.to_thread_local();
    let index = load_index(repository, file)?;
    let mut listing = Listing::default();
    for entry in index.entries() {
        let path: &[u8] = entry.path(&index);
        // The folder that a sparse index leaves folded ends in a slash.
        let path = path.strip_suffix(b"/").unwrap_or(path);
        if entry.flags.contains(Flags::INTENT_TO_ADD) {
            continue;
        }
        if !is_legal(path) {
            listing.gap(path, Reason::Other("an index entry outside the repository".to_string()));
        } else if entry.stage() != Stage::Unconflicted {
            listing.gap(path, Reason::Unmerged);
        } else if entry.mode == Mode::DIR {
            list_tree(&git, entry.id, path.to_vec(), &mut listing);
        } else if entry.mode.is_submodule() {
            listing.gap(path, Reason::Submodule);
        } else if entry.mode == Mode::SYMLINK {
            listing.links.push(path.to_vec());
        } else {
            listing.push(path.to_vec(), None, entry.id);
        }
    }
    Ok(Snapshot { commit: repository.head(), ..snapshot(repository, SnapshotKind::Index, listing) })
}

/// The index, empty when there is none yet.
pub(super) fn load_index(repository: &Repository, file: Option<&Path>) -> Result<gix::index::File, WorkspaceError> {
    let git = repository.git.to_thread_local();
    let file = file.map_or_else(|| git.index_path(), Path::to_path_buf);
    let index = gix::index::File::at_or_default(file, git.object_hash(), false, Default::default());
    index.map_err(|error| WorkspaceError::Index { why: first_line(&error) })
}

/// The bytes of a blob.
pub(super) fn read(git: &gix::Repository, id: ObjectId) -> Result<Vec<u8>, Reason> {
    let unreadable = |error: gix::Error| Reason::Unreadable(first_line(&error));
    let Some(header) = git.try_find_header(id).map_err(unreadable)? else { return Err(Reason::MissingObject) };
    if header.size() > SIZE_LIMIT {
        return Err(Reason::TooLarge { size: header.size(), limit: SIZE_LIMIT });
    }
    match git.try_find_object(id).map_err(unreadable)? {
        Some(object) => Ok(object.detach().data),
        None => Err(Reason::MissingObject),
    }
}

fn snapshot(repository: &Repository, kind: SnapshotKind, listing: Listing<ObjectId>) -> Snapshot {
    let mut blobs = Vec::new();
    let mut snapshot = listing.finish(kind, |found| {
        let ids: Vec<ObjectId> = found.into_iter().map(|found| found.place).collect();
        blobs.extend(ids.iter().map(|id| BlobId::from_git(id)));
        Store::Objects { git: Box::new(repository.git.clone()), ids }
    });
    for (entry, blob) in snapshot.entries.iter_mut().zip(blobs) {
        entry.blob = blob;
    }
    snapshot.root = repository.root.clone();
    snapshot.prefix = repository.prefix.clone();
    snapshot
}

/// Every file below a tree. The stack is explicit, since a tree may be nested as deep as its author likes.
fn list_tree(git: &gix::Repository, tree: ObjectId, folder: Vec<u8>, listing: &mut Listing<ObjectId>) {
    let mut open = vec![(tree, folder)];
    while let Some((id, folder)) = open.pop() {
        if listing.is_full() {
            return;
        }
        let object = match git.try_find_object(id) {
            Ok(Some(object)) => object,
            Ok(None) => {
                listing.gap(&folder, Reason::MissingObject);
                continue;
            }
            Err(error) => {
                listing.gap(&folder, Reason::Unreadable(first_line(&error)));
                continue;
            }
        };
        for entry in TreeRefIter::from_bytes(&object.data, git.object_hash()) {
            let Ok(entry) = entry else {
                listing.gap(&folder, Reason::Unreadable("a damaged tree".to_string()));
                break;
            };
            let mut path = folder.clone();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(entry.filename);
            if entry.filename.contains(&b'/') || !is_legal(entry.filename) {
                listing.gap(&path, Reason::Other("a tree entry with a name that git forbids".to_string()));
                continue;
            }
            match entry.mode.kind() {
                EntryKind::Tree => open.push((entry.oid.to_owned(), path)),
                EntryKind::Blob | EntryKind::BlobExecutable => listing.push(path, None, entry.oid.to_owned()),
                EntryKind::Link => listing.links.push(path),
                EntryKind::Commit => listing.gap(&path, Reason::Submodule),
            }
        }
    }
}

/// The git crate says of most names only that it could not parse them.
fn parse_failure(error: &gix::Error) -> String {
    let why = first_line(error);
    match why.split_once(", input=") {
        Some(("couldn't parse revision", _)) => "no branch, tag or commit has that name".to_string(),
        Some((why, _)) => why.to_string(),
        None => why,
    }
}

/// The branch or tag that was probably meant, or what else may be wrong.
fn revision_hint(git: &gix::Repository, revision: &str) -> String {
    if revision.contains("..") {
        return "this takes one revision, not a range".to_string();
    }
    if git.head().is_ok_and(|head| head.is_unborn()) {
        return "the repository has no commit on its current branch yet".to_string();
    }
    let mut best: Option<(f64, String)> = None;
    if let Ok(references) = git.references()
        && let Ok(all) = references.all()
    {
        for reference in all.flatten() {
            let name = reference.name().shorten().to_string();
            let likeness = strsim::jaro_winkler(&name, revision);
            if likeness > 0.85 && best.as_ref().is_none_or(|(most, _)| likeness > *most) {
                best = Some((likeness, name));
            }
        }
    }
    match best {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None if git.is_shallow().unwrap_or(false) => {
            "the clone is shallow: `git fetch --unshallow` brings the history".to_string()
        }
        None => "`git branch --all` and `git tag` list the names; an id needs at least 4 digits".to_string(),
    }
}
