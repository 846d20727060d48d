//! The sightings of the two sides, joined: what went where.
//!
//! Within one service and environment each sighting of the head is matched with one of the base: by workload and
//! container, then by workload, then by what they say, then by image. What is left over came from nothing, or is gone.

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

/// Two sightings that are the same to one round of matching.
type Alike = fn(&Seen, &Seen) -> bool;

/// The rounds, the surest first.
const ROUNDS: [Alike; 7] = [
    |one, other| same_container(one, other) && one.home == other.home && same_version(one, other),
    |one, other| same_container(one, other) && one.home == other.home,
    same_container,
    |one, other| same_workload(one, other) && one.home == other.home,
    |one, other| one.home == other.home && same_version(one, other),
    |one, other| one.home == other.home && one.sighting.spot.file == other.sighting.spot.file,
    |one, other| one.home == other.home,
];

fn same_workload(one: &Seen, other: &Seen) -> bool {
    let (one, other) = (&one.sighting.workload, &other.sighting.workload);
    (&one.kind, &one.namespace, &one.name) == (&other.kind, &other.namespace, &other.name)
}

fn same_container(one: &Seen, other: &Seen) -> bool {
    same_workload(one, other) && one.sighting.workload.container == other.sighting.workload.container
}

fn same_version(one: &Seen, other: &Seen) -> bool {
    one.said.version == other.said.version && one.said.digest == other.said.digest
}

/// Matches the two sides of a group, in the order of the head, then what is gone.
fn matched(group: &Group) -> Vec<Match<'_>> {
    let mut base: Vec<Option<&Seen>> = group.base.iter().map(Some).collect();
    let mut head: Vec<(Option<&Seen>, Option<&Seen>)> =
        group.head.iter().map(|seen| (None, Some(seen))).collect();
    // Whatever is left of one service in one environment belongs together, for its image may be kept elsewhere now.
    let any: Alike = |_, _| true;
    for alike in ROUNDS.into_iter().chain([any]) {
        for (from, to) in head.iter_mut().filter(|(from, _)| from.is_none()) {
            let Some(to) = to else { continue };
            let free = base.iter_mut().find(|free| free.is_some_and(|seen| alike(seen, to)));
            *from = free.and_then(Option::take);
        }
        if base.iter().all(Option::is_none) {
            break;
        }
    }
    head.into_iter().chain(base.into_iter().flatten().map(|seen| (Some(seen), None))).collect()
}

/// Adds what a service does in an environment.
pub(super) fn moves(found: &mut Found, service: &Service, environment: &Name, group: &Group) {
    for (from, to) in matched(group) {
        match (from, to) {
            (Some(from), Some(to)) if is_same(&from.said, &to.said, service) => {}
            // One more of what the service is there already.
            (None, Some(to)) if group.base.iter().any(|seen| is_same(&seen.said, &to.said, service)) => {}
            (from, Some(to)) => add(found, service, environment, from, to),
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
    found.hints.extend(disagreement(service, environment, group));
}

fn add(found: &mut Found, service: &Service, environment: &Name, from: Option<&Seen>, to: &Seen) {
    let same = |said: Option<&Said>, other: Option<&Said>| match (said, other) {
        (Some(said), Some(other)) => {
            said.version == other.version && said.digest == other.digest && said.tagged == other.tagged
        }
        (said, other) => said.is_none() && other.is_none(),
    };
    let spot = to.sighting.spot.clone();
    let known = found.moves.iter_mut().find(|known| {
        known.service == service.name
            && known.environment == *environment
            && same(Some(&known.to), Some(&to.said))
            && same(known.from.as_ref(), from.map(|from| &from.said))
    });
    if let Some(known) = known {
        if known.spot != spot && !known.also.contains(&spot) {
            known.also.push(spot);
        }
        return;
    }
    found.moves.push(FoundMove {
        service: service.name.clone(),
        environment: environment.clone(),
        from: from.map(|from| from.said.clone()),
        to: to.said.clone(),
        spot,
        base_spot: from.map(|from| from.sighting.spot.clone()),
        also: Vec::new(),
        image: to.sighting.subject.to_string(),
        workload: to.sighting.workload.clone(),
        source: to.sighting.source.clone(),
    });
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
