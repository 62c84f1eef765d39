//! Repositories built with real `git` and counted by it: the numbers are equal whatever the configuration says.

use crate::gap::Reason;
use crate::history::attribution::{self, By, Walk};
use crate::history::changes::{Renames, Status};
use crate::history::ledger::{ContentKind, Depth, Ledger, load};
use crate::history::{Error, Git, Range, RangeRequest, RenameSettings, Settings};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Added and deleted lines by path and old path; `None` is binary.
type Numbers = BTreeMap<(String, Option<String>), Option<(u64, u64)>>;

/// A repository whose own configuration tries to change every count.
struct Fixture {
    folder: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let fixture = Self { folder: tempfile::tempdir().unwrap() };
        fixture.git(&["init", "-q", "-b", "main"]);
        for (name, value) in [
            ("diff.algorithm", "patience"),
            ("diff.noprefix", "true"),
            ("diff.renames", "false"),
            ("diff.context", "0"),
            ("diff.external", "false"),
            ("diff.ignoreSubmodules", "all"),
            ("core.quotePath", "true"),
        ] {
            fixture.git(&["config", name, value]);
        }
        fixture
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(self.path())
            .env("HOME", self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs([("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.org")])
            .envs([("GIT_COMMITTER_NAME", "C"), ("GIT_COMMITTER_EMAIL", "c@example.org")])
            .envs([("GIT_AUTHOR_DATE", "2025-01-01T00:00:00Z"), ("GIT_COMMITTER_DATE", "2025-01-01T00:00:00Z")])
            .args(["-c", "protocol.file.allow=always"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn open(&self) -> Git {
        Git::open(self.path(), Settings::default()).unwrap()
    }

    fn ledger(&self, request: &RangeRequest, renames: Renames) -> Ledger {
        let git = self.open();
        let range = Range::resolve(&git, request).unwrap();
        load(&git, &range, renames, &[], Depth::Definitions).unwrap()
    }

    /// Compares with `git diff --numstat` under a configuration of defaults, renames off and on.
    fn assert_equals_git(&self, request: &RangeRequest, arguments: &[&str]) -> Ledger {
        for (renames, find) in [(Renames::Off, "--no-renames"), (Renames::default(), "-M")] {
            let ledger = self.ledger(request, renames);
            let mut ours = BTreeMap::new();
            for file in &ledger.files {
                let numbers = (file.content == ContentKind::Text).then_some((file.added, file.deleted));
                let old = file.old_path.as_ref().map(|path| path.as_str().to_owned());
                ours.insert((file.path.as_str().to_owned(), old), numbers);
            }
            assert_eq!(ours, self.numstat(find, arguments), "{find} {arguments:?}");
        }
        self.ledger(request, Renames::default())
    }

    fn numstat(&self, find: &str, arguments: &[&str]) -> Numbers {
        let defaults = ["-c", "diff.algorithm=myers", "-c", "diff.context=3", "-c", "diff.ignoreSubmodules=dirty"];
        let output =
            self.git(&[&defaults[..], &["diff", "--numstat", "-z", "--no-ext-diff", find], arguments].concat());
        let mut fields = output.split('\0');
        let mut numbers = BTreeMap::new();
        while let Some(entry) = fields.next().filter(|entry| !entry.is_empty()) {
            let columns: Vec<&str> = entry.splitn(3, '\t').collect();
            let value = columns[0].parse().ok().zip(columns[1].parse().ok());
            let key = if columns[2].is_empty() {
                let old = fields.next().unwrap().to_owned();
                (fields.next().unwrap().to_owned(), Some(old))
            } else {
                (columns[2].to_owned(), None)
            };
            numbers.insert(key, value);
        }
        numbers
    }
}

fn between(base: &str, head: &str) -> RangeRequest {
    RangeRequest::Between { base: base.into(), head: head.into() }
}

#[test]
fn every_kind_of_change_is_counted_as_git_counts_it() {
    let fixture = Fixture::new();
    let long: String = (0..60).map(|n| format!("line {n} of a long file\n")).collect();
    fixture.write("crlf.py", "a = 1\r\nb = 2\r\n");
    fixture.write("no_newline.txt", "one\ntwo");
    fixture.write("binary.bin", b"a\0b\nc\n");
    fixture.write("renamed.bin", b"r\0b\nc\n");
    fixture.write("becomes_binary.dat", "text\nmore\n");
    fixture.write("mode.sh", "echo\n");
    fixture.write("becomes_link", "some\ncontent\n");
    fixture.write("old name é.txt", &long);
    fixture.write("exact.txt", format!("{long}exact\n"));
    fixture.write("gone.txt", "a\nb\nc\n");
    fixture.write("empty.txt", "");
    let base = fixture.commit("base");

    fixture.write("crlf.py", "a = 1\nb = 2\n");
    fixture.write("no_newline.txt", "one\ntwo\n");
    fixture.write("binary.bin", b"a\0b\nd\n");
    fixture.write("becomes_binary.dat", b"text\n\0more\n");
    fs::remove_file(fixture.path().join("becomes_link")).unwrap();
    std::os::unix::fs::symlink("target/file", fixture.path().join("becomes_link")).unwrap();
    fixture.git(&["mv", "old name é.txt", "new name.txt"]);
    fixture.write("new name.txt", long.replace("line 7 ", "line seven "));
    fixture.git(&["mv", "exact.txt", "exactly.txt"]);
    fixture.git(&["mv", "renamed.bin", "still.bin"]);
    fs::remove_file(fixture.path().join("gone.txt")).unwrap();
    fs::remove_file(fixture.path().join("empty.txt")).unwrap();
    fixture.write("new_empty.txt", "");
    fixture.git(&["update-index", "--chmod=+x", "mode.sh"]);
    fixture.git(&["add", "-A"]);
    fixture.git(&["update-index", "--chmod=+x", "mode.sh"]);
    fixture.git(&["commit", "-q", "-m", "head"]);

    let ledger = fixture.assert_equals_git(&between(&base, "HEAD"), &[&base, "HEAD"]);
    let status = |path: &str| ledger.files.iter().find(|file| file.path.as_str() == path).unwrap().status;
    assert_eq!(status("exactly.txt"), Status::Renamed(100));
    assert!(matches!(status("new name.txt"), Status::Renamed(1..100)));
    assert_eq!(status("becomes_link"), Status::TypeChanged);
    assert_eq!(status("mode.sh"), Status::Modified);
    assert!(ledger.gaps.is_empty(), "{:?}", ledger.gaps);
}

#[test]
fn a_submodule_is_one_line_of_text() {
    let inner = Fixture::new();
    inner.write("a.txt", "a\n");
    inner.commit("one");
    let fixture = Fixture::new();
    fixture.write("x.txt", "x\n");
    let empty = fixture.commit("empty");
    fixture.git(&["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "inner"]);
    let added = fixture.commit("add");
    inner.write("a.txt", "b\n");
    let next = inner.commit("two");
    fixture.git(&["-C", "inner", "fetch", "-q"]);
    fixture.git(&["-C", "inner", "checkout", "-q", &next]);
    let moved = fixture.commit("move");
    fixture.assert_equals_git(&between(&empty, &added), &[&empty, &added]);
    let ledger = fixture.assert_equals_git(&between(&added, &moved), &[&added, &moved]);
    assert_eq!((ledger.deleted, ledger.added), (1, 1));
}

#[test]
fn the_index_and_the_work_tree_are_compared_as_git_does() {
    let fixture = Fixture::new();
    fixture.write("a.py", "import os\n\n\ndef f():\n    return os\n");
    fixture.write("b.txt", "b\n");
    fixture.write("touched.txt", "t\n");
    fixture.commit("base");
    fixture.write("a.py", "def f():\n    return None\n");
    fixture.git(&["add", "a.py"]);
    fixture.write("b.txt", "b\nc\n");
    fixture.write("touched.txt", "t\n");
    fixture.write("untracked.txt", "u\n");
    let staged =
        fixture.assert_equals_git(&RangeRequest::Staged { revision: "HEAD".into(), index: None }, &["--cached"]);
    assert_eq!((staged.deleted, staged.added), (4, 1));
    let disk = fixture.assert_equals_git(&RangeRequest::WorkTree("HEAD".into()), &["HEAD"]);
    assert_eq!((disk.deleted, disk.added), (4, 2));
}

#[test]
fn merges_and_roots_are_compared_with_the_first_parent() {
    let fixture = Fixture::new();
    fixture.write("a.txt", "1\n2\n3\n");
    let root = fixture.commit("root");
    fixture.git(&["checkout", "-q", "-b", "topic"]);
    fixture.write("b.txt", "b\nb\n");
    let topic = fixture.commit("topic");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.write("a.txt", "1\n3\n");
    let main = fixture.commit("main");
    fixture.git(&["merge", "-q", "--no-ff", "-m", "merge", "topic"]);

    let merge = fixture.ledger(&RangeRequest::Commit("HEAD".into()), Renames::default());
    assert_eq!((merge.added, merge.deleted), (2, 0));
    let first = fixture.ledger(&RangeRequest::Commit(root), Renames::default());
    assert_eq!((first.added, first.deleted), (3, 0));
    let forked = RangeRequest::SinceForked { base: topic.clone(), head: main.clone() };
    fixture.assert_equals_git(&forked, &[&format!("{topic}...{main}")]);
}

#[test]
fn a_missing_blob_is_a_gap() {
    let fixture = Fixture::new();
    fixture.write("a.txt", "1\n");
    fixture.write("b.txt", "1\n");
    fixture.commit("base");
    fixture.write("a.txt", "2\n");
    fixture.write("b.txt", "3\n");
    fixture.commit("head");
    let id = fixture.git(&["rev-parse", "HEAD:a.txt"]);
    fs::remove_file(fixture.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let ledger = fixture.ledger(&RangeRequest::Commit("HEAD".into()), Renames::default());
    assert_eq!((ledger.added, ledger.deleted), (1, 1));
    assert_eq!(ledger.gaps.len(), 1);
    assert_eq!((ledger.gaps[0].path.as_str(), &ledger.gaps[0].reason), ("a.txt", &Reason::MissingObject));
    assert_eq!(ledger.files[0].content, ContentKind::Unread);
}

#[test]
fn a_pair_at_which_git_dies_keeps_no_other_from_its_renames() {
    let fixture = Fixture::new();
    let lines = |word: &str| format!("{word}\n").repeat(30);
    fixture.write("a.txt", lines("one") + "more\n");
    fixture.write("b.txt", lines("two"));
    let first = fixture.commit("first");
    fixture.git(&["mv", "a.txt", "c.txt"]);
    fixture.write("c.txt", lines("one") + "less\n");
    let second = fixture.commit("second");
    fixture.git(&["mv", "b.txt", "d.txt"]);
    let third = fixture.commit("third");
    // Git needs the content of both sides to see that `a.txt` became `c.txt`.
    let id = fixture.git(&["rev-parse", &format!("{second}:c.txt")]);
    fs::remove_file(fixture.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let git = fixture.open();
    let tree = |commit: &str| Range::resolve(&git, &between(commit, commit)).unwrap().base.tree().unwrap();
    let pairs = [(tree(&first), tree(&second)), (tree(&second), tree(&third))];
    let all = crate::history::changes::compare_trees(&git, &pairs, Renames::default(), &[]).unwrap();
    assert_eq!((all[0].list.len(), all[0].gaps.len()), (2, 1));
    assert!(matches!(all[1].list[..], [ref change] if matches!(change.status, Status::Renamed(100))));
}

#[test]
fn beyond_the_rename_limit_only_exact_renames_are_paired_and_a_gap_says_so() {
    let fixture = Fixture::new();
    let text = |file: usize, extra: &str| {
        let lines: String = (0..40).map(|n| format!("file {file} line {n}\n")).collect();
        lines + extra
    };
    for file in 0..4 {
        fixture.write(&format!("old/{file}.txt"), text(file, ""));
    }
    let base = fixture.commit("base");
    fs::remove_dir_all(fixture.path().join("old")).unwrap();
    for file in 0..4 {
        let extra = if file == 0 { "" } else { "more\n" };
        fixture.write(&format!("new/other{file}.txt"), text(file, extra));
    }
    fixture.commit("head");
    let limited = Renames::On(RenameSettings { similarity: 50, limit: 2 });
    let ledger = fixture.ledger(&between(&base, "HEAD"), limited);
    let renamed = ledger.files.iter().filter(|file| matches!(file.status, Status::Renamed(_))).count();
    assert_eq!((renamed, ledger.gaps.len()), (1, 1), "{:?}", ledger.gaps);
    let ours: u64 = ledger.files.iter().map(|file| file.added).sum();
    let theirs: u64 = fixture.numstat("-M", &["-l2", &base, "HEAD"]).values().flatten().map(|numbers| numbers.0).sum();
    assert_eq!(ours, theirs);
    let all = fixture.assert_equals_git(&between(&base, "HEAD"), &[&base, "HEAD"]);
    assert!(all.gaps.is_empty());
}

#[test]
fn attributes_of_the_work_tree_make_a_file_binary() {
    let fixture = Fixture::new();
    fixture.write(".gitattributes", "*.lock -diff\n*.dat diff\n");
    fixture.write("a.lock", "1\n");
    fixture.write("b.dat", b"a\0\n");
    let base = fixture.commit("base");
    fixture.write("a.lock", "2\n");
    fixture.write("b.dat", b"b\0\n");
    fixture.commit("head");
    let ledger = fixture.assert_equals_git(&between(&base, "HEAD"), &[&base, "HEAD"]);
    assert_eq!(ledger.files[0].content, ContentKind::Binary);
}

#[test]
fn files_on_disk_that_git_converts_are_gaps() {
    let fixture = Fixture::new();
    fixture.write(".gitattributes", "*.md text\n*.bin filter=large\n");
    for name in ["a.md", "b.md", "c.txt", "d.bin"] {
        fixture.write(name, "one\ntwo\n");
    }
    fixture.commit("base");
    fixture.write("a.md", "one\r\ntwo\r\nthree\r\n");
    fixture.write("b.md", "one\n");
    fixture.write("c.txt", "one\r\ntwo\r\n");
    fixture.write("d.bin", "two\n");
    let ledger = fixture.ledger(&RangeRequest::WorkTree("HEAD".into()), Renames::default());
    let unread: Vec<&str> = ledger.gaps.iter().map(|gap| gap.path.as_str()).collect();
    // Line ends that nothing converts are counted as they stand.
    assert_eq!(unread, ["a.md", "d.bin"]);
    let counted: Vec<(&str, u64, u64)> = ledger
        .files
        .iter()
        .filter(|file| file.content == ContentKind::Text)
        .map(|file| (file.path.as_str(), file.added, file.deleted))
        .collect();
    assert_eq!(counted, [("b.md", 0, 1), ("c.txt", 2, 2)]);
    fixture.git(&["config", "core.autocrlf", "true"]);
    let ledger = fixture.ledger(&RangeRequest::WorkTree("HEAD".into()), Renames::default());
    assert_eq!(ledger.gaps.len(), 3);
}

#[test]
fn without_git_there_are_numbers_and_a_gap() {
    let fixture = Fixture::new();
    fixture.write("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\n");
    let base = fixture.commit("base");
    fixture.git(&["mv", "a.txt", "b.txt"]);
    fixture.commit("head");
    let git = Git::open(fixture.path(), Settings { program: None, ..Settings::default() }).unwrap();
    let range = Range::resolve(&git, &between(&base, "HEAD")).unwrap();
    let ledger = load(&git, &range, Renames::default(), &[], Depth::Lines).unwrap();
    assert_eq!((ledger.added, ledger.deleted, ledger.gaps.len()), (6, 6, 1));
    assert_eq!(ledger.base.moved, 6);
}

#[test]
fn bare_repositories_folders_and_linked_work_trees_are_opened() {
    let fixture = Fixture::new();
    fixture.write("dir/a.txt", "1\n");
    fixture.write("b.txt", "1\n");
    fixture.commit("one");
    let places = tempfile::tempdir().unwrap();
    let (bare, linked) = (places.path().join("bare"), places.path().join("linked"));
    fixture.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    fixture.git(&["worktree", "add", "-q", linked.to_str().unwrap()]);
    for folder in [bare.as_path(), linked.as_path(), &fixture.path().join("dir")] {
        let git = Git::open(folder, Settings::default()).unwrap();
        let range = Range::resolve(&git, &RangeRequest::Commit("HEAD".into())).unwrap();
        let all = load(&git, &range, Renames::default(), &[], Depth::Lines).unwrap();
        assert_eq!((all.files.len(), all.gaps.len()), (2, 0), "{folder:?}");
        for renames in [Renames::Off, Renames::default()] {
            let some = load(&git, &range, renames, &["dir".into()], Depth::Lines).unwrap();
            assert_eq!(some.files.len(), 1, "{folder:?}");
        }
    }
    assert!(Git::open(places.path(), Settings::default()).is_err());
}

/// A branch that removes a function, is merged, and is then reverted.
fn reverted() -> (Fixture, String) {
    let fixture = Fixture::new();
    fixture.write("app.py", "def keep():\n    return 1\n\n\ndef legacy_v2():\n    # old\n    return keep() + 1\n");
    let base = fixture.commit("base");
    fixture.git(&["checkout", "-q", "-b", "topic"]);
    fixture.write("app.py", "def keep():\n    return 1\n");
    fixture.commit("Remove legacy_v2");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.write("other.txt", "x\n");
    fixture.commit("Something else");
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Merge topic", "topic"]);
    fixture.git(&["revert", "-m", "1", "--no-edit", "HEAD"]);
    (fixture, base)
}

#[test]
fn a_revert_counts_against_what_it_reverts() {
    let (fixture, base) = reverted();
    let git = fixture.open();
    let range = Range::resolve(&git, &between(&base, "HEAD")).unwrap();
    let load = |by, walk| attribution::load(&git, &range, Renames::default(), &[], by, walk).unwrap();

    let commits = load(By::Commit, Walk::FirstParent);
    let titles: Vec<(&str, i64)> = commits.shares.iter().map(|share| (share.title.as_str(), share.net())).collect();
    assert_eq!(titles, [("Revert \"Merge topic\"", -5), ("Merge topic", 5), ("Something else", -1)]);
    assert_eq!((commits.deleted, commits.added), (5, 6));
    let whole = fixture.ledger(&between(&base, "HEAD"), Renames::default());
    assert_eq!(commits.deleted as i64 - commits.added as i64, whole.net());

    let every = load(By::Commit, Walk::EveryCommit);
    assert_eq!((every.commits, every.merges_skipped), (3, 1));
    assert_eq!((every.deleted, every.added), (commits.deleted, commits.added));

    let symbols = load(By::Symbol, Walk::FirstParent);
    let legacy = symbols.shares.iter().find(|share| share.key == "app.py:legacy_v2").unwrap();
    assert_eq!((legacy.deleted, legacy.added, legacy.net(), legacy.commits), (3, 3, 0, 2));

    let authors = load(By::Author, Walk::EveryCommit);
    assert_eq!(authors.shares.len(), 1);
    assert_eq!((authors.shares[0].key.as_str(), authors.shares[0].commits), ("A <a@example.org>", 3));
    let files = load(By::File, Walk::FirstParent);
    assert_eq!(files.shares.iter().map(|share| share.net()).collect::<Vec<_>>(), [0, -1]);
}

#[test]
fn a_shallow_clone_says_where_history_ends() {
    let (fixture, _) = reverted();
    let places = tempfile::tempdir().unwrap();
    let shallow = places.path().join("shallow");
    let url = format!("file://{}", fixture.path().display());
    fixture.git(&["clone", "-q", "--depth", "1", &url, shallow.to_str().unwrap()]);
    let git = Git::open(&shallow, Settings::default()).unwrap();
    let head = Range::resolve(&git, &RangeRequest::Commit("HEAD".into()));
    assert!(matches!(head, Err(Error::Shallow { .. })), "{head:?}");
}
