//! `solely explain`: a rule, or a finding with its proof and what would make it pass.

use super::refs::parse_place;
use super::{Check, CheckOptions, Error, Question};
use crate::checks::CHECKS;
use crate::evidence::{CheckReport, ExplainReport, Explained, ExplainedRule, RuleReport, Sources};
use crate::finding::{Context, Finding, Severity, Tier};
use crate::language::find_linked;
use crate::policy::{Policy, Rule};
use crate::progress::Progress;
use crate::span::{Location, RepoPath};

pub struct ExplainOptions {
    pub check: CheckOptions,
    /// Ids of rules, fingerprints or their beginnings, places.
    pub what: Vec<String>,
}

/// Characters of a fingerprint that tell it from a rule id.
const FINGERPRINT_CHARS: usize = 6;

/// Explains rules and findings.
pub fn explain(options: &ExplainOptions, progress: &dyn Progress) -> Result<(ExplainReport, Sources), Error> {
    let mut check = Check::prepare(&options.check, progress)?;
    let asked = Asked::of(check.policy(), &options.what)?;
    check.keep_rules(&asked.rules);
    let (report, mut sources) = check.run(progress)?;
    let policy = check.policy();
    let findings: Vec<Explained> = match asked.is_of_findings() {
        true => report.findings.iter().filter(|it| asked.means(it)).map(|it| explained(it, policy, &report)).collect(),
        false => Vec::new(),
    };
    if asked.is_of_findings() && findings.is_empty() {
        return Err(asked.nothing(&report));
    }
    let of_findings = |rule: &&Rule| findings.iter().any(|it| it.finding.rule == rule.id);
    let is_asked = |rule: &&Rule| match asked.is_of_findings() {
        true => of_findings(rule),
        false => asked.rules.contains(&rule.id.0),
    };
    let rules = policy.rules.iter().filter(is_asked).map(|rule| explained_rule(rule, &report)).collect();
    sources.retain(|path, _| findings.iter().any(|it| it.finding.location.path == *path));
    let CheckReport { snapshot, counts, gaps, .. } = report;
    Ok((ExplainReport { snapshot, counts, findings, rules, gaps }, sources))
}

/// What is asked for.
#[derive(Default)]
struct Asked {
    rules: Vec<String>,
    fingerprints: Vec<String>,
    /// Path, line, and column where one is written.
    places: Vec<(RepoPath, u32, Option<u32>)>,
}

impl Asked {
    fn of(policy: &Policy, what: &[String]) -> Result<Self, Error> {
        let mut asked = Asked::default();
        for word in what {
            if policy.rules.iter().any(|rule| rule.id.0 == *word) {
                asked.rules.push(word.clone());
            } else if let Some(place) = parse_place(word) {
                asked.places.push(place);
            } else if word.len() >= FINGERPRINT_CHARS && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                asked.fingerprints.push(word.to_ascii_lowercase());
            } else {
                let ids: Vec<String> = policy.rules.iter().map(|rule| format!("`{}`", rule.id)).collect();
                return Err(Error::Other {
                    message: format!("`{word}` is no rule of the policy, no place and no fingerprint"),
                    help: Some(format!("the rules are {}; a place is written `path:line`", ids.join(", "))),
                });
            }
        }
        Ok(asked)
    }

    fn is_of_findings(&self) -> bool {
        !self.places.is_empty() || !self.fingerprints.is_empty()
    }

    fn means(&self, finding: &Finding) -> bool {
        let Location { path, start, end_line } = &finding.location;
        let is_here = |(of, line, column): &(RepoPath, u32, Option<u32>)| {
            let lines = if column.is_some() { start.line..=start.line } else { start.line..=*end_line };
            of == path && lines.contains(line) && column.is_none_or(|column| column == start.column)
        };
        let print = finding.fingerprint().to_string();
        (self.rules.is_empty() || self.rules.contains(&finding.rule.0))
            && (self.places.iter().any(is_here) || self.fingerprints.iter().any(|it| print.starts_with(it.as_str())))
    }

    fn nothing(&self, report: &CheckReport) -> Error {
        let in_file = |path: &RepoPath| {
            let lines = report.findings.iter().filter(|it| it.location.path == *path).map(|it| it.location.start.line);
            let mut lines: Vec<String> = lines.map(|line| line.to_string()).collect();
            lines.dedup();
            lines
        };
        let of_file = self.places.first().map(|(path, ..)| (path, in_file(path)));
        let help = match of_file {
            Some((path, lines)) if !lines.is_empty() => {
                format!("findings of `{path}` stand on lines {}", lines[..lines.len().min(10)].join(", "))
            }
            Some((path, _)) => {
                format!("`{path}` has no findings; why a place is no reference, `solely refs --why-not` says")
            }
            None => "`solely check --format json` tells the fingerprints".to_owned(),
        };
        Error::Other { message: "no finding is there".to_owned(), help: Some(help) }
    }
}

fn explained(finding: &Finding, policy: &Policy, report: &CheckReport) -> Explained {
    let rule = report.rules.iter().find(|rule| rule.id == finding.rule.0);
    Explained {
        proof: proof(finding, rule),
        remedies: remedies(finding, policy),
        effect: effect(finding),
        finding: finding.clone(),
    }
}

/// From the place to the definition, a step a sentence.
fn proof(finding: &Finding, rule: Option<&RuleReport>) -> Vec<String> {
    let place = |location: &Location| format!("{}:{}", location.path, location.start.line);
    let symbol = &finding.symbol;
    let mut steps = Vec::new();
    for hop in &finding.via {
        steps.push(format!("{}:{} {}", hop.path, hop.line, hop.what));
    }
    steps.extend(match finding.tier {
        Some(Tier::Proven) => Some(format!("so the name at {} is `{symbol}`: proven", place(&finding.location))),
        Some(Tier::Likely) => Some(format!(
            "the class of the receiver at {} is inferred, so it is `{symbol}`: likely",
            place(&finding.location)
        )),
        Some(Tier::NameOnly) => Some(format!(
            "nothing is known of the receiver at {}; its attribute has the name of `{symbol}`: name-only",
            place(&finding.location)
        )),
        Some(Tier::Text) => {
            let within = finding.within.unwrap_or("text");
            Some(format!("a {within} names `{symbol}` at {}; a text resolves to nothing", place(&finding.location)))
        }
        None => None,
    });
    if let Some(of_rule) = rule.and_then(|rule| rule.symbols.iter().find(|it| it.symbol == *symbol)) {
        steps.push(match of_rule.definitions.first() {
            Some(at) => format!("`{symbol}` is defined at {}:{}-{}", at.path, at.start.line, at.end_line),
            None => format!("`{symbol}` is defined nowhere in what was seen"),
        });
        steps.push(format!("the state of `{symbol}` is {}", of_rule.state.name()));
    }
    steps.extend(finding.related.iter().map(|it| format!("{} {}", place(&it.location), it.message)));
    steps
}

/// What it does to the verdict.
fn effect(finding: &Finding) -> String {
    if let Some(suppression) = &finding.standing.suppressed {
        let line = suppression.location.start.line;
        return format!("does not count: a comment on line {line} suppresses it, \"{}\"", suppression.reason);
    }
    if let Some(accepted) = &finding.standing.accepted {
        return format!("does not count: the baseline accepts it, \"{}\" ({})", accepted.reason, accepted.by);
    }
    match (&finding.gate, finding.severity) {
        (Some(gate), _) => format!("makes `{}` {} for {}", finding.rule, gate.verdict.name(), gate.context.name()),
        (None, Severity::Note) => "is told, and changes no verdict".to_owned(),
        (None, _) => format!("is told as a {}, and changes no verdict", finding.severity.name()),
    }
}

/// What would make it pass.
fn remedies(finding: &Finding, policy: &Policy) -> Vec<String> {
    let rule = policy.rules.iter().find(|rule| rule.id == finding.rule);
    let kind = rule.map(|rule| rule.kind.name());
    let mut ways = Vec::new();
    ways.extend(finding.help.clone());
    if kind == Some("legacy") {
        let id = &finding.rule;
        match (finding.kind, finding.tier) {
            ("definition" | "only-legacy", _) => {
                ways.push(format!("delete it: `solely plan {id}` says in which order, and what goes with it"));
            }
            (_, Some(Tier::Text)) if finding.gate.is_some() => ways.push(format!(
                "take the name out of the text, or demand less of this context: `require = {{ {} = \"residue\" }}`",
                finding.context.name()
            )),
            (_, Some(Tier::NameOnly)) => ways.push(
                "annotate the receiver, so that its class is known: if it is another class, this is no reference"
                    .to_owned(),
            ),
            _ => {}
        }
    }
    if finding.counts() && finding.severity != Severity::Note {
        let is_code =
            matches!(finding.context, Context::Code | Context::Tests) && find_linked(&finding.location.path).is_some();
        if is_code {
            ways.push(format!("or leave it, with the reason: `# solely: ignore[{}] -- why`", finding.rule));
        }
        ways.push("or accept all that is there: `solely baseline --reason why`".to_owned());
    }
    ways
}

fn explained_rule(rule: &Rule, report: &CheckReport) -> ExplainedRule {
    let kind = rule.kind.name();
    let of_run = report.rules.iter().find(|it| it.id == rule.id.0);
    let explanation = CHECKS.iter().find(|check| check.kind == kind).map_or("", |check| check.explanation);
    ExplainedRule {
        id: rule.id.0.clone(),
        kind,
        summary: rule.summary.clone(),
        verdict: of_run.map(|it| it.verdict),
        conclusion: of_run.map(|it| it.conclusion.clone()).unwrap_or_default(),
        sections: sections(explanation),
    }
}

/// The parts of an explanation that are no reference and no example, each with its title.
fn sections(explanation: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in explanation.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            sections.push((title.to_owned(), String::new()));
        } else if let Some(title) = line.strip_prefix("# ") {
            sections.push((title.to_owned(), String::new()));
        } else if let Some((_, text)) = sections.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    sections.retain(|(title, _)| title != "Options" && title != "Examples");
    sections.into_iter().map(|(title, text)| (title, text.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_says_how_to_fix_what_it_finds() {
        for check in CHECKS {
            let sections = sections(check.explanation);
            let fix = sections.iter().find(|(title, _)| title == "How to fix");
            assert!(fix.is_some_and(|(_, text)| !text.is_empty()), "{}", check.kind);
        }
    }
}
