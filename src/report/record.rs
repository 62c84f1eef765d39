//! Records: the JSON contract, field by field.
//!
//! Invariant: names and meanings of fields only grow within one `solely/…/1`. Every record borrows from the report it
//! shows. Absent on purpose: reading JSON back, and any type that another stage may use.

use crate::evidence::{
    BaselineUse, CheckReport, Comparison, Counts, Occurrences, PlaceReason, PolicyIdentity, ReferenceReport,
    RefsReport, RuleReport, SnapshotIdentity, SymbolReferences, SymbolReport, TierCounts, Warning, WhyNot,
};
use crate::finding::{Acceptance, Context, Finding, Hop, Novelty, Related, Suppression, Tier, Verdict};
use crate::gap::{Extent, Gap};
use crate::policy::PolicyPlace;
use crate::span::Location;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

pub const CHECK_SCHEMA: &str = "solely/check/1";
pub const REFS_SCHEMA: &str = "solely/refs/1";

/// What both the JSON document and the first line of JSON lines say about a check as a whole.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CheckHead<'a> {
    #[schemars(extend("const" = CHECK_SCHEMA))]
    schema: &'static str,
    tool: ToolRecord,
    #[schemars(schema_with = "super::schema::verdict")]
    verdict: &'static str,
    contexts: BTreeMap<&'static str, &'static str>,
    snapshot: SnapshotRecord<'a>,
    policy: PolicyRecord<'a>,
    counts: CountsRecord,
    /// What the baseline did; null without one.
    baseline: Option<BaselineRecord<'a>>,
    /// What the run was compared with; then the findings are those that the change introduced.
    comparison: Option<ComparisonRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct BaselineRecord<'a> {
    path: &'a str,
    entries: u64,
    accepted: u64,
    stale: u64,
}

#[derive(Serialize, JsonSchema)]
struct ComparisonRecord<'a> {
    base: &'a str,
    commit: &'a str,
    introduced: u64,
    existing: u64,
    fixed: u64,
}

/// The comment that suppresses a finding, in the finding's own file.
#[derive(Serialize, JsonSchema)]
struct SuppressionRecord<'a> {
    line: u32,
    reason: &'a str,
    until: Option<String>,
}

/// Who accepted a finding, when and why.
#[derive(Serialize, JsonSchema)]
struct AcceptanceRecord<'a> {
    by: &'a str,
    date: Option<String>,
    reason: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RefsHead<'a> {
    #[schemars(extend("const" = REFS_SCHEMA))]
    schema: &'static str,
    tool: ToolRecord,
    snapshot: SnapshotRecord<'a>,
    counts: CountsRecord,
}

#[derive(Serialize, JsonSchema)]
pub struct ToolRecord {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize, JsonSchema)]
pub struct SnapshotRecord<'a> {
    kind: &'static str,
    commit: Option<&'a str>,
    tree: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
pub struct PolicyRecord<'a> {
    file: Option<&'a str>,
    digest: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CountsRecord {
    discovered: u64,
    analyzed: u64,
    gaps: u64,
    links: u64,
    excluded: u64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RuleRecord<'a> {
    id: &'a str,
    kind: &'static str,
    summary: &'a str,
    conclusion: &'a str,
    #[schemars(schema_with = "super::schema::verdict")]
    verdict: &'static str,
    contexts: BTreeMap<&'static str, &'static str>,
    spoiled_by: Vec<&'a str>,
    symbols: Vec<SymbolRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct SymbolRecord<'a> {
    symbol: &'a str,
    state: &'static str,
    definitions: Vec<DefinitionRecord<'a>>,
    references: TierRecord,
    contexts: BTreeMap<&'static str, TierRecord>,
    occurrences: OccurrencesRecord,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct DefinitionRecord<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct TierRecord {
    proven: u64,
    likely: u64,
    name_only: u64,
    text: u64,
}

#[derive(Serialize, JsonSchema)]
struct OccurrencesRecord {
    found: u64,
    definitions: u64,
    references: u64,
    others: u64,
    longer: u64,
    unseen: u64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FindingRecord<'a> {
    rule: &'a str,
    fingerprint: String,
    #[schemars(schema_with = "super::schema::severity")]
    severity: &'static str,
    #[schemars(schema_with = "super::schema::context")]
    context: &'static str,
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    kind: &'static str,
    within: Option<&'static str>,
    access: Option<&'static str>,
    #[schemars(schema_with = "super::schema::optional_tier")]
    tier: Option<&'static str>,
    symbol: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    via: Vec<HopRecord<'a>>,
    related: Vec<RelatedRecord<'a>>,
    /// The definition around it; empty at the top of a file.
    inside: &'a str,
    suppressed: bool,
    suppression: Option<SuppressionRecord<'a>>,
    baselined: bool,
    acceptance: Option<AcceptanceRecord<'a>>,
    /// Whether the change brought it; null where no change is judged.
    introduced: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
struct HopRecord<'a> {
    path: &'a str,
    line: u32,
    what: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct RelatedRecord<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    message: &'a str,
}

#[derive(Serialize, JsonSchema)]
pub struct GapRecord<'a> {
    path: &'a str,
    stage: &'static str,
    reason: String,
    /// What the gap may hide: `any-name`, `names-in-file`, `names-in-ranges`.
    hides: &'static str,
}

#[derive(Serialize, JsonSchema)]
pub struct WarningRecord<'a> {
    message: &'a str,
    help: Option<&'a str>,
    place: Option<PlaceRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct PlaceRecord<'a> {
    file: &'a str,
    line: u32,
    column: u32,
}

#[derive(Serialize, JsonSchema)]
pub struct SymbolReferencesRecord<'a> {
    symbol: &'a str,
    definitions: Vec<DefinitionRecord<'a>>,
    references: Vec<ReferenceRecord<'a>>,
    occurrences: OccurrencesRecord,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReferenceRecord<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    kind: &'static str,
    within: Option<&'static str>,
    access: Option<&'static str>,
    #[schemars(schema_with = "super::schema::tier")]
    tier: &'static str,
    #[schemars(schema_with = "super::schema::context")]
    context: &'static str,
    via: Vec<HopRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
pub struct WhyNotRecord<'a> {
    symbol: &'a str,
    path: &'a str,
    line: u32,
    reasons: Vec<ReasonRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct ReasonRecord<'a> {
    /// Null where it is said of the whole line.
    column: Option<u32>,
    reference: bool,
    because: &'a str,
    related: Option<DefinitionRecord<'a>>,
    via: Vec<HopRecord<'a>>,
}

impl<'a> CheckHead<'a> {
    pub fn of(report: &'a CheckReport) -> Self {
        Self {
            schema: CHECK_SCHEMA,
            tool: TOOL,
            verdict: report.verdict.name(),
            contexts: verdicts(&super::contexts(report)),
            snapshot: snapshot(&report.snapshot),
            policy: policy(&report.policy),
            counts: counts(report.counts),
            baseline: report.baseline.as_ref().map(baseline),
            comparison: report.comparison.as_ref().map(comparison),
        }
    }
}

impl<'a> RefsHead<'a> {
    pub fn of(report: &'a RefsReport) -> Self {
        let (snapshot, counts) = (snapshot(&report.snapshot), counts(report.counts));
        Self { schema: REFS_SCHEMA, tool: TOOL, snapshot, counts }
    }
}

impl<'a> RuleRecord<'a> {
    pub fn of(rule: &'a RuleReport) -> Self {
        Self {
            id: &rule.id,
            kind: rule.kind,
            summary: &rule.summary,
            conclusion: &rule.conclusion,
            verdict: rule.verdict.name(),
            contexts: verdicts(&rule.contexts),
            spoiled_by: rule.spoiled_by.iter().map(|path| path.as_str()).collect(),
            symbols: rule.symbols.iter().map(symbol).collect(),
        }
    }
}

impl<'a> FindingRecord<'a> {
    pub fn of(finding: &'a Finding) -> Self {
        Self {
            rule: &finding.rule.0,
            fingerprint: finding.fingerprint().to_string(),
            severity: finding.severity.name(),
            context: finding.context.name(),
            path: finding.location.path.as_str(),
            line: finding.location.start.line,
            column: finding.location.start.column,
            end_line: finding.location.end_line,
            kind: finding.kind,
            within: finding.within,
            access: finding.access,
            tier: finding.tier.map(Tier::name),
            symbol: &finding.symbol,
            message: &finding.message,
            help: finding.help.as_deref(),
            via: finding.via.iter().map(hop).collect(),
            related: finding.related.iter().map(related).collect(),
            inside: &finding.identity.inside,
            suppressed: finding.standing.suppressed.is_some(),
            suppression: finding.standing.suppressed.as_ref().map(suppression),
            baselined: finding.standing.accepted.is_some(),
            acceptance: finding.standing.accepted.as_ref().map(acceptance),
            introduced: finding.standing.novelty.map(|novelty| novelty == Novelty::Introduced),
        }
    }
}

impl<'a> GapRecord<'a> {
    pub fn of(gap: &'a Gap) -> Self {
        let hides = match gap.extent {
            Extent::Unavailable => "any-name",
            Extent::Whole => "names-in-file",
            Extent::Ranges(_) => "names-in-ranges",
        };
        Self { path: gap.path.as_str(), stage: gap.stage.name(), reason: gap.reason.to_string(), hides }
    }
}

impl<'a> WarningRecord<'a> {
    pub fn of(warning: &'a Warning) -> Self {
        Self { message: &warning.message, help: warning.help.as_deref(), place: warning.place.as_ref().map(place) }
    }
}

impl<'a> SymbolReferencesRecord<'a> {
    pub fn of(report: &'a SymbolReferences) -> Self {
        Self {
            symbol: &report.symbol,
            definitions: report.definitions.iter().map(definition).collect(),
            references: report.references.iter().map(reference).collect(),
            occurrences: occurrences(report.occurrences),
        }
    }
}

impl<'a> WhyNotRecord<'a> {
    pub fn of(why: &'a WhyNot) -> Self {
        let reason = |it: &'a PlaceReason| ReasonRecord {
            column: it.column,
            reference: it.is_reference,
            because: &it.because,
            related: it.related.as_ref().map(definition),
            via: it.via.iter().map(hop).collect(),
        };
        let reasons = why.reasons.iter().map(reason).collect();
        Self { symbol: &why.symbol, path: why.path.as_str(), line: why.line, reasons }
    }
}

pub const TOOL: ToolRecord = ToolRecord { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };

fn verdicts(contexts: &BTreeMap<Context, Verdict>) -> BTreeMap<&'static str, &'static str> {
    contexts.iter().map(|(context, verdict)| (context.name(), verdict.name())).collect()
}

fn baseline(used: &BaselineUse) -> BaselineRecord<'_> {
    let BaselineUse { path, entries, accepted, stale } = used;
    BaselineRecord { path: path.as_str(), entries: *entries, accepted: *accepted, stale: *stale }
}

fn comparison(comparison: &Comparison) -> ComparisonRecord<'_> {
    let Comparison { base, commit, introduced, existing, fixed } = comparison;
    ComparisonRecord { base, commit, introduced: *introduced, existing: *existing, fixed: *fixed }
}

fn suppression(suppression: &Suppression) -> SuppressionRecord<'_> {
    let Suppression { location, reason, until } = suppression;
    SuppressionRecord { line: location.start.line, reason, until: until.map(|date| date.to_string()) }
}

fn acceptance(acceptance: &Acceptance) -> AcceptanceRecord<'_> {
    let Acceptance { by, date, reason } = acceptance;
    AcceptanceRecord { by, date: date.map(|date| date.to_string()), reason }
}

pub fn snapshot(identity: &SnapshotIdentity) -> SnapshotRecord<'_> {
    SnapshotRecord { kind: identity.kind, commit: identity.commit.as_deref(), tree: identity.tree.as_deref() }
}

pub fn policy(identity: &PolicyIdentity) -> PolicyRecord<'_> {
    PolicyRecord { file: identity.file.as_deref(), digest: &identity.digest }
}

pub fn counts(counts: Counts) -> CountsRecord {
    let Counts { discovered, analyzed, gaps, links, excluded } = counts;
    CountsRecord { discovered, analyzed, gaps, links, excluded }
}

fn symbol(report: &SymbolReport) -> SymbolRecord<'_> {
    SymbolRecord {
        symbol: &report.symbol,
        state: report.state.name(),
        definitions: report.definitions.iter().map(definition).collect(),
        references: tiers(report.references),
        contexts: report.by_context.iter().map(|(context, counts)| (context.name(), tiers(*counts))).collect(),
        occurrences: occurrences(report.occurrences),
    }
}

fn definition(location: &Location) -> DefinitionRecord<'_> {
    let Location { path, start, end_line } = location;
    DefinitionRecord { path: path.as_str(), line: start.line, column: start.column, end_line: *end_line }
}

fn tiers(counts: TierCounts) -> TierRecord {
    let TierCounts { proven, likely, name_only, text } = counts;
    TierRecord { proven, likely, name_only, text }
}

fn occurrences(occurrences: Occurrences) -> OccurrencesRecord {
    let Occurrences { found, definitions, references, others, longer, unseen } = occurrences;
    OccurrencesRecord { found, definitions, references, others, longer, unseen }
}

fn hop(hop: &Hop) -> HopRecord<'_> {
    HopRecord { path: hop.path.as_str(), line: hop.line, what: &hop.what }
}

fn related(related: &Related) -> RelatedRecord<'_> {
    let Location { path, start, end_line } = &related.location;
    let message = related.message.as_str();
    RelatedRecord { path: path.as_str(), line: start.line, column: start.column, end_line: *end_line, message }
}

fn place(place: &PolicyPlace) -> PlaceRecord<'_> {
    PlaceRecord { file: &place.file, line: place.line, column: place.column }
}

pub fn reference(reference: &ReferenceReport) -> ReferenceRecord<'_> {
    let Location { path, start, end_line } = &reference.location;
    ReferenceRecord {
        path: path.as_str(),
        line: start.line,
        column: start.column,
        end_line: *end_line,
        kind: reference.kind.name(),
        within: reference.within,
        access: reference.access,
        tier: reference.tier.name(),
        context: reference.context.name(),
        via: reference.via.iter().map(hop).collect(),
    }
}
