//! Duplicates as a whole: the order of files, renamed copies, two runs.

use proptest::prelude::*;
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

fn json(report: &DuplicatesReport) -> String {
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
    let document: serde_json::Value = serde_json::from_str(&json(&report)).unwrap();
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
    let document: serde_json::Value = serde_json::from_str(&json(&report)).unwrap();
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
    let document: serde_json::Value = serde_json::from_str(&json(&report)).unwrap();
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
        prop_assert_eq!(json(&run(&shuffled)), json(&run(&files)));
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
