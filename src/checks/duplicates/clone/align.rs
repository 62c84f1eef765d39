//! Alignment: how much of two lists of statements stands in both in the same order.
//!
//! The longest common subsequence, weighted by tokens (Roy and Cordy, "NiCad", 2008, compare lines this way). Invariant:
//! symmetric, and 1000 for equal lists. Absent on purpose: where they differ.

use crate::facts::Print;

/// The product of two lengths beyond which two lists are not aligned.
pub const LIMIT: usize = 4_000_000;

/// What two lists have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// Statements in both, in thousandths of the longer list.
    pub statements: u32,
    /// Their tokens, in thousandths of the larger list.
    pub tokens: u32,
    /// Statements in both that are rare in the tree.
    pub rare: u32,
    pub matched: u32,
}

/// `is_rare` tells which shapes are evidence, and not what every function of the tree says.
pub fn align(a: &[Print], b: &[Print], is_rare: &dyn Fn(u64) -> bool) -> Alignment {
    let equal = |x: &Print, y: &Print| x.shape == y.shape;
    let mut best = Score::default();
    let head = a.iter().zip(b).take_while(|(x, y)| equal(x, y)).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| equal(x, y)).count();
    for print in a[..head].iter().chain(&a[a.len() - tail..]) {
        best = best.with(print, is_rare);
    }
    let (left, right) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut row = vec![Score::default(); right.len() + 1];
    for x in left {
        let mut diagonal = row[0];
        for (at, y) in right.iter().enumerate() {
            let above = row[at + 1];
            let matched = if equal(x, y) { diagonal.with(x, is_rare) } else { Score::default() };
            row[at + 1] = above.max(row[at]).max(matched);
            diagonal = above;
        }
    }
    let middle = row[right.len()];
    let sum = |prints: &[Print]| prints.iter().map(|print| u32::from(print.tokens)).sum::<u32>().max(1);
    let share = |part: u32, whole: u32| (u64::from(part) * 1000 / u64::from(whole.max(1))) as u32;
    let matched = best.matched + middle.matched;
    Alignment {
        statements: share(matched, a.len().max(b.len()) as u32),
        tokens: share(best.tokens + middle.tokens, sum(a).max(sum(b))),
        rare: best.rare + middle.rare,
        matched,
    }
}

/// Ordered by tokens first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    tokens: u32,
    matched: u32,
    rare: u32,
}

impl Score {
    fn with(self, print: &Print, is_rare: &dyn Fn(u64) -> bool) -> Self {
        Self {
            tokens: self.tokens + u32::from(print.tokens),
            matched: self.matched + 1,
            rare: self.rare + u32::from(is_rare(print.shape)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prints(shapes: &[u64]) -> Vec<Print> {
        let print = |&shape: &u64| Print {
            exact: shape,
            shape,
            names: 0,
            start: 1,
            end: 1,
            unit: 0,
            tokens: 5,
            words: 3,
            literals: 0,
            depth: 1,
            is_trivial: false,
            is_frame: false,
        };
        shapes.iter().map(print).collect()
    }

    fn share(a: &[u64], b: &[u64]) -> u32 {
        let (a, b) = (prints(a), prints(b));
        let (there, back) = (align(&a, &b, &|_| true), align(&b, &a, &|_| true));
        assert_eq!(there, back);
        assert_eq!(there.statements, there.tokens);
        there.statements
    }

    #[test]
    fn what_stands_in_both_in_order_counts() {
        assert_eq!(share(&[1, 2, 3], &[1, 2, 3]), 1000);
        assert_eq!(share(&[1, 2, 3, 4], &[1, 9, 3, 4]), 750);
        assert_eq!(share(&[1, 2, 3, 4], &[1, 2, 3, 4, 5]), 800);
        assert_eq!(share(&[1, 2], &[2, 1]), 500);
        assert_eq!(share(&[1, 2], &[3, 4]), 0);
        assert_eq!(share(&[1, 1, 1], &[1]), 333);
    }
}
