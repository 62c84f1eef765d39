//! `[[family]]`: definitions that a name pattern, a query or a deprecation marker selects, all at once.
//!
//! Invariant: what a query captures is joined with the facts by the span of its name, so a member is always a
//! definition with a symbol and references. Test code is left alone: a test named after a version is not a second
//! implementation. Absent on purpose: clones; names and markers alone select here.

use super::census::{Census, CountedSymbol, tiers};
use super::legacy::symbol_report;
use super::query::{FileMatches, QuerySet};
use super::successor::VersionedName;
use super::{CheckInput, CheckOutput, CheckSpec, RuleReport, SymbolReport, unread_sources};
use crate::facts::{DefinitionId, DefinitionKind, Facts, Marker, MarkerKind};
use crate::finding::{Context, Finding, Gate, Related, Severity, Tier, Verdict};
use crate::language::query::QueryEngine;
use crate::policy::{FamilyRule, Rule, RuleKind, matches_name};
use crate::project::{
    DefinitionRef, Entity, Resolver, Series, Standing, Step, Symbol, Target, Trace, TraceSeries, make, trace,
};
use crate::source::Absence;
use crate::span::{Location, Position, RepoPath};
use crate::words::counted;
use crate::workspace::EntryId;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub const SPEC: CheckSpec = CheckSpec { kind: "family", explanation: include_str!("family.md"), run };

/// A definition that a family selects.
pub(super) struct Member {
    rule: usize,
    symbol: Symbol,
    location: Location,
    kind: &'static str,
    why: Why,
}

enum Why {
    Name,
    /// It lives beside a later one.
    Beside {
        successor: String,
        location: Location,
    },
    Deprecated {
        message: Option<String>,
    },
}

/// A definition that a family selects, for whoever writes a rule about it.
pub struct Candidate {
    pub symbol: Symbol,
    pub location: Location,
    /// The later version that stands in the same scope.
    pub successor: Option<Symbol>,
    /// What its deprecation marker says.
    pub message: Option<String>,
    /// Who still uses it, in words.
    pub users: String,
}

/// What the families of a policy select, by place.
pub fn candidates(input: &CheckInput<'_, '_>, rules: &[&Rule]) -> Vec<Candidate> {
    let (members, traces) = select(input, rules);
    let mut seen = BTreeSet::new();
    let mut found: Vec<Candidate> = members
        .iter()
        .zip(&traces)
        .filter(|(member, _)| seen.insert((&member.symbol, matches!(member.why, Why::Deprecated { .. }))))
        .map(|(member, trace)| Candidate {
            symbol: member.symbol.clone(),
            location: member.location.clone(),
            successor: match &member.why {
                Why::Beside { successor, .. } => member.symbol.owner().map(|owner| owner.member(successor)),
                _ => None,
            },
            message: match &member.why {
                Why::Deprecated { message } => message.clone(),
                _ => None,
            },
            users: users(input, trace),
        })
        .collect();
    found.sort_by(|a, b| (&a.location, &a.symbol).cmp(&(&b.location, &b.symbol)));
    found
}

/// The definitions that the rules select, each with its references.
fn select(input: &CheckInput<'_, '_>, rules: &[&Rule]) -> (Vec<Member>, Vec<Trace>) {
    let files: Vec<EntryId> =
        input.project.modules.files().map(|(id, _)| id).filter(|&id| may_have_members(input, id)).collect();
    let queries = QuerySet::new(rules.iter().map(|rule| family_of(rule).query.as_ref()));
    input.progress.stage("reading sources", files.len() as u64);
    let absence = absence(input, rules);
    let parts: Vec<Vec<Member>> = files
        .par_iter()
        .map_init(
            || queries.engine(),
            |engine, &file| {
                input.progress.advance(1);
                selected_in(input, rules, &queries, engine, &absence, file).unwrap_or_default()
            },
        )
        .collect();
    absence.keep();
    let members: Vec<Member> = parts.into_iter().flatten().collect();
    let targets: Vec<Target> = members.iter().map(|member| Target::Symbol(member.symbol.clone())).collect();
    let traces = trace(input.project, &targets, input.progress);
    (members, traces)
}

fn run(input: &CheckInput<'_, '_>, rules: &[&Rule]) -> CheckOutput {
    let (members, traces) = select(input, rules);
    let mut output = CheckOutput::default();
    for (index, rule) in rules.iter().enumerate() {
        report(input, rule, &members_of(index, &members, &traces), &mut output);
    }
    output
}

/// What each rule selects and what of it is in the next tree.
pub(super) fn census(
    input: &CheckInput<'_, '_>,
    rules: &[&Rule],
    step: &Step,
    selected: &mut Series<Vec<Member>>,
    traces: &mut TraceSeries,
) -> Vec<Census> {
    let project = input.project;
    let stale: Vec<EntryId> =
        selected.stale(project, step).into_iter().filter(|&id| may_have_members(input, id)).collect();
    let queries = QuerySet::new(rules.iter().map(|rule| family_of(rule).query.as_ref()));
    let absence = if step.is_first { absence(input, rules) } else { Absence::none() };
    let made = make(&stale, |file| selected_in(input, rules, &queries, &mut queries.engine(), &absence, file));
    absence.keep();
    selected.add(project, made, |members, now| *members = now);

    let mut files: Vec<(&RepoPath, &Vec<Member>)> = selected.results().collect();
    files.sort_by_key(|(path, _)| *path);
    let members: Vec<&Member> = files.into_iter().flat_map(|(_, members)| members).collect();
    let targets: BTreeSet<Target> = members.iter().map(|member| Target::Symbol(member.symbol.clone())).collect();
    let targets: Vec<Target> = targets.into_iter().collect();
    let standing = traces.next(project, step, &targets, &|_, _| false);
    let standing: BTreeMap<&Target, Standing> = targets.iter().zip(standing).collect();
    let symbol = |member: &Member| {
        let standing = &standing[&Target::Symbol(member.symbol.clone())];
        CountedSymbol {
            symbol: member.symbol.to_string(),
            is_there: !standing.definitions.is_empty(),
            definitions: vec![member.location.clone()],
            references: tiers(standing),
        }
    };
    let one = |(index, rule): (usize, &&Rule)| {
        let mut seen = BTreeSet::new();
        let own = members.iter().filter(|member| member.rule == index && seen.insert(&member.symbol));
        // only sources are asked
        let spoiled_by = spoiled_by(input, family_of(rule));
        Census {
            rule: rule.id.0.clone(),
            kind: rule.kind.name(),
            symbols: own.map(|member| symbol(member)).collect(),
            may_define: spoiled_by.clone(),
            spoiled_by,
        }
    };
    rules.iter().enumerate().map(one).collect()
}

/// The blobs that are known to hold no member.
fn absence(input: &CheckInput<'_, '_>, rules: &[&Rule]) -> Absence {
    let question: Vec<String> = rules.iter().map(|rule| format!("{:?}", family_of(rule))).collect();
    let question: Vec<&[u8]> = question.iter().map(String::as_bytes).collect();
    input.project.sources.absence("family", &question)
}

/// Whether the rules look for members in a file: in source that is no test.
fn may_have_members(input: &CheckInput<'_, '_>, file: EntryId) -> bool {
    let path = input.path(file);
    input.project.sources.language(file).is_some() && input.context(path) != Context::Tests && input.scope.holds(path)
}

/// The members of one file; `None` where its own content has none.
fn selected_in(
    input: &CheckInput<'_, '_>,
    rules: &[&Rule],
    queries: &QuerySet,
    engine: &mut Option<QueryEngine>,
    absence: &Absence,
    file: EntryId,
) -> Option<Vec<Member>> {
    let sources = input.project.sources;
    if sources.is_absent(absence, file) {
        return None;
    }
    let facts = sources.facts(file)?;
    let is_wanted = |rule: usize| {
        let family = family_of(rules[rule]);
        facts.names.iter().any(|(_, name)| selects(family, name))
    };
    let matches = queries.run(engine, sources, file, &facts, &is_wanted);
    if matches.is_empty() && !rules.iter().any(|rule| may_select(rule, &facts)) {
        if facts.unread.is_empty() {
            sources.note_absent(absence, file);
        }
        return None;
    }
    Some(members(input, rules, file, &facts, &matches))
}

/// The members of one rule, each symbol once: a getter and its setter are one, and two registrations may lead to one
/// handler.
fn members_of<'m>(rule: usize, members: &'m [Member], traces: &'m [Trace]) -> Vec<(&'m Member, &'m Trace)> {
    let mut seen = BTreeSet::new();
    let own = members.iter().zip(traces).filter(|(member, _)| member.rule == rule);
    own.filter(|(member, _)| seen.insert(&member.symbol)).collect()
}

/// Whether a rule without a query can have a member in a file with these facts. The answer rests on nothing else, so that
/// it can be kept with the blob.
fn may_select(rule: &Rule, facts: &Facts) -> bool {
    let family = family_of(rule);
    let selects = |id: DefinitionId| selects(family, facts.name(facts.definition(id).name));
    match (&family.query, family.deprecated) {
        (Some(_), _) => false,
        (None, true) => !facts.markers.is_empty(),
        (None, false) => facts.definition_ids().any(selects),
    }
}

fn family_of(rule: &Rule) -> &FamilyRule {
    match &rule.kind {
        RuleKind::Family(family) => family,
        _ => unreachable!("the registry passes family rules alone"),
    }
}

fn members(
    input: &CheckInput<'_, '_>,
    rules: &[&Rule],
    file: EntryId,
    facts: &Arc<Facts>,
    matches: &FileMatches,
) -> Vec<Member> {
    let mut found = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let family = family_of(rule);
        if family.query.is_some() {
            found.extend(queried(input, index, family, file, facts, matches));
        } else if family.deprecated {
            found.extend(deprecated(input, index, family, file, facts));
        } else {
            found.extend(named(input, index, family, file, facts));
        }
    }
    found.retain(|member| !facts.in_tests(facts.line_index.span(member.location.start.line).start));
    // what a `[[legacy]]` rule names is judged by that rule, with its date and its demands
    found.retain(|member| input.policy.legacy_rule_of(&member.symbol.module, member.symbol.name.as_deref()).is_none());
    found
}

/// The definitions that a query captures, or that what it captures leads to.
fn queried(
    input: &CheckInput<'_, '_>,
    rule: usize,
    family: &FamilyRule,
    file: EntryId,
    facts: &Arc<Facts>,
    matches: &FileMatches,
) -> Vec<Member> {
    let mut found: BTreeMap<DefinitionRef, Member> = BTreeMap::new();
    let mut resolver = Resolver::new(input.project);
    for definition in matches.definitions(&mut resolver, rule, file, facts) {
        let Some(facts) = input.project.sources.facts(definition.file) else { continue };
        if !selects(family, facts.name(facts.definition(definition.id).name)) {
            continue;
        }
        let is_declared = || {
            facts.markers.iter().any(|marker| {
                marker.definition == Some(definition.id)
                    && means_deprecation(&mut Resolver::new(input.project), definition.file, marker)
            })
        };
        if family.deprecated && !is_declared() {
            continue;
        }
        let why = match succession(&facts, definition.id) {
            Some((old, new)) if old == definition.id => beside(input, definition.file, &facts, new),
            _ if family.beside_successor => continue,
            _ => Why::Name,
        };
        let made = member(input, rule, definition.file, &facts, definition.id, why);
        found.entry(definition).or_insert(made);
    }
    found.into_values().collect()
}

fn named(
    input: &CheckInput<'_, '_>,
    rule: usize,
    family: &FamilyRule,
    file: EntryId,
    facts: &Arc<Facts>,
) -> Vec<Member> {
    let mut found: BTreeMap<DefinitionId, Member> = BTreeMap::new();
    for id in facts.definition_ids() {
        let definition = facts.definition(id);
        if !is_job(definition.kind) || definition.traits.is_overload || !selects(family, facts.name(definition.name)) {
            continue;
        }
        if !family.beside_successor {
            found.insert(id, member(input, rule, file, facts, id, Why::Name));
            continue;
        }
        if let Some((old, new)) = succession(facts, id) {
            let why = beside(input, file, facts, new);
            found.entry(old).or_insert_with(|| member(input, rule, file, facts, old, why));
        }
    }
    found.into_values().collect()
}

/// Whether a kind of definition does something: what only holds others, or a value, is no implementation.
fn is_job(kind: DefinitionKind) -> bool {
    use DefinitionKind::{Function, Implementation, Macro, Method, Module};
    matches!(kind, Function | Method | Macro) || kind.has_members() && !matches!(kind, Implementation | Module)
}

fn beside(input: &CheckInput<'_, '_>, file: EntryId, facts: &Facts, successor: DefinitionId) -> Why {
    Why::Beside {
        successor: facts.name(facts.definition(successor).name).to_owned(),
        location: location(input, file, facts, successor),
    }
}

pub(super) fn selects(family: &FamilyRule, name: &str) -> bool {
    (family.names.is_empty() || family.names.iter().any(|glob| matches_name(glob, name)))
        && !family.except.iter().any(|glob| matches_name(glob, name))
}

/// The pair of which a definition is one: the one to go, and its successor in the same scope.
fn succession(facts: &Facts, id: DefinitionId) -> Option<(DefinitionId, DefinitionId)> {
    let definition = facts.definition(id);
    let name = VersionedName::parse(facts.name(definition.name));
    let mut best: Option<(DefinitionId, Option<u32>)> = None;
    let mut plain = None;
    for other_id in facts.definition_ids() {
        let other = facts.definition(other_id);
        if other_id == id || other.kind != definition.kind || other.scope != definition.scope {
            continue;
        }
        let other_name = VersionedName::parse(facts.name(other.name));
        if name.is_succeeded_by(&other_name) && best.is_none_or(|(_, version)| version < other_name.version) {
            best = Some((other_id, other_name.version));
        }
        if other_name.version.is_none() && !other_name.is_legacy && other_name.is_succeeded_by(&name) {
            plain = Some(other_id);
        }
    }
    if let Some((successor, _)) = best {
        return Some((id, successor));
    }
    // `run` beside `run_v2`: the plain one is the older, unless it only hands on to the versioned one.
    let plain = plain.filter(|&plain| !calls(facts, plain, id) && !name.is_legacy)?;
    Some((plain, id))
}

/// Whether the body of one definition names another.
fn calls(facts: &Facts, from: DefinitionId, to: DefinitionId) -> bool {
    let (body, name) = (facts.definition(from).span, facts.definition(to).name);
    facts.references.iter().any(|it| body.contains(it.span) && facts.last_name(it.value) == Some(name))
}

fn deprecated(
    input: &CheckInput<'_, '_>,
    rule: usize,
    family: &FamilyRule,
    file: EntryId,
    facts: &Arc<Facts>,
) -> Vec<Member> {
    let mut found: BTreeMap<Option<DefinitionId>, Member> = BTreeMap::new();
    let mut resolver = Resolver::new(input.project);
    for marker in &facts.markers {
        if !means_deprecation(&mut resolver, file, marker) {
            continue;
        }
        // A constructor that warns deprecates its class.
        let definition = marker.definition.map(|id| match facts.definition(id).parent {
            Some(class) if matches!(facts.name(facts.definition(id).name), "__init__" | "__new__") => class,
            _ => id,
        });
        let name = definition.map_or("", |id| facts.name(facts.definition(id).name));
        if !selects(family, name) {
            continue;
        }
        let why = Why::Deprecated { message: marker.message.clone() };
        let made = match definition {
            Some(id) => member(input, rule, file, facts, id, why),
            None => module_member(input, rule, file, facts, why),
        };
        found.entry(definition).or_insert(made);
    }
    found.into_values().collect()
}

fn means_deprecation(resolver: &mut Resolver<'_, '_>, file: EntryId, marker: &Marker) -> bool {
    match marker.kind {
        MarkerKind::Decorator | MarkerKind::Docstring => true,
        MarkerKind::Warning { category: Some(category) } => {
            let meanings = resolver.value(file, category);
            meanings.iter().any(|it| match &it.entity {
                Entity::External(path) => names_deprecation(path),
                Entity::Definition(class) => inherits_deprecation(resolver, *class),
                Entity::Missing(symbol) => names_deprecation(symbol.last_name()),
                _ => false,
            })
        }
        MarkerKind::Warning { category: None } => {
            marker.message.as_deref().is_some_and(|message| message.to_lowercase().contains("deprecated"))
        }
    }
}

fn names_deprecation(path: &str) -> bool {
    path.ends_with("DeprecationWarning")
}

/// `class RemovedInNextVersionWarning(DeprecationWarning)`.
fn inherits_deprecation(resolver: &mut Resolver<'_, '_>, class: DefinitionRef) -> bool {
    let mro = resolver.mro(class);
    mro.classes.iter().any(|&class| resolver.external_bases(class).iter().any(|base| names_deprecation(base)))
}

fn location(input: &CheckInput<'_, '_>, file: EntryId, facts: &Facts, id: DefinitionId) -> Location {
    let definition = facts.definition(id);
    let end_line = facts.line_index.lines(definition.span).end;
    Location { end_line, ..input.project.place(file, facts, definition.name_span) }
}

fn member(input: &CheckInput<'_, '_>, rule: usize, file: EntryId, facts: &Facts, id: DefinitionId, why: Why) -> Member {
    let symbol = Symbol::new(input.project.module_name(file), facts.qualified_name(id));
    let kind = facts.definition(id).kind.name();
    Member { rule, symbol, location: location(input, file, facts, id), kind, why }
}

fn module_member(input: &CheckInput<'_, '_>, rule: usize, file: EntryId, facts: &Facts, why: Why) -> Member {
    let location = Location {
        path: input.path(file).clone(),
        start: Position { line: 1, column: 1 },
        end_line: facts.line_index.count().max(1),
    };
    Member { rule, symbol: Symbol::module(input.project.module_name(file)), location, kind: "module", why }
}

fn report(input: &CheckInput<'_, '_>, rule: &Rule, members: &[(&Member, &Trace)], output: &mut CheckOutput) {
    let mut symbols = Vec::new();
    for (member, trace) in members {
        let definitions = vec![member.location.clone()];
        symbols.push(SymbolReport { definitions, ..symbol_report(input, trace) });
        output.findings.push(finding(input, rule, member, trace));
    }
    let spoiled_by = spoiled_by(input, family_of(rule));
    output.rules.push(RuleReport {
        id: rule.id.0.clone(),
        kind: rule.kind.name(),
        summary: rule.summary.clone(),
        conclusion: match members.len() {
            0 => "no definition belongs to the family".to_owned(),
            1 => "1 definition belongs to the family".to_owned(),
            count => format!("{count} definitions belong to the family"),
        },
        verdict: Verdict::Pass,
        contexts: BTreeMap::from([(Context::Code, Verdict::Pass)]),
        symbols,
        spoiled_by,
    });
}

/// Source files that may hold a member unseen: what was not read has a name that the family selects, or cannot be looked
/// into at all.
fn spoiled_by(input: &CheckInput<'_, '_>, family: &FamilyRule) -> Vec<RepoPath> {
    let may_hold = |text: &str| match family.deprecated {
        true => text.to_lowercase().contains("deprecat"),
        false => {
            let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
            words.any(|word| selects(family, word))
        }
    };
    unread_sources(input, &[Context::Code, Context::Docs, Context::Config], &may_hold)
}

fn finding(input: &CheckInput<'_, '_>, rule: &Rule, member: &Member, trace: &Trace) -> Finding {
    let name = member.symbol.name.as_deref().unwrap_or(&member.symbol.module);
    let symbol = member.symbol.to_string();
    let users = users(input, trace);
    let (message, help, related) = match &member.why {
        Why::Name => (format!("{} `{name}` is one of the family; {users}", member.kind), None, Vec::new()),
        Why::Beside { successor, location } => (
            format!("{} `{name}` lives beside its successor `{successor}`; {users}", member.kind),
            Some(match trace.references.is_empty() {
                true => "remove it".to_owned(),
                false => format!("move its callers to `{successor}`, then remove it"),
            }),
            vec![Related { location: location.clone(), message: "the successor".into() }],
        ),
        Why::Deprecated { message } => (
            format!("{} `{name}` is declared deprecated; {users}", member.kind),
            message.as_ref().map(|message| format!("it says: {}", message.trim())),
            Vec::new(),
        ),
    };
    Finding {
        message,
        help,
        related,
        gate: (rule.severity == Severity::Error).then_some(Gate { context: Context::Code, verdict: Verdict::Fail }),
        ..Finding::new(
            rule.id.clone(),
            rule.severity,
            input.context(&member.location.path),
            member.location.clone(),
            "definition",
            symbol,
        )
    }
}

/// Who still uses it, in words. Uses on unknown receivers are told only where no other definition has the name.
fn users(input: &CheckInput<'_, '_>, trace: &Trace) -> String {
    let mut production = 0;
    let mut tests = 0;
    let mut open = 0;
    for reference in trace.references.iter().filter(|it| !it.is_own) {
        match (reference.tier, input.context_of(reference)) {
            (Tier::Text, _) => {}
            (Tier::NameOnly, _) => open += 1,
            (_, Context::Tests) => tests += 1,
            _ => production += 1,
        }
    }
    match (production, tests) {
        (0, 0) if open == 0 => "no use was found".to_owned(),
        (0, 0) if trace.homonyms.is_empty() => format!("{} on an unknown receiver may use it", counted(open, "place")),
        (0, 0) => "no sure use was found".to_owned(),
        (0, tests) => format!("only tests use it ({})", counted(tests, "place")),
        (1, 0) => "1 place uses it".to_owned(),
        (production, 0) => format!("{} use it", counted(production, "place")),
        (production, tests) => {
            let verb = if production == 1 { "uses" } else { "use" };
            format!("{} {verb} it, and {} in tests", counted(production, "place"), counted(tests, "place"))
        }
    }
}
