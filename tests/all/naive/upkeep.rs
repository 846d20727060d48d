//! What is said whatever the target: debts, clocks, the registry's age, moves under way.

use chrono::TimeDelta;
use holdpoint::model::{Key, Owner, Time};

use super::judge::{Case, Facts, RELIABILITY, plain};
use super::levels::{Reason, glob, is_on};
use super::past::{groups, seen};

impl<'a> Case<'a> {
    /// Debts, clocks, age, moves under way.
    pub(super) fn upkeep(&self, facts: &Facts, reasons: &mut Vec<Reason<'a>>) {
        let now = self.moment.now;
        for debt in &self.service.debts {
            let Some(at) = seen(debt.at, self.moment) else { continue };
            let due = debt.due.unwrap_or(self.registry.policy.review_within.after(at));
            let reviewed = |key: Key| {
                debt.reviews.iter().any(|review| review.key == key && seen(review.at, self.moment).is_some())
            };
            let done = reviewed(Key::Security) && reviewed(Key::Reliability);
            if Some(&debt.environment) == self.place && now >= due && !done {
                let mut reason = plain("open-debt", Owner::Both, None);
                reason.subject = format!("open-debt:{}", debt.id);
                reasons.push(reason);
            }
        }
        if self.moment.horizon.is_none() {
            if self.dates(facts).into_iter().any(|time| time > now + TimeDelta::minutes(10)) {
                reasons.push(plain("clock-disagrees", Owner::Both, None));
            }
            if let Some(age) = self.registry.policy.max_age
                && self.moment.refreshed.is_none_or(|refreshed| now >= age.after(refreshed))
            {
                reasons.push(plain("stale-registry", Owner::Both, None));
            }
        }
        let under_way = self.place.and_then(|place| self.service.under_way.get(place));
        if under_way.is_some_and(|under_way| seen(under_way.since, self.moment).is_some()) {
            reasons.push(plain("move-under-way", RELIABILITY, None));
        }
    }

    /// A freeze concerns what goes where nothing of it runs.
    pub(super) fn freezes(&self, facts: &Facts, reasons: &mut Vec<Reason<'a>>) {
        let now = self.moment.now;
        let line = self.place.map(|place| groups(self.registry, place)).unwrap_or_default();
        for freeze in &self.registry.freezes {
            let when = &freeze.when;
            let begun = freeze.from.is_none_or(|from| now >= from);
            let over = freeze.until.is_some_and(|until| now >= until);
            let at_hours = when.calendar.as_ref().is_none_or(|calendar| is_on(calendar, now));
            let service = when.service.is_empty()
                || when.service.iter().any(|wanted| glob(wanted, self.service.name.as_str()));
            let tier = when.tier.is_empty()
                || when.tier.iter().any(|tier| self.service.tier.as_deref() == Some(&**tier));
            let here = when.environment.is_empty()
                || line.iter().any(|name| when.environment.iter().any(|wanted| glob(wanted, name.as_str())));
            let kind = when.movement.is_empty() || when.movement.contains(&facts.kind);
            if begun && !over && at_hours && service && tier && here && kind && !facts.runs {
                let mut reason = plain("frozen", RELIABILITY, None);
                reason.subject = format!("frozen:{}", freeze.name);
                reasons.push(reason);
            }
        }
    }

    /// Every date of the service that says that something has happened.
    fn dates(&self, facts: &Facts) -> Vec<Time> {
        let mut dates: Vec<Time> = vec![];
        for release in &self.service.releases {
            dates.extend(release.released);
            dates.extend(release.withdrawn.as_ref().map(|withdrawn| withdrawn.at));
        }
        for flag in facts.flags.iter().filter(|flag| flag.concerns_service()).map(|flag| flag.flag) {
            dates.extend(flag.recorded);
            dates.extend(flag.withdrawn.as_ref().map(|withdrawn| withdrawn.at));
            dates.extend(flag.narrowed.as_ref().map(|narrowed| narrowed.at));
        }
        for sign_off in &self.service.sign_offs {
            dates.push(sign_off.at);
            dates.extend(sign_off.revoked.as_ref().map(|revoked| revoked.at));
        }
        for debt in &self.service.debts {
            dates.push(debt.at);
            dates.extend(debt.reviews.iter().map(|review| review.at));
        }
        dates.extend(self.service.ran.iter().filter_map(|ran| ran.since));
        dates.extend(self.service.under_way.values().map(|under_way| under_way.since));
        dates.extend(self.service.settled.values().map(|settled| settled.at));
        dates
    }
}
