//! `holdpoint explain`: what a word of a report means, or what is known of a flag.

use std::process::ExitCode;

use anyhow::Result;

use super::args::{Format, Reports, name};
use super::exit;
use super::failure::Complaint;
use super::registry::{self, OpenedWhole};
use super::settings::{Said, Settings};
use crate::judge::{self, Moment};
use crate::model::{Flag, Name, Registry, Sources, Time, format_time};
use crate::registry::wording::nearest;
use crate::registry::{Loaded, shipped};
use crate::report::explain::{AtService, FlagPage, Known, Meaning};
use crate::report::reasons::Documented;
use crate::report::{human, json, markdown, words};

const AFTER: &str = "\
Examples:
  holdpoint explain advisory-reopened
  holdpoint explain CVE-2026-31337
  holdpoint explain CVE-2026-31337 --service checkout --format json

Exit codes:
  0 answered · 2 wrong usage · 3 no such word or flag, or the registry can't be read

Files that are read:
  holdpoint.toml, advisories/, instabilities/; for a flag also services/ (with --service, one of them).
  The code of a reason is explained without any registry.";

/// What a reason's code means, or what is known of a flag.
///
/// A code's documentation comes with the shipped levels, and with the rules of the registry at hand that name it.
/// Of a flag it says which releases it hits, where they run and ran, who can close it and what was signed for it.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The code of a reason, or the id or an alias of a flag
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
    let (at_hand, notes) = at_hand(settings)?;
    let own = at_hand.as_ref().map(|(opened, loaded)| {
        let own = loaded.registry.rules.iter().take_while(|rule| rule.origin.is_some()).count();
        (&loaded.registry.rules[..own], opened.context(settings, &loaded.registry.sources, &[]))
    });
    let meaning = Meaning { word, shipped: &shipped, own, notes: &notes };
    let delivered = settings.outputs.write(|format| match format {
        Format::Human => human::meaning(&meaning, settings.outputs.look),
        Format::Json => json::meaning(&meaning),
        Format::Markdown => markdown::meaning(&meaning, settings.outputs.look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(delivered)))
}

/// The registry at hand, for its rules. One that was found by itself may be broken or missing: the word is
/// explained all the same.
fn at_hand(settings: &Settings) -> Result<(Option<(OpenedWhole, Loaded)>, Vec<String>)> {
    let named = matches!(settings.registry, Some(Said::Option(_)));
    match registry::open_whole(settings).and_then(|opened| opened.shared().map(|loaded| (opened, loaded))) {
        Ok(at_hand) => Ok((Some(at_hand), Vec::new())),
        Err(error) if named => Err(error),
        Err(error) if error.is::<Complaint>() => Ok((None, Vec::new())),
        Err(_) => {
            let note =
                "the registry at hand has mistakes, so its own rules are left out: see `holdpoint lint`";
            Ok((None, vec![note.to_owned()]))
        }
    }
}

fn explain_flag(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let opened = registry::open_whole(settings).map_err(|error| match error.is::<Complaint>() {
        true if !matches!(settings.registry, Some(Said::Option(_))) => {
            let flag = "a flag needs a registry: name it with --registry, or stand in it";
            unknown(&args.word, None, Some(flag.to_owned())).into()
        }
        _ => error,
    })?;
    let mut search = Search::new(&args.word, opened.moment);
    let tree = opened.found.tree();
    match &args.service {
        Some(service) => {
            let loaded = opened.service(&tree, service).map_err(|error| opened.found.complaint(error))?;
            search.look(&loaded.registry, service);
        }
        None => {
            for service in opened.whole.names() {
                match opened.service(&tree, service) {
                    Ok(loaded) => search.look(&loaded.registry, service),
                    Err(_) => search.unread += 1,
                }
            }
        }
    }
    if search.found.is_empty() {
        let later = search.later.map(|at| format!("a flag of this name was recorded at {}", format_time(at)));
        return Err(
            unknown(&args.word, search.near.as_deref(), later.or_else(|| unread(search.unread))).into()
        );
    }
    let sources = Sources::default();
    let notes: Vec<String> = unread(search.unread).into_iter().collect();
    let context = opened.context(settings, &sources, &[]);
    let known = Known { context, asked: &args.word, flags: &search.found, notes: &notes };
    let delivered = settings.outputs.write(|format| match format {
        Format::Human => human::known(&known, settings.outputs.look),
        Format::Json => json::known(&known),
        Format::Markdown => markdown::known(&known, settings.outputs.look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(delivered)))
}

/// The search for a flag, service by service.
struct Search<'a> {
    word: &'a str,
    moment: Moment,
    found: Vec<FlagPage>,
    /// The nearest id so far.
    near: Option<String>,
    /// When a flag of this name was recorded that isn't there yet at the moment.
    later: Option<Time>,
    /// How many services could not be read.
    unread: usize,
}

impl<'a> Search<'a> {
    fn new(word: &'a str, moment: Moment) -> Search<'a> {
        Search { word, moment, found: Vec::new(), near: None, later: None, unread: 0 }
    }

    fn look(&mut self, registry: &Registry, service: &Name) {
        let Some(of) = registry.services.get(service) else { return };
        for flag in registry.flags_of(of).filter(|flag| self.is_meant(flag)).collect::<Vec<_>>() {
            self.add(registry, service, flag);
        }
        if self.found.is_empty() && self.later.is_none() {
            let ids = registry.flags_of(of).map(|flag| flag.id.as_str());
            let near = nearest(self.word, self.near.as_deref().into_iter().chain(ids));
            self.near = near.map(str::to_owned);
        }
    }

    fn is_meant(&self, flag: &Flag) -> bool {
        let mut names = flag.aliases.iter().map(|alias| &**alias).chain([flag.id.as_str()]);
        names.any(|name| name.eq_ignore_ascii_case(self.word))
    }

    fn add(&mut self, registry: &Registry, service: &Name, flag: &Flag) {
        if !self.moment.sees_opt(flag.recorded) {
            self.later = flag.recorded;
        }
        let Some(portrait) = judge::portrait(registry, service, flag, self.moment) else { return };
        let page = FlagPage::of(&portrait, &registry.sources);
        let at = AtService::of(&portrait, registry);
        match self.found.iter_mut().find(|known| (&known.file, known.line) == (&page.file, page.line)) {
            Some(known) => known.services.push(at),
            None => self.found.push(FlagPage { services: vec![at], ..page }),
        }
    }
}

/// Neither a word nor a flag.
fn unknown(word: &str, near: Option<&str>, more: Option<String>) -> Complaint {
    let message = format!("no reason and no flag is called `{word}`");
    let mut known: Vec<&str> = near.into_iter().collect();
    Documented::all().for_each(|documented| known.push(documented.word()));
    let near = nearest(word, known).map(|near| format!("did you mean `{near}`?"));
    let hints: Vec<String> = near.into_iter().chain(more).collect();
    let known = "docs/reasons.md lists the codes of all reasons; a flag is found by its id or an alias";
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
