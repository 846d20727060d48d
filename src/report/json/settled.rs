//! `holdpoint/settled/v1`: what becomes of a cause that is dealt with.

use serde::Serialize;

use super::error::One;
use super::notice::Notice;
use super::published::Published;
use super::{Registry, sentence, text};
use crate::act::movement::Freed;
use crate::model::format_time;
use crate::report::diff;
use crate::report::settled::Settled;

/// The name of this schema.
const SCHEMA: &str = "holdpoint/settled/v1";

#[derive(Serialize)]
struct SettledV1<'a> {
    schema: &'static str,
    act: &'static str,
    /// `settled`, `unchanged`.
    outcome: &'static str,
    dry_run: bool,
    message: String,
    service: &'a str,
    version: &'a str,
    freed: Vec<FreedV1<'a>>,
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
struct FreedV1<'a> {
    environment: &'a str,
    before: &'static str,
    after: &'static str,
    ping_pong: bool,
}

impl<'a> FreedV1<'a> {
    fn of(freed: &'a Freed) -> FreedV1<'a> {
        FreedV1 {
            environment: freed.environment.as_str(),
            before: freed.before.word(),
            after: freed.after.word(),
            ping_pong: freed.ping_pong,
        }
    }
}

/// Writes what becomes of a cause that is dealt with.
pub fn settled(report: &Settled) -> String {
    let (settle, settling) = (report.settle, report.settling);
    let word = report.word().to_lowercase();
    text::write(&SettledV1 {
        schema: SCHEMA,
        act: "record settled",
        outcome: if settle.stood.is_some() { "unchanged" } else { "settled" },
        dry_run: report.dry_run,
        message: sentence(&format!("{word}: {} {}", report.headline(), report.why())),
        service: settling.service.as_str(),
        version: settling.version,
        freed: settle.freed.iter().map(FreedV1::of).collect(),
        changed: report.files(),
        notes: settle.notes.iter().map(|note| sentence(note)).collect(),
        diff: (report.dry_run && !settle.changes.is_empty()).then(|| diff::text(&settle.changes)),
        published: Published::of(report.context.published),
        notified: Notice::of(report.context.notice),
        registry: Registry::of(&report.context),
        as_of: format_time(report.context.as_of),
        warnings: report.context.warnings.iter().map(|one| One::of(report.context.sources, one)).collect(),
    })
}
