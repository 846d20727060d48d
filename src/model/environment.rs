//! Environments and their groups.

use crate::model::{Name, Origin};

/// A declared environment.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The group it is in: what is said of the group holds for it.
    pub within: Option<Name>,
    /// Where it stands.
    pub origin: Origin,
}
