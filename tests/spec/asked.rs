//! What a `why-not` fence demands: why lines are references to a symbol, or are none.

use solely::pipeline::why_not;
use solely::policy::{Policy, PolicyPlace, SymbolPattern};
use solely::progress::Silent;
use solely::project::{Project, Symbol, Target, trace};
use solely::source::SourceSet;
use solely::workspace::Snapshot;

/// What is wrong about the lines `path:line: because`; an answer may say more behind it.
pub fn compare(snapshot: &Snapshot, policy: &Policy, symbol: &str, expected: &[String]) -> Vec<String> {
    let sources = SourceSet::new(snapshot);
    let ids = snapshot.ids().filter(|(_, entry)| policy.judges(&entry.path)).map(|(id, _)| id).collect();
    let project = Project::new(&sources, ids, &policy.project.roots);
    let place = PolicyPlace { file: String::new(), line: 1, column: 1 };
    let pattern = SymbolPattern::parse(symbol, place).expect("a symbol");
    let target = Target::Symbol(Symbol { module: pattern.module, name: pattern.name });
    let traces = trace(&project, &[target], &Silent);
    let mut faults = Vec::new();
    for line in expected {
        let (place, because) = line.split_once(": ").expect("`path:line: because`");
        let answers = why_not(&project, policy, &traces, place, &Silent).unwrap_or_else(|error| panic!("{error}"));
        let told: Vec<&str> = answers[0].reasons.iter().map(|it| it.because.as_str()).collect();
        let is_one = answers[0].reasons.iter().any(|it| it.is_reference);
        if !told.join("; ").starts_with(because.trim_end()) || is_one != because.contains("it is one") {
            faults.push(format!("- {line}\n    + {place}: {}", told.join("; ")));
        }
    }
    faults
}
