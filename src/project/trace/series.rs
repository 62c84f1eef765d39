//! Traces of targets over successive trees: numbers alone, and only what a tree changes is worked out.
//!
//! What a file says about a target is worked out again when the file changes, when something that it looked at does, or when
//! the target itself means something else (its definitions, its overrides, its other names). A target that appears is
//! searched in the whole tree. Invariant: the numbers are those of [`trace`](super::trace), which a test holds on random
//! histories. Absent on purpose: where references stand, and names that are part of longer ones.

use super::alias::{self, Alias};
use super::{ALIAS_ROUNDS, DefinitionSite, FilePart, Goal, Page, Target, TracedReference, UseAccess, Wanted};
use super::{ask, empty_trace, goal, kept, module_definition, trace_file};
use crate::facts::ReferenceKind;
use crate::finding::Tier;
use crate::project::Project;
use crate::project::resolve::Resolver;
use crate::project::series::{Made, Series, Step, make};
use crate::source::{Absence, Needles};
use crate::span::{Location, Position, RepoPath};
use crate::workspace::EntryId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// What there is of one target in one tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// From the name of each definition to the last line of its body, sorted.
    pub definitions: Vec<Location>,
    pub references: BTreeMap<Tier, u64>,
    /// Files that read it, which only flags tell.
    pub read_in: BTreeSet<RepoPath>,
    /// Files in which an occurrence could not be understood.
    pub unseen: BTreeSet<RepoPath>,
}

/// References that a caller does not count.
pub type LeftOut<'a> = dyn Fn(EntryId, &TracedReference) -> bool + Sync + 'a;

/// The traces of the trees so far.
#[derive(Default)]
pub struct TraceSeries {
    ids: FxHashMap<Target, TargetId>,
    /// What each target meant in the last tree.
    meanings: FxHashMap<TargetId, String>,
    parts: Series<Vec<(TargetId, Part)>>,
    jobs: BTreeMap<Job, Series<Found>>,
}

type TargetId = u32;

/// What one file says about one target.
struct Part {
    definitions: Vec<Location>,
    references: Vec<Reference>,
    aliases: BTreeSet<Alias>,
    is_unseen: bool,
}

/// A reference as far as it counts.
#[derive(Clone, Copy)]
struct Reference {
    start: Position,
    end_line: u32,
    kind: ReferenceKind,
    tier: Tier,
    is_read: bool,
    is_left_out: bool,
}

/// A search for a target under another name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Job {
    target: TargetId,
    name: String,
    /// Names of which a file must hold one; empty where any file counts.
    companions: Vec<String>,
}

/// What one file gives a search.
struct Found {
    references: Vec<Reference>,
    further: BTreeSet<Alias>,
}

/// The tree of one step, and what is asked of it.
struct Asked<'a, 's> {
    project: &'a Project<'s>,
    step: &'a Step,
    goals: Vec<Goal>,
    /// By the index of a goal.
    ids: Vec<TargetId>,
    is_left_out: &'a LeftOut<'a>,
}

impl TraceSeries {
    /// Counts the targets, which are sorted and unique, in the next tree.
    pub fn next(
        &mut self,
        project: &Project<'_>,
        step: &Step,
        targets: &[Target],
        is_left_out: &LeftOut<'_>,
    ) -> Vec<Standing> {
        let goals: Vec<Goal> = targets.iter().map(|target| goal(project, target)).collect();
        let ids = targets.iter().map(|target| self.id(target)).collect();
        let asked = Asked { project, step, goals, ids, is_left_out };
        let fresh = self.settle(&asked);
        let stale = self.parts.stale(project, step);
        let all: Vec<usize> = (0..asked.goals.len()).collect();
        self.look(&asked, &all, &stale, false);
        if !fresh.is_empty() && !step.is_first {
            let stale: FxHashSet<EntryId> = stale.into_iter().collect();
            let others: Vec<EntryId> = project.ids.iter().copied().filter(|id| !stale.contains(id)).collect();
            self.look(&asked, &fresh, &others, true);
        }
        let renamed = self.follow(&asked);
        self.count(&asked, renamed)
    }

    fn id(&mut self, target: &Target) -> TargetId {
        let next = self.ids.len() as TargetId;
        *self.ids.entry(target.clone()).or_insert(next)
    }

    /// Forgets what was known of targets that are no longer asked for or mean something else, and returns the goals of
    /// which nothing is known.
    fn settle(&mut self, asked: &Asked<'_, '_>) -> Vec<usize> {
        let meaning = |at: usize| meaning(asked.project, &asked.goals[at]);
        let now: FxHashMap<TargetId, String> =
            asked.ids.iter().enumerate().map(|(at, &id)| (id, meaning(at))).collect();
        let is_same = |id: &TargetId| !asked.step.is_first && self.meanings.get(id) == now.get(id);
        let fresh = (0..asked.ids.len()).filter(|&at| !is_same(&asked.ids[at])).collect();
        let kept: FxHashSet<TargetId> = asked.ids.iter().copied().filter(is_same).collect();
        if kept.len() < self.meanings.len() {
            self.parts.results_mut().for_each(|parts| parts.retain(|(id, _)| kept.contains(id)));
            self.jobs.retain(|job, _| kept.contains(&job.target));
        }
        self.meanings = now;
        fresh
    }

    /// Looks for some goals in some files.
    fn look(&mut self, asked: &Asked<'_, '_>, goals: &[usize], files: &[EntryId], is_whole_tree: bool) {
        if goals.is_empty() || files.is_empty() {
            return;
        }
        let project = asked.project;
        let (wanted, pairs): (Wanted, _) = ask(project, &asked.goals, goals.iter().copied());
        let needles = Needles::with_companions(pairs);
        let is_whole_tree = is_whole_tree || asked.step.is_first;
        let absence = if is_whole_tree { project.sources.absence_of(&needles) } else { Absence::none() };
        let made = make(files, |id| {
            let file = project.sources.search_file(id, &needles, &absence)?;
            let parts = trace_file(project, &asked.goals, &needles, &wanted, &file);
            Some(parts.into_iter().map(|part| (asked.ids[part.goal], asked.part(part))).collect())
        });
        absence.keep();
        self.parts.add(project, made, |parts, more: Vec<(TargetId, Part)>| parts.extend(more));
    }

    /// Follows the other names of the goals, and returns what is found under them, by file and goal, in the order of the
    /// rounds.
    fn follow(&mut self, asked: &Asked<'_, '_>) -> BTreeMap<RepoPath, Vec<(usize, Vec<Reference>)>> {
        let index: FxHashMap<TargetId, usize> = asked.ids.iter().enumerate().map(|(at, &id)| (id, at)).collect();
        let mut aliases: BTreeSet<(Alias, usize)> = BTreeSet::new();
        for (id, part) in self.parts.results().flat_map(|(_, parts)| parts) {
            aliases.extend(part.aliases.iter().map(|alias| (alias.clone(), index[id])));
        }
        let mut renamed: BTreeMap<RepoPath, Vec<(usize, Vec<Reference>)>> = BTreeMap::new();
        let (mut known, mut done) = (BTreeSet::new(), BTreeSet::new());
        for _ in 0..ALIAS_ROUNDS {
            aliases.retain(|alias| !known.contains(alias));
            if aliases.is_empty() {
                break;
            }
            known.extend(aliases.iter().cloned());
            let jobs = jobs_of(asked, &aliases);
            self.search(asked, &jobs, &mut done, &index);
            aliases = BTreeSet::new();
            for job in &jobs {
                let goal = index[&job.target];
                for (path, found) in self.jobs.get(job).into_iter().flat_map(Series::results) {
                    renamed.entry(path.clone()).or_default().push((goal, found.references.clone()));
                    aliases.extend(found.further.iter().map(|alias| (alias.clone(), goal)));
                }
            }
        }
        self.jobs.retain(|job, _| done.contains(job));
        renamed
    }

    /// Brings searches up to this tree: known ones in the files that are stale, others in all.
    fn search(
        &mut self,
        asked: &Asked<'_, '_>,
        jobs: &BTreeSet<Job>,
        done: &mut BTreeSet<Job>,
        index: &FxHashMap<TargetId, usize>,
    ) {
        let project = asked.project;
        let open: Vec<&Job> = jobs.iter().filter(|job| !done.contains(*job)).collect();
        let is_source = |id: &EntryId| project.sources.language(*id).is_some();
        let mut files: BTreeMap<EntryId, Vec<usize>> = BTreeMap::new();
        for (at, job) in open.iter().enumerate() {
            let stale = match self.jobs.get_mut(*job) {
                Some(series) => series.stale(project, asked.step),
                None => project.ids.clone(),
            };
            stale.into_iter().filter(is_source).for_each(|id| files.entry(id).or_default().push(at));
        }
        let pair = |job: &&Job| match job.companions.is_empty() {
            true => vec![(job.name.clone(), None)],
            false => job.companions.iter().map(|it| (job.name.clone(), Some(it.clone()))).collect(),
        };
        let needles = Needles::with_companions(open.iter().flat_map(pair));
        let ids: Vec<EntryId> = files.keys().copied().collect();
        let is_whole_tree = ids.len() * 2 > project.ids.len();
        let absence = if is_whole_tree { project.sources.absence_of(&needles) } else { Absence::none() };
        let made = make(&ids, |id| {
            let file = project.sources.search_file(id, &needles, &absence)?;
            let facts = file.holds_a_name().then(|| project.sources.facts_in(&file))??;
            let page = Page::new(project, &file, Some(&facts));
            let mut resolver = Resolver::new(project);
            let held: FxHashSet<&str> =
                file.hits.iter().filter(|hit| hit.is_bounded).map(|hit| needles.names()[hit.needle].as_str()).collect();
            let mut found = Vec::new();
            for &at in files[&id].iter().filter(|&&at| held.contains(open[at].name.as_str())) {
                let goal = &asked.goals[index[&open[at].target]];
                let (references, further) = alias::found_as(&mut resolver, &page, &facts, &open[at].name, goal);
                let references = references.iter().map(|it| asked.reference(it)).collect();
                found.push((at, Found { references, further }));
            }
            Some(found)
        });
        absence.keep();
        let mut by_job: BTreeMap<usize, Vec<Made<Found>>> = BTreeMap::new();
        for (id, found, seen) in made {
            for (at, found) in found {
                by_job.entry(at).or_default().push((id, found, seen.clone()));
            }
        }
        for (at, job) in open.into_iter().enumerate() {
            let series = self.jobs.entry(job.clone()).or_default();
            series.add(project, by_job.remove(&at).unwrap_or_default(), |found, now| *found = now);
            done.insert(job.clone());
        }
    }

    /// Adds everything up, in the order of the goals.
    fn count(
        &self,
        asked: &Asked<'_, '_>,
        mut renamed: BTreeMap<RepoPath, Vec<(usize, Vec<Reference>)>>,
    ) -> Vec<Standing> {
        let index: FxHashMap<TargetId, usize> = asked.ids.iter().enumerate().map(|(at, &id)| (id, at)).collect();
        let mut standing = vec![Standing::default(); asked.goals.len()];
        for (path, parts) in self.parts.results() {
            let mut under_other_names: BTreeMap<usize, Vec<Reference>> = BTreeMap::new();
            for (goal, references) in renamed.remove(path).into_iter().flatten() {
                under_other_names.entry(goal).or_default().extend(references);
            }
            for (id, part) in parts {
                let goal = index[id];
                let own = &mut standing[goal];
                own.definitions.extend(part.definitions.iter().cloned());
                if part.is_unseen {
                    own.unseen.insert(path.clone());
                }
                match under_other_names.remove(&goal) {
                    Some(more) => own.add(path, part.references.iter().copied().chain(more).collect()),
                    None => own.add(path, part.references.clone()),
                }
            }
            under_other_names.into_iter().for_each(|(goal, references)| standing[goal].add(path, references));
        }
        for (path, found) in renamed {
            let mut by_goal: BTreeMap<usize, Vec<Reference>> = BTreeMap::new();
            found.into_iter().for_each(|(goal, more)| by_goal.entry(goal).or_default().extend(more));
            by_goal.into_iter().for_each(|(goal, references)| standing[goal].add(&path, references));
        }
        for (own, goal) in standing.iter_mut().zip(&asked.goals) {
            let mut trace = empty_trace(goal);
            module_definition(asked.project, goal, &mut trace);
            own.definitions.extend(trace.definitions.iter().map(DefinitionSite::whole));
            own.definitions.sort();
        }
        standing
    }
}

impl Standing {
    /// Adds the references of one file; of several at one place the first counts.
    fn add(&mut self, path: &RepoPath, mut references: Vec<Reference>) {
        references.sort_by_key(Reference::place);
        references.dedup_by_key(|it| it.place());
        for reference in references.iter().filter(|it| !it.is_left_out) {
            *self.references.entry(reference.tier).or_default() += 1;
            if reference.is_read {
                self.read_in.insert(path.clone());
            }
        }
    }
}

impl Reference {
    fn place(&self) -> (Position, u32, ReferenceKind) {
        (self.start, self.end_line, self.kind)
    }
}

impl Asked<'_, '_> {
    fn part(&self, part: FilePart) -> Part {
        Part {
            definitions: part.definitions.iter().map(DefinitionSite::whole).collect(),
            references: part.references.iter().map(|it| self.reference(it)).collect(),
            aliases: part.aliases,
            is_unseen: part.occurrences.unseen > 0,
        }
    }

    fn reference(&self, it: &TracedReference) -> Reference {
        Reference {
            start: it.location.start,
            end_line: it.location.end_line,
            kind: it.kind,
            tier: it.tier,
            is_read: it.access == Some(UseAccess::Read),
            is_left_out: (self.is_left_out)(it.file, it),
        }
    }
}

/// Everything about a goal that an answer may depend on.
fn meaning(project: &Project<'_>, goal: &Goal) -> String {
    let (wanted, _) = ask(project, std::slice::from_ref(goal), [0]);
    format!("{}{wanted:?}", kept::question(project, std::slice::from_ref(goal)))
}

/// The searches of one round. A name is looked for in the files that any of its askers means, as [`alias::follow`] does.
fn jobs_of(asked: &Asked<'_, '_>, aliases: &BTreeSet<(Alias, usize)>) -> BTreeSet<Job> {
    let mut companions: BTreeMap<&str, BTreeSet<Option<&str>>> = BTreeMap::new();
    for ((name, companion), _) in aliases {
        companions.entry(name).or_default().insert(companion.as_deref());
    }
    let job = |((name, _), goal): &(Alias, usize)| {
        let of_name = &companions[name.as_str()];
        let companions = match of_name.contains(&None) {
            true => Vec::new(),
            false => of_name.iter().flatten().map(|it| (*it).to_owned()).collect(),
        };
        Job { target: asked.ids[*goal], name: name.clone(), companions }
    };
    aliases.iter().map(job).collect()
}
