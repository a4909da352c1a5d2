//! The server and its commands; see [`tutti::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    tutti::cli::main()
}
