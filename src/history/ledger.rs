//! The ledger: what a change removed, what the removed lines were, and whose.
//!
//! Invariants, asserted while running: per file and in total, classes of deleted lines sum to the deleted lines of
//! numstat, and so for added ones; every deleted line belongs to one definition of base or to none; dispositions
//! balance (see [`super::disposition`]). Absent on purpose: module names and policy rules, which need a project.

use super::changes::{self, Change, FileState, Renames, Status};
use super::class;
use super::diff::{self, FileDiff, Text, TextDiff};
use super::disposition::{self, Balance, ChangedText, Disposition, FileLines};
use super::fate::{self, Fate, Identity, Key, Source, SourcePair};
use super::reading::Readings;
use super::{Error, Git, Range};
use crate::facts::{DefinitionId, DefinitionKind, Facts, LineClass, LineTally, Unread};
use crate::gap::{Extent, Gap, Reason, Stage};
use crate::language::find_language;
use crate::language::layout::Layout;
use crate::source::PARSE_LIMIT;
use crate::span::{LineRange, RepoPath, Span};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What the change did to one file.
#[derive(Clone, Debug)]
pub struct FileLedger {
    pub path: RepoPath,
    /// The path at base, where it is another one.
    pub old_path: Option<RepoPath>,
    pub status: Status,
    pub content: ContentKind,
    /// As `git diff --numstat` counts; zero for binary and unread files.
    pub added: u64,
    pub deleted: u64,
    /// Deleted lines by class.
    pub removed_classes: LineTally,
    /// Added lines by class.
    pub added_classes: LineTally,
    pub base: Balance,
    pub head: Balance,
}

impl FileLedger {
    /// The path at base.
    pub fn base_path(&self) -> &RepoPath {
        self.old_path.as_ref().unwrap_or(&self.path)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentKind {
    Text,
    /// Git prints `-`.
    Binary,
    /// There are no numbers; a gap says why.
    Unread,
}

impl ContentKind {
    pub fn name(self) -> &'static str {
        match self {
            ContentKind::Text => "text",
            ContentKind::Binary => "binary",
            ContentKind::Unread => "unread",
        }
    }
}

/// Where a definition stands at one side; ordered by path and line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub path: RepoPath,
    pub lines: LineRange,
    /// The qualified name there.
    pub name: String,
}

/// What the change did to one definition. Lines count where the definition is the innermost one.
#[derive(Clone, Debug)]
pub struct DefinitionLedger {
    pub kind: DefinitionKind,
    pub fate: Fate,
    pub base: Option<Place>,
    pub head: Option<Place>,
    /// Deleted lines by class.
    pub deleted: LineTally,
    /// Of those, the ones that are neither moved nor reformatted nor changed.
    pub gone: u64,
    pub added: LineTally,
}

impl DefinitionLedger {
    /// The place at base, or at head for an added definition.
    pub fn place(&self) -> &Place {
        self.base.as_ref().or(self.head.as_ref()).expect("a definition has a side")
    }
}

/// A block that changed its place; 1-based lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedBlock {
    pub base: (RepoPath, LineRange),
    pub head: (RepoPath, LineRange),
}

/// How much is asked of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Dispositions and classes of lines.
    Lines,
    /// Also definitions and their fates.
    Definitions,
}

/// What the threads share out among them. A thread that waits for its files would begin another commit meanwhile, and
/// hold both in memory; so it is one or the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    ByFile,
    ByChange,
}

#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub added: u64,
    pub deleted: u64,
    pub removed_classes: LineTally,
    pub added_classes: LineTally,
    /// Of the changed text files.
    pub base: Balance,
    pub head: Balance,
    /// Sorted by path.
    pub files: Vec<FileLedger>,
    /// Touched definitions, by base place, then the added ones.
    pub definitions: Vec<DefinitionLedger>,
    /// Deleted lines that no definition of base holds, and added ones that no definition of head does.
    pub outside: LineTally,
    pub outside_added: LineTally,
    pub moves: Vec<MovedBlock>,
    pub gaps: Vec<Gap>,
}

impl Ledger {
    /// Physical lines that the change takes away on balance; negative where it adds more.
    pub fn net(&self) -> i64 {
        self.deleted as i64 - self.added as i64
    }
}

/// Makes the ledger of one range.
///
/// # Errors
/// See [`changes::compare`].
pub fn load(git: &Git, range: &Range, renames: Renames, paths: &[String], depth: Depth) -> Result<Ledger, Error> {
    let changes = changes::compare(git, range, renames, paths)?;
    let mut diffs = Vec::with_capacity(changes.list.len());
    changes
        .list
        .par_iter()
        .map_init(|| git.local(), |repository, change| diff::diff(repository, change))
        .collect_into_vec(&mut diffs);
    let mut ledger = of_changes(&changes.list, diffs, &Readings::default(), depth, Threads::ByFile);
    ledger.gaps.splice(0..0, changes.gaps);
    Ok(ledger)
}

/// One text file of the change on its way through the ledger.
struct Page {
    /// Index into the list of changes.
    change: usize,
    diff: TextDiff,
    base: Reading,
    head: Reading,
}

/// What is known of one side of a text; nothing where nothing is asked of it.
#[derive(Default)]
struct Reading {
    layout: Option<Arc<Layout>>,
    facts: Option<Facts>,
    gap: Option<Gap>,
}

impl Reading {
    fn class(&self, line: u32) -> LineClass {
        let facts = self.facts.as_ref().map(|facts| &facts.lines);
        let classes = facts.or(self.layout.as_ref().map(|layout| &layout.classes));
        classes.expect("a side whose lines changed has been read")[line as usize]
    }
}

/// Makes the ledger of changes whose diffs are known. The two lists run in parallel.
pub fn of_changes(
    list: &[Change],
    diffs: Vec<FileDiff>,
    readings: &Readings,
    depth: Depth,
    threads: Threads,
) -> Ledger {
    let mut ledger = Ledger::default();
    let mut texts = Vec::new();
    for (index, (change, diff)) in list.iter().zip(diffs).enumerate() {
        let content = match diff {
            FileDiff::Text(diff) => {
                texts.push((index, diff));
                ContentKind::Text
            }
            FileDiff::Binary => {
                decline(readings, change);
                ContentKind::Binary
            }
            FileDiff::Unread(gap) => {
                decline(readings, change);
                ledger.gaps.push(gap);
                ContentKind::Unread
            }
        };
        ledger.files.push(empty_file(change, content));
    }
    let read = |(index, diff)| read_page(index, &list[index], diff, readings, depth);
    let mut pages: Vec<Page> = match threads {
        Threads::ByFile => texts.into_par_iter().map(read).collect(),
        Threads::ByChange => texts.into_iter().map(read).collect(),
    };
    for page in &mut pages {
        ledger.gaps.extend(page.base.gap.take());
        ledger.gaps.extend(page.head.gap.take());
    }
    let changed: Vec<ChangedText<'_>> = pages
        .iter()
        .map(|page| ChangedText {
            path: list[page.change].path(),
            diff: &page.diff,
            layouts: page.base.layout.as_deref().zip(page.head.layout.as_deref()),
        })
        .collect();
    let dispositions = disposition::dispose(&changed);
    for (page, lines) in pages.iter().zip(&dispositions.files) {
        enter_lines(&mut ledger, page, lines);
    }
    for block in &dispositions.moves {
        let (base, head) = (&list[pages[block.base_file].change], &list[pages[block.head_file].change]);
        ledger.moves.push(MovedBlock {
            base: (base.old_path().unwrap_or(base.path()).clone(), one_based(&block.base.range())),
            head: (head.path().clone(), one_based(&block.head.range())),
        });
    }
    if depth == Depth::Definitions {
        enter_definitions(&mut ledger, list, &pages, &dispositions.files);
    }
    ledger
}

fn empty_file(change: &Change, content: ContentKind) -> FileLedger {
    FileLedger {
        path: change.path().clone(),
        old_path: change.old_path().cloned(),
        status: change.status,
        content,
        added: 0,
        deleted: 0,
        removed_classes: LineTally::default(),
        added_classes: LineTally::default(),
        base: Balance::default(),
        head: Balance::default(),
    }
}

fn decline(readings: &Readings, change: &Change) {
    readings.decline(change.base.as_ref());
    readings.decline(change.head.as_ref());
}

/// Reads the sides that something is asked of: classes of changed lines, definitions of touched files, and layouts
/// where reformatting is possible.
fn read_page(index: usize, change: &Change, diff: TextDiff, readings: &Readings, depth: Depth) -> Page {
    let is_touched = !diff.hunks.is_empty() || change.old_path().is_some();
    let with_definitions = depth == Depth::Definitions && is_touched;
    let is_mixed = diff.hunks.iter().any(|hunk| !hunk.base.is_empty() && !hunk.head.is_empty());
    let side = |state: Option<&FileState>, text: &Text, lines: u64| {
        let mut reading = Reading::default();
        let Some(state) = state else { return reading };
        if with_definitions {
            reading.facts = class::find_facts(&state.path, text).filter(|it| it.lines.len() == text.count() as usize);
        }
        if is_mixed || (lines > 0 && reading.facts.is_none()) {
            reading.layout = Some(readings.layout(state, text));
        } else {
            readings.decline(Some(state));
        }
        let unread = reading.facts.as_ref().map(|facts| &facts.unread);
        let unread = unread.or(reading.layout.as_ref().map(|layout| &layout.unread));
        reading.gap = unread.and_then(|unread| reading_gap(&state.path, text, unread));
        reading
    };
    let base = side(change.base.as_ref(), &diff.base, diff.deleted());
    let head = side(change.head.as_ref(), &diff.head, diff.added());
    Page { change: index, diff, base, head }
}

/// What a text's language could not read of it.
fn reading_gap(path: &RepoPath, text: &Text, unread: &[Unread]) -> Option<Gap> {
    let gap = |reason, extent| Some(Gap { path: path.clone(), stage: Stage::Facts, reason, extent });
    if find_language(path).is_some() && text.bytes.len() > PARSE_LIMIT {
        let (size, limit) = (text.bytes.len() as u64, PARSE_LIMIT as u64);
        return gap(Reason::TooLarge { size, limit }, Extent::Whole);
    }
    let first = unread.first()?;
    let line = text.lines.line(first.span.start);
    let spans: Vec<Span> = unread.iter().map(|unread| unread.span).collect();
    gap(Reason::Syntax(format!("{} at line {line}", first.reason.to_lowercase())), Extent::Ranges(spans))
}

/// Enters the lines of one text into its file and into the totals.
fn enter_lines(ledger: &mut Ledger, page: &Page, lines: &FileLines) {
    let file = &mut ledger.files[page.change];
    file.deleted = page.diff.deleted();
    file.added = page.diff.added();
    file.base = lines.base_balance();
    file.head = lines.head_balance();
    for hunk in &page.diff.hunks {
        hunk.base.clone().for_each(|line| file.removed_classes.add(page.base.class(line)));
        hunk.head.clone().for_each(|line| file.added_classes.add(page.head.class(line)));
    }
    let path = &file.path;
    assert_eq!(file.removed_classes.total(), file.deleted, "classes of the deleted lines of `{path}`");
    assert_eq!(file.added_classes.total(), file.added, "classes of the added lines of `{path}`");
    ledger.deleted += file.deleted;
    ledger.added += file.added;
    ledger.removed_classes.merge(file.removed_classes);
    ledger.added_classes.merge(file.added_classes);
    ledger.base.merge(file.base);
    ledger.head.merge(file.head);
}

/// Lines by definition, before it is known what became of it.
#[derive(Clone, Copy, Default)]
struct Share {
    tally: LineTally,
    gone: u64,
}

/// Gives every deleted and added line to the innermost definition that holds it, and every definition its fate.
fn enter_definitions(ledger: &mut Ledger, list: &[Change], pages: &[Page], lines: &[FileLines]) {
    let mut deleted: FxHashMap<Key, Share> = FxHashMap::default();
    let mut added: FxHashMap<Key, Share> = FxHashMap::default();
    let mut pairs = Vec::with_capacity(pages.len());
    for (file, (page, lines)) in pages.iter().zip(lines).enumerate() {
        let owners = owners(page.base.facts.as_ref(), lines.base.len());
        for line in page.diff.hunks.iter().flat_map(|hunk| hunk.base.clone()) {
            let class = page.base.class(line);
            match owners.get(line as usize).copied().flatten() {
                Some(owner) => {
                    let share = deleted.entry((file, owner)).or_default();
                    share.tally.add(class);
                    share.gone += u64::from(lines.base[line as usize] == Disposition::Removed);
                }
                None => ledger.outside.add(class),
            }
        }
        let owners = self::owners(page.head.facts.as_ref(), lines.head.len());
        for line in page.diff.hunks.iter().flat_map(|hunk| hunk.head.clone()) {
            let class = page.head.class(line);
            match owners.get(line as usize).copied().flatten() {
                Some(owner) => added.entry((file, owner)).or_default().tally.add(class),
                None => ledger.outside_added.add(class),
            }
        }
        let change = &list[page.change];
        let base_path = change.old_path().unwrap_or(change.path());
        pairs.push(SourcePair {
            base: source(base_path, &page.base, &page.diff.base),
            head: source(change.path(), &page.head, &page.diff.head),
        });
    }
    let attributed: u64 = deleted.values().map(|share| share.tally.total()).sum();
    assert_eq!(attributed + ledger.outside.total(), ledger.deleted, "deleted lines by definition");
    let attributed: u64 = added.values().map(|share| share.tally.total()).sum();
    assert_eq!(attributed + ledger.outside_added.total(), ledger.added, "added lines by definition");
    for identity in fate::identify(&pairs) {
        ledger.definitions.extend(definition(&identity, &pairs, &deleted, &added));
    }
    ledger.definitions.sort_by(|a, b| (a.base.is_none(), a.place()).cmp(&(b.base.is_none(), b.place())));
}

fn source<'a>(path: &'a RepoPath, reading: &'a Reading, text: &'a Text) -> Option<Source<'a>> {
    Some(Source::new(path, reading.facts.as_ref()?, text, reading.layout.clone()))
}

/// The entry of one definition; `None` for one that the change does not touch.
fn definition(
    identity: &Identity,
    pairs: &[SourcePair<'_>],
    deleted: &FxHashMap<Key, Share>,
    added: &FxHashMap<Key, Share>,
) -> Option<DefinitionLedger> {
    let share = |shares: &FxHashMap<Key, Share>, key: Option<Key>| {
        key.and_then(|key| shares.get(&key)).copied().unwrap_or_default()
    };
    let (gone, come) = (share(deleted, identity.base), share(added, identity.head));
    let is_touched = gone.tally.total() + come.tally.total() > 0;
    let fate = identity.fate.or(is_touched.then_some(Fate::Modified))?;
    let base = identity.base.map(|key| (pairs[key.0].base.as_ref().expect("a base source"), key.1));
    let head = identity.head.map(|key| (pairs[key.0].head.as_ref().expect("a head source"), key.1));
    let (source, id) = base.or(head)?;
    Some(DefinitionLedger {
        kind: source.facts().definition(id).kind,
        fate,
        base: base.map(|(source, id)| place(source, id)),
        head: head.map(|(source, id)| place(source, id)),
        deleted: gone.tally,
        gone: gone.gone,
        added: come.tally,
    })
}

fn place(source: &Source<'_>, id: DefinitionId) -> Place {
    Place { path: source.path().clone(), name: source.facts().qualified_name(id), lines: fate::lines_of(source, id) }
}

/// The innermost definition of every line. Definitions come parents first, so a later one stands inside.
fn owners(facts: Option<&Facts>, count: usize) -> Vec<Option<DefinitionId>> {
    let Some(facts) = facts else { return Vec::new() };
    let mut owners = vec![None; count];
    for (index, definition) in facts.definitions.iter().enumerate() {
        let lines = facts.line_index.lines(definition.span);
        let end = (lines.end as usize).min(count);
        let start = (lines.start as usize - 1).min(end);
        owners[start..end].fill(Some(DefinitionId(index as u32)));
    }
    owners
}

fn one_based(lines: &std::ops::Range<u32>) -> LineRange {
    LineRange { start: lines.start + 1, end: lines.end }
}
