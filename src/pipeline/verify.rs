//! `solely verify`: a bundle, derived again from the repository and compared.
//!
//! Invariant: a bundle passes only if every byte of its record was derived again here; what cannot be derived (no such
//! commit, a record of a newer solely) is incomplete, never a pass. Absent on purpose: trust in the record; nothing in
//! it is believed but what it asks to be derived from.

use super::audit::{AuditOptions, PolicySource, audit};
use super::{Error, RangeRequest};
use crate::bundle::{self, Difference, Files, Trusted};
use crate::cache::Cache;
use crate::evidence::{AuditArguments, Document, DocumentKind, Problem, ProblemKind, VerifyReport};
use crate::finding::Verdict;
use crate::history::{Git, commit_of};
use crate::outside::sha256;
use crate::progress::Progress;
use crate::report::{PREDICATE_TYPE, SCHEMAS, STATEMENT_TYPE};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;

pub struct VerifyOptions {
    pub repo: PathBuf,
    /// The bundle's files by their path in the folder.
    pub files: Files,
    /// Whom to believe; without it a signature is not asked for.
    pub trusted: Option<Trusted>,
    /// The revision that the bundle must be about.
    pub head: Option<String>,
    pub cache: Cache,
    pub search_path: Option<OsString>,
}

/// Checks a bundle and derives it again.
pub fn verify(options: &VerifyOptions, progress: &dyn Progress) -> Result<VerifyReport, Error> {
    let mut check = Check { options, problems: Vec::new(), signed_by: None };
    let report = |check: Check<'_>, record: &Value| {
        let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        VerifyReport::new(check.problems, check.signed_by, text("/predicate/head/commit"), text("/predicate/summary"))
    };
    let Some(bytes) = options.files.get(bundle::EVIDENCE) else {
        check.fail(ProblemKind::Unreadable, format!("the bundle has no `{}`", bundle::EVIDENCE));
        return Ok(report(check, &Value::Null));
    };
    check.signature(bytes);
    let record: Value = match serde_json::from_slice(bytes) {
        Ok(record) => record,
        Err(why) => {
            check.fail(ProblemKind::Unreadable, format!("`{}` is not JSON: {why}", bundle::EVIDENCE));
            return Ok(report(check, &Value::Null));
        }
    };
    if !check.statement(&record) || !check.version(&record) {
        return Ok(report(check, &record));
    }
    check.inputs(&record);
    let Some(asked) = check.asked(&record)? else { return Ok(report(check, &record)) };
    let again = match audit(&asked, progress) {
        Ok(again) => again,
        Err(error) => {
            check.open(ProblemKind::Underivable, format!("the audit cannot be run again: {error}"));
            return Ok(report(check, &record));
        }
    };
    check.compare(bytes, &record, &bundle::files(&again));
    Ok(report(check, &record))
}

/// A bundle while it is checked.
struct Check<'o> {
    options: &'o VerifyOptions,
    problems: Vec<Problem>,
    signed_by: Option<String>,
}

impl Check<'_> {
    fn fail(&mut self, kind: ProblemKind, message: String) {
        self.problems.push(Problem { kind, verdict: Verdict::Fail, message });
    }

    fn open(&mut self, kind: ProblemKind, message: String) {
        self.problems.push(Problem { kind, verdict: Verdict::Incomplete, message });
    }

    fn signature(&mut self, record: &[u8]) {
        let trusted = self.options.trusted.as_ref();
        match self.options.files.get(bundle::ENVELOPE) {
            None if trusted.is_some() => {
                self.fail(ProblemKind::Unsigned, "somebody is trusted, and the bundle is not signed".into());
            }
            None => {}
            Some(envelope) => match bundle::open(envelope, record, trusted) {
                Ok(who) => self.signed_by = who,
                Err(why) => self.fail(ProblemKind::Signature, why.to_string()),
            },
        }
    }

    /// Whether the record is of the form that this version writes.
    fn statement(&mut self, record: &Value) -> bool {
        for (pointer, expected) in [("/_type", STATEMENT_TYPE), ("/predicateType", PREDICATE_TYPE)] {
            let found = record.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            if found != expected {
                self.fail(ProblemKind::Schema, format!("`{pointer}` is `{found}`, and a bundle says `{expected}`"));
                return false;
            }
        }
        true
    }

    /// Whether the record is of a version that can be derived here, and of the schema of that version.
    fn version(&mut self, record: &Value) -> bool {
        let own = env!("CARGO_PKG_VERSION");
        let made_by = record.pointer("/predicate/tool/version").and_then(Value::as_str).unwrap_or_default().to_owned();
        match (parts(&made_by), parts(own)) {
            (Some(theirs), Some(ours)) if theirs > ours => {
                let message = format!("it was made by solely {made_by}, and this is {own}, which cannot derive it");
                self.open(ProblemKind::NewerTool, message);
                return false;
            }
            (None, _) => {
                self.fail(ProblemKind::Schema, format!("`{made_by}` is no version of solely"));
                return false;
            }
            _ => {}
        }
        let published = SCHEMAS.iter().find(|schema| schema.name == "audit").expect("the record has a schema");
        let schema: Value = serde_json::from_str(&published.text()).expect("a schema is JSON");
        let faults = bundle::faults(record, &schema);
        for (pointer, why) in faults.iter().take(FAULTS) {
            self.fail(ProblemKind::Schema, format!("`{pointer}` {why}"));
        }
        faults.is_empty()
    }

    /// Whether the files of evidence are there, and those alone.
    fn inputs(&mut self, record: &Value) {
        let mut wanted = BTreeSet::new();
        for file in lists(record, "/predicate/evidence").flat_map(|evidence| lists(evidence, "/files")) {
            wanted.insert(text(file, "/sha256"));
        }
        for hash in &wanted {
            match self.options.files.get(&format!("{}/{hash}", bundle::INPUTS)) {
                None => self.fail(ProblemKind::Input, format!("the file of evidence `{hash}` is not in the bundle")),
                Some(bytes) if sha256(bytes) != *hash => {
                    self.fail(ProblemKind::Input, format!("the file of evidence `{hash}` holds other bytes"));
                }
                Some(_) => {}
            }
        }
        let known = bundle::known_names(&wanted);
        let options = self.options;
        for name in options.files.keys().filter(|name| !known.contains(*name)) {
            self.fail(ProblemKind::Stranger, format!("`{name}` is no file of a bundle"));
        }
        for (pointer, what) in [("/predicate/documents", "document"), ("/predicate/policy/texts", "policy")] {
            for part in lists(record, pointer) {
                if sha256(text(part, "/text").as_bytes()) != text(part, "/sha256") {
                    let name = text(part, "/name");
                    self.fail(
                        ProblemKind::Digest,
                        format!("the text of the {what} `{name}` is not that of its digest"),
                    );
                }
            }
        }
    }

    /// What the record asks to be derived from; `None` where a problem says why it cannot be.
    fn asked(&mut self, record: &Value) -> Result<Option<AuditOptions>, Error> {
        let options = self.options;
        let (base, head) = (text(record, "/predicate/base/commit"), text(record, "/predicate/head/commit"));
        let subject = lists(record, "/subject").find_map(|subject| subject.pointer("/digest/gitCommit")?.as_str());
        if subject != Some(head.as_str()) {
            let subject = subject.unwrap_or("nothing").to_owned();
            self.fail(ProblemKind::Subject, format!("the subject is `{subject}`, and the predicate is about `{head}`"));
            return Ok(None);
        }
        let git = Git::open(&options.repo, super::git_settings(options.search_path.as_ref()))?;
        if let Some(revision) = &options.head {
            let wanted = commit_of(&git, revision)?;
            if wanted != head {
                self.fail(
                    ProblemKind::OtherCommit,
                    format!("the bundle is about `{head}`, and `{revision}` is `{wanted}`"),
                );
                return Ok(None);
            }
        }
        if commit_of(&git, &head).is_err() {
            let message =
                format!("the repository has no commit `{head}`: it is another repository, or was not fetched");
            self.open(ProblemKind::NoCommit, message);
            return Ok(None);
        }
        let policy = match text(record, "/predicate/policy/origin").as_str() {
            "given" => PolicySource::Given(
                lists(record, "/predicate/policy/texts").map(|it| (text(it, "/name"), text(it, "/text"))).collect(),
            ),
            _ => PolicySource::Head,
        };
        let documents = lists(record, "/predicate/documents")
            .filter(|document| document.pointer("/commit").is_none_or(Value::is_null))
            .map(|document| Document {
                name: text(document, "/name"),
                text: text(document, "/text"),
                kind: DocumentKind::Report,
            })
            .collect();
        let mut outside: BTreeMap<String, Vec<(String, Vec<u8>)>> = BTreeMap::new();
        for evidence in lists(record, "/predicate/evidence") {
            let files = outside.entry(text(evidence, "/path")).or_default();
            for file in lists(evidence, "/files") {
                let hash = text(file, "/sha256");
                let bytes = options.files.get(&format!("{}/{hash}", bundle::INPUTS));
                files.extend(bytes.map(|bytes| (text(file, "/path"), bytes.clone())));
            }
        }
        let read = move |path: &str| {
            let files = outside.get(path).into_iter().flatten();
            files.map(|(name, bytes)| (name.clone(), Ok(bytes.clone()))).collect()
        };
        Ok(Some(AuditOptions {
            repo: options.repo.clone(),
            policy,
            request: RangeRequest::Between { base, head },
            documents,
            arguments: AuditArguments {
                issue: record.pointer("/predicate/arguments/issue").and_then(Value::as_str).map(str::to_owned),
                commit_messages: record.pointer("/predicate/arguments/commit-messages") == Some(&Value::Bool(true)),
                config: record.pointer("/predicate/arguments/config").and_then(Value::as_str).map(str::to_owned),
                evidence: record.pointer("/predicate/arguments/evidence").and_then(Value::as_str).map(str::to_owned),
            },
            outside: Box::new(read),
            cache: options.cache.clone(),
            search_path: options.search_path.clone(),
        }))
    }

    /// Compares what was recorded with what was derived, file by file.
    fn compare(&mut self, bytes: &[u8], record: &Value, derived: &Files) {
        let again = &derived[bundle::EVIDENCE];
        if bytes != again.as_slice() {
            let again: Value = serde_json::from_slice(again).expect("the record is JSON");
            let found = bundle::differences(record, &again);
            for difference in &found {
                self.fail(ProblemKind::Difference, describe(difference));
            }
            if found.is_empty() {
                self.fail(ProblemKind::Bytes, format!("`{}` says the same in other bytes", bundle::EVIDENCE));
            }
        }
        let options = self.options;
        for (name, bytes) in &options.files {
            let is_rendering = bundle::RENDERINGS.iter().any(|(file, _)| file == name);
            if is_rendering && derived.get(name).is_some_and(|again| again != bytes) {
                self.fail(ProblemKind::Rendering, format!("`{name}` is not what the record renders to"));
            }
        }
        for (name, _) in bundle::RENDERINGS {
            if derived.contains_key(*name) && !options.files.contains_key(*name) {
                self.fail(ProblemKind::Rendering, format!("`{name}` is missing"));
            }
        }
    }
}

/// Faults of the schema that are named at most.
const FAULTS: usize = 20;

fn describe(difference: &Difference) -> String {
    let Difference { pointer, recorded, derived } = difference;
    match (recorded, derived) {
        (Some(recorded), Some(derived)) => format!("`{pointer}`: recorded {recorded}, derived {derived}"),
        (Some(recorded), None) => format!("`{pointer}`: recorded {recorded}, and nothing of it was derived"),
        (None, Some(derived)) => format!("`{pointer}`: derived {derived}, and the record leaves it out"),
        (None, None) => format!("`{pointer}` differs"),
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn lists<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// `1.2.3` as numbers.
fn parts(version: &str) -> Option<[u64; 3]> {
    let mut parts = version.split('-').next()?.splitn(3, '.').map(str::parse::<u64>);
    Some([parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?])
}
