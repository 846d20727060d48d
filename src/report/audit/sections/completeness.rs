//! Whether the record is whole, and what it can't show.

use super::super::Reporting;
use super::super::document::{Column, Kind, Section, Table};
use super::super::evidence::COMPLETENESS;
use crate::audit::{Head, ServiceReport};
use crate::model::format_time;

const LINES: [Column; 8] = [
    Column("service", Kind::Code),
    Column("chain", Kind::Text),
    Column("lines in all", Kind::Number),
    Column("in the period", Kind::Number),
    Column("their numbers", Kind::Number),
    Column("numbers missing", Kind::Number),
    Column("decisions", Kind::Number),
    Column("belong to one / elsewhere / none", Kind::Number),
];

const HEADS: [Column; 5] = [
    Column("service", Kind::Code),
    Column("", Kind::Text),
    Column("number", Kind::Number),
    Column("hash", Kind::Code),
    Column("of", Kind::Text),
];

const KINDS: [Column; 2] = [Column("service", Kind::Code), Column("lines of each kind", Kind::Text)];

/// What a record can't show by itself.
const BLIND: [&str; 6] = [
    "A `run` that was stopped by its verdict leaves no line, nor does a check without --record.",
    "What was done without holdpoint is here only if somebody recorded or observed it.",
    "That lines were cut off at the end, or that all of it was written anew, shows only against a head that was kept \
     elsewhere: compare the heads above with it.",
    "Who somebody was is a claim of theirs, of Git's or of the CI's.",
    "What was written into the registry by hand leaves no line here; it stands in the history of its repository.",
    "Times are those of the machines that wrote the lines; the order is that of the numbers.",
];

pub(super) fn section(reporting: &Reporting<'_>) -> Section {
    let mut section = Section::new(COMPLETENESS.title, COMPLETENESS.line());
    let rows = reporting.services.iter().map(lines).collect();
    section
        .table(Table { caption: "Lines by service".into(), columns: &LINES, rows }, "Nothing is recorded.");
    let wrong = reporting.services.iter().flat_map(|service| {
        let name = &service.ledger.service;
        service.completeness.wrong.iter().map(move |(wrong, spot)| format!("{name}: {wrong} ({spot})"))
    });
    let beside = reporting.beside.iter().map(|finding| format!("{}: {}", finding.spot, finding.message()));
    section.list(wrong.chain(beside).collect());
    let heads = reporting.services.iter().flat_map(heads).collect();
    section.table(
        Table { caption: "The heads at both ends of the period".into(), columns: &HEADS, rows: heads },
        "",
    );
    let kinds = reporting.services.iter().map(|service| {
        let kinds = service.completeness.kinds.iter().map(|(kind, count)| format!("{kind} {count}"));
        vec![service.ledger.service.to_string(), kinds.collect::<Vec<_>>().join(", ")]
    });
    section.table(
        Table { caption: "Lines of the period by kind".into(), columns: &KINDS, rows: kinds.collect() },
        "",
    );
    section.text("What a record can't show:");
    section.list(BLIND.map(str::to_owned).to_vec());
    section
}

fn lines(service: &ServiceReport<'_>) -> Vec<String> {
    let of = &service.completeness;
    let account = of.account;
    let range = |(first, last): &(u64, u64)| match first == last {
        true => first.to_string(),
        false => format!("{first} to {last}"),
    };
    let chain = match (of.wrong.len(), of.odd) {
        (0, 0) => "verified".into(),
        (0, odd) => format!("verified; {odd} odd"),
        (wrong, _) => format!("BROKEN: {wrong} wrong"),
    };
    let gaps: Vec<String> = of.gaps.iter().map(range).collect();
    vec![
        service.ledger.service.to_string(),
        chain,
        of.lines.to_string(),
        account.lines().to_string(),
        of.numbers.as_ref().map_or_else(|| "none".into(), range),
        if gaps.is_empty() { "none".into() } else { gaps.join(", ") },
        account.rows.to_string(),
        format!("{} / {} / {}", account.parts, account.elsewhere, account.beside),
    ]
}

fn heads(service: &ServiceReport<'_>) -> Vec<Vec<String>> {
    let row = |(word, head): (&str, &Option<Head>)| {
        let name = service.ledger.service.to_string();
        match head {
            None => vec![name, word.into(), "0".into(), String::new(), "no line yet".into()],
            Some(Head { seq, hash, at }) => {
                let seq = seq.map_or_else(|| "?".into(), |seq| seq.to_string());
                vec![name, word.into(), seq, hash.clone(), format_time(*at)]
            }
        }
    };
    let of = &service.completeness;
    [("beginning", &of.begin), ("end", &of.end)].into_iter().map(row).collect()
}
