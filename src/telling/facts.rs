//! What conditions see of an event.
//!
//! A condition holds of an event where it holds of one of its reasons, in one of the places that it concerns. What an
//! event doesn't have, such as a move, never matches what is asked of it.

use crate::judge::{Code, Traits, environments, meets};
use crate::model::{
    Condition, Flag, FlagKind, Key, MoveKind, Name, Owner, Registry, Release, Service, Severity, Time,
};
use crate::record::{Deed, Statement};
use crate::telling::Event;

/// A reason that an event is about.
struct Cause {
    code: Code,
    owner: Owner,
    flag: Option<(Severity, bool)>,
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
                };
                meets(when, &traits, now)
            })
        })
    })
}

/// The reasons that an event is about.
fn causes(event: &Event, registry: &Registry, service: &Service) -> Vec<Cause> {
    let Some(says) = event.line() else { return Vec::new() };
    let flag = |id: &str| registry.flags_of(service).find(|flag| flag.id.as_str() == id);
    if let Deed::Flagged { key, severity, exploited, compromised, .. } = &says.deed {
        let severity = Severity::from_word(severity).unwrap_or_default();
        let code = match (&**key, compromised) {
            ("security", true) => Code::CompromisedRelease,
            ("security", false) => Code::AdvisoryReopened,
            _ => Code::UnstableRelease,
        };
        let owner = Owner::One(if code == Code::UnstableRelease { Key::Reliability } else { Key::Security });
        return vec![Cause { code, owner, flag: Some((severity, *exploited)) }];
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

fn of_reason(reason: &crate::record::Reason, flag: Option<&Flag>) -> Option<Cause> {
    let code = Code::from_word(&reason.code)?;
    let of_flag = flag.map(|flag| Owner::One(flag.kind.key()));
    let flag = flag.map(|flag| (flag.severity, flag.exploited));
    Some(Cause { code, owner: code.owner().or(of_flag).unwrap_or(Owner::Both), flag })
}

/// A subject: a flag's id, else a code, with a detail or without.
fn of_subject(subject: &str, flag: Option<&Flag>) -> Option<Cause> {
    let code = match flag {
        Some(flag) if flag.compromised => Code::CompromisedRelease,
        Some(flag) if flag.kind == FlagKind::Advisory => Code::AdvisoryReopened,
        Some(_) => Code::UnstableRelease,
        None => Code::from_word(subject.split_once(':').map_or(subject, |(code, _)| code))?,
    };
    let owner = code.owner().or_else(|| flag.map(|flag| Owner::One(flag.kind.key())));
    let flag = flag.map(|flag| (flag.severity, flag.exploited));
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
