//! Where the service could go instead: candidates, each judged like the move itself, and their order.

use std::cmp::Reverse;

use crate::judge::scene::{Candidate, Scene};
use crate::judge::weigh::weigh;
use crate::judge::{Question, Target, Verdict};
use crate::model::{Level, MoveKind, Version};
use crate::version::Place;

/// How many older releases are looked at.
const OLDER: usize = 10;

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

/// What ran here before what runs now, newest first; else the next older release.
pub(super) fn previous(scene: &Scene<'_>, question: &Question) -> Option<Previous> {
    let said = question.from.as_deref().map(|from| scene.candidate(from));
    let from = said.or_else(|| newest(scene));
    let other =
        |version: &Version| !scene.runs(version) && from.as_ref().is_none_or(|from| !from.is(version));
    if let Some(stay) = scene.ran.iter().rev().find(|stay| other(&stay.version)) {
        return Some(Previous { version: stay.version.clone(), ran: true });
    }
    let from = from?;
    let older = scene.releases().filter(|release| release.version.is_older_than(&from.version));
    let nearest = older.max_by(|a, b| a.version.place.cmp(&b.version.place))?;
    Some(Previous { version: nearest.version.clone(), ran: false })
}

fn newest<'a>(scene: &Scene<'a>) -> Option<Candidate<'a>> {
    let running = scene.running.iter().flatten();
    running.max_by(|a, b| a.version.place.cmp(&b.version.place)).cloned()
}

fn ran_lately(scene: &Scene<'_>) -> Vec<Version> {
    let window = scene.registry.policy.target_age;
    let lately = scene.ran.iter().filter(|stay| scene.moment.now < window.after(stay.end));
    let running = scene.running.iter().flatten().map(|candidate| candidate.version.clone());
    lately.map(|stay| stay.version.clone()).chain(running).collect()
}

/// The nearest older releases and all newer ones; pre-releases only where one runs.
fn neighbours(scene: &Scene<'_>, centre: &Version) -> Vec<Version> {
    let Some(centre) = &centre.place else { return Vec::new() };
    let scale = &scene.service.scale;
    let mut running = scene.running.iter().flatten();
    let pre_releases = running.any(|candidate| scale.is_prerelease(&candidate.version.text));
    let fit = |version: &Version| pre_releases || !scale.is_prerelease(&version.text);
    let known = || scene.releases().map(|release| &release.version).filter(|version| fit(version));
    let newer = known().filter(|version| version.place.as_ref().is_some_and(|place| place > centre));
    let older = known().filter(|version| version.place.as_ref().is_some_and(|place| place < centre));
    newer.cloned().chain(older.rev().take(OLDER).cloned()).collect()
}

fn rank<'a>(
    scene: &Scene<'a>,
    question: &Question,
    mut versions: Vec<Version>,
    except: Option<&Version>,
) -> Vec<Target<'a>> {
    let staying =
        question.from.as_deref().map(|from| scene.candidate(from)).or_else(|| staying(scene, except));
    versions.extend(staying.iter().map(|candidate| candidate.version.clone()));
    versions.sort_by(|a, b| a.text.cmp(&b.text));
    versions.dedup_by(|a, b| a.text == b.text);
    let is_stay = |version: &Version| staying.as_ref().is_some_and(|candidate| candidate.is(version));
    let asked = versions.iter().filter(|version| except.is_none_or(|except| except.text != version.text));
    let mut targets: Vec<Target<'a>> = asked
        .map(|version| {
            let to = Question { to: version.text.clone(), ..question.clone() };
            Target { stay: is_stay(version), verdict: weigh(scene, &to) }
        })
        .collect();
    let steps = Steps::new(scene, staying.as_ref().map(|candidate| &candidate.version).or(except));
    let direction = question.asked;
    targets.sort_by_cached_key(|target| {
        let verdict = &target.verdict;
        let to = &verdict.movement.to;
        (
            verdict.level,
            verdict.kept.len(),
            !verdict.proof.proven(),
            steps.to(to),
            on_it(scene, to),
            verdict.movement.kind != direction,
            Reverse(to.place.clone()),
            to.text.clone(),
        )
    });
    targets
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
struct Steps<'s> {
    places: Vec<&'s Place>,
    here: Option<usize>,
}

impl<'s> Steps<'s> {
    fn new(scene: &Scene<'s>, here: Option<&Version>) -> Steps<'s> {
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

    fn to(&self, version: &Version) -> usize {
        match (self.position(version), self.here) {
            (Some(there), Some(here)) => there.abs_diff(here),
            _ => usize::MAX,
        }
    }
}

/// A question about a rollback or redeploy to another version, in the same place.
impl Question {
    /// The same question, asked as the other kind of move.
    pub fn asked_as(mut self, kind: MoveKind) -> Question {
        self.asked = kind;
        self
    }
}
