//! Stage 8, report: what a run found, as bytes.
//!
//! One file per format, each with a `SPEC`; [`FORMATS`] is the registry. Invariants: rendering is pure (report, quoted
//! texts and options in, a `String` out), and equal input gives equal bytes; nothing that comes from a repository
//! reaches a terminal unescaped ([`escape`]). serde lives here and on no type of the domain. Absent on purpose: the
//! terminal itself and files; `cli` writes.

mod duplicates;
pub mod escape;
pub mod frame;
pub mod json;
pub mod jsonl;
mod paint;
mod record;
mod removed;
pub mod terminal;

use crate::evidence::{CheckReport, DuplicatesReport, RefsReport, RemovedReport, Sources};
use crate::finding::{Context, Verdict};
use std::collections::BTreeMap;

/// Renders one kind of report. The result ends with a newline.
pub type Renderer<R> = fn(&R, &Sources, &RenderOptions) -> String;

/// A row of the registry.
pub struct FormatSpec {
    /// What `--format` takes.
    pub name: &'static str,
    /// One line for `--help`.
    pub summary: &'static str,
    pub check: Renderer<CheckReport>,
    pub refs: Renderer<RefsReport>,
    pub removed: Renderer<RemovedReport>,
    pub duplicates: Renderer<DuplicatesReport>,
}

/// Every format; the first is the default.
pub const FORMATS: &[FormatSpec] = &[terminal::SPEC, json::SPEC, jsonl::SPEC];

/// How to render for people. Machine formats ignore it: their bytes are a contract.
#[derive(Clone, Copy, Debug)]
pub struct RenderOptions {
    pub color: bool,
    /// Columns to fill.
    pub width: usize,
    /// The most findings to quote; `None` quotes all.
    pub max: Option<usize>,
}

pub fn find_format(name: &str) -> Option<&'static FormatSpec> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The verdict of each context over all rules: the worst one.
fn contexts(report: &CheckReport) -> BTreeMap<Context, Verdict> {
    let mut worst = BTreeMap::new();
    for (&context, &verdict) in report.rules.iter().flat_map(|rule| &rule.contexts) {
        let entry = worst.entry(context).or_insert(verdict);
        *entry = verdict.max(*entry);
    }
    worst
}
