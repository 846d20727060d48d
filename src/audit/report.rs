//! All that is reported of one service and period, put together.

use std::collections::BTreeMap;

use super::approval::given;
use super::completeness::Completeness;
use super::exposure::{Exposure, exposures};
use super::facts::Facts;
use super::fold::Folds;
use super::glass::{Glass, glasses};
use super::ledger::Ledger;
use super::past::Past;
use super::period::Period;
use super::population::Population;
use super::rates::{Rates, rates};
use super::signature::{Signature, signatures};
use super::stop::{Stop, stops};
use crate::model::{Level, Policy};
use crate::record::{Deed, Verified};

/// What is reported of a service.
#[derive(Debug, Clone)]
pub struct ServiceReport<'a> {
    /// Its record.
    pub ledger: &'a Ledger,
    /// What the registry adds; the error is why it adds nothing.
    pub facts: Result<&'a Facts, &'a str>,
    /// Whether the record is whole.
    pub completeness: Completeness,
    /// The judged decisions of the period by verdict, in the order of [`Level::ALL`]: checks, then moves.
    pub verdicts: [[usize; 2]; Level::ALL.len()],
    /// Moves of the period that went without a verdict.
    pub unjudged: usize,
    /// The holds and blocks, and what followed.
    pub stops: Vec<Stop<'a>>,
    /// The sign-offs that counted in the period.
    pub signatures: Vec<Signature<'a>>,
    /// The broken glasses of the period, and those of before that were open in it.
    pub glasses: Vec<Glass<'a>>,
    /// Debts that the registry holds and the record doesn't know.
    pub unknown_debts: Vec<String>,
    /// The exposures.
    pub exposures: Vec<Exposure<'a>>,
    /// How changes went, by environment.
    pub rates: BTreeMap<&'a str, Rates>,
}

impl<'a> ServiceReport<'a> {
    /// Makes it of the record of a service.
    pub fn of(
        ledger: &'a Ledger,
        verified: &Verified,
        facts: Result<&'a Facts, &'a str>,
        period: Period,
    ) -> ServiceReport<'a> {
        let (folds, past) = (Folds::of(ledger), Past::of(ledger));
        let population = Population::of(ledger, period);
        let known = facts.ok();
        let ping_pong = known.map_or(Policy::default().ping_pong, |facts| facts.ping_pong);
        let all = glasses(ledger, &folds, known);
        let (verdicts, unjudged) = verdicts(&population);
        ServiceReport {
            ledger,
            facts,
            completeness: Completeness::of(ledger, verified, population.account, period),
            verdicts,
            unjudged,
            stops: stops(ledger, &folds, &past, period),
            signatures: concerning(signatures(ledger, &given(ledger)), |one| one.concerns(period)),
            unknown_debts: unknown(known, &all),
            glasses: concerning(all, |glass| glass.concerns(period)),
            exposures: exposures(ledger, &folds, &past, known, period.before),
            rates: rates(ledger, &past, ping_pong, period),
        }
    }
}

fn concerning<T>(mut all: Vec<T>, is_of_it: impl Fn(&T) -> bool) -> Vec<T> {
    all.retain(|one| is_of_it(one));
    all
}

/// Counts checks and moves by verdict, and the moves that had none.
fn verdicts(population: &Population<'_>) -> ([[usize; 2]; Level::ALL.len()], usize) {
    let (mut counts, mut unjudged) = ([[0; 2]; Level::ALL.len()], 0);
    for says in population.rows.iter().filter_map(|row| row.says()) {
        let column = match says.deed {
            Deed::Checked => 0,
            Deed::Started { .. } | Deed::Recorded { .. } => 1,
            _ => continue,
        };
        match Level::ALL.iter().position(|level| says.verdict.as_deref() == Some(level.word())) {
            Some(place) => counts[place][column] += 1,
            None => unjudged += 1,
        }
    }
    (counts, unjudged)
}

/// The debts of the registry of which the record has no line.
fn unknown(facts: Option<&Facts>, glasses: &[Glass<'_>]) -> Vec<String> {
    let is_known =
        |id: &str| glasses.iter().any(|glass| glass.debt.is_some_and(|debt| debt.eq_ignore_ascii_case(id)));
    facts.into_iter().flat_map(|facts| facts.debts.keys()).filter(|id| !is_known(id)).cloned().collect()
}
