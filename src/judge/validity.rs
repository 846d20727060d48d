//! Until when a verdict holds: the next moment at which some reason or its level changes by itself.
//!
//! Every period and date that bears on a judgement is a candidate; at each, in order, the move is judged
//! again, and the first that comes out differently is the answer. So nothing here has to know why.

use std::collections::BTreeSet;

use crate::judge::exposure::young_for;
use crate::judge::scene::Scene;
use crate::judge::upkeep::{due, recorded_times, tolerated_from};
use crate::judge::weigh::weigh;
use crate::judge::{Code, Question, Verdict};
use crate::model::{Level, Time};

pub(super) fn valid_until(scene: &Scene<'_>, question: &Question, verdict: &Verdict<'_>) -> Option<Time> {
    let now = signature(verdict);
    candidates(scene).into_iter().find(|time| {
        scene.at(question, *time).is_some_and(|later| signature(&weigh(&later, question)) != now)
    })
}

/// What "differently" means: which reasons there are, and how heavy each is.
fn signature(verdict: &Verdict<'_>) -> BTreeSet<(Code, String, Level)> {
    let reasons = verdict.reasons.iter();
    reasons.map(|reason| (reason.finding.code(), reason.finding.subject(), reason.level)).collect()
}

/// The future moments at which something that bears on this service begins or ends.
fn candidates(scene: &Scene<'_>) -> BTreeSet<Time> {
    let (service, policy) = (scene.service, &scene.registry.policy);
    let mut times: Vec<Time> = Vec::new();
    for point in &scene.flags {
        let flag = point.flag;
        let taken_back = flag.withdrawn.as_ref().map(|withdrawn| withdrawn.at);
        let narrowed = flag.narrowed.as_ref().map(|narrowed| narrowed.at);
        times.extend(flag.effective.into_iter().chain(flag.until));
        times.extend(taken_back.into_iter().chain(narrowed).map(|at| at + young_for()));
    }
    for sign_off in &service.sign_offs {
        // Dated too far ahead it doesn't count yet, and once it does, it ends.
        times.extend(sign_off.at.checked_sub_signed(policy.sign_off_max.length()));
        times.push(sign_off.expires.min(policy.sign_off_max.after(sign_off.at)));
        times.extend(mitigation_ends(scene, sign_off));
    }
    for stay in &scene.ran {
        times.extend([policy.baseline.after(stay.end), policy.ping_pong.after(stay.end)]);
    }
    times.extend(service.support.iter().map(|support| support.until));
    times.extend(scene.entered.map(|entered| entered.expires));
    times.extend(service.debts.iter().map(|debt| due(scene, debt)));
    times.extend(scene.registry.rules.iter().filter_map(|rule| rule.until));
    times.extend(scene.moment.refreshed.zip(policy.max_age).map(|(at, age)| age.after(at)));
    if scene.moment.horizon.is_none() {
        // What is dated in the future counts as now; when its time comes near it is only no longer odd.
        let dated = recorded_times(scene);
        times.extend(dated.iter().copied().map(tolerated_from));
        times.extend(dated.into_iter().filter(|time| *time > scene.moment.now));
    }
    times.into_iter().filter(|time| *time > scene.moment.now).collect()
}

fn mitigation_ends(scene: &Scene<'_>, sign_off: &crate::model::SignOff) -> Vec<Time> {
    let policy = &scene.registry.policy;
    let offers =
        scene.flags.iter().flat_map(|point| point.flag.mitigations.iter().map(|m| (&point.flag.id, m)));
    let named = offers.filter(|(flag, m)| sign_off.with.iter().any(|(of, id)| of == *flag && *id == m.id));
    named
        .filter_map(|(_, m)| sign_off.mitigation_ends(m.hours, policy.sign_off_max, scene.moment.now))
        .collect()
}
