//! `solely refs`: every reference to a symbol.

use super::input::Input;
use super::output::Output;
use super::{ExitStatus, Failure, Global};
use crate::evidence::RefsReport;
use crate::finding::Verdict;
use crate::pipeline::{self, RefsOptions};

const AFTER: &str = "\
Proof of a reference:
  proven     resolved to the symbol
  likely     the class of the receiver is inferred
  name-only  the same attribute name on a receiver that is not known
  text       in a comment, a docstring, a document

Examples:
  solely refs shop.orders:OrderHandler.handle_v2    a method
  solely refs shop.legacy                           a whole module
  solely refs 'shop.*:*_v2' --max 0                 everything of that name, every line shown
  solely refs shop.orders:save --rev HEAD~1 --format json
  solely refs shop.orders:save --why-not shop/api.py:12

Exit status: 0, whether or not there are references; 2 when it cannot run.";

/// List every reference to a symbol, with the imports that lead there
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// `package.module:Class.method`, or `package.module` for a module
    #[arg(value_name = "SYMBOL", required = true)]
    symbols: Vec<String>,

    /// Tell why this place is no reference to the symbol, `path:line`
    #[arg(long, value_name = "PATH:LINE")]
    why_not: Option<String>,

    #[command(flatten)]
    input: Input,

    #[command(flatten)]
    output: Output<RefsReport>,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let options = RefsOptions {
        repo: global.repo.clone(),
        selection: arguments.input.selection(),
        policy: global.policy(),
        cache: global.cache(),
        symbols: arguments.symbols.clone(),
        why_not: arguments.why_not.clone(),
    };
    let progress = global.progress();
    let (report, sources) = pipeline::refs(&options, &progress)?;
    drop(progress);

    arguments.output.write(&report, &sources, global.color)?;
    Ok(ExitStatus::of(Verdict::Pass, &report.gaps))
}
