//! `holdpoint/incident/v1`: what became of an incident that began or ended.

use serde::Serialize;

use super::error::One;
use super::notice::Notice;
use super::published::Published;
use super::{Registry, sentence, text};
use crate::act::incident::{Left, Outcome};
use crate::model::{Incident, Name, format_time};
use crate::report::{IncidentReport, diff};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/incident/v1";

#[derive(Serialize)]
struct IncidentV1<'a> {
    schema: &'static str,
    act: &'static str,
    outcome: &'static str,
    dry_run: bool,
    message: String,
    incident: Facts<'a>,
    origin: At<'a>,
    /// The services that it concerns now and didn't.
    added: Vec<&'a str>,
    severity_was: Option<String>,
    lasted_seconds: Option<i64>,
    /// The other incidents that are on for its services.
    others: Vec<Facts<'a>>,
    left: Vec<LeftV1<'a>>,
    next: Vec<String>,
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
struct Facts<'a> {
    id: &'a str,
    services: Vec<&'a str>,
    severity: Option<String>,
    started: String,
    ended: Option<String>,
}

#[derive(Serialize)]
struct LeftV1<'a> {
    service: &'a str,
    debts: Vec<Debt<'a>>,
    rollbacks: Vec<Rollback<'a>>,
}

#[derive(Serialize)]
struct Debt<'a> {
    id: &'a str,
    environment: &'a str,
    due: String,
    wanting: Vec<&'static str>,
}

#[derive(Serialize)]
struct Rollback<'a> {
    environment: &'a str,
    version: &'a str,
    left_for: Option<&'a str>,
    at: String,
}

/// Writes what became of an incident.
pub fn incident(report: &IncidentReport) -> String {
    let (context, written) = (&report.context, report.written);
    let known = &written.incident;
    text::write(&IncidentV1 {
        schema: SCHEMA,
        act: if known.ended.is_some() { "incident end" } else { "incident start" },
        outcome: match written.outcome {
            Outcome::Started => "started",
            Outcome::Extended => "extended",
            Outcome::Ended => "ended",
            Outcome::Unchanged => "unchanged",
        },
        dry_run: report.dry_run,
        message: sentence(&format!("{}: {}", report.word().to_lowercase(), report.headline())),
        incident: one(known),
        origin: At { file: &written.place.0, line: written.place.1 },
        added: names(&written.added),
        severity_was: written.severity_was.as_deref().map(sentence),
        lasted_seconds: known.ended.map(|ended| (ended - known.started).num_seconds()),
        others: written.others.iter().map(one).collect(),
        left: written.left.iter().map(left).collect(),
        next: report.commands(),
        changed: written.changes.files().keys().map(String::as_str).collect(),
        notes: written.notes.iter().map(|note| sentence(note)).collect(),
        diff: (report.dry_run && !written.changes.is_empty()).then(|| diff::text(&written.changes)),
        published: Published::of(context.published),
        notified: Notice::of(context.notice),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn one(incident: &Incident) -> Facts<'_> {
    Facts {
        id: incident.id.as_str(),
        services: names(&incident.services),
        severity: incident.severity.as_deref().map(sentence),
        started: format_time(incident.started),
        ended: incident.ended.map(format_time),
    }
}

fn names(names: &[Name]) -> Vec<&str> {
    names.iter().map(Name::as_str).collect()
}

fn left(left: &Left) -> LeftV1<'_> {
    let debts = left.debts.iter().map(|owed| Debt {
        id: owed.debt.as_str(),
        environment: owed.environment.as_str(),
        due: format_time(owed.due),
        wanting: owed.wanting.iter().map(|key| key.word()).collect(),
    });
    let rollbacks = left.rollbacks.iter().map(|rollback| Rollback {
        environment: rollback.environment.as_str(),
        version: &rollback.version,
        left_for: rollback.left_for.as_deref(),
        at: format_time(rollback.at),
    });
    LeftV1 { service: left.service.as_str(), debts: debts.collect(), rollbacks: rollbacks.collect() }
}
