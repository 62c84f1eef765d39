//! The answer of `trend`: a line of blocks per quantity, the samples, and the estimates.

use super::sight;
use crate::evidence::{LegacyCounts, Quantity, Reading, Sources, TrendReport, TrendSample};
use crate::report::RenderOptions;
use crate::report::escape::safe;
use crate::report::paint::Paint;
use crate::report::sentence;
use crate::report::trend::{columns, policy_of_today, shown};
use crate::words::grouped;
use std::fmt::Write;

/// Blocks from the lowest to the highest.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Columns beside the blocks.
const BESIDE: usize = 48;

pub fn render(report: &TrendReport, _sources: &Sources, options: &RenderOptions) -> String {
    let paint = Paint { color: options.color };
    let mut out = String::new();
    let _ = writeln!(out, "{}\n", paint.bold(&sentence::samples(report)));
    for quantity in report.quantities() {
        let blocks = paint.cyan(&blocks(&report.samples, quantity, options.width.saturating_sub(BESIDE)));
        let _ = writeln!(out, "  {:<21} {blocks}  {}", quantity.words(), ends(report, quantity));
    }
    out.push('\n');
    rules(report, &mut out);
    table(report, options.max, paint, &mut out);
    for line in sentence::estimates(report) {
        let _ = writeln!(out, "{line}");
    }
    if let Some(unseen) = sentence::unseen_samples(report) {
        let _ = writeln!(out, "{}", paint.yellow(&unseen));
    }
    out.push_str(&sight::gaps(&report.gaps, options.max, paint));
    let _ = writeln!(out, "{}", paint.dim(&safe(&policy_of_today(report))));
    out
}

/// The first and the last number.
fn ends(report: &TrendReport, quantity: Quantity) -> String {
    let number = |sample: Option<&TrendSample>| shown(sample.map_or(Reading::Unknown, |it| it.reading(quantity)));
    format!("{} → {}", number(report.samples.first()), number(report.samples.last()))
}

/// One block per sample; where there are more samples than columns, the last of each share.
fn blocks(samples: &[TrendSample], quantity: Quantity, width: usize) -> String {
    let columns = samples.len().min(width.max(10));
    let highest = samples.iter().filter_map(|it| it.reading(quantity).number()).max().unwrap_or(0);
    let block = |column: usize| {
        let sample = &samples[(column + 1) * samples.len() / columns - 1];
        match sample.reading(quantity).number() {
            None => '?',
            Some(0) => BLOCKS[0],
            // what is there is seen, however small
            Some(number) => BLOCKS[(u128::from(number) * 7).div_ceil(u128::from(highest)) as usize],
        }
    };
    (0..columns).map(block).collect()
}

/// Each rule from the first sample to the last, where there are several.
fn rules(report: &TrendReport, out: &mut String) {
    let counted =
        |sample: Option<&TrendSample>| sample.and_then(|it| it.counted.as_ref().ok()).map(|it| it.rules.clone());
    let (Some(first), Some(last)) = (counted(report.samples.first()), counted(report.samples.last())) else { return };
    if last.len() < 2 {
        return;
    }
    let width = last.iter().map(|it| safe(&it.rule).chars().count()).max().unwrap_or(0);
    for (before, after) in first.iter().zip(&last) {
        let from_to = |reading: fn(&LegacyCounts) -> Reading| {
            format!("{} → {}", shown(reading(&before.counts)), shown(reading(&after.counts)))
        };
        let _ = writeln!(
            out,
            "  {:<width$}  symbols {}, lines {}, references {}",
            safe(&after.rule),
            from_to(LegacyCounts::symbols),
            from_to(LegacyCounts::lines),
            from_to(|it| it.used(it.sure_references()))
        );
    }
    out.push('\n');
}

fn table(report: &TrendReport, max: Option<usize>, paint: Paint, out: &mut String) {
    let columns = columns(report);
    let titles = columns.iter().map(|(title, _)| (*title).to_owned());
    let mut rows: Vec<Vec<String>> = vec![["date".to_owned(), "commit".to_owned()].into_iter().chain(titles).collect()];
    let left = report.samples.len().saturating_sub(max.unwrap_or(usize::MAX));
    for sample in &report.samples[left..] {
        let commit: String = sample.point.commit.chars().take(12).collect();
        let mut row = vec![sample.date().to_string(), commit];
        row.extend(columns.iter().map(|(_, number)| number(sample)));
        row.push(match &sample.counted {
            Ok(_) => safe(&sample.point.tags.join(" ")).into_owned(),
            Err(why) => format!("not seen: {}", safe(why)),
        });
        rows.push(row);
    }
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|it| it.chars().count()).max();
    let widths: Vec<usize> = (0..columns.len() + 2).map(|column| width(column).unwrap_or(0)).collect();
    for (at, row) in rows.iter().enumerate() {
        let cell = |(column, text): (usize, &String)| match widths.get(column) {
            Some(&width) if column < 2 => format!("{text:<width$}"),
            Some(&width) => format!("{text:>width$}"),
            None => text.clone(),
        };
        let line = row.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ");
        let line = format!("  {}", line.trim_end());
        let _ = writeln!(out, "{}", if at == 0 { paint.dim(&line) } else { line });
        if at == 0 && left > 0 {
            let more = format!("  … {} earlier (--max 0 shows all)", grouped(left as u64));
            let _ = writeln!(out, "{}", paint.dim(&more));
        }
    }
    out.push('\n');
}
