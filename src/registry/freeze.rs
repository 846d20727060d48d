//! Change freezes.

use std::collections::HashMap;

use crate::model::{Condition, Freeze, Name};
use crate::registry::calendar::calendar;
use crate::registry::condition::{environments, moves, one_or_more};
use crate::registry::mistake::{Mistake, Place};
use crate::registry::reader::Table;
use crate::registry::shape::{FREEZE, FREEZE_CONDITION};
use crate::registry::wording::quoted;

/// The freezes of a file, in their order.
pub(super) fn freezes(root: &Table<'_>) -> Vec<Freeze> {
    let mut freezes = Vec::new();
    let mut places: HashMap<Name, Place> = HashMap::new();
    for table in root.tables("freeze", &FREEZE) {
        let Some(freeze) = freeze(&table) else { continue };
        let place = table.get("name").map_or_else(|| table.place(), |name| name.place());
        if let Some(first) = places.get(&freeze.name) {
            let message = format!("two freezes are called {}", quoted(freeze.name.as_str()));
            let mistake = Mistake::at(place, message).also(first.clone(), "first defined here");
            table.desk.report(mistake.hint("a sign-off accepts a freeze by its name: rename one"));
        } else {
            places.insert(freeze.name.clone(), place);
        }
        freezes.push(freeze);
    }
    freezes
}

fn freeze(table: &Table<'_>) -> Option<Freeze> {
    let name = table.name("name");
    let when = table.table("when", &FREEZE_CONDITION).map(|when| condition(&when)).unwrap_or_default();
    let (from, until) = (table.time("from"), table.until("until"));
    if !["when", "from", "until"].into_iter().any(|key| table.has(key)) {
        let hint = "say when it is on: `from` and `until`, or days and hours in `when`; or where, by `when`";
        table.desk.report(Mistake::at(table.place(), "everything would be frozen for ever").hint(hint));
    }
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
        && let Some(value) = table.get("until")
    {
        value.report("a freeze can't be over before it begins");
    }
    Some(Freeze { name: name?, when, from, until, because: table.text("because"), origin: table.origin() })
}

/// The conditions that a freeze can have: none on reasons.
fn condition(table: &Table<'_>) -> Condition {
    Condition {
        movement: moves(table),
        service: one_or_more(table, "service"),
        tier: one_or_more(table, "tier"),
        environment: environments(table),
        calendar: calendar(table),
        ..Condition::default()
    }
}
