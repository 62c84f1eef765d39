//! What runs on GitHub and GitLab, run here: the scripts of the action and of the job, with the variables and files that
//! their runners give them.

use crate::cli::git;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const POLICY: &str = "\
[[legacy]]
id = \"save-v2\"
symbols = [\"orders:save_v2\"]
successor = \"orders:save\"
";

const ORDERS: &str = "def save(order):\n    return order\n\n\ndef save_v2(order):\n    return order\n";

/// A repository whose `main` has a finding, and whose `topic` has another one.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(&folder, &["init", "--quiet", "--initial-branch=main"]);
    fs::write(folder.path().join("solely.toml"), POLICY).unwrap();
    fs::write(folder.path().join("orders.py"), ORDERS).unwrap();
    commit(&folder, "begin");
    git(&folder, &["checkout", "--quiet", "-b", "topic"]);
    let use_of_it = "from orders import save_v2\n\n\ndef pay(order):\n    return save_v2(order)\n";
    fs::write(folder.path().join("cart.py"), use_of_it).unwrap();
    commit(&folder, "use it");
    folder
}

fn commit(folder: &TempDir, message: &str) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", message]);
}

/// A shell of a runner: the binary is on the path, and nothing else of ours is set.
fn runner(folder: &TempDir) -> Command {
    let mut command = Command::new("bash");
    let binary = Path::new(env!("CARGO_BIN_EXE_solely")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([binary.to_owned()].into_iter().chain(std::env::split_paths(&path))).unwrap();
    command.current_dir(folder.path()).env_clear().env("PATH", path).env("HOME", folder.path());
    command
}

/// What a step of the action left behind.
struct Step {
    log: String,
    summary: String,
    outputs: BTreeMap<String, String>,
}

/// Runs the step of the action that judges.
fn step(repository: &TempDir, variables: &[(&str, &str)]) -> Step {
    let files = tempfile::tempdir().unwrap();
    let (summary, outputs) = (files.path().join("summary"), files.path().join("outputs"));
    let output = runner(repository)
        .arg(project("packaging/github-check"))
        .env("RUNNER_TEMP", files.path())
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("GITHUB_OUTPUT", &outputs)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "the last step concludes, not this one: {}", text(&output));
    let outputs = fs::read_to_string(outputs).unwrap();
    let outputs: BTreeMap<String, String> =
        outputs.lines().filter_map(|line| line.split_once('=')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
    let summary = fs::read_to_string(summary).unwrap();
    assert_eq!(fs::read_to_string(&outputs["comment"]).unwrap(), summary, "the comment and the summary are one text");
    if !outputs["sarif"].is_empty() {
        let sarif: serde_json::Value = serde_json::from_slice(&fs::read(&outputs["sarif"]).unwrap()).unwrap();
        assert_eq!(sarif["version"], "2.1.0");
    }
    Step { log: text(&output), summary, outputs }
}

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_action_tells_of_everything_on_a_branch_and_of_the_change_in_a_pull_request() {
    let repository = repository();
    let push = step(&repository, &[("BASE", "auto")]);
    assert_eq!((push.outputs["status"].as_str(), push.outputs["verdict"].as_str()), ("1", "fail"));
    assert!(push.log.contains("::error file=orders.py,line=5"), "{}", push.log);
    assert!(push.log.contains("::error file=cart.py,line=5"), "{}", push.log);
    assert!(push.summary.contains("save_v2"), "{}", push.summary);

    let pull_request = step(&repository, &[("BASE", "auto"), ("GITHUB_BASE_REF", "main")]);
    assert_eq!(pull_request.outputs["verdict"], "fail");
    assert!(pull_request.log.contains("::error file=cart.py,line=5"), "{}", pull_request.log);
    assert!(!pull_request.log.contains("file=orders.py"), "that was there before: {}", pull_request.log);

    git(&repository, &["checkout", "--quiet", "main"]);
    let nothing_new = step(&repository, &[("BASE", "main")]);
    assert_eq!((nothing_new.outputs["status"].as_str(), nothing_new.outputs["verdict"].as_str()), ("0", "pass"));
}

#[test]
fn the_action_says_when_it_could_not_run_and_evaluates_no_input() {
    let repository = repository();
    let refused = step(&repository, &[("ARGS", "--no-such-flag; touch pwned $(touch pwned)")]);
    assert_eq!((refused.outputs["status"].as_str(), refused.outputs["verdict"].as_str()), ("2", "error"));
    assert_eq!(refused.outputs["sarif"], "");
    assert!(refused.summary.contains("could not run"), "{}", refused.summary);
    assert!(!repository.path().join("pwned").exists());

    let narrowed = step(&repository, &[("ARGS", "  --max 1   cart.py ")]);
    assert!(narrowed.log.contains("file=cart.py"), "{}", narrowed.log);
    assert!(!narrowed.log.contains("file=orders.py"), "{}", narrowed.log);
}

#[test]
fn the_action_s_own_steps_are_pinned_and_its_key_names_what_is_compiled() {
    let action = fs::read_to_string(project("action.yml")).unwrap();
    let used: Vec<&str> = action.lines().filter_map(|line| line.trim().strip_prefix("uses: ")).collect();
    assert_eq!(used.len(), 2, "{used:?}");
    for step in used {
        let revision = step.split_once('@').unwrap().1.split(' ').next().unwrap();
        assert!(revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit()), "{step}");
    }
    for compiled in ["Cargo.toml", "Cargo.lock", "src", "queries", "policies"] {
        let script = action.lines().find(|line| line.contains("digest=$(find")).unwrap();
        assert!(script.contains(compiled) && project(compiled).exists(), "{compiled}");
    }
}

#[test]
fn the_job_of_gitlab_writes_its_reports_and_ends_with_the_verdict() {
    let repository = repository();
    let template = fs::read_to_string(project("templates/solely.gitlab-ci.yml")).unwrap();
    let lines = template.lines().skip_while(|line| line.trim() != "- |").skip(1);
    let script: Vec<&str> = lines.take_while(|line| line.starts_with("      ")).map(str::trim).collect();
    assert!(script.iter().any(|line| line.starts_with("solely check")), "{script:?}");
    let base = git(&repository, &["rev-parse", "main"]);
    let output = runner(&repository)
        .args(["-e", "-c", &script.join("\n")])
        .env("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    let quality = fs::read(repository.path().join("solely-code-quality.json")).unwrap();
    let quality: serde_json::Value = serde_json::from_slice(&quality).unwrap();
    let paths: Vec<&str> =
        quality.as_array().unwrap().iter().map(|it| it["location"]["path"].as_str().unwrap()).collect();
    assert!(!paths.is_empty() && paths.iter().all(|path| *path == "cart.py"), "{paths:?}");
    let junit = fs::read_to_string(repository.path().join("solely-junit.xml")).unwrap();
    assert!(junit.contains("<testsuites") && junit.contains("save-v2"), "{junit}");
}
