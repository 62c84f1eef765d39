//! `solely removed`: how many lines a change really removed, and whose they were.

use super::output::Output;
use super::{ExitStatus, Failure, Global};
use crate::evidence::RemovedReport;
use crate::history::attribution::{By, Walk};
use crate::history::changes::Renames;
use crate::history::{RangeRequest, RenameSettings};
use crate::pipeline::{self, RemovedOptions};

const AFTER: &str = "\
Examples:
  solely removed main...HEAD              what this branch removes, as a pull request shows it
  solely removed v1.0..v2.0 --by author   who removed how much, commit by commit
  solely removed 2295b4572                one commit against its first parent
  solely removed --staged src/            what is about to be committed under src/
  solely removed v1.0..HEAD --format json | jq .totals

Added and deleted lines equal `git diff --numstat`, whatever your git configuration says. A moved block is not a
removal, nor is a line whose tokens were only laid out anew.

Exit status: 0; 3 when a changed file could not be read or renames could not be looked for; 2 when it cannot run.";

/// Count the lines that a change removed, by what they were and whose they were
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// `BASE..HEAD`, `BASE...HEAD` (from where HEAD forked), or one commit
    #[arg(value_name = "RANGE", required_unless_present_any = ["staged", "worktree", "base"])]
    range: Option<String>,

    /// Count only under these paths
    #[arg(value_name = "PATH")]
    paths: Vec<String>,

    /// Count from this revision to `--head`, instead of giving a range
    #[arg(long, value_name = "REV", conflicts_with_all = ["staged", "worktree"])]
    base: Option<String>,

    /// Where `--base` counts to
    #[arg(long, value_name = "REV", requires = "base", default_value = "HEAD")]
    head: String,

    /// Count what is staged, against HEAD
    #[arg(long, conflicts_with = "worktree")]
    staged: bool,

    /// Count what differs on disk, against this revision
    #[arg(long, value_name = "REV", num_args = 0..=1, require_equals = true, default_missing_value = "HEAD")]
    worktree: Option<String>,

    /// Take no file for another one renamed, as `git diff --no-renames`
    #[arg(long)]
    no_renames: bool,

    /// Percent of its content that a renamed file must keep
    #[arg(long, value_name = "PERCENT", default_value_t = 50, value_parser = clap::value_parser!(u8).range(1..=100))]
    find_renames: u8,

    /// Compare removed with added files only while their product stays within the square of N
    #[arg(long, value_name = "N", default_value_t = 1000)]
    rename_limit: u32,

    /// Also go through the commits of the range, and group their lines
    #[arg(long, value_enum, value_name = "GROUP")]
    by: Option<Group>,

    /// Which commits `--by` goes through
    #[arg(long, value_enum, value_name = "WALK", default_value_t, requires = "by")]
    walk: WalkName,

    /// Count lines alone: do not look for references that the change left broken, nor for what it left without a use
    #[arg(long)]
    lines_only: bool,

    #[command(flatten)]
    output: Output<RemovedReport>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Group {
    Commit,
    Author,
    File,
    Symbol,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum WalkName {
    /// The branch itself: every commit, merges included, against its first parent
    #[default]
    FirstParent,
    /// Where the work was done: every commit but merges
    EveryCommit,
}

impl Arguments {
    /// The range, and the paths: without a range the first word is a path.
    fn request(&self) -> (RangeRequest, Vec<String>) {
        let mut paths = self.paths.clone();
        let request = match (&self.range, &self.base, &self.worktree) {
            (range, None, None) if self.staged => {
                paths.splice(0..0, range.clone());
                RangeRequest::Staged { revision: "HEAD".into(), index: super::input::index_file() }
            }
            (range, None, Some(revision)) => {
                paths.splice(0..0, range.clone());
                RangeRequest::WorkTree(revision.clone())
            }
            (range, Some(base), _) => {
                paths.splice(0..0, range.clone());
                RangeRequest::Between { base: base.clone(), head: self.head.clone() }
            }
            (range, None, None) => RangeRequest::parse(range.as_deref().unwrap_or_default()),
        };
        (request, paths)
    }
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let (request, paths) = arguments.request();
    let settings = RenameSettings { similarity: arguments.find_renames, limit: arguments.rename_limit };
    let by = arguments.by.map(|group| match group {
        Group::Commit => By::Commit,
        Group::Author => By::Author,
        Group::File => By::File,
        Group::Symbol => By::Symbol,
    });
    let options = RemovedOptions {
        repo: global.repo.clone(),
        policy: global.policy(),
        cache: global.cache(),
        request,
        paths,
        renames: if arguments.no_renames { Renames::Off } else { Renames::On(settings) },
        by,
        walk: match arguments.walk {
            WalkName::FirstParent => Walk::FirstParent,
            WalkName::EveryCommit => Walk::EveryCommit,
        },
        lines_only: arguments.lines_only,
        search_path: std::env::var_os("PATH"),
    };
    let progress = global.progress();
    let report = pipeline::removed(&options, &progress)?;
    drop(progress);

    arguments.output.write(&report, &Default::default(), global.color)?;
    Ok(ExitStatus::of(report.verdict, &report.gaps))
}
