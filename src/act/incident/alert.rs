//! A group of alerts as an incident: it begins, goes on, or ends.
//!
//! The group's key makes the id, so that the same notification, delivered again, changes nothing. A group that fires
//! again after its incident ended is another incident, with the next number.

use sha2::{Digest, Sha256};

use super::{End, Start, Written, end, find, start, unchanged};
use crate::act::refusal::{Refusal, unfit};
use crate::act::said::Said;
use crate::import::alertmanager::{LABELS, Notification};
use crate::model::{Id, Incident, Name, Origin, format_time};
use crate::record::Occasion;
use crate::registry::wording::nearest_of;
use crate::registry::{Loaded, Tree, Whole};

/// How many digits of the key's hash the id has.
const DIGITS: usize = 12;
/// How often a group may come back before somebody has to tidy up.
const MOST: usize = 1_000;

/// Works out what a notification changes. `main` is the name of the registry's main file.
///
/// # Errors
/// Those of [`start`] and [`end`]; and when none of the alerts names a service of the registry.
pub fn notified(
    tree: &dyn Tree,
    main: &str,
    notification: &Notification,
    occasion: &Occasion,
) -> Result<Written, Refusal> {
    let whole = Whole::open(tree, main)?;
    let before = whole.shared(tree)?;
    let (last, next) = ids(&before, &notification.key)?;
    let known = last.as_ref().and_then(|id| find(&before, id)).cloned();
    let on = known.filter(|known| known.ended.is_none_or(|ended| ended > occasion.now));
    match (notification.resolved, on) {
        (true, Some(known)) => {
            // Clocks may be apart: nothing ends before it began, or later than now.
            let at = notification.ended.map(|at| at.clamp(known.started, known.started.max(occasion.now)));
            end(tree, main, &End { id: known.id, at }, occasion)
        }
        (true, None) => {
            let over = last.as_ref().and_then(|id| find(&before, id)).cloned();
            Ok(nothing(
                over,
                next,
                before,
                occasion,
                "no incident of these alerts is on: there is nothing to end",
            ))
        }
        (false, on) => {
            let (services, notes) = services(&whole, notification)?;
            let over = last.as_ref().and_then(|id| find(&before, id)).and_then(|known| known.ended);
            let still =
                on.is_none() && over.zip(notification.started).is_some_and(|(over, began)| began <= over);
            if still {
                let over = last.as_ref().and_then(|id| find(&before, id)).cloned();
                let note =
                    "its incident was ended, and these alerts began before that: nothing is begun again";
                return Ok(nothing(over, next, before, occasion, note));
            }
            let at = notification.started.filter(|_| on.is_none()).map(|at| at.min(occasion.now));
            let severity = notification.severity.as_deref().and_then(|word| Said::new(word).ok());
            let id = on.map_or(next, |known| known.id);
            let mut written = start(tree, main, &Start { id, services, severity, at }, occasion)?;
            written.notes.extend(notes);
            Ok(written)
        }
    }
}

/// The id of the group's last incident, and that of its next one: `AM-4f0c2b9e11aa`, `AM-4f0c2b9e11aa-2`.
fn ids(before: &Loaded, key: &str) -> Result<(Option<Id>, Id), Refusal> {
    let digest = Sha256::digest(key.as_bytes());
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let base = format!("AM-{}", &hash[..DIGITS]);
    let id = |text: &str| {
        Id::new(text).map_err(|error| unfit(format!("`{text}` {error}"), "this is a bug of holdpoint"))
    };
    let mut last = None;
    for number in 1..MOST {
        let text = if number == 1 { base.clone() } else { format!("{base}-{number}") };
        let next = id(&text)?;
        if find(before, &next).is_none() {
            return Ok((last, next));
        }
        last = Some(next);
    }
    Err(unfit(format!("`{base}` has had {MOST} incidents"), "remove old ones from the main file"))
}

/// The services that the alerts name, and what is to be said of names that the registry doesn't know.
fn services(whole: &Whole, notification: &Notification) -> Result<(Vec<Name>, Vec<String>), Refusal> {
    let (mut services, mut unknown): (Vec<Name>, Vec<&str>) = (Vec::new(), Vec::new());
    for values in &notification.named {
        let known =
            values.iter().find_map(|value| whole.names().iter().find(|name| name.as_str() == &**value));
        match (known, values.first()) {
            (Some(name), _) if !services.contains(name) => services.push(name.clone()),
            (None, Some(value)) if !unknown.contains(&&**value) => unknown.push(value),
            _ => {}
        }
    }
    if services.is_empty() {
        return Err(nameless(whole, &unknown));
    }
    let note = |name: &&str| format!("the registry has no service `{name}`: its alerts are left out");
    Ok((services, unknown.iter().take(3).map(note).collect()))
}

fn nameless(whole: &Whole, unknown: &[&str]) -> Refusal {
    let known: Vec<String> = whole.names().iter().map(ToString::to_string).collect();
    let Some(first) = unknown.first() else {
        let hint = format!("give the alerts a label `service`; also looked at: {}", LABELS[1..].join(", "));
        return unfit("none of the alerts names a service", hint);
    };
    let hint = match nearest_of(first, &known).first() {
        Some(near) => format!("did you mean `{near}`? The label `service` is to be a service's name"),
        None => "the label `service` is to be the name of a service of the registry".to_owned(),
    };
    unfit(format!("no service `{}`", first.chars().take(60).collect::<String>()), hint)
}

/// Nothing is written.
fn nothing(known: Option<Incident>, id: Id, before: Loaded, occasion: &Occasion, why: &str) -> Written {
    let now = occasion.now;
    let none = Incident {
        id,
        services: Vec::new(),
        severity: None,
        started: now,
        ended: Some(now),
        origin: Origin::default(),
    };
    let ended = known.as_ref().and_then(|known| known.ended);
    let ended = ended.map(|at| format!("it ended at {} already", format_time(at)));
    let notes = ended.into_iter().chain([why.to_owned()]).collect();
    Written { notes, ..unchanged(known.unwrap_or(none), before, occasion) }
}
