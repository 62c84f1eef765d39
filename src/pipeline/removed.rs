//! `solely removed`: the ledger of a range, and what the change left behind.

use super::{Error, PolicyChoice, chosen, git_settings, included, included_gaps, normalize, reference_report};
use crate::cache::Cache;
use crate::evidence::{Aftermath, BrokenReference, PolicyIdentity, RangeEnd, RemovedReport, SymbolNames, Useless};
use crate::finding::{Context, Verdict};
use crate::gap::{Gap, Stage};
use crate::history::attribution::{self, By, Walk};
use crate::history::changes::Renames;
use crate::history::ledger::{self, DefinitionLedger, Depth, FileLedger, Ledger, Place};
use crate::history::{self, Endpoint, Git, Naming, Range, RangeRequest};
use crate::language::{find_followed, find_language};
use crate::policy::{self, Policy};
use crate::progress::Progress;
use crate::project::{self, ChangedFile, Project, Symbol};
use crate::source::SourceSet;
use crate::span::RepoPath;
use crate::workspace::{Selection, Snapshot};
use std::ffi::OsString;
use std::path::PathBuf;

/// What to count, and how.
pub struct RemovedOptions {
    pub repo: PathBuf,
    pub policy: PolicyChoice,
    pub cache: Cache,
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

/// Makes the ledger of a range: how many lines it removed, what they were, and whose.
pub fn removed(options: &RemovedOptions, progress: &dyn Progress) -> Result<RemovedReport, Error> {
    let git = Git::open(&options.repo, git_settings(options.search_path.as_ref()))?;
    let range = Range::resolve(&git, &options.request)?;
    let policy = policy_at(&git, &range.head, &options.policy)?;
    removed_with(&git, &range, policy, options, None, progress)
}

/// The ledger of a range that is resolved, by a policy that is loaded. `sides` are the projects of base and head, where
/// they are made already.
pub(super) fn removed_with(
    git: &Git,
    range: &Range,
    policy: Policy,
    options: &RemovedOptions,
    sides: Option<[&Project<'_>; 2]>,
    progress: &dyn Progress,
) -> Result<RemovedReport, Error> {
    let paths = removed_paths(git.prefix(), &options.paths)?;
    progress.stage("comparing files", 0);
    let mut ledger = ledger::load(git, range, options.renames, &paths, Depth::Definitions)?;
    let attribution = match options.by {
        Some(by) => Some(attribution::load(git, range, options.renames, &paths, by, options.walk)?),
        None => None,
    };
    let mut gaps = std::mem::take(&mut ledger.gaps);
    gaps.extend(attribution.iter().flat_map(|attribution| attribution.gaps.iter().cloned()));
    gaps.sort();
    gaps.dedup();
    let is_complete = gaps.iter().all(|gap| gap.stage != Stage::History);
    let aftermath = match sides {
        _ if options.lines_only || is_blind(&ledger) => None,
        Some(sides) => Some(aftermath(sides, &ledger, &policy, &mut gaps, progress)),
        None => Some(aftermath_of(options, range, &ledger, &policy, &mut gaps, progress)?),
    };
    Ok(RemovedReport {
        verdict: if is_complete { Verdict::Pass } else { Verdict::Incomplete },
        aftermath,
        base: range_end(&range.base),
        head: range_end(&range.head),
        renames: options.renames,
        symbols: name_definitions(git, range, &ledger, &policy),
        ledger,
        attribution,
        policy: PolicyIdentity { file: policy.file, digest: policy.digest },
        gaps,
    })
}

/// What the change left broken and useless, where a file with meaning differs.
fn aftermath_of(
    options: &RemovedOptions,
    range: &Range,
    ledger: &Ledger,
    policy: &Policy,
    gaps: &mut Vec<Gap>,
    progress: &dyn Progress,
) -> Result<Aftermath, Error> {
    if !ledger.files.iter().any(|file| is_source(&file)) {
        return Ok(Aftermath::default());
    }
    let (before, after) = (snapshot_of(options, &range.base)?, snapshot_of(options, &range.head)?);
    let head_sources = SourceSet::new(&after);
    let base_sources = SourceSet::beside(&before, &head_sources);
    let base = Project::new(&base_sources, included(&before, policy), &policy.project.roots);
    let head = Project::new(&head_sources, included(&after, policy), &policy.project.roots);
    Ok(aftermath([&base, &head], ledger, policy, gaps, progress))
}

fn is_source(file: &&FileLedger) -> bool {
    find_followed(&file.path).is_some()
}

/// Whether definitions went that nobody can look for, so that nothing can be said of references to them.
fn is_blind(ledger: &Ledger) -> bool {
    let is_known = |file: &FileLedger| find_language(&file.path).is_some();
    !ledger.files.iter().any(|file| is_source(&file)) && ledger.files.iter().any(is_known)
}

/// What the change left broken and useless: both trees as projects, and the files that differ. What cannot be read at
/// head may hide a reference, so it joins the gaps.
fn aftermath(
    [base, head]: [&Project<'_>; 2],
    ledger: &Ledger,
    policy: &Policy,
    gaps: &mut Vec<Gap>,
    progress: &dyn Progress,
) -> Aftermath {
    if !ledger.files.iter().any(|file| is_source(&file)) {
        return Aftermath::default();
    }
    let (before, after) = (base.sources.snapshot(), head.sources.snapshot());
    let changed: Vec<ChangedFile> = ledger
        .files
        .iter()
        .filter(is_source)
        .map(|file| ChangedFile { base: before.find(file.base_path()), head: after.find(&file.path) })
        .collect();
    let broken = project::broken(base, head, &changed, progress)
        .into_iter()
        .map(|dangling| BrokenReference {
            guard: dangling.guard(),
            breaks_module: dangling.breaks_module(),
            symbol: dangling.symbol.to_string(),
            reference: reference_report(dangling.reference, policy),
        })
        .collect();
    let is_production = |path: &RepoPath| policy.context_of(path) != Context::Tests;
    let useless = project::orphans(base, head, &changed, &is_production, progress)
        .into_iter()
        .map(|orphan| Useless {
            kind: orphan.kind,
            symbol: orphan.symbol.to_string(),
            context: policy.context_of(&orphan.location.path),
            location: orphan.location,
        })
        .collect();
    gaps.extend(included_gaps(head.sources, policy));
    gaps.sort();
    gaps.dedup();
    Aftermath { broken, useless }
}

/// The tree of one end of a range, as a snapshot.
pub(super) fn snapshot_of(options: &RemovedOptions, end: &Endpoint) -> Result<Snapshot, Error> {
    let selection = match end {
        Endpoint::Empty => return Ok(Snapshot::in_memory([])),
        Endpoint::Commit { commit, .. } => Selection::Revision(commit.to_string()),
        Endpoint::Tree(tree) => Selection::Revision(tree.to_string()),
        Endpoint::Index(None) => Selection::Index,
        Endpoint::Index(Some(file)) => Selection::IndexFile(file.clone()),
        Endpoint::WorkTree => Selection::WorkTree,
    };
    Ok(Snapshot::open(&options.repo, &selection)?.with_cache(options.cache.clone()))
}

fn range_end(end: &Endpoint) -> RangeEnd {
    RangeEnd { name: end.name(), tree: end.tree().map(|tree| tree.to_string()) }
}

/// The policy given, or the nearest one at the range's head, or the built-in packs.
fn policy_at(git: &Git, head: &Endpoint, choice: &PolicyChoice) -> Result<Policy, Error> {
    let repository = git.local();
    let read = |path: &str| match history::find(&repository, head, path) {
        Some(bytes) => String::from_utf8(bytes).map(Some).map_err(|error| error.to_string()),
        None => Ok(None),
    };
    chosen(choice, || Policy::discover(git.prefix(), &read))
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
    // the order of the policy's rules decides, not that of the owners
    let named = owners.iter().filter_map(|owner| policy.legacy_rule_of(&owner.module, owner.name.as_deref()));
    let position = |rule: &&policy::Rule| policy.rules.iter().position(|it| it.id == rule.id);
    named.min_by_key(position).map(|rule| rule.id.0.clone())
}
