//! What is new: groups that another tree did not have.
//!
//! Copies are recognised by what they say, or, where that changed, by their path and name; never by their lines. A group
//! is old if each of its copies was a copy of its own in one group of the other tree: so a moved copy is old, and a new
//! copy of an old thing is new. Invariant: a tree has nothing new against itself. Absent on purpose: a copy that was
//! moved and changed at once, which is told as new.

use super::{Group, Instance};
use rustc_hash::FxHashMap;

/// Keeps the groups that `base`, the groups of the other tree, does not hold.
pub fn retain_new(groups: &mut Vec<Group>, base: &[Group]) {
    let mut by_content: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    let mut by_place: FxHashMap<(&str, &str), Vec<usize>> = FxHashMap::default();
    for (at, group) in base.iter().enumerate() {
        for instance in &group.instances {
            by_content.entry(instance.content).or_default().push(at);
            by_place.entry(place(instance)).or_default().push(at);
        }
    }
    groups.retain(|group| {
        let first = &group.instances[0];
        let same_content = by_content.get(&first.content).into_iter().flatten();
        let mut candidates: Vec<usize> =
            same_content.chain(by_place.get(&place(first)).into_iter().flatten()).copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        !candidates.iter().any(|&at| holds(&base[at], group))
    });
}

fn place(instance: &Instance) -> (&str, &str) {
    (instance.path.as_str(), &instance.symbol)
}

/// Whether each copy of a group finds one of its own in an older one: first by place and content, then by content, then
/// by place.
fn holds(older: &Group, group: &Group) -> bool {
    let mut free: Vec<&Instance> = older.instances.iter().collect();
    let mut open: Vec<&Instance> = group.instances.iter().collect();
    let same: [fn(&Instance, &Instance) -> bool; 3] = [
        |a, b| a.content == b.content && place(a) == place(b),
        |a, b| a.content == b.content && a.what == b.what,
        |a, b| place(a) == place(b) && a.what == b.what,
    ];
    for same in same {
        open.retain(|copy| match free.iter().position(|older| same(older, copy)) {
            Some(at) => {
                free.swap_remove(at);
                false
            }
            None => true,
        });
    }
    open.is_empty()
}
