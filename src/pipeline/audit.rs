//! `solely audit`: everything together, and the verdict on closing an issue.

use super::check::judge_project;
use super::duplicates::compare_project;
use super::nearby::Nearby;
use super::removed::snapshot_of;
use super::{Error, PolicyChoice, RemovedOptions, included, included_gaps, removed, standing};
use crate::cache::Cache;
use crate::checks::{self, Scope};
use crate::claims::{self, BrokenUse, Case};
use crate::evidence::{
    Assertion, AuditArguments, AuditItem, AuditReport, CheckReport, Document, DocumentKind, DuplicateChange,
    DuplicatesReport, Group, JudgedClaim, MeasuredExpectation, OutsideReport, PolicyEvidence, Recommendation,
    RemovedReport, Standing, Status, UnreadSentence,
};
use crate::finding::{Context, Severity, Verdict};
use crate::gap::{Gap, Stage};
use crate::history::attribution::{By, Walk};
use crate::history::changes::Renames;
use crate::history::departure::Sought;
use crate::history::ledger::{self, Depth, Place};
use crate::history::{Fate, Git, Range, RangeRequest, message};
use crate::outside::{self, Moment};
use crate::policy::{Measure, Policy, SymbolPattern, read_anywhere};
use crate::progress::Progress;
use crate::project::{Project, Symbol, Target, trace};
use crate::source::SourceSet;
use crate::span::LineRange;
use crate::words::counted;
use crate::workspace::Snapshot;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What to audit.
pub struct AuditOptions {
    pub repo: PathBuf,
    /// The policy: given as texts, or found at head.
    pub policy: PolicySource,
    pub request: RangeRequest,
    pub documents: Vec<Document>,
    pub arguments: AuditArguments,
    /// Gives the files that an `[[evidence]]` path means.
    pub outside: Box<outside::ReadFiles<'static>>,
    pub cache: Cache,
    /// Where `git` is looked for; `None` is the system's usual folders.
    pub search_path: Option<OsString>,
}

/// Where the policy comes from.
pub enum PolicySource {
    /// Found at the root of head, or the built-in packs.
    Head,
    /// A file on disk.
    File(PathBuf),
    /// The files of a bundle, the first being the policy itself.
    Given(Vec<(String, String)>),
}

/// Audits a range.
pub fn audit(options: &AuditOptions, progress: &dyn Progress) -> Result<AuditReport, Error> {
    let git = Git::open(&options.repo, super::git_settings(options.search_path.as_ref()))?;
    let range = Range::resolve(&git, &options.request)?;
    let seconds = message::head_seconds(&git, &range)?;
    let counted = removed_options(options);
    let (before, after) = (snapshot_of(&counted, &range.base)?, snapshot_of(&counted, &range.head)?);
    let (policy, policy_evidence) = policy_of(&after, &options.policy)?;
    let today = jiff::Timestamp::from_second(seconds)
        .map(|time| time.to_zoned(jiff::tz::TimeZone::UTC).date())
        .unwrap_or(jiff::civil::Date::MAX);

    let mut documents = options.documents.clone();
    if options.arguments.commit_messages {
        documents.extend(message::messages(&git, &range)?.into_iter().map(|message| Document {
            name: format!("commit {}", message.commit),
            text: message.text,
            kind: DocumentKind::Message { commit: message.commit },
        }));
    }
    let (mut said, mut unread) = (Vec::new(), Vec::new());
    for document in &documents {
        let read = claims::read(document).map_err(|errors| {
            let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Error::Other {
                message: format!("a claim is not valid: {}", texts.join("; ")),
                help: Some("the keys of exact claims are listed by `solely help audit`".into()),
            }
        })?;
        said.extend(read.claims);
        unread.extend(read.unread);
    }

    // every step asks the same two projects, so that each blob is parsed once
    let head_sources = SourceSet::new(&after);
    let base_sources = SourceSet::beside(&before, &head_sources);
    let base = Project::new(&base_sources, included(&before, &policy), &policy.project.roots);
    let head = Project::new(&head_sources, included(&after, &policy), &policy.project.roots);
    let mut at_base = judge_project(&base, &policy, Scope::default(), today, progress);
    let mut at_head = judge_project(&head, &policy, Scope::default(), today, progress);
    let removal = removed::removed_with(&git, &range, policy.clone(), &counted, Some([&base, &head]), progress)?;
    let unpaired = ledger::load(&git, &range, Renames::Off, &[], Depth::Lines)?;
    let search =
        checks::duplicates::Options { kinds: Vec::new(), min_lines: MIN_LINES, tests: false, traced: Some(TRACED) };
    let untraced = checks::duplicates::Options { traced: Some(0), ..search.clone() };
    let twice_before = compare_project(&base, &policy, &untraced, progress);
    let twice = compare_project(&head, &policy, &search, progress);

    let outside: Vec<OutsideReport> = policy
        .evidence
        .iter()
        .map(|rule| {
            let places = |pattern: &SymbolPattern| places(&head, pattern, progress);
            let commit = removal.head.name.clone();
            outside::judge(rule, &Moment { commit: &commit, seconds, places: &places }, &*options.outside)
        })
        .collect();

    let broken = broken(&removal);
    let symbols: Vec<(String, Option<String>)> =
        removal.symbols.iter().map(|names| (names.symbol.clone(), names.head_symbol.clone())).collect();
    let nearby = Nearby::new(&git, &range);
    let near = || nearby.commits();
    let departed = |sought: &Sought<'_>| nearby.departed(sought);
    let case = Case {
        policy: &policy,
        base: &base,
        head: &head,
        ledger: &removal.ledger,
        unpaired: &unpaired,
        symbols: &symbols,
        rules: &at_head.rules,
        findings: &at_head.findings,
        duplicates: &twice.groups,
        bounds: &twice.bounds,
        broken: &broken,
        outside: &outside,
        near: &near,
        departed: &departed,
        progress,
    };
    let judged = claims::judge(&case, said);

    let mut gaps: Vec<Gap> = removal.gaps.clone();
    gaps.extend(at_head.gaps.iter().chain(&at_base.gaps).chain(&twice.gaps).cloned());
    gaps.extend(included_gaps(&head_sources, &policy));
    gaps.sort();
    gaps.dedup();
    let expectations = expectations(&policy, &removal, &at_base, &at_head);
    let unmentioned = unmentioned(&judged, &removal);
    let limits = limits(&documents, &unread);
    let sides = [&base_sources, &head_sources];
    let standing = standing::set_aside(&policy, &removal, sides, &mut at_base, &mut at_head);
    let (blocking, mut open) = items(&at_head, &standing, &removal, &outside, &expectations, &judged, &documents);
    if is_general(&policy) {
        let message = "no policy says what had to go, so nothing shows that it is gone".to_owned();
        open.insert(0, AuditItem { kind: "no-policy", message, places: Vec::new() });
    }
    let verdict = match (blocking.is_empty(), open.is_empty()) {
        (false, _) => Verdict::Fail,
        (true, false) => Verdict::Incomplete,
        (true, true) => Verdict::Pass,
    };
    Ok(AuditReport {
        verdict,
        recommendation: Recommendation::of(verdict),
        blocking,
        open,
        arguments: options.arguments.clone(),
        policy: policy_evidence,
        duplicates: change(&removal, twice_before, twice),
        at_base,
        at_head,
        standing,
        removed: removal,
        outside,
        expectations,
        documents,
        claims: judged,
        unread,
        unmentioned,
        gaps,
        limits,
    })
}

/// Lines that a clone has at least, as in `solely duplicates`.
const MIN_LINES: u32 = 6;

/// Groups whose copies get their references counted.
const TRACED: usize = 50;

/// How the ledger of an audit is made: whole, with the numbers of every commit.
fn removed_options(options: &AuditOptions) -> RemovedOptions {
    RemovedOptions {
        repo: options.repo.clone(),
        policy: PolicyChoice::default(),
        request: options.request.clone(),
        paths: Vec::new(),
        renames: Renames::default(),
        by: Some(By::Commit),
        walk: Walk::EveryCommit,
        lines_only: false,
        cache: options.cache.clone(),
        search_path: options.search_path.clone(),
    }
}

/// Where a symbol stands in a tree.
fn places(head: &Project<'_>, pattern: &SymbolPattern, progress: &dyn Progress) -> Vec<(String, LineRange)> {
    let symbol = Symbol { module: pattern.module.clone(), name: pattern.name.clone() };
    let traces = trace(head, &[Target::Symbol(symbol)], progress);
    let sites = traces.into_iter().flat_map(|trace| trace.definitions);
    sites.map(|site| (site.location.path.to_string(), site.lines)).collect()
}

fn broken(removal: &RemovedReport) -> Vec<BrokenUse> {
    let broken = removal.aftermath.iter().flat_map(|aftermath| &aftermath.broken);
    broken
        .map(|broken| BrokenUse {
            symbol: broken.symbol.clone(),
            location: broken.reference.location.clone(),
            context: broken.reference.context,
            is_import: broken.reference.kind == crate::facts::ReferenceKind::Import,
        })
        .collect()
}

/// Standing groups and fresh ones: a group of head is fresh unless one group of base had all of its copies.
fn change(removal: &RemovedReport, before: DuplicatesReport, after: DuplicatesReport) -> DuplicateChange {
    let copies =
        |group: &Group| group.instances.iter().map(|it| (it.path.clone(), it.symbol.clone())).collect::<BTreeSet<_>>();
    let standing: Vec<BTreeSet<_>> = before.groups.iter().map(copies).collect();
    let mut by_copy: std::collections::BTreeMap<_, Vec<usize>> = Default::default();
    for (at, group) in standing.iter().enumerate() {
        for copy in group {
            by_copy.entry(copy.clone()).or_default().push(at);
        }
    }
    let folders: BTreeSet<&str> = removal.ledger.files.iter().map(|file| file.path.folder()).collect();
    let mut result = DuplicateChange {
        at_base: before.groups.len() as u64,
        at_head: after.groups.len() as u64,
        bounds: after.bounds,
        ..DuplicateChange::default()
    };
    for group in after.groups {
        let own = copies(&group);
        let candidates = own.first().and_then(|copy| by_copy.get(copy)).map_or(&[][..], Vec::as_slice);
        let is_standing = candidates.iter().any(|&at| own.is_subset(&standing[at]));
        if !is_standing {
            result.fresh.push(group);
        } else if group.instances.iter().any(|it| folders.contains(it.path.folder())) {
            result.beside.push(group);
        }
    }
    result
}

fn expectations(
    policy: &Policy,
    removal: &RemovedReport,
    at_base: &CheckReport,
    at_head: &CheckReport,
) -> Vec<MeasuredExpectation> {
    let headline = removal.headline();
    let defined = |report: &CheckReport| -> BTreeSet<String> {
        let symbols = report.rules.iter().filter(|rule| rule.kind == "legacy").flat_map(|rule| &rule.symbols);
        symbols.filter(|it| !it.definitions.is_empty()).map(|it| it.symbol.clone()).collect()
    };
    let measure = |measure: Measure| match measure {
        Measure::NetLines => headline.net,
        Measure::DeletedLines => headline.deleted as i64,
        Measure::NetCodeLines => headline.net_code,
        Measure::RemovedDefinitions => headline.removed_definitions as i64,
        Measure::Reintroduced => defined(at_head).difference(&defined(at_base)).count() as i64,
        Measure::Broken => headline.broken_in_production.unwrap_or(0) as i64,
    };
    let measured = policy.expectations.iter().map(|expectation| {
        let measured = measure(expectation.measure);
        MeasuredExpectation { expectation: expectation.clone(), measured, holds: expectation.bound.holds(measured) }
    });
    measured.collect()
}

/// Removed definitions that no claim names, where some claim says what was removed.
fn unmentioned(judged: &[JudgedClaim], removal: &RemovedReport) -> Vec<String> {
    let names: Vec<&claims::Name> = judged.iter().flat_map(|it| it.claim.assertion.names()).collect();
    let says_what = judged
        .iter()
        .any(|it| matches!(it.claim.assertion, Assertion::Removed { .. } | Assertion::Absent(_) | Assertion::Gone(_)));
    if !says_what {
        return Vec::new();
    }
    let meant: Vec<&str> = judged.iter().flat_map(|it| &it.meant).map(String::as_str).collect();
    let is_named = |symbol: &str| {
        meant.contains(&symbol) || names.iter().any(|name| symbol.rsplit([':', '.']).next() == Some(name.last()))
    };
    let rows = removal.ledger.definitions.iter().zip(&removal.symbols);
    // and what goes with its file
    let goes_with_file = |path: &str| {
        let is_it = |name: &&claims::Name| {
            let said = name.text.trim_start_matches("./");
            path == said || path.strip_suffix(said).is_some_and(|rest| rest.ends_with('/'))
        };
        names.iter().any(is_it)
    };
    let is_of_a_file = |place: Option<&Place>| place.is_some_and(|place| goes_with_file(place.path.as_str()));
    let removed: Vec<&str> = rows
        .filter(|(definition, _)| definition.fate == Fate::Removed)
        .filter(|(definition, _)| !is_of_a_file(definition.base.as_ref()))
        .map(|(_, names)| names.symbol.as_str())
        .collect();
    // what goes with its class or its function is said with it
    let is_inner = |symbol: &str| {
        removed.iter().any(|outer| symbol.strip_prefix(*outer).is_some_and(|rest| rest.starts_with('.')))
    };
    let plain = removed.iter().filter(|symbol| !is_named(symbol) && !is_inner(symbol));
    plain.map(|symbol| (*symbol).to_owned()).collect()
}

/// Whether every rule is a built-in one.
fn is_general(policy: &Policy) -> bool {
    policy.rules.iter().all(|rule| policy.is_general(&rule.id))
}

/// What blocks, and what is open.
fn items(
    at_head: &CheckReport,
    standing: &[Standing],
    removal: &RemovedReport,
    outside: &[OutsideReport],
    expectations: &[MeasuredExpectation],
    judged: &[JudgedClaim],
    documents: &[Document],
) -> (Vec<AuditItem>, Vec<AuditItem>) {
    let (mut blocking, mut open) = (Vec::new(), Vec::new());
    for rule in &at_head.rules {
        let places = at_head.findings.iter().filter(|it| it.rule.0 == rule.id && it.severity <= Severity::Warning);
        let item = AuditItem {
            kind: "rule",
            message: format!("rule `{}` {}: {}", rule.id, verb(rule.verdict), rule.conclusion),
            places: places.take(PLACES).map(|finding| finding.location.clone()).collect(),
        };
        match rule.verdict {
            Verdict::Pass => {}
            Verdict::Fail if standing.iter().any(|it| it.rule == rule.id && it.stood_before) => {}
            Verdict::Fail => blocking.push(item),
            Verdict::Incomplete => open.push(item),
        }
    }
    for finding in at_head.findings.iter().filter(|finding| finding.kind == UNWIRED) {
        let item =
            AuditItem { kind: "unwired", message: finding.message.clone(), places: vec![finding.location.clone()] };
        match finding.severity {
            Severity::Error | Severity::Warning => blocking.push(item),
            Severity::Note => open.push(item),
        }
    }
    for warning in at_head.warnings.iter().filter(|_| at_head.counts.discovered == 0) {
        open.push(AuditItem { kind: "rule", message: warning.message.clone(), places: Vec::new() });
    }
    let broken = removal.aftermath.iter().flat_map(|it| &it.broken);
    let production: Vec<_> = broken.filter(|it| it.reference.context != Context::Tests).collect();
    if !production.is_empty() {
        blocking.push(AuditItem {
            kind: "broken",
            message: format!("the change leaves {} references in production dangling", production.len()),
            places: production.iter().take(PLACES).map(|it| it.reference.location.clone()).collect(),
        });
    }
    for gap in removal.gaps.iter().filter(|gap| gap.stage == Stage::History) {
        let place = if gap.path.as_str().is_empty() { String::new() } else { format!("`{}`: ", gap.path) };
        open.push(AuditItem { kind: "history", message: format!("{place}{}", gap.reason), places: Vec::new() });
    }
    for measured in expectations.iter().filter(|it| !it.holds) {
        let MeasuredExpectation { expectation, measured, .. } = measured;
        let message =
            format!("`{}` is {measured}, and the policy expects {}", expectation.measure.name(), expectation.bound);
        blocking.push(AuditItem { kind: "expectation", message, places: Vec::new() });
    }
    for report in outside {
        for check in report.checks.iter().filter(|check| check.verdict != Verdict::Pass) {
            let message = format!("{} `{}` {}: {}", report.kind, report.path, check.what, check.detail);
            let item = AuditItem { kind: "evidence", message, places: Vec::new() };
            if check.verdict == Verdict::Fail { blocking.push(item) } else { open.push(item) }
        }
    }
    if judged.is_empty() {
        let message = match documents.is_empty() {
            true => "no claim was given, and what nobody says cannot be held against the facts",
            false => "no claim was found in what was given",
        };
        open.push(AuditItem { kind: "no-claims", message: message.into(), places: Vec::new() });
    }
    for judged in judged {
        let source = &judged.claim.source;
        let message = format!("{source}: \"{}\": {}", judged.claim.text, judged.because);
        let item = AuditItem { kind: "claim", message, places: judged.places.clone() };
        match judged.status {
            Status::Verified => {}
            Status::Refuted => blocking.push(item),
            Status::Unprovable => open.push(item),
        }
    }
    (blocking, open)
}

/// Places that an item carries at most.
const PLACES: usize = 12;

/// The kind of finding that says that no production entry point reaches a successor.
const UNWIRED: &str = "successor-not-wired";

fn verb(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "holds",
        Verdict::Fail => "fails",
        Verdict::Incomplete => "is incomplete",
    }
}

fn limits(documents: &[Document], unread: &[UnreadSentence]) -> Vec<String> {
    let mut limits = vec![
        "Python and Rust are read by their meaning; other files are searched as text".to_owned(),
        "nothing was run: what a program does is known only from the evidence given".to_owned(),
        "a sentence is judged as far as its pattern goes; adjectives such as \"unused\" are named where they were not judged".to_owned(),
    ];
    if !unread.is_empty() {
        let (sentences, documents) = (unread.len() as u64, documents.len() as u64);
        let verb = if sentences == 1 { "looks like a claim and was" } else { "look like claims and were" };
        limits.push(format!(
            "{} of {} {verb} not understood",
            counted(sentences, "sentence"),
            counted(documents, "document")
        ));
    }
    limits
}

impl PolicyEvidence {
    fn new(policy: &Policy, origin: &'static str, texts: Vec<(String, String)>) -> Self {
        let identity = crate::evidence::PolicyIdentity { file: policy.file.clone(), digest: policy.digest.clone() };
        Self { identity, origin, texts }
    }
}

/// The policy of an audit, with every text that was read for it.
fn policy_of(after: &Snapshot, source: &PolicySource) -> Result<(Policy, PolicyEvidence), Error> {
    let noted: RefCell<Vec<(String, String)>> = RefCell::default();
    let note = |path: &str, found: Result<Option<String>, String>| {
        if let Ok(Some(text)) = &found
            && noted.borrow().iter().all(|(name, _)| name != path)
        {
            noted.borrow_mut().push((path.to_owned(), text.clone()));
        }
        found
    };
    let (policy, origin) = match source {
        PolicySource::Head => {
            let read = |path: &str| note(path, super::read_from(after, path));
            match Policy::discover("", &read).map_err(Error::Policy)? {
                Some(policy) => (policy, "repository"),
                None => (Policy::builtin(), "builtin"),
            }
        }
        PolicySource::File(file) => {
            let folder = file.parent().unwrap_or(Path::new(""));
            let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            // named from its own folder, so that the record does not know where the folder is
            let read = |path: &str| note(path, read_anywhere(&folder.join(path).to_string_lossy()));
            (Policy::load(&name, &read).map_err(Error::Policy)?, "given")
        }
        PolicySource::Given(texts) => {
            let find = |path: &str| texts.iter().find(|(name, _)| name == path).map(|(_, text)| text.clone());
            let read = |path: &str| note(path, Ok(find(path)));
            let first = texts.first().map_or("solely.toml", |(name, _)| name.as_str());
            (Policy::load(first, &read).map_err(Error::Policy)?, "given")
        }
    };
    super::compile_queries(&policy)?;
    // files that were looked into on the way and hold no policy are no part of it
    let mut texts = noted.into_inner();
    let first = policy.file.as_ref().and_then(|file| texts.iter().position(|(name, _)| name == file));
    texts.drain(..first.unwrap_or(texts.len()));
    let evidence = PolicyEvidence::new(&policy, origin, texts);
    Ok((policy, evidence))
}
