//! Which environment is meant.

use std::collections::BTreeSet;

use anyhow::Result;

use super::failure::Complaint;
use super::registry::OpenedWhole;
use super::settings::Settings;
use super::side_by_side::each_service;
use crate::model::{Name, Registry, Service};
use crate::registry::{LoadError, Loaded};

/// The environments that a check can be about: the declared ones, else those that the service ran in.
pub(super) fn known<'a>(registry: &'a Registry, service: &'a Service) -> BTreeSet<&'a Name> {
    if registry.environments.is_empty() {
        service.running.keys().chain(service.ran.iter().map(|stay| &stay.environment)).collect()
    } else {
        registry.environments.keys().collect()
    }
}

/// The environment that was asked for, else the only one there is.
///
/// A registry that knows none takes any, or none.
pub(super) fn choose(registry: &Registry, service: &Service, asked: Option<&Name>) -> Result<Option<Name>> {
    let known = known(registry, service);
    match asked {
        Some(asked) if known.is_empty() || known.contains(asked) => Ok(Some(asked.clone())),
        Some(asked) => Err(unknown(asked, &known).into()),
        None if known.len() > 1 => {
            let service = &service.name;
            let message = format!("`{service}` has {} environments; which one?", known.len());
            Err(Complaint::usage(&message, &format!("give --env, one of {}", listed(&known))).into())
        }
        None => Ok(known.first().copied().cloned()),
    }
}

/// Whether an environment that was asked for is known: declared, or where none is, one that some service runs or ran in.
///
/// Where a service can't be read, it may be that one's.
pub(super) fn check(
    opened: &OpenedWhole,
    registry: &Registry,
    asked: &Name,
    settings: &Settings,
) -> Result<()> {
    let mut known: BTreeSet<Name> = registry.environments.keys().cloned().collect();
    if known.is_empty() {
        let of = |name: &Name, loaded: Result<Loaded, LoadError>| -> Option<BTreeSet<Name>> {
            let loaded = loaded.ok()?;
            let service = loaded.registry.services.get(name)?;
            Some(self::known(&loaded.registry, service).into_iter().cloned().collect())
        };
        let all: Option<Vec<_>> =
            each_service(opened, opened.whole.names(), settings, of).into_iter().collect();
        let Some(all) = all else { return Ok(()) };
        known.extend(all.into_iter().flatten());
    }
    let known: BTreeSet<&Name> = known.iter().collect();
    if known.is_empty() || known.contains(asked) { Ok(()) } else { Err(unknown(asked, &known).into()) }
}

/// The environment that something is to be written of: a declared one; without any, a new one may be named, which
/// is then said.
pub(super) fn to_write(
    registry: &Registry,
    service: &Service,
    asked: Option<&Name>,
) -> Result<(Name, Option<String>)> {
    let known = known(registry, service);
    match asked {
        Some(asked) if known.contains(asked) => Ok((asked.clone(), None)),
        Some(asked) if !registry.environments.is_empty() => Err(unknown(asked, &known).into()),
        Some(asked) => {
            let others = if known.is_empty() {
                String::new()
            } else {
                format!("; so far there were {}", listed(&known))
            };
            Ok((asked.clone(), Some(format!("`{asked}` is a new environment of {}{others}", service.name))))
        }
        None => choose(registry, service, None)?.map(|only| (only, None)).ok_or_else(|| {
            Complaint::usage("which environment? none is known yet", "name it: --env prod").into()
        }),
    }
}

/// That there is no such environment, with the names that there are.
pub(super) fn unknown(asked: &Name, known: &BTreeSet<&Name>) -> Complaint {
    let distance = |name: &&&Name| strsim::damerau_levenshtein(asked.as_str(), name.as_str());
    let nearest =
        known.iter().min_by_key(distance).filter(|name| distance(name) <= 1 + asked.as_str().len() / 4);
    let list = format!("there are {}", listed(known));
    let hint = nearest.map_or_else(|| list.clone(), |name| format!("did you mean `{name}`? {list}"));
    Complaint::unjudged(format!("no environment `{asked}`"), Some(hint))
}

fn listed(names: &BTreeSet<&Name>) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
