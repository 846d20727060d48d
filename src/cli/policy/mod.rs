//! `holdpoint policy`: the rules in force, why a reason has its level, what other rules do, and tests for them.

mod diff;
mod show;
mod test;
mod why;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::args::Reports;
use super::form::Form;
use super::settings::Settings;

/// The rules in force, why a reason has its level, what other rules do, and tests for them.
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
    Test(test::Args),
}

impl Args {
    pub fn reports(&self) -> &Reports {
        match &self.command {
            Command::Show(args) => args.reports(),
            Command::Why(args) => args.reports(),
            Command::Diff(args) => args.reports(),
            Command::Test(args) => args.reports(),
        }
    }
}

impl Args {
    /// The forms that the command has beside the usual ones.
    pub fn forms(&self) -> &'static [Form] {
        if matches!(self.command, Command::Test(_)) { test::FORMS } else { &[] }
    }
}

/// Does what is asked of the policy.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match &args.command {
        Command::Show(args) => show::run(args, settings),
        Command::Why(args) => why::run(args, settings),
        Command::Diff(args) => diff::run(args, settings),
        Command::Test(args) => test::run(args, settings),
    }
}
