//! One occurrence of a name: what it is.
//!
//! Invariant: every occurrence gets exactly one [`Outcome`]. Absent on purpose: names other than the symbol's own; see
//! `alias`.

use super::{DefinitionSite, Goal, Page, Target, TracedReference, UseAccess};
use crate::facts::{
    Access, DefinitionKind, Facts, Guards, ImportId, ImportTarget, MODULE_SCOPE, NameString, Reference, ReferenceKind,
    Space, StringRole, Value,
};
use crate::finding::{Hop, Tier};
use crate::language::find_linked;
use crate::project::entity::{DefinitionRef, Entity, Resolved};
use crate::project::module::{Found, ModuleRef};
use crate::project::path::fits;
use crate::project::reach::entry_point_paths;
use crate::project::resolve::Resolver;
use crate::project::root::METADATA;
use crate::project::symbol::Symbol;
use crate::source::Hit;
use crate::span::Span;

pub enum Outcome {
    Definition(DefinitionSite),
    Reference(Box<TracedReference>),
    /// Something else of the same name; where it is itself a definition, its name's span.
    Other {
        homonym: Option<Span>,
    },
    Longer,
    Unseen,
}

const OTHER: Outcome = Outcome::Other { homonym: None };

/// What meanings say about a goal.
pub enum Judgement {
    Match {
        tier: Tier,
        hops: Vec<Hop>,
    },
    /// The receiver is not known, so it may be.
    Open,
    Else,
}

pub fn classify(resolver: &mut Resolver<'_, '_>, page: &Page<'_>, hit: &Hit, goal: &Goal) -> Outcome {
    if !hit.is_bounded {
        return Outcome::Longer;
    }
    let span = Span::new(hit.start, hit.end);
    let Some(facts) = page.facts else {
        return match (page.is_source, page.is_readable) {
            (true, _) => Outcome::Unseen,
            (false, true) => {
                entry_point(resolver, page, span, goal).unwrap_or_else(|| text(page, span, goal, "document"))
            }
            (false, false) => text(page, span, goal, "binary"),
        };
    };
    if facts.in_comment(span.start) {
        return text(page, span, goal, "comment");
    }
    if facts.in_docstring(span.start) {
        return text(page, span, goal, "docstring");
    }
    if page.unread_at(span).is_some() {
        return Outcome::Unseen;
    }
    if let Target::Flag(_) = goal.target {
        return flag(page, facts, span);
    }
    if let Some(outcome) = definition(page, facts, span, goal) {
        return outcome;
    }
    if let Some(reference) = facts.reference_at(span) {
        return reference_outcome(resolver, page, facts, reference, goal);
    }
    if let Some(outcome) = imported(resolver, page, facts, span, goal) {
        return outcome;
    }
    if let Some(string) = string_at(facts, span) {
        return string_outcome(resolver, page, facts, string, span, goal);
    }
    let is_bound_here = page
        .name_id(span.slice(page.text))
        .is_some_and(|name| facts.bindings.iter().any(|it| it.name == name && it.span == span));
    if is_bound_here {
        return OTHER;
    }
    entry_point(resolver, page, span, goal).unwrap_or_else(|| text(page, span, goal, "string"))
}

/// `load = "shop.orders:load"` in the metadata of a package: what an installation looks up there.
fn entry_point(resolver: &mut Resolver<'_, '_>, page: &Page<'_>, span: Span, goal: &Goal) -> Option<Outcome> {
    let file = page.path.file_name();
    if !METADATA.contains(&file) && file != "setup.py" {
        return None;
    }
    let line = page.line_range(span).start;
    for target in entry_point_paths(&page.path, page.text, line) {
        let meanings = resolver.path(&target.replace(':', "."), page.file);
        if let Judgement::Match { tier, hops } = judge(&meanings, goal) {
            return Some(found(page, span, ReferenceKind::String, tier, hops, Guards::NONE, goal));
        }
    }
    None
}

/// A name in prose. A plain word counts only where it is written as code, or every "get" would be a reference.
fn text(page: &Page<'_>, span: Span, goal: &Goal, within: &'static str) -> Outcome {
    let name = span.slice(page.text);
    if !matches!(goal.target, Target::Flag(_)) && is_plain_word(name) && !is_written_as_code(page.text, span) {
        return OTHER;
    }
    let mut reference = traced(page, span, ReferenceKind::Text, Tier::Text, Vec::new(), Guards::NONE, goal);
    reference.within = Some(within);
    Outcome::Reference(Box::new(reference))
}

/// `run`, `Handler`: one word of letters, as prose has them.
fn is_plain_word(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.all(|c| c.is_lowercase())
}

fn is_written_as_code(text: &str, span: Span) -> bool {
    let before = text[..span.start as usize].chars().next_back();
    let after = text[span.end as usize..].chars().next();
    matches!(before, Some('.' | '`' | ':' | '/')) || matches!(after, Some('(' | '`' | '='))
}

fn definition(page: &Page<'_>, facts: &Facts, span: Span, goal: &Goal) -> Option<Outcome> {
    let id = facts.definition_named_at(span)?;
    let definition = facts.definition(id);
    if !goal.definitions.contains(&DefinitionRef { file: page.file, id }) {
        return Some(Outcome::Other { homonym: Some(span) });
    }
    Some(Outcome::Definition(DefinitionSite {
        file: page.file,
        location: page.location(span),
        lines: page.line_range(definition.span),
        kind: definition.kind.name(),
        in_tests: facts.in_tests(span.start),
    }))
}

pub fn string_at(facts: &Facts, span: Span) -> Option<&NameString> {
    let next = facts.strings.partition_point(|it| it.span.start <= span.start);
    facts.strings[..next].last().filter(|it| it.span.contains(span))
}

fn reference_outcome(
    resolver: &mut Resolver<'_, '_>,
    page: &Page<'_>,
    facts: &Facts,
    reference: &Reference,
    goal: &Goal,
) -> Outcome {
    if reference.kind == ReferenceKind::Keyword {
        return OTHER;
    }
    let named = facts.named(reference.value);
    let is_attribute = matches!(named, Value::Attribute { .. });
    if let Value::Name { space, .. } | Value::Attribute { space, .. } = named
        && !may_mean(resolver, goal, space)
    {
        return OTHER;
    }
    let meanings = resolver.value(page.file, reference.value);
    let judgement = match named {
        Value::Name { space, .. } | Value::Attribute { space, .. } if space != Space::One => {
            settled_in(resolver, space, &meanings, goal)
        }
        _ => settled(resolver, page, &meanings, goal),
    };
    match judgement {
        Judgement::Match { tier, hops } => {
            let mut matched = traced(page, reference.span, reference.kind, tier, hops, reference.guards, goal);
            matched.access = (reference.access != Access::Read).then_some(UseAccess::Write);
            Outcome::Reference(Box::new(matched))
        }
        // `x.name = …` on an unknown receiver makes an attribute of x, it does not use ours.
        Judgement::Open if is_attribute && reference.access == Access::Read => {
            found(page, reference.span, reference.kind, Tier::NameOnly, Vec::new(), reference.guards, goal)
        }
        Judgement::Open if !is_attribute => open_name(page, facts, reference, goal),
        Judgement::Open | Judgement::Else => OTHER,
    }
}

/// Whether a name in a space can mean a goal at all: a macro is no function, a method is called on a receiver.
fn may_mean(resolver: &Resolver<'_, '_>, goal: &Goal, space: Space) -> bool {
    if space == Space::One {
        return true;
    }
    let kinds = |it: &DefinitionRef| Some(resolver.facts(it.file)?.definition(it.id).kind);
    let mut kinds = goal.definitions.iter().filter_map(kinds).peekable();
    match kinds.peek() {
        Some(_) => kinds.any(|kind| fits(kind, space)),
        // What is gone was a member of a type, or of a module.
        None => match space {
            Space::Method => {
                goal.target.symbol().is_some_and(|it| it.name.as_deref().is_some_and(|it| it.contains('.')))
            }
            _ => space != Space::Field,
        },
    }
}

/// A bare name with an unknown meaning: a variable is something else; a name that nothing binds may come from a star
/// import, or its import was taken out and the use stayed. It is never a method.
fn open_name(page: &Page<'_>, facts: &Facts, reference: &Reference, goal: &Goal) -> Outcome {
    let Value::Name { name, space, .. } = facts.named(reference.value) else { return OTHER };
    let is_member = goal.names.iter().any(|it| it.name.as_deref().is_some_and(|name| name.contains('.')));
    // Nothing but a macro is called as one.
    let is_bound = || space != Space::Macro && facts.bindings.iter().any(|it| it.name == name);
    if is_member || is_bound() {
        return OTHER;
    }
    found(page, reference.span, reference.kind, Tier::NameOnly, Vec::new(), reference.guards, goal)
}

/// As [`judge`], but what is missing is not taken for something else where it may come from elsewhere: a method that a
/// class lacks may be a subclass's (`self.save()` in a mixin), and a name that its module does not bind may be anything.
fn settled(resolver: &Resolver<'_, '_>, page: &Page<'_>, meanings: &[Resolved], goal: &Goal) -> Judgement {
    let is_loose = |meaning: &Resolved| match &meaning.entity {
        Entity::Missing(Symbol { module, name: Some(name) }) => {
            let first = name.split('.').next().unwrap_or(name);
            let is_bound = |facts: &Facts| {
                facts.names.find(first).is_some_and(|id| !facts.bindings_of(MODULE_SCOPE, id).is_empty())
            };
            match name.contains('.') {
                false => *module == resolver.project.module_name(page.file),
                true if *module == resolver.project.module_name(page.file) => true,
                true => match resolver.project.modules.find(module, None) {
                    Found::Module(ModuleRef::File(file)) => resolver.facts(file).is_some_and(|facts| is_bound(&facts)),
                    _ => false,
                },
            }
        }
        _ => false,
    };
    match judge(meanings, goal) {
        Judgement::Else if meanings.iter().any(is_loose) => Judgement::Open,
        judgement => judgement,
    }
}

/// As [`judge`], in a language that keeps spaces apart: a trait may give its methods to any type, also to one from
/// elsewhere, so that a type which is not seen to have a method may have that of a trait.
fn settled_in(resolver: &Resolver<'_, '_>, space: Space, meanings: &[Resolved], goal: &Goal) -> Judgement {
    let is_of_trait = |it: &DefinitionRef| {
        let Some(facts) = resolver.facts(it.file) else { return false };
        let parent = facts.definition(it.id).parent.map(|id| facts.definition(id));
        parent.is_some_and(|it| it.kind == DefinitionKind::Trait || !it.bases.is_empty())
    };
    let is_lacking = |it: &Resolved| match &it.entity {
        Entity::External(_) => space == Space::Method,
        Entity::Missing(symbol) => symbol.name.as_deref().is_some_and(|name| name.contains('.')),
        _ => false,
    };
    match judge(meanings, goal) {
        Judgement::Else if meanings.iter().any(is_lacking) && goal.definitions.iter().any(is_of_trait) => {
            Judgement::Open
        }
        judgement => judgement,
    }
}

fn imported(
    resolver: &mut Resolver<'_, '_>,
    page: &Page<'_>,
    facts: &Facts,
    span: Span,
    goal: &Goal,
) -> Option<Outcome> {
    let meanings = import(resolver, page, facts, span);
    let guards = facts.imports.iter().find(|it| it.statement.contains(span)).map_or(Guards::NONE, |it| it.guards);
    match meanings {
        Some(meanings) => Some(judged(page, span, ReferenceKind::Import, &meanings, guards, goal)),
        None => facts.imports.iter().any(|it| it.bound_span == span).then_some(OTHER),
    }
}

/// What a name in an import statement means; `None` for a place that takes nothing, as an alias does.
pub fn import(resolver: &mut Resolver<'_, '_>, page: &Page<'_>, facts: &Facts, span: Span) -> Option<Vec<Resolved>> {
    for (index, import) in facts.imports.iter().enumerate() {
        if !import.statement.contains(span) {
            continue;
        }
        if import.module_span.contains(span) && !import.module_span.is_empty() {
            // The dotted path up to the name that was hit.
            let (base, dotted) = resolver.import_base(page.file, facts, import);
            if !resolver.project.modules.is_dotted(&page.path) {
                // Of a text that leads to a file, the whole is meant.
                return Some(vec![Resolved::new(base)]);
            }
            let behind = import.module_span.end - span.end;
            let cut = dotted.len().saturating_sub(behind as usize);
            return Some(resolver.path(&dotted[..cut], page.file));
        }
        if let ImportTarget::Name(_, name_span) = import.target
            && name_span == span
        {
            let mut meanings = resolver.import(page.file, facts, ImportId(index as u32));
            // What the import binds here is not what it takes from there.
            if import.scope == crate::facts::MODULE_SCOPE {
                meanings.iter_mut().for_each(|it| drop(it.passed.pop()));
            }
            return Some(meanings);
        }
    }
    None
}

fn string_outcome(
    resolver: &mut Resolver<'_, '_>,
    page: &Page<'_>,
    facts: &Facts,
    string: &NameString,
    span: Span,
    goal: &Goal,
) -> Outcome {
    let whole = facts.name(string.text);
    if let Some(lazy) = facts.lazy.iter().find(|it| it.span == string.span) {
        let meanings = resolver.lazy_member(page.file, facts, facts.name(lazy.name));
        if let Judgement::Match { tier, hops } = judge(&meanings, goal) {
            return found(page, span, ReferenceKind::String, tier, hops, string.guards, goal);
        }
    }
    let path = &whole[..(span.end - string.span.start) as usize];
    let is_dotted = path.contains(['.', ':']);
    let kind = ReferenceKind::String;
    if let Some(receiver) = string.role.receiver() {
        let meanings = resolver.members(page.file, receiver, whole);
        let judgement = settled(resolver, page, &meanings, goal);
        return outcome_of(page, span, kind, judgement, string.guards, goal);
    }
    if string.role == StringRole::Export && !is_dotted {
        let here = crate::project::ModuleRef::File(page.file);
        let meanings = resolver.member_of_module(&here, whole);
        return judged(page, span, ReferenceKind::Export, &meanings, string.guards, goal);
    }
    if is_dotted {
        let meanings = resolver.path(&path.replace(':', "."), page.file);
        return match judge(&meanings, goal) {
            Judgement::Match { tier, hops } => found(page, span, kind, tier, hops, string.guards, goal),
            Judgement::Open => found(page, span, kind, Tier::NameOnly, Vec::new(), string.guards, goal),
            // `"Handler.run"` has no module: it may well be meant.
            Judgement::Else if goal.names.iter().any(|it| ends_with_path(&it.dotted(), path)) => {
                found(page, span, kind, Tier::NameOnly, Vec::new(), string.guards, goal)
            }
            Judgement::Else => OTHER,
        };
    }
    if is_plain_word(path) || string.span.end != span.end {
        return text(page, span, goal, "string");
    }
    found(page, span, kind, Tier::NameOnly, Vec::new(), string.guards, goal)
}

fn ends_with_path(dotted: &str, path: &str) -> bool {
    dotted.strip_suffix(&path.replace(':', ".")).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A flag is a word of its own: wherever it stands, it is meant.
fn flag(page: &Page<'_>, facts: &Facts, span: Span) -> Outcome {
    let reference = |kind, tier, within, access, guards| {
        Outcome::Reference(Box::new(TracedReference { within, access, ..bare(page, span, kind, tier, guards) }))
    };
    if let Some(string) = string_at(facts, span) {
        // `legacy` is no part of the feature `legacy-orders`.
        if string.role == StringRole::Feature && string.span != span {
            return OTHER;
        }
        let access = match string.role {
            role if role.reads_flag() => Some(UseAccess::Read),
            StringRole::EnvironmentWrite { .. } => Some(UseAccess::Write),
            _ => None,
        };
        return reference(ReferenceKind::String, Tier::Proven, None, access, string.guards);
    }
    let is_identifier = || {
        facts.reference_at(span).is_some()
            || facts.definitions.iter().any(|it| it.name_span == span)
            || facts.bindings.iter().any(|it| it.span == span)
    };
    if is_feature_alone(page, span) && is_identifier() {
        return OTHER;
    }
    if let Some(found) = facts.reference_at(span) {
        let access = match (found.kind, found.access) {
            (ReferenceKind::Keyword, _) | (_, Access::Write | Access::Delete) => UseAccess::Write,
            (_, Access::Read) => UseAccess::Read,
        };
        return reference(found.kind, Tier::Likely, None, Some(access), found.guards);
    }
    if is_identifier() {
        return reference(ReferenceKind::Name, Tier::Likely, None, Some(UseAccess::Write), Guards::NONE);
    }
    reference(ReferenceKind::Text, Tier::Text, Some("string"), None, Guards::NONE)
}

/// Whether the name of a flag in small letters is that of a feature, where a language has these: no identifier names
/// one, but crates, modules and variables are often called the same.
fn is_feature_alone(page: &Page<'_>, span: Span) -> bool {
    let has_features = find_linked(&page.path).and_then(|it| it.linking).is_some_and(|it| it.crates.is_some());
    has_features && !span.slice(page.text).contains(char::is_uppercase)
}

/// The outcome of meanings that a piece of syntax has.
pub fn judged(
    page: &Page<'_>,
    span: Span,
    kind: ReferenceKind,
    meanings: &[Resolved],
    guards: Guards,
    goal: &Goal,
) -> Outcome {
    outcome_of(page, span, kind, judge(meanings, goal), guards, goal)
}

fn outcome_of(
    page: &Page<'_>,
    span: Span,
    kind: ReferenceKind,
    judgement: Judgement,
    guards: Guards,
    goal: &Goal,
) -> Outcome {
    match judgement {
        Judgement::Match { tier, hops } => found(page, span, kind, tier, hops, guards, goal),
        Judgement::Open => found(page, span, kind, Tier::NameOnly, Vec::new(), guards, goal),
        Judgement::Else => OTHER,
    }
}

pub fn judge(meanings: &[Resolved], goal: &Goal) -> Judgement {
    let mut best: Option<&Resolved> = None;
    let mut is_open = meanings.is_empty();
    for meaning in meanings {
        let is_match = meaning.passed.iter().any(|it| goal.names.contains(it))
            || match &meaning.entity {
                Entity::Definition(definition) => goal.definitions.contains(definition),
                Entity::Module(module) => goal.module.as_ref() == Some(module),
                Entity::Missing(symbol) => goal.dotted.contains(&symbol.dotted()),
                Entity::External(path) => goal.dotted.contains(path),
                Entity::Instance { .. } | Entity::Holder(_) | Entity::Unknown => false,
            };
        if is_match && best.is_none_or(|best| meaning.tier < best.tier) {
            best = Some(meaning);
        }
        // A call to a method that the goal overrides may reach it.
        is_open |= match &meaning.entity {
            Entity::Unknown => true,
            Entity::Definition(definition) => goal.overridden.contains(definition),
            _ => false,
        };
    }
    match best {
        Some(best) => Judgement::Match { tier: best.tier, hops: best.hops.iter().map(|hop| (**hop).clone()).collect() },
        None if is_open => Judgement::Open,
        None => Judgement::Else,
    }
}

pub fn found(
    page: &Page<'_>,
    span: Span,
    kind: ReferenceKind,
    tier: Tier,
    hops: Vec<Hop>,
    guards: Guards,
    goal: &Goal,
) -> Outcome {
    Outcome::Reference(Box::new(traced(page, span, kind, tier, hops, guards, goal)))
}

pub fn traced(
    page: &Page<'_>,
    span: Span,
    kind: ReferenceKind,
    tier: Tier,
    hops: Vec<Hop>,
    guards: Guards,
    goal: &Goal,
) -> TracedReference {
    let is_own = page.facts.is_some_and(|facts| {
        goal.definitions.iter().any(|it| it.file == page.file && facts.definition(it.id).span.contains(span))
    });
    TracedReference { hops, is_own, ..bare(page, span, kind, tier, guards) }
}

fn bare(page: &Page<'_>, span: Span, kind: ReferenceKind, tier: Tier, guards: Guards) -> TracedReference {
    let inside = page.facts.and_then(|facts| facts.definition_at(span.start).map(|id| facts.qualified_name(id)));
    TracedReference {
        file: page.file,
        location: page.location(span),
        span,
        kind,
        within: None,
        access: None,
        tier,
        hops: Vec::new(),
        guards,
        inside,
        is_own: false,
        in_tests: page.facts.is_some_and(|facts| facts.in_tests(span.start)),
    }
}
