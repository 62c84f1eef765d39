//! The answer of `solely trend`: numbers of many commits, and when they may reach zero.
//!
//! Invariants: a number of a sample that was not seen whole is a lower bound, and no number where it would be zero; an
//! estimate is made of samples alone, so the same samples give the same estimate. Absent on purpose: the clock; an estimate
//! is a date, whether it has passed or not.

use super::{Census, Group, PolicyIdentity, TierCounts};
use crate::gap::Gap;
use crate::history::sampling::{Every, SamplePoint};
use crate::span::RepoPath;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The answer of `solely trend`.
#[derive(Clone, Debug)]
pub struct TrendReport {
    /// The state before the first sample's commit, where a range was asked for.
    pub base: Option<String>,
    pub head: String,
    /// The policy of today, which every sample is judged by.
    pub policy: PolicyIdentity,
    pub every: Every,
    /// Commits that the samples were taken from.
    pub commits: u64,
    /// From the oldest.
    pub samples: Vec<TrendSample>,
    pub estimates: Vec<Estimate>,
    /// Where history itself could not be seen.
    pub gaps: Vec<Gap>,
}

/// One commit, and what was counted in its tree.
#[derive(Clone, Debug)]
pub struct TrendSample {
    pub point: SamplePoint,
    /// Why nothing could be counted, where that is so.
    pub counted: Result<TrendCounts, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrendCounts {
    /// All rules together, what several name counted once.
    pub legacy: LegacyCounts,
    /// In the order of the policy.
    pub rules: Vec<RuleCounts>,
    /// Where they were asked for.
    pub duplicates: Option<DuplicateCounts>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCounts {
    pub rule: String,
    pub kind: &'static str,
    pub counts: LegacyCounts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegacyCounts {
    /// Symbols that are defined, and flags that are read.
    pub symbols: u64,
    /// Lines that their definitions span, each counted once.
    pub lines: u64,
    pub references: TierCounts,
    /// Files that may hold more, and could not be seen.
    pub unseen: u64,
    /// Those of them that may define more.
    pub unseen_sources: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DuplicateCounts {
    /// Groups, those left out that the policy registers as intentional.
    pub groups: u64,
    /// Copies in these groups.
    pub copies: u64,
    /// Lines that stand in a copy, each counted once.
    pub lines: u64,
    /// Source files that could not be seen whole.
    pub unseen: u64,
}

/// What is followed over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quantity {
    Symbols,
    Lines,
    /// References that are proven or likely.
    References,
    DuplicateGroups,
    DuplicateLines,
}

/// A number as far as it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    Exactly(u64),
    AtLeast(u64),
    Unknown,
}

/// When a quantity may reach zero, if it goes on as in the last samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    pub quantity: Quantity,
    pub date: Date,
    /// Samples that it rests on.
    pub samples: u64,
}

impl Reading {
    /// A number that was found where so many files were not seen.
    pub fn of(number: u64, unseen: u64) -> Self {
        match (number, unseen) {
            (number, 0) => Reading::Exactly(number),
            (0, _) => Reading::Unknown,
            (number, _) => Reading::AtLeast(number),
        }
    }

    /// The number, or the lower bound.
    pub fn number(self) -> Option<u64> {
        match self {
            Reading::Exactly(number) | Reading::AtLeast(number) => Some(number),
            Reading::Unknown => None,
        }
    }
}

impl Quantity {
    pub const ALL: [Quantity; 5] =
        [Quantity::Symbols, Quantity::Lines, Quantity::References, Quantity::DuplicateGroups, Quantity::DuplicateLines];

    /// The name of the field that holds it in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Quantity::Symbols => "symbols",
            Quantity::Lines => "lines",
            Quantity::References => "references",
            Quantity::DuplicateGroups => "duplicate-groups",
            Quantity::DuplicateLines => "duplicate-lines",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Quantity::Symbols => "legacy symbols",
            Quantity::Lines => "legacy lines",
            Quantity::References => "references to legacy",
            Quantity::DuplicateGroups => "groups of duplicates",
            Quantity::DuplicateLines => "duplicated lines",
        }
    }
}

impl TrendSample {
    pub fn reading(&self, quantity: Quantity) -> Reading {
        let Ok(TrendCounts { legacy, duplicates, .. }) = &self.counted else { return Reading::Unknown };
        let twice = duplicates.unwrap_or_default();
        match quantity {
            Quantity::Symbols => legacy.symbols(),
            Quantity::Lines => legacy.lines(),
            Quantity::References => legacy.used(legacy.sure_references()),
            Quantity::DuplicateGroups => Reading::of(twice.groups, twice.unseen),
            Quantity::DuplicateLines => Reading::of(twice.lines, twice.unseen),
        }
    }

    pub fn date(&self) -> Date {
        crate::history::sampling::date(self.point.seconds)
    }

    /// The moment of the commit in UTC, as RFC 3339 writes it.
    pub fn time(&self) -> String {
        Timestamp::from_second(self.point.seconds).unwrap_or(Timestamp::MAX).to_string()
    }

    /// Whether everything that a number rests on was seen.
    pub fn is_whole(&self) -> bool {
        let is_clear = |counts: &TrendCounts| {
            counts.legacy.unseen == 0 && counts.duplicates.is_none_or(|duplicates| duplicates.unseen == 0)
        };
        self.counted.as_ref().is_ok_and(is_clear)
    }
}

impl TrendReport {
    /// What was counted: duplicates only where they were asked for.
    pub fn quantities(&self) -> Vec<Quantity> {
        let counted = || self.samples.iter().flat_map(|sample| &sample.counted);
        let has_legacy = counted().any(|counts| !counts.rules.is_empty());
        let has_duplicates = counted().any(|counts| counts.duplicates.is_some());
        let is_counted = |quantity: &Quantity| match quantity {
            Quantity::Symbols | Quantity::Lines | Quantity::References => has_legacy || !has_duplicates,
            Quantity::DuplicateGroups | Quantity::DuplicateLines => has_duplicates,
        };
        Quantity::ALL.into_iter().filter(is_counted).collect()
    }

    pub fn estimate(&self, quantity: Quantity) -> Option<Estimate> {
        self.estimates.iter().find(|estimate| estimate.quantity == quantity).copied()
    }
}

impl LegacyCounts {
    /// References that are proven or likely.
    pub fn sure_references(&self) -> u64 {
        self.references.proven + self.references.likely
    }

    /// The number of symbols, as far as it was seen.
    pub fn symbols(&self) -> Reading {
        Reading::of(self.symbols, self.unseen_sources)
    }

    /// The number of lines, as far as it was seen.
    pub fn lines(&self) -> Reading {
        Reading::of(self.lines, self.unseen_sources)
    }

    /// A number of references, as far as it was seen.
    pub fn used(&self, number: u64) -> Reading {
        Reading::of(number, self.unseen)
    }

    fn of<'c>(census: impl Iterator<Item = &'c Census> + Clone) -> Self {
        let distinct =
            |paths: fn(&Census) -> &[RepoPath]| census.clone().flat_map(paths).collect::<BTreeSet<_>>().len();
        let mut counts = Self {
            unseen: distinct(|census| &census.spoiled_by) as u64,
            unseen_sources: distinct(|census| &census.may_define) as u64,
            ..Self::default()
        };
        let mut seen = BTreeSet::new();
        let mut spans: BTreeMap<&RepoPath, Vec<(u32, u32)>> = BTreeMap::new();
        for symbol in census.flat_map(|census| &census.symbols) {
            for place in &symbol.definitions {
                spans.entry(&place.path).or_default().push((place.start.line, place.end_line));
            }
            // a symbol that two rules name has the same references in both
            if !seen.insert(&symbol.symbol) {
                continue;
            }
            counts.symbols += u64::from(symbol.is_there);
            counts.references.proven += symbol.references.proven;
            counts.references.likely += symbol.references.likely;
            counts.references.name_only += symbol.references.name_only;
            counts.references.text += symbol.references.text;
        }
        counts.lines = spans.into_values().map(distinct_lines).sum();
        counts
    }
}

impl TrendCounts {
    pub fn of(census: &[Census], duplicates: Option<DuplicateCounts>) -> Self {
        let one = |census: &Census| RuleCounts {
            rule: census.rule.clone(),
            kind: census.kind,
            counts: LegacyCounts::of(std::iter::once(census)),
        };
        Self { legacy: LegacyCounts::of(census.iter()), rules: census.iter().map(one).collect(), duplicates }
    }
}

impl DuplicateCounts {
    /// Counts groups where some source files were not seen whole.
    pub fn of(groups: &[Group], unseen: u64) -> Self {
        let mut counts = Self { unseen, ..Self::default() };
        let mut spans: BTreeMap<&RepoPath, Vec<(u32, u32)>> = BTreeMap::new();
        for group in groups.iter().filter(|group| group.details.registration.is_none()) {
            counts.groups += 1;
            counts.copies += group.instances.len() as u64;
            for copy in &group.instances {
                spans.entry(&copy.path).or_default().push((copy.lines.start, copy.lines.end));
            }
        }
        counts.lines = spans.into_values().map(distinct_lines).sum();
        counts
    }
}

/// Lines in any of the spans, whose ends belong to them.
fn distinct_lines(mut spans: Vec<(u32, u32)>) -> u64 {
    spans.sort_unstable();
    let (mut lines, mut counted_to) = (0, 0);
    for (start, end) in spans {
        let start = start.max(counted_to + 1);
        lines += u64::from((end + 1).saturating_sub(start));
        counted_to = counted_to.max(end);
    }
    lines
}

/// The last samples that an estimate rests on, at most.
const RECENT: usize = 12;

/// Samples that it takes at least.
const ENOUGH: usize = 4;

/// An estimate farther from the last sample than this says nothing.
const DAYS_AHEAD: f64 = 3_653.0;

/// Estimates when each quantity reaches zero: the line through the last samples whose slope is the median of the slopes of
/// all pairs, which single outliers do not move (H. Theil, *A rank-invariant method of linear and polynomial regression
/// analysis*, 1950; P. K. Sen, *Estimates of the regression coefficient based on Kendall's tau*, 1968). None for what does
/// not fall, is zero already, or would take more than ten years.
pub fn estimates(samples: &[TrendSample], quantities: &[Quantity]) -> Vec<Estimate> {
    quantities.iter().filter_map(|&quantity| estimate(samples, quantity)).collect()
}

fn estimate(samples: &[TrendSample], quantity: Quantity) -> Option<Estimate> {
    let known = samples.iter().filter_map(|it| Some((it.point.seconds, it.reading(quantity).number()? as f64)));
    let known: Vec<(i64, f64)> = known.collect();
    let recent = &known[known.len().saturating_sub(RECENT)..];
    let &(last, value) = recent.last()?;
    if recent.len() < ENOUGH || value <= 0.0 {
        return None;
    }
    // days before the last sample
    let points: Vec<(f64, f64)> =
        recent.iter().map(|&(seconds, value)| ((seconds - last) as f64 / 86_400.0, value)).collect();
    let mut slopes = Vec::new();
    for (at, a) in points.iter().enumerate() {
        slopes.extend(points[at + 1..].iter().filter(|b| b.0 != a.0).map(|b| (b.1 - a.1) / (b.0 - a.0)));
    }
    let slope = median(&mut slopes)?;
    let mut offsets: Vec<f64> = points.iter().map(|(day, value)| value - slope * day).collect();
    let offset = median(&mut offsets)?;
    let days = -offset / slope;
    if slope >= 0.0 || !(0.0..=DAYS_AHEAD).contains(&days) {
        return None;
    }
    let date = crate::history::sampling::date(last.saturating_add((days * 86_400.0) as i64));
    Some(Estimate { quantity, date, samples: recent.len() as u64 })
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        even if even.is_multiple_of(2) => Some((values[middle - 1] + values[middle]) / 2.0),
        _ => Some(values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `unseen` sources could not be seen.
    fn sample(day: i64, symbols: u64, unseen: u64) -> TrendSample {
        let legacy = LegacyCounts { symbols, unseen, unseen_sources: unseen, ..LegacyCounts::default() };
        TrendSample {
            point: SamplePoint { commit: String::new(), seconds: day * 86_400, title: String::new(), tags: Vec::new() },
            counted: Ok(TrendCounts { legacy, ..TrendCounts::default() }),
        }
    }

    fn zero_day(values: &[(i64, u64)]) -> Option<String> {
        let samples: Vec<TrendSample> = values.iter().map(|&(day, value)| sample(day, value, 0)).collect();
        Some(estimate(&samples, Quantity::Symbols)?.date.to_string())
    }

    #[test]
    fn what_falls_evenly_reaches_zero_where_the_line_does() {
        assert_eq!(zero_day(&[(0, 50), (10, 40), (20, 30), (30, 20)]).as_deref(), Some("1970-02-20"));
    }

    #[test]
    fn one_outlier_moves_nothing() {
        let values = [(0, 50), (10, 40), (20, 900), (30, 20), (40, 10)];
        assert_eq!(zero_day(&values).as_deref(), Some("1970-02-20"));
    }

    #[test]
    fn there_is_no_estimate_where_nothing_falls_or_little_is_known() {
        assert_eq!(zero_day(&[(0, 5), (10, 5), (20, 5), (30, 5)]), None, "level");
        assert_eq!(zero_day(&[(0, 5), (10, 6), (20, 7), (30, 8)]), None, "rising");
        assert_eq!(zero_day(&[(0, 50), (10, 40), (20, 30)]), None, "three samples");
        assert_eq!(zero_day(&[(0, 30), (10, 20), (20, 10), (30, 0)]), None, "zero already");
        assert_eq!(zero_day(&[(7, 4), (7, 3), (7, 2), (7, 1)]), None, "one moment");
        assert_eq!(zero_day(&[(0, 100_003), (1, 100_002), (2, 100_001), (3, 100_000)]), None, "in 270 years");
        assert_eq!(zero_day(&[]), None);
    }

    #[test]
    fn what_was_not_seen_is_no_zero() {
        assert_eq!(sample(0, 0, 1).reading(Quantity::Symbols), Reading::Unknown);
        assert_eq!(sample(0, 3, 1).reading(Quantity::Symbols), Reading::AtLeast(3));
        assert_eq!(sample(0, 0, 0).reading(Quantity::Symbols), Reading::Exactly(0));
        let document = LegacyCounts { unseen: 1, ..LegacyCounts::default() };
        assert_eq!((document.symbols(), document.used(0)), (Reading::Exactly(0), Reading::Unknown));
        let missing = TrendSample { counted: Err("no tree".into()), ..sample(0, 0, 0) };
        assert_eq!(missing.reading(Quantity::Lines), Reading::Unknown);
        assert!(!missing.is_whole() && !sample(0, 3, 1).is_whole() && sample(0, 0, 0).is_whole());
    }

    #[test]
    fn lines_are_counted_once() {
        assert_eq!(distinct_lines(vec![(10, 12), (1, 3), (2, 5), (12, 12), (5, 5)]), 8);
        assert_eq!(distinct_lines(vec![]), 0);
        assert_eq!(distinct_lines(vec![(4, 4), (4, 4)]), 1);
    }
}
