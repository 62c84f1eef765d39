//! The winner table: who uses each copy, and which one to keep.
//!
//! References are those of `solely refs`; only proven and likely ones count, without the copy's own. Invariant: a copy
//! is called canonical only for a reason that is told. Absent on purpose: a guess between copies that are used alike.

use super::{CloneType, DuplicateKind, Group, Production, Uses};
use crate::checks::CheckInput;
use crate::facts::ReferenceKind;
use crate::finding::{Context, Tier};
use crate::language::find_linked;
use crate::policy::RuleKind;
use crate::project::{Symbol, Target, Trace, trace_code};
use crate::words::counted;
use std::collections::{BTreeMap, BTreeSet};

/// Counts the uses of every copy in the groups.
pub fn trace_uses(input: &CheckInput<'_, '_>, groups: &mut [Group]) {
    let symbols: BTreeSet<Symbol> = groups.iter().flat_map(|group| &group.instances).filter_map(traceable).collect();
    let targets: Vec<Target> = symbols.iter().cloned().map(Target::Symbol).collect();
    let mut uses: BTreeMap<String, Uses> = BTreeMap::new();
    for (symbol, trace) in symbols.iter().zip(trace_code(input.project, &targets, input.progress)) {
        uses.insert(symbol.to_string(), uses_of(input, &trace));
    }
    for group in groups {
        for instance in &mut group.instances {
            instance.uses = traceable(instance).and_then(|symbol| uses.get(&symbol.to_string()).cloned());
        }
    }
}

/// Names the copy to keep in each group, by what is known of its copies.
pub fn choose(input: &CheckInput<'_, '_>, groups: &mut [Group]) {
    for group in groups {
        group.canonical = canonical(input, group);
    }
}

fn uses_of(input: &CheckInput<'_, '_>, trace: &Trace) -> Uses {
    let mut uses = Uses::default();
    let mut importers = BTreeSet::new();
    for reference in trace.references.iter().filter(|it| !it.is_own && it.tier <= Tier::Likely) {
        let path = &reference.location.path;
        let is_test = input.context_of(reference) == Context::Tests;
        match is_test {
            true => uses.tests += 1,
            false => uses.code += 1,
        }
        if reference.kind == ReferenceKind::Import {
            let module = input.project.module_name(reference.file);
            importers.insert((is_test, module.to_owned()));
            let is_package = path.file_name() == "__init__.py" && !is_test;
            let holds = trace.definitions.iter().any(|site| site.location.path.as_str().starts_with(path.folder()));
            if is_package && holds && uses.exported_by.is_none() {
                uses.exported_by = Some(module.to_owned());
            }
        }
    }
    uses.importers = importers.into_iter().map(|(_, module)| module).collect();
    uses
}

/// What `refs` can be asked for: definitions of languages that are linked, not runs of statements or keys.
fn traceable(instance: &super::Instance) -> Option<Symbol> {
    let linking = find_linked(&instance.path)?.linking?;
    match instance.what {
        // Where nothing tells which method of a trait is called, nothing tells who uses it.
        "method" if linking.has_spaces => return None,
        "function" | "method" | "class" | "constant" => {}
        "module" => return Some(Symbol::module(&*instance.symbol)),
        _ => return None,
    }
    let (module, name) = instance.symbol.split_once(':')?;
    Some(Symbol::new(module, name))
}

/// The copy that the policy names; else the only one that production code uses, or the one it uses by far the most;
/// else the only one that production reaches; else the only one that its package exports.
fn canonical(input: &CheckInput<'_, '_>, group: &Group) -> Option<(usize, String)> {
    if let Some(named) = named_by_policy(input, group) {
        return Some(named);
    }
    if !is_one_thing(group) {
        return None;
    }
    let uses: Vec<&Uses> = group.instances.iter().map(|it| it.uses.as_ref()).collect::<Option<_>>()?;
    let (best, most) =
        uses.iter().map(|uses| uses.code).enumerate().max_by_key(|&(at, count)| (count, uses.len() - at))?;
    let second = uses.iter().enumerate().filter(|(at, _)| *at != best).map(|(_, uses)| uses.code).max()?;
    if most > 0 && second == 0 {
        return Some((best, format!("it is the only copy that code uses ({})", counted(most, "place"))));
    }
    if most >= 3 * second && most > 2 {
        return Some((best, format!("{} in code use it, the next copy has {second}", counted(most, "place"))));
    }
    let reached = |at: &usize| matches!(group.instances[*at].production, Some(Production::Reached { .. }));
    let unreached = |at: &usize| group.instances[*at].production == Some(Production::Unreached);
    if let Some(only) = (0..uses.len()).find(reached)
        && (0..uses.len()).filter(|&at| at != only).all(|at| unreached(&at))
    {
        return Some((only, "it is the only copy that production entry points reach".to_owned()));
    }
    let mut exported = uses.iter().enumerate().filter_map(|(at, uses)| Some((at, uses.exported_by.as_ref()?)));
    let (only, package) = exported.next()?;
    exported.next().is_none().then(|| (only, format!("it is the one that the package `{package}` exports")))
}

/// Whether the copies are one thing. Clones of several names that are not exact do several jobs in the same way: what
/// they share can go, and none of them.
fn is_one_thing(group: &Group) -> bool {
    let name = |at: usize| group.instances[at].symbol.rsplit(['.', ':']).next();
    let is_same_name = (1..group.instances.len()).all(|at| name(at) == name(0));
    group.kind != DuplicateKind::Clone || group.clone_type == Some(CloneType::Exact) || is_same_name
}

fn named_by_policy(input: &CheckInput<'_, '_>, group: &Group) -> Option<(usize, String)> {
    for rule in &input.policy.rules {
        let RuleKind::SingleSource(single) = &rule.kind else { continue };
        let name = single.canonical.to_string();
        let inside = format!("{name}.");
        let is_it = |symbol: &str| symbol == name || symbol.starts_with(&inside);
        if let Some(at) = group.instances.iter().position(|it| is_it(&it.symbol)) {
            return Some((at, format!("the policy names it (`{}`)", rule.id)));
        }
    }
    None
}
