//! What the past of this environment has to say: barriers, ping-pong, proof, age, and the way back.

use chrono::TimeDelta;

use crate::judge::exposure::formerly_hit;
use crate::judge::scene::{Scene, Standing, Standpoint, Stay};
use crate::judge::weigh::{Step, push_if, weigh};
use crate::judge::{Finding, Question};
use crate::model::{Barrier, Flag, Level, MoveKind, Version};

/// Beyond this, a release is far back.
const FAR: TimeDelta = TimeDelta::days(90);

pub(super) fn find<'a>(scene: &Scene<'a>, step: &Step<'a>, question: &Question) -> Vec<Finding<'a>> {
    let mut findings: Vec<Finding<'a>> =
        scene.service.barriers.iter().filter_map(|barrier| crossing(scene, step, barrier)).collect();
    findings.extend(ping_pong(scene, step));
    let proven = step.runs || scene.ran.iter().any(|stay| step.to.is(&stay.version));
    let unproven = step.kind == MoveKind::Rollback && !scene.ran.is_empty() && !proven;
    push_if(&mut findings, unproven, || Finding::Unproven);
    findings.extend(far_back(step).map(|age| Finding::FarBack { age }));
    push_if(&mut findings, no_way_back(scene, step, question), || Finding::NoWayBack);
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
    let mut here = step.from.iter().chain(scene.running.iter().flatten()).map(|candidate| &candidate.version);
    let runs_below = here.clone().any(below);
    let last_below = scene.ran.iter().filter(|stay| below(&stay.version)).map(|stay| stay.end).max();
    let began_since = |stay: &Stay| match (stay.start, last_below) {
        (_, None) => true,
        (Some(start), Some(last)) => start >= last,
        // It is not known when it began; if it ended later, it may have begun later.
        (None, Some(last)) => stay.end > last,
    };
    let crossed =
        here.any(did) || !runs_below && scene.ran.iter().any(|stay| did(&stay.version) && began_since(stay));
    (crossed || step.from_unknown).then_some(Finding::BarrierCrossed { barrier, possible: !crossed })
}

fn ping_pong<'a>(scene: &Scene<'a>, step: &Step<'a>) -> Option<Finding<'a>> {
    if step.runs {
        return None;
    }
    let window = scene.registry.policy.ping_pong;
    let fled = |stay: &&Stay| {
        step.to.is(&stay.version) && stay.rolled_back && scene.moment.now < window.after(stay.end)
    };
    let left = scene.ran.iter().filter(fled).map(|stay| stay.end).max()?;
    let settled = scene.service.settled.get(&step.to.version.text);
    if settled.is_some_and(|settled| scene.moment.sees(settled.at) && settled.at >= left) {
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
    (!open.is_empty() || on_it.is_empty()).then_some(Finding::PingPong { left: Some(left), flags: open })
}

fn far_back(step: &Step<'_>) -> Option<TimeDelta> {
    let from = step.from.as_ref()?.release?.released?;
    let age = from - step.to.release?.released?;
    (age > FAR).then_some(age)
}

/// Whether no older release could be returned to once a redeploy is done.
fn no_way_back<'a>(scene: &Scene<'a>, step: &Step<'a>, question: &Question) -> bool {
    if step.kind != MoveKind::Redeploy || step.to.version.place.is_none() {
        return false;
    }
    let after = scene.after(&step.to);
    let back = |release: &crate::model::Release| {
        let question = Question {
            from: None,
            to: release.version.text.clone(),
            asked: MoveKind::Rollback,
            ..question.clone()
        };
        weigh(&after, &question).level < Level::Hold
    };
    // The nearest is the likeliest, so it is asked first.
    let mut older = scene.releases().rev().filter(|release| release.version.is_older_than(&step.to.version));
    !older.any(back)
}
