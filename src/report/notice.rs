//! Notices: every report as a list of places, for the formats that show places alone (SARIF, annotations, code quality).
//!
//! A finding is a notice, a group of duplicates is one at the copy that should go, and a reference that a change left
//! broken is one. Invariants: the order is that of the report; nothing is left out; fingerprints hold no line number and
//! are unique in a list. Absent on purpose: escaping, which differs by format.

use crate::checks::CHECKS;
use crate::checks::duplicates::DUPLICATES;
use crate::evidence::{
    AuditReport, BrokenReference, CheckReport, DuplicatesReport, Group, ReferenceReport, RefsReport, RemovedReport,
    SymbolReferences, Warning,
};
use crate::finding::{Context, Finding, Fingerprint, Hop, Novelty, Severity};
use crate::gap::Gap;
use crate::span::{Location, Position};
use crate::words::counted;
use std::collections::BTreeMap;

/// The rule of a reference that a change left broken.
const BROKEN: &str = "broken-reference";

/// The rule of a place that was asked for.
const REFERENCE: &str = "reference";

/// A rule that notices may name.
pub struct RuleText {
    pub id: String,
    pub kind: &'static str,
    /// One sentence.
    pub summary: String,
    /// Markdown.
    pub help: &'static str,
}

/// One place, and what is said of it.
pub struct Notice {
    pub rule: String,
    pub fingerprint: Fingerprint,
    pub severity: Severity,
    pub location: Location,
    /// The symbol meant, as `module:Qualified.name`.
    pub symbol: String,
    pub message: String,
    pub help: Option<String>,
    pub via: Vec<Hop>,
    pub related: Vec<(Location, String)>,
    pub marks: Marks,
    pub properties: BTreeMap<&'static str, String>,
}

/// What was decided about a notice.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Why a comment beside the code suppresses it.
    pub suppressed: Option<String>,
    /// Why the baseline accepts it.
    pub accepted: Option<String>,
    /// Whether the change brought it, where there is a base to compare with.
    pub is_new: Option<bool>,
}

/// A report as notices, with what they refer to.
pub struct Notices {
    /// `check`, `refs`, `removed`, `duplicates` or `audit`.
    pub command: &'static str,
    pub rules: Vec<RuleText>,
    pub notices: Vec<Notice>,
    pub gaps: Vec<Gap>,
    pub warnings: Vec<Warning>,
    /// What the report as a whole says: verdict, commit, tree.
    pub properties: BTreeMap<&'static str, String>,
}

impl Notices {
    pub fn of_check(report: &CheckReport) -> Self {
        let help = |kind| CHECKS.iter().find(|spec| spec.kind == kind).map_or("", |spec| spec.explanation);
        let rules = report.rules.iter().map(|rule| RuleText {
            id: rule.id.clone(),
            kind: rule.kind,
            summary: rule.summary.clone(),
            help: help(rule.kind),
        });
        let mut properties = BTreeMap::from([("verdict", report.verdict.name().to_owned())]);
        properties.insert("policy", report.policy.digest.clone());
        properties.extend(report.snapshot.commit.clone().map(|commit| ("commit", commit)));
        properties.extend(report.snapshot.tree.clone().map(|tree| ("tree", tree)));
        Self {
            command: "check",
            rules: rules.collect(),
            notices: numbered(report.findings.iter().map(of_finding).collect()),
            gaps: report.gaps.clone(),
            warnings: report.warnings.clone(),
            properties,
        }
    }

    pub fn of_duplicates(report: &DuplicatesReport) -> Self {
        let mut properties = BTreeMap::new();
        properties.extend(report.snapshot.commit.clone().map(|commit| ("commit", commit)));
        properties.extend(report.snapshot.tree.clone().map(|tree| ("tree", tree)));
        let bounds = report.bounds.iter().map(|bound| Warning { message: bound.clone(), help: None, place: None });
        Self {
            command: "duplicates",
            rules: duplicate_rules().collect(),
            notices: numbered(report.groups.iter().map(of_group).collect()),
            gaps: report.gaps.clone(),
            warnings: bounds.collect(),
            properties,
        }
    }

    /// Each reference is a note.
    pub fn of_refs(report: &RefsReport) -> Self {
        let mut properties = BTreeMap::new();
        properties.extend(report.snapshot.commit.clone().map(|commit| ("commit", commit)));
        properties.extend(report.snapshot.tree.clone().map(|tree| ("tree", tree)));
        let of_symbol =
            |symbol: &SymbolReferences| symbol.references.iter().map(|it| of_reference(&symbol.symbol, it)).collect();
        let notices: Vec<Vec<Notice>> = report.symbols.iter().map(of_symbol).collect();
        Self {
            command: "refs",
            rules: vec![RuleText {
                id: REFERENCE.to_owned(),
                kind: "refs",
                summary: "a reference to a symbol that was asked for".to_owned(),
                help: "A place that means the symbol, with the imports that lead to it.",
            }],
            notices: numbered(notices.into_iter().flatten().collect()),
            gaps: report.gaps.clone(),
            warnings: Vec::new(),
            properties,
        }
    }

    /// The policy at head, what the change left broken, and the copies that it brought.
    pub fn of_audit(report: &AuditReport) -> Self {
        let mut whole = Self::of_check(&report.at_head);
        let removed = Self::of_removed(&report.removed);
        whole.command = "audit";
        whole.rules.extend(removed.rules);
        whole.rules.extend(duplicate_rules());
        whole.notices.extend(removed.notices);
        whole.notices.extend(report.duplicates.fresh.iter().map(of_group));
        whole.notices = numbered(whole.notices);
        whole.gaps = report.gaps.clone();
        whole.properties.extend(removed.properties);
        whole.properties.insert("verdict", report.verdict.name().to_owned());
        whole.properties.insert("recommendation", report.recommendation.name().to_owned());
        whole.properties.insert("policy", report.policy.identity.digest.clone());
        whole
    }

    pub fn of_removed(report: &RemovedReport) -> Self {
        let mut properties = BTreeMap::from([("verdict", report.verdict.name().to_owned())]);
        properties.insert("summary", super::sentence::removed(&report.headline()));
        properties.insert("base", report.base.name.clone());
        properties.insert("head", report.head.name.clone());
        let broken = report.aftermath.iter().flat_map(|aftermath| &aftermath.broken);
        Self {
            command: "removed",
            rules: vec![RuleText {
                id: BROKEN.to_owned(),
                kind: "removed",
                summary: "a reference to what the change removed".to_owned(),
                help: "A change removed a definition that this place still means. Move it to the successor, or remove \
                       it too. A reference behind a guard (`try`, `TYPE_CHECKING`, a function's body) fails later, not \
                       never.",
            }],
            notices: numbered(broken.map(of_broken).collect()),
            gaps: report.gaps.clone(),
            warnings: Vec::new(),
            properties,
        }
    }
}

fn duplicate_rules() -> impl Iterator<Item = RuleText> {
    DUPLICATES.iter().map(|spec| RuleText {
        id: spec.kind.name().to_owned(),
        kind: "duplicates",
        summary: lead(spec.explanation),
        help: spec.explanation,
    })
}

fn of_finding(finding: &Finding) -> Notice {
    let standing = &finding.standing;
    let marks = Marks {
        suppressed: standing.suppressed.as_ref().map(|it| it.reason.clone()),
        accepted: standing.accepted.as_ref().map(|it| it.reason.clone()),
        is_new: standing.novelty.map(|novelty| novelty == Novelty::Introduced),
    };
    let mut properties = BTreeMap::from([("context", finding.context.name().to_owned())]);
    properties.insert("kind", finding.kind.to_owned());
    properties.extend(finding.tier.map(|tier| ("tier", tier.name().to_owned())));
    properties.extend(finding.within.map(|within| ("within", within.to_owned())));
    Notice {
        rule: finding.rule.0.clone(),
        fingerprint: finding.fingerprint(),
        severity: finding.severity,
        location: finding.location.clone(),
        symbol: finding.symbol.clone(),
        message: finding.message.clone(),
        help: finding.help.clone(),
        via: finding.via.clone(),
        related: finding.related.iter().map(|it| (it.location.clone(), it.message.clone())).collect(),
        marks,
        properties,
    }
}

/// At the first copy that is not the one to keep. Copies that disagree are a warning, others are told.
fn of_group(group: &Group) -> Notice {
    let keep = group.canonical.as_ref().map(|(at, _)| *at);
    let at = (0..group.instances.len()).find(|at| Some(*at) != keep).unwrap_or(0);
    let place = |at: usize| {
        let instance = &group.instances[at];
        let start = Position { line: instance.lines.start, column: 1 };
        Location { path: instance.path.clone(), start, end_line: instance.lines.end }
    };
    let others = (0..group.instances.len()).filter(|other| *other != at).map(|other| {
        let role = if Some(other) == keep { "the copy to keep" } else { "a copy" };
        (place(other), format!("{role}: `{}`", group.instances[other].symbol))
    });
    let mut identity = vec!["duplicates", group.kind.name()];
    for instance in &group.instances {
        identity.extend([instance.path.as_str(), &instance.symbol, instance.what]);
    }
    let mut properties = BTreeMap::from([("similarity", format!("{:.3}", f64::from(group.similarity) / 1000.0))]);
    properties.insert("copies", group.instances.len().to_string());
    properties.extend(group.clone_type.map(|it| ("clone-type", it.name().to_owned())));
    Notice {
        rule: group.kind.name().to_owned(),
        fingerprint: Fingerprint::of(&identity),
        severity: if group.disagrees { Severity::Warning } else { Severity::Note },
        location: place(at),
        symbol: group.instances[at].symbol.clone(),
        message: group.message.clone(),
        help: group.canonical.as_ref().map(|(at, why)| format!("keep `{}`: {why}", group.instances[*at].symbol)),
        via: Vec::new(),
        related: others.collect(),
        marks: Marks::default(),
        properties,
    }
}

fn of_reference(symbol: &str, reference: &ReferenceReport) -> Notice {
    let (kind, tier) = (reference.kind.name(), reference.tier.name());
    let mut properties = BTreeMap::from([("context", reference.context.name().to_owned())]);
    properties.insert("kind", kind.to_owned());
    properties.insert("tier", tier.to_owned());
    Notice {
        rule: REFERENCE.to_owned(),
        fingerprint: Fingerprint::of(&[REFERENCE, symbol, kind, reference.location.path.as_str()]),
        severity: Severity::Note,
        location: reference.location.clone(),
        symbol: symbol.to_owned(),
        message: format!("refers to `{symbol}` ({kind}, {tier})"),
        help: None,
        via: reference.via.clone(),
        related: Vec::new(),
        marks: Marks::default(),
        properties,
    }
}

fn of_broken(broken: &BrokenReference) -> Notice {
    let reference = &broken.reference;
    let mut message = format!("`{}` is gone, and this {} still means it", broken.symbol, reference.kind.name());
    if broken.breaks_module {
        message.push_str("; the module cannot be imported");
    }
    let mut properties = BTreeMap::from([("context", reference.context.name().to_owned())]);
    properties.insert("kind", reference.kind.name().to_owned());
    properties.insert("tier", reference.tier.name().to_owned());
    properties.extend(broken.guard.map(|guard| ("guard", guard.to_owned())));
    let is_production = reference.context != Context::Tests && broken.guard.is_none();
    Notice {
        rule: BROKEN.to_owned(),
        fingerprint: Fingerprint::of(&[
            BROKEN,
            &broken.symbol,
            reference.kind.name(),
            reference.location.path.as_str(),
        ]),
        severity: if is_production { Severity::Error } else { Severity::Warning },
        location: reference.location.clone(),
        symbol: broken.symbol.clone(),
        message,
        help: None,
        via: reference.via.clone(),
        related: Vec::new(),
        marks: Marks::default(),
        properties,
    }
}

impl Notice {
    /// Neither suppressed nor accepted, nor there before the change that is judged.
    pub fn counts(&self) -> bool {
        self.marks.suppressed.is_none() && self.marks.accepted.is_none() && self.marks.is_new != Some(false)
    }
}

/// Tells equal fingerprints apart by their order.
fn numbered(mut notices: Vec<Notice>) -> Vec<Notice> {
    let mut seen: BTreeMap<Fingerprint, u64> = BTreeMap::new();
    for notice in &mut notices {
        let times = seen.entry(notice.fingerprint).or_default();
        *times += 1;
        if *times > 1 {
            notice.fingerprint = Fingerprint::of(&[&notice.fingerprint.to_string(), &times.to_string()]);
        }
    }
    notices
}

/// The first paragraph of a Markdown explanation, in one line.
fn lead(explanation: &str) -> String {
    let lines = explanation.lines().skip_while(|line| line.starts_with('#') || line.is_empty());
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

impl Notices {
    /// `2 errors, 1 warning, 5 notes`, what counts for nothing left out.
    pub fn tally(&self) -> String {
        let counting = || self.notices.iter().filter(|notice| notice.counts());
        let count = |severity| counting().filter(|notice| notice.severity == severity).count() as u64;
        [Severity::Error, Severity::Warning, Severity::Note].map(|it| counted(count(it), it.name())).join(", ")
    }
}
