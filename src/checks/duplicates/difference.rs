//! Differences: the lines in which copies that nearly agree differ.
//!
//! Only lines of statements are compared, so a comment or a docstring is no difference; indentation in common is left
//! out. Each variant is compared with one copy, the one to keep or the first. Invariant: bounded in size, and what is
//! left out is counted. Absent on purpose: copies that differ in most of their lines, of which a diff says nothing.

use super::{Agreement, Group, Instance};
use crate::checks::CheckInput;
use crate::history::diff::hunks;
use std::collections::BTreeSet;

/// Variants that are compared, changes told of each, and lines of each side of a change.
const VARIANTS: usize = 2;
const CHANGES: usize = 4;
const LINES: usize = 6;

/// How one copy differs from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Indices into the instances of the group.
    pub base: usize,
    pub other: usize,
    pub changes: Vec<Change>,
    /// Changed lines that are not told.
    pub left_out: u32,
}

/// Lines of one copy that stand in the place of lines of the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// First line of each side, or the line before which something is missing.
    pub base_line: u32,
    pub other_line: u32,
    pub base: Vec<String>,
    pub other: Vec<String>,
}

/// Fills in the differences of groups whose copies nearly agree.
pub fn quote(input: &CheckInput<'_, '_>, groups: &mut [Group]) {
    for group in groups.iter_mut().filter(|group| group.details.agreement == Agreement::Drifted) {
        // a value stands beside its place
        if group.instances.iter().all(|it| it.detail.is_some()) {
            continue;
        }
        let base = group.canonical.as_ref().map_or(0, |(at, _)| *at);
        let Some(left) = lines(input, &group.instances[base]) else { continue };
        let mut told = BTreeSet::from([group.instances[base].content]);
        for other in 0..group.instances.len() {
            if group.details.differences.len() == VARIANTS || !told.insert(group.instances[other].content) {
                continue;
            }
            let Some(right) = lines(input, &group.instances[other]) else { continue };
            group.details.differences.push(difference(base, &left, other, &right));
        }
    }
}

/// Lines of statements with their numbers, the common indentation taken off.
struct Body {
    numbers: Vec<u32>,
    texts: Vec<String>,
    end: u32,
}

fn lines(input: &CheckInput<'_, '_>, instance: &Instance) -> Option<Body> {
    let sources = input.project.sources;
    let file = sources.snapshot().find(&instance.path)?;
    let (text, fragments) = (sources.text(file)?, sources.fragments(file)?);
    let mut numbers: BTreeSet<u32> = BTreeSet::new();
    // the header of a function or class differs by its name
    let has_header = matches!(instance.what, "function" | "method" | "class" | "impl");
    let own = fragments.prints.iter().filter(|print| instance.lines.contains(print.start));
    for print in own.skip(usize::from(has_header)) {
        numbers.extend((print.start..=print.end).filter(|&line| instance.lines.contains(line)));
    }
    let all: Vec<&str> = text.lines().collect();
    let numbered: Vec<(u32, &str)> =
        numbers.into_iter().filter_map(|line| Some((line, all.get(line as usize - 1)?.trim_end()))).collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let least = numbered.iter().filter(|(_, line)| !line.is_empty()).map(|(_, line)| indent(line)).min().unwrap_or(0);
    let cut = |line: &str| line.get(least..).unwrap_or_default().to_owned();
    Some(Body {
        numbers: numbered.iter().map(|(number, _)| *number).collect(),
        texts: numbered.iter().map(|(_, line)| cut(line)).collect(),
        end: instance.lines.end,
    })
}

impl Body {
    fn number(&self, at: u32) -> u32 {
        self.numbers.get(at as usize).copied().unwrap_or(self.end)
    }

    fn joined(&self) -> String {
        self.texts.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}

fn difference(base: usize, left: &Body, other: usize, right: &Body) -> Difference {
    let mut difference = Difference { base, other, changes: Vec::new(), left_out: 0 };
    for hunk in hunks(left.joined().as_bytes(), right.joined().as_bytes()) {
        let size = (hunk.base.len() + hunk.head.len()) as u32;
        if difference.changes.len() == CHANGES {
            difference.left_out += size;
            continue;
        }
        let take = |body: &Body, range: &std::ops::Range<u32>| -> Vec<String> {
            body.texts[range.start as usize..range.end as usize].iter().take(LINES).cloned().collect()
        };
        let (from, to) = (take(left, &hunk.base), take(right, &hunk.head));
        difference.left_out += size - (from.len() + to.len()) as u32;
        difference.changes.push(Change {
            base_line: left.number(hunk.base.start),
            other_line: right.number(hunk.head.start),
            base: from,
            other: to,
        });
    }
    difference
}
