//! Sampling: which commits of a history are looked at, when a number is followed over time.
//!
//! Invariants: samples stand from the oldest to the newest, each commit once; the newest commit is always one, and so is
//! the base of a range, which is the state before it. The walk follows first parents: the states that the branch was in.
//! Periods are those of UTC, by the time at which a commit was made, and a period is told by the last of its commits.
//! Absent on purpose: what is looked for in a sample.

use super::attribution::{Listed, Walk, list};
use super::message::title;
use super::range::{commit_endpoint, end_of, is_shallow};
use super::{Endpoint, Error, Git, Range, RangeRequest};
use gix::ObjectId;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

/// How far samples stand apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// The finest of commit, day, week and month that gives no more than [`FEW`] samples.
    Fitting,
    Commit,
    Day,
    Week,
    Month,
    /// The commits that a tag names.
    Tag,
    /// So many samples, evenly over the commits.
    Count(u32),
}

impl Every {
    /// In the singular, behind "every".
    pub fn name(self) -> &'static str {
        match self {
            Every::Fitting => "fitting",
            Every::Commit => "commit",
            Every::Day => "day",
            Every::Week => "week",
            Every::Month => "month",
            Every::Tag => "tag",
            Every::Count(_) => "count",
        }
    }
}

/// Samples that are taken where nobody says how many: what a chart shows and a run takes without being asked twice.
pub const FEW: usize = 60;

/// One commit to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamplePoint {
    pub commit: String,
    /// When it was committed, in seconds since 1970.
    pub seconds: i64,
    /// The first line of its message.
    pub title: String,
    /// Tags that name it, sorted.
    pub tags: Vec<String>,
}

/// The samples of a range.
#[derive(Clone, Debug)]
pub struct Sampling {
    /// What was settled on: never [`Every::Fitting`].
    pub every: Every,
    /// From the oldest.
    pub points: Vec<SamplePoint>,
    /// Commits that the samples were taken from.
    pub commits: u64,
    /// History goes on before the oldest commit, and is not in this clone.
    pub is_cut_off: bool,
}

/// The range that a request means here: `A..B` and `A...B` from base to head, a revision alone the whole history that leads
/// to it.
///
/// # Errors
/// When a revision is not a commit of the repository.
pub fn range(git: &Git, request: &RangeRequest) -> Result<Range, Error> {
    match request {
        RangeRequest::Commit(revision) => Ok(Range { base: Endpoint::Empty, head: end_of(git, revision)? }),
        _ => Range::resolve(git, request),
    }
}

/// Chooses the samples of a range.
///
/// # Errors
/// When an end of the range is not a commit, or a commit cannot be read.
pub fn sample(git: &Git, range: &Range, every: Every) -> Result<Sampling, Error> {
    let repository = git.local();
    let Listed { mut commits, .. } = list(&repository, range, Walk::FirstParent)?;
    let is_cut_off = commits.last().is_some_and(|&oldest| is_shallow(&repository, oldest));
    commits.extend(range.base.commit());
    commits.dedup();
    let mut named = tags(&repository);
    let mut points = Vec::with_capacity(commits.len());
    for id in commits.iter().rev() {
        points.push(point(&repository, *id, named.remove(id).unwrap_or_default())?);
    }
    let (every, chosen) = choose(&points, every);
    let mut chosen = chosen.into_iter().peekable();
    let is_chosen = |(at, point): (usize, SamplePoint)| chosen.next_if_eq(&at).map(|_| point);
    let points = points.into_iter().enumerate().filter_map(is_chosen).collect();
    Ok(Sampling { every, points, commits: commits.len() as u64, is_cut_off })
}

/// The indices of the samples, ascending. The first point stands for the base of a range, and is one; so is the last.
fn choose(points: &[SamplePoint], every: Every) -> (Every, Vec<usize>) {
    let last = points.len().saturating_sub(1);
    let is_period_end = |at: usize, period: fn(Date) -> (i16, i16)| {
        let of = |point: &SamplePoint| period(date(point.seconds));
        points.get(at + 1).is_none_or(|next| of(next) != of(&points[at]))
    };
    let at_ends = |is_one: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..points.len()).filter(|&at| at == 0 || at == last || is_one(at)).collect()
    };
    let chosen = match every {
        Every::Fitting => {
            let finest = [Every::Commit, Every::Day, Every::Week].map(|every| choose(points, every));
            let fitting = finest.into_iter().find(|(_, chosen)| chosen.len() <= FEW);
            return fitting.unwrap_or_else(|| choose(points, Every::Month));
        }
        Every::Commit => (0..points.len()).collect(),
        Every::Day => at_ends(&|at| is_period_end(at, |date| (date.year(), date.day_of_year()))),
        Every::Week => {
            at_ends(&|at| is_period_end(at, |date| (date.iso_week_date().year(), date.iso_week_date().week().into())))
        }
        Every::Month => at_ends(&|at| is_period_end(at, |date| (date.year(), date.month().into()))),
        Every::Tag => at_ends(&|at| !points[at].tags.is_empty()),
        Every::Count(count) => {
            let steps = (count.max(2) as usize - 1).min(last.max(1));
            let mut even: Vec<usize> = (0..=steps).map(|step| (step * last + steps / 2) / steps).collect();
            even.dedup();
            even.retain(|&at| at < points.len());
            even
        }
    };
    (every, chosen)
}

/// The day of a commit, in UTC. A time that no calendar holds is its end.
pub fn date(seconds: i64) -> Date {
    Timestamp::from_second(seconds).map_or(Date::MAX, |time| time.to_zoned(TimeZone::UTC).date())
}

fn point(repository: &gix::Repository, id: ObjectId, tags: Vec<String>) -> Result<SamplePoint, Error> {
    commit_endpoint(repository, id)?;
    let unreadable = |why: &dyn std::fmt::Display| Error::Object { id: id.to_string(), why: why.to_string() };
    let commit = repository.find_commit(id).map_err(|why| unreadable(&why))?;
    let seconds = commit.time().map_err(|why| unreadable(&why))?.seconds;
    let decoded = commit.decode().map_err(|why| unreadable(&why))?;
    Ok(SamplePoint { commit: id.to_string(), seconds, title: title(decoded.message), tags })
}

/// The tags of the repository by the commit that they lead to. Tags that cannot be followed name nothing here.
fn tags(repository: &gix::Repository) -> FxHashMap<ObjectId, Vec<String>> {
    let mut found: FxHashMap<ObjectId, Vec<String>> = FxHashMap::default();
    let Ok(references) = repository.references() else { return found };
    let Ok(tags) = references.tags() else { return found };
    for mut tag in tags.flatten() {
        let name = tag.name().shorten().to_string();
        if let Ok(id) = tag.peel_to_id() {
            found.entry(id.detach()).or_default().push(name);
        }
    }
    found.values_mut().for_each(|names| names.sort());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600;

    fn points(seconds: impl IntoIterator<Item = i64>) -> Vec<SamplePoint> {
        let point = |(at, seconds): (usize, i64)| SamplePoint {
            commit: format!("{at:040}"),
            seconds,
            title: String::new(),
            tags: if at % 4 == 3 { vec![format!("v{at}")] } else { Vec::new() },
        };
        seconds.into_iter().enumerate().map(point).collect()
    }

    #[test]
    fn a_period_is_told_by_its_last_commit() {
        // 1970-01-01 is a Thursday
        let points = points([0, 10, DAY, DAY + 5, 3 * DAY, 4 * DAY, 20 * DAY, 40 * DAY]);
        assert_eq!(choose(&points, Every::Day).1, [0, 1, 3, 4, 5, 6, 7]);
        assert_eq!(choose(&points, Every::Week).1, [0, 4, 5, 6, 7]);
        assert_eq!(choose(&points, Every::Month).1, [0, 6, 7]);
        assert_eq!(choose(&points, Every::Tag).1, [0, 3, 7]);
        assert_eq!(choose(&points, Every::Commit).1, [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn a_number_of_samples_is_spread_evenly_and_keeps_both_ends() {
        let points = points((0..101).map(|at| at * DAY));
        assert_eq!(choose(&points, Every::Count(5)).1, [0, 25, 50, 75, 100]);
        assert_eq!(choose(&points, Every::Count(1)).1, [0, 100]);
        assert_eq!(choose(&points[..3], Every::Count(50)).1, [0, 1, 2]);
        assert_eq!(choose(&points[..1], Every::Count(50)).1, [0]);
        assert_eq!(choose(&[], Every::Count(50)).1, [0; 0]);
        assert_eq!(choose(&[], Every::Day).1, [0; 0]);
    }

    #[test]
    fn what_fits_is_the_finest_that_is_few() {
        assert_eq!(choose(&points((0..60).map(|at| at * DAY)), Every::Fitting).0, Every::Commit);
        assert_eq!(choose(&points((0..118).map(|at| at * DAY / 2)), Every::Fitting).0, Every::Day);
        assert_eq!(choose(&points((0..300).map(|at| at * DAY)), Every::Fitting).0, Every::Week);
        assert_eq!(choose(&points((0..900).map(|at| at * DAY)), Every::Fitting).0, Every::Month);
    }
}
