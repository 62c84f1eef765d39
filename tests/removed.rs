//! `solely removed` from end to end, on a repository made for it: the contract, the sentence, the policy's rule.

use crate::cli::{git, write};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const BASE: &str = "\
import os


class OrderHandler:
    def handle(self, order):
        if os.environ.get(\"USE_ORDERS_V3\"):
            return self._handle_v3(order)
        return self._handle_v2(order)

    def _handle_v3(self, order):
        return self.store.save(order)

    def _handle_v2(self, order):
        \"\"\"The way before the store.

        Nobody knows it any more.
        \"\"\"
        # once there was a queue
        return legacy_save(order)


def format_order(order):
    return \"{} x {}\".format(order.count, order.name)
";

const HEAD: &str = "\
class OrderHandler:
    def handle(self, order):
        return self._handle_v3(order)

    def _handle_v3(self, order):
        return self.store.save(order)
";

const FORMATTING: &str = "def format_order(order):\n    return \"{} x {}\".format(order.count, order.name)\n";

const POLICY: &str = "\
[[legacy]]
id = \"orders-v2\"
summary = \"the order path from before the store\"
symbols = [\"shop.orders:OrderHandler._handle_v2\"]
";

/// A package in which a handler goes, a function moves, and a file is renamed.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| write(&folder, path, text);
    git(folder.path(), &["init", "-q", "-b", "main"]);
    write("solely.toml", POLICY);
    write("src/shop/__init__.py", "");
    write("src/shop/orders.py", BASE);
    write("src/shop/notes.txt", "one\ntwo\nthree\n");
    write("pyproject.toml", "[tool.setuptools]\npackage-dir = {\"\" = \"src\"}\n");
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "Handle orders"]);
    write("src/shop/orders.py", HEAD);
    write("src/shop/formatting.py", FORMATTING);
    git(folder.path(), &["mv", "src/shop/notes.txt", "src/shop/history.txt"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "Remove the order path from before the store"]);
    folder
}

/// Exit status, standard output, standard error.
fn removed(folder: &Path, words: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_solely"))
        .args(["removed", "--repo", folder.to_str().unwrap()])
        .args(words)
        .env("SOLELY_CACHE_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn document(folder: &Path, words: &[&str]) -> Value {
    let (status, out, err) = removed(folder, &[words, &["--format", "json"]].concat());
    assert_eq!(status, Some(0), "{err}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn the_json_of_removed_keeps_its_contract() {
    let folder = repository();
    let document = document(folder.path(), &["HEAD", "--by", "commit"]);
    let fields = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    for field in "schema base head totals removed moved reformatted changed symbols files gaps".split(' ') {
        assert!(document.get(field).is_some(), "`{field}` is missing from {}", fields(&document));
    }
    assert_eq!(document["schema"], "solely/removed/1");
    let removed = &document["removed"];
    let sum: u64 =
        ["code", "comment", "docstring", "blank", "other"].map(|class| removed[class].as_u64().unwrap()).iter().sum();
    assert_eq!(document["totals"]["deleted"], sum);
    assert_eq!((&removed["docstring"], &removed["docstring-blank"]), (&4.into(), &1.into()));
    let symbol = |name: &str| {
        let found =
            document["symbols"].as_array().unwrap().iter().find(|it| it["symbol"].as_str().unwrap().ends_with(name));
        found.unwrap_or_else(|| panic!("`{name}` is not in {}", document["symbols"])).clone()
    };
    let gone = symbol("shop.orders:OrderHandler._handle_v2");
    assert_eq!((&gone["fate"], &gone["rule"]), (&"removed".into(), &"orders-v2".into()));
    assert_eq!((&gone["base"]["start"], &gone["base"]["end"], &gone["head"]), (&13.into(), &19.into(), &Value::Null));
    assert_eq!((&gone["lines"]["code"], &gone["lines"]["comment"]), (&2.into(), &1.into()));
    let moved = symbol("shop.orders:format_order");
    assert_eq!((&moved["fate"], &moved["head-symbol"]), (&"relocated".into(), &"shop.formatting:format_order".into()));
    assert_eq!(document["moved"], 2);
    let files: Vec<(&str, Option<&str>)> = document["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), file["old-path"].as_str()))
        .collect();
    let renamed = ("src/shop/history.txt", Some("src/shop/notes.txt"));
    assert_eq!(files, [("src/shop/formatting.py", None), renamed, ("src/shop/orders.py", None)]);
    assert_eq!(document["attribution"]["groups"][0]["deleted"], document["totals"]["deleted"]);
}

#[test]
fn the_sentence_leads_and_json_lines_say_the_same() {
    let folder = repository();
    let (status, out, _) = removed(folder.path(), &["HEAD~1..HEAD"]);
    assert_eq!(status, Some(0));
    let first = out.lines().next().unwrap();
    assert!(first.starts_with("15 net lines: 18 removed, 3 added; "), "{first}");
    assert!(
        first.contains("7 in 1 removed method; 2 moved; 0 references left broken in production; 7 in 1"),
        "{first}"
    );
    let document = document(folder.path(), &["HEAD~1..HEAD"]);
    assert_eq!(document["summary"], first);
    let (_, lines, _) = removed(folder.path(), &["HEAD~1..HEAD", "--format", "jsonl"]);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["type"], &lines[0]["totals"]), (&"report".into(), &document["totals"]));
    let count = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
    assert_eq!(count("symbol"), document["symbols"].as_array().unwrap().len());
    assert_eq!(count("file"), 3);
}

#[test]
fn what_the_change_broke_and_left_without_a_use_is_located() {
    let folder = repository();
    let write = |path: &str, text: &str| write(&folder, path, text);
    write("src/shop/helpers.py", "def pack(order):\n    return order\n\n\ndef kept():\n    return 1\n");
    write("src/shop/app.py", "from shop.helpers import kept, pack\n\n\ndef ship(order):\n    return pack(order)\n");
    write("src/shop/cart.py", "from shop.app import ship\n\nship(1)\n");
    write("tests/test_app.py", "def test():\n    from shop.app import ship\n    ship(1)\n");
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-qm", "Add a cart"]);
    write("src/shop/app.py", "from shop.helpers import kept, pack\n\nTOTAL = 1\n");
    git(folder.path(), &["commit", "-qam", "Remove shipping"]);

    let document = document(folder.path(), &["HEAD"]);
    let broken: Vec<(String, Option<&str>, bool)> = document["broken"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let place = format!("{}:{} {}", it["path"].as_str().unwrap(), it["line"], it["kind"].as_str().unwrap());
            (place, it["guard"].as_str(), it["breaks-module"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(
        broken,
        [
            ("src/shop/cart.py:1 import".to_owned(), None, true),
            ("src/shop/cart.py:3 call".to_owned(), None, false),
            ("tests/test_app.py:2 import".to_owned(), Some("function"), false),
            ("tests/test_app.py:3 call".to_owned(), Some("function"), false),
        ]
    );
    assert!(document["summary"].as_str().unwrap().contains("2 references left broken in production"));
    let useless: Vec<(&str, &str)> = document["useless"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["kind"].as_str().unwrap(), it["symbol"].as_str().unwrap()))
        .collect();
    // `kept` had no use before the change either. The import of `pack` still names it.
    assert_eq!(useless, [("import", "shop.app:pack")]);
    let (_, out, _) = removed(folder.path(), &["HEAD"]);
    assert!(out.contains("left broken: 4 references") && out.contains("the module cannot be imported"), "{out}");
    let (_, out, _) = removed(folder.path(), &["HEAD", "--lines-only", "--format", "json"]);
    let lines_only: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&lines_only["broken"], &lines_only["useless"]), (&Value::Null, &Value::Null));
}

const RUST_BASE: &str = "\
//! Orders.

/// Handles orders.
pub struct Handler;

impl Handler {
    /// The way before the store.
    ///
    /// Nobody knows it any more.
    pub fn handle_v2(&self, order: &str) -> usize {
        // once there was a queue
        legacy_save(order)
    }

    pub fn handle_v3(&self, order: &str) -> usize {
        order.len()
    }
}

fn legacy_save(order: &str) -> usize {
    let trimmed = order.trim();
    println!(\"{} {}\", trimmed, trimmed.len());
    trimmed.len() + 1
}
";

const RUST_HEAD: &str = "\
//! Orders.

pub mod save;

/// Handles orders.
pub struct Handler;

impl Handler {
    pub fn handle_v3(
        &self,
        order: &str,
    ) -> usize {
        order.len()
    }
}
";

#[test]
fn what_went_in_rust_is_told_by_definition_and_class() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| write(&folder, path, text);
    git(folder.path(), &["init", "-q", "-b", "main"]);
    write("orders/Cargo.toml", "[package]\nname = \"my-shop\"\n");
    write("orders/src/lib.rs", RUST_BASE);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "Handle orders"]);
    write("orders/src/lib.rs", RUST_HEAD);
    write("orders/src/save.rs", &RUST_BASE[RUST_BASE.find("fn legacy_save").unwrap()..]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "Remove the order path from before the store"]);

    let document = document(folder.path(), &["HEAD"]);
    let (removed, totals) = (&document["removed"], &document["totals"]);
    assert_eq!((&totals["deleted"], &totals["added"]), (&15.into(), &11.into()));
    let classes = ["code", "comment", "docstring", "blank", "other"].map(|class| removed[class].as_u64().unwrap());
    assert_eq!(classes, [9, 1, 3, 2, 0]);
    let fates: Vec<String> = document["symbols"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let text = |field: &str| it[field].as_str().unwrap_or_default().to_owned();
            let lines = it["base"]["start"].as_u64().map_or(0, |start| it["base"]["end"].as_u64().unwrap() + 1 - start);
            format!("{} {} {lines} {} {}", text("fate"), text("kind"), text("symbol"), text("head-symbol"))
        })
        .collect();
    assert_eq!(
        fates,
        [
            "modified impl 13 my_shop:Handler ",
            "removed method 7 my_shop:Handler.handle_v2 ",
            "modified method 3 my_shop:Handler.handle_v3 ",
            "relocated function 5 my_shop:legacy_save my_shop.save:legacy_save",
        ]
    );
    // Nobody looked for references to it, so nothing is said of them.
    assert_eq!(document["broken"], Value::Null);
    let summary = document["summary"].as_str().unwrap();
    assert!(summary.contains("7 in 1 removed method; ") && !summary.contains("left broken"), "{summary}");
}

#[test]
fn every_way_to_name_a_range_is_understood() {
    let folder = repository();
    let totals = |words: &[&str]| document(folder.path(), words)["totals"]["net"].clone();
    for words in [&["HEAD"][..], &["HEAD~1..HEAD"], &["HEAD~1...HEAD"], &["--base", "HEAD~1"], &["--worktree=HEAD~1"]] {
        assert_eq!(totals(words), 15, "{words:?}");
    }
    assert_eq!(totals(&["--staged"]), 0);
    assert_eq!(totals(&["HEAD", "src/shop/formatting.py"]), -2);
    for (words, part) in [
        (&[][..], "required"),
        (&["no-such-revision"], "`no-such-revision` is not a revision"),
        (&["HEAD", "../outside"], "outside the repository"),
        (&["--staged", "--by", "commit"], "is not a commit"),
    ] {
        let (status, out, err) = removed(folder.path(), words);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{words:?}");
        assert!(err.contains(part), "{words:?}: {err}");
    }
}
