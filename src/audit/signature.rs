//! Each sign-off and what became of it: what was accepted, who used it, and how it ended.

use std::collections::HashMap;

use super::approval::{Apart, Given, Person, apart, used};
use super::ledger::Ledger;
use super::period::Period;
use crate::model::{Time, parse_time};
use crate::record::{Deed, Statement};

/// A sign-off with all that followed.
#[derive(Debug, Clone)]
pub struct Signature<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its line, and who signed for which key.
    pub given: Given<'a>,
    /// What was accepted.
    pub accepts: Vec<&'a str>,
    /// Why.
    pub reason: &'a str,
    /// Who asked for it, where that was said.
    pub asked_by: Option<&'a str>,
    /// When it lapses.
    pub expires: Option<Time>,
    /// The places of the lines of the moves that went by it.
    pub used: Vec<usize>,
    /// When it was taken back, by the line of that.
    pub revoked: Option<(usize, &'a Statement, &'a str)>,
    /// Whether the signer wasn't who asked.
    pub apart: Apart,
}

/// How a sign-off stood at the end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It still counted.
    Stands,
    /// Its time was over.
    Lapsed,
    /// It was taken back.
    Revoked,
}

impl Ending {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Ending::Stands => "stands",
            Ending::Lapsed => "lapsed",
            Ending::Revoked => "revoked",
        }
    }
}

impl Signature<'_> {
    /// How it stood at the end of a period.
    pub fn ending(&self, period: Period) -> Ending {
        let revoked = self.revoked.is_some_and(|(_, says, _)| period.knows(says.at));
        match self.expires {
            _ if revoked => Ending::Revoked,
            Some(expires) if expires <= period.end => Ending::Lapsed,
            _ => Ending::Stands,
        }
    }

    /// When it ended: with what it says, or earlier by being taken back.
    pub fn end(&self) -> Option<Time> {
        let revoked = self.revoked.map(|(_, says, _)| says.at);
        [self.expires, revoked].into_iter().flatten().min()
    }

    /// Whether it belongs into a report: it was given before the period's end, and counted in it.
    pub fn concerns(&self, period: Period) -> bool {
        period.knows(self.given.says.at) && self.end().is_none_or(|end| end > period.since)
    }
}

/// Finds every sign-off of a record, in its order.
pub fn signatures<'a>(ledger: &'a Ledger, given: &HashMap<&'a str, Given<'a>>) -> Vec<Signature<'a>> {
    let mut all: Vec<Signature<'a>> = given.iter().filter_map(|(id, given)| signature(id, *given)).collect();
    all.sort_by_key(|signature| signature.given.entry);
    let places: HashMap<&str, usize> = all.iter().enumerate().map(|(place, one)| (one.id, place)).collect();
    for (entry, says) in ledger.known() {
        match &says.deed {
            Deed::Started { .. } | Deed::Recorded { .. } => {
                for place in used(says).iter().filter_map(|id| places.get(id)) {
                    all[*place].used.push(entry);
                }
            }
            Deed::Revoked { sign_off, reason, .. } => {
                if let Some(place) = places.get(&**sign_off) {
                    all[*place].revoked = Some((entry, says, reason));
                }
            }
            _ => {}
        }
    }
    for one in &mut all {
        one.apart = whose(ledger, one);
    }
    all
}

fn signature<'a>(id: &'a str, given: Given<'a>) -> Option<Signature<'a>> {
    let Deed::SignedOff { accepts, reason, asked_by, expires, .. } = &given.says.deed else { return None };
    Some(Signature {
        id,
        given,
        accepts: accepts.iter().map(|subject| &**subject).collect(),
        reason,
        asked_by: asked_by.as_deref(),
        expires: parse_time(expires).ok(),
        used: Vec::new(),
        revoked: None,
        apart: Apart::Unknown,
    })
}

/// Held against who asked for it, and against everybody who used it; nobody did either: it can't be told.
fn whose(ledger: &Ledger, one: &Signature<'_>) -> Apart {
    let asked = one.asked_by.map(|by| Person { by, known: None });
    let moved = one.used.iter().filter_map(|place| ledger.entries.get(*place)?.known()).map(Person::of);
    let signer = Person::of(one.given.says);
    asked
        .into_iter()
        .chain(moved)
        .map(|asker| apart(one.given.key, signer, asker))
        .max()
        .unwrap_or(Apart::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::approval::given;
    use crate::audit::testing::{book, november};

    const SIGNED: &str = r#"{"kind":"signed-off","at":"11-22T03:00","sign_off":"S1","as":"security","accepts":["CVE-1"],"reason":"r","expires":"2026-11-22T07:00:00Z"}"#;

    fn of(lines: &[&str]) -> (Vec<usize>, Ending, Apart, bool) {
        let ledger = book(&lines.join("\n"));
        let all = signatures(&ledger, &given(&ledger));
        (all[0].used.clone(), all[0].ending(november()), all[0].apart, all[0].concerns(november()))
    }

    #[test]
    fn a_sign_off_is_used_and_ends() {
        let used = r#"{"kind":"started","at":"11-22T04:00","command":[],"by":"bob@example.com","reasons":[{"code":"advisory-reopened","subject":"CVE-1","level":"warn","sign_offs":["S1"]}]}"#;
        let revoked =
            r#"{"kind":"revoked","at":"11-22T05:00","sign_off":"S1","as":"security","reason":"on again"}"#;
        assert_eq!(of(&[SIGNED]), (vec![], Ending::Lapsed, Apart::Unknown, true));
        assert_eq!(of(&[SIGNED, used]), (vec![1], Ending::Lapsed, Apart::Yes, true));
        assert_eq!(of(&[SIGNED, used, revoked]).1, Ending::Revoked);
        let own = used.replace("bob@", "ann@");
        assert_eq!(of(&[SIGNED, used, &own]).2, Apart::No, "the worst of all who used it");
        let asked = SIGNED.replace(r#""reason""#, r#""asked_by":"Bob <bob@example.com>","reason""#);
        assert_eq!(of(&[&asked]).2, Apart::Yes);
        let long = SIGNED.replace("2026-11-22T07", "2026-12-22T07");
        assert_eq!(of(&[&long]).1, Ending::Stands);
        // One that had ended before the period isn't of it.
        let earlier = SIGNED.replace("11-22T03", "10-22T03").replace("2026-11-22T07", "2026-10-22T07");
        assert!(!of(&[&earlier]).3);
    }
}
