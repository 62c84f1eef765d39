//! Flags: keys of the environment, or features, that choose between two paths, and whose names speak of a version.
//!
//! A key counts where it is read in a condition with two outcomes, or is assigned to a name that stands in one of the
//! same file. `USE_ORDERS_V3` and `LEGACY_AUTH` are such keys; `DEBUG` chooses between two paths too, but neither of them
//! is to go.

use super::{Demand, Origin, ProposedRule, kebab};
use crate::checks::{CheckInput, VersionedName};
use crate::facts::{BindingKind, DefinitionKind, Facts};
use crate::finding::Context;
use crate::span::{Location, Span};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Words that tell the new path from the old one, besides those of versions.
const CHOOSING: &[&str] = &["new", "legacy", "old", "deprecated"];

/// Adds the flags of a file to the one rule about that file, and makes rules of the others.
pub fn rules(
    input: &CheckInput<'_, '_>,
    rules: &mut [ProposedRule],
    remove_by: jiff::civil::Date,
) -> Vec<ProposedRule> {
    let mut made = Vec::new();
    for (key, places) in guards(input) {
        let module = |place: &Location| {
            input.project.sources.snapshot().find(&place.path).map(|file| input.project.module_name(file).to_owned())
        };
        let modules: Vec<String> = places.iter().filter_map(module).collect();
        let mut about: Vec<&mut ProposedRule> =
            rules.iter_mut().filter(|rule| rule.symbols().iter().any(|it| modules.contains(&it.module))).collect();
        let because = places.iter().map(|it| format!("{}:{} {key} decides", it.path, it.start.line));
        if let [rule] = about.as_mut_slice()
            && let Demand::Gone { flags, .. } = &mut rule.demand
        {
            flags.push(key.clone());
            rule.because.extend(because);
            continue;
        }
        made.push(ProposedRule {
            origin: Origin::Flag,
            id: kebab(&key.to_lowercase()),
            summary: format!("`{key}` chooses between two paths, one of which has to go"),
            because: because.collect(),
            demand: Demand::Gone { symbols: Vec::new(), flags: vec![key], successor: None, remove_by },
        });
    }
    made
}

/// The keys that decide something in production, with the places where they are read.
fn guards(input: &CheckInput<'_, '_>) -> BTreeMap<String, Vec<Location>> {
    let sources = input.project.sources;
    let files: Vec<_> = input
        .project
        .modules
        .files()
        .map(|(file, _)| file)
        .filter(|&file| input.policy.context_of(sources.path(file)) == Context::Code)
        .collect();
    let read = |&file: &_| {
        let Some(facts) = sources.facts(file) else { return Vec::new() };
        let keys = facts.strings.iter().filter(|it| it.role.reads_flag());
        keys.filter(|it| speaks_of_a_version(facts.name(it.text)) && decides(&facts, it.span))
            .map(|it| (facts.name(it.text).to_owned(), input.project.place(file, &facts, it.span)))
            .collect()
    };
    let mut found: BTreeMap<String, Vec<Location>> = BTreeMap::new();
    let places: Vec<Vec<(String, Location)>> = files.par_iter().map(read).collect();
    for (key, place) in places.into_iter().flatten() {
        found.entry(key).or_default().push(place);
    }
    found.values_mut().for_each(|places| places.sort());
    found
}

fn speaks_of_a_version(key: &str) -> bool {
    let name = key.to_lowercase().replace('-', "_");
    let parsed = VersionedName::parse(&name);
    parsed.version.is_some() || parsed.is_legacy || name.split('_').any(|word| CHOOSING.contains(&word))
}

/// Whether what is read at a place stands in a condition of two outcomes, or goes into a name that does.
fn decides(facts: &Facts, key: Span) -> bool {
    let is_condition = |span: Span| facts.branches.iter().any(|it| it.is_choice && it.test.contains(span));
    if is_condition(key) {
        return true;
    }
    // the assignment that the key stands in: the last name or attribute that is set before it, on the same lines
    let line = facts.line_index.line(key.start);
    let is_near = |span: &Span| span.start < key.start && facts.line_index.line(span.start) + 2 >= line;
    let sets = |kind: BindingKind| match kind {
        BindingKind::Assignment => true,
        BindingKind::Definition(id) => facts.definition(id).kind == DefinitionKind::Constant,
        _ => false,
    };
    let names = facts.bindings.iter().filter(|it| sets(it.kind)).map(|it| (it.span, it.name));
    let attributes = facts.attributes.iter().map(|it| (it.span, it.name));
    let Some((set, name)) = names.chain(attributes).filter(|(span, _)| is_near(span)).max() else { return false };
    facts.references.iter().any(|it| it.span != set && facts.last_name(it.value) == Some(name) && is_condition(it.span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_choose_a_version_are_told_from_settings() {
        for key in
            ["USE_ORDERS_V3", "ENABLE_NEW_CHECKOUT", "LEGACY_AUTH", "OLD_PRICES", "ORDERS_V2_ENABLED", "legacy-io"]
        {
            assert!(speaks_of_a_version(key), "{key}");
        }
        for key in ["DEBUG", "DATABASE_URL", "RENEWAL_DAYS", "THRESHOLD", "IPV6"] {
            assert!(!speaks_of_a_version(key), "{key}");
        }
    }
}
