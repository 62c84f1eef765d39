//! `solely explain` through the binary, on the demonstration project.

use crate::cli::{solely, stdout};

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/demo");

fn explain(words: &[&str]) -> std::process::Output {
    solely(&[&["explain", "--repo", DEMO, "--color", "never"], words].concat())
}

#[test]
fn a_place_that_check_prints_is_explained_with_its_proof() {
    let output = explain(&["orders-v2", "tests/demo/tests/test_orders.py:8:19"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for part in [
        "imports `OrderHandler` from `shop.orders`",
        "the class of the receiver at tests/demo/tests/test_orders.py:8 is inferred",
        "is defined at tests/demo/shop/orders.py:18-19",
        "makes `orders-v2` fail for tests",
        "use `shop.orders:OrderHandler._handle_order_v3` instead",
        "# solely: ignore[orders-v2] -- why",
        "How to fix",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_fingerprint_means_one_finding() {
    let check = stdout(&solely(&["check", "--repo", DEMO, "--format", "json"]));
    let check: serde_json::Value = serde_json::from_str(&check).unwrap();
    let definition = check["findings"].as_array().unwrap().iter().find(|it| it["kind"] == "definition").unwrap();
    let fingerprint = definition["fingerprint"].as_str().unwrap();
    for written in [fingerprint, &fingerprint[..12]] {
        let text = stdout(&explain(&[written, "--format", "json"]));
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let findings = document["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0]["finding"]["fingerprint"], fingerprint);
        let remedies = findings[0]["remedies"].as_array().unwrap();
        assert!(remedies.iter().any(|it| it.as_str().unwrap().contains("solely plan orders-v2")), "{remedies:?}");
    }
}

#[test]
fn a_rule_is_explained_with_how_it_stands() {
    let text = stdout(&explain(&["orders-v2"]));
    assert!(text.contains("orders-v2 (legacy): fail"), "{text}");
    assert!(text.contains("Why it matters") && text.contains("How to fix"), "{text}");
    assert!(!text.contains("Proof"), "{text}");
}

#[test]
fn what_is_not_there_is_not_explained() {
    for (words, part) in [
        (&["tests/demo/shop/orders.py:1"][..], "stand on lines"),
        (&["tests/demo/shop/nothing.py:1"], "has no findings"),
        (&["0123456789ab"], "no finding is there"),
        (&["no-such-rule"], "the rules are `orders-v2`"),
    ] {
        let output = explain(words);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(told.contains(part), "{words:?}: {told}");
    }
}
