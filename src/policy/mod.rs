//! Stage 0, intent: what must be gone, what must be single.
//!
//! TOML text becomes a raw form (`raw`), then a validated [`Policy`] in which every symbol, glob, date and requirement
//! is a type of its own. Built-in packs and user files load the same way, through an injected [`ReadFile`], so that a
//! work tree and a revision are one case. Errors carry file, line, column and the legal choices, and all of them are
//! reported, not the first. Absent on purpose: any look at the code; a symbol that matches nothing is found by the check.

mod builtin;
mod context;
mod disk;
mod error;
mod evidence;
mod glob;
mod load;
mod raw;
mod schema;
mod shape;
mod symbol;
#[cfg(test)]
mod tests;
mod validate;

pub use builtin::{PACKS, PackSpec};
pub use disk::{ReadFile, read_anywhere, read_below};
pub use error::{Frame, PolicyError};
pub use evidence::{
    Bound, CoverageDemand, EvidenceKind, EvidenceRule, Expectation, Expected, JsonDemand, JunitDemand, LogDemand,
    Measure, Operator,
};
pub use glob::GlobError;
pub use load::{BASELINE_FILE, DEFAULT_TESTS, POLICY_FILES, has_policy};

pub use schema::{schema, schema_text};
pub use symbol::{SymbolError, matches_dotted, matches_name};

use crate::finding::{Context, DuplicateKind, RuleId, Severity};
use crate::language::query::QuerySource;
use std::collections::BTreeMap;

/// A validated policy: what the user wrote plus the packs that it extends.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The file it came from, as given, or `None` for the built-in defaults.
    pub file: Option<String>,
    /// The folder that it judges, relative to the repository; empty is all of it.
    pub folder: String,
    /// BLAKE3 over the text of the policy and of every pack it extends, in order; hexadecimal.
    pub digest: String,
    pub project: ProjectSettings,
    /// In the order of packs, then of the file. Ids are unique.
    pub rules: Vec<Rule>,
    /// Results from outside of the repository that an audit asks for, in order.
    pub evidence: Vec<EvidenceRule>,
    /// What an audit expects of the lines that a change removes, in order of the keys.
    pub expectations: Vec<Expectation>,
}

impl Policy {
    /// Whether a rule comes from a built-in pack, which knows nothing of the project.
    pub fn is_general(&self, id: &RuleId) -> bool {
        self.rules.iter().find(|rule| rule.id == *id).is_some_and(|rule| rule.place.file.starts_with(builtin::PREFIX))
    }

    /// The first rule that names a symbol as legacy.
    pub fn legacy_rule_of(&self, module: &str, name: Option<&str>) -> Option<&Rule> {
        let names_it = |rule: &&Rule| match &rule.kind {
            RuleKind::Legacy(legacy) => legacy.symbols.iter().any(|pattern| pattern.matches(module, name)),
            _ => false,
        };
        self.rules.iter().find(names_it)
    }
}

/// Which files are judged, and what they are.
#[derive(Clone, Debug)]
pub struct ProjectSettings {
    /// Empty means everything.
    pub include: GlobList,
    pub exclude: GlobList,
    /// Files of the context `tests`.
    pub tests: GlobList,
    /// Import roots, relative to the repository; empty means they are found.
    pub roots: Vec<String>,
    /// Where production begins; empty means that entry points are found.
    pub entry_points: Vec<SymbolPattern>,
}

/// Globs over repository paths, with the texts they were made from. The exact rules stand in `glob.rs`: `**` crosses
/// folders, `*` does not, and a glob without a `/` matches at any depth.
#[derive(Clone, Default)]
pub struct GlobList {
    pub texts: Vec<String>,
    pub set: globset::GlobSet,
}

/// Where in a policy file something stands; 1-based.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyPlace {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

#[derive(Clone, Debug)]
pub struct Rule {
    pub id: RuleId,
    pub summary: String,
    pub issue: Option<String>,
    pub severity: Severity,
    pub place: PolicyPlace,
    pub examples: Vec<Example>,
    pub kind: RuleKind,
}

/// A piece of code that a rule must match, or must not.
#[derive(Clone, Debug)]
pub struct Example {
    /// Path to text; most examples have one file, `example.py`.
    pub files: BTreeMap<String, String>,
    /// How many findings the rule must raise; `None` is at least one.
    pub expect: Option<usize>,
    pub place: PolicyPlace,
}

#[derive(Clone, Debug)]
pub enum RuleKind {
    Legacy(LegacyRule),
    Family(FamilyRule),
    OnlyThrough(OnlyThroughRule),
    Duplicates(DuplicatesRule),
    SingleSource(SingleSourceRule),
    IntentionalDuplicate(IntentionalDuplicate),
    /// `[[dangling-reference]]`: imports, attributes of modules, patched names and exports that lead nowhere.
    DanglingReference,
}

impl RuleKind {
    pub fn name(&self) -> &'static str {
        match self {
            RuleKind::Legacy(_) => "legacy",
            RuleKind::Family(_) => "family",
            RuleKind::OnlyThrough(_) => "only-through",
            RuleKind::Duplicates(_) => "duplicates",
            RuleKind::SingleSource(_) => "single-source",
            RuleKind::IntentionalDuplicate(_) => "intentional-duplicate",
            RuleKind::DanglingReference => "dangling-reference",
        }
    }
}

/// `[[legacy]]`: these symbols and flags must reach a state of their lifecycle.
#[derive(Clone, Debug)]
pub struct LegacyRule {
    pub symbols: Vec<SymbolPattern>,
    /// Environment or settings keys that choose the legacy path.
    pub flags: Vec<String>,
    /// A definition that must exist.
    pub successor: Option<SymbolPattern>,
    /// How heavy it weighs that production does not reach the successor; `None` is not looked at.
    pub unwired: Option<Severity>,
    pub require: Requirement,
    /// From this date on the rule fails when not met; before it, it warns.
    pub remove_by: Option<jiff::civil::Date>,
}

/// `package.module:Class.method`, or `package.module` for a whole module. Each side may hold `*` (within a name)
/// and, on the module side, `**` (any number of parts). The exact rules stand in `symbol.rs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolPattern {
    /// Dotted module, with globs.
    pub module: String,
    /// Qualified name inside the module, with globs; `None` is the module itself.
    pub name: Option<String>,
    pub place: PolicyPlace,
}

/// What each context must have reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    pub code: Demand,
    pub tests: Demand,
    pub docs: Demand,
    pub config: Demand,
}

impl Requirement {
    pub fn of_every_context(demand: Demand) -> Self {
        Self { code: demand, tests: demand, docs: demand, config: demand }
    }

    pub fn of(&self, context: Context) -> Demand {
        match context {
            Context::Code => self.code,
            Context::Tests => self.tests,
            Context::Docs => self.docs,
            Context::Config => self.config,
        }
    }
}

/// What a context must have reached, from the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Demand {
    /// Nothing is demanded.
    Anything,
    /// The definition may stay, but nothing outside itself uses it.
    Unused,
    /// No definition.
    Removed,
    /// No definition and no use; text that names it may stay.
    Residue,
    /// Nothing at all.
    Gone,
}

impl Demand {
    pub fn name(self) -> &'static str {
        match self {
            Demand::Anything => "anything",
            Demand::Unused => "unused",
            Demand::Removed => "removed",
            Demand::Residue => "residue",
            Demand::Gone => "gone",
        }
    }
}

/// `[[family]]`: definitions that a query and a name pattern select.
#[derive(Clone, Debug)]
pub struct FamilyRule {
    /// The query that selects candidates; `None` selects every function, method and class.
    pub query: Option<QuerySource>,
    /// Globs over the last name; empty means every name.
    pub names: Vec<String>,
    /// Globs over the last name that are left alone.
    pub except: Vec<String>,
    /// Only definitions that carry a deprecation marker.
    pub deprecated: bool,
    /// Only definitions that live beside a successor: the same name without the family's affix, or a later version.
    pub beside_successor: bool,
}

/// `[[only-through]]`: calls that only the named modules may make.
#[derive(Clone, Debug)]
pub struct OnlyThroughRule {
    /// Dotted names, `os.getenv`, or symbols, `os:getenv`.
    pub calls: Vec<String>,
    /// Modules that are the door, with globs; empty closes it for everybody.
    pub through: Vec<String>,
    /// Modules that the rule is about, with globs; empty means every module.
    pub within: Vec<String>,
    pub allow: Vec<Allowance>,
}

/// `[[duplicates]]`: kinds of duplicates that are told.
#[derive(Clone, Debug)]
pub struct DuplicatesRule {
    /// Empty means every kind.
    pub kinds: Vec<DuplicateKind>,
    /// Lines that each copy of a clone has at least.
    pub min_lines: u32,
    /// Only groups whose copies say different things.
    pub disagreeing: bool,
    /// Files whose copies count; empty means every file.
    pub paths: GlobList,
    /// Contexts whose copies count.
    pub contexts: Vec<Context>,
    pub allow: Vec<Allowance>,
}

/// Lines that a clone has at least, where nobody says.
pub const MIN_LINES: u32 = 5;

/// `[[single-source]]`: a concept has one owner.
#[derive(Clone, Debug)]
pub struct SingleSourceRule {
    /// The one definition, without globs.
    pub canonical: SymbolPattern,
    /// Globs over the last names of definitions that would be a second one.
    pub rivals: Vec<String>,
    pub allow: Vec<Allowance>,
}

/// `[[intentional-duplicate]]`: copies that are there on purpose.
#[derive(Clone, Debug)]
pub struct IntentionalDuplicate {
    pub copies: Vec<IntentionalCopy>,
    pub reason: String,
    pub owner: Option<String>,
    /// From this date on the entry fails.
    pub until: Option<jiff::civil::Date>,
}

/// One side of an intentional duplicate, as written and as meant.
#[derive(Clone, Debug)]
pub struct IntentionalCopy {
    pub text: String,
    pub pattern: CopyPattern,
}

#[derive(Clone, Debug)]
pub enum CopyPattern {
    /// The definition, and what stands in it.
    Symbol(SymbolPattern),
    Path(GlobList),
}

#[derive(Clone, Debug)]
pub struct Allowance {
    pub path: GlobList,
    pub reason: String,
}
