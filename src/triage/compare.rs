//! Comparison with a base: which findings a change introduced, and which were there.
//!
//! Both states are judged by the policy of the head, so a rule that the change adds does not report what stood before.
//! Invariant: a finding is an old one only if the base had it and it counted there; one whose suppression or whose entry
//! in the baseline the change takes away is introduced. Absent on purpose: how the base is found.

use super::baseline::defines;
use super::pairing::{Known, Moves, pair};
use crate::checks::RuleReport;
use crate::finding::{Finding, Novelty, Severity};
use crate::source::SourceSet;
use crate::span::RepoPath;
use std::collections::{BTreeMap, BTreeSet};

/// What a run was compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// As the user or the environment named it.
    pub base: String,
    /// The merge base, a commit.
    pub commit: String,
    /// Findings that the change brought.
    pub introduced: u64,
    /// Findings that were there before, and are not shown.
    pub existing: u64,
    /// Findings of the base that are gone.
    pub fixed: u64,
}

/// The two sides of a comparison.
pub struct Sides<'a, 's> {
    pub base: &'a SourceSet<'s>,
    pub head: &'a SourceSet<'s>,
    /// Paths that git calls renamed, from the old to the new one.
    pub renamed: BTreeMap<String, String>,
    /// Paths whose content differs, of both sides.
    pub changed: BTreeSet<RepoPath>,
}

/// Marks every finding of the head as introduced or existing; returns how many errors and warnings are the one and the
/// other, and how many of the base are gone.
pub fn compare(sides: Sides<'_, '_>, base: &[Finding], head: &mut [Finding]) -> (u64, u64, u64) {
    let known: Vec<Known> = base.iter().filter(|finding| finding.counts()).map(Known::of).collect();
    let found: Vec<Known> = head.iter().map(Known::of).collect();
    let old_path: BTreeMap<&str, &str> = sides.renamed.iter().map(|(old, new)| (new.as_str(), old.as_str())).collect();
    let moves = Moves {
        is_there: &|path| sides.head.snapshot().find(&RepoPath::new(path)).is_some(),
        was_there: &|path| sides.base.snapshot().find(&RepoPath::new(path)).is_some(),
        defines: &|path, inside| defines(sides.head, path, inside),
        defined: &|path, inside| defines(sides.base, old_path.get(path).unwrap_or(&path), inside),
        renamed: sides.renamed.clone(),
    };
    let pairs = pair(&known, &found, &moves);
    let fixed = known.iter().filter(|it| it.severity < Severity::Note).count() as u64;
    let (mut introduced, mut existing, mut kept) = (0, 0, 0);
    for (finding, pair) in head.iter_mut().zip(pairs) {
        // What became heavier is told anew: a date that passed.
        let is_existing = pair.is_some_and(|pair| known[pair].severity <= finding.severity);
        finding.standing.novelty = Some(if is_existing { Novelty::Existing } else { Novelty::Introduced });
        kept += u64::from(pair.is_some_and(|pair| known[pair].severity < Severity::Note));
        let is_open = finding.standing.suppressed.is_none() && finding.standing.accepted.is_none();
        if is_open && finding.severity < Severity::Note {
            *if is_existing { &mut existing } else { &mut introduced } += 1;
        }
    }
    set_aside_before(base, head, &moves);
    (introduced, existing, fixed - kept)
}

/// What a comment or the baseline took out of the verdict in both states is nothing that the change brought.
fn set_aside_before(base: &[Finding], head: &mut [Finding], moves: &Moves<'_>) {
    let known: Vec<Known> = base.iter().filter(|finding| !finding.counts()).map(Known::of).collect();
    let is_set_aside = |it: &Finding| it.standing.novelty == Some(Novelty::Introduced) && !it.counts();
    let mut found: Vec<&mut Finding> = head.iter_mut().filter(|it| is_set_aside(it)).collect();
    let pairs = pair(&known, &found.iter().map(|it| Known::of(it)).collect::<Vec<_>>(), moves);
    for (finding, _) in found.iter_mut().zip(pairs).filter(|(_, pair)| pair.is_some()) {
        finding.standing.novelty = Some(Novelty::Existing);
    }
}

/// A file that neither side can read, and that the change did not touch, hides nothing that the change brought.
pub fn forget_standing_gaps(sides: &Sides<'_, '_>, rules: &mut [RuleReport]) {
    let dark: BTreeSet<RepoPath> = sides.base.gaps().into_iter().map(|gap| gap.path).collect();
    for rule in rules {
        rule.spoiled_by.retain(|path| !dark.contains(path) || sides.changed.contains(path));
    }
}
