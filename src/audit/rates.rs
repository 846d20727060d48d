//! How well changes went: DORA's figures as far as the record can tell, and our own count of ping-pong.
//!
//! - A **deployment** is a redeploy by which a release came to run in an environment; a **rollback** is counted apart.
//! - It **failed** when it was left by a rollback, up to the end of the period.
//! - **Recovery** is the time from the first sign of trouble (the incident that the rollback names, or a flag that hits
//!   the release, begun or recorded while it ran) until it was left; without a sign, from its arrival.
//! - **Rework** is what wasn't planned: every rollback, and every redeploy that names an incident.
//! - **Ping-pong** is a return, within `policy.ping_pong`, to a release that was left there by a rollback.

use std::collections::BTreeMap;

use super::ledger::Ledger;
use super::past::{Change, Past};
use super::period::Period;
use super::spread::{Spread, Stretch};
use crate::model::{MoveKind, Time, Window};
use crate::record::Deed;

/// The figures of one environment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rates {
    /// Deployments.
    pub deployments: usize,
    /// Rollbacks.
    pub rollbacks: usize,
    /// Deployments that were left by a rollback.
    pub failed: usize,
    /// How long each of them took to be left.
    pub recoveries: Vec<Recovery>,
    /// Changes that weren't planned.
    pub rework: usize,
    /// Returns to a release that was left by a rollback.
    pub ping_pong: usize,
}

/// The way back from a failed deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovery {
    /// Since when.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// Whether there was a sign of trouble; else it is counted from the arrival.
    pub signed: bool,
}

impl Rates {
    /// All changes.
    pub fn changes(&self) -> usize {
        self.deployments + self.rollbacks
    }

    /// Puts another environment's figures to these.
    pub fn add(&mut self, other: &Rates) {
        self.deployments += other.deployments;
        self.rollbacks += other.rollbacks;
        self.failed += other.failed;
        self.recoveries.extend(&other.recoveries);
        self.rework += other.rework;
        self.ping_pong += other.ping_pong;
    }

    /// The recovery times, side by side.
    pub fn recovery(&self, period: Period) -> Spread {
        let stretch = |one: &Recovery| Stretch { from: one.from, until: Some(one.until) };
        Spread::of(&self.recoveries.iter().map(stretch).collect::<Vec<_>>(), period)
    }
}

/// A share in percent to one decimal, as text; of nothing there is none.
pub fn share(part: usize, whole: usize) -> Option<String> {
    (whole > 0).then(|| {
        let tenths = (part * 2000 + whole) / (whole * 2);
        format!("{}.{} %", tenths / 10, tenths % 10)
    })
}

/// Counts what changed in the period, by environment.
pub fn rates<'a>(
    ledger: &Ledger,
    past: &Past<'a>,
    ping_pong: Window,
    period: Period,
) -> BTreeMap<&'a str, Rates> {
    let mut all: BTreeMap<&str, Rates> = BTreeMap::new();
    for (place, change) in past.changes.iter().enumerate().filter(|(_, change)| period.holds(change.at)) {
        let Some(kind) = change.kind else { continue };
        let rates = all.entry(change.environment).or_default();
        let is_back = kind == MoveKind::Rollback;
        if is_back {
            rates.rollbacks += 1;
        } else if change.arrived().next().is_some() {
            rates.deployments += 1;
        } else {
            // Nothing came: a roll-out is done, of which the beginning is counted.
            continue;
        }
        rates.rework += usize::from(is_back || incident(ledger, change).is_some());
        let returned = |version| returns(past, place, version, ping_pong);
        rates.ping_pong += usize::from(change.arrived().any(returned));
        let left =
            change.arrived().filter(|_| !is_back).find_map(|version| left_by_rollback(past, place, version));
        if let Some((version, rollback)) = left.filter(|(_, rollback)| period.knows(rollback.at)) {
            rates.failed += 1;
            rates.recoveries.push(recovery(ledger, change, version, rollback));
        }
    }
    all
}

/// The incident that a move names.
fn incident<'l>(ledger: &'l Ledger, change: &Change<'_>) -> Option<&'l str> {
    ledger.entries.get(change.by?)?.known()?.incident.as_deref()
}

/// The rollback by which a release that came with a change was left.
fn left_by_rollback<'p, 'a>(
    past: &'p Past<'a>,
    place: usize,
    version: &'a str,
) -> Option<(&'a str, &'p Change<'a>)> {
    let environment = past.changes.get(place)?.environment;
    let mut later = past.changes.iter().skip(place + 1).filter(|change| change.environment == environment);
    let left = later.find(|change| change.left().any(|left| left == version))?;
    (left.kind == Some(MoveKind::Rollback)).then_some((version, left))
}

/// Whether a release that comes was left here by a rollback, not longer ago than a window.
fn returns(past: &Past<'_>, place: usize, version: &str, window: Window) -> bool {
    let Some(change) = past.changes.get(place) else { return false };
    let here = |before: &&Change<'_>| before.environment == change.environment;
    let mut earlier = past.changes[..place].iter().rev().filter(here);
    let left = earlier.find(|before| before.left().any(|left| left == version));
    left.is_some_and(|left| left.kind == Some(MoveKind::Rollback) && window.after(left.at) >= change.at)
}

fn recovery(ledger: &Ledger, arrival: &Change<'_>, version: &str, rollback: &Change<'_>) -> Recovery {
    let named = incident(ledger, rollback);
    let signs = ledger.known().filter(|(_, says)| says.at >= arrival.at && says.at <= rollback.at);
    let sign = signs.filter(|(_, says)| match &says.deed {
        Deed::IncidentStarted { .. } => named.is_some() && says.incident.as_deref() == named,
        Deed::Flagged { affects, .. } => {
            let here = |place: &crate::record::Place| {
                *place.version == *version && *place.environment == *arrival.environment
            };
            affects.running.iter().any(here)
        }
        _ => false,
    });
    let first = sign.map(|(_, says)| says.at).min();
    Recovery { from: first.unwrap_or(arrival.at), until: rollback.at, signed: first.is_some() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::{at, book, november};

    /// A move as `record` writes it.
    fn moved(at: &str, kind: &str, from: &str, to: &str, more: &str) -> String {
        format!(
            r#"{{"kind":"recorded","at":"{at}","environment":"prod","move":{{"kind":"{kind}","from":"{from}","to":"{to}"}},"running":["{to}"]{more}}}"#
        )
    }

    fn of(lines: &[String]) -> Rates {
        let ledger = book(&lines.join("\n"));
        let past = Past::of(&ledger);
        rates(&ledger, &past, Window::days(14), november()).remove("prod").unwrap_or_default()
    }

    #[test]
    fn a_deployment_that_was_left_by_a_rollback_failed() {
        // Three deployments: 2 is rolled back after six hours, and comes again (ping-pong); 3 stays.
        let got = of(&[
            moved("11-02T00:00", "redeploy", "1", "2", ""),
            moved("11-02T06:00", "rollback", "2", "1", ""),
            moved("11-05T00:00", "redeploy", "1", "2", ""),
            moved("11-06T00:00", "redeploy", "2", "3", ""),
        ]);
        let recovery =
            Recovery { from: at("2026-11-02T00:00:00Z"), until: at("2026-11-02T06:00:00Z"), signed: false };
        let want = Rates {
            deployments: 3,
            rollbacks: 1,
            failed: 1,
            recoveries: vec![recovery],
            rework: 1,
            ping_pong: 1,
        };
        assert_eq!(got, want);
        assert_eq!(share(got.failed, got.deployments).as_deref(), Some("33.3 %"));
        assert_eq!(share(got.rework, got.changes()).as_deref(), Some("25.0 %"));
        assert_eq!(share(0, 0), None);
    }

    #[test]
    fn recovery_begins_with_the_first_sign_of_trouble() {
        let flag = r#"{"kind":"flagged","at":"11-02T05:00","flag":"INC-1","as":"reliability","title":"t","severity":"high","exploited":false,"compromised":false,"extended":false,"affects":{"running":[{"environment":"prod","version":"2"}]}}"#;
        let incident = r#"{"kind":"incident-started","at":"11-02T04:00","incident":"INC-1"}"#;
        let lines = [
            moved("11-02T00:00", "redeploy", "1", "2", ""),
            incident.to_owned(),
            flag.to_owned(),
            moved("11-02T06:00", "rollback", "2", "1", ""),
        ];
        // Without the incident's name, the flag is the sign: one hour. With it, the incident: two.
        let hours = |rates: &Rates| rates.recovery(november()).median / 3600;
        assert_eq!(hours(&of(&lines)), 1);
        let named = moved("11-02T06:00", "rollback", "2", "1", r#","incident":"INC-1""#);
        let rates = of(&[&lines[..3], &[named]].concat());
        assert_eq!((hours(&rates), rates.recoveries[0].signed), (2, true));
    }

    #[test]
    fn a_return_counts_within_the_window_only_and_a_fix_for_an_incident_is_rework() {
        let lines = |back: &str| {
            vec![
                moved("10-25T00:00", "redeploy", "1", "2", ""),
                moved("11-01T00:00", "rollback", "2", "1", ""),
                moved(back, "redeploy", "1", "2", ""),
            ]
        };
        assert_eq!(of(&lines("11-15T00:00")).ping_pong, 1, "on the fourteenth day");
        assert_eq!(of(&lines("11-15T00:01")).ping_pong, 0);
        let fix = of(&[moved("11-02T00:00", "redeploy", "1", "2", r#","incident":"INC-1""#)]);
        assert_eq!((fix.deployments, fix.rework), (1, 1));
        // Left by a redeploy before it came again: no ping-pong.
        let calm = of(&[
            moved("11-02T00:00", "redeploy", "1", "2", ""),
            moved("11-03T00:00", "redeploy", "2", "3", ""),
            moved("11-04T00:00", "redeploy", "3", "2", ""),
        ]);
        assert_eq!((calm.ping_pong, calm.failed, calm.deployments), (0, 0, 3));
    }
}
