//! Records of `duplicates`: its JSON contract, field by field.
//!
//! Invariant: names and meanings of fields only grow within `solely/duplicates/1`. Absent on purpose: the layout for
//! people.

use super::record::{CountsRecord, GapRecord, SnapshotRecord, TOOL, ToolRecord, counts, snapshot};
use crate::evidence::{Change, CloneType, Difference, DuplicatesReport, Group, Instance, Production, Registration};
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
    /// The revision whose groups are left out.
    new_since: Option<&'a str>,
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
    /// `drifted` (all but a few statements are the same, or a value differs), `same` or `different`.
    agreement: &'static str,
    message: &'a str,
    /// What is also the same inside the copies.
    parts: &'a [String],
    /// The symbol of the copy to keep, and why.
    canonical: Option<&'a str>,
    because: Option<&'a str>,
    /// The entry of the policy that says it is on purpose.
    intentional: Option<RegistrationRecord<'a>>,
    /// Where copies that nearly agree differ.
    differences: Vec<DifferenceRecord<'a>>,
    instances: Vec<InstanceRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct RegistrationRecord<'a> {
    id: &'a str,
    reason: &'a str,
    owner: Option<&'a str>,
    until: Option<String>,
}

/// One copy against another; `base` and `other` are indices into the instances.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct DifferenceRecord<'a> {
    base: usize,
    other: usize,
    changes: Vec<ChangeRecord<'a>>,
    /// Changed lines that are not listed.
    left_out: u32,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct ChangeRecord<'a> {
    base_line: u32,
    other_line: u32,
    base: &'a [String],
    other: &'a [String],
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
    /// The modules that import it, sorted, those of tests last.
    imported_by: Option<&'a [String]>,
    /// A package above it that exports it.
    exported_by: Option<&'a str>,
    /// Whether production entry points reach it, or the definition around it: `reached`, `unknown` (a step may lead to it,
    /// or no entry point is known), `unreached`; `null` in tests, and where nobody looked.
    production: Option<&'static str>,
    /// Of what is reached: the entry point that leads to it, as `path:line`. Of what is unknown: why.
    production_because: Option<String>,
    /// The last commit that changed its file.
    last_change: Option<LastChangeRecord<'a>>,
    /// What this copy says where the copies disagree.
    value: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct LastChangeRecord<'a> {
    commit: &'a str,
    date: &'a str,
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
        Self {
            schema: DUPLICATES_SCHEMA,
            tool: TOOL,
            snapshot,
            counts,
            new_since: report.new_since.as_deref(),
            bounds: &report.bounds,
        }
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
            agreement: group.details.agreement.name(),
            message: &group.message,
            parts: &group.parts,
            canonical: group.canonical.as_ref().map(|(at, _)| group.instances[*at].symbol.as_str()),
            because: group.canonical.as_ref().map(|(_, why)| why.as_str()),
            intentional: group.details.registration.as_ref().map(registration),
            differences: group.details.differences.iter().map(difference).collect(),
            instances: group.instances.iter().map(instance).collect(),
        }
    }
}

fn because(production: &Production) -> Option<String> {
    match production {
        Production::Reached { from } => Some(format!("{}:{}", from.path, from.line)),
        Production::Unknown { because } => Some(because.clone()),
        Production::Unreached => None,
    }
}

fn registration(entry: &Registration) -> RegistrationRecord<'_> {
    let until = entry.until.map(|date| date.to_string());
    RegistrationRecord { id: &entry.id, reason: &entry.reason, owner: entry.owner.as_deref(), until }
}

fn difference(difference: &Difference) -> DifferenceRecord<'_> {
    DifferenceRecord {
        base: difference.base,
        other: difference.other,
        changes: difference.changes.iter().map(change).collect(),
        left_out: difference.left_out,
    }
}

fn change(change: &Change) -> ChangeRecord<'_> {
    let Change { base_line, other_line, base, other } = change;
    ChangeRecord { base_line: *base_line, other_line: *other_line, base, other }
}

fn instance(instance: &Instance) -> InstanceRecord<'_> {
    let uses = instance.uses.as_ref();
    InstanceRecord {
        path: instance.path.as_str(),
        start: instance.lines.start,
        end: instance.lines.end,
        symbol: &instance.symbol,
        what: instance.what,
        context: instance.context.name(),
        references: uses.map(|uses| uses.code),
        test_references: uses.map(|uses| uses.tests),
        importers: uses.map(|uses| uses.importers.len() as u64),
        imported_by: uses.map(|uses| &uses.importers[..]),
        exported_by: uses.and_then(|uses| uses.exported_by.as_deref()),
        production: instance.production.as_ref().map(Production::name),
        production_because: instance.production.as_ref().and_then(because),
        last_change: instance.last_change.as_ref().map(|it| LastChangeRecord { commit: &it.commit, date: &it.date }),
        value: instance.detail.as_deref(),
    }
}
