//! Each broken glass and its life, and the debts that were open at the end.

use super::super::Reporting;
use super::super::document::{Column, Kind, Section, Table};
use super::super::evidence::GLASS;
use super::{by_at, each, number};
use crate::audit::{Glass, Period, ServiceReport, Standing};
use crate::model::format_time;
use crate::report::log::movement;

const COLUMNS: [Column; 9] = [
    Column("line", Kind::Number),
    Column("when", Kind::Text),
    Column("service", Kind::Code),
    Column("what", Kind::Text),
    Column("against", Kind::Text),
    Column("why", Kind::Text),
    Column("who", Kind::Text),
    Column("reviews", Kind::Text),
    Column("debt", Kind::Text),
];

const OPEN: [Column; 5] = [
    Column("debt", Kind::Code),
    Column("service", Kind::Code),
    Column("since", Kind::Text),
    Column("due", Kind::Text),
    Column("state", Kind::Text),
];

pub(super) fn section(reporting: &Reporting<'_>) -> Section {
    let mut section = Section::new(GLASS.title, GLASS.line());
    let period = reporting.span.period;
    let all = || each(reporting, |service| &service.glasses);
    let rows = all().map(|(service, glass)| row(service, glass, period)).collect();
    let caption = "Broken in the period, or before it and still open in it".to_owned();
    section.table(
        Table { caption, columns: &COLUMNS, rows },
        "No glass was broken, and none of before was open.",
    );
    let owed = all().filter(|(_, glass)| glass.standing(period).is_owed());
    let rows = owed.map(|(service, glass)| open(service, glass, period)).collect();
    let caption = "Debts that were open at the end of the period".to_owned();
    section.table(Table { caption, columns: &OPEN, rows }, "No debt was open at the end of the period.");
    section.list(reporting.services.iter().flat_map(disagreements).collect());
    section
}

fn row(service: &ServiceReport<'_>, glass: &Glass<'_>, period: Period) -> Vec<String> {
    let ledger = service.ledger;
    let reviews: Vec<String> = (glass.reviews.iter().filter(|review| period.knows(review.says.at)))
        .map(|review| {
            let note = review.note.map_or(String::new(), |note| format!(": {note}"));
            let by = by_at(&review.says.by, review.says.at, &number(ledger, review.entry));
            format!("{} by {by}{note}", review.key)
        })
        .collect();
    vec![
        number(ledger, glass.entry),
        format_time(glass.says.at),
        ledger.service.to_string(),
        movement(glass.says),
        if glass.subjects.is_empty() {
            "nothing: it would have gone".into()
        } else {
            glass.subjects.join(", ")
        },
        glass.reason.to_owned(),
        glass.says.by.to_string(),
        if reviews.is_empty() { "none".into() } else { reviews.join("; ") },
        debt(service, glass, period),
    ]
}

fn debt(service: &ServiceReport<'_>, glass: &Glass<'_>, period: Period) -> String {
    let standing = glass.standing(period);
    let id = glass.debt.map_or(String::new(), |debt| format!("{debt}: "));
    let due = glass.due.map_or(String::new(), |due| format!(", due {}", format_time(due)));
    match (standing, glass.closed) {
        (Standing::Closed | Standing::ClosedLate, Some(closed)) => {
            let by = by_at(&closed.says.by, closed.says.at, &number(service.ledger, closed.entry));
            format!("{id}{}, by {by}{due}", standing.words())
        }
        (Standing::NotNeeded, _) => standing.words().to_owned(),
        _ => format!("{id}{}{due}", standing.words()),
    }
}

fn open(service: &ServiceReport<'_>, glass: &Glass<'_>, period: Period) -> Vec<String> {
    vec![
        glass.debt.unwrap_or("none was written").to_owned(),
        service.ledger.service.to_string(),
        format_time(glass.says.at),
        glass.due.map_or_else(String::new, format_time),
        glass.standing(period).words().to_owned(),
    ]
}

/// Where the record and the registry as it is now don't say the same of debts.
fn disagreements(service: &ServiceReport<'_>) -> Vec<String> {
    let name = &service.ledger.service;
    let gone = service.glasses.iter().filter(|glass| glass.closed.is_none() && glass.stands == Some(false));
    let gone = gone.filter_map(|glass| glass.debt).map(|debt| {
        format!("{name}: no line closes the debt {debt}, and the registry doesn't hold it any more: somebody took it out")
    });
    let back = service.glasses.iter().filter(|glass| glass.closed.is_some() && glass.stands == Some(true));
    let back = back.filter_map(|glass| glass.debt).map(|debt| {
        format!("{name}: the record says that the debt {debt} is closed, and the registry still holds it")
    });
    let unknown = service
        .unknown_debts
        .iter()
        .map(|debt| format!("{name}: the registry holds the debt {debt}, of which the record has no line"));
    gone.chain(back).chain(unknown).collect()
}
