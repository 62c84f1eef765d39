//! Claims as people write them, one audit for many sentences: each ends as it must, and for its own reason.
//!
//! A row is a sentence, the status it must end with, and a part of the reason. `unread` is a sentence that is shown and
//! not judged, `none` one that claims nothing. The change is made here, so what is true of it is known.

use crate::audit::Case;
use serde_json::Value;

type Rows<'r> = &'r [(&'r str, &'r str, &'r str)];

const LEGACY: &str = "import json\n\n\nclass OrderStore:\n    def load(self, key):\n        return json.loads(key)\n\n    def save(self, key, order):\n        return json.dumps([key, order])\n\n\ndef open_store():\n    return OrderStore()\n";
const PRICES: &str = "import os\nimport sys\n\n\ndef price(order):\n    return order[\"price\"]\n\n\ndef price_v2(order):\n    scale = os.environ.get(\"SCALE\", sys.maxsize)\n    return order[\"price\"] * int(scale)\n";
const PRICES_AFTER: &str = "def price(order):\n    return order[\"price\"]\n";
const HELPER: &str = "def shared_helper(order, lines):\n    total = 0\n    for line in lines:\n        if line.order == order:\n            total += line.amount * line.price\n    if total > 1000:\n        total -= total // 10\n    return total\n";
const TOTALS: &str = "def compute_total_v2(order):\n    amounts = [line.amount for line in order.lines]\n    prices = [line.price for line in order.lines]\n    pairs = zip(amounts, prices)\n    return sum(amount * price for amount, price in pairs)\n";
const HOMONYMS: [&str; 3] = [
    "class Auth:\n    def process(self, user):\n        return user.name\n\n    def check(self, user):\n        return user.key\n",
    "class Auth:\n    def check(self, user):\n        return user.key\n",
    "class Other:\n    def process(self, order):\n        return order.total\n\n\nOther().process(1)\n",
];
const PAIR: &str = "import shop.auth\nimport shop.prices\n\n\ndef work(order):\n    return shop.prices.price(order), shop.auth.Auth().check(order)\n";

fn big(lines: usize) -> String {
    (0..lines).map(|at| format!("LIMIT_{at} = {at}\n")).collect()
}

/// A change that does what is said of it.
fn clean() -> Case {
    let (long, short) = (big(40), big(20));
    Case::of(&[
        (
            "Begin",
            &[
                ("shop/__init__.py", Some("")),
                ("shop/legacy.py", Some(LEGACY)),
                ("shop/prices.py", Some(PRICES)),
                ("shop/helper.py", Some(&format!("{HELPER}\n\nREST = 1\n"))),
                ("shop/kept.py", Some("KEPT = 1\n")),
                ("shop/totals.py", Some(TOTALS)),
                ("shop/before_name.py", Some("ONE = 1\nTWO = 2\nTHREE = 3\nFOUR = 4\n")),
                ("shop/big.py", Some(&long)),
                ("shop/auth.py", Some(HOMONYMS[0])),
                ("shop/other.py", Some(HOMONYMS[2])),
                ("shop/work.py", Some(PAIR)),
                ("docs/legacy.md", Some("The old way.\n")),
                ("data/a.json", Some("{}\n")),
                ("data/b.json", Some("[1]\n")),
                ("tests/test_legacy.py", Some("def test_nothing():\n    assert True\n")),
            ],
        ),
        (
            "Go on",
            &[
                ("shop/legacy.py", None),
                ("shop/prices.py", Some(PRICES_AFTER)),
                ("shop/helper.py", Some("REST = 1\n")),
                ("shop/kept.py", Some(&format!("KEPT = 1\n\n\n{HELPER}"))),
                ("shop/totals.py", Some(&TOTALS.replace("compute_total_v2", "compute_total"))),
                ("shop/before_name.py", None),
                ("shop/after_name.py", Some("ONE = 1\nTWO = 2\nTHREE = 3\nFOUR = 4\n")),
                ("shop/big.py", Some(&short)),
                ("shop/auth.py", Some(HOMONYMS[1])),
                ("shop/fresh.py", Some("def fresh():\n    return 1\n")),
                ("docs/legacy.md", None),
                ("data/a.json", None),
                ("data/b.json", None),
                ("tests/test_legacy.py", None),
            ],
        ),
    ])
}

/// Audits a case with each sentence as an item of one report.
fn judged(case: &Case, rows: Rows<'_>, words: &[&str]) -> Value {
    let items: String = rows.iter().map(|(text, ..)| format!("- {text}\n")).collect();
    case.write("closure.md", &format!("# Closure\n\nWhat we did.\n\n{items}"));
    let (_, out) = case.run(&[&["audit", "--claims", "../closure.md", "--format", "json"], words].concat());
    serde_json::from_str(&out).unwrap()
}

fn hold(case: &Case, rows: Rows<'_>, words: &[&str]) {
    let statement = judged(case, rows, words);
    let predicate = &statement["predicate"];
    let of_line = |list: &str, line: u64| -> Vec<Value> {
        let all = predicate[list].as_array().unwrap().iter();
        all.filter(|it| it["source"]["line"] == line && it["source"]["commit"].is_null()).cloned().collect()
    };
    let mut wrong = Vec::new();
    for (at, (text, status, because)) in rows.iter().enumerate() {
        let line = at as u64 + 5;
        let (claims, unread) = (of_line("claims", line), of_line("unread", line));
        let is_right = match *status {
            "none" => claims.is_empty() && unread.is_empty(),
            "unread" => claims.is_empty() && unread.len() == 1,
            status => {
                !claims.is_empty()
                    && claims
                        .iter()
                        .all(|claim| claim["status"] == status && claim["because"].as_str().unwrap().contains(because))
            }
        };
        if !is_right {
            wrong.push(format!("{text}: expected {status} ({because}), found {claims:#?}, unread {unread:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_true_of_a_change_is_verified() {
    hold(
        &clean(),
        &[
            ("Removed `OrderStore`", "verified", "shop.legacy:OrderStore"),
            ("✅ **Removed** `shop/legacy.py`", "verified", "shop/legacy.py"),
            ("âœ… Removed `docs/legacy.md`", "verified", "docs/legacy.md"),
            ("Removed legacy.py from shop/", "verified", "the change removes `shop/legacy.py`"),
            ("Removed legacy.py from the old service", "verified", "\"old service\" was not judged"),
            ("`OrderStore` was completely removed from the codebase", "verified", "nothing of that name"),
            ("`open_store()` no longer exists", "verified", "nothing of that name"),
            ("Removed `price_v2` from `shop/prices.py`", "verified", "shop.prices:price_v2"),
            ("Removed `price_v2` from the price service", "verified", "\"price service\" was not judged"),
            ("Kept `price`", "verified", "shop.prices:price"),
            ("`shop/after_name.py` exists", "verified", "is there at head"),
            ("Added `fresh` to `shop/fresh.py`", "verified", "shop.fresh:fresh"),
            ("`shared_helper` moved to `shop/kept.py`", "verified", "shop.kept:shared_helper"),
            ("`shop/before_name.py` renamed to `shop/after_name.py`", "verified", "is `shop/after_name.py` at head"),
            ("`compute_total_v2` renamed to `compute_total`", "verified", "shop.totals:compute_total"),
            ("Removed 5 files", "verified", "5 deleted files, in 5 files"),
            ("Removed `open_store` and related helpers", "verified", "the rest of the sentence was not judged"),
            ("Reduced code duplication by 9 lines in `shop/prices.py`", "verified", "9"),
            ("Removed 5 files, 9 other files remain", "verified", "the rest of the sentence was not judged"),
            ("Removed 5 files from the repository", "verified", "5 deleted files"),
            ("Removed 2 JSON files", "verified", "2 deleted files"),
            ("Removed 5 files violating CLAUDE.md principles", "verified", "5 deleted files, in 5 files"),
            ("Removed 1 test file", "verified", "1 deleted file, in `tests/test_legacy.py`"),
            ("Removed 2 legacy Python files", "verified", "\"legacy\" was not judged"),
            ("Removed 1 tests", "verified", "1 removed test function; 1 deleted file of tests"),
            ("Removed 1 class", "verified", "1 removed class"),
            ("Removed 2 unused imports", "verified", "\"unused\" was not judged"),
            ("Reduced shop/big.py from 40 → 20 lines", "verified", "had 40 lines and has 20"),
            ("`shop/big.py`: 50% reduction", "verified", "from 40 to 20 lines"),
            ("`shop/prices.py`: +0/-9 lines", "verified", ""),
            ("Removed 13 lines from `shop/legacy.py`", "verified", "13"),
            ("Removed 33 lines from `shop/legacy.py` and `shop/big.py`", "verified", "33"),
            ("Zero `price_v2` references", "verified", "nothing at head names it"),
            ("All imports updated", "verified", "no reference to what the change took away"),
            ("No duplicate `fresh`", "verified", "only definition"),
        ],
        &[],
    );
}

#[test]
fn what_is_false_of_a_change_is_refuted() {
    hold(
        &clean(),
        &[
            ("Removed `price`", "refuted", "still defined at head"),
            ("Removed `shop/prices.py`", "refuted", "still there at head"),
            ("Removed `shop/nowhere.py`", "refuted", "base has no file"),
            ("Removed `shop/before_name.py`", "refuted", "not removed but renamed"),
            ("Removed `shared_helper`", "refuted", "shop.kept:shared_helper"),
            ("Removed `compute_total_v2`", "refuted", "shop.totals:compute_total"),
            ("`price` no longer exists", "refuted", "defined at head"),
            ("Kept `price_v2`", "refuted", "defined at base and not at head"),
            ("`shop/legacy.py` exists", "refuted", "head has no file"),
            ("Added `price`", "refuted", "was there at base already"),
            ("`shared_helper` moved to `shop/fresh.py`", "refuted", "went to shop/kept.py"),
            ("`shop/before_name.py` renamed to `shop/fresh.py`", "refuted", "became `shop/after_name.py`"),
            ("`compute_total_v2` renamed to `total`", "refuted", "became"),
            ("999 lines removed", "refuted", "nearest truth"),
            ("Removed 77 files", "refuted", "5 deleted files"),
            ("Removed 5 files from the root directory", "refuted", "the change removes no files"),
            ("Removed 5 JSON files", "refuted", "nearest truth is 2 deleted files"),
            ("Removed 9 classes", "refuted", "nearest truth is 1 removed class"),
            ("Removed 12 imports", "refuted", "nearest truth"),
            ("Removed 77 files and replaced them with the streamlined `fresh` module", "refuted", "5 deleted files"),
            ("Removed 3 over-engineered tests", "refuted", "nearest truth is 1 removed test function"),
            ("Reduced shop/big.py from 41 → 20 lines", "refuted", "went from 40 to 20 lines"),
            ("`shop/big.py`: 52% reduction", "refuted", "50.0 % less"),
            // true of one of the two files, and of neither together
            ("Removed 20 lines from `shop/legacy.py` and `shop/big.py`", "refuted", "nearest truth is"),
            ("Zero `process` references", "refuted", "places still name it"),
            ("`shop/big.py`: +7/-21 lines", "refuted", "the nearest truth is"),
        ],
        &[],
    );
}

#[test]
fn what_nobody_can_see_is_unprovable() {
    let case = clean();
    // a policy without a rule about dangling references
    case.write("policy.toml", "[[legacy]]\nid = \"old\"\nsummary = \"old\"\nsymbols = [\"shop.legacy:OrderStore\"]\n");
    hold(
        &case,
        &[
            ("Kept `process`", "unprovable", "the change removes `shop.auth:Auth.process`"),
            ("Removed `process` from the payment service", "unprovable", "another definition of that name remains"),
            ("Removed `nobody_knows_it`", "unprovable", "no definition of `nobody_knows_it`"),
            ("Added `fresh` to `shop/prices.py`", "unprovable", "head has no `fresh`"),
            ("`nobody_knows_it` no longer exists", "unprovable", "no definition"),
            ("Zero `nobody_knows_it` references", "unprovable", "neither at base nor at head"),
            ("No breaking changes", "unprovable", "not to be seen in the source"),
            ("Single source of truth maintained", "unprovable", "does not say of what"),
            ("All imports work", "unprovable", "whether every import of the tree resolves was not asked"),
            ("Removed `legacy.py` from `shop/other/`", "unprovable", "and not from `shop/other/`"),
            ("Removed 5 files from the payment service", "unprovable", "what of it is \"payment service\""),
            ("2 lines of duplicate code removed", "unprovable", "nearest truth"),
            ("All tests passed", "unprovable", "nothing in the repository shows it"),
            ("Functionality tests passed: 6/6", "unprovable", "nothing in the repository"),
            ("Service is healthy", "unprovable", "nothing in the repository"),
            ("Logs are clean", "unprovable", "nothing in the repository"),
            ("Zero V2-related logs", "unprovable", "nothing in the repository"),
            ("Test coverage: 100%", "unprovable", "nothing in the repository"),
            ("Removed the fallback of `price`", "unread", ""),
            ("Mostly removed `OrderStore`", "unread", ""),
            ("`OrderStore` was not removed", "unread", ""),
            ("All critical functionality preserved", "unread", ""),
            ("Will remove `OrderStore`", "none", ""),
            ("[ ] Removed `OrderStore`", "none", ""),
            ("~~Removed `OrderStore`~~", "none", ""),
            ("The weather is nice", "none", ""),
        ],
        &["--config", "../policy.toml"],
    );
}

/// A change that leaves behind what it should have taken along, in a tree that cannot be read whole.
#[test]
fn what_is_left_behind_refutes_and_what_cannot_be_read_verifies_nothing() {
    let kinds = "class EventType:\n    CREATED = \"created\"\n    PAID = \"paid\"\n    SENT = \"sent\"\n\n    def is_final(self, value):\n        if value == self.SENT:\n            return True\n        return False\n";
    let case = Case::of(&[
        (
            "Begin",
            &[
                ("shop/__init__.py", Some("")),
                ("shop/legacy.py", Some(LEGACY)),
                ("shop/work.py", Some("from shop.legacy import OrderStore\n\nSTORE = OrderStore()\n")),
                ("shop/queue.py", Some("def push(order):\n    return [order]\n\n\ndef pop():\n    return None\n")),
                ("shop/events.py", Some(kinds)),
                ("shop/kinds.py", Some(kinds)),
                ("shop/odd.py", Some("def broken(:\n    return pop()\n")),
                ("shop/lanes.py", Some("class Lane:\n    width = 1\n")),
                ("shop/inner/lanes.py", Some("class Lane:\n    def turn(self):\n        return -1\n")),
            ],
        ),
        ("Go on", &[("shop/legacy.py", None), ("shop/queue.py", Some("def push(order):\n    return [order]\n"))]),
    ]);
    hold(
        &case,
        &[
            ("Removed `OrderStore`", "verified", "the change removes"),
            ("`OrderStore` was completely removed from the codebase", "refuted", "places in code still use it"),
            ("Updated all imports to use the new store", "unprovable", "\"to use the new store\" means was not judged"),
            ("Zero `OrderStore` references", "refuted", "places still name it"),
            ("All imports updated", "refuted", "imports of what the change took away are left"),
            ("Removed 1 unused file", "unprovable", "references to what the change took away are left broken"),
            ("Removed 1 file", "verified", "1 deleted file, in"),
            ("No broken imports", "refuted", "imports of what the change took away are left"),
            ("No breaking changes", "refuted", "references in production dangle"),
            ("No duplicate implementations detected", "refuted", "`EventType`"),
            ("No duplicate implementations remain", "refuted", "`Lane`"),
            ("Single source of truth maintained", "refuted", "`EventType`"),
            ("No duplicate `EventType`", "refuted", "defined 2 times"),
            ("`pop` no longer exists", "unprovable", "shop/odd.py"),
            ("No duplicate `push`", "unprovable", "shop/odd.py"),
        ],
        &[],
    );
}

#[test]
fn a_bare_name_of_a_file_that_has_namesakes_decides_nothing() {
    let case = Case::of(&[
        (
            "Begin",
            &[
                ("shop/agents/base.py", Some("def act():\n    return 1\n")),
                ("shop/store/base.py", Some("def keep():\n    return 2\n")),
                ("shop/store/old.py", Some("def old():\n    return 3\n")),
            ],
        ),
        ("Go on", &[("shop/agents/base.py", None)]),
    ]);
    hold(
        &case,
        &[
            ("Removed legacy base.py file completely", "unprovable", "and `shop/store/base.py` is still there"),
            ("Renamed base.py to agent.py", "unprovable", "and `shop/store/base.py` is still there"),
            ("Removed `shop/agents/base.py` completely", "verified", "the change removes"),
            ("Removed old.py completely", "refuted", "is still there at head"),
        ],
        &[],
    );
}

#[test]
fn numbers_of_another_commit_are_told_as_its_own() {
    let (long, middle, short) = (big(90), big(49), big(24));
    let case = Case::of(&[
        ("Begin", &[("shop/big.py", Some(&long)), ("shop/__init__.py", Some(""))]),
        ("Removed 41 lines", &[("shop/big.py", Some(&middle))]),
        ("Removed 41 lines\n\nRemoved 66 lines of limits", &[("shop/big.py", Some(&short))]),
    ]);
    let first = case.git(&["rev-parse", "HEAD~1"]);
    hold(&case, &[("41 lines of legacy code removed", "refuted", "misattributed")], &[]);
    let statement = judged(&case, &[("41 lines removed", "", "")], &["--commit-messages"]);
    let claims = statement["predicate"]["claims"].as_array().unwrap();
    for claim in claims.iter().filter(|claim| claim["text"].as_str().unwrap().contains("41")) {
        assert_eq!((&claim["status"], &claim["belongs-to"]), (&"refuted".into(), &first.clone().into()), "{claim:#}");
    }
    // of both commits together: true for the first message, another commit's for the second
    let range = judged(&case, &[("66 lines removed", "", "")], &["--base", "HEAD~2", "--commit-messages"]);
    let status: Vec<(&str, &str)> = range["predicate"]["claims"]
        .as_array()
        .unwrap()
        .iter()
        .map(|claim| (claim["text"].as_str().unwrap(), claim["status"].as_str().unwrap()))
        .collect();
    assert_eq!(
        status,
        [
            ("66 lines removed", "verified"),
            ("Removed 41 lines", "refuted"),
            ("Removed 66 lines of limits", "unprovable"),
            ("Removed 41 lines", "verified"),
        ],
        "{range:#}"
    );
}

#[test]
fn what_goes_with_its_file_is_said_with_it() {
    let statement = judged(&clean(), &[("Removed `shop/legacy.py`", "", "")], &[]);
    let unmentioned = statement["predicate"]["unmentioned"].to_string();
    assert!(unmentioned.contains("shop.prices:price_v2"), "{unmentioned}");
    assert!(!unmentioned.contains("shop.legacy"), "{unmentioned}");
}

#[test]
fn a_last_line_without_its_end_counts_as_wc_counts() {
    let case = Case::of(&[
        ("Begin", &[("shop/long.py", Some(big(40).trim_end()))]),
        ("Go on", &[("shop/long.py", Some(big(9).trim_end()))]),
    ]);
    hold(
        &case,
        &[
            ("Reduced shop/long.py from 40 → 9 lines", "verified", "had 40 lines and has 9"),
            ("Reduced shop/long.py from 39 → 8 lines", "verified", "as `wc -l` counts"),
            ("Reduced shop/long.py from 38 → 8 lines", "refuted", "went from 40 to 9 lines"),
            ("Reduced code duplication by 31 lines", "verified", "\"duplication\" was not judged"),
        ],
        &[],
    );
}

#[test]
fn a_net_number_of_lines_may_be_that_of_wc() {
    let case = Case::of(&[
        ("Begin", &[("shop/long.py", Some(big(40).trim_end()))]),
        ("Go on", &[("shop/long.py", Some(big(9).as_str()))]),
    ]);
    let rows: Rows<'_> = &[
        ("Reduced code by 30 lines", "verified", "30 lines net (`wc -l`)"),
        ("Reduced code by 31 lines", "verified", "31 lines net, physically"),
        ("Reduced code by 29 lines", "refuted", "nearest truth"),
    ];
    hold(&case, rows, &[]);
}

#[test]
fn what_another_commit_took_away_is_told_as_its_own() {
    let auth = "class Guard:\n    def check(self, user):\n        return user.key\n\n    def check_old(self, user):\n        return user.name\n";
    let case = Case::of(&[
        (
            "Begin",
            &[
                ("shop/auth.py", Some(auth)),
                ("shop/old_store.py", Some(LEGACY)),
                ("backups/shop/auth.py", Some(auth)),
                ("shop/kept.py", Some("KEPT = 1\nLEFT = 2\n")),
            ],
        ),
        (
            "Take the store and the old check away",
            &[("shop/old_store.py", None), ("shop/auth.py", Some(&auth[..auth.find("\n    def check_old").unwrap()]))],
        ),
        ("Tidy up", &[("shop/kept.py", Some("KEPT = 1\n"))]),
    ]);
    let rows: Rows<'_> = &[
        ("Removed `shop/old_store.py`", "refuted", "misattributed: commit"),
        ("Removed `OrderStore`", "refuted", "took `OrderStore` of `shop/old_store.py` away"),
        ("Removed `check_old` from `auth.py`", "refuted", "took `Guard.check_old` of `shop/auth.py` away"),
        ("Removed `never_there`", "unprovable", "no definition"),
        ("Removed `shop/never.py`", "refuted", "base has no file"),
        // that it is gone is true all the same
        ("`Guard.check` no longer exists", "refuted", "defined at head"),
    ];
    hold(&case, rows, &[]);
    let second = case.git(&["rev-parse", "HEAD~1"]);
    let statement = judged(&case, rows, &[]);
    let claims = statement["predicate"]["claims"].as_array().unwrap();
    let belongs: Vec<&Value> = claims.iter().map(|claim| &claim["belongs-to"]).filter(|it| !it.is_null()).collect();
    assert_eq!(belongs, [&Value::from(second.clone()), &Value::from(second.clone()), &Value::from(second)]);
}

#[test]
fn copies_that_were_put_aside_are_neither_what_went_nor_what_stays() {
    let case = Case::of(&[
        (
            "Begin",
            &[
                ("shop/legacy.py", Some(LEGACY)),
                ("shop/kept.py", Some("KEPT = 1\n")),
                ("backup_2025/shop/legacy.py", Some(LEGACY)),
                ("backup_2025/shop/kept.py", Some("KEPT = 1\n")),
                ("backup_2025/only.py", Some("def only():\n    return 1\n")),
            ],
        ),
        ("Go on", &[("shop/legacy.py", None)]),
    ]);
    hold(
        &case,
        &[
            ("Removed `legacy.py`", "verified", "copies that were put aside remain: `backup_2025/shop/legacy.py`"),
            // an import could mean the copy
            ("Removed `OrderStore`", "unprovable", "still means something at head"),
            ("Removed `OrderStore.load`", "unprovable", "still means something at head"),
            ("`legacy.py` no longer exists", "unprovable", "copies that were put aside remain"),
            ("`OrderStore` no longer exists", "refuted", "defined at head"),
            ("Removed `only`", "unprovable", "copies that were put aside define it"),
            ("Removed `kept.py`", "refuted", "`shop/kept.py` is still there"),
            ("Removed `backup_2025/only.py`", "refuted", "is still there"),
        ],
        &[],
    );
}

#[test]
fn a_number_behind_a_name_is_judged_by_itself() {
    let statement = judged(&clean(), &[("Removed the `OrderStore` class (130+ lines)", "", "")], &[]);
    let claims = statement["predicate"]["claims"].as_array().unwrap();
    let told: Vec<(&str, &str)> =
        claims.iter().map(|it| (it["kind"].as_str().unwrap(), it["status"].as_str().unwrap())).collect();
    assert_eq!(told, [("count", "refuted"), ("removed", "verified")], "{claims:#?}");
}

#[test]
fn a_word_of_the_lead_holds_for_each_item() {
    let case = Case::of(&[
        (
            "Begin",
            &[
                ("shop/__init__.py", Some("")),
                ("shop/legacy.py", Some(LEGACY)),
                ("shop/dead.py", Some("DEAD = 1\n")),
                ("shop/work.py", Some("from shop.legacy import OrderStore\n\nSTORE = OrderStore()\n")),
            ],
        ),
        (
            "Go on\n\nRemoved unused modules:\n- shop/legacy.py\n\nRemoved modules:\n- shop/dead.py\n",
            &[("shop/legacy.py", None), ("shop/dead.py", None)],
        ),
    ]);
    let (_, out) = case.run(&["audit", "--commit-messages", "--format", "json"]);
    let statement: Value = serde_json::from_str(&out).unwrap();
    let claims = statement["predicate"]["claims"].as_array().unwrap();
    let told: Vec<(&str, &str)> =
        claims.iter().map(|it| (it["text"].as_str().unwrap(), it["status"].as_str().unwrap())).collect();
    assert_eq!(told, [("shop/legacy.py", "unprovable"), ("shop/dead.py", "verified")], "{claims:#?}");
}
