//! What is to be said of the target itself: registered, deployable, supported, above the floor; and of
//! what runs: known, and as the registry says.

use crate::judge::scene::{Candidate, Scene};
use crate::judge::weigh::{Step, push_if};
use crate::judge::{Finding, Unregistered};
use crate::model::{Support, Version};

pub(super) fn find<'a>(scene: &Scene<'a>, step: &Step<'a>, untold: usize) -> Vec<Finding<'a>> {
    let mut findings = Vec::new();
    findings.extend(below_floor(scene, step));
    findings.extend(out_of_support(scene, step));
    match step.to.release {
        Some(release) => {
            let gone = release.withdrawn.as_ref().is_some_and(|withdrawn| scene.moment.sees(withdrawn.at));
            push_if(&mut findings, gone, || Finding::Withdrawn(release));
        }
        None => findings.push(unknown_release(scene, step, untold)),
    }
    push_if(&mut findings, step.from_unknown, || Finding::UnknownFrom {
        unplaceable: unplaceable(scene, step),
    });
    findings.extend(from_disagrees(scene, step));
    findings
}

fn below_floor<'a>(scene: &Scene<'a>, step: &Step<'a>) -> Option<Finding<'a>> {
    let floor = scene.service.floor.as_ref()?;
    if !step.to.version.is_older_than(&floor.version) {
        return None;
    }
    let already = all_here(scene, step, |here| {
        here.version.is_older_than(&floor.version) && !step.to.version.is_older_than(&here.version)
    });
    Some(Finding::BelowFloor { floor, already })
}

fn out_of_support<'a>(scene: &Scene<'a>, step: &Step<'a>) -> Option<Finding<'a>> {
    let support = ended(scene, &step.to)?;
    let already = all_here(scene, step, |here| ended(scene, here).is_some());
    Some(Finding::OutOfSupport { support, already })
}

/// Whether something is true of `from` and, where `--from` disagrees with the registry, of all that runs: what
/// is only said to run excuses nothing.
fn all_here(scene: &Scene<'_>, step: &Step<'_>, holds: impl Fn(&Candidate<'_>) -> bool) -> bool {
    let running = scene.running.iter().flatten().filter(|_| step.disagrees);
    step.from.as_ref().is_some_and(&holds) && running.into_iter().all(holds)
}

/// The support window of a version that ended last, when all of its windows have ended.
fn ended<'a>(scene: &Scene<'a>, candidate: &Candidate<'_>) -> Option<&'a Support> {
    supported_by(scene, &candidate.version).filter(|last| last.until <= scene.moment.now)
}

/// The support window of a version that ends last.
pub(super) fn supported_by<'a>(scene: &Scene<'a>, version: &Version) -> Option<&'a Support> {
    let covers =
        |support: &&Support| support.versions.contains(&version.text, version.place.as_ref()) == Some(true);
    scene.service.support.iter().filter(covers).max_by_key(|support| support.until)
}

fn unknown_release<'a>(scene: &Scene<'a>, step: &Step<'a>, untold: usize) -> Finding<'a> {
    let newest =
        |to| scene.releases().filter_map(|r| r.version.place.as_ref()).max().is_some_and(|last| last < to);
    let place = match &step.to.version.place {
        _ if step.runs => Unregistered::Running,
        None => Unregistered::Unplaceable,
        Some(to) if newest(to) => Unregistered::Newest,
        Some(_) => Unregistered::Among,
    };
    Finding::UnknownRelease { place, nearest: nearest(scene, &step.to.version), untold }
}

/// The registered version that was probably meant: the same under another spelling, else one slip away.
fn nearest<'a>(scene: &Scene<'a>, to: &Version) -> Option<&'a Version> {
    let same = |release: &&crate::model::Release| to.place.is_some() && release.version.place == to.place;
    let slip = |release: &&crate::model::Release| {
        to.place.is_none() && strsim::damerau_levenshtein(&release.version.text, &to.text) <= 1
    };
    let found = scene.releases().find(same).or_else(|| scene.releases().rev().find(slip));
    found.map(|release| &release.version)
}

fn unplaceable(scene: &Scene<'_>, step: &Step<'_>) -> Option<Version> {
    let mut here = step.from.iter().chain(scene.running.iter().flatten());
    here.find(|candidate| candidate.version.place.is_none()).map(|candidate| candidate.version.clone())
}

fn from_disagrees<'a>(scene: &Scene<'a>, step: &Step<'a>) -> Option<Finding<'a>> {
    let said = step.said.as_ref()?;
    let running = scene.running.as_ref()?;
    step.disagrees.then(|| Finding::FromDisagrees {
        said: said.version.clone(),
        running: running.iter().map(|candidate| candidate.version.clone()).collect(),
    })
}
