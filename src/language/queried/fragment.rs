//! Fragments of a text: statements and units as hashes.
//!
//! A piece of a frame is a print, without the braces and separators at its ends, so that `if (a) return` is `if (a) {
//! return }`. Invariant: comments, line breaks, decorators of definitions, modifiers and what is optional change no hash;
//! texts of two families share none. Absent on purpose: defaults of environment keys.

use super::Reading;
use super::structure::Defined;
use super::token::{Role, closing_commas};
use crate::facts::{Constant, Fragments, PrintRange, SetForm, Unit, ValueSet};
use crate::language::print::{self, CallableWord, RawPrint, WordKind, cut, fold, hash_of};
use crate::span::Span;
use rustc_hash::{FxHashMap, FxHashSet};

pub fn fragments(family: &str, reading: &Reading<'_>) -> Fragments {
    let salt = hash_of(family.as_bytes());
    let words = words(salt, reading);
    let (out, raw, owns, unit_of) = (Fragments::default(), Vec::new(), Vec::new(), Vec::new());
    let mut walk = Walk { words, reading, out, raw, owns, unit_of };
    walk.units();
    walk.prints();
    walk.constants();
    walk.sets();
    let locals = walk.locals(salt);
    let Walk { mut out, raw, owns, words, .. } = walk;
    print::hash(&mut out, &raw, &owns, &words, &locals);
    out.is_generated = print::says_generated(reading.text);
    out.unread = reading.unread.clone();
    out.place_unread(&reading.index);
    out
}

/// The tokens that count, in order.
fn words(salt: u64, reading: &Reading<'_>) -> Vec<CallableWord> {
    let is_closing = closing_commas(reading.text, &reading.tokens);
    let mut words = Vec::new();
    for (token, is_closing) in reading.tokens.iter().zip(is_closing) {
        let kind = match token.role {
            Role::Comment | Role::Doc | Role::Optional | Role::Modifier => continue,
            _ if is_closing || reading.structure.is_decorator(token.span) => continue,
            Role::Text | Role::Prose => WordKind::Text,
            Role::Number => WordKind::Number,
            Role::Name => WordKind::Name,
            Role::Attribute | Role::Label => WordKind::Attribute,
            Role::Field => WordKind::Keyword,
            Role::Group => WordKind::Group,
            Role::Mark => WordKind::Mark,
        };
        let written = token.span.slice(reading.text);
        words.push(CallableWord {
            span: token.span,
            kind,
            hash: word_hash(salt, kind, written),
            opens_call: written == "(",
        });
    }
    words
}

fn word_hash(salt: u64, kind: WordKind, written: &str) -> u64 {
    // quotes of a plain string are layout
    let inner = written.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\'']));
    let inner = inner.filter(|inner| !inner.contains(['"', '\'', '\\']));
    let hash = fold(hash_of(inner.unwrap_or(written).as_bytes()), salt);
    if kind == WordKind::Mark { fold(hash, 1) } else { hash }
}

struct Walk<'t> {
    reading: &'t Reading<'t>,
    words: Vec<CallableWord>,
    out: Fragments,
    raw: Vec<RawPrint>,
    /// For each unit, the position of its own name in `words`.
    owns: Vec<usize>,
    /// The unit of each definition, or of the one around it.
    unit_of: Vec<Option<u32>>,
}

impl Walk<'_> {
    fn at(&self, offset: u32) -> usize {
        self.words.partition_point(|word| word.span.start < offset)
    }

    /// Makes the units, without their prints.
    fn units(&mut self) {
        let text = self.reading.text;
        for defined in &self.reading.structure.definitions {
            let around = defined.parent.and_then(|parent| self.unit_of[parent as usize]);
            let Some(kind) = defined.kind.unit else {
                // what a namespace holds is named for it, and stands in what the namespace stands in
                self.unit_of.push(around);
                continue;
            };
            let last = |span: &Span| last_name(span.slice(text));
            let name = self.qualified(defined);
            let lines = self.reading.index.lines(defined.span);
            self.out.units.push(Unit {
                is_async: defined.is_async,
                bases: defined.bases.iter().map(last).collect(),
                decorators: defined.decorators.iter().map(last).collect(),
                ..Unit::new(kind, name.into(), lines, PrintRange { start: 0, end: 0 }, around)
            });
            let own = self.at(defined.name.start);
            let is_said = self.words.get(own).is_some_and(|word| word.span == defined.name);
            self.owns.push(if is_said { own } else { usize::MAX });
            self.unit_of.push(Some(self.out.units.len() as u32 - 1));
        }
    }

    fn qualified(&self, defined: &Defined) -> String {
        let definitions = &self.reading.structure.definitions;
        let mut parts = vec![defined.name.slice(self.reading.text)];
        let mut at = defined.parent;
        while let Some(parent) = at.map(|at| &definitions[at as usize]) {
            parts.push(parent.name.slice(self.reading.text));
            at = parent.parent;
        }
        parts.reverse();
        parts.join(".")
    }

    /// Makes the prints, without their hashes, and gives each unit its own.
    fn prints(&mut self) {
        let structure = &self.reading.structure;
        let mut is_open = vec![false; self.out.units.len()];
        for piece in structure.frames.pieces(&self.reading.tokens) {
            // What is no statement opens or closes a list of them.
            let Some(frame) = piece.frame else { continue };
            let tokens = &self.reading.tokens[piece.tokens.clone()];
            let (first, last) = (tokens[0].span.start, tokens[tokens.len() - 1].span.start);
            let definition = structure.frames.definition_of(piece.frame);
            let unit = definition.and_then(|it| self.unit_of[it as usize]);
            let words = self.at(first)..self.at(last + 1);
            let is_header = unit.is_some_and(|unit| !is_open[unit as usize]);
            let words = trim(self.reading.text, &self.words, words);
            if !is_header && !says(self.reading.text, &self.words[words.clone()]) {
                continue;
            }
            let frame = structure.frames.frame(frame);
            let (depth, is_trivial) = (frame.depth.saturating_add(1), frame.is_trivial);
            let said = &self.words[words.clone()];
            let span = match (said.first(), said.last()) {
                (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
                _ => continue,
            };
            let at = self.out.prints.len() as u32;
            let mut own = None;
            // those around it are longer by this print
            let mut around = unit;
            while let Some(unit) = around {
                let it = &mut self.out.units[unit as usize];
                if !std::mem::replace(&mut is_open[unit as usize], true) {
                    it.prints.start = at;
                    own = own.or(Some(unit));
                }
                it.prints.end = at + 1;
                around = it.parent;
            }
            self.out.prints.push(print::unhashed(said, self.reading.index.lines(span), unit, depth, is_trivial));
            let own = own.map(|unit| self.owns[unit as usize]);
            self.raw.push(RawPrint { words, own, function: structure.function_at(last) });
        }
        for unit in &mut self.out.units {
            unit.is_stub = !unit.is_class() && unit.prints.end - unit.prints.start < 2;
        }
    }

    fn constants(&mut self) {
        let structure = &self.reading.structure;
        for &(name, value) in &structure.values {
            let Some(defined) = structure.named(name).filter(|it| it.parent.is_none()) else {
                continue;
            };
            let words = &self.words[self.at(value.start)..self.at(value.end)];
            let is_literal = |word: &CallableWord| !matches!(word.kind, WordKind::Name | WordKind::Attribute);
            self.out.constants.push(Constant {
                name: name.slice(self.reading.text).into(),
                lines: self.reading.index.lines(defined.span),
                value: words.iter().fold(0, |hash, word| fold(hash, word.hash)),
                text: cut(value.slice(self.reading.text)),
                is_conditional: false,
                is_literal: words.iter().all(is_literal) && words.iter().any(|word| print::Word::is_literal(*word)),
                tokens: words.len() as u32,
            });
        }
    }

    fn sets(&mut self) {
        let structure = &self.reading.structure;
        for &(form, name, span) in &structure.sets {
            let Some(defined) = structure.named(name) else { continue };
            let words = &self.words[self.at(span.start)..self.at(span.end)];
            let names = words.iter().filter(|it| matches!(it.kind, WordKind::Name | WordKind::Attribute)).count();
            let texts = words.iter().filter(|it| it.kind == WordKind::Text);
            let is_whole = match form {
                SetForm::Enumeration => names == texts.clone().count(),
                _ => words.iter().all(|it| it.kind == WordKind::Text || it.span.slice(self.reading.text) == "|"),
            };
            let mut values: Vec<Box<str>> =
                texts.map(|it| it.span.slice(self.reading.text).trim_matches(['"', '\'', '`']).into()).collect();
            values.sort_unstable();
            values.dedup();
            if !is_whole || values.is_empty() {
                continue;
            }
            self.out.sets.push(ValueSet {
                form,
                name: self.qualified(defined).into(),
                lines: self.reading.index.lines(defined.span),
                is_class: form == SetForm::Enumeration,
                values,
            });
        }
    }

    /// Names that each outermost function binds.
    fn locals(&self, salt: u64) -> FxHashMap<u32, FxHashSet<u64>> {
        let mut locals: FxHashMap<u32, FxHashSet<u64>> = FxHashMap::default();
        for local in &self.reading.structure.locals {
            let Some(function) = self.reading.structure.function_at(local.start) else { continue };
            let hash = word_hash(salt, WordKind::Name, local.slice(self.reading.text));
            locals.entry(function).or_default().insert(hash);
        }
        locals
    }
}

/// The last name in a piece of text: `Store` of `shop.Store`, `route` of `@app.route("/")`.
fn last_name(text: &str) -> Box<str> {
    let end = text.find(['(', '<']).unwrap_or(text.len());
    text[..end].rsplit(['.', '@']).next().unwrap_or_default().trim().into()
}

/// Words without the braces and separators at their ends.
fn trim(text: &str, words: &[CallableWord], range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let is_edge = |word: &&CallableWord| matches!(word.span.slice(text), "{" | "}" | "," | ";");
    let start = range.start + words[range.clone()].iter().take_while(is_edge).count();
    let end = range.end - words[start..range.end].iter().rev().take_while(is_edge).count();
    start..end
}

/// Whether there is more than signs.
fn says(text: &str, words: &[CallableWord]) -> bool {
    words.iter().any(|word| word.kind != WordKind::Mark || word.span.slice(text).contains(char::is_alphanumeric))
}
