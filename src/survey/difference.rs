//! The difference of two registries as a whole: of all services that were looked at, put together.

use super::change::{Change, Effect, merged};
use super::compare::Compared;
use super::freezes::freezes;
use super::place::Place;
use super::rules::RulesDifference;
use super::shift::{PlaceDifference, Shift, Way};
use super::{Chronicle, people};
use crate::model::{Level, Name, Registry, Time};

/// What is different between two registries.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    /// What was done, the gravest first.
    pub changes: Vec<Change>,
    /// What is different by place, by service and environment.
    pub places: Vec<PlaceDifference>,
    /// What is different in the rules; None: nothing.
    pub rules: Option<RulesDifference>,
    /// What the rules and periods alone make of today's verdicts.
    pub by_rules: Vec<PlaceDifference>,
    /// The services that stand for themselves, since what was before can't be read.
    pub alone: Vec<Alone>,
    /// How many services were looked at.
    pub services: usize,
    /// How many places.
    pub looked_at: usize,
    /// How many verdicts were held against each other.
    pub verdicts: usize,
}

/// A service that is shown as it is, without what was before.
#[derive(Debug, Clone)]
pub struct Alone {
    /// Which.
    pub service: Name,
    /// How it stands.
    pub places: Vec<Place>,
}

/// How many verdicts became what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many became each level, lightest first, where what runs is the same.
    pub became: [usize; 4],
    /// How many may go easier than before.
    pub looser: usize,
    /// How many stand more in the way than before.
    pub stricter: usize,
    /// How many differ since what runs is another.
    pub moved: usize,
}

impl Difference {
    /// Takes in what was found of one service.
    pub fn add(&mut self, compared: Compared) {
        self.changes.extend(compared.changes);
        self.places.extend(compared.places);
        self.services += 1;
        self.looked_at += compared.looked_at;
        self.verdicts += compared.verdicts;
    }

    /// Takes in what the rules make of one service.
    pub fn add_by_rules(&mut self, compared: Compared) {
        self.by_rules.extend(compared.places);
    }

    /// Takes in what is different in what all services share, but for rules and periods.
    pub fn add_shared(&mut self, before: &Registry, after: &Registry, now: Time) {
        self.changes.extend(people::shared(before, after));
        self.changes.extend(freezes(before, after, now));
    }

    /// Takes in what was done to a record.
    pub fn add_chronicle(&mut self, chronicle: Chronicle) {
        self.changes.extend(chronicle.changes);
    }

    /// Takes in the difference of the rules.
    pub fn add_rules(&mut self, rules: RulesDifference) {
        if !rules.is_empty() {
            self.changes.extend(rules.told());
            self.rules = Some(rules);
        }
    }

    /// Puts everything in order.
    pub fn finish(mut self) -> Difference {
        self.changes = merged(self.changes);
        let key = |place: &PlaceDifference| (place.service.clone(), place.environment.clone());
        self.places.sort_by_key(key);
        self.by_rules.sort_by_key(key);
        self.alone.sort_by(|a, b| a.service.cmp(&b.service));
        self
    }

    /// The changes of one effect.
    pub fn of(&self, effect: Effect) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.kind.effect == effect)
    }

    /// Whether something was thrown away that must be kept.
    pub fn has_errors(&self) -> bool {
        self.of(Effect::Error).next().is_some()
    }

    /// Whether something lets through what was stopped, or could.
    pub fn loosens(&self) -> bool {
        let falls = self.places.iter().chain(&self.by_rules).any(PlaceDifference::loosens);
        falls || self.of(Effect::Looser).next().is_some()
    }

    /// The places that lose the safe way back.
    pub fn stranded(&self) -> impl Iterator<Item = &PlaceDifference> {
        self.places.iter().filter(|place| place.strands())
    }

    /// Whether nothing is different at all.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.places.is_empty() && self.by_rules.is_empty() && self.alone.is_empty()
    }

    /// How many verdicts became what.
    pub fn tally(&self) -> Tally {
        Tally::of(&self.places)
    }
}

impl Tally {
    /// Counts the verdicts of some places.
    pub fn of(places: &[PlaceDifference]) -> Tally {
        let mut tally = Tally::default();
        for shift in places.iter().flat_map(|place| &place.shifts) {
            tally.count(shift);
        }
        tally
    }

    fn count(&mut self, shift: &Shift) {
        match shift.way() {
            Way::Looser => self.looser += 1,
            Way::Stricter => self.stricter += 1,
            Way::Moved => self.moved += 1,
            Way::Same | Way::Other => {}
        }
        if !shift.moved
            && let Some(level) = shift.became()
        {
            self.became[level as usize] += 1;
        }
    }

    /// How many became this level.
    pub fn became(&self, level: Level) -> usize {
        self.became[level as usize]
    }
}
