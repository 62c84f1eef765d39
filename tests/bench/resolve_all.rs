//! What it costs to link and to resolve a whole tree, beside the floor: ruff's parser over the same files, on all cores.
//!
//! `resolve-all FOLDER [TURNS]` parses every Python file of a git work tree and drops the trees, makes the facts of every
//! file, links them into a project, and resolves every reference and every import of every file, as no command does.
//! The steps run in turns; CPU seconds are of the process (Linux), elsewhere those of the clock.

use rayon::prelude::*;
use ruff_python_ast::PySourceType;
use ruff_python_parser::{ParseOptions, parse_unchecked};
use solely::facts::ImportId;
use solely::project::{Entity, Project, Resolver};
use solely::source::SourceSet;
use solely::workspace::{EntryId, Selection, Snapshot};
use std::time::Instant;

/// That of the tool.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What was resolved: references and imports, and those among them that lead somewhere.
#[derive(Clone, Copy, Default)]
struct Count {
    asked: u64,
    known: u64,
}

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().expect("usage: resolve-all FOLDER [TURNS]");
    let turns = arguments.next().and_then(|it| it.to_str()?.parse().ok()).unwrap_or(3);
    let snapshot = Snapshot::open(folder.as_ref(), &Selection::WorkTree).expect("a git work tree");
    let mut ratios = Vec::new();
    for turn in 0..turns {
        let sources = SourceSet::new(&snapshot);
        let python: Vec<EntryId> =
            snapshot.ids().map(|(id, _)| id).filter(|&id| sources.language(id).is_some()).collect();
        let (parse, _) = timed(|| {
            python.par_iter().for_each(|&id| {
                let Some(text) = sources.text(id) else { return };
                drop(parse_unchecked(&text, ParseOptions::from(PySourceType::Python)));
            })
        });
        let (facts, _) = timed(|| {
            python.par_iter().for_each(|&id| drop(sources.facts(id)));
        });
        let (link, project) = timed(|| Project::new(&sources, snapshot.ids().map(|(id, _)| id).collect(), &[]));
        let (resolve, count) = timed(|| python.par_iter().map(|&id| resolve(&project, id)).reduce(Count::default, sum));
        let ratio = (link + resolve) / parse;
        println!(
            "turn {}: {} files; parse {parse:.2} s, facts {facts:.2} s, link {link:.2} s, resolve {resolve:.2} s of {} \
             references ({} known); link and resolve are {ratio:.2} of the parse",
            turn + 1,
            python.len(),
            count.asked,
            count.known,
        );
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median {:.2}", ratios[ratios.len() / 2]);
}

fn resolve(project: &Project<'_>, file: EntryId) -> Count {
    let Some(facts) = project.sources.facts(file) else { return Count::default() };
    let mut resolver = Resolver::new(project);
    let mut count = Count::default();
    let mut add = |is_known: bool| count = sum(count, Count { asked: 1, known: u64::from(is_known) });
    for reference in &facts.references {
        let found = resolver.value(file, reference.value);
        add(found.iter().any(|it| it.entity != Entity::Unknown));
    }
    for index in 0..facts.imports.len() {
        let found = resolver.import(file, &facts, ImportId(index as u32));
        add(found.iter().any(|it| it.entity != Entity::Unknown));
    }
    count
}

fn sum(a: Count, b: Count) -> Count {
    Count { asked: a.asked + b.asked, known: a.known + b.known }
}

/// What a step gives, with its seconds.
fn timed<T>(step: impl FnOnce() -> T) -> (f64, T) {
    let (clock, before) = (Instant::now(), cpu());
    let made = step();
    let seconds = match (before, cpu()) {
        (Some(before), Some(after)) => after - before,
        _ => clock.elapsed().as_secs_f64(),
    };
    (seconds, made)
}

/// User and system seconds of this process so far; a tick is a hundredth.
fn cpu() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}
