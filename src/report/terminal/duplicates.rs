//! The answer of `duplicates`: a group, its copies with who uses each, the one to keep; then the totals.

use super::{counted, grouped, sight};
use crate::evidence::{Difference, DuplicateKind, DuplicatesReport, Group, Instance, Production, Sources, Uses};
use crate::report::RenderOptions;
use crate::report::escape::safe;
use crate::report::paint::Paint;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Parts in common named of one group.
const PARTS_NAMED: usize = 3;

/// Modules named that import a copy.
const IMPORTERS_NAMED: usize = 2;

/// Copies named of one group, unless everything is asked for.
const COPIES_NAMED: usize = 8;

pub fn render(report: &DuplicatesReport, _sources: &Sources, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut out = String::new();
    let shown = options.max.unwrap_or(usize::MAX).min(report.groups.len());
    for group in &report.groups[..shown] {
        out.push_str(&render_group(group, options));
        out.push('\n');
    }
    if shown < report.groups.len() {
        let left = grouped((report.groups.len() - shown) as u64);
        let _ = writeln!(out, "{}\n", paint.dim(&format!("… and {left} more groups (--max 0 shows all)")));
    }
    let gaps = sight::gaps(&report.gaps, options.max, paint);
    if !gaps.is_empty() {
        out.push_str(&gaps);
        out.push('\n');
    }
    for bound in &report.bounds {
        let _ = writeln!(out, "{}: {}", paint.yellow("bounded"), safe(bound));
    }
    let _ = writeln!(out, "{}", totals(&report.groups, report.new_since.as_deref(), paint));
    let _ = writeln!(out, "{}", sight::summary(&report.snapshot, report.counts, paint));
    out
}

fn render_group(group: &Group, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut out = String::new();
    let reasons: Vec<&str> = group.reasons.iter().map(|kind| kind.name()).collect();
    let title = paint.yellow(&format!("[{}]", reasons.join(" + ")));
    let _ = writeln!(out, "{title} {}", paint.bold(&safe(&group.message)));
    if let Some(entry) = &group.details.registration {
        let owner = entry.owner.as_ref().map(|owner| format!(", {owner}")).unwrap_or_default();
        let until = entry.until.map(|date| format!(", until {date}")).unwrap_or_default();
        let line = format!("  on purpose, says `{}`: {}{owner}{until}", entry.id, entry.reason);
        let _ = writeln!(out, "{}", paint.green(&safe(&line)));
    }
    let named = if options.max.is_none() { group.instances.len() } else { group.instances.len().min(COPIES_NAMED) };
    for (at, instance) in group.instances[..named].iter().enumerate() {
        let is_canonical = group.canonical.as_ref().is_some_and(|(canonical, _)| *canonical == at);
        out.push_str(&line(instance, is_canonical, paint, options.width));
    }
    if named < group.instances.len() {
        let left = grouped((group.instances.len() - named) as u64);
        let _ = writeln!(out, "    {}", paint.dim(&format!("… and {left} more copies")));
    }
    for part in group.parts.iter().take(PARTS_NAMED) {
        let _ = writeln!(out, "    {}", paint.dim(&format!("in them, {}", safe(part))));
    }
    if group.parts.len() > PARTS_NAMED {
        let left = grouped((group.parts.len() - PARTS_NAMED) as u64);
        let _ = writeln!(out, "    {}", paint.dim(&format!("… and {left} more parts in common")));
    }
    for difference in &group.details.differences {
        out.push_str(&diff(group, difference, options));
    }
    if let Some((at, why)) = &group.canonical {
        let _ = writeln!(out, "  keep `{}`: {}", safe(&group.instances[*at].symbol), safe(why));
    }
    out
}

/// `- 12 | timeout = 30` of the one, `+ 40 | timeout = 60` of the other.
fn diff(group: &Group, difference: &Difference, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut out = String::new();
    let (left, right) = (&group.instances[difference.base], &group.instances[difference.other]);
    // the file's name, or as much of the path as tells two files of one name apart
    let parts =
        |instance: &Instance| -> Vec<String> { instance.path.as_str().rsplit('/').map(str::to_owned).collect() };
    let (a, b) = (parts(left), parts(right));
    let shared = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let needed = if left.path == right.path { 1 } else { shared + 1 };
    let name = |parts: &[String], instance: &Instance| {
        let tail: Vec<&str> = parts[..needed.min(parts.len())].iter().rev().map(String::as_str).collect();
        safe(&format!("{}:{}", tail.join("/"), instance.lines.start)).into_owned()
    };
    let (base, other) = (name(&a, left), name(&b, right));
    let _ = writeln!(out, "    {}", paint.dim(&format!("- {base}   + {other}")));
    let room = options.width.saturating_sub(14).max(40);
    let quoted = |line: &str| super::super::frame::excerpt(line, 1, "", room).text;
    for change in &difference.changes {
        for (at, line) in change.base.iter().enumerate() {
            let text = format!("- {:>5} | {}", change.base_line + at as u32, quoted(line));
            let _ = writeln!(out, "    {}", paint.red(&text));
        }
        for (at, line) in change.other.iter().enumerate() {
            let text = format!("+ {:>5} | {}", change.other_line + at as u32, quoted(line));
            let _ = writeln!(out, "    {}", paint.green(&text));
        }
    }
    if difference.left_out > 0 {
        let left = counted(difference.left_out.into(), "changed line");
        let _ = writeln!(out, "    {}", paint.dim(&format!("… and {left} more")));
    }
    out
}

/// A copy, with who uses it on a line of its own where one line is too short for both.
fn line(instance: &Instance, is_canonical: bool, paint: Paint, width: usize) -> String {
    let crate::span::LineRange { start, end } = instance.lines;
    let lines = if start == end { start.to_string() } else { format!("{start}-{end}") };
    let place = format!("{}:{lines}", safe(instance.path.as_str()));
    let mark = if is_canonical { paint.green("*") } else { " ".to_owned() };
    let name = instance.symbol.split_once(':').map_or("", |(_, name)| name);
    let mut out = format!("  {mark} {place}  {}", safe(name));
    let mut columns = 4 + place.chars().count() + 2 + safe(name).chars().count();
    if let Some(value) = &instance.detail {
        let _ = write!(out, " = {}", paint.cyan(&safe(value)));
        columns += 3 + safe(value).chars().count();
    }
    let mut aside: Vec<String> = instance.uses.as_ref().map(usage).into_iter().collect();
    aside.extend(instance.production.as_ref().map(|it| reached(it).to_owned()));
    if let Some(change) = &instance.last_change {
        aside.push(format!("changed {} in {}", safe(&change.date), safe(&change.commit)));
    }
    if !aside.is_empty() {
        let what = format!("({})", aside.join("; "));
        let apart = if columns + 2 + what.chars().count() > width { "\n        " } else { "  " };
        let _ = write!(out, "{apart}{}", paint.dim(&what));
    }
    out.push('\n');
    out
}

/// `12 uses, 3 in tests; imported by app.a, app.b and 4 more`.
fn usage(uses: &Uses) -> String {
    let mut what = match (uses.code, uses.tests) {
        (0, 0) => "no use found".to_owned(),
        (code, 0) => counted(code, "use"),
        (0, tests) => format!("{} in tests alone", counted(tests, "use")),
        (code, tests) => format!("{}, {} in tests", counted(code, "use"), grouped(tests)),
    };
    let named: Vec<String> =
        uses.importers.iter().take(IMPORTERS_NAMED).map(|module| safe(module).into_owned()).collect();
    let left = uses.importers.len() - named.len();
    if !named.is_empty() {
        let _ = write!(what, "; imported by {}", named.join(", "));
    }
    if left > 0 {
        let _ = write!(what, " and {} more", grouped(left as u64));
    }
    what
}

fn reached(production: &Production) -> &'static str {
    match production {
        Production::Reached { .. } => "production reaches it",
        Production::Unknown { .. } => "production may reach it",
        Production::Unreached => "production does not reach it",
    }
}

fn totals(groups: &[Group], new_since: Option<&str>, paint: Paint) -> String {
    let mut kinds: BTreeMap<DuplicateKind, u64> = BTreeMap::new();
    groups.iter().for_each(|group| *kinds.entry(group.kind).or_default() += 1);
    if kinds.is_empty() {
        return paint.green(&match new_since {
            Some(revision) => safe(&format!("no duplicates that {revision} did not have")).into_owned(),
            None => "no duplicates found".to_owned(),
        });
    }
    let parts: Vec<String> = kinds.iter().map(|(kind, count)| format!("{} {}", grouped(*count), kind.name())).collect();
    let since = new_since.map(|revision| format!(" new since {}", safe(revision))).unwrap_or_default();
    format!("{}{since}: {}", counted(groups.len() as u64, "group"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Context;
    use crate::span::{LineRange, RepoPath};

    #[test]
    fn a_copy_fits_the_width_where_it_can() {
        let instance = Instance {
            path: RepoPath::new("shop/orders.py"),
            lines: LineRange { start: 1, end: 9 },
            symbol: "shop.orders:Order.total".to_owned(),
            what: "method",
            context: Context::Code,
            detail: None,
            content: 0,
            uses: Some(Uses { code: 3, tests: 1, ..Uses::default() }),
            production: None,
            last_change: None,
        };
        let paint = Paint { color: false };
        let one = "    shop/orders.py:1-9  Order.total  (3 uses, 1 in tests)\n";
        let two = "    shop/orders.py:1-9  Order.total\n        (3 uses, 1 in tests)\n";
        assert_eq!(line(&instance, false, paint, one.trim_end().chars().count()), one);
        assert_eq!(line(&instance, false, paint, one.trim_end().chars().count() - 1), two);
    }
}
