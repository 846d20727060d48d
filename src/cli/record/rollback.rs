//! `holdpoint record rollback`: a rollback that was made elsewhere.

use std::process::ExitCode;

use anyhow::Result;

use super::moved::{self, Moved, after_help_of_moves};
use crate::cli::args::Reports;
use crate::cli::settings::Settings;
use crate::model::MoveKind;

const AFTER: &str = concat!(
    "\
Examples:
  holdpoint record rollback checkout 2.4.0 --env prod
  holdpoint record rollback checkout 2.4.0 --env prod --at 2026-11-22T03:10:00Z --incident INC-482
  holdpoint record rollback checkout 2.4.0 --env prod --key \"$CI_PIPELINE_ID\"        from a pipeline
  holdpoint record rollback checkout 2.3.0 --env prod --break-glass \"prod was down\"  it was forbidden, and done
",
    after_help_of_moves!()
);

/// Records a rollback that was made elsewhere.
///
/// The move is judged as it would have been by `run`; what runs since is written down, and the record gets its line.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    #[command(flatten)]
    moved: Moved,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Judges, writes and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    moved::run(&args.moved, MoveKind::Rollback, settings)
}
