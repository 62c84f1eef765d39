//! The pipeline: the only file that names every stage, straight-line.
//!
//! Absent on purpose: the terminal, the environment and the clock; what a run needs of them comes in its options.

use crate::evidence::{CheckReport, RefsReport, Sources};
use crate::policy::PolicyPlace;
use crate::progress::Progress;
use crate::workspace::Selection;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

pub struct CheckOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub config: Option<PathBuf>,
    /// Only findings under these paths are told; empty means all.
    pub paths: Vec<String>,
    /// The day on which deadlines are judged.
    pub today: jiff::civil::Date,
}

pub struct RefsOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub config: Option<PathBuf>,
    pub symbols: Vec<String>,
}

pub struct PolicyOptions {
    pub repo: PathBuf,
    pub config: Option<PathBuf>,
}

/// What a valid policy holds.
pub struct PolicySummary {
    /// The policy's file, or `None` where only the built-in packs apply.
    pub file: Option<String>,
    pub digest: String,
    /// Id, kind and number of examples of each rule, packs included, in order.
    pub rules: Vec<RuleSummary>,
}

pub struct RuleSummary {
    pub id: String,
    pub kind: &'static str,
    pub examples: usize,
}

/// What became of one example of a rule.
pub struct ExampleOutcome {
    pub rule: String,
    /// Where the example stands: `file:line`.
    pub place: String,
    /// Why it failed; `None` means that it holds.
    pub failure: Option<String>,
}

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the policy is not valid")]
    Policy(Vec<PolicyError>),
    #[error("{message}")]
    Other { message: String, help: Option<String> },
}

/// One fault of a policy file.
#[derive(Debug)]
pub struct PolicyError {
    pub message: String,
    /// The file as given, or the name of a pack.
    pub file: String,
    /// `None` when the file could not be read at all.
    pub frame: Option<PolicyFrame>,
    pub help: Option<String>,
    /// What would be accepted here, if that is a list.
    pub legal: Vec<String>,
}

/// Where the fault stands, and in what text.
#[derive(Debug)]
pub struct PolicyFrame {
    pub place: PolicyPlace,
    /// Bytes of `text`.
    pub span: Range<usize>,
    /// The whole file.
    pub text: Arc<str>,
}

/// Judges a snapshot against a policy.
pub fn check(_options: &CheckOptions, _progress: &dyn Progress) -> Result<(CheckReport, Sources), Error> {
    Err(not_yet("check"))
}

/// Finds every reference to the symbols asked for.
pub fn refs(_options: &RefsOptions, _progress: &dyn Progress) -> Result<(RefsReport, Sources), Error> {
    Err(not_yet("refs"))
}

/// Loads and validates the policy of a repository.
pub fn load_policy(_options: &PolicyOptions) -> Result<PolicySummary, Error> {
    Err(not_yet("policy check"))
}

/// Runs the examples of every rule of a policy, in order.
pub fn test_policy(_options: &PolicyOptions, _progress: &dyn Progress) -> Result<Vec<ExampleOutcome>, Error> {
    Err(not_yet("policy test"))
}

/// The JSON Schema of a policy file.
pub fn policy_schema() -> Result<String, Error> {
    Err(not_yet("policy schema"))
}

fn not_yet(command: &str) -> Error {
    Error::Other { message: format!("`solely {command}` is not wired to its stages yet"), help: None }
}
