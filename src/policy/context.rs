//! The context of a file: code, tests, docs or config. A policy gates each on its own.
//!
//! Invariant: every path has exactly one context; tests come first, whatever the file is. Only parts of a file that say
//! themselves that they are there for tests have another one. Absent on purpose: what else the file holds.

use super::Policy;
use crate::finding::Context;
use crate::span::RepoPath;

const DOCS: &[&str] = &["md", "markdown", "mdx", "rst", "txt", "adoc", "org", "tex", "html", "htm", "pdf", "ipynb"];

/// Source code in any language, also in those that are read as text alone.
const CODE: &[&str] = &[
    "py", "pyi", "pyw", "pyx", "pxd", "ts", "tsx", "js", "jsx", "mjs", "cjs", "go", "rs", "java", "kt", "rb", "php",
    "cs", "c", "h", "cc", "cpp", "hpp", "swift", "scala", "sh", "bash", "zsh", "fish", "ps1", "bat", "cmd", "sql",
    "lua", "pl", "r", "ex", "exs", "erl", "clj", "vue", "svelte",
];

impl Policy {
    /// Whether the policy judges a file: it lies in the policy's folder, and is not left out.
    pub fn judges(&self, path: &RepoPath) -> bool {
        let Some(path) = self.relative(path) else { return false };
        let project = &self.project;
        (project.include.is_empty() || project.include.matches(path)) && !project.exclude.matches(path)
    }

    pub fn context_of(&self, path: &RepoPath) -> Context {
        match self.relative(path) {
            Some(relative) if self.project.tests.matches(relative) => Context::Tests,
            _ => by_name(path),
        }
    }

    /// The context of a place in a file: a part that is there for tests alone is of tests, wherever the file stands.
    pub fn context_at(&self, path: &RepoPath, in_tests: bool) -> Context {
        match self.context_of(path) {
            Context::Code if in_tests => Context::Tests,
            context => context,
        }
    }

    /// The path from the policy's folder, where its globs begin; `None` outside it.
    fn relative<'p>(&self, path: &'p RepoPath) -> Option<&'p str> {
        if self.folder.is_empty() {
            return Some(path.as_str());
        }
        path.as_str().strip_prefix(self.folder.as_str())?.strip_prefix('/')
    }
}

fn by_name(path: &RepoPath) -> Context {
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
        let policy = Policy::builtin();
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
            assert_eq!(policy.context_of(&RepoPath::new(path)), context, "{path}");
        }
    }

    #[test]
    fn a_policy_in_a_folder_judges_that_folder() {
        let policy = Policy { folder: "services/shop".into(), ..Policy::builtin() };
        assert!(policy.judges(&RepoPath::new("services/shop/app.py")));
        assert!(!policy.judges(&RepoPath::new("services/shopping/app.py")));
        assert!(!policy.judges(&RepoPath::new("app.py")));
        assert_eq!(policy.context_of(&RepoPath::new("services/shop/tests/a.py")), Context::Tests);
    }
}
