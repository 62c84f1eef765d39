//! The winner table: who uses each copy, and which one to keep.
//!
//! References are those of `solely refs`; only proven and likely ones count, without the copy's own. Invariant: a copy
//! is called canonical only for a reason that is told. Absent on purpose: a guess between copies that are used alike.

use super::{Group, Uses};
use crate::checks::{CheckInput, counted};
use crate::facts::ReferenceKind;
use crate::finding::{Context, Tier};
use crate::project::{Symbol, Target, trace};
use std::collections::{BTreeMap, BTreeSet};

/// Counts the uses of every copy in the first groups, and names the one to keep.
pub fn trace_uses(input: &CheckInput<'_, '_>, groups: &mut [Group], limit: Option<usize>) {
    let limit = limit.unwrap_or(groups.len()).min(groups.len());
    let groups = &mut groups[..limit];
    let symbols: BTreeSet<Symbol> = groups.iter().flat_map(|group| &group.instances).filter_map(traceable).collect();
    let targets: Vec<Target> = symbols.iter().cloned().map(Target::Symbol).collect();
    if targets.is_empty() {
        return;
    }
    let mut uses: BTreeMap<String, Uses> = BTreeMap::new();
    for (symbol, trace) in symbols.iter().zip(trace(input.project, &targets, input.progress)) {
        let mut counted = Uses::default();
        let mut importers = BTreeSet::new();
        for reference in trace.references.iter().filter(|it| !it.is_own && it.tier <= Tier::Likely) {
            match input.policy.context_of(&reference.location.path) {
                Context::Tests => counted.tests += 1,
                _ => counted.code += 1,
            }
            if reference.kind == ReferenceKind::Import {
                importers.insert(&reference.location.path);
            }
        }
        counted.importers = importers.len() as u64;
        uses.insert(symbol.to_string(), counted);
    }
    for group in groups {
        for instance in &mut group.instances {
            instance.uses = traceable(instance).and_then(|symbol| uses.get(&symbol.to_string()).copied());
        }
        group.canonical = canonical(group);
    }
}

/// What `refs` can be asked for: definitions, not runs of statements or keys.
fn traceable(instance: &super::Instance) -> Option<Symbol> {
    match instance.what {
        "function" | "method" | "class" | "constant" => {}
        "module" => return Some(Symbol::module(&*instance.symbol)),
        _ => return None,
    }
    let (module, name) = instance.symbol.split_once(':')?;
    Some(Symbol::new(module, name))
}

/// The only copy that production code uses, or the one it uses by far the most.
fn canonical(group: &Group) -> Option<(usize, String)> {
    let uses: Vec<u64> = group.instances.iter().map(|it| it.uses.map(|uses| uses.code)).collect::<Option<_>>()?;
    let (best, &most) = uses.iter().enumerate().max_by_key(|(_, count)| **count)?;
    let second = uses.iter().enumerate().filter(|(at, _)| *at != best).map(|(_, count)| *count).max()?;
    if most > 0 && second == 0 {
        return Some((best, format!("the only copy that code uses ({})", counted(most, "place"))));
    }
    (most >= 3 * second && most > 2)
        .then(|| (best, format!("used in {}, the next in {}", counted(most, "place"), second)))
}
