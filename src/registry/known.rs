//! Which services there are, so that a misspelt name can't hide a flag.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::Name;
use crate::registry::desk::Desk;
use crate::registry::mistake::{Mistake, Place};
use crate::registry::tree::{EntryKind, Tree};
use crate::registry::wording::{meant, quoted};

/// The names of services: `[service.NAME]` in the main file, or a folder `services/NAME`.
pub(super) struct Known<'a> {
    tree: &'a dyn Tree,
    /// The service that was asked for; None: all.
    asked: Option<&'a Name>,
    /// All folders of `services/`, where they were listed before.
    listed: Option<&'a BTreeSet<Name>>,
    names: RefCell<BTreeMap<Name, bool>>,
}

impl<'a> Known<'a> {
    pub(super) fn new(
        tree: &'a dyn Tree,
        asked: Option<&'a Name>,
        listed: Option<&'a BTreeSet<Name>>,
        names: impl IntoIterator<Item = Name>,
    ) -> Known<'a> {
        let names = names.into_iter().map(|name| (name, true)).collect();
        Known { tree, asked, listed, names: RefCell::new(names) }
    }

    /// Whether there is such a service. The folder is looked at only for a name not met before.
    pub(super) fn knows(&self, name: &Name, desk: &Desk<'_>) -> bool {
        if let Some(known) = self.names.borrow().get(name) {
            return *known;
        }
        if let Some(listed) = self.listed {
            return listed.contains(name);
        }
        let known = self.tree.has_folder(&format!("services/{name}")).unwrap_or_else(|error| {
            desk.report(error.into());
            true // that it can't be told is reported; that it is missing would be a guess
        });
        self.names.borrow_mut().insert(name.clone(), known);
        known
    }

    /// Whether a text surely names a service that the question isn't about.
    pub(super) fn is_other(&self, text: &str, desk: &Desk<'_>) -> bool {
        match (self.asked, Name::new(text)) {
            (Some(asked), Ok(name)) => *asked != name && self.knows(&name, desk),
            _ => false,
        }
    }

    /// Reports a service that isn't there; gives whether it is.
    pub(super) fn check(&self, name: &Name, place: Place, desk: &Desk<'_>) -> bool {
        let known = self.knows(name, desk);
        if !known {
            let names = self.all();
            let hint = meant(name.as_str(), names.iter().map(String::as_str), "known:");
            desk.report(Mistake::at(place, format!("no service {}", quoted(name.as_str()))).maybe_hint(hint));
        }
        known
    }

    /// All names, for messages: lists the folder, which a good registry's check never does.
    pub(super) fn all(&self) -> Vec<String> {
        let folders = self.tree.list("services").ok().flatten().unwrap_or_default();
        let folders =
            folders.into_iter().filter(|entry| entry.kind == EntryKind::Folder).map(|entry| entry.name);
        let named = self.names.borrow();
        let named = named.iter().filter(|(_, known)| **known).map(|(name, _)| name.to_string());
        let mut all: Vec<String> = named.chain(folders.filter(|name| Name::new(name).is_ok())).collect();
        all.sort();
        all.dedup();
        all
    }
}
