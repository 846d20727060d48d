//! `holdpoint clear-flag`: takes a flag back, or closes its range where the fix begins.

use std::process::ExitCode;

use anyhow::Result;

use super::acting::Acting;
use super::args::{Format, Reports, name, version};
use super::failure::Complaint;
use super::registry::{self, Found};
use super::settings::Settings;
use super::side_by_side::each_service;
use super::write::{self, carry_out, refuse_as_of, refused, unloaded};
use crate::act::clear::find::{Look, by_id, look, together};
use crate::act::clear::{Candidate, Holder, Request, clear};
use crate::act::{Said, said};
use crate::model::Name;
use crate::registry::{Ask, LoadError, listed, load};
use crate::report::{Clearing, human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint clear-flag INC-482 --reason \"the load test was wrong, see INC-490\"
  holdpoint clear-flag CVE-2026-31337 --service checkout --reason \"not built with the module\"
  holdpoint clear-flag CVE-2026-31337 --fixed-in 2.4.0 --reason \"patched upstream\"
  holdpoint clear-flag INC-482 --reason \"mended\" --dry-run      what it would free

Nothing is deleted: the flag stays where it stands, with when, by whom and why. Withdrawn, it no longer counts;
with --fixed-in its open range ends before that release, and it goes on to count below. For seven days checks of
what is freed warn of it. Where teams are given, only the team that owns the flag's key may clear it.

Exit codes:
  0 cleared, or cleared already · 2 wrong usage
  3 could not be cleared: nothing was written; or it was, and the report could not be, which is said
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  holdpoint.toml, advisories/, instabilities/; services/SERVICE/ of the services that the flag speaks of; to find
  it, the names of files in services/, and only for an alias what is in them
Files that are written:
  the one that holds the flag, and log/SERVICE/";

/// Takes a flag back, or closes its range where the fix begins.
///
/// It says first what that frees: which releases, what runs where, and which verdicts change.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The flag's id, or an alias that only one flag has
    #[arg(value_name = "ID", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    id: String,

    /// The service whose flag is meant, where several have the id; or for which a range is closed
    #[arg(long, value_name = "SERVICE", value_parser = name)]
    service: Option<Name>,

    /// Why
    #[arg(long, value_name = "REASON", value_parser = said)]
    reason: Said,

    /// The release that mends it: the flag goes on to count for what is older
    #[arg(long, value_name = "VERSION", value_parser = version)]
    fixed_in: Option<Box<str>>,

    #[command(flatten)]
    acting: Acting,

    /// Only shows what would be written, and what it would free
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Clears the flag and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out: a flag is cleared now")?;
    let found = Found::by(settings)?;
    let occasion = args.acting.occasion(&found, settings)?;
    let request = Request {
        target: target(args, settings, &found)?,
        service: args.service.clone(),
        reason: args.reason.clone(),
        fixed_in: args.fixed_in.clone(),
    };
    let acted = carry_out(&found, settings, args.dry_run, &occasion, |tree, main, on| {
        clear(tree, main, &request, on).map_err(|refusal| refused(refusal, &found))
    })?;
    let (cleared, revision) = (&acted.value, found.revision());
    let context = found.context(settings, &cleared.after, revision.as_deref());
    let clearing = Clearing {
        context: context.reached(acted.published.as_ref()).told(acted.notice.as_ref()),
        request: &request,
        cleared,
        dry_run: args.dry_run,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::clearing(&clearing, look),
        Format::Json => json::clearing(&clearing),
        Format::Markdown => markdown::clearing(&clearing, look.detail),
    });
    let written = !args.dry_run && !cleared.changes.is_empty();
    Ok(write::code(&acted, write::delivered(delivered, written, settings)))
}

/// The one flag that is meant.
fn target(args: &Args, settings: &Settings, found: &Found) -> Result<Candidate> {
    let (look, unread) = search(args, settings, found)?;
    let mut candidates = look.found.into_iter();
    match (candidates.next(), candidates.next()) {
        (Some(one), None) => Ok(one),
        (Some(first), Some(second)) => {
            let all: Vec<Candidate> = [first, second].into_iter().chain(candidates).collect();
            Err(several(&args.id, &all).into())
        }
        (None, _) => {
            let of = args.service.as_ref().map_or(String::new(), |name| format!(" of `{name}`"));
            let near = look.near.map(|near| format!("did you mean `{near}`?"));
            let unread = (unread > 0).then(|| {
                format!("{unread} of the services can't be read and weren't looked at: see `holdpoint lint`")
            });
            let hints: Vec<String> = near.into_iter().chain(unread).collect();
            let known = "a flag is found by its id or an alias; `holdpoint status` shows what counts";
            let hint = if hints.is_empty() { known.into() } else { hints.join(" ") };
            Err(Complaint::unjudged(format!("no flag{of} is called `{}`", args.id), Some(hint)).into())
        }
    }
}

/// Looks at one service; else for files that are named so; else into all services. Also how many can't be read.
fn search(args: &Args, settings: &Settings, found: &Found) -> Result<(Look, usize)> {
    if let Some(name) = &args.service {
        let loaded = load(&found.tree(), &found.main, &Ask::Service(name.clone()))
            .map_err(|error| unloaded(error, found))?;
        return Ok((together([look(&loaded.registry, name, &args.id)], &args.id), 0));
    }
    let opened = registry::open_whole(settings)?;
    let quick = by_id(&found.tree(), &opened.whole, &args.id).map_err(|error| unloaded(error, found))?;
    if !quick.is_empty() {
        return Ok((Look { found: quick, near: None }, 0));
    }
    let looks = each_service(&opened, opened.whole.names(), settings, |name, loaded| {
        loaded.map(|loaded| look(&loaded.registry, name, &args.id)).map_err(|_: LoadError| ())
    });
    let unread = looks.iter().filter(|look| look.is_err()).count();
    Ok((together(looks.into_iter().flatten(), &args.id), unread))
}

/// Several flags are meant.
fn several(word: &str, all: &[Candidate]) -> Complaint {
    let called = |candidate: &Candidate| match &candidate.holder {
        Holder::Own(name) => format!("{} of {name}", candidate.id),
        Holder::Shared => format!("{} (shared)", candidate.id),
    };
    let names: Vec<String> = all.iter().map(called).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let message = format!("several flags are called `{word}`: {}", listed(&names));
    let ids: Vec<&Candidate> = all.iter().filter(|other| other.id != all[0].id).collect();
    let hint = if ids.is_empty() {
        "say with --service whose is meant"
    } else {
        "say which by its id, and with --service whose"
    };
    Complaint::unjudged(message, Some(hint.into()))
}
