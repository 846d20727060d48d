//! What a change of manifests does beside what it moves, and what of it can't be told.

use anyhow::Result;

use super::asked::Asked;
use super::folders::Folders;
use super::revisions::{Differences, Revisions};
use crate::gate::{FoundMove, Hint, Nothing, Removed, Side, find};
use crate::model::Registry;
use crate::report::Gap;

/// The trees that are compared, if any are.
pub(super) enum Trees {
    None,
    Revisions(Box<Revisions>),
    Folders(Folders),
}

/// What is found beside the moves.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub removed: Vec<Removed>,
    pub hints: Vec<Hint>,
    pub templates: Vec<String>,
    /// What could not be judged, or was passed over.
    pub gaps: Vec<Gap>,
}

/// What may be passed over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leniency {
    pub skip_unreadable: bool,
    pub require_known: bool,
}

impl Asked {
    /// Opens the trees.
    ///
    /// # Errors
    /// When they can't be compared.
    pub fn trees(&self) -> Result<Trees> {
        Ok(match self {
            Asked::Named(_) | Asked::List(..) => Trees::None,
            Asked::Diff(diff) => Trees::Revisions(Box::new(Revisions::open(diff)?)),
            Asked::Rendered { base, head } => Trees::Folders(Folders::open(base, head)?),
        })
    }
}

impl Trees {
    /// The commits, where two are compared.
    pub fn revisions(&self) -> Option<&Revisions> {
        match self {
            Trees::Revisions(revisions) => Some(revisions),
            Trees::None | Trees::Folders(_) => None,
        }
    }
}

impl Beside {
    /// Finds the moves between two trees, and takes what else there is.
    ///
    /// # Errors
    /// When they can't be compared.
    pub fn find(&mut self, trees: &Trees, registry: &Registry, leniency: Leniency) -> Result<Vec<FoundMove>> {
        let (differences, mut found) = match trees {
            Trees::None => (Differences::default(), find(registry, &[], &Nothing)),
            Trees::Revisions(revisions) => {
                let differences = revisions.differences(&registry.gate)?;
                let found = find(registry, &differences.changes, &**revisions);
                (differences, found)
            }
            Trees::Folders(folders) => {
                let differences = folders.differences(&registry.gate);
                let found = find(registry, &differences.changes, folders);
                (differences, found)
            }
        };
        // What couldn't even be fetched is missing from the comparison, on whichever side.
        let mut unreadable = differences.unreadable;
        // What can't be understood only as it was is mended by the change.
        unreadable.extend(found.unreadable.into_iter().filter(|file| file.side == Side::Head));
        self.gaps.extend(unreadable.iter().map(|file| Gap::unreadable(file, leniency.skip_unreadable)));
        // Where nothing is any more, nothing has to be judged.
        self.gaps.extend(found.unmapped.iter().map(|place| Gap::unmapped(place, place.to.is_some())));
        let required = leniency.require_known || registry.gate.require_known;
        self.gaps.extend(found.unknown_images.iter().map(|image| Gap::unknown(image, required)));
        self.removed.append(&mut found.removed);
        self.hints.extend(differences.hints);
        self.hints.append(&mut found.hints);
        self.templates.append(&mut found.templates);
        Ok(found.moves)
    }

    /// Whether the change does nothing that a registry could have something to say of.
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.gaps.is_empty()
    }
}
