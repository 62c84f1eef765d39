//! Stage 5', outside: what no repository holds, read from files that a policy names.
//!
//! A log, a test result, a JSON document or a coverage report is read once, hashed, and held against what `[[evidence]]`
//! demands of it. What it says stays at hand ([`Content`]), so that claims can be compared with it.
//!
//! Invariants: every file is hashed whole, as it is stored; a file that is missing, empty where it must not be, out of
//! bounds, or older than head makes its evidence incomplete, never a pass; XML has no entities and no depth beyond
//! [`DEPTH_LIMIT`]. Files come through an injected
//! [`ReadFiles`], so that a disk and a bundle are one case. Absent on purpose: the time of a file.

mod coverage;
mod disk;
mod instant;
mod json;
mod junit;
mod log;
mod xml;

pub use coverage::{Coverage, FileCoverage};
pub use disk::read_below;
pub use junit::{Junit, Outcome, Suite, TestCase};
pub use log::Log;

use crate::finding::Verdict;
use crate::policy::{EvidenceKind, EvidenceRule};
use crate::span::LineRange;
use crate::words::hex;
use sha2::{Digest, Sha256};
use std::io::Read;

/// Bytes of one file, unpacked, that are read at most.
pub const SIZE_LIMIT: u64 = 256 << 20;

/// Elements inside each other that an XML document may have.
pub const DEPTH_LIMIT: usize = 128;

/// The files that a path or glob of the policy means, by name, sorted; an error is a file that could not be read.
pub type ReadFiles<'a> = dyn Fn(&str) -> Vec<ReadFile> + 'a;

/// A file's name with its bytes, or why it could not be read.
pub type ReadFile = (String, Result<Vec<u8>, String>);

/// One file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideFile {
    pub path: String,
    /// Of the bytes as they are stored, compressed or not; hexadecimal.
    pub sha256: String,
    pub size: u64,
    pub bytes: Vec<u8>,
}

/// One demand of the policy, and whether it is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideCheck {
    /// "forbids `(?i)v2 legacy`".
    pub what: String,
    pub verdict: Verdict,
    pub detail: String,
}

/// What the files of one `[[evidence]]` table say.
#[derive(Clone, Debug)]
pub enum Content {
    Log(Log),
    Junit(Junit),
    Json(Vec<serde_json::Value>),
    Coverage(Coverage),
}

#[derive(Clone, Debug)]
pub struct OutsideReport {
    pub kind: &'static str,
    /// The path or glob of the policy.
    pub path: String,
    pub files: Vec<OutsideFile>,
    pub checks: Vec<OutsideCheck>,
    /// The worst of the checks.
    pub verdict: Verdict,
    pub content: Content,
}

/// What the evidence is held against.
pub struct Moment<'a> {
    /// The head commit, in hexadecimal.
    pub commit: &'a str,
    /// Seconds since 1970 at which head was committed.
    pub seconds: i64,
    /// Where a symbol stands at head: its path and lines.
    pub places: &'a dyn Fn(&crate::policy::SymbolPattern) -> Vec<(String, LineRange)>,
}

/// Reads and judges one `[[evidence]]` table.
pub fn judge(rule: &EvidenceRule, moment: &Moment<'_>, read: &ReadFiles<'_>) -> OutsideReport {
    let mut checks = Vec::new();
    let mut files = Vec::new();
    let mut texts = Vec::new();
    for (path, bytes) in read(&rule.path) {
        match bytes {
            Ok(bytes) => {
                match unpack(&path, &bytes) {
                    Ok(text) => texts.push((path.clone(), text)),
                    Err(why) => checks.push(missing(format!("`{path}` is readable"), why)),
                }
                let sha256 = hex(&Sha256::digest(&bytes));
                files.push(OutsideFile { path, sha256, size: bytes.len() as u64, bytes });
            }
            Err(why) => checks.push(missing(format!("`{path}` is readable"), why)),
        }
    }
    if files.is_empty() && checks.is_empty() {
        checks.push(missing(format!("`{}` is given", rule.path), "there is no such file".into()));
    }
    let (kind, content) = match &rule.kind {
        EvidenceKind::Log(demand) => ("log", Content::Log(log::judge(demand, &texts, &mut checks))),
        EvidenceKind::Junit(demand) => ("junit", Content::Junit(junit::judge(demand, &texts, &mut checks))),
        EvidenceKind::Json(demand) => ("json", Content::Json(json::judge(demand, &texts, &mut checks))),
        EvidenceKind::Coverage(demand) => {
            ("coverage", Content::Coverage(coverage::judge(demand, moment, &texts, &mut checks)))
        }
    };
    if !files.is_empty() {
        checks.push(freshness(rule, moment, &content, &texts));
    }
    let verdict = checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Incomplete);
    OutsideReport { kind, path: rule.path.clone(), files, checks, verdict, content }
}

/// Whether the evidence is of head: it names the commit, or its own time is not before the commit's.
///
/// The time of a file on disk says nothing, since a copy changes it. A JSON document can be told where it names its
/// commit (`commit-at = "/git/sha"`); the others are told by the latest time inside them. Evidence without either may
/// be declared to be of a commit by the policy (`commit = "…"`).
fn freshness(rule: &EvidenceRule, moment: &Moment<'_>, content: &Content, texts: &[(String, Vec<u8>)]) -> OutsideCheck {
    let what = "is of head".to_owned();
    let same = |commit: &str| commit.len() >= 7 && moment.commit.starts_with(&commit.to_ascii_lowercase());
    if let Some(commit) = &rule.commit {
        return match same(commit) {
            true => OutsideCheck {
                what,
                verdict: Verdict::Pass,
                detail: format!("the policy says that it is of `{commit}`"),
            },
            false => missing(what, format!("it is of `{commit}`, and head is `{}`", moment.commit)),
        };
    }
    if let (Some(pointer), Content::Json(documents)) = (&rule.commit_at, content) {
        for document in documents {
            match document.pointer(pointer).and_then(serde_json::Value::as_str) {
                Some(commit) if same(commit) => {}
                Some(commit) => {
                    return missing(what, format!("`{pointer}` says `{commit}`, and head is `{}`", moment.commit));
                }
                None => return missing(what, format!("`{pointer}` holds no commit")),
            }
        }
        return OutsideCheck { what, verdict: Verdict::Pass, detail: format!("`{pointer}` names head") };
    }
    let latest = match content {
        Content::Log(log) => log.latest,
        Content::Junit(junit) => junit.latest,
        Content::Coverage(coverage) => coverage.latest,
        Content::Json(documents) => documents.iter().filter_map(json::latest).max(),
    };
    let _ = texts;
    match latest {
        Some(latest) if latest >= moment.seconds => {
            OutsideCheck { what, verdict: Verdict::Pass, detail: format!("its time is {}", instant::show(latest)) }
        }
        Some(latest) => {
            let (own, head) = (instant::show(latest), instant::show(moment.seconds));
            missing(what, format!("it is stale: its latest time is {own}, and head was committed at {head}"))
        }
        None => missing(what, "it holds no time; say `commit = \"…\"` in the policy if it is of this commit".into()),
    }
}

fn missing(what: String, detail: String) -> OutsideCheck {
    OutsideCheck { what, verdict: Verdict::Incomplete, detail }
}

fn met(what: String, is_met: bool, detail: String) -> OutsideCheck {
    OutsideCheck { what, verdict: if is_met { Verdict::Pass } else { Verdict::Fail }, detail }
}

/// The content of a file: unpacked where its name ends in `.gz`.
fn unpack(path: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(format!("{} bytes, more than the {SIZE_LIMIT} that are read", bytes.len()));
    }
    if !path.ends_with(".gz") {
        return Ok(bytes.to_vec());
    }
    let mut text = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes).take(SIZE_LIMIT + 1);
    reader.read_to_end(&mut text).map_err(|why| format!("cannot be unpacked: {why}"))?;
    if text.len() as u64 > SIZE_LIMIT {
        return Err(format!("unpacks to more than the {SIZE_LIMIT} bytes that are read"));
    }
    Ok(text)
}

/// The SHA-256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
