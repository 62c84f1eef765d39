//! JavaScript and TypeScript, with and without JSX: three grammars, one family.
//!
//! A file is named by its path: `web/lib/orders.ts` is `web.lib.orders`, `web/lib/index.ts` is `web.lib`. Absent, so far:
//! what a name means ([`LanguageSpec::linking`]).

use super::queried::Queried;
use super::{LanguageSpec, Manifest, Package};

const TOKENS: &str = include_str!("../../queries/ecmascript/tokens.scm");
const STRUCTURE: &str = include_str!("../../queries/ecmascript/structure.scm");
const JSX_TOKENS: &str = include_str!("../../queries/ecmascript/jsx-tokens.scm");
const JSX_STRUCTURE: &str = include_str!("../../queries/ecmascript/jsx-structure.scm");
const JAVASCRIPT_TOKENS: &str = include_str!("../../queries/javascript/tokens.scm");
const JAVASCRIPT_STRUCTURE: &str = include_str!("../../queries/javascript/structure.scm");
const TYPESCRIPT_TOKENS: &str = include_str!("../../queries/typescript/tokens.scm");
const TYPESCRIPT_STRUCTURE: &str = include_str!("../../queries/typescript/structure.scm");

/// In the text of an element it stands for itself; elsewhere it is an operator like the other.
const LONE_AMPERSAND: (&str, &str) = (" & ", " | ");
const TYPES_OF_ALL: (&str, &str) = ("export type * ", "export      * ");

static JAVASCRIPT_READER: Queried = Queried::new(
    "ecmascript",
    || tree_sitter_javascript::LANGUAGE.into(),
    &[TOKENS, JSX_TOKENS, JAVASCRIPT_TOKENS],
    &[STRUCTURE, JSX_STRUCTURE, JAVASCRIPT_STRUCTURE],
    &[LONE_AMPERSAND],
);

static TYPESCRIPT_READER: Queried = Queried::new(
    "ecmascript",
    || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
    &[TOKENS, TYPESCRIPT_TOKENS],
    &[STRUCTURE, TYPESCRIPT_STRUCTURE],
    &[TYPES_OF_ALL],
);

static TSX_READER: Queried = Queried::new(
    "ecmascript",
    || tree_sitter_typescript::LANGUAGE_TSX.into(),
    &[TOKENS, JSX_TOKENS, TYPESCRIPT_TOKENS],
    &[STRUCTURE, JSX_STRUCTURE, TYPESCRIPT_STRUCTURE],
    &[LONE_AMPERSAND, TYPES_OF_ALL],
);

pub const JAVASCRIPT: LanguageSpec = LanguageSpec {
    name: "javascript",
    extensions: &["js", "jsx", "mjs", "cjs"],
    extract: |text| JAVASCRIPT_READER.extract(text),
    fragments: |text| JAVASCRIPT_READER.fragments(text),
    layout: |text| JAVASCRIPT_READER.layout(text),
    ..BASE
};

pub const TYPESCRIPT: LanguageSpec = LanguageSpec {
    name: "typescript",
    extensions: &["ts", "mts", "cts"],
    extract: |text| TYPESCRIPT_READER.extract(text),
    fragments: |text| TYPESCRIPT_READER.fragments(text),
    layout: |text| TYPESCRIPT_READER.layout(text),
    ..BASE
};

pub const TSX: LanguageSpec = LanguageSpec {
    name: "tsx",
    extensions: &["tsx"],
    extract: |text| TSX_READER.extract(text),
    fragments: |text| TSX_READER.fragments(text),
    layout: |text| TSX_READER.layout(text),
    ..BASE
};

/// What the three have in common.
const BASE: LanguageSpec = LanguageSpec {
    name: "",
    extensions: &[],
    comment: "//",
    linking: None,
    extract: |_| unreachable!("each row has its own"),
    fragments: |_| unreachable!("each row has its own"),
    sketch: None,
    layout: |_| unreachable!("each row has its own"),
    grammar: None,
    queries: &[],
    unversioned: &[],
    manifest: Some(&MANIFEST),
};

const MANIFEST: Manifest = Manifest { file_name: "package.json", package: |_| None, module };

/// The name of a file, by its path.
fn module(path: &str, _: Option<&Package>) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    stem.strip_suffix("/index").unwrap_or(stem).replace('/', ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_path() {
        for (path, name) in [
            ("web/lib/orders.ts", "web.lib.orders"),
            ("web/lib/index.tsx", "web.lib"),
            ("index.js", "index"),
            ("web/orders.service.ts", "web.orders.service"),
        ] {
            assert_eq!(module(path, None), name);
        }
    }
}
