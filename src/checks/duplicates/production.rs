//! Which copies production uses: those that its entry points reach.
//!
//! Invariant: a copy is called unreached only where an entry point is known and no step may lead to it
//! ([`Reach`]). Absent on purpose: copies in tests, and the copies of groups that are not examined.

use super::{Group, Instance};
use crate::checks::{CheckInput, production_entries};
use crate::finding::{Context, Hop};
use crate::language::find_followed;
use crate::project::{Node, Reach, Reached, Symbol, nodes_of};
use std::collections::BTreeMap;

/// Whether production reaches a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Production {
    /// The entry point that leads to it by the fewest steps.
    Reached {
        from: Hop,
    },
    /// A step that may be taken leads to it, or no entry point is known.
    Unknown {
        because: String,
    },
    Unreached,
}

impl Production {
    /// The word of the contract.
    pub fn name(&self) -> &'static str {
        match self {
            Production::Reached { .. } => "reached",
            Production::Unknown { .. } => "unknown",
            Production::Unreached => "unreached",
        }
    }
}

/// Fills in whether production reaches each copy in the groups. A run of statements is reached with the definition
/// around it, a constant with its module.
pub fn trace_production(input: &CheckInput<'_, '_>, groups: &mut [Group]) {
    let mut wanted: BTreeMap<Symbol, Vec<Node>> = BTreeMap::new();
    for symbol in groups.iter().flat_map(|group| &group.instances).filter_map(reachable) {
        wanted.entry(symbol).or_insert_with_key(|symbol| nodes_of(input.project, symbol));
    }
    if wanted.values().all(Vec::is_empty) {
        return;
    }
    let mut reach = Reach::new(input.project, production_entries(input));
    let targets: Vec<Node> = wanted.values().flatten().copied().collect();
    let mut standings = reach.by_production(&targets, input.progress).into_iter();
    let mut found: BTreeMap<Symbol, Production> = BTreeMap::new();
    for (symbol, nodes) in wanted {
        // defined twice, under a condition: the best of them counts
        let of_it = nodes.iter().filter_map(|_| standings.next()).map(told).min_by_key(|it| match it {
            Production::Reached { .. } => 0,
            Production::Unknown { .. } => 1,
            Production::Unreached => 2,
        });
        found.extend(of_it.map(|it| (symbol, it)));
    }
    for instance in groups.iter_mut().flat_map(|group| &mut group.instances) {
        instance.production = reachable(instance).and_then(|symbol| found.get(&symbol).cloned());
    }
}

fn told(standing: Option<Reached>) -> Production {
    match standing {
        Some(Reached::Production { chain }) => match chain.into_iter().next() {
            Some(from) => Production::Reached { from },
            None => Production::Unknown { because: "the way to it is not known".to_owned() },
        },
        Some(Reached::Unknown { because, .. }) => Production::Unknown { because },
        Some(Reached::Tests { .. } | Reached::Nothing { .. }) | None => Production::Unreached,
    }
}

/// What is asked for a copy; `None` for those in tests, and for what is no code that runs by itself.
fn reachable(instance: &Instance) -> Option<Symbol> {
    find_followed(&instance.path)?;
    if instance.context != Context::Code || instance.what == "registration" {
        return None;
    }
    Some(match instance.symbol.split_once(':') {
        Some((module, _)) if instance.what == "constant" => Symbol::module(module),
        Some((module, name)) => Symbol::new(module, name),
        None => Symbol::module(&*instance.symbol),
    })
}
