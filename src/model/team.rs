//! Teams: who may sign for a key.

use crate::model::Origin;

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
        let address =
            by.rsplit_once('<').map_or(by, |(_, rest)| rest.trim_end().trim_end_matches('>')).trim();
        self.members.iter().any(|member| member.eq_ignore_ascii_case(address))
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
}
