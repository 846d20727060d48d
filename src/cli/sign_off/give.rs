//! `holdpoint sign-off SERVICE VERSION`: accepts what holds a move.

use std::process::ExitCode;

use anyhow::Result;

use super::{refused, report};
use crate::act::sign_off::{self, Expiry, Request};
use crate::act::{Said, said};
use crate::cli::acting::{Acting, who};
use crate::cli::args::{incident, moment, name, version};
use crate::cli::environment;
use crate::cli::failure::Complaint;
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::cli::write::{carry_out, refuse_as_of, unloaded};
use crate::git::Repository;
use crate::judge::Moment;
use crate::model::{Id, Key, Name, Window};
use crate::record::Occasion;
use crate::registry::{Ask, LoadError, Loaded, Tree, load};

/// What a sign-off is asked for with. Without a part of its own, or clap can't tell whether it was asked for.
#[derive(Debug, clap::Args)]
pub(super) struct Give {
    /// The service
    #[arg(value_parser = name)]
    service: Name,

    /// The release that the move goes to
    #[arg(value_parser = version)]
    version: Box<str>,

    /// Where; may be left out when there is only one environment
    #[arg(long, value_name = "ENV", value_parser = name)]
    env: Option<Name>,

    /// What it accepts: subjects of held reasons, as a check names them
    #[arg(long, value_name = "SUBJECT", num_args = 1.., value_parser = subject)]
    accept: Vec<Box<str>>,

    /// Mitigations that are on, as a flag offers them
    #[arg(long, value_name = "FLAG/MITIGATION", num_args = 1.., value_parser = mitigation)]
    with: Vec<(Id, Id)>,

    /// The key that is signed for, `security` or `reliability`; that of the signer's team, unless given
    #[arg(long = "as", value_name = "KEY", value_parser = key)]
    key: Option<Key>,

    /// Why
    #[arg(long, value_name = "REASON", value_parser = said)]
    reason: Option<Said>,

    /// For how long (4h, 2d), or until when (a date: its beginning, UTC); 4h, unless given
    #[arg(long, value_name = "PERIOD|TIME", value_parser = expiry)]
    expires: Option<Expiry>,

    /// A ticket
    #[arg(long, value_name = "TICKET", value_parser = said)]
    ticket: Option<Said>,

    /// What runs there, when the registry doesn't know or is behind
    #[arg(long, value_name = "VERSION", value_parser = version)]
    from: Option<Box<str>>,

    /// The incident that it is for
    #[arg(long, value_name = "ID", value_parser = incident)]
    incident: Option<Box<str>>,

    /// Who asks for the move and is going to run it: "Name <e-mail>"
    #[arg(long, value_name = "WHO", value_parser = who)]
    asked_by: Option<Box<str>>,

    /// Only shows what would be written
    #[arg(long)]
    dry_run: bool,
}

fn subject(text: &str) -> Result<Box<str>, String> {
    match text.trim() {
        "" => Err("it is empty".into()),
        text => Ok(text.into()),
    }
}

fn mitigation(text: &str) -> Result<(Id, Id), String> {
    let pair = text.split_once('/').and_then(|(flag, id)| Some((Id::new(flag).ok()?, Id::new(id).ok()?)));
    pair.ok_or_else(|| "write FLAG/MITIGATION, as in CVE-2026-31337/waf-r3".to_owned())
}

fn key(text: &str) -> Result<Key, String> {
    let known = Key::ALL.into_iter().find(|key| key.word() == text);
    known.ok_or_else(|| "there are `reliability` and `security`".to_owned())
}

fn expiry(text: &str) -> Result<Expiry, String> {
    match Window::parse(text) {
        Some(period) => Ok(Expiry::For(period)),
        None => moment(text).map(Expiry::Until).map_err(|_| {
            "write a period, such as 4h or 2d, or a time, such as 2026-11-22T07:00:00Z".to_owned()
        }),
    }
}

impl Give {
    fn request(&self, loaded: &Loaded) -> Result<Request> {
        let gone = || Complaint::unjudged(format!("no service `{}`", self.service), None);
        let service = loaded.registry.services.get(&self.service).ok_or_else(gone)?;
        let environment = environment::choose(&loaded.registry, service, self.env.as_ref())?;
        let environment = environment.ok_or_else(|| {
            Complaint::usage(
                "which environment? a sign-off is for one, and none is known",
                "name it: --env prod",
            )
        })?;
        Ok(Request {
            service: self.service.clone(),
            environment,
            to: self.version.clone(),
            from: self.from.clone(),
            incident: self.incident.clone(),
            accepts: self.accept.clone(),
            with: self.with.clone(),
            key: self.key,
            asker: self.asked_by.clone(),
            reason: self.reason.clone(),
            ticket: self.ticket.clone(),
            expires: self.expires,
        })
    }
}

/// Signs and reports.
pub(super) fn run(args: &Give, acting: &Acting, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out")?;
    let found = Found::by(settings)?;
    let occasion = acting.occasion(&found, settings)?;
    let acted = carry_out(&found, settings, args.dry_run, &occasion, |tree, main, on| {
        act(args, settings, &found, on, (tree, main))
    })?;
    report(&acted, &found, settings, args.dry_run)
}

/// Works out the sign-off, on the registry as it is.
fn act(
    args: &Give,
    settings: &Settings,
    found: &Found,
    occasion: &Occasion,
    (tree, main): (&dyn Tree, &str),
) -> Result<sign_off::Done> {
    let loaded = load(tree, main, &Ask::Service(args.service.clone()))
        .map_err(|error| no_service(args, error, found))?;
    let refreshed = Repository::around(&found.folder).and_then(|repository| repository.refreshed());
    let moment = Moment { refreshed, ..Moment::present(occasion.now) };
    let request = args.request(&loaded)?;
    sign_off::give(tree, main, loaded, &request, moment, occasion)
        .map_err(|refusal| refused(refusal, found, settings))
}

/// Whoever puts an option before `revoke` names a service by that.
fn no_service(args: &Give, error: LoadError, found: &Found) -> anyhow::Error {
    match error {
        LoadError::NoService { .. } if args.service.as_str() == "revoke" => {
            let hint = "a sign-off is taken back with `revoke` before all options: holdpoint sign-off revoke ID --reason \"…\"";
            Complaint::unjudged("no service `revoke`", Some(hint.into())).into()
        }
        error => unloaded(error, found),
    }
}
