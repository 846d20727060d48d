//! `holdpoint log report`: what became of the decisions of a period.

use std::process::ExitCode;

use anyhow::Result;

use super::Opened;
use super::audit::{Within, beside, facts, kept};
use crate::audit::{Facts, ServiceReport};
use crate::cli::args::{Format, Reports, name};
use crate::cli::exit;
use crate::cli::form::Form;
use crate::cli::settings::Settings;
use crate::model::Name;
use crate::report::audit::Reporting;
use crate::report::{html, human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint log report                                     the last ninety days, all services
  holdpoint log report checkout --since 2026-09-01 --until 2026-11-30
  holdpoint log report --format html > report.html         one file to read and to print
  holdpoint log report --report html=report.html --report markdown=report.md --report json=report.json

Whether the record is whole; what was decided; each hold and block and what followed; each sign-off and each broken
glass with its life; debts that are open or overdue; how long what was flagged ran; how changes went; and for which
criteria of SOC 2, ISO 27001 and NIST CSF that is evidence. docs/audit.md has the formula of every figure.

It is made of the record. The registry adds who owns a service, the debts that stand and how versions compare; where
it doesn't load, the report says so and does without. What lies after --until isn't known to it.

Formats:
  human, markdown, html, json

Exit codes:
  0 reported · 1 it was, and a record doesn't verify, which stands at its top · 2 wrong usage
  3 a record can't be read

Files that are read:
  log/SERVICE/*.jsonl; of the registry what concerns these services, where it loads";

/// The forms that it has beside the usual ones.
pub(super) const FORMS: &[Form] = &[Form::Html];

/// Reports what was decided in a period, what followed, how long flagged releases ran, and whether the record is whole.
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

/// Reports.
pub(in crate::cli) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let span = args.within.span(settings)?;
    let opened = Opened::by(settings, &args.services)?;
    let kept = kept(&opened, settings)?;
    let facts: Vec<Result<Facts, String>> = facts(&opened);
    let services: Vec<ServiceReport<'_>> = (kept.iter().zip(&facts))
        .map(|(kept, facts)| {
            let facts = facts.as_ref().map_err(String::as_str);
            ServiceReport::of(&kept.ledger, &kept.verified, facts, span.period)
        })
        .collect();
    let beside = beside(&opened, &args.services);
    let reporting = Reporting { book: opened.book(settings), span, services: &services, beside: &beside };
    let delivered = settings.outputs.write_forms(|form, look| {
        Some(match form {
            Form::Usual(Format::Human) => human::log_report(&reporting, look),
            Form::Usual(Format::Json) => json::log_report(&reporting),
            Form::Usual(Format::Markdown) => markdown::log_report(&reporting),
            Form::Html => html::report(&reporting),
            Form::Csv | Form::Ci(_) => return None,
        })
    });
    Ok(ExitCode::from(exit::of_proof(reporting.is_whole(), delivered)))
}
