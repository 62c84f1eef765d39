//! Where things are: byte spans, 1-based lines and columns, paths inside the repository.
//!
//! Invariant: a [`Span`] is half-open and counts bytes of the decoded text it belongs to; a [`RepoPath`] is relative,
//! `/`-separated and never leaves the repository. Absent on purpose: absolute paths and anything that reads a file.

use bitcode::{Decode, Encode};
use std::fmt;
use std::sync::Arc;

/// A half-open range of bytes, `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: u32, end: u32) -> Self {
        debug_assert!(start <= end, "a span ends before it starts: {start}..{end}");
        Self { start, end }
    }

    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub fn slice(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// A 1-based line and a 1-based column counted in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// First and last line, 1-based and inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct LineRange {
    pub start: u32,
    pub end: u32,
}

impl LineRange {
    pub fn contains(self, line: u32) -> bool {
        self.start <= line && line <= self.end
    }
}

/// Byte offsets at which lines start; turns an offset into a line in `O(log lines)`.
///
/// A line ends at `\n`; `\r\n` therefore counts once and a lone `\r` does not end a line, which is how git counts.
#[derive(Clone, Debug, PartialEq, Eq, Default, Encode, Decode)]
pub struct LineIndex {
    starts: Vec<u32>,
    length: u32,
}

impl LineIndex {
    pub fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at as u32 + 1));
        Self { starts, length: text.len() as u32 }
    }

    /// Number of lines as git counts them: a final line without a newline counts, an empty text has none.
    pub fn count(&self) -> u32 {
        let last_is_empty = self.starts.last() == Some(&self.length);
        self.starts.len() as u32 - u32::from(last_is_empty)
    }

    /// Bytes of the text.
    pub fn length(&self) -> u32 {
        self.length
    }

    /// The 1-based line that holds the byte at `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// The lines that a span touches. An empty span touches the line it stands on.
    pub fn lines(&self, span: Span) -> LineRange {
        let last = if span.is_empty() { span.start } else { span.end - 1 };
        LineRange { start: self.line(span.start), end: self.line(last) }
    }

    /// The byte span of a 1-based line, its newline included. Lines past the end are empty.
    pub fn span(&self, line: u32) -> Span {
        let start = self.starts.get(line as usize - 1).copied().unwrap_or(self.length);
        let end = self.starts.get(line as usize).copied().unwrap_or(self.length);
        Span { start, end }
    }

    pub fn position(&self, offset: u32, text: &str) -> Position {
        let line = self.line(offset);
        let start = self.span(line).start as usize;
        let column = text.get(start..offset as usize).map_or(1, |before| before.chars().count() as u32 + 1);
        Position { line, column }
    }
}

/// A path inside the repository: relative, `/`-separated. Bytes that are not UTF-8 are written `\xNN`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Arc<str>);

impl RepoPath {
    pub fn new(path: &str) -> Self {
        Self(Arc::from(path))
    }

    pub fn from_bytes(path: &[u8]) -> Self {
        let mut out = String::with_capacity(path.len());
        for chunk in path.utf8_chunks() {
            out.push_str(chunk.valid());
            for byte in chunk.invalid() {
                out.push_str(&format!("\\x{byte:02X}"));
            }
        }
        Self(Arc::from(out))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// What follows the last dot of the file name, if there is something before that dot.
    pub fn extension(&self) -> Option<&str> {
        let (stem, extension) = self.file_name().rsplit_once('.')?;
        (!stem.is_empty()).then_some(extension)
    }

    /// Everything before the last component; empty for a file at the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// The path of what has a name in a folder; the empty folder is the root.
pub fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

/// A place that a person can open: path, first position, last line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    pub path: RepoPath,
    pub start: Position,
    pub end_line: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_git_counts_them() {
        for (text, count) in [("", 0), ("a", 1), ("a\n", 1), ("a\n\n", 2), ("a\r\nb", 2), ("\n", 1)] {
            assert_eq!(LineIndex::new(text.as_bytes()).count(), count, "{text:?}");
        }
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = "x\néé z";
        let index = LineIndex::new(text.as_bytes());
        assert_eq!(index.position(text.find('z').unwrap() as u32, text), Position { line: 2, column: 4 });
    }

    #[test]
    fn a_path_that_is_not_utf8_stays_distinct_and_printable() {
        assert_eq!(RepoPath::from_bytes(b"a/\xFFb.py").as_str(), "a/\\xFFb.py");
        assert_eq!(RepoPath::new("a/.env").extension(), None);
        assert_eq!(RepoPath::new("a/b.tar.gz").extension(), Some("gz"));
    }
}
