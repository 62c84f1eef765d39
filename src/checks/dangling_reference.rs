//! `[[dangling-reference]]`: references of the tree that lead nowhere, whoever broke them.
//!
//! Invariant: only what surely fails is an offence; what its own code expects to fail (`except ImportError`) is told as
//! a note. Absent on purpose: how it is found, and what is left alone; see `project::broken`.

use super::{CheckInput, CheckOutput, CheckSpec, RuleReport};
use crate::facts::{Guards, ReferenceKind};
use crate::finding::{Context, Finding, Identity, Severity, Tier, Verdict};
use crate::language::find_followed;
use crate::policy::Rule;
use crate::project::{BrokenReference, broken_references, guard_name};
use crate::words::counted;
use crate::workspace::EntryId;
use std::collections::BTreeMap;

pub const SPEC: CheckSpec =
    CheckSpec { kind: "dangling-reference", explanation: include_str!("dangling_reference.md"), run };

fn run(input: &CheckInput<'_, '_>, rules: &[&Rule]) -> CheckOutput {
    let is_asked = |id: &EntryId| find_followed(input.path(*id)).is_some() && input.scope.holds(input.path(*id));
    let files: Vec<EntryId> = input.project.modules.files().map(|(id, _)| id).filter(is_asked).collect();
    let found = broken_references(input.project, &files, input.progress);
    let mut output = CheckOutput::default();
    for rule in rules {
        let findings: Vec<Finding> = found.iter().map(|it| finding(input, rule, it)).collect();
        output.rules.push(RuleReport {
            id: rule.id.0.clone(),
            kind: rule.kind.name(),
            summary: rule.summary.clone(),
            conclusion: conclusion(&found, &findings),
            verdict: Verdict::Pass,
            contexts: [Context::Code, Context::Tests].map(|context| (context, Verdict::Pass)).into(),
            symbols: Vec::new(),
            spoiled_by: Vec::new(),
        });
        output.findings.extend(findings);
    }
    output
}

fn conclusion(found: &[BrokenReference], findings: &[Finding]) -> String {
    if found.is_empty() {
        return "every reference that can be followed leads somewhere".to_owned();
    }
    let mut contexts: BTreeMap<Context, u64> = BTreeMap::new();
    findings.iter().for_each(|finding| *contexts.entry(finding.context).or_default() += 1);
    let places: Vec<String> =
        contexts.iter().map(|(context, count)| format!("{count} in {}", context.name())).collect();
    let modules =
        found.iter().filter(|it| breaks_module(it)).map(|it| it.file).collect::<std::collections::BTreeSet<_>>();
    let modules = match modules.len() as u64 {
        0 => String::new(),
        count => format!("; {} cannot be imported", counted(count, "module")),
    };
    let count = counted(found.len() as u64, "reference");
    let verb = if found.len() == 1 { "leads" } else { "lead" };
    format!("{count} {verb} nowhere: {}{modules}", places.join(", "))
}

/// An import at the top level of a module, without a guard.
fn breaks_module(reference: &BrokenReference) -> bool {
    reference.kind == ReferenceKind::Import && guard_name(reference.guards).is_none()
}

/// Whether the code is ready for it to fail.
fn is_expected(reference: &BrokenReference) -> bool {
    let ready = match reference.kind {
        ReferenceKind::Import | ReferenceKind::String => &[Guards::IMPORT_ERROR, Guards::ANY_EXCEPTION][..],
        _ => &[Guards::ATTRIBUTE_ERROR, Guards::ANY_EXCEPTION, Guards::CONDITIONAL][..],
    };
    ready.iter().any(|&guard| reference.guards.has(guard))
}

fn finding(input: &CheckInput<'_, '_>, rule: &Rule, reference: &BrokenReference) -> Finding {
    let facts = input.project.sources.facts(reference.file).expect("it was found in them");
    let location = input.project.place(reference.file, &facts, reference.span);
    let context = input.context(&location.path);
    let symbol = reference.symbol.to_string();
    let what = match (reference.symbol.name.is_some(), reference.is_patch, reference.kind) {
        (_, true, _) => format!("`{symbol}` is patched, and is not there"),
        (false, ..) => format!("no module `{symbol}`"),
        (true, _, ReferenceKind::Export) => format!("`{symbol}` is exported by `__all__`, and is not there"),
        (true, ..) => format!("`{symbol}` is not there"),
    };
    let effect = match guard_name(reference.guards) {
        None if breaks_module(reference) => ", so this module cannot be imported",
        None => "",
        Some("type-checking") => ", which a type checker will find",
        Some("import-error" | "attribute-error" | "exception") => ", and the code catches that",
        Some("function") => ", which fails when the function is called",
        Some(_) => ", which fails under a condition",
    };
    let severity = if is_expected(reference) { Severity::Note } else { rule.severity };
    Finding {
        identity: Identity::within(reference.inside.as_deref()),
        tier: Some(Tier::Proven),
        message: format!("{what}{effect}"),
        help: Some("name what took its place, or remove this use".to_owned()),
        ..Finding::new(rule.id.clone(), severity, context, location, reference.kind.name(), symbol)
    }
}
