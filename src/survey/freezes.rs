//! What was done to the change freezes.

use super::change::{Change, FREEZE_ADDED, FREEZE_CHANGED, FREEZE_REMOVED};
use crate::model::{Freeze, Registry, Time};

/// The freezes that came, are gone, or are others. One whose time is over may go unsaid.
pub(super) fn freezes(before: &Registry, after: &Registry, now: Time) -> Vec<Change> {
    let mut found = Vec::new();
    for is in &after.freezes {
        let name = is.name.as_str();
        let was = before.freezes.iter().find(|was| was.name == is.name);
        let (kind, message) = match was {
            None => (&FREEZE_ADDED, format!("freeze {name} was added")),
            Some(was) if !same(was, is) => (&FREEZE_CHANGED, format!("freeze {name} is another")),
            Some(_) => continue,
        };
        found.push(Change::new(kind, name, message).at(&after.sources, is.origin));
    }
    let gone = before.freezes.iter().filter(|was| after.freezes.iter().all(|is| is.name != was.name));
    found.extend(gone.filter(|was| !was.is_over(now)).map(|was| {
        let name = was.name.as_str();
        Change::new(&FREEZE_REMOVED, name, format!("freeze {name} is gone")).at(&before.sources, was.origin)
    }));
    found
}

/// Whether two are on at the same times for the same moves.
fn same(was: &Freeze, is: &Freeze) -> bool {
    was.when == is.when && was.from == is.from && was.until == is.until
}
