//! Departures: which commit took a file or a definition away.
//!
//! Each commit is compared with its first parent, renames apart, so a file that moved did not depart under its old path
//! alone: it departed and came. Invariant: a departure is told only where the parent had what is asked for and the commit
//! has not. Absent on purpose: whether it came back later.

use super::changes::{self, Change, Renames, Status};
use super::git::{Content, Read, read};
use super::range::{commit_id, first_parent};
use super::{Endpoint, Git};
use crate::facts::Facts;
use crate::language::find_language;
use crate::source::extract_guarded;
use crate::span::RepoPath;
use std::collections::BTreeSet;

/// What may have departed.
pub enum Sought<'a> {
    /// A file, by its path.
    File(&'a dyn Fn(&RepoPath) -> bool),
    /// A definition of this last name, by its file and its qualified name.
    Definition { last: &'a str, is_it: &'a dyn Fn(&RepoPath, &str) -> bool },
}

/// A commit that took something away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// The index of the commit among those that were asked.
    pub at: usize,
    pub path: RepoPath,
    /// The qualified name of a definition.
    pub name: Option<String>,
}

/// The last of some commits, from the oldest to the newest, that took what is sought away. What cannot be read took
/// nothing.
pub fn last_departure(git: &Git, commits: &[String], sought: &Sought<'_>) -> Option<Departure> {
    commits.iter().enumerate().rev().find_map(|(at, commit)| {
        let changes = changes_of(git, commit)?;
        changes.iter().find_map(|change| {
            let (path, name) = departed(git, change, sought)?;
            Some(Departure { at, path, name })
        })
    })
}

fn changes_of(git: &Git, commit: &str) -> Option<Vec<Change>> {
    let repository = git.local();
    let id = commit_id(&repository, commit).ok()?;
    let parent = first_parent(&repository, id).ok()??;
    let tree = |id| super::range::commit_endpoint(&repository, id).ok().as_ref().and_then(Endpoint::tree);
    let pair = (tree(parent)?, tree(id)?);
    Some(changes::compare_trees(git, &[pair], Renames::Off, &[]).ok()?.remove(0).list)
}

fn departed(git: &Git, change: &Change, sought: &Sought<'_>) -> Option<(RepoPath, Option<String>)> {
    let path = &change.base.as_ref()?.path;
    match sought {
        Sought::File(is_it) => (change.status == Status::Deleted && is_it(path)).then(|| (path.clone(), None)),
        Sought::Definition { last, is_it } => {
            let before = names(git, path, &change.base.as_ref()?.content, last)?;
            let after = change.head.as_ref().and_then(|state| names(git, path, &state.content, last));
            let after = after.unwrap_or_default();
            let gone = before.into_iter().find(|name| !after.contains(name) && is_it(path, name))?;
            Some((path.clone(), Some(gone)))
        }
    }
}

/// Qualified names of the definitions of one last name in a file; `None` where it does not hold the name.
fn names(git: &Git, path: &RepoPath, content: &Content, last: &str) -> Option<BTreeSet<String>> {
    let language = find_language(path)?;
    let Read::Bytes(bytes) = read(&git.local(), content) else { return None };
    memchr::memmem::find(&bytes, last.as_bytes())?;
    let facts: Facts = extract_guarded(language, &String::from_utf8_lossy(&bytes));
    let own = facts.definition_ids().filter(|&id| facts.name(facts.definition(id).name) == last);
    Some(own.map(|id| facts.qualified_name(id)).collect())
}
