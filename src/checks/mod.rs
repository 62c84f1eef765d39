//! Stage 5, checks: (policy, project) to findings, one file per kind of rule, each with its Markdown.
//!
//! Invariants: a rule's verdict is the worst of its contexts; a gap spoils a verdict only where it may hold what the
//! rule asks for, and then the verdict is never a pass. Absent on purpose: which findings are suppressed or old; that
//! is `triage`.

use crate::finding::{Context, Tier, Verdict};
use crate::policy::PolicyPlace;
use crate::project::Occurrences;
use crate::span::{Location, RepoPath};
use std::collections::BTreeMap;

/// The lifecycle of a legacy symbol. Derived from what is seen, never typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Defined and used.
    Present,
    /// Defined, with no use outside itself.
    Unused,
    /// No definition, but uses remain: they are broken.
    Removed,
    /// Only text or tests name it.
    Residue,
    Gone,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Present => "present",
            State::Unused => "unused",
            State::Removed => "removed",
            State::Residue => "residue",
            State::Gone => "gone",
        }
    }
}

/// Numbers of references by tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TierCounts {
    pub proven: u64,
    pub likely: u64,
    pub name_only: u64,
    pub text: u64,
}

impl TierCounts {
    pub fn add(&mut self, tier: Tier) {
        match tier {
            Tier::Proven => self.proven += 1,
            Tier::Likely => self.likely += 1,
            Tier::NameOnly => self.name_only += 1,
            Tier::Text => self.text += 1,
        }
    }

    pub fn total(self) -> u64 {
        self.proven + self.likely + self.name_only + self.text
    }
}

#[derive(Clone, Debug)]
pub struct SymbolReport {
    /// `module:Qualified.name`, or the key of a flag.
    pub symbol: String,
    pub state: State,
    pub definitions: Vec<Location>,
    pub references: TierCounts,
    /// The same numbers per context.
    pub by_context: BTreeMap<Context, TierCounts>,
    pub occurrences: Occurrences,
}

#[derive(Clone, Debug)]
pub struct RuleReport {
    pub id: String,
    pub kind: &'static str,
    pub summary: String,
    pub verdict: Verdict,
    /// The verdict of each context that the rule demands something of.
    pub contexts: BTreeMap<Context, Verdict>,
    pub symbols: Vec<SymbolReport>,
    /// Paths of the gaps that keep this rule from a verdict.
    pub spoiled_by: Vec<RepoPath>,
}

/// Something about the policy that is not an offence in the code: a symbol that matches nothing, a rule past its date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub message: String,
    pub help: Option<String>,
    pub place: Option<PolicyPlace>,
}
