//! `duplicate-env-default`: one key of the environment, read with different defaults.
//!
//! `os.getenv("PORT", "80")` here and `os.getenv("PORT", "8080")` there: unset, the two halves of a program disagree.
//! Invariant: told only where two literal defaults differ. Absent on purpose: keys read without a default, and defaults
//! that are computed.

use super::{DuplicateKind, DuplicateSpec, DuplicatesOutput, Group, Instance, Search};
use crate::facts::EnvironmentDefault;
use crate::finding::Context;
use crate::span::LineRange;
use std::collections::{BTreeMap, BTreeSet};

pub const SPEC: DuplicateSpec = DuplicateSpec {
    kind: DuplicateKind::DuplicateEnvDefault,
    explanation: include_str!("duplicate_env_default.md"),
    run: find,
};

fn find(search: &Search<'_, '_, '_>) -> DuplicatesOutput {
    let mut keys: BTreeMap<&str, Vec<(u32, &EnvironmentDefault)>> = BTreeMap::new();
    for (file, it) in search.corpus.files.iter().enumerate().filter(|(_, it)| it.context != Context::Tests) {
        for default in it.fragments.defaults.iter().filter(|it| it.is_literal) {
            keys.entry(&default.key).or_default().push((file as u32, default));
        }
    }
    let groups = keys.into_iter().filter_map(|(key, reads)| group(search, key, &reads)).collect();
    DuplicatesOutput { groups, bounds: Vec::new() }
}

fn group(search: &Search<'_, '_, '_>, key: &str, reads: &[(u32, &EnvironmentDefault)]) -> Option<Group> {
    let values: BTreeSet<u64> = reads.iter().map(|(_, read)| read.value).collect();
    if values.len() < 2 {
        return None;
    }
    let instances = reads
        .iter()
        .map(|(file, read)| {
            let units = &search.corpus.files[*file as usize].fragments.units;
            let name = units.get(read.unit as usize).map_or("", |unit| &unit.name);
            Instance {
                what: "default",
                detail: Some(read.text.to_string()),
                ..search.instance_at(*file, LineRange { start: read.line, end: read.line }, name)
            }
        })
        .collect();
    Some(Group {
        kind: DuplicateKind::DuplicateEnvDefault,
        reasons: vec![DuplicateKind::DuplicateEnvDefault],
        clone_type: None,
        similarity: 0,
        disagrees: true,
        message: format!("`{key}` is read in {} places with {} different defaults", reads.len(), values.len()),
        parts: Vec::new(),
        canonical: None,
        instances,
        details: Default::default(),
    })
}
