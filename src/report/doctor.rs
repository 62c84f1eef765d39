//! Records of `doctor`: its JSON contract, field by field.
//!
//! Invariant: names and meanings of fields only grow within `solely/doctor/1`. Absent on purpose: the layout for people.

use super::record::{SnapshotRecord, TOOL, ToolRecord, snapshot};
use crate::evidence::{
    BaselineFound, CacheFound, DoctorReport, ExpectedGap, ImportRoot, PolicyFile, PolicyFound, RulePack, Scan, Trouble,
    Variable,
};
use crate::finding::Context;
use crate::workspace::Survey;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

pub const DOCTOR_SCHEMA: &str = "solely/doctor/1";

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DoctorDocument<'a> {
    #[schemars(extend("const" = DOCTOR_SCHEMA))]
    schema: &'static str,
    tool: ToolRecord,
    /// What keeps `check` from running; empty where nothing does.
    troubles: Vec<TroubleRecord<'a>>,
    /// The version of `git` on the path.
    git: Option<&'a str>,
    /// Null for a plain folder.
    repository: Option<RepositoryRecord<'a>>,
    /// Sentences on what of the repository limits sight.
    notes: &'a [String],
    /// Null where it is not valid.
    policy: Option<PolicyRecord<'a>>,
    /// What would be scanned; null where nothing can be.
    scan: Option<ScanRecord<'a>>,
    cache: CacheRecord<'a>,
    /// Variables that are set and have a say, or look like it.
    environment: Vec<VariableRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct TroubleRecord<'a> {
    message: &'a str,
    help: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct RepositoryRecord<'a> {
    /// `work-tree`, `linked-work-tree`, `submodule` or `bare`.
    layout: &'static str,
    root: Option<String>,
    git_folder: String,
    /// The folder that was asked for, relative to the root.
    prefix: &'a str,
    branch: Option<&'a str>,
    commit: Option<&'a str>,
    shallow: bool,
    partial: bool,
    sparse: bool,
}

#[derive(Serialize, JsonSchema)]
struct PolicyRecord<'a> {
    /// Null for the built-in packs.
    file: Option<&'a str>,
    why: &'a str,
    /// Files of a policy's name up the tree, in the order of precedence.
    met: Vec<PolicyFileRecord<'a>>,
    set: &'a [String],
    packs: Vec<PackRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct PolicyFileRecord<'a> {
    file: &'a str,
    counts: bool,
    why: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct PackRecord<'a> {
    source: &'a str,
    rules: &'a [String],
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct ScanRecord<'a> {
    snapshot: SnapshotRecord<'a>,
    /// By context.
    files: BTreeMap<&'static str, FilesRecord>,
    left_out: u64,
    links: u64,
    roots: Vec<RootRecord<'a>>,
    structural_roots: u64,
    tests: &'a [String],
    gaps: Vec<ExpectedGapRecord<'a>>,
    baseline: Option<BaselineFoundRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct FilesRecord {
    parsed: u64,
    text: u64,
}

#[derive(Serialize, JsonSchema)]
struct RootRecord<'a> {
    folder: &'a str,
    why: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct ExpectedGapRecord<'a> {
    reason: &'a str,
    files: u64,
    example: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct BaselineFoundRecord<'a> {
    path: &'a str,
    entries: u64,
}

#[derive(Serialize, JsonSchema)]
struct CacheRecord<'a> {
    /// Null where it is switched off, or there is no folder for it.
    folder: Option<&'a str>,
    files: u64,
    bytes: u64,
    limit: u64,
}

#[derive(Serialize, JsonSchema)]
struct VariableRecord<'a> {
    name: &'a str,
    value: &'a str,
    /// Null where solely has no such variable.
    meaning: Option<&'a str>,
}

impl<'a> DoctorDocument<'a> {
    pub fn of(report: &'a DoctorReport) -> Self {
        let trouble = |it: &'a Trouble| TroubleRecord { message: &it.message, help: it.help.as_deref() };
        let variable =
            |it: &'a Variable| VariableRecord { name: &it.name, value: &it.value, meaning: it.meaning.as_deref() };
        let CacheFound { folder, files, bytes, limit } = &report.cache;
        Self {
            schema: DOCTOR_SCHEMA,
            tool: TOOL,
            troubles: report.troubles.iter().map(trouble).collect(),
            git: report.git.as_deref(),
            repository: report.repository.as_ref().map(repository),
            notes: &report.notes,
            policy: report.policy.as_ref().map(policy),
            scan: report.scan.as_ref().map(scan),
            cache: CacheRecord { folder: folder.as_deref(), files: *files, bytes: *bytes, limit: *limit },
            environment: report.environment.iter().map(variable).collect(),
        }
    }
}

fn repository(it: &Survey) -> RepositoryRecord<'_> {
    RepositoryRecord {
        layout: it.layout.name(),
        root: it.root.as_ref().map(|root| root.display().to_string()),
        git_folder: it.git_folder.display().to_string(),
        prefix: &it.prefix,
        branch: it.branch.as_deref(),
        commit: it.commit.as_deref(),
        shallow: it.is_shallow,
        partial: it.is_partial,
        sparse: it.is_sparse,
    }
}

fn policy(it: &PolicyFound) -> PolicyRecord<'_> {
    PolicyRecord {
        file: it.file.as_deref(),
        why: &it.why,
        met: it
            .met
            .iter()
            .map(|PolicyFile { file, counts, why }| PolicyFileRecord { file, counts: *counts, why })
            .collect(),
        set: &it.set,
        packs: it.packs.iter().map(|RulePack { source, rules }| PackRecord { source, rules }).collect(),
    }
}

fn scan(it: &Scan) -> ScanRecord<'_> {
    let files = |context: &Context| it.files.get(context).copied().unwrap_or_default();
    ScanRecord {
        snapshot: snapshot(&it.snapshot),
        files: Context::ALL
            .iter()
            .map(|context| (context.name(), FilesRecord { parsed: files(context).parsed, text: files(context).text }))
            .collect(),
        left_out: it.left_out,
        links: it.links,
        roots: it.roots.iter().map(|ImportRoot { folder, why }| RootRecord { folder, why }).collect(),
        structural_roots: it.structural_roots,
        tests: &it.tests,
        gaps: it
            .gaps
            .iter()
            .map(|ExpectedGap { reason, files, example }| ExpectedGapRecord { reason, files: *files, example })
            .collect(),
        baseline: it
            .baseline
            .as_ref()
            .map(|BaselineFound { path, entries }| BaselineFoundRecord { path, entries: *entries }),
    }
}
