//! Paths: names in a language that gives one name to a type, a value and a macro at once, and says which by its place.
//!
//! A name is looked for in the scopes around it, up to its module: locals that stand before it, items, imports, and what a
//! glob takes; then among the crates, and at last among what every file sees. Modules are files and inline modules; a
//! file's parent is the file that declares it. Members of a type are those of its own blocks of methods in its file, then
//! those of traits; a member that none of them has may stand in a block elsewhere, and is missing at best likely.
//! Invariant: what is found fits the space that was asked for, or says that nothing is known. Absent on purpose: what
//! macros expand to, `Deref`, type inference beyond what is written down, and conditions on traits.

use super::entity::{DefinitionRef, Entity, Resolved};
use super::module::ModuleRef;
use super::resolve::{Resolver, distinct};
use super::symbol::Symbol;
use crate::facts::{
    Binding, BindingKind, DefinitionId, DefinitionKind, Facts, ImportTarget, MODULE_SCOPE, NameId, ScopeId, ScopeKind,
    Space, ValueId,
};
use crate::workspace::EntryId;
use rustc_hash::FxHashSet;

/// A module in a language whose modules are files and parts of files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    File(EntryId),
    Inline(DefinitionRef),
}

impl Place {
    fn resolved(self) -> Resolved {
        Resolved::new(match self {
            Place::File(file) => Entity::Module(ModuleRef::File(file)),
            Place::Inline(module) => Entity::Definition(module),
        })
    }
}

/// Whether a definition of a kind can be what a name in a space means.
pub fn fits(kind: DefinitionKind, space: Space) -> bool {
    use DefinitionKind::{
        Class, Constant, Enum, Function, Implementation, Macro, Method, Module, Struct, Trait, TypeAlias,
    };
    match space {
        _ if kind == Implementation => false,
        Space::One | Space::Any => true,
        Space::Type => matches!(kind, Struct | Enum | Trait | TypeAlias | Module | Class),
        // A struct without named fields is a function or a constant as well.
        Space::Value => matches!(kind, Function | Method | Constant | Struct),
        Space::Macro => kind == Macro,
        Space::Method => kind == Method,
        Space::Field => false,
    }
}

/// Whether a binding is a variable, which nothing but a value can be.
fn is_local(binding: &Binding) -> bool {
    use BindingKind::{Assignment, Element, Entered, Parameter};
    matches!(binding.kind, Parameter(_) | Assignment | Element | Entered)
}

impl Resolver<'_, '_> {
    /// Whether the names of a file are told apart by where they stand.
    pub(super) fn is_spaced(&self, file: EntryId) -> bool {
        self.linking(file).is_some_and(|linking| linking.has_spaces)
    }

    fn kind(&self, definition: DefinitionRef) -> Option<DefinitionKind> {
        Some(self.facts(definition.file)?.definition(definition.id).kind)
    }

    fn fitting(&self, found: Vec<Resolved>, space: Space) -> Vec<Resolved> {
        let is_fit = |it: &Resolved| match &it.entity {
            Entity::Definition(definition) => self.kind(*definition).is_some_and(|kind| fits(kind, space)),
            Entity::Module(_) => matches!(space, Space::Type | Space::Any),
            _ => true,
        };
        found.into_iter().filter(is_fit).collect()
    }

    /// The first name of a path, or a name alone.
    pub(super) fn spaced_name(
        &mut self,
        file: EntryId,
        facts: &Facts,
        scope: ScopeId,
        name: NameId,
        at: u32,
        space: Space,
    ) -> Vec<Resolved> {
        let text = facts.name(name);
        let module = module_around(facts, scope);
        match text {
            "crate" => return modules(self.crates(file).into_iter().map(Place::File)),
            "super" => return modules(self.outer(place(file, facts, module)).into_iter()),
            "self" if space != Space::Value => return vec![place(file, facts, module).resolved()],
            "Self" => return self.own_type(file, facts, scope),
            _ => {}
        }
        let mut is_open = facts.has_open_exports;
        let mut is_inside = true;
        let mut next = Some(scope);
        while let Some(id) = next {
            let here = facts.scope(id);
            let found = self.bound(file, facts, id, name, at, is_inside, space);
            if !found.is_empty() {
                return found;
            }
            let (found, may_be_more) = self.starred(file, facts, id, text);
            is_open |= may_be_more;
            let found = self.fitting(found, space);
            if !found.is_empty() {
                return found;
            }
            if here.kind == ScopeKind::Module {
                break;
            }
            is_inside &= here.kind != ScopeKind::Function;
            next = here.parent;
        }
        self.unbound_path(file, facts, module, text, space, is_open)
    }

    /// What a scope itself binds a name to, in a space.
    #[allow(clippy::too_many_arguments, reason = "a question about one name has this many parts")]
    fn bound(
        &mut self,
        file: EntryId,
        facts: &Facts,
        scope: ScopeId,
        name: NameId,
        at: u32,
        is_inside: bool,
        space: Space,
    ) -> Vec<Resolved> {
        let all = facts.bindings_of(scope, name);
        if matches!(space, Space::Value | Space::Any) && is_inside {
            let before = all.iter().filter(|it| is_local(it) && it.from <= at);
            if let Some(local) = before.max_by_key(|it| (it.from, it.span.start)) {
                return self.bindings(file, facts, vec![local]);
            }
        }
        let in_class = facts.scope(scope).kind == ScopeKind::Class;
        let items: Vec<&Binding> = all
            .iter()
            .filter(|it| !is_local(it) && (!in_class || it.kind == BindingKind::Other))
            .filter(|it| self.may_fit(facts, it, space))
            .collect();
        let found = self.bindings(file, facts, items);
        self.fitting(distinct(found), space)
    }

    /// Whether a binding is worth asking in a space.
    fn may_fit(&self, facts: &Facts, binding: &Binding, space: Space) -> bool {
        match binding.kind {
            BindingKind::Definition(id) => fits(facts.definition(id).kind, space),
            _ => true,
        }
    }

    /// A name that nothing in its module binds.
    fn unbound_path(
        &mut self,
        file: EntryId,
        facts: &Facts,
        module: ScopeId,
        name: &str,
        space: Space,
        is_open: bool,
    ) -> Vec<Resolved> {
        if matches!(space, Space::Macro | Space::Any) {
            let found = self.macro_around(file, name);
            if !found.is_empty() {
                return found;
            }
        }
        if matches!(space, Space::Type | Space::Any)
            && let Some(root) = self.crate_named(file, name)
        {
            return vec![Place::File(root).resolved()];
        }
        if let Some(builtin) = self.builtin(file, name) {
            return vec![builtin];
        }
        if self.is_dependency(file, name) {
            return vec![Resolved::new(Entity::External(name.to_owned()))];
        }
        if is_open || matches!(space, Space::Macro | Space::Any) {
            return vec![Resolved::unknown()];
        }
        let symbol = self.scope_symbol(file, facts, module).unwrap_or(Symbol::module(""));
        vec![Resolved::new(Entity::Missing(symbol.member(name)))]
    }

    /// A macro of a module around a file, which is seen below it without an import.
    fn macro_around(&mut self, file: EntryId, name: &str) -> Vec<Resolved> {
        let mut seen = FxHashSet::default();
        let mut next = vec![file];
        while let Some(file) = next.pop() {
            if !seen.insert(file) {
                continue;
            }
            let Some(facts) = self.facts(file) else { continue };
            let bindings = facts.names.find(name).map(|id| facts.bindings_of(MODULE_SCOPE, id)).unwrap_or_default();
            for binding in bindings {
                if let BindingKind::Definition(id) = binding.kind
                    && facts.definition(id).kind == DefinitionKind::Macro
                {
                    return vec![Resolved::new(Entity::Definition(DefinitionRef { file, id }))];
                }
            }
            next.extend(self.parents(file).iter());
        }
        Vec::new()
    }

    /// `Self`: the type that the block of methods around a scope is of, or the trait.
    fn own_type(&mut self, file: EntryId, facts: &Facts, scope: ScopeId) -> Vec<Resolved> {
        let mut next = Some(scope);
        while let Some(id) = next {
            let here = facts.scope(id);
            if let (ScopeKind::Class, Some(id)) = (here.kind, here.definition) {
                return self.subject(DefinitionRef { file, id });
            }
            next = here.parent;
        }
        vec![Resolved::unknown()]
    }

    /// The types that a block of methods is of; a trait is its own.
    pub(super) fn subject(&mut self, block: DefinitionRef) -> Vec<Resolved> {
        let Some(facts) = self.facts(block.file) else { return vec![Resolved::unknown()] };
        let definition = facts.definition(block.id);
        match (definition.kind, definition.subject) {
            (DefinitionKind::Implementation, Some(subject)) => {
                self.value(block.file, subject).iter().cloned().map(Resolved::forget_names).collect()
            }
            (DefinitionKind::Trait, _) => vec![Resolved::new(Entity::Definition(block))],
            _ => vec![Resolved::unknown()],
        }
    }

    /// What has a name under a base, in a space.
    pub(super) fn spaced_attribute(&mut self, base: &Resolved, name: &str, space: Space) -> Vec<Resolved> {
        let found = match &base.entity {
            Entity::Module(ModuleRef::File(file)) => self.module_member(Place::File(*file), name, space),
            Entity::Definition(definition) => match self.kind(*definition) {
                Some(DefinitionKind::Module) => self.module_member(Place::Inline(*definition), name, space),
                Some(DefinitionKind::Constant) => self.of_constant(*definition, name, space),
                Some(_) => self.type_member(*definition, name, space),
                None => vec![Resolved::unknown()],
            },
            Entity::Instance { class, .. } => {
                let found = self.type_member(*class, name, space);
                match base.passed.is_empty() {
                    true => found,
                    false => found.into_iter().map(Resolved::likely).collect(),
                }
            }
            Entity::Holder(holder) if space == Space::Method => self.held_member(&holder.clone(), name),
            Entity::Missing(symbol) => {
                vec![Resolved::new(Entity::Missing(symbol.member(name))), Resolved::unknown()]
            }
            Entity::External(path) => vec![Resolved::new(Entity::External(format!("{path}.{name}")))],
            Entity::Module(_) | Entity::Holder(_) | Entity::Unknown => vec![Resolved::unknown()],
        };
        found.into_iter().map(|it| it.behind(&base.clone().forget_names())).collect()
    }

    /// What a variable holds that a constant is assigned to: the value, not the constant.
    pub(super) fn copied(&mut self, found: Vec<Resolved>) -> Vec<Resolved> {
        let mut values = Vec::new();
        for it in found {
            let Entity::Definition(constant) = it.entity else {
                values.push(it);
                continue;
            };
            match (self.kind(constant), self.facts(constant.file)) {
                (Some(DefinitionKind::Constant), Some(facts)) => match facts.definition(constant.id).returns {
                    Some(returns) => values.extend(self.annotation(constant.file, returns)),
                    None => values.push(Resolved::unknown()),
                },
                _ => values.push(it),
            }
        }
        values
    }

    /// A method or a field of a constant, by its declared type.
    fn of_constant(&mut self, constant: DefinitionRef, name: &str, space: Space) -> Vec<Resolved> {
        let returns = self.facts(constant.file).and_then(|facts| facts.definition(constant.id).returns);
        let Some(returns) = returns else { return vec![Resolved::unknown()] };
        let held = self.annotation(constant.file, returns);
        held.iter().flat_map(|it| self.spaced_attribute(it, name, space)).collect()
    }

    fn module_member(&mut self, module: Place, name: &str, space: Space) -> Vec<Resolved> {
        match name {
            "self" => return vec![module.resolved()],
            "super" => return modules(self.outer(module).into_iter()),
            _ => {}
        }
        let found = match module {
            Place::File(file) => self.member_of_module(&ModuleRef::File(file), name),
            Place::Inline(module) => self.inline_member(module, name),
        };
        if found.is_empty() {
            return found;
        }
        let fitting = self.fitting(found, space);
        // What is there means something else here; a macro may have made the rest.
        if fitting.is_empty() { vec![Resolved::unknown()] } else { fitting }
    }

    /// What a file itself defines under a name, and the files that it declares; nothing that another file would have to tell.
    pub(super) fn declared(&mut self, file: EntryId, name: &str) -> Vec<Resolved> {
        let Some(facts) = self.facts(file).filter(|_| self.is_spaced(file)) else { return Vec::new() };
        let Some(id) = facts.names.find(name) else { return Vec::new() };
        let is_own = |it: &&Binding| match it.kind {
            BindingKind::Import(id) => facts.imports[id.index()].path.is_none(),
            BindingKind::Definition(_) => true,
            _ => false,
        };
        let own: Vec<&Binding> = facts.bindings_of(MODULE_SCOPE, id).iter().filter(is_own).collect();
        distinct(self.bindings(file, &facts, own))
    }

    /// A name in an inline module.
    fn inline_member(&mut self, module: DefinitionRef, name: &str) -> Vec<Resolved> {
        let Some(facts) = self.facts(module.file) else { return vec![Resolved::unknown()] };
        let Some(scope) = facts.definition(module.id).body_scope else { return vec![Resolved::unknown()] };
        if let Some(id) = facts.names.find(name) {
            let bindings: Vec<&Binding> = facts.bindings_of(scope, id).iter().collect();
            if !bindings.is_empty() {
                let found = distinct(self.bindings(module.file, &facts, bindings));
                return self.beside_globs(module.file, &facts, scope, name, found);
            }
        }
        let (found, is_open) = self.starred(module.file, &facts, scope, name);
        let symbol = self.project.symbol_of(module).member(name);
        if !found.is_empty() {
            let symbol = std::sync::Arc::new(symbol);
            let passed = |mut it: Resolved| {
                it.passed.push(symbol.clone());
                it
            };
            return found.into_iter().map(passed).collect();
        }
        match is_open || facts.has_open_exports {
            true => vec![Resolved::unknown(), Resolved::new(Entity::Missing(symbol)).likely()],
            false => vec![Resolved::new(Entity::Missing(symbol))],
        }
    }

    /// What a module itself gives a name to, with what its globs take under that name in a space which that leaves free:
    /// `mod save; pub use save::*;` is a module and a function.
    pub(super) fn beside_globs(
        &mut self,
        file: EntryId,
        facts: &Facts,
        scope: ScopeId,
        name: &str,
        mut own: Vec<Resolved>,
    ) -> Vec<Resolved> {
        let has_globs = facts.imports.iter().any(|it| it.target == ImportTarget::Star && it.scope == scope);
        if !has_globs || !self.is_spaced(file) {
            return own;
        }
        let spaces = [Space::Type, Space::Value, Space::Macro].into_iter();
        let free: Vec<Space> = spaces.filter(|&space| self.fitting(own.clone(), space).is_empty()).collect();
        if free.is_empty() {
            return own;
        }
        let symbol = self.scope_symbol(file, facts, scope).map(|it| std::sync::Arc::new(it.member(name)));
        for mut it in self.starred(file, facts, scope, name).0 {
            let is_defined = matches!(it.entity, Entity::Definition(_));
            if is_defined && free.iter().any(|&space| !self.fitting(vec![it.clone()], space).is_empty()) {
                it.passed.extend(symbol.clone());
                own.push(it);
            }
        }
        own
    }

    /// What a glob takes under a name from what its path means, and whether it could take more than is known.
    pub(super) fn globbed(&mut self, importer: EntryId, base: &Resolved, name: &str) -> (Vec<Resolved>, bool) {
        let (module, found) = match &base.entity {
            Entity::Module(ModuleRef::File(file)) => {
                (Place::File(*file), self.member_of_module(&ModuleRef::File(*file), name))
            }
            Entity::Definition(definition) => match self.kind(*definition) {
                Some(DefinitionKind::Module) => (Place::Inline(*definition), self.inline_member(*definition, name)),
                Some(DefinitionKind::Enum) => return (self.variant(*definition, name), false),
                _ => return (Vec::new(), true),
            },
            _ => return (Vec::new(), true),
        };
        let is_open = found.iter().any(Resolved::is_unknown);
        let is_there = |it: &Resolved| !matches!(it.entity, Entity::Missing(_) | Entity::Unknown);
        let found: Vec<Resolved> = found.into_iter().filter(is_there).collect();
        if !found.is_empty() && !self.is_seen(importer, module, name) {
            return (Vec::new(), is_open);
        }
        (found.into_iter().map(|it| it.behind(&base.clone().forget_names())).collect(), is_open)
    }

    /// Whether a name of a module is seen from a file: some binding of it says so, or the file lies below the module.
    fn is_seen(&mut self, importer: EntryId, module: Place, name: &str) -> bool {
        let (file, scope) = match module {
            Place::File(file) => (file, Some(MODULE_SCOPE)),
            Place::Inline(module) => {
                (module.file, self.facts(module.file).and_then(|it| it.definition(module.id).body_scope))
            }
        };
        let (Some(facts), Some(scope)) = (self.facts(file), scope) else { return true };
        let is_public = |binding: &Binding| match binding.kind {
            BindingKind::Import(id) => facts.imports[id.index()].is_public,
            BindingKind::Definition(id) => facts.definition(id).traits.is_public,
            _ => false,
        };
        let own = facts.names.find(name).map(|id| facts.bindings_of(scope, id)).unwrap_or_default();
        // What comes from a glob itself is seen as far as that glob is.
        let is_star = |it: &crate::facts::Import| it.target == ImportTarget::Star && it.scope == scope;
        let is_handed_on = own.is_empty() && facts.imports.iter().any(|it| is_star(it) && it.is_public);
        is_handed_on || own.iter().any(is_public) || self.ancestors(importer).contains(&file)
    }

    /// A variant of an enum, which is of the enum.
    fn variant(&mut self, class: DefinitionRef, name: &str) -> Vec<Resolved> {
        let Some(facts) = self.facts(class.file) else { return Vec::new() };
        let is_one = facts.attributes.iter().any(|it| it.class == class.id && facts.name(it.name) == name);
        is_one.then(|| Resolved::instance(class)).into_iter().collect()
    }

    /// A member of a type, or of a value of it.
    fn type_member(&mut self, class: DefinitionRef, name: &str, space: Space) -> Vec<Resolved> {
        let Some(facts) = self.facts(class.file) else { return vec![Resolved::unknown()] };
        let definition = facts.definition(class.id);
        match definition.kind {
            DefinitionKind::TypeAlias => {
                let Some(subject) = definition.subject else { return vec![Resolved::unknown()] };
                let held = self.value(class.file, subject);
                held.iter().flat_map(|it| self.spaced_attribute(it, name, space)).collect()
            }
            DefinitionKind::Trait => {
                let found = self.trait_member(class, name, space, 0);
                if found.is_empty() { vec![Resolved::unknown()] } else { found }
            }
            DefinitionKind::Struct | DefinitionKind::Enum => {
                if space == Space::Field {
                    return self.field(class, &facts, name);
                }
                let variant = match space {
                    Space::Method => Vec::new(),
                    _ => self.variant(class, name),
                };
                if !variant.is_empty() {
                    return variant;
                }
                let found = self.implemented(class, &facts, name, space);
                if !found.is_empty() {
                    return found;
                }
                let missing = Resolved::new(Entity::Missing(self.project.symbol_of(class).member(name))).likely();
                match space {
                    // It may be of what the type leads to, by `Deref`.
                    Space::Method => vec![Resolved::unknown(), missing],
                    _ => vec![missing],
                }
            }
            _ => vec![Resolved::unknown()],
        }
    }

    /// A field by its declared type; where that says nothing, it is a field all the same.
    fn field(&mut self, class: DefinitionRef, facts: &Facts, name: &str) -> Vec<Resolved> {
        let own = facts.attributes.iter().find(|it| it.class == class.id && facts.name(it.name) == name);
        match own.and_then(|it| it.annotation) {
            Some(annotation) => self.annotation(class.file, annotation).into_iter().map(Resolved::likely).collect(),
            None => vec![Resolved::unknown()],
        }
    }

    /// The traits of the project that a base may be.
    fn traits(&mut self, file: EntryId, base: ValueId) -> Vec<DefinitionRef> {
        let meanings = self.value(file, base);
        let is_trait = |it: &Resolved| match it.entity {
            Entity::Definition(of) => Some(of).filter(|of| self.kind(*of) == Some(DefinitionKind::Trait)),
            _ => None,
        };
        meanings.iter().filter_map(is_trait).collect()
    }

    /// A member that a trait declares, or one of the traits that it builds on.
    fn trait_member(&mut self, class: DefinitionRef, name: &str, space: Space, depth: u32) -> Vec<Resolved> {
        let Some(facts) = self.facts(class.file) else { return Vec::new() };
        let found = self.own_members(class, &facts, name, space);
        if !found.is_empty() || depth > 8 {
            return found;
        }
        let mut inherited = Vec::new();
        for &base in &facts.definition(class.id).bases {
            for of in self.traits(class.file, base) {
                inherited.extend(self.trait_member(of, name, space, depth + 1));
            }
        }
        inherited
    }

    /// What a trait or a block of methods holds itself.
    fn own_members(&self, block: DefinitionRef, facts: &Facts, name: &str, space: Space) -> Vec<Resolved> {
        let Some(scope) = facts.definition(block.id).body_scope else { return Vec::new() };
        let Some(name) = facts.names.find(name) else { return Vec::new() };
        let mut found = Vec::new();
        for binding in facts.bindings_of(scope, name) {
            if let BindingKind::Definition(id) = binding.kind
                && fits(facts.definition(id).kind, space)
            {
                let mut member = Resolved::new(Entity::Definition(DefinitionRef { file: block.file, id }));
                member.bound = Some((block, false));
                found.push(member);
            }
        }
        found
    }

    /// A member that blocks of methods in the type's own file give it: its own first, then those of traits, then what
    /// the traits themselves provide.
    fn implemented(&mut self, class: DefinitionRef, facts: &Facts, name: &str, space: Space) -> Vec<Resolved> {
        let own = facts.definition(class.id).name;
        let blocks = facts.definition_ids().filter(|&id| {
            let block = facts.definition(id);
            block.kind == DefinitionKind::Implementation && block.name == own
        });
        let mut of_traits = Vec::new();
        let mut provided = Vec::new();
        for id in blocks.collect::<Vec<DefinitionId>>() {
            let block = DefinitionRef { file: class.file, id };
            let is_own = |it: &Resolved| it.entity == Entity::Definition(class);
            let holds = facts.names.find(name).is_some();
            let bases = &facts.definition(id).bases;
            if (!holds && bases.is_empty()) || !self.subject(block).iter().any(is_own) {
                continue;
            }
            let found = self.own_members(block, facts, name, space);
            match (found.is_empty(), bases.first()) {
                (false, None) => return found,
                (false, Some(_)) => of_traits.extend(found),
                (true, Some(&base)) => provided.push(base),
                (true, None) => {}
            }
        }
        if !of_traits.is_empty() {
            return of_traits;
        }
        let mut found = Vec::new();
        for base in provided {
            for of in self.traits(class.file, base) {
                found.extend(self.trait_member(of, name, space, 0).into_iter().map(Resolved::likely));
            }
        }
        found
    }

    /// What else a member of a block of methods goes by: a member of its type, where that stands in another file; and the
    /// members of the trait that it stands for.
    pub(super) fn implemented_as(&mut self, block: DefinitionRef, name: &str) -> (Vec<Symbol>, Vec<DefinitionRef>) {
        let (mut names, mut overridden) = (Vec::new(), Vec::new());
        for of in self.subject(block) {
            if let Entity::Definition(class) = of.entity {
                names.push(self.project.symbol_of(class).member(name));
            }
        }
        let Some(facts) = self.facts(block.file) else { return (names, overridden) };
        for &base in &facts.definition(block.id).bases {
            for of in self.traits(block.file, base) {
                let members = self.trait_member(of, name, Space::Any, 0);
                overridden.extend(members.iter().filter_map(|it| match it.entity {
                    Entity::Definition(member) => Some(member),
                    _ => None,
                }));
            }
        }
        (names, overridden)
    }

    /// The modules around a module; of a file those that declare it.
    fn outer(&mut self, module: Place) -> Vec<Place> {
        match module {
            Place::File(file) => self.parents(file).iter().copied().map(Place::File).collect(),
            Place::Inline(module) => {
                let Some(facts) = self.facts(module.file) else { return Vec::new() };
                let around = module_around(&facts, facts.definition(module.id).scope);
                vec![place(module.file, &facts, around)]
            }
        }
    }
}

/// The scope of the module that a scope lies in.
fn module_around(facts: &Facts, scope: ScopeId) -> ScopeId {
    let mut at = scope;
    while facts.scope(at).kind != ScopeKind::Module {
        match facts.scope(at).parent {
            Some(parent) => at = parent,
            None => break,
        }
    }
    at
}

fn place(file: EntryId, facts: &Facts, module: ScopeId) -> Place {
    match facts.scope(module).definition {
        Some(id) => Place::Inline(DefinitionRef { file, id }),
        None => Place::File(file),
    }
}

/// Modules as meanings; nothing is known where there are none.
fn modules(found: impl Iterator<Item = Place>) -> Vec<Resolved> {
    let found: Vec<Resolved> = found.map(Place::resolved).collect();
    if found.is_empty() { vec![Resolved::unknown()] } else { found }
}
