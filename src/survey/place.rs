//! The survey of one service: what the judge says of all its releases, place by place.

use std::collections::BTreeSet;

use crate::judge::{self, Code, Moment, Overview, Reason, Running, Verdict, WayBack};
use crate::model::{Level, Name, Registry, Service};

/// How one service stands in one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where; None only where it isn't known to run anywhere.
    pub environment: Option<Name>,
    /// What runs, newest first; None: nobody said.
    pub running: Option<Vec<Box<str>>>,
    /// Where a rollback would go.
    pub way_back: Back,
    /// What is registered, ran or runs, newest first.
    pub releases: Vec<Outlook>,
    /// The break-glasses of this place that are open.
    pub debts: BTreeSet<Box<str>>,
}

/// Where a rollback would go: [`WayBack`] in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Back {
    /// To this release, which may go.
    To(Box<str>, Level),
    /// Nowhere: this is the least bad of the older ones, and it is held or blocked.
    Desert(Box<str>, Level),
    /// No older release is known.
    NothingOlder,
    /// It isn't known what runs.
    Untold,
    /// Nothing runs.
    NothingRuns,
}

/// One release as one place sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// Its version.
    pub version: Box<str>,
    /// The verdict on going there from what runs.
    pub go: Standing,
    /// The verdict on it by itself, as if it came from nothing.
    pub itself: Standing,
}

/// A verdict in short.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Its level.
    pub level: Level,
    /// Its reasons, worst first.
    pub reasons: Vec<Told>,
}

/// A reason in short.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// Its code.
    pub code: Code,
    /// Its subject.
    pub subject: Box<str>,
    /// Its level.
    pub level: Level,
    /// The rule that decided it.
    pub rule: Option<Box<str>>,
    /// Whether sign-offs name it.
    pub signed: bool,
}

impl Told {
    fn of(reason: &Reason<'_>) -> Told {
        Told {
            code: reason.finding.code(),
            subject: reason.finding.subject().into(),
            level: reason.level,
            rule: reason.rule.map(|rule| rule.name.clone()),
            signed: !reason.sign_offs.is_empty(),
        }
    }

    /// What makes it the same reason in two verdicts.
    pub fn key(&self) -> (Code, &str) {
        (self.code, &self.subject)
    }

    /// Whether it speaks of a flag on the release.
    pub fn is_of_flag(&self) -> bool {
        matches!(
            self.code,
            Code::CompromisedRelease
                | Code::AdvisoryReopened
                | Code::AdvisoryCarried
                | Code::UnstableRelease
                | Code::DoesNotHelp
        )
    }
}

/// `advisory-reopened CVE-2026-31337`; a subject that says nothing more than the code is left out.
impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (code, subject) = (self.code.word(), &*self.subject);
        match subject.strip_prefix(code).map(|rest| rest.trim_start_matches(':')) {
            Some("") => f.write_str(code),
            Some(rest) => write!(f, "{code} {rest}"),
            None => write!(f, "{code} {subject}"),
        }
    }
}

impl Standing {
    fn of(verdict: &Verdict<'_>) -> Standing {
        Standing { level: verdict.level, reasons: verdict.reasons.iter().map(Told::of).collect() }
    }

    /// Whether a subject of this code is among the reasons.
    pub fn has(&self, key: (Code, &str)) -> bool {
        self.reasons.iter().any(|told| told.key() == key)
    }

    /// The reasons that decide.
    pub fn deciding(&self) -> impl Iterator<Item = &Told> {
        self.reasons.iter().filter(|told| told.level == self.level && told.level > Level::Allow)
    }
}

impl Back {
    fn of(way: &WayBack<'_>) -> Back {
        let to = |verdict: &Verdict<'_>| (verdict.movement.to.text.clone(), verdict.level);
        match way {
            WayBack::To(verdict) => {
                let (version, level) = to(verdict);
                Back::To(version, level)
            }
            WayBack::Desert(verdict) => {
                let (version, level) = to(verdict);
                Back::Desert(version, level)
            }
            WayBack::NothingOlder => Back::NothingOlder,
            WayBack::Untold => Back::Untold,
            WayBack::NothingRuns => Back::NothingRuns,
        }
    }

    /// Whether there is a safe way back.
    pub fn is_safe(&self) -> bool {
        matches!(self, Back::To(..))
    }
}

impl Place {
    /// How many releases stand at each level, lightest first.
    pub fn counts(&self) -> [usize; 4] {
        Level::ALL.map(|level| self.releases.iter().filter(|one| one.go.level == level).count())
    }

    pub(super) fn outlook(&self, version: &str) -> Option<&Outlook> {
        self.releases.iter().find(|one| *one.version == *version)
    }
}

/// The environments of a service that are worth looking at; None alone: it isn't known to run anywhere.
pub(super) fn environments<'a>(services: impl IntoIterator<Item = &'a Service>) -> Vec<Option<&'a Name>> {
    let known: BTreeSet<&Name> = services.into_iter().flat_map(judge::environments).collect();
    if known.is_empty() { vec![None] } else { known.into_iter().map(Some).collect() }
}

/// How a service stands in these environments, at one moment. Nothing comes of one that the registry doesn't hold.
pub fn survey(
    registry: &Registry,
    service: &Name,
    environments: &[Option<&Name>],
    moment: Moment,
) -> Vec<Place> {
    environments.iter().filter_map(|environment| place(registry, service, *environment, moment)).collect()
}

fn place(registry: &Registry, name: &Name, environment: Option<&Name>, moment: Moment) -> Option<Place> {
    let overview = judge::overview(registry, name, environment, moment)?;
    let timeline = judge::timeline(registry, name, environment, moment)?;
    let debts = overview.service.debts.iter().filter(|debt| Some(&debt.environment) == environment);
    Some(Place {
        environment: environment.cloned(),
        running: running(&overview),
        way_back: Back::of(&overview.way_back),
        debts: debts.map(|debt| debt.id.as_str().into()).collect(),
        releases: timeline
            .releases
            .iter()
            .map(|entry| Outlook {
                version: entry.version.text.clone(),
                go: Standing::of(&entry.go),
                itself: Standing::of(&entry.itself),
            })
            .collect(),
    })
}

fn running(overview: &Overview<'_>) -> Option<Vec<Box<str>>> {
    match &overview.running {
        Running::Unknown => None,
        Running::Releases(runs) => Some(runs.iter().map(|runs| runs.version().text.clone()).collect()),
    }
}
