//! Last change: the last commit that touched a file.
//!
//! One `git log` answers for any number of paths and ends as soon as all are answered. Invariant: the date is the
//! commit's own, so the answer is the same on every day. Absent on purpose: lines; the commit is that of the whole file.

use super::Git;
use crate::span::RepoPath;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};

/// A commit, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastChange {
    /// The first 10 digits of its id.
    pub commit: String,
    /// The day of the commit, in UTC: `2025-09-14`.
    pub date: String,
}

/// Commits that are looked through before a path is given up.
const COMMITS: usize = 200_000;

/// The last change of each path up to a commit. A path without an answer is left out: it has no history, or git is not
/// there, or the clone is shallow.
pub fn last_changes(git: &Git, commit: &str, paths: &BTreeSet<RepoPath>) -> BTreeMap<RepoPath, LastChange> {
    ask(git, commit, paths).unwrap_or_default()
}

fn ask(git: &Git, commit: &str, paths: &BTreeSet<RepoPath>) -> Option<BTreeMap<RepoPath, LastChange>> {
    let mut found: BTreeMap<RepoPath, LastChange> = BTreeMap::new();
    // a shallow history ends at a commit that seems to have made everything
    if paths.is_empty() || git.is_shallow() {
        return Some(found);
    }
    let mut command = git.command()?;
    command.args([
        "log",
        "--format=%x01%H %ct",
        "-z",
        "--name-only",
        "--no-renames",
        "--no-relative",
        "--no-show-signature",
    ]);
    command.arg(commit).stderr(std::process::Stdio::null());
    let mut child = command.spawn().ok()?;
    let output = BufReader::new(child.stdout.take()?);
    let mut present: Option<LastChange> = None;
    let mut commits = 0;
    for field in output.split(0) {
        let Ok(field) = field else { break };
        let field = field.strip_prefix(b"\n").unwrap_or(&field);
        if let Some(head) = field.strip_prefix(b"\x01") {
            present = parse_head(&String::from_utf8_lossy(head));
            commits += 1;
        } else if let (Some(change), path) = (&present, RepoPath::from_bytes(field))
            && paths.contains(&path)
        {
            found.entry(path).or_insert_with(|| change.clone());
        }
        if found.len() == paths.len() || commits > COMMITS {
            break;
        }
    }
    // the rest of the history says nothing more
    let _ = child.kill();
    let _ = child.wait();
    Some(found)
}

/// `<id> <seconds>`.
fn parse_head(text: &str) -> Option<LastChange> {
    let (id, seconds) = text.trim().split_once(' ')?;
    let time = jiff::Timestamp::from_second(seconds.parse().ok()?).ok()?;
    let date = time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    Some(LastChange { commit: id.get(..10)?.to_owned(), date })
}
