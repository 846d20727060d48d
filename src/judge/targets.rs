//! Where the service could go instead: candidates, each judged like the move itself, and their order.

use std::cmp::Reverse;

use crate::judge::scene::{Candidate, Scene, Stay};
use crate::judge::weigh::weigh;
use crate::judge::{Question, Target, Verdict};
use crate::model::{Level, MoveKind, Version};
use crate::version::Place;

/// How many older releases are looked at.
pub(super) const OLDER: usize = 10;

/// What a rollback without a named target goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// The release.
    pub version: Version,
    /// Whether it ran here before; else it is the next older one that is registered.
    pub ran: bool,
}

/// The targets round what runs, best first: to stay, what ran here lately, the nearest older releases and
/// all newer ones. The move's own target isn't among them.
pub(super) fn nearby<'a>(scene: &Scene<'a>, question: &Question, verdict: &Verdict<'a>) -> Vec<Target<'a>> {
    let centre = verdict.movement.from.as_ref().unwrap_or(&verdict.movement.to);
    let mut versions = ran_lately(scene);
    versions.extend(neighbours(scene, centre));
    rank(scene, question, versions, Some(&verdict.movement.to))
}

/// Every known release, best first, and to stay.
pub(super) fn every<'a>(scene: &Scene<'a>, question: &Question) -> Vec<Target<'a>> {
    let mut versions: Vec<Version> = scene.releases().map(|release| release.version.clone()).collect();
    versions.extend(scene.ran.iter().map(|stay| stay.version.clone()));
    rank(scene, question, versions, None)
}

/// Whether there is no way out: the move may not go, nothing else is better than a hold, and a flag is
/// active on what runs, so that staying is no answer either.
pub(super) fn deadlock(verdict: &Verdict<'_>, targets: &[Target<'_>]) -> bool {
    let flagged = !verdict.kept.is_empty() || !verdict.left.is_empty();
    let way_out = targets.iter().any(|target| !target.stay && target.verdict.level < Level::Hold);
    verdict.level >= Level::Hold && flagged && !way_out
}

/// What ran here last before what runs now; else the next older release.
pub(super) fn previous(scene: &Scene<'_>, question: &Question) -> Option<Previous> {
    let said = question.from.as_deref().map(|from| scene.candidate(from));
    let from = said.or_else(|| newest(scene));
    let other =
        |version: &Version| !scene.runs(version) && from.as_ref().is_none_or(|from| !from.is(version));
    // The last to be left; where that isn't known, the last in the registry's order.
    let later = |last: &Stay, stay: &Stay| last.ended && stay.ended && last.end > stay.end;
    let others = scene.ran.iter().filter(|stay| other(&stay.version));
    if let Some(stay) = others.reduce(|last, stay| if later(last, stay) { last } else { stay }) {
        return Some(Previous { version: stay.version.clone(), ran: true });
    }
    let from = from?;
    let older = scene.releases().filter(|release| release.version.is_older_than(&from.version));
    let nearest = older.max_by(|a, b| a.version.place.cmp(&b.version.place))?;
    Some(Previous { version: nearest.version.clone(), ran: false })
}

/// The newest that runs.
pub(super) fn newest<'a>(scene: &Scene<'a>) -> Option<Candidate<'a>> {
    let running = scene.running.iter().flatten();
    running.max_by(|a, b| a.version.place.cmp(&b.version.place)).cloned()
}

/// What ran here within `policy.target_age`, and what runs.
pub(super) fn ran_lately(scene: &Scene<'_>) -> Vec<Version> {
    let window = scene.registry.policy.target_age;
    let lately = scene.ran.iter().filter(|stay| scene.moment.now < window.after(stay.end));
    let running = scene.running.iter().flatten().map(|candidate| candidate.version.clone());
    lately.map(|stay| stay.version.clone()).chain(running).collect()
}

/// The nearest older releases and all newer ones; pre-releases only where one runs.
fn neighbours(scene: &Scene<'_>, centre: &Version) -> Vec<Version> {
    let Some(place) = &centre.place else { return Vec::new() };
    let newer = |version: &&Version| version.place.as_ref().is_some_and(|other| other > place);
    let newer = fit(scene).into_iter().filter(newer).cloned();
    newer.chain(nearest_older(scene, centre)).collect()
}

/// The nearest older releases, nearest first; pre-releases only where one runs.
pub(super) fn nearest_older(scene: &Scene<'_>, centre: &Version) -> Vec<Version> {
    let older = fit(scene).into_iter().rev().filter(|version| version.is_older_than(centre));
    older.take(OLDER).cloned().collect()
}

/// The known releases that are offered: without pre-releases, but where one runs.
pub(super) fn fit<'a>(scene: &Scene<'a>) -> Vec<&'a Version> {
    let scale = &scene.service.scale;
    let mut running = scene.running.iter().flatten();
    let pre_releases = running.any(|candidate| scale.is_prerelease(&candidate.version.text));
    let known = scene.releases().map(|release| &release.version);
    known.filter(|version| pre_releases || !scale.is_prerelease(&version.text)).collect()
}

fn rank<'a>(
    scene: &Scene<'a>,
    question: &Question,
    mut versions: Vec<Version>,
    except: Option<&Version>,
) -> Vec<Target<'a>> {
    let said = question.from.as_deref().map(|from| scene.candidate(from));
    let staying = staying(scene, except).or(said);
    versions.extend(staying.iter().map(|candidate| candidate.version.clone()));
    versions.sort_by(|a, b| a.text.cmp(&b.text));
    versions.dedup_by(|a, b| a.text == b.text);
    let is_stay = |version: &Version| staying.as_ref().is_some_and(|candidate| candidate.is(version));
    let asked = versions.iter().filter(|version| except.is_none_or(|except| except.text != version.text));
    let mut targets: Vec<Target<'a>> = asked
        .map(|version| {
            let along = question.along.elsewhere();
            let to = Question { to: version.text.clone(), along, ..question.clone() };
            Target { stay: is_stay(version), verdict: weigh(scene, &to) }
        })
        .collect();
    let steps = Steps::new(scene, staying.as_ref().map(|candidate| &candidate.version).or(except));
    let rank = |target: &Target<'a>| Rank::of(scene, &steps, question.asked, &target.verdict);
    targets.sort_by_cached_key(rank);
    targets
}

/// What makes one target better than another, what counts most first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    level: Level,
    kept: usize,
    unproven: bool,
    steps: usize,
    on_it: usize,
    other_direction: bool,
    place: Reverse<Option<Place>>,
    text: Box<str>,
}

impl Rank {
    pub fn of(scene: &Scene<'_>, steps: &Steps<'_>, asked: MoveKind, verdict: &Verdict<'_>) -> Rank {
        let to = &verdict.movement.to;
        Rank {
            level: verdict.level,
            kept: verdict.kept.len(),
            unproven: !verdict.proof.proven(),
            steps: steps.to(to),
            on_it: on_it(scene, to),
            other_direction: verdict.movement.kind != asked,
            place: Reverse(to.place.clone()),
            text: to.text.clone(),
        }
    }
}

/// What "to stay" means: the newest that runs, other than where the move goes.
fn staying<'a>(scene: &Scene<'a>, except: Option<&Version>) -> Option<Candidate<'a>> {
    let running = scene.running.iter().flatten();
    let others = running.filter(|candidate| except.is_none_or(|except| !candidate.is(except)));
    others.max_by(|a, b| a.version.place.cmp(&b.version.place)).cloned()
}

/// How many active flags of either kind hit a version here.
fn on_it(scene: &Scene<'_>, version: &Version) -> usize {
    let candidate = scene.candidate(&version.text);
    scene.active().filter(|point| point.hits(&candidate) == Some(true)).count()
}

/// Distances in registered releases from where the service is.
pub(super) struct Steps<'s> {
    places: Vec<&'s Place>,
    here: Option<usize>,
}

impl<'s> Steps<'s> {
    pub fn new(scene: &Scene<'s>, here: Option<&Version>) -> Steps<'s> {
        let mut places: Vec<_> =
            scene.releases().filter_map(|release| release.version.place.as_ref()).collect();
        places.sort();
        places.dedup();
        let mut steps = Steps { places, here: None };
        steps.here = here.and_then(|version| steps.position(version));
        steps
    }

    fn position(&self, version: &Version) -> Option<usize> {
        let place = version.place.as_ref()?;
        Some(self.places.partition_point(|other| *other < place))
    }

    pub fn to(&self, version: &Version) -> usize {
        match (self.position(version), self.here) {
            (Some(there), Some(here)) => there.abs_diff(here),
            _ => usize::MAX,
        }
    }
}
