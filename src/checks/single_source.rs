//! `[[single-source]]`: a concept has one owner.
//!
//! Rivals are found by name (the policy's globs over classes and functions of modules), and by what they say: groups of
//! duplicates that the canonical definition or one of its methods belongs to. What builds on the canonical one (its
//! subclasses, modules that only re-export it) is no rival. Whoever uses a rival is told, once per file. Invariant: a
//! canonical definition that is not there is a failure, whatever else is found. Absent on purpose: what the rivals do.

use super::duplicates::{Corpus, Instance, UnitRef};
use super::duplication::{Columns, is_allowed, location};
use super::legacy::{policy_location, symbol_report};
use super::{CheckInput, CheckOutput, CheckSpec, RuleReport, SymbolReport, Warning, is_shim, unread_sources};
use crate::facts::{ReferenceKind, Unit};
use crate::finding::{Context, DuplicateKind, Finding, Gate, Related, Severity, Tier, Verdict};
use crate::policy::{Rule, RuleKind, SingleSourceRule, matches_name};
use crate::project::{DefinitionRef, Entity, Resolver, Symbol, Target, Trace, TracedReference, trace};
use crate::span::Location;
use crate::words::counted;
use std::collections::{BTreeMap, BTreeSet};

pub const SPEC: CheckSpec = CheckSpec { kind: "single-source", explanation: include_str!("single_source.md"), run };

/// Contexts that are judged.
const CONTEXTS: [Context; 2] = [Context::Code, Context::Tests];

/// Kinds of duplicates that make rivals. Values and routes are no owners of a concept.
const KINDS: &[DuplicateKind] = &[
    DuplicateKind::VersionFamily,
    DuplicateKind::DuplicateDefinition,
    DuplicateKind::ParallelImplementation,
    DuplicateKind::Clone,
];

/// The one definition, where it really stands.
struct Canonical {
    symbol: Symbol,
    definition: Option<DefinitionRef>,
}

struct Rival {
    symbol: Symbol,
    location: Location,
    context: Context,
    why: String,
}

fn run(input: &CheckInput<'_, '_>, rules: &[&Rule]) -> CheckOutput {
    let mut output = CheckOutput::default();
    for rule in rules {
        judge(input, rule, rule_of(rule), &mut output);
    }
    output
}

fn rule_of(rule: &Rule) -> &SingleSourceRule {
    match &rule.kind {
        RuleKind::SingleSource(rule) => rule,
        _ => unreachable!("the registry passes single-source rules alone"),
    }
}

fn judge(input: &CheckInput<'_, '_>, rule: &Rule, single: &SingleSourceRule, output: &mut CheckOutput) {
    let Some(canonical) = resolve(input, single) else {
        output.findings.push(missing(input, rule, single));
        output.rules.push(rule_report(rule, "the canonical definition is not there".into(), Vec::new()));
        return;
    };
    output.warnings.extend(moved(single, &canonical));
    let (rivals, allowed): (Vec<Rival>, Vec<Rival>) = rivals(input, single, &canonical)
        .into_iter()
        .partition(|rival| !is_allowed(&single.allow, &rival.location.path));
    let mut targets = vec![Target::Symbol(canonical.symbol.clone())];
    targets.extend(rivals.iter().map(|rival| Target::Symbol(rival.symbol.clone())));
    let traces = trace(input.project, &targets, input.progress);
    let (own, others) = traces.split_first().expect("the canonical one is traced");

    let mut consumers: BTreeSet<&str> = BTreeSet::new();
    for (rival, trace) in rivals.iter().zip(others) {
        if input.scope.holds(&rival.location.path) {
            output.findings.push(rival_finding(rule, &canonical, own, rival));
        }
        for (reference, count) in uses(input, single, rival, trace) {
            consumers.insert(reference.location.path.as_str());
            output.findings.push(consumer_finding(input, rule, &canonical, rival, reference, count));
        }
    }
    let shims = shims(input, own);
    for reference in &shims {
        output.findings.push(shim_finding(input, rule, &canonical, reference));
    }
    let is_error = rule.severity == Severity::Error;
    let may_hold = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| {
            word == canonical.symbol.last_name() || single.rivals.iter().any(|glob| matches_name(glob, word))
        })
    };
    let spoiled_by = if is_error { unread_sources(input, &CONTEXTS, &may_hold) } else { Vec::new() };
    let conclusion = conclusion(rivals.len(), consumers.len(), shims.len(), allowed.len());
    let symbols = traces.iter().map(|trace| symbol_report(input, trace)).collect();
    output.rules.push(RuleReport { spoiled_by, ..rule_report(rule, conclusion, symbols) });
}

fn rule_report(rule: &Rule, conclusion: String, symbols: Vec<SymbolReport>) -> RuleReport {
    RuleReport {
        id: rule.id.0.clone(),
        kind: rule.kind.name(),
        summary: rule.summary.clone(),
        conclusion,
        verdict: Verdict::Pass,
        contexts: CONTEXTS.iter().map(|&context| (context, Verdict::Pass)).collect(),
        symbols,
        spoiled_by: Vec::new(),
    }
}

/// `2 rivals, which 3 files use; 1 module only re-exports it`.
fn conclusion(rivals: usize, consumers: usize, shims: usize, allowed: usize) -> String {
    let mut parts = vec![match (rivals, consumers) {
        (0, _) => "it has no rival".to_owned(),
        (rivals, 0) => format!("{}, which nothing uses", counted(rivals as u64, "rival")),
        (rivals, 1) => format!("{}, in use in 1 file", counted(rivals as u64, "rival")),
        (rivals, files) => format!("{}, in use in {files} files", counted(rivals as u64, "rival")),
    }];
    if shims > 0 {
        parts.push(format!("{} that only re-export it", counted(shims as u64, "module")));
    }
    if allowed > 0 {
        parts.push(format!("{} allowed", counted(allowed as u64, "rival")));
    }
    parts.join("; ")
}

/// What the policy's name leads to, through re-exports; `None` where it leads nowhere.
fn resolve(input: &CheckInput<'_, '_>, single: &SingleSourceRule) -> Option<Canonical> {
    let symbol = Symbol { module: single.canonical.module.clone(), name: single.canonical.name.clone() };
    let found = Resolver::new(input.project).symbol(&symbol);
    found.into_iter().find_map(|it| match it.entity {
        Entity::Definition(definition) => {
            Some(Canonical { symbol: input.project.symbol_of(definition), definition: Some(definition) })
        }
        Entity::Module(_) => Some(Canonical { symbol: input.project.canonical(&symbol), definition: None }),
        _ => None,
    })
}

/// The policy names a place that only passes the definition on.
fn moved(single: &SingleSourceRule, canonical: &Canonical) -> Option<Warning> {
    let written = Symbol { module: single.canonical.module.clone(), name: single.canonical.name.clone() };
    let is_same_place = written == canonical.symbol
        || written.name == canonical.symbol.name && written.module.ends_with(&format!(".{}", canonical.symbol.module));
    (!is_same_place).then(|| Warning {
        message: format!("`{}` is a re-export of `{}`", single.canonical, canonical.symbol),
        help: Some(format!("it is judged all the same; write `canonical = \"{}\"`", canonical.symbol)),
        place: Some(single.canonical.place.clone()),
    })
}

/// Rivals by name and by what they say, sorted by place; each once, a class before its methods.
fn rivals(input: &CheckInput<'_, '_>, single: &SingleSourceRule, canonical: &Canonical) -> Vec<Rival> {
    let searched = input.searched();
    let corpus = &searched.corpus;
    let mut resolver = Resolver::new(input.project);
    let mut found: BTreeMap<String, Rival> = BTreeMap::new();
    let is_class = canonical_unit(corpus, canonical).map(|at| corpus.unit(at).is_class());
    for (at, unit) in corpus.units() {
        let is_named = unit.parent.is_none() && single.rivals.iter().any(|glob| matches_name(glob, &unit.name));
        if !is_named || is_class.is_some_and(|it| it != unit.is_class()) || is_declaration(unit) {
            continue;
        }
        let instance = input.instance_of(corpus, at);
        if !is_part(canonical, &instance.symbol) && !builds_on(input, &mut resolver, &instance, canonical) {
            let why = "its name is a rival's".to_owned();
            found.insert(instance.symbol.clone(), rival(input, &instance, why));
        }
    }
    for group in searched.output.groups.iter().filter(|it| it.details.registration.is_none()) {
        let is_kind = group.reasons.iter().any(|kind| KINDS.contains(kind));
        if !is_kind || !group.instances.iter().any(|it| it.what != "statements" && is_part(canonical, &it.symbol)) {
            continue;
        }
        for instance in group.instances.iter().filter(|it| it.what != "statements") {
            if is_part(canonical, &instance.symbol) || builds_on(input, &mut resolver, instance, canonical) {
                continue;
            }
            found.entry(instance.symbol.clone()).or_insert_with(|| rival(input, instance, group.message.clone()));
        }
    }
    let names: BTreeSet<String> = found.keys().cloned().collect();
    found.retain(|name, _| match name.rsplit_once('.').filter(|_| name.contains(':')) {
        Some((owner, _)) => !names.contains(owner),
        None => true,
    });
    let mut rivals: Vec<Rival> = found.into_values().collect();
    rivals.sort_by(|a, b| a.location.cmp(&b.location));
    rivals
}

fn rival(input: &CheckInput<'_, '_>, instance: &Instance, why: String) -> Rival {
    let symbol = match instance.symbol.split_once(':') {
        Some((module, name)) => Symbol::new(module, name),
        None => Symbol::module(&*instance.symbol),
    };
    let columns = Columns::of(input, std::iter::once(instance));
    Rival { symbol, location: location(input, &columns, instance), context: instance.context, why }
}

fn canonical_unit(corpus: &Corpus, canonical: &Canonical) -> Option<UnitRef> {
    let definition = canonical.definition?;
    let name = canonical.symbol.name.as_deref()?;
    let is_it =
        |(at, unit): &(UnitRef, &Unit)| corpus.files[at.file as usize].id == definition.file && &*unit.name == name;
    corpus.units().find(is_it).map(|(at, _)| at)
}

/// The canonical definition itself, or something inside it.
fn is_part(canonical: &Canonical, symbol: &str) -> bool {
    let name = canonical.symbol.to_string();
    let separators: &[char] = if canonical.symbol.name.is_some() { &['.'] } else { &[':'] };
    symbol == name || symbol.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(separators))
}

/// A protocol says what the owner can do, an exception what can go wrong; neither does its job.
fn is_declaration(unit: &Unit) -> bool {
    let is_told_by = |base: &str| {
        base == "Protocol" || ["Error", "Exception", "Warning", "Enum"].iter().any(|ending| base.ends_with(ending))
    };
    unit.is_stub && !unit.is_class() || unit.bases.iter().any(|base| is_told_by(base))
}

/// A class that inherits from the canonical one, and what stands in it.
fn builds_on(
    input: &CheckInput<'_, '_>,
    resolver: &mut Resolver<'_, '_>,
    instance: &Instance,
    canonical: &Canonical,
) -> bool {
    let Some(wanted) = canonical.definition else { return false };
    let Some(file) = input.project.sources.snapshot().find(&instance.path) else { return false };
    let Some((_, name)) = instance.symbol.split_once(':') else { return false };
    let Some(facts) = input.project.sources.facts(file) else { return false };
    let class = name.split('.').next().unwrap_or(name);
    facts.definition_ids().filter(|&id| facts.qualified_name(id) == class).any(|id| {
        let class = DefinitionRef { file, id };
        class != wanted && resolver.is_class(class) && resolver.mro(class).classes.contains(&wanted)
    })
}

/// For each file that uses a rival, the import or the first use, and how many there are.
fn uses<'t>(
    input: &CheckInput<'_, '_>,
    single: &SingleSourceRule,
    rival: &Rival,
    trace: &'t Trace,
) -> Vec<(&'t TracedReference, usize)> {
    let mut files: BTreeMap<&str, Vec<&TracedReference>> = BTreeMap::new();
    for reference in &trace.references {
        let path = &reference.location.path;
        let is_use = !reference.is_own
            && reference.tier <= Tier::Likely
            && !matches!(reference.kind, ReferenceKind::Text | ReferenceKind::Export);
        let is_judged = input.scope.holds(path) && CONTEXTS.contains(&input.context(path));
        if is_use && is_judged && *path != rival.location.path && !is_allowed(&single.allow, path) {
            files.entry(path.as_str()).or_default().push(reference);
        }
    }
    let first = |references: Vec<&'t TracedReference>| {
        let import = references.iter().find(|it| it.kind == ReferenceKind::Import);
        (*import.unwrap_or(&references[0]), references.len())
    };
    files.into_values().map(first).collect()
}

/// Imports of the canonical definition in modules that only hand it on.
fn shims<'t>(input: &CheckInput<'_, '_>, trace: &'t Trace) -> Vec<&'t TracedReference> {
    let mut seen = BTreeSet::new();
    let is_shim = |reference: &&TracedReference| {
        let path = &reference.location.path;
        let is_import = reference.kind == ReferenceKind::Import && input.context_of(reference) == Context::Code;
        if !is_import || !input.scope.holds(path) || !seen.insert(path.clone()) {
            return false;
        }
        is_shim(input, reference.file)
    };
    trace.references.iter().filter(is_shim).collect()
}

fn missing(input: &CheckInput<'_, '_>, rule: &Rule, single: &SingleSourceRule) -> Finding {
    let symbol = single.canonical.to_string();
    let last = single.canonical.last_name();
    // where a definition of that name stands now, the canonical one may have moved to
    let corpus = &input.searched().corpus;
    let now = corpus.units().find(|(_, unit)| unit.parent.is_none() && &*unit.name == last);
    let help = match now {
        Some((at, _)) => format!("is it `{}` now?", input.instance_of(corpus, at).symbol),
        None => "name the definition that owns the concept".to_owned(),
    };
    Finding {
        gate: Some(Gate { context: Context::Code, verdict: Verdict::Fail }),
        message: format!("the canonical definition `{symbol}` is not there"),
        help: Some(help),
        ..Finding::new(
            rule.id.clone(),
            Severity::Error,
            Context::Config,
            policy_location(&single.canonical.place),
            "canonical",
            symbol,
        )
    }
}

fn rival_finding(rule: &Rule, canonical: &Canonical, own: &Trace, rival: &Rival) -> Finding {
    let name = rival.symbol.name.as_deref().unwrap_or(&rival.symbol.module);
    let related = own.definitions.first().map(|site| Related { location: site.whole(), message: "the owner".into() });
    Finding {
        message: format!("`{name}` is a rival of `{}`: {}", canonical.symbol.last_name(), rival.why),
        help: Some(format!("move what is needed into `{}`, then remove it", canonical.symbol)),
        related: related.into_iter().collect(),
        ..Finding::new(
            rule.id.clone(),
            rule.severity,
            rival.context,
            rival.location.clone(),
            "definition",
            rival.symbol.to_string(),
        )
    }
}

fn consumer_finding(
    input: &CheckInput<'_, '_>,
    rule: &Rule,
    canonical: &Canonical,
    rival: &Rival,
    reference: &TracedReference,
    count: usize,
) -> Finding {
    let what = if reference.kind == ReferenceKind::Import { "imported" } else { "used" };
    let more = if count > 1 { format!(" ({} in this file)", counted(count as u64, "place")) } else { String::new() };
    let name = rival.symbol.last_name();
    let context = input.context_of(reference);
    let (location, symbol) = (reference.location.clone(), rival.symbol.to_string());
    Finding {
        tier: Some(reference.tier),
        message: format!("`{name}`, a rival of `{}`, is {what} here{more}", canonical.symbol.last_name()),
        help: Some(format!("use `{}` instead", canonical.symbol)),
        via: reference.hops.clone(),
        ..Finding::new(rule.id.clone(), rule.severity, context, location, reference.kind.name(), symbol)
    }
}

fn shim_finding(
    input: &CheckInput<'_, '_>,
    rule: &Rule,
    canonical: &Canonical,
    reference: &TracedReference,
) -> Finding {
    let symbol = canonical.symbol.to_string();
    let module = input.project.module_name(reference.file);
    Finding {
        tier: Some(reference.tier),
        message: format!("`{module}` only re-exports `{}`", canonical.symbol.last_name()),
        ..Finding::new(
            rule.id.clone(),
            Severity::Note,
            input.context_of(reference),
            reference.location.clone(),
            "shim",
            symbol,
        )
    }
}
