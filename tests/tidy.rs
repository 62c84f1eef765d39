//! Rules about the code itself, which no compiler holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a file before its tests.
const LINES_ALLOWED: usize = 600;

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

    /// Numbered lines of code, comments and what follows `#[cfg(test)]` left out.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().take_while(|(_, line)| *line != "#[cfg(test)]");
        lines.map(|(index, line)| (index + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

#[test]
fn a_module_uses_only_those_above_it() {
    let order = modules();
    let rank = |name: &str| order.iter().position(|module| module == name);
    let mut faults = Vec::new();
    for file in sources() {
        let Some(own) = rank(file.module()) else { continue };
        for (line, used) in file.code().flat_map(|(line, text)| crate_paths(text).into_iter().map(move |u| (line, u))) {
            if rank(&used).is_some_and(|used| used > own) {
                faults.push(format!("src/{}:{line}: uses `{used}`, which stands below it in lib.rs", file.path));
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
        let length = file.text.lines().take_while(|line| *line != "#[cfg(test)]").count();
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
    for file in sources.iter().filter(|file| file.code().any(|(_, line)| line.starts_with("pub const SPEC: "))) {
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

/// Modules named as `crate::module` or in `crate::{module, …}`.
fn crate_paths(line: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group.split(['{', '}', ',']).map(|part| word(part.trim()))),
            None => drop(found.insert(word(rest))),
        }
    }
    found
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
