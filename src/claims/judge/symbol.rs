//! Claims about one thing: it was removed, it exists, it was moved, nothing refers to it.

use super::{Answer, Judge, Known, Side, is_copy, is_named, is_path, listed};
use crate::claims::{Name, NameKind, Status, Subject};
use crate::finding::{Context, Tier};
use crate::history::Fate;
use crate::history::changes::Status as FileStatus;
use crate::history::ledger::{DefinitionLedger, FileLedger};
use crate::project::{Entity, Resolver, Symbol, Target, Trace, UseAccess, trace};
use crate::span::{Location, Position, RepoPath};
use crate::words::counted;
use std::collections::BTreeSet;

impl Judge<'_, '_> {
    /// "Removed `x`": the change took a definition, a file or the readers of a flag away.
    pub(super) fn removed(&self, name: &Name, from: Option<&Name>, place: Option<&str>) -> Answer {
        let answer = match name.kind {
            NameKind::Path => self.file_removed_from(name, from, place),
            NameKind::Flag if self.known(Side::Base, name, from).is_empty() => return self.flag_removed(name),
            NameKind::Flag | NameKind::Identifier => self.definition_removed(name, from, place),
        };
        match answer.status {
            Status::Verified => answer,
            Status::Refuted | Status::Unprovable => self.departed_before(name, from).unwrap_or(answer),
        }
    }

    fn definition_removed(&self, name: &Name, from: Option<&Name>, place: Option<&str>) -> Answer {
        let records: Vec<(&DefinitionLedger, &str, Option<&str>)> = self
            .case
            .ledger
            .definitions
            .iter()
            .zip(self.case.symbols)
            .filter(|(definition, (symbol, _))| definition.base.is_some() && is_named(symbol, name))
            .map(|(definition, (symbol, head))| (definition, symbol.as_str(), head.as_deref()))
            .collect();
        let base = self.known(Side::Base, name, from);
        let is_meant = |symbol: &str| base.iter().any(|known| known.symbol == symbol);
        let removed: Vec<&str> =
            records.iter().filter(|it| it.0.fate == Fate::Removed && is_meant(it.1)).map(|it| it.1).collect();
        // what lies in a folder of backups is neither what went nor what stays
        let (head, copies): (Vec<&Known>, Vec<&Known>) =
            self.known(Side::Head, name, from).into_iter().partition(|known| !is_copy(&known.path));
        if base.is_empty() {
            return self.never_defined(name, from);
        }
        if let Some((definition, symbol, at_head)) = records
            .iter()
            .find(|it| matches!(it.0.fate, Fate::Relocated | Fate::Renamed(_)) && is_meant(it.1) && removed.is_empty())
        {
            let place = definition.head.as_ref();
            let now = at_head.unwrap_or(symbol);
            let where_to = place.map_or(String::new(), |place| format!(" in {}:{}", place.path, place.lines.start));
            let verb = definition.fate.name();
            return Answer::refuted(format!("`{symbol}` was not removed but {verb}: it is `{now}`{where_to}")).at(
                place.map(|place| Location {
                    path: place.path.clone(),
                    start: Position { line: place.lines.start, column: 1 },
                    end_line: place.lines.end,
                }),
            );
        }
        if removed.is_empty() {
            let symbols: Vec<&str> = head.iter().map(|known| known.symbol.as_str()).collect();
            return match symbols.is_empty() {
                false => Answer::refuted(format!("{} is still defined at head", listed(&symbols)))
                    .at(head.iter().map(|known| known.location())),
                true if !copies.is_empty() => {
                    let copies: Vec<&str> = copies.iter().map(|known| known.path.as_str()).collect();
                    Answer::unprovable(
                        format!(
                            "the change removes no `{name}`; copies that were put aside define it: {}",
                            listed(&copies)
                        ),
                        "the file that held what is meant",
                    )
                }
                // not a changed file, and yet gone: a file that the ledger could not read
                true => Answer::unprovable(
                    format!("`{name}` is defined at base and not at head, and the ledger has no removal of it"),
                    "a ledger without gaps",
                ),
            };
        }
        // the same symbol at head would be another definition under the same name
        let again: Vec<&Known> =
            head.iter().filter(|known| removed.contains(&known.symbol.as_str())).copied().collect();
        if !again.is_empty() {
            return Answer::refuted(format!("{} is still defined at head", listed(&removed)))
                .at(again.iter().map(|known| known.location()));
        }
        if let Some(way) = self.still_resolves(&removed) {
            return Answer::unprovable(
                format!("the definition is gone, and `{way}` still means something at head, by an import or an alias"),
                "a head at which the name means nothing",
            );
        }
        let hiding = self.ledger_gaps(&removed);
        if !hiding.is_empty() {
            return Answer::unprovable(
                format!("{} could not be read whole", listed(&hiding)),
                "files that can be read",
            );
        }
        let homonyms: Vec<String> =
            head.iter().map(|known| format!("{} in {}:{}", known.symbol, known.path, known.lines.start)).collect();
        let mut because = format!("the change removes {}", listed(&removed));
        if !homonyms.is_empty() {
            because += &format!("; another definition of that name remains: {}", listed(&homonyms));
        }
        if !copies.is_empty() {
            let copies: Vec<&str> = copies.iter().map(|known| known.path.as_str()).collect();
            because += &format!("; copies that were put aside remain: {}", listed(&copies));
        }
        if let Some(place) = place {
            // words for a place tell which of several is meant, and nothing here can follow them
            if homonyms.len() + removed.len() > 1 {
                return Answer::unprovable(because, format!("the file or the class that \"{place}\" means"));
            }
            because += &format!("; \"{place}\" was not judged");
        }
        let places = records.iter().filter(|it| removed.contains(&it.1)).filter_map(|it| it.0.base.as_ref());
        Answer::verified(because).at(places.map(|place| Location {
            path: place.path.clone(),
            start: Position { line: place.lines.start, column: 1 },
            end_line: place.lines.end,
        }))
    }

    pub(super) fn never_defined(&self, name: &Name, from: Option<&Name>) -> Answer {
        let anywhere = self.known(Side::Base, name, None);
        let place = from.map_or(String::new(), |from| format!(" in `{from}`"));
        if let (Some(_), false) = (from, anywhere.is_empty()) {
            let symbols: Vec<&str> = anywhere.iter().map(|known| known.symbol.as_str()).collect();
            return Answer::unprovable(
                format!("base does not define `{name}`{place}, but {}", listed(&symbols)),
                "the name of the file that held it",
            );
        }
        let head = self.known(Side::Head, name, from);
        if !head.is_empty() {
            let symbols: Vec<&str> = head.iter().map(|known| known.symbol.as_str()).collect();
            return Answer::refuted(format!(
                "base does not define `{name}`{place}, and head does: {}",
                listed(&symbols)
            ))
            .at(head.iter().map(|known| known.location()));
        }
        Answer::unprovable(
            format!("base has no definition of `{name}`{place} that solely can read"),
            "a name that base defines in Python",
        )
    }

    /// A symbol that an import or an assignment still gives at head.
    fn still_resolves(&self, symbols: &[&str]) -> Option<String> {
        let mut resolver = Resolver::new(self.case.head);
        symbols
            .iter()
            .find(|text| {
                let Some((module, name)) = text.split_once(':') else { return false };
                let found = resolver.symbol(&Symbol::new(module, name));
                found.iter().any(|it| !matches!(it.entity, Entity::Missing(_) | Entity::Unknown | Entity::External(_)))
            })
            .map(|text| (*text).to_owned())
    }

    /// Gaps in the files that held these symbols.
    fn ledger_gaps(&self, symbols: &[&str]) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        for (definition, (symbol, _)) in self.case.ledger.definitions.iter().zip(self.case.symbols) {
            let Some(place) = definition.base.as_ref().filter(|_| symbols.contains(&symbol.as_str())) else { continue };
            if self.case.ledger.gaps.iter().any(|gap| gap.path == place.path) {
                paths.push(place.path.to_string());
            }
        }
        paths.sort();
        paths.dedup();
        paths
    }

    /// "Removed `tool.py` from `scripts/`": the deleted file lies there.
    fn file_removed_from(&self, name: &Name, from: Option<&Name>, place: Option<&str>) -> Answer {
        let answer = self.file_removed(name);
        let said = from.map(|from| from.text.as_str()).or(place);
        let (Status::Verified, Some(said)) = (answer.status, said) else { return answer };
        let folder = said.trim_end_matches('/');
        let is_there = |location: &Location| is_path(&location.path, &format!("{folder}/"));
        match (!answer.places.is_empty() && answer.places.iter().all(is_there), from.is_some()) {
            (true, _) => answer,
            (false, true) => Answer::unprovable(
                format!("{}, and not from `{said}`", answer.because),
                "the whole path of the file that is meant",
            ),
            (false, false) => Answer { because: format!("{}; \"{said}\" was not judged", answer.because), ..answer },
        }
    }

    pub(super) fn file_removed(&self, name: &Name) -> Answer {
        let base = self.files(Side::Base, name);
        let says_copy = is_copy(&RepoPath::new(&name.text));
        let (head, copies): (Vec<_>, Vec<_>) =
            self.files(Side::Head, name).into_iter().partition(|(_, path)| says_copy || !is_copy(path));
        let is_meant = |file: &&FileLedger| is_path(file.base_path(), &name.text);
        let deleted: Vec<&RepoPath> = self
            .case
            .ledger
            .files
            .iter()
            .filter(|file| file.status == FileStatus::Deleted)
            .filter(is_meant)
            .map(|file| &file.path)
            .collect();
        let renamed =
            self.case.ledger.files.iter().filter(is_meant).find(|file| matches!(file.status, FileStatus::Renamed(_)));
        if base.is_empty() && self.unread_files(Side::Base, name).is_empty() {
            return Answer::refuted(format!("base has no file `{name}`"));
        }
        if deleted.is_empty() {
            if let Some(file) = renamed {
                return Answer::refuted(format!("`{name}` was not removed but renamed: it is `{}`", file.path))
                    .at([first_line(&file.path)]);
            }
            return match head.is_empty() {
                false => Answer::refuted(format!("`{}` is still there at head", head[0].1))
                    .at(head.iter().map(|(_, path)| first_line(path))),
                true if !copies.is_empty() => {
                    let copies: Vec<&str> = copies.iter().map(|(_, path)| path.as_str()).collect();
                    Answer::unprovable(
                        format!(
                            "the change removes no such file; copies that were put aside remain: {}",
                            listed(&copies)
                        ),
                        "the whole path of the file that is meant",
                    )
                }
                true => Answer::unprovable(
                    format!("`{name}` is not at head, and the ledger has no removal of it"),
                    "a ledger without gaps",
                ),
            };
        }
        let is_folder = name.text.ends_with('/');
        match (head.is_empty(), is_folder) {
            (true, true) => {
                let files = counted(deleted.len() as u64, "file");
                Answer::verified(format!("the change removes all of it, {files}"))
            }
            (true, false) => {
                let paths: Vec<&str> = deleted.iter().map(|path| path.as_str()).collect();
                let mut because = format!("the change removes {}", listed(&paths));
                if !copies.is_empty() {
                    let copies: Vec<&str> = copies.iter().map(|(_, path)| path.as_str()).collect();
                    because += &format!("; copies that were put aside remain: {}", listed(&copies));
                }
                Answer::verified(because).at(deleted.iter().map(|path| first_line(path)))
            }
            (false, _) => {
                let paths: Vec<&str> = deleted.iter().map(|path| path.as_str()).collect();
                let left: Vec<&str> = head.iter().map(|(_, path)| path.as_str()).collect();
                Answer::unprovable(
                    format!("the change removes {}, and {} is still there", listed(&paths), listed(&left)),
                    "the whole path of the file that is meant",
                )
                .at(head.iter().map(|(_, path)| first_line(path)))
            }
        }
    }

    /// Files of a tree that a path means and that the snapshot has no entry for.
    fn unread_files(&self, side: Side, name: &Name) -> Vec<RepoPath> {
        let project = if side == Side::Base { self.case.base } else { self.case.head };
        let gaps = &project.sources.snapshot().gaps;
        gaps.iter().filter(|gap| is_path(&gap.path, &name.text)).map(|gap| gap.path.clone()).collect()
    }

    fn flag_removed(&self, name: &Name) -> Answer {
        let target = Target::Flag(name.text.clone());
        let readers = |project| {
            let traces = trace(project, std::slice::from_ref(&target), self.case.progress);
            let is_reader =
                |path: &RepoPath| matches!(self.case.policy.context_of(path), Context::Code | Context::Config);
            let mut places = Vec::new();
            let mut others = 0;
            for reference in traces.into_iter().flat_map(|trace| trace.references) {
                let is_read = reference.access == Some(UseAccess::Read) || reference.tier < Tier::Text;
                match is_read && is_reader(&reference.location.path) {
                    true => places.push(reference.location),
                    false => others += 1,
                }
            }
            (places, others)
        };
        let (before, _) = readers(self.case.base);
        let (after, others) = readers(self.case.head);
        match (before.is_empty(), after.is_empty()) {
            (true, _) => self.never_defined(name, None),
            (false, false) => {
                Answer::refuted(format!("{} places in production still name `{name}`", after.len())).at(after)
            }
            (false, true) => {
                let hiding = self.hiding(self.case.head, name.last());
                if !hiding.is_empty() {
                    let paths: Vec<&str> = hiding.iter().map(RepoPath::as_str).collect();
                    return Answer::unprovable(
                        format!("{} could not be read whole", listed(&paths)),
                        "files that can be read",
                    );
                }
                let rest = match others {
                    0 => String::new(),
                    others => format!("; {others} mentions are left in tests and documents"),
                };
                Answer::verified(format!("nothing in production reads `{name}` any more{rest}"))
            }
        }
    }

    /// "`x` does not exist": nothing of that name is left, and there was something.
    pub(super) fn absent(&self, subject: &Subject) -> Answer {
        match subject {
            Subject::Named(name) if name.kind == NameKind::Path => {
                let answer = self.file_removed(name);
                let left = self.files(Side::Head, name);
                match (answer.status, left.is_empty()) {
                    // one file of that name goes and another stays: nothing says which is meant
                    (Status::Unprovable, false) => answer,
                    (Status::Verified, false) if left.iter().all(|(_, path)| is_copy(path)) => {
                        Answer::unprovable(answer.because, "the whole path of the file that is meant")
                    }
                    (_, false) => Answer::refuted(format!("`{name}` is still there at head"))
                        .at(left.iter().map(|(_, path)| first_line(path))),
                    _ => answer,
                }
            }
            Subject::Named(name) if name.kind == NameKind::Flag && self.known(Side::Base, name, None).is_empty() => {
                self.flag_removed(name)
            }
            Subject::Named(name) => self.name_absent(name),
            Subject::Described(words) => match self.describe(words) {
                None => unknown_description(subject),
                Some(described) => self.symbols_absent(&described.symbols),
            },
        }
    }

    /// "Completely removed from the codebase": not defined, and not used by any code.
    pub(super) fn gone(&self, name: &Name) -> Answer {
        let answer = self.absent(&Subject::Named(name.clone()));
        let base = self.known(Side::Base, name, None);
        if answer.status != Status::Verified || base.is_empty() {
            return answer;
        }
        let targets: Vec<Target> = base.iter().filter_map(|known| symbol(&known.symbol)).map(Target::Symbol).collect();
        let traces = trace(self.case.head, &targets, self.case.progress);
        let (text, code): (Vec<_>, Vec<_>) =
            traces.into_iter().flat_map(|trace| trace.references).partition(|it| it.tier == Tier::Text);
        if !code.is_empty() {
            let because = format!("no definition is left, and {} places in code still use it", code.len());
            return Answer::refuted(because).at(code.into_iter().map(|it| it.location));
        }
        match text.len() {
            0 => answer,
            count => Answer { because: format!("{}; {count} mentions are left in text", answer.because), ..answer },
        }
    }

    fn name_absent(&self, name: &Name) -> Answer {
        let head = self.known(Side::Head, name, None);
        if !head.is_empty() {
            let symbols: Vec<&str> = head.iter().map(|known| known.symbol.as_str()).collect();
            return Answer::refuted(format!("{} is defined at head", listed(&symbols)))
                .at(head.iter().map(|known| known.location()));
        }
        let base = self.known(Side::Base, name, None);
        if base.is_empty() {
            return self.never_defined(name, None);
        }
        let symbols: Vec<&str> = base.iter().map(|known| known.symbol.as_str()).collect();
        if let Some(way) = self.still_resolves(&symbols) {
            return Answer::unprovable(
                format!("no definition is left, and `{way}` still means something at head, by an import or an alias"),
                "a head at which the name means nothing",
            );
        }
        let hiding = self.hiding(self.case.head, name.last());
        if !hiding.is_empty() {
            let paths: Vec<&str> = hiding.iter().map(RepoPath::as_str).collect();
            return Answer::unprovable(
                format!("{} may hold a definition and could not be read", listed(&paths)),
                "files that can be read",
            );
        }
        Answer::verified(format!(
            "{} was defined at base, and nothing of that name is defined at head",
            listed(&symbols)
        ))
    }

    fn symbols_absent(&self, symbols: &[Symbol]) -> Answer {
        let targets: Vec<Target> = symbols.iter().cloned().map(Target::Symbol).collect();
        let head = trace(self.case.head, &targets, self.case.progress);
        let base = trace(self.case.base, &targets, self.case.progress);
        let texts: Vec<String> = symbols.iter().map(Symbol::to_string).collect();
        let read_as = format!("read as {}", listed(&texts));
        let left: Vec<&Trace> = head.iter().filter(|trace| !trace.definitions.is_empty()).collect();
        if !left.is_empty() {
            let names: Vec<String> = left.iter().map(|trace| trace.target.to_string()).collect();
            return Answer::refuted(format!("{read_as}: {} is defined at head", listed(&names)))
                .at(left.iter().flat_map(|trace| &trace.definitions).map(|site| site.whole()));
        }
        if let Some(unseen) = head.iter().flat_map(|trace| &trace.unseen).next() {
            let path = self.case.head.sources.path(*unseen);
            return Answer::unprovable(
                format!("{read_as}: `{path}` could not be read whole"),
                "files that can be read",
            );
        }
        if base.iter().any(|trace| trace.definitions.is_empty()) {
            return Answer::unprovable(
                format!("{read_as}: not all of it was defined at base"),
                "the name of the symbol that is meant",
            );
        }
        let dotted: Vec<&str> = texts.iter().map(String::as_str).collect();
        if let Some(way) = self.still_resolves(&dotted) {
            return Answer::unprovable(
                format!("{read_as}: `{way}` still means something at head"),
                "a head at which the name means nothing",
            );
        }
        Answer::verified(format!("{read_as}: defined at base, not at head"))
            .meaning(&texts)
            .at(base.iter().flat_map(|trace| &trace.definitions).map(|site| site.whole()))
    }

    pub(super) fn exists(&self, subject: &Subject) -> Answer {
        match subject {
            Subject::Named(name) if name.kind == NameKind::Path => {
                let head = self.files(Side::Head, name);
                match head.len() {
                    0 => Answer::refuted(format!("head has no file `{name}`")),
                    1 => Answer::verified(format!("`{}` is there at head", head[0].1)).at([first_line(head[0].1)]),
                    count => Answer::verified(format!("{count} files of head are called `{name}`"))
                        .at(head.iter().map(|(_, path)| first_line(path))),
                }
            }
            Subject::Named(name) => {
                let head = self.known(Side::Head, name, None);
                let symbols: Vec<&str> = head.iter().map(|known| known.symbol.as_str()).collect();
                let taken = self.taken(name);
                match head.is_empty() {
                    // which of them is meant, the one that stays or the one that goes?
                    false if !taken.is_empty() => Answer::unprovable(
                        format!("head defines {}, and the change removes {}", listed(&symbols), listed(&taken)),
                        "the file or the class that holds what is meant",
                    )
                    .at(head.iter().map(|known| known.location())),
                    false => Answer::verified(format!("head defines {}", listed(&symbols)))
                        .at(head.iter().map(|known| known.location())),
                    true if !self.known(Side::Base, name, None).is_empty() => {
                        Answer::refuted(format!("`{name}` is defined at base and not at head"))
                    }
                    true => Answer::unprovable(
                        format!("head has no definition of `{name}` that solely can read"),
                        "a name that head defines in Python",
                    ),
                }
            }
            Subject::Described(words) => {
                let Some(described) = self.describe(words) else { return unknown_description(subject) };
                let targets: Vec<Target> = described.symbols.iter().cloned().map(Target::Symbol).collect();
                let traces = trace(self.case.head, &targets, self.case.progress);
                let texts: Vec<String> = described.symbols.iter().map(Symbol::to_string).collect();
                let read_as = format!("read as {}", listed(&texts));
                match traces.iter().find(|trace| trace.definitions.is_empty()) {
                    Some(missing) => Answer::refuted(format!("{read_as}: `{}` is not defined at head", missing.target)),
                    None => Answer::verified(format!("{read_as}: defined at head"))
                        .meaning(&texts)
                        .at(traces.iter().flat_map(|trace| &trace.definitions).map(|site| site.whole())),
                }
            }
        }
    }

    /// Definitions of a name that the change takes away.
    fn taken(&self, name: &Name) -> Vec<&str> {
        let rows = self.case.ledger.definitions.iter().zip(self.case.symbols);
        rows.filter(|(definition, (symbol, _))| definition.fate == Fate::Removed && is_named(symbol, name))
            .map(|(_, (symbol, _))| symbol.as_str())
            .collect()
    }

    pub(super) fn added(&self, name: &Name, to: Option<&Name>) -> Answer {
        let (before, after) = match name.kind {
            NameKind::Path => {
                let texts = |side| self.files(side, name).iter().map(|(_, path)| path.to_string()).collect::<Vec<_>>();
                (texts(Side::Base), texts(Side::Head))
            }
            _ => {
                let texts =
                    |side| self.known(side, name, to).iter().map(|known| known.symbol.clone()).collect::<Vec<_>>();
                (texts(Side::Base), texts(Side::Head))
            }
        };
        let new: Vec<&String> = after.iter().filter(|it| !before.contains(it)).collect();
        match (new.is_empty(), after.is_empty()) {
            (false, _) => Answer::verified(format!("head has {}, and base has not", listed(&new))),
            (true, false) => Answer::refuted(format!("{} was there at base already", listed(&before))),
            (true, true) => Answer::unprovable(
                format!("head has no `{name}` that solely can read"),
                "a file of head, or a name that it defines in Python",
            ),
        }
    }

    pub(super) fn span(&self, name: &Name, start: u32, end: u32) -> Answer {
        let base = self.known(Side::Base, name, None);
        let said = format!("{start}-{end}");
        if base.is_empty() {
            return self.never_defined(name, None);
        }
        match base.iter().find(|known| (known.lines.start, known.lines.end) == (start, end)) {
            Some(known) => {
                Answer::verified(format!("`{}` stands in lines {said} of {} at base", known.symbol, known.path))
            }
            None => {
                let places: Vec<String> = base
                    .iter()
                    .map(|known| format!("{}:{}-{}", known.path, known.lines.start, known.lines.end))
                    .collect();
                Answer::refuted(format!("at base it stands in {}", listed(&places)))
            }
        }
    }

    /// "Eliminated `x` dependencies": nothing uses it any more.
    pub(super) fn uses_removed(&self, name: &Name) -> Answer {
        let base = self.known(Side::Base, name, None);
        if base.is_empty() {
            return self.never_defined(name, None);
        }
        let symbols: Vec<Symbol> = base.iter().filter_map(|known| symbol(&known.symbol)).collect();
        let before = self.uses(self.case.base, &symbols);
        let after = self.uses(self.case.head, &symbols);
        let changed: BTreeSet<&RepoPath> = self.case.ledger.files.iter().map(|file| &file.path).collect();
        let here = |uses: &[Location]| uses.iter().filter(|place| changed.contains(&place.path)).count();
        match (here(&before), here(&after), after.len()) {
            (0, _, _) => Answer::unprovable(
                format!("the files of the change did not use `{name}` at base"),
                "a sentence that says where it was used",
            ),
            (_, 0, 0) => Answer::verified(format!("nothing in production uses `{name}` any more")),
            (uses, 0, rest) => Answer::unprovable(
                format!("{uses} uses are gone from the files of the change, and {rest} remain in others"),
                "a sentence that says from where",
            )
            .at(after),
            (_, left, _) => Answer::refuted(format!("the files of the change still use `{name}` in {left} places"))
                .at(after.into_iter().filter(|place| changed.contains(&place.path))),
        }
    }

    /// Uses in production, text left out.
    fn uses(&self, project: &crate::project::Project<'_>, symbols: &[Symbol]) -> Vec<Location> {
        let targets: Vec<Target> = symbols.iter().cloned().map(Target::Symbol).collect();
        let traces = trace(project, &targets, self.case.progress);
        let references = traces.into_iter().flat_map(|trace| trace.references);
        references
            .filter(|it| {
                let context = self.case.policy.context_at(&it.location.path, it.in_tests);
                it.tier < Tier::Text && !it.is_own && context == Context::Code
            })
            .map(|it| it.location)
            .collect()
    }

    pub(super) fn no_references(&self, subject: &Subject) -> Answer {
        let symbols: Vec<Symbol> = match subject {
            Subject::Named(name) if name.kind == NameKind::Path => {
                return Answer::unprovable("references to a file are not counted", "the name of a module or a symbol");
            }
            Subject::Named(name) => {
                let mut known = self.known(Side::Base, name, None);
                known.extend(self.known(Side::Head, name, None));
                known.iter().filter_map(|known| symbol(&known.symbol)).collect()
            }
            Subject::Described(words) => match self.describe_among_legacy(words) {
                Some(described) => described.symbols,
                None => return unknown_description(subject),
            },
        };
        let symbols: Vec<Symbol> = symbols.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        if symbols.is_empty() {
            return Answer::unprovable(
                format!("{} is defined neither at base nor at head", subject.words()),
                "the name of a symbol",
            );
        }
        let targets: Vec<Target> = symbols.iter().cloned().map(Target::Symbol).collect();
        let traces = trace(self.case.head, &targets, self.case.progress);
        let texts: Vec<String> = symbols.iter().map(Symbol::to_string).collect();
        let read_as = format!("read as {}", listed(&texts));
        let mut left = Vec::new();
        let mut code = 0;
        for reference in traces.iter().flat_map(|trace| &trace.references).filter(|it| !it.is_own) {
            let path = &reference.location.path;
            let text = || self.case.head.sources.text(reference.file);
            if reference.tier == Tier::Text && self.case.policy.owns(path.as_str(), reference.location.start.line, text)
            {
                continue;
            }
            let context = self.case.policy.context_at(path, reference.in_tests);
            code += u64::from(matches!(context, Context::Code | Context::Config));
            left.push(reference.location.clone());
        }
        if !left.is_empty() {
            let all = left.len();
            return Answer::refuted(format!("{read_as}: {all} places still name it, {code} of them in production"))
                .at(left);
        }
        let mut hiding: Vec<RepoPath> =
            symbols.iter().flat_map(|it| self.hiding(self.case.head, it.last_name())).collect();
        hiding.dedup();
        if traces.iter().any(|trace| !trace.unseen.is_empty()) || !hiding.is_empty() {
            let paths: Vec<&str> = hiding.iter().map(RepoPath::as_str).collect();
            return Answer::unprovable(
                format!("{read_as}: {} could not be read whole", listed(&paths)),
                "files that can be read",
            );
        }
        Answer::verified(format!("{read_as}: nothing at head names it"))
    }
}

fn unknown_description(subject: &Subject) -> Answer {
    let because = format!("neither the policy nor the change has a symbol that {} describes", subject.words());
    Answer::unprovable(because, "the name of the symbol, in backquotes")
}

pub(super) fn symbol(text: &str) -> Option<Symbol> {
    let (module, name) = text.split_once(':')?;
    Some(Symbol::new(module, name))
}

fn first_line(path: &RepoPath) -> Location {
    Location { path: path.clone(), start: Position { line: 1, column: 1 }, end_line: 1 }
}
