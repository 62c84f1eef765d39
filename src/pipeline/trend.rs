//! `solely trend`: what the policy names as legacy, and what is there twice, over history.

use super::{Error, PolicyChoice, find_policy, git_settings, included, open};
use crate::cache::Cache;
use crate::checks::{self, CensusSeries, CheckInput, Scope};
use crate::evidence::{DuplicateCounts, PolicyIdentity, TrendCounts, TrendReport, TrendSample, estimates};
use crate::gap::{Extent, Gap, Reason, Stage};
use crate::history::sampling::{self, Every, SamplePoint};
use crate::history::{Endpoint, Git, RangeRequest};
use crate::language::find_language;
use crate::policy::{Policy, RuleKind};
use crate::progress::{Progress, Silent};
use crate::project::Project;
use crate::source::{Shared, SourceSet};
use crate::span::RepoPath;
use crate::workspace::{Revisions, Selection};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

/// What to follow, and where.
pub struct TrendOptions {
    pub repo: PathBuf,
    /// The policy of today: the one of the work tree, or of head in a bare repository.
    pub policy: PolicyChoice,
    pub cache: Cache,
    pub request: RangeRequest,
    pub every: Every,
    /// Rules to count, by id; empty means all that name legacy.
    pub rules: Vec<String>,
    /// How duplicates are looked for, where they are counted at all.
    pub duplicates: Option<checks::duplicates::Options>,
    /// Where `git` is looked for; `None` is the system's usual folders.
    pub search_path: Option<OsString>,
}

/// Counts legacy and duplicates in the samples of a range.
pub fn trend(options: &TrendOptions, progress: &dyn Progress) -> Result<TrendReport, Error> {
    let git = Git::open(&options.repo, git_settings(options.search_path.as_ref()))?;
    let range = sampling::range(&git, &options.request)?;
    let policy = policy_of_today(options, &git, &range.head.name(), progress)?;
    progress.stage("reading history", 0);
    let sampling = sampling::sample(&git, &range, options.every)?;
    progress.stage("sampling history", sampling.points.len() as u64);
    let mut samples = Vec::with_capacity(sampling.points.len());
    let mut counter = Counter {
        options,
        policy: &policy,
        revisions: Revisions::open(&options.repo)?,
        shared: Shared::default(),
        census: CensusSeries::default(),
    };
    for point in sampling.points {
        let counted = counter.count(&point);
        samples.push(TrendSample { point, counted });
        progress.advance(1);
    }
    let mut report = TrendReport {
        base: (range.base != Endpoint::Empty).then(|| range.base.name()),
        head: range.head.name(),
        policy: PolicyIdentity { file: policy.file.clone(), digest: policy.digest.clone() },
        every: sampling.every,
        commits: sampling.commits,
        samples,
        estimates: Vec::new(),
        gaps: if sampling.is_cut_off { vec![cut_off()] } else { Vec::new() },
    };
    report.estimates = estimates(&report.samples, &report.quantities());
    Ok(report)
}

/// The policy, with the rules that name legacy and were asked for.
fn policy_of_today(options: &TrendOptions, git: &Git, head: &str, progress: &dyn Progress) -> Result<Policy, Error> {
    let selection = match git.work_tree() {
        Some(_) => Selection::WorkTree,
        None => Selection::Revision(head.to_owned()),
    };
    let mut policy = find_policy(&open(&options.repo, &selection, &options.cache, progress)?, &options.policy)?;
    let names_legacy = |kind: &RuleKind| matches!(kind, RuleKind::Legacy(_) | RuleKind::Family(_));
    for id in &options.rules {
        if !policy.rules.iter().any(|rule| rule.id.0 == *id && names_legacy(&rule.kind)) {
            let legal: Vec<String> =
                policy.rules.iter().filter(|it| names_legacy(&it.kind)).map(|it| format!("`{}`", it.id.0)).collect();
            return Err(Error::Other {
                message: format!("`{id}` is no rule about legacy"),
                help: Some(format!("the policy has {}", legal.join(", "))),
            });
        }
    }
    let is_asked_for = |id: &String| options.rules.is_empty() || options.rules.contains(id);
    policy.rules.retain(|rule| !names_legacy(&rule.kind) || is_asked_for(&rule.id.0));
    if options.duplicates.is_none() && !policy.rules.iter().any(|rule| names_legacy(&rule.kind)) {
        return Err(Error::Other {
            message: "the policy names no legacy, so there is nothing to follow".to_owned(),
            help: Some("add `[[legacy]]` or `[[family]]` rules, or ask for `--duplicates`".to_owned()),
        });
    }
    Ok(policy)
}

/// Counts commit after commit; what is known of contents and files goes on from one to the next.
struct Counter<'o> {
    options: &'o TrendOptions,
    policy: &'o Policy,
    revisions: Revisions,
    shared: Shared,
    census: CensusSeries,
}

impl Counter<'_> {
    /// What one commit holds, or why that cannot be told.
    fn count(&mut self, point: &SamplePoint) -> Result<TrendCounts, String> {
        let Self { options, policy, revisions, shared, census } = self;
        let snapshot = revisions.snapshot(&point.commit).map_err(|error| error.to_string())?;
        let snapshot = snapshot.with_cache(options.cache.clone());
        let sources = SourceSet::sharing(&snapshot, shared);
        let project = Project::new(&sources, included(&snapshot, policy), &policy.project.roots);
        let input = CheckInput::new(policy, &project, jiff::civil::Date::MAX, Scope::default(), &Silent);
        let census = census.next(&input);
        let duplicates = options.duplicates.as_ref().map(|search| {
            let groups = checks::duplicates::find(&input, search).groups;
            let gaps = sources.gaps();
            let is_source = |path: &RepoPath| find_language(path).is_some() && policy.judges(path);
            let unseen: BTreeSet<&RepoPath> = gaps.iter().map(|gap| &gap.path).filter(|path| is_source(path)).collect();
            DuplicateCounts::of(&groups, unseen.len() as u64)
        });
        shared.keep(&snapshot);
        Ok(TrendCounts::of(&census, duplicates))
    }
}

fn cut_off() -> Gap {
    let (path, extent) = (RepoPath::new(""), Extent::Unavailable);
    Gap { path, stage: Stage::History, reason: Reason::Shallow, extent }
}
