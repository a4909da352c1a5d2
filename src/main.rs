//! The server and its commands; see [`tutti::cli`].

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Thousands come and go for months: with the system's allocator the holes that they leave behind grow for hours
/// (`manual/operations.md`).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    tutti::cli::main()
}
