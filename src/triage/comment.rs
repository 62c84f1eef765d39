//! Comments that speak to `solely`: where they stand, and what they cover.
//!
//! In source code a comment is what the parser says; a string that looks like one is none. In other files it is what the
//! usual form of the file's kind makes one: `<!-- … -->`, `#`, `//`, `--`, `..`. Invariant: only files that hold the
//! marker are looked into. Absent on purpose: what the comment says; that is `suppression`.

use crate::facts::{DefinitionKind, Facts};
use crate::language::layout::Layout;
use crate::source::{MARKER, SourceSet};
use crate::span::{LineIndex, LineRange, Location, Position, RepoPath};
use crate::workspace::EntryId;

/// A comment with the marker, and what a suppression in it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub location: Location,
    /// What stands behind the marker, to the end of the comment.
    pub text: String,
    /// The statement, the definition, the paragraph or the line that it stands on or above; empty where nothing follows.
    pub covers: LineRange,
}

/// How a kind of file writes its comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// From here to the end of the line.
    Line(&'static str),
    /// `<!-- … -->`, on one line.
    Markup,
}

const LINE_FORMS: &[(&str, &[&str])] = &[
    (
        "#",
        &[
            "yaml",
            "yml",
            "toml",
            "cfg",
            "ini",
            "conf",
            "properties",
            "env",
            "sh",
            "bash",
            "zsh",
            "fish",
            "rb",
            "pl",
            "r",
            "mk",
            "tf",
            "ex",
            "exs",
            "ps1",
            "dockerfile",
            "makefile",
            "gitignore",
            "txt",
            "pyx",
            "pxd",
        ],
    ),
    (
        "//",
        &[
            "ts", "tsx", "js", "jsx", "mjs", "cjs", "go", "rs", "java", "kt", "php", "cs", "c", "h", "cc", "cpp",
            "hpp", "swift", "scala", "jsonc",
        ],
    ),
    ("--", &["sql", "lua"]),
    ("..", &["rst"]),
];

const MARKUP: &[&str] = &["md", "markdown", "mdx", "html", "htm", "xml", "svg", "vue", "svelte"];

fn form(path: &RepoPath) -> Option<Form> {
    let name = path.file_name().to_ascii_lowercase();
    let kind = name.rsplit('.').next().unwrap_or(&name);
    if MARKUP.contains(&kind) {
        return Some(Form::Markup);
    }
    LINE_FORMS.iter().find(|(_, kinds)| kinds.contains(&kind)).map(|(mark, _)| Form::Line(mark))
}

/// The comments of a file that hold the marker, in order.
pub fn comments(sources: &SourceSet<'_>, id: EntryId) -> Vec<Comment> {
    let path = sources.path(id);
    let Some(text) = sources.text(id) else { return Vec::new() };
    if let Some(language) = sources.language(id) {
        let Some(facts) = sources.facts(id) else { return Vec::new() };
        return in_source(path, &text, &facts, &(language.layout)(&text), language.comment);
    }
    form(path).map_or_else(Vec::new, |form| in_text(path, &text, form))
}

fn in_source(path: &RepoPath, text: &str, facts: &Facts, layout: &Layout, mark: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    for span in &facts.comments {
        let Some(said) = behind_marker(span.slice(text), mark) else { continue };
        let position = facts.line_index.position(span.start, text);
        let line = position.line;
        let before = &text[facts.line_index.span(line).start as usize..span.start as usize];
        let covers = match before.trim().is_empty() && layout.statement_around(line - 1).is_none_or(|it| it.len() == 1)
        {
            true => code_below(text, facts, line, mark).map(|below| statement(facts, layout, below)),
            false => Some(statement(facts, layout, line)),
        };
        let covers = covers.unwrap_or(LineRange { start: 1, end: 0 });
        let location = Location { path: path.clone(), start: position, end_line: line };
        found.push(Comment { location, text: said.to_owned(), covers });
    }
    found
}

/// The first line below that is code, with nothing but comments between.
fn code_below(text: &str, facts: &Facts, line: u32, mark: &str) -> Option<u32> {
    let below =
        (line + 1..=facts.line_index.count()).map(|line| (line, facts.line_index.span(line).slice(text).trim()));
    below
        .skip_while(|(_, text)| text.starts_with(mark))
        .map(|(line, text)| (!text.is_empty()).then_some(line))
        .next()?
}

/// The definition whose decorators or header hold a line, or the statement that does.
fn statement(facts: &Facts, layout: &Layout, line: u32) -> LineRange {
    let lines = layout.statement_around(line - 1).unwrap_or(line - 1..line);
    let lines = LineRange { start: lines.start + 1, end: lines.end };
    let is_block =
        |kind: DefinitionKind| kind == DefinitionKind::Function || kind == DefinitionKind::Method || kind.has_members();
    let headed = facts.definitions.iter().filter(|it| is_block(it.kind)).map(|it| {
        let whole = facts.line_index.lines(it.span);
        (LineRange { start: whole.start, end: facts.line_index.line(it.name_span.start).max(whole.start) }, whole)
    });
    let headed = headed.filter(|(head, _)| head.contains(line) || lines.contains(head.end));
    headed.max_by_key(|(_, whole)| whole.start).map_or(lines, |(_, whole)| whole)
}

fn in_text(path: &RepoPath, text: &str, form: Form) -> Vec<Comment> {
    let index = LineIndex::new(text.as_bytes());
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut fence: Option<&str> = None;
    for (at, line) in lines.iter().enumerate() {
        let number = at as u32 + 1;
        if form == Form::Markup {
            // What a document shows in a fence is no comment of the document.
            let open = line.trim_start();
            let mark = ["```", "~~~"].into_iter().find(|mark| open.starts_with(mark));
            match (fence, mark) {
                (None, Some(mark)) => fence = Some(mark),
                (Some(of), Some(mark)) if of == mark => fence = None,
                _ => {}
            }
            if fence.is_some() {
                continue;
            }
        }
        let Some((start, said, is_alone)) = comment_of(line, form) else { continue };
        let covers = match (is_alone, form) {
            (false, _) => LineRange { start: number, end: number },
            (true, Form::Markup) => paragraph_below(&lines, at),
            (true, Form::Line(mark)) => line_below(&lines, at, mark),
        };
        let start = index.position(index.span(number).start + start as u32, text);
        let start = Position { line: number, ..start };
        found.push(Comment { location: Location { path: path.clone(), start, end_line: number }, text: said, covers });
    }
    found
}

/// Where the comment with the marker begins in a line, what it says, and whether it has the line to itself.
fn comment_of(line: &str, form: Form) -> Option<(usize, String, bool)> {
    let mark = match form {
        Form::Line(mark) => mark,
        Form::Markup => "<!--",
    };
    let marker = line.find(MARKER)?;
    let before = line[..marker].trim_end().strip_suffix(mark)?;
    let begins = before.is_empty() || before.ends_with(char::is_whitespace) || form == Form::Markup;
    if !begins || is_quoted(before) {
        return None;
    }
    let said = &line[marker + MARKER.len()..];
    let (said, behind) = match form {
        Form::Line(_) => (said, ""),
        Form::Markup => said.split_once("-->").unwrap_or((said, "")),
    };
    let is_alone = before.trim().is_empty() && behind.trim().is_empty();
    Some((before.len(), said.trim().to_owned(), is_alone))
}

/// Whether a line ends inside quotes. An apostrophe behind a letter is none.
fn is_quoted(before: &str) -> bool {
    let mut open: Option<char> = None;
    let mut previous = ' ';
    for c in before.chars() {
        match open {
            Some(quote) if c == quote && previous != '\\' => open = None,
            None if matches!(c, '"' | '`') || (c == '\'' && !previous.is_alphanumeric()) => open = Some(c),
            _ => {}
        }
        previous = c;
    }
    open.is_some()
}

fn paragraph_below(lines: &[&str], at: usize) -> LineRange {
    let is_blank = |line: &&str| line.trim().is_empty();
    let start = at + 1 + lines[at + 1..].iter().take_while(|line| is_blank(line)).count();
    let length = lines[start.min(lines.len())..].iter().take_while(|line| !is_blank(line)).count();
    LineRange { start: start as u32 + 1, end: (start + length) as u32 }
}

fn line_below(lines: &[&str], at: usize, mark: &str) -> LineRange {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with(mark);
    match lines[at + 1..].iter().position(is_code) {
        Some(distance) => {
            let line = (at + distance) as u32 + 2;
            LineRange { start: line, end: line }
        }
        None => LineRange { start: 1, end: 0 },
    }
}

/// What a comment says behind the marker, if the marker stands right behind a comment sign.
fn behind_marker<'t>(comment: &'t str, mark: &str) -> Option<&'t str> {
    let at = comment.find(MARKER)?;
    let before = comment[..at].trim_end().strip_suffix(mark)?;
    (!is_quoted(before)).then(|| comment[at + MARKER.len()..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(u32, u32, u32)> {
        let snapshot = crate::workspace::Snapshot::in_memory([(path.to_owned(), text.as_bytes().to_vec())]);
        let sources = SourceSet::new(&snapshot);
        let comments = comments(&sources, EntryId(0));
        comments.iter().map(|it| (it.location.start.line, it.covers.start, it.covers.end)).collect()
    }

    #[test]
    fn a_comment_covers_its_statement_or_the_one_below() {
        let text = "x = 1\ny = f(  # solely: a\n    2,\n)\n# solely: b\n# more\nz = 3\n\n# solely: c\n\nw = 4\n";
        assert_eq!(found("a.py", text), [(2, 2, 4), (5, 7, 7), (9, 1, 0)]);
        assert_eq!(found("a.py", "f(\n    # solely: a\n    2,\n)\n"), [(2, 1, 4)]);
    }

    #[test]
    fn a_comment_on_or_above_a_header_covers_the_definition() {
        let text =
            "class A:  # solely: a\n    def f(self): pass\n\n    # solely: b\n    @x\n    def g(self):\n        pass\n";
        assert_eq!(found("a.py", text), [(1, 1, 7), (4, 5, 7)]);
        assert_eq!(
            found("a.py", "@x  # solely: a\ndef f(\n    a,  # solely: b\n):\n    pass\n"),
            [(1, 1, 5), (3, 1, 5)]
        );
    }

    #[test]
    fn a_string_is_no_comment() {
        assert_eq!(found("a.py", "x = '# solely: a'\n\"\"\"\n# solely: b\n\"\"\"\n"), []);
        assert_eq!(found("a.py", "# write `solely: ignore` in a comment\n"), []);
        assert_eq!(found("a.toml", "x = '# solely: a'\ny = \"\\\"# solely: b\"\n"), []);
        assert_eq!(found("a.yaml", "a: don't  # solely: a\nb: url#solely: x\n"), [(1, 1, 1)]);
    }

    #[test]
    fn documents_have_paragraphs_and_fences() {
        let text = "a <!-- solely: a -->\n\n<!-- solely: b -->\n\nc\nd\n\n```\n<!-- solely: c -->\n```\n`<!-- solely: d -->`\n";
        assert_eq!(found("a.md", text), [(1, 1, 1), (3, 5, 6)]);
        assert_eq!(found("a.json", "// solely: a\n"), []);
        assert_eq!(found("Dockerfile", "# solely: a\n\nRUN x\n"), [(1, 3, 3)]);
    }
}
