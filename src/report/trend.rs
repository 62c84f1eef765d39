//! Records of `trend`: its JSON contract, field by field, and what its forms for people share.
//!
//! Invariants: names and meanings of fields only grow within `solely/trend/1`; a number that was not seen is null, never
//! zero. Absent on purpose: the layout for people.

use super::record::{GapRecord, PolicyRecord, TOOL, ToolRecord, policy};
use crate::evidence::{
    DuplicateCounts, Estimate, LegacyCounts, Reading, RuleCounts, TierCounts, TrendReport, TrendSample,
};
use crate::words::grouped;
use schemars::JsonSchema;
use serde::Serialize;

pub const TREND_SCHEMA: &str = "solely/trend/1";

/// The document.
#[derive(Serialize, JsonSchema)]
pub struct TrendDocument<'a> {
    #[serde(flatten)]
    head: TrendHead<'a>,
    /// From the oldest.
    samples: Vec<SampleRecord<'a>>,
    gaps: Vec<GapRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TrendHead<'a> {
    #[schemars(extend("const" = TREND_SCHEMA))]
    schema: &'static str,
    tool: ToolRecord,
    /// The policy of today, by which every sample is counted.
    policy: PolicyRecord<'a>,
    /// The commit before the range; null where the whole history was asked for.
    base: Option<&'a str>,
    head: &'a str,
    /// How far samples stand apart: `commit`, `day`, `week`, `month`, `tag`, or `count` for a number of samples.
    every: &'static str,
    /// Commits that the samples were taken from, along first parents.
    commits: u64,
    /// When quantities may reach zero if they go on falling as in the last samples. Estimates, not facts.
    estimates: Vec<EstimateRecord>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SampleRecord<'a> {
    commit: &'a str,
    /// When it was committed, in UTC.
    time: String,
    title: &'a str,
    tags: &'a [String],
    /// `whole`; `in-part`, where files that may hold more could not be seen, so that numbers are lower bounds; or `not`.
    seen: &'static str,
    /// Why nothing was counted.
    because: Option<&'a str>,
    /// All rules together, what several name counted once; null where nothing was counted.
    legacy: Option<LegacyRecord>,
    rules: Vec<RuleCountsRecord<'a>>,
    /// Null where they were not asked for, or nothing was counted.
    duplicates: Option<DuplicateCountsRecord>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct RuleCountsRecord<'a> {
    id: &'a str,
    kind: &'static str,
    #[serde(flatten)]
    counts: LegacyRecord,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct LegacyRecord {
    /// Symbols that are defined, and flags that are read.
    symbols: Option<u64>,
    /// Lines that their definitions span, each counted once.
    lines: Option<u64>,
    references: TiersRecord,
    /// Files that may hold more and could not be seen. Where there are any, the number of references is a lower bound,
    /// and null for zero.
    unseen: u64,
    /// Those of them that may define more; with them the numbers of symbols and lines are lower bounds.
    unseen_sources: u64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct TiersRecord {
    proven: Option<u64>,
    likely: Option<u64>,
    name_only: Option<u64>,
    text: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct DuplicateCountsRecord {
    /// Groups, those left out that the policy registers as intentional.
    groups: Option<u64>,
    copies: Option<u64>,
    /// Lines that stand in a copy, each counted once.
    lines: Option<u64>,
    /// Source files that could not be seen whole.
    unseen: u64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct EstimateRecord {
    /// `symbols`, `lines`, `references`, `duplicate-groups` or `duplicate-lines`.
    quantity: &'static str,
    /// The day on which a robust line through the last samples reaches zero.
    zero: String,
    /// Samples that it rests on.
    samples: u64,
    method: &'static str,
}

impl<'a> TrendHead<'a> {
    pub fn of(report: &'a TrendReport) -> Self {
        let estimate = |it: &Estimate| EstimateRecord {
            quantity: it.quantity.name(),
            zero: it.date.to_string(),
            samples: it.samples,
            method: "theil-sen",
        };
        Self {
            schema: TREND_SCHEMA,
            tool: TOOL,
            policy: policy(&report.policy),
            base: report.base.as_deref(),
            head: &report.head,
            every: report.every.name(),
            commits: report.commits,
            estimates: report.estimates.iter().map(estimate).collect(),
        }
    }
}

impl<'a> TrendDocument<'a> {
    pub fn of(report: &'a TrendReport) -> Self {
        Self {
            head: TrendHead::of(report),
            samples: report.samples.iter().map(SampleRecord::of).collect(),
            gaps: report.gaps.iter().map(GapRecord::of).collect(),
        }
    }
}

impl<'a> SampleRecord<'a> {
    pub fn of(sample: &'a TrendSample) -> Self {
        let counts = sample.counted.as_ref().ok();
        let rule = |it: &'a RuleCounts| RuleCountsRecord { id: &it.rule, kind: it.kind, counts: legacy(&it.counts) };
        Self {
            commit: &sample.point.commit,
            time: sample.time(),
            title: &sample.point.title,
            tags: &sample.point.tags,
            seen: seen(sample),
            because: sample.counted.as_ref().err().map(String::as_str),
            legacy: counts.map(|counts| legacy(&counts.legacy)),
            rules: counts.iter().flat_map(|counts| &counts.rules).map(rule).collect(),
            duplicates: counts.and_then(|counts| counts.duplicates.as_ref()).map(duplicates),
        }
    }
}

fn legacy(counts: &LegacyCounts) -> LegacyRecord {
    let number = |number| counts.used(number).number();
    let TierCounts { proven, likely, name_only, text } = counts.references;
    LegacyRecord {
        symbols: counts.symbols().number(),
        lines: counts.lines().number(),
        references: TiersRecord {
            proven: number(proven),
            likely: number(likely),
            name_only: number(name_only),
            text: number(text),
        },
        unseen: counts.unseen,
        unseen_sources: counts.unseen_sources,
    }
}

fn duplicates(counts: &DuplicateCounts) -> DuplicateCountsRecord {
    let number = |number| Reading::of(number, counts.unseen).number();
    DuplicateCountsRecord {
        groups: number(counts.groups),
        copies: number(counts.copies),
        lines: number(counts.lines),
        unseen: counts.unseen,
    }
}

/// How far a sample was seen.
pub fn seen(sample: &TrendSample) -> &'static str {
    match (&sample.counted, sample.is_whole()) {
        (Err(_), _) => "not",
        (Ok(_), true) => "whole",
        (Ok(_), false) => "in-part",
    }
}

/// A reading for people: `12`, `≥ 12`, or `?`.
pub fn shown(reading: Reading) -> String {
    match reading {
        Reading::Exactly(number) => grouped(number),
        Reading::AtLeast(number) => format!("≥ {}", grouped(number)),
        Reading::Unknown => "?".to_owned(),
    }
}

/// A column of a table of samples: its title, and what stands in it.
pub type Column = (&'static str, fn(&TrendSample) -> String);

/// The columns of a table of samples for people, and what stands in them.
pub fn columns(report: &TrendReport) -> Vec<Column> {
    fn of(sample: &TrendSample, reading: fn(&LegacyCounts) -> Reading) -> String {
        shown(sample.counted.as_ref().map_or(Reading::Unknown, |counts| reading(&counts.legacy)))
    }
    fn twice(sample: &TrendSample, number: fn(&DuplicateCounts) -> u64) -> String {
        let counts = sample.counted.as_ref().ok().and_then(|counts| counts.duplicates);
        counts.map_or_else(|| "?".to_owned(), |counts| shown(Reading::of(number(&counts), counts.unseen)))
    }
    let mut columns: Vec<Column> = Vec::new();
    let quantities = report.quantities();
    if quantities.contains(&crate::evidence::Quantity::Symbols) {
        columns.push(("symbols", |it| of(it, LegacyCounts::symbols)));
        columns.push(("lines", |it| of(it, LegacyCounts::lines)));
        columns.push(("references", |it| of(it, |legacy| legacy.used(legacy.sure_references()))));
        columns.push(("name-only", |it| of(it, |legacy| legacy.used(legacy.references.name_only))));
        columns.push(("text", |it| of(it, |legacy| legacy.used(legacy.references.text))));
    }
    if quantities.contains(&crate::evidence::Quantity::DuplicateGroups) {
        columns.push(("groups", |it| twice(it, |counts| counts.groups)));
        columns.push(("copies", |it| twice(it, |counts| counts.copies)));
        columns.push(("lines twice", |it| twice(it, |counts| counts.lines)));
    }
    columns
}

/// Which policy counted.
pub fn policy_of_today(report: &TrendReport) -> String {
    let digest: String = report.policy.digest.chars().take(12).collect();
    match &report.policy.file {
        Some(file) => format!("every sample is counted by the policy of today, {file} ({digest})"),
        None => format!("every sample is counted by the built-in rules ({digest})"),
    }
}
