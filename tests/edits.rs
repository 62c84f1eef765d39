//! Random edits of a tree: what the cache remembers of earlier trees changes no byte of an answer.

use proptest::prelude::*;
use solely::cache::{Cache, CacheOptions, LIMIT};
use solely::checks::Scope;
use solely::pipeline::judge;
use solely::policy::Policy;
use solely::progress::Silent;
use solely::report::{RenderOptions, find_format};
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
