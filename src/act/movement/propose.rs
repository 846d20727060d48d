//! What to do after a move; never done by itself.

use super::exposure::Here;
use crate::act::observe::Stay;
use crate::judge::{self, Code, Moment};
use crate::model::{FlagKind, Id, Key, MoveKind, Name, Registry, Service, Time};
use crate::registry::Tree;
use crate::registry::edit::shared_flags;

/// Something to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Flag the release that was left by a rollback.
    Flag {
        /// Which.
        version: Box<str>,
        /// Under which id; None: one is made.
        id: Named,
        /// It isn't registered, so the flag is about no release that is known.
        unregistered: bool,
    },
    /// Say what runs.
    Observe,
    /// Review the debt, for these keys.
    Review(Id, Vec<Key>),
}

/// The id of a flag to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// One is made.
    Nothing,
    /// That of the incident, which no flag has yet.
    New(Box<str>),
    /// That of the incident, under which an instability stands: it is made wider.
    Wider(Box<str>),
}

/// The flags to propose: on releases that were left by a rollback and are said of nobody to be unstable.
pub(super) fn flags(
    (tree, main): (&dyn Tree, &str),
    here: Here<'_>,
    left: &[Stay],
    incident: Option<&str>,
) -> Vec<Next> {
    let fled = left.iter().filter(|stay| stay.kind == Some(MoveKind::Rollback));
    // No range can name what has no place in the service's order.
    let unflagged = fled.filter(|stay| stay.version.place.is_some() && !here.is_unstable(&stay.version));
    let flag = |stay: &Stay| Next::Flag {
        version: stay.version.text.clone(),
        id: incident.map_or(Named::Nothing, |incident| {
            named((tree, main), (here.registry, here.service), incident, here.moment.now)
        }),
        unregistered: here.service.release(&stay.version.text).is_none(),
    };
    unflagged.map(flag).collect()
}

/// Under which id a release is flagged for an incident: the incident's own, unless something else stands under it.
pub(in crate::act) fn named(
    (tree, main): (&dyn Tree, &str),
    (registry, service): (&Registry, &Service),
    incident: &str,
    now: Time,
) -> Named {
    let Ok(id) = Id::new(incident) else { return Named::Nothing };
    let mut flags = registry.flags_of(service);
    if let Some(flag) = flags.find(|flag| flag.id.as_str().eq_ignore_ascii_case(incident)) {
        let is_over = flag.withdrawn.is_some() || flag.until.is_some_and(|until| until <= now);
        let grows = flag.kind == FlagKind::Instability && !is_over;
        return if grows { Named::Wider(flag.id.as_str().into()) } else { Named::Nothing };
    }
    // One that only names other services isn't read here, and what can't be looked at isn't guessed.
    let elsewhere = shared_flags(tree, main, &id).is_ok_and(|flags| flags.is_empty());
    let is_free = elsewhere && Code::from_word(incident).is_none();
    if is_free { Named::New(incident.into()) } else { Named::Nothing }
}

/// The debts of a place for which nothing is owed any more, by the registry as it will be.
pub(super) fn closable(after: &Registry, service: &Name, environment: &Name, moment: Moment) -> Vec<String> {
    let debts = after.services.get(service).map_or(&[][..], |service| &service.debts);
    let here = debts.iter().filter(|debt| debt.environment == *environment);
    let owed = here.filter_map(|debt| judge::owed(after, service, debt, moment));
    let settled = owed.filter(|owed| owed.is_settled());
    settled
        .map(|owed| {
            format!(
                "nothing is owed any more for the break-glass {0}: `holdpoint review {0} --close`",
                owed.debt.id
            )
        })
        .collect()
}
