//! `holdpoint redeploy-check`: may SERVICE go to this release?

use std::process::ExitCode;

use anyhow::Result;

use super::args::Reports;
use super::check::{self, Check, Recording};
use super::settings::Settings;
use crate::model::MoveKind;

const AFTER: &str = "\
Examples:
  holdpoint redeploy-check checkout 2.4.2 --env prod
  holdpoint redeploy-check checkout --env prod          a restart of what runs
  holdpoint redeploy-check checkout 2.4.2 --env prod --fail-on warn --report json=verdict.json

Exit codes:
  0 go (allow or warn) · 1 block · 2 wrong usage · 3 could not judge · 4 hold
  5 warn, only with --fail-on warn
  3 also when --record can't write its line; a larger code stays. What can't be judged is not recorded

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/
Files that are written:
  none; with --record: log/SERVICE/YYYY-MM.jsonl";

/// May SERVICE go to this release: a newer one, the same again, or the first?
///
/// Without VERSION it judges a restart of what runs. A version older than what runs makes it a rollback:
/// that is said, and judged so.
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
    check::run(&args.check, &args.recording, MoveKind::Redeploy, settings)
}
