//! Where a report goes, and how much of it.
//!
//! Invariants: a file is written whole or not at all; a reader that closes its end of a pipe ends the output quietly.

use super::Failure;
use crate::report::{FORMATS, FormatSpec, RenderOptions, Renderer, find_format};
use anstream::{AutoStream, ColorChoice};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Columns where there is no terminal to measure.
const WIDTH_WITHOUT_TERMINAL: usize = 120;

#[derive(clap::Args)]
pub struct Output {
    /// How to write the answer
    #[arg(long, value_name = "FORMAT", value_parser = format_parser(), default_value = FORMATS[0].name)]
    pub format: &'static FormatSpec,

    /// Write to this file instead of the standard output, which is `-`
    #[arg(long, value_name = "PATH", default_value = "-")]
    output: PathBuf,

    /// Show at most N code frames and N lines of text references; 0 shows all (machine formats always hold all)
    #[arg(long, value_name = "N", default_value_t = 20)]
    max: usize,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    pub fn is_wanted_on(self, stream: &impl anstream::stream::RawStream) -> bool {
        match self {
            Color::Auto => AutoStream::choice(stream) != ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        }
    }
}

impl Output {
    /// Renders a report and writes it where it belongs.
    pub fn write<R>(
        &self,
        render: Renderer<R>,
        report: &R,
        sources: &crate::evidence::Sources,
        color: Color,
    ) -> Result<(), Failure> {
        let max = (self.max > 0).then_some(self.max);
        if self.output == Path::new("-") {
            let stdout = io::stdout();
            let options = RenderOptions { color: color.is_wanted_on(&stdout), width: width(&stdout), max };
            return print(&render(report, sources, &options));
        }
        let color = matches!(color, Color::Always);
        let text = render(report, sources, &RenderOptions { color, width: WIDTH_WITHOUT_TERMINAL, max });
        write_file(&self.output, &text).map_err(|error| {
            let path = self.output.display();
            Failure::new(format!("cannot write `{path}`: {error}")).with_help("choose another path with `--output`")
        })
    }
}

/// Writes to the standard output. A closed pipe is not an error: the reader has what it wanted.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write to the standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Columns of the terminal that a stream is.
pub fn width(stream: &impl IsTerminal) -> usize {
    let size = if stream.is_terminal() { terminal_size::terminal_size() } else { None };
    // a frame in less than 60 columns shows nothing of the code
    size.map_or(WIDTH_WITHOUT_TERMINAL, |(width, _)| usize::from(width.0).max(60))
}

/// Writes beside the target and renames, so that no reader ever sees half a report. What is no regular file (a pipe, a
/// device) is written straight.
fn write_file(path: &Path, text: &str) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        let written = fs::OpenOptions::new().write(true).open(path)?.write_all(text.as_bytes());
        return written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) });
    }
    // a link stays a link: what it leads to is replaced
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let keep_permissions = |metadata: fs::Metadata| fs::set_permissions(&beside, metadata.permissions());
    let written = fs::write(&beside, text)
        .and_then(|()| fs::metadata(&path).map_or(Ok(()), keep_permissions))
        .and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn format_parser() -> impl TypedValueParser<Value = &'static FormatSpec> {
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.summary));
    PossibleValuesParser::new(names).map(|name| find_format(&name).expect("only registered names are possible"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        write_file(&path, "first").unwrap();
        write_file(&path, "second").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(names(folder.path()), ["report.json"]);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_file(&folder.path().join("no/such/folder.json"), "x").is_err());
        assert!(write_file(folder.path(), "x").is_err());
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "before").unwrap();
        std::os::unix::fs::symlink("target", &link).unwrap();
        write_file(&link, "after").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "after");
        write_file(Path::new("/dev/null"), "x").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
