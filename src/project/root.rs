//! Import roots: the folders from which module names count.
//!
//! They come from the policy, from `pyproject.toml` and `setup.cfg`, from `src` layouts, and from the tree itself: the
//! folder above a top-most package. An import is tried from each until one resolves, nearest first, so a repository
//! of several projects needs no configuration. Invariant: the repository's own root is always the last but one resort.
//! Absent on purpose: installed packages, and anything that runs.

use crate::source::SourceSet;
use crate::span::{RepoPath, joined};
use std::collections::BTreeSet;

/// Folders, relative to the repository; the root is the empty text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    /// Named by the policy or by a project's metadata, longest first.
    pub declared: Vec<String>,
    /// Folders above a top-most package, and folders of scripts; sorted.
    pub structural: Vec<String>,
}

impl Roots {
    /// The roots that the policy names, or else the metadata of the repository's projects, longest first.
    pub fn declared(sources: &SourceSet<'_>, from_policy: &[String]) -> Vec<String> {
        let mut declared: BTreeSet<String> = from_policy.iter().map(|root| root.trim_matches('/').to_owned()).collect();
        if declared.is_empty() {
            declared = metadata_roots(sources);
        }
        let mut declared: Vec<String> = declared.into_iter().collect();
        declared.sort_by_key(|root| (std::cmp::Reverse(root.len()), root.clone()));
        declared
    }
}

/// The folder above the top-most package around `folder`, or `folder` itself where it is no package.
pub fn structural_root<'f>(folder: &'f str, packages: &BTreeSet<String>) -> &'f str {
    let mut at = folder;
    while packages.contains(at) {
        match at.rsplit_once('/') {
            Some((parent, _)) => at = parent,
            None => return "",
        }
    }
    at
}

/// Roots that the metadata files of the repository's projects declare.
fn metadata_roots(sources: &SourceSet<'_>) -> BTreeSet<String> {
    let mut roots = BTreeSet::new();
    for (id, entry) in sources.snapshot().ids() {
        if !METADATA.contains(&entry.path.file_name()) {
            continue;
        }
        let Some(text) = sources.text(id) else { continue };
        roots.extend(declared_roots(&entry.path, &text));
    }
    roots
}

/// Files that declare import roots.
pub const METADATA: &[&str] = &["pyproject.toml", "setup.cfg"];

/// The roots that one metadata file declares, relative to the repository.
pub fn declared_roots(path: &RepoPath, text: &str) -> Vec<String> {
    let folders = if path.file_name() == "setup.cfg" { setup_folders(text) } else { pyproject_folders(text) };
    folders.iter().map(|folder| join(path, folder)).collect()
}

fn join(metadata: &RepoPath, folder: &str) -> String {
    let folder = folder.trim_start_matches("./").trim_matches('/');
    match folder {
        "" | "." => metadata.folder().to_owned(),
        folder => joined(metadata.folder(), folder),
    }
}

fn pyproject_folders(text: &str) -> Vec<String> {
    let Ok(table) = text.parse::<toml::Table>() else { return Vec::new() };
    let tool = |path: &[&str]| -> Option<&toml::Value> {
        let mut value = table.get("tool")?;
        for key in path {
            value = value.get(key)?;
        }
        Some(value)
    };
    let text_of = |value: &toml::Value| value.as_str().map(str::to_owned);
    let mut folders = vec![".".to_owned()];
    if let Some(map) = tool(&["setuptools", "package-dir"]).and_then(|it| it.as_table()) {
        folders.extend(map.get("").and_then(text_of));
    }
    if let Some(list) = tool(&["setuptools", "packages", "find", "where"]).and_then(|it| it.as_array()) {
        folders.extend(list.iter().filter_map(text_of));
    }
    if let Some(list) = tool(&["poetry", "packages"]).and_then(|it| it.as_array()) {
        folders.extend(list.iter().filter_map(|package| package.get("from").and_then(text_of)));
    }
    if let Some(list) = tool(&["hatch", "build", "targets", "wheel", "packages"]).and_then(|it| it.as_array()) {
        let parent = |package: String| package.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        folders.extend(list.iter().filter_map(text_of).filter_map(parent));
    }
    if let Some(list) = tool(&["pytest", "ini_options", "pythonpath"]) {
        folders.extend(list.as_array().into_iter().flatten().filter_map(text_of));
        folders.extend(text_of(list));
    }
    folders
}

/// `package_dir = =src` and `where = src` of `setup.cfg`.
fn setup_folders(text: &str) -> Vec<String> {
    let mut folders = vec![".".to_owned()];
    let mut in_package_dir = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if let Some(value) = trimmed.strip_prefix("where").and_then(|rest| rest.trim_start().strip_prefix('=')) {
            folders.push(value.trim().to_owned());
        }
        let value = match trimmed.strip_prefix("package_dir") {
            Some(rest) => {
                in_package_dir = true;
                rest.trim_start().strip_prefix('=').unwrap_or_default().trim()
            }
            None if in_package_dir && line.starts_with([' ', '\t']) => trimmed,
            None => {
                in_package_dir = false;
                continue;
            }
        };
        if let Some(folder) = value.strip_prefix('=') {
            folders.push(folder.trim().to_owned());
        }
    }
    folders.retain(|folder| !folder.is_empty());
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_names_the_source_folder() {
        let setuptools = "[tool.setuptools]\npackage-dir = {\"\" = \"src\"}\n";
        assert_eq!(pyproject_folders(setuptools), [".", "src"]);
        let poetry = "[tool.poetry]\npackages = [{include = \"a\", from = \"lib\"}]\n";
        assert_eq!(pyproject_folders(poetry), [".", "lib"]);
        assert_eq!(pyproject_folders("not toml ["), Vec::<String>::new());
        assert_eq!(setup_folders("[options]\npackage_dir =\n    =src\nzip_safe = no\n"), [".", "src"]);
        assert_eq!(setup_folders("[options.packages.find]\nwhere = lib\n"), [".", "lib"]);
    }

    #[test]
    fn the_root_of_a_package_is_the_folder_above_it() {
        let packages: BTreeSet<String> = ["a/b", "a/b/c"].map(str::to_owned).into();
        assert_eq!(structural_root("a/b/c", &packages), "a");
        assert_eq!(structural_root("scripts", &packages), "scripts");
    }
}
