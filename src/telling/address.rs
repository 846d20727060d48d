//! To whom an event is to be told.

use std::collections::{BTreeMap, BTreeSet};

use crate::judge::Code;
use crate::model::{EventKind, Key, Name, Owner, Registry, Route, Service, Time};
use crate::record::{Addressee, Deed, Statement};
use crate::registry::{Ask, Loaded, Mistakes, Tree, load, routes};
use crate::telling::Event;
use crate::telling::facts::holds;

/// Puts on statements to whom they are to be told, by the routes that a tree of files has; or why nobody can say.
///
/// Nothing here fails: an act that can't say who is to hear of it is an act all the same, and whoever tells what is
/// pending asks again.
pub fn address(tree: &dyn Tree, main: &str, says: &mut [Statement]) {
    let mut loads: BTreeMap<Name, Option<Loaded>> = BTreeMap::new();
    let mut known: Option<Result<Vec<Route>, String>> = None;
    for statement in says {
        let Some(event) = Event::of(statement) else { continue };
        let routes = match known.get_or_insert_with(|| readable(tree, main)) {
            Ok(routes) => routes,
            Err(why) => {
                statement.unrouted = Some(why.as_str().into());
                continue;
            }
        };
        if routes.is_empty() {
            continue;
        }
        let Ok(name) = Name::new(&statement.service) else { continue };
        let loaded = loads.entry(name.clone()).or_insert_with(|| load(tree, main, &Ask::Service(name)).ok());
        statement.tell = routed(&event, routes, loaded.as_ref().map(|loaded| &loaded.registry), statement.at);
    }
}

/// The routes of a tree, or in a line why they can't be read.
fn readable(tree: &dyn Tree, main: &str) -> Result<Vec<Route>, String> {
    match routes(tree, main) {
        Ok(Ok(routes)) => Ok(routes.list),
        Ok(Err(mistakes)) => Err(first(&mistakes)),
        Err(error) => Err(error.to_string()),
    }
}

fn first(mistakes: &Mistakes) -> String {
    let Some(mistake) = mistakes.list.first() else { return "`[[notify]]` can't be read".into() };
    let line = mistake.position(&mistakes.sources).map_or(String::new(), |(line, _)| format!(":{line}"));
    format!("{}{line}: {}", mistake.file(&mistakes.sources), mistake.message)
}

/// To whom an event is to be told: by every route that matches, and in any case the teams that must hear of it, by all
/// sinks that any of their routes leads to.
///
/// Where the service can't be read (`registry` is None, or doesn't hold it), what is asked of it counts as given: told
/// once too often is better than never.
pub fn routed(event: &Event, routes: &[Route], registry: Option<&Registry>, now: Time) -> Vec<Addressee> {
    let known = registry.and_then(|registry| {
        let name = Name::new(event.service()).ok()?;
        Some((registry, registry.services.get(&name)?))
    });
    let must = known.map(|(_, service)| must_hear(event, service)).unwrap_or_default();
    let mut to = BTreeSet::new();
    for route in routes {
        let matches = route.is_on(event.kind())
            && known.is_none_or(|(registry, service)| {
                (!route.owned || route.team.as_ref().is_some_and(|team| owns(service, team)))
                    && holds(&route.when, event, registry, service, now)
            });
        let must = route.team.as_ref().is_some_and(|team| must.contains(team))
            || known.is_none() && event.kind() == EventKind::BreakGlassUsed;
        if matches || must {
            let team: Option<Box<str>> = route.team.as_ref().map(|team| team.as_str().into());
            to.extend(
                route.to.iter().map(|sink| Addressee { team: team.clone(), sink: sink.as_str().into() }),
            );
        }
    }
    to.into_iter().collect()
}

fn owns(service: &Service, team: &Name) -> bool {
    [Key::Reliability, Key::Security].into_iter().any(|key| service.owners.of(key) == Some(team))
}

/// The teams that are told whatever the routes ask for: those whose key was passed over, and who is asked to sign.
fn must_hear(event: &Event, service: &Service) -> Vec<Name> {
    let Some(says) = event.line() else { return Vec::new() };
    let keys: Vec<Key> = match &says.deed {
        Deed::BrokeGlass { .. } => passed_over(says),
        Deed::Asked { key, .. } => Key::ALL.into_iter().filter(|own| own.word() == &**key).collect(),
        _ => Vec::new(),
    };
    keys.into_iter().filter_map(|key| service.owners.of(key).cloned()).collect()
}

/// The keys whose hold or block somebody went against; both, where it could not be judged.
pub(crate) fn passed_over(says: &Statement) -> Vec<Key> {
    let stops = says.reasons.iter().filter(|reason| matches!(&*reason.level, "hold" | "block"));
    let owners: Vec<Owner> = stops.map(owner).collect();
    let both = owners.is_empty();
    let is = |key: Key| {
        both || owners.iter().any(|owner| matches!(owner, Owner::Both) || *owner == Owner::One(key))
    };
    [Key::Reliability, Key::Security].into_iter().filter(|key| is(*key)).collect()
}

/// Whose business a recorded reason is. A reason whose code says only that it is its flag's is taken for both.
fn owner(reason: &crate::record::Reason) -> Owner {
    Code::from_word(&reason.code).and_then(Code::owner).unwrap_or(Owner::Both)
}
