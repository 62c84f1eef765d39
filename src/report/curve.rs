//! Curves: a number over time, drawn as SVG, for the `svg` format and for pages.
//!
//! Invariants: the scale begins at zero; what was not seen interrupts the line and is marked, it is not drawn at zero; a
//! lower bound is a hollow dot; coordinates are whole numbers, so that equal input gives equal bytes; the ends of both
//! axes, and the first and last number, stand as text. Absent on purpose: colours, which are the style sheet's, and scripts.

use super::trend::shown;
use crate::evidence::{Quantity, Reading, TrendReport, TrendSample};
use crate::words::grouped;
use maud::{Markup, html};

/// Rules that a page or a picture with a curve needs. They rest on the variables of a page.
pub const STYLE: &str = include_str!("curve.css");

/// The size of a curve, in units of its own.
pub const WIDTH: i64 = 640;
pub const HEIGHT: i64 = 210;

/// The field of the line inside of it.
const LEFT: i64 = 64;
const RIGHT: i64 = 624;
const TOP: i64 = 18;
const BOTTOM: i64 = 176;

/// More dots than this hide the line, and are left out where a number was seen whole.
const DOTS: usize = 80;

/// What a curve says in words.
pub fn words(report: &TrendReport, quantity: Quantity) -> String {
    let ends = report.samples.first().zip(report.samples.last());
    let Some((first, last)) = ends else { return format!("{}: no sample", quantity.words()) };
    let unseen = report.samples.iter().filter(|it| it.reading(quantity) == Reading::Unknown).count();
    let mut words = format!(
        "{}: {} on {}, {} on {}",
        quantity.words(),
        shown(first.reading(quantity)),
        first.date(),
        shown(last.reading(quantity)),
        last.date()
    );
    if let Some(highest) = report.samples.iter().filter_map(|it| it.reading(quantity).number()).max() {
        words.push_str(&format!("; at most {}", grouped(highest)));
    }
    if unseen > 0 {
        words.push_str(&format!("; not seen in {unseen} of {} samples", report.samples.len()));
    }
    words
}

/// The drawing of one quantity. It stands at `top` of a picture, or alone.
pub fn draw(report: &TrendReport, quantity: Quantity, top: Option<i64>) -> Markup {
    let samples = &report.samples;
    let numbers = samples.iter().filter_map(|it| it.reading(quantity).number());
    let highest = ceiling(numbers.max().unwrap_or(0));
    let place = Scale::of(samples, highest);
    let words = words(report, quantity);
    let grid = [(TOP, highest), ((TOP + BOTTOM) / 2, highest / 2), (BOTTOM, 0)];
    let dates = samples.first().zip(samples.last());
    html! {
        svg.curve xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (HEIGHT) }
            y=[top] width=[top.map(|_| WIDTH)] height=[top.map(|_| HEIGHT)] role="img" aria-label=(words) {
            title { (words) }
            @for (y, number) in grid {
                @if y != (TOP + BOTTOM) / 2 || number * 2 == highest {
                    line.grid x1=(LEFT) x2=(RIGHT) y1=(y) y2=(y) {}
                    text x=(LEFT - 8) y=(y + 4) text-anchor="end" { (grouped(number)) }
                }
            }
            @for line in lines(samples, quantity, &place) { polyline.line points=(line) {} }
            @for (at, sample) in samples.iter().enumerate() {
                @let x = place.x(sample);
                @match sample.reading(quantity) {
                    Reading::Exactly(number) => @if samples.len() <= DOTS || is_alone(samples, quantity, at) {
                        circle.dot cx=(x) cy=(place.y(number)) r="3" { title { (told(sample, quantity)) } }
                    }
                    Reading::AtLeast(number) => @if samples.len() <= DOTS || is_alone(samples, quantity, at) {
                        circle.dot.part cx=(x) cy=(place.y(number)) r="3" { title { (told(sample, quantity)) } }
                    }
                    Reading::Unknown => @if samples.len() <= DOTS {
                        text x=(x) y=(BOTTOM - 4) text-anchor="middle" { "?" title { (told(sample, quantity)) } }
                    }
                }
            }
            @if let Some((first, last)) = dates {
                text x=(LEFT) y=(BOTTOM + 22) { (first.date()) }
                text x=(RIGHT) y=(BOTTOM + 22) text-anchor="end" { (last.date()) }
            }
        }
    }
}

fn told(sample: &TrendSample, quantity: Quantity) -> String {
    let commit: String = sample.point.commit.chars().take(12).collect();
    format!("{} {commit}: {}", sample.date(), shown(sample.reading(quantity)))
}

/// Whether a known number has no known neighbour, so that no line shows it.
fn is_alone(samples: &[TrendSample], quantity: Quantity, at: usize) -> bool {
    let is_known = |at: usize| samples.get(at).is_some_and(|it| it.reading(quantity).number().is_some());
    !is_known(at + 1) && (at == 0 || !is_known(at - 1))
}

/// The stretches without an unknown number, as points.
fn lines(samples: &[TrendSample], quantity: Quantity, place: &Scale) -> Vec<String> {
    let stretches = samples.split(|sample| sample.reading(quantity) == Reading::Unknown);
    let point = |sample: &TrendSample| {
        let number = sample.reading(quantity).number().unwrap_or_default();
        format!("{},{}", place.x(sample), place.y(number))
    };
    let line = |stretch: &[TrendSample]| stretch.iter().map(point).collect::<Vec<_>>().join(" ");
    stretches.filter(|stretch| stretch.len() > 1).map(line).collect()
}

/// Where moments and numbers stand.
struct Scale {
    from: i64,
    to: i64,
    highest: u64,
}

impl Scale {
    fn of(samples: &[TrendSample], highest: u64) -> Self {
        let seconds = || samples.iter().map(|sample| sample.point.seconds);
        Self { from: seconds().min().unwrap_or(0), to: seconds().max().unwrap_or(0), highest }
    }

    fn x(&self, sample: &TrendSample) -> i64 {
        let (passed, whole) = (sample.point.seconds - self.from, self.to - self.from);
        match whole {
            0 => RIGHT,
            whole => LEFT + (i128::from(passed) * i128::from(RIGHT - LEFT) / i128::from(whole)) as i64,
        }
    }

    fn y(&self, number: u64) -> i64 {
        BOTTOM - (u128::from(number) * (BOTTOM - TOP) as u128 / u128::from(self.highest)) as i64
    }
}

/// The next number with one digit and zeros that is no smaller, which reads well on an axis.
fn ceiling(number: u64) -> u64 {
    let mut unit = 1_u64;
    while number.div_ceil(unit) > 10 {
        unit = unit.saturating_mul(10);
    }
    (number.div_ceil(unit) * unit).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        assert_eq!([0, 1, 9, 10, 11, 99, 101, 309, 46_913].map(ceiling), [1, 1, 9, 10, 20, 100, 200, 400, 50_000]);
    }
}
