//! The fixed point: which definitions die, which flags, and what keeps the others.
//!
//! Invariant: rounds only add to what dies; each looks at what the one before made useless. All names of a round are
//! traced in one search. Absent on purpose: how it is told; see `result`.

use super::branch::{self, Cut};
use super::{Dying, Kept, Reason};
use crate::facts::{
    BindingKind, DefinitionKind, Facts, ImportTarget, MODULE_SCOPE, NameId, Reference, ReferenceKind, ScopeKind,
    StringRole, Value,
};
use crate::finding::Tier;
use crate::language::find_followed;
use crate::progress::Progress;
use crate::project::Project;
use crate::project::entity::{DefinitionRef, Entity};
use crate::project::reach::{Node, may_start, nodes_of};
use crate::project::resolve::Resolver;
use crate::project::trace::{Target, Trace, TracedReference, UseAccess, trace};
use crate::span::{RepoPath, Span};
use crate::workspace::EntryId;
use std::collections::{BTreeMap, BTreeSet};

/// Rounds in which dying code is followed. Each finds what the one before made useless.
const ROUNDS: usize = 16;

/// Users of one definition that are looked at as a ring.
const RING: usize = 8;

/// Definitions that are followed to find a ring.
const REACHED: usize = 64;

/// The functions that use something; `None` for code outside of one.
type Users = BTreeSet<Option<DefinitionRef>>;

/// Bases that know nothing of the classes below them.
const HARMLESS_BASES: &[&str] = &["builtins.", "abc.", "typing.", "typing_extensions.", "dataclasses.", "pydantic."];

/// A key of the environment, and where it chooses.
pub struct Flag {
    pub trace: Trace,
    pub is_asked: bool,
    pub cuts: BTreeMap<(EntryId, Span), Cut>,
}

pub struct Planner<'p, 's> {
    pub project: &'p Project<'s>,
    pub is_test: &'p (dyn Fn(&RepoPath) -> bool + Sync),
    /// The code that goes.
    pub dying: Dying,
    /// Definitions that go, and why.
    pub because: BTreeMap<DefinitionRef, Reason>,
    pub traces: BTreeMap<DefinitionRef, Trace>,
    pub flags: BTreeMap<String, Flag>,
    /// Branches that a use of what goes chooses.
    pub cuts: BTreeMap<(EntryId, Span), Cut>,
    /// Modules that go whole.
    pub modules: BTreeSet<EntryId>,
    /// Traces of what has no definition, and of modules.
    pub others: Vec<Trace>,
    /// Candidates that only what they lead to themselves keeps alive, with what that is.
    rings: BTreeSet<DefinitionRef>,
    /// What stays for a reason that somebody may want to look at.
    pub kept: BTreeMap<String, Kept>,
}

impl<'p, 's> Planner<'p, 's> {
    /// Everything that dies with the targets.
    pub fn settled(
        project: &'p Project<'s>,
        targets: &[Target],
        is_test: &'p (dyn Fn(&RepoPath) -> bool + Sync),
        progress: &dyn Progress,
    ) -> Self {
        let mut planner = Self {
            project,
            is_test,
            dying: Dying::default(),
            because: BTreeMap::new(),
            traces: BTreeMap::new(),
            flags: BTreeMap::new(),
            cuts: BTreeMap::new(),
            modules: BTreeSet::new(),
            others: Vec::new(),
            rings: BTreeSet::new(),
            kept: BTreeMap::new(),
        };
        planner.seed(targets, progress);
        for _ in 0..ROUNDS {
            planner.kept.clear();
            let has_cut = planner.cut_branches(progress);
            let known = planner.rings.len();
            let candidates = planner.candidates();
            planner.trace(&candidates, progress);
            let has_died = planner.settle(&candidates);
            if !has_died && !has_cut && planner.rings.len() == known {
                break;
            }
        }
        planner
    }

    fn seed(&mut self, targets: &[Target], progress: &dyn Progress) {
        let mut asked = Vec::new();
        let mut others = Vec::new();
        for target in targets {
            let nodes = match target {
                Target::Symbol(symbol) | Target::Near { symbol, .. } => nodes_of(self.project, symbol),
                Target::Flag(_) => Vec::new(),
            };
            for node in &nodes {
                match *node {
                    Node::Definition(definition) => asked.push((definition, Reason::Asked)),
                    Node::Module(file) | Node::Main(file) => {
                        self.modules.insert(file);
                        asked.extend(self.top_level(file).into_iter().map(|it| (it, Reason::InModule)));
                    }
                }
            }
            if !matches!(nodes[..], [Node::Definition(_), ..]) {
                others.push(target.clone());
            }
        }
        for file in self.modules.clone() {
            self.whole(file);
        }
        let definitions: Vec<DefinitionRef> = asked.iter().map(|it| it.0).collect();
        let traces = self.trace_with(&definitions, others, progress);
        asked.into_iter().for_each(|(definition, reason)| self.die(definition, reason));
        for trace in traces {
            match &trace.target {
                Target::Flag(key) => {
                    let key = key.clone();
                    self.flags.insert(key, Flag { trace, is_asked: true, cuts: BTreeMap::new() });
                }
                _ => self.others.push(trace),
            }
        }
    }

    /// A file goes whole.
    pub fn whole(&mut self, file: EntryId) {
        self.modules.insert(file);
        if let Some(facts) = self.project.sources.facts(file) {
            self.dying.add(file, Span::new(0, facts.line_index.length()));
        }
    }

    fn top_level(&self, file: EntryId) -> Vec<DefinitionRef> {
        let Some(facts) = self.project.sources.facts(file) else { return Vec::new() };
        let ids = facts.definition_ids().filter(|&id| facts.definition(id).scope == MODULE_SCOPE);
        ids.map(|id| DefinitionRef { file, id }).collect()
    }

    fn die(&mut self, definition: DefinitionRef, because: Reason) {
        if let Some(facts) = self.project.sources.facts(definition.file) {
            self.dying.add(definition.file, facts.definition(definition.id).span);
            self.because.entry(definition).or_insert(because);
        }
    }

    fn trace(&mut self, definitions: &[DefinitionRef], progress: &dyn Progress) {
        self.trace_with(definitions, Vec::new(), progress);
    }

    /// Traces definitions that were not yet, and other targets, whose traces are given back, in one search.
    fn trace_with(
        &mut self,
        definitions: &[DefinitionRef],
        others: Vec<Target>,
        progress: &dyn Progress,
    ) -> Vec<Trace> {
        let known = |it: &&DefinitionRef| !self.traces.contains_key(it);
        let fresh: Vec<DefinitionRef> = definitions.iter().filter(known).copied().collect();
        let symbols = fresh.iter().map(|&definition| Target::Symbol(self.project.symbol_of(definition)));
        let targets: Vec<Target> = symbols.chain(others).collect();
        let mut traces = trace(self.project, &targets, progress);
        let others = traces.split_off(fresh.len());
        self.traces.extend(fresh.into_iter().zip(traces));
        others
    }

    /// Whether a definition stands in another one that goes, or in a module that goes.
    pub fn is_inside(&self, definition: DefinitionRef) -> bool {
        let Some(facts) = self.project.sources.facts(definition.file) else { return false };
        let span = facts.definition(definition.id).span;
        self.modules.contains(&definition.file)
            || self.because.keys().any(|it| {
                it.file == definition.file && *it != definition && facts.definition(it.id).span.contains(span)
            })
    }

    /// Whether two definitions are members of one class.
    pub fn is_beside(&self, one: DefinitionRef, other: DefinitionRef) -> bool {
        let parent = |it: DefinitionRef| self.project.sources.facts(it.file)?.definition(it.id).parent;
        one.file == other.file && one != other && parent(one).is_some() && parent(one) == parent(other)
    }

    /// Branches go with what they use, where a flag or something that goes chooses them. Whether any did now.
    fn cut_branches(&mut self, progress: &dyn Progress) -> bool {
        let uses = self.uses();
        self.discover_flags(&uses, progress);
        let mut has_cut = false;
        for flag in self.flags.values_mut() {
            let is_read =
                |it: &&TracedReference| it.access == Some(UseAccess::Read) && !(self.is_test)(&it.location.path);
            let mut cuts = Vec::new();
            let mut is_needed = false;
            for read in flag.trace.references.iter().filter(is_read) {
                let Some(facts) = self.project.sources.facts(read.file) else { continue };
                let here = branch::cuts(&facts, read.span, uses.get(&read.file).map_or(&[], Vec::as_slice));
                is_needed |= here.is_empty() && !self.dying.holds(read.file, read.span);
                cuts.extend(here.into_iter().map(|cut| (read.file, cut)));
            }
            // What nobody asked for goes only where all of it goes.
            if is_needed && !flag.is_asked {
                continue;
            }
            for (file, cut) in cuts {
                for span in cut.spans() {
                    has_cut |= self.dying.add(file, span);
                }
                flag.cuts.insert((file, cut.clause), cut);
            }
        }
        for trace in self.because.keys().filter_map(|it| self.traces.get(it)) {
            for used in trace.references.iter().filter(|it| it.tier <= Tier::Likely && !it.is_own) {
                if (self.is_test)(&used.location.path) || self.dying.holds(used.file, used.span) {
                    continue;
                }
                let (Some(facts), Some(uses)) = (self.project.sources.facts(used.file), uses.get(&used.file)) else {
                    continue;
                };
                for cut in branch::cuts(&facts, used.span, uses) {
                    for span in cut.spans() {
                        has_cut |= self.dying.add(used.file, span);
                    }
                    self.cuts.insert((used.file, cut.clause), cut);
                }
            }
        }
        has_cut
    }

    /// Where production refers to what goes, by file.
    fn uses(&self) -> BTreeMap<EntryId, Vec<Span>> {
        let mut uses: BTreeMap<EntryId, Vec<Span>> = BTreeMap::new();
        for trace in self.because.keys().filter_map(|it| self.traces.get(it)) {
            let is_use =
                |it: &&TracedReference| it.tier <= Tier::Likely && !it.is_own && !(self.is_test)(&it.location.path);
            for used in trace.references.iter().filter(is_use) {
                uses.entry(used.file).or_default().push(used.span);
            }
        }
        uses
    }

    /// Traces the flags that choose branches in which something that goes is used.
    fn discover_flags(&mut self, uses: &BTreeMap<EntryId, Vec<Span>>, progress: &dyn Progress) {
        let mut fresh = BTreeSet::new();
        for (&file, uses) in uses {
            if let Some(facts) = self.project.sources.facts(file) {
                fresh.extend(branch::keys(&facts, uses).into_iter().filter(|key| !self.flags.contains_key(key)));
            }
        }
        let targets: Vec<Target> = fresh.iter().cloned().map(Target::Flag).collect();
        for (key, trace) in fresh.into_iter().zip(trace(self.project, &targets, progress)) {
            self.flags.insert(key, Flag { trace, is_asked: false, cuts: BTreeMap::new() });
        }
    }

    /// What dying code refers to, and the private members beside it.
    fn candidates(&mut self) -> Vec<DefinitionRef> {
        let mut resolver = Resolver::new(self.project);
        let mut found = BTreeSet::new();
        for (file, spans) in self.dying.files() {
            let Some(facts) = self.project.sources.facts(file) else { continue };
            let is_dead = |span: Span| spans.iter().any(|it| it.contains(span));
            for reference in facts.references.iter().filter(|it| is_dead(it.span)) {
                for meaning in resolver.value(file, reference.value).iter() {
                    if let Entity::Definition(definition) = meaning.entity {
                        found.insert(definition);
                    }
                }
            }
            for string in facts.strings.iter().filter(|it| is_dead(it.span)) {
                let StringRole::Attribute { receiver } = string.role else { continue };
                for it in resolver.value(file, receiver).iter() {
                    for meaning in resolver.attribute(it, facts.name(string.text)) {
                        if let Entity::Definition(definition) = meaning.entity {
                            found.insert(definition);
                        }
                    }
                }
            }
        }
        for dead in self.because.keys() {
            let Some(facts) = self.project.sources.facts(dead.file) else { continue };
            let Some(parent) = facts.definition(dead.id).parent else { continue };
            for id in facts.definition_ids().filter(|&id| facts.definition(id).parent == Some(parent)) {
                let beside = facts.definition(id);
                if beside.kind == DefinitionKind::Method && facts.name(beside.name).starts_with('_') {
                    found.insert(DefinitionRef { file: dead.file, id });
                }
            }
        }
        found.extend(&self.rings);
        found.retain(|it| {
            let is_test = (self.is_test)(self.project.sources.path(it.file));
            !is_test && !self.because.contains_key(it) && !self.is_inside(*it)
        });
        self.unless_used_nearby(&mut resolver, &mut found);
        let found: Vec<DefinitionRef> = found.into_iter().collect();
        found.into_iter().filter(|&it| self.may_die(&mut resolver, it)).collect()
    }

    /// Takes out what the same files use from code that stays in any case: the search would find the same, slower.
    fn unless_used_nearby(&mut self, resolver: &mut Resolver<'_, '_>, found: &mut BTreeSet<DefinitionRef>) {
        let mut dying = self.dying.clone();
        let mut wanted: BTreeMap<EntryId, BTreeSet<DefinitionRef>> = BTreeMap::new();
        for &definition in found.iter() {
            let Some(facts) = self.project.sources.facts(definition.file) else { continue };
            dying.add(definition.file, facts.definition(definition.id).span);
            wanted.entry(definition.file).or_default().insert(definition);
        }
        for (file, _) in self.dying.files() {
            wanted.entry(file).or_default().extend(found.iter().copied());
        }
        let mut users: BTreeMap<DefinitionRef, Users> = BTreeMap::new();
        for (file, definitions) in wanted {
            let Some(facts) = self.project.sources.facts(file) else { continue };
            let names: BTreeSet<NameId> = definitions.iter().filter_map(|it| self.name_in(&facts, *it)).collect();
            let is_asked = |it: &&Reference| {
                let last = facts.last_name(it.value);
                it.kind != ReferenceKind::Keyword && last.is_some_and(|last| names.contains(&last))
            };
            for reference in facts.references.iter().filter(is_asked) {
                if dying.holds(file, reference.span) {
                    continue;
                }
                for meaning in resolver.value(file, reference.value).iter() {
                    if let Entity::Definition(definition) = meaning.entity
                        && found.contains(&definition)
                        && !self.is_own(definition, file, reference.span)
                    {
                        users.entry(definition).or_default().insert(function_at(file, &facts, reference.span));
                    }
                }
            }
        }
        for (definition, users) in users {
            found.remove(&definition);
            self.note_ring(resolver, definition, users);
        }
    }

    /// A definition whose users are all led to by itself may be part of a ring: next time they are looked at together.
    fn note_ring(&mut self, resolver: &mut Resolver<'_, '_>, definition: DefinitionRef, users: Users) {
        let Some(users) = users.into_iter().collect::<Option<BTreeSet<DefinitionRef>>>() else { return };
        if users.len() > RING || users.iter().all(|it| self.rings.contains(it)) {
            return;
        }
        let mut led = BTreeSet::from([definition]);
        let mut open = vec![definition];
        while let Some(at) = open.pop() {
            let Some(facts) = self.project.sources.facts(at.file) else { continue };
            let body = facts.definition(at.id).span;
            for reference in facts.references.iter().filter(|it| body.contains(it.span)) {
                for meaning in resolver.value(at.file, reference.value).iter() {
                    if let Entity::Definition(next) = meaning.entity
                        && led.len() < REACHED
                        && led.insert(next)
                    {
                        open.push(next);
                    }
                }
            }
        }
        if users.is_subset(&led) {
            self.rings.insert(definition);
            self.rings.extend(users);
        }
    }

    fn is_own(&self, definition: DefinitionRef, file: EntryId, span: Span) -> bool {
        definition.file == file
            && self.project.sources.facts(file).is_some_and(|it| it.definition(definition.id).span.contains(span))
    }

    fn name_in(&self, facts: &Facts, definition: DefinitionRef) -> Option<NameId> {
        let own = self.project.sources.facts(definition.file)?;
        facts.names.find(own.name(own.definition(definition.id).name))
    }

    /// Whether references alone decide over a definition; the reason is kept where they do not.
    fn may_die(&mut self, resolver: &mut Resolver<'_, '_>, definition: DefinitionRef) -> bool {
        let Some(facts) = self.project.sources.facts(definition.file) else { return false };
        let own = facts.definition(definition.id);
        if facts.function_of(own.scope).is_some() {
            return false;
        }
        if find_followed(self.project.sources.path(definition.file)).is_none() {
            self.keep(definition, "whether it goes too is told in Python alone", None);
            return false;
        }
        let because = self.held_by(resolver, &facts, definition);
        let is_special = |name: &str| name.starts_with("__") && name.ends_with("__");
        if let Some(because) = because
            && !is_special(facts.name(own.name))
        {
            self.keep(definition, because, None);
        }
        because.is_none()
    }

    /// What holds a definition, whoever refers to it.
    fn held_by(
        &self,
        resolver: &mut Resolver<'_, '_>,
        facts: &Facts,
        definition: DefinitionRef,
    ) -> Option<&'static str> {
        let own = facts.definition(definition.id);
        let name = facts.name(own.name);
        if name.starts_with("__") && name.ends_with("__") {
            return Some("Python calls it by itself");
        }
        if resolver.is_registered(definition.file, facts, definition.id) {
            return Some("a decorator may keep it");
        }
        let class = own.parent.filter(|_| facts.scope(own.scope).kind == ScopeKind::Class);
        let class = class.map(|id| DefinitionRef { file: definition.file, id });
        match (own.kind, class) {
            (DefinitionKind::Class, _) => {
                let bases = resolver.external_bases(definition);
                let is_harmless = |base: &String| HARMLESS_BASES.iter().any(|known| base.starts_with(known));
                (!bases.iter().all(is_harmless)).then_some("a base class outside the project may know it")
            }
            (DefinitionKind::Method, Some(class)) => {
                let found = resolver.member_of_class(class, Some(class), name);
                if found.iter().any(|it| matches!(it.entity, Entity::Definition(_))) {
                    return Some("it overrides a method of a base class");
                }
                let is_open = resolver.mro(class).is_open && !name.starts_with('_');
                is_open.then_some("a base class outside the project may call it")
            }
            (_, Some(class)) => {
                let mut classes = resolver.mro(class).classes.clone().into_iter();
                let is_plain = classes.all(|it| {
                    let facts = self.project.sources.facts(it.file);
                    let is_bare = facts.is_some_and(|facts| facts.definition(it.id).decorators.is_empty());
                    is_bare && resolver.external_bases(it).is_empty()
                });
                (!is_plain).then_some("it may be a field, or a value that comes from outside")
            }
            _ => None,
        }
    }

    fn keep(&mut self, definition: DefinitionRef, because: &str, user: Option<&TracedReference>) {
        let symbol = self.project.symbol_of(definition).to_string();
        let location = user.map(|it| it.location.clone());
        self.kept.insert(symbol.clone(), Kept { symbol, because: because.to_owned(), location });
    }

    /// Takes all candidates for dead, and those out that living code refers to, until nothing changes. Whether some die.
    fn settle(&mut self, candidates: &[DefinitionRef]) -> bool {
        let mut assumed: BTreeSet<DefinitionRef> = candidates.iter().copied().collect();
        loop {
            let mut dying = self.dying.clone();
            for definition in &assumed {
                if let Some(facts) = self.project.sources.facts(definition.file) {
                    dying.add(definition.file, facts.definition(definition.id).span);
                }
            }
            let of_trace = |it: &DefinitionRef| self.living_uses(&self.traces[it], &dying).cloned().collect::<Vec<_>>();
            let alive = assumed.iter().map(|it| (*it, of_trace(it))).filter(|(_, uses)| !uses.is_empty());
            let alive: Vec<(DefinitionRef, Vec<TracedReference>)> = alive.collect();
            if alive.is_empty() {
                break;
            }
            for (definition, uses) in alive {
                assumed.remove(&definition);
                let users = uses.iter().map(|it| match it.kind {
                    // An import lives through whoever reads its name.
                    ReferenceKind::Import | ReferenceKind::Export => None,
                    _ => function_at(it.file, &*self.project.sources.facts(it.file)?, it.span),
                });
                let users: Users = users.collect();
                self.note_ring(&mut Resolver::new(self.project), definition, users);
                let user = &uses[0];
                let is_package = self.project.modules.is_package(self.project.sources, user.file);
                let because = match (user.tier, user.kind) {
                    _ if may_start(&user.location.path) => "a configuration names it",
                    (Tier::NameOnly, _) => "the same name is used on an unknown receiver",
                    (_, ReferenceKind::Export) => "`__all__` offers it",
                    (_, ReferenceKind::Import) if is_package => "a package hands it on",
                    // What is surely used needs no words.
                    _ => continue,
                };
                self.keep(definition, because, Some(user));
            }
        }
        for &definition in &assumed {
            let is_use =
                |it: &&TracedReference| it.tier < Tier::Text && !it.is_own && !(self.is_test)(&it.location.path);
            let users = self.traces[&definition].references.iter().filter(is_use);
            let by: BTreeSet<String> =
                users.map(|it| it.inside.clone().unwrap_or_else(|| self.project.module_name(it.file).into())).collect();
            let because = if by.is_empty() { Reason::Unused } else { Reason::Used { by } };
            self.die(definition, because);
        }
        !assumed.is_empty()
    }

    /// References in production, outside the code that goes, that keep a definition alive.
    fn living_uses<'t>(&self, trace: &'t Trace, dying: &Dying) -> impl Iterator<Item = &'t TracedReference> {
        trace.references.iter().filter(move |it| match it.tier {
            Tier::Text => may_start(&it.location.path) && self.is_dotted(it),
            _ => {
                !it.is_own
                    && it.kind != ReferenceKind::Keyword
                    && !(self.is_test)(&it.location.path)
                    && !self.is_moot(trace, it, dying)
                    && (it.kind != ReferenceKind::Import || self.import_lives(it, dying))
            }
        })
    }

    /// Whether a reference goes: with the code around it, or, under another name (`handler = old; handler()`), with every
    /// place of its file that gave it that name.
    pub fn is_moot(&self, trace: &Trace, reference: &TracedReference, dying: &Dying) -> bool {
        let is_dead = |it: &TracedReference| dying.holds(it.file, it.span);
        if is_dead(reference) {
            return true;
        }
        let Some(facts) = self.project.sources.facts(reference.file) else { return false };
        let name = trace.target.name();
        let is_alias = |it: &TracedReference| {
            let last = facts.reference_at(it.span).and_then(|it| facts.last_name(it.value));
            last.is_some_and(|last| facts.name(last) != name)
        };
        let mut direct = trace
            .references
            .iter()
            .filter(|it| it.file == reference.file && it.tier < Tier::Text && !is_alias(it))
            .peekable();
        is_alias(reference) && direct.peek().is_some() && direct.all(is_dead)
    }

    /// Whether a text names something by a path: `shop.orders:save`.
    fn is_dotted(&self, reference: &TracedReference) -> bool {
        let text = self.project.sources.text(reference.file).unwrap_or_default();
        text.get(..reference.span.start as usize).is_some_and(|before| before.ends_with(['.', ':']))
    }

    /// Whether the name that an import statement binds is used by living code, or handed on.
    pub fn import_lives(&self, import: &TracedReference, dying: &Dying) -> bool {
        let Some(facts) = self.project.sources.facts(import.file) else { return true };
        let here: Vec<_> = facts.imports.iter().filter(|it| it.statement.contains(import.span)).collect();
        let bound = here.iter().find(|it| match it.target {
            ImportTarget::Name(_, span) => span == import.span,
            _ => it.module_span.contains(import.span),
        });
        let name = bound.and_then(|bound| match (bound.alias, bound.target) {
            (Some(alias), _) => Some(alias),
            (None, ImportTarget::Name(name, _)) => Some(name),
            _ => None,
        });
        name.is_none_or(|name| self.name_lives(&facts, import.file, name, dying))
    }

    /// Whether a name that an import binds is read by living code, or handed on to other modules.
    pub fn name_lives(&self, facts: &Facts, file: EntryId, name: NameId, dying: &Dying) -> bool {
        self.project.modules.is_package(self.project.sources, file)
            || facts.exports.as_ref().is_some_and(|exports| exports.contains(&name))
            || reads_of(facts, name).any(|span| !dying.holds(file, span))
    }

    /// What goes as one with a definition: the outermost one around it, or the first of a module that goes whole.
    pub fn outermost(&self, definition: DefinitionRef) -> DefinitionRef {
        let Some(facts) = self.project.sources.facts(definition.file) else { return definition };
        let span = facts.definition(definition.id).span;
        let is_whole = self.modules.contains(&definition.file);
        let mut of_file = self.because.keys().copied().filter(|it| it.file == definition.file);
        of_file.find(|it| is_whole || facts.definition(it.id).span.contains(span)).unwrap_or(definition)
    }
}

/// The innermost function or method around a place.
fn function_at(file: EntryId, facts: &Facts, span: Span) -> Option<DefinitionRef> {
    let mut at = facts.definition_at(span.start);
    while let Some(id) = at {
        let definition = facts.definition(id);
        if matches!(definition.kind, DefinitionKind::Function | DefinitionKind::Method) {
            return Some(DefinitionRef { file, id });
        }
        at = definition.parent;
    }
    None
}

/// Where a name is read as a bare name.
pub fn reads_of(facts: &Facts, name: NameId) -> impl Iterator<Item = Span> {
    let is_read = move |it: &&Reference| {
        it.access == crate::facts::Access::Read
            && matches!(facts.value(it.value), Value::Name { name: of, .. } if of == name)
    };
    facts.references.iter().filter(is_read).map(|it| it.span)
}

/// The imports that a file binds, each with its name.
pub fn imported(facts: &Facts) -> impl Iterator<Item = (&crate::facts::Binding, &crate::facts::Import)> {
    facts.bindings.iter().filter_map(|binding| match binding.kind {
        BindingKind::Import(id) => Some((binding, &facts.imports[id.index()])),
        _ => None,
    })
}
