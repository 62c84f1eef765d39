//! `solely plan`: what goes with some symbols, and what has to be rewritten first.

use super::refs::targets_of;
use super::{Error, PolicyChoice, counts, find_policy, identity, included, included_gaps, open, reference_report};
use crate::cache::Cache;
use crate::evidence::{PlanReport, PlannedTestReport, Sources};
use crate::finding::{Context, Tier};
use crate::policy::{Policy, RuleKind};
use crate::progress::Progress;
use crate::project::{Project, Target, TracedReference, plan as work_out};
use crate::source::SourceSet;
use crate::span::RepoPath;
use crate::workspace::{Selection, Snapshot};
use std::path::PathBuf;

pub struct PlanOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub policy: PolicyChoice,
    pub cache: Cache,
    /// Symbols, keys of flags, or ids of `[[legacy]]` rules.
    pub what: Vec<String>,
}

/// Plans a removal.
pub fn plan(options: &PlanOptions, progress: &dyn Progress) -> Result<(PlanReport, Sources), Error> {
    let snapshot = open(&options.repo, &options.selection, &options.cache, progress)?;
    let policy = find_policy(&snapshot, &options.policy)?;
    Ok((plan_in(&snapshot, &policy, &options.what, progress)?, Sources::new()))
}

/// Plans a removal in a snapshot.
pub fn plan_in(
    snapshot: &Snapshot,
    policy: &Policy,
    what: &[String],
    progress: &dyn Progress,
) -> Result<PlanReport, Error> {
    let sources = SourceSet::new(snapshot);
    let project = Project::new(&sources, included(snapshot, policy), &policy.project.roots);
    let mut targets = Vec::new();
    for what in what {
        targets.extend(targets_named(&project, policy, what)?);
    }
    targets.sort();
    targets.dedup();
    let is_test = |path: &RepoPath| policy.context_of(path) == Context::Tests;
    let mut plan = work_out(&project, &targets, &is_test, progress);
    // The policy names what must go: that is no mention.
    plan.mentions.retain(|(_, it)| {
        let text = || sources.text(it.file);
        it.tier < Tier::Text || !policy.owns(it.location.path.as_str(), it.location.start.line, text)
    });
    let reported = |list: Vec<(String, TracedReference)>| {
        list.into_iter().map(|(symbol, it)| (symbol, reference_report(it, policy))).collect::<Vec<_>>()
    };
    let tests = plan.tests.into_iter().map(|test| PlannedTestReport {
        fate: test.fate,
        name: test.name,
        location: test.location,
        lines: test.lines,
        references: reported(test.references),
    });
    let tests = tests.collect();
    let (rewrite, mentions) = (reported(plan.rewrite), reported(plan.mentions));
    let gaps = included_gaps(&sources, policy);
    Ok(PlanReport {
        snapshot: identity(snapshot),
        counts: counts(&project, policy, &gaps),
        asked: targets.iter().map(Target::to_string).collect(),
        removals: plan.removals,
        rewrite,
        tests,
        write_only: plan.write_only,
        mentions,
        kept: plan.kept,
        lines: plan.lines,
        test_lines: plan.test_lines,
        gaps,
    })
}

/// The symbols and flags of a rule, or the one that is written.
fn targets_named(project: &Project<'_>, policy: &Policy, what: &str) -> Result<Vec<Target>, Error> {
    let Some(rule) = policy.rules.iter().find(|rule| rule.id.0 == what) else {
        return targets_of(project, what);
    };
    let RuleKind::Legacy(legacy) = &rule.kind else {
        return Err(Error::Other {
            message: format!("`{what}` is a `{}` rule, and names no symbols", rule.kind.name()),
            help: Some("give symbols, or the id of a `[[legacy]]` rule".to_owned()),
        });
    };
    let symbols = legacy.symbols.iter().flat_map(|pattern| project.matching(pattern)).map(Target::Symbol);
    Ok(symbols.chain(legacy.flags.iter().cloned().map(Target::Flag)).collect())
}
