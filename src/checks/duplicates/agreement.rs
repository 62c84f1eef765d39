//! Agreement: whether the copies of a group say the same, nearly the same, or different things.
//!
//! Statements are compared by their hashes, so comments, docstrings and layout do not count, and neither do the headers
//! of functions and classes, whose names differ. Invariant: it depends on contents alone. Absent on purpose: which copy
//! is right.

use super::{Corpus, Group, Instance};
use crate::checks::CheckInput;
use crate::facts::Print;
use rustc_hash::FxHashMap;

/// How far the copies of a group agree. The order is that of urgency: of two that nearly agree one is wrong today, of
/// two that agree one will be wrong tomorrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// All but a few statements are the same, or the same name has another value: a fix, or a default, that only one
    /// copy has.
    Drifted,
    /// The copies say the same.
    Same,
    /// They differ in much of what they say, if only by names.
    #[default]
    Different,
}

impl Agreement {
    pub fn name(self) -> &'static str {
        match self {
            Agreement::Drifted => "drifted",
            Agreement::Same => "same",
            Agreement::Different => "different",
        }
    }
}

/// Statements in both of two copies, in percent of all, from which they nearly agree.
const NEARLY: usize = 80;

/// Fills in what each copy says, and how far the copies of each group agree.
pub fn compare(corpus: &Corpus, input: &CheckInput<'_, '_>, groups: &mut [Group]) {
    for group in groups {
        let statements: Vec<&[Print]> = group.instances.iter().map(|it| statements(corpus, input, it)).collect();
        for (instance, statements) in group.instances.iter_mut().zip(&statements) {
            instance.content = statements.iter().fold(0x5EED, |hash: u64, print| {
                (hash.rotate_left(23) ^ print.exact).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            });
        }
        group.details.agreement = agreement(group, &statements);
    }
}

fn agreement(group: &Group, statements: &[&[Print]]) -> Agreement {
    let is_value = |instance: &Instance| instance.detail.is_some();
    if group.instances.iter().all(is_value) {
        let first = &group.instances[0].detail;
        let is_same = group.instances.iter().all(|it| it.detail == *first);
        return if is_same { Agreement::Same } else { Agreement::Drifted };
    }
    let least = statements[1..].iter().map(|other| shared(statements[0], other)).min().unwrap_or(0);
    let first = group.instances[0].content;
    match least {
        _ if statements[0].is_empty() => Agreement::Different,
        100 if group.instances.iter().all(|it| it.content == first) => Agreement::Same,
        NEARLY.. => Agreement::Drifted,
        _ => Agreement::Different,
    }
}

/// Statements in both, whatever their order, in percent of all.
fn shared(a: &[Print], b: &[Print]) -> usize {
    let mut counts: FxHashMap<u64, usize> = FxHashMap::default();
    a.iter().for_each(|print| *counts.entry(print.exact).or_default() += 1);
    let mut both = 0;
    for print in b {
        if let Some(count) = counts.get_mut(&print.exact).filter(|count| **count > 0) {
            *count -= 1;
            both += 1;
        }
    }
    both * 200 / (a.len() + b.len()).max(1)
}

/// The statements of a copy, without the header of a function or class.
fn statements<'c>(corpus: &'c Corpus, input: &CheckInput<'_, '_>, instance: &Instance) -> &'c [Print] {
    let at = corpus.files.binary_search_by(|file| input.path(file.id).cmp(&instance.path));
    let Ok(at) = at else { return &[] };
    let prints = &corpus.files[at].fragments.prints;
    let start = prints.partition_point(|print| print.start < instance.lines.start);
    let end = start + prints[start..].partition_point(|print| print.start <= instance.lines.end);
    let has_header = matches!(instance.what, "function" | "method" | "class" | "impl");
    let start = if has_header { (start + 1).min(end) } else { start };
    &prints[start..end]
}
