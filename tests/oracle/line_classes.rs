//! Compares line classes with those that `tokei` counts in the same files.
//!
//! ```text
//! tokei -f -C -o json FOLDER | cargo run --release --example line-classes
//! ```
//!
//! tokei knows code, comments and blank lines; doc comments and docstrings are comments there or, in Markdown of their
//! own, code of another language. So docstrings count as comments here too, and their blank lines as blank. Prints every
//! file that differs, with both readings, and the sums. Exit status 1 where lines of a file do not add up to the same.

use serde_json::Value;
use solely::facts::LineTally;
use solely::language::find_language;
use solely::span::RepoPath;
use std::process::ExitCode;

fn main() -> ExitCode {
    let document: Value = serde_json::from_reader(std::io::stdin()).expect("tokei's JSON");
    let (mut files, mut differ, mut uneven, mut unread) = (0u64, 0u64, 0u64, 0u64);
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
            let theirs = ["code", "comments", "blanks"].map(|class| report["stats"][class].as_u64().unwrap_or(0));
            files += 1;
            for (sum, counted) in sums.iter_mut().zip([own, theirs]) {
                sum.iter_mut().zip(counted).for_each(|(sum, it)| *sum += it);
            }
            uneven += u64::from(own.iter().sum::<u64>() != theirs.iter().sum::<u64>());
            if own != theirs {
                differ += 1;
                println!("{name}: {own:?} here, {theirs:?} there");
            }
        }
    }
    println!("{files} files, {differ} differ, {uneven} in the number of lines, {unread} not read whole");
    println!("code, comments, blank lines: {:?} here, {:?} there", sums[0], sums[1]);
    ExitCode::from(u8::from(uneven > 0))
}
