//! What stood before a change: findings of general rules that it neither brought nor touched.
//!
//! An audit asks whether one issue may be closed. A rule that the project wrote itself counts by whatever stands; a rule
//! of a built-in pack looks at everything alike, so it stands in the way by what the change brought, and what it found
//! before, in files that the change leaves alone, is counted and digested. So a record grows with the change and not
//! with the tree, and can still be derived again to the byte. Invariant: the findings of each side are those listed and
//! those counted. Absent on purpose: verdicts of rules, which stay as they are.

use crate::evidence::{CheckReport, RemovedReport, Standing};
use crate::finding::{Finding, Novelty, Verdict};
use crate::outside::sha256;
use crate::policy::Policy;
use crate::source::SourceSet;
use crate::span::RepoPath;
use crate::triage::{Sides, compare};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Takes what stood before out of both reports and counts it, in the order of the rules of head.
pub(super) fn set_aside(
    policy: &Policy,
    removal: &RemovedReport,
    [base, head]: [&SourceSet<'_>; 2],
    at_base: &mut CheckReport,
    at_head: &mut CheckReport,
) -> Vec<Standing> {
    let files = &removal.ledger.files;
    let changed: BTreeSet<RepoPath> =
        files.iter().flat_map(|file| file.old_path.iter().chain([&file.path])).cloned().collect();
    let renamed = |forward: bool| -> BTreeMap<String, String> {
        let pairs = files.iter().filter_map(|file| Some((file.old_path.as_ref()?.to_string(), file.path.to_string())));
        if forward { pairs.collect() } else { pairs.map(|(old, new)| (new, old)).collect() }
    };
    let (before, after) = (at_base.findings.clone(), at_head.findings.clone());
    let forward = Sides { base, head, renamed: renamed(true), changed: changed.clone() };
    compare(forward, &before, &mut at_head.findings);
    // backwards, what the change "brought" is what it took away
    let backward = Sides { base: head, head: base, renamed: renamed(false), changed: changed.clone() };
    compare(backward, &after, &mut at_base.findings);

    let general: BTreeSet<&str> =
        policy.rules.iter().filter(|rule| policy.is_general(&rule.id)).map(|rule| rule.id.0.as_str()).collect();
    let is_aside = |finding: &Finding| {
        general.contains(finding.rule.0.as_str())
            && finding.standing.novelty == Some(Novelty::Existing)
            && !changed.contains(&finding.location.path)
    };
    let mut standing = Vec::new();
    for rule in at_head.rules.iter().filter(|rule| general.contains(rule.id.as_str())) {
        let is_own_aside = |finding: &&Finding| finding.rule.0 == rule.id && is_aside(finding);
        let then = at_base.findings.iter().filter(is_own_aside).count() as u64;
        let now: Vec<&Finding> = at_head.findings.iter().filter(is_own_aside).collect();
        let brings_it = |finding: &Finding| {
            finding.rule.0 == rule.id
                && finding.counts()
                && finding.gate.is_some_and(|gate| gate.verdict == Verdict::Fail)
        };
        let blocks = rule.verdict == Verdict::Fail && at_head.findings.iter().any(brings_it);
        standing.push(Standing {
            rule: rule.id.clone(),
            at_base: then,
            at_head: now.len() as u64,
            digest: digest(&now),
            stood_before: rule.verdict == Verdict::Fail && !blocks,
        });
    }
    for report in [at_base, at_head] {
        report.findings.retain(|finding| !is_aside(finding));
        report.findings.iter_mut().for_each(|finding| finding.standing.novelty = None);
    }
    standing
}

/// SHA-256 over a line for each finding, in their order: fingerprint, path, line.
fn digest(findings: &[&Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let _ = writeln!(text, "{} {}:{}", finding.fingerprint(), finding.location.path, finding.location.start.line);
    }
    sha256(text.as_bytes())
}
