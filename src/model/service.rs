//! A service: its releases, what runs and ran where, and what is known about it.

use std::collections::BTreeMap;

use crate::model::{Barrier, Debt, Flag, Id, Key, MoveKind, Name, Origin, Release, SignOff, Time, Version};
use crate::version::{Ranges, Scale};

/// A service and all that the registry holds of it.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: Name,
    /// One line on what it is.
    pub about: Option<Box<str>>,
    /// The teams that own its two keys.
    pub owners: Owners,
    /// A free word that rules can match.
    pub tier: Option<Box<str>>,
    /// How its versions compare.
    pub scale: Scale,
    /// How deployments name its image.
    pub images: Vec<Box<str>>,
    /// The command that deploys it, with `{to}` for the version. Shown, never executed.
    pub deploy: Option<Box<str>>,
    /// Its minimum acceptable security version.
    pub floor: Option<Floor>,
    /// Until when which releases are assessed for vulnerabilities.
    pub support: Vec<Support>,
    /// What runs, by environment. A missing key: nobody said; an empty list: nothing runs there.
    pub running: BTreeMap<Name, Vec<Version>>,
    /// What ran before, newest last.
    pub ran: Vec<Ran>,
    /// Environments whose running release got there by acceptance.
    pub entered: BTreeMap<Name, Entered>,
    /// Moves that were begun and not ended.
    pub under_way: BTreeMap<Name, UnderWay>,
    /// Causes of past rollbacks that are dealt with, by version as written.
    pub settled: BTreeMap<Box<str>, Settled>,
    /// Its releases: as listed under the order `listed`, else oldest first.
    pub releases: Vec<Release>,
    /// Its barriers.
    pub barriers: Vec<Barrier>,
    /// Flags of its own folder. Those that it shares stand in [`crate::model::Registry::flags`].
    pub flags: Vec<Flag>,
    /// Acceptances, expired ones among them.
    pub sign_offs: Vec<SignOff>,
    /// Break-glasses that were not closed yet.
    pub debts: Vec<Debt>,
    /// Where it stands.
    pub origin: Origin,
}

impl Service {
    /// The registered release with exactly this version.
    pub fn release(&self, version: &str) -> Option<&Release> {
        self.releases.iter().find(|release| &*release.version.text == version)
    }
}

/// The teams that own the two keys of a service; names of `[team.*]`.
#[derive(Debug, Clone, Default)]
pub struct Owners {
    /// Who signs for stability.
    pub reliability: Option<Name>,
    /// Who signs for security.
    pub security: Option<Name>,
}

impl Owners {
    /// The team that owns `key`.
    pub fn of(&self, key: Key) -> Option<&Name> {
        match key {
            Key::Reliability => self.reliability.as_ref(),
            Key::Security => self.security.as_ref(),
        }
    }
}

/// A service's minimum acceptable security version.
#[derive(Debug, Clone)]
pub struct Floor {
    /// Nothing older may run.
    pub version: Version,
    /// Where it stands.
    pub origin: Origin,
}

/// Until when security assesses a line of releases. After it, "no advisory" proves nothing.
#[derive(Debug, Clone)]
pub struct Support {
    /// The line.
    pub versions: Ranges,
    /// The first instant at which it is out of support.
    pub until: Time,
    /// Where it stands.
    pub origin: Origin,
}

/// That a release ran in an environment and was left; or, while it is open, since when it runs there.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Where.
    pub environment: Name,
    /// What.
    pub version: Version,
    /// Since when; None: not known.
    pub since: Option<Time>,
    /// Until when; None: not known.
    pub until: Option<Time>,
    /// What it was left for.
    pub left_for: Option<Version>,
    /// The kind of the move that ended it.
    pub kind: Option<MoveKind>,
    /// How that is known: `kubectl`, `by hand`.
    pub known: Option<Box<str>>,
    /// Where it stands.
    pub origin: Origin,
}

impl Ran {
    /// Whether nothing says that it ended. It then tells since when a release runs, if that release does.
    pub fn is_open(&self) -> bool {
        self.until.is_none() && self.left_for.is_none() && self.kind.is_none()
    }
}

/// That what runs in an environment got there by a sign-off or a break-glass.
#[derive(Debug, Clone)]
pub struct Entered {
    /// The release that it was entered from: still part of the baseline; None: nothing ran, or nobody knew what.
    pub from: Option<Version>,
    /// `sign-off ID` or `debt ID`.
    pub by: Box<str>,
    /// What was accepted.
    pub subjects: Vec<Box<str>>,
    /// When the acceptance lapses.
    pub expires: Time,
    /// Where it stands.
    pub origin: Origin,
}

/// A move that was begun; left behind by a crash, or going on right now.
#[derive(Debug, Clone)]
pub struct UnderWay {
    /// Where it goes.
    pub to: Version,
    /// When it began.
    pub since: Time,
    /// Who began it.
    pub by: Box<str>,
    /// Where it stands.
    pub origin: Origin,
}

/// That the cause of a past rollback is dealt with.
#[derive(Debug, Clone)]
pub struct Settled {
    /// When.
    pub at: Time,
    /// Who says so.
    pub by: Option<Box<str>>,
    /// Why.
    pub reason: Box<str>,
    /// Where it stands.
    pub origin: Origin,
}

/// The id of whatever a text such as `sign-off 01KAF3` or `debt 01KAF4` names.
impl Entered {
    /// The id behind `by`, when it has one.
    pub fn id(&self) -> Option<Id> {
        self.by.rsplit(' ').next().and_then(|id| Id::new(id).ok())
    }
}
