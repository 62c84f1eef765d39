//! The `svg` format: the curves of a trend as one picture.
//!
//! Invariants: the picture loads and runs nothing, follows the reader's light or dark, and says in words what it shows.
//! Absent on purpose: numbers of single samples; `csv` and `json` have them.

use super::curve::{self, HEIGHT, WIDTH};
use super::{FormatSpec, RenderOptions, escape};
use crate::evidence::{Quantity, Sources, TrendReport};
use maud::{PreEscaped, html};

pub const SPEC: FormatSpec = FormatSpec { trend: Some(trend), ..FormatSpec::new("svg", "curves as one picture") };

/// The variables that the curves rest on, and the ground.
const COLORS: &str = "\
svg { --card: #ffffff; --ink: #1d1c1a; --soft: #5d5a53; --rule: #e2ded4; --c1: #2b5f9e; }
@media (prefers-color-scheme: dark) {
  svg { --card: #1d1e23; --ink: #e9e6df; --soft: #a39f95; --rule: #33343a; --c1: #6ea3df; }
}
.ground { fill: var(--card); }
";

/// Room above a curve for its name.
const NAME: i64 = 34;

fn trend(report: &TrendReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let quantities = report.quantities();
    let height = quantities.len() as i64 * (NAME + HEIGHT) + 12;
    let top = |at: usize| at as i64 * (NAME + HEIGHT);
    let words: Vec<String> = quantities.iter().map(|&quantity| curve::words(report, quantity)).collect();
    let picture = html! {
        svg.curve xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (height) } width=(WIDTH) height=(height)
            role="img" aria-label=(words.join(". ")) {
            title { "solely trend" }
            style { (PreEscaped(COLORS)) (PreEscaped(curve::STYLE)) }
            rect.ground width=(WIDTH) height=(height) {}
            @for (at, &quantity) in quantities.iter().enumerate() {
                text.name x="16" y=(top(at) + 24) { (heading(report, quantity)) }
                (curve::draw(report, quantity, Some(top(at) + NAME)))
            }
        }
    };
    escape::safe_page(picture.into_string()) + "\n"
}

/// The name of a curve, with the estimate where there is one.
fn heading(report: &TrendReport, quantity: Quantity) -> String {
    match report.estimate(quantity) {
        Some(estimate) => format!("{} (estimate: zero about {})", quantity.words(), estimate.date),
        None => quantity.words().to_owned(),
    }
}
