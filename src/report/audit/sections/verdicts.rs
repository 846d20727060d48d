//! What was decided, counted.

use super::super::Reporting;
use super::super::document::{Column, Kind, Section, Table};
use super::super::evidence::VERDICTS;
use crate::model::Level;

const COLUMNS: [Column; 3] = [
    Column("verdict", Kind::Text),
    Column("recorded checks", Kind::Number),
    Column("moves that were begun or made", Kind::Number),
];

pub(super) fn section(reporting: &Reporting<'_>) -> Section {
    let mut section = Section::new(VERDICTS.title, VERDICTS.line());
    let count = |place: usize, column: usize| -> usize {
        reporting.services.iter().map(|service| service.verdicts[place][column]).sum()
    };
    let row = |(place, level): (usize, Level)| {
        vec![level.word().to_owned(), count(place, 0).to_string(), count(place, 1).to_string()]
    };
    let mut rows: Vec<Vec<String>> = Level::ALL.into_iter().enumerate().map(row).collect();
    let unjudged: usize = reporting.services.iter().map(|service| service.unjudged).sum();
    if unjudged > 0 {
        rows.push(vec!["none: it could not be judged".into(), String::new(), unjudged.to_string()]);
    }
    section.table(Table { caption: "Decisions by verdict".into(), columns: &COLUMNS, rows }, "");
    section.text("A move that was begun on a hold or a block went against it: see Broken glass.");
    section
}
