//! The way back: whether tests reach what production does not.
//!
//! What no entry point reaches has few users, so its references are traced, then those of the definitions around them,
//! until one stands in a test. A name on an unknown receiver counts in tests alone. Invariant: "nothing" is said only where no reference from a test is left, and no file
//! that could hold one stayed dark. Absent on purpose: production; see `super`.

use super::{Node, Reached, dark_files};
use crate::facts::{DefinitionKind, ReferenceKind};
use crate::finding::{Hop, Tier};
use crate::progress::Progress;
use crate::project::entity::DefinitionRef;
use crate::project::trace::{Target, Trace, TracedReference, trace_code};
use crate::project::{Project, Resolver, Symbol};
use crate::span::RepoPath;
use std::collections::{BTreeMap, BTreeSet};

/// Steps back from a definition. An island of dead code is rarely deeper.
const ROUNDS: usize = 12;

/// A symbol on the way back, and how it leads to the target: the first hop is its own.
#[derive(Clone, Debug)]
struct Referrer {
    symbol: Symbol,
    chain: Vec<Hop>,
}

/// What is known of one target on the way back.
struct Search {
    frontier: Vec<Referrer>,
    /// Symbols in production that lead to the target, with their steps.
    known: BTreeMap<Symbol, Vec<Hop>>,
    by_test: Option<Vec<Hop>>,
    /// A test that names it on an unknown receiver.
    perhaps: Option<Vec<Hop>>,
    within: Vec<Hop>,
    unseen: Option<RepoPath>,
}

/// Whether tests reach each target, of which production reaches none.
pub(super) fn standings(
    project: &Project<'_>,
    targets: &[Node],
    is_test: &(dyn Fn(&RepoPath) -> bool + Sync),
    progress: &dyn Progress,
) -> Vec<Reached> {
    let mut searches: Vec<Search> = targets.iter().map(|&target| Search::new(first(project, target))).collect();
    for _ in 0..ROUNDS {
        let referrers = searches.iter().flat_map(|search| &search.frontier);
        let wanted: BTreeSet<Target> = referrers.map(|it| Target::Symbol(it.symbol.clone())).collect();
        if wanted.is_empty() {
            break;
        }
        let wanted: Vec<Target> = wanted.into_iter().collect();
        let traced = trace_code(project, &wanted, progress);
        let traces: BTreeMap<&Target, &Trace> = wanted.iter().zip(&traced).collect();
        for search in &mut searches {
            search.step_back(project, &traces, is_test);
        }
    }
    let dark = dark_files(project, is_test);
    searches.into_iter().map(|search| search.standing(dark.first())).collect()
}

impl Search {
    fn new(frontier: Vec<Referrer>) -> Self {
        Self { frontier, known: BTreeMap::new(), by_test: None, perhaps: None, within: Vec::new(), unseen: None }
    }

    fn step_back(
        &mut self,
        project: &Project<'_>,
        traces: &BTreeMap<&Target, &Trace>,
        is_test: &(dyn Fn(&RepoPath) -> bool + Sync),
    ) {
        let mut next = Vec::new();
        for referrer in std::mem::take(&mut self.frontier) {
            let trace = traces[&Target::Symbol(referrer.symbol.clone())];
            let dark = trace.unseen.iter().map(|&file| project.sources.path(file)).find(|path| !is_test(path));
            self.unseen = self.unseen.take().or_else(|| dark.cloned());
            for reference in trace.references.iter().filter(|it| it.tier < Tier::Text && !it.is_own) {
                let chain = prepend(reference, &referrer);
                let is_loose = reference.tier == Tier::NameOnly;
                match (is_test(&reference.location.path), is_loose) {
                    (true, true) => drop(self.perhaps.get_or_insert(chain)),
                    (true, false) => drop(self.by_test.get_or_insert(chain)),
                    // What production reaches does not lead here, or the way forward had found it.
                    (false, true) => {}
                    (false, false) => {
                        let Some(symbol) = around(project, reference, &referrer.symbol) else { continue };
                        if self.known.insert(symbol.clone(), chain.clone()).is_none() {
                            if chain.len() > self.within.len() {
                                self.within = chain.clone();
                            }
                            next.push(Referrer { symbol, chain });
                        }
                    }
                }
            }
        }
        // The answer is there: no need to look further.
        self.frontier = if self.by_test.is_some() { Vec::new() } else { next };
    }

    fn standing(self, dark: Option<&RepoPath>) -> Reached {
        let within = self.within;
        match (self.unseen.or_else(|| dark.cloned()), self.by_test.or(self.perhaps)) {
            (Some(path), _) => Reached::Unknown { because: format!("`{path}` could not be read"), chain: Vec::new() },
            (None, Some(chain)) => Reached::Tests { chain, within },
            (None, None) if self.frontier.is_empty() => Reached::Nothing { within },
            (None, None) => Reached::Unknown { because: "the way back is too long".into(), chain: within },
        }
    }
}

/// The symbols whose references lead to a definition: its own, and its class's where Python or a base class outside
/// the project calls it.
fn first(project: &Project<'_>, target: Node) -> Vec<Referrer> {
    let of = |symbol| Referrer { symbol, chain: Vec::new() };
    let target = match target {
        Node::Module(file) | Node::Main(file) => return vec![of(Symbol::module(project.module_name(file)))],
        Node::Definition(definition) => definition,
    };
    let symbol = project.symbol_of(target);
    let mut symbols = vec![symbol.clone()];
    if let Some(facts) = project.sources.facts(target.file) {
        let definition = facts.definition(target.id);
        let name = facts.name(definition.name);
        let class = definition.parent.map(|id| DefinitionRef { file: target.file, id });
        if let (DefinitionKind::Method, Some(class)) = (definition.kind, class) {
            let is_special = name.starts_with("__") && name.ends_with("__");
            if is_special {
                symbols.clear();
            }
            if is_special || Resolver::new(project).mro(class).is_open {
                symbols.push(project.symbol_of(class));
            }
        }
    }
    symbols.into_iter().map(of).collect()
}

fn prepend(reference: &TracedReference, referrer: &Referrer) -> Vec<Hop> {
    let (path, line) = (reference.location.path.clone(), reference.location.start.line);
    let verb = match (reference.tier, reference.kind) {
        (Tier::NameOnly, _) => "may mean",
        (_, ReferenceKind::Import) => "imports",
        (_, ReferenceKind::Call) => "calls",
        (_, ReferenceKind::String) => "names in a string",
        _ => "uses",
    };
    let mut chain = vec![Hop { path, line, what: format!("{verb} `{}`", referrer.symbol) }];
    chain.extend(referrer.chain.iter().cloned());
    chain
}

/// The function around a reference, or the module whose code it is. An import alone uses nothing.
fn around(project: &Project<'_>, reference: &TracedReference, symbol: &Symbol) -> Option<Symbol> {
    let is_module = symbol.name.is_none();
    if reference.kind == ReferenceKind::Import && !is_module {
        return None;
    }
    let module = project.module_name(reference.file);
    let facts = project.sources.facts(reference.file)?;
    let mut at = facts.definition_at(reference.span.start);
    while let Some(id) = at {
        let definition = facts.definition(id);
        if matches!(definition.kind, DefinitionKind::Function | DefinitionKind::Method) {
            return Some(Symbol::new(module, facts.qualified_name(id)));
        }
        at = definition.parent;
    }
    Some(Symbol::module(module))
}
