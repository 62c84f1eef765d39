//! `solely schema`: the JSON Schema of a document that `--format json` prints.

use super::{ExitStatus, Failure, output};
use crate::report::SCHEMAS;
use clap::builder::{PossibleValue, PossibleValuesParser};

const AFTER: &str = "\
Examples:
  solely schema check > solely-check.schema.json
  solely schema removed | jq '.properties | keys'

A document keeps its schema within a version: fields are added, and none changes its name or meaning.
The schema of a policy is printed by `solely policy schema`.";

/// Print the JSON Schema of what a command answers with `--format json`
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// The command whose document it is
    #[arg(value_name = "COMMAND", value_parser = names())]
    name: String,
}

pub fn run(arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let schema =
        SCHEMAS.iter().find(|schema| schema.name == arguments.name).expect("only registered names are possible");
    output::print(&schema.text())?;
    Ok(ExitStatus::Pass)
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(SCHEMAS.iter().map(|schema| PossibleValue::new(schema.name).help(schema.id)))
}
