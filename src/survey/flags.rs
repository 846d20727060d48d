//! What was done to the flags on a service: made, widened, closed, thrown away.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{
    Change, FLAG_DELETED, FLAG_ENDED, FLAG_HARDENED, FLAG_NARROWED, FLAG_NEW, FLAG_POSTPONED, FLAG_PROLONGED,
    FLAG_REMOVED, FLAG_REOPENED, FLAG_REWORDED, FLAG_SOFTENED, FLAG_WIDENED, FLAG_WITHDRAWN, Kind,
};
use super::compare::{Known, Side};
use super::hits::{hits, holds_all, missing, versions};
use crate::judge::{Moment, Standing, Weight};
use crate::model::{Affects, Flag, FlagKind, Id, Service, format_time, format_until};

/// How many versions are named before the rest is only counted.
const NAMED: usize = 5;

type Flags<'a> = BTreeMap<(FlagKind, Id), &'a Flag>;

/// The changes of a service's flags. `known` says what else there was, and what the record says of it.
pub(super) fn find(before: Side<'_>, after: Side<'_>, known: &Known<'_>, moment: Moment) -> Vec<Change> {
    let (old, new) = (flags(before), flags(after));
    let mut found = Vec::new();
    for (key, flag) in &old {
        match new.get(key) {
            Some(now) => Pair { before, after, old: flag, new: now, known, moment }.find(&mut found),
            None => found.push(gone(before, flag, known, moment)),
        }
    }
    let came = new.iter().filter(|(key, _)| !old.contains_key(*key));
    found.extend(came.map(|(_, flag)| come(after, flag, known, moment)));
    found
}

/// The flags that speak of a service.
fn flags(side: Side<'_>) -> Flags<'_> {
    let speaks = |flag: &&Flag| flag.affects.iter().any(|affects| affects.scope.covers(&side.service.name));
    let flags = side.registry.flags_of(side.service).filter(speaks);
    flags.map(|flag| ((flag.kind, flag.id.clone()), flag)).collect()
}

fn is_open(flag: &Flag, moment: Moment) -> bool {
    matches!(Standing::of(flag, moment), Standing::Active | Standing::Scheduled(_))
}

/// A flag that no longer speaks of the service.
fn gone(before: Side<'_>, flag: &Flag, known: &Known<'_>, moment: Moment) -> Change {
    let id = flag.id.as_str();
    let name = &before.service.name;
    let change = |kind, message| Change::new(kind, id, message).at(&before.registry.sources, flag.origin);
    if known.later.contains(&(flag.kind, flag.id.clone())) {
        let message = format!("{} no longer speaks of {name}", Weight(flag));
        let kind = if is_open(flag, moment) { &FLAG_NARROWED } else { &FLAG_REWORDED };
        return change(kind, message).by(closed_by(id, known));
    }
    match is_open(flag, moment) {
        true => change(&FLAG_DELETED, format!("{} was deleted while it was open", Weight(flag))),
        false => change(&FLAG_REMOVED, format!("{}, which was closed, is gone", Weight(flag))),
    }
}

/// A flag that didn't speak of the service before.
fn come(after: Side<'_>, flag: &Flag, known: &Known<'_>, moment: Moment) -> Change {
    let all = versions(after.service);
    let hit: BTreeSet<&str> =
        hits(flag, after.service, &all).into_iter().map(|(version, _)| version).collect();
    let reach = reach(&hit, all.len());
    let (kind, message): (&'static Kind, String) =
        match (is_open(flag, moment), known.earlier.contains(&(flag.kind, flag.id.clone()))) {
            (false, _) => (&FLAG_REWORDED, format!("{} came, and is closed", Weight(flag))),
            (true, true) => {
                (&FLAG_WIDENED, format!("{} now speaks of {}: {reach}", Weight(flag), after.service.name))
            }
            (true, false) => (&FLAG_NEW, format!("{}: {reach}", Weight(flag))),
        };
    let by = flag.by.as_deref().map(|by| format!("by {by}"));
    Change::new(kind, flag.id.as_str(), message).at(&after.registry.sources, flag.origin).by(by)
}

fn reach(hit: &BTreeSet<&str>, known: usize) -> String {
    match hit.len() {
        0 => "hits no known release".into(),
        count => format!("hits {count} of {known} known releases ({})", some(hit)),
    }
}

/// `a, b, c and 4 more`
pub(super) fn some(versions: &BTreeSet<&str>) -> String {
    let named: Vec<&str> = versions.iter().copied().take(NAMED).collect();
    match versions.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// By whom and why a flag was closed, as the record says that was added meanwhile.
fn closed_by(id: &str, known: &Known<'_>) -> Option<String> {
    known.appended.and_then(|appended| appended.cleared.get(id)).cloned()
}

/// One flag, before and after.
struct Pair<'p> {
    before: Side<'p>,
    after: Side<'p>,
    old: &'p Flag,
    new: &'p Flag,
    known: &'p Known<'p>,
    moment: Moment,
}

impl Pair<'_> {
    fn find(&self, found: &mut Vec<Change>) {
        let first = found.len();
        let open = (is_open(self.old, self.moment), is_open(self.new, self.moment));
        match open {
            (true, false) => found.push(self.closed()),
            (false, true) => {
                found.push(self.change(&FLAG_REOPENED, format!("{} counts again", Weight(self.new))));
            }
            (false, false) => {}
            (true, true) => {
                self.reach(found);
                self.weight(found);
                self.life(found);
            }
        }
        if found.len() == first && !self.says_the_same() {
            let message = format!("{} says something else: {}", Weight(self.new), self.differs().join(", "));
            found.push(self.change(&FLAG_REWORDED, message));
        }
    }

    fn change(&self, kind: &'static Kind, message: String) -> Change {
        Change::new(kind, self.new.id.as_str(), message).at(&self.after.registry.sources, self.new.origin)
    }

    fn closed(&self) -> Change {
        let Some(withdrawn) = &self.new.withdrawn else {
            let until = self.new.until.map_or(String::new(), |until| format!(", {}", format_until(until)));
            return self.change(&FLAG_ENDED, format!("{} is over by its `until`{until}", Weight(self.new)));
        };
        let by = withdrawn.by.as_deref().map_or(String::new(), |by| format!("by {by}: "));
        self.change(&FLAG_WITHDRAWN, format!("{} was withdrawn", Weight(self.new)))
            .by(Some(format!("{by}{}", withdrawn.reason)))
    }

    /// What it hits, of the releases that are known on either side.
    fn reach(&self, found: &mut Vec<Change>) {
        // A release that is there on one side only says nothing about the flag.
        let (earlier, later) = (versions(self.before.service), versions(self.after.service));
        let all: BTreeSet<&str> = earlier.intersection(&later).copied().collect();
        let old = hits(self.old, self.before.service, &all);
        let new = hits(self.new, self.after.service, &all);
        let (lost, gained) = (missing(&old, &new), missing(&new, &old));
        if !gained.is_empty() {
            let message = format!("{} now also hits {}", Weight(self.new), some(&gained));
            found.push(self.change(&FLAG_WIDENED, message));
        }
        let marked = self
            .new
            .narrowed
            .as_ref()
            .filter(|new| self.old.narrowed.as_ref().is_none_or(|old| old.at != new.at));
        let by = || closed_by(self.new.id.as_str(), self.known);
        if !lost.is_empty() {
            let how = if marked.is_some() { "" } else { ", by hand" };
            let message = format!("{} no longer hits {}{how}", Weight(self.new), some(&lost));
            found.push(self.change(&FLAG_NARROWED, message).by(by()));
        } else if !holds_all((self.old, self.before.service), (self.new, self.after.service)) {
            let message =
                format!("{} may hit fewer of the releases to come: {}", Weight(self.new), self.ranges());
            found.push(self.change(&FLAG_NARROWED, message).by(by()));
        } else if gained.is_empty()
            && !holds_all((self.new, self.after.service), (self.old, self.before.service))
        {
            let message =
                format!("{} may hit more of the releases to come: {}", Weight(self.new), self.ranges());
            found.push(self.change(&FLAG_WIDENED, message));
        }
    }

    /// `<2.4.0 became <2.3.0`
    fn ranges(&self) -> String {
        let of = |flag: &Flag, service: &Service| {
            let entries = flag.affects.iter().filter(|affects| affects.scope.covers(&service.name));
            entries.map(wording).collect::<Vec<_>>().join("; ")
        };
        format!("{} became {}", of(self.old, self.before.service), of(self.new, self.after.service))
    }

    fn weight(&self, found: &mut Vec<Change>) {
        let (old, new) = (self.old, self.new);
        let mut softer: Vec<String> = Vec::new();
        let mut harder: Vec<String> = Vec::new();
        match old.severity.rank().cmp(&new.severity.rank()) {
            std::cmp::Ordering::Equal => {}
            order => {
                let words = format!("{} became {}", old.severity, new.severity);
                if order.is_gt() { &mut softer } else { &mut harder }.push(words);
            }
        }
        let marks =
            [("exploited", old.exploited, new.exploited), ("compromised", old.compromised, new.compromised)];
        for (word, was, is) in marks {
            match (was, is) {
                (true, false) => softer.push(format!("no longer {word}")),
                (false, true) => harder.push(format!("now {word}")),
                _ => {}
            }
        }
        let mut say = |kind, words: Vec<String>| {
            if !words.is_empty() {
                found.push(self.change(kind, format!("{}: {}", Weight(new), words.join(", "))));
            }
        };
        say(&FLAG_SOFTENED, softer);
        say(&FLAG_HARDENED, harder);
    }

    /// From when until when it counts.
    fn life(&self, found: &mut Vec<Change>) {
        let (old, new) = (self.old, self.new);
        let begins = |flag| match Standing::of(flag, self.moment) {
            Standing::Scheduled(from) => Some(from),
            _ => None,
        };
        if let (was, Some(is)) = (begins(old), begins(new))
            && was.is_none_or(|was| was < is)
        {
            let message = format!("{} counts from {} only", Weight(new), format_time(is));
            found.push(self.change(&FLAG_POSTPONED, message));
        }
        match (old.until, new.until) {
            (was, is) if was == is => {}
            (was, Some(is)) if was.is_none_or(|was| is < was) => {
                let message = format!("{} ends earlier: until {}", Weight(new), format_until(is));
                found.push(self.change(&FLAG_ENDED, message));
            }
            (_, is) => {
                let end = is.map_or("without an end".into(), |is| format!("until {}", format_until(is)));
                found.push(self.change(&FLAG_PROLONGED, format!("{} counts on {end}", Weight(new))));
            }
        }
    }

    fn says_the_same(&self) -> bool {
        self.differs().is_empty()
    }

    /// The keys by which the two differ in a way that nothing else has said yet.
    fn differs(&self) -> Vec<&'static str> {
        let (old, new) = (self.old, self.new);
        let offers = |flag: &Flag| -> Vec<_> {
            let offers = flag.mitigations.iter();
            offers.map(|one| (one.id.clone(), one.instruction.clone(), one.lowers_to, one.hours)).collect()
        };
        let texts = |flag: &Flag| flag.affects.iter().map(fixes).collect::<Vec<_>>();
        [
            ("title", old.title != new.title),
            ("url", old.url != new.url),
            ("severity", old.severity != new.severity),
            (
                "cvss",
                old.cvss.as_ref().map(ToString::to_string) != new.cvss.as_ref().map(ToString::to_string),
            ),
            ("aliases", old.aliases != new.aliases),
            ("affects", texts(old) != texts(new)),
            ("recorded", old.recorded != new.recorded),
            ("effective", old.effective != new.effective),
            ("by", old.by != new.by),
            ("ticket", old.ticket != new.ticket),
            ("withdrawn", old.withdrawn != new.withdrawn),
            ("mitigation", offers(old) != offers(new)),
        ]
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(key, _)| key)
        .collect()
    }
}

/// An entry of `affects` in words.
fn wording(affects: &Affects) -> String {
    let ranges = affects.versions.as_ref().map_or_else(|| "*".into(), ToString::to_string);
    let except = affects.except.as_ref().map_or(String::new(), |except| format!(" except {except}"));
    let tag = affects.tag.as_ref().map_or(String::new(), |tag| format!(" tagged {tag}"));
    let digests = match affects.digests.len() {
        0 => String::new(),
        count => format!(" with one of {count} digests"),
    };
    let places: Vec<&str> = affects.environments.iter().map(|name| name.as_str()).collect();
    let places = if places.is_empty() { String::new() } else { format!(" in {}", places.join(", ")) };
    format!("{ranges}{except}{tag}{digests}{places}")
}

/// An entry of `affects` as two flags are compared by it, with what informs and never matches.
fn fixes(affects: &Affects) -> String {
    let fixed: Vec<&str> = affects.fixed_in.iter().map(|version| &*version.text).collect();
    format!("{} fixed in {} {:?}", wording(affects), fixed.join(" "), affects.digests)
}
