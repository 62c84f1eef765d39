//! Tracing: every occurrence of a symbol's name in the tree, each accounted for once.
//!
//! The search finds the bytes of the name everywhere; each place is then a definition, a reference with its tier, a
//! homonym that resolves to something else, part of a longer identifier, or unseen. Names that the symbol goes by
//! elsewhere (`from a import old as new`, `handler = old`) are searched in further rounds. Invariant:
//! `found = definitions + references + others + longer + unseen` for the symbol's own name, asserted here. Absent on
//! purpose: whether a reference is allowed.

mod alias;
mod classify;
mod kept;
mod pattern;
mod series;
mod why;

pub use series::{LeftOut, Standing, TraceSeries};
pub use why::{PlaceReason, why};

use super::entity::{DefinitionRef, Entity, Resolved};
use super::module::{Found, ModuleRef};
use super::resolve::Resolver;
use super::root::METADATA;
use super::{Project, Symbol, memo};
use crate::facts::{DefinitionKind, Facts, Guards, NameId, ReferenceKind, Unread};
use crate::finding::{Hop, Tier};
use crate::language::find_language;
use crate::progress::Progress;
use crate::source::{Absence, FileHits, Hit, Needles};
use crate::span::{LineIndex, Location, RepoPath, Span};
use crate::workspace::EntryId;
use bitcode::{Decode, Encode};
use classify::{Outcome, classify};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// What to trace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    Symbol(Symbol),
    /// A key of the environment or of settings.
    Flag(String),
    /// A symbol whose name may stand in every file (an import of `os`, an attribute `name`): only files that hold a
    /// second name, that of its module or class, are looked into.
    Near {
        symbol: Symbol,
        companion: String,
    },
}

impl Target {
    /// A symbol that only files refer to which hold the name of its class or module.
    pub fn near(symbol: Symbol) -> Self {
        let companion = symbol.owner().map_or_else(String::new, |owner| owner.last_name().to_owned());
        Target::Near { symbol, companion }
    }

    pub fn symbol(&self) -> Option<&Symbol> {
        match self {
            Target::Symbol(symbol) | Target::Near { symbol, .. } => Some(symbol),
            Target::Flag(_) => None,
        }
    }

    /// The name that code uses for it.
    pub fn name(&self) -> &str {
        match self {
            Target::Symbol(symbol) | Target::Near { symbol, .. } => symbol.last_name(),
            Target::Flag(key) => key,
        }
    }

    /// A second name that a file must hold to refer to it.
    fn companion(&self) -> Option<&str> {
        match self {
            Target::Near { companion, .. } => Some(companion),
            Target::Symbol(_) | Target::Flag(_) => None,
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::Symbol(symbol) | Target::Near { symbol, .. } => symbol.fmt(f),
            Target::Flag(key) => f.write_str(key),
        }
    }
}

/// Every occurrence of a symbol's last name, accounted for once:
/// `found = definitions + references + others + longer + unseen`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Occurrences {
    pub found: u64,
    pub definitions: u64,
    pub references: u64,
    /// Resolved to something else of the same name: a homonym, a local variable.
    pub others: u64,
    /// Inside a longer identifier.
    pub longer: u64,
    /// Inside a range that could not be read; each such range is a gap.
    pub unseen: u64,
}

#[derive(Clone, Debug)]
pub struct DefinitionSite {
    pub file: EntryId,
    /// The name, or the first line of a module.
    pub location: Location,
    /// First and last line of the whole definition.
    pub lines: crate::span::LineRange,
    pub kind: &'static str,
    /// It is there for tests alone, as its file says.
    pub in_tests: bool,
}

impl DefinitionSite {
    /// From its name to the last line of its body.
    pub fn whole(&self) -> Location {
        Location { end_line: self.lines.end, ..self.location.clone() }
    }
}

/// Whether a reference reads or sets what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum UseAccess {
    Read,
    Write,
}

impl UseAccess {
    pub fn name(self) -> &'static str {
        match self {
            UseAccess::Read => "read",
            UseAccess::Write => "write",
        }
    }
}

#[derive(Clone, Debug)]
pub struct TracedReference {
    pub file: EntryId,
    pub location: Location,
    pub span: Span,
    pub kind: ReferenceKind,
    /// Where a text reference stands: `comment`, `docstring`, `string`, `document`.
    pub within: Option<&'static str>,
    pub access: Option<UseAccess>,
    pub tier: Tier,
    pub hops: Vec<Hop>,
    pub guards: Guards,
    /// The qualified name of the definition around it.
    pub inside: Option<String>,
    /// It lies in a definition of the symbol itself: recursion, not a use.
    pub is_own: bool,
    /// It lies in what is there for tests alone, as its file says.
    pub in_tests: bool,
}

/// What is known of one target in one tree.
#[derive(Clone, Debug)]
pub struct Trace {
    pub target: Target,
    pub definitions: Vec<DefinitionSite>,
    /// Sorted by path and position.
    pub references: Vec<TracedReference>,
    pub occurrences: Occurrences,
    /// Other definitions of the same last name.
    pub homonyms: Vec<Location>,
    /// Files in which an occurrence could not be understood.
    pub unseen: BTreeSet<EntryId>,
    /// The module, or the class, that would hold the symbol is not in the tree.
    pub is_detached: bool,
}

/// A target with what it is recognised by.
pub(super) struct Goal {
    pub target: Target,
    /// The symbol, its canonical form, and the ways it is re-exported.
    pub names: BTreeSet<Symbol>,
    pub dotted: BTreeSet<String>,
    pub definitions: BTreeSet<DefinitionRef>,
    /// Methods of base classes that it overrides: a call to them may reach it.
    pub overridden: BTreeSet<DefinitionRef>,
    pub module: Option<ModuleRef>,
    pub is_detached: bool,
}

/// Rounds of alias search; each follows names that the round before it found.
const ALIAS_ROUNDS: usize = 4;

/// Traces all targets in one search of the tree.
pub fn trace(project: &Project<'_>, targets: &[Target], progress: &dyn Progress) -> Vec<Trace> {
    trace_in(project, &project.ids, targets, progress)
}

/// Traces all targets through code, and through the metadata of packages: the only files that can hold a reference above
/// the tier of text. What documents and configurations say is not counted.
pub fn trace_code(project: &Project<'_>, targets: &[Target], progress: &dyn Progress) -> Vec<Trace> {
    let is_code = |path: &RepoPath| find_language(path).is_some() || METADATA.contains(&path.file_name());
    let files: Vec<EntryId> = project.ids.iter().copied().filter(|&id| is_code(project.sources.path(id))).collect();
    trace_in(project, &files, targets, progress)
}

fn trace_in(project: &Project<'_>, files: &[EntryId], targets: &[Target], progress: &dyn Progress) -> Vec<Trace> {
    if targets.is_empty() {
        return Vec::new();
    }
    let goals: Vec<Goal> = targets.iter().map(|target| goal(project, target)).collect();
    let (wanted, pairs) = ask(project, &goals, 0..goals.len());
    progress.stage("searching names", files.len() as u64);
    let asked = format!("{}{wanted:?}", kept::question(project, &goals));
    let question = memo::Question { kind: "trace", parts: &[asked.as_bytes()] };
    let names = || Needles::with_companions(pairs.iter().cloned());
    let search = Search::new(project, &names);
    let parts = memo::each(project, &question, &kept::PARTS, files, progress, |id| {
        let file = search.file(id)?;
        Some(trace_file(project, &goals, search.needles(), &wanted, &file))
    });
    search.end();

    let mut traces: Vec<Trace> = goals.iter().map(empty_trace).collect();
    let mut aliases = BTreeSet::new();
    for part in parts.into_iter().flat_map(|(_, parts)| parts) {
        let trace = &mut traces[part.goal];
        trace.definitions.extend(part.definitions);
        trace.references.extend(part.references);
        trace.homonyms.extend(part.homonyms);
        add(&mut trace.occurrences, part.occurrences);
        if part.occurrences.unseen > 0 {
            trace.unseen.insert(part.file);
        }
        aliases.extend(part.aliases.into_iter().map(|name| (name, part.goal)));
    }
    for (trace, goal) in traces.iter_mut().zip(&goals) {
        module_definition(project, goal, trace);
        let o = trace.occurrences;
        assert_eq!(o.found, o.definitions + o.references + o.others + o.longer + o.unseen, "occurrences must balance");
    }
    alias::follow(project, &goals, &asked, aliases, ALIAS_ROUNDS, &mut traces, progress);
    for trace in &mut traces {
        trace.references.sort_by(|a, b| (&a.location, a.kind).cmp(&(&b.location, b.kind)));
        trace.references.dedup_by(|a, b| a.location == b.location && a.kind == b.kind);
        trace.definitions.sort_by(|a, b| a.location.cmp(&b.location));
        trace.homonyms.sort();
    }
    traces
}

/// A search for names that is made ready when the first file is looked into.
struct Search<'p, 's> {
    project: &'p Project<'s>,
    names: &'p (dyn Fn() -> Needles + Sync),
    ready: OnceLock<(Needles, Absence)>,
}

impl<'p, 's> Search<'p, 's> {
    fn new(project: &'p Project<'s>, names: &'p (dyn Fn() -> Needles + Sync)) -> Self {
        Self { project, names, ready: OnceLock::new() }
    }

    fn ready(&self) -> &(Needles, Absence) {
        self.ready.get_or_init(|| {
            let needles = (self.names)();
            let absence = self.project.sources.absence_of(&needles);
            (needles, absence)
        })
    }

    fn needles(&self) -> &Needles {
        &self.ready().0
    }

    /// The occurrences in one file, where there are any.
    fn file(&self, id: EntryId) -> Option<FileHits> {
        let (needles, absence) = self.ready();
        self.project.sources.search_file(id, needles, absence)
    }

    /// Keeps which files hold none of the names.
    fn end(self) {
        if let Some((_, absence)) = self.ready.into_inner() {
            absence.keep();
        }
    }
}

/// The goals that a needle is looked for.
#[derive(Debug, Default)]
struct Wanted {
    /// By the name of the goal.
    names: BTreeMap<String, Vec<usize>>,
    /// By a name that a decorator gave it: `@app.task(name="orders.save")`.
    registered: BTreeMap<String, Vec<usize>>,
    /// By a part of the name, as an f-string holds it.
    fragments: BTreeMap<String, Vec<usize>>,
}

/// What is to be looked for to find some of the goals, by their indices: names, each with its companion.
fn ask(
    project: &Project<'_>,
    goals: &[Goal],
    which: impl IntoIterator<Item = usize>,
) -> (Wanted, Vec<(String, Option<String>)>) {
    let mut wanted = Wanted::default();
    let mut pairs = Vec::new();
    for index in which {
        let goal = &goals[index];
        let companion = || goal.target.companion().map(str::to_owned);
        pairs.push((goal.target.name().to_owned(), companion()));
        wanted.names.entry(goal.target.name().to_owned()).or_default().push(index);
        for name in registered_names(project, goal) {
            pairs.push((name.clone(), None));
            wanted.registered.entry(name).or_default().push(index);
        }
        for fragment in pattern::fragments(&goal.target) {
            pairs.push((fragment.clone(), companion()));
            wanted.fragments.entry(fragment).or_default().push(index);
        }
    }
    (wanted, pairs)
}

/// What one file says about one goal.
#[derive(Debug)]
struct FilePart {
    goal: usize,
    file: EntryId,
    definitions: Vec<DefinitionSite>,
    references: Vec<TracedReference>,
    homonyms: Vec<Location>,
    occurrences: Occurrences,
    /// Names under which other files can reach the goal through this one.
    aliases: BTreeSet<alias::Alias>,
}

fn trace_file(
    project: &Project<'_>,
    goals: &[Goal],
    needles: &Needles,
    wanted: &Wanted,
    file: &FileHits,
) -> Vec<FilePart> {
    let mut resolver = Resolver::new(project);
    // A part of a longer name is no more than that, whatever the file means.
    let is_asked = |hit: &Hit| hit.is_bounded || wanted.fragments.contains_key(&needles.names()[hit.needle]);
    let facts = file.hits.iter().any(is_asked).then(|| project.sources.facts_in(file)).flatten();
    let page = Page::new(project, file, facts.as_deref());
    let mut parts: FxHashMap<usize, FilePart> = FxHashMap::default();
    let companions = OnceCell::new();
    let is_accompanied = |goal: &Goal| {
        let held = || companions.get_or_init(|| needles.companions_in(&file.text));
        goal.target.companion().is_none_or(|companion| held().hold(companion))
    };
    for hit in &file.hits {
        for &index in wanted.names.get(&needles.names()[hit.needle]).into_iter().flatten() {
            if !is_accompanied(&goals[index]) {
                continue;
            }
            let part = parts.entry(index).or_insert_with(|| FilePart::new(index, file.id));
            part.occurrences.found += 1;
            let outcome = classify(&mut resolver, &page, hit, &goals[index]);
            part.take(&page, outcome);
        }
    }
    if let Some(facts) = page.facts.filter(|_| !wanted.registered.is_empty()) {
        for hit in &file.hits {
            for &index in wanted.registered.get(&needles.names()[hit.needle]).into_iter().flatten() {
                let found = sent_name(&page, facts, hit, &goals[index]);
                if let Some(found) = found {
                    parts.entry(index).or_insert_with(|| FilePart::new(index, file.id)).references.push(found);
                }
            }
        }
    }
    if let Some(facts) = page.facts.filter(|facts| !facts.patterns.is_empty()) {
        let hits = file.hits.iter().filter_map(|hit| wanted.fragments.get(&needles.names()[hit.needle]));
        for index in hits.flatten().copied().collect::<BTreeSet<_>>() {
            let found = pattern::find(&mut resolver, &page, facts, &goals[index]);
            if !found.is_empty() {
                parts.entry(index).or_insert_with(|| FilePart::new(index, file.id)).references.extend(found);
            }
        }
    }
    for part in parts.values_mut() {
        if let Some(facts) = page.facts {
            let (local, exported) = alias::find(&mut resolver, &page, facts, &goals[part.goal]);
            part.references.extend(local);
            part.aliases = exported;
        }
    }
    let mut parts: Vec<FilePart> = parts.into_values().collect();
    parts.sort_by_key(|part| part.goal);
    parts
}

impl FilePart {
    fn new(goal: usize, file: EntryId) -> Self {
        Self {
            goal,
            file,
            definitions: Vec::new(),
            references: Vec::new(),
            homonyms: Vec::new(),
            occurrences: Occurrences::default(),
            aliases: BTreeSet::new(),
        }
    }

    fn take(&mut self, page: &Page<'_>, outcome: Outcome) {
        match outcome {
            Outcome::Definition(site) => {
                self.occurrences.definitions += 1;
                self.definitions.push(site);
            }
            Outcome::Reference(reference) => {
                self.occurrences.references += 1;
                self.references.push(*reference);
            }
            Outcome::Other { homonym } => {
                self.occurrences.others += 1;
                self.homonyms.extend(homonym.map(|span| page.location(span)));
            }
            Outcome::Longer => self.occurrences.longer += 1,
            Outcome::Unseen => self.occurrences.unseen += 1,
        }
    }
}

/// One file while its occurrences are judged.
pub(super) struct Page<'f> {
    pub file: EntryId,
    pub path: crate::span::RepoPath,
    pub text: &'f str,
    pub facts: Option<&'f Facts>,
    /// Whether the language of the file is one that is understood.
    pub is_source: bool,
    pub is_readable: bool,
    lines: LineIndex,
}

impl<'f> Page<'f> {
    pub fn new(project: &Project<'_>, hits: &'f FileHits, facts: Option<&'f Facts>) -> Self {
        Self {
            file: hits.id,
            path: project.sources.path(hits.id).clone(),
            text: &hits.text,
            facts,
            is_source: project.sources.language(hits.id).is_some(),
            is_readable: hits.is_readable,
            lines: LineIndex::new(hits.text.as_bytes()),
        }
    }

    pub fn location(&self, span: Span) -> Location {
        let start = self.lines.position(span.start, self.text);
        Location { path: self.path.clone(), start, end_line: self.lines.lines(span).end }
    }

    pub fn line_range(&self, span: Span) -> crate::span::LineRange {
        self.lines.lines(span)
    }

    /// What could not be read on the lines of a span.
    pub fn unread_at(&self, span: Span) -> Option<&'f Unread> {
        let lines = self.line_range(span);
        self.facts?.unread.iter().find(|unread| {
            let around = self.line_range(unread.span);
            around.start <= lines.end && lines.start <= around.end
        })
    }

    /// The id of a name in this file, if it occurs as a name at all.
    pub fn name_id(&self, name: &str) -> Option<NameId> {
        self.facts.and_then(|facts| facts.names.find(name))
    }
}

fn goal(project: &Project<'_>, target: &Target) -> Goal {
    let mut goal = Goal {
        target: target.clone(),
        names: BTreeSet::new(),
        dotted: BTreeSet::new(),
        definitions: BTreeSet::new(),
        overridden: BTreeSet::new(),
        module: None,
        is_detached: false,
    };
    let (Target::Symbol(symbol) | Target::Near { symbol, .. }) = target else { return goal };
    let canonical = project.canonical(symbol);
    let mut resolver = Resolver::new(project);
    if let Found::Module(module) = project.modules.find(&symbol.module, None) {
        match &canonical.name {
            None => goal.module = Some(module),
            Some(name) => {
                let mut found = vec![Resolved::new(Entity::Module(module.clone()))];
                let parts: Vec<&str> = name.split('.').collect();
                for (position, part) in parts.iter().enumerate() {
                    found = found.iter().flat_map(|it| resolver.attribute(it, part)).collect();
                    let is_missing = found.iter().all(|it| matches!(it.entity, Entity::Missing(_)));
                    goal.is_detached |= is_missing && position + 1 < parts.len();
                }
                add_definitions(project, &mut resolver, &mut goal, &module, name, &found);
            }
        }
    } else {
        goal.is_detached = true;
    }
    goal.names.insert(symbol.clone());
    goal.names.insert(canonical);
    goal.dotted = goal.names.iter().map(Symbol::dotted).collect();
    goal
}

/// The definitions that a goal has at its own place, or, for a re-export, at the place it leads to.
fn add_definitions(
    project: &Project<'_>,
    resolver: &mut Resolver<'_, '_>,
    goal: &mut Goal,
    module: &ModuleRef,
    name: &str,
    found: &[Resolved],
) {
    if let ModuleRef::File(file) = *module
        && let Some(facts) = project.sources.facts(file)
    {
        for id in facts.definition_ids() {
            if facts.definition(id).kind != DefinitionKind::Implementation && facts.qualified_name(id) == name {
                goal.definitions.insert(DefinitionRef { file, id });
            }
        }
        goal.is_detached &= goal.definitions.is_empty();
    }
    if goal.definitions.is_empty() {
        for resolved in found {
            if let Entity::Definition(definition) = resolved.entity {
                goal.definitions.insert(definition);
                goal.names.insert(project.symbol_of(definition));
            }
        }
    }
    // Methods of the same name in the bases.
    for definition in goal.definitions.clone() {
        let Some(facts) = project.sources.facts(definition.file) else { continue };
        let Some(parent) = facts.definition(definition.id).parent else { continue };
        let class = DefinitionRef { file: definition.file, id: parent };
        if facts.definition(parent).kind == DefinitionKind::Implementation {
            let (names, overridden) = resolver.implemented_as(class, goal.target.name());
            goal.names.extend(names);
            goal.overridden.extend(overridden);
            continue;
        }
        if !resolver.is_class(class) {
            continue;
        }
        for found in resolver.member_of_class(class, Some(class), goal.target.name()) {
            if let Entity::Definition(base) = found.entity {
                goal.overridden.insert(base);
            }
        }
    }
}

/// Names under which decorators register what a goal means.
fn registered_names(project: &Project<'_>, goal: &Goal) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for definition in &goal.definitions {
        let Some(facts) = project.sources.facts(definition.file) else { continue };
        let own = facts.registered.iter().filter(|(id, _)| *id == definition.id);
        names.extend(own.map(|&(_, name)| facts.name(name).to_owned()));
    }
    names
}

/// A string that is the registered name of a goal; not where it is registered.
fn sent_name(page: &Page<'_>, facts: &Facts, hit: &Hit, goal: &Goal) -> Option<TracedReference> {
    let span = Span::new(hit.start, hit.end);
    let string = facts.strings.iter().find(|it| it.span == span)?;
    let found = classify::traced(page, span, ReferenceKind::String, Tier::Likely, Vec::new(), string.guards, goal);
    (!found.is_own).then_some(found)
}

fn empty_trace(goal: &Goal) -> Trace {
    Trace {
        target: goal.target.clone(),
        definitions: Vec::new(),
        references: Vec::new(),
        occurrences: Occurrences::default(),
        homonyms: Vec::new(),
        unseen: BTreeSet::new(),
        is_detached: goal.is_detached,
    }
}

/// A module is defined by its file, which need not hold its name.
fn module_definition(project: &Project<'_>, goal: &Goal, trace: &mut Trace) {
    let Some(ModuleRef::File(file)) = goal.module else { return };
    let path = project.sources.path(file).clone();
    let lines = project.sources.facts(file).map_or(1, |facts| facts.line_index.count().max(1));
    let start = crate::span::Position { line: 1, column: 1 };
    trace.definitions.push(DefinitionSite {
        file,
        location: Location { path, start, end_line: 1 },
        lines: crate::span::LineRange { start: 1, end: lines },
        kind: "module",
        in_tests: false,
    });
}

fn add(total: &mut Occurrences, part: Occurrences) {
    total.found += part.found;
    total.definitions += part.definitions;
    total.references += part.references;
    total.others += part.others;
    total.longer += part.longer;
    total.unseen += part.unseen;
}
