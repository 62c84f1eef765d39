//! The command line: arguments in, exit status out.
//!
//! One file per subcommand. This is the only module that prints, and the only one that looks at the terminal, the
//! environment and the clock; the stages get what they need of them as values. Absent on purpose: judgement; a verdict
//! comes from the pipeline, and an exit status from the verdict.

mod answer;
mod audit;
mod baseline;
mod cache;
mod check;
mod ci;
mod completions;
mod doctor;
mod duplicates;
mod explain;
mod failure;
mod init;
mod input;
mod output;
mod plan;
mod policy;
mod progress;
mod refs;
mod removed;
mod schema;
mod trend;
mod verify;

use crate::cache::Cache;
use crate::finding::Verdict;
use crate::gap::{Gap, Reason};
use crate::pipeline::PolicyChoice;
use clap::builder::FalseyValueParser;
use clap::{CommandFactory, Parser, Subcommand};
use failure::Failure;
use output::Color;
use progress::{Bar, Timings};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

/// What the process says when it ends. Scripts depend on these numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    /// Everything that was asked holds.
    Pass = 0,
    /// Something does not hold.
    Fail = 1,
    /// The run could not start or go on: usage, policy, repository.
    CannotRun = 2,
    /// Something that the verdict needs could not be seen.
    Incomplete = 3,
    /// A bug of solely. A panic of the process ends with the same number.
    Internal = 101,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        ExitCode::from(status as u8)
    }
}

impl ExitStatus {
    /// The status of a run. A file on which we panicked was not judged: no verdict may stand on that.
    fn of(verdict: Verdict, gaps: &[Gap]) -> Self {
        match verdict {
            _ if gaps.iter().any(|gap| matches!(gap.reason, Reason::Internal(_))) => ExitStatus::Internal,
            Verdict::Pass => ExitStatus::Pass,
            Verdict::Fail => ExitStatus::Fail,
            Verdict::Incomplete => ExitStatus::Incomplete,
        }
    }
}

const EXIT_STATUS: &str = "\
Exit status:
  0    pass
  1    fail
  2    cannot run: usage, policy or repository
  3    incomplete: something that the verdict needs could not be seen
  101  internal error";

const EXAMPLES: &str = "\
Examples:
  solely check                           judge the work tree
  solely check --staged                  judge what is about to be committed
  solely check --base main               judge what this branch brings
  solely baseline --reason '…'           accept what is there, and see every finding that comes
  solely check --repo app.git --rev v2   judge a revision without a checkout
  solely duplicates shop/                what is implemented more than once
  solely refs shop.orders:Order.save_v2  who still uses it, and through which imports
  solely plan shop.orders:Order.save_v2  what goes with it, and in which order
  solely explain shop/orders.py:18       why is this a finding, and what would make it pass?
  solely removed main...HEAD             how many lines did this branch really remove?
  solely trend --every week              how the legacy goes, week by week
  solely audit --head HEAD --claims closure.md
                                         does what the closure report says hold?
  solely policy check                    is the policy valid?
  solely doctor                          what would be judged, by which policy, and why?";

/// One implementation, and proof that the others are gone.
///
/// solely reads the source of a project, never runs it, and answers whether the legacy code that a policy names is
/// really gone: its definitions, its uses, the tests and documents that still name it, and what could not be seen.
#[derive(Parser)]
#[command(name = "solely", version, arg_required_else_help = true, subcommand_required = true)]
#[command(after_help = format!("{EXAMPLES}\n\n{EXIT_STATUS}\n\n`solely help COMMAND` tells more."))]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(clap::Args)]
struct Global {
    /// The repository or a folder in it; bare repositories work with `--rev`
    #[arg(long, global = true, env = "SOLELY_REPO", value_name = "DIR", default_value = ".", help_heading = GLOBAL)]
    repo: PathBuf,

    /// The policy to judge by, instead of the one found in the repository
    #[arg(long, global = true, env = "SOLELY_CONFIG", value_name = "FILE", help_heading = GLOBAL)]
    config: Option<PathBuf>,

    /// Judge by the built-in packs alone, whatever policy there is
    #[arg(long, global = true, env = "SOLELY_ISOLATED", value_parser = FalseyValueParser::new(), help_heading = GLOBAL)]
    isolated: bool,

    /// Lay a value over the policy, in TOML with dotted keys: `--set 'project.exclude=["vendor"]'`; can be given
    /// several times (one per line in the variable)
    #[arg(long, global = true, env = "SOLELY_SET", value_name = "KEY=VALUE", value_delimiter = '\n', help_heading = GLOBAL)]
    set: Vec<String>,

    /// When to use colour; `auto` respects NO_COLOR, CLICOLOR_FORCE and pipes
    #[arg(long, global = true, env = "SOLELY_COLOR", value_name = "WHEN", value_enum, default_value_t, help_heading = GLOBAL)]
    color: Color,

    /// Neither use nor fill the cache of what earlier runs worked out; the answer is the same
    #[arg(long, global = true, env = "SOLELY_NO_CACHE", value_parser = FalseyValueParser::new(), help_heading = GLOBAL)]
    no_cache: bool,

    /// Tell on the standard error how long each stage took
    #[arg(long, global = true, help_heading = GLOBAL)]
    timings: bool,

    #[arg(skip)]
    opened: OnceLock<Cache>,

    #[arg(skip)]
    clock: Timings,
}

impl Global {
    fn policy(&self) -> PolicyChoice {
        PolicyChoice { config: self.config.clone(), isolated: self.isolated, set: self.set.clone() }
    }

    /// The cache, opened when it is first asked for.
    fn cache(&self) -> Cache {
        let open = || if self.no_cache { Cache::none() } else { cache::open() };
        self.opened.get_or_init(open).clone()
    }

    fn progress(&self) -> Bar {
        Bar::new(self.clock.clone())
    }

    /// Ends a run: what it learned is kept, and told is how long it took.
    fn finish(&self) {
        if let Some(cache) = self.opened.get() {
            self.clock.stage("keeping what was learned");
            if let Err(error) = cache.commit() {
                cache::complain(&error);
            }
        }
        if self.timings {
            self.clock.print(self.opened.get().map(Cache::usage).unwrap_or_default());
        }
    }
}

const GLOBAL: &str = "Global options";

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
    Audit(audit::Arguments),
    Baseline(baseline::Arguments),
    Init(init::Arguments),
    Duplicates(duplicates::Arguments),
    Refs(refs::Arguments),
    Plan(plan::Arguments),
    Explain(explain::Arguments),
    Removed(removed::Arguments),
    Trend(trend::Arguments),
    Verify(verify::Arguments),
    Policy(policy::Arguments),
    Doctor(doctor::Arguments),
    Cache(cache::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
}

/// The definition of the command line, for whoever writes its manual.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs one command line, its first word being the program's own name.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitStatus {
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(refusal) => {
            // help and version come this way too; a reader that closed its end has seen enough
            let _ = refusal.print();
            return if refusal.use_stderr() { ExitStatus::CannotRun } else { ExitStatus::Pass };
        }
    };
    let global = &arguments.global;
    let outcome = match &arguments.command {
        Command::Check(arguments) => check::run(global, arguments),
        Command::Audit(arguments) => audit::run(global, arguments),
        Command::Baseline(arguments) => baseline::run(global, arguments),
        Command::Init(arguments) => init::run(global, arguments),
        Command::Duplicates(arguments) => duplicates::run(global, arguments),
        Command::Refs(arguments) => refs::run(global, arguments),
        Command::Plan(arguments) => plan::run(global, arguments),
        Command::Explain(arguments) => explain::run(global, arguments),
        Command::Removed(arguments) => removed::run(global, arguments),
        Command::Trend(arguments) => trend::run(global, arguments),
        Command::Verify(arguments) => verify::run(global, arguments),
        Command::Policy(arguments) => policy::run(global, arguments),
        Command::Doctor(arguments) => doctor::run(global, arguments),
        Command::Cache(arguments) => cache::run(arguments),
        Command::Schema(arguments) => schema::run(arguments),
        Command::Completions(arguments) => completions::run(arguments),
    };
    global.finish();
    outcome.unwrap_or_else(|failure: Failure| {
        failure.print(global.color);
        ExitStatus::CannotRun
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_of_the_arguments_is_sound() {
        Arguments::command().debug_assert();
    }
}
