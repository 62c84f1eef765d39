//! Records of `duplicates`: its JSON contract, field by field.
//!
//! Invariant: names and meanings of fields only grow within `solely/duplicates/1`. Absent on purpose: the layout for
//! people.

use super::record::{CountsRecord, GapRecord, SnapshotRecord, TOOL, ToolRecord, counts, snapshot};
use crate::evidence::{CloneType, DuplicatesReport, Group, Instance};
use schemars::JsonSchema;
use serde::Serialize;

pub const DUPLICATES_SCHEMA: &str = "solely/duplicates/1";

/// The document.
#[derive(Serialize, JsonSchema)]
pub struct DuplicatesDocument<'a> {
    #[serde(flatten)]
    head: DuplicatesHead<'a>,
    groups: Vec<GroupRecord<'a>>,
    gaps: Vec<GapRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DuplicatesHead<'a> {
    #[schemars(extend("const" = DUPLICATES_SCHEMA))]
    schema: &'static str,
    tool: ToolRecord,
    snapshot: SnapshotRecord<'a>,
    counts: CountsRecord,
    /// What bounded the search, in words.
    bounds: &'a [String],
}

/// Copies of one thing.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GroupRecord<'a> {
    kind: &'static str,
    reasons: Vec<&'static str>,
    clone_type: Option<&'static str>,
    /// For a renamed clone: whether each name always became the same other name.
    consistent: Option<bool>,
    /// From 0 to 1.
    similarity: f64,
    disagrees: bool,
    message: &'a str,
    /// What is also the same inside the copies.
    parts: &'a [String],
    /// The symbol of the copy to keep, and why.
    canonical: Option<&'a str>,
    because: Option<&'a str>,
    instances: Vec<InstanceRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct InstanceRecord<'a> {
    path: &'a str,
    start: u32,
    end: u32,
    symbol: &'a str,
    what: &'static str,
    #[schemars(schema_with = "super::schema::context")]
    context: &'static str,
    /// Uses in code, the copy's own left out; `null` where they were not counted.
    references: Option<u64>,
    test_references: Option<u64>,
    importers: Option<u64>,
    /// What this copy says where the copies disagree.
    value: Option<&'a str>,
}

impl<'a> DuplicatesDocument<'a> {
    pub fn of(report: &'a DuplicatesReport) -> Self {
        Self {
            head: DuplicatesHead::of(report),
            groups: report.groups.iter().map(GroupRecord::of).collect(),
            gaps: report.gaps.iter().map(GapRecord::of).collect(),
        }
    }
}

impl<'a> DuplicatesHead<'a> {
    pub fn of(report: &'a DuplicatesReport) -> Self {
        let (snapshot, counts) = (snapshot(&report.snapshot), counts(report.counts));
        Self { schema: DUPLICATES_SCHEMA, tool: TOOL, snapshot, counts, bounds: &report.bounds }
    }
}

impl<'a> GroupRecord<'a> {
    pub fn of(group: &'a Group) -> Self {
        Self {
            kind: group.kind.name(),
            reasons: group.reasons.iter().map(|kind| kind.name()).collect(),
            clone_type: group.clone_type.map(CloneType::name),
            consistent: match group.clone_type {
                Some(CloneType::Renamed) => Some(true),
                Some(CloneType::RenamedInconsistently) => Some(false),
                _ => None,
            },
            similarity: f64::from(group.similarity) / 1000.0,
            disagrees: group.disagrees,
            message: &group.message,
            parts: &group.parts,
            canonical: group.canonical.as_ref().map(|(at, _)| group.instances[*at].symbol.as_str()),
            because: group.canonical.as_ref().map(|(_, why)| why.as_str()),
            instances: group.instances.iter().map(instance).collect(),
        }
    }
}

fn instance(instance: &Instance) -> InstanceRecord<'_> {
    InstanceRecord {
        path: instance.path.as_str(),
        start: instance.lines.start,
        end: instance.lines.end,
        symbol: &instance.symbol,
        what: instance.what,
        context: instance.context.name(),
        references: instance.uses.map(|uses| uses.code),
        test_references: instance.uses.map(|uses| uses.tests),
        importers: instance.uses.map(|uses| uses.importers),
        value: instance.detail.as_deref(),
    }
}
