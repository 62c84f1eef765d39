//! What a change made useless: definitions, imports and attributes that lost their last user.
//!
//! Only a name that a changed file stopped using can have lost its last user there, so these names alone are traced,
//! at base and at head. Invariant: what had no user before the change is not blamed on it. A use on an unknown receiver
//! keeps a definition alive. Absent on purpose: whether what is left should be deleted.

use super::broken::{ChangedFile, exists};
use super::entity::Entity;
use super::resolve::Resolver;
use super::trace::{Target, Trace, UseAccess, trace_code};
use super::{Project, Symbol};
use crate::facts::{Access, BindingKind, Facts, ImportTarget, MODULE_SCOPE, Value};
use crate::finding::Tier;
use crate::progress::Progress;
use crate::span::Location;
use std::collections::{BTreeMap, BTreeSet};

/// Something that nobody uses any more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Orphan {
    pub location: Location,
    /// `definition`, `import` or `attribute`.
    pub kind: &'static str,
    pub symbol: Symbol,
}

/// What lost its last user, sorted by place. `is_production` tells the paths whose use counts for an attribute.
pub fn orphans(
    base: &Project<'_>,
    head: &Project<'_>,
    changed: &[ChangedFile],
    is_production: &dyn Fn(&crate::span::RepoPath) -> bool,
    progress: &dyn Progress,
) -> Vec<Orphan> {
    let mut found = BTreeSet::new();
    let mut definitions: BTreeSet<Symbol> = BTreeSet::new();
    let mut attributes: BTreeMap<Symbol, Location> = BTreeMap::new();
    for file in changed {
        let Some(old) = file.base.and_then(|id| Some((id, base.sources.facts(id)?))) else { continue };
        let new = file.head.and_then(|id| Some((id, head.sources.facts(id)?)));
        let stopped = stopped_using(&old.1, new.as_ref().map(|(_, facts)| &**facts));
        definitions.extend(used_definitions(base, old.0, &old.1, &stopped.any));
        if let Some((id, facts)) = &new {
            found.extend(imports(head, *id, facts, &old.1));
            attributes.extend(read_attributes(head, *id, facts, &stopped.attributes));
        }
    }
    let mut resolver = Resolver::new(head);
    definitions.retain(|symbol| exists(&mut resolver, symbol));
    let near = attributes.keys().cloned().map(Target::near);
    let targets: Vec<Target> = definitions.into_iter().map(Target::Symbol).chain(near).collect();
    let before = trace_code(base, &targets, progress);
    let after = trace_code(head, &targets, progress);
    for (before, after) in before.iter().zip(&after) {
        let (Target::Symbol(symbol) | Target::Near { symbol, .. }) = &after.target else { continue };
        if let Some(location) = attributes.get(symbol) {
            if reads(before, is_production) > 0 && reads(after, is_production) == 0 {
                found.insert(Orphan { location: location.clone(), kind: "attribute", symbol: symbol.clone() });
            }
        } else if let Some(site) = after.definitions.first()
            && uses(before) > 0
            && uses(after) == 0
        {
            found.insert(Orphan { location: site.whole(), kind: "definition", symbol: symbol.clone() });
        }
    }
    found.into_iter().collect()
}

/// Names that a file read at base and does not read at head.
#[derive(Default)]
struct Stopped {
    /// As a name or as an attribute.
    any: BTreeSet<String>,
    /// As an attribute.
    attributes: BTreeSet<String>,
}

fn stopped_using(old: &Facts, new: Option<&Facts>) -> Stopped {
    let used = |facts: &Facts| -> Stopped {
        let mut used = Stopped::default();
        for reference in facts.references.iter().filter(|it| it.access == Access::Read) {
            let Some(name) = facts.last_name(reference.value) else { continue };
            used.any.insert(facts.name(name).to_owned());
            if let Value::Attribute { .. } = facts.value(reference.value) {
                used.attributes.insert(facts.name(name).to_owned());
            }
        }
        used
    };
    let (before, still) = (used(old), new.map(used).unwrap_or_default());
    Stopped {
        any: before.any.difference(&still.any).cloned().collect(),
        attributes: before.attributes.difference(&still.attributes).cloned().collect(),
    }
}

/// Definitions of the project that a file used under one of the names.
fn used_definitions(
    project: &Project<'_>,
    file: crate::workspace::EntryId,
    facts: &Facts,
    names: &BTreeSet<String>,
) -> BTreeSet<Symbol> {
    let mut resolver = Resolver::new(project);
    let mut symbols = BTreeSet::new();
    for reference in &facts.references {
        let Some(name) = facts.last_name(reference.value) else { continue };
        if !names.contains(facts.name(name)) {
            continue;
        }
        for meaning in resolver.value(file, reference.value).iter() {
            if let Entity::Definition(definition) = meaning.entity {
                symbols.insert(project.symbol_of(definition));
            }
        }
    }
    symbols
}

/// Imports at the top of a file that it used at base, and neither uses nor hands on at head.
fn imports(project: &Project<'_>, file: crate::workspace::EntryId, new: &Facts, old: &Facts) -> Vec<Orphan> {
    if project.modules.is_package(project.sources, file) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for binding in new.bindings.iter().filter(|it| it.scope == MODULE_SCOPE) {
        let BindingKind::Import(id) = binding.kind else { continue };
        let name = new.name(binding.name);
        if new.imports[id.index()].target == ImportTarget::Star
            || is_used(new, name)
            || !was_imported_and_used(old, name)
        {
            continue;
        }
        let location = project.place(file, new, binding.span);
        found.push(Orphan { location, kind: "import", symbol: Symbol::new(project.module_name(file), name) });
    }
    found
}

fn was_imported_and_used(facts: &Facts, name: &str) -> bool {
    let is_imported = facts.names.find(name).is_some_and(|id| {
        facts.bindings_of(MODULE_SCOPE, id).iter().any(|it| matches!(it.kind, BindingKind::Import(_)))
    });
    is_imported && is_used(facts, name)
}

/// Whether a file reads a bare name, or exports it.
fn is_used(facts: &Facts, name: &str) -> bool {
    let Some(id) = facts.names.find(name) else { return false };
    facts.exports.as_ref().is_some_and(|exports| exports.contains(&id))
        || facts.references.iter().any(|it| {
            it.access == Access::Read && matches!(facts.value(it.value), Value::Name { name, .. } if name == id)
        })
}

/// Attributes of a file's classes that are still assigned, and that the file stopped reading.
fn read_attributes(
    project: &Project<'_>,
    file: crate::workspace::EntryId,
    facts: &Facts,
    names: &BTreeSet<String>,
) -> BTreeMap<Symbol, Location> {
    let mut found = BTreeMap::new();
    for attribute in &facts.attributes {
        let name = facts.name(attribute.name);
        if !names.contains(name) {
            continue;
        }
        let class = facts.qualified_name(attribute.class);
        let location = project.place(file, facts, attribute.span);
        found.entry(Symbol::new(project.module_name(file), format!("{class}.{name}"))).or_insert(location);
    }
    found
}

/// References that keep a definition alive.
fn uses(trace: &Trace) -> usize {
    trace.references.iter().filter(|it| it.tier < Tier::Text && !it.is_own).count()
}

/// Reads of an attribute in production whose receiver is known.
fn reads(trace: &Trace, is_production: &dyn Fn(&crate::span::RepoPath) -> bool) -> usize {
    let is_read = |it: &&super::TracedReference| {
        it.tier <= Tier::Likely && it.access != Some(UseAccess::Write) && is_production(&it.location.path)
    };
    trace.references.iter().filter(is_read).count()
}
