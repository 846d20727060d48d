//! `holdpoint sign-off`: a team accepts what holds a move, or takes that back.

mod give;
mod revoke;

use std::process::ExitCode;

use anyhow::{Error, Result};
use clap::Subcommand;

use super::acting::Acting;
use super::args::{Format, Reports};
use super::failure::Complaint;
use super::publish::Acted;
use super::registry::Found;
use super::settings::Settings;
use super::write::{self, unedited, unloaded};
use crate::act::sign_off::{Done, Refusal};
use crate::report::{Signing, human, json, markdown, signing};

const AFTER: &str = "\
Examples:
  holdpoint sign-off checkout 2.3.0 --env prod --accept CVE-2026-31337 --as security \\
    --reason \"nobody outside can reach the endpoint\" --expires 4h --ticket INC-482
  holdpoint sign-off checkout 2.3.0 --env prod --with CVE-2026-31337/waf-r3 --accept CVE-2026-31337 \\
    --reason \"the rule is on, and we watch it\"
  holdpoint sign-off checkout 2.3.0 --env prod          what could be signed, as a command to paste
  holdpoint sign-off revoke 01KAF3XM7Y0000000000000000 --reason \"the endpoint is reachable after all\"

What is signed is exactly what is named: a reason that isn't named stops the move as before. What isn't held
(a block, a warning, something else) is refused, also when the --with of the same sign-off has lowered it.
Nothing opens a compromised release. For security nobody signs what they ask for themselves: where --asked-by
doesn't say who asks, `run` holds it against whoever runs it.

A sign-off ends after 4h unless --expires says otherwise, and after `policy.sign_off_max` (72h) at the latest.
Signing the same again changes nothing, unless --expires asks for a later end.

Exit codes:
  0 signed, signed already, or revoked · 2 wrong usage: nothing named, no reason, too long
  3 refused, or could not be done: nothing was written; or it was, and the report could not be, which is said
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/
Files that are written:
  services/SERVICE/sign-offs/KEY/ID.toml, else holdpoint.toml; log/SERVICE/";

/// Accepts what holds a move, by name, in writing and for a while.
///
/// Shows the verdict before and after. Without --accept it lists what could be signed. `sign-off revoke ID` takes a
/// sign-off back; for a service that is called `revoke`, put an option before its name.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    give: Option<give::Give>,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    reports: Reports,
}

// The help of each command stands at its arguments, in its own file.
#[derive(Debug, Subcommand)]
enum Command {
    Revoke(revoke::Args),
}

impl Args {
    pub fn reports(&self) -> &Reports {
        match &self.command {
            Some(Command::Revoke(args)) => args.reports(),
            None => &self.reports,
        }
    }
}

/// Does what was asked.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match (&args.command, &args.give) {
        (Some(Command::Revoke(args)), _) => revoke::run(args, settings),
        (None, Some(give)) => give::run(give, &args.acting, settings),
        (None, None) => {
            let hint = "say what: holdpoint sign-off SERVICE VERSION --env ENV --accept SUBJECT";
            Err(Complaint::usage("nothing to sign was named", hint).into())
        }
    }
}

/// Reports what became of a sign-off.
fn report(acted: &Acted<Done>, found: &Found, settings: &Settings, dry_run: bool) -> Result<ExitCode> {
    let done = &acted.value;
    let gone = || Complaint::unjudged("the service is gone", None);
    let (before, after) = done.verdicts().ok_or_else(gone)?;
    let revision = found.revision();
    let context = found.context(settings, done.after(), revision.as_deref());
    let context = context.reached(acted.published.as_ref()).told(acted.notice.as_ref());
    let signing = Signing { context, done, before: &before, after: &after, dry_run };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::sign_off(&signing, look),
        Format::Json => json::sign_off(&signing),
        Format::Markdown => markdown::sign_off(&signing, look.detail),
    });
    let written = !dry_run && !done.changes.is_empty();
    Ok(write::code(acted, write::delivered(delivered, written, settings)))
}

fn refused(refusal: Refusal, found: &Found, settings: &Settings) -> Error {
    match refusal {
        Refusal::Unloaded(error) => unloaded(error, found),
        Refusal::Unedited(error) => unedited(error, found),
        Refusal::Unsaid { message, hint } => Complaint::usage(&message, &hint).into(),
        Refusal::Unfit { message, hint } => Complaint::unjudged(message, Some(hint)).into(),
        Refusal::Unnamed(unnamed) => {
            let context = found.context(settings, &unnamed.before, None);
            let verdict = unnamed.verdict();
            let message = "name what you accept, with --accept: nothing is guessed";
            let hint = verdict.map(|verdict| signing::could_be_named(&context, &verdict, unnamed.key));
            Complaint::usage(message, &hint.unwrap_or_default()).into()
        }
    }
}
