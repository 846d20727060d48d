//! `holdpoint targets`: every release as a target, best first.

use std::process::ExitCode;

use anyhow::Result;

use super::args::{Format, Reports, name, version};
use super::environment;
use super::exit;
use super::failure::Complaint;
use super::registry;
use super::settings::Settings;
use crate::judge::{self, Question};
use crate::model::{MoveKind, Name};
use crate::report::{Survey, human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint targets checkout --env prod
  holdpoint targets checkout --env prod --format json

Exit codes:
  0 answered · 2 wrong usage · 3 could not judge

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/";

/// Every release as a target, best first.
///
/// Each is judged as a check would judge the move to it. `stay` is what runs.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The service
    #[arg(value_parser = name)]
    service: Name,

    /// Where; may be left out when there is only one environment
    #[arg(long, value_name = "ENV", value_parser = name)]
    env: Option<Name>,

    /// What runs there, when the registry doesn't know or is behind
    #[arg(long, value_name = "VERSION", value_parser = version)]
    from: Option<Box<str>>,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Judges every release and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let opened = registry::open(settings, &args.service)?;
    let gone = || Complaint::unjudged(format!("no service `{}`", args.service), None);
    let service = opened.registry.services.get(&args.service).ok_or_else(gone)?;
    let environment = environment::choose(&opened.registry, service, args.env.as_ref())?;
    let question = Question {
        from: args.from.clone(),
        ..Question::of_place(&args.service, environment.as_ref(), MoveKind::Rollback)
    };
    let targets = judge::survey(&opened.registry, &question, opened.moment).ok_or_else(gone)?;
    let context = opened.context(settings);
    let survey = Survey { context, service, environment: environment.as_ref(), targets: &targets };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::targets(&survey, look),
        Format::Json => json::targets(&survey),
        Format::Markdown => markdown::targets(&survey, look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(delivered)))
}
