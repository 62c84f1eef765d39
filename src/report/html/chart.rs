//! Charts: numbers as bars, drawn as inline SVG.
//!
//! Invariants: every bar has its label and its number as text, so that nothing rests on colour; bars of one chart have
//! one scale; nothing is drawn for a zero. Absent on purpose: axes, since the numbers stand beside the bars, and scripts.

use crate::words::grouped;
use maud::{Markup, html};

/// The width of a bar's drawing, in units of its own.
const SCALE: u64 = 10_000;

/// What one colour means.
#[derive(Clone, Copy)]
pub struct Series {
    pub name: &'static str,
    /// A class of the style sheet: `s1` to `s6`, `sp`, `sf`, `so`.
    pub class: &'static str,
}

/// One row: a label, and a number for each series.
pub struct Bar {
    pub label: Markup,
    pub values: Vec<u64>,
}

pub struct Chart<'a> {
    pub title: &'a str,
    pub caption: &'a str,
    pub series: &'a [Series],
    /// Labels stand above their bars, because they are long.
    pub has_long_labels: bool,
    /// A legend says what the colours mean; a chart whose labels say it has none.
    pub has_legend: bool,
}

/// A figure with one bar per row. Rows without a number are shown as such.
pub fn bars(chart: &Chart<'_>, rows: &[Bar]) -> Markup {
    let longest = rows.iter().map(|row| row.values.iter().sum::<u64>()).max().unwrap_or(0).max(1);
    let used: Vec<&Series> = chart
        .series
        .iter()
        .enumerate()
        .filter(|(at, _)| rows.iter().any(|row| row.values.get(*at).is_some_and(|value| *value > 0)))
        .map(|(_, series)| series)
        .collect();
    html! {
        figure {
            figcaption { (chart.title) small { (chart.caption) } }
            @if rows.iter().all(|row| row.values.iter().sum::<u64>() == 0) {
                p.none { "nothing to show" }
            } @else {
                div.bars.wide[chart.has_long_labels] {
                    @for row in rows {
                        div.label { (row.label) }
                        (bar(chart.series, &row.values, longest))
                        div.value { (grouped(row.values.iter().sum())) }
                    }
                }
                @if chart.has_legend && chart.series.len() > 1 {
                    ul.legend { @for series in used { li { (swatch(series.class)) (series.name) } } }
                }
            }
        }
    }
}

fn bar(series: &[Series], values: &[u64], longest: u64) -> Markup {
    let told: Vec<String> = series
        .iter()
        .zip(values)
        .filter(|(_, value)| **value > 0)
        .map(|(series, value)| format!("{} {}", grouped(*value), series.name))
        .collect();
    let mut parts = Vec::new();
    let mut from = 0;
    for (series, value) in series.iter().zip(values) {
        let to = from + value;
        let (start, end) = (scaled(from, longest), scaled(to, longest));
        if *value > 0 {
            // a number that is there is seen, however small
            parts.push((series.class, start, (end - start).max(SCALE / 250)));
        }
        from = to;
    }
    html! {
        svg viewBox={ "0 0 " (SCALE) " 10" } preserveAspectRatio="none" role="img" aria-label=(told.join(", ")) {
            title { (told.join(", ")) }
            @for (class, start, width) in parts { rect class=(class) x=(start) y="0" width=(width) height="10" {} }
        }
    }
}

fn swatch(class: &str) -> Markup {
    html! { svg viewBox="0 0 10 10" aria-hidden="true" { rect class=(class) width="10" height="10" rx="2" {} } }
}

fn scaled(value: u64, longest: u64) -> u64 {
    (u128::from(value) * u128::from(SCALE) / u128::from(longest)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_of_one_chart_have_one_scale() {
        let series = [Series { name: "code", class: "s1" }, Series { name: "text", class: "s2" }];
        let chart = Chart { title: "t", caption: "c", series: &series, has_long_labels: false, has_legend: true };
        let rows = [
            Bar { label: html! { "a" }, values: vec![100, 100] },
            Bar { label: html! { "<b>" }, values: vec![50, 0] },
            Bar { label: html! { "none" }, values: vec![0, 0] },
        ];
        let text = bars(&chart, &rows).into_string();
        assert!(text.contains("class=\"s1\" x=\"0\" y=\"0\" width=\"5000\""), "{text}");
        assert!(text.contains("class=\"s2\" x=\"5000\" y=\"0\" width=\"5000\""), "{text}");
        assert!(text.contains("class=\"s1\" x=\"0\" y=\"0\" width=\"2500\""), "{text}");
        assert_eq!(text.matches("<rect").count(), 3 + 2, "none for a zero, and two in the legend");
        assert!(text.contains("&lt;b&gt;") && text.contains("100 code, 100 text"));
    }

    #[test]
    fn the_largest_numbers_fit() {
        let series = [Series { name: "lines", class: "s1" }];
        let chart = Chart { title: "t", caption: "c", series: &series, has_long_labels: true, has_legend: true };
        let text = bars(&chart, &[Bar { label: html! { "a" }, values: vec![u64::MAX] }]).into_string();
        assert!(text.contains("width=\"10000\""), "{text}");
        assert!(bars(&chart, &[]).into_string().contains("nothing to show"));
    }
}
