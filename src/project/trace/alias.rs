//! Other names of a symbol: `from a import old as new`, `handler = old`, `def f(h=old)`.
//!
//! A name bound inside a function is followed in its own file; a name bound in a module or a class is searched in the
//! whole tree, in rounds, since it may be renamed again. Invariant: only occurrences that resolve to the symbol count;
//! an alias brings no name-only and no text references. Absent on purpose: values that are computed.

use super::classify::{Judgement, judge, traced};
use super::{Goal, Page, Search, Target, Trace, TracedReference, kept};
use crate::facts::{
    Access, Binding, BindingKind, Facts, ImportId, ImportTarget, ScopeKind, UNNAMED, Value, ValueId, WHOLE,
};
use crate::progress::Progress;
use crate::project::resolve::Resolver;
use crate::project::{Project, memo};
use crate::source::Needles;
use crate::workspace::EntryId;
use std::collections::{BTreeMap, BTreeSet};

/// A name that reaches the goal from other files, with a second name that such a file must hold: the class, where the
/// name is one of its attributes.
pub type Alias = (String, Option<String>);

/// The references through names that this file's functions give to the goal, and the names under which other files
/// can reach it through this one.
pub fn find(
    resolver: &mut Resolver<'_, '_>,
    page: &Page<'_>,
    facts: &Facts,
    goal: &Goal,
) -> (Vec<TracedReference>, BTreeSet<Alias>) {
    let mut references = Vec::new();
    let mut exported = BTreeSet::new();
    if let Target::Flag(_) = goal.target {
        return (references, exported);
    }
    for binding in renamings(resolver, page, facts, goal.target.name(), goal) {
        if is_shared(facts, binding) {
            exported.insert((sought(page, facts, binding), None));
        } else {
            references.extend(uses(resolver, page, facts, facts.name(binding.name), goal));
        }
    }
    exported.extend(attributes(resolver, page, facts, goal.target.name(), goal));
    (references, exported)
}

/// What a file must hold to reach the goal through a binding: the name that is bound, or the name of this file, where
/// others take what it gives without a name.
fn sought(page: &Page<'_>, facts: &Facts, binding: &Binding) -> String {
    let name = facts.name(binding.name);
    if name != UNNAMED && name != WHOLE {
        return name.to_owned();
    }
    let stem = page.path.as_str().rsplit_once('.').map_or(page.path.as_str(), |(stem, _)| stem);
    let stem = stem.strip_suffix("/index").unwrap_or(stem);
    stem.rsplit('/').next().unwrap_or(stem).to_owned()
}

/// Attributes that methods of a file set to the goal: `self.hook = self.save`.
fn attributes(
    resolver: &mut Resolver<'_, '_>,
    page: &Page<'_>,
    facts: &Facts,
    known_as: &str,
    goal: &Goal,
) -> Vec<Alias> {
    let mut found = Vec::new();
    for attribute in &facts.attributes {
        let (name, Some(value)) = (facts.name(attribute.name), attribute.value) else { continue };
        if name == known_as || name == goal.target.name() || !ends_in(facts, value, known_as, 0) {
            continue;
        }
        let meanings = resolver.value(page.file, value);
        if matches!(judge(&meanings, goal), Judgement::Match { .. }) {
            let class = facts.name(facts.definition(attribute.class).name).to_owned();
            found.push((name.to_owned(), Some(class)));
        }
    }
    found
}

/// Bindings of a file that give the goal, known there as `known_as`, another name.
fn renamings<'f>(
    resolver: &mut Resolver<'_, '_>,
    page: &Page<'_>,
    facts: &'f Facts,
    known_as: &str,
    goal: &Goal,
) -> Vec<&'f Binding> {
    let mut found = Vec::new();
    for binding in &facts.bindings {
        let name = facts.name(binding.name);
        let is_known = name == known_as && name != UNNAMED || name == goal.target.name();
        if is_known || !leads_to(facts, binding, known_as) {
            continue;
        }
        let meanings = resolver.binding(page.file, facts, binding);
        if matches!(judge(&meanings, goal), Judgement::Match { .. }) {
            found.push(binding);
        }
    }
    found
}

/// Whether other files can reach a binding: it stands in a module or a class.
fn is_shared(facts: &Facts, binding: &Binding) -> bool {
    matches!(facts.scope(binding.scope).kind, ScopeKind::Module | ScopeKind::Class)
}

/// Whether a binding's value mentions the name itself, so that it is worth resolving.
fn leads_to(facts: &Facts, binding: &Binding, name: &str) -> bool {
    match binding.kind {
        BindingKind::Import(id) => match facts.imports[id.index()].target {
            ImportTarget::Name(imported, _) => facts.name(imported) == name,
            ImportTarget::Module if name == UNNAMED => true,
            ImportTarget::Module => {
                facts.imports[id.index()].module.is_some_and(|it| facts.name(it).rsplit('.').next() == Some(name))
            }
            ImportTarget::Star => false,
        },
        BindingKind::Assignment | BindingKind::Parameter(_) => {
            binding.value.is_some_and(|value| ends_in(facts, value, name, 0))
        }
        _ => false,
    }
}

fn ends_in(facts: &Facts, value: ValueId, name: &str, depth: u32) -> bool {
    if depth > 8 {
        return false;
    }
    match facts.value(value) {
        Value::Name { name: id, .. } | Value::Attribute { name: id, .. } => facts.name(id) == name,
        // `partial(old, …)`, not `old(…)`: a result is not an alias.
        Value::Call { argument, .. } => argument.is_some_and(|it| ends_in(facts, it, name, depth + 1)),
        Value::Either { left, right } | Value::Operation { left, right, .. } => {
            ends_in(facts, left, name, depth + 1) || ends_in(facts, right, name, depth + 1)
        }
        _ => false,
    }
}

/// References of one file by an alias that resolve to the goal.
fn uses(
    resolver: &mut Resolver<'_, '_>,
    page: &Page<'_>,
    facts: &Facts,
    alias: &str,
    goal: &Goal,
) -> Vec<TracedReference> {
    let Some(id) = facts.names.find(alias) else { return Vec::new() };
    let mut found = Vec::new();
    for reference in &facts.references {
        // Where the alias is set, the symbol itself is told.
        if facts.last_name(reference.value) != Some(id) || reference.access == Access::Write {
            continue;
        }
        let meanings = resolver.value(page.file, reference.value);
        if let Judgement::Match { tier, hops } = judge(&meanings, goal) {
            found.push(traced(page, reference.span, reference.kind, tier, hops, reference.guards, goal));
        }
    }
    found.extend(imports(resolver, page, facts, alias, goal));
    found
}

/// Import statements of one file that take the goal under its alias.
fn imports(
    resolver: &mut Resolver<'_, '_>,
    page: &Page<'_>,
    facts: &Facts,
    alias: &str,
    goal: &Goal,
) -> Vec<TracedReference> {
    let mut found = Vec::new();
    for (index, import) in facts.imports.iter().enumerate() {
        let ImportTarget::Name(name, span) = import.target else { continue };
        if facts.name(name) != alias {
            continue;
        }
        let meanings = resolver.import(page.file, facts, ImportId(index as u32));
        if let Judgement::Match { tier, hops } = judge(&meanings, goal) {
            found.push(traced(page, span, crate::facts::ReferenceKind::Import, tier, hops, import.guards, goal));
        }
    }
    found
}

/// The references of one file to a goal under another name of it, and the further names that the file gives it.
pub fn found_as(
    resolver: &mut Resolver<'_, '_>,
    page: &Page<'_>,
    facts: &Facts,
    alias: &str,
    goal: &Goal,
) -> (Vec<TracedReference>, BTreeSet<Alias>) {
    let (mut references, mut further) = (Vec::new(), BTreeSet::new());
    // The alias may be the name of a file that gives the goal without a name.
    let takes_unnamed = |facts: &Facts| {
        facts.imports.iter().any(|import| match import.target {
            ImportTarget::Name(name, _) => facts.name(name) == UNNAMED,
            ImportTarget::Module => !resolver.project.modules.is_dotted(&page.path),
            ImportTarget::Star => false,
        })
    };
    let names = [Some(alias), takes_unnamed(facts).then_some(UNNAMED)];
    for name in names.into_iter().flatten() {
        references.extend(uses(resolver, page, facts, name, goal));
        for binding in renamings(resolver, page, facts, name, goal) {
            if is_shared(facts, binding) {
                further.insert((sought(page, facts, binding), None));
            } else if name == UNNAMED {
                references.extend(uses(resolver, page, facts, facts.name(binding.name), goal));
            }
        }
        further.extend(attributes(resolver, page, facts, name, goal));
    }
    (references, further)
}

/// A goal, the references to it that one file holds, and the further names that file gives it.
pub type Part = (usize, Vec<TracedReference>, BTreeSet<Alias>);

/// Searches the tree for the aliases found, and for the aliases of these. `asked` stands for the goals.
pub fn follow(
    project: &Project<'_>,
    goals: &[Goal],
    asked: &str,
    mut aliases: BTreeSet<(Alias, usize)>,
    rounds: usize,
    traces: &mut [Trace],
    progress: &dyn Progress,
) {
    let mut known = BTreeSet::new();
    for _ in 0..rounds {
        aliases.retain(|alias| !known.contains(alias));
        if aliases.is_empty() {
            return;
        }
        known.extend(aliases.iter().cloned());
        let names = || Needles::with_companions(aliases.iter().map(|(alias, _)| alias.clone()));
        let mut wanted: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for ((name, _), goal) in &aliases {
            let goals = wanted.entry(name).or_default();
            if !goals.contains(goal) {
                goals.push(*goal);
            }
        }
        let sources: Vec<EntryId> =
            project.ids.iter().copied().filter(|&id| project.sources.language(id).is_some()).collect();
        progress.stage("searching names", sources.len() as u64);
        let round = format!("{aliases:?}");
        let question = memo::Question { kind: "aliases", parts: &[asked.as_bytes(), round.as_bytes()] };
        let search = Search::new(project, &names);
        let parts = memo::each(project, &question, &kept::ALIASES, &sources, progress, |id| {
            let file = search.file(id)?;
            let facts = file.holds_a_name().then(|| project.sources.facts_in(&file))??;
            let facts = facts.as_ref();
            let page = Page::new(project, &file, Some(facts));
            let mut resolver = Resolver::new(project);
            let held: BTreeSet<usize> = file.hits.iter().filter(|hit| hit.is_bounded).map(|hit| hit.needle).collect();
            let mut parts: Vec<Part> = Vec::new();
            for needle in held {
                let alias = &search.needles().names()[needle];
                for &goal in &wanted[alias.as_str()] {
                    let (references, further) = found_as(&mut resolver, &page, facts, alias, &goals[goal]);
                    parts.push((goal, references, further));
                }
            }
            Some(parts)
        });
        search.end();
        aliases = BTreeSet::new();
        for (goal, references, further) in parts.into_iter().flat_map(|(_, parts)| parts) {
            traces[goal].references.extend(references);
            aliases.extend(further.into_iter().map(|name| (name, goal)));
        }
    }
}
