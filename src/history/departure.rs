//! Departures: which commit took a file or a definition away.
//!
//! Each commit is compared with its first parent, renames apart, so a file that moved did not depart under its old path
//! alone: it departed and came. Invariant: a departure is told only where the parent had what is asked for and the commit
//! has not. Absent on purpose: whether it came back later.

use super::changes::{self, Change, Renames, Status};
use super::git::{Content, Read, read};
use super::message::Message;
use super::range::{commit_endpoint, commit_id, first_parent};
use super::{Endpoint, Git};
use crate::facts::Facts;
use crate::language::find_language;
use crate::source::extract_guarded;
use crate::span::RepoPath;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// What may have departed from a file.
pub struct Sought<'a> {
    /// Whether it may have been this file, or in it.
    pub is_there: &'a dyn Fn(&RepoPath) -> bool,
    /// A definition; otherwise the file itself.
    pub definition: Option<SoughtDefinition<'a>>,
}

/// A definition by its last name.
pub struct SoughtDefinition<'a> {
    pub last: &'a str,
    /// Whether it is meant, by its file and its qualified name.
    pub is_it: &'a dyn Fn(&RepoPath, &str) -> bool,
}

/// What a commit took away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    pub path: RepoPath,
    /// The qualified name of a definition.
    pub name: Option<String>,
}

/// Some commits, each compared with its first parent once.
pub struct Departures<'g> {
    git: &'g Git,
    commits: Vec<(Message, OnceCell<Option<Vec<Change>>>)>,
}

impl<'g> Departures<'g> {
    /// `messages` are those of the commits, the oldest first.
    pub fn new(git: &'g Git, messages: Vec<Message>) -> Self {
        Self { git, commits: messages.into_iter().map(|message| (message, OnceCell::new())).collect() }
    }

    /// The last commit that took what is sought away. What cannot be read took nothing.
    pub fn last(&self, sought: &Sought<'_>) -> Option<(&Message, Departure)> {
        self.commits.iter().rev().find_map(|(message, changes)| {
            let changes = changes.get_or_init(|| changes_of(self.git, &message.commit)).as_ref()?;
            let departure = changes.iter().find_map(|change| departed(self.git, change, sought))?;
            Some((message, departure))
        })
    }
}

fn changes_of(git: &Git, commit: &str) -> Option<Vec<Change>> {
    let repository = git.local();
    let id = commit_id(&repository, commit).ok()?;
    let parent = first_parent(&repository, id).ok()??;
    let tree = |id| commit_endpoint(&repository, id).ok().as_ref().and_then(Endpoint::tree);
    let pair = (tree(parent)?, tree(id)?);
    Some(changes::compare_trees(git, &[pair], Renames::Off, &[]).ok()?.remove(0).list)
}

fn departed(git: &Git, change: &Change, sought: &Sought<'_>) -> Option<Departure> {
    let base = change.base.as_ref().filter(|base| (sought.is_there)(&base.path))?;
    let path = base.path.clone();
    let Some(SoughtDefinition { last, is_it }) = sought.definition else {
        return (change.status == Status::Deleted).then_some(Departure { path, name: None });
    };
    let before = names(git, &path, &base.content, last)?;
    let after = change.head.as_ref().and_then(|state| names(git, &path, &state.content, last)).unwrap_or_default();
    let gone = before.into_iter().find(|name| !after.contains(name) && is_it(&path, name))?;
    Some(Departure { path, name: Some(gone) })
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
