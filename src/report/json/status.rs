//! `holdpoint/status/v1`: what runs where, as if it came from nothing; the way back; what needs attention.

use serde::Serialize;

use super::{Registry, sentence, text};
use crate::model::{Key, Level, Time, format_time};
use crate::report::Context;
use crate::report::status::{
    BackState, Because, BestBack, Item, Place, ReleaseRow, RunningRow, Status, Timeline, Unjudged,
};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/status/v1";

#[derive(Serialize)]
struct StatusV1<'a> {
    schema: &'static str,
    simulated: bool,
    summary: Summary,
    places: Vec<PlaceV1<'a>>,
    unjudged: Vec<UnjudgedV1<'a>>,
    registry: Registry<'a>,
    as_of: String,
}

#[derive(Serialize)]
struct Summary {
    services: usize,
    places: usize,
    exposed: usize,
    unstable: usize,
    no_way_back: usize,
    unknown: usize,
    unjudged: usize,
    /// Mistakes of the registry that stop none of these services.
    other_mistakes: usize,
}

#[derive(Serialize)]
struct PlaceV1<'a> {
    service: &'a str,
    environment: Option<&'a str>,
    /// Null: nobody said what runs. Empty: nothing does.
    running: Option<Vec<RunningV1<'a>>>,
    /// Null where there is nothing to judge.
    verdict: Option<&'static str>,
    keys: Option<KeysV1>,
    way_back: BackV1<'a>,
    attention: Vec<ItemV1<'a>>,
    /// The releases, newest first; null unless exactly one service was asked for.
    timeline: Option<TimelineV1<'a>>,
}

#[derive(Serialize)]
struct KeysV1 {
    reliability: &'static str,
    security: &'static str,
}

#[derive(Serialize)]
struct RunningV1<'a> {
    version: &'a str,
    since: Option<String>,
    verdict: &'static str,
    keys: KeysV1,
    reasons: Vec<ReasonV1<'a>>,
}

#[derive(Serialize)]
struct ReasonV1<'a> {
    code: &'static str,
    level: &'static str,
    subject: &'a str,
}

#[derive(Serialize)]
struct BackV1<'a> {
    /// `open`, `none`, `nothing-older`, `unknown` or `nothing-runs`.
    state: &'static str,
    /// The best older release, also where it may not be gone to.
    version: Option<&'a str>,
    verdict: Option<&'static str>,
    proceed: bool,
    why: Option<String>,
    reasons: Vec<ReasonV1<'a>>,
}

#[derive(Serialize)]
struct ItemV1<'a> {
    code: &'static str,
    key: &'static str,
    level: &'static str,
    subject: &'a str,
    message: String,
    hint: Option<String>,
    rule: Option<&'a str>,
    on: Vec<&'a str>,
    at: Option<String>,
    origin: Option<PlaceOf<'a>>,
}

#[derive(Serialize)]
struct PlaceOf<'a> {
    file: &'a str,
    line: Option<usize>,
}

#[derive(Serialize)]
struct TimelineV1<'a> {
    flags: Vec<FlagV1<'a>>,
    releases: Vec<ReleaseV1<'a>>,
}

#[derive(Serialize)]
struct FlagV1<'a> {
    id: &'a str,
    kind: &'static str,
    message: String,
    /// From when on it counts; null: it does already.
    from: Option<String>,
}

#[derive(Serialize)]
struct ReleaseV1<'a> {
    version: &'a str,
    released: Option<String>,
    registered: bool,
    withdrawn: bool,
    keys: KeysV1,
    stable: bool,
    secure: bool,
    go: &'static str,
    why: String,
    runs: bool,
    since: Option<String>,
    ran: Vec<StayV1>,
    flags: Vec<&'a str>,
    scheduled: Vec<&'a str>,
    untold: Vec<&'a str>,
    below: Vec<String>,
}

#[derive(Serialize)]
struct StayV1 {
    since: Option<String>,
    until: String,
}

#[derive(Serialize)]
struct UnjudgedV1<'a> {
    service: &'a str,
    mistakes: usize,
    message: String,
    origin: Option<PlaceOf<'a>>,
}

/// Writes how everything stands.
pub fn status(context: &Context, status: &Status) -> String {
    text::write(&StatusV1 {
        schema: SCHEMA,
        simulated: context.simulated,
        summary: Summary {
            services: status.services,
            places: status.places.len(),
            exposed: status.count(Key::Security),
            unstable: status.count(Key::Reliability),
            no_way_back: status.deserts(),
            unknown: status.unknown(),
            unjudged: status.unjudged.len(),
            other_mistakes: status.beside,
        },
        places: status.places.iter().map(place).collect(),
        unjudged: status.unjudged.iter().map(unjudged).collect(),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
    })
}

fn place(place: &Place) -> PlaceV1<'_> {
    PlaceV1 {
        service: &place.service,
        environment: place.environment.as_deref(),
        running: place.running.as_ref().map(|running| running.iter().map(running_one).collect()),
        verdict: place.level.map(Level::word),
        keys: place.keys.map(keys),
        way_back: back(place.way_back.state, place.way_back.best.as_ref()),
        attention: place.attention.iter().map(item).collect(),
        timeline: place.timeline.as_ref().map(timeline),
    }
}

fn keys([reliability, security]: [Level; 2]) -> KeysV1 {
    KeysV1 { reliability: reliability.word(), security: security.word() }
}

fn running_one(row: &RunningRow) -> RunningV1<'_> {
    RunningV1 {
        version: &row.version,
        since: row.since.map(format_time),
        verdict: row.level.word(),
        keys: keys(row.keys),
        reasons: reasons(&row.reasons),
    }
}

fn reasons(reasons: &[Because]) -> Vec<ReasonV1<'_>> {
    reasons.iter().map(reason).collect()
}

fn reason(reason: &Because) -> ReasonV1<'_> {
    ReasonV1 { code: reason.code, level: reason.level.word(), subject: &reason.subject }
}

fn back(state: BackState, best: Option<&BestBack>) -> BackV1<'_> {
    BackV1 {
        state: state.word(),
        version: best.map(|best| &*best.version),
        verdict: best.map(|best| best.level.word()),
        proceed: best.is_some_and(|best| best.level.proceeds()),
        why: best.map(|best| sentence(&best.why)),
        reasons: best.map_or_else(Vec::new, |best| reasons(&best.reasons)),
    }
}

fn item(item: &Item) -> ItemV1<'_> {
    ItemV1 {
        code: item.code,
        key: item.owner,
        level: item.level.word(),
        subject: &item.subject,
        message: sentence(&item.message),
        hint: item.hint.as_deref().map(sentence),
        rule: item.rule.as_deref(),
        on: item.on.iter().map(|version| &**version).collect(),
        at: item.at.map(format_time),
        origin: item.origin.as_ref().map(|(file, line)| PlaceOf { file, line: Some(*line) }),
    }
}

fn timeline(timeline: &Timeline) -> TimelineV1<'_> {
    let flags = timeline.flags.iter().map(|flag| FlagV1 {
        id: &flag.id,
        kind: flag.kind.word(),
        message: sentence(&flag.words),
        from: flag.from.map(format_time),
    });
    TimelineV1 {
        flags: flags.collect(),
        releases: timeline.releases.iter().map(|row| release(timeline, row)).collect(),
    }
}

fn release<'a>(timeline: &'a Timeline, row: &'a ReleaseRow) -> ReleaseV1<'a> {
    let of = |hit: Option<bool>, later: Option<bool>| {
        let flags = timeline.flags.iter().zip(&row.hits);
        let wanted =
            flags.filter(|(flag, is)| **is == hit && later.is_none_or(|later| flag.from.is_some() == later));
        wanted.map(|(flag, _)| &*flag.id).collect::<Vec<&str>>()
    };
    let stay = |(since, until): &(Option<Time>, Time)| StayV1 {
        since: since.map(format_time),
        until: format_time(*until),
    };
    ReleaseV1 {
        version: &row.version,
        released: row.released.map(format_time),
        registered: row.registered,
        withdrawn: row.withdrawn,
        keys: keys([row.reliability, row.security]),
        stable: row.is_stable(),
        secure: row.is_secure(),
        go: row.go.word(),
        why: sentence(&row.why),
        runs: row.runs.is_some(),
        since: row.runs.flatten().map(format_time),
        ran: row.ran.iter().map(stay).collect(),
        flags: of(Some(true), Some(false)),
        scheduled: of(Some(true), Some(true)),
        untold: of(None, None),
        below: row.below.iter().map(|line| sentence(line)).collect(),
    }
}

fn unjudged(one: &Unjudged) -> UnjudgedV1<'_> {
    UnjudgedV1 {
        service: &one.service,
        mistakes: one.mistakes,
        message: sentence(&one.message),
        origin: one.origin.as_ref().map(|(file, line)| PlaceOf { file, line: *line }),
    }
}
