//! Formats with a reader of their own: valid by its rules, inert whatever a repository is called or says, and the same
//! bytes for the same input.

use crate::canonical;
use serde_json::Value;
use solely::checks::Scope;
use solely::checks::duplicates::Options;
use solely::evidence::{
    AuditArguments, AuditReport, CheckReport, Document, DocumentKind, DuplicatesReport, RemovedReport, Sources, Status,
    TrendReport,
};
use solely::pipeline::{
    AuditOptions, PolicySource, RemovedOptions, TrendOptions, audit, compare, judge, removed, trend,
};
use solely::policy::Policy;
use solely::progress::Silent;
use solely::report::{FORMATS, RenderOptions, Report, find_format, formats_of};
use solely::workspace::Snapshot;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use tempfile::TempDir;

const PLAIN: RenderOptions = RenderOptions { color: false, width: 100, max: Some(20) };

/// Paths that are something else to somebody who does not escape them.
pub const HOSTILE_PATHS: &[&str] = &[
    "docs/<script>alert(1)<!--.md",
    "docs/<img src=x onerror=alert(1)>\"'.md",
    "docs/[click](https:evil.example).md",
    "docs/](javascript:alert(1)) | x |.md",
    "docs/```\n::error file=a,line=1::pwned\n```.md",
    "docs/a%0A::warning::b,line=9:c.md",
    "::error::pwned.md",
    "docs/##[error]pwned.md",
    "docs/@octocat #1 owner`name&amp;]]>&#64;.md",
    "docs/\u{1b}[31mred\u{7}\u{202e}\u{9b}.md",
    "docs/</details></summary></style></svg>.md",
    "docs/{{ 7*7 }}${7*7}.md",
    "docs/a b\u{e9}\\?#frag.md",
];

const POLICY: &str = "\
[[legacy]]
id = \"old-route\"
summary = \"<script>alert(2)</script> [x](javascript:alert(2)) `::error::x` @octocat ]]>\"
symbols = [\"shop.api:route_v2\"]
";

const SETTINGS: &str = "import os\nGREETING = os.getenv(\"SHOP_GREETING\", \"<script>alert(3)</script>\")\n";
const SETTINGS_TOO: &str = "import os\nGREETING = os.getenv(\"SHOP_GREETING\", \"::error::`] ]]> @octocat\")\n";

fn hostile_files() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> =
        HOSTILE_PATHS.iter().map(|path| ((*path).to_owned(), b"Call `route_v2()`.\n".to_vec())).collect();
    let mut add = |path: &str, text: &str| files.push((path.to_owned(), text.as_bytes().to_vec()));
    add("shop/api.py", "def route_v2(request):\n    return request\n");
    add("shop/web.py", "from shop.api import route_v2\nroute_v2(1)\n");
    add("shop/settings.py", SETTINGS);
    add("web/settings.py", SETTINGS_TOO);
    add("web/<b>broken</b>.py", "def route_v2( = 1\n");
    files
}

pub fn hostile_check() -> CheckReport {
    let policy = Policy::parse(POLICY, "solely.toml", &|_| Ok(None)).unwrap();
    let snapshot = Snapshot::in_memory(hostile_files());
    judge(&snapshot, &policy, Scope::default(), jiff::civil::date(2026, 1, 1), &Silent)
}

pub fn hostile_duplicates() -> DuplicatesReport {
    let options = Options { kinds: Vec::new(), min_lines: 2, tests: true, traced: None };
    let mut files = hostile_files();
    let copied = b"def ship(order, warehouse, carriers):
    parcel = warehouse.pack(order.lines)
    label = warehouse.label(order.address, parcel.weight)
    if parcel.weight > carriers.limit:
        raise TooHeavy(parcel.weight)
    carrier = carriers.choose(parcel, order.address)
    number = carrier.book(parcel, label)
    order.mark_shipped(number)
    return number
";
    files.push(("shop/<script>alert(4)</script>.py".to_owned(), copied.to_vec()));
    files.push(("shop/`::error::`.py".to_owned(), copied.to_vec()));
    let snapshot = Snapshot::in_memory(files);
    compare(&snapshot, &Policy::builtin(), Scope::default(), &options, &Silent)
}

/// A repository of two commits, the second of which removes what hostile files hold.
fn repository() -> &'static Path {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let git = |words: &[&str]| {
            let mut git = Command::new("git");
            git.current_dir(folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
            for (name, value) in [("NAME", "<b>A</b>"), ("EMAIL", "a@example.org"), ("DATE", "2026-01-01T00:00:00Z")] {
                git.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
            }
            assert!(git.args(words).status().unwrap().success(), "git {words:?}");
        };
        git(&["init", "--quiet", "--initial-branch=main"]);
        for (path, bytes) in hostile_files() {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--message", "one"]);
        git(&["tag", "=cmd|'<img/src=x>',@octocat,`error"]);
        fs::write(folder.path().join("shop/api.py"), "def route(request):\n    return request\n").unwrap();
        fs::remove_file(folder.path().join(HOSTILE_PATHS[0])).unwrap();
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--message", "<script>alert(5)</script> ::error::x"]);
        folder
    });
    FOLDER.path()
}

/// A trend over the hostile repository, with a tag and a title that would be something else unescaped.
pub fn hostile_trend() -> TrendReport {
    let options = TrendOptions {
        repo: repository().to_owned(),
        policy: Default::default(),
        cache: Default::default(),
        request: solely::history::RangeRequest::parse("HEAD"),
        every: solely::history::sampling::Every::Commit,
        rules: Vec::new(),
        duplicates: Some(Options { kinds: Vec::new(), min_lines: 2, tests: true, traced: Some(0) }),
        search_path: None,
    };
    trend(&options, &Silent).unwrap()
}

pub fn hostile_removed() -> RemovedReport {
    let options = RemovedOptions {
        repo: repository().to_owned(),
        policy: Default::default(),
        cache: Default::default(),
        request: solely::history::RangeRequest::parse("HEAD~1..HEAD"),
        paths: Vec::new(),
        renames: solely::history::changes::Renames::On(Default::default()),
        by: Some(solely::history::attribution::By::Commit),
        walk: solely::history::attribution::Walk::FirstParent,
        lines_only: false,
        search_path: std::env::var_os("PATH"),
    };
    removed(&options, &Silent).unwrap()
}

const CLAIMS: &str = "\
# Closed <script>alert(6)</script>

- Removed `route_v2` from `shop/api.py`
- Removed `route_v9` from `shop/api.py`
- 1,234 lines of legacy code removed, says @octocat
- No duplicate implementations [x](javascript:alert(6)) | ::error::x
- Zero `route_v2` references remain ``` <img src=x onerror=alert(6)>
- All 12 functional tests passed <b>
";

pub fn hostile_audit() -> AuditReport {
    static REPORT: LazyLock<AuditReport> = LazyLock::new(audited);
    REPORT.clone()
}

fn audited() -> AuditReport {
    let options = AuditOptions {
        repo: repository().to_owned(),
        policy: PolicySource::Given(vec![("solely.toml".to_owned(), POLICY.to_owned())]),
        request: solely::history::RangeRequest::parse("HEAD~1..HEAD"),
        documents: vec![Document {
            name: "<b>closure</b> ::error::`x`.md".to_owned(),
            text: CLAIMS.to_owned(),
            kind: DocumentKind::Report,
        }],
        arguments: AuditArguments {
            issue: Some("#7 <script>alert(7)</script>".to_owned()),
            commit_messages: true,
            config: Some("a b/'$(touch x)'.toml".to_owned()),
            evidence: None,
        },
        outside: Box::new(solely::outside::read_below(repository())),
        cache: Default::default(),
        search_path: std::env::var_os("PATH"),
    };
    audit(&options, &Silent).unwrap()
}

pub fn show<R: Report>(format: &str, report: &R) -> String {
    find_format(format).unwrap().render(report, &Sources::new(), &PLAIN).expect("a format of this report")
}

#[test]
fn the_reports_hold_what_is_hostile() {
    let check = hostile_check();
    for path in HOSTILE_PATHS {
        assert!(check.findings.iter().any(|finding| finding.location.path.as_str() == *path), "{path:?}");
    }
    assert!(!check.gaps.is_empty() && check.rules[0].summary.contains("<script>"));
    let duplicates = hostile_duplicates();
    assert!(duplicates.groups.iter().any(|group| group.disagrees), "two settings disagree");
    assert!(duplicates.groups.iter().any(|group| group.instances[0].path.as_str().contains("<script>")));
    let removed = hostile_removed();
    assert!(removed.aftermath.as_ref().is_some_and(|aftermath| !aftermath.broken.is_empty()));
    assert!(removed.ledger.files.iter().any(|file| file.path.as_str() == HOSTILE_PATHS[0]));
    let audit = hostile_audit();
    for status in [Status::Verified, Status::Refuted, Status::Unprovable] {
        assert!(audit.claims.iter().any(|judged| judged.status == status), "{status:?}: {:?}", audit.claims);
    }
    assert!(!audit.blocking.is_empty() && !audit.at_head.findings.is_empty());
}

#[test]
fn equal_input_gives_equal_bytes() {
    fn twice<R: Report>(make: fn() -> R) {
        for format in formats_of::<R>() {
            let [first, second] = [make(), make()].map(|report| show(format.name, &report));
            assert!(first == second, "{}", format.name);
            assert!(first.ends_with('\n') && !first.ends_with("\n\n"), "{} ends with one newline", format.name);
        }
    }
    twice(hostile_check);
    twice(hostile_duplicates);
    twice(hostile_removed);
    twice(hostile_trend);
    twice(audited);
    twice(canonical::check_report);
    twice(canonical::refs_report);
    twice(canonical::why_report);
    twice(canonical::plan_report);
    twice(canonical::explain_report);
}

#[test]
fn no_format_lets_control_characters_through() {
    let (check, duplicates, removed) = (hostile_check(), hostile_duplicates(), hostile_removed());
    let (audit, trend) = (hostile_audit(), hostile_trend());
    for format in FORMATS {
        let texts = [
            format.render(&check, &Sources::new(), &PLAIN),
            format.render(&duplicates, &Sources::new(), &PLAIN),
            format.render(&removed, &Sources::new(), &PLAIN),
            format.render(&audit, &Sources::new(), &PLAIN),
            format.render(&trend, &Sources::new(), &PLAIN),
        ];
        for text in texts.into_iter().flatten() {
            let found = text.chars().find(|c| (c.is_control() && *c != '\n') || matches!(*c, '\u{202e}' | '\u{200b}'));
            assert_eq!(found, None, "{}: {text}", format.name);
        }
    }
}

// -- SARIF --

/// The schema of OASIS, as a crate of the tests carries it; it is not part of this repository.
fn sarif_schema() -> Value {
    let cargo = |words: &[&str]| {
        let output = Command::new(env!("CARGO")).args(words).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        assert!(output.status.success(), "cargo {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo tells its host");
    let metadata = cargo(&["metadata", "--offline", "--format-version", "1", "--filter-platform", host]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").expect("a crate of the tests");
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let text = fs::read_to_string(manifest.with_file_name("src").join("schema.json")).unwrap();
    // these patterns of the schema have a stray bracket, which not every reader of patterns takes
    serde_json::from_str(&text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")).unwrap()
}

#[test]
fn sarif_is_valid_by_its_schema_and_by_its_types() {
    let validator = jsonschema::validator_for(&sarif_schema()).unwrap();
    let texts = [
        show("sarif", &canonical::check_report()),
        show("sarif", &hostile_check()),
        show("sarif", &hostile_duplicates()),
        show("sarif", &hostile_removed()),
        show("sarif", &hostile_audit()),
    ];
    for text in texts {
        let document: Value = serde_json::from_str(&text).unwrap();
        let faults: Vec<String> =
            validator.iter_errors(&document).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        serde_json::from_str::<serde_sarif::sarif::Sarif>(&text).unwrap();
        let results = document["runs"][0]["results"].as_array().unwrap();
        assert!(!results.is_empty());
        for result in results {
            let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
            let at = result["ruleIndex"].as_u64().expect("every result has its rule") as usize;
            assert_eq!(rules[at]["id"], result["ruleId"]);
            assert!(rules[at]["help"]["markdown"].as_str().is_some_and(|help| !help.is_empty()));
        }
    }
    let mut broken: Value = serde_json::from_str(&show("sarif", &hostile_check())).unwrap();
    broken["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&broken), "the validator can say no");
}

#[test]
fn paths_of_sarif_are_encoded_and_come_back() {
    let document: Value = serde_json::from_str(&show("sarif", &hostile_check())).unwrap();
    let mut paths = Vec::new();
    for result in document["runs"][0]["results"].as_array().unwrap() {
        let artifact = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        let uri = artifact["uri"].as_str().unwrap();
        assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{uri}");
        assert!(!uri.starts_with('/') && artifact["uriBaseId"] == "%SRCROOT%");
        paths.push(decoded(uri));
        let message = result["message"]["text"].as_str().unwrap();
        assert!(!message.contains("]("), "no link: {message}");
    }
    for path in HOSTILE_PATHS {
        assert!(paths.iter().any(|other| other == path), "{path:?}");
    }
}

fn decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.as_bytes();
    while let [first, after @ ..] = rest {
        let (byte, next) = match (first, after) {
            (b'%', [high, low, next @ ..]) => {
                let digits = [*high, *low];
                (u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap(), next)
            }
            _ => (*first, after),
        };
        bytes.push(byte);
        rest = next;
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn fingerprints_of_sarif_do_not_move_with_lines() {
    let report = |text: &str| {
        let policy = Policy::parse(POLICY, "solely.toml", &|_| Ok(None)).unwrap();
        let files = [
            ("shop/api.py", "def route_v2(request):\n    return request\n".to_owned()),
            ("shop/web.py", text.to_owned()),
        ];
        let snapshot = Snapshot::in_memory(files.map(|(path, text)| (path.to_owned(), text.into_bytes())));
        judge(&snapshot, &policy, Scope::default(), jiff::civil::date(2026, 1, 1), &Silent)
    };
    let prints = |report: &CheckReport| {
        let document: Value = serde_json::from_str(&show("sarif", report)).unwrap();
        let results = document["runs"][0]["results"].as_array().unwrap().clone();
        results.into_iter().map(|result| result["partialFingerprints"].clone()).collect::<Vec<_>>()
    };
    let code = "from shop.api import route_v2\nroute_v2(1)\nroute_v2(2)\n";
    let (before, after) = (prints(&report(code)), prints(&report(&format!("# a comment\n\n\n{code}"))));
    assert_eq!(before, after);
    assert_eq!(before.len(), 4);
    assert!((1..before.len()).all(|at| !before[..at].contains(&before[at])), "{before:?}");
}

#[test]
fn the_way_to_a_symbol_is_a_code_flow() {
    let document: Value = serde_json::from_str(&show("sarif", &canonical::check_report())).unwrap();
    let results = document["runs"][0]["results"].as_array().unwrap();
    let likely = results.iter().find(|result| result["properties"]["tier"] == "likely").unwrap();
    let steps = likely["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
    assert_eq!(steps.len(), 2, "the import, then the call");
    assert_eq!(steps[0]["location"]["physicalLocation"]["region"]["startLine"], 1);
    let definition = results.iter().find(|result| result["properties"]["kind"] == "definition").unwrap();
    assert_eq!(definition["relatedLocations"][0]["message"]["text"], "the successor is here");
    let told = document["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(told.len(), canonical::check_report().gaps.len());
}

// -- workflow commands --

#[test]
fn every_annotation_is_one_command() {
    for (text, with_check) in [
        (show("github", &hostile_check()), true),
        (show("github", &hostile_duplicates()), false),
        (show("github", &hostile_removed()), false),
        (show("github", &hostile_audit()), false),
    ] {
        let mut lines = text.lines();
        assert!(lines.next().unwrap().starts_with("solely "));
        let mut files = Vec::new();
        for line in lines {
            let (head, message) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect(line);
            let (level, properties) = head.split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&level), "{line}");
            assert!(!message.is_empty(), "{line}");
            for property in properties.split(',') {
                let (name, value) = property.split_once('=').expect(line);
                assert!(["file", "line", "endLine", "col", "title"].contains(&name), "{line}");
                if name == "file" {
                    files.push(value.replace("%2C", ",").replace("%3A", ":").replace("%25", "%"));
                }
            }
        }
        // what holds no control character leads GitHub to its file
        for path in HOSTILE_PATHS.iter().filter(|path| with_check && !path.contains(char::is_control)) {
            assert!(files.iter().any(|file| file == path), "{path}: {files:?}");
        }
    }
}

#[test]
fn the_gravest_annotations_stand_first() {
    let text = show("github", &canonical::check_report());
    let levels: Vec<&str> = text.lines().skip(1).map(|line| &line[2..line.find(' ').unwrap()]).collect();
    assert_eq!(levels[..2], ["error", "error"]);
    let first_warning = levels.iter().position(|level| *level == "warning").unwrap();
    assert!(levels[first_warning..].iter().all(|level| *level != "error"), "{levels:?}");
}

// -- GitLab and JUnit --

#[test]
fn code_quality_has_what_gitlab_asks_for() {
    for text in
        [show("gitlab", &hostile_check()), show("gitlab", &hostile_duplicates()), show("gitlab", &hostile_audit())]
    {
        let issues: Vec<Value> = serde_json::from_str(&text).unwrap();
        let mut prints: Vec<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        prints.sort_unstable();
        prints.dedup();
        assert_eq!(prints.len(), issues.len(), "fingerprints are unique");
        for issue in &issues {
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap()));
            assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() > 0);
            assert!(!issue["description"].as_str().unwrap().is_empty() && issue["check_name"].is_string());
        }
    }
    let issues: Vec<Value> = serde_json::from_str(&show("gitlab", &hostile_check())).unwrap();
    for path in HOSTILE_PATHS {
        assert!(issues.iter().any(|issue| issue["location"]["path"] == *path), "the exact path: {path:?}");
    }
}

#[test]
fn junit_has_a_case_for_each_rule_and_symbol() {
    let read = |text: &str| quick_junit::Report::deserialize_from_str(text).unwrap();
    let report = read(&show("junit", &canonical::check_report()));
    let names: Vec<&str> = report.test_suites.iter().map(|suite| suite.name.as_str()).collect();
    let rules = canonical::check_report().rules;
    assert_eq!(names[0], "solely");
    assert_eq!(names[1..], rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>());
    for (suite, rule) in report.test_suites[1..].iter().zip(&rules) {
        assert_eq!(suite.test_cases.len(), 1 + rule.symbols.len());
        let quiet = matches!(suite.test_cases[0].status, quick_junit::TestCaseStatus::Success { .. });
        assert_eq!(quiet, rule.verdict.name() == "pass", "{}", rule.id);
    }
    assert!(report.failures > 0);

    let hostile = read(&show("junit", &hostile_check()));
    assert_eq!(hostile.test_suites.len(), 2, "no text became an element");
    let told = format!("{:?}", hostile.test_suites[1].test_cases[1]);
    assert!(told.contains("<script>alert(1)<!--.md"), "the text is all there: {told}");
}

// -- Markdown --

/// What a reader of Markdown sees in a text: its elements, its plain words, and how much of it is a link or an image.
#[derive(Default)]
struct Seen {
    elements: String,
    words: String,
    links: usize,
    /// Code blocks, of which the only ones are commands of ours.
    blocks: Vec<String>,
}

fn seen(markdown: &str) -> Seen {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let mut seen = Seen::default();
    let mut in_block = false;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => seen.elements.push_str(&html),
            Event::Start(Tag::CodeBlock(_)) => {
                in_block = true;
                seen.blocks.push(String::new());
            }
            Event::End(TagEnd::CodeBlock) => in_block = false,
            Event::Text(text) if in_block => seen.blocks.last_mut().unwrap().push_str(&text),
            Event::Text(text) => {
                seen.words.push_str(&text);
                seen.words.push(' ');
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough) => seen.links += 1,
            _ => {}
        }
    }
    seen
}

#[test]
fn nothing_of_a_repository_is_markdown() {
    let ours = regex::Regex::new("</?(?:details|summary|sub|br|code)>").unwrap();
    for text in [
        show("markdown", &hostile_check()),
        show("markdown", &hostile_duplicates()),
        show("markdown", &hostile_removed()),
        show("markdown", &hostile_audit()),
        show("markdown", &hostile_trend()),
        show("markdown", &canonical::check_report()),
        show("markdown", &canonical::refs_report()),
        show("markdown", &canonical::why_report()),
        show("markdown", &canonical::plan_report()),
        show("markdown", &canonical::explain_report()),
    ] {
        let seen = seen(&text);
        let foreign = ours.replace_all(&seen.elements, "");
        assert!(!foreign.contains(['<', '@']), "{foreign}\nof:\n{text}");
        assert_eq!(seen.links, 0, "{text}");
        for block in &seen.blocks {
            assert!(block.starts_with("solely audit ") && block.lines().count() == 1, "{block}");
        }
        for hostile in ["@", "#", "script", "javascript", "http", "::error", "$", "<"] {
            assert!(!seen.words.contains(hostile), "{hostile:?} in:\n{}\nof:\n{text}", seen.words);
        }
        for element in ["details", "summary", "sub", "code"] {
            let count = |tag: String| seen.elements.matches(&tag).count();
            assert_eq!(count(format!("<{element}>")), count(format!("</{element}>")), "{element}");
        }
        let mut columns = 0;
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next().filter(|_| lines.peek().is_some()) {
            match lines.peek().is_some_and(|next| next.starts_with("|---")) {
                true => columns = line.matches('|').count() - 1,
                false if line.starts_with('|') => assert!(has_cells(line, columns), "{columns} cells: {line}"),
                false => {}
            }
        }
    }
}

/// Whether a row has so many cells: only then is it the head of a table of so many columns.
fn has_cells(row: &str, columns: usize) -> bool {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let table = format!("{row}\n|{}\n", "---|".repeat(columns));
    Parser::new_ext(&table, Options::ENABLE_TABLES).any(|event| matches!(event, Event::Start(Tag::Table(_))))
}

/// How often we wrote an element; what stands in a table is not one.
fn bare_count(markdown: &str, element: &str) -> usize {
    markdown.lines().filter(|line| !line.starts_with('|')).map(|line| line.matches(element).count()).sum()
}

#[test]
fn a_comment_stays_within_what_github_takes_and_tells_what_it_cut() {
    let mut report = hostile_check();
    report.findings = report.findings.iter().cycle().take(5_000).cloned().collect();
    report.rules = std::iter::repeat_n(report.rules[0].clone(), 300).collect();
    report.gaps = report.gaps.iter().cycle().take(5_000).cloned().collect();
    let text = show("markdown", &report);
    assert!((50_000..=65_536).contains(&text.chars().count()), "{} characters", text.chars().count());
    assert!(text.contains("rows more that a comment has no room for"));
    assert_eq!(bare_count(&text, "<details>"), bare_count(&text, "</details>"));
    assert!(text.trim_end().ends_with("</sub>"), "the last line is there");
    assert!(text.starts_with("## solely check: fail\n\n> "), "the verdict leads");
}

#[test]
fn a_format_that_makes_no_sense_for_a_command_is_refused_with_those_that_do() {
    let output = crate::cli::solely(&["refs", "a:b", "--format", "junit"]);
    assert_eq!(output.status.code(), Some(2));
    let told = crate::cli::stderr(&output);
    let possible = told.split("possible values").nth(1).unwrap();
    assert!(possible.contains("terminal") && possible.contains("jsonl") && !possible.contains("junit"), "{told}");
    assert!(!Path::new("junit").exists());
}

#[test]
fn a_picture_is_a_picture_and_a_row_is_no_formula() {
    let report = hostile_trend();
    let svg = show("svg", &report);
    let mut reader = quick_xml::Reader::from_str(&svg);
    let mut open = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(element) => {
                open += 1;
                let name = String::from_utf8_lossy(element.name().as_ref()).into_owned();
                let known = ["svg", "title", "style", "rect", "text", "line", "polyline", "circle"];
                assert!(known.contains(&name.as_str()), "{name}");
            }
            quick_xml::events::Event::End(_) => open -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0, "every element that is opened is closed");
    for loads in ["href", "url(", "@import", "script", "octocat"] {
        assert!(!svg.contains(loads), "{loads}");
    }
    let csv = show("csv", &report);
    let columns = csv.lines().next().unwrap().split(',').count();
    for line in csv.lines().skip(1) {
        // quotes hide the commas of a tag
        let outside: String = line.split('"').step_by(2).collect();
        assert_eq!(outside.split(',').count(), columns, "{line}");
        assert!(!line.contains(",=") && !line.contains("\"="), "{line}");
    }
}
