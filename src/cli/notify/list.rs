//! `holdpoint notify list`: who is told what, by which sinks, and what waits.

use std::process::ExitCode;

use anyhow::Result;

use super::waiting::{Held, waiting};
use crate::cli::args::{Format, Reports, name};
use crate::cli::exit;
use crate::cli::failure::Refused;
use crate::cli::settings::Settings;
use crate::cli::telling::Due;
use crate::cli::write::refuse_as_of;
use crate::model::{Name, Sources};
use crate::registry::{routes, sinks};
use crate::report::notify::{Listing, Waits};
use crate::report::{human, json, markdown};
use crate::telling::Patience;

const AFTER: &str = "\
Examples:
  holdpoint notify list                routes, sinks, and what waits to be told
  holdpoint notify list checkout       what waits of one service
  holdpoint notify list --format json

Whether the variable or the file that holds a sink's secret is there is looked at; the secret itself is never shown.

Exit codes:
  0 listed · 2 wrong usage · 3 could not be read
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  holdpoint.toml, services/, log/";

/// Shows who is told what, by which sinks, and what waits to be told.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(in crate::cli) struct Args {
    /// What waits, only of these services
    #[arg(value_name = "SERVICE", value_parser = name)]
    services: Vec<Name>,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Lists, and reports.
pub(in crate::cli) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out: what waits is what waits now")?;
    let waiting = waiting(&args.services, settings, Patience::None)?;
    let found = &waiting.opened.found;
    let routes = routes(&found.tree(), &found.main)
        .map_err(|error| crate::cli::failure::Complaint::unjudged(error.to_string(), None))?
        .map_err(Refused)?;
    let sinks = sinks(&found.tree(), &found.main)
        .map_err(|error| crate::cli::failure::Complaint::unjudged(error.to_string(), None))?
        .map_err(Refused)?;
    let waits = waiting.due.iter().map(|due| (due, None));
    let held = waiting.held.iter().map(|(due, held)| (due, Some(*held)));
    let mut waits: Vec<Waits> = waits.chain(held).map(|(due, held)| self::waits(due, held)).collect();
    waits.sort_by_key(|waits| waits.at);
    let none = Sources::default();
    let listing = Listing {
        context: waiting.opened.context(settings, &none, &[]),
        sources: &routes.sources,
        routes: &routes.list,
        sinks: &sinks,
        missing: &sinks
            .values()
            .filter_map(|sink| Some((sink.name.clone(), crate::cli::telling::missing(sink, &found.folder)?)))
            .collect(),
        waits: &waits,
        unread: &waiting.unread,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::notifying(&listing, look),
        Format::Json => json::notifying(&listing),
        Format::Markdown => markdown::notifying(&listing, look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(delivered)))
}

/// The line on something that waits.
pub(super) fn waits(due: &Due, held: Option<Held>) -> Waits {
    let event = &due.event;
    Waits {
        event: event.id().into(),
        kind: event.kind().word().into(),
        at: event.at(),
        service: event.service().into(),
        environment: event.environment().map(Into::into),
        team: due.to.team.clone(),
        sink: due.to.sink.clone(),
        tried: due.attempts.count,
        answer: due.attempts.answer.clone(),
        why: held.map(Into::into),
    }
}
