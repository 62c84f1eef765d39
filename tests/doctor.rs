//! `solely doctor`: what it says of repositories of every make, valid and not.

use crate::cli::{self, git, stderr, stdout, write};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

fn run(folder: &Path, words: &[&str]) -> Output {
    cli::command(&[&["doctor"], words].concat()).current_dir(folder).output().unwrap()
}

fn document(folder: &Path, words: &[&str]) -> (i32, Value) {
    let output = run(folder, &[&["--format", "json"], words].concat());
    let document = serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (output.status.code().unwrap(), document)
}

const POLICY: &str = "[[legacy]]\nid = \"save-v2\"\nsymbols = [\"shop.orders:save_v2\"]\n";

/// A repository of two services, one with a policy of its own, and a package below `src`.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(&folder, &["init", "--quiet", "--initial-branch=main"]);
    for (path, text) in [
        ("solely.toml", POLICY),
        (".solely.toml", POLICY),
        ("pyproject.toml", "[tool.setuptools.packages.find]\nwhere = [\"src\"]\n"),
        ("src/shop/__init__.py", ""),
        ("src/shop/orders.py", "def save(order):\n    return order\n"),
        ("tests/test_orders.py", "from shop.orders import save\n"),
        ("docs/orders.md", "`save` it is.\n"),
        ("vendor/lib.zip", "PK"),
        ("services/web/pyproject.toml", "[tool.solely]\nextends = [\"builtin:legacy\"]\n"),
        ("services/web/app.py", "x = 1\n"),
    ] {
        write(folder.path(), path, text);
    }
    git(&folder, &["add", "--all"]);
    git(&folder, &["commit", "--quiet", "--message", "begin"]);
    folder
}

#[test]
fn everything_that_was_found_is_told_with_its_reason() {
    let folder = repository();
    let (status, told) = document(folder.path(), &[]);
    assert_eq!((status, &told["troubles"]), (0, &json!([])));
    assert_eq!(told["repository"]["layout"], "work-tree");
    assert_eq!(told["repository"]["branch"], "main");
    assert_eq!(told["repository"]["commit"], git(&folder, &["rev-parse", "HEAD"]));
    assert_eq!(told["policy"]["file"], "solely.toml");
    let met = &told["policy"]["met"];
    let files: Vec<(&str, bool)> =
        met.as_array().unwrap().iter().map(|it| (it["file"].as_str().unwrap(), it["counts"] == true)).collect();
    assert_eq!(files, [("solely.toml", true), (".solely.toml", false), ("pyproject.toml", false)]);
    assert_eq!(met[2]["why"], "it has no `[tool.solely]`");
    assert_eq!(told["policy"]["packs"], json!([{ "source": "solely.toml", "rules": ["save-v2"] }]));
    let scan = &told["scan"];
    let roots = scan["roots"].as_array().unwrap();
    assert!(roots.contains(&json!({ "folder": "src", "why": "`pyproject.toml`" })), "{roots:?}");
    assert!(roots.contains(&json!({ "folder": "services/web", "why": "`services/web/pyproject.toml`" })), "{roots:?}");
    assert_eq!(scan["files"]["code"], json!({ "parsed": 3, "text": 0 }));
    assert_eq!(scan["files"]["tests"], json!({ "parsed": 1, "text": 0 }));
    assert_eq!(scan["files"]["docs"], json!({ "parsed": 0, "text": 1 }));
    assert_eq!(scan["gaps"][0]["example"], "vendor/lib.zip");
    assert_eq!(scan["baseline"], Value::Null);
    let git_says = String::from_utf8(std::process::Command::new("git").arg("--version").output().unwrap().stdout);
    assert!(git_says.unwrap().contains(told["git"].as_str().unwrap()));

    // a folder below has a policy of its own, and went past the ones above
    let (_, below) = document(&folder.path().join("services/web"), &[]);
    assert_eq!(below["policy"]["file"], "services/web/pyproject.toml");
    assert_eq!(below["repository"]["prefix"], "services/web");
    assert_eq!(below["policy"]["met"].as_array().unwrap().len(), 4);
    assert_eq!(below["scan"]["files"]["code"], json!({ "parsed": 1, "text": 0 }));
    assert_eq!(below["scan"]["left-out"], 8);

    let (_, isolated) = document(folder.path(), &["--isolated"]);
    assert_eq!(isolated["policy"]["file"], Value::Null);
    let sources: Vec<&Value> = isolated["policy"]["packs"].as_array().unwrap().iter().map(|it| &it["source"]).collect();
    assert_eq!(sources, ["builtin:legacy", "builtin:ssot", "builtin:references"]);
    assert!(isolated["policy"]["met"].as_array().unwrap().iter().all(|it| it["counts"] == false));

    let text = stdout(&run(folder.path(), &["--staged"]));
    for part in [
        "solely.toml: the nearest up the tree from `.`",
        "went past .solely.toml: one that is nearer, or comes first in its folder, counts",
        "the index, as if it were committed",
        "`src` (`pyproject.toml`)",
        "vendor/lib.zip: an archive",
        "none: `solely baseline` makes one",
        "`solely check` can run",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn the_baseline_and_the_environment_have_a_say() {
    let folder = repository();
    write(folder.path(), "src/shop/orders.py", "def save_v2(order):\n    return order\n");
    let accepted = cli::command(&["baseline", "--reason", "before #447"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(accepted.status.code(), Some(0), "{}", stderr(&accepted));
    let (_, told) = document(folder.path(), &[]);
    assert_eq!(told["scan"]["baseline"], json!({ "path": "solely-baseline.jsonl", "entries": 1 }));

    write(folder.path(), "ci.toml", POLICY);
    let mut command = cli::command(&["doctor", "--format", "json"]);
    command
        .current_dir(folder.path())
        .env("SOLELY_CONFIG", "ci.toml")
        .env("SOLELY_CONFG", "x")
        .env("GITHUB_BASE_REF", "main");
    let told: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    assert_eq!((&told["policy"]["file"], &told["policy"]["why"]), (&json!("ci.toml"), &json!("`--config` names it")));
    let of = |name: &str| told["environment"].as_array().unwrap().iter().find(|it| it["name"] == name).cloned();
    assert_eq!(of("SOLELY_CONFIG").unwrap()["meaning"], "`--config`");
    assert_eq!(of("SOLELY_CONFG").unwrap()["meaning"], Value::Null, "a typo is told");
    assert_eq!(of("GITHUB_BASE_REF").unwrap()["meaning"], "`--base` without REV");
    assert_eq!(of("PATH"), None);
    assert!(told["cache"]["folder"].as_str().unwrap().ends_with("cache"));
    let (_, without) = document(folder.path(), &["--no-cache"]);
    assert_eq!(without["cache"]["folder"], Value::Null);
}

#[test]
fn what_keeps_a_check_from_running_is_told_and_nothing_is_hidden_by_it() {
    let folder = repository();
    write(folder.path(), "solely.toml", "[[legacy]]\nid = \"a\"\nsymbol = [\"shop:x\"]\n");
    let (status, told) = document(folder.path(), &[]);
    assert_eq!(status, 2);
    let trouble = told["troubles"][0]["message"].as_str().unwrap();
    assert!(trouble.starts_with("solely.toml:") && trouble.contains("symbol"), "{trouble}");
    assert_eq!((&told["policy"], &told["scan"]), (&Value::Null, &Value::Null));
    assert_eq!(told["repository"]["branch"], "main", "the rest is told all the same");
    let text = stdout(&run(folder.path(), &[]));
    assert!(text.contains("error: solely.toml:") && text.ends_with("`solely check` cannot run\n"), "{text}");

    write(folder.path(), "solely.toml", POLICY);
    write(folder.path(), "solely-baseline.jsonl", "<<<<<<< ours\n");
    let (status, told) = document(folder.path(), &[]);
    assert_eq!(status, 2);
    assert!(told["troubles"][0]["message"].as_str().unwrap().contains("solely-baseline.jsonl"), "{told}");

    let (status, told) = document(folder.path(), &["--rev", "no-such-branch"]);
    assert_eq!((status, &told["scan"]), (2, &Value::Null));
    assert!(told["troubles"][0]["message"].as_str().unwrap().contains("no-such-branch"), "{told}");
    let (status, told) = document(folder.path(), &["--repo", "no/such/folder"]);
    assert_eq!((status, &told["repository"]), (2, &Value::Null));
}

#[test]
fn repositories_of_every_make_say_what_they_lack() {
    let folder = repository();
    let place = |name: &str| {
        folder.path().parent().unwrap().join(format!("{}-{name}", folder.path().file_name().unwrap().to_str().unwrap()))
    };
    let notes = |told: &Value| told["notes"].to_string();
    let source = format!("file://{}", folder.path().display());

    let bare = place("bare.git");
    git(&folder, &["clone", "--quiet", "--bare", &source, bare.to_str().unwrap()]);
    let (status, told) = document(&bare, &[]);
    assert_eq!((status, &told["repository"]["layout"]), (2, &json!("bare")));
    assert!(told["troubles"][0]["help"].as_str().unwrap().contains("--rev HEAD"), "{told}");
    let (status, told) = document(&bare, &["--rev", "HEAD"]);
    assert_eq!((status, &told["policy"]["file"]), (0, &json!("solely.toml")), "{told}");

    git(&folder, &["commit", "--quiet", "--allow-empty", "--message", "second"]);
    let shallow = place("shallow");
    git(&folder, &["clone", "--quiet", "--depth", "1", &source, shallow.to_str().unwrap()]);
    let (_, told) = document(&shallow, &[]);
    assert!(told["repository"]["shallow"] == true && notes(&told).contains("git fetch --unshallow"), "{told}");

    git(&folder, &["config", "uploadpack.allowFilter", "true"]);
    let partial = place("partial");
    git(&folder, &["clone", "--quiet", "--no-checkout", "--filter=blob:none", &source, partial.to_str().unwrap()]);
    let (_, told) = document(&partial, &["--rev", "HEAD", "--isolated"]);
    assert!(told["repository"]["partial"] == true && notes(&told).contains("partial"), "{told}");
    assert_eq!(
        told["scan"]["gaps"][0],
        json!({ "reason": "the object store lacks this blob", "files": 10, "example": ".solely.toml" })
    );

    let linked = place("linked");
    git(&folder, &["worktree", "add", "--quiet", "-b", "linked", linked.to_str().unwrap()]);
    assert_eq!(document(&linked, &[]).1["repository"]["layout"], "linked-work-tree");

    git(&folder, &["sparse-checkout", "set", "--no-cone", "/solely.toml", "/docs/"]);
    let (_, told) = document(folder.path(), &[]);
    assert!(told["repository"]["sparse"] == true && notes(&told).contains("sparse"), "{told}");
    assert!(told["scan"]["gaps"].to_string().contains("sparse checkout"), "{told}");
    git(&folder, &["sparse-checkout", "disable"]);

    write(folder.path(), ".gitattributes", "*.bin filter=lfs\n");
    assert!(notes(&document(folder.path(), &[]).1).contains("`.gitattributes` names a filter"));

    let plain = tempfile::tempdir().unwrap();
    write(plain.path(), "a.py", "x = 1\n");
    let (status, told) = document(plain.path(), &[]);
    assert_eq!((status, &told["repository"], &told["policy"]["file"]), (0, &Value::Null, &Value::Null));
    assert!(notes(&told).contains("no git repository"), "{told}");
    assert_eq!(document(plain.path(), &["--staged"]).0, 2);
    for path in [bare, shallow, partial, linked] {
        fs::remove_dir_all(path).unwrap();
    }
}
