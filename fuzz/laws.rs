//! What holds whatever the bytes: asked by the fuzz targets, and by `cargo test` over the seeds beside this file.
//!
//! A law fails by a panic. Each function takes the bytes of one case; bytes that are not text where text is asked for
//! are let through, since the tool turns them away before it comes so far.

use solely::bundle;
use solely::checks::{self, Scope};
use solely::claims;
use solely::gap::Reason;
use solely::history::diff::{Text, TextDiff, hunks};
use solely::history::disposition::{ChangedText, dispose};
use solely::language::LANGUAGES;
use solely::outside::{self, Moment};
use solely::pipeline::{compare, judge};
use solely::policy::Policy;
use solely::progress::Silent;
use solely::span::{RepoPath, Span};
use solely::triage::{Baseline, Entry};
use solely::workspace::Snapshot;

/// Stands between the files of a case, on a line of its own.
const NEXT_FILE: &str = "#---\n";

/// Sources of a package `shop`: every stage from the extractor to the checks. The pipeline asserts its own balances.
pub fn python(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let parts: Vec<&str> = text.split(NEXT_FILE).collect();
    for part in &parts {
        for language in LANGUAGES {
            let facts = (language.extract)(part);
            assert_eq!(facts.lines.len(), facts.line_index.count() as usize, "a class for every line");
            let inside = |span: &Span| part.get(span.start as usize..span.end as usize).is_some();
            assert!(facts.references.iter().all(|it| inside(&it.span)), "a reference stands in the text");
            assert!(facts.definitions.iter().all(|it| inside(&it.span)), "a definition stands in the text");
            assert!(facts.comments.iter().chain(&facts.docstrings).all(inside), "comments stand in the text");
            (language.layout)(part);
        }
    }
    let files = parts.iter().enumerate().map(|(number, part)| {
        let name = ["shop/__init__.py", "shop/orders.py", "tests/test_orders.py", "shop/api.py"].get(number);
        (name.map_or_else(|| format!("shop/part{number}.py"), |name| (*name).to_owned()), part.as_bytes().to_vec())
    });
    let files: Vec<(String, Vec<u8>)> = files.collect();
    let policy = policy_of(POLICY);
    let snapshot = Snapshot::in_memory(files.clone());
    let report = judge(&snapshot, &policy, Scope::default(), jiff::civil::Date::MAX, &Silent);
    let search = checks::duplicates::Options { kinds: Vec::new(), min_lines: 3, tests: true, traced: None };
    let groups = compare(&snapshot, &policy, Scope::default(), &search, &Silent).groups;
    let internal = report.gaps.iter().find(|gap| matches!(gap.reason, Reason::Internal(_)));
    assert_eq!(internal, None, "no file makes the tool panic");
    // the order in which files come is nobody's business
    let turned = Snapshot::in_memory(files.into_iter().rev());
    let again = compare(&turned, &policy, Scope::default(), &search, &Silent).groups;
    assert_eq!(groups, again, "the order of files does not matter");
}

/// The text of a file before and after a change. `dispose` asserts that lines balance.
pub fn ledger(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (base, head) = text.split_once(NEXT_FILE).unwrap_or((text, ""));
    let diff = TextDiff {
        base: Text::new(base.into()),
        head: Text::new(head.into()),
        hunks: hunks(base.as_bytes(), head.as_bytes()),
    };
    for language in LANGUAGES {
        let (one, two) = ((language.layout)(base), (language.layout)(head));
        let path = RepoPath::new("shop/orders.py");
        dispose(&[ChangedText { path: &path, diff: &diff, layouts: Some((&one, &two)) }]);
    }
    let kept = u64::from(diff.base.count()) - diff.deleted();
    assert_eq!(kept, u64::from(diff.head.count()) - diff.added(), "what is kept is kept on both sides");
}

/// A policy: valid, or with errors that stand in it. The same text twice gives the same digest.
pub fn policy(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let read = |_: &str| Ok(None);
    match Policy::parse(text, "solely.toml", &read) {
        Ok(policy) => {
            let again = Policy::parse(text, "solely.toml", &read).expect("it was valid before");
            assert_eq!(policy.digest, again.digest);
            assert!(!policy.rules.is_empty(), "a policy without a rule can never fail");
        }
        Err(errors) => assert!(!errors.is_empty(), "a refusal says why"),
    }
}

/// A baseline: what is read is written as it is read.
pub fn baseline(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let path = RepoPath::new("solely-baseline.jsonl");
    match Baseline::parse(text, &path) {
        Ok(baseline) => {
            let render = |baseline: &Baseline| {
                let entries: Vec<Entry> = baseline.entries.iter().map(|(entry, _)| entry.clone()).collect();
                Baseline::render(&entries)
            };
            let written = render(&baseline);
            let again = Baseline::parse(&written, &path).expect("what was written is valid");
            assert_eq!(written, render(&again), "written twice, the same bytes");
            assert_eq!(baseline.entries.len(), again.entries.len(), "no entry is lost");
        }
        Err(errors) => assert!(!errors.is_empty(), "a refusal says why"),
    }
}

/// A closure report, a commit message and a file of exact claims: every claim stands on a line of its document.
pub fn claims(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let message = claims::DocumentKind::Message { commit: "2295b4572".to_owned() };
    let kinds = [
        ("closure.md", claims::DocumentKind::Report),
        ("commit 2295b4572", message),
        ("claims.toml", claims::DocumentKind::Report),
    ];
    let lines = text.split('\n').count() as u32;
    for (name, kind) in kinds {
        match claims::read(&claims::Document { name: name.to_owned(), text: text.to_owned(), kind }) {
            Ok(read) => {
                let sources = read.claims.iter().map(|it| &it.source).chain(read.unread.iter().map(|it| &it.source));
                for source in sources {
                    assert!((1..=lines).contains(&source.line), "line {} of {lines}", source.line);
                }
            }
            Err(errors) => assert!(!errors.is_empty(), "a refusal says why"),
        }
    }
}

/// A file of evidence, as each kind: bytes that cannot be read never pass.
pub fn outside(data: &[u8]) {
    let policy = policy_of(POLICY);
    let moment = Moment { commit: "2295b4572", seconds: 1_757_629_399, places: &|_| Vec::new() };
    for rule in &policy.evidence {
        let read = |path: &str| vec![(path.to_owned(), Ok(data.to_vec()))];
        let report = outside::judge(rule, &moment, &read);
        assert!(!report.checks.is_empty(), "nothing was asked of {}", report.path);
        let worst = report.checks.iter().map(|check| check.verdict).max();
        assert_eq!(Some(report.verdict), worst, "the verdict is the worst of the checks");
        assert_eq!(report.files.len(), 1);
    }
}

/// The record and the envelope of a bundle, and what two records differ in.
pub fn bundle(data: &[u8]) {
    let unsigned = bundle::open(data, data, None);
    assert!(unsigned.is_err(), "an envelope is never around itself");
    let Ok(record) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    let schema = solely::report::SCHEMAS.iter().find(|schema| schema.name == "audit").expect("it is published");
    let schema = serde_json::from_str(&schema.text()).expect("a schema is JSON");
    bundle::faults(&record, &schema);
    assert!(bundle::differences(&record, &record).is_empty(), "a record is like itself");
    let other = serde_json::json!({ "predicate": {} });
    assert_eq!(bundle::differences(&record, &other).is_empty(), record == other, "a difference is seen");
}

fn policy_of(text: &str) -> Policy {
    Policy::parse(text, "solely.toml", &|_: &str| Ok(None)).unwrap_or_else(|errors| panic!("{errors:?}"))
}

const POLICY: &str = r#"
extends = ["builtin:legacy", "builtin:ssot", "builtin:references"]

[[legacy]]
id = "orders-v2"
summary = "the order path from before the store"
symbols = ["shop.orders:OrderHandler.save_v2", "shop.orders:save_v2", "shop.api"]
flags = ["USE_ORDERS_V3"]
successor = "shop.orders:OrderHandler.save_v3"

[[only-through]]
id = "environment-access"
summary = "the environment is read in one place"
calls = ["os.getenv", "os.environ"]
through = ["shop.api"]

[[single-source]]
id = "order-store"
canonical = "shop.orders:OrderHandler"
rivals = { names = ["*Handler*"] }

[[evidence]]
kind = "log"
path = "log"
forbid = ["(?i)v2 legacy"]
require = ["started"]
from = "2025-09-11T22:23:19Z"

[[evidence]]
kind = "junit"
path = "junit.xml"
require-tests = ["*v3*"]
tests = ">= 1"

[[evidence]]
kind = "json"
path = "health.json"
expect = { "/status" = "healthy" }

[[evidence]]
kind = "coverage"
path = "coverage.xml"
symbol = "shop.orders:OrderHandler.save_v3"
at-least = 0.8
"#;
