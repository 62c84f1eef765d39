//! Snapshots against real `git`, which is the oracle, and against what a hostile tree may hold.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use tempfile::TempDir;

/// A folder with a git of its own: no user configuration, a fixed identity.
struct Sandbox {
    dir: TempDir,
}

impl Sandbox {
    fn new() -> Self {
        let sandbox = Self { dir: tempfile::tempdir().expect("a temporary folder") };
        sandbox.git(&["init", "--quiet", "--initial-branch=main"]);
        sandbox
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn git(&self, arguments: &[&str]) -> Vec<u8> {
        git_in(self.path(), arguments)
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        text(self.git(&["rev-parse", "HEAD"])).trim().to_string()
    }

    fn open(&self, selection: Selection) -> Snapshot {
        Snapshot::open(self.path(), &selection).expect("a snapshot")
    }
}

fn git_in(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_NO_LAZY_FETCH", "1")
        .envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@example.org")])
        .envs([("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@example.org")])
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// The records of a `-z` listing as printed paths.
fn records(output: &[u8]) -> BTreeSet<String> {
    let records = output.split(|&byte| byte == 0).filter(|record| !record.is_empty());
    records.map(|record| RepoPath::from_bytes(record).to_string()).collect()
}

/// `path` to `blob` of the regular files in `git ls-tree -r` or `git ls-files -s`.
fn blobs(output: &[u8]) -> Vec<(String, String)> {
    let mut blobs = Vec::new();
    for record in output.split(|&byte| byte == 0).filter(|record| record.starts_with(b"100")) {
        let tab = record.iter().position(|&byte| byte == b'\t').unwrap();
        let fields = text(record[..tab].to_vec());
        let id = fields.split(' ').find(|field| field.len() == 40).unwrap().to_string();
        blobs.push((RepoPath::from_bytes(&record[tab + 1..]).to_string(), id));
    }
    blobs.sort();
    blobs
}

fn paths(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.entries.iter().map(|entry| entry.path.as_str()).collect()
}

fn path_blobs(snapshot: &Snapshot) -> Vec<(String, String)> {
    snapshot.entries.iter().map(|entry| (entry.path.to_string(), entry.blob.unwrap().to_string())).collect()
}

fn gaps(snapshot: &Snapshot) -> Vec<(&str, Reason)> {
    snapshot.gaps.iter().map(|gap| (gap.path.as_str(), gap.reason.clone())).collect()
}

fn read(snapshot: &Snapshot, path: &str) -> Result<String, Reason> {
    let id = snapshot.find(&RepoPath::new(path)).expect("an entry");
    snapshot.reader().read(id).map(text).map_err(|gap| gap.reason)
}

fn assert_work_tree_equals_git(sandbox: &Sandbox) {
    let listed = records(&sandbox.git(&["ls-files", "-z", "-co", "--exclude-standard"]));
    let deleted = records(&sandbox.git(&["ls-files", "-z", "-d"]));
    let is_file = |path: &&String| fs::symlink_metadata(sandbox.path().join(path)).is_ok_and(|it| it.is_file());
    let expected: Vec<&String> = listed.difference(&deleted).filter(is_file).collect();
    assert_eq!(paths(&sandbox.open(Selection::WorkTree)), expected);
}

#[test]
fn a_work_tree_is_what_git_lists() {
    let sandbox = Sandbox::new();
    for path in ["a.py", "gone.py", "kept.log", "logs/tracked.log", "build/out.py", "src/build/in.py", ".hidden/x.py"] {
        sandbox.write(path, path);
    }
    sandbox.commit("first");
    sandbox.write(".gitignore", "*.log\nbuild/\n/top.txt\n!important.log\n\\#odd\n**/deep/*.tmp\n# a comment\n");
    sandbox.write("src/.gitignore", "/local.py\n!build/\ngen-*\n");
    sandbox.write(".git/info/exclude", "excluded.py\n");
    for path in ["new.log", "important.log", "build/new.py", "src/build/new.py", "top.txt", "src/top.txt", "#odd"] {
        sandbox.write(path, path);
    }
    for path in ["src/local.py", "src/x/local.py", "src/gen-1/a.py", "excluded.py", "x/excluded.py", "a/deep/b.tmp"] {
        sandbox.write(path, path);
    }
    for path in ["new.py", "a/deep/c/b.tmp", ".ignore", ".rgignore", "ignored-by-rg.py", ".github/workflows/ci.yml"] {
        sandbox.write(path, "ignored-by-rg.py\n");
    }
    fs::remove_file(sandbox.path().join("gone.py")).unwrap();
    assert_work_tree_equals_git(&sandbox);

    sandbox.write("other-excludes", "new.py\n/a.py\n");
    sandbox.git(&["config", "core.excludesFile", "other-excludes"]);
    assert_work_tree_equals_git(&sandbox);
    let snapshot = sandbox.open(Selection::WorkTree);
    assert!(snapshot.gaps.is_empty(), "{:?}", snapshot.gaps);
    assert_eq!(snapshot.commit.as_deref(), Some(text(sandbox.git(&["rev-parse", "HEAD"])).trim()));
    assert_eq!(read(&snapshot, "kept.log").unwrap(), "kept.log");
    assert_eq!(snapshot.entry(snapshot.find(&RepoPath::new("kept.log")).unwrap()).size, Some(8));
}

#[test]
fn a_revision_is_what_ls_tree_lists() {
    let sandbox = Sandbox::new();
    for path in ["b.py", "a/z.py", "a.py", "a-b.py", "a/b/c/d.py"] {
        sandbox.write(path, path);
    }
    let first = sandbox.commit("first");
    sandbox.git(&["tag", "-a", "v1", "-m", "tag of the first"]);
    sandbox.git(&["branch", "feature/old"]);
    sandbox.write("b.py", "changed");
    sandbox.commit("second");
    for revision in [&first, &first[..7], "v1", "feature/old", "HEAD~1", "HEAD", "main", "HEAD^{tree}", "HEAD:a"] {
        let snapshot = sandbox.open(Selection::Revision(revision.to_string()));
        assert_eq!(path_blobs(&snapshot), blobs(&sandbox.git(&["ls-tree", "-rz", revision])), "{revision}");
    }
    let snapshot = sandbox.open(Selection::Revision("v1".to_string()));
    assert_eq!(snapshot.commit.as_deref(), Some(&*first));
    assert_eq!(snapshot.tree.as_deref(), Some(text(sandbox.git(&["rev-parse", "v1^{tree}"])).trim()));
    assert_eq!(read(&snapshot, "b.py").unwrap(), "b.py");
}

#[test]
fn an_index_is_what_would_be_committed() {
    let sandbox = Sandbox::new();
    for path in ["a.py", "b.py", "c/d.py"] {
        sandbox.write(path, path);
    }
    sandbox.commit("first");
    sandbox.write("a.py", "staged");
    sandbox.git(&["add", "a.py"]);
    sandbox.write("a.py", "not staged");
    sandbox.write("intended.py", "x");
    sandbox.git(&["add", "--intent-to-add", "intended.py"]);
    sandbox.git(&["rm", "--quiet", "--cached", "b.py"]);
    let snapshot = sandbox.open(Selection::Index);
    let tree = text(sandbox.git(&["write-tree"]));
    assert_eq!(path_blobs(&snapshot), blobs(&sandbox.git(&["ls-tree", "-rz", tree.trim()])));
    assert_eq!(read(&snapshot, "a.py").unwrap(), "staged");

    fs::copy(sandbox.path().join(".git/index"), sandbox.path().join("other-index")).unwrap();
    sandbox.git(&["rm", "--quiet", "-r", "--force", "--cached", "."]);
    assert!(sandbox.open(Selection::Index).entries.is_empty());
    let other = sandbox.open(Selection::IndexFile(sandbox.path().join("other-index")));
    assert_eq!(path_blobs(&other), path_blobs(&snapshot));
}

#[test]
fn an_unmerged_file_is_a_gap_of_the_index_and_an_entry_of_the_work_tree() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "base\n");
    sandbox.commit("base");
    sandbox.git(&["checkout", "--quiet", "-b", "other"]);
    sandbox.write("a.py", "other\n");
    sandbox.commit("other");
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.write("a.py", "main\n");
    sandbox.commit("main");
    let merge = Command::new("git").args(["merge", "other"]).current_dir(sandbox.path()).output().unwrap();
    assert!(!merge.status.success());
    let index = sandbox.open(Selection::Index);
    assert_eq!((paths(&index), gaps(&index)), (vec![], vec![("a.py", Reason::Unmerged)]));
    assert_eq!(paths(&sandbox.open(Selection::WorkTree)), ["a.py"]);
}

#[test]
fn a_repository_without_commits_has_a_work_tree_and_an_index() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "a");
    sandbox.write("b.py", "b");
    assert_eq!(paths(&sandbox.open(Selection::WorkTree)), ["a.py", "b.py"]);
    assert!(sandbox.open(Selection::Index).entries.is_empty());
    sandbox.git(&["add", "a.py"]);
    let index = sandbox.open(Selection::Index);
    assert_eq!((paths(&index), &index.commit), (vec!["a.py"], &None));
    let error = Snapshot::open(sandbox.path(), &Selection::Revision("HEAD".to_string())).err().unwrap();
    assert!(error.hint().unwrap().contains("no commit"), "{error}");
}

#[test]
fn a_folder_inside_a_linked_work_tree_and_a_bare_repository_are_found() {
    let sandbox = Sandbox::new();
    sandbox.write("a/b/c.py", "c");
    sandbox.write(".gitignore", "ignored.py\nlinked/\n");
    let commit = sandbox.commit("first");
    let inner = Snapshot::open(&sandbox.path().join("a/b"), &Selection::WorkTree).unwrap();
    assert_eq!((paths(&inner), &*inner.prefix), (vec![".gitignore", "a/b/c.py"], "a/b"));

    sandbox.git(&["worktree", "add", "--quiet", "linked", "-b", "side"]);
    let linked = sandbox.path().join("linked");
    fs::write(linked.join("new.py"), "new").unwrap();
    fs::write(linked.join("ignored.py"), "").unwrap();
    sandbox.write(".git/info/exclude", "excluded.py\n");
    fs::write(linked.join("excluded.py"), "").unwrap();
    let snapshot = Snapshot::open(&linked, &Selection::WorkTree).unwrap();
    assert_eq!(paths(&snapshot), [".gitignore", "a/b/c.py", "new.py"]);
    assert_eq!(snapshot.commit.as_deref(), Some(&*commit));
    assert_eq!(paths(&Snapshot::open(&linked, &Selection::Index).unwrap()), [".gitignore", "a/b/c.py"]);

    sandbox.git(&["clone", "--quiet", "--bare", ".", "bare.git"]);
    let bare = sandbox.path().join("bare.git");
    let snapshot = Snapshot::open(&bare, &Selection::Revision("main".to_string())).unwrap();
    assert_eq!((paths(&snapshot), snapshot.root.as_deref()), (vec![".gitignore", "a/b/c.py"], None));
    let error = Snapshot::open(&bare, &Selection::WorkTree).err().unwrap();
    assert!(matches!(error, WorkspaceError::Bare { .. }) && error.hint().unwrap().contains("--rev"), "{error}");
}

#[test]
fn a_plain_folder_has_files_but_no_revisions() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.py"), "a").unwrap();
    fs::write(dir.path().join("b.log"), "b").unwrap();
    fs::write(dir.path().join(".gitignore"), "*.log\n").unwrap();
    assert_eq!(paths(&Snapshot::open(dir.path(), &Selection::WorkTree).unwrap()), [".gitignore", "a.py"]);
    for selection in [Selection::Index, Selection::Revision("HEAD".to_string())] {
        let error = Snapshot::open(dir.path(), &selection).err().unwrap();
        assert!(matches!(error, WorkspaceError::NoRepository { .. }), "{error}");
    }
    for missing in [dir.path().join("none"), dir.path().join("a.py")] {
        assert!(Snapshot::open(&missing, &Selection::WorkTree).is_err());
    }
    fs::write(dir.path().join(".git"), "gitdir: /nowhere\n").unwrap();
    let error = Snapshot::open(dir.path(), &Selection::WorkTree).err().unwrap();
    assert!(matches!(error, WorkspaceError::Repository { .. }), "{error}");
}

#[test]
fn a_folder_that_its_repository_ignores_is_asked_for_by_itself() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", "env/\n");
    sandbox.write("a.py", "a\n");
    sandbox.write("env/lib/b.py", "b\n");
    sandbox.commit("one");
    let snapshot = Snapshot::open(&sandbox.path().join("env"), &Selection::WorkTree).unwrap();
    assert_eq!(paths(&snapshot), ["lib/b.py"]);
    assert_eq!(paths(&sandbox.open(Selection::WorkTree)), [".gitignore", "a.py"]);
}

#[test]
fn a_bad_revision_is_named_with_what_may_have_been_meant() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "a");
    sandbox.commit("first");
    sandbox.git(&["tag", "release-1"]);
    let cases = [
        ("relase-1", "did you mean `release-1`?"),
        ("main..HEAD", "one revision"),
        ("0123456789", "git branch"),
        ("HEAD:a.py", ""),
        ("", ""),
        ("-x", ""),
    ];
    for (revision, hint) in cases {
        let error = Snapshot::open(sandbox.path(), &Selection::Revision(revision.to_string())).err().unwrap();
        let message = error.to_string();
        assert!(message.starts_with(&format!("`{revision}` is not a revision")), "{message}");
        assert!(error.hint().unwrap().contains(hint), "{message}: {:?}", error.hint());
        assert!(!message.contains('\n') && !message.ends_with('.'), "{message}");
    }
}

#[test]
fn a_missing_blob_is_a_gap_and_is_not_fetched() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "a");
    sandbox.write("folder/lost.py", "lost");
    sandbox.write("other/lost.py", "other");
    sandbox.commit("first");
    let lose = |object: &str| {
        let id = text(sandbox.git(&["rev-parse", object])).trim().to_string();
        fs::remove_file(sandbox.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    };
    lose("HEAD:folder/lost.py");
    let snapshot = sandbox.open(Selection::Revision("HEAD".to_string()));
    assert_eq!(paths(&snapshot), ["a.py", "folder/lost.py", "other/lost.py"]);
    assert_eq!(read(&snapshot, "folder/lost.py"), Err(Reason::MissingObject));
    assert_eq!(read(&snapshot, "other/lost.py").unwrap(), "other");
    lose("HEAD:other");
    let snapshot = sandbox.open(Selection::Revision("HEAD".to_string()));
    assert_eq!(gaps(&snapshot), [("other", Reason::MissingObject)]);
    lose("HEAD^{tree}");
    assert!(Snapshot::open(sandbox.path(), &Selection::Revision("HEAD".to_string())).is_err());
}

#[test]
fn a_submodule_and_a_nested_repository_are_gaps() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "a");
    let commit = sandbox.commit("first");
    sandbox.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},vendor/sub")]);
    sandbox.git(&["commit", "--quiet", "-m", "a submodule"]);
    fs::create_dir_all(sandbox.path().join("nested/inner")).unwrap();
    git_in(&sandbox.path().join("nested/inner"), &["init", "--quiet"]);
    sandbox.write("nested/inner/x.py", "x");
    sandbox.write("nested/y.py", "y");
    let work_tree = sandbox.open(Selection::WorkTree);
    assert_eq!(paths(&work_tree), ["a.py", "nested/y.py"]);
    assert_eq!(gaps(&work_tree), [("nested/inner", Reason::Submodule), ("vendor/sub", Reason::Submodule)]);
    for selection in [Selection::Index, Selection::Revision("HEAD".to_string())] {
        assert_eq!(gaps(&sandbox.open(selection)), [("vendor/sub", Reason::Submodule)]);
    }
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_a_gap_of_the_work_tree_alone() {
    for sparse_index in ["--no-sparse-index", "--sparse-index"] {
        let sandbox = Sandbox::new();
        sandbox.write("in/a.py", "a");
        sandbox.write("out/deep/b.py", "b");
        sandbox.commit("first");
        sandbox.git(&["sparse-checkout", "set", "--cone", sparse_index, "in"]);
        let work_tree = sandbox.open(Selection::WorkTree);
        assert_eq!(paths(&work_tree), ["in/a.py"]);
        let reasons: Vec<Reason> = work_tree.gaps.iter().map(|gap| gap.reason.clone()).collect();
        assert_eq!(reasons, [Reason::SkippedBySparseCheckout], "{:?}", work_tree.gaps);
        let index = sandbox.open(Selection::Index);
        assert_eq!((paths(&index), index.gaps.len()), (vec!["in/a.py", "out/deep/b.py"], 0), "{sparse_index}");
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn links_are_counted_and_never_followed() {
        let sandbox = Sandbox::new();
        sandbox.write("a/real.py", "real");
        symlink("real.py", sandbox.path().join("a/link.py")).unwrap();
        symlink("..", sandbox.path().join("a/loop")).unwrap();
        symlink("/etc/passwd", sandbox.path().join("outside")).unwrap();
        symlink("nowhere", sandbox.path().join("dangling")).unwrap();
        for selection in [Selection::WorkTree, Selection::Index, Selection::Revision("HEAD".to_string())] {
            sandbox.commit("again");
            let snapshot = sandbox.open(selection);
            assert_eq!((paths(&snapshot), snapshot.links, gaps(&snapshot)), (vec!["a/real.py"], 4, vec![]));
        }
        // A tracked file whose folder became a link is deleted as far as git is concerned.
        fs::rename(sandbox.path().join("a"), sandbox.path().join("b")).unwrap();
        symlink("b", sandbox.path().join("a")).unwrap();
        assert_eq!(paths(&sandbox.open(Selection::WorkTree)), ["b/real.py"]);
    }

    #[test]
    fn a_fifo_and_a_socket_are_gaps_and_are_not_opened() {
        let sandbox = Sandbox::new();
        sandbox.write("a.py", "a");
        assert!(Command::new("mkfifo").arg(sandbox.path().join("pipe.py")).status().unwrap().success());
        let _socket = std::os::unix::net::UnixListener::bind(sandbox.path().join("socket")).unwrap();
        let snapshot = sandbox.open(Selection::WorkTree);
        assert_eq!(paths(&snapshot), ["a.py"]);
        assert_eq!(gaps(&snapshot), [("pipe.py", Reason::NotARegularFile), ("socket", Reason::NotARegularFile)]);
    }

    #[test]
    fn odd_names_are_entries_that_can_be_read() {
        let sandbox = Sandbox::new();
        let names: [&[u8]; 5] = [b"new\nline.py", b"\x1b[31mred.py", b"lat\xEDn.py", " sp\u{e9}cial".as_bytes(), b"-x"];
        for name in names {
            fs::write(sandbox.path().join(std::ffi::OsStr::from_bytes(name)), name).unwrap();
        }
        assert_eq!(sandbox.open(Selection::WorkTree).entries.len(), names.len());
        sandbox.commit("odd");
        for selection in [Selection::WorkTree, Selection::Index, Selection::Revision("HEAD".to_string())] {
            let snapshot = sandbox.open(selection);
            assert_eq!(snapshot.entries.len(), names.len());
            let mut reader = snapshot.reader();
            for (id, entry) in snapshot.ids() {
                let bytes = reader.read(id).unwrap();
                assert_eq!(entry.path, RepoPath::from_bytes(&bytes));
            }
        }
        // The same path in print as the Latin-1 one.
        sandbox.write("lat\\xEDn.py", "twin");
        let snapshot = sandbox.open(Selection::WorkTree);
        assert_eq!((snapshot.entries.len(), snapshot.gaps.len()), (names.len(), 1), "{:?}", snapshot.gaps);
    }

    #[test]
    fn a_file_that_vanishes_or_changes_its_nature_is_a_gap() {
        let sandbox = Sandbox::new();
        for name in ["a.py", "b.py", "c.py"] {
            sandbox.write(name, name);
        }
        let snapshot = sandbox.open(Selection::WorkTree);
        fs::remove_file(sandbox.path().join("a.py")).unwrap();
        fs::remove_file(sandbox.path().join("b.py")).unwrap();
        symlink("c.py", sandbox.path().join("b.py")).unwrap();
        assert!(matches!(read(&snapshot, "a.py"), Err(Reason::Unreadable(_))));
        assert_eq!(read(&snapshot, "b.py"), Err(Reason::NotARegularFile));
        assert_eq!(read(&snapshot, "c.py").unwrap(), "c.py");
        let file = fs::OpenOptions::new().write(true).open(sandbox.path().join("c.py")).unwrap();
        file.set_len(SIZE_LIMIT + 1).unwrap();
        assert_eq!(read(&snapshot, "c.py"), Err(Reason::TooLarge { size: SIZE_LIMIT + 1, limit: SIZE_LIMIT }));
    }

    #[test]
    fn what_permissions_forbid_is_a_gap() {
        let sandbox = Sandbox::new();
        sandbox.write("a.py", "a");
        sandbox.write("closed/b.py", "b");
        let forbid = |path: &str, mode| {
            fs::set_permissions(sandbox.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
        };
        forbid("a.py", 0);
        if fs::read(sandbox.path().join("a.py")).is_ok() {
            return; // root may read everything
        }
        forbid("closed", 0);
        let snapshot = sandbox.open(Selection::WorkTree);
        assert!(matches!(gaps(&snapshot)[..], [("closed", Reason::Unreadable(_))]), "{:?}", snapshot.gaps);
        assert!(matches!(read(&snapshot, "a.py"), Err(Reason::Unreadable(_))));
        forbid("closed", 0o700);
    }
}

#[test]
fn files_in_memory_are_sorted_and_unique() {
    let files = [("b.py", "b"), ("a.py", "first"), ("a.py", "second")];
    let snapshot = Snapshot::in_memory(files.map(|(path, text)| (path.to_string(), text.as_bytes().to_vec())));
    assert_eq!(paths(&snapshot), ["a.py", "b.py"]);
    assert_eq!(read(&snapshot, "a.py").unwrap(), "first");
}

#[test]
fn a_snapshot_is_shared_by_threads() {
    fn is_sync<T: Sync + Send>() {}
    is_sync::<Snapshot>();
}

#[test]
fn an_index_entry_that_leaves_the_repository_is_illegal() {
    for (path, legal) in [("a/b", true), ("../a", false), ("a/../b", false), ("/etc", false), ("a/.git/config", false)]
    {
        assert_eq!(is_legal(path.as_bytes()), legal, "{path}");
    }
}

#[test]
#[cfg(unix)]
fn a_file_has_the_blob_of_the_index_while_nothing_speaks_against_it() {
    use std::time::{Duration, SystemTime};
    let sandbox = Sandbox::new();
    let past = SystemTime::now() - Duration::from_secs(100);
    let set = |name: &str, time: SystemTime| {
        let file = fs::OpenOptions::new().write(true).open(sandbox.path().join(name)).unwrap();
        file.set_modified(time).unwrap();
    };
    for name in ["kept.py", "rewritten.py", "touched.py", "racy.py", "empty.py"] {
        let text = if name == "empty.py" { "" } else { "x = 1\n" };
        fs::write(sandbox.path().join(name), text).unwrap();
        set(name, past);
    }
    set("racy.py", SystemTime::now() + Duration::from_secs(100));
    sandbox.commit("all");
    fs::write(sandbox.path().join("rewritten.py"), "y = 2\n").unwrap();
    set("rewritten.py", past);
    set("touched.py", past + Duration::from_secs(1));
    fs::write(sandbox.path().join("untracked.py"), "x = 1\n").unwrap();

    let known = || -> Vec<String> {
        let snapshot = sandbox.open(Selection::WorkTree);
        let stored: BTreeMap<String, String> = blobs(&sandbox.git(&["ls-files", "-s", "-z"])).into_iter().collect();
        let vouched_for = snapshot.entries.iter().filter_map(|entry| Some((entry.path.to_string(), entry.blob?)));
        vouched_for.inspect(|(path, blob)| assert_eq!(blob.to_string(), stored[path])).map(|(path, _)| path).collect()
    };
    assert_eq!(known(), ["empty.py", "kept.py"]);
    fs::write(sandbox.path().join(".gitattributes"), "*.png filter=lfs\n").unwrap();
    assert!(known().is_empty(), "a program may have changed what lies on disk");
    fs::write(sandbox.path().join(".gitattributes"), "* text=auto\n").unwrap();
    assert_eq!(known(), ["empty.py", "kept.py"]);
}

#[test]
fn a_fingerprint_tells_states_apart_and_nothing_else() {
    let sandbox = Sandbox::new();
    let write = |name: &str, text: &str| fs::write(sandbox.path().join(name), text).unwrap();
    write("a.py", "x = 1\n");
    write("b.py", "x = 2\n");
    sandbox.commit("first");
    let selections = [Selection::WorkTree, Selection::Index, Selection::Revision("HEAD".into())];
    let tell = || selections.each_ref().map(|selection| sandbox.open(selection.clone()).fingerprint().unwrap());
    let first = tell();
    assert_eq!(tell(), first);
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 3);
    write("a.py", "x = 3\n");
    let second = tell();
    assert!(second[0] != first[0] && second[1..] == first[1..]);
    sandbox.git(&["add", "a.py"]);
    let third = tell();
    assert!(third[1] != first[1] && third[2] == first[2]);
    write("untracked.py", "");
    assert_ne!(tell()[0], third[0]);
    let open = sandbox.open(Selection::WorkTree);
    write("untracked.py", "changed after it was listed");
    assert_eq!(open.fingerprint(), None);
    fs::remove_file(sandbox.path().join("untracked.py")).unwrap();
    write("a.py", "x = 1\n");
    sandbox.git(&["add", "a.py"]);
    assert_eq!(tell()[1], first[1]);
}
