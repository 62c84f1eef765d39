//! What the commits of a range say, and when they were made.
//!
//! Invariant: text is taken as UTF-8, with replacement characters for what is not; the order is from the oldest.
//! Absent on purpose: what a message claims.

use super::range::first_parent;
use super::{Endpoint, Error, Git, Range};
use gix::ObjectId;

/// The message of one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub commit: String,
    pub text: String,
}

/// The messages of the commits of a range, merges left out, from the oldest.
///
/// # Errors
/// When an end of the range is not a commit, or a commit cannot be read.
pub fn messages(git: &Git, range: &Range) -> Result<Vec<Message>, Error> {
    let repository = git.local();
    let head = head_commit(range)?;
    let object = |why: &dyn std::fmt::Display| Error::Object { id: head.to_string(), why: why.to_string() };
    let sorting = gix::revision::walk::Sorting::ByCommitTime(Default::default());
    let walk = repository.rev_walk([head]).with_hidden(range.base.commit()).sorting(sorting);
    let mut found = Vec::new();
    for info in walk.all().map_err(|why| object(&why))? {
        let info = info.map_err(|why| object(&why))?;
        if info.parent_ids.len() > 1 {
            continue;
        }
        let commit = repository.find_commit(info.id).map_err(|why| object(&why))?;
        let decoded = commit.decode().map_err(|why| object(&why))?;
        let text = String::from_utf8_lossy(decoded.message).into_owned();
        found.push((commit_seconds(git, info.id)?, Message { commit: info.id.to_string(), text }));
    }
    // of one second, by id: the walk's own order depends on how objects are stored
    found.sort_by(|a, b| (a.0, &a.1.commit).cmp(&(b.0, &b.1.commit)));
    Ok(found.into_iter().map(|(_, message)| message).collect())
}

/// The title of a message: its first line that is not blank.
pub fn title(message: &[u8]) -> String {
    let title = message.split(|&byte| byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    String::from_utf8_lossy(title.unwrap_or_default()).trim().to_owned()
}

/// The id of the commit that a revision names.
///
/// # Errors
/// When there is none in the repository.
pub fn commit_of(git: &Git, revision: &str) -> Result<String, Error> {
    super::range::commit_id(&git.local(), revision).map(|id| id.to_string())
}

/// When the head of a range was committed, in seconds since 1970.
///
/// # Errors
/// When head is not a commit, or cannot be read.
pub fn head_seconds(git: &Git, range: &Range) -> Result<i64, Error> {
    commit_seconds(git, head_commit(range)?)
}

fn commit_seconds(git: &Git, id: ObjectId) -> Result<i64, Error> {
    let repository = git.local();
    let unreadable = |why: &dyn std::fmt::Display| Error::Object { id: id.to_string(), why: why.to_string() };
    let commit = repository.find_commit(id).map_err(|why| unreadable(&why))?;
    Ok(commit.time().map_err(|why| unreadable(&why))?.seconds)
}

fn head_commit(range: &Range) -> Result<ObjectId, Error> {
    range
        .head
        .commit()
        .ok_or_else(|| Error::NotACommit { revision: range.head.name(), why: "an audit ends at a commit".into() })
}

/// The range with up to `steps` first parents more before its base: commits near it.
///
/// # Errors
/// When a commit cannot be read.
pub fn widened(git: &Git, range: &Range, steps: usize) -> Result<Range, Error> {
    let repository = git.local();
    let mut base = range.base.clone();
    for _ in 0..steps {
        let Some(commit) = base.commit().filter(|&commit| !super::range::is_shallow(&repository, commit)) else {
            break;
        };
        let Ok(parent) = first_parent(&repository, commit) else { break };
        base = match parent {
            Some(parent) => match super::range::commit_endpoint(&repository, parent) {
                Ok(end) => end,
                Err(_) => break,
            },
            None => Endpoint::Empty,
        };
    }
    Ok(Range { base, head: range.head.clone() })
}
