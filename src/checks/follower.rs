//! What belongs to the legacy besides what a rule names: definitions that nothing else leads to.
//!
//! Invariant: the computation is that of a removal plan, so that `solely plan` and `solely check` cannot differ. It is
//! told as a note, since nobody demanded it. Absent on purpose: flags and imports; the plan tells them.

use super::CheckInput;
use crate::finding::{Context, Finding, Severity};
use crate::policy::Rule;
use crate::project::{Follower, Symbol, Target, followers};
use crate::span::RepoPath;
use std::collections::BTreeSet;

pub const KIND: &str = "only-legacy";

/// The followers of everything that the rules name, in one search.
pub fn of_legacy(input: &CheckInput<'_, '_>, targets: &[Target]) -> Vec<Follower> {
    if targets.is_empty() {
        return Vec::new();
    }
    let is_test = |path: &RepoPath| input.context(path) == Context::Tests;
    followers(input.project, targets, &is_test, input.progress)
}

/// What is to be said of the followers of one rule, which names `symbols`.
pub fn findings(
    input: &CheckInput<'_, '_>,
    rule: &Rule,
    symbols: &BTreeSet<&Symbol>,
    all: &[Follower],
) -> Vec<Finding> {
    let is_led = |it: &&Follower| it.leaders.iter().any(|leader| symbols.contains(leader));
    let is_judged = |it: &&Follower| input.scope.holds(&it.location.path);
    let finding = |it: &Follower| {
        let name = it.symbol.name.clone().unwrap_or_else(|| it.symbol.module.clone());
        Finding {
            message: format!("`{name}` belongs to the legacy: {}", it.because),
            help: Some(format!("it can go with the rest: `solely plan {}`", rule.id)),
            ..Finding::new(
                rule.id.clone(),
                Severity::Note,
                input.context(&it.location.path),
                it.location.clone(),
                KIND,
                it.symbol.to_string(),
            )
        }
    };
    all.iter().filter(is_led).filter(is_judged).map(finding).collect()
}
