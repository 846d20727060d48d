//! What runs and ran in an environment, as far as the registry tells at the moment.

use std::collections::BTreeSet;

use super::{Candidate, Scene, Stay};
use crate::model::{MoveKind, Name, Ran, Time, Version};

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

    /// Since when a release runs that runs here now; None: the registry doesn't tell.
    ///
    /// `running` holds no times. Its open entry of `ran` does; else it runs since what ran before was left for it.
    pub fn since(&self, version: &Version) -> Option<Time> {
        let environment = self.environment.as_ref()?;
        let seen = self.horizon();
        let mut stays = self.all_stays(environment).into_iter();
        let covers = |stay: &Stay| stay.start.is_some_and(|start| start <= seen) && seen < stay.end;
        if let Some(stay) = stays.find(|stay| stay.version.text == version.text && covers(stay)) {
            return stay.start;
        }
        let left = self.service.ran.iter().rev().filter(|ran| ran.environment == *environment);
        let left = left.filter(|ran| ran.until.is_none_or(|until| self.moment.sees(until)));
        let alone = self.running.as_ref().is_some_and(|running| running.len() == 1);
        for (back, ran) in left.enumerate() {
            let left_for_it = match &ran.left_for {
                Some(next) => next.text == version.text,
                // The last to be left made room for whatever runs alone now.
                None => back == 0 && alone && ran.version.text != version.text,
            };
            if left_for_it {
                return ran.until.map(|until| self.moment.past(until));
            }
            if ran.version.text == version.text {
                return None; // what was left before that is of an earlier stay
            }
        }
        None
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

    /// Every stay in an environment, with missing ends taken from its neighbours: it began when the one
    /// before ended, and ended when the one after began, or just now. The last ones may still go on.
    fn all_stays(&self, environment: &Name) -> Vec<Stay> {
        let entries: Vec<_> = self.service.ran.iter().filter(|ran| ran.environment == *environment).collect();
        let running = self.service.running.get(environment);
        let runs = |ran: &Ran| running.is_some_and(|list| list.iter().any(|v| v.text == ran.version.text));
        let over = entries.iter().rposition(|ran| !ran.is_open() || !runs(ran)).map_or(0, |last| last + 1);
        let mut stays = Vec::with_capacity(entries.len());
        for (index, ran) in entries.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|i| entries.get(i)).and_then(|ran| ran.until);
            let next = entries.get(index + 1).and_then(|ran| ran.since);
            let went_back = || ran.left_for.as_ref().is_some_and(|next| next.is_older_than(&ran.version));
            stays.push(Stay {
                version: ran.version.clone(),
                start: ran.since.or(before),
                end: if index >= over { GOING_ON } else { ran.until.or(next).unwrap_or(self.horizon()) },
                ended: index < over && ran.until.or(next).is_some(),
                measured: ran.since.is_some() && ran.until.is_some(),
                rolled_back: ran.kind.map_or_else(went_back, |kind| kind == MoveKind::Rollback),
            });
        }
        stays
    }
}
