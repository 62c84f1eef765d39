//! Stage 9, the bundle: an audit as a folder that anyone can derive again.
//!
//! | file | what |
//! |---|---|
//! | `evidence.json` | the record: an in-toto Statement v1, and the only file that a signature covers |
//! | `evidence.dsse.json` | a DSSE envelope around those very bytes, where the bundle is signed |
//! | `inputs/<sha256>` | every file of evidence from outside, as it was read |
//! | `report.md`, `report.html`, `findings.sarif` | the record for readers: renderings, derived from it again by `verify` |
//!
//! Invariant: the bytes are a function of the repository's objects, the policy, the claims and the files of evidence;
//! the machine, the folder, the clock, the locale and the number of threads are in none of them. Absent on purpose: the
//! disk; the command line writes and reads folders.

mod difference;
mod envelope;
mod key;
mod shape;

pub use difference::{Difference, differences};
pub use envelope::{Envelope, EnvelopeError, PAYLOAD_TYPE, open, seal};
pub use key::{KeyError, Signer, Trusted};
pub use shape::faults;

use crate::evidence::{AuditReport, Sources};
use crate::report::{RenderOptions, find_format};
use std::collections::{BTreeMap, BTreeSet};

/// The record.
pub const EVIDENCE: &str = "evidence.json";
/// The envelope around it.
pub const ENVELOPE: &str = "evidence.dsse.json";
/// The folder of the files of evidence.
pub const INPUTS: &str = "inputs";

/// Renderings beside the record: file and format.
pub const RENDERINGS: &[(&str, &str)] =
    &[("report.md", "markdown"), ("report.html", "html"), ("findings.sarif", "sarif")];

/// Files by their path in the folder.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The files of an audit's bundle, unsigned.
pub fn files(report: &AuditReport) -> Files {
    let mut files = Files::new();
    files.insert(EVIDENCE.to_owned(), record(report).into_bytes());
    for (file, format) in RENDERINGS {
        files.extend(rendering(report, format).map(|text| ((*file).to_owned(), text.into_bytes())));
    }
    for file in report.outside.iter().flat_map(|outside| &outside.files) {
        files.insert(format!("{INPUTS}/{}", file.sha256), file.bytes.clone());
    }
    files
}

/// `evidence.json`.
pub fn record(report: &AuditReport) -> String {
    rendering(report, "json").expect("the format `json` renders an audit")
}

fn rendering(report: &AuditReport, format: &str) -> Option<String> {
    // what a rendering depends on besides the record is fixed here
    let options = RenderOptions { color: false, width: 120, max: None };
    find_format(format)?.render(report, &Sources::new(), &options)
}

/// The names that a bundle may hold, given the hashes of its inputs.
pub fn known_names(inputs: &BTreeSet<String>) -> BTreeSet<String> {
    let fixed = [EVIDENCE, ENVELOPE].into_iter().chain(RENDERINGS.iter().map(|(file, _)| *file)).map(str::to_owned);
    fixed.chain(inputs.iter().map(|hash| format!("{INPUTS}/{hash}"))).collect()
}
