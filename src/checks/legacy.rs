//! `[[legacy]]`: symbols and flags that must reach a state of their lifecycle.
//!
//! Invariant: a symbol's state is derived from what the trace saw; a reference on an unknown receiver fails the rule
//! unless another definition of the same name exists, in which case nobody can tell and the rule is incomplete. Absent
//! on purpose: how references are found; see `project::trace`.

use super::census::{Census, CountedSymbol, tiers};
use super::wiring::{Wiring, wiring};
use super::{CheckInput, CheckOutput, CheckSpec, RuleReport, State, SymbolReport, Warning, follower, spoiling, tally};
use crate::finding::{Context, Finding, Gate, Identity, Related, Severity, Tier, Verdict};
use crate::gap::Gap;
use crate::language::find_linked;
use crate::policy::{Demand, LegacyRule, PolicyPlace, Rule, RuleKind, SymbolPattern};
use crate::project::{
    DefinitionSite, Entity, Resolver, Standing, Step, Symbol, Target, Trace, TraceSeries, TracedReference, UseAccess,
    trace,
};
use crate::span::{Location, Position, RepoPath};
use crate::words::counted;
use crate::workspace::EntryId;
use std::collections::{BTreeMap, BTreeSet};

pub const SPEC: CheckSpec = CheckSpec { kind: "legacy", explanation: include_str!("legacy.md"), run };

fn run(input: &CheckInput<'_, '_>, rules: &[&Rule]) -> CheckOutput {
    let mut output = CheckOutput::default();
    let plans: Vec<Plan<'_>> = rules.iter().map(|rule| plan(input, rule, &mut output.warnings)).collect();
    let traces = traces_of(input, &plans);
    let targets: Vec<Target> = traces.iter().map(|trace| trace.target.clone()).collect();
    let traces: BTreeMap<&Target, &Trace> = targets.iter().zip(&traces).collect();
    let mut wiring = wiring(input, rules);
    output.warnings.append(&mut wiring.warnings);
    let is_defined = |target: &&Target| !traces[target].definitions.is_empty();
    let defined: Vec<Target> = targets.iter().filter(is_defined).cloned().collect();
    let followers = follower::of_legacy(input, &defined);
    for plan in &plans {
        judge(input, plan, &traces, &wiring, &mut output);
        let symbols: BTreeSet<&Symbol> = plan.targets.iter().filter_map(|(target, _)| target.symbol()).collect();
        output.findings.extend(follower::findings(input, plan.rule, &symbols, &followers));
    }
    output
}

/// What each rule names and what of it is in the next tree.
pub(super) fn census(
    input: &CheckInput<'_, '_>,
    rules: &[&Rule],
    step: &Step,
    series: &mut TraceSeries,
) -> Vec<Census> {
    let plans: Vec<Plan<'_>> = rules.iter().map(|rule| plan(input, rule, &mut Vec::new())).collect();
    let targets = targets_of(&plans);
    let is_left_out = |_: EntryId, reference: &TracedReference| is_policy(input, reference);
    let standing = series.next(input.project, step, &targets, &is_left_out);
    let standing: BTreeMap<&Target, &Standing> = targets.iter().zip(&standing).collect();
    let gaps = input.gaps();
    let symbol = |target: &Target| {
        let standing = standing[target];
        let is_production = |path: &RepoPath| matches!(input.context(path), Context::Code | Context::Config);
        CountedSymbol {
            symbol: target.to_string(),
            is_there: match target {
                Target::Flag(_) => standing.read_in.iter().any(is_production),
                Target::Symbol(_) | Target::Near { .. } => !standing.definitions.is_empty(),
            },
            definitions: standing.definitions.clone(),
            references: tiers(standing),
        }
    };
    let one = |plan: &Plan<'_>| {
        let targets = || plan.targets.iter().map(|(target, _)| target);
        let unseen = targets().map(|target| standing[target].unseen.iter().collect());
        let spoiled_by: Vec<RepoPath> = spoiled_by(plan, unseen, &gaps).into_iter().collect();
        // what has no ending may be a repository of its own, and configuration reads flags
        let names_flags = targets().any(|target| matches!(target, Target::Flag(_)));
        let may_define = |path: &&RepoPath| names_flags || find_linked(path).is_some() || path.extension().is_none();
        Census {
            rule: plan.rule.id.0.clone(),
            kind: plan.rule.kind.name(),
            symbols: targets().map(symbol).collect(),
            may_define: spoiled_by.iter().filter(may_define).cloned().collect(),
            spoiled_by,
        }
    };
    plans.iter().map(one).collect()
}

/// Everything that the rules name.
fn targets_of(plans: &[Plan<'_>]) -> Vec<Target> {
    let targets: BTreeSet<Target> = plans.iter().flat_map(|plan| plan.targets.iter().map(|it| it.0.clone())).collect();
    targets.into_iter().collect()
}

/// The traces of everything that the rules name, in the order of the targets.
fn traces_of(input: &CheckInput<'_, '_>, plans: &[Plan<'_>]) -> Vec<Trace> {
    let mut traces = trace(input.project, &targets_of(plans), input.progress);
    traces.iter_mut().for_each(|trace| leave_policy_out(input, trace));
    traces
}

/// Whether a reference is text of the policy itself.
fn is_policy(input: &CheckInput<'_, '_>, it: &TracedReference) -> bool {
    let text = || input.project.sources.text(it.file);
    it.tier >= Tier::Text && input.policy.owns(it.location.path.as_str(), it.location.start.line, text)
}

/// The policy names what must go: that is no residue.
fn leave_policy_out(input: &CheckInput<'_, '_>, trace: &mut Trace) {
    let before = trace.references.len();
    trace.references.retain(|it| !is_policy(input, it));
    let left_out = (before - trace.references.len()) as u64;
    trace.occurrences.references -= left_out;
    trace.occurrences.others += left_out;
}

/// A rule with the symbols that its patterns select.
struct Plan<'p> {
    rule: &'p Rule,
    legacy: &'p LegacyRule,
    targets: Vec<(Target, Option<&'p SymbolPattern>)>,
}

impl Plan<'_> {
    /// The contexts that the rule demands something of.
    fn contexts(&self) -> impl Iterator<Item = Context> {
        let require = &self.legacy.require;
        Context::ALL.into_iter().filter(move |context| require.of(*context) > Demand::Anything)
    }
}

fn plan<'p>(input: &CheckInput<'_, '_>, rule: &'p Rule, warnings: &mut Vec<Warning>) -> Plan<'p> {
    let RuleKind::Legacy(legacy) = &rule.kind else { unreachable!("the registry passes legacy rules alone") };
    let mut targets = Vec::new();
    for pattern in &legacy.symbols {
        let symbols = input.project.matching(pattern);
        if symbols.is_empty() {
            warnings.push(Warning {
                message: format!("`{pattern}` matches nothing: this part of `{}` can never fail", rule.id),
                help: Some("a symbol is written `package.module:Class.method`".into()),
                place: Some(pattern.place.clone()),
            });
        }
        targets.extend(symbols.into_iter().map(|symbol| (Target::Symbol(symbol), Some(pattern))));
    }
    targets.extend(legacy.flags.iter().map(|flag| (Target::Flag(flag.clone()), None)));
    Plan { rule, legacy, targets }
}

fn judge(
    input: &CheckInput<'_, '_>,
    plan: &Plan<'_>,
    traces: &BTreeMap<&Target, &Trace>,
    wiring: &Wiring,
    output: &mut CheckOutput,
) {
    let contexts = plan.contexts().map(|context| (context, Verdict::Pass)).collect();
    let deadline = Deadline::of(plan.legacy, input.today);
    let own: Vec<&Trace> = plan.targets.iter().map(|(target, _)| traces[target]).collect();
    let unseen = own.iter().map(|trace| trace.unseen.iter().map(|&file| input.path(file)).collect());
    let spoiled_by = spoiled_by(plan, unseen, &input.gaps());
    let mut symbols = Vec::new();
    let mut findings = Findings::new(input, plan, &deadline);

    for (target, pattern) in &plan.targets {
        let trace = traces[target];
        for site in trace.definitions.iter().filter(|it| input.scope.holds(&it.location.path)) {
            let context = input.policy.context_at(&site.location.path, site.in_tests);
            findings.definition(target, site, context);
        }
        for reference in trace.references.iter().filter(|it| input.scope.holds(&it.location.path)) {
            findings.reference(trace, reference, input.context_of(reference));
        }
        if let Some(pattern) = pattern {
            output.warnings.extend(detached(plan.rule, pattern, trace));
        }
        symbols.push(symbol_report(input, trace));
    }
    let successor = findings.successor();
    findings.list.extend(successor);
    let unwired = wiring.finding(plan.rule, plan.legacy);
    findings.list.extend(unwired.filter(|finding| input.scope.holds(&finding.location.path)));
    output.findings.append(&mut findings.list);
    output.rules.push(RuleReport {
        id: plan.rule.id.0.clone(),
        kind: plan.rule.kind.name(),
        summary: plan.rule.summary.clone(),
        conclusion: conclusion(input, &own),
        verdict: Verdict::Pass,
        contexts,
        symbols,
        spoiled_by: spoiled_by.into_iter().collect(),
    });
}

/// Paths of the gaps that may hold something that the rule names, in the contexts that it judges. For each of its targets
/// stand the files in which an occurrence was not understood.
fn spoiled_by<'p>(
    plan: &Plan<'_>,
    unseen: impl Iterator<Item = BTreeSet<&'p RepoPath>>,
    gaps: &[(Context, Gap)],
) -> BTreeSet<RepoPath> {
    let mut spoiled_by = BTreeSet::new();
    for unseen in unseen {
        for context in plan.contexts() {
            spoiled_by.extend(spoiling(gaps, context, &|path| unseen.contains(path)).into_iter().cloned());
        }
    }
    spoiled_by
}

/// What was found, in one sentence: definitions, production uses, residue.
fn conclusion(input: &CheckInput<'_, '_>, traces: &[&Trace]) -> String {
    let mut uses: BTreeMap<Context, usize> = BTreeMap::new();
    let mut mentions: BTreeMap<Context, usize> = BTreeMap::new();
    for reference in traces.iter().flat_map(|trace| &trace.references) {
        let context = input.context_of(reference);
        let is_use = reference.tier < Tier::Text && !reference.is_own;
        *if is_use { &mut uses } else { &mut mentions }.entry(context).or_default() += 1;
    }
    let defined = traces.iter().filter(|trace| !trace.definitions.is_empty()).count();
    let all = traces.iter().filter(|trace| !matches!(trace.target, Target::Flag(_))).count();
    let mut parts = Vec::new();
    match (defined, all) {
        (_, 0) => {}
        (0, _) => parts.push("no definition is left".to_owned()),
        (defined, all) => parts.push(format!("{defined} of {all} symbols still defined")),
    }
    let production = uses.get(&Context::Code).unwrap_or(&0) + uses.get(&Context::Config).unwrap_or(&0);
    parts.push(match production {
        0 => "nothing in production uses them".to_owned(),
        1 => "1 place in production uses them".to_owned(),
        places => format!("{places} places in production use them"),
    });
    let mut residue = Vec::new();
    if let Some(&count) = uses.get(&Context::Tests) {
        residue.push(format!("{} in tests", counted(count as u64, "use")));
    }
    for context in Context::ALL {
        if let Some(&count) = mentions.get(&context) {
            residue.push(format!("{} in {}", counted(count as u64, "mention"), context.name()));
        }
    }
    if !residue.is_empty() {
        parts.push(format!("residue: {}", residue.join(", ")));
    }
    parts.join("; ")
}

/// A symbol whose module or class is not in the tree, and that nothing names: it is gone, or it never was.
fn detached(rule: &Rule, pattern: &SymbolPattern, trace: &Trace) -> Option<Warning> {
    if !trace.is_detached || !trace.definitions.is_empty() || !trace.references.is_empty() {
        return None;
    }
    Some(Warning {
        message: match &pattern.name {
            Some(_) => format!("`{pattern}` matches nothing: this part of `{}` can never fail", rule.id),
            None => format!("`{pattern}` matches nothing: it is gone, or it is not spelled right"),
        },
        help: Some(match &pattern.name {
            Some(_) => "neither its module or class nor its name is anywhere in the tree; is it spelled right?".into(),
            None => "no module has this name, and nothing names it; a function or class is written behind a colon: \
                     `package.module:Class.method`"
                .into(),
        }),
        place: Some(pattern.place.clone()),
    })
}

/// What a trace says of its target.
pub(super) fn symbol_report(input: &CheckInput<'_, '_>, trace: &Trace) -> SymbolReport {
    let (references, by_context) = tally(trace.references.iter().map(|it| (input.context_of(it), it)));
    SymbolReport {
        symbol: trace.target.to_string(),
        state: state(input, trace),
        definitions: trace.definitions.iter().map(DefinitionSite::whole).collect(),
        references,
        by_context,
        occurrences: trace.occurrences,
    }
}

/// The lifecycle of a symbol. See product words: present, unused, removed, residue, gone.
pub fn state(input: &CheckInput<'_, '_>, trace: &Trace) -> State {
    let uses = |contexts: &[Context]| {
        trace.references.iter().any(|it| it.tier < Tier::Text && !it.is_own && contexts.contains(&input.context_of(it)))
    };
    let production = [Context::Code, Context::Config];
    if let Target::Flag(_) = trace.target {
        let is_read = trace
            .references
            .iter()
            .any(|it| it.access == Some(UseAccess::Read) && production.contains(&input.context_of(it)));
        let is_set =
            trace.references.iter().any(|it| production.contains(&input.context_of(it)) && it.tier < Tier::Text);
        return match (is_read, is_set, trace.references.is_empty()) {
            (true, ..) => State::Present,
            (false, true, _) => State::Removed,
            (false, false, false) => State::Residue,
            (false, false, true) => State::Gone,
        };
    }
    match (trace.definitions.is_empty(), trace.references.is_empty()) {
        (false, _) if uses(&Context::ALL) => State::Present,
        (false, _) => State::Unused,
        (true, true) => State::Gone,
        (true, false) if uses(&production) => State::Removed,
        (true, false) => State::Residue,
    }
}

/// Whether a rule fails already.
struct Deadline {
    date: Option<jiff::civil::Date>,
    is_past: bool,
}

impl Deadline {
    fn of(rule: &LegacyRule, today: jiff::civil::Date) -> Self {
        Self { date: rule.remove_by, is_past: rule.remove_by.is_none_or(|date| today >= date) }
    }

    fn words(&self) -> String {
        match (self.date, self.is_past) {
            (None, _) => String::new(),
            (Some(date), true) => format!(", and was to be removed by {date}"),
            (Some(date), false) => format!(", to be removed by {date}"),
        }
    }
}

/// Builds the findings of one rule.
struct Findings<'a, 's> {
    input: &'a CheckInput<'a, 's>,
    plan: &'a Plan<'a>,
    deadline: &'a Deadline,
    list: Vec<Finding>,
}

impl<'a, 's> Findings<'a, 's> {
    fn new(input: &'a CheckInput<'a, 's>, plan: &'a Plan<'a>, deadline: &'a Deadline) -> Self {
        Self { input, plan, deadline, list: Vec::new() }
    }

    fn definition(&mut self, target: &Target, site: &DefinitionSite, context: Context) {
        let is_offence = self.plan.legacy.require.of(context) >= Demand::Removed;
        let name = short_name(target);
        let message = format!("`{name}` is still defined{}", self.deadline.words());
        self.add(target, site.whole(), context, "definition", message, is_offence, |_| {})
    }

    fn reference(&mut self, trace: &Trace, reference: &TracedReference, context: Context) {
        let demand = self.plan.legacy.require.of(context);
        let is_offence = match demand {
            Demand::Anything | Demand::Removed => false,
            Demand::Unused => reference.tier < Tier::Text && !reference.is_own,
            Demand::Residue => reference.tier < Tier::Text && context != Context::Tests,
            Demand::Gone => true,
        } && !reference.is_own;
        let is_ambiguous = reference.tier == Tier::NameOnly && !trace.homonyms.is_empty();
        let name = short_name(&trace.target);
        let mut message = describe(&name, reference);
        if is_ambiguous {
            message.push_str(&format!(", or another `{}`", trace.target.name()));
        }
        message.push_str(&self.deadline.words());
        let homonym = trace.homonyms.first().filter(|_| is_ambiguous).cloned();
        self.add(
            &trace.target,
            reference.location.clone(),
            context,
            reference.kind.name(),
            message,
            is_offence,
            |finding| {
                finding.identity = Identity::within(reference.inside.as_deref());
                finding.within = reference.within;
                finding.access = reference.access.map(UseAccess::name);
                finding.tier = Some(reference.tier);
                finding.via = reference.hops.clone();
                if let Some(location) = homonym {
                    finding.severity = finding.severity.max(Severity::Warning);
                    finding.related.push(Related { location, message: "it could be this one".into() });
                    finding.gate = finding.gate.map(|gate| Gate { verdict: Verdict::Incomplete, ..gate });
                }
            },
        );
    }

    /// The successor must exist.
    fn successor(&mut self) -> Option<Finding> {
        let pattern = self.plan.legacy.successor.as_ref()?;
        if successor_exists(self.input, pattern) {
            return None;
        }
        let symbol = pattern.to_string();
        Some(Finding {
            message: format!("the successor `{symbol}` is not defined"),
            help: Some("name a definition that exists, or leave `successor` out".into()),
            gate: Some(Gate { context: Context::Code, verdict: Verdict::Fail }),
            ..Finding::new(
                self.plan.rule.id.clone(),
                Severity::Error,
                Context::Config,
                policy_location(&pattern.place),
                "successor",
                symbol,
            )
        })
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a finding, named once")]
    fn add(
        &mut self,
        target: &Target,
        location: Location,
        context: Context,
        kind: &'static str,
        message: String,
        is_offence: bool,
        complete: impl FnOnce(&mut Finding),
    ) {
        let severity = match (is_offence, self.deadline.is_past) {
            (true, true) => self.plan.rule.severity,
            (true, false) => self.plan.rule.severity.max(Severity::Warning),
            (false, _) => Severity::Note,
        };
        let mut finding = Finding {
            message,
            help: if is_offence { self.help(target) } else { None },
            ..Finding::new(self.plan.rule.id.clone(), severity, context, location, kind, target.to_string())
        };
        complete(&mut finding);
        self.list.push(finding);
    }

    fn help(&self, target: &Target) -> Option<String> {
        match (&self.plan.legacy.successor, target) {
            (Some(successor), Target::Symbol(_) | Target::Near { .. }) => Some(format!("use `{successor}` instead")),
            (Some(successor), Target::Flag(_)) => Some(format!("`{successor}` needs no flag; remove it")),
            (None, _) => None,
        }
    }
}

fn short_name(target: &Target) -> String {
    match target {
        Target::Symbol(Symbol { name: Some(name), .. }) => name.clone(),
        other => other.to_string(),
    }
}

fn describe(name: &str, reference: &TracedReference) -> String {
    use crate::facts::ReferenceKind::*;
    let unsure = match reference.tier {
        Tier::NameOnly => "may be ",
        _ => "is ",
    };
    let what = match (reference.kind, reference.access, reference.within) {
        (_, Some(UseAccess::Read), _) => "read",
        (_, Some(UseAccess::Write), _) => "set",
        (Import, ..) => "imported",
        (Call, ..) => "called",
        (Subclass, ..) => "inherited from",
        (Decorator, ..) => "used as a decorator",
        (Annotation, ..) => "named in an annotation",
        (String, ..) => "named by a string",
        (Export, ..) => "exported by `__all__`",
        (Text, _, Some("comment")) => "named in a comment",
        (Text, _, Some("docstring")) => "named in a docstring",
        (Text, _, Some("string")) => "named in a string",
        (Text, ..) => "named here",
        (Attribute | Name | Keyword, ..) => "used",
    };
    format!("`{name}` {unsure}{what}")
}

fn successor_exists(input: &CheckInput<'_, '_>, pattern: &SymbolPattern) -> bool {
    let symbol = Symbol { module: pattern.module.clone(), name: pattern.name.clone() };
    let found = Resolver::new(input.project).symbol(&symbol);
    found.iter().any(|it| !matches!(it.entity, Entity::Missing(_)))
}

/// A place in the policy file, as a location.
pub(super) fn policy_location(place: &PolicyPlace) -> Location {
    Location {
        path: RepoPath::new(&place.file),
        start: Position { line: place.line, column: place.column },
        end_line: place.line,
    }
}
