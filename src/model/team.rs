//! Teams and persons: who may sign for a key.

use crate::model::{Key, Name, Origin, Registry, Service};

/// A team and its members' e-mail addresses.
#[derive(Debug, Clone)]
pub struct Team {
    /// E-mail addresses.
    pub members: Vec<Box<str>>,
    /// Where it stands.
    pub origin: Origin,
}

impl Team {
    /// Whether `by` (`Name <e-mail>`, or an address alone) is a member's identity, case ignored.
    ///
    /// An identity is a claim; this only holds it against the list.
    pub fn has(&self, by: &str) -> bool {
        let address = address(by);
        self.members.iter().any(|member| member.eq_ignore_ascii_case(address))
    }
}

/// The e-mail address of an identity: what stands in its last brackets, or all of it.
fn address(by: &str) -> &str {
    by.rsplit_once('<').map_or(by, |(_, rest)| rest.trim_end().trim_end_matches('>')).trim()
}

/// Whether two identities are one person's: they have the same address, or without one the same text; case
/// ignored.
///
/// Identities are claims. Two names without an address may be one person's and look different here.
pub fn is_same_person(one: &str, other: &str) -> bool {
    let person = |by: &str| match address(by) {
        "" => by.trim().to_ascii_lowercase(),
        address => address.to_ascii_lowercase(),
    };
    person(one) == person(other)
}

/// How somebody stands to the team that owns a key of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership<'a> {
    /// Nobody can be told apart: no team is defined at all, or none owns the key.
    NoTeam,
    /// A member of this team.
    Member(&'a Name),
    /// Not a member of this team, which may be named as the owner and not be defined.
    Outsider(&'a Name),
}

impl Membership<'_> {
    /// Whether somebody may act for the key.
    pub fn may_act(self) -> bool {
        !matches!(self, Membership::Outsider(_))
    }
}

impl Registry {
    /// How `by` stands to the team that owns a key of a service.
    ///
    /// Where no team is defined at all, nobody can be told apart; where some are, a team that isn't has no members.
    pub fn membership<'a>(&'a self, service: &'a Service, key: Key, by: &str) -> Membership<'a> {
        match service.owners.of(key).filter(|_| !self.teams.is_empty()) {
            None => Membership::NoTeam,
            Some(team) if self.teams.get(team).is_some_and(|team| team.has(by)) => Membership::Member(team),
            Some(team) => Membership::Outsider(team),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_known_by_their_address() {
        let team = Team { members: vec!["a@example.com".into()], origin: Origin::default() };
        assert!(team.has("a@example.com") && team.has("Ann <A@example.com>") && team.has("<a@example.com>"));
        assert!(!team.has("a@example.com <b@example.com>"), "only the address in brackets counts");
        assert!(!team.has("xa@example.com") && !team.has(""));
    }

    #[test]
    fn a_person_is_known_by_the_address_else_by_the_text() {
        for (one, other) in [
            ("Ann <a@example.com>", "A. Nother <A@Example.com>"),
            ("a@example.com", "Ann < a@example.com >"),
            (" ann ", "Ann"),
            ("Ann <>", "ann <>"),
            ("Ann <b@example.com> <a@example.com>", "a@example.com"),
        ] {
            assert!(is_same_person(one, other) && is_same_person(other, one), "{one} and {other}");
        }
        for (one, other) in [
            ("Ann <a@example.com>", "Ann <b@example.com>"),
            ("Ann", "Ann <a@example.com>"),
            ("Ann <>", "Ben <>"),
            ("a@example.com <b@example.com>", "a@example.com"),
        ] {
            assert!(!is_same_person(one, other) && !is_same_person(other, one), "{one} and {other}");
        }
    }
}
