//! `holdpoint log`: the record, to be read and verified.
//!
//! None of these commands but `replay` needs the registry itself: one with mistakes keeps nobody from reading its
//! record.

mod audit;
mod export;
mod head;
mod repair;
mod replay;
mod report;
mod show;
mod verify;

use std::process::ExitCode;

use anyhow::Result;
use chrono::{Days, NaiveDate, TimeDelta};
use clap::Subcommand;

use super::args::{Reports, moment};
use super::failure::Complaint;
use super::form::Form;
use super::registry::{self, Found};
use super::settings::Settings;
use super::source::Files;
use crate::model::{Name, Time};
use crate::record::{FOLDER, recorded};
use crate::registry::{Ask, LoadError, Tree, TreeError, load};
use crate::report::log::Book;

/// The record: what was asked, decided and done. Shows it, verifies it, judges it again, gives its heads; for auditors,
/// exports and reports it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

// The help of each stands at its arguments, in its own file.
#[derive(Debug, Subcommand)]
enum Command {
    Show(show::Args),
    Verify(verify::Args),
    Replay(replay::Args),
    Head(head::Args),
    Repair(repair::Args),
    Export(export::Args),
    Report(report::Args),
}

impl Args {
    /// The forms that the command has beside those that every command has.
    pub fn forms(&self) -> &'static [Form] {
        match &self.command {
            Command::Export(_) => export::FORMS,
            Command::Report(_) => report::FORMS,
            _ => &[],
        }
    }

    pub fn reports(&self) -> &Reports {
        match &self.command {
            Command::Show(args) => args.reports(),
            Command::Verify(args) => args.reports(),
            Command::Replay(args) => args.reports(),
            Command::Head(args) => args.reports(),
            Command::Repair(args) => args.reports(),
            Command::Export(args) => args.reports(),
            Command::Report(args) => args.reports(),
        }
    }
}

/// Does what is asked of the record.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match &args.command {
        Command::Show(args) => show::run(args, settings),
        Command::Verify(args) => verify::run(args, settings),
        Command::Replay(args) => replay::run(args, settings),
        Command::Head(args) => head::run(args, settings),
        Command::Repair(args) => repair::run(args, settings),
        Command::Export(args) => export::run(args, settings),
        Command::Report(args) => report::run(args, settings),
    }
}

/// The records of a registry, opened without it.
struct Opened {
    found: Found,
    tree: Files,
    /// The services that are looked at: those that were named, else all that have a record.
    services: Vec<Name>,
    /// What stands among the records and is none.
    strange: Vec<String>,
    revision: Option<String>,
    /// What there is to say beside it.
    notes: Vec<String>,
}

impl Opened {
    /// Finds the records; `named` services must have one, or at least be known.
    fn by(settings: &Settings, named: &[Name]) -> Result<Opened> {
        let found = Found::in_any_state(settings)?;
        let tree = found.tree();
        let all = recorded(&tree).map_err(unread)?;
        let has_main = tree.read(&found.main).map_or(true, |main| main.is_some());
        if !has_main && !tree.has_folder(FOLDER).map_err(unread)? {
            return Err(found.complaint(LoadError::NoRegistry { file: found.main.clone() }));
        }
        let mut notes = Vec::new();
        for name in named.iter().filter(|name| !all.services.contains(name)) {
            notes.push(unrecorded(&found, &tree, name, &all.services)?);
        }
        let mut services = if named.is_empty() { all.services } else { named.to_vec() };
        services.sort();
        services.dedup();
        let revision = found.revision();
        notes.extend(found.note());
        Ok(Opened { found, tree, services, strange: all.strange, revision, notes })
    }

    fn book(&self, settings: &Settings) -> Book<'_> {
        Book {
            registry: self.found.path(),
            named: registry::is_named(settings),
            revision: self.revision.as_deref(),
            simulated: settings.simulated,
            notes: &self.notes,
        }
    }
}

/// What to say of a service without a record: that it has none yet, or that there is no such service.
fn unrecorded(found: &Found, tree: &Files, name: &Name, recorded: &[Name]) -> Result<String> {
    match load(tree, &found.main, &Ask::Service(name.clone())) {
        Ok(_) => Ok(format!("nothing is recorded of {name} yet")),
        Err(LoadError::NoService { name, nearest, known }) => {
            let mut known: Vec<String> =
                known.into_iter().chain(recorded.iter().map(ToString::to_string)).collect();
            known.sort();
            known.dedup();
            let near = |other: &&Name| strsim::damerau_levenshtein(other.as_str(), name.as_str()) <= 2;
            let mut nearest: Vec<String> =
                nearest.into_iter().chain(recorded.iter().filter(near).map(ToString::to_string)).collect();
            nearest.dedup();
            Err(found.complaint(LoadError::NoService { name, nearest, known }))
        }
        Err(_) => Ok(format!(
            "nothing is recorded of {name}; whether there is such a service can't be told, for the registry has \
             mistakes"
        )),
    }
}

/// Takes until when: the first moment that isn't wanted any more.
fn end(text: &str) -> Result<Time, String> {
    let time = moment(text)?;
    match text.parse::<NaiveDate>() {
        Ok(_) => time.checked_add_days(Days::new(1)),
        Err(_) => time.checked_add_signed(TimeDelta::seconds(1)),
    }
    .ok_or_else(|| "it is too late a time".into())
}

/// The first moment that isn't wanted; as of an earlier one, what was recorded later isn't there yet.
fn until_then(until: Option<Time>, settings: &Settings) -> Option<Time> {
    let Some(horizon) = settings.moment.horizon else { return until };
    let then = horizon + TimeDelta::seconds(1);
    Some(until.map_or(then, |until| until.min(then)))
}

/// That a record can't be read.
fn unread(error: TreeError) -> Complaint {
    let hint = error.hint().map(str::to_owned);
    Complaint::unjudged(error.to_string(), hint)
}
