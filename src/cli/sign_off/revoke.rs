//! `holdpoint sign-off revoke`: takes a sign-off back.

use std::process::ExitCode;

use anyhow::Result;

use super::{refused, report};
use crate::act::sign_off::{Revocation, revoke};
use crate::act::{Said, said};
use crate::cli::acting::Acting;
use crate::cli::args::{Reports, name};
use crate::cli::failure::Complaint;
use crate::cli::registry::{self, OpenedWhole};
use crate::cli::settings::Settings;
use crate::cli::side_by_side::each_service;
use crate::cli::write::{carry_out, refuse_as_of};
use crate::judge::Moment;
use crate::model::{Id, Name};
use crate::registry::Loaded;
use crate::registry::wording::nearest;
use crate::report::words;

const AFTER: &str = "\
Examples:
  holdpoint sign-off revoke 01KAF3XM7Y0000000000000000 --reason \"the endpoint is reachable after all\"
  holdpoint sign-off revoke 01KAF3XM7Y0000000000000000 --reason \"signed for the wrong release\" --dry-run

It counts no more from this moment on. The sign-off stays where it is and says by whom it was revoked and why;
what was let in by it goes on running. One that has lapsed, or was revoked before, is left as it is.
A member of the team that signed may do it, and the signer.

Exit codes:
  0 revoked, or it didn't count any more · 2 wrong usage
  3 refused, or could not be done: nothing was written; or it was, and the report could not be, which is said

Files that are read:
  holdpoint.toml, services/, advisories/, instabilities/; with --service, one service
Files that are written:
  the one that holds the sign-off; log/SERVICE/";

/// Takes a sign-off back.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The sign-off's id, as a check and `status` name it
    #[arg(value_name = "SIGN-OFF", value_parser = id)]
    id: Id,

    /// Why
    #[arg(long, value_name = "REASON", value_parser = said)]
    reason: Said,

    /// Of this service, where several have one of this id
    #[arg(long, value_name = "SERVICE", value_parser = name)]
    service: Option<Name>,

    #[command(flatten)]
    acting: Acting,

    /// Only shows what would be written
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    reports: Reports,
}

fn id(text: &str) -> Result<Id, String> {
    Id::new(text).map_err(|error| format!("an id {error}"))
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Finds the sign-off, takes it back and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out")?;
    let opened = registry::open_whole(settings)?;
    let (service, id) = find(args, &opened, settings)?;
    let request = Revocation { service, id, reason: args.reason.clone() };
    let found = &opened.found;
    let occasion = args.acting.occasion(found, settings)?;
    let moment = Moment { refreshed: opened.moment.refreshed, ..Moment::present(occasion.now) };
    let acted = carry_out(found, settings, args.dry_run, &occasion, |tree, main, on| {
        revoke(tree, main, &request, moment, on).map_err(|refusal| refused(refusal, found, settings))
    })?;
    report(&acted, found, settings, args.dry_run)
}

/// The ids of a service's sign-offs.
fn ids(name: &Name, loaded: &Loaded) -> Vec<Id> {
    let service = loaded.registry.services.get(name);
    service.map_or_else(Vec::new, |service| service.sign_offs.iter().map(|of| of.id.clone()).collect())
}

/// Which sign-off of which service is meant; case doesn't count.
fn find(args: &Args, opened: &OpenedWhole, settings: &Settings) -> Result<(Name, Id)> {
    let names: Vec<Name> = match &args.service {
        Some(name) => vec![name.clone()],
        None => opened.whole.names().to_vec(),
    };
    let all: Vec<Option<Vec<Id>>> = match &args.service {
        Some(name) => {
            let loaded = opened.service(&opened.found.tree(), name);
            vec![Some(ids(name, &loaded.map_err(|error| opened.found.complaint(error))?))]
        }
        None => each_service(opened, opened.whole.names(), settings, |name, loaded| {
            loaded.ok().map(|loaded| ids(name, &loaded))
        }),
    };
    let unread = all.iter().filter(|ids| ids.is_none()).count();
    let known: Vec<(&Name, &Id)> = (names.iter().zip(&all))
        .flat_map(|(name, ids)| ids.iter().flatten().map(move |id| (name, id)))
        .collect();
    let meant: Vec<&(&Name, &Id)> =
        known.iter().filter(|(_, id)| id.as_str().eq_ignore_ascii_case(args.id.as_str())).collect();
    match &meant[..] {
        [(service, id)] => Ok(((*service).clone(), (*id).clone())),
        [] => Err(unknown(args, &known, unread, opened).into()),
        several => {
            let services: Vec<&str> = several.iter().map(|(service, _)| service.as_str()).collect();
            let message = format!("`{}` is a sign-off of {}", args.id, words::some(&services));
            Err(Complaint::usage(&message, "say which with --service").into())
        }
    }
}

fn unknown(args: &Args, known: &[(&Name, &Id)], unread: usize, opened: &OpenedWhole) -> Complaint {
    let near = nearest(args.id.as_str(), known.iter().map(|(_, id)| id.as_str()));
    let near = near.map(|near| format!("did you mean `{near}`?"));
    let service = opened.whole.names().iter().any(|name| name.as_str() == "revoke");
    let service = service.then(|| {
        "for the service `revoke`, put an option before its name: holdpoint sign-off --env ENV revoke VERSION".to_owned()
    });
    let unread = (unread > 0)
        .then(|| format!("{} can't be read: see `holdpoint lint`", words::several(unread, "service")));
    let hints: Vec<String> = near.into_iter().chain(service).chain(unread).collect();
    let hint = if hints.is_empty() {
        "`holdpoint rollback-check` names the sign-offs of a move; an expired one may have been deleted"
            .to_owned()
    } else {
        hints.join("; ")
    };
    Complaint::unjudged(format!("no sign-off is called `{}`", args.id), Some(hint))
}
