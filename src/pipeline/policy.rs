//! `solely policy`: a policy by itself, and its examples.

use super::{Error, PolicyChoice, chosen, find_policy, judge};
use crate::checks::Scope;
use crate::policy::{self, Policy};
use crate::progress::{Progress, Silent};
use crate::workspace::{Selection, Snapshot};
use std::path::PathBuf;

pub struct PolicyOptions {
    pub repo: PathBuf,
    pub policy: PolicyChoice,
}

/// What a valid policy holds.
pub struct PolicySummary {
    /// The policy's file, or `None` where only the built-in packs apply.
    pub file: Option<String>,
    pub digest: String,
    /// Id, kind and number of examples of each rule, packs included, in order.
    pub rules: Vec<RuleSummary>,
}

pub struct RuleSummary {
    pub id: String,
    pub kind: &'static str,
    pub examples: usize,
}

/// What became of one example of a rule.
pub struct ExampleOutcome {
    pub rule: String,
    /// Where the example stands: `file:line`.
    pub place: String,
    /// Why it failed; `None` means that it holds.
    pub failure: Option<String>,
}

/// Loads and validates the policy of a repository.
pub fn load_policy(options: &PolicyOptions) -> Result<PolicySummary, Error> {
    let policy = policy_of(options)?;
    let rules = policy
        .rules
        .iter()
        .map(|rule| RuleSummary { id: rule.id.0.clone(), kind: rule.kind.name(), examples: rule.examples.len() })
        .collect();
    Ok(PolicySummary { file: policy.file, digest: policy.digest, rules })
}

/// Runs the examples of every rule of a policy, in order.
pub fn test_policy(options: &PolicyOptions, progress: &dyn Progress) -> Result<Vec<ExampleOutcome>, Error> {
    let policy = policy_of(options)?;
    progress.stage("running examples", policy.rules.iter().map(|rule| rule.examples.len() as u64).sum());
    let mut outcomes = Vec::new();
    for rule in &policy.rules {
        let alone = Policy { rules: vec![rule.clone()], ..policy.clone() };
        for example in &rule.examples {
            progress.advance(1);
            outcomes.push(ExampleOutcome {
                rule: rule.id.0.clone(),
                place: format!("{}:{}", example.place.file, example.place.line),
                failure: run_example(&alone, example),
            });
        }
    }
    Ok(outcomes)
}

/// Why an example does not hold.
fn run_example(policy: &Policy, example: &policy::Example) -> Option<String> {
    let files = example.files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
    let snapshot = Snapshot::in_memory(files);
    let report = judge(&snapshot, policy, Scope::default(), jiff::civil::Date::MAX, &Silent);
    let offences = report.findings.iter().filter(|it| it.severity <= policy.rules[0].severity).count();
    match example.expect {
        None if offences == 0 => Some("expected a finding, found none".to_owned()),
        Some(expected) if offences != expected => Some(format!("expected {expected} findings, found {offences}")),
        _ => None,
    }
}

/// The JSON Schema of a policy file.
pub fn policy_schema() -> Result<String, Error> {
    Ok(policy::schema_text())
}

fn policy_of(options: &PolicyOptions) -> Result<Policy, Error> {
    match options.policy.config.is_some() || options.policy.isolated {
        true => chosen(&options.policy, || Ok(None)),
        false => find_policy(&Snapshot::open(&options.repo, &Selection::WorkTree)?, &options.policy),
    }
}
