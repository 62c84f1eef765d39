//! `solely plan`: what goes with a symbol, and in which order.

use super::input::Input;
use super::output::Output;
use super::{ExitStatus, Failure, Global};
use crate::evidence::PlanReport;
use crate::finding::Verdict;
use crate::pipeline::{self, PlanOptions};

const AFTER: &str = "\
A definition goes too when every reference to it comes from code that goes. References that are proven, likely or the same
name on an unknown receiver keep it alike; tests keep nothing alive. A branch goes with what it calls, where its condition
reads a flag or what goes itself; a flag goes where it chooses nothing else.

Where what is asked for is gone already, the plan is the residue: what still refers to it.

Examples:
  solely plan shop.orders:OrderHandler.handle_v2                  one method
  solely plan shop.orders:handle_v2 USE_ORDERS_V3                 a function and the flag that chooses it
  solely plan shop.legacy                                         a whole module
  solely plan orders-v2                                           everything that a `[[legacy]]` rule names
  solely plan orders-v2 --format json | jq '.removals[].symbol'

Exit status: 0, whatever the plan says; 2 when it cannot run.";

/// Plan a removal: what to rewrite first, what to delete in which order, what goes with it
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// `package.module:Class.method`, a module, the key of a flag, or the id of a `[[legacy]]` rule
    #[arg(value_name = "SYMBOL|RULE", required = true)]
    what: Vec<String>,

    #[command(flatten)]
    input: Input,

    #[command(flatten)]
    output: Output<PlanReport>,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let options = PlanOptions {
        repo: global.repo.clone(),
        selection: arguments.input.selection(),
        policy: global.policy(),
        cache: global.cache(),
        what: arguments.what.clone(),
    };
    let progress = global.progress();
    let (report, sources) = pipeline::plan(&options, &progress)?;
    drop(progress);

    arguments.output.write(&report, &sources, global.color)?;
    Ok(ExitStatus::of(Verdict::Pass, &report.gaps))
}
