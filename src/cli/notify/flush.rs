//! `holdpoint notify flush`: tells what is still to be told.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;

use super::list::waits;
use super::waiting::{Held, waiting};
use crate::cli::acting::Acting;
use crate::cli::args::{Format, Reports, name};
use crate::cli::exit;
use crate::cli::failure::{Complaint, Refused};
use crate::cli::settings::Settings;
use crate::cli::telling::Round;
use crate::cli::write::{duration, refuse_as_of};
use crate::model::{Name, Sources};
use crate::registry::sinks;
use crate::report::notify::{Flush, Waits, Why};
use crate::report::{Notice, human, json, markdown};
use crate::telling::Patience;

const AFTER: &str = "\
Examples:
  holdpoint notify flush                     tells what is left, of all services
  holdpoint notify flush checkout            of one only
  holdpoint notify flush --patient           for cron: a sink that was down is tried less and less often
  holdpoint notify flush --dry-run           only says what would be told, and to whom

Every event keeps its id, however often it is sent, so a receiver knows it again. What time brings is looked for as
well: sign-offs that are about to end, break-glasses that nobody has reviewed in time, environments without a safe way
back. They are told once a day while they last.

A sink that asked to be left alone for a while (Retry-After) is, and one that said it is gone (410) gets nothing until
`holdpoint notify test` reaches it. The record says who was told, and is what others go on from: share it (docs/git.md).

Exit codes:
  0 everybody was told · 1 somebody could not be, or is to be left alone for now · 2 wrong usage
  3 could not be done: the registry or its record can't be read
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  holdpoint.toml, services/, log/
Files that are written:
  log/SERVICE/: who was told, and what was answered";

/// Tells what is still to be told, from whichever clone.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(in crate::cli) struct Args {
    /// Only of these services
    #[arg(value_name = "SERVICE", value_parser = name)]
    services: Vec<Name>,

    /// Leaves alone for a while what was tried just before: for timers
    #[arg(long)]
    patient: bool,

    /// How long it may take, all sinks side by side
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    timeout: Duration,

    /// Only says what would be told, and to whom
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    acting: Acting,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Tells, writes down who was told, and reports.
pub(in crate::cli) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out: what waits is told now")?;
    let patience = if args.patient { Patience::BackOff } else { Patience::None };
    let waiting = waiting(&args.services, settings, patience)?;
    let found = &waiting.opened.found;
    // Where no sink can be read, nobody can be told: that is a mistake to mend, and no receiver that is down.
    sinks(&found.tree(), &found.main)
        .map_err(|error| Complaint::unjudged(error.to_string(), None))?
        .map_err(Refused)?;
    let held: Vec<Waits> = waiting.held.iter().map(|(due, held)| waits(due, Some(*held))).collect();
    let notice = match args.dry_run {
        true => Notice::default(),
        false => {
            let occasion = args.acting.machines_occasion(found, settings)?;
            settings.outputs.check_files()?;
            let round = Round::of(found, settings, waiting.due.clone());
            round.send(args.timeout).write_down(found, settings, &occasion)
        }
    };
    let would: Vec<Waits> = match args.dry_run {
        true => waiting.due.iter().map(|due| waits(due, None)).collect(),
        false => Vec::new(),
    };
    let sources = Sources::default();
    let flush = Flush {
        context: waiting.opened.context(settings, &sources, &[]),
        would: &would,
        dry_run: args.dry_run,
        notice: &notice,
        held: &held,
        unread: &waiting.unread,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::flush(&flush, look),
        Format::Json => json::flush(&flush),
        Format::Markdown => markdown::flush(&flush, look.detail),
    });
    Ok(ExitCode::from(exit::of_question(flush.is_well(), delivered)))
}

impl From<Held> for Why {
    fn from(held: Held) -> Why {
        match held {
            Held::Until(time) => Why::Until(time),
            Held::Gone(since) => Why::Gone(since),
            Held::Resting => Why::Resting,
        }
    }
}
