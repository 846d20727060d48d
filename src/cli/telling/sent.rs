//! What was sent, and what became of it; it is written down as lines of the record.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::TimeDelta;

use super::{Due, WAY, told};
use crate::cli::failure::brief;
use crate::cli::publish::{Act, carry_on};
use crate::cli::registry::{Found, is_named};
use crate::cli::settings::{self, Settings};
use crate::model::{Name, Sink, Time, format_time};
use crate::record::{Deed, Deeds, Occasion, Statement, Writes};
use crate::registry::{Changes, Tree};
use crate::report::Notice;
use crate::report::commands::quoted;
use crate::telling::{Answer, Event};

/// What was sent, with what became of it.
#[derive(Debug, Default)]
pub(in crate::cli) struct Sent {
    /// One for each parcel; None: it wasn't tried.
    pub came: Vec<(Due, Option<Answer>)>,
    pub trouble: Vec<String>,
    pub unreachable: BTreeSet<String>,
}

/// Lines that say who was told.
struct Lines {
    says: Vec<Statement>,
    /// They change no file.
    none: Changes,
}

impl Deeds for Lines {
    fn writes(&self) -> Writes<'_> {
        Writes { changes: &self.none, says: &self.says }
    }

    fn says_mut(&mut self) -> &mut [Statement] {
        &mut self.says
    }
}

impl Sent {
    /// Both together.
    pub fn and(mut self, other: Sent) -> Sent {
        self.came.extend(other.came);
        self.trouble
            .extend(other.trouble.into_iter().filter(|why| !self.trouble.contains(why)).collect::<Vec<_>>());
        self.unreachable.extend(other.unreachable);
        self
    }

    /// Writes down that a sink that was gone took something, in the records of these services; gives why it could not.
    pub fn came_back(
        found: &Found,
        settings: &Settings,
        sink: &Sink,
        answer: &Answer,
        services: &[Name],
        occasion: &Occasion,
    ) -> Option<String> {
        let deed = || Deed::Told {
            of: occasion.id().as_str().into(),
            event: "test".into(),
            subject: None,
            who: None,
            sink: sink.name.as_str().into(),
            arrived: true,
            answer: answer.answer.as_str().into(),
            not_before: None,
            gone: false,
        };
        let act = |_: &dyn Tree, _: &str, on: &Occasion| -> Result<Lines> {
            Ok(Lines {
                says: services.iter().map(|name| on.says(name, deed())).collect(),
                none: Changes::new(),
            })
        };
        carry_on(found, settings, &Act { act: &act, occasion }, WAY).err().map(|error| brief(&error).0)
    }

    /// Writes down who was told, and who could not be.
    pub fn write_down(self, found: &Found, settings: &Settings, given: &Occasion) -> Notice {
        let now = settings::now();
        let occasion = Occasion { now, ..given.clone() };
        let act = |_: &dyn Tree, _: &str, on: &Occasion| -> Result<Lines> {
            let says = self.came.iter().filter_map(|(due, answer)| line(due, answer.as_ref()?, on));
            Ok(Lines { says: says.collect(), none: Changes::new() })
        };
        let written = carry_on(found, settings, &Act { act: &act, occasion: &occasion }, WAY);
        // Whoever goes on with that occasion gives no id again.
        given.go_on(&occasion);
        let told = self.came.iter().map(|(due, answer)| {
            told(due, answer.as_ref(), answer.as_ref().and_then(|answer| not_before(answer, now)))
        });
        Notice {
            told: told.collect(),
            trouble: self.trouble,
            unreachable: self.unreachable.into_iter().collect(),
            unrecorded: written.err().map(|error| brief(&error).0),
            next: flush_command(found, settings),
        }
    }
}

/// The line on one attempt. None: it failed as before, sooner than it would have been tried again by itself, so the
/// record needs no further line on it.
fn line(due: &Due, answer: &Answer, occasion: &Occasion) -> Option<Statement> {
    let is_news = answer.arrived
        || answer.gone
        || due.attempts.count == 0
        || due.attempts.rested(occasion.now)
        || answer.retry_after.is_some();
    let service = Name::new(due.event.service()).ok().filter(|_| is_news)?;
    let subject = match &due.event {
        Event::Passing(passing) => Some(passing.subject.clone()),
        Event::Said(..) => None,
    };
    let deed = Deed::Told {
        of: due.event.id().into(),
        event: due.event.kind().word().into(),
        subject,
        who: due.to.team.clone(),
        sink: due.to.sink.clone(),
        arrived: answer.arrived,
        answer: answer.answer.as_str().into(),
        not_before: not_before(answer, occasion.now).map(|time| format_time(time).into()),
        gone: answer.gone,
    };
    let incident = due.event.line().and_then(|says| says.incident.clone());
    let environment = due.event.environment().map(Into::into);
    Some(Statement { environment, incident, ..occasion.says(&service, deed) })
}

/// How far ahead a sink may put off what it is told: a day. What asks for more is asked again then.
const LONGEST: TimeDelta = TimeDelta::days(1);

/// Before when a sink doesn't want to be asked again.
fn not_before(answer: &Answer, now: Time) -> Option<Time> {
    let seconds = answer.retry_after.filter(|_| !answer.arrived)?;
    let wait = TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1000)).min(LONGEST);
    now.checked_add_signed(wait)
}

/// The command that tells what is left.
pub(in crate::cli) fn flush_command(found: &Found, settings: &Settings) -> String {
    match is_named(settings) {
        true => format!("holdpoint notify flush --registry {}", quoted(found.path())),
        false => "holdpoint notify flush".to_owned(),
    }
}
