//! From files to a policy: where it is found, what it extends, what it replaces and switches off.
//!
//! A file means what its packs mean, in the order of `extends`, plus itself: a later rule replaces an earlier one of
//! the same id, a list of `[project]` replaces the whole list. A policy that says neither `extends` nor any rule
//! stands on the default packs, so that a file with `[project]` alone does not switch everything off.
//!
//! Invariant: files are read through the injected [`ReadFile`] alone, and a policy without rules is an error, since it
//! could only pass. Absent on purpose: the environment, the current folder, and printing.

use super::builtin::{PACKS, PREFIX, find_pack};
use super::disk::ReadFile;
use super::error::{PolicyError, PolicyText};
use super::raw::RawPolicy;
use super::validate::{ProjectLayer, Validated, validate};
use super::*;
use crate::span::joined;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The names of policy files, from the one that wins.
pub const POLICY_FILES: [&str; 3] = ["solely.toml", ".solely.toml", PYPROJECT];
const PYPROJECT: &str = "pyproject.toml";

/// The file beside a policy that holds the findings that were accepted.
pub const BASELINE_FILE: &str = "solely-baseline.jsonl";

/// What a value of the command line is called in messages.
const OVERRIDE: &str = "--set";

/// What test files are called when `[project] tests` does not say.
pub const DEFAULT_TESTS: [&str; 11] = [
    "**/tests/**",
    "**/test/**",
    "**/test_*.py",
    "**/*_test.py",
    "**/conftest.py",
    "**/__tests__/**",
    "**/__mocks__/**",
    "**/*.test.*",
    "**/*.spec.*",
    "**/*.cy.*",
    "**/*_test.go",
];

/// Packs that extend packs.
const MAX_DEPTH: usize = 16;

impl Policy {
    /// The policy of a text. `file` is its name in messages; the paths in it are relative to that file's folder.
    pub fn parse(text: &str, file: &str, read: &ReadFile) -> Result<Policy, Vec<PolicyError>> {
        let mut loader =
            Loader { read, open: Vec::new(), layers: BTreeMap::new(), texts: Vec::new(), errors: Vec::new() };
        let layer = loader.layer(&PolicyText::new(file, text));
        if loader.errors.is_empty() && layer.rules.is_empty() {
            let error = PolicyError::of_file(file, "the policy has no rule, so it can never fail");
            loader.errors.push(error.with_help(format!("add a rule, or `extends = [\"{PREFIX}{}\"]`", PACKS[0].name)));
        }
        if !loader.errors.is_empty() {
            return Err(loader.errors);
        }
        let project = ProjectSettings {
            include: layer.project.include.unwrap_or_default(),
            exclude: layer.project.exclude.unwrap_or_default(),
            tests: layer.project.tests.unwrap_or_else(|| glob::known(&DEFAULT_TESTS)),
            roots: layer.project.roots.unwrap_or_default(),
            entry_points: layer.project.entry_points.unwrap_or_default(),
        };
        Ok(Policy {
            file: Some(file.to_string()),
            folder: String::new(),
            digest: digest(&loader.texts),
            project,
            rules: layer.rules,
            evidence: layer.evidence,
            expectations: layer.expectations,
        })
    }

    /// The policy of a file that the user names.
    pub fn load(file: &str, read: &ReadFile) -> Result<Policy, Vec<PolicyError>> {
        match read(file) {
            Ok(Some(text)) => Policy::parse(&text, file, read),
            Ok(None) => Err(vec![PolicyError::of_file(file, "no such file")]),
            Err(why) => Err(vec![PolicyError::of_file(file, format!("could not be read: {why}"))]),
        }
    }

    /// The policy that applies to a folder of the repository, or `None` where there is none.
    pub fn discover(folder: &str, read: &ReadFile) -> Result<Option<Policy>, Vec<PolicyError>> {
        for (folder, file) in places(folder) {
            match look(&file, read) {
                Sight::Nothing | Sight::Other => {}
                Sight::Unreadable(why) => {
                    return Err(vec![PolicyError::of_file(&file, format!("could not be read: {why}"))]);
                }
                Sight::Policy(text) => {
                    let policy = Policy::parse(&text, &file, read)?;
                    return Ok(Some(Policy { folder: folder.to_string(), ..policy }));
                }
            }
        }
        Ok(None)
    }

    /// The files of policy names that [`Policy::discover`] meets, in the order of precedence: each with whether it holds
    /// a policy, and `None` where it cannot be read. The first that is not `Some(false)` decides.
    pub fn candidates(folder: &str, read: &ReadFile) -> Vec<(String, Option<bool>)> {
        let met = places(folder).filter_map(|(_, file)| match look(&file, read) {
            Sight::Nothing => None,
            Sight::Other => Some((file, Some(false))),
            Sight::Policy(_) => Some((file, Some(true))),
            Sight::Unreadable(_) => Some((file, None)),
        });
        met.collect()
    }

    /// The policy where there is none: the default packs.
    pub fn builtin() -> Policy {
        let policy = Policy::parse("", "the built-in packs", &|_| Ok(None));
        let policy = policy.unwrap_or_else(|errors| panic!("a built-in pack is wrong: {}", errors[0]));
        Policy { file: None, ..policy }
    }
}

/// What stands where a policy could be.
enum Sight {
    Nothing,
    /// A `pyproject.toml` without `[tool.solely]`.
    Other,
    Policy(String),
    Unreadable(String),
}

fn look(file: &str, read: &ReadFile) -> Sight {
    match read(file) {
        Ok(None) => Sight::Nothing,
        Ok(Some(text)) if file.ends_with(PYPROJECT) && !has_policy(&text) => Sight::Other,
        Ok(Some(text)) => Sight::Policy(text),
        Err(why) => Sight::Unreadable(why),
    }
}

/// The files that could hold the policy of a folder, each with its own folder: the nearest folder first, in one folder
/// the order of [`POLICY_FILES`].
fn places(folder: &str) -> impl Iterator<Item = (&str, String)> {
    fn parent<'f>(folder: &&'f str) -> Option<&'f str> {
        match *folder {
            "" => None,
            folder => Some(folder.rsplit_once('/').map_or("", |(parent, _)| parent)),
        }
    }
    std::iter::successors(Some(folder.trim_matches('/')), parent)
        .flat_map(|folder| POLICY_FILES.map(|name| (folder, joined(folder, name))))
}

impl Policy {
    /// Whether a line of a repository's file is policy: it names what must go, and is no residue of it.
    pub fn owns(&self, path: &str, line: u32, text: impl FnOnce() -> Option<String>) -> bool {
        match path.rsplit('/').next() {
            Some(PYPROJECT) => text().is_some_and(|text| is_policy_line(&text, line)),
            Some(name) if POLICY_FILES.contains(&name) || name == BASELINE_FILE => true,
            _ => self.rules.iter().any(|rule| rule.place.file.trim_start_matches("./") == path),
        }
    }
}

impl Policy {
    /// Lays values over the policy that a user gives besides, each `key=value` in TOML with dotted keys. A list of
    /// `[project]` replaces the whole list, a rule the one of its id; `disable` and `extends` work upon what is there.
    pub fn overlaid(self, values: &[String], read: &ReadFile) -> Result<Policy, Vec<PolicyError>> {
        if values.is_empty() {
            return Ok(self);
        }
        let ProjectSettings { include, exclude, tests, roots, entry_points } = self.project;
        let project = ProjectLayer {
            include: Some(include),
            exclude: Some(exclude),
            tests: Some(tests),
            roots: Some(roots),
            entry_points: Some(entry_points),
        };
        let (evidence, expectations) = (self.evidence, self.expectations);
        let mut layer = Layer { project, rules: self.rules, evidence, expectations };
        // The policy itself is open, so that no value stands for a whole policy.
        let open = vec![self.file.clone().unwrap_or_default()];
        let mut loader = Loader { read, open, layers: BTreeMap::new(), texts: vec![self.digest], errors: Vec::new() };
        for value in values {
            layer = loader.layer_over(layer, &PolicyText::new(OVERRIDE, value));
        }
        if loader.errors.is_empty() && layer.rules.is_empty() {
            let error = PolicyError::of_file(OVERRIDE, "it leaves the policy without a rule, so it can never fail");
            loader.errors.push(error);
        }
        if !loader.errors.is_empty() {
            return Err(loader.errors);
        }
        let ProjectLayer { include, exclude, tests, roots, entry_points } = layer.project;
        let project = ProjectSettings {
            include: include.unwrap_or_default(),
            exclude: exclude.unwrap_or_default(),
            tests: tests.unwrap_or_default(),
            roots: roots.unwrap_or_default(),
            entry_points: entry_points.unwrap_or_default(),
        };
        Ok(Policy {
            file: self.file,
            folder: self.folder,
            digest: digest(&loader.texts),
            project,
            rules: layer.rules,
            evidence: layer.evidence,
            expectations: layer.expectations,
        })
    }
}

/// Whether a line of a `pyproject.toml` stands in a table of `[tool.solely]`.
fn is_policy_line(text: &str, line: u32) -> bool {
    let headers = text.lines().take(line as usize).filter(|line| line.starts_with('['));
    let table = headers.last().unwrap_or_default().trim_start_matches('[');
    table.strip_prefix("tool.solely").is_some_and(|rest| rest.starts_with(['.', ']']))
}

/// What a file means, its packs included.
#[derive(Clone, Default)]
struct Layer {
    project: ProjectLayer,
    rules: Vec<Rule>,
    evidence: Vec<EvidenceRule>,
    expectations: Vec<Expectation>,
}

struct Loader<'a> {
    read: &'a ReadFile<'a>,
    /// The files that extend the one being read, outermost first.
    open: Vec<String>,
    /// Files that were read, so that a pack that two others extend is read once.
    layers: BTreeMap<String, Layer>,
    /// Every text that takes part, for the digest.
    texts: Vec<String>,
    errors: Vec<PolicyError>,
}

impl Loader<'_> {
    fn layer(&mut self, text: &PolicyText) -> Layer {
        self.layer_over(Layer::default(), text)
    }

    /// What a file means on top of what is there.
    fn layer_over(&mut self, mut layer: Layer, text: &PolicyText) -> Layer {
        self.open.push(text.file.clone());
        let first_error = self.errors.len();
        let mut errors = Vec::new();
        let raw = parse_raw(text, &mut errors);

        // what is there on purpose is no rule: the default packs find what it excuses
        let is_silent = raw.legacy.is_empty()
            && raw.family.is_empty()
            && raw.only_through.is_empty()
            && raw.dangling_reference.is_empty()
            && raw.duplicates.is_empty()
            && raw.single_source.is_empty();
        match &raw.extends {
            Some(names) => {
                for name in names {
                    layer.put(self.extended(text, name, &mut errors));
                }
            }
            None if is_silent && self.open.len() == 1 => {
                for pack in PACKS.iter().filter(|pack| pack.is_default) {
                    layer.put(self.layer(&PolicyText::new(&format!("{PREFIX}{}", pack.name), pack.text)));
                }
            }
            None => {}
        }
        let packs_are_whole = errors.is_empty() && self.errors.len() == first_error;
        self.texts.push(text.text.to_string());
        disable(&mut layer, &raw, text, packs_are_whole, &mut errors);

        let (read, texts) = (self.read, &mut self.texts);
        let mut read_query = |name: &str| {
            let file = beside(&text.file, name);
            match read(&file) {
                Ok(Some(query)) => {
                    texts.push(query.clone());
                    Ok(QuerySource { name: name.to_string(), text: query, file })
                }
                Ok(None) => Err("does not exist".to_string()),
                Err(why) => Err(format!("could not be read: {why}")),
            }
        };
        let Validated { project, rules, evidence, expectations } = validate(raw, text, &mut read_query, &mut errors);
        layer.put(Layer { project, rules, evidence, expectations });

        errors.sort_by_key(|error| error.frame.as_ref().map(|frame| frame.span.start));
        self.errors.extend(errors);
        self.open.pop();
        layer
    }

    /// What an entry of `extends` means; empty where it is wrong.
    fn extended(&mut self, text: &PolicyText, name: &Spanned<String>, errors: &mut Vec<PolicyError>) -> Layer {
        let written = name.get_ref();
        let file = if written.starts_with(PREFIX) { written.clone() } else { beside(&text.file, written) };
        if self.open.contains(&file) {
            let chain: Vec<_> = self.open.iter().skip_while(|open| **open != file).chain([&file]).cloned().collect();
            let error = text.error(name.span(), format!("`{written}` extends itself: `{}`", chain.join("` → `")));
            errors.push(error.with_help("take this entry out"));
            return Layer::default();
        }
        if let Some(layer) = self.layers.get(&file) {
            return layer.clone();
        }
        if self.open.len() >= MAX_DEPTH {
            let error = text.error(name.span(), format!("packs extend packs more than {MAX_DEPTH} levels deep"));
            errors.push(error.with_help("extend the innermost packs directly"));
            return Layer::default();
        }
        let found = match find_pack(written.strip_prefix(PREFIX).unwrap_or_default()) {
            Some(pack) => Ok(pack.text.to_string()),
            None => self.read_pack(text, name, &file),
        };
        match found {
            Ok(found) => {
                let layer = self.layer(&PolicyText::new(&file, &found));
                self.layers.insert(file, layer.clone());
                layer
            }
            Err(error) => {
                errors.push(*error);
                Layer::default()
            }
        }
    }

    fn read_pack(&self, text: &PolicyText, name: &Spanned<String>, file: &str) -> Result<String, Box<PolicyError>> {
        let written = name.get_ref();
        let packs: Vec<String> = PACKS.iter().map(|pack| format!("{PREFIX}{}", pack.name)).collect();
        let error = |message: String| text.error(name.span(), message);
        if written.starts_with(PREFIX) {
            return Err(Box::new(error(format!("unknown pack `{written}`")).with_choices(written, &packs)));
        }
        match (self.read)(file) {
            Ok(Some(found)) => Ok(found),
            Ok(None) if find_pack(written).is_some() => {
                let help = format!("for the built-in pack, write `{PREFIX}{written}`");
                Err(Box::new(error(format!("the pack `{written}` does not exist")).with_help(help)))
            }
            Ok(None) => {
                let help = format!("paths are relative to `{}`", text.file);
                let mut error = error(format!("the pack `{written}` does not exist")).with_help(help);
                error.legal = packs;
                Err(Box::new(error))
            }
            Err(why) => Err(Box::new(error(format!("the pack `{written}` could not be read: {why}")))),
        }
    }
}

impl Layer {
    /// Lays another layer on top.
    fn put(&mut self, over: Layer) {
        self.rules.retain(|rule| !over.rules.iter().any(|newer| newer.id == rule.id));
        self.rules.extend(over.rules);
        self.evidence.extend(over.evidence);
        self.expectations.retain(|it| !over.expectations.iter().any(|newer| newer.measure == it.measure));
        self.expectations.extend(over.expectations);
        let (below, over) = (&mut self.project, over.project);
        below.include = over.include.or(below.include.take());
        below.exclude = over.exclude.or(below.exclude.take());
        below.tests = over.tests.or(below.tests.take());
        below.roots = over.roots.or(below.roots.take());
        below.entry_points = over.entry_points.or(below.entry_points.take());
    }
}

/// Takes the rules out that the file switches off.
fn disable(
    layer: &mut Layer,
    raw: &RawPolicy,
    text: &PolicyText,
    packs_are_whole: bool,
    errors: &mut Vec<PolicyError>,
) {
    let ids: Vec<String> = layer.rules.iter().map(|rule| rule.id.0.clone()).collect();
    let own = raw.legacy.iter().map(|rule| rule.get_ref().id.get_ref());
    let own = own.chain(raw.family.iter().map(|rule| rule.get_ref().id.get_ref()));
    let own = own.chain(raw.dangling_reference.iter().map(|rule| rule.get_ref().id.get_ref()));
    let own = own.chain(raw.only_through.iter().map(|rule| rule.get_ref().id.get_ref()));
    let own = own.chain(raw.duplicates.iter().map(|rule| rule.get_ref().id.get_ref()));
    let own = own.chain(raw.single_source.iter().map(|rule| rule.get_ref().id.get_ref()));
    let own: Vec<_> = own.chain(raw.intentional_duplicate.iter().map(|rule| rule.get_ref().id.get_ref())).collect();
    for name in &raw.disable {
        let id = name.get_ref();
        if own.contains(&id) {
            let error =
                text.error(name.span(), format!("`{id}` is a rule of this file, which `disable` does not reach"));
            errors.push(error.with_help("take the rule itself out"));
        } else if !ids.contains(id) && packs_are_whole {
            let message = format!("no pack brings a rule `{id}` that could be disabled");
            errors.push(text.error(name.span(), message).with_choices(id, &ids));
        }
    }
    layer.rules.retain(|rule| !raw.disable.iter().any(|name| *name.get_ref() == rule.id.0));
}

/// The raw form of a file, without what is wrong in it.
fn parse_raw(text: &PolicyText, errors: &mut Vec<PolicyError>) -> RawPolicy {
    let (mut document, mut syntax) = DeTable::parse_recoverable(&text.text);
    syntax.sort_by_key(|error| error.span().map(|span| span.start));
    // The first error of a line is the slip, the others of that line are what it led to.
    let mut last_line = 0;
    for error in &syntax {
        let message = error.message().replace('\n', ", ");
        let span = error.span().unwrap_or(0..0);
        let line = text.place(&span).line;
        if line != last_line {
            errors.push(text.error(span, format!("not TOML: {message}")));
        }
        last_line = line;
    }
    if !syntax.is_empty() {
        return RawPolicy::default();
    }
    let is_pyproject = text.file.rsplit('/').next() == Some(PYPROJECT);
    if is_pyproject {
        document = match policy_of_pyproject(document) {
            Some(Ok(table)) => table,
            Some(Err(span)) => {
                errors.push(text.error(span, "expected a table for `tool.solely`"));
                return RawPolicy::default();
            }
            None => {
                let error = PolicyError::of_file(&text.file, "there is no `[tool.solely]` in it");
                errors.push(error.with_help("add `[tool.solely]`, or write a `solely.toml`"));
                return RawPolicy::default();
            }
        };
    }
    let prefix = if is_pyproject { "tool.solely." } else { "" };
    errors.extend(shape::check(&mut document, schema(), prefix, text));
    RawPolicy::deserialize(toml::de::Deserializer::from(document)).unwrap_or_else(|error| {
        errors.push(text.error(error.span().unwrap_or(0..0), error.message().replace('\n', ", ")));
        RawPolicy::default()
    })
}

/// `[tool.solely]`: the table, or the span of what stands in its place, or nothing.
fn policy_of_pyproject(document: Spanned<DeTable>) -> Option<Result<Spanned<DeTable>, std::ops::Range<usize>>> {
    let DeValue::Table(mut tool) = document.into_inner().remove("tool")?.into_inner() else { return None };
    let policy = tool.remove("solely")?;
    let span = policy.span();
    Some(match policy.into_inner() {
        DeValue::Table(table) => Ok(Spanned::new(span, table)),
        _ => Err(span),
    })
}

/// Whether a `pyproject.toml` holds a policy. One that is not TOML but seems to is taken, so that its error is shown.
pub fn has_policy(text: &str) -> bool {
    if !text.contains("solely") {
        return false;
    }
    match DeTable::parse(text) {
        Ok(document) => policy_of_pyproject(document).is_some(),
        Err(_) => text.lines().any(|line| line.starts_with("[tool.solely") || line.starts_with("[[tool.solely")),
    }
}

/// The path of what `file` calls `name`: beside `file`, with `.` and `..` worked out.
fn beside(file: &str, name: &str) -> String {
    if name.starts_with('/') {
        return name.to_string();
    }
    let folder = file.rsplit_once('/').map(|(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.into_iter().flat_map(|folder| folder.split('/')).chain(name.split('/')) {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, ".." | "")) => {
                parts.pop();
            }
            // An empty first part is the root of the file system.
            "" if !parts.is_empty() => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// BLAKE3 over the texts, each after its length, so that no two lists of texts are alike.
fn digest(texts: &[String]) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}
