//! Stage 2, bytes: every file of a snapshot, read on demand, decoded, searched, and parsed at most once.
//!
//! Invariants: a blob is parsed once per run, however many paths hold it, and not at all where an earlier run did
//! ([`Absence`], `recall`); what cannot be read, decoded or parsed is a [`Gap`] that says what it can hide. Texts are not
//! kept: a file is read again where it is needed, facts stay.
//! Absent on purpose: what a name means, and the order in which threads read; results are sorted.

mod decode;
mod recall;
mod search;
pub mod watch;

pub use decode::{Text, decode, is_utf16};
pub use recall::Absence;
pub use search::{FileHits, Hit, Needles, is_bounded};

use crate::facts::{Facts, Fragments, Sketch, Unread};
use crate::gap::{Extent, Gap, Reason, Stage};
use crate::language::{LanguageSpec, find_language, find_linked};
use crate::progress::Progress;
use crate::span::{RepoPath, Span};
use crate::workspace::{BlobId, EntryId, Snapshot, SnapshotReader};
use bitcode::{DecodeOwned, Encode};
use rayon::prelude::*;
use recall::Known;
use rustc_hash::{FxHashMap, FxHashSet};
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

/// The bytes of a file, with the blob that they are, where it is known.
struct Content {
    bytes: Vec<u8>,
    blob: Option<BlobId>,
}

/// A text that a parser may be given.
struct Parseable<'t> {
    text: &'t str,
    blob: Option<BlobId>,
}

/// The facts of a file, and the blob that they were made of, where it is known.
struct FileFacts {
    facts: Arc<Facts>,
    blob: Option<BlobId>,
}

/// What is remembered of the bytes of a file.
struct Seen {
    is_marked: bool,
    size: usize,
    blob: Option<BlobId>,
}

/// What was worked out of contents, for all snapshots that share it. Clones are one.
#[derive(Clone, Default)]
pub struct Shared {
    /// Facts by language and content, so that equal blobs share them.
    blobs: Arc<Mutex<FxHashMap<(&'static str, BlobId), SharedFacts>>>,
    fragments: Arc<Mutex<FxHashMap<(&'static str, BlobId), SharedFragments>>>,
}

impl Shared {
    /// Where the facts of a content are kept; a place of its own where the content has no name.
    fn facts_of(&self, language: &LanguageSpec, blob: Option<BlobId>) -> SharedFacts {
        blob.map(|blob| lock(&self.blobs).entry((language.name, blob)).or_default().clone()).unwrap_or_default()
    }

    /// The same for fragments.
    fn fragments_of(&self, language: &LanguageSpec, blob: Option<BlobId>) -> SharedFragments {
        blob.map(|blob| lock(&self.fragments).entry((language.name, blob)).or_default().clone()).unwrap_or_default()
    }

    /// Forgets what no file of a snapshot holds.
    pub fn keep(&self, snapshot: &Snapshot) {
        let held: FxHashSet<BlobId> = snapshot.entries.iter().filter_map(|entry| entry.blob).collect();
        lock(&self.blobs).retain(|(_, blob), _| held.contains(blob));
        lock(&self.fragments).retain(|(_, blob), _| held.contains(blob));
    }
}

/// The files of one snapshot.
pub struct SourceSet<'s> {
    snapshot: &'s Snapshot,
    facts: Vec<OnceLock<Option<FileFacts>>>,
    shared: Shared,
    /// One for each thread of the pool and one for the others, so that hardly anyone waits for another.
    readers: Vec<Mutex<Option<SnapshotReader<'s>>>>,
    gaps: Mutex<BTreeSet<Gap>>,
    parsed: AtomicU64,
    /// What the first read of a file's bytes showed.
    seen: Vec<OnceLock<Seen>>,
    /// Blobs of files that were asked for.
    known: Vec<OnceLock<Option<Known>>>,
}

impl<'s> SourceSet<'s> {
    pub fn new(snapshot: &'s Snapshot) -> Self {
        Self {
            snapshot,
            facts: std::iter::repeat_with(OnceLock::new).take(snapshot.entries.len()).collect(),
            shared: Shared::default(),
            readers: (0..=rayon::current_num_threads()).map(|_| Mutex::default()).collect(),
            gaps: Mutex::new(snapshot.gaps.iter().cloned().collect()),
            parsed: AtomicU64::new(0),
            seen: std::iter::repeat_with(OnceLock::new).take(snapshot.entries.len()).collect(),
            known: std::iter::repeat_with(OnceLock::new).take(snapshot.entries.len()).collect(),
        }
    }

    /// The files of a snapshot, which share what is worked out of equal contents with all that `shared` was given to.
    pub fn sharing(snapshot: &'s Snapshot, shared: &Shared) -> Self {
        Self { shared: shared.clone(), ..Self::new(snapshot) }
    }

    /// The files of a second snapshot, which share the facts and fragments of equal blobs with the first.
    pub fn beside(snapshot: &'s Snapshot, other: &SourceSet<'_>) -> Self {
        Self::sharing(snapshot, &other.shared)
    }

    pub fn snapshot(&self) -> &'s Snapshot {
        self.snapshot
    }

    pub fn path(&self, id: EntryId) -> &'s RepoPath {
        &self.snapshot.entry(id).path
    }

    /// The language of a file, where names are resolved across the files of that language.
    pub fn language(&self, id: EntryId) -> Option<&'static LanguageSpec> {
        find_linked(self.path(id))
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
        Some(self.content(id)?.bytes)
    }

    fn content(&self, id: EntryId) -> Option<Content> {
        watch::saw_file(id);
        let read = self.with_reader(|reader| reader.read_blob(id));
        let (bytes, blob) = read.map_err(|gap| self.add_gap(gap)).ok()?;
        self.seen[id.index()].get_or_init(|| {
            let is_marked = memchr::memmem::find(&bytes, MARKER.as_bytes()).is_some();
            Seen { is_marked, size: bytes.len(), blob }
        });
        Some(Content { bytes, blob })
    }

    /// Those of the files that hold the [`MARKER`], in order. Only files that nobody has read yet are read for it, and
    /// only where no earlier run has.
    pub fn marked(&self, ids: &[EntryId]) -> Vec<EntryId> {
        let absence = self.absence("marked", &[MARKER.as_bytes()]);
        let holds = |id: EntryId| {
            let seen = &self.seen[id.index()];
            if seen.get().is_none() && (self.is_absent(&absence, id) || self.content(id).is_none()) {
                return false;
            }
            match seen.get() {
                Some(&Seen { is_marked: false, size, blob: Some(blob) }) => absence.note(blob, size),
                Some(seen) => return seen.is_marked,
                None => {}
            }
            false
        };
        let marked = ids.par_iter().copied().filter(|&id| holds(id)).collect();
        absence.keep();
        marked
    }

    /// The blob of a file that can be read, where it is known without reading it.
    fn known(&self, id: EntryId) -> Option<Known> {
        let known = self.known[id.index()].get_or_init(|| {
            let blob = self.with_reader(|reader| reader.find_blob(id))?;
            Some(Known { blob, size: self.snapshot.entry(id).size })
        });
        *known
    }

    /// The blob of a file that can be read, and its size where that is known: what holds the same here holds the same
    /// wherever it is met. `None` where the file has to be read to know what it holds, or cannot be read.
    pub fn identity(&self, id: EntryId) -> Option<(BlobId, Option<u64>)> {
        let Known { blob, size } = self.known(id)?;
        match self.seen[id.index()].get() {
            Some(seen) => (seen.blob == Some(blob)).then_some((blob, Some(seen.size as u64))),
            None => {
                let facts = self.facts[id.index()].get().and_then(Option::as_ref);
                Some((blob, size.or(facts.map(|it| u64::from(it.facts.line_index.length())))))
            }
        }
    }

    /// Gives the memory of a text to the next file that this thread reads.
    fn recycle(&self, text: String) {
        self.with_reader(|reader| reader.recycle(text.into_bytes()));
    }

    fn with_reader<T>(&self, ask: impl FnOnce(&mut SnapshotReader<'s>) -> T) -> T {
        let own = rayon::current_thread_index().map_or(0, |index| index + 1);
        let mut reader = lock(&self.readers[own % self.readers.len()]);
        ask(reader.get_or_insert_with(|| self.snapshot.reader()))
    }

    /// The decoded text of a file; `None` where it cannot be read or is not text.
    pub fn text(&self, id: EntryId) -> Option<String> {
        match decode(self.bytes(id)?) {
            Text::Utf8(text) | Text::Converted(text) => Some(fitted(text)),
            Text::Binary(_) | Text::Invalid(..) => None,
        }
    }

    /// What of a file's bytes is text, with `\u{FFFD}` for the rest; `None` where there are no bytes.
    pub fn lossy_text(&self, path: &RepoPath) -> Option<String> {
        Some(fitted(decode(self.bytes(self.snapshot.find(path)?)?).into_lossy()))
    }

    /// The facts of a file, where names are resolved across the files of its language; `None` elsewhere, or where a gap
    /// says why not.
    pub fn facts(&self, id: EntryId) -> Option<Arc<Facts>> {
        watch::saw_file(id);
        let made = self.facts[id.index()].get_or_init(|| {
            let language = self.language(id)?;
            if let Some(facts) = self.recall_facts(id, language) {
                return Some(facts);
            }
            let content = self.content(id)?;
            let text = self.parseable(id, content.bytes)?;
            let facts = self.parse(id, language, Parseable { text: &text, blob: content.blob });
            self.recycle(text);
            Some(facts)
        });
        Some(made.as_ref()?.facts.clone())
    }

    /// The facts of a file whose text is at hand.
    fn facts_of(&self, id: EntryId, text: Parseable<'_>) -> Option<Arc<Facts>> {
        let language = self.language(id)?;
        let made = self.facts[id.index()].get_or_init(|| Some(self.parse(id, language, text)));
        Some(made.as_ref()?.facts.clone())
    }

    /// The facts that an earlier run made of the file's blob.
    fn recall_facts(&self, id: EntryId, language: &LanguageSpec) -> Option<FileFacts> {
        let known = self.known(id)?;
        let cell = self.shared.facts_of(language, Some(known.blob));
        let facts = match cell.get() {
            Some(facts) if known.size.is_none_or(|size| size == u64::from(facts.line_index.length())) => facts.clone(),
            _ if !self.snapshot.cache.is_on() => return None,
            _ => {
                let facts: Arc<Facts> = Arc::new(self.recall_made("facts", language, known)?);
                cell.get_or_init(|| facts.clone());
                facts
            }
        };
        Some(self.told(id, facts, Some(known.blob)))
    }

    fn parse(&self, id: EntryId, language: &LanguageSpec, text: Parseable<'_>) -> FileFacts {
        let blob = text.blob.or_else(|| BlobId::of(text.text.as_bytes()));
        let cell = self.shared.facts_of(language, blob);
        let facts = cell.get_or_init(|| {
            let size = Some(text.text.len() as u64);
            let recalled = blob.and_then(|blob| self.recall_made("facts", language, Known { blob, size }));
            Arc::new(recalled.unwrap_or_else(|| {
                self.parsed.fetch_add(1, Ordering::Relaxed);
                let facts = extract_guarded(language, text.text);
                self.keep_made("facts", language, &Parseable { blob, ..text }, &facts.unread, &facts);
                facts
            }))
        });
        self.told(id, facts.clone(), blob)
    }

    /// Facts of a file, what they leave unread being a gap.
    fn told(&self, id: EntryId, facts: Arc<Facts>, blob: Option<BlobId>) -> FileFacts {
        if let Some(first) = facts.unread.first() {
            let ranges: Vec<Span> = facts.unread.iter().map(|unread| unread_lines(&facts, unread.span)).collect();
            self.add_syntax_gap(id, first, facts.line_index.line(first.span.start), ranges);
        }
        FileFacts { facts, blob }
    }

    /// What duplicates of a file are found by; `None` where there is no language, or where a gap says why not. Kept by
    /// content, not by path.
    pub fn fragments(&self, id: EntryId) -> Option<Arc<Fragments>> {
        self.fragments_beside(id, false)
    }

    /// The same for those who will ask for the facts of the file as well: both are made of one parse.
    pub fn fragments_and_facts(&self, id: EntryId) -> Option<Arc<Fragments>> {
        self.fragments_beside(id, true)
    }

    fn fragments_beside(&self, id: EntryId, with_facts: bool) -> Option<Arc<Fragments>> {
        let language = find_language(self.path(id))?;
        if let Some(fragments) = self.recall_fragments(id, language) {
            return Some(self.told_fragments(id, fragments));
        }
        let content = self.content(id)?;
        let text = self.parseable(id, content.bytes)?;
        let blob = content.blob.or_else(|| BlobId::of(text.as_bytes()));
        let text_of = Parseable { text: &text, blob };
        let cell = self.shared.fragments_of(language, blob);
        let fragments = cell.get_or_init(|| {
            self.parsed.fetch_add(1, Ordering::Relaxed);
            let wanted = with_facts && language.linking.is_some();
            let unmade = wanted.then(|| self.shared.facts_of(language, blob)).filter(|cell| cell.get().is_none());
            let made = match unmade {
                Some(cell) => {
                    let (facts, made) = both_guarded(language, &text);
                    self.keep_made("facts", language, &text_of, &facts.unread, &facts);
                    let facts = cell.get_or_init(|| Arc::new(facts)).clone();
                    self.facts[id.index()].get_or_init(|| Some(self.told(id, facts, blob)));
                    made
                }
                None => fragments_guarded(language, &text),
            };
            self.keep_made("fragments", language, &text_of, &made.unread, &made);
            Arc::new(made)
        });
        self.recycle(text);
        Some(self.told_fragments(id, fragments.clone()))
    }

    /// The fragments that an earlier run made of the file's blob.
    fn recall_fragments(&self, id: EntryId, language: &LanguageSpec) -> Option<Arc<Fragments>> {
        if !self.snapshot.cache.is_on() {
            return None;
        }
        Some(Arc::new(self.recall_made("fragments", language, self.known(id)?)?))
    }

    /// What an earlier run made of a content.
    fn recall_made<T: DecodeOwned>(&self, kind: &str, language: &LanguageSpec, known: Known) -> Option<T> {
        recall::find(&self.snapshot.cache, kind, language.name.as_bytes(), known)
    }

    /// Keeps what was made of a content for later runs, unless a bug of ours left it unread.
    fn keep_made<T: Encode>(
        &self,
        kind: &str,
        language: &LanguageSpec,
        text: &Parseable<'_>,
        unread: &[Unread],
        made: &T,
    ) {
        if let Some(blob) = text.blob.filter(|_| !is_internal(unread)) {
            recall::keep(&self.snapshot.cache, kind, language.name.as_bytes(), blob, text.text.len(), made);
        }
    }

    fn told_fragments(&self, id: EntryId, fragments: Arc<Fragments>) -> Arc<Fragments> {
        if let Some(first) = fragments.unread.first() {
            self.add_syntax_gap(id, first, fragments.unread_lines[0].start, fragments.unread_spans.clone());
        }
        fragments
    }

    /// What a file wires together; `None` where there is no language, or where a gap says why not. Not kept: whoever asks
    /// keeps what it needs.
    pub fn sketch(&self, id: EntryId) -> Option<Sketch> {
        let language = self.language(id)?;
        let sketch = language.sketch?;
        let text = self.parseable(id, self.bytes(id)?)?;
        let (sketch, unread) = sketch_guarded(sketch, &text);
        if let Some(unread) = unread {
            self.add_syntax_gap(id, &unread, 1, vec![unread.span]);
        }
        Some(sketch)
    }

    /// What an earlier run worked out of the content of a file, or what is worked out now, and kept. `question` is all that
    /// the answer depends on besides the content; `work` reads the file.
    pub fn recall<T: Encode + DecodeOwned>(
        &self,
        id: EntryId,
        kind: &str,
        question: &[u8],
        work: impl FnOnce() -> Option<T>,
    ) -> Option<T> {
        let cache = &self.snapshot.cache;
        if let Some(kept) = self.known(id).and_then(|known| recall::find(cache, kind, question, known)) {
            return Some(kept);
        }
        let made = work()?;
        if let Some(&Seen { blob: Some(blob), size, .. }) = self.seen[id.index()].get() {
            recall::keep(cache, kind, question, blob, size, &made);
        }
        Some(made)
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

    /// The blobs that earlier runs found to hold nothing that a question asks for. `question` is all that the answer
    /// depends on besides the blob.
    pub fn absence(&self, kind: &str, question: &[&[u8]]) -> Absence {
        Absence::load(&self.snapshot.cache, kind, question)
    }

    /// Whether a file is known, without reading it, to hold nothing that is asked for.
    pub fn is_absent(&self, absence: &Absence, id: EntryId) -> bool {
        absence.may_hold() && self.known(id).is_some_and(|known| absence.holds(known))
    }

    /// Notes that the facts of a file hold nothing that is asked for.
    pub fn note_absent(&self, absence: &Absence, id: EntryId) {
        if let Some(Some(FileFacts { facts, blob: Some(blob) })) = self.facts[id.index()].get() {
            absence.note(*blob, facts.line_index.length() as usize);
        }
    }

    /// Every occurrence of the needles in the files of the given ids, in the order of the ids. Files without a hit are
    /// left out.
    pub fn search(&self, ids: &[EntryId], needles: &Needles, progress: &dyn Progress) -> Vec<FileHits> {
        progress.stage("searching names", ids.len() as u64);
        let absence = self.absence_of(needles);
        let mut found: Vec<FileHits> = ids
            .par_iter()
            .filter_map(|&id| {
                progress.advance(1);
                self.search_file(id, needles, &absence)
            })
            .collect();
        absence.keep();
        found.sort_by_key(|hits| hits.id);
        found
    }

    /// The blobs that earlier runs found to hold none of the needles.
    pub fn absence_of(&self, needles: &Needles) -> Absence {
        self.absence("names", &[needles.digest().as_bytes()])
    }

    /// The occurrences in one file; `None` where there are none. What it finds to hold none is noted in the absence.
    pub fn search_file(&self, id: EntryId, needles: &Needles, absence: &Absence) -> Option<FileHits> {
        let known = absence.may_hold().then(|| self.known(id)).flatten();
        let path = self.path(id);
        if is_archive(path) {
            let (path, extent) = (path.clone(), Extent::Unavailable);
            // What is not there at all is told as that.
            if known.is_none() {
                self.bytes(id)?;
            }
            self.add_gap(Gap { path, stage: Stage::Source, reason: Reason::Archive, extent });
            return None;
        }
        if known.is_some_and(|known| absence.holds(known)) {
            return None;
        }
        let Content { bytes, blob } = self.content(id)?;
        let size = bytes.len();
        let note_absent = || blob.into_iter().for_each(|blob| absence.note(blob, size));
        if !is_utf16(&bytes) && !needles.may_be_in(&bytes) {
            note_absent();
            self.with_reader(|reader| reader.recycle(bytes));
            return None;
        }
        let decoded = decode(bytes);
        let is_parseable = matches!(&decoded, Text::Utf8(text) if text.len() <= PARSE_LIMIT);
        let is_readable = matches!(decoded, Text::Utf8(_) | Text::Converted(_));
        let text = decoded.into_lossy();
        let hits = needles.find(&text);
        if hits.is_empty() {
            note_absent();
            self.recycle(text);
            return None;
        }
        Some(FileHits { id, text: fitted(text), hits, is_readable, is_parseable, blob })
    }

    /// The facts of a file that was searched, made of the text at hand.
    pub fn facts_in(&self, file: &FileHits) -> Option<Arc<Facts>> {
        // What the parser may not be given ends in a gap that says why.
        match file.is_parseable {
            true => self.facts_of(file.id, Parseable { text: &file.text, blob: file.blob }),
            false => self.facts(file.id),
        }
    }
}

/// Whether a file is a compressed container, by its name.
pub fn is_archive(path: &RepoPath) -> bool {
    path.extension().is_some_and(|it| ARCHIVES.contains(&it.to_ascii_lowercase().as_str()))
}

/// A text that is kept, in no more memory than it needs.
fn fitted(mut text: String) -> String {
    text.shrink_to_fit();
    text
}

/// The lines that an unread range touches: what stands beside a syntax error on its line is not trusted either.
fn unread_lines(facts: &Facts, span: Span) -> Span {
    let lines = facts.line_index.lines(span);
    Span { start: facts.line_index.span(lines.start).start, end: facts.line_index.span(lines.end).end }
}

/// Runs the adapter; a panic is our bug, and becomes an unread range instead of ending the run.
pub fn extract_guarded(language: &LanguageSpec, text: &str) -> Facts {
    let extracted = std::panic::catch_unwind(|| (language.extract)(text));
    extracted.unwrap_or_else(|_| crate::language::unreadable(text, PANICKED.into()))
}

/// The same for fragments.
fn fragments_guarded(language: &LanguageSpec, text: &str) -> Fragments {
    let made = std::panic::catch_unwind(|| (language.fragments)(text));
    made.unwrap_or_else(|_| Fragments::unreadable(PANICKED, text))
}

/// The same for both; after a panic each by itself, so that one bug does not take the other's part.
fn both_guarded(language: &LanguageSpec, text: &str) -> (Facts, Fragments) {
    let made = std::panic::catch_unwind(|| (language.both)(text));
    made.unwrap_or_else(|_| (extract_guarded(language, text), fragments_guarded(language, text)))
}

/// What a text wires together; after a panic nothing, and the whole text is unread.
fn sketch_guarded(sketch: fn(&str) -> Sketch, text: &str) -> (Sketch, Option<Unread>) {
    match std::panic::catch_unwind(|| sketch(text)) {
        Ok(sketch) => (sketch, None),
        Err(_) => {
            let span = Span::new(0, text.len() as u32);
            (Sketch::default(), Some(Unread { span, reason: PANICKED.to_owned() }))
        }
    }
}

/// The reason of an unread range that is our bug.
const PANICKED: &str = "internal error: the extractor panicked";

/// Whether a text was left unread by a bug, which the next run may not meet: then nothing is kept of it.
fn is_internal(unread: &[Unread]) -> bool {
    unread.iter().any(|unread| unread.reason == PANICKED)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::LANGUAGES;

    #[test]
    fn one_parse_gives_what_two_give() {
        let texts = [
            "",
            "def handle(order):\n    if order:\n        return send(order.id)\n    raise ValueError('none')\n",
            "class A(B):\n    \"\"\"Says.\"\"\"\n    def f(self):\n        return [x for x in self.y\n",
            "pub struct A;\n/// Sends.\nimpl A { pub fn send(&self, order: u32) -> u32 { order + 1 } }\n",
            "fn f( {",
            "import { a } from './a';\nexport function f(order) { if (order) { return a(order.id); } }\nconst x = {\n",
            "package shop\n\nfunc Send(order int) int {\n\treturn order + 1\n}\n",
        ];
        for language in LANGUAGES {
            for text in texts {
                let (facts, fragments) = (language.both)(text);
                assert_eq!(
                    format!("{facts:?}"),
                    format!("{:?}", (language.extract)(text)),
                    "{}: {text}",
                    language.name
                );
                let alone = (language.fragments)(text);
                assert_eq!(format!("{fragments:?}"), format!("{alone:?}"), "{}: {text}", language.name);
            }
        }
    }

    #[test]
    fn a_panic_leaves_the_whole_text_unread() {
        let broken = LanguageSpec {
            extract: |_| panic!("a bug"),
            sketch: Some(|_| panic!("a bug")),
            ..LanguageSpec { queries: &[], ..LANGUAGES[0] }
        };
        let text = "app = FastAPI()\n";
        let (_, unread) = sketch_guarded(broken.sketch.unwrap(), text);
        assert_eq!(unread.map(|it| (it.span, is_internal(&[it]))), Some((Span::new(0, 16), true)));
        assert!(is_internal(&extract_guarded(&broken, text).unread));
        assert!(sketch_guarded(LANGUAGES[0].sketch.unwrap(), text).1.is_none());
    }
}
