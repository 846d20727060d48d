//! All tests from outside, in one binary: it links once.
#![allow(clippy::disallowed_methods, missing_docs, reason = "tests reach for the disk and the program")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]
#![allow(clippy::print_stdout, reason = "helpers say what a test has skipped")]

mod architecture;
mod at_once;
mod at_revision;
mod audit;
mod cases;
mod ci_files;
mod ci_formats;
mod clear_flag;
mod cli;
mod committed;
mod completions;
mod crash;
mod curl;
mod dice;
mod docs;
mod edit;
mod finder;
mod flag_release;
mod flags;
mod gate;
mod git;
mod hostile;
mod init;
mod judge;
mod lint;
mod lint_diff;
mod log;
mod man;
mod markdown;
mod mutate;
mod naive;
mod observe;
mod offered;
mod playbook;
mod policy_test;
mod readme;
mod record_move;
mod release_add;
mod repository;
mod review;
mod run;
mod safe_writes;
mod schema;
mod sign_off;
mod start;
mod status;
mod story;
mod telling;
mod two_teams;
mod whole;
