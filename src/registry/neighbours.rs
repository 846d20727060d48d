//! The services beside the one that is asked about: what they release, and what runs of them.
//!
//! They are read when a release needs them, or when somebody wants to see them beside, and never on the way of a
//! check of a service that needs none. Only their tables are: flags, sign-offs and debts of a neighbour are its own
//! business, and so are mistakes in those.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Name, Need, Origin, Registry, Service, Sources};
use crate::registry::assemble::{self, Sections};
use crate::registry::desk::Desk;
use crate::registry::known::Known;
use crate::registry::layout::{Folder, Walk};
use crate::registry::load::Outcome;
use crate::registry::mistake::{Mistake, Place};
use crate::registry::reader::Table;
use crate::registry::shape::ROOT;
use crate::registry::shared::Common;
use crate::registry::tree::Tree;
use crate::version::{RangeError, Scale};

/// What was read so far: the registry, the texts, and what is wrong with them.
pub(super) type Reading = (Outcome, Sources, Vec<Mistake>);

/// Brings the neighbours in, and places what is said of them. `beside`: further ones that are wanted; what isn't
/// there of those is passed over.
pub(super) fn bring(
    tree: &dyn Tree,
    common: &Common<'_>,
    beside: &BTreeSet<Name>,
    reading: Reading,
) -> Reading {
    let (outcome, sources, list) = reading;
    let Outcome::Read(mut registry) = outcome else { return (outcome, sources, list) };
    if beside.is_empty() && needs(&registry.services).next().is_none() {
        return (Outcome::Read(registry), sources, list);
    }
    let needed: BTreeMap<Name, Origin> =
        needs(&registry.services).map(|need| (need.service.clone(), need.origin)).collect();
    let wanted: BTreeSet<&Name> = needed.keys().chain(beside).collect();
    let missing = wanted.into_iter().filter(|name| !registry.services.contains_key(*name));
    let mut walk = Walk::on(tree, sources, list);
    let folders: BTreeMap<&Name, Option<Folder>> = missing.map(|name| (name, walk.tables_of(name))).collect();
    let Walk { sources, list, .. } = walk;
    let desk = Desk::new(&sources, list);
    desk.declare(registry.environments.clone());
    registry.neighbours = outlines(tree, common, folders, &needed, &desk);
    place(&mut registry, &desk);
    let list = desk.into_list();
    (Outcome::Read(registry), sources, list)
}

/// Everything that the releases of some services need.
fn needs(services: &BTreeMap<Name, Service>) -> impl Iterator<Item = &Need> {
    services.values().flat_map(|service| &service.releases).flat_map(|release| &release.needs)
}

/// The services of these folders and of the main file, as far as their tables go.
pub(super) fn outlines(
    tree: &dyn Tree,
    common: &Common<'_>,
    folders: BTreeMap<&Name, Option<Folder>>,
    needed: &BTreeMap<Name, Origin>,
    desk: &Desk<'_>,
) -> BTreeMap<Name, Service> {
    // What is wrong with these tables as a whole was said when they were read before.
    let again = Desk::new(desk.sources, Vec::new());
    let names = assemble::sections(&Table::open(&common.root, 0..0, common.main, &ROOT, &again));
    let known = Known::new(tree, None, None, names.into_keys());
    let root = Table::open(&common.root, 0..0, common.main, &ROOT, desk);
    let sections: Sections<'_> = assemble::sections(&root);
    let mut outlines = BTreeMap::new();
    for (name, folder) in folders {
        let section = sections.get(name);
        if folder.is_none() && section.is_none() {
            if let Some(origin) = needed.get(name) {
                known.check(name, at(*origin), desk);
            }
            continue;
        }
        let folder = folder.unwrap_or_default();
        let service = assemble::one_service(name, section, &folder, common.main, &known, desk);
        outlines.extend(service.map(|service| (name.clone(), service)));
    }
    outlines
}

/// Places what is needed under the order of the service that it is said of, wherever that bears on what was asked.
pub(super) fn place(registry: &mut Registry, desk: &Desk<'_>) {
    let scales = registry.services.iter().chain(&registry.neighbours);
    let scales: BTreeMap<Name, Scale> =
        scales.map(|(name, service)| (name.clone(), service.scale.clone())).collect();
    let asked: BTreeSet<Name> = registry.services.keys().cloned().collect();
    let services = registry.services.iter_mut().chain(&mut registry.neighbours);
    for (name, service) in services {
        let needs = service.releases.iter_mut().flat_map(|release| &mut release.needs);
        for need in needs.filter(|need| asked.contains(name) || asked.contains(&need.service)) {
            let Some(scale) = scales.get(&need.service) else { continue };
            if let Err(error) = need.place(scale) {
                desk.report(unplaced(need, &error));
            }
        }
    }
}

fn unplaced(need: &Need, error: &RangeError) -> Mistake {
    let message = format!("`versions` of a need of `{}`: {error}", need.service);
    Mistake::at(at(need.origin), message).maybe_hint(error.hint())
}

fn at(origin: Origin) -> Place {
    let offset = origin.offset as usize;
    Place::new(origin.file, offset..offset)
}
