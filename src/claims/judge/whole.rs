//! Claims about the whole: no duplicates, one source of truth, all imports, no breaking changes.

use super::{Answer, Judge, Side, listed};
use crate::checks::duplicates::{DuplicateKind, Group};
use crate::claims::{Name, Status};
use crate::facts::DefinitionKind;
use crate::finding::{Context, Severity};
use crate::history::Fate;
use crate::language::find_linked;
use crate::span::{Location, Position, RepoPath};
use std::collections::{BTreeMap, BTreeSet};

/// Which of the folders a path stands in, or in a folder directly below it; below the root nothing but the root counts.
fn beside<'f>(folders: &BTreeSet<&'f str>, path: &RepoPath) -> Option<&'f str> {
    let own = path.folder();
    let above = own.rsplit_once('/').map(|(above, _)| above);
    [Some(own), above].into_iter().flatten().find_map(|folder| folders.get(folder).copied())
}

impl Judge<'_, '_> {
    /// Groups with at least two copies in code, the ones beside the change first.
    fn groups(&self) -> Vec<&Group> {
        let in_code = |group: &&Group| group.instances.iter().filter(|it| it.context == Context::Code).count() >= 2;
        let mut groups: Vec<&Group> = self.case.duplicates.iter().filter(in_code).collect();
        groups.sort_by_cached_key(|group| (!self.is_beside(group), !self.is_touched(group)));
        groups
    }

    /// Two copies in code or more stand in the folders of the change.
    fn is_beside(&self, group: &Group) -> bool {
        let folders: BTreeSet<&str> = self.case.ledger.files.iter().map(|file| file.path.folder()).collect();
        let code = group.instances.iter().filter(|it| it.context == Context::Code);
        code.filter(|it| beside(&folders, &it.path).is_some()).count() >= 2
    }

    fn is_touched(&self, group: &Group) -> bool {
        group.instances.iter().any(|it| self.case.ledger.files.iter().any(|file| file.path == it.path))
    }

    pub(super) fn no_duplicates(&self, name: Option<&Name>) -> Answer {
        if let Some(name) = name {
            return self.is_single(name);
        }
        let groups = self.groups();
        let classes = self.classes_beside();
        if groups.is_empty() {
            let because = "no group of duplicates has two copies in code".to_owned();
            return match classes.is_empty() {
                true => self.nothing_hidden(because, "a tree that can be read and compared whole"),
                false => Answer::unprovable(
                    format!("{because}; {}", told(&classes)),
                    "a `[[single-source]]` rule that says which of these names are one thing",
                ),
            };
        }
        let (beside, elsewhere): (Vec<&Group>, Vec<&Group>) =
            groups.iter().copied().partition(|group| self.is_beside(group));
        let named = if beside.is_empty() { &elsewhere } else { &beside };
        let mut because = match beside.is_empty() {
            true => format!("{} groups of duplicates have two copies or more in code", groups.len()),
            false => format!(
                "{} groups of duplicates have two copies or more beside the change, {} in all code",
                beside.len(),
                groups.len()
            ),
        };
        if !classes.is_empty() {
            because += &format!("; {}", told(&classes));
        }
        because += &format!("; {}", by_kind(named, &self.folders()));
        Answer::refuted(because).at(named.iter().flat_map(|group| places(group)))
    }

    pub(super) fn single_source(&self, name: Option<&Name>) -> Answer {
        if let Some(name) = name {
            return match self.is_single(name) {
                answer if answer.status == Status::Refuted => answer,
                _ => Answer::unprovable(
                    format!("`{name}` is defined once at most; whether others do its job was not decided"),
                    "a `[[single-source]]` rule that names its rivals",
                ),
            };
        }
        let several =
            |group: &&Group| group.reasons.contains(&DuplicateKind::DuplicateDefinition) && self.is_beside(group);
        let groups: Vec<&Group> = self.groups().into_iter().filter(several).collect();
        let classes = self.classes_beside();
        if groups.is_empty() {
            let found =
                if classes.is_empty() { "no name is defined twice beside the change".into() } else { told(&classes) };
            return Answer::unprovable(
                format!("the sentence does not say of what; {found}"),
                "a `[[single-source]]` rule",
            );
        }
        let shown: Vec<String> = groups.iter().take(NAMED).map(|group| describe(group, &self.folders())).collect();
        let mut because = format!("{} names are duplicates beside the change: {}", groups.len(), shown.join("; "));
        if !classes.is_empty() {
            because += &format!("; {}", told(&classes));
        }
        Answer::refuted(because).at(groups.iter().take(NAMED).flat_map(|group| places(group)))
    }

    /// The folders of code that the change touches.
    fn folders(&self) -> BTreeSet<&str> {
        let is_code =
            |path: &&RepoPath| find_linked(path).is_some() && self.case.policy.context_of(path) == Context::Code;
        self.case.ledger.files.iter().map(|file| &file.path).filter(is_code).map(|path| path.folder()).collect()
    }

    /// Class names that two modules or more of a folder of the change define, or of one directly below it, whether or not
    /// their bodies are alike.
    fn classes_beside(&self) -> Vec<(String, Vec<Location>)> {
        let head = self.case.head;
        let is_code = |path: &RepoPath| self.case.policy.context_of(path) == Context::Code;
        let folders = self.folders();
        let mut found: BTreeMap<(&str, String), Vec<Location>> = BTreeMap::new();
        for &id in &head.ids {
            let path = head.sources.path(id);
            let Some(folder) = beside(&folders, path).filter(|_| is_code(path)) else { continue };
            let Some(facts) = head.sources.facts(id) else { continue };
            let mut own = BTreeSet::new();
            for id in facts.definition_ids() {
                let definition = facts.definition(id);
                let name = facts.name(definition.name);
                if definition.kind == DefinitionKind::Class && definition.parent.is_none() && own.insert(name) {
                    let lines = facts.line_index.lines(definition.span);
                    found.entry((folder, name.to_owned())).or_default().push(place(path, lines.start, lines.end));
                }
            }
        }
        found.into_iter().filter(|(_, places)| places.len() > 1).map(|((_, name), places)| (name, places)).collect()
    }

    /// Whether one class or function of a name is in code.
    fn is_single(&self, name: &Name) -> Answer {
        let known: Vec<_> = self
            .known(Side::Head, name, None)
            .into_iter()
            .filter(|known| {
                self.case.policy.context_of(&known.path) == Context::Code
                    && matches!(known.kind, DefinitionKind::Class | DefinitionKind::Function)
                    && !known.qualified.contains('.')
            })
            .collect();
        let symbols: Vec<&str> = known.iter().map(|known| known.symbol.as_str()).collect();
        match known.len() {
            0 => Answer::unprovable(format!("head has no definition of `{name}`"), "a name that head defines"),
            1 => self.nothing_hidden(
                format!("{} is its only definition in code", listed(&symbols)),
                "a tree that can be read whole",
            ),
            count => Answer::refuted(format!("`{name}` is defined {count} times in code: {}", listed(&symbols)))
                .at(known.iter().map(|known| known.location())),
        }
    }

    /// Verified, unless something could not be seen.
    fn nothing_hidden(&self, because: String, proof: &str) -> Answer {
        let blind: Vec<String> = self.blind_spots(self.case.head).into_iter().map(|gap| gap.path.to_string()).collect();
        match (blind.is_empty(), self.case.bounds.first()) {
            (true, None) => Answer::verified(because),
            (false, _) => {
                Answer::unprovable(format!("{because}, but {} could not be read whole", listed(&blind)), proof)
            }
            (true, Some(bound)) => Answer::unprovable(format!("{because}, but {bound}"), proof),
        }
    }

    /// "No broken imports": every import of the tree, whoever broke it, as a rule of the policy found them.
    pub(super) fn whole_imports_resolve(&self) -> Answer {
        let answer = self.imports_resolve();
        if answer.status == Status::Refuted {
            return answer;
        }
        let Some(rule) = self.case.rules.iter().find(|rule| rule.kind == "dangling-reference") else {
            return Answer::unprovable(
                format!("{}; whether every import of the tree resolves was not asked", answer.because),
                "a `[[dangling-reference]]` rule in the policy",
            );
        };
        let because = format!("rule `{}`: {}", rule.id, rule.conclusion);
        let found: Vec<_> = self.case.findings.iter().filter(|finding| finding.rule.0 == rule.id).collect();
        let telling = found.iter().filter(|finding| finding.severity <= Severity::Warning);
        let places: Vec<Location> = telling.map(|finding| finding.location.clone()).collect();
        match (places.is_empty(), found.is_empty()) {
            (false, _) => Answer::refuted(because).at(places),
            (true, true) => self.nothing_hidden(because, "a tree that can be read whole"),
            (true, false) => {
                Answer::unprovable(because, "a head without references that a guard alone keeps from failing")
                    .at(found.iter().map(|finding| finding.location.clone()))
            }
        }
    }

    pub(super) fn imports_resolve(&self) -> Answer {
        let imports: Vec<_> = self.case.broken.iter().filter(|broken| broken.is_import).collect();
        let others = self.case.broken.len() - imports.len();
        if !imports.is_empty() {
            let symbols: Vec<&str> = imports.iter().map(|broken| broken.symbol.as_str()).collect();
            return Answer::refuted(format!(
                "{} imports of what the change took away are left, of {}",
                imports.len(),
                listed(&unique(&symbols))
            ))
            .at(imports.iter().map(|broken| broken.location.clone()));
        }
        if others > 0 {
            return Answer::unprovable(
                format!("no import dangles, and {others} other references do"),
                "a head without dangling references",
            )
            .at(self.case.broken.iter().map(|broken| broken.location.clone()));
        }
        let took = self
            .case
            .ledger
            .definitions
            .iter()
            .any(|it| matches!(it.fate, Fate::Removed | Fate::Relocated | Fate::Renamed(_)));
        if !took {
            return Answer::unprovable(
                "the change took no definition away, so no import had to follow",
                "a change that does",
            );
        }
        // Whether every import of the tree resolves is another question than whether this change broke one.
        match self.blind_spots(self.case.head).is_empty() {
            true => Answer::verified("no reference to what the change took away is left dangling"),
            false => {
                let blind: Vec<String> =
                    self.blind_spots(self.case.head).into_iter().map(|gap| gap.path.to_string()).collect();
                Answer::unprovable(
                    format!("no reference dangles, but {} could not be read whole", listed(&blind)),
                    "files that can be read",
                )
            }
        }
    }

    pub(super) fn no_breaking_changes(&self) -> Answer {
        let production: Vec<_> = self.case.broken.iter().filter(|broken| broken.context != Context::Tests).collect();
        if !production.is_empty() {
            let symbols: Vec<&str> = production.iter().map(|broken| broken.symbol.as_str()).collect();
            return Answer::refuted(format!(
                "{} references in production dangle at head, to {}",
                production.len(),
                listed(&unique(&symbols))
            ))
            .at(production.iter().map(|broken| broken.location.clone()));
        }
        let tests = self.case.broken.len();
        let rest = if tests > 0 { format!(", {tests} in tests do") } else { String::new() };
        Answer::unprovable(
            format!(
                "no reference in production dangles{rest}; that nothing behaves otherwise is not to be seen in the source"
            ),
            "the tests of head, as `[[evidence]] kind = \"junit\"`",
        )
    }
}

/// "9 class names are defined by several modules of `shop`: `EventType` (a.py:3, b.py:4), ...".
fn told(classes: &[(String, Vec<Location>)]) -> String {
    let folders: BTreeSet<&str> = classes.iter().flat_map(|(_, places)| places).map(|it| it.path.folder()).collect();
    let shown: Vec<String> = classes
        .iter()
        .take(NAMED)
        .map(|(name, places)| {
            let places: Vec<String> =
                places.iter().map(|it| format!("{}:{}", short(&it.path, &folders), it.start.line)).collect();
            format!("`{name}` ({})", places.join(", "))
        })
        .collect();
    let more = classes.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let noun = if classes.len() == 1 { "class name is" } else { "class names are" };
    let place = match folders.iter().next() {
        Some(folder) if folders.len() == 1 => format!("`{folder}`"),
        _ => "one folder".to_owned(),
    };
    format!("{} {noun} defined by several modules of {place}: {}{rest}", classes.len(), shown.join(", "))
}

/// Groups of one kind that an answer names.
const NAMED: usize = 9;

/// "2 duplicate-definition: `A` (a.py:1-9, b.py:4-12), `B` (...); 1 clone: ...", what is certain first.
fn by_kind(groups: &[&Group], folders: &BTreeSet<&str>) -> String {
    let mut kinds: Vec<DuplicateKind> = groups.iter().map(|group| group.kind).collect();
    let weight = |kind: &DuplicateKind| match kind {
        DuplicateKind::DuplicateDefinition => 0,
        DuplicateKind::Clone => 1,
        _ => 2,
    };
    kinds.sort_by_key(|kind| (weight(kind), *kind));
    kinds.dedup();
    let mut parts = Vec::new();
    for kind in kinds {
        let mut own: Vec<&&Group> = groups.iter().filter(|group| group.kind == kind).collect();
        // copies of whole definitions that are equal tell more than long ones that are alike
        own.sort_by_key(|group| (group.similarity < 1000, group.instances.iter().any(|it| it.what == "statements")));
        let shown: Vec<String> = own.iter().take(NAMED).map(|group| describe(group, folders)).collect();
        let more = own.len().saturating_sub(NAMED);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        parts.push(format!("{} {}: {}{rest}", own.len(), kind.name(), shown.join(", ")));
    }
    parts.join("; ")
}

/// "`A` (a.py:1-9, b.py:4-12)": two copies, those beside the change first and by their file name alone.
fn describe(group: &Group, folders: &BTreeSet<&str>) -> String {
    let mut copies: Vec<_> = group.instances.iter().filter(|it| it.context == Context::Code).collect();
    copies.sort_by_key(|it| !folders.contains(it.path.folder()));
    let name = copies.first().map_or("", |it| it.symbol.rsplit([':', '.']).next().unwrap_or(&it.symbol));
    let shown: Vec<String> = copies
        .iter()
        .take(2)
        .map(|it| format!("{}:{}-{}", short(&it.path, folders), it.lines.start, it.lines.end))
        .collect();
    let more = copies.len() - shown.len();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("`{name}` ({}{rest})", shown.join(", "))
}

/// The file name of a path in a folder of the change, the whole path of another.
fn short<'p>(path: &'p RepoPath, folders: &BTreeSet<&str>) -> &'p str {
    match folders.contains(path.folder()) && folders.len() == 1 {
        true => path.as_str().rsplit('/').next().unwrap_or(path.as_str()),
        false => path.as_str(),
    }
}

fn places(group: &Group) -> Vec<Location> {
    let code = group.instances.iter().filter(|it| it.context == Context::Code).take(2);
    code.map(|it| place(&it.path, it.lines.start, it.lines.end)).collect()
}

fn place(path: &RepoPath, line: u32, end_line: u32) -> Location {
    Location { path: path.clone(), start: Position { line, column: 1 }, end_line }
}

fn unique<'t>(texts: &[&'t str]) -> Vec<&'t str> {
    let mut texts = texts.to_vec();
    texts.sort_unstable();
    texts.dedup();
    texts
}
