//! Claims about numbers: lines, files, definitions, imports.
//!
//! A number is tried against every way of counting that its sentence allows; the answer says which one makes it true,
//! or what the nearest truth is. Readings of a single file or definition count only where the sentence names it: among
//! hundreds of files some number would fit. A number that fits nothing here and fits another commit exactly is
//! misattributed.

use super::{Answer, Judge, NearCommit, Side, is_named, is_path, listed, not_judged};
use crate::claims::{Claim, Counted, Name, NameKind, Number, Precision, Reading, Scope};
use crate::facts::{DefinitionKind, LineTally};
use crate::finding::Context;
use crate::history::Fate;
use crate::history::changes::Status as FileStatus;
use crate::history::ledger::{FileLedger, Ledger};
use crate::span::RepoPath;

/// A way of counting, and what it gives.
struct Count {
    how: String,
    value: u64,
    /// Of the whole range, while one of its commits speaks of itself.
    is_range: bool,
}

impl Count {
    fn new(how: impl Into<String>, value: u64) -> Self {
        Self { how: how.into(), value, is_range: false }
    }

    /// "5 deleted files", "1 deleted file".
    fn words(&self) -> String {
        const NOUNS: &[(&str, &str)] = &[
            ("lines", "line"),
            ("files", "file"),
            ("methods", "method"),
            ("functions", "function"),
            ("classes", "class"),
            ("names", "name"),
            ("statements", "statement"),
        ];
        let plural = NOUNS.iter().filter_map(|noun| Some((self.how.find(noun.0)?, noun))).min();
        match plural {
            Some((at, (many, one))) if self.value == 1 => {
                format!("1 {}{one}{}", &self.how[..at], &self.how[at + many.len()..])
            }
            _ => format!("{} {}", self.value, self.how),
        }
    }
}

/// Files that an answer names.
const FILES_NAMED: usize = 3;

/// Imports whose file has no other import of the same name left.
const LOST_IMPORTS: &str = "names that a file imports no more";

/// Numbers below this fit another commit by chance.
const TELLING: u64 = 20;

impl Judge<'_, '_> {
    pub(super) fn count(&self, of: Counted, number: Number, scope: &Scope, claim: &Claim) -> Answer {
        if number.value == 0 && of != Counted::AddedLines {
            return Answer::unprovable("nothing is no number of removed things", "a sentence that says what is left");
        }
        let named = self.named_files(scope);
        if !scope.names.is_empty() && named.is_none() {
            return Answer::unprovable(
                format!("the change does not touch {}", listed(&names(scope))),
                "a file or a definition that the change touches",
            );
        }
        let mut counts = match of {
            Counted::Lines => self.line_counts(scope, claim),
            Counted::AddedLines => match &named {
                Some(files) => vec![Count::new("added lines", files.iter().map(|file| file.added).sum())],
                None => vec![Count::new("added lines", self.case.ledger.added)],
            },
            Counted::Files => self.file_counts(scope, |_| true),
            Counted::Modules => {
                self.file_counts(scope, |path| path.extension().is_some_and(|it| it == "py" || it == "pyi"))
            }
            Counted::Methods => self.definition_counts(scope, "methods", |kind| kind == DefinitionKind::Method),
            Counted::Functions => {
                let mut counts = self.definition_counts(scope, "functions", |kind| kind == DefinitionKind::Function);
                let is_callable = |kind| matches!(kind, DefinitionKind::Function | DefinitionKind::Method);
                counts.extend(self.definition_counts(scope, "functions and methods", is_callable));
                counts
            }
            Counted::Classes => self.definition_counts(scope, "classes", |kind| kind == DefinitionKind::Class),
            Counted::Imports => self.import_counts(scope),
            Counted::Tests => self.test_counts(scope),
        };
        counts.retain(|count| count.value > 0 || of == Counted::AddedLines);
        let fitting: Vec<&Count> = counts.iter().filter(|count| number.holds(count.value)).collect();
        if let Some(first) = fitting.first() {
            if let Some(gap) = self.case.ledger.gaps.iter().find(|gap| gap.stage == crate::gap::Stage::History) {
                let because = format!("{} gives {}, and `{}` could not be counted", first.how, first.value, gap.path);
                return Answer::unprovable(because, "a repository that holds every file of the change");
            }
            let mut because = fitting.iter().map(|count| count.words()).collect::<Vec<_>>().join("; ");
            because += &self.counted_in(of, scope);
            if of == Counted::Lines && scope.names.is_empty() {
                because += &self.shrinkage(first.value);
            }
            if of == Counted::Imports {
                let is_lost = fitting.iter().any(|count| count.how == LOST_IMPORTS);
                let told = self.imports().iter().filter(|import| !(is_lost && import.is_left));
                let removed: Vec<&str> = told.map(|import| import.target.as_str()).collect();
                because += &format!(": {}", listed(&removed));
            }
            if !scope.narrowing.is_empty() {
                because += &not_judged(scope.narrowing.iter().map(|word| format!("\"{word}\"")).collect());
            }
            if let Some(place) = scope.place.as_ref().filter(|_| scope.names.is_empty()) {
                let because = format!("{because}; what of it is \"{place}\" nothing here can tell");
                return Answer::unprovable(because, "the file, the folder or the class that is meant");
            }
            let is_of_another = |count: &&Count| count.is_range;
            if fitting.iter().all(is_of_another) {
                return Answer::unprovable(
                    format!("{because}; the commit that says so has other numbers"),
                    "a sentence that says what was counted",
                );
            }
            return Answer::verified(because);
        }
        if let Some(gap) = self.case.ledger.gaps.iter().find(|gap| gap.stage == crate::gap::Stage::History) {
            let because = format!("{}; but `{}` could not be counted", nearest(&counts, number, of), gap.path);
            return Answer::unprovable(because, "a repository that holds every file of the change");
        }
        if let Some(near) = self.belonging(of, number) {
            let because = format!(
                "misattributed: {} is the number of commit {} (\"{}\"); {}",
                number.value,
                near.commit.get(..12).unwrap_or(&near.commit),
                near.title,
                nearest(&counts, number, of)
            );
            return Answer { belongs_to: Some(near.commit.clone()), ..Answer::refuted(because) };
        }
        let because = nearest(&counts, number, of);
        let most = counts.iter().map(|count| count.value).max().unwrap_or(0);
        if number.exceeds(most) {
            return Answer::refuted(because);
        }
        match !scope.narrowing.is_empty() || number.precision == Precision::AtLeast {
            // the sentence counts a part that its words describe and nobody else can tell
            true => Answer::unprovable(because, "the file or the definition that was counted"),
            false => Answer::refuted(because),
        }
    }

    /// What a number of physical lines says of the code.
    fn shrinkage(&self, value: u64) -> String {
        let ledger = self.case.ledger;
        let code = ledger.removed_classes.code as i64 - ledger.added_classes.code as i64;
        if ledger.net() > 0 && code >= 0 && code as u64 != value {
            return format!("; the code shrank by {code}");
        }
        match ledger.net() > 0 && ledger.net() as u64 != value {
            true => format!("; physically {} lines net, {} deleted", ledger.net(), ledger.deleted),
            false => String::new(),
        }
    }

    /// The files of the change that a sentence names: by path, or by a definition that they hold or held. `None` where
    /// it names something and the change touches none of it.
    fn named_files(&self, scope: &Scope) -> Option<Vec<&FileLedger>> {
        let mut files = Vec::new();
        for name in &scope.names {
            files.extend(self.case.ledger.files.iter().filter(|file| self.is_of(file, name)));
        }
        (!files.is_empty()).then_some(files)
    }

    fn is_of(&self, file: &FileLedger, name: &Name) -> bool {
        let base_path = file.base_path();
        if name.kind == NameKind::Path {
            return is_path(&file.path, &name.text) || is_path(base_path, &name.text);
        }
        // a word may be a folder
        let is_below = |path: &RepoPath| path.folder().split('/').any(|folder| folder == name.text);
        if is_below(&file.path) || is_below(base_path) {
            return true;
        }
        let held = |side, path: &RepoPath| self.known(side, name, None).iter().any(|known| known.path == *path);
        held(Side::Base, base_path) || held(Side::Head, &file.path)
    }

    fn line_counts(&self, scope: &Scope, claim: &Claim) -> Vec<Count> {
        let ledgers = [(self.case.ledger, ""), (self.case.unpaired, " without renames")];
        let mut counts = Vec::new();
        match &scope.names[..] {
            [] => {}
            [only] if scope.reading.is_none() => return self.lines_of(only),
            // a number beside several names is their sum; a reading that is said is the only one
            several => return self.lines_of_all(several, scope.reading),
        }
        for (ledger, how) in ledgers {
            if how.is_empty() || ledger.deleted != self.case.ledger.deleted {
                let files: Vec<&FileLedger> =
                    ledger.files.iter().filter(|file| self.is_in(&file.path, scope)).collect();
                counts.extend(totals(&files, how, scope.reading));
            }
        }
        if scope.reading.is_none() && scope.context.is_none() && !scope.is_root {
            counts.extend(self.other_totals());
            let own = self.own_commit(claim);
            for count in &mut counts {
                count.is_range = !own.is_empty();
            }
            counts.splice(0..0, own);
        }
        counts
    }

    /// Ways to count that only prose leaves open.
    fn other_totals(&self) -> Vec<Count> {
        let ledger = self.case.ledger;
        let in_removed: u64 =
            ledger.definitions.iter().filter(|it| it.fate == Fate::Removed).map(|it| it.deleted.total()).sum();
        let deleted_files: u64 =
            ledger.files.iter().filter(|file| file.status == FileStatus::Deleted).map(|file| file.deleted).sum();
        let mut counts = vec![
            Count::new("deleted lines, neither moved nor laid out anew", ledger.base.rest),
            Count::new("deleted lines inside removed definitions", in_removed),
        ];
        if deleted_files != ledger.deleted {
            counts.push(Count::new("lines of the deleted files (`wc -l`)", deleted_files));
        }
        let net = *self.net_newlines.get_or_init(|| {
            let newlines = |side, path: &RepoPath| self.newlines(side, path).unwrap_or(0) as i64;
            let text = ledger.files.iter().filter(|file| file.added + file.deleted > 0);
            text.map(|file| newlines(Side::Base, file.base_path()) - newlines(Side::Head, &file.path)).sum()
        });
        if net != ledger.net() {
            counts.push(Count::new("lines net (`wc -l`)", net.max(0) as u64));
        }
        counts
    }

    /// The numbers of the very commit whose message makes the claim, where the range has more than one.
    fn own_commit(&self, claim: &Claim) -> Vec<Count> {
        let Some(commit) = &claim.source.commit else { return Vec::new() };
        let near = self.near();
        let Some(own) = near.iter().find(|near| &near.commit == commit) else { return Vec::new() };
        if (own.added, own.deleted) == (self.case.ledger.added, self.case.ledger.deleted) {
            return Vec::new();
        }
        let short = own.commit.get(..12).unwrap_or(&own.commit);
        vec![
            Count::new(format!("deleted lines of commit {short}"), own.deleted),
            Count::new(format!("net lines of commit {short}"), own.deleted.saturating_sub(own.added)),
            Count::new(format!("deleted lines of code of commit {short}"), own.deleted_code),
        ]
    }

    /// Lines of one file or definition that a sentence names.
    fn lines_of(&self, name: &Name) -> Vec<Count> {
        let mut counts = Vec::new();
        let files: Vec<&FileLedger> = self.case.ledger.files.iter().filter(|file| self.is_of(file, name)).collect();
        if name.kind == NameKind::Path {
            counts.extend(totals(&files, &format!(" of {}", listed(&paths(&files))), None));
            for file in &files {
                let base_path = file.base_path();
                counts.push(Count::new(format!("lines of `{base_path}` at base"), file.base.lines));
                if let Some(newlines) = self.newlines(Side::Base, base_path).filter(|count| *count != file.base.lines) {
                    counts.push(Count::new(format!("newlines of `{base_path}` at base (`wc -l`)"), newlines));
                }
            }
            return counts;
        }
        for file in files.iter().filter(|file| file.status == FileStatus::Deleted) {
            counts.push(Count::new(format!("lines of `{}`, which held it", file.path), file.deleted));
            if let Some(newlines) = self.newlines(Side::Base, &file.path).filter(|count| *count != file.deleted) {
                counts.push(Count::new(format!("newlines of `{}` (`wc -l`)", file.path), newlines));
            }
        }
        for (definition, (symbol, _)) in self.case.ledger.definitions.iter().zip(self.case.symbols) {
            let (Some(place), Fate::Removed) = (&definition.base, definition.fate) else { continue };
            if is_named(symbol, name) {
                let lines = u64::from(place.lines.end - place.lines.start + 1);
                counts.push(Count::new(format!("lines of `{symbol}` at base"), lines));
            }
        }
        counts
    }

    /// Lines of several files or definitions together.
    fn lines_of_all(&self, names: &[Name], reading: Option<Reading>) -> Vec<Count> {
        let is_any = |file: &&FileLedger| names.iter().any(|name| self.is_of(file, name));
        let files: Vec<&FileLedger> = self.case.ledger.files.iter().filter(is_any).collect();
        let mut counts = totals(&files, &format!(" of {}", listed(&paths(&files))), reading);
        if reading.is_some() {
            return counts;
        }
        let at_base = files.iter().map(|file| file.base.lines).sum();
        counts.push(Count::new(format!("lines of {} at base", listed(&paths(&files))), at_base));
        let rows = self.case.ledger.definitions.iter().zip(self.case.symbols);
        let removed: Vec<(&str, u64)> = rows
            .filter(|(definition, (symbol, _))| {
                definition.fate == Fate::Removed && names.iter().any(|name| is_named(symbol, name))
            })
            .filter_map(|(definition, (symbol, _))| Some((symbol.as_str(), &definition.base.as_ref()?.lines)))
            .map(|(symbol, lines)| (symbol, u64::from(lines.end - lines.start + 1)))
            .collect();
        let (symbols, lines): (Vec<&str>, Vec<u64>) = removed.into_iter().unzip();
        counts.push(Count::new(format!("lines of {} at base", listed(&symbols)), lines.iter().sum()));
        counts
    }

    /// Which files a number was counted in, where they are few.
    fn counted_in(&self, of: Counted, scope: &Scope) -> String {
        if !scope.names.is_empty() || !matches!(of, Counted::Lines | Counted::Files | Counted::Modules) {
            return String::new();
        }
        let files = self.case.ledger.files.iter().filter(|file| self.is_in(&file.path, scope));
        let files: Vec<&FileLedger> = match of {
            Counted::Lines => files.filter(|file| file.deleted + file.added > 0).collect(),
            _ => files.filter(|file| file.status == FileStatus::Deleted).collect(),
        };
        match files.len() {
            0 => String::new(),
            count if count <= FILES_NAMED => format!(", in {}", listed(&paths(&files))),
            count => format!(", in {count} files"),
        }
    }

    /// What `wc -l` prints for a file of a tree: a last line without its end is none.
    fn newlines(&self, side: Side, path: &RepoPath) -> Option<u64> {
        let sources = self.project(side).sources;
        let bytes = sources.bytes(sources.snapshot().find(path)?)?;
        Some(memchr::memchr_iter(b'\n', &bytes).count() as u64)
    }

    fn is_in(&self, path: &RepoPath, scope: &Scope) -> bool {
        scope.context.is_none_or(|context| self.case.policy.context_of(path) == context)
            && (!scope.is_root || path.folder().is_empty())
    }

    fn file_counts(&self, scope: &Scope, is_kind: fn(&RepoPath) -> bool) -> Vec<Count> {
        let deleted = |ledger: &Ledger| {
            let is_meant = |path: &RepoPath| {
                is_kind(path)
                    && self.is_in(path, scope)
                    && (scope.names.is_empty() || scope.names.iter().any(|name| is_path(path, &name.text)))
                    && (scope.endings.is_empty() || path.extension().is_some_and(|it| scope.endings.contains(&it)))
            };
            ledger.files.iter().filter(|file| file.status == FileStatus::Deleted && is_meant(&file.path)).count() as u64
        };
        let (paired, unpaired) = (deleted(self.case.ledger), deleted(self.case.unpaired));
        let mut counts = vec![Count::new("deleted files", paired)];
        if unpaired != paired {
            counts.push(Count::new("deleted files, renamed ones among them", unpaired));
        }
        counts
    }

    fn definition_counts(&self, scope: &Scope, noun: &str, is_kind: impl Fn(DefinitionKind) -> bool) -> Vec<Count> {
        let count = |in_tests: bool| {
            let rows = self.case.ledger.definitions.iter().zip(self.case.symbols);
            rows.filter(|(definition, (symbol, _))| {
                let Some(place) = definition.base.as_ref().filter(|_| definition.fate == Fate::Removed) else {
                    return false;
                };
                let is_meant = scope.names.is_empty()
                    || scope.names.iter().any(|name| {
                        let known = self.known(Side::Base, name, None);
                        is_path(&place.path, &name.text)
                            || known.iter().any(|known| symbol.starts_with(&format!("{}.", known.symbol)))
                    });
                is_kind(definition.kind)
                    && is_meant
                    && self.is_in(&place.path, scope)
                    && (in_tests || self.case.policy.context_of(&place.path) != Context::Tests)
            })
            .count() as u64
        };
        let (all, production) = (count(true), count(false));
        let mut counts = vec![Count::new(format!("removed {noun}"), all)];
        if production != all {
            counts.push(Count::new(format!("removed {noun} outside of tests"), production));
        }
        counts
    }

    /// Tests by their functions, and by their files.
    fn test_counts(&self, scope: &Scope) -> Vec<Count> {
        let scope = &Scope { context: Some(Context::Tests), ..scope.clone() };
        let rows = self.case.ledger.definitions.iter().zip(self.case.symbols);
        let functions = rows.filter(|(definition, (symbol, _))| {
            let is_test = symbol.rsplit(['.', ':']).next().is_some_and(|last| last.starts_with("test"));
            is_test
                && definition.fate == Fate::Removed
                && matches!(definition.kind, DefinitionKind::Function | DefinitionKind::Method)
                && definition.base.as_ref().is_some_and(|place| self.is_in(&place.path, scope))
        });
        let mut counts = vec![Count::new("removed test functions", functions.count() as u64)];
        counts.extend(
            self.file_counts(scope, |_| true)
                .into_iter()
                .map(|count| Count { how: format!("{} of tests", count.how), ..count }),
        );
        counts
    }

    fn import_counts(&self, scope: &Scope) -> Vec<Count> {
        let is_meant = |path: &RepoPath| {
            self.is_in(path, scope)
                && (scope.names.is_empty() || scope.names.iter().any(|name| is_path(path, &name.text)))
        };
        let removed: Vec<_> = self.imports().iter().filter(|import| is_meant(&import.path)).collect();
        let staying: Vec<_> = removed.iter().filter(|import| !import.with_file).collect();
        // a name may be imported by several functions of a file
        let mut lost: Vec<_> = staying
            .iter()
            .filter(|import| !import.is_left)
            .map(|import| (&import.path, &import.bound, &import.target))
            .collect();
        lost.sort();
        lost.dedup();
        let mut statements: Vec<_> = staying.iter().map(|import| (&import.path, import.statement)).collect();
        statements.sort();
        statements.dedup();
        let mut counts = vec![Count::new("imported names removed", staying.len() as u64)];
        if removed.len() != staying.len() {
            counts.push(Count::new("imported names removed, those of deleted files among them", removed.len() as u64));
        }
        if lost.len() != staying.len() {
            counts.push(Count::new(LOST_IMPORTS, lost.len() as u64));
        }
        if statements.len() != staying.len() {
            counts.push(Count::new("import statements touched", statements.len() as u64));
        }
        counts
    }

    fn near(&self) -> &[NearCommit] {
        self.near.get_or_init(|| (self.case.near)())
    }

    /// Another commit that the number belongs to exactly.
    fn belonging(&self, of: Counted, number: Number) -> Option<&NearCommit> {
        if of != Counted::Lines || number.precision != Precision::Exact || number.value < TELLING {
            return None;
        }
        self.near().iter().find(|near| {
            let net = near.deleted.saturating_sub(near.added);
            near.deleted == number.value || net == number.value
        })
    }

    /// "478 → 36 lines": a file that had and has these many.
    pub(super) fn shrunk(&self, from: u64, to: u64, scope: &Scope) -> Answer {
        let named = self.named_files(scope);
        if !scope.names.is_empty() && named.is_none() {
            return Answer::unprovable(
                format!("the change does not touch {}", listed(&names(scope))),
                "a file that the change touches",
            );
        }
        let files = named.unwrap_or_else(|| self.case.ledger.files.iter().collect());
        let fits = |file: &&&FileLedger| (file.base.lines, file.head.lines) == (from, to);
        let base_path = |file: &FileLedger| file.old_path.clone().unwrap_or_else(|| file.path.clone());
        let fits_newlines = |file: &&&FileLedger| {
            let of_base = [Some(file.base.lines), self.newlines(Side::Base, &base_path(file))];
            let of_head = [Some(file.head.lines), self.newlines(Side::Head, &file.path)];
            of_base.contains(&Some(from)) && of_head.contains(&Some(to))
        };
        let fitting: Vec<&&FileLedger> = files.iter().filter(fits).collect();
        if let [only] = fitting[..] {
            return Answer::verified(format!("`{}` had {from} lines and has {to}", only.path));
        }
        let fitting: Vec<&&FileLedger> = files.iter().filter(fits_newlines).collect();
        if let [only] = fitting[..] {
            let because = format!("`{}` had {from} and has {to}, as `wc -l` counts", only.path);
            return Answer::verified(format!("{because}: a last line without its end is none"));
        }
        let sizes: Vec<String> = files
            .iter()
            .filter(|file| file.deleted + file.added > 0)
            .take(5)
            .map(|file| format!("{} went from {} to {} lines", file.path, file.base.lines, file.head.lines))
            .collect();
        match (scope.names.is_empty(), sizes.is_empty()) {
            (false, false) => Answer::refuted(sizes.join("; ")),
            (true, false) => Answer::unprovable(
                format!("no single file of the change had {from} and has {to} lines: {}", sizes.join("; ")),
                "the file that is meant",
            ),
            (_, true) => Answer::unprovable("the change touches no text file of that name", "the file that is meant"),
        }
    }

    /// "52% reduction": of the file that the sentence names, or of the only one that changed.
    pub(super) fn percent(&self, tenths: u32, scope: &Scope) -> Answer {
        let named = self.named_files(scope);
        let files: Vec<&FileLedger> = match named {
            Some(files) => files,
            None if scope.names.is_empty() => self.case.ledger.files.iter().filter(|file| file.deleted > 0).collect(),
            None => Vec::new(),
        };
        let [file] = files[..] else {
            return Answer::unprovable(format!("{} files could be meant", files.len()), "the file that is meant");
        };
        if file.base.lines == 0 {
            return Answer::unprovable(format!("`{}` had no lines", file.path), "the file that is meant");
        }
        let reduction = (file.base.lines as f64 - file.head.lines as f64) * 1000.0 / file.base.lines as f64;
        let because = format!(
            "`{}` went from {} to {} lines, {:.1} % less",
            file.path,
            file.base.lines,
            file.head.lines,
            reduction / 10.0
        );
        // as precise as it is written: 52 % is 51.5 to 52.5
        let tolerance = if tenths.is_multiple_of(10) { 5.0 } else { 0.5 };
        match (reduction - f64::from(tenths)).abs() <= tolerance {
            true => Answer::verified(because),
            false => Answer::refuted(because),
        }
    }
}

/// Gross, net and code of some files.
fn totals(files: &[&FileLedger], how: &str, only: Option<Reading>) -> Vec<Count> {
    let (mut deleted, mut added) = (LineTally::default(), LineTally::default());
    for file in files {
        deleted.merge(file.removed_classes);
        added.merge(file.added_classes);
    }
    let all = [
        (Reading::Net, "lines net, physically", deleted.total().saturating_sub(added.total())),
        (Reading::Gross, "deleted lines", deleted.total()),
        (Reading::NetCode, "lines of code net", deleted.code.saturating_sub(added.code)),
        (Reading::Code, "deleted lines of code", deleted.code),
    ];
    let asked = all.into_iter().filter(|(reading, ..)| only.is_none_or(|only| only == *reading));
    let mut counts: Vec<Count> = Vec::new();
    for (_, noun, value) in asked {
        // one number counted in two ways is told once
        if !counts.iter().any(|count| count.value == value) {
            counts.push(Count::new(format!("{noun}{how}"), value));
        }
    }
    counts
}

/// The truth that is nearest to a number.
fn nearest(counts: &[Count], number: Number, of: Counted) -> String {
    let mut sorted: Vec<&Count> = counts.iter().collect();
    sorted.sort_by_key(|count| count.value.abs_diff(number.value));
    match sorted.first() {
        None => format!("the change removes no {}", of.noun()),
        Some(first) => {
            let others: Vec<String> = sorted.iter().skip(1).take(3).map(|count| count.words()).collect();
            let rest = if others.is_empty() { String::new() } else { format!("; also {}", others.join(", ")) };
            format!("{number} fits no way of counting; the nearest truth is {}{rest}", first.words())
        }
    }
}

fn names(scope: &Scope) -> Vec<String> {
    scope.names.iter().map(|name| name.text.clone()).collect()
}

fn paths(files: &[&FileLedger]) -> Vec<String> {
    files.iter().map(|file| file.path.to_string()).collect()
}
