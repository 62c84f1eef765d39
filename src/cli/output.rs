//! Where a report goes, in which formats, and how much of it.
//!
//! Invariants: a file is written whole or not at all; a reader that closes its end of a pipe ends the output quietly;
//! what was asked for is refused before a run, not after it. Absent on purpose: a format by the name of a file, which
//! would make a typo a format.

use super::Failure;
use crate::cache::Key;
use crate::evidence::Sources;
use crate::report::{FORMATS, FormatSpec, RenderOptions, Report, find_format, formats_of};
use anstream::{AutoStream, ColorChoice};
use clap::builder::{OsStringValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{ArgMatches, FromArgMatches};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

/// Columns where there is no terminal to measure.
const WIDTH_WITHOUT_TERMINAL: usize = 120;

/// What stands for the standard output.
const STANDARD_OUTPUT: &str = "-";

/// The options as typed.
#[derive(clap::Args)]
struct Options<R: Report + 'static> {
    /// How to write the answer
    #[arg(long, env = "SOLELY_FORMAT", value_name = "FORMAT", value_parser = format_parser::<R>(), default_value = FORMATS[0].name)]
    format: &'static FormatSpec,

    /// Write to this file instead of the standard output, which is `-`; `FORMAT=PATH` writes that format as well, and
    /// can be given several times
    #[arg(long = "output", env = "SOLELY_OUTPUT", value_name = "[FORMAT=]PATH", value_parser = target_parser::<R>())]
    targets: Vec<Target>,

    /// Show at most N code frames and N lines of text references; 0 shows all (machine formats always hold all)
    #[arg(long, env = "SOLELY_MAX", value_name = "N", default_value_t = 20)]
    max: usize,

    #[arg(skip)]
    of: PhantomData<fn() -> R>,
}

/// One `--output`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    /// The name of the format, or `None` for that of `--format`.
    format: Option<&'static str>,
    path: PathBuf,
}

/// Every place that one report is written to, each in its format.
pub struct Output<R> {
    places: Vec<(&'static FormatSpec, PathBuf)>,
    max: Option<usize>,
    of: PhantomData<fn() -> R>,
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

impl<R: Report + 'static> clap::Args for Output<R> {
    fn augment_args(command: clap::Command) -> clap::Command {
        Options::<R>::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Options::<R>::augment_args_for_update(command)
    }
}

impl<R: Report + 'static> FromArgMatches for Output<R> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let options = Options::<R>::from_arg_matches(matches)?;
        let places = places(options.format, options.targets)
            .map_err(|refusal| clap::Error::raw(ErrorKind::ArgumentConflict, refusal))?;
        Ok(Self { places, max: (options.max > 0).then_some(options.max), of: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Where each format goes: first what `--format` names, then the others. One place takes one format.
fn places(format: &'static FormatSpec, targets: Vec<Target>) -> Result<Vec<(&'static FormatSpec, PathBuf)>, String> {
    let (named, plain): (Vec<Target>, Vec<Target>) = targets.into_iter().partition(|target| target.format.is_some());
    let mut plain = plain.into_iter().map(|target| target.path);
    let first = plain.next().unwrap_or_else(|| STANDARD_OUTPUT.into());
    if let Some(second) = plain.next() {
        return Err(format!(
            "`--output {}` and `--output {}` are both for `--format`: name the format of one of them, FORMAT=PATH",
            first.display(),
            second.display()
        ));
    }
    let mut places = vec![(format, first)];
    for target in named {
        if places.iter().any(|(_, path)| *path == target.path) {
            return Err(format!("`{}` is to hold more than one format", target.path.display()));
        }
        places.push((target.format.and_then(find_format).expect("a registered format"), target.path));
    }
    Ok(places)
}

impl<R: Report> Output<R> {
    /// What `--max` says: how much of the answer is shown; `None` is all.
    pub fn shown(&self) -> Option<usize> {
        self.max
    }

    /// Renders a report and writes it wherever it belongs.
    pub fn write(&self, report: &R, sources: &Sources, color: Color) -> Result<(), Failure> {
        self.deliver(&self.render(report, sources, color))
    }

    /// The texts of a report, one for each place.
    pub fn render(&self, report: &R, sources: &Sources, color: Color) -> Vec<String> {
        let render = |(format, path): &(&FormatSpec, PathBuf)| {
            let text = format.render(report, sources, &self.options(path, color));
            text.expect("only formats of this report are possible")
        };
        self.places.iter().map(render).collect()
    }

    /// What the texts depend on besides the report, added to the key of what the report depends on.
    pub fn key(&self, report: Key, color: Color) -> Key {
        let place = |(format, path): &(&FormatSpec, PathBuf)| {
            let RenderOptions { color, width, max } = self.options(path, color);
            format!("{} {color} {width} {max:?}\n", format.name)
        };
        Key::new("answer", &[report.as_bytes(), self.places.iter().map(place).collect::<String>().as_bytes()])
    }

    fn options(&self, path: &Path, color: Color) -> RenderOptions {
        let (color, width) = match path == Path::new(STANDARD_OUTPUT) {
            true => (color.is_wanted_on(&io::stdout()), width(&io::stdout())),
            false => (matches!(color, Color::Always), WIDTH_WITHOUT_TERMINAL),
        };
        RenderOptions { color, width, max: self.max }
    }

    /// Writes each text to its place.
    pub fn deliver(&self, texts: &[String]) -> Result<(), Failure> {
        for ((_, path), text) in self.places.iter().zip(texts) {
            if path == Path::new(STANDARD_OUTPUT) {
                print(text)?;
                continue;
            }
            write_file(path, text).map_err(|error| {
                let path = path.display();
                Failure::new(format!("cannot write `{path}`: {error}")).with_help("choose another path with `--output`")
            })?;
        }
        Ok(())
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
pub fn write_file(path: &Path, text: &str) -> io::Result<()> {
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

pub fn format_parser<R: Report>() -> impl TypedValueParser<Value = &'static FormatSpec> {
    let names = formats_of::<R>().map(|format| PossibleValue::new(format.name).help(format.summary));
    PossibleValuesParser::new(names).map(|name| find_format(&name).expect("only registered names are possible"))
}

fn target_parser<R: Report + 'static>() -> impl TypedValueParser<Value = Target> {
    OsStringValueParser::new().try_map(|value| target::<R>(&value))
}

/// `PATH`, or `FORMAT=PATH`. What stands before the `=` is a format if it could be one, so that a typo is not a file.
/// What is not UTF-8 is a path.
fn target<R: Report>(value: &OsStr) -> Result<Target, String> {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
    let typed = value.to_str().and_then(|value| value.split_once('='));
    let Some((name, path)) = typed.filter(|(name, _)| is_name(name)) else {
        return Ok(Target { format: None, path: value.into() });
    };
    let Some(format) = formats_of::<R>().find(|format| format.name == name) else {
        let legal: Vec<&str> = formats_of::<R>().map(|format| format.name).collect();
        let legal = legal.join(", ");
        return Err(format!(
            "`{name}` is no format of this command, legal are {legal}; for a file write `./{name}={path}`"
        ));
    };
    if path.is_empty() || path == STANDARD_OUTPUT {
        return Err(format!("`{name}=` needs a file; `--format {name}` writes to the standard output"));
    }
    Ok(Target { format: Some(format.name), path: path.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::CheckReport;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_format_before_the_path_is_written_as_well() {
        let target = |text: &str| target::<CheckReport>(OsStr::new(text));
        let named = Target { format: Some("json"), path: "a=b.json".into() };
        assert_eq!(target("json=a=b.json"), Ok(named.clone()));
        for plain in ["a.json", "./json=a", "A=b", "=b", "a.b=c", "-"] {
            assert_eq!(target(plain), Ok(Target { format: None, path: plain.into() }));
        }
        assert!(target("jsn=a").unwrap_err().contains("terminal, json"), "{:?}", target("jsn=a"));
        assert!(target("json=").is_err() && target("json=-").is_err());

        let terminal = &FORMATS[0];
        let names = |targets| {
            let places: Result<Vec<(&'static FormatSpec, PathBuf)>, String> = places(terminal, targets);
            places.map(|places| places.into_iter().map(|(format, path)| (format.name, path)).collect::<Vec<_>>())
        };
        let plain = Target { format: None, path: "out.txt".into() };
        assert_eq!(names(vec![]), Ok(vec![("terminal", "-".into())]));
        assert_eq!(names(vec![named.clone()]), Ok(vec![("terminal", "-".into()), ("json", "a=b.json".into())]));
        let both = Ok(vec![("terminal", "out.txt".into()), ("json", "a=b.json".into())]);
        assert_eq!(names(vec![named.clone(), plain.clone()]), both);
        assert!(names(vec![plain.clone(), plain]).is_err());
        assert!(names(vec![named.clone(), named]).is_err());
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
