//! `holdpoint notify`: what is still to be told is told; who is told what; and whether a sink takes something.

mod flush;
mod list;
mod test;
mod waiting;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::args::Reports;
use super::settings::Settings;

/// Tells what is still to be told, tries sinks, and shows routes, sinks and what waits.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

// The help of each stands at its arguments, in its own file.
#[derive(Debug, Subcommand)]
enum Command {
    Flush(flush::Args),
    Test(test::Args),
    List(list::Args),
}

impl Args {
    pub fn reports(&self) -> &Reports {
        match &self.command {
            Command::Flush(args) => args.reports(),
            Command::Test(args) => args.reports(),
            Command::List(args) => args.reports(),
        }
    }
}

/// Does what was asked.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match &args.command {
        Command::Flush(args) => flush::run(args, settings),
        Command::Test(args) => test::run(args, settings),
        Command::List(args) => list::run(args, settings),
    }
}
