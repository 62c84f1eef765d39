//! Resolution: from a value in one file to what it means in the project.
//!
//! Demand-driven: nothing is resolved until a reference asks, and only the files on the way are parsed. Scopes follow
//! Python's rule (local, enclosing functions, module, builtins; class bodies are not seen from their methods); the
//! bindings that can reach a place count ([`Facts::reaching`]), so two branches give two results. Invariant: it ends,
//! since the depth is bounded and a value that is asked for while it is being resolved leads nowhere. Absent on purpose:
//! arguments of calls; what a parameter is, its annotation and its default say.

use super::Project;
use super::class::Mro;
use super::entity::{DefinitionRef, Entity, HolderKind, Resolved};
use super::exported::ExportedNames;
use super::module::{Found, ModuleRef};
use super::symbol::Symbol;
use crate::facts::{
    Binding, BindingKind, DefinitionKind, Facts, Import, ImportId, ImportTarget, MODULE_SCOPE, NameId, ScopeId,
    ScopeKind, Space, UNNAMED, Value, ValueId, WHOLE,
};
use crate::finding::Hop;
use crate::language::{Linking, ModuleSearch};
use crate::workspace::EntryId;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Steps from a reference to its meaning. Real chains of re-exports have a handful.
pub(super) const DEPTH_LIMIT: u32 = 48;

/// Meanings kept of one value.
const MEANINGS_LIMIT: usize = 12;

/// Resolves values, remembering what it has resolved. One per thread of work.
pub struct Resolver<'p, 's> {
    pub(super) project: &'p Project<'s>,
    /// `None` while it is being resolved, here and below.
    values: FxHashMap<(EntryId, ValueId), Option<Arc<[Resolved]>>>,
    pub(super) mros: FxHashMap<DefinitionRef, Option<Arc<Mro>>>,
    /// What a call of a function gives, its receiver not yet put in.
    pub(super) given: FxHashMap<DefinitionRef, Option<Arc<[Resolved]>>>,
    /// The same for a receiver of a class below that of the method.
    pub(super) given_to: FxHashMap<(DefinitionRef, DefinitionRef), Option<Arc<[Resolved]>>>,
    /// What bindings hold, by their index in the file; only results that nothing cut short.
    bindings: FxHashMap<(EntryId, u32), Arc<[Resolved]>>,
    /// The same for the names that a class has itself.
    pub(super) members: FxHashMap<(DefinitionRef, NameId), Arc<[Resolved]>>,
    pub(super) exported: ExportedNames,
    /// The files that declare a file as their module.
    pub(super) parents: FxHashMap<EntryId, Arc<[EntryId]>>,
    pub(super) nothing: Arc<[Resolved]>,
    unknown: Arc<[Resolved]>,
    pub(super) depth: u32,
    /// How often a result was cut short: it was too deep, or asked for while it was being resolved.
    pub(super) cuts: u64,
    /// Those of them that were star imports in a circle.
    pub(super) loops: u64,
}

impl<'p, 's> Resolver<'p, 's> {
    pub fn new(project: &'p Project<'s>) -> Self {
        Self {
            project,
            values: FxHashMap::default(),
            mros: FxHashMap::default(),
            given: FxHashMap::default(),
            given_to: FxHashMap::default(),
            bindings: FxHashMap::default(),
            members: FxHashMap::default(),
            exported: ExportedNames::default(),
            parents: FxHashMap::default(),
            nothing: Arc::from([]),
            unknown: Arc::from([Resolved::unknown()]),
            depth: 0,
            cuts: 0,
            loops: 0,
        }
    }

    /// A result that would be another one, were it asked for elsewhere.
    pub(super) fn cut_short(&mut self, result: &[Resolved]) -> Arc<[Resolved]> {
        self.cuts += 1;
        Arc::from(result)
    }

    /// How the names of a file are resolved.
    pub(super) fn linking(&self, file: EntryId) -> Option<&'static Linking> {
        self.project.sources.language(file)?.linking
    }

    /// What every file of the language sees under a name without binding it.
    pub(super) fn builtin(&self, file: EntryId, name: &str) -> Option<Resolved> {
        let linking = self.linking(file).filter(|linking| (linking.is_builtin)(name))?;
        Some(Resolved::new(Entity::External(format!("{}.{name}", linking.builtins))))
    }

    pub(super) fn facts(&self, file: EntryId) -> Option<Arc<Facts>> {
        self.project.sources.facts(file)
    }

    /// What a value of a file may be. Empty while it is being resolved already.
    pub fn value(&mut self, file: EntryId, id: ValueId) -> Arc<[Resolved]> {
        match self.values.get(&(file, id)) {
            Some(Some(known)) => return known.clone(),
            Some(None) => return self.cut_short(&[]),
            None => {}
        }
        if self.depth >= DEPTH_LIMIT {
            return self.cut_short(&[Resolved::unknown()]);
        }
        self.values.insert((file, id), None);
        self.depth += 1;
        let found = self.value_afresh(file, id);
        self.depth -= 1;
        let found = self.shared(distinct(found));
        self.values.insert((file, id), Some(found.clone()));
        found
    }

    /// A result as it is kept. That nothing is known is the most common one, and is kept once.
    fn shared(&self, found: Vec<Resolved>) -> Arc<[Resolved]> {
        match &found[..] {
            [only] if *only == self.unknown[0] => self.unknown.clone(),
            [] => self.nothing.clone(),
            _ => found.into(),
        }
    }

    fn value_afresh(&mut self, file: EntryId, id: ValueId) -> Vec<Resolved> {
        let Some(facts) = self.facts(file) else { return vec![Resolved::unknown()] };
        match facts.value(id) {
            Value::Name { name, scope, at, space } if space != Space::One => {
                self.spaced_name(file, &facts, scope, name, at, space)
            }
            Value::Attribute { base, name, space } if space != Space::One => {
                let receivers = self.value(file, base);
                receivers.iter().flat_map(|it| self.spaced_attribute(it, facts.name(name), space)).collect()
            }
            Value::Name { name, scope, at, .. } => self.name(file, &facts, scope, name, at),
            Value::Attribute { base, name, .. } => {
                let found = self.members(file, base, facts.name(name));
                self.narrowed_attribute(file, &facts, id, found)
            }
            Value::Call { function, argument } => {
                let functions = self.value(file, function);
                let functions = self.without_overloads(&functions);
                functions.iter().flat_map(|it| self.call(file, it, argument)).collect()
            }
            Value::Super { scope } => match self.class_of_method(file, &facts, scope) {
                Some(class) => vec![Resolved::new(Entity::Instance { class, behind: Some(class) }).own()],
                None => vec![Resolved::unknown()],
            },
            Value::Either { left, right } => {
                let left = self.value(file, left);
                let right = self.value(file, right);
                left.iter().chain(right.iter()).cloned().collect()
            }
            Value::Operation { left, right, method } => {
                let left = self.value(file, left);
                let right = self.value(file, right);
                self.operation(&left, &right, facts.name(method))
            }
            Value::Perhaps { value } => self.value(file, value).iter().cloned().map(Resolved::likely).collect(),
            Value::Awaited { value } => self.value(file, value).to_vec(),
            Value::Many { .. } | Value::Table { .. } | Value::Pair { .. } => vec![self.display(file, &facts, id)],
            Value::Element { of } => {
                let held = self.value(file, of);
                held.iter().flat_map(|it| self.element(it)).collect()
            }
            Value::Entered { of } => {
                let managers = self.value(file, of);
                managers.iter().flat_map(|it| self.entered(it)).collect()
            }
            Value::Part { of, index } => {
                let whole = self.value(file, of);
                whole.iter().flat_map(|it| self.part(it, index)).collect()
            }
            Value::Item { base, index } => {
                let bases = self.value(file, base);
                bases.iter().flat_map(|it| self.item(file, &facts, it, index)).collect()
            }
            Value::Arguments { .. } | Value::Text(_) | Value::Unknown => vec![Resolved::unknown()],
        }
    }

    /// A bare name, read in a scope at an offset. In that scope and in the comprehensions around it the order of the
    /// text counts; of what an enclosing function or the module binds, all counts.
    fn name(&mut self, file: EntryId, facts: &Facts, scope: ScopeId, name: NameId, at: u32) -> Vec<Resolved> {
        let mut narrowing = None;
        let mut position = Some(at);
        let mut next = Some(scope);
        let mut bound: Vec<&Binding> = Vec::new();
        while let Some(id) = next {
            let here = facts.scope(id);
            // A class body is seen from itself alone.
            if here.kind != ScopeKind::Class || id == scope {
                let all = facts.bindings_of(id, name);
                let is_outer = id != MODULE_SCOPE && all.iter().any(|it| it.kind == BindingKind::Outer);
                if !is_outer && !all.is_empty() {
                    bound = match position {
                        Some(at) => facts.reaching(all, id, at),
                        None => all.iter().collect(),
                    };
                    bound.retain(|binding| binding.kind != BindingKind::Outer);
                }
                narrowing = narrowing.or_else(|| position.and_then(|at| facts.narrowed(id, name, at)));
                if !bound.is_empty() {
                    break;
                }
            }
            if here.kind == ScopeKind::Function {
                position = None;
            }
            next = here.parent;
        }
        let found = match bound.is_empty() {
            true => self.unbound(file, facts, facts.name(name)),
            false => self.bindings(file, facts, bound),
        };
        match narrowing {
            Some(narrowing) => self.narrow(file, facts, narrowing, found),
            None => found,
        }
    }

    /// A name that no scope binds: from a star import, a builtin, or missing.
    fn unbound(&mut self, file: EntryId, facts: &Facts, name: &str) -> Vec<Resolved> {
        if let Some(builtin) = self.builtin(file, name) {
            return vec![builtin];
        }
        let linking = self.linking(file);
        // `export * from "./orders"` gives names to others, and binds none.
        let binds_stars = linking.is_none_or(|it| it.has_spaces || matches!(it.search, ModuleSearch::Roots));
        let (mut found, is_open) = match binds_stars {
            true => self.starred(file, facts, MODULE_SCOPE, name),
            false => (Vec::new(), false),
        };
        if found.iter().any(|it| !matches!(it.entity, Entity::Missing(_))) {
            found.retain(|it| !matches!(it.entity, Entity::Missing(_)));
            return found;
        }
        if is_open {
            return vec![Resolved::unknown()];
        }
        found.push(Resolved::new(Entity::Missing(Symbol::new(self.project.module_name(file), name))));
        found
    }

    /// What one binding of a name holds.
    pub fn binding(&mut self, file: EntryId, facts: &Facts, binding: &Binding) -> Arc<[Resolved]> {
        let index = facts.bindings.element_offset(binding).map(|index| (file, index as u32));
        if let Some(known) = index.and_then(|index| self.bindings.get(&index)) {
            return known.clone();
        }
        if self.depth >= DEPTH_LIMIT {
            return self.cut_short(&[Resolved::unknown()]);
        }
        let cuts = self.cuts;
        self.depth += 1;
        let found = self.binding_afresh(file, facts, binding);
        self.depth -= 1;
        let found = self.shared(found);
        if let Some(index) = index.filter(|_| self.cuts == cuts) {
            self.bindings.insert(index, found.clone());
        }
        found
    }

    /// What several bindings of a name hold.
    pub(super) fn bindings(&mut self, file: EntryId, facts: &Facts, bindings: Vec<&Binding>) -> Vec<Resolved> {
        let mut found = Vec::new();
        for binding in bindings {
            found.extend_from_slice(&self.binding(file, facts, binding));
        }
        found
    }

    fn binding_afresh(&mut self, file: EntryId, facts: &Facts, binding: &Binding) -> Vec<Resolved> {
        let name = facts.name(binding.name);
        match binding.kind {
            BindingKind::Import(id) => self.import(file, facts, id),
            BindingKind::Definition(id) => vec![Resolved::new(Entity::Definition(DefinitionRef { file, id }))],
            BindingKind::Parameter(0) if self.is_receiver(facts, binding.scope) => self.receiver(file, facts, binding),
            BindingKind::Parameter(_) => {
                let mut found = self.annotated(file, binding);
                if let Some(default) = binding.value {
                    let defaults = self.value(file, default);
                    let known =
                        defaults.iter().filter(|it| !matches!(it.entity, Entity::Unknown | Entity::External(_)));
                    found.extend(known.cloned().map(Resolved::likely));
                }
                found
            }
            BindingKind::Assignment | BindingKind::Element | BindingKind::Entered => {
                let symbol = self.scope_symbol(file, facts, binding.scope).map(|owner| Arc::new(owner.member(name)));
                let mut found = self.annotated(file, binding);
                // `HOOK: Callable = save`, `Thing: TypeAlias = Order`: an annotation that says nothing of the project.
                let says_nothing = |it: &Resolved| match &it.entity {
                    Entity::Holder(holder) => holder.kind == HolderKind::Callable,
                    entity => *entity == Entity::Unknown,
                };
                if let Some(value) = binding.value
                    && found.iter().all(says_nothing)
                {
                    let valued = self.value(file, value);
                    if found.is_empty() || found.iter().all(Resolved::is_unknown) || names_something(&valued) {
                        found = valued.to_vec();
                        if self.is_spaced(file) {
                            found = self.copied(found);
                        }
                    }
                }
                if found.is_empty() {
                    found.push(Resolved::unknown());
                }
                let Some(symbol) = symbol else { return found };
                let constant = self.constant(file, facts, binding);
                for resolved in &mut found {
                    let is_alias = matches!(resolved.entity, Entity::Definition(_) | Entity::Module(_));
                    if is_alias {
                        let hop = self.hop(file, facts, binding.span.start, format!("`{symbol}` is assigned to it"));
                        resolved.hops.insert(0, Arc::new(hop));
                    }
                    resolved.passed.insert(0, symbol.clone());
                    if let (Entity::Unknown, Some(constant)) = (&resolved.entity, constant) {
                        resolved.entity = Entity::Definition(constant);
                    }
                }
                found
            }
            BindingKind::Other => self.annotated(file, binding),
            BindingKind::Outer => vec![Resolved::unknown()],
        }
    }

    /// The instance that an annotation promises; unknown without one.
    fn annotated(&mut self, file: EntryId, binding: &Binding) -> Vec<Resolved> {
        match binding.annotation {
            Some(annotation) => self.annotation(file, annotation),
            None => vec![Resolved::unknown()],
        }
    }

    /// The definition of the constant that a binding makes.
    fn constant(&self, file: EntryId, facts: &Facts, binding: &Binding) -> Option<DefinitionRef> {
        Some(DefinitionRef { file, id: facts.definition_named_at(binding.span)? })
    }

    /// The symbol of a module or class body; `None` inside a function.
    pub(super) fn scope_symbol(&self, file: EntryId, facts: &Facts, scope: ScopeId) -> Option<Symbol> {
        let module = self.project.module_name(file);
        match facts.scope(scope).kind {
            ScopeKind::Module if facts.scope(scope).definition.is_none() => Some(Symbol::module(module)),
            ScopeKind::Module | ScopeKind::Class => {
                facts.scope(scope).definition.map(|id| Symbol::new(module, facts.qualified_name(id)))
            }
            ScopeKind::Function | ScopeKind::Expression => None,
        }
    }

    /// The class around the method whose body a scope is, or lies in.
    fn class_of_method(&self, file: EntryId, facts: &Facts, scope: ScopeId) -> Option<DefinitionRef> {
        let mut at = Some(scope);
        while let Some(id) = at {
            if let Some(definition) = facts.scope(id).definition
                && facts.scope(id).kind == ScopeKind::Function
            {
                let function = facts.definition(definition);
                if function.kind == DefinitionKind::Method {
                    return function.parent.map(|id| DefinitionRef { file, id });
                }
            }
            at = facts.scope(id).parent;
        }
        None
    }

    /// Whether the first parameter of the function whose body a scope is stands for its object or class.
    fn is_receiver(&self, facts: &Facts, scope: ScopeId) -> bool {
        facts.scope(scope).definition.map(|id| facts.definition(id)).is_some_and(|it| {
            facts.scope(scope).kind == ScopeKind::Function && it.kind == DefinitionKind::Method && !it.traits.is_static
        })
    }

    /// `self` or `cls`: the first parameter of a method.
    fn receiver(&mut self, file: EntryId, facts: &Facts, binding: &Binding) -> Vec<Resolved> {
        let method = facts.scope(binding.scope).definition.map(|id| facts.definition(id));
        let (Some(method), Some(class)) = (method, self.class_of_method(file, facts, binding.scope)) else {
            return vec![Resolved::unknown()];
        };
        if self.is_spaced(file) {
            let of = |it: Resolved| match it.entity {
                Entity::Definition(class) => {
                    Resolved { tier: it.tier, ..Resolved::new(Entity::Instance { class, behind: None }) }
                }
                _ => Resolved::unknown(),
            };
            return self.subject(class).into_iter().map(of).collect();
        }
        let is_class = method.traits.is_class_method
            || matches!(facts.name(method.name), "__new__" | "__init_subclass__" | "__class_getitem__");
        let entity = if is_class { Entity::Definition(class) } else { Entity::Instance { class, behind: None } };
        // `self: Order` in a mixin promises more than the class around it.
        let promised = self.annotated(file, binding);
        let known = self.mro(class);
        let is_other = |it: &Resolved| match it.entity {
            Entity::Instance { class: other, .. } => !known.classes.contains(&other),
            _ => false,
        };
        let mut found: Vec<Resolved> = promised.into_iter().filter(is_other).collect();
        found.insert(0, Resolved::new(entity).own());
        found
    }

    /// What an import binds.
    pub fn import(&mut self, file: EntryId, facts: &Facts, id: ImportId) -> Vec<Resolved> {
        let import = &facts.imports[id.index()];
        if let Some(path) = import.path {
            return self.path_import(file, facts, import, path);
        }
        let (base, dotted) = self.import_base(file, facts, import);
        let what = match import.target {
            ImportTarget::Module => format!("imports `{dotted}`"),
            ImportTarget::Name(name, _) => format!("imports `{}` from `{dotted}`", facts.name(name)),
            ImportTarget::Star => format!("imports everything from `{dotted}`"),
        };
        let hop = Arc::new(self.hop(file, facts, import.statement.start, what));
        let is_dotted = self.project.modules.is_dotted(self.project.sources.path(file));
        let mut found = match import.target {
            ImportTarget::Star => Vec::new(),
            ImportTarget::Module if import.alias.is_none() && is_dotted && dotted.contains('.') => {
                // `import a.b.c` binds `a`.
                let first = dotted.split('.').next().unwrap_or(&dotted).to_owned();
                let folder = self.project.sources.path(file).folder();
                vec![Resolved::new(match self.project.modules.find(&first, Some(folder)) {
                    Found::Module(module) => Entity::Module(module),
                    Found::Missing => Entity::Missing(Symbol::module(first)),
                    Found::External => Entity::External(first),
                    Found::Unknown => Entity::Unknown,
                })]
            }
            ImportTarget::Module => self.whole(base),
            ImportTarget::Name(name, _) => {
                let name = facts.name(name);
                match base {
                    Entity::Module(module) if name == UNNAMED => self.unnamed(module),
                    Entity::Module(module) => self.member_of_module(&module, name),
                    Entity::Missing(module) => vec![Resolved::new(Entity::Missing(module.member(name)))],
                    Entity::External(path) => vec![Resolved::new(Entity::External(format!("{path}.{name}")))],
                    _ => vec![Resolved::unknown()],
                }
            }
        };
        let bound = facts.name(import.alias.unwrap_or(match import.target {
            ImportTarget::Name(name, _) => name,
            _ => import.module.unwrap_or(NameId(0)),
        }));
        let is_reexport = import.scope == MODULE_SCOPE && !matches!(import.target, ImportTarget::Star);
        let symbol = is_reexport.then(|| Arc::new(Symbol::new(self.project.module_name(file), bound)));
        let folder = self.project.sources.path(file).folder();
        let is_guessed = is_dotted && import.level == 0 && self.project.modules.is_guessed(&dotted, folder);
        for resolved in &mut found {
            resolved.hops.insert(0, hop.clone());
            resolved.passed.extend(symbol.clone());
            if is_guessed && !resolved.is_unknown() {
                resolved.tier = resolved.tier.max(crate::finding::Tier::Likely);
            }
        }
        found
    }

    /// What an import binds that names it by one path.
    fn path_import(&mut self, file: EntryId, facts: &Facts, import: &Import, path: ValueId) -> Vec<Resolved> {
        let from = import.module.map_or(String::new(), |module| format!(" from `{}`", facts.name(module)));
        let what = match import.target {
            ImportTarget::Name(name, _) => format!("imports `{}`{from}", facts.name(name)),
            _ => format!("imports everything{from}"),
        };
        let hop = Arc::new(self.hop(file, facts, import.statement.start, what));
        let owner = self.scope_symbol(file, facts, import.scope);
        let symbol = owner.zip(import.alias).map(|(owner, name)| Arc::new(owner.member(facts.name(name))));
        let mut found = self.value(file, path).to_vec();
        for resolved in &mut found {
            resolved.hops.insert(0, hop.clone());
            resolved.passed.extend(symbol.clone());
        }
        found
    }

    /// What a module is where it is taken whole.
    fn whole(&mut self, base: Entity) -> Vec<Resolved> {
        if let Entity::Module(ModuleRef::File(file)) = base
            && let Some(facts) = self.facts(file)
            && facts.names.find(WHOLE).is_some_and(|name| !facts.bindings_of(MODULE_SCOPE, name).is_empty())
        {
            return self.member_of_module(&ModuleRef::File(file), WHOLE);
        }
        vec![Resolved::new(base)]
    }

    /// What a module gives without a name; one that gives nothing so is taken whole.
    fn unnamed(&mut self, module: ModuleRef) -> Vec<Resolved> {
        let found = self.member_of_module(&module, UNNAMED);
        let is_missing = !found.is_empty() && found.iter().all(|it| matches!(it.entity, Entity::Missing(_)));
        if !is_missing {
            return found;
        }
        let whole = self.whole(Entity::Module(module.clone()));
        let is_module = whole.iter().any(|it| it.entity == Entity::Module(module.clone()));
        if is_module { found } else { whole }
    }

    /// The module that an import names, with the text of its absolute name.
    pub fn import_base(&self, file: EntryId, facts: &Facts, import: &Import) -> (Entity, String) {
        let written = import.module.map_or("", |module| facts.name(module));
        let dotted = self.project.absolute_module(file, import.level, written);
        // A relative import has one place to look; an absolute one starts from the importer's roots.
        let entity = match self.project.modules.find_from(self.project.sources.path(file), &dotted) {
            Found::Module(module) => Entity::Module(module),
            Found::Missing => Entity::Missing(Symbol::module(dotted.clone())),
            Found::External if import.level > 0 => Entity::Missing(Symbol::module(dotted.clone())),
            Found::External => Entity::External(dotted.clone()),
            Found::Unknown => Entity::Unknown,
        };
        (entity, dotted)
    }

    /// What a symbol means in the tree, from its module down.
    pub fn symbol(&mut self, symbol: &Symbol) -> Vec<Resolved> {
        let Found::Module(module) = self.project.modules.find(&symbol.module, None) else {
            return vec![Resolved::new(Entity::Missing(symbol.clone()))];
        };
        let mut found = vec![Resolved::new(Entity::Module(module))];
        for part in symbol.name.iter().flat_map(|name| name.split('.')) {
            found = found.iter().flat_map(|it| self.attribute(it, part)).collect();
        }
        found
    }

    /// A dotted path as a string or an import writes it: the longest module, then its members.
    pub fn path(&mut self, dotted: &str, importer: EntryId) -> Vec<Resolved> {
        let folder = self.project.sources.path(importer).folder();
        let parts: Vec<&str> = dotted.split('.').collect();
        for length in (1..=parts.len()).rev() {
            let Found::Module(module) = self.project.modules.find(&parts[..length].join("."), Some(folder)) else {
                continue;
            };
            let mut found = vec![Resolved::new(Entity::Module(module))];
            for part in &parts[length..] {
                found = found.iter().flat_map(|it| self.attribute(it, part)).collect();
            }
            // A path that is written out means itself or nothing.
            if found.iter().any(|it| matches!(it.entity, Entity::Missing(_))) {
                found.retain(|it| it.entity != Entity::Unknown);
            }
            return distinct(found);
        }
        vec![Resolved::new(Entity::External(dotted.to_owned()))]
    }

    /// What a value has under a name.
    pub fn members(&mut self, file: EntryId, receiver: ValueId, name: &str) -> Vec<Resolved> {
        let receivers = self.value(file, receiver);
        receivers.iter().flat_map(|it| self.attribute(it, name)).collect()
    }

    /// `base.name`.
    pub fn attribute(&mut self, base: &Resolved, name: &str) -> Vec<Resolved> {
        let found = match &base.entity {
            Entity::Module(ModuleRef::File(file)) if self.is_spaced(*file) => {
                return self.spaced_attribute(base, name, Space::Any);
            }
            Entity::Definition(of) | Entity::Instance { class: of, .. } if self.is_spaced(of.file) => {
                return self.spaced_attribute(base, name, Space::Any);
            }
            Entity::Module(_) if name == "__dict__" => vec![base.clone()],
            Entity::Module(module) => self.member_of_module(&module.clone(), name),
            Entity::Definition(definition) => {
                let Some(facts) = self.facts(definition.file) else { return vec![Resolved::unknown()] };
                match facts.definition(definition.id).kind {
                    DefinitionKind::Class => self.received(base, *definition, None, name),
                    _ => vec![Resolved::unknown()],
                }
            }
            Entity::Instance { class, .. } if name == "__class__" => {
                let class = Resolved::new(Entity::Definition(*class)).likely();
                vec![if base.is_own { class.own() } else { class }]
            }
            Entity::Instance { class, behind } => {
                let found = self.received(base, *class, *behind, name);
                // An instance that a name stands for, as a property does, is inferred from what that name promises.
                match base.passed.is_empty() {
                    true => found,
                    false => found.into_iter().map(Resolved::likely).collect(),
                }
            }
            Entity::Holder(holder) => self.held_member(&holder.clone(), name),
            // What is missing had members, but nobody knows which.
            Entity::Missing(symbol) => {
                vec![Resolved::new(Entity::Missing(symbol.member(name))), Resolved::unknown()]
            }
            Entity::External(path) => vec![Resolved::new(Entity::External(format!("{path}.{name}")))],
            Entity::Unknown => vec![Resolved::unknown()],
        };
        found.into_iter().map(|it| it.behind(&base.clone().forget_names())).collect()
    }

    /// A member of a class, reached through the class or an instance of it: what is `self` there is the receiver here.
    fn received(
        &mut self,
        base: &Resolved,
        class: DefinitionRef,
        behind: Option<DefinitionRef>,
        name: &str,
    ) -> Vec<Resolved> {
        let mut found = self.member_of_class(class, behind, name);
        for it in &mut found {
            *it = std::mem::replace(it, Resolved::unknown()).received_by(Some((class, base.is_own)));
            if let Entity::Definition(_) = it.entity {
                it.bound = Some((class, base.is_own));
            }
        }
        found
    }

    pub(super) fn hop(&self, file: EntryId, facts: &Facts, offset: u32, what: String) -> Hop {
        Hop { path: self.project.sources.path(file).clone(), line: facts.line_index.line(offset), what }
    }
}

/// Whether a value is a function, a class or a module rather than an object of one.
fn names_something(found: &[Resolved]) -> bool {
    found.iter().any(|it| matches!(it.entity, Entity::Definition(_) | Entity::Module(_)))
}

/// Without repetitions of an entity; the surest way to each is kept.
pub(super) fn distinct(found: Vec<Resolved>) -> Vec<Resolved> {
    let mut kept: Vec<Resolved> = Vec::with_capacity(found.len().min(MEANINGS_LIMIT));
    for resolved in found {
        match kept.iter().position(|it| it.entity == resolved.entity && it.passed == resolved.passed) {
            Some(known) if resolved.tier < kept[known].tier => kept[known] = resolved,
            Some(_) => {}
            None if kept.len() == MEANINGS_LIMIT => {
                kept[MEANINGS_LIMIT - 1] = Resolved::unknown();
                break;
            }
            None => kept.push(resolved),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Tier;

    #[test]
    fn the_surest_way_is_kept() {
        let unsure = Resolved::new(Entity::External("a".into())).likely();
        let sure = Resolved::new(Entity::External("a".into()));
        let kept = distinct(vec![unsure, sure]);
        assert_eq!((kept.len(), kept[0].tier), (1, Tier::Proven));
    }
}
