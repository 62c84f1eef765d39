//! The `solely` binary: everything happens in [`solely::cli`].

fn main() -> std::process::ExitCode {
    solely::cli::run(std::env::args_os()).into()
}
