//! How changes went: DORA's figures as far as the record can tell, and ping-pong.

use super::super::document::{Column, Kind, Section, Table};
use super::super::evidence::CHANGES;
use super::super::{Reporting, duration};
use crate::audit::{Rates, share};

const COLUMNS: [Column; 10] = [
    Column("service", Kind::Code),
    Column("environment", Kind::Code),
    Column("deployments", Kind::Number),
    Column("failed", Kind::Number),
    Column("change fail rate", Kind::Number),
    Column("recovery, median", Kind::Number),
    Column("recovery, worst", Kind::Number),
    Column("rollbacks", Kind::Number),
    Column("rework rate", Kind::Number),
    Column("ping-pong", Kind::Number),
];

pub(super) fn section(reporting: &Reporting<'_>) -> Section {
    let mut section = Section::new(CHANGES.title, CHANGES.line());
    let (mut rows, mut all) = (Vec::new(), Rates::default());
    for service in reporting.services {
        for (environment, rates) in &service.rates {
            all.add(rates);
            rows.push(row(reporting, service.ledger.service.as_str(), environment, rates));
        }
    }
    if rows.len() > 1 {
        rows.push(row(reporting, "all", "", &all));
    }
    section.table(
        Table { caption: "Changes of the period".into(), columns: &COLUMNS, rows },
        "Nothing that ran changed in this period.",
    );
    section.text(
        "A deployment failed when it was left by a rollback. Recovery is the time from the first sign of trouble in the \
         record (the incident that the rollback names, or a flag on the release) until it was left; without a sign, from \
         its arrival. Rework is every rollback, and every redeploy that names an incident, of all changes. Ping-pong is a \
         return to a release that was left by a rollback there, within `policy.ping_pong`.",
    );
    let unsigned = all.recoveries.iter().filter(|recovery| !recovery.signed).count();
    if unsigned > 0 {
        let count = all.recoveries.len();
        section.text(format!("Of {count} recoveries, {unsigned} had no sign of trouble in the record."));
    }
    section
}

fn row(reporting: &Reporting<'_>, service: &str, environment: &str, rates: &Rates) -> Vec<String> {
    let recovery = rates.recovery(reporting.span.period);
    let time = |seconds| if recovery.count == 0 { "–".to_owned() } else { duration(seconds) };
    let share = |part, whole| share(part, whole).unwrap_or_else(|| "–".into());
    vec![
        service.to_owned(),
        environment.to_owned(),
        rates.deployments.to_string(),
        rates.failed.to_string(),
        share(rates.failed, rates.deployments),
        time(recovery.median),
        time(recovery.worst),
        rates.rollbacks.to_string(),
        share(rates.rework, rates.changes()),
        rates.ping_pong.to_string(),
    ]
}
