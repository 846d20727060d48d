//! The holdpoint binary: the exit code of `cli::main`.

use std::process::ExitCode;

fn main() -> ExitCode {
    holdpoint::cli::main()
}
