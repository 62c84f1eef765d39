//! Input that nobody wishes for: each ends in a clear message or a gap, with the right exit status.

use crate::cli::{command, git, stderr, stdout, write};
use solely::checks::Scope;
use solely::pipeline::{PolicyOptions, judge, test_policy};
use solely::policy::{PACKS, Policy};
use solely::progress::Silent;
use solely::workspace::{Selection, Snapshot};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const POLICY: &str = "[[legacy]]\nid = \"old-route\"\nsymbols = [\"shop.api:route_v2\"]\n";
const API: &str = "def route(request):\n    return request\n";

/// A folder with a policy about `route_v2`, which is gone, and the files given.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in [("solely.toml", POLICY.as_bytes()), ("shop/api.py", API.as_bytes())].iter().chain(files) {
        write(folder.path(), path, bytes);
    }
    folder
}

fn check(folder: &Path, words: &[&str]) -> Output {
    let repo = folder.to_str().unwrap();
    command(&[&["check", "--repo", repo][..], words].concat()).output().unwrap()
}

/// The exit status is the one given, and the streams hold the words.
fn expect(output: &Output, status: i32, words: &[&str]) {
    let told = format!("{}{}", stdout(output), stderr(output));
    assert_eq!(output.status.code(), Some(status), "{told}");
    for word in words {
        assert!(told.contains(word), "no `{word}` in:\n{told}");
    }
}

#[test]
fn a_policy_with_a_typo_is_told_with_its_place_and_a_suggestion() {
    let folder = folder(&[("solely.toml", b"[[legacy]]\nid = \"x\"\nsymbol = [\"a:b\"]\n")]);
    let output = check(folder.path(), &[]);
    expect(&output, 2, &["unknown key `symbol`", "solely.toml:3:1", "did you mean `symbols`?"]);
    assert_eq!(stdout(&output), "");
}

#[test]
fn a_policy_with_a_wrong_type_is_told_with_its_place() {
    let folder = folder(&[("solely.toml", b"[[legacy]]\nid = \"x\"\nsymbols = \"a:b\"\n")]);
    expect(&check(folder.path(), &[]), 2, &["solely.toml:3:11", "symbols"]);
}

#[test]
fn a_policy_that_is_not_text_or_not_toml_cannot_be_used() {
    let folder = folder(&[("solely.toml", b"[[legacy]\n")]);
    expect(&check(folder.path(), &[]), 2, &["not TOML", "solely.toml:1:"]);
    write(folder.path(), "solely.toml", b"# caf\xE9\n");
    expect(&check(folder.path(), &[]), 2, &["solely.toml", "UTF-8"]);
}

#[test]
fn a_symbol_that_matches_nothing_is_a_warning() {
    let folder = folder(&[("solely.toml", b"[[legacy]]\nid = \"x\"\nsymbols = [\"shp.api:route_v2\"]\n")]);
    expect(&check(folder.path(), &[]), 0, &["warning", "`shp.api:route_v2` matches nothing", "solely.toml:3"]);
}

#[test]
fn paths_that_do_not_exist_cannot_be_judged() {
    let folder = folder(&[]);
    expect(&check(folder.path(), &["shop/nowhere.py"]), 2, &["`shop/nowhere.py` holds no file"]);
    expect(&check(folder.path(), &["../elsewhere"]), 2, &["outside the repository"]);
    expect(&check(folder.path(), &["--config", "no/such.toml"]), 2, &["no/such.toml"]);
    expect(&check(&folder.path().join("nowhere"), &[]), 2, &["nowhere"]);
    expect(&check(&folder.path().join("shop/api.py"), &[]), 2, &["not a folder"]);
}

#[test]
fn a_folder_without_git_is_judged_as_it_is() {
    let folder = folder(&[]);
    expect(&check(folder.path(), &[]), 0, &["pass"]);
    expect(&check(folder.path(), &["--rev", "HEAD"]), 2, &["not in a git repository"]);
    expect(&check(folder.path(), &["--staged"]), 2, &["not in a git repository"]);
}

#[test]
fn a_root_that_is_a_package_itself_ends() {
    let sums = "    for line in order.lines:\n        if line.price and not line.free:\n            found += line.price * line.count\n";
    let copy =
        format!("def total(order):\n    found = 0\n{sums}    print('found', found)\n    return found - order.paid\n");
    let runs = format!("from .tools import total\n\n{copy}\nif __name__ == '__main__':\n    total(None)\n");
    let folder = folder(&[("__init__.py", b""), ("tools.py", copy.as_bytes()), ("app.py", runs.as_bytes())]);
    expect(&check(folder.path(), &[]), 0, &["pass"]);
    let repo = folder.path().to_str().unwrap();
    for words in [&["duplicates", "--repo", repo][..], &["plan", "tools:total", "--repo", repo]] {
        expect(&command(words).output().unwrap(), 0, &["total"]);
    }
}

#[test]
fn modules_that_import_everything_from_each_other_end() {
    let modules = 0..16;
    let stars = |own: i32| {
        let others = modules.clone().filter(|&other| other != own);
        others.map(|other| format!("from .m{other} import *\n")).collect::<String>()
    };
    let mut files: Vec<(String, String)> = modules.clone().map(|own| (format!("ring/m{own}.py"), stars(own))).collect();
    files[15].1 += "\n\ndef deep():\n    return nowhere\n";
    files.push(("ring/__init__.py".into(), "from .m0 import *\n".into()));
    files.push((
        "use.py".into(),
        "from ring import deep\nfrom ring.m7 import deep as other\n\ndeep()\nother()\n".into(),
    ));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    let folder = folder(&files);
    expect(&check(folder.path(), &["--isolated"]), 0, &["pass"]);
    let repo = folder.path().to_str().unwrap();
    let found = command(&["refs", "ring.m15:deep", "--repo", repo]).output().unwrap();
    expect(&found, 0, &["use.py:1", "use.py:2", "use.py:4", "use.py:5"]);
}

#[test]
fn an_empty_folder_proves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    expect(&check(folder.path(), &[]), 3, &["0 files", "no file was judged"]);
}

#[test]
fn source_that_cannot_be_read_is_a_gap_where_it_may_hold_the_name() {
    let nested = nested(500_000, "route_v2()");
    let long = [b"x = '".to_vec(), b"a ".repeat(25 << 20), b"route_v2'\n".to_vec()].concat();
    for (words, source) in [
        ("does not parse", &b"route_v2( == 1\n"[..]),
        ("not UTF-8", b"# caf\xE9\nroute_v2()\n"),
        ("nested deeper", &nested),
        ("more than the", &long),
        ("NUL", b"route_v2()\n\0"),
    ] {
        let folder = folder(&[("shop/app.py", source)]);
        expect(&check(folder.path(), &[]), 3, &["incomplete", "shop/app.py", words]);
    }
}

#[test]
fn source_that_cannot_be_read_and_does_not_hold_the_name_spoils_nothing() {
    let nested = nested(500_000, "route()");
    let long = [b"x = '".to_vec(), b"a".repeat(50 << 20), b"'\n".to_vec()].concat();
    for source in [&b"route( == 1\n"[..], b"# caf\xE9\nroute()\n", &nested, &long, b"route()\n\0"] {
        let folder = folder(&[("shop/app.py", source)]);
        expect(&check(folder.path(), &[]), 0, &["pass"]);
    }
}

#[test]
fn thousands_of_nested_brackets_are_read() {
    let source = [b"from shop.api import route_v2 as route\n".to_vec(), nested(5000, "route()")].concat();
    let folder = folder(&[("shop/app.py", &source)]);
    expect(&check(folder.path(), &[]), 1, &["shop/app.py:2:5005", "`route_v2` is called"]);
}

fn nested(depth: usize, inner: &str) -> Vec<u8> {
    [b"x = ".to_vec(), b"[".repeat(depth), inner.as_bytes().to_vec(), b"]".repeat(depth)].concat()
}

#[test]
fn long_lines_of_data_are_searched_and_not_shown_whole() {
    let line = [b"[\"".to_vec(), b"a ".repeat(25 << 20), b"route_v2\"]".to_vec()].concat();
    let folder = folder(&[("data/log.json", &line)]);
    let output = check(folder.path(), &[]);
    expect(&output, 1, &["data/log.json", "route_v2"]);
    assert!(stdout(&output).len() < 4096, "{} bytes", stdout(&output).len());
}

#[test]
fn marks_and_line_endings_of_other_systems_are_no_gap() {
    let folder = folder(&[("shop/app.py", b"\xEF\xBB\xBFfrom shop.api import route_v2\r\n\r\nroute_v2()\r\n")]);
    let output = check(folder.path(), &["--format", "json"]);
    expect(&output, 1, &["\"verdict\": \"fail\"", "\"gaps\": 0"]);
    let told = stdout(&output);
    assert!(told.contains("\"line\": 1") && told.contains("\"line\": 3"), "{told}");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[]);
    symlink("second", folder.path().join("first")).unwrap();
    symlink("first", folder.path().join("second")).unwrap();
    symlink(".", folder.path().join("shop/again")).unwrap();
    symlink("/etc/passwd", folder.path().join("shop/secret.py")).unwrap();
    expect(&check(folder.path(), &[]), 0, &["2 files"]);
}

#[cfg(unix)]
#[test]
fn a_name_with_terminal_escapes_does_not_reach_the_terminal() {
    let folder = folder(&[("shop/\u{1b}[31mred\u{7}\n.py", b"from shop.api import route_v2\n")]);
    for words in [&[][..], &["--format", "json"], &["--format", "jsonl"], &["--color", "always"]] {
        let output = check(folder.path(), words);
        expect(&output, 1, &["red"]);
        assert!(!stdout(&output).contains("\u{1b}[31mred"), "{words:?}");
        assert!(!stdout(&output).contains('\u{7}'), "{words:?}");
    }
}

#[cfg(unix)]
#[test]
fn source_with_terminal_escapes_does_not_reach_the_terminal() {
    let folder = folder(&[("shop/app.py", b"route_v2('\x1b]0;title\x07\x1b[2J')\n# route_v2 \xE2\x80\xAE\n")]);
    for words in [&[][..], &["--format", "json"], &["--color", "always"]] {
        let output = check(folder.path(), words);
        for escape in ["\u{1b}]0", "\u{1b}[2J", "\u{202E}"] {
            assert!(!stdout(&output).contains(escape), "{words:?}: {escape:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_a_gap() {
    let folder = folder(&[]);
    let made = Command::new("mkfifo").arg(folder.path().join("shop/pipe.py")).status().unwrap();
    assert!(made.success());
    expect(&check(folder.path(), &[]), 3, &["incomplete", "shop/pipe.py", "not a regular file"]);
}

#[test]
fn a_file_that_vanishes_is_a_gap() {
    let folder = folder(&[("shop/app.py", b"x = 1\n")]);
    let snapshot = Snapshot::open(folder.path(), &Selection::WorkTree).unwrap();
    fs::remove_file(folder.path().join("shop/app.py")).unwrap();
    let policy = Policy::parse(POLICY, "solely.toml", &|_| Ok(None)).unwrap();
    let report = judge(&snapshot, &policy, Scope::default(), jiff::civil::date(2026, 1, 1), &Silent);
    assert_eq!(report.verdict.name(), "incomplete");
    assert_eq!(report.gaps.iter().map(|gap| gap.path.as_str()).collect::<Vec<_>>(), ["shop/app.py"]);
    assert_eq!((report.counts.discovered, report.counts.analyzed, report.counts.gaps), (3, 2, 1));
}

#[test]
fn a_repository_without_a_commit_has_files_but_no_revision() {
    let folder = folder(&[]);
    git(folder.path(), &["init", "--quiet"]);
    expect(&check(folder.path(), &[]), 0, &["pass"]);
    expect(&check(folder.path(), &["--rev", "HEAD"]), 2, &["`HEAD` is not a revision"]);
    git(folder.path(), &["add", "."]);
    expect(&check(folder.path(), &["--staged"]), 0, &["pass"]);
}

#[test]
fn a_bare_repository_needs_a_revision() {
    let folder = folder(&[]);
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "one"]);
    let bare = tempfile::tempdir().unwrap();
    git(folder.path(), &["clone", "--quiet", "--bare", ".", bare.path().to_str().unwrap()]);
    expect(&check(bare.path(), &[]), 2, &["bare repository", "--rev HEAD"]);
    expect(&check(bare.path(), &["--rev", "HEAD"]), 0, &["pass"]);
    expect(&check(bare.path(), &["--rev", "no-such-branch"]), 2, &["`no-such-branch` is not a revision"]);
    expect(&check(bare.path(), &["--rev", "0123456789abcdef0123456789abcdef01234567"]), 2, &["not a revision"]);
    expect(&check(bare.path(), &["--rev", ""]), 2, &["revision"]);
}

#[test]
fn the_policy_of_a_revision_is_the_one_it_holds() {
    let folder = folder(&[]);
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "one"]);
    write(folder.path(), "solely.toml", b"[[legacy]]\nid = \"x\"\nsymbols = [\"shop.api:route\"]\n");
    expect(&check(folder.path(), &["--rev", "HEAD"]), 0, &["pass"]);
    expect(&check(folder.path(), &[]), 1, &["is still defined"]);
}

#[test]
fn every_example_of_the_built_in_packs_holds() {
    for pack in PACKS {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "solely.toml", format!("extends = [\"builtin:{}\"]\n", pack.name).as_bytes());
        let options = PolicyOptions { repo: folder.path().to_owned(), policy: Default::default() };
        let outcomes = test_policy(&options, &Silent).unwrap();
        let failures: Vec<String> = outcomes
            .iter()
            .filter_map(|it| Some(format!("{} {}: {}", it.place, it.rule, it.failure.as_ref()?)))
            .collect();
        assert!(!outcomes.is_empty() && failures.is_empty(), "{}: {}", pack.name, failures.join("\n"));
    }
}
