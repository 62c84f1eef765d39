//! Stage 8, report: what a run found, as bytes.
//!
//! One file per format, each with a `SPEC`; [`FORMATS`] is the registry. A format need not render every report: what a
//! command offers, lists and completes are the formats that render its [`Report`]. The JSON documents have schemas
//! ([`SCHEMAS`]). Invariants: rendering is pure (report, quoted texts and options in, a `String` out), and equal input
//! gives equal bytes; whatever comes from a repository is inert in each format, and reaches no terminal unescaped
//! ([`escape`]). serde lives here and on no type of the domain. Absent on purpose: the terminal itself and files; `cli`
//! writes.

mod audit;
pub mod csv;
mod curve;
mod doctor;
mod duplicates;
pub mod escape;
mod explain;
pub mod frame;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod markdown;
mod notice;
mod paint;
mod plan;
pub mod proposal;
mod record;
mod removed;
pub mod sarif;
mod schema;
mod sentence;
pub mod svg;
pub mod terminal;
mod trend;
mod verify;

use crate::evidence::{
    AuditReport, CheckReport, DoctorReport, DuplicatesReport, ExplainReport, PlanReport, RefsReport, RemovedReport,
    Sources, TrendReport, VerifyReport,
};
pub use audit::{PREDICATE_TYPE, STATEMENT_TYPE};
pub use schema::{SCHEMAS, SchemaSpec};

use crate::finding::{Context, Verdict};
use std::collections::BTreeMap;

/// Renders one kind of report. The result ends with a newline.
pub type Renderer<R> = fn(&R, &Sources, &RenderOptions) -> String;

/// A row of the registry. A format says nothing of the reports that make no sense in it.
pub struct FormatSpec {
    /// What `--format` takes.
    pub name: &'static str,
    /// One line for `--help`.
    pub summary: &'static str,
    pub check: Option<Renderer<CheckReport>>,
    pub refs: Option<Renderer<RefsReport>>,
    pub plan: Option<Renderer<PlanReport>>,
    pub explain: Option<Renderer<ExplainReport>>,
    pub removed: Option<Renderer<RemovedReport>>,
    pub duplicates: Option<Renderer<DuplicatesReport>>,
    pub audit: Option<Renderer<AuditReport>>,
    pub verify: Option<Renderer<VerifyReport>>,
    pub trend: Option<Renderer<TrendReport>>,
    pub doctor: Option<Renderer<DoctorReport>>,
}

/// What a command answers. Its formats are those that have a renderer for it.
pub trait Report: Sized {
    fn renderer(format: &FormatSpec) -> Option<Renderer<Self>>;
}

impl Report for CheckReport {
    fn renderer(format: &FormatSpec) -> Option<Renderer<Self>> {
        format.check
    }
}

impl Report for RefsReport {
    fn renderer(format: &FormatSpec) -> Option<Renderer<Self>> {
        format.refs
    }
}

impl Report for PlanReport {
    fn renderer(format: &FormatSpec) -> Option<Renderer<Self>> {
        format.plan
    }
}

impl Report for ExplainReport {
    fn renderer(format: &FormatSpec) -> Option<Renderer<Self>> {
        format.explain
    }
}

impl Report for RemovedReport {
    fn renderer(format: &FormatSpec) -> Option<Renderer<Self>> {
        format.removed
    }
}

impl Report for DuplicatesReport {
    fn renderer(format: &FormatSpec) -> Option<Renderer<Self>> {
        format.duplicates
    }
}

impl Report for VerifyReport {
    fn renderer(format: &FormatSpec) -> Option<Renderer<Self>> {
        format.verify
    }
}

impl Report for TrendReport {
    fn renderer(format: &FormatSpec) -> Option<Renderer<Self>> {
        format.trend
    }
}

impl Report for AuditReport {
    fn renderer(format: &FormatSpec) -> Option<Renderer<Self>> {
        format.audit
    }
}

impl Report for DoctorReport {
    fn renderer(format: &FormatSpec) -> Option<Renderer<Self>> {
        format.doctor
    }
}

impl FormatSpec {
    /// A row that renders nothing yet; each format adds what it renders.
    const fn new(name: &'static str, summary: &'static str) -> Self {
        Self {
            name,
            summary,
            check: None,
            refs: None,
            plan: None,
            explain: None,
            removed: None,
            duplicates: None,
            audit: None,
            verify: None,
            trend: None,
            doctor: None,
        }
    }

    /// The report in this format; `None` where the format has no form for it.
    pub fn render<R: Report>(&self, report: &R, sources: &Sources, options: &RenderOptions) -> Option<String> {
        R::renderer(self).map(|render| render(report, sources, options))
    }
}

/// Every format; the first is the default, and renders every report.
pub const FORMATS: &[FormatSpec] = &[
    terminal::SPEC,
    json::SPEC,
    jsonl::SPEC,
    markdown::SPEC,
    html::SPEC,
    sarif::SPEC,
    junit::SPEC,
    github::SPEC,
    gitlab::SPEC,
    csv::SPEC,
    svg::SPEC,
];

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

/// The formats that render a kind of report, in the order of the registry.
pub fn formats_of<R: Report>() -> impl Iterator<Item = &'static FormatSpec> {
    FORMATS.iter().filter(|format| R::renderer(format).is_some())
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
