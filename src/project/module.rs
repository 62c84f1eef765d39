//! Modules: which file a dotted name means, and what a file is called.
//!
//! Where a module is named by an import root, as in Python, its name is a path below one; where a text leads from one file
//! to another, a file is named by the manifest of its language. Invariant: every file has one primary name, so a symbol has
//! one text, whichever way it was reached. Absent on purpose: what a module holds.

use super::root::{Roots, structural_root};
use crate::language::{Importer, Manifests, ModuleSearch, Otherwise, find_language, find_linked};
use crate::source::{SourceSet, watch};
use crate::span::{RepoPath, joined};
use crate::workspace::EntryId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// A module of the project.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ModuleRef {
    File(EntryId),
    /// A folder without `__init__.py` that holds Python files below it, by its path.
    Namespace(String),
}

/// What a dotted name means in an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Module(ModuleRef),
    /// The project has the beginning of the name, but not all of it.
    Missing,
    /// Not of this project.
    External,
    /// Of this project or not.
    Unknown,
}

/// Kinds of questions about the tree: the module at a path, the roots that have a name, whether a folder is a package,
/// the name of a file, whether a file is there, which file has a name, whether a folder has it.
const AT: u8 = 1;
const TOP: u8 = 2;
const PACKAGE: u8 = 3;
const NAME: u8 = 4;
const FILE: u8 = 5;
const NAMED: u8 = 6;
const FOLDER: u8 = 7;

pub struct ModuleIndex {
    /// Modules by their path without its ending; a package by its folder.
    at: FxHashMap<String, ModuleRef>,
    names: FxHashMap<EntryId, String>,
    paths: FxHashMap<EntryId, RepoPath>,
    /// Files that a text leads to from one to another, by their paths and by their names.
    files: FxHashMap<String, EntryId>,
    named: FxHashMap<String, EntryId>,
    /// The names of the folders that these files lie in.
    folders: BTreeSet<String>,
    manifests: Manifests,
    /// Folders with an `__init__.py`.
    packages: BTreeSet<String>,
    roots: Roots,
    /// For the first name of an import, the structural roots that have a module of that name.
    tops: FxHashMap<String, Vec<String>>,
}

impl ModuleIndex {
    pub fn new(sources: &SourceSet<'_>, ids: &[EntryId], declared: &[String]) -> Self {
        let files: Vec<(EntryId, &RepoPath)> = ids.iter().map(|&id| (id, sources.path(id))).collect();
        let manifests = Manifests::new(files.iter().map(|(_, path)| *path), |name| {
            let named = sources.snapshot().ids().filter(|(_, entry)| entry.path.file_name() == name);
            named.filter_map(|(id, entry)| Some((entry.path.folder().to_owned(), sources.text(id)?))).collect()
        });
        Self::of(&files, Roots::declared(sources, declared), manifests)
    }

    /// The modules of some files, where nothing else is known than the roots that are declared, longest first, and the
    /// packages.
    pub fn of(files: &[(EntryId, &RepoPath)], declared: Vec<String>, manifests: Manifests) -> Self {
        let python: Vec<(EntryId, &RepoPath)> = files.iter().copied().filter(|(_, path)| is_python(path)).collect();
        let mut index = Self::of_python(&python, declared);
        for (id, path) in files.iter().copied() {
            let Some(packages) = manifests.packages(path) else { continue };
            let name = packages.module(path);
            index.paths.insert(id, path.clone());
            index.files.insert(path.to_string(), id);
            index.folders.extend(path.folder().split('/').map(str::to_owned));
            index.named.entry(name.clone()).or_insert(id);
            index.names.insert(id, name);
        }
        index.manifests = manifests;
        index
    }

    /// The modules of some Python files.
    fn of_python(python: &[(EntryId, &RepoPath)], declared: Vec<String>) -> Self {
        let mut packages = BTreeSet::new();
        let mut folders = BTreeSet::new();
        for (_, path) in python {
            if matches!(path.file_name(), "__init__.py" | "__init__.pyi") {
                packages.insert(path.folder().to_owned());
            }
            let mut folder = path.folder();
            while !folder.is_empty() && folders.insert(folder.to_owned()) {
                folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
            }
        }
        let structural: BTreeSet<&str> =
            python.iter().map(|(_, path)| structural_root(path.folder(), &packages)).collect();
        let structural = structural.into_iter().map(str::to_owned).collect();
        let roots = Roots { declared, structural };
        let mut at: FxHashMap<String, ModuleRef> =
            folders.into_iter().map(|folder| (folder.clone(), ModuleRef::Namespace(folder))).collect();
        // A package goes before a module of the same name, and a source before its stub.
        for endings in [[".pyi", "/__init__.pyi"], [".py", "/__init__.py"]] {
            for ending in endings {
                for (id, path) in python {
                    if let Some(stem) = path.as_str().strip_suffix(ending) {
                        at.insert(stem.to_owned(), ModuleRef::File(*id));
                    }
                }
            }
        }
        let mut tops: FxHashMap<String, Vec<String>> = FxHashMap::default();
        for path in at.keys() {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            if roots.structural.binary_search_by(|root| root.as_str().cmp(folder)).is_ok() {
                tops.entry(name.to_owned()).or_default().push(folder.to_owned());
            }
        }
        tops.values_mut().for_each(|folders| folders.sort());
        let mut index = Self {
            at,
            names: FxHashMap::default(),
            paths: FxHashMap::default(),
            files: FxHashMap::default(),
            named: FxHashMap::default(),
            folders: BTreeSet::new(),
            manifests: Manifests::default(),
            packages,
            roots,
            tops,
        };
        for (id, path) in python {
            index.names.insert(*id, primary_name(path, &index.roots.declared, &index.packages));
            index.paths.insert(*id, (*path).clone());
        }
        index
    }

    /// The questions that this index and another one answer differently, as [`watch::question`] makes them. The roots that
    /// are declared and the packages are taken to be the same.
    pub fn differences(&self, other: &ModuleIndex) -> FxHashSet<u32> {
        let mut changed = FxHashSet::default();
        let place = |index: &ModuleIndex, at: &str| match index.at.get(at) {
            Some(ModuleRef::File(id)) => index.paths.get(id).cloned().map(Some),
            Some(ModuleRef::Namespace(_)) => Some(None),
            None => None,
        };
        for at in self.at.keys().chain(other.at.keys()).filter(|at| place(self, at) != place(other, at)) {
            changed.insert(watch::question(AT, at));
        }
        for name in self.tops.keys().chain(other.tops.keys()) {
            if self.tops.get(name) != other.tops.get(name) {
                changed.insert(watch::question(TOP, name));
            }
        }
        for folder in self.packages.symmetric_difference(&other.packages) {
            changed.insert(watch::question(PACKAGE, folder));
        }
        let names = |index: &ModuleIndex| -> FxHashMap<RepoPath, String> {
            index.names.iter().map(|(id, name)| (index.paths[id].clone(), name.clone())).collect()
        };
        let (own, others) = (names(self), names(other));
        for path in own.keys().chain(others.keys()).filter(|path| own.get(*path) != others.get(*path)) {
            changed.insert(watch::question(NAME, path.as_str()));
        }
        for path in self.files.keys().chain(other.files.keys()) {
            if self.files.contains_key(path) != other.files.contains_key(path) {
                changed.insert(watch::question(FILE, path));
            }
        }
        for folder in self.folders.symmetric_difference(&other.folders) {
            changed.insert(watch::question(FOLDER, folder));
        }
        let bearer = |index: &ModuleIndex, name: &str| index.named.get(name).map(|id| index.paths[id].clone());
        for name in self.named.keys().chain(other.named.keys()) {
            if bearer(self, name) != bearer(other, name) {
                changed.insert(watch::question(NAMED, name));
            }
        }
        changed
    }

    /// Notes that the name of a file was asked for.
    fn watch_name(&self, id: EntryId) {
        if watch::is_watching()
            && let Some(path) = self.paths.get(&id)
        {
            watch::saw_question(NAME, path.as_str());
        }
    }

    /// The folder above the top-most package around `folder`.
    fn structural_root<'f>(&self, folder: &'f str) -> &'f str {
        let root = structural_root(folder, &self.packages);
        if watch::is_watching() {
            // Which folders are packages was asked from `folder` up to the first that is none.
            let mut at = folder;
            loop {
                watch::saw_question(PACKAGE, at);
                match at.rsplit_once('/') {
                    Some((parent, _)) if at != root => at = parent,
                    _ => break,
                }
            }
        }
        root
    }

    fn is_package_folder(&self, folder: &str) -> bool {
        watch::saw_question(PACKAGE, folder);
        self.packages.contains(folder)
    }

    pub fn roots(&self) -> &Roots {
        &self.roots
    }

    pub fn name(&self, id: EntryId) -> &str {
        self.watch_name(id);
        self.names.get(&id).map_or("", String::as_str)
    }

    pub fn module_name(&self, module: &ModuleRef) -> String {
        match module {
            ModuleRef::File(id) => self.name(*id).to_owned(),
            ModuleRef::Namespace(folder) => folder.replace('/', "."),
        }
    }

    pub fn manifests(&self) -> &Manifests {
        &self.manifests
    }

    /// Files whose names are resolved, with the names of their modules, by entry.
    pub fn files(&self) -> impl Iterator<Item = (EntryId, &str)> {
        let is_linked = |id: &EntryId| find_linked(&self.paths[id]).is_some();
        let mut files: Vec<_> =
            self.names.iter().filter(|(id, _)| is_linked(id)).map(|(&id, name)| (id, name.as_str())).collect();
        files.sort_unstable();
        files.into_iter()
    }

    pub fn is_package(&self, sources: &SourceSet<'_>, id: EntryId) -> bool {
        matches!(sources.path(id).file_name(), "__init__.py" | "__init__.pyi")
    }

    /// The file at a path, where a text may lead to it from another file.
    pub fn file_at(&self, path: &str) -> Option<EntryId> {
        watch::saw_question(FILE, path);
        self.files.get(path).copied()
    }

    /// The file of a module that a manifest names.
    pub fn file_named(&self, name: &str) -> Option<EntryId> {
        watch::saw_question(NAMED, name);
        self.named.get(name).copied()
    }

    /// Whether a file names modules by dotted names, of which each part is a module.
    pub fn is_dotted(&self, importer: &RepoPath) -> bool {
        !matches!(find_search(importer), Some(ModuleSearch::Paths(_)))
    }

    /// What the module text of an import means in the file at a path.
    pub fn find_from(&self, importer: &RepoPath, text: &str) -> Found {
        match find_search(importer) {
            Some(ModuleSearch::Paths(candidates)) => {
                let package = self.manifests.package(importer);
                let found = candidates(&Importer { path: importer, package }, text);
                match found.paths.iter().find_map(|path| self.file_at(path)) {
                    Some(file) => Found::Module(ModuleRef::File(file)),
                    None => self.otherwise(&found.otherwise),
                }
            }
            _ => self.find(text, Some(importer.folder())),
        }
    }

    fn otherwise(&self, otherwise: &Otherwise) -> Found {
        match otherwise {
            Otherwise::Missing => Found::Missing,
            Otherwise::Unknown => Found::Unknown,
            Otherwise::Package(name) => {
                watch::saw_question(FOLDER, name);
                if self.folders.contains(name) { Found::Unknown } else { Found::External }
            }
        }
    }

    /// The module that `dotted` names in a file of the given folder; without a folder, anywhere.
    pub fn find(&self, dotted: &str, importer: Option<&str>) -> Found {
        match self.find_below_roots(dotted, importer) {
            found @ Found::Module(_) => found,
            found if importer.is_none() => {
                self.file_named(dotted).map_or(found, |file| Found::Module(ModuleRef::File(file)))
            }
            found => found,
        }
    }

    fn find_below_roots(&self, dotted: &str, importer: Option<&str>) -> Found {
        let relative = dotted.replace('.', "/");
        let first = dotted.split('.').next().unwrap_or(dotted);
        let mut begins = false;
        for root in self.search_path(importer, first) {
            if let Some(module) = self.at(&joined(root, &relative)) {
                return Found::Module(module);
            }
            // A namespace folder alone proves little: `redis/` may be a folder of scripts beside the library.
            begins |= match self.at(&joined(root, first)) {
                Some(ModuleRef::File(_)) => true,
                Some(ModuleRef::Namespace(_)) => dotted.rsplit_once('.').is_some_and(|(parent, _)| {
                    parent.contains('.') && self.at(&joined(root, &parent.replace('.', "/"))).is_some()
                }),
                None => false,
            };
        }
        if begins { Found::Missing } else { Found::External }
    }

    /// Whether an absolute import is a guess: it leads to a script in a folder that is neither the importer's nor a root
    /// that anything declares. A package, or a folder of sources, is taken for one that is on the path.
    pub fn is_guessed(&self, dotted: &str, importer: &str) -> bool {
        let first = dotted.split('.').next().unwrap_or(dotted);
        let search_path = self.search_path(Some(importer), first);
        let near = 2 + self.roots.declared.len();
        let found = search_path.iter().position(|root| self.at(&joined(root, first)).is_some());
        found.is_some_and(|at| {
            let root = search_path[at];
            let is_sources = matches!(root.rsplit('/').next(), Some("src" | "lib"));
            at >= near && !is_sources && !self.is_package_folder(&joined(root, first))
        })
    }

    /// A module inside a module.
    pub fn submodule(&self, sources: &SourceSet<'_>, module: &ModuleRef, name: &str) -> Option<ModuleRef> {
        let folder = match module {
            ModuleRef::File(id) if self.is_package(sources, *id) => sources.path(*id).folder(),
            ModuleRef::File(_) => return None,
            ModuleRef::Namespace(folder) => folder,
        };
        self.at(&joined(folder, name))
    }

    /// The module of this tree in which an import of `dotted` ends, and the part that it lacks, where the tree is surely
    /// meant: the import begins at the importer's own root, a declared one or the repository's, in a regular package or
    /// a module. A folder without `__init__.py` may go on elsewhere, and proves nothing unless a package is around it.
    pub fn missing_in(&self, dotted: &str, importer: &str) -> Option<(ModuleRef, String)> {
        let own = self.structural_root(importer);
        let roots = std::iter::once(own).chain(self.roots.declared.iter().map(String::as_str)).chain([""]);
        let parts: Vec<&str> = dotted.split('.').collect();
        for root in roots {
            if !matches!(self.at(&joined(root, parts[0])), Some(ModuleRef::File(_))) {
                continue;
            }
            return (1..parts.len()).rev().find_map(|length| {
                let holder = self.at(&joined(root, &parts[..length].join("/")))?;
                Some((holder, parts[length].to_owned()))
            });
        }
        None
    }

    /// Whether the first name of an import is a package or a module at the importer's own root, a declared one or the
    /// repository's.
    pub fn begins_here(&self, first: &str, importer: &str) -> bool {
        let own = self.structural_root(importer);
        let mut roots = std::iter::once(own).chain(self.roots.declared.iter().map(String::as_str)).chain([""]);
        roots.any(|root| matches!(self.at(&joined(root, first)), Some(ModuleRef::File(_))))
    }

    /// The packages around a file, which run when it is imported; its own `__init__.py` included, outermost last.
    pub fn packages_above(&self, sources: &SourceSet<'_>, file: EntryId) -> Vec<EntryId> {
        let mut found = Vec::new();
        let mut next = Some(sources.path(file).folder());
        while let Some(folder) = next.filter(|folder| self.is_package_folder(folder)) {
            if let Some(ModuleRef::File(package)) = self.at(folder)
                && package != file
            {
                found.push(package);
            }
            // The root may be a package itself, and nothing is above it.
            next = folder.rsplit_once('/').map(|(parent, _)| parent).or((!folder.is_empty()).then_some(""));
        }
        found
    }

    /// The module at a path without its ending.
    fn at(&self, path: &str) -> Option<ModuleRef> {
        watch::saw_question(AT, path);
        self.at.get(path).cloned()
    }

    /// Roots in the order in which an import is tried: the importer's own, the declared ones, the repository's, and
    /// then every folder that has a module of that name, nearest to the importer first.
    fn search_path<'r>(&'r self, importer: Option<&'r str>, first: &str) -> Vec<&'r str> {
        let mut path: Vec<&str> = Vec::new();
        if let Some(folder) = importer {
            path.push(self.structural_root(folder));
        }
        path.extend(self.roots.declared.iter().map(String::as_str));
        path.push("");
        watch::saw_question(TOP, first);
        let others = self.tops.get(first).into_iter().flatten().map(String::as_str);
        let mut others: Vec<&str> = others.filter(|root| !path.contains(root)).collect();
        others.sort_by_key(|root| (std::cmp::Reverse(common(root, importer.unwrap_or(""))), root.len()));
        path.extend(others);
        path
    }
}

fn find_search(importer: &RepoPath) -> Option<&'static ModuleSearch> {
    Some(&find_language(importer)?.linking?.search)
}

/// Whether a file is one of Python's, by its path.
pub fn is_python(path: &RepoPath) -> bool {
    find_language(path).is_some_and(|language| language.name == "python")
}

/// The one name of a file: from the longest declared root above it, else from the folder above its top-most package,
/// else from the repository's root. `declared` is sorted longest first; `packages` need hold only folders above the file.
pub fn primary_name(path: &RepoPath, declared: &[String], packages: &BTreeSet<String>) -> String {
    let folder = path.folder();
    let structural = structural_root(folder, packages);
    let declared = declared.iter().find(|root| is_below(path.as_str(), root)).map(String::as_str);
    let in_package = packages.contains(folder);
    let root = match declared {
        // A package that begins below the declared root is named from there.
        Some(declared) if is_below(structural, declared) && structural != declared && in_package => structural,
        Some(declared) => declared,
        None if in_package => structural,
        None => "",
    };
    let relative = path.as_str().strip_prefix(root).unwrap_or(path.as_str()).trim_start_matches('/');
    let stem = relative.strip_suffix(".py").or_else(|| relative.strip_suffix(".pyi")).unwrap_or(relative);
    let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
    stem.replace('/', ".")
}

fn is_below(path: &str, root: &str) -> bool {
    root.is_empty() || path == root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
}

/// Number of leading folders that two paths share.
fn common(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(x, y)| x == y).count()
}
