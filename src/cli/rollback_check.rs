//! `holdpoint rollback-check`: may SERVICE go back to an older release?

use std::process::ExitCode;

use anyhow::Result;

use super::args::Reports;
use super::check::{self, Check, Recording};
use super::settings::Settings;
use crate::model::MoveKind;

const AFTER: &str = "\
Examples:
  holdpoint rollback-check checkout 2.3.0 --env prod
  holdpoint rollback-check checkout --env prod --format json
  holdpoint rollback-check checkout 2.3.0 --env prod --as-of 2026-11-18T12:00:00Z
  holdpoint rollback-check checkout 2.3.0 --env prod --record    leaves a line in the record

Exit codes:
  0 go (allow or warn) · 1 block · 2 wrong usage · 3 could not judge · 4 hold
  5 warn, only with --fail-on warn
  3 also when --record can't write its line; a larger code stays. What can't be judged is not recorded

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/
Files that are written:
  none; with --record: log/SERVICE/YYYY-MM.jsonl";

/// May SERVICE go back to an older release?
///
/// Without VERSION it judges the release that ran here before the present one, else the next older one.
/// A version newer than what runs makes it a redeploy: that is said, and judged so.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    #[command(flatten)]
    check: Check,
    #[command(flatten)]
    recording: Recording,
    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Judges the move and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    check::run(&args.check, &args.recording, MoveKind::Rollback, settings)
}
