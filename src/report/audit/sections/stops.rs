//! Each hold and block, and what followed.

use super::super::Reporting;
use super::super::document::{Column, Kind, Section, Table};
use super::super::evidence::STOPS;
use super::{each, number};
use crate::audit::{Ledger, Stop, Then};
use crate::model::format_time;
use crate::report::log::{because, movement};

const COLUMNS: [Column; 7] = [
    Column("line", Kind::Number),
    Column("when", Kind::Text),
    Column("service", Kind::Code),
    Column("verdict", Kind::Text),
    Column("what and why", Kind::Text),
    Column("who asked", Kind::Text),
    Column("what followed", Kind::Text),
];

pub(super) fn section(reporting: &Reporting<'_>) -> Section {
    let mut section = Section::new(STOPS.title, STOPS.line());
    let rows = each(reporting, |service| &service.stops).map(|(service, stop)| row(service.ledger, stop));
    let table =
        Table { caption: "Holds and blocks of the period".into(), columns: &COLUMNS, rows: rows.collect() };
    section.table(table, "The record has none of this period.");
    section.text(
        "What followed is looked for up to the end of the period, in the same service and environment.",
    );
    section
}

fn row(ledger: &Ledger, stop: &Stop<'_>) -> Vec<String> {
    let why = because(stop.says);
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    vec![
        number(ledger, stop.entry),
        format_time(stop.says.at),
        ledger.service.to_string(),
        stop.level.word().to_owned(),
        format!("{}{why}", movement(stop.says)),
        stop.says.by.to_string(),
        then(ledger, stop),
    ]
}

fn then(ledger: &Ledger, stop: &Stop<'_>) -> String {
    let runs = |running: &[&str]| if running.is_empty() { "nothing".into() } else { running.join(" and ") };
    match &stop.then {
        Then::Broke(row) if *row == stop.entry => "it went against the verdict: the glass was broken".into(),
        Then::Broke(row) => format!("the glass was broken ({})", number(ledger, *row)),
        Then::Went(row, ids) if ids.is_empty() => format!("it went later ({})", number(ledger, *row)),
        Then::Went(row, ids) => {
            format!("it went, signed off by {} ({})", ids.join(", "), number(ledger, *row))
        }
        Then::Elsewhere(line, running) => {
            format!("{} was moved to instead ({})", runs(running), number(ledger, *line))
        }
        Then::Signed(lines) => {
            let lines: Vec<String> = lines.iter().map(|line| number(ledger, *line)).collect();
            format!("it was signed off ({}), and nobody moved", lines.join(", "))
        }
        Then::Nothing => "nothing".into(),
    }
}
