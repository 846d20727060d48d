//! Which environment a sighting belongs to.

use std::collections::BTreeSet;

use crate::gate::Sighting;
use crate::gate::files::{folders, name};
use crate::model::{Gate, GateEnvironment, Name, Registry, glob_matches};

/// How places are told.
pub(super) enum Places<'r> {
    /// By what the registry says.
    Said(&'r Gate),
    /// By their names: nothing is said.
    Named(BTreeSet<Name>),
}

impl<'r> Places<'r> {
    /// How a registry tells places.
    pub fn of(registry: &'r Registry) -> Places<'r> {
        if !registry.gate.environments.is_empty() {
            return Places::Said(&registry.gate);
        }
        let declared: BTreeSet<Name> = registry.environments.keys().cloned().collect();
        if !declared.is_empty() {
            return Places::Named(declared);
        }
        let services = registry.services.values();
        let known = services.flat_map(|service| {
            service.running.keys().chain(service.ran.iter().map(|ran| &ran.environment)).cloned()
        });
        Places::Named(known.collect())
    }

    /// The environment of a sighting, under the first of these paths that has one.
    pub fn of_sighting(&self, sighting: &Sighting, paths: &[&str]) -> Option<Name> {
        if let Some(said) = &sighting.environment {
            // The line says it itself: another name is none of ours.
            return Name::new(said).ok().or_else(|| Name::new(&said.to_ascii_lowercase()).ok());
        }
        let namespace = sighting.workload.namespace.as_deref();
        match self {
            Places::Said(gate) => paths.iter().find_map(|path| {
                let found = gate.environments.iter().find(|row| matches(row, path, namespace, sighting));
                found.map(|row| row.name.clone())
            }),
            Places::Named(names) => by_name(names, paths, namespace),
        }
    }
}

fn matches(row: &GateEnvironment, path: &str, namespace: Option<&str>, sighting: &Sighting) -> bool {
    let label = |(key, glob): &(Box<str>, Box<str>)| {
        sighting.labels.get(&**key).is_some_and(|value| glob_matches(glob, value))
    };
    (row.paths.is_empty() || row.paths.iter().any(|glob| glob.matches(path)))
        && (row.namespaces.is_empty()
            || namespace.is_some_and(|name| row.namespaces.iter().any(|glob| glob_matches(glob, name))))
        && row.labels.iter().all(label)
}

/// The environment that a file, one of its folders or the namespace is named after, nearest first; where there is
/// only one environment, that one.
fn by_name(names: &BTreeSet<Name>, paths: &[&str], namespace: Option<&str>) -> Option<Name> {
    let parts = paths.iter().flat_map(|path| [*path].into_iter().chain(folders(path))).map(name);
    let named = parts.chain(namespace).find_map(|part| named_after(names, part));
    let only = || names.first().filter(|_| names.len() == 1);
    named.or_else(only).cloned()
}

/// The longest name that a part of a path holds as words: `values-prod-eu.yaml` holds `prod-eu`.
fn named_after<'n>(names: &'n BTreeSet<Name>, part: &str) -> Option<&'n Name> {
    let bounded = |at: usize, name: &str| {
        let before =
            part.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()));
        let behind = part.get(at + name.len()..);
        let after = behind.is_some_and(|after| after.starts_with(|c: char| c.is_ascii_alphanumeric()));
        !before && !after
    };
    let holds = |name: &&Name| part.match_indices(name.as_str()).any(|(at, found)| bounded(at, found));
    names.iter().filter(holds).max_by_key(|name| name.as_str().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_settings_places_are_told_by_their_names() {
        let names: BTreeSet<Name> =
            ["prod", "prod-eu", "dev"].iter().map(|name| Name::new(name).unwrap()).collect();
        for (path, namespace, want) in [
            ("clusters/prod/checkout.yaml", None, Some("prod")),
            ("clusters/prod/prod-eu/checkout.yaml", None, Some("prod-eu")),
            ("charts/checkout/values-prod-eu.yaml", None, Some("prod-eu")),
            ("charts/checkout/values.prod.yml", None, Some("prod")),
            ("products/checkout.yaml", None, None),
            ("products/checkout.yaml", Some("shop-dev"), Some("dev")),
            ("prod/dev.yaml", None, Some("dev")),
            ("device/a.yaml", None, None),
        ] {
            let found = by_name(&names, &[path], namespace);
            assert_eq!(found.as_ref().map(Name::as_str), want, "{path}");
        }
        let only = BTreeSet::from([Name::new("prod").unwrap()]);
        assert!(by_name(&only, &["a.yaml"], None).is_some());
    }
}
