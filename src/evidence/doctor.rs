//! The answer of `solely doctor`: what was found, why, and what would be scanned.
//!
//! Invariant: what keeps a check from running is a [`Trouble`]; everything else is told as it is. Absent on purpose: a
//! verdict; nothing is judged.

use super::SnapshotIdentity;
use crate::finding::Context;
use crate::workspace::Survey;
use std::collections::BTreeMap;

/// What keeps `check` from running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub message: String,
    pub help: Option<String>,
}

/// A variable of the environment that has a say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    pub value: String,
    /// What it stands for; `None` where solely has no such variable, for all that its name says.
    pub meaning: Option<String>,
}

/// A file of a policy's name, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    pub file: String,
    /// Whether the run judges by it.
    pub counts: bool,
    pub why: &'static str,
}

/// The rules of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePack {
    /// `builtin:legacy`, or a file.
    pub source: String,
    pub rules: Vec<String>,
}

/// What the run would judge by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFound {
    /// `None` is the built-in packs.
    pub file: Option<String>,
    pub why: String,
    /// Files of a policy's name from the folder that was asked for up to the root, in the order of precedence.
    pub met: Vec<PolicyFile>,
    /// Values laid over it.
    pub set: Vec<String>,
    pub packs: Vec<RulePack>,
}

/// A folder that imports start from, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRoot {
    /// Empty is the root of the repository.
    pub folder: String,
    pub why: String,
}

/// Files of one context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// Read with a parser.
    pub parsed: u64,
    /// Searched as text.
    pub text: u64,
}

/// Something that will not be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedGap {
    pub reason: String,
    pub files: u64,
    /// The first of them.
    pub example: String,
}

/// What would be scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    pub snapshot: SnapshotIdentity,
    pub files: BTreeMap<Context, FileCounts>,
    /// Files that `include`, `exclude` or the policy's folder leave out.
    pub left_out: u64,
    pub links: u64,
    /// Folders that something declares, in the order in which an import tries them.
    pub roots: Vec<ImportRoot>,
    /// Further folders that the layout of packages suggests.
    pub structural_roots: u64,
    pub tests: Vec<String>,
    /// Most files first.
    pub gaps: Vec<ExpectedGap>,
    pub baseline: Option<BaselineFound>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineFound {
    pub path: String,
    pub entries: u64,
}

/// Where the cache is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheFound {
    /// `None` where there is no folder for it, or it is switched off.
    pub folder: Option<String>,
    pub files: u64,
    pub bytes: u64,
    /// Bytes that it may take.
    pub limit: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoctorReport {
    pub troubles: Vec<Trouble>,
    /// The version of `git`, where there is one on the path.
    pub git: Option<String>,
    /// `None` is a plain folder.
    pub repository: Option<Survey>,
    /// Sentences on what of the repository limits sight.
    pub notes: Vec<String>,
    /// `None` where it is not valid.
    pub policy: Option<PolicyFound>,
    /// `None` where nothing can be scanned.
    pub scan: Option<Scan>,
    pub cache: CacheFound,
    pub environment: Vec<Variable>,
}
