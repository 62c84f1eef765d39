//! What other tools of the project already ban: ruff's `banned-api`, and the forbidden contracts of import-linter.
//!
//! A banned symbol of the project itself becomes a `[[legacy]]` rule, since it has to go; anything else an
//! `[[only-through]]` rule that is closed for everybody but the files that ruff lets by. Invariant: what cannot be said
//! as a rule is told in a note.

use super::{Demand, Origin, ProposedRule, kebab, one_line};
use crate::checks::CheckInput;
use crate::project::{Found, Symbol};
use crate::span::RepoPath;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Files with settings of ruff or import-linter.
const RUFF: &[&str] = &["ruff.toml", ".ruff.toml"];
const PYPROJECT: &str = "pyproject.toml";
const INI: &[&str] = &[".importlinter", "setup.cfg"];

pub fn rules(input: &CheckInput<'_, '_>, remove_by: jiff::civil::Date, notes: &mut Vec<String>) -> Vec<ProposedRule> {
    let mut found = Vec::new();
    for (id, entry) in input.project.sources.snapshot().ids() {
        let name = entry.path.file_name();
        if name != PYPROJECT && !RUFF.contains(&name) && !INI.contains(&name) {
            continue;
        }
        let Some(text) = input.project.sources.text(id) else { continue };
        if INI.contains(&name) {
            found.extend(contracts_of_ini(&text).into_iter().flat_map(|it| forbidden(&entry.path, &it)));
            continue;
        }
        let Ok(table) = text.parse::<Table>() else {
            notes.push(format!("{} is no valid TOML, so what it bans is not known", entry.path));
            continue;
        };
        let ruff = if name == PYPROJECT { at(&table, &["tool", "ruff"]) } else { Some(&table) };
        found.extend(ruff.into_iter().flat_map(|ruff| banned(input, &entry.path, ruff, remove_by)));
        let contracts = at(&table, &["tool", "importlinter"]).and_then(|it| it.get("contracts")?.as_array());
        let contracts = contracts.into_iter().flatten().filter_map(Value::as_table).map(contract_of_table);
        found.extend(contracts.flat_map(|it| forbidden(&entry.path, &it)));
    }
    found
}

fn at<'t>(table: &'t Table, keys: &[&str]) -> Option<&'t Table> {
    keys.iter().try_fold(table, |table, key| table.get(*key)?.as_table())
}

/// `[lint.flake8-tidy-imports.banned-api]`, also where older versions of ruff have it.
fn banned(
    input: &CheckInput<'_, '_>,
    file: &RepoPath,
    ruff: &Table,
    remove_by: jiff::civil::Date,
) -> Vec<ProposedRule> {
    const TABLE: [&str; 2] = ["flake8-tidy-imports", "banned-api"];
    let lint = ruff.get("lint").and_then(Value::as_table);
    let Some(apis) = lint.and_then(|lint| at(lint, &TABLE)).or_else(|| at(ruff, &TABLE)) else { return Vec::new() };
    let mut rules = Vec::new();
    for (api, settings) in apis {
        let message = settings.get("msg").and_then(Value::as_str).map(one_line).unwrap_or_default();
        let demand = match owned(input, api) {
            Some(symbol) => Demand::Gone { symbols: vec![symbol], flags: Vec::new(), successor: None, remove_by },
            None => Demand::Closed { calls: vec![api.clone()], within: Vec::new(), allow: let_by(lint, ruff) },
        };
        rules.push(ProposedRule {
            origin: Origin::BannedApi,
            id: format!("banned-{}", kebab(&api.replace('.', "_"))),
            summary: if message.is_empty() { format!("`{api}` is banned") } else { message },
            because: vec![format!("{file} bans {api}")],
            demand,
        });
    }
    rules
}

/// The files that ruff lets by: `per-file-ignores` of TID251.
fn let_by(lint: Option<&Table>, ruff: &Table) -> Vec<(String, String)> {
    const KEY: &str = "per-file-ignores";
    let Some(files) = lint.and_then(|lint| at(lint, &[KEY])).or_else(|| at(ruff, &[KEY])) else { return Vec::new() };
    let ignores = |rules: &Value| {
        let named = rules.as_array().into_iter().flatten().filter_map(Value::as_str);
        named.into_iter().any(|rule| !rule.is_empty() && "TID251".starts_with(rule) || rule == "ALL")
    };
    files
        .iter()
        .filter(|(glob, rules)| ignores(rules) && !glob.starts_with('!'))
        .map(|(glob, _)| (glob.clone(), "per-file-ignores of ruff".to_owned()))
        .collect()
}

/// The symbol of the project that a dotted name means, if it is one of the project.
fn owned(input: &CheckInput<'_, '_>, dotted: &str) -> Option<Symbol> {
    let parts: Vec<&str> = dotted.split('.').collect();
    let is_module =
        |length: &usize| matches!(input.project.modules.find(&parts[..*length].join("."), None), Found::Module(_));
    let length = (1..=parts.len()).rev().find(is_module)?;
    let module = parts[..length].join(".");
    Some(if length == parts.len() { Symbol::module(module) } else { Symbol::new(module, parts[length..].join(".")) })
}

/// A contract of import-linter.
#[derive(Debug, Default, PartialEq, Eq)]
struct Contract {
    kind: String,
    name: String,
    sources: Vec<String>,
    forbidden: Vec<String>,
    ignored: Vec<String>,
}

fn contract_of_table(table: &Table) -> Contract {
    let text = |key: &str| table.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |key: &str| {
        let items = table.get(key).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Contract {
        kind: text("type"),
        name: text("name"),
        sources: list("source_modules"),
        forbidden: list("forbidden_modules"),
        ignored: list("ignore_imports"),
    }
}

/// `[importlinter:contract:NAME]` sections, as Python's `configparser` reads them: indented lines go on a value.
fn contracts_of_ini(text: &str) -> Vec<Contract> {
    let mut sections: Vec<BTreeMap<String, Vec<String>>> = Vec::new();
    let mut is_contract = false;
    let mut key = String::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(header) = trimmed.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            is_contract = header.starts_with("importlinter:contract:");
            if is_contract {
                sections.push(BTreeMap::new());
            }
            key.clear();
        } else if let (true, Some(section)) = (is_contract, sections.last_mut()) {
            let value = match trimmed.split_once(['=', ':']) {
                Some((name, value)) if !line.starts_with([' ', '\t']) => {
                    key = name.trim().to_owned();
                    value.trim()
                }
                _ => trimmed,
            };
            let values = section.entry(key.clone()).or_default();
            if !value.is_empty() {
                values.push(value.to_owned());
            }
        }
    }
    sections
        .into_iter()
        .map(|mut section| {
            let mut take = |key: &str| section.remove(key).unwrap_or_default();
            Contract {
                kind: take("type").join(" "),
                name: take("name").join(" "),
                sources: take("source_modules"),
                forbidden: take("forbidden_modules"),
                ignored: take("ignore_imports"),
            }
        })
        .collect()
}

/// A rule for a contract of the kind `forbidden`.
fn forbidden(file: &RepoPath, contract: &Contract) -> Option<ProposedRule> {
    if contract.kind != "forbidden" || contract.sources.is_empty() || contract.forbidden.is_empty() {
        return None;
    }
    let with_below = |module: &String| [module.clone(), format!("{module}.**")];
    // `importer -> imported`: the importer is a module, and a policy lets files by
    let allow = contract.ignored.iter().filter_map(|it| {
        let importer = it.split("->").next()?.trim();
        let is_plain = !importer.is_empty() && !importer.contains('*');
        is_plain.then(|| (format!("**/{}.py", importer.replace('.', "/")), format!("ignore_imports: {it}")))
    });
    Some(ProposedRule {
        origin: Origin::ForbiddenImport,
        id: format!("forbidden-{}", kebab(&contract.name.replace(|c: char| !c.is_alphanumeric(), "_"))),
        summary: if contract.name.is_empty() { "a forbidden import".to_owned() } else { one_line(&contract.name) },
        because: vec![format!("{file}: import-linter forbids it")],
        demand: Demand::Closed {
            calls: contract.forbidden.clone(),
            within: contract.sources.iter().flat_map(with_below).collect(),
            allow: allow.collect(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contracts_are_read_as_configparser_reads_them() {
        let text = "\
[importlinter]
root_package = shop

[importlinter:contract:one]
name = Views know no database
type = forbidden
source_modules =
    shop.views
    # a comment
    shop.pages
forbidden_modules = shop.db
ignore_imports =
    shop.views.admin -> shop.db

[importlinter:contract:two]
name: Layers
type: layers
";
        let contracts = contracts_of_ini(text);
        assert_eq!(contracts.len(), 2);
        assert_eq!(contracts[0].sources, ["shop.views", "shop.pages"]);
        assert_eq!((&*contracts[1].kind, &*contracts[1].name), ("layers", "Layers"));
        let path = RepoPath::new(".importlinter");
        assert!(forbidden(&path, &contracts[1]).is_none());
        let rule = forbidden(&path, &contracts[0]).unwrap();
        assert_eq!(rule.id, "forbidden-views-know-no-database");
        let Demand::Closed { calls, within, allow } = rule.demand else { panic!("a door") };
        assert_eq!(calls, ["shop.db"]);
        assert_eq!(within, ["shop.views", "shop.views.**", "shop.pages", "shop.pages.**"]);
        assert_eq!(allow[0].0, "**/shop/views/admin.py");
    }

    #[test]
    fn files_that_ruff_lets_by_may() {
        let table: Table = "[lint.per-file-ignores]\n\"a/*.py\" = [\"TID\"]\n\"b.py\" = [\"F401\"]\n".parse().unwrap();
        let lint = table["lint"].as_table();
        assert_eq!(let_by(lint, &table), [("a/*.py".to_owned(), "per-file-ignores of ruff".to_owned())]);
    }
}
