//! Ranges: which two states of the repository are compared.
//!
//! Invariant: a [`Range`] names trees that exist, or the index, or the work tree; the words a user typed are gone.
//! Absent on purpose: the commits between the two ends.

use super::{Error, Git};
use gix::ObjectId;

/// What a user asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeRequest {
    /// `A..B`: the two trees, as they are. An end left out is `HEAD`.
    Between { base: String, head: String },
    /// `A...B`: from the best common ancestor of the two to `B`, which is what a pull request shows.
    SinceForked { base: String, head: String },
    /// One commit against its first parent, or against the empty tree where it has none.
    Commit(String),
    /// `HEAD` (or the revision given) against the index.
    Staged(String),
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
    Index,
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
            Endpoint::Index | Endpoint::WorkTree => None,
        }
    }

    /// The id that names this end in a report; `index` and `worktree` have none.
    pub fn name(&self) -> String {
        match self {
            Endpoint::Empty => ObjectId::empty_tree(gix::hash::Kind::Sha1).to_string(),
            Endpoint::Commit { commit, .. } => commit.to_string(),
            Endpoint::Tree(tree) => tree.to_string(),
            Endpoint::Index => "index".into(),
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
            RangeRequest::Staged(revision) => {
                let unborn = revision == "HEAD" && repository.head().is_ok_and(|head| head.is_unborn());
                let base = if unborn { Endpoint::Empty } else { endpoint(&repository, revision)? };
                Ok(Self { base, head: Endpoint::Index })
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
