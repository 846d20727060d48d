//! `holdpoint log replay`: every recorded decision, judged again on what was known then.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Result;

use super::{Opened, end, unread, until_then};
use crate::cli::args::{Format, Reports, moment, name};
use crate::cli::exit;
use crate::cli::settings::Settings;
use crate::cli::source;
use crate::git::{Objects, ObjectsError};
use crate::model::{Name, Time};
use crate::record::{Spot, Wanted, select, verify};
use crate::registry::{Ask, load};
use crate::replay::{Decision, Doubts, KINDS, Outcome, Unjudged};
use crate::report::replay::Replay;
use crate::report::{human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint log replay
  holdpoint log replay checkout --since 2026-11-01
  holdpoint log replay --since 2026-10-01 --until 2026-12-31 --report json=replay.json

Each line that holds a decision about a move (checked, started, recorded, broke-glass) names the commit that the
registry stood on, and when it was judged. It is judged again on that commit, as of that time, for its incident, and
by whom it was asked. What comes out differently, in the move, the verdict, or the reasons with their levels, is
listed with its most likely cause: the line doesn't fit its chain; the registry had changes then that were in no
commit; the shipped rules are others now; this holdpoint judges otherwise. What can't be judged again, for want of
the commit, is counted apart. docs/record.md says more.

Exit codes:
  0 all that can be judged again comes out the same · 1 something differs, or a line can't be read · 2 wrong usage
  3 the record can't be read, or none of it can be judged again

Files that are read:
  log/SERVICE/*.jsonl; the registry from the commits that they name, by `git`";

/// Judges every recorded decision again, and lists those that come out differently.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(in crate::cli) struct Args {
    /// Only these services
    #[arg(value_name = "SERVICE", value_parser = name)]
    services: Vec<Name>,

    /// Only from then on: RFC 3339 with an offset, or a date
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Time>,

    /// Only until then: RFC 3339 with an offset, or a date (to its end)
    #[arg(long, value_name = "TIME", value_parser = end)]
    until: Option<Time>,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }

    fn wanted(&self, settings: &Settings) -> Wanted {
        let kinds = KINDS.map(str::to_owned).to_vec();
        let before = until_then(self.until, settings);
        Wanted { kinds, since: self.since, before, ..Wanted::default() }
    }
}

/// What is read of the record.
struct Read {
    decisions: Vec<Decision>,
    unreadable: Vec<Spot>,
    /// What speaks against lines, by service.
    doubts: BTreeMap<Name, Doubts>,
    /// The services whose record isn't what was written.
    broken: Vec<Name>,
}

/// Judges again and reports.
pub(in crate::cli) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let opened = Opened::by(settings, &args.services)?;
    let read = read(&opened, &args.wanted(settings))?;
    let outcomes = judge(&opened, &read)?;
    let decisions: Vec<(Decision, Outcome)> = read.decisions.into_iter().zip(outcomes).collect();
    let replay = Replay {
        book: opened.book(settings),
        services: &opened.services,
        decisions: &decisions,
        unreadable: &read.unreadable,
        broken: &read.broken,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::log_replay(&replay, look),
        Format::Json => json::log_replay(&replay),
        Format::Markdown => markdown::log_replay(&replay, look.detail),
    });
    Ok(ExitCode::from(exit::of_proof(replay.is_same(), delivered && !replay.is_void())))
}

/// Reads the decisions, and whether the lines are what was written.
fn read(opened: &Opened, wanted: &Wanted) -> Result<Read> {
    let (mut doubts, mut broken) = (BTreeMap::new(), Vec::new());
    for service in &opened.services {
        let verified = verify(&opened.tree, service, &[]).map_err(unread)?;
        broken.extend((!verified.is_whole()).then(|| service.clone()));
        doubts.insert(service.clone(), Doubts::of(&verified));
    }
    let selected = select(&opened.tree, &opened.services, wanted).map_err(unread)?;
    let (mut decisions, mut unreadable) = (Vec::new(), selected.unreadable);
    for entry in &selected.entries {
        match Decision::of(entry) {
            Ok(decision) => decisions.extend(decision),
            Err(spot) => unreadable.push(spot),
        }
    }
    Ok(Read { decisions, unreadable, doubts, broken })
}

/// Judges them, commit by commit and service by service, so that each registry is loaded once, and let go.
fn judge(opened: &Opened, read: &Read) -> Result<Vec<Outcome>> {
    let mut outcomes = vec![Outcome::Same; read.decisions.len()];
    let mut by_commit: BTreeMap<&str, BTreeMap<&Name, Vec<usize>>> = BTreeMap::new();
    for (index, decision) in read.decisions.iter().enumerate() {
        match decision.revision() {
            Ok(revision) => {
                by_commit.entry(revision).or_default().entry(&decision.service).or_default().push(index);
            }
            Err(why) => outcomes[index] = Outcome::Not(why),
        }
    }
    if by_commit.is_empty() {
        return Ok(outcomes);
    }
    let objects = match Objects::open(&opened.found.folder) {
        Ok(objects) => Some(objects),
        // The record has come here without its repository.
        Err(ObjectsError::NoRepository(_)) => None,
        Err(error) => return Err(source::unread(error).into()),
    };
    for (revision, services) in by_commit {
        let commit = match objects.as_ref().map(|objects| (objects, objects.commit(revision))) {
            None => None,
            Some((objects, Ok(commit))) => Some(objects.tree(&commit)),
            Some((_, Err(error @ (ObjectsError::NoGit | ObjectsError::Refused { .. })))) => {
                return Err(source::unread(error).into());
            }
            Some((_, Err(_))) => None,
        };
        for (service, indices) in services {
            let loaded =
                commit.as_ref().map(|tree| load(tree, &opened.found.main, &Ask::Service(service.clone())));
            let doubts = &read.doubts[service];
            for index in indices {
                outcomes[index] = match &loaded {
                    None => Outcome::Not(Unjudged::NotHere(revision.into())),
                    Some(Err(error)) => Outcome::Not(Unjudged::unloaded(revision, error)),
                    Some(Ok(loaded)) => read.decisions[index].again(&loaded.registry, doubts),
                };
            }
        }
    }
    Ok(outcomes)
}
