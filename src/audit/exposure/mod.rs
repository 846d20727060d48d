//! Exposure: how long environments ran releases that a flag hits, as the record tells it.
//!
//! An exposure is of one flag in one environment. It begins when both are so: the flag is recorded, and a release that
//! it hits runs there. It ends when no release that it hits runs there any more, or when the flag is withdrawn, or its
//! range closed so that what runs lies outside.
//!
//! Whether a flag hits a release is what the record says of it: the line of the flag names the registered releases
//! that it hits and those that run; and every judged move says by its reasons whether its target is hit. Later lines
//! count more. Ranges aren't read, for that takes the registry's order of versions.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::facts::Facts;
use super::fold::Folds;
use super::ledger::Ledger;
use super::past::{Change, First, Past};
use crate::model::{Key, Severity, Time};
use crate::record::{Affected, Deed, Reason, Statement};

/// An environment ran a release that a flag hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure<'a> {
    /// The flag.
    pub flag: &'a str,
    /// Whose statement it is.
    pub key: Key,
    /// How bad, as it was said last.
    pub severity: Severity,
    /// Where.
    pub environment: &'a str,
    /// The releases that are hit, as they came.
    pub versions: Vec<&'a str>,
    /// How it began.
    pub began: Began,
    /// Since when.
    pub from: Time,
    /// The acceptance by which it goes on: a move to what is hit, by sign-offs or against the verdict.
    pub accepted: Option<Accepted<'a>>,
    /// Its end; None: it goes on.
    pub ended: Option<Ended>,
}

/// How an exposure began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Began {
    /// A release that ran was found to be hit.
    Found,
    /// A release came of which it was known that it is hit.
    Entered,
}

/// By what an exposure was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted<'a> {
    /// Since when: the move had arrived.
    pub at: Time,
    /// The ids of the sign-offs.
    pub sign_offs: Vec<&'a str>,
    /// The glass was broken; with the id of the debt, where one is recorded.
    pub glass: Option<Option<&'a str>>,
}

/// How an exposure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub at: Time,
    /// The place of the line that shows it.
    pub entry: usize,
    /// Whether what ran was left; else the flag was withdrawn or narrowed.
    pub left: bool,
}

/// Finds the exposures of a service up to a moment, in the order in which they began to be known.
pub fn exposures<'a>(
    ledger: &'a Ledger,
    folds: &Folds,
    past: &Past<'a>,
    facts: Option<&Facts>,
    before: Time,
) -> Vec<Exposure<'a>> {
    let mut watch = Watch {
        ledger,
        folds,
        facts,
        running: BTreeMap::new(),
        flags: BTreeMap::new(),
        found: Vec::new(),
        open: BTreeMap::new(),
    };
    let (mut firsts, mut changes) = (past.firsts.iter().peekable(), past.changes.iter().peekable());
    for (entry, says) in ledger.known() {
        while let Some(First { environment, running, .. }) = firsts.next_if(|first| first.entry <= entry) {
            watch.running.insert(environment, running.clone());
        }
        if says.at >= before {
            continue;
        }
        watch.learn(says);
        watch.flag(entry, says);
        while let Some(change) = changes.next_if(|change| change.entry <= entry) {
            if change.at < before {
                watch.change(change);
            }
        }
    }
    watch.found
}

/// What is known of a flag.
struct Known<'a> {
    key: Key,
    severity: Severity,
    /// The environments that it is about; none: all.
    environments: Vec<&'a str>,
    /// The releases that it hits, as far as its own line says.
    hits: Vec<&'a str>,
    /// Whether it hits a release in an environment, as a judged move or its own line says.
    said: BTreeMap<(&'a str, &'a str), bool>,
    withdrawn: bool,
}

impl Known<'_> {
    fn hits(&self, environment: &str, version: &str) -> bool {
        let about = self.environments.is_empty() || self.environments.contains(&environment);
        let said = self.said.get(&(environment, version)).copied();
        !self.withdrawn && said.unwrap_or_else(|| about && self.hits.contains(&version))
    }
}

struct Watch<'a, 'f> {
    ledger: &'a Ledger,
    folds: &'f Folds,
    facts: Option<&'f Facts>,
    running: BTreeMap<&'a str, Vec<&'a str>>,
    flags: BTreeMap<&'a str, Known<'a>>,
    found: Vec<Exposure<'a>>,
    /// Those that go on, by flag and environment.
    open: BTreeMap<(&'a str, &'a str), usize>,
}

impl<'a> Watch<'a, '_> {
    /// What a judged move says of its target.
    fn learn(&mut self, says: &'a Statement) {
        let (Some(environment), Some(movement)) = (says.environment.as_deref(), &says.movement) else {
            return;
        };
        if says.verdict.is_none() {
            return;
        }
        let on_target: Vec<&Reason> = says.reasons.iter().filter(|reason| key_of(reason).is_some()).collect();
        for reason in &on_target {
            self.know(reason);
        }
        for (id, flag) in &mut self.flags {
            let hit = on_target.iter().any(|reason| *reason.subject == **id);
            flag.said.insert((environment, &movement.to), hit);
        }
    }

    /// A flag of which the record has no line: somebody wrote it into the registry by hand.
    fn know(&mut self, reason: &'a Reason) {
        let (Some(key), id) = (key_of(reason), &*reason.subject) else { return };
        let facts = self.facts;
        self.flags.entry(id).or_insert_with(|| {
            let fact = facts.and_then(|facts| facts.flags.get(id));
            let (key, severity) = fact.map_or((key, Severity::Unknown), |fact| (fact.key, fact.severity));
            Known {
                key,
                severity,
                environments: Vec::new(),
                hits: Vec::new(),
                said: BTreeMap::new(),
                withdrawn: false,
            }
        });
    }

    /// What a line says of a flag itself.
    fn flag(&mut self, entry: usize, says: &'a Statement) {
        match &says.deed {
            Deed::Flagged { flag, key, severity, affects, .. } => {
                self.flags.insert(flag, known(key, severity, affects));
                let severity = Severity::from_word(severity).unwrap_or_default();
                self.found
                    .iter_mut()
                    .filter(|one| one.flag == &**flag)
                    .for_each(|one| one.severity = severity);
                self.look(flag, entry, says.at, Began::Found);
            }
            Deed::Cleared { flag, fixed_in, .. } => {
                let facts = self.facts;
                let Some(known) = self.flags.get_mut(&**flag) else { return };
                match fixed_in {
                    None => known.withdrawn = true,
                    Some(fixed) => narrow(known, &self.running, fixed, facts),
                }
                self.look(flag, entry, says.at, Began::Found);
            }
            _ => {}
        }
    }

    /// Something else runs.
    fn change(&mut self, change: &Change<'a>) {
        self.running.insert(change.environment, change.running.clone());
        let flags: Vec<&str> = self.flags.keys().copied().collect();
        for flag in flags {
            self.look_at(flag, change.environment, change.entry, change.at, Began::Entered);
            self.accept(flag, change);
        }
    }

    fn look(&mut self, flag: &'a str, entry: usize, at: Time, began: Began) {
        let environments: Vec<&str> = self.running.keys().copied().collect();
        environments.into_iter().for_each(|name| self.look_at(flag, name, entry, at, began));
    }

    /// Begins, goes on with or ends the exposure of one flag in one environment.
    fn look_at(&mut self, id: &'a str, environment: &'a str, entry: usize, at: Time, began: Began) {
        let (Some(flag), Some(running)) = (self.flags.get(id), self.running.get(environment)) else { return };
        let hit: Vec<&str> =
            running.iter().copied().filter(|version| flag.hits(environment, version)).collect();
        let open = self.open.get(&(id, environment)).and_then(|place| self.found.get_mut(*place));
        match (open, hit.is_empty()) {
            (Some(open), true) => {
                let left = !open.versions.iter().any(|version| running.contains(version));
                open.ended = Some(Ended { at: at.max(open.from), entry, left });
                self.open.remove(&(id, environment));
            }
            (Some(open), false) => {
                let new: Vec<&str> =
                    hit.into_iter().filter(|version| !open.versions.contains(version)).collect();
                open.versions.extend(new);
            }
            (None, false) => {
                let (key, severity) = (flag.key, flag.severity);
                self.open.insert((id, environment), self.found.len());
                self.found.push(Exposure {
                    flag: id,
                    key,
                    severity,
                    environment,
                    versions: hit,
                    began,
                    from: at,
                    accepted: None,
                    ended: None,
                });
            }
            (None, true) => {}
        }
    }

    /// The move to what is hit went by sign-offs or against its verdict.
    fn accept(&mut self, flag: &'a str, change: &Change<'a>) {
        let Some(accepted) = change.by.and_then(|by| self.accepted(flag, by, change.at)) else { return };
        let open = self.open.get(&(flag, change.environment)).and_then(|place| self.found.get_mut(*place));
        let Some(open) = open else { return };
        match &mut open.accepted {
            None => open.accepted = Some(accepted),
            Some(before) => {
                before.sign_offs.extend(accepted.sign_offs);
                before.glass = before.glass.or(accepted.glass);
            }
        }
    }

    fn accepted(&self, flag: &str, by: usize, at: Time) -> Option<Accepted<'a>> {
        let says = self.ledger.entries.get(by)?.known()?;
        let reasons =
            says.reasons.iter().filter(|reason| key_of(reason).is_some() && *reason.subject == *flag);
        let sign_offs: Vec<&str> = reasons.flat_map(|reason| &reason.sign_offs).map(|id| &**id).collect();
        let row = self.folds.row(by);
        let parts = self.folds.parts_of(row).iter().filter_map(|part| self.ledger.entries.get(*part)?.deed());
        let glass = parts.into_iter().find_map(|deed| match deed {
            Deed::BrokeGlass { debt, subjects, unjudged, .. } => {
                let against = !unjudged.is_empty() || subjects.iter().any(|subject| **subject == *flag);
                against.then_some(debt.as_deref())
            }
            _ => None,
        });
        (!sign_offs.is_empty() || glass.is_some()).then_some(Accepted { at, sign_offs, glass })
    }
}

/// What the line of a flag says.
fn known<'a>(key: &str, severity: &str, affects: &'a Affected) -> Known<'a> {
    let running = affects.running.iter().map(|place| ((&*place.environment, &*place.version), true));
    Known {
        key: if *key == *Key::Reliability.word() { Key::Reliability } else { Key::Security },
        severity: Severity::from_word(severity).unwrap_or_default(),
        environments: affects.environments.iter().map(|name| &**name).collect(),
        hits: affects.hits.iter().map(|version| &**version).collect(),
        said: running.collect(),
        withdrawn: false,
    }
}

/// The range of a flag was closed where the fix begins: that release, and those that the registry's order puts behind
/// it, aren't hit any more.
fn narrow<'a>(
    flag: &mut Known<'a>,
    running: &BTreeMap<&'a str, Vec<&'a str>>,
    fixed: &str,
    facts: Option<&Facts>,
) {
    let is_fixed =
        |version: &str| *version == *fixed || facts.is_some_and(|facts| facts.is_from(version, fixed));
    flag.hits.retain(|version| !is_fixed(version));
    flag.said.retain(|(_, version), _| !is_fixed(version));
    for (environment, versions) in running {
        for version in versions.iter().filter(|version| is_fixed(version)) {
            flag.said.insert((environment, version), false);
        }
    }
}

/// The key of a reason that says that a flag hits the target; None: it says something else.
fn key_of(reason: &Reason) -> Option<Key> {
    match &*reason.code {
        "advisory-reopened" | "advisory-carried" => Some(Key::Security),
        "unstable-release" | "does-not-help" => Some(Key::Reliability),
        "compromised-release" => Some(Key::Security),
        _ => None,
    }
}
