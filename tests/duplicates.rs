//! Duplicates as a whole: the order of files, renamed copies, two runs.

use proptest::prelude::*;
use solely::checks::Scope;
use solely::checks::duplicates::Options;
use solely::evidence::{CloneType, DuplicateKind, DuplicatesReport, Sources};
use solely::pipeline::compare;
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
