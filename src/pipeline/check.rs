//! `solely check`: judges a snapshot against a policy, by itself or as a change.

use super::{
    Error, PolicyChoice, Question, counts, discover, find_policy, git_settings, identity, included, included_gaps,
    open, quoted, read_anywhere, read_from, read_text, scope,
};
use crate::cache::{Cache, Key};
use crate::checks::{self, CheckInput, CheckOutput, Scope};
use crate::evidence::{CheckReport, PolicyIdentity, Sources, Warning};
use crate::finding::{Novelty, Verdict};
use crate::history::{self, Endpoint, Git, Range, changes};
use crate::language::find_followed;
use crate::policy::Policy;
use crate::progress::Progress;
use crate::project::{ChangedFile, Project};
use crate::source::SourceSet;
use crate::span::RepoPath;
use crate::triage::{self, Baseline, BaselineUse, Comparison, Intent, Sides, TriageInput};
use crate::workspace::{Selection, Snapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;

pub struct CheckOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub policy: PolicyChoice,
    pub cache: Cache,
    /// Only what lies under these paths is judged; empty means all. Relative to `repo`.
    pub paths: Vec<String>,
    /// The day on which deadlines are judged.
    pub today: jiff::civil::Date,
    /// What to compare with; only what changed since then counts.
    pub base: Option<BaseRequest>,
    /// Whether comments may suppress findings.
    pub suppressions: bool,
    /// Whether the baseline may accept findings.
    pub baseline: bool,
    /// Whether an entry of the baseline that accepts nothing any more fails.
    pub strict_baseline: bool,
    /// Where `git` is looked for; `None` is the system's usual folders.
    pub search_path: Option<OsString>,
}

/// A base to compare with, at its merge base with the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseRequest {
    /// Revisions; the first that is there counts.
    pub names: Vec<String>,
}

/// How findings are weighed, whatever the side.
struct Terms<'a> {
    policy: &'a Policy,
    scope: Scope,
    today: jiff::civil::Date,
    suppressions: bool,
    strict_baseline: bool,
    progress: &'a dyn Progress,
}

impl<'a> Terms<'a> {
    /// Comments may suppress, and a stale baseline does not fail.
    fn plain(policy: &'a Policy, scope: Scope, today: jiff::civil::Date, progress: &'a dyn Progress) -> Self {
        Self { policy, scope, today, suppressions: true, strict_baseline: false, progress }
    }
}

/// A check to be made.
pub struct Check<'o> {
    options: &'o CheckOptions,
    snapshot: Snapshot,
    policy: Policy,
    scope: Scope,
    baseline: Option<Baseline>,
}

impl<'o> Check<'o> {
    pub fn prepare(options: &'o CheckOptions, progress: &dyn Progress) -> Result<Self, Error> {
        let snapshot = open(&options.repo, &options.selection, &options.cache, progress)?;
        let policy = find_policy(&snapshot, &options.policy)?;
        let scope = scope(&snapshot, &options.paths)?;
        let baseline = if options.baseline { find_baseline(&snapshot, &policy)? } else { None };
        Ok(Self { options, snapshot, policy, scope, baseline })
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Judges by these rules alone, if there are any.
    pub(super) fn keep_rules(&mut self, ids: &[String]) {
        self.policy.rules.retain(|rule| ids.is_empty() || ids.contains(&rule.id.0));
    }
}

impl Question for Check<'_> {
    type Report = CheckReport;

    fn key(&self) -> Option<Key> {
        let Check { options, snapshot, policy, scope, baseline } = self;
        // Every option is named here, so that a further one is thought about.
        let CheckOptions {
            repo,
            selection,
            policy: choice,
            cache: _,
            paths,
            today,
            base,
            suppressions,
            baseline: may_accept,
            strict_baseline,
            search_path: _,
        } = options;
        if base.is_some() {
            return None;
        }
        let settings = [suppressions, may_accept, strict_baseline];
        let asked = format!("{repo:?} {selection:?} {choice:?} {paths:?} {today} {settings:?}");
        let judged_by = format!("{policy:?} {scope:?} {baseline:?}");
        Some(Key::new("check", &[&snapshot.fingerprint()?, asked.as_bytes(), judged_by.as_bytes()]))
    }

    fn run(&self, progress: &dyn Progress) -> Result<(CheckReport, Sources), Error> {
        let Check { options, snapshot, policy, scope, baseline } = self;
        let (suppressions, strict_baseline) = (options.suppressions, options.strict_baseline);
        let scope = scope.clone();
        let terms = Terms { policy, scope, today: options.today, suppressions, strict_baseline, progress };
        let report = match &options.base {
            None => judge_alone(snapshot, &terms, baseline.as_ref()),
            Some(base) => judge_change(options, base, snapshot, &terms, baseline.as_ref())?,
        };
        let sources = quoted(snapshot, report.told().map(|finding| &finding.location.path), policy);
        Ok((report, sources))
    }
}

/// Judges an open snapshot: the part of a check that touches nothing outside it. There is no baseline.
pub fn judge(
    snapshot: &Snapshot,
    policy: &Policy,
    scope: Scope,
    today: jiff::civil::Date,
    progress: &dyn Progress,
) -> CheckReport {
    judge_alone(snapshot, &Terms::plain(policy, scope, today, progress), None)
}

/// [`judge`], where the project is made already.
pub(super) fn judge_project(
    project: &Project<'_>,
    policy: &Policy,
    scope: Scope,
    today: jiff::civil::Date,
    progress: &dyn Progress,
) -> CheckReport {
    judge_in(project, &Terms::plain(policy, scope, today, progress), None)
}

fn judge_alone(snapshot: &Snapshot, terms: &Terms<'_>, baseline: Option<&Baseline>) -> CheckReport {
    let sources = SourceSet::new(snapshot);
    let project = Project::new(&sources, included(snapshot, terms.policy), &terms.policy.project.roots);
    judge_in(&project, terms, baseline)
}

fn judge_in(project: &Project<'_>, terms: &Terms<'_>, baseline: Option<&Baseline>) -> CheckReport {
    let (output, used) = weigh(terms, project, baseline, |_, _| {});
    finish(terms, project, output, used, None)
}

/// Judges the head and the base alike, and marks what the change brought.
fn judge_change(
    options: &CheckOptions,
    request: &BaseRequest,
    snapshot: &Snapshot,
    terms: &Terms<'_>,
    baseline: Option<&Baseline>,
) -> Result<CheckReport, Error> {
    let settings = git_settings(options.search_path.as_ref());
    let git = Git::open(&options.repo, settings)?;
    let head = match &options.selection {
        Selection::Revision(revision) => revision.as_str(),
        _ => "HEAD",
    };
    let (name, fork) = history::fork_point(&git, &request.names, head)?;
    let head = match &options.selection {
        Selection::WorkTree => Endpoint::WorkTree,
        Selection::Index => Endpoint::Index(None),
        Selection::IndexFile(file) => Endpoint::Index(Some(file.clone())),
        Selection::Revision(revision) => history::end_of(&git, revision)?,
    };
    let commit = fork.name();
    let range = Range { base: fork, head };
    terms.progress.stage("comparing files", 0);
    let changes = changes::compare(&git, &range, changes::Renames::default(), &[])?;
    let before = Snapshot::open(&options.repo, &Selection::Revision(commit.clone()))?.with_cache(options.cache.clone());

    let (head_sources, policy) = (SourceSet::new(snapshot), terms.policy);
    let base_sources = SourceSet::beside(&before, &head_sources);
    let head = Project::new(&head_sources, included(snapshot, policy), &policy.project.roots);
    let base = Project::new(&base_sources, included(&before, policy), &policy.project.roots);
    let base_baseline = if options.baseline { find_baseline(&before, policy)? } else { None };
    let is_source = |path: &RepoPath| find_followed(path).is_some() && policy.judges(path);
    let changed: Vec<ChangedFile> = changes
        .list
        .iter()
        .filter(|change| is_source(change.path()) || change.old_path().is_some_and(is_source))
        .map(|change| ChangedFile {
            base: change.base.as_ref().and_then(|state| before.find(&state.path)),
            head: change.head.as_ref().and_then(|state| snapshot.find(&state.path)),
        })
        .collect();
    let (mut output, used) = weigh(terms, &head, baseline, |input, output| {
        checks::broken_reference::add(input, &base, &changed, output);
    });
    let (was, _) = weigh(terms, &base, base_baseline.as_ref(), |_, _| {});
    let renamed = changes.list.iter().filter_map(|change| {
        let old = change.old_path()?;
        Some((old.to_string(), change.path().to_string()))
    });
    let touched = changes.list.iter().flat_map(|it| [&it.base, &it.head]).flatten().map(|state| state.path.clone());
    let sides = Sides {
        base: &base_sources,
        head: &head_sources,
        renamed: renamed.collect::<BTreeMap<_, _>>(),
        changed: touched.collect::<BTreeSet<_>>(),
    };
    triage::forget_standing_gaps(&sides, &mut output.rules);
    let (introduced, existing, fixed) = triage::compare(sides, &was.findings, &mut output.findings);
    let intent_before = base_policy(options, &before)?;
    let mut weakened = triage::weakened(
        &Intent { policy: intent_before.as_ref().unwrap_or(policy), baseline: base_baseline.as_ref() },
        &Intent { policy, baseline },
    );
    weakened.iter_mut().for_each(|finding| finding.standing.novelty = Some(Novelty::Introduced));
    let introduced = introduced + weakened.len() as u64;
    triage::add_own(&mut output, weakened);
    for gap in changes.gaps {
        let help = Some("a finding in a renamed file may be told as a new one".to_owned());
        output.warnings.push(Warning { message: gap.reason.to_string(), help, place: None });
    }
    let comparison = Comparison { base: name, commit, introduced, existing, fixed };
    Ok(finish(terms, &head, output, used, Some(comparison)))
}

/// The policy that the base was judged by, where it can be known: the one found there, or the file that the user names
/// if it lies in the repository.
fn base_policy(options: &CheckOptions, before: &Snapshot) -> Result<Option<Policy>, Error> {
    let choice = &options.policy;
    if choice.isolated {
        return Ok(None);
    }
    let found = match &choice.config {
        None => discover(before),
        Some(file) => {
            let inside = || {
                let root = before.root.as_ref()?.canonicalize().ok()?;
                let file = file.canonicalize().ok()?;
                Some(file.strip_prefix(root).ok()?.to_string_lossy().into_owned())
            };
            let Some(inside) = inside() else { return Ok(None) };
            match read_from(before, &inside) {
                Ok(Some(text)) => Policy::parse(&text, &inside, &|path: &str| read_from(before, path)).map(Some),
                _ => return Ok(None),
            }
        }
    };
    // A policy that was not valid demanded nothing that could be weakened.
    let Ok(Some(policy)) = found else { return Ok(None) };
    Ok(policy.overlaid(&choice.set, &read_anywhere).ok())
}

/// Checks one side and weighs what was found.
fn weigh(
    terms: &Terms<'_>,
    project: &Project<'_>,
    baseline: Option<&Baseline>,
    further: impl FnOnce(&CheckInput<'_, '_>, &mut CheckOutput),
) -> (CheckOutput, Option<BaselineUse>) {
    let Terms { policy, today, progress, .. } = *terms;
    let input = CheckInput::new(policy, project, today, terms.scope.clone(), progress);
    let mut output = checks::check(&input);
    further(&input, &mut output);
    for gap in std::mem::take(&mut output.gaps) {
        project.sources.add_gap(gap);
    }
    let used = triage::triage(&triage_input(terms, project, baseline), &mut output);
    (output, used)
}

fn triage_input<'a, 's>(
    terms: &'a Terms<'a>,
    project: &'a Project<'s>,
    baseline: Option<&'a Baseline>,
) -> TriageInput<'a, 's> {
    TriageInput {
        policy: terms.policy,
        sources: project.sources,
        ids: &project.ids,
        scope: &terms.scope,
        today: terms.today,
        suppressions: terms.suppressions,
        baseline,
        strict_baseline: terms.strict_baseline,
    }
}

fn finish(
    terms: &Terms<'_>,
    project: &Project<'_>,
    mut output: CheckOutput,
    baseline: Option<BaselineUse>,
    comparison: Option<Comparison>,
) -> CheckReport {
    let policy = terms.policy;
    let gaps = included_gaps(project.sources, policy);
    let counts = counts(project, policy, &gaps);
    let mut verdict = triage::settle(&mut output.rules, &output.findings, policy);
    let mut warnings = output.warnings;
    if counts.discovered == 0 {
        // Nothing seen is nothing proved.
        verdict = verdict.max(Verdict::Incomplete);
        warnings.push(Warning {
            message: "no file was judged, so nothing is proved".to_owned(),
            help: Some("`include` and `exclude` of the policy may leave everything out".to_owned()),
            place: None,
        });
    }
    CheckReport {
        verdict,
        snapshot: identity(project.sources.snapshot()),
        counts,
        rules: output.rules,
        findings: output.findings,
        gaps,
        warnings,
        policy: PolicyIdentity { file: policy.file.clone(), digest: policy.digest.clone() },
        baseline,
        comparison,
    }
}

/// The baseline beside the policy, in the state that is judged.
pub(super) fn find_baseline(snapshot: &Snapshot, policy: &Policy) -> Result<Option<Baseline>, Error> {
    let path = triage::baseline_path(policy);
    match read_text(snapshot, path.as_str()) {
        Ok(None) => Ok(None),
        Ok(Some(text)) => Baseline::parse(&text, &path).map(Some).map_err(Error::Baseline),
        Err(why) => Err(Error::Other { message: format!("`{path}` could not be read: {why}"), help: None }),
    }
}

/// Judges a snapshot with the baseline that it has, and says how that baseline has to change.
pub(super) fn update_baseline(
    snapshot: &Snapshot,
    policy: &Policy,
    today: jiff::civil::Date,
    baseline: &Baseline,
    acceptance: Option<&crate::finding::Acceptance>,
    progress: &dyn Progress,
) -> triage::Update {
    let terms = Terms::plain(policy, Scope::default(), today, progress);
    let sources = SourceSet::new(snapshot);
    let project = Project::new(&sources, included(snapshot, policy), &policy.project.roots);
    let (output, _) = weigh(&terms, &project, None, |_, _| {});
    triage::update(&triage_input(&terms, &project, None), baseline, &output.findings, acceptance)
}
