//! The sections of a report, one file each.

mod changes;
mod completeness;
mod exposure;
mod glass;
mod signatures;
mod stops;
mod verdicts;

use super::Reporting;
use super::document::{Column, Kind, Section, Table};
use super::evidence::{ALL, NO_CLAIM};
use crate::audit::{Ledger, ServiceReport};
use crate::model::{Time, format_time};

/// All of them, in the order in which they are read.
pub(super) fn all(reporting: &Reporting<'_>) -> Vec<Section> {
    vec![
        about(reporting),
        completeness::section(reporting),
        verdicts::section(reporting),
        stops::section(reporting),
        signatures::section(reporting),
        glass::section(reporting),
        exposure::section(reporting),
        changes::section(reporting),
        criteria(),
    ]
}

/// What the reader must know first; a record that doesn't verify comes before anything else.
fn about(reporting: &Reporting<'_>) -> Section {
    let mut section = Section::new("What this is", String::new());
    if !reporting.is_whole() {
        section.text(
            "The record doesn't verify: it isn't what was written, and what follows is only what stands there now. \
             What is wrong stands under Completeness.",
        );
    }
    section.text(
        "Made from the lines of the record alone, in which holdpoint writes down what was asked, decided and done. Who \
         somebody was is a claim in each of them. docs/audit.md has the formula of every figure.",
    );
    let mut points: Vec<String> = reporting.span.note().into_iter().collect();
    points.extend(
        reporting.book.revision.map(|revision| format!("The registry stood on the commit {revision}.")),
    );
    for service in reporting.services {
        if let Err(why) = service.facts {
            points.push(format!(
                "{}: the registry adds nothing ({why}): teams, debts that stand and the order of versions aren't \
                 known, and `policy.ping_pong` is taken to be its default.",
                service.ledger.service
            ));
        }
    }
    points.extend(reporting.book.notes.iter().cloned());
    section.list(points);
    section.text(NO_CLAIM);
    section
}

/// For what each section is evidence.
fn criteria() -> Section {
    const COLUMNS: [Column; 4] = [
        Column("section", Kind::Text),
        Column("SOC 2 criteria", Kind::Text),
        Column("ISO/IEC 27001:2022 controls", Kind::Text),
        Column("NIST CSF 2.0 outcomes", Kind::Text),
    ];
    let mut section = Section::new("For which criteria this is evidence", String::new());
    let row = |of: &super::evidence::Evidence| {
        vec![of.title.to_owned(), of.soc2.join(", "), of.iso.join(", "), of.csf.join(", ")]
    };
    let rows = ALL.iter().map(row).collect();
    section.table(Table { caption: "Sections and criteria".into(), columns: &COLUMNS, rows }, "");
    section.text(NO_CLAIM);
    section
}

/// Each thing of each service, with the service.
fn each<'r, 'a, T: 'r>(
    reporting: &'r Reporting<'a>,
    of: impl Fn(&'r ServiceReport<'a>) -> &'r [T],
) -> impl Iterator<Item = (&'r ServiceReport<'a>, &'r T)> {
    reporting.services.iter().flat_map(move |service| of(service).iter().map(move |one| (service, one)))
}

/// The number of a line: `#12`, or where it stands when it has none.
fn number(ledger: &Ledger, place: usize) -> String {
    let Some(entry) = ledger.entries.get(place) else { return "?".into() };
    entry.seq.map_or_else(|| format!("{}:{}", ledger.file(entry), entry.line), |seq| format!("#{seq}"))
}

/// `checkout in prod`.
fn place(service: &ServiceReport<'_>, environment: Option<&str>) -> String {
    environment.map_or_else(
        || service.ledger.service.to_string(),
        |name| format!("{} in {name}", service.ledger.service),
    )
}

/// `Ann at 2026-11-22T03:00:00Z (#12)`.
fn by_at(by: &str, at: Time, number: &str) -> String {
    format!("{by} at {} ({number})", format_time(at))
}
