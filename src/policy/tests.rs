//! Executed cases that go through the whole stage: a policy as a user writes it, and what is said about it.

use super::*;
use proptest::prelude::*;
use std::collections::HashMap;

/// Files beside `solely.toml`, by path.
fn parse_among(files: &[(&str, &str)]) -> Result<Policy, Vec<PolicyError>> {
    let files: HashMap<&str, &str> = files.iter().copied().collect();
    let read = |path: &str| match files.get(path) {
        Some(&"<unreadable>") => Err("permission denied".to_string()),
        found => Ok(found.map(|text| text.to_string())),
    };
    Policy::load("solely.toml", &read)
}

fn parse(text: &str) -> Result<Policy, Vec<PolicyError>> {
    parse_among(&[("solely.toml", text)])
}

fn expect(text: &str) -> Policy {
    parse(text).unwrap_or_else(|errors| panic!("{}\n{text}", shown(&errors).join("\n")))
}

/// Each error as `file:line:column: message | help | legal`, the last two where there are any.
fn shown(errors: &[PolicyError]) -> Vec<String> {
    let mut lines = Vec::new();
    for error in errors {
        let help = error.help.iter().map(|help| format!(" | {help}"));
        let legal = Some(error.legal.join(", ")).filter(|legal| !legal.is_empty());
        lines.push(
            std::iter::once(error.to_string()).chain(help).chain(legal.map(|legal| format!(" | {legal}"))).collect(),
        );
    }
    lines
}

fn assert_refused(text: &str, expected: &[&str]) {
    let errors = parse(text).err().unwrap_or_else(|| panic!("must be refused:\n{text}"));
    assert_eq!(shown(&errors), expected, "\n{text}");
}

const FULL: &str = r##"
extends = ["builtin:legacy"]
disable = ["deprecated-definition"]

[project]
include = ["app/**"]
exclude = ["app/generated/"]
tests = ["tests/**"]
roots = ["src", "."]

[[legacy]]
id = "handlers"
summary = "V2 handlers"
issue = "#447"
symbols = ["app.**:Handler.*_v2", "app.old"]
flags = ["USE_V3"]
successor = "app.new:Handler.run"
require = { tests = "residue", docs = "anything" }
remove-by = 2025-10-01
severity = "note"
examples = [
  { match = "x = 1" },
  { match = { "a.py" = "x = 1", "b.py" = "y = 1" }, findings = 2 },
  { no-match = "z = 1" },
]

[[family]]
id = "v2-handlers"
names = ["*_v2"]
except = ["test_*"]
beside-successor = true

[[only-through]]
id = "environment-access"
calls = ["os.getenv", "os:environ"]
through = ["shared.environment", "shared.settings.**"]
allow = [{ path = "scripts/", reason = "run before anything is installed" }]
"##;

#[test]
fn a_policy_that_says_everything() {
    let policy = expect(FULL);
    assert_eq!(policy.file.as_deref(), Some("solely.toml"));
    assert!(policy.project.include.matches("app/a.py") && policy.project.exclude.matches("app/generated/a/b.py"));
    assert_eq!((policy.project.tests.texts.len(), policy.project.roots), (1, vec!["src".into(), String::new()]));
    let ids: Vec<_> = policy.rules.iter().map(|rule| rule.id.0.as_str()).collect();
    assert_eq!(ids[ids.len() - 3..], ["handlers", "v2-handlers", "environment-access"]);
    assert!(!ids.contains(&"deprecated-definition"), "{ids:?}");

    let [legacy, family, only_through] = &policy.rules[ids.len() - 3..] else { panic!("three rules") };
    assert_eq!((legacy.summary.as_str(), legacy.issue.as_deref()), ("V2 handlers", Some("#447")));
    assert_eq!((legacy.severity, family.severity), (Severity::Note, Severity::Warning));
    assert_eq!((legacy.place.line, family.summary.as_str()), (11, "v2 handlers"));
    let counts: Vec<_> = legacy.examples.iter().map(|example| (example.files.len(), example.expect)).collect();
    assert_eq!(counts, [(1, None), (2, Some(2)), (1, Some(0))]);
    assert_eq!(legacy.examples[1].place.line, 23);

    let RuleKind::Legacy(rule) = &legacy.kind else { panic!("{legacy:?}") };
    assert_eq!(rule.symbols.iter().map(|s| s.to_string()).collect::<Vec<_>>(), ["app.**:Handler.*_v2", "app.old"]);
    assert_eq!((rule.symbols[1].place.line, rule.symbols[1].place.column), (15, 35));
    assert_eq!(rule.successor.as_ref().map(|s| s.last_name()), Some("run"));
    let Requirement { code, tests, docs, config } = rule.require;
    assert_eq!([code, tests, docs, config], [Demand::Gone, Demand::Residue, Demand::Anything, Demand::Gone]);
    assert_eq!(rule.remove_by, Some(jiff::civil::date(2025, 10, 1)));

    let RuleKind::OnlyThrough(rule) = &only_through.kind else { panic!("{only_through:?}") };
    assert_eq!(rule.calls, ["os.getenv", "os:environ"]);
    assert!(rule.allow[0].path.matches("scripts/a.py") && !rule.allow[0].reason.is_empty());
}

#[test]
fn what_is_left_out_has_its_default() {
    let policy =
        expect("[[legacy]]\nid = \"a\"\nsymbols = [\"a:B\"]\nrequire = \"removed\"\nremove-by = \"2025-10-01\"\n");
    let RuleKind::Legacy(rule) = &policy.rules[0].kind else { panic!("{policy:?}") };
    assert_eq!(rule.require, Requirement::of_every_context(Demand::Removed));
    assert_eq!(rule.remove_by, Some(jiff::civil::date(2025, 10, 1)));
    assert_eq!((policy.rules.len(), policy.rules[0].severity), (1, Severity::Error));
    let plain = expect("[[legacy]]\nid = \"a\"\nflags = [\"A\"]\n");
    let RuleKind::Legacy(rule) = &plain.rules[0].kind else { panic!("{plain:?}") };
    assert_eq!(rule.require, Requirement::of_every_context(Demand::Gone));
    assert!(plain.project.include.is_empty() && plain.project.roots.is_empty());
    for (path, is_test) in [
        ("tests/a.py", true),
        ("app/tests/data/a.json", true),
        ("app/test_a.py", true),
        ("app/a_test.py", true),
        ("conftest.py", true),
        ("web/a.spec.ts", true),
        ("web/__tests__/a.js", true),
        ("web/__mocks__/a.ts", true),
        ("web/lib/a.spec.ts", true),
        ("web/login.cy.ts", true),
        ("shop/store_test.go", true),
        ("shop/latest.go", false),
        ("web/policy.ts", false),
        ("app/latest.py", false),
        ("app/contest.py", false),
        ("app/testing.py", false),
    ] {
        assert_eq!(plain.project.tests.matches(path), is_test, "{path}");
    }
}

#[test]
fn what_is_not_toml() {
    assert_refused("a = \n", &["solely.toml:1:5: not TOML: string values must be quoted, expected literal string"]);
    assert_refused("[project]\ninclude = [\"é\", 'x]\n", &["solely.toml:2:20: not TOML: unclosed array, expected `]`"]);
    assert_refused("[project]\n[project]\n", &["solely.toml:2:2: not TOML: duplicate key"]);
}

#[test]
fn unknown_keys() {
    let top = "dangling-reference, disable, duplicates, evidence, extends, family, intentional-duplicate, legacy, only-through, project, removal, single-source";
    assert_refused(
        "[[single-sources]]\nid = \"x\"\n",
        &[&format!(
            "solely.toml:1:3: unknown key `single-sources` at the top level | did you mean `single-source`? | {top}"
        )],
    );
    assert_refused(
        "[[legasy]]\nid = \"x\"\n",
        &[&format!("solely.toml:1:3: unknown key `legasy` at the top level | did you mean `legacy`? | {top}")],
    );
    let legacy = "examples, flags, id, issue, remove-by, require, severity, successor, summary, symbols, unwired";
    assert_refused(
        "[[legacy]]\nid = \"x\"\nsymbol = [\"a:B\"]\nremove_by = 2025-10-01\n",
        &[
            &format!("solely.toml:3:1: unknown key `symbol` in `[[legacy]]` | did you mean `symbols`? | {legacy}"),
            &format!("solely.toml:4:1: unknown key `remove_by` in `[[legacy]]` | did you mean `remove-by`? | {legacy}"),
        ],
    );
    assert_refused(
        "[project]\ninclud = []\n",
        &[
            "solely.toml:2:1: unknown key `includ` in `[project]` | did you mean `include`? | entry-points, exclude, include, roots, tests",
        ],
    );
    assert_refused(
        "[[legacy]]\nid = \"x\"\nsymbols = [\"a:B\"]\nrequire = { test = \"gone\" }\n",
        &["solely.toml:4:13: unknown key `test` in `require` | did you mean `tests`? | code, config, docs, tests"],
    );
    assert_refused(
        "[[family]]\nid = \"x\"\nnames = [\"a\"]\nexamples = [{ matches = \"\" }]\n",
        &[
            "solely.toml:4:15: unknown key `matches` in an entry of `examples` | did you mean `match`? | findings, match, no-match",
        ],
    );
}

#[test]
fn wrong_types() {
    for (line, expected) in [
        (
            "symbols = \"a:B\"",
            "11: expected an array of strings for `symbols`, found a string | write it as a list: `symbols = [\"a:B\"]`",
        ),
        (
            "symbols = [\"a:B\", 3]",
            "19: expected a string in `symbols`, found a whole number | put it in quotes: `\"3\"`",
        ),
        (
            "summary = [\"a\"]",
            "11: expected a string for `summary`, found an array | write one text: `summary = \"…\"`",
        ),
        ("summary = 2025-10-01", "11: expected a string for `summary`, found a date"),
        (
            "remove-by = 20251001",
            "13: expected a date for `remove-by`, found a whole number | put it in quotes: `\"20251001\"`",
        ),
        (
            "require = 1.5",
            "11: expected a string or a table for `require`, found a float | anything, unused, removed, residue, gone",
        ),
        ("severity = true", "12: expected a string for `severity`, found a boolean | error, warning, note"),
        (
            "examples = [{ match = \"\", findings = \"1\" }]",
            "38: expected a whole number for `findings`, found a string",
        ),
        (
            "examples = [{ match = \"\", findings = -1 }]",
            "38: `-1` is out of range for `findings` | write a whole number from 0 to 4294967295",
        ),
        (
            "examples = [{ match = { \"a.py\" = 1 } }]",
            "34: expected a string for `a.py`, found a whole number | put it in quotes: `\"1\"`",
        ),
    ] {
        let text = format!("[[legacy]]\nid = \"x\"\nflags = [\"A\"]\n{line}\n");
        assert_refused(&text, &[&format!("solely.toml:4:{expected}")]);
    }
    assert_refused(
        "[legacy]\nid = \"x\"\n",
        &[
            "solely.toml:1:1: expected an array of tables for `legacy`, found a table | write the header with two brackets: `[[legacy]]`",
        ],
    );
    assert_refused(
        "[[project]]\n",
        &[
            "solely.toml:1:1: expected a table for `project`, found an array | write the header with one pair of brackets: `[project]`",
        ],
    );
    assert_refused(
        "[[family]]\nid = \"x\"\nbeside-successor = \"true\"\n",
        &[
            "solely.toml:3:20: expected `true` or `false` for `beside-successor`, found a string | write it without quotes: `beside-successor = true`",
        ],
    );
}

#[test]
fn missing_keys() {
    assert_refused(
        "[[legacy]]\nsymbols = [\"a:B\"]\n",
        &["solely.toml:1:1: missing key `id` in `[[legacy]]` | add `id = \"…\"`: the rule's name in kebab-case"],
    );
    assert_refused(
        "[[legacy]]\nid = \"x\"\n",
        &[
            "solely.toml:1:1: `x` names neither symbols nor flags, so it can never fail | add `symbols = [\"package.module:Class.method\"]`",
        ],
    );
    assert_refused(
        "[[family]]\nid = \"x\"\n",
        &[
            "solely.toml:1:1: `x` would select every definition | add `names`, `query`, `deprecated = true` or `beside-successor = true`",
        ],
    );
    assert_refused(
        "[[only-through]]\nid = \"x\"\ncalls = []\nallow = [{ path = \"a\" }, \"b\"]\n",
        &[
            "solely.toml:1:1: missing key `through` in `[[only-through]]` | add `through = [\"…\"]`: the modules that are the door, with `*` and `**`; an empty list closes it for everybody",
            "solely.toml:4:10: missing key `reason` in an entry of `allow` | add `reason = \"…\"`: why they may",
            "solely.toml:4:26: expected a table in `allow`, found a string | write a table: `{ path = …, reason = … }`",
        ],
    );
    assert_refused(
        "[[only-through]]\nid = \"x\"\ncalls = []\nthrough = [\"a\"]\nallow = [{ path = \"a\", reason = \" \" }]\n",
        &[
            "solely.toml:3:9: `calls` is empty, so the rule guards nothing | name at least one: `calls = [\"…\"]`",
            "solely.toml:5:33: an exception needs a reason | say why, for whoever reads it next year",
        ],
    );
    assert_refused(
        "extends = []\n",
        &[
            "solely.toml: the policy has no rule, so it can never fail | add a rule, or `extends = [\"builtin:legacy\"]`",
        ],
    );
}

#[test]
fn duplicates_and_their_owners() {
    let policy = parse(
        "[[duplicates]]\nid = \"a\"\nkinds = [\"clone\"]\nmin-lines = 8\n\
         [[single-source]]\nid = \"b\"\ncanonical = \"x.y:Z\"\nrivals = { names = [\"*Z\"] }\n\
         [[intentional-duplicate]]\nid = \"c\"\ncopies = [\"x:f\", \"vendor/**\"]\nreason = \"r\"\nuntil = 2027-01-01\n",
    )
    .expect("a valid policy");
    let kinds: Vec<&str> = policy.rules.iter().map(|rule| rule.kind.name()).collect();
    assert_eq!(kinds, ["duplicates", "single-source", "intentional-duplicate"]);
    assert_eq!(policy.rules[0].severity, Severity::Warning);
    assert_eq!(policy.rules[1].severity, Severity::Error);
    let RuleKind::Duplicates(rule) = &policy.rules[0].kind else { panic!("the first rule") };
    assert_eq!(
        (&rule.kinds[..], rule.min_lines, &rule.contexts[..]),
        (&[DuplicateKind::Clone][..], 8, &[Context::Code][..])
    );

    // what is there on purpose does not switch the packs off
    let only = parse("[[intentional-duplicate]]\nid = \"c\"\ncopies = [\"x:f\"]\nreason = \"r\"\n").expect("valid");
    assert_eq!(only.rules.len(), Policy::builtin().rules.len() + 1);

    let names: Vec<&str> = DuplicateKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_refused(
        "[[duplicates]]\nid = \"a\"\nkinds = [\"clones\"]\n",
        &[&format!(
            "solely.toml:3:10: unknown value `clones` for `kinds` | did you mean `clone`? | {}",
            names.join(", ")
        )],
    );
    assert_refused(
        "[[single-source]]\nid = \"b\"\ncanonical = \"x.*:Z\"\n",
        &[
            "solely.toml:3:13: the canonical definition `x.*:Z` holds a glob, but it must be one definition | write its whole name",
        ],
    );
    assert_refused(
        "[[intentional-duplicate]]\nid = \"c\"\ncopies = []\nreason = \" \"\n",
        &[
            "solely.toml:3:10: `copies` is empty, so the entry covers nothing | name each of them: `copies = [\"a.b:load\", \"c.d:load\"]`",
            "solely.toml:4:10: a duplicate on purpose needs a reason | say why, for whoever reads it next year",
        ],
    );
    assert_refused(
        "[[intentional-duplicate]]\nid = \"c\"\ncopies = [\"x:f\"]\n",
        &[
            "solely.toml:1:1: missing key `reason` in `[[intentional-duplicate]]` | add `reason = \"…\"`: why there are several, for whoever reads it next year",
        ],
    );
}

#[test]
fn wrong_values() {
    for (line, expected) in [
        (
            "require = \"removd\"",
            "11: unknown value `removd` for `require` | did you mean `removed`? | anything, unused, removed, residue, gone",
        ),
        (
            "require = { code = \"never\" }",
            "20: unknown value `never` for `code` | anything, unused, removed, residue, gone",
        ),
        (
            "severity = \"warn\"",
            "12: unknown value `warn` for `severity` | did you mean `warning`? | error, warning, note",
        ),
        ("remove-by = \"2025-13-01\"", "13: `2025-13-01` is not a date | write year, month and day: `2025-10-01`"),
        ("remove-by = \"next week\"", "13: `next week` is not a date | write year, month and day: `2025-10-01`"),
        (
            "remove-by = 2025-10-01T10:00:00Z",
            "13: `2025-10-01T10:00:00Z` is not a date | write year, month and day: `2025-10-01`",
        ),
        ("remove-by = 10:00:00", "13: `10:00:00` is not a date | write year, month and day: `2025-10-01`"),
        (
            "symbols = [\"a:B\", \"a.b.Chat.m\"]",
            "19: bad symbol: `a.b.Chat.m` has no colon, so `Chat` would be a module | write `a.b:Chat.m`; if it is a module, end it with a colon: `a.b.Chat.m:`",
        ),
        (
            "successor = \"a:B.*\"",
            "13: the successor `a:B.*` holds a glob, but it must be one definition | write its whole name",
        ),
        (
            "examples = [{ match = \"a\", no-match = \"b\" }]",
            "13: an example has either `match` or `no-match` | write `{ match = \"code\" }` or `{ no-match = \"code\" }`",
        ),
        (
            "examples = [{ no-match = \"b\", findings = 2 }]",
            "13: `findings` counts what `match` raises; `no-match` raises none | take `findings` out",
        ),
        (
            "examples = [{ match = { \"../a.py\" = \"b\" } }]",
            "13: an example needs files | write `{ match = { \"app/a.py\" = \"code\" } }`",
        ),
    ] {
        let text = format!("[[legacy]]\nid = \"x\"\nflags = [\"A\"]\n{line}\n");
        assert_refused(&text, &[&format!("solely.toml:4:{expected}")]);
    }
    for (line, expected) in [
        (
            "flags = [\"A B\"]",
            "10: `A B` is not a key of the environment or of settings | write the whole key, such as `USE_LEGACY_ROUTES`",
        ),
        (
            "flags = [\"\"]",
            "10: `` is not a key of the environment or of settings | write the whole key, such as `USE_LEGACY_ROUTES`",
        ),
    ] {
        assert_refused(&format!("[[legacy]]\nid = \"x\"\n{line}\n"), &[&format!("solely.toml:3:{expected}")]);
    }
    for (id, help) in [
        ("Old Handlers", "write `old-handlers`"),
        ("a_b", "write `a-b`"),
        ("-", "name the offence: `duplicate-reader`"),
    ] {
        let text = format!("[[legacy]]\nid = \"{id}\"\nflags = [\"A\"]\n");
        assert_refused(&text, &[&format!("solely.toml:2:6: the id `{id}` is not in kebab-case | {help}")]);
    }
    assert_refused(
        "[project]\ninclude = [\"a\", \"!b\"]\ntests = [\"a[\"]\nroots = [\"../x\", \"/y\"]\n",
        &[
            "solely.toml:2:17: bad glob `!b`: a glob cannot be negated | to leave files out, write `b` under `exclude`",
            "solely.toml:3:10: bad glob `a[`: unclosed character class; missing ']'",
            "solely.toml:4:10: `../x` is not a folder of the repository | write a folder relative to the repository, such as `src`; the repository itself is `.`",
            "solely.toml:4:18: `/y` is not a folder of the repository | write a folder relative to the repository, such as `src`; the repository itself is `.`",
        ],
    );
    assert_refused(
        "[[only-through]]\nid = \"x\"\ncalls = [\"os.get env\", \"*\"]\nthrough = [\"a:B\"]\n",
        &[
            "solely.toml:3:10: `os.get env` is not the name of something to call | write a dotted name, such as `os.getenv`, or a symbol, such as `os:getenv`",
            "solely.toml:3:24: `*` is not the name of something to call | write a dotted name, such as `os.getenv`, or a symbol, such as `os:getenv`",
            "solely.toml:4:12: `a:B` is not a module | the door is a whole module: `a`",
        ],
    );
    assert_refused(
        "[[family]]\nid = \"x\"\nnames = [\"a.b_v2\"]\nexcept = [\"a-b\"]\n",
        &[
            "solely.toml:3:10: bad name glob `a.b_v2` | only the last part of a name is matched: `b_v2`",
            "solely.toml:4:11: bad name glob `a-b` | write a name in which `*`, `?` and `[0-9]` may stand, such as `*_v[0-9]`",
        ],
    );
}

#[test]
fn a_query_is_built_in_or_refused() {
    let family = |query: &str| parse(&format!("[[family]]\nid = \"x\"\nquery = \"{query}\"\n"));
    let errors = family("zzz").expect_err("must be refused");
    let help = "unknown query `zzz` | for a query of your own, write the path of its `.scm` file";
    assert!(shown(&errors)[0].starts_with(&format!("solely.toml:3:9: {help}")), "{errors:?}");
    for builtin in crate::language::LANGUAGES.iter().flat_map(|language| language.queries) {
        assert!(errors[0].legal.iter().any(|name| name == builtin.name), "{errors:?}");
        let policy = family(builtin.name).expect("a built-in query");
        let RuleKind::Family(rule) = &policy.rules[0].kind else { panic!("{policy:?}") };
        assert_eq!(rule.query.as_ref().map(|query| query.name.as_str()), Some(builtin.name));
    }
}

#[test]
fn every_error_of_a_file_is_reported() {
    assert_refused(
        "[[legacy]]\nid = \"a\"\nsymbols = \"a:B\"\n\n[[legacy]]\nid = \"A\"\nsymbols = [\"a.b.C.d\"]\nrequire = \"removd\"\nremove-by = \"x\"\n\n[[legacy]]\nid = \"a\"\nflags = [\"A\"]\n",
        &[
            "solely.toml:3:11: expected an array of strings for `symbols`, found a string | write it as a list: `symbols = [\"a:B\"]`",
            "solely.toml:6:6: the id `A` is not in kebab-case | write `a`",
            "solely.toml:7:12: bad symbol: `a.b.C.d` has no colon, so `C` would be a module | write `a.b:C.d`; if it is a module, end it with a colon: `a.b.C.d:`",
            "solely.toml:8:11: unknown value `removd` for `require` | did you mean `removed`? | anything, unused, removed, residue, gone",
            "solely.toml:9:13: `x` is not a date | write year, month and day: `2025-10-01`",
            "solely.toml:12:6: a second rule with the id `a` | the first stands in line 2; ids are unique in a file",
        ],
    );
}

#[test]
fn a_byte_order_mark_and_crlf_do_not_move_places() {
    assert_refused(
        "\u{feff}[project]\r\nincludes = []\r\n",
        &[
            "solely.toml:2:1: unknown key `includes` in `[project]` | did you mean `include`? | entry-points, exclude, include, roots, tests",
        ],
    );
}

#[test]
fn packs_build_on_each_other() {
    let flag = |id: &str, flag: &str| format!("[[legacy]]\nid = \"{id}\"\nflags = [\"{flag}\"]\n");
    let root = format!("extends = [\"packs/a.toml\", \"packs/b.toml\"]\ndisable = [\"c\"]\n{}", flag("b", "ROOT"));
    let a =
        format!("extends = [\"../packs/c.toml\"]\n[project]\ninclude = [\"a\"]\nroots = [\"src\"]\n{}", flag("a", "A"));
    let b = format!("extends = [\"./c.toml\"]\n[project]\ninclude = [\"b\"]\n{}", flag("b", "B"));
    let files =
        [("solely.toml", root.as_str()), ("packs/a.toml", &a), ("packs/b.toml", &b), ("packs/c.toml", &flag("c", "C"))];
    let policy = parse_among(&files).expect("sound packs");
    let flags = policy.rules.iter().map(|rule| match &rule.kind {
        RuleKind::Legacy(legacy) => (rule.id.0.as_str(), legacy.flags[0].as_str(), rule.place.file.as_str()),
        _ => panic!("{rule:?}"),
    });
    assert_eq!(flags.collect::<Vec<_>>(), [("a", "A", "packs/a.toml"), ("b", "ROOT", "solely.toml")]);
    assert_eq!((policy.project.include.texts, policy.project.roots), (vec!["b".to_string()], vec!["src".to_string()]));
}

#[test]
fn packs_that_are_wrong() {
    let refused = |files: &[(&str, &str)], expected: &[&str]| {
        assert_eq!(shown(&parse_among(files).expect_err("must be refused")), expected);
    };
    refused(
        &[
            ("solely.toml", "extends = [\"builtin:legcy\", \"legacy\", \"x.toml\", \"y.toml\"]"),
            ("y.toml", "<unreadable>"),
        ],
        &[
            "solely.toml:1:12: unknown pack `builtin:legcy` | did you mean `builtin:legacy`? | builtin:legacy, builtin:ssot, builtin:references",
            "solely.toml:1:29: the pack `legacy` does not exist | for the built-in pack, write `builtin:legacy`",
            "solely.toml:1:39: the pack `x.toml` does not exist | paths are relative to `solely.toml` | builtin:legacy, builtin:ssot, builtin:references",
            "solely.toml:1:49: the pack `y.toml` could not be read: permission denied",
        ],
    );
    refused(
        &[
            ("solely.toml", "extends = [\"p/a.toml\"]"),
            ("p/a.toml", "extends = [\"b.toml\"]"),
            ("p/b.toml", "extends = [\"../solely.toml\"]"),
        ],
        &[
            "p/b.toml:1:12: `../solely.toml` extends itself: `solely.toml` → `p/a.toml` → `p/b.toml` → `solely.toml` | take this entry out",
        ],
    );
    refused(
        &[("solely.toml", "extends = [\"a.toml\"]\ndisable = [\"zz\"]"), ("a.toml", "a = 1\n[project]\ntests = 1")],
        &[
            "a.toml:1:1: unknown key `a` at the top level | dangling-reference, disable, duplicates, evidence, extends, family, intentional-duplicate, legacy, only-through, project, removal, single-source",
            "a.toml:3:9: expected an array of strings for `tests`, found a whole number",
        ],
    );
    refused(
        &[(
            "solely.toml",
            "extends = [\"builtin:legacy\"]\ndisable = [\"superseded-versions\", \"own\"]\n[[legacy]]\nid = \"own\"\nflags = [\"A\"]",
        )],
        &[
            "solely.toml:2:12: no pack brings a rule `superseded-versions` that could be disabled | did you mean `superseded-version`? | superseded-version, legacy-beside-successor, deprecated-definition",
            "solely.toml:2:35: `own` is a rule of this file, which `disable` does not reach | take the rule itself out",
        ],
    );
    refused(&[], &["solely.toml: no such file"]);
    refused(&[("solely.toml", "<unreadable>")], &["solely.toml: could not be read: permission denied"]);
}

#[test]
fn packs_do_not_nest_without_end() {
    let read = |path: &str| {
        let depth: u32 = path.trim_end_matches(".toml").parse().map_err(|_| "no number".to_string())?;
        Ok(Some(format!("extends = [\"{}.toml\"]", depth + 1)))
    };
    let errors = Policy::load("0.toml", &read).expect_err("must be refused");
    assert_eq!(
        shown(&errors),
        ["15.toml:1:12: packs extend packs more than 16 levels deep | extend the innermost packs directly",]
    );
}

#[test]
fn a_query_beside_the_policy() {
    let text = "[[family]]\nid = \"x\"\nquery = \"queries/x.scm\"\n";
    let pack = ("rules/a.toml", text);
    let root = ("solely.toml", "extends = [\"rules/a.toml\"]");
    let policy = parse_among(&[root, pack, ("rules/queries/x.scm", "(module) @definition")]).expect("a query");
    let RuleKind::Family(family) = &policy.rules[0].kind else { panic!("{policy:?}") };
    let query = family.query.as_ref().expect("a query");
    assert_eq!((query.file.as_str(), query.text.as_str()), ("rules/queries/x.scm", "(module) @definition"));
    assert_eq!(
        shown(&parse_among(&[root, pack]).expect_err("no query")),
        ["rules/a.toml:3:9: the query `queries/x.scm` does not exist | paths are relative to this file",]
    );
    let other = parse_among(&[root, pack, ("rules/queries/x.scm", "(class) @definition")]).expect("a query");
    assert_ne!(policy.digest, other.digest, "a query is part of what the digest binds");
}

#[test]
fn discovery_goes_up_to_the_root() {
    let rule = "[[legacy]]\nid = \"a\"\nflags = [\"A\"]\n";
    let tool = rule.replace("[[legacy]]", "[[tool.solely.legacy]]");
    let find = |files: &[(&str, &str)], folder: &str| {
        let files: HashMap<String, String> = files.iter().map(|(p, t)| (p.to_string(), t.to_string())).collect();
        let found = Policy::discover(folder, &|path| Ok(files.get(path).cloned()));
        found.map(|policy| policy.and_then(|policy| policy.file)).map_err(|errors| shown(&errors).join("\n"))
    };
    let found = |file: &str| Ok(Some(file.to_string()));
    assert_eq!(find(&[("solely.toml", rule)], "a/b/c"), found("solely.toml"));
    assert_eq!(find(&[("solely.toml", rule), ("a/.solely.toml", rule)], "a/b"), found("a/.solely.toml"));
    assert_eq!(find(&[("a/solely.toml", rule), ("a/.solely.toml", rule)], "a/"), found("a/solely.toml"));
    assert_eq!(find(&[("pyproject.toml", &tool)], "a"), found("pyproject.toml"));
    // A `pyproject.toml` that says nothing about us does not hide the policy above it.
    assert_eq!(
        find(&[("a/pyproject.toml", "[project]\nname = \"solely\"\n"), ("solely.toml", rule)], "a"),
        found("solely.toml")
    );
    assert_eq!(find(&[("a/solely.toml", rule)], ""), Ok(None));
    assert_eq!(find(&[("pyproject.toml", "[tool.other]\n")], ""), Ok(None));
    let broken = find(&[("pyproject.toml", "[tool.solely]\nextends = \n")], "");
    assert!(broken.is_err_and(|error| error.starts_with("pyproject.toml:2:11: not TOML")));
}

#[test]
fn a_pyproject_names_its_tables_in_full() {
    let parse =
        |text: &str| shown(&Policy::parse(text, "a/pyproject.toml", &|_| Ok(None)).expect_err("must be refused"));
    assert_eq!(
        parse("[project]\nname = \"x\"\n\n[[tool.solely.legacy]]\nid = \"x\"\nflag = []\n"),
        [
            "a/pyproject.toml:6:1: unknown key `flag` in `[[tool.solely.legacy]]` | did you mean `flags`? | examples, flags, id, issue, remove-by, require, severity, successor, summary, symbols, unwired",
        ]
    );
    assert_eq!(
        parse("[tool.solely]\nextend = []\n"),
        [
            "a/pyproject.toml:2:1: unknown key `extend` in `[tool.solely]` | did you mean `extends`? | dangling-reference, disable, duplicates, evidence, extends, family, intentional-duplicate, legacy, only-through, project, removal, single-source",
        ]
    );
    assert_eq!(parse("[tool]\nsolely = 1\n"), ["a/pyproject.toml:2:10: expected a table for `tool.solely`"]);
    assert_eq!(
        parse("[tool.x]\n"),
        ["a/pyproject.toml: there is no `[tool.solely]` in it | add `[tool.solely]`, or write a `solely.toml`",]
    );
}

#[test]
fn a_policy_without_rules_stands_on_the_default_packs() {
    let builtin = Policy::builtin();
    let project_only = expect("[project]\ninclude = [\"src\"]\n");
    assert_eq!(project_only.rules.len(), builtin.rules.len());
    assert_eq!(builtin.file, None);
    assert_eq!(builtin.digest.len(), 64);
    assert_ne!(builtin.digest, project_only.digest);
    assert_eq!(builtin.digest, Policy::builtin().digest);
    assert_eq!(builtin.rules[0].place.file, "builtin:legacy");
}

#[test]
fn files_are_read_below_the_repository_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("repository");
    std::fs::create_dir(&root).expect("a folder");
    std::fs::write(folder.path().join("outside.toml"), "").expect("a file");
    std::fs::write(root.join("solely.toml"), "extends = [\"../outside.toml\", \"latin.toml\", \"folder.toml\"]")
        .expect("a file");
    std::fs::write(root.join("latin.toml"), b"# \xe9").expect("a file");
    std::fs::create_dir(root.join("folder.toml")).expect("a folder");
    let errors = Policy::discover("", &read_below(&root)).expect_err("must be refused");
    assert_eq!(
        shown(&errors),
        [
            "solely.toml:1:12: the pack `../outside.toml` could not be read: it lies outside the repository",
            "solely.toml:1:31: the pack `latin.toml` could not be read: it is not UTF-8, from byte 2 on",
            "solely.toml:1:45: the pack `folder.toml` could not be read: it is not a regular file",
        ]
    );
    assert_eq!(read_anywhere(&root.join("none/solely.toml").to_string_lossy()), Ok(None));
}

/// Every error must point into the text that it carries.
fn assert_sound(text: &str) {
    let Err(errors) = parse(text) else { return };
    assert!(!errors.is_empty());
    for error in errors {
        let Some(frame) = &error.frame else { continue };
        assert!(frame.text.get(frame.span.clone()).is_some(), "{error}: {:?}\n{text}", frame.span);
        assert!(frame.place.line >= 1 && frame.place.column >= 1, "{error}");
        assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error}");
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        assert_sound(&text);
    }

    #[test]
    fn any_mutation_of_a_policy_is_answered(at in 0..FULL.len(), cut in 0usize..40, insert in "[\\PC\n\"\\[\\]=.{}]{0,6}") {
        let end = (at + cut).min(FULL.len());
        let text = format!("{}{insert}{}", &FULL[..at], &FULL[end..]);
        assert_sound(&text);
    }

    #[test]
    fn any_key_with_any_value_is_answered(
        table in prop::sample::select(vec!["[project]", "[[legacy]]", "[[family]]", "[[only-through]]", ""]),
        key in "(id|symbols|require|remove-by|examples|names|query|allow|calls|extends|disable|include|[a-z.]{1,5})",
        value in "(\"[^\"\\\\\n]{0,8}\"|[0-9]{1,12}|true|\\[\\]|\\{\\}|\\[\\{ path = 1 \\}\\]|2025-10-01|\\[\"[a-z:.*!\\[]{0,8}\"\\]|-?[0-9]\\.5|nan)",
    ) {
        assert_sound(&format!("{table}\n{key} = {value}\n"));
    }

    #[test]
    fn any_symbol_and_glob_is_answered(text in "[a-zA-Z_.:*/\\[\\]!?{},é0-9-]{0,16}", other in "[a-zA-Z_.]{0,16}") {
        let place = PolicyPlace { file: String::new(), line: 1, column: 1 };
        if let Ok(symbol) = SymbolPattern::parse(&text, place) {
            symbol.matches(&other, Some(&other));
        }
        matches_name(&text, &other);
        if let Ok(globs) = GlobList::new(&[&text]) {
            globs.matches(&other);
        }
    }
}
