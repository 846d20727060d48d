//! The command line: what was typed, the environment, the clock, the terminal, and the exit code.
//!
//! The way of a check: parse (`args`) -> resolve (`settings`) -> load (`registry`) -> judge -> report
//! (`output`) -> exit (`exit`). One file per command, named as typed. Nothing is judged here.

mod args;
mod check;
mod environment;
mod exit;
mod failure;
mod output;
mod redeploy_check;
mod registry;
mod rollback_check;
mod settings;
mod targets;

use std::process::ExitCode;

use args::Command;
use settings::Settings;

/// Runs the program: does what the arguments say, and answers with the exit code of the contract.
pub fn main() -> ExitCode {
    let args = match args::parse() {
        Ok(args) => args,
        Err(code) => return code,
    };
    let settings = match Settings::resolve(&args.global) {
        Ok(settings) => settings,
        Err(error) => return failure::tell(&error, &Settings::fallback(&args.global)),
    };
    let done = match &args.command {
        Command::RollbackCheck(args) => rollback_check::run(args, &settings),
        Command::RedeployCheck(args) => redeploy_check::run(args, &settings),
        Command::Targets(args) => targets::run(args, &settings),
    };
    done.unwrap_or_else(|error| failure::tell(&error, &settings))
}
