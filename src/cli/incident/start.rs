//! `holdpoint incident start`: an incident begins.

use std::process::ExitCode;

use anyhow::Result;

use super::{id, write};
use crate::act::incident::{Start, start};
use crate::act::{Said, said};
use crate::cli::acting::Acting;
use crate::cli::args::{Reports, moment, name};
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::model::{Id, Name, Time};

const AFTER: &str = "\
Examples:
  holdpoint incident start INC-482 --service checkout --severity sev1
  holdpoint incident start INC-482 --service checkout --service ledger    it concerns another one, too
  holdpoint incident start INC-482 --service checkout --at 2026-11-22T02:50:00Z

While an incident is on, checks of its services are made under it without --incident, and rules can ask for it
(`when = { incident = true }`). Said again, nothing changes; with further services or another severity it is
extended. One that ended is not begun again: a second one takes an id of its own.

Exit codes:
  0 on from now on, or on already · 2 wrong usage
  3 could not be done: nothing was written; or it was, and the report could not be, which is said
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  holdpoint.toml, advisories/, instabilities/, the names in services/, and services/SERVICE/ of the first service
Files that are written:
  holdpoint.toml, and log/SERVICE/ of each service";

/// An incident begins: something is wrong with these services.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// Its id in the incident tool
    #[arg(value_name = "ID", value_parser = id)]
    id: Id,

    /// A service that it concerns; may be given several times
    #[arg(long = "service", value_name = "SERVICE", value_parser = name, required = true)]
    services: Vec<Name>,

    /// How bad it is: a free word, such as sev1
    #[arg(long, value_name = "WORD", value_parser = said)]
    severity: Option<Said>,

    /// When it began: RFC 3339 with an offset, or a date (its beginning, UTC); now, unless given
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

    fn request(&self) -> Start {
        let mut services: Vec<Name> = Vec::with_capacity(self.services.len());
        for name in &self.services {
            if !services.contains(name) {
                services.push(name.clone());
            }
        }
        Start { id: self.id.clone(), services, severity: self.severity.clone(), at: self.at }
    }
}

/// Begins the incident and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let found = Found::by(settings)?;
    let (request, occasion) = (args.request(), args.acting.occasion(&found, settings)?);
    write(&found, settings, args.dry_run, &occasion, |tree, main, on| start(tree, main, &request, on))
}
