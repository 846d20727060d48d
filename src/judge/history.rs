//! What the past of this environment has to say: barriers, ping-pong, proof, age, and the way back.

use chrono::TimeDelta;

use crate::judge::exposure::formerly_hit;
use crate::judge::scene::{Scene, Standing, Standpoint, Stay};
use crate::judge::way_back;
use crate::judge::weigh::{Step, push_if};
use crate::judge::{Finding, Question};
use crate::model::{Barrier, Flag, MoveKind, Version};

/// Beyond this, a release is far back.
pub(super) const FAR: TimeDelta = TimeDelta::days(90);

pub(super) fn find<'a>(scene: &Scene<'a>, step: &Step<'a>, question: &Question) -> Vec<Finding<'a>> {
    let mut findings: Vec<Finding<'a>> =
        scene.service.barriers.iter().filter_map(|barrier| crossing(scene, step, barrier)).collect();
    findings.extend(ping_pong(scene, step));
    let proven = step.runs || scene.ran.iter().any(|stay| step.to.is(&stay.version));
    let unproven = step.kind == MoveKind::Rollback && scene.knows_past && !proven;
    push_if(&mut findings, unproven, || Finding::Unproven);
    findings.extend(far_back(scene, step).map(|age| Finding::FarBack { age }));
    push_if(&mut findings, way_back::is_missing(scene, step, question), || Finding::NoWayBack);
    findings
}

/// A barrier is crossed by going below `before` when a release from `since` on has started here since
/// something below `before` last ran here.
fn crossing<'a>(scene: &Scene<'a>, step: &Step<'a>, barrier: &'a Barrier) -> Option<Finding<'a>> {
    if step.runs || !step.to.version.is_older_than(&barrier.before) {
        return None;
    }
    let did = |version: &Version| matches!((&version.place, &barrier.since.place), (Some(version), Some(since)) if version >= since);
    let below = |version: &Version| version.is_older_than(&barrier.before);
    let real = step.from.iter().filter(|_| !step.disagrees).chain(scene.running.iter().flatten());
    let runs_below = real.map(|candidate| &candidate.version).any(below);
    let mut here = step.from.iter().chain(scene.running.iter().flatten()).map(|candidate| &candidate.version);
    let undone = |at: usize, stay: &Stay| {
        let mut others = scene.ran.iter().enumerate().filter(|(_, other)| below(&other.version));
        runs_below || others.any(|(index, other)| !outlived(stay, other, at > index))
    };
    let crossed = here.any(did)
        || scene.ran.iter().enumerate().any(|(at, stay)| did(&stay.version) && !undone(at, stay));
    (crossed || step.from_unknown).then_some(Finding::BarrierCrossed { barrier, possible: !crossed })
}

/// Whether `stay` began when `other` was over, or went on after it: while one release replaces another they
/// overlap, and what the newer did stands. Where an end isn't known, the order of the registry decides.
fn outlived(stay: &Stay, other: &Stay, listed_later: bool) -> bool {
    if stay.ended && other.ended {
        stay.end > other.end || stay.start.is_some_and(|start| start >= other.end)
    } else {
        listed_later
    }
}

fn ping_pong<'a>(scene: &Scene<'a>, step: &Step<'a>) -> Option<Finding<'a>> {
    if step.runs {
        return None;
    }
    let window = scene.registry.policy.ping_pong;
    let fled = |stay: &&Stay| {
        step.to.is(&stay.version) && stay.rolled_back && scene.moment.now < window.after(stay.end)
    };
    let last = scene.ran.iter().filter(fled).max_by_key(|stay| stay.end)?;
    // What was settled before this stay began was about an earlier one.
    let begun = last.start.unwrap_or(last.end);
    let settled = scene.service.settled.get(&step.to.version.text);
    if settled.is_some_and(|settled| scene.moment.sees(settled.at) && settled.at >= begun) {
        return None;
    }
    // Ever recorded for it, whatever became of the flag.
    let concerns = |point: &&Standpoint<'_>| {
        point.hits(&step.to) == Some(true) || formerly_hit(scene, point.flag, &step.to)
    };
    let on_it: Vec<_> = scene.flags.iter().filter(concerns).collect();
    let open: Vec<&'a Flag> = on_it
        .iter()
        .filter(|point| point.standing == Standing::Active && point.hits(&step.to) == Some(true))
        .map(|point| point.flag)
        .collect();
    (!open.is_empty() || on_it.is_empty()).then_some(Finding::PingPong { left: Some(last.end), flags: open })
}

/// How much older than what runs the target is; where `--from` disagrees with the registry, than the newest of
/// both.
fn far_back(scene: &Scene<'_>, step: &Step<'_>) -> Option<TimeDelta> {
    let running = scene.running.iter().flatten().filter(|_| step.disagrees);
    let released = step.from.iter().chain(running).filter_map(|candidate| candidate.release?.released);
    let from = scene.moment.past(released.max()?);
    let age = from - scene.moment.past(step.to.release?.released?);
    (age > FAR).then_some(age)
}
