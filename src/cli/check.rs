//! `solely check`: is what must be gone really gone?

use super::input::Input;
use super::output::Output;
use super::progress::Bar;
use super::{EXIT_STATUS, ExitStatus, Failure, Global};
use crate::evidence::CheckReport;
use crate::pipeline::{self, CheckOptions};

const EXAMPLES: &str = "\
Examples:
  solely check                            the work tree, as it is on disk
  solely check shop/ docs/orders.md       tell only of findings under these paths
  solely check --staged                   what is about to be committed
  solely check --rev v2.0 --max 0         a release, with every finding shown
  solely check --format json | jq .verdict";

/// Judge a project against its policy
///
/// For every symbol that the policy names: is it still defined, who uses it, what still names it (comments, docstrings,
/// tests, documents, configuration), and could something not be seen? The policy is `solely.toml` or `[tool.solely]` of
/// `pyproject.toml`. Without one the built-in rules look for handlers and functions with a version suffix, a legacy name
/// or a deprecation marker that live beside their successor.
#[derive(clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{EXIT_STATUS}"))]
pub struct Arguments {
    /// Tell only of findings under these paths; the whole project is judged all the same
    #[arg(value_name = "PATH")]
    paths: Vec<String>,

    #[command(flatten)]
    input: Input,

    #[command(flatten)]
    output: Output<CheckReport>,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let options = CheckOptions {
        repo: global.repo.clone(),
        selection: arguments.input.selection(),
        config: global.config.clone(),
        paths: arguments.paths.clone(),
        today: jiff::Zoned::now().date(),
    };
    let progress = Bar::new();
    let (report, sources) = pipeline::check(&options, &progress)?;
    drop(progress);

    arguments.output.write(&report, &sources, global.color)?;
    Ok(ExitStatus::of(report.verdict, &report.gaps))
}
