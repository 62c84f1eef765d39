//! Rules about the code itself, which no compiler holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a file before its tests.
const LINES_ALLOWED: usize = 650;

/// Words that name no thing, and the adjectives of second implementations.
const NAMES_REFUSED: &[&str] = &[
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "misc",
    "manager",
    "processor",
    "enhanced",
    "smart",
    "unified",
    "new",
    "old",
    "v2",
    "legacy2",
];

/// What only some modules may use, and which.
const RESERVED: &[(&str, &[&str])] = &[
    ("println!", &["cli"]),
    ("print!", &["cli"]),
    ("eprintln!", &["cli"]),
    ("eprint!", &["cli"]),
    ("std::env", &["cli", "main"]),
    ("IsTerminal", &["cli"]),
    ("SystemTime::now", &["cli"]),
    ("Zoned::now", &["cli"]),
    ("Timestamp::now", &["cli"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("annotate_snippets", &["report"]),
    ("gix", &["workspace", "history"]),
    ("ruff_python_", &["language"]),
    ("ruff_text_size", &["language"]),
];

/// What nobody leaves behind.
const REFUSED: &[&str] = &["dbg!(", "todo!(", "unimplemented!("];

struct File {
    /// Relative to `src/`.
    path: String,
    text: String,
}

impl File {
    /// The stage a file belongs to: its folder in `src/`, or its own name.
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// Numbered lines before the tests; a `tests.rs` has none.
    fn untested(&self) -> Vec<(usize, &str)> {
        let lines: Vec<&str> = self.text.lines().collect();
        let is_test_module =
            |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{');
        let end = match self.path.ends_with("/tests.rs") {
            true => 0,
            false => lines.windows(2).position(is_test_module).unwrap_or(lines.len()),
        };
        lines[..end].iter().enumerate().map(|(at, line)| (at + 1, *line)).collect()
    }

    /// The same without comments.
    fn code(&self) -> Vec<(usize, &str)> {
        self.untested().into_iter().filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
    }
}

#[test]
fn a_module_uses_only_those_above_it() {
    let order = modules();
    let rank = |name: &str| order.iter().position(|module| module == name);
    let mut faults = Vec::new();
    for file in sources() {
        let Some(own) = rank(file.module()) else { continue };
        let code: Vec<&str> = file.code().into_iter().map(|(_, line)| line).collect();
        for used in crate_paths(&code.join("\n")) {
            if rank(&used).is_some_and(|used| used > own) {
                faults.push(format!("src/{}: uses `{used}`, which stands below it in lib.rs", file.path));
            }
        }
    }
    expect_none(faults);
}

#[test]
fn the_pipeline_and_the_command_line_stand_last() {
    assert_eq!(modules()[modules().len() - 2..], ["pipeline", "cli"]);
}

#[test]
fn every_file_says_what_it_is() {
    let faults = sources().into_iter().filter(|file| !file.text.starts_with("//! "));
    expect_none(faults.map(|file| format!("src/{}: does not begin with a module doc (`//! …`)", file.path)).collect());
}

#[test]
fn no_file_grows_beyond_reading() {
    let mut faults = Vec::new();
    for file in sources() {
        let length = file.untested().len();
        if length > LINES_ALLOWED {
            faults.push(format!("src/{}: {length} lines before its tests, more than {LINES_ALLOWED}", file.path));
        }
    }
    expect_none(faults);
}

#[test]
fn names_say_what_a_thing_is() {
    let mut faults = Vec::new();
    for file in sources() {
        let words = file.path.trim_end_matches(".rs").split(['/', '_']);
        faults.extend(
            words.filter(|word| NAMES_REFUSED.contains(word)).map(|word| format!("src/{}: `{word}`", file.path)),
        );
    }
    expect_none(faults);
}

#[test]
fn what_is_reserved_is_used_where_it_belongs() {
    let mut faults = Vec::new();
    for file in sources() {
        for (line, text) in file.code() {
            for (word, allowed) in RESERVED {
                if mentions(text, word) && !allowed.contains(&file.module()) {
                    faults.push(format!("src/{}:{line}: `{word}` belongs to {}", file.path, allowed.join(", ")));
                }
            }
            faults.extend(
                REFUSED
                    .iter()
                    .filter(|word| text.contains(**word))
                    .map(|word| format!("src/{}:{line}: `{word}` is left behind", file.path)),
            );
        }
    }
    expect_none(faults);
}

#[test]
fn registries_are_complete() {
    let sources = sources();
    let embedded = |name: &str| {
        let quoted = format!("{name}\"");
        sources.iter().any(|file| file.text.lines().any(|line| line.contains("include_str!") && line.contains(&quoted)))
    };
    let mut faults = Vec::new();
    for path in files(&root().join("policies"), "toml").into_iter().chain(files(&root().join("queries"), "scm")) {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        if !embedded(&name) {
            faults.push(format!("{name}: no `include_str!` embeds it"));
        }
    }
    // a file with a row of a registry stands in the registry beside it
    for file in sources.iter().filter(|file| file.code().iter().any(|(_, line)| line.starts_with("pub const SPEC: "))) {
        let path = file.path.trim_end_matches("/mod.rs").trim_end_matches(".rs");
        let (folder, stem) = path.rsplit_once('/').expect("a row stands in a stage");
        let registry = sources.iter().find(|other| other.path == format!("{folder}/mod.rs")).expect("a mod.rs");
        if !registry.text.contains(&format!("{stem}::SPEC")) {
            faults.push(format!("src/{}: its `SPEC` is not in src/{folder}/mod.rs", file.path));
        }
    }
    expect_none(faults);
}

#[test]
fn the_binary_is_thin() {
    let main = sources().into_iter().find(|file| file.path == "main.rs").unwrap();
    assert!(main.text.lines().count() < 30);
}

/// Modules in the order of `lib.rs`.
fn modules() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let names = lib.lines().filter_map(|line| line.strip_prefix("pub mod ").or(line.strip_prefix("mod ")));
    names.map(|name| name.trim_end_matches(';').to_owned()).collect()
}

/// Modules named as `crate::module` or in `use crate::{module, …}`.
fn crate_paths(code: &str) -> BTreeSet<String> {
    let word =
        |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, prefix) in code.match_indices("crate::") {
        let rest = &code[at + prefix.len()..];
        if !rest.starts_with('{') {
            found.insert(word(rest));
            continue;
        }
        let mut depth = 0;
        for (at, char) in rest.char_indices() {
            match char {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if depth == 1 && matches!(char, '{' | ',') {
                found.insert(word(&rest[at + 1..]));
            }
        }
    }
    found
}

#[test]
fn every_way_to_name_a_module_is_seen() {
    let code = "use crate::a::b;\nuse crate::{c, d::{e, f},\n    g};\nfn x() -> crate::h::I {}";
    let seen: Vec<String> = crate_paths(code).into_iter().filter(|name| !name.is_empty()).collect();
    assert_eq!(seen, ["a", "c", "d", "g", "h"]);
    assert!(mentions("use gix::Repo;", "gix") && !mentions("let agixb = 1;", "gix"));
    assert!(mentions("eprintln!(1)", "eprintln!") && mentions("println!(1)", "println!"));
}

/// Whether a word stands in a line, not as part of a longer one.
fn mentions(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let joins = |c: char| c.is_alphanumeric() || c == '_';
        let open = word.ends_with(['_', '!']);
        !before.is_some_and(joins) && (open || !after.is_some_and(joins))
    })
}

fn sources() -> Vec<File> {
    let src = root().join("src");
    let read = |path: PathBuf| File {
        path: path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/"),
        text: fs::read_to_string(&path).unwrap(),
    };
    files(&src, "rs").into_iter().map(read).collect()
}

/// Files below a folder with an extension, sorted. A folder that is not there has none.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn expect_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
