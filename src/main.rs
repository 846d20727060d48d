//! The holdpoint binary: the exit code of `cli::main`.

fn main() {}
