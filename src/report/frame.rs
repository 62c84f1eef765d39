//! Frames: one message with the line of code it is about, as compilers show it.
//!
//! Invariant: every frame shows the true path, line and column, however the quoted line had to be shortened or escaped.
//! A frame quotes one line per place, so its size does not depend on the size of a file. Absent on purpose: which
//! findings deserve a frame.

use super::escape::safe;
use crate::evidence::Sources;
use crate::finding::Severity;
use crate::span::{LineIndex, RepoPath};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use std::collections::BTreeMap;
use std::ops::Range;

/// A message, the place it is about, and what else helps.
pub struct Frame<'a> {
    pub severity: Severity,
    /// The id of a rule, shown in brackets.
    pub id: Option<&'a str>,
    pub message: &'a str,
    pub place: Option<Place<'a>>,
    pub notes: Vec<String>,
    pub help: Option<&'a str>,
    pub related: Vec<(&'a str, Place<'a>)>,
}

/// A place and the line that stands there.
pub struct Place<'a> {
    pub path: &'a str,
    pub line: u32,
    pub column: u32,
    /// The whole line; `None` where the text is not at hand.
    pub text: Option<&'a str>,
    /// The name that is underlined if it stands at the column; otherwise the word there is.
    pub mark: &'a str,
    pub label: Option<String>,
}

/// Renders a frame, with a newline at its end.
pub fn render(frame: &Frame<'_>, color: bool, width: usize) -> String {
    let level = match frame.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut title = level.primary_title(safe(frame.message));
    if let Some(id) = frame.id {
        title = title.id(safe(id));
    }
    let mut group = Group::with_title(title);
    if let Some(place) = &frame.place {
        group = group.element(quote(place, AnnotationKind::Primary));
    }
    for note in &frame.notes {
        group = group.element(Level::NOTE.message(safe(note)));
    }
    // without a place there is no frame for the help to hang on; it stands on a line of its own
    let (framed_help, free_help) = if frame.place.is_some() { (frame.help, None) } else { (None, frame.help) };
    if let Some(help) = framed_help {
        group = group.element(Level::HELP.message(safe(help)));
    }
    let mut groups = vec![group];
    for (message, place) in &frame.related {
        let title = Level::NOTE.secondary_title(safe(message));
        groups.push(Group::with_title(title).element(quote(place, AnnotationKind::Primary)));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(width);
    let mut text = renderer.render(&groups);
    text.push('\n');
    if let Some(help) = free_help {
        text.push_str(&renderer.render(&[Group::with_title(Level::HELP.primary_title(safe(help)))]));
        text.push('\n');
    }
    for place in frame.place.iter().chain(frame.related.iter().map(|(_, place)| place)) {
        text = with_true_column(text, place);
    }
    text
}

fn quote<'a>(place: &Place<'a>, kind: AnnotationKind) -> Element<'a> {
    let (path, line) = (safe(place.path), place.line as usize);
    let Some(text) = place.text else {
        return Origin::path(path).line(line).char_column(place.column as usize).into();
    };
    let Excerpt { text, mark } = excerpt(text, place.column, place.mark, LINE_LIMIT);
    let annotation = kind.span(mark).label(place.label.clone());
    Snippet::source(text).path(path).line_start(line).annotation(annotation).into()
}

/// The renderer counts the column in the text it is given. Where that text was escaped or cut, the header of the frame
/// gets the column in the file instead.
fn with_true_column(frame: String, place: &Place<'_>) -> String {
    let Some(text) = place.text else { return frame };
    let Excerpt { text, mark } = excerpt(text, place.column, place.mark, LINE_LIMIT);
    let shown = text[..mark.start].chars().count() + 1;
    let header = |column: usize| format!("{}:{}:{column}", safe(place.path), place.line);
    if shown == place.column as usize {
        frame
    } else {
        frame.replacen(&header(shown), &header(place.column as usize), 1)
    }
}

/// Characters of a line that a frame takes; the renderer then fits them to the width.
const LINE_LIMIT: usize = 1000;

/// A line made safe and short, and the bytes in it that are meant.
pub struct Excerpt {
    pub text: String,
    pub mark: Range<usize>,
}

/// Shortens a line to about `limit` characters around the 1-based column.
pub fn excerpt(line: &str, column: u32, mark: &str, limit: usize) -> Excerpt {
    let line = line.trim_end();
    let start = line.char_indices().nth(column.saturating_sub(1) as usize).map_or(line.len(), |(at, _)| at);
    let length = if !mark.is_empty() && line[start..].starts_with(mark) { mark.len() } else { word(&line[start..]) };
    let end = start + length;
    let room = limit.saturating_sub(length.min(limit));
    // when the line does not fit, one third of the room goes to what stands before
    let from = if line.len() <= limit { 0 } else { floor_boundary(line, start.saturating_sub(room / 3)) };
    let until = floor_boundary(line, line.len().min(from.saturating_add(limit)));
    let (start, end) = (start.min(until), end.min(until));

    let mut text = String::new();
    if from > 0 {
        text.push('…');
    }
    text.push_str(&safe(&line[from..start]));
    let marked = text.len();
    text.push_str(&safe(&line[start..end]));
    let mark = marked..text.len();
    text.push_str(&safe(&line[end..until]));
    if until < line.len() {
        text.push('…');
    }
    Excerpt { text, mark }
}

/// Length of the identifier or dotted path at the start; of one character where there is none.
fn word(text: &str) -> usize {
    let length = text.find(|char: char| !(char.is_alphanumeric() || char == '_' || char == '.')).unwrap_or(text.len());
    if length > 0 { length } else { text.chars().next().map_or(0, char::len_utf8) }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Lines of the quoted files, each file indexed once.
pub struct Quotes<'a> {
    sources: &'a Sources,
    indices: BTreeMap<&'a RepoPath, LineIndex>,
}

impl<'a> Quotes<'a> {
    pub fn new(sources: &'a Sources) -> Self {
        Self { sources, indices: BTreeMap::new() }
    }

    /// A 1-based line without its end, if the text is at hand and has that line.
    pub fn find_line(&mut self, path: &RepoPath, line: u32) -> Option<&'a str> {
        let (path, text) = self.sources.get_key_value(path)?;
        let index = self.indices.entry(path).or_insert_with(|| LineIndex::new(text.as_bytes()));
        if line == 0 || line > index.count() {
            return None;
        }
        Some(index.span(line).slice(text).trim_end_matches(['\n', '\r']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place<'a>(text: &'a str, column: u32, mark: &'a str) -> Place<'a> {
        Place { path: "pkg/a.py", line: 12, column, text: Some(text), mark, label: None }
    }

    fn plain(place: Place<'_>) -> String {
        let (notes, related) = (vec![], vec![]);
        let frame = Frame {
            severity: Severity::Error,
            id: Some("r"),
            message: "m",
            place: Some(place),
            notes,
            help: None,
            related,
        };
        render(&frame, false, 80)
    }

    #[test]
    fn the_name_is_underlined_at_its_true_place() {
        let expected = "\
error[r]: m
  --> pkg/a.py:12:10
   |
12 |     self.run_v2(x)
   |          ^^^^^^
";
        assert_eq!(plain(place("    self.run_v2(x)", 10, "run_v2")), expected);
    }

    #[test]
    fn an_escape_in_the_line_moves_neither_the_underline_nor_the_column() {
        let text = plain(place("\u{1b}[36mrun_v2", 6, "run_v2"));
        assert!(text.contains("pkg/a.py:12:6"), "{text}");
        assert!(text.contains("12 | \\x1b[36mrun_v2\n   |         ^^^^^^\n"), "{text}");
    }

    #[test]
    fn a_line_of_megabytes_is_cut_around_the_name() {
        let line = format!("{}run_v2{}", "é".repeat(500_000), "y".repeat(500_000));
        let Excerpt { text, mark } = excerpt(&line, 500_001, "run_v2", 100);
        assert_eq!(&text[mark], "run_v2");
        assert!(text.len() < 200 && text.starts_with('…') && text.ends_with('…'), "{text}");
        let huge = "x".repeat(1_000_000);
        assert!(excerpt(&huge, 1, &huge, 100).text.len() < 200);
    }

    #[test]
    fn a_column_past_the_end_marks_nothing() {
        let Excerpt { text, mark } = excerpt("ab", 9, "x", 100);
        assert_eq!((text.as_str(), mark), ("ab", 2..2));
    }

    proptest::proptest! {
        #[test]
        fn an_excerpt_is_safe_and_bounded_whatever_the_line(
            line in "(\\PC|[\u{1b}\t\r\u{202e}é])*",
            column in 0u32..60,
            mark in "[a-zé_]{0,8}",
            limit in 1usize..80,
        ) {
            let Excerpt { text, mark } = excerpt(&line, column, &mark, limit);
            proptest::prop_assert!(text.is_char_boundary(mark.start) && text.is_char_boundary(mark.end));
            let unsafe_char = text.contains(['\u{1b}', '\r', '\u{202e}']);
            proptest::prop_assert!(!unsafe_char);
            // an escape takes at most nine characters for one
            proptest::prop_assert!(text.chars().count() <= limit.max(1) * 9 + 2);
        }
    }
}
