//! Who is told: which half of a service's truth is theirs.

use crate::model::{Key, Service};

/// What a team is to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It owns this key.
    Owns(Key),
    /// It owns both, or nobody knows.
    Any,
}

impl Role {
    /// What `team` is to `service`.
    pub fn of(team: Option<&str>, service: Option<&Service>) -> Role {
        let owns = |key: &Key| {
            let owner = service.and_then(|service| service.owners.of(*key));
            owner.is_some_and(|owner| Some(owner.as_str()) == team)
        };
        let mut keys = Key::ALL.into_iter().filter(owns);
        match (keys.next(), keys.next()) {
            (Some(key), None) => Role::Owns(key),
            _ => Role::Any,
        }
    }

    /// Whether what matters to a key matters to it.
    pub fn minds(self, key: Key) -> bool {
        self == Role::Any || self == Role::Owns(key)
    }
}
