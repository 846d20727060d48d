//! What lowers a reason: a better trade, an abort, mitigations, sign-offs.

use chrono::TimeDelta;
use holdpoint::model::{Key, Level, Mitigation, SignOff, Time};

use super::judge::{Case, Facts};
use super::levels::{Reason, weight};
use super::past::{Known, groups, seen};

impl<'a> Case<'a> {
    /// Better trade, abort, mitigations, sign-offs: in this order.
    pub(super) fn relieve(
        &self,
        facts: &Facts,
        reasons: &mut [Reason],
        reopened: &[&Known],
        closed: &[&Known],
    ) {
        let rank = |known: &Known| (known.flag.exploited, weight(known.flag.severity));
        let runs = |known: &&&Known| self.running().iter().all(|version| self.hits(known, version));
        let disagrees = self.caller_disagrees() && self.state.running.is_some();
        let real = closed.iter().filter(|known| !disagrees || runs(known));
        let best = real.map(|known| rank(known)).max();
        let better = best > reopened.iter().map(|known| rank(known)).max();
        let elsewhere = facts.from.as_ref().is_some_and(|from| from.text != self.to.text);
        let abort = facts.runs && self.running().len() >= 2 && elsewhere;
        let valid = self.valid_sign_offs();
        for reason in reasons {
            if reason.code == "compromised-release" {
                continue;
            }
            if reason.code == "advisory-reopened" && better && reason.level == Level::Block {
                reason.level = Level::Hold;
            }
            if abort && (reason.code.starts_with("advisory-") || reason.code == "unstable-release") {
                reason.level = reason.level.min(Level::Warn);
            }
            if ["advisory-reopened", "advisory-carried", "unstable-release", "does-not-help"]
                .contains(&reason.code)
            {
                self.mitigate(reason, &valid);
            }
            if reason.level == Level::Hold {
                let names =
                    |sign_off: &SignOff| sign_off.accepts.iter().any(|subject| **subject == *reason.subject);
                let signed = |key: Key| valid.iter().any(|sign_off| sign_off.key == key && names(sign_off));
                reason.wanting = reason.sign.keys().iter().copied().filter(|key| !signed(*key)).collect();
                if reason.wanting.is_empty() {
                    reason.level = Level::Warn;
                }
            }
        }
    }

    fn mitigate(&self, reason: &mut Reason, valid: &[&SignOff]) {
        let flag = reason.flag.unwrap();
        for offer in &flag.mitigations {
            for sign_off in valid {
                let says =
                    sign_off.with.iter().any(|(id, mitigation)| *id == flag.id && *mitigation == offer.id);
                let on = self.still_on(sign_off, offer);
                if says && on && sign_off.key == flag.kind.key() {
                    reason.level = reason.level.min(offer.lowers_to);
                }
            }
        }
    }

    /// Whether the hours of a mitigation last.
    fn still_on(&self, sign_off: &SignOff, offer: &Mitigation) -> bool {
        offer.hours.is_none_or(|hours| {
            let hours = TimeDelta::hours(i64::from(hours));
            let over = self.lapses(sign_off).min(sign_off.at + hours);
            let now = self.moment.now;
            now < over && now >= over - hours - TimeDelta::minutes(10)
        })
    }

    /// What valid sign-offs say is on: flag and mitigation.
    pub(super) fn mitigations_on(&self) -> Vec<(&'a str, &'a str)> {
        let mut on = vec![];
        for sign_off in self.valid_sign_offs() {
            for flag in self.registry.flags_of(self.service) {
                for offer in &flag.mitigations {
                    let said = sign_off.with.iter().any(|(of, id)| *of == flag.id && *id == offer.id);
                    if said && sign_off.key == flag.kind.key() && self.still_on(sign_off, offer) {
                        on.push((flag.id.as_str(), offer.id.as_str()));
                    }
                }
            }
        }
        on
    }

    pub(super) fn lapses(&self, sign_off: &SignOff) -> Time {
        sign_off.expires.min(self.registry.policy.sign_off_max.after(sign_off.at))
    }

    /// Whether the one who asks has signed it.
    pub(super) fn asks(&self, sign_off: &SignOff) -> bool {
        let Some(asker) = self.asker else { return false };
        let (asks, signed) = (claimed(asker), claimed(&sign_off.by));
        if asks.is_empty() || signed.is_empty() {
            return asks == signed && asker.trim().eq_ignore_ascii_case(sign_off.by.trim());
        }
        asks.eq_ignore_ascii_case(signed)
    }

    /// The sign-offs for this move, here, that count now.
    pub(super) fn valid_sign_offs(&self) -> Vec<&'a SignOff> {
        let now = self.moment.now;
        let longest = self.registry.policy.sign_off_max;
        let line = self.place.map(|place| groups(self.registry, place)).unwrap_or_default();
        let mut valid = vec![];
        for sign_off in &self.service.sign_offs {
            let there = seen(sign_off.at, self.moment).is_some();
            let here = line.contains(&sign_off.environment) && *sign_off.to == *self.to.text;
            let lasts = now < self.lapses(sign_off);
            // In all it lasts no longer than it may, wherever it is dated.
            let ahead = sign_off.at > now && now < self.lapses(sign_off) - longest.length();
            let teams = &self.registry.teams;
            let member = match self.service.owners.of(sign_off.key) {
                Some(name) if !teams.is_empty() => teams
                    .get(name)
                    .is_some_and(|team| team.members.iter().any(|member| is(&sign_off.by, member))),
                _ => true,
            };
            let asks_for_it = sign_off.key == Key::Security && self.asks(sign_off);
            let revoked = sign_off.revoked.as_ref().is_some_and(|by| seen(by.at, self.moment).is_some());
            if there && here && lasts && !ahead && member && !asks_for_it && !revoked {
                valid.push(sign_off);
            }
        }
        valid
    }
}

/// Whether an identity has this address: what stands in the last brackets, or all of it.
fn is(identity: &str, address: &str) -> bool {
    claimed(identity).eq_ignore_ascii_case(address)
}

/// The address that an identity claims.
fn claimed(identity: &str) -> &str {
    match identity.rfind('<') {
        Some(start) => identity[start + 1..].trim().trim_end_matches('>').trim(),
        None => identity.trim(),
    }
}
