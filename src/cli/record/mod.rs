//! `holdpoint record`: what was done without holdpoint.

mod moved;
mod redeploy;
mod rollback;
mod settled;

use std::process::ExitCode;

use anyhow::{Error, Result};
use clap::Subcommand;

use super::args::Reports;
use super::failure::Complaint;
use super::registry::Found;
use super::settings::Settings;
use super::write::{unedited, unloaded};
use crate::act::movement::Refusal;

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

/// Why nothing is recorded.
fn refused(refusal: Refusal, found: &Found) -> Error {
    match refusal {
        Refusal::Unloaded(error) => unloaded(error, found),
        Refusal::Unedited(error) => unedited(error, found),
        Refusal::Unreadable(error) => {
            Complaint::unjudged(error.to_string(), error.hint().map(str::to_owned)).into()
        }
        Refusal::Unfit { message, hint } => Complaint::unjudged(message, hint).into(),
    }
}
