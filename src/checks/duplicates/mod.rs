//! Duplicates: several implementations of one thing, found without a policy.
//!
//! One file per kind, each with its Markdown; [`DUPLICATES`] is the registry. A kind looks through the [`Corpus`] and
//! returns [`Group`]s; groups about the same definitions become one (`merge`), are ranked, and get the references of
//! each copy (`winner`). Invariants: a group has at least two instances, sorted by place; an instance stands in one
//! group of a kind; equal trees give equal groups, whatever the order of reading. Absent on purpose: a verdict;
//! duplicates are shown, a policy judges.

mod clone;
mod corpus;
mod duplicate_constant;
mod duplicate_definition;
mod duplicate_enum;
mod duplicate_env_default;
mod duplicate_route;
mod merge;
mod parallel_implementation;
mod shadowed_module;
mod version_family;
mod winner;

pub use clone::CloneType;
pub use corpus::{Corpus, CorpusFile, UnitRef};

use super::CheckInput;
use crate::finding::Context;
use crate::span::{LineRange, RepoPath};
use crate::workspace::EntryId;

/// What makes the members of a group duplicates, the strongest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DuplicateKind {
    DuplicateRoute,
    VersionFamily,
    DuplicateDefinition,
    DuplicateEnum,
    ParallelImplementation,
    Clone,
    DuplicateConstant,
    DuplicateEnvDefault,
    ShadowedModule,
}

impl DuplicateKind {
    pub fn name(self) -> &'static str {
        match self {
            DuplicateKind::DuplicateRoute => "duplicate-route",
            DuplicateKind::VersionFamily => "version-family",
            DuplicateKind::DuplicateDefinition => "duplicate-definition",
            DuplicateKind::DuplicateEnum => "duplicate-enum",
            DuplicateKind::ParallelImplementation => "parallel-implementation",
            DuplicateKind::Clone => "clone",
            DuplicateKind::DuplicateConstant => "duplicate-constant",
            DuplicateKind::DuplicateEnvDefault => "duplicate-env-default",
            DuplicateKind::ShadowedModule => "shadowed-module",
        }
    }
}

/// What to look for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Kinds that are reported; empty means all.
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
    /// `function`, `class`, `statements`, `constant`, `module`, `registration`.
    pub what: &'static str,
    pub context: Context,
    /// What this copy says where the copies disagree: a default, a value.
    pub detail: Option<String>,
    pub uses: Option<Uses>,
}

/// Who uses a copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Proven and likely references in code, outside the copy itself.
    pub code: u64,
    pub tests: u64,
    /// Files that import it.
    pub importers: u64,
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
    let corpus = Corpus::load(input, options);
    let search = Search { input, options, corpus: &corpus };
    let mut output = DuplicatesOutput::default();
    for spec in DUPLICATES {
        // the reasons of a group may come from a kind that is not asked for
        let part = (spec.run)(&search);
        output.groups.extend(part.groups);
        output.bounds.extend(part.bounds);
    }
    output.groups = merge::merge(output.groups);
    if !options.kinds.is_empty() {
        output.groups.retain(|group| group.reasons.iter().any(|kind| options.kinds.contains(kind)));
    }
    merge::rank(&mut output.groups);
    winner::trace_uses(input, &mut output.groups, options.traced);
    output
}

impl Search<'_, '_, '_> {
    fn instance(&self, at: UnitRef) -> Instance {
        let unit = self.corpus.unit(at);
        Instance { what: unit.kind.name(), ..self.instance_at(at.file, unit.lines, &unit.name) }
    }

    fn instance_at(&self, file: u32, lines: LineRange, name: &str) -> Instance {
        self.instance_in(self.corpus.files[file as usize].id, lines, name)
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
            uses: None,
        }
    }
}
