//! `holdpoint log export`: the decisions, for who samples them.

use std::process::ExitCode;

use anyhow::Result;

use super::Opened;
use super::audit::{Within, beside, kept};
use crate::audit::{Completeness, Population};
use crate::cli::args::{Format, Reports, name};
use crate::cli::exit;
use crate::cli::form::Form;
use crate::cli::settings::Settings;
use crate::model::Name;
use crate::report::audit::Exporting;
use crate::report::{csv, human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint log export --format csv > population.csv
  holdpoint log export checkout --since 2026-09-01 --until 2026-11-30 --report csv=rows.csv --report json=rows.json
  holdpoint log export --format json | jq '.rows[] | select(.kind == \"started\") | .id' | shuf -n 25

One row a decision: checks that were recorded, moves, flags, sign-offs, reviews, and what was seen to run. The end of
a command, a broken glass and who was told stand in the row of what they belong to; registered releases and incidents
are no decisions and are only counted. docs/audit.md has the columns, and how to trace a row.

JSON holds the completeness of each record beside its rows; with CSV it is said on standard error. A cell that a
spreadsheet would take for a formula begins with an apostrophe.

Formats:
  csv, json; human and markdown only say what there is

Exit codes:
  0 exported · 1 it was, and a record doesn't verify · 2 wrong usage · 3 a record can't be read

Files that are read:
  log/SERVICE/*.jsonl; of the registry nothing, so that its mistakes don't matter";

/// The forms that it has beside the usual ones.
pub(super) const FORMS: &[Form] = &[Form::Csv];

/// Exports the decisions of a period as a table, one row each, with all that followed.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(in crate::cli) struct Args {
    /// Only these services
    #[arg(value_name = "SERVICE", value_parser = name)]
    services: Vec<Name>,

    #[command(flatten)]
    within: Within,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Exports.
pub(in crate::cli) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let span = args.within.span(settings)?;
    let opened = Opened::by(settings, &args.services)?;
    let kept = kept(&opened, settings)?;
    let services: Vec<(Population<'_>, Completeness)> = (kept.iter())
        .map(|kept| {
            let population = Population::of(&kept.ledger, span.period);
            let completeness =
                Completeness::of(&kept.ledger, &kept.verified, population.account, span.period);
            (population, completeness)
        })
        .collect();
    let names: Vec<&str> = opened.services.iter().map(Name::as_str).collect();
    let beside = beside(&opened, &args.services);
    let exporting =
        Exporting { book: opened.book(settings), span, services: &services, names: &names, beside: &beside };
    let delivered = settings.outputs.write_forms(|form, look| {
        Some(match form {
            Form::Usual(Format::Human) => human::log_export(&exporting, look),
            Form::Usual(Format::Json) => json::log_export(&exporting),
            Form::Usual(Format::Markdown) => markdown::log_export(&exporting),
            Form::Csv => csv::export(&exporting),
            Form::Html | Form::Ci(_) => return None,
        })
    });
    if settings.outputs.on_stdout() == Form::Csv {
        settings.outputs.mutter(&human::beside(&exporting));
    }
    Ok(ExitCode::from(exit::of_proof(exporting.is_whole(), delivered)))
}
