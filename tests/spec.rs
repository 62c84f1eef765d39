//! Runs the Markdown specs; `tests/spec/README.md` says how they are written.

mod asked;
mod expect;
mod markdown;
mod planned;
mod reached;

use expect::{Caret, File, Item, Kind, compare};
use markdown::Case;
use solely::cache::{Cache, CacheOptions};
use solely::checks::Scope;
use solely::checks::duplicates::Options;
use solely::evidence::CheckReport;
use solely::facts::{Facts, ImportId, ImportTarget};
use solely::finding::{Severity, Tier, Verdict};
use solely::pipeline::judge;
use solely::policy::{Policy, SymbolPattern};
use solely::progress::Silent;
use solely::project::{Entity, Project, Resolved, Resolver, Symbol, Target, trace};
use solely::source::SourceSet;
use solely::span::RepoPath;
use solely::workspace::{EntryId, Snapshot};
use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// Every document, with a test of its own.
macro_rules! specs {
    ($($name:ident => $path:literal,)*) => {
        const SPECS: &[&str] = &[$($path),*];
        $(#[test] fn $name() { run($path); })*
    };
}

specs! {
    explanation_of_clone => "src/checks/duplicates/clone.md",
    explanation_of_dangling_reference => "src/checks/dangling_reference.md",
    explanation_of_duplicate_constant => "src/checks/duplicates/duplicate_constant.md",
    explanation_of_duplicate_definition => "src/checks/duplicates/duplicate_definition.md",
    explanation_of_duplicate_enum => "src/checks/duplicates/duplicate_enum.md",
    explanation_of_duplicate_env_default => "src/checks/duplicates/duplicate_env_default.md",
    explanation_of_duplicate_route => "src/checks/duplicates/duplicate_route.md",
    explanation_of_parallel_implementation => "src/checks/duplicates/parallel_implementation.md",
    explanation_of_shadowed_module => "src/checks/duplicates/shadowed_module.md",
    explanation_of_version_family => "src/checks/duplicates/version_family.md",
    explanation_of_duplicates => "src/checks/duplication.md",
    explanation_of_family => "src/checks/family.md",
    explanation_of_intentional_duplicate => "src/checks/intentional_duplicate.md",
    explanation_of_legacy => "src/checks/legacy.md",
    explanation_of_only_through => "src/checks/only_through.md",
    explanation_of_single_source => "src/checks/single_source.md",
    family_builtin => "tests/spec/family/builtin.md",
    family_custom => "tests/spec/family/custom.md",
    gaps_gaps => "tests/spec/gaps/gaps.md",
    legacy_ambiguous => "tests/spec/legacy/ambiguous.md",
    legacy_deadline => "tests/spec/legacy/deadline.md",
    legacy_flags => "tests/spec/legacy/flags.md",
    legacy_patterns => "tests/spec/legacy/patterns.md",
    legacy_require => "tests/spec/legacy/require.md",
    legacy_states => "tests/spec/legacy/states.md",
    legacy_wiring => "tests/spec/legacy/wiring.md",
    only_through_doors => "tests/spec/only_through/doors.md",
    plan_branches => "tests/spec/plan/branches.md",
    plan_definitions => "tests/spec/plan/definitions.md",
    plan_files => "tests/spec/plan/files.md",
    plan_order => "tests/spec/plan/order.md",
    plan_tests => "tests/spec/plan/tests.md",
    references_aliases => "tests/spec/references/aliases.md",
    references_code => "tests/spec/references/code.md",
    references_dynamic => "tests/spec/references/dynamic.md",
    references_files => "tests/spec/references/files.md",
    references_methods => "tests/spec/references/methods.md",
    references_receivers => "tests/spec/references/receivers.md",
    references_registries => "tests/spec/references/registries.md",
    references_strings => "tests/spec/references/strings.md",
    references_text => "tests/spec/references/text.md",
    reach_entry_points => "tests/spec/reach/entry_points.md",
    reach_steps => "tests/spec/reach/steps.md",
    resolve_classes => "tests/spec/resolve/classes.md",
    resolve_expressions => "tests/spec/resolve/expressions.md",
    resolve_flow => "tests/spec/resolve/flow.md",
    resolve_calls => "tests/spec/resolve/calls.md",
    resolve_imports => "tests/spec/resolve/imports.md",
    resolve_roots => "tests/spec/resolve/roots.md",
    resolve_scopes => "tests/spec/resolve/scopes.md",
    why_lines => "tests/spec/why/lines.md",
    rust_families => "tests/spec/rust/families.md",
    rust_features => "tests/spec/rust/features.md",
    rust_routes => "tests/spec/rust/routes.md",
    rust_names => "tests/spec/rust/names.md",
    rust_references => "tests/spec/rust/references.md",
    rust_states => "tests/spec/rust/states.md",
    rust_duplicates => "tests/spec/rust/duplicates.md",
    go_names => "tests/spec/go/names.md",
    typescript_references => "tests/spec/typescript/references.md",
    typescript_duplicates => "tests/spec/typescript/duplicates.md",
    triage_hygiene => "tests/spec/triage/hygiene.md",
    triage_suppressions => "tests/spec/triage/suppressions.md",
}

fn run(path: &str) {
    let cases = markdown::cases(&read(path));
    let mut faults = Vec::new();
    for case in &cases {
        let lines = judge_case(case);
        if !lines.is_empty() {
            faults.push(format!("{path}:{} \"{}\"\n    {}", case.line, case.name, lines.join("\n    ")));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// What a case asks for.
struct Plan {
    files: Vec<File>,
    expected: Vec<Item>,
    /// Lines of `verdict` fences.
    verdict: Vec<String>,
    symbol: Option<String>,
    /// Lines of a `duplicates` fence.
    duplicates: Option<Vec<String>>,
    /// Lines of a `reach` fence.
    reach: Vec<String>,
    removal: Option<planned::Demand>,
    /// A symbol, and the lines of its `why-not` fence.
    why_not: Option<(String, Vec<String>)>,
    today: jiff::civil::Date,
    paths: Vec<String>,
    has_policy: bool,
    /// Everything that was answered, to be compared between runs.
    said: RefCell<String>,
}

fn plan(case: &Case) -> Plan {
    let mut plan = Plan {
        files: Vec::new(),
        expected: Vec::new(),
        verdict: Vec::new(),
        symbol: None,
        duplicates: None,
        reach: Vec::new(),
        removal: None,
        why_not: None,
        today: jiff::civil::date(2026, 1, 1),
        paths: Vec::new(),
        has_policy: false,
        said: RefCell::default(),
    };
    for block in &case.blocks {
        let lines = || block.text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
        match (block.language.as_str(), block.path()) {
            ("findings", _) => plan.expected.extend(expect::findings(block)),
            ("verdict", _) => plan.verdict.extend(lines()),
            ("reach", _) => plan.reach.extend(lines()),
            ("why-not", _) => plan.why_not = Some((block.words[0].clone(), lines().collect())),
            ("plan", _) => {
                plan.removal = Some(planned::Demand { what: block.words.clone(), lines: lines().collect() });
            }
            ("duplicates", _) => plan.duplicates.get_or_insert_default().extend(lines()),
            ("refs", _) => {
                plan.symbol = Some(block.words.first().expect("`refs` names a symbol").clone());
                plan.expected.extend(expect::references(block));
            }
            ("options", _) => lines().for_each(|line| set_option(&mut plan, &line)),
            (_, Some(path)) => plan.files.push(expect::file(block, path)),
            (_, None) => {}
        }
    }
    for file in &mut plan.files {
        plan.expected.append(&mut file.expected);
        plan.has_policy |= file.path == "solely.toml";
    }
    plan
}

fn set_option(plan: &mut Plan, line: &str) {
    match line.split_once(": ").expect("an option is `name: value`") {
        ("today", date) => plan.today = date.parse().expect("a date"),
        ("path", path) => plan.paths.push(path.to_owned()),
        (other, _) => panic!("no option is called `{other}`"),
    }
}

/// The lines of a diff; empty if the case holds. A case is judged without a cache, with an empty one and with the one
/// that this leaves behind: all three must say the same.
fn judge_case(case: &Case) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let (mut lines, said) = judge_with(case, Cache::none());
    for which in ["an empty", "a filled"] {
        let options = CacheOptions { folder: folder.path().into(), limit: u64::MAX, now: SystemTime::now() };
        let cache = Cache::open(options);
        if judge_with(case, cache.clone()).1 != said {
            lines.push(format!("+ {which} cache changes the answer"));
        }
        cache.commit().unwrap();
    }
    lines
}

/// The lines of a diff, and all that was said.
fn judge_with(case: &Case, cache: Cache) -> (Vec<String>, String) {
    let mut plan = plan(case);
    let lines = compare_case(&mut plan, cache);
    (lines, plan.said.into_inner())
}

fn compare_case(plan: &mut Plan, cache: Cache) -> Vec<String> {
    let files: Vec<(String, Vec<u8>)> =
        plan.files.iter_mut().map(|file| (file.path.clone(), std::mem::take(&mut file.bytes))).collect();
    let snapshot = Snapshot::in_memory(files).with_cache(cache);
    if let Some(expected) = &plan.duplicates {
        return compare_duplicates(&snapshot, plan, expected);
    }
    if !plan.reach.is_empty() {
        return match policy(&snapshot) {
            Ok(policy) => reached::compare(&snapshot, &policy, &plan.reach),
            Err(errors) => errors,
        };
    }
    if let Some((symbol, lines)) = &plan.why_not {
        return match policy(&snapshot) {
            Ok(policy) => asked::compare(&snapshot, &policy, symbol, lines),
            Err(errors) => errors,
        };
    }
    if let Some(demand) = &plan.removal {
        return match policy(&snapshot) {
            Ok(policy) => {
                let report = planned::planned(&snapshot, &policy, demand);
                *plan.said.borrow_mut() += &format!("{:?} {:?}", report.removals, report.tests);
                planned::compare(&report, demand)
            }
            Err(errors) => errors,
        };
    }
    let carets: Vec<&Caret> = plan.files.iter().flat_map(|file| &file.carets).collect();
    let mut lines = resolve(&snapshot, &carets);
    let mut found = Vec::new();
    if let Some(symbol) = &plan.symbol {
        let references = references(&snapshot, symbol);
        *plan.said.get_mut() += &format!("{references:?}");
        found.extend(references);
    }
    if plan.has_policy || (carets.is_empty() && plan.symbol.is_none()) {
        let report = match check(&snapshot, plan) {
            Ok(report) => report,
            Err(errors) => return errors,
        };
        let wants_notes = plan.expected.iter().any(|item| item.kind == Kind::Note);
        found.extend(items(&report).into_iter().filter(|item| wants_notes || item.kind != Kind::Note));
        let (gaps, answers): (Vec<&String>, Vec<&String>) =
            plan.verdict.iter().partition(|line| line.starts_with("gap "));
        plan.expected.extend(gaps.into_iter().map(|line| gap(line)));
        lines.extend(answers.into_iter().filter_map(|line| answer(&report, line)));
    }
    *plan.said.get_mut() += &lines.join("\n");
    lines.extend(compare(std::mem::take(&mut plan.expected), found));
    lines
}

/// The groups that were expected and not found, and the other way round.
fn compare_duplicates(snapshot: &Snapshot, plan: &Plan, expected: &[String]) -> Vec<String> {
    let options = Options { kinds: Vec::new(), min_lines: 5, tests: true, traced: None };
    let scope = Scope { paths: plan.paths.clone() };
    let report = solely::pipeline::compare(snapshot, &Policy::builtin(), scope, &options, &Silent);
    *plan.said.borrow_mut() += &format!("{:?} {:?}", report.groups, report.gaps);
    let tell = |group: &solely::evidence::Group| {
        let reasons: Vec<&str> = group.reasons.iter().map(|kind| kind.name()).collect();
        let alike = group.clone_type.map_or(String::new(), |kind| format!(" {}", kind.name()));
        let copies = group.instances.iter().map(|it| {
            let value = it.detail.as_ref().map_or(String::new(), |value| format!("={value}"));
            format!(" {}:{}-{}{value}", it.path, it.lines.start, it.lines.end)
        });
        format!("{}{alike}:{}", reasons.join(" + "), copies.collect::<String>())
    };
    let found: Vec<String> = report.groups.iter().map(tell).collect();
    let missing = expected.iter().filter(|line| !found.contains(line)).map(|line| format!("- {line}"));
    let unexpected = found.iter().filter(|line| !expected.contains(line)).map(|line| format!("+ {line}"));
    missing.chain(unexpected).collect()
}

fn check(snapshot: &Snapshot, plan: &Plan) -> Result<CheckReport, Vec<String>> {
    let report = judge(snapshot, &policy(snapshot)?, Scope { paths: plan.paths.clone() }, plan.today, &Silent);
    let CheckReport { verdict, counts, rules, findings, gaps, warnings, .. } = &report;
    *plan.said.borrow_mut() += &format!("{verdict:?} {counts:?} {rules:?} {findings:?} {gaps:?} {warnings:?}");
    Ok(report)
}

fn policy(snapshot: &Snapshot) -> Result<Policy, Vec<String>> {
    let read = |path: &str| Ok(text(snapshot, path));
    match text(snapshot, "solely.toml") {
        Some(policy) => Policy::parse(&policy, "solely.toml", &read)
            .map_err(|errors| errors.iter().map(|error| format!("policy: {}", error.message)).collect()),
        None => Ok(Policy::builtin()),
    }
}

fn text(snapshot: &Snapshot, path: &str) -> Option<String> {
    let bytes = snapshot.reader().read(snapshot.find(&RepoPath::new(path))?).ok()?;
    String::from_utf8(bytes).ok()
}

/// Everything that a report tells at a place.
fn items(report: &CheckReport) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for finding in report.findings.iter().filter(|finding| finding.counts()) {
        items.push(Item {
            place: format!("{}:{}", finding.location.path, finding.location.start.line),
            kind: if finding.severity == Severity::Note { Kind::Note } else { Kind::Finding },
            label: format!("[{}]", finding.rule),
            text: finding.message.clone(),
        });
    }
    for warning in &report.warnings {
        let place = warning.place.as_ref().expect("a warning of a policy has its place");
        items.push(Item {
            place: format!("{}:{}", place.file, place.line),
            kind: Kind::Warning,
            label: String::new(),
            text: warning.message.clone(),
        });
    }
    for gap in &report.gaps {
        items.push(Item {
            place: gap.path.to_string(),
            kind: Kind::Gap,
            label: String::new(),
            text: format!("{} ({})", gap.reason, gap.stage.name()),
        });
    }
    items
}

/// `gap path: part of the reason`.
fn gap(line: &str) -> Item {
    let (path, text) = line["gap ".len()..].split_once(": ").expect("a gap has a path and a reason");
    Item { place: path.to_owned(), kind: Kind::Gap, label: String::new(), text: text.to_owned() }
}

/// What is wrong about a line of a `verdict` fence.
fn answer(report: &CheckReport, line: &str) -> Option<String> {
    let (what, expected) = line.split_once(": ").expect("a verdict is `what: answer`");
    let (kind, name) = what.split_once(' ').unwrap_or((what, ""));
    let rule = || report.rules.iter().find(|rule| rule.id == name);
    let symbol = || report.rules.iter().flat_map(|rule| &rule.symbols).find(|symbol| symbol.symbol == name);
    let found = match kind {
        "verdict" => Some(report.verdict.name().to_owned()),
        "rule" => rule().map(|rule| rule.verdict.name().to_owned()),
        "context" => {
            let of = |rule: &solely::evidence::RuleReport| {
                rule.contexts.iter().find(|(context, _)| context.name() == name).map(|(_, &verdict)| verdict)
            };
            report.rules.iter().filter_map(of).max().map(|verdict: Verdict| verdict.name().to_owned())
        }
        "symbol" => symbol().map(|symbol| symbol.state.name().to_owned()),
        "references" => symbol().map(|symbol| {
            let tiers = symbol.references;
            let (proven, likely, open, text) = (tiers.proven, tiers.likely, tiers.name_only, tiers.text);
            format!("proven {proven}, likely {likely}, name-only {open}, text {text}")
        }),
        other => panic!("`{other}` is no question to a verdict"),
    };
    let found = found.unwrap_or_else(|| "not there".to_owned());
    (found != expected).then(|| format!("- {line}\n    + {what}: {found}"))
}

/// The references that `solely refs` would list.
fn references(snapshot: &Snapshot, symbol: &str) -> Vec<Item> {
    let sources = SourceSet::new(snapshot);
    let project = Project::new(&sources, snapshot.ids().map(|(id, _)| id).collect(), &[]);
    let is_key = symbol.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    // no symbol holds a hyphen, but features do
    let is_flag = is_key || symbol.contains('-');
    let target = if is_flag {
        Target::Flag(symbol.to_owned())
    } else {
        let place = solely::policy::PolicyPlace { file: String::new(), line: 1, column: 1 };
        let pattern = SymbolPattern::parse(symbol, place).expect("a symbol");
        Target::Symbol(Symbol { module: pattern.module, name: pattern.name })
    };
    let traces = trace(&project, &[target], &Silent);
    let describe = |reference: &solely::project::TracedReference| {
        let tier = Some(reference.tier).filter(|tier| *tier != Tier::Text).map(Tier::name);
        let access = reference.access.map(|access| access.name());
        let words = [Some(reference.kind.name()), tier, reference.within, access];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    traces[0]
        .references
        .iter()
        .map(|reference| Item {
            place: format!("{}:{}", reference.location.path, reference.location.start.line),
            kind: Kind::Reference,
            label: describe(reference),
            text: String::new(),
        })
        .collect()
}

/// What is wrong about the names that carets point at.
fn resolve(snapshot: &Snapshot, carets: &[&Caret]) -> Vec<String> {
    let sources = SourceSet::new(snapshot);
    let project = Project::new(&sources, snapshot.ids().map(|(id, _)| id).collect(), &[]);
    let mut resolver = Resolver::new(&project);
    let mut faults = Vec::new();
    for caret in carets {
        let file = snapshot.find(&RepoPath::new(&caret.path)).expect("the caret's own file");
        let facts = sources.facts(file).expect("the file of a caret is source code");
        let offset = facts.line_index.span(caret.line as u32).start + caret.column as u32;
        let mut found: Vec<Vec<String>> = Vec::new();
        for meaning in meanings(&mut resolver, file, &facts, offset).unwrap_or_default() {
            let spellings = spellings(&project, &meaning);
            if !found.contains(&spellings) {
                found.push(spellings);
            }
        }
        let is_nothing = |meaning: &Vec<String>| {
            ["unknown", "missing ", "external "]
                .iter()
                .any(|it| meaning[0].trim_start_matches("likely ").starts_with(it))
        };
        if caret.meanings.is_empty() {
            found.retain(|meaning| !is_nothing(meaning));
        }
        let agrees = found.len() == caret.meanings.len()
            && caret.meanings.iter().all(|it| found.iter().any(|meaning| meaning.contains(it)));
        if !agrees {
            let place = format!("{}:{}", caret.path, caret.line);
            let told: Vec<&str> = found.iter().map(|meaning| meaning[0].as_str()).collect();
            faults.push(format!("- {place}  defined: {}", caret.meanings.join(", ")));
            faults.push(format!("+ {place}  defined: {}", told.join(", ")));
        }
    }
    faults
}

/// What the name at an offset means: a reference, or a name of an import.
fn meanings(resolver: &mut Resolver<'_, '_>, file: EntryId, facts: &Facts, offset: u32) -> Option<Vec<Resolved>> {
    if let Some(reference) = facts.references.iter().find(|it| it.span.start <= offset && offset < it.span.end) {
        return Some(resolver.value(file, reference.value).to_vec());
    }
    for (index, import) in facts.imports.iter().enumerate() {
        let holds = |span: solely::span::Span| span.start <= offset && offset < span.end;
        match import.target {
            ImportTarget::Name(_, span) if holds(span) => {
                return Some(resolver.import(file, facts, ImportId(index as u32)));
            }
            _ if holds(import.module_span) => {
                return Some(vec![Resolved::new(resolver.import_base(file, facts, import).0)]);
            }
            _ => {}
        }
    }
    None
}

/// The ways to write a meaning: by its symbol, and by its place.
fn spellings(project: &Project<'_>, meaning: &Resolved) -> Vec<String> {
    let place = |definition: &solely::project::DefinitionRef| {
        let facts = project.sources.facts(definition.file).expect("a definition has facts");
        let line = facts.line_index.line(facts.definition(definition.id).name_span.start);
        format!("{}:{line}", project.sources.path(definition.file))
    };
    let told = match &meaning.entity {
        Entity::Definition(definition) => vec![project.symbol_of(*definition).to_string(), place(definition)],
        Entity::Instance { class, .. } => vec![format!("instance of {}", project.symbol_of(*class))],
        Entity::Module(module) => vec![format!("module {}", project.modules.module_name(module))],
        Entity::Missing(symbol) => vec![format!("missing {symbol}")],
        Entity::External(path) => vec![format!("external {path}")],
        Entity::Holder(holder) => vec![format!("holder {:?}", holder.kind).to_lowercase()],
        Entity::Unknown => vec!["unknown".to_owned()],
    };
    match meaning.tier {
        Tier::Proven => told,
        _ => told.into_iter().map(|it| format!("likely {it}")).collect(),
    }
}

#[test]
fn every_document_has_a_test() {
    let mut documents = Vec::new();
    for folder in ["src/checks", "tests/spec"] {
        collect(&root().join(folder), &mut documents);
    }
    let mut listed: Vec<String> = SPECS.iter().map(|&it| it.to_owned()).collect();
    documents.sort();
    listed.sort();
    assert_eq!(documents, listed);
}

/// A document that expects nothing, or that never expects nothing, proves little.
#[test]
fn every_document_has_a_case_for_and_a_case_against() {
    let mut faults = Vec::new();
    for path in SPECS {
        let cases = markdown::cases(&read(path));
        let expects = |case: &Case| {
            let plan = plan(case);
            let is_expected = |item: &Item| matches!(item.kind, Kind::Finding | Kind::Note | Kind::Reference);
            plan.expected.iter().any(is_expected)
                || plan.duplicates.as_ref().is_some_and(|lines| !lines.is_empty())
                || plan.removal.as_ref().is_some_and(|it| it.lines.iter().any(|it| it.starts_with(char::is_numeric)))
                || plan.why_not.as_ref().is_some_and(|(_, lines)| lines.iter().any(|it| it.contains(": it is one")))
                || plan.reach.iter().any(|line| line.contains(": production") || line.contains(": tests"))
                || plan.files.iter().flat_map(|file| &file.carets).any(|caret| !caret.meanings.is_empty())
        };
        for (wanted, words) in [(true, "something is found"), (false, "nothing is found")] {
            if !cases.iter().any(|case| expects(case) == wanted) {
                faults.push(format!("{path}: no case in which {words}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Markdown files below a folder, `README.md` aside, relative to the root.
fn collect(folder: &Path, documents: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, documents);
        } else if path.extension().is_some_and(|it| it == "md") && path.file_name().is_some_and(|it| it != "README.md")
        {
            documents.push(path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/"));
        }
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
