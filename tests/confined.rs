//! What the tool does to the machine, as `strace` sees it: it starts nothing but git, asks no network, and writes
//! nothing outside its cache and what `--output` names.
//!
//! Ignored unless asked for, since strace must be there and allowed to trace:
//! `cargo test --test main confined -- --ignored`. Where it is not, the test fails.

use crate::cli::{git, write};
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use tempfile::TempDir;

/// A repository of two commits, the second of which renames a module and removes a function; and an uncommitted change.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| write(&folder, path, text);
    git(folder.path(), &["init", "--quiet", "--initial-branch", "main"]);
    // code that would leave its mark if anything of the project were run
    let trap = "open('executed', 'w').close()\n";
    write("setup.py", trap);
    write("conftest.py", trap);
    write("solely.toml", POLICY);
    write("shop/__init__.py", trap);
    write("shop/orders.py", "def save_v2(order):\n    return order\n\n\ndef save(order):\n    return save_v2(order)\n");
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "Begin"]);
    git(folder.path(), &["mv", "shop/orders.py", "shop/store.py"]);
    write("shop/store.py", "def save(order):\n    return order\n");
    git(folder.path(), &["commit", "--quiet", "--all", "--message", "Remove `save_v2`, 4 lines"]);
    write("shop/api.py", "from shop.store import save\n\n\ndef put(order):\n    return save(order)\n");
    git(folder.path(), &["add", "."]);
    write("shop/api.py", "from shop.store import save_v2\n");
    folder
}

const POLICY: &str = "extends = [\"builtin:legacy\", \"builtin:ssot\", \"builtin:references\"]\n\n\
[[legacy]]\nid = \"orders-v2\"\nsummary = \"the old path\"\nsymbols = [\"shop.orders:save_v2\"]\n";

/// Calls that change the file system, with a path in them.
const CHANGING: &[&str] = &[
    "creat",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "rmdir",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "chmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "lchown",
    "fchownat",
    "truncate",
    "utime",
    "utimes",
    "utimensat",
    "setxattr",
    "lsetxattr",
    "removexattr",
    "lremovexattr",
];

/// The paths of a call: a folder that is open, if one is named, and a string.
static PATHS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)""#).unwrap());

/// One line of a trace: the call, the absolute paths in it, and the whole line.
struct Call {
    name: String,
    paths: Vec<PathBuf>,
    line: String,
}

impl Call {
    fn read(line: &str) -> Option<Call> {
        let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let (name, rest) = call.split_once('(')?;
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return None;
        }
        // `AT_FDCWD</folder>, "name"`: a relative name lies below the folder before it
        let paths = PATHS.captures_iter(rest).map(|found| {
            let folder = found.get(1).map_or("", |folder| folder.as_str());
            Path::new(folder).join(&found[2])
        });
        Some(Call { name: name.to_owned(), paths: paths.collect(), line: line.to_owned() })
    }

    fn changes_files(&self) -> bool {
        let opens = ["open", "openat", "openat2"].contains(&self.name.as_str());
        let to_write = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].iter().any(|flag| self.line.contains(flag));
        CHANGING.contains(&self.name.as_str()) || (opens && to_write)
    }
}

#[test]
#[ignore = "needs strace"]
fn nothing_is_run_asked_or_written_but_what_was_asked_for() {
    let repository = repository();
    let outside = tempfile::tempdir().unwrap();
    let (cache, output) = (outside.path().join("cache"), outside.path().join("output"));
    let bundle = output.join("bundle");
    fs::create_dir_all(&output).unwrap();
    let page = format!("html={}", output.join("page.html").display());
    let bundle = bundle.to_str().unwrap();
    let runs: &[&[&str]] = &[
        &["check", "--output", &page],
        &["check"],
        &["check", "--staged"],
        &["check", "--base", "HEAD~1"],
        &["check", "--rev", "HEAD~1", "--no-cache"],
        &["duplicates"],
        &["refs", "shop.store:save"],
        &["removed", "HEAD~1..HEAD"],
        &["audit", "--base", "HEAD~1", "--head", "HEAD", "--commit-messages", "--output", bundle],
        &["verify", bundle],
    ];
    let mut programs = BTreeSet::new();
    let mut written = BTreeSet::new();
    for words in runs {
        let trace = outside.path().join("trace");
        let status = Command::new("strace")
            .args(["-f", "-qq", "-y", "-s", "4096", "-e", "trace=%file,%network,%process", "-o"])
            .arg(&trace)
            .arg(env!("CARGO_BIN_EXE_solely"))
            .args(*words)
            .current_dir(repository.path())
            .env("SOLELY_CACHE_DIR", &cache)
            .env("HOME", outside.path().join("home"))
            .output()
            .expect("strace is there");
        assert!(status.status.code().is_some_and(|code| [0, 1, 3].contains(&code)), "{words:?}: {status:?}");
        let text = fs::read_to_string(&trace).unwrap();
        let calls: Vec<Call> = text.lines().filter_map(Call::read).collect();
        assert!(calls.iter().any(|call| call.name == "execve"), "strace has seen the start of {words:?}");
        let may_write = |path: &Path| {
            [cache.as_path(), &output].iter().any(|allowed| path.starts_with(allowed)) || path == Path::new("/dev/null")
        };
        for call in &calls {
            if ["execve", "execveat"].contains(&call.name.as_str()) {
                let program = &call.paths[0];
                let is_own = program == Path::new(env!("CARGO_BIN_EXE_solely"));
                // git may come from anywhere on the path, and starts its own programs
                let is_git = program.file_name().is_some_and(|name| name.to_string_lossy().starts_with("git"));
                assert!(is_own || is_git, "{words:?} runs {}", call.line);
                programs.extend(program.file_name().map(|name| name.to_owned()));
            }
            let asks = ["connect", "bind", "sendto", "sendmsg"].contains(&call.name.as_str());
            assert!(!(asks || call.line.contains("AF_INET")), "{words:?} asks the network: {}", call.line);
            if call.changes_files() {
                for path in &call.paths {
                    assert!(may_write(path), "{words:?} writes {}", call.line);
                    written.insert(path.clone());
                }
            }
        }
        assert!(!repository.path().join("executed").exists(), "{words:?} has run the project");
    }
    // what was looked for was there to be seen
    assert!(programs.contains("git".as_ref() as &std::ffi::OsStr), "{programs:?}");
    assert!([&cache, &output].iter().all(|folder| written.iter().any(|path| path.starts_with(folder))), "{written:?}");
    assert!(Path::new(bundle).join("evidence.json").exists() && output.join("page.html").exists());
}

#[test]
fn a_line_of_a_trace_is_read() {
    let call = Call::read(r#"12  openat(AT_FDCWD</work>, "a/b", O_WRONLY|O_CREAT, 0666) = 3</work/a/b>"#).unwrap();
    assert_eq!((call.name.as_str(), call.paths[0].as_path()), ("openat", Path::new("/work/a/b")));
    assert!(call.changes_files());
    let call = Call::read(r#"7 openat(AT_FDCWD</work>, "/etc/x", O_RDONLY) = -1 ENOENT"#).unwrap();
    assert!(!call.changes_files() && call.paths[0] == Path::new("/etc/x"));
    let call = Call::read(r#"unlink("/tmp/x") = 0"#).unwrap();
    assert!(call.changes_files());
    assert!(Call::read("7 --- SIGCHLD {si_signo=SIGCHLD} ---").is_none());
}
