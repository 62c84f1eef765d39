//! `solely check`: is what must be gone really gone?

use super::answer::answer;
use super::input::Input;
use super::output::Output;
use super::{EXIT_STATUS, ExitStatus, Failure, Global, ci};
use crate::evidence::CheckReport;
use crate::pipeline::{BaseRequest, Check, CheckOptions};
use clap::builder::FalseyValueParser;

const EXAMPLES: &str = "\
Examples:
  solely check                            the work tree, as it is on disk
  solely check shop/ docs/orders.md       tell only of findings under these paths
  solely check --staged                   what is about to be committed
  solely check --base main                what this branch introduces, and nothing that was there
  solely check --base                     the same in CI, where the variables name the base
  solely check --rev v2.0 --max 0         a release, with every finding shown
  solely check --format json | jq .verdict";

/// Judge a project against its policy
///
/// For every symbol that the policy names: is it still defined, who uses it, what still names it (comments, docstrings,
/// tests, documents, configuration), and could something not be seen? The policy is `solely.toml` or `[tool.solely]` of
/// `pyproject.toml`. Without one the built-in rules look for handlers and functions with a version suffix, a legacy name
/// or a deprecation marker that live beside their successor, and warn of duplicate implementations.
///
/// A comment `# solely: ignore[rule-id] -- why` suppresses what it stands on; `solely baseline` accepts what is there.
#[derive(clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}\n\n{EXIT_STATUS}", ci::HELP))]
pub struct Arguments {
    /// Tell only of findings under these paths; the whole project is judged all the same
    #[arg(value_name = "PATH")]
    paths: Vec<String>,

    #[command(flatten)]
    input: Input,

    /// Tell only of what changed since this revision forked, also of what the change broke elsewhere; `auto`, or no
    /// REV, takes the base from the variables of the CI
    #[arg(long, env = "SOLELY_BASE", value_name = "REV", num_args = 0..=1, default_missing_value = ci::AUTO)]
    base: Option<String>,

    /// Show what comments suppress as well
    #[arg(long, env = "SOLELY_NO_SUPPRESSIONS", value_parser = FalseyValueParser::new())]
    no_suppressions: bool,

    /// Show what the baseline accepts as well
    #[arg(long, env = "SOLELY_NO_BASELINE", value_parser = FalseyValueParser::new())]
    no_baseline: bool,

    /// Fail where the baseline accepts what is no longer there
    #[arg(long, env = "SOLELY_STRICT_BASELINE", value_parser = FalseyValueParser::new())]
    strict_baseline: bool,

    #[command(flatten)]
    output: Output<CheckReport>,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let names = match &arguments.base {
        Some(base) => Some(ci::names(base, |name| std::env::var(name).ok())?),
        None => None,
    };
    let options = CheckOptions {
        repo: global.repo.clone(),
        selection: arguments.input.selection(),
        policy: global.policy(),
        cache: global.cache(),
        paths: arguments.paths.clone(),
        today: jiff::Zoned::now().date(),
        base: names.map(|names| BaseRequest { names }),
        suppressions: !arguments.no_suppressions,
        baseline: !arguments.no_baseline,
        strict_baseline: arguments.strict_baseline,
        search_path: std::env::var_os("PATH"),
    };
    let status = |report: &CheckReport| ExitStatus::of(report.verdict, &report.gaps);
    answer(global, &arguments.output, |progress| Check::prepare(&options, progress), status)
}
