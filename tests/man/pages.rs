//! Writes the man pages: one for `solely`, one for each of its commands.
//!
//! `cargo run --example man -- FOLDER`; packagers install them below `share/man/man1`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: man FOLDER");
        return ExitCode::from(2);
    };
    let written =
        std::fs::create_dir_all(&folder).and_then(|()| clap_mangen::generate_to(solely::cli::command(), &folder));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write to `{}`: {error}", folder.display());
            ExitCode::from(2)
        }
    }
}
