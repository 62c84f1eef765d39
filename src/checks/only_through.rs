//! `[[only-through]]`: a capability has one door, and only the door's modules may use it directly.
//!
//! Invariant: only references that resolve to the capability count, so an alias is found and a homonym is not. Test
//! code is left alone. Absent on purpose: what the door does.

use super::{CheckInput, CheckOutput, CheckSpec, RuleReport, spoiling};
use crate::facts::ReferenceKind;
use crate::finding::Severity;
use crate::finding::{Context, Finding, Gate, Identity, Tier, Verdict};
use crate::language::python::is_builtin;
use crate::policy::{OnlyThroughRule, Rule, RuleKind, matches_dotted};
use crate::project::{Symbol, Target, Trace, TracedReference, trace};
use crate::span::RepoPath;
use std::collections::{BTreeMap, BTreeSet};

pub const SPEC: CheckSpec = CheckSpec { kind: "only-through", explanation: include_str!("only_through.md"), run };

fn run(input: &CheckInput<'_, '_>, rules: &[&Rule]) -> CheckOutput {
    let mut targets: BTreeSet<Target> = BTreeSet::new();
    for rule in rules {
        targets.extend(rule_of(rule).calls.iter().map(|call| target(input, call)));
    }
    let targets: Vec<Target> = targets.into_iter().collect();
    let traces = trace(input.project, &targets, input.progress);
    let traces: BTreeMap<&Target, &Trace> = targets.iter().zip(&traces).collect();
    let gaps = input.gaps();
    let mut output = CheckOutput::default();
    for rule in rules {
        let door = rule_of(rule);
        let mut spoiled_by = BTreeSet::new();
        let before = output.findings.len();
        for call in &door.calls {
            let trace = traces[&target(input, call)];
            for reference in offences(input, door, trace) {
                output.findings.push(finding(input, rule, door, trace, reference));
            }
            let unseen: BTreeSet<&RepoPath> = trace.unseen.iter().map(|&file| input.path(file)).collect();
            spoiled_by.extend(spoiling(&gaps, Context::Code, &|path| unseen.contains(path)).into_iter().cloned());
        }
        output.rules.push(RuleReport {
            id: rule.id.0.clone(),
            kind: rule.kind.name(),
            summary: rule.summary.clone(),
            conclusion: match output.findings.len() - before {
                0 => "nothing goes around the door".to_owned(),
                1 => "1 place goes around the door".to_owned(),
                places => format!("{places} places go around the door"),
            },
            verdict: Verdict::Pass,
            contexts: BTreeMap::from([(Context::Code, Verdict::Pass)]),
            symbols: Vec::new(),
            spoiled_by: spoiled_by.into_iter().collect(),
        });
    }
    output
}

fn rule_of(rule: &Rule) -> &OnlyThroughRule {
    match &rule.kind {
        RuleKind::OnlyThrough(rule) => rule,
        _ => unreachable!("the registry passes only-through rules alone"),
    }
}

/// `os.getenv` and `os:getenv` mean the same; what a module of the project is decides where a dotted name is cut. One
/// name alone is a builtin, or a whole module.
fn target(input: &CheckInput<'_, '_>, call: &str) -> Target {
    if let Some((module, name)) = call.split_once(':') {
        return Target::Symbol(Symbol::new(module, name));
    }
    let parts: Vec<&str> = call.split('.').collect();
    let is_module = |dotted: &str| matches!(input.project.modules.find(dotted, None), crate::project::Found::Module(_));
    if is_module(call) || parts.len() == 1 && !is_builtin(call) {
        return Target::Symbol(Symbol::module(call));
    }
    let length = (1..parts.len()).rev().find(|&length| is_module(&parts[..length].join("."))).unwrap_or(1);
    match parts.len() {
        1 => Target::Symbol(Symbol::new("builtins", call)),
        _ => Target::Symbol(Symbol::new(parts[..length].join("."), parts[length..].join("."))),
    }
}

fn offences<'t>(input: &CheckInput<'_, '_>, door: &OnlyThroughRule, trace: &'t Trace) -> Vec<&'t TracedReference> {
    let mut found: Vec<&TracedReference> = trace
        .references
        .iter()
        .filter(|reference| {
            let path = &reference.location.path;
            reference.tier <= Tier::Likely
                && !matches!(reference.kind, ReferenceKind::String | ReferenceKind::Text | ReferenceKind::Export)
                && input.scope.holds(path)
                && input.context_of(reference) == Context::Code
                && !door.allow.iter().any(|allowance| allowance.path.matches(path.as_str()))
                && (door.within.is_empty() || is_named(input, &door.within, reference))
                && !is_named(input, &door.through, reference)
        })
        .collect();
    // An import is told only where nothing that it brings is used: the use is the offence.
    let used: BTreeSet<_> = found.iter().filter(|it| it.kind != ReferenceKind::Import).map(|it| it.file).collect();
    found.retain(|it| it.kind != ReferenceKind::Import || !used.contains(&it.file));
    found
}

/// Whether a reference stands in one of some modules. A module may be written by its name, or by its path from the
/// repository's root.
fn is_named(input: &CheckInput<'_, '_>, modules: &[String], reference: &TracedReference) -> bool {
    let path = reference.location.path.as_str();
    let stem = path.strip_suffix(".py").unwrap_or(path);
    let from_root = stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".");
    let names = [input.project.module_name(reference.file), &from_root];
    modules.iter().any(|module| names.iter().any(|name| matches_dotted(module, name)))
}

fn finding(
    input: &CheckInput<'_, '_>,
    rule: &Rule,
    door: &OnlyThroughRule,
    trace: &Trace,
    reference: &TracedReference,
) -> Finding {
    let symbol = trace.target.to_string();
    let dotted = symbol.replace(':', ".");
    Finding {
        identity: Identity::within(reference.inside.as_deref()),
        tier: Some(reference.tier),
        message: match door.through.is_empty() {
            true => format!("`{dotted}` is used, and nothing may"),
            false => format!("`{dotted}` is used outside its door"),
        },
        help: Some(match door.through.is_empty() {
            true => rule.summary.clone(),
            false => format!("go through `{}`", door.through.join("`, `")),
        }),
        via: reference.hops.clone(),
        gate: (rule.severity == Severity::Error).then_some(Gate { context: Context::Code, verdict: Verdict::Fail }),
        ..Finding::new(
            rule.id.clone(),
            rule.severity,
            input.context_of(reference),
            reference.location.clone(),
            reference.kind.name(),
            symbol,
        )
    }
}
