//! The answer of `duplicates`: a group, its copies with who uses each, the one to keep; then the totals.

use super::{counted, grouped, sight};
use crate::evidence::{DuplicateKind, DuplicatesReport, Group, Instance, Sources};
use crate::report::RenderOptions;
use crate::report::escape::safe;
use crate::report::paint::Paint;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Parts in common named of one group.
const PARTS_NAMED: usize = 3;

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
    let _ = writeln!(out, "{}", totals(&report.groups, paint));
    let _ = writeln!(out, "{}", sight::summary(&report.snapshot, report.counts, paint));
    out
}

fn render_group(group: &Group, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut out = String::new();
    let reasons: Vec<&str> = group.reasons.iter().map(|kind| kind.name()).collect();
    let title = paint.yellow(&format!("[{}]", reasons.join(" + ")));
    let _ = writeln!(out, "{title} {}", paint.bold(&safe(&group.message)));
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
    if let Some((at, why)) = &group.canonical {
        let _ = writeln!(out, "  keep `{}`: {}", safe(&group.instances[*at].symbol), safe(why));
    }
    out
}

/// A copy, with who uses it on a line of its own where one line is too short for both.
fn line(instance: &Instance, is_canonical: bool, paint: Paint, width: usize) -> String {
    let place = format!("{}:{}-{}", safe(instance.path.as_str()), instance.lines.start, instance.lines.end);
    let mark = if is_canonical { paint.green("*") } else { " ".to_owned() };
    let name = instance.symbol.split_once(':').map_or("", |(_, name)| name);
    let mut out = format!("  {mark} {place}  {}", safe(name));
    let mut columns = 4 + place.chars().count() + 2 + safe(name).chars().count();
    if let Some(value) = &instance.detail {
        let _ = write!(out, " = {}", paint.cyan(&safe(value)));
        columns += 3 + safe(value).chars().count();
    }
    if let Some(uses) = instance.uses {
        let what = match (uses.code, uses.tests) {
            (0, 0) => "no use found".to_owned(),
            (code, 0) => counted(code, "use"),
            (0, tests) => format!("{} in tests alone", counted(tests, "use")),
            (code, tests) => format!("{}, {} in tests", counted(code, "use"), grouped(tests)),
        };
        let what = format!("({what})");
        let apart = if columns + 2 + what.chars().count() > width { "\n        " } else { "  " };
        let _ = write!(out, "{apart}{}", paint.dim(&what));
    }
    out.push('\n');
    out
}

fn totals(groups: &[Group], paint: Paint) -> String {
    let mut kinds: BTreeMap<DuplicateKind, u64> = BTreeMap::new();
    groups.iter().for_each(|group| *kinds.entry(group.kind).or_default() += 1);
    if kinds.is_empty() {
        return paint.green("no duplicates found");
    }
    let parts: Vec<String> = kinds.iter().map(|(kind, count)| format!("{} {}", grouped(*count), kind.name())).collect();
    format!("{}: {}", counted(groups.len() as u64, "group"), parts.join(", "))
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
            uses: Some(crate::evidence::Uses { code: 3, tests: 1, importers: 0 }),
        };
        let paint = Paint { color: false };
        let one = "    shop/orders.py:1-9  Order.total  (3 uses, 1 in tests)\n";
        let two = "    shop/orders.py:1-9  Order.total\n        (3 uses, 1 in tests)\n";
        assert_eq!(line(&instance, false, paint, one.trim_end().chars().count()), one);
        assert_eq!(line(&instance, false, paint, one.trim_end().chars().count() - 1), two);
    }
}
