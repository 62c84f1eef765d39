//! The corpus: fragments of every file that is looked through, in the order of paths.
//!
//! Invariant: what is found depends on contents and paths alone, never on the order in which files were read. Absent
//! on purpose: facts; where they will be asked for, the parse that gives fragments gives them too.

use super::Options;
use crate::checks::CheckInput;
use crate::facts::{Fragments, Print, Unit, UnitKind};
use crate::finding::Context;
use crate::language::find_language;
use crate::span::{LineRange, RepoPath};
use crate::workspace::EntryId;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
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
    /// Files that were left out because a program wrote them.
    pub generated: usize,
    /// Files that were left out because they are templates of what others will write.
    pub templates: usize,
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
    /// Reads the fragments of all files; with `uses_facts` for those who will ask for the facts of nearly all of them too.
    pub fn load(input: &CheckInput<'_, '_>, options: &Options, uses_facts: bool) -> Self {
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
            let fragments = if uses_facts { sources.fragments_and_facts(id) } else { sources.fragments(id) }?;
            let has_others = !options.tests && !fragments.tests.is_empty();
            let fragments = if has_others { Arc::new(fragments.without_tests()) } else { fragments };
            Some(CorpusFile { id, context, fragments })
        };
        let mut files: Vec<CorpusFile> = wanted.par_iter().filter_map(read).collect();
        let all = files.len();
        files.retain(|file| !is_vendored(sources.path(file.id)));
        let read = files.len();
        files.retain(|file| !is_generated(sources.path(file.id), &file.fragments));
        let written = files.len();
        files.retain(|file| !is_template(sources.path(file.id)));
        let run = files.len();
        let mut histories: FxHashMap<&str, usize> = FxHashMap::default();
        for file in files.iter().filter(|file| is_migration(sources.path(file.id), &file.fragments)) {
            *histories.entry(history_of(sources.path(file.id))).or_default() += 1;
        }
        let is_history = |path: &RepoPath| {
            histories.iter().any(|(folder, &steps)| steps >= STEPS && !folder.is_empty() && is_below(path, folder))
        };
        files.retain(|file| {
            let path = sources.path(file.id);
            !is_migration(path, &file.fragments) && !is_history(path)
        });
        Self {
            migrations: run - files.len(),
            generated: read - written,
            templates: written - run,
            vendored: all - read,
            files,
        }
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

    /// The statements below the header of a unit, those left out that a trait asks of a block of methods: their headers.
    pub fn statements(&self, at: UnitRef) -> Cow<'_, [Print]> {
        let (fragments, unit) = (&self.files[at.file as usize].fragments, self.unit(at));
        let all = &self.prints(at)[1..];
        if unit.kind != UnitKind::Implementation || unit.bases.is_empty() {
            return Cow::Borrowed(all);
        }
        let members = fragments.units.iter().filter(|it| it.parent == Some(at.unit));
        let headers: FxHashSet<u32> = members.map(|it| it.prints.start).collect();
        let below = unit.prints.start + 1;
        (below..).zip(all).filter(|(at, _)| !headers.contains(at)).map(|(_, print)| *print).collect()
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

/// Whether a program wrote a file, by its name (protocol buffers) or by what it says at its head: it writes the same again
/// each time, and nobody mends it.
fn is_generated(path: &RepoPath, fragments: &Fragments) -> bool {
    let name = path.file_name();
    fragments.is_generated || ["_pb2.py", "_pb2_grpc.py"].iter().any(|ending| name.ends_with(ending))
}

/// Whether a file is copied out to be filled in: each template is whole by itself. Elsewhere than in Python a folder of this
/// name holds components.
fn is_template(path: &RepoPath) -> bool {
    let is_named = |folder: &str| folder == "templates" || folder.starts_with("cookiecutter");
    path.as_str().ends_with(".py") && path.folder().split('/').any(is_named)
}

/// Migrations in one folder that make a history of it.
const STEPS: usize = 2;

/// The folder that holds the history of a schema to which a migration belongs: up to `migrations`, or its own.
fn history_of(path: &RepoPath) -> &str {
    let folder = path.folder();
    let end = folder.find("migrations").map(|at| at + "migrations".len());
    end.filter(|&end| folder[end..].is_empty() || folder[end..].starts_with('/')).map_or("", |end| &folder[..end])
}

fn is_below(path: &RepoPath, folder: &str) -> bool {
    path.folder().strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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
