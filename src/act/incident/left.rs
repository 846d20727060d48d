//! What an incident leaves to be done.

use crate::act::movement::{Named, named};
use crate::model::{FlagKind, Id, Incident, Key, MoveKind, Name, Registry, Service, Time, Version};
use crate::registry::{Ask, Tree, load};

/// What is left to do for one service.
#[derive(Debug, Clone)]
pub struct Left {
    /// The service.
    pub service: Name,
    /// Its break-glasses that are still open.
    pub debts: Vec<Owed>,
    /// Releases that were left by a rollback meanwhile, with nothing recorded against them.
    pub rollbacks: Vec<RolledBack>,
}

/// A break-glass that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// Its id.
    pub debt: Id,
    /// Where.
    pub environment: Name,
    /// By when it is to be reviewed.
    pub due: Time,
    /// The keys whose team hasn't reviewed it.
    pub wanting: Vec<Key>,
}

/// A release that was left by a rollback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolledBack {
    /// Where.
    pub environment: Name,
    /// The release that was left.
    pub version: Box<str>,
    /// What it was left for.
    pub left_for: Option<Box<str>>,
    /// When.
    pub at: Time,
    /// The id of the flag that would say what is wrong with it.
    pub flag: Named,
    /// Whether it isn't registered.
    pub unregistered: bool,
}

/// What is left to do for each service of an incident, those with nothing to do left out. What can't be read is
/// noted: an incident ends all the same.
pub(super) fn of(
    (tree, main): (&dyn Tree, &str),
    incident: &Incident,
    now: Time,
    notes: &mut Vec<String>,
) -> Vec<Left> {
    let mut all = Vec::new();
    for name in &incident.services {
        let loaded = load(tree, main, &Ask::Service(name.clone()));
        let Some(registry) = loaded.ok().map(|loaded| loaded.registry) else {
            notes.push(format!(
                "{name} can't be read, so what is left to do for it isn't told: see `holdpoint lint`"
            ));
            continue;
        };
        let Some(service) = registry.services.get(name) else { continue };
        let flag = named((tree, main), (&registry, service), incident.id.as_str(), now);
        let left = Left {
            service: name.clone(),
            debts: debts(&registry, service),
            rollbacks: rollbacks(&registry, service, incident, &flag),
        };
        if !(left.debts.is_empty() && left.rollbacks.is_empty()) {
            all.push(left);
        }
    }
    all
}

fn debts(registry: &Registry, service: &Service) -> Vec<Owed> {
    let debts = service.debts.iter().map(|debt| Owed {
        debt: debt.id.clone(),
        environment: debt.environment.clone(),
        due: debt.due.unwrap_or_else(|| registry.policy.review_within.after(debt.at)),
        wanting: Key::ALL
            .into_iter()
            .filter(|key| debt.reviews.iter().all(|review| review.key != *key))
            .collect(),
    });
    debts.collect()
}

/// The releases that rollbacks left while it was on, each once, of which nobody recorded an instability and
/// nobody settled the cause.
fn rollbacks(registry: &Registry, service: &Service, incident: &Incident, flag: &Named) -> Vec<RolledBack> {
    let mut all: Vec<RolledBack> = Vec::new();
    let during = |at: Time| incident.started <= at && incident.ended.is_none_or(|ended| at <= ended);
    for ran in service.ran.iter().filter(|ran| ran.kind == Some(MoveKind::Rollback)) {
        let Some(at) = ran.until.filter(|at| during(*at)) else { continue };
        let said = all.iter().any(|known| known.version == ran.version.text);
        let settled =
            service.settled.get(&ran.version.text).is_some_and(|settled| settled.at >= incident.started);
        if said || settled || is_recorded(registry, service, &ran.version) {
            continue;
        }
        all.push(RolledBack {
            environment: ran.environment.clone(),
            version: ran.version.text.clone(),
            left_for: ran.left_for.as_ref().map(|version| version.text.clone()),
            at,
            flag: flag.clone(),
            unregistered: service.release(&ran.version.text).is_none(),
        });
    }
    all
}

/// Whether an instability was ever recorded for a release, whatever became of it.
fn is_recorded(registry: &Registry, service: &Service, version: &Version) -> bool {
    let mut instabilities = registry.flags_of(service).filter(|flag| flag.kind == FlagKind::Instability);
    instabilities.any(|flag| {
        flag.affects.iter().any(|affects| {
            affects.scope.covers(&service.name)
                && affects.hits(version, service.release(&version.text)) == Some(true)
        })
    })
}
