//! What was done to sign-offs and break-glasses: given, taken back, reviewed, thrown away.

use std::collections::BTreeMap;

use super::change::{
    Change, DEBT_CLOSED, DEBT_DELETED, DEBT_NEW, DEBT_REVIEWED, SIGN_OFF_DELETED, SIGN_OFF_GIVEN,
    SIGN_OFF_NARROWED, SIGN_OFF_REVOKED, SIGN_OFF_WIDENED,
};
use super::compare::{Known, Side};
use crate::judge::Moment;
use crate::model::{Debt, Key, SignOff, Time, format_time};

/// The changes of a service's sign-offs and break-glasses.
pub(super) fn find(before: Side<'_>, after: Side<'_>, known: &Known<'_>, moment: Moment) -> Vec<Change> {
    let mut found = sign_offs(before, after, moment);
    found.extend(debts(before, after, known));
    found
}

fn sign_offs(before: Side<'_>, after: Side<'_>, moment: Moment) -> Vec<Change> {
    let by_id = |side: Side<'_>| -> BTreeMap<String, SignOff> {
        let all = side.service.sign_offs.iter();
        all.map(|one| (one.id.to_string(), one.clone())).collect()
    };
    let (old, new) = (by_id(before), by_id(after));
    let mut found = Vec::new();
    for (id, was) in &old {
        let ends = was.ends(before.registry.policy.sign_off_max);
        let counts = was.revoked.is_none() && moment.now < ends;
        let change = match new.get(id) {
            None if counts => {
                let message = format!("{} was deleted before its end, {}", called(was), format_time(ends));
                Change::new(&SIGN_OFF_DELETED, &**id, message).at(&before.registry.sources, was.origin)
            }
            None => continue,
            Some(is) => match changed(was, is) {
                Some(change) => change.at(&after.registry.sources, is.origin),
                None => continue,
            },
        };
        found.push(change);
    }
    for (id, is) in new.iter().filter(|(id, _)| !old.contains_key(*id)) {
        let ends = is.ends(after.registry.policy.sign_off_max);
        let accepts: Vec<&str> = is.accepts.iter().map(|subject| &**subject).collect();
        let message = format!("{} accepts {} until {}", called(is), accepts.join(", "), format_time(ends));
        let given =
            Change::new(&SIGN_OFF_GIVEN, &**id, message).by(Some(format!("by {}: {}", is.by, is.reason)));
        found.push(given.at(&after.registry.sources, is.origin));
    }
    found
}

/// `security's sign-off 01KAF3 for 2.3.0 in prod`
fn called(one: &SignOff) -> String {
    format!("{}'s sign-off {} for {} in {}", one.key, one.id, one.to, one.environment)
}

fn changed(was: &SignOff, is: &SignOff) -> Option<Change> {
    let id = was.id.as_str();
    match (&was.revoked, &is.revoked) {
        (None, Some(revoked)) => {
            let by = revoked.by.as_deref().map_or(String::new(), |by| format!("by {by}: "));
            let change = Change::new(&SIGN_OFF_REVOKED, id, format!("{} was taken back", called(is)));
            return Some(change.by(Some(format!("{by}{}", revoked.reason))));
        }
        (Some(_), None) => {
            let message = format!("{} counts again after it was taken back", called(is));
            return Some(Change::new(&SIGN_OFF_WIDENED, id, message));
        }
        _ => {}
    }
    let covers = |one: &SignOff| (one.environment.clone(), one.to.clone(), one.key, one.by.clone());
    let more = covers(was) != covers(is)
        || is.accepts.iter().any(|subject| !was.accepts.contains(subject))
        || is.with.iter().any(|with| !was.with.contains(with))
        || life(is) > life(was)
        || is.at != was.at;
    let less = is.accepts.len() < was.accepts.len() || is.with.len() < was.with.len() || life(is) < life(was);
    let kind = match (more, less) {
        (true, _) => &SIGN_OFF_WIDENED,
        (false, true) => &SIGN_OFF_NARROWED,
        (false, false) => return None,
    };
    let message = format!("{} was changed by hand", called(is));
    Some(Change::new(kind, id, message))
}

fn life(one: &SignOff) -> Time {
    one.expires
}

fn debts(before: Side<'_>, after: Side<'_>, known: &Known<'_>) -> Vec<Change> {
    let find =
        |side: Side<'_>, id: &str| side.service.debts.iter().find(|debt| debt.id.as_str() == id).cloned();
    let mut found = Vec::new();
    for was in &before.service.debts {
        let id = was.id.as_str();
        let Some(is) = find(after, id) else {
            let change = debt_gone(was, known);
            found.push(if change.spot.is_none() {
                change.at(&before.registry.sources, was.origin)
            } else {
                change
            });
            continue;
        };
        found.extend(debt_changed(was, &is).map(|change| change.at(&after.registry.sources, is.origin)));
    }
    for is in after.service.debts.iter().filter(|debt| find(before, debt.id.as_str()).is_none()) {
        let message = format!("{} against {}", broken(is), is.subjects.join(", "));
        let new =
            Change::new(&DEBT_NEW, is.id.as_str(), message).by(Some(format!("by {}: {}", is.by, is.reason)));
        found.push(new.at(&after.registry.sources, is.origin));
    }
    found
}

/// `break-glass 01KAF4 (2.4.1 -> 2.3.0 in prod)`
fn broken(debt: &Debt) -> String {
    format!("break-glass {} ({} in {})", debt.id, debt.way(), debt.environment)
}

fn debt_gone(was: &Debt, known: &Known<'_>) -> Change {
    let id = was.id.as_str();
    match known.appended.and_then(|appended| appended.closed.get(id)) {
        Some(by) => Change::new(&DEBT_CLOSED, id, format!("{} was closed", broken(was))).by(Some(by.clone())),
        None => {
            let left: Vec<&str> = unreviewed(was).into_iter().map(Key::word).collect();
            let left = if left.is_empty() {
                String::new()
            } else {
                format!(", without a review of {}", left.join(" and "))
            };
            let message =
                format!("{} is gone{left}, and the record doesn't say that it was closed", broken(was));
            Change::new(&DEBT_DELETED, id, message)
        }
    }
}

fn unreviewed(debt: &Debt) -> Vec<Key> {
    Key::ALL.into_iter().filter(|key| debt.reviews.iter().all(|review| review.key != *key)).collect()
}

fn debt_changed(was: &Debt, is: &Debt) -> Option<Change> {
    let id = is.id.as_str();
    let lost = was.reviews.iter().any(|review| !is.reviews.contains(review));
    let other = was.environment != is.environment
        || was.to.text != is.to.text
        || was.subjects != is.subjects
        || was.by != is.by
        || was.at != is.at;
    if lost || other {
        let what = if lost { "lost a review" } else { "says something else of what was done" };
        return Some(Change::new(&DEBT_DELETED, id, format!("{} {what}", broken(is))));
    }
    let new = is.reviews.iter().find(|review| !was.reviews.contains(review))?;
    let note = new.note.as_deref().map_or(String::new(), |note| format!(": {note}"));
    let message = format!("{} was reviewed for {}", broken(is), new.key);
    Some(Change::new(&DEBT_REVIEWED, id, message).by(Some(format!("by {}{note}", new.by))))
}
