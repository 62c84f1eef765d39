//! `solely duplicates`: what is implemented more than once?

use super::answer::answer;
use super::input::Input;
use super::output::Output;
use super::{ExitStatus, Failure, Global};
use crate::checks::duplicates::{DUPLICATES, DuplicateKind, Options};
use crate::evidence::DuplicatesReport;
use crate::finding::Verdict;
use crate::pipeline::{Duplicates, DuplicatesOptions};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

const AFTER: &str = "\
Examples:
  solely duplicates                              the whole work tree
  solely duplicates shop/ --no-tests             production code of one folder
  solely duplicates --kind version-family        what lives beside its successor
  solely duplicates --new-since main             what this branch has implemented again
  solely duplicates --max 0 --format json | jq '.groups[0]'

Exit status: 0, whether or not there are duplicates; 2 when it cannot run.";

/// Lines that a clone has at least, where nobody says how many.
pub(super) const MIN_LINES: u32 = 5;

/// Groups that are examined where nobody says how many.
const EXAMINED: usize = 100;

/// Find what is implemented more than once
///
/// Copied code (also with names changed, or a few statements), classes and functions that several modules define,
/// versions that live side by side, constants and defaults that disagree. No policy is needed. Each group tells who uses
/// which copy, and which one to keep where that is clear.
///
/// The first groups are those that a maintainer would mend first: production code before tests, copies that nearly agree
/// (a fix or a default that only one has) before those that agree, larger ones before smaller ones. What the policy
/// registers as intentional stands last, marked.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// Compare only what is under these paths
    #[arg(value_name = "PATH")]
    paths: Vec<String>,

    /// Look only for duplicates of this kind; can be given several times
    #[arg(long = "kind", value_name = "KIND", value_parser = kind_parser())]
    kinds: Vec<DuplicateKind>,

    /// Lines that a clone has at least
    #[arg(long, value_name = "N", default_value_t = MIN_LINES)]
    min_lines: u32,

    /// Show only groups that this revision did not have, wherever their copies stood
    #[arg(long, value_name = "REV")]
    new_since: Option<String>,

    /// Leave test code out
    #[arg(long)]
    no_tests: bool,

    /// Work out who uses each copy, whether production reaches it, its last change and the differences for the first N
    /// groups; 0 does so for all. Without it: for those that `--max` shows, 100 at most
    #[arg(long, value_name = "N")]
    references: Option<usize>,

    #[command(flatten)]
    input: Input,

    #[command(flatten)]
    output: Output<DuplicatesReport>,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let options = DuplicatesOptions {
        repo: global.repo.clone(),
        selection: arguments.input.selection(),
        policy: global.policy(),
        cache: global.cache(),
        paths: arguments.paths.clone(),
        new_since: arguments.new_since.clone(),
        search_path: std::env::var_os("PATH"),
        search: Options {
            kinds: arguments.kinds.clone(),
            min_lines: arguments.min_lines,
            tests: !arguments.no_tests,
            traced: match arguments.references {
                Some(0) => None,
                Some(number) => Some(number),
                None => Some(arguments.output.shown().unwrap_or(EXAMINED).min(EXAMINED)),
            },
        },
    };
    let status = |report: &DuplicatesReport| ExitStatus::of(Verdict::Pass, &report.gaps);
    answer(global, &arguments.output, |progress| Duplicates::prepare(&options, progress), status)
}

fn kind_parser() -> impl TypedValueParser<Value = DuplicateKind> {
    let names = DUPLICATES.iter().map(|spec| PossibleValue::new(spec.kind.name()));
    let find = |name: String| DUPLICATES.iter().find(|spec| spec.kind.name() == name).expect("only registered names");
    PossibleValuesParser::new(names).map(move |name| find(name).kind)
}
