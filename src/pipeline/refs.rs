//! `solely refs`: every reference to some symbols.

use super::{
    Error, PolicyChoice, counts, find_policy, identity, included, included_gaps, open, quoted, reference_report,
};
use crate::cache::Cache;
use crate::evidence::{RefsReport, Sources, SymbolReferences};
use crate::policy::{PolicyPlace, SymbolPattern};
use crate::progress::Progress;
use crate::project::{Project, Symbol, Target, trace};
use crate::source::SourceSet;
use crate::workspace::Selection;
use std::path::PathBuf;

pub struct RefsOptions {
    pub repo: PathBuf,
    pub selection: Selection,
    pub policy: PolicyChoice,
    pub cache: Cache,
    pub symbols: Vec<String>,
}

/// Finds every reference to the symbols asked for.
pub fn refs(options: &RefsOptions, progress: &dyn Progress) -> Result<(RefsReport, Sources), Error> {
    let snapshot = open(&options.repo, &options.selection, &options.cache, progress)?;
    let policy = find_policy(&snapshot, &options.policy)?;
    let targets = options.symbols.iter().map(|symbol| parse_symbol(symbol)).collect::<Result<Vec<Target>, Error>>()?;
    let sources = SourceSet::new(&snapshot);
    let project = Project::new(&sources, included(&snapshot, &policy), &policy.project.roots);
    let traces = trace(&project, &targets, progress);
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
    let quoted = quoted(&snapshot, paths, &policy);
    Ok((RefsReport { snapshot: identity(&snapshot), counts, symbols, gaps }, quoted))
}

fn parse_symbol(text: &str) -> Result<Target, Error> {
    let place = PolicyPlace { file: String::new(), line: 1, column: 1 };
    // An environment key is written as it is: upper case, no dots.
    let is_flag = text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if is_flag && !text.is_empty() {
        return Ok(Target::Flag(text.to_owned()));
    }
    let pattern = SymbolPattern::parse(text, place).map_err(|error| Error::Other {
        message: format!("`{text}` is not a symbol: {}", error.message),
        help: Some(error.help),
    })?;
    if pattern.has_globs() {
        return Err(Error::Other {
            message: format!("`{text}` holds a glob, and `refs` takes one symbol at a time"),
            help: Some("give the symbols one after the other".to_owned()),
        });
    }
    Ok(Target::Symbol(Symbol { module: pattern.module, name: pattern.name }))
}
