//! Expectations: what the comments and fences of a case say must be found, and the comparison with what was.

use super::markdown::Block;

/// What kind of thing stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Finding,
    Note,
    Warning,
    Reference,
    Gap,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Finding => "finding",
            Kind::Note => "note",
            Kind::Warning => "warning",
            Kind::Reference => "ref",
            Kind::Gap => "gap",
        }
    }
}

/// Something expected at a place, or found there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// `path:line`, or a path alone.
    pub place: String,
    pub kind: Kind,
    /// Compared as a whole: the rule's id in brackets, the kind and tier of a reference.
    pub label: String,
    /// A part of the message where it is expected, the whole of it where it is found.
    pub text: String,
}

/// A caret below a name: what the name must mean.
#[derive(Debug)]
pub struct Caret {
    pub path: String,
    /// 1-based line of the name, 0-based byte column.
    pub line: usize,
    pub column: usize,
    pub meanings: Vec<String>,
}

/// A file without its marks, and the marks.
pub struct File {
    pub path: String,
    pub bytes: Vec<u8>,
    pub expected: Vec<Item>,
    pub carets: Vec<Caret>,
}

/// Reads a block that is a file.
pub fn file(block: &Block, path: &str) -> File {
    let mut file = File { path: path.to_owned(), bytes: Vec::new(), expected: Vec::new(), carets: Vec::new() };
    let mut text = String::new();
    let mut above = 0;
    for (at, line) in block.text.lines().enumerate() {
        if let Some((column, meanings)) = caret(line) {
            file.carets.push(Caret { path: path.to_owned(), line: above, column, meanings });
            text.push('\n');
            continue;
        }
        above = at + 1;
        let (rest, marks) = marks(line);
        for (kind, mark) in marks {
            file.expected.push(item(kind, format!("{path}:{}", at + 1), &mark));
        }
        text.push_str(rest);
        text.push('\n');
    }
    let option = |name: &str| block.words.iter().find_map(|word| word.strip_prefix(name));
    file.bytes = match option("escaped") {
        Some(_) => unescape(text.trim_end_matches('\n')),
        None => text.into_bytes(),
    };
    if let Some(times) = option("times=") {
        file.bytes = file.bytes.repeat(times.parse().expect("`times=` has a number"));
    }
    file
}

/// `#    ^ defined: a.b:C, likely a.b:D`, behind `//` as well.
fn caret(line: &str) -> Option<(usize, Vec<String>)> {
    let line_start = line.trim_start();
    let rest = line_start.strip_prefix('#').or_else(|| line_start.strip_prefix("//"))?.trim_start();
    let said = rest.strip_prefix('^')?.trim_start().strip_prefix("defined:")?;
    let column = line.find('^')?;
    Some((column, said.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()))
}

const MARKS: &[(&str, Kind)] =
    &[("finding: ", Kind::Finding), ("note: ", Kind::Note), ("warning: ", Kind::Warning), ("ref: ", Kind::Reference)];

/// A line without the marks at its end, and the marks.
fn marks(line: &str) -> (&str, Vec<(Kind, String)>) {
    let mut starts: Vec<(usize, usize, Kind)> = Vec::new();
    for opening in ["# ", "// ", "<!-- "] {
        for (word, kind) in MARKS {
            let mark = format!("{opening}{word}");
            starts.extend(line.match_indices(&mark).map(|(at, _)| (at, at + mark.len(), *kind)));
        }
    }
    starts.sort();
    let mut found = Vec::new();
    for (at, &(_, body, kind)) in starts.iter().enumerate() {
        let end = starts.get(at + 1).map_or(line.len(), |next| next.0);
        let body = line[body..end].trim();
        found.push((kind, body.strip_suffix("-->").unwrap_or(body).trim().to_owned()));
    }
    match starts.first() {
        Some(&(0, ..)) => ("", found),
        Some(&(start, ..)) => (line[..start].trim_end(), found),
        None => (line, found),
    }
}

/// `[rule-id] "part of the message"`, or a label alone.
fn item(kind: Kind, place: String, mark: &str) -> Item {
    let (label, text) = match mark.split_once('"') {
        Some((label, rest)) => (label.trim(), rest.strip_suffix('"').expect("a quoted part ends with a quote")),
        None => (mark, ""),
    };
    let is_rule = label.starts_with('[') && label.ends_with(']');
    match kind {
        Kind::Finding | Kind::Note => assert!(is_rule, "`{mark}` does not begin with a rule id in brackets"),
        Kind::Warning => assert!(label.is_empty() && !text.is_empty(), "a warning is a quoted part: `{mark}`"),
        _ => {}
    }
    Item { place, kind, label: label.to_owned(), text: text.to_owned() }
}

/// `path:line [rule-id] "part"` and `note path:line [rule-id] "part"`, one a line.
pub fn findings(block: &Block) -> Vec<Item> {
    let lines = block.text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (kind, line) = match line.strip_prefix("note ") {
                Some(rest) => (Kind::Note, rest),
                None => (Kind::Finding, line),
            };
            let (place, rest) = line.split_once(' ').expect("a place and a rule");
            item(kind, place.to_owned(), rest.trim())
        })
        .collect()
}

/// `path:line call proven`, one a line.
pub fn references(block: &Block) -> Vec<Item> {
    let lines = block.text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (place, rest) = line.split_once(' ').expect("a place and what stands there");
            item(Kind::Reference, place.to_owned(), rest.trim())
        })
        .collect()
}

/// `\xE9`, `\n`, `\t`, `\r`, `\0` and `\\` stand for bytes; each line break in the block is none.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chars = text.chars().filter(|&c| c != '\n');
    while let Some(c) = chars.next() {
        if c != '\\' {
            bytes.extend(c.to_string().as_bytes());
            continue;
        }
        match chars.next().expect("something behind a backslash") {
            'n' => bytes.push(b'\n'),
            't' => bytes.push(b'\t'),
            'r' => bytes.push(b'\r'),
            '0' => bytes.push(0),
            '\\' => bytes.push(b'\\'),
            'x' => {
                let digits: String = chars.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&digits, 16).expect("two hexadecimal digits"));
            }
            other => panic!("`\\{other}` is no escape"),
        }
    }
    bytes
}

/// The lines of a diff between what was expected and what was found; empty if they agree.
pub fn compare(mut expected: Vec<Item>, found: Vec<Item>) -> Vec<String> {
    let mut surplus = Vec::new();
    // The longest part is the pickiest, so it chooses first.
    expected.sort_by_key(|item| std::cmp::Reverse(item.text.len()));
    for actual in found {
        let matches = |item: &Item| {
            (&item.place, item.kind, &item.label) == (&actual.place, actual.kind, &actual.label)
                && actual.text.contains(&item.text)
        };
        match expected.iter().position(matches) {
            Some(at) => drop(expected.remove(at)),
            None => surplus.push(actual),
        }
    }
    let missing = expected.into_iter().map(|item| ("-", item));
    let mut lines: Vec<_> = missing.chain(surplus.into_iter().map(|item| ("+", item))).collect();
    lines.sort_by_key(|(_, item)| position(&item.place));
    lines.into_iter().map(|(sign, item)| told(sign, &item)).collect()
}

fn told(sign: &str, item: &Item) -> String {
    let text = if item.text.is_empty() { String::new() } else { format!("\"{}\"", item.text) };
    let said = [item.label.as_str(), &text].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    format!("{sign} {}  {}: {said}", item.place, item.kind.word())
}

/// `a/b.py:12` sorts behind `a/b.py:3`.
fn position(place: &str) -> (String, usize) {
    let (path, line) = place.rsplit_once(':').unwrap_or((place, "0"));
    (path.to_owned(), line.parse().unwrap_or(0))
}

#[test]
fn missing_and_surplus_are_both_told() {
    let item = |place: &str, text: &str| Item {
        place: place.into(),
        kind: Kind::Finding,
        label: "[r]".into(),
        text: text.into(),
    };
    let expected = vec![item("a.py:2", "called"), item("a.py:10", "is"), item("a.py:10", "is imported")];
    let found = vec![item("a.py:10", "`x` is imported"), item("a.py:10", "`x` is called"), item("b.py:1", "more")];
    assert_eq!(compare(expected, found), ["- a.py:2  finding: [r] \"called\"", "+ b.py:1  finding: [r] \"more\""]);
}

#[test]
fn marks_leave_the_file() {
    let (line, found) = marks("x = 1  # old  # finding: [a] \"b\" # note: [c] \"d\"");
    assert_eq!(line, "x = 1  # old");
    assert_eq!(found, [(Kind::Finding, "[a] \"b\"".into()), (Kind::Note, "[c] \"d\"".into())]);
    assert_eq!(marks("text <!-- ref: text document -->"), ("text", vec![(Kind::Reference, "text document".into())]));
    assert_eq!(caret("    #  ^ defined: a:b, likely c:d"), Some((7, vec!["a:b".into(), "likely c:d".into()])));
    assert_eq!(unescape("a\\xE9\\n\n"), [b'a', 0xE9, b'\n']);
}
