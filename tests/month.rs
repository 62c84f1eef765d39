//! A month in a repository: forty commits that add, move, rename, reformat, fix and swap findings, with the binary and
//! real git. After each, the report on the baseline is what a person would say.

use crate::cli::{self, git};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

/// What a commit does.
enum Edit {
    Write(&'static str, &'static str),
    Replace(&'static str, &'static str, &'static str),
    Rename(&'static str, &'static str),
    Delete(&'static str),
    /// `solely baseline --reason …`
    Accept,
    /// `solely baseline --prune`
    Prune,
}

use Edit::*;

const POLICY: &str = "\
[[legacy]]
id = \"save-v2\"
symbols = [\"shop.orders:save_v2\"]
successor = \"shop.orders:save_v3\"
unwired = \"ignore\"
";

const ORDERS: &str = "\
def save_v3(order):
    return order


def save_v2(order):
    return save_v3(order)
";

const CART: &str = "\
from shop.orders import save_v2


class Cart:
    def pay(self, order):
        return save_v2(order)

    def ship(self, order):
        first = save_v2(order)
        second = save_v2(order.rest)
        return first, second
";

const JOBS: &str = "\
from shop import orders


def nightly(queue):
    for order in queue:
        orders.save_v2(order)
";

const MAIL: &str = "\
from shop.orders import save_v2


def send(mail):
    return save_v2(mail.order)
";

const DOCUMENT: &str = "\
# Orders

Until 2.0 orders went through `save_v2` every night.
";

const CART_PY: &str = "shop/cart.py";
const NIGHT: &str = "shop/night.py";
const MAIL_PY: &str = "shop/mail.py";
const ORDERS_MD: &str = "docs/orders.md";

/// What happens, what is done, and what the report must say: `new` and `gone`, path, definition, kind.
const MONTH: &[(&str, &[Edit], &[&str])] = &[
    (
        "1 start, and accept what is there",
        &[
            Write("solely.toml", POLICY),
            Write("shop/__init__.py", ""),
            Write("shop/orders.py", ORDERS),
            Write(CART_PY, CART),
            Write("shop/jobs.py", JOBS),
            Write(ORDERS_MD, DOCUMENT),
            Accept,
        ],
        &[],
    ),
    (
        "2 move lines down",
        &[Replace(CART_PY, "class Cart:", "LIMIT = 3\n\n\ndef limit():\n    return LIMIT\n\n\nclass Cart:")],
        &[],
    ),
    (
        "3 wrap a call",
        &[Replace(CART_PY, "return save_v2(order)", "return save_v2(\n            order,\n        )")],
        &[],
    ),
    (
        "4 put it in parentheses",
        &[Replace(CART_PY, "second = save_v2(order.rest)", "second = (save_v2(order.rest))")],
        &[],
    ),
    ("5 rename a file", &[Rename("shop/jobs.py", NIGHT)], &[]),
    ("6 bring the baseline up to date", &[Prune], &[]),
    (
        "7 add a call",
        &[Replace(CART_PY, "    def ship", "    def refund(self, order):\n        save_v2(order)\n\n    def ship")],
        &["new shop/cart.py Cart.refund call"],
    ),
    ("8 mend it", &[Replace(CART_PY, "        save_v2(order)\n\n", "        pass\n\n")], &[]),
    ("9 add a file", &[Write(MAIL_PY, MAIL)], &["new shop/mail.py - import", "new shop/mail.py send call"]),
    ("10 accept it", &[Accept], &[]),
    ("11 mend the job", &[Replace(NIGHT, "orders.save_v2", "orders.save_v3")], &["gone shop/night.py nightly call"]),
    ("12 shrink the baseline", &[Prune], &[]),
    (
        "13 swap inside a function",
        &[Replace(CART_PY, "second = (save_v2(order.rest))", "second = save_v2(order.last)")],
        &["gone shop/cart.py Cart.ship call", "new shop/cart.py Cart.ship call"],
    ),
    ("14 accept it", &[Accept], &[]),
    (
        "15 swap between methods",
        &[
            Replace(CART_PY, "return save_v2(\n            order,\n        )", "return order"),
            Replace(CART_PY, "        pass\n\n", "        return save_v2(order)\n\n"),
        ],
        &["gone shop/cart.py Cart.pay call", "new shop/cart.py Cart.refund call"],
    ),
    (
        "16 take it back",
        &[
            Replace(CART_PY, "        return save_v2(order)\n\n", "        pass\n\n"),
            Replace(CART_PY, "return order", "return save_v2(order)"),
        ],
        &[],
    ),
    (
        "17 swap between files",
        &[
            Replace(MAIL_PY, "return save_v2(mail.order)", "return mail.order"),
            Replace(NIGHT, "orders.save_v3", "orders.save_v2"),
        ],
        &["gone shop/mail.py send call", "new shop/night.py nightly call"],
    ),
    ("18 accept it", &[Accept], &[]),
    ("19 rename a method", &[Replace(CART_PY, "def ship", "def deliver")], &[]),
    ("20 rename the class", &[Replace(CART_PY, "class Cart", "class Basket")], &[]),
    ("21 bring the baseline up to date", &[Prune], &[]),
    (
        "22 move a method",
        &[
            Replace(CART_PY, "    def pay(self, order):\n        return save_v2(order)\n\n", ""),
            Replace(
                CART_PY,
                "        return first, second\n",
                "        return first, second\n\n    def pay(self, order):\n        return save_v2(order)\n",
            ),
        ],
        &[],
    ),
    (
        "23 mention it in a document",
        &[Replace(ORDERS_MD, "every night.\n", "every night.\n\nSee also save_v2.\n")],
        &["new docs/orders.md - text"],
    ),
    ("24 take the mention out", &[Replace(ORDERS_MD, "\nSee also save_v2.\n", "")], &[]),
    (
        "25 wrap the paragraph",
        &[Replace(ORDERS_MD, "orders went through `save_v2` every", "orders went\nthrough **`save_v2`**\nevery")],
        &[],
    ),
    (
        "26 swap in the document",
        &[Write(ORDERS_MD, "# Orders\n\nNobody should call `save_v2` any more.\n")],
        &["gone docs/orders.md - text", "new docs/orders.md - text"],
    ),
    ("27 accept it", &[Accept], &[]),
    ("28 import more", &[Replace(CART_PY, "import save_v2", "import (\n    save_v2,\n    save_v3,\n)")], &[]),
    ("29 say why", &[Replace(CART_PY, "first = save_v2(order)", "first = save_v2(order)  # the old way")], &[]),
    (
        "30 suppress by a comment",
        &[Replace(
            CART_PY,
            "return save_v2(order)\n",
            "return save_v2(order)  # solely: ignore[save-v2] -- goes in March\n",
        )],
        &["gone shop/cart.py Basket.pay call"],
    ),
    ("31 shrink the baseline", &[Prune], &[]),
    (
        "32 take the comment out",
        &[Replace(CART_PY, "  # solely: ignore[save-v2] -- goes in March", "")],
        &["new shop/cart.py Basket.pay call"],
    ),
    ("33 accept it", &[Accept], &[]),
    (
        "34 call it twice alike",
        &[Replace(
            NIGHT,
            "        orders.save_v2(order)\n",
            "        orders.save_v2(order)\n        orders.save_v2(order)\n",
        )],
        &["new shop/night.py nightly call"],
    ),
    (
        "35 and once again",
        &[Replace(
            NIGHT,
            "        orders.save_v2(order)\n        orders.save_v2(order)\n",
            "        orders.save_v2(order)\n",
        )],
        &[],
    ),
    (
        "36 rename and reformat",
        &[
            Rename(NIGHT, "shop/evening.py"),
            Replace("shop/evening.py", "orders.save_v2(order)", "orders.save_v2(\n            order\n        )"),
            Replace("shop/evening.py", "\n\ndef", "\n\nQUEUES = 2\n\n\ndef"),
        ],
        &[],
    ),
    ("37 remove the file", &[Delete("shop/evening.py")], &["gone shop/night.py nightly call"]),
    (
        "38 swap to a method of the same file",
        &[
            Replace(CART_PY, "        return save_v2(order)\n", "        return order\n"),
            Replace(CART_PY, "        pass\n\n", "        return save_v2(order)\n\n"),
        ],
        &[
            "gone shop/cart.py Basket.pay call",
            "gone shop/night.py nightly call",
            "new shop/cart.py Basket.refund call",
        ],
    ),
    (
        "39 mend everything",
        &[
            Write(CART_PY, "from shop.orders import save_v3\n"),
            Delete(MAIL_PY),
            Write("shop/orders.py", "def save_v3(order):\n    return order\n"),
            Write(ORDERS_MD, "# Orders\n"),
        ],
        &[
            "gone docs/orders.md - text",
            "gone shop/cart.py - import",
            "gone shop/cart.py Basket.deliver call",
            "gone shop/cart.py Basket.deliver call",
            "gone shop/cart.py Basket.pay call",
            "gone shop/mail.py - import",
            "gone shop/night.py nightly call",
            "gone shop/orders.py - definition",
        ],
    ),
    ("40 shrink the baseline to nothing", &[Prune], &[]),
];

#[test]
fn after_each_commit_the_report_is_what_a_person_would_say() {
    let folder = tempfile::tempdir().unwrap();
    git(&folder, &["init", "--quiet"]);
    let mut faults = Vec::new();
    let (mut swaps, mut unseen) = (0, 0);
    for (name, edits, expected) in MONTH {
        edits.iter().for_each(|edit| apply(&folder, edit));
        git(&folder, &["add", "--all"]);
        git(&folder, &["commit", "--quiet", "--message", name]);
        let said = report(&folder);
        if name.contains("swap") {
            swaps += 1;
            unseen += usize::from(!said.iter().any(|line| line.starts_with("new ")));
        }
        if said != *expected {
            faults.push(format!("{name}\n  expected: {expected:#?}\n  said: {said:#?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!((MONTH.len(), swaps, unseen), (40, 5, 0));
    let baseline = fs::read_to_string(folder.path().join("solely-baseline.jsonl")).unwrap();
    assert_eq!(baseline, "{\"schema\":\"solely/baseline/1\"}\n");
}

fn apply(folder: &TempDir, edit: &Edit) {
    let at = |path: &str| folder.path().join(path);
    match edit {
        Write(path, text) => {
            fs::create_dir_all(at(path).parent().unwrap()).unwrap();
            fs::write(at(path), text).unwrap();
        }
        Replace(path, from, to) => {
            let text = fs::read_to_string(at(path)).unwrap();
            assert_eq!(text.matches(from).count(), 1, "{path}: {from:?} in {text}");
            fs::write(at(path), text.replace(from, to)).unwrap();
        }
        Rename(from, to) => fs::rename(at(from), at(to)).unwrap(),
        Delete(path) => fs::remove_file(at(path)).unwrap(),
        Accept => baseline(folder, &["--reason", "goes with the importer", "--accepted-by", "Ada"]),
        Prune => baseline(folder, &["--prune"]),
    }
}

fn baseline(folder: &TempDir, words: &[&str]) {
    let output = cli::command(&[&["baseline"], words].concat()).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", cli::stderr(&output));
}

/// What is new and what is gone, sorted.
fn report(folder: &TempDir) -> Vec<String> {
    let output = cli::command(&["check", "--format", "json"]).current_dir(folder.path()).output().unwrap();
    let document: Value =
        serde_json::from_str(&cli::stdout(&output)).unwrap_or_else(|_| panic!("{}", cli::stderr(&output)));
    let mut said = Vec::new();
    for finding in document["findings"].as_array().unwrap() {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        let or_none = |inside: String| if inside.is_empty() { "-".to_owned() } else { inside };
        // A helper of the legacy is a note, which no baseline accepts.
        if finding["baselined"] == true || finding["suppressed"] == true || finding["kind"] == "only-legacy" {
            continue;
        }
        match text("rule").as_str() {
            "save-v2" => said.push(format!("new {} {} {}", text("path"), or_none(text("inside")), text("kind"))),
            "stale-baseline-entry" => {
                // the entry itself, at the line that the finding names
                let file = fs::read_to_string(folder.path().join(text("path"))).unwrap();
                let line = file.lines().nth(finding["line"].as_u64().unwrap() as usize - 1).unwrap();
                let entry: Value = serde_json::from_str(line).unwrap();
                let of = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
                said.push(format!("gone {} {} {}", of("path"), or_none(of("inside")), of("kind")));
            }
            other => panic!("`{other}` has no part in this: {finding}"),
        }
    }
    said.sort();
    said
}
