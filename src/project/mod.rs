//! Stage 4, the project model: facts of many files, joined into modules, classes and meanings.
//!
//! Invariants: the model answers on demand and parses no file twice; a symbol has one text, whichever way it was
//! reached. Absent on purpose: rules; the model says what a reference means, not whether it may be there.

mod annotation;
mod broken;
mod call;
mod class;
mod crates;
mod entity;
mod exported;
mod holder;
mod lazy;
mod memo;
mod module;
mod narrow;
mod orphan;
mod path;
mod plan;
mod reach;
mod resolve;
mod root;
mod route;
mod series;
mod symbol;
#[cfg(test)]
mod tests;
mod trace;

pub use broken::{BrokenReference, ChangedFile, Dangling, broken, broken_references, guard_name};
pub use class::Mro;
pub use entity::{DefinitionRef, Entity, Holder, HolderKind, Resolved};
pub use module::{Found, ModuleIndex, ModuleRef, is_python, primary_name};
pub use orphan::{Orphan, orphans};
pub use plan::{Follower, Kept, Plan, PlannedTest, Removal, TestFate, followers, plan};
pub use reach::{EntryKind, EntryPoint, Node, Reach, Reached, entry_points, nodes_of};
pub use resolve::Resolver;
pub use root::{METADATA, Roots, declared_roots};
pub use route::{
    Endpoint, Framework, Host, HostId, HostKind, Mount, MountId, Route, RouteId, RoutePath, Routes, Site, endpoints,
    routes,
};
pub use series::{Made, Series, Step, Track, make};
pub use symbol::Symbol;
pub use trace::{
    DefinitionSite, LeftOut, Occurrences, PlaceReason, Standing, Target, Trace, TraceSeries, TracedReference,
    UseAccess, trace, trace_code, why,
};

use crate::facts::Facts;
use crate::policy::SymbolPattern;
use crate::source::SourceSet;
use crate::span::{Location, Position, Span};
use crate::workspace::EntryId;
use std::collections::BTreeSet;

/// The files that are judged, and what they mean together.
pub struct Project<'s> {
    pub sources: &'s SourceSet<'s>,
    /// Files that the policy does not leave out, sorted.
    pub ids: Vec<EntryId>,
    pub modules: ModuleIndex,
}

impl<'s> Project<'s> {
    /// `roots` are the import roots that the policy declares; empty means they are found.
    pub fn new(sources: &'s SourceSet<'s>, ids: Vec<EntryId>, roots: &[String]) -> Self {
        let modules = ModuleIndex::new(sources, &ids, roots);
        Self { sources, ids, modules }
    }

    pub fn module_name(&self, file: EntryId) -> &str {
        self.modules.name(file)
    }

    /// The symbol of a definition. A file that could not be read gives its module.
    pub fn symbol_of(&self, definition: DefinitionRef) -> Symbol {
        let module = self.module_name(definition.file);
        match self.sources.facts(definition.file) {
            Some(facts) => Symbol::new(module, facts.qualified_name(definition.id)),
            None => Symbol::module(module),
        }
    }

    /// Where a name stands. Columns count bytes, which are characters wherever the line before a name is ASCII.
    pub fn place(&self, file: EntryId, facts: &Facts, name: Span) -> Location {
        let line = facts.line_index.line(name.start);
        let column = name.start - facts.line_index.span(line).start + 1;
        Location {
            path: self.sources.path(file).clone(),
            start: Position { line, column },
            end_line: facts.line_index.lines(name).end,
        }
    }

    /// The absolute name of a module that a file names with `level` leading dots.
    pub fn absolute_module(&self, file: EntryId, level: u32, written: &str) -> String {
        if level == 0 {
            return written.to_owned();
        }
        let mut parts: Vec<&str> = self.module_name(file).split('.').collect();
        let ups = level as usize - usize::from(self.modules.is_package(self.sources, file));
        parts.truncate(parts.len().saturating_sub(ups));
        parts.extend(written.split('.').filter(|part| !part.is_empty()));
        parts.join(".")
    }

    /// The symbols that a pattern selects; without globs the symbol itself, which need not exist.
    pub fn matching(&self, pattern: &SymbolPattern) -> Vec<Symbol> {
        if !pattern.has_globs() {
            return vec![Symbol { module: pattern.module.clone(), name: pattern.name.clone() }];
        }
        let of_module = SymbolPattern { name: None, ..pattern.clone() };
        let mut symbols = BTreeSet::new();
        for (file, module) in self.modules.files().filter(|(_, module)| of_module.matches(module, None)) {
            if pattern.name.is_none() {
                symbols.insert(Symbol::module(module));
                continue;
            }
            let Some(facts) = self.sources.facts(file) else { continue };
            let names = facts.definition_ids().map(|id| facts.qualified_name(id));
            symbols.extend(names.filter(|it| pattern.matches(module, Some(it))).map(|name| Symbol::new(module, name)));
        }
        symbols.into_iter().collect()
    }

    /// The symbol with the module's primary name, where the module is in the tree: `src.pkg.a:f` is `pkg.a:f`.
    pub fn canonical(&self, symbol: &Symbol) -> Symbol {
        match self.modules.find(&symbol.module, None) {
            Found::Module(module) => Symbol { module: self.modules.module_name(&module), name: symbol.name.clone() },
            _ => symbol.clone(),
        }
    }
}
