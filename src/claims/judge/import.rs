//! Imports that a change takes out of the files it touches.

use super::{Answer, Judge, listed};
use crate::claims::Name;
use crate::facts::{Facts, ImportTarget};
use crate::source::SourceSet;
use crate::span::RepoPath;
use std::collections::{BTreeMap, BTreeSet};

/// A name that a changed file bound by an import at base and no longer binds at head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedImport {
    pub path: RepoPath,
    /// The name that was bound, as it was used: `Request`, `np`.
    pub bound: String,
    /// `fastapi.Request`.
    pub target: String,
    pub statement: u32,
    /// Another import of the file still binds it at head.
    pub is_left: bool,
    /// The file itself is gone.
    pub with_file: bool,
}

impl Judge<'_, '_> {
    pub(super) fn imports(&self) -> &[RemovedImport] {
        self.imports.get_or_init(|| {
            let mut removed = Vec::new();
            for file in &self.case.ledger.files {
                let base_path = file.base_path();
                let Some(before) = imports_of(self.case.base.sources, base_path) else { continue };
                let after = imports_of(self.case.head.sources, &file.path);
                let with_file = after.is_none();
                let mut left: BTreeMap<(String, String), usize> = BTreeMap::new();
                let mut at_head = BTreeSet::new();
                for (bound, target, _) in after.unwrap_or_default() {
                    at_head.insert((bound.clone(), target.clone()));
                    *left.entry((bound, target)).or_default() += 1;
                }
                for (bound, target, statement) in before {
                    match left.get_mut(&(bound.clone(), target.clone())) {
                        Some(count) if *count > 0 => *count -= 1,
                        _ => {
                            let is_left = at_head.contains(&(bound.clone(), target.clone()));
                            let path = base_path.clone();
                            removed.push(RemovedImport { path, bound, target, statement, is_left, with_file });
                        }
                    }
                }
            }
            removed
        })
    }

    /// Whether the imports of every changed file are known.
    fn reads_every_file(&self) -> bool {
        let sources = self.case.base.sources;
        let is_read = |path: &RepoPath| {
            sources.snapshot().find(path).is_none_or(|id| sources.facts(id).is_some())
                && sources.gaps().iter().all(|gap| gap.path != *path)
        };
        self.case.ledger.files.iter().all(|file| is_read(file.base_path()))
    }

    pub(super) fn import_removed(&self, name: &Name) -> Answer {
        let is_it = |import: &&RemovedImport| {
            import.bound == name.text
                || import.target == name.text
                || import.target.ends_with(&format!(".{}", name.text))
        };
        let removed: Vec<&RemovedImport> = self.imports().iter().filter(is_it).collect();
        let still: Vec<String> = self
            .case
            .ledger
            .files
            .iter()
            .filter(|file| {
                let imports = imports_of(self.case.head.sources, &file.path).unwrap_or_default();
                imports
                    .iter()
                    .any(|(bound, target, _)| bound == &name.text || target.ends_with(&format!(".{}", name.text)))
            })
            .map(|file| file.path.to_string())
            .collect();
        let paths: Vec<String> = removed.iter().map(|import| import.path.to_string()).collect();
        match (removed.is_empty(), still.is_empty()) {
            (false, true) => {
                Answer::verified(format!("the import of `{}` is gone from {}", removed[0].target, listed(&paths)))
            }
            (false, false) => Answer::unprovable(
                format!(
                    "gone from {}, and still imported in {}, which the change touches too",
                    listed(&paths),
                    listed(&still)
                ),
                "a sentence that says from which file",
            ),
            (true, false) => Answer::refuted(format!("`{name}` is still imported in {}", listed(&still))),
            (true, true) if self.reads_every_file() => {
                Answer::refuted(format!("no file of the change imported `{name}` at base"))
            }
            (true, true) => Answer::unprovable(
                format!("no file of the change that solely can read imported `{name}` at base"),
                "a name that base imports",
            ),
        }
    }
}

/// Bound name, target and statement of every import of a file; `None` where there is no such file of a known language.
fn imports_of(sources: &SourceSet<'_>, path: &RepoPath) -> Option<Vec<(String, String, u32)>> {
    let facts = sources.facts(sources.snapshot().find(path)?)?;
    Some(facts.imports.iter().map(|import| describe(&facts, import)).collect())
}

fn describe(facts: &Facts, import: &crate::facts::Import) -> (String, String, u32) {
    let dots = ".".repeat(import.level as usize);
    let module = format!("{dots}{}", import.module.map_or("", |module| facts.name(module)));
    let alias = import.alias.map(|alias| facts.name(alias).to_owned());
    let (bound, target) = match import.target {
        ImportTarget::Module => (module.clone(), module),
        ImportTarget::Name(name, _) => {
            let name = facts.name(name);
            let separator = if module.is_empty() || module.ends_with('.') { "" } else { "." };
            (name.to_owned(), format!("{module}{separator}{name}"))
        }
        ImportTarget::Star => ("*".to_owned(), format!("{module}.*")),
    };
    (alias.unwrap_or(bound), target, import.statement.start)
}
