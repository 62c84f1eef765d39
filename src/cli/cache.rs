//! `solely cache`: where the cache is, and how to be rid of it.

use super::output::print;
use super::{ExitStatus, Failure};
use crate::cache::{self, Cache, CacheOptions, CacheSize};
use crate::evidence::CacheFound;
use std::env;
use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

/// Names the folder of the cache.
const FOLDER: &str = "SOLELY_CACHE_DIR";

/// Bytes that the cache may take.
const LIMIT: &str = "SOLELY_CACHE_LIMIT";

/// See and clean the cache of what earlier runs worked out
///
/// The cache makes runs fast and changes no answer: what it holds is found by the content of files and by the build of
/// solely. It lies in SOLELY_CACHE_DIR or in the user's folder for caches, takes at most SOLELY_CACHE_LIMIT bytes
/// (2 GiB if that is not set), and can be removed at any time. `--no-cache` does without it.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Print the folder of the cache
    Path,
    /// Print how much the cache takes
    Size,
    /// Remove what the cache holds
    Clean,
}

pub fn run(arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let Some(folder) = folder() else {
        let help = format!("name a folder in the environment variable {FOLDER}");
        return Err(Failure::new("there is no folder for caches here").with_help(help));
    };
    let text = match arguments.command {
        Command::Path => format!("{}\n", folder.display()),
        Command::Size => format!("{}\n", describe(cache::measure(&folder))),
        Command::Clean => {
            let fail = |error| Failure::new(format!("cannot clean `{}`: {error}", folder.display()));
            format!("removed {}\n", describe(cache::clean(&folder).map_err(fail)?))
        }
    };
    print(&text)?;
    Ok(ExitStatus::Pass)
}

fn describe(size: CacheSize) -> String {
    let files = if size.files == 1 { "file" } else { "files" };
    format!("{} {files}, {:.1} MiB", size.files, size.bytes as f64 / f64::from(1 << 20))
}

/// The variables that say where the cache is and how large, each with what it means.
pub const VARIABLES: [(&str, &str); 2] =
    [(FOLDER, "the folder of the cache"), (LIMIT, "bytes that the cache may take")];

fn limit() -> u64 {
    env::var(LIMIT).ok().and_then(|limit| limit.parse().ok()).unwrap_or(cache::LIMIT)
}

/// Where the cache is and what it takes.
pub fn found() -> CacheFound {
    let Some(folder) = folder() else { return CacheFound { limit: limit(), ..CacheFound::default() } };
    let CacheSize { files, bytes } = cache::measure(&folder);
    CacheFound { folder: Some(folder.display().to_string()), files, bytes, limit: limit() }
}

/// The user's cache, or none where there is no folder for it.
pub fn open() -> Cache {
    match folder() {
        Some(folder) => Cache::open(CacheOptions { folder, limit: limit(), now: SystemTime::now() }),
        None => Cache::none(),
    }
}

/// Says that nothing could be kept, which costs time and no answer.
pub fn complain(error: &io::Error) {
    eprintln!(
        "warning: the cache was not written: {error}\nhelp: name another folder in {FOLDER}, or use `--no-cache`"
    );
}

fn folder() -> Option<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // The specification of base directories has relative paths ignored.
    let absolute = |name| variable(name).filter(|path| path.is_absolute());
    if let Some(folder) = variable(FOLDER) {
        return Some(folder);
    }
    let base = match env::consts::OS {
        "windows" => absolute("LOCALAPPDATA"),
        "macos" => absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join("Library/Caches"))),
        _ => absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache"))),
    };
    Some(base?.join("solely"))
}
