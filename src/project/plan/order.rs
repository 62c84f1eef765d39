//! The order of deletion: callers before what they call.
//!
//! Invariant: nothing is deleted while something that is still there refers to it; definitions that refer to each other
//! in a ring go in one step. Absent on purpose: what is deleted.

use crate::finding::Tier;
use crate::project::Project;
use crate::project::entity::DefinitionRef;
use crate::project::trace::Trace;
use std::collections::{BTreeMap, BTreeSet};

/// The step of each definition, from 1. Definitions with one representative go together: `of` gives that of each.
pub fn steps(
    project: &Project<'_>,
    dying: &BTreeSet<DefinitionRef>,
    traces: &BTreeMap<DefinitionRef, Trace>,
    of: &dyn Fn(DefinitionRef) -> DefinitionRef,
) -> BTreeMap<DefinitionRef, u32> {
    let mut folded: BTreeMap<DefinitionRef, BTreeSet<DefinitionRef>> = BTreeMap::new();
    for (used, users) in users(project, dying, traces) {
        let entry = folded.entry(of(used)).or_default();
        entry.extend(users.into_iter().map(of).filter(|user| *user != of(used)));
    }
    let steps = layers(&folded);
    dying.iter().filter_map(|&it| Some((it, *steps.get(&of(it))?))).collect()
}

/// Which of some definitions use each of them.
pub fn users(
    project: &Project<'_>,
    dying: &BTreeSet<DefinitionRef>,
    traces: &BTreeMap<DefinitionRef, Trace>,
) -> BTreeMap<DefinitionRef, BTreeSet<DefinitionRef>> {
    dying
        .iter()
        .map(|&used| {
            let of_it = dying.iter().copied().filter(|&user| user != used && refers(project, user, used, traces));
            (used, of_it.collect())
        })
        .collect()
}

/// The layers of a graph that is given by who uses each node: first those that nobody uses. Where all are used, the
/// smallest ring that nothing outside it uses comes next.
fn layers<N: Copy + Ord>(users: &BTreeMap<N, BTreeSet<N>>) -> BTreeMap<N, u32> {
    let mut left: BTreeSet<N> = users.keys().copied().collect();
    let mut steps = BTreeMap::new();
    let mut step = 1;
    while !left.is_empty() {
        let is_free = |it: &&N| users[it].is_disjoint(&left);
        let mut free: BTreeSet<N> = left.iter().filter(is_free).copied().collect();
        if free.is_empty() {
            let rings = left.iter().map(|&node| closure(node, users, &left));
            free = rings.min_by_key(BTreeSet::len).unwrap_or_else(|| left.clone());
        }
        for node in free {
            left.remove(&node);
            steps.insert(node, step);
        }
        step += 1;
    }
    steps
}

/// A node and everything that uses it, directly or not.
pub fn closure<N: Copy + Ord>(node: N, users: &BTreeMap<N, BTreeSet<N>>, left: &BTreeSet<N>) -> BTreeSet<N> {
    let mut found = BTreeSet::from([node]);
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        for &user in users[&node].intersection(left) {
            if found.insert(user) {
                open.push(user);
            }
        }
    }
    found
}

/// Whether the body of one definition holds a reference to another.
fn refers(
    project: &Project<'_>,
    user: DefinitionRef,
    used: DefinitionRef,
    traces: &BTreeMap<DefinitionRef, Trace>,
) -> bool {
    let (Some(trace), Some(facts)) = (traces.get(&used), project.sources.facts(user.file)) else { return false };
    let body = facts.definition(user.id).span;
    trace.references.iter().any(|it| it.file == user.file && it.tier <= Tier::Likely && body.contains(it.span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn graph(edges: &[(u8, u8)], nodes: u8) -> BTreeMap<u8, BTreeSet<u8>> {
        let mut users: BTreeMap<u8, BTreeSet<u8>> = (0..nodes).map(|node| (node, BTreeSet::new())).collect();
        for &(user, used) in edges.iter().filter(|(user, used)| user != used) {
            users.entry(used).or_default().insert(user);
        }
        users
    }

    #[test]
    fn callers_go_before_what_they_call_and_a_ring_goes_at_once() {
        // 0 calls 1; 1 and 2 call each other; 2 calls 3
        let steps = layers(&graph(&[(0, 1), (1, 2), (2, 1), (2, 3)], 4));
        assert_eq!(steps, BTreeMap::from([(0, 1), (1, 2), (2, 2), (3, 3)]));
    }

    proptest! {
        #[test]
        fn a_user_goes_no_later_than_what_it_uses(edges in prop::collection::vec((0u8..8, 0u8..8), 0..24)) {
            let users = graph(&edges, 8);
            let steps = layers(&users);
            prop_assert_eq!(steps.len(), 8);
            for (used, of_it) in &users {
                for user in of_it {
                    prop_assert!(steps[user] <= steps[used], "{} uses {}", user, used);
                }
            }
        }
    }
}
