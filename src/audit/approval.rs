//! Who approved a decision, and whether that was somebody else than who asked for it.
//!
//! Who somebody is, is a claim; here claims are compared, by the rule that `docs/audit.md` states:
//!
//! - Two identities with an e-mail address are one person's if the address is the same, case ignored.
//! - Two that the CI gave are compared as they stand.
//! - Anything else can't be told: a name without an address may belong to anybody, an account is no person.

use std::collections::HashMap;

use super::ledger::Ledger;
use crate::model::{Key, is_same_person};
use crate::record::{Deed, Known, Statement};

/// Whether who approved wasn't who asked. The worse answer counts: it is the greater one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Apart {
    /// Everybody who approved is somebody else.
    Yes,
    /// It is the same person, for reliability, where that is allowed.
    Own,
    /// It can't be told.
    Unknown,
    /// It is the same person, for security; or nobody approved, for the glass was broken.
    No,
}

impl Apart {
    /// The word in exports and reports.
    pub fn word(self) -> &'static str {
        match self {
            Apart::Yes => "yes",
            Apart::Own => "self",
            Apart::Unknown => "unknown",
            Apart::No => "no",
        }
    }
}

/// Somebody, by what the record says.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Who.
    pub by: &'a str,
    /// How that is known; None: a name that somebody else gave.
    pub known: Option<Known>,
}

impl<'a> Person<'a> {
    /// Who made a line.
    pub fn of(says: &'a Statement) -> Person<'a> {
        Person { by: &says.by, known: Some(says.known) }
    }
}

/// Whether an approval for a key is somebody else's than who asked.
pub fn apart(key: &str, approver: Person<'_>, asker: Person<'_>) -> Apart {
    let addresses = approver.by.contains('@') && asker.by.contains('@');
    let is_ci = |person: Person<'_>| person.known == Some(Known::Ci);
    let accounts = [approver, asker].iter().any(|person| person.known == Some(Known::Account));
    match is_same_person(approver.by, asker.by) {
        _ if accounts => Apart::Unknown,
        true if *key == *Key::Reliability.word() => Apart::Own,
        true => Apart::No,
        false if addresses || is_ci(approver) && is_ci(asker) => Apart::Yes,
        false => Apart::Unknown,
    }
}

/// A sign-off that was given, by the place of its line.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The place of the line.
    pub entry: usize,
    /// The line.
    pub says: &'a Statement,
    /// The key that was signed for.
    pub key: &'a str,
    /// Until when it counts, as it says.
    pub expires: &'a str,
}

/// The sign-offs of a record, by id.
pub fn given(ledger: &Ledger) -> HashMap<&str, Given<'_>> {
    let given = ledger.known().filter_map(|(entry, says)| match &says.deed {
        Deed::SignedOff { sign_off, key, expires, .. } => {
            Some((&**sign_off, Given { entry, says, key, expires }))
        }
        _ => None,
    });
    given.collect()
}

/// The ids of the sign-offs that lowered a reason of a verdict, each once.
pub fn used(says: &Statement) -> Vec<&str> {
    let mut ids: Vec<&str> = Vec::new();
    for id in says.reasons.iter().flat_map(|reason| &reason.sign_offs) {
        if !ids.contains(&&**id) {
            ids.push(id);
        }
    }
    ids
}

/// Whether a verdict went by other people's sign-offs; None: it needed none.
pub fn of_verdict(says: &Statement, given: &HashMap<&str, Given<'_>>) -> Option<Apart> {
    let each = |id: &&str| {
        given
            .get(*id)
            .map_or(Apart::Unknown, |given| apart(given.key, Person::of(given.says), Person::of(says)))
    };
    used(says).iter().map(each).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_approved_is_held_against_who_asked() {
        let person = |by, known| Person { by, known };
        let (git, ci, account) = (Some(Known::Git), Some(Known::Ci), Some(Known::Account));
        for (key, approver, asker, want) in [
            (
                "security",
                person("Ann <ann@example.com>", git),
                person("Bob <bob@example.com>", git),
                Apart::Yes,
            ),
            ("security", person("Ann <ann@example.com>", git), person("ANN@example.com", None), Apart::No),
            ("reliability", person("a@example.com", git), person("A <a@example.com>", git), Apart::Own),
            ("security", person("ann", ci), person("bob", ci), Apart::Yes),
            ("security", person("ann", ci), person("ann", ci), Apart::No),
            // A name without an address may be anybody's, and an account is no person.
            ("security", person("Ann", git), person("Bob", git), Apart::Unknown),
            ("security", person("ann", ci), person("Ann <ann@example.com>", git), Apart::Unknown),
            ("security", person("root", account), person("root", account), Apart::Unknown),
            ("reliability", person("a@example.com", git), person("b@example.com", account), Apart::Unknown),
        ] {
            assert_eq!(apart(key, approver, asker), want, "{approver:?} {asker:?}");
        }
    }

    #[test]
    fn the_worst_of_several_counts() {
        let order = [Apart::Yes, Apart::Own, Apart::Unknown, Apart::No];
        assert!(order.is_sorted());
        assert_eq!(order.map(Apart::word), ["yes", "self", "unknown", "no"]);
    }
}
