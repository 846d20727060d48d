//! How long what was known to be bad ran.

use super::super::document::{Block, Chart, Column, Kind, Section, Table};
use super::super::evidence::EXPOSURE;
use super::super::{Reporting, duration};
use super::{each, number};
use crate::audit::{Began, Calendar, Exposure, Period, ServiceReport, Sort, Spread, by_severity};
use crate::model::{Key, Severity, format_time};

const SPREAD: [Column; 6] = [
    Column("severity", Kind::Text),
    Column("exposures", Kind::Number),
    Column("still exposed", Kind::Number),
    Column("median", Kind::Number),
    Column("worst", Kind::Number),
    Column("all of them, in the period", Kind::Number),
];

const EACH: [Column; 8] = [
    Column("flag", Kind::Code),
    Column("severity", Kind::Text),
    Column("service", Kind::Code),
    Column("environment", Kind::Code),
    Column("releases", Kind::Text),
    Column("from", Kind::Text),
    Column("until", Kind::Text),
    Column("how long", Kind::Number),
];

pub(super) fn section(reporting: &Reporting<'_>) -> Section {
    let mut section = Section::new(EXPOSURE.title, EXPOSURE.line());
    section.text(
        "An environment is exposed to a flag from the moment when the flag is recorded and a release that it hits runs \
         there, until none does or the flag is cleared. What goes on is counted up to the end of the period.",
    );
    let all: Vec<Exposure<'_>> =
        reporting.services.iter().flat_map(|service| service.exposures.iter().cloned()).collect();
    let period = reporting.span.period;
    for (key, what) in [(Key::Security, "advisory"), (Key::Reliability, "instability")] {
        let table = |sort, caption: String| {
            let rows = by_severity(&all, key, sort, period).into_iter().map(spread).collect();
            Table { caption, columns: &SPREAD, rows }
        };
        let to_leave = format!("From an {what}'s being recorded to leaving what it hits, by severity");
        section
            .table(table(Sort::ToLeave, to_leave), &format!("No {what} hit what ran when it was recorded."));
        let accepted =
            format!("On an accepted {what}: from the accepted move until it was left, by severity");
        section.table(table(Sort::Accepted, accepted), "");
        if let Some(calendar) = Calendar::of(&all, key, period) {
            let caption = format!("Hours exposed to an {what}, by {}", calendar.step.word());
            section.blocks.push(Block::Chart(Chart { caption, calendar }));
        }
    }
    let concerned = each(reporting, |service| &service.exposures);
    let concerned = concerned.filter(|(_, one)| Sort::All.stretch(one, period).is_some());
    let rows = concerned.map(|(service, one)| row(service, one, period)).collect();
    section
        .table(Table { caption: "Each exposure that lies in the period".into(), columns: &EACH, rows }, "");
    section
}

fn spread((severity, spread): (Severity, Spread)) -> Vec<String> {
    vec![
        severity.word().to_owned(),
        spread.count.to_string(),
        spread.open.to_string(),
        duration(spread.median),
        duration(spread.worst),
        duration(spread.sum),
    ]
}

fn row(service: &ServiceReport<'_>, one: &Exposure<'_>, period: Period) -> Vec<String> {
    let began = match one.began {
        Began::Found => "it ran",
        Began::Entered => "it came",
    };
    let accepted = one.accepted.as_ref().map_or(String::new(), |by| {
        let glass =
            by.glass.map(|debt| debt.map_or("a broken glass".into(), |debt| format!("the debt {debt}")));
        let by: Vec<String> = by.sign_offs.iter().map(|id| format!("sign-off {id}")).chain(glass).collect();
        format!("; accepted by {}", by.join(", "))
    });
    let until = match one.ended {
        None => "goes on".into(),
        Some(end) => {
            let how = if end.left { "left" } else { "cleared" };
            format!("{} ({how}, {})", format_time(end.at), number(service.ledger, end.entry))
        }
    };
    vec![
        one.flag.to_owned(),
        one.severity.word().to_owned(),
        service.ledger.service.to_string(),
        one.environment.to_owned(),
        one.versions.join(", "),
        format!("{} ({began}{accepted})", format_time(one.from)),
        until,
        duration(period.lasts(one.from, one.ended.map(|end| end.at))),
    ]
}
