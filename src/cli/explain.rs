//! `solely explain`: why a finding is one, and what would make it pass.

use super::input::Input;
use super::output::Output;
use super::{ExitStatus, Failure, Global};
use crate::evidence::ExplainReport;
use crate::finding::Verdict;
use crate::pipeline::{self, CheckOptions, ExplainOptions};

const AFTER: &str = "\
A place is one that `check` prints. With a rule beside it only that rule is judged, which is faster.

Examples:
  solely explain shop/orders.py:18                the findings there
  solely explain orders-v2 shop/orders.py:18:15   the one of this rule
  solely explain 6d0a11c2                         the one with this fingerprint, or one that begins so
  solely explain orders-v2                        the rule: what it wants and how it stands

Exit status: 0; 2 when there is nothing to explain, or it cannot run.";

/// Explain a rule, or a finding: its proof, and what would make it pass
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// The id of a rule, `path:line` of a finding, or its fingerprint
    #[arg(value_name = "RULE|PLACE|FINGERPRINT", required = true)]
    what: Vec<String>,

    #[command(flatten)]
    input: Input,

    #[command(flatten)]
    output: Output<ExplainReport>,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let check = CheckOptions {
        repo: global.repo.clone(),
        selection: arguments.input.selection(),
        policy: global.policy(),
        cache: global.cache(),
        paths: Vec::new(),
        today: jiff::Zoned::now().date(),
        base: None,
        suppressions: true,
        baseline: true,
        strict_baseline: false,
        search_path: std::env::var_os("PATH"),
    };
    let options = ExplainOptions { check, what: arguments.what.clone() };
    let progress = global.progress();
    let (report, sources) = pipeline::explain(&options, &progress)?;
    drop(progress);

    arguments.output.write(&report, &sources, global.color)?;
    Ok(ExitStatus::of(Verdict::Pass, &report.gaps))
}
