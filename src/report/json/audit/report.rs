//! `holdpoint/log-report/v1`: what became of decisions, with every figure in seconds and as it was counted.

use serde::Serialize;

use super::super::{Registry, sentence, text};
use super::PeriodV1;
use super::completeness::CompletenessV1;
use crate::audit::{
    Began, Calendar, Exposure, Glass, Ledger, Period, Rates, SEVERITIES, ServiceReport, Signature, Sort,
    Spread, Stop, Then, by_severity,
};
use crate::model::{Key, Level, format_time};
use crate::record::Movement;
use crate::report::audit::Reporting;
use crate::report::audit::evidence::{ALL, NO_CLAIM};

#[derive(Serialize)]
struct ReportV1<'a> {
    schema: &'static str,
    verified: bool,
    period: PeriodV1,
    services: Vec<ServiceV1<'a>>,
    /// Over all services: by key, what of it and severity.
    exposure: Vec<SpreadV1>,
    over_time: Vec<CalendarV1>,
    changes: RatesV1,
    evidence: Vec<EvidenceV1>,
    claim: &'static str,
    notes: Vec<String>,
    registry: Registry<'a>,
}

#[derive(Serialize)]
struct ServiceV1<'a> {
    service: &'a str,
    completeness: CompletenessV1<'a>,
    /// Null: the registry gave what it has; else why it didn't.
    registry_missing: Option<String>,
    verdicts: Vec<VerdictsV1>,
    unjudged: usize,
    stops: Vec<StopV1<'a>>,
    sign_offs: Vec<SignOffV1<'a>>,
    broken_glass: Vec<GlassV1<'a>>,
    /// Debts that the registry holds and the record doesn't know.
    unknown_debts: &'a [String],
    exposures: Vec<ExposureV1<'a>>,
    changes: Vec<PlaceV1<'a>>,
}

#[derive(Serialize)]
struct VerdictsV1 {
    verdict: &'static str,
    checks: usize,
    moves: usize,
}

#[derive(Serialize)]
struct StopV1<'a> {
    seq: Option<u64>,
    at: String,
    by: &'a str,
    environment: Option<&'a str>,
    verdict: &'static str,
    #[serde(rename = "move")]
    movement: &'a Movement,
    /// `broke-glass`, `went`, `elsewhere`, `signed`, `nothing`.
    then: &'static str,
    /// The numbers of the lines that show it.
    lines: Vec<Option<u64>>,
}

#[derive(Serialize)]
struct SignOffV1<'a> {
    id: &'a str,
    seq: Option<u64>,
    at: String,
    by: &'a str,
    #[serde(rename = "as")]
    key: &'a str,
    environment: Option<&'a str>,
    to: Option<&'a str>,
    accepts: &'a [&'a str],
    reason: &'a str,
    asked_by: Option<&'a str>,
    expires: &'a str,
    used_by: Vec<Option<u64>>,
    approver_not_requester: &'static str,
    /// `stands`, `lapsed`, `revoked`.
    state: &'static str,
    revoked: Option<String>,
}

#[derive(Serialize)]
struct GlassV1<'a> {
    seq: Option<u64>,
    at: String,
    by: &'a str,
    environment: Option<&'a str>,
    #[serde(rename = "move")]
    movement: Option<&'a Movement>,
    subjects: &'a [&'a str],
    reason: &'a str,
    debt: Option<&'a str>,
    due: Option<String>,
    reviews: Vec<ReviewV1<'a>>,
    closed: Option<String>,
    state: &'static str,
    /// Whether the registry holds the debt now; null: it wasn't asked.
    stands: Option<bool>,
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
struct ExposureV1<'a> {
    flag: &'a str,
    key: &'static str,
    severity: &'static str,
    environment: &'a str,
    versions: &'a [&'a str],
    /// `found`, `entered`.
    began: &'static str,
    from: String,
    /// Null: it goes on.
    until: Option<String>,
    /// Whether what ran was left; else the flag was cleared.
    left: Option<bool>,
    seconds: i64,
    seconds_in_period: i64,
    accepted_from: Option<String>,
    accepted_by: Vec<&'a str>,
    accepted_by_glass: bool,
}

#[derive(Serialize)]
struct PlaceV1<'a> {
    environment: &'a str,
    #[serde(flatten)]
    rates: RatesV1,
}

#[derive(Serialize)]
struct RatesV1 {
    deployments: usize,
    failed: usize,
    rollbacks: usize,
    rework: usize,
    ping_pong: usize,
    recoveries: usize,
    recovery_median_seconds: Option<i64>,
    recovery_worst_seconds: Option<i64>,
}

#[derive(Serialize)]
struct SpreadV1 {
    key: &'static str,
    /// `to-leave`, `accepted`.
    what: &'static str,
    severity: &'static str,
    exposures: usize,
    still_exposed: usize,
    median_seconds: i64,
    worst_seconds: i64,
    seconds_in_period: i64,
}

#[derive(Serialize)]
struct CalendarV1 {
    key: &'static str,
    step: &'static str,
    bars: Vec<BarV1>,
}

#[derive(Serialize)]
struct BarV1 {
    from: String,
    critical: i64,
    high: i64,
    unknown: i64,
    medium: i64,
    low: i64,
}

#[derive(Serialize)]
struct EvidenceV1 {
    section: &'static str,
    soc2: &'static [&'static str],
    iso27001: &'static [&'static str],
    nist_csf: &'static [&'static str],
}

/// Writes the report.
pub fn log_report(reporting: &Reporting) -> String {
    let period = reporting.span.period;
    let all: Vec<Exposure<'_>> =
        reporting.services.iter().flat_map(|service| service.exposures.iter().cloned()).collect();
    let mut changes = Rates::default();
    reporting.services.iter().flat_map(|service| service.rates.values()).for_each(|rates| changes.add(rates));
    let evidence = ALL.iter().map(|of| EvidenceV1 {
        section: of.title,
        soc2: of.soc2,
        iso27001: of.iso,
        nist_csf: of.csf,
    });
    let calendar = |key: &Key| CalendarV1::of(*key, Calendar::of(&all, *key, period)?);
    text::write(&ReportV1 {
        schema: "holdpoint/log-report/v1",
        verified: reporting.is_whole(),
        period: PeriodV1::of(reporting.span),
        services: reporting.services.iter().map(|service| ServiceV1::of(service, period)).collect(),
        exposure: spreads(&all, period),
        over_time: Key::ALL.iter().filter_map(calendar).collect(),
        changes: RatesV1::of(&changes, period),
        evidence: evidence.collect(),
        claim: NO_CLAIM,
        notes: reporting.book.notes.iter().map(|note| sentence(note)).collect(),
        registry: Registry { path: reporting.book.registry, revision: reporting.book.revision },
    })
}

fn spreads(all: &[Exposure<'_>], period: Period) -> Vec<SpreadV1> {
    let mut list = Vec::new();
    for key in Key::ALL {
        for (what, sort) in [("to-leave", Sort::ToLeave), ("accepted", Sort::Accepted)] {
            list.extend(by_severity(all, key, sort, period).into_iter().map(|(severity, spread)| {
                let Spread { count, open, median, worst, sum } = spread;
                SpreadV1 {
                    key: key.word(),
                    what,
                    severity: severity.word(),
                    exposures: count,
                    still_exposed: open,
                    median_seconds: median,
                    worst_seconds: worst,
                    seconds_in_period: sum,
                }
            }));
        }
    }
    list
}

fn seq(ledger: &Ledger, place: usize) -> Option<u64> {
    ledger.entries.get(place)?.seq
}

impl<'a> ServiceV1<'a> {
    fn of(of: &'a ServiceReport<'_>, period: Period) -> ServiceV1<'a> {
        let ledger = of.ledger;
        let verdicts = Level::ALL.into_iter().zip(of.verdicts);
        ServiceV1 {
            service: ledger.service.as_str(),
            completeness: CompletenessV1::of(ledger.service.as_str(), &of.completeness),
            registry_missing: of.facts.err().map(sentence),
            verdicts: verdicts
                .map(|(level, [checks, moves])| VerdictsV1 { verdict: level.word(), checks, moves })
                .collect(),
            unjudged: of.unjudged,
            stops: of.stops.iter().map(|stop| StopV1::of(ledger, stop)).collect(),
            sign_offs: of.signatures.iter().map(|one| SignOffV1::of(ledger, one, period)).collect(),
            broken_glass: of.glasses.iter().map(|glass| GlassV1::of(ledger, glass, period)).collect(),
            unknown_debts: &of.unknown_debts,
            exposures: (of.exposures.iter())
                .filter(|one| Sort::All.stretch(one, period).is_some())
                .map(|one| ExposureV1::of(one, period))
                .collect(),
            changes: (of.rates.iter())
                .map(|(environment, rates)| PlaceV1 { environment, rates: RatesV1::of(rates, period) })
                .collect(),
        }
    }
}

impl<'a> StopV1<'a> {
    fn of(ledger: &Ledger, stop: &'a Stop<'_>) -> StopV1<'a> {
        let (then, lines) = match &stop.then {
            Then::Broke(row) => ("broke-glass", vec![*row]),
            Then::Went(row, _) => ("went", vec![*row]),
            Then::Elsewhere(line, _) => ("elsewhere", vec![*line]),
            Then::Signed(lines) => ("signed", lines.clone()),
            Then::Nothing => ("nothing", Vec::new()),
        };
        StopV1 {
            seq: seq(ledger, stop.entry),
            at: format_time(stop.says.at),
            by: &stop.says.by,
            environment: stop.says.environment.as_deref(),
            verdict: stop.level.word(),
            movement: stop.movement,
            then,
            lines: lines.into_iter().map(|line| seq(ledger, line)).collect(),
        }
    }
}

impl<'a> SignOffV1<'a> {
    fn of(ledger: &Ledger, one: &'a Signature<'_>, period: Period) -> SignOffV1<'a> {
        let says = one.given.says;
        SignOffV1 {
            id: one.id,
            seq: seq(ledger, one.given.entry),
            at: format_time(says.at),
            by: &says.by,
            key: one.given.key,
            environment: says.environment.as_deref(),
            to: says.movement.as_ref().map(|movement| &*movement.to),
            accepts: &one.accepts,
            reason: one.reason,
            asked_by: one.asked_by,
            expires: one.given.expires,
            used_by: one.used.iter().map(|place| seq(ledger, *place)).collect(),
            approver_not_requester: one.apart.word(),
            state: one.ending(period).word(),
            revoked: one.revoked.map(|(_, says, _)| format_time(says.at)),
        }
    }
}

impl<'a> GlassV1<'a> {
    fn of(ledger: &Ledger, glass: &'a Glass<'_>, period: Period) -> GlassV1<'a> {
        let reviews = glass.reviews.iter().map(|review| ReviewV1 {
            key: review.key,
            by: &review.says.by,
            at: format_time(review.says.at),
            note: review.note,
        });
        GlassV1 {
            seq: seq(ledger, glass.entry),
            at: format_time(glass.says.at),
            by: &glass.says.by,
            environment: glass.says.environment.as_deref(),
            movement: glass.says.movement.as_ref(),
            subjects: &glass.subjects,
            reason: glass.reason,
            debt: glass.debt,
            due: glass.due.map(format_time),
            reviews: reviews.collect(),
            closed: glass.closed.map(|closed| format_time(closed.says.at)),
            state: glass.standing(period).words(),
            stands: glass.stands,
        }
    }
}

impl<'a> ExposureV1<'a> {
    fn of(one: &'a Exposure<'_>, period: Period) -> ExposureV1<'a> {
        let until = one.ended.map(|end| end.at);
        let accepted = one.accepted.as_ref();
        ExposureV1 {
            flag: one.flag,
            key: one.key.word(),
            severity: one.severity.word(),
            environment: one.environment,
            versions: &one.versions,
            began: match one.began {
                Began::Found => "found",
                Began::Entered => "entered",
            },
            from: format_time(one.from),
            until: until.map(format_time),
            left: one.ended.map(|end| end.left),
            seconds: period.lasts(one.from, until),
            seconds_in_period: period.seconds(one.from, until),
            accepted_from: accepted.map(|accepted| format_time(accepted.at)),
            accepted_by: accepted.map_or_else(Vec::new, |accepted| {
                accepted.sign_offs.iter().copied().chain(accepted.glass.flatten()).collect()
            }),
            accepted_by_glass: accepted.is_some_and(|accepted| accepted.glass.is_some()),
        }
    }
}

impl RatesV1 {
    fn of(rates: &Rates, period: Period) -> RatesV1 {
        let recovery = rates.recovery(period);
        let some = |seconds| (recovery.count > 0).then_some(seconds);
        RatesV1 {
            deployments: rates.deployments,
            failed: rates.failed,
            rollbacks: rates.rollbacks,
            rework: rates.rework,
            ping_pong: rates.ping_pong,
            recoveries: recovery.count,
            recovery_median_seconds: some(recovery.median),
            recovery_worst_seconds: some(recovery.worst),
        }
    }
}

impl CalendarV1 {
    fn of(key: Key, calendar: Calendar) -> Option<CalendarV1> {
        // The order of `SEVERITIES`, by which the seconds stand.
        let bar = |bar: &crate::audit::Bar| {
            let [critical, high, unknown, medium, low] = bar.seconds;
            BarV1 { from: format_time(bar.from), critical, high, unknown, medium, low }
        };
        debug_assert_eq!(SEVERITIES.map(|one| one.word()), ["critical", "high", "unknown", "medium", "low"]);
        let bars = calendar.bars.iter().map(bar).collect();
        Some(CalendarV1 { key: key.word(), step: calendar.step.word(), bars })
    }
}
