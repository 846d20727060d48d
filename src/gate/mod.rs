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
mod files;
mod find;
mod found;
mod join;
mod node;
mod overlay;
mod place;
mod read;
mod reverts;
mod services;
mod sighting;
mod spot;
mod yaml;

pub use change::{Around, Change, Nothing, Side};
pub use find::find;
pub use found::{Found, FoundMove, Hint, Removed, Said, UnknownImage, Unmapped, Unreadable};
pub use read::is_read;
pub use reverts::reverts;
pub use sighting::{Sighting, Source, Subject, Workload};
pub use spot::Spot;
