//! Stage 6, triage: which findings count, and the verdicts that follow.
//!
//! Findings come from the checks; comments suppress some, a baseline accepts some, and where a change is judged those
//! that its base had already are set apart. Invariants: findings are marked and never dropped; a comment, an entry of
//! the baseline or a date that does nothing becomes a finding of its own; a verdict is the worst of what counts and of
//! what could not be seen. Absent on purpose: what is an offence; that is `checks`.

pub mod baseline;
mod comment;
mod compare;
mod pairing;
mod suppression;
mod verdict;
mod weakened;

pub use baseline::{Baseline, BaselineUse, Entry, Update, update};
pub use compare::{Comparison, Sides, compare, forget_standing_gaps};
pub use pairing::{Known, Moves, pair};
pub use verdict::settle;
pub use weakened::{Intent, weakened};

use crate::checks::{CheckOutput, RuleReport, Scope};
use crate::finding::{Context, Finding, Gate, Identity, RuleId, Severity, Verdict};
use crate::policy::{BASELINE_FILE, Policy};
use crate::source::SourceSet;
use crate::span::{Location, RepoPath, joined};
use crate::workspace::EntryId;

/// What triage is given besides the findings.
pub struct TriageInput<'a, 's> {
    pub policy: &'a Policy,
    pub sources: &'a SourceSet<'s>,
    /// The files that are judged.
    pub ids: &'a [EntryId],
    pub scope: &'a Scope,
    pub today: jiff::civil::Date,
    /// Whether comments may suppress.
    pub suppressions: bool,
    pub baseline: Option<&'a Baseline>,
    /// Whether an entry of the baseline that accepts nothing any more fails.
    pub strict_baseline: bool,
}

/// A rule that judges what people say about findings, not code.
pub struct OwnRuleSpec {
    pub id: &'static str,
    pub summary: &'static str,
    pub severity: Severity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OwnRule {
    Malformed,
    NoReason,
    UnknownRule,
    Unused,
    Expired,
    Expiring,
    StaleEntry,
    Weakened,
}

/// Every rule of this stage, in the order of `OwnRule`.
pub const OWN_RULES: &[OwnRuleSpec] = &[
    OwnRuleSpec {
        id: "malformed-suppression",
        summary: "a suppression that cannot be read",
        severity: Severity::Error,
    },
    OwnRuleSpec {
        id: "suppression-without-reason",
        summary: "a suppression that does not say why",
        severity: Severity::Error,
    },
    OwnRuleSpec {
        id: "unknown-rule-in-suppression",
        summary: "a suppression of a rule that is not there",
        severity: Severity::Warning,
    },
    OwnRuleSpec {
        id: "unused-suppression",
        summary: "a suppression that suppresses nothing",
        severity: Severity::Warning,
    },
    OwnRuleSpec { id: "expired-suppression", summary: "a suppression past its date", severity: Severity::Error },
    OwnRuleSpec { id: "expiring-suppression", summary: "a suppression near its date", severity: Severity::Warning },
    OwnRuleSpec {
        id: "stale-baseline-entry",
        summary: "an accepted finding that is no longer there",
        severity: Severity::Warning,
    },
    OwnRuleSpec {
        id: "policy-weakened",
        summary: "a change that asks for less than its base did",
        severity: Severity::Warning,
    },
];

/// Findings about what people say cannot be talked away.
const NO_COMMENT_REACHES: &[&str] = &[
    "malformed-suppression",
    "suppression-without-reason",
    "unknown-rule-in-suppression",
    "unused-suppression",
    "expired-suppression",
    "expiring-suppression",
    "stale-baseline-entry",
    "policy-weakened",
];

impl OwnRule {
    pub fn spec(self) -> &'static OwnRuleSpec {
        &OWN_RULES[self as usize]
    }
}

/// Marks the findings of one snapshot and adds those of this stage; returns what the baseline did. Verdicts are settled
/// by [`settle`], once nothing is added any more.
pub fn triage(input: &TriageInput<'_, '_>, output: &mut CheckOutput) -> Option<BaselineUse> {
    let mut own = Vec::new();
    if input.suppressions {
        own.extend(suppression::apply(input, &mut output.findings));
    }
    let used = input.baseline.map(|baseline| baseline::apply(input, baseline, &mut output.findings, &mut own));
    add_own(output, own);
    used
}

/// Adds findings of this stage, each rule with a report.
pub fn add_own(output: &mut CheckOutput, mut own: Vec<Finding>) {
    let mut seen: std::collections::BTreeMap<_, u32> = std::collections::BTreeMap::new();
    for finding in &mut own {
        let path = finding.location.path.clone();
        let key = (finding.rule.clone(), path, finding.symbol.clone(), finding.identity.code.clone());
        let ordinal = seen.entry(key).or_default();
        *ordinal += 1;
        finding.identity.ordinal = *ordinal;
    }
    for spec in OWN_RULES {
        let of_rule: Vec<&Finding> = own.iter().filter(|finding| finding.rule.0 == spec.id).collect();
        if of_rule.is_empty() {
            continue;
        }
        output.rules.push(RuleReport {
            id: spec.id.to_owned(),
            kind: "triage",
            summary: spec.summary.to_owned(),
            conclusion: match of_rule.len() {
                1 => "1 place".to_owned(),
                places => format!("{places} places"),
            },
            verdict: Verdict::Pass,
            contexts: of_rule.iter().map(|finding| (finding.context, Verdict::Pass)).collect(),
            symbols: Vec::new(),
            spoiled_by: Vec::new(),
        });
    }
    output.findings.extend(own);
    crate::checks::sort(&mut output.findings);
}

impl TriageInput<'_, '_> {
    /// A finding of this stage.
    #[expect(clippy::too_many_arguments, reason = "the parts of a finding, named once")]
    fn finding(
        &self,
        rule: OwnRule,
        location: Location,
        kind: &'static str,
        symbol: &str,
        code: &str,
        message: String,
        help: String,
    ) -> Finding {
        let mut made = own_finding(rule, location, kind, symbol, code, message, Some(help));
        made.context = self.policy.context_of(&made.location.path);
        made.gate = made.gate.map(|gate| Gate { context: made.context, ..gate });
        made
    }
}

pub(crate) fn own_finding(
    rule: OwnRule,
    location: Location,
    kind: &'static str,
    symbol: &str,
    code: &str,
    message: String,
    help: Option<String>,
) -> Finding {
    let spec = rule.spec();
    let context = Context::Config;
    Finding {
        identity: Identity { code: code.to_owned(), ..Identity::default() },
        message,
        help,
        ..Finding::new(RuleId(spec.id.to_owned()), spec.severity, context, location, kind, symbol.to_owned())
    }
}

/// The file beside a policy that holds its baseline.
pub fn baseline_path(policy: &Policy) -> RepoPath {
    RepoPath::new(&joined(&policy.folder, BASELINE_FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_its_row() {
        for (rule, id) in [
            (OwnRule::Malformed, "malformed-suppression"),
            (OwnRule::NoReason, "suppression-without-reason"),
            (OwnRule::UnknownRule, "unknown-rule-in-suppression"),
            (OwnRule::Unused, "unused-suppression"),
            (OwnRule::Expired, "expired-suppression"),
            (OwnRule::Expiring, "expiring-suppression"),
            (OwnRule::StaleEntry, "stale-baseline-entry"),
            (OwnRule::Weakened, "policy-weakened"),
        ] {
            assert_eq!(rule.spec().id, id);
        }
        assert_eq!(NO_COMMENT_REACHES.len(), OWN_RULES.len());
    }
}
