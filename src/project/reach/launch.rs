//! What files other than code start: metadata of packages, commands, configurations.
//!
//! `pyproject.toml`, `setup.cfg` and `setup.py` name console scripts and plugins; Dockerfiles, Procfiles, compose files,
//! unit files and shell scripts run `python …` or a server with `package.module:app`; other configurations
//! hold dotted paths that something may load. Invariant: what is read here is text; whether a path means something of
//! the project is decided by the caller. Absent on purpose: variables of shells, and anything that is put together.

use super::entry::EntryKind;
use crate::span::RepoPath;

/// Something that a file starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    pub start: Start,
    pub kind: EntryKind,
    /// 1-based.
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// `package.module`, `package.module:name`, `package.module.name`.
    Path(String),
    /// A script by its path.
    File(String),
}

/// What kind of file it is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pyproject,
    SetupCfg,
    SetupPy,
    Commands,
    Configuration,
}

/// Programs that are given `package.module:app`, or `-A package.module`.
const SERVERS: &[&str] = &[
    "uvicorn",
    "gunicorn",
    "hypercorn",
    "daphne",
    "granian",
    "waitress-serve",
    "uwsgi",
    "celery",
    "flask",
    "fastapi",
    "dramatiq",
    "rq",
    "arq",
    "functions-framework",
    "opentelemetry-instrument",
    "ddtrace-run",
    "newrelic-admin",
];

/// A configuration larger than this is data.
const CONFIGURATION_LIMIT: usize = 256 << 10;

fn kind_of(path: &RepoPath) -> Option<Kind> {
    let name = path.file_name();
    let lower = name.to_ascii_lowercase();
    let is_compose = lower.contains("compose") && (lower.ends_with(".yml") || lower.ends_with(".yaml"));
    match name {
        "pyproject.toml" => return Some(Kind::Pyproject),
        "setup.cfg" => return Some(Kind::SetupCfg),
        "setup.py" => return Some(Kind::SetupPy),
        // A policy names what it judges.
        "solely.toml" | ".solely.toml" => return None,
        "Makefile" | "makefile" | "GNUmakefile" | "justfile" | "Justfile" => return Some(Kind::Commands),
        _ => {}
    }
    if lower.starts_with("dockerfile") || lower.ends_with(".dockerfile") || lower.starts_with("containerfile") {
        return Some(Kind::Commands);
    }
    if lower.starts_with("procfile") || is_compose {
        return Some(Kind::Commands);
    }
    match path.extension()? {
        "sh" | "bash" | "service" | "ps1" | "bat" => Some(Kind::Commands),
        "yml" | "yaml" if path.as_str().contains(".github/workflows/") => None,
        "yml" | "yaml" | "toml" | "ini" | "cfg" | "conf" => Some(Kind::Configuration),
        _ => None,
    }
}

/// Whether a file is one that may start something.
pub fn is_read(path: &RepoPath) -> bool {
    kind_of(path).is_some()
}

/// What a file starts, in the order of its lines.
pub fn launches(path: &RepoPath, text: &str) -> Vec<Launch> {
    let mut found = match kind_of(path) {
        Some(Kind::Pyproject) => pyproject(text),
        Some(Kind::SetupCfg) => setup_cfg(text),
        Some(Kind::SetupPy) => setup_py(text),
        Some(Kind::Commands) => commands(text),
        Some(Kind::Configuration) if text.len() <= CONFIGURATION_LIMIT => {
            let mut found = commands(text);
            found.extend(dotted_paths(text));
            found
        }
        Some(Kind::Configuration) | None => Vec::new(),
    };
    found.sort_by_key(|launch| launch.line);
    found
}

/// The paths of scripts and plugins that a line of a package's metadata names.
pub fn entry_point_paths(path: &RepoPath, text: &str, line: u32) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let text_of = |line: u32| lines.get(line as usize - 1).copied().unwrap_or_default();
    let is_here = |it: &Launch| {
        let is_point = matches!(it.kind, EntryKind::Script | EntryKind::Plugin);
        // Two groups may hold a key, and the first line with it is told.
        is_point && (it.line == line || key_of(text_of(it.line)) == key_of(text_of(line)))
    };
    let mut found = Vec::new();
    for launch in launches(path, text).into_iter().filter(is_here) {
        let Start::Path(target) = launch.start else { continue };
        let mut places = text_of(line).match_indices(target.as_str()).map(|(at, _)| &text_of(line)[..at]);
        if places.any(|before| before.trim_end_matches(['"', '\'', ' ']).ends_with('=')) {
            found.push(target);
        }
    }
    found
}

/// The key in front of a `=`.
fn key_of(line: &str) -> Option<&str> {
    Some(line.split_once('=')?.0.trim().trim_matches(['"', '\'']))
}

fn pyproject(text: &str) -> Vec<Launch> {
    let Ok(table) = text.parse::<toml::Table>() else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |group: Option<&toml::Value>, kind| {
        for (name, value) in group.and_then(|it| it.as_table()).into_iter().flatten() {
            let reference = value.as_str().or_else(|| value.get("reference").and_then(|it| it.as_str()));
            let Some(target) = reference.and_then(target) else { continue };
            found.push(Launch { start: Start::Path(target), kind, line: line_of(text, name) });
        }
    };
    let project = table.get("project");
    let poetry = table.get("tool").and_then(|tool| tool.get("poetry"));
    for scripts in ["scripts", "gui-scripts"] {
        add(project.and_then(|it| it.get(scripts)), EntryKind::Script);
    }
    add(poetry.and_then(|it| it.get("scripts")), EntryKind::Script);
    for (owner, key) in [(project, "entry-points"), (poetry, "plugins")] {
        let groups = owner.and_then(|it| it.get(key)).and_then(|it| it.as_table());
        groups.into_iter().flatten().for_each(|(_, group)| add(Some(group), EntryKind::Plugin));
    }
    found
}

/// The first line that holds a key in front of a `=`.
fn line_of(text: &str, key: &str) -> u32 {
    text.lines().position(|line| key_of(line) == Some(key)).map_or(1, |at| at as u32 + 1)
}

/// `package.module:name [extra]` without what follows.
fn target(reference: &str) -> Option<String> {
    let target = reference.split('[').next()?.trim();
    is_path(target).then(|| target.to_owned())
}

/// Lines of `[options.entry_points]`: `group =`, and `name = package.module:name` below it.
fn setup_cfg(text: &str) -> Vec<Launch> {
    let mut found = Vec::new();
    let mut section = "";
    let mut group = EntryKind::Plugin;
    for (at, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            section = line.trim();
            continue;
        }
        let Some((name, value)) = line.split_once('=').filter(|_| section == "[options.entry_points]") else {
            continue;
        };
        if !line.starts_with([' ', '\t']) {
            let is_script = matches!(name.trim(), "console_scripts" | "gui_scripts");
            group = if is_script { EntryKind::Script } else { EntryKind::Plugin };
        }
        if let Some(target) = target(value).filter(|it| it.contains(':')) {
            found.push(Launch { start: Start::Path(target), kind: group, line: at as u32 + 1 });
        }
    }
    found
}

/// String literals of the form `name = package.module:name`, which `entry_points` holds.
fn setup_py(text: &str) -> Vec<Launch> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for piece in line.split(['"', '\'']) {
            let Some((_, value)) = piece.split_once('=') else { continue };
            if let Some(target) = target(value).filter(|it| it.contains(':')) {
                found.push(Launch { start: Start::Path(target), kind: EntryKind::Script, line: at as u32 + 1 });
            }
        }
    }
    found
}

/// `python -m x`, `python x.py`, `server … package.module:app`, line by line; a list of quoted words is a command too.
fn commands(text: &str) -> Vec<Launch> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let code = line.trim_start();
        if code.starts_with('#') || code.starts_with("//") {
            continue;
        }
        let words: Vec<&str> = code
            .split(|c: char| {
                c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '[' | ']' | '(' | ')' | ';' | '`' | '=')
            })
            .filter(|word| !word.is_empty())
            .collect();
        let line = at as u32 + 1;
        found.extend(python(&words).map(|start| Launch { start, kind: EntryKind::Command, line }));
        let is_served = words.iter().any(|word| SERVERS.contains(&word.rsplit('/').next().unwrap_or(word)));
        for (index, word) in words.iter().enumerate() {
            let is_application = word.contains(':') && is_path(word);
            // `celery -A package.module worker`, `flask --app package.module run`
            let is_option = index > 0 && matches!(words[index - 1], "-A" | "--app") && is_path(word);
            if is_application || (is_served && is_option) {
                let start = Start::Path((*word).to_owned());
                found.push(Launch { start, kind: EntryKind::Server, line });
            }
        }
    }
    found
}

/// What a call of the interpreter runs.
fn python(words: &[&str]) -> Option<Start> {
    let is_python = |word: &str| {
        let program = word.rsplit(['/', '\\']).next().unwrap_or(word);
        let program = program.strip_suffix(".exe").unwrap_or(program);
        program == "py"
            || program.strip_prefix("python").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
    };
    let at = words.iter().position(|word| is_python(word))?;
    let mut rest = words[at + 1..].iter();
    while let Some(&word) = rest.next() {
        match word {
            "-m" => return rest.next().filter(|it| is_path(it)).map(|it| Start::Path((*it).to_owned())),
            "-c" => return None,
            "-W" | "-X" => drop(rest.next()),
            flag if flag.starts_with('-') => {}
            script if script.ends_with(".py") => return Some(Start::File(script.to_owned())),
            _ => return None,
        }
    }
    None
}

/// Dotted paths of two parts or more, as a logging or a plugin configuration names classes.
fn dotted_paths(text: &str) -> Vec<Launch> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with('#') {
            continue;
        }
        let words = line.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | ':')));
        for word in words.map(|word| word.trim_matches(['.', ':'])).filter(|word| word.contains('.') && is_path(word)) {
            let start = Start::Path(word.to_owned());
            found.push(Launch { start, kind: EntryKind::Configuration, line: at as u32 + 1 });
        }
    }
    found
}

/// `a`, `a.b`, `a.b:c.d`: identifiers, and at most one colon.
fn is_path(text: &str) -> bool {
    let is_identifier = |part: &str| {
        part.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    text.matches(':').count() <= 1 && text.split(['.', ':']).all(is_identifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        launches(&RepoPath::new(path), text)
            .into_iter()
            .map(|launch| {
                let start = match launch.start {
                    Start::Path(path) => path,
                    Start::File(path) => format!("file {path}"),
                };
                format!("{} {} {start}", launch.line, launch.kind.name())
            })
            .collect()
    }

    #[test]
    fn metadata_names_scripts_and_plugins() {
        let pyproject = "[project.scripts]\nshop = \"shop.cli:main\"\n[project.entry-points.\"shop.plugins\"]\npdf = \"shop.pdf:Plugin [pdf]\"\n";
        assert_eq!(found("pyproject.toml", pyproject), ["2 script shop.cli:main", "4 plugin shop.pdf:Plugin"]);
        let poetry = "[tool.poetry.scripts]\nshop = \"shop.cli:main\"\n";
        assert_eq!(found("a/pyproject.toml", poetry), ["2 script shop.cli:main"]);
        assert_eq!(found("pyproject.toml", "not toml ["), Vec::<String>::new());
        let setup = "[options.entry_points]\nconsole_scripts =\n    shop = shop.cli:main\npytest11 = shop = shop.testing\n[other]\nx = a.b:c\n";
        assert_eq!(found("setup.cfg", setup), ["3 script shop.cli:main"]);
        let setup = "setup(entry_points={'console_scripts': ['shop = shop.cli:main']}, url='https://x.y:z')\n";
        assert_eq!(found("setup.py", setup), ["1 script shop.cli:main"]);
    }

    #[test]
    fn commands_start_modules_files_and_servers() {
        let docker = "# python -m no\nFROM python:3.12\nCMD [\"gunicorn\", \"-w\", \"4\", \"shop.main:app\"]\nRUN python -m shop.tasks && echo\nENTRYPOINT [\"python3\", \"-u\", \"scripts/run.py\"]\n";
        let launches = found("deploy/Dockerfile.prod", docker);
        assert!(launches.contains(&"3 server shop.main:app".to_owned()), "{launches:?}");
        assert!(launches.contains(&"4 command shop.tasks".to_owned()), "{launches:?}");
        assert!(launches.contains(&"5 command file scripts/run.py".to_owned()), "{launches:?}");
        assert!(!launches.iter().any(|launch| launch.ends_with("no")), "{launches:?}");
        assert_eq!(found("Procfile", "worker: celery -A shop.tasks worker\n"), ["1 server shop.tasks"]);
        assert_eq!(found("run.sh", "python -c 'import x.py'\npytest -m slow\n"), Vec::<String>::new());
        assert_eq!(found("notes.md", "python -m shop"), Vec::<String>::new());
    }

    #[test]
    fn configurations_hold_dotted_paths() {
        assert_eq!(
            found("logging.yaml", "class: shop.log.Handler # shop.x\n"),
            ["1 configuration shop.log.Handler", "1 configuration shop.x"]
        );
        assert_eq!(found(".github/workflows/a.yml", "run: python -m shop\n"), Vec::<String>::new());
    }
}
