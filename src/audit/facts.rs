//! What the registry adds to the record, where it loads: who owns a service, which debts stand, how versions compare.
//!
//! A report is made of the record. These facts are as they stand when it is made, not as they were; where they are
//! missing, the report says so and does without.

use std::collections::BTreeMap;

use crate::model::{FlagKind, Id, Key, Registry, Service, Severity, Time, Version, Window};
use crate::version::Scale;

/// What the registry knows of a service.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The team that owns the reliability key, and the one that owns the security key.
    pub owners: [Option<String>; 2],
    /// The debts that stand, by id, with when each is due.
    pub debts: BTreeMap<String, Option<Time>>,
    /// For how long a release that was left by a rollback is not to be returned to.
    pub ping_pong: Window,
    /// Its flags, by id.
    pub flags: BTreeMap<String, FlagFact>,
    scale: Scale,
}

/// What the registry knows of a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagFact {
    /// Whose statement it is.
    pub key: Key,
    /// How bad it is.
    pub severity: Severity,
}

impl Facts {
    /// Takes them from a registry that was loaded for this service.
    pub fn of(registry: &Registry, service: &Service) -> Facts {
        let owner = |key| service.owners.of(key).map(ToString::to_string);
        let flags = registry.flags.iter().chain(&service.flags).map(|flag| {
            let key = match flag.kind {
                FlagKind::Advisory => Key::Security,
                FlagKind::Instability => Key::Reliability,
            };
            (flag.id.to_string(), FlagFact { key, severity: flag.severity })
        });
        let debts = service.debts.iter().map(|debt| (debt.id.to_string(), debt.due));
        Facts {
            owners: [owner(Key::Reliability), owner(Key::Security)],
            debts: debts.collect(),
            ping_pong: registry.policy.ping_pong,
            flags: flags.collect(),
            scale: service.scale.clone(),
        }
    }

    /// Whether a version is this one or newer, by the service's order; false where that can't be told.
    pub fn is_from(&self, version: &str, first: &str) -> bool {
        let place = |text: &str| Version::new(text, &self.scale).place;
        matches!((place(version), place(first)), (Some(version), Some(first)) if version >= first)
    }

    /// Whether a debt stands; ids differ in more than case.
    pub fn has_debt(&self, id: &str) -> bool {
        Id::new(id).is_ok_and(|id| self.debts.keys().any(|debt| debt.eq_ignore_ascii_case(id.as_str())))
    }
}
