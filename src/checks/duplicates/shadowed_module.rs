//! `shadowed-module`: `foo.py` beside the package `foo/`, so that one of the two is never imported.
//!
//! Python takes the package if it has an `__init__.py`, and the module otherwise. Invariant: both stand in one folder.
//! Absent on purpose: modules of different roots that have one name.

use super::{DuplicateKind, DuplicateSpec, DuplicatesOutput, Group, Instance, Search};
use crate::span::LineRange;
use std::collections::BTreeMap;

pub const SPEC: DuplicateSpec =
    DuplicateSpec { kind: DuplicateKind::ShadowedModule, explanation: include_str!("shadowed_module.md"), run: find };

fn find(search: &Search<'_, '_, '_>) -> DuplicatesOutput {
    let files = &search.corpus.files;
    let mut packages: BTreeMap<&str, u32> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        let path = search.input.path(file.id);
        if path.file_name() == "__init__.py" {
            packages.insert(path.folder(), at as u32);
        }
    }
    let mut groups = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let Some(stem) = search.input.path(file.id).as_str().strip_suffix(".py") else { continue };
        let Some(&package) = packages.get(stem) else { continue };
        let whole = |at: u32| {
            let end = files[at as usize].fragments.prints.iter().map(|print| print.end).max().unwrap_or(1);
            Instance { what: "module", ..search.instance_at(at, LineRange { start: 1, end }, "") }
        };
        let mut instances = vec![whole(at as u32), whole(package)];
        instances.sort_by(|a, b| a.path.cmp(&b.path));
        let name = stem.rsplit('/').next().unwrap_or(stem);
        groups.push(Group {
            kind: DuplicateKind::ShadowedModule,
            reasons: vec![DuplicateKind::ShadowedModule],
            clone_type: None,
            similarity: 0,
            disagrees: true,
            message: format!("module `{name}.py` is never imported: the package `{name}` beside it is"),
            parts: Vec::new(),
            canonical: None,
            instances,
            details: Default::default(),
        });
    }
    DuplicatesOutput { groups, bounds: Vec::new() }
}
