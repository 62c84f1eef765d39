//! Reachability: what the production entry points of a project lead to, by which steps, and what only tests reach.
//!
//! The graph has a node for the code that a module runs on import, one for its `if __name__ == "__main__":` block, and
//! one for each definition. It is explored from the entry points in breadth-first rounds, so a chain is a shortest one,
//! and only as far as a question needs: nothing is resolved that is not reached. Calls to a method reach its overrides
//! in classes that are reached themselves, as in rapid type analysis (Bacon and Sweeney, "Fast Static Analysis of C++
//! Virtual Function Calls", OOPSLA 1996).
//!
//! Invariant: two rounds of exploration keep apart what is sure and what may be. Sure steps are references that are
//! proven or likely. A name on an unknown receiver, a bare string, a decorator that may keep its function and a base
//! outside the project only *may* reach a member of a class that is reached, or of a module that is loaded; what they
//! may reach is unknown and never called unreached. Absent on purpose: modules that are loaded by a name put together
//! while the program runs, and whether a reached line ever runs.

mod backward;
mod edge;
mod entry;
mod launch;
mod page;

pub use edge::How;
pub use entry::{EntryKind, EntryPoint, entry_points};
pub use launch::entry_point_paths;
pub(super) use launch::is_read as may_start;

use super::entity::DefinitionRef;
use super::module::{Found, ModuleRef};
use super::resolve::Resolver;
use super::{Project, Symbol};
use crate::finding::Hop;
use crate::gap::Extent;
use crate::progress::Progress;
use crate::span::RepoPath;
use crate::workspace::EntryId;
use edge::{Edge, Steps};
use page::{Outline, Page, Pages};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// The code of a module that runs when it is imported.
    Module(EntryId),
    /// The block of a file that runs when it is started itself.
    Main(EntryId),
    Definition(DefinitionRef),
}

impl From<DefinitionRef> for Node {
    fn from(definition: DefinitionRef) -> Self {
        Node::Definition(definition)
    }
}

impl Node {
    pub fn file(self) -> EntryId {
        match self {
            Node::Module(file) | Node::Main(file) => file,
            Node::Definition(definition) => definition.file,
        }
    }
}

/// Who reaches a definition. A chain leads from where it begins to the definition itself, one hop per step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    Production {
        chain: Vec<Hop>,
    },
    /// No production entry point, but a test.
    /// `within` are the steps inside production that lead to it, and that nothing takes: the farthest first.
    Tests {
        chain: Vec<Hop>,
        within: Vec<Hop>,
    },
    Nothing {
        within: Vec<Hop>,
    },
    /// It cannot be told, and why. The chain, where there is one, holds a step that may be taken.
    Unknown {
        because: String,
        chain: Vec<Hop>,
    },
}

impl Reached {
    pub fn name(&self) -> &'static str {
        match self {
            Reached::Production { .. } => "production",
            Reached::Tests { .. } => "tests",
            Reached::Nothing { .. } => "nothing",
            Reached::Unknown { .. } => "unknown",
        }
    }
}

/// How a node was reached first.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    /// `None` for an entry point, whose index `line` then is.
    from: Option<Node>,
    line: u32,
    how: How,
    is_sure: bool,
}

/// An exploration that goes on when it is asked for more.
pub struct Reach<'p, 's> {
    project: &'p Project<'s>,
    entries: Vec<EntryPoint>,
    /// What an earlier run found, and this one.
    pages: Pages<'p, 's>,
    /// Steps that are known and not yet taken.
    known: FxHashMap<Node, Steps>,
    outlines: FxHashMap<EntryId, Option<Arc<Outline>>>,
    arrivals: FxHashMap<Node, Arrival>,
    frontier: Vec<Node>,
    /// Everything that is surely reached is known; what may be reached is being explored.
    is_loose: bool,
    /// Steps that may be taken, kept until what is sure is known.
    pending: Vec<(Node, Edge)>,
    /// Names on unknown receivers, with the first place of each.
    names: BTreeMap<Box<str>, (Node, u32)>,
    /// Methods by what they override, in classes that are reached.
    overrides: FxHashMap<DefinitionRef, Vec<DefinitionRef>>,
    /// Members that a loose name may mean, by name: of modules that are loaded.
    members: FxHashMap<Box<str>, Vec<DefinitionRef>>,
    /// Modules whose members are in `members`.
    listed: FxHashSet<EntryId>,
}

impl<'p, 's> Reach<'p, 's> {
    /// Begins at the entry points; explores nothing yet.
    pub fn new(project: &'p Project<'s>, entries: Vec<EntryPoint>) -> Self {
        let mut reach = Self {
            project,
            entries,
            pages: page::open(project),
            known: FxHashMap::default(),
            outlines: FxHashMap::default(),
            arrivals: FxHashMap::default(),
            frontier: Vec::new(),
            is_loose: false,
            pending: Vec::new(),
            names: BTreeMap::new(),
            overrides: FxHashMap::default(),
            members: FxHashMap::default(),
            listed: FxHashSet::default(),
        };
        for index in 0..reach.entries.len() {
            let EntryPoint { node, is_sure, .. } = reach.entries[index];
            let arrival = Arrival { from: None, line: index as u32, how: How::Starts, is_sure };
            if is_sure {
                reach.arrive(node, arrival);
            } else {
                reach.pending.push((node, Edge { to: node, line: index as u32, how: How::Starts, is_sure }));
            }
        }
        reach
    }

    pub fn entries(&self) -> &[EntryPoint] {
        &self.entries
    }

    /// Who reaches each of the targets. `is_test` tells the files whose code is no production.
    pub fn standings(
        &mut self,
        targets: &[Node],
        is_test: &(dyn Fn(&RepoPath) -> bool + Sync),
        progress: &dyn Progress,
    ) -> Vec<Reached> {
        let mut standings = self.by_production(targets, progress);
        let left: Vec<Node> =
            targets.iter().zip(&standings).filter(|(_, it)| it.is_none()).map(|(target, _)| *target).collect();
        let mut rest = backward::standings(self.project, &left, is_test, progress).into_iter();
        standings.iter_mut().filter(|it| it.is_none()).for_each(|it| *it = rest.next());
        standings.into_iter().map(|it| it.expect("every target is answered")).collect()
    }

    /// As [`Reach::standings`], but only as far as production entry points go: `None` is reached by tests or nothing.
    pub fn by_production(&mut self, targets: &[Node], progress: &dyn Progress) -> Vec<Option<Reached>> {
        self.explore(targets, progress);
        targets.iter().map(|&target| self.standing(target)).collect()
    }

    fn standing(&self, node: Node) -> Option<Reached> {
        if crate::language::find_followed(self.project.sources.path(node.file())).is_none() {
            return Some(Reached::Unknown {
                because: "what runs it is followed in Python alone".into(),
                chain: Vec::new(),
            });
        }
        if !self.arrivals.contains_key(&node) && !self.entries.iter().any(|entry| entry.is_sure) {
            return Some(Reached::Unknown { because: "no production entry point is known".into(), chain: Vec::new() });
        }
        if let Some(arrival) = self.arrivals.get(&node) {
            let chain = self.chain(node);
            return Some(match arrival.is_sure {
                true => Reached::Production { chain },
                false => {
                    let doubt = self.doubt(node);
                    Reached::Unknown { because: format!("{doubt} may lead to it"), chain }
                }
            });
        }
        None
    }

    /// The first unsure step on the way to a node, in words.
    fn doubt(&self, node: Node) -> String {
        let mut at = node;
        let mut doubt = "a step";
        while let Some(arrival) = self.arrivals.get(&at) {
            doubt = match arrival.how {
                How::MayName => "a name on an unknown receiver, or in a string,",
                How::MayRegister => "a decorator",
                How::MayCall => "a base class outside the project",
                How::Starts => "a text in a configuration",
                _ => doubt,
            };
            let Some(from) = arrival.from else { break };
            if self.arrivals.get(&from).is_some_and(|it| it.is_sure) {
                break;
            }
            at = from;
        }
        doubt.to_owned()
    }

    /// Explores until every target is surely reached, or until there is nothing more to explore.
    fn explore(&mut self, targets: &[Node], progress: &dyn Progress) {
        let is_open = |reach: &Self| {
            let is_found = |it: &&Node| reach.arrivals.contains_key(it);
            targets.iter().filter(is_found).count() < targets.len()
        };
        progress.stage("following what production reaches", 0);
        while is_open(self) {
            if self.frontier.is_empty() && !self.is_loose {
                self.loosen();
            }
            if self.frontier.is_empty() {
                return;
            }
            let frontier = std::mem::take(&mut self.frontier);
            progress.advance(frontier.len() as u64);
            for (node, steps) in self.expand(frontier) {
                self.take(node, steps);
            }
        }
    }

    /// What each node of a round reaches, in the order of the nodes. Nodes of one file are resolved together; where
    /// results are kept, all nodes of a file are.
    fn expand(&mut self, mut frontier: Vec<Node>) -> Vec<(Node, Steps)> {
        frontier.sort_unstable_by_key(|node| (node.file(), *node));
        if self.pages.is_kept() {
            let files: BTreeSet<EntryId> = frontier.iter().map(|node| node.file()).collect();
            self.load(files.into_iter().collect());
            return frontier.into_iter().map(|node| (node, self.known.remove(&node).unwrap_or_default())).collect();
        }
        let by_file: Vec<&[Node]> = frontier.chunk_by(|a, b| a.file() == b.file()).collect();
        let project = self.project;
        let expanded: Vec<Vec<(Node, Steps)>> = by_file
            .par_iter()
            .map_init(|| Resolver::new(project), |resolver, nodes| resolver.steps(nodes[0].file(), nodes))
            .collect();
        expanded.into_iter().flatten().collect()
    }

    /// Takes the pages of the files that were not met before.
    fn load(&mut self, mut files: Vec<EntryId>) {
        files.retain(|file| !self.outlines.contains_key(file));
        let (pages, project) = (&self.pages, self.project);
        let loaded: Vec<Option<Page>> = files.par_iter().map(|&file| Page::of(pages, project, file)).collect();
        for (file, page) in files.into_iter().zip(loaded) {
            let outline = page.map(|page| {
                self.known.extend(page.steps);
                page.outline
            });
            self.outlines.insert(file, outline);
        }
    }

    /// The definitions of a file; `None` where it cannot be understood.
    fn outline(&mut self, file: EntryId) -> Option<Arc<Outline>> {
        if self.pages.is_kept() {
            self.load(vec![file]);
        }
        let sources = self.project.sources;
        let made = self.outlines.entry(file).or_insert_with(|| Some(Arc::new(Outline::of(&*sources.facts(file)?))));
        made.clone()
    }

    fn take(&mut self, node: Node, steps: Steps) {
        let is_sure = self.arrivals[&node].is_sure;
        for edge in steps.edges {
            if !edge.is_sure && !self.is_loose {
                self.pending.push((node, edge));
                continue;
            }
            let is_sure = is_sure && edge.is_sure;
            self.arrive(edge.to, Arrival { from: Some(node), line: edge.line, how: edge.how, is_sure });
        }
        for (base, own) in steps.overrides {
            self.overrides.entry(base).or_default().push(own);
            if let Some(&called) = self.arrivals.get(&Node::Definition(base)) {
                self.override_reached(base, own, called.is_sure && is_sure);
            }
        }
        for (name, line) in steps.loose {
            self.loose_name(name, node, line);
        }
        if self.is_loose {
            self.list_members(node);
        }
    }

    fn override_reached(&mut self, base: DefinitionRef, own: DefinitionRef, is_sure: bool) {
        let line = self.line_of(base);
        let from = Some(Node::Definition(base));
        self.arrive(Node::Definition(own), Arrival { from, line, how: How::Overrides, is_sure });
    }

    fn line_of(&mut self, definition: DefinitionRef) -> u32 {
        self.outline(definition.file).and_then(|outline| Some(outline.get(definition.id)?.line)).unwrap_or(1)
    }

    /// Takes note of a node that is reached for the first time.
    fn arrive(&mut self, node: Node, arrival: Arrival) {
        if self.arrivals.contains_key(&node) {
            return;
        }
        self.arrivals.insert(node, arrival);
        self.frontier.push(node);
        let Node::Definition(definition) = node else { return };
        for own in self.overrides.get(&definition).cloned().unwrap_or_default() {
            // A class that only may be reached makes its overrides so.
            let is_sure = arrival.is_sure && self.is_surely_available(own);
            self.override_reached(definition, own, is_sure);
        }
        if self.is_loose {
            self.name_members(definition);
        }
    }

    fn is_surely_available(&mut self, method: DefinitionRef) -> bool {
        let class = self.class_of(method).map(Node::Definition);
        class.and_then(|class| self.arrivals.get(&class)).is_some_and(|it| it.is_sure)
    }

    fn class_of(&mut self, method: DefinitionRef) -> Option<DefinitionRef> {
        let id = self.outline(method.file)?.class_of(method.id)?;
        Some(DefinitionRef { file: method.file, id })
    }

    /// Everything sure is known: what may be reached comes next.
    fn loosen(&mut self) {
        self.is_loose = true;
        for (node, edge) in std::mem::take(&mut self.pending) {
            let from = (edge.how != How::Starts).then_some(node);
            self.arrive(edge.to, Arrival { from, line: edge.line, how: edge.how, is_sure: false });
        }
        let mut loaded: Vec<Node> = self.arrivals.keys().copied().collect();
        loaded.sort_unstable();
        loaded.into_iter().for_each(|node| self.list_members(node));
    }

    /// The members of a module that is loaded join those that a loose name may mean.
    fn list_members(&mut self, node: Node) {
        let file = node.file();
        if !self.listed.insert(file) {
            return;
        }
        let Some(outline) = self.outline(file) else { return };
        for (id, definition) in outline.all().filter(|(_, it)| it.is_member) {
            let member = DefinitionRef { file, id };
            self.members.entry(definition.name.as_str().into()).or_default().push(member);
            if let Some(&(from, line)) = self.names.get(definition.name.as_str()) {
                self.may_mean(member, from, line);
            }
        }
    }

    fn loose_name(&mut self, name: Box<str>, from: Node, line: u32) {
        if self.names.contains_key(&name) {
            return;
        }
        if self.is_loose {
            for member in self.members.get(&name).cloned().unwrap_or_default() {
                self.may_mean(member, from, line);
            }
        }
        self.names.insert(name, (from, line));
    }

    /// The members of a class that is reached now, where a loose name may mean them.
    fn name_members(&mut self, class: DefinitionRef) {
        let Some(outline) = self.outline(class.file) else { return };
        if !outline.get(class.id).is_some_and(|it| it.is_class) {
            return;
        }
        for (id, member) in outline.all().filter(|(_, it)| it.parent == Some(class.id.0)) {
            if let Some(&(from, line)) = self.names.get(member.name.as_str()) {
                self.may_mean(DefinitionRef { file: class.file, id }, from, line);
            }
        }
    }

    /// A loose name reaches a member of a class only if the class is reached: nobody can have an instance otherwise.
    fn may_mean(&mut self, member: DefinitionRef, from: Node, line: u32) {
        let is_available = match self.class_of(member) {
            Some(class) => self.arrivals.contains_key(&Node::Definition(class)),
            None => true,
        };
        if is_available {
            let arrival = Arrival { from: Some(from), line, how: How::MayName, is_sure: false };
            self.arrive(Node::Definition(member), arrival);
        }
    }

    /// The steps from an entry point to a node that is reached.
    fn chain(&self, node: Node) -> Vec<Hop> {
        let mut hops = Vec::new();
        let mut at = node;
        while let Some(arrival) = self.arrivals.get(&at) {
            let what = |name: &str| format!("{} {name}", arrival.how.words());
            match arrival.from {
                Some(from) => {
                    let path = self.project.sources.path(from.file()).clone();
                    hops.push(Hop { path, line: arrival.line, what: what(&self.name(at)) });
                    at = from;
                }
                None => {
                    let entry = &self.entries[arrival.line as usize];
                    let (path, line) = (entry.path.clone(), entry.line);
                    hops.push(Hop { path, line, what: format!("{} {}", entry.kind.words(), self.name(at)) });
                    break;
                }
            }
        }
        hops.reverse();
        hops
    }

    fn name(&self, node: Node) -> String {
        match node {
            Node::Module(file) => format!("`{}`", self.project.module_name(file)),
            Node::Main(file) => format!("`{}` as a program", self.project.module_name(file)),
            Node::Definition(definition) => format!("`{}`", self.project.symbol_of(definition)),
        }
    }
}

impl Drop for Reach<'_, '_> {
    fn drop(&mut self) {
        self.pages.keep();
    }
}

/// The definitions that a symbol has, by its own name or by way of a re-export; the code of a module without a name.
pub fn nodes_of(project: &Project<'_>, symbol: &Symbol) -> Vec<Node> {
    if symbol.name.is_none() {
        return match project.modules.find(&symbol.module, None) {
            Found::Module(ModuleRef::File(file)) => vec![Node::Module(file)],
            _ => Vec::new(),
        };
    }
    let mut resolver = Resolver::new(project);
    let mut found: BTreeSet<DefinitionRef> = resolver.definition_of(&project.canonical(symbol)).into_iter().collect();
    if found.is_empty() {
        for meaning in resolver.symbol(symbol) {
            if let super::Entity::Definition(definition) = meaning.entity {
                found.insert(definition);
            }
        }
    }
    found.into_iter().map(Node::Definition).collect()
}

/// Production files in a language that is understood and that could not be read at all: anything may be in them.
fn dark_files(project: &Project<'_>, is_test: &(dyn Fn(&RepoPath) -> bool + Sync)) -> Vec<RepoPath> {
    let gaps = project.sources.gaps();
    let is_dark = |gap: &crate::gap::Gap| {
        gap.extent == Extent::Unavailable && crate::language::find_followed(&gap.path).is_some() && !is_test(&gap.path)
    };
    gaps.iter().filter(|gap| is_dark(gap)).map(|gap| gap.path.clone()).collect()
}
