//! Modules: what a file is called, and to which files the text of an import may lead.
//!
//! A file is named by its path: `web/lib/orders.ts` is `web.lib.orders`, `web/lib/index.ts` is `web.lib`. A text that
//! begins with a dot is a path from the importing file, without its extension or with that of what it is compiled to; what
//! others stand for is said by the nearest `tsconfig.json`. Invariant: a text that may mean a file of the tree is not taken
//! for one from elsewhere. Absent on purpose: `extends` of a configuration, `exports` of a `package.json`.

use crate::language::{Aliases, Candidates, Importer, Manifest, Otherwise, Package, path_from};

pub const MANIFEST: Manifest = Manifest { file_name: "tsconfig.json", package, module };

/// Extensions that an import leaves out, best first.
const LEFT_OUT: &[&str] = &["ts", "tsx", "js", "jsx", "mts", "cts", "mjs", "cjs", "d.ts"];

/// What a file is compiled to, and from what.
const COMPILED: &[(&str, &[&str])] =
    &[(".js", &[".ts", ".tsx"]), (".jsx", &[".tsx"]), (".mjs", &[".mts"]), (".cjs", &[".cts"])];

/// What begins no name of a package.
const NO_PACKAGE: &[&str] = &["@/", "~", "#", "/", "src/"];

/// The name of a file, by its path.
fn module(path: &str, _: Option<&Package>) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    stem.strip_suffix("/index").unwrap_or(stem).replace('/', ".")
}

/// What a configuration of the compiler says of imports.
fn package(text: &str) -> Option<Package> {
    let table: serde_json::Value = serde_json::from_str(&plain_json(text)).ok()?;
    let options = &table["compilerOptions"];
    let base = options["baseUrl"].as_str().map(str::to_owned);
    let folder = base.as_deref().unwrap_or(".");
    let targets = |targets: &serde_json::Value| -> Vec<String> {
        let targets = targets.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
        targets.filter_map(|target| path_from(folder, target)).collect()
    };
    let patterns = options["paths"].as_object();
    let is_open = patterns.is_none() && (!table["extends"].is_null() || !table["references"].is_null());
    let patterns = patterns.into_iter().flatten().map(|(pattern, it)| (pattern.clone(), targets(it))).collect();
    Some(Package { aliases: Aliases { patterns, base, is_open }, ..Package::default() })
}

/// Where the text of an import may lead.
pub fn candidates(importer: &Importer<'_>, text: &str) -> Candidates {
    if text == "." || text == ".." || text.starts_with("./") || text.starts_with("../") {
        let paths = path_from(importer.path.folder(), text).map_or_else(Vec::new, |path| files(&path));
        return Candidates { paths, otherwise: Otherwise::Missing };
    }
    let mut paths = Vec::new();
    let mut is_open = NO_PACKAGE.iter().any(|beginning| text.starts_with(beginning));
    if let Some((folder, Package { aliases, .. })) = importer.package {
        for target in targets(aliases, text) {
            paths.extend(path_from(folder, &target).iter().flat_map(|path| files(path)));
            is_open = true;
        }
        if let Some(base) = &aliases.base {
            let path = path_from(folder, base).and_then(|base| path_from(&base, text));
            paths.extend(path.iter().flat_map(|path| files(path)));
        }
        is_open |= aliases.is_open && !text.starts_with("node:");
    }
    let mut parts = text.split('/');
    let first = parts.next().unwrap_or(text);
    let name = if first.starts_with('@') { parts.next().unwrap_or(first) } else { first };
    let otherwise = if is_open { Otherwise::Unknown } else { Otherwise::Package(name.to_owned()) };
    Candidates { paths, otherwise }
}

/// What the best pattern makes of a text: one without a star before others, and of these the longest beginning.
fn targets(aliases: &Aliases, text: &str) -> Vec<String> {
    let star = |pattern: &str| {
        let (start, end) = pattern.split_once('*')?;
        let rest = text.strip_prefix(start)?.strip_suffix(end)?;
        Some((start.len(), rest.to_owned()))
    };
    if let Some((_, targets)) = aliases.patterns.iter().find(|(pattern, _)| pattern == text) {
        return targets.clone();
    }
    let best = aliases.patterns.iter().filter_map(|(pattern, targets)| Some((star(pattern)?, targets)));
    let best = best.max_by_key(|((length, _), _)| *length);
    best.map_or_else(Vec::new, |((_, rest), targets)| targets.iter().map(|it| it.replacen('*', &rest, 1)).collect())
}

/// The files that a path may mean: itself, with an extension, or the index of a folder.
fn files(path: &str) -> Vec<String> {
    let mut files = Vec::new();
    for (written, sources) in COMPILED {
        if let Some(stem) = path.strip_suffix(written) {
            files.extend(sources.iter().map(|source| format!("{stem}{source}")));
        }
    }
    files.push(path.to_owned());
    let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
    if !path.is_empty() {
        files.extend(LEFT_OUT.iter().map(|extension| format!("{path}.{extension}")));
    }
    files.extend(LEFT_OUT.iter().map(|extension| format!("{folder}index.{extension}")));
    files
}

/// A text in which comments and commas before a closing bracket may stand, without them.
fn plain_json(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let mut is_escaped = false;
                let end = rest[1..].find(|c| {
                    let ends = c == '"' && !is_escaped;
                    is_escaped = c == '\\' && !is_escaped;
                    ends
                });
                end.map_or(rest.len(), |end| end + 2)
            }
            '/' if rest.starts_with("//") => {
                rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
                continue;
            }
            '/' if rest.starts_with("/*") => {
                rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
                continue;
            }
            ']' | '}' => {
                let before = plain.trim_end();
                if before.ends_with(',') {
                    plain.truncate(before.len() - 1);
                }
                1
            }
            first => first.len_utf8(),
        };
        plain.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::RepoPath;

    const CONFIG: &str = r#"{
  // of the compiler
  "compilerOptions": {
    "baseUrl": "./src", /* sources */
    "paths": { "@/*": ["*"], "@/lib/*": ["../lib/*"], "db": ["data/client.ts"], },
  },
}"#;

    fn lead(path: &str, text: &str, config: Option<&str>) -> (Vec<String>, Otherwise) {
        let path = RepoPath::new(path);
        let package = config.and_then(package);
        let package = package.as_ref().map(|package| ("web", package));
        let found = candidates(&Importer { path: &path, package }, text);
        (found.paths, found.otherwise)
    }

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

    #[test]
    fn a_text_with_a_dot_is_a_path_from_its_file() {
        for (text, file) in [
            ("./b", "web/a/b.ts"),
            ("./b", "web/a/b/index.tsx"),
            ("./b.js", "web/a/b.ts"),
            ("./b.js", "web/a/b.js"),
            ("../b.service", "web/b.service.ts"),
            ("..", "web/index.ts"),
            (".", "web/a/index.js"),
            ("../..", "index.ts"),
        ] {
            let (paths, otherwise) = lead("web/a/main.ts", text, None);
            assert!(paths.contains(&file.to_owned()), "{text}: {paths:?}");
            assert_eq!(otherwise, Otherwise::Missing);
        }
        assert_eq!(lead("a.ts", "../b", None).0, Vec::<String>::new());
        let (paths, _) = lead("a.ts", "./b.js", None);
        assert_eq!(paths[..3], ["b.ts", "b.tsx", "b.js"].map(str::to_owned));
    }

    #[test]
    fn a_configuration_says_what_other_texts_stand_for() {
        for (text, file) in [
            ("@/a/b", "web/src/a/b.ts"),
            ("@/lib/c", "web/lib/c.ts"),
            ("db", "web/src/data/client.ts"),
            ("forms/field", "web/src/forms/field.tsx"),
        ] {
            let (paths, _) = lead("web/src/main.ts", text, Some(CONFIG));
            assert!(paths.contains(&file.to_owned()), "{text}: {paths:?}");
        }
        assert!(!lead("web/src/main.ts", "@/lib/c", Some(CONFIG)).0.contains(&"web/src/lib/c.ts".to_owned()));
    }

    #[test]
    fn what_may_be_of_the_tree_is_not_from_elsewhere() {
        let package = |name: &str| Otherwise::Package(name.to_owned());
        assert_eq!(lead("a.ts", "react", None), (vec![], package("react")));
        assert_eq!(lead("a.ts", "@shop/forms/field", None), (vec![], package("forms")));
        assert_eq!(lead("a.ts", "@/forms", None).1, Otherwise::Unknown);
        assert_eq!(lead("a.ts", "react", Some("{\"extends\": \"./base.json\"}")).1, Otherwise::Unknown);
        assert_eq!(
            lead("a.ts", "react", Some("{\"extends\": \"./b\", \"compilerOptions\": {\"paths\": {}}}")).1,
            package("react")
        );
        assert_eq!(lead("a.ts", "react", Some("no json [")).1, package("react"));
    }

    #[test]
    fn comments_and_last_commas_are_no_json() {
        let plain = plain_json("{\"a\": \"// \\\" /*\", // b\n \"c\": [1, /* d */ ], }");
        assert_eq!(plain.split_whitespace().collect::<String>(), "{\"a\":\"//\\\"/*\",\"c\":[1]}");
        assert_eq!(plain_json("{\"a"), "{\"a");
    }
}
