//! Whether the successor of a `[[legacy]]` rule is in use: do production entry points reach it?
//!
//! A rule is no success while nothing but tests runs what took over. Invariant: nothing is accused where no entry point
//! is known or where a step may lead there; that is told as a note. Absent on purpose: whether the successor exists;
//! that is `legacy`'s.

use super::{CheckInput, Warning};
use crate::finding::{Context, Finding, Gate, Hop, Related, Severity, Verdict};
use crate::policy::{LegacyRule, Rule, RuleKind, SymbolPattern};
use crate::project::{EntryPoint, Node, Reach, Reached, Symbol, entry_points, nodes_of};
use crate::span::{Location, Position, RepoPath};
use std::collections::BTreeMap;

/// The successors of some rules, by their text, with who reaches each.
pub struct Wiring {
    successors: BTreeMap<String, (Location, Reached)>,
    has_entries: bool,
    /// Declared entry points that are not there.
    pub warnings: Vec<Warning>,
}

/// Looks for who reaches the successors that the rules name, where a rule wants to know.
pub fn wiring(input: &CheckInput<'_, '_>, rules: &[&Rule]) -> Wiring {
    let mut wanted: BTreeMap<String, Vec<Node>> = BTreeMap::new();
    for rule in rules {
        let RuleKind::Legacy(LegacyRule { successor: Some(pattern), unwired: Some(_), .. }) = &rule.kind else {
            continue;
        };
        let symbol = Symbol { module: pattern.module.clone(), name: pattern.name.clone() };
        let nodes = nodes_of(input.project, &symbol);
        if !nodes.is_empty() {
            wanted.insert(pattern.to_string(), nodes);
        }
    }
    let mut wiring = Wiring { successors: BTreeMap::new(), has_entries: true, warnings: Vec::new() };
    if wanted.is_empty() {
        return wiring;
    }
    let is_test = |path: &RepoPath| input.context(path) == Context::Tests;
    let entries = production_entries(input);
    wiring.has_entries = entries.iter().any(|entry| entry.is_sure);
    for declared in &input.policy.project.entry_points {
        if entry_points(input.project, std::slice::from_ref(declared), &is_test, input.progress).is_empty() {
            wiring.warnings.push(Warning {
                message: format!("the entry point `{declared}` matches nothing: production does not begin there"),
                help: Some("write a module, `package.module`, or what it holds, `package.module:main`".into()),
                place: Some(declared.place.clone()),
            });
        }
    }
    let mut reach = Reach::new(input.project, entries);
    let targets: Vec<Node> = wanted.values().flatten().copied().collect();
    let mut standings = reach.standings(&targets, &is_test, input.progress).into_iter();
    for (successor, nodes) in wanted {
        let mut of_it: Vec<Reached> = nodes.iter().filter_map(|_| standings.next()).collect();
        // Defined twice, under a condition: the best of them counts.
        of_it.sort_by_key(|standing| match standing {
            Reached::Production { .. } => 0,
            Reached::Unknown { .. } => 1,
            Reached::Tests { .. } => 2,
            Reached::Nothing { .. } => 3,
        });
        let location = location_of(input, nodes[0]);
        wiring.successors.insert(successor, (location, of_it.swap_remove(0)));
    }
    wiring
}

/// Where production begins. A path in the policy itself starts nothing.
pub fn production_entries(input: &CheckInput<'_, '_>) -> Vec<EntryPoint> {
    let is_test = |path: &RepoPath| input.context(path) == Context::Tests;
    let mut entries = entry_points(input.project, &input.policy.project.entry_points, &is_test, input.progress);
    entries.retain(|entry| {
        let text = || input.project.sources.lossy_text(&entry.path);
        entry.is_sure || !input.policy.owns(entry.path.as_str(), entry.line, text)
    });
    entries
}

fn location_of(input: &CheckInput<'_, '_>, node: Node) -> Location {
    let file = node.file();
    let facts = input.project.sources.facts(file);
    match (node, facts) {
        (Node::Definition(definition), Some(facts)) => {
            let own = facts.definition(definition.id);
            let end_line = facts.line_index.lines(own.span).end;
            Location { end_line, ..input.project.place(file, &facts, own.name_span) }
        }
        _ => Location { path: input.path(file).clone(), start: Position { line: 1, column: 1 }, end_line: 1 },
    }
}

impl Wiring {
    /// What is to be said about the successor of a rule.
    pub fn finding(&self, rule: &Rule, legacy: &LegacyRule) -> Option<Finding> {
        let (pattern, weight) = (legacy.successor.as_ref()?, legacy.unwired?);
        let (location, standing) = self.successors.get(&pattern.to_string())?;
        let name = short(pattern);
        let gates = |verdict| (weight == Severity::Error).then_some(Gate { context: Context::Code, verdict });
        let mut related = Vec::new();
        let (severity, gate, message, help, via) = match standing {
            Reached::Production { .. } => return None,
            Reached::Tests { chain, within } => {
                related.extend(
                    chain
                        .first()
                        .map(|hop| Related { location: place(hop), message: "a test reaches it from here".to_owned() }),
                );
                let message = format!("the successor `{name}` is not wired: only tests reach it");
                (weight, gates(Verdict::Fail), message, HELP, within)
            }
            Reached::Nothing { within } => {
                let message = format!("the successor `{name}` is not wired: nothing reaches it");
                (weight, gates(Verdict::Fail), message, HELP, within)
            }
            Reached::Unknown { because, chain } => {
                let message = format!("it cannot be told whether production reaches the successor `{name}`: {because}");
                let help = if self.has_entries { HELP_UNSURE } else { HELP_NO_ENTRY };
                (Severity::Note, gates(Verdict::Incomplete), message, help, chain)
            }
        };
        let symbol = pattern.to_string();
        Some(Finding {
            message,
            help: Some(help.to_owned()),
            via: via.clone(),
            related,
            gate,
            ..Finding::new(rule.id.clone(), severity, Context::Code, location.clone(), KIND, symbol)
        })
    }
}

const KIND: &str = "successor-not-wired";

const HELP: &str = "call it from an entry point of production, or declare what starts it: `[project] entry-points`";

const HELP_UNSURE: &str = "declare where production begins, if this is no use: `[project] entry-points`";

const HELP_NO_ENTRY: &str = "declare where production begins: `[project] entry-points = [\"package.module:main\"]`";

/// The name without its module.
fn short(pattern: &SymbolPattern) -> String {
    pattern.name.clone().unwrap_or_else(|| pattern.module.clone())
}

fn place(hop: &Hop) -> Location {
    Location { path: hop.path.clone(), start: Position { line: hop.line, column: 1 }, end_line: hop.line }
}
