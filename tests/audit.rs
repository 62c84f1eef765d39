//! `solely audit` and `solely verify` from end to end, on a repository made for it: claims, evidence, the bundle's bytes,
//! and what becomes of a bundle that somebody changed.

use crate::cli::{git, write};
use serde_json::{Value, json};
use solely::bundle::{ENVELOPE, EVIDENCE, Files, Signer, Trusted, seal};
use solely::cache::Cache;
use solely::pipeline::{VerifyOptions, verify};
use solely::progress::Silent;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const REPORT: &str = include_str!("audit/closure.md");

const BASE: &str = include_str!("audit/orders_base.py");
const HEAD: &str = include_str!("audit/orders_head.py");

/// Two modules that define one class.
const EVENTS: &str = "class EventType:\n    CREATED = \"created\"\n    PAID = \"paid\"\n    SENT = \"sent\"\n\n    def is_final(self, value):\n        if value == self.SENT:\n            return True\n        return False\n";

const POLICY: &str = "\
[[legacy]]
id = \"orders-v2\"
summary = \"the order path from before the store\"
issue = \"#447\"
symbols = [
  \"shop.orders:OrderHandler._handle_order_v2_legacy\",
  \"shop.orders:OrderHandler._route_order_v2\",
]
successor = \"shop.orders:OrderHandler._handle_order_v3_clean\"
require = { code = \"gone\", tests = \"anything\", docs = \"anything\", config = \"anything\" }

[removal]
expect = { net-lines = \">= 10\", reintroduced = 0, broken = 0 }
";

const EVIDENCE_POLICY: &str = "\
[[evidence]]
kind = \"log\"
path = \"logs/*.jsonl\"
forbid = [\"(?i)traceback\"]
require = [\"V3\"]
from = \"2030-01-01T00:00:00Z\"

[[evidence]]
kind = \"json\"
path = \"health.json\"
commit-at = \"/commit\"
expect = { \"/status\" = \"healthy\", \"/checks/0/latency\" = \"<= 1\" }

[[evidence]]
kind = \"junit\"
path = \"junit.xml\"
require-tests = [\"*v3*\"]
expect-failures = [\"test_v2_*\"]

[[evidence]]
kind = \"coverage\"
path = \"coverage.xml\"
symbol = \"shop.orders:OrderHandler._handle_order_v3_clean\"
at-least = 0.9
";

/// Files that a commit writes or, with `None`, removes.
type Written<'w> = &'w [(&'w str, Option<&'w str>)];

pub struct Case {
    folder: TempDir,
}

impl Case {
    /// A repository of commits: the message of each, and what it writes or, with `None`, removes.
    pub fn of(commits: &[(&str, Written<'_>)]) -> Self {
        let case = Self { folder: tempfile::tempdir().unwrap() };
        case.git(&["init", "-q", "-b", "main"]);
        for (message, files) in commits {
            for (path, text) in *files {
                match text {
                    Some(text) => case.write(&format!("repo/{path}"), text),
                    None => fs::remove_file(case.repo().join(path)).unwrap(),
                }
            }
            case.commit(message);
        }
        case
    }

    /// A repository in which the legacy goes, with or without evidence in its policy.
    fn new(with_evidence: bool) -> Self {
        let case = Self { folder: tempfile::tempdir().unwrap() };
        let policy = if with_evidence { format!("{POLICY}\n{EVIDENCE_POLICY}") } else { POLICY.to_owned() };
        case.git(&["init", "-q", "-b", "main"]);
        for (path, text) in [
            ("repo/solely.toml", policy.as_str()),
            ("repo/shop/__init__.py", ""),
            ("repo/shop/orders.py", BASE),
            ("repo/shop/events.py", EVENTS),
            ("repo/shop/kinds.py", EVENTS),
            ("repo/shop/odd.py", "def broken(:\n    pass\n"),
            (
                "repo/main.py",
                "from shop.orders import OrderHandler\n\nif __name__ == \"__main__\":\n    OrderHandler().handle(1)\n",
            ),
            ("repo/.gitignore", "evidence/\n"),
        ] {
            case.write(path, text);
        }
        case.commit("Begin");
        case.write("repo/shop/orders.py", HEAD);
        case.commit(
            "Remove the order path from before the store\n\n- Removed `_route_order_v2()`\n- Removed 999 lines",
        );
        case
    }

    fn repo(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    pub fn write(&self, path: &str, text: &str) {
        write(&self.folder, path, text);
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        fs::create_dir_all(self.repo()).unwrap();
        git(self.repo(), arguments)
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    /// The closure report, with the numbers that real git counts.
    fn report(&self) -> String {
        let numstat = self.git(&["diff", "--numstat", "HEAD~1", "HEAD"]);
        let (mut added, mut deleted) = (0, 0);
        for line in numstat.lines() {
            let mut columns = line.split('\t').map(|column| column.parse::<u64>().unwrap_or(0));
            added += columns.next().unwrap();
            deleted += columns.next().unwrap();
        }
        REPORT.replace("NET", &(deleted - added).to_string())
    }

    fn evidence(&self) {
        let head = self.git(&["rev-parse", "HEAD"]);
        self.write("repo/evidence/health.json", &format!("{{\"status\": \"healthy\", \"service\": \"shop\", \"version\": \"1.0.0\", \"commit\": \"{head}\", \"checks\": [{{\"latency\": 0.5}}]}}"));
        self.write("repo/evidence/logs/a.jsonl", "{\"timestamp\": \"2030-01-01T00:00:01Z\", \"message\": \"orders V3 ready\"}\n{\"timestamp\": \"2020-01-01T00:00:01Z\", \"message\": \"orders V2 Traceback\"}\n");
        let cases: String = (0..6).map(|at| format!("<testcase classname='t' name='test_v3_{at}'/>")).collect();
        let failing: String =
            (0..4).map(|at| format!("<testcase classname='t' name='test_v2_{at}'><failure/></testcase>")).collect();
        self.write("repo/evidence/junit.xml", &format!("<testsuites><testsuite name='s' timestamp='2030-01-01T00:00:00'>{cases}{failing}</testsuite></testsuites>"));
        let place = HEAD.lines().position(|line| line.contains("def _handle_order_v3_clean")).unwrap() + 2;
        self.write("repo/evidence/coverage.xml", &format!("<coverage timestamp='1900000000'><packages><package><classes><class filename='shop/orders.py'><lines><line number='{place}' hits='3'/></lines></class></classes></package></packages></coverage>"));
    }

    /// Runs the binary in the repository; status and standard output.
    pub fn run(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = command().current_dir(self.repo()).args(words).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.code() != Some(2), "{words:?}: {err}");
        (output.status.code(), out.into_owned())
    }

    fn audit(&self, words: &[&str]) -> Value {
        self.write("repo/evidence/closure.md", &self.report());
        let (_, out) = self.run(
            &[&["audit", "--claims", "evidence/closure.md", "--evidence", "evidence", "--format", "json"], words]
                .concat(),
        );
        serde_json::from_str(&out).unwrap()
    }
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_solely"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SOLELY_") || name.starts_with("CLICOLOR")) {
        command.env_remove(name);
    }
    command.arg("--no-cache");
    command
}

/// The status of each claim whose text begins with a key.
fn status<'v>(statement: &'v Value, text: &str) -> &'v str {
    let claims = statement["predicate"]["claims"].as_array().unwrap();
    let found = claims.iter().find(|claim| claim["text"].as_str().unwrap().starts_with(text));
    found.unwrap_or_else(|| panic!("no claim `{text}` in {claims:#?}"))["status"].as_str().unwrap()
}

#[test]
fn a_closure_report_is_taken_claim_by_claim() {
    let case = Case::new(false);
    let statement = case.audit(&["--commit-messages"]);
    for (text, expected) in [
        ("V2 legacy method exists", "verified"),
        ("V3 clean method exists", "verified"),
        ("V2 routing method exists", "verified"),
        ("Handler instantiation", "unprovable"),
        ("Total tests", "unprovable"),
        ("Functionality tests passed", "unprovable"),
        ("Zero V2-related logs", "unprovable"),
        ("status: healthy", "unprovable"),
        ("V3 functionality validation", "unprovable"),
        ("Build Status", "unprovable"),
        ("No breaking changes", "unprovable"),
        ("No duplicate implementations", "refuted"),
        ("Removed _route_order_v2()", "verified"),
        ("Removed 999 lines", "refuted"),
    ] {
        let text = text.replace("Removed _route", "Removed `_route").replace("v2()", "v2()`");
        assert_eq!(status(&statement, &text), expected, "{text}");
    }
    let net = statement["predicate"]["removed"]["totals"]["net"].as_u64().unwrap();
    assert_eq!(status(&statement, &format!("{net} lines of legacy code removed")), "verified");
    let said = format!("{net} lines of legacy code removed");
    let claims = statement["predicate"]["claims"].as_array().unwrap();
    let lines = claims.iter().find(|claim| claim["text"] == said).unwrap()["because"].as_str().unwrap();
    assert!(lines.contains("24 lines net, physically") && lines.contains("the code shrank by 16"), "{lines}");
    let predicate = &statement["predicate"];
    assert_eq!((&predicate["verdict"], &predicate["recommendation"]), (&json!("fail"), &json!("do-not-close")));
    let unmentioned = predicate["unmentioned"].to_string();
    assert!(unmentioned.contains("_make_context") && !unmentioned.contains("_route_order_v2"), "{unmentioned}");
    let refuted = predicate["claims"].as_array().unwrap().iter().find(|it| it["kind"] == "no-duplicates").unwrap();
    assert!(refuted["because"].as_str().unwrap().contains("`EventType` (events.py:1-9, kinds.py:1-9)"), "{refuted}");
}

#[test]
fn evidence_from_outside_decides_what_the_repository_cannot() {
    let case = Case::new(true);
    let before = case.audit(&[]);
    assert_eq!(status(&before, "status: healthy"), "unprovable");
    assert!(before["predicate"]["open"].to_string().contains("there is no such file"));
    case.evidence();
    let after = case.audit(&[]);
    for (text, expected) in [
        ("Total tests", "verified"),
        ("Expected failures", "verified"),
        ("Functionality tests passed", "verified"),
        ("Zero V2-related logs", "verified"),
        ("status: healthy", "verified"),
        ("version: 1.0.0", "verified"),
        ("service: netra", "refuted"),
        ("V3 functionality validation", "verified"),
        ("V2 removal validation", "unprovable"),
    ] {
        assert_eq!(status(&after, text), expected, "{text}: {:#}", after["predicate"]["claims"]);
    }
    for evidence in after["predicate"]["evidence"].as_array().unwrap() {
        assert_eq!(evidence["verdict"], "pass", "{evidence:#}");
    }
    // stale: the health of another commit
    let old = case.git(&["rev-parse", "HEAD~1"]);
    case.write("repo/evidence/health.json", &format!("{{\"status\": \"healthy\", \"commit\": \"{old}\"}}"));
    assert_eq!(status(&case.audit(&[]), "status: healthy"), "unprovable");
    // an empty window is not a pass
    case.write("repo/evidence/logs/a.jsonl", "{\"timestamp\": \"2020-01-01T00:00:01Z\", \"message\": \"V3\"}\n");
    assert_eq!(status(&case.audit(&[]), "Zero V2-related logs"), "unprovable");
    // bad input is a value
    for (path, text) in [
        ("junit.xml", "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;\">]><testsuites>&c;"),
        ("coverage.xml", "\u{0}\u{1}"),
        ("health.json", "{"),
    ] {
        case.write(&format!("repo/evidence/{path}"), text);
    }
    let bad = case.audit(&[]);
    assert!(bad["predicate"]["evidence"].as_array().unwrap().iter().all(|it| it["verdict"] != "pass"), "{bad:#}");
}

#[test]
fn no_claim_at_all_is_no_pass() {
    let case = Case::new(false);
    let (status, out) = case.run(&["audit", "--format", "json"]);
    let statement: Value = serde_json::from_str(&out).unwrap();
    assert!(statement["predicate"]["open"].to_string().contains("no claim was given"), "{out}");
    assert_ne!(status, Some(0));
}

#[test]
fn the_record_keeps_to_its_schema() {
    let published = solely::report::SCHEMAS.iter().find(|schema| schema.name == "audit").unwrap().text();
    let case = Case::new(true);
    case.evidence();
    let statement = case.audit(&["--issue", "#447"]);
    let schema: Value = serde_json::from_str(&published).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&statement));
    assert_eq!(solely::bundle::faults(&statement, &schema), []);
}

/// The files of a folder by their path in it.
fn files(folder: &Path) -> Files {
    fn read(root: &Path, folder: &Path, files: &mut Files) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(root, &path, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    read(folder, folder, &mut found);
    found
}

#[test]
#[cfg(unix)]
fn the_bytes_are_the_same_on_another_machine() {
    let case = Case::new(true);
    case.evidence();
    case.write("repo/evidence/closure.md", &case.report());
    let words =
        ["audit", "--claims", "evidence/closure.md", "--evidence", "evidence", "--commit-messages", "--issue", "447"];
    let one = case.folder.path().join("one");
    case.run(&[&words[..], &["--output", one.to_str().unwrap()]].concat());

    // a bare clone elsewhere, another home with hostile settings, another zone, language, mask, number of threads
    let elsewhere = tempfile::tempdir().unwrap();
    let bare = elsewhere.path().join("clone of it.git");
    case.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let home = elsewhere.path().join("home");
    fs::create_dir_all(&home).unwrap();
    fs::write(
        home.join(".gitconfig"),
        "[diff]\n renames = false\n algorithm = patience\n noprefix = true\n[core]\n quotepath = true\n abbrev = 4\n",
    )
    .unwrap();
    let work = elsewhere.path().join("work");
    fs::create_dir_all(&work).unwrap();
    let copy = Command::new("cp")
        .args(["-r", case.repo().join("evidence").to_str().unwrap(), "."])
        .current_dir(&work)
        .status()
        .unwrap();
    assert!(copy.success());
    let script = "umask 077; exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_solely")])
        .args(words)
        .args(["--repo", bare.to_str().unwrap(), "--head", "main", "--output", "two"])
        .current_dir(&work)
        .envs([("HOME", home.to_str().unwrap()), ("TZ", "Pacific/Chatham"), ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "C")])
        .envs([("RAYON_NUM_THREADS", "1"), ("XDG_CACHE_HOME", home.to_str().unwrap())])
        .env_remove("GIT_CONFIG_GLOBAL")
        .output()
        .unwrap();
    assert!(output.status.code() != Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let (one, two) = (files(&one), files(&work.join("two")));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(bytes == &two[name], "`{name}` differs");
    }
    let text = String::from_utf8(one[EVIDENCE].clone()).unwrap();
    for trace in [case.folder.path().to_str().unwrap(), "home", "Chatham"] {
        assert!(!text.contains(trace), "the record knows `{trace}`");
    }
}

/// A signing key of nobody.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n-----END PRIVATE KEY-----\n";
const OTHER_KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI\n-----END PRIVATE KEY-----\n";

#[test]
fn verify_passes_what_it_derives_and_catches_every_change() {
    let case = Case::new(true);
    case.evidence();
    case.write("repo/evidence/closure.md", &case.report());
    let folder = case.folder.path().join("bundle");
    case.write("key.pem", KEY);
    let key = case.folder.path().join("key.pem");
    let words = ["audit", "--claims", "evidence/closure.md", "--evidence", "evidence", "--commit-messages"];
    case.run(&[&words[..], &["--output", folder.to_str().unwrap(), "--sign", key.to_str().unwrap()]].concat());
    let genuine = files(&folder);
    let signer = Signer::read(KEY).unwrap();
    let trusted = Trusted::read(&format!("auditor@example.org {}\n", signer.public().unwrap())).unwrap();
    let base = case.git(&["rev-parse", "HEAD~1"]);
    let verified = |files: Files, trusted: Option<Trusted>, head: Option<&str>| {
        let options = VerifyOptions {
            repo: case.repo(),
            files,
            trusted,
            head: head.map(str::to_owned),
            cache: Cache::none(),
            search_path: std::env::var_os("PATH"),
        };
        verify(&options, &Silent).unwrap()
    };
    let pass = verified(genuine.clone(), Some(trusted.clone()), Some("HEAD"));
    assert_eq!(pass.problems, [], "a genuine bundle");
    assert_eq!(pass.signed_by.as_deref(), Some("auditor@example.org"));
    let (status, _) = case.run(&["verify", folder.to_str().unwrap()]);
    assert_eq!(status, Some(0));
    let other = verified(genuine.clone(), None, Some("HEAD~1"));
    assert_eq!(other.problems.iter().map(|it| it.kind.name()).collect::<Vec<_>>(), ["other-commit"]);

    // changes of the record, which nobody signed again
    type Change = Box<dyn Fn(&mut Value)>;
    let set = |pointer: &'static str, value: Value| -> Change {
        Box::new(move |record| *record.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value.clone())
    };
    let drop_first = |pointer: &'static str| -> Change {
        Box::new(move |record| drop(record.pointer_mut(pointer).unwrap().as_array_mut().unwrap().remove(0)))
    };
    let refuted = {
        let record: Value = serde_json::from_slice(&genuine[EVIDENCE]).unwrap();
        let claims = record["predicate"]["claims"].as_array().unwrap().clone();
        claims.iter().position(|claim| claim["status"] == "refuted").unwrap()
    };
    let flip: Change = Box::new(move |record| record["predicate"]["claims"][refuted]["status"] = json!("verified"));
    let ghost = base.clone();
    let changes: Vec<(&str, &str, Change)> = vec![
        ("a claim flipped", "difference", flip),
        ("a claim removed", "difference", drop_first("/predicate/claims")),
        (
            "a claim said twice",
            "difference",
            Box::new(|record| {
                let claims = record["predicate"]["claims"].as_array_mut().unwrap();
                let first = claims[0].clone();
                claims.push(first);
            }),
        ),
        ("a reason reworded", "difference", set("/predicate/claims/0/because", json!("because"))),
        ("a claim's line moved", "difference", set("/predicate/claims/0/source/line", json!(1))),
        ("a gap removed", "difference", drop_first("/predicate/gaps")),
        ("a gap's reason changed", "difference", set("/predicate/gaps/0/reason", json!("none"))),
        ("the verdict changed", "difference", set("/predicate/verdict", json!("pass"))),
        ("the recommendation changed", "difference", set("/predicate/recommendation", json!("close"))),
        ("what blocks removed", "difference", set("/predicate/blocking", json!([]))),
        ("what is open removed", "difference", set("/predicate/open", json!([]))),
        ("the sentence changed", "difference", set("/predicate/summary", json!("close the issue"))),
        ("an unread sentence removed", "difference", set("/predicate/unread", json!([]))),
        ("the unmentioned removed", "difference", set("/predicate/unmentioned", json!([]))),
        ("a limit removed", "difference", drop_first("/predicate/limits")),
        ("the count of claims changed", "difference", set("/predicate/claim-counts/refuted", json!(0))),
        ("the lines changed", "difference", set("/predicate/removed/totals/net", json!(9999))),
        ("a fate changed", "difference", set("/predicate/removed/symbols/0/fate", json!("added"))),
        ("a rule's verdict changed", "difference", set("/predicate/check/head/verdict", json!("fail"))),
        ("a duplicate removed", "difference", set("/predicate/duplicates/beside", json!([]))),
        ("an expectation met", "difference", set("/predicate/expectations/0/measured", json!(1))),
        ("evidence excused", "difference", set("/predicate/evidence/0/checks", json!([]))),
        ("the tree of the subject changed", "difference", set("/subject/1/digest/gitTree", json!(base))),
        ("the commit of the subject changed", "subject", set("/subject/0/digest/gitCommit", json!(base))),
        ("the head changed", "subject", set("/predicate/head/commit", json!(base))),
        ("the base changed", "difference", {
            let head = case.git(&["rev-parse", "HEAD"]);
            set("/predicate/base/commit", json!(head))
        }),
        (
            "another commit's bundle",
            "difference",
            Box::new(move |record| {
                record["subject"][0]["digest"]["gitCommit"] = json!(ghost);
                record["predicate"]["head"]["commit"] = json!(ghost);
            }),
        ),
        (
            "a commit that nobody has",
            "no-commit",
            Box::new(|record| {
                let nowhere = json!("0123456789abcdef0123456789abcdef01234567");
                record["subject"][0]["digest"]["gitCommit"] = nowhere.clone();
                record["predicate"]["head"]["commit"] = nowhere;
            }),
        ),
        ("the policy's text changed", "digest", set("/predicate/policy/texts/0/text", json!("[project]\n"))),
        ("the policy's digest changed", "difference", set("/predicate/policy/digest", json!("00"))),
        ("the policy's origin changed", "difference", set("/predicate/policy/origin", json!("builtin"))),
        ("a document's text changed", "digest", set("/predicate/documents/0/text", json!("nothing"))),
        ("the messages left out", "difference", set("/predicate/arguments/commit-messages", json!(false))),
        ("a hash of evidence changed", "input", set("/predicate/evidence/0/files/0/sha256", json!("00"))),
        ("a newer version", "newer-tool", set("/predicate/tool/version", json!("99.0.0"))),
        ("an older version", "difference", set("/predicate/tool/version", json!("0.0.1"))),
        ("no version", "schema", set("/predicate/tool/version", json!("new"))),
        ("another predicate", "schema", set("/predicateType", json!("https://example.org/x"))),
        ("no statement", "schema", set("/_type", json!("https://in-toto.io/Statement/v0.1"))),
        (
            "a field left out",
            "schema",
            Box::new(|record| {
                record["predicate"].as_object_mut().unwrap().remove("gaps");
            }),
        ),
        ("a field of another type", "schema", set("/predicate/claims", json!("all verified"))),
        ("a field more", "difference", Box::new(|record| record["predicate"]["approved"] = json!(true))),
    ];
    let mut caught = 0;
    for (what, kind, change) in &changes {
        let mut record: Value = serde_json::from_slice(&genuine[EVIDENCE]).unwrap();
        change(&mut record);
        let mut files = genuine.clone();
        files.remove(ENVELOPE);
        let bytes = serde_json::to_string_pretty(&record).unwrap() + "\n";
        assert!(bytes.as_bytes() != genuine[EVIDENCE], "{what}: nothing was changed");
        files.insert(EVIDENCE.to_owned(), bytes.into_bytes());
        let found = verified(files, None, None);
        let kinds: Vec<&str> = found.problems.iter().map(|problem| problem.kind.name()).collect();
        assert!(kinds.contains(kind), "{what}: expected {kind}, found {kinds:?}");
        assert_ne!(found.verdict.name(), "pass", "{what}");
        caught += 1;
    }

    // changes of the files
    let with = |change: &dyn Fn(&mut Files)| {
        let mut files = genuine.clone();
        change(&mut files);
        files
    };
    let input = genuine.keys().find(|name| name.starts_with("inputs/")).unwrap().clone();
    let resealed = seal(&genuine[EVIDENCE], &Signer::read(OTHER_KEY).unwrap()).unwrap();
    let envelope = String::from_utf8(genuine[ENVELOPE].clone()).unwrap();
    let forged: Vec<(&str, &str, Files)> = vec![
        (
            "one byte changed",
            "signature",
            with(&|files| {
                let bytes = files.get_mut(EVIDENCE).unwrap();
                let at = bytes.windows(4).position(|four| four == b"only").unwrap();
                bytes[at] = b'O';
            }),
        ),
        ("a space more", "signature", with(&|files| files.get_mut(EVIDENCE).unwrap().push(b' '))),
        ("no record", "unreadable", with(&|files| drop(files.remove(EVIDENCE)))),
        ("no JSON", "unreadable", with(&|files| drop(files.insert(EVIDENCE.into(), b"{".to_vec())))),
        ("an input left out", "input", with(&|files| drop(files.remove(&input)))),
        ("an input changed", "input", with(&|files| files.get_mut(&input).unwrap().push(b' '))),
        ("a file more", "stranger", with(&|files| drop(files.insert("notes.txt".into(), Vec::new())))),
        ("no signature", "unsigned", with(&|files| drop(files.remove(ENVELOPE)))),
        ("another's signature", "signature", with(&|files| drop(files.insert(ENVELOPE.into(), resealed.clone())))),
        (
            "an envelope of another type",
            "signature",
            with(&|files| {
                drop(files.insert(ENVELOPE.into(), envelope.replace("in-toto", "other").into_bytes()));
            }),
        ),
        ("an envelope that is none", "signature", with(&|files| drop(files.insert(ENVELOPE.into(), b"[]".to_vec())))),
    ];
    for (what, kind, files) in forged {
        let found = verified(files, Some(trusted.clone()), None);
        let kinds: Vec<&str> = found.problems.iter().map(|problem| problem.kind.name()).collect();
        assert!(kinds.contains(&kind), "{what}: expected {kind}, found {kinds:?}");
        assert_ne!(found.verdict.name(), "pass", "{what}");
        caught += 1;
    }
    for (name, _) in solely::bundle::RENDERINGS.iter().filter(|(name, _)| genuine.contains_key(*name)) {
        let found = verified(with(&|files| files.get_mut(*name).unwrap().push(b' ')), Some(trusted.clone()), None);
        assert!(found.problems.iter().any(|problem| problem.kind.name() == "rendering"), "{name}");
        caught += 1;
    }
    // a space more, and nobody who signed it
    let mut spaced = with(&|files| files.get_mut(EVIDENCE).unwrap().push(b' '));
    spaced.remove(ENVELOPE);
    assert_eq!(verified(spaced, None, None).problems.iter().map(|it| it.kind.name()).collect::<Vec<_>>(), ["bytes"]);
    assert!(caught >= 50, "{caught} changes were caught");
}

#[test]
#[cfg(unix)]
fn the_command_that_derives_it_again_can_be_pasted() {
    let case = Case::new(false);
    case.write("repo/evidence/it's a claim.md", "- 17 lines of legacy code removed\n");
    case.write("repo/evidence/policy.toml", POLICY);
    let words =
        ["audit", "--claims", "evidence/it's a claim.md", "--config", "evidence/policy.toml", "--issue", "#447 $(x)"];
    let one = case.folder.path().join("one");
    case.run(
        &[&words[..], &["--commit-messages", "--evidence", "evidence", "--output", one.to_str().unwrap()]].concat(),
    );
    let report = fs::read_to_string(one.join("report.md")).unwrap();
    let line = report.lines().skip_while(|line| *line != "```sh").nth(1).unwrap();
    assert!(line.starts_with("solely audit --base "), "{line}");
    let page = fs::read_to_string(one.join("report.html")).unwrap();
    assert!(page.contains("--config=evidence/policy.toml"), "the page tells the same command");
    let script = format!("solely() {{ {:?} \"$@\"; }}\n{line} --output ../two", env!("CARGO_BIN_EXE_solely"));
    let output = Command::new("sh").args(["-c", &script]).current_dir(case.repo()).output().unwrap();
    assert!(output.status.code() != Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(files(&one), files(&case.folder.path().join("two")));
}

#[test]
fn a_successor_that_nothing_wires_is_in_the_way() {
    let wired = Case::new(false).audit(&[]);
    assert!(
        !wired["predicate"]["blocking"].to_string().contains("is not wired"),
        "{:#}",
        wired["predicate"]["blocking"]
    );
    let case = Case::new(false);
    case.write("repo/main.py", "if __name__ == \"__main__\":\n    print(\"nothing\")\n");
    case.commit("Take the handler out of the entry point");
    let statement = case.audit(&["--base", "HEAD~2"]);
    let blocking = statement["predicate"]["blocking"].as_array().unwrap();
    let unwired = blocking.iter().find(|item| item["kind"] == "unwired").unwrap_or_else(|| panic!("{blocking:#?}"));
    assert!(
        unwired["message"].as_str().unwrap().contains("`OrderHandler._handle_order_v3_clean` is not wired"),
        "{unwired}"
    );
    assert_eq!(statement["predicate"]["recommendation"], "do-not-close");
}

#[test]
fn a_built_in_rule_stands_in_the_way_by_what_the_change_brought() {
    let pair = |name: &str| {
        format!("def {name}_v1(order):\n    return order\n\n\ndef {name}_v2(order):\n    return order, 1\n")
    };
    let (ship, bill) = (pair("ship"), pair("bill"));
    let removal = "Remove `gone`\n\n- Removed `gone()`";
    let told = |case: &Case| -> Value {
        serde_json::from_str(&case.run(&["audit", "--commit-messages", "--format", "json"]).1).unwrap()
    };
    let standing = |audit: &Value| {
        let rules = audit["predicate"]["standing"].as_array().unwrap();
        rules.iter().find(|it| it["rule"] == "superseded-version").unwrap().clone()
    };
    let listed = |audit: &Value, side: &str| {
        let findings = audit["predicate"]["check"][side]["findings"].as_array().unwrap();
        findings.iter().filter(|it| it["rule"] == "superseded-version").count()
    };
    let blocks = |audit: &Value| {
        let items = audit["predicate"]["blocking"].as_array().unwrap();
        items.iter().any(|it| it["message"].as_str().unwrap().contains("superseded-version"))
    };

    // It stood at base, in a file that the change leaves alone.
    let case = Case::of(&[
        ("Begin", &[("ship.py", Some(&ship)), ("old.py", Some("def gone():\n    pass\n"))]),
        (removal, &[("old.py", None)]),
    ]);
    let audit = told(&case);
    assert!(!blocks(&audit), "{:?}", audit["predicate"]["blocking"]);
    let open = audit["predicate"]["open"].as_array().unwrap();
    assert_eq!(
        (open.len(), &open[0]["kind"]),
        (1, &json!("no-policy")),
        "without a policy nothing is closed: {open:?}"
    );
    assert_eq!((listed(&audit, "base"), listed(&audit, "head")), (0, 0));
    let aside = standing(&audit);
    assert_eq!((&aside["at-base"], &aside["at-head"], &aside["stood-before"]), (&json!(1), &json!(1), &json!(true)));
    let rules = audit["predicate"]["check"]["head"]["rules"].as_array().unwrap();
    assert!(rules.iter().any(|it| it["id"] == "superseded-version" && it["verdict"] == "fail"));

    // The change brings another one.
    let case = Case::of(&[
        ("Begin", &[("ship.py", Some(&ship)), ("old.py", Some("def gone():\n    pass\n"))]),
        (removal, &[("old.py", None), ("bill.py", Some(&bill))]),
    ]);
    let audit = told(&case);
    assert!(blocks(&audit));
    assert_eq!((listed(&audit, "base"), listed(&audit, "head")), (0, 1));
    assert_eq!((&standing(&audit)["at-head"], &standing(&audit)["stood-before"]), (&json!(1), &json!(false)));

    // It stood, in a file that the change touches: told, and not in the way.
    let case = Case::of(&[
        ("Begin", &[("ship.py", Some(&format!("{ship}\n\ndef gone():\n    pass\n")))]),
        (removal, &[("ship.py", Some(&ship))]),
    ]);
    let audit = told(&case);
    assert!(!blocks(&audit));
    assert_eq!((listed(&audit, "base"), listed(&audit, "head")), (1, 1));
    assert_eq!((&standing(&audit)["at-head"], &standing(&audit)["stood-before"]), (&json!(0), &json!(true)));

    // A rule that the project wrote counts whatever stands.
    let policy =
        "[[family]]\nid = \"superseded-version\"\nsummary = \"ours\"\nseverity = \"error\"\nnames = [\"*_v1\"]\n";
    let case = Case::of(&[
        (
            "Begin",
            &[("solely.toml", Some(policy)), ("ship.py", Some(&ship)), ("old.py", Some("def gone():\n    pass\n"))],
        ),
        (removal, &[("old.py", None)]),
    ]);
    let audit = told(&case);
    assert!(blocks(&audit));
    assert_eq!((listed(&audit, "base"), listed(&audit, "head")), (1, 1));
    assert_eq!(audit["predicate"]["standing"], json!([]));
}
