//! Conditions: what rules match.

use crate::model::{MoveKind, Owner, Severity};

/// A set of conditions, all of which must hold; within one, any of its words.
///
/// An empty list of words means that the condition was not given. Globs (`*` and `?`) are allowed on
/// service and environment only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// Codes of reasons.
    pub reason: Vec<Box<str>>,
    /// Special cases of a reason, such as `already-below` of `below-floor`; see each code's documentation.
    pub case: Vec<Box<str>>,
    /// Keys; `both` matches the reasons that belong to both.
    pub key: Vec<Owner>,
    /// Severity words of the flag. A reason without a flag never matches.
    pub severity: Vec<Severity>,
    /// The least severity of the flag, unknown counting as high.
    pub severity_at_least: Option<Severity>,
    /// Whether the flag is known to be exploited.
    pub exploited: Option<bool>,
    /// Kinds of move.
    pub movement: Vec<MoveKind>,
    /// Globs on the service's name.
    pub service: Vec<Box<str>>,
    /// The service's tier.
    pub tier: Vec<Box<str>>,
    /// Tags of the release that the move goes to.
    pub tag: Vec<Box<str>>,
    /// Globs on the environment or a group it is in.
    pub environment: Vec<Box<str>>,
    /// Whether the barrier can be undone. A reason without a barrier never matches.
    pub reversible: Option<bool>,
    /// Whether there is an incident (`true`, `false`), or which.
    pub incident: Option<IncidentCondition>,
}

/// What a rule wants of the incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IncidentCondition {
    /// That there is one, or none.
    Any(bool),
    /// That it is one of these.
    Ids(Vec<Box<str>>),
}
