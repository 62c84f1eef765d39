//! Descriptions: which symbols "V2 routing method" means.
//!
//! Invariant: a description means the symbols whose names hold all of its words, among those that the policy or the
//! files of the change have; one that fits none means nothing. Absent on purpose: likeness; a word is there or not.

use super::Judge;
use super::symbol::symbol;
use crate::policy::RuleKind;
use crate::project::Symbol;
use std::collections::BTreeSet;

/// What a description means.
pub(super) struct Described {
    pub symbols: Vec<Symbol>,
}

impl Judge<'_, '_> {
    /// The symbols that a description means, if the policy or the change has some whose names hold all of its words.
    pub(super) fn describe(&self, words: &[String]) -> Option<Described> {
        let mut symbols: BTreeSet<Symbol> = self.policy_symbols(true);
        for (at_base, at_head) in self.case.symbols {
            symbols.extend(symbol(at_base));
            symbols.extend(at_head.as_deref().and_then(symbol));
        }
        // what stays in the files of the change is meant as much as what goes
        for file in &self.case.ledger.files {
            let sources = self.case.head.sources;
            let Some(id) = sources.snapshot().find(&file.path) else { continue };
            let Some(facts) = sources.facts(id) else { continue };
            let module = self.case.head.module_name(id);
            symbols.extend(facts.definition_ids().map(|id| Symbol::new(module, facts.qualified_name(id))));
        }
        matching(symbols, words)
    }

    /// The same among what the policy calls legacy.
    pub(super) fn describe_among_legacy(&self, words: &[String]) -> Option<Described> {
        matching(self.policy_symbols(false), words)
    }

    fn policy_symbols(&self, with_successors: bool) -> BTreeSet<Symbol> {
        let mut symbols = BTreeSet::new();
        for rule in &self.case.policy.rules {
            let RuleKind::Legacy(legacy) = &rule.kind else { continue };
            let successors = legacy.successor.iter().filter(|_| with_successors);
            for pattern in legacy.symbols.iter().chain(successors).filter(|pattern| !pattern.has_globs()) {
                symbols.insert(Symbol { module: pattern.module.clone(), name: pattern.name.clone() });
            }
        }
        symbols
    }
}

/// Symbols whose last name holds every word: `_route_agent_message_v2` holds "v2" and "routing".
fn matching(symbols: BTreeSet<Symbol>, words: &[String]) -> Option<Described> {
    if words.is_empty() {
        return None;
    }
    let holds = |symbol: &Symbol| {
        let parts: Vec<String> = words_of(symbol.last_name());
        words.iter().all(|word| parts.iter().any(|part| stem(part) == stem(word)))
    };
    let found: Vec<Symbol> = symbols.into_iter().filter(holds).collect();
    (!found.is_empty()).then_some(Described { symbols: found })
}

/// The words of an identifier, in lower case.
fn words_of(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let mut word = String::new();
        for char in part.chars() {
            if char.is_uppercase() && word.chars().last().is_some_and(|last| last.is_lowercase()) {
                words.push(std::mem::take(&mut word));
            }
            word.extend(char.to_lowercase());
        }
        words.push(word);
    }
    words
}

/// A word without its ending: `routing`, `routes` and `route` are one.
fn stem(word: &str) -> &str {
    for ending in ["ing", "ed", "es", "s", "e"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= 3) {
            return stem;
        }
    }
    word
}
