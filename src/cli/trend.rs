//! `solely trend`: legacy and duplicates over history.

use super::output::Output;
use super::{ExitStatus, Failure, Global};
use crate::checks::duplicates::Options;
use crate::evidence::TrendReport;
use crate::finding::Verdict;
use crate::history::RangeRequest;
use crate::history::sampling::Every;
use crate::pipeline::{self, TrendOptions};
use clap::ValueEnum;

const AFTER: &str = "\
Counted are the rules of the policy that name legacy (`[[legacy]]`, `[[family]]`; without a policy the built-in ones): the
symbols that are defined, the lines of their definitions, and the references to them, the same numbers as those of
`solely check --rev COMMIT`. The policy is the one of today for every sample. Where files of a sample that may hold more
cannot be seen (a partial clone), a number is a lower bound (\"≥\"), or unknown (\"?\") instead of zero.

An estimate is a line through the last samples whose slope is the median of all pairs (Theil and Sen). It is told only where
a number falls.

Examples:
  solely trend                                      the whole history, in up to 60 samples
  solely trend --every week --output html=trend.html
  solely trend v1.0..HEAD --every tag               from release to release
  solely trend --rule orders-v2 --every commit      one migration, commit by commit
  solely trend --duplicates --samples 12            also what is there twice
  solely trend --format csv > trend.csv

Exit status: 0, whatever the trend; 2 when it cannot run.";

/// Follow legacy and duplicates over history, and estimate when they are gone
///
/// The commits along first parents are sampled, from the oldest to the newest; what was worked out of a file's content is
/// used for every commit that has it.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// `BASE..HEAD`, `BASE...HEAD`, or a revision for the whole history that leads to it
    #[arg(value_name = "RANGE", default_value = "HEAD")]
    range: String,

    /// One sample per commit, tag, or the last commit of each day, week or month (of UTC). Without it: the finest of
    /// commit, day, week and month that gives up to 60 samples
    #[arg(long, value_name = "WHAT", value_enum, conflicts_with = "samples")]
    every: Option<EveryName>,

    /// So many samples, spread evenly over the commits
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    samples: Option<u32>,

    /// Count only this rule; can be given several times
    #[arg(long = "rule", value_name = "ID")]
    rules: Vec<String>,

    /// Count duplicates too, as `solely duplicates` finds them: each sample is compared with itself, which costs seconds
    /// per sample in large trees
    #[arg(long)]
    duplicates: bool,

    #[command(flatten)]
    output: Output<TrendReport>,
}

#[derive(Clone, Copy, ValueEnum)]
enum EveryName {
    Commit,
    Day,
    Week,
    Month,
    Tag,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let every = match (arguments.every, arguments.samples) {
        (_, Some(count)) => Every::Count(count),
        (None, None) => Every::Fitting,
        (Some(EveryName::Commit), _) => Every::Commit,
        (Some(EveryName::Day), _) => Every::Day,
        (Some(EveryName::Week), _) => Every::Week,
        (Some(EveryName::Month), _) => Every::Month,
        (Some(EveryName::Tag), _) => Every::Tag,
    };
    let search = Options { kinds: Vec::new(), min_lines: super::duplicates::MIN_LINES, tests: true, traced: Some(0) };
    let options = TrendOptions {
        repo: global.repo.clone(),
        policy: global.policy(),
        cache: global.cache(),
        request: RangeRequest::parse(&arguments.range),
        every,
        rules: arguments.rules.clone(),
        duplicates: arguments.duplicates.then_some(search),
        search_path: std::env::var_os("PATH"),
    };
    let progress = global.progress();
    let report = pipeline::trend(&options, &progress)?;
    drop(progress);

    arguments.output.write(&report, &Default::default(), global.color)?;
    Ok(ExitStatus::of(Verdict::Pass, &report.gaps))
}
