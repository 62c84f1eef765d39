//! Go: definitions, lines, copies, and the names of one file.
//!
//! A file is named by its path. Absent on purpose: packages, so that a name from another file is one by its text alone.

use super::queried::Queried;
use super::{Candidates, LanguageSpec, Linking, Manifest, ModuleSearch, Otherwise};

static READER: Queried = Queried::new(
    "go",
    || tree_sitter_go::LANGUAGE.into(),
    &[include_str!("../../queries/go/tokens.scm")],
    &[include_str!("../../queries/go/structure.scm")],
    &[include_str!("../../queries/go/links.scm")],
    &[],
)
.with_docs_above();

pub const SPEC: LanguageSpec = LanguageSpec {
    name: "go",
    extensions: &["go"],
    comment: "//",
    linking: Some(&LINKING),
    extract: |text| READER.extract(text),
    fragments: |text| READER.fragments(text),
    both: |text| READER.both(text),
    sketch: None,
    layout: |text| READER.layout(text),
    grammar: None,
    queries: &[],
    unversioned: &["new"],
    manifest: Some(&MANIFEST),
};

const LINKING: Linking = Linking {
    search: ModuleSearch::Paths(|_, _| Candidates { paths: Vec::new(), otherwise: Otherwise::Unknown }),
    builtins: "builtin",
    is_builtin: |name| GLOBALS.contains(&name),
    has_spaces: false,
    crates: None,
    is_followed: false,
    is_starred: |_| false,
};

/// Names that every file sees.
const GLOBALS: &[&str] = &[
    "any",
    "append",
    "bool",
    "byte",
    "cap",
    "clear",
    "close",
    "comparable",
    "complex",
    "copy",
    "delete",
    "error",
    "false",
    "float32",
    "float64",
    "imag",
    "int",
    "int32",
    "int64",
    "iota",
    "len",
    "make",
    "max",
    "min",
    "new",
    "nil",
    "panic",
    "print",
    "println",
    "real",
    "recover",
    "rune",
    "string",
    "true",
    "uint",
    "uint32",
    "uint64",
    "uint8",
    "uintptr",
];

const MANIFEST: Manifest = Manifest {
    file_name: "go.mod",
    package: |_| None,
    module: |path, _| path.strip_suffix(".go").unwrap_or(path).replace('/', "."),
};
