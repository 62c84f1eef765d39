//! JavaScript and TypeScript, with and without JSX: three grammars, one family.
//!
//! Absent on purpose: the flow of objects, and what a framework calls.

mod module;

use super::queried::Queried;
use super::{LanguageSpec, Linking, ModuleSearch};
use crate::facts::UNNAMED;

const TOKENS: &str = include_str!("../../../queries/ecmascript/tokens.scm");
const STRUCTURE: &str = include_str!("../../../queries/ecmascript/structure.scm");
const JSX_TOKENS: &str = include_str!("../../../queries/ecmascript/jsx-tokens.scm");
const JSX_STRUCTURE: &str = include_str!("../../../queries/ecmascript/jsx-structure.scm");
const JAVASCRIPT_TOKENS: &str = include_str!("../../../queries/javascript/tokens.scm");
const JAVASCRIPT_STRUCTURE: &str = include_str!("../../../queries/javascript/structure.scm");
const TYPESCRIPT_TOKENS: &str = include_str!("../../../queries/typescript/tokens.scm");
const TYPESCRIPT_STRUCTURE: &str = include_str!("../../../queries/typescript/structure.scm");
const LINKS: &str = include_str!("../../../queries/ecmascript/links.scm");
const JSX_LINKS: &str = include_str!("../../../queries/ecmascript/jsx-links.scm");
const JAVASCRIPT_LINKS: &str = include_str!("../../../queries/javascript/links.scm");
const TYPESCRIPT_LINKS: &str = include_str!("../../../queries/typescript/links.scm");

/// In the text of an element it stands for itself; elsewhere it is an operator like the other.
const LONE_AMPERSAND: (&str, &str) = (" & ", " | ");
const TYPES_OF_ALL: (&str, &str) = ("export type * ", "export      * ");

static JAVASCRIPT_READER: Queried = Queried::new(
    "ecmascript",
    || tree_sitter_javascript::LANGUAGE.into(),
    &[TOKENS, JSX_TOKENS, JAVASCRIPT_TOKENS],
    &[STRUCTURE, JSX_STRUCTURE, JAVASCRIPT_STRUCTURE],
    &[LINKS, JSX_LINKS, JAVASCRIPT_LINKS],
    &[LONE_AMPERSAND],
);

static TYPESCRIPT_READER: Queried = Queried::new(
    "ecmascript",
    || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
    &[TOKENS, TYPESCRIPT_TOKENS],
    &[STRUCTURE, TYPESCRIPT_STRUCTURE],
    &[LINKS, TYPESCRIPT_LINKS],
    &[TYPES_OF_ALL],
);

static TSX_READER: Queried = Queried::new(
    "ecmascript",
    || tree_sitter_typescript::LANGUAGE_TSX.into(),
    &[TOKENS, JSX_TOKENS, TYPESCRIPT_TOKENS],
    &[STRUCTURE, JSX_STRUCTURE, TYPESCRIPT_STRUCTURE],
    &[LINKS, JSX_LINKS, TYPESCRIPT_LINKS],
    &[LONE_AMPERSAND, TYPES_OF_ALL],
);

pub const JAVASCRIPT: LanguageSpec = LanguageSpec {
    name: "javascript",
    extensions: &["js", "jsx", "mjs", "cjs"],
    extract: |text| JAVASCRIPT_READER.extract(text),
    fragments: |text| JAVASCRIPT_READER.fragments(text),
    both: |text| JAVASCRIPT_READER.both(text),
    layout: |text| JAVASCRIPT_READER.layout(text),
    comment: "//",
    linking: Some(&LINKING),
    sketch: None,
    grammar: None,
    queries: &[],
    unversioned: &[],
    manifest: Some(&module::MANIFEST),
};

/// What it does not say of itself it has in common with JavaScript, as TSX has.
pub const TYPESCRIPT: LanguageSpec = LanguageSpec {
    name: "typescript",
    extensions: &["ts", "mts", "cts"],
    extract: |text| TYPESCRIPT_READER.extract(text),
    fragments: |text| TYPESCRIPT_READER.fragments(text),
    both: |text| TYPESCRIPT_READER.both(text),
    layout: |text| TYPESCRIPT_READER.layout(text),
    ..JAVASCRIPT
};

pub const TSX: LanguageSpec = LanguageSpec {
    name: "tsx",
    extensions: &["tsx"],
    extract: |text| TSX_READER.extract(text),
    fragments: |text| TSX_READER.fragments(text),
    both: |text| TSX_READER.both(text),
    layout: |text| TSX_READER.layout(text),
    ..JAVASCRIPT
};

const LINKING: Linking = Linking {
    search: ModuleSearch::Paths(module::candidates),
    builtins: "globalThis",
    is_builtin: |name| GLOBALS.contains(&name),
    has_spaces: false,
    crates: None,
    is_followed: false,
    is_starred: |name| name != UNNAMED,
};

/// Names that every file sees.
const GLOBALS: &[&str] = &[
    "AbortController",
    "Array",
    "ArrayBuffer",
    "BigInt",
    "Blob",
    "Boolean",
    "Buffer",
    "Date",
    "Error",
    "Event",
    "FormData",
    "Function",
    "Headers",
    "Infinity",
    "Intl",
    "JSON",
    "Map",
    "Math",
    "NaN",
    "Number",
    "Object",
    "Promise",
    "Proxy",
    "RangeError",
    "Reflect",
    "RegExp",
    "Request",
    "Response",
    "Set",
    "String",
    "Symbol",
    "TypeError",
    "URL",
    "URLSearchParams",
    "Uint8Array",
    "WeakMap",
    "WeakSet",
    "WebSocket",
    "Worker",
    "alert",
    "arguments",
    "clearInterval",
    "clearTimeout",
    "console",
    "decodeURIComponent",
    "document",
    "encodeURIComponent",
    "exports",
    "fetch",
    "global",
    "globalThis",
    "isNaN",
    "localStorage",
    "location",
    "module",
    "navigator",
    "parseFloat",
    "parseInt",
    "performance",
    "process",
    "queueMicrotask",
    "require",
    "sessionStorage",
    "setInterval",
    "setTimeout",
    "structuredClone",
    "undefined",
    "window",
    "Partial",
    "Pick",
    "Omit",
    "Record",
    "Readonly",
    "Required",
    "ReturnType",
    "Parameters",
    "Awaited",
    "NonNullable",
    "Exclude",
    "Extract",
    "InstanceType",
];
