//! Paint: colours of the terminal format, or none.
//!
//! Absent on purpose: the decision whether there is colour; that is an option of the renderer.

use crate::finding::Verdict;
use anstyle::{AnsiColor, Style};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::BrightRed.on_default().bold();
const GREEN: Style = AnsiColor::BrightGreen.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const CYAN: Style = AnsiColor::BrightCyan.on_default().bold();

#[derive(Clone, Copy)]
pub struct Paint {
    pub color: bool,
}

impl Paint {
    pub fn bold(self, text: &str) -> String {
        self.with(BOLD, text)
    }

    pub fn dim(self, text: &str) -> String {
        self.with(DIM, text)
    }

    pub fn red(self, text: &str) -> String {
        self.with(RED, text)
    }

    pub fn green(self, text: &str) -> String {
        self.with(GREEN, text)
    }

    pub fn yellow(self, text: &str) -> String {
        self.with(YELLOW, text)
    }

    pub fn cyan(self, text: &str) -> String {
        self.with(CYAN, text)
    }

    /// Text in the colour of a verdict.
    pub fn as_verdict(self, verdict: Verdict, text: &str) -> String {
        match verdict {
            Verdict::Pass => self.green(text),
            Verdict::Incomplete => self.yellow(text),
            Verdict::Fail => self.red(text),
        }
    }

    fn with(self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
