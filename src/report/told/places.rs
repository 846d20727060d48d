//! Where things run, and where they could go: what the judge says of a place when somebody is told.

use super::Teller;
use crate::judge::{Advice, Moment, Question, advise};
use crate::model::{MoveKind, Name, format_time};
use crate::record::{Movement, Statement};
use crate::report::{commands, words};

/// A release that is safe to go to, with the command that goes there.
pub(super) struct Safe {
    /// Which.
    pub version: String,
    /// How the judge puts it: `2.4.0 (allow: ran here 16 days, no open flag)`.
    pub words: String,
    /// How to go there.
    pub command: String,
}

/// Half of a sentence about a move: `checkout 2.4.1 -> 2.4.0 in prod`.
pub(super) fn moving(says: &Statement) -> String {
    let place = says.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
    match &says.movement {
        None => format!("{}{place}", says.service),
        Some(Movement { from, to, .. }) => {
            let from = from.as_ref().map_or(String::new(), |from| format!(" {from} ->"));
            format!("{}{from} {to}{place}", says.service)
        }
    }
}

/// `by Rosa <rosa@example.com>, for INC-482, at 2026-11-22T03:10:00Z`.
pub(super) fn occasion(says: &Statement) -> String {
    let incident = says.incident.as_ref().map_or(String::new(), |id| format!(", for {id}"));
    format!("by {}{incident}, at {} (UTC)", says.by, format_time(says.at))
}

impl Teller<'_> {
    /// What the judge says of going to `to` now, with what could be done instead.
    pub(super) fn advice(&self, environment: &str, to: &str, asked: MoveKind) -> Option<Advice<'_>> {
        let (service, registry) = (self.service?, self.telling.registry?);
        let place = Question::of_place(&service.name, Some(&Name::new(environment).ok()?), asked);
        advise(registry, &Question { to: to.into(), ..place }, Moment::present(self.telling.now))
    }

    /// The best release to go to from what runs there, other than `to`, that leaves or at least doesn't have the
    /// flag.
    pub(super) fn safe(&self, environment: &str, to: &str, without: Option<&str>) -> Option<Safe> {
        let advice = self.advice(environment, to, MoveKind::Rollback)?;
        let clean = |target: &&crate::judge::Target<'_>| {
            let verdict = &target.verdict;
            let has = |id: &str| verdict.kept.iter().any(|flag| flag.id.as_str() == id);
            !target.stay && verdict.level.proceeds() && !without.is_some_and(has)
        };
        let target = advice.targets.iter().find(clean)?;
        let (movement, version) = (&target.verdict.movement, target.verdict.movement.to.to_string());
        Some(Safe {
            words: format!("{version} ({}: {})", target.verdict.level, words::target(target)),
            command: commands::run(&self.telling.context, movement, &version),
            version,
        })
    }

    /// `holdpoint VERB SERVICE … --env ENV`.
    pub(super) fn command(&self, verb: &str, more: &str, environment: Option<&str>) -> String {
        let more = if more.is_empty() { String::new() } else { format!(" {more}") };
        let place = environment.map_or(String::new(), |name| format!(" --env {}", commands::quoted(name)));
        format!("holdpoint {verb} {}{more}{place}", commands::quoted(self.telling.event.service()))
    }
}
