//! Flags: statements that releases are bad. An advisory is security's, an instability is SRE's.

use crate::model::{Id, Key, Level, Name, Origin, Release, Severity, Time, Vector, Version};
use crate::version::Ranges;

/// Whose statement a flag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlagKind {
    /// Security says: insecure.
    Advisory,
    /// SRE says: unstable.
    Instability,
}

impl FlagKind {
    /// The word in the registry and in messages.
    pub fn word(self) -> &'static str {
        match self {
            FlagKind::Advisory => "advisory",
            FlagKind::Instability => "instability",
        }
    }

    /// The key that owns such flags.
    pub fn key(self) -> Key {
        match self {
            FlagKind::Advisory => Key::Security,
            FlagKind::Instability => Key::Reliability,
        }
    }
}

/// A statement that releases are bad.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Advisory or instability.
    pub kind: FlagKind,
    /// Its id: a CVE, an incident number, a ULID.
    pub id: Id,
    /// One line on what is wrong. Written by people: untrusted text.
    pub title: Box<str>,
    /// Where to read more.
    pub url: Option<Box<str>>,
    /// The severity word: as written, else the CVSS score's, else unknown.
    pub severity: Severity,
    /// The CVSS vector, when a readable one was given.
    pub cvss: Option<Vector>,
    /// Known to be exploited in the wild.
    pub exploited: bool,
    /// A malicious artifact, never to run anywhere.
    pub compromised: bool,
    /// Other ids of the same bug.
    pub aliases: Vec<Box<str>>,
    /// What it hits: any of these.
    pub affects: Vec<Affects>,
    /// When it was written down; active from the later of this and `effective`.
    pub recorded: Option<Time>,
    /// When it begins to count; in the future: scheduled.
    pub effective: Option<Time>,
    /// The first instant at which it no longer counts.
    pub until: Option<Time>,
    /// Who said so.
    pub by: Option<Box<str>>,
    /// A ticket.
    pub ticket: Option<Box<str>>,
    /// Taken back, by whom and why.
    pub withdrawn: Option<Withdrawn>,
    /// Its range was closed by `clear-flag --fixed-in`.
    pub narrowed: Option<Narrowed>,
    /// What can be done against it while it runs. An offer: counts only while a sign-off says it is on.
    pub mitigations: Vec<Mitigation>,
    /// Where it stands.
    pub origin: Origin,
}

impl Flag {
    /// The CVSS base score, 0.0 to 10.0, when it has one.
    pub fn score(&self) -> Option<f64> {
        self.cvss.as_ref().map(Vector::score)
    }
}

/// What a flag hits: a service (or all), and which of its releases. All given conditions must hold.
#[derive(Debug, Clone)]
pub struct Affects {
    /// Which services.
    pub scope: Scope,
    /// Releases by version.
    pub versions: Option<Ranges>,
    /// Releases that are not hit although `versions` says so: backports.
    pub except: Option<Ranges>,
    /// Releases that carry this tag.
    pub tag: Option<Box<str>>,
    /// Releases with one of these digests; empty: any.
    pub digests: Vec<Box<str>>,
    /// Only in these environments (and those in them); empty: everywhere.
    pub environments: Vec<Name>,
    /// The releases that mend it. Informs, never matches.
    pub fixed_in: Vec<Version>,
    /// Where it stands.
    pub origin: Origin,
}

/// Which services an [`Affects`] speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// `service = "checkout"`.
    One(Name),
    /// `services = "*"`: what is shared, by tag or digest.
    Every,
}

impl Scope {
    /// Whether it speaks of `service`.
    pub fn covers(&self, service: &Name) -> bool {
        match self {
            Scope::One(name) => name == service,
            Scope::Every => true,
        }
    }
}

impl Affects {
    /// Whether it hits this version of its service, wherever it runs; `release` is what is registered of it.
    ///
    /// The third answer, None: it can't be told. That is so for a version that the order can't place,
    /// and for tags and digests of a release that nobody registered. One condition that surely fails
    /// makes it a sure no.
    pub fn hits(&self, version: &Version, release: Option<&Release>) -> Option<bool> {
        self.hits_within(self.versions.as_ref(), version, release)
    }

    /// The same with another range in place of `versions`.
    pub fn hits_within(
        &self,
        versions: Option<&Ranges>,
        version: &Version,
        release: Option<&Release>,
    ) -> Option<bool> {
        let place = version.place.as_ref();
        let within = |ranges: Option<&Ranges>, absent| {
            ranges.map_or(Some(absent), |ranges| ranges.contains(&version.text, place))
        };
        // Most entries have a range and nothing else, and most ranges don't hold the version.
        let within_versions = within(versions, true);
        if within_versions == Some(false) {
            return within_versions;
        }
        let tagged = self.tag.as_ref().map_or(Some(true), |tag| Some(release?.tags.contains(tag)));
        let digested = if self.digests.is_empty() {
            Some(true)
        } else {
            release.map(|release| release.digests.iter().any(|digest| self.digests.contains(digest)))
        };
        let spared = within(self.except.as_ref(), false);
        all([within_versions, spared.map(|spared| !spared), tagged, digested])
    }
}

/// "And" over three-valued answers: a sure no wins, then "can't be told".
fn all<const N: usize>(answers: [Option<bool>; N]) -> Option<bool> {
    if answers.contains(&Some(false)) {
        return Some(false);
    }
    (!answers.contains(&None)).then_some(true)
}

/// That a flag, a release or a sign-off was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Since when.
    pub at: Time,
    /// Who did it.
    pub by: Option<Box<str>>,
    /// Why.
    pub reason: Box<str>,
}

/// That a flag's range was closed: what it hit before.
#[derive(Debug, Clone)]
pub struct Narrowed {
    /// When.
    pub at: Time,
    /// What `versions` said until then, placed for each service that the flag names.
    pub was: Vec<(Name, Ranges)>,
}

/// Something that can be put on against a flag, and what it lowers the flag's reason to.
#[derive(Debug, Clone)]
pub struct Mitigation {
    /// Its id within the flag.
    pub id: Id,
    /// What to do.
    pub instruction: Box<str>,
    /// The level that the flag's reason is lowered to; it never raises one.
    pub lowers_to: Level,
    /// For how many hours from the sign-off's `at` it counts; None: as long as the sign-off.
    pub hours: Option<u32>,
    /// Where it stands.
    pub origin: Origin,
}
