//! The answer of `solely verify`: what of a bundle does not hold.
//!
//! Invariant: no problem is a pass. Absent on purpose: the verdict of the audit itself; a bundle that recommends not to
//! close may be verified.

use crate::finding::Verdict;

/// What kind of thing is wrong with a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// No record, or none that is JSON.
    Unreadable,
    /// Nobody signed it, and somebody is trusted.
    Unsigned,
    /// The signature is not by a trusted key, or around other bytes.
    Signature,
    /// Not the published form.
    Schema,
    /// Made by a newer solely.
    NewerTool,
    /// A file of evidence is missing or another one.
    Input,
    /// A file that no bundle has.
    Stranger,
    /// A text that is not that of its digest.
    Digest,
    /// The subject is not what the predicate is about.
    Subject,
    /// It is about another commit than asked for.
    OtherCommit,
    /// The repository does not have the commit.
    NoCommit,
    /// The audit cannot be run again.
    Underivable,
    /// The record says something else than what was derived.
    Difference,
    /// The same said in other bytes.
    Bytes,
    /// A rendering that is not the record's.
    Rendering,
}

impl ProblemKind {
    pub fn name(self) -> &'static str {
        match self {
            ProblemKind::Unreadable => "unreadable",
            ProblemKind::Unsigned => "unsigned",
            ProblemKind::Signature => "signature",
            ProblemKind::Schema => "schema",
            ProblemKind::NewerTool => "newer-tool",
            ProblemKind::Input => "input",
            ProblemKind::Stranger => "stranger",
            ProblemKind::Digest => "digest",
            ProblemKind::Subject => "subject",
            ProblemKind::OtherCommit => "other-commit",
            ProblemKind::NoCommit => "no-commit",
            ProblemKind::Underivable => "underivable",
            ProblemKind::Difference => "difference",
            ProblemKind::Bytes => "bytes",
            ProblemKind::Rendering => "rendering",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    /// Fail, or incomplete where it could not be derived.
    pub verdict: Verdict,
    pub message: String,
}

/// The answer of `solely verify`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    pub verdict: Verdict,
    /// In the order in which they were met.
    pub problems: Vec<Problem>,
    /// The principals of the trusted key that signed.
    pub signed_by: Option<String>,
    /// The commit that the bundle is about, as it says.
    pub commit: String,
    /// What the bundle says in one sentence.
    pub summary: String,
}

impl VerifyReport {
    pub fn new(problems: Vec<Problem>, signed_by: Option<String>, commit: String, summary: String) -> Self {
        let verdict = problems.iter().map(|problem| problem.verdict).max().unwrap_or(Verdict::Pass);
        Self { verdict, problems, signed_by, commit, summary }
    }
}
