//! Findings: one place that a rule objects to, with the reasons to believe it.
//!
//! Invariant: a finding's identity ([`Fingerprint`]) holds no line number, so it survives moved lines. Absent on
//! purpose: how a finding is shown; that is `report`.

mod duplicate;
mod fingerprint;
mod standing;

pub use duplicate::DuplicateKind;
pub use fingerprint::{Fingerprint, Identity};
pub use standing::{Acceptance, Gate, Novelty, Standing, Suppression};

use crate::span::{Location, RepoPath};
use std::fmt;

/// The id of a rule: kebab-case, names the offence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub String);

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// What kind of file a finding stands in. A policy gates each context on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    Code,
    Tests,
    Docs,
    Config,
}

impl Context {
    pub const ALL: [Context; 4] = [Context::Code, Context::Tests, Context::Docs, Context::Config];

    pub fn name(self) -> &'static str {
        match self {
            Context::Code => "code",
            Context::Tests => "tests",
            Context::Docs => "docs",
            Context::Config => "config",
        }
    }
}

/// How sure it is that a reference means the symbol. Ordered from the surest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, bitcode::Encode, bitcode::Decode)]
pub enum Tier {
    /// Resolved to the symbol.
    Proven,
    /// The class of the receiver is inferred.
    Likely,
    /// The same attribute name on a receiver that is not known.
    NameOnly,
    /// In a comment, a docstring, a longer string, or a document.
    Text,
}

impl Tier {
    pub fn name(self) -> &'static str {
        match self {
            Tier::Proven => "proven",
            Tier::Likely => "likely",
            Tier::NameOnly => "name-only",
            Tier::Text => "text",
        }
    }
}

/// The answer of a rule, a context, or a whole run. Ordered so that the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Pass,
    /// Something that the answer needs could not be seen.
    Incomplete,
    Fail,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Incomplete => "incomplete",
            Verdict::Fail => "fail",
        }
    }
}

/// One step of the way from a reference to the symbol: an import, a re-export, a base class, an alias.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hop {
    pub path: RepoPath,
    pub line: u32,
    /// What happens there, in words: "imports `b` from `pkg.a`".
    pub what: String,
}

/// A second place that helps to understand a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub location: Location,
    pub message: String,
}

#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: RuleId,
    pub identity: Identity,
    pub severity: Severity,
    pub context: Context,
    pub location: Location,
    /// `definition`, or the kind of reference (`call`, `import`, `text`, …).
    pub kind: &'static str,
    /// Where a text reference stands: `comment`, `docstring`, `string`, `document`; otherwise `None`.
    pub within: Option<&'static str>,
    /// For a flag: `read` or `write`.
    pub access: Option<&'static str>,
    pub tier: Option<Tier>,
    /// The symbol meant, as `module:Qualified.name`.
    pub symbol: String,
    pub message: String,
    /// What to do about it: the replacement to use, the door to go through.
    pub help: Option<String>,
    pub via: Vec<Hop>,
    pub related: Vec<Related>,
    /// What it does to the verdict of its rule, while it counts; `None` for what is only told.
    pub gate: Option<Gate>,
    /// What the stage `triage` decided about it.
    pub standing: Standing,
}

impl Finding {
    /// A finding that stands alone, without a message: the caller fills in what it knows more. An error fails its rule.
    pub fn new(
        rule: RuleId,
        severity: Severity,
        context: Context,
        location: Location,
        kind: &'static str,
        symbol: String,
    ) -> Self {
        Self {
            rule,
            identity: Identity::default(),
            severity,
            context,
            location,
            kind,
            within: None,
            access: None,
            tier: None,
            symbol,
            message: String::new(),
            help: None,
            via: Vec::new(),
            related: Vec::new(),
            gate: (severity == Severity::Error).then_some(Gate { context, verdict: Verdict::Fail }),
            standing: Standing::default(),
        }
    }

    pub fn fingerprint(&self) -> Fingerprint {
        let Identity { inside, code, ordinal } = &self.identity;
        let path = self.location.path.as_str();
        Fingerprint::of(&[&self.rule.0, &self.symbol, self.kind, path, inside, code, &ordinal.to_string()])
    }

    /// Whether it bears on the verdict: nothing suppresses it, no baseline accepts it, and it is not an old one where
    /// only what a change introduced is judged.
    pub fn counts(&self) -> bool {
        let Standing { suppressed, accepted, novelty } = &self.standing;
        suppressed.is_none() && accepted.is_none() && *novelty != Some(Novelty::Existing)
    }
}
