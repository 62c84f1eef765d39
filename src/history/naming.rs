//! Module names of changed files, without a look at the rest of the tree.
//!
//! A file's name depends on the metadata files, manifests and packages of the folders above it alone, so a few look-ups by
//! path do what the project model does from a whole snapshot. Invariant: the names are those of
//! [`crate::project::ModuleIndex`], except where a metadata file declares a root outside its own folder. Absent on
//! purpose: what a name resolves to.

use super::git;
use super::{Endpoint, Git};
use crate::language::Manifests;
use crate::project::{METADATA, declared_roots, primary_name};
use crate::span::{RepoPath, joined};
use std::collections::BTreeSet;

/// The names of files at one end of a range.
pub struct Naming {
    declared: Vec<String>,
    packages: BTreeSet<String>,
    manifests: Manifests,
}

impl Naming {
    /// `roots` are those of the policy; where it has none, metadata files above the paths declare them.
    pub fn new<'p>(git: &Git, end: &Endpoint, paths: impl Iterator<Item = &'p RepoPath>, roots: &[String]) -> Self {
        let repository = git.local();
        let paths: Vec<&RepoPath> = paths.collect();
        let mut folders = BTreeSet::new();
        for path in &paths {
            let mut folder = path.folder();
            while folders.insert(folder.to_owned()) {
                folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
            }
        }
        let mut declared: BTreeSet<String> = roots.iter().map(|root| root.trim_matches('/').to_owned()).collect();
        if declared.is_empty() {
            for path in folders.iter().flat_map(|folder| METADATA.iter().map(|name| joined(folder, name))) {
                if let Some(bytes) = git::find(&repository, end, &path) {
                    declared.extend(declared_roots(&RepoPath::new(&path), &String::from_utf8_lossy(&bytes)));
                }
            }
        }
        let is_package = |folder: &str| {
            let mut names = ["__init__.py", "__init__.pyi"].iter().map(|name| joined(folder, name));
            !folder.is_empty() && names.any(|path| git::find(&repository, end, &path).is_some())
        };
        let mut declared: Vec<String> = declared.into_iter().collect();
        let manifests = Manifests::new(paths.into_iter(), |name| {
            let texts = folders.iter().filter_map(|folder| {
                let bytes = git::find(&repository, end, &joined(folder, name))?;
                Some((folder.clone(), String::from_utf8_lossy(&bytes).into_owned()))
            });
            texts.collect()
        });
        declared.sort_by_key(|root| (std::cmp::Reverse(root.len()), root.clone()));
        let packages = folders.into_iter().filter(|folder| is_package(folder)).collect();
        Self { declared, packages, manifests }
    }

    pub fn module(&self, path: &RepoPath) -> String {
        match self.manifests.packages(path) {
            Some(packages) => packages.module(path),
            None => primary_name(path, &self.declared, &self.packages),
        }
    }
}
