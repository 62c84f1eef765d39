//! Lazy names: what a module's `__getattr__` gives, as its tables and its own imports say.
//!
//! Invariant: such a name is at best likely, since the function is not run. Absent on purpose: a `__getattr__` that works
//! its names out; what it may give is unknown.

use super::entity::{Entity, Resolved};
use super::resolve::Resolver;
use crate::facts::{Facts, ImportId, ImportTarget, LazyName, MODULE_SCOPE};
use crate::workspace::EntryId;
use std::sync::Arc;

impl Resolver<'_, '_> {
    /// What `__getattr__` of a module gives for a name; empty where nothing says so.
    pub(super) fn lazy_member(&mut self, file: EntryId, facts: &Facts, name: &str) -> Vec<Resolved> {
        for lazy in facts.lazy.iter().filter(|it| facts.name(it.name) == name) {
            let found = self.lazy_path(file, facts, lazy, name);
            if !found.is_empty() {
                let what = || format!("`{name}` is loaded when it is asked for");
                let hop = Arc::new(self.hop(file, facts, lazy.span.start, what()));
                let with_hop = |mut it: Resolved| {
                    it.hops.insert(0, hop.clone());
                    it.likely()
                };
                return found.into_iter().map(with_hop).collect();
            }
        }
        // `def __getattr__(name): from shop.orders import save; return save`
        let Some(own) = facts.names.find("__getattr__") else { return Vec::new() };
        let is_own = |id| facts.definition(id).name == own && facts.definition(id).scope == MODULE_SCOPE;
        let mut found = Vec::new();
        for (index, import) in facts.imports.iter().enumerate() {
            let ImportTarget::Name(taken, _) = import.target else { continue };
            if facts.name(import.alias.unwrap_or(taken)) == name && facts.function_of(import.scope).is_some_and(is_own)
            {
                found.extend(self.import(file, facts, ImportId(index as u32)));
            }
        }
        found.into_iter().map(Resolved::likely).collect()
    }

    /// A path of a table names the module or the definition, absolutely or from the package on.
    fn lazy_path(&mut self, file: EntryId, facts: &Facts, lazy: &LazyName, name: &str) -> Vec<Resolved> {
        let written = facts.name(lazy.path);
        let path = written.trim_start_matches('.');
        let level = (written.len() - path.len()) as u32;
        let from = if level > 0 { vec![level] } else { vec![0, 1] };
        for level in from {
            let dotted = self.project.absolute_module(file, level, path);
            for candidate in [format!("{dotted}.{name}"), dotted] {
                let mut found = self.path(&candidate, file);
                found.retain(|it| matches!(it.entity, Entity::Definition(_) | Entity::Module(_)));
                if !found.is_empty() {
                    return found;
                }
            }
        }
        Vec::new()
    }
}
