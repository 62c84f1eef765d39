//! Records of `removed`: its JSON contract, field by field.
//!
//! Invariant: names and meanings of fields only grow within `solely/removed/1`; the five classes of `removed` sum to
//! `totals.deleted`. `docstring` counts the blank lines inside docstrings too, and `docstring-blank` says how many
//! those are. `moved`, `reformatted` and `changed` count lines of base. Absent on purpose: the layout for people.

use super::record::{GapRecord, PolicyRecord, ReferenceRecord, TOOL, ToolRecord, policy, reference};
use super::sentence;
use crate::evidence::{BrokenReference, RemovedReport, SymbolNames, Useless};
use crate::facts::LineTally;
use crate::history::Fate;
use crate::history::attribution::{Attribution, Share};
use crate::history::changes::{Renames, Status};
use crate::history::disposition::Balance;
use crate::history::ledger::{ContentKind, DefinitionLedger, FileLedger, MovedBlock, Place};
use schemars::JsonSchema;
use serde::Serialize;

pub const REMOVED_SCHEMA: &str = "solely/removed/1";

/// What the document and the first line of JSON lines say about the range as a whole.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RemovedHead<'a> {
    #[schemars(extend("const" = REMOVED_SCHEMA))]
    schema: &'static str,
    tool: ToolRecord,
    #[schemars(schema_with = "super::schema::verdict")]
    verdict: &'static str,
    summary: String,
    base: &'a str,
    head: &'a str,
    base_tree: Option<&'a str>,
    head_tree: Option<&'a str>,
    renames: RenameRecord,
    policy: PolicyRecord<'a>,
    totals: TotalsRecord,
    removed: ClassRecord,
    added: ClassRecord,
    moved: u64,
    reformatted: u64,
    changed: u64,
    balance: BalancePairRecord,
    /// Deleted lines inside removed definitions, and outside of them.
    in_removed: u64,
    outside_removed: u64,
    /// Deleted lines that no definition holds.
    outside: ClassRecord,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct RenameRecord {
    detected: bool,
    similarity: Option<u8>,
    limit: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct TotalsRecord {
    added: u64,
    deleted: u64,
    net: i64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ClassRecord {
    code: u64,
    comment: u64,
    docstring: u64,
    blank: u64,
    other: u64,
    docstring_blank: u64,
}

#[derive(Serialize, JsonSchema)]
struct BalancePairRecord {
    base: BaseBalanceRecord,
    head: HeadBalanceRecord,
}

#[derive(Serialize, JsonSchema)]
struct BaseBalanceRecord {
    lines: u64,
    kept: u64,
    moved: u64,
    reformatted: u64,
    changed: u64,
    removed: u64,
}

#[derive(Serialize, JsonSchema)]
struct HeadBalanceRecord {
    lines: u64,
    kept: u64,
    moved: u64,
    reformatted: u64,
    changed: u64,
    added: u64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DefinitionRecord<'a> {
    symbol: &'a str,
    kind: &'static str,
    fate: &'static str,
    base: Option<PlaceRecord<'a>>,
    head: Option<PlaceRecord<'a>>,
    head_symbol: Option<&'a str>,
    /// Of a renamed definition, from 0 to 1.
    similarity: Option<f64>,
    lines: ClassRecord,
    /// Deleted lines that are neither moved nor reformatted nor changed.
    removed: u64,
    added: u64,
    rule: Option<&'a str>,
}

/// A reference that dangles at head.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct BrokenRecord<'a> {
    symbol: &'a str,
    #[serde(flatten)]
    reference: ReferenceRecord<'a>,
    guard: Option<&'static str>,
    breaks_module: bool,
}

/// Something that lost its last user.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct UselessRecord<'a> {
    kind: &'static str,
    symbol: &'a str,
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    #[schemars(schema_with = "super::schema::context")]
    context: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct PlaceRecord<'a> {
    path: &'a str,
    start: u32,
    end: u32,
}

/// `added` and `deleted` are null where git prints `-`, and where the file could not be read.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FileRecord<'a> {
    path: &'a str,
    old_path: Option<&'a str>,
    status: &'static str,
    similarity: Option<u8>,
    content: &'static str,
    added: Option<u64>,
    deleted: Option<u64>,
    moved: u64,
    reformatted: u64,
    changed: u64,
    removed: u64,
}

#[derive(Serialize, JsonSchema)]
pub struct MoveRecord<'a> {
    base: PlaceRecord<'a>,
    head: PlaceRecord<'a>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ShareRecord<'a> {
    key: &'a str,
    title: Option<&'a str>,
    commits: u64,
    added: u64,
    deleted: u64,
    net: i64,
    removed: ClassRecord,
    moved: u64,
    gone: u64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AttributionRecord<'a> {
    by: &'static str,
    walk: &'static str,
    commits: u64,
    merges_skipped: u64,
    totals: TotalsRecord,
    groups: Vec<ShareRecord<'a>>,
}

/// The whole document.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RemovedDocument<'a> {
    #[serde(flatten)]
    head: RemovedHead<'a>,
    symbols: Vec<DefinitionRecord<'a>>,
    files: Vec<FileRecord<'a>>,
    moves: Vec<MoveRecord<'a>>,
    attribution: Option<AttributionRecord<'a>>,
    /// `null` where broken references were not looked for.
    broken: Option<Vec<BrokenRecord<'a>>>,
    useless: Option<Vec<UselessRecord<'a>>>,
    gaps: Vec<GapRecord<'a>>,
}

impl<'a> RemovedDocument<'a> {
    pub fn of(report: &'a RemovedReport) -> Self {
        Self {
            head: RemovedHead::of(report),
            symbols: definitions(report).collect(),
            files: report.ledger.files.iter().map(file).collect(),
            moves: report.ledger.moves.iter().map(moved).collect(),
            attribution: report.attribution.as_ref().map(attribution),
            broken: report.aftermath.as_ref().map(|it| it.broken.iter().map(broken).collect()),
            useless: report.aftermath.as_ref().map(|it| it.useless.iter().map(useless).collect()),
            gaps: report.gaps.iter().map(GapRecord::of).collect(),
        }
    }
}

impl<'a> RemovedHead<'a> {
    pub fn of(report: &'a RemovedReport) -> Self {
        let ledger = &report.ledger;
        let (base, head) = (ledger.base, ledger.head);
        let headline = report.headline();
        Self {
            schema: REMOVED_SCHEMA,
            tool: TOOL,
            verdict: report.verdict.name(),
            summary: sentence::removed(&headline),
            base: &report.base.name,
            head: &report.head.name,
            base_tree: report.base.tree.as_deref(),
            head_tree: report.head.tree.as_deref(),
            renames: renames(report.renames),
            policy: policy(&report.policy),
            totals: TotalsRecord { added: ledger.added, deleted: ledger.deleted, net: ledger.net() },
            removed: classes(ledger.removed_classes),
            added: classes(ledger.added_classes),
            moved: base.moved,
            reformatted: base.reformatted,
            changed: base.changed,
            balance: BalancePairRecord { base: base_balance(base), head: head_balance(head) },
            in_removed: headline.in_removed,
            outside_removed: headline.outside_removed,
            outside: classes(ledger.outside),
        }
    }
}

fn base_balance(balance: Balance) -> BaseBalanceRecord {
    let Balance { lines, kept, moved, reformatted, changed, rest } = balance;
    BaseBalanceRecord { lines, kept, moved, reformatted, changed, removed: rest }
}

fn head_balance(balance: Balance) -> HeadBalanceRecord {
    let Balance { lines, kept, moved, reformatted, changed, rest } = balance;
    HeadBalanceRecord { lines, kept, moved, reformatted, changed, added: rest }
}

fn renames(renames: Renames) -> RenameRecord {
    match renames {
        Renames::Off => RenameRecord { detected: false, similarity: None, limit: None },
        Renames::On(settings) => {
            RenameRecord { detected: true, similarity: Some(settings.similarity), limit: Some(settings.limit) }
        }
    }
}

pub fn classes(tally: LineTally) -> ClassRecord {
    ClassRecord {
        code: tally.code,
        comment: tally.comment,
        docstring: tally.docstring + tally.docstring_blank,
        blank: tally.blank,
        other: tally.other,
        docstring_blank: tally.docstring_blank,
    }
}

pub fn definitions(report: &RemovedReport) -> impl Iterator<Item = DefinitionRecord<'_>> {
    report.ledger.definitions.iter().zip(&report.symbols).map(|(definition, names)| self::definition(definition, names))
}

fn definition<'a>(definition: &'a DefinitionLedger, names: &'a SymbolNames) -> DefinitionRecord<'a> {
    let similarity = match definition.fate {
        Fate::Renamed(similarity) => Some(f64::from(similarity) / 1000.0),
        _ => None,
    };
    DefinitionRecord {
        symbol: &names.symbol,
        kind: definition.kind.name(),
        fate: definition.fate.name(),
        base: definition.base.as_ref().map(place),
        head: definition.head.as_ref().map(place),
        head_symbol: names.head_symbol.as_deref(),
        similarity,
        lines: classes(definition.deleted),
        removed: definition.gone,
        added: definition.added.total(),
        rule: names.rule.as_deref(),
    }
}

pub fn broken(broken: &BrokenReference) -> BrokenRecord<'_> {
    BrokenRecord {
        symbol: &broken.symbol,
        reference: reference(&broken.reference),
        guard: broken.guard,
        breaks_module: broken.breaks_module,
    }
}

pub fn useless(useless: &Useless) -> UselessRecord<'_> {
    UselessRecord {
        kind: useless.kind,
        symbol: &useless.symbol,
        path: useless.location.path.as_str(),
        line: useless.location.start.line,
        column: useless.location.start.column,
        end_line: useless.location.end_line,
        context: useless.context.name(),
    }
}

fn place(place: &Place) -> PlaceRecord<'_> {
    PlaceRecord { path: place.path.as_str(), start: place.lines.start, end: place.lines.end }
}

pub fn file(file: &FileLedger) -> FileRecord<'_> {
    let is_counted = file.content == ContentKind::Text;
    let similarity = match file.status {
        Status::Renamed(similarity) => Some(similarity),
        _ => None,
    };
    FileRecord {
        path: file.path.as_str(),
        old_path: file.old_path.as_ref().map(|path| path.as_str()),
        status: file.status.name(),
        similarity,
        content: file.content.name(),
        added: is_counted.then_some(file.added),
        deleted: is_counted.then_some(file.deleted),
        moved: file.base.moved,
        reformatted: file.base.reformatted,
        changed: file.base.changed,
        removed: file.base.rest,
    }
}

pub fn moved(block: &MovedBlock) -> MoveRecord<'_> {
    MoveRecord {
        base: PlaceRecord { path: block.base.0.as_str(), start: block.base.1.start, end: block.base.1.end },
        head: PlaceRecord { path: block.head.0.as_str(), start: block.head.1.start, end: block.head.1.end },
    }
}

pub fn attribution(attribution: &Attribution) -> AttributionRecord<'_> {
    let (added, deleted) = (attribution.added, attribution.deleted);
    AttributionRecord {
        by: attribution.by.name(),
        walk: attribution.walk.name(),
        commits: attribution.commits,
        merges_skipped: attribution.merges_skipped,
        totals: TotalsRecord { added, deleted, net: deleted as i64 - added as i64 },
        groups: attribution.shares.iter().map(share).collect(),
    }
}

fn share(share: &Share) -> ShareRecord<'_> {
    ShareRecord {
        key: &share.key,
        title: Some(share.title.as_str()).filter(|title| !title.is_empty()),
        commits: share.commits,
        added: share.added,
        deleted: share.deleted,
        net: share.net(),
        removed: classes(share.removed_classes),
        moved: share.moved,
        gone: share.gone,
    }
}
