//! What was done to a registry, one value each, and the kinds of such changes.

use std::collections::BTreeSet;

use crate::model::{Name, Origin, Sources};

/// What a change means for those who judge moves by the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It makes no move easier or harder by itself.
    Neutral,
    /// It can only stop more.
    Stricter,
    /// It can let through what was stopped.
    Looser,
    /// It throws away what must be kept.
    Error,
}

impl Effect {
    /// The word in JSON and in messages.
    pub fn word(self) -> &'static str {
        match self {
            Effect::Neutral => "neutral",
            Effect::Stricter => "stricter",
            Effect::Looser => "looser",
            Effect::Error => "error",
        }
    }
}

/// One kind of change.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its code word, which never changes.
    pub word: &'static str,
    /// What it means for verdicts.
    pub effect: Effect,
    /// What it is, for people.
    pub documentation: &'static str,
}

/// One change. It holds no reference to either registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of which kind.
    pub kind: &'static Kind,
    /// The services that it concerns; none: what all share.
    pub services: BTreeSet<Name>,
    /// What it is about: a flag's id, a version, a name.
    pub subject: Box<str>,
    /// What was done, in a clause without a full stop. Holds text by others.
    pub message: String,
    /// Who did it and why, as far as that is told.
    pub by: Option<String>,
    /// Where it stands: in the later registry, or in the earlier one where it is gone.
    pub spot: Option<Spot>,
}

/// A file and a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The path inside the registry.
    pub file: Box<str>,
    /// Counted from 1.
    pub line: usize,
}

impl Spot {
    /// Where something stands.
    pub(super) fn of(sources: &Sources, origin: Origin) -> Spot {
        Spot { file: sources.path(origin).into(), line: sources.line(origin) }
    }
}

impl Change {
    /// A change of what all services share, or of one that is named later.
    pub(super) fn new(kind: &'static Kind, subject: impl Into<Box<str>>, message: String) -> Change {
        let subject = subject.into();
        Change { kind, services: BTreeSet::new(), subject, message, by: None, spot: None }
    }

    pub(super) fn at(mut self, sources: &Sources, origin: Origin) -> Change {
        self.spot = Some(Spot::of(sources, origin));
        self
    }

    pub(super) fn by(mut self, by: Option<String>) -> Change {
        self.by = by;
        self
    }

    pub(super) fn of(mut self, service: &Name) -> Change {
        self.services.insert(service.clone());
        self
    }

    /// What makes two of them one that concerns several services.
    fn same(&self) -> (&str, &str, &str, Option<&str>, Option<&Spot>) {
        (self.kind.word, &self.subject, &self.message, self.by.as_deref(), self.spot.as_ref())
    }
}

/// Puts changes in order, the gravest first; what was done to several services at once stands there once.
pub(super) fn merged(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by(|a, b| b.kind.effect.cmp(&a.kind.effect).then_with(|| a.same().cmp(&b.same())));
    let mut merged: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        match merged.last_mut() {
            Some(last) if last.same() == change.same() => last.services.extend(change.services),
            _ => merged.push(change),
        }
    }
    merged
}

macro_rules! kinds {
    ($($name:ident $word:literal $effect:ident $documentation:literal)*) => {
        $(pub(super) static $name: Kind =
            Kind { word: $word, effect: Effect::$effect, documentation: $documentation };)*

        /// All kinds, family by family.
        pub static KINDS: &[&Kind] = &[$(&$name),*];
    };
}

kinds! {
    SERVICE_NEW "service-new" Neutral
        "A service came into the registry."
    SERVICE_DELETED "service-deleted" Error
        "A service is gone, with its releases and flags. Withdraw its releases instead; a service under another name is a new one."
    RELEASE_NEW "release-new" Neutral
        "A release was registered."
    RELEASE_DELETED "release-deleted" Error
        "A release is gone from the registry. Never delete one: withdraw it, for what it was and what hit it must stay told."
    RELEASE_WITHDRAWN "release-withdrawn" Stricter
        "A release can't be deployed any more."
    RELEASE_RESTORED "release-restored" Looser
        "A withdrawn release can be deployed again."
    RELEASE_CHANGED "release-changed" Neutral
        "What is told of a release is another: its digests, tags, commit or date. Flags that hit by digest or tag go by that."
    FLAG_NEW "flag-new" Stricter
        "Somebody said that releases are bad."
    FLAG_DELETED "flag-deleted" Error
        "A flag that was open is gone. Withdraw it instead (`holdpoint clear-flag`), which says by whom and why."
    FLAG_REMOVED "flag-removed" Neutral
        "A flag that was withdrawn or over is gone."
    FLAG_WITHDRAWN "flag-withdrawn" Looser
        "A flag was taken back."
    FLAG_REOPENED "flag-reopened" Stricter
        "A flag that was withdrawn, or over, counts again."
    FLAG_ENDED "flag-ended" Looser
        "A flag ends, or ends earlier than it did."
    FLAG_PROLONGED "flag-prolonged" Stricter
        "A flag ends later than it did, or not at all."
    FLAG_POSTPONED "flag-postponed" Looser
        "A flag begins to count later than it did."
    FLAG_NARROWED "flag-narrowed" Looser
        "A flag hits fewer releases, or could hit fewer of those to come."
    FLAG_WIDENED "flag-widened" Stricter
        "A flag hits more releases, or more environments, than before."
    FLAG_SOFTENED "flag-softened" Looser
        "A flag is less severe than it was, or no longer exploited or compromised."
    FLAG_HARDENED "flag-hardened" Stricter
        "A flag is more severe than it was, or now exploited or compromised."
    FLAG_REWORDED "flag-reworded" Neutral
        "What a flag says is another, and not what it hits or how hard."
    SIGN_OFF_GIVEN "sign-off-given" Looser
        "A team accepts what holds a move."
    SIGN_OFF_WIDENED "sign-off-widened" Looser
        "A sign-off was changed by hand, so that it may cover more, or for longer."
    SIGN_OFF_NARROWED "sign-off-narrowed" Stricter
        "A sign-off was changed by hand, so that it covers less."
    SIGN_OFF_REVOKED "sign-off-revoked" Stricter
        "A sign-off was taken back."
    SIGN_OFF_DELETED "sign-off-deleted" Stricter
        "A sign-off is gone before its end. Revoke it instead (`holdpoint sign-off revoke`), which says by whom and why."
    DEBT_NEW "debt-new" Neutral
        "Somebody went ahead against the verdict, and owes a review."
    DEBT_CLOSED "debt-closed" Neutral
        "A break-glass was reviewed by each team, and is closed."
    DEBT_REVIEWED "debt-reviewed" Neutral
        "A team looked back at a break-glass, which stays open."
    DEBT_DELETED "debt-deleted" Error
        "An open break-glass is gone, or a review of it, and the record doesn't say that it was closed. Review it instead (`holdpoint review`)."
    FLOOR_LOWERED "floor-lowered" Looser
        "The minimum acceptable security version is older than it was, or gone."
    FLOOR_RAISED "floor-raised" Stricter
        "The minimum acceptable security version is newer than it was."
    SUPPORT_EXTENDED "support-extended" Looser
        "Releases are said to be assessed for longer than before."
    SUPPORT_SHORTENED "support-shortened" Stricter
        "Releases are said to be assessed for less long than before."
    BARRIER_REMOVED "barrier-removed" Looser
        "A barrier is gone, begins later, or can now be undone."
    BARRIER_ADDED "barrier-added" Stricter
        "A barrier was added, begins earlier, or can't be undone any more."
    SETTLED "settled" Looser
        "The cause of an earlier rollback is said to be dealt with."
    UNSETTLED "unsettled" Stricter
        "The cause of an earlier rollback is no longer said to be dealt with."
    ORDER_CHANGED "order-changed" Neutral
        "The versions of a service compare in another way, so that every range means something else."
    TIER_CHANGED "tier-changed" Neutral
        "A service is of another tier, which rules can match."
    STATE_CHANGED "state-changed" Neutral
        "What runs, or how it was entered, is another."
    OWNER_CHANGED "owner-changed" Neutral
        "Another team owns a key of a service, and signs for it."
    OWNER_REMOVED "owner-removed" Looser
        "Nobody owns a key of a service any more, or no team is defined at all: anybody may sign."
    TEAM_CHANGED "team-changed" Neutral
        "Others than before are in a team that signs."
    RULE_ADDED "rule-added" Neutral
        "A rule was added."
    RULE_REMOVED "rule-removed" Neutral
        "A rule is gone."
    RULE_CHANGED "rule-changed" Neutral
        "A rule says something else, or its time is over."
    RULE_MOVED "rule-moved" Neutral
        "A rule stands elsewhere among the others; the first that matches decides."
    RULES_LOOSEN "rules-loosen" Looser
        "By the rules as they are now, a reason weighs less than before: verdicts of this registry fall, or could."
    PERIOD_LAXER "period-laxer" Looser
        "A period of the policy lets more through than before."
    PERIOD_STRICTER "period-stricter" Stricter
        "A period of the policy stops more than before."
    PERIOD_CHANGED "period-changed" Neutral
        "A period that stops nothing is another."
    FREEZE_ADDED "freeze-added" Stricter
        "A change freeze was added: while it is on, moves are held."
    FREEZE_REMOVED "freeze-removed" Looser
        "A change freeze is gone that wasn't over."
    FREEZE_CHANGED "freeze-changed" Looser
        "A change freeze is another: for other places, moves or times. It may be on when it wasn't, or not when it was."
    ENVIRONMENTS_CHANGED "environments-changed" Neutral
        "Environments, or the groups they are in, are others."
    INCIDENT_CHANGED "incident-changed" Neutral
        "An incident began or ended; rules can match one."
    LOG_CHANGED "log-changed" Error
        "A line of the record is another, is gone or stands elsewhere. Lines may only be added at the end."
    LOG_DELETED "log-deleted" Error
        "A file of the record is gone."
    LOG_BROKEN "log-broken" Error
        "The record of a service doesn't verify any more: what was added doesn't continue its chain."
    LOG_BROKEN_BEFORE "log-broken-before" Neutral
        "The record of a service doesn't verify, and didn't before this change."
    LOG_APPENDED "log-appended" Neutral
        "Lines were added to the record, and continue its chain."
}
