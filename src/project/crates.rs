//! Crates: which files are the modules of which crate, in a language whose files declare their modules.
//!
//! A file is a module of the file that declares it, which stands where the language looks for it; what nothing declares is
//! the root of a crate if it stands where a root does. Libraries are found by the name that a package's manifest has for
//! them. Invariant: it ends, also where files declare each other. Absent on purpose: a file that another one names by a path
//! of its own, as `#[path]` does, has no parent that is known.

use super::module::{Found, ModuleRef};
use super::resolve::Resolver;
use crate::facts::ImportTarget;
use crate::language::Package;
use crate::span::joined;
use crate::workspace::EntryId;
use rustc_hash::FxHashSet;
use std::sync::Arc;

impl<'p> Resolver<'p, '_> {
    /// A file and the files whose modules it lies in.
    pub(super) fn ancestors(&mut self, file: EntryId) -> FxHashSet<EntryId> {
        let mut seen = FxHashSet::default();
        let mut next = vec![file];
        while let Some(file) = next.pop() {
            if seen.insert(file) {
                next.extend(self.parents(file).iter());
            }
        }
        seen
    }

    /// The files that declare a file as their module. They stand where the language looks for them; a file that another
    /// names by a path of its own has none that is known.
    pub(super) fn parents(&mut self, file: EntryId) -> Arc<[EntryId]> {
        if let Some(known) = self.parents.get(&file) {
            return known.clone();
        }
        let found: Arc<[EntryId]> = self.parents_afresh(file).into();
        self.parents.insert(file, found.clone());
        found
    }

    fn parents_afresh(&self, file: EntryId) -> Vec<EntryId> {
        let Some(crates) = self.linking(file).and_then(|linking| linking.crates) else { return Vec::new() };
        let mut candidates = (crates.declaring)(self.project.sources.path(file));
        if let Some((folder, package)) = self.package(file) {
            candidates.extend(package.targets.iter().map(|target| joined(folder, target)));
        }
        let mut found = Vec::new();
        for candidate in candidates {
            let Some(parent) = self.project.modules.file_at(&candidate) else { continue };
            if parent != file && !found.contains(&parent) && self.declares(parent, file) {
                found.push(parent);
            }
        }
        found
    }

    fn declares(&self, parent: EntryId, file: EntryId) -> bool {
        let Some(facts) = self.facts(parent) else { return false };
        let modules = facts.imports.iter().filter(|it| it.path.is_none() && it.target == ImportTarget::Module);
        modules.filter_map(|it| it.module).any(|module| {
            let from = self.project.sources.path(parent);
            self.project.modules.find_from(from, facts.name(module)) == Found::Module(ModuleRef::File(file))
        })
    }

    /// The roots of the crates that a file is part of.
    pub(super) fn crates(&mut self, file: EntryId) -> Vec<EntryId> {
        let mut all: Vec<EntryId> = self.ancestors(file).into_iter().collect();
        all.sort_unstable();
        all.retain(|&file| self.parents(file).is_empty() && self.is_root(file));
        all
    }

    /// Whether a crate begins with a file, by its place.
    fn is_root(&self, file: EntryId) -> bool {
        let path = self.project.sources.path(file);
        let crates = self.linking(file).and_then(|linking| linking.crates);
        crates.is_some_and(|crates| (crates.may_begin)(path))
            || match self.package(file) {
                Some((folder, package)) => package.targets.iter().any(|it| joined(folder, it) == path.as_str()),
                None => true,
            }
    }

    /// The package that a file is of, with its folder.
    fn package(&self, file: EntryId) -> Option<(&'p str, &'p Package)> {
        self.project.modules.manifests().package(self.project.sources.path(file))
    }

    /// The root of a library of the repository, by the name that a file has for it.
    pub(super) fn crate_named(&self, file: EntryId, name: &str) -> Option<EntryId> {
        let path = self.project.sources.path(file);
        let root = self.project.modules.manifests().packages(path)?.library(path, name)?;
        self.project.modules.file_at(&root)
    }

    /// Whether the package of a file takes a crate of that name from elsewhere.
    pub(super) fn is_dependency(&self, file: EntryId, name: &str) -> bool {
        self.package(file).is_some_and(|(_, package)| package.dependencies.iter().any(|it| it.name == name))
    }
}
