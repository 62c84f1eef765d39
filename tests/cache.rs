//! The cache through the binary: it changes no byte of an answer, whatever happens to it.

use crate::cli::{command, git, stderr, stdout, write};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A repository with a cache of its own beside it.
struct Fixture {
    folder: TempDir,
}

const POLICY: &str = r#"
extends = ["builtin:legacy"]

[[legacy]]
id = "orders-v2"
summary = "the order path from before the store"
symbols = ["shop.orders:Orders.save_v2"]
flags = ["USE_V3"]
"#;

const ORDERS: &str = r#"import os
from shop.store import Store

LIMIT = 40


class Orders:
    """Until 2.0 `save_v2` wrote orders one by one."""

    def __init__(self, store: Store):
        self.store = store

    def save(self, order):
        if os.environ.get("USE_V3"):
            return self.save_v3(order)
        return self.save_v2(order)

    def save_v2(self, order):
        self.store.open()
        self.store.write(order.id, order.lines)
        self.store.check(order.total)
        return self.store.close()

    def save_v3(self, order):
        return self.store.write_all([order])
"#;

impl Fixture {
    fn new() -> Fixture {
        let fixture = Fixture { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(fixture.repo()).unwrap();
        fixture.git(&["init", "--quiet", "-b", "main"]);
        fixture.write("solely.toml", POLICY);
        fixture.write("shop/__init__.py", "");
        fixture.write("shop/orders.py", ORDERS);
        fixture
            .write("shop/store.py", "class Store:\n    def write(self, name, lines):\n        return (name, lines)\n");
        fixture.write("shop/broken.py", "def save_v2(:\n    return 1\n\ndef sound():\n    return save_v2\n");
        fixture.write("shop/latin.py", b"name = 'caf\xE9'  # save_v2\n");
        fixture.write("docs/orders.md", "`save_v2` was the first.\r\nIt is gone.\r\n");
        fixture.write("empty.py", "");
        for copy in 0..12 {
            let copied = ORDERS.replace("Orders", &format!("Orders{copy}")).replace("40", &copy.to_string());
            fixture.write(&format!("shop/copy{copy}.py"), copied);
        }
        fixture.git(&["add", "--all"]);
        fixture.git(&["commit", "--quiet", "-m", "first"]);
        fixture.write("shop/orders.py", ORDERS.replace("LIMIT = 40", "LIMIT = 41"));
        fixture.git(&["commit", "--quiet", "--all", "-m", "second"]);
        fixture
    }

    fn repo(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        write(self.repo(), path, bytes);
    }

    fn git(&self, words: &[&str]) {
        git(self.repo(), words);
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = command(words);
        command.arg("--repo").arg(self.repo()).env("SOLELY_CACHE_DIR", self.cache());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Every command with the cache as it is, and again with what that left, against a run without one.
    fn expect_equal(&self, when: &str) {
        for words in COMMANDS {
            let plain = self.run(&[words, &["--no-cache"][..]].concat());
            assert!(matches!(plain.status.code(), Some(0 | 1 | 3)), "{words:?}: {}", stderr(&plain));
            for run in ["first", "second"] {
                let cached = self.run(words);
                assert_eq!(stdout(&cached), stdout(&plain), "{when}, {words:?}, {run} run");
                assert_eq!(stderr(&cached), stderr(&plain), "{when}, {words:?}, {run} run");
                assert_eq!(cached.status, plain.status, "{when}, {words:?}, {run} run");
            }
        }
    }

    fn segments(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.cache()).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut segments: Vec<PathBuf> =
            entries.filter(|path| path.extension().is_some_and(|it| it == "segment")).collect();
        segments.sort();
        segments
    }
}

const COMMANDS: &[&[&str]] = &[
    &["check", "--max", "0"],
    &["check", "--format", "json"],
    &["check", "--staged", "--format", "json"],
    &["check", "--rev", "HEAD~1", "--format", "json"],
    &["check", "--base", "HEAD~1", "--format", "json"],
    &["refs", "shop.orders:Orders.save_v2", "--format", "json"],
    &["duplicates", "--format", "json"],
    &["removed", "HEAD~1..HEAD"],
];

#[test]
fn the_answer_is_the_same_with_and_without_whatever_changes() {
    let fixture = Fixture::new();
    fixture.expect_equal("at first");
    assert!(!fixture.segments().is_empty());
    fixture.write("shop/orders.py", ORDERS.replace("self.save_v2(order)", "self.save_v3(order)"));
    fixture.expect_equal("after a change");
    fixture.git(&["add", "--all"]);
    fixture.expect_equal("after it is staged");
    fixture.git(&["mv", "shop/store.py", "shop/stores.py"]);
    fixture.expect_equal("after a rename");
    fixture.write("shop/untracked.py", "from shop.orders import Orders\nOrders(None).save_v2(1)\n");
    fixture.expect_equal("with an untracked file");
    fs::remove_file(fixture.repo().join("shop/copy1.py")).unwrap();
    fixture.expect_equal("with a missing file");
    fixture.write("solely.toml", POLICY.replace("Orders.save_v2", "Orders.save_v3"));
    fixture.expect_equal("with another policy");
    fixture.git(&["stash", "--include-untracked", "--quiet"]);
    fixture.expect_equal("back where it was");
}

#[test]
fn a_cache_in_the_work_tree_is_no_part_of_it() {
    let fixture = Fixture::new();
    let words = ["check", "--format", "json"];
    let plain = stdout(&fixture.run(&["check", "--format", "json", "--no-cache"]));
    for _ in 0..3 {
        let output = fixture.command(&words).env("SOLELY_CACHE_DIR", fixture.repo().join("kept")).output().unwrap();
        assert_eq!(stdout(&output), plain);
    }
    assert!(fixture.repo().join("kept/CACHEDIR.TAG").exists());
}

#[test]
fn a_file_changed_in_the_moment_it_is_staged_is_read() {
    let fixture = Fixture::new();
    fixture.expect_equal("at first");
    let sizes_are_equal = [ORDERS.replace("save_v2", "save_vA"), ORDERS.replace("save_v2", "save_vB")];
    for round in 0..10 {
        fixture.write("shop/orders.py", ORDERS);
        fixture.git(&["add", "--all"]);
        // No time passes, and the size is that of the staged file.
        fixture.write("shop/orders.py", &sizes_are_equal[round % 2]);
        let (cached, plain) = (fixture.run(&["check"]), fixture.run(&["check", "--no-cache"]));
        assert_eq!(stdout(&cached), stdout(&plain), "round {round}");
    }
}

#[test]
fn what_lies_on_disk_counts_where_git_converts() {
    let fixture = Fixture::new();
    fixture.git(&["config", "core.autocrlf", "input"]);
    // The blob has 22 lines that end in `\n`; on disk some end in `\r\n`, and git takes the file for unchanged.
    fixture.write("shop/orders.py", ORDERS.replace('\n', "\r\n"));
    fixture.git(&["add", "--all"]);
    fixture.expect_equal("with other line endings");
    fixture.write("shop/orders.py", ORDERS);
    fixture.git(&["add", "--all"]);
    fixture.expect_equal("with the blob's own");
    fixture.write("shop/orders.py", ORDERS.replace("open()\n", "open()\r\n"));
    fixture.git(&["add", "--all"]);
    fixture.expect_equal("with mixed ones");

    // A filter that keeps the size: nothing but the attribute tells.
    fixture.git(&["config", "filter.swap.clean", "tr x y"]);
    fixture.git(&["config", "filter.swap.smudge", "tr y x"]);
    fixture.write(".gitattributes", "shop/orders.py filter=swap\n");
    fixture.write("shop/orders.py", ORDERS.replace("save_v2", "save_x2"));
    fixture.git(&["add", "--all"]);
    fixture.git(&["commit", "--quiet", "-m", "filtered"]);
    fixture.expect_equal("behind a filter");
}

#[test]
fn a_blob_that_is_gone_is_a_gap_with_a_cache_too() {
    let fixture = Fixture::new();
    fixture.expect_equal("at first");
    let mut objects = Command::new("git");
    objects.current_dir(fixture.repo()).args(["rev-parse", "HEAD:shop/orders.py"]);
    let id = stdout(&objects.output().unwrap());
    let object = fixture.repo().join(".git/objects").join(&id[..2]).join(id[2..].trim());
    fs::remove_file(object).unwrap();
    fixture.expect_equal("without a blob");
    let json = stdout(&fixture.run(&["check", "--rev", "HEAD", "--format", "json"]));
    assert!(json.contains("lacks this blob"), "{json}");
}

#[test]
fn runs_at_the_same_time_agree_and_a_killed_one_harms_nobody() {
    let fixture = Fixture::new();
    let words = ["check", "--format", "json"];
    let plain = stdout(&fixture.run(&["check", "--format", "json", "--no-cache"]));
    for round in 0..6 {
        if round % 2 == 0 {
            let _ = fs::remove_dir_all(fixture.cache());
        }
        let start = || fixture.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (mut doomed, others) = (start(), [start(), start(), start()]);
        std::thread::sleep(std::time::Duration::from_millis(7 * round));
        let _ = doomed.kill();
        doomed.wait().unwrap();
        for other in others {
            let output = other.wait_with_output().unwrap();
            assert_eq!((stdout(&output), stderr(&output)), (plain.clone(), String::new()), "round {round}");
        }
        assert_eq!(stdout(&fixture.run(&words)), plain, "after round {round}");
    }
}

#[test]
fn damage_anywhere_changes_no_answer() {
    let fixture = Fixture::new();
    let words = ["check", "--format", "json"];
    let plain = stdout(&fixture.run(&["check", "--format", "json", "--no-cache"]));
    fixture.run(&words);
    for part in 0..24 {
        let segments = fixture.segments();
        let path = &segments[part % segments.len()];
        let mut bytes = fs::read(path).unwrap();
        let at = bytes.len() * part / 24;
        bytes[at] ^= 0x41;
        fs::write(path, bytes).unwrap();
        assert_eq!(stdout(&fixture.run(&words)), plain, "byte {at} of {}", path.display());
    }
}

#[test]
#[cfg(unix)]
fn a_full_disk_costs_the_cache_and_nothing_else() {
    let fixture = Fixture::new();
    let plain = stdout(&fixture.run(&["check", "--format", "json", "--no-cache"]));
    // Writing more than so many blocks of 512 bytes to a file fails, as on a full disk.
    for blocks in [0, 1, 4, 16] {
        let mut shell = Command::new("sh");
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        shell.args(["-c", &limited, env!("CARGO_BIN_EXE_solely"), "check", "--format", "json", "--repo"]);
        let output = shell.arg(fixture.repo()).env("SOLELY_CACHE_DIR", fixture.cache()).output().unwrap();
        assert_eq!(stdout(&output), plain, "{blocks} blocks");
        assert!(stderr(&output).starts_with("warning: the cache was not written"), "{blocks}: {}", stderr(&output));
        assert!(fixture.segments().is_empty(), "{blocks} blocks");
        let unfinished = fs::read_dir(fixture.cache()).into_iter().flatten().count();
        assert!(unfinished <= 2, "nothing but the tag and the ignore file is left");
    }
    assert_eq!(stdout(&fixture.run(&["check", "--format", "json"])), plain);
    assert!(!fixture.segments().is_empty());
}

#[test]
fn the_cache_can_be_found_measured_and_cleaned() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("some where");
    let run = |words: &[&str]| {
        let output = command(words).env("SOLELY_CACHE_DIR", &place).output().unwrap();
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()), "{words:?}");
        stdout(&output)
    };
    assert_eq!(run(&["cache", "path"]), format!("{}\n", place.display()));
    assert_eq!(run(&["cache", "size"]), "0 files, 0.0 MiB\n");
    let project = folder.path().join("project");
    fs::create_dir(&project).unwrap();
    fs::write(project.join("a.py"), "def f():\n    return 1\n").unwrap();
    run(&["check", "--repo", project.to_str().unwrap()]);
    assert_eq!(run(&["cache", "size"]), "1 file, 0.0 MiB\n");
    fs::write(place.join("mine.txt"), "").unwrap();
    assert_eq!(run(&["cache", "clean"]), "removed 1 file, 0.0 MiB\n");
    assert!(place.join("mine.txt").exists());
    run(&["check", "--repo", project.to_str().unwrap(), "--no-cache"]);
    assert_eq!(run(&["cache", "size"]), "0 files, 0.0 MiB\n");
}

#[test]
fn without_its_variable_the_cache_lies_where_the_system_keeps_caches() {
    let path = |variables: &[(&str, &str)]| {
        let mut command = command(&["cache", "path"]);
        command.env_remove("SOLELY_CACHE_DIR").env_remove("XDG_CACHE_HOME").env_remove("HOME");
        let output = command.envs(variables.iter().copied()).output().unwrap();
        (output.status.code(), stdout(&output))
    };
    if cfg!(target_os = "linux") {
        let [cache, home] = ["/c", "/h"].map(|folder| Path::new(folder).join("solely"));
        assert_eq!(path(&[("XDG_CACHE_HOME", "/c"), ("HOME", "/h")]).1, format!("{}\n", cache.display()));
        let home = home.with_file_name(".cache").join("solely");
        assert_eq!(path(&[("XDG_CACHE_HOME", "relative"), ("HOME", "/h")]).1, format!("{}\n", home.display()));
        assert_eq!(path(&[]).0, Some(2));
    }
}

#[test]
fn the_same_question_is_answered_without_work() {
    let fixture = Fixture::new();
    let questions: [(&[&str], &str); 3] = [
        (&["check"], "searching names"),
        (&["check", "--isolated"], "searching names"),
        (&["duplicates"], "comparing units"),
    ];
    for (words, work) in questions {
        let run = || fixture.run(&[words, &["--timings"]].concat());
        let (first, second) = (run(), run());
        assert!(stderr(&first).contains(work), "{words:?}: {}", stderr(&first));
        assert!(!stderr(&second).contains(work), "{words:?}: {}", stderr(&second));
        assert_eq!(stdout(&first), stdout(&second));
    }
}

#[test]
fn timings_name_the_stages_on_the_standard_error() {
    let fixture = Fixture::new();
    let output = fixture.run(&["check", "--timings"]);
    for stage in ["listing files", "searching names", "writing the report", "in all", "cache: "] {
        assert!(stderr(&output).contains(stage), "{stage}: {}", stderr(&output));
    }
    assert_eq!(stdout(&output), stdout(&fixture.run(&["check"])));
}
