//! The `sarif` format, version 2.1.0, for code scanning: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>.
//!
//! Invariants: one run; a result per notice, marked where it is suppressed or accepted, never left out for it; the
//! fingerprint holds no line number; paths are relative and percent-encoded; text is safe to show, and no name of the
//! repository can make a link of it. The file stays within what GitHub accepts
//! (<https://docs.github.com/code-security/code-scanning/troubleshooting-sarif/results-exceed-limit>, read 2026-11-22):
//! what is cut is the least grave, and a notification says how many. Absent on purpose: snippets, which the reader has.

use super::notice::{Notice, Notices, RuleText};
use super::{FormatSpec, RenderOptions, escape};
use crate::evidence::{AuditReport, CheckReport, DuplicatesReport, RefsReport, RemovedReport, Sources};
use crate::gap::Gap;
use crate::span::Location;
use crate::words::{self, grouped};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

pub const SPEC: FormatSpec = FormatSpec {
    check: Some(check),
    refs: Some(refs),
    removed: Some(removed),
    duplicates: Some(duplicates),
    audit: Some(audit),
    ..FormatSpec::new("sarif", "SARIF 2.1.0, for code scanning")
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What paths are relative to: the root of the repository, which the reader knows.
const ROOT: &str = "%SRCROOT%";

/// What GitHub takes of one file.
#[derive(Clone, Copy)]
struct Limits {
    results: usize,
    /// Of the file, compressed.
    bytes: usize,
    /// Gaps and warnings told one by one. A limit of ours.
    notifications: usize,
}

const LIMITS: Limits = Limits { results: 25_000, bytes: 10_000_000, notifications: 1_000 };

/// Related places shown of one result; it takes 1,000.
const RELATED_SHOWN: usize = 100;

/// Steps shown of one code flow; it takes 10,000.
const STEPS_SHOWN: usize = 1_000;

/// Characters of a rule's description.
const DESCRIPTION_CHARS: usize = 1_000;

fn check(report: &CheckReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_check(report), LIMITS)
}

fn refs(report: &RefsReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_refs(report), LIMITS)
}

fn removed(report: &RemovedReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_removed(report), LIMITS)
}

fn duplicates(report: &DuplicatesReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_duplicates(report), LIMITS)
}

fn audit(report: &AuditReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_audit(report), LIMITS)
}

/// The gravest results that fit.
fn render(notices: &Notices, limits: Limits) -> String {
    let mut room = limits.results.min(notices.notices.len());
    loop {
        let text = document(notices, room, limits.notifications);
        let length = compressed(&text, limits.bytes);
        if length <= limits.bytes || room == 0 {
            return text;
        }
        // a little less than what would fit if results were all alike
        room = (room * limits.bytes / length * 9 / 10).min(room - 1);
    }
}

/// Bytes of the text in gzip, which is what counts. A text that is small enough by itself is not compressed.
fn compressed(text: &str, limit: usize) -> usize {
    if text.len() <= limit {
        return text.len();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).map_or(usize::MAX, |bytes| bytes.len())
}

fn document(notices: &Notices, room: usize, notifications: usize) -> String {
    let kept = gravest(&notices.notices, room);
    let named = |rule: &&RuleText| notices.rules.len() <= LIMITS.results || kept.iter().any(|it| it.rule == rule.id);
    let rules: Vec<&RuleText> = notices.rules.iter().filter(named).collect();
    let index: BTreeMap<&str, usize> = rules.iter().enumerate().map(|(at, rule)| (rule.id.as_str(), at)).collect();
    let mut told = Vec::new();
    if kept.len() < notices.notices.len() {
        told.push(cut(notices.notices.len(), kept.len(), "results", "the gravest are kept"));
    }
    told.extend(notices.gaps.iter().take(notifications).map(gap));
    if notices.gaps.len() > notifications {
        told.push(cut(notices.gaps.len(), notifications, "gaps", "`--format json` holds all"));
    }
    let warnings: Vec<Value> = notices.warnings.iter().take(notifications).map(|it| warning(&it.message)).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_iter().map(rule).collect::<Vec<_>>(),
            }},
            "automationDetails": { "id": format!("solely/{}/", notices.command) },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "description": { "text": "the root of the repository" } } },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": told,
                "toolConfigurationNotifications": warnings,
            }],
            "results": kept.iter().map(|it| result(it, &index)).collect::<Vec<_>>(),
            "properties": notices.properties,
        }],
    });
    escape::safe_json(format!("{document:#}\n"))
}

/// The gravest notices, in their order.
fn gravest(notices: &[Notice], room: usize) -> Vec<&Notice> {
    let mut order: Vec<usize> = (0..notices.len()).collect();
    order.sort_by_key(|&at| (!notices[at].counts(), notices[at].severity));
    order.truncate(room);
    order.sort_unstable();
    order.into_iter().map(|at| &notices[at]).collect()
}

fn rule(rule: &RuleText) -> Value {
    let summary = shortened(&rule.summary);
    json!({
        "id": rule.id,
        "shortDescription": { "text": summary },
        "fullDescription": { "text": summary },
        "help": { "text": rule.help, "markdown": rule.help },
        "properties": { "tags": ["maintainability", rule.kind] },
    })
}

fn result(notice: &Notice, rules: &BTreeMap<&str, usize>) -> Value {
    let fingerprint = notice.fingerprint.to_string();
    let mut message = notice.message.clone();
    if let Some(help) = &notice.help {
        message.push_str("; ");
        message.push_str(help);
    }
    if notice.related.len() > RELATED_SHOWN {
        message.push_str(&format!("; and {} more places", grouped((notice.related.len() - RELATED_SHOWN) as u64)));
    }
    let mut result = json!({
        "ruleId": notice.rule,
        "level": notice.severity.name(),
        "message": text(&message),
        "locations": [{
            "physicalLocation": physical(&notice.location),
            "logicalLocations": [{ "fullyQualifiedName": escape::safe(&notice.symbol) }],
        }],
        // the first is the one that GitHub compares, with its own kind of suffix
        "partialFingerprints": {
            "primaryLocationLineHash": format!("{fingerprint}:1"),
            "solely/identity/v1": fingerprint,
        },
        "properties": notice.properties,
    });
    if let Some(at) = rules.get(notice.rule.as_str()) {
        result["ruleIndex"] = json!(at);
    }
    let suppressed = notice.marks.suppressed.iter().map(|why| ("inSource", why));
    let accepted = notice.marks.accepted.iter().map(|why| ("external", why));
    let suppressions: Vec<Value> = suppressed
        .chain(accepted)
        .map(|(kind, why)| json!({ "kind": kind, "status": "accepted", "justification": escape::safe(why) }))
        .collect();
    if !suppressions.is_empty() {
        result["suppressions"] = json!(suppressions);
    }
    if let Some(is_new) = notice.marks.is_new {
        result["baselineState"] = json!(if is_new { "new" } else { "unchanged" });
    }
    if !notice.related.is_empty() {
        let places = notice.related.iter().take(RELATED_SHOWN).enumerate();
        result["relatedLocations"] = places.map(|(at, (place, message))| located(place, message, Some(at))).collect();
    }
    if !notice.via.is_empty() {
        let steps = notice.via.iter().take(STEPS_SHOWN).map(|hop| {
            let region = json!({ "startLine": hop.line });
            let place = json!({ "artifactLocation": artifact(hop.path.as_str()), "region": region });
            json!({ "location": { "physicalLocation": place, "message": text(&hop.what) } })
        });
        let end = json!({ "location": located(&notice.location, &notice.message, None) });
        let steps: Vec<Value> = steps.chain([end]).collect();
        result["codeFlows"] = json!([{ "threadFlows": [{ "locations": steps }] }]);
    }
    result
}

fn located(location: &Location, message: &str, id: Option<usize>) -> Value {
    let mut value = json!({ "physicalLocation": physical(location), "message": text(message) });
    if let Some(id) = id {
        value["id"] = json!(id + 1);
    }
    value
}

fn physical(location: &Location) -> Value {
    let Location { path, start, end_line } = location;
    let mut region = json!({ "startLine": start.line.max(1), "startColumn": start.column.max(1) });
    if *end_line > start.line {
        region["endLine"] = json!(end_line);
    }
    json!({ "artifactLocation": artifact(path.as_str()), "region": region })
}

fn artifact(path: &str) -> Value {
    json!({ "uri": uri(path), "uriBaseId": ROOT })
}

/// A relative reference of RFC 3986: everything but letters, digits, `-._~` and the slashes is percent-encoded, the
/// colon too, which would make a scheme of the first folder.
pub fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A message. Brackets are escaped, since `[text](target)` is a link in a message of SARIF (§ 3.11.6).
fn text(message: &str) -> Value {
    let message = escape::safe(message);
    let text = if message.contains("](") { message.replace('[', "\\[").replace(']', "\\]") } else { message.into() };
    json!({ "text": text })
}

fn shortened(summary: &str) -> String {
    words::shortened(&escape::safe(summary), DESCRIPTION_CHARS).into_owned()
}

fn gap(gap: &Gap) -> Value {
    let location = json!({ "physicalLocation": { "artifactLocation": artifact(gap.path.as_str()) } });
    json!({
        "level": "warning",
        "descriptor": { "id": "gap" },
        "message": text(&format!("not seen: {}", gap.reason)),
        "locations": [location],
    })
}

fn warning(message: &str) -> Value {
    json!({ "level": "warning", "descriptor": { "id": "policy" }, "message": text(message) })
}

fn cut(all: usize, kept: usize, what: &str, how: &str) -> Value {
    let (all, left) = (grouped(all as u64), grouped((all - kept) as u64));
    let message = format!("{left} of {all} {what} are left out to stay within the limits of GitHub; {how}");
    json!({ "level": "warning", "descriptor": { "id": "cut" }, "message": text(&message) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Fingerprint, Severity};
    use crate::report::notice::Marks;
    use crate::span::{Position, RepoPath};

    fn notice(number: u32, severity: Severity) -> Notice {
        let start = Position { line: number + 1, column: 1 };
        Notice {
            rule: "r".to_owned(),
            fingerprint: Fingerprint::of(&[&number.to_string()]),
            severity,
            location: Location { path: RepoPath::new("a.py"), start, end_line: number + 1 },
            symbol: "a:b".to_owned(),
            message: "m".to_owned(),
            help: None,
            via: Vec::new(),
            related: Vec::new(),
            marks: Marks::default(),
            properties: BTreeMap::new(),
        }
    }

    fn notices(list: Vec<Notice>) -> Notices {
        let rules = vec![RuleText { id: "r".to_owned(), kind: "legacy", summary: "s".to_owned(), help: "h" }];
        let (gaps, warnings, properties) = (Vec::new(), Vec::new(), BTreeMap::new());
        Notices { command: "check", rules, notices: list, gaps, warnings, properties }
    }

    fn run(text: &str) -> Value {
        serde_json::from_str::<Value>(text).unwrap()["runs"][0].clone()
    }

    #[test]
    fn the_gravest_are_kept_and_the_rest_is_told() {
        let mut list: Vec<Notice> = (0..30).map(|number| notice(number, Severity::Warning)).collect();
        list.extend((30..33).map(|number| notice(number, Severity::Error)));
        let run = run(&render(&notices(list), Limits { results: 5, ..LIMITS }));
        let kept = run["results"].as_array().unwrap().iter();
        let kept: Vec<&str> = kept.map(|result| result["level"].as_str().unwrap()).collect();
        assert_eq!(kept, ["warning", "warning", "error", "error", "error"]);
        let told = &run["invocations"][0]["toolExecutionNotifications"][0];
        assert_eq!(told["descriptor"]["id"], "cut");
        assert!(told["message"]["text"].as_str().unwrap().starts_with("28 of 33 results are left out"), "{told}");
    }

    #[test]
    fn the_file_stays_within_its_bytes() {
        let limits = Limits { bytes: 4_000, ..LIMITS };
        let text = render(&notices((0..500).map(|number| notice(number, Severity::Error)).collect()), limits);
        assert!(text.len() > limits.bytes && compressed(&text, limits.bytes) <= limits.bytes);
        let run = run(&text);
        let (kept, told) = (run["results"].as_array().unwrap().len(), &run["invocations"][0]);
        assert!((10..500).contains(&kept), "{kept}");
        assert_eq!(told["toolExecutionNotifications"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn what_was_decided_is_marked_and_not_dropped() {
        let marks = [
            Marks::default(),
            Marks { suppressed: Some("until 3.0".to_owned()), ..Marks::default() },
            Marks { accepted: Some("known".to_owned()), is_new: Some(false), ..Marks::default() },
            Marks { is_new: Some(true), ..Marks::default() },
        ];
        let list = marks.into_iter().map(|marks| Notice { marks, ..notice(1, Severity::Error) }).collect();
        let run = run(&render(&notices(list), LIMITS));
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 4);
        assert!(results[0].get("suppressions").is_none() && results[0].get("baselineState").is_none());
        assert_eq!(results[1]["suppressions"][0]["kind"], "inSource");
        assert_eq!(results[1]["suppressions"][0]["justification"], "until 3.0");
        assert_eq!(results[2]["suppressions"][0]["kind"], "external");
        assert_eq!((&results[2]["baselineState"], &results[3]["baselineState"]), (&"unchanged".into(), &"new".into()));
    }

    #[test]
    fn a_long_list_of_places_is_cut_and_told() {
        let place = Location { path: RepoPath::new("b.py"), start: Position { line: 1, column: 1 }, end_line: 1 };
        let related = vec![(place, "a copy".to_owned()); 150];
        let run = run(&render(&notices(vec![Notice { related, ..notice(1, Severity::Note) }]), LIMITS));
        let result = &run["results"][0];
        assert_eq!(result["relatedLocations"].as_array().unwrap().len(), 100);
        assert_eq!(result["message"]["text"], "m; and 50 more places");
    }

    #[test]
    fn a_path_is_a_relative_reference() {
        assert_eq!(uri("a b/c:d/é#?%.py"), "a%20b/c%3Ad/%C3%A9%23%3F%25.py");
    }
}
