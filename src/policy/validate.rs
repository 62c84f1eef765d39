//! From the raw form to rules: every glob, symbol, date and id becomes a type of its own, or an error with a place.
//!
//! Invariant: one bad value costs its own rule only; the others are validated all the same. What is said about a table
//! as a whole ("names neither symbols nor flags") is said only where `shape` took nothing out. Absent on purpose: what
//! needs more than one file (packs, replaced and disabled rules); that is `load`.

use super::error::{PolicyError, PolicyText};
use super::raw::*;
use super::symbol::is_name_glob;
use super::*;
use crate::language::LANGUAGES;
use std::ops::Range;
use toml::Spanned;

/// The file name of an example that is one text.
const EXAMPLE_FILE: &str = "example.py";

/// `[project]` of one file; what it leaves out comes from its packs, then from the defaults.
#[derive(Clone, Default)]
pub(super) struct ProjectLayer {
    pub include: Option<GlobList>,
    pub exclude: Option<GlobList>,
    pub tests: Option<GlobList>,
    pub roots: Option<Vec<String>>,
    pub entry_points: Option<Vec<SymbolPattern>>,
}

/// What one file says, checked.
pub(super) struct Validated {
    pub project: ProjectLayer,
    pub rules: Vec<Rule>,
    pub evidence: Vec<EvidenceRule>,
    pub expectations: Vec<Expectation>,
}

/// Reads a query file that a policy names; the error is a message with its help.
pub(super) type ReadQuery<'a> = dyn FnMut(&str) -> Result<QuerySource, String> + 'a;

/// The fields that every raw rule has; serde cannot share them and refuse unknown keys at once.
macro_rules! common {
    ($raw:ident) => {
        Common {
            id: $raw.id,
            summary: $raw.summary,
            issue: $raw.issue,
            severity: $raw.severity,
            examples: $raw.examples,
        }
    };
}

/// Validates what one file says. What is wrong is added to `errors`.
pub(super) fn validate(
    raw: RawPolicy,
    text: &PolicyText,
    read_query: &mut ReadQuery,
    errors: &mut Vec<PolicyError>,
) -> Validated {
    let mut validator = Validator { text, is_untouched: errors.is_empty(), errors };
    validator.unique_ids(&raw);
    let project = validator.project(raw.project);
    let mut rules = Vec::new();
    for legacy in raw.legacy {
        let span = legacy.span();
        rules.extend(validator.legacy(legacy.into_inner(), span));
    }
    for family in raw.family {
        let span = family.span();
        rules.extend(validator.family(family.into_inner(), span, read_query));
    }
    for dangling in raw.dangling_reference {
        let span = dangling.span();
        let (raw, before) = (dangling.into_inner(), validator.errors.len());
        rules.extend(validator.rule(common!(raw), span, Severity::Error, RuleKind::DanglingReference, before));
    }
    for only_through in raw.only_through {
        let span = only_through.span();
        rules.extend(validator.only_through(only_through.into_inner(), span));
    }
    for duplicates in raw.duplicates {
        let span = duplicates.span();
        rules.extend(validator.duplicates(duplicates.into_inner(), span));
    }
    for single_source in raw.single_source {
        let span = single_source.span();
        rules.extend(validator.single_source(single_source.into_inner(), span));
    }
    for intentional in raw.intentional_duplicate {
        let span = intentional.span();
        rules.extend(validator.intentional(intentional.into_inner(), span));
    }
    rules.sort_by_key(|rule| (rule.place.line, rule.place.column));
    let evidence = raw.evidence.into_iter().filter_map(|table| evidence::rule(&mut validator, table)).collect();
    let expectations = raw.removal.map(|removal| evidence::expectations(&mut validator, removal)).unwrap_or_default();
    Validated { project, rules, evidence, expectations }
}

pub(super) struct Validator<'a> {
    pub text: &'a PolicyText,
    /// Nothing was wrong with the file's shape, so what is missing is not there.
    is_untouched: bool,
    errors: &'a mut Vec<PolicyError>,
}

/// What every rule has, whatever its kind.
struct Common {
    id: Spanned<String>,
    summary: Option<String>,
    issue: Option<String>,
    severity: Option<RawSeverity>,
    examples: Vec<Spanned<RawExample>>,
}

impl Validator<'_> {
    fn project(&mut self, raw: RawProject) -> ProjectLayer {
        ProjectLayer {
            include: raw.include.map(|globs| self.globs(&globs)),
            exclude: raw.exclude.map(|globs| self.globs(&globs)),
            tests: raw.tests.map(|globs| self.globs(&globs)),
            roots: raw.roots.map(|roots| roots.iter().map(|root| self.root(root)).collect()),
            entry_points: raw.entry_points.map(|points| points.iter().filter_map(|it| self.symbol(it)).collect()),
        }
    }

    fn legacy(&mut self, raw: RawLegacy, span: Range<usize>) -> Option<Rule> {
        let before = self.errors.len();
        if raw.symbols.is_empty() && raw.flags.is_empty() {
            let message = format!("`{}` names neither symbols nor flags, so it can never fail", raw.id.get_ref());
            self.error_of_whole(span.clone(), message, "add `symbols = [\"package.module:Class.method\"]`");
        }
        let symbols = raw.symbols.iter().filter_map(|symbol| self.symbol(symbol)).collect();
        let flags = raw.flags.iter().map(|flag| self.flag(flag)).collect();
        let successor = raw.successor.as_ref().and_then(|symbol| self.one_definition(symbol, "successor"));
        let unwired = match raw.unwired {
            Some(RawUnwired::Error) => Some(Severity::Error),
            Some(RawUnwired::Warning) | None => Some(Severity::Warning),
            Some(RawUnwired::Note) => Some(Severity::Note),
            Some(RawUnwired::Ignore) => None,
        };
        let remove_by = raw.remove_by.as_ref().and_then(|date| self.date(date));
        let require = raw.require.map_or(Requirement::of_every_context(Demand::Gone), requirement);
        let kind = RuleKind::Legacy(LegacyRule { symbols, flags, successor, unwired, require, remove_by });
        self.rule(common!(raw), span, Severity::Error, kind, before)
    }

    fn family(&mut self, raw: RawFamily, span: Range<usize>, read_query: &mut ReadQuery) -> Option<Rule> {
        let before = self.errors.len();
        if raw.query.is_none() && raw.names.is_empty() && !raw.deprecated && !raw.beside_successor {
            let message = format!("`{}` would select every definition", raw.id.get_ref());
            self.error_of_whole(
                span.clone(),
                message,
                "add `names`, `query`, `deprecated = true` or `beside-successor = true`",
            );
        }
        let kind = RuleKind::Family(FamilyRule {
            query: raw.query.as_ref().and_then(|query| self.query(query, read_query)),
            names: raw.names.iter().map(|name| self.name_glob(name)).collect(),
            except: raw.except.iter().map(|name| self.name_glob(name)).collect(),
            deprecated: raw.deprecated,
            beside_successor: raw.beside_successor,
        });
        self.rule(common!(raw), span, Severity::Warning, kind, before)
    }

    fn only_through(&mut self, raw: RawOnlyThrough, span: Range<usize>) -> Option<Rule> {
        let before = self.errors.len();
        if raw.calls.get_ref().is_empty() {
            let help = "name at least one: `calls = [\"…\"]`".to_owned();
            self.error_of_whole(raw.calls.span(), "`calls` is empty, so the rule guards nothing".to_owned(), help);
        }
        let calls = raw.calls.get_ref().iter().map(|call| self.call(call)).collect();
        let through = raw.through.get_ref().iter().map(|module| self.door(module)).collect();
        let within = raw.within.iter().map(|module| self.door(module)).collect();
        let allow = raw.allow.iter().map(|allowance| self.allowance(allowance)).collect();
        let kind = RuleKind::OnlyThrough(OnlyThroughRule { calls, through, within, allow });
        self.rule(common!(raw), span, Severity::Error, kind, before)
    }

    fn duplicates(&mut self, raw: RawDuplicates, span: Range<usize>) -> Option<Rule> {
        let before = self.errors.len();
        // the shape has refused every other name
        let kind = |name: &Spanned<String>| DuplicateKind::ALL.iter().copied().find(|it| it.name() == name.get_ref());
        let contexts = raw.contexts.unwrap_or_else(|| vec![RawSourceContext::Code]);
        let kind = RuleKind::Duplicates(DuplicatesRule {
            kinds: raw.kinds.iter().filter_map(kind).collect(),
            min_lines: raw.min_lines.unwrap_or(MIN_LINES),
            disagreeing: raw.disagreeing,
            paths: self.globs(&raw.paths),
            contexts: contexts.into_iter().map(source_context).collect(),
            allow: raw.allow.iter().map(|allowance| self.allowance(allowance)).collect(),
        });
        self.rule(common!(raw), span, Severity::Warning, kind, before)
    }

    fn single_source(&mut self, raw: RawSingleSource, span: Range<usize>) -> Option<Rule> {
        let before = self.errors.len();
        let canonical = self.one_definition(&raw.canonical, "canonical definition")?;
        let names = raw.rivals.map(|rivals| rivals.names).unwrap_or_default();
        let kind = RuleKind::SingleSource(SingleSourceRule {
            canonical,
            rivals: names.iter().map(|name| self.name_glob(name)).collect(),
            allow: raw.allow.iter().map(|allowance| self.allowance(allowance)).collect(),
        });
        self.rule(common!(raw), span, Severity::Error, kind, before)
    }

    fn intentional(&mut self, raw: RawIntentionalDuplicate, span: Range<usize>) -> Option<Rule> {
        let before = self.errors.len();
        if raw.copies.get_ref().is_empty() {
            let help = "name each of them: `copies = [\"a.b:load\", \"c.d:load\"]`";
            self.error_of_whole(raw.copies.span(), "`copies` is empty, so the entry covers nothing", help);
        }
        let reason = self.reason(&raw.reason, "a duplicate on purpose needs a reason");
        let kind = RuleKind::IntentionalDuplicate(IntentionalDuplicate {
            copies: raw.copies.get_ref().iter().filter_map(|copy| self.copy(copy)).collect(),
            reason,
            owner: raw.owner,
            until: raw.until.as_ref().and_then(|date| self.date(date)),
        });
        let (id, summary, examples) = (raw.id, Some(raw.reason.into_inner()), Vec::new());
        let common = Common { id, summary, issue: None, severity: None, examples };
        self.rule(common, span, Severity::Error, kind, before)
    }

    /// A copy is a symbol, or a glob of files: `a.b:load`, `vendor/**`.
    fn copy(&mut self, copy: &Spanned<String>) -> Option<IntentionalCopy> {
        let text = copy.get_ref().clone();
        let pattern = match text.contains('/') || text.ends_with(".py") {
            true => CopyPattern::Path(self.globs(std::slice::from_ref(copy))),
            false => CopyPattern::Symbol(self.symbol(copy)?),
        };
        Some(IntentionalCopy { text, pattern })
    }

    /// The rule, unless something in it was wrong: `before` errors were there when it began.
    fn rule(
        &mut self,
        common: Common,
        span: Range<usize>,
        severity: Severity,
        kind: RuleKind,
        before: usize,
    ) -> Option<Rule> {
        self.id(&common.id);
        let examples = common.examples.iter().flat_map(|example| self.example(example)).collect();
        if self.errors.len() > before {
            return None;
        }
        let id = common.id.into_inner();
        Some(Rule {
            summary: common.summary.unwrap_or_else(|| id.replace('-', " ")),
            id: RuleId(id),
            issue: common.issue,
            severity: common.severity.map_or(severity, |severity| match severity {
                RawSeverity::Error => Severity::Error,
                RawSeverity::Warning => Severity::Warning,
                RawSeverity::Note => Severity::Note,
            }),
            place: self.text.place(&span),
            examples,
            kind,
        })
    }

    fn unique_ids(&mut self, raw: &RawPolicy) {
        let mut ids: Vec<&Spanned<String>> = Vec::new();
        ids.extend(raw.legacy.iter().map(|rule| &rule.get_ref().id));
        ids.extend(raw.family.iter().map(|rule| &rule.get_ref().id));
        ids.extend(raw.dangling_reference.iter().map(|rule| &rule.get_ref().id));
        ids.extend(raw.only_through.iter().map(|rule| &rule.get_ref().id));
        ids.extend(raw.duplicates.iter().map(|rule| &rule.get_ref().id));
        ids.extend(raw.single_source.iter().map(|rule| &rule.get_ref().id));
        ids.extend(raw.intentional_duplicate.iter().map(|rule| &rule.get_ref().id));
        ids.sort_by_key(|id| id.span().start);
        let mut lines: BTreeMap<&str, u32> = BTreeMap::new();
        for id in ids {
            let line = self.text.place(&id.span()).line;
            if let Some(first) = lines.insert(id.get_ref(), line) {
                let message = format!("a second rule with the id `{}`", id.get_ref());
                self.error(id.span(), message, format!("the first stands in line {first}; ids are unique in a file"));
            }
        }
    }

    fn id(&mut self, id: &Spanned<String>) {
        let text = id.get_ref();
        let is_kebab = !text.is_empty()
            && text.split('-').all(|part| !part.is_empty())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if is_kebab {
            return;
        }
        let words = text.to_lowercase();
        let words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let kebab = words.collect::<Vec<_>>().join("-");
        let help = if kebab.is_empty() {
            "name the offence: `duplicate-reader`".to_string()
        } else {
            format!("write `{kebab}`")
        };
        self.error(id.span(), format!("the id `{text}` is not in kebab-case"), help);
    }

    fn globs(&mut self, texts: &[Spanned<String>]) -> GlobList {
        let plain: Vec<&str> = texts.iter().map(|text| text.get_ref().as_str()).collect();
        let mut good = Vec::new();
        for (text, plain) in texts.iter().zip(plain) {
            match GlobList::new(&[plain]) {
                Ok(_) => good.push(plain),
                Err((_, error)) => {
                    let message = format!("bad glob `{plain}`: {}", error.message);
                    let mut error_here = self.text.error(text.span(), message);
                    error_here.help = error.help;
                    self.errors.push(error_here);
                }
            }
        }
        GlobList::new(&good).unwrap_or_default()
    }

    fn root(&mut self, root: &Spanned<String>) -> String {
        let text = root.get_ref();
        let trimmed = text.strip_prefix("./").unwrap_or(text).trim_end_matches('/');
        let is_folder = !text.starts_with('/')
            && !text.contains(['\\', '*', '?', '['])
            && trimmed.split('/').all(|part| part != ".." && (!part.is_empty() || trimmed.is_empty()));
        if !is_folder {
            let help = "write a folder relative to the repository, such as `src`; the repository itself is `.`";
            self.error(root.span(), format!("`{text}` is not a folder of the repository"), help);
        }
        if trimmed == "." { String::new() } else { trimmed.to_string() }
    }

    pub fn symbol(&mut self, symbol: &Spanned<String>) -> Option<SymbolPattern> {
        let place = self.text.place(&symbol.span());
        match SymbolPattern::parse(symbol.get_ref(), place) {
            Ok(symbol) => Some(symbol),
            Err(error) => {
                let message = format!("bad symbol: `{}` {}", symbol.get_ref(), error.message);
                self.error(symbol.span(), message, error.help);
                None
            }
        }
    }

    /// A symbol that means one definition; `what` is its part in the rule.
    fn one_definition(&mut self, symbol: &Spanned<String>, what: &str) -> Option<SymbolPattern> {
        let parsed = self.symbol(symbol)?;
        if parsed.has_globs() {
            let message = format!("the {what} `{parsed}` holds a glob, but it must be one definition");
            self.error(symbol.span(), message, "write its whole name");
            return None;
        }
        Some(parsed)
    }

    fn flag(&mut self, flag: &Spanned<String>) -> String {
        let text = flag.get_ref();
        let is_key = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
        if !is_key {
            let help = "write the whole key, such as `USE_LEGACY_ROUTES`";
            self.error(flag.span(), format!("`{text}` is not a key of the environment or of settings"), help);
        }
        text.clone()
    }

    fn call(&mut self, call: &Spanned<String>) -> String {
        let text = call.get_ref();
        let parts = || text.split(['.', ':']);
        let is_dotted = parts().all(is_name_glob) && text.matches(':').count() <= 1;
        if !is_dotted || parts().all(|part| part == "*") {
            let help = "write a dotted name, such as `os.getenv`, or a symbol, such as `os:getenv`";
            self.error(call.span(), format!("`{text}` is not the name of something to call"), help);
        }
        text.clone()
    }

    fn door(&mut self, module: &Spanned<String>) -> String {
        if let Some(symbol) = self.symbol(module)
            && symbol.name.is_some()
        {
            let message = format!("`{symbol}` is not a module");
            self.error(module.span(), message, format!("the door is a whole module: `{}`", symbol.module));
        }
        module.get_ref().trim_end_matches(':').to_string()
    }

    fn allowance(&mut self, allowance: &RawAllowance) -> Allowance {
        let reason = self.reason(&allowance.reason, "an exception needs a reason");
        Allowance { path: self.globs(std::slice::from_ref(&allowance.path)), reason }
    }

    fn reason(&mut self, reason: &Spanned<String>, demand: &str) -> String {
        if reason.get_ref().trim().is_empty() {
            self.error(reason.span(), demand, "say why, for whoever reads it next year");
        }
        reason.get_ref().trim().to_string()
    }

    fn name_glob(&mut self, name: &Spanned<String>) -> String {
        let text = name.get_ref();
        if !is_name_glob(text) {
            let help = match text.rsplit_once(['.', ':']) {
                Some((_, last)) => format!("only the last part of a name is matched: `{last}`"),
                None => "write a name in which `*`, `?` and `[0-9]` may stand, such as `*_v[0-9]`".to_string(),
            };
            self.error(name.span(), format!("bad name glob `{text}`"), help);
        }
        text.clone()
    }

    fn query(&mut self, query: &Spanned<String>, read_query: &mut ReadQuery) -> Option<QuerySource> {
        let name = query.get_ref();
        if name.ends_with(".scm") {
            return match read_query(name) {
                Ok(source) => Some(source),
                Err(why) => {
                    self.error(query.span(), format!("the query `{name}` {why}"), "paths are relative to this file");
                    None
                }
            };
        }
        for language in LANGUAGES {
            if let Some(builtin) = language.queries.iter().find(|builtin| builtin.name == name) {
                let file = format!("queries/{}/{name}.scm", language.name);
                return Some(QuerySource { name: name.clone(), text: builtin.text.to_string(), file });
            }
        }
        let mut names: Vec<&str> = LANGUAGES.iter().flat_map(|language| language.queries).map(|q| q.name).collect();
        names.sort_unstable();
        names.dedup();
        let error = self.text.error(query.span(), format!("unknown query `{name}`"));
        let error = error.with_help("for a query of your own, write the path of its `.scm` file");
        self.errors.push(error.with_choices(name, &names));
        None
    }

    fn date(&mut self, date: &Spanned<RawDate>) -> Option<jiff::civil::Date> {
        let text = match date.get_ref() {
            RawDate::Date(date) => date.to_string(),
            RawDate::Text(text) => text.clone(),
        };
        // jiff alone would also take a date with a time and drop the time.
        let parsed = (text.len() == "2025-10-01".len()).then(|| text.parse().ok()).flatten();
        if parsed.is_none() {
            self.error(date.span(), format!("`{text}` is not a date"), "write year, month and day: `2025-10-01`");
        }
        parsed
    }

    fn example(&mut self, example: &Spanned<RawExample>) -> Option<Example> {
        let span = example.span();
        let (code, expect) = match (&example.get_ref().r#match, &example.get_ref().no_match) {
            (Some(code), None) => (code, example.get_ref().findings.map(|count| count as usize)),
            (None, Some(code)) if example.get_ref().findings.is_none() => (code, Some(0)),
            (None, Some(_)) => {
                self.error(
                    span,
                    "`findings` counts what `match` raises; `no-match` raises none",
                    "take `findings` out",
                );
                return None;
            }
            _ => {
                let message = "an example has either `match` or `no-match`";
                self.error_of_whole(span, message, "write `{ match = \"code\" }` or `{ no-match = \"code\" }`");
                return None;
            }
        };
        let files = match code {
            RawCode::One(code) => BTreeMap::from([(EXAMPLE_FILE.to_string(), code.clone())]),
            RawCode::Files(files) => files.clone(),
        };
        let is_path = |path: &String| !path.is_empty() && !path.starts_with('/') && !path.split('/').any(|p| p == "..");
        if files.is_empty() || !files.keys().all(is_path) {
            self.error_of_whole(span, "an example needs files", "write `{ match = { \"app/a.py\" = \"code\" } }`");
            return None;
        }
        Some(Example { files, expect, place: self.text.place(&span) })
    }

    pub fn errors_so_far(&self) -> usize {
        self.errors.len()
    }

    pub fn error_of_whole(&mut self, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        if self.is_untouched {
            self.error(span, message, help);
        }
    }

    pub fn error(&mut self, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.errors.push(self.text.error(span, message).with_help(help));
    }
}

fn source_context(raw: RawSourceContext) -> Context {
    match raw {
        RawSourceContext::Code => Context::Code,
        RawSourceContext::Tests => Context::Tests,
    }
}

fn requirement(raw: RawRequire) -> Requirement {
    let demand = |raw| match raw {
        RawDemand::Anything => Demand::Anything,
        RawDemand::Unused => Demand::Unused,
        RawDemand::Removed => Demand::Removed,
        RawDemand::Residue => Demand::Residue,
        RawDemand::Gone => Demand::Gone,
    };
    match raw {
        RawRequire::Everywhere(everywhere) => Requirement::of_every_context(demand(everywhere)),
        RawRequire::PerContext(RawDemands { code, tests, docs, config }) => {
            let or_gone = |raw: Option<RawDemand>| raw.map_or(Demand::Gone, demand);
            Requirement { code: or_gone(code), tests: or_gone(tests), docs: or_gone(docs), config: or_gone(config) }
        }
    }
}
