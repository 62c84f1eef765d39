//! What was seen and what was not: gaps and counts, in words.

use super::{counted, grouped};
use crate::evidence::{Counts, SnapshotIdentity};
use crate::gap::{Gap, Reason};
use crate::report::escape::safe;
use crate::report::paint::Paint;
use std::fmt::Write;

/// How many paths of one kind of gap are named.
const PATHS_NAMED: usize = 3;

/// Gaps grouped by reason, the most frequent first.
pub fn gaps(gaps: &[Gap], max: Option<usize>, paint: Paint) -> String {
    let mut groups: Vec<(&'static str, Vec<&Gap>)> = Vec::new();
    for gap in gaps {
        let title = title(&gap.reason);
        match groups.iter_mut().find(|(known, _)| *known == title) {
            Some((_, members)) => members.push(gap),
            None => groups.push((title, vec![gap])),
        }
    }
    groups.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    let mut out = String::new();
    if !groups.is_empty() {
        let _ = writeln!(out, "{}", paint.yellow("not seen"));
    }
    for (title, members) in groups {
        let _ = writeln!(out, "  {title}: {}", counted(members.len() as u64, "gap"));
        let named = if max.is_none() { members.len() } else { members.len().min(PATHS_NAMED) };
        for gap in &members[..named] {
            let detail = detail(&gap.reason).map(|why| paint.dim(&format!("  {}", safe(&why)))).unwrap_or_default();
            let _ = writeln!(out, "    {}{detail}", safe(gap.path.as_str()));
        }
        if named < members.len() {
            let _ =
                writeln!(out, "    {}", paint.dim(&format!("… and {} more", grouped((members.len() - named) as u64))));
        }
    }
    out
}

/// One line on what was looked at: "14,352 files discovered, 14,342 analyzed, 10 not seen".
pub fn summary(snapshot: &SnapshotIdentity, counts: Counts, paint: Paint) -> String {
    let unseen = format!("{} not seen", grouped(counts.gaps));
    let unseen = if counts.gaps > 0 { paint.yellow(&unseen) } else { unseen };
    let mut line =
        format!("{} discovered, {} analyzed, {unseen}", counted(counts.discovered, "file"), grouped(counts.analyzed));
    let mut aside = Vec::new();
    if counts.excluded > 0 {
        aside.push(format!("{} left out by the policy", grouped(counts.excluded)));
    }
    if counts.links > 0 {
        aside.push(format!("{} not followed", counted(counts.links, "symbolic link")));
    }
    if !aside.is_empty() {
        line.push_str(&paint.dim(&format!(" ({})", aside.join(", "))));
    }
    format!("{}: {line}", subject(snapshot))
}

fn subject(snapshot: &SnapshotIdentity) -> String {
    let commit = snapshot.commit.as_deref().map(|id| safe(id).chars().take(12).collect::<String>());
    match (snapshot.kind, commit) {
        ("worktree", Some(commit)) => format!("work tree at {commit}"),
        ("worktree", None) => "work tree".to_owned(),
        ("index", _) => "staged index".to_owned(),
        ("revision", Some(commit)) => format!("revision {commit}"),
        (kind, _) => kind.to_owned(),
    }
}

fn title(reason: &Reason) -> &'static str {
    match reason {
        Reason::MissingObject => "the object store lacks the blob",
        Reason::Submodule => "submodule, which is a repository of its own",
        Reason::SkippedBySparseCheckout => "left out of the work tree by a sparse checkout",
        Reason::Unmerged => "unmerged in the index",
        Reason::Unreadable(_) => "could not be read",
        Reason::NotARegularFile => "not a regular file",
        Reason::TooLarge { .. } => "too large",
        Reason::Archive => "archive, whose members are not read",
        Reason::Encoding(_) => "not readable as text",
        Reason::Syntax(_) => "does not parse in full",
        Reason::TooDeep { .. } => "nested too deeply",
        Reason::Budget(_) => "gave up to stay within the budget",
        Reason::Internal(_) => "internal error, which is a bug of `solely`",
        Reason::Shallow => "history ends at a shallow boundary",
        Reason::Other(_) => "other",
    }
}

fn detail(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Unreadable(why)
        | Reason::Encoding(why)
        | Reason::Syntax(why)
        | Reason::Budget(why)
        | Reason::Internal(why)
        | Reason::Other(why) => Some(why.clone()),
        Reason::TooLarge { size, limit } => {
            Some(format!("{} bytes, more than the {} that are read", grouped(*size), grouped(*limit)))
        }
        Reason::TooDeep { limit } => Some(format!("deeper than {limit} levels")),
        _ => None,
    }
}
