//! The `github` format: workflow commands, which GitHub Actions shows as annotations beside the code.
//!
//! Invariants: every line but the first is one command, and the first holds nothing that comes from the repository, so
//! that no name can be a command; the gravest stand first, because GitHub shows ten of each level in a step. Absent on
//! purpose: the job summary, which is the `markdown` format: `--output markdown="$GITHUB_STEP_SUMMARY"`.

use super::notice::{Notice, Notices};
use super::{FormatSpec, RenderOptions, escape};
use crate::evidence::{AuditReport, CheckReport, DuplicatesReport, RefsReport, RemovedReport, Sources};
use crate::finding::Severity;
use std::fmt::Write;

pub const SPEC: FormatSpec = FormatSpec {
    check: Some(check),
    refs: Some(refs),
    removed: Some(removed),
    duplicates: Some(duplicates),
    audit: Some(audit),
    ..FormatSpec::new("github", "annotations of GitHub Actions")
};

fn check(report: &CheckReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_check(report), Some(report.verdict.name()))
}

fn refs(report: &RefsReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_refs(report), None)
}

fn removed(report: &RemovedReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_removed(report), Some(report.verdict.name()))
}

fn duplicates(report: &DuplicatesReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_duplicates(report), None)
}

fn audit(report: &AuditReport, _sources: &Sources, _options: &RenderOptions) -> String {
    render(&Notices::of_audit(report), Some(report.recommendation.name()))
}

fn render(notices: &Notices, verdict: Option<&str>) -> String {
    let verdict = verdict.map(|verdict| format!("{verdict}, ")).unwrap_or_default();
    let mut out = format!("solely {}: {verdict}{}\n", notices.command, notices.tally());
    let mut counting: Vec<&Notice> = notices.notices.iter().filter(|notice| notice.counts()).collect();
    counting.sort_by_key(|notice| notice.severity);
    for notice in counting {
        let level = match notice.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let location = &notice.location;
        let _ = write!(out, "::{level} file={},line={}", property(location.path.as_str()), location.start.line);
        match location.end_line > location.start.line {
            // GitHub takes a column only where a note is about one line
            true => _ = write!(out, ",endLine={}", location.end_line),
            false => _ = write!(out, ",col={}", location.start.column),
        }
        let _ = write!(out, ",title={}::{}", property(&notice.rule), data(&notice.message));
        notice.via.iter().for_each(|hop| {
            let _ = write!(out, "%0A{}", data(&format!("{} ({}:{})", hop.what, hop.path, hop.line)));
        });
        if let Some(help) = &notice.help {
            let _ = write!(out, "%0A{}", data(help));
        }
        out.push('\n');
    }
    for gap in &notices.gaps {
        let told = data(&format!("not seen: {}", gap.reason));
        let _ = writeln!(out, "::warning file={},title=gap::{told}", property(gap.path.as_str()));
    }
    for warning in &notices.warnings {
        let _ = writeln!(out, "::warning title=policy::{}", data(&warning.message));
    }
    out
}

/// The text of a command. `%` goes first, so that nothing is decoded twice.
fn data(text: &str) -> String {
    escape::safe(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value among the properties of a command, where a comma and a colon end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_encoded() {
        assert_eq!(property("a,b:c%0A.py"), "a%2Cb%3Ac%250A.py");
        assert_eq!(data("50 % of a::b, c\n::error::x"), "50 %25 of a::b, c\\n::error::x");
    }
}
