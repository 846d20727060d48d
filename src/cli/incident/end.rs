//! `holdpoint incident end`: an incident is over.

use std::process::ExitCode;

use anyhow::Result;

use super::{id, write};
use crate::act::incident::{End, end};
use crate::cli::acting::Acting;
use crate::cli::args::{Reports, moment};
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::model::{Id, Time};

const AFTER: &str = "\
Examples:
  holdpoint incident end INC-482
  holdpoint incident end INC-482 --at 2026-11-22T05:30:00Z

It says how long the incident lasted and what is left to do: break-glasses that are still to be reviewed, and
releases that were left by a rollback meanwhile with no instability recorded for them.

Exit codes:
  0 over, or over already · 2 wrong usage
  3 could not be done: nothing was written; or it was, and the report could not be, which is said
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  holdpoint.toml, advisories/, instabilities/, services/SERVICE/ of its services
Files that are written:
  holdpoint.toml, and log/SERVICE/ of each service";

/// An incident is over.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// Its id
    #[arg(value_name = "ID", value_parser = id)]
    id: Id,

    /// When it ended: RFC 3339 with an offset, or a date (its beginning, UTC); now, unless given
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Time>,

    #[command(flatten)]
    acting: Acting,

    /// Only shows what would be written
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Ends the incident and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let found = Found::by(settings)?;
    let (request, occasion) =
        (End { id: args.id.clone(), at: args.at }, args.acting.occasion(&found, settings)?);
    write(&found, settings, args.dry_run, &occasion, |tree, main, on| end(tree, main, &request, on))
}
