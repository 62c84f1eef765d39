//! What becomes of the tests that refer to what goes.
//!
//! Invariant: a test is judged once, by all its references. Absent on purpose: whether a test passes today.

use super::death::{Planner, imported, reads_of};
use super::{PlannedTest, TestFate, Uses, tally, with_comment};
use crate::facts::{DefinitionId, DefinitionKind, Facts, Guards, LineTally, ReferenceKind, StringRole};
use crate::project::entity::{DefinitionRef, Entity};
use crate::project::resolve::Resolver;
use crate::project::trace::TracedReference;
use crate::span::{Location, Span};
use crate::workspace::EntryId;
use std::collections::BTreeMap;

impl Planner<'_, '_> {
    /// Groups references by the test around them, and judges each test.
    pub fn tests(&self, references: Uses) -> Vec<PlannedTest> {
        let mut by_test: BTreeMap<(EntryId, Option<DefinitionId>), Uses> = BTreeMap::new();
        for entry in references {
            let facts = self.project.sources.facts(entry.1.file);
            let test = facts.and_then(|facts| test_around(&facts, entry.1.span));
            let entries = by_test.entry((entry.1.file, test)).or_default();
            if !entries.iter().any(|it| it.1.span == entry.1.span && it.0 == entry.0) {
                entries.push(entry);
            }
        }
        let mut tests = Vec::new();
        let mut dead: BTreeMap<EntryId, Vec<Span>> = BTreeMap::new();
        let (outside, inside): (Vec<_>, Vec<_>) = by_test.into_iter().partition(|((_, test), _)| test.is_none());
        for ((file, test), references) in inside {
            let (Some(facts), Some(id)) = (self.project.sources.facts(file), test) else { continue };
            let span = facts.definition(id).span;
            let name = facts.qualified_name(id);
            let fate = self.fate(file, &facts, id, &references);
            let lines = with_comment(&facts, span);
            let location = Location { end_line: lines.end, ..self.project.place(file, &facts, span) };
            let is_dead = fate == TestFate::Dies;
            if is_dead {
                dead.entry(file).or_default().push(span);
            }
            let lines = if is_dead { tally(&facts, lines) } else { LineTally::default() };
            tests.push(PlannedTest { fate, name, location, lines, references });
        }
        for ((file, _), references) in outside {
            let Some(facts) = self.project.sources.facts(file) else { continue };
            let dead = dead.get(&file).map_or(&[][..], Vec::as_slice);
            let fate = match references.iter().all(|(_, it)| goes_with(&facts, it, dead)) {
                true => TestFate::Dies,
                false if references.iter().all(|(symbol, _)| self.flags.contains_key(symbol)) => TestFate::Flag,
                false if references.iter().all(|(_, it)| is_caught(it)) => TestFate::Vacuous,
                false => TestFate::Breaks,
            };
            let name = self.project.module_name(file).to_owned();
            let location = references[0].1.location.clone();
            tests.push(PlannedTest { fate, name, location, lines: LineTally::default(), references });
        }
        tests.sort_by(|a, b| (a.fate, &a.location).cmp(&(b.fate, &b.location)));
        tests
    }

    fn fate(
        &self,
        file: EntryId,
        facts: &Facts,
        id: DefinitionId,
        references: &[(String, TracedReference)],
    ) -> TestFate {
        let text = self.project.sources.text(file).unwrap_or_default();
        let fates: Vec<TestFate> = references
            .iter()
            .filter(|(symbol, _)| !self.flags.contains_key(symbol))
            .map(|(_, it)| fate_of(facts, &text, it))
            .collect();
        if fates.is_empty() {
            return TestFate::Flag;
        }
        let is_all = |fate| fates.iter().all(|it| *it == fate);
        if is_all(TestFate::Guards) {
            return TestFate::Guards;
        }
        if facts.name(facts.definition(id).name).starts_with("test") && self.tests_only_dying(file, facts, id) {
            return TestFate::Dies;
        }
        match fates.contains(&TestFate::Breaks) {
            true => TestFate::Breaks,
            false => TestFate::Vacuous,
        }
    }

    /// Whether all of production that a test refers to goes, classes that hold what goes aside.
    fn tests_only_dying(&self, file: EntryId, facts: &Facts, id: DefinitionId) -> bool {
        let span = facts.definition(id).span;
        let mut resolver = Resolver::new(self.project);
        let mut has_dying = false;
        for reference in facts.references.iter().filter(|it| span.contains(it.span)) {
            for meaning in resolver.value(file, reference.value).iter() {
                let Entity::Definition(definition) = meaning.entity else { continue };
                if (self.is_test)(self.project.sources.path(definition.file)) {
                    continue;
                }
                let holds = |it: &DefinitionRef| {
                    let parent = |facts: &Facts| facts.definition(it.id).parent == Some(definition.id);
                    it.file == definition.file && self.project.sources.facts(it.file).is_some_and(|it| parent(&it))
                };
                match self.because.contains_key(&definition) || self.is_inside(definition) {
                    true => has_dying = true,
                    false if self.because.keys().any(holds) => {}
                    false => return false,
                }
            }
        }
        has_dying
    }
}

/// What one reference makes of its test.
fn fate_of(facts: &Facts, text: &str, reference: &TracedReference) -> TestFate {
    let statement = facts.statements.iter().find(|it| it.contains(reference.span)).map_or("", |it| it.slice(text));
    let asked = facts.strings.iter().find(|string| string.span.contains(reference.span));
    if asked.is_some_and(|string| matches!(string.role, StringRole::HasAttribute { .. })) {
        let asserted = statement.strip_prefix("assert").or_else(|| statement.trim_start().strip_prefix("self.assert"));
        return match asserted.map(str::trim_start) {
            Some(rest) if rest.starts_with("not ") || rest.starts_with("False(") => TestFate::Guards,
            Some(rest) if rest.starts_with("hasattr") || rest.starts_with("True(") => TestFate::Breaks,
            _ => TestFate::Vacuous,
        };
    }
    match is_caught(reference) && !is_told(facts, text, reference.span) {
        true => TestFate::Vacuous,
        false => TestFate::Breaks,
    }
}

/// Whether a handler around a reference catches what its absence raises.
fn is_caught(reference: &TracedReference) -> bool {
    let missing = match reference.kind {
        ReferenceKind::Import => Guards::IMPORT_ERROR,
        _ => Guards::ATTRIBUTE_ERROR,
    };
    [Guards::ANY_EXCEPTION, missing].iter().any(|&guard| reference.guards.has(guard))
}

/// Whether the handlers around a place fail the test all the same: `raise`, `assert`, `pytest.fail()`.
fn is_told(facts: &Facts, text: &str, span: Span) -> bool {
    let is_handler = |arm: &Span| {
        let before = text[..arm.start as usize].trim_end();
        before.ends_with(':') && before.lines().next_back().is_some_and(|line| line.trim_start().starts_with("except"))
    };
    let handlers = facts.other_arms(span.start).into_iter().find(|arms| arms.iter().any(is_handler));
    let fails = |statement: &str| {
        statement.starts_with("raise") || statement.starts_with("assert") || statement.contains("fail(")
    };
    handlers.is_some_and(|arms| {
        let inside = facts.statements.iter().filter(|it| arms.iter().any(|arm| arm.contains(**it)));
        inside.map(|it| it.slice(text)).any(fails)
    })
}

/// Whether a reference outside of tests is an import that only tests read which go.
fn goes_with(facts: &Facts, reference: &TracedReference, dead: &[Span]) -> bool {
    let is_it = |target| matches!(target, crate::facts::ImportTarget::Name(_, span) if span == reference.span);
    let Some((binding, _)) = imported(facts).find(|(_, import)| is_it(import.target)) else { return false };
    reads_of(facts, binding.name).all(|span| dead.iter().any(|it| it.contains(span)))
}

/// The outermost function around a place, in a class or not.
fn test_around(facts: &Facts, span: Span) -> Option<DefinitionId> {
    let is_function = |kind| matches!(kind, DefinitionKind::Function | DefinitionKind::Method);
    facts.definition_ids().find(|&id| {
        let definition = facts.definition(id);
        is_function(definition.kind) && definition.span.contains(span)
    })
}
