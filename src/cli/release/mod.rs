//! `holdpoint release`: commands about single releases.

mod add;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::args::Reports;
use super::settings::Settings;

/// Registers releases.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

// The help of each command stands at its arguments, in its own file.
#[derive(Debug, Subcommand)]
enum Command {
    Add(add::Args),
}

impl Args {
    pub fn reports(&self) -> &Reports {
        match &self.command {
            Command::Add(args) => args.reports(),
        }
    }
}

/// Does what was asked.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match &args.command {
        Command::Add(args) => add::run(args, settings),
    }
}
