//! Pairing: which of the findings that are known is which of those that were found.
//!
//! First those that are equal in all of their identity; then those of files that were renamed; then those of definitions
//! that were renamed. A file or a definition counts as renamed only if the old one is gone and the new one was not
//! there, and each is paired with one other alone: the one with which it shares most findings. So a finding that goes
//! in one place and comes in another, both of which stay, is never paired. Invariant: every known finding and every
//! found one is in at most one pair. Absent on purpose: what follows from a pair.

use crate::finding::{Finding, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// A finding that somebody wrote down, or that a base has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    pub path: String,
    pub rule: String,
    pub symbol: String,
    pub kind: String,
    pub inside: String,
    pub code: String,
    pub severity: Severity,
}

impl Known {
    pub fn of(finding: &Finding) -> Self {
        Self {
            path: finding.location.path.to_string(),
            rule: finding.rule.0.clone(),
            symbol: finding.symbol.clone(),
            kind: finding.kind.to_owned(),
            inside: finding.identity.inside.clone(),
            code: finding.identity.code.clone(),
            severity: finding.severity,
        }
    }

    /// The symbol; where the finding is a definition, its name alone, since its module is called as its file.
    fn name(&self) -> &str {
        match self.kind.as_str() {
            "definition" => self.symbol.split_once(':').map_or("", |(_, name)| name),
            _ => &self.symbol,
        }
    }
}

/// What is known of renames.
pub struct Moves<'a> {
    /// Paths that git calls renamed, from the old to the new one.
    pub renamed: BTreeMap<String, String>,
    /// Whether a path is there now.
    pub is_there: &'a dyn Fn(&str) -> bool,
    /// Whether a path was there before.
    pub was_there: &'a dyn Fn(&str) -> bool,
    /// Whether a file holds a definition now.
    pub defines: &'a dyn Fn(&str, &str) -> bool,
    /// Whether a file held a definition before.
    pub defined: &'a dyn Fn(&str, &str) -> bool,
}

/// For each of the found, the index of the known that it is.
pub fn pair(known: &[Known], found: &[Known], moves: &Moves<'_>) -> Vec<Option<usize>> {
    let mut pairs = Pairs { known, found, of_found: vec![None; found.len()], taken: vec![false; known.len()] };
    pairs.join(|it| Some(it.clone()), |it| Some(it.clone()));
    let paths = pairs.renamed_files(moves);
    let path_now = |it: &Known| paths.get(&it.path).cloned();
    let moved = |it: &Known| Known { symbol: it.name().to_owned(), ..it.clone() };
    pairs.join(|it| Some(Known { path: path_now(it)?, ..moved(it) }), |it| Some(moved(it)));
    let path_now = |it: &Known| path_now(it).unwrap_or_else(|| it.path.clone());
    let scopes = pairs.renamed_definitions(moves, &path_now);
    pairs.join(
        |it| {
            let inside = scopes.get(&(path_now(it), it.inside.clone()))?.clone();
            Some(Known { path: path_now(it), inside, ..it.clone() })
        },
        |it| Some(it.clone()),
    );
    pairs.of_found
}

/// A path, and the definition in it.
type Scope<'a> = (&'a str, &'a str);

struct Pairs<'k> {
    known: &'k [Known],
    found: &'k [Known],
    of_found: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Pairs<'_> {
    /// Pairs those whose keys are equal, in order. A key of `None` takes no part; the weight is no part of a key.
    fn join(&mut self, key: impl Fn(&Known) -> Option<Known>, found_key: impl Fn(&Known) -> Option<Known>) {
        let weightless = |it: Known| Known { severity: Severity::Note, ..it };
        let mut waiting: BTreeMap<Known, Vec<usize>> = BTreeMap::new();
        for index in (0..self.known.len()).rev().filter(|&index| !self.taken[index]) {
            if let Some(key) = key(&self.known[index]) {
                waiting.entry(weightless(key)).or_default().push(index);
            }
        }
        for index in 0..self.found.len() {
            if self.of_found[index].is_some() {
                continue;
            }
            let Some(key) = found_key(&self.found[index]) else { continue };
            if let Some(known) = waiting.get_mut(&weightless(key)).and_then(Vec::pop) {
                self.of_found[index] = Some(known);
                self.taken[known] = true;
            }
        }
    }

    fn open_known(&self) -> impl Iterator<Item = &Known> {
        self.known.iter().zip(&self.taken).filter(|(_, taken)| !**taken).map(|(it, _)| it)
    }

    fn open_found(&self) -> impl Iterator<Item = &Known> {
        self.found.iter().zip(&self.of_found).filter(|(_, pair)| pair.is_none()).map(|(it, _)| it)
    }

    /// The paths that are called something else now.
    fn renamed_files(&self, moves: &Moves<'_>) -> BTreeMap<String, String> {
        let key = |it: &Known| {
            let (rule, name, kind) = (it.rule.clone(), it.name().to_owned(), it.kind.clone());
            (rule, name, kind, it.inside.clone(), it.code.clone())
        };
        let mut gone: BTreeMap<_, Vec<&str>> = BTreeMap::new();
        let is_gone = |it: &&Known| !moves.renamed.contains_key(&it.path) && !(moves.is_there)(&it.path);
        for it in self.open_known().filter(is_gone) {
            gone.entry(key(it)).or_default().push(&it.path);
        }
        let taken: BTreeSet<&String> = moves.renamed.values().collect();
        let mut shared: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for it in self.open_found().filter(|it| !taken.contains(&it.path) && !(moves.was_there)(&it.path)) {
            for old in gone.get(&key(it)).into_iter().flatten() {
                *shared.entry((old, &it.path)).or_default() += 1;
            }
        }
        // Of equal candidates the one whose path ends alike: a folder that moved keeps the names of its files.
        for ((old, new), count) in &mut shared {
            let alike = old.rsplit('/').zip(new.rsplit('/')).take_while(|(old, new)| old == new).count();
            *count = *count * 256 + alike.min(255);
        }
        let mut renamed = moves.renamed.clone();
        renamed.extend(one_to_one(shared).into_iter().map(|(old, new)| (old.to_owned(), new.to_owned())));
        renamed
    }

    /// The definitions that are called something else now, by path and old name.
    fn renamed_definitions(
        &self,
        moves: &Moves<'_>,
        path_now: &dyn Fn(&Known) -> String,
    ) -> BTreeMap<(String, String), String> {
        let key = |path: &str, it: &Known| {
            (path.to_owned(), it.rule.clone(), it.symbol.clone(), it.kind.clone(), it.code.clone())
        };
        let mut gone: BTreeMap<_, Vec<&str>> = BTreeMap::new();
        for it in self.open_known().filter(|it| !it.inside.is_empty()) {
            let path = path_now(it);
            if !(moves.defines)(&path, &it.inside) {
                gone.entry(key(&path, it)).or_default().push(&it.inside);
            }
        }
        let mut shared: BTreeMap<(Scope<'_>, Scope<'_>), usize> = BTreeMap::new();
        for it in self.open_found().filter(|it| !it.inside.is_empty()) {
            let Some(olds) = gone.get(&key(&it.path, it)) else { continue };
            if (moves.defined)(&it.path, &it.inside) {
                continue;
            }
            for old in olds {
                *shared.entry(((&it.path, old), (&it.path, &it.inside))).or_default() += 1;
            }
        }
        let paired = one_to_one(shared);
        paired.into_iter().map(|((path, old), (_, new))| ((path.into(), old.into()), new.into())).collect()
    }
}

/// Of the candidates that share most, one each.
fn one_to_one<K: Ord + Copy>(shared: BTreeMap<(K, K), usize>) -> BTreeMap<K, K> {
    let mut candidates: Vec<((K, K), usize)> = shared.into_iter().collect();
    candidates.sort_by_key(|(names, count)| (std::cmp::Reverse(*count), *names));
    let (mut pairs, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for ((old, new), _) in candidates {
        if !pairs.contains_key(&old) && taken.insert(new) {
            pairs.insert(old, new);
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known() -> impl Strategy<Value = Known> {
        let name = |names: &'static [&'static str]| proptest::sample::select(names);
        (name(&["a.py", "b.py", "c.py"]), name(&["", "f", "g"]), name(&["x", "y"])).prop_map(|(path, inside, code)| {
            Known {
                path: path.into(),
                rule: "r".into(),
                symbol: "m:s".into(),
                kind: "call".into(),
                inside: inside.into(),
                code: code.into(),
                severity: Severity::Error,
            }
        })
    }

    /// Paths and definitions that are there are those that findings name.
    fn paired(known: &[Known], found: &[Known]) -> Vec<Option<usize>> {
        let there = |list: &[Known], path: &str| list.iter().any(|it| it.path == path);
        let holds =
            |list: &[Known], path: &str, inside: &str| list.iter().any(|it| it.path == path && it.inside == inside);
        let moves = Moves {
            renamed: BTreeMap::new(),
            is_there: &|path| there(found, path),
            was_there: &|path| there(known, path),
            defines: &|path, inside| holds(found, path, inside),
            defined: &|path, inside| holds(known, path, inside),
        };
        pair(known, found, &moves)
    }

    proptest! {
        #[test]
        fn everything_is_in_one_pair_at_most(
            known in proptest::collection::vec(known(), 0..8),
            found in proptest::collection::vec(known(), 0..8),
        ) {
            let pairs: Vec<usize> = paired(&known, &found).into_iter().flatten().collect();
            let distinct: BTreeSet<usize> = pairs.iter().copied().collect();
            prop_assert_eq!(pairs.len(), distinct.len());
        }

        #[test]
        fn what_is_equal_is_paired_in_any_order(known in proptest::collection::vec(known(), 0..8), turn in 0usize..8) {
            let mut found = known.clone();
            found.rotate_left(turn % known.len().max(1));
            prop_assert!(paired(&known, &found).iter().all(Option::is_some));
        }

        /// Where both the old and the new place stay, what goes here and comes there is no pair.
        #[test]
        fn a_swap_between_places_that_stay_is_seen(
            stays in proptest::collection::vec(known(), 1..8),
            (goes, comes) in (0usize..8, 0usize..8),
            is_alike in proptest::bool::ANY,
        ) {
            let at = |index: usize, code: &str| Known { code: code.into(), ..stays[index % stays.len()].clone() };
            let (goes, comes) = (at(goes, "p"), at(comes, if is_alike { "p" } else { "q" }));
            prop_assume!(goes != comes);
            let with = |it: &Known| stays.iter().chain([it]).cloned().collect::<Vec<_>>();
            let pairs = paired(&with(&goes), &with(&comes));
            prop_assert_eq!(pairs.iter().flatten().count(), stays.len());
        }

        /// Many files with findings that are alike go to another folder.
        #[test]
        fn a_moved_folder_keeps_the_names_of_its_files(count in 1usize..6) {
            let file = |folder: &str, number: usize| Known {
                path: format!("{folder}/{number}.py"),
                rule: "r".into(),
                symbol: "m:s".into(),
                kind: "import".into(),
                inside: String::new(),
                code: String::new(),
                severity: Severity::Error,
            };
            let known: Vec<Known> = (0..count).map(|number| file("old", number)).collect();
            let found: Vec<Known> = (0..count).rev().map(|number| file("moved/here", number)).collect();
            let expected: Vec<Option<usize>> = (0..count).rev().map(Some).collect();
            prop_assert_eq!(paired(&known, &found), expected);
        }

        #[test]
        fn a_renamed_file_keeps_all_its_findings(known in proptest::collection::vec(known(), 1..8)) {
            let found: Vec<Known> = known.iter().cloned().map(|it| match it.path.as_str() {
                "a.py" => Known { path: "d.py".into(), ..it },
                _ => it,
            }).collect();
            prop_assert!(paired(&known, &found).iter().all(Option::is_some));
        }
    }
}
