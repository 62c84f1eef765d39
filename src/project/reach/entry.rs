//! Entry points: where production begins.
//!
//! They are found in the code (applications of web frameworks, Celery tasks, `__main__` blocks, Django settings), in the
//! metadata of packages (console scripts, plugins), and in files that start programs (Dockerfile, Procfile, compose,
//! shell scripts). A policy that declares its own has these alone. What one file starts is kept between runs; what only the
//! whole tree tells, the modules of a Django application and whether a script is there, is asked each time. Invariant: every
//! entry point has a place that a person can open. Absent on purpose: tests, whatever they start.

use super::Node;
use super::edge::{Steps, external};
use super::launch::{self, Launch};
use super::page::{self, Paths, RawNode};
use crate::facts::{DefinitionKind, Facts, ReferenceKind, Value};
use crate::language::find_followed;
use crate::policy::SymbolPattern;
use crate::progress::Progress;
use crate::project::entity::{DefinitionRef, Entity};
use crate::project::memo::{Codec, Memory, Question};
use crate::project::module::{Found, ModuleRef};
use crate::project::resolve::Resolver;
use crate::project::route::{HostKind, constructor};
use crate::project::{Project, Symbol};
use crate::source::{Absence, Needles};
use crate::span::{RepoPath, joined};
use crate::workspace::EntryId;
use bitcode::{Decode, Encode};
use rayon::prelude::*;

/// What makes something an entry point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum EntryKind {
    Declared,
    /// An application object of a web framework: FastAPI, Flask, Starlette.
    Application,
    Django,
    Celery,
    /// `[project.scripts]` and its older forms.
    Script,
    /// Another group of entry points: plugins.
    Plugin,
    /// `gunicorn package.module:app` and the like.
    Server,
    /// `python -m package.module`, `python path.py`.
    Command,
    /// `if __name__ == "__main__":`, and `__main__.py`.
    Main,
    /// A dotted path in a configuration, which something may load.
    Configuration,
}

impl EntryKind {
    pub fn name(self) -> &'static str {
        match self {
            EntryKind::Declared => "declared",
            EntryKind::Application => "application",
            EntryKind::Django => "django",
            EntryKind::Celery => "celery",
            EntryKind::Script => "script",
            EntryKind::Plugin => "plugin",
            EntryKind::Server => "server",
            EntryKind::Command => "command",
            EntryKind::Main => "main",
            EntryKind::Configuration => "configuration",
        }
    }

    /// In words, before the name of what begins there.
    pub fn words(self) -> &'static str {
        match self {
            EntryKind::Declared => "the policy declares",
            EntryKind::Application => "makes an application in",
            EntryKind::Django => "Django starts",
            EntryKind::Celery => "Celery starts",
            EntryKind::Script => "installs the script",
            EntryKind::Plugin => "offers the entry point",
            EntryKind::Server => "serves",
            EntryKind::Command => "runs",
            EntryKind::Main => "runs",
            EntryKind::Configuration => "names",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryPoint {
    pub node: Node,
    pub kind: EntryKind,
    pub path: RepoPath,
    pub line: u32,
    /// Whether something surely starts there; a path in a configuration only may be loaded.
    pub is_sure: bool,
}

/// Words that a file must hold to be looked into for entry points.
const MARKS: &[&str] = &[
    "__main__",
    "FastAPI",
    "Flask",
    "Starlette",
    "Quart",
    "Sanic",
    "Litestar",
    "web.Application",
    "Celery",
    "shared_task",
    "celery",
    "get_wsgi_application",
    "get_asgi_application",
    "INSTALLED_APPS",
];

/// Names of what makes an application when it is called, and the package of each. What `route` knows to hold routes needs
/// no package here.
const APPLICATIONS: &[(&str, &str, EntryKind)] = &[
    ("Sanic", "sanic.", EntryKind::Application),
    ("Litestar", "litestar.", EntryKind::Application),
    ("Celery", "celery.", EntryKind::Celery),
    ("get_wsgi_application", "django.", EntryKind::Django),
    ("get_asgi_application", "django.", EntryKind::Django),
];

/// Modules of a Django application that Django loads by their names.
const DJANGO_MODULES: &[&str] = &["apps", "models", "admin", "translation"];

/// Folders of a Django application whose modules it loads.
const DJANGO_FOLDERS: &[&str] = &["management.commands", "templatetags", "migrations", "models", "admin"];

/// The production entry points of a project, sorted. `declared` are the policy's, which replace what is found;
/// `is_test` tells the files whose code is no production.
pub fn entry_points(
    project: &Project<'_>,
    declared: &[SymbolPattern],
    is_test: &(dyn Fn(&RepoPath) -> bool + Sync),
    progress: &dyn Progress,
) -> Vec<EntryPoint> {
    let mut found = match declared {
        [] => found(project, is_test, progress),
        declared => declared.iter().flat_map(|pattern| of_pattern(project, pattern)).collect(),
    };
    found.sort();
    found.dedup_by(|a, b| a.node == b.node);
    found
}

/// What a declared pattern selects: modules, which are run, or definitions.
fn of_pattern(project: &Project<'_>, pattern: &SymbolPattern) -> Vec<EntryPoint> {
    let (path, line) = (RepoPath::new(&pattern.place.file), pattern.place.line);
    let entry = |node| EntryPoint { node, kind: EntryKind::Declared, path: path.clone(), line, is_sure: true };
    let mut entries = Vec::new();
    if !pattern.has_globs() {
        let symbol = Symbol { module: pattern.module.clone(), name: pattern.name.clone() };
        if symbol.name.is_some() {
            entries.extend(super::nodes_of(project, &symbol).into_iter().map(entry));
        }
        if let Found::Module(ModuleRef::File(file)) = project.modules.find(&symbol.module, None)
            && find_followed(project.sources.path(file)).is_some()
        {
            // `package.module:app` with an `app` that another module makes still runs the module.
            entries.push(entry(Node::Module(file)));
            if symbol.name.is_none() {
                entries.push(entry(Node::Main(file)));
            }
        }
        return entries;
    }
    let of_module = SymbolPattern { name: None, ..pattern.clone() };
    let is_followed = |file: EntryId| find_followed(project.sources.path(file)).is_some();
    for (file, module) in project.modules.files().filter(|(_, module)| of_module.matches(module, None)) {
        if !is_followed(file) {
            continue;
        }
        if pattern.name.is_none() {
            entries.extend([entry(Node::Module(file)), entry(Node::Main(file))]);
            continue;
        }
        let Some(facts) = project.sources.facts(file) else { continue };
        let ids = facts.definition_ids().filter(|&id| pattern.matches(module, Some(&facts.qualified_name(id))));
        entries.extend(ids.map(|id| entry(Node::Definition(DefinitionRef { file, id }))));
    }
    entries
}

fn found(
    project: &Project<'_>,
    is_test: &(dyn Fn(&RepoPath) -> bool + Sync),
    progress: &dyn Progress,
) -> Vec<EntryPoint> {
    let is_source = |path: &RepoPath| find_followed(path).is_some();
    let is_asked = |path: &RepoPath| (is_source(path) || launch::is_read(path)) && !is_test(path);
    let files: Vec<EntryId> = project.ids.iter().copied().filter(|&id| is_asked(project.sources.path(id))).collect();
    progress.stage("searching entry points", files.len() as u64);
    let needles = Needles::new(MARKS.iter().map(|mark| (*mark).to_owned()));
    let absence = project.sources.absence_of(&needles);
    let marks = Marks { needles, absence };
    let codec =
        Codec { encode: |starts: &Starts| bitcode::encode(starts), decode: |_, bytes| bitcode::decode(bytes).ok() };
    let memory = Memory::open(project, &Question { kind: "entry-points", parts: &[] }, codec);
    let found: Vec<EntryPoint> = files
        .par_iter()
        .map_init(
            || Resolver::new(project),
            |resolver, &id| {
                progress.advance(1);
                let make = || Starts::of(&mut Resolver::new(project), id, &marks);
                let Some(kept) = memory.get(id, make) else { return Vec::new() };
                // a file of what was kept may not be there any more
                let entries = kept.into_entries(resolver, id);
                entries.or_else(|| make()?.into_entries(resolver, id)).unwrap_or_default()
            },
        )
        .flatten()
        .collect();
    memory.keep();
    marks.absence.keep();
    found
}

/// What tells a file that may start something.
struct Marks {
    needles: Needles,
    absence: Absence,
}

/// What a file starts, as it is kept.
#[derive(Encode, Decode)]
struct Starts {
    paths: Vec<String>,
    found: Vec<Start<RawNode>>,
}

/// Something that a file starts.
#[derive(Encode, Decode)]
struct Start<N> {
    begins: Begins<N>,
    kind: EntryKind,
    line: u32,
}

#[derive(Encode, Decode)]
enum Begins<N> {
    At(N),
    /// An application of Django, whose modules the tree tells.
    Application(String),
    /// A script by its path, which the tree has or has not.
    Script(String),
}

impl Starts {
    /// `None` where the file starts nothing.
    fn of(resolver: &mut Resolver<'_, '_>, file: EntryId, marks: &Marks) -> Option<Self> {
        let sources = resolver.project.sources;
        let path = sources.path(file);
        let mut found = Vec::new();
        if find_followed(path).is_some() {
            let hits = sources.search_file(file, &marks.needles, &marks.absence);
            if let Some(facts) = hits.and_then(|hits| sources.facts_in(&hits)) {
                found.extend(resolver.starts_of(file, &facts));
            }
            if path.file_name() == "__main__.py" {
                let begin = |node| Start { begins: Begins::At(node), kind: EntryKind::Main, line: 1 };
                found.extend([Node::Module(file), Node::Main(file)].map(begin));
            }
        }
        if launch::is_read(path) {
            found.extend(resolver.launched_by(file));
        }
        if found.is_empty() {
            return None;
        }
        let mut paths = Paths::new(resolver.project);
        let kept = |Start { begins, kind, line }: Start<Node>| {
            let begins = match begins {
                Begins::At(node) => Begins::At(paths.node(node)),
                Begins::Application(name) => Begins::Application(name),
                Begins::Script(script) => Begins::Script(script),
            };
            Start { begins, kind, line }
        };
        let found = found.into_iter().map(kept).collect();
        Some(Self { paths: paths.paths, found })
    }

    /// `None` where a file of it is not there.
    fn into_entries(self, resolver: &mut Resolver<'_, '_>, file: EntryId) -> Option<Vec<EntryPoint>> {
        let project = resolver.project;
        let files = page::files(&self.paths, project)?;
        let mut entries = Vec::new();
        for Start { begins, kind, line } in self.found {
            let nodes = match begins {
                Begins::At(raw) => vec![raw.into_node(&files)?],
                Begins::Application(name) => resolver.django_modules(&name),
                Begins::Script(script) => resolver.script(project.sources.path(file), &script),
            };
            entries.extend(nodes.into_iter().map(|node| at(project, node, kind, file, line)));
        }
        Some(entries)
    }
}

fn at(project: &Project<'_>, node: Node, kind: EntryKind, file: EntryId, line: u32) -> EntryPoint {
    let is_sure = kind != EntryKind::Configuration;
    EntryPoint { node, kind, path: project.sources.path(file).clone(), line, is_sure }
}

/// The kind of application that a call of a dotted name makes.
fn application(path: &str) -> Option<EntryKind> {
    if let Some((_, HostKind::Application)) = constructor(path) {
        return Some(EntryKind::Application);
    }
    let name = path.rsplit('.').next()?;
    APPLICATIONS.iter().find(|it| it.0 == name && path.starts_with(it.1)).map(|it| it.2)
}

impl Resolver<'_, '_> {
    fn starts_of(&mut self, file: EntryId, facts: &Facts) -> Vec<Start<Node>> {
        let mut entries = Vec::new();
        let mut add_start =
            |begins, kind, offset| entries.push(Start { begins, kind, line: facts.line_index.line(offset) });
        let mut add = |node, kind, offset| add_start(Begins::At(node), kind, offset);
        for block in &facts.main_blocks {
            add(Node::Main(file), EntryKind::Main, block.start);
        }
        for reference in facts.references.iter().filter(|it| it.kind == ReferenceKind::Call) {
            let Some(name) = facts.last_name(reference.value) else { continue };
            if !MARKS.contains(&facts.name(name)) && facts.name(name) != "Application" {
                continue;
            }
            let meanings = self.value(file, reference.value);
            let Some(kind) = meanings.iter().filter_map(external).find_map(|path| application(&path)) else { continue };
            match facts.function_of(reference.scope) {
                Some(id) => add(Node::Definition(DefinitionRef { file, id }), kind, reference.span.start),
                // A demonstration at the end of a library is a program of its own.
                None if facts.in_main_block(reference.span.start) => {}
                None => add(Node::Module(file), kind, reference.span.start),
            }
        }
        let mut applications = Vec::new();
        for id in facts.definition_ids() {
            let definition = facts.definition(id);
            let offset = definition.name_span.start;
            if definition.decorators.iter().any(|&decorator| self.is_celery_task(file, facts, decorator)) {
                add(Node::Definition(DefinitionRef { file, id }), EntryKind::Celery, offset);
            }
            if definition.kind == DefinitionKind::Constant && facts.name(definition.name) == "INSTALLED_APPS" {
                add(Node::Module(file), EntryKind::Django, offset);
                let strings = facts.strings.iter().filter(|it| definition.span.contains(it.span));
                applications.extend(strings.map(|string| (facts.name(string.text).to_owned(), offset)));
            }
        }
        for (name, offset) in applications {
            add_start(Begins::Application(name), EntryKind::Django, offset);
        }
        entries
    }

    /// `@shared_task`, `@app.task` on an application that Celery makes.
    fn is_celery_task(&mut self, file: EntryId, facts: &Facts, decorator: crate::facts::ValueId) -> bool {
        let callee = match facts.value(decorator) {
            Value::Call { function, .. } => function,
            _ => decorator,
        };
        match facts.value(callee) {
            Value::Attribute { base, name, .. } if matches!(facts.name(name), "task" | "periodic_task") => {
                self.made_by(file, base).iter().any(|path| path.starts_with("celery."))
            }
            _ => self.value(file, callee).iter().any(
                |it| matches!(&it.entity, Entity::External(path) if path.starts_with("celery.") && path.ends_with("task")),
            ),
        }
    }

    /// What Django loads of an application by convention: `shop` or `shop.apps.ShopConfig`.
    fn django_modules(&mut self, application: &str) -> Vec<Node> {
        let package = application.split_once(".apps").map_or(application, |(package, _)| package);
        let mut nodes = Vec::new();
        let modules = &self.project.modules;
        let mut add = |dotted: &str| {
            if let Found::Module(ModuleRef::File(file)) = modules.find(dotted, None) {
                nodes.push(Node::Module(file));
            }
        };
        add(package);
        DJANGO_MODULES.iter().for_each(|module| add(&format!("{package}.{module}")));
        let prefixes: Vec<String> = DJANGO_FOLDERS.iter().map(|folder| format!("{package}.{folder}.")).collect();
        for (file, module) in modules.files() {
            let Some(prefix) = prefixes.iter().find(|prefix| module.starts_with(prefix.as_str())) else { continue };
            nodes.push(Node::Module(file));
            if prefix.ends_with(".commands.") {
                let command = self.definition_of(&Symbol::new(module, "Command"));
                nodes.extend(command.map(Node::Definition));
            }
        }
        nodes
    }

    /// What a file of metadata, of configuration or of commands starts.
    fn launched_by(&mut self, file: EntryId) -> Vec<Start<Node>> {
        let Some(text) = self.project.sources.text(file) else { return Vec::new() };
        let path = self.project.sources.path(file);
        let mut starts = Vec::new();
        for Launch { start, kind, line } in launch::launches(path, &text) {
            let mut add = |begins| starts.push(Start { begins, kind, line });
            match start {
                launch::Start::Path(dotted) => {
                    self.nodes_of(&dotted, file, kind).into_iter().for_each(|node| add(Begins::At(node)));
                }
                launch::Start::File(script) => add(Begins::Script(script)),
            }
        }
        starts
    }

    /// The nodes that a dotted path names, if all of it is there.
    fn nodes_of(&mut self, dotted: &str, file: EntryId, kind: EntryKind) -> Vec<Node> {
        let mut steps = Steps::default();
        self.of_path(&dotted.replace(':', "."), file, 1, &mut steps);
        let mut nodes: Vec<Node> = steps.edges.iter().map(|edge| edge.to).collect();
        let has_definition = nodes.iter().any(|node| matches!(node, Node::Definition(_)));
        let module = nodes.iter().find_map(|node| match node {
            Node::Module(file) => Some(*file),
            _ => None,
        });
        let is_whole = module.is_some_and(|module| {
            let name = self.project.module_name(module);
            dotted == name || dotted.ends_with(&format!(".{name}")) || name.ends_with(&format!(".{dotted}"))
        });
        if dotted.contains(':') && !has_definition {
            // `module:app` of an `app` that is imported there, or made by a call, still starts the module.
            let name = dotted.rsplit(':').next().unwrap_or_default();
            let is_bound = module.and_then(|it| self.facts(it)).is_some_and(|facts| facts.names.find(name).is_some());
            if !is_bound {
                return Vec::new();
            }
        } else if !has_definition && !is_whole {
            return Vec::new();
        }
        if kind == EntryKind::Command {
            nodes.extend(module.map(Node::Main));
        }
        nodes
    }

    /// A script by its path: from the repository's root, from the folder of the file that names it, or the one file
    /// whose path ends so (an image copies a folder to another place).
    fn script(&self, from: &RepoPath, script: &str) -> Vec<Node> {
        let sources = self.project.sources;
        let script = script.trim_start_matches("./").trim_start_matches('/');
        let beside = joined(from.folder(), script);
        let exact =
            [beside.as_str(), script].into_iter().find_map(|path| sources.snapshot().find(&RepoPath::new(path)));
        let exact = exact.filter(|id| self.project.ids.binary_search(id).is_ok());
        exact.map_or_else(Vec::new, |id| vec![Node::Module(id), Node::Main(id)])
    }
}
