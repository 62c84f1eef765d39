//! `[[duplicates]]`: kinds of duplicates that a policy wants told.
//!
//! The groups are those of `solely duplicates`, searched over the whole tree. Each copy that should go is a finding: all
//! but the one to keep, or, where that is not clear, all but the first. So a new copy is a new finding, and what moved
//! by some lines is none. Invariant: a group is told by one rule, the first that selects it, and a registered one by
//! none. Absent on purpose: the search itself, which is [`super::duplicates`].

use super::duplicates::{CloneType, Group, Instance, choose, trace_uses};
use super::{CheckInput, CheckOutput, CheckSpec, RuleReport, family, unread_sources};
use crate::finding::{DuplicateKind, Finding, Identity, Related, Severity, Verdict};
use crate::policy::{Allowance, DuplicatesRule, Rule, RuleKind};
use crate::span::{Location, Position, RepoPath};
use crate::words::counted;
use crate::workspace::EntryId;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

pub const SPEC: CheckSpec = CheckSpec { kind: "duplicates", explanation: include_str!("duplication.md"), run };

fn run(input: &CheckInput<'_, '_>, rules: &[&Rule]) -> CheckOutput {
    let searched = &input.searched().output;
    let mut chosen: Vec<(usize, Group)> = Vec::new();
    let mut registered = vec![0u64; rules.len()];
    for group in &searched.groups {
        if is_told_by_family(input, group) {
            continue;
        }
        let selected = rules.iter().enumerate().find_map(|(at, rule)| Some((at, select(input, rule_of(rule), group)?)));
        match selected {
            Some((at, _)) if group.details.registration.is_some() => registered[at] += 1,
            Some(selected) => chosen.push(selected),
            None => {}
        }
    }
    let (owners, mut groups): (Vec<usize>, Vec<Group>) = chosen.into_iter().unzip();
    trace_uses(input, &mut groups);
    choose(input, &mut groups);
    let mut output = CheckOutput::default();
    for (index, rule) in rules.iter().enumerate() {
        let own: Vec<&Group> =
            groups.iter().zip(&owners).filter(|(_, owner)| **owner == index).map(|(group, _)| group).collect();
        report(input, rule, &own, registered[index], &mut output);
    }
    output
}

fn rule_of(rule: &Rule) -> &DuplicatesRule {
    match &rule.kind {
        RuleKind::Duplicates(rule) => rule,
        _ => unreachable!("the registry passes duplicates rules alone"),
    }
}

/// The part of a group that a rule is about, if two copies are left of it.
fn select(input: &CheckInput<'_, '_>, rule: &DuplicatesRule, group: &Group) -> Option<Group> {
    let is_kind = rule.kinds.is_empty() || group.reasons.iter().any(|kind| rule.kinds.contains(kind));
    if !is_kind || rule.disagreeing && !group.disagrees {
        return None;
    }
    let is_clone = group.kind == DuplicateKind::Clone;
    let is_meant = |instance: &Instance| {
        rule.contexts.contains(&instance.context)
            && (rule.paths.is_empty() || rule.paths.matches(instance.path.as_str()))
            && !is_allowed(&rule.allow, &instance.path)
            && !(is_clone && instance.lines.end - instance.lines.start + 1 < rule.min_lines)
    };
    let instances: Vec<Instance> = group.instances.iter().filter(|it| is_meant(it)).cloned().collect();
    let is_judged = instances.iter().any(|it| input.scope.holds(&it.path));
    (instances.len() > 1 && is_judged).then(|| Group { instances, canonical: None, ..group.clone() })
}

/// Whether an exception of a rule covers a place.
pub(super) fn is_allowed(allow: &[Allowance], path: &RepoPath) -> bool {
    allow.iter().any(|allowance| allowance.path.matches(path.as_str()))
}

/// Versions in one module are told by a family that looks for successors, where the policy has one for that name.
fn is_told_by_family(input: &CheckInput<'_, '_>, group: &Group) -> bool {
    let first = &group.instances[0];
    group.kind == DuplicateKind::VersionFamily
        && first.what != "module"
        && group.instances.iter().all(|it| it.path == first.path)
        && input.policy.rules.iter().any(|rule| match &rule.kind {
            RuleKind::Family(family) => {
                let name = |it: &Instance| it.symbol.rsplit(['.', ':']).next().unwrap_or_default().to_owned();
                family.beside_successor && group.instances.iter().any(|it| family::selects(family, &name(it)))
            }
            _ => false,
        })
}

fn report(input: &CheckInput<'_, '_>, rule: &Rule, groups: &[&Group], registered: u64, output: &mut CheckOutput) {
    let before = output.findings.len();
    let columns = Columns::of(input, groups.iter().flat_map(|group| &group.instances));
    for group in groups {
        let kept = group.canonical.as_ref().map_or(0, |(at, _)| *at);
        let locations: Vec<Location> = group.instances.iter().map(|it| location(input, &columns, it)).collect();
        for (at, copy) in group.instances.iter().enumerate() {
            if at != kept && input.scope.holds(&copy.path) {
                output.findings.push(finding(rule, group, &locations, kept, at));
            }
        }
    }
    let spoiled_by = match rule.severity == Severity::Error {
        true => unread_sources(input, &rule_of(rule).contexts, &|_| true),
        false => Vec::new(),
    };
    let copies = output.findings.len() - before;
    let mut conclusion = match groups.len() {
        0 => "nothing is there twice".to_owned(),
        groups => format!("{}, {}", counted(groups as u64, "group"), too_many(copies as u64)),
    };
    if registered > 0 {
        conclusion.push_str(&format!("; {} there on purpose", counted(registered, "group")));
    }
    output.rules.push(RuleReport {
        id: rule.id.0.clone(),
        kind: rule.kind.name(),
        summary: rule.summary.clone(),
        conclusion,
        verdict: Verdict::Pass,
        contexts: rule_of(rule).contexts.iter().map(|&context| (context, Verdict::Pass)).collect(),
        symbols: Vec::new(),
        spoiled_by,
    });
}

fn too_many(copies: u64) -> String {
    if copies == 1 { "1 copy too many".to_owned() } else { format!("{copies} copies too many") }
}

fn finding(rule: &Rule, group: &Group, locations: &[Location], kept: usize, at: usize) -> Finding {
    let copy = &group.instances[at];
    // a run of statements is known by its words, a definition by its name
    let has_name = !matches!(copy.what, "statements" | "default" | "registration");
    let inside = copy.symbol.split_once(':').map(|(_, name)| name).filter(|_| !has_name);
    let mut others: Vec<usize> = (0..group.instances.len()).filter(|&other| other != at && other != kept).collect();
    others.insert(0, kept);
    let related = others.into_iter().map(|other| {
        let instance = &group.instances[other];
        let what = match (&group.canonical, other == kept) {
            (Some(_), true) => "the one to keep",
            (None, true) => "the first of them",
            (_, false) => "another copy",
        };
        let value = instance.detail.as_ref().map(|value| format!(": `{value}`")).unwrap_or_default();
        Related { location: locations[other].clone(), message: format!("{what}{value}") }
    });
    Finding {
        identity: Identity::within(inside),
        message: match &copy.detail {
            Some(value) => format!("{}; here `{value}`", group.message),
            None => group.message.clone(),
        },
        help: Some(help(group)),
        related: related.collect(),
        ..Finding::new(
            rule.id.clone(),
            rule.severity,
            copy.context,
            locations[at].clone(),
            if has_name { "definition" } else { group.kind.name() },
            copy.symbol.clone(),
        )
    }
}

/// Which copy to keep and why, or what keeps that open.
fn help(group: &Group) -> String {
    if let Some((at, why)) = &group.canonical {
        return format!("keep `{}`: {why}", group.instances[*at].symbol);
    }
    let is_unused = group.instances.iter().all(|it| it.uses.as_ref().is_some_and(|uses| uses.code == 0));
    let named: BTreeSet<&str> = group.instances.iter().map(|it| it.what).collect();
    match () {
        () if group.kind == DuplicateKind::ShadowedModule => "move what is needed into the package",
        () if named.contains("default") || named.contains("constant") => "keep one definition, and import it elsewhere",
        () if is_unused => "no code uses any of them; keep one at most",
        () if named.contains("statements") => "make one function of them",
        () if group.kind == DuplicateKind::Clone && group.clone_type != Some(CloneType::Exact) => {
            "make one function of what they share"
        }
        () => "keep one, and import it elsewhere; the uses do not say which",
    }
    .to_owned()
}

/// The columns at which copies without a name begin, which no fact tells: each file is read once for them.
#[derive(Default)]
pub(super) struct Columns(FxHashMap<(EntryId, u32), u32>);

impl Columns {
    pub fn of<'g>(input: &CheckInput<'_, '_>, instances: impl Iterator<Item = &'g Instance>) -> Self {
        let sources = input.project.sources;
        let mut wanted: BTreeMap<EntryId, BTreeSet<u32>> = BTreeMap::new();
        for instance in instances.filter(|it| is_nameless(it)) {
            if let Some(file) = sources.snapshot().find(&instance.path) {
                wanted.entry(file).or_default().insert(instance.lines.start);
            }
        }
        let columns = wanted.into_par_iter().flat_map_iter(|(file, lines)| {
            let text = sources.text(file).unwrap_or_default();
            let column = |line: &str| 1 + line.chars().take_while(|c| c.is_whitespace()).count() as u32;
            let columns = text.lines().zip(1..).filter(|(_, number)| lines.contains(number));
            columns.map(|(line, number)| ((file, number), column(line))).collect::<Vec<_>>()
        });
        Self(columns.collect())
    }
}

/// Whether a copy is known by its words alone.
fn is_nameless(instance: &Instance) -> bool {
    matches!(instance.what, "statements" | "default")
}

/// Where a copy stands: the name of a definition, or the first statement of a run.
pub(super) fn location(input: &CheckInput<'_, '_>, columns: &Columns, instance: &Instance) -> Location {
    let start = Position { line: instance.lines.start, column: 1 };
    let plain = Location { path: instance.path.clone(), start, end_line: instance.lines.end };
    let sources = input.project.sources;
    let (Some(file), true) = (sources.snapshot().find(&instance.path), instance.what != "module") else { return plain };
    if is_nameless(instance) {
        let column = columns.0.get(&(file, start.line)).copied().unwrap_or(1);
        return Location { start: Position { column, ..start }, ..plain };
    }
    let name = instance.symbol.split_once(':').map_or("", |(_, name)| name);
    let Some(facts) = sources.facts(file) else { return plain };
    let found = facts.definition_ids().find(|&id| {
        let definition = facts.definition(id);
        facts.line_index.lines(definition.span).start == instance.lines.start && facts.qualified_name(id) == name
    });
    let Some(found) = found else { return plain };
    Location { end_line: instance.lines.end, ..input.project.place(file, &facts, facts.definition(found).name_span) }
}
