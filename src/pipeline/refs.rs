//! `solely refs`: every reference to some symbols.

use super::{
    Error, PolicyChoice, counts, find_policy, identity, included, included_gaps, normalize, open, quoted,
    reference_report,
};
use crate::cache::Cache;
use crate::evidence::{PlaceReason, RefsReport, Sources, SymbolReferences, WhyNot};
use crate::facts::ReferenceKind;
use crate::policy::{Policy, PolicyPlace, SymbolPattern};
use crate::progress::{Progress, Silent};
use crate::project::{Project, Target, Trace, TracedReference, UseAccess, nodes_of, trace, trace_code, why};
use crate::source::SourceSet;
use crate::span::RepoPath;
use crate::workspace::Selection;
use std::path::PathBuf;

pub struct RefsOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub policy: PolicyChoice,
    pub cache: Cache,
    pub symbols: Vec<String>,
    /// A place, `path:line`: why it is no reference.
    pub why_not: Option<String>,
}

/// Finds every reference to the symbols asked for.
pub fn refs(options: &RefsOptions, progress: &dyn Progress) -> Result<(RefsReport, Sources), Error> {
    let snapshot = open(&options.repo, &options.selection, &options.cache, progress)?;
    let policy = find_policy(&snapshot, &options.policy)?;
    let sources = SourceSet::new(&snapshot);
    let project = Project::new(&sources, included(&snapshot, &policy), &policy.project.roots);
    let mut targets = Vec::new();
    for symbol in &options.symbols {
        targets.extend(targets_of(&project, symbol)?);
    }
    let traces = trace(&project, &targets, progress);
    let why_not = match &options.why_not {
        Some(place) => why_not(&project, &policy, &traces, place, progress)?,
        None => Vec::new(),
    };
    let symbols = traces
        .into_iter()
        .map(|trace| SymbolReferences {
            symbol: trace.target.to_string(),
            definitions: trace.definitions.iter().map(|site| site.whole()).collect(),
            references: trace.references.into_iter().map(|it| reference_report(it, &policy)).collect(),
            occurrences: trace.occurrences,
        })
        .collect::<Vec<_>>();
    let gaps = included_gaps(&sources, &policy);
    let counts = counts(&project, &policy, &gaps);
    let paths = symbols.iter().flat_map(|symbol| symbol.references.iter().map(|it| &it.location.path));
    let paths = paths.chain(why_not.iter().map(|it| &it.path));
    let quoted = quoted(&snapshot, paths, &policy);
    Ok((RefsReport { snapshot: identity(&snapshot), counts, symbols, why_not, gaps }, quoted))
}

/// Why a place is a reference to each symbol, or is none.
pub fn why_not(
    project: &Project<'_>,
    policy: &Policy,
    traces: &[Trace],
    place: &str,
    progress: &dyn Progress,
) -> Result<Vec<WhyNot>, Error> {
    let snapshot = project.sources.snapshot();
    let Some((path, line, _)) = parse_place(place) else {
        return Err(Error::Other {
            message: format!("`{place}` is no place"),
            help: Some("a place is written `path:line`".to_owned()),
        });
    };
    let path = normalize(&snapshot.prefix, path.as_str()).map_or(path, |normal| RepoPath::new(&normal));
    let gap = || project.sources.gaps().into_iter().find(|gap| gap.path == path);
    let of_file = |because: String| {
        vec![PlaceReason { column: None, is_reference: false, because, related: None, via: Vec::new() }]
    };
    let found = snapshot.find(&path);
    let told = match found {
        None => match gap() {
            Some(gap) => Some(of_file(format!("the file could not be seen: {}", gap.reason))),
            None => {
                return Err(Error::Other {
                    message: format!("`{path}` is no file that could be looked into"),
                    help: Some("paths are relative to `--repo`; ignored files are not looked into".to_owned()),
                });
            }
        },
        Some(_) if !policy.judges(&path) => {
            Some(of_file("the policy leaves this file out (`include` and `exclude` of `[project]`)".to_owned()))
        }
        Some(id) => {
            let lines = project.sources.text(id).map_or(0, |text| text.lines().count());
            let is_dark = lines == 0 && gap().is_some();
            match (is_dark, line as usize > lines || line == 0) {
                (true, _) => gap().map(|gap| of_file(format!("the file could not be seen: {}", gap.reason))),
                (false, true) => Some(of_file(format!("the file has {lines} lines"))),
                (false, false) => None,
            }
        }
    };
    let reasons = |trace: &Trace| match (&told, found) {
        (Some(told), _) => told.clone(),
        (None, Some(id)) => why(project, trace, id, line, progress),
        (None, None) => Vec::new(),
    };
    let of_trace =
        |trace: &Trace| WhyNot { symbol: trace.target.to_string(), path: path.clone(), line, reasons: reasons(trace) };
    Ok(traces.iter().map(of_trace).collect())
}

/// `path:line` or `path:line:column`, as reports print it.
pub(super) fn parse_place(word: &str) -> Option<(RepoPath, u32, Option<u32>)> {
    let (before, last) = word.rsplit_once(':')?;
    let last: u32 = last.parse().ok()?;
    let of_column = before.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse::<u32>().ok()?)));
    let (path, line, column) = match of_column {
        Some((path, line)) => (path, line, Some(last)),
        None => (before, last, None),
    };
    Some((RepoPath::new(path.trim_start_matches("./")), line, column))
}

/// What is asked for: the key of a flag, a symbol, or everything that a pattern with globs selects.
pub(super) fn targets_of(project: &Project<'_>, text: &str) -> Result<Vec<Target>, Error> {
    let place = PolicyPlace { file: String::new(), line: 1, column: 1 };
    // An environment key is written as it is: upper case, no dots.
    let is_flag = text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if is_flag && !text.is_empty() {
        return Ok(vec![Target::Flag(text.to_owned())]);
    }
    let pattern = match SymbolPattern::parse(text, place) {
        Ok(pattern) => pattern,
        Err(_) if is_feature(project, text) => return Ok(vec![Target::Flag(text.to_owned())]),
        Err(error) => {
            let message = format!("`{text}` is not a symbol: {}", error.message);
            return Err(Error::Other { message, help: Some(error.help) });
        }
    };
    let symbols = project.matching(&pattern);
    if symbols.iter().all(|it| nodes_of(project, it).is_empty()) && is_feature(project, text) {
        return Ok(vec![Target::Flag(text.to_owned())]);
    }
    if symbols.is_empty() {
        return Err(Error::Other {
            message: format!("`{text}` matches nothing"),
            help: Some("a symbol is written `package.module:Class.method`; `*` stands for a part of a name".to_owned()),
        });
    }
    Ok(symbols.into_iter().map(Target::Symbol).collect())
}

/// Whether code asks for a feature, or a key of the environment, of this name.
fn is_feature(project: &Project<'_>, text: &str) -> bool {
    let is_key = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let is_read = |it: &TracedReference| it.kind == ReferenceKind::String && it.access == Some(UseAccess::Read);
    is_key
        && trace_code(project, &[Target::Flag(text.to_owned())], &Silent)
            .iter()
            .any(|it| it.references.iter().any(is_read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_reports_print_it() {
        let of = |path: &str, line, column| Some((RepoPath::new(path), line, column));
        assert_eq!(parse_place("shop/a.py:3"), of("shop/a.py", 3, None));
        assert_eq!(parse_place("./shop/a.py:3:7"), of("shop/a.py", 3, Some(7)));
        assert_eq!(parse_place("c:/a.py:3"), of("c:/a.py", 3, None));
        assert_eq!((parse_place("orders-v2"), parse_place("a.py:x"), parse_place("a.py")), (None, None, None));
    }
}
