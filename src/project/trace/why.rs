//! Why a place is a reference to a symbol, or is none.
//!
//! Invariant: the answer is that of `trace`, asked for one line; the words only say how it came about. Absent on
//! purpose: files that the policy leaves out or that are not there; the caller knows those.

use super::classify::{Outcome, classify, import, string_at};
use super::{Page, Trace, TracedReference, goal};
use crate::facts::{Access, BindingKind, Facts, MODULE_SCOPE, ReferenceKind, Value};
use crate::finding::Hop;
use crate::progress::Progress;
use crate::project::Project;
use crate::project::entity::{DefinitionRef, Entity, Resolved};
use crate::project::resolve::Resolver;
use crate::source::{Hit, Needles};
use crate::span::{Location, Span};
use crate::workspace::EntryId;

/// What one occurrence is, or the line as a whole.
#[derive(Clone, Debug)]
pub struct PlaceReason {
    /// 1-based; `None` says something of the whole line.
    pub column: Option<u32>,
    pub is_reference: bool,
    pub because: String,
    /// A place that helps to understand it.
    pub related: Option<Location>,
    /// The imports that lead to the symbol, for a reference.
    pub via: Vec<Hop>,
}

/// Why the places on a line are references to a target, or not. At least one answer.
pub fn why(
    project: &Project<'_>,
    traced: &Trace,
    file: EntryId,
    line: u32,
    progress: &dyn Progress,
) -> Vec<PlaceReason> {
    let target = &traced.target;
    let goal = goal(project, target);
    let needles = Needles::new([target.name().to_owned()]);
    let mut reasons: Vec<PlaceReason> = traced
        .references
        .iter()
        .filter(|it| it.file == file && it.location.start.line == line)
        .map(|it| reason_for(it, &traced.homonyms))
        .collect();
    let searched = project.sources.search(&[file], &needles, progress);
    let Some(hits) = searched.first() else {
        if reasons.is_empty() {
            reasons.push(of_line(format!("`{}` is nowhere in this file", target.name()), None));
        }
        return reasons;
    };
    let facts = project.sources.facts_in(hits);
    let page = Page::new(project, hits, facts.as_deref());
    let mut resolver = Resolver::new(project);
    for hit in hits.hits.iter() {
        let location = page.location(Span::new(hit.start, hit.end));
        let is_told = reasons.iter().any(|it| it.column == Some(location.start.column));
        if location.start.line != line || is_told {
            continue;
        }
        let (is_reference, because, related) = match classify(&mut resolver, &page, hit, &goal) {
            Outcome::Reference(_) => (true, "it is one".to_owned(), None),
            Outcome::Definition(_) => (false, "it is the definition itself".to_owned(), None),
            Outcome::Longer => (false, format!("it is a part of the longer name `{}`", longer(&hits.text, hit)), None),
            Outcome::Unseen => (false, unseen(&page, hit), None),
            Outcome::Other { .. } => {
                let (because, related) = other(&mut resolver, &page, hit);
                (false, because, related)
            }
        };
        reasons.push(PlaceReason {
            column: Some(location.start.column),
            is_reference,
            because,
            related,
            via: Vec::new(),
        });
    }
    if reasons.is_empty() {
        let lines = hits.hits.iter().map(|hit| page.location(Span::new(hit.start, hit.end)));
        let nearest = lines.min_by_key(|it| it.start.line.abs_diff(line));
        reasons.push(of_line(format!("`{}` is not on this line; the nearest is", target.name()), nearest));
    }
    reasons.sort_by_key(|it| it.column);
    reasons
}

fn of_line(because: String, related: Option<Location>) -> PlaceReason {
    PlaceReason { column: None, is_reference: false, because, related, via: Vec::new() }
}

fn reason_for(reference: &TracedReference, homonyms: &[Location]) -> PlaceReason {
    let within = reference.within.map_or(String::new(), |within| format!(", in a {within}"));
    let own = if reference.is_own { ", inside the symbol itself, which is no use" } else { "" };
    PlaceReason {
        column: Some(reference.location.start.column),
        is_reference: true,
        because: format!("it is one: {} {}{within}{own}", reference.kind.name(), reference.tier.name()),
        related: homonyms.first().filter(|_| reference.tier == crate::finding::Tier::NameOnly).cloned(),
        via: reference.hops.clone(),
    }
}

/// The whole word around a hit.
fn longer<'t>(text: &'t str, hit: &Hit) -> &'t str {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let before = &text[..hit.start as usize];
    let start = before.trim_end_matches(is_word).len();
    let after = &text[hit.end as usize..];
    let end = text.len() - after.trim_start_matches(is_word).len();
    &text[start..end]
}

fn unseen(page: &Page<'_>, hit: &Hit) -> String {
    match page.unread_at(Span::new(hit.start, hit.end)) {
        Some(unread) => format!("this place could not be read: {}", unread.reason),
        None => "this file could not be read".to_owned(),
    }
}

/// What an occurrence is that is something else.
fn other(resolver: &mut Resolver<'_, '_>, page: &Page<'_>, hit: &Hit) -> (String, Option<Location>) {
    let span = Span::new(hit.start, hit.end);
    let Some(facts) = page.facts else { return (plain_word(), None) };
    if facts.in_comment(span.start) || facts.in_docstring(span.start) {
        return (plain_word(), None);
    }
    if let Some(id) = facts.definition_named_at(span) {
        let symbol = resolver.project.symbol_of(DefinitionRef { file: page.file, id });
        return (format!("it defines another thing of that name, `{symbol}`"), None);
    }
    if let Some(reference) = facts.reference_at(span) {
        if reference.kind == ReferenceKind::Keyword {
            return ("it is the name of a keyword argument".to_owned(), None);
        }
        let meanings = resolver.value(page.file, reference.value);
        let is_attribute = matches!(facts.named(reference.value), Value::Attribute { .. });
        let is_open = meanings.iter().all(|it| matches!(it.entity, Entity::Unknown));
        return match (is_open, is_attribute) {
            (true, true) if reference.access != Access::Read => {
                ("it sets an attribute of that name on an unknown receiver".to_owned(), None)
            }
            (true, false) => bound(facts, page, reference.value),
            _ => described(resolver, &meanings),
        };
    }
    if let Some(meanings) = import(resolver, page, facts, span) {
        return described(resolver, &meanings);
    }
    if let Some(string) = string_at(facts, span) {
        let text = facts.name(string.text);
        let meanings = match string.role.receiver() {
            Some(receiver) => resolver.members(page.file, receiver, text),
            None if text.contains(['.', ':']) => resolver.path(&text.replace(':', "."), page.file),
            None => return (plain_word(), None),
        };
        return described(resolver, &meanings);
    }
    let name = page.name_id(span.slice(page.text));
    match facts.bindings.iter().find(|it| Some(it.name) == name && it.span == span) {
        Some(binding) => (format!("{} of that name is bound here", what_binds(binding.kind)), None),
        None => (plain_word(), None),
    }
}

fn plain_word() -> String {
    "it is a word in a text; only one that is written as code counts there (`name`, name(), x.name)".to_owned()
}

/// A bare name whose value is not known: where it is bound.
fn bound(facts: &Facts, page: &Page<'_>, value: crate::facts::ValueId) -> (String, Option<Location>) {
    let Value::Name { name, scope, .. } = facts.named(value) else {
        return ("it means something that is not known".to_owned(), None);
    };
    let mut at = Some(scope);
    while let Some(id) = at {
        if let Some(binding) = facts.bindings_of(id, name).first() {
            let what = what_binds(binding.kind);
            let place = if id == MODULE_SCOPE { "in this module" } else { "in this function or class" };
            return (format!("it is {what} that is bound {place}"), Some(page.location(binding.span)));
        }
        at = facts.scope(id).parent;
    }
    ("it means something that is not known".to_owned(), None)
}

fn what_binds(kind: BindingKind) -> &'static str {
    match kind {
        BindingKind::Import(_) => "an imported name",
        BindingKind::Definition(_) => "a definition",
        BindingKind::Parameter(_) => "a parameter",
        BindingKind::Assignment | BindingKind::Outer => "a variable",
        BindingKind::Element | BindingKind::Entered | BindingKind::Other => "a local name",
    }
}

/// What meanings are, in words, with the place of the first that has one.
fn described(resolver: &mut Resolver<'_, '_>, meanings: &[Resolved]) -> (String, Option<Location>) {
    let project = resolver.project;
    let mut words: Vec<String> = Vec::new();
    let mut related = None;
    for meaning in meanings {
        let word = match &meaning.entity {
            Entity::Definition(definition) => {
                if let Some(facts) = project.sources.facts(definition.file) {
                    let name = facts.definition(definition.id).name_span;
                    related.get_or_insert_with(|| project.place(definition.file, &facts, name));
                }
                format!("`{}`", project.symbol_of(*definition))
            }
            Entity::Instance { class, .. } => format!("an instance of `{}`", project.symbol_of(*class)),
            Entity::Module(module) => format!("the module `{}`", project.modules.module_name(module)),
            Entity::Missing(symbol) => format!("`{symbol}`, which is not there"),
            Entity::External(path) => format!("`{path}`, which is outside the project"),
            Entity::Holder(_) => "a collection".to_owned(),
            Entity::Unknown => "something that is not known".to_owned(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    match words.is_empty() {
        true => ("it means something that is not known".to_owned(), None),
        false => (format!("it means {}", words.join(" or ")), related),
    }
}
