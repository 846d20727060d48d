//! How a whole registry stands, for every format: what is told of each place, and the worst first.
//!
//! A registry may not fit into memory, so each service's part of it is gone when the report is written: all of
//! this owns what it tells. [`Place::of`] makes it from the judge's [`Overview`] while the service is loaded.

mod item;
mod timeline;

use std::cmp::Reverse;

use chrono::TimeDelta;

pub use item::Item;
pub use timeline::{FlagRow, ReleaseRow, Stretch, Timeline};

use crate::judge::{Days, Overview, Reason, Running, Verdict, WayBack};
use crate::model::{Key, Level, Registry, Time};
use crate::registry::{Mistakes, Weight};
use crate::report::{plain, words};

/// How the services that were asked for stand.
#[derive(Debug)]
pub struct Status {
    /// Every place, worst first.
    pub places: Vec<Place>,
    /// The services that can't be judged, by name.
    pub unjudged: Vec<Unjudged>,
    /// How many services these are.
    pub services: usize,
    /// How many mistakes the registry has that stop none of these services.
    pub beside: usize,
}

/// How one service stands in one environment.
#[derive(Debug)]
pub struct Place {
    /// The service.
    pub service: Box<str>,
    /// Where; None: it isn't known to run anywhere.
    pub environment: Option<Box<str>>,
    /// What runs, newest first; None: nobody said.
    pub running: Option<Vec<RunningRow>>,
    /// The verdict on what runs, as if it came from nothing; None: there is nothing to judge.
    pub level: Option<Level>,
    /// The level of each key, reliability first.
    pub keys: Option<[Level; 2]>,
    /// Where a rollback would go.
    pub way_back: Back,
    /// What needs attention, worst first.
    pub attention: Vec<Item>,
    /// All releases, where one service is looked at.
    pub timeline: Option<Timeline>,
}

/// A release that runs.
#[derive(Debug)]
pub struct RunningRow {
    /// Its version.
    pub version: Box<str>,
    /// Since when.
    pub since: Option<Time>,
    /// The verdict on it, as if it came from nothing.
    pub level: Level,
    /// The level of each key, reliability first.
    pub keys: [Level; 2],
    /// Its reasons, worst first.
    pub reasons: Vec<Because>,
}

/// A reason in short.
#[derive(Debug)]
pub struct Because {
    /// Its code.
    pub code: &'static str,
    /// Its level.
    pub level: Level,
    /// Its subject.
    pub subject: Box<str>,
}

/// Where a rollback would go.
#[derive(Debug)]
pub struct Back {
    /// Whether there is one.
    pub state: BackState,
    /// The best older release, whether it may be gone to or not.
    pub best: Option<BestBack>,
}

/// Whether there is a way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackState {
    /// There is.
    Open,
    /// There are older releases, and none is better than a hold.
    Desert,
    /// What runs is the oldest known.
    First,
    /// It can't be told.
    Unknown,
    /// Nothing runs.
    Empty,
}

impl BackState {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            BackState::Open => "open",
            BackState::Desert => "none",
            BackState::First => "nothing-older",
            BackState::Unknown => "unknown",
            BackState::Empty => "nothing-runs",
        }
    }
}

/// The best older release.
#[derive(Debug)]
pub struct BestBack {
    /// Its version.
    pub version: Box<str>,
    /// The verdict on going back to it.
    pub level: Level,
    /// Why, shortly.
    pub why: String,
    /// Its reasons, worst first.
    pub reasons: Vec<Because>,
}

/// A service that can't be judged.
#[derive(Debug)]
pub struct Unjudged {
    /// The service.
    pub service: Box<str>,
    /// How many mistakes stand in the way.
    pub mistakes: usize,
    /// The first of them.
    pub message: Box<str>,
    /// Its file and line, as far as it has them.
    pub origin: Option<(Box<str>, Option<usize>)>,
}

impl Status {
    /// Puts the worst first.
    pub fn new(mut places: Vec<Place>, unjudged: Vec<Unjudged>, services: usize, beside: usize) -> Status {
        places.sort_by_cached_key(Place::rank);
        Status { places, unjudged, services, beside }
    }

    /// How many places have this key at a hold or a block.
    pub fn count(&self, key: Key) -> usize {
        self.places.iter().filter(|place| place.key(key) >= Some(Level::Hold)).count()
    }

    /// How many places have older releases, but no safe way back.
    pub fn deserts(&self) -> usize {
        self.places.iter().filter(|place| place.way_back.state == BackState::Desert).count()
    }

    /// In how many places nobody knows what runs.
    pub fn unknown(&self) -> usize {
        self.places.iter().filter(|place| place.running.is_none()).count()
    }

    /// `12 services, 31 places: 2 exposed, 1 unstable, 3 without a safe way back`
    pub fn summary(&self) -> String {
        let parts = [
            (self.unjudged.len(), "not judged"),
            (self.count(Key::Security), "exposed"),
            (self.count(Key::Reliability), "unstable"),
            (self.deserts(), "without a safe way back"),
            (self.unknown(), "where nobody knows what runs"),
        ];
        let told: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let told = if told.is_empty() { "none exposed, none unstable".to_owned() } else { told.join(", ") };
        format!(
            "{}, {}: {told}",
            words::several(self.services, "service"),
            words::several(self.places.len(), "place")
        )
    }
}

/// How long something lasts so far, in the unit that tells enough: `4 days`, `5 hours`, `under an hour`.
pub fn age(length: TimeDelta) -> String {
    if length < TimeDelta::hours(1) { "under an hour".into() } else { Days(length).to_string() }
}

impl Place {
    /// What is told of a place.
    pub fn of(registry: &Registry, overview: &Overview<'_>) -> Place {
        let running = match &overview.running {
            Running::Unknown => None,
            Running::Releases(runs) => Some(runs.iter().map(RunningRow::of).collect()),
        };
        let keys = overview.key(Key::Reliability).zip(overview.key(Key::Security));
        Place {
            service: overview.service.name.as_str().into(),
            environment: overview.environment.as_ref().map(|name| name.as_str().into()),
            running,
            level: overview.level(),
            keys: keys.map(|(reliability, security)| [reliability, security]),
            way_back: Back::of(&overview.way_back),
            attention: overview.attention.iter().map(|one| Item::of(registry, overview, one)).collect(),
            timeline: None,
        }
    }

    /// The level of one key; None: there is nothing to judge.
    pub fn key(&self, key: Key) -> Option<Level> {
        self.keys.map(|[reliability, security]| match key {
            Key::Reliability => reliability,
            Key::Security => security,
        })
    }

    /// The worst first. That nobody knows what runs weighs as a hold: it must not look fine.
    fn rank(&self) -> impl Ord + use<> {
        let unknown = self.running.is_none().then_some(Level::Hold);
        let level = self.level.max(unknown).unwrap_or_default();
        let desert = self.way_back.state == BackState::Desert;
        let held = self.keys.into_iter().flatten().filter(|key| *key >= Level::Hold).count();
        let serious = self.attention.iter().filter(|item| !item.minor).count();
        let name = (self.service.clone(), self.environment.clone());
        (Reverse((level, desert, held, serious)), name)
    }
}

impl RunningRow {
    fn of(runs: &crate::judge::Runs<'_>) -> RunningRow {
        RunningRow {
            version: plain(&runs.version().text).into(),
            since: runs.since,
            level: runs.verdict.level,
            keys: Key::ALL.map(|key| runs.verdict.key(key)),
            reasons: Because::all(&runs.verdict),
        }
    }
}

impl Because {
    fn all(verdict: &Verdict<'_>) -> Vec<Because> {
        verdict.reasons.iter().map(Because::of).collect()
    }

    fn of(reason: &Reason<'_>) -> Because {
        let finding = &reason.finding;
        Because { code: finding.code().word(), level: reason.level, subject: finding.subject().into() }
    }
}

impl Back {
    fn of(way_back: &WayBack<'_>) -> Back {
        let state = match way_back {
            WayBack::To(_) => BackState::Open,
            WayBack::Desert(_) => BackState::Desert,
            WayBack::NothingOlder => BackState::First,
            WayBack::Untold => BackState::Unknown,
            WayBack::NothingRuns => BackState::Empty,
        };
        let best = way_back.best().map(|verdict| BestBack {
            version: plain(&verdict.movement.to.text).into(),
            level: verdict.level,
            why: words::why(verdict),
            reasons: Because::all(verdict),
        });
        Back { state, best }
    }
}

impl Unjudged {
    /// A service whose loading says why it can't be judged.
    pub fn of(service: &str, mistakes: &Mistakes) -> Unjudged {
        let mut list = mistakes.list.iter().filter(|mistake| mistake.weight == Weight::Mistake);
        let count = list.clone().count();
        let first = list.next();
        let origin = first.map(|first| {
            let line = first.position(&mistakes.sources).map(|(line, _)| line);
            (Box::from(&*plain(first.file(&mistakes.sources))), line)
        });
        let message = first.map_or("it can't be loaded", |first| &first.message);
        Unjudged { mistakes: count, origin, ..Unjudged::because(service, message) }
    }

    /// A service that can't be judged for a reason that is no mistake in a file.
    pub fn because(service: &str, message: &str) -> Unjudged {
        Unjudged { service: service.into(), mistakes: 1, message: plain(message).into(), origin: None }
    }

    /// What is told of it in one sentence.
    pub fn words(&self) -> String {
        let place = self.origin.as_ref().map_or(String::new(), |(file, line)| {
            let line = line.map_or(String::new(), |line| format!(":{line}"));
            format!(" ({file}{line})")
        });
        let more = match self.mistakes.saturating_sub(1) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        format!("can't be judged: {}{place}{more}; see `holdpoint lint`", self.message)
    }
}
