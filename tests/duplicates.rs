//! Duplicates as a whole: the order of files, renamed copies, two runs.

use proptest::prelude::*;
use serde_json::json;
use solely::checks::Scope;
use solely::checks::duplicates::Options;
use solely::evidence::{CloneType, DuplicateKind, DuplicatesReport, Sources};
use solely::pipeline::{compare, compare_with, judge};
use solely::policy::Policy;
use solely::progress::Silent;
use solely::report::{RenderOptions, find_format};
use solely::workspace::Snapshot;

const SHIP: &str = "\
def ship(order, warehouse, carriers):
    parcel = warehouse.pack(order.lines)
    label = warehouse.label(order.address, parcel.weight)
    if parcel.weight > carriers.limit:
        raise TooHeavy(parcel.weight)
    carrier = carriers.choose(parcel, order.address)
    number = carrier.book(parcel, label)
    order.mark_shipped(number)
    return number
";

const REFUND: &str = "\
def refund(payment, bank, ledger):
    for entry in ledger.entries(payment.key):
        if entry.is_open:
            bank.cancel(entry.reference, entry.amount)
        else:
            bank.transfer(payment.account, entry.amount)
        ledger.close(entry)
    ledger.note(payment.key, payment.total())
";

fn run(files: &[(String, String)]) -> DuplicatesReport {
    let files = files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
    let options = Options { kinds: Vec::new(), min_lines: 5, tests: true, traced: None };
    compare(&Snapshot::in_memory(files), &Policy::builtin(), Scope::default(), &options, &Silent)
}

fn as_json(report: &DuplicatesReport) -> String {
    let options = RenderOptions { color: false, width: 100, max: None };
    find_format("json").unwrap().render(report, &Sources::new(), &options).unwrap()
}

fn file(path: &str, text: &str) -> (String, String) {
    (path.to_owned(), text.to_owned())
}

#[test]
fn the_document_holds_the_contract() {
    let report = run(&[
        file("shop/a.py", &SHIP.replace("def ship", "def ship_order")),
        file("shop/b.py", &SHIP.replace("def ship", "def ship_order")),
        file("web/c.py", "from shop.a import ship_order\nship_order(1, 2, 3)\n"),
    ]);
    let document: serde_json::Value = serde_json::from_str(&as_json(&report)).unwrap();
    assert_eq!(document["schema"], "solely/duplicates/1");
    let group = &document["groups"][0];
    assert_eq!(group["kind"], "duplicate-definition");
    assert_eq!(group["reasons"], serde_json::json!(["duplicate-definition", "clone"]));
    assert_eq!((&group["clone-type"], &group["similarity"]), (&"exact".into(), &1.0.into()));
    assert_eq!(group["canonical"], "shop.a:ship_order");
    let first = &group["instances"][0];
    assert_eq!((&first["path"], &first["start"], &first["end"]), (&"shop/a.py".into(), &1.into(), &9.into()));
    assert_eq!((&first["symbol"], &first["references"]), (&"shop.a:ship_order".into(), &2.into()));
    assert_eq!(group["instances"][1]["references"], 0);
    assert!(document["gaps"].as_array().unwrap().is_empty());
}

#[test]
fn a_renaming_says_whether_it_is_consistent() {
    let consistent = SHIP.replace("parcel", "bundle").replace("number", "code");
    // one name became two
    let mixed = consistent.replace("return code", "return order").replace("book(bundle", "book(order");
    for (copy, expected) in [(&consistent, true), (&mixed, false)] {
        let report = run(&[file("shop/a.py", SHIP), file("shop/b.py", copy)]);
        let document: serde_json::Value = serde_json::from_str(&as_json(&report)).unwrap();
        let group = &document["groups"][0];
        assert_eq!((&group["clone-type"], &group["consistent"]), (&json!("renamed"), &json!(expected)), "{group:#}");
    }
}

#[test]
fn what_does_not_parse_is_a_gap_and_hides_nothing_else() {
    let report = run(&[file("a.py", SHIP), file("b.py", SHIP), file("c.py", "def (:\n")]);
    assert_eq!(report.groups.len(), 1);
    assert_eq!(report.gaps.len(), 1);
    assert_eq!(report.counts.analyzed, 2);
}

fn run_since(base: &[(String, String)], head: &[(String, String)]) -> DuplicatesReport {
    let snapshot = |files: &[(String, String)]| {
        Snapshot::in_memory(files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())))
    };
    let options = Options { kinds: Vec::new(), min_lines: 5, tests: true, traced: Some(0) };
    let (base, head) = (snapshot(base), snapshot(head));
    compare_with(&head, Some(&base), &Policy::builtin(), Scope::default(), &options, &Silent)
}

fn messages(report: &DuplicatesReport) -> Vec<&str> {
    report.groups.iter().map(|group| group.message.as_str()).collect()
}

#[test]
fn new_is_what_the_other_tree_did_not_have() {
    let two = [file("shop/a.py", SHIP), file("shop/b.py", SHIP), file("shop/c.py", REFUND)];
    assert!(run_since(&two, &two).groups.is_empty());
    // other lines, another file, another name: moved
    let moved = [
        file("shop/a.py", &format!("import os\n\n\n{SHIP}")),
        file("web/ship.py", &SHIP.replace("def ship", "def ship_order")),
        file("shop/c.py", REFUND),
    ];
    assert_eq!(messages(&run_since(&two, &moved)), [""; 0]);
    // changed where it stands
    let changed = [two[0].clone(), file("shop/b.py", &SHIP.replace("TooHeavy", "TooBig")), two[2].clone()];
    assert_eq!(messages(&run_since(&two, &changed)), [""; 0]);
    // one copy more of an old thing, though nobody touched the old ones
    let more = [two.to_vec(), vec![file("web/ship.py", SHIP)]].concat();
    assert_eq!(messages(&run_since(&two, &more)), ["3 functions are the same"]);
    // the first copy of something that stood there once
    let again = [two.to_vec(), vec![file("web/refund.py", &REFUND.replace("def refund", "def pay_back"))]].concat();
    assert_eq!(messages(&run_since(&two, &again)), ["2 functions are the same"]);
}

#[test]
fn copies_that_nearly_agree_come_first_and_show_where_they_differ() {
    let fixed =
        REFUND.replace("bank.transfer(payment.account, entry.amount)", "bank.transfer(payment.account, entry.net)");
    let files = [
        file("shop/a.py", &SHIP.replace("def ship", "def ship_order")),
        file("shop/b.py", &SHIP.replace("def ship", "def send_order")),
        file("shop/c.py", &format!("# a comment is no difference\n{REFUND}")),
        file("shop/d.py", &fixed.replace("def refund", "def pay_back")),
    ];
    let report = run(&files);
    let agreements: Vec<&str> = report.groups.iter().map(|group| group.details.agreement.name()).collect();
    assert_eq!(agreements, ["drifted", "same"]);
    let document: serde_json::Value = serde_json::from_str(&as_json(&report)).unwrap();
    let change = &document["groups"][0]["differences"][0]["changes"][0];
    let expected = serde_json::json!({
        "base-line": 7, "other-line": 6,
        "base": ["        bank.transfer(payment.account, entry.amount)"],
        "other": ["        bank.transfer(payment.account, entry.net)"],
    });
    assert_eq!(*change, expected, "{document:#}");
    assert_eq!(document["groups"][1]["differences"], serde_json::json!([]));
}

#[test]
fn the_policy_and_then_a_package_say_which_copy_to_keep() {
    let copy = |name: &str| SHIP.replace("def ship", &format!("def {name}"));
    let files = [
        file("shop/__init__.py", "from shop.b import ship_parcel\n"),
        file("shop/a.py", &copy("ship_order")),
        file("shop/b.py", &copy("ship_parcel")),
        file("shop/app.py", "from shop.a import ship_order\nfrom shop.b import ship_parcel\n"),
    ];
    let kept = |policy: &Policy| {
        let files = files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
        let options = Options { kinds: Vec::new(), min_lines: 5, tests: true, traced: None };
        let report = compare(&Snapshot::in_memory(files), policy, Scope::default(), &options, &Silent);
        report.groups[0].canonical.clone().map(|(at, why)| (report.groups[0].instances[at].symbol.clone(), why))
    };
    let (symbol, why) = kept(&Policy::builtin()).expect("a package exports one");
    assert_eq!(
        (symbol.as_str(), why.as_str()),
        ("shop.b:ship_parcel", "it is the one that the package `shop` exports")
    );
    let policy = "[[single-source]]\nid = \"shipping\"\ncanonical = \"shop.a:ship_order\"\n";
    let policy = Policy::parse(policy, "solely.toml", &|_| Ok(None)).unwrap();
    let (symbol, why) = kept(&policy).expect("the policy names one");
    assert_eq!((symbol.as_str(), why.as_str()), ("shop.a:ship_order", "the policy names it (`shipping`)"));
}

#[test]
fn the_winner_table_says_which_copy_production_reaches() {
    let copy = |name: &str| SHIP.replace("def ship", &format!("def {name}"));
    let app = "from fastapi import FastAPI\nfrom shop.a import ship_order\nfrom shop.b import ship_parcel\n\n\
               app = FastAPI()\n\n\n@app.post('/ship')\ndef ship(order):\n    return ship_order(order, 1, 2)\n\n\n\
               @app.post('/send')\ndef send(order):\n    return ship_order(order, 3, 4)\n";
    let files = [
        file("shop/a.py", &copy("ship_order")),
        file("shop/b.py", &copy("ship_parcel")),
        file(
            "shop/old.py",
            "from shop.b import ship_parcel\n\n\ndef unused(order):\n    return ship_parcel(order, 1, 2)\n",
        ),
        file("shop/app.py", app),
        file("tests/test_ship.py", &copy("ship_it")),
    ];
    let report = run(&files);
    let document: serde_json::Value = serde_json::from_str(&as_json(&report)).unwrap();
    let group = &document["groups"][0];
    let column = |name: &str| -> Vec<serde_json::Value> {
        group["instances"].as_array().unwrap().iter().map(|it| it[name].clone()).collect()
    };
    assert_eq!(column("path"), ["shop/a.py", "shop/b.py", "tests/test_ship.py"]);
    // nobody asks it of a test
    assert_eq!(column("production"), [json!("reached"), json!("unreached"), json!(null)], "{group:#}");
    assert_eq!(column("production-because"), [json!("shop/app.py:5"), json!(null), json!(null)]);
    for (format, words) in [
        ("terminal", ["production reaches it", "production does not reach it"]),
        ("markdown", ["in production", "not in production"]),
        ("html", [">reached", ">unreached"]),
    ] {
        let options = RenderOptions { color: false, width: 100, max: None };
        let text = find_format(format).unwrap().render(&report, &Sources::new(), &options).unwrap();
        words.iter().for_each(|words| assert!(text.contains(words), "{format}: {words}\n{text}"));
    }
    // without an entry point nothing is accused
    let document: serde_json::Value = serde_json::from_str(&as_json(&run(&files[..3]))).unwrap();
    assert_eq!(document["groups"][0]["instances"][0]["production"], "unknown");
}

#[test]
fn a_kind_is_looked_for_alone_and_nothing_of_it_is_new_against_itself() {
    let files = [
        file("shop/ship.py", SHIP),
        file("shop/ship_old.py", &format!("{SHIP}\n\ndef other(it):\n    return it\n")),
        file("web/ship.py", SHIP),
    ];
    let snapshot = || Snapshot::in_memory(files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())));
    let reasons = |kinds: Vec<DuplicateKind>, base: Option<&Snapshot>| -> Vec<Vec<DuplicateKind>> {
        let options = Options { kinds, min_lines: 5, tests: true, traced: Some(0) };
        let report = compare_with(&snapshot(), base, &Policy::builtin(), Scope::default(), &options, &Silent);
        report.groups.into_iter().map(|group| group.reasons).collect()
    };
    assert_eq!(reasons(vec![DuplicateKind::Clone], None), [[DuplicateKind::Clone]]);
    assert_eq!(reasons(vec![DuplicateKind::VersionFamily], None), [[DuplicateKind::VersionFamily]]);
    assert_eq!(reasons(Vec::new(), None).len(), 2);
    for kind in [DuplicateKind::Clone, DuplicateKind::VersionFamily, DuplicateKind::DuplicateDefinition] {
        assert!(reasons(vec![kind], Some(&snapshot())).is_empty(), "{}", kind.name());
    }
}

#[test]
fn what_is_on_purpose_is_marked_and_stands_last() {
    let policy = "[[intentional-duplicate]]\nid = \"two-shippers\"\ncopies = [\"shop.a\", \"shop/b.py\"]\n\
                  reason = \"b is deployed alone\"\nowner = \"@b\"\nuntil = 2027-01-01\n";
    let policy = Policy::parse(policy, "solely.toml", &|_| Ok(None)).unwrap();
    let small = REFUND.replace("    ledger.note(payment.key, payment.total())\n", "");
    let files = [file("shop/a.py", SHIP), file("shop/b.py", SHIP), file("web/c.py", &small), file("web/d.py", &small)];
    let files = files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
    let options = Options { kinds: Vec::new(), min_lines: 5, tests: true, traced: None };
    let report = compare(&Snapshot::in_memory(files), &policy, Scope::default(), &options, &Silent);
    assert_eq!(report.groups.len(), 2);
    assert_eq!(report.groups[0].details.registration, None);
    let document: serde_json::Value = serde_json::from_str(&as_json(&report)).unwrap();
    let expected = serde_json::json!({
        "id": "two-shippers", "reason": "b is deployed alone", "owner": "@b", "until": "2027-01-01"
    });
    assert_eq!(document["groups"][1]["intentional"], expected);
}

/// Fingerprints of what `check` finds, by symbol.
fn fingerprints(files: &[(String, String)]) -> Vec<(String, String)> {
    let files = files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
    let today = jiff::civil::date(2026, 1, 1);
    let report = judge(&Snapshot::in_memory(files), &Policy::builtin(), Scope::default(), today, &Silent);
    let of = |it: &solely::finding::Finding| (it.symbol.clone(), it.fingerprint().to_string());
    report.findings.iter().map(of).collect()
}

#[test]
fn a_finding_is_the_same_wherever_its_lines_and_the_other_copies_go() {
    let long = SHIP.replace("    return number\n", "    audit.note(order.key, number)\n    return number\n");
    let copy = |path: &str, name: &str| file(path, &long.replace("def ship", &format!("def {name}")));
    let three = [copy("shop/a.py", "ship"), copy("shop/b.py", "send"), copy("shop/c.py", "post")];
    let before = fingerprints(&three);
    assert_eq!(before.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["shop.b:send", "shop.c:post"]);
    let shifted: Vec<_> = three.iter().map(|(path, text)| file(path, &format!("import os\n\n{text}"))).collect();
    assert_eq!(fingerprints(&shifted), before);
    let moved = [three[0].clone(), three[1].clone(), copy("web/c.py", "post")];
    assert_eq!(fingerprints(&moved)[0], before[0]);
    let more = [three.to_vec(), vec![copy("shop/d.py", "mail")]].concat();
    assert_eq!(fingerprints(&more)[..2], before);
    assert_eq!(fingerprints(&more).len(), 3);
}

const STORE: &str = "\
class FileStore:
    def __init__(self, folder):
        self.folder = folder

    def open_order(self, key):
        return self.folder.open(key)

    def save_order(self, key, order):
        self.folder.write(key, order.lines)

    def drop_order(self, key):
        self.folder.remove(key)

    def list_orders(self, since):
        return [key for key in self.folder.keys() if key.date > since]
";

const API: &str = "\
from enum import Enum
from fastapi import APIRouter

router = APIRouter(prefix='/orders')
ORDER_LIST_LIMIT = 40


class OrderStatus(Enum):
    OPEN = 'open'
    PAID = 'paid'
    SENT = 'sent'
    CLOSED = 'closed'


@router.get('/list')
def list_orders():
    return []
";

const MAIN: &str = "\
import os
from fastapi import FastAPI
from shop.api import router
from web.views import router as other

app = FastAPI()
app.include_router(router)
app.include_router(router)
app.include_router(other)
port = os.getenv('PORT', '80')
";

/// A project with a group of nearly every kind.
fn project() -> Vec<(String, String)> {
    vec![
        file("shop/store.py", STORE),
        file("web/store.py", &STORE.replace("FileStore", "TableStore").replace("folder", "table")),
        file("shop/api.py", API),
        file(
            "web/views.py",
            &API.replace("def list_orders", "def all_orders").replace("'closed'", "'done'").replace("40", "50"),
        ),
        file("shop/main.py", MAIN),
        file("web/main.py", "import os\nport = os.getenv('PORT', '8080')\n"),
        file("shop/rates.py", REFUND),
        file("shop/rates/__init__.py", ""),
        file("shop/rates_old.py", SHIP),
    ]
}

#[test]
fn the_project_of_the_properties_has_nearly_every_kind() {
    let report = run(&project());
    let kinds: std::collections::BTreeSet<&str> =
        report.groups.iter().flat_map(|group| &group.reasons).map(|kind| kind.name()).collect();
    let expected = [
        "clone",
        "duplicate-constant",
        "duplicate-definition",
        "duplicate-enum",
        "duplicate-env-default",
        "duplicate-route",
        "shadowed-module",
        "version-family",
    ];
    let missing: Vec<&&str> = expected.iter().filter(|kind| !kinds.contains(**kind)).collect();
    assert!(missing.is_empty(), "{missing:?} of {kinds:?}");
}

#[test]
fn what_stands_on_a_long_shelf_is_each_its_own() {
    let integration = |name: &str, limit: u32, legacy: &str| {
        file(
            &format!("shop/parts/{name}/entry.py"),
            &format!(
                "MAX_ENTRY_LINES = {limit}\n\n\ndef move_{legacy}entries(desk):\n    desk.{name}(desk.key)\n    return desk.{name}s\n"
            ),
        )
    };
    let shelf = |length: u32| -> Vec<(String, String)> {
        let mut files = vec![integration("light", 40, ""), integration("door", 50, "legacy_")];
        files.extend((0..length).map(|at| file(&format!("shop/parts/part{at}/entry.py"), "PART = 1\n")));
        files
    };
    let kinds = |length| -> Vec<&str> { run(&shelf(length)).groups.iter().map(|group| group.kind.name()).collect() };
    assert_eq!(kinds(22), ["duplicate-constant", "version-family"]);
    assert_eq!(kinds(23), Vec::<&str>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_order_of_files_does_not_matter_to_any_kind(order in Just((0..9).collect::<Vec<usize>>()).prop_shuffle()) {
        let files = project();
        let shuffled: Vec<(String, String)> = order.into_iter().map(|at| files[at].clone()).collect();
        prop_assert_eq!(as_json(&run(&shuffled)), as_json(&run(&files)));
        prop_assert!(run_since(&files, &shuffled).groups.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_order_of_files_does_not_matter(order in Just(vec![0, 1, 2, 3, 4]).prop_shuffle()) {
        let files = [
            file("shop/ship.py", SHIP),
            file("shop/refund.py", REFUND),
            file("web/ship.py", &SHIP.replace("parcel", "box")),
            file("web/refund_v2.py", &REFUND.replace("refund", "refund_v2").replace("is_open", "is_pending")),
            file("shop/near.py", &SHIP.replace("    order.mark_shipped(number)\n", "    audit(number)\n")),
        ];
        let shuffled: Vec<(String, String)> = order.into_iter().map(|at: usize| files[at].clone()).collect();
        prop_assert_eq!(as_json(&run(&shuffled)), as_json(&run(&files)));
        prop_assert_eq!(fingerprints(&shuffled), fingerprints(&files));
        prop_assert!(run_since(&files, &shuffled).groups.is_empty());
    }

    #[test]
    fn a_copy_with_names_replaced_one_for_one_is_found(names in prop::collection::btree_set("[a-z]{3,8}_[a-z]{1,4}", 6)) {
        let mut copy = REFUND.to_owned();
        let olds = ["payment", "bank", "ledger", "entry", "entries", "account"];
        for (old, new) in olds.iter().zip(&names) {
            copy = copy.replace(old, new);
        }
        let report = run(&[file("a.py", REFUND), file("b.py", &copy)]);
        let clone = report.groups.iter().find(|group| group.reasons.contains(&DuplicateKind::Clone));
        prop_assert_eq!(clone.and_then(|group| group.clone_type), Some(CloneType::Renamed));
    }
}
