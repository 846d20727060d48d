//! The difference of two surveys of one place: whose verdict is another, who loses the way back, what is newly hit.

use crate::model::{Level, Name};
use crate::survey::place::{Back, Place, Standing, Told};

/// What is different in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceDifference {
    /// Whose.
    pub service: Name,
    /// Where.
    pub environment: Option<Name>,
    /// What ran before; None: nobody said.
    pub ran: Option<Vec<Box<str>>>,
    /// What runs now; None: nobody says.
    pub runs: Option<Vec<Box<str>>>,
    /// Where a rollback would have gone, and where it would go now.
    pub way_back: (Back, Back),
    /// The releases whose verdict is another, newest first.
    pub shifts: Vec<Shift>,
    /// What runs and is hit by a flag that didn't hit it before.
    pub hits: Vec<Hit>,
    /// How many releases stand at each level, before and now, lightest first.
    pub counts: ([usize; 4], [usize; 4]),
}

/// A release whose verdict is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Its version.
    pub version: Box<str>,
    /// The level of going there, before and now; None: it wasn't there, or isn't any more.
    pub go: (Option<Level>, Option<Level>),
    /// Its own level, as if it came from nothing, before and now.
    pub itself: (Option<Level>, Option<Level>),
    /// The reasons that are new, or weigh something else now.
    pub came: Vec<Told>,
    /// The reasons that are gone, or weighed something else before.
    pub went: Vec<Told>,
    /// Whether what runs there is another than before, which alone changes where one may go.
    pub moved: bool,
}

/// Which way a verdict went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// It may go easier than before.
    Looser,
    /// It stands more in the way than before.
    Stricter,
    /// Its level is the same, and some reason another.
    Same,
    /// What runs is another, and the verdict differs for that.
    Moved,
    /// The release came or went.
    Other,
}

/// A flag on what runs that wasn't on it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What runs.
    pub version: Box<str>,
    /// What hits it, as if the release came from nothing.
    pub told: Told,
    /// Whether it ran before, too.
    pub ran: bool,
}

impl Shift {
    /// Which way it went.
    pub fn way(&self) -> Way {
        let (Some(before), Some(after)) = self.go else { return Way::Other };
        let falls = self.itself.0 > self.itself.1;
        match before.cmp(&after) {
            std::cmp::Ordering::Equal => Way::Same,
            _ if self.moved && !falls => Way::Moved,
            _ if self.moved => Way::Looser,
            std::cmp::Ordering::Greater => Way::Looser,
            std::cmp::Ordering::Less => Way::Stricter,
        }
    }

    /// What it became, and that its level is another than before.
    pub fn became(&self) -> Option<Level> {
        let (before, after) = self.go;
        after.filter(|after| before.is_some_and(|before| before != *after))
    }
}

impl PlaceDifference {
    /// Whether what runs is another than before.
    pub fn moved(&self) -> bool {
        self.ran != self.runs
    }

    /// Whether the place had a safe way back and has none any more, though there is something to go back from.
    pub fn strands(&self) -> bool {
        self.way_back.0.is_safe() && matches!(self.way_back.1, Back::Desert(..) | Back::NothingOlder)
    }

    /// Whether the place has a safe way back and had none.
    pub fn wins_way_back(&self) -> bool {
        self.way_back.1.is_safe() && matches!(self.way_back.0, Back::Desert(..) | Back::NothingOlder)
    }

    /// Whether some verdict falls.
    pub fn loosens(&self) -> bool {
        self.shifts.iter().any(|shift| shift.way() == Way::Looser)
    }

    fn is_empty(&self) -> bool {
        self.shifts.is_empty() && self.hits.is_empty() && !self.moved() && self.way_back.0 == self.way_back.1
    }
}

/// The difference of two surveys of the same place; None: there is none.
pub(super) fn difference(service: &Name, before: &Place, after: &Place) -> Option<PlaceDifference> {
    let moved = before.running != after.running;
    let gone = before.releases.iter().filter(|old| after.outlook(&old.version).is_none());
    let mut shifts: Vec<Shift> = Vec::new();
    for new in &after.releases {
        let old = before.outlook(&new.version);
        let nothing = Standing::default();
        let (came, went) = exchanged(old.map_or(&nothing, |old| &old.go), &new.go);
        let level = |of: fn(&super::Outlook) -> &Standing| old.map(|old| of(old).level);
        let shift = Shift {
            version: new.version.clone(),
            go: (level(|outlook| &outlook.go), Some(new.go.level)),
            itself: (level(|outlook| &outlook.itself), Some(new.itself.level)),
            came,
            went,
            moved,
        };
        if old.is_none_or(|old| old.go != new.go || old.itself.level != new.itself.level) {
            shifts.push(shift);
        }
    }
    shifts.extend(gone.map(|old| Shift {
        version: old.version.clone(),
        go: (Some(old.go.level), None),
        itself: (Some(old.itself.level), None),
        came: Vec::new(),
        went: old.go.reasons.clone(),
        moved,
    }));
    let difference = PlaceDifference {
        service: service.clone(),
        environment: after.environment.clone(),
        ran: before.running.clone(),
        runs: after.running.clone(),
        way_back: (before.way_back.clone(), after.way_back.clone()),
        shifts,
        hits: hits(before, after),
        counts: (before.counts(), after.counts()),
    };
    (!difference.is_empty()).then_some(difference)
}

/// The reasons that came, and those that went; one that weighs something else is among both.
fn exchanged(before: &Standing, after: &Standing) -> (Vec<Told>, Vec<Told>) {
    let stays = |told: &Told, there: &Standing| {
        there.reasons.iter().any(|other| other.key() == told.key() && other.level == told.level)
    };
    let came = after.reasons.iter().filter(|told| !stays(told, before)).cloned().collect();
    let went = before.reasons.iter().filter(|told| !stays(told, after)).cloned().collect();
    (came, went)
}

/// The flags on what runs that didn't hit it before.
fn hits(before: &Place, after: &Place) -> Vec<Hit> {
    let mut hits = Vec::new();
    for version in after.running.iter().flatten() {
        let Some(now) = after.outlook(version) else { continue };
        let ran = before.running.iter().flatten().any(|old| old == version);
        let old = before.outlook(version).filter(|_| ran);
        let new = now.itself.reasons.iter().filter(|told| told.is_of_flag());
        let new = new.filter(|told| old.is_none_or(|old| !old.itself.has(told.key())));
        hits.extend(new.map(|told| Hit { version: version.clone(), told: told.clone(), ran }));
    }
    hits
}
