//! Occurrences of names in text, at identifier boundaries.
//!
//! A name glued behind a terminal escape (`\u001b[36m_handle`) or an escaped newline (`\n_handle`) in a log or a JSON
//! document stands at a boundary too, although the byte before it is a letter. Invariant: every place where a needle's
//! bytes occur is returned, bounded or not, so that occurrences can be accounted for. Source: the multi-pattern search
//! is Aho-Corasick's.

use crate::workspace::{BlobId, EntryId};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, packed};
use std::collections::{BTreeMap, BTreeSet};

/// Names of no more bytes than this are looked for by a table of states, which is fast and takes up to half a kilobyte
/// for each of these bytes.
const TABLE_BYTES: usize = 8 << 10;

/// Names to look for, compiled once.
pub struct Needles {
    names: Vec<String>,
    /// For each name, what else a file must hold one of for the name to count there, as indices into `companion_names`;
    /// empty means nothing.
    companions: Vec<Vec<u32>>,
    /// Sorted.
    companion_names: Vec<String>,
    /// Finds the companions of a text in one pass: there may be thousands, and a common name has many.
    companion_automaton: AhoCorasick,
    /// What a file must hold one of, or there is nothing to find in it: names that count everywhere, and companions.
    /// It may skip ahead, which finding overlaps cannot.
    gate: Gate,
    automaton: AhoCorasick,
}

/// Tells whether any of some words is in a text.
enum Gate {
    /// A few words: many bytes are compared at once, as Hyperscan's Teddy does.
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Gate {
    fn is_in(&self, bytes: &[u8]) -> bool {
        match self {
            Gate::Packed(searcher) => searcher.find(bytes).is_some(),
            Gate::Automaton(automaton) => automaton.is_match(bytes),
        }
    }
}

/// One place where a name's bytes occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Byte offset into the text.
    pub start: u32,
    pub end: u32,
    /// Index into the names given to [`Needles::new`].
    pub needle: usize,
    /// Whether the name stands alone there, not inside a longer identifier.
    pub is_bounded: bool,
}

/// The occurrences in one file, with the text they are offsets into.
pub struct FileHits {
    pub id: EntryId,
    pub text: String,
    /// Sorted by offset.
    pub hits: Vec<Hit>,
    /// Whether the bytes are text. If not, `text` is what of them is.
    pub is_readable: bool,
    /// Whether a parser may be given the text.
    pub(super) is_parseable: bool,
    pub(super) blob: Option<BlobId>,
}

/// Companions of names that a text holds.
pub struct Companions<'n> {
    needles: &'n Needles,
    held: Vec<bool>,
}

impl Companions<'_> {
    /// Whether the text holds a companion that some name was given with; the empty one stands everywhere.
    pub fn hold(&self, companion: &str) -> bool {
        let at = self.needles.companion_names.binary_search_by(|it| it.as_str().cmp(companion));
        companion.is_empty() || at.is_ok_and(|at| self.held[at])
    }
}

impl FileHits {
    /// Whether a name stands alone somewhere, and is not just a part of longer ones.
    pub fn holds_a_name(&self) -> bool {
        self.hits.iter().any(|hit| hit.is_bounded)
    }
}

impl Needles {
    /// Names are sorted and made unique; empty ones are dropped.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self::with_companions(names.into_iter().map(|name| (name, None)))
    }

    /// Names that count only in files that hold their companion too. A name that is also given without one counts
    /// everywhere.
    pub fn with_companions(pairs: impl IntoIterator<Item = (String, Option<String>)>) -> Self {
        let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let (mut everywhere, mut known) = (BTreeSet::new(), BTreeSet::new());
        for (name, companion) in pairs.into_iter().filter(|(name, _)| !name.is_empty()) {
            let companions = wanted.entry(name.clone()).or_default();
            match companion.filter(|companion| !companion.is_empty()) {
                Some(companion) => {
                    known.insert(companion.clone());
                    companions.insert(companion);
                }
                None => drop(everywhere.insert(name)),
            }
        }
        for (name, companions) in &mut wanted {
            if everywhere.contains(name) {
                companions.clear();
            }
        }
        let companion_names: Vec<String> = known.into_iter().collect();
        let number = |companion: &String| companion_names.binary_search(companion).map_or(0, |at| at as u32);
        let (names, companions): (Vec<String>, Vec<Vec<u32>>) =
            wanted.into_iter().map(|(name, own)| (name, own.iter().map(number).collect())).unzip();
        let build = |kind, patterns: &[&String]| {
            // Left to itself the crate takes the slower automaton for more than a hundred names.
            let size: usize = patterns.iter().map(|pattern| pattern.len()).sum();
            let table = (size <= TABLE_BYTES).then_some(AhoCorasickKind::DFA);
            let automaton = AhoCorasick::builder().match_kind(kind).kind(table).build(patterns);
            automaton.expect("identifiers are far below the automaton's limits")
        };
        let needed: BTreeSet<u32> = companions.iter().flatten().copied().collect();
        let needed = needed.into_iter().map(|at| &companion_names[at as usize]);
        let gates: Vec<&String> = everywhere.iter().chain(needed).collect();
        let gate = match packed::Config::new().builder().extend(&gates).build() {
            Some(searcher) => Gate::Packed(searcher),
            None => Gate::Automaton(build(MatchKind::LeftmostFirst, &gates)),
        };
        let automaton = build(MatchKind::Standard, &names.iter().collect::<Vec<_>>());
        let companion_automaton = build(MatchKind::Standard, &companion_names.iter().collect::<Vec<_>>());
        Self { names, companions, companion_names, companion_automaton, gate, automaton }
    }

    /// Equal for equal names and companions.
    pub fn digest(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        let mut feed = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        for (name, companions) in self.names.iter().zip(&self.companions) {
            feed(name);
            companions.iter().for_each(|&companion| feed(&self.companion_names[companion as usize]));
            feed("");
        }
        hasher.finalize()
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn index(&self, name: &str) -> Option<usize> {
        self.names.binary_search_by(|it| it.as_str().cmp(name)).ok()
    }

    /// Whether there may be an occurrence in bytes of UTF-8, valid or not.
    pub fn may_be_in(&self, bytes: &[u8]) -> bool {
        !self.names.is_empty() && self.gate.is_in(bytes)
    }

    /// Every occurrence, overlapping ones included (`f_v2` inside `f_v2_legacy`).
    pub fn find(&self, text: &str) -> Vec<Hit> {
        if !self.may_be_in(text.as_bytes()) {
            return Vec::new();
        }
        let mut hits: Vec<Hit> = self
            .automaton
            .find_overlapping_iter(text)
            .map(|found| Hit {
                start: found.start() as u32,
                end: found.end() as u32,
                needle: found.pattern().as_usize(),
                is_bounded: is_bounded(text, found.start(), found.end()),
            })
            .collect();
        if hits.iter().any(|hit| !self.companions[hit.needle].is_empty()) {
            let held = self.companions_in(text);
            hits.retain(|hit| {
                let companions = &self.companions[hit.needle];
                companions.is_empty() || companions.iter().any(|&companion| held.held[companion as usize])
            });
        }
        hits.sort_unstable();
        hits
    }

    /// The companions that a text holds anywhere.
    pub fn companions_in(&self, text: &str) -> Companions<'_> {
        let mut held = vec![false; self.companion_names.len()];
        let mut left = held.len();
        if left > 0 {
            for found in self.companion_automaton.find_overlapping_iter(text) {
                let is_held = &mut held[found.pattern().as_usize()];
                left -= usize::from(!*is_held);
                *is_held = true;
                if left == 0 {
                    break;
                }
            }
        }
        Companions { needles: self, held }
    }
}

/// Whether the range stands alone: no identifier character touches it on either side.
pub fn is_bounded(text: &str, start: usize, end: usize) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let glued_behind = text[end..].chars().next().is_some_and(is_name);
    if glued_behind {
        return false;
    }
    let before = &text[..start];
    match before.chars().next_back() {
        Some(last) if is_name(last) => ends_with_escape(before.as_bytes()),
        _ => true,
    }
}

/// Whether the text ends with an escape sequence whose last byte is a letter or a digit.
fn ends_with_escape(before: &[u8]) -> bool {
    let Some((&last, rest)) = before.split_last() else { return false };
    // `\n`, `\t`, `\r` written out, and not behind an escaped backslash.
    if matches!(last, b'n' | b't' | b'r' | b'b' | b'f' | b'v' | b'0') {
        let backslashes = rest.iter().rev().take_while(|&&byte| byte == b'\\').count();
        if backslashes % 2 == 1 {
            return true;
        }
    }
    // A terminal's control sequence: ESC `[`, parameters, one letter.
    if last.is_ascii_alphabetic() {
        let parameters = rest.iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
        let opened = &rest[..rest.len() - parameters];
        if let Some(introducer) = opened.strip_suffix(b"[") {
            return [&b"\\u001b"[..], b"\\u001B", b"\\x1b", b"\\x1B", b"\\033", b"\\e", b"\x1b"]
                .iter()
                .any(|escape| introducer.ends_with(escape));
        }
    }
    // `\u0022name`: four hexadecimal digits behind `\u`.
    before.len() >= 6
        && before[before.len() - 4..].iter().all(u8::is_ascii_hexdigit)
        && before[..before.len() - 4].ends_with(b"\\u")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounded(text: &str) -> Vec<bool> {
        Needles::new(["_handle_v2".to_owned()]).find(text).iter().map(|hit| hit.is_bounded).collect()
    }

    #[test]
    fn a_name_stands_alone_or_inside_a_longer_one() {
        assert_eq!(bounded("self._handle_v2()"), [true]);
        assert_eq!(bounded("x_handle_v2 _handle_v2_legacy é_handle_v2 _handle_v20"), [false; 4]);
        assert_eq!(bounded("`_handle_v2`, “_handle_v2”, _handle_v2"), [true; 3]);
    }

    #[test]
    fn escapes_are_boundaries() {
        for glued in
            ["\\u001b[36m_handle_v2\\u001b[0m", "\u{1b}[1;36m_handle_v2", "a\\n_handle_v2", "\\u0022_handle_v2"]
        {
            assert_eq!(bounded(glued), [true], "{glued:?}");
        }
        for inside in ["36m_handle_v2", "[36m_handle_v2", "n_handle_v2", "C:\\\\n_handle_v2", "u0022_handle_v2"] {
            assert_eq!(bounded(inside), [false], "{inside:?}");
        }
    }

    #[test]
    fn a_companion_must_be_in_the_same_text() {
        let pairs = [("os".to_owned(), Some("agent".to_owned())), ("re".to_owned(), None)];
        let needles = Needles::with_companions(pairs);
        assert_eq!(needles.find("import os, re").len(), 1);
        assert_eq!(needles.find("agent.os").len(), 1);
        // one companion inside another, and a name with several of them
        let pairs = [("run", "Job"), ("run", "JobQueue"), ("stop", "Queue"), ("go", "")];
        let needles = Needles::with_companions(pairs.map(|(name, companion)| (name.into(), Some(companion.into()))));
        assert_eq!(needles.find("run stop go").len(), 1, "an empty companion is everywhere");
        assert_eq!(needles.find("JobQueue.run stop go").len(), 3);
        assert_eq!(needles.find("Job.run stop").len(), 1);
        let held = needles.companions_in("a JobQueue");
        assert_eq!(["Job", "JobQueue", "Queue", "", "Other"].map(|it| held.hold(it)), [true, true, true, true, false]);
    }

    #[test]
    fn overlapping_names_are_all_found() {
        let needles = Needles::new(["f_v2".to_owned(), "f_v2_legacy".to_owned()]);
        let hits = needles.find("f_v2_legacy()");
        assert_eq!(hits.iter().map(|hit| (hit.needle, hit.is_bounded)).collect::<Vec<_>>(), [(0, false), (1, true)]);
    }
}
