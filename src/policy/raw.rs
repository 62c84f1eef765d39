//! The wire form of a policy: what a TOML file may say, before anything is known to make sense.
//!
//! These types are the one declaration of the keys: serde reads them, `shape` checks a file against the JSON Schema
//! derived from them, and `solely policy schema` prints that schema. Their doc comments are what an editor shows.
//! Absent on purpose: meaning. A glob, a symbol, an id is still a string here, with its place in the text.

use crate::finding::DuplicateKind;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// What must be gone, and what must be single.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "solely policy")]
pub(super) struct RawPolicy {
    /// Packs to build on: `builtin:NAME`, or the path of a TOML file beside this one. A rule of this file replaces a
    /// rule of the same id that a pack brings.
    #[schemars(with = "Option<Vec<String>>")]
    pub extends: Option<Vec<Spanned<String>>>,
    /// Ids of rules that come from packs and are switched off.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub disable: Vec<Spanned<String>>,
    /// Which files are judged, and what they are.
    #[serde(default)]
    pub project: RawProject,
    /// Symbols and flags that must reach a state of their lifecycle.
    #[serde(default)]
    #[schemars(with = "Vec<RawLegacy>")]
    pub legacy: Vec<Spanned<RawLegacy>>,
    /// Whole patterns of definitions that must not exist.
    #[serde(default)]
    #[schemars(with = "Vec<RawFamily>")]
    pub family: Vec<Spanned<RawFamily>>,
    /// References that lead nowhere.
    #[serde(default)]
    #[schemars(with = "Vec<RawDanglingReference>")]
    pub dangling_reference: Vec<Spanned<RawDanglingReference>>,
    /// Capabilities that only the named modules may use directly.
    #[serde(default)]
    #[schemars(with = "Vec<RawOnlyThrough>")]
    pub only_through: Vec<Spanned<RawOnlyThrough>>,
    /// Kinds of duplicates that are told, and how heavy they weigh.
    #[serde(default)]
    #[schemars(with = "Vec<RawDuplicates>")]
    pub duplicates: Vec<Spanned<RawDuplicates>>,
    /// Concepts that have one owner.
    #[serde(default)]
    #[schemars(with = "Vec<RawSingleSource>")]
    pub single_source: Vec<Spanned<RawSingleSource>>,
    /// Duplicates that are there on purpose.
    #[serde(default)]
    #[schemars(with = "Vec<RawIntentionalDuplicate>")]
    pub intentional_duplicate: Vec<Spanned<RawIntentionalDuplicate>>,
    /// Results from outside of the repository, which an audit judges and hashes into its bundle.
    #[serde(default)]
    #[schemars(with = "Vec<RawEvidence>")]
    pub evidence: Vec<Spanned<RawEvidence>>,
    /// What an audit expects of the lines that a change removes.
    pub removal: Option<RawRemoval>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRemoval {
    /// Bounds, such as `{ net-lines = ">= 300", reintroduced = 0 }`.
    pub expect: RawExpect,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawExpect {
    /// Deleted lines less added ones.
    #[schemars(with = "Option<RawBound>")]
    pub net_lines: Option<Spanned<RawBound>>,
    /// Deleted lines.
    #[schemars(with = "Option<RawBound>")]
    pub deleted_lines: Option<Spanned<RawBound>>,
    /// Deleted lines of code less added ones.
    #[schemars(with = "Option<RawBound>")]
    pub net_code_lines: Option<Spanned<RawBound>>,
    /// Definitions that are gone.
    #[schemars(with = "Option<RawBound>")]
    pub removed_definitions: Option<Spanned<RawBound>>,
    /// Legacy symbols of the policy that head defines and base does not.
    #[schemars(with = "Option<RawBound>")]
    pub reintroduced: Option<Spanned<RawBound>>,
    /// References in production that the change leaves dangling.
    #[schemars(with = "Option<RawBound>")]
    pub broken: Option<Spanned<RawBound>>,
}

/// A number, or a comparison with one: `0`, `">= 300"`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum RawBound {
    Number(i64),
    Text(String),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawEvidence {
    /// What the files are.
    pub kind: RawEvidenceKind,
    /// The file or files, relative to this policy; `*` and `**` as in other globs. `.gz` is unpacked.
    #[schemars(with = "String")]
    pub path: Spanned<String>,
    /// The commit that the evidence is of, where it holds no time of its own.
    #[schemars(with = "Option<String>")]
    pub commit: Option<Spanned<String>>,
    /// `json`: where the document names its commit, as a JSON pointer.
    #[schemars(with = "Option<String>")]
    pub commit_at: Option<Spanned<String>>,
    /// `log`: patterns that no line may match.
    #[schemars(with = "Option<Vec<String>>")]
    pub forbid: Option<Spanned<Vec<Spanned<String>>>>,
    /// `log`: patterns that some line must match, each.
    #[schemars(with = "Option<Vec<String>>")]
    pub require: Option<Spanned<Vec<Spanned<String>>>>,
    /// `log`: the time from which lines count, in RFC 3339.
    #[schemars(with = "Option<String>")]
    pub from: Option<Spanned<String>>,
    /// `log`: the time up to which lines count, in RFC 3339.
    #[schemars(with = "Option<String>")]
    pub to: Option<Spanned<String>>,
    /// `junit`: globs over test names; some test must match each, and all that match must pass.
    #[schemars(with = "Option<Vec<String>>")]
    pub require_tests: Option<Spanned<Vec<Spanned<String>>>>,
    /// `junit`: globs over the names of tests that must fail; every other test must pass.
    #[schemars(with = "Option<Vec<String>>")]
    pub expect_failures: Option<Spanned<Vec<Spanned<String>>>>,
    /// `junit`: how many tests there must be.
    #[schemars(with = "Option<RawBound>")]
    pub tests: Option<Spanned<RawBound>>,
    /// `json`: values by JSON pointer; a text that begins with `<`, `>`, `=` or `!=` compares numbers.
    #[schemars(with = "Option<BTreeMap<String, RawExpected>>")]
    pub expect: Option<Spanned<BTreeMap<String, RawExpected>>>,
    /// `coverage`: the definition whose lines count; without it, every line does.
    #[schemars(with = "Option<String>")]
    pub symbol: Option<Spanned<String>>,
    /// `coverage`: the share of lines that must be covered, from 0 to 1.
    #[schemars(with = "Option<f64>")]
    pub at_least: Option<Spanned<f64>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawEvidenceKind {
    /// Plain lines or JSON lines.
    Log,
    /// JUnit XML.
    Junit,
    /// A JSON document.
    Json,
    /// Cobertura XML, LCOV, or the JSON of coverage.py.
    Coverage,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum RawExpected {
    Truth(bool),
    Integer(i64),
    Float(f64),
    Text(String),
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawProject {
    /// Globs of the files that are judged; without it, every file.
    #[schemars(with = "Option<Vec<String>>")]
    pub include: Option<Vec<Spanned<String>>>,
    /// Globs of files that are left out.
    #[schemars(with = "Option<Vec<String>>")]
    pub exclude: Option<Vec<Spanned<String>>>,
    /// Globs of test files, which are a context of their own; without it, the usual names of test files.
    #[schemars(with = "Option<Vec<String>>")]
    pub tests: Option<Vec<Spanned<String>>>,
    /// Folders that imports start from, relative to the repository; without it, they are found.
    #[schemars(with = "Option<Vec<String>>")]
    pub roots: Option<Vec<Spanned<String>>>,
    /// Where production begins: `package.module` to run, or `package.module:name` to call, with `*` and `**`; without
    /// it, entry points are found.
    #[schemars(with = "Option<Vec<String>>")]
    pub entry_points: Option<Vec<Spanned<String>>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawLegacy {
    /// The rule's name in kebab-case.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What this is about, in a few words.
    pub summary: Option<String>,
    /// The issue that asks for it.
    pub issue: Option<String>,
    /// What must go: `package.module:Class.method`, with `*` within a name and `**` across modules.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub symbols: Vec<Spanned<String>>,
    /// Environment or settings keys that choose the legacy path.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub flags: Vec<Spanned<String>>,
    /// The definition that takes over, which must exist.
    #[schemars(with = "Option<String>")]
    pub successor: Option<Spanned<String>>,
    /// How heavy it weighs that no production entry point reaches the successor; without it, `warning`. `ignore` does
    /// not look.
    pub unwired: Option<RawUnwired>,
    /// What must be reached: one state for every context, or a table with a state per context, in which a context
    /// that is left out must be `gone`. Without it, `gone`.
    pub require: Option<RawRequire>,
    /// The date from which the rule fails; before it, the rule warns.
    #[schemars(with = "Option<DateText>")]
    pub remove_by: Option<Spanned<RawDate>>,
    /// How heavy a finding weighs; without it, `error`.
    pub severity: Option<RawSeverity>,
    /// Code that the rule must match, or must not.
    #[serde(default)]
    #[schemars(with = "Vec<RawExample>")]
    pub examples: Vec<Spanned<RawExample>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawFamily {
    /// The rule's name in kebab-case.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What this is about, in a few words.
    pub summary: Option<String>,
    /// The issue that asks for it.
    pub issue: Option<String>,
    /// The query that selects candidates: the name of one that is built in, or the path of a `.scm` file beside the
    /// policy. Without it, every function, method and class.
    #[schemars(with = "Option<String>")]
    pub query: Option<Spanned<String>>,
    /// Globs over the last part of the name (`*`, `?`, `[0-9]`); without it, every name.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub names: Vec<Spanned<String>>,
    /// Globs over the last part of names that are left alone.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub except: Vec<Spanned<String>>,
    /// Only definitions that carry a deprecation marker.
    #[serde(default)]
    pub deprecated: bool,
    /// Only definitions with a successor in the same class or module: the name without its legacy affix, or a later
    /// version of it.
    #[serde(default)]
    pub beside_successor: bool,
    /// How heavy a finding weighs; without it, `warning`.
    pub severity: Option<RawSeverity>,
    /// Code that the rule must match, or must not.
    #[serde(default)]
    #[schemars(with = "Vec<RawExample>")]
    pub examples: Vec<Spanned<RawExample>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawDanglingReference {
    /// The rule's name in kebab-case.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What this is about, in a few words.
    pub summary: Option<String>,
    /// The issue that asks for it.
    pub issue: Option<String>,
    /// How heavy a finding weighs; without it, `error`.
    pub severity: Option<RawSeverity>,
    /// Code that the rule must match, or must not.
    #[serde(default)]
    #[schemars(with = "Vec<RawExample>")]
    pub examples: Vec<Spanned<RawExample>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawOnlyThrough {
    /// The rule's name in kebab-case.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What this is about, in a few words.
    pub summary: Option<String>,
    /// The issue that asks for it.
    pub issue: Option<String>,
    /// What is guarded: dotted names such as `os.getenv`, or symbols.
    #[schemars(with = "Vec<String>")]
    pub calls: Spanned<Vec<Spanned<String>>>,
    /// The modules that are the door, with `*` and `**`; an empty list closes it for everybody.
    #[schemars(with = "Vec<String>")]
    pub through: Spanned<Vec<Spanned<String>>>,
    /// The modules that the rule is about, with `*` and `**`; without it, every module.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub within: Vec<Spanned<String>>,
    /// Places where direct use is accepted, each with its reason.
    #[serde(default)]
    pub allow: Vec<RawAllowance>,
    /// How heavy a finding weighs; without it, `error`.
    pub severity: Option<RawSeverity>,
    /// Code that the rule must match, or must not.
    #[serde(default)]
    #[schemars(with = "Vec<RawExample>")]
    pub examples: Vec<Spanned<RawExample>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawDuplicates {
    /// The rule's name in kebab-case.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What this is about, in a few words.
    pub summary: Option<String>,
    /// The issue that asks for it.
    pub issue: Option<String>,
    /// Kinds of duplicates; without it, every kind. A group that several kinds found is told by the first rule that
    /// names one of them.
    #[serde(default)]
    #[schemars(with = "Vec<DuplicateKindText>")]
    pub kinds: Vec<Spanned<String>>,
    /// Lines that each copy of a clone has at least; without it, 5.
    pub min_lines: Option<u32>,
    /// Only groups whose copies say different things.
    #[serde(default)]
    pub disagreeing: bool,
    /// Globs of the files whose copies count; without it, every file.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub paths: Vec<Spanned<String>>,
    /// The contexts whose copies count; without it, code alone.
    pub contexts: Option<Vec<RawSourceContext>>,
    /// Places whose copies do not count, each with its reason.
    #[serde(default)]
    pub allow: Vec<RawAllowance>,
    /// How heavy a finding weighs; without it, `warning`.
    pub severity: Option<RawSeverity>,
    /// Code that the rule must match, or must not.
    #[serde(default)]
    #[schemars(with = "Vec<RawExample>")]
    pub examples: Vec<Spanned<RawExample>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSingleSource {
    /// The rule's name in kebab-case.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What this is about, in a few words.
    pub summary: Option<String>,
    /// The issue that asks for it.
    pub issue: Option<String>,
    /// The one definition, which must exist: `package.module:Class`.
    #[schemars(with = "String")]
    pub canonical: Spanned<String>,
    /// What else must not be there, besides copies and look-alikes, which are found by themselves.
    pub rivals: Option<RawRivals>,
    /// Places where rivals are accepted, each with its reason.
    #[serde(default)]
    pub allow: Vec<RawAllowance>,
    /// How heavy a finding weighs; without it, `error`.
    pub severity: Option<RawSeverity>,
    /// Code that the rule must match, or must not.
    #[serde(default)]
    #[schemars(with = "Vec<RawExample>")]
    pub examples: Vec<Spanned<RawExample>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRivals {
    /// Globs over the names of classes and functions of modules (`*`, `?`, `[0-9]`).
    #[schemars(with = "Vec<String>")]
    pub names: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawIntentionalDuplicate {
    /// The entry's name in kebab-case.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The copies: symbols (`package.module:Class.method`, globs may stand) or globs of files (with a `/` or an ending).
    #[schemars(with = "Vec<String>")]
    pub copies: Spanned<Vec<Spanned<String>>>,
    /// Why there are several, for whoever reads it next year.
    #[schemars(with = "String")]
    pub reason: Spanned<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The date from which the entry fails.
    #[schemars(with = "Option<DateText>")]
    pub until: Option<Spanned<RawDate>>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawSourceContext {
    Code,
    Tests,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawAllowance {
    /// A glob of the files that may.
    #[schemars(with = "String")]
    pub path: Spanned<String>,
    /// Why they may.
    #[schemars(with = "String")]
    pub reason: Spanned<String>,
}

/// A piece of code, and what the rule must say about it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawExample {
    /// Code that must raise a finding: a text, or a table of file names and texts.
    pub r#match: Option<RawCode>,
    /// Code that must raise none.
    pub no_match: Option<RawCode>,
    /// How many findings `match` must raise; without it, at least one.
    pub findings: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum RawCode {
    One(String),
    Files(BTreeMap<String, String>),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum RawRequire {
    Everywhere(RawDemand),
    PerContext(RawDemands),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawDemands {
    pub code: Option<RawDemand>,
    pub tests: Option<RawDemand>,
    pub docs: Option<RawDemand>,
    pub config: Option<RawDemand>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawDemand {
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

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawSeverity {
    Error,
    Warning,
    Note,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawUnwired {
    Error,
    Warning,
    Note,
    Ignore,
}

/// A TOML date, or its text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum RawDate {
    Date(toml::value::Datetime),
    Text(String),
}

/// How a date looks in the schema, where TOML's own dates do not exist.
pub(super) struct DateText;

impl JsonSchema for DateText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

/// The name of a kind of duplicates, which `finding` lists.
pub(super) struct DuplicateKindText;

impl JsonSchema for DuplicateKindText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DuplicateKind".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<&str> = DuplicateKind::ALL.iter().map(|kind| kind.name()).collect();
        schemars::json_schema!({ "type": "string", "enum": names })
    }
}
