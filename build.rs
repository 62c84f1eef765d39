//! Gives the cache its version: a digest of everything that decides what is worked out of a text.
//!
//! That is the whole source, the queries and packs that are compiled in, and the versions of the parsers. A narrower
//! choice (the extractor's own files) would save a cache from some releases, and would be wrong on the day on which a
//! fact begins to depend on a file that nobody added to the list.

use std::fs;
use std::path::{Path, PathBuf};

const INPUTS: &[&str] = &["src", "queries", "policies", "Cargo.toml", "Cargo.lock", "build.rs"];

fn main() {
    let mut files = Vec::new();
    for input in INPUTS {
        println!("cargo::rerun-if-changed={input}");
        list(Path::new(input), &mut files);
    }
    files.sort();
    // FNV-1a, 128 bits: nobody attacks a build of his own, and a build script needs no dependency for it.
    let mut digest: u128 = 0x6c62272e07bb014262b821756295c58d;
    let mut feed = |bytes: &[u8]| {
        for &byte in (bytes.len() as u64).to_le_bytes().iter().chain(bytes) {
            digest = (digest ^ u128::from(byte)).wrapping_mul(0x0000000001000000000000000000013b);
        }
    };
    for file in files {
        feed(file.to_string_lossy().as_bytes());
        feed(&fs::read(&file).unwrap_or_default());
    }
    println!("cargo::rustc-env=SOLELY_BUILD={digest:032x}");
}

fn list(path: &Path, files: &mut Vec<PathBuf>) {
    let Ok(folder) = fs::read_dir(path) else {
        files.push(path.to_owned());
        return;
    };
    for entry in folder.flatten() {
        list(&entry.path(), files);
    }
}
