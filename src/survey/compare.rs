//! One service of two registries, held against each other.

use std::collections::BTreeSet;

use super::change::{Change, SERVICE_DELETED, SERVICE_NEW};
use super::place::{environments, survey};
use super::shift::{PlaceDifference, difference};
use super::{Appended, acceptances, bounds, flags, people, releases};
use crate::judge::Moment;
use crate::model::{FlagKind, Id, Name, Policy, Registry, Rule, Service};

/// A service in one of the two registries.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The registry.
    pub registry: &'a Registry,
    /// The service in it.
    pub service: &'a Service,
}

impl<'a> Side<'a> {
    /// A service of a registry. None: it doesn't hold it.
    pub fn of(registry: &'a Registry, name: &Name) -> Option<Side<'a>> {
        registry.services.get(name).map(|service| Side { registry, service })
    }
}

/// What else is known of the two registries.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The shared flags of the earlier one, whatever services they speak of.
    pub earlier: &'a BTreeSet<(FlagKind, Id)>,
    /// Those of the later one.
    pub later: &'a BTreeSet<(FlagKind, Id)>,
    /// What was added to the service's record meanwhile.
    pub appended: Option<&'a Appended>,
}

/// What is different for one service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// By place.
    pub places: Vec<PlaceDifference>,
    /// What was done.
    pub changes: Vec<Change>,
    /// How many places were looked at.
    pub looked_at: usize,
    /// How many verdicts were held against each other.
    pub verdicts: usize,
}

/// Holds a service before against the same after, at one moment. None: it isn't there.
pub fn compare(
    name: &Name,
    before: Option<Side<'_>>,
    after: Option<Side<'_>>,
    known: &Known<'_>,
    moment: Moment,
) -> Compared {
    let mut compared = match (before, after) {
        (None, None) => Compared::default(),
        (Some(before), None) => only(before, &SERVICE_DELETED, format!("service {name} was deleted")),
        (None, Some(after)) => only(after, &SERVICE_NEW, format!("service {name} came")),
        (Some(before), Some(after)) => both(before, after, known, moment),
    };
    compared.changes = compared.changes.into_iter().map(|change| change.of(name)).collect();
    compared
}

fn only(side: Side<'_>, kind: &'static super::Kind, message: String) -> Compared {
    let change = Change::new(kind, side.service.name.as_str(), message);
    Compared { changes: vec![change.at(&side.registry.sources, side.service.origin)], ..Compared::default() }
}

fn both(before: Side<'_>, after: Side<'_>, known: &Known<'_>, moment: Moment) -> Compared {
    let mut changes = releases::find(before, after);
    changes.extend(flags::find(before, after, known, moment));
    changes.extend(acceptances::find(before, after, known, moment));
    changes.extend(bounds::find(before, after));
    changes.extend(people::owners(before, after));
    let mut compared = Compared { changes, ..Compared::default() };
    compared.look(before, after, moment);
    compared
}

impl Compared {
    fn look(&mut self, before: Side<'_>, after: Side<'_>, moment: Moment) {
        let name = &after.service.name;
        let environments = environments([before.service, after.service]);
        let old = survey(before.registry, name, &environments, moment);
        let new = survey(after.registry, name, &environments, moment);
        self.looked_at = new.len();
        self.verdicts = new.iter().map(|place| place.releases.len()).sum();
        self.places = old.iter().zip(&new).filter_map(|(old, new)| difference(name, old, new)).collect();
    }
}

/// What other rules and periods would do, or do, to one service: its registry with them, against the same with its own.
///
/// `before` are the rules and periods to hold it against; what else the registry says stays as it is.
pub fn compare_rules(
    name: &Name,
    registry: &mut Registry,
    before: (&[Rule], Policy),
    moment: Moment,
) -> Compared {
    let mut compared = Compared::default();
    let Some(service) = registry.services.get(name) else { return compared };
    let environments: Vec<Option<Name>> =
        environments([service]).into_iter().map(|environment| environment.cloned()).collect();
    let environments: Vec<Option<&Name>> = environments.iter().map(Option::as_ref).collect();
    let new = survey(registry, name, &environments, moment);
    let own = (std::mem::replace(&mut registry.rules, before.0.to_vec()), registry.policy);
    registry.policy = before.1;
    let old = survey(registry, name, &environments, moment);
    (registry.rules, registry.policy) = own;
    compared.looked_at = new.len();
    compared.verdicts = new.iter().map(|place| place.releases.len()).sum();
    compared.places = old.iter().zip(&new).filter_map(|(old, new)| difference(name, old, new)).collect();
    compared
}
