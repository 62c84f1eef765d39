//! The context of a file: code, tests, docs or config. A policy gates each on its own.
//!
//! Invariant: every path has exactly one context; tests come first, whatever the file is. Absent on purpose: what the
//! file holds.

use crate::finding::Context;
use crate::policy::GlobList;
use crate::span::RepoPath;

const DOCS: &[&str] = &["md", "markdown", "mdx", "rst", "txt", "adoc", "org", "tex", "html", "htm", "pdf", "ipynb"];

/// Source code in any language, also in those that are read as text alone.
const CODE: &[&str] = &[
    "py", "pyi", "pyw", "pyx", "pxd", "ts", "tsx", "js", "jsx", "mjs", "cjs", "go", "rs", "java", "kt", "rb", "php",
    "cs", "c", "h", "cc", "cpp", "hpp", "swift", "scala", "sh", "bash", "zsh", "fish", "ps1", "bat", "cmd", "sql",
    "lua", "pl", "r", "ex", "exs", "erl", "clj", "vue", "svelte",
];

pub fn context_of(path: &RepoPath, tests: &GlobList) -> Context {
    if tests.matches(path.as_str()) {
        return Context::Tests;
    }
    let extension = path.extension().map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some(extension) if DOCS.contains(&extension) => Context::Docs,
        Some(extension) if CODE.contains(&extension) => Context::Code,
        None if matches!(path.file_name(), "README" | "CHANGELOG" | "LICENSE" | "NOTICE" | "AUTHORS") => Context::Docs,
        _ => Context::Config,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_has_one_context() {
        let tests = GlobList::new(&["**/tests/**", "**/test_*.py"]).expect("the globs are well formed");
        for (path, context) in [
            ("app/main.py", Context::Code),
            ("app/tests/data.json", Context::Tests),
            ("tests/conftest.py", Context::Tests),
            ("app/test_x.py", Context::Tests),
            ("docs/guide.md", Context::Docs),
            ("README", Context::Docs),
            ("Dockerfile", Context::Config),
            ("deploy/app.yaml", Context::Config),
            ("web/app.tsx", Context::Code),
        ] {
            assert_eq!(context_of(&RepoPath::new(path), &tests), context, "{path}");
        }
    }
}
