//! What conditions see of an event.
//!
//! A condition holds of an event where it holds of one of its reasons, in one of the places that it concerns. What an
//! event doesn't have, such as a move, never matches what is asked of it.

use crate::judge::{Code, OfFlag, Scored, Traits, environments, meets};
use crate::model::{
    Condition, Flag, FlagKind, Key, MoveKind, Name, Owner, Registry, Release, Service, Severity, Time,
};
use crate::record::{Deed, Statement};
use crate::telling::Event;

/// A reason that an event is about.
struct Cause<'r> {
    code: Code,
    owner: Owner,
    flag: Option<OfFlag<'r>>,
}

/// Whether a condition holds of an event.
pub(super) fn holds(
    when: &Condition,
    event: &Event,
    registry: &Registry,
    service: &Service,
    now: Time,
) -> bool {
    if *when == Condition::default() {
        return true;
    }
    let causes = causes(event, registry, service);
    let movement = event.line().and_then(|says| says.movement.as_ref());
    let kind = movement.map(|movement| match &*movement.kind {
        "rollback" => MoveKind::Rollback,
        _ => MoveKind::Redeploy,
    });
    if !when.movement.is_empty() && kind.is_none() || causes.is_empty() && !when.reason.is_empty() {
        return false;
    }
    let target = movement.and_then(|movement| service.release(&movement.to));
    let none = Cause { code: Code::UnknownFrom, owner: Owner::Both, flag: None };
    let causes = if causes.is_empty() { vec![none] } else { causes };
    let incident = event.line().and_then(|says| says.incident.as_deref());
    let of = |id: &str| registry.incidents.iter().find(|incident| incident.id.as_str() == id);
    let incident = incident.map(|id| (id, of(id).and_then(|incident| incident.severity.as_deref())));
    let by = event.line().map(|says| &*says.by);
    let teams: Vec<Name> = registry
        .teams
        .iter()
        .filter(|(_, team)| by.is_some_and(|by| team.has(by)))
        .map(|(name, _)| name.clone())
        .collect();
    let mut lineages: Vec<Vec<Name>> = places(event, registry, service)
        .iter()
        .map(|name| registry.lineage(name).into_iter().cloned().collect())
        .collect();
    if lineages.is_empty() {
        lineages.push(Vec::new());
    }
    let tags: Vec<&[Box<str>]> = tags(event, target, service);
    lineages.iter().any(|lineage| {
        tags.iter().any(|tags| {
            causes.iter().any(|cause| {
                let traits = Traits {
                    code: cause.code,
                    case: None,
                    owner: cause.owner,
                    flag: cause.flag,
                    reversible: None,
                    kind: kind.unwrap_or(MoveKind::Redeploy),
                    tags,
                    service: service.name.as_str(),
                    tier: service.tier.as_deref(),
                    lineage,
                    incident,
                    teams: &teams,
                };
                meets(when, &traits, now)
            })
        })
    })
}

/// The reasons that an event is about.
fn causes<'r>(event: &Event, registry: &'r Registry, service: &'r Service) -> Vec<Cause<'r>> {
    let Some(says) = event.line() else { return Vec::new() };
    let flag = |id: &str| registry.flags_of(service).find(|flag| flag.id.as_str() == id);
    if let Deed::Flagged { flag: id, key, severity, exploited, compromised, .. } = &says.deed {
        let severity = Severity::from_word(severity).unwrap_or_default();
        let code = match (&**key, compromised) {
            ("security", true) => Code::CompromisedRelease,
            ("security", false) => Code::AdvisoryReopened,
            _ => Code::UnstableRelease,
        };
        let owner = Owner::One(if code == Code::UnstableRelease { Key::Reliability } else { Key::Security });
        let kind = if code == Code::UnstableRelease { FlagKind::Instability } else { FlagKind::Advisory };
        let said = OfFlag {
            kind,
            severity,
            score: Scored::By(None),
            exploited: *exploited,
            since: Some(says.at),
            mitigated: false,
        };
        return vec![Cause { code, owner, flag: Some(flag(id).map_or(said, seen)) }];
    }
    let subjects: Vec<&str> = match &says.deed {
        Deed::Cleared { flag, .. } => vec![flag],
        Deed::SignedOff { accepts, .. } | Deed::Asked { accepts, .. } => {
            accepts.iter().map(|subject| &**subject).collect()
        }
        _ => {
            return says
                .reasons
                .iter()
                .filter_map(|reason| of_reason(reason, flag(&reason.subject)))
                .collect();
        }
    };
    subjects.into_iter().filter_map(|subject| of_subject(subject, flag(subject))).collect()
}

fn of_reason<'r>(reason: &crate::record::Reason, flag: Option<&'r Flag>) -> Option<Cause<'r>> {
    let code = Code::from_word(&reason.code)?;
    let of_flag = flag.map(|flag| Owner::One(flag.kind.key()));
    let flag = flag.map(seen);
    Some(Cause { code, owner: code.owner().or(of_flag).unwrap_or(Owner::Both), flag })
}

/// What conditions see of a flag. Whether a mitigation is on is asked of moves, not of events.
fn seen(flag: &Flag) -> OfFlag<'_> {
    OfFlag {
        kind: flag.kind,
        severity: flag.severity,
        score: Scored::By(flag.cvss.as_ref()),
        exploited: flag.exploited,
        since: flag.recorded.max(flag.effective),
        mitigated: false,
    }
}

/// A subject: a flag's id, else a code, with a detail or without.
fn of_subject<'r>(subject: &str, flag: Option<&'r Flag>) -> Option<Cause<'r>> {
    let code = match flag {
        Some(flag) if flag.compromised => Code::CompromisedRelease,
        Some(flag) if flag.kind == FlagKind::Advisory => Code::AdvisoryReopened,
        Some(_) => Code::UnstableRelease,
        None => Code::from_word(subject.split_once(':').map_or(subject, |(code, _)| code))?,
    };
    let owner = code.owner().or_else(|| flag.map(|flag| Owner::One(flag.kind.key())));
    let flag = flag.map(seen);
    Some(Cause { code, owner: owner.unwrap_or(Owner::Both), flag })
}

/// The environments that an event concerns: its own; of a flag those it is limited to, else all that are known.
fn places(event: &Event, registry: &Registry, service: &Service) -> Vec<Name> {
    if let Some(environment) = event.environment() {
        return Name::new(environment).ok().into_iter().collect();
    }
    if let Some(Statement { deed: Deed::Flagged { affects, .. }, .. }) = event.line()
        && !affects.environments.is_empty()
    {
        return affects.environments.iter().filter_map(|name| Name::new(name).ok()).collect();
    }
    let mut all: Vec<Name> = environments(service).into_iter().cloned().collect();
    all.extend(registry.environments.keys().cloned());
    all
}

/// The tags of the releases that an event is about.
fn tags<'s>(event: &Event, target: Option<&'s Release>, service: &'s Service) -> Vec<&'s [Box<str>]> {
    let mut tags: Vec<&[Box<str>]> = target.iter().map(|release| &*release.tags).collect();
    if let Some(Statement { deed: Deed::Flagged { affects, .. }, .. }) = event.line() {
        let hit = affects.hits.iter().filter_map(|version| service.release(version));
        tags.extend(hit.map(|release| &*release.tags));
    }
    if tags.is_empty() {
        tags.push(&[]);
    }
    tags
}
