//! `holdpoint/observe/v1`: what runs, as it was observed, and what became of the registry.

use serde::Serialize;

use super::error::One;
use super::notice::Notice;
use super::published::Published;
use super::{Registry, sentence, text};
use crate::act::observe::{Now, Stay};
use crate::model::format_time;
use crate::report::{Observation, diff};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/observe/v1";

#[derive(Serialize)]
struct Observe<'a> {
    schema: &'static str,
    service: &'a str,
    environment: &'a str,
    /// How it is known.
    known: &'a str,
    /// Whether something else runs than the registry said.
    drifted: bool,
    /// What the registry said; null: nothing.
    was: Option<Vec<&'a str>>,
    running: Vec<Runs<'a>>,
    left: Vec<StayV1<'a>>,
    learnt: Vec<StayV1<'a>>,
    /// Whether the registry has to be changed for it.
    changed: bool,
    dry_run: bool,
    files: Vec<&'a str>,
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
struct Runs<'a> {
    version: &'a str,
    since: Option<String>,
    registered: bool,
    /// Whether the service's order has a place for it.
    placed: bool,
    seen: Vec<String>,
}

#[derive(Serialize)]
struct StayV1<'a> {
    version: &'a str,
    since: Option<String>,
    until: Option<String>,
    left_for: Option<&'a str>,
    kind: Option<&'static str>,
    known: Option<String>,
}

/// Writes what was observed.
pub fn observation(report: &Observation) -> String {
    let (context, observed) = (&report.context, report.observed);
    text::write(&Observe {
        schema: SCHEMA,
        service: report.service.name.as_str(),
        environment: report.environment.as_str(),
        known: report.known,
        drifted: observed.drifted(),
        was: observed.was.as_ref().map(|was| was.iter().map(|version| &*version.text).collect()),
        running: observed.running.iter().map(Runs::of).collect(),
        left: observed.left.iter().map(StayV1::of).collect(),
        learnt: observed.learnt.iter().map(StayV1::of).collect(),
        changed: !observed.changes.is_empty(),
        dry_run: report.dry_run,
        files: observed.changes.files().keys().map(String::as_str).collect(),
        notes: observed.notes.iter().map(|note| sentence(note)).collect(),
        diff: (report.dry_run && !observed.changes.is_empty()).then(|| diff::text(&observed.changes)),
        published: Published::of(context.published),
        notified: Notice::of(context.notice),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

impl<'a> Runs<'a> {
    fn of(now: &'a Now) -> Runs<'a> {
        Runs {
            version: &now.version.text,
            since: now.since.map(format_time),
            registered: now.registered,
            placed: now.version.place.is_some(),
            seen: now.seen.iter().map(|seen| sentence(seen)).collect(),
        }
    }
}

impl<'a> StayV1<'a> {
    fn of(stay: &'a Stay) -> StayV1<'a> {
        StayV1 {
            version: &stay.version.text,
            since: stay.since.map(format_time),
            until: stay.until.map(format_time),
            left_for: stay.left_for.as_ref().map(|version| &*version.text),
            kind: stay.kind.map(|kind| kind.word()),
            known: stay.known.as_deref().map(sentence),
        }
    }
}
