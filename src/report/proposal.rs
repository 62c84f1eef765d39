//! A proposed policy, as the text of a `solely.toml` with comments.
//!
//! Invariant: the text parses, whatever the names and messages of the project hold: strings are written by the TOML
//! writer, comments are one line each. Absent on purpose: the choice of rules.

use super::escape::safe;
use crate::policy::{DEFAULT_TESTS, PACKS};
use crate::proposal::{Demand, Proposal, ProposedOwner, ProposedRule};
use std::fmt::Write;
use toml::Value;

/// The policy with some of the proposed rules, by their index.
pub fn policy_text(proposal: &Proposal, is_chosen: &dyn Fn(usize) -> bool) -> String {
    let mut out = String::from(
        "\
# What must be gone, and what must be single. `solely check` judges by it, `solely policy check` says whether it is
# valid, and its JSON Schema for editors comes from `solely policy schema`.
",
    );
    let packs = PACKS.iter().filter(|pack| pack.is_default).map(|pack| format!("builtin:{}", pack.name));
    let _ = writeln!(out, "extends = {}", list(&packs.collect::<Vec<_>>()));
    out.push_str("\n[project]\n# include = [\"src/**\"]    # without it, every file is judged\n");
    if proposal.roots.is_empty() {
        out.push_str("# roots = [\"src\"]         # without it, the folders that imports start from are found\n");
    } else {
        let _ = writeln!(out, "# where imports start from\nroots = {}", list(&proposal.roots));
    }
    if !proposal.tests.is_empty() {
        out.push_str("# folders that look like tests, besides the usual names\n");
        let usual = DEFAULT_TESTS.map(str::to_owned);
        let all: Vec<String> = usual.into_iter().chain(proposal.tests.iter().cloned()).collect();
        let _ = writeln!(out, "tests = {}", list(&all));
    }
    let mut heading = None;
    for (_, rule) in proposal.rules.iter().enumerate().filter(|(index, _)| is_chosen(*index)) {
        if heading != Some(rule.origin) {
            let _ = writeln!(out, "\n# {}.", rule.origin.heading());
            heading = Some(rule.origin);
        }
        out.push('\n');
        out.push_str(&rule_text(rule));
    }
    if !proposal.owners.is_empty() {
        out.push_str(
            "\n# Implemented more than once, with the copy that its uses speak for. Nothing of this is in force: look at each, \
             and\n# take the `# ` away from those that must have one owner.\n",
        );
    }
    for owner in &proposal.owners {
        out.push('\n');
        for line in owner_text(owner).lines() {
            let _ = writeln!(out, "# {line}");
        }
    }
    for note in &proposal.notes {
        let _ = writeln!(out, "\n# {}.", safe(note));
    }
    out
}

/// One rule, its reasons above it.
pub fn rule_text(rule: &ProposedRule) -> String {
    let mut out = String::new();
    for reason in &rule.because {
        let _ = writeln!(out, "# {}", safe(reason));
    }
    let mut keys: Vec<(&str, String)> = vec![("id", text(&rule.id)), ("summary", text(&rule.summary))];
    let table = match &rule.demand {
        Demand::Gone { symbols, flags, successor, remove_by } => {
            let symbols: Vec<String> = symbols.iter().map(ToString::to_string).collect();
            keys.extend((!symbols.is_empty()).then(|| ("symbols", list(&symbols))));
            keys.extend((!flags.is_empty()).then(|| ("flags", list(flags))));
            keys.extend(successor.as_ref().map(|it| ("successor", text(&it.to_string()))));
            keys.push(("remove-by", format!("{remove_by}   # until then it warns")));
            "legacy"
        }
        Demand::Closed { calls, within, allow } => {
            keys.push(("calls", list(calls)));
            keys.push(("through", "[]".to_owned()));
            keys.extend((!within.is_empty()).then(|| ("within", list(within))));
            let table =
                |(path, reason): &(String, String)| format!("{{ path = {}, reason = {} }}", text(path), text(reason));
            let entries: Vec<String> = allow.iter().map(table).collect();
            keys.extend((!entries.is_empty()).then(|| ("allow", format!("[{}]", entries.join(", ")))));
            "only-through"
        }
    };
    let _ = writeln!(out, "[[{table}]]");
    for (key, value) in keys {
        let _ = writeln!(out, "{key} = {value}");
    }
    out
}

/// A rule about the owner, its reasons above it.
fn owner_text(owner: &ProposedOwner) -> String {
    let ProposedOwner { id, summary, because, canonical } = owner;
    let mut out = String::new();
    for reason in because {
        let _ = writeln!(out, "# {}", safe(reason));
    }
    let (id, summary, canonical) = (text(id), text(summary), text(&canonical.to_string()));
    let _ = write!(out, "[[single-source]]\nid = {id}\nsummary = {summary}\ncanonical = {canonical}\n");
    out
}

fn text(value: &str) -> String {
    Value::String(value.to_owned()).to_string()
}

/// A list on one line, or one entry per line where it is long.
fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| text(value)).collect();
    match values.iter().map(String::len).sum::<usize>() {
        0..=90 => format!("[{}]", values.join(", ")),
        _ => format!("[\n  {},\n]", values.join(",\n  ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::project::Symbol;
    use crate::proposal::Origin;
    use proptest::prelude::*;

    proptest! {
        /// Whatever a repository holds, what is written is a policy.
        #[test]
        fn the_text_is_a_policy(message in "\\PC{0,40}|[\n\t\"'\\\\#\u{1b}]{0,8}", name in "[a-z_]{1,12}") {
            let rules = vec![
                ProposedRule {
                    origin: Origin::Deprecated,
                    id: "a".to_owned(),
                    summary: message.clone(),
                    because: vec![message.clone()],
                    demand: Demand::Gone {
                        symbols: vec![Symbol::new("shop", name.clone())],
                        flags: vec!["USE_V2".to_owned()],
                        successor: None,
                        remove_by: jiff::civil::date(2027, 1, 1),
                    },
                },
                ProposedRule {
                    origin: Origin::BannedApi,
                    id: "b".to_owned(),
                    summary: message.clone(),
                    because: Vec::new(),
                    demand: Demand::Closed { calls: vec![name], within: vec!["shop.**".to_owned()], allow: Vec::new() },
                },
            ];
            let owners = vec![ProposedOwner {
                id: "c".to_owned(),
                summary: message.clone(),
                because: vec![message.clone()],
                canonical: Symbol::new("shop", "Store"),
            }];
            let (roots, tests, notes) = (vec!["src".to_owned()], vec!["e2e/**".to_owned()], vec![message]);
            let proposal = Proposal { roots, tests, rules, owners, notes };
            let text = policy_text(&proposal, &|_| true);
            let rules = |text: &str| Policy::parse(text, "solely.toml", &|_: &str| Ok(None)).map(|policy| {
                policy.rules.iter().filter(|rule| ["a", "b", "c"].contains(&&*rule.id.0)).count()
            });
            prop_assert_eq!(rules(&text).ok(), Some(2), "{}", text);
            // An owner that somebody confirms, by taking the marks away, is a rule.
            let (before, owners) = text.split_once("one owner.\n").unwrap();
            let (owner, after) = owners.split_once("\n\n").unwrap();
            let confirmed: Vec<&str> = owner.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
            let confirmed = format!("{before}one owner.\n{}\n\n{after}", confirmed.join("\n"));
            prop_assert_eq!(rules(&confirmed).ok(), Some(3), "{}", confirmed);
        }
    }
}
