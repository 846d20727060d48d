//! The ground on which a registry is to be laid: the folder, and the repository around it.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::failure::Complaint;
use super::settings::{Said, Settings};
use crate::disk::{find_registry, whereabouts};
use crate::git::{self, Tagging};
use crate::import::tags::Tagged;

/// Where the registry is to lie.
pub(super) struct Place {
    /// The folder, wherever its name leads.
    pub folder: PathBuf,
    /// The root of the repository around it.
    pub repository: Option<PathBuf>,
    /// Where it lies in that.
    pub inside: String,
}

impl Place {
    /// Looks at a folder that may not be there yet.
    ///
    /// # Errors
    /// When something on the way is no folder.
    pub fn of(folder: &str) -> Result<Place> {
        let in_the_way = || {
            let hint = "give a folder, or a place where one can be made";
            Complaint::unjudged(format!("`{folder}` is no folder, and can't be one"), Some(hint.into()))
        };
        let folder = whereabouts(Path::new(folder)).ok_or_else(in_the_way)?;
        let repository = folder.ancestors().find_map(git::work_tree);
        let inside = repository.as_deref().and_then(|root| folder.strip_prefix(root).ok());
        let inside = inside.map_or_else(String::new, |path| path.to_string_lossy().replace('\\', "/"));
        Ok(Place { repository, inside, folder })
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.folder.file_name().and_then(|name| name.to_str())
    }

    /// The name of the repository around it.
    pub fn repository_name(&self) -> Option<&str> {
        self.repository.as_deref().and_then(Path::file_name).and_then(|name| name.to_str())
    }

    /// What else is to be known of a registry in this place.
    pub fn notes(&self, tagging: Option<&(Tagged, Tagging)>, settings: &Settings) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(above) = self.folder.parent().and_then(find_registry) {
            let above = above.display();
            notes.push(format!(
                "`{above}` holds a registry, too: in this folder and below it, the new one counts"
            ));
        }
        if let Some(Said::Variable(path)) = &settings.registry {
            notes.push(format!(
                "HOLDPOINT_REGISTRY says `{path}`: commands that are to use this one must name it"
            ));
        }
        if tagging.is_some_and(|(_, tagging)| tagging.shallow) {
            notes.push(
                "the repository is a shallow clone, so tags may be missing: git fetch --unshallow --tags"
                    .into(),
            );
        }
        let undated = tagging.map_or(0, |(tagged, _)| tagged.undated);
        if undated > 0 {
            notes.push(format!(
                "{undated} of the releases have no date that can be true; `released` is left out"
            ));
        }
        notes
    }
}
