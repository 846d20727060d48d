//! `holdpoint incident start`: an incident begins.

#![expect(clippy::disallowed_methods, reason = "a door: it reads what a webhook was posted")]

use std::fs::File;
use std::io::{self, Read};
use std::process::ExitCode;

use anyhow::Result;

use super::{id, write};
use crate::act::incident::{Start, notified, start};
use crate::act::{Said, said};
use crate::cli::acting::Acting;
use crate::cli::args::{Reports, moment, name};
use crate::cli::failure::Complaint;
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::disk::reason;
use crate::import::alertmanager::{MAX_NOTIFICATION, Notification, notification};
use crate::model::{Id, Name, Time};

const AFTER: &str = "\
Examples:
  holdpoint incident start INC-482 --service checkout --severity sev1
  holdpoint incident start INC-482 --service checkout --service ledger    it concerns another one, too
  holdpoint incident start INC-482 --service checkout --at 2026-11-22T02:50:00Z
  holdpoint incident start --alertmanager - < notification.json           what Alertmanager posts

While an incident is on, checks of its services are made under it without --incident, and rules can ask for it
(`when = { incident = true }`). Said again, nothing changes; with further services or another severity it is
extended. One that ended is not begun again: a second one takes an id of its own.

--alertmanager reads a webhook's notification (version 4, at most 1 MB). The group's key makes the id, and the label
service of each alert (else app, app_kubernetes_io_name, deployment, job) names the service. Delivered again, it
changes nothing; with further services it is extended; resolved, the incident ends. Alerts that fire again later
begin another one, AM-...-2. docs/incident-tools.md shows a webhook runner.

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
    #[arg(value_name = "ID", value_parser = id, required_unless_present = "alertmanager")]
    id: Option<Id>,

    /// A service that it concerns; may be given several times
    #[arg(long = "service", value_name = "SERVICE", value_parser = name, required_unless_present = "alertmanager")]
    services: Vec<Name>,

    /// What Alertmanager posts to a webhook; - is standard input
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath,
        conflicts_with_all = ["id", "services", "severity", "at"])]
    alertmanager: Option<String>,

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

    fn request(&self, id: &Id) -> Start {
        let mut services: Vec<Name> = Vec::with_capacity(self.services.len());
        for name in &self.services {
            if !services.contains(name) {
                services.push(name.clone());
            }
        }
        Start { id: id.clone(), services, severity: self.severity.clone(), at: self.at }
    }
}

/// Begins the incident and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let notification = args.alertmanager.as_deref().map(posted).transpose()?;
    let found = Found::by(settings)?;
    let occasion = args.acting.occasion(&found, settings)?;
    match (&notification, &args.id) {
        (Some(notification), _) => write(&found, settings, args.dry_run, &occasion, |tree, main, on| {
            notified(tree, main, notification, on)
        }),
        (None, Some(id)) => {
            let request = args.request(id);
            write(&found, settings, args.dry_run, &occasion, |tree, main, on| start(tree, main, &request, on))
        }
        (None, None) => {
            Err(Complaint::usage("no incident is named", "give its ID, or --alertmanager").into())
        }
    }
}

/// Reads a notification, and no more of what is piped in than tells that it is too large.
fn posted(file: &str) -> Result<Notification> {
    let mut bytes = Vec::new();
    let most = MAX_NOTIFICATION as u64 + 1;
    let read = match file {
        "-" => io::stdin().lock().take(most).read_to_end(&mut bytes),
        file => File::open(file).and_then(|opened| opened.take(most).read_to_end(&mut bytes)),
    };
    read.map_err(|error| {
        let hint = "give the file that holds the notification, or `-` for standard input";
        Complaint::unjudged(format!("`{file}` can't be read: {}", reason(&error)), Some(hint.into()))
    })?;
    notification(&bytes).map_err(|error| Complaint::unjudged(error.message, error.hint).into())
}
