//! The floor of everything that understands Python: ruff's parser over every Python file of a folder, on all cores, with
//! nothing done to the trees. `bare-parse FOLDER`

use rayon::prelude::*;
use ruff_python_ast::PySourceType;
use ruff_python_parser::{ParseOptions, parse_unchecked};
use std::path::PathBuf;

/// That of the tool.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let folder = std::env::args_os().nth(1).expect("usage: bare-parse FOLDER");
    let entries = ignore::WalkBuilder::new(folder).hidden(false).build().flatten();
    let files: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(|entry| entry.into_path())
        .filter(|path| path.extension().is_some_and(|it| it == "py" || it == "pyi"))
        .collect();
    let parse = |path: &PathBuf| {
        let Ok(text) = std::fs::read_to_string(path) else { return (0, 0) };
        let parsed = parse_unchecked(&text, ParseOptions::from(PySourceType::Python));
        (text.len(), parsed.errors().len())
    };
    let (bytes, errors) = files.par_iter().map(parse).reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    println!("{} files, {:.1} MB, {errors} errors", files.len(), bytes as f64 / 1e6);
}
