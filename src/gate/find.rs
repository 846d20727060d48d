//! From changed files to moves: reading, placing, naming, joining.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::gate::files::Files;
use crate::gate::join::{self, Group, Seen};
use crate::gate::overlay::{self, Placed, Sheets};
use crate::gate::place::Places;
use crate::gate::services::{Services, said};
use crate::gate::{Around, Change, Found, Hint, Removed, Side, Sighting, Subject, UnknownImage, Workload};
use crate::model::{Name, Registry};

/// Finds the moves of a change, under the settings, services and environments of a registry.
///
/// Of the registry, all services whose images may occur have to be loaded, and `[gate]` with them. What is said of
/// an environment is said of what the changed files and their kustomizations say, not of what the cluster runs.
pub fn find(registry: &Registry, changes: &[Change], around: &dyn Around) -> Found {
    let files = Files::new(changes, around);
    let mut sheets = Sheets::new(&files, &registry.gate);
    let changed: BTreeSet<&str> = changes
        .iter()
        .filter(|change| change.base != change.head)
        .map(|change| change.path.as_str())
        .filter(|path| !registry.gate.ignore.iter().any(|glob| glob.matches(path)))
        .collect();
    let [mut base, mut head] = overlay::overlay(&mut sheets, &changed);
    // What stands for itself on one side and is below a kustomization on the other is looked at on both.
    let below: BTreeSet<String> = base.below.iter().chain(&head.below).cloned().collect();
    let touched: BTreeSet<&str> = changed.iter().copied().chain(below.iter().map(String::as_str)).collect();
    for (side, into) in [(Side::Base, &mut base), (Side::Head, &mut head)] {
        for path in touched.iter().filter(|path| !into.covered.contains(**path)) {
            let own = |sighting: &Sighting| Placed::alone(sighting, path);
            into.made.extend(sheets.get(side, path).sightings.iter().map(own));
        }
    }
    // What isn't readable any more is not gone.
    base.made.retain(|placed| {
        let mut files = placed.paths.iter().chain([&placed.sighting.spot.file]);
        files.all(|path| sheets.get(Side::Head, path).unreadable.is_empty())
    });
    let mut found = Found::default();
    found.unreadable.extend(base.unreadable.into_iter().chain(head.unreadable));
    said_of_files(&mut found, &sheets, &touched);
    drop(sheets);
    found.unreadable.extend(files.failed());
    Finder::new(registry).join(&mut found, base.made, head.made);
    sort(&mut found);
    found
}

/// What couldn't be read, of what the change touches; and what the readers had to say.
fn said_of_files(found: &mut Found, sheets: &Sheets<'_>, touched: &BTreeSet<&str>) {
    let mut templates = BTreeSet::new();
    for ((side, path), sheet) in sheets.all().filter(|((_, path), _)| touched.contains(path.as_str())) {
        if sheet.is_template {
            templates.insert(path.clone());
        }
        found.unreadable.extend(sheet.unreadable.iter().cloned());
        if *side == Side::Head {
            found.hints.extend(sheet.hints.iter().cloned());
        }
    }
    found.templates = templates.into_iter().collect();
}

/// The key of a group: the service, and the environment where one is known.
type Key = (Name, Option<Name>);

struct Finder<'r> {
    services: Services<'r>,
    places: Places<'r>,
    groups: BTreeMap<Key, Group>,
    unknown: [Vec<Unknown>; 2],
}

/// A sighting of no known service, and where it is.
struct Unknown {
    sighting: Sighting,
    environment: Option<Name>,
}

impl<'r> Finder<'r> {
    fn new(registry: &'r Registry) -> Finder<'r> {
        let (services, places) = (Services::of(registry), Places::of(registry));
        Finder { services, places, groups: BTreeMap::new(), unknown: Default::default() }
    }

    fn join(mut self, found: &mut Found, base: Vec<Placed>, head: Vec<Placed>) {
        base.into_iter().for_each(|placed| self.take(Side::Base, placed));
        head.into_iter().for_each(|placed| self.take(Side::Head, placed));
        self.take_moved_images(found);
        for ((name, environment), mut group) in std::mem::take(&mut self.groups) {
            let Some(service) = self.services.get(&name) else { continue };
            let dropped = drop_charts(&mut group, |text| service.release_tagged(text).is_some());
            for (unknown, dropped) in self.unknown.iter_mut().zip(dropped) {
                let of = |sighting| Unknown { sighting, environment: environment.clone() };
                unknown.extend(dropped.into_iter().map(of));
            }
            match environment {
                Some(environment) => join::moves(found, service, &environment, &group),
                None => join::unmapped(found, service, &group),
            }
        }
        self.unknown(found);
    }

    /// Puts a sighting into its groups: one for each service that it is of.
    fn take(&mut self, side: Side, placed: Placed) {
        let Placed { sighting, paths } = placed;
        let names = self.services.of_sighting(&sighting);
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let environment = self.places.of_sighting(&sighting, &paths);
        if names.is_empty() {
            self.unknown[usize::from(side == Side::Head)].push(Unknown { sighting, environment });
            return;
        }
        for name in names {
            let Some(service) = self.services.get(name) else { continue };
            let seen = Seen::new(sighting.clone(), said(&sighting, service));
            let group = self.groups.entry((name.clone(), environment.clone())).or_default();
            match side {
                Side::Base => group.base.push(seen),
                Side::Head => group.head.push(seen),
            }
        }
    }

    /// An image of the same name from elsewhere, in the container that had a service's: the service goes on there,
    /// whatever its new place is called. Else a mirror would be a way past the gate.
    fn take_moved_images(&mut self, found: &mut Found) {
        let [_, head] = &mut self.unknown;
        let mut had: HashMap<(&Workload, &str), BTreeSet<Key>> = HashMap::new();
        for (key, group) in self.groups.iter().filter(|_| !head.is_empty()) {
            for Seen { sighting, .. } in &group.base {
                let place = (&sighting.workload, last(sighting).unwrap_or_default());
                had.entry(place).or_default().insert(key.clone());
            }
        }
        let mut taken: Vec<(Key, Sighting)> = Vec::new();
        head.retain(|unknown| {
            let Unknown { sighting, environment } = unknown;
            let place = last(sighting).map(|last| (&sighting.workload, last));
            let Some(had) = place.and_then(|place| had.get(&place)) else { return true };
            // A workload is mostly called the same in every environment.
            let is_here = |key: &&Key| key.1 == *environment;
            let here = had.iter().any(|key| is_here(&key));
            let names: BTreeSet<&Name> =
                had.iter().filter(|key| !here || is_here(key)).map(|(name, _)| name).collect();
            let of = |name: &Name| ((name.clone(), environment.clone()), sighting.clone());
            taken.extend(names.into_iter().map(of));
            false
        });
        for (key, sighting) in taken {
            let Some(service) = self.services.get(&key.0) else { continue };
            let text = format!(
                "no service names the image {}: taken as one of `{}`, for it takes its place in {}",
                sighting.subject, service.name, sighting.workload
            );
            found.hints.push(Hint { text, spot: Some(sighting.spot.clone()) });
            let said = said(&sighting, service);
            self.groups.entry(key).or_default().head.push(Seen::new(sighting, said));
        }
    }

    /// Lists those that the change brings, and that weren't there with the same version.
    fn unknown(self, found: &mut Found) {
        let [base, head] = self.unknown;
        let key =
            |sighting: &Sighting| (sighting.subject.clone(), sighting.tag.clone(), sighting.digest.clone());
        let mut known: BTreeMap<_, usize> = BTreeMap::new();
        base.iter().for_each(|unknown| *known.entry(key(&unknown.sighting)).or_default() += 1);
        let mut gone: BTreeMap<&Workload, &Removed> = BTreeMap::new();
        found.removed.iter().for_each(|removed| _ = gone.entry(&removed.workload).or_insert(removed));
        for Unknown { sighting, .. } in head {
            if let Some(count) = known.get_mut(&key(&sighting)).filter(|count| **count > 0) {
                *count -= 1;
                continue;
            }
            if let Some(removed) = gone.get(&sighting.workload) {
                let text = format!(
                    "{} goes from `{}` to an image that no service names: {}",
                    removed.workload, removed.service, sighting.subject
                );
                found.hints.push(Hint { text, spot: Some(sighting.spot.clone()) });
            }
            found.unknown_images.push(unknown(sighting));
        }
    }
}

/// The last part of an image's repository.
fn last(sighting: &Sighting) -> Option<&str> {
    match &sighting.subject {
        Subject::Image(repository) => repository.rsplit('/').next(),
        Subject::Named(_) => None,
    }
}

fn unknown(sighting: Sighting) -> UnknownImage {
    let why = match &sighting.subject {
        Subject::Image(text) => crate::model::Image::read(text).err().map(|error| error.to_string()),
        Subject::Named(names) if sighting.of_chart => Some(format!(
            "no release of {} is called so: the chart counts its own versions",
            names.join(" or ")
        )),
        Subject::Named(names) => {
            Some(format!("its repository stands nowhere, and no service is called {}", names.join(" or ")))
        }
    };
    UnknownImage {
        image: sighting.subject.to_string(),
        version: sighting.tag.or(sighting.digest),
        spot: sighting.spot,
        workload: sighting.workload,
        why,
    }
}

/// The version of a chart isn't always that of the release in it. It counts where no image of the same workload says
/// more, and where some release is called so on either side; else it is given back, as unknown.
fn drop_charts(group: &mut Group, is_release: impl Fn(&str) -> bool) -> [Vec<Sighting>; 2] {
    let all = || group.base.iter().chain(&group.head);
    let known =
        all().any(|seen| seen.sighting.of_chart && seen.sighting.tag.as_deref().is_some_and(&is_release));
    let mut imaged = BTreeSet::new();
    for seen in all().filter(|seen| !seen.sighting.of_chart) {
        let workload = &seen.sighting.workload;
        imaged.insert((workload.kind.clone(), workload.namespace.clone(), workload.name.clone()));
    }
    [&mut group.base, &mut group.head].map(|seen| {
        let (kept, dropped): (Vec<Seen>, Vec<Seen>) = std::mem::take(seen).into_iter().partition(|seen| {
            let workload = &seen.sighting.workload;
            let key = (workload.kind.clone(), workload.namespace.clone(), workload.name.clone());
            !seen.sighting.of_chart || known && !imaged.contains(&key)
        });
        *seen = kept;
        dropped.into_iter().map(|seen| seen.sighting).filter(|_| !known).collect()
    })
}

/// In an order that doesn't depend on which file was read first.
fn sort(found: &mut Found) {
    found.moves.sort_by(|one, other| {
        (&one.service, &one.environment, &one.spot).cmp(&(&other.service, &other.environment, &other.spot))
    });
    found.removed.sort_by(|one, other| {
        (&one.service, &one.environment, &one.base_spot).cmp(&(
            &other.service,
            &other.environment,
            &other.base_spot,
        ))
    });
    found.unknown_images.sort_by(|one, other| one.spot.cmp(&other.spot));
    found.unmapped.sort_by(|one, other| one.spot.cmp(&other.spot));
    found.unreadable.sort_by(|one, other| (&one.spot, one.side).cmp(&(&other.spot, other.side)));
    found.unreadable.dedup();
    found.hints.sort_by(|one, other| one.spot.cmp(&other.spot));
}
