//! The census: what the rules about legacy name and what of it is there, counted over successive trees.
//!
//! Invariant: symbols, their definitions and the numbers of their references are those that [`check`](super::check) reports
//! of the same tree. Absent on purpose: findings, verdicts, and where references stand.

use super::{CheckInput, TierCounts, family, legacy};
use crate::finding::Tier;
use crate::policy::Rule;
use crate::project::{Series, Standing, TraceSeries, Track};
use crate::span::{Location, RepoPath};

/// What one rule about legacy names, and what of it is there.
#[derive(Clone, Debug)]
pub struct Census {
    pub rule: String,
    pub kind: &'static str,
    pub symbols: Vec<CountedSymbol>,
    /// Paths of the gaps that may hold something that the rule names.
    pub spoiled_by: Vec<RepoPath>,
    /// Those of them that may define it: a missing document may use a symbol and cannot make one.
    pub may_define: Vec<RepoPath>,
}

/// A symbol that a rule names or selects, or a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedSymbol {
    /// `module:Qualified.name`, or the key of a flag.
    pub symbol: String,
    /// It is defined, or, for a flag, production reads it: its state is `present` or `unused`.
    pub is_there: bool,
    pub definitions: Vec<Location>,
    pub references: TierCounts,
}

/// The trees so far. All of them are to be of one policy.
#[derive(Default)]
pub struct CensusSeries {
    track: Track,
    named: TraceSeries,
    members: Series<Vec<family::Member>>,
    selected: TraceSeries,
}

impl CensusSeries {
    /// Counts what the rules about legacy name in the next tree, in the order of the policy.
    pub fn next(&mut self, input: &CheckInput<'_, '_>) -> Vec<Census> {
        let of = |kind: &str| -> Vec<&Rule> { input.policy.rules.iter().filter(|it| it.kind.name() == kind).collect() };
        let step = self.track.step(input.project);
        let (named, selected) = (of(legacy::SPEC.kind), of(family::SPEC.kind));
        let mut census = Vec::new();
        if !named.is_empty() {
            census.extend(legacy::census(input, &named, &step, &mut self.named));
        }
        if !selected.is_empty() {
            census.extend(family::census(input, &selected, &step, &mut self.members, &mut self.selected));
        }
        self.track.end(input.project);
        census.sort_by_key(|one| input.policy.rules.iter().position(|rule| rule.id.0 == one.rule));
        census
    }
}

/// Numbers by tier.
pub(super) fn tiers(standing: &Standing) -> TierCounts {
    let number = |tier: Tier| standing.references.get(&tier).copied().unwrap_or(0);
    TierCounts {
        proven: number(Tier::Proven),
        likely: number(Tier::Likely),
        name_only: number(Tier::NameOnly),
        text: number(Tier::Text),
    }
}
