//! Stage 6, claims: what people say about a change, read from their documents and held against the facts.
//!
//! The way is one direction: a [`Document`] is exact (TOML, or a fenced `solely` block) or ordinary Markdown;
//! [`read`] makes [`Claim`]s of it, and a list of the sentences that look like claims and were not understood;
//! [`judge()`] holds every claim against the [`Case`]: two projects, the ledger between them, the verdicts of the policy,
//! duplicates, and evidence from outside.
//!
//! Invariants: a claim ends as exactly one [`Status`]; **none is verified that is false**, so whatever a sentence
//! leaves open makes it unprovable; reading never panics and takes time linear in the text. Absent on purpose: guessing
//! what a sentence may have meant; a sentence that no pattern fits whole is `unread`, which is shown.

mod exact;
mod judge;
mod markdown;
mod mojibake;
mod name;
mod number;
mod pattern;
mod sentence;
mod table;
#[cfg(test)]
mod tests;
mod topic;

pub use exact::ExactError;
pub use judge::{BrokenUse, Case, Departed, NearCommit, judge};
pub use name::{Name, NameKind};
pub use number::{Number, Precision};

use crate::span::Location;
use std::fmt;

/// A document with claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The file as given, or `commit <id>`.
    pub name: String,
    pub text: String,
    pub kind: DocumentKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// What somebody wrote about a change that is done: an imperative in it is a plan.
    Report,
    /// A commit's message, whose imperatives say what the commit did.
    Message { commit: String },
}

impl Document {
    /// The commit whose message this is.
    pub fn commit(&self) -> Option<&str> {
        match &self.kind {
            DocumentKind::Report => None,
            DocumentKind::Message { commit } => Some(commit),
        }
    }
}

/// A document larger than this many bytes is read up to here; the rest counts as unread.
pub const DOCUMENT_LIMIT: usize = 4 << 20;

/// Where a claim stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    pub document: String,
    /// 1-based.
    pub line: u32,
    /// The commit whose message it is.
    pub commit: Option<String>,
}

impl fmt::Display for Source {
    /// `closure.md:12`, `commit 2295b4572559:3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.commit {
            Some(commit) => write!(f, "commit {}:{}", commit.get(..12).unwrap_or(commit), self.line),
            None => write!(f, "{}:{}", self.document, self.line),
        }
    }
}

/// One thing that somebody says.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// As written, without markup.
    pub text: String,
    pub source: Source,
    pub assertion: Assertion,
    /// Words of the sentence that nothing here judges: "unused", "duplicate".
    pub unjudged: Vec<String>,
    /// The sentence says more than this, which was not understood.
    pub is_partial: bool,
}

/// What a claim is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    Named(Name),
    /// "V2 routing method": the words that tell, in lower case.
    Described(Vec<String>),
}

/// What a claim says.
#[derive(Clone, Debug, PartialEq)]
pub enum Assertion {
    /// The change removed it. `from` is the file or class that it was removed from, `place` the words for one that
    /// names no code: "the auth service".
    Removed {
        what: Name,
        from: Option<Name>,
        place: Option<String>,
    },
    /// Nothing of that name is defined any more.
    Absent(Subject),
    /// The change removed it, and no code uses it any more: "completely removed from the codebase".
    Gone(Name),
    Exists(Subject),
    /// The change added it, to a file or a class where the sentence says one.
    Added {
        what: Name,
        to: Option<Name>,
    },
    Count {
        of: Counted,
        number: Number,
        scope: Scope,
    },
    /// "478 → 36 lines".
    Shrunk {
        from: u64,
        to: u64,
        scope: Scope,
    },
    /// "52% reduction", in tenths of a percent.
    Percent {
        tenths: u32,
        scope: Scope,
    },
    /// "(248-335 lines)": where a definition stood at base.
    Span {
        what: Name,
        start: u32,
        end: u32,
    },
    ImportRemoved(Name),
    NoDuplicates(Option<Name>),
    SingleSource(Option<Name>),
    NoReferences(Subject),
    /// Nothing in the files of the change uses it any more.
    UsesRemoved(Name),
    /// `whole`: no import of the tree dangles; otherwise none of what the change took away. `of` are the words that
    /// narrow it to some imports.
    ImportsResolve {
        whole: bool,
        of: Option<String>,
    },
    Moved {
        what: Name,
        to: Name,
    },
    Renamed {
        from: Name,
        to: Name,
    },
    NoBreakingChanges,
    /// Nothing in the repository can show it.
    Outside(OutsideClaim),
}

impl Assertion {
    /// The name of the kind, in machine output.
    pub fn name(&self) -> &'static str {
        match self {
            Assertion::Removed { .. } => "removed",
            Assertion::Absent(_) => "absent",
            Assertion::Gone(_) => "gone",
            Assertion::Exists(_) => "exists",
            Assertion::Added { .. } => "added",
            Assertion::Count { .. } => "count",
            Assertion::Shrunk { .. } => "shrunk",
            Assertion::Percent { .. } => "percent",
            Assertion::Span { .. } => "span",
            Assertion::ImportRemoved(_) => "import-removed",
            Assertion::NoDuplicates(_) => "no-duplicates",
            Assertion::SingleSource(_) => "single-source",
            Assertion::NoReferences(_) => "no-references",
            Assertion::UsesRemoved(_) => "uses-removed",
            Assertion::ImportsResolve { .. } => "imports-resolve",
            Assertion::Moved { .. } => "moved",
            Assertion::Renamed { .. } => "renamed",
            Assertion::NoBreakingChanges => "no-breaking-changes",
            Assertion::Outside(outside) => outside.topic.name(),
        }
    }

    /// Every name that the claim speaks of.
    pub fn names(&self) -> Vec<&Name> {
        match self {
            Assertion::Removed { what, from, .. } => std::iter::once(what).chain(from).collect(),
            Assertion::Absent(subject) | Assertion::Exists(subject) | Assertion::NoReferences(subject) => match subject
            {
                Subject::Named(name) => vec![name],
                Subject::Described(_) => vec![],
            },
            Assertion::Added { what, to } => std::iter::once(what).chain(to).collect(),
            Assertion::Gone(name)
            | Assertion::Span { what: name, .. }
            | Assertion::ImportRemoved(name)
            | Assertion::UsesRemoved(name) => vec![name],
            Assertion::Count { scope, .. } | Assertion::Shrunk { scope, .. } | Assertion::Percent { scope, .. } => {
                scope.names.iter().collect()
            }
            Assertion::NoDuplicates(name) | Assertion::SingleSource(name) => name.iter().collect(),
            Assertion::Moved { what: one, to: two } | Assertion::Renamed { from: one, to: two } => vec![one, two],
            Assertion::ImportsResolve { .. } | Assertion::NoBreakingChanges | Assertion::Outside(_) => vec![],
        }
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    Lines,
    /// Added lines, where a sentence counts both sides.
    AddedLines,
    Files,
    Modules,
    Methods,
    Functions,
    Classes,
    Imports,
    Tests,
}

impl Counted {
    pub fn noun(self) -> &'static str {
        match self {
            Counted::Lines => "lines",
            Counted::AddedLines => "added lines",
            Counted::Files => "files",
            Counted::Modules => "modules",
            Counted::Methods => "methods",
            Counted::Functions => "functions",
            Counted::Classes => "classes",
            Counted::Imports => "imports",
            Counted::Tests => "tests",
        }
    }
}

/// What narrows a number down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Files and definitions that the sentence names.
    pub names: Vec<Name>,
    pub context: Option<crate::finding::Context>,
    /// Which reading alone counts; exact claims say it, sentences do not.
    pub reading: Option<Reading>,
    /// Endings of the files that count, where the sentence says a kind: "5 JSON files".
    pub endings: &'static [&'static str],
    /// Only files that stand in no folder: "from the root directory".
    pub is_root: bool,
    /// Words for a place that names no code: "the auth service".
    pub place: Option<String>,
    /// Words that narrow it in a way that cannot be counted: "legacy", "duplicate".
    pub narrowing: Vec<String>,
}

/// How lines are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    Gross,
    Net,
    Code,
    NetCode,
}

/// A claim about what no repository holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideClaim {
    pub topic: Topic,
    pub says: Says,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Log,
    Health,
    Tests,
    Coverage,
    /// Build, deployment, revision, timing.
    Run,
}

impl Topic {
    pub fn name(self) -> &'static str {
        match self {
            Topic::Log => "log",
            Topic::Health => "health",
            Topic::Tests => "tests",
            Topic::Coverage => "coverage",
            Topic::Run => "run",
        }
    }

    /// What would prove a claim of this topic.
    pub fn proof(self) -> &'static str {
        match self {
            Topic::Log => "the log, as `[[evidence]] kind = \"log\"`",
            Topic::Health => "the answer of the service, as `[[evidence]] kind = \"json\"`",
            Topic::Tests => "the test results, as `[[evidence]] kind = \"junit\"`",
            Topic::Coverage => "the coverage report, as `[[evidence]] kind = \"coverage\"`",
            Topic::Run => "a record of the run as a JSON document, as `[[evidence]] kind = \"json\"`",
        }
    }
}

/// What of an outside claim can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// No log line is about all of these words.
    NoLine(Vec<String>),
    /// Every log line with the first holds the second, and no other version of it.
    OnlyLines {
        with: String,
        holds: String,
    },
    /// A value under a name: `status` is `healthy`.
    Value {
        key: String,
        value: String,
    },
    /// What stands behind a label: `Build status: SUCCESS`.
    Record {
        /// Words of the label.
        label: Vec<String>,
        value: Vec<String>,
    },
    /// `passed` of `total` tests passed; of the tests that the words describe, or of all.
    Passed {
        passed: u64,
        total: u64,
        of: Vec<String>,
    },
    TestTotal(u64),
    ExpectedFailures(u64),
    /// Tenths of a percent; of the things that the words describe, or of all.
    Covered {
        tenths: u32,
        of: Vec<String>,
    },
    /// All tests passed; those that the words describe, or all that there are.
    AllPassed {
        of: Vec<String>,
    },
    /// Nothing that can be compared.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    Verified,
    Unprovable,
    Refuted,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Verified => "verified",
            Status::Unprovable => "unprovable",
            Status::Refuted => "refuted",
        }
    }
}

/// A claim with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedClaim {
    pub claim: Claim,
    pub status: Status,
    /// The reading that makes it true, the finding that refutes it, or what is missing.
    pub because: String,
    /// What would prove an unprovable claim.
    pub proof: Option<String>,
    /// Where the evidence stands, in the tree of head unless `because` says otherwise.
    pub places: Vec<Location>,
    /// The commit that the numbers belong to.
    pub belongs_to: Option<String>,
    /// What a description was read as: `module:Qualified.name`.
    pub meant: Vec<String>,
}

/// A sentence that looks like a claim and was not understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnreadSentence {
    pub source: Source,
    pub text: String,
}

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    pub claims: Vec<Claim>,
    pub unread: Vec<UnreadSentence>,
}

/// Reads the claims of one document.
///
/// # Errors
/// When an exact claim is not valid: its document, line and column, and what would be right.
pub fn read(document: &Document) -> Result<Claims, Vec<ExactError>> {
    if document.name.ends_with(".toml") {
        return Ok(Claims { claims: exact::read(&document.text, &document.name, 0)?, unread: Vec::new() });
    }
    markdown::read(document)
}
