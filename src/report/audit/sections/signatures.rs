//! Each sign-off and its life.

use super::super::Reporting;
use super::super::document::{Column, Kind, Section, Table};
use super::super::evidence::SIGN_OFFS;
use super::{each, number, place};
use crate::audit::{Ending, Period, ServiceReport, Signature};
use crate::model::{Key, format_time};
use crate::record::Deed;

const COLUMNS: [Column; 9] = [
    Column("line", Kind::Number),
    Column("sign-off", Kind::Code),
    Column("for", Kind::Text),
    Column("accepts", Kind::Text),
    Column("why", Kind::Text),
    Column("signed", Kind::Text),
    Column("asked or used by", Kind::Text),
    Column("approver not requester", Kind::Text),
    Column("counts until", Kind::Text),
];

pub(super) fn section(reporting: &Reporting<'_>) -> Section {
    let mut section = Section::new(SIGN_OFFS.title, SIGN_OFFS.line());
    let period = reporting.span.period;
    let rows = each(reporting, |service| &service.signatures).map(|(service, one)| row(service, one, period));
    let caption = "Sign-offs that counted in the period".to_owned();
    section.table(Table { caption, columns: &COLUMNS, rows: rows.collect() }, "None counted in this period.");
    section.text(
        "Approver not requester: yes; self (one's own, for reliability, where that is allowed); no; unknown where \
         nobody asked or moved, or the claims can't be compared.",
    );
    section
}

fn row(service: &ServiceReport<'_>, one: &Signature<'_>, period: Period) -> Vec<String> {
    let (ledger, says) = (service.ledger, one.given.says);
    let target = says.movement.as_ref().map_or(String::new(), |movement| format!(", to {}", movement.to));
    let with = match &says.deed {
        Deed::SignedOff { with, .. } if !with.is_empty() => format!(" with {}", with.join(", ")),
        _ => String::new(),
    };
    let ticket = match &says.deed {
        Deed::SignedOff { ticket: Some(ticket), .. } => format!(" ({ticket})"),
        _ => String::new(),
    };
    vec![
        number(ledger, one.given.entry),
        one.id.to_owned(),
        format!("{}{target}", place(service, says.environment.as_deref())),
        format!("{}{with}", one.accepts.join(", ")),
        format!("{}{ticket}", one.reason),
        format!("{} as {}{}, {}", says.by, one.given.key, team(service, one.given.key), format_time(says.at)),
        users(service, one),
        one.apart.word().to_owned(),
        ends(service, one, period),
    ]
}

/// The team that owns the key, as the registry says now.
fn team(service: &ServiceReport<'_>, key: &str) -> String {
    let place = Key::ALL.iter().position(|known| *known.word() == *key);
    let owners = service.facts.ok().map(|facts| &facts.owners);
    let owner = owners.zip(place).and_then(|(owners, place)| owners.get(place)?.as_deref());
    owner.map_or(String::new(), |owner| format!(" ({owner})"))
}

fn users(service: &ServiceReport<'_>, one: &Signature<'_>) -> String {
    let asked = one.asked_by.map(|by| format!("asked by {by}"));
    let used = one.used.iter().filter_map(|place| {
        let by = &service.ledger.entries.get(*place)?.known()?.by;
        Some(format!("used by {by} ({})", number(service.ledger, *place)))
    });
    let parts: Vec<String> = asked.into_iter().chain(used).collect();
    if parts.is_empty() { "nobody".into() } else { parts.join("; ") }
}

fn ends(service: &ServiceReport<'_>, one: &Signature<'_>, period: Period) -> String {
    let until = one.expires.map_or_else(|| one.given.expires.to_owned(), format_time);
    match (one.ending(period), one.revoked) {
        (Ending::Revoked, Some((line, says, reason))) => format!(
            "{until}; revoked at {} by {}: {reason} ({})",
            format_time(says.at),
            says.by,
            number(service.ledger, line)
        ),
        (ending, _) => format!("{until}; {}", ending.word()),
    }
}
