//! One service's releases beside each other, for one environment: which are stable, which secure, where one can
//! go from here, and what ran when.
//!
//! Each release is weighed twice: by itself, as if it came from nothing, and as the move to it from what runs.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::judge::overview::is_of_place;
use crate::judge::release::supported_by;
use crate::judge::scene::{Candidate, Scene, Standing, Standpoint};
use crate::judge::weigh::{weigh, weigh_from_nothing};
use crate::judge::{Moment, Question, Verdict};
use crate::model::{Flag, Key, Level, MoveKind, Name, Registry, Release, Support, Time, Version};

/// The releases of a service as one environment sees them.
#[derive(Debug, Clone)]
pub struct Timeline<'a> {
    /// Where.
    pub environment: Option<Name>,
    /// The flags that count or will count for at least one of the releases: those on the newest
    /// releases first, of these the worst.
    pub flags: Vec<Mark<'a>>,
    /// The releases, newest first; what the order can't place stands at the end.
    pub releases: Vec<Entry<'a>>,
}

/// A flag that marks some of the releases.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'a> {
    /// The flag.
    pub flag: &'a Flag,
    /// From when on it counts; None: it does already.
    pub from: Option<Time>,
}

/// One release of a timeline.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Its version.
    pub version: Version,
    /// What is registered of it; None: it only ran or runs.
    pub release: Option<&'a Release>,
    /// The verdict on it by itself, as if it came from nothing.
    pub itself: Verdict<'a>,
    /// The verdict on going there from what runs.
    pub go: Verdict<'a>,
    /// Whether it runs, and since when as far as the registry tells.
    pub runs: Option<Option<Time>>,
    /// Its stays here: since when as far as that is known, and until when.
    pub ran: Vec<(Option<Time>, Time)>,
    /// Its support window, of several the one that ends last.
    pub support: Option<&'a Support>,
    /// Whether each of the timeline's flags hits it. None: it can't be told.
    pub hits: Vec<Option<bool>>,
}

impl Entry<'_> {
    /// How it stands by itself for one key. What is to be said of the place, whatever runs there, is left out.
    pub fn key(&self, key: Key) -> Level {
        let of_key = |reason: &&crate::judge::Reason<'_>| {
            !is_of_place(reason.finding.code()) && reason.finding.owner().keys().contains(&key)
        };
        self.itself.reasons.iter().filter(of_key).map(|reason| reason.level).max().unwrap_or_default()
    }
}

/// The releases of a service, as an environment sees them. None: the registry doesn't hold the service.
pub fn timeline<'a>(
    registry: &'a Registry,
    service: &Name,
    environment: Option<&Name>,
    moment: Moment,
) -> Option<Timeline<'a>> {
    let question = Question::of_place(service, environment, MoveKind::Rollback);
    let scene = Scene::set(registry, &question, moment)?;
    let candidates = candidates(&scene);
    let points = points(&scene, &candidates);
    let entry = |candidate: &Candidate<'a>| entry(&scene, &question, candidate, &points);
    let releases = candidates.iter().map(entry).collect();
    let flags = points.iter().map(|point| Mark { flag: point.flag, from: scheduled(point) }).collect();
    Some(Timeline { environment: environment.cloned(), flags, releases })
}

/// What is registered, ran or runs, newest first.
fn candidates<'a>(scene: &Scene<'a>) -> Vec<Candidate<'a>> {
    let registered = scene.releases().rev().map(|release| &*release.version.text);
    let ran = scene.ran.iter().map(|stay| &*stay.version.text);
    let mut list: Vec<Candidate<'a>> = Vec::new();
    for text in registered.chain(ran) {
        list.push(scene.candidate(text));
    }
    list.extend(scene.running.iter().flatten().cloned());
    let mut known = BTreeSet::new();
    list.retain(|candidate| known.insert(candidate.version.text.clone()));
    list.sort_by(|a, b| b.version.place.cmp(&a.version.place));
    list
}

/// The flags that count or will, and hit one of these.
fn points<'a>(scene: &Scene<'a>, candidates: &[Candidate<'a>]) -> Vec<Standpoint<'a>> {
    let counts = |point: &&Standpoint<'a>| {
        matches!(point.standing, Standing::Active | Standing::Scheduled(_))
            && candidates.iter().any(|candidate| point.hits(candidate) == Some(true))
    };
    let mut points: Vec<Standpoint<'a>> = scene.flags.iter().filter(counts).copied().collect();
    points.sort_by_cached_key(|point| {
        let flag = point.flag;
        let newest = candidates.iter().position(|candidate| point.hits(candidate) == Some(true));
        let weight = (flag.compromised, flag.exploited, flag.severity.rank());
        (newest, Reverse(weight), flag.kind, flag.id.clone())
    });
    points
}

fn scheduled(point: &Standpoint<'_>) -> Option<Time> {
    match point.standing {
        Standing::Scheduled(from) => Some(from),
        _ => None,
    }
}

fn entry<'a>(
    scene: &Scene<'a>,
    question: &Question,
    candidate: &Candidate<'a>,
    points: &[Standpoint<'a>],
) -> Entry<'a> {
    let version = candidate.version.clone();
    let to = Question { to: version.text.clone(), ..question.clone() };
    let stays = scene.ran.iter().filter(|stay| candidate.is(&stay.version));
    Entry {
        release: candidate.release,
        itself: weigh_from_nothing(scene, candidate.clone(), false),
        go: weigh(scene, &to),
        runs: scene.runs(&version).then(|| scene.since(&version)),
        ran: stays.map(|stay| (stay.start, stay.end)).collect(),
        support: supported_by(scene, &version),
        hits: points.iter().map(|point| point.hits(candidate)).collect(),
        version,
    }
}
