//! Languages: one row per language, each with an adapter that turns text into [`Facts`].
//!
//! What a program *means* comes from a real parser behind the adapter; what a rule *looks for* is a tree-sitter query
//! over the row's grammar ([`query`]). No fact is extracted twice: a query's captures are joined with the facts by
//! span. A new language is one folder of queries, one file here, and one row: see "Adding a language" in the README. Absent
//! on purpose: paths other than the file name, and anything about a project.

pub mod ecmascript;
pub mod go;
pub mod layout;
mod line;
mod print;
pub mod python;
mod queried;
pub mod query;
pub mod rust;
mod tree;

use crate::facts::{Facts, Fragments, LineClass, Scope, ScopeKind, Sketch, Unread, Value};
use crate::span::{LineIndex, RepoPath, Span, joined};
use std::collections::{BTreeMap, BTreeSet};

/// A row of the registry.
pub struct LanguageSpec {
    pub name: &'static str,
    /// File name extensions, without the dot.
    pub extensions: &'static [&'static str],
    /// What a comment to the end of a line begins with.
    pub comment: &'static str,
    /// How names are resolved across its files. Where nothing says so they are searched as text; their lines and their
    /// copies are known all the same.
    pub linking: Option<&'static Linking>,
    pub extract: fn(&str) -> Facts,
    /// What duplicates are found by; asked for only where they are looked for.
    pub fragments: fn(&str) -> Fragments,
    /// The same facts and fragments, of one parse.
    pub both: fn(&str) -> (Facts, Fragments),
    /// What wires objects together; asked for only where something is registered. Where there is none, routes are not read.
    pub sketch: Option<fn(&str) -> Sketch>,
    /// The text apart from how it is laid out, for telling reformatting from change.
    pub layout: fn(&str) -> layout::Layout,
    /// What queries run over; where there is none, there are no queries.
    pub grammar: Option<fn() -> tree_sitter::Language>,
    pub queries: &'static [BuiltinQuery],
    /// Words of names that look like marks of a version and are none.
    pub unversioned: &'static [&'static str],
    /// The file that names a package, where modules are named from there; otherwise import roots name them.
    pub manifest: Option<&'static Manifest>,
}

/// How names are resolved across the files of a language.
pub struct Linking {
    pub search: ModuleSearch,
    /// What the names are said to be of that every file sees without binding them: `builtins` in `builtins.len`.
    pub builtins: &'static str,
    pub is_builtin: fn(&str) -> bool,
    /// One name may be a type, a value and a macro at once, and its place says which is meant.
    pub has_spaces: bool,
    /// Where files declare other files as their modules.
    pub crates: Option<&'static Crates>,
    /// What a program runs is followed from its entry points, what would fail is told, and removals are planned.
    pub is_followed: bool,
    /// Whether taking everything from a module takes a name that the module does not list for it.
    pub is_starred: fn(&str) -> bool,
}

/// How files that declare other files make up a crate.
pub struct Crates {
    /// The paths of the files that may declare the one at a path.
    pub declaring: fn(&RepoPath) -> Vec<String>,
    /// Whether a crate may begin with the file at a path, whatever a manifest says.
    pub may_begin: fn(&RepoPath) -> bool,
}

/// How the module text of an import leads to a file.
pub enum ModuleSearch {
    /// A dotted name, tried from one import root after the other.
    Roots,
    /// The paths that a text may mean in a file. The files are named by the language's manifest.
    Paths(fn(&Importer<'_>, &str) -> Candidates),
}

/// A file that takes something from another one.
pub struct Importer<'a> {
    pub path: &'a RepoPath,
    /// The nearest package above it, with its folder.
    pub package: Option<(&'a str, &'a Package)>,
}

/// Where a text may lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidates {
    /// Paths of files, best first.
    pub paths: Vec<String>,
    pub otherwise: Otherwise,
}

/// What a text means that leads to no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// A file that should be there.
    Missing,
    /// Something from elsewhere, unless the tree has a folder of this name: then nobody knows.
    Package(String),
    Unknown,
}

/// How the files of a package are named.
pub struct Manifest {
    /// The name of the file that declares a package, in the package's folder.
    pub file_name: &'static str,
    /// The package that its text declares, if it declares one.
    pub package: fn(&str) -> Option<Package>,
    /// The name of a file, by its path below the manifest; without a package, by its path.
    pub module: fn(&str, Option<&Package>) -> String,
}

/// What a manifest says of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// As code names it; where it has no name, modules are named by their whole paths.
    pub name: String,
    /// As the manifests of others name it.
    pub package: String,
    /// The path of the file that its modules hang from, relative to the manifest.
    pub root: String,
    /// The paths of further files that the manifest says a program begins with.
    pub targets: Vec<String>,
    pub dependencies: Vec<Dependency>,
    /// Texts that imports begin with, and the paths that they stand for.
    pub aliases: Aliases,
}

/// A package that another one uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// As code of the dependent names it.
    pub name: String,
    pub package: String,
    /// It may be of the same repository; otherwise a package of that name there is another one.
    pub is_local: bool,
}

/// What the texts of imports stand for, by a manifest. Paths are relative to its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    /// Patterns, in which one `*` may stand for any text, with what they stand for, best first.
    pub patterns: Vec<(String, Vec<String>)>,
    /// The folder in which any other text is looked for.
    pub base: Option<String>,
    /// There may be others, which another file says.
    pub is_open: bool,
}

/// The packages of one language, by their folders.
#[derive(Clone)]
pub struct Packages {
    manifest: &'static Manifest,
    by_folder: BTreeMap<String, Package>,
}

impl Packages {
    /// The packages that some manifests declare, given with their folders.
    pub fn new(manifest: &'static Manifest, texts: impl Iterator<Item = (String, String)>) -> Self {
        let by_folder = texts.filter_map(|(folder, text)| Some((folder, (manifest.package)(&text)?))).collect();
        Self { manifest, by_folder }
    }

    /// The packages with their folders, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Package)> {
        self.by_folder.iter().map(|(folder, package)| (folder.as_str(), package))
    }

    /// The nearest package above a file, with its folder.
    pub fn package(&self, path: &RepoPath) -> Option<(&str, &Package)> {
        let mut folder = path.folder();
        loop {
            if let Some((folder, package)) = self.by_folder.get_key_value(folder) {
                return Some((folder, package));
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
    }

    /// The name of a file, from the nearest package above it that has one.
    pub fn module(&self, path: &RepoPath) -> String {
        let own = self.package(path).filter(|(_, package)| !package.name.is_empty());
        let folder = own.map_or("", |(folder, _)| folder);
        let below = path.as_str().strip_prefix(folder).unwrap_or(path.as_str()).trim_start_matches('/');
        (self.manifest.module)(below, own.map(|(_, package)| package))
    }

    /// The path of the root of a package of the tree, by the name that code of the file at a path has for it.
    pub fn library(&self, path: &RepoPath, name: &str) -> Option<String> {
        let (folder, own) = self.package(path)?;
        if own.name == name {
            return Some(joined(folder, &own.root));
        }
        let dependency = own.dependencies.iter().find(|it| it.name == name && it.is_local)?;
        let is_it = |package: &Package| package.package == dependency.package;
        self.iter().find(|(_, package)| is_it(package)).map(|(folder, package)| joined(folder, &package.root))
    }
}

/// The packages that the manifests of a tree declare.
#[derive(Clone, Default)]
pub struct Manifests(Vec<Packages>);

impl Manifests {
    /// Those of the languages that some files are of; `texts` gives the manifests of a name, with their folders. What
    /// several languages have in common is read once.
    pub fn new<'p>(files: impl Iterator<Item = &'p RepoPath>, texts: impl Fn(&str) -> Vec<(String, String)>) -> Self {
        let present: BTreeSet<&str> = files.filter_map(find_language).map(|language| language.name).collect();
        let mut found: Vec<Packages> = Vec::new();
        for language in LANGUAGES.iter().filter(|language| present.contains(language.name)) {
            let Some(manifest) = language.manifest else { continue };
            if found.iter().all(|packages| packages.manifest.file_name != manifest.file_name) {
                found.push(Packages::new(manifest, texts(manifest.file_name).into_iter()));
            }
        }
        Self(found)
    }

    /// The packages of the language that a file is of.
    pub fn packages(&self, path: &RepoPath) -> Option<&Packages> {
        let manifest = find_language(path)?.manifest?;
        self.0.iter().find(|packages| packages.manifest.file_name == manifest.file_name)
    }

    /// The nearest package above a file, with its folder.
    pub fn package(&self, path: &RepoPath) -> Option<(&str, &Package)> {
        self.packages(path)?.package(path)
    }

    /// Everything that a name can depend on, as text.
    pub fn text(&self) -> String {
        let all = self.0.iter().flat_map(Packages::iter);
        all.map(|(folder, package)| format!("{folder} {package:?}\n")).collect()
    }
}

impl LanguageSpec {
    /// Whether a file is of this language, by its name.
    pub fn reads(&self, path: &RepoPath) -> bool {
        path.extension().is_some_and(|extension| self.extensions.contains(&extension))
    }
}

/// A query of `queries/<language>/`, compiled into the binary.
pub struct BuiltinQuery {
    pub name: &'static str,
    pub text: &'static str,
}

/// Every language, in order of age.
pub const LANGUAGES: &[LanguageSpec] =
    &[python::SPEC, rust::SPEC, ecmascript::TYPESCRIPT, ecmascript::TSX, ecmascript::JAVASCRIPT, go::SPEC];

/// The language of a file, by its name.
pub fn find_language(path: &RepoPath) -> Option<&'static LanguageSpec> {
    LANGUAGES.iter().find(|language| language.reads(path))
}

/// The same, where names are resolved across the files of the language.
pub fn find_linked(path: &RepoPath) -> Option<&'static LanguageSpec> {
    find_language(path).filter(|language| language.linking.is_some())
}

/// The same, where it is followed what a program of the language runs.
pub fn find_followed(path: &RepoPath) -> Option<&'static LanguageSpec> {
    find_linked(path).filter(|language| language.linking.is_some_and(|linking| linking.is_followed))
}

/// A path from a folder, `.` and `..` taken out; `None` where it leaves the tree.
pub fn path_from(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Facts and fragments of a text that is not understood at all.
fn both_unreadable(text: &str, reason: String) -> (Facts, Fragments) {
    let fragments = Fragments::unreadable(&reason, text);
    (unreadable(text, reason), fragments)
}

/// The facts of a text that is not understood at all: one unread range, lines that are blank or unknown.
pub fn unreadable(text: &str, reason: String) -> Facts {
    let line_index = LineIndex::new(text.as_bytes());
    let class = |line| match line_index.span(line).slice(text).trim() {
        "" => LineClass::Blank,
        _ => LineClass::Other,
    };
    let span = Span::new(0, text.len() as u32);
    Facts {
        values: vec![Value::Unknown],
        scopes: vec![Scope { kind: ScopeKind::Module, parent: None, definition: None, span }],
        lines: (1..=line_index.count()).map(class).collect(),
        line_index,
        unread: vec![Unread { span, reason }],
        ..Facts::default()
    }
}
