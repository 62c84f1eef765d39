//! `solely completions`: scripts that complete the command line in a shell.

use super::{ExitStatus, Failure, output};
use clap::CommandFactory;
use clap_complete::Shell;

const AFTER: &str = "\
Examples:
  solely completions bash > ~/.local/share/bash-completion/completions/solely
  solely completions zsh > ~/.zfunc/_solely
  solely completions fish > ~/.config/fish/completions/solely.fish";

/// Print a script that completes `solely` in your shell
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// The shell to print it for
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

pub fn run(arguments: &Arguments) -> Result<ExitStatus, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Arguments::command(), "solely", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(ExitStatus::Pass)
}
