//! `solely audit`: may the issue be closed?

use super::output;
use super::{EXIT_STATUS, ExitStatus, Failure, Global};
use crate::bundle::{self, KeyError, Signer};
use crate::evidence::{AuditArguments, AuditReport, Document, DocumentKind};
use crate::history::RangeRequest;
use crate::outside;
use crate::pipeline::{self, AuditOptions, PolicySource};
use crate::report::{FORMATS, FormatSpec, RenderOptions};
use std::fs;
use std::path::{Component, Path, PathBuf};

const AFTER: &str = "\
Examples:
  solely audit --head 2295b4572 --claims closure.md       one commit, and what its report says
  solely audit --base v1 --head v2 --commit-messages      a range, and what its own commits say
  solely audit --head HEAD --claims closure.md --output evidence/
                                                          write the bundle that `solely verify` derives again

Claims are read from ordinary Markdown (tables with expected and actual columns, lists, sentences) and, exactly, from
TOML files or fenced `solely` blocks:

  [[claim]]
  removed = \"shop.orders:OrderHandler._handle_order_v2\"

  other keys: exists, absent, added, unreferenced (a symbol or a path); from (with removed); lines-removed (with
  reading = gross | net | code | net-code), files-removed, methods-removed, functions-removed, classes-removed,
  imports-removed (a number); renamed, moved ({ from, to }); holds (no-duplicates, imports-resolve, no-breaking-changes)

What the bundle binds: the subject names the commit of head and its tree by git's object names (SHA-1), which cover every
byte, path and mode of every file of head and, through the commit, its message and its history. `evidence.json` holds the
texts of policy and documents as they were read, with their SHA-256, and of every file of evidence the SHA-256 of its
bytes as they are stored, under which `inputs/` holds them. A signature (DSSE v1, Ed25519, payload type
application/vnd.in-toto+json) covers the bytes of `evidence.json` and no others. `report.md`, `report.html` and
`findings.sarif` follow from the record; `solely verify` renders them again and compares them byte by byte.

A rule of the project's own policy counts by whatever stands at head; a rule of a built-in pack by what the change brought.
What such a rule found at base too, in files that the change leaves alone, is counted by rule under `standing`, with a
SHA-256 over a line for each finding of head (`FINGERPRINT PATH:LINE`), so that it can be derived again.

Each claim ends verified, refuted or unprovable; what looks like a claim and was not understood is listed. The verdict is
a pass only where there are claims, all are verified, and policy and evidence hold.";

/// Audit a removal: policy, ledger, duplicates, broken references, evidence from outside, and claims
#[derive(clap::Args)]
#[command(after_help = format!("{AFTER}\n\n{EXIT_STATUS}"))]
pub struct Arguments {
    /// Where the work began; without it, the first parent of `--head`
    #[arg(long, value_name = "REV")]
    base: Option<String>,

    /// Where the work ended
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    head: String,

    /// A document with claims: Markdown, or TOML for exact ones; several may be given
    #[arg(long, value_name = "FILE")]
    claims: Vec<PathBuf>,

    /// Read the messages of the range's commits as claims too
    #[arg(long, visible_alias = "commit-message")]
    commit_messages: bool,

    /// The issue that is to be closed, for the record
    #[arg(long, value_name = "ID")]
    issue: Option<String>,

    /// Where the files of `[[evidence]]` are; without it, beside the policy given, or in the repository
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,

    /// Write the bundle into this folder, which is made, or must be empty or a bundle
    #[arg(long = "output", value_name = "DIR")]
    bundle: Option<PathBuf>,

    /// Sign the bundle with this key: an ed25519 key of OpenSSH or PKCS #8, without a passphrase
    #[arg(long, value_name = "KEYFILE", requires = "bundle")]
    sign: Option<PathBuf>,

    /// How to write the answer
    #[arg(long, value_name = "FORMAT", value_parser = output::format_parser::<AuditReport>(), default_value = FORMATS[0].name)]
    format: &'static FormatSpec,

    /// Show at most N of what is open or not understood; 0 shows all (machine formats always hold all)
    #[arg(long, value_name = "N", default_value_t = 20)]
    max: usize,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    if global.isolated || !global.set.is_empty() {
        return Err(Failure::new("an audit takes the policy as it is written").with_help(
            "leave `--isolated` and `--set` out (and `SOLELY_ISOLATED`, `SOLELY_SET`), or give a `--config`",
        ));
    }
    let signer = arguments.sign.as_deref().map(|path| read_keys(path, Signer::read)).transpose()?;
    let request = match &arguments.base {
        Some(base) => RangeRequest::Between { base: base.clone(), head: arguments.head.clone() },
        None => RangeRequest::Commit(arguments.head.clone()),
    };
    let documents = arguments.claims.iter().map(|path| read_document(path)).collect::<Result<Vec<_>, _>>()?;
    let beside = global.config.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    let here = if global.config.is_some() { Path::new(".") } else { &global.repo };
    let folder = arguments.evidence.as_deref().or(beside).unwrap_or(here);
    let options = AuditOptions {
        repo: global.repo.clone(),
        policy: global.config.clone().map_or(PolicySource::Head, PolicySource::File),
        request,
        documents,
        arguments: AuditArguments {
            issue: arguments.issue.clone(),
            commit_messages: arguments.commit_messages,
            config: global.config.as_deref().map(plain_name),
            evidence: arguments.evidence.as_deref().map(plain_name),
        },
        outside: Box::new(outside::read_below(folder)),
        cache: global.cache(),
        search_path: std::env::var_os("PATH"),
    };
    let progress = global.progress();
    let report = pipeline::audit(&options, &progress)?;
    drop(progress);
    if let Some(folder) = &arguments.bundle {
        write_bundle(folder, &report, signer.as_ref())?;
    }
    let stdout = std::io::stdout();
    let max = (arguments.max > 0).then_some(arguments.max);
    let shown = RenderOptions { color: global.color.is_wanted_on(&stdout), width: output::width(&stdout), max };
    let text = arguments.format.render(&report, &Default::default(), &shown);
    output::print(&text.expect("only formats that render an audit are possible"))?;
    Ok(ExitStatus::of(report.verdict, &report.gaps))
}

/// A document with claims.
fn read_document(path: &Path) -> Result<Document, Failure> {
    let bytes = fs::read(path).map_err(|error| {
        Failure::new(format!("cannot read `{}`: {error}", path.display()))
            .with_help("name the document with `--claims`")
    })?;
    let name = plain_name(path);
    Ok(Document { name, text: String::from_utf8_lossy(&bytes).into_owned(), kind: DocumentKind::Report })
}

/// A path as it was given where that says nothing of the machine, else its last name.
fn plain_name(path: &Path) -> String {
    let is_plain = path.is_relative() && path.components().all(|part| matches!(part, Component::Normal(_)));
    let name = if is_plain { path.as_os_str() } else { path.file_name().unwrap_or(path.as_os_str()) };
    name.to_string_lossy().replace('\\', "/")
}

/// Reads a file that holds one key, or several.
pub fn read_keys<T>(path: &Path, read: fn(&str) -> Result<T, KeyError>) -> Result<T, Failure> {
    let text =
        fs::read_to_string(path).map_err(|error| Failure::new(format!("cannot read `{}`: {error}", path.display())))?;
    read(&text).map_err(|error| {
        let failure = Failure::new(format!("`{}`: {error}", path.display()));
        match error.hint() {
            Some(hint) => failure.with_help(hint),
            None => failure,
        }
    })
}

/// Writes the bundle. What an earlier one left in the folder goes.
fn write_bundle(folder: &Path, report: &AuditReport, signer: Option<&Signer>) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| {
        Failure::new(format!("cannot write the bundle to `{}`: {error}", folder.display()))
            .with_help("choose another folder with `--output`")
    };
    let is_bundle = folder.join(bundle::EVIDENCE).exists();
    if let Ok(mut entries) = fs::read_dir(folder)
        && !is_bundle
        && entries.next().is_some()
    {
        return Err(Failure::new(format!("`{}` is not empty and no bundle", folder.display()))
            .with_help("choose another folder with `--output`"));
    }
    let mut files = bundle::files(report);
    if let Some(signer) = signer {
        let envelope = bundle::seal(&files[bundle::EVIDENCE], signer).map_err(|why| Failure::new(why.to_string()))?;
        files.insert(bundle::ENVELOPE.to_owned(), envelope);
    }
    if is_bundle {
        let old =
            [bundle::EVIDENCE, bundle::ENVELOPE].into_iter().chain(bundle::RENDERINGS.iter().map(|(file, _)| *file));
        for name in old {
            let _ = fs::remove_file(folder.join(name));
        }
        let _ = fs::remove_dir_all(folder.join(bundle::INPUTS));
    }
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(unwritable)?;
        fs::write(&path, bytes).map_err(unwritable)?;
    }
    Ok(())
}
