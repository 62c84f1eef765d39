//! Stage 5, checks: (policy, project) to findings, one file per kind of rule, each with its Markdown.
//!
//! Invariants: every finding says what it does to the verdict of its rule, and has its whole `identity`; a gap spoils
//! a rule only where it may hold what the rule asks for. Absent on purpose: suppressions, baselines, and verdicts, which
//! depend on them; `triage` settles those.

pub mod broken_reference;
mod census;
mod dangling_reference;
pub mod duplicates;
mod duplication;
mod family;
mod follower;
mod identity;
mod intentional_duplicate;
mod legacy;
mod only_through;
mod query;
mod single_source;
mod successor;
mod wiring;

pub use census::{Census, CensusSeries, CountedSymbol};
pub use family::{Candidate, candidates};
pub use query::compile as compile_query;
pub use successor::{VersionedName, words};

use crate::facts::ReferenceKind;
use crate::finding::{Context, Finding, Tier, Verdict};
use crate::gap::{Extent, Gap};
use crate::language::find_linked;
use crate::policy::{Policy, PolicyPlace, Rule, RuleKind};
use crate::progress::Progress;
use crate::project::{Occurrences, Project, TracedReference};
use crate::span::{Location, RepoPath};
use crate::workspace::EntryId;
use duplicates::Searched;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use wiring::production_entries;

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
    /// What was found, in one sentence that a person can quote.
    pub conclusion: String,
    /// The worst of its contexts. A check leaves both at `Pass`; `triage` settles them.
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

/// What every check is given.
pub struct CheckInput<'a, 's> {
    pub policy: &'a Policy,
    pub project: &'a Project<'s>,
    /// The day on which deadlines are judged.
    pub today: jiff::civil::Date,
    pub scope: Scope,
    pub progress: &'a dyn Progress,
    /// The duplicates of the whole tree, searched when a rule first asks.
    searched: OnceLock<Searched>,
}

/// The paths that are judged; empty means all. Everything is resolved, whatever is judged.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub paths: Vec<String>,
}

impl Scope {
    pub fn holds(&self, path: &RepoPath) -> bool {
        self.paths.is_empty()
            || self.paths.iter().any(|it| {
                it.is_empty()
                    || path
                        .as_str()
                        .strip_prefix(it.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }
}

/// What the checks found.
#[derive(Default)]
pub struct CheckOutput {
    pub rules: Vec<RuleReport>,
    pub findings: Vec<Finding>,
    pub warnings: Vec<Warning>,
    /// Gaps that a check met by itself: a query that ran out of its budget.
    pub gaps: Vec<Gap>,
}

/// A kind of rule.
pub struct CheckSpec {
    pub kind: &'static str,
    /// The explanation, whose examples are executed as tests.
    pub explanation: &'static str,
    run: fn(&CheckInput<'_, '_>, &[&Rule]) -> CheckOutput,
}

/// Every check, in the order in which a policy lists them.
pub const CHECKS: &[CheckSpec] = &[
    legacy::SPEC,
    family::SPEC,
    only_through::SPEC,
    dangling_reference::SPEC,
    duplication::SPEC,
    single_source::SPEC,
    intentional_duplicate::SPEC,
];

/// The rule that `broken_reference` judges by.
const BROKEN_REFERENCE: &str = "broken-reference";

/// Rules that judge a change, and find nothing where there is none.
pub const RULES_OF_CHANGES: &[&str] = &[BROKEN_REFERENCE];

/// Runs every rule of the policy. Findings are sorted by place, rules stand in the order of the policy.
pub fn check(input: &CheckInput<'_, '_>) -> CheckOutput {
    let mut output = CheckOutput::default();
    // first what asks for fragments: the parse that gives them gives the facts that the others ask for
    if input.policy.rules.iter().any(|rule| matches!(rule.kind, RuleKind::Duplicates(_))) {
        input.searched();
    }
    for spec in CHECKS {
        let rules: Vec<&Rule> = input.policy.rules.iter().filter(|rule| rule.kind.name() == spec.kind).collect();
        if rules.is_empty() {
            continue;
        }
        let part = (spec.run)(input, &rules);
        output.rules.extend(part.rules);
        output.findings.extend(part.findings);
        output.warnings.extend(part.warnings);
        output.gaps.extend(part.gaps);
    }
    let position = |id: &str| input.policy.rules.iter().position(|rule| rule.id.0 == id);
    output.rules.sort_by_key(|report| position(&report.id));
    sort(&mut output.findings);
    identity::complete(&mut output.findings, input.project.sources);
    output
}

/// Findings stand in the order of their places.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (&a.location, &a.rule, a.kind, &a.symbol).cmp(&(&b.location, &b.rule, b.kind, &b.symbol)));
}

impl<'a, 's> CheckInput<'a, 's> {
    pub fn new(
        policy: &'a Policy,
        project: &'a Project<'s>,
        today: jiff::civil::Date,
        scope: Scope,
        progress: &'a dyn Progress,
    ) -> Self {
        Self { policy, project, today, scope, progress, searched: OnceLock::new() }
    }

    fn searched(&self) -> &Searched {
        self.searched.get_or_init(|| duplicates::search_for_rules(self))
    }

    fn context(&self, path: &RepoPath) -> Context {
        self.policy.context_of(path)
    }

    /// The context of a reference, which may stand in a test inside a file of code.
    fn context_of(&self, reference: &TracedReference) -> Context {
        self.policy.context_at(&reference.location.path, reference.in_tests)
    }

    fn path(&self, file: EntryId) -> &RepoPath {
        self.project.sources.path(file)
    }

    /// Gaps in files that are judged, with their context.
    fn gaps(&self) -> Vec<(Context, Gap)> {
        let gaps = self.project.sources.gaps();
        gaps.into_iter()
            .filter(|gap| self.policy.judges(&gap.path) && self.scope.holds(&gap.path))
            .map(|gap| (self.context(&gap.path), gap))
            .collect()
    }
}

/// The gaps of a context that may hold a name which was searched, given the files in which it was met unseen.
fn spoiling<'g>(
    gaps: &'g [(Context, Gap)],
    context: Context,
    is_unseen_in: &dyn Fn(&RepoPath) -> bool,
) -> Vec<&'g RepoPath> {
    gaps.iter()
        .filter(|(of, gap)| *of == context && (gap.extent == Extent::Unavailable || is_unseen_in(&gap.path)))
        .map(|(_, gap)| &gap.path)
        .collect()
}

/// Source files of some contexts that could not be read whole, and whose hidden part may hold what a rule looks for.
fn unread_sources(input: &CheckInput<'_, '_>, contexts: &[Context], may_hold: &dyn Fn(&str) -> bool) -> Vec<RepoPath> {
    let mut paths = Vec::new();
    for (context, gap) in input.gaps() {
        if !contexts.contains(&context) || find_linked(&gap.path).is_none() {
            continue;
        }
        let hidden: Option<String> = match &gap.extent {
            Extent::Unavailable => None,
            Extent::Whole => input.project.sources.lossy_text(&gap.path),
            Extent::Ranges(ranges) => input.project.sources.lossy_text(&gap.path).map(|text| {
                ranges.iter().filter_map(|range| text.get(range.start as usize..range.end as usize)).collect()
            }),
        };
        if hidden.is_none_or(|text| may_hold(&text)) {
            paths.push(gap.path);
        }
    }
    paths.dedup();
    paths
}

/// The reports of the tiers of some references, in all and per context.
fn tally<'r>(
    references: impl Iterator<Item = (Context, &'r TracedReference)>,
) -> (TierCounts, BTreeMap<Context, TierCounts>) {
    let mut all = TierCounts::default();
    let mut by_context: BTreeMap<Context, TierCounts> = BTreeMap::new();
    for (context, reference) in references {
        all.add(reference.tier);
        by_context.entry(context).or_default().add(reference.tier);
    }
    (all, by_context)
}

/// Whether a module only hands on what others hold: imports, other names for them, `__all__`, a warning that it is
/// deprecated.
fn is_shim(input: &CheckInput<'_, '_>, file: EntryId) -> bool {
    let sources = input.project.sources;
    let (Some(fragments), Some(facts)) = (sources.fragments(file), sources.facts(file)) else { return false };
    let warns = |value| facts.last_name(value).is_some_and(|name| facts.name(name) == "warn");
    let calls = facts.references.iter().any(|it| it.kind == ReferenceKind::Call && !warns(it.value));
    let defines = !fragments.units.is_empty() || !fragments.constants.is_empty();
    !defines && !calls && !facts.imports.is_empty()
}
