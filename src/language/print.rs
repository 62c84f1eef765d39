//! Prints: the hashes of statements and units, which languages share.
//!
//! A language says what its words are, where statements begin and which names a function binds; here that becomes
//! [`Print`](crate::facts::Print)s and [`Unit`](crate::facts::Unit)s. Invariant: a hash depends on kinds and hashes of
//! words alone. Absent on purpose: texts and tokens; see the adapters.

use crate::facts::{Fragments, Print};
use crate::span::{LineRange, Span};
use crate::words::shortened;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::Hasher;
use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordKind {
    Name,
    /// A name behind a dot, or another name that is none of a variable.
    Attribute,
    /// The name of a keyword argument, or of a field where it is given.
    Keyword,
    Text,
    Number,
    /// Keywords, operators, brackets.
    Mark,
    /// A round bracket that only groups.
    Group,
}

/// A token that counts.
pub trait Word: Copy {
    fn kind(self) -> WordKind;

    fn hash(self) -> u64;

    /// Whether a name that a function does not bind says what it means, by itself or by the word behind it. Any other may be
    /// a variable.
    fn is_told(self, next: Option<Self>) -> bool;

    fn is_literal(self) -> bool {
        matches!(self.kind(), WordKind::Text | WordKind::Number)
    }

    fn is_content(self) -> bool {
        !matches!(self.kind(), WordKind::Mark | WordKind::Group)
    }
}

/// A token that counts, of a language that does not say by their names what patterns bind: a name that is not called may
/// be a variable.
#[derive(Clone, Copy, Debug)]
pub struct CallableWord {
    pub span: Span,
    pub kind: WordKind,
    pub hash: u64,
    pub opens_call: bool,
}

impl Word for CallableWord {
    fn kind(self) -> WordKind {
        self.kind
    }

    fn hash(self) -> u64 {
        self.hash
    }

    fn is_told(self, next: Option<Self>) -> bool {
        next.is_some_and(|next| next.opens_call)
    }
}

/// Characters kept of a value.
const TEXT_KEPT: usize = 60;

const BLIND_NAME: u64 = 0x6e61_6d65;
const BLIND_TEXT: u64 = 0x7465_7874;
const BLIND_NUMBER: u64 = 0x6e75_6d62;

pub fn fold(hash: u64, value: u64) -> u64 {
    let mixed = (hash ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9).rotate_left(27)
}

pub fn hash_of(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    fold(hasher.finish(), bytes.len() as u64)
}

fn without_literal(word: impl Word) -> u64 {
    match word.kind() {
        WordKind::Text => BLIND_TEXT,
        WordKind::Number => BLIND_NUMBER,
        _ => word.hash(),
    }
}

fn without_name(word: impl Word) -> u64 {
    match word.kind() {
        WordKind::Name | WordKind::Attribute | WordKind::Keyword => BLIND_NAME,
        _ => without_literal(word),
    }
}

/// A print before its names are told apart.
pub struct RawPrint {
    pub words: Range<usize>,
    /// Position of the name that a header binds.
    pub own: Option<usize>,
    /// The outermost function around it.
    pub function: Option<u32>,
}

/// The names that each outermost function binds, by hash; `bind` adds those that some words of it bind.
pub fn locals<W>(
    raw: &[RawPrint],
    words: &[W],
    bind: impl Fn(&RawPrint, &[W], &mut FxHashSet<u64>),
) -> FxHashMap<u32, FxHashSet<u64>> {
    let mut locals: FxHashMap<u32, FxHashSet<u64>> = FxHashMap::default();
    for print in raw {
        if let Some(function) = print.function {
            bind(print, &words[print.words.clone()], locals.entry(function).or_default());
        }
    }
    locals
}

/// A print of some words, its hashes not yet made.
pub fn unhashed(words: &[impl Word], lines: LineRange, unit: Option<u32>, depth: u8, is_trivial: bool) -> Print {
    let cap = |number: usize| number.min(u16::MAX as usize) as u16;
    Print {
        exact: 0,
        shape: 0,
        names: 0,
        start: lines.start,
        end: lines.end,
        unit: unit.unwrap_or(Print::OUTSIDE),
        tokens: cap(words.len()),
        words: cap(words.iter().filter(|word| word.is_content()).count()),
        literals: cap(words.iter().filter(|word| word.is_literal()).count()),
        depth,
        is_trivial,
        is_frame: false,
    }
}

/// Makes the hashes of all prints and units. `raw` has one entry per print, `owns` the position of each unit's own name,
/// and `locals` the names that each outermost function binds.
pub fn hash<W: Word>(
    out: &mut Fragments,
    raw: &[RawPrint],
    owns: &[usize],
    words: &[W],
    locals: &FxHashMap<u32, FxHashSet<u64>>,
) {
    let none = FxHashSet::default();
    let mut bodies: Vec<u64> = Vec::with_capacity(raw.len());
    for (raw, print) in raw.iter().zip(&mut out.prints) {
        let locals = raw.function.and_then(|function| locals.get(&function)).unwrap_or(&none);
        let (mut exact, mut shape, mut blind) = (1, 2, 3);
        let mut names = 0u64;
        for at in raw.words.clone() {
            let word = words[at];
            exact = fold(exact, word.hash());
            if word.kind() == WordKind::Group {
                continue;
            }
            // what a function does not bind stays; in a class or module body, all names do
            let is_told = || word.is_told(words.get(at + 1).copied()) && !locals.contains(&word.hash());
            let is_parameter = raw.own.is_some() && word.kind() == WordKind::Keyword;
            let is_variable = is_parameter || word.kind() == WordKind::Name && raw.own != Some(at) && !is_told();
            let is_blinded = raw.function.is_some() && is_variable;
            let is_name = matches!(word.kind(), WordKind::Name | WordKind::Attribute | WordKind::Keyword);
            if is_name && !is_blinded {
                names |= 1 << (word.hash() >> 58);
            }
            // in a class or module body what is written is what is declared
            let kept = if raw.function.is_some() { without_literal(word) } else { word.hash() };
            shape = fold(shape, if is_blinded { BLIND_NAME } else { kept });
            blind = fold(blind, without_name(word));
        }
        (print.exact, print.shape, print.names) = (exact, shape, names);
        bodies.push(blind);
    }
    for (unit, own) in out.units.iter_mut().zip(owns) {
        let prints = unit.prints.start as usize..unit.prints.end as usize;
        let Some(head) = out.prints.get(prints.start).map(|print| print.depth) else { continue };
        let (mut exact, mut renamed, mut blind) = (1, 2, 3);
        let mut ranks: FxHashMap<u64, u64> = FxHashMap::default();
        let mut seen: FxHashSet<u64> = FxHashSet::default();
        for position in prints.clone() {
            let depth = u64::from(out.prints[position].depth - head);
            exact = fold(exact, depth);
            renamed = fold(renamed, depth);
            blind = fold(fold(blind, depth), bodies[position]);
            seen.insert(bodies[position]);
            for at in raw[position].words.clone() {
                let word = words[at];
                exact = fold(exact, if at == *own { BLIND_NAME } else { word.hash() });
                if word.kind() == WordKind::Group {
                    continue;
                }
                renamed = fold(
                    renamed,
                    match word.kind() {
                        WordKind::Name | WordKind::Attribute | WordKind::Keyword => {
                            let next = ranks.len() as u64;
                            *ranks.entry(word.hash()).or_insert(next)
                        }
                        _ => without_literal(word),
                    },
                );
            }
            unit.tokens += u32::from(out.prints[position].tokens);
            unit.words += u32::from(out.prints[position].words);
            unit.literals += u32::from(out.prints[position].literals);
        }
        unit.variety = seen.len().min(255) as u8;
        (unit.exact, unit.renamed, unit.blind) = (exact, renamed, blind);
    }
    out.prints.shrink_to_fit();
    out.units.shrink_to_fit();
}

/// Lines at the head of a text in which it says what wrote it.
const HEAD: usize = 12;

/// What a comment begins with that says so.
const GENERATED: &[&str] = &[
    "@generated",
    "generated by",
    "generated from",
    "code generated by",
    "file generated by",
    "this file was generated",
    "this file is generated",
    "this is a generated file",
    "this file is automatically generated",
    "this file was automatically generated",
    "this is an automatically generated file",
    "automatically generated",
    "auto-generated",
    "autogenerated",
];

/// Whether a comment at the head of a text says that a program wrote it.
pub fn says_generated(text: &str) -> bool {
    let comments = text.lines().take(HEAD).filter(|line| line.starts_with(['#', '/', '"']));
    comments.map(|line| line.trim_start_matches(['#', '/', '!', '"', '*', ' ']).to_lowercase()).any(|line| {
        let is_warning = line.contains("generated") && (line.contains("do not edit") || line.contains("don't edit"));
        is_warning || GENERATED.iter().any(|beginning| line.starts_with(beginning))
    })
}

/// One line, cut short.
pub fn cut(text: &str) -> Box<str> {
    shortened(&text.split_whitespace().collect::<Vec<_>>().join(" "), TEXT_KEPT).into()
}
