//! `holdpoint log verify`: whether the record is what was written.

#![expect(clippy::disallowed_methods, reason = "a door: it reads kept heads from a file")]

use std::collections::BTreeSet;
use std::io::Read;
use std::process::ExitCode;

use anyhow::Result;

use super::{Opened, unread};
use crate::cli::args::{Format, Reports, name};
use crate::cli::exit;
use crate::cli::failure::Complaint;
use crate::cli::settings::Settings;
use crate::disk::reason;
use crate::model::Name;
use crate::record::{Finding, Head, Spot, Trouble, Verified, verify};
use crate::report::log::Verifying;
use crate::report::{human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint log verify
  holdpoint log verify checkout
  holdpoint log head > heads.txt && holdpoint log verify --heads heads.txt
  holdpoint log verify --head checkout:12:9f3c…           an earlier end of the record, as `log head` gave it

Each line holds the hash of the line before it, so a line that was changed, dropped, put in or moved is found, and
named. All that is wrong is said, with what most likely happened. What the chain alone can't show is that lines
were cut off at its end, or that all of it was written anew: that shows against an earlier head, so keep the heads
elsewhere. docs/record.md says how, and how to verify with nothing but sha256sum and jq.

Exit codes:
  0 it is what was written, as far as the chain and the heads tell · 1 it isn't · 2 wrong usage
  3 it can't be read

Files that are read:
  log/SERVICE/*.jsonl; of the registry nothing, so that its mistakes don't matter";

/// Says whether the record is what was written; if not, where and what is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(in crate::cli) struct Args {
    /// Only these services
    #[arg(value_name = "SERVICE", value_parser = name)]
    services: Vec<Name>,

    /// An earlier end that must still be there: SERVICE:SEQ:HASH, SERVICE=HASH, or HASH; may be given several times
    #[arg(long = "head", value_name = "HEAD", value_parser = heads)]
    heads: Vec<Heads>,

    /// The same from a file, a line each, as `log head` writes them; `-` is standard input
    #[arg(long = "heads", value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: Option<String>,

    #[command(flatten)]
    reports: Reports,
}

/// The heads of one argument: what `log head` says may be given whole.
#[derive(Debug, Clone)]
struct Heads(Vec<Head>);

/// Takes heads, divided by white space.
fn heads(text: &str) -> Result<Heads, String> {
    let heads: Result<Vec<Head>, _> = text.split_whitespace().map(str::parse::<Head>).collect();
    match heads {
        Ok(heads) if heads.is_empty() => Err("it is empty".into()),
        Ok(heads) => Ok(Heads(heads)),
        Err(error) => Err(format!("{error}; `holdpoint log head` writes them as SERVICE:SEQ:HASH")),
    }
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }

    fn heads(&self) -> Result<Vec<Head>> {
        let mut all: Vec<Head> = self.heads.iter().flat_map(|heads| heads.0.clone()).collect();
        let Some(file) = &self.file else { return Ok(all) };
        let text = if file == "-" {
            let mut text = String::new();
            std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
        } else {
            std::fs::read_to_string(file)
        };
        let text = text.map_err(|error| {
            let hint = "give the file that `holdpoint log head` was written to";
            Complaint::unjudged(format!("`{file}` can't be read: {}", reason(&error)), Some(hint.into()))
        })?;
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |error| {
                let message = format!("line {} of `{file}` is no head: {error}", index + 1);
                Complaint::usage(
                    &message,
                    "a line for each, SERVICE:SEQ:HASH, as `holdpoint log head` writes it",
                )
            };
            all.extend(heads(line).map_err(wrong)?.0);
        }
        Ok(all)
    }
}

/// Verifies the records and reports.
pub(in crate::cli) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let heads = args.heads()?;
    let mut opened = Opened::by(settings, &args.services)?;
    // A record of which there is a head must be there, whole folder and all.
    let told = heads.iter().filter_map(|head| head.service.clone());
    if args.services.is_empty() {
        opened.services.extend(told);
        opened.services = opened.services.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    } else if let Some(other) = told.into_iter().find(|name| !args.services.contains(name)) {
        let message = format!("a head of `{other}` was given, and `{other}` isn't among the services");
        return Err(Complaint::usage(&message, "name it, too, or name no service").into());
    }
    let mut records: Vec<Verified> = Vec::new();
    for service in &opened.services {
        let own: Vec<Head> = heads.iter().filter(|head| is_of(head, service, &opened)).cloned().collect();
        records.push(verify(&opened.tree, service, &own).map_err(unread)?);
    }
    let beside = beside(&opened, args, &nameless(&heads, &opened)?);
    let verifying = Verifying { book: opened.book(settings), records: &records, beside: &beside };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::log_verify(&verifying, look),
        Format::Json => json::log_verify(&verifying),
        Format::Markdown => markdown::log_verify(&verifying, look.detail),
    });
    Ok(ExitCode::from(exit::of_proof(verifying.is_whole(), delivered)))
}

/// Whether a head is one of this service. One without a name is that of the only service.
fn is_of(head: &Head, service: &Name, opened: &Opened) -> bool {
    head.service.as_ref().map_or(opened.services.len() == 1, |name| name == service)
}

/// The heads without a name that no record holds, when there are several.
fn nameless(heads: &[Head], opened: &Opened) -> Result<Vec<Head>> {
    let mut lost: Vec<Head> = heads.iter().filter(|head| head.service.is_none()).cloned().collect();
    if opened.services.len() == 1 {
        return Ok(Vec::new());
    }
    for service in &opened.services {
        if lost.is_empty() {
            break;
        }
        let found = verify(&opened.tree, service, &lost).map_err(unread)?.heads;
        lost = found.into_iter().filter(|(_, seq)| seq.is_none()).map(|(head, _)| head).collect();
    }
    Ok(lost)
}

/// What is wrong beside the records themselves.
fn beside(opened: &Opened, args: &Args, lost: &[Head]) -> Vec<Finding> {
    let strange = opened.strange.iter().filter(|_| args.services.is_empty());
    let strange =
        strange.map(|path| Finding { spot: Spot { file: path.clone(), line: 0 }, trouble: Trouble::Strange });
    let lost = lost.iter().map(|head| Finding {
        spot: Spot { file: crate::record::FOLDER.into(), line: 0 },
        trouble: Trouble::Nowhere(head.hash.clone()),
    });
    strange.chain(lost).collect()
}
