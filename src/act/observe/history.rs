//! The history of one environment while it is completed: what stands there, and what is added.

use super::Stay;
use crate::model::{MoveKind, Name, Service, Time, Version};

/// One entry, with its place in the registry's list when it stands there.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its position in [`Service::ran`]; None: it is new.
    pub place: Option<usize>,
    /// It was completed.
    pub completed: bool,
    pub stay: Stay,
}

impl Entry {
    /// Whether it is new or was completed.
    pub fn is_touched(&self) -> bool {
        self.place.is_none() || self.completed
    }

    /// Whether nothing says that it ended.
    pub fn is_open(&self) -> bool {
        self.stay.until.is_none() && self.stay.left_for.is_none() && self.stay.kind.is_none()
    }
}

/// The entries of one environment, newest last.
#[derive(Debug, Clone)]
pub(super) struct History {
    pub entries: Vec<Entry>,
    now: Time,
    /// What runs, as the registry had it: their open entries go on.
    running: Vec<Box<str>>,
}

/// From when to when, with what isn't known taken from beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub start: Time,
    pub end: Time,
}

impl Span {
    /// Whether two stretches have a moment in common; a single moment is in all that touch it.
    fn meets(self, other: Span) -> bool {
        if self.start == self.end || other.start == other.end {
            return self.start <= other.end && other.start <= self.end;
        }
        self.start < other.end && other.start < self.end
    }
}

impl History {
    pub fn of(service: &Service, environment: &Name, now: Time) -> History {
        let here = service.ran.iter().enumerate().filter(|(_, ran)| ran.environment == *environment);
        let entry = |(place, ran): (usize, &crate::model::Ran)| Entry {
            place: Some(place),
            completed: false,
            stay: Stay {
                version: ran.version.clone(),
                since: ran.since,
                until: ran.until,
                left_for: ran.left_for.clone(),
                kind: ran.kind,
                known: ran.known.clone(),
            },
        };
        let running = service.running.get(environment).into_iter().flatten();
        History {
            entries: here.map(entry).collect(),
            now,
            running: running.map(|version| version.text.clone()).collect(),
        }
    }

    /// The entries that are new or were completed, oldest first.
    pub fn touched(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_touched())
    }

    /// The newest entry of a release.
    pub fn last(&self, version: &Version) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.stay.version.text == version.text)
    }

    /// When the entry at `at` began and ended, as the judge would take it.
    pub fn span(&self, at: usize) -> Option<Span> {
        let entry = self.entries.get(at)?;
        let before = at.checked_sub(1).and_then(|before| self.entries.get(before));
        let next = self.entries.get(at + 1).and_then(|next| next.stay.since);
        let start = entry.stay.since.or_else(|| before.and_then(|before| before.stay.until));
        let end = if self.goes_on(at) { Some(Time::MAX_UTC) } else { entry.stay.until.or(next) };
        let end = end.unwrap_or(self.now);
        Some(Span { start: start.unwrap_or(Time::MIN_UTC).min(end), end })
    }

    /// Whether the entry at `at` is of what still runs, as far as the registry knew.
    fn goes_on(&self, at: usize) -> bool {
        let runs = |entry: &Entry| entry.is_open() && self.running.contains(&entry.stay.version.text);
        self.entries.get(at..).is_some_and(|rest| rest.iter().all(runs))
    }

    /// The newest entry of a release that has a moment in common with a stretch.
    pub fn meeting(&self, version: &str, span: Span) -> Option<usize> {
        let meets = |at: &usize| {
            let same = self.entries.get(*at).is_some_and(|entry| *entry.stay.version.text == *version);
            same && self.span(*at).is_some_and(|other| other.meets(span))
        };
        (0..self.entries.len()).rev().find(meets)
    }

    /// Ends an open entry that goes on; others are a person's, and stay as they are. False: it isn't one.
    pub fn complete(
        &mut self,
        at: usize,
        until: Time,
        left_for: Option<Version>,
        kind: Option<MoveKind>,
    ) -> bool {
        let begun = self.span(at).is_some_and(|span| span.start <= until);
        let goes_on = self.goes_on(at);
        let Some(entry) = self.entries.get_mut(at).filter(|_| goes_on && begun) else { return false };
        entry.completed = true;
        entry.stay.until = Some(until);
        entry.stay.left_for = left_for;
        entry.stay.kind = kind;
        true
    }

    /// By what the entry at `at` is ordered: its end, or what comes nearest to it. None: nothing is known.
    fn rank(&self, at: usize) -> Option<Time> {
        let stay = &self.entries.get(at)?.stay;
        if self.goes_on(at) { Some(Time::MAX_UTC) } else { stay.until.or(stay.since) }
    }

    /// Adds a stay that is over where it belongs: before what ended later.
    pub fn add_past(&mut self, stay: Stay) {
        let place = stay.until.or(stay.since).and_then(|ended| {
            (0..self.entries.len()).find(|at| self.rank(*at).is_some_and(|rank| rank > ended))
        });
        let entry = Entry { place: None, completed: false, stay };
        self.entries.insert(place.unwrap_or(self.entries.len()), entry);
    }

    /// Adds a stay that goes on: it stands last.
    pub fn add_open(&mut self, stay: Stay) {
        self.entries.push(Entry { place: None, completed: false, stay });
    }

    /// When a release was last gone over to, as told by what was left for it, if it wasn't left since.
    pub fn arrival(&self, version: &Version) -> Option<&Entry> {
        let left = self.last(version).filter(|last| !last.is_open()).and_then(|last| last.stay.until);
        let for_it = |entry: &&Entry| {
            entry.stay.left_for.as_ref().is_some_and(|other| other.text == version.text)
                && entry.stay.until.is_some()
        };
        let latest = self.entries.iter().filter(for_it).max_by_key(|entry| entry.stay.until)?;
        (latest.stay.until >= left).then_some(latest)
    }

    /// Since when a release runs that runs now.
    pub fn since(&self, version: &Version) -> Option<Time> {
        match self.last(version) {
            Some(last) if last.is_open() && last.stay.since.is_some() => last.stay.since,
            _ => self.arrival(version).and_then(|entry| entry.stay.until),
        }
    }
}
