//! What a `reach` fence demands: who reaches a symbol.

use solely::finding::Context;
use solely::policy::{Policy, PolicyPlace, SymbolPattern};
use solely::progress::Silent;
use solely::project::{Project, Reach, Reached, Symbol, entry_points, nodes_of};
use solely::source::SourceSet;
use solely::span::RepoPath;
use solely::workspace::Snapshot;

/// What is wrong about the lines `symbol: standing`, behind which part of the chain may follow.
pub fn compare(snapshot: &Snapshot, policy: &Policy, expected: &[String]) -> Vec<String> {
    let sources = SourceSet::new(snapshot);
    let ids = snapshot.ids().filter(|(_, entry)| policy.judges(&entry.path)).map(|(id, _)| id).collect();
    let project = Project::new(&sources, ids, &policy.project.roots);
    let is_test = |path: &RepoPath| policy.context_of(path) == Context::Tests;
    let entries = entry_points(&project, &policy.project.entry_points, &is_test, &Silent);
    let mut reach = Reach::new(&project, entries);
    let mut faults = Vec::new();
    for line in expected {
        let (symbol, standing) = line.rsplit_once(": ").expect("a line is `symbol: standing`");
        let place = PolicyPlace { file: String::new(), line: 1, column: 1 };
        let pattern = SymbolPattern::parse(symbol, place).expect("a symbol");
        let nodes = nodes_of(&project, &Symbol { module: pattern.module, name: pattern.name });
        assert!(!nodes.is_empty(), "`{symbol}` is not defined");
        let found = reach.standings(&nodes, &is_test, &Silent).iter().map(tell).collect::<Vec<_>>().join("; ");
        let holds = found == standing || found.strip_prefix(standing).is_some_and(|rest| rest.starts_with([' ', ',']));
        if !holds {
            faults.push(format!("- {line}\n    + {symbol}: {found}"));
        }
    }
    faults
}

/// `production by shop/main.py:3 shop/api.py:7`; why it is unknown stands in brackets.
fn tell(standing: &Reached) -> String {
    let (because, chain) = match standing {
        Reached::Production { chain } | Reached::Tests { chain, .. } => (String::new(), chain.as_slice()),
        Reached::Unknown { because, chain } => (format!(" ({because})"), chain.as_slice()),
        Reached::Nothing { .. } => (String::new(), [].as_slice()),
    };
    let by: Vec<String> = chain.iter().map(|hop| format!(" {}:{}", hop.path, hop.line)).collect();
    let by = if by.is_empty() { String::new() } else { format!(" by{}", by.concat()) };
    format!("{}{because}{by}", standing.name())
}
