//! The population that an auditor samples: one row a decision, with its approval, its outcome and what followed.
//!
//! What a row's line couldn't know yet (the end of a command, reviews, a revocation) is taken from later lines of the
//! record, also of later than the period: a sample is asked what became of it.

use std::collections::HashMap;

use super::approval::{Apart, Given, Person, apart, given, of_verdict, used};
use super::fold::{Folds, Part};
use super::glass::{Glass, glasses};
use super::ledger::{Entry, Ledger, Says, Told};
use super::period::Period;
use super::signature::{Signature, signatures};
use crate::model::Time;
use crate::record::{Deed, Statement};

/// A decision.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// Whose record.
    pub ledger: &'a Ledger,
    /// Its line.
    pub entry: &'a Entry,
    /// The lines that belong to it.
    pub parts: Vec<&'a Entry>,
    /// The sign-offs by which it went.
    pub approvals: Vec<Approval<'a>>,
    /// Whether who approved wasn't who asked; None: it needed no approval.
    pub apart: Option<Apart>,
    /// What became of it.
    pub followed: Followed<'a>,
}

/// A sign-off by which something went.
#[derive(Debug, Clone, Copy)]
pub struct Approval<'a> {
    /// Its id.
    pub id: &'a str,
    /// What the record says of it; None: it isn't there.
    pub given: Option<Given<'a>>,
}

/// What became of a decision.
#[derive(Debug, Clone, Default)]
pub struct Followed<'a> {
    /// By when something is to be done: a review, or the end of an acceptance.
    pub due: Option<Time>,
    /// The debt that it left.
    pub debt: Option<&'a str>,
    /// Who looked back at it.
    pub reviews: Vec<Look<'a>>,
    /// When it was closed, cleared or taken back, and by whom.
    pub done: Option<(Time, &'a str)>,
}

/// A review.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// For which key.
    pub key: &'a str,
    /// By whom.
    pub by: &'a str,
    /// When.
    pub at: Time,
    /// What was found.
    pub note: Option<&'a str>,
}

impl<'a> Row<'a> {
    /// What its line says, if it is of a kind that is known here.
    pub fn says(&self) -> Option<&'a Statement> {
        self.entry.known()
    }

    /// The first of its parts of which this gives something.
    pub fn part<T>(&self, take: impl Fn(&'a Deed) -> Option<T>) -> Option<T> {
        self.parts.iter().find_map(|part| take(part.deed()?))
    }

    /// Who was told of it.
    pub fn told(&self) -> impl Iterator<Item = &'a Told> {
        self.parts.iter().filter_map(|part| match &part.says {
            Says::Told(told) => Some(told),
            _ => None,
        })
    }

    /// Why, in the words of who did it.
    pub fn reason(&self) -> Option<&'a str> {
        let own = |deed: &'a Deed| match deed {
            Deed::Settled { reason, .. }
            | Deed::Cleared { reason, .. }
            | Deed::SignedOff { reason, .. }
            | Deed::Revoked { reason, .. }
            | Deed::BrokeGlass { reason, .. } => Some(&**reason),
            Deed::Flagged { title, .. } => Some(&**title),
            Deed::Reviewed { note, .. } => note.as_deref(),
            _ => None,
        };
        self.entry.deed().and_then(own).or_else(|| self.part(own))
    }

    /// What it is about: a flag, a sign-off, a debt, a release.
    pub fn subject(&self) -> Option<&'a str> {
        let own = |deed: &'a Deed| match deed {
            Deed::Flagged { flag, .. } | Deed::Cleared { flag, .. } => Some(&**flag),
            Deed::SignedOff { sign_off, .. } | Deed::Revoked { sign_off, .. } => Some(&**sign_off),
            Deed::BrokeGlass { debt, .. } => debt.as_deref(),
            Deed::Reviewed { debt, .. } => Some(&**debt),
            Deed::Settled { version, .. } => Some(&**version),
            _ => None,
        };
        self.entry.deed().and_then(own).or_else(|| self.part(own))
    }

    /// How it ended, where it is something that ends.
    pub fn outcome(&self) -> Option<Outcome<'a>> {
        let of = |deed: &'a Deed| match deed {
            Deed::Finished { code, signal, running, verified, trouble, .. } => Some(Outcome {
                code: *code,
                signal: signal.as_deref(),
                running,
                verified: *verified,
                trouble: trouble.as_deref(),
                recorded: true,
            }),
            Deed::Recorded { running, .. } | Deed::Observed { running, .. } => Some(Outcome {
                running,
                verified: matches!(deed, Deed::Observed { .. }),
                recorded: true,
                ..Outcome::default()
            }),
            _ => None,
        };
        let started = matches!(self.entry.deed(), Some(Deed::Started { .. }));
        let own = self.entry.deed().and_then(of).or_else(|| self.part(of));
        own.or_else(|| started.then(Outcome::default))
    }
}

/// How a move ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// Its exit code.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<&'a str>,
    /// What ran then.
    pub running: &'a [Box<str>],
    /// Whether somebody looked.
    pub verified: bool,
    /// What went wrong beside that.
    pub trouble: Option<&'a str>,
    /// Whether its end is in the record.
    pub recorded: bool,
}

/// All decisions of a record in a period, and where its other lines are.
#[derive(Debug, Clone)]
pub struct Population<'a> {
    /// The rows, in the order of the record.
    pub rows: Vec<Row<'a>>,
    /// What becomes of the lines of the period.
    pub account: Account,
}

/// Where the lines of the period are: together they are all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Account {
    /// Rows.
    pub rows: usize,
    /// Parts of a row of the period.
    pub parts: usize,
    /// Parts of a row of another period, which isn't here.
    pub elsewhere: usize,
    /// No decisions.
    pub beside: usize,
}

impl Account {
    /// All lines of the period.
    pub fn lines(&self) -> usize {
        self.rows + self.parts + self.elsewhere + self.beside
    }

    /// Puts another record's lines to these.
    pub fn add(&mut self, other: Account) {
        self.rows += other.rows;
        self.parts += other.parts;
        self.elsewhere += other.elsewhere;
        self.beside += other.beside;
    }
}

impl<'a> Population<'a> {
    /// Takes it from a record.
    pub fn of(ledger: &'a Ledger, period: Period) -> Population<'a> {
        let folds = Folds::of(ledger);
        let given = given(ledger);
        let making = Making {
            ledger,
            signatures: signatures(ledger, &given).into_iter().map(|one| (one.given.entry, one)).collect(),
            glasses: glasses(ledger, &folds, None).into_iter().map(|glass| (glass.row, glass)).collect(),
            cleared: cleared(ledger),
            given,
            folds,
        };
        making.population(period)
    }
}

/// The lines that withdrew flags, by flag and in order.
fn cleared(ledger: &Ledger) -> HashMap<&str, Vec<(usize, &Statement)>> {
    let mut cleared: HashMap<&str, Vec<(usize, &Statement)>> = HashMap::new();
    for (place, says) in ledger.known() {
        if let Deed::Cleared { flag, fixed_in: None, .. } = &says.deed {
            cleared.entry(flag).or_default().push((place, says));
        }
    }
    cleared
}

struct Making<'a> {
    ledger: &'a Ledger,
    folds: Folds,
    given: HashMap<&'a str, Given<'a>>,
    signatures: HashMap<usize, Signature<'a>>,
    glasses: HashMap<usize, Glass<'a>>,
    cleared: HashMap<&'a str, Vec<(usize, &'a Statement)>>,
}

impl<'a> Making<'a> {
    fn population(&self, period: Period) -> Population<'a> {
        let (mut rows, mut account) = (Vec::new(), Account::default());
        let is_of_it =
            |place: usize| self.ledger.entries.get(place).is_some_and(|entry| period.holds(entry.at));
        for (place, part) in self.folds.parts.iter().enumerate().filter(|(place, _)| is_of_it(*place)) {
            match part {
                Part::Row => {
                    account.rows += 1;
                    rows.extend(self.row(place));
                }
                Part::Of(row) if is_of_it(*row) => account.parts += 1,
                Part::Of(_) => account.elsewhere += 1,
                Part::Beside => account.beside += 1,
            }
        }
        Population { rows, account }
    }

    fn row(&self, place: usize) -> Option<Row<'a>> {
        let entry = self.ledger.entries.get(place)?;
        let parts =
            self.folds.parts_of(place).iter().filter_map(|part| self.ledger.entries.get(*part)).collect();
        let approvals = entry.known().map_or_else(Vec::new, |says| {
            used(says).into_iter().map(|id| Approval { id, given: self.given.get(id).copied() }).collect()
        });
        let apart = entry.known().and_then(|says| self.apart(place, says));
        let followed = entry.known().map_or_else(Followed::default, |says| self.followed(place, says));
        Some(Row { ledger: self.ledger, entry, parts, approvals, apart, followed })
    }

    fn apart(&self, place: usize, says: &'a Statement) -> Option<Apart> {
        match &says.deed {
            Deed::SignedOff { .. } => self.signatures.get(&place).map(|one| one.apart),
            Deed::Reviewed { debt, key: Some(key), .. } => {
                let glass = self.glass(debt);
                Some(
                    glass
                        .map_or(Apart::Unknown, |glass| apart(key, Person::of(says), Person::of(glass.says))),
                )
            }
            Deed::Reviewed { .. } => None,
            _ => {
                let broken = self.glasses.get(&place).filter(|glass| !glass.subjects.is_empty());
                broken.map(|_| Apart::No).max(of_verdict(says, &self.given))
            }
        }
    }

    fn glass(&self, debt: &str) -> Option<&Glass<'a>> {
        self.glasses.values().find(|glass| glass.debt.is_some_and(|id| id.eq_ignore_ascii_case(debt)))
    }

    fn followed(&self, place: usize, says: &'a Statement) -> Followed<'a> {
        if let Some(glass) = self.glasses.get(&place) {
            let look = |one: &super::glass::ReviewOf<'a>| Look {
                key: one.key,
                by: &one.says.by,
                at: one.says.at,
                note: one.note,
            };
            return Followed {
                due: glass.due,
                debt: glass.debt,
                reviews: glass.reviews.iter().map(look).collect(),
                done: glass.closed.map(|closed| (closed.says.at, &*closed.says.by)),
            };
        }
        if let Some(signature) = self.signatures.get(&place) {
            let done = signature.revoked.map(|(_, says, _)| (says.at, &*says.by));
            return Followed { due: signature.expires, done, ..Followed::default() };
        }
        match &says.deed {
            Deed::Flagged { flag, .. } => {
                let mut later = self.cleared.get(&**flag).into_iter().flatten();
                let done = later.find(|(cleared, _)| *cleared > place).map(|(_, says)| (says.at, &*says.by));
                Followed { done, ..Followed::default() }
            }
            _ => Followed::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::{book, november};

    const MOVE: &str = r#""environment":"prod","move":{"kind":"rollback","from":"2","to":"1"}"#;

    fn lines() -> String {
        let text = r#"{"kind":"signed-off","at":"10-30T10:00","by":"Mina <mina@example.com>","sign_off":"S1","as":"security","accepts":["CVE-1"],"reason":"it is off","expires":"2026-11-30T00:00:00Z"}
{"kind":"released","at":"11-01T09:00","version":"2"}
{"kind":"flagged","at":"11-01T10:00","flag":"CVE-1","as":"security","title":"A hole","severity":"high","exploited":false,"compromised":false,"extended":false,"affects":{}}
{"kind":"started","at":"11-02T10:00","command":["helm"],MOVE,"verdict":"warn","reasons":[{"code":"advisory-reopened","subject":"CVE-1","level":"warn","rule":"r","sign_offs":["S1"]}]}
{"kind":"finished","at":"11-02T11:00","of":"L4","code":0,"running":["1"],"verified":true,MOVE}
{"kind":"broke-glass","at":"11-03T10:00","debt":"D1","reason":"down","subjects":["CVE-1"],"due":"2026-11-06T10:00:00Z",MOVE,"verdict":"block"}
{"kind":"started","at":"11-03T10:00","command":["helm"],MOVE,"verdict":"block"}
{"kind":"reviewed","at":"11-04T10:00","by":"Mina <mina@example.com>","debt":"D1","as":"security","note":"fine","closed":false}
{"kind":"reviewed","at":"12-04T10:00","by":"Ann <ann@example.com>","debt":"D1","as":"reliability","note":"ours","closed":true}
{"kind":"cleared","at":"12-05T10:00","flag":"CVE-1","as":"security","reason":"mended"}
{"kind":"started","at":"10-31T10:00","command":["helm"],MOVE}
{"kind":"finished","at":"11-05T11:00","of":"L11","code":0,"running":["1"],"verified":true,MOVE}
nonsense"#;
        text.replace("MOVE", MOVE)
    }

    #[test]
    fn rows_have_their_approval_their_outcome_and_what_followed() {
        let ledger = book(&lines());
        let population = Population::of(&ledger, november());
        let kinds: Vec<&str> = population.rows.iter().map(|row| row.entry.kind()).collect();
        assert_eq!(kinds, ["flagged", "started", "started", "reviewed", "unreadable"]);
        let [flagged, signed, broken, reviewed, _] = &population.rows[..] else { panic!("{kinds:?}") };
        assert_eq!((flagged.subject(), flagged.reason()), (Some("CVE-1"), Some("A hole")));
        let cleared = (crate::audit::testing::at("2026-12-05T10:00:00Z"), "Ann <ann@example.com>");
        assert_eq!(flagged.followed.done, Some(cleared));
        assert_eq!(
            (signed.apart, signed.approvals[0].given.map(|given| &*given.says.by)),
            (Some(Apart::Yes), Some("Mina <mina@example.com>"))
        );
        let outcome = signed.outcome().unwrap();
        assert_eq!(
            (outcome.code, outcome.running, outcome.verified, outcome.recorded),
            (Some(0), &["1".into()][..], true, true)
        );
        assert_eq!(
            (broken.apart, broken.reason(), broken.subject()),
            (Some(Apart::No), Some("down"), Some("D1"))
        );
        assert!(!broken.outcome().unwrap().recorded, "its end isn't in the record");
        let keys: Vec<&str> = broken.followed.reviews.iter().map(|look| look.key).collect();
        assert_eq!(keys, ["security", "reliability"], "also what came after the period");
        assert!(broken.followed.done.is_some());
        assert_eq!(reviewed.apart, Some(Apart::Yes));
    }

    #[test]
    fn every_line_of_the_period_is_accounted_for() {
        let ledger = book(&lines());
        let account = Population::of(&ledger, november()).account;
        // Beside the rows: the end of the first move and its glass; the end of October's; the release.
        assert_eq!(account, Account { rows: 5, parts: 2, elsewhere: 1, beside: 1 });
        let inside = ledger.entries.iter().filter(|entry| november().holds(entry.at)).count();
        assert_eq!(account.lines(), inside);
        // Over all times they are all lines, each once.
        let all = Period { since: Time::MIN_UTC, end: Time::MAX_UTC, before: Time::MAX_UTC };
        let population = Population::of(&ledger, all);
        assert_eq!(population.account.lines(), ledger.entries.len());
        let named = population.rows.iter().map(|row| 1 + row.parts.len()).sum::<usize>();
        assert_eq!(named + population.account.beside, ledger.entries.len());
    }
}
