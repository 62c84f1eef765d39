//! Wiring: the binary is run, and its exit status and streams are looked at.

use std::path::Path;
use std::process::{Command, Output, Stdio};

#[test]
fn help_teaches_and_is_no_failure() {
    for words in [&["--help"][..], &["-h"], &["help", "check"], &["check", "--help"], &["refs", "--help"]] {
        let output = solely(words);
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        assert!(stdout(&output).contains("Usage: solely"), "{words:?}");
        assert_eq!(stderr(&output), "", "{words:?}");
    }
    let help = stdout(&solely(&["--help"]));
    for word in ["check", "refs", "policy", "completions", "Examples:", "Exit status:", "incomplete", "--repo"] {
        assert!(help.contains(word), "{word}: {help}");
    }
}

#[test]
fn the_version_is_the_package_s() {
    let output = solely(&["--version"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output), format!("solely {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_cannot_run_and_says_so_on_the_standard_error() {
    for words in [
        &[][..],
        &["chekc"],
        &["check", "--format", "yaml"],
        &["check", "--rev", "HEAD", "--staged"],
        &["check", "--max", "many"],
        &["refs"],
        &["policy"],
        &["completions", "tcsh"],
    ] {
        let output = solely(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{words:?}");
        assert!(!stderr(&output).is_empty(), "{words:?}");
    }
    let refusal = stderr(&solely(&["check", "--format", "yaml"]));
    for legal in ["terminal", "json", "jsonl"] {
        assert!(refusal.contains(legal), "the legal choices are named: {refusal}");
    }
}

#[test]
fn one_run_writes_several_formats() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.py"), "def f():\n    return 1\n").unwrap();
    let (json, lines) = (folder.path().join("report.json"), folder.path().join("report.jsonl"));
    let [json_target, lines_target] = [("json", &json), ("jsonl", &lines)].map(|(n, p)| format!("{n}={}", p.display()));
    let repo = folder.path().to_str().unwrap();
    let output = solely(&["check", "--repo", repo, "--output", &json_target, "--output", &lines_target]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("verdict: pass"), "the terminal's format stays where it was");
    assert!(std::fs::read_to_string(&json).unwrap().starts_with("{\n"));
    assert!(std::fs::read_to_string(&lines).unwrap().starts_with("{\"type\":\"report\""));

    for words in [&["--output", "a.json", "--output", "b.json"][..], &["--output", "yaml=a"], &["--output", "json=-"]] {
        let output = solely(&[&["check", "--repo", repo], words].concat());
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{words:?}");
        assert!(stderr(&output).starts_with("error: "), "{words:?}: {}", stderr(&output));
    }
}

#[test]
fn a_folder_that_does_not_exist_cannot_be_judged() {
    let output = solely(&["check", "--repo", "no/such/folder"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).starts_with("error: "), "{}", stderr(&output));
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = solely(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let script = stdout(&output);
        // subcommands and options; some shells complete the formats of a command as well
        let formats = if ["elvish", "powershell"].contains(&shell) { &[][..] } else { &["sarif", "junit"] };
        for word in ["completions", "duplicates", "staged"].iter().chain(formats) {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn every_command_has_a_page_in_the_manual() {
    let folder = tempfile::tempdir().unwrap();
    let command = solely::cli::command();
    clap_mangen::generate_to(command.clone(), folder.path()).unwrap();
    let page = |name: &str| std::fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
    let main = page("solely");
    for part in [".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS", ".SH SUBCOMMANDS", "one implementation", "Exit status"] {
        assert!(main.to_lowercase().contains(&part.to_lowercase()), "{part}: {main}");
    }
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help" && !sub.is_hide_set()) {
        assert!(main.contains(&format!("solely\\-{}(1)", sub.get_name())), "{}: {main}", sub.get_name());
        let text = page(&format!("solely-{}", sub.get_name()));
        assert!(text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), "{text}");
    }
    let check = page("solely-check");
    for format in solely::report::formats_of::<solely::evidence::CheckReport>() {
        assert!(check.contains(&format!("{}: ", format.name)), "{}", format.name);
    }
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let failing = ["check", "--repo", "no/such/folder"];
    let run = |words: &[&str], name: &str, value: &str| {
        let output = command(&[&failing[..], words].concat()).env(name, value).output().unwrap();
        stderr(&output).contains('\u{1b}')
    };
    assert!(!run(&[], "TERM", "xterm"), "a pipe gets no colour");
    assert!(run(&[], "CLICOLOR_FORCE", "1"));
    assert!(run(&["--color", "always"], "NO_COLOR", "1"), "the option is nearer than the environment");
    assert!(!run(&["--color", "never"], "CLICOLOR_FORCE", "1"));
}

#[test]
fn a_reader_that_leaves_ends_the_output_quietly() {
    let mut child = command(&["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
}

pub fn solely(words: &[&str]) -> Output {
    command(words).output().expect("the binary runs")
}

/// The binary, away from the settings of whoever runs the tests.
pub fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_solely"));
    command.args(words).current_dir(Path::new(env!("CARGO_TARGET_TMPDIR")));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SOLELY_")) {
        command.env_remove(name);
    }
    command.env("SOLELY_CACHE_DIR", "cache");
    command
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Writes a file below a folder, with the folders above it.
pub fn write(folder: impl AsRef<Path>, path: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.as_ref().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Standard output of `git` in a folder, trimmed: no configuration but the folder's, and the same commits every time.
pub fn git(folder: impl AsRef<Path>, words: &[&str]) -> String {
    let output = Command::new("git")
        .args(words)
        .current_dir(folder.as_ref())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
        .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.org")])
        .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.org")])
        .envs([("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z"), ("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")])
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {words:?}: {}", stderr(&output));
    stdout(&output).trim().to_owned()
}
