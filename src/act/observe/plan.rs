//! What a sight means for `running` and `ran`.

use std::collections::BTreeSet;

use super::history::{Entry, History, Span};
use super::{Sight, Stay, clamped};
use crate::import::sight::{Observation, Runs, Was};
use crate::model::{MoveKind, Service, Time, Version, format_time};

/// What is to stand in the registry.
pub(super) struct Plan {
    pub history: History,
    /// What runs.
    pub running: Vec<Version>,
    /// `running` has to be written.
    pub restated: bool,
    /// Releases of which only the registry says that they run are among them.
    pub others: bool,
    /// What ran by the registry's word and doesn't any more.
    pub left: BTreeSet<Box<str>>,
    pub notes: Vec<String>,
}

/// A plan in the making.
struct Planner<'a> {
    service: &'a Service,
    observation: &'a Observation,
    now: Time,
    /// What whoever made the move calls it.
    kind: Option<MoveKind>,
    was: Option<&'a [Version]>,
    running: Vec<Version>,
    history: History,
    /// Releases that by the registry's word can't run for as long as is said.
    disputed: BTreeSet<Box<str>>,
    notes: Vec<String>,
}

impl Plan {
    /// Works out what a sight means.
    pub fn of(service: &Service, sight: Sight<'_>) -> Plan {
        let Sight { environment, observation, now, kind } = sight;
        let was = service.running.get(environment).map(Vec::as_slice);
        let (running, others) = running(service, observation, was);
        let texts = |versions: &[Version]| versions.iter().map(|v| v.text.clone()).collect::<BTreeSet<_>>();
        let (before, after) = (texts(was.unwrap_or_default()), texts(&running));
        let history = History::of(service, environment, now);
        let (disputed, notes) = (BTreeSet::new(), Vec::new());
        let mut planner = Planner { service, observation, now, kind, was, running, history, disputed, notes };
        planner.learn_the_past();
        let left: Vec<&Version> =
            was.unwrap_or_default().iter().filter(|version| !after.contains(&version.text)).collect();
        for version in &left {
            planner.leave(version);
        }
        planner.history.runs(&planner.running);
        for runs in &observation.running {
            planner.arrive(runs);
        }
        Plan {
            left: left.into_iter().map(|version| version.text.clone()).collect(),
            history: planner.history,
            running: planner.running,
            restated: was.is_none() || before != after,
            others,
            notes: planner.notes,
        }
    }
}

/// What runs, oldest first; and whether that holds releases for which the registry's word is taken, since the
/// document shows that others run and not which.
fn running(service: &Service, observation: &Observation, was: Option<&[Version]>) -> (Vec<Version>, bool) {
    let mut running: Vec<Version> =
        observation.running.iter().map(|runs| Version::new(&runs.version, &service.scale)).collect();
    let seen = running.len();
    if observation.others {
        let kept = was.unwrap_or_default().iter();
        let kept: Vec<_> =
            kept.filter(|version| running.iter().all(|seen| seen.text != version.text)).cloned().collect();
        running.extend(kept);
    }
    let others = running.len() > seen;
    running.sort_by(|a, b| a.place.cmp(&b.place).then_with(|| a.text.cmp(&b.text)));
    (running, others)
}

/// The kind of the move from one release to another, where they can be compared.
fn kind(from: &Version, to: &Version) -> Option<MoveKind> {
    if to.is_older_than(from) {
        return Some(MoveKind::Rollback);
    }
    (from.place.is_some() && to.place.is_some()).then_some(MoveKind::Redeploy)
}

impl Planner<'_> {
    /// Adds what the document knows of the past and the registry doesn't.
    fn learn_the_past(&mut self) {
        for was in &self.observation.past {
            let since = was.since.map(|time| clamped(time, self.now, &mut self.notes));
            let until = was.until.map(|time| clamped(time, self.now, &mut self.notes));
            let (Some(start), Some(end)) = (since.or(until), until.or(since)) else { continue };
            if start > end {
                self.notes.push(format!("a stay of {} ends before it begins: passed over", was.version));
                continue;
            }
            let version = Version::new(&was.version, &self.service.scale);
            let left_for = was.left_for.as_deref().map(|text| Version::new(text, &self.service.scale));
            let kind = left_for.as_ref().and_then(|to| kind(&version, to)).or(by_word(was));
            match self.history.meeting(&was.version, Span { start, end }) {
                Some(at) if self.was_left(was, until) => self.history.complete(at, until, left_for, kind),
                Some(_) => {}
                None => {
                    let known = self.known();
                    self.history.add(Stay { version, since, until, left_for, kind, known });
                }
            }
        }
    }

    fn known(&self) -> Option<Box<str>> {
        Some(self.observation.known.into())
    }

    /// Whether a release surely was left then, and didn't run on elsewhere: it doesn't run any more, or it is
    /// known when it came back.
    fn was_left(&self, was: &Was, until: Option<Time>) -> bool {
        let runs = self.observation.running.iter().find(|runs| runs.version == was.version);
        let back = |runs: &Runs| match (until, was.since) {
            (Some(until), _) => runs.since.is_some_and(|since| since >= until),
            (None, began) => was.left_for.is_some() && began.is_some() && runs.since > began,
        };
        let ended = until.is_some() || was.left_for.is_some();
        ended && runs.is_none_or(back)
    }

    /// A release that ran by the registry's word doesn't run any more.
    fn leave(&mut self, version: &Version) {
        let open = self.history.going_on(version);
        let since = self.history.since(version);
        let is_of =
            |last: &Entry| since.is_none_or(|since| last.stay.until.is_some_and(|until| since < until));
        if open.is_none() && self.history.last(version).is_some_and(is_of) {
            return; // the registry, or the document, says already how it was left
        }
        let left_for = self.target().cloned();
        let until = self.left_at(version, since, left_for.as_ref());
        let kind = left_for.as_ref().and_then(|to| kind(version, to)).or(self.kind);
        match open {
            Some(at) => {
                // Of a clock that is ahead, it may have begun later than now.
                let until = self.history.begun(at).map_or(until, |begun| until.max(begun));
                self.history.complete(at, Some(until), left_for, kind);
            }
            None => {
                let (version, known) = (version.clone(), self.known());
                self.history.add(Stay { version, since, until: Some(until), left_for, kind, known });
            }
        }
    }

    /// What was gone over to: the newest release that runs and didn't, else the newest that runs.
    fn target(&self) -> Option<&Version> {
        let was = |version: &&Version| self.was.unwrap_or_default().iter().any(|v| v.text == version.text);
        self.running.iter().rev().find(|version| !was(version)).or(self.running.last())
    }

    /// When a release was left: when the next one began, as far as that is known and can be; else now.
    fn left_at(&mut self, version: &Version, since: Option<Time>, next: Option<&Version>) -> Time {
        let was = self.was.unwrap_or_default();
        let next = next.filter(|next| was.iter().all(|version| version.text != next.text));
        let seen =
            next.and_then(|next| self.observation.running.iter().find(|runs| runs.version == next.text));
        let Some((runs, began)) = seen.and_then(|runs| Some((runs, runs.since?))) else { return self.now };
        let began = clamped(began, self.now, &mut self.notes);
        match since {
            Some(since) if began < since => {
                self.notes.push(format!(
                    "{} is said to run since {}, but the registry has {version} since {}: when it was left \
                     isn't known, so now is taken",
                    runs.version,
                    format_time(began),
                    format_time(since),
                ));
                self.disputed.insert(runs.version.clone());
                self.now
            }
            _ => began,
        }
    }

    /// A release runs: since when, if that isn't told yet.
    fn arrive(&mut self, runs: &Runs) {
        let version = Version::new(&runs.version, &self.service.scale);
        let new = self.was.is_some_and(|was| was.iter().all(|other| other.text != version.text));
        let seen = runs.since.map(|since| clamped(since, self.now, &mut self.notes));
        let seen = seen.filter(|_| !self.disputed.contains(&version.text));
        let open = self.history.going_on(&version).map(|at| self.history.begun(at));
        // An open entry that nobody closed when the registry came to say that another one ran is of an earlier
        // stay, unless the document knows better.
        let stale =
            new && open.is_some_and(|begun| begun.is_none() || seen.is_none_or(|seen| begun < Some(seen)));
        if open.is_some() && !stale {
            return;
        }
        let last = self.history.last(&version);
        let left = last.and_then(|last| last.stay.until);
        let anew = new || self.was.is_none() || last.is_some_and(Entry::is_touched);
        let known = if new { self.history.told_since(&version) } else { self.history.since(&version) };
        let arrival = known.filter(|_| !stale);
        // What is said of an earlier stay isn't said of this one.
        let fits = |since: &Time| left.is_none_or(|left| *since >= left);
        let seen = seen.filter(fits);
        // A document that knows what was left for it knows as well whether it ran on beside that.
        let ran_on = seen.is_some() && seen < arrival && self.history.learnt_to_be_left_for(&version);
        if !anew && arrival.is_some() && !ran_on {
            return; // what was left for it tells since when
        }
        let from_now = Some(left.map_or(self.now, |left| left.max(self.now)));
        let from_now = from_now.filter(|_| anew && self.was.is_some());
        let since = seen.or(arrival.filter(fits)).or(from_now);
        if since.is_some() {
            let known = self.known();
            self.history.add(Stay { version, since, until: None, left_for: None, kind: None, known });
        }
    }
}

/// The kind that the tool itself says, when the versions can't be compared.
fn by_word(was: &Was) -> Option<MoveKind> {
    was.rolled_back.then_some(MoveKind::Rollback)
}
