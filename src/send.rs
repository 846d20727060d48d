//! The helper `holdpoint-send`: it sends what `holdpoint` hands it on its standard input by HTTP.
//!
//! It is a program of its own so that a check needn't load what HTTPS takes.

use std::process::ExitCode;

fn main() -> ExitCode {
    holdpoint::net::main()
}
