//! `solely init`: a policy from the code, which then judges it.

use crate::cli::{command, stderr, stdout};
use std::fs;
use std::process::Output;
use tempfile::TempDir;

fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn run(folder: &TempDir, words: &[&str]) -> Output {
    command(words).current_dir(folder.path()).output().unwrap()
}

fn shop() -> TempDir {
    project(&[
        ("shop/__init__.py", ""),
        (
            "shop/orders.py",
            "\
import os


class OrderHandler:
    def handle(self, order):
        use_v3 = os.getenv(\"USE_ORDERS_V3\", \"true\")
        if use_v3 == \"true\":
            return self._handle_v3(order)
        else:
            return self._handle_v2_legacy(order)

    def _handle_v2_legacy(self, order):
        return [order]

    def _handle_v3(self, order):
        return order

    def close(self):
        \"\"\"DEPRECATED: use `handle`.\"\"\"
        if os.getenv(\"DEBUG\"):
            return 1
        return 2
",
        ),
        (
            "shop/prices.py",
            "\
import os

if os.environ.get(\"LEGACY_PRICES\"):
    table = 1
else:
    table = 2

limit = os.environ.get(\"OLD_LIMIT\")
",
        ),
        (
            "pyproject.toml",
            "\
[tool.ruff.lint.flake8-tidy-imports.banned-api]
\"os.getenv\".msg = \"Read the settings of the shop.\"
\"shop.orders.OrderHandler\".msg = \"Use the queue.\"

[tool.ruff.lint.per-file-ignores]
\"shop/prices.py\" = [\"TID\"]

[[tool.importlinter.contracts]]
name = \"Prices know no orders\"
type = \"forbidden\"
source_modules = [\"shop.prices\"]
forbidden_modules = [\"shop.orders\"]
",
        ),
    ])
}

#[test]
fn what_is_proposed_judges_the_project() {
    let shop = shop();
    let dry = run(&shop, &["init", "--dry-run"]);
    assert_eq!(dry.status.code(), Some(0), "{}", stderr(&dry));
    assert!(!shop.path().join("solely.toml").exists());

    let written = run(&shop, &["init", "--yes"]);
    assert_eq!(written.status.code(), Some(0), "{}", stderr(&written));
    let text = fs::read_to_string(shop.path().join("solely.toml")).unwrap();
    assert_eq!(text, stdout(&dry), "a dry run shows what would be written");
    for line in [
        "id = \"handle-v2-legacy\"",
        "symbols = [\"shop.orders:OrderHandler._handle_v2_legacy\"]",
        "flags = [\"USE_ORDERS_V3\"]",
        "successor = \"shop.orders:OrderHandler._handle_v3\"",
        "id = \"legacy-prices\"",
        "id = \"deprecated-close\"",
        "summary = \"DEPRECATED: use `handle`.\"",
        "successor = \"shop.orders:OrderHandler.handle\"",
        "calls = [\"os.getenv\"]",
        "allow = [{ path = \"shop/prices.py\", reason = \"per-file-ignores of ruff\" }]",
        "symbols = [\"shop.orders:OrderHandler\"]",
        "calls = [\"shop.orders\"]",
        "within = [\"shop.prices\", \"shop.prices.**\"]",
    ] {
        assert!(text.lines().any(|it| it == line), "{line}\n{text}");
    }
    for absent in ["DEBUG", "OLD_LIMIT"] {
        assert!(!text.contains(absent), "{absent} chooses between no two versions\n{text}");
    }
    let valid = run(&shop, &["policy", "check"]);
    assert_eq!(valid.status.code(), Some(0), "{}", stderr(&valid));

    // What is legacy warns until its day; what ruff bans is banned at once.
    let judged: serde_json::Value = serde_json::from_str(&stdout(&run(&shop, &["check", "--format", "json"]))).unwrap();
    let of = |rule: &str| {
        let findings = judged["findings"].as_array().unwrap().iter();
        findings.filter(|it| it["rule"] == rule).map(|it| it["severity"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert!(!of("handle-v2-legacy").is_empty() && !of("handle-v2-legacy").contains(&"error"), "{judged}");
    assert!(of("banned-os-getenv").contains(&"error"), "{judged}");
    assert!(of("superseded-version").is_empty() && of("legacy-beside-successor").is_empty(), "told once: {judged}");
}

#[test]
fn what_is_there_twice_is_suggested_with_the_copy_to_keep() {
    let store = |table: &str| {
        format!(
            "class OrderStore:\n    def __init__(self, rows):\n        self.rows = rows\n\n    def save(self, order):\n        \
             self.rows.write(order.key, order.lines, {table})\n        self.rows.flush(order.key)\n        return \
             self.rows.count(order.key)\n\n    def load(self, key):\n        return self.rows.read(key, {table})\n"
        )
    };
    let shop = project(&[
        ("shop/__init__.py", ""),
        ("shop/store.py", &store("'orders'")),
        ("web/__init__.py", ""),
        ("web/cart.py", &store("'carts'")),
        ("shop/api.py", "from shop.store import OrderStore\n\n\ndef serve(rows):\n    return OrderStore(rows)\n"),
    ]);
    assert_eq!(run(&shop, &["init", "--yes"]).status.code(), Some(0));
    let path = shop.path().join("solely.toml");
    let text = fs::read_to_string(&path).unwrap();
    let canonical = "# canonical = \"shop.store:OrderStore\"";
    assert!(text.lines().any(|line| line == canonical), "{text}");
    assert!(text.contains("beside web/cart.py:1 web.cart:OrderStore"), "{text}");
    assert!(!text.lines().any(|line| line == "[[single-source]]"), "nothing of it is in force: {text}");
    assert_eq!(run(&shop, &["check"]).status.code(), Some(0));

    // Whoever takes the marks away has a rule that finds the other copy.
    let (before, owners) = text.split_once("one owner.\n").unwrap();
    let owners: Vec<&str> = owners.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
    fs::write(&path, format!("{before}one owner.\n{}\n", owners.join("\n"))).unwrap();
    assert_eq!(
        run(&shop, &["policy", "check"]).status.code(),
        Some(0),
        "{}",
        stderr(&run(&shop, &["policy", "check"]))
    );
    let judged = run(&shop, &["check"]);
    assert_eq!(judged.status.code(), Some(1), "{}", stdout(&judged));
    assert!(
        stdout(&judged).contains("error[order-store]") && stdout(&judged).contains("web/cart.py"),
        "{}",
        stdout(&judged)
    );
}

#[test]
fn a_policy_that_is_there_is_never_written_over() {
    for (file, text) in [
        ("solely.toml", "extends = [\"builtin:legacy\"]\n"),
        (".solely.toml", "not even valid ["),
        ("pyproject.toml", "[tool.solely]\nextends = [\"builtin:legacy\"]\n"),
    ] {
        let folder = project(&[(file, text), ("a.py", "x = 1\n")]);
        let refused = run(&folder, &["init", "--yes"]);
        assert_eq!(refused.status.code(), Some(2), "{file}");
        assert!(stderr(&refused).contains(file), "{}", stderr(&refused));
        assert_eq!(fs::read_to_string(folder.path().join(file)).unwrap(), text);
    }
    let other = project(&[("pyproject.toml", "[tool.other]\nsolely = 1\n"), ("a.py", "x = 1\n")]);
    assert_eq!(run(&other, &["init", "--yes"]).status.code(), Some(0), "that is no policy");
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let refused = run(&shop(), &["init"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("--yes"), "{}", stderr(&refused));
}

#[test]
fn a_project_with_nothing_to_say_gets_a_policy_that_guards() {
    let plain = project(&[("a.py", "def load(path):\n    return path\n")]);
    assert_eq!(run(&plain, &["init", "--yes"]).status.code(), Some(0));
    let text = fs::read_to_string(plain.path().join("solely.toml")).unwrap();
    assert!(text.contains("builtin:legacy") && !text.contains("[["), "{text}");
    assert_eq!(run(&plain, &["check"]).status.code(), Some(0));
}

#[test]
fn a_feature_that_chooses_between_two_paths_is_proposed() {
    let crate_of = |condition: &str| {
        let text =
            format!("#[cfg(feature = \"legacy-io\")]\npub fn save() {{}}\n#[cfg({condition})]\npub fn save() {{}}\n");
        let manifest = "[package]\nname = \"shop\"\n\n[features]\nlegacy-io = []\n";
        project(&[("Cargo.toml", manifest), ("src/lib.rs", &text)])
    };
    let chosen = crate_of("not(feature = \"legacy-io\")");
    let output = stdout(&run(&chosen, &["init", "--dry-run", "--no-cache"]));
    assert!(output.contains("flags = [\"legacy-io\"]"), "{output}");
    assert!(output.contains("src/lib.rs:1 legacy-io decides"), "{output}");
    let other = crate_of("not(feature = \"fast\")");
    let output = stdout(&run(&other, &["init", "--dry-run", "--no-cache"]));
    assert!(!output.contains("legacy-io"), "{output}");
}
