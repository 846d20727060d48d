//! `holdpoint record redeploy`: a redeploy that was made elsewhere.

use std::process::ExitCode;

use anyhow::Result;

use super::moved::{self, Moved, after_help_of_moves};
use crate::cli::args::Reports;
use crate::cli::settings::Settings;
use crate::model::MoveKind;

const AFTER: &str = concat!(
    "\
Examples:
  holdpoint record redeploy checkout 2.4.2 --env prod
  holdpoint record redeploy checkout 2.4.2 --env prod --key \"$CI_PIPELINE_ID\"        what a pipeline does
  holdpoint record redeploy checkout 2.4.2 --env prod --from 2.4.1 --at 2026-11-22T03:10:00Z
",
    after_help_of_moves!()
);

/// Records a redeploy that was made elsewhere: to a newer release, the same one, or into an empty environment.
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
    moved::run(&args.moved, MoveKind::Redeploy, settings)
}
