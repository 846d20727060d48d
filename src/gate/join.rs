//! The sightings of the two sides, joined: what went where.
//!
//! Within one service and environment each sighting of the head is matched with one of the base: by workload and
//! container, then by workload, then by what they say, then by image. What is left over came from nothing, or is gone.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::gate::services::is_same;
use crate::gate::{Found, FoundMove, Hint, Removed, Said, Sighting, Spot, Subject, Unmapped};
use crate::model::{Image, Name, Service};

/// A sighting of a known service.
pub(super) struct Seen {
    pub sighting: Sighting,
    pub said: Said,
    /// The image's repository, completed: what makes two the same.
    pub home: String,
}

impl Seen {
    pub fn new(sighting: Sighting, said: Said) -> Seen {
        let home = match &sighting.subject {
            Subject::Image(repository) => Image::parse(repository).map(|image| image.home()),
            Subject::Named(_) => None,
        };
        let home = home.unwrap_or_else(|| sighting.subject.to_string());
        Seen { sighting, said, home }
    }
}

/// All of one service in one environment, or where none is known.
#[derive(Default)]
pub(super) struct Group {
    pub base: Vec<Seen>,
    pub head: Vec<Seen>,
}

/// What was matched: two of the two sides, or one that has none.
type Match<'g> = (Option<&'g Seen>, Option<&'g Seen>);

/// What two sightings must have in common to be matched in a round.
#[derive(Debug, Clone, Copy)]
enum Part {
    Workload,
    Container,
    /// The image's repository.
    Home,
    Version,
    File,
}

use Part::{Container, File, Home, Version, Workload};

/// The rounds, the surest first. In the last one anything goes: whatever is left of one service in one environment
/// belongs together, for its image may be kept elsewhere now.
const ROUNDS: [&[Part]; 8] = [
    &[Workload, Container, Home, Version],
    &[Workload, Container, Home],
    &[Workload, Container],
    &[Workload, Home],
    &[Home, Version],
    &[Home, File],
    &[Home],
    &[],
];

/// What a sighting has of these.
fn key<'s>(seen: &'s Seen, parts: &[Part]) -> Vec<Option<&'s str>> {
    let workload = &seen.sighting.workload;
    let mut key = Vec::new();
    for part in parts {
        match part {
            Workload => {
                key.extend([Some(&*workload.kind), workload.namespace.as_deref(), Some(&*workload.name)])
            }
            Container => key.push(workload.container.as_deref()),
            Home => key.push(Some(&*seen.home)),
            Version => key.extend([Some(&*seen.said.version), seen.said.digest.as_deref()]),
            File => key.push(Some(&*seen.sighting.spot.file)),
        }
    }
    key
}

/// Matches the two sides of a group, in the order of the head, then what is gone. Of several that are alike, the first
/// ones are matched.
fn matched(group: &Group) -> Vec<Match<'_>> {
    let mut base: Vec<Option<&Seen>> = group.base.iter().map(Some).collect();
    let mut head: Vec<Match<'_>> = group.head.iter().map(|seen| (None, Some(seen))).collect();
    for parts in ROUNDS {
        let mut free: HashMap<Vec<Option<&str>>, VecDeque<usize>> = HashMap::new();
        for (at, seen) in base.iter().enumerate().filter_map(|(at, seen)| Some((at, (*seen)?))) {
            free.entry(key(seen, parts)).or_default().push_back(at);
        }
        if free.is_empty() {
            break;
        }
        for (from, to) in head.iter_mut().filter(|(from, _)| from.is_none()) {
            let at = to.and_then(|to| free.get_mut(&key(to, parts))).and_then(VecDeque::pop_front);
            *from = at.and_then(|at| base.get_mut(at)).and_then(Option::take);
        }
    }
    head.into_iter().chain(base.into_iter().flatten().map(|seen| (Some(seen), None))).collect()
}

/// Adds what a service does in an environment.
pub(super) fn moves(found: &mut Found, service: &Service, environment: &Name, group: &Group) {
    let mut made: BTreeMap<What<'_>, (FoundMove, BTreeSet<&Spot>)> = BTreeMap::new();
    for (from, to) in matched(group) {
        match (from, to) {
            (Some(from), Some(to)) if is_same(&from.said, &to.said, service) => {}
            // One more of what the service is there already.
            (None, Some(to)) if group.base.iter().any(|seen| is_same(&seen.said, &to.said, service)) => {}
            (from, Some(to)) => {
                let what = (from.map(|from| what(&from.said)), what(&to.said));
                let new = || (made_of(service, environment, from, to), BTreeSet::from([&to.sighting.spot]));
                let (made, spots) = made.entry(what).or_insert_with(new);
                if spots.insert(&to.sighting.spot) {
                    made.also.push(to.sighting.spot.clone());
                }
            }
            (Some(from), None) => found.removed.push(Removed {
                service: service.name.clone(),
                environment: environment.clone(),
                from: from.said.clone(),
                base_spot: from.sighting.spot.clone(),
                workload: from.sighting.workload.clone(),
                goes_on: !group.head.is_empty(),
            }),
            (None, None) => {}
        }
    }
    found.moves.extend(made.into_values().map(|(made, _)| made));
    found.hints.extend(disagreement(service, environment, group));
}

/// What makes two places say the same: release, digest, and the release that the tag names.
type Whole<'s> = (&'s str, Option<&'s str>, Option<&'s str>);

/// What makes two moves of one service and environment the same.
type What<'s> = (Option<Whole<'s>>, Whole<'s>);

fn what(said: &Said) -> Whole<'_> {
    (&said.version, said.digest.as_deref(), said.tagged.as_deref())
}

fn made_of(service: &Service, environment: &Name, from: Option<&Seen>, to: &Seen) -> FoundMove {
    FoundMove {
        service: service.name.clone(),
        environment: environment.clone(),
        from: from.map(|from| from.said.clone()),
        to: to.said.clone(),
        spot: to.sighting.spot.clone(),
        base_spot: from.map(|from| from.sighting.spot.clone()),
        also: Vec::new(),
        image: to.sighting.subject.to_string(),
        workload: to.sighting.workload.clone(),
        source: to.sighting.source.clone(),
    }
}

/// Several images of one service should be of one release, and after the change they aren't.
fn disagreement(service: &Service, environment: &Name, group: &Group) -> Option<Hint> {
    let mut images: Vec<&Seen> = Vec::new();
    for seen in &group.head {
        if images.iter().all(|other| other.home != seen.home) {
            images.push(seen);
        }
    }
    let first = images.first()?;
    if images.iter().all(|seen| seen.said.version == first.said.version) {
        return None;
    }
    let said =
        |seen: &&Seen| format!("{} {} ({})", seen.sighting.subject, seen.said.version, seen.sighting.spot);
    let listed: Vec<String> = images.iter().map(said).collect();
    let text = format!(
        "the images of `{}` in {environment} are of several releases: {}",
        service.name,
        listed.join(", ")
    );
    Some(Hint { text, spot: Some(first.sighting.spot.clone()) })
}

/// Adds what changes for a service where no environment is known.
pub(super) fn unmapped(found: &mut Found, service: &Service, group: &Group) {
    for (from, to) in matched(group) {
        if let (Some(from), Some(to)) = (from, to)
            && is_same(&from.said, &to.said, service)
        {
            continue;
        }
        let Some(shown) = to.or(from) else { continue };
        let spot: Spot = shown.sighting.spot.clone();
        found.unmapped.push(Unmapped {
            service: service.name.clone(),
            to: to.map(|to| to.said.clone()),
            spot,
            workload: shown.sighting.workload.clone(),
        });
    }
}
