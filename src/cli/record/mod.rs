//! `holdpoint record`: what was done without holdpoint.

mod moved;
mod redeploy;
mod rollback;
mod settled;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::args::Reports;
use super::settings::Settings;

/// Records what was done elsewhere: a move, or that a rollback's cause is dealt with.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

// The help of each command stands at its arguments, in its own file.
#[derive(Debug, Subcommand)]
enum Command {
    Rollback(rollback::Args),
    Redeploy(redeploy::Args),
    Settled(settled::Args),
}

impl Args {
    pub fn reports(&self) -> &Reports {
        match &self.command {
            Command::Rollback(args) => args.reports(),
            Command::Redeploy(args) => args.reports(),
            Command::Settled(args) => args.reports(),
        }
    }
}

/// Does what was asked.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match &args.command {
        Command::Rollback(args) => rollback::run(args, settings),
        Command::Redeploy(args) => redeploy::run(args, settings),
        Command::Settled(args) => settled::run(args, settings),
    }
}
