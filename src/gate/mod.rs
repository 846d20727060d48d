//! Two trees of deployment manifests become the moves that a change between them makes.
//!
//! [`find`] is the entry point. Readers, one file per kind of document, turn each changed file of each side into
//! [`Sighting`]s: this version, at this line. The sightings of the two sides are then joined, by workload and
//! container first, so that a file that was moved, renamed or split makes no difference.
//!
//! Pure: whoever has the trees (a commit, two rendered folders) hands in the [`Change`]s, and what is [`Around`]
//! them. Deliberately absent: rendering. What a template or an operator makes of a value isn't computed, and
//! `docs/gate.md` says where that ends.

mod change;
mod found;
mod sighting;
mod spot;

pub use change::{Around, Change, Nothing, Side};
pub use found::{Found, FoundMove, Hint, Removed, Said, UnknownImage, Unmapped, Unreadable};
pub use sighting::{Sighting, Source, Subject, Workload};
pub use spot::Spot;

use crate::model::Registry;

/// Finds the moves of a change, under the settings, services and environments of a registry.
///
/// Of the registry, the services whose images may occur have to be loaded.
pub fn find(_registry: &Registry, _changes: &[Change], _around: &dyn Around) -> Found {
    Found::default()
}
