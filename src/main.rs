//! The `solely` binary: everything happens in [`solely::cli`].

/// Trees of syntax are many small allocations, made and dropped on every core; the system's allocator took a sixth of
/// the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    solely::cli::run(std::env::args_os()).into()
}
