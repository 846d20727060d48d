//! `holdpoint/clear/v1`: what became of a flag that was cleared.

use serde::Serialize;

use super::error::One;
use super::notice::Notice;
use super::published::Published;
use super::{Registry, score, sentence, text};
use crate::act::clear::{Change, Effect, Outcome, Pointless};
use crate::model::{Level, format_time};
use crate::report::{Clearing, clearing::change, diff};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/clear/v1";

#[derive(Serialize)]
struct ClearV1<'a> {
    schema: &'static str,
    act: &'static str,
    outcome: &'static str,
    dry_run: bool,
    message: String,
    flag: Flag<'a>,
    reason: String,
    /// The release that mends it, when its range was closed.
    fixed_in: Option<&'a str>,
    origin: At<'a>,
    services: Vec<Service<'a>>,
    /// Until when checks warn of it.
    young_until: String,
    /// The files that are written.
    changed: Vec<&'a str>,
    notes: Vec<String>,
    /// The difference, when nothing was written.
    diff: Option<String>,
    /// How far it got on its way to others; null: it was not to go anywhere, or nothing was written.
    published: Option<Published<'a>>,
    notified: Option<Notice<'a>>,
    registry: Registry<'a>,
    as_of: String,
    warnings: Vec<One<'a>>,
}

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct Flag<'a> {
    id: &'a str,
    kind: &'static str,
    title: String,
    severity: &'static str,
    score: Option<f64>,
    exploited: bool,
    compromised: bool,
}

#[derive(Serialize)]
struct Service<'a> {
    service: &'a str,
    freed: Vec<Freed<'a>>,
    still_hit: &'a [Box<str>],
    runs: Vec<Runs<'a>>,
    verdicts: Vec<ChangeV1<'a>>,
    unchanged_verdicts: usize,
    ways_back: Vec<Place<'a>>,
    ping_pong_ends: Vec<Place<'a>>,
    sign_offs: Vec<SignOff<'a>>,
}

#[derive(Serialize)]
struct Freed<'a> {
    version: &'a str,
    other_flags: &'a [Box<str>],
}

#[derive(Serialize)]
struct Runs<'a> {
    environment: &'a str,
    version: &'a str,
    /// Whether the flag surely hit it.
    sure: bool,
}

#[derive(Serialize)]
struct Place<'a> {
    environment: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
struct ChangeV1<'a> {
    environment: &'a str,
    /// `rollback`, `redeploy`; null: it runs there.
    kind: Option<&'static str>,
    from: Option<&'a str>,
    to: &'a str,
    before: Judged,
    after: Judged,
    message: String,
}

#[derive(Serialize)]
struct Judged {
    verdict: &'static str,
    reliability: &'static str,
    security: &'static str,
}

#[derive(Serialize)]
struct SignOff<'a> {
    id: &'a str,
    by: String,
    to: &'a str,
    environment: &'a str,
    expires: String,
    /// It accepts other subjects as well.
    partly: bool,
}

/// Writes what became of a flag.
pub fn clearing(clearing: &Clearing) -> String {
    let (context, cleared) = (&clearing.context, clearing.cleared);
    let flag = &cleared.flag;
    text::write(&ClearV1 {
        schema: SCHEMA,
        act: "clear-flag",
        outcome: match cleared.outcome {
            Outcome::Withdrawn => "withdrawn",
            Outcome::Narrowed => "narrowed",
            Outcome::Unchanged => "unchanged",
        },
        dry_run: clearing.dry_run,
        message: sentence(&format!("{}: {}", clearing.word().to_lowercase(), clearing.headline())),
        flag: Flag {
            id: flag.id.as_str(),
            kind: flag.kind.word(),
            title: sentence(&flag.title),
            severity: flag.severity.word(),
            score: flag.score().map(score),
            exploited: flag.exploited,
            compromised: flag.compromised,
        },
        reason: sentence(clearing.request.reason.as_str()),
        fixed_in: clearing.request.fixed_in.as_deref(),
        origin: At { file: &cleared.place.0, line: cleared.place.1 },
        services: cleared.effects.iter().map(service).collect(),
        young_until: format_time(cleared.young_until),
        changed: cleared.changes.files().keys().map(String::as_str).collect(),
        notes: clearing.notes().iter().map(|note| sentence(note)).collect(),
        diff: (clearing.dry_run && !cleared.changes.is_empty()).then(|| diff::text(&cleared.changes)),
        published: Published::of(context.published),
        notified: Notice::of(context.notice),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn service(effect: &Effect) -> Service<'_> {
    let freed = effect.freed.iter().map(|one| Freed { version: &one.version, other_flags: &one.others });
    let runs = effect.runs.iter().map(|hit| Runs {
        environment: hit.environment.as_str(),
        version: &hit.version.text,
        sure: hit.sure,
    });
    Service {
        service: effect.service.as_str(),
        freed: freed.collect(),
        still_hit: &effect.still,
        runs: runs.collect(),
        verdicts: effect.changes.iter().map(verdict).collect(),
        unchanged_verdicts: effect.same,
        ways_back: places(&effect.ways_back),
        ping_pong_ends: places(&effect.released),
        sign_offs: effect.sign_offs.iter().map(sign_off).collect(),
    }
}

fn places(places: &[(crate::model::Name, Box<str>)]) -> Vec<Place<'_>> {
    places.iter().map(|(place, version)| Place { environment: place.as_str(), version }).collect()
}

fn verdict(one: &Change) -> ChangeV1<'_> {
    ChangeV1 {
        environment: one.environment.as_str(),
        kind: one.kind.map(|kind| kind.word()),
        from: one.from.as_deref(),
        to: &one.to,
        before: judged(one.before),
        after: judged(one.after),
        message: sentence(&change(one)),
    }
}

fn judged((level, [reliability, security]): (Level, [Level; 2])) -> Judged {
    Judged { verdict: level.word(), reliability: reliability.word(), security: security.word() }
}

fn sign_off(one: &Pointless) -> SignOff<'_> {
    SignOff {
        id: &one.id,
        by: sentence(&one.by),
        to: &one.to.0,
        environment: one.to.1.as_str(),
        expires: format_time(one.until),
        partly: one.partly,
    }
}
