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

/// A table is written anew when more results than this had to be made, or more than half.
const MADE_ALLOWED: usize = 64;

/// What is asked of each file.
pub struct Question<'q> {
    pub kind: &'static str,
    /// Everything besides the files that an answer depends on.
    pub parts: &'q [&'q [u8]],
}

/// How a result is kept. What cannot be encoded is not kept, and what cannot be decoded is made again.
pub struct Codec<T> {
    pub encode: fn(&T) -> Vec<u8>,
    pub decode: fn(EntryId, &[u8]) -> Option<T>,
}

/// The results of one question, with the tree that they were made in.
#[derive(Default, Encode, Decode)]
struct Table {
    /// Sorted by path.
    rows: Vec<Row>,
    /// The paths of every Python file, sorted.
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
enum Outcome<T> {
    Held { row: usize, result: Option<T> },
    Made { result: Option<T>, seen: Seen },
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
    let cache = &project.sources.snapshot().cache;
    if !cache.is_on() {
        let each = |&id: &EntryId| {
            progress.advance(1);
            Some((id, work(id)?))
        };
        return files.par_iter().filter_map(each).collect();
    }
    let declared = project.modules.roots().declared.join("\n");
    let parts: Vec<&[u8]> = question.parts.iter().copied().chain([declared.as_bytes()]).collect();
    let key = Key::new(question.kind, &parts);
    let known = cache.get(key).and_then(|record| bitcode::decode(&record).ok()).map(|table| Known::of(project, table));
    let outcomes: Vec<Outcome<T>> = files
        .par_iter()
        .map(|&id| {
            progress.advance(1);
            if let Some(held) = known.as_ref().and_then(|known| known.find(project, id, codec)) {
                return held;
            }
            let (result, seen) = watch::watched(|| work(id));
            Outcome::Made { result, seen }
        })
        .collect();
    let made = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Made { .. })).count();
    if known.is_none() || made > MADE_ALLOWED.min(files.len() / 2) {
        let table = table(project, files, &outcomes, known.as_ref(), codec);
        cache.put(key, &bitcode::encode(&table));
    }
    let results = files.iter().zip(outcomes).filter_map(|(&id, outcome)| match outcome {
        Outcome::Held { result, .. } | Outcome::Made { result, .. } => Some((id, result?)),
    });
    results.collect()
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
                let before = ModuleIndex::of(&files, project.modules.roots().declared.clone());
                project.modules.differences(&before)
            }
            false => FxHashSet::default(),
        };
        Self { table, is_same, changed }
    }

    fn find<T>(&self, project: &Project<'_>, id: EntryId, codec: &Codec<T>) -> Option<Outcome<T>> {
        let path = project.sources.path(id).as_str();
        let row = self.table.rows.binary_search_by(|row| row.path.as_str().cmp(path)).ok()?;
        if !self.is_same[row] {
            return None;
        }
        match self.table.rows[row].answer {
            Answer::Unknown => None,
            Answer::Nothing => Some(Outcome::Held { row, result: None }),
            Answer::At(at) => {
                let kept = self.table.results.get(at as usize)?;
                let holds = kept.files.iter().all(|&file| self.is_same.get(file as usize) == Some(&true))
                    && (self.changed.is_empty() || !kept.questions.iter().any(|it| self.changed.contains(it)));
                let result = Some((codec.decode)(id, &kept.result).filter(|_| holds)?);
                Some(Outcome::Held { row, result })
            }
        }
    }
}

/// The table of a tree: what was made now, and what still holds of the one before.
fn table<T>(
    project: &Project<'_>,
    files: &[EntryId],
    outcomes: &[Outcome<T>],
    known: Option<&Known>,
    codec: &Codec<T>,
) -> Table {
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
    let mut results = Vec::new();
    for (&id, outcome) in files.iter().zip(outcomes) {
        let Some(&own) = row_of.get(&id) else { continue };
        let kept = match outcome {
            Outcome::Held { result: None, .. } => Some(None),
            Outcome::Held { row, .. } => known.and_then(|known| {
                let Answer::At(at) = known.table.rows[*row].answer else { return None };
                let Kept { files, questions, result } = &known.table.results[at as usize];
                let files = files.iter().map(|&file| row_of_path(&known.table.rows[file as usize].path));
                let files = files.collect::<Option<Vec<u32>>>()?;
                Some(Some(Kept { files, questions: questions.clone(), result: result.clone() }))
            }),
            Outcome::Made { result: None, seen } => {
                let is_alone = seen.questions.is_empty() && seen.files.iter().all(|file| *file == id);
                is_alone.then_some(None)
            }
            Outcome::Made { result: Some(result), seen } => {
                let files: Option<Vec<u32>> = seen.files.iter().map(|file| row_of.get(file).copied()).collect();
                files.map(|mut files| {
                    files.sort_unstable();
                    let mut questions: Vec<u32> = seen.questions.iter().copied().collect();
                    questions.sort_unstable();
                    Some(Kept { files, questions, result: (codec.encode)(result) })
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

/// The paths of every Python file, sorted.
fn modules<'s>(project: &Project<'s>) -> Vec<&'s RepoPath> {
    // ids are in the order of their paths
    project.modules.files().map(|(id, _)| project.sources.path(id)).collect()
}
