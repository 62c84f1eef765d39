//! Names of modules: what a file is called, by its place in its package.
//!
//! `src/orders/store.rs` of the package `my-shop` is `my_shop.orders.store`, `src/orders/mod.rs` is `my_shop.orders`, the
//! root of the library is `my_shop`, and what lies outside `src/` is named by its folders: `my_shop.tests.orders`.
//! Invariant: a file has one name, which depends on its path and on the nearest manifest above it alone, also where
//! `#[path = "…"]` makes it a module of another name. Absent on purpose: which files a crate is really made of.

use crate::language::{Candidates, Crates, Dependency, Importer, Manifest, Otherwise, Package, path_from};
use crate::span::{RepoPath, joined};

pub const MANIFEST: Manifest = Manifest { file_name: "Cargo.toml", package, module };

/// The package that a manifest declares; none where it is that of a workspace alone, or cannot be read.
fn package(text: &str) -> Option<Package> {
    let table: toml::Table = text.parse().ok()?;
    let library = table.get("lib");
    let of_library = |key: &str| library.and_then(|it| it.get(key)).and_then(toml::Value::as_str);
    let name = table.get("package").and_then(|it| it.get("name")).and_then(toml::Value::as_str)?;
    let plain = |path: &str| path.trim_start_matches("./").to_owned();
    let lists = ["bin", "test", "example", "bench"].into_iter().filter_map(|kind| table.get(kind)?.as_array());
    let paths = lists.flatten().filter_map(|it| it.get("path")?.as_str());
    let root = plain(of_library("path").unwrap_or("src/lib.rs"));
    Some(Package {
        name: of_library("name").unwrap_or(name).replace('-', "_"),
        package: name.to_owned(),
        targets: std::iter::once(root.clone()).chain(paths.map(plain)).collect(),
        root,
        dependencies: dependencies(&table),
        ..Package::default()
    })
}

/// Everything that a manifest takes from other packages, for whatever it is needed.
fn dependencies(table: &toml::Table) -> Vec<Dependency> {
    let mut found = Vec::new();
    let targets = table.get("target").and_then(toml::Value::as_table).into_iter().flat_map(|it| it.values());
    for place in std::iter::once(table).chain(targets.filter_map(toml::Value::as_table)) {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, said) in place.get(kind).and_then(toml::Value::as_table).into_iter().flatten() {
                found.push(Dependency {
                    name: name.replace('-', "_"),
                    package: said.get("package").and_then(toml::Value::as_str).unwrap_or(name).to_owned(),
                    is_local: said.get("path").is_some() || said.get("workspace").is_some(),
                });
            }
        }
    }
    found
}

/// The paths that `mod orders;` may lead to from a file: beside it where it is the root of a crate or a `mod.rs`, below a
/// folder of its own name otherwise. Behind `./` stands what `#[path]` says.
pub fn candidates(importer: &Importer<'_>, module: &str) -> Candidates {
    Candidates { paths: paths(importer.path, module), otherwise: Otherwise::Missing }
}

fn paths(importer: &RepoPath, module: &str) -> Vec<String> {
    let folder = importer.folder();
    if let Some(path) = module.strip_prefix("./") {
        return path_from(folder, path).into_iter().collect();
    }
    let stem = importer.file_name().strip_suffix(".rs").unwrap_or(importer.file_name());
    let own = joined(folder, stem);
    let folders = match stem {
        "mod" | "lib" | "main" | "build" => vec![folder],
        // It may be the root of a crate, as in `tests/`.
        _ => vec![own.as_str(), folder],
    };
    let in_folder = |folder: &&str| match module.ends_with(".rs") {
        true => path_from(folder, module).into_iter().collect(),
        false => vec![joined(folder, &format!("{module}.rs")), joined(folder, &format!("{module}/mod.rs"))],
    };
    folders.iter().flat_map(in_folder).collect()
}

pub const CRATES: Crates = Crates { declaring, may_begin };

/// `orders/store.rs` is declared by `orders/mod.rs` or `orders.rs`, or by the root of a crate beside it.
fn declaring(path: &RepoPath) -> Vec<String> {
    let folder = match path.file_name() {
        "mod.rs" => path.folder().rsplit_once('/').map_or("", |(parent, _)| parent),
        _ => path.folder(),
    };
    vec![joined(folder, "mod.rs"), format!("{folder}.rs"), joined(folder, "lib.rs"), joined(folder, "main.rs")]
}

fn may_begin(path: &RepoPath) -> bool {
    let folder = path.folder().rsplit('/').next().unwrap_or_default();
    matches!(path.file_name(), "lib.rs" | "main.rs" | "build.rs")
        || matches!(folder, "bin" | "tests" | "examples" | "benches")
}

/// The name of a file, by its path below the manifest.
fn module(path: &str, package: Option<&Package>) -> String {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    let Some(package) = package else { return stem.replace('/', ".") };
    if path == package.root {
        return package.name.clone();
    }
    let folder = package.root.rsplit_once('/').map_or("", |(folder, _)| folder);
    let below = match folder {
        "" => Some(stem),
        folder => stem.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
    };
    format!("{}.{}", package.name, below.unwrap_or(stem).replace('/', "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_place_in_the_package() {
        let shop = package("[package]\nname = \"my-shop\"\n").unwrap();
        for (path, name) in [
            ("src/lib.rs", "my_shop"),
            ("src/main.rs", "my_shop.main"),
            ("src/orders/mod.rs", "my_shop.orders"),
            ("src/orders.rs", "my_shop.orders"),
            ("src/orders/store.rs", "my_shop.orders.store"),
            ("src/bin/serve.rs", "my_shop.bin.serve"),
            ("tests/orders.rs", "my_shop.tests.orders"),
            ("build.rs", "my_shop.build"),
        ] {
            assert_eq!(module(path, Some(&shop)), name, "{path}");
        }
        assert_eq!(module("src/a/mod.rs", None), "src.a");
    }

    #[test]
    fn a_manifest_may_name_the_library_and_its_root() {
        let named = package("[package]\nname = \"a\"\n[lib]\nname = \"b\"\npath = \"./b.rs\"\n").unwrap();
        assert_eq!((module("b.rs", Some(&named)), module("c/d.rs", Some(&named))), ("b".into(), "b.c.d".into()));
        assert_eq!(package("[workspace]\nmembers = [\"a\"]\n"), None);
        assert_eq!(package("not toml ["), None);
    }
}
