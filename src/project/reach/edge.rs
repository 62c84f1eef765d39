//! Edges: what a node of the graph reaches in one step.
//!
//! A module reaches what it imports and what its own lines use; a function what its body uses; a class its bases, its
//! special methods and its inner classes. An attribute on an unknown receiver gives no edge but a loose name, which may
//! reach every member of that name. Invariant: an edge is sure where the reference behind it is proven or likely.
//! Absent on purpose: where the search starts and which way it goes; see `super`.

use super::Node;
use crate::facts::{
    Access, BindingKind, DefinitionId, DefinitionKind, Facts, Guards, Import, ImportTarget, NameString, Reference,
    ReferenceKind, ScopeId, StringRole, Value, ValueId,
};
use crate::project::entity::{DefinitionRef, Entity, Resolved};
use crate::project::module::ModuleRef;
use crate::project::resolve::Resolver;
use crate::project::route::VERBS;
use crate::project::symbol::Symbol;
use crate::workspace::EntryId;
use bitcode::{Decode, Encode};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Why one node reaches another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum How {
    Imports,
    Uses(ReferenceKind),
    /// A decorator that keeps what it is given: a route, a task, a signal.
    Registers,
    /// A string that is its dotted path, or its name beside a known receiver.
    Names,
    Inherits,
    /// Python calls it by itself: `__init__`, `__enter__`.
    Special,
    /// A class in the body of a class.
    Inner,
    /// A call to the method that it overrides.
    Overrides,
    /// The file that a definition stands in runs before it.
    Runs,
    /// The same name on an unknown receiver, or in a string.
    MayName,
    /// A decorator that may keep it.
    MayRegister,
    /// A base class outside the project may call it.
    MayCall,
    /// An entry point that holds it.
    Starts,
}

impl How {
    /// In words, before the name of what is reached.
    pub fn words(self) -> &'static str {
        match self {
            How::Imports => "imports",
            How::Uses(ReferenceKind::Call) => "calls",
            How::Uses(ReferenceKind::Subclass) | How::Inherits => "inherits from",
            How::Uses(ReferenceKind::Decorator) => "is decorated by",
            How::Uses(ReferenceKind::Annotation) => "names in an annotation",
            How::Uses(_) => "uses",
            How::Registers => "registers by a decorator",
            How::Names => "names in a string",
            How::Special => "has the special method",
            How::Inner => "holds the class",
            How::Overrides => "may be the override",
            How::Runs => "runs the module of",
            How::MayName => "may mean",
            How::MayRegister => "is decorated, and may be registered:",
            How::MayCall => "has a base outside the project, which may call",
            How::Starts => "starts",
        }
    }
}

/// One step. `line` is where it is written, in the file of the node it starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub to: Node,
    pub line: u32,
    pub how: How,
    pub is_sure: bool,
}

/// All that one node reaches.
#[derive(Debug, Default)]
pub struct Steps {
    pub edges: Vec<Edge>,
    /// Names on unknown receivers, with the line.
    pub loose: BTreeSet<(Box<str>, u32)>,
    /// For a class: the methods of its bases that it overrides, each with its own.
    pub overrides: Vec<(DefinitionRef, DefinitionRef)>,
}

/// Decorators that hand their function on, or wrap it, and keep no list of it.
const WRAPPING: &[&str] =
    &["builtins.", "functools.", "contextlib.", "abc.", "typing.", "typing_extensions.", "dataclasses.", "enum."];

/// Names of decorators that register what they decorate, whichever object they stand on: tasks, commands, signals,
/// events, hooks of web frameworks. Those of routes are `route`'s.
const REGISTERING: &[&str] = &[
    "after_request",
    "before_request",
    "callback",
    "command",
    "connect",
    "context_processor",
    "errorhandler",
    "exception_handler",
    "group",
    "listens_for",
    "listener",
    "middleware",
    "on_event",
    "periodic_task",
    "receiver",
    "register",
    "shared_task",
    "task",
    "teardown_request",
    "tool",
];

/// The contents of a file, by who runs them.
struct Owned<'f> {
    /// By the function around them; without one the module runs them. What is for type checkers alone never runs.
    lines: FxHashMap<Option<DefinitionId>, Lines<'f>>,
    /// The definitions in the body of a definition.
    members: FxHashMap<DefinitionId, Vec<DefinitionId>>,
}

#[derive(Default)]
struct Lines<'f> {
    imports: Vec<&'f Import>,
    references: Vec<&'f Reference>,
    strings: Vec<&'f NameString>,
    decorated: Vec<DefinitionId>,
}

impl<'f> Owned<'f> {
    fn of(facts: &'f Facts) -> Self {
        let owners: Vec<Option<DefinitionId>> =
            (0..facts.scopes.len() as u32).map(|scope| facts.function_of(ScopeId(scope))).collect();
        let mut owned = Self { lines: FxHashMap::default(), members: FxHashMap::default() };
        let mut lines = |scope: ScopeId, guards: Guards, add: &mut dyn FnMut(&mut Lines<'f>)| {
            if !guards.has(Guards::TYPE_CHECKING) {
                add(owned.lines.entry(owners[scope.index()]).or_default());
            }
        };
        for import in &facts.imports {
            lines(import.scope, import.guards, &mut |it| it.imports.push(import));
        }
        for reference in &facts.references {
            lines(reference.scope, reference.guards, &mut |it| it.references.push(reference));
        }
        for string in &facts.strings {
            lines(string.scope, string.guards, &mut |it| it.strings.push(string));
        }
        for id in facts.definition_ids() {
            let definition = facts.definition(id);
            if !definition.decorators.is_empty() {
                lines(definition.scope, definition.guards, &mut |it| it.decorated.push(id));
            }
        }
        for id in facts.definition_ids() {
            if let Some(parent) = facts.definition(id).parent {
                owned.members.entry(parent).or_default().push(id);
            }
        }
        owned
    }
}

impl Resolver<'_, '_> {
    /// What the given nodes of one file reach. All nodes belong to the file.
    pub(super) fn steps(&mut self, file: EntryId, nodes: &[Node]) -> Vec<(Node, Steps)> {
        let Some(facts) = self.facts(file) else { return nodes.iter().map(|&node| (node, Steps::default())).collect() };
        let owned = Owned::of(&facts);
        nodes
            .iter()
            .map(|&node| {
                let mut steps = Steps::default();
                match node {
                    Node::Definition(definition) => self.of_definition(&facts, definition, &owned, &mut steps),
                    Node::Module(_) | Node::Main(_) => self.of_code(file, &facts, node, None, &owned, &mut steps),
                }
                if let Node::Module(_) = node {
                    for package in self.project.modules.packages_above(self.project.sources, file) {
                        steps.add(Node::Module(package), 1, How::Imports, true);
                    }
                }
                (node, steps)
            })
            .collect()
    }

    fn of_definition(&mut self, facts: &Facts, definition: DefinitionRef, owned: &Owned<'_>, steps: &mut Steps) {
        let (node, file) = (Node::Definition(definition), definition.file);
        let own = facts.definition(definition.id);
        let line = facts.line_index.line(own.name_span.start);
        steps.add(Node::Module(file), line, How::Runs, true);
        match own.kind {
            DefinitionKind::Function | DefinitionKind::Method => {
                self.of_code(file, facts, node, Some(definition.id), owned, steps);
            }
            DefinitionKind::Class => self.of_class(facts, definition, owned, steps),
            _ => {}
        }
    }

    /// Bases, special methods and inner classes; the lines of the body run with the module.
    fn of_class(&mut self, facts: &Facts, class: DefinitionRef, owned: &Owned<'_>, steps: &mut Steps) {
        let mro = self.mro(class);
        let line = facts.line_index.line(facts.definition(class.id).name_span.start);
        for &base in &mro.classes[1..] {
            steps.add(Node::Definition(base), line, How::Inherits, true);
        }
        for &id in owned.members.get(&class.id).into_iter().flatten() {
            let member = facts.definition(id);
            if member.scope != facts.definition(class.id).body_scope.unwrap_or(member.scope) {
                continue;
            }
            let to = Node::Definition(DefinitionRef { file: class.file, id });
            let line = facts.line_index.line(member.name_span.start);
            let name = facts.name(member.name);
            match member.kind {
                DefinitionKind::Class => steps.add(to, line, How::Inner, true),
                DefinitionKind::Method if name.starts_with("__") && name.ends_with("__") => {
                    steps.add(to, line, How::Special, true);
                }
                DefinitionKind::Method if mro.is_open => steps.add(to, line, How::MayCall, false),
                _ => {}
            }
            if member.kind == DefinitionKind::Method {
                let own = DefinitionRef { file: class.file, id };
                let overridden = mro.classes[1..].iter().filter_map(|&base| self.method_of(base, name));
                steps.overrides.extend(overridden.map(|base| (base, own)));
            }
        }
    }

    /// The method of that name in the body of a class, the last one where there are several.
    fn method_of(&self, class: DefinitionRef, name: &str) -> Option<DefinitionRef> {
        let facts = self.facts(class.file)?;
        let name = facts.names.find(name)?;
        let bindings = facts.bindings_of(facts.definition(class.id).body_scope?, name);
        let mut methods = bindings.iter().filter_map(|binding| match binding.kind {
            BindingKind::Definition(id) => Some(DefinitionRef { file: class.file, id }),
            _ => None,
        });
        methods.next_back()
    }

    /// Imports, references, strings and decorators of the lines that a node runs.
    fn of_code(
        &mut self,
        file: EntryId,
        facts: &Facts,
        node: Node,
        owner: Option<DefinitionId>,
        owned: &Owned<'_>,
        steps: &mut Steps,
    ) {
        let is_main = matches!(node, Node::Main(_));
        let runs = |offset: u32| owner.is_some() || facts.in_main_block(offset) == is_main;
        if is_main {
            steps.add(Node::Module(file), 1, How::Runs, true);
        }
        let Some(lines) = owned.lines.get(&owner) else { return };
        for import in lines.imports.iter().filter(|it| runs(it.statement.start)) {
            self.of_import(file, facts, import, steps);
        }
        for reference in lines.references.iter().filter(|it| runs(it.span.start)) {
            self.of_reference(file, facts, reference, steps);
        }
        for string in lines.strings.iter().filter(|it| runs(it.span.start)) {
            self.of_string(file, facts, string, steps);
        }
        for &id in lines.decorated.iter().filter(|&&id| runs(facts.definition(id).span.start)) {
            self.of_decorators(file, facts, id, steps);
        }
    }

    fn of_import(&mut self, file: EntryId, facts: &Facts, import: &Import, steps: &mut Steps) {
        let line = facts.line_index.line(import.statement.start);
        let (base, _) = self.import_base(file, facts, import);
        let Entity::Module(module) = base else { return };
        if let ModuleRef::File(id) = module {
            steps.add(Node::Module(id), line, How::Imports, true);
        }
        if let ImportTarget::Name(name, _) = import.target {
            let submodule = self.project.modules.submodule(self.project.sources, &module, facts.name(name));
            if let Some(ModuleRef::File(id)) = submodule {
                steps.add(Node::Module(id), line, How::Imports, true);
            }
        }
    }

    fn of_reference(&mut self, file: EntryId, facts: &Facts, reference: &Reference, steps: &mut Steps) {
        if matches!(reference.kind, ReferenceKind::Import | ReferenceKind::Export | ReferenceKind::Keyword) {
            return;
        }
        let line = facts.line_index.line(reference.span.start);
        let meanings = self.value(file, reference.value);
        self.of_meanings(&meanings, line, How::Uses(reference.kind), steps);
        let Value::Attribute { name, .. } = facts.value(reference.value) else { return };
        if reference.access == Access::Read && is_open(&meanings) {
            steps.loose.insert((facts.name(name).into(), line));
        }
    }

    fn of_meanings(&mut self, meanings: &[Resolved], line: u32, how: How, steps: &mut Steps) {
        for meaning in meanings {
            if let Entity::Definition(definition) = meaning.entity {
                steps.add(Node::Definition(definition), line, how, true);
            }
            for symbol in &meaning.passed {
                if let Some(passed) = self.definition_of(symbol) {
                    steps.add(Node::Definition(passed), line, how, true);
                }
            }
        }
    }

    fn of_string(&mut self, file: EntryId, facts: &Facts, string: &NameString, steps: &mut Steps) {
        let text = facts.name(string.text);
        let line = facts.line_index.line(string.span.start);
        match string.role {
            StringRole::Attribute { receiver }
            | StringRole::HasAttribute { receiver }
            | StringRole::PatchObject { receiver } => {
                let meanings = self.members(file, receiver, text);
                self.of_meanings(&meanings, line, How::Names, steps);
                if is_open(&meanings) {
                    steps.loose.insert((text.into(), line));
                }
            }
            StringRole::EnvironmentRead { .. }
            | StringRole::EnvironmentWrite { .. }
            | StringRole::Feature
            | StringRole::Export => {}
            StringRole::Patch | StringRole::ImportModule | StringRole::Key | StringRole::Other => {
                let is_dotted = text.contains(['.', ':']);
                if is_dotted || string.role == StringRole::ImportModule {
                    self.of_path(&text.replace(':', "."), file, line, steps);
                } else {
                    steps.loose.insert((text.into(), line));
                }
            }
        }
    }

    /// What a dotted path in a string or in a configuration reaches: the module, and what it names in it.
    pub(super) fn of_path(&mut self, dotted: &str, file: EntryId, line: u32, steps: &mut Steps) {
        let parts: Vec<&str> = dotted.split('.').collect();
        for length in (1..=parts.len()).rev() {
            let folder = self.project.sources.path(file).folder();
            let found = self.project.modules.find(&parts[..length].join("."), Some(folder));
            if let crate::project::module::Found::Module(ModuleRef::File(module)) = found {
                steps.add(Node::Module(module), line, How::Names, true);
                break;
            }
        }
        let meanings = self.path(dotted, file);
        self.of_meanings(&meanings, line, How::Names, steps);
    }

    fn of_decorators(&mut self, file: EntryId, facts: &Facts, id: DefinitionId, steps: &mut Steps) {
        let decorated = facts.definition(id);
        let to = Node::Definition(DefinitionRef { file, id });
        let line = facts.line_index.line(decorated.span.start);
        for &decorator in &decorated.decorators {
            let callee = match facts.value(decorator) {
                Value::Call { function, .. } => function,
                _ => decorator,
            };
            let Some(name) = facts.last_name(callee) else {
                steps.add(to, line, How::MayRegister, false);
                continue;
            };
            let name = facts.name(name);
            let meanings = self.value(file, callee);
            let is_wrapping = |it: &Resolved| match &it.entity {
                Entity::External(path) => WRAPPING.iter().any(|known| path.starts_with(known)),
                _ => false,
            };
            // `@x.setter` stands on the property itself.
            if matches!(name, "setter" | "getter" | "deleter")
                || (!meanings.is_empty() && meanings.iter().all(is_wrapping))
            {
                continue;
            }
            let is_own = meanings.iter().any(|it| matches!(it.entity, Entity::Definition(_)));
            let is_known = REGISTERING.contains(&name) || VERBS.contains(&name);
            let registers = is_known && !is_own && decorated.kind != DefinitionKind::Class;
            let how = if registers { How::Registers } else { How::MayRegister };
            steps.add(to, line, how, registers);
        }
    }

    /// Whether a decorator keeps what it is given, or may: a route, a task, a registry of the project's own.
    pub(in crate::project) fn is_registered(&mut self, file: EntryId, facts: &Facts, id: DefinitionId) -> bool {
        let mut steps = Steps::default();
        self.of_decorators(file, facts, id, &mut steps);
        !steps.edges.is_empty()
    }

    /// The definition that a symbol is the name of; the last one where it is defined twice.
    pub(super) fn definition_of(&mut self, symbol: &Symbol) -> Option<DefinitionRef> {
        let name = symbol.name.as_deref()?;
        let crate::project::module::Found::Module(ModuleRef::File(file)) =
            self.project.modules.find(&symbol.module, None)
        else {
            return None;
        };
        let facts = self.facts(file)?;
        let last = facts.names.find(name.rsplit('.').next().unwrap_or(name))?;
        let ids = facts.definition_ids().filter(|&id| facts.definition(id).name == last);
        ids.filter(|&id| facts.qualified_name(id) == name).last().map(|id| DefinitionRef { file, id })
    }

    /// The dotted name outside the project that a value was made by calling: `fastapi.FastAPI` of `app = FastAPI()`.
    pub(super) fn made_by(&mut self, file: EntryId, value: ValueId) -> Vec<String> {
        let mut found = Vec::new();
        let Some(facts) = self.facts(file) else { return found };
        if let Value::Call { function, .. } = facts.value(value) {
            found.extend(self.value(file, function).iter().filter_map(external));
            return found;
        }
        for meaning in self.value(file, value).iter() {
            let Entity::Definition(constant) = meaning.entity else { continue };
            let Some(facts) = self.facts(constant.file) else { continue };
            let own = facts.definition(constant.id);
            for binding in facts.bindings_of(own.scope, own.name) {
                let Some(value) = binding.value else { continue };
                if let Value::Call { function, .. } = facts.value(value) {
                    found.extend(self.value(constant.file, function).iter().filter_map(external));
                }
            }
        }
        found
    }
}

pub(super) fn external(meaning: &Resolved) -> Option<String> {
    match &meaning.entity {
        Entity::External(path) => Some(path.clone()),
        _ => None,
    }
}

/// Whether a value may be something of the project that was not found: nothing is known of it, or a class should have
/// the name and has not, which a subclass may.
fn is_open(meanings: &[Resolved]) -> bool {
    meanings.is_empty() || meanings.iter().any(|it| matches!(it.entity, Entity::Unknown | Entity::Missing(_)))
}

impl Steps {
    pub fn add(&mut self, to: Node, line: u32, how: How, is_sure: bool) {
        self.edges.push(Edge { to, line, how, is_sure });
    }
}
