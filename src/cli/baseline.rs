//! `solely baseline`: accept what is there, and keep the list true.

use super::{ExitStatus, Failure, Global, output};
use crate::finding::Acceptance;
use crate::pipeline::{self, BaselineOptions};
use crate::report::escape::safe;
use crate::triage::Entry;
use std::fmt::Write;
use std::process::Command;

const AFTER: &str = "\
Examples:
  solely baseline --reason 'before #447'    accept every error and warning that is there
  solely baseline --prune                   take out what is no longer there, accept nothing
  solely baseline --check                   change nothing; say what would change

The file is `solely-baseline.jsonl` beside the policy, one finding per line, to be committed. A finding is known by its
rule, symbol, place in the program and the words around it, not by its line: it survives moved lines, reformatting and
renamed files.

Exit status: 0; 1 with `--check` where the file would change; 2 when it cannot run.";

/// Accept the findings that are there, with who, when and why; take out those that are gone
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// Why the findings are accepted that are not yet
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    /// Who accepts them; without it, the author that git would name
    #[arg(long, value_name = "NAME")]
    accepted_by: Option<String>,

    /// Take out what is no longer there, and accept nothing
    #[arg(long, conflicts_with_all = ["reason", "accepted_by"])]
    prune: bool,

    /// Write nothing; fail if the file would change
    #[arg(long)]
    check: bool,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let today = jiff::Zoned::now().date();
    let (repo, policy, cache) = (global.repo.clone(), global.policy(), global.cache());
    let mut options = BaselineOptions { repo, policy, cache, today, acceptance: None };
    if !arguments.prune {
        let reason = arguments.reason.clone().unwrap_or_default();
        let by = arguments.accepted_by.clone().or_else(|| author(global)).unwrap_or_default();
        options.acceptance = Some(Acceptance { by: by.trim().into(), date: Some(today), reason: reason.trim().into() });
    }
    let progress = global.progress();
    let outcome = pipeline::baseline(&options, &progress)?;
    drop(progress);

    let update = &outcome.update;
    if let (Some(acceptance), false, false) = (&options.acceptance, update.added.is_empty(), arguments.check) {
        let count = findings(update.added.len() as u64);
        if acceptance.reason.is_empty() {
            let failure = Failure::new(format!("{count} would be accepted without a reason"));
            return Err(failure.with_help("say why with `--reason TEXT`, or take out what is gone with `--prune`"));
        }
        if acceptance.by.is_empty() {
            let failure = Failure::new(format!("{count} would be accepted by nobody"));
            return Err(failure.with_help("say who with `--accepted-by NAME`, or set `user.name` and `user.email`"));
        }
    }
    let is_changed = !update.added.is_empty() || !update.removed.is_empty() || update.moved > 0;
    let file = outcome.file.display().to_string();
    let mut out = String::new();
    update.added.iter().for_each(|entry| tell(&mut out, '+', entry));
    update.removed.iter().for_each(|entry| tell(&mut out, '-', entry));
    let moved = if update.moved > 0 { format!(" ({} of them elsewhere now)", update.moved) } else { String::new() };
    let (added, removed) = (update.added.len(), update.removed.len());
    let _ = writeln!(out, "{}: {} kept{moved}, {added} accepted, {removed} gone", safe(&file), update.kept);
    let is_written = !arguments.check && (is_changed || (!outcome.existed && !arguments.prune));
    if is_written {
        output::write_file(&outcome.file, &outcome.text)
            .map_err(|error| Failure::new(format!("cannot write `{file}`: {error}")))?;
    }
    output::print(&out)?;
    Ok(if arguments.check && is_changed { ExitStatus::Fail } else { ExitStatus::Pass })
}

fn tell(out: &mut String, sign: char, entry: &Entry) {
    let known = &entry.known;
    let inside = if known.inside.is_empty() { String::new() } else { format!(" in {}", safe(&known.inside)) };
    let (path, rule, symbol) = (safe(&known.path), safe(&known.rule), safe(&known.symbol));
    let _ = writeln!(out, "{sign} {path}: {rule}: {} of `{symbol}`{inside}", safe(&known.kind));
    if sign == '-' {
        let date = entry.acceptance.date.map_or_else(String::new, |date| format!(" on {date}"));
        let _ = writeln!(
            out,
            "    was accepted by {}{date}: {}",
            safe(&entry.acceptance.by),
            safe(&entry.acceptance.reason)
        );
    }
}

fn findings(count: u64) -> String {
    if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") }
}

/// Whom git would name as the author of a commit made now.
fn author(global: &Global) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(&global.repo).args(["var", "GIT_AUTHOR_IDENT"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    // `Name <address> seconds zone`
    Some(format!("{}>", text.split_once('>')?.0))
}
