//! `holdpoint log show`: the lines of the record.

use std::process::ExitCode;

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use super::{Opened, end, unread, until_then};
use crate::cli::args::{Format, Reports, incident, moment, name};
use crate::cli::exit;
use crate::cli::settings::Settings;
use crate::model::{Name, Time};
use crate::record::{Deed, Wanted, select};
use crate::report::log::Shown;
use crate::report::{human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint log show checkout
  holdpoint log show checkout --env prod -n 20             the newest twenty
  holdpoint log show --incident INC-482                    all services, in the order of time
  holdpoint log show --kind broke-glass --kind signed-off --since 2026-11-01
  holdpoint log show checkout --id CVE-2026-31337          a flag, a sign-off, a debt, a line and its end
  holdpoint log show checkout --format json | jq '.lines[] | select(.verdict == \"block\")'

The newest stands last. -v adds the reasons, the state of the registry, ids, and where each line stands. JSON
holds the lines as they stand, with all their fields. Whether they are what was written, `log verify` says.

Exit codes:
  0 shown, also when nothing fits · 2 wrong usage · 3 the record can't be read

Files that are read:
  log/SERVICE/*.jsonl; of the registry nothing, so that its mistakes don't matter";

/// Shows what was asked, decided and done.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(in crate::cli) struct Args {
    /// Only these services
    #[arg(value_name = "SERVICE", value_parser = name)]
    services: Vec<Name>,

    /// Only what was done in this environment
    #[arg(long, value_name = "ENV", value_parser = name)]
    env: Option<Name>,

    /// Only lines of this kind; may be given several times
    #[arg(long = "kind", value_name = "KIND", value_parser = PossibleValuesParser::new(Deed::WORDS))]
    kinds: Vec<String>,

    /// Only from then on: RFC 3339 with an offset, or a date
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Time>,

    /// Only until then: RFC 3339 with an offset, or a date (to its end)
    #[arg(long, value_name = "TIME", value_parser = end)]
    until: Option<Time>,

    /// Only what was done for this incident
    #[arg(long, value_name = "ID", value_parser = incident)]
    incident: Option<Box<str>>,

    /// Only what was done by somebody in whose name this stands
    #[arg(long, value_name = "WHO")]
    by: Option<String>,

    /// Only the line with this id, or lines about what has it: a flag, a sign-off, a debt, a started command
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    /// Only the lines of one act over several services
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,

    /// Only so many, the newest
    #[arg(short = 'n', long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            environment: self.env.clone(),
            kinds: self.kinds.clone(),
            since: self.since,
            before: self.until,
            incident: self.incident.as_deref().map(str::to_owned),
            by: self.by.clone(),
            id: self.id.clone(),
            group: self.group.clone(),
            newest: self.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        }
    }
}

/// Picks the lines and shows them.
pub(in crate::cli) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let mut opened = Opened::by(settings, &args.services)?;
    if opened.services.is_empty() {
        opened.notes.push("nothing is recorded yet".into());
    }
    let mut wanted = args.wanted();
    wanted.before = until_then(wanted.before, settings);
    let selected = select(&opened.tree, &opened.services, &wanted).map_err(unread)?;
    let shown = Shown { book: opened.book(settings), services: &opened.services, selected: &selected };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::log(&shown, look),
        Format::Json => json::log(&shown),
        Format::Markdown => markdown::log(&shown, look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(delivered)))
}
