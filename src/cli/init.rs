//! `solely init`: a first policy, from what the code says.

use super::{ExitStatus, Failure, Global, output};
use crate::pipeline::{self, InitOptions, InitOutcome};
use crate::proposal::{Origin, Proposal};
use crate::report::escape::safe;
use crate::report::proposal::{policy_text, rule_text};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, BufRead, IsTerminal, Write};

const AFTER: &str = "\
Examples:
  solely init                  ask for each rule, then write solely.toml
  solely init --yes            take every rule that is proposed
  solely init --dry-run        print the policy and write nothing

What is proposed: versions that live beside their successor, flags that choose between two paths, what is declared
deprecated, what ruff's banned-api and import-linter's forbidden contracts ban. What is implemented more than once stands
below as comments, with the copy that its uses speak for: a person has to say which one is the owner. A proposed `[[legacy]]` rule warns for 90
days and fails from then on. A policy that is there is never written over.

Exit status: 0; 2 when it cannot run, or a policy is there.";

/// Propose a policy from the code
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// Take every rule that is proposed, without asking
    #[arg(long)]
    yes: bool,

    /// Print the policy, write nothing
    #[arg(long)]
    dry_run: bool,
}

pub fn run(global: &Global, arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let today = jiff::Zoned::now().date();
    let options = InitOptions { repo: global.repo.clone(), cache: global.cache(), today };
    let progress = global.progress();
    let InitOutcome { proposal, file, present } = pipeline::init(&options, &progress)?;
    drop(progress);
    if let (Some(path), false) = (&present, arguments.dry_run) {
        let failure = Failure::new(format!("`{path}` holds a policy already, and nothing is written over"));
        return Err(failure.with_help("see what would be proposed with `--dry-run`"));
    }
    let asks = !arguments.yes && !arguments.dry_run;
    if asks && !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        let failure = Failure::new("there is no terminal to ask on");
        return Err(failure.with_help("take every rule with `--yes`, or look first with `--dry-run`"));
    }
    let chosen = match asks {
        true => match ask(&proposal, &mut io::stdin().lock(), &mut io::stderr().lock()) {
            Ok(Some(chosen)) => chosen,
            Ok(None) => return Err(Failure::new("nothing was written")),
            Err(error) => return Err(Failure::new(format!("cannot ask: {error}"))),
        },
        false => vec![true; proposal.rules.len()],
    };
    let text = policy_text(&proposal, &|index| chosen[index]);
    if arguments.dry_run {
        output::print(&text)?;
        return Ok(ExitStatus::Pass);
    }
    let shown = file.display().to_string();
    // of two that write at once one fails, and neither writes over the other
    let written =
        OpenOptions::new().write(true).create_new(true).open(&file).and_then(|mut it| it.write_all(text.as_bytes()));
    written.map_err(|error| Failure::new(format!("cannot write `{shown}`: {error}")))?;
    let rules = match chosen.iter().filter(|it| **it).count() {
        1 => "1 rule".to_owned(),
        count => format!("{count} rules"),
    };
    output::print(&format!("{}: {rules} besides the built-in ones; `solely check` judges by it\n", safe(&shown)))?;
    Ok(ExitStatus::Pass)
}

/// Asks for each rule; `None` where the user gives up.
fn ask(proposal: &Proposal, input: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<Option<Vec<bool>>> {
    let mut whole: BTreeMap<Origin, bool> = BTreeMap::new();
    let mut chosen = Vec::new();
    for (index, rule) in proposal.rules.iter().enumerate() {
        if let Some(&answer) = whole.get(&rule.origin) {
            chosen.push(answer);
            continue;
        }
        writeln!(out, "\n{} ({} of {})\n", rule.origin.heading(), index + 1, proposal.rules.len())?;
        write!(out, "{}", rule_text(rule))?;
        loop {
            write!(out, "\nTake this rule? [y]es, [n]o, [a]ll or n[o]ne of this kind, [q]uit: ")?;
            out.flush()?;
            let mut answer = String::new();
            if input.read_line(&mut answer)? == 0 {
                return Ok(None);
            }
            let (takes, is_whole) = match answer.trim() {
                "y" | "yes" => (true, false),
                "n" | "no" => (false, false),
                "a" | "all" => (true, true),
                "o" | "none" => (false, true),
                "q" | "quit" => return Ok(None),
                _ => continue,
            };
            if is_whole {
                whole.insert(rule.origin, takes);
            }
            chosen.push(takes);
            break;
        }
    }
    Ok(Some(chosen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proposal::{Demand, ProposedRule};

    fn answers(typed: &str) -> Option<Vec<bool>> {
        let rule = |origin, id: &str| ProposedRule {
            origin,
            id: id.to_owned(),
            summary: String::new(),
            because: Vec::new(),
            demand: Demand::Closed { calls: vec!["cgi".to_owned()], within: Vec::new(), allow: Vec::new() },
        };
        let rules = vec![rule(Origin::Version, "a"), rule(Origin::Version, "b"), rule(Origin::BannedApi, "c")];
        let proposal = Proposal { rules, ..Proposal::default() };
        ask(&proposal, &mut typed.as_bytes(), &mut Vec::new()).unwrap()
    }

    #[test]
    fn each_answer_is_understood() {
        assert_eq!(answers("y\nno\nyes\n"), Some(vec![true, false, true]));
        assert_eq!(answers("a\nn\n"), Some(vec![true, true, false]));
        assert_eq!(answers("o\nwhat?\ny\n"), Some(vec![false, false, true]));
        assert_eq!(answers("y\nq\n"), None);
        assert_eq!(answers("y\n"), None, "the end of the input gives up");
    }
}
