//! The corpus: fragments of every file that is looked through, in the order of paths.
//!
//! Invariant: what is found depends on contents and paths alone, never on the order in which files were read. Absent
//! on purpose: facts; the few files that need them are read again.

use super::Options;
use crate::checks::CheckInput;
use crate::facts::{Fragments, Print, Unit, UnitKind};
use crate::finding::Context;
use crate::language::find_language;
use crate::span::{LineRange, RepoPath};
use crate::workspace::EntryId;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::sync::Arc;

pub struct CorpusFile {
    pub id: EntryId,
    pub context: Context,
    pub fragments: Arc<Fragments>,
}

pub struct Corpus {
    /// Sorted by path.
    pub files: Vec<CorpusFile>,
    /// Files that were left out because they are migrations of a schema.
    pub migrations: usize,
    /// Files that were left out because a compiler of interfaces wrote them.
    pub generated: usize,
    /// Files that were left out because they are copies of other projects.
    pub vendored: usize,
}

/// A unit of the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitRef {
    /// Index into [`Corpus::files`].
    pub file: u32,
    pub unit: u32,
}

impl Corpus {
    pub fn load(input: &CheckInput<'_, '_>, options: &Options) -> Self {
        let sources = input.project.sources;
        let wanted: Vec<EntryId> = input
            .project
            .ids
            .iter()
            .copied()
            .filter(|&id| find_language(sources.path(id)).is_some() && input.scope.holds(sources.path(id)))
            .filter(|&id| options.tests || input.policy.context_of(sources.path(id)) != Context::Tests)
            .collect();
        input.progress.stage("reading fragments", wanted.len() as u64);
        let read = |&id: &EntryId| {
            input.progress.advance(1);
            let context = input.policy.context_of(sources.path(id));
            let fragments = sources.fragments(id)?;
            let has_others = !options.tests && !fragments.tests.is_empty();
            let fragments = if has_others { Arc::new(fragments.without_tests()) } else { fragments };
            Some(CorpusFile { id, context, fragments })
        };
        let mut files: Vec<CorpusFile> = wanted.par_iter().filter_map(read).collect();
        let all = files.len();
        files.retain(|file| !is_vendored(sources.path(file.id)));
        let read = files.len();
        files.retain(|file| !is_generated(sources.path(file.id)));
        let written = files.len();
        files.retain(|file| !is_migration(sources.path(file.id), &file.fragments));
        Self { migrations: written - files.len(), generated: read - written, vendored: all - read, files }
    }

    pub fn unit(&self, at: UnitRef) -> &Unit {
        &self.files[at.file as usize].fragments.units[at.unit as usize]
    }

    /// Whether a unit is test code, by its file or by itself.
    pub fn is_test(&self, at: UnitRef) -> bool {
        let file = &self.files[at.file as usize];
        file.context == Context::Tests || file.fragments.is_test(self.unit(at).lines.start)
    }

    pub fn prints(&self, at: UnitRef) -> &[Print] {
        let fragments = &self.files[at.file as usize].fragments;
        fragments.prints_of(&fragments.units[at.unit as usize])
    }

    /// The different statements below the header of a unit; those that say nothing are left out.
    pub fn shapes(&self, at: UnitRef) -> FxHashSet<u64> {
        shapes(&self.prints(at)[1..])
    }

    /// Every unit, by file and position.
    pub fn units(&self) -> impl Iterator<Item = (UnitRef, &Unit)> {
        self.files.iter().enumerate().flat_map(|(file, it)| {
            let at = move |unit| UnitRef { file: file as u32, unit: unit as u32 };
            it.fragments.units.iter().enumerate().map(move |(unit, it)| (at(unit), it))
        })
    }

    /// The lines of a run of prints.
    pub fn lines(&self, file: u32, prints: &std::ops::Range<u32>) -> LineRange {
        let prints = &self.files[file as usize].fragments.prints[prints.start as usize..prints.end as usize];
        LineRange {
            start: prints.iter().map(|print| print.start).min().unwrap_or(1),
            end: prints.iter().map(|print| print.end).max().unwrap_or(1),
        }
    }
}

/// The different statements of a text; those that say nothing are left out.
pub fn shapes(prints: &[Print]) -> FxHashSet<u64> {
    prints.iter().filter(|print| !print.is_trivial).map(|print| print.shape).collect()
}

/// What the names of folders begin with that hold copies of other projects.
const VENDORED: &[&str] = &["_vendor", "vendored", "third_party", "thirdparty"];

/// Whether a file is a copy of another project, kept as it came: what it repeats is mended where it comes from.
fn is_vendored(path: &RepoPath) -> bool {
    path.folder().split('/').any(|folder| VENDORED.iter().any(|name| folder.starts_with(name)))
}

/// Whether the compiler of protocol buffers wrote a file: it writes the same again each time, and nobody mends it.
fn is_generated(path: &RepoPath) -> bool {
    let name = path.file_name();
    ["_pb2.py", "_pb2_grpc.py"].iter().any(|ending| name.ends_with(ending))
}

/// Whether a file is one step of a schema's history: Django's `class Migration(migrations.Migration)`, or Alembic's
/// `upgrade` and `downgrade` in a folder of versions. Such a file keeps what was true on its day, so what it repeats is
/// not a second implementation, and the two directions mirror each other.
fn is_migration(path: &RepoPath, fragments: &Fragments) -> bool {
    let names_folder = |name: &str| path.folder().split('/').any(|folder| folder == name);
    let outermost = || fragments.units.iter().filter(|unit| unit.parent.is_none());
    let is_step = |name: &str| outermost().any(|unit| unit.kind == UnitKind::Function && &*unit.name == name);
    outermost().any(|unit| {
        unit.is_class() && &*unit.name == "Migration" && unit.bases.iter().any(|base| &**base == "Migration")
    }) || (names_folder("versions") || names_folder("migrations")) && is_step("upgrade") && is_step("downgrade")
}
