//! Incidents: that something is wrong right now.

use crate::model::{Id, Name, Origin, Time};

/// An incident, current or ended.
#[derive(Debug, Clone)]
pub struct Incident {
    /// Its id in the incident tool.
    pub id: Id,
    /// The services it concerns.
    pub services: Vec<Name>,
    /// A free word such as `sev1`.
    pub severity: Option<Box<str>>,
    /// When it began.
    pub started: Time,
    /// When it ended.
    pub ended: Option<Time>,
    /// Where it stands.
    pub origin: Origin,
}
