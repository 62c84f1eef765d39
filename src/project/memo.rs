//! A memory of results: what an earlier run worked out file by file, as long as nothing that it looked at has changed.
//!
//! A result belongs to a question and a file. While it is made, [`watch`] notes which files it looked at and what it asked
//! of the tree; the notes are kept beside it. A later run compares its tree with the one of the table, by blobs and by
//! the answers of the module index, and makes again only what looked at a difference. So the cost of an edited tree
//! follows what changed, whatever the distance: the table need not be of the parent.
//!
//! Invariants: a result from the table equals the one that would be made now, because making it is a function of what was
//! noted; a file whose content is not known by its blob, or that ended in a gap (which a run must tell), is looked at in
//! every run, and so is whoever looked at it. Absent on purpose: what a result is; whoever asks encodes it.

use super::Project;
use super::module::ModuleIndex;
use crate::cache::Key;
use crate::progress::Progress;
use crate::source::watch::{self, Seen};
use crate::span::RepoPath;
use crate::workspace::EntryId;
use bitcode::{Decode, Encode};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A table is written anew when more results than this had to be made, or more than half.
const MADE_ALLOWED: usize = 64;

/// What is asked of each file.
pub struct Question<'q> {
    pub kind: &'static str,
    /// Everything besides the files that an answer depends on.
    pub parts: &'q [&'q [u8]],
}

/// How a result is kept. What cannot be decoded is made again.
pub struct Codec<T> {
    pub encode: fn(&T) -> Vec<u8>,
    pub decode: fn(EntryId, &[u8]) -> Option<T>,
}

impl<T> Clone for Codec<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Codec<T> {}

/// The results of one question, with the tree that they were made in.
#[derive(Default, Encode, Decode)]
struct Table {
    /// Sorted by path.
    rows: Vec<Row>,
    /// The paths of every file whose names are resolved, sorted.
    modules: Vec<String>,
    results: Vec<Kept>,
}

/// A file whose content was known.
#[derive(Encode, Decode)]
struct Row {
    path: String,
    blob: [u8; 20],
    size: Option<u64>,
    answer: Answer,
}

/// What is known of the answer for a file.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
enum Answer {
    /// It was not asked, or cannot be kept.
    Unknown,
    /// There is none, by its own content alone.
    Nothing,
    /// An index into [`Table::results`].
    At(u32),
}

#[derive(Encode, Decode)]
struct Kept {
    /// Rows of the files that were looked at.
    files: Vec<u32>,
    questions: Vec<u32>,
    result: Vec<u8>,
}

/// A table, and what of it still holds here.
struct Known {
    table: Table,
    /// By row: the file is there, with the same content.
    is_same: Vec<bool>,
    /// Questions that this tree answers differently.
    changed: FxHashSet<u32>,
}

/// What became of one file.
enum Asked {
    /// The row whose answer still holds.
    Held(usize),
    Made {
        result: Option<Vec<u8>>,
        seen: Seen,
    },
}

/// The results of one question, asked for one by one and from any thread.
pub struct Memory<'p, 's, T> {
    project: &'p Project<'s>,
    codec: Codec<T>,
    /// `None` where nothing is kept.
    key: Option<Key>,
    known: Option<Known>,
    asked: Mutex<FxHashMap<EntryId, Asked>>,
}

impl<'p, 's, T> Memory<'p, 's, T> {
    pub fn open(project: &'p Project<'s>, question: &Question<'_>, codec: Codec<T>) -> Self {
        let cache = &project.sources.snapshot().cache;
        let mut memory = Self { project, codec, key: None, known: None, asked: Mutex::default() };
        if cache.is_on() {
            let declared = project.modules.roots().declared.join("\n");
            let packages = project.modules.manifests().text();
            let named = [declared.as_bytes(), packages.as_bytes()];
            let parts: Vec<&[u8]> = question.parts.iter().copied().chain(named).collect();
            let key = Key::new(question.kind, &parts);
            let table = cache.get(key).and_then(|record| bitcode::decode(&record).ok());
            memory.known = table.map(|table| Known::of(project, table));
            memory.key = Some(key);
        }
        memory
    }

    /// Whether results outlive the run.
    pub fn is_kept(&self) -> bool {
        self.key.is_some()
    }

    /// The result of a file, if it has one. `work` may look at nothing but the project and the question.
    pub fn get(&self, id: EntryId, work: impl FnOnce() -> Option<T>) -> Option<T> {
        if self.key.is_none() {
            return work();
        }
        let (asked, result) = match self.known.as_ref().and_then(|known| known.find(self.project, id, &self.codec)) {
            Some((row, result)) => (Asked::Held(row), result),
            None => {
                let (result, seen) = watch::watched(work);
                (Asked::Made { result: result.as_ref().map(self.codec.encode), seen }, result)
            }
        };
        self.asked().insert(id, asked);
        result
    }

    fn asked(&self) -> MutexGuard<'_, FxHashMap<EntryId, Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the table anew, where much of it was made now.
    pub fn keep(&self) {
        let asked = self.asked();
        let made = asked.values().filter(|asked| matches!(asked, Asked::Made { .. })).count();
        let is_new = self.known.is_none() && !asked.is_empty();
        if let Some(key) = self.key
            && (is_new || made > MADE_ALLOWED.min(asked.len() / 2))
        {
            let table = table(self.project, &asked, self.known.as_ref());
            self.project.sources.snapshot().cache.put(key, &bitcode::encode(&table));
        }
    }
}

/// The results of the files given, in their order, for those that have one. `work` may look at nothing but the project
/// and its question.
pub fn each<T: Send>(
    project: &Project<'_>,
    question: &Question<'_>,
    codec: &Codec<T>,
    files: &[EntryId],
    progress: &dyn Progress,
    work: impl Fn(EntryId) -> Option<T> + Sync,
) -> Vec<(EntryId, T)> {
    let memory = Memory::open(project, question, *codec);
    let each = |&id: &EntryId| {
        progress.advance(1);
        Some((id, memory.get(id, || work(id))?))
    };
    let results = files.par_iter().filter_map(each).collect();
    memory.keep();
    results
}

impl Known {
    fn of(project: &Project<'_>, table: Table) -> Self {
        let snapshot = project.sources.snapshot();
        let judged: FxHashSet<EntryId> = project.ids.iter().copied().collect();
        let is_same = |row: &Row| {
            let Some(id) = snapshot.find(&RepoPath::new(&row.path)).filter(|id| judged.contains(id)) else {
                return false;
            };
            project
                .sources
                .identity(id)
                .is_some_and(|(blob, size)| *blob.as_bytes() == row.blob && (size.is_none() || size == row.size))
        };
        let is_same: Vec<bool> = table.rows.par_iter().map(is_same).collect();
        let modules = modules(project);
        let is_other = table.modules.len() != modules.len()
            || table.modules.iter().zip(&modules).any(|(before, now)| before != now.as_str());
        let changed = match is_other {
            true => {
                let paths: Vec<RepoPath> = table.modules.iter().map(|path| RepoPath::new(path)).collect();
                let files: Vec<(EntryId, &RepoPath)> =
                    paths.iter().enumerate().map(|(at, path)| (EntryId(at as u32), path)).collect();
                let (roots, manifests) = (project.modules.roots(), project.modules.manifests());
                let before = ModuleIndex::of(&files, roots.declared.clone(), manifests.clone());
                project.modules.differences(&before)
            }
            false => FxHashSet::default(),
        };
        Self { table, is_same, changed }
    }

    /// The row of a file whose answer still holds, and its result.
    fn find<T>(&self, project: &Project<'_>, id: EntryId, codec: &Codec<T>) -> Option<(usize, Option<T>)> {
        let path = project.sources.path(id).as_str();
        let row = self.table.rows.binary_search_by(|row| row.path.as_str().cmp(path)).ok()?;
        match self.kept(row)? {
            None => Some((row, None)),
            Some(kept) => Some((row, Some((codec.decode)(id, &kept.result)?))),
        }
    }

    /// The answer of a row, if it holds here.
    fn kept(&self, row: usize) -> Option<Option<&Kept>> {
        if !self.is_same[row] {
            return None;
        }
        match self.table.rows[row].answer {
            Answer::Unknown => None,
            Answer::Nothing => Some(None),
            Answer::At(at) => {
                let kept = self.table.results.get(at as usize)?;
                let holds = kept.files.iter().all(|&file| self.is_same.get(file as usize) == Some(&true))
                    && (self.changed.is_empty() || !kept.questions.iter().any(|it| self.changed.contains(it)));
                holds.then_some(Some(kept))
            }
        }
    }
}

/// The table of a tree: what was made now, and what still holds of the one before.
fn table(project: &Project<'_>, asked: &FxHashMap<EntryId, Asked>, known: Option<&Known>) -> Table {
    let dark: BTreeSet<RepoPath> = project.sources.gaps().into_iter().map(|gap| gap.path).collect();
    let mut rows = Vec::new();
    let mut row_of: FxHashMap<EntryId, u32> = FxHashMap::default();
    for &id in &project.ids {
        let path = project.sources.path(id);
        if let Some((blob, size)) = project.sources.identity(id).filter(|_| !dark.contains(path)) {
            row_of.insert(id, rows.len() as u32);
            rows.push(Row { path: path.to_string(), blob: *blob.as_bytes(), size, answer: Answer::Unknown });
        }
    }
    let snapshot = project.sources.snapshot();
    let row_of_path = |path: &str| row_of.get(&snapshot.find(&RepoPath::new(path))?).copied();
    // What was not asked for now may be asked for again.
    let carried = |row: usize| {
        let known = known?;
        let Some(Kept { files, questions, result }) = known.kept(row)? else { return Some(None) };
        let files = files.iter().map(|&file| row_of_path(&known.table.rows[file as usize].path));
        let files = files.collect::<Option<Vec<u32>>>()?;
        Some(Some(Kept { files, questions: questions.clone(), result: result.clone() }))
    };
    let row_before = |id: EntryId| {
        let path = project.sources.path(id).as_str();
        known?.table.rows.binary_search_by(|row| row.path.as_str().cmp(path)).ok()
    };
    let mut results = Vec::new();
    for &id in &project.ids {
        let Some(&own) = row_of.get(&id) else { continue };
        let kept = match asked.get(&id) {
            None => row_before(id).and_then(carried),
            Some(Asked::Held(row)) => carried(*row),
            Some(Asked::Made { result: None, seen }) => {
                let is_alone = seen.questions.is_empty() && seen.files.iter().all(|file| *file == id);
                is_alone.then_some(None)
            }
            Some(Asked::Made { result: Some(result), seen }) => {
                let files: Option<Vec<u32>> = seen.files.iter().map(|file| row_of.get(file).copied()).collect();
                files.map(|mut files| {
                    files.sort_unstable();
                    let mut questions: Vec<u32> = seen.questions.iter().copied().collect();
                    questions.sort_unstable();
                    Some(Kept { files, questions, result: result.clone() })
                })
            }
        };
        rows[own as usize].answer = match kept {
            None => Answer::Unknown,
            Some(None) => Answer::Nothing,
            Some(Some(kept)) => {
                results.push(kept);
                Answer::At(results.len() as u32 - 1)
            }
        };
    }
    let modules = modules(project).iter().map(ToString::to_string).collect();
    Table { rows, modules, results }
}

/// The paths of every file whose names are resolved, sorted.
fn modules<'s>(project: &Project<'s>) -> Vec<&'s RepoPath> {
    // ids are in the order of their paths
    project.modules.files().map(|(id, _)| project.sources.path(id)).collect()
}
