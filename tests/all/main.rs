//! All tests from outside, in one binary: it links once.
#![allow(clippy::disallowed_methods, missing_docs, reason = "tests reach for the disk and the program")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod architecture;
mod cases;
mod cli;
mod completions;
mod curl;
mod dice;
mod docs;
mod edit;
mod init;
mod judge;
mod lint;
mod man;
mod markdown;
mod mutate;
mod naive;
mod observe;
mod readme;
mod release_add;
mod repository;
mod run;
mod schema;
mod start;
mod status;
mod whole;
