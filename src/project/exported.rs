//! Names in modules: bound there, taken from star imports, or made when they are asked for.
//!
//! Modules may import everything from each other in a circle, so each name of a module is resolved once, and what was
//! found on the way round a circle holds only until the name at its head is resolved. Invariant: what is remembered is
//! what would be found by asking for it alone. Absent on purpose: in which order modules run; every star import counts.

use super::entity::{Entity, Resolved};
use super::module::ModuleRef;
use super::resolve::{DEPTH_LIMIT, Resolver, distinct};
use super::symbol::Symbol;
use crate::facts::{Binding, BindingKind, Facts, ImportTarget, MODULE_SCOPE, ScopeId};
use crate::workspace::EntryId;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The names of modules that were asked for.
pub struct ExportedNames {
    names: FxHashMap<(EntryId, Box<str>), Exported>,
    /// How many of them are being resolved, one inside the other.
    open: usize,
    /// The outermost of them that was asked for again since its result began to be worked out.
    outermost: usize,
    /// Those that hold as long as the outermost is being resolved, in order.
    tentative: Vec<(EntryId, Box<str>)>,
}

impl Default for ExportedNames {
    fn default() -> Self {
        Self { names: FxHashMap::default(), open: 0, outermost: usize::MAX, tentative: Vec::new() }
    }
}

/// What is known of a name in a module.
enum Exported {
    /// It is being resolved, that many others around it.
    Open(usize),
    /// What it is while the one at that depth is being resolved.
    Tentative(Arc<[Resolved]>, usize),
    Known(Arc<[Resolved]>),
}

/// Of many ways through star imports one is told.
fn one_way(found: &mut Vec<Resolved>, member: Resolved) {
    match found.iter_mut().find(|it| it.entity == member.entity) {
        Some(known) if member.tier < known.tier => *known = member,
        Some(_) => {}
        None => found.push(member),
    }
}

impl Resolver<'_, '_> {
    /// A name that a scope takes from its star imports, and whether one of them cannot be looked into.
    pub(super) fn starred(
        &mut self,
        file: EntryId,
        facts: &Facts,
        scope: ScopeId,
        name: &str,
    ) -> (Vec<Resolved>, bool) {
        let mut found = Vec::new();
        let mut is_open = false;
        for import in facts.imports.iter().filter(|it| it.target == ImportTarget::Star && it.scope == scope) {
            if let Some(path) = import.path {
                let what = format!("takes `{name}` by a glob");
                let hop = Arc::new(self.hop(file, facts, import.statement.start, what));
                for base in self.value(file, path).iter() {
                    let (taken, may_be_more) = self.globbed(file, base, name);
                    is_open |= may_be_more;
                    for mut member in taken {
                        member.hops.insert(0, hop.clone());
                        one_way(&mut found, member);
                    }
                }
                continue;
            }
            let (base, _) = self.import_base(file, facts, import);
            match base {
                Entity::Module(module) => {
                    if !self.exports(&module, name) {
                        continue;
                    }
                    let what = format!("takes `{name}` by a star import");
                    let hop = Arc::new(self.hop(file, facts, import.statement.start, what));
                    for member in self.member_of_module(&module, name) {
                        let mut member = member;
                        member.hops.insert(0, hop.clone());
                        if matches!(member.entity, Entity::Missing(_)) {
                            member = member.likely();
                        }
                        one_way(&mut found, member);
                    }
                }
                _ => is_open = true,
            }
        }
        (found, is_open)
    }

    /// Whether `from module import *` takes the name.
    fn exports(&self, module: &ModuleRef, name: &str) -> bool {
        let ModuleRef::File(id) = module else { return false };
        let Some(facts) = self.facts(*id) else { return true };
        match &facts.exports {
            Some(exports) if exports.iter().any(|&it| facts.name(it) == name) => true,
            Some(_) if !facts.has_open_exports => false,
            _ => self.linking(*id).is_some_and(|linking| (linking.is_starred)(name)),
        }
    }

    /// A name in a module: bound there, starred into it, or a submodule.
    pub fn member_of_module(&mut self, module: &ModuleRef, name: &str) -> Vec<Resolved> {
        if self.depth >= DEPTH_LIMIT {
            return self.cut_short(&[Resolved::unknown()]).to_vec();
        }
        let ModuleRef::File(file) = *module else { return self.member_afresh(module, name) };
        let key = (file, Box::from(name));
        let on_the_way = match self.exported.names.get(&key) {
            Some(Exported::Known(known)) => return known.to_vec(),
            // Star imports in a circle: this way leads nowhere new. `pub use self::save::save` asks for the module `save`
            // on the way to the function.
            Some(&Exported::Open(depth)) => Some((self.declared(file, name), depth)),
            Some(Exported::Tentative(known, depth)) => Some((known.to_vec(), *depth)),
            None => None,
        };
        if let Some((found, depth)) = on_the_way {
            self.exported.outermost = self.exported.outermost.min(depth);
            (self.cuts, self.loops) = (self.cuts + 1, self.loops + 1);
            return found;
        }
        let (own, cuts, loops, tentative) = (self.exported.open, self.cuts, self.loops, self.exported.tentative.len());
        let around = std::mem::replace(&mut self.exported.outermost, usize::MAX);
        self.exported.names.insert(key.clone(), Exported::Open(own));
        self.exported.open += 1;
        self.depth += 1;
        let found = self.member_afresh(module, name);
        self.depth -= 1;
        self.exported.open -= 1;
        let reached = std::mem::replace(&mut self.exported.outermost, around);
        if reached < own {
            self.exported.outermost = around.min(reached);
            self.exported.names.insert(key.clone(), Exported::Tentative(found.clone().into(), reached));
            self.exported.tentative.push(key);
            return found;
        }
        // What was found on the way leaves out what this one is.
        for key in self.exported.tentative.drain(tentative..) {
            self.exported.names.remove(&key);
        }
        if self.cuts - self.loops == cuts - loops {
            (self.cuts, self.loops) = (cuts, loops);
            self.exported.names.insert(key, Exported::Known(found.clone().into()));
        } else {
            self.exported.names.remove(&key);
        }
        found
    }

    fn member_afresh(&mut self, module: &ModuleRef, name: &str) -> Vec<Resolved> {
        let submodule = self.project.modules.submodule(self.project.sources, module, name);
        let missing = Entity::Missing(Symbol::new(self.project.modules.module_name(module), name));
        let ModuleRef::File(file) = *module else {
            return vec![Resolved::new(submodule.map_or(missing, Entity::Module))];
        };
        let Some(facts) = self.facts(file) else { return vec![Resolved::unknown()] };
        if let Some(id) = facts.names.find(name) {
            let bindings = facts.bindings_of(MODULE_SCOPE, id);
            // `from . import orders` in a package binds its own submodule.
            let is_own = |binding: &Binding| match binding.kind {
                BindingKind::Import(id) if submodule.is_some() => {
                    let import = &facts.imports[id.index()];
                    matches!(import.target, ImportTarget::Name(it, _) if it == binding.name)
                        && self.import_base(file, &facts, import).0 == Entity::Module(module.clone())
                }
                _ => false,
            };
            let bindings: Vec<&Binding> = bindings.iter().filter(|binding| !is_own(binding)).collect();
            if !bindings.is_empty() {
                let found = distinct(self.bindings(file, &facts, bindings));
                return self.beside_globs(file, &facts, MODULE_SCOPE, name, found);
            }
        }
        if let Some(submodule) = submodule {
            return vec![Resolved::new(Entity::Module(submodule))];
        }
        let (found, is_open) = self.starred(file, &facts, MODULE_SCOPE, name);
        if found.iter().any(|it| !matches!(it.entity, Entity::Missing(_))) {
            let symbol = Arc::new(Symbol::new(self.project.module_name(file), name));
            return found
                .into_iter()
                .filter(|it| !matches!(it.entity, Entity::Missing(_)))
                .map(|mut it| {
                    it.passed.push(symbol.clone());
                    it
                })
                .collect();
        }
        let has_getattr =
            facts.names.find("__getattr__").is_some_and(|id| !facts.bindings_of(MODULE_SCOPE, id).is_empty());
        let lazy = if has_getattr { self.lazy_member(file, &facts, name) } else { Vec::new() };
        if !lazy.is_empty() {
            let symbol = Arc::new(Symbol::new(self.project.module_name(file), name));
            let passed = |mut it: Resolved| {
                it.passed.push(symbol.clone());
                it
            };
            return lazy.into_iter().map(passed).collect();
        }
        let is_open = is_open || facts.has_open_exports && facts.exports.is_none();
        if is_open || has_getattr || !facts.unread.is_empty() {
            return vec![Resolved::unknown(), Resolved::new(missing).likely()];
        }
        vec![Resolved::new(missing)]
    }
}
