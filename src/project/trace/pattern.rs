//! Names that a program puts together: `getattr(self, f"handle_{kind}")` may mean `handle_order`.
//!
//! Such a place does not hold the name, so what is looked for is its words beside a brace: `handle_{`, `}_order`.
//! Invariant: it is a reference only where the receiver is known and has the goal; then it is likely. Absent on purpose:
//! f-strings whose literal ends inside a word, f-strings with several values, and other ways to put a name together.

use super::classify::{Judgement, judge, traced};
use super::{Goal, Page, Target, TracedReference};
use crate::facts::{Facts, ReferenceKind};
use crate::finding::Tier;
use crate::project::entity::Entity;
use crate::project::resolve::Resolver;

/// What of a name may stand in an f-string that means it.
pub fn fragments(target: &Target) -> Vec<String> {
    let (Target::Symbol(symbol) | Target::Near { symbol, .. }) = target else { return Vec::new() };
    if symbol.name.is_none() {
        return Vec::new();
    }
    let name = target.name();
    let mut found = Vec::new();
    for (at, _) in name.match_indices('_') {
        let (prefix, suffix) = (&name[..=at], &name[at..]);
        found.extend(is_telling(prefix).then(|| format!("{prefix}{{")));
        found.extend(is_telling(suffix).then(|| format!("}}{suffix}")));
    }
    found
}

/// More than underscores.
fn is_telling(part: &str) -> bool {
    part.chars().any(|c| c != '_')
}

/// The f-strings of a file that may mean the goal.
pub fn find(resolver: &mut Resolver<'_, '_>, page: &Page<'_>, facts: &Facts, goal: &Goal) -> Vec<TracedReference> {
    let name = goal.target.name();
    let mut found = Vec::new();
    for pattern in &facts.patterns {
        let Some(rest) = name.strip_prefix(facts.name(pattern.prefix)) else { continue };
        if !rest.ends_with(facts.name(pattern.suffix)) {
            continue;
        }
        let mut meanings = resolver.members(page.file, pattern.receiver, name);
        // A name that is not there may never be put together.
        meanings.retain(|it| !matches!(it.entity, Entity::Missing(_) | Entity::External(_)));
        if let Judgement::Match { hops, .. } = judge(&meanings, goal) {
            let kind = ReferenceKind::String;
            found.push(traced(page, pattern.span, kind, Tier::Likely, hops, pattern.guards, goal));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Symbol;

    #[test]
    fn a_name_is_cut_between_its_words() {
        let of = |name: &str| fragments(&Target::Symbol(Symbol::new("shop", name)));
        assert_eq!(of("Orders._on_save_v2"), ["}_on_save_v2", "_on_{", "}_save_v2", "_on_save_{", "}_v2"]);
        assert_eq!(of("run"), [""; 0]);
        assert_eq!(fragments(&Target::Flag("USE_V2".into())), [""; 0]);
    }
}
