//! What a change left broken: references at head to names that the change took away.
//!
//! A name is taken away if a changed file gave it at base (a definition, a constant, an import, a member of a class,
//! the module itself) and nothing gives it at head, by the same path. The references that still mean it are traced in
//! the whole tree of head. Invariant: a name that still resolves at head, from a base class or by a star import, is not
//! broken. Absent on purpose: what was broken before the change.

use super::guard_name;
use crate::facts::{BindingKind, DefinitionKind, Facts, MODULE_SCOPE, ReferenceKind};
use crate::finding::Tier;
use crate::progress::Progress;
use crate::project::entity::Entity;
use crate::project::module::ModuleRef;
use crate::project::resolve::Resolver;
use crate::project::trace::{Target, TracedReference, trace_code};
use crate::project::{Project, Symbol};
use crate::workspace::EntryId;
use std::collections::BTreeSet;

/// A file that a change touched: its entry at base, at head, or at both. Entries of different snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    pub base: Option<EntryId>,
    pub head: Option<EntryId>,
}

/// A reference that dangles at head.
#[derive(Clone, Debug)]
pub struct Dangling {
    /// What it means, and what is gone.
    pub symbol: Symbol,
    pub reference: TracedReference,
}

impl Dangling {
    /// An import at the top level of a module, without a guard: the module cannot be imported any more.
    pub fn breaks_module(&self) -> bool {
        self.reference.kind == ReferenceKind::Import && self.guard().is_none()
    }

    /// What keeps it from failing as soon as its module is loaded.
    pub fn guard(&self) -> Option<&'static str> {
        guard_name(self.reference.guards)
    }
}

/// The references that the change left dangling, sorted by place.
pub fn broken(
    base: &Project<'_>,
    head: &Project<'_>,
    changed: &[ChangedFile],
    progress: &dyn Progress,
) -> Vec<Dangling> {
    let targets: Vec<Target> = taken_away(base, head, changed).into_iter().collect();
    let mut dangling = Vec::new();
    for found in trace_code(head, &targets, progress) {
        let (Target::Symbol(symbol) | Target::Near { symbol, .. }) = &found.target else { continue };
        for reference in found.references {
            let is_code = !matches!(reference.kind, ReferenceKind::Text | ReferenceKind::Keyword);
            if is_code && reference.tier <= Tier::Likely {
                dangling.push(Dangling { symbol: symbol.clone(), reference });
            }
        }
    }
    // `from gone import f` dangles by the module and by the name: the first says it all.
    dangling.sort_by(|a, b| (&a.reference.location, &a.symbol).cmp(&(&b.reference.location, &b.symbol)));
    let gone: BTreeSet<String> = targets.iter().filter_map(|target| module_of(target)).map(str::to_owned).collect();
    dangling.retain(|it| {
        it.symbol.name.is_none() || !gone.contains(&it.symbol.module) || it.reference.kind != ReferenceKind::Import
    });
    dangling
}

fn module_of(target: &Target) -> Option<&str> {
    match target {
        Target::Symbol(Symbol { module, name: None }) => Some(module),
        _ => None,
    }
}

/// Names that base gives and head does not.
fn taken_away(base: &Project<'_>, head: &Project<'_>, changed: &[ChangedFile]) -> BTreeSet<Target> {
    let mut targets = BTreeSet::new();
    let (mut before, mut after) = (Resolver::new(base), Resolver::new(head));
    // What dangled at base already is not blamed on the change.
    let mut is_taken = |symbol: &Symbol| !exists(&mut after, symbol) && exists(&mut before, symbol);
    for file in changed {
        let Some(old) = file.base.filter(|&old| base.sources.language(old).is_some()) else { continue };
        let Some(facts) = base.sources.facts(old) else { continue };
        let module = base.module_name(old);
        if module.is_empty() {
            continue;
        }
        let own = Target::Symbol(Symbol::module(module));
        if is_taken(&Symbol::module(module)) {
            targets.insert(own);
        }
        for target in given(&facts, module) {
            let (Target::Symbol(symbol) | Target::Near { symbol, .. }) = &target else { continue };
            if is_taken(symbol) {
                targets.insert(target);
            }
        }
    }
    targets
}

/// Everything that other files can take from a module.
fn given(facts: &Facts, module: &str) -> Vec<Target> {
    let mut names = Vec::new();
    for binding in facts.bindings.iter().filter(|binding| binding.scope == MODULE_SCOPE) {
        let symbol = Symbol::new(module, facts.name(binding.name));
        names.push(match binding.kind {
            BindingKind::Import(_) => {
                let companion = module.rsplit('.').next().unwrap_or(module).to_owned();
                Target::Near { symbol, companion }
            }
            _ => Target::Symbol(symbol),
        });
    }
    for id in facts.definition_ids() {
        let definition = facts.definition(id);
        let in_class = definition.parent.is_some_and(|parent| facts.definition(parent).kind == DefinitionKind::Class);
        if in_class {
            let name = facts.qualified_name(id);
            names.push(Target::Symbol(Symbol::new(module, name)));
        }
    }
    names
}

/// Whether a symbol still means something in the resolver's project. What cannot be told counts as existing.
pub fn exists(resolver: &mut Resolver<'_, '_>, symbol: &Symbol) -> bool {
    let found = resolver.symbol(symbol);
    if symbol.name.is_none() {
        // A namespace folder that remains is no module that can give a name.
        return found.iter().any(|it| matches!(it.entity, Entity::Module(ModuleRef::File(_))));
    }
    found.iter().any(|it| !matches!(it.entity, Entity::Missing(_)))
}
