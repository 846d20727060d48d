//! `holdpoint/run/v1`: how a move was judged, and what became of its command.

use serde::Serialize;
use serde_json::value::RawValue;

use super::error::One;
use super::notice::Notice;
use super::published::Published;
use super::{sentence, text, verdict};
use crate::model::format_time;
use crate::report::run::under_way;
use crate::report::{Mover, Outcome, Run, diff};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/run/v1";

#[derive(Serialize)]
struct RunV1<'a> {
    schema: &'static str,
    act: &'static str,
    /// `stopped`, `tried`, `move-under-way`, `not-started`, `ended`.
    outcome: &'static str,
    /// The verdict's word; null: it could not be judged. A move under way is a hold.
    verdict: Option<&'static str>,
    message: String,
    service: &'a str,
    environment: Option<&'a str>,
    kind: &'static str,
    from: Option<&'a str>,
    to: &'a str,
    command: &'a [String],
    /// The whole verdict, as a check gives it.
    judgement: Option<Box<RawValue>>,
    /// Why it could not be judged.
    unjudged: Vec<One<'a>>,
    break_glass: Option<GlassV1<'a>>,
    under_way: Option<MoverV1<'a>>,
    /// Null: the command was never to be started.
    end: Option<End<'a>>,
    /// What the registry says that runs since; null: nothing new.
    running: Option<&'a [String]>,
    /// Whether somebody looked.
    verified: bool,
    record: Recorded<'a>,
    /// Why what runs could not be written, although its end is recorded.
    unwritten: Option<String>,
    proposals: Vec<ProposalV1<'a>>,
    /// What would be written, when it is only tried.
    diff: Option<String>,
    notes: Vec<String>,
    /// How far it got on its way to others; null: it was not to go anywhere, or nothing was written.
    published: Option<Published<'a>>,
    notified: Option<Notice<'a>>,
    registry: RegistryV1<'a>,
    as_of: String,
}

#[derive(Serialize)]
struct GlassV1<'a> {
    reason: String,
    debt: Option<&'a str>,
    subjects: &'a [Box<str>],
    due: Option<String>,
}

#[derive(Serialize)]
struct MoverV1<'a> {
    to: &'a str,
    by: String,
    since: &'a str,
    pid: Option<u32>,
    host: Option<&'a str>,
}

impl<'a> MoverV1<'a> {
    fn of(mover: Mover<'a>) -> MoverV1<'a> {
        let Mover { to, by, since, pid, host } = mover;
        MoverV1 { to, by: sentence(by), since, pid, host }
    }
}

/// How the command ended.
#[derive(Serialize)]
struct End<'a> {
    code: Option<i32>,
    signal: Option<&'a str>,
    /// The signals that it got.
    signals: &'a [&'static str],
    trouble: Option<String>,
}

#[derive(Serialize)]
struct Recorded<'a> {
    /// The id of the line that says that it was started.
    started: Option<&'a str>,
    /// Whether its end is in the record.
    finished: bool,
    /// Why it isn't.
    why: Option<String>,
    /// The command that brings it in.
    command: Option<&'a str>,
}

#[derive(Serialize)]
struct ProposalV1<'a> {
    why: String,
    command: &'a str,
}

#[derive(Serialize)]
struct RegistryV1<'a> {
    path: &'a str,
    revision: Option<&'a str>,
}

/// Writes what became of a move.
pub fn run(run: &Run) -> String {
    let over = if let Outcome::Over(over) = &run.outcome { Some(over) } else { None };
    let level = run.answer.map(|answer| answer.advice.verdict.level.word());
    let (outcome, verdict_word, message) = match &run.outcome {
        Outcome::Stopped { .. } => ("stopped", level, format!("{}: nothing was started", run.movement())),
        Outcome::Tried(_) => ("tried", level, format!("{}: only tried", run.movement())),
        Outcome::UnderWay(mover) => ("move-under-way", Some("hold"), under_way(run, *mover).join(": ")),
        Outcome::Begun => ("begun", level, run.movement()),
        Outcome::Over(over) => {
            let outcome = if over.began { "ended" } else { "not-started" };
            (outcome, level, format!("{}: {}", run.movement(), over.how(run)))
        }
    };
    let unrecorded = over.and_then(|over| over.unrecorded);
    text::write(&RunV1 {
        schema: SCHEMA,
        act: "run",
        outcome,
        verdict: verdict_word,
        message: sentence(&message),
        service: run.question.service.as_str(),
        environment: run.question.environment.as_ref().map(|name| name.as_str()),
        kind: run.kind().word(),
        from: run.from(),
        to: &run.question.to,
        command: run.command,
        judgement: run
            .answer
            .as_ref()
            .and_then(|answer| RawValue::from_string(verdict::verdict(answer)).ok()),
        unjudged: run.mistakes.map_or_else(Vec::new, |mistakes| {
            mistakes.list.iter().map(|mistake| One::of(&mistakes.sources, mistake)).collect()
        }),
        break_glass: run.glass.map(|glass| GlassV1 {
            reason: sentence(glass.reason),
            debt: glass.debt,
            subjects: glass.subjects,
            due: glass.due.map(format_time),
        }),
        under_way: match run.outcome {
            Outcome::UnderWay(mover) => mover.map(MoverV1::of),
            _ => None,
        },
        end: over.map(|over| End {
            code: over.code,
            signal: over.signal,
            signals: over.signals,
            trouble: over.trouble.map(sentence),
        }),
        running: over.and_then(|over| over.running),
        verified: over.is_some_and(|over| over.verified),
        record: Recorded {
            started: over.and_then(|over| over.started),
            finished: over.is_some() && unrecorded.is_none(),
            why: unrecorded.map(|unrecorded| sentence(unrecorded.why)),
            command: unrecorded.map(|unrecorded| unrecorded.command),
        },
        unwritten: over.and_then(|over| over.unwritten).map(sentence),
        proposals: over.map_or_else(Vec::new, |over| {
            let each = over.proposals.iter();
            each.map(|one| ProposalV1 { why: sentence(&one.why), command: &one.command }).collect()
        }),
        diff: match run.outcome {
            Outcome::Tried(changes) => Some(diff::text(changes)),
            _ => None,
        },
        notes: run.notes.iter().map(|note| sentence(note)).collect(),
        published: Published::of(run.published),
        notified: Notice::of(run.notice),
        registry: RegistryV1 {
            path: run.registry,
            revision: run.context().and_then(|context| context.revision),
        },
        as_of: format_time(run.at),
    })
}
