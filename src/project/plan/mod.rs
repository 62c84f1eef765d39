//! Removal plans: what goes with some symbols, in which order, and what has to be rewritten first.
//!
//! A definition dies when every reference to it comes from code that dies: proven, likely and name-only references count
//! alike, and tests keep no production code alive. It is a greatest fixed point: all candidates are taken for dead, and
//! those that living code refers to are taken out until nothing changes, so a ring of definitions that only call each
//! other goes too. Candidates are what dying code refers to, and the private members beside it. A flag dies where every
//! reading of it in production chooses between what dies and what stays; the branch that it guards goes with it.
//!
//! Invariant: what overrides a method, is registered by a decorator, exported, named by a configuration, special to
//! Python or known to a base outside the project stays, with the reason. Absent on purpose: changing any file.

mod branch;
mod death;
mod order;
mod result;
mod test;

use super::entity::DefinitionRef;
use super::trace::{Target, TracedReference};
use super::{Project, Symbol};
use crate::facts::{Facts, LineClass, LineTally};
use crate::progress::Progress;
use crate::span::{LineRange, Location, RepoPath, Span};
use crate::workspace::EntryId;
use death::Planner;
use std::collections::{BTreeMap, BTreeSet};

/// References, each with the symbol that it means.
type Uses = Vec<(String, TracedReference)>;

/// Something to delete.
#[derive(Clone, Debug)]
pub struct Removal {
    /// `module`, `class`, `function`, `method`, `constant`, `type alias`, `flag`, `branch` or `import`.
    pub kind: &'static str,
    pub symbol: String,
    /// From its first line (decorators and the comment above it included) to its last.
    pub location: Location,
    /// All zero for a part of a line.
    pub lines: LineTally,
    pub because: String,
    /// 1-based place in the order; things of one step refer to each other.
    pub step: u32,
    /// It stands in something that goes anyway, so its lines count there.
    pub is_inside: bool,
}

/// What was looked at and stays, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    pub symbol: String,
    pub because: String,
    pub location: Option<Location>,
}

/// What becomes of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TestFate {
    /// It tests nothing but what goes.
    Dies,
    /// It goes on passing and proves nothing: what is gone is caught, or only asked about.
    Vacuous,
    /// It fails, and has to be rewritten.
    Breaks,
    /// It sets or asks for a flag that nothing reads any more.
    Flag,
    /// It asserts that what goes is gone.
    Guards,
}

impl TestFate {
    pub const ALL: [TestFate; 5] =
        [TestFate::Dies, TestFate::Vacuous, TestFate::Breaks, TestFate::Flag, TestFate::Guards];

    pub fn name(self) -> &'static str {
        match self {
            TestFate::Dies => "dies",
            TestFate::Vacuous => "vacuous",
            TestFate::Breaks => "breaks",
            TestFate::Flag => "flag",
            TestFate::Guards => "guards",
        }
    }
}

#[derive(Clone, Debug)]
pub struct PlannedTest {
    pub fate: TestFate,
    /// The qualified name of the test inside its file; the module's where it is code outside a function.
    pub name: String,
    /// The whole test, or the first reference outside of one.
    pub location: Location,
    /// Its lines, where it dies.
    pub lines: LineTally,
    pub references: Vec<(String, TracedReference)>,
}

/// The whole plan.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In the order of deletion.
    pub removals: Vec<Removal>,
    /// References in production that must be rewritten before, with the symbol of each.
    pub rewrite: Vec<(String, TracedReference)>,
    /// Sorted by fate, then by place.
    pub tests: Vec<PlannedTest>,
    /// Attributes that are written and have no reader left in production.
    pub write_only: Vec<(String, Location)>,
    /// Text that names what goes.
    pub mentions: Vec<(String, TracedReference)>,
    pub kept: Vec<Kept>,
    /// Lines of production, each counted once.
    pub lines: LineTally,
    /// Lines of the tests that die.
    pub test_lines: LineTally,
}

/// A definition that only what was asked for leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Follower {
    pub symbol: Symbol,
    pub location: Location,
    pub because: String,
    /// What was asked for and leads to it.
    pub leaders: BTreeSet<Symbol>,
}

/// Works out what goes with the targets. `is_test` tells the files whose code is no production.
pub fn plan(
    project: &Project<'_>,
    targets: &[Target],
    is_test: &(dyn Fn(&RepoPath) -> bool + Sync),
    progress: &dyn Progress,
) -> Plan {
    Planner::settled(project, targets, is_test, progress).finish(progress)
}

/// The definitions that die with the targets, besides these, sorted by place.
pub fn followers(
    project: &Project<'_>,
    targets: &[Target],
    is_test: &(dyn Fn(&RepoPath) -> bool + Sync),
    progress: &dyn Progress,
) -> Vec<Follower> {
    let planner = Planner::settled(project, targets, is_test, progress);
    let dying: BTreeSet<DefinitionRef> = planner.because.keys().copied().collect();
    let mut users = order::users(project, &dying, &planner.traces);
    for (&definition, _) in planner.because.iter().filter(|(_, because)| **because == Reason::Unused) {
        let beside = dying.iter().copied().filter(|&it| planner.is_beside(it, definition));
        let beside: BTreeSet<DefinitionRef> = beside.filter(|it| planner.because[it] == Reason::Asked).collect();
        users.entry(definition).or_default().extend(beside);
    }
    let mut found = Vec::new();
    for (&definition, because) in &planner.because {
        let Some(facts) = project.sources.facts(definition.file) else { continue };
        if !because.is_consequence() || planner.is_inside(definition) {
            continue;
        }
        let own = facts.definition(definition.id);
        let end_line = facts.line_index.lines(own.span).end;
        let location = Location { end_line, ..project.place(definition.file, &facts, own.name_span) };
        let around = order::closure(definition, &users, &dying).into_iter();
        let leaders = around.filter(|it| !planner.because[it].is_consequence()).map(|it| project.symbol_of(it));
        let leaders = leaders.collect();
        found.push(Follower { symbol: project.symbol_of(definition), location, because: because.words(), leaders });
    }
    found.sort_by(|a, b| a.location.cmp(&b.location));
    found
}

/// Code that goes, as spans of files.
#[derive(Clone, Debug, Default)]
struct Dying {
    spans: BTreeMap<EntryId, BTreeSet<Span>>,
}

impl Dying {
    fn add(&mut self, file: EntryId, span: Span) -> bool {
        self.spans.entry(file).or_default().insert(span)
    }

    fn holds(&self, file: EntryId, span: Span) -> bool {
        self.spans.get(&file).is_some_and(|spans| spans.iter().any(|it| it.contains(span)))
    }

    fn files(&self) -> impl Iterator<Item = (EntryId, &BTreeSet<Span>)> {
        self.spans.iter().map(|(&file, spans)| (file, spans))
    }
}

/// Why a definition dies.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    Asked,
    /// It stands in a module that was asked for.
    InModule,
    /// What goes uses it, and nothing else does.
    Used {
        by: BTreeSet<String>,
    },
    /// Nothing in production uses it, and it is private to a class that loses what was asked for.
    Unused,
}

impl Reason {
    fn is_consequence(&self) -> bool {
        matches!(self, Reason::Used { .. } | Reason::Unused)
    }

    fn words(&self) -> String {
        match self {
            Reason::Asked => "asked for".to_owned(),
            Reason::InModule => "in a module that was asked for".to_owned(),
            Reason::Used { by } => match by.first() {
                Some(user) if by.len() == 1 => format!("only `{user}` uses it"),
                _ => "only what goes uses it".to_owned(),
            },
            Reason::Unused => "nothing in production uses it".to_owned(),
        }
    }
}

/// The lines of a span, with the comment that stands right above it.
fn with_comment(facts: &Facts, span: Span) -> LineRange {
    let mut lines = facts.line_index.lines(span);
    let class = |line: u32| line.checked_sub(1).and_then(|index| facts.lines.get(index as usize));
    while class(lines.start - 1) == Some(&LineClass::Comment) {
        lines.start -= 1;
    }
    lines
}

fn tally(facts: &Facts, lines: LineRange) -> LineTally {
    let mut tally = LineTally::default();
    let classes = (lines.start..=lines.end).filter_map(|line| facts.lines.get(line as usize - 1));
    classes.for_each(|&class| tally.add(class));
    tally
}
