//! The answer of `solely audit`: may the issue be closed?
//!
//! Invariants: `blocking` is empty unless the verdict is fail, and the verdict is never a pass while `open` holds
//! anything or no claim was made; every claim of every document is in `claims`, every sentence that may be one in
//! `unread`. Absent on purpose: the bytes of the bundle; `bundle` makes them.

use super::{CheckReport, Group, PolicyIdentity, RemovedReport};
use crate::finding::Verdict;
use crate::gap::Gap;
use crate::span::Location;

pub use crate::claims::{Assertion, Claim, Document, DocumentKind, JudgedClaim, Source, Status, UnreadSentence};
pub use crate::outside::{OutsideCheck, OutsideFile, OutsideReport};
pub use crate::policy::Expectation;

/// What to do about the issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recommendation {
    Close,
    DoNotClose,
    /// Something that the answer needs could not be seen.
    Incomplete,
}

impl Recommendation {
    pub fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Recommendation::Close,
            Verdict::Fail => Recommendation::DoNotClose,
            Verdict::Incomplete => Recommendation::Incomplete,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Recommendation::Close => "close",
            Recommendation::DoNotClose => "do-not-close",
            Recommendation::Incomplete => "incomplete",
        }
    }

    /// The words of a report.
    pub fn words(self) -> &'static str {
        match self {
            Recommendation::Close => "close the issue",
            Recommendation::DoNotClose => "do not close the issue",
            Recommendation::Incomplete => "incomplete: it cannot be told whether to close the issue",
        }
    }
}

/// Something that stands in the way of closing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditItem {
    /// `rule`, `unwired`, `broken`, `expectation`, `evidence`, `claim`, `history`, `no-claims`, `no-policy`.
    pub kind: &'static str,
    /// One sentence.
    pub message: String,
    pub places: Vec<Location>,
}

/// Duplicates that the change brought, and those that stood before.
#[derive(Clone, Debug, Default)]
pub struct DuplicateChange {
    /// Groups of head with copies that no group of base had together. The most important first.
    pub fresh: Vec<Group>,
    /// Standing groups with a copy in a folder that the change touches.
    pub beside: Vec<Group>,
    /// Numbers of groups at base and at head.
    pub at_base: u64,
    pub at_head: u64,
    /// What bounded the search at head.
    pub bounds: Vec<String>,
}

/// What a rule of a built-in pack found before the change too, in files that the change does not touch: counted, and
/// left out of the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub rule: String,
    /// Findings of base that are left out.
    pub at_base: u64,
    /// Findings of head that are left out. It may be another number: equal findings of one place that differ in weight
    /// are listed on one side.
    pub at_head: u64,
    /// SHA-256 over the findings of head that are left out: a line each, `FINGERPRINT PATH:LINE`.
    pub digest: String,
    /// The rule fails at head, and nothing that the change brought makes it fail.
    pub stood_before: bool,
}

/// The policy as an audit uses it: everything to use it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyEvidence {
    pub identity: PolicyIdentity,
    /// `repository` (found at head), `given` (by `--config`) or `builtin`.
    pub origin: &'static str,
    /// Every file that was read for it, by name.
    pub texts: Vec<(String, String)>,
}

/// A bound of the policy and what was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasuredExpectation {
    pub expectation: Expectation,
    pub measured: i64,
    pub holds: bool,
}

/// What was asked for, apart from base and head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditArguments {
    pub issue: Option<String>,
    /// The messages of the range's commits were read as claims.
    pub commit_messages: bool,
    /// The policy's file and the folder of evidence as they were named, where they were: relative paths, or a last name
    /// alone, so that the record does not know the machine.
    pub config: Option<String>,
    pub evidence: Option<String>,
}

/// The answer of `solely audit`.
#[derive(Clone, Debug)]
pub struct AuditReport {
    pub verdict: Verdict,
    pub recommendation: Recommendation,
    /// What keeps the issue from being closed.
    pub blocking: Vec<AuditItem>,
    /// What could not be decided.
    pub open: Vec<AuditItem>,
    pub arguments: AuditArguments,
    pub policy: PolicyEvidence,
    /// The policy of head, held against base and against head. Deadlines are judged on the day of the head commit.
    pub at_base: CheckReport,
    pub at_head: CheckReport,
    /// What both leave out, by rule.
    pub standing: Vec<Standing>,
    pub removed: RemovedReport,
    pub duplicates: DuplicateChange,
    pub outside: Vec<OutsideReport>,
    pub expectations: Vec<MeasuredExpectation>,
    pub documents: Vec<Document>,
    /// In the order of documents and lines.
    pub claims: Vec<JudgedClaim>,
    pub unread: Vec<UnreadSentence>,
    /// Symbols of removed definitions that no claim names, where a claim says what was removed.
    pub unmentioned: Vec<String>,
    pub gaps: Vec<Gap>,
    /// What the answer does not cover, in sentences.
    pub limits: Vec<String>,
}

/// Claims by status, and sentences that were not understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClaimCounts {
    pub verified: u64,
    pub refuted: u64,
    pub unprovable: u64,
    pub unread: u64,
}

impl AuditReport {
    pub fn claim_counts(&self) -> ClaimCounts {
        let count = |status| self.claims.iter().filter(|judged| judged.status == status).count() as u64;
        ClaimCounts {
            verified: count(Status::Verified),
            refuted: count(Status::Refuted),
            unprovable: count(Status::Unprovable),
            unread: self.unread.len() as u64,
        }
    }
}
