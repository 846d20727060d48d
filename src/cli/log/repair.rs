//! `holdpoint log repair`: puts what a crash has torn aside.

use std::process::ExitCode;

use anyhow::Result;

use super::{Opened, unread};
use crate::cli::args::{Format, Reports, name};
use crate::cli::exit;
use crate::cli::failure::Complaint;
use crate::cli::settings::Settings;
use crate::cli::write::{self, Patience, mutter, refuse_as_of, writer};
use crate::disk::{ApplyError, JOURNAL, Settled, put_aside_journal, put_aside_torn};
use crate::model::Name;
use crate::record::{Torn, torn};
use crate::registry::Tree;
use crate::report::log::{Mending, Put};
use crate::report::{human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint log repair --dry-run
  holdpoint log repair
  holdpoint log repair checkout

A crash or a full disk can leave a last line without its end. It is put aside: into a dotfile beside the month's
file, where it is kept. An act that was cut short is brought to its end, or, when what stands there now doesn't fit
it, put aside as well. The next command that writes does the same by itself, but for an act that doesn't fit.
Nothing else is ever changed: what `log verify` finds wrong in whole lines stays, for it is evidence.

Exit codes:
  0 repaired, or nothing to repair · 2 wrong usage · 3 it can't be read or written

Files that are read:
  log/SERVICE/*.jsonl, .holdpoint-journal
Files that are written:
  the newest of log/SERVICE/*.jsonl, a dotfile beside it, and what an act that was cut short was to write";

/// Puts a torn last line of the record aside, and keeps it.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(in crate::cli) struct Args {
    /// Only these services
    #[arg(value_name = "SERVICE", value_parser = name)]
    services: Vec<Name>,

    /// Only shows what would be put aside
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    patience: Patience,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// What is put aside, and what is brought to its end.
#[derive(Default)]
struct Done {
    aside: Vec<Put>,
    finished: Vec<String>,
}

/// Why a line is put aside.
const CUT: &str = "a write was cut short";

/// Puts aside what is torn, or shows it.
pub(in crate::cli) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    if !args.dry_run || settings.at_revision.is_some() {
        refuse_as_of(settings, "leave it out")?;
    }
    if !args.dry_run {
        settings.outputs.check_files()?;
    }
    args.patience.begin(settings);
    // First the act, for until then its lines can't be looked at.
    let mut done = Done::default();
    if !args.dry_run {
        done.journal(settings)?;
    }
    let mut opened = Opened::by(settings, &args.services)?;
    if args.dry_run {
        done.look(&mut opened)?;
    } else {
        done.torn(&opened, settings)?;
    }
    let mending = Mending {
        book: opened.book(settings),
        aside: &done.aside,
        finished: &done.finished,
        dry_run: args.dry_run,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::log_repair(&mending, look),
        Format::Json => json::log_repair(&mending),
        Format::Markdown => markdown::log_repair(&mending),
    });
    let nothing = done.aside.is_empty() && done.finished.is_empty();
    let written = !args.dry_run && !nothing;
    Ok(ExitCode::from(exit::of_answer(write::delivered(delivered, written, settings))))
}

impl Done {
    /// An act that was cut short.
    fn journal(&mut self, settings: &Settings) -> Result<()> {
        let found = crate::cli::registry::Found::in_any_state(settings)?;
        let settled = put_aside_journal(&found.folder, &writer(settings), &|note| mutter(note, settings));
        match settled.map_err(unwritten)? {
            None => {}
            Some(Settled::Finished(files)) => self.finished = files,
            Some(Settled::PutAside { why, paths, aside }) => self.aside.push(Put {
                from: aside.from,
                to: Some(aside.to),
                bytes: aside.bytes,
                why: format!("an act was cut short and can't be brought to its end: {why}"),
                look_at: paths,
            }),
        }
        Ok(())
    }

    /// Torn last lines.
    fn torn(&mut self, opened: &Opened, settings: &Settings) -> Result<()> {
        for service in &opened.services {
            if torn(&opened.tree, service).map_err(unread)?.is_none() {
                continue;
            }
            let root = &opened.found.folder;
            let aside = put_aside_torn(root, service, &writer(settings), &|note| mutter(note, settings));
            self.aside.extend(aside.map_err(unwritten)?.map(|aside| Put {
                from: aside.from,
                to: Some(aside.to),
                bytes: aside.bytes,
                why: CUT.into(),
                look_at: Vec::new(),
            }));
        }
        Ok(())
    }

    /// What would be put aside.
    fn look(&mut self, opened: &mut Opened) -> Result<()> {
        for service in &opened.services {
            let found = torn(&opened.tree, service).map_err(unread)?;
            self.aside.extend(found.map(|Torn { file, bytes }| Put {
                from: file,
                to: None,
                bytes,
                why: CUT.into(),
                look_at: Vec::new(),
            }));
        }
        if opened.tree.read(JOURNAL).map_or(true, |journal| journal.is_some()) {
            opened.notes.push(format!(
                "`{JOURNAL}` holds an act that was cut short: it would be brought to its end, or put aside"
            ));
        }
        Ok(())
    }
}

/// Why something could not be put aside.
fn unwritten(error: ApplyError) -> Complaint {
    Complaint::unjudged(error.to_string(), Some(error.hint()))
}
