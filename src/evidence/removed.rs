//! The answer of `solely removed`: the ledger of a range, with names that a project and a policy know.
//!
//! Invariants: `symbols` run parallel to the definitions of the ledger; the headline's numbers are those of the ledger.
//! Absent on purpose: how the sentence reads; that is `report`.

use super::{PolicyIdentity, ReferenceReport};
use crate::facts::DefinitionKind;
use crate::finding::{Context, Verdict};
use crate::gap::Gap;
use crate::history::Fate;
use crate::history::attribution::Attribution;
use crate::history::changes::Renames;
use crate::history::ledger::{DefinitionLedger, Ledger};
use crate::span::Location;

/// One end of the range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeEnd {
    /// The commit's id, or `index`, or `worktree`, or the empty tree's id.
    pub name: String,
    pub tree: Option<String>,
}

/// What a definition is called, and which rule of the policy called it legacy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SymbolNames {
    /// `module:Qualified.name` at base, or at head for an added definition.
    pub symbol: String,
    /// The same at head, where it is another one.
    pub head_symbol: Option<String>,
    pub rule: Option<String>,
}

#[derive(Clone, Debug)]
pub struct RemovedReport {
    /// `incomplete` where a changed file could not be counted, or renames not be looked for.
    pub verdict: Verdict,
    pub base: RangeEnd,
    pub head: RangeEnd,
    pub renames: Renames,
    pub ledger: Ledger,
    pub symbols: Vec<SymbolNames>,
    pub attribution: Option<Attribution>,
    /// What the change left broken and useless; `None` where it was not asked for.
    pub aftermath: Option<Aftermath>,
    pub policy: PolicyIdentity,
    pub gaps: Vec<Gap>,
}

/// What a change left behind in the tree of its head.
#[derive(Clone, Debug, Default)]
pub struct Aftermath {
    /// References that resolved at base and dangle at head, sorted by place.
    pub broken: Vec<BrokenReference>,
    /// What lost its last user because of the change, sorted by place.
    pub useless: Vec<Useless>,
}

#[derive(Clone, Debug)]
pub struct BrokenReference {
    /// What it means, and what is gone.
    pub symbol: String,
    pub reference: ReferenceReport,
    /// What keeps it from failing as soon as its module is loaded: `type-checking`, `import-error`, `function`, ….
    pub guard: Option<&'static str>,
    /// An import at a module's top level, so that the module cannot be imported any more.
    pub breaks_module: bool,
}

#[derive(Clone, Debug)]
pub struct Useless {
    /// `definition`, `import` or `attribute`.
    pub kind: &'static str,
    pub symbol: String,
    pub location: Location,
    pub context: Context,
}

/// The numbers of the sentence that a person quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headline {
    pub net: i64,
    pub deleted: u64,
    pub added: u64,
    pub net_code: i64,
    /// Deleted lines inside removed definitions.
    pub in_removed: u64,
    pub removed_definitions: u64,
    /// What they all are, or `None` where they are of several kinds.
    pub removed_kind: Option<DefinitionKind>,
    /// Deleted lines outside of removed definitions.
    pub outside_removed: u64,
    pub moved: u64,
    /// Lines and definitions among the removed that a rule of the policy names.
    pub legacy_lines: u64,
    pub legacy_definitions: u64,
    /// References left broken outside of tests, where they were looked for.
    pub broken_in_production: Option<u64>,
}

impl RemovedReport {
    pub fn headline(&self) -> Headline {
        let ledger = &self.ledger;
        let removed: Vec<&DefinitionLedger> =
            ledger.definitions.iter().filter(|definition| definition.fate == Fate::Removed).collect();
        let kind = removed.first().map(|definition| definition.kind);
        let legacy: Vec<&DefinitionLedger> = ledger
            .definitions
            .iter()
            .zip(&self.symbols)
            .filter(|(definition, names)| definition.fate == Fate::Removed && names.rule.is_some())
            .map(|(definition, _)| definition)
            .collect();
        let lines = |list: &[&DefinitionLedger]| list.iter().map(|definition| definition.deleted.total()).sum::<u64>();
        let in_removed = lines(&removed);
        Headline {
            net: ledger.net(),
            deleted: ledger.deleted,
            added: ledger.added,
            net_code: ledger.removed_classes.code as i64 - ledger.added_classes.code as i64,
            in_removed,
            outside_removed: ledger.deleted - in_removed,
            removed_definitions: removed.len() as u64,
            removed_kind: kind.filter(|kind| removed.iter().all(|definition| definition.kind == *kind)),
            moved: ledger.base.moved,
            legacy_lines: lines(&legacy),
            legacy_definitions: legacy.len() as u64,
            broken_in_production: self.aftermath.as_ref().map(|aftermath| {
                aftermath.broken.iter().filter(|broken| broken.reference.context != Context::Tests).count() as u64
            }),
        }
    }
}
