//! Which services a change may concern, by the paths of the files that it touches.

use std::collections::BTreeSet;

use crate::model::Name;
use crate::record::FOLDER;
use crate::registry::{Concern, Tree, concern};

/// What a change may concern.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// These services.
    pub services: BTreeSet<Name>,
    /// All services.
    pub everyone: bool,
    /// Something that services share: the main file, or a flag.
    pub shared: bool,
    /// The records of these.
    pub records: BTreeSet<Name>,
}

/// Finds what a change may concern. Paths are relative to the registry's folder; what isn't the registry's is passed
/// over. `main` is the name of the main file.
pub fn touched<'p>(
    paths: impl IntoIterator<Item = &'p str>,
    main: &str,
    before: &dyn Tree,
    after: &dyn Tree,
) -> Touched {
    let mut touched = Touched::default();
    for path in paths {
        match path.split_once('/') {
            None if path == main => touched.share(path, before, after),
            Some(("advisories" | "instabilities", _)) => touched.share(path, before, after),
            Some(("services", rest)) => {
                let name = rest.split('/').next().unwrap_or_default();
                touched.services.extend(Name::new(name));
            }
            Some((FOLDER, rest)) => {
                let name = rest.split('/').next().unwrap_or_default();
                touched.records.extend(Name::new(name));
            }
            _ => {}
        }
    }
    touched
}

impl Touched {
    fn share(&mut self, path: &str, before: &dyn Tree, after: &dyn Tree) {
        self.shared = true;
        let (Ok(old), Ok(new)) = (before.read(path), after.read(path)) else {
            self.everyone = true;
            return;
        };
        match concern(old.as_deref(), new.as_deref()) {
            Concern::Everyone => self.everyone = true,
            Concern::These(names) => self.services.extend(names),
        }
    }

    /// Those of these services that are to be looked at, in the order of their names.
    pub fn among(&self, known: impl IntoIterator<Item = Name>) -> Vec<Name> {
        let known: BTreeSet<Name> = known.into_iter().collect();
        known.into_iter().filter(|name| self.everyone || self.services.contains(name)).collect()
    }
}
