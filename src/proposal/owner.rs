//! What is there twice, with the copy to keep: suggestions of `[[single-source]]`.
//!
//! They come from the groups of `solely duplicates`, where the winner table names a canonical copy. Invariant: nothing is
//! suggested that another proposed rule takes away. Absent on purpose: groups whose uses do not say which copy to keep;
//! those are counted.

use super::{ProposedOwner, kebab, one_line};
use crate::checks::CheckInput;
use crate::checks::duplicates::{self, DuplicateKind, Group, Instance, Options};
use crate::project::Symbol;
use std::collections::BTreeSet;

/// Owners that are suggested at most.
const MAX_OWNERS: usize = 10;

/// Copies of one that are named.
const COPIES: usize = 5;

/// Groups whose uses are looked at, the most important ones.
const TRACED: usize = 200;

/// Lines that a clone has at least.
const MIN_LINES: u32 = 10;

/// Kinds of duplicates that can have an owner.
const KINDS: &[DuplicateKind] = &[
    DuplicateKind::DuplicateDefinition,
    DuplicateKind::VersionFamily,
    DuplicateKind::ParallelImplementation,
    DuplicateKind::Clone,
];

pub fn owners(input: &CheckInput<'_, '_>, named: &BTreeSet<Symbol>, notes: &mut Vec<String>) -> Vec<ProposedOwner> {
    let options = Options { kinds: KINDS.to_vec(), min_lines: MIN_LINES, tests: false, traced: Some(TRACED) };
    let groups = duplicates::find(input, &options).groups;
    let is_free = |group: &&Group| !group.instances.iter().filter_map(symbol).any(|it| named.contains(&it));
    let groups: Vec<&Group> = groups.iter().filter(is_free).collect();
    let mut seen = BTreeSet::new();
    let mut owners: Vec<ProposedOwner> = groups.iter().filter_map(|group| owner(group)).collect();
    owners.retain(|owner| seen.insert(owner.canonical.clone()));
    let left = groups.len() - owners.len().min(MAX_OWNERS);
    owners.truncate(MAX_OWNERS);
    if left > 0 {
        let more = if owners.is_empty() { "" } else { "further " };
        notes.push(format!("{left} {more}groups of duplicates: `solely duplicates` shows them"));
    }
    owners
}

/// A class or function of a module that its uses speak for.
fn owner(group: &Group) -> Option<ProposedOwner> {
    let (kept, why) = group.canonical.as_ref()?;
    let canonical = symbol(&group.instances[*kept])?;
    let place = |it: &Instance| format!("{}:{} {}", it.path, it.lines.start, it.symbol);
    let others = group.instances.iter().enumerate().filter(|(at, _)| at != kept);
    let others: Vec<String> = others.map(|(_, it)| format!("beside {}", place(it))).collect();
    let mut because = vec![group.message.clone(), format!("{}: {why}", place(&group.instances[*kept]))];
    because.extend(others.iter().take(COPIES).cloned());
    if others.len() > COPIES {
        because.push(format!("and {} more", others.len() - COPIES));
    }
    Some(ProposedOwner {
        id: kebab(canonical.last_name()),
        summary: one_line(&format!("`{}` has one owner", canonical.last_name())),
        because,
        canonical,
    })
}

/// The symbol of a copy that is a class or function of a module.
fn symbol(instance: &Instance) -> Option<Symbol> {
    let (module, name) = instance.symbol.split_once(':')?;
    (matches!(instance.what, "class" | "function") && !name.contains('.')).then(|| Symbol::new(module, name))
}
