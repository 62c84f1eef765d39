//! The `gitlab` format: the code quality report of GitLab (<https://docs.gitlab.com/ci/testing/code_quality/>).
//!
//! Invariants: one JSON array; what does not count (suppressed, accepted, there before) is left out, since the format has no word for it. Absent
//! on purpose: gaps, for the same reason; the exit status tells them.

use super::notice::Notices;
use super::{FormatSpec, RenderOptions, escape};
use crate::evidence::{AuditReport, CheckReport, DuplicatesReport, RefsReport, RemovedReport, Sources};
use crate::finding::Severity;
use serde::Serialize;

pub const SPEC: FormatSpec = FormatSpec {
    check: Some(check),
    refs: Some(refs),
    removed: Some(removed),
    duplicates: Some(duplicates),
    audit: Some(audit),
    ..FormatSpec::new("gitlab", "the code quality report of GitLab")
};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

fn check(report: &CheckReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_check(report))
}

fn refs(report: &RefsReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_refs(report))
}

fn removed(report: &RemovedReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_removed(report))
}

fn duplicates(report: &DuplicatesReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_duplicates(report))
}

fn audit(report: &AuditReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_audit(report))
}

fn render(notices: &Notices) -> String {
    let counting = notices.notices.iter().filter(|notice| notice.counts());
    let issues: Vec<Issue<'_>> = counting
        .map(|notice| {
            let help = notice.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
            Issue {
                description: escape::safe(&format!("{}{help}", notice.message)).into_owned(),
                check_name: &notice.rule,
                fingerprint: notice.fingerprint.to_string(),
                severity: severity(notice.severity),
                location: Place {
                    path: notice.location.path.as_str(),
                    lines: Lines { begin: notice.location.start.line, end: notice.location.end_line },
                },
            }
        })
        .collect();
    let text = serde_json::to_string_pretty(&issues).expect("records hold strings, numbers and lists alone");
    escape::safe_json(text + "\n")
}

/// The names of GitLab are `info`, `minor`, `major`, `critical` and `blocker`.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Note => "info",
    }
}
