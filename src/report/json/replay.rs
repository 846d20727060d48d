//! `holdpoint/log-replay/v1`: recorded decisions, judged again.

use serde::Serialize;

use super::{Registry, sentence, text};
use crate::model::{Name, format_time};
use crate::record::{Movement, Reason};
use crate::replay::{Changed, Decision, Difference, Judgement};
use crate::report::replay::{Apart, Replay, cause, changed};

#[derive(Serialize)]
struct ReplayV1<'a> {
    schema: &'static str,
    /// Whether all that was judged again comes out the same, and every line can be read.
    same: bool,
    message: String,
    services: Vec<&'a str>,
    /// How many decisions there are, how many were judged again, and how many of those come out the same.
    decisions: usize,
    judged: usize,
    agreed: usize,
    differing: Vec<DifferingV1<'a>>,
    not_judged: Vec<ApartV1<'a>>,
    unreadable: Vec<At<'a>>,
    /// Services whose record isn't what was written.
    broken: Vec<&'a str>,
    notes: Vec<String>,
    simulated: bool,
    registry: Registry<'a>,
}

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct DecisionV1<'a> {
    id: &'a str,
    seq: u64,
    at: String,
    kind: &'a str,
    service: &'a str,
    environment: Option<&'a str>,
    by: &'a str,
    revision: Option<&'a str>,
    dirty: Option<bool>,
    origin: At<'a>,
}

#[derive(Serialize)]
struct DifferingV1<'a> {
    #[serde(flatten)]
    decision: DecisionV1<'a>,
    was: JudgementV1<'a>,
    is: JudgementV1<'a>,
    /// The reasons that differ.
    changed: Vec<ChangedV1<'a>>,
    /// `chain`, `dirty`, `dirty-unknown`, `rules`, `holdpoint`.
    cause: &'static str,
    message: String,
}

#[derive(Serialize)]
struct JudgementV1<'a> {
    r#move: &'a Movement,
    verdict: &'a str,
    reasons: &'a [Reason],
}

#[derive(Serialize)]
struct ChangedV1<'a> {
    was: Option<&'a Reason>,
    is: Option<&'a Reason>,
    message: String,
}

#[derive(Serialize)]
struct ApartV1<'a> {
    /// `no-revision`, `registry-unloaded`, `revision-missing`, `revision-odd`, `unjudged-then`.
    cause: &'static str,
    count: usize,
    message: String,
    hint: Option<&'static str>,
    decisions: Vec<DecisionV1<'a>>,
}

/// Writes what came of judging decisions again.
pub fn log_replay(replay: &Replay) -> String {
    let differing: Vec<DifferingV1> = replay.differing().map(|(of, it)| self::differing(of, it)).collect();
    text::write(&ReplayV1 {
        schema: "holdpoint/log-replay/v1",
        same: replay.is_same(),
        message: sentence(&replay.headline()),
        services: replay.services.iter().map(Name::as_str).collect(),
        decisions: replay.decisions.len(),
        judged: replay.judged(),
        agreed: replay.judged() - differing.len(),
        differing,
        not_judged: replay.apart().into_iter().map(apart).collect(),
        unreadable: replay.unreadable.iter().map(|spot| At { file: &spot.file, line: spot.line }).collect(),
        broken: replay.broken.iter().map(Name::as_str).collect(),
        notes: replay.notes().iter().map(|note| sentence(note)).collect(),
        simulated: replay.book.simulated,
        registry: Registry { path: replay.book.registry, revision: replay.book.revision },
    })
}

fn decision(of: &Decision) -> DecisionV1<'_> {
    DecisionV1 {
        id: &of.says.id,
        seq: of.seq,
        at: format_time(of.says.at),
        kind: of.says.deed.word(),
        service: of.service.as_str(),
        environment: of.environment.as_ref().map(Name::as_str),
        by: &of.says.by,
        revision: of.says.registry.revision.as_deref(),
        dirty: of.says.registry.dirty,
        origin: At { file: &of.spot.file, line: of.spot.line },
    }
}

fn differing<'a>(of: &'a Decision, difference: &'a Difference) -> DifferingV1<'a> {
    let one = |one: &'a Changed| ChangedV1 {
        was: one.was.as_ref(),
        is: one.is.as_ref(),
        message: sentence(&changed(one)),
    };
    DifferingV1 {
        decision: decision(of),
        was: judgement(&difference.was),
        is: judgement(&difference.is),
        changed: difference.changed.iter().map(one).collect(),
        cause: difference.cause.word(),
        message: sentence(&cause(&difference.cause)),
    }
}

fn judgement(of: &Judgement) -> JudgementV1<'_> {
    JudgementV1 { r#move: &of.movement, verdict: &of.verdict, reasons: &of.reasons }
}

fn apart(of: Apart<'_>) -> ApartV1<'_> {
    ApartV1 {
        cause: of.word,
        count: of.decisions.len(),
        message: sentence(&of.message),
        hint: of.hint,
        decisions: of.decisions.into_iter().map(decision).collect(),
    }
}
