//! What ran where, as the record alone tells it: the changes of what runs, each with the line that shows it.
//!
//! The record isn't state, and what runs is never read from it to judge anything; here it is evidence of what
//! happened. A change is dated by the line that first shows it: the end of a `run`, the moment that a `recorded` line
//! names, an observation. What was made elsewhere happened at that moment or earlier.
//!
//! - A failed command tells nothing: what the registry said goes on.
//! - A move that was begun and whose end isn't there, or that was recorded after it was observed, gives its kind to the
//!   observation that shows its release.
//! - An observation that no move explains is a rollback when its release is older than the one it replaces. Versions
//!   aren't compared for that, since the record must be readable without the registry: a release is older than one from
//!   which a recorded move went back to it; else one that was seen there earlier is older.

use std::collections::{BTreeMap, HashSet};

use super::ledger::Ledger;
use crate::model::{MoveKind, Time, parse_time};
use crate::record::{Deed, Movement, Statement};

/// What ran in the environments of a service.
#[derive(Debug, Clone, Default)]
pub struct Past<'a> {
    /// The changes, in the order of the record.
    pub changes: Vec<Change<'a>>,
    /// What ran in an environment when it was first spoken of, as far as that was said.
    pub firsts: Vec<First<'a>>,
}

/// What runs in an environment changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<'a> {
    /// The place of the line that shows it.
    pub entry: usize,
    /// The place of the line by which the move was begun or recorded; None: nobody recorded a move.
    pub by: Option<usize>,
    /// When.
    pub at: Time,
    /// Where.
    pub environment: &'a str,
    /// What ran; None: nobody had said.
    pub was: Option<Vec<&'a str>>,
    /// What runs since.
    pub running: Vec<&'a str>,
    /// By what kind of move; None: what ran before isn't known, and nobody recorded a move.
    pub kind: Option<MoveKind>,
}

impl<'a> Change<'a> {
    /// The releases that came.
    pub fn arrived(&self) -> impl Iterator<Item = &'a str> {
        let was = self.was.as_deref().unwrap_or_default();
        self.running.iter().copied().filter(move |version| !was.contains(version))
    }

    /// The releases that went.
    pub fn left(&self) -> impl Iterator<Item = &'a str> {
        let was = self.was.as_deref().unwrap_or_default();
        was.iter().copied().filter(|version| !self.running.contains(version))
    }
}

/// What ran in an environment before any change of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First<'a> {
    /// The place of the line that says so.
    pub entry: usize,
    /// Where.
    pub environment: &'a str,
    /// What.
    pub running: Vec<&'a str>,
}

impl<'a> Past<'a> {
    /// Reads it from a record.
    pub fn of(ledger: &'a Ledger) -> Past<'a> {
        let mut reading = Reading::default();
        for (place, says) in ledger.known() {
            reading.take(place, says);
        }
        reading.past
    }
}

/// A move that was begun, and whose end wasn't seen yet.
struct Begun<'a> {
    entry: usize,
    movement: &'a Movement,
}

#[derive(Default)]
struct Reading<'a> {
    past: Past<'a>,
    running: BTreeMap<&'a str, Vec<&'a str>>,
    /// The releases that were seen in an environment, the oldest first as far as the record tells.
    seen: BTreeMap<&'a str, Vec<&'a str>>,
    begun: BTreeMap<&'a str, Begun<'a>>,
}

impl<'a> Reading<'a> {
    fn take(&mut self, entry: usize, says: &'a Statement) {
        if let Deed::Flagged { affects, .. } = &says.deed {
            self.flagged(entry, affects.running.iter().map(|place| (&*place.environment, &*place.version)));
        }
        let Some(environment) = says.environment.as_deref() else { return };
        match &says.deed {
            Deed::Started { .. } => {
                let Some(movement) = &says.movement else { return };
                self.ran(entry, environment, movement.from.as_deref().into_iter().collect());
                self.went(environment, movement);
                self.begun.insert(environment, Begun { entry, movement });
            }
            Deed::Finished { running, code, signal, verified, .. } => {
                let succeeded = *code == Some(0) && signal.is_none();
                let begun = self.begun.remove(environment);
                if (succeeded || *verified) && !running.is_empty() {
                    self.moved(entry, environment, says.at, running, begun.as_ref());
                }
            }
            Deed::Recorded { running, moved, .. } => {
                let Some(movement) = &says.movement else { return };
                self.ran(entry, environment, movement.from.as_deref().into_iter().collect());
                let at = moved.as_deref().and_then(|moved| parse_time(moved).ok()).unwrap_or(says.at);
                self.went(environment, movement);
                let begun = Begun { entry, movement };
                if !self.explains(environment, at, &begun) && !running.is_empty() {
                    self.moved(entry, environment, at, running, Some(&begun));
                }
                self.begun.remove(environment);
            }
            Deed::Observed { was, running, .. } => {
                if let Some(was) = was {
                    self.ran(entry, environment, was.iter().map(|version| &**version).collect());
                }
                let begun = self.begun.get(environment);
                let reached = begun.is_some_and(|begun| running.contains(&begun.movement.to));
                let begun = if reached { self.begun.remove(environment) } else { None };
                self.moved(entry, environment, says.at, running, begun.as_ref());
            }
            _ => {}
        }
    }

    /// What a flag was found to hit tells of environments of which nothing was known.
    fn flagged(&mut self, entry: usize, runs: impl Iterator<Item = (&'a str, &'a str)>) {
        let mut new: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (environment, version) in runs.filter(|(environment, _)| !self.running.contains_key(environment))
        {
            new.entry(environment).or_default().push(version);
        }
        for (environment, running) in new {
            self.ran(entry, environment, running);
        }
    }

    /// What ran, when nothing was known of it.
    fn ran(&mut self, entry: usize, environment: &'a str, running: Vec<&'a str>) {
        if running.is_empty() || self.running.contains_key(environment) {
            return;
        }
        self.see(environment, &running);
        self.running.insert(environment, running.clone());
        self.past.firsts.push(First { entry, environment, running });
    }

    fn see(&mut self, environment: &'a str, running: &[&'a str]) {
        let seen = self.seen.entry(environment).or_default();
        for version in running {
            if !seen.contains(version) {
                seen.push(version);
            }
        }
    }

    /// A release that a move goes back to is older than the one that it leaves.
    fn went(&mut self, environment: &'a str, movement: &'a Movement) {
        let Some(from) = movement.from.as_deref().filter(|_| kind(movement) == MoveKind::Rollback) else {
            return;
        };
        self.see(environment, &[from]);
        let seen = self.seen.entry(environment).or_default();
        if let Some(place) =
            seen.iter().position(|version| *version == from).filter(|_| !seen.contains(&&*movement.to))
        {
            seen.insert(place, &movement.to);
        }
    }

    /// What runs now, by a move if there is one.
    fn moved(
        &mut self,
        entry: usize,
        environment: &'a str,
        at: Time,
        running: &'a [Box<str>],
        begun: Option<&Begun<'a>>,
    ) {
        let running: Vec<&str> = running.iter().map(|version| &**version).collect();
        let was = self.running.get(environment).cloned();
        let known: HashSet<&str> = was.iter().flatten().copied().collect();
        if was.is_some() && known == running.iter().copied().collect() {
            return;
        }
        let last = self.past.changes.iter().rev().find(|change| change.environment == environment);
        let at = last.map_or(at, |last| at.max(last.at));
        let kind = begun
            .map(|begun| kind(begun.movement))
            .or_else(|| self.guessed(environment, was.as_ref()?, &running));
        self.see(environment, &running);
        self.running.insert(environment, running.clone());
        let by = begun.map(|begun| begun.entry);
        self.past.changes.push(Change { entry, by, at, environment, was, running, kind });
    }

    /// The kind of a change that no move explains.
    fn guessed(&self, environment: &str, was: &[&str], running: &[&str]) -> Option<MoveKind> {
        let seen = self.seen.get(environment)?;
        let place = |version: &&str| seen.iter().position(|seen| seen == version);
        let newest = was.iter().filter_map(place).max();
        let came = running.iter().filter(|version| !was.contains(version));
        let went = was.iter().filter(|version| !running.contains(version));
        // Nothing came: a roll-out is over, one way or the other.
        let target = came.filter_map(place).max().or_else(|| {
            let stays = running.iter().filter_map(place).max()?;
            (went.filter_map(place).max() > Some(stays)).then_some(stays)
        });
        let back = target.is_some_and(|target| newest.is_some_and(|newest| target < newest));
        let is_new = running.iter().any(|version| place(version).is_none());
        Some(if back && !is_new { MoveKind::Rollback } else { MoveKind::Redeploy })
    }

    /// Whether a move that is recorded only now was seen already: then it explains what was seen.
    fn explains(&mut self, environment: &str, at: Time, begun: &Begun<'a>) -> bool {
        let mut changes =
            self.past.changes.iter_mut().rev().filter(|change| change.environment == environment);
        let Some(last) = changes.next() else { return false };
        let came = last.arrived().any(|version| *version == *begun.movement.to);
        if last.by.is_some() || !came {
            return false;
        }
        let earliest = changes.next().map_or(Time::MIN_UTC, |before| before.at);
        last.at = last.at.min(at).max(earliest);
        (last.by, last.kind) = (Some(begun.entry), Some(kind(begun.movement)));
        true
    }
}

fn kind(movement: &Movement) -> MoveKind {
    if *movement.kind == *MoveKind::Rollback.word() { MoveKind::Rollback } else { MoveKind::Redeploy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::{at, book};

    /// `2026-11-02T10:00 prod 1 -> 2 redeploy`, for each change.
    fn told(lines: &str) -> Vec<String> {
        let ledger = book(lines);
        let told = |change: &Change<'_>| {
            let list = |list: &[&str]| list.join("+");
            let was = change.was.as_ref().map_or("?".into(), |was| list(was));
            let kind = change.kind.map_or("?", MoveKind::word);
            let by = change.by.map_or("nobody".into(), |by| format!("L{}", by + 1));
            let at = change.at.format("%dT%H");
            format!("{at} {} {was} -> {} {kind} by {by}", change.environment, list(&change.running))
        };
        Past::of(&ledger).changes.iter().map(told).collect()
    }

    #[test]
    fn runs_records_and_observations_change_what_runs() {
        let got = told(
            r#"{"kind":"observed","at":"11-01T10:00","environment":"prod","was":null,"running":["1"],"source":"by hand"}
{"kind":"started","at":"11-02T10:00","environment":"prod","move":{"kind":"redeploy","from":"1","to":"2"},"command":[]}
{"kind":"finished","at":"11-02T11:00","environment":"prod","move":{"kind":"redeploy","from":"1","to":"2"},"of":"L2","code":0,"running":["2"],"verified":false}
{"kind":"recorded","at":"11-03T12:00","environment":"prod","move":{"kind":"rollback","from":"2","to":"1"},"moved":"2026-11-03T10:00:00Z","running":["1"]}
{"kind":"observed","at":"11-04T10:00","environment":"prod","was":["1"],"running":["1"],"source":"kubectl"}"#,
        );
        assert_eq!(
            got,
            [
                "01T10 prod ? -> 1 ? by nobody",
                "02T11 prod 1 -> 2 redeploy by L2",
                "03T10 prod 2 -> 1 rollback by L4"
            ]
        );
    }

    #[test]
    fn what_failed_changes_nothing_and_what_came_from_elsewhere_is_guessed() {
        let got = told(
            r#"{"kind":"started","at":"11-02T10:00","environment":"prod","move":{"kind":"redeploy","from":"1","to":"2"},"command":[]}
{"kind":"finished","at":"11-02T11:00","environment":"prod","move":{"kind":"redeploy","from":"1","to":"2"},"of":"L1","code":1,"running":["1"],"verified":false}
{"kind":"observed","at":"11-03T10:00","environment":"prod","was":["1"],"running":["1","2"],"source":"kubectl"}
{"kind":"observed","at":"11-04T10:00","environment":"prod","was":["1","2"],"running":["1"],"source":"kubectl"}
{"kind":"observed","at":"11-05T10:00","environment":"prod","was":["1"],"running":["2"],"source":"kubectl"}
{"kind":"observed","at":"11-06T10:00","environment":"prod","was":["2"],"running":["1"],"source":"kubectl"}"#,
        );
        let want = [
            "03T10 prod 1 -> 1+2 redeploy by nobody",
            "04T10 prod 1+2 -> 1 rollback by nobody",
            "05T10 prod 1 -> 2 redeploy by nobody",
            "06T10 prod 2 -> 1 rollback by nobody",
        ];
        assert_eq!(got, want);
    }

    #[test]
    fn what_moves_went_back_to_is_older_whenever_it_was_seen() {
        let back = |at: &str, from: &str, to: &str| {
            format!(
                r#"{{"kind":"recorded","at":"{at}","environment":"prod","move":{{"kind":"rollback","from":"{from}","to":"{to}"}},"running":["{to}"]}}"#
            )
        };
        let observed = r#"{"kind":"observed","at":"11-04T10:00","environment":"prod","was":["1"],"running":["3"],"source":"kubectl"}"#;
        let got =
            told(&[&*back("11-02T10:00", "3", "2"), &back("11-03T10:00", "2", "1"), observed].join("\n"));
        assert_eq!(got[2], "04T10 prod 1 -> 3 redeploy by nobody");
    }

    #[test]
    fn a_move_explains_what_was_seen_of_it() {
        // A crash: the end was never recorded, and an observation shows it.
        let crash = told(
            r#"{"kind":"started","at":"11-02T10:00","environment":"prod","move":{"kind":"rollback","from":"2","to":"1"},"command":[]}
{"kind":"observed","at":"11-02T12:00","environment":"prod","was":["2"],"running":["1"],"source":"kubectl"}"#,
        );
        assert_eq!(crash, ["02T12 prod 2 -> 1 rollback by L1"]);
        // Observed first, and recorded later with the time at which it was made.
        let late = told(
            r#"{"kind":"observed","at":"11-02T12:00","environment":"prod","was":["2"],"running":["3"],"source":"kubectl"}
{"kind":"recorded","at":"11-02T13:00","environment":"prod","move":{"kind":"rollback","from":"2","to":"3"},"moved":"2026-11-02T11:00:00Z","running":["3"]}"#,
        );
        assert_eq!(late, ["02T11 prod 2 -> 3 rollback by L2"]);
    }

    #[test]
    fn what_a_flag_was_found_to_hit_runs_there() {
        let ledger = book(
            r#"{"kind":"flagged","at":"11-02T10:00","flag":"F","as":"security","title":"t","severity":"high","exploited":false,"compromised":false,"extended":false,"affects":{"running":[{"environment":"prod","version":"1"}]}}
{"kind":"observed","at":"11-03T10:00","environment":"prod","was":null,"running":["2"],"source":"kubectl"}"#,
        );
        let past = Past::of(&ledger);
        assert_eq!(past.firsts, [First { entry: 0, environment: "prod", running: vec!["1"] }]);
        assert_eq!(past.changes[0].was, Some(vec!["1"]));
        assert_eq!(past.changes[0].at, at("2026-11-03T10:00:00Z"));
    }
}
