//! Rules: which level a reason has, and who may sign for it.

use crate::model::{Condition, Level, Origin, Owner, Time, Window};

/// One rule; the first that matches a reason decides its level.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name, shown beside the reason that it decided; without one, `rule N` by its position.
    pub name: Box<str>,
    /// What it matches.
    pub when: Condition,
    /// The level it gives.
    pub then: Level,
    /// Who may sign a hold; None: the owner of the reason's key.
    pub sign: Option<Owner>,
    /// After how long without an answer a hold goes on; None: never.
    pub silence: Option<Window>,
    /// Why, mostly an address.
    pub because: Option<Box<str>>,
    /// The first instant at which it no longer matches.
    pub until: Option<Time>,
    /// Where it stands; None: one of the shipped defaults.
    pub origin: Option<Origin>,
}
