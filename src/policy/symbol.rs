//! Symbols as a policy writes them: `package.module:Class.method`.
//!
//! - Before the colon stands a dotted module, after it a dotted name inside that module. Without a colon, or with
//!   nothing after it, the module itself is meant.
//! - `*` matches any letters within one part, on either side.
//! - `**` is a part of the module side that stands for any number of parts, none included: `app.**` is `app` and
//!   everything below it, `**:Store` is every `Store`.
//!
//! Absent on purpose: resolution. `a.b:C` and a re-export of it are one symbol to the project model, and two texts here.

use super::{PolicyPlace, SymbolPattern};

impl SymbolPattern {
    pub fn parse(text: &str, place: PolicyPlace) -> Result<Self, SymbolError> {
        if let Some(error) = foreign_notation(text) {
            return Err(error);
        }
        let (module, name) = match text.split_once(':') {
            Some((module, name)) => (module, Some(name).filter(|name| !name.is_empty())),
            None => (text, None),
        };
        for part in module.split('.') {
            check_part(part, text, Side::Module)?;
        }
        for part in name.into_iter().flat_map(|name| name.split('.')) {
            check_part(part, text, Side::Name)?;
        }
        if !text.contains(':') {
            check_is_module(module)?;
        }
        if text.chars().all(|c| matches!(c, '*' | '.' | ':')) {
            return Err(SymbolError::new("names everything", "name at least one part of what is meant"));
        }
        Ok(Self { module: module.to_string(), name: name.map(str::to_string), place })
    }

    /// Whether the pattern names this definition, or this module when `name` is `None`.
    pub fn matches(&self, module: &str, name: Option<&str>) -> bool {
        if !matches_dotted(&self.module, module) {
            return false;
        }
        match (&self.name, name) {
            (None, None) => true,
            (Some(pattern), Some(name)) => matches_dotted(pattern, name),
            _ => false,
        }
    }

    /// The last part of the name, or of the module, globs included.
    pub fn last_name(&self) -> &str {
        let path = self.name.as_deref().unwrap_or(&self.module);
        path.rsplit('.').next().unwrap_or(path)
    }

    /// Whether the pattern may name more than one thing.
    pub fn has_globs(&self) -> bool {
        self.module.contains('*') || self.name.as_deref().is_some_and(|name| name.contains('*'))
    }
}

impl std::fmt::Display for SymbolPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{}:{name}", self.module),
            None => f.write_str(&self.module),
        }
    }
}

/// Why a text is not a symbol; the message continues "`text` …".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolError {
    pub message: String,
    pub help: String,
}

impl SymbolError {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// Whether a dotted path matches a dotted pattern, part by part; `**` stands for any number of parts.
pub fn matches_dotted(pattern: &str, path: &str) -> bool {
    if !pattern.contains('*') {
        return pattern == path;
    }
    let pattern: Vec<&str> = pattern.split('.').collect();
    let path: Vec<&str> = path.split('.').collect();
    // reached[i]: the patterns so far match the first `i` parts of the path.
    let mut reached = vec![false; path.len() + 1];
    reached[0] = true;
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        for at in 0..=path.len() {
            next[at] = match part {
                "**" => reached[at] || (at > 0 && next[at - 1]),
                _ => at > 0 && reached[at - 1] && matches_name(part, path[at - 1]),
            };
        }
        reached = next;
    }
    reached[path.len()]
}

/// Whether a name matches a name glob: `*` is any letters, `?` one, `[0-9]` and `[!a-z]` one of a class.
pub fn matches_name(glob: &str, name: &str) -> bool {
    if !glob.contains(['*', '?', '[']) {
        return glob == name;
    }
    let Some(tokens) = tokens(glob) else { return false };
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut token) = (0, 0);
    let mut retry = None;
    loop {
        match tokens.get(token) {
            Some(Token::Any) => {
                token += 1;
                retry = Some((token, at));
                continue;
            }
            Some(one) if at < name.len() && one.takes(name[at]) => {
                (at, token) = (at + 1, token + 1);
                continue;
            }
            None if at == name.len() => return true,
            _ => {}
        }
        // Let the last `*` take one more letter.
        match retry {
            Some((after, from)) if from < name.len() => {
                retry = Some((after, from + 1));
                (at, token) = (from + 1, after);
            }
            _ => return false,
        }
    }
}

/// Whether a text is a name glob: an identifier in which `*`, `?` and `[…]` may stand.
pub(super) fn is_name_glob(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit()) && tokens(text).is_some()
}

enum Token {
    Any,
    AnyOne,
    One(char),
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Token {
    fn takes(&self, c: char) -> bool {
        match self {
            Token::Any | Token::AnyOne => true,
            Token::One(own) => *own == c,
            Token::Class { negated, ranges } => ranges.iter().any(|(low, high)| (low..=high).contains(&&c)) != *negated,
        }
    }
}

/// The parts of a name glob, or `None` where it is not one.
fn tokens(glob: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = glob.chars();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' => Token::Any,
            '?' => Token::AnyOne,
            '[' => {
                let (class, rest) = chars.as_str().split_once(']')?;
                chars = rest.chars();
                class_of(class)?
            }
            c if c.is_alphanumeric() || c == '_' => Token::One(c),
            _ => return None,
        });
    }
    Some(tokens)
}

fn class_of(class: &str) -> Option<Token> {
    let (negated, class) = match class.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, class),
    };
    let letters: Vec<char> = class.chars().collect();
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let is_range = at + 2 < letters.len() && letters[at + 1] == '-';
        let high = if is_range { letters[at + 2] } else { letters[at] };
        if high < letters[at] || !letters[at].is_alphanumeric() && letters[at] != '_' {
            return None;
        }
        ranges.push((letters[at], high));
        at += if is_range { 3 } else { 1 };
    }
    (!ranges.is_empty()).then_some(Token::Class { negated, ranges })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Module,
    Name,
}

fn check_part(part: &str, text: &str, side: Side) -> Result<(), SymbolError> {
    if part.is_empty() {
        let help = "write `package.module:Class.method`, or `**:Class` for a class in any module";
        return Err(SymbolError::new("has an empty part", help));
    }
    if part.contains("**") && (part != "**" || side == Side::Name) {
        let help = match side {
            Side::Module => "`**` is a part of its own, as in `app.**.handlers`; within a part, write `*`",
            Side::Name => "within a name `*` is enough; `**` stands for modules, before the colon",
        };
        return Err(SymbolError::new("holds `**` where it has no meaning", help));
    }
    // A module may be called what its file is called: `0001_initial`, `run-all`.
    let is_legal = |c: char| c.is_alphanumeric() || c == '_' || c == '*' || (c == '-' && side == Side::Module);
    if let Some(bad) = part.chars().find(|&c| !is_legal(c)) {
        let help = match bad {
            ':' => "write one colon, between the module and the name: `package.module:Class.method`",
            _ => "parts are names in which `*` may stand: `package.module:Class.method`",
        };
        return Err(SymbolError::new(format!("holds `{}`, which no symbol has", bad.escape_default()), help));
    }
    if side == Side::Name && part.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(SymbolError::new(format!("names `{part}`, which is not an identifier"), format!("check `{text}`")));
    }
    Ok(())
}

/// Paths of files and test ids are common slips; they are answered with the symbol they mean.
fn foreign_notation(text: &str) -> Option<SymbolError> {
    let looks_like_path = text.contains('/') || text.contains("::") || text.ends_with(".py");
    if !looks_like_path {
        return None;
    }
    let (path, name) = text.split_once("::").or_else(|| text.split_once(':')).unwrap_or((text, ""));
    let module = path.trim_end_matches(".py").trim_end_matches("/__init__").trim_matches(['.', '/']).replace('/', ".");
    let name = name.trim_matches(':').replace("::", ".");
    let meant = if name.is_empty() { module } else { format!("{module}:{name}") };
    let message = if text.contains('/') || text.ends_with(".py") { "is a path of a file" } else { "holds `::`" };
    Some(SymbolError::new(message, format!("write it as `{meant}`")))
}

/// `pkg.mod.Class.method` without a colon would be read as a module, which it is not meant to be.
fn check_is_module(text: &str) -> Result<(), SymbolError> {
    let parts: Vec<&str> = text.split('.').collect();
    let looks_like_class = |part: &str| part.trim_start_matches('_').starts_with(char::is_uppercase);
    let Some(class) = parts.iter().position(|part| looks_like_class(part)) else { return Ok(()) };
    let name = parts[class..].join(".");
    let module = if class == 0 { "**".to_string() } else { parts[..class].join(".") };
    let help = format!("write `{module}:{name}`; if it is a module, end it with a colon: `{text}:`");
    Err(SymbolError::new(format!("has no colon, so `{}` would be a module", parts[class]), help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SymbolPattern, SymbolError> {
        SymbolPattern::parse(text, PolicyPlace { file: "solely.toml".to_string(), line: 1, column: 1 })
    }

    #[test]
    fn symbols_match_as_documented() {
        for (pattern, module, name, expect) in [
            ("a.b:C.m", "a.b", Some("C.m"), true),
            ("a.b:C.m", "a.b", Some("C"), false),
            ("a.b:C.m", "a.b", Some("C.m.inner"), false),
            ("a.b:C.m", "a.b.c", Some("C.m"), false),
            ("a.b:C.*", "a.b", Some("C.m"), true),
            ("a.b:C.*", "a.b", Some("C"), false),
            ("a.b:C.*_v2", "a.b", Some("C.x_v2"), true),
            ("a.b:C.*_v2", "a.b", Some("C.x_v2_old"), false),
            ("a.b:*", "a.b", Some("C.m"), false),
            ("a.*:C", "a.b", Some("C"), true),
            ("a.*:C", "a.b.c", Some("C"), false),
            ("a.**:C", "a", Some("C"), true),
            ("a.**:C", "a.b.c", Some("C"), true),
            ("a.**:C", "ab", Some("C"), false),
            ("**:C", "a.b", Some("C"), true),
            ("**.handlers:C", "handlers", Some("C"), true),
            ("**.x.**.y:C", "a.x.b.c.y", Some("C"), true),
            ("**.x.**.y:C", "a.b.y", Some("C"), false),
            ("a.b", "a.b", None, true),
            ("a.b", "a.b", Some("C"), false),
            ("a.B:", "a.B", None, true),
            ("a.b:C", "a.b", None, false),
            ("app.migrations.0001_initial:Migration", "app.migrations.0001_initial", Some("Migration"), true),
            ("a:größe", "a", Some("größe"), true),
        ] {
            let parsed = parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error:?}"));
            assert_eq!(parsed.matches(module, name), expect, "`{pattern}` on {module} {name:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_symbol_says_what_to_write() {
        for (text, message, help) in [
            ("", "has an empty part", "`**:Class` for a class"),
            ("a..b:C", "has an empty part", "`package.module:Class.method`"),
            (":C", "has an empty part", "`**:Class` for a class"),
            ("a:b:c", "holds `:`, which no symbol has", "one colon"),
            ("a b:C", "holds ` `, which no symbol has", "parts are names"),
            ("a:C-d", "holds `-`, which no symbol has", "parts are names"),
            ("a:1c", "names `1c`, which is not an identifier", "check `a:1c`"),
            ("a.b**:C", "holds `**` where it has no meaning", "a part of its own"),
            ("a:C.**", "holds `**` where it has no meaning", "within a name `*` is enough"),
            ("**:*", "names everything", "at least one part"),
            ("**", "names everything", "at least one part"),
            ("a.b._Chat.m", "has no colon, so `_Chat` would be a module", "write `a.b:_Chat.m`"),
            ("a.b.LIMIT", "has no colon, so `LIMIT` would be a module", "write `a.b:LIMIT`"),
            ("a.b.Chat.m", "has no colon, so `Chat` would be a module", "write `a.b:Chat.m`; if it is a module"),
            ("Chat.m", "has no colon, so `Chat` would be a module", "write `**:Chat.m`"),
            ("a/b.py::Chat::m", "is a path of a file", "write it as `a.b:Chat.m`"),
            ("a/b.py:Chat.m", "is a path of a file", "write it as `a.b:Chat.m`"),
            ("./a/__init__.py", "is a path of a file", "write it as `a`"),
            ("a.b::Chat.m", "holds `::`", "write it as `a.b:Chat.m`"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.message.starts_with(message), "{text:?}: {}", error.message);
            assert!(error.help.contains(help), "{text:?}: {}", error.help);
        }
    }

    #[test]
    fn last_name_and_globs() {
        for (text, last, globs) in [("a.b:C.m", "m", false), ("a.b", "b", false), ("a.**:C_*", "C_*", true)] {
            let symbol = parse(text).expect(text);
            assert_eq!((symbol.last_name(), symbol.has_globs()), (last, globs), "{text}");
            assert_eq!(symbol.to_string(), text);
        }
    }

    #[test]
    fn name_globs() {
        for (glob, name, expect) in [
            ("*_v[0-9]", "run_v2", true),
            ("*_v[0-9]", "run_v", false),
            ("*_v[0-9]_*", "run_v2_legacy", true),
            ("*a*b*", "xxaxxbxxab", true),
            ("*a*b*", "ba", false),
            ("?x", "ax", true),
            ("?x", "x", false),
            ("[!_]*", "_a", false),
            ("[!_]*", "a", true),
            ("*", "", true),
            ("Legacy[A-Z]*", "LegacyStore", true),
            ("Legacy[A-Z]*", "Legacystore", false),
        ] {
            assert_eq!(matches_name(glob, name), expect, "`{glob}` on `{name}`");
        }
        for bad in ["", "a.b", "a[", "[]", "[9-0]", "2a", "a b", "a-b"] {
            assert!(!is_name_glob(bad), "{bad:?}");
        }
    }
}
