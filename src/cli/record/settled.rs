//! `holdpoint record settled`: the cause of an earlier rollback is dealt with.

use std::process::ExitCode;

use anyhow::Result;

use crate::act::movement::{Settling, settle};
use crate::act::{Said, said};
use crate::cli::acting::Acting;
use crate::cli::args::{Format, Reports, name, version};
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::cli::write::{self, carry_out, refuse_as_of, refused};
use crate::model::Name;
use crate::report::settled::Settled;
use crate::report::{human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint record settled checkout 2.4.1 --reason \"load test passed with the pool at 64\"
  holdpoint record settled checkout 2.4.1 --reason \"it was the database, not the release\" --dry-run

A release that was left by a rollback is held for policy.ping_pong (14 d) as long as what caused that isn't dealt with.
This says that it is, for all environments. Flags on the release aren't touched: `holdpoint clear-flag` withdraws one.

Where teams are given, a member of the service's reliability team says so. Said twice, it changes nothing.

Exit codes:
  0 settled, or settled already · 2 wrong usage
  3 could not be done: nothing was written; or it was, and the report could not be, which is said

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/
Files that are written:
  log/SERVICE/; the one that holds `settled` of the service, else services/SERVICE/running.toml";

/// Records that the cause of an earlier rollback is dealt with, so that its release may be returned to.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The service
    #[arg(value_parser = name)]
    service: Name,

    /// The release that was left by a rollback
    #[arg(value_parser = version)]
    version: Box<str>,

    /// How it was dealt with
    #[arg(long, value_name = "REASON", value_parser = said)]
    reason: Said,

    /// Only shows what would be written
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

/// Writes that it is settled, and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out: it is settled now")?;
    let found = Found::by(settings)?;
    let occasion = args.acting.occasion(&found, settings)?;
    let settling = Settling { service: &args.service, version: &args.version, reason: args.reason.as_str() };
    let acted = carry_out(&found, settings, args.dry_run, &occasion, |tree, main, on| {
        settle(tree, main, settling, settings.moment, on).map_err(|refusal| refused(refusal, &found))
    })?;
    let (done, revision) = (&acted.value, found.revision());
    let context = found.context(settings, &done.after, revision.as_deref());
    let report = Settled {
        context: context.reached(acted.published.as_ref()).told(acted.notice.as_ref()),
        settling,
        by: &occasion.who.by,
        settle: done,
        dry_run: args.dry_run,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::settled(&report, look),
        Format::Json => json::settled(&report),
        Format::Markdown => markdown::settled(&report, look.detail),
    });
    let written = !args.dry_run && !done.changes.is_empty();
    Ok(write::code(&acted, write::delivered(delivered, written, settings)))
}
