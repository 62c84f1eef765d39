//! The answer of `check`, rule by rule.

use super::{counted, grouped, last_name, shares, sight};
use crate::evidence::{CheckReport, Occurrences, RuleReport, Sources, State, SymbolReport, TierCounts, Warning};
use crate::finding::{Context, Finding, Severity, Tier, Verdict};
use crate::report::RenderOptions;
use crate::report::escape::safe;
use crate::report::frame::{self, Excerpt, Frame, Place, Quotes};
use crate::report::paint::Paint;
use crate::report::sentence;
use crate::span::{Location, RepoPath};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Findings of one rule, as they are shown.
#[derive(Default)]
struct Shown<'a> {
    /// Shown with a code frame: definitions first, then the uses.
    framed: Vec<&'a Finding>,
    /// Text that names the symbol: shown as lines, by file.
    listed: Vec<&'a Finding>,
}

pub fn render(report: &CheckReport, sources: &Sources, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut quotes = Quotes::new(sources);
    let mut by_rule: BTreeMap<&str, Shown<'_>> = BTreeMap::new();
    for finding in report.told().filter(|finding| finding.counts()) {
        let shown = by_rule.entry(&finding.rule.0).or_default();
        if finding.tier == Some(Tier::Text) { shown.listed.push(finding) } else { shown.framed.push(finding) }
    }
    for shown in by_rule.values_mut() {
        shown.framed.sort_by_key(|finding| (finding.kind != "definition", finding.severity, finding.context));
    }

    let (spoken, passed): (Vec<&RuleReport>, Vec<&RuleReport>) =
        report.rules.iter().partition(|rule| rule.verdict != Verdict::Pass || by_rule.contains_key(rule.id.as_str()));
    let mut sections: Vec<(Option<&RuleReport>, Shown<'_>)> = Vec::new();
    for rule in spoken {
        sections.push((Some(rule), by_rule.remove(rule.id.as_str()).unwrap_or_default()));
    }
    sections.extend(by_rule.into_values().map(|shown| (None, shown)));
    let frames = shares(options.max, &sections.iter().map(|(_, shown)| shown.framed.len()).collect::<Vec<_>>());
    let lines = shares(options.max, &sections.iter().map(|(_, shown)| shown.listed.len()).collect::<Vec<_>>());

    let mut out = String::new();
    for (index, (rule, shown)) in sections.iter().enumerate() {
        if let Some(rule) = rule {
            out.push_str(&header(rule, options.max, paint));
            out.push('\n');
        }
        out.push_str(&framed(&shown.framed, frames[index], &mut quotes, options));
        out.push_str(&listed(&shown.listed, lines[index], &mut quotes, options));
    }
    block(&mut out, &passes(&passed, options.max, paint));
    for warning in &report.warnings {
        out.push_str(&warn(warning, &mut quotes, options));
        out.push('\n');
    }
    block(&mut out, &sight::gaps(&report.gaps, options.max, paint));
    out.push_str(&summary(report, paint));
    out
}

/// Adds a part and a blank line after it, or nothing for an empty part.
fn block(out: &mut String, part: &str) {
    if !part.is_empty() {
        out.push_str(part);
        out.push('\n');
    }
}

fn header(rule: &RuleReport, max: Option<usize>, paint: Paint) -> String {
    let mut out = String::new();
    let verdict = paint.as_verdict(rule.verdict, &rule.verdict.name().to_uppercase());
    let _ = writeln!(out, "{verdict} {}: {}", paint.bold(&safe(&rule.id)), safe(&rule.summary));
    let _ = writeln!(out, "  {}", safe(&rule.conclusion));
    if !rule.contexts.is_empty() {
        let _ = writeln!(out, "  {}", verdicts(&rule.contexts, paint));
    }
    if let Some((first, rest)) = rule.spoiled_by.split_first() {
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", grouped(rest.len() as u64)) };
        let _ = writeln!(
            out,
            "  {} by `{}`{more}, which could not be read",
            paint.yellow("kept open"),
            safe(first.as_str())
        );
    }
    let named = max.unwrap_or(usize::MAX).min(rule.symbols.len());
    for symbol in &rule.symbols[..named] {
        out.push_str(&lifecycle(symbol, paint));
    }
    if named < rule.symbols.len() {
        let mut states: BTreeMap<State, u64> = BTreeMap::new();
        rule.symbols[named..].iter().for_each(|symbol| *states.entry(symbol.state).or_default() += 1);
        let states: Vec<String> = states.iter().map(|(state, n)| format!("{} {}", grouped(*n), state.name())).collect();
        let _ = writeln!(out, "  {}", paint.dim(&format!("… and {} (--max 0 shows all)", states.join(", "))));
    }
    out
}

fn verdicts(contexts: &BTreeMap<Context, Verdict>, paint: Paint) -> String {
    let each = contexts
        .iter()
        .map(|(context, verdict)| format!("{} {}", context.name(), paint.as_verdict(*verdict, verdict.name())));
    each.collect::<Vec<_>>().join(", ")
}

/// State of a symbol, where it is defined, and what still names it.
fn lifecycle(report: &SymbolReport, paint: Paint) -> String {
    let mut out = String::new();
    let state = format!("{:<8}", report.state.name());
    let state = match report.state {
        State::Present | State::Unused | State::Removed => paint.red(&state),
        State::Residue => paint.yellow(&state),
        State::Gone => paint.green(&state),
    };
    let _ = writeln!(out, "  {state} {}", safe(&report.symbol));
    for place in &report.definitions {
        let path = safe(place.path.as_str());
        let _ = writeln!(out, "           defined in {path}:{}-{}", place.start.line, place.end_line);
    }
    if report.references.total() > 0 {
        let each = report.by_context.iter().filter(|(_, counts)| counts.total() > 0);
        let each: Vec<String> =
            each.map(|(context, counts)| format!("{} {}", context.name(), tiers(*counts))).collect();
        let _ = writeln!(out, "           named in {}", each.join("; "));
    }
    let aside = others(report.occurrences);
    if !aside.is_empty() {
        let _ = writeln!(out, "           {}", paint.dim(&aside));
    }
    out
}

/// `3 proven, 1 text`, the zeros left out.
fn tiers(counts: TierCounts) -> String {
    let each = [
        (counts.proven, Tier::Proven),
        (counts.likely, Tier::Likely),
        (counts.name_only, Tier::NameOnly),
        (counts.text, Tier::Text),
    ];
    let each = each.iter().filter(|(count, _)| *count > 0);
    each.map(|(count, tier)| format!("{} {}", grouped(*count), tier.name())).collect::<Vec<_>>().join(", ")
}

/// Occurrences of the name that are not the symbol: the reader can see that they were looked at.
pub fn others(occurrences: Occurrences) -> String {
    let Occurrences { others, longer, unseen, .. } = occurrences;
    let mut parts = Vec::new();
    if others > 0 {
        parts.push(format!("{} of another thing, or in the policy", grouped(others)));
    }
    if longer > 0 {
        parts.push(format!("{} inside longer names", grouped(longer)));
    }
    if unseen > 0 {
        parts.push(format!("{} where the file could not be understood", grouped(unseen)));
    }
    if parts.is_empty() { String::new() } else { format!("not counted: {}", parts.join(", ")) }
}

fn framed(findings: &[&Finding], room: usize, quotes: &mut Quotes<'_>, options: &RenderOptions) -> String {
    let mut out = String::new();
    for finding in findings.iter().take(room) {
        out.push_str(&frame::render(&frame(finding, quotes), options.color, options.width));
        out.push('\n');
    }
    if let Some(left) = findings.get(room..).filter(|left| !left.is_empty()) {
        let mut files: Vec<&RepoPath> = left.iter().map(|finding| &finding.location.path).collect();
        files.sort();
        files.dedup();
        out.push_str(&left_out(left.len(), "finding", files.len(), Paint { color: options.color }));
    }
    out
}

pub fn frame<'a, 's: 'a>(finding: &'a Finding, quotes: &mut Quotes<'s>) -> Frame<'a> {
    let mark = last_name(&finding.symbol);
    let lines = finding.location.end_line.saturating_sub(finding.location.start.line) + 1;
    let label = match finding.kind {
        "definition" if lines > 1 => {
            Some(format!("{}, to line {}", counted(lines.into(), "line"), finding.location.end_line))
        }
        // What stands in a comment, a policy or a baseline says by itself what it is.
        "definition" | "suppression" | "policy" | "baseline" => None,
        kind => Some(describe(kind, finding)),
    };
    let mut place = |location: &'a Location, label| Place {
        path: location.path.as_str(),
        line: location.start.line,
        column: location.start.column,
        text: quotes.find_line(&location.path, location.start.line),
        mark,
        label,
    };
    Frame {
        severity: finding.severity,
        id: Some(&finding.rule.0),
        message: &finding.message,
        place: Some(place(&finding.location, label)),
        related: finding.related.iter().map(|other| (other.message.as_str(), place(&other.location, None))).collect(),
        notes: finding.via.iter().map(|hop| format!("{} ({}:{})", hop.what, hop.path, hop.line)).collect(),
        help: finding.help.as_deref(),
    }
}

/// `call in tests, name-only`
fn describe(kind: &str, finding: &Finding) -> String {
    let mut words = kind.to_owned();
    if finding.context != Context::Code {
        let _ = write!(words, " in {}", finding.context.name());
    }
    if let Some(tier) = finding.tier.filter(|tier| *tier != Tier::Proven) {
        let _ = write!(words, ", {}", tier.name());
    }
    words
}

/// Text that names the symbol, one line each, by file.
fn listed(findings: &[&Finding], room: usize, quotes: &mut Quotes<'_>, options: &RenderOptions) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let paint = Paint { color: options.color };
    let mut files: Vec<&RepoPath> = findings.iter().map(|finding| &finding.location.path).collect();
    files.dedup();
    let mut out = String::new();
    let total = format!("{} in {}", counted(findings.len() as u64, "mention"), counted(files.len() as u64, "file"));
    let worst = findings.iter().map(|finding| finding.severity).min().unwrap_or(Severity::Note);
    let title = format!("{}[{}]", worst.name(), safe(&findings[0].rule.0));
    let title = match worst {
        Severity::Error => paint.red(&title),
        Severity::Warning => paint.yellow(&title),
        Severity::Note => paint.green(&title),
    };
    let _ = writeln!(out, "{title}{}", paint.bold(&format!(": text that names a symbol of this rule: {total}")));
    let mut present: Option<&RepoPath> = None;
    for finding in findings.iter().take(room) {
        let location = &finding.location;
        if present != Some(&location.path) {
            let path = safe(location.path.as_str()).into_owned();
            let _ = writeln!(out, "  {} {}", paint.bold(&path), paint.dim(finding.context.name()));
            present = Some(&location.path);
        }
        let position = format!("{}:{}", location.start.line, location.start.column);
        let quoted = quotes.find_line(&location.path, location.start.line);
        let quoted = quoted.map(|line| quoted_line(line, finding, options)).unwrap_or_default();
        let _ = writeln!(out, "    {position:>9}  {:<10} {quoted}", finding.within.unwrap_or("text"));
    }
    let helps: Vec<&str> = findings.iter().filter_map(|finding| finding.help.as_deref()).collect();
    if let Some(help) = helps.first().filter(|first| helps.iter().all(|help| help == *first)) {
        let _ = writeln!(out, "  = {}: {}", paint.cyan("help"), safe(help));
    }
    out.push('\n');
    if findings.len() > room {
        let mut left: Vec<&RepoPath> = findings[room..].iter().map(|finding| &finding.location.path).collect();
        left.dedup();
        out.push_str(&left_out(findings.len() - room, "mention", left.len(), paint));
    }
    out
}

fn quoted_line(line: &str, finding: &Finding, options: &RenderOptions) -> String {
    let indent = line.chars().take_while(|char| char.is_whitespace()).count();
    let column = finding.location.start.column.saturating_sub(indent as u32);
    let room = options.width.saturating_sub(28).max(40);
    let Excerpt { text, mark } = frame::excerpt(line.trim_start(), column, last_name(&finding.symbol), room);
    let paint = Paint { color: options.color };
    format!("{}{}{}", &text[..mark.start], paint.bold(&text[mark.clone()]), &text[mark.end..])
}

fn left_out(count: usize, noun: &str, files: usize, paint: Paint) -> String {
    let plural = if count == 1 { "" } else { "s" };
    let (count, files) = (grouped(count as u64), counted(files as u64, "file"));
    format!("{}\n\n", paint.dim(&format!("… and {count} more {noun}{plural} in {files} (--max 0 shows all)")))
}

fn passes(rules: &[&RuleReport], max: Option<usize>, paint: Paint) -> String {
    let mut out = String::new();
    let named = max.unwrap_or(usize::MAX).min(rules.len());
    for rule in &rules[..named] {
        let verdict = paint.as_verdict(rule.verdict, &rule.verdict.name().to_uppercase());
        let symbols = match rule.symbols.len() {
            0 => String::new(),
            count => paint.dim(&format!(" ({})", counted(count as u64, "symbol"))),
        };
        let _ = writeln!(out, "{verdict} {}: {}{symbols}", paint.bold(&safe(&rule.id)), safe(&rule.summary));
    }
    if named < rules.len() {
        let _ =
            writeln!(out, "{}", paint.dim(&format!("… and {} more that pass", grouped((rules.len() - named) as u64))));
    }
    out
}

fn warn(warning: &Warning, quotes: &mut Quotes<'_>, options: &RenderOptions) -> String {
    let place = warning.place.as_ref().map(|place| Place {
        path: &place.file,
        line: place.line,
        column: place.column,
        text: quotes.find_line(&RepoPath::new(&place.file), place.line),
        mark: "",
        label: None,
    });
    let (help, notes, related) = (warning.help.as_deref(), vec![], vec![]);
    let frame = Frame { severity: Severity::Warning, id: None, message: &warning.message, place, notes, help, related };
    frame::render(&frame, options.color, options.width)
}

fn summary(report: &CheckReport, paint: Paint) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", sight::summary(&report.snapshot, report.counts, paint));
    let counting = || report.told().filter(|finding| finding.counts());
    let count = |severity| counting().filter(|finding| finding.severity == severity).count() as u64;
    let found: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        .into_iter()
        .filter(|(severity, _)| *severity == Severity::Error || count(*severity) > 0)
        .map(|(severity, noun)| counted(count(severity), noun))
        .collect();
    let tally = |verdict| report.rules.iter().filter(|rule| rule.verdict == verdict).count();
    let rules: Vec<String> =
        [(Verdict::Fail, "failed"), (Verdict::Incomplete, "incomplete"), (Verdict::Pass, "passed")]
            .into_iter()
            .filter(|(verdict, _)| tally(*verdict) > 0)
            .map(|(verdict, word)| format!("{} {word}", grouped(tally(verdict) as u64)))
            .collect();
    let rules = if rules.is_empty() { "none".to_owned() } else { rules.join(", ") };
    let _ = writeln!(out, "rules: {rules}; findings: {}", found.join(", "));
    for line in sentence::set_aside(report) {
        let _ = writeln!(out, "{}", paint.dim(&safe(&line)));
    }
    let contexts = crate::report::contexts(report);
    let contexts = if contexts.is_empty() { String::new() } else { format!(" ({})", verdicts(&contexts, paint)) };
    let _ = writeln!(out, "verdict: {}{contexts}", paint.as_verdict(report.verdict, report.verdict.name()));
    out
}
