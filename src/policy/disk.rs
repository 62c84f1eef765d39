//! Where policy files are read from when they stand on a disk.
//!
//! Invariant: what is read is a regular file of bounded size in UTF-8; a missing file is no error. Absent on purpose:
//! revisions, which bring a [`ReadFile`] of their own.

use std::io::Read;
use std::path::Path;

/// Reads a file by its `/`-separated path: `Ok(None)` where there is none, an error in words where it cannot be read.
pub type ReadFile<'a> = dyn Fn(&str) -> Result<Option<String>, String> + 'a;

/// A policy is written by hand; what is larger is something else.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// Reads files below a folder, which policies must not leave.
pub fn read_below(root: &Path) -> impl Fn(&str) -> Result<Option<String>, String> {
    let root = root.to_path_buf();
    move |path| {
        if path.starts_with('/') || path.split('/').next() == Some("..") {
            return Err("it lies outside the repository".to_string());
        }
        read_disk(&root.join(path))
    }
}

/// Reads files by a path that the user gave, absolute or relative to the current folder.
pub fn read_anywhere(path: &str) -> Result<Option<String>, String> {
    read_disk(Path::new(path))
}

fn read_disk(path: &Path) -> Result<Option<String>, String> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if !metadata.is_file() {
        return Err("it is not a regular file".to_string());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("it is larger than {MAX_FILE_BYTES} bytes"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| format!("it is not UTF-8, from byte {} on", error.utf8_error().valid_up_to()))?;
    Ok(Some(text))
}
