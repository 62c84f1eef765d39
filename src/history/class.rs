//! What every line of a text is: by a parse where there is a language, by a simple reading elsewhere.
//!
//! The simple reading knows how comments begin, by the file's name: good for the split of a total, blind to strings
//! that hold a comment sign. Invariant: one class per line, as git counts lines; a file whose kind is not known has
//! blank lines and others. Absent on purpose: docstrings outside the languages that have them.

use super::diff::Text;
use crate::facts::{Facts, LineClass, Unread};
use crate::language::find_language;
use crate::language::layout::{self, Layout};
use crate::source::{PARSE_LIMIT, extract_guarded};
use crate::span::{RepoPath, Span};

/// The facts of a text in a language that is known; `None` for other files, and for those too large to parse.
///
/// Bytes that are not UTF-8 become replacement characters, which keeps every line where it is.
pub fn find_facts(path: &RepoPath, text: &Text) -> Option<Facts> {
    let language = find_language(path)?;
    (text.bytes.len() <= PARSE_LIMIT).then(|| extract_guarded(language, &String::from_utf8_lossy(&text.bytes)))
}

/// How comments are written.
enum Comments {
    /// From one of these to the end of the line.
    Line(&'static [&'static str]),
    /// The same, and between the two.
    Block(&'static [&'static str], &'static str, &'static str),
}

/// Comment signs by extension or, for files without one, by name.
const SIGNS: &[(&[&str], Comments)] = &[
    (
        &[
            "sh",
            "bash",
            "zsh",
            "fish",
            "rb",
            "pl",
            "r",
            "mk",
            "yaml",
            "yml",
            "toml",
            "ini",
            "cfg",
            "conf",
            "tf",
            "hcl",
            "nix",
            "properties",
            "ps1",
            "Makefile",
            "Dockerfile",
            "env",
        ],
        Comments::Line(&["#", ";"]),
    ),
    (
        &[
            "js", "jsx", "ts", "tsx", "mjs", "cjs", "go", "rs", "java", "kt", "kts", "c", "h", "cc", "cpp", "hpp",
            "cs", "swift", "scala", "php", "dart", "proto", "scss", "less", "css", "groovy",
        ],
        Comments::Block(&["//"], "/*", "*/"),
    ),
    (&["sql"], Comments::Block(&["--"], "/*", "*/")),
    (&["lua", "hs"], Comments::Line(&["--"])),
    (&["html", "xml", "vue", "svelte"], Comments::Block(&[], "<!--", "-->")),
];

/// The layout of a text, with the class of every line: by the file's language, or by the simple reading.
pub fn layout(path: &RepoPath, text: &Text) -> Layout {
    if let Some(language) = find_language(path)
        && text.bytes.len() <= PARSE_LIMIT
    {
        let read = || (language.layout)(&String::from_utf8_lossy(&text.bytes));
        match std::panic::catch_unwind(read) {
            Ok(layout) if layout.classes.len() == text.count() as usize => return layout,
            _ => {
                let span = Span::new(0, text.bytes.len() as u32);
                let unread = vec![Unread { span, reason: "internal error: the reader panicked".into() }];
                return Layout { unread, ..layout::plain(&text.bytes, classes(path, text)) };
            }
        }
    }
    layout::plain(&text.bytes, classes(path, text))
}

fn classes(path: &RepoPath, text: &Text) -> Vec<LineClass> {
    let key = path.extension().unwrap_or(path.file_name());
    let signs = SIGNS.iter().find(|(names, _)| names.contains(&key)).map(|(_, signs)| signs);
    let mut in_block = false;
    (0..text.count()).map(|line| simple(text.line(line).trim_ascii(), signs, &mut in_block)).collect()
}

fn simple(line: &[u8], signs: Option<&Comments>, in_block: &mut bool) -> LineClass {
    if line.is_empty() {
        return LineClass::Blank;
    }
    let Some(signs) = signs else { return LineClass::Other };
    let (prefixes, block) = match signs {
        Comments::Line(prefixes) => (*prefixes, None),
        Comments::Block(prefixes, open, close) => (*prefixes, Some((*open, *close))),
    };
    if let Some((open, close)) = block {
        let rest = if *in_block { Some(line) } else { line.strip_prefix(open.as_bytes()) };
        if let Some(rest) = rest {
            let end = memchr::memmem::find(rest, close.as_bytes());
            *in_block = end.is_none();
            let after = end.map_or(&[][..], |end| rest[end + close.len()..].trim_ascii());
            return if after.is_empty() { LineClass::Comment } else { LineClass::Code };
        }
    }
    let is_comment = prefixes.iter().any(|prefix| line.starts_with(prefix.as_bytes()));
    if is_comment { LineClass::Comment } else { LineClass::Code }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LineClass::*;

    fn read(path: &str, text: &str) -> Vec<LineClass> {
        layout(&RepoPath::new(path), &Text::new(text.as_bytes().to_vec())).classes
    }

    #[test]
    fn comments_are_known_by_the_name_of_the_file() {
        assert_eq!(read("a.yaml", "# a\nb: 1\n\n"), [Comment, Code, Blank]);
        assert_eq!(read("a.ts", "/* a\n b */\nc\n// d\n"), [Comment, Comment, Code, Comment]);
        assert_eq!(read("Dockerfile", "# a\nFROM b\n"), [Comment, Code]);
        assert_eq!(read("notes.md", "# a\n\n"), [Other, Blank]);
    }
}
