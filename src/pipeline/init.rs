//! `solely init`: what a policy of this project could say.

use super::{Error, included, open, read_text};
use crate::cache::Cache;
use crate::checks::{CheckInput, Scope};
use crate::policy::{POLICY_FILES, Policy, has_policy};
use crate::progress::Progress;
use crate::project::Project;
use crate::proposal::{self, Proposal};
use crate::source::SourceSet;
use crate::span::joined;
use crate::workspace::Selection;
use std::path::PathBuf;

pub struct InitOptions {
    pub repo: PathBuf,
    pub cache: Cache,
    /// The day from which the grace of proposed rules counts.
    pub today: jiff::civil::Date,
}

/// What could be written, and where.
pub struct InitOutcome {
    pub proposal: Proposal,
    /// The file that would hold it: `solely.toml` in the folder that was asked for.
    pub file: PathBuf,
    /// A policy that is there already, by its path in the repository.
    pub present: Option<String>,
}

/// Reads a work tree for what a policy could say. Writing it is left to the caller.
pub fn init(options: &InitOptions, progress: &dyn Progress) -> Result<InitOutcome, Error> {
    let snapshot = open(&options.repo, &Selection::WorkTree, &options.cache, progress)?;
    let below = |name: &str| joined(snapshot.prefix.trim_matches('/'), name);
    let holds_policy = |path: &String| match read_text(&snapshot, path) {
        Ok(Some(text)) => !path.ends_with("pyproject.toml") || has_policy(&text),
        _ => false,
    };
    let present = POLICY_FILES.iter().map(|name| below(name)).find(holds_policy);
    let policy = Policy::builtin();
    let sources = SourceSet::new(&snapshot);
    let project = Project::new(&sources, included(&snapshot, &policy), &policy.project.roots);
    let scope = Scope { paths: vec![snapshot.prefix.trim_matches('/').to_owned()] };
    let input = CheckInput::new(&policy, &project, options.today, scope, progress);
    let proposal = proposal::propose(&input);
    Ok(InitOutcome { proposal, file: options.repo.join(POLICY_FILES[0]), present })
}
