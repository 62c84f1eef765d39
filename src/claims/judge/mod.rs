//! Judging: each claim against the facts.
//!
//! Facts come from the stages before: the ledger of lines and definitions, both projects, the verdicts of the policy,
//! the groups of duplicates, evidence from outside. Invariant: a claim ends `verified` only where the facts leave no
//! reading of it under which it is false; a reading that cannot be decided makes it `unprovable`. Absent on purpose:
//! any computation of lines, references or duplicates of its own.

mod count;
mod departure;
mod description;
mod import;
mod outside;
mod record;
mod relocation;
mod symbol;
mod whole;

use super::{Assertion, Claim, Counted, JudgedClaim, Name, NameKind, Status, Subject};
use crate::checks::RuleReport;
use crate::checks::duplicates::Group;
use crate::facts::DefinitionKind;
use crate::finding::{Context, Finding};
use crate::gap::{Extent, Gap};
use crate::history::departure::Sought;
use crate::history::ledger::Ledger;
use crate::language::find_linked;
use crate::outside::OutsideReport;
use crate::policy::Policy;
use crate::progress::Progress;
use crate::project::Project;
use crate::source::Needles;
use crate::span::{LineRange, Location, Position, RepoPath};
use crate::workspace::EntryId;
use std::collections::BTreeMap;

/// A reference that the change left dangling.
#[derive(Clone, Debug)]
pub struct BrokenUse {
    pub symbol: String,
    pub location: Location,
    pub context: Context,
    pub is_import: bool,
}

/// The numbers of one commit of the range or shortly before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearCommit {
    pub commit: String,
    pub title: String,
    pub added: u64,
    pub deleted: u64,
    pub deleted_code: u64,
    pub added_code: u64,
}

/// A commit of the range or shortly before it that took a file or a definition away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departed {
    pub commit: String,
    pub title: String,
    pub path: RepoPath,
    /// The qualified name of a definition.
    pub name: Option<String>,
}

/// Everything that claims are held against.
pub struct Case<'a, 's> {
    pub policy: &'a Policy,
    pub base: &'a Project<'s>,
    pub head: &'a Project<'s>,
    /// With renames.
    pub ledger: &'a Ledger,
    /// The same range without rename detection.
    pub unpaired: &'a Ledger,
    /// The symbol of each definition of the ledger at base, and at head where it is another one.
    pub symbols: &'a [(String, Option<String>)],
    pub rules: &'a [RuleReport],
    /// What the rules found at head.
    pub findings: &'a [Finding],
    /// Groups of duplicates at head, and what bounded the search for them.
    pub duplicates: &'a [Group],
    pub bounds: &'a [String],
    pub broken: &'a [BrokenUse],
    pub outside: &'a [OutsideReport],
    pub near: &'a dyn Fn() -> Vec<NearCommit>,
    pub departed: &'a dyn Fn(&Sought<'_>) -> Option<Departed>,
    pub progress: &'a dyn Progress,
}

/// Judges claims in their order.
pub fn judge(case: &Case<'_, '_>, claims: Vec<Claim>) -> Vec<JudgedClaim> {
    let judge = Judge::new(case, &claims);
    claims.into_iter().map(|claim| judge.claim(claim)).collect()
}

/// What refutes "all imports" need not be among those that the sentence speaks of.
fn narrowed(answer: Answer, of: Option<&str>) -> Answer {
    match (answer.status, of) {
        (Status::Refuted, Some(of)) => Answer {
            status: Status::Unprovable,
            because: format!("{}; which of them \"{of}\" means was not judged", answer.because),
            proof: Some("the name of what was imported".to_owned()),
            ..answer
        },
        _ => answer,
    }
}

/// A definition somewhere in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    symbol: String,
    qualified: String,
    kind: DefinitionKind,
    path: RepoPath,
    lines: LineRange,
}

impl Known {
    fn location(&self) -> Location {
        let start = Position { line: self.lines.start, column: 1 };
        Location { path: self.path.clone(), start, end_line: self.lines.end }
    }
}

/// Definitions of one tree, by their last name.
type Definitions = BTreeMap<String, Vec<Known>>;

struct Judge<'a, 's> {
    case: &'a Case<'a, 's>,
    base: Definitions,
    head: Definitions,
    near: std::cell::OnceCell<Vec<NearCommit>>,
    imports: std::cell::OnceCell<Vec<import::RemovedImport>>,
    /// Of the changed texts, those of base less those of head.
    net_newlines: std::cell::OnceCell<i64>,
}

/// An answer before it is joined with its claim.
struct Answer {
    status: Status,
    because: String,
    proof: Option<String>,
    places: Vec<Location>,
    belongs_to: Option<String>,
    meant: Vec<String>,
}

impl Answer {
    fn verified(because: impl Into<String>) -> Self {
        Self {
            status: Status::Verified,
            because: because.into(),
            proof: None,
            places: Vec::new(),
            belongs_to: None,
            meant: Vec::new(),
        }
    }

    fn refuted(because: impl Into<String>) -> Self {
        Self { status: Status::Refuted, ..Self::verified(because) }
    }

    fn unprovable(because: impl Into<String>, proof: impl Into<String>) -> Self {
        Self { status: Status::Unprovable, proof: Some(proof.into()), ..Self::verified(because) }
    }

    fn at(mut self, places: impl IntoIterator<Item = Location>) -> Self {
        self.places.extend(places.into_iter().take(PLACES_SHOWN));
        self
    }
}

impl Answer {
    fn meaning(mut self, symbols: &[String]) -> Self {
        self.meant = symbols.to_vec();
        self
    }
}

/// Places that an answer carries at most.
const PLACES_SHOWN: usize = 12;

impl<'a, 's> Judge<'a, 's> {
    fn new(case: &'a Case<'a, 's>, claims: &[Claim]) -> Self {
        let mut names: Vec<String> = claims
            .iter()
            // an import is looked up in the files of the change alone
            .filter(|claim| !matches!(claim.assertion, Assertion::ImportRemoved(_)))
            .flat_map(|claim| claim.assertion.names())
            .filter(|name| name.kind != NameKind::Path)
            .map(|name| name.last().to_owned())
            .collect();
        names.sort();
        names.dedup();
        let base = definitions(case.base, &names, case.progress);
        let head = definitions(case.head, &names, case.progress);
        Self {
            case,
            base,
            head,
            near: Default::default(),
            imports: Default::default(),
            net_newlines: Default::default(),
        }
    }

    fn claim(&self, claim: Claim) -> JudgedClaim {
        let mut answer = match &claim.assertion {
            Assertion::Removed { what, from, place } => self.removed(what, from.as_ref(), place.as_deref()),
            Assertion::Absent(subject) => self.absent(subject),
            Assertion::Exists(subject) => self.exists(subject),
            Assertion::Gone(name) => self.gone(name),
            Assertion::Added { what, to } => self.added(what, to.as_ref()),
            Assertion::Count { of, number, scope } => self.count(*of, *number, scope, &claim),
            Assertion::Shrunk { from, to, scope } => self.shrunk(*from, *to, scope),
            Assertion::Percent { tenths, scope } => self.percent(*tenths, scope),
            Assertion::Span { what, start, end } => self.span(what, *start, *end),
            Assertion::ImportRemoved(name) => self.import_removed(name),
            Assertion::UsesRemoved(name) => self.uses_removed(name),
            Assertion::NoDuplicates(name) => self.no_duplicates(name.as_ref()),
            Assertion::SingleSource(name) => self.single_source(name.as_ref()),
            Assertion::NoReferences(subject) => self.no_references(subject),
            Assertion::ImportsResolve { whole, of } => {
                let answer = if *whole { self.whole_imports_resolve() } else { self.imports_resolve() };
                narrowed(answer, of.as_deref())
            }
            Assertion::Moved { what, to } => self.moved(what, to),
            Assertion::Renamed { from, to } => self.renamed(from, to),
            Assertion::NoBreakingChanges => self.no_breaking_changes(),
            Assertion::Outside(outside) => self.outside(outside),
        };
        if answer.status == Status::Verified && !claim.unjudged.is_empty() {
            let quoted = claim.unjudged.iter().map(|word| format!("\"{word}\""));
            let words = quoted.filter(|word| !answer.because.contains(word)).collect();
            answer.because += &not_judged(words);
        }
        if answer.status == Status::Verified && self.denies_uses(&claim) && !self.case.broken.is_empty() {
            let left = self.case.broken.len();
            answer.status = Status::Unprovable;
            answer.because += &format!("; but {left} references to what the change took away are left broken");
            answer.proof = Some("a change after which nothing names what it took away".to_owned());
            answer.places = self.case.broken.iter().map(|broken| broken.location.clone()).collect();
        }
        if answer.status == Status::Verified && claim.is_partial {
            answer.because += "; the rest of the sentence was not judged";
        }
        let Answer { status, because, proof, places, belongs_to, meant } = answer;
        JudgedClaim { claim, status, because, proof, places, belongs_to, meant }
    }

    /// Whether a sentence says that nothing used what it removes. Unused imports are no matter of other files.
    fn denies_uses(&self, claim: &Claim) -> bool {
        let is_of_imports =
            matches!(claim.assertion, Assertion::ImportRemoved(_) | Assertion::Count { of: Counted::Imports, .. });
        let denies =
            |word: &String| ["unused", "dead", "orphaned", "obsolete", "safe", "safely"].contains(&word.as_str());
        !is_of_imports && claim.unjudged.iter().any(denies)
    }

    /// What keeps a whole tree from being known: gaps in files of a known language.
    fn blind_spots(&self, project: &Project<'_>) -> Vec<Gap> {
        let mut gaps = project.sources.gaps();
        gaps.retain(|gap| self.case.policy.judges(&gap.path) && find_linked(&gap.path).is_some());
        gaps
    }

    /// The gaps of head that may hide a definition of a name.
    fn hiding(&self, project: &Project<'_>, name: &str) -> Vec<RepoPath> {
        let is_hiding = |gap: &Gap| match &gap.extent {
            Extent::Unavailable => true,
            Extent::Whole | Extent::Ranges(_) => {
                project.sources.lossy_text(&gap.path).is_none_or(|text| text.contains(name))
            }
        };
        let mut paths: Vec<RepoPath> =
            self.blind_spots(project).into_iter().filter(is_hiding).map(|gap| gap.path).collect();
        paths.dedup();
        paths
    }

    /// Definitions that a name means in a tree, narrowed to a file or class where the claim says one.
    fn known(&self, side: Side, name: &Name, within: Option<&Name>) -> Vec<&Known> {
        let definitions = match side {
            Side::Base => &self.base,
            Side::Head => &self.head,
        };
        let all = definitions.get(name.last()).map_or(&[][..], Vec::as_slice);
        all.iter().filter(|known| is_named(&known.symbol, name)).filter(|known| is_within(known, within)).collect()
    }

    fn project(&self, side: Side) -> &'a Project<'s> {
        match side {
            Side::Base => self.case.base,
            Side::Head => self.case.head,
        }
    }

    /// Files that a path means in a tree: the path itself, or those that end in it.
    fn files(&self, side: Side, path: &Name) -> Vec<(EntryId, &'s RepoPath)> {
        let snapshot = self.project(side).sources.snapshot();
        snapshot
            .ids()
            .filter(|(_, entry)| is_path(&entry.path, &path.text))
            .map(|(id, entry)| (id, &entry.path))
            .collect()
    }
}

/// What an answer adds about words that it leaves open.
fn not_judged(words: Vec<String>) -> String {
    match words.len() {
        0 => String::new(),
        1 => format!("; {} was not judged", words[0]),
        _ => format!("; {} were not judged", words.join(" and ")),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Base,
    Head,
}

/// Every definition of the names in a tree. Files without the names are not parsed.
fn definitions(project: &Project<'_>, names: &[String], progress: &dyn Progress) -> Definitions {
    let mut found = Definitions::new();
    if names.is_empty() {
        return found;
    }
    let needles = Needles::new(names.iter().cloned());
    for file in project.sources.search(&project.ids, &needles, progress) {
        let Some(facts) = file.holds_a_name().then(|| project.sources.facts_in(&file)).flatten() else { continue };
        let module = project.module_name(file.id);
        for id in facts.definition_ids() {
            let definition = facts.definition(id);
            let last = facts.name(definition.name);
            if names.binary_search_by(|name| name.as_str().cmp(last)).is_err() {
                continue;
            }
            let qualified = facts.qualified_name(id);
            found.entry(last.to_owned()).or_default().push(Known {
                symbol: format!("{module}:{qualified}"),
                qualified,
                kind: definition.kind,
                path: project.sources.path(file.id).clone(),
                lines: facts.line_index.lines(definition.span),
            });
        }
    }
    found
}

/// Whether a symbol, `a.b:C.m`, is what a name says: `m`, `C.m`, `b.C.m`, `a.b:C.m`.
fn is_named(symbol: &str, name: &Name) -> bool {
    let symbol = symbol.replace(':', ".");
    let name = name.text.replace(':', ".");
    symbol == name || symbol.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether a definition stands in a file, a module or a class that a name says.
fn is_within(known: &Known, within: Option<&Name>) -> bool {
    let Some(within) = within else { return true };
    if within.kind == NameKind::Path {
        return is_path(&known.path, &within.text);
    }
    let dotted = known.symbol.replace(':', ".");
    let owner = dotted.rsplit_once('.').map_or("", |(owner, _)| owner);
    let name = within.text.replace(':', ".");
    let mut at = Some(owner);
    while let Some(owner) = at {
        if owner == name || owner.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('.')) {
            return true;
        }
        at = owner.rsplit_once('.').map(|(outer, _)| outer);
    }
    false
}

/// Whether a file is a copy that somebody put aside: in a folder of backups, or called so.
fn is_copy(path: &RepoPath) -> bool {
    const WORDS: &[&str] = &["backup", "backups", "bak", "archive", "archived", "archives"];
    let lower = path.as_str().to_ascii_lowercase();
    lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// Whether a path is what a report says: the same, its end, or a file below a folder.
fn is_path(path: &RepoPath, said: &str) -> bool {
    let said = said.strip_prefix("./").unwrap_or(said);
    let path = path.as_str();
    if let Some(folder) = said.strip_suffix('/') {
        return path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
            || path.contains(&format!("/{folder}/"));
    }
    path == said || path.strip_suffix(said).is_some_and(|rest| rest.ends_with('/'))
}

/// `a.b:C.m`, `a.b:C.n` and 3 more.
fn listed<T: AsRef<str>>(items: &[T]) -> String {
    const SHOWN: usize = 9;
    let shown: Vec<String> = items.iter().take(SHOWN).map(|item| format!("`{}`", item.as_ref())).collect();
    match items.len() {
        0 => "nothing".into(),
        count if count <= SHOWN => shown.join(", "),
        count => format!("{} and {} more", shown.join(", "), count - SHOWN),
    }
}

impl Subject {
    fn words(&self) -> String {
        match self {
            Subject::Named(name) => format!("`{name}`"),
            Subject::Described(words) => format!("\"{}\"", words.join(" ")),
        }
    }
}
