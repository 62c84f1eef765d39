//! `solely policy`: is a policy valid, and do its rules do what their examples say?

use super::{ExitStatus, Failure, Global, output};
use crate::pipeline::{self, PolicyOptions};
use crate::report::escape::safe;
use std::fmt::Write;

const AFTER: &str = "\
Examples:
  solely policy check                     every fault of the policy, with its line
  solely policy check --config ci.toml    another file
  solely policy test                      run the examples of every rule
  solely policy schema > solely.schema.json";

/// Check a policy, run its examples, or print its JSON Schema
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Tell whether the policy is valid, and which rules it holds
    Check,
    /// Run the examples of every rule: what must match, and what must not
    Test,
    /// Print the JSON Schema of a policy, for editors
    Schema,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let options = PolicyOptions { repo: global.repo.clone(), policy: global.policy() };
    match arguments.command {
        Command::Check => check(&options),
        Command::Test => test(global, &options),
        Command::Schema => {
            output::print(&format!("{}\n", pipeline::policy_schema()?.trim_end()))?;
            Ok(ExitStatus::Pass)
        }
    }
}

fn check(options: &PolicyOptions) -> Result<ExitStatus, Failure> {
    let policy = pipeline::load_policy(options)?;
    let mut out = String::new();
    let width = policy.rules.iter().map(|rule| safe(&rule.id).chars().count()).max().unwrap_or(0);
    for rule in &policy.rules {
        let examples = match rule.examples {
            0 => "no examples".to_owned(),
            1 => "1 example".to_owned(),
            count => format!("{count} examples"),
        };
        let _ = writeln!(out, "{:<width$}  {:<12}  {examples}", safe(&rule.id), rule.kind);
    }
    let file = policy.file.as_deref().unwrap_or("the built-in policy");
    let rules = if policy.rules.len() == 1 { "1 rule".to_owned() } else { format!("{} rules", policy.rules.len()) };
    let _ = writeln!(out, "{} is valid: {rules}", safe(file));
    output::print(&out)?;
    Ok(ExitStatus::Pass)
}

fn test(global: &Global, options: &PolicyOptions) -> Result<ExitStatus, Failure> {
    let progress = global.progress();
    let outcomes = pipeline::test_policy(options, &progress)?;
    drop(progress);

    let mut out = String::new();
    for outcome in &outcomes {
        let Some(failure) = &outcome.failure else { continue };
        let _ = writeln!(out, "fail {} ({}): {}", safe(&outcome.rule), safe(&outcome.place), safe(failure));
    }
    let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    let _ = writeln!(out, "{} examples: {} hold, {failed} fail", outcomes.len(), outcomes.len() - failed);
    output::print(&out)?;
    Ok(if failed == 0 { ExitStatus::Pass } else { ExitStatus::Fail })
}
