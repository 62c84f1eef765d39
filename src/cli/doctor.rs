//! `solely doctor`: what was found, why, and what would be scanned.

use super::input::Input;
use super::output::Output;
use super::{ExitStatus, Failure, Global, cache, ci, command};
use crate::evidence::{CacheFound, DoctorReport, Variable};
use crate::pipeline::{self, DoctorOptions};
use std::collections::BTreeMap;
use std::env;

const AFTER: &str = "\
Examples:
  solely doctor                  the work tree
  solely doctor --staged         the index: what the hook would judge
  solely doctor --format json    for a bug report

Nothing is judged and nothing is written.

Exit status: 0; 2 where `solely check` could not run.";

/// Print what was found, why, and what would be scanned
///
/// The repository, the policy and the files it was preferred to, the environment, import roots, patterns of tests, how many
/// files of each kind would be looked at, what would stay unseen, the baseline and the cache.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    #[command(flatten)]
    input: Input,

    #[command(flatten)]
    output: Output<DoctorReport>,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let options = DoctorOptions {
        repo: global.repo.clone(),
        selection: arguments.input.selection(),
        policy: global.policy(),
        cache: if global.no_cache { CacheFound::default() } else { cache::found() },
        environment: variables(),
        search_path: env::var_os("PATH"),
    };
    let progress = global.progress();
    let report = pipeline::doctor(&options, &progress);
    drop(progress);
    arguments.output.write(&report, &Default::default(), global.color)?;
    Ok(if report.troubles.is_empty() { ExitStatus::Pass } else { ExitStatus::CannotRun })
}

/// The variables that are set and have a say, and those whose names only look like it; sorted.
fn variables() -> Vec<Variable> {
    let known = known_variables();
    let is_ours = |name: &str| name.starts_with("SOLELY_") || known.contains_key(name);
    let set = env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), value));
    let set = set.filter(|(name, value)| is_ours(name) && !value.is_empty());
    let mut found: Vec<Variable> = set
        .map(|(name, value)| Variable {
            value: value.to_string_lossy().into_owned(),
            meaning: known.get(&name).cloned(),
            name,
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Every variable that is looked at, with what it stands for.
fn known_variables() -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    let mut open = vec![command()];
    while let Some(command) = open.pop() {
        for argument in command.get_arguments() {
            if let (Some(name), Some(long)) = (argument.get_env(), argument.get_long()) {
                known.insert(name.to_string_lossy().into_owned(), format!("`--{long}`"));
            }
        }
        open.extend(command.get_subcommands().cloned());
    }
    let mut add = |name: &str, meaning: &str| known.insert(name.to_owned(), meaning.to_owned());
    for (name, meaning) in cache::VARIABLES {
        add(name, meaning);
    }
    add("NO_COLOR", "no colour");
    add("CLICOLOR_FORCE", "colour in pipes too");
    add("GIT_INDEX_FILE", "the index of `--staged`");
    for name in ci::variables() {
        add(name, "`--base` without REV");
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_of_the_readme_is_known() {
        let known = known_variables();
        let readme = include_str!("../../README.md");
        let words = readme.split(|c: char| !c.is_ascii_uppercase() && c != '_');
        for word in words.filter(|word| word.starts_with("SOLELY_") && *word != "SOLELY_") {
            assert!(known.contains_key(word), "{word}");
        }
        for word in ["SOLELY_CONFIG", "SOLELY_CACHE_DIR", "GITHUB_BASE_REF"] {
            assert!(known.contains_key(word), "{word}");
        }
    }
}
