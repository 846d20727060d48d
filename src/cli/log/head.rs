//! `holdpoint log head`: where the record ends, to be kept elsewhere.

use std::process::ExitCode;

use anyhow::Result;

use super::{Opened, unread};
use crate::cli::args::{Format, Reports, name};
use crate::cli::exit;
use crate::cli::failure::Complaint;
use crate::cli::settings::Settings;
use crate::model::Name;
use crate::record::{Broken, Head, tail};
use crate::report::log::Heads;
use crate::report::{human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint log head
  holdpoint log head checkout
  holdpoint log head > heads.txt                           then, later: holdpoint log verify --heads heads.txt
  git tag -s -m \"$(holdpoint log head)\" record-2026-11     a signed tag keeps them

A line for each service: SERVICE:SEQ:HASH. The hash stands for all lines up to that one, so whoever keeps it where
the record's writers can't change it can prove later that nothing before it was changed, and nothing cut off.

Exit codes:
  0 said, also when nothing is recorded · 2 wrong usage · 3 a record can't be read, or has no whole end

Files that are read:
  the end of log/SERVICE/*.jsonl; of the registry nothing";

/// Says where each record ends: the number and the hash of its last line.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(in crate::cli) struct Args {
    /// Only these services
    #[arg(value_name = "SERVICE", value_parser = name)]
    services: Vec<Name>,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Finds the ends and says them.
pub(in crate::cli) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let opened = Opened::by(settings, &args.services)?;
    let mut heads: Vec<Head> = Vec::new();
    for service in &opened.services {
        let end = tail(&opened.tree, service).map_err(|broken| endless(broken, service))?;
        heads.extend(end.head(service));
    }
    let said = Heads { book: opened.book(settings), heads: &heads };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::log_heads(&said, look),
        Format::Json => json::log_heads(&said),
        Format::Markdown => markdown::log_heads(&said),
    });
    // Beside what is kept, so that a file of heads holds nothing else.
    if settings.outputs.on_stdout() == Format::Human {
        opened.notes.iter().for_each(|note| settings.outputs.mutter(&format!("note: {note}\n")));
    }
    Ok(ExitCode::from(exit::of_answer(delivered)))
}

/// Why a record has no head.
fn endless(broken: Broken, service: &Name) -> Complaint {
    match broken {
        Broken::Unreadable(error) => unread(error),
        broken => {
            let hint = match broken {
                Broken::Torn(_) => "`holdpoint log repair` puts it aside, and keeps it".into(),
                _ => format!("`holdpoint log verify {service}` says more"),
            };
            Complaint::unjudged(broken.to_string(), Some(hint))
        }
    }
}
