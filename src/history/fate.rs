//! Fates: what became of each definition that a change touches.
//!
//! A definition keeps its identity by its qualified name inside its file. One that is missing at head may stand
//! elsewhere: **relocated** under the same name, or **renamed**. Candidates are compared by the runs of three tokens
//! that they share (Sørensen–Dice on bags of trigrams), the definition's own name, comments and layout left out. The
//! most similar pair is taken first, each definition at most once; members follow their class.
//!
//! Invariant: every definition of base and of head is in at most one record. Absent on purpose: files that the change
//! does not touch; a homonym there is another definition, not a destination.

use super::class;
use super::diff::Text;
use super::similarity::{ceiling, dice};
use crate::facts::{DefinitionId, DefinitionKind, Facts};
use crate::language::layout::{Layout, fingerprint, token_fingerprint};
use crate::span::{LineRange, RepoPath};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;
use std::cmp::Reverse;
use std::sync::Arc;

/// Thousandths of similarity from which a definition of the same name elsewhere is the same one.
const LEAST_RELOCATED: u32 = 500;
/// The same for one of another name.
const LEAST_RENAMED: u32 = 600;
/// Tokens below which a definition is too small to be recognised under another name.
const LEAST_TOKENS: usize = 12;
/// Pairs of differently named definitions beyond which only those of one file are compared.
const MOST_PAIRS: usize = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    Removed,
    /// The same name in another file or another class.
    Relocated,
    /// Another name; thousandths of similarity.
    Renamed(u32),
    Modified,
    Added,
}

impl Fate {
    pub fn name(self) -> &'static str {
        match self {
            Fate::Removed => "removed",
            Fate::Relocated => "relocated",
            Fate::Renamed(_) => "renamed",
            Fate::Modified => "modified",
            Fate::Added => "added",
        }
    }
}

/// One side of a changed file that has definitions.
pub struct Source<'a> {
    path: &'a RepoPath,
    facts: &'a Facts,
    text: &'a Text,
    /// Made when a definition has to be compared.
    layout: OnceCell<Arc<Layout>>,
}

impl<'a> Source<'a> {
    /// `layout` is given where it has been made already.
    pub fn new(path: &'a RepoPath, facts: &'a Facts, text: &'a Text, layout: Option<Arc<Layout>>) -> Self {
        Self { path, facts, text, layout: layout.map_or_else(OnceCell::new, OnceCell::from) }
    }

    pub fn path(&self) -> &'a RepoPath {
        self.path
    }

    pub fn facts(&self) -> &'a Facts {
        self.facts
    }

    fn layout(&self) -> &Layout {
        self.layout.get_or_init(|| Arc::new(class::layout(self.path, self.text)))
    }
}

/// The two sides of one changed file.
#[derive(Default)]
pub struct SourcePair<'a> {
    pub base: Option<Source<'a>>,
    pub head: Option<Source<'a>>,
}

/// A definition of one side: the file's index in the change, and its id there.
pub type Key = (usize, DefinitionId);

/// A definition at both sides, or at one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    pub base: Option<Key>,
    pub head: Option<Key>,
    /// `None` where both sides have it under its name; whether its lines changed is for the ledger to say.
    pub fate: Option<Fate>,
}

/// The identity of every definition on either side, by base file and position, then by head.
pub fn identify(pairs: &[SourcePair<'_>]) -> Vec<Identity> {
    let mut matcher = Matcher { pairs, to_head: FxHashMap::default(), to_base: FxHashSet::default() };
    let mut found = Vec::new();
    for (file, pair) in pairs.iter().enumerate() {
        matcher.match_by_name(file, pair, &mut found);
    }
    matcher.match_by_content(&mut found);
    for (file, pair) in pairs.iter().enumerate() {
        for key in keys(file, pair.base.as_ref()).filter(|key| !matcher.to_head.contains_key(key)) {
            found.push(Identity { base: Some(key), head: None, fate: Some(Fate::Removed) });
        }
        for key in keys(file, pair.head.as_ref()).filter(|key| !matcher.to_base.contains(key)) {
            found.push(Identity { base: None, head: Some(key), fate: Some(Fate::Added) });
        }
    }
    found.sort_by_key(|identity| (identity.base.is_none(), identity.base, identity.head));
    found
}

/// The lines of a definition, decorators included, 1-based.
pub fn lines_of(source: &Source<'_>, id: DefinitionId) -> LineRange {
    source.facts.line_index.lines(source.facts.definition(id).span)
}

fn keys(file: usize, source: Option<&Source<'_>>) -> impl Iterator<Item = Key> {
    let count = source.map_or(0, |source| source.facts.definitions.len());
    (0..count).map(move |index| (file, DefinitionId(index as u32)))
}

struct Matcher<'a> {
    pairs: &'a [SourcePair<'a>],
    to_head: FxHashMap<Key, Key>,
    to_base: FxHashSet<Key>,
}

/// A definition that may be found again elsewhere.
struct Portrait<'a> {
    key: Key,
    name: &'a str,
    kind: DefinitionKind,
    source: &'a Source<'a>,
    /// What it is compared by.
    bag: OnceCell<Bag>,
}

struct Bag {
    tokens: usize,
    /// Sorted.
    trigrams: Vec<u64>,
}

impl<'a> Portrait<'a> {
    fn new(source: &'a Source<'a>, key: Key) -> Self {
        let definition = source.facts.definition(key.1);
        Self { key, name: source.facts.name(definition.name), kind: definition.kind, source, bag: OnceCell::new() }
    }

    fn bag(&self) -> &Bag {
        self.bag.get_or_init(|| bag(self.source, self.key.1))
    }
}

fn bag(source: &Source<'_>, id: DefinitionId) -> Bag {
    let own_name = token_fingerprint(source.facts.name(source.facts.definition(id).name));
    let lines = lines_of(source, id);
    let tokens: Vec<u32> = source
        .layout()
        .tokens_in(&(lines.start - 1..lines.end))
        .iter()
        .map(|token| if token.fingerprint == own_name { 0 } else { token.fingerprint })
        .collect();
    let mut trigrams: Vec<u64> = tokens.windows(3).map(fingerprint).collect();
    trigrams.sort_unstable();
    Bag { tokens: tokens.len(), trigrams }
}

impl<'a> Matcher<'a> {
    fn accept(&mut self, base: Key, head: Key, fate: Option<Fate>, found: &mut Vec<Identity>) {
        self.to_head.insert(base, head);
        self.to_base.insert(head);
        found.push(Identity { base: Some(base), head: Some(head), fate });
    }

    fn base(&self, key: Key) -> &'a Source<'a> {
        self.pairs[key.0].base.as_ref().expect("a base key has a base source")
    }

    fn head(&self, key: Key) -> &'a Source<'a> {
        self.pairs[key.0].head.as_ref().expect("a head key has a head source")
    }

    /// Definitions of one name in one file pair up: equal ones first, the others in order (overloads, setters).
    fn match_by_name(&mut self, file: usize, pair: &SourcePair<'_>, found: &mut Vec<Identity>) {
        let (Some(base), Some(head)) = (&pair.base, &pair.head) else { return };
        let fate = (base.path != head.path).then_some(Fate::Relocated);
        let mut by_name: FxHashMap<String, Vec<Key>> = FxHashMap::default();
        for key in keys(file, Some(head)) {
            by_name.entry(head.facts.qualified_name(key.1)).or_default().push(key);
        }
        let mut left = Vec::new();
        for key in keys(file, Some(base)) {
            let name = base.facts.qualified_name(key.1);
            let Some(there) = by_name.get_mut(&name) else { continue };
            if there.len() == 1 {
                left.push((key, name));
                continue;
            }
            let here = bag(base, key.1).trigrams;
            match there.iter().position(|&other| bag(head, other.1).trigrams == here) {
                Some(position) => {
                    let other = there.remove(position);
                    self.accept(key, other, fate, found);
                }
                None => left.push((key, name)),
            }
        }
        for (key, name) in left {
            let there = by_name.get_mut(&name).filter(|there| !there.is_empty());
            if let Some(there) = there {
                let other = there.remove(0);
                self.accept(key, other, fate, found);
            }
        }
    }

    fn match_by_content(&mut self, found: &mut Vec<Identity>) {
        let (mut base, mut head) = (Vec::new(), Vec::new());
        for (file, pair) in self.pairs.iter().enumerate() {
            if let Some(source) = &pair.base {
                let left = keys(file, Some(source)).filter(|key| !self.to_head.contains_key(key));
                base.extend(left.map(|key| Portrait::new(source, key)));
            }
            if let Some(source) = &pair.head {
                let left = keys(file, Some(source)).filter(|key| !self.to_base.contains(key));
                head.extend(left.map(|key| Portrait::new(source, key)));
            }
        }
        let mut candidates = candidates(&base, &head);
        candidates.sort_by_key(|&(one, two, similarity)| {
            let (one, two) = (&base[one], &head[two]);
            let has_members = one.kind.has_members();
            (Reverse((has_members, similarity, one.name == two.name, one.key.0 == two.key.0)), one.key, two.key)
        });
        for (one, two, similarity) in candidates {
            let (one, two) = (&base[one], &head[two]);
            if self.to_head.contains_key(&one.key) || self.to_base.contains(&two.key) {
                continue;
            }
            let fate = if one.name == two.name { Fate::Relocated } else { Fate::Renamed(similarity) };
            self.accept(one.key, two.key, Some(fate), found);
            self.match_members(one.key, two.key, found);
        }
    }

    /// Members of a class that went elsewhere went with it.
    fn match_members(&mut self, base: Key, head: Key, found: &mut Vec<Identity>) {
        let members = |source: &Source<'_>, parent: Key| -> Vec<(Key, String)> {
            keys(parent.0, Some(source))
                .filter(|key| source.facts.definition(key.1).parent == Some(parent.1))
                .map(|key| (key, source.facts.name(source.facts.definition(key.1).name).to_owned()))
                .collect()
        };
        let there = members(self.head(head), head);
        for (key, name) in members(self.base(base), base) {
            if self.to_head.contains_key(&key) {
                continue;
            }
            let other = there.iter().find(|(other, text)| *text == name && !self.to_base.contains(other));
            if let Some(&(other, _)) = other {
                self.accept(key, other, Some(Fate::Relocated), found);
                self.match_members(key, other, found);
            }
        }
    }
}

/// Pairs that may be one definition, with thousandths of similarity.
fn candidates(base: &[Portrait<'_>], head: &[Portrait<'_>]) -> Vec<(usize, usize, u32)> {
    let everywhere = base.len() * head.len() <= MOST_PAIRS;
    let mut by_name: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    let mut by_file: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
    for (index, portrait) in head.iter().enumerate() {
        by_name.entry(portrait.name).or_default().push(index);
        by_file.entry(portrait.key.0).or_default().push(index);
    }
    let all: Vec<usize> = (0..head.len()).collect();
    let mut found = Vec::new();
    for (index, one) in base.iter().enumerate() {
        for &other in by_name.get(one.name).into_iter().flatten() {
            let similarity = dice(&one.bag().trigrams, &head[other].bag().trigrams);
            if similarity >= least(one, &head[other]) {
                found.push((index, other, similarity));
            }
        }
        let others = if everywhere { Some(&all) } else { by_file.get(&one.key.0) };
        for &other in others.into_iter().flatten() {
            if head[other].name == one.name || !may_be_renamed(one, &head[other]) {
                continue;
            }
            let similarity = dice(&one.bag().trigrams, &head[other].bag().trigrams);
            if similarity >= LEAST_RENAMED {
                found.push((index, other, similarity));
            }
        }
    }
    found
}

/// A constant is too short to be known by a part of it, so all of it must agree.
fn least(one: &Portrait<'_>, two: &Portrait<'_>) -> u32 {
    let is_constant = |portrait: &Portrait<'_>| portrait.kind == DefinitionKind::Constant;
    match (is_constant(one), is_constant(two)) {
        (false, false) => LEAST_RELOCATED,
        (true, true) if one.bag().tokens >= LEAST_TOKENS => 1000,
        _ => u32::MAX,
    }
}

fn may_be_renamed(one: &Portrait<'_>, two: &Portrait<'_>) -> bool {
    let family = |kind: DefinitionKind| match kind {
        DefinitionKind::Function | DefinitionKind::Method => Some(0),
        DefinitionKind::Class => Some(1),
        DefinitionKind::Struct | DefinitionKind::Enum | DefinitionKind::Trait | DefinitionKind::Interface => Some(2),
        DefinitionKind::Implementation => Some(3),
        DefinitionKind::Macro => Some(4),
        DefinitionKind::Module => Some(5),
        DefinitionKind::Constant | DefinitionKind::TypeAlias => None,
    };
    family(one.kind).is_some()
        && family(one.kind) == family(two.kind)
        && one.bag().tokens.min(two.bag().tokens) >= LEAST_TOKENS
        && ceiling(one.bag().trigrams.len(), two.bag().trigrams.len()) >= LEAST_RENAMED
}
