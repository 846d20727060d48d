//! The history of one environment while it is completed: what stands there, and what is added.

use super::Stay;
use crate::model::{self, MoveKind, Name, Service, StayEntry, Stays, Time, Version};

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

    /// What it says of when.
    fn told(&self) -> StayEntry<'_> {
        let Stay { version, since, until, left_for, .. } = &self.stay;
        let left_for = left_for.as_ref().map(|version| &*version.text);
        StayEntry { version: &version.text, since: *since, until: *until, left_for, open: self.is_open() }
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
    /// What runs: their open entries go on.
    running: Vec<Box<str>>,
}

/// From when to when, with what isn't known taken from beside, or as wide as can be.
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
        let mut history = History { entries: here.map(entry).collect(), now, running: Vec::new() };
        history.runs(service.running.get(environment).map_or(&[], Vec::as_slice));
        history
    }

    /// Says what runs; at first it is what the registry had.
    pub fn runs(&mut self, running: &[Version]) {
        self.running = running.iter().map(|version| version.text.clone()).collect();
    }

    /// The entries that are new or were completed, oldest first.
    pub fn touched(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_touched())
    }

    /// The newest entry of a release.
    pub fn last(&self, version: &Version) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.stay.version.text == version.text)
    }

    /// What the entries say of when, as the judge would take it.
    fn stays(&self) -> Stays<'_> {
        let entries = self.entries.iter().map(Entry::told).collect();
        Stays::of(entries, self.running.iter().map(|text| &**text))
    }

    /// The entry of a release that runs, if there is one.
    pub fn going_on(&self, version: &Version) -> Option<usize> {
        let stays = self.stays();
        let mut here = self.entries.iter().zip(stays.spans());
        here.position(|(entry, span)| span.goes_on && entry.stay.version.text == version.text)
    }

    /// When the entry at `at` began.
    pub fn begun(&self, at: usize) -> Option<Time> {
        self.stays().spans().get(at)?.start
    }

    /// A stay, as wide as it may have been.
    fn wide(&self, span: &model::Span) -> Span {
        let end = if span.goes_on { Time::MAX_UTC } else { span.end.unwrap_or(self.now) };
        Span { start: span.start.unwrap_or(Time::MIN_UTC).min(end), end }
    }

    /// The newest entry of a release that has a moment in common with a stretch.
    pub fn meeting(&self, version: &str, span: Span) -> Option<usize> {
        let stays = self.stays();
        let mut here = self.entries.iter().zip(stays.spans());
        here.rposition(|(entry, other)| *entry.stay.version.text == *version && self.wide(other).meets(span))
    }

    /// Ends the open entry at `at`, of a release that ran on; others are a person's, and stay as they are.
    pub fn complete(
        &mut self,
        at: usize,
        until: Option<Time>,
        left_for: Option<Version>,
        kind: Option<MoveKind>,
    ) {
        let span = self.stays().spans().get(at).copied();
        let begun =
            |span: &model::Span| span.start.is_none_or(|start| until.is_none_or(|until| start <= until));
        let goes_on = span.is_some_and(|span| span.goes_on && begun(&span));
        let Some(entry) = self.entries.get_mut(at).filter(|_| goes_on) else { return };
        entry.completed = true;
        entry.stay.until = until;
        entry.stay.left_for = left_for;
        entry.stay.kind = kind;
    }

    /// Adds a stay where it belongs: they stand by when they began, else by when they ended.
    pub fn add(&mut self, stay: Stay) {
        // What ended at a time stands before what began then.
        let rank = |since: Option<Time>, until: Option<Time>| {
            since.or(until).map(|time| (time, since.is_some(), until.unwrap_or(Time::MAX_UTC)))
        };
        let own = rank(stay.since, stay.until);
        let stays = self.stays();
        let mut here = self.entries.iter().zip(stays.spans());
        let later =
            |(entry, span): (&Entry, &model::Span)| own.is_some() && rank(span.start, entry.stay.until) > own;
        let place = here.position(later).unwrap_or(self.entries.len());
        self.entries.insert(place, Entry { place: None, completed: false, stay });
    }

    /// Since when a release runs that runs now, as the judge would say.
    pub fn since(&self, version: &Version) -> Option<Time> {
        self.stays().since(version, self.running.len() == 1, self.now, |_| true)
    }

    /// Whether it is new that something was left for a release.
    pub fn learnt_to_be_left_for(&self, version: &Version) -> bool {
        let left_for = |entry: &Entry| entry.stay.left_for.as_ref().is_some_and(|to| to.text == version.text);
        self.entries.iter().any(|entry| entry.place.is_none() && left_for(entry))
    }

    /// The same as [`History::since`], without taking it that whatever was left last made room for it.
    pub fn told_since(&self, version: &Version) -> Option<Time> {
        self.stays().since(version, false, self.now, |_| true)
    }
}
