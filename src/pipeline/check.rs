//! `solely check`: judges a snapshot against a policy.

use super::{Error, counts, find_policy, identity, included, included_gaps, open, quoted, scope};
use crate::checks::{self, CheckInput, Scope};
use crate::evidence::{CheckReport, PolicyIdentity, Sources, Warning};
use crate::finding::Verdict;
use crate::policy::Policy;
use crate::progress::Progress;
use crate::project::Project;
use crate::source::SourceSet;
use crate::workspace::{Selection, Snapshot};
use std::path::PathBuf;

pub struct CheckOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub config: Option<PathBuf>,
    /// Only what lies under these paths is judged; empty means all. Relative to `repo`.
    pub paths: Vec<String>,
    /// The day on which deadlines are judged.
    pub today: jiff::civil::Date,
}

/// Judges a snapshot against a policy.
pub fn check(options: &CheckOptions, progress: &dyn Progress) -> Result<(CheckReport, Sources), Error> {
    let snapshot = open(&options.repo, &options.selection, progress)?;
    let policy = find_policy(&snapshot, options.config.as_deref())?;
    let scope = scope(&snapshot, &options.paths)?;
    let report = judge(&snapshot, &policy, scope, options.today, progress);
    let sources = quoted(&snapshot, report.findings.iter().map(|finding| &finding.location.path), &policy);
    Ok((report, sources))
}

/// Judges an open snapshot: the part of a check that touches nothing outside it.
pub fn judge(
    snapshot: &Snapshot,
    policy: &Policy,
    scope: Scope,
    today: jiff::civil::Date,
    progress: &dyn Progress,
) -> CheckReport {
    let sources = SourceSet::new(snapshot);
    let ids = included(snapshot, policy);
    let project = Project::new(&sources, ids, &policy.project.roots);
    let input = CheckInput { policy, project: &project, today, scope, progress };
    let output = checks::check(&input);
    for gap in output.gaps {
        sources.add_gap(gap);
    }
    let gaps = included_gaps(&sources, policy);
    let counts = counts(&project, policy, &gaps);
    let mut verdict = output.rules.iter().map(|rule| rule.verdict).max().unwrap_or(Verdict::Pass);
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
        snapshot: identity(snapshot),
        counts,
        rules: output.rules,
        findings: output.findings,
        gaps,
        warnings,
        policy: PolicyIdentity { file: policy.file.clone(), digest: policy.digest.clone() },
    }
}
