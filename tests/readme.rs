//! The README: its example is what the command prints, its policy is one.

use solely::policy::Policy;
use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../README.md");

/// The text between a fence that begins with `open` and its end, the first one behind `after`.
fn fence(after: &str, open: &str) -> &'static str {
    let rest = &README[README.find(after).expect("the README has the heading")..];
    let rest = &rest[rest.find(open).expect("the README has the fence") + open.len()..];
    rest[..rest.find("```").expect("the fence ends")].trim_start_matches('\n')
}

/// The last lines name the commit and the number of other files, which change with every commit.
fn stable(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("work tree"));
    lines.map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_is_what_the_command_prints() {
    let shown = fence("## What it says", "```text");
    let (command, shown) = shown.split_once('\n').expect("the example begins with its command");
    let words: Vec<&str> = command.trim_start_matches("$ solely ").split(' ').collect();
    let output = Command::new(env!("CARGO_BIN_EXE_solely"))
        .args(words)
        .env("SOLELY_CACHE_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .expect("the command runs");
    let printed = String::from_utf8(output.stdout).expect("the output is text");
    assert_eq!(stable(&printed), stable(shown), "\n--- printed ---\n{printed}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_trend_is_what_the_command_prints() {
    let shown = fence("## How it goes over time", "```text");
    let (command, shown) = shown.split_once('\n').expect("the example begins with its command");
    let words: Vec<&str> = command.trim_start_matches("$ solely ").split(' ').collect();
    let shop = crate::trend::Shop::new();
    let output = crate::cli::command(&words).current_dir(shop.path()).output().expect("the command runs");
    let printed = String::from_utf8(output.stdout).expect("the output is text");
    // the digest of the policy changes with every pack
    let stable = |text: &str| text.lines().filter(|it| !it.starts_with("every sample")).collect::<Vec<_>>().join("\n");
    assert_eq!(stable(&printed), stable(shown), "\n--- printed ---\n{printed}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_policy_is_valid_and_has_every_kind_of_rule() {
    let text = fence("## The policy", "```toml");
    let policy = Policy::parse(text, "solely.toml", &|_| Ok(None)).unwrap_or_else(|errors| panic!("{errors:?}"));
    for kind in [
        "legacy",
        "family",
        "only-through",
        "dangling-reference",
        "single-source",
        "duplicates",
        "intentional-duplicate",
    ] {
        assert!(policy.rules.iter().any(|rule| rule.kind.name() == kind), "{kind}");
    }
}
