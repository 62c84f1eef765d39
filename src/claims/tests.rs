//! Reading claims: what a sentence says, what it leaves open, and what no text can do to the reader.

use super::*;
use proptest::prelude::*;

fn report(text: &str) -> Claims {
    read(&Document { name: "report.md".into(), text: text.into(), kind: DocumentKind::Report }).unwrap()
}

fn message(text: &str) -> Claims {
    let commit = "2295b457255939f82515d7d5193695c34ff5e3ff".to_owned();
    read(&Document { name: "commit".into(), text: text.into(), kind: DocumentKind::Message { commit } }).unwrap()
}

/// Each claim as `kind` and what it is about.
fn said(claims: &Claims) -> Vec<String> {
    let name = |subject: &Subject| match subject {
        Subject::Named(name) => name.text.clone(),
        Subject::Described(words) => words.join("+"),
    };
    claims
        .claims
        .iter()
        .map(|claim| {
            let about = match &claim.assertion {
                Assertion::Removed { what, from: Some(from), .. } => format!("{what} from {from}"),
                Assertion::Removed { what, from: None, place: Some(place) } => format!("{what} from {place}"),
                Assertion::Removed { what, .. } => what.text.clone(),
                Assertion::Absent(subject) | Assertion::Exists(subject) | Assertion::NoReferences(subject) => {
                    name(subject)
                }
                Assertion::Added { what, to: Some(to) } => format!("{what} to {to}"),
                Assertion::Added { what: name, .. }
                | Assertion::Gone(name)
                | Assertion::ImportRemoved(name)
                | Assertion::UsesRemoved(name) => name.text.clone(),
                Assertion::Count { of, number, .. } => format!("{number} {}", of.noun()),
                Assertion::Shrunk { from, to, .. } => format!("{from}>{to}"),
                Assertion::Percent { tenths, .. } => format!("{tenths}"),
                Assertion::Span { what, start, end } => format!("{what} {start}-{end}"),
                Assertion::Moved { what, to } => format!("{what}>{to}"),
                Assertion::Renamed { from, to } => format!("{from}>{to}"),
                Assertion::NoDuplicates(name) | Assertion::SingleSource(name) => {
                    name.as_ref().map_or(String::new(), |name| name.text.clone())
                }
                Assertion::Outside(outside) => format!("{:?}", outside.says),
                Assertion::ImportsResolve { whole: true, .. } => "whole".into(),
                Assertion::ImportsResolve { .. } | Assertion::NoBreakingChanges => String::new(),
            };
            format!("{} {about}", claim.assertion.name()).trim().to_owned()
        })
        .collect()
}

#[test]
fn a_report_says_what_it_says() {
    for (text, claims) in [
        ("- 309 lines of legacy code removed", &["count 309 lines"][..]),
        ("- **Lines Removed**: ~200 lines of legacy code eliminated", &["count ~200 lines"]),
        ("3,356 lines eliminated", &["count 3356 lines"]),
        ("Reduced handlers.py from 478 → 36 lines", &["shrunk 478>36"]),
        ("`handlers.py`: 52% reduction", &["percent 520"]),
        ("✅ Removed `shop/legacy.py` and `shop/old.py`.", &["removed shop/legacy.py", "removed shop/old.py"]),
        ("âœ… `OrderStore` was completely removed from the codebase", &["gone OrderStore"]),
        ("> - `save_v2()` no longer exists", &["absent save_v2"]),
        ("- No duplicate implementations detected", &["no-duplicates"]),
        ("- Single source of truth maintained", &["single-source"]),
        ("Removed shop/__init__.py and shop/__main__.py", &["removed shop/__init__.py", "removed shop/__main__.py"]),
        ("__Removed__ `a_b`", &["removed a_b"]),
        ("- Zero V2 references", &["no-references v2"]),
        ("- All imports updated", &["imports-resolve"]),
        ("- `a.py` renamed to `b.py`", &["renamed a.py>b.py"]),
        ("- `OrderStore` moved to `shop/store.py`", &["moved OrderStore>shop/store.py"]),
        ("- No breaking changes", &["no-breaking-changes"]),
        ("- Zero V2-related logs", &["log NoLine([\"v2\"])"]),
        ("- All WebSocket logs show V3 pattern only", &["log OnlyLines { with: \"websocket\", holds: \"v3\" }"]),
        ("## Tests\n\n- Functionality tests passed: 6/6", &["tests Passed { passed: 6, total: 6, of: [] }"]),
        ("## Removed\n\n- `save_v2()` (12-30 lines) - the old way", &["span save_v2 12-30", "removed save_v2"]),
        ("Removed functions:\n\n- `save_v2()` from `shop/store.py`", &["removed save_v2 from shop/store.py"]),
        ("`DatabaseManager` is the single source of truth", &["single-source DatabaseManager"]),
    ] {
        assert_eq!(said(&report(text)), claims, "{text}");
    }
}

#[test]
fn a_commit_says_what_it_did_in_the_imperative() {
    for (text, claims) in [
        ("refactor: remove 34 legacy files", &["count 34 files"][..]),
        ("Remove 400+ lines of legacy security validation code", &["count 400+ lines"]),
        ("Remove SingletonToFactoryBridge legacy code (542 lines eliminated)", &["count 542 lines"]),
        (
            "- Remove _decode_jwt_context() method from GCP auth middleware",
            &["removed _decode_jwt_context from GCP auth middleware"],
        ),
        ("x\n\nDELETED FILES:\n- a/token.py (deprecated, moved to auth_types)", &["removed a/token.py"]),
        ("- **Import Cleanup**: Removed 4 unused imports", &["count 4 imports"]),
        (
            "6. **Unused Imports** - Cleaned up os, Request, get_scoped_supervisor imports",
            &["import-removed os", "import-removed Request", "import-removed get_scoped_supervisor"],
        ),
        ("- Renamed base.py to base_agent.py for clarity and consistency", &["renamed base.py>base_agent.py"]),
        ("- Removed legacy base.py file completely", &["gone base.py"]),
        ("- Updated all imports across 90+ files to use the new name", &["imports-resolve"]),
        ("Remove 17 redundant workflow files and replace with 3 new ones:\n- ci.yml: all checks", &["count 17 files"]),
        ("- Rename save_v2 to save_order", &["renamed save_v2>save_order"]),
        ("- Add test_orders.py", &["added test_orders.py"]),
    ] {
        assert_eq!(said(&message(text)), claims, "{text}");
    }
}

#[test]
fn a_table_of_checks_is_read_by_its_columns() {
    let claims = report(
        "| Validation Check | Expected | Actual | Status |\n|---|---|---|---|\n\
         | V2 legacy method exists | FALSE | FALSE | âœ… PASS |\n\
         | `save_v3` exists | TRUE | TRUE | âœ… PASS |\n\
         | Handler instantiation | SUCCESS | SUCCESS | âœ… PASS |\n\
         | Anything else | 12 apples | 12 apples | âœ… PASS |\n",
    );
    let run = "run Record { label: [\"handler\", \"instantiation\"], value: [\"success\"] }";
    assert_eq!(said(&claims), ["absent v2+legacy", "exists save_v3", run]);
    assert_eq!(claims.claims.iter().map(|claim| claim.source.line).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(claims.unread.len(), 1, "{:?}", claims.unread);
}

#[test]
fn what_is_planned_hedged_or_about_something_else_is_no_claim() {
    for text in [
        "We will remove `save_v2`.",
        "## Next Steps\n\n- Removed `save_v2`",
        "- [ ] Removed `save_v2`",
        "~~Removed `save_v2`~~",
        "Remove `save_v2`",
        "Removed `save_v2` imports from the exports of a list",
        "`save_v2` was not removed",
        "`save_v2` was already removed",
        "Commit 1a2b3c4d removed `save_v2`",
        "Removed the old files and replaced them with:\n\n- `save_v2`",
        "Removed the fallback of `save_v2`",
        "Removed await from `save_v2()` calls",
        "❌ `save_v2` removed",
        "Removed some of the 309 lines",
        "```py\n# removed `save_v2`\n```",
    ] {
        let claims = report(text);
        let touched: Vec<String> =
            said(&claims).into_iter().filter(|it| it.starts_with("removed") || it.starts_with("count")).collect();
        assert!(touched.is_empty(), "{text}: {touched:?}");
    }
}

#[test]
fn a_sentence_that_seems_to_claim_something_is_shown() {
    for text in
        ["Removed the fallback of `save_v2`", "All critical functionality preserved", "`save_v2` was not removed"]
    {
        assert_eq!(report(text).unread.len(), 1, "{text}");
    }
    for text in ["The weather is nice.", "We will remove it.", "## Results"] {
        assert!(report(text).unread.is_empty(), "{text}");
    }
}

#[test]
fn exact_claims_stand_in_a_block_and_name_their_line() {
    let claims = report(
        "# x\n\n```solely\n[[claim]]\nremoved = \"a.b:C.d\"\n\n[[claim]]\nlines-removed = 12\nreading = \"net\"\n```\n",
    );
    assert_eq!(said(&claims), ["removed a.b:C.d", "count 12 lines"]);
    assert_eq!(claims.claims[0].source.line, 4);
    let broken = |text: &str| {
        let document = Document { name: "r.md".into(), text: text.into(), kind: DocumentKind::Report };
        read(&document).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert!(broken("\n```solely\n[[claim]]\nremvoed = \"a\"\n```\n").starts_with("r.md:4: unknown field"));
    assert!(broken("```solely\n[[claim]]\nremoved = \"a b\"\n```\n").contains("neither a symbol nor a path"));
    assert!(broken("```solely\n[[claim]]\nremoved = \"ab\"\nadded = \"cd\"\n```\n").contains("says one thing"));
    assert!(broken("```solely\n```\n").contains("no `[[claim]]`"));
}

/// Texts made of the very words that patterns look for, which is where a reader breaks if it does.
fn hostile_text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "removed",
        "Removed",
        "`",
        "`a.b()`",
        "_x_y()",
        "- ",
        "\n",
        "\n\n",
        "|",
        "|---|",
        "# ",
        "309",
        "lines",
        "of",
        "code",
        "->",
        "âœ…",
        "✅",
        "**",
        "> ",
        "```",
        "```solely\n",
        "[[claim]]",
        "@0@",
        "@",
        "no duplicate implementations",
        "52%",
        "reduction",
        "from",
        "to",
        "a/b.py",
        "[x]",
        "~~",
        "(248-335 lines)",
        "99999999999999999999999",
        "all imports updated",
        "\u{202e}",
        "\u{0}",
        "é",
        "日本",
        ".",
        ":",
        ",",
    ]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in prop_oneof![any::<String>(), hostile_text()]) {
        for kind in [DocumentKind::Report, DocumentKind::Message { commit: "abc1234".into() }] {
            let document = Document { name: "x.md".into(), text: text.clone(), kind };
            if let Ok(claims) = read(&document) {
                let lines = text.lines().count() as u32 + 1;
                for claim in &claims.claims {
                    prop_assert!((1..=lines).contains(&claim.source.line), "{claim:?}");
                }
            }
        }
    }
}

#[test]
fn a_long_text_takes_time_in_proportion() {
    let time = |times: usize| {
        let text = "removed removed 1 2 3 lines of a a a `x` , `y` (( [[ | - * ".repeat(times);
        let start = std::time::Instant::now();
        report(&text);
        start.elapsed()
    };
    time(10);
    let (small, large) = (time(200), time(2000));
    assert!(large < (small + std::time::Duration::from_millis(20)) * 60, "{small:?} {large:?}");
}
