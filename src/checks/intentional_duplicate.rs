//! `[[intentional-duplicate]]`: copies that are there on purpose, with a reason, an owner and an end.
//!
//! The groups that an entry covers are marked by the search ([`super::duplicates`]) and told by no other rule. Invariant:
//! an entry that covers nothing is a warning, one past its date a failure. Absent on purpose: an entry without a reason,
//! which the policy refuses.

use super::duplicates::Group;
use super::duplication::{Columns, location};
use super::legacy::policy_location;
use super::{CheckInput, CheckOutput, CheckSpec, RuleReport, Warning};
use crate::finding::{Context, Finding, Gate, Related, Verdict};
use crate::policy::{IntentionalDuplicate, Rule, RuleKind};
use crate::words::counted;
use std::collections::BTreeMap;

pub const SPEC: CheckSpec =
    CheckSpec { kind: "intentional-duplicate", explanation: include_str!("intentional_duplicate.md"), run };

fn run(input: &CheckInput<'_, '_>, rules: &[&Rule]) -> CheckOutput {
    let mut output = CheckOutput::default();
    for rule in rules {
        let is_covered =
            |group: &&Group| group.details.registration.as_ref().is_some_and(|entry| entry.id == rule.id.0);
        let groups: Vec<&Group> = input.searched().output.groups.iter().filter(is_covered).collect();
        let entry = entry_of(rule);
        let expired = entry.until.filter(|&date| input.today >= date);
        if groups.is_empty() {
            output.warnings.push(Warning {
                message: format!("`{}` covers no duplicate", rule.id),
                help: Some("every copy of a group must be named; if the duplicate is gone, take the entry out".into()),
                place: Some(rule.place.clone()),
            });
        }
        if let Some(date) = expired {
            output.findings.push(finding(input, rule, &groups, date));
        }
        let until = match (expired, entry.until) {
            (Some(date), _) => format!(", but only until {date}"),
            (None, Some(date)) => format!(", until {date}"),
            (None, None) => String::new(),
        };
        let owner = entry.owner.as_ref().map(|owner| format!(" ({owner})")).unwrap_or_default();
        output.rules.push(RuleReport {
            id: rule.id.0.clone(),
            kind: rule.kind.name(),
            summary: rule.summary.clone(),
            conclusion: format!("{} there on purpose{until}{owner}", counted(groups.len() as u64, "group")),
            verdict: Verdict::Pass,
            contexts: BTreeMap::from([(Context::Config, Verdict::Pass)]),
            symbols: Vec::new(),
            spoiled_by: Vec::new(),
        });
    }
    output
}

fn entry_of(rule: &Rule) -> &IntentionalDuplicate {
    match &rule.kind {
        RuleKind::IntentionalDuplicate(entry) => entry,
        _ => unreachable!("the registry passes intentional duplicates alone"),
    }
}

fn finding(input: &CheckInput<'_, '_>, rule: &Rule, groups: &[&Group], date: jiff::civil::Date) -> Finding {
    let copies = groups.iter().flat_map(|group| &group.instances);
    let columns = Columns::of(input, copies.clone());
    Finding {
        message: format!("the duplicate was to be there until {date}: {}", entry_of(rule).reason),
        help: Some("make one of the copies, or give the entry a later date and say why".into()),
        related: copies
            .map(|copy| Related { location: location(input, &columns, copy), message: "one of the copies".into() })
            .collect(),
        gate: Some(Gate { context: Context::Config, verdict: Verdict::Fail }),
        ..Finding::new(
            rule.id.clone(),
            rule.severity,
            Context::Config,
            policy_location(&rule.place),
            "expired",
            rule.id.0.clone(),
        )
    }
}
