//! Days of the week and hours of the day in a named zone.

use crate::model::{Calendar, Hours, WEEKDAYS, Zone, weekday};
use crate::registry::condition::{values, words};
use crate::registry::mistake::Mistake;
use crate::registry::reader::{Table, Value};
use crate::registry::wording::{nearest, quoted};

/// `weekday`, `hours` and `zone` of a condition. The zone must be named: an hour that is another one on each machine
/// would be a guess.
pub(super) fn calendar(table: &Table<'_>) -> Option<Calendar> {
    let weekdays = words(table, "weekday", WEEKDAYS, weekday);
    let hours: Vec<Hours> = values(table, "hours").into_iter().filter_map(hours).collect();
    let zone = table.get("zone");
    let given = ["weekday", "hours"].into_iter().find_map(|key| Some((key, table.key_place(key)?)));
    match (given, zone) {
        (Some(_), Some(value)) => zone.and(zone_of(value)).map(|zone| Calendar { weekdays, hours, zone }),
        (Some((key, place)), None) => {
            let hint = "say by whose clocks: `zone = \"Europe/Berlin\"`, or `zone = \"UTC\"`";
            table.desk.report(Mistake::at(place, format!("`{key}` needs `zone`")).hint(hint));
            None
        }
        (None, Some(value)) => {
            value.report_hint("`zone` alone says nothing", "add `weekday` or `hours`, or leave it out");
            None
        }
        (None, None) => None,
    }
}

fn hours(value: Value<'_>) -> Option<Hours> {
    let text = value.text()?;
    let hours = Hours::parse(text).filter(|_| !text.is_empty());
    if hours.is_none() && !text.is_empty() {
        let hint =
            "write two times as in `09:00-17:30`; over midnight `22:00-06:00`; all day: leave `hours` out";
        value.report_hint(format!("{} can't be {}", value.called(), quoted(text)), hint);
    }
    hours
}

fn zone_of(value: Value<'_>) -> Option<Zone> {
    let text = value.text()?;
    let zone = Zone::named(text);
    if zone.is_none() {
        let alike = Zone::names().find(|name| name.eq_ignore_ascii_case(text));
        let hint = match alike.or_else(|| nearest(text, Zone::names())) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "names are those of the IANA database, such as `Europe/Berlin` or `UTC`".to_owned(),
        };
        value.report_hint(format!("no time zone {}", quoted(text)), hint);
    }
    zone
}
