//! What a line of the record means to somebody.

use crate::model::{EventKind, Time};
use crate::record::{Deed, Statement};
use crate::telling::Passing;

/// Something that somebody is to hear of.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A line of the record tells it.
    Said(Box<Statement>, EventKind),
    /// Only time brought it.
    Passing(Passing),
}

impl Event {
    /// The event that a line tells; None: nobody need hear of it.
    pub fn of(says: &Statement) -> Option<Event> {
        kind_of(says).map(|kind| Event::Said(Box::new(says.clone()), kind))
    }

    /// Its id: the same for its whole life, however often it is told.
    pub fn id(&self) -> &str {
        match self {
            Event::Said(says, _) => &says.id,
            Event::Passing(passing) => &passing.id,
        }
    }

    /// What happened.
    pub fn kind(&self) -> EventKind {
        match self {
            Event::Said(_, kind) => *kind,
            Event::Passing(passing) => passing.kind,
        }
    }

    /// When; of what time brought, when that was found.
    pub fn at(&self) -> Time {
        match self {
            Event::Said(says, _) => says.at,
            Event::Passing(passing) => passing.at,
        }
    }

    /// Of which service.
    pub fn service(&self) -> &str {
        match self {
            Event::Said(says, _) => &says.service,
            Event::Passing(passing) => passing.service.as_str(),
        }
    }

    /// Where.
    pub fn environment(&self) -> Option<&str> {
        match self {
            Event::Said(says, _) => says.environment.as_deref(),
            Event::Passing(passing) => Some(passing.environment.as_str()),
        }
    }

    /// The line that tells it.
    pub fn line(&self) -> Option<&Statement> {
        match self {
            Event::Said(says, _) => Some(says),
            Event::Passing(_) => None,
        }
    }
}

/// What kind of event a line tells; None: nobody need hear of it.
pub fn kind_of(says: &Statement) -> Option<EventKind> {
    let back = says.movement.as_ref().is_some_and(|movement| &*movement.kind == "rollback");
    Some(match &says.deed {
        Deed::Checked => match says.verdict.as_deref()? {
            "hold" => EventKind::VerdictHeld,
            "block" => EventKind::VerdictBlocked,
            _ => return None,
        },
        Deed::Started { .. } if back => EventKind::RollbackStarted,
        Deed::Started { .. } => EventKind::RedeployStarted,
        Deed::Finished { .. } | Deed::Recorded { .. } if back => EventKind::RollbackFinished,
        Deed::Finished { .. } | Deed::Recorded { .. } => EventKind::RedeployFinished,
        Deed::Flagged { .. } => EventKind::ReleaseFlagged,
        Deed::Cleared { .. } => EventKind::ReleaseCleared,
        Deed::SignedOff { .. } => EventKind::SignOffGiven,
        Deed::Revoked { .. } => EventKind::SignOffRevoked,
        Deed::Asked { .. } => EventKind::SignOffAsked,
        Deed::BrokeGlass { .. } => EventKind::BreakGlassUsed,
        // The first sight of a place tells nobody anything, and what was seen as expected neither.
        Deed::Observed { was: Some(was), running, .. } if !is_same(was, running) => EventKind::DriftSeen,
        Deed::Observed { .. }
        | Deed::Settled { .. }
        | Deed::Reviewed { .. }
        | Deed::Released { .. }
        | Deed::IncidentStarted { .. }
        | Deed::IncidentEnded
        | Deed::Told { .. } => return None,
    })
}

fn is_same(one: &[Box<str>], other: &[Box<str>]) -> bool {
    let sorted = |list: &[Box<str>]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    sorted(one) == sorted(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Movement;
    use crate::record::testing::deed;

    fn kind(what: Deed, verdict: Option<&str>, movement: Option<&str>) -> Option<&'static str> {
        let movement =
            movement.map(|kind| Movement { kind: kind.into(), from: Some("2".into()), to: "1".into() });
        let says = Statement { verdict: verdict.map(Into::into), movement, ..deed("2026-11-22", what) };
        kind_of(&says).map(EventKind::word)
    }

    #[test]
    fn a_line_means_what_its_deed_and_its_move_say() {
        let list = |versions: &[&str]| versions.iter().map(|version| Box::from(*version)).collect::<Vec<_>>();
        let observed = |was: Option<&[&str]>, now: &[&str]| Deed::Observed {
            was: was.map(list),
            running: list(now),
            source: "kubectl".into(),
        };
        let started = || Deed::Started { command: Vec::new() };
        let recorded = || Deed::Recorded { key: None, moved: None, running: Vec::new() };
        for (deed, verdict, movement, want) in [
            (Deed::Checked, Some("block"), Some("rollback"), Some("verdict.blocked")),
            (Deed::Checked, Some("hold"), Some("redeploy"), Some("verdict.held")),
            (Deed::Checked, Some("warn"), Some("rollback"), None),
            (Deed::Checked, None, None, None),
            (started(), Some("allow"), Some("rollback"), Some("rollback.started")),
            (started(), Some("allow"), Some("redeploy"), Some("redeploy.started")),
            (recorded(), None, Some("rollback"), Some("rollback.finished")),
            (recorded(), None, Some("redeploy"), Some("redeploy.finished")),
            (observed(Some(&["1", "2"]), &["2", "1"]), None, None, None),
            (observed(Some(&["1"]), &["2"]), None, None, Some("drift.seen")),
            (observed(None, &["2"]), None, None, None),
            (Deed::IncidentEnded, None, None, None),
        ] {
            assert_eq!(kind(deed.clone(), verdict, movement), want, "{deed:?}");
        }
    }
}
