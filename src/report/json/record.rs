//! `holdpoint/record/v1`: what became of a move that was made elsewhere.

use serde::Serialize;
use serde_json::value::RawValue;

use super::error::One;
use super::notice::Notice;
use super::published::Published;
use super::{Registry, sentence, text, verdict};
use crate::act::movement::Acceptance;
use crate::model::format_time;
use crate::record::Line;
use crate::report::record::{Done, Outcome, Record};
use crate::report::{Glass, Proposal, diff};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/record/v1";

#[derive(Serialize)]
struct RecordV1<'a> {
    schema: &'static str,
    act: String,
    /// `stopped`, `unchanged`, `recorded`.
    outcome: &'static str,
    dry_run: bool,
    message: String,
    service: &'a str,
    environment: Option<&'a str>,
    to: &'a str,
    /// When it was made; null: just now.
    moved: Option<String>,
    /// The verdict's word; null: it could not be judged.
    verdict: Option<&'static str>,
    /// The whole verdict, as a check gives it.
    judgement: Option<Box<RawValue>>,
    /// Why it could not be judged.
    unjudged: Vec<One<'a>>,
    break_glass: Option<GlassV1<'a>>,
    /// The id of the line that says so.
    line: Option<&'a str>,
    /// The line under the same key, as it stands in the record.
    stands: Option<&'a Line>,
    /// What the registry said that runs; null: nothing.
    was: Option<Vec<&'a str>>,
    /// What it says since; null: nothing.
    running: Option<Vec<&'a str>>,
    left: Vec<String>,
    /// `as-it-is`, `entered`, `left`.
    acceptance: Option<AcceptanceV1<'a>>,
    changed: Vec<&'a str>,
    proposals: Vec<ProposalV1<'a>>,
    notes: Vec<String>,
    /// The difference, when nothing was written.
    diff: Option<String>,
    /// How far it got on its way to others; null: it was not to go anywhere, or nothing was written.
    published: Option<Published<'a>>,
    notified: Option<Notice<'a>>,
    registry: Registry<'a>,
    as_of: String,
}

#[derive(Serialize)]
struct GlassV1<'a> {
    reason: String,
    debt: Option<&'a str>,
    subjects: &'a [Box<str>],
    due: Option<String>,
}

impl<'a> GlassV1<'a> {
    fn of(glass: Glass<'a>) -> GlassV1<'a> {
        let Glass { reason, debt, subjects, due } = glass;
        GlassV1 { reason: sentence(reason), debt, subjects, due: due.map(format_time) }
    }
}

#[derive(Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
enum AcceptanceV1<'a> {
    AsItIs,
    Left,
    Entered { from: Option<&'a str>, by: String, subjects: &'a [Box<str>], expires: String },
}

impl<'a> AcceptanceV1<'a> {
    fn of(acceptance: &'a Acceptance) -> AcceptanceV1<'a> {
        match acceptance {
            Acceptance::AsItIs => AcceptanceV1::AsItIs,
            Acceptance::Left => AcceptanceV1::Left,
            Acceptance::Entered { from, by, subjects, expires } => AcceptanceV1::Entered {
                from: from.as_ref().map(|from| &*from.text),
                by: sentence(by),
                subjects,
                expires: format_time(*expires),
            },
        }
    }
}

#[derive(Serialize)]
struct ProposalV1<'a> {
    why: String,
    command: &'a str,
}

impl<'a> ProposalV1<'a> {
    fn of(proposal: &'a Proposal) -> ProposalV1<'a> {
        ProposalV1 { why: sentence(&proposal.why), command: &proposal.command }
    }
}

/// Writes what became of a move.
pub fn record(record: &Record) -> String {
    let done: Option<&Done> = if let Outcome::Done(done) = &record.outcome { Some(done) } else { None };
    let stands = if let Outcome::Again(line) = record.outcome { Some(line) } else { None };
    let answer = record.answer.as_ref();
    text::write(&RecordV1 {
        schema: SCHEMA,
        act: format!("record {}", record.question.asked),
        outcome: match record.outcome {
            Outcome::Stopped { .. } => "stopped",
            Outcome::Again(_) => "unchanged",
            Outcome::Done(_) => "recorded",
        },
        dry_run: done.is_some_and(|done| done.dry_run),
        message: sentence(&format!("{}: {}", record.word().to_lowercase(), record.headline())),
        service: record.question.service.as_str(),
        environment: record.question.environment.as_ref().map(|name| name.as_str()),
        to: &record.question.to,
        moved: record.moved.map(format_time),
        verdict: answer.map(|answer| answer.advice.verdict.level.word()),
        judgement: answer.and_then(|answer| RawValue::from_string(verdict::verdict(answer)).ok()),
        unjudged: record.mistakes.map_or_else(Vec::new, |mistakes| {
            mistakes.list.iter().map(|mistake| One::of(&mistakes.sources, mistake)).collect()
        }),
        break_glass: record.glass.map(GlassV1::of),
        line: done.and_then(|done| done.line).or(stands.map(|line| &*line.statement.id)),
        stands,
        was: done.and_then(|done| done.place.was.as_ref()).map(|list| texts(list)),
        running: done.and_then(|done| done.place.running.as_ref()).map(|list| texts(list)),
        left: done.map_or_else(Vec::new, |done| done.left().iter().map(|left| sentence(left)).collect()),
        acceptance: done.map(|done| AcceptanceV1::of(&done.place.acceptance)),
        changed: done.map_or_else(Vec::new, |done| done.changes.files().keys().map(String::as_str).collect()),
        proposals: record.proposals.iter().map(ProposalV1::of).collect(),
        notes: record.notes.iter().map(|note| sentence(note)).collect(),
        diff: done.filter(|done| done.dry_run).map(|done| diff::text(done.changes)),
        published: Published::of(record.context.published),
        notified: Notice::of(record.context.notice),
        registry: Registry::of(answer.map_or(&record.context, |answer| &answer.context)),
        as_of: format_time(record.context.as_of),
    })
}

fn texts(list: &[crate::model::Version]) -> Vec<&str> {
    list.iter().map(|version| &*version.text).collect()
}
