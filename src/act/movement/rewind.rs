//! A move that is recorded after somebody saw its end: the place as it was before.
//!
//! Where `observe` came first, what runs is where the move went, and going there judges as a restart: nothing would
//! stop it, and a break-glass would leave no debt. So a move by which the registry says that the release came to
//! run is judged on the registry without what was seen of it.

use crate::judge::Question;
use crate::model::{MoveKind, Name, Registry, Service, Version};

/// The registry before the move, when it holds it already; None: it doesn't, or the question is of a restart.
pub(crate) fn before_the_move(registry: &Registry, question: &Question) -> Option<Registry> {
    let environment = question.environment.as_ref()?;
    let service = registry.services.get(&question.service)?;
    let left = left_for(service, environment, question)?;
    let mut registry = registry.clone();
    let service = registry.services.get_mut(&question.service)?;
    let reopened = service.ran.get_mut(left)?;
    (reopened.until, reopened.left_for, reopened.kind) = (None, None, None);
    let from = reopened.version.clone();
    let arrival = |ran: &crate::model::Ran| {
        ran.environment == *environment && *ran.version.text == *question.to && ran.is_open()
    };
    if let Some(arrived) = service.ran.iter().rposition(arrival) {
        service.ran.remove(arrived);
    }
    service.running.insert(environment.clone(), vec![from]);
    Some(registry)
}

/// The entry of what was left for the release that runs, by a move such as is asked about.
fn left_for(service: &Service, environment: &Name, question: &Question) -> Option<usize> {
    let runs = service.running.get(environment)?;
    if !matches!(&**runs, [only] if only.text == question.to) {
        return None;
    }
    let here = |ran: &&crate::model::Ran| ran.environment == *environment;
    let last =
        service.ran.iter().filter(here).filter(|ran| ran.until.is_some()).max_by_key(|ran| ran.until)?;
    let is_to = |version: &Version| version.text == question.to;
    let was_left_for_it = last.left_for.as_ref().is_some_and(is_to) && !is_to(&last.version);
    // A rollback isn't a restart; of a redeploy only `--from` can tell.
    let is_meant = match &question.from {
        Some(from) => *from == last.version.text,
        None => question.asked == MoveKind::Rollback && runs.iter().all(|to| to.is_older_than(&last.version)),
    };
    let at = service.ran.iter().position(|ran| std::ptr::eq(ran, last));
    at.filter(|_| was_left_for_it && is_meant)
}
