//! `holdpoint/log-export/v1`: the population, one object a decision.

use serde::Serialize;

use super::super::{Registry, sentence, text};
use super::PeriodV1;
use super::completeness::CompletenessV1;
use crate::audit::{Approval, Entry, Look, Outcome, Row, Says, Told};
use crate::model::format_time;
use crate::record::{Movement, Reason, State};
use crate::report::audit::Exporting;
use crate::report::audit::cells::{ci_run, reasons, rules, state, ticket, what, why_signed};

#[derive(Serialize)]
struct ExportV1<'a> {
    schema: &'static str,
    verified: bool,
    period: PeriodV1,
    rows: Vec<RowV1<'a>>,
    completeness: Vec<CompletenessV1<'a>>,
    notes: Vec<String>,
    registry: Registry<'a>,
}

#[derive(Serialize)]
struct RowV1<'a> {
    service: &'a str,
    seq: Option<u64>,
    id: Option<&'a str>,
    /// Null: the line says no time.
    at: Option<String>,
    by: Option<&'a str>,
    known: Option<&'static str>,
    kind: &'a str,
    environment: Option<&'a str>,
    #[serde(rename = "move")]
    movement: Option<&'a Movement>,
    /// A flag, a sign-off, a debt, a release.
    subject: Option<&'a str>,
    what: String,
    why: Option<&'a str>,
    ticket: Option<&'a str>,
    incident: Option<&'a str>,
    verdict: Option<&'a str>,
    reasons: &'a [Reason],
    rules: Vec<&'a str>,
    approvals: Vec<ApprovalV1<'a>>,
    /// `yes`, `self`, `unknown`, `no`; null: it needed no approval.
    approver_not_requester: Option<&'static str>,
    registry: Option<&'a State>,
    ci_run: Option<&'a str>,
    outcome: Option<OutcomeV1<'a>>,
    told: Vec<ToldV1<'a>>,
    follow_up: FollowUpV1<'a>,
    group: Option<&'a str>,
    origin: At<'a>,
    /// The SHA-256 of the line with its newline.
    hash: &'a str,
    prev: Option<&'a str>,
    /// The lines that belong to it.
    parts: Vec<PartV1<'a>>,
}

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct ApprovalV1<'a> {
    id: &'a str,
    /// Null, as the rest: it isn't in the record.
    by: Option<&'a str>,
    #[serde(rename = "as")]
    key: Option<&'a str>,
    at: Option<String>,
    expires: Option<&'a str>,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct OutcomeV1<'a> {
    /// Whether its end is in the record.
    recorded: bool,
    code: Option<i32>,
    signal: Option<&'a str>,
    running: &'a [Box<str>],
    verified: bool,
    trouble: Option<&'a str>,
}

#[derive(Serialize)]
struct ToldV1<'a> {
    who: Option<&'a str>,
    at: Option<String>,
    answer: Option<&'a str>,
    arrived: bool,
}

#[derive(Serialize)]
struct FollowUpV1<'a> {
    due: Option<String>,
    debt: Option<&'a str>,
    reviews: Vec<ReviewV1<'a>>,
    /// `open`, `closed`, `cleared`, `revoked`; null: nothing is to follow.
    state: Option<&'static str>,
    done: Option<String>,
    done_by: Option<&'a str>,
}

#[derive(Serialize)]
struct ReviewV1<'a> {
    #[serde(rename = "as")]
    key: &'a str,
    by: &'a str,
    at: String,
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct PartV1<'a> {
    kind: &'a str,
    seq: Option<u64>,
    id: Option<&'a str>,
    at: String,
    hash: &'a str,
    origin: At<'a>,
}

/// Writes the population.
pub fn log_export(exporting: &Exporting) -> String {
    let rows = exporting.services.iter().flat_map(|(population, _)| &population.rows);
    let blocks = exporting.names.iter().zip(exporting.services);
    text::write(&ExportV1 {
        schema: "holdpoint/log-export/v1",
        verified: exporting.is_whole(),
        period: PeriodV1::of(exporting.span),
        rows: rows.map(RowV1::of).collect(),
        completeness: blocks
            .map(|(name, (_, completeness))| CompletenessV1::of(name, completeness))
            .collect(),
        notes: exporting.notes().iter().map(|note| sentence(note)).collect(),
        registry: Registry { path: exporting.book.registry, revision: exporting.book.revision },
    })
}

impl<'a> RowV1<'a> {
    fn of(row: &Row<'a>) -> RowV1<'a> {
        let says = row.says();
        let entry = row.entry;
        let by = match &entry.says {
            Says::Known(says) => Some(&*says.by),
            Says::Other(fields) => fields.get("by").and_then(|by| by.as_str()),
            _ => None,
        };
        RowV1 {
            service: row.ledger.service.as_str(),
            seq: entry.seq,
            id: entry.id(),
            at: (entry.kind() != "unreadable").then(|| format_time(entry.at)),
            by,
            known: says.map(|says| says.known.word()),
            kind: entry.kind(),
            environment: says.and_then(|says| says.environment.as_deref()),
            movement: says.and_then(|says| says.movement.as_ref()),
            subject: row.subject(),
            what: sentence(&what(row)),
            why: row.reason(),
            ticket: ticket(row),
            incident: says.and_then(|says| says.incident.as_deref()),
            verdict: says.and_then(|says| says.verdict.as_deref()),
            reasons: reasons(row),
            rules: rules(row),
            approvals: row.approvals.iter().map(ApprovalV1::of).collect(),
            approver_not_requester: row.apart.map(|apart| apart.word()),
            registry: says.map(|says| &says.registry),
            ci_run: ci_run(row),
            outcome: row.outcome().map(OutcomeV1::of),
            told: row.told().map(ToldV1::of).collect(),
            follow_up: follow_up(row),
            group: says.and_then(|says| says.group.as_deref()),
            origin: at(row, entry),
            hash: &entry.hash,
            prev: entry.prev.as_deref(),
            parts: row.parts.iter().map(|part| PartV1::of(row, part)).collect(),
        }
    }
}

fn at<'a>(row: &Row<'a>, entry: &'a Entry) -> At<'a> {
    At { file: row.ledger.file(entry), line: entry.line }
}

fn follow_up<'a>(row: &Row<'a>) -> FollowUpV1<'a> {
    let followed = &row.followed;
    let review =
        |look: &Look<'a>| ReviewV1 { key: look.key, by: look.by, at: format_time(look.at), note: look.note };
    FollowUpV1 {
        due: followed.due.map(format_time),
        debt: followed.debt,
        reviews: followed.reviews.iter().map(review).collect(),
        state: Some(state(row)).filter(|state| !state.is_empty()),
        done: followed.done.map(|(at, _)| format_time(at)),
        done_by: followed.done.map(|(_, by)| by),
    }
}

impl<'a> ApprovalV1<'a> {
    fn of(approval: &Approval<'a>) -> ApprovalV1<'a> {
        let given = approval.given;
        ApprovalV1 {
            id: approval.id,
            by: given.map(|given| &*given.says.by),
            key: given.map(|given| given.key),
            at: given.map(|given| format_time(given.says.at)),
            expires: given.map(|given| given.expires),
            reason: why_signed(approval),
        }
    }
}

impl<'a> OutcomeV1<'a> {
    fn of(outcome: Outcome<'a>) -> OutcomeV1<'a> {
        let Outcome { code, signal, running, verified, trouble, recorded } = outcome;
        OutcomeV1 { recorded, code, signal, running, verified, trouble }
    }
}

impl<'a> ToldV1<'a> {
    fn of(told: &'a Told) -> ToldV1<'a> {
        ToldV1 {
            who: told.who.as_deref(),
            at: told.at.map(format_time),
            answer: told.answer.as_deref(),
            arrived: told.arrived,
        }
    }
}

impl<'a> PartV1<'a> {
    fn of(row: &Row<'a>, part: &'a Entry) -> PartV1<'a> {
        PartV1 {
            kind: part.kind(),
            seq: part.seq,
            id: part.id(),
            at: format_time(part.at),
            hash: &part.hash,
            origin: at(row, part),
        }
    }
}
