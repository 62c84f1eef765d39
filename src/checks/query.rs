//! Queries of rules, run over the files that can hold a match, and joined with the facts.
//!
//! Invariants: a query runs at most once over a file, and all queries share one parse; a file that exhausts its budget
//! is a gap. Absent on purpose: what a match means to a rule.

use crate::facts::Facts;
use crate::gap::{Extent, Gap, Stage};
use crate::language::LANGUAGES;
use crate::language::query::{CompiledQuery, QueryEngine, QueryError, QueryMatch, QuerySource};
use crate::project::{DefinitionRef, Entity, Resolver};
use crate::source::SourceSet;
use crate::span::Span;
use crate::workspace::EntryId;
use std::collections::BTreeMap;

/// The queries of the rules of one check, by the index of the rule.
pub struct QuerySet {
    compiled: BTreeMap<usize, CompiledQuery>,
}

/// What the queries matched in one file, by the index of the rule.
#[derive(Default)]
pub struct FileMatches {
    by_rule: BTreeMap<usize, Vec<QueryMatch>>,
    /// A gap says why the file was not looked through.
    is_gap: bool,
}

/// Compiles a query for the language it is written for. Queries are for Python, the first language.
pub fn compile(source: &QuerySource) -> Result<CompiledQuery, QueryError> {
    CompiledQuery::compile(&LANGUAGES[0], source)
}

impl QuerySet {
    /// Queries that do not compile are left out; the policy was refused before a check began.
    pub fn new<'q>(sources: impl Iterator<Item = Option<&'q QuerySource>>) -> Self {
        let compiled = sources.enumerate().filter_map(|(rule, source)| Some((rule, compile(source?).ok()?))).collect();
        Self { compiled }
    }

    /// One thread's engine; none where there is nothing to run.
    pub fn engine(&self) -> Option<QueryEngine> {
        (!self.compiled.is_empty()).then(|| QueryEngine::new(&LANGUAGES[0]))
    }

    /// Runs the queries of the wanted rules over a file.
    pub fn run(
        &self,
        engine: &mut Option<QueryEngine>,
        sources: &SourceSet<'_>,
        file: EntryId,
        facts: &Facts,
        is_wanted: &dyn Fn(usize) -> bool,
    ) -> FileMatches {
        // written for another language
        if sources.language(file).is_none_or(|language| language.name != LANGUAGES[0].name) {
            return FileMatches::default();
        }
        let wanted: Vec<(usize, &CompiledQuery)> =
            self.compiled.iter().filter(|(rule, _)| is_wanted(**rule)).map(|(&rule, query)| (rule, query)).collect();
        let (Some(engine), false) = (engine, wanted.is_empty()) else { return FileMatches::default() };
        let Some(text) = sources.text(file) else { return FileMatches { is_gap: true, ..FileMatches::default() } };
        let wanted: Vec<(usize, &CompiledQuery)> =
            wanted.into_iter().filter(|(_, query)| query.may_match(text.as_bytes())).collect();
        if wanted.is_empty() {
            return FileMatches::default();
        }
        let queries: Vec<&CompiledQuery> = wanted.iter().map(|(_, query)| *query).collect();
        match engine.run(&text, &facts.comments, &queries) {
            Ok(matches) => {
                let by_rule = wanted.iter().map(|(rule, _)| *rule).zip(matches).collect();
                FileMatches { by_rule, is_gap: false }
            }
            Err(reason) => {
                let path = sources.path(file).clone();
                sources.add_gap(Gap { path, stage: Stage::Query, reason, extent: Extent::Whole });
                FileMatches { is_gap: true, ..FileMatches::default() }
            }
        }
    }
}

impl FileMatches {
    /// Whether the file was looked through, and nothing matched.
    pub fn is_empty(&self) -> bool {
        !self.is_gap && self.by_rule.values().all(Vec::is_empty)
    }

    /// The definitions that the matches of a rule name, or lead to.
    pub fn definitions(
        &self,
        resolver: &mut Resolver<'_, '_>,
        rule: usize,
        file: EntryId,
        facts: &Facts,
    ) -> Vec<DefinitionRef> {
        let mut found = Vec::new();
        for matched in self.by_rule.get(&rule).into_iter().flatten() {
            if let Some(name) = matched.name
                && let Some(id) = facts.definition_named_at(name)
            {
                found.push(DefinitionRef { file, id });
            } else if let Some((_, span)) = matched.reference {
                found.extend(led_to(resolver, file, facts, span));
            }
        }
        found
    }
}

/// The definitions that the reference at a span resolves to.
fn led_to(resolver: &mut Resolver<'_, '_>, file: EntryId, facts: &Facts, span: Span) -> Vec<DefinitionRef> {
    let Some(reference) = facts.reference_at(span) else { return Vec::new() };
    let meanings = resolver.value(file, reference.value);
    meanings
        .iter()
        .filter_map(|meaning| match meaning.entity {
            Entity::Definition(definition) => Some(definition),
            _ => None,
        })
        .collect()
}
