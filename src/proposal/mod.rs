//! Stage 6, proposal: what a policy of this project could say, read from its code.
//!
//! Versions that live beside their successor, deprecation markers, flags that choose between two paths, and what other
//! tools already ban become rules; what is there twice becomes a suggestion of an owner, which a person has to confirm. Invariants: ids are unique and kebab-case; the order depends on the tree alone; what
//! is left out is counted. Absent on purpose: the choice among them, and the text; `cli` asks and `report` writes.

mod flag;
mod foreign;
mod owner;

use crate::checks::{Candidate, CheckInput, candidates, words};
use crate::finding::Context;
use crate::policy::{Rule, RuleKind};
use crate::project::{Found, ModuleRef, Symbol};
use crate::span::RepoPath;
use crate::words::shortened;
use std::collections::{BTreeMap, BTreeSet};

/// Rules of one origin that are proposed at most.
const MAX_RULES: usize = 20;

/// Days until a proposed rule fails; until then it warns.
const DAYS_OF_GRACE: i32 = 90;

/// Characters of a summary.
const SUMMARY: usize = 100;

/// What a policy could say.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// Folders that imports start from, where they are not the repository's root alone.
    pub roots: Vec<String>,
    /// Folders and files that hold tests and are not known as such by their names.
    pub tests: Vec<String>,
    /// By origin, then by place.
    pub rules: Vec<ProposedRule>,
    /// The most important first.
    pub owners: Vec<ProposedOwner>,
    /// Sentences on what was seen and is not proposed.
    pub notes: Vec<String>,
}

/// A definition that stands beside copies of itself, and that its uses speak for: it may become a `[[single-source]]`.
#[derive(Clone, Debug)]
pub struct ProposedOwner {
    pub id: String,
    pub summary: String,
    /// Why this copy, then where the copies are; one sentence per line.
    pub because: Vec<String>,
    pub canonical: Symbol,
}

/// Where a proposed rule comes from, in the order in which they are proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    Version,
    Flag,
    Deprecated,
    BannedApi,
    ForbiddenImport,
}

impl Origin {
    /// A heading above the rules of this origin.
    pub fn heading(self) -> &'static str {
        match self {
            Origin::Version => "Versions that live beside their successor",
            Origin::Flag => "Flags that choose between two paths",
            Origin::Deprecated => "What is declared deprecated",
            Origin::BannedApi => "Banned by ruff (flake8-tidy-imports)",
            Origin::ForbiddenImport => "Forbidden by import-linter",
        }
    }
}

/// A rule that could be in the policy.
#[derive(Clone, Debug)]
pub struct ProposedRule {
    pub origin: Origin,
    pub id: String,
    pub summary: String,
    /// Why, one sentence per line.
    pub because: Vec<String>,
    pub demand: Demand,
}

/// What a proposed rule says.
#[derive(Clone, Debug)]
pub enum Demand {
    /// `[[legacy]]`
    Gone { symbols: Vec<Symbol>, flags: Vec<String>, successor: Option<Symbol>, remove_by: jiff::civil::Date },
    /// `[[only-through]]`
    Closed { calls: Vec<String>, within: Vec<String>, allow: Vec<(String, String)> },
}

/// Reads a project for what a policy could say. The policy of `input` is the built-in one.
pub fn propose(input: &CheckInput<'_, '_>) -> Proposal {
    let remove_by = input.today.saturating_add(jiff::Span::new().days(DAYS_OF_GRACE));
    let families: Vec<&Rule> =
        input.policy.rules.iter().filter(|rule| matches!(rule.kind, RuleKind::Family(_))).collect();
    let (versions, deprecated): (Vec<Candidate>, Vec<Candidate>) =
        candidates(input, &families).into_iter().partition(|it| it.successor.is_some());
    let mut rules = superseded(versions, remove_by);
    let flags = flag::rules(input, &mut rules, remove_by);
    rules.extend(flags);
    let named: BTreeSet<Symbol> = rules.iter().flat_map(|rule| rule.symbols().iter().cloned()).collect();
    let is_named = |it: &Candidate| named.contains(&it.symbol);
    rules.extend(deprecated.into_iter().filter(|it| !is_named(it)).map(|it| declared(input, it, remove_by)));
    let mut notes = Vec::new();
    rules.extend(foreign::rules(input, remove_by, &mut notes));
    rules.sort_by_key(|rule| rule.origin);
    let mut counts: BTreeMap<Origin, usize> = BTreeMap::new();
    rules.retain(|rule| {
        let count = counts.entry(rule.origin).or_default();
        *count += 1;
        *count <= MAX_RULES
    });
    for (origin, count) in counts.into_iter().filter(|(_, count)| *count > MAX_RULES) {
        notes.push(format!("{}: {} more, which are not proposed", origin.heading(), count - MAX_RULES));
    }
    let named: BTreeSet<Symbol> = rules.iter().flat_map(|rule| rule.symbols().iter().cloned()).collect();
    let mut owners = owner::owners(input, &named, &mut notes);
    let ids = rules.iter_mut().map(|rule| &mut rule.id);
    number(ids.chain(owners.iter_mut().map(|owner| &mut owner.id)));
    Proposal { roots: roots(input), tests: tests(input), rules, owners, notes }
}

impl ProposedRule {
    pub fn symbols(&self) -> &[Symbol] {
        match &self.demand {
            Demand::Gone { symbols, .. } => symbols,
            Demand::Closed { .. } => &[],
        }
    }
}

/// One rule per successor: all its older versions go together.
fn superseded(versions: Vec<Candidate>, remove_by: jiff::civil::Date) -> Vec<ProposedRule> {
    let mut by_successor: BTreeMap<Symbol, Vec<Candidate>> = BTreeMap::new();
    for version in versions {
        by_successor.entry(version.successor.clone().expect("partitioned by it")).or_default().push(version);
    }
    let rule = |(successor, older): (Symbol, Vec<Candidate>)| ProposedRule {
        origin: Origin::Version,
        id: kebab(older[0].symbol.last_name()),
        summary: format!("`{}` takes over", successor.last_name()),
        because: older.iter().map(|it| told(it, &it.users)).collect(),
        demand: Demand::Gone {
            symbols: older.into_iter().map(|it| it.symbol).collect(),
            flags: Vec::new(),
            successor: Some(successor),
            remove_by,
        },
    };
    by_successor.into_iter().map(rule).collect()
}

/// `path:line symbol: what`.
fn told(candidate: &Candidate, what: &str) -> String {
    let (path, line) = (&candidate.location.path, candidate.location.start.line);
    format!("{path}:{line} {}: {what}", candidate.symbol.name.as_deref().unwrap_or(&candidate.symbol.module))
}

/// A rule for what its own marker calls deprecated.
fn declared(input: &CheckInput<'_, '_>, it: Candidate, remove_by: jiff::civil::Date) -> ProposedRule {
    let message = it.message.as_deref().map(one_line).filter(|message| !message.is_empty());
    ProposedRule {
        origin: Origin::Deprecated,
        id: format!("deprecated-{}", kebab(it.symbol.last_name())),
        summary: message.clone().unwrap_or_else(|| format!("`{}` is declared deprecated", it.symbol.last_name())),
        because: vec![told(&it, &it.users)],
        demand: Demand::Gone {
            successor: message.and_then(|message| replacement(input, &it.symbol, &message)),
            symbols: vec![it.symbol],
            flags: Vec::new(),
            remove_by,
        },
    }
}

/// The definition in the same class or module that a message names: `use save() instead`.
fn replacement(input: &CheckInput<'_, '_>, symbol: &Symbol, message: &str) -> Option<Symbol> {
    let Found::Module(ModuleRef::File(file)) = input.project.modules.find(&symbol.module, None) else { return None };
    let facts = input.project.sources.facts(file)?;
    let owner = symbol.owner()?;
    let mut words = message.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| word.len() > 2);
    words.find_map(|word| {
        let named = [owner.member(word), Symbol::new(&*symbol.module, word)];
        let is_there = |it: &Symbol| {
            facts.definition_ids().any(|id| Some(facts.qualified_name(id)) == it.name) && it != symbol && *it != owner
        };
        named.into_iter().find(is_there)
    })
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    shortened(&words.join(" "), SUMMARY).into_owned()
}

/// `_handle_message_v2` is `handle-message-v2`.
fn kebab(name: &str) -> String {
    let parts: Vec<String> = words(name)
        .into_iter()
        .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    if parts.is_empty() { "rule".to_owned() } else { parts.join("-") }
}

/// Gives later ones of one id a number.
fn number<'i>(ids: impl Iterator<Item = &'i mut String>) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for id in ids {
        let plain = id.clone();
        let mut count = 1;
        while !seen.insert(id.clone()) {
            count += 1;
            *id = format!("{plain}-{count}");
        }
    }
}

/// Import roots besides the repository's own.
fn roots(input: &CheckInput<'_, '_>) -> Vec<String> {
    let found = input.project.modules.roots();
    let is_plain = found.declared.iter().all(String::is_empty);
    if is_plain { Vec::new() } else { found.declared.clone() }
}

/// Files that import a test framework or define test cases and whose context is code all the same.
fn tests(input: &CheckInput<'_, '_>) -> Vec<String> {
    let mut folders: BTreeSet<String> = BTreeSet::new();
    for (file, _) in input.project.modules.files() {
        let path: &RepoPath = input.project.sources.path(file);
        if input.policy.context_of(path) == Context::Tests || !names_tests(path) {
            continue;
        }
        folders.insert(if path.folder().is_empty() { path.to_string() } else { format!("{}/**", path.folder()) });
    }
    folders.into_iter().collect()
}

/// A folder whose name says that it holds tests, in another way than the default patterns know.
fn names_tests(path: &RepoPath) -> bool {
    const FOLDERS: &[&str] = &["testing", "e2e", "integration_tests", "unit_tests", "test_suite", "functional_tests"];
    path.folder().rsplit('/').next().is_some_and(|folder| FOLDERS.contains(&folder))
}

#[cfg(test)]
mod tests_of_names {
    use super::*;

    #[test]
    fn ids_are_kebab_case_and_unique() {
        for (name, id) in [
            ("_handle_message_v2", "handle-message-v2"),
            ("PriceSourceV2", "price-source-v2"),
            ("__init__", "init"),
            ("_", "rule"),
            ("größe_v2", "gre-v2"),
        ] {
            assert_eq!(kebab(name), id, "{name}");
        }
        let mut ids = ["a", "a", "a-2", "a"].map(str::to_owned);
        number(ids.iter_mut());
        assert_eq!(ids, ["a", "a-2", "a-2-2", "a-3"]);
    }

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        assert_eq!(one_line(" use\n  this "), "use this");
        assert_eq!(one_line(&"é".repeat(150)).chars().count(), SUMMARY + 1);
    }
}
