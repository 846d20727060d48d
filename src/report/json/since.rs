//! `holdpoint/since/v1`: what happened lately.

use serde::Serialize;

use super::{Registry, sentence, text};
use crate::model::format_time;
use crate::report::since::Since;

#[derive(Serialize)]
struct SinceV1<'a> {
    schema: &'static str,
    since: String,
    team: Option<&'a str>,
    events: Vec<EventV1<'a>>,
    unread: &'a [String],
    registry: Registry<'a>,
    as_of: String,
}

#[derive(Serialize)]
struct EventV1<'a> {
    id: &'a str,
    kind: &'static str,
    at: String,
    service: &'a str,
    environment: Option<&'a str>,
    urgency: &'static str,
    summary: String,
    next: Option<&'a str>,
    told: Vec<String>,
    untold: Vec<String>,
}

/// Writes it.
pub fn since(since: &Since) -> String {
    let events = since.events.iter().map(|event| EventV1 {
        id: &event.id,
        kind: event.kind,
        at: format_time(event.at),
        service: &event.service,
        environment: event.environment.as_deref(),
        urgency: event.urgency.word(),
        summary: sentence(&event.sentence),
        next: event.command.as_deref(),
        told: event.told.iter().map(|told| sentence(told)).collect(),
        untold: event.untold.iter().map(|told| sentence(told)).collect(),
    });
    text::write(&SinceV1 {
        schema: "holdpoint/since/v1",
        since: format_time(since.since),
        team: since.team,
        events: events.collect(),
        unread: since.unread,
        registry: Registry::of(&since.context),
        as_of: format_time(since.context.as_of),
    })
}
