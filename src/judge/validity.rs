//! Until when a verdict holds: the next moment at which some reason or its level changes by itself.
//!
//! Every period and date that bears on a judgement is a candidate; at each, in order, the move is judged
//! again, and the first that comes out differently is the answer. So nothing here has to know why.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::judge::exposure::YOUNG;
use crate::judge::finding::YEAR;
use crate::judge::history::FAR;
use crate::judge::scene::Scene;
use crate::judge::upkeep::{due, recorded_times, tolerated_from};
use crate::judge::weigh::weigh;
use crate::judge::{Code, Question, Verdict, rules};
use crate::model::{Calendar, Level, SignOff, Time, Window};

pub(super) fn valid_until(scene: &Scene<'_>, question: &Question, verdict: &Verdict<'_>) -> Option<Time> {
    let now = signature(verdict);
    candidates(scene).into_iter().find(|time| signature(&weigh(&scene.at(*time), question)) != now)
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
    for point in scene.flags.iter() {
        let flag = point.flag;
        let taken_back = flag.withdrawn.as_ref().map(|withdrawn| withdrawn.at);
        let narrowed = flag.narrowed.as_ref().map(|narrowed| narrowed.at);
        times.extend(flag.effective.into_iter().chain(flag.until));
        times.extend(taken_back.into_iter().chain(narrowed).map(|at| at + YOUNG));
    }
    for sign_off in &service.sign_offs {
        times.extend([sign_off.begins(policy.sign_off_max), sign_off.ends(policy.sign_off_max)]);
        times.extend(mitigation_times(scene, sign_off));
    }
    // Also as written: an end that lies in the future counts as now only until it has come.
    let written = service.ran.iter().flat_map(|ran| ran.until.into_iter().chain(ran.since));
    let ends = written.chain(scene.ran.iter().map(|stay| stay.end));
    times.extend(ends.flat_map(|end| [policy.baseline.after(end), policy.ping_pong.after(end)]));
    times.extend(service.support.iter().map(|support| support.until));
    times.extend(scene.entered.map(|entered| entered.expires));
    times.extend(service.debts.iter().map(|debt| due(scene, debt)));
    times.extend(scene.registry.rules.iter().filter_map(|rule| rule.until));
    times.extend(scene.moment.refreshed.zip(policy.max_age).map(|(at, age)| age.after(at)));
    if scene.moment.horizon.is_none() {
        // What is dated in the future counts as now; when its time comes near it is only no longer odd.
        // While a release counts as released now, others fall behind it. `far-back` wants more than so many
        // days, so it begins just after them.
        let released = service.releases.iter().filter_map(|release| release.released);
        if released.clone().any(|at| at > scene.moment.now) {
            let far = [FAR, YEAR].map(|days| days + TimeDelta::seconds(1));
            times.extend(released.flat_map(|at| far.map(|far| at + far)));
        }
        let dated = recorded_times(scene);
        times.extend(dated.iter().copied().map(tolerated_from));
        times.extend(dated.into_iter().filter(|time| *time > scene.moment.now));
    }
    times
        .extend(scene.registry.freezes.iter().flat_map(|freeze| freeze.from.into_iter().chain(freeze.until)));
    times.extend(ages(scene));
    let mut times: BTreeSet<Time> = times.into_iter().filter(|time| *time > scene.moment.now).collect();
    times.extend(borders(scene, &times));
    times
}

/// When flags come into the age that a rule asks for.
fn ages(scene: &Scene<'_>) -> Vec<Time> {
    let conditions = scene.registry.rules.iter().map(|rule| &rule.when);
    let ages: Vec<Window> =
        conditions.flat_map(|when| [when.older_than, when.younger_than]).flatten().collect();
    if ages.is_empty() {
        return Vec::new();
    }
    let since = scene.flags.iter().filter_map(|point| point.flag.recorded.max(point.flag.effective));
    since.flat_map(|at| ages.iter().map(move |age| age.after(at))).collect()
}

/// When days and hours begin and end that a rule asks for here: within a round from now, and from each of these
/// moments, at which something else may be so.
fn borders(scene: &Scene<'_>, times: &BTreeSet<Time>) -> BTreeSet<Time> {
    let rules = scene.registry.rules.iter().map(|rule| &rule.when);
    let all = rules.chain(scene.registry.freezes.iter().map(|freeze| &freeze.when));
    let here = all.filter(|when| rules::elsewhere_of(when, scene).is_none());
    let calendars: Vec<&Calendar> = here.filter_map(|when| when.calendar.as_ref()).collect();
    let from = || std::iter::once(&scene.moment.now).chain(times);
    calendars.iter().flat_map(|calendar| from().flat_map(|at| calendar.borders(*at))).collect()
}

fn mitigation_times(scene: &Scene<'_>, sign_off: &SignOff) -> Vec<Time> {
    let policy = &scene.registry.policy;
    let offers =
        scene.flags.iter().flat_map(|point| point.flag.mitigations.iter().map(|m| (&point.flag.id, m)));
    let named = offers.filter(|(flag, m)| sign_off.with.iter().any(|(of, id)| of == *flag && *id == m.id));
    named.flat_map(|(_, m)| <[Time; 2]>::from(sign_off.mitigation(m.hours, policy.sign_off_max))).collect()
}
