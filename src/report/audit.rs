//! Records of `audit`: the in-toto Statement, field by field.
//!
//! The statement (in-toto Attestation Framework, Statement v1) has one subject per thing that it binds: the commit of
//! head (`gitCommit`) and its tree (`gitTree`), both SHA-1 object names of git. They cover every byte of every file of
//! head, their paths and modes, and, through the commit, its message, its author and all of its history. The predicate
//! is what solely says about them. Invariant: names and meanings of fields only grow within one predicate type, and no
//! record holds a path of the machine, a clock or an order that another run would not give. Absent on purpose: the
//! envelope of a signature, which is `bundle`'s.

use super::duplicates::GroupRecord;
use super::json::CheckDocument;
use super::record::{GapRecord, TOOL, ToolRecord};
use super::removed::RemovedDocument;
use super::sentence;
use crate::evidence::{
    AuditItem, AuditReport, Document, JudgedClaim, MeasuredExpectation, OutsideReport, Source, Standing, Status,
    UnreadSentence,
};
use crate::finding::Verdict;
use crate::outside::sha256;
use crate::span::Location;
use crate::words::counted;
use schemars::JsonSchema;
use serde::Serialize;

/// The type of the statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The type of the predicate, with its version.
pub const PREDICATE_TYPE: &str = "urn:solely:predicate:audit:1";

/// `evidence.json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statement<'a> {
    /// `https://in-toto.io/Statement/v1`
    #[serde(rename = "_type")]
    kind: &'static str,
    /// The commit and the tree of head.
    subject: Vec<SubjectRecord<'a>>,
    /// `urn:solely:predicate:audit:1`
    predicate_type: &'static str,
    predicate: Predicate<'a>,
}

#[derive(Serialize, JsonSchema)]
struct SubjectRecord<'a> {
    /// `commit` or `tree`.
    name: &'static str,
    digest: DigestRecord<'a>,
}

/// One object name of git.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DigestRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    git_commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    git_tree: Option<&'a str>,
}

/// What solely says about the subject.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Predicate<'a> {
    tool: ToolRecord,
    /// `pass`, `fail` or `incomplete`.
    #[schemars(schema_with = "super::schema::verdict")]
    verdict: &'static str,
    /// `close`, `do-not-close` or `incomplete`.
    recommendation: &'static str,
    /// The sentence to quote.
    summary: String,
    blocking: Vec<ItemRecord<'a>>,
    open: Vec<ItemRecord<'a>>,
    arguments: ArgumentsRecord<'a>,
    base: EndRecord<'a>,
    head: EndRecord<'a>,
    policy: PolicyTextRecord<'a>,
    claim_counts: ClaimCountsRecord,
    claims: Vec<ClaimRecord<'a>>,
    unread: Vec<UnreadRecord<'a>>,
    /// Symbols of removed definitions that no claim names.
    unmentioned: &'a [String],
    /// The policy held against base and head: documents of `solely/check/1`.
    check: CheckPair<'a>,
    /// What both of them leave out, by rule.
    standing: Vec<StandingRecord<'a>>,
    /// A document of `solely/removed/1`.
    removed: RemovedDocument<'a>,
    duplicates: DuplicatesRecord<'a>,
    evidence: Vec<OutsideRecord<'a>>,
    expectations: Vec<ExpectationRecord<'a>>,
    documents: Vec<DocumentRecord<'a>>,
    gaps: Vec<GapRecord<'a>>,
    limits: &'a [String],
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ItemRecord<'a> {
    kind: &'static str,
    message: &'a str,
    places: Vec<PlaceRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct PlaceRecord<'a> {
    path: &'a str,
    line: u32,
    end_line: u32,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct ArgumentsRecord<'a> {
    issue: Option<&'a str>,
    commit_messages: bool,
    /// The file of the policy as it was named; an absolute path by its last name alone.
    config: Option<&'a str>,
    /// The folder of evidence, in the same way.
    evidence: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct EndRecord<'a> {
    commit: &'a str,
    tree: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct PolicyTextRecord<'a> {
    file: Option<&'a str>,
    /// BLAKE3 over the texts of the policy and of every pack it extends.
    digest: &'a str,
    /// `repository`, `given` or `builtin`.
    origin: &'static str,
    texts: Vec<TextRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct TextRecord<'a> {
    name: &'a str,
    sha256: String,
    text: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct ClaimCountsRecord {
    verified: u64,
    refuted: u64,
    unprovable: u64,
    unread: u64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ClaimRecord<'a> {
    text: &'a str,
    source: SourceRecord<'a>,
    kind: &'static str,
    /// `verified`, `refuted` or `unprovable`.
    status: &'static str,
    because: &'a str,
    /// What would prove it.
    proof: Option<&'a str>,
    /// The commit that its numbers belong to.
    belongs_to: Option<&'a str>,
    /// What a description was read as.
    meant: &'a [String],
    places: Vec<PlaceRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct SourceRecord<'a> {
    path: &'a str,
    line: u32,
    commit: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct UnreadRecord<'a> {
    text: &'a str,
    source: SourceRecord<'a>,
}

#[derive(Serialize, JsonSchema)]
struct CheckPair<'a> {
    base: CheckDocument<'a>,
    head: CheckDocument<'a>,
}

/// Findings of a rule of a built-in pack that stood at base too, in files that the change does not touch.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct StandingRecord<'a> {
    rule: &'a str,
    /// Findings left out of `check.base` and of `check.head`.
    at_base: u64,
    at_head: u64,
    /// SHA-256 over those of head: a line each, `FINGERPRINT PATH:LINE`.
    digest: &'a str,
    /// The rule fails at head by nothing that the change brought, so it does not stand in the way.
    stood_before: bool,
}

/// Duplicates that the change brought, and those beside it. The others are counted.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct DuplicatesRecord<'a> {
    groups_at_base: u64,
    groups_at_head: u64,
    fresh: Vec<GroupRecord<'a>>,
    beside: Vec<GroupRecord<'a>>,
    bounds: &'a [String],
}

#[derive(Serialize, JsonSchema)]
pub(super) struct OutsideRecord<'a> {
    kind: &'static str,
    /// As the policy writes it.
    path: &'a str,
    #[schemars(schema_with = "super::schema::verdict")]
    verdict: &'static str,
    files: Vec<OutsideFileRecord<'a>>,
    checks: Vec<OutsideCheckRecord<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct OutsideFileRecord<'a> {
    path: &'a str,
    /// Of the bytes as they are stored; the bundle holds them under this name.
    sha256: &'a str,
    size: u64,
}

#[derive(Serialize, JsonSchema)]
struct OutsideCheckRecord<'a> {
    what: &'a str,
    #[schemars(schema_with = "super::schema::verdict")]
    verdict: &'static str,
    detail: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct ExpectationRecord<'a> {
    measure: &'static str,
    bound: String,
    measured: i64,
    holds: bool,
    /// Where the policy expects it.
    place: PolicyPlaceRecord<'a>,
}

#[derive(Serialize, JsonSchema)]
struct PolicyPlaceRecord<'a> {
    file: &'a str,
    line: u32,
}

#[derive(Serialize, JsonSchema)]
struct DocumentRecord<'a> {
    name: &'a str,
    /// The commit whose message it is.
    commit: Option<&'a str>,
    sha256: String,
    text: &'a str,
}

impl<'a> Statement<'a> {
    pub fn of(report: &'a AuditReport) -> Self {
        let head = &report.removed.head;
        let commit = DigestRecord { git_commit: Some(&head.name), git_tree: None };
        let tree = DigestRecord { git_commit: None, git_tree: head.tree.as_deref() };
        Self {
            kind: STATEMENT_TYPE,
            subject: vec![
                SubjectRecord { name: "commit", digest: commit },
                SubjectRecord { name: "tree", digest: tree },
            ],
            predicate_type: PREDICATE_TYPE,
            predicate: Predicate::of(report),
        }
    }
}

/// The first line of an audit in `jsonl`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AuditHead<'a> {
    schema: &'static str,
    tool: ToolRecord,
    verdict: &'static str,
    recommendation: &'static str,
    summary: String,
    base: EndRecord<'a>,
    head: EndRecord<'a>,
    claim_counts: ClaimCountsRecord,
}

impl<'a> AuditHead<'a> {
    pub fn of(report: &'a AuditReport) -> Self {
        let Predicate { tool, verdict, recommendation, summary, base, head, claim_counts, .. } = Predicate::of(report);
        Self { schema: PREDICATE_TYPE, tool, verdict, recommendation, summary, base, head, claim_counts }
    }
}

impl<'a> Predicate<'a> {
    fn of(report: &'a AuditReport) -> Self {
        let counts = report.claim_counts();
        let (base, head) = (&report.removed.base, &report.removed.head);
        let policy = &report.policy;
        Self {
            tool: TOOL,
            verdict: report.verdict.name(),
            recommendation: report.recommendation.name(),
            summary: summary(report),
            blocking: report.blocking.iter().map(item).collect(),
            open: report.open.iter().map(item).collect(),
            arguments: ArgumentsRecord {
                issue: report.arguments.issue.as_deref(),
                commit_messages: report.arguments.commit_messages,
                config: report.arguments.config.as_deref(),
                evidence: report.arguments.evidence.as_deref(),
            },
            base: EndRecord { commit: &base.name, tree: base.tree.as_deref() },
            head: EndRecord { commit: &head.name, tree: head.tree.as_deref() },
            policy: PolicyTextRecord {
                file: policy.identity.file.as_deref(),
                digest: &policy.identity.digest,
                origin: policy.origin,
                texts: policy
                    .texts
                    .iter()
                    .map(|(name, text)| TextRecord { name, sha256: sha256(text.as_bytes()), text })
                    .collect(),
            },
            claim_counts: ClaimCountsRecord {
                verified: counts.verified,
                refuted: counts.refuted,
                unprovable: counts.unprovable,
                unread: counts.unread,
            },
            claims: report.claims.iter().map(claim).collect(),
            unread: report.unread.iter().map(unread).collect(),
            unmentioned: &report.unmentioned,
            check: CheckPair { base: CheckDocument::of(&report.at_base), head: CheckDocument::of(&report.at_head) },
            standing: report.standing.iter().map(standing).collect(),
            removed: RemovedDocument::of(&report.removed),
            duplicates: DuplicatesRecord {
                groups_at_base: report.duplicates.at_base,
                groups_at_head: report.duplicates.at_head,
                fresh: report.duplicates.fresh.iter().map(GroupRecord::of).collect(),
                beside: report.duplicates.beside.iter().map(GroupRecord::of).collect(),
                bounds: &report.duplicates.bounds,
            },
            evidence: report.outside.iter().map(outside).collect(),
            expectations: report.expectations.iter().map(expectation).collect(),
            documents: report.documents.iter().map(document).collect(),
            gaps: report.gaps.iter().map(GapRecord::of).collect(),
            limits: &report.limits,
        }
    }
}

/// "do not close the issue: 3 blocking items, 12 open; claims: 4 verified, …; 309 net lines: …".
pub fn summary(report: &AuditReport) -> String {
    let counts = report.claim_counts();
    format!(
        "{}: {} blocking, {} open; claims: {} verified, {} refuted, {} unprovable, {} unread; {}",
        report.recommendation.words(),
        report.blocking.len(),
        report.open.len(),
        counts.verified,
        counts.refuted,
        counts.unprovable,
        counts.unread,
        sentence::removed(&report.removed.headline())
    )
}

/// Claims as a report tells them: what is refuted first, then what is open; in each the order in which they were said.
pub fn by_status(claims: &[JudgedClaim]) -> Vec<&JudgedClaim> {
    let mut claims: Vec<&JudgedClaim> = claims.iter().collect();
    claims.sort_by_key(|judged| match judged.status {
        Status::Refuted => 0,
        Status::Unprovable => 1,
        Status::Verified => 2,
    });
    claims
}

/// "8 findings in untouched files stood at base too and are counted alone": of a rule that has some.
pub fn stood_before(standing: &Standing) -> Option<String> {
    let verb = if standing.at_head == 1 { "is" } else { "are" };
    let counted_alone = (standing.at_head > 0).then(|| {
        let findings = counted(standing.at_head, "finding");
        format!("{findings} in untouched files stood at base too and {verb} counted alone")
    });
    let aside =
        standing.stood_before.then(|| "it fails by what stood before, which does not stand in the way".to_owned());
    let parts: Vec<String> = counted_alone.into_iter().chain(aside).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// What `command` needs besides, and what else derives the same.
pub const DERIVATION: &str = "Run it in a clone that has the commits, where the files that it names are. The same version of solely prints the same bytes. Given the folder of the bundle, solely verify needs none of the files, and names every difference.";

/// The command that audits the same again, ready for a shell.
pub fn command(report: &AuditReport) -> String {
    let mut command = format!("solely audit --base {} --head {}", report.removed.base.name, report.removed.head.name);
    let arguments = &report.arguments;
    let mut add = |option: &str, value: &str| command.push_str(&format!(" {option}={}", quoted(value)));
    if let Some(config) = &arguments.config {
        add("--config", config);
    }
    for document in report.documents.iter().filter(|document| document.commit().is_none()) {
        add("--claims", &document.name);
    }
    if let Some(folder) = &arguments.evidence {
        add("--evidence", folder);
    }
    if let Some(issue) = &arguments.issue {
        add("--issue", issue);
    }
    if arguments.commit_messages {
        command.push_str(" --commit-messages");
    }
    command
}

/// A word for a shell, in quotes where it needs them.
fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-._/".contains(char);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

fn standing(standing: &Standing) -> StandingRecord<'_> {
    let Standing { rule, at_base, at_head, digest, stood_before } = standing;
    StandingRecord { rule, at_base: *at_base, at_head: *at_head, digest, stood_before: *stood_before }
}

pub(super) fn item(item: &AuditItem) -> ItemRecord<'_> {
    ItemRecord { kind: item.kind, message: &item.message, places: item.places.iter().map(place).collect() }
}

fn place(location: &Location) -> PlaceRecord<'_> {
    PlaceRecord { path: location.path.as_str(), line: location.start.line, end_line: location.end_line }
}

pub(super) fn claim(judged: &JudgedClaim) -> ClaimRecord<'_> {
    ClaimRecord {
        text: &judged.claim.text,
        source: source(&judged.claim.source),
        kind: judged.claim.assertion.name(),
        status: judged.status.name(),
        because: &judged.because,
        proof: judged.proof.as_deref(),
        belongs_to: judged.belongs_to.as_deref(),
        meant: &judged.meant,
        places: judged.places.iter().map(place).collect(),
    }
}

fn source(source: &Source) -> SourceRecord<'_> {
    SourceRecord { path: &source.document, line: source.line, commit: source.commit.as_deref() }
}

pub(super) fn unread(unread: &UnreadSentence) -> UnreadRecord<'_> {
    UnreadRecord { text: &unread.text, source: source(&unread.source) }
}

pub(super) fn outside(report: &OutsideReport) -> OutsideRecord<'_> {
    let files = report.files.iter();
    let checks = report.checks.iter();
    OutsideRecord {
        kind: report.kind,
        path: &report.path,
        verdict: report.verdict.name(),
        files: files
            .map(|file| OutsideFileRecord { path: &file.path, sha256: &file.sha256, size: file.size })
            .collect(),
        checks: checks
            .map(|check| OutsideCheckRecord {
                what: &check.what,
                verdict: Verdict::name(check.verdict),
                detail: &check.detail,
            })
            .collect(),
    }
}

fn expectation(measured: &MeasuredExpectation) -> ExpectationRecord<'_> {
    let place = &measured.expectation.place;
    ExpectationRecord {
        measure: measured.expectation.measure.name(),
        bound: measured.expectation.bound.to_string(),
        measured: measured.measured,
        holds: measured.holds,
        place: PolicyPlaceRecord { file: &place.file, line: place.line },
    }
}

fn document(document: &Document) -> DocumentRecord<'_> {
    DocumentRecord {
        name: &document.name,
        commit: document.commit(),
        sha256: sha256(document.text.as_bytes()),
        text: &document.text,
    }
}
