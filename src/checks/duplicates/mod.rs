//! Duplicates: several implementations of one thing, found without a policy.
//!
//! One file per kind, each with its Markdown; [`DUPLICATES`] is the registry. A kind looks through the [`Corpus`] and
//! returns [`Group`]s; groups about the same definitions become one (`merge`), are ranked, and get the references of
//! each copy (`winner`). Invariants: a group has at least two instances, sorted by place; an instance stands in one
//! group of a kind; equal trees give equal groups, whatever the order of reading. Absent on purpose: a verdict;
//! duplicates are shown, a policy judges.

mod agreement;
mod clone;
mod corpus;
mod difference;
mod duplicate_constant;
mod duplicate_definition;
mod duplicate_enum;
mod duplicate_env_default;
mod duplicate_route;
mod hierarchy;
mod members;
mod intentional;
mod merge;
mod novelty;
mod parallel_implementation;
mod production;
mod shadowed_module;
mod shelf;
mod version_family;
mod winner;

pub use agreement::Agreement;
pub use clone::CloneType;
pub use corpus::{Corpus, CorpusFile, UnitRef};
pub use difference::{Change, Difference};
pub use intentional::Registration;
pub use production::Production;
pub(super) use winner::{choose, trace_uses};

use super::{CheckInput, Scope};
pub use crate::finding::DuplicateKind;

use crate::finding::Context;
use crate::history::LastChange;
use crate::policy::{MIN_LINES, RuleKind};
use crate::span::{LineRange, RepoPath};
use crate::workspace::EntryId;

/// What to look for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Kinds that are looked for; empty means all. What another kind would have found is no reason of a group then.
    pub kinds: Vec<DuplicateKind>,
    /// Lines that a clone has at least.
    pub min_lines: u32,
    /// Whether test code is looked through too.
    pub tests: bool,
    /// Groups whose copies get their references counted, the first ones; `None` is all.
    pub traced: Option<usize>,
}

/// One copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    pub path: RepoPath,
    pub lines: LineRange,
    /// `module:Class.method`, or the innermost definition around a run of statements.
    pub symbol: String,
    /// `function`, `method`, `class`, `impl`, `statements`, `constant`, `module`, `registration`.
    pub what: &'static str,
    pub context: Context,
    /// What this copy says where the copies disagree: a default, a value.
    pub detail: Option<String>,
    /// Hash of its statements as they are, without its own header: equal where two copies say the same.
    pub content: u64,
    pub uses: Option<Uses>,
    /// Whether production entry points reach it; unknown where nobody looked.
    pub production: Option<Production>,
    /// The last commit that changed its file; unknown where there is no history.
    pub last_change: Option<LastChange>,
}

/// Who uses a copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Proven and likely references in code, outside the copy itself.
    pub code: u64,
    pub tests: u64,
    /// Modules that import it, sorted; those of tests stand last.
    pub importers: Vec<String>,
    /// A package above it exports it: the name of the package.
    pub exported_by: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub kind: DuplicateKind,
    /// Every reason, `kind` among them.
    pub reasons: Vec<DuplicateKind>,
    pub clone_type: Option<CloneType>,
    /// In thousandths; 1000 is equal.
    pub similarity: u32,
    /// The copies do not say the same: a value, a default, a body.
    pub disagrees: bool,
    pub message: String,
    /// What is also the same inside the copies.
    pub parts: Vec<String>,
    /// The copy to keep, as an index into `instances`, and why.
    pub canonical: Option<(usize, String)>,
    /// Sorted by path and line.
    pub instances: Vec<Instance>,
    pub details: Details,
}

/// What is worked out of a group once it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    pub agreement: Agreement,
    /// Where copies that nearly agree differ, one entry per variant.
    pub differences: Vec<Difference>,
    /// The entry of the policy that says it is on purpose.
    pub registration: Option<Registration>,
}

/// What was found, and what was not looked into.
#[derive(Clone, Debug, Default)]
pub struct DuplicatesOutput {
    /// The most important first.
    pub groups: Vec<Group>,
    /// Sentences on what the search was bounded by.
    pub bounds: Vec<String>,
}

/// A kind of duplicates.
pub struct DuplicateSpec {
    pub kind: DuplicateKind,
    /// The explanation, whose examples are executed as tests.
    pub explanation: &'static str,
    run: fn(&Search<'_, '_, '_>) -> DuplicatesOutput,
}

/// What every kind is given.
pub struct Search<'a, 'c, 's> {
    pub input: &'a CheckInput<'c, 's>,
    pub options: &'a Options,
    pub corpus: &'a Corpus,
}

/// Every kind.
pub const DUPLICATES: &[DuplicateSpec] = &[
    duplicate_route::SPEC,
    version_family::SPEC,
    duplicate_definition::SPEC,
    duplicate_enum::SPEC,
    parallel_implementation::SPEC,
    clone::SPEC,
    duplicate_constant::SPEC,
    duplicate_env_default::SPEC,
    shadowed_module::SPEC,
];

/// Finds the groups of every kind that is asked for.
pub fn find(input: &CheckInput<'_, '_>, options: &Options) -> DuplicatesOutput {
    find_new(input, options, None)
}

/// Finds the groups that are not among those of another tree.
pub fn find_new(input: &CheckInput<'_, '_>, options: &Options, base: Option<&[Group]>) -> DuplicatesOutput {
    // who uses a copy is asked of the facts of nearly every file
    find_in(input, options, &Corpus::load(input, options, options.traced != Some(0)), base)
}

fn find_in(input: &CheckInput<'_, '_>, options: &Options, corpus: &Corpus, base: Option<&[Group]>) -> DuplicatesOutput {
    let search = Search { input, options, corpus };
    let mut output = DuplicatesOutput::default();
    let is_wanted = |spec: &&DuplicateSpec| options.kinds.is_empty() || options.kinds.contains(&spec.kind);
    for spec in DUPLICATES.iter().filter(is_wanted) {
        let part = (spec.run)(&search);
        output.groups.extend(part.groups);
        output.bounds.extend(part.bounds);
    }
    output.groups = merge::merge(output.groups);
    agreement::compare(corpus, input, &mut output.groups);
    intentional::register(input, &mut output.groups);
    if let Some(base) = base {
        novelty::retain_new(&mut output.groups, base);
    }
    merge::rank(&mut output.groups);
    let examined = options.traced.unwrap_or(usize::MAX).min(output.groups.len());
    let groups = &mut output.groups[..examined];
    winner::trace_uses(input, groups);
    // the files that use a copy are read by now
    production::trace_production(input, groups);
    winner::choose(input, groups);
    difference::quote(input, groups);
    output
}

/// The groups of a whole tree, for the rules that judge them: searched once, whatever asks.
pub fn search_for_rules(input: &CheckInput<'_, '_>) -> Searched {
    let mut options = Options { kinds: Vec::new(), min_lines: MIN_LINES, tests: false, traced: Some(0) };
    let mut least = None;
    for rule in &input.policy.rules {
        match &rule.kind {
            RuleKind::Duplicates(rule) => {
                least = Some(least.map_or(rule.min_lines, |least: u32| least.min(rule.min_lines)));
                options.tests |= rule.contexts.contains(&Context::Tests);
            }
            RuleKind::SingleSource(_) => (least, options.tests) = (Some(MIN_LINES), true),
            RuleKind::IntentionalDuplicate(entry) => options.tests |= intentional::names_tests(input, entry),
            _ => {}
        }
    }
    options.min_lines = least.unwrap_or(MIN_LINES);
    let whole = CheckInput::new(input.policy, input.project, input.today, Scope::default(), input.progress);
    let corpus = Corpus::load(&whole, &options, true);
    Searched { output: find_in(&whole, &options, &corpus, None), corpus }
}

/// The duplicates of a whole tree, and what they were found in.
pub struct Searched {
    pub output: DuplicatesOutput,
    pub corpus: Corpus,
}

impl CheckInput<'_, '_> {
    /// A unit of the corpus as a copy.
    pub(super) fn instance_of(&self, corpus: &Corpus, at: UnitRef) -> Instance {
        let options = Options { kinds: Vec::new(), min_lines: MIN_LINES, tests: true, traced: None };
        Search { input: self, options: &options, corpus }.instance(at)
    }
}

impl Search<'_, '_, '_> {
    /// The path of a file of the corpus.
    fn path(&self, file: u32) -> &RepoPath {
        self.input.path(self.corpus.files[file as usize].id)
    }

    fn instance(&self, at: UnitRef) -> Instance {
        let unit = self.corpus.unit(at);
        Instance { what: unit.kind.name(), ..self.instance_at(at.file, unit.lines, &unit.name) }
    }

    fn instance_at(&self, file: u32, lines: LineRange, name: &str) -> Instance {
        let file = &self.corpus.files[file as usize];
        let instance = self.instance_in(file.id, lines, name);
        match file.fragments.is_test(lines.start) {
            true => Instance { context: Context::Tests, ..instance },
            false => instance,
        }
    }

    fn instance_in(&self, file: EntryId, lines: LineRange, name: &str) -> Instance {
        let module = self.input.project.module_name(file);
        Instance {
            path: self.input.path(file).clone(),
            lines,
            symbol: if name.is_empty() { module.to_owned() } else { format!("{module}:{name}") },
            what: "statements",
            context: self.input.context(self.input.path(file)),
            detail: None,
            content: 0,
            uses: None,
            production: None,
            last_change: None,
        }
    }
}
