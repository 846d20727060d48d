//! `holdpoint explain`: what a word of a report means, or what is known of a flag.

use std::process::ExitCode;

use anyhow::Result;

use super::args::{Format, Reports, name};
use super::exit;
use super::failure::Complaint;
use super::registry::{self, OpenedWhole};
use super::settings::{Said, Settings};
use super::side_by_side::each_service;
use crate::model::{Name, Sources, format_time};
use crate::registry::wording::nearest;
use crate::registry::{Loaded, shipped};
use crate::report::explain::{Found, Glance, Known, Meaning};
use crate::report::reasons::Documented;
use crate::report::{human, json, markdown, words};

const AFTER: &str = "\
Examples:
  holdpoint explain advisory-reopened
  holdpoint explain no-safe-way-back
  holdpoint explain CVE-2026-31337
  holdpoint explain CVE-2026-31337 --service checkout --format json

Exit codes:
  0 answered · 2 wrong usage · 3 no such word or flag, or the registry can't be read

Files that are read:
  holdpoint.toml, advisories/, instabilities/; for a flag also services/ (with --service, one of them).
  A code or a word is explained without any registry.";

/// What a reason's code or a lint's word means, or what is known of a flag.
///
/// A code's documentation comes with the shipped levels, and with the rules of the registry at hand that name it.
/// Of a flag it says which releases it hits, where they run and ran, who can close it and what was signed for it.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The code of a reason, the word of a lint, or the id or an alias of a flag
    #[arg(value_name = "CODE-or-ID", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    word: String,

    /// Only the flags on this service, where several have the id
    #[arg(long, value_name = "SERVICE", value_parser = name)]
    service: Option<Name>,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Explains a word, or a flag.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match Documented::of(&args.word) {
        Some(word) => explain_word(word, settings),
        None => explain_flag(args, settings),
    }
}

fn explain_word(word: Documented, settings: &Settings) -> Result<ExitCode> {
    let shipped = shipped();
    let AtHand { registry, notes } = AtHand::find(settings)?;
    let own = registry.as_ref().map(|(opened, loaded)| {
        let own = loaded.registry.rules.iter().take_while(|rule| rule.origin.is_some()).count();
        (&loaded.registry.rules[..own], opened.context(settings, &loaded.registry.sources, &[]))
    });
    let meaning = Meaning { word, shipped: &shipped, own, notes: &notes };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::meaning(&meaning, look),
        Format::Json => json::meaning(&meaning),
        Format::Markdown => markdown::meaning(&meaning, look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(delivered)))
}

/// The registry at hand, for its rules.
struct AtHand {
    registry: Option<(OpenedWhole, Loaded)>,
    notes: Vec<String>,
}

impl AtHand {
    /// One that wasn't named may be broken or missing: a word is explained all the same.
    fn find(settings: &Settings) -> Result<AtHand> {
        let opened = registry::open_whole(settings);
        match opened.and_then(|opened| opened.shared().map(|loaded| (opened, loaded))) {
            Ok(registry) => {
                let notes = registry.0.found.note().into_iter().collect();
                Ok(AtHand { registry: Some(registry), notes })
            }
            Err(error) if is_named(settings) => Err(error),
            Err(error) if error.is::<Complaint>() => Ok(AtHand { registry: None, notes: Vec::new() }),
            Err(_) => {
                let note = "the registry at hand has mistakes, so its own rules are left out; `holdpoint lint` shows them";
                Ok(AtHand { registry: None, notes: vec![note.to_owned()] })
            }
        }
    }
}

/// Whether a registry was asked for, so that one that can't be read is an error.
fn is_named(settings: &Settings) -> bool {
    matches!(settings.registry, Some(Said::Option(_))) || settings.at_revision.is_some()
}

fn explain_flag(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let opened = registry::open_whole(settings).map_err(|error| {
        if is_named(settings) || !error.is::<Complaint>() {
            return error;
        }
        let flag = "a flag needs a registry: name it with --registry, or stand in it";
        unknown(&args.word, None, Some(flag.to_owned())).into()
    })?;
    let found = search(args, &opened, settings)?;
    if found.flags.is_empty() {
        let later = found.later.map(|at| format!("a flag of this name was recorded at {}", format_time(at)));
        let more = later.or_else(|| unread(found.unread));
        return Err(unknown(&args.word, found.near.as_deref(), more).into());
    }
    let sources = Sources::default();
    let notes: Vec<String> = unread(found.unread).into_iter().collect();
    let context = opened.context(settings, &sources, &[]);
    let known = Known { context, asked: &args.word, flags: &found.flags, notes: &notes };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::known(&known, look),
        Format::Json => json::known(&known),
        Format::Markdown => markdown::known(&known, look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(delivered)))
}

/// Looks at one service, or at all of them.
fn search(args: &Args, opened: &OpenedWhole, settings: &Settings) -> Result<Found> {
    let at = |name: &Name, loaded: &Loaded| Glance::at(&loaded.registry, name, &args.word, opened.moment);
    if let Some(name) = &args.service {
        let loaded =
            opened.service(&opened.found.tree(), name).map_err(|error| opened.found.complaint(error))?;
        return Ok(Found::of([at(name, &loaded)], &args.word));
    }
    let glances = each_service(opened, opened.whole.names(), settings, |name, loaded| match loaded {
        Ok(loaded) => at(name, &loaded),
        Err(_) => Glance::unread(),
    });
    Ok(Found::of(glances, &args.word))
}

/// Neither a word nor a flag.
fn unknown(word: &str, near: Option<&str>, more: Option<String>) -> Complaint {
    let message = format!("no reason, lint or flag is called `{word}`");
    let mut known: Vec<&str> = near.into_iter().collect();
    Documented::all().for_each(|documented| known.push(documented.word()));
    let near = nearest(word, known).map(|near| format!("did you mean `{near}`?"));
    let hints: Vec<String> = near.into_iter().chain(more).collect();
    let known = "docs/reasons.md and docs/lints.md list all words; a flag is found by its id or an alias";
    Complaint::unjudged(message, Some(if hints.is_empty() { known.into() } else { hints.join(" ") }))
}

fn unread(count: usize) -> Option<String> {
    (count > 0).then(|| {
        format!(
            "{} can't be read and isn't told of here: see `holdpoint lint`",
            words::several(count, "service")
        )
    })
}
