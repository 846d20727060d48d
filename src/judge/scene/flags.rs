//! The flags of a scene: where each stands in its life, and what it hits.

use std::rc::Rc;

use super::{Known, Scene, Standing, Standpoint};
use crate::judge::Moment;
use crate::model::{Affects, Flag};

impl Standing {
    /// Where a flag stands in its life at a moment.
    pub fn of(flag: &Flag, moment: Moment) -> Standing {
        let now = moment.now;
        if let Some(withdrawn) = flag.withdrawn.as_ref().filter(|withdrawn| moment.sees(withdrawn.at)) {
            return Standing::Withdrawn(moment.past(withdrawn.at));
        }
        if flag.until.is_some_and(|until| until <= now) {
            return Standing::Over;
        }
        // `recorded` in the future counts as now, so only `effective` can schedule a flag.
        match flag.effective.filter(|effective| *effective > now) {
            Some(effective) if flag.until.is_some_and(|until| until <= effective) => Standing::Over,
            Some(effective) => Standing::Scheduled(effective),
            None => Standing::Active,
        }
    }
}

impl<'a> Scene<'a> {
    pub(super) fn standing_flags(&self) -> Rc<[Standpoint<'a>]> {
        self.registry
            .flags_of(self.service)
            .filter(|flag| flag.affects.iter().any(|affects| affects.scope.covers(&self.service.name)))
            .filter(|flag| self.moment.sees_opt(flag.recorded))
            .enumerate()
            .map(|(index, flag)| Standpoint { flag, standing: Standing::of(flag, self.moment), index })
            .collect()
    }

    /// The entries that speak of this service in this environment.
    pub(super) fn entries_here(&self) -> Rc<[(usize, &'a Affects)]> {
        let of_flag = |point: &Standpoint<'a>| {
            let (flag, index) = (point.flag, point.index);
            let here = |affects: &&Affects| {
                affects.scope.covers(&self.service.name) && self.concerns_here(flag, affects)
            };
            flag.affects.iter().filter(here).map(move |affects| (index, affects)).collect::<Vec<_>>()
        };
        self.flags.iter().flat_map(of_flag).collect()
    }

    /// Whether each flag hits this version here, by the flag's index. None: it can't be told.
    pub(super) fn hits(&self, candidate: &Known<'_>) -> Vec<Option<bool>> {
        let mut hits = vec![Some(false); self.flags.len()];
        for &(index, affects) in self.entries.iter() {
            let (Some(hit), Some(point)) = (hits.get_mut(index), self.flags.get(index)) else { continue };
            // A sure yes of one entry wins, then "can't be told".
            if *hit != Some(true) {
                match self.entry_hits(point.flag, affects, candidate) {
                    Some(false) => {}
                    answer => *hit = answer,
                }
            }
        }
        hits
    }

    /// Whether one of the flag's entries that `wanted` lets through hits this version. None: it can't be told.
    pub fn hits_where(
        &self,
        flag: &Flag,
        candidate: &Known<'_>,
        wanted: impl Fn(&Affects) -> bool,
    ) -> Option<bool> {
        let mut answer = Some(false);
        for affects in flag.affects.iter().filter(|affects| affects.scope.covers(&self.service.name)) {
            if !wanted(affects) {
                continue;
            }
            match self.entry_hits(flag, affects, candidate) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => answer = None,
            }
        }
        answer
    }

    /// Whether this entry of the flag hits this version: by its range as it was at the moment.
    fn entry_hits(&self, flag: &Flag, affects: &Affects, candidate: &Known<'_>) -> Option<bool> {
        let narrowed_later = flag.narrowed.as_ref().is_some_and(|narrowed| !self.moment.sees(narrowed.at));
        if narrowed_later {
            self.formerly_hits(flag, affects, candidate)
        } else {
            affects.hits(&candidate.version, candidate.release)
        }
    }

    /// Whether this entry hit this version before it was narrowed.
    pub fn formerly_hits(&self, flag: &Flag, affects: &Affects, candidate: &Known<'_>) -> Option<bool> {
        let mut was = flag.narrowed.iter().flat_map(|narrowed| &narrowed.was);
        let was = was.find(|(service, _)| *service == self.service.name).map(|(_, ranges)| ranges);
        let former = affects.versions.as_ref().map(|present| was.unwrap_or(present));
        affects.hits_within(former, &candidate.version, candidate.release)
    }

    /// Whether what this entry says holds in this environment.
    ///
    /// Where no environment is asked for, none is known to the registry either, and all of it holds. A
    /// compromised artifact is one everywhere.
    pub fn concerns_here(&self, flag: &Flag, affects: &Affects) -> bool {
        flag.compromised
            || affects.environments.is_empty()
            || self.lineage.is_empty()
            || affects.environments.iter().any(|environment| self.lineage.contains(environment))
    }
}
