//! What a `plan` fence demands: everything that a removal takes with it.

use solely::evidence::PlanReport;
use solely::pipeline::plan_in;
use solely::policy::Policy;
use solely::progress::Silent;
use solely::workspace::Snapshot;

/// What is asked for and what is expected of it.
pub struct Demand {
    pub what: Vec<String>,
    pub lines: Vec<String>,
}

/// The plan of a demand.
pub fn planned(snapshot: &Snapshot, policy: &Policy, demand: &Demand) -> PlanReport {
    plan_in(snapshot, policy, &demand.what, &Silent).unwrap_or_else(|error| panic!("{error}"))
}

/// The lines that were expected and not found, and the other way round. Of what stays, of mentions and of sums only what
/// is expected is compared.
pub fn compare(report: &PlanReport, demand: &Demand) -> Vec<String> {
    let found = tell(report);
    let is_open =
        |line: &&String| line.starts_with("keep ") || line.starts_with("mention ") || line.starts_with("lines ");
    let missing = demand.lines.iter().filter(|line| !found.contains(line)).map(|line| format!("- {line}"));
    let unexpected = found.iter().filter(|line| !demand.lines.contains(line));
    let (open, closed): (Vec<&String>, Vec<&String>) = unexpected.partition(is_open);
    let mut lines: Vec<String> = missing.collect();
    let helps = |line: &&&String| lines.iter().any(|it| it.split(' ').nth(1) == line.split(' ').next());
    let open: Vec<&String> = open.iter().filter(helps).copied().collect();
    lines.extend(closed.into_iter().chain(open).map(|line| format!("+ {line}")));
    if lines.iter().all(|line| ["keep", "mention", "lines"].iter().any(|it| line.starts_with(&format!("+ {it}")))) {
        lines.clear();
    }
    lines
}

fn tell(report: &PlanReport) -> Vec<String> {
    let mut lines = Vec::new();
    for it in &report.removals {
        let inside = if it.is_inside { " inside" } else { "" };
        let (path, start, end) = (&it.location.path, it.location.start.line, it.location.end_line);
        let lines_of = if it.is_inside || it.lines.total() > 0 { "" } else { " part" };
        lines.push(format!("{} {} {path}:{start}-{end}{inside}{lines_of} {}", it.step, it.kind, it.symbol));
    }
    for (symbol, it) in &report.rewrite {
        lines.push(format!("rewrite {}:{} {} {symbol}", it.location.path, it.location.start.line, it.kind.name()));
    }
    for test in &report.tests {
        let (path, line) = (&test.location.path, test.location.start.line);
        lines.push(format!("{} {path}:{line} {}", test.fate.name(), test.name));
    }
    for (symbol, location) in &report.write_only {
        lines.push(format!("write-only {}:{} {symbol}", location.path, location.start.line));
    }
    for kept in &report.kept {
        lines.push(format!("keep {}: {}", kept.symbol, kept.because));
    }
    for (symbol, it) in &report.mentions {
        lines.push(format!("mention {}:{} {symbol}", it.location.path, it.location.start.line));
    }
    let lines_of = report.lines;
    lines.push(format!(
        "lines code {}, comment {}, docstring {}, blank {}; tests {}",
        lines_of.code,
        lines_of.comment,
        lines_of.docstring,
        lines_of.blank,
        report.test_lines.total()
    ));
    lines
}
