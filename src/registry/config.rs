//! What all services share: policy, environments, teams, incidents.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Environment, Id, Incident, Name, Policy, Team, Window};
use crate::registry::desk::Desk;
use crate::registry::known::Known;
use crate::registry::mistake::{Mistake, Place};
use crate::registry::reader::{Entry, Table, Value};
use crate::registry::shape::{ENVIRONMENT, INCIDENT, POLICY, TEAM};
use crate::registry::wording::{meant, quoted};

/// `[policy]`.
pub(super) fn policy(root: &Table<'_>) -> Policy {
    policy_over(root, Policy::default())
}

/// `[policy]`, and what it doesn't say as it is in another.
pub(super) fn policy_over(root: &Table<'_>, default: Policy) -> Policy {
    let Some(table) = root.table("policy", &POLICY) else { return default };
    let window =
        |key: &'static str, default: Window| table.get(key).and_then(Value::window).unwrap_or(default);
    Policy {
        baseline: window("baseline", default.baseline),
        ping_pong: window("ping_pong", default.ping_pong),
        target_age: window("target_age", default.target_age),
        sign_off_max: window("sign_off_max", default.sign_off_max),
        review_within: window("review_within", default.review_within),
        max_age: table.get("max_age").and_then(Value::window).or(default.max_age),
        set: std::array::from_fn(|at| {
            let said = Policy::KEYS.get(at).and_then(|key| table.get(key));
            said.map(|value| value.origin()).or(default.set.get(at).copied().flatten())
        }),
    }
}

/// `[environment.NAME]`.
pub(super) fn environments(root: &Table<'_>) -> BTreeMap<Name, Environment> {
    let mut groups: Vec<(Name, Value<'_>)> = Vec::new();
    let mut environments = BTreeMap::new();
    for entry in root.get("environment").and_then(Value::entries).into_iter().flatten() {
        let (name, table) = (entry.name(), entry.value.table(&ENVIRONMENT));
        let (Some(name), Some(table)) = (name, table) else { continue };
        let within = table.name("in");
        if within.is_some() {
            groups.extend(table.get("in").map(|value| (name.clone(), value)));
        }
        environments.insert(name, Environment { within, origin: table.origin() });
    }
    check_groups(&groups, &environments);
    environments
}

/// Reports a group that isn't declared, and one that leads back to its member.
fn check_groups(groups: &[(Name, Value<'_>)], environments: &BTreeMap<Name, Environment>) {
    let within = |name: &Name| environments.get(name).and_then(|environment| environment.within.as_ref());
    // Those that were walked from before: however long a chain is, each of its links is walked once.
    let mut walked: BTreeSet<&Name> = BTreeSet::new();
    for (name, value) in groups {
        let Some(group) = within(name) else { continue };
        if !environments.contains_key(group) {
            let hint = meant(group.as_str(), environments.keys().map(Name::as_str), "declared:");
            let message = format!("no environment {} is declared", quoted(group.as_str()));
            value.desk.report(Mistake::at(value.place(), message).maybe_hint(hint));
        }
        let mut way = BTreeSet::new();
        let mut at = Some(name);
        while let Some(next) = at.filter(|next| !walked.contains(*next)) {
            if !way.insert(next) {
                report_circle(next, groups, within);
                break;
            }
            at = within(next);
        }
        walked.extend(way);
    }
}

/// Reports each environment of a circle of groups, at its `in`.
fn report_circle<'e>(
    first: &'e Name,
    groups: &[(Name, Value<'_>)],
    within: impl Fn(&Name) -> Option<&'e Name>,
) {
    let mut circle = BTreeSet::from([first]);
    let mut at = within(first);
    while let Some(next) = at.filter(|next| circle.insert(next)) {
        at = within(next);
    }
    for (name, value) in groups.iter().filter(|(name, _)| circle.contains(name)) {
        let message = format!("the environment {} is in itself", quoted(name.as_str()));
        value.report_hint(message, "`in` names a group, and groups can't go in a circle");
    }
}

/// `[team.NAME]`.
pub(super) fn teams(root: &Table<'_>) -> BTreeMap<Name, Team> {
    let team = |entry: Entry<'_>| {
        let (name, table) = (entry.name(), entry.value.table(&TEAM)?);
        let members = table.get("members").and_then(Value::texts).unwrap_or_default();
        Some((name?, Team { members, origin: table.origin() }))
    };
    root.get("team").and_then(Value::entries).into_iter().flatten().filter_map(team).collect()
}

/// `[incident.ID]`, but those of other services only.
pub(super) fn incidents(root: &Table<'_>, known: &Known<'_>, desk: &Desk<'_>) -> Vec<Incident> {
    let mut first: BTreeMap<String, Place> = BTreeMap::new();
    let mut incidents = Vec::new();
    for entry in root.get("incident").and_then(Value::entries).into_iter().flatten() {
        if is_of_others(&entry, known, desk) {
            continue;
        }
        let Some(id) = entry.id() else { continue };
        let lower = id.as_str().to_ascii_lowercase();
        if let Some(first) = first.get(&lower) {
            let message =
                format!("the incident {} stands here twice: case doesn't count", quoted(id.as_str()));
            desk.report(Mistake::at(entry.key_place, message).also(first.clone(), "first defined here"));
            continue;
        }
        first.insert(lower, entry.key_place.clone());
        incidents.extend(entry.value.table(&INCIDENT).and_then(|table| incident(id, &table, known)));
    }
    incidents
}

fn is_of_others(entry: &Entry<'_>, known: &Known<'_>, desk: &Desk<'_>) -> bool {
    let services = entry.value.node().as_table().and_then(|table| table.get("services"));
    let Some(services) = services.and_then(|services| services.as_array()) else { return false };
    let other = |name: Option<&str>| name.is_some_and(|name| known.is_other(name, desk));
    !services.is_empty() && services.iter().all(|name| other(name.as_str()))
}

fn incident(id: Id, table: &Table<'_>, known: &Known<'_>) -> Option<Incident> {
    let mut services = Vec::new();
    if let Some(value) = table.get("services") {
        for item in value.items("a list of services").into_iter().flatten() {
            let name = item.name().filter(|name| known.check(name, item.place(), item.desk));
            services.extend(name);
        }
        if value.node().as_array().is_some_and(|services| services.is_empty()) {
            value.report_empty();
        }
    }
    let (started, ended) = (table.time("started"), table.time("ended"));
    if let (Some(started), Some(ended)) = (started, ended)
        && ended < started
    {
        table.get("ended")?.report("an incident can't end before it started");
    }
    let severity = table.text("severity");
    Some(Incident { id, services, severity, started: started?, ended, origin: table.origin() })
}
