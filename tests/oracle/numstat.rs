//! Draws commits of a repository at random and compares the ledger's numbers with those of real `git`.
//!
//! ```text
//! cargo run --release --example numstat-oracle -- REPOSITORY [COUNT] [SEED] [PATHSPEC…]
//! ```
//!
//! With pathspecs, only commits that touch what they name are drawn. Every commit drawn is compared with its first parent, renames off and renames on, file by file: the numbers must
//! equal `git diff-tree --numstat`. The whole ledger is made, which asserts the balance of lines, classes and owners. A commit that git
//! itself cannot compare, because the object store lacks a blob, must show a gap here. Exit status 1 on any difference.

use solely::history::changes::{self, Renames};
use solely::history::diff;
use solely::history::ledger::{self, ContentKind, Depth, Threads};
use solely::history::{Git, Readings, RenameSettings, Settings};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Added and deleted lines by path (and old path); `None` is binary.
type Numbers = BTreeMap<(String, Option<String>), Option<(u64, u64)>>;

#[derive(Default)]
struct Tally {
    commits: u64,
    files: u64,
    renames: u64,
    binary: u64,
    /// Commits that git could not compare, and of those the ones that had a gap here.
    unread_by_git: u64,
    gaps_there: u64,
    unread_here: u64,
    differences: u64,
    base_lines: u64,
    moved: u64,
    reformatted: u64,
    changed: u64,
    removed: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(repository) = arguments.first() else {
        eprintln!("usage: numstat-oracle REPOSITORY [COUNT] [SEED] [PATHSPEC…]");
        return ExitCode::from(2);
    };
    let number =
        |index: usize, default: u64| arguments.get(index).map_or(default, |text| text.parse().expect("a number"));
    let (count, seed) = (number(1, 500), number(2, 447));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let settings = Settings { search_path: path, ..Settings::default() };
    let git = Git::open(Path::new(repository), settings).expect("a repository");
    let drawn = draw(repository, count as usize, seed, arguments.get(3..).unwrap_or_default());
    println!("{} commits of {repository}, seed {seed}", drawn.len());
    let mut failed = false;
    for (name, renames) in [("off", Renames::Off), ("on", Renames::On(RenameSettings::default()))] {
        let tally = run(&git, repository, &drawn, renames);
        failed |= tally.differences > 0 || tally.unread_by_git != tally.gaps_there;
        println!(
            "renames {name}: {} commits, {} files, {} renames, {} binary; {} differ",
            tally.commits, tally.files, tally.renames, tally.binary, tally.differences
        );
        println!(
            "  {} commits unread by git, {} of them with a gap here; {} files unread here",
            tally.unread_by_git, tally.gaps_there, tally.unread_here
        );
        println!(
            "  the balance holds: {} base lines, {} moved, {} reformatted, {} changed, {} removed",
            tally.base_lines, tally.moved, tally.reformatted, tally.changed, tally.removed
        );
    }
    ExitCode::from(u8::from(failed))
}

/// Trees of a commit and of its first parent, for commits drawn without repetition.
fn draw(repository: &str, count: usize, seed: u64, paths: &[String]) -> Vec<(String, String, String)> {
    let read = |paths: &[&str]| {
        let log = git(repository, &[&["log", "--all", "--format=%H %T %P", "--"], paths].concat()).expect("git log");
        String::from_utf8(log).expect("ids")
    };
    let (all, touching) = (read(&[]), read(&paths.iter().map(String::as_str).collect::<Vec<_>>()));
    let mut commits: Vec<&str> = touching.lines().collect();
    commits.sort_unstable();
    let trees: BTreeMap<&str, &str> = all.lines().map(|line| (&line[..40], &line[41..81])).collect();
    let mut state = seed;
    let mut drawn = Vec::new();
    while drawn.len() < count && !commits.is_empty() {
        let line = commits.swap_remove((next(&mut state) % commits.len() as u64) as usize);
        let parent = line.get(82..122);
        let base = match parent {
            Some(parent) => trees.get(parent).copied(),
            None => Some("4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
        };
        if let Some(base) = base {
            drawn.push((line[..40].to_owned(), base.to_owned(), line[41..81].to_owned()));
        }
    }
    drawn
}

/// SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn run(git: &Git, repository: &str, drawn: &[(String, String, String)], renames: Renames) -> Tally {
    let id = |text: &String| gix::ObjectId::from_hex(text.as_bytes()).expect("an id");
    let pairs: Vec<_> = drawn.iter().map(|(_, base, head)| (id(base), id(head))).collect();
    let all = changes::compare_trees(git, &pairs, renames, &[]).expect("trees");
    let local = git.local();
    let mut tally = Tally::default();
    for ((commit, base, head), changes) in drawn.iter().zip(&all) {
        tally.commits += 1;
        let diffs = changes.list.iter().map(|change| diff::diff(&local, change)).collect();
        let ledger =
            ledger::of_changes(&changes.list, diffs, &Readings::default(), Depth::Definitions, Threads::ByFile);
        let mut ours = Numbers::new();
        let mut unread = 0;
        for file in &ledger.files {
            let key = (file.path.as_str().to_owned(), file.old_path.as_ref().map(|path| path.as_str().to_owned()));
            match file.content {
                ContentKind::Text => ours.insert(key, Some((file.added, file.deleted))),
                ContentKind::Binary => ours.insert(key, None),
                ContentKind::Unread => {
                    unread += 1;
                    continue;
                }
            };
        }
        tally.binary += ours.values().filter(|numbers| numbers.is_none()).count() as u64;
        tally.base_lines += ledger.base.lines;
        tally.moved += ledger.base.moved;
        tally.reformatted += ledger.base.reformatted;
        tally.changed += ledger.base.changed;
        tally.removed += ledger.base.rest;
        tally.unread_here += unread;
        let Some(theirs) = numstat(repository, base, head, renames) else {
            tally.unread_by_git += 1;
            tally.gaps_there += u64::from(unread > 0 || !changes.gaps.is_empty());
            continue;
        };
        tally.files += theirs.len() as u64;
        tally.renames += theirs.keys().filter(|(_, old)| old.is_some()).count() as u64;
        if ours != theirs {
            for (key, numbers) in &theirs {
                if ours.get(key) != Some(numbers) {
                    tally.differences += 1;
                    println!("{commit} {key:?}: git {numbers:?}, here {:?}", ours.get(key));
                }
            }
            for key in ours.keys().filter(|key| !theirs.contains_key(*key)) {
                tally.differences += 1;
                println!("{commit} {key:?}: only here");
            }
        }
    }
    tally
}

fn numstat(repository: &str, base: &str, head: &str, renames: Renames) -> Option<Numbers> {
    let find = if renames == Renames::Off { "--no-renames" } else { "-M" };
    let output = git(repository, &["diff-tree", "-r", "-z", "--numstat", find, base, head])?;
    let text = String::from_utf8_lossy(&output);
    let mut fields = text.split('\0');
    let mut numbers = Numbers::new();
    while let Some(entry) = fields.next().filter(|entry| !entry.is_empty()) {
        let mut columns = entry.splitn(3, '\t');
        let (added, deleted, path) = (columns.next()?, columns.next()?, columns.next()?);
        let value = added.parse().ok().zip(deleted.parse().ok());
        let key = if path.is_empty() {
            let old = fields.next()?.to_owned();
            (fields.next()?.to_owned(), Some(old))
        } else {
            (path.to_owned(), None)
        };
        numbers.insert(key, value);
    }
    Some(numbers)
}

/// The output of `git`, without the user's configuration; `None` when it fails.
fn git(repository: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new("git")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_NO_LAZY_FETCH", "1")
        .args(["-c", "safe.directory=*", "-C", repository])
        .args(arguments)
        .output()
        .expect("git runs");
    output.status.success().then_some(output.stdout)
}
