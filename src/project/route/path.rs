//! Paths of routes: composed, and brought to one form.
//!
//! `/users/{id}`, `/users/{user_id:int}` and `/users/<int:id>` are one path, `/users/{}`. Invariant: a trailing slash
//! counts, as it does in all of the frameworks: `/users` and `/users/` are two routes. Absent on purpose: whether
//! one pattern covers another (`/users/me` under `/users/{id}`).

use super::Framework;
use super::value::COMPUTED;
use std::fmt;

/// A path as it is written, prefix by prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoutePath {
    text: String,
    is_regex: bool,
}

impl RoutePath {
    pub(super) fn new(text: &str, is_regex: bool) -> Self {
        Self { text: text.to_owned(), is_regex }
    }

    /// Whether a part is computed while the program runs.
    pub fn is_computed(&self) -> bool {
        self.text.contains(COMPUTED[0])
    }

    /// Whether it is a regular expression without an end, which matches everything that begins with it.
    pub fn is_open(&self) -> bool {
        self.is_regex && !["$", r"\Z", r"\z"].iter().any(|end| self.text.ends_with(end))
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// This path below a prefix, as the framework joins them.
    pub fn below(&self, prefix: &RoutePath, framework: Framework) -> RoutePath {
        if prefix.is_empty() && framework != Framework::Django {
            return self.clone();
        }
        let (before, after) = (prefix.in_braces(), self.in_braces());
        let text = match framework {
            Framework::Starlette | Framework::Django => format!("{before}{after}"),
            Framework::Flask | Framework::Axum | Framework::Actix if after.is_empty() => before,
            Framework::Axum if after == "/" => before,
            Framework::Flask | Framework::Aiohttp | Framework::Axum | Framework::Actix => {
                format!("{}/{}", before.trim_end_matches('/'), after.trim_start_matches('/'))
            }
        };
        RoutePath { text, is_regex: false }
    }

    /// The path with every parameter as `{name:converter}`.
    fn in_braces(&self) -> String {
        if self.is_regex { regex_in_braces(&self.text) } else { angles_in_braces(&self.text) }
    }

    /// The path with nameless parameters, and the converter of each: the first says which routes are one, the second
    /// whether they can be.
    pub fn key(&self) -> (String, Vec<String>) {
        let text = self.in_braces();
        let (mut key, mut converters) = (String::with_capacity(text.len()), Vec::new());
        let mut rest = text.as_str();
        while let Some(open) = rest.find('{') {
            key.push_str(&rest[..open]);
            let end = closing(&rest[open..]) + open;
            let inner = rest[open..end].trim_start_matches('{').trim_end_matches('}');
            let converter = inner.split_once(':').map_or("", |(_, converter)| converter);
            key.push_str(if converter == "path" { "{*}" } else { "{}" });
            converters.push(if matches!(converter, "str" | "string") { String::new() } else { converter.to_owned() });
            rest = &rest[end..];
        }
        key.push_str(rest);
        if !key.starts_with(['/', COMPUTED[0]]) {
            key.insert(0, '/');
        }
        (key, converters)
    }
}

/// The offset behind the brace that closes the one a text begins with.
fn closing(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

/// `<int:id>` as `{id:int}`.
fn angles_in_braces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let Some(close) = rest[open..].find('>') else { break };
        out.push_str(&rest[..open]);
        let inner = &rest[open + 1..open + close];
        match inner.rsplit_once(':') {
            Some((converter, name)) => out.push_str(&format!("{{{name}:{converter}}}")),
            None => out.push_str(&format!("{{{inner}}}")),
        }
        rest = &rest[open + close + 1..];
    }
    out + rest
}

/// `^users/(?P<id>[0-9]+)/$` as `users/{id:int}/`.
fn regex_in_braces(text: &str) -> String {
    let text = text.strip_prefix('^').unwrap_or(text);
    let text = text.strip_suffix('$').or_else(|| text.strip_suffix("\\Z")).unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('(') {
        out.push_str(&rest[..open].replace('\\', ""));
        let end = group_end(&rest[open..]) + open;
        let inner = rest[open + 1..end].trim_end_matches(')');
        let named = inner.strip_prefix("?P<").and_then(|it| it.split_once('>'));
        let (name, pattern) = named.unwrap_or(("", inner));
        let converter = match pattern {
            r"\d+" | "[0-9]+" => "int",
            "[^/]+" => "",
            r"[-\w]+" | r"[\w-]+" | "[-a-zA-Z0-9_]+" => "slug",
            ".+" | ".*" => "path",
            other => other,
        };
        let converter = converter.replace(['{', '}'], "'");
        out.push_str(&if converter.is_empty() { format!("{{{name}}}") } else { format!("{{{name}:{converter}}}") });
        rest = &rest[end..];
    }
    out + &rest.replace('\\', "")
}

/// The offset behind the parenthesis that closes the group a text begins with.
fn group_end(text: &str) -> usize {
    let (mut depth, mut is_escaped, mut in_set) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => {
                is_escaped = false;
                continue;
            }
            '\\' => is_escaped = true,
            '[' => in_set = true,
            ']' => in_set = false,
            '(' if !in_set => depth += 1,
            ')' if !in_set => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

impl fmt::Display for RoutePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.in_braces();
        let mut shown = String::with_capacity(text.len());
        let mut hidden = false;
        for c in text.chars() {
            match c {
                c if c == COMPUTED[0] => {
                    hidden = true;
                    shown.push('‹');
                }
                c if c == COMPUTED[1] => hidden = false,
                c if c == COMPUTED[2] => shown.push('›'),
                c if !hidden => shown.push(c),
                _ => {}
            }
        }
        if !shown.starts_with(['/', '‹']) {
            shown.insert(0, '/');
        }
        f.write_str(&shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_one_form() {
        for (text, is_regex) in [
            ("/users/{id}", false),
            ("/users/{user_id:int}", false),
            ("/users/<int:id>", false),
            ("users/(?P<id>[0-9]+)", true),
        ] {
            assert_eq!(RoutePath::new(text, is_regex).key().0, "/users/{}", "{text}");
        }
        assert_eq!(RoutePath::new("/users/{id}/", false).key().0, "/users/{}/");
        assert_eq!(RoutePath::new("/files/{name:path}", false).key().0, "/files/{*}");
        assert_eq!(
            RoutePath::new("^a/(?P<y>(19|20)[0-9]{2})/$", true).key(),
            ("/a/{}/".to_owned(), vec!["(19|20)[0-9]'2'".to_owned()])
        );
    }

    #[test]
    fn prefixes_are_joined_as_the_framework_joins_them() {
        let joined = |a: &str, b: &str, by| RoutePath::new(b, false).below(&RoutePath::new(a, false), by).to_string();
        assert_eq!(joined("/api", "/users", Framework::Starlette), "/api/users");
        assert_eq!(joined("/api", "", Framework::Starlette), "/api");
        assert_eq!(joined("/api/", "/users", Framework::Flask), "/api/users");
        assert_eq!(joined("api/", "users/", Framework::Django), "/api/users/");
        assert_eq!(joined("/api", "/users", Framework::Axum), "/api/users");
        assert_eq!(joined("/api", "/", Framework::Axum), "/api");
        assert_eq!(joined("/api", "", Framework::Actix), "/api");
    }
}
