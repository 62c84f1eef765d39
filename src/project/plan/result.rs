//! The plan told: removals in their order, imports and attributes that lose their reader, references that are left.
//!
//! Invariant: every reference to what goes, outside what goes, is told once: to be rewritten, as an import that goes, in
//! a test, or as a mention. Absent on purpose: what dies; see `death`.

use super::branch::Cut;
use super::death::{Planner, imported, reads_of};
use super::{Kept, Plan, Reason, Removal, Uses, order, tally, with_comment};
use crate::facts::{
    Access, Binding, Facts, Import, ImportTarget, LineClass, LineTally, MODULE_SCOPE, ReferenceKind, Value,
};
use crate::finding::Tier;
use crate::language::find_followed;
use crate::progress::Progress;
use crate::project::Symbol;
use crate::project::entity::DefinitionRef;
use crate::project::trace::{Target, Trace, TracedReference, UseAccess, trace};
use crate::span::{LineRange, Location, Position, RepoPath, Span};
use crate::workspace::EntryId;
use std::collections::{BTreeMap, BTreeSet};

impl Planner<'_, '_> {
    pub fn finish(mut self, progress: &dyn Progress) -> Plan {
        let mut plan = Plan::default();
        self.branches(&mut plan);
        self.definitions(&mut plan);
        let last = plan.removals.iter().map(|it| it.step).max().unwrap_or(0) + 1;
        let mut in_tests = self.references(&mut plan, last);
        let imports = self.unread_imports(last);
        let attributes = self.unread_attributes();
        let named = imports.iter().filter_map(|(symbol, _)| symbol.clone());
        let targets: Vec<Target> =
            named.map(Target::near).chain(attributes.keys().cloned().map(Target::near)).collect();
        let traces = trace(self.project, &targets, progress);
        let traces: BTreeMap<&Target, &Trace> = targets.iter().zip(&traces).collect();
        in_tests.extend(self.imports(&mut plan, imports, &traces));
        self.write_only(&mut plan, attributes, &traces);
        plan.tests = self.tests(in_tests);
        plan.removals.sort_by(|a, b| (a.step, &a.location, &a.symbol).cmp(&(b.step, &b.location, &b.symbol)));
        plan.removals.dedup_by(|a, b| a.kind == b.kind && a.location == b.location && a.symbol == b.symbol);
        plan.lines =
            self.lines(plan.removals.iter().filter(|it| !it.is_inside && it.lines.total() > 0).map(|it| &it.location));
        plan.tests.iter().for_each(|test| plan.test_lines.merge(test.lines));
        let gone: BTreeSet<&str> = plan.removals.iter().map(|it| it.symbol.as_str()).collect();
        plan.kept = self.kept.into_values().filter(|it| !gone.contains(it.symbol.as_str())).collect();
        plan
    }

    /// The readings of flags, and the branches that they guard. They go first: nothing calls what is behind them then.
    fn branches(&self, plan: &mut Plan) {
        for (key, flag) in &self.flags {
            for ((file, _), cut) in &flag.cuts {
                let because = match flag.is_asked {
                    true => "the flag chooses between what stays and what goes",
                    false => "it only chooses between what stays and what goes",
                };
                self.cut(plan, *file, key, cut, because);
            }
        }
        for ((file, _), cut) in &self.cuts {
            self.cut(plan, *file, "a choice", cut, "what goes chooses it");
        }
    }

    fn cut(&self, plan: &mut Plan, file: EntryId, symbol: &str, cut: &Cut, because: &str) {
        let Some(facts) = self.project.sources.facts(file) else { return };
        let is_inside = |span: Span| {
            self.because.keys().any(|it| it.file == file && facts.definition(it.id).span.contains(span))
                || self.modules.contains(&file)
        };
        let mut push = |kind, lines: LineRange, counted: bool, span: Span| {
            plan.removals.push(Removal {
                kind,
                symbol: symbol.to_owned(),
                location: self.lines_at(file, lines),
                lines: if counted { tally(&facts, lines) } else { LineTally::default() },
                because: because.to_owned(),
                step: 1,
                is_inside: is_inside(span),
            });
        };
        // The definition of a constant is told as that.
        let is_constant =
            |span: Span| self.because.keys().any(|it| it.file == file && facts.definition(it.id).span == span);
        if let Some(statement) = cut.statement.filter(|&it| !is_constant(it)) {
            push("flag", with_comment(&facts, statement), true, statement);
        }
        let lines = cut.lines(&facts);
        if lines.is_empty() {
            push("branch", facts.line_index.lines(cut.clause), false, cut.clause);
        }
        lines.into_iter().for_each(|lines| push("branch", lines, true, cut.clause));
    }

    fn lines_at(&self, file: EntryId, lines: LineRange) -> Location {
        let start = Position { line: lines.start, column: 1 };
        Location { path: self.project.sources.path(file).clone(), start, end_line: lines.end }
    }

    fn definitions(&mut self, plan: &mut Plan) {
        let base = u32::from(!plan.removals.is_empty());
        let dying: BTreeSet<DefinitionRef> = self.because.keys().copied().collect();
        let steps = order::steps(self.project, &dying, &self.traces, &|it| self.outermost(it));
        for (&definition, because) in self.because.iter().filter(|(_, because)| **because != Reason::InModule) {
            let Some(facts) = self.project.sources.facts(definition.file) else { continue };
            let own = facts.definition(definition.id);
            let lines = with_comment(&facts, own.span);
            plan.removals.push(Removal {
                kind: own.kind.name(),
                symbol: self.project.symbol_of(definition).to_string(),
                location: self.lines_at(definition.file, lines),
                lines: tally(&facts, lines),
                because: because.words(),
                step: steps.get(&definition).copied().unwrap_or(1) + base,
                is_inside: self.is_inside(definition),
            });
        }
        for &file in &self.modules {
            let first = steps.iter().find(|(definition, _)| definition.file == file);
            self.module(plan, file, "asked for", first.map_or(1, |(_, step)| *step) + base);
        }
        let last = plan.removals.iter().map(|it| it.step).max().unwrap_or(0) + 1;
        let emptied: Vec<EntryId> = self
            .dying
            .files()
            .map(|(file, _)| file)
            .filter(|&it| !self.modules.contains(&it) && self.is_emptied(it))
            .collect();
        for file in emptied {
            let path = self.project.sources.path(file);
            plan.removals.iter_mut().filter(|it| it.location.path == *path).for_each(|it| it.is_inside = true);
            self.module(plan, file, "nothing is left in it", last);
            self.whole(file);
        }
    }

    fn module(&self, plan: &mut Plan, file: EntryId, because: &str, step: u32) {
        let Some(facts) = self.project.sources.facts(file) else { return };
        let lines = LineRange { start: 1, end: facts.line_index.count().max(1) };
        plan.removals.push(Removal {
            kind: "module",
            symbol: self.project.module_name(file).to_owned(),
            location: self.lines_at(file, lines),
            lines: tally(&facts, lines),
            because: because.to_owned(),
            step,
            is_inside: false,
        });
    }

    /// Whether more goes from a file than what was asked for; elsewhere an import may be what declares a module.
    fn is_followed(&self, file: EntryId) -> bool {
        find_followed(self.project.sources.path(file)).is_some()
    }

    /// Whether imports, docstrings and `__all__` are all that is left of a module. A package stays for its modules.
    fn is_emptied(&self, file: EntryId) -> bool {
        let Some(facts) = self.project.sources.facts(file).filter(|_| self.is_followed(file)) else { return false };
        let is_code = |span: Span| {
            let lines = facts.line_index.lines(span);
            (lines.start..=lines.end).any(|line| facts.lines.get(line as usize - 1) == Some(&LineClass::Code))
        };
        let is_import = |span: Span| facts.imports.iter().any(|it| it.statement == span);
        let is_dunder = |span: Span| {
            facts
                .definition_ids()
                .map(|id| facts.definition(id))
                .any(|it| it.scope == MODULE_SCOPE && it.span == span && facts.name(it.name).starts_with("__"))
        };
        let is_left =
            |span: Span| !self.dying.holds(file, span) && is_code(span) && !is_import(span) && !is_dunder(span);
        !self.project.modules.is_package(self.project.sources, file)
            && self.because.keys().any(|it| it.file == file)
            && !facts.statements.iter().any(|&span| is_left(span))
            && facts.definition_ids().all(|id| {
                let own = facts.definition(id);
                own.scope != MODULE_SCOPE || self.dying.holds(file, own.span) || is_dunder(own.span)
            })
    }

    /// What is left of the references: rewritten in production, counted in text, and given back where a test holds them.
    fn references(&self, plan: &mut Plan, last: u32) -> Uses {
        let mut in_tests = Uses::new();
        let dead = self.because.keys().filter_map(|it| self.traces.get(it));
        let flags = self.flags.values().filter(|flag| flag.is_asked || !flag.cuts.is_empty()).map(|flag| &flag.trace);
        for trace in dead.chain(flags).chain(&self.others) {
            for reference in trace.references.iter().filter(|it| !it.is_own && !self.is_moot(trace, it, &self.dying)) {
                let entry = (trace.target.to_string(), reference.clone());
                match (reference.tier, (self.is_test)(&reference.location.path)) {
                    (Tier::Text, _) => plan.mentions.push(entry),
                    (_, true) => in_tests.push(entry),
                    (_, false) => match self.useless_import(reference, last) {
                        Some(removal) => plan.removals.push(removal),
                        None => plan.rewrite.push(entry),
                    },
                }
            }
        }
        let place = |it: &(String, TracedReference)| (it.1.location.clone(), it.0.clone());
        plan.rewrite.sort_by_key(place);
        plan.mentions.sort_by_key(place);
        in_tests
    }

    /// The removal of an import of what goes, where nothing that stays reads its name.
    fn useless_import(&self, reference: &TracedReference, step: u32) -> Option<Removal> {
        let is_import = reference.kind == ReferenceKind::Import && self.is_followed(reference.file);
        if !is_import || self.import_lives(reference, &self.dying) {
            return None;
        }
        let facts = self.project.sources.facts(reference.file)?;
        let (binding, import) = imported(&facts).find(|(_, import)| match import.target {
            ImportTarget::Name(_, span) => span == reference.span,
            _ => import.module_span.contains(reference.span),
        })?;
        Some(self.import(reference.file, &facts, binding, import, false, step))
    }

    /// The removal of one name that an import binds.
    fn import(
        &self,
        file: EntryId,
        facts: &Facts,
        binding: &Binding,
        import: &Import,
        is_inside: bool,
        step: u32,
    ) -> Removal {
        let of_statement = facts.imports.iter().filter(|it| it.statement == import.statement).count();
        let line = facts.line_index.lines(import.bound_span);
        let text = self.project.sources.text(file).unwrap_or_default();
        let is_alone = |line: u32| {
            let written = facts.line_index.span(line).slice(&text).trim().trim_end_matches(',').trim_end();
            line != facts.line_index.line(import.statement.start) && !written.contains([',', '(', ')'])
        };
        let (lines, is_whole) = match of_statement {
            1 => (facts.line_index.lines(import.statement), true),
            _ => (line, is_alone(line.start)),
        };
        Removal {
            kind: "import",
            symbol: format!("{} ({})", facts.name(binding.name), written(facts, import)),
            location: self.lines_at(file, lines),
            lines: if is_whole && !is_inside { tally(facts, lines) } else { LineTally::default() },
            because: "only what goes reads it".to_owned(),
            step,
            is_inside,
        }
    }

    /// Imports whose name only dying code reads, with the symbol that other modules may take from here.
    fn unread_imports(&self, last: u32) -> Vec<(Option<Symbol>, Removal)> {
        let mut found = Vec::new();
        let is_asked = |file: EntryId| !self.modules.contains(&file) && self.is_followed(file);
        for (file, spans) in self.dying.files().filter(|(file, _)| is_asked(*file)) {
            let Some(facts) = self.project.sources.facts(file) else { continue };
            for (binding, import) in imported(&facts) {
                let is_dead = spans.iter().any(|it| it.contains(import.statement));
                let is_read = reads_of(&facts, binding.name).next().is_some();
                if !is_dead && (!is_read || self.name_lives(&facts, file, binding.name, &self.dying)) {
                    continue;
                }
                let is_shared = !is_dead && binding.scope == MODULE_SCOPE;
                let symbol = is_shared.then(|| Symbol::new(self.project.module_name(file), facts.name(binding.name)));
                found.push((symbol, self.import(file, &facts, binding, import, is_dead, last)));
            }
        }
        found
    }

    /// Adds the imports that nobody takes from here. Given back is who takes such a name in a test.
    fn imports(
        &mut self,
        plan: &mut Plan,
        imports: Vec<(Option<Symbol>, Removal)>,
        traces: &BTreeMap<&Target, &Trace>,
    ) -> Uses {
        let mut in_tests = Uses::new();
        for (symbol, removal) in imports {
            let Some(symbol) = symbol else {
                plan.removals.push(removal);
                continue;
            };
            let own = &removal.location.path;
            // What takes the name from where it is defined does not need this import.
            let is_outside = |it: &&TracedReference| {
                it.tier <= Tier::Likely && it.location.path != *own && it.hops.iter().any(|hop| hop.path == *own)
            };
            let users: Vec<&TracedReference> =
                traces[&Target::near(symbol.clone())].references.iter().filter(is_outside).collect();
            if let Some(user) = users.iter().find(|it| !(self.is_test)(&it.location.path)) {
                let because = "another module takes it from here".to_owned();
                let kept = Kept { symbol: symbol.to_string(), because, location: Some(user.location.clone()) };
                self.kept.insert(symbol.to_string(), kept);
                continue;
            }
            in_tests.extend(users.into_iter().map(|it| (symbol.to_string(), it.clone())));
            plan.removals.push(removal);
        }
        in_tests
    }

    /// Attributes that living code writes and that, in their own file, only dying code reads.
    fn unread_attributes(&self) -> BTreeMap<Symbol, Location> {
        let mut wanted = BTreeMap::new();
        for (file, spans) in self.dying.files() {
            let Some(facts) = self.project.sources.facts(file) else { continue };
            let is_dead = |span: Span| spans.iter().any(|it| it.contains(span));
            for attribute in facts.attributes.iter().filter(|it| !is_dead(it.span)) {
                let is_read = |it: &&crate::facts::Reference| {
                    it.access == Access::Read
                        && matches!(facts.value(it.value), Value::Attribute { name, .. } if name == attribute.name)
                };
                let mut reads = facts.references.iter().filter(is_read).peekable();
                if reads.peek().is_none() || !reads.all(|it| is_dead(it.span)) {
                    continue;
                }
                let (class, name) = (facts.qualified_name(attribute.class), facts.name(attribute.name));
                let symbol = Symbol::new(self.project.module_name(file), format!("{class}.{name}"));
                wanted.entry(symbol).or_insert_with(|| self.project.place(file, &facts, attribute.span));
            }
        }
        wanted
    }

    /// Adds the attributes that nothing in production reads any more.
    fn write_only(&self, plan: &mut Plan, attributes: BTreeMap<Symbol, Location>, traces: &BTreeMap<&Target, &Trace>) {
        for (symbol, location) in attributes {
            let is_read = traces[&Target::near(symbol.clone())].references.iter().any(|it| {
                it.tier <= Tier::Likely
                    && it.access != Some(UseAccess::Write)
                    && !(self.is_test)(&it.location.path)
                    && !self.dying.holds(it.file, it.span)
            });
            if !is_read {
                plan.write_only.push((symbol.to_string(), location));
            }
        }
    }

    /// Every line once, whatever it belongs to.
    fn lines<'l>(&self, places: impl Iterator<Item = &'l Location>) -> LineTally {
        let mut by_file: BTreeMap<&RepoPath, BTreeSet<u32>> = BTreeMap::new();
        for place in places {
            by_file.entry(&place.path).or_default().extend(place.start.line..=place.end_line);
        }
        let mut total = LineTally::default();
        for (path, lines) in by_file {
            let sources = self.project.sources;
            let Some(facts) = sources.snapshot().find(path).and_then(|id| sources.facts(id)) else { continue };
            lines.into_iter().filter_map(|line| facts.lines.get(line as usize - 1)).for_each(|&class| total.add(class));
        }
        total
    }
}

/// An import as it is written, in one line.
fn written(facts: &Facts, import: &Import) -> String {
    let module = import.module.map_or("", |module| facts.name(module));
    let dots = ".".repeat(import.level as usize);
    match import.target {
        ImportTarget::Name(name, _) => format!("from {dots}{module} import {}", facts.name(name)),
        _ => format!("import {dots}{module}"),
    }
}
