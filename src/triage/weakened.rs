//! A policy or a baseline that asks for less than it did at the base of a change.
//!
//! Invariant: one finding per weakening, at the place in the head that says it; what is only written in another way, or
//! asks for more, is none. Absent on purpose: a judgement; the finding is a warning, for the reviewer to see.

use super::{Baseline, Entry, OwnRule, own_finding};
use crate::finding::{Context, DuplicateKind, Finding};
use crate::policy::{
    Allowance, DuplicatesRule, FamilyRule, GlobList, IntentionalDuplicate, LegacyRule, OnlyThroughRule, Policy, Rule,
    RuleKind, SingleSourceRule, SymbolPattern,
};
use crate::span::{Location, Position, RepoPath};
use crate::words::counted;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked for at one side of a change.
pub struct Intent<'a> {
    pub policy: &'a Policy,
    pub baseline: Option<&'a Baseline>,
}

/// Every way in which the head asks for less than the base.
pub fn weakened(base: &Intent<'_>, head: &Intent<'_>) -> Vec<Finding> {
    let mut weakenings = Weakenings { policy: head.policy, list: Vec::new() };
    // Where there was no policy of its own there is nothing to weaken.
    if base.policy.file.is_some() {
        weakenings.project(base.policy);
        for rule in &base.policy.rules {
            match head.policy.rules.iter().find(|it| it.id == rule.id) {
                Some(now) => weakenings.rule(rule, now),
                // one exception less asks for more
                None if matches!(rule.kind, RuleKind::IntentionalDuplicate(_)) => {}
                None => {
                    let file = base.policy.file.as_deref().unwrap_or_default();
                    weakenings.add(&rule.id.0, None, format!("the rule `{}` is gone from the policy", rule.id), file);
                }
            }
        }
        for rule in &head.policy.rules {
            if let RuleKind::IntentionalDuplicate(entry) = &rule.kind
                && !base.policy.rules.iter().any(|it| it.id == rule.id)
            {
                let message = format!("`{}` says of a duplicate that it is on purpose ({})", rule.id, entry.reason);
                weakenings.add(&rule.id.0, Some(rule), message, "");
            }
        }
    }
    weakenings.baseline(base.baseline, head.baseline);
    weakenings.list
}

struct Weakenings<'a> {
    policy: &'a Policy,
    list: Vec<Finding>,
}

impl Weakenings<'_> {
    /// A weakening of the policy: at the rule, or in the first line of the file.
    fn add(&mut self, symbol: &str, rule: Option<&Rule>, message: String, file: &str) {
        let (file, line, column) = match rule {
            Some(Rule { place, .. }) => (place.file.as_str(), place.line, place.column),
            None => (self.policy.file.as_deref().unwrap_or(file), 1, 1),
        };
        let location = Location { path: RepoPath::new(file), start: Position { line, column }, end_line: line };
        self.list.push(own_finding(OwnRule::Weakened, location, "policy", symbol, &message.clone(), message, None));
    }

    fn project(&mut self, base: &Policy) {
        let (was, now) = (&base.project, &self.policy.project);
        let mut said = Vec::new();
        match (was.include.is_empty(), now.include.is_empty()) {
            (true, false) => said.push("`include` leaves files out that were judged before".to_owned()),
            (false, false) => {
                said.extend(missing(&was.include, &now.include).map(|glob| format!("`include` lost `{glob}`")));
            }
            (_, true) => {}
        }
        said.extend(missing(&now.exclude, &was.exclude).map(|glob| format!("`exclude` gained `{glob}`")));
        said.extend(missing(&now.tests, &was.tests).map(|glob| format!("`tests` gained `{glob}`")));
        if base.folder != self.policy.folder && !within(&base.folder, &self.policy.folder) {
            said.push(format!("the policy judges `{}` alone", self.policy.folder));
        }
        for message in said {
            self.add("project", None, message, "");
        }
    }

    fn rule(&mut self, was: &Rule, now: &Rule) {
        let mut said = Vec::new();
        if now.severity > was.severity {
            said.push(format!("`severity` went from `{}` to `{}`", was.severity.name(), now.severity.name()));
        }
        // By the kind that was, so that no kind can be forgotten here.
        let is_same = match &was.kind {
            RuleKind::Legacy(was) => as_legacy(&now.kind).map(|now| legacy(was, now, &mut said)),
            RuleKind::Family(was) => as_family(&now.kind).map(|now| family(was, now, &mut said)),
            RuleKind::DanglingReference => matches!(now.kind, RuleKind::DanglingReference).then_some(()),
            RuleKind::OnlyThrough(was) => as_only_through(&now.kind).map(|now| only_through(was, now, &mut said)),
            RuleKind::Duplicates(was) => as_duplicates(&now.kind).map(|now| duplicates(was, now, &mut said)),
            RuleKind::SingleSource(was) => as_single_source(&now.kind).map(|now| single_source(was, now, &mut said)),
            RuleKind::IntentionalDuplicate(was) => {
                as_intentional_duplicate(&now.kind).map(|now| intentional_duplicate(was, now, &mut said))
            }
        };
        if is_same.is_none() {
            let (was, now) = (was.kind.name(), now.kind.name());
            said.push(format!("it was a rule of the kind `{was}` and is `{now}`"));
        }
        for words in said {
            self.add(&now.id.0, Some(now), format!("`{}` asks for less: {words}", now.id), "");
        }
    }

    fn baseline(&mut self, was: Option<&Baseline>, now: Option<&Baseline>) {
        let Some(now) = now else { return };
        let at = |line| Location { path: now.path.clone(), start: Position { line, column: 1 }, end_line: line };
        let Some(was) = was else {
            if !now.entries.is_empty() {
                let message =
                    format!("a baseline is there, which accepts {}", counted(now.entries.len() as u64, "finding"));
                let location = at(1);
                self.list.push(own_finding(OwnRule::Weakened, location, "baseline", "baseline", "", message, None));
            }
            return;
        };
        let exact = |entry: &Entry| (entry.known.clone(), entry.ordinal);
        let [before, after] = [was, now].map(|it| it.entries.iter().map(|(it, _)| exact(it)).collect::<BTreeSet<_>>());
        // An entry that only followed a renamed file or definition accepts nothing more.
        let key = |entry: &Entry| {
            let known = &entry.known;
            let name = known.symbol.split_once(':').map_or(known.symbol.as_str(), |(_, name)| name).to_owned();
            (known.rule.clone(), name, known.kind.clone(), known.code.clone(), known.severity)
        };
        let mut gone: BTreeMap<_, u32> = BTreeMap::new();
        for (entry, _) in was.entries.iter().filter(|(entry, _)| !after.contains(&exact(entry))) {
            *gone.entry(key(entry)).or_default() += 1;
        }
        for (entry, line) in now.entries.iter().filter(|(entry, _)| !before.contains(&exact(entry))) {
            if let Some(left) = gone.get_mut(&key(entry)).filter(|left| **left > 0) {
                *left -= 1;
                continue;
            }
            let (known, acceptance) = (&entry.known, &entry.acceptance);
            let date = acceptance.date.map_or_else(String::new, |date| format!(" on {date}"));
            let message = format!(
                "the baseline accepts one more: `{}` of `{}` in {} (by {}{date}: {})",
                known.kind, known.symbol, known.path, acceptance.by, acceptance.reason
            );
            let code = format!("{} {} {} {}", known.path, known.kind, known.inside, known.code);
            self.list.push(own_finding(OwnRule::Weakened, at(*line), "baseline", &known.rule, &code, message, None));
        }
    }
}

fn as_legacy(kind: &RuleKind) -> Option<&LegacyRule> {
    if let RuleKind::Legacy(rule) = kind { Some(rule) } else { None }
}

fn as_family(kind: &RuleKind) -> Option<&FamilyRule> {
    if let RuleKind::Family(rule) = kind { Some(rule) } else { None }
}

fn as_only_through(kind: &RuleKind) -> Option<&OnlyThroughRule> {
    if let RuleKind::OnlyThrough(rule) = kind { Some(rule) } else { None }
}

fn as_duplicates(kind: &RuleKind) -> Option<&DuplicatesRule> {
    match kind {
        RuleKind::Duplicates(rule) => Some(rule),
        _ => None,
    }
}

fn as_single_source(kind: &RuleKind) -> Option<&SingleSourceRule> {
    match kind {
        RuleKind::SingleSource(rule) => Some(rule),
        _ => None,
    }
}

fn as_intentional_duplicate(kind: &RuleKind) -> Option<&IntentionalDuplicate> {
    match kind {
        RuleKind::IntentionalDuplicate(rule) => Some(rule),
        _ => None,
    }
}

fn legacy(was: &LegacyRule, now: &LegacyRule, said: &mut Vec<String>) {
    let covers = |pattern: &SymbolPattern| {
        now.symbols.iter().any(|it| {
            (&it.module, &it.name) == (&pattern.module, &pattern.name)
                || !pattern.has_globs() && it.matches(&pattern.module, pattern.name.as_deref())
        })
    };
    said.extend(was.symbols.iter().filter(|it| !covers(it)).map(|it| format!("`symbols` lost `{it}`")));
    said.extend(was.flags.iter().filter(|it| !now.flags.contains(it)).map(|it| format!("`flags` lost `{it}`")));
    if let (Some(successor), None) = (&was.successor, &now.successor) {
        said.push(format!("`successor` no longer demands `{successor}`"));
    }
    if was.unwired.is_some_and(|weight| now.unwired.is_none_or(|it| it > weight)) && was.successor.is_some() {
        said.push("`unwired` weighs less".to_owned());
    }
    let lower: Vec<String> = Context::ALL
        .into_iter()
        .filter(|&context| now.require.of(context) < was.require.of(context))
        .map(|it| format!("{} from `{}` to `{}`", it.name(), was.require.of(it).name(), now.require.of(it).name()))
        .collect();
    if !lower.is_empty() {
        said.push(format!("`require` went down for {}", lower.join(", ")));
    }
    match (was.remove_by, now.remove_by) {
        (Some(was), Some(now)) if now > was => said.push(format!("`remove-by` went from {was} to {now}")),
        (None, Some(now)) => said.push(format!("it only warns until {now}, by a new `remove-by`")),
        _ => {}
    }
}

fn family(was: &FamilyRule, now: &FamilyRule, said: &mut Vec<String>) {
    match (&was.query, &now.query) {
        (None, Some(query)) => said.push(format!("`query` selects only what `{}` matches", query.name)),
        (Some(was), Some(now)) if was.text != now.text => {
            said.push(format!("`query` is `{}` now, another one", now.name))
        }
        _ => {}
    }
    match (was.names.is_empty(), now.names.is_empty()) {
        (true, false) => said.push("`names` selects some names alone".to_owned()),
        (false, false) => {
            said.extend(was.names.iter().filter(|it| !now.names.contains(it)).map(|it| format!("`names` lost `{it}`")));
        }
        (_, true) => {}
    }
    said.extend(now.except.iter().filter(|it| !was.except.contains(it)).map(|it| format!("`except` gained `{it}`")));
    for (name, was, now) in [
        ("deprecated", was.deprecated, now.deprecated),
        ("beside-successor", was.beside_successor, now.beside_successor),
    ] {
        if now && !was {
            said.push(format!("`{name}` narrows it"));
        }
    }
}

fn only_through(was: &OnlyThroughRule, now: &OnlyThroughRule, said: &mut Vec<String>) {
    said.extend(was.calls.iter().filter(|it| !now.calls.contains(it)).map(|it| format!("`calls` lost `{it}`")));
    said.extend(now.through.iter().filter(|it| !was.through.contains(it)).map(|it| format!("`through` gained `{it}`")));
    allowances(&was.allow, &now.allow, said);
}

fn allowances(was: &[Allowance], now: &[Allowance], said: &mut Vec<String>) {
    let allowed: Vec<&String> = was.iter().flat_map(|it| &it.path.texts).collect();
    for allowance in now {
        for path in allowance.path.texts.iter().filter(|it| !allowed.contains(it)) {
            said.push(format!("`allow` gained `{path}` ({})", allowance.reason));
        }
    }
}

fn duplicates(was: &DuplicatesRule, now: &DuplicatesRule, said: &mut Vec<String>) {
    let kinds = |rule: &DuplicatesRule| match rule.kinds.is_empty() {
        true => DuplicateKind::ALL.to_vec(),
        false => rule.kinds.clone(),
    };
    let left = kinds(now);
    said.extend(kinds(was).iter().filter(|it| !left.contains(it)).map(|it| format!("`kinds` lost `{}`", it.name())));
    if now.min_lines > was.min_lines {
        said.push(format!("`min-lines` went from {} to {}", was.min_lines, now.min_lines));
    }
    if now.disagreeing && !was.disagreeing {
        said.push("`disagreeing` narrows it".to_owned());
    }
    match (was.paths.is_empty(), now.paths.is_empty()) {
        (true, false) => said.push("`paths` selects some files alone".to_owned()),
        (false, false) => said.extend(missing(&was.paths, &now.paths).map(|glob| format!("`paths` lost `{glob}`"))),
        (_, true) => {}
    }
    let lost = was.contexts.iter().filter(|it| !now.contexts.contains(it));
    said.extend(lost.map(|context| format!("`contexts` lost `{}`", context.name())));
    allowances(&was.allow, &now.allow, said);
}

fn single_source(was: &SingleSourceRule, now: &SingleSourceRule, said: &mut Vec<String>) {
    let lost = was.rivals.iter().filter(|it| !now.rivals.contains(it));
    said.extend(lost.map(|glob| format!("`rivals` lost `{glob}`")));
    allowances(&was.allow, &now.allow, said);
}

fn intentional_duplicate(was: &IntentionalDuplicate, now: &IntentionalDuplicate, said: &mut Vec<String>) {
    let known: Vec<&str> = was.copies.iter().map(|copy| copy.text.as_str()).collect();
    let more = now.copies.iter().filter(|copy| !known.contains(&copy.text.as_str()));
    said.extend(more.map(|copy| format!("`copies` gained `{}`", copy.text)));
    match (was.until, now.until) {
        (Some(was), Some(now)) if now > was => said.push(format!("`until` went from {was} to {now}")),
        (Some(was), None) => said.push(format!("`until` no longer ends it on {was}")),
        _ => {}
    }
}

/// The globs of one list that another one lacks.
fn missing<'g>(of: &'g GlobList, other: &GlobList) -> impl Iterator<Item = &'g String> {
    of.texts.iter().filter(|glob| !other.texts.contains(glob))
}

/// Whether a folder lies in another one.
fn within(inner: &str, outer: &str) -> bool {
    outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(text: &str) -> Policy {
        Policy::parse(text, "solely.toml", &|_| Ok(None)).unwrap_or_else(|errors| panic!("{text}: {}", errors[0]))
    }

    /// What is said of a change from one policy to another.
    fn said(was: &str, now: &str) -> Vec<String> {
        let (was, now) = (policy(was), policy(now));
        let intent = |policy| Intent { policy, baseline: None };
        weakened(&intent(&was), &intent(&now)).into_iter().map(|finding| finding.message).collect()
    }

    const LEGACY: &str =
        "[[legacy]]\nid = \"x\"\nsymbols = [\"a:f\", \"a:g\"]\nflags = [\"OLD\"]\nsuccessor = \"a:h\"\n";
    const FAMILY: &str = "[[family]]\nid = \"y\"\nnames = [\"*_v2\", \"*_v3\"]\nseverity = \"error\"\n";
    const DOOR: &str =
        "[[only-through]]\nid = \"z\"\ncalls = [\"os.getenv\", \"os.environ\"]\nthrough = [\"a.settings\"]\n";
    const PROJECT: &str = "[project]\ninclude = [\"a/**\", \"b/**\"]\nexclude = [\"c\"]\ntests = [\"tests/**\"]\n";

    #[test]
    fn every_weakening_is_told_once() {
        let more = |text: &str, add: &str| format!("{text}{add}\n");
        let swap = |text: &str, from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        };
        let both = format!("{LEGACY}{FAMILY}");
        let soon = more(LEGACY, "remove-by = 2026-01-01");
        let removed = more(LEGACY, "require = { code = \"removed\", docs = \"residue\" }");
        let cases: Vec<(&str, String, &str)> = vec![
            (&both, LEGACY.into(), "the rule `y` is gone from the policy"),
            (FAMILY, swap(FAMILY, "error", "warning"), "`y` asks for less: `severity` went from `error` to `warning`"),
            (LEGACY, swap(LEGACY, "\"a:f\", ", ""), "`x` asks for less: `symbols` lost `a:f`"),
            (LEGACY, swap(LEGACY, "\"OLD\"", ""), "`x` asks for less: `flags` lost `OLD`"),
            (
                LEGACY,
                swap(LEGACY, "successor = \"a:h\"\n", ""),
                "`x` asks for less: `successor` no longer demands `a:h`",
            ),
            (
                LEGACY,
                removed.clone(),
                "`x` asks for less: `require` went down for code from `gone` to `removed`, docs from `gone` to `residue`",
            ),
            (
                &soon,
                swap(&soon, "2026-01", "2026-02"),
                "`x` asks for less: `remove-by` went from 2026-01-01 to 2026-02-01",
            ),
            (LEGACY, soon.clone(), "`x` asks for less: it only warns until 2026-01-01, by a new `remove-by`"),
            (FAMILY, swap(FAMILY, "\"*_v2\", ", ""), "`y` asks for less: `names` lost `*_v2`"),
            (FAMILY, more(FAMILY, "except = [\"keep_v2\"]"), "`y` asks for less: `except` gained `keep_v2`"),
            (FAMILY, more(FAMILY, "deprecated = true"), "`y` asks for less: `deprecated` narrows it"),
            (FAMILY, more(FAMILY, "beside-successor = true"), "`y` asks for less: `beside-successor` narrows it"),
            (
                FAMILY,
                more(FAMILY, "query = \"handler-methods\""),
                "`y` asks for less: `query` selects only what `handler-methods` matches",
            ),
            (DOOR, swap(DOOR, ", \"os.environ\"", ""), "`z` asks for less: `calls` lost `os.environ`"),
            (
                DOOR,
                swap(DOOR, "[\"a.settings\"]", "[\"a.settings\", \"b\"]"),
                "`z` asks for less: `through` gained `b`",
            ),
            (
                DOOR,
                more(DOOR, "allow = [{ path = \"old/**\", reason = \"later\" }]"),
                "`z` asks for less: `allow` gained `old/**` (later)",
            ),
            (
                DOOR,
                swap(FAMILY, "\"y\"", "\"z\""),
                "`z` asks for less: it was a rule of the kind `only-through` and is `family`",
            ),
        ];
        for (was, now, message) in cases {
            assert_eq!(said(was, &now), [message], "{was}\n-> {now}");
        }
        for (from, to, message) in [
            (", \"b/**\"", "", "`include` lost `b/**`"),
            ("[\"c\"]", "[\"c\", \"d\"]", "`exclude` gained `d`"),
            ("[\"tests/**\"]", "[\"tests/**\", \"e\"]", "`tests` gained `e`"),
        ] {
            let was = format!("{PROJECT}{LEGACY}");
            assert_eq!(said(&was, &swap(&was, from, to)), [message]);
        }
        let bare = format!("{PROJECT}{LEGACY}").replace("include = [\"a/**\", \"b/**\"]\n", "");
        let message = "`include` leaves files out that were judged before";
        assert_eq!(said(&bare, &format!("{PROJECT}{LEGACY}")), [message]);
    }

    const AGAIN: &str = "[[duplicates]]\nid = \"d\"\nkinds = [\"clone\", \"version-family\"]\nmin-lines = 8\n";
    const OWNER: &str = "[[single-source]]\nid = \"s\"\ncanonical = \"a:F\"\nrivals = { names = [\"*F\", \"*G\"] }\n";
    const ENTRY: &str =
        "[[intentional-duplicate]]\nid = \"i\"\ncopies = [\"a:f\"]\nreason = \"r\"\nuntil = 2026-01-01\n";

    #[test]
    fn letting_more_duplicates_pass_is_a_weakening() {
        let all = format!("{AGAIN}{OWNER}{ENTRY}");
        let none: [&str; 0] = [];
        assert_eq!(said(&all, &all), none);
        assert_eq!(said(&all, &format!("{AGAIN}{OWNER}")), none);
        let added = "`i` says of a duplicate that it is on purpose (r)";
        assert_eq!(said(&format!("{AGAIN}{OWNER}"), &all), [added]);
        for (from, to, message) in [
            (", \"version-family\"", "", "`d` asks for less: `kinds` lost `version-family`"),
            ("min-lines = 8", "min-lines = 9", "`d` asks for less: `min-lines` went from 8 to 9"),
            ("min-lines = 8", "min-lines = 8\ndisagreeing = true", "`d` asks for less: `disagreeing` narrows it"),
            ("min-lines = 8", "min-lines = 8\npaths = [\"a\"]", "`d` asks for less: `paths` selects some files alone"),
            (
                "min-lines = 8",
                "min-lines = 8\nallow = [{ path = \"a\", reason = \"r\" }]",
                "`d` asks for less: `allow` gained `a` (r)",
            ),
            ("min-lines = 8", "min-lines = 8\ncontexts = [\"tests\"]", "`d` asks for less: `contexts` lost `code`"),
            (", \"*G\"", "", "`s` asks for less: `rivals` lost `*G`"),
            ("[\"a:f\"]", "[\"a:f\", \"b:g\"]", "`i` asks for less: `copies` gained `b:g`"),
            ("2026-01-01", "2027-01-01", "`i` asks for less: `until` went from 2026-01-01 to 2027-01-01"),
            ("until = 2026-01-01\n", "", "`i` asks for less: `until` no longer ends it on 2026-01-01"),
        ] {
            assert!(all.contains(from), "{from}");
            assert_eq!(said(&all, &all.replace(from, to)), [message]);
        }
        for (from, to) in
            [("min-lines = 8", "min-lines = 7"), ("[\"clone\", \"version-family\"]", "[]"), ("2026", "2025")]
        {
            assert_eq!(said(&all, &all.replace(from, to)), none, "{from} -> {to}");
        }
    }

    #[test]
    fn what_asks_for_as_much_or_more_is_none() {
        let both = format!("{PROJECT}{LEGACY}{FAMILY}{DOOR}");
        let none: [&str; 0] = [];
        assert_eq!(said(&both, &both), none);
        for (from, to) in [
            ("\"a:f\", \"a:g\"", "\"a:*\""),
            ("\"a:f\", ", "\"a:f\", \"a:e\", "),
            ("[\"OLD\"]", "[\"OLD\", \"OLDER\"]"),
            ("successor = \"a:h\"", "successor = \"a:i\""),
            ("names = [\"*_v2\", \"*_v3\"]", "names = [\"*_v3\", \"*_v2\", \"*_v4\"]"),
            ("include = [\"a/**\", \"b/**\"]\n", ""),
            ("exclude = [\"c\"]\n", ""),
            (", \"os.environ\"]", ", \"os.environ\", \"os.putenv\"]"),
        ] {
            assert!(both.contains(from), "{from}");
            assert_eq!(said(&both, &both.replace(from, to)), none, "{from} -> {to}");
        }
        let late = format!("{LEGACY}remove-by = 2026-02-01\n");
        assert_eq!(said(&late, &late.replace("02-01", "01-01")), none);
        assert_eq!(said(&late, LEGACY), none);
        let lower = format!("{LEGACY}require = \"removed\"\n");
        assert_eq!(said(&lower, LEGACY), none);
    }
}
