//! All tests from outside, in one binary: it links once.
#![allow(clippy::disallowed_methods, missing_docs, reason = "tests reach for the disk and the program")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod architecture;
mod cases;
mod cli;
mod curl;
mod dice;
mod docs;
mod edit;
mod judge;
mod lint;
mod mutate;
mod naive;
mod readme;
mod release_add;
mod status;
mod whole;
