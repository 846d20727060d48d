//! What was done to the bounds of a service: its floor, its support, its barriers, its order; and to what it is told of.

use std::collections::BTreeSet;

use super::change::{
    BARRIER_ADDED, BARRIER_REMOVED, Change, FLOOR_LOWERED, FLOOR_RAISED, Kind, ORDER_CHANGED, SETTLED,
    STATE_CHANGED, SUPPORT_EXTENDED, SUPPORT_SHORTENED, TIER_CHANGED, UNSETTLED,
};
use super::compare::Side;
use super::flags::some;
use super::hits::versions;
use crate::model::{Barrier, Ran, Service, Time, Version, format_until};

/// The changes of a service's bounds and state.
pub(super) fn find(before: Side<'_>, after: Side<'_>) -> Vec<Change> {
    let mut found: Vec<Change> = floor(before, after).into_iter().collect();
    found.extend(support(before, after));
    found.extend(barriers(before, after));
    found.extend(settled(before, after));
    found.extend(state(before, after));
    let (old, new) = (before.service, after.service);
    let orders = (old.scale.order(), new.scale.order());
    let mut say = |kind: &'static Kind, what: &str, was: String, is: String| {
        if was != is {
            let message = format!("the {what} was {was} and is {is}");
            found.push(Change::new(kind, what, message).at(&after.registry.sources, new.origin));
        }
    };
    say(&ORDER_CHANGED, "order", orders.0.word().into(), orders.1.word().into());
    let tier = |service: &Service| service.tier.as_deref().unwrap_or("none").to_owned();
    say(&TIER_CHANGED, "tier", tier(old), tier(new));
    found
}

fn floor(before: Side<'_>, after: Side<'_>) -> Option<Change> {
    let sources = (&before.registry.sources, &after.registry.sources);
    match (&before.service.floor, &after.service.floor) {
        (None, None) => None,
        (Some(was), None) => {
            let message = format!("the floor, {}, is gone", was.version);
            Some(Change::new(&FLOOR_LOWERED, "floor", message).at(sources.0, was.origin))
        }
        (None, Some(is)) => {
            let message = format!("the floor is {}, and there was none", is.version);
            Some(Change::new(&FLOOR_RAISED, "floor", message).at(sources.1, is.origin))
        }
        (Some(was), Some(is)) if was.version.text == is.version.text => None,
        (Some(was), Some(is)) => {
            // Placed anew by the order of now, so that the two can be compared.
            let placed = Version::new(&was.version.text, &after.service.scale);
            let raised = placed.is_older_than(&is.version);
            let (kind, word) = if raised { (&FLOOR_RAISED, "up") } else { (&FLOOR_LOWERED, "down") };
            let message = format!("the floor moved {word} from {} to {}", was.version, is.version);
            Some(Change::new(kind, "floor", message).at(sources.1, is.origin))
        }
    }
}

/// Until when a version is assessed; None: nothing says that it ends.
fn assessed(service: &Service, text: &str) -> Option<Time> {
    let version = Version::new(text, &service.scale);
    let covers = service
        .support
        .iter()
        .filter(|support| support.versions.contains(&version.text, version.place.as_ref()) == Some(true));
    covers.map(|support| support.until).max()
}

fn support(before: Side<'_>, after: Side<'_>) -> Vec<Change> {
    let (old, new) = (versions(before.service), versions(after.service));
    let (mut longer, mut shorter) = (BTreeSet::new(), BTreeSet::new());
    let mut ends = None;
    for version in old.intersection(&new).copied() {
        let (was, is) = (assessed(before.service, version), assessed(after.service, version));
        // Without a window nothing is ever out of support.
        let rank = |end: Option<Time>| end.unwrap_or(Time::MAX_UTC);
        match rank(was).cmp(&rank(is)) {
            std::cmp::Ordering::Less => {
                longer.insert(version);
                ends = ends.max(Some(rank(is)));
            }
            std::cmp::Ordering::Greater => _ = shorter.insert(version),
            std::cmp::Ordering::Equal => {}
        }
    }
    let at = after.service.support.first().map_or(after.service.origin, |support| support.origin);
    let mut found = Vec::new();
    if !longer.is_empty() {
        let end = match ends {
            Some(end) if end < Time::MAX_UTC => format!("until {}", format_until(end)),
            _ => "without an end".into(),
        };
        let message = format!("{} counted as supported for longer: {end}", were(&longer));
        found.push(Change::new(&SUPPORT_EXTENDED, "support", message).at(&after.registry.sources, at));
    }
    if !shorter.is_empty() {
        let message = format!("{} counted as supported for less long", were(&shorter));
        found.push(Change::new(&SUPPORT_SHORTENED, "support", message).at(&after.registry.sources, at));
    }
    found
}

fn were(versions: &BTreeSet<&str>) -> String {
    format!("{} {}", some(versions), if versions.len() == 1 { "is" } else { "are" })
}

fn barriers(before: Side<'_>, after: Side<'_>) -> Vec<Change> {
    let find = |side: Side<'_>, barrier: &Barrier| {
        side.service.barriers.iter().find(|other| other.before.text == barrier.before.text).cloned()
    };
    let called = |barrier: &Barrier| format!("the barrier before {} ({})", barrier.before, barrier.reason);
    let mut found = Vec::new();
    for was in &before.service.barriers {
        let subject = &*was.before.text;
        let Some(is) = find(after, was) else {
            let message = format!("{} is gone", called(was));
            found.push(
                Change::new(&BARRIER_REMOVED, subject, message).at(&before.registry.sources, was.origin),
            );
            continue;
        };
        let mut say = |kind: &'static Kind, what: String| {
            let message = format!("{} {what}", called(&is));
            found.push(Change::new(kind, subject, message).at(&after.registry.sources, is.origin));
        };
        match (&was.undo, &is.undo) {
            (None, Some(_)) => say(&BARRIER_REMOVED, "can be undone now".into()),
            (Some(_), None) => say(&BARRIER_ADDED, "can't be undone any more".into()),
            _ => {}
        }
        if was.since.text != is.since.text {
            let placed = Version::new(&was.since.text, &after.service.scale);
            let later = placed.is_older_than(&is.since);
            let kind = if later { &BARRIER_REMOVED } else { &BARRIER_ADDED };
            say(kind, format!("begins with {}, and began with {}", is.since, was.since));
        }
    }
    for is in after.service.barriers.iter().filter(|barrier| find(before, barrier).is_none()) {
        let undo = if is.undo.is_some() { "" } else { ", which can't be undone" };
        let message = format!("{} came{undo}", called(is));
        found.push(
            Change::new(&BARRIER_ADDED, &*is.before.text, message).at(&after.registry.sources, is.origin),
        );
    }
    found
}

fn settled(before: Side<'_>, after: Side<'_>) -> Vec<Change> {
    let (old, new) = (&before.service.settled, &after.service.settled);
    let mut found = Vec::new();
    for (version, is) in new.iter().filter(|(version, _)| !old.contains_key(*version)) {
        let by = is.by.as_deref().map_or(String::new(), |by| format!("by {by}: "));
        let message = format!("what made a rollback leave {version} is said to be dealt with");
        let change = Change::new(&SETTLED, &**version, message).at(&after.registry.sources, is.origin);
        found.push(change.by(Some(format!("{by}{}", is.reason))));
    }
    for (version, was) in old.iter().filter(|(version, _)| !new.contains_key(*version)) {
        let message = format!("what made a rollback leave {version} is no longer said to be dealt with");
        found.push(Change::new(&UNSETTLED, &**version, message).at(&before.registry.sources, was.origin));
    }
    found
}

/// Of the past only what is gone is told, and how what runs was entered; what runs stands in its place.
fn state(before: Side<'_>, after: Side<'_>) -> Vec<Change> {
    let key = |ran: &Ran| (ran.environment.clone(), ran.version.text.clone(), ran.since);
    let new: BTreeSet<_> = after.service.ran.iter().map(key).collect();
    let gone: Vec<&Ran> = before.service.ran.iter().filter(|ran| !new.contains(&key(ran))).collect();
    let mut found = Vec::new();
    if let Some(first) = gone.first() {
        let more = if gone.len() > 1 { format!(" and {} more", gone.len() - 1) } else { String::new() };
        let message = format!("{} in {}{more} is gone from what ran", first.version, first.environment);
        let change = Change::new(&STATE_CHANGED, first.environment.as_str(), message);
        found.push(change.at(&before.registry.sources, first.origin));
    }
    for (environment, was) in &before.service.entered {
        let is = after.service.entered.get(environment);
        if is.is_some_and(|is| is.by == was.by && is.expires == was.expires && is.subjects == was.subjects) {
            continue;
        }
        let what = if is.is_some() { "is another" } else { "is gone" };
        let message = format!("how what runs in {environment} was entered ({}) {what}", was.by);
        let change = Change::new(&STATE_CHANGED, environment.as_str(), message);
        found.push(change.at(&before.registry.sources, was.origin));
    }
    found
}
