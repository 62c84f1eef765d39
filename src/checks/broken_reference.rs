//! `broken-reference`: what a change takes away here and something still uses there.
//!
//! Asked only where a change is judged; the policy need not say anything. Invariant: a reference that was broken before
//! the change is none of it. Absent on purpose: how broken references are found; see `project::broken`.

use super::{BROKEN_REFERENCE, CheckInput, CheckOutput, RuleReport, identity, sort};
use crate::finding::{Context, Finding, Identity, RuleId, Severity, Tier, Verdict};
use crate::project::{ChangedFile, Dangling, Project, broken};
use crate::span::Location;
use std::collections::{BTreeMap, BTreeSet};

/// Adds the references that the change left broken. In tests they warn, and where the class of a receiver was inferred.
pub fn add(input: &CheckInput<'_, '_>, base: &Project<'_>, changed: &[ChangedFile], output: &mut CheckOutput) {
    let dangling = broken(base, input.project, changed, input.progress);
    let dangling = dangling.into_iter().filter(|it| input.scope.holds(&it.reference.location.path));
    let mut found: Vec<Finding> = dangling.map(|it| finding(input, it)).collect();
    // Where a rule of the policy tells it already, once is enough.
    let told: BTreeSet<&Location> =
        output.findings.iter().filter(|it| is_dangling(input, it)).map(|it| &it.location).collect();
    found.retain(|it| !told.iter().any(|at| at.path == it.location.path && at.start == it.location.start));
    if found.is_empty() {
        return;
    }
    sort(&mut found);
    identity::complete(&mut found, input.project.sources);
    output.rules.push(RuleReport {
        id: BROKEN_REFERENCE.to_owned(),
        kind: BROKEN_REFERENCE,
        summary: "the change takes away what something still uses".to_owned(),
        conclusion: match found.len() {
            1 => "1 reference is broken by the change".to_owned(),
            count => format!("{count} references are broken by the change"),
        },
        verdict: Verdict::Pass,
        contexts: found.iter().map(|it| (it.context, Verdict::Pass)).collect::<BTreeMap<_, _>>(),
        symbols: Vec::new(),
        spoiled_by: Vec::new(),
    });
    output.findings.extend(found);
    sort(&mut output.findings);
}

/// Whether a finding comes from a rule about every dangling reference, whoever broke it.
fn is_dangling(input: &CheckInput<'_, '_>, finding: &Finding) -> bool {
    let kind = |rule: &crate::policy::Rule| matches!(rule.kind, crate::policy::RuleKind::DanglingReference);
    input.policy.rules.iter().any(|rule| rule.id == finding.rule && kind(rule))
}

fn finding(input: &CheckInput<'_, '_>, dangling: Dangling) -> Finding {
    let symbol = dangling.symbol.to_string();
    let what = if dangling.breaks_module() { ", so this module cannot be imported" } else { "" };
    let message = format!("`{symbol}` is gone, and is still named here{what}");
    let reference = dangling.reference;
    let context = input.context(&reference.location.path);
    let is_error = context != Context::Tests && reference.tier == Tier::Proven;
    Finding {
        identity: Identity::within(reference.inside.as_deref()),
        within: reference.within,
        tier: Some(reference.tier),
        message,
        help: Some("remove this use as well, or keep what it names".into()),
        via: reference.hops,
        ..Finding::new(
            RuleId(BROKEN_REFERENCE.to_owned()),
            if is_error { Severity::Error } else { Severity::Warning },
            context,
            reference.location,
            reference.kind.name(),
            symbol,
        )
    }
}
