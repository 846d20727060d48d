//! `holdpoint policy`: the rules in force, why a reason has its level, and what other rules do.

mod diff;
mod show;
mod why;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::args::Reports;
use super::settings::Settings;

/// The rules in force, why a reason has its level, and what other rules do.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

// The help of each stands at its arguments, in its own file.
#[derive(Debug, Subcommand)]
enum Command {
    Show(show::Args),
    Why(why::Args),
    Diff(diff::Args),
}

impl Args {
    pub fn reports(&self) -> &Reports {
        match &self.command {
            Command::Show(args) => args.reports(),
            Command::Why(args) => args.reports(),
            Command::Diff(args) => args.reports(),
        }
    }
}

/// Does what is asked of the policy.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match &args.command {
        Command::Show(args) => show::run(args, settings),
        Command::Why(args) => why::run(args, settings),
        Command::Diff(args) => diff::run(args, settings),
    }
}
