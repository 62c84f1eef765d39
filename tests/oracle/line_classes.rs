//! Compares line classes with those that `tokei` counts in the same files.
//!
//! ```text
//! tokei -f -o json FOLDER | cargo run --release --example line-classes
//! ```
//!
//! tokei knows code, comments and blank lines; doc comments are comments there, or lines of Markdown inside. So docstrings
//! and what tokei finds inside a file count as comments here, and blank lines of docstrings as blank. Prints every file that differs, with both readings, and the sums. Exit status 1 where the classes of a file do not sum to its lines as
//! git counts them.

use serde_json::Value;
use solely::facts::LineTally;
use solely::language::find_language;
use solely::span::{LineIndex, RepoPath};
use std::process::ExitCode;

/// What tokei calls its classes.
const CLASSES: [&str; 3] = ["code", "comments", "blanks"];

/// Lines of languages inside a language, which are doc comments.
fn inner_lines(stats: &Value) -> u64 {
    let own = |inner: &Value| CLASSES.iter().map(|class| inner[class].as_u64().unwrap_or(0)).sum::<u64>();
    stats["blobs"].as_object().into_iter().flatten().map(|(_, inner)| own(inner) + inner_lines(inner)).sum()
}

fn main() -> ExitCode {
    let document: Value = serde_json::from_reader(std::io::stdin()).expect("tokei's JSON");
    let (mut files, mut differ, mut short, mut uneven, mut unread) = (0u64, 0u64, 0u64, 0u64, 0u64);
    let mut sums = [[0u64; 3]; 2];
    for language in document.as_object().expect("tokei's JSON").values() {
        for report in language["reports"].as_array().into_iter().flatten() {
            let name = report["name"].as_str().expect("a name");
            let Some(language) = find_language(&RepoPath::new(name)) else { continue };
            let text = String::from_utf8_lossy(&std::fs::read(name).expect("the file that tokei read")).into_owned();
            let facts = (language.extract)(&text);
            unread += u64::from(!facts.unread.is_empty());
            let mut tally = LineTally::default();
            facts.lines.iter().for_each(|&class| tally.add(class));
            let own = [tally.code, tally.comment + tally.docstring, tally.blank + tally.docstring_blank];
            let stats = &report["stats"];
            let [code, comments, blanks] = CLASSES.map(|class| stats[class].as_u64().unwrap_or(0));
            let theirs = [code, comments + inner_lines(stats), blanks];
            files += 1;
            for (sum, counted) in sums.iter_mut().zip([own, theirs]) {
                sum.iter_mut().zip(counted).for_each(|(sum, it)| *sum += it);
            }
            let lines = u64::from(LineIndex::new(text.as_bytes()).count());
            uneven += u64::from(own.iter().sum::<u64>() != lines);
            short += u64::from(theirs.iter().sum::<u64>() != lines);
            if own != theirs {
                differ += 1;
                println!("{name}: {own:?} here, {theirs:?} there");
            }
        }
    }
    println!("{files} files, {differ} differ, {unread} not read whole");
    println!("not the number of lines that the file has: {uneven} here, {short} there");
    println!("code, comments, blank lines: {:?} here, {:?} there", sums[0], sums[1]);
    ExitCode::from(u8::from(uneven > 0))
}
