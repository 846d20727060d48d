//! What every event has, as names and values.

use super::Teller;
use crate::model::format_time;
use crate::report::plain;

/// All of an event: what every one has, then what only its kind has.
pub(super) fn fields(teller: &Teller<'_>, own: Vec<(String, String)>) -> Vec<(String, String)> {
    let event = teller.telling.event;
    let says = event.line();
    let movement = says.and_then(|says| says.movement.as_ref());
    let moved = movement.map(|movement| {
        format!("{} -> {}", movement.from.as_deref().unwrap_or("nothing known"), movement.to)
    });
    let record = says.map(|says| format!("log/{} {}", says.service, says.id));
    let by = says.map(|says| format!("{} (known from: {})", says.by, says.known));
    let common = [
        ("Service", Some(event.service().to_owned())),
        ("Environment", event.environment().map(str::to_owned)),
        ("Move", moved),
    ];
    let last = [
        ("Incident", says.and_then(|says| says.incident.as_deref()).map(str::to_owned)),
        ("By", by),
        ("At", Some(format!("{} (UTC)", format_time(event.at())))),
        ("Record", record),
    ];
    let named = |(name, value): (&str, Option<String>)| value.map(|value| (name.to_owned(), value));
    let all = common.into_iter().filter_map(named).chain(own).chain(last.into_iter().filter_map(named));
    all.map(|(name, value)| (plain(&name).into_owned(), plain(&value).into_owned())).collect()
}
