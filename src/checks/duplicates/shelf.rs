//! Shelves and counterparts: what the places of two modules say about them. A shelf is a folder of so many modules and
//! packages that standing in one relates nothing; counterparts are modules of one name but for a word.
//!
//! `components/lights.py` and `components/doors.py` of a hundred are two things with one interface; two modules of a small
//! package are about one thing. Invariant: depends on paths alone. Absent on purpose: what the modules import.

use super::Search;
use crate::words::are_opposite;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Modules and packages of a folder whose contents are about one thing; a longer shelf holds one for each thing.
const NEIGHBOURS: usize = 24;

/// How many modules and packages stand in each folder.
pub struct Shelves<'s>(FxHashMap<&'s str, usize>);

impl<'s> Shelves<'s> {
    pub fn new(search: &'s Search<'_, '_, '_>) -> Self {
        let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for file in &search.corpus.files {
            let mut path = search.input.path(file.id).as_str();
            // each folder is counted in the one above it, once
            while let Some((folder, _)) = path.rsplit_once('/') {
                *counts.entry(folder).or_default() += 1;
                if !seen.insert(folder) {
                    break;
                }
                path = folder;
            }
        }
        Self(counts)
    }

    /// Whether modules of two folders are about one thing: what both stand in is no shelf.
    pub fn are_neighbours(&self, a: &str, b: &str) -> bool {
        let common = common_folder(a, b);
        self.0.get(common).is_none_or(|&count| count <= NEIGHBOURS)
    }
}

/// Whether two modules are one thing for two back ends: `tf_policy.py` and `torch_policy.py`. Their names, and the folders
/// they stand in, differ by one word for another.
pub fn are_counterparts(a: &str, b: &str) -> bool {
    let (x, y): (Vec<&str>, Vec<&str>) = (a.split('/').collect(), b.split('/').collect());
    if x.len() != y.len() {
        return false;
    }
    let names = x.len();
    let mut differing: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (at, (x, y)) in x.iter().zip(&y).enumerate().filter(|(_, (x, y))| x != y) {
        let (left, right): (Vec<&str>, Vec<&str>) = (x.split(['_', '.']).collect(), y.split(['_', '.']).collect());
        // a module's name holds its ending
        if left.len() != right.len() || left.len() < 3 && at + 1 == names {
            return false;
        }
        differing.extend(left.into_iter().zip(right).filter(|(x, y)| x != y));
    }
    differing.len() == 1 && x.last() != y.last()
}

/// Whether two modules are two ends of one thing: where their paths part, one names the opposite of what the other does, as
/// `client/orders.py` beside `server/orders.py`, or `scheduler.py` beside `worker_state.py`.
pub fn are_ends(a: &str, b: &str) -> bool {
    let words = |part: &str| -> Vec<String> { part.split(['_', '.']).map(str::to_lowercase).collect() };
    let parts = a.split('/').zip(b.split('/')).find(|(x, y)| x != y);
    parts.is_some_and(|(x, y)| words(x).iter().any(|x| words(y).iter().any(|y| are_opposite(x, y))))
}

/// The innermost folder that holds both.
fn common_folder<'a>(a: &'a str, b: &str) -> &'a str {
    let mut common = a;
    loop {
        let is_around = |folder: &str| b == folder || b.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        if common.is_empty() || is_around(common) {
            return common;
        }
        common = common.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
}

#[cfg(test)]
mod tests {
    use super::{are_counterparts, are_ends, common_folder};

    #[test]
    fn counterparts_differ_by_a_word() {
        assert!(are_counterparts("shop/tf_policy.py", "shop/torch_policy.py"));
        assert!(are_counterparts("shop/github/github_hooks.py", "shop/gitlab/gitlab_hooks.py"));
        assert!(!are_counterparts("shop/github/hooks.py", "shop/gitlab/hooks.py"));
        assert!(!are_counterparts("shop/orders.py", "shop/carts.py"));
        assert!(!are_counterparts("shop/tf_policy.py", "web/torch_policy.py"));
        assert!(!are_counterparts("shop/tf_policy.py", "shop/policy.py"));
        assert!(!are_counterparts("shop/tf_policy.py", "shop/tf_policy.py"));
    }

    #[test]
    fn ends_are_opposite_where_paths_part() {
        assert!(are_ends("shop/client/orders.py", "shop/server/orders.py"));
        assert!(are_ends("shop/scheduler.py", "shop/worker_state.py"));
        assert!(!are_ends("shop/orders.py", "shop/carts.py"));
        assert!(!are_ends("shop/client.py", "shop/client.py"));
        assert!(!are_ends("shop/orders/client.py", "shop/carts/server.py"));
    }

    #[test]
    fn folders_meet_at_a_slash() {
        assert_eq!(common_folder("shop/api/v1", "shop/api/v2"), "shop/api");
        assert_eq!(common_folder("shop/api", "shop/apidocs"), "shop");
        assert_eq!(common_folder("shop", "shop/api"), "shop");
        assert_eq!(common_folder("shop", "web"), "");
    }
}
