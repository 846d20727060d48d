//! `holdpoint incident`: that something is wrong with some services begins, and ends.

mod end;
mod start;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::args::{Format, Reports};
use super::registry::Found;
use super::settings::Settings;
use super::write::{self, carry_out, refuse_as_of, refused};
use crate::act::Refusal;
use crate::act::incident::Written;
use crate::model::Id;
use crate::record::Occasion;
use crate::registry::Tree;
use crate::report::{IncidentReport, human, json, markdown};

/// Begins and ends incidents.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

// The help of each command stands at its arguments, in its own file.
#[derive(Debug, Subcommand)]
enum Command {
    Start(start::Args),
    End(end::Args),
}

impl Args {
    pub fn reports(&self) -> &Reports {
        match &self.command {
            Command::Start(args) => args.reports(),
            Command::End(args) => args.reports(),
        }
    }
}

/// Does what was asked.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match &args.command {
        Command::Start(args) => start::run(args, settings),
        Command::End(args) => end::run(args, settings),
    }
}

/// Takes the id of an incident.
fn id(text: &str) -> Result<Id, String> {
    Id::new(text).map_err(|error| format!("an id {error}"))
}

/// Does the act, and reports.
fn write(
    found: &Found,
    settings: &Settings,
    dry_run: bool,
    occasion: &Occasion,
    act: impl Fn(&dyn Tree, &str, &Occasion) -> Result<Written, Refusal>,
) -> Result<ExitCode> {
    refuse_as_of(settings, "say the moment with --at")?;
    let acted = carry_out(found, settings, dry_run, occasion, |tree, main, on| {
        act(tree, main, on).map_err(|refusal| refused(refusal, found))
    })?;
    let (written, revision) = (&acted.value, found.revision());
    let context = found.context(settings, &written.after, revision.as_deref());
    let report = IncidentReport {
        context: context.reached(acted.published.as_ref()).told(acted.notice.as_ref()),
        written,
        dry_run,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::incident(&report, look),
        Format::Json => json::incident(&report),
        Format::Markdown => markdown::incident(&report, look.detail),
    });
    let changed = !dry_run && !written.changes.is_empty();
    Ok(write::code(&acted, write::delivered(delivered, changed, settings)))
}
