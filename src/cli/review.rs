//! `holdpoint review`: the teams look back at a break-glass, and its debt is closed.

use std::process::ExitCode;

use anyhow::Result;

use super::acting::Acting;
use super::args::{Format, Reports, name};
use super::exit;
use super::failure::Complaint;
use super::registry::{self, OpenedWhole};
use super::settings::Settings;
use super::side_by_side::each_service;
use super::write::{self, carry_out, refuse_as_of, refused};
use crate::act::review::{self, Asked, Outcome, Request, is_called};
use crate::act::{Said, said};
use crate::judge::{self, Moment};
use crate::model::{Id, Key, Name, Sources};
use crate::registry::Loaded;
use crate::report::review::{DebtPage, Done, Reviewing};
use crate::report::{human, json, markdown, words};

const AFTER: &str = "\
Examples:
  holdpoint review                                          every open break-glass, the most urgent first
  holdpoint review 01KAF4                                   one of them, what is owed for it, and the next commands
  holdpoint review 01KAF4 --note \"WAF log: nobody came in\"   for the key of the team that you are in
  holdpoint review 01KAF4 --as security --note \"read the logs\" --dry-run
  holdpoint review 01KAF4 --close                           once its release was left, or is held by nothing any more

A break-glass leaves a debt that is open until each team has reviewed it and what it went to is left, or nothing
that was gone against holds it now: a flag was withdrawn, or a sign-off counts. A block is ended by leaving only.
The review that is the last thing owed closes it; the record keeps what was found. It is overdue after
policy.review_within (72 h), which every check of its place then says.

Members of the key's team review. For security it is never the one who broke the glass; for reliability it may be.
A review isn't rewritten: saying it again changes nothing, and another member may add one.

Exit codes:
  0 told, or done, or done already · 1 --close: something is owed still · 2 wrong usage
  3 could not be done: nothing was written; or it was, and the report could not be, which is said

Files that are read:
  holdpoint.toml, services/ (with --service, one of them), advisories/, instabilities/
Files that are written:
  the one that holds the debt, most likely services/SERVICE/debts/DEBT.toml; log/SERVICE/";

/// Looks back at a break-glass, for one of the two keys.
///
/// Without DEBT it lists every open break-glass; with DEBT alone it shows one, and what is owed for it.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The id of the debt that the break-glass left
    #[arg(value_name = "DEBT", value_parser = id)]
    debt: Option<Id>,

    /// The key that is reviewed for; unless given, that of the team that you are in
    #[arg(long = "as", value_name = "KEY", value_parser = key, requires = "note")]
    key: Option<Key>,

    /// What was found
    #[arg(long, value_name = "NOTE", value_parser = said, requires = "debt")]
    note: Option<Said>,

    /// Closes it, if nothing is owed any more
    #[arg(long, requires = "debt", conflicts_with = "note")]
    close: bool,

    /// Only the break-glasses of this service
    #[arg(long, value_name = "SERVICE", value_parser = name)]
    service: Option<Name>,

    #[command(flatten)]
    acting: Acting,

    /// Only shows what would be written
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    reports: Reports,
}

fn id(text: &str) -> Result<Id, String> {
    Id::new(text).map_err(|error| format!("an id {error}"))
}

fn key(text: &str) -> Result<Key, String> {
    Key::ALL
        .into_iter()
        .find(|key| key.word() == text)
        .ok_or_else(|| "there are `reliability` and `security`".to_owned())
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }

    /// What is to be done; None: it is only to be told.
    fn asked(&self) -> Option<Asked> {
        match &self.note {
            Some(note) => Some(Asked::Review { key: self.key, note: note.clone() }),
            None => self.close.then_some(Asked::Close),
        }
    }
}

/// Tells of break-glasses, or reviews one.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let opened = registry::open_whole(settings)?;
    let found = find(args, &opened, settings)?;
    match (&args.debt, args.asked()) {
        (Some(id), Some(asked)) => {
            let page = only_one(id, found)?;
            let request = Request { service: page.service, debt: page.debt.id, asked };
            act(args, settings, &opened, &request)
        }
        _ => tell(args, settings, &opened, found),
    }
}

/// The break-glasses that are meant, and how many services can't be read.
struct Found {
    debts: Vec<DebtPage>,
    /// The ids of those that are not meant.
    others: Vec<String>,
    unread: usize,
}

/// Looks at one service, or at all of them.
fn find(args: &Args, opened: &OpenedWhole, settings: &Settings) -> Result<Found> {
    let mut found = Found { debts: Vec::new(), others: Vec::new(), unread: 0 };
    let seen = match &args.service {
        Some(name) => {
            let loaded = opened.service(&opened.found.tree(), name);
            let loaded = loaded.map_err(|error| opened.found.complaint(error))?;
            vec![Some(pages(name, &loaded, opened.moment))]
        }
        None => each_service(opened, opened.whole.names(), settings, |name, loaded| {
            loaded.ok().map(|loaded| pages(name, &loaded, opened.moment))
        }),
    };
    for pages in seen {
        found.unread += usize::from(pages.is_none());
        found.debts.extend(pages.into_iter().flatten());
    }
    if let Some(id) = &args.debt {
        let (meant, others): (Vec<DebtPage>, Vec<DebtPage>) =
            found.debts.into_iter().partition(|page| is_called(&page.debt, id.as_str()));
        found.others = others.iter().map(|page| page.debt.id.to_string()).collect();
        found.debts = meant;
    }
    found.debts.sort_by(|a, b| (a.due, &a.debt.id).cmp(&(b.due, &b.debt.id)));
    match &args.debt {
        Some(id) if found.debts.is_empty() => Err(unknown(id, &found).into()),
        _ => Ok(found),
    }
}

/// The break-glasses of a service that are there at the moment.
fn pages(name: &Name, loaded: &Loaded, moment: Moment) -> Vec<DebtPage> {
    let registry = &loaded.registry;
    let debts = registry.services.get(name).into_iter().flat_map(|service| &service.debts);
    let seen = debts.filter(|debt| moment.sees(debt.at));
    seen.filter_map(|debt| judge::owed(registry, name, debt, moment))
        .map(|owed| DebtPage::of(name, &owed, registry, moment.now))
        .collect()
}

fn unknown(id: &Id, found: &Found) -> Complaint {
    let open = match &found.others[..] {
        [] => "none is open; one that was closed stands in the record: `holdpoint log show`".to_owned(),
        others => format!(
            "{} open: {}",
            if others.len() == 1 { "this one is" } else { "these are" },
            words::some(others)
        ),
    };
    let unread = unread(found.unread).map_or(String::new(), |unread| format!("; {unread}"));
    Complaint::unjudged(format!("no open break-glass is called `{id}`"), Some(format!("{open}{unread}")))
}

fn unread(count: usize) -> Option<String> {
    let services = words::several(count, "service");
    (count > 0).then(|| format!("{services} can't be read and isn't told of here: see `holdpoint lint`"))
}

fn only_one(id: &Id, found: Found) -> Result<DebtPage> {
    let services: Vec<&str> = found.debts.iter().map(|page| page.service.as_str()).collect();
    if services.len() > 1 {
        let message = format!("`{id}` is a break-glass of {}", words::some(&services));
        return Err(Complaint::usage(&message, "say which with --service").into());
    }
    found
        .debts
        .into_iter()
        .next()
        .ok_or_else(|| Complaint::unjudged(format!("no break-glass `{id}`"), None).into())
}

fn tell(args: &Args, settings: &Settings, opened: &OpenedWhole, found: Found) -> Result<ExitCode> {
    let (sources, notes) =
        (Sources::default(), Vec::from_iter(opened.found.note().into_iter().chain(unread(found.unread))));
    let context = opened.context(settings, &sources, &[]);
    let one = args.debt.is_some();
    let reviewing = Reviewing { context, debts: &found.debts, done: None, one, notes: &notes };
    Ok(ExitCode::from(exit::of_answer(deliver(settings, &reviewing))))
}

fn act(args: &Args, settings: &Settings, opened: &OpenedWhole, request: &Request) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out")?;
    let occasion = args.acting.occasion(&opened.found, settings)?;
    let acted = carry_out(&opened.found, settings, args.dry_run, &occasion, |tree, main, on| {
        review::review(tree, main, request, on).map_err(|refusal| refused(refusal, &opened.found))
    })?;
    let (reviewed, moment) = (&acted.value, Moment::present(occasion.now));
    let owed = reviewed.owed(&request.service, moment);
    let registry = &reviewed.before.registry;
    let page = owed.map(|owed| DebtPage::of(&request.service, &owed, registry, moment.now));
    let done = Done {
        outcome: reviewed.outcome,
        key: reviewed.key,
        changes: &reviewed.changes,
        dry_run: args.dry_run,
    };
    let context = opened.context(settings, &registry.sources, &reviewed.before.warnings);
    let context = context.reached(acted.published.as_ref()).told(acted.notice.as_ref());
    let pages = Vec::from_iter(page);
    let reviewing = Reviewing { context, debts: &pages, done: Some(done), one: true, notes: &[] };
    let delivered = deliver(settings, &reviewing);
    let delivered = write::delivered(delivered, !args.dry_run && !reviewed.changes.is_empty(), settings);
    let code = exit::of_question(reviewed.outcome != Outcome::Open, delivered && acted.is_committed());
    Ok(ExitCode::from(code))
}

fn deliver(settings: &Settings, reviewing: &Reviewing) -> bool {
    settings.outputs.write(|format, look| match format {
        Format::Human => human::review(reviewing, look),
        Format::Json => json::review(reviewing),
        Format::Markdown => markdown::review(reviewing, look.detail),
    })
}
