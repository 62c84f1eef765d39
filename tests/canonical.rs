//! The canonical report: one of everything, hostile text included.

use solely::evidence::*;
use solely::facts::{LineTally, ReferenceKind};
use solely::finding::{Context, Finding, Gate, Hop, Identity, Related, RuleId, Severity, Standing, Tier, Verdict};
use solely::gap::{Extent, Gap, Reason, Stage};
use solely::policy::PolicyPlace;
use solely::span::{Location, Position, RepoPath};
use std::collections::BTreeMap;

const V2: &str = "shop.orders:OrderHandler._handle_order_v2";
const FLAG: &str = "USE_ORDERS_V3";

const ORDERS: &str = "\
import os

class OrderHandler:
    async def handle(self, order):
        if os.environ.get(\"USE_ORDERS_V3\"):
            return await self._handle_order_v3(order)
        return await self._handle_order_v2(order)

    async def _handle_order_v3(self, order):
        return await self.store.save(order)

    async def _handle_order_v2(self, order):
        \"\"\"The way before the store.\"\"\"
        return legacy_save(order)
";

const TEST: &str = "\
from shop import orders

def test_v2(monkeypatch):
    handler = orders.OrderHandler()
    handler._handle_order_v2(None)
";

const NOTES: &str = "\
# Orders

Since 2.0 `_handle_order_v2` is only a fallback; see `_handle_order_v3`.
Do not call _handle_order_v2.
";

const POLICY: &str = "\
[[legacy]]
id = \"orders-v2\"
summary = \"the order path from before the store\"
symbols = [
  \"shop.orders:OrderHandler._handle_order_v2\",
  \"shop.orders:OrderHandler._route_order_v2\",
  \"shop.carts:*\",
]
";

/// A log line with colour codes, which must not reach the reader's terminal.
const LOG: &str = "{\"message\": \"\u{1b}[36m_handle_order_v2\u{1b}[0m took 3 ms\"}\n";

pub fn hostile_path() -> RepoPath {
    RepoPath::new("logs/\u{1b}]0;owned\u{7}\u{202e}nosj.jsonl")
}

pub fn sources() -> Sources {
    BTreeMap::from([
        (RepoPath::new("shop/orders.py"), ORDERS.to_owned()),
        (RepoPath::new("tests/test_orders.py"), TEST.to_owned()),
        (RepoPath::new("docs/orders.md"), NOTES.to_owned()),
        (RepoPath::new("solely.toml"), POLICY.to_owned()),
        (hostile_path(), LOG.to_owned()),
    ])
}

pub fn check_report() -> CheckReport {
    let mut findings = vec![
        Finding {
            within: Some("document"),
            ..finding(Context::Docs, at("docs/orders.md", 3, 12, 3), "text", Some(Tier::Text))
        },
        Finding {
            within: Some("document"),
            ..finding(Context::Docs, at("docs/orders.md", 4, 13, 4), "text", Some(Tier::Text))
        },
        Finding {
            within: Some("document"),
            ..finding(Context::Docs, Location { path: hostile_path(), ..at("", 1, 19, 1) }, "text", Some(Tier::Text))
        },
        Finding {
            message: "`_handle_order_v2` is used".to_owned(),
            ..finding(Context::Code, at("shop/orders.py", 7, 27, 7), "call", Some(Tier::Proven))
        },
        Finding {
            message: "`_handle_order_v2` is still defined".to_owned(),
            related: vec![Related {
                location: at("shop/orders.py", 9, 15, 10),
                message: "the successor is here".to_owned(),
            }],
            ..finding(Context::Code, at("shop/orders.py", 12, 15, 14), "definition", None)
        },
        Finding {
            severity: Severity::Warning,
            message: "`_handle_order_v2` is used".to_owned(),
            via: vec![Hop {
                path: RepoPath::new("tests/test_orders.py"),
                line: 1,
                what: "imports `orders` from `shop`".to_owned(),
            }],
            ..finding(Context::Tests, at("tests/test_orders.py", 5, 13, 5), "call", Some(Tier::Likely))
        },
    ];
    findings.sort_by_key(|finding| finding.location.clone());
    CheckReport {
        verdict: Verdict::Fail,
        snapshot: snapshot(),
        counts: Counts { discovered: 14_352, analyzed: 14_350, gaps: 2, links: 1, excluded: 120 },
        rules: vec![orders_rule(), flag_rule(), passing_rule()],
        findings,
        gaps: gaps(),
        warnings: vec![Warning {
            message: "`shop.carts:*` matches nothing: this rule can never fail".to_owned(),
            help: Some("a symbol is written `package.module:Class.method`".to_owned()),
            place: Some(PolicyPlace { file: "solely.toml".to_owned(), line: 7, column: 4 }),
        }],
        policy: PolicyIdentity { file: Some("solely.toml".to_owned()), digest: "00".repeat(32) },
        baseline: None,
        comparison: None,
    }
}

pub fn refs_report() -> RefsReport {
    let reference = |location, kind, within, tier, context, via| ReferenceReport {
        location,
        kind,
        within,
        access: None,
        tier,
        context,
        via,
    };
    let import =
        Hop { path: RepoPath::new("tests/test_orders.py"), line: 1, what: "imports `orders` from `shop`".to_owned() };
    let text = ReferenceKind::Text;
    RefsReport {
        snapshot: SnapshotIdentity { kind: "worktree", commit: None, tree: None },
        counts: check_report().counts,
        symbols: vec![
            SymbolReferences {
                symbol: V2.to_owned(),
                definitions: vec![at("shop/orders.py", 12, 15, 14)],
                references: vec![
                    reference(
                        at("docs/orders.md", 3, 12, 3),
                        text,
                        Some("document"),
                        Tier::Text,
                        Context::Docs,
                        vec![],
                    ),
                    reference(
                        at("shop/orders.py", 7, 27, 7),
                        ReferenceKind::Call,
                        None,
                        Tier::Proven,
                        Context::Code,
                        vec![],
                    ),
                    reference(
                        at("tests/test_orders.py", 5, 13, 5),
                        ReferenceKind::Call,
                        None,
                        Tier::Likely,
                        Context::Tests,
                        vec![import],
                    ),
                ],
                occurrences: occurrences(),
            },
            SymbolReferences {
                symbol: "shop.carts:Cart".to_owned(),
                definitions: vec![],
                references: vec![],
                occurrences: Occurrences::default(),
            },
        ],
        why_not: vec![],
        gaps: gaps(),
    }
}

/// The same, asked why a place is no reference.
pub fn why_report() -> RefsReport {
    let related = Some(at("shop/carts.py", 3, 9, 3));
    let because = "it means `shop.carts:Cart._handle_order_v2`".to_owned();
    let reason = PlaceReason { column: Some(9), is_reference: false, because, related, via: vec![] };
    let why = WhyNot { symbol: V2.to_owned(), path: RepoPath::new("shop/carts.py"), line: 9, reasons: vec![reason] };
    RefsReport { why_not: vec![why], ..refs_report() }
}

pub fn plan_report() -> PlanReport {
    let RefsReport { snapshot, counts, symbols, gaps, .. } = refs_report();
    let references = &symbols[0].references;
    let used = |index: usize| (V2.to_owned(), references[index].clone());
    let lines = LineTally { code: 4, ..LineTally::default() };
    let removal = |kind, symbol: &str, location, step| Removal {
        kind,
        symbol: symbol.to_owned(),
        location,
        lines,
        because: "asked for".to_owned(),
        step,
        is_inside: false,
    };
    let test = |fate, name: &str| PlannedTestReport {
        fate,
        name: name.to_owned(),
        location: at("tests/test_orders.py", 5, 1, 9),
        lines: LineTally::default(),
        references: vec![used(2)],
    };
    PlanReport {
        snapshot,
        counts,
        asked: vec![V2.to_owned(), FLAG.to_owned()],
        removals: vec![
            removal("flag", FLAG, at("shop/orders.py", 5, 1, 5), 1),
            removal("method", V2, at("shop/orders.py", 12, 1, 15), 2),
        ],
        rewrite: vec![used(1)],
        tests: vec![test(TestFate::Vacuous, "test_caught"), test(TestFate::Breaks, "test_called")],
        write_only: vec![("shop.orders:OrderHandler.store".to_owned(), at("shop/orders.py", 4, 9, 4))],
        mentions: vec![used(0)],
        kept: vec![Kept {
            symbol: "shop.orders:OrderHandler._pack".to_owned(),
            because: "the same name is used on an unknown receiver".to_owned(),
            location: Some(at("shop/orders.py", 9, 9, 9)),
        }],
        lines,
        test_lines: LineTally::default(),
        gaps,
    }
}

pub fn explain_report() -> ExplainReport {
    let CheckReport { snapshot, counts, findings, rules, gaps, .. } = check_report();
    let explained = |finding: Finding| Explained {
        finding,
        proof: vec!["tests/test_orders.py:1 imports `orders` from `shop`".to_owned()],
        effect: "makes `orders-v2` fail for code".to_owned(),
        remedies: vec!["use `OrderHandler._handle_order_v3`".to_owned()],
    };
    ExplainReport {
        snapshot,
        counts,
        findings: findings.into_iter().take(2).map(explained).collect(),
        rules: vec![ExplainedRule {
            id: rules[0].id.clone(),
            kind: rules[0].kind,
            summary: rules[0].summary.clone(),
            verdict: Some(rules[0].verdict),
            conclusion: rules[0].conclusion.clone(),
            sections: vec![("How to fix".to_owned(), "Move the callers.".to_owned())],
        }],
        gaps,
    }
}

fn finding(context: Context, location: Location, kind: &'static str, tier: Option<Tier>) -> Finding {
    Finding {
        rule: RuleId("orders-v2".to_owned()),
        identity: Identity { ordinal: location.start.line, ..Identity::default() },
        severity: Severity::Error,
        context,
        location,
        kind,
        within: None,
        access: None,
        tier,
        symbol: V2.to_owned(),
        message: "`_handle_order_v2` is named".to_owned(),
        help: Some("use `OrderHandler._handle_order_v3`".to_owned()),
        via: vec![],
        related: vec![],
        gate: Some(Gate { context, verdict: Verdict::Fail }),
        standing: Standing::default(),
    }
}

fn at(path: &str, line: u32, column: u32, end_line: u32) -> Location {
    Location { path: RepoPath::new(path), start: Position { line, column }, end_line }
}

fn snapshot() -> SnapshotIdentity {
    SnapshotIdentity {
        kind: "revision",
        commit: Some("2295b457255939f82515d7d5193695c34ff5e3ff".to_owned()),
        tree: Some("9d1f0c7b5e3a4d2c8b6f0e1d2c3b4a5968778695".to_owned()),
    }
}

fn gaps() -> Vec<Gap> {
    let gap = |path, stage, reason, extent| Gap { path: RepoPath::new(path), stage, reason, extent };
    vec![
        gap("data/dump.json", Stage::Workspace, Reason::MissingObject, Extent::Unavailable),
        gap("shop/broken.py", Stage::Facts, Reason::Syntax("line 3: expected `:`".to_owned()), Extent::Whole),
    ]
}

fn occurrences() -> Occurrences {
    Occurrences { found: 22, definitions: 1, references: 6, others: 1, longer: 14, unseen: 0 }
}

fn orders_rule() -> RuleReport {
    let code = TierCounts { proven: 1, ..TierCounts::default() };
    let tests = TierCounts { likely: 1, ..TierCounts::default() };
    let docs = TierCounts { text: 3, ..TierCounts::default() };
    let gone = SymbolReport {
        symbol: "shop.orders:OrderHandler._route_order_v2".to_owned(),
        state: State::Gone,
        definitions: vec![],
        references: TierCounts::default(),
        by_context: BTreeMap::new(),
        occurrences: Occurrences::default(),
    };
    let present = SymbolReport {
        symbol: V2.to_owned(),
        state: State::Present,
        definitions: vec![at("shop/orders.py", 12, 15, 14)],
        references: TierCounts { proven: 1, likely: 1, name_only: 0, text: 3 },
        by_context: BTreeMap::from([(Context::Code, code), (Context::Tests, tests), (Context::Docs, docs)]),
        occurrences: occurrences(),
    };
    RuleReport {
        id: "orders-v2".to_owned(),
        kind: "legacy",
        summary: "the order path from before the store".to_owned(),
        conclusion: "1 of 3 symbols is still defined; production code uses it in 1 place".to_owned(),
        verdict: Verdict::Fail,
        contexts: BTreeMap::from([
            (Context::Code, Verdict::Fail),
            (Context::Tests, Verdict::Fail),
            (Context::Docs, Verdict::Pass),
        ]),
        symbols: vec![present, gone],
        spoiled_by: vec![],
    }
}

fn flag_rule() -> RuleReport {
    let symbol = SymbolReport {
        symbol: FLAG.to_owned(),
        state: State::Gone,
        definitions: vec![],
        references: TierCounts::default(),
        by_context: BTreeMap::new(),
        occurrences: Occurrences::default(),
    };
    RuleReport {
        id: "orders-flag".to_owned(),
        kind: "legacy",
        summary: "the switch between the order paths".to_owned(),
        conclusion: "no production code reads it".to_owned(),
        verdict: Verdict::Incomplete,
        contexts: BTreeMap::from([(Context::Config, Verdict::Incomplete)]),
        symbols: vec![symbol],
        spoiled_by: vec![RepoPath::new("data/dump.json")],
    }
}

fn passing_rule() -> RuleReport {
    RuleReport {
        id: "environment-access".to_owned(),
        kind: "only-through",
        summary: "the environment has one door".to_owned(),
        conclusion: "nothing goes around the door".to_owned(),
        verdict: Verdict::Pass,
        contexts: BTreeMap::from([(Context::Code, Verdict::Pass)]),
        symbols: vec![],
        spoiled_by: vec![],
    }
}
