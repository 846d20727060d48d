//! `holdpoint/flush/v1`, `holdpoint/notify/v1` and `holdpoint/trial/v1`: what was told, who is told what, and whether
//! sinks take something.

use serde::Serialize;

use super::notice::Notice;
use super::{sentence, text};
use crate::model::format_time;
use crate::report::notify::{Flush, Listing, Trials, Waits, Why, way};

#[derive(Serialize)]
struct FlushV1<'a> {
    schema: &'static str,
    dry_run: bool,
    complete: bool,
    #[serde(flatten)]
    notice: Option<Notice<'a>>,
    would: Vec<WaitsV1<'a>>,
    held: Vec<WaitsV1<'a>>,
    /// Services that can't be read.
    unread: &'a [String],
}

#[derive(Serialize)]
struct WaitsV1<'a> {
    event: &'a str,
    kind: &'a str,
    at: String,
    service: &'a str,
    environment: Option<&'a str>,
    team: Option<&'a str>,
    sink: &'a str,
    tried: u32,
    answer: Option<String>,
    /// `not-before`, `gone`, `resting`; null: it may be told now.
    held: Option<&'static str>,
    /// Until when it is held, or since when the sink is gone.
    time: Option<String>,
}

#[derive(Serialize)]
struct ListingV1<'a> {
    schema: &'static str,
    routes: Vec<RouteV1<'a>>,
    sinks: Vec<SinkV1<'a>>,
    waiting: Vec<WaitsV1<'a>>,
    unread: &'a [String],
}

#[derive(Serialize)]
struct RouteV1<'a> {
    on: &'a [Box<str>],
    team: Option<&'a str>,
    owned: bool,
    when: String,
    to: Vec<&'a str>,
    origin: String,
}

#[derive(Serialize)]
struct SinkV1<'a> {
    name: &'a str,
    kind: &'a str,
    way: String,
    /// Why its secret can't be had; null: it can.
    missing: Option<&'a str>,
}

#[derive(Serialize)]
struct TrialsV1<'a> {
    schema: &'static str,
    id: &'a str,
    sinks: Vec<TrialV1<'a>>,
}

#[derive(Serialize)]
struct TrialV1<'a> {
    sink: &'a str,
    kind: &'a str,
    arrived: bool,
    answer: String,
    gone: bool,
}

/// What was told, and what is left.
pub fn flush(flush: &Flush) -> String {
    text::write(&FlushV1 {
        schema: "holdpoint/flush/v1",
        dry_run: flush.dry_run,
        complete: flush.is_well(),
        notice: Notice::of(Some(flush.notice)),
        would: flush.would.iter().map(waits).collect(),
        held: flush.held.iter().map(waits).collect(),
        unread: flush.unread,
    })
}

/// Who is told what, by which sinks, and what waits.
pub fn notifying(listing: &Listing) -> String {
    let routes = listing.routes.iter().map(|route| RouteV1 {
        on: &route.on,
        team: route.team.as_ref().map(|team| team.as_str()),
        owned: route.owned,
        when: Listing::when(route),
        to: route.to.iter().map(|sink| sink.as_str()).collect(),
        origin: listing.place(route),
    });
    let sinks = listing.sinks.iter().map(|(name, sink)| SinkV1 {
        name: name.as_str(),
        kind: sink.kind.word(),
        way: way(sink),
        missing: listing.missing.get(name).map(String::as_str),
    });
    text::write(&ListingV1 {
        schema: "holdpoint/notify/v1",
        routes: routes.collect(),
        sinks: sinks.collect(),
        waiting: listing.waits.iter().map(waits).collect(),
        unread: listing.unread,
    })
}

/// What sinks made of a test message.
pub fn trials(trials: &Trials) -> String {
    let sinks = trials.trials.iter().map(|trial| TrialV1 {
        sink: trial.sink.name.as_str(),
        kind: trial.sink.kind.word(),
        arrived: trial.answer.arrived,
        answer: sentence(&trial.answer.answer),
        gone: trial.answer.gone,
    });
    text::write(&TrialsV1 { schema: "holdpoint/trial/v1", id: trials.id, sinks: sinks.collect() })
}

fn waits(waits: &Waits) -> WaitsV1<'_> {
    let (held, time) = match waits.why {
        None => (None, None),
        Some(Why::Until(time)) => (Some("not-before"), Some(time)),
        Some(Why::Gone(since)) => (Some("gone"), Some(since)),
        Some(Why::Resting) => (Some("resting"), None),
    };
    WaitsV1 {
        event: &waits.event,
        kind: &waits.kind,
        at: format_time(waits.at),
        service: &waits.service,
        environment: waits.environment.as_deref(),
        team: waits.team.as_deref(),
        sink: &waits.sink,
        tried: waits.tried,
        answer: waits.answer.as_deref().map(sentence),
        held,
        time: time.map(format_time),
    }
}
