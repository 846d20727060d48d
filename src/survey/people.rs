//! Who may sign now: owners of keys, teams and their members; and environments and incidents, which all services share.

use std::collections::BTreeSet;

use super::change::{
    Change, ENVIRONMENTS_CHANGED, INCIDENT_CHANGED, OWNER_CHANGED, OWNER_REMOVED, TEAM_CHANGED,
};
use super::compare::Side;
use crate::model::{Key, Name, Registry, Team};

/// The changes of who owns a service's keys.
pub(super) fn owners(before: Side<'_>, after: Side<'_>) -> Vec<Change> {
    let mut found = Vec::new();
    for key in Key::ALL {
        let (kind, message) = match (before.service.owners.of(key), after.service.owners.of(key)) {
            (was, is) if was == is => continue,
            (Some(was), Some(is)) => (&OWNER_CHANGED, format!("{is} owns {key} now, and {was} did")),
            (None, Some(is)) => (&OWNER_CHANGED, format!("{is} owns {key} now, and nobody did")),
            (Some(was), None) => (
                &OWNER_REMOVED,
                format!("nobody owns {key} any more, and {was} did: anybody may sign for it"),
            ),
            (None, None) => continue,
        };
        let change = Change::new(kind, key.word(), message);
        found.push(change.at(&after.registry.sources, after.service.origin));
    }
    found
}

/// The changes of what all services share, but for rules and periods.
pub(super) fn shared(before: &Registry, after: &Registry) -> Vec<Change> {
    let mut found = teams(before, after);
    found.extend(environments(before, after));
    found.extend(incidents(before, after));
    found
}

fn teams(before: &Registry, after: &Registry) -> Vec<Change> {
    let mut found = Vec::new();
    let names: BTreeSet<&Name> = before.teams.keys().chain(after.teams.keys()).collect();
    for name in names {
        let (was, is) = (before.teams.get(name), after.teams.get(name));
        let (old, new) = (members(was), members(is));
        let left: Vec<&str> = old.difference(&new).map(String::as_str).collect();
        let came: Vec<&str> = new.difference(&old).map(String::as_str).collect();
        let mut parts = Vec::new();
        if !came.is_empty() {
            parts.push(format!("{} may sign now", came.join(", ")));
        }
        if !left.is_empty() {
            parts.push(format!("{} may not any more", left.join(", ")));
        }
        if parts.is_empty() && was.is_some() == is.is_some() {
            continue;
        }
        let what = match (was, is) {
            (None, _) => format!("team {name} came"),
            (_, None) => format!("team {name} is gone"),
            _ => format!("team {name} is another"),
        };
        parts.insert(0, what);
        let message = parts.join("; ");
        found.push(match (was, is) {
            (_, Some(is)) => Change::new(&TEAM_CHANGED, name.as_str(), message).at(&after.sources, is.origin),
            (Some(was), None) => {
                Change::new(&TEAM_CHANGED, name.as_str(), message).at(&before.sources, was.origin)
            }
            (None, None) => continue,
        });
    }
    if !before.teams.is_empty() && after.teams.is_empty() {
        let message = "no team is defined any more: anybody may sign, for every service".to_owned();
        found.push(Change::new(&OWNER_REMOVED, "teams", message));
    }
    found
}

fn members(team: Option<&Team>) -> BTreeSet<String> {
    team.into_iter().flat_map(|team| &team.members).map(|member| member.to_ascii_lowercase()).collect()
}

fn environments(before: &Registry, after: &Registry) -> Option<Change> {
    let told = |registry: &Registry| -> BTreeSet<String> {
        let all = registry.environments.iter();
        all.map(|(name, one)| match &one.within {
            Some(group) => format!("{name} in {group}"),
            None => name.to_string(),
        })
        .collect()
    };
    let (old, new) = (told(before), told(after));
    let listed = |names: Vec<&String>| names.into_iter().cloned().collect::<Vec<_>>().join(", ");
    let parts =
        [("came", listed(new.difference(&old).collect())), ("gone", listed(old.difference(&new).collect()))];
    let parts = parts.into_iter().filter(|(_, names)| !names.is_empty());
    let parts: Vec<String> = parts.map(|(word, names)| format!("{word}: {names}")).collect();
    let message = format!("the declared environments are others ({})", parts.join("; "));
    (!parts.is_empty()).then(|| Change::new(&ENVIRONMENTS_CHANGED, "environments", message))
}

fn incidents(before: &Registry, after: &Registry) -> Vec<Change> {
    let mut found = Vec::new();
    for is in &after.incidents {
        let was = before.incidents.iter().find(|was| was.id == is.id);
        let what = match was {
            None if is.ended.is_none() => "began",
            None => "was recorded, and is over",
            Some(was) if was.ended.is_none() && is.ended.is_some() => "ended",
            Some(was) if was.ended.is_some() && is.ended.is_none() => "goes on again",
            Some(was) if was.services != is.services => "concerns other services",
            Some(was) if was.severity != is.severity => "is of another severity",
            Some(_) => continue,
        };
        let mut change = Change::new(&INCIDENT_CHANGED, is.id.as_str(), format!("incident {} {what}", is.id));
        change.services.extend(is.services.iter().cloned());
        found.push(change.at(&after.sources, is.origin));
    }
    for was in before.incidents.iter().filter(|was| after.incidents.iter().all(|is| is.id != was.id)) {
        let message = format!("incident {} is gone", was.id);
        let mut change = Change::new(&INCIDENT_CHANGED, was.id.as_str(), message);
        change.services.extend(was.services.iter().cloned());
        found.push(change.at(&before.sources, was.origin));
    }
    found
}
