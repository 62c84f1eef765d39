//! Exact claims: TOML, in a file of its own or in a fenced `solely` block of any Markdown.
//!
//! ```toml
//! [[claim]]
//! removed = "shop.orders:OrderHandler._handle_order_v2"   # by this change
//! [[claim]]
//! exists = "shop/orders.py"                               # at head
//! [[claim]]
//! absent = "shop.legacy:OrderStore"                       # no definition of that name and no code that uses it is left
//! [[claim]]
//! lines-removed = 309
//! reading = "net"                                         # gross, net, code, net-code; without it, any that fits
//! [[claim]]
//! files-removed = 34
//! [[claim]]
//! unreferenced = "shop.legacy:OrderStore"
//! [[claim]]
//! renamed = { from = "save_v2", to = "save" }
//! [[claim]]
//! holds = "no-duplicates"                                 # imports-resolve, no-breaking-changes
//! ```
//!
//! Invariant: a block with an error makes no claim, and the error names its line in the document. Absent on purpose:
//! anything that prose can say and these keys cannot.

use super::name::{Name, NameKind};
use super::{Assertion, Claim, Counted, Number, Reading, Scope, Source, Subject};
use crate::span::LineIndex;
use serde::Deserialize;
use std::fmt;
use toml::Spanned;

/// Why an exact claim is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExactError {
    pub document: String,
    pub line: u32,
    pub message: String,
}

impl fmt::Display for ExactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.document, self.line, self.message)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClaims {
    #[serde(default)]
    claim: Vec<Spanned<RawClaim>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawClaim {
    removed: Option<String>,
    from: Option<String>,
    exists: Option<String>,
    absent: Option<String>,
    added: Option<String>,
    unreferenced: Option<String>,
    lines_removed: Option<u64>,
    reading: Option<RawReading>,
    files_removed: Option<u64>,
    methods_removed: Option<u64>,
    functions_removed: Option<u64>,
    classes_removed: Option<u64>,
    imports_removed: Option<u64>,
    renamed: Option<RawPair>,
    moved: Option<RawPair>,
    holds: Option<RawWhole>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPair {
    from: String,
    to: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawReading {
    Gross,
    Net,
    Code,
    NetCode,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawWhole {
    NoDuplicates,
    ImportsResolve,
    NoBreakingChanges,
}

/// Reads a text whose first line is the one behind line `offset` of the document.
pub(super) fn read(text: &str, document: &str, offset: u32) -> Result<Vec<Claim>, Vec<ExactError>> {
    let lines = LineIndex::new(text.as_bytes());
    let line_of = |at: usize| lines.line(at.min(text.len()) as u32) + offset;
    let error = |line: u32, message: String| ExactError { document: document.to_owned(), line, message };
    let raw: RawClaims = toml::from_str(text).map_err(|problem| {
        let line = line_of(problem.span().map_or(0, |span| span.start));
        vec![error(line, problem.message().replace('\n', ", "))]
    })?;
    let mut claims = Vec::new();
    let mut errors = Vec::new();
    if raw.claim.is_empty() {
        errors.push(error(offset + 1, "no `[[claim]]` in it".into()));
    }
    for entry in raw.claim {
        let span = entry.span();
        let line = line_of(span.start);
        let written = text
            .get(span)
            .unwrap_or_default()
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && *line != "[[claim]]");
        let written = written.collect::<Vec<_>>().join("; ");
        match assertion(entry.into_inner()) {
            Ok(assertion) => claims.push(Claim {
                text: written,
                source: Source { document: document.to_owned(), line, commit: None },
                assertion,
                unjudged: Vec::new(),
                is_partial: false,
            }),
            Err(message) => errors.push(error(line, message)),
        }
    }
    if errors.is_empty() { Ok(claims) } else { Err(errors) }
}

fn assertion(raw: RawClaim) -> Result<Assertion, String> {
    let name = |text: String| {
        let name = Name::of_code(&text);
        // a folder or a file without an ending is a path too
        let path = text.contains('/').then(|| Name { text: text.clone(), kind: NameKind::Path });
        name.or(path).ok_or_else(|| format!("`{text}` is neither a symbol nor a path"))
    };
    let mut found = Vec::new();
    if let Some(what) = raw.removed {
        found.push(Assertion::Removed { what: name(what)?, from: raw.from.map(name).transpose()?, place: None });
    } else if raw.from.is_some() {
        return Err("`from` goes with `removed`".into());
    }
    if let Some(what) = raw.exists {
        found.push(Assertion::Exists(Subject::Named(name(what)?)));
    }
    if let Some(what) = raw.absent {
        found.push(Assertion::Gone(name(what)?));
    }
    if let Some(what) = raw.added {
        found.push(Assertion::Added { what: name(what)?, to: None });
    }
    if let Some(what) = raw.unreferenced {
        found.push(Assertion::NoReferences(Subject::Named(name(what)?)));
    }
    let reading = raw.reading.map(|reading| match reading {
        RawReading::Gross => Reading::Gross,
        RawReading::Net => Reading::Net,
        RawReading::Code => Reading::Code,
        RawReading::NetCode => Reading::NetCode,
    });
    if reading.is_some() && raw.lines_removed.is_none() {
        return Err("`reading` goes with `lines-removed`".into());
    }
    for (value, of) in [
        (raw.lines_removed, Counted::Lines),
        (raw.files_removed, Counted::Files),
        (raw.methods_removed, Counted::Methods),
        (raw.functions_removed, Counted::Functions),
        (raw.classes_removed, Counted::Classes),
        (raw.imports_removed, Counted::Imports),
    ] {
        if let Some(value) = value {
            let scope = Scope { reading, ..Scope::default() };
            found.push(Assertion::Count { of, number: Number::exact(value), scope });
        }
    }
    if let Some(pair) = raw.renamed {
        found.push(Assertion::Renamed { from: name(pair.from)?, to: name(pair.to)? });
    }
    if let Some(pair) = raw.moved {
        found.push(Assertion::Moved { what: name(pair.from)?, to: name(pair.to)? });
    }
    if let Some(whole) = raw.holds {
        found.push(match whole {
            RawWhole::NoDuplicates => Assertion::NoDuplicates(None),
            RawWhole::ImportsResolve => Assertion::ImportsResolve { whole: false, of: None },
            RawWhole::NoBreakingChanges => Assertion::NoBreakingChanges,
        });
    }
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err("a claim says one thing: `removed`, `exists`, `absent`, `added`, `unreferenced`, `lines-removed`, `files-removed`, `renamed`, `moved` or `holds`".into()),
        (Some(_), false) => Err("a claim says one thing; write another `[[claim]]` for the next".into()),
    }
}
