//! Verdicts: what counts, weighed.
//!
//! Invariant: a context fails by a finding that counts and gates it, is incomplete by a file that could not be read and
//! may hold what the rule asks for, and passes otherwise; a rule is as its worst context. Absent on purpose: findings.

use crate::checks::RuleReport;
use crate::finding::{Finding, Verdict};
use crate::policy::Policy;
use crate::span::RepoPath;

/// Settles the verdict of every rule; returns that of the run.
pub fn settle(rules: &mut [RuleReport], findings: &[Finding], policy: &Policy) -> Verdict {
    for rule in &mut *rules {
        rule.contexts.values_mut().for_each(|verdict| *verdict = Verdict::Pass);
        let spoiled = |path: &RepoPath| policy.context_of(path);
        for context in rule.spoiled_by.iter().map(spoiled) {
            if let Some(verdict) = rule.contexts.get_mut(&context) {
                *verdict = Verdict::Incomplete;
            }
        }
        let own = findings.iter().filter(|finding| finding.rule.0 == rule.id && finding.counts());
        for gate in own.filter_map(|finding| finding.gate) {
            let verdict = rule.contexts.entry(gate.context).or_insert(Verdict::Pass);
            *verdict = gate.verdict.max(*verdict);
        }
        rule.verdict = rule.contexts.values().copied().max().unwrap_or(Verdict::Pass);
    }
    rules.iter().map(|rule| rule.verdict).max().unwrap_or(Verdict::Pass)
}
