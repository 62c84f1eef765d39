//! Globs over repository paths.
//!
//! The rules, which are those of `.gitignore` without negation:
//!
//! - `*` and `?` and `[…]` match within one part of a path, `**` matches any number of parts, `{a,b}` is a choice.
//! - A glob without a `/`, or with one only at its end, matches at any depth: `*.py`, `conftest.py`, `vendor/`.
//!   With a `/` anywhere else it starts at the root of the repository; a leading `/` does nothing but that.
//! - A glob whose last part is a plain name, or that ends in `/`, also matches everything below a folder of that name:
//!   `vendor`, `vendor/` and `src/generated` take whole folders. One that ends in `/` matches no file of that name.
//! - Matching is by case, also on systems whose file names are not.
//!
//! Absent on purpose: a leading `!`; what is left out has a key of its own.

use super::GlobList;
use globset::{Glob, GlobBuilder, GlobSetBuilder};
use std::fmt;

impl GlobList {
    /// A list of globs, or what is wrong with the first that is not one, with its index.
    pub fn new<S: AsRef<str>>(texts: &[S]) -> Result<Self, (usize, GlobError)> {
        let mut set = GlobSetBuilder::new();
        for (index, text) in texts.iter().enumerate() {
            for glob in expand(text.as_ref()).map_err(|error| (index, error))? {
                set.add(glob);
            }
        }
        let set = set.build().map_err(|error| (0, GlobError::new(&error.kind().to_string())))?;
        Ok(Self { texts: texts.iter().map(|text| text.as_ref().to_string()).collect(), set })
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether one of the globs matches the path; an empty list matches nothing.
    pub fn matches(&self, path: &str) -> bool {
        self.set.is_match(path)
    }
}

/// As it was written: what is compiled from it differs from run to run, and the keys of the cache are made of this.
impl fmt::Debug for GlobList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GlobList").field(&self.texts).finish()
    }
}

/// Why a text is not a glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobError {
    pub message: String,
    pub help: Option<String>,
}

impl GlobError {
    fn new(message: &str) -> Self {
        Self { message: message.to_string(), help: None }
    }

    fn with_help(message: &str, help: impl Into<String>) -> Self {
        Self { message: message.to_string(), help: Some(help.into()) }
    }
}

/// The one to two globs of the matching engine that say what a user's glob means.
fn expand(text: &str) -> Result<Vec<Glob>, GlobError> {
    if text.trim().is_empty() {
        return Err(GlobError::new("an empty glob matches nothing"));
    }
    if let Some(rest) = text.strip_prefix('!') {
        let help = format!("to leave files out, write `{rest}` under `exclude`");
        return Err(GlobError::with_help("a glob cannot be negated", help));
    }
    if text.contains('\\') {
        let help = format!("separate folders by `/`: `{}`", text.replace('\\', "/"));
        return Err(GlobError::with_help("a glob cannot hold a backslash", help));
    }
    let relative = text.strip_prefix("./").unwrap_or(text);
    if relative.split('/').any(|part| part == "..") {
        return Err(GlobError::with_help("a glob cannot leave the repository", "globs start at the repository's root"));
    }
    let path = relative.trim_matches('/');
    if path.is_empty() || path == "." {
        return Err(GlobError::with_help("a glob needs a name", "to take every file, write `**`"));
    }
    let is_anchored = relative.trim_end_matches('/').contains('/');
    let pattern = if is_anchored { path.to_string() } else { format!("**/{path}") };
    let last = path.rsplit('/').next().unwrap_or(path);
    let is_folder = relative.ends_with('/');
    let is_plain = !last.contains(['*', '?', '[', '{']);

    let mut globs = Vec::new();
    if !is_folder {
        globs.push(build(&pattern)?);
    }
    if is_folder || is_plain {
        globs.push(build(&format!("{pattern}/**"))?);
    }
    Ok(globs)
}

fn build(pattern: &str) -> Result<Glob, GlobError> {
    let built = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(false).build();
    built.map_err(|error| GlobError::new(&error.kind().to_string()))
}

/// A matcher for texts that are known to be globs.
pub(super) fn known(texts: &[&str]) -> GlobList {
    GlobList::new(texts).unwrap_or_else(|(index, error)| panic!("`{}`: {}", texts[index], error.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_as_documented() {
        for (glob, yes, no) in [
            ("*.py", vec!["a.py", "x/a.py"], vec!["a.pyi", "a.py/b"]),
            ("conftest.py", vec!["conftest.py", "a/b/conftest.py"], vec!["my_conftest.py"]),
            ("src/*", vec!["src/a.py"], vec!["src/a/b.py", "x/src/a.py", "src"]),
            ("src/**", vec!["src/a.py", "src/a/b.py"], vec!["src", "x/src/a.py"]),
            ("**/tests/**", vec!["tests/a.py", "a/tests/b/c.py"], vec!["tests", "a/contests/b.py"]),
            ("**/*_test.py", vec!["a_test.py", "x/a_test.py"], vec!["x/a_test.pyc"]),
            ("vendor", vec!["vendor", "vendor/a.py", "x/vendor/a/b.py"], vec!["vendored/a.py"]),
            ("vendor/", vec!["vendor/a.py", "x/vendor/a/b.py"], vec!["vendor", "x/vendor"]),
            ("/vendor", vec!["vendor/a.py", "vendor"], vec!["x/vendor/a.py"]),
            ("./a/b", vec!["a/b", "a/b/c.py"], vec!["x/a/b", "a/bc"]),
            ("*.egg-info/", vec!["x.egg-info/a", "y/x.egg-info/a/b"], vec!["x.egg-info"]),
            ("src/{a,b}/*.py", vec!["src/a/x.py", "src/b/x.py"], vec!["src/c/x.py"]),
            ("test_?[0-9].py", vec!["test_a1.py"], vec!["test_1.py", "TEST_a1.py"]),
            ("**", vec!["a", "a/b/c"], vec![]),
        ] {
            let list = known(&[glob]);
            for path in yes {
                assert!(list.matches(path), "`{glob}` must match `{path}`");
            }
            for path in no {
                assert!(!list.matches(path), "`{glob}` must not match `{path}`");
            }
        }
    }

    #[test]
    fn a_text_that_is_no_glob_is_refused() {
        for (glob, message) in [
            ("", "an empty glob matches nothing"),
            ("!a", "a glob cannot be negated"),
            ("a\\b", "a glob cannot hold a backslash"),
            ("../a", "a glob cannot leave the repository"),
            ("/", "a glob needs a name"),
            ("a[", "unclosed character class; missing ']'"),
            ("{a", "unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)"),
        ] {
            let (index, error) = GlobList::new(&["ok", glob]).expect_err(glob);
            assert_eq!((index, error.message.as_str()), (1, message), "{glob:?}");
        }
    }

    #[test]
    fn an_empty_list_matches_nothing() {
        assert!(!GlobList::default().matches("a.py") && GlobList::default().is_empty());
    }
}
