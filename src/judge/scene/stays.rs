//! What runs and ran in an environment, as far as the registry tells at the moment.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Candidate, Scene, Stay};
use crate::model::{MoveKind, Name, Ran, Service, Span, Stays, Time, Version};

/// The end of a stay that isn't over: of what runs, the registry may say since when.
const GOING_ON: Time = Time::MAX_UTC;

impl<'a> Scene<'a> {
    /// What runs in an environment at the moment, and whether that is `running` as it stands.
    pub(super) fn runs_in(&self, environment: &Name) -> (Option<Vec<Candidate<'a>>>, bool) {
        let candidates = |versions: &[Version]| versions.iter().map(|v| self.candidate(&v.text)).collect();
        let as_it_stands = || self.service.running.get(environment).map(|versions| candidates(versions));
        if self.moment.horizon.is_none() {
            return (as_it_stands(), true);
        }
        // Held against the horizon and not against now: what began or ended after it isn't known, however
        // far the judgement looks ahead.
        let seen = self.horizon();
        let stays = self.all_stays(environment);
        let begun = |stay: &Stay| stay.start.is_none_or(|start| start <= seen);
        let then: Vec<&Stay> = stays.iter().filter(|stay| begun(stay) && seen < stay.end).collect();
        let going_on = || stays.iter().filter(|stay| stay.end == GOING_ON);
        if !then.is_empty() && then.iter().all(|stay| stay.end == GOING_ON) && going_on().all(begun) {
            return (as_it_stands(), true);
        }
        if !then.is_empty() {
            let then: Vec<Version> = then.into_iter().map(|stay| stay.version.clone()).collect();
            return (Some(candidates(&then)), false);
        }
        let over = stays.iter().map(|stay| stay.end).max().is_none_or(|last| last <= seen);
        if over { (as_it_stands(), true) } else { (None, false) }
    }

    /// What runs of another service here at the moment; None: nobody knows.
    pub fn runs_of(&self, other: &'a Service) -> Option<Vec<Version>> {
        let there = Scene {
            service: other,
            flags: Rc::new([]),
            entries: Rc::new([]),
            known: Rc::default(),
            ran: Vec::new(),
            running: None,
            ..self.clone()
        };
        let (runs, _) = there.runs_in(self.environment.as_ref()?);
        runs.map(|runs| runs.into_iter().map(|candidate| candidate.version.clone()).collect())
    }

    /// Since when a release runs that runs here now; None: the registry doesn't tell.
    ///
    /// `running` holds no times. Its open entry of `ran` does; else it runs since what ran before was left for it.
    pub fn since(&self, version: &Version) -> Option<Time> {
        let environment = self.environment.as_ref()?;
        let seen = self.horizon();
        let alone = self.running.as_ref().is_some_and(|running| running.len() == 1);
        let since = self.told(environment).since(version, alone, seen, |time| self.moment.sees(time));
        since.map(|since| self.moment.past(since))
    }

    /// What the nearest group of this environment runs: the first baseline of a place where nothing ran.
    pub fn group_runs(&self) -> Vec<Candidate<'a>> {
        let Some(here) = &self.environment else { return Vec::new() };
        let known = self.service.running.keys().chain(self.service.ran.iter().map(|ran| &ran.environment));
        let places: BTreeSet<&Name> = known.filter(|place| *place != here).collect();
        let places: Vec<(&Name, Vec<&Name>)> =
            places.into_iter().map(|place| (place, self.registry.lineage(place))).collect();
        for group in self.lineage.iter().skip(1) {
            let members = places.iter().filter(|(_, lineage)| lineage.contains(&group));
            let runs: Vec<_> = members.filter_map(|(place, _)| self.runs_in(place).0).flatten().collect();
            if !runs.is_empty() {
                return runs;
            }
        }
        Vec::new()
    }

    /// Up to when the registry is seen.
    fn horizon(&self) -> Time {
        self.moment.horizon.unwrap_or(self.moment.now)
    }

    /// The stays in an environment that are over at the moment or, in the present, recorded as over.
    pub(super) fn stays(&self, environment: &Name) -> Vec<Stay> {
        let mut stays = self.all_stays(environment);
        stays.retain(|stay| stay.end != GOING_ON);
        if self.moment.horizon.is_some() {
            let seen = self.horizon();
            stays.retain(|stay| stay.end <= seen && stay.start.is_none_or(|start| start <= seen));
        }
        for stay in &mut stays {
            stay.end = self.moment.past(stay.end);
            stay.start = stay.start.map(|start| self.moment.past(start));
        }
        stays
    }

    /// Whether the registry knows at the moment that anything has run in an environment.
    pub(super) fn knows(&self, environment: &Name) -> bool {
        let begun = |span: &Span| span.start.is_none_or(|start| self.moment.sees(start));
        self.told(environment).spans().iter().any(begun)
    }

    /// The entries of an environment.
    fn entries(&self, environment: &Name) -> impl Iterator<Item = &'a Ran> {
        self.service.ran.iter().filter(move |ran| ran.environment == *environment)
    }

    /// What the entries of an environment say of when.
    fn told(&self, environment: &Name) -> Stays<'a> {
        let running = self.service.running.get(environment).into_iter().flatten();
        Stays::of(self.entries(environment).map(Into::into).collect(), running.map(|version| &*version.text))
    }

    /// Every stay in an environment, with missing ends made certain: one of which nobody knows when it ended
    /// ended just now.
    fn all_stays(&self, environment: &Name) -> Vec<Stay> {
        let told = self.told(environment);
        let stay = |(ran, span): (&'a Ran, &Span)| {
            let went_back = || ran.left_for.as_ref().is_some_and(|next| next.is_older_than(&ran.version));
            Stay {
                version: ran.version.clone(),
                start: span.start,
                end: if span.goes_on { GOING_ON } else { span.end.unwrap_or(self.horizon()) },
                ended: span.end.is_some(),
                measured: ran.since.is_some() && ran.until.is_some(),
                rolled_back: ran.kind.map_or_else(went_back, |kind| kind == MoveKind::Rollback),
            }
        };
        self.entries(environment).zip(told.spans()).map(stay).collect()
    }
}
