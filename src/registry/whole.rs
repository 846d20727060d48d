//! A whole registry, service by service.
//!
//! `status`, `lint` and `explain` look at every service, and the largest registries don't fit into memory at
//! once. So each service is loaded as its own check would load it, looked at, and let go; services don't need
//! each other, so they can be loaded side by side, each thread with a tree of its own.

use crate::model::Name;
use crate::registry::{Ask, LoadError, Loaded, Mistake, Tree, load};

/// A registry whose services are loaded one at a time.
#[derive(Debug)]
pub struct Whole {
    main: String,
    names: Vec<Name>,
}

impl Whole {
    /// Reads what all services share. `main` is the name of the main file.
    ///
    /// # Errors
    /// When there is no registry, or its main file can't be read.
    pub fn open(tree: &dyn Tree, main: &str) -> Result<Whole, LoadError> {
        let loaded = load(tree, main, &Ask::Everything)?;
        Ok(Whole { main: main.to_owned(), names: loaded.registry.services.into_keys().collect() })
    }

    /// The services, by name.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// What is wrong with the registry beside its services: what no service's load would report.
    pub fn mistakes(&self) -> &[Mistake] {
        &[]
    }

    /// Loads one service, with the main file and the shared flags. The tree must be the one that was opened.
    ///
    /// # Errors
    /// Those of the service's check.
    pub fn service(&self, tree: &dyn Tree, name: &Name) -> Result<Loaded, LoadError> {
        load(tree, &self.main, &Ask::Service(name.clone()))
    }
}
