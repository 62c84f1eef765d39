//! Ranges: which two states of the repository are compared.
//!
//! Invariant: a [`Range`] names trees that exist, or the index, or the work tree; the words a user typed are gone.
//! Absent on purpose: the commits between the two ends.

use super::{Error, Git};
use gix::ObjectId;
use std::path::PathBuf;

/// What a user asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeRequest {
    /// `A..B`: the two trees, as they are. An end left out is `HEAD`.
    Between { base: String, head: String },
    /// `A...B`: from the best common ancestor of the two to `B`, which is what a pull request shows.
    SinceForked { base: String, head: String },
    /// One commit against its first parent, or against the empty tree where it has none.
    Commit(String),
    /// `HEAD` (or the revision given) against the index, or against the index file that a hook of git names.
    Staged { revision: String, index: Option<PathBuf> },
    /// A revision against the tracked files on disk.
    WorkTree(String),
}

impl RangeRequest {
    /// Reads `A..B`, `A...B` or `A`. Only the work tree and the index have no such form.
    pub fn parse(text: &str) -> Self {
        let end = |text: &str| if text.is_empty() { "HEAD".to_owned() } else { text.to_owned() };
        if let Some((base, head)) = text.split_once("...") {
            return Self::SinceForked { base: end(base), head: end(head) };
        }
        if let Some((base, head)) = text.split_once("..") {
            return Self::Between { base: end(base), head: end(head) };
        }
        Self::Commit(end(text))
    }
}

/// One end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// What a commit without parents is compared with.
    Empty,
    Commit {
        commit: ObjectId,
        tree: ObjectId,
    },
    /// A tree named without a commit.
    Tree(ObjectId),
    /// The index; another file than the repository's own where one is named.
    Index(Option<PathBuf>),
    WorkTree,
}

impl Endpoint {
    pub fn commit(&self) -> Option<ObjectId> {
        match self {
            Endpoint::Commit { commit, .. } => Some(*commit),
            _ => None,
        }
    }

    /// The tree, for the ends that have one; the empty tree exists in every repository.
    pub fn tree(&self) -> Option<ObjectId> {
        match self {
            Endpoint::Empty => Some(ObjectId::empty_tree(gix::hash::Kind::Sha1)),
            Endpoint::Commit { tree, .. } | Endpoint::Tree(tree) => Some(*tree),
            Endpoint::Index(_) | Endpoint::WorkTree => None,
        }
    }

    /// The id that names this end in a report; `index` and `worktree` have none.
    pub fn name(&self) -> String {
        match self {
            Endpoint::Empty => ObjectId::empty_tree(gix::hash::Kind::Sha1).to_string(),
            Endpoint::Commit { commit, .. } => commit.to_string(),
            Endpoint::Tree(tree) => tree.to_string(),
            Endpoint::Index(_) => "index".into(),
            Endpoint::WorkTree => "worktree".into(),
        }
    }
}

/// Two states of one repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    pub base: Endpoint,
    pub head: Endpoint,
}

impl Range {
    pub fn resolve(git: &Git, request: &RangeRequest) -> Result<Self, Error> {
        let repository = git.local();
        match request {
            RangeRequest::Between { base, head } => {
                Ok(Self { base: endpoint(&repository, base)?, head: endpoint(&repository, head)? })
            }
            RangeRequest::SinceForked { base, head } => {
                let head_end = endpoint(&repository, head)?;
                let fork = merge_base(&repository, base, head)?;
                Ok(Self { base: commit_endpoint(&repository, fork)?, head: head_end })
            }
            RangeRequest::Commit(revision) => {
                let id = commit_id(&repository, revision)?;
                let head = commit_endpoint(&repository, id)?;
                if is_shallow(&repository, id) {
                    return Err(Error::Shallow { commit: id.to_string() });
                }
                let base = match first_parent(&repository, id)? {
                    Some(parent) => commit_endpoint(&repository, parent)?,
                    None => Endpoint::Empty,
                };
                Ok(Self { base, head })
            }
            RangeRequest::Staged { revision, index } => {
                let unborn = revision == "HEAD" && repository.head().is_ok_and(|head| head.is_unborn());
                let base = if unborn { Endpoint::Empty } else { endpoint(&repository, revision)? };
                Ok(Self { base, head: Endpoint::Index(index.clone()) })
            }
            RangeRequest::WorkTree(revision) => {
                if git.work_tree().is_none() {
                    return Err(Error::NoWorkTree { path: git.directory().to_owned() });
                }
                Ok(Self { base: endpoint(&repository, revision)?, head: Endpoint::WorkTree })
            }
        }
    }
}

/// Where `head` forked from the first of some names that is there: that name, and the commit.
///
/// # Errors
/// When none of the names is a commit, or history does not reach back to where the two forked. In a shallow clone the
/// error says what to fetch.
pub fn fork_point(git: &Git, names: &[String], head: &str) -> Result<(String, Endpoint), Error> {
    let repository = git.local();
    let is_shallow = repository.is_shallow().unwrap_or(false);
    let Some(name) = names.iter().find(|name| commit_id(&repository, name).is_ok()) else {
        let base = names.first().map_or("", String::as_str);
        return Err(Error::NoBase { base: names.join("` or `"), command: fetch_command(base, is_shallow) });
    };
    match merge_base(&repository, name, head) {
        Ok(fork) => Ok((name.clone(), commit_endpoint(&repository, fork)?)),
        Err(Error::NoRevision { revision, why }) => Err(Error::NoRevision { revision, why }),
        Err(_) if is_shallow => {
            Err(Error::ShallowBase { base: name.clone(), head: head.to_owned(), command: fetch_command(name, true) })
        }
        Err(error) => Err(error),
    }
}

/// The command that brings a base, and the history down to it.
fn fetch_command(base: &str, is_shallow: bool) -> String {
    let depth = if is_shallow { " --unshallow" } else { "" };
    let is_id = base.len() >= 7 && base.chars().all(|c| c.is_ascii_hexdigit());
    match base.strip_prefix("origin/").unwrap_or(base) {
        _ if is_id => format!("git fetch{depth} origin {base}"),
        "" => format!("git fetch{depth}"),
        branch => format!("git fetch{depth} origin {branch}:refs/remotes/origin/{branch}"),
    }
}

/// The first parent of a commit; `None` for a root commit.
pub fn first_parent(repository: &gix::Repository, commit: ObjectId) -> Result<Option<ObjectId>, Error> {
    let object = repository.find_commit(commit).map_err(|why| unreadable(commit, &why))?;
    Ok(object.parent_ids().next().map(|id| id.detach()))
}

/// Whether the parents of a commit were left out of a shallow clone.
pub fn is_shallow(repository: &gix::Repository, commit: ObjectId) -> bool {
    let commits = repository.shallow_commits().ok().flatten();
    commits.is_some_and(|commits| commits.contains(&commit))
}

pub fn commit_endpoint(repository: &gix::Repository, commit: ObjectId) -> Result<Endpoint, Error> {
    let object = repository.find_commit(commit).map_err(|why| unreadable(commit, &why))?;
    let tree = object.tree_id().map_err(|why| unreadable(commit, &why))?.detach();
    Ok(Endpoint::Commit { commit, tree })
}

fn unreadable(id: ObjectId, why: &dyn std::fmt::Display) -> Error {
    Error::Object { id: id.to_string(), why: why.to_string() }
}

/// The end of a range that a revision names.
pub fn end_of(git: &Git, revision: &str) -> Result<Endpoint, Error> {
    endpoint(&git.local(), revision)
}

fn endpoint(repository: &gix::Repository, revision: &str) -> Result<Endpoint, Error> {
    let id = resolve(repository, revision)?;
    let object = id.object().map_err(|why| unreadable(id.detach(), &why))?;
    if object.kind == gix::object::Kind::Tree {
        return Ok(Endpoint::Tree(id.detach()));
    }
    commit_endpoint(repository, commit_id(repository, revision)?)
}

/// The id of the commit that a revision names, tags followed.
pub fn commit_id(repository: &gix::Repository, revision: &str) -> Result<ObjectId, Error> {
    let id = resolve(repository, revision)?;
    let not_a_commit = |why: String| Error::NotACommit { revision: revision.to_owned(), why };
    let object = id.object().map_err(|why| unreadable(id.detach(), &why))?;
    let commit = object.peel_to_kind(gix::object::Kind::Commit).map_err(|why| not_a_commit(why.to_string()))?;
    Ok(commit.id)
}

fn resolve<'a>(repository: &'a gix::Repository, revision: &str) -> Result<gix::Id<'a>, Error> {
    repository
        .rev_parse_single(revision)
        .map_err(|why| Error::NoRevision { revision: revision.to_owned(), why: why.to_string() })
}

fn merge_base(repository: &gix::Repository, base: &str, head: &str) -> Result<ObjectId, Error> {
    let (one, two) = (commit_id(repository, base)?, commit_id(repository, head)?);
    let found = repository.merge_base(one, two).map_err(|why| unreadable(one, &why))?;
    found.map(|id| id.detach()).ok_or_else(|| Error::NoMergeBase { base: base.to_owned(), head: head.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_git_reads_it() {
        let between = |base: &str, head: &str| RangeRequest::Between { base: base.into(), head: head.into() };
        let forked = |base: &str, head: &str| RangeRequest::SinceForked { base: base.into(), head: head.into() };
        assert_eq!(RangeRequest::parse("a..b"), between("a", "b"));
        assert_eq!(RangeRequest::parse("a.."), between("a", "HEAD"));
        assert_eq!(RangeRequest::parse("main...topic"), forked("main", "topic"));
        assert_eq!(RangeRequest::parse("v1.0.0"), RangeRequest::Commit("v1.0.0".into()));
    }
}
