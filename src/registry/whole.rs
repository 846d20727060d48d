//! A whole registry, service by service.
//!
//! `status`, `lint` and `explain` look at every service, and the largest registries don't fit into memory at
//! once. So what all services share is read once, and each service is then loaded as its own check would load
//! it, looked at, and let go. Services don't need each other, so they can be loaded side by side, each thread
//! with a tree of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::model::{Name, Service, Sources};
use crate::registry::desk::Desk;
use crate::registry::layout::Walk;
use crate::registry::load::{self, Folders, Outcome, Which};
use crate::registry::reader::Table;
use crate::registry::shape::ROOT;
use crate::registry::shared::{Base, Common, Useless};
use crate::registry::{LoadError, Loaded, Mistake, Mistakes, Tree, Weight};
use crate::registry::{assemble, neighbours, sink, telling};

/// A registry whose services are loaded one at a time.
pub struct Whole {
    names: Vec<Name>,
    /// The names of the services that have a folder.
    folders: BTreeSet<Name>,
    common: Common<'static>,
    /// The texts of what all services share.
    sources: Sources,
    /// What is wrong on the way of every service.
    list: Vec<Mistake>,
    /// What has no place in `services/`.
    strays: Vec<Mistake>,
    mistakes: Mistakes,
}

impl Whole {
    /// Reads what all services share. `main` is the name of the main file.
    ///
    /// # Errors
    /// When there is no registry, or its main file can't be parsed. Other mistakes are those of
    /// [`Whole::mistakes`], and of the services that they concern.
    pub fn open(tree: &dyn Tree, main: &str) -> Result<Whole, LoadError> {
        let mut walk = Walk::new(tree);
        let Some(base) = Base::gather(&mut walk, main) else { return Err(load::no_main(main, walk)) };
        let way = walk.list.len();
        let folders: BTreeSet<Name> =
            if base.has_services { walk.services().into_iter().collect() } else { BTreeSet::new() };
        let Walk { sources, list: mut walked, .. } = walk;
        let strays = walked.split_off(way);
        let desk = Desk::new(&sources, walked);
        let mut common = match Common::parse(base, &desk) {
            Ok(common) => common.into_owned(),
            Err(Useless::Newer(mistake)) => {
                return Err(LoadError::Mistakes(Mistakes::new(sources, vec![*mistake])));
            }
            Err(Useless::Broken) => {
                let mut list = desk.into_list();
                list.extend(strays);
                return Err(LoadError::Mistakes(Mistakes::new(sources, list)));
            }
        };
        let list = desk.into_list();
        let desk = Desk::new(&sources, list.clone());
        let mut names: BTreeSet<Name> = folders.clone();
        names.extend(
            assemble::sections(&Table::open(&common.root, 0..0, common.main, &ROOT, &desk)).into_keys(),
        );
        let shared = load::read(tree, &common, &Folders::new(), Which::Nobody, Some(&folders), &desk);
        // What is wrong with them is told to whoever looks for mistakes, and stops nothing else.
        let root = Table::of(&common.root, common.main, &ROOT, &desk);
        sink::read(&root);
        telling::read(&root);
        let mut all = desk.into_list();
        if let Outcome::Read(registry) = shared {
            common.keep_ready(registry.flags, &all);
        }
        all.extend_from_slice(&strays);
        let mistakes = Mistakes::new(sources.clone(), all);
        Ok(Whole { names: names.into_iter().collect(), folders, common, sources, list, strays, mistakes })
    }

    /// The services, by name.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// What is wrong, or odd, in what all services share and around their folders.
    ///
    /// Some of it stops the checks of some services, and stands in the errors of those as well.
    pub fn mistakes(&self) -> &Mistakes {
        &self.mistakes
    }

    /// What all services share, without any service.
    ///
    /// # Errors
    /// When there are mistakes in it.
    pub fn shared(&self, tree: &dyn Tree) -> Result<Loaded, LoadError> {
        let desk = Desk::new(&self.sources, self.list.clone());
        let (none, which) = (Folders::new(), Which::Nobody);
        let outcome: Outcome = load::read(tree, &self.common, &none, which, Some(&self.folders), &desk);
        load::finish((outcome, self.sources.clone(), desk.into_list()), which)
    }

    /// What a service releases, what runs of it and how deployments call it: its tables, without flags, sign-offs and
    /// debts. What its releases need isn't placed.
    ///
    /// # Errors
    /// When its tables have mistakes.
    pub fn outline(&self, tree: &dyn Tree, name: &Name) -> Result<Option<Service>, Mistakes> {
        let mut walk = Walk::on(tree, self.sources.clone(), Vec::new());
        let folder = self.folders.contains(name).then(|| walk.tables_of(name)).flatten();
        let Walk { sources, list, .. } = walk;
        let desk = Desk::new(&sources, list);
        let folders = BTreeMap::from([(name, folder)]);
        let mut found = neighbours::outlines(tree, &self.common, folders, &BTreeMap::new(), &desk);
        let mut list = desk.into_list();
        // What is wrong with the main file as a whole is no mistake of the service.
        list.retain(|mistake| !self.mistakes.list.contains(mistake));
        let wrong = list.iter().any(|mistake| mistake.weight == Weight::Mistake);
        if wrong { Err(Mistakes::new(sources, list)) } else { Ok(found.remove(name)) }
    }

    /// Loads one service, with the main file and the shared flags. The tree must be the one that was opened.
    ///
    /// # Errors
    /// Those of the service's check.
    pub fn service(&self, tree: &dyn Tree, name: &Name) -> Result<Loaded, LoadError> {
        self.service_among(tree, name, &BTreeSet::new())
    }

    /// The same, with other services beside: what they release, and what runs of them.
    ///
    /// # Errors
    /// Those of the service's check, and those of the others' tables.
    pub fn service_among(
        &self,
        tree: &dyn Tree,
        name: &Name,
        beside: &BTreeSet<Name>,
    ) -> Result<Loaded, LoadError> {
        let has_folder = self.folders.contains(name);
        let misplaced = format!("services/{name}.toml");
        // Without a folder of its own, anything there might have been meant as one.
        let meant = |stray: &&Mistake| !has_folder || stray.path.as_deref() == Some(&misplaced);
        let list = self.list.iter().chain(self.strays.iter().filter(meant)).cloned().collect();
        let mut walk = Walk::on(tree, self.sources.clone(), list);
        let mut folders = Folders::new();
        if has_folder {
            folders.extend(walk.service(name).map(|folder| (name.clone(), folder)));
        }
        let Walk { sources, list, .. } = walk;
        let desk = Desk::new(&sources, list);
        let which = Which::One(name);
        let outcome: Outcome = load::read(tree, &self.common, &folders, which, Some(&self.folders), &desk);
        let reading = (outcome, sources.clone(), desk.into_list());
        load::finish(neighbours::bring(tree, &self.common, beside, reading), which)
    }
}

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Whole").field("names", &self.names).finish_non_exhaustive()
    }
}
