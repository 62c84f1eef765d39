//! A trend as a comment.

use super::text::{code, text};
use super::{Page, head};
use crate::evidence::{Sources, TrendReport, TrendSample};
use crate::report::RenderOptions;
use crate::report::sentence;
use crate::report::trend::{columns, policy_of_today};

pub fn render(report: &TrendReport, _sources: &Sources, _options: &RenderOptions) -> String {
    let mut page = Page::default();
    page.push(&format!("## solely trend\n\n> {}\n\n", text(&sentence::trend(report))));
    page.push(&format!("{}.\n\n", text(&sentence::samples(report))));
    let notes = sentence::estimates(report).into_iter().chain(sentence::unseen_samples(report));
    for note in notes {
        page.push(&format!("- {}\n", text(&note)));
    }
    page.push("\n");
    let columns = columns(report);
    let titles: Vec<String> = columns.iter().map(|(title, _)| format!("{title}#")).collect();
    let titles: Vec<&str> = ["date", "commit"].into_iter().chain(titles.iter().map(String::as_str)).collect();
    let row = |sample: &TrendSample| {
        let commit: String = sample.point.commit.chars().take(12).collect();
        let numbers: Vec<String> = columns.iter().map(|(_, number)| number(sample)).collect();
        format!("| {} | {} | {} |", sample.date(), code(&commit), numbers.join(" | "))
    };
    let rows: Vec<String> = report.samples.iter().rev().map(row).collect();
    page.folded("Samples, the newest first", &head(&titles), &rows);
    page.gaps(&report.gaps);
    page.push(&format!("<sub>{}. solely {}</sub>\n", text(&policy_of_today(report)), env!("CARGO_PKG_VERSION")));
    page.finish()
}
