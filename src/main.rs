//! The `solely` binary: everything happens in [`solely::cli`].

/// Facts are many small allocations from many threads, which the system's allocators make dear.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    solely::cli::run(std::env::args_os()).into()
}
