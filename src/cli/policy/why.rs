//! `holdpoint policy why`: for each reason of a move, the rule that decided.

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::args::{Format, Reports};
use crate::cli::check::{self, Check};
use crate::cli::settings::Settings;
use crate::cli::{exit, registry};
use crate::judge;
use crate::model::MoveKind;
use crate::report::policy::Reasoned;
use crate::report::{human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint policy why checkout 2.3.0 --env prod
  holdpoint policy why checkout 2.3.0 --env prod --as-of 2026-11-18T12:00:00Z --format json

Exit codes:
  0 answered, whatever the verdict is · 2 wrong usage · 3 could not judge

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/";

/// For each reason of a move the rule that decided its level, and the rules before it that didn't.
///
/// It judges as a check does; whether the move is a rollback or a redeploy is told by the versions. Without VERSION
/// it judges what a rollback without one would go to.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    #[command(flatten)]
    check: Check,
    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Judges the move and says why.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let opened = registry::open(settings, args.check.service())?;
    let mut notes = Vec::new();
    let question = check::question(&args.check, MoveKind::Rollback, &opened, &mut notes)?;
    let why = judge::why(&opened.registry, &question, opened.moment)
        .ok_or_else(|| check::gone(args.check.service()))?;
    notes.extend(check::left_out(&args.check, &opened, &why.verdict.movement));
    let reasoned = Reasoned { context: opened.context(settings), why: &why, notes: &notes };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::why(&reasoned, look),
        Format::Json => json::why(&reasoned),
        Format::Markdown => markdown::why(&reasoned, look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(delivered)))
}
