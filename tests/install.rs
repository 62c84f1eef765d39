//! Installation as users do it: with cargo, with pip, as a hook of pre-commit.
//!
//! Each test builds the tool from a copy of the sources, so they are ignored unless asked for:
//! `cargo test --test install -- --ignored`. They need git, Python with `venv`, and the registries of crates and of
//! Python packages. A tool that is missing fails the test; nothing is skipped in silence.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

#[test]
#[ignore = "builds the tool"]
fn cargo_installs_the_binary() {
    let sources = Sources::copy();
    let root = tempfile::tempdir().unwrap();
    let mut cargo = sources.builder(env!("CARGO"));
    cargo.args(["install", "--locked", "--path"]).arg(sources.path()).arg("--root").arg(root.path());
    succeed(&mut cargo);
    assert_works(&root.path().join("bin/solely"), &sources);
}

#[test]
#[ignore = "builds the tool, and a virtual environment"]
fn pip_installs_the_binary_in_a_clean_environment() {
    let sources = Sources::copy();
    let environment = Environment::new();
    succeed(sources.builder(environment.program("pip")).arg("install").arg(sources.path()));
    assert_works(&environment.program("solely"), &sources);
    succeed(Command::new(environment.program("pip")).args(["uninstall", "--yes", "solely"]));
    assert!(!environment.program("solely").exists(), "nothing stays behind");
}

#[test]
#[ignore = "builds the tool, and a virtual environment"]
fn the_hook_of_pre_commit_lets_clean_commits_through_and_refuses_the_legacy() {
    let sources = Sources::copy();
    let environment = Environment::new();
    succeed(Command::new(environment.program("pip")).args(["install", "pre-commit"]));
    let hooks = tempfile::tempdir().unwrap();
    let project = Repository::new();
    let config = format!("repos:\n- repo: {}\n  rev: HEAD\n  hooks:\n  - id: solely\n", sources.path().display());
    project.write(".pre-commit-config.yaml", &config);
    project.write("solely.toml", POLICY);
    project.write("shop/__init__.py", "");
    project.write("shop/orders.py", CLEAN);
    let run = |command: &mut Command| {
        quicken(command.env("PRE_COMMIT_HOME", hooks.path()));
        command.env("PATH", prepended(&environment.bin())).output().unwrap()
    };
    let pre_commit = || project.command(environment.program("pre-commit"));
    let installed = run(pre_commit().arg("install"));
    assert!(installed.status.success(), "{}", text(&installed));

    // A clean commit passes.
    project.git(&["add", "."]);
    let clean = run(project.command("git").args(["commit", "--message", "Clean"]));
    assert!(clean.status.success(), "{}", text(&clean));
    assert!(text(&clean).contains("Passed"), "the hook has run: {}", text(&clean));

    // What was there before comes back, and is refused with the name of what to use.
    project.write("shop/orders.py", WITH_LEGACY);
    project.git(&["add", "."]);
    let refused = run(project.command("git").args(["commit", "--message", "Bring it back"]));
    assert!(!refused.status.success(), "{}", text(&refused));
    for words in ["_handle_order_v2", "orders-v2", "shop.orders:OrderHandler._handle_order_v3"] {
        assert!(text(&refused).contains(words), "{words}: {}", text(&refused));
    }

    // What is staged counts, not what lies in the work tree.
    project.write("shop/orders.py", CLEAN);
    let still_refused = run(project.command("git").args(["commit", "--message", "Bring it back"]));
    assert!(!still_refused.status.success(), "{}", text(&still_refused));

    // A commit that only deletes is judged too: there is no file to pass to the hook.
    project.git(&["add", "."]);
    project.git(&["rm", "--quiet", "--cached", "shop/__init__.py"]);
    let deletion = run(project.command("git").args(["commit", "--message", "Delete only"]));
    assert!(deletion.status.success(), "{}", text(&deletion));
    assert!(text(&deletion).contains("Passed"), "not skipped: {}", text(&deletion));

    // `--no-verify` goes around every hook; the same rule on the commit, as a pull request has it, does not let it by.
    project.write("shop/orders.py", WITH_LEGACY);
    project.git(&["add", "."]);
    let around = run(project.command("git").args(["commit", "--no-verify", "--message", "Around the hook"]));
    assert!(around.status.success(), "{}", text(&around));
    let solely = env!("CARGO_BIN_EXE_solely");
    let judged = project.command(solely).args(["check", "--rev", "HEAD"]).output().unwrap();
    assert_eq!(judged.status.code(), Some(1), "{}", text(&judged));
}

const POLICY: &str = r#"
[[legacy]]
id = "orders-v2"
summary = "the order path from before the store"
symbols = ["shop.orders:OrderHandler._handle_order_v2"]
successor = "shop.orders:OrderHandler._handle_order_v3"
require = "gone"
"#;

const CLEAN: &str = "\
class OrderHandler:
    def _handle_order_v3(self, order):
        return order
";

const WITH_LEGACY: &str = "\
class OrderHandler:
    def _handle_order_v3(self, order):
        return order

    def _handle_order_v2(self, order):
        return [order]
";

/// The project's files as git would commit them, in a repository of their own.
struct Sources(Repository);

impl Sources {
    fn copy() -> Self {
        let from = Path::new(env!("CARGO_MANIFEST_DIR"));
        let listed =
            succeed(Command::new("git").current_dir(from).args(["ls-files", "-z", "-co", "--exclude-standard"]));
        let copy = Repository::new();
        for path in String::from_utf8(listed.stdout).unwrap().split_terminator('\0') {
            // A file that was deleted and not committed is still listed.
            if let Ok(bytes) = fs::read(from.join(path)) {
                copy.write(path, bytes);
            }
        }
        copy.git(&["add", "--force", "."]);
        copy.git(&["commit", "--quiet", "--message", "Sources"]);
        Self(copy)
    }

    fn path(&self) -> &Path {
        self.0.folder.path()
    }

    fn builder(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        quicken(command.current_dir(self.path()));
        command
    }
}

/// All builds share the compiled dependencies, and none is optimised: how it is installed is tried, not how fast it is.
fn quicken(command: &mut Command) -> &mut Command {
    command.env("CARGO_TARGET_DIR", target());
    for (name, value) in [("OPT_LEVEL", "0"), ("LTO", "off"), ("CODEGEN_UNITS", "16")] {
        command.env(format!("CARGO_PROFILE_RELEASE_{name}"), value);
    }
    command
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("install")
}

/// A repository that knows nothing of the user's git configuration.
struct Repository {
    folder: TempDir,
}

impl Repository {
    fn new() -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path());
        for name in ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"] {
            command.env(name, "A. User");
        }
        for name in ["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"] {
            command.env(name, "user@example.org");
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    fn git(&self, words: &[&str]) {
        succeed(self.command("git").args(words));
    }
}

/// A clean virtual environment.
struct Environment(TempDir);

impl Environment {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        succeed(Command::new("python3").args(["-m", "venv"]).arg(folder.path()));
        Self(folder)
    }

    fn bin(&self) -> PathBuf {
        self.0.path().join("bin")
    }

    fn program(&self, name: &str) -> PathBuf {
        self.bin().join(name)
    }
}

/// The binary answers, knows its version, and judges the demo project as its README shows.
fn assert_works(binary: &Path, sources: &Sources) {
    let version = succeed(Command::new(binary).arg("--version"));
    assert_eq!(text(&version), format!("solely {}\n", env!("CARGO_PKG_VERSION")));
    let mut check = Command::new(binary);
    let judged = check.args(["check", "--repo"]).arg(sources.path().join("tests/demo")).output().unwrap();
    assert_eq!(judged.status.code(), Some(1), "{}", text(&judged));
    assert!(text(&judged).contains("FAIL orders-v2"), "{}", text(&judged));
}

fn prepended(folder: &Path) -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path))).unwrap()
}

fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", text(&output));
    output
}

/// Both streams.
fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
