//! Commits near a range, which the claims of a report may belong to.

use crate::claims::{Departed, NearCommit};
use crate::history::attribution::{self, By, Walk};
use crate::history::changes::Renames;
use crate::history::departure::{Sought, last_departure};
use crate::history::{Git, Range, message};

/// Commits before base that are looked at.
const NEAR: usize = 30;

/// The numbers of the commits of the range and of some before it. Where history cannot be read, none.
pub(super) fn near_commits(git: &Git, range: &Range) -> Vec<NearCommit> {
    let Ok(wide) = message::widened(git, range, NEAR) else { return Vec::new() };
    let Ok(found) = attribution::load(git, &wide, Renames::default(), &[], By::Commit, Walk::EveryCommit) else {
        return Vec::new();
    };
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
    let own = range.head.name();
    if range.base.commit().is_some() && commits.iter().filter(|near| near.commit == own).count() == 1 {
        commits.sort_by_key(|near| near.commit == own);
    }
    commits
}

/// The last commit of the range, or of some before it, that took something away.
pub(super) fn departed(git: &Git, range: &Range, sought: &Sought<'_>) -> Option<Departed> {
    let wide = message::widened(git, range, NEAR).ok()?;
    let messages = message::messages(git, &wide).ok()?;
    let commits: Vec<String> = messages.iter().map(|message| message.commit.clone()).collect();
    let departure = last_departure(git, &commits, sought)?;
    let message = &messages[departure.at];
    let title = message.text.lines().next().unwrap_or_default().to_owned();
    Some(Departed { commit: message.commit.clone(), title, path: departure.path, name: departure.name })
}
