//! `solely trend` through the binary: every sample says what `check` and `duplicates` say of its commit, and what cannot be
//! seen is no zero.

use crate::cli::{command, stderr, stdout};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A repository whose commits are made by code, one a week.
pub struct Shop {
    folder: TempDir,
    weeks: u32,
}

const POLICY: &str = r#"
extends = ["builtin:legacy"]

[[legacy]]
id = "orders-v2"
summary = "the order path from before the store"
symbols = ["shop.orders:Orders.save_v2", "shop.orders:Orders.load_v2", "shop.orders:ship_v2"]
flags = ["USE_ORDERS_V3"]
"#;

const SAVE: &str = r#"import os


class Orders:
    def save(self, order):
        if os.environ.get("USE_ORDERS_V3"):
            return self.store.write(order)
        return self.save_v2(order)

    def save_v2(self, order):
        self.lines.append(order)
"#;

const LOAD: &str = r#"        return self.load_v2(order.id)

    def load_v2(self, name):
        return [it for it in self.lines if it.id == name]
"#;

const WITHOUT_LOAD: &str = "        return order\n";

const SHIP: &str = r#"

def ship_v2(order, orders: Orders):
    return orders.save_v2(order)
"#;

const WITHOUT_SAVE: &str = r#"class Orders:
    def save(self, order):
        return self.store.write(order)
"#;

impl Shop {
    /// A migration in five steps, each a week and a tag.
    pub fn new() -> Self {
        let mut shop = Self { folder: tempfile::tempdir().unwrap(), weeks: 0 };
        shop.git(&["init", "--quiet", "-b", "main"]);
        shop.write("solely.toml", POLICY);
        shop.write("shop/__init__.py", "");
        shop.write("shop/orders.py", &format!("{SAVE}{LOAD}{SHIP}"));
        shop.write("shop/web.py", "from shop.orders import Orders, ship_v2\n\n\ndef post(order, orders: Orders):\n    ship_v2(order, orders)\n    return orders.load_v2(order.id)\n");
        shop.write(
            "tests/test_orders.py",
            "from shop.orders import Orders\n\n\ndef test_save():\n    assert Orders().save_v2(1)\n",
        );
        shop.write("docs/orders.md", "`save_v2` writes one order.\n");
        shop.commit("Take orders", Some("v1.0"));
        shop.write("shop/web.py", "from shop.orders import Orders\n\n\ndef post(order, orders: Orders):\n    orders.save(order)\n    return orders.load_v2(order.id)\n");
        shop.commit("Save without shipping", Some("v1.1"));
        shop.write("shop/orders.py", &format!("{SAVE}{LOAD}"));
        shop.commit("Ship in the store", Some("v1.2"));
        shop.write("shop/orders.py", &format!("{SAVE}{WITHOUT_LOAD}"));
        shop.write(
            "shop/web.py",
            "from shop.orders import Orders\n\n\ndef post(order, orders: Orders):\n    return orders.save(order)\n",
        );
        shop.commit("Load from the store", Some("v1.3"));
        shop
    }

    /// Takes an object out of the store, where it is loose, as the objects of a small history are.
    fn forget(&self, object: &str) {
        let id = self.git(&["rev-parse", object]);
        let file = self.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
        fs::remove_file(&file).unwrap_or_else(|why| panic!("{object} {}: {why}", file.display()));
    }

    /// Everything that a history can hold and that a sample may stumble over.
    fn long() -> Self {
        let mut shop = Self::new();
        let copied = "def pack(order, box):\n    box.open()\n    for line in order.lines:\n        box.put(line.item, line.count)\n        box.check(line.weight)\n    box.close()\n    return box.label(order.address)\n";
        shop.write("shop/pack.py", copied);
        shop.write("shop/wrap.py", copied);
        shop.commit("Pack twice", None);
        shop.write("shop/broken.py", "def save_v2(:\n    return 1\n\n\ndef sound():\n    return save_v2\n");
        shop.commit("Break a file", None);
        shop.write("assets/old.zip", "PK");
        shop.commit("Add an archive", None);
        fs::remove_file(shop.path().join("shop/broken.py")).unwrap();
        fs::remove_file(shop.path().join("assets/old.zip")).unwrap();
        shop.write("shop/store.py", "class Store:\n    def write(self, row):\n        return row.with_key(row.key, 1)\n\n    def write_legacy(self, row):\n        return [row.key, row.value, 1]\n\n\ndef render(page):\n    return page\n\n\ndef render_old(page):\n    return [page]\n");
        shop.write("shop/use.py", "from shop.store import Store, render_old as draw\n\nHOOK = draw\n\n\ndef go(thing):\n    Store().write_legacy(1)\n    return HOOK(thing.write_legacy(2))\n");
        shop.commit("Keep an older store", None);
        shop.git(&["checkout", "--quiet", "-b", "side"]);
        shop.write("shop/side.py", "from shop.use import HOOK\n\nHOOK(1)\n");
        shop.commit("Work aside", None);
        shop.git(&["checkout", "--quiet", "main"]);
        shop.write("shop/late.py", "import warnings\n\n\ndef open_box(box):\n    warnings.warn(\"use `pack`\", DeprecationWarning)\n    return box\n");
        shop.commit("Deprecate a function", None);
        shop.merge("side");
        shop.git(&["mv", "shop/store.py", "shop/shelf.py"]);
        shop.commit("Rename a module, and break who uses it", None);
        shop.write("shop/store.py", "from shop.shelf import *\n");
        shop.commit("Lead to the new place", None);
        shop.write("shop/orders.py", &format!("{SAVE}{LOAD}{SHIP}"));
        shop.write("shop/wrap.py", "from shop.pack import pack\n");
        shop.commit("Bring the older orders back", None);
        shop.write("pyproject.toml", "[tool.setuptools.packages.find]\nwhere = [\"shop\"]\n");
        shop.commit("Declare a root", None);
        shop.git(&["mv", "shop/shelf.py", "shop/orders2.py"]);
        shop.write(
            "shop/use.py",
            "from shop.orders import Orders as Book\n\n\ndef late(book: Book):\n    return book.save_v2(1)\n",
        );
        shop.commit("Use the older orders by another name", None);
        shop.write("shop/orders.py", WITHOUT_SAVE);
        shop.write("docs/orders.md", "Nothing.\n");
        shop.commit("Save in the store", Some("v2.0"));
        shop
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.current_dir(self.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        // a Monday, and a week later with every commit
        let seconds = 1_767_571_200 + i64::from(self.weeks) * 7 * 24 * 3600;
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.org");
            git.env(format!("GIT_{who}_DATE"), format!("{seconds} +0000"));
        }
        let output = git.args(words).output().unwrap();
        assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit(&mut self, message: &str, tag: Option<&str>) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "-m", message]);
        if let Some(tag) = tag {
            self.git(&["tag", "-a", "-m", tag, tag]);
        }
        self.weeks += 1;
    }

    fn merge(&mut self, branch: &str) {
        self.git(&["merge", "--quiet", "--no-ff", "-m", "Merge", branch]);
        self.weeks += 1;
    }

    fn solely(&self, words: &[&str]) -> Output {
        self.solely_with(words, &[])
    }

    fn solely_with(&self, words: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut solely = command(words);
        solely.args(["--repo", self.path().to_str().unwrap()]).envs(environment.iter().copied());
        solely.output().unwrap()
    }

    /// The document of a command that judges by the policy of today.
    fn json(&self, words: &[&str]) -> Value {
        let policy = self.policy();
        let words = [words, &["--format", "json", "--no-cache", "--config", policy.to_str().unwrap()]].concat();
        let output = self.solely(&words);
        assert!(output.status.code() != Some(2), "{words:?}: {}", stderr(&output));
        serde_json::from_str(&stdout(&output)).unwrap()
    }

    /// The policy of today, outside of the tree, so that it is the same file for every commit.
    fn policy(&self) -> PathBuf {
        let file = self.path().join(".git/policy.toml");
        fs::write(&file, POLICY).unwrap();
        file
    }
}

/// Lines in any of the spans.
fn lines(spans: &[(String, u64, u64)]) -> u64 {
    let lines = spans.iter().flat_map(|(path, start, end)| (*start..=*end).map(move |line| (path.clone(), line)));
    lines.collect::<BTreeSet<_>>().len() as u64
}

/// What the numbers of some rules of `check` add up to, as a sample tells them.
fn counted(rules: &[&Value]) -> Value {
    let spoiled = rules.iter().flat_map(|rule| {
        let paths = rule["spoiled-by"].as_array().unwrap().iter().map(|it| it.as_str().unwrap());
        paths.map(move |path| (rule["id"].as_str().unwrap(), path))
    });
    // configuration reads the flag of `orders-v2`, while only sources define
    let may_define = |(rule, path): &(&str, &str)| *rule == "orders-v2" || path.ends_with(".py");
    let unseen_sources: BTreeSet<&str> = spoiled.clone().filter(may_define).map(|it| it.1).collect();
    let unseen: BTreeSet<&str> = spoiled.map(|it| it.1).collect();
    let all: Vec<&Value> = rules.iter().flat_map(|rule| rule["symbols"].as_array().unwrap()).collect();
    let symbols: BTreeMap<&str, &Value> = all.iter().map(|it| (it["symbol"].as_str().unwrap(), *it)).collect();
    let spans: Vec<(String, u64, u64)> = all
        .iter()
        .flat_map(|symbol| symbol["definitions"].as_array().unwrap())
        .map(|it| {
            let number = |field: &str| it[field].as_u64().unwrap();
            (it["path"].as_str().unwrap().to_owned(), number("line"), number("end-line"))
        })
        .collect();
    let told = |number: u64, unseen: &BTreeSet<&str>| match (number, unseen.len()) {
        (0, 1..) => Value::Null,
        _ => number.into(),
    };
    let tier = |name: &str| told(symbols.values().map(|it| it["references"][name].as_u64().unwrap()).sum(), &unseen);
    let is_there = |it: &&&Value| ["present", "unused"].contains(&it["state"].as_str().unwrap());
    serde_json::json!({
        "symbols": told(symbols.values().filter(is_there).count() as u64, &unseen_sources),
        "lines": told(lines(&spans), &unseen_sources),
        "references": {
            "proven": tier("proven"), "likely": tier("likely"), "name-only": tier("name-only"), "text": tier("text"),
        },
        "unseen": unseen.len(),
        "unseen-sources": unseen_sources.len(),
    })
}

/// What `duplicates` says, as a sample tells it.
fn twice(document: &Value) -> Value {
    let groups = document["groups"].as_array().unwrap().iter().filter(|group| group["intentional"].is_null());
    let groups: Vec<&Value> = groups.collect();
    let copies: Vec<&Value> = groups.iter().flat_map(|group| group["instances"].as_array().unwrap()).collect();
    let spans: Vec<(String, u64, u64)> = copies
        .iter()
        .map(|it| (it["path"].as_str().unwrap().to_owned(), it["start"].as_u64().unwrap(), it["end"].as_u64().unwrap()))
        .collect();
    let gaps = document["gaps"].as_array().unwrap().iter().map(|gap| gap["path"].as_str().unwrap());
    let unseen: BTreeSet<&str> = gaps.filter(|path| path.ends_with(".py")).collect();
    let told = |number: u64| match (number, unseen.len()) {
        (0, 1..) => Value::Null,
        _ => number.into(),
    };
    serde_json::json!({
        "groups": told(groups.len() as u64),
        "copies": told(copies.len() as u64),
        "lines": told(lines(&spans)),
        "unseen": unseen.len(),
    })
}

#[test]
fn every_sample_says_what_check_and_duplicates_say() {
    let shop = Shop::long();
    let trend = shop.json(&["trend", "--every", "commit", "--duplicates"]);
    let samples = trend["samples"].as_array().unwrap();
    let commits = shop.git(&["rev-list", "--first-parent", "--reverse", "HEAD"]);
    let commits: Vec<&str> = commits.lines().collect();
    assert_eq!(samples.iter().map(|it| it["commit"].as_str().unwrap()).collect::<Vec<_>>(), commits);
    assert!(commits.len() > 14);
    for sample in samples {
        let commit = sample["commit"].as_str().unwrap();
        let check = shop.json(&["check", "--rev", commit]);
        let rules: Vec<&Value> = check["rules"].as_array().unwrap().iter().collect();
        assert_eq!(sample["legacy"], counted(&rules), "{}", sample["title"]);
        assert_eq!(rules.len(), sample["rules"].as_array().unwrap().len());
        for (rule, own) in rules.iter().zip(sample["rules"].as_array().unwrap()) {
            let mut expected = counted(&[rule]);
            expected["id"] = rule["id"].clone();
            expected["kind"] = rule["kind"].clone();
            assert_eq!(own, &expected, "{}", sample["title"]);
        }
        let duplicates = shop.json(&["duplicates", "--rev", commit, "--max", "0"]);
        assert_eq!(sample["duplicates"], twice(&duplicates), "{}", sample["title"]);
    }
    // the fixture shows what it is meant to show
    let seen: BTreeSet<&str> = samples.iter().map(|it| it["seen"].as_str().unwrap()).collect();
    assert_eq!(seen, BTreeSet::from(["in-part", "whole"]));
    let symbols: BTreeSet<u64> = samples.iter().filter_map(|it| it["legacy"]["symbols"].as_u64()).collect();
    assert!(symbols.len() > 4, "{symbols:?}");
    let groups: BTreeSet<u64> = samples.iter().filter_map(|it| it["duplicates"]["groups"].as_u64()).collect();
    assert!(groups.len() > 2, "{groups:?}");
}

#[test]
fn cache_and_threads_change_no_byte() {
    let shop = Shop::long();
    let folder = tempfile::tempdir().unwrap();
    let cache = ("SOLELY_CACHE_DIR", folder.path().to_str().unwrap());
    for format in ["json", "terminal", "html", "svg", "csv", "markdown", "jsonl"] {
        let words = ["trend", "--every", "commit", "--duplicates", "--format", format];
        let bytes = |output: &Output| {
            assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
            stdout(output)
        };
        let plain = bytes(&shop.solely_with(&[&words[..], &["--no-cache"]].concat(), &[("RAYON_NUM_THREADS", "1")]));
        for run in ["first", "second"] {
            assert!(bytes(&shop.solely_with(&words, &[cache])) == plain, "{run} run of {format}");
        }
        assert!(bytes(&shop.solely_with(&words, &[cache, ("RAYON_NUM_THREADS", "3")])) == plain, "{format}");
    }
}

#[test]
fn a_range_begins_with_the_state_before_it() {
    let shop = Shop::long();
    let titles = |words: &[&str]| -> Vec<String> {
        let trend = shop.json(&[&["trend"], words].concat());
        trend["samples"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&["v1.0..v1.2"]), ["Take orders", "Save without shipping", "Ship in the store"]);
    let tagged = ["Take orders", "Save without shipping", "Ship in the store", "Load from the store"];
    assert_eq!(titles(&["v1.0..v1.3", "--every", "tag"]), tagged);
    assert_eq!(titles(&["--every", "tag"]), [&tagged[..], &["Save in the store"]].concat());
    assert_eq!(titles(&["v2.0", "--samples", "2"]), ["Take orders", "Save in the store"]);
    assert_eq!(titles(&["v1.1..v1.1"]), ["Save without shipping"]);
    let months = titles(&["--every", "month"]);
    assert!(months.len() >= 4 && months.last().unwrap() == "Save in the store", "{months:?}");
}

#[test]
fn what_falls_has_an_estimate_that_calls_itself_one() {
    let shop = Shop::new();
    let trend = shop.json(&["trend", "--rule", "orders-v2"]);
    let estimates = trend["estimates"].as_array().unwrap();
    assert!(estimates.iter().any(|it| it["quantity"] == "symbols" && it["method"] == "theil-sen"), "{estimates:?}");
    for format in ["terminal", "html", "svg", "markdown"] {
        let text = stdout(&shop.solely(&["trend", "--rule", "orders-v2", "--format", format]));
        assert!(text.contains("stimate"), "{format}: {text}");
    }
    // nothing falls between two equal trees
    let level = shop.json(&["trend", "v1.0..v1.0"]);
    assert_eq!(level["estimates"], serde_json::json!([]));
}

#[test]
fn what_cannot_be_seen_is_told_and_is_no_zero() {
    let mut shop = Shop::new();
    shop.write("shop/orders.py", WITHOUT_SAVE);
    shop.write("tests/test_orders.py", "");
    shop.write("docs/orders.md", "");
    shop.write("shop/last.py", "LAST = 1\n");
    shop.commit("Save in the store", None);
    shop.forget("HEAD:shop/last.py");
    shop.forget("v1.1^{tree}");
    let trend = shop.json(&["trend", "--rule", "orders-v2"]);
    let samples = trend["samples"].as_array().unwrap();
    assert_eq!(samples[0]["seen"], "whole");
    assert_eq!((&samples[1]["seen"], &samples[1]["legacy"]), (&"not".into(), &Value::Null));
    assert!(samples[1]["because"].as_str().unwrap().contains("tree"), "{}", samples[1]["because"]);
    let last = samples.last().unwrap();
    assert_eq!((&last["seen"], &last["legacy"]["symbols"]), (&"in-part".into(), &Value::Null));
    assert_eq!(last["legacy"]["unseen"], 1);
    let csv = stdout(&shop.solely(&["trend", "--rule", "orders-v2", "--format", "csv"]));
    assert!(csv.lines().last().unwrap().contains(",in-part,,,,,,,1,1,"), "{csv}");
    let text = stdout(&shop.solely(&["trend", "--rule", "orders-v2"]));
    assert!(
        text.contains("?") && text.contains("1 sample not seen at all") && text.contains("1 sample seen in part"),
        "{text}"
    );
}

#[test]
fn a_missing_document_hides_uses_and_no_definition() {
    let mut shop = Shop::new();
    shop.write("solely.toml", &POLICY.replace("flags = [\"USE_ORDERS_V3\"]", ""));
    shop.write("shop/orders.py", WITHOUT_SAVE);
    shop.write("tests/test_orders.py", "");
    shop.write("docs/orders.json", "{\"a\": 1}\n");
    shop.commit("Save in the store", None);
    shop.forget("HEAD:docs/orders.json");
    let output = shop.solely(&["trend", "--rule", "orders-v2", "--format", "json", "--no-cache"]);
    let trend: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let last = trend["samples"].as_array().unwrap().last().unwrap();
    let legacy = &last["legacy"];
    assert_eq!((&last["seen"], &legacy["symbols"], &legacy["lines"]), (&"in-part".into(), &0.into(), &0.into()));
    assert_eq!((&legacy["unseen"], &legacy["unseen-sources"]), (&1.into(), &0.into()));
    assert_eq!(legacy["references"]["proven"], Value::Null);
}

#[test]
fn a_shallow_history_ends_in_a_gap() {
    let shop = Shop::new();
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    shop.git(&[
        "clone",
        "--quiet",
        "--depth",
        "2",
        &format!("file://{}", shop.path().display()),
        clone.to_str().unwrap(),
    ]);
    let output = command(&["trend", "--format", "json", "--repo", clone.to_str().unwrap()]).output().unwrap();
    let trend: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(trend["samples"].as_array().unwrap().len(), 2);
    assert!(trend["gaps"][0]["reason"].as_str().unwrap().contains("shallow"), "{}", trend["gaps"]);
}

#[test]
fn a_bare_repository_is_judged_by_the_policy_of_its_head() {
    let shop = Shop::new();
    let folder = tempfile::tempdir().unwrap();
    let bare = folder.path().join("bare.git");
    shop.git(&["clone", "--quiet", "--bare", &shop.path().display().to_string(), bare.to_str().unwrap()]);
    let run = |repo: &Path| {
        let words = ["trend", "--format", "csv", "--rule", "orders-v2", "--repo", repo.to_str().unwrap()];
        stdout(&command(&words).output().unwrap())
    };
    assert_eq!(run(&bare), run(shop.path()));
    assert!(run(&bare).lines().count() == 5);
}

#[test]
fn what_cannot_be_followed_is_refused() {
    let shop = Shop::new();
    for (words, why) in [
        (&["trend", "no-such-branch"][..], "no-such-branch"),
        (&["trend", "--rule", "no-such-rule"], "orders-v2"),
        (&["trend", "--every", "week", "--samples", "3"], "cannot be used with"),
        (&["trend", "--samples", "1"], "1"),
        (&["trend", "HEAD^{tree}"], "not a commit"),
        (&["trend", "--format", "sarif"], "csv"),
    ] {
        let output = shop.solely(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(stderr(&output).contains(why), "{words:?}: {}", stderr(&output));
    }
}
