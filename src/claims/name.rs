//! Names in prose: which words of a sentence are code.
//!
//! A word is code where it looks like nothing else: it has an underscore, ends in `()`, is a path with an ending, a
//! dotted path, or changes from lower to upper case twice. Text in backquotes is code if it is one such word.
//! Invariant: a name is kept as written, without its call parentheses. Absent on purpose: what the name means.

use regex::Regex;
use std::fmt;
use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// `shop/orders.py`, `orders.py`, `shop/legacy/`.
    Path,
    /// `USE_ORDERS_V3`.
    Flag,
    /// `Order.save`, `shop.orders:Order`, `_handle_v2`.
    Identifier,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    pub text: String,
    pub kind: NameKind,
}

/// Endings of files that people name in reports.
const ENDINGS: &[&str] = &[
    "py", "pyi", "md", "rst", "txt", "toml", "yaml", "yml", "json", "jsonl", "xml", "ini", "cfg", "sh", "bat", "ps1",
    "ts", "tsx", "js", "jsx", "html", "css", "scss", "sql", "rs", "go", "java", "tf", "env", "lock", "log", "csv",
    "zip", "ipynb", "scm", "bak", "backup",
];

static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[A-Za-z_][A-Za-z0-9_]*(?:[.:][A-Za-z_][A-Za-z0-9_]*)*$").expect("a constant pattern")
});
static PATH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\.?[\w@.+-]*(?:/[\w@.+-]+)*/?$").expect("a constant pattern"));

impl Name {
    /// The name that a word of running text is, if it looks like code.
    pub fn find(word: &str) -> Option<Name> {
        Self::read(word, false)
    }

    /// The name that the text of a code span is; any identifier will do there.
    pub fn of_code(text: &str) -> Option<Name> {
        Self::read(text, true)
    }

    fn read(written: &str, is_code: bool) -> Option<Name> {
        let (text, is_called) = match written.find('(') {
            Some(at) if written.ends_with(')') && (is_code || at + 2 == written.len()) => (&written[..at], true),
            _ => (written, false),
        };
        let text = text.trim_end_matches([':', '.']);
        if text.len() < 2 || text.len() > 300 {
            return None;
        }
        let name = |kind| Some(Name { text: text.to_owned(), kind });
        if IDENTIFIER.is_match(text) && !has_file_ending(text) {
            let is_flag =
                text.contains('_') && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
            return match (is_flag, is_called || is_code || looks_like_code(text)) {
                (true, _) => name(NameKind::Flag),
                (false, true) => name(NameKind::Identifier),
                (false, false) => None,
            };
        }
        let is_path = PATH.is_match(text)
            && (has_file_ending(text) || (text.ends_with('/') && text.len() > 3 && text.matches('/').count() >= 2));
        if is_path { name(NameKind::Path) } else { None }
    }

    /// The last part of the name: `save` of `shop.orders:Order.save`; a path's file name.
    pub fn last(&self) -> &str {
        let separators: &[char] = if self.kind == NameKind::Path { &['/'] } else { &['.', ':'] };
        self.text.trim_end_matches('/').rsplit(separators).next().unwrap_or(&self.text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn has_file_ending(text: &str) -> bool {
    let file = text.rsplit('/').next().unwrap_or(text);
    file.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && ENDINGS.contains(&ending))
}

/// `_x`, `a_b`, `UserMessageHandler`, `a.b.c`; not `WebSocket`, `GitHub`, `e.g`.
fn looks_like_code(text: &str) -> bool {
    if text.contains('_') {
        return text.chars().any(char::is_alphanumeric);
    }
    let parts: Vec<&str> = text.split(['.', ':']).collect();
    if parts.len() >= 2 {
        return parts.len() >= 3 || parts.iter().any(|part| humps(part) >= 2) || text.contains(':');
    }
    humps(text) >= 2 && text.chars().next().is_some_and(char::is_uppercase) && humps(text) >= 3
        || humps(text) >= 2 && text.len() >= 12
}

/// Words of a name in camel case: 3 in `UserMessageHandler`, 2 in `WebSocket`, 1 in `API` and `word`.
fn humps(text: &str) -> usize {
    let chars: Vec<char> = text.chars().collect();
    1 + chars
        .windows(2)
        .filter(|pair| (pair[0].is_lowercase() || pair[0].is_ascii_digit()) && pair[1].is_uppercase())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_words() {
        for (word, kind) in [
            ("_handle_message_v2_legacy()", NameKind::Identifier),
            ("get_user", NameKind::Identifier),
            ("UserMessageHandler", NameKind::Identifier),
            ("SingletonToFactoryBridge", NameKind::Identifier),
            ("EngineConfig", NameKind::Identifier),
            ("shop.orders:Order.save", NameKind::Identifier),
            ("USE_WEBSOCKET_SUPERVISOR_V3", NameKind::Flag),
            ("websocket_manager_factory.py", NameKind::Path),
            ("shop/legacy/", NameKind::Path),
            ("netra/app/core/emergency.py", NameKind::Path),
        ] {
            assert_eq!(Name::find(word).map(|name| name.kind), Some(kind), "{word}");
        }
        for word in [
            "WebSocket",
            "GitHub",
            "API",
            "V3",
            "and/or",
            "e.g.",
            "LLM/API",
            "removed",
            "12",
            "PASS",
            "SSOT",
            "",
            "v2.0",
        ] {
            assert_eq!(Name::find(word), None, "{word}");
        }
        assert_eq!(Name::of_code("os").map(|name| name.text), Some("os".into()));
        assert_eq!(Name::of_code("save(order)").map(|name| name.text), Some("save".into()));
        assert_eq!(Name::of_code("pip install x"), None);
    }

    #[test]
    fn the_last_part_is_what_code_uses() {
        let last = |text: &str| Name::of_code(text).unwrap().last().to_owned();
        assert_eq!(last("shop.orders:Order.save"), "save");
        assert_eq!(last("shop/orders.py"), "orders.py");
        assert_eq!(last("shop/legacy/"), "legacy");
    }
}
