//! Conditions: what rules match.

use crate::model::{Calendar, FlagKind, MoveKind, Name, Owner, Score, Severity, Window};

/// A set of conditions, all of which must hold; within one, any of its words.
///
/// An empty list of words means that the condition was not given. Globs (`*` and `?`) are allowed on
/// service and environment only. A condition on a flag never holds for a reason that speaks of none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// Codes of reasons.
    pub reason: Vec<Box<str>>,
    /// Special cases of a reason, such as `already-below` of `below-floor`; see each code's documentation.
    pub case: Vec<Box<str>>,
    /// Keys; `both` matches the reasons that belong to both.
    pub key: Vec<Owner>,
    /// Kinds of the flag.
    pub kind: Vec<FlagKind>,
    /// Severity words of the flag.
    pub severity: Vec<Severity>,
    /// The least severity of the flag, unknown counting as high.
    pub severity_at_least: Option<Severity>,
    /// The least CVSS score of the flag. One without a score never matches.
    pub score_at_least: Option<Score>,
    /// Whether the flag is known to be exploited.
    pub exploited: Option<bool>,
    /// For how long the flag has counted at least; one without dates always has.
    pub older_than: Option<Window>,
    /// For how long the flag has counted at most, that long excluded.
    pub younger_than: Option<Window>,
    /// Whether a sign-off says that a mitigation of the flag is on.
    pub mitigated: Option<bool>,
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
    /// The incident's severity word. Without an incident, or without its word, it never matches.
    pub incident_severity: Vec<Box<str>>,
    /// Days and hours.
    pub calendar: Option<Calendar>,
    /// Teams of which whoever asks is a member. Where nobody is known to ask, it never matches.
    pub asked_by: Vec<Name>,
}

/// What a rule wants of the incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IncidentCondition {
    /// That there is one, or none.
    Any(bool),
    /// That it is one of these.
    Ids(Vec<Box<str>>),
}
