//! Kinds of events: what is worth telling somebody.

use crate::model::{Condition, Name, Origin, glob_matches};

/// What happened, as teams are told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// A rollback begins.
    RollbackStarted,
    /// A rollback is over, or was made without `run`.
    RollbackFinished,
    /// A redeploy begins.
    RedeployStarted,
    /// A redeploy is over, or was made without `run`.
    RedeployFinished,
    /// A check that was recorded said hold.
    VerdictHeld,
    /// A check that was recorded said block.
    VerdictBlocked,
    /// Releases were flagged, or a flag was made wider.
    ReleaseFlagged,
    /// A flag was withdrawn, or its range closed.
    ReleaseCleared,
    /// Somebody asks a team to sign.
    SignOffAsked,
    /// A team signed.
    SignOffGiven,
    /// A sign-off was taken back.
    SignOffRevoked,
    /// What runs stands on a sign-off that is about to end.
    SignOffExpiring,
    /// Somebody went ahead against the verdict.
    BreakGlassUsed,
    /// A break-glass isn't reviewed in time.
    DebtOverdue,
    /// An environment has no safe way back any more.
    DesertFound,
    /// Something else was seen to run than the registry said, and nobody had recorded a move.
    DriftSeen,
}

impl EventKind {
    /// All of them, in the order of the documentation.
    pub const ALL: [EventKind; 16] = [
        EventKind::RollbackStarted,
        EventKind::RollbackFinished,
        EventKind::RedeployStarted,
        EventKind::RedeployFinished,
        EventKind::VerdictHeld,
        EventKind::VerdictBlocked,
        EventKind::ReleaseFlagged,
        EventKind::ReleaseCleared,
        EventKind::SignOffAsked,
        EventKind::SignOffGiven,
        EventKind::SignOffRevoked,
        EventKind::SignOffExpiring,
        EventKind::BreakGlassUsed,
        EventKind::DebtOverdue,
        EventKind::DesertFound,
        EventKind::DriftSeen,
    ];

    /// Its word: `rollback.started`.
    pub fn word(self) -> &'static str {
        match self {
            EventKind::RollbackStarted => "rollback.started",
            EventKind::RollbackFinished => "rollback.finished",
            EventKind::RedeployStarted => "redeploy.started",
            EventKind::RedeployFinished => "redeploy.finished",
            EventKind::VerdictHeld => "verdict.held",
            EventKind::VerdictBlocked => "verdict.blocked",
            EventKind::ReleaseFlagged => "release.flagged",
            EventKind::ReleaseCleared => "release.cleared",
            EventKind::SignOffAsked => "sign-off.asked",
            EventKind::SignOffGiven => "sign-off.given",
            EventKind::SignOffRevoked => "sign-off.revoked",
            EventKind::SignOffExpiring => "sign-off.expiring",
            EventKind::BreakGlassUsed => "break-glass.used",
            EventKind::DebtOverdue => "debt.overdue",
            EventKind::DesertFound => "desert.found",
            EventKind::DriftSeen => "drift.seen",
        }
    }

    /// By its word.
    pub fn from_word(word: &str) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether a pattern such as `rollback.*` means it.
    pub fn is_meant(self, pattern: &str) -> bool {
        glob_matches(pattern, self.word())
    }

    /// Whether only time brings it, so that no line of the record stands for it.
    pub fn comes_by_time(self) -> bool {
        matches!(self, EventKind::SignOffExpiring | EventKind::DebtOverdue | EventKind::DesertFound)
    }
}

/// `[[notify]]`: which events go to which sinks.
#[derive(Debug, Clone)]
pub struct Route {
    /// Patterns on the words of events.
    pub on: Vec<Box<str>>,
    /// Who is told; None: whoever reads those sinks.
    pub team: Option<Name>,
    /// Only where this holds of the event.
    pub when: Condition,
    /// Only events of services of which the team owns a key.
    pub owned: bool,
    /// The sinks.
    pub to: Vec<Name>,
    /// Where it stands.
    pub origin: Origin,
}

impl Route {
    /// Whether its patterns mean a kind of event.
    pub fn is_on(&self, kind: EventKind) -> bool {
        self.on.iter().any(|pattern| kind.is_meant(pattern))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_word(kind.word()), Some(kind));
        }
        assert_eq!(EventKind::from_word("rollback"), None);
    }

    #[test]
    fn a_pattern_means_whole_words() {
        let meant = |pattern: &str| EventKind::ALL.into_iter().filter(|kind| kind.is_meant(pattern)).count();
        assert_eq!((meant("rollback.*"), meant("*"), meant("rollback"), meant("*.started")), (2, 16, 0, 2));
    }
}
