//! `solely baseline`: which findings are accepted, brought up to date.

use super::check::{find_baseline, update_baseline};
use super::{Error, PolicyChoice, find_policy, open};
use crate::cache::Cache;
use crate::finding::Acceptance;
use crate::progress::Progress;
use crate::triage::{Baseline, Update, baseline_path};
use crate::workspace::Selection;
use std::path::PathBuf;

pub struct BaselineOptions {
    pub repo: PathBuf,
    pub policy: PolicyChoice,
    pub cache: Cache,
    /// The day on which deadlines are judged.
    pub today: jiff::civil::Date,
    /// Who accepts what is not accepted yet, when and why; `None` accepts nothing more.
    pub acceptance: Option<Acceptance>,
}

/// What a baseline has to become.
pub struct BaselineOutcome {
    /// Where it stands on disk.
    pub file: PathBuf,
    /// Whether there was one.
    pub existed: bool,
    pub update: Update,
    /// Its text.
    pub text: String,
}

/// Works out the baseline of a work tree. Writing it is left to the caller.
pub fn baseline(options: &BaselineOptions, progress: &dyn Progress) -> Result<BaselineOutcome, Error> {
    let snapshot = open(&options.repo, &Selection::WorkTree, &options.cache, progress)?;
    let policy = find_policy(&snapshot, &options.policy)?;
    let path = baseline_path(&policy);
    let found = find_baseline(&snapshot, &policy)?;
    let existed = found.is_some();
    let before = found.unwrap_or_else(|| Baseline::empty(path.clone()));
    let update = update_baseline(&snapshot, &policy, options.today, &before, options.acceptance.as_ref(), progress);
    let root = snapshot.root.clone().unwrap_or_else(|| options.repo.clone());
    Ok(BaselineOutcome { file: root.join(path.as_str()), existed, text: Baseline::render(&update.entries), update })
}
