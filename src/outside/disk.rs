//! Evidence files on a disk.
//!
//! Invariants: nothing outside the folder is read, links are not followed, and what is read is a regular file of
//! bounded size. Absent on purpose: the time of a file, which a copy changes.

use super::{ReadFile, SIZE_LIMIT};
use crate::policy::GlobList;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Files that one glob may mean.
const FILES_LIMIT: usize = 1000;

/// Reads what a path or glob means below a folder.
pub fn read_below(root: &Path) -> impl Fn(&str) -> Vec<ReadFile> + 'static {
    let root = root.to_path_buf();
    move |path| {
        if !path.contains(['*', '?', '[', '{']) {
            return match fs::symlink_metadata(root.join(path)) {
                Ok(_) => vec![(path.to_owned(), read(&root.join(path)))],
                Err(_) => Vec::new(),
            };
        }
        let Ok(glob) = GlobList::new(&[path]) else { return Vec::new() };
        let fixed: PathBuf = path.split('/').take_while(|part| !part.contains(['*', '?', '[', '{'])).collect();
        let mut names = Vec::new();
        list(&root, &fixed, &mut names, 0);
        names.sort();
        names.retain(|name| glob.set.is_match(name));
        names.truncate(FILES_LIMIT);
        names.into_iter().map(|name| (name.clone(), read(&root.join(&name)))).collect()
    }
}

fn list(root: &Path, folder: &Path, names: &mut Vec<String>, depth: usize) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    for entry in entries.flatten() {
        let path = folder.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < 32 => list(root, &path, names, depth + 1),
            Ok(kind) if kind.is_file() => names.push(path.to_string_lossy().replace('\\', "/")),
            _ => {}
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = fs::symlink_metadata(path).map_err(|why| why.to_string())?;
    if !metadata.is_file() {
        return Err("it is not a regular file".into());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|why| why.to_string())?;
    file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes).map_err(|why| why.to_string())?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(format!("it is larger than the {SIZE_LIMIT} bytes that are read"));
    }
    Ok(bytes)
}
