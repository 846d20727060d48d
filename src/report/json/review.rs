//! `holdpoint/review/v1`: break-glasses, what is owed for them, and what was done about it.

use serde::Serialize;

use super::error::One;
use super::notice::Notice;
use super::published::Published;
use super::{Registry, sentence, text};
use crate::act::review::Outcome;
use crate::judge::{Holding, Went};
use crate::model::{Review, format_time};
use crate::report::review::{DebtPage, Reviewing};
use crate::report::{Context, diff};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/review/v1";

#[derive(Serialize)]
struct ReviewV1<'a> {
    schema: &'static str,
    act: &'static str,
    message: String,
    /// `reviewed`, `closed`, `unchanged`, `open`; null: nothing was to be done.
    outcome: Option<&'static str>,
    /// The key that was reviewed for.
    #[serde(rename = "as")]
    key: Option<&'static str>,
    dry_run: bool,
    debts: Vec<DebtV1<'a>>,
    notes: Vec<String>,
    /// The files that are written.
    changed: Vec<&'a str>,
    /// The difference, when nothing was written.
    diff: Option<String>,
    /// How far it got on its way to others; null: it was not to go anywhere, or nothing was written.
    published: Option<Published<'a>>,
    notified: Option<Notice<'a>>,
    registry: Registry<'a>,
    as_of: String,
    simulated: bool,
    warnings: Vec<One<'a>>,
}

#[derive(Serialize)]
struct DebtV1<'a> {
    service: &'a str,
    id: &'a str,
    environment: &'a str,
    from: Option<&'a str>,
    to: &'a str,
    subjects: &'a [Box<str>],
    reason: String,
    by: String,
    at: String,
    due: String,
    overdue: bool,
    reviews: Vec<ReviewOf>,
    /// The keys whose team hasn't reviewed it yet.
    unreviewed: Vec<&'static str>,
    release: ReleaseV1<'a>,
    /// Nothing is owed any more.
    settled: bool,
    missing: Vec<String>,
    next: Vec<NextV1>,
    origin: At<'a>,
}

#[derive(Serialize)]
struct ReviewOf {
    #[serde(rename = "as")]
    key: &'static str,
    by: String,
    at: String,
    note: Option<String>,
}

/// What became of the release that it went to.
#[derive(Serialize)]
struct ReleaseV1<'a> {
    /// `left`, `settled`, `held`, `unknown`.
    state: &'static str,
    message: String,
    held_by: Vec<HoldingV1<'a>>,
}

#[derive(Serialize)]
struct HoldingV1<'a> {
    subject: &'a str,
    level: &'static str,
    /// The keys that could sign it and haven't.
    wanting: Vec<&'static str>,
}

#[derive(Serialize)]
struct NextV1 {
    why: String,
    command: String,
}

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
}

/// Writes what is owed for break-glasses, and what was done about it.
pub fn review(reviewing: &Reviewing) -> String {
    let context: &Context = &reviewing.context;
    let done = reviewing.done;
    let changed = done.map(|done| done.changes.files().keys().map(String::as_str).collect());
    text::write(&ReviewV1 {
        schema: SCHEMA,
        act: "review",
        message: sentence(&format!("{}: {}", reviewing.word().to_lowercase(), reviewing.headline())),
        outcome: done.map(|done| outcome(done.outcome)),
        key: done.and_then(|done| done.key).map(|key| key.word()),
        dry_run: done.is_some_and(|done| done.dry_run),
        debts: reviewing.debts.iter().map(|page| debt(reviewing, page)).collect(),
        notes: reviewing.notes.iter().map(|note| sentence(note)).collect(),
        changed: changed.unwrap_or_default(),
        diff: reviewing.shown_only().map(diff::text),
        published: Published::of(context.published),
        notified: Notice::of(context.notice),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        simulated: context.simulated,
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Reviewed => "reviewed",
        Outcome::Unchanged => "unchanged",
        Outcome::Closed => "closed",
        Outcome::Open => "open",
    }
}

fn debt<'a>(reviewing: &Reviewing, page: &'a DebtPage) -> DebtV1<'a> {
    let of = &page.debt;
    let next = reviewing.next(page).into_iter();
    DebtV1 {
        service: page.service.as_str(),
        id: of.id.as_str(),
        environment: of.environment.as_str(),
        from: of.from.as_ref().map(|from| &*from.text),
        to: &of.to.text,
        subjects: &of.subjects,
        reason: sentence(&of.reason),
        by: sentence(&of.by),
        at: format_time(of.at),
        due: format_time(page.due),
        overdue: page.overdue,
        reviews: of.reviews.iter().map(review_of).collect(),
        unreviewed: page.unreviewed.iter().map(|key| key.word()).collect(),
        release: release(page),
        settled: page.settled,
        missing: page.missing().iter().map(|missing| sentence(missing)).collect(),
        next: next.map(|step| NextV1 { why: sentence(&step.why), command: step.command }).collect(),
        origin: At { file: &page.file, line: page.line },
    }
}

fn review_of(review: &Review) -> ReviewOf {
    ReviewOf {
        key: review.key.word(),
        by: sentence(&review.by),
        at: format_time(review.at),
        note: review.note.as_deref().map(sentence),
    }
}

fn release(page: &DebtPage) -> ReleaseV1<'_> {
    let (state, held_by): (_, &[Holding]) = match &page.went {
        Went::Left => ("left", &[]),
        Went::Settled => ("settled", &[]),
        Went::Unknown => ("unknown", &[]),
        Went::Held(list) => ("held", list),
    };
    let holding = |one: &'_ Holding| one.wanting.iter().map(|key| key.word()).collect();
    ReleaseV1 {
        state,
        message: sentence(&page.release()),
        held_by: held_by
            .iter()
            .map(|one| HoldingV1 { subject: &one.subject, level: one.level.word(), wanting: holding(one) })
            .collect(),
    }
}
