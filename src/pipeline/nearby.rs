//! Commits near a range, which the claims of a report may belong to.

use crate::claims::{Departed, NearCommit};
use crate::history::attribution::{self, By, Walk};
use crate::history::changes::Renames;
use crate::history::departure::{Departures, Sought};
use crate::history::{Git, Range, message};
use std::cell::OnceCell;

/// Commits before base that are looked at.
const NEAR: usize = 30;

/// The commits of a range and some before it, read when a claim asks for them.
pub(super) struct Nearby<'a> {
    git: &'a Git,
    range: &'a Range,
    departures: OnceCell<Option<Departures<'a>>>,
}

impl<'a> Nearby<'a> {
    pub(super) fn new(git: &'a Git, range: &'a Range) -> Self {
        Self { git, range, departures: OnceCell::new() }
    }

    /// The numbers of the commits. Where history cannot be read, none.
    pub(super) fn commits(&self) -> Vec<NearCommit> {
        let Ok(wide) = message::widened(self.git, self.range, NEAR) else { return Vec::new() };
        let found = attribution::load(self.git, &wide, Renames::default(), &[], By::Commit, Walk::EveryCommit);
        let Ok(found) = found else { return Vec::new() };
        let mut commits: Vec<NearCommit> = found
            .shares
            .into_iter()
            .map(|share| NearCommit {
                commit: share.key.clone(),
                title: share.title.clone(),
                added: share.added,
                deleted: share.deleted,
                deleted_code: share.removed_classes.code,
                added_code: share.added_classes.code,
            })
            .collect();
        // the only commit of a range is the range itself
        let own = self.range.head.name();
        if self.range.base.commit().is_some() && commits.iter().filter(|near| near.commit == own).count() == 1 {
            commits.sort_by_key(|near| near.commit == own);
        }
        commits
    }

    /// The last of the commits that took something away.
    pub(super) fn departed(&self, sought: &Sought<'_>) -> Option<Departed> {
        let load = || {
            let wide = message::widened(self.git, self.range, NEAR).ok()?;
            Some(Departures::new(self.git, message::messages(self.git, &wide).ok()?))
        };
        let (message, departure) = self.departures.get_or_init(load).as_ref()?.last(sought)?;
        let title = message::title(message.text.as_bytes());
        Some(Departed { commit: message.commit.clone(), title, path: departure.path, name: departure.name })
    }
}
