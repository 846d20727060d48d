//! `holdpoint playbook`: what to do now, step by step.

mod check;

use std::process::ExitCode;

use anyhow::Result;

use super::args::{Format, Reports, incident, name, version};
use super::check::{gone, left_out_of};
use super::failure::{Broken, Complaint};
use super::form::{self, Form};
use super::registry::{self, Opened};
use super::settings::Settings;
use super::{environment, exit};
use crate::model::Name;
use crate::playbook::{Books, Wanted, draw};
use crate::registry::routes;
use crate::report::playbook::Drawn;
use crate::report::status::Place;
use crate::report::{human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint playbook checkout --env prod
  holdpoint playbook checkout --env prod --format markdown     a task list, for the incident's channel
  holdpoint playbook checkout --env prod --to 2.3.0            what it takes to go there
  holdpoint playbook --check runbooks/*.md --report junit=f.xml    playbooks by hand, in CI

It is made from a template in the registry's playbooks/ (the shipped one, where none fits) and from the steps
that [[step]] in holdpoint.toml puts in. Everything in it is judged as a check would judge it now; until when it
holds stands at its end. docs/playbooks.md explains templates, placeholders and steps.

--check looks at playbooks that people wrote: which of security's steps they lack, and which say something else
by now. Further formats, with --check only: github, sarif, junit, gitlab.

Exit codes:
  0 answered, whatever the verdict is · 2 wrong usage
  3 could not be drawn up: a mistake in the registry, in a step or in a template
  with --check: 0 every step that is due is there · 1 some aren't, or have changed · 3 could not be checked

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/, playbooks/
  with --check: holdpoint.toml, and the files that are named";

/// What to do now: a playbook for SERVICE, with real versions, verdicts and commands filled in.
///
/// It names the best way out, what has to be signed, put on and paused before, the command, how to see whether it
/// worked, and what is left to do. Without --to it goes wherever is best.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The service
    #[arg(value_parser = name, required_unless_present = "check")]
    service: Option<Name>,

    /// Where; may be left out when there is only one environment
    #[arg(long, value_name = "ENV", value_parser = name)]
    env: Option<Name>,

    /// The incident that it is for, of those that are on for the service
    #[arg(long, value_name = "ID", value_parser = incident)]
    incident: Option<Box<str>>,

    /// The release to go to; unless given, the best one
    #[arg(long, value_name = "VERSION", value_parser = version)]
    to: Option<Box<str>>,

    /// Looks at playbooks that people wrote: which steps they lack, and which have changed
    #[arg(long, value_name = "FILE", num_args = 1.., value_hint = clap::ValueHint::FilePath,
        conflicts_with_all = ["service", "env", "incident", "to"])]
    check: Vec<String>,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }

    /// The forms beside the usual ones.
    pub fn forms(&self) -> &'static [Form] {
        if self.check.is_empty() { &[] } else { &form::CI }
    }
}

/// Draws up a playbook, or looks at those that people wrote, and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match &args.service {
        Some(service) => draw_up(args, service, settings),
        None => check::run(&args.check, settings),
    }
}

fn draw_up(args: &Args, service: &Name, settings: &Settings) -> Result<ExitCode> {
    let (opened, (books, routes)) =
        registry::open_with(settings, service, |tree, main| (Books::open(tree, main), routes(tree, main)))?;
    // Who is told changes nothing of what is to be done.
    let routes = routes.ok().and_then(Result::ok);
    let books = books.map_err(unread)?.map_err(Broken)?;
    let wanted = wanted(args, service, &opened)?;
    let registry = &opened.registry;
    let playbook = draw(registry, &books, &wanted, opened.moment).ok_or_else(|| gone(service))?;
    let verdict = playbook.verdict().map(|verdict| &verdict.movement);
    let named = args.incident.as_deref();
    let left_out = verdict.and_then(|movement| left_out_of(named, (registry, opened.moment), movement));
    let notes: Vec<String> = left_out.into_iter().collect();
    let drawn = Drawn {
        context: opened.context(settings),
        registry,
        playbook: &playbook,
        place: Place::of(registry, &playbook.overview),
        routes: routes.as_ref().map(|routes| &*routes.list),
        incident: named.filter(|_| notes.is_empty()),
        notes: &notes,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::playbook(&drawn, look),
        Format::Json => json::playbook(&drawn),
        Format::Markdown => markdown::playbook(&drawn),
    });
    Ok(ExitCode::from(exit::of_answer(delivered)))
}

fn wanted(args: &Args, name: &Name, opened: &Opened) -> Result<Wanted> {
    let service = opened.registry.services.get(name).ok_or_else(|| gone(name))?;
    let environment = environment::choose(&opened.registry, service, args.env.as_ref())?;
    Ok(Wanted { service: name.clone(), environment, incident: args.incident.clone(), to: args.to.clone() })
}

/// The playbooks' files can't be read.
fn unread(error: crate::registry::TreeError) -> Complaint {
    let hint = error.hint().map(str::to_owned);
    Complaint::unjudged(error.to_string(), hint)
}
