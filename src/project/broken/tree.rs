//! What is broken in one tree: imports, attributes of modules, patched names and exports that lead nowhere.
//!
//! Only what surely fails is told. Left alone are modules that make names while they run (`__getattr__`, `globals()`,
//! `exec`, a star import from elsewhere, `sys.modules`), files that a build makes (`*_pb2`, `_version`, compiled
//! extensions), packages that go on outside the tree, and names that every module has. A module that cannot hand on a
//! name because its own import is broken is told once, at that import. Absent on purpose: members of classes, other
//! than those that a test patches.

use crate::facts::{
    Access, BindingKind, Facts, Guards, Import, ImportTarget, MODULE_SCOPE, NameString, Reference, ReferenceKind,
    StringRole, Value,
};
use crate::finding::Tier;
use crate::progress::Progress;
use crate::project::entity::{Entity, Resolved};
use crate::project::memo::{self, Codec};
use crate::project::module::{Found, ModuleRef};
use crate::project::resolve::Resolver;
use crate::project::{Project, Symbol};
use crate::source::Needles;
use crate::source::watch::{self, Seen};
use crate::span::{Span, joined};
use crate::workspace::EntryId;
use bitcode::{Decode, Encode};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};

/// A reference that leads nowhere.
#[derive(Clone, Debug)]
pub struct BrokenReference {
    pub file: EntryId,
    /// The name that is not there, or the string that holds it.
    pub span: Span,
    pub kind: ReferenceKind,
    /// What it means, and what is missing.
    pub symbol: Symbol,
    pub guards: Guards,
    /// Whether a test replaces it: `mock.patch`.
    pub is_patch: bool,
    /// The qualified name of the definition around it.
    pub inside: Option<String>,
}

/// Names that every module has, or that the machinery of imports gives it.
const MODULE_NAMES: &[&str] = &[
    "__all__",
    "__annotations__",
    "__builtins__",
    "__cached__",
    "__class__",
    "__dict__",
    "__doc__",
    "__file__",
    "__loader__",
    "__name__",
    "__package__",
    "__path__",
    "__spec__",
];

/// Names of modules that a build makes.
const GENERATED: &[&str] = &["_version", "version", "__version__", "_build", "_generated", "__config__"];

/// Endings of files that become modules when they are built.
const COMPILED: &[&str] = &[
    "so", "pyd", "dll", "pyx", "pxd", "c", "cc", "cpp", "cxx", "rs", "f90", "f", "in", "tmpl", "thrift", "proto",
    "idl", "g4",
];

/// The broken references of the files given, sorted by file and place.
pub fn broken_references(project: &Project<'_>, files: &[EntryId], progress: &dyn Progress) -> Vec<BrokenReference> {
    progress.stage("looking for broken references", files.len() as u64);
    let built = built_modules(project);
    let dynamic = Mutex::new(FxHashMap::default());
    let asked = built.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
    let question = memo::Question { kind: "broken-references", parts: &[asked.as_bytes()] };
    let found = memo::each(project, &question, &CODEC, files, progress, |file| {
        Some(Search { resolver: Resolver::new(project), built: &built, dynamic: &dynamic }.file(file))
    });
    let mut found: Vec<BrokenReference> = found.into_iter().flat_map(|(_, found)| found).collect();
    leave_out_set_attributes(project, &mut found, progress);
    found.sort_by(|a, b| (a.file, a.span, &a.symbol).cmp(&(b.file, b.span, &b.symbol)));
    found.dedup_by(|a, b| a.file == b.file && a.span == b.span);
    found
}

/// `module.name = …` anywhere makes the attribute: a test runner gives a module its outbox. Names that are imported, patched
/// or exported must be there before.
fn leave_out_set_attributes(project: &Project<'_>, found: &mut Vec<BrokenReference>, progress: &dyn Progress) {
    let is_attribute = |it: &BrokenReference| {
        !matches!(it.kind, ReferenceKind::Import | ReferenceKind::String | ReferenceKind::Export)
    };
    let names: BTreeSet<String> =
        found.iter().filter(|it| is_attribute(it)).map(|it| it.symbol.last_name().to_owned()).collect();
    if names.is_empty() {
        return;
    }
    let sources: Vec<EntryId> = project.modules.files().map(|(id, _)| id).collect();
    progress.stage("searching names", sources.len() as u64);
    let needles = OnceLock::new();
    let asked = names.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
    let question = memo::Question { kind: "set-attributes", parts: &[asked.as_bytes()] };
    let codec =
        Codec { encode: |set: &Vec<String>| bitcode::encode(set), decode: |_, bytes| bitcode::decode(bytes).ok() };
    let set = memo::each(project, &question, &codec, &sources, progress, |id| {
        let (needles, absence) = needles.get_or_init(|| {
            let needles = Needles::new(names.iter().cloned());
            let absence = project.sources.absence_of(&needles);
            (needles, absence)
        });
        let file = project.sources.search_file(id, needles, absence)?;
        let facts = file.holds_a_name().then(|| project.sources.facts_in(&file))??;
        let writes = facts.references.iter().filter(|it| it.access == Access::Write);
        let written = writes.filter_map(|it| facts.last_name(it.value)).map(|name| facts.name(name).to_owned());
        Some(written.filter(|name| names.contains(name)).collect::<Vec<_>>())
    });
    if let Some((_, absence)) = needles.into_inner() {
        absence.keep();
    }
    let set: BTreeSet<String> = set.into_iter().flat_map(|(_, set)| set).collect();
    found.retain(|it| !is_attribute(it) || !set.contains(it.symbol.last_name()));
}

/// A reference that leads nowhere, as it is kept between runs.
#[derive(Encode, Decode)]
struct RawReference {
    span: Span,
    kind: ReferenceKind,
    module: String,
    name: Option<String>,
    guards: Guards,
    is_patch: bool,
    inside: Option<String>,
}

const CODEC: Codec<Vec<BrokenReference>> = Codec { encode: |found| encode(found), decode };

fn encode(found: &[BrokenReference]) -> Vec<u8> {
    let raw = |it: &BrokenReference| RawReference {
        span: it.span,
        kind: it.kind,
        module: it.symbol.module.clone(),
        name: it.symbol.name.clone(),
        guards: it.guards,
        is_patch: it.is_patch,
        inside: it.inside.clone(),
    };
    bitcode::encode(&found.iter().map(raw).collect::<Vec<_>>())
}

fn decode(file: EntryId, bytes: &[u8]) -> Option<Vec<BrokenReference>> {
    let raw: Vec<RawReference> = bitcode::decode(bytes).ok()?;
    let reference = |it: RawReference| BrokenReference {
        file,
        span: it.span,
        kind: it.kind,
        symbol: Symbol { module: it.module, name: it.name },
        guards: it.guards,
        is_patch: it.is_patch,
        inside: it.inside,
    };
    Some(raw.into_iter().map(reference).collect())
}

/// Paths without their endings of files that become modules when they are built.
fn built_modules(project: &Project<'_>) -> BTreeSet<String> {
    let snapshot = project.sources.snapshot();
    let mut built = BTreeSet::new();
    for (_, entry) in snapshot.ids() {
        let Some(extension) = entry.path.extension() else { continue };
        if COMPILED.contains(&extension) {
            let name = entry.path.file_name().split('.').next().unwrap_or_default();
            built.insert(joined(entry.path.folder(), name));
        }
    }
    built
}

struct Search<'p, 's, 'c> {
    resolver: Resolver<'p, 's>,
    built: &'c BTreeSet<String>,
    /// Whether a module makes names while it runs, and what that was read from.
    dynamic: &'c Mutex<FxHashMap<EntryId, (bool, Arc<Seen>)>>,
}

impl Search<'_, '_, '_> {
    fn file(&mut self, file: EntryId) -> Vec<BrokenReference> {
        let Some(facts) = self.resolver.facts(file) else { return Vec::new() };
        let mut found = Vec::new();
        for import in &facts.imports {
            found.extend(self.import(file, &facts, import));
        }
        let modules = imported_names(&facts);
        for reference in &facts.references {
            found.extend(self.attribute(file, &facts, reference, &modules));
        }
        for string in &facts.strings {
            found.extend(self.string(file, &facts, string));
        }
        // What cannot be read stands beside what can: a half-read line is not judged.
        found.retain(|it| !facts.unread.iter().any(|unread| unread.span.overlaps(it.span)));
        found
    }

    fn import(&mut self, file: EntryId, facts: &Facts, import: &Import) -> Option<BrokenReference> {
        let (base, dotted) = self.resolver.import_base(file, facts, import);
        let tell = |span, symbol| Some(broken(facts, file, span, ReferenceKind::Import, symbol, import.guards));
        match (&base, import.target) {
            (Entity::Missing(_), _) => {
                let symbol = self.missing_module(file, &dotted, import.level > 0)?;
                let span = if import.module_span.is_empty() { import.bound_span } else { import.module_span };
                tell(span, symbol)
            }
            (Entity::Module(module), ImportTarget::Name(name, span)) => {
                let folder = self.resolver.project.sources.path(file).folder();
                let is_ours = import.level > 0
                    || dotted.contains('.')
                    || self.resolver.project.modules.begins_here(&dotted, folder);
                if !is_ours {
                    return None;
                }
                let symbol = self.missing_member(module, facts.name(name))?;
                tell(span, symbol)
            }
            _ => None,
        }
    }

    /// `module.name` of a module that is imported here.
    fn attribute(
        &mut self,
        file: EntryId,
        facts: &Facts,
        reference: &Reference,
        modules: &BTreeSet<crate::facts::NameId>,
    ) -> Option<BrokenReference> {
        let Value::Attribute { base, name, .. } = facts.value(reference.value) else { return None };
        let root = root_name(facts, base)?;
        if reference.access != Access::Read || !modules.contains(&root) {
            return None;
        }
        let bases = self.resolver.value(file, base);
        let [Resolved { entity: Entity::Module(module), tier: Tier::Proven, .. }] = &bases[..] else { return None };
        let symbol = self.missing_member(module, facts.name(name))?;
        Some(broken(facts, file, reference.span, reference.kind, symbol, reference.guards))
    }

    fn string(&mut self, file: EntryId, facts: &Facts, string: &NameString) -> Option<BrokenReference> {
        let text = facts.name(string.text);
        let tell = |symbol, kind, is_patch| {
            let found = broken(facts, file, string.span, kind, symbol, string.guards);
            Some(BrokenReference { is_patch, ..found })
        };
        match string.role {
            StringRole::Patch if text.contains('.') => {
                let symbol = self.missing_path(file, text)?;
                (!self.is_created(file, string)).then(|| tell(symbol, ReferenceKind::String, true))?
            }
            StringRole::PatchObject { receiver } if !text.starts_with("__") => {
                let receivers = self.resolver.value(file, receiver);
                let [only] = &receivers[..] else { return None };
                if !matches!(only.entity, Entity::Module(_) | Entity::Definition(_) | Entity::Instance { .. }) {
                    return None;
                }
                let found = self.resolver.attribute(only, text);
                let symbol = surely_missing(&found)?;
                let is_sure = match &only.entity {
                    Entity::Module(module) => self.missing_member(module, text).is_some(),
                    _ => true,
                };
                (is_sure && !self.is_created(file, string)).then(|| tell(symbol, ReferenceKind::String, true))?
            }
            StringRole::ImportModule if text.contains('.') => {
                let folder = self.resolver.project.sources.path(file).folder();
                match self.resolver.project.modules.find(text, Some(folder)) {
                    Found::Missing => tell(self.missing_module(file, text, false)?, ReferenceKind::String, false),
                    _ => None,
                }
            }
            _ if string.scope == MODULE_SCOPE && is_export(facts, string) => {
                let here = ModuleRef::File(file);
                let symbol = self.missing_member(&here, text)?;
                tell(symbol, ReferenceKind::Export, false)
            }
            _ => None,
        }
    }

    /// `patch("…", create=True)` makes what is not there.
    fn is_created(&self, file: EntryId, string: &NameString) -> bool {
        let Some(text) = self.resolver.project.sources.text(file) else { return true };
        let rest = &text[string.span.end as usize..];
        let call = rest.split('\n').take(4).collect::<Vec<_>>().join("\n");
        call.split(')').next().is_some_and(|call| call.contains("create=True"))
    }

    /// What a dotted path of a string lacks: its module, or the member of the longest module that it names.
    fn missing_path(&mut self, file: EntryId, dotted: &str) -> Option<Symbol> {
        let project = self.resolver.project;
        let folder = project.sources.path(file).folder();
        let parts: Vec<&str> = dotted.split('.').collect();
        for length in (1..parts.len()).rev() {
            let Found::Module(module) = project.modules.find(&parts[..length].join("."), Some(folder)) else {
                continue;
            };
            // A folder alone, or one file of that name in some corner of the tree, may stand beside a library.
            if matches!(module, ModuleRef::Namespace(_))
                || (length == 1 && !project.modules.begins_here(parts[0], folder))
            {
                return None;
            }
            if let Some(missing) = self.missing_member(&module, parts[length]) {
                return Some(missing);
            }
            // The first name is there; the rest belongs to a class.
            let found = self.resolver.path(dotted, file);
            let is_special = |name: &str| name.rsplit('.').next().is_some_and(|last| last.starts_with("__"));
            return surely_missing(&found)
                .filter(|it| it.name.as_ref().is_some_and(|name| name.contains('.') && !is_special(name)));
        }
        None
    }

    /// The module that an import asks for in vain.
    fn missing_module(&mut self, file: EntryId, dotted: &str, is_relative: bool) -> Option<Symbol> {
        let project = self.resolver.project;
        let folder = project.sources.path(file).folder();
        if dotted.is_empty() {
            return None;
        }
        let (holder, part) = match project.modules.missing_in(dotted, folder) {
            Some(found) => found,
            None if is_relative => {
                let (parent, part) = dotted.rsplit_once('.')?;
                let Found::Module(holder) = project.modules.find(parent, Some(folder)) else { return None };
                (holder, part.to_owned())
            }
            None => return None,
        };
        if !self.is_closed(&holder, &part) {
            return None;
        }
        Some(Symbol::module(dotted))
    }

    /// A name that a module surely does not give.
    fn missing_member(&mut self, module: &ModuleRef, name: &str) -> Option<Symbol> {
        let ModuleRef::File(file) = *module else { return None };
        if MODULE_NAMES.contains(&name) || !self.is_closed(module, name) {
            return None;
        }
        let found = self.resolver.member_of_module(module, name);
        let [Resolved { entity: Entity::Missing(symbol), tier: Tier::Proven, .. }] = &found[..] else { return None };
        // The module binds the name, by an import that is broken itself.
        let is_own = *symbol == Symbol::new(self.resolver.project.module_name(file), name);
        (is_own && !is_bound(&self.resolver, file, name)).then(|| symbol.clone())
    }

    /// Whether everything that a module holds can be seen, as far as one name goes.
    fn is_closed(&self, module: &ModuleRef, name: &str) -> bool {
        let project = self.resolver.project;
        let folder = match module {
            ModuleRef::File(file) => project.sources.path(*file).folder().to_owned(),
            ModuleRef::Namespace(folder) => folder.clone(),
        };
        let is_generated = GENERATED.contains(&name) || name.ends_with("_pb2") || name.ends_with("_pb2_grpc");
        if is_generated || self.built.contains(&joined(&folder, name)) {
            return false;
        }
        match module {
            ModuleRef::File(file) => !self.is_dynamic(*file),
            ModuleRef::Namespace(_) => true,
        }
    }

    /// Whether a star import may bring names that are not seen: its module cannot be looked into, or has an `__all__`,
    /// which may be put together.
    fn stars(&self, file: EntryId, facts: &Facts, depth: u32) -> bool {
        let mut stars = facts.imports.iter().filter(|it| it.target == ImportTarget::Star);
        stars.any(|import| match self.resolver.import_base(file, facts, import).0 {
            Entity::Module(ModuleRef::File(from)) if depth < 8 => self.resolver.facts(from).is_none_or(|facts| {
                facts.exports.is_some() || makes_names(&facts) || self.stars(from, &facts, depth + 1)
            }),
            _ => true,
        })
    }

    /// Whether a module makes names while it runs, or could not be read whole.
    fn is_dynamic(&self, file: EntryId) -> bool {
        let known = lock(self.dynamic).get(&file).cloned();
        if let Some((known, seen)) = known {
            watch::also(&seen);
            return known;
        }
        let (is_dynamic, seen) = watch::watched(|| {
            self.resolver.facts(file).is_none_or(|facts| makes_names(&facts) || self.stars(file, &facts, 0))
        });
        lock(self.dynamic).insert(file, (is_dynamic, Arc::new(seen)));
        is_dynamic
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn broken(
    facts: &Facts,
    file: EntryId,
    span: Span,
    kind: ReferenceKind,
    symbol: Symbol,
    guards: Guards,
) -> BrokenReference {
    let inside = facts.definition_at(span.start).map(|id| facts.qualified_name(id));
    BrokenReference { file, span, kind, symbol, guards, is_patch: false, inside }
}

/// Whether a string is an entry of `__all__`.
fn is_export(facts: &Facts, string: &NameString) -> bool {
    let is_entry = facts.exports.as_ref().is_some_and(|exports| exports.contains(&string.text));
    let all = facts.names.find("__all__");
    is_entry
        && facts.statements.iter().any(|statement| {
            statement.contains(string.span)
                && facts.bindings.iter().any(|it| Some(it.name) == all && statement.contains(it.span))
        })
}

/// Names that an import of the file binds.
fn imported_names(facts: &Facts) -> BTreeSet<crate::facts::NameId> {
    let imports = facts.bindings.iter().filter(|it| matches!(it.kind, BindingKind::Import(_)));
    imports.map(|binding| binding.name).collect()
}

/// The name that a chain of attributes begins with.
fn root_name(facts: &Facts, value: crate::facts::ValueId) -> Option<crate::facts::NameId> {
    let mut at = value;
    loop {
        match facts.value(at) {
            Value::Name { name, .. } => return Some(name),
            Value::Attribute { base, .. } => at = base,
            _ => return None,
        }
    }
}

/// What all meanings agree is missing, proven.
fn surely_missing(found: &[Resolved]) -> Option<Symbol> {
    let is_missing = |it: &Resolved| matches!(it.entity, Entity::Missing(_)) && it.tier == Tier::Proven;
    if !found.iter().all(is_missing) {
        return None;
    }
    found.iter().find_map(|it| match &it.entity {
        Entity::Missing(symbol) => Some(symbol.clone()),
        _ => None,
    })
}

fn is_bound(resolver: &Resolver<'_, '_>, file: EntryId, name: &str) -> bool {
    resolver
        .facts(file)
        .is_some_and(|facts| facts.names.find(name).is_some_and(|id| !facts.bindings_of(MODULE_SCOPE, id).is_empty()))
}

/// Signs of names that are made while the module runs.
fn makes_names(facts: &Facts) -> bool {
    let has = |name: &str| facts.names.find(name);
    if !facts.unread.is_empty() || has("__getattr__").is_some() || has("__path__").is_some() {
        return true;
    }
    let signs: Vec<_> =
        ["globals", "exec", "vars", "locals", "modules", "extend_path", "lazy_import", "attach", "setattr"]
            .into_iter()
            .filter_map(has)
            .collect();
    !signs.is_empty()
        && facts.references.iter().any(|it| {
            facts.function_of(it.scope).is_none() && facts.last_name(it.value).is_some_and(|name| signs.contains(&name))
                || facts.last_name(it.value).is_some_and(|name| facts.name(name) == "globals")
        })
}
