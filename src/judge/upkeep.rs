//! What is to be said whatever the target: what runs on a lapsed acceptance, debts, clocks, age, other moves.

use crate::judge::Finding;
use crate::judge::scene::{Scene, Standpoint};
use crate::judge::weigh::Step;
use crate::model::{CLOCK_TOLERANCE, Debt, Flag, FlagKind, Key, Time};

pub(super) fn find<'a>(scene: &Scene<'a>, step: &Step<'a>) -> Vec<Finding<'a>> {
    let mut findings: Vec<Finding<'a>> = acceptance_expired(scene, step).into_iter().collect();
    findings.extend(of_place(scene));
    findings
}

/// What is to be said of the place, wherever a move goes.
pub(super) fn of_place<'a>(scene: &Scene<'a>) -> Vec<Finding<'a>> {
    let mut findings = Vec::new();
    findings.extend(scene.service.debts.iter().filter_map(|debt| open_debt(scene, debt)));
    findings.extend(clock_disagrees(scene));
    findings.extend(stale(scene));
    findings.extend(under_way(scene));
    findings
}

fn acceptance_expired<'a>(scene: &Scene<'a>, step: &Step<'a>) -> Option<Finding<'a>> {
    let entered = scene.entered.filter(|entered| entered.expires <= scene.moment.now)?;
    if step.runs && step.from.as_ref()?.is(&step.to.version) {
        return None; // a restart
    }
    let accepted = |point: &&Standpoint<'a>| {
        point.flag.kind == FlagKind::Advisory
            && entered.subjects.iter().any(|subject| **subject == *point.flag.id.as_str())
            && point.hits(&step.to) == Some(true)
    };
    let flags: Vec<&'a Flag> = scene.active().filter(accepted).map(|point| point.flag).collect();
    (!flags.is_empty()).then_some(Finding::AcceptanceExpired { entered, flags })
}

fn open_debt<'a>(scene: &Scene<'a>, debt: &'a Debt) -> Option<Finding<'a>> {
    let due = due(scene, debt);
    (is_here(scene, debt) && due <= scene.moment.now && !unreviewed(scene, debt).is_empty())
        .then_some(Finding::OpenDebt { debt, due })
}

/// Whether a debt was made in this place, as far as is seen at the moment.
pub(super) fn is_here(scene: &Scene<'_>, debt: &Debt) -> bool {
    scene.environment.as_ref() == Some(&debt.environment) && scene.moment.sees(debt.at)
}

/// The keys whose team hasn't reviewed a debt yet.
pub(super) fn unreviewed(scene: &Scene<'_>, debt: &Debt) -> Vec<Key> {
    let reviews = debt.reviews.iter().filter(|review| scene.moment.sees(review.at));
    Key::ALL.into_iter().filter(|key| !reviews.clone().any(|review| review.key == *key)).collect()
}

/// By when each team is to have reviewed a debt.
pub(super) fn due(scene: &Scene<'_>, debt: &Debt) -> Time {
    debt.due.unwrap_or_else(|| scene.registry.policy.review_within.after(debt.at))
}

fn clock_disagrees<'a>(scene: &Scene<'a>) -> Option<Finding<'a>> {
    scene.ahead.map(|(count, furthest)| Finding::ClockDisagrees { count, furthest })
}

/// How many things are dated in the future, and the furthest of them.
pub(super) fn ahead(scene: &Scene<'_>) -> Option<(usize, Time)> {
    if scene.moment.horizon.is_some() {
        return None;
    }
    let limit = CLOCK_TOLERANCE.after(scene.moment.now);
    let mut ahead = None;
    for time in recorded_times(scene).into_iter().filter(|time| *time > limit) {
        let (count, furthest) = ahead.unwrap_or((0, time));
        ahead = Some((count + 1, time.max(furthest)));
    }
    ahead
}

/// When a time that lies in the future stops being worth a word.
pub(super) fn tolerated_from(time: Time) -> Time {
    CLOCK_TOLERANCE.before(time)
}

/// Every time in the registry that says when something was done, so can't lie in the future.
pub(super) fn recorded_times(scene: &Scene<'_>) -> Vec<Time> {
    let service = scene.service;
    let mut times: Vec<Time> = Vec::new();
    for release in &service.releases {
        times.extend(release.released);
        times.extend(release.withdrawn.as_ref().map(|withdrawn| withdrawn.at));
    }
    for point in scene.flags.iter() {
        times.extend(point.flag.recorded);
        times.extend(point.flag.withdrawn.as_ref().map(|withdrawn| withdrawn.at));
        times.extend(point.flag.narrowed.as_ref().map(|narrowed| narrowed.at));
    }
    times.extend(service.sign_offs.iter().map(|sign_off| sign_off.at));
    times.extend(service.sign_offs.iter().filter_map(|of| of.revoked.as_ref().map(|revoked| revoked.at)));
    for debt in &service.debts {
        times.push(debt.at);
        times.extend(debt.reviews.iter().map(|review| review.at));
    }
    times.extend(service.ran.iter().filter_map(|ran| ran.since));
    times.extend(service.under_way.values().map(|under_way| under_way.since));
    times.extend(service.settled.values().map(|settled| settled.at));
    times
}

fn stale<'a>(scene: &Scene<'a>) -> Option<Finding<'a>> {
    let moment = scene.moment;
    let max_age = scene.registry.policy.max_age.filter(|_| moment.horizon.is_none())?;
    let fresh = moment.refreshed.is_some_and(|refreshed| moment.now < max_age.after(refreshed));
    (!fresh).then_some(Finding::Stale { refreshed: moment.refreshed })
}

fn under_way<'a>(scene: &Scene<'a>) -> Option<Finding<'a>> {
    let under_way = scene.service.under_way.get(scene.environment.as_ref()?)?;
    scene.moment.sees(under_way.since).then_some(Finding::UnderWay(under_way))
}
