//! `solely verify`: does a bundle say what the repository says?

use super::audit::read_keys;
use super::output::Output;
use super::{EXIT_STATUS, ExitStatus, Failure, Global};
use crate::bundle::{self, Files, Trusted};
use crate::evidence::VerifyReport;
use crate::pipeline::{self, VerifyOptions};
use std::fs;
use std::path::{Path, PathBuf};

const AFTER: &str = "\
Examples:
  solely verify evidence/                                derive the bundle again from this repository
  solely verify evidence/ --head v2.0                    and refuse one that is about another commit
  solely verify evidence/ --trusted allowed_signers      and demand the signature of somebody named there

The whole audit is run again from the repository, the policy, the claims and the files of evidence, and every place at
which the record differs is named. A pass says that the bundle is genuine, not that it recommends to close.";

/// Files of a bundle that are read at most.
const FILES_LIMIT: usize = 10_000;

/// Check the signature and the schema of a bundle, derive it again, and name every difference
#[derive(clap::Args)]
#[command(after_help = format!("{AFTER}\n\n{EXIT_STATUS}"))]
pub struct Arguments {
    /// The folder that `solely audit --output` wrote
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,

    /// Demand a signature by a key of this file, in the format of ssh-keygen's allowed_signers
    #[arg(long, value_name = "FILE")]
    trusted: Option<PathBuf>,

    /// Demand that the bundle is about this revision
    #[arg(long, value_name = "REV")]
    head: Option<String>,

    #[command(flatten)]
    output: Output<VerifyReport>,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let trusted = match &arguments.trusted {
        None => None,
        Some(path) => Some(read_keys(path, Trusted::read)?),
    };
    let options = VerifyOptions {
        repo: global.repo.clone(),
        files: read_bundle(&arguments.bundle)?,
        trusted,
        head: arguments.head.clone(),
        cache: global.cache(),
        search_path: std::env::var_os("PATH"),
    };
    let progress = global.progress();
    let report = pipeline::verify(&options, &progress)?;
    drop(progress);
    arguments.output.write(&report, &Default::default(), global.color)?;
    Ok(ExitStatus::of(report.verdict, &[]))
}

/// The files of a folder, and of the folder of inputs in it.
fn read_bundle(folder: &Path) -> Result<Files, Failure> {
    let mut files = Files::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inner) = open.pop() {
        let here = folder.join(&inner);
        let unreadable = |error: std::io::Error| {
            Failure::new(format!("cannot read `{}`: {error}", here.display()))
                .with_help("name the folder that `solely audit --output` wrote")
        };
        for entry in fs::read_dir(&here).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = inner.join(entry.file_name());
            let name = path.to_string_lossy().replace('\\', "/");
            let kind = entry.file_type().map_err(unreadable)?;
            let size = entry.metadata().map_err(unreadable)?.len();
            if kind.is_dir() && path.components().count() < 4 {
                open.push(path);
            } else if kind.is_file() && size <= crate::outside::SIZE_LIMIT && files.len() < FILES_LIMIT {
                files.insert(name, fs::read(folder.join(&path)).map_err(unreadable)?);
            } else {
                return Err(Failure::new(format!("`{name}` is no file of a bundle")));
            }
        }
    }
    if files.is_empty() {
        return Err(Failure::new(format!("`{}` is empty", folder.display()))
            .with_help(format!("a bundle holds `{}`", bundle::EVIDENCE)));
    }
    Ok(files)
}
