//! Random edits of a tree: what the cache remembers of earlier trees changes no byte of an answer.

use proptest::prelude::*;
use solely::cache::{Cache, CacheOptions, LIMIT};
use solely::checks::{CensusSeries, CheckInput, Scope, State, SymbolReport};
use solely::pipeline::judge;
use solely::policy::Policy;
use solely::progress::Silent;
use solely::project::Project;
use solely::report::{RenderOptions, find_format};
use solely::source::{Shared, SourceSet};
use solely::workspace::Snapshot;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

/// Files that an edit may write or remove. Packages come and go, and a module stands beside a package of its name.
const PATHS: &[&str] = &[
    "shop/__init__.py",
    "shop/orders.py",
    "shop/orders/__init__.py",
    "shop/store.py",
    "shop/api/__init__.py",
    "shop/api/v2.py",
    "web/app.py",
    "web/cart.py",
    "src/shop/late.py",
    "tests/test_orders.py",
    "docs/orders.md",
    "pyproject.toml",
];

/// What they may hold.
const TEXTS: &[&str] = &[
    "",
    "def save(order):\n    return order\n\n\ndef save_v2(order):\n    return save(order)\n",
    "from shop.orders import save_v2 as keep, save\n\n\nHOOK = save_v2\n\n\ndef pay(order):\n    return keep(save(order))\n",
    "from .orders import *\nfrom . import store\n__all__ = [\"save\", \"gone\"]\n",
    "import shop.orders\nimport shop.store as warehouse\n\n\ndef run():\n    warehouse.Store().write_legacy(1)\n    return shop.orders.save_v2(1)\n",
    "class Store:\n    def write(self, row):\n        return row\n\n    def write_legacy(self, row):\n        return [row]\n",
    "from shop.store import Store\n\n\nclass Shelf(Store):\n    def write_legacy(self, row):\n        return super().write_legacy(row)\n\n\ndef put(shelf: Shelf):\n    shelf.write_legacy(2)\n",
    "import warnings\n\n\ndef save(order):\n    warnings.warn(\"use `keep`\", DeprecationWarning)\n    return order\n\n\ndef __getattr__(name):\n    return name\n",
    "from unittest.mock import patch\n\n\n@patch(\"shop.orders.save_v2\")\ndef test_save(save):\n    from shop.store import Store\n    Store().write_legacy(save)\n",
    "def broken(:\n    return save_v2\n\n\ndef sound():\n    return save_v2\n",
    "`save_v2` and `Store.write_legacy` were the first.\n",
    "[tool.setuptools.packages.find]\nwhere = [\"src\"]\n",
    "from fastapi import FastAPI\nfrom shop import orders, store\n\napp = FastAPI()\n\n\n@app.get(\"/orders\")\ndef listed(kind: str):\n    shelf = store.Store()\n    getattr(shelf, kind)(1)\n    return orders.save(shelf.write(2))\n",
    "import shop.store\n\n\ndef main(thing):\n    thing.write(1)\n    thing.put(2)\n\n\nif __name__ == \"__main__\":\n    main(shop.store.Store())\n",
    "[project.scripts]\nshop = \"shop.orders:run\"\n",
    "import os\nfrom web.app import run as start\n\nFLAG = os.environ.get(\"SHOP_V3\")\nclass Late:\n    begin = start\n",
    "from web.cart import Late\nfrom shop.orders import save_v2 as keep\n\nlater = keep\n\n\ndef go():\n    Late.begin()\n    return later(1)\n",
];

const POLICY: &str = "\
extends = [\"builtin:legacy\", \"builtin:ssot\", \"builtin:references\"]

[[legacy]]
id = \"save-v2\"
symbols = [\"shop.orders:save_v2\", \"shop.store:Store.write_legacy\"]
successor = \"shop.store:Store.write\"

[[legacy]]
id = \"pay\"
symbols = [\"shop.orders:pay\"]
successor = \"shop.orders:save\"
";

/// Rules of every make: named symbols, patterns of them, flags, names, a query, and markers.
const SERIES_POLICY: &str = "\
extends = [\"builtin:legacy\"]

[[legacy]]
id = \"save-v2\"
symbols = [\"shop.orders:save_v2\", \"shop.store:Store.write_*\", \"web.app\"]
flags = [\"SHOP_V3\"]

[[legacy]]
id = \"pay\"
symbols = [\"shop.orders:pay\", \"shop.api.*:*\"]

[[family]]
id = \"names\"
names = [\"*_v2\", \"*_legacy\", \"save\"]

[[family]]
id = \"handlers\"
query = \"functions\"
names = [\"run\", \"put\"]
";

fn cache(folder: &Path) -> Cache {
    Cache::open(CacheOptions { folder: folder.to_owned(), limit: LIMIT, now: SystemTime::now() })
}

/// The whole answer about a tree.
fn answer(files: &BTreeMap<&str, &str>, policy: &Policy, cache: Cache) -> String {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    let snapshot = Snapshot::in_memory(files).with_cache(cache.clone());
    let report = judge(&snapshot, policy, Scope::default(), jiff::civil::date(2026, 11, 22), &Silent);
    cache.commit().unwrap();
    let options = RenderOptions { color: false, width: 80, max: None };
    find_format("json").unwrap().render(&report, &Default::default(), &options).unwrap()
}

/// What a rule counts of a symbol: its name, whether it is there, where, its references, and what may hide more.
type Row = (String, bool, Vec<solely::span::Location>, solely::checks::TierCounts);

/// What `check` counts, rule by rule.
fn checked(files: &BTreeMap<&str, &str>, policy: &Policy) -> Vec<(String, Vec<Row>, Vec<String>)> {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    let report = judge(&Snapshot::in_memory(files), policy, Scope::default(), jiff::civil::Date::MAX, &Silent);
    let row = |it: SymbolReport| {
        let is_there = matches!(it.state, State::Present | State::Unused);
        (it.symbol, is_there, it.definitions, it.references)
    };
    let rules = report.rules.into_iter().filter(|rule| ["legacy", "family"].contains(&rule.kind));
    rules
        .map(|rule| {
            let spoiled = rule.spoiled_by.iter().map(ToString::to_string).collect();
            (rule.id, rule.symbols.into_iter().map(row).collect(), spoiled)
        })
        .collect()
}

/// What a series counts in the next tree, rule by rule.
fn next(
    series: &mut CensusSeries,
    shared: &Shared,
    files: &BTreeMap<&str, &str>,
    policy: &Policy,
) -> Vec<(String, Vec<Row>, Vec<String>)> {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    let snapshot = Snapshot::in_memory(files);
    let sources = SourceSet::sharing(&snapshot, shared);
    let ids = snapshot.ids().filter(|(_, entry)| policy.judges(&entry.path)).map(|(id, _)| id).collect();
    let project = Project::new(&sources, ids, &policy.project.roots);
    let input = CheckInput::new(policy, &project, jiff::civil::Date::MAX, Scope::default(), &Silent);
    let census = series.next(&input);
    shared.keep(&snapshot);
    census
        .into_iter()
        .map(|one| {
            let rows = one.symbols.into_iter().map(|it| (it.symbol, it.is_there, it.definitions, it.references));
            (one.rule, rows.collect(), one.spoiled_by.iter().map(ToString::to_string).collect())
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_series_counts_what_check_counts(
        first in proptest::collection::vec((0..PATHS.len(), 0..TEXTS.len()), 4..14),
        edits in proptest::collection::vec(
            proptest::collection::vec((0..PATHS.len(), 0..TEXTS.len() + 3), 0..3), 1..14
        ),
    ) {
        let policy = Policy::parse(SERIES_POLICY, "solely.toml", &|_: &str| Ok(None)).unwrap();
        let mut files: BTreeMap<&str, &str> = first.iter().map(|&(path, text)| (PATHS[path], TEXTS[text])).collect();
        let (mut series, shared) = (CensusSeries::default(), Shared::default());
        prop_assert_eq!(next(&mut series, &shared, &files, &policy), checked(&files, &policy));
        for edit in edits {
            for (path, text) in edit {
                match TEXTS.get(text) {
                    Some(text) => drop(files.insert(PATHS[path], text)),
                    None => drop(files.remove(PATHS[path])),
                }
            }
            prop_assert_eq!(next(&mut series, &shared, &files, &policy), checked(&files, &policy), "{:?}", files);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_remembered_tree_changes_no_answer(
        first in proptest::collection::vec((0..PATHS.len(), 0..TEXTS.len()), 4..14),
        edits in proptest::collection::vec((0..PATHS.len(), 0..TEXTS.len() + 3), 1..9),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let policy = Policy::parse(POLICY, "solely.toml", &|_: &str| Ok(None)).unwrap();
        let mut files: BTreeMap<&str, &str> = first.iter().map(|&(path, text)| (PATHS[path], TEXTS[text])).collect();
        answer(&files, &policy, cache(folder.path()));
        for (path, text) in edits {
            match TEXTS.get(text) {
                Some(text) => drop(files.insert(PATHS[path], text)),
                None => drop(files.remove(PATHS[path])),
            }
            let plain = answer(&files, &policy, Cache::none());
            for run in ["first", "second"] {
                prop_assert_eq!(&answer(&files, &policy, cache(folder.path())), &plain, "{} run of {:?}", run, files);
            }
        }
    }
}
