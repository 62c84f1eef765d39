//! Changes in real repositories: what `--base` tells, what `--staged` judges, and clones that end too early.

use crate::cli::{self, git, write};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const POLICY: &str = "\
[[legacy]]
id = \"save-v2\"
symbols = [\"shop.orders:save_v2\"]
";

const ORDERS: &str = "def save_v2(order):\n    return order\n\n\ndef total(order):\n    return 1\n";
const CART: &str = "from shop.orders import save_v2, total\n\n\ndef pay(order):\n    return save_v2(total(order))\n";

/// A repository with a policy, three findings on `main`, and a branch `topic` that is checked out.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(&folder, &["init", "--quiet", "--initial-branch=main"]);
    write(&folder, "solely.toml", POLICY);
    write(&folder, "shop/__init__.py", "");
    write(&folder, "shop/orders.py", ORDERS);
    write(&folder, "shop/cart.py", CART);
    commit(&folder, "begin");
    git(&folder, &["checkout", "--quiet", "-b", "topic"]);
    folder
}

fn commit(folder: impl AsRef<Path>, message: &str) {
    git(&folder, &["add", "--all"]);
    git(&folder, &["commit", "--quiet", "--message", message]);
}

fn run(folder: impl AsRef<Path>, words: &[&str]) -> Output {
    cli::command(words).current_dir(folder.as_ref()).output().unwrap()
}

/// The exit status, and `rule path:line` of every finding that is told.
fn told(folder: impl AsRef<Path>, words: &[&str]) -> (i32, Vec<String>) {
    let output = run(folder, &[&["check", "--format", "json"], words].concat());
    (output.status.code().unwrap(), findings(&json(&output)))
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&cli::stdout(output)).unwrap_or_else(|_| panic!("{}", cli::stderr(output)))
}

fn findings(document: &Value) -> Vec<String> {
    let counting = document["findings"].as_array().unwrap().iter();
    let counting = counting.filter(|it| it["suppressed"] == false && it["baselined"] == false);
    let tell = |it: &Value| format!("{} {}:{}", it["rule"].as_str().unwrap(), it["path"].as_str().unwrap(), it["line"]);
    counting.map(tell).collect()
}

fn none() -> (i32, Vec<String>) {
    (0, Vec::new())
}

#[test]
fn a_change_answers_for_what_it_brings_alone() {
    let folder = repository();
    assert_eq!(told(&folder, &[]).0, 1);
    assert_eq!(told(&folder, &["--base", "main"]), none(), "nothing changed");
    write(&folder, "shop/jobs.py", "from shop import orders\n\norders.save_v2(1)\n");
    let output = run(&folder, &["check", "--base", "main", "--format", "json"]);
    let document = json(&output);
    assert_eq!(findings(&document), ["save-v2 shop/jobs.py:3"]);
    assert_eq!(document["findings"][0]["introduced"], true);
    let comparison = &document["comparison"];
    assert_eq!((&comparison["introduced"], &comparison["existing"]), (&1.into(), &3.into()));
    assert_eq!(comparison["commit"], git(&folder, &["rev-parse", "main"]));
    let text = cli::stdout(&run(&folder, &["check", "--base", "main"]));
    assert!(text.contains("compared with main at ") && text.contains("3 standing findings not shown"), "{text}");
    assert!(!text.contains("shop/cart.py:5"), "{text}");
}

#[test]
fn what_was_suppressed_before_is_not_told_as_new() {
    let folder = repository();
    let suppressed = CART.replace("(order))\n", "(order))  # solely: ignore[save-v2] -- goes in March\n");
    write(&folder, "shop/cart.py", &suppressed);
    commit(&folder, "suppress");
    write(&folder, "shop/jobs.py", "from shop import orders\n\norders.save_v2(1)  # solely: ignore[save-v2] -- too\n");
    let document = json(&run(&folder, &["check", "--base", "HEAD", "--format", "json"]));
    let told: Vec<(&str, bool)> = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["path"].as_str().unwrap(), it["suppressed"] == true))
        .collect();
    assert_eq!(told, [("shop/jobs.py", true)], "the one that is new, and no other");
}

#[test]
fn a_renamed_file_and_moved_lines_bring_nothing() {
    let folder = repository();
    git(&folder, &["mv", "shop/cart.py", "shop/basket.py"]);
    let moved = CART
        .replace("def pay", "LIMIT = 1\n\n\ndef pay")
        .replace("save_v2(total(order))", "save_v2(\n        total(order)\n    )");
    write(&folder, "shop/basket.py", &moved);
    assert_eq!(told(&folder, &["--staged", "--base", "main"]), none());
    assert_eq!(told(&folder, &["--base", "main"]), none());
    commit(&folder, "rename");
    assert_eq!(told(&folder, &["--rev", "HEAD", "--base", "main"]), none());
}

#[test]
fn the_base_is_where_the_two_forked() {
    let folder = repository();
    write(&folder, "shop/jobs.py", "from shop import orders\n\norders.save_v2(1)\n");
    commit(&folder, "one more");
    git(&folder, &["checkout", "--quiet", "main"]);
    write(&folder, "shop/cart.py", "");
    commit(&folder, "mend");
    git(&folder, &["checkout", "--quiet", "topic"]);
    assert_eq!(told(&folder, &["--base", "main"]), (1, vec!["save-v2 shop/jobs.py:3".to_owned()]));
    let bare = tempfile::tempdir().unwrap();
    git(&bare, &["clone", "--quiet", "--bare", folder.path().to_str().unwrap(), "app.git"]);
    let words = ["--repo", "app.git", "--rev", "topic", "--base", "main"];
    assert_eq!(told(&bare, &words), (1, vec!["save-v2 shop/jobs.py:3".to_owned()]));
}

#[test]
fn a_swap_and_what_is_mended_are_counted() {
    let folder = repository();
    write(&folder, "shop/cart.py", CART.replace("save_v2(total(order))", "total(save_v2(order.first))"));
    let document = json(&run(&folder, &["check", "--base", "main", "--format", "json"]));
    assert_eq!(findings(&document), ["save-v2 shop/cart.py:5"]);
    assert_eq!((&document["comparison"]["fixed"], &document["comparison"]["existing"]), (&1.into(), &2.into()));
}

#[test]
fn taking_a_comment_or_an_entry_away_brings_the_finding_back() {
    let folder = repository();
    let suppressed = CART.replace("(order))\n", "(order))  # solely: ignore[save-v2] -- goes in March\n");
    write(&folder, "shop/cart.py", &suppressed);
    assert_eq!(run(&folder, &["baseline", "--reason", "before", "--accepted-by", "Ada"]).status.code(), Some(0));
    commit(&folder, "accept");
    git(&folder, &["branch", "--force", "main"]);
    assert_eq!(told(&folder, &[]), none());
    write(&folder, "shop/cart.py", CART);
    assert_eq!(told(&folder, &["--base", "main"]), (1, vec!["save-v2 shop/cart.py:5".to_owned()]));
    write(&folder, "shop/cart.py", &suppressed);
    write(&folder, "solely-baseline.jsonl", "{\"schema\":\"solely/baseline/1\"}\n");
    let expected = ["save-v2 shop/cart.py:1", "save-v2 shop/orders.py:1"].map(str::to_owned).to_vec();
    assert_eq!(told(&folder, &["--base", "main"]), (1, expected));
}

#[test]
fn what_is_removed_here_and_used_there_is_broken() {
    let folder = repository();
    write(&folder, "tests/test_cart.py", "from shop.orders import total\n\n\ndef test_total():\n    assert total(1)\n");
    commit(&folder, "test");
    git(&folder, &["branch", "--force", "main"]);
    write(&folder, "shop/orders.py", ORDERS.split("\n\n\n").next().unwrap());
    let (status, found) = told(&folder, &["--base", "main"]);
    let expected = [
        "broken-reference shop/cart.py:1",
        "broken-reference shop/cart.py:5",
        "broken-reference tests/test_cart.py:1",
        "broken-reference tests/test_cart.py:5",
    ];
    assert_eq!((status, found), (1, expected.map(str::to_owned).to_vec()));
    // In tests alone it warns; a comment may say that it is meant.
    let mended = "from shop.orders import save_v2, total  # solely: ignore[broken-reference] -- comes back tomorrow\n\n\ndef pay(order):\n    return save_v2(order)\n";
    write(&folder, "shop/cart.py", mended);
    let (_, found) = told(&folder, &["--base", "main"]);
    assert_eq!(found.iter().filter(|it| it.starts_with("broken")).count(), 2, "{found:?}");
    assert!(found.iter().all(|it| !it.starts_with("unused-suppression")), "{found:?}");
    // Without a base nothing is known of a change.
    assert!(told(&folder, &[]).1.iter().all(|it| it.starts_with("save-v2")));
}

#[test]
fn a_file_that_nobody_could_read_before_keeps_no_change_open() {
    let folder = repository();
    write(&folder, "shop/cart.py", "");
    write(&folder, "shop/orders.py", "");
    write(&folder, "shop/broken.py", "def f(:\n    save_v2(1\n");
    commit(&folder, "break");
    git(&folder, &["branch", "--force", "main"]);
    assert_eq!(told(&folder, &[]), (3, Vec::new()));
    assert_eq!(told(&folder, &["--base", "main"]), none());
    write(&folder, "shop/broken.py", "def f(:\n    save_v2(2\n");
    assert_eq!(told(&folder, &["--base", "main"]), (3, Vec::new()));
}

#[test]
fn a_weaker_policy_is_told_with_the_change() {
    let folder = repository();
    write(&folder, "solely.toml", format!("{POLICY}severity = \"warning\"\n"));
    let (status, found) = told(&folder, &["--base", "main"]);
    assert_eq!((status, found), (0, vec!["policy-weakened solely.toml:1".to_owned()]));
    write(&folder, "solely.toml", POLICY);
    run(&folder, &["baseline", "--reason", "before", "--accepted-by", "Ada"]);
    let output = cli::stdout(&run(&folder, &["check", "--base", "main"]));
    assert!(output.contains("policy-weakened") && output.contains("accepts 3 findings"), "{output}");
    commit(&folder, "accept");
    git(&folder, &["branch", "--force", "main"]);
    write(&folder, "shop/jobs.py", "from shop import orders\n\norders.save_v2(1)\n");
    run(&folder, &["baseline", "--reason", "one more job", "--accepted-by", "Bob"]);
    let output = cli::stdout(&run(&folder, &["check", "--base", "main"]));
    for part in ["accepts one more", "shop/jobs.py", "by Bob on ", "one more job"] {
        assert!(output.contains(part), "{part}: {output}");
    }
}

#[test]
fn the_index_is_judged_and_not_the_disk() {
    let folder = repository();
    let bad = "from shop import orders\n\norders.save_v2(1)\n";
    write(&folder, "shop/jobs.py", bad);
    assert_eq!(told(&folder, &["--staged", "--base", "HEAD"]), none(), "not staged");
    git(&folder, &["add", "shop/jobs.py"]);
    write(&folder, "shop/jobs.py", "x = 1\n");
    assert_eq!(told(&folder, &["--staged", "--base", "HEAD"]), (1, vec!["save-v2 shop/jobs.py:3".to_owned()]));
    assert_eq!(told(&folder, &["--base", "HEAD"]), none(), "mended on disk");
    // The policy and the baseline are those of the index as well.
    write(&folder, "solely.toml", "[[legacy]]\nid = \"other\"\nsymbols = [\"shop.orders:nothing\"]\n");
    write(&folder, "solely-baseline.jsonl", "not a baseline\n");
    assert_eq!(told(&folder, &["--staged", "--base", "HEAD"]).0, 1);
}

/// A hook of real git, which names an index of its own where not the whole index is committed.
#[test]
fn a_hook_judges_what_the_commit_takes() {
    let folder = repository();
    let filler: String = (0..20).map(|number| format!("X{number} = {number}\n")).collect();
    let orders = format!("{filler}{ORDERS}");
    write(&folder, "shop/orders.py", &orders);
    commit(&folder, "fill");
    let binary = env!("CARGO_BIN_EXE_solely");
    let hook = folder.path().join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let script = format!(
        "#!/bin/sh\n'{binary}' removed --staged --format json --output .git/removed.json\n\
         exec '{binary}' check --staged --base HEAD --format json --output .git/check.json\n"
    );
    fs::write(&hook, script).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let made = |words: &[&str], answers: &str| {
        let mut child = Command::new("git")
            .args(words)
            .current_dir(folder.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.org")])
            .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.org")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        use std::io::Write;
        child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
        child.wait_with_output().unwrap().status.success()
    };
    let saved = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(folder.path().join(".git").join(name)).unwrap()).unwrap()
    };
    // `-a`: what is on disk and not staged is committed.
    let more = format!("{orders}\n\nsave_v2(total(1))\n");
    write(&folder, "shop/orders.py", &more);
    assert!(!made(&["commit", "--quiet", "-a", "-m", "more"], ""), "refused");
    assert_eq!(findings(&saved("check.json")), ["save-v2 shop/orders.py:29"]);
    assert_eq!(saved("removed.json")["totals"]["added"], 3);
    // `-p`: of two places one is taken.
    let both = format!("def first(order):\n    return order\n\n\n{more}");
    write(&folder, "shop/orders.py", &both);
    assert!(made(&["commit", "--quiet", "-p", "-m", "first alone"], "y\nn\n"));
    assert_eq!(findings(&saved("check.json")), Vec::<String>::new());
    assert_eq!(saved("removed.json")["totals"]["added"], 4);
    // A path: the index of the others is left alone.
    write(&folder, "shop/cart.py", "");
    git(&folder, &["add", "shop/cart.py"]);
    assert!(!made(&["commit", "--quiet", "-m", "orders", "shop/orders.py"], ""));
    assert_eq!(findings(&saved("check.json")), ["save-v2 shop/orders.py:33"]);
    assert_eq!(saved("removed.json")["totals"]["deleted"], 0, "the staged removal is not of this commit");
}

#[test]
fn a_shallow_clone_without_the_fork_is_refused_and_told_what_to_run() {
    let origin = repository();
    write(&origin, "shop/jobs.py", "from shop import orders\n\norders.save_v2(1)\n");
    commit(&origin, "one");
    write(&origin, "shop/more.py", "x = 1\n");
    commit(&origin, "two");
    git(&origin, &["checkout", "--quiet", "main"]);
    write(&origin, "README.md", "# Shop\n");
    commit(&origin, "three");
    let url = format!("file://{}", origin.path().display());
    let place = tempfile::tempdir().unwrap();
    let clone = place.path().join("clone");
    git(&place, &["clone", "--quiet", "--depth", "1", "--branch", "topic", &url, "clone"]);
    // The base is not there at all.
    let command = refused(&clone, &["check", "--base", "origin/main"]);
    assert_eq!(command, "git fetch --unshallow origin main:refs/remotes/origin/main");
    // It is there, but not where the two forked.
    git(&clone, &["fetch", "--quiet", "--depth", "1", "origin", "main:refs/remotes/origin/main"]);
    let command = refused(&clone, &["check", "--base", "origin/main"]);
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    git(&clone, &words);
    assert_eq!(told(&clone, &["--base", "origin/main"]), (1, vec!["save-v2 shop/jobs.py:3".to_owned()]));
    // In CI the variable names it.
    let mut ci = cli::command(&["check", "--base", "--format", "json"]);
    let output = ci.current_dir(&clone).env("GITHUB_BASE_REF", "main").output().unwrap();
    assert_eq!(findings(&json(&output)), ["save-v2 shop/jobs.py:3"]);
    assert_eq!(json(&output)["comparison"]["base"], "origin/main");
}

/// The command that a refusal says to run.
fn refused(folder: &Path, words: &[&str]) -> String {
    let output = run(folder, words);
    assert_eq!(output.status.code(), Some(2), "{}", cli::stdout(&output));
    let said = cli::stderr(&output);
    let (_, rest) = said.split_once("run `").unwrap_or_else(|| panic!("{said}"));
    rest.split_once('`').unwrap().0.to_owned()
}

#[test]
fn without_a_base_in_the_environment_nothing_is_compared() {
    let folder = repository();
    let mut command = cli::command(&["check", "--base"]);
    for name in ["CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "GITHUB_BASE_REF"] {
        command.env_remove(name);
    }
    for name in ["BITBUCKET_PR_DESTINATION_BRANCH", "SYSTEM_PULLREQUEST_TARGETBRANCH", "CHANGE_TARGET"] {
        command.env_remove(name);
    }
    command.env_remove("BUILDKITE_PULL_REQUEST_BASE_BRANCH");
    let output = command.current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(cli::stderr(&output).contains("GITHUB_BASE_REF"), "{}", cli::stderr(&output));
    let unknown = run(&folder, &["check", "--base", "nowhere"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(cli::stderr(&unknown).contains("git fetch origin nowhere:"), "{}", cli::stderr(&unknown));
}

#[test]
fn a_baseline_says_who_and_why_or_is_not_written() {
    let folder = repository();
    let output = run(&folder, &["baseline", "--accepted-by", "Ada"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(cli::stderr(&output).contains("3 findings would be accepted without a reason"), "{}", cli::stderr(&output));
    assert!(!folder.path().join("solely-baseline.jsonl").exists());
    assert_eq!(run(&folder, &["baseline", "--check", "--accepted-by", "Ada"]).status.code(), Some(1));
    let output = run(&folder, &["baseline", "--reason", "before", "--accepted-by", "Ada <ada@example.org>"]);
    assert_eq!(output.status.code(), Some(0), "{}", cli::stderr(&output));
    assert!(cli::stdout(&output).contains("+ shop/cart.py: save-v2: call of `shop.orders:save_v2` in pay"));
    let text = fs::read_to_string(folder.path().join("solely-baseline.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 4);
    assert!(text.contains("\"by\":\"Ada <ada@example.org>\"") && text.contains("\"reason\":\"before\""), "{text}");
    assert_eq!(told(&folder, &[]), none());
    assert_eq!(told(&folder, &["--no-baseline"]).0, 1);
    assert_eq!(run(&folder, &["baseline", "--check"]).status.code(), Some(0), "nothing would change");
    // The baseline itself names the symbol, and is no residue of it.
    assert!(!cli::stdout(&run(&folder, &["check", "--no-baseline", "--max", "0"])).contains("jsonl"));
    // An entry that accepts nothing any more warns, or fails where that is asked for.
    write(&folder, "shop/cart.py", "from shop.orders import save_v2\n");
    assert_eq!(told(&folder, &[]), (0, vec!["stale-baseline-entry solely-baseline.jsonl:2".to_owned()]));
    assert_eq!(told(&folder, &["--strict-baseline"]).0, 1);
    assert_eq!(told(&folder, &["shop/orders.py", "--strict-baseline"]), none(), "outside what is asked for");
    let output = run(&folder, &["baseline", "--prune"]);
    assert!(cli::stdout(&output).contains("2 kept, 0 accepted, 1 gone"), "{}", cli::stdout(&output));
    assert_eq!(told(&folder, &["--strict-baseline"]), none());
}

#[test]
fn who_accepts_is_whom_git_would_name() {
    let folder = repository();
    let accept = |name: &str| {
        let mut command = cli::command(&["baseline", "--reason", "before"]);
        command.current_dir(folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for variable in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "EMAIL"] {
            command.env_remove(variable);
        }
        if !name.is_empty() {
            command.env("GIT_AUTHOR_NAME", name).env("GIT_AUTHOR_EMAIL", "bob@example.org");
        }
        command.output().unwrap()
    };
    git(&folder, &["config", "user.useConfigOnly", "true"]);
    let nobody = accept("");
    assert_eq!(nobody.status.code(), Some(2));
    assert!(cli::stderr(&nobody).contains("accepted by nobody"), "{}", cli::stderr(&nobody));
    assert_eq!(accept("Bob").status.code(), Some(0));
    let text = fs::read_to_string(folder.path().join("solely-baseline.jsonl")).unwrap();
    assert_eq!(text.matches("\"by\":\"Bob <bob@example.org>\"").count(), 3, "{text}");
}

#[test]
fn a_conflict_in_the_baseline_is_an_error_with_its_line() {
    let folder = repository();
    write(
        &folder,
        "solely-baseline.jsonl",
        "{\"schema\":\"solely/baseline/1\"}\n<<<<<<< HEAD\n=======\n>>>>>>> topic\n",
    );
    for words in [&["check"][..], &["baseline", "--prune"], &["check", "--staged"]] {
        git(&folder, &["add", "--all"]);
        let output = run(&folder, words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let said = cli::stderr(&output);
        assert!(said.contains("solely-baseline.jsonl:2:1") && said.contains("a merge conflict"), "{said}");
    }
    assert_eq!(run(&folder, &["check", "--no-baseline"]).status.code(), Some(1));
}

/// Two branches accept different findings, and both are accepted after a merge.
#[test]
fn baselines_of_two_branches_merge() {
    let folder = repository();
    write(&folder, ".gitattributes", "solely-baseline.jsonl merge=union\n");
    run(&folder, &["baseline", "--reason", "before", "--accepted-by", "Ada"]);
    commit(&folder, "accept");
    git(&folder, &["branch", "--force", "main"]);
    for (branch, name) in [("main", "a_jobs"), ("topic", "b_jobs")] {
        git(&folder, &["checkout", "--quiet", branch]);
        write(&folder, &format!("shop/{name}.py"), "from shop import orders\n\norders.save_v2(1)\n");
        run(&folder, &["baseline", "--reason", name, "--accepted-by", "Ada"]);
        commit(&folder, name);
    }
    git(&folder, &["merge", "--quiet", "--no-edit", "main"]);
    assert_eq!(told(&folder, &["--strict-baseline"]), none());
    assert_eq!(run(&folder, &["baseline", "--check"]).status.code(), Some(0), "still true after the merge");
}

#[test]
fn comments_can_be_looked_through() {
    let folder = repository();
    write(&folder, "shop/orders.py", format!("# solely: ignore-file[save-v2] -- goes in March\n{ORDERS}"));
    write(&folder, "shop/cart.py", format!("# solely: ignore-file[save-v2] -- goes in March\n{CART}"));
    assert_eq!(told(&folder, &[]), none());
    let document = json(&run(&folder, &["check", "--format", "json"]));
    let first = &document["findings"][0];
    assert_eq!((&first["suppressed"], &first["suppression"]["line"]), (&true.into(), &1.into()));
    assert_eq!(first["suppression"]["reason"], "goes in March");
    assert_eq!(told(&folder, &["--no-suppressions"]).1.len(), 3);
    let text = cli::stdout(&run(&folder, &["check"]));
    assert!(text.contains("suppressed by comments: 3 findings"), "{text}");
}

#[test]
fn the_policy_can_be_chosen_and_changed_for_one_run() {
    let folder = repository();
    assert_eq!(told(&folder, &["--isolated"]).0, 0, "the built-in packs alone");
    assert_eq!(told(&folder, &["--set", "project.exclude=[\"shop/cart.py\"]"]).1, ["save-v2 shop/orders.py:1"]);
    let disabled = told(&folder, &["--set", "extends=[\"builtin:legacy\"]", "--set", "disable=[\"save-v2\"]"]);
    assert_eq!(disabled, none());
    let rule = "legacy=[{id=\"save-v2\", symbols=[\"shop.orders:save_v2\"], severity=\"warning\"}]";
    assert_eq!(told(&folder, &["--set", rule]).0, 0);
    for (value, fault) in [
        ("project.exclud=[]", "--set:1:9"),
        ("project.exclude=vendor", "--set:1:"),
        ("project", "--set:1:"),
        ("disable=[\"nothing\"]", "no pack brings a rule `nothing`"),
        ("disable=[\"save-v2\"]", "leaves the policy without a rule"),
    ] {
        let output = run(&folder, &["check", "--set", value]);
        assert_eq!(output.status.code(), Some(2), "{value}");
        assert!(cli::stderr(&output).contains(fault), "{value}: {}", cli::stderr(&output));
    }
}

#[test]
fn variables_stand_for_options_and_the_command_line_is_nearer() {
    let folder = repository();
    let with = |variables: &[(&str, &str)], words: &[&str]| {
        let mut command = cli::command(&[&["check", "--format", "json"], words].concat());
        let output = command.current_dir(folder.path()).envs(variables.iter().copied()).output().unwrap();
        output.status.code().unwrap()
    };
    assert_eq!(with(&[], &[]), 1);
    assert_eq!(with(&[("SOLELY_BASE", "main")], &[]), 0);
    assert_eq!(with(&[("SOLELY_ISOLATED", "1")], &[]), 0);
    assert_eq!(with(&[("SOLELY_ISOLATED", "0")], &[]), 1);
    assert_eq!(with(&[("SOLELY_SET", "project.exclude=[\"shop\"]\nproject.include=[\"**\"]")], &[]), 0);
    assert_eq!(with(&[("SOLELY_CONFIG", "none.toml")], &[]), 2);
    assert_eq!(with(&[("SOLELY_CONFIG", "none.toml")], &["--config", "solely.toml"]), 1);
    assert_eq!(with(&[("SOLELY_MAX", "many")], &[]), 2);
}

#[test]
fn the_nearest_policy_counts() {
    let folder = repository();
    write(&folder, "shop/.solely.toml", "[[legacy]]\nid = \"near\"\nsymbols = [\"shop.orders:total\"]\n");
    let (_, found) = told(&folder, &["--repo", "shop"]);
    assert!(!found.is_empty() && found.iter().all(|it| it.starts_with("near ")), "{found:?}");
    write(&folder, "shop/solely.toml", "[[legacy]]\nid = \"nearest\"\nsymbols = [\"shop.orders:total\"]\n");
    assert!(told(&folder, &["--repo", "shop"]).1.iter().all(|it| it.starts_with("nearest ")));
    assert!(told(&folder, &[]).1.iter().all(|it| it.starts_with("save-v2 ")));
}
