//! Merging and ranking: groups about the same definitions become one, what a maintainer would mend first stands first.
//!
//! Two groups are about the same if each copy of one lies in a copy of its own of the other. Invariant: no reason is
//! lost. Absent on purpose: references; ranking by them would depend on how many were traced.

use super::{Agreement, DuplicateKind, Group, Instance};
use crate::finding::Context;
use crate::span::LineRange;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Joins groups about the same definitions, strongest reason first: a group goes into another if each of its copies
/// lies in a copy of its own there.
pub fn merge(mut groups: Vec<Group>) -> Vec<Group> {
    groups.sort_by_cached_key(|group| (group.kind, is_narrow(group), Reverse(group.instances.len()), key(group)));
    let mut kept: Vec<Group> = Vec::new();
    // by path: lines of kept copies, with group and number
    let mut places: FxHashMap<String, Vec<(LineRange, usize, usize)>> = FxHashMap::default();
    for group in groups {
        let around = |instance: &Instance| -> Vec<(usize, usize)> {
            let holds = |lines: &LineRange| lines.contains(instance.lines.start) && lines.contains(instance.lines.end);
            let at_path = places.get(instance.path.as_str()).into_iter().flatten();
            at_path.filter(|(lines, ..)| holds(lines)).map(|&(_, group, copy)| (group, copy)).collect()
        };
        let holders: Vec<Vec<(usize, usize)>> = group.instances.iter().map(around).collect();
        let mut candidates: Vec<usize> = holders[0].iter().map(|&(group, _)| group).collect();
        candidates.sort_unstable();
        candidates.dedup();
        let takes_all = |target: usize| {
            let copies: BTreeSet<usize> = holders
                .iter()
                .filter_map(|held| held.iter().find(|(group, _)| *group == target).map(|&(_, copy)| copy))
                .collect();
            copies.len() == group.instances.len()
        };
        // of two modules that are versions, so are the classes
        let may_take = |at: usize| kept[at].kind != group.kind || !is_narrow(&kept[at]) && is_narrow(&group);
        let target = candidates.into_iter().find(|&at| may_take(at) && takes_all(at));
        if let Some(at) = target {
            absorb(&mut kept[at], group);
            continue;
        }
        for (copy, instance) in group.instances.iter().enumerate() {
            let place = (instance.lines, kept.len(), copy);
            places.entry(instance.path.as_str().to_owned()).or_default().push(place);
        }
        kept.push(group);
    }
    kept
}

/// Groups of whole modules come before those of what is in them.
fn is_narrow(group: &Group) -> bool {
    group.instances[0].what != "module"
}

fn key(group: &Group) -> (String, u32) {
    let first = &group.instances[0];
    (first.path.as_str().to_owned(), first.lines.start)
}

fn absorb(into: &mut Group, other: Group) {
    let is_whole = other.instances.len() == into.instances.len()
        && other.instances.iter().zip(&into.instances).all(|(a, b)| a.lines == b.lines);
    into.disagrees |= other.disagrees;
    if is_whole {
        into.similarity = other.similarity;
        into.clone_type = other.clone_type;
        into.message = format!("{}; {}", into.message, other.message);
    } else {
        into.parts.push(other.message);
    }
    for copy in &other.instances {
        let same = into.instances.iter_mut().find(|it| it.path == copy.path && it.lines == copy.lines);
        if let Some(same) = same.filter(|it| it.detail.is_none()) {
            same.detail.clone_from(&copy.detail);
        }
    }
    into.reasons.extend(other.reasons);
    into.reasons.sort();
    into.reasons.dedup();
}

/// Sorts, so that what a maintainer would mend first stands first: production code before tests; copies that nearly
/// agree before those that agree, since one of them is wrong today; then by size, which several reasons and a strong
/// one multiply. What the policy says is there on purpose stands last.
pub fn rank(groups: &mut [Group]) {
    groups.sort_by_cached_key(|group| {
        let in_code = group.instances.iter().filter(|it| it.context != Context::Tests).count();
        let lines: u32 = group.instances.iter().map(|it| it.lines.end - it.lines.start + 1).sum();
        let spare = lines - lines / group.instances.len() as u32;
        let weight = match group.kind {
            DuplicateKind::DuplicateRoute => 200,
            DuplicateKind::ParallelImplementation => spare + 20,
            DuplicateKind::DuplicateEnum if group.disagrees => 110,
            DuplicateKind::DuplicateEnum => 50,
            // a clone is worth its lines
            DuplicateKind::Clone => spare,
            DuplicateKind::VersionFamily => 4 * spare + 40,
            DuplicateKind::DuplicateDefinition => 2 * spare + 20,
            DuplicateKind::DuplicateConstant | DuplicateKind::DuplicateEnvDefault if group.disagrees => 120,
            DuplicateKind::ShadowedModule => 100,
            DuplicateKind::DuplicateConstant | DuplicateKind::DuplicateEnvDefault => 8,
        };
        let weight = weight * group.reasons.len() as u32;
        let first = &group.instances[0];
        let place = (first.path.clone(), first.lines, group.kind, group.message.clone());
        let is_registered = group.details.registration.is_some();
        let is_drifted = group.details.agreement == Agreement::Drifted;
        (is_registered, in_code < 2, !is_drifted, Reverse(weight), place)
    });
}
