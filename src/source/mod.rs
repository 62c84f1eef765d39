//! Stage 2, bytes: every file of a snapshot, read on demand, decoded, searched, and parsed at most once.
//!
//! Invariants: a blob is parsed once per run, however many paths hold it; what cannot be read, decoded or parsed is a
//! [`Gap`] that says what it can hide. Texts are not kept: a file is read again where it is needed, facts stay.
//! Absent on purpose: what a name means, and the order in which threads read; results are sorted.

mod decode;
mod search;

pub use decode::{Text, decode};
pub use search::{FileHits, Hit, Needles, is_bounded};

use crate::facts::{Facts, Fragments, Sketch, Unread};
use crate::gap::{Extent, Gap, Reason, Stage};
use crate::language::{LanguageSpec, find_language};
use crate::progress::Progress;
use crate::span::{LineIndex, LineRange, RepoPath, Span};
use crate::workspace::{EntryId, Snapshot, SnapshotReader};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// A file larger than this is searched, but not parsed.
pub const PARSE_LIMIT: usize = 16 << 20;

/// Endings of compressed containers, whose members are not read.
const ARCHIVES: &[&str] =
    &["zip", "whl", "egg", "jar", "war", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "tar", "br", "lz4"];

/// What a comment that speaks to `solely` begins with.
pub const MARKER: &str = "solely:";

/// Facts that are made once, by whoever asks first.
type SharedFacts = Arc<OnceLock<Arc<Facts>>>;

/// The same for fragments.
type SharedFragments = Arc<OnceLock<Arc<Fragments>>>;

/// The files of one snapshot.
pub struct SourceSet<'s> {
    snapshot: &'s Snapshot,
    facts: Vec<OnceLock<Option<Arc<Facts>>>>,
    /// Facts by content, so that equal blobs share them.
    blobs: Arc<Mutex<FxHashMap<[u8; 32], SharedFacts>>>,
    fragments: Mutex<FxHashMap<[u8; 32], SharedFragments>>,
    readers: Mutex<Vec<SnapshotReader<'s>>>,
    gaps: Mutex<BTreeSet<Gap>>,
    parsed: AtomicU64,
    /// Whether a file holds the [`MARKER`]; set by the first read of its bytes.
    marked: Vec<OnceLock<bool>>,
}

impl<'s> SourceSet<'s> {
    pub fn new(snapshot: &'s Snapshot) -> Self {
        Self {
            snapshot,
            facts: std::iter::repeat_with(OnceLock::new).take(snapshot.entries.len()).collect(),
            blobs: Arc::default(),
            fragments: Mutex::default(),
            readers: Mutex::default(),
            gaps: Mutex::new(snapshot.gaps.iter().cloned().collect()),
            parsed: AtomicU64::new(0),
            marked: std::iter::repeat_with(OnceLock::new).take(snapshot.entries.len()).collect(),
        }
    }

    /// The files of a second snapshot, which share the facts of equal blobs with the first.
    pub fn beside(snapshot: &'s Snapshot, other: &SourceSet<'_>) -> Self {
        Self { blobs: Arc::clone(&other.blobs), ..Self::new(snapshot) }
    }

    pub fn snapshot(&self) -> &'s Snapshot {
        self.snapshot
    }

    pub fn path(&self, id: EntryId) -> &'s RepoPath {
        &self.snapshot.entry(id).path
    }

    pub fn language(&self, id: EntryId) -> Option<&'static LanguageSpec> {
        find_language(self.path(id))
    }

    /// Everything that could not be seen so far, sorted.
    pub fn gaps(&self) -> Vec<Gap> {
        lock(&self.gaps).iter().cloned().collect()
    }

    /// Number of blobs parsed so far.
    pub fn parsed(&self) -> u64 {
        self.parsed.load(Ordering::Relaxed)
    }

    pub fn add_gap(&self, gap: Gap) {
        lock(&self.gaps).insert(gap);
    }

    /// The bytes of a file; `None` where a gap says why not.
    pub fn bytes(&self, id: EntryId) -> Option<Vec<u8>> {
        let mut reader = lock(&self.readers).pop().unwrap_or_else(|| self.snapshot.reader());
        let read = reader.read(id);
        lock(&self.readers).push(reader);
        let bytes = read.map_err(|gap| self.add_gap(gap)).ok()?;
        self.marked[id.index()].get_or_init(|| memchr::memmem::find(&bytes, MARKER.as_bytes()).is_some());
        Some(bytes)
    }

    /// Those of the files that hold the [`MARKER`], in order. Only files that nobody has read yet are read for it.
    pub fn marked(&self, ids: &[EntryId]) -> Vec<EntryId> {
        let holds = |id: EntryId| {
            let seen = &self.marked[id.index()];
            seen.get().copied().unwrap_or_else(|| self.bytes(id).is_some() && seen.get() == Some(&true))
        };
        ids.par_iter().copied().filter(|&id| holds(id)).collect()
    }

    /// The decoded text of a file; `None` where it cannot be read or is not text.
    pub fn text(&self, id: EntryId) -> Option<String> {
        match decode(self.bytes(id)?) {
            Text::Utf8(text) | Text::Converted(text) => Some(text),
            Text::Binary(_) | Text::Invalid(..) => None,
        }
    }

    /// What of a file's bytes is text, with `\u{FFFD}` for the rest; `None` where there are no bytes.
    pub fn lossy_text(&self, path: &RepoPath) -> Option<String> {
        Some(decode(self.bytes(self.snapshot.find(path)?)?).into_lossy())
    }

    /// The facts of a file in a language that is understood; `None` where there is no such language, or where a gap
    /// says why not.
    pub fn facts(&self, id: EntryId) -> Option<Arc<Facts>> {
        let slot = &self.facts[id.index()];
        if let Some(facts) = slot.get() {
            return facts.clone();
        }
        let language = self.language(id)?;
        slot.get_or_init(|| {
            let text = self.parseable(id, self.bytes(id)?)?;
            Some(self.parse(id, language, &text))
        })
        .clone()
    }

    /// The facts of a file whose text is at hand.
    fn facts_of(&self, id: EntryId, text: &str) -> Option<Arc<Facts>> {
        let language = self.language(id)?;
        self.facts[id.index()].get_or_init(|| Some(self.parse(id, language, text))).clone()
    }

    fn parse(&self, id: EntryId, language: &LanguageSpec, text: &str) -> Arc<Facts> {
        let cell = lock(&self.blobs).entry(*blake3::hash(text.as_bytes()).as_bytes()).or_default().clone();
        let facts = cell.get_or_init(|| {
            self.parsed.fetch_add(1, Ordering::Relaxed);
            Arc::new(extract_guarded(language, text))
        });
        if let Some(first) = facts.unread.first() {
            let ranges: Vec<Span> = facts.unread.iter().map(|unread| unread_lines(facts, unread.span)).collect();
            self.add_syntax_gap(id, first, facts.line_index.line(first.span.start), ranges);
        }
        facts.clone()
    }

    /// What duplicates of a file are found by; `None` where there is no language, or where a gap says why not. Kept by
    /// content, not by path.
    pub fn fragments(&self, id: EntryId) -> Option<Arc<Fragments>> {
        let language = self.language(id)?;
        let text = self.parseable(id, self.bytes(id)?)?;
        let cell = lock(&self.fragments).entry(*blake3::hash(text.as_bytes()).as_bytes()).or_default().clone();
        let fragments = cell.get_or_init(|| {
            self.parsed.fetch_add(1, Ordering::Relaxed);
            let made = std::panic::catch_unwind(|| (language.fragments)(&text));
            Arc::new(made.unwrap_or_else(|_| Fragments::unreadable("internal error: the extractor panicked", &text)))
        });
        if let Some(first) = fragments.unread.first() {
            let index = LineIndex::new(text.as_bytes());
            let whole = |lines: &LineRange| Span::new(index.span(lines.start).start, index.span(lines.end).end);
            let ranges = fragments.unread_lines.iter().map(whole).collect();
            self.add_syntax_gap(id, first, fragments.unread_lines[0].start, ranges);
        }
        Some(fragments.clone())
    }

    /// What a file wires together; `None` where there is no language, or where a gap says why not. Not kept: whoever asks
    /// keeps what it needs.
    pub fn sketch(&self, id: EntryId) -> Option<Sketch> {
        let language = self.language(id)?;
        let text = self.parseable(id, self.bytes(id)?)?;
        Some(std::panic::catch_unwind(|| (language.sketch)(&text)).unwrap_or_default())
    }

    fn add_syntax_gap(&self, id: EntryId, first: &Unread, line: u32, ranges: Vec<Span>) {
        self.add_gap(Gap {
            path: self.path(id).clone(),
            stage: Stage::Facts,
            reason: Reason::Syntax(format!("{} at line {line}", first.reason.to_lowercase())),
            extent: Extent::Ranges(ranges),
        });
    }

    /// The text of a file that a parser may be given; otherwise a gap says why not.
    fn parseable(&self, id: EntryId, bytes: Vec<u8>) -> Option<String> {
        let size = bytes.len();
        let why = match decode(bytes) {
            _ if size > PARSE_LIMIT => Reason::TooLarge { size: size as u64, limit: PARSE_LIMIT as u64 },
            Text::Utf8(text) => return Some(text),
            Text::Converted(_) => Reason::Encoding("UTF-16, which is not a source encoding of this language".into()),
            Text::Binary(_) => Reason::Encoding("holds NUL bytes".into()),
            Text::Invalid(_, why) => Reason::Encoding(why),
        };
        self.add_gap(Gap { path: self.path(id).clone(), stage: Stage::Facts, reason: why, extent: Extent::Whole });
        None
    }

    /// Every occurrence of the needles in the files of the given ids, in the order of the ids. Files without a hit are
    /// left out; files with one are parsed while their text is at hand.
    pub fn search(&self, ids: &[EntryId], needles: &Needles, progress: &dyn Progress) -> Vec<FileHits> {
        progress.stage("searching names", ids.len() as u64);
        let mut found: Vec<FileHits> = ids
            .par_iter()
            .filter_map(|&id| {
                progress.advance(1);
                self.search_file(id, needles)
            })
            .collect();
        found.sort_by_key(|hits| hits.id);
        found
    }

    fn search_file(&self, id: EntryId, needles: &Needles) -> Option<FileHits> {
        let path = self.path(id);
        if path.extension().is_some_and(|it| ARCHIVES.contains(&it.to_ascii_lowercase().as_str())) {
            let (path, extent) = (path.clone(), Extent::Unavailable);
            self.bytes(id)?;
            self.add_gap(Gap { path, stage: Stage::Source, reason: Reason::Archive, extent });
            return None;
        }
        let bytes = self.bytes(id)?;
        let decoded = decode(bytes);
        let is_source_text = matches!(&decoded, Text::Utf8(text) if text.len() <= PARSE_LIMIT);
        let is_readable = matches!(decoded, Text::Utf8(_) | Text::Converted(_));
        let text = decoded.into_lossy();
        let hits = needles.find(&text);
        if hits.is_empty() {
            return None;
        }
        // What the parser may not be given ends in a gap that says why.
        let facts = if is_source_text { self.facts_of(id, &text) } else { self.facts(id) };
        Some(FileHits { id, text, hits, facts, is_readable })
    }
}

/// The lines that an unread range touches: what stands beside a syntax error on its line is not trusted either.
fn unread_lines(facts: &Facts, span: Span) -> Span {
    let lines = facts.line_index.lines(span);
    Span { start: facts.line_index.span(lines.start).start, end: facts.line_index.span(lines.end).end }
}

/// Runs the adapter; a panic is our bug, and becomes an unread range instead of ending the run.
pub fn extract_guarded(language: &LanguageSpec, text: &str) -> Facts {
    let extracted = std::panic::catch_unwind(|| (language.extract)(text));
    extracted.unwrap_or_else(|_| crate::language::unreadable(text, "internal error: the extractor panicked".into()))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
