//! What was known at the moment: what runs, what ran, and which flags stood and what they hit.
//!
//! Live (no horizon), whatever is dated in the future counts as now. As of a time, whatever carries a later
//! one isn't there.

use holdpoint::judge::Moment;
use holdpoint::model::{
    Affects, Entered, Flag, MoveKind, Name, Ran, Registry, Release, Scope, Service, Time, Version,
};

/// One stay of a release that is over.
#[derive(Clone)]
pub struct Stay {
    pub version: Version,
    /// None: nobody knows when it began; it counts as always.
    pub start: Option<Time>,
    pub end: Time,
    /// Whether anybody wrote down when it ended.
    pub ended: bool,
    pub rolled_back: bool,
}

/// What is known of one environment.
#[derive(Clone)]
pub struct State<'a> {
    /// None: nobody said what runs.
    pub running: Option<Vec<Version>>,
    /// What ran and was left, oldest line first.
    pub stays: Vec<Stay>,
    /// Whether the history says anything of this environment, if only since when something runs.
    pub told: bool,
    /// That what runs got there by acceptance.
    pub entered: Option<&'a Entered>,
}

fn entries<'a>(service: &'a Service, place: &Name) -> Vec<&'a Ran> {
    service.ran.iter().filter(|ran| ran.environment == *place).collect()
}

/// When the n-th stay began: as it says, else at the end of the one before.
fn start(entries: &[&Ran], n: usize) -> Option<Time> {
    entries[n].since.or_else(|| if n == 0 { None } else { entries[n - 1].until })
}

/// When it ended: as it says, else when the next one began; None: nobody knows.
fn end(entries: &[&Ran], n: usize) -> Option<Time> {
    entries[n].until.or_else(|| entries.get(n + 1).and_then(|next| next.since))
}

/// Whether the n-th is of what still runs: nothing ends it, and it is the last one of its release.
fn goes_on(entries: &[&Ran], n: usize, running: Option<&Vec<Version>>) -> bool {
    let ran = entries[n];
    let ends = ran.until.is_some() || ran.left_for.is_some() || ran.kind.is_some();
    let runs = running.is_some_and(|all| all.iter().any(|one| one.text == ran.version.text));
    let again = entries[n + 1..].iter().any(|later| later.version.text == ran.version.text);
    runs && !ends && !again
}

fn rolled_back(ran: &Ran) -> bool {
    match ran.kind {
        Some(kind) => kind == MoveKind::Rollback,
        None => ran.left_for.as_ref().is_some_and(|next| older(next, &ran.version)),
    }
}

/// Surely older.
pub fn older(a: &Version, b: &Version) -> bool {
    match (&a.place, &b.place) {
        (Some(a), Some(b)) => a < b,
        _ => false,
    }
}

/// What is known of `place` at the moment; of no place, nothing.
pub fn state<'a>(service: &'a Service, place: Option<&Name>, moment: Moment) -> State<'a> {
    let Some(place) = place else {
        return State { running: None, stays: vec![], told: false, entered: None };
    };
    let entries = entries(service, place);
    let as_it_stands = service.running.get(place).cloned();
    let mut stays = vec![];
    let mut covering: Vec<Version> = vec![];
    let mut last = None;
    let (going_on, over): (Vec<usize>, Vec<usize>) =
        (0..entries.len()).partition(|n| goes_on(&entries, *n, as_it_stands.as_ref()));
    for n in over {
        let (start, end) = (start(&entries, n), end(&entries, n));
        last = last.max(end);
        if let Some(horizon) = moment.horizon {
            if start.is_some_and(|start| start > horizon) {
                continue;
            }
            if end.is_some_and(|end| end > horizon) {
                if !covering.iter().any(|version| version.text == entries[n].version.text) {
                    covering.push(entries[n].version.clone());
                }
                continue;
            }
        }
        stays.push(Stay {
            version: entries[n].version.clone(),
            start: start.map(|start| start.min(moment.now)),
            end: end.map_or(moment.now, |end| end.min(moment.now)),
            ended: end.is_some(),
            rolled_back: rolled_back(entries[n]),
        });
    }
    let told = (0..entries.len())
        .any(|n| start(&entries, n).is_none_or(|start| moment.horizon.is_none_or(|seen| start <= seen)));
    let entered = service.entered.get(place);
    let Some(horizon) = moment.horizon else {
        return State { running: as_it_stands, stays, told, entered };
    };
    let began_by_then = |n: &usize| start(&entries, *n).is_none_or(|start| start <= horizon);
    let (begun, to_come): (Vec<usize>, Vec<usize>) = going_on.into_iter().partition(began_by_then);
    if covering.is_empty() && to_come.is_empty() && !begun.is_empty() {
        return State { running: as_it_stands, stays, told, entered };
    }
    for n in &begun {
        if !covering.iter().any(|version| version.text == entries[*n].version.text) {
            covering.push(entries[*n].version.clone());
        }
    }
    if covering.is_empty() && !to_come.is_empty() {
        return State { running: None, stays, told, entered: None };
    }
    if !covering.is_empty() {
        return State { running: Some(covering), stays, told, entered: None };
    }
    if last.is_none_or(|last| horizon >= last) {
        return State { running: as_it_stands, stays, told, entered };
    }
    State { running: None, stays, told, entered: None }
}

/// The registered release, if its date lets it be there.
pub fn release<'a>(service: &'a Service, version: &str, moment: Moment) -> Option<&'a Release> {
    let release = service.releases.iter().find(|release| &*release.version.text == version)?;
    if let (Some(horizon), Some(released)) = (moment.horizon, release.released)
        && released > horizon
    {
        return None;
    }
    Some(release)
}

/// A time, if it may be seen; what lies in the future counts as now.
pub fn seen(time: Time, moment: Moment) -> Option<Time> {
    match moment.horizon {
        Some(horizon) if time > horizon => None,
        Some(_) => Some(time),
        None => Some(time.min(moment.now)),
    }
}

/// One flag as it was known, for one service.
pub struct Known<'a> {
    pub flag: &'a Flag,
    pub withdrawn: Option<Time>,
    pub narrowed: Option<Time>,
    pub active: bool,
    pub scheduled: bool,
    registry: &'a Registry,
    service: &'a Service,
    moment: Moment,
}

/// The flags that were written down by then, of this service and of all.
pub fn flags<'a>(registry: &'a Registry, service: &'a Service, moment: Moment) -> Vec<Known<'a>> {
    let mut known = vec![];
    for flag in registry.flags.iter().chain(&service.flags) {
        if flag.recorded.is_some_and(|recorded| seen(recorded, moment).is_none()) {
            continue;
        }
        let now = moment.now;
        let withdrawn = flag.withdrawn.as_ref().and_then(|withdrawn| seen(withdrawn.at, moment));
        let narrowed = flag.narrowed.as_ref().and_then(|narrowed| seen(narrowed.at, moment));
        let begun = flag.effective.is_none_or(|effective| now >= effective);
        let ended = flag.until.is_some_and(|until| now >= until);
        let ends_first = matches!((flag.until, flag.effective), (Some(until), Some(from)) if until <= from);
        known.push(Known {
            flag,
            withdrawn,
            narrowed,
            active: withdrawn.is_none() && begun && !ended,
            scheduled: withdrawn.is_none() && !begun && !ends_first,
            registry,
            service,
            moment,
        });
    }
    known
}

/// Where a flag is asked about.
#[derive(Clone, Copy, PartialEq)]
enum Where {
    Here,
    OnlyElsewhere,
}

impl Known<'_> {
    /// Whether it hits a version here; None: it can't be told.
    pub fn hits(&self, version: &Version, place: Option<&Name>) -> Option<bool> {
        let mut told = true;
        for entry in self.entries(place, Where::Here) {
            match self.entry_hits(entry, version, false) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => told = false,
            }
        }
        told.then_some(false)
    }

    pub fn surely_hits(&self, version: &Version, place: Option<&Name>) -> bool {
        self.hits(version, place) == Some(true)
    }

    /// Whether it surely hit it before it was narrowed.
    pub fn once_hit(&self, version: &Version, place: Option<&Name>) -> bool {
        self.narrowed.is_some()
            && self
                .entries(place, Where::Here)
                .into_iter()
                .any(|entry| self.entry_hits(entry, version, true) == Some(true))
    }

    /// Whether it surely hits it somewhere that isn't here.
    pub fn hits_elsewhere(&self, version: &Version, place: Option<&Name>) -> bool {
        self.entries(place, Where::OnlyElsewhere)
            .into_iter()
            .any(|entry| self.entry_hits(entry, version, false) == Some(true))
    }

    /// Whether it surely hits it here by an entry that names no fix.
    pub fn hits_without_fix(&self, version: &Version, place: Option<&Name>) -> bool {
        self.entries(place, Where::Here)
            .into_iter()
            .any(|entry| entry.fixed_in.is_empty() && self.entry_hits(entry, version, false) == Some(true))
    }

    /// Whether any of its entries speaks of the service.
    pub fn concerns_service(&self) -> bool {
        self.flag.affects.iter().any(|entry| self.speaks_of_service(entry))
    }

    fn speaks_of_service(&self, entry: &Affects) -> bool {
        match &entry.scope {
            Scope::One(name) => *name == self.service.name,
            Scope::Every => true,
        }
    }

    fn entries(&self, place: Option<&Name>, which: Where) -> Vec<&Affects> {
        let here = |entry: &Affects| match place {
            None => true,
            Some(place) => {
                let line = groups(self.registry, place);
                self.flag.compromised
                    || entry.environments.is_empty()
                    || entry.environments.iter().any(|name| line.contains(name))
            }
        };
        let mut entries = vec![];
        for entry in &self.flag.affects {
            if self.speaks_of_service(entry) && here(entry) == (which == Where::Here) {
                entries.push(entry);
            }
        }
        entries
    }

    fn entry_hits(&self, entry: &Affects, version: &Version, formerly: bool) -> Option<bool> {
        let place = version.place.as_ref();
        let registered = release(self.service, &version.text, self.moment);
        // A narrowing that isn't known yet hasn't happened.
        let formerly = formerly || self.narrowed.is_none();
        let mut ranges = entry.versions.as_ref();
        if let (true, Some(narrowed), Some(_)) = (formerly, &self.flag.narrowed, ranges) {
            let was = narrowed.was.iter().find(|(name, _)| *name == self.service.name);
            ranges = was.map(|(_, was)| was).or(ranges);
        }
        let mut answers = vec![];
        if let Some(ranges) = ranges {
            answers.push(ranges.contains(&version.text, place));
        }
        if let Some(except) = &entry.except {
            answers.push(except.contains(&version.text, place).map(|spared| !spared));
        }
        if let Some(tag) = &entry.tag {
            answers.push(registered.map(|release| release.tags.contains(tag)));
        }
        if !entry.digests.is_empty() {
            answers.push(
                registered.map(|release| release.digests.iter().any(|digest| entry.digests.contains(digest))),
            );
        }
        if answers.contains(&Some(false)) {
            Some(false)
        } else if answers.contains(&None) {
            None
        } else {
            Some(true)
        }
    }
}

/// A place and the groups that it is in.
pub fn groups(registry: &Registry, place: &Name) -> Vec<Name> {
    let mut line = vec![place.clone()];
    while let Some(group) = registry.environments.get(line.last().unwrap()).and_then(|e| e.within.clone()) {
        assert!(!line.contains(&group), "the loader refuses circles");
        line.push(group);
    }
    line
}
