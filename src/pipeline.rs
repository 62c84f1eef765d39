//! The pipeline: the only file that names every stage, straight-line.
//!
//! Invariant: each run reads one snapshot, builds one model of it, and returns one report. Absent on purpose: the
//! terminal, the environment and the clock; what a run needs of them comes in its options.

use crate::checks::{self, CheckInput, Scope};
use crate::evidence::{
    Aftermath, BrokenReference, CheckReport, Counts, DuplicatesReport, PolicyIdentity, RangeEnd, ReferenceReport,
    RefsReport, RemovedReport, SnapshotIdentity, Sources, SymbolNames, SymbolReferences, Useless, Warning,
};
use crate::finding::{Context, Verdict};
use crate::gap::{Gap, Stage};
use crate::history::attribution::{self, By, Walk};
use crate::history::changes::Renames;
use crate::history::ledger::{self, DefinitionLedger, Depth, FileLedger, Ledger, Place};
use crate::history::{self, Endpoint, Git, Naming, Range, RangeRequest, Settings};
use crate::policy::{self, Policy, SymbolPattern};
use crate::progress::Progress;
use crate::project::{self, ChangedFile, Project, Symbol, Target, TracedReference, trace};
use crate::source::SourceSet;
use crate::span::RepoPath;
use crate::workspace::{EntryId, Selection, Snapshot, SnapshotKind, WorkspaceError};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use crate::policy::{Frame as PolicyFrame, PolicyError};

pub struct CheckOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub config: Option<PathBuf>,
    /// Only what lies under these paths is judged; empty means all. Relative to `repo`.
    pub paths: Vec<String>,
    /// The day on which deadlines are judged.
    pub today: jiff::civil::Date,
}

pub struct RefsOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub config: Option<PathBuf>,
    pub symbols: Vec<String>,
}

/// What to count, and how.
pub struct RemovedOptions {
    pub repo: PathBuf,
    pub config: Option<PathBuf>,
    pub request: RangeRequest,
    /// Only what lies under these paths is counted; empty means all. Relative to `repo`.
    pub paths: Vec<String>,
    pub renames: Renames,
    /// Also group the lines of the range's commits.
    pub by: Option<By>,
    pub walk: Walk,
    /// Leave out what the change broke and what it left without a use.
    pub lines_only: bool,
    /// Where `git` is looked for; `None` is the system's usual folders.
    pub search_path: Option<OsString>,
}

pub struct DuplicatesOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub config: Option<PathBuf>,
    /// Only what lies under these paths is compared; empty means all. Relative to `repo`.
    pub paths: Vec<String>,
    pub search: checks::duplicates::Options,
}

pub struct PolicyOptions {
    pub repo: PathBuf,
    pub config: Option<PathBuf>,
}

/// What a valid policy holds.
pub struct PolicySummary {
    /// The policy's file, or `None` where only the built-in packs apply.
    pub file: Option<String>,
    pub digest: String,
    /// Id, kind and number of examples of each rule, packs included, in order.
    pub rules: Vec<RuleSummary>,
}

pub struct RuleSummary {
    pub id: String,
    pub kind: &'static str,
    pub examples: usize,
}

/// What became of one example of a rule.
pub struct ExampleOutcome {
    pub rule: String,
    /// Where the example stands: `file:line`.
    pub place: String,
    /// Why it failed; `None` means that it holds.
    pub failure: Option<String>,
}

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the policy is not valid")]
    Policy(Vec<PolicyError>),
    #[error("{0}")]
    Workspace(#[from] WorkspaceError),
    #[error("{0}")]
    History(#[from] history::Error),
    #[error("{message}")]
    Other { message: String, help: Option<String> },
}

impl Error {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Error::Policy(_) => None,
            Error::Workspace(error) => error.hint(),
            Error::History(error) => error.help().map(str::to_owned),
            Error::Other { help, .. } => help.clone(),
        }
    }
}

/// Judges a snapshot against a policy.
pub fn check(options: &CheckOptions, progress: &dyn Progress) -> Result<(CheckReport, Sources), Error> {
    let snapshot = open(&options.repo, &options.selection, progress)?;
    let policy = find_policy(&snapshot, options.config.as_deref())?;
    let scope = scope(&snapshot, &options.paths)?;
    let report = judge(&snapshot, &policy, scope, options.today, progress);
    let sources = quoted(&snapshot, report.findings.iter().map(|finding| &finding.location.path), &policy);
    Ok((report, sources))
}

/// Judges an open snapshot: the part of a check that touches nothing outside it.
pub fn judge(
    snapshot: &Snapshot,
    policy: &Policy,
    scope: Scope,
    today: jiff::civil::Date,
    progress: &dyn Progress,
) -> CheckReport {
    let sources = SourceSet::new(snapshot);
    let ids = included(snapshot, policy);
    let project = Project::new(&sources, ids, &policy.project.roots);
    let input = CheckInput { policy, project: &project, today, scope, progress };
    let output = checks::check(&input);
    for gap in output.gaps {
        sources.add_gap(gap);
    }
    let gaps = included_gaps(&sources, policy);
    let counts = counts(&project, policy, &gaps);
    let mut verdict = output.rules.iter().map(|rule| rule.verdict).max().unwrap_or(Verdict::Pass);
    let mut warnings = output.warnings;
    if counts.discovered == 0 {
        // Nothing seen is nothing proved.
        verdict = verdict.max(Verdict::Incomplete);
        warnings.push(Warning {
            message: "no file was judged, so nothing is proved".to_owned(),
            help: Some("`include` and `exclude` of the policy may leave everything out".to_owned()),
            place: None,
        });
    }
    CheckReport {
        verdict,
        snapshot: identity(snapshot),
        counts,
        rules: output.rules,
        findings: output.findings,
        gaps,
        warnings,
        policy: PolicyIdentity { file: policy.file.clone(), digest: policy.digest.clone() },
    }
}

/// Finds every reference to the symbols asked for.
pub fn refs(options: &RefsOptions, progress: &dyn Progress) -> Result<(RefsReport, Sources), Error> {
    let snapshot = open(&options.repo, &options.selection, progress)?;
    let policy = find_policy(&snapshot, options.config.as_deref())?;
    let targets = options.symbols.iter().map(|symbol| parse_symbol(symbol)).collect::<Result<Vec<Target>, Error>>()?;
    let sources = SourceSet::new(&snapshot);
    let project = Project::new(&sources, included(&snapshot, &policy), &policy.project.roots);
    let traces = trace(&project, &targets, progress);
    let symbols = traces
        .into_iter()
        .map(|trace| SymbolReferences {
            symbol: trace.target.to_string(),
            definitions: trace.definitions.iter().map(|site| site.whole()).collect(),
            references: trace.references.into_iter().map(|it| reference_report(it, &policy)).collect(),
            occurrences: trace.occurrences,
        })
        .collect::<Vec<_>>();
    let gaps = included_gaps(&sources, &policy);
    let counts = counts(&project, &policy, &gaps);
    let paths = symbols.iter().flat_map(|symbol| symbol.references.iter().map(|it| &it.location.path));
    let quoted = quoted(&snapshot, paths, &policy);
    Ok((RefsReport { snapshot: identity(&snapshot), counts, symbols, gaps }, quoted))
}

/// Makes the ledger of a range: how many lines it removed, what they were, and whose.
pub fn removed(options: &RemovedOptions, progress: &dyn Progress) -> Result<RemovedReport, Error> {
    let settings = match &options.search_path {
        Some(search_path) => Settings { search_path: search_path.clone(), ..Settings::default() },
        None => Settings::default(),
    };
    let git = Git::open(&options.repo, settings)?;
    let range = Range::resolve(&git, &options.request)?;
    let policy = policy_at(&git, &range.head, options.config.as_deref())?;
    let paths = removed_paths(git.prefix(), &options.paths)?;
    progress.stage("comparing files", 0);
    let mut ledger = ledger::load(&git, &range, options.renames, &paths, Depth::Definitions)?;
    let attribution = match options.by {
        Some(by) => Some(attribution::load(&git, &range, options.renames, &paths, by, options.walk)?),
        None => None,
    };
    let mut gaps = std::mem::take(&mut ledger.gaps);
    gaps.extend(attribution.iter().flat_map(|attribution| attribution.gaps.iter().cloned()));
    gaps.sort();
    gaps.dedup();
    let is_complete = gaps.iter().all(|gap| gap.stage != Stage::History);
    let aftermath = match options.lines_only {
        true => None,
        false => Some(aftermath(&options.repo, &range, &ledger, &policy, &mut gaps, progress)?),
    };
    Ok(RemovedReport {
        verdict: if is_complete { Verdict::Pass } else { Verdict::Incomplete },
        aftermath,
        base: range_end(&range.base),
        head: range_end(&range.head),
        renames: options.renames,
        symbols: name_definitions(&git, &range, &ledger, &policy),
        ledger,
        attribution,
        policy: PolicyIdentity { file: policy.file, digest: policy.digest },
        gaps,
    })
}

/// What the change left broken and useless: both trees as projects, and the files that differ. What cannot be read at
/// head may hide a reference, so it joins the gaps.
fn aftermath(
    repo: &Path,
    range: &Range,
    ledger: &Ledger,
    policy: &Policy,
    gaps: &mut Vec<Gap>,
    progress: &dyn Progress,
) -> Result<Aftermath, Error> {
    let is_source = |file: &&FileLedger| crate::language::find_language(&file.path).is_some();
    if !ledger.files.iter().any(|file| is_source(&file)) {
        return Ok(Aftermath::default());
    }
    let (before, after) = (snapshot_of(repo, &range.base)?, snapshot_of(repo, &range.head)?);
    let (base_sources, head_sources) = (SourceSet::new(&before), SourceSet::new(&after));
    let base = Project::new(&base_sources, included(&before, policy), &policy.project.roots);
    let head = Project::new(&head_sources, included(&after, policy), &policy.project.roots);
    let changed: Vec<ChangedFile> = ledger
        .files
        .iter()
        .filter(is_source)
        .map(|file| ChangedFile {
            base: before.find(file.old_path.as_ref().unwrap_or(&file.path)),
            head: after.find(&file.path),
        })
        .collect();
    let broken = project::broken(&base, &head, &changed, progress)
        .into_iter()
        .map(|dangling| BrokenReference {
            guard: dangling.guard(),
            breaks_module: dangling.breaks_module(),
            symbol: dangling.symbol.to_string(),
            reference: reference_report(dangling.reference, policy),
        })
        .collect();
    let is_production = |path: &RepoPath| policy.context_of(path) != Context::Tests;
    let useless = project::orphans(&base, &head, &changed, &is_production, progress)
        .into_iter()
        .map(|orphan| Useless {
            kind: orphan.kind,
            symbol: orphan.symbol.to_string(),
            context: policy.context_of(&orphan.location.path),
            location: orphan.location,
        })
        .collect();
    gaps.extend(included_gaps(&head_sources, policy));
    gaps.sort();
    gaps.dedup();
    Ok(Aftermath { broken, useless })
}

/// The tree of one end of a range, as a snapshot.
fn snapshot_of(repo: &Path, end: &Endpoint) -> Result<Snapshot, Error> {
    let selection = match end {
        Endpoint::Empty => return Ok(Snapshot::in_memory([])),
        Endpoint::Commit { commit, .. } => Selection::Revision(commit.to_string()),
        Endpoint::Tree(tree) => Selection::Revision(tree.to_string()),
        Endpoint::Index => Selection::Index,
        Endpoint::WorkTree => Selection::WorkTree,
    };
    Ok(Snapshot::open(repo, &selection)?)
}

fn reference_report(reference: TracedReference, policy: &Policy) -> ReferenceReport {
    ReferenceReport {
        context: policy.context_of(&reference.location.path),
        location: reference.location,
        kind: reference.kind,
        within: reference.within,
        access: reference.access.map(|access| access.name()),
        tier: reference.tier,
        via: reference.hops,
    }
}

fn range_end(end: &Endpoint) -> RangeEnd {
    RangeEnd { name: end.name(), tree: end.tree().map(|tree| tree.to_string()) }
}

/// The policy given, or the nearest one at the range's head, or the built-in packs.
fn policy_at(git: &Git, head: &Endpoint, config: Option<&Path>) -> Result<Policy, Error> {
    if let Some(file) = config {
        return load_config(file);
    }
    let repository = git.local();
    let read = |path: &str| match history::find(&repository, head, path) {
        Some(bytes) => String::from_utf8(bytes).map(Some).map_err(|error| error.to_string()),
        None => Ok(None),
    };
    let found = Policy::discover(git.prefix(), &read);
    Ok(found.map_err(Error::Policy)?.unwrap_or_else(Policy::builtin))
}

/// Paths relative to the repository, from paths relative to `--repo`.
fn removed_paths(prefix: &str, paths: &[String]) -> Result<Vec<String>, Error> {
    let outside = |path: &str| Error::Other { message: format!("`{path}` is outside the repository"), help: None };
    paths.iter().map(|path| normalize(prefix, path).ok_or_else(|| outside(path))).collect()
}

/// The symbol of each definition of the ledger, and the rule that names it.
fn name_definitions(git: &Git, range: &Range, ledger: &Ledger, policy: &Policy) -> Vec<SymbolNames> {
    let places = |side: fn(&DefinitionLedger) -> &Option<Place>| {
        ledger.definitions.iter().filter_map(move |definition| side(definition).as_ref()).map(|place| &place.path)
    };
    let roots = &policy.project.roots;
    let base = Naming::new(git, &range.base, places(|definition| &definition.base), roots);
    let head = Naming::new(git, &range.head, places(|definition| &definition.head), roots);
    let name = |definition: &DefinitionLedger| {
        let symbol = |naming: &Naming, place: &Place| Symbol::new(naming.module(&place.path), place.name.clone());
        let at_base = definition.base.as_ref().map(|place| symbol(&base, place));
        let at_head = definition.head.as_ref().map(|place| symbol(&head, place));
        let rule = at_base.as_ref().or(at_head.as_ref()).and_then(|symbol| find_legacy_rule(policy, symbol));
        let (symbol, head_symbol) = match (at_base, at_head) {
            (Some(base), Some(head)) if base != head => (base, Some(head)),
            (Some(symbol), _) | (None, Some(symbol)) => (symbol, None),
            (None, None) => unreachable!("a definition has a side"),
        };
        SymbolNames { symbol: symbol.to_string(), head_symbol: head_symbol.map(|symbol| symbol.to_string()), rule }
    };
    ledger.definitions.iter().map(name).collect()
}

/// The first rule that names a symbol, or what holds it, as legacy.
fn find_legacy_rule(policy: &Policy, symbol: &Symbol) -> Option<String> {
    let owners = std::iter::successors(Some(symbol.clone()), |symbol| {
        symbol.name.as_ref()?;
        symbol.owner()
    });
    let owners: Vec<Symbol> = owners.collect();
    let names_it = |rule: &&policy::Rule| match &rule.kind {
        policy::RuleKind::Legacy(legacy) => owners
            .iter()
            .any(|owner| legacy.symbols.iter().any(|pattern| pattern.matches(&owner.module, owner.name.as_deref()))),
        _ => false,
    };
    policy.rules.iter().find(names_it).map(|rule| rule.id.0.clone())
}

/// Finds what is implemented more than once.
pub fn duplicates(options: &DuplicatesOptions, progress: &dyn Progress) -> Result<(DuplicatesReport, Sources), Error> {
    let snapshot = open(&options.repo, &options.selection, progress)?;
    let policy = find_policy(&snapshot, options.config.as_deref())?;
    let scope = scope(&snapshot, &options.paths)?;
    Ok((compare(&snapshot, &policy, scope, &options.search, progress), Sources::new()))
}

/// Compares an open snapshot with itself.
pub fn compare(
    snapshot: &Snapshot,
    policy: &Policy,
    scope: Scope,
    search: &checks::duplicates::Options,
    progress: &dyn Progress,
) -> DuplicatesReport {
    let sources = SourceSet::new(snapshot);
    let project = Project::new(&sources, included(snapshot, policy), &policy.project.roots);
    let input = CheckInput { policy, project: &project, today: jiff::civil::Date::MAX, scope, progress };
    let output = checks::duplicates::find(&input, search);
    let gaps = included_gaps(&sources, policy);
    let counts = counts(&project, policy, &gaps);
    DuplicatesReport { snapshot: identity(snapshot), counts, groups: output.groups, bounds: output.bounds, gaps }
}

/// Loads and validates the policy of a repository.
pub fn load_policy(options: &PolicyOptions) -> Result<PolicySummary, Error> {
    let policy = policy_of(options)?;
    let rules = policy
        .rules
        .iter()
        .map(|rule| RuleSummary { id: rule.id.0.clone(), kind: rule.kind.name(), examples: rule.examples.len() })
        .collect();
    Ok(PolicySummary { file: policy.file, digest: policy.digest, rules })
}

/// Runs the examples of every rule of a policy, in order.
pub fn test_policy(options: &PolicyOptions, progress: &dyn Progress) -> Result<Vec<ExampleOutcome>, Error> {
    let policy = policy_of(options)?;
    progress.stage("running examples", policy.rules.iter().map(|rule| rule.examples.len() as u64).sum());
    let mut outcomes = Vec::new();
    for rule in &policy.rules {
        let alone = Policy { rules: vec![rule.clone()], ..policy.clone() };
        for example in &rule.examples {
            progress.advance(1);
            outcomes.push(ExampleOutcome {
                rule: rule.id.0.clone(),
                place: format!("{}:{}", example.place.file, example.place.line),
                failure: run_example(&alone, example),
            });
        }
    }
    Ok(outcomes)
}

/// Why an example does not hold.
fn run_example(policy: &Policy, example: &policy::Example) -> Option<String> {
    let files = example.files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
    let snapshot = Snapshot::in_memory(files);
    let report = judge(&snapshot, policy, Scope::default(), jiff::civil::Date::MAX, &crate::progress::Silent);
    let offences = report.findings.iter().filter(|it| it.severity <= policy.rules[0].severity).count();
    match example.expect {
        None if offences == 0 => Some("expected a finding, found none".to_owned()),
        Some(expected) if offences != expected => Some(format!("expected {expected} findings, found {offences}")),
        _ => None,
    }
}

/// The JSON Schema of a policy file.
pub fn policy_schema() -> Result<String, Error> {
    Ok(policy::schema_text())
}

fn open(repo: &Path, selection: &Selection, progress: &dyn Progress) -> Result<Snapshot, Error> {
    progress.stage("listing files", 0);
    Ok(Snapshot::open(repo, selection)?)
}

fn policy_of(options: &PolicyOptions) -> Result<Policy, Error> {
    match &options.config {
        Some(file) => load_config(file),
        None => find_policy(&Snapshot::open(&options.repo, &Selection::WorkTree)?, None),
    }
}

/// The policy given, or the nearest one in the snapshot, or the built-in packs.
fn find_policy(snapshot: &Snapshot, config: Option<&Path>) -> Result<Policy, Error> {
    if let Some(file) = config {
        return load_config(file);
    }
    let found = match (&snapshot.root, snapshot.kind) {
        (Some(root), SnapshotKind::WorkTree) => Policy::discover(&snapshot.prefix, &policy::read_below(root)),
        _ => Policy::discover(&snapshot.prefix, &|path: &str| read_from(snapshot, path)),
    };
    let policy = found.map_err(Error::Policy)?.unwrap_or_else(Policy::builtin);
    compile_queries(&policy)?;
    Ok(policy)
}

fn load_config(file: &Path) -> Result<Policy, Error> {
    let policy = Policy::load(&file.to_string_lossy(), &policy::read_anywhere).map_err(Error::Policy)?;
    compile_queries(&policy)?;
    Ok(policy)
}

/// A query that does not compile is an error of the policy.
fn compile_queries(policy: &Policy) -> Result<(), Error> {
    for rule in &policy.rules {
        if let policy::RuleKind::Family(policy::FamilyRule { query: Some(query), .. }) = &rule.kind {
            checks::compile_query(query).map_err(|error| Error::Other {
                message: format!("{}:{}:{}: {}", error.file, error.line, error.column, error.message),
                help: error.help,
            })?;
        }
    }
    Ok(())
}

/// A text file of a snapshot, by its path.
fn read_from(snapshot: &Snapshot, path: &str) -> Result<Option<String>, String> {
    let Some(id) = snapshot.find(&RepoPath::new(path)) else { return Ok(None) };
    let bytes = snapshot.reader().read(id).map_err(|gap| gap.reason.to_string())?;
    String::from_utf8(bytes).map(Some).map_err(|error| error.to_string())
}

/// The paths that are judged, relative to the repository. A path that holds nothing is an error.
fn scope(snapshot: &Snapshot, paths: &[String]) -> Result<Scope, Error> {
    let mut scope = Scope::default();
    for path in paths {
        let normal = normalize(&snapshot.prefix, path)
            .ok_or_else(|| Error::Other { message: format!("`{path}` is outside the repository"), help: None })?;
        let one = Scope { paths: vec![normal.clone()] };
        if !snapshot.entries.iter().any(|entry| one.holds(&entry.path)) {
            return Err(Error::Other {
                message: format!("`{path}` holds no file that could be judged"),
                help: Some("paths are relative to `--repo`; ignored files are not judged".to_owned()),
            });
        }
        scope.paths.push(normal);
    }
    Ok(scope)
}

/// `./a/../b` below `prefix`, without the dots; `None` if it leaves the repository.
fn normalize(prefix: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn parse_symbol(text: &str) -> Result<Target, Error> {
    let place = policy::PolicyPlace { file: String::new(), line: 1, column: 1 };
    // An environment key is written as it is: upper case, no dots.
    let is_flag = text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if is_flag && !text.is_empty() {
        return Ok(Target::Flag(text.to_owned()));
    }
    let pattern = SymbolPattern::parse(text, place).map_err(|error| Error::Other {
        message: format!("`{text}` is not a symbol: {}", error.message),
        help: Some(error.help),
    })?;
    if pattern.has_globs() {
        return Err(Error::Other {
            message: format!("`{text}` holds a glob, and `refs` takes one symbol at a time"),
            help: Some("give the symbols one after the other".to_owned()),
        });
    }
    Ok(Target::Symbol(Symbol { module: pattern.module, name: pattern.name }))
}

fn included(snapshot: &Snapshot, policy: &Policy) -> Vec<EntryId> {
    snapshot.ids().filter(|(_, entry)| policy.judges(&entry.path)).map(|(id, _)| id).collect()
}

fn included_gaps(sources: &SourceSet<'_>, policy: &Policy) -> Vec<Gap> {
    let mut gaps = sources.gaps();
    gaps.retain(|gap| policy.judges(&gap.path));
    gaps
}

/// Files seen and not seen. Both sides of `discovered = analyzed + gaps` are counted, not derived.
fn counts(project: &Project<'_>, policy: &Policy, gaps: &[Gap]) -> Counts {
    let snapshot = project.sources.snapshot();
    let dark: BTreeSet<&RepoPath> = gaps.iter().map(|gap| &gap.path).collect();
    let analyzed = project.ids.iter().filter(|&&id| !dark.contains(project.sources.path(id))).count();
    let without_entry = dark.iter().filter(|path| snapshot.find(path).is_none()).count();
    let counts = Counts {
        discovered: (project.ids.len() + without_entry) as u64,
        analyzed: analyzed as u64,
        gaps: dark.len() as u64,
        links: snapshot.links,
        excluded: snapshot.entries.iter().filter(|entry| !policy.judges(&entry.path)).count() as u64,
        parsed: project.sources.parsed(),
    };
    assert_eq!(counts.discovered, counts.analyzed + counts.gaps, "files must balance");
    counts
}

fn identity(snapshot: &Snapshot) -> SnapshotIdentity {
    SnapshotIdentity { kind: snapshot.kind.name(), commit: snapshot.commit.clone(), tree: snapshot.tree.clone() }
}

/// The texts of the files that a report quotes.
fn quoted<'p>(snapshot: &Snapshot, paths: impl Iterator<Item = &'p RepoPath>, policy: &Policy) -> Sources {
    let sources = SourceSet::new(snapshot);
    let mut quoted = Sources::new();
    let paths: BTreeSet<&RepoPath> = paths.collect();
    for path in paths {
        if let Some(text) = snapshot.find(path).and_then(|id| sources.text(id)) {
            quoted.insert(path.clone(), text);
        }
    }
    if let Some(file) = &policy.file
        && let Ok(Some(text)) = policy::read_anywhere(file)
    {
        quoted.insert(RepoPath::new(file), text);
    }
    quoted
}
